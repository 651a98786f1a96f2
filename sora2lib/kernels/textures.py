"""Baked pictures and how they are read: ground, sky dome, noise.

A ground texel is four bytes in the 16-bit lanes of one int64, so one multiplication weighs all four channels.
"""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import HALF, ONE, TINY, TWO, ZERO

GROUND_SIZE = 1024
GROUND_LEVELS = 11
# Texels in a row of the ground's picture: the finest level, and to its right all others, one below the other. Each
# has one more row and column that repeat its first, so that neighbours lie at fixed places.
ATLAS = GROUND_SIZE + GROUND_SIZE // 2 + 2
_RIGHT, _BELOW, _ACROSS = np.uint64(1), np.uint64(ATLAS), np.uint64(ATLAS + 1)
DOME_SIZE = 1024
CALM = 4  # texels of the dome along a side of one of the calm picture
RING = 512
NOISE_SIZE = 64
_BYTES = 0x00FF00FF00FF00FF


@inlined
def level_start(level):
    """Where a level of detail begins in the ground's picture."""
    below = GROUND_SIZE - 2 * (GROUND_SIZE >> level) + level
    return below * ATLAS + GROUND_SIZE + 1 if level > 0 else 0


@inlined
def ground_place(level, u, v):
    """The texel up and left of a place, and the shares 0..255 of its right and lower neighbours.

    ``u`` and ``v`` count repeats of the texture.
    """
    size = GROUND_SIZE >> level
    scale = np.float32(size * 256)
    x = np.int64(np.floor(u * scale)) - 128
    y = np.int64(np.floor(v * scale)) - 128
    place = level_start(level) + ((y >> 8) & (size - 1)) * ATLAS + ((x >> 8) & (size - 1))
    return place, x & 255, y & 255


@inlined
def ground_texel(texture, place, fx, fy):
    """Four 8-bit channels in 16-bit lanes, bilinear from an unsigned place on."""
    w11 = (fx * fy) >> 8
    w01, w10 = fx - w11, fy - w11
    w00 = 256 - fx - fy + w11
    # Unsigned places need no check for counting from the end.
    mix = texture[place] * w00 + texture[place + _RIGHT] * w01
    mix += texture[place + _BELOW] * w10 + texture[place + _ACROSS] * w11
    return (mix >> 8) & _BYTES


@inlined
def bilinear(picture, column, row):
    """Three channels of a picture between its texels."""
    c, r = np.uint64(column), np.uint64(row)
    c1, r1 = c + np.uint64(1), r + np.uint64(1)
    fx, fy = column - np.float32(c), row - np.float32(r)
    w11 = fx * fy
    w10, w01 = fy - w11, fx - w11
    w00 = ONE - fx - fy + w11
    red = picture[r, c, 0] * w00 + picture[r, c1, 0] * w01 + picture[r1, c, 0] * w10 + picture[r1, c1, 0] * w11
    green = picture[r, c, 1] * w00 + picture[r, c1, 1] * w01 + picture[r1, c, 1] * w10 + picture[r1, c1, 1] * w11
    blue = picture[r, c, 2] * w00 + picture[r, c1, 2] * w01 + picture[r1, c, 2] * w10 + picture[r1, c1, 2] * w11
    return red, green, blue


@inlined
def dome_colour(dome, x, y, z):
    """Light from an upward direction; the dome is stereographic, with the zenith in its middle."""
    scale = np.float32(DOME_SIZE // 2 - 2) / (ONE + max(z, ZERO))
    middle = np.float32(DOME_SIZE // 2) - HALF
    return bilinear(dome, middle + x * scale, middle + y * scale)


@inlined
def calm_place(x, y, z):
    """Column and row of a direction in a coarser dome that stays in the cache; downward ones at the horizon."""
    scale = np.float32((DOME_SIZE // 2 - 2) / CALM) / (ONE + max(z, np.float32(0.01)))
    middle = np.float32(DOME_SIZE // 2 / CALM + 1) - HALF
    edge = middle - ONE
    return middle + min(max(x * scale, -edge), edge), middle + min(max(y * scale, -edge), edge)


@inlined
def calm_colour(calm, x, y, z):
    """Light from a direction in the coarser dome, for mirrors that blur."""
    column, row = calm_place(x, y, z)
    return bilinear(calm, column, row)


@inlined
def ring_place(x, y):
    """Place of a direction on the ring of horizon colours; it runs around a diamond, which needs no angle."""
    slope = y / max(abs(x) + abs(y), TINY)
    turn = slope if x >= ZERO else TWO - slope
    return (turn + ONE) * np.float32(RING / 4)


@compiled
def noise(volume, x, y, z):
    """Smooth noise of unit cells, -1..1, and its gradient per cell (value, x, y, z).

    ``volume`` is (64 * 64 * 64, 4) int8, x slowest, and repeats.
    """
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    i, j, k = np.int64(fx), np.int64(fy), np.int64(fz)
    x, y, z = np.float32(x - fx), np.float32(y - fy), np.float32(z - fz)
    value, gx, gy, gz = ZERO, ZERO, ZERO, ZERO
    for corner in range(8):
        a, b, c = corner & 1, (corner >> 1) & 1, corner >> 2
        weight = abs(np.float32(1 - a) - x) * abs(np.float32(1 - b) - y) * abs(np.float32(1 - c) - z)
        texel = (((i + a) & 63) << 12) + (((j + b) & 63) << 6) + ((k + c) & 63)
        value += weight * np.float32(volume[texel, 0])
        gx += weight * np.float32(volume[texel, 1])
        gy += weight * np.float32(volume[texel, 2])
        gz += weight * np.float32(volume[texel, 3])
    unit = np.float32(1 / 127)
    return value * unit, gx * unit, gy * unit, gz * unit
