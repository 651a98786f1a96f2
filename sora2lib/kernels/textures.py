"""Baked pictures and how they are read: ground, sky dome, noise.

A ground texel is four bytes in the 16-bit lanes of one int64, so one multiplication weighs all four channels.
"""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import HALF, ONE, ZERO

GROUND_SIZE = 1024
GROUND_LEVELS = 11
# Level k starts where all larger ones end.
_STARTS = np.array([sum((GROUND_SIZE >> level) ** 2 for level in range(k)) for k in range(GROUND_LEVELS + 1)], np.int64)
DOME_SIZE = 1024
NOISE_SIZE = 64
_BYTES = 0x00FF00FF00FF00FF


@inlined
def ground_texel(texture, level, u, v):
    """Four 8-bit channels in 16-bit lanes, bilinear; ``u`` and ``v`` count repeats of the texture."""
    size = GROUND_SIZE >> level
    scale = np.float32(size * 256)
    x = np.int64(np.floor(u * scale)) - 128
    y = np.int64(np.floor(v * scale)) - 128
    fx, fy = x & 255, y & 255
    x0, y0 = (x >> 8) & (size - 1), (y >> 8) & (size - 1)
    x1, y1 = (x0 + 1) & (size - 1), (y0 + 1) & (size - 1)
    base = _STARTS[level]
    w11 = (fx * fy) >> 8
    w01, w10 = fx - w11, fy - w11
    w00 = 256 - fx - fy + w11
    top, low = base + y0 * size, base + y1 * size
    mix = texture[top + x0] * w00 + texture[top + x1] * w01 + texture[low + x0] * w10 + texture[low + x1] * w11
    return (mix >> 8) & _BYTES


@inlined
def dome_place(x, y, z):
    """Column and row of an upward direction on the dome: stereographic, zenith in the middle."""
    scale = np.float32(DOME_SIZE // 2 - 2) / (ONE + max(z, ZERO))
    middle = np.float32(DOME_SIZE // 2) - HALF
    return middle + x * scale, middle + y * scale


@inlined
def dome_colour(dome, x, y, z):
    """Light from an upward direction (red, green, blue) and how much of it is cloud, bilinear."""
    column, row = dome_place(x, y, z)
    c, r = np.int64(column), np.int64(row)
    fx, fy = column - np.float32(c), row - np.float32(r)
    w11 = fx * fy
    w10, w01 = fy - w11, fx - w11
    w00 = ONE - fx - fy + w11
    red = dome[r, c, 0] * w00 + dome[r, c + 1, 0] * w01 + dome[r + 1, c, 0] * w10 + dome[r + 1, c + 1, 0] * w11
    green = dome[r, c, 1] * w00 + dome[r, c + 1, 1] * w01 + dome[r + 1, c, 1] * w10 + dome[r + 1, c + 1, 1] * w11
    blue = dome[r, c, 2] * w00 + dome[r, c + 1, 2] * w01 + dome[r + 1, c, 2] * w10 + dome[r + 1, c + 1, 2] * w11
    return red, green, blue


@compiled
def noise(volume, x, y, z):
    """Smooth noise of unit cells, -1..1, and its gradient per cell; ``volume`` (64, 64, 64, 4) int8 repeats."""
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    i, j, k = np.int64(fx) & 63, np.int64(fy) & 63, np.int64(fz) & 63
    x, y, z = x - fx, y - fy, z - fz
    i1, j1, k1 = (i + 1) & 63, (j + 1) & 63, (k + 1) & 63
    value, gx, gy, gz = 0.0, 0.0, 0.0, 0.0
    for corner in range(8):
        a = i1 if corner & 1 else i
        b = j1 if corner & 2 else j
        c = k1 if corner & 4 else k
        weight = (x if corner & 1 else 1 - x) * (y if corner & 2 else 1 - y) * (z if corner & 4 else 1 - z)
        value += weight * volume[a, b, c, 0]
        gx += weight * volume[a, b, c, 1]
        gy += weight * volume[a, b, c, 2]
        gz += weight * volume[a, b, c, 3]
    return value / 127, gx / 127, gy / 127, gz / 127
