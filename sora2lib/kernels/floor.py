"""Looks of the ground: colour and relief from its baked texture, mirror rays, sparkling snow."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import HALF, ONE, TINY, TWO, ZERO
from sora2lib.kernels.textures import ground_texel

_BYTE = np.float32(1 / 255)
_TAPS = 3
SNOW = 1


@inlined
def _sparkle(x, y, foot, dx, dy):
    """Rare bright crystals that flash as the eye moves."""
    size = np.float32(0.006)
    i, j = np.int64(np.floor(x / size)), np.int64(np.floor(y / size))
    h = (i * 374761393 + j * 668265263) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    rare = (h & 255) > 250
    phase = np.float32((h >> 8) & 1023) / np.float32(1023) + np.float32(9) * (dx + dy)
    flash = phase - np.floor(phase) > np.float32(0.80)
    fade = max(ZERO, ONE - foot / np.float32(0.02))
    return np.float32(1.3) * fade if rare & flash else ZERO


@inlined
def _wave(x):
    """Nearly a sine of period 1, from two parabolas."""
    x -= np.floor(x) + HALF
    return x * (np.float32(8) - np.float32(16) * abs(x))


@inlined
def _blotches(x, y):
    """A tone around 1 that varies slowly and hides that the texture repeats."""
    warp = np.float32(0.4) * _wave(np.float32(0.83) * y - np.float32(0.31) * x)
    first = _wave(x + warp) * _wave(np.float32(1.13) * y - np.float32(0.27) * x)
    second = _wave(np.float32(2.17) * x + np.float32(1.3) * y) * _wave(np.float32(1.9) * y - np.float32(1.1) * x + warp)
    return ONE + np.float32(0.08) * first + np.float32(0.06) * second


@compiled
def look_at_ground(block, n, air, texture):
    """Colour, relief and mirror ray of every ray that met the ground.

    The texture holds the square root of the colour and half the relief. It is read along the longer side of the
    pixel's footprint in up to three places, each in the level of detail above or below the exact one in turn: crisp
    at a low angle, and no line where levels meet.
    """
    scale, far_scale, mirror, rough = air[at.GROUND_SCALE], air[at.FAR_SCALE], air[at.MIRROR], air[at.GROUND_ROUGH]
    sparkles = air[at.GROUND_KIND] == np.float32(SNOW)
    for i in range(n):
        dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
        foot = block[at.FOOT + i] * block[at.T + i]
        long = foot / max(-dz, np.float32(1e-3))
        taps = np.floor(min(max(np.float32(0.75) * long / foot + HALF, TWO), np.float32(_TAPS)))
        # The bits of a float are nearly its logarithm.
        texels = max(max(foot, np.float32(0.75) * long / taps) * scale * np.float32(1024), ONE)
        level = np.float32(np.float32(texels).view(np.int32) - 0x3F800000) * np.float32(1 / (1 << 23)) + np.float32(
            0.25
        )
        step = scale * long / (np.sqrt(max(dx * dx + dy * dy, TINY)) * taps)
        back = HALF * (taps - ONE)
        block[at.D + i], block[at.E + i] = step * dx, step * dy
        block[at.U + i] = block[at.PX + i] * scale - back * step * dx
        block[at.V + i] = block[at.PY + i] * scale - back * step * dy
        block[at.ROUGH + i] = _blotches(block[at.PX + i] * far_scale, block[at.PY + i] * far_scale)
        block[at.S + i], block[at.F + i] = taps, min(level, np.float32(9.4))
    for i in range(n):
        if block[at.ID + i] != np.float32(at.GROUND):
            continue
        taps, level = np.int64(block[at.S + i]), block[at.F + i]
        u, v, du, dv = block[at.U + i], block[at.V + i], block[at.D + i], block[at.E + i]
        share = ONE / np.float32(taps)
        mix, shift = np.int64(0), HALF * share
        for _ in range(taps):
            mix += ground_texel(texture, np.int64(level + shift), u, v)
            u, v, shift = u + du, v + dv, shift + share
        share *= _BYTE
        block[at.AR + i], block[at.AG + i] = np.float32(mix & 0xFFFF) * share, np.float32((mix >> 16) & 0xFFFF) * share
        block[at.AB + i], block[at.RELIEF + i] = np.float32((mix >> 32) & 0xFFFF) * share, np.float32(mix >> 48) * share
    for i in range(n):
        if block[at.ID + i] != np.float32(at.GROUND):
            continue
        tone, relief, dz = block[at.ROUGH + i], block[at.RELIEF + i], block[at.DZ + i]
        grazing = (ONE + dz) * (ONE + dz)
        weight = mirror * (np.float32(0.30) + np.float32(1.1) * grazing * grazing) * (HALF + relief)
        weight = min(weight, np.float32(0.9))
        tone *= ONE - weight
        block[at.AR + i] *= block[at.AR + i] * tone
        block[at.AG + i] *= block[at.AG + i] * tone
        block[at.AB + i] *= block[at.AB + i] * tone
        block[at.RELIEF + i] = relief + relief
        block[at.MX + i], block[at.MY + i], block[at.MZ + i] = block[at.DX + i], block[at.DY + i], -dz
        block[at.WR + i], block[at.WG + i], block[at.WB + i] = weight, weight, weight
        block[at.ROUGH + i] = rough
        if sparkles:
            glint = _sparkle(
                block[at.PX + i],
                block[at.PY + i],
                block[at.FOOT + i] * block[at.T + i],
                block[at.DX + i],
                block[at.DY + i],
            )
            block[at.AR + i] += glint
            block[at.AG + i] += glint
            block[at.AB + i] += glint
