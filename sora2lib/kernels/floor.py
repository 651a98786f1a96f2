"""Looks of the ground: colour and relief from its baked texture, mirror rays, sparkling snow."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import HALF, ONE, TINY, ZERO
from sora2lib.kernels.textures import GROUND_SIZE, ground_place, ground_texel

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
def _aim_at_texture(block, n, air):
    """Where to read the texture: rows GX, GY, GZ the first texel with its shares, HX, HY, HZ the second.

    These rows are free: only rays that leave clear bodies use them, and later. Row S is the tone.
    """
    scale, far_scale = air[at.GROUND_SCALE], air[at.FAR_SCALE]
    for i in range(n):
        dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
        foot = block[at.FOOT + i] * block[at.T + i]
        long = foot / max(-dz, np.float32(1e-3))
        texels = max(max(foot, np.float32(0.4) * long) * scale * np.float32(GROUND_SIZE), ONE)
        # The bits of a float are nearly its logarithm.
        level = np.float32(np.float32(texels).view(np.int32) - 0x3F800000) * np.float32(1 / (1 << 23))
        step = HALF * scale * long / np.sqrt(max(dx * dx + dy * dy, TINY))
        x, y = block[at.PX + i], block[at.PY + i]
        u, v = x * scale - HALF * step * dx, y * scale - HALF * step * dy
        level = min(level + HALF, np.float32(9.4))
        place, right, below = ground_place(np.int64(level - np.float32(0.25)), u, v)
        block[at.GX + i], block[at.GY + i], block[at.GZ + i] = np.float32(place), np.float32(right), np.float32(below)
        place, right, below = ground_place(np.int64(level + np.float32(0.25)), u + step * dx, v + step * dy)
        block[at.HX + i], block[at.HY + i], block[at.HZ + i] = np.float32(place), np.float32(right), np.float32(below)
        block[at.S + i] = _blotches(x * far_scale, y * far_scale)


@compiled
def _read_texture(block, n, texture):
    """Two texels for each ray that met the ground, one from the level above and one from the level below."""
    share = np.float32(0.5 / 255)
    for i in range(n):
        if block[at.ID + i] != np.float32(at.GROUND):
            continue
        place, right, below = np.uint64(block[at.GX + i]), np.int64(block[at.GY + i]), np.int64(block[at.GZ + i])
        mix = ground_texel(texture, place, right, below)
        place, right, below = np.uint64(block[at.HX + i]), np.int64(block[at.HY + i]), np.int64(block[at.HZ + i])
        mix += ground_texel(texture, place, right, below)
        block[at.AR + i], block[at.AG + i] = np.float32(mix & 0xFFFF) * share, np.float32((mix >> 16) & 0xFFFF) * share
        block[at.AB + i], block[at.RELIEF + i] = np.float32((mix >> 32) & 0xFFFF) * share, np.float32(mix >> 48) * share


@compiled
def _sprinkle(block, n):
    """Add sparkles to snow."""
    for i in range(n):
        if block[at.ID + i] == np.float32(at.GROUND):
            foot = block[at.FOOT + i] * block[at.T + i]
            glint = _sparkle(block[at.PX + i], block[at.PY + i], foot, block[at.DX + i], block[at.DY + i])
            block[at.AR + i] += glint
            block[at.AG + i] += glint
            block[at.AB + i] += glint


@compiled
def look_at_ground(block, n, air, texture):
    """Colour, relief and mirror ray of every ray that met the ground.

    The texture holds the square root of the colour and half the relief. It is read in two places along the longer
    side of the pixel's footprint, each in another level of detail: crisp at a low angle, no line where levels meet.
    """
    _aim_at_texture(block, n, air)
    _read_texture(block, n, texture)
    mirror, rough = air[at.MIRROR], air[at.GROUND_ROUGH]
    for i in range(n):
        here = block[at.ID + i] == np.float32(at.GROUND)
        r, g, b, relief = block[at.AR + i], block[at.AG + i], block[at.AB + i], block[at.RELIEF + i]
        dz = block[at.DZ + i]
        grazing = (ONE + dz) * (ONE + dz)
        weight = mirror * (np.float32(0.30) + np.float32(1.1) * grazing * grazing) * (HALF + relief)
        weight = min(weight, np.float32(0.9)) if here else ZERO
        tone = block[at.S + i] * (ONE - weight)
        block[at.AR + i], block[at.AG + i], block[at.AB + i] = r * r * tone, g * g * tone, b * b * tone
        block[at.RELIEF + i] = relief + relief if here else ONE
        block[at.MX + i], block[at.MY + i], block[at.MZ + i] = block[at.DX + i], block[at.DY + i], -dz
        block[at.WR + i], block[at.WG + i], block[at.WB + i] = weight, weight, weight
        block[at.ROUGH + i] = rough
    if air[at.GROUND_KIND] == np.float32(SNOW):
        _sprinkle(block, n)
