"""The atmosphere and its clouds, baked into one picture of the upper half of the sky.

Single scattering by molecules, haze and ozone after Nishita 1993 with the constants of Hillaire 2020,
*A Scalable and Production Ready Sky and Atmosphere Rendering Technique*; further scatterings as a share of the first.
"""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.textures import DOME_SIZE

_GROUND, _TOP = 6360.0, 6440.0
_MOLECULES = np.array([5.802e-3, 13.558e-3, 33.1e-3])  # 1/km at sea level, scale height 8 km
_OZONE = np.array([0.650e-3, 1.881e-3, 0.085e-3])
_DUST, _DUST_LOSS = 3.996e-3, 4.40e-3  # scale height 1.2 km
_HEIGHTS, _ANGLES = 40, 160
_MANY = 0.11
_FORWARD = 0.80  # how much haze throws light forward
LOW_SIZE = 128


@inlined
def _density(height):
    ozone = max(0.0, 1.0 - abs(height - 25.0) / 15.0)
    return np.exp(-height / 8.0), np.exp(-height / 1.2), ozone


@compiled
def transmittance_table(dust):
    """Share of light (heights, angles, 3) that reaches a height, 0..80 km, from a zenith angle of cosine -0.4..1."""
    out = np.zeros((_HEIGHTS, _ANGLES, 3))
    steps = 40
    for i in range(_HEIGHTS):
        radius = _GROUND + 80.0 * (i / (_HEIGHTS - 1)) ** 2 + 0.001
        for k in range(_ANGLES):
            cosine = -0.4 + 1.4 * k / (_ANGLES - 1)
            inner = radius * radius * (cosine * cosine - 1) + _GROUND * _GROUND
            if inner > 0 and cosine < 0:
                continue
            way = -radius * cosine + np.sqrt(max(radius * radius * (cosine * cosine - 1) + _TOP * _TOP, 0.0))
            r_sum, m_sum, o_sum = 0.0, 0.0, 0.0
            for s in range(steps):
                t = way * (s + 0.5) / steps
                height = np.sqrt(radius * radius + t * t + 2 * radius * t * cosine) - _GROUND
                r, m, o = _density(height)
                r_sum, m_sum, o_sum = r_sum + r, m_sum + m, o_sum + o
            step = way / steps
            for c in range(3):
                depth = _MOLECULES[c] * r_sum + dust * _DUST_LOSS * m_sum + _OZONE[c] * o_sum
                out[i, k, c] = np.exp(-depth * step)
    return out


@inlined
def _table_place(height, cosine):
    row = np.sqrt(min(max(height, 0.0) / 80.0, 1.0)) * (_HEIGHTS - 1)
    column = min(max((cosine + 0.4) / 1.4, 0.0), 1.0) * (_ANGLES - 1)
    return row, column


@compiled
def transmitted(table, height, cosine, channel):
    """Read the table between its entries."""
    row, column = _table_place(height, cosine)
    i, k = min(int(row), _HEIGHTS - 2), min(int(column), _ANGLES - 2)
    a, b = row - i, column - k
    top = table[i, k, channel] * (1 - b) + table[i, k + 1, channel] * b
    low = table[i + 1, k, channel] * (1 - b) + table[i + 1, k + 1, channel] * b
    return top * (1 - a) + low * a


@compiled
def scattered(table, dust, sun_cosine):
    """Light scattered towards the ground (cosine of the view 0..1 in 48 steps, cosine to the sun's azimuth in 25, 6).

    Three channels of molecules, without their phase function, and three of haze, without theirs.
    """
    rows, columns, steps = 48, 25, 32
    out = np.zeros((rows, columns, 6))
    sun_sine = np.sqrt(max(1 - sun_cosine * sun_cosine, 0.0))
    for i in range(rows):
        up = 0.003 + 0.997 * (i / (rows - 1)) ** 2
        flat = np.sqrt(max(1 - up * up, 0.0))
        start = _GROUND + 0.02
        way = -start * up + np.sqrt(start * start * (up * up - 1) + _TOP * _TOP)
        for k in range(columns):
            toward = np.cos(np.pi * k / (columns - 1))
            r_depth, m_depth, o_depth = 0.0, 0.0, 0.0
            before = 0.0
            for s in range(steps):
                after = way * ((s + 1) / steps) ** 2
                step, t = after - before, 0.5 * (before + after)
                before = after
                x, z = t * flat, start + t * up
                radius = np.sqrt(x * x + z * z)
                height = radius - _GROUND
                # The sun lies at (sine * toward, cosine) in the plane of the ray.
                cosine = (x * sun_sine * toward + z * sun_cosine) / radius
                r, m, o = _density(height)
                r_depth, m_depth, o_depth = r_depth + 0.5 * r * step, m_depth + 0.5 * m * step, o_depth + 0.5 * o * step
                for c in range(3):
                    loss = np.exp(-(_MOLECULES[c] * r_depth + dust * _DUST_LOSS * m_depth + _OZONE[c] * o_depth))
                    lit = transmitted(table, height, cosine, c) * loss * step
                    glow = transmitted(table, height + 12.0, max(cosine, -0.02) + 0.06, c) * np.sqrt(loss) * step
                    out[i, k, c] += (
                        _MOLECULES[c]
                        * r
                        * (lit + _MANY * 9.0 * glow * _MOLECULES[c] * 8.0 / (0.3 + _MOLECULES[c] * 8.0))
                    )
                    out[i, k, 3 + c] += dust * _DUST * m * (lit + _MANY * glow)
                r_depth, m_depth, o_depth = r_depth + 0.5 * r * step, m_depth + 0.5 * m * step, o_depth + 0.5 * o * step
    return out


@inlined
def _plane(clouds, u, v):
    """Cloud noise at a place of its plane, repeating, bilinear."""
    size = clouds.shape[0]
    fu, fv = np.floor(u), np.floor(v)
    i, k = int(fv) & (size - 1), int(fu) & (size - 1)
    a, b = v - fv, u - fu
    i1, k1 = (i + 1) & (size - 1), (k + 1) & (size - 1)
    return (clouds[i, k] * (1 - b) + clouds[i, k1] * b) * (1 - a) + (clouds[i1, k] * (1 - b) + clouds[i1, k1] * b) * a


@inlined
def _thickness(clouds, u, v, cover):
    base = _plane(clouds, 24.0 * u, 24.0 * v)
    detail = _plane(clouds, 83.0 * u + 91.0, 83.0 * v + 17.0)
    wisp = _plane(clouds, 260.0 * u + 33.0, 260.0 * v + 171.0)
    value = base + 0.42 * detail + 0.16 * wisp
    threshold = 1.5 - 2.0 * cover - 2.4 * cover * cover
    x = min(max((value - threshold) / 1.5, 0.0), 1.0)
    return x * x * (3 - 2 * x)


@compiled
def bake_dome(first, last, low, clouds, sun, light, glow, shade, veil, night, cover, fog, dome):
    """Fill rows ``first`` to ``last`` of the dome.

    Parameters
    ----------
    low : the table of :func:`scattered`.
    clouds : (size, size) float32 noise of unit variance, repeating; size a power of two.
    sun : (3,) direction of the scattered light; ``light`` (3,) its colour above the air.
    glow, shade, veil : (3,) colours of a cloud's lit and dark side, and of fog.
    night : (3,) light of the sky without any sun.
    cover, fog : share of clouds; optical depth of the fog overhead.
    dome : (DOME_SIZE, DOME_SIZE, 3) float32, written.
    """
    half, scale = DOME_SIZE // 2 - 0.5, DOME_SIZE // 2 - 2
    flat_sun = max(np.hypot(sun[0], sun[1]), 1e-6)
    g = _FORWARD
    rows, columns = low.shape[0], low.shape[1]
    colour = np.empty(3)
    for r in range(first, last):
        for c in range(DOME_SIZE):
            x, y = (c - half) / scale, (r - half) / scale
            square = x * x + y * y
            if square > 1.1:
                continue
            square = min(square, 1.0)
            up = (1 - square) / (1 + square)
            x, y = x * (1 + up), y * (1 + up)
            flat = max(np.hypot(x, y), 1e-6)
            toward = min(max((x * sun[0] + y * sun[1]) / (flat * flat_sun), -1.0), 1.0)
            i_place = np.sqrt(max((max(up, 0.003) - 0.003) / 0.997, 0.0)) * (rows - 1)
            k_place = np.arccos(toward) / np.pi * (columns - 1)
            i, k = min(int(i_place), rows - 2), min(int(k_place), columns - 2)
            a, b = i_place - i, k_place - k
            # The rim lies a little outside the half sphere.
            cosine = min(x * sun[0] + y * sun[1] + up * sun[2], 1.0)
            molecules = 3 / (16 * np.pi) * (1 + cosine * cosine)
            dust = (
                3
                / (8 * np.pi)
                * (1 - g * g)
                * (1 + cosine * cosine)
                / ((2 + g * g) * (1 + g * g - 2 * g * cosine) ** 1.5)
            )
            for channel in range(3):
                m = (low[i, k, channel] * (1 - b) + low[i, k + 1, channel] * b) * (1 - a)
                m += (low[i + 1, k, channel] * (1 - b) + low[i + 1, k + 1, channel] * b) * a
                d = (low[i, k, 3 + channel] * (1 - b) + low[i, k + 1, 3 + channel] * b) * (1 - a)
                d += (low[i + 1, k, 3 + channel] * (1 - b) + low[i + 1, k + 1, 3 + channel] * b) * a
                colour[channel] = light[channel] * (m * molecules + d * dust) + night[channel] * (1 - 0.55 * up)
            if cover > 0.01:
                # A layer on a curved earth: near the horizon it is far, not endless.
                far = 1.0 / (up + 0.10)
                u, v = x * far * 0.55 + 3.7, y * far * 0.55 + 1.3
                thick = _thickness(clouds, u, v, cover)
                if thick > 0.002:
                    step = 0.035 * far**0.5
                    ahead = _thickness(clouds, u + step * sun[0], v + step * sun[1], cover)
                    ahead += _thickness(clouds, u + 2.5 * step * sun[0], v + 2.5 * step * sun[1], cover)
                    lit = np.exp(-0.9 * ahead - 0.4 * thick)
                    silver = 0.45 * np.exp(-2.2 * thick) * max(cosine, 0.0) ** 12 * (1 - 0.7 * cover)
                    # A closed cover reaches the horizon, loose clouds melt into the haze before it.
                    closed = min(max((cover - 0.6) / 0.3, 0.0), 1.0)
                    alpha = (1 - np.exp(-3.4 * thick)) * (closed + (1 - closed) * min(up * 9.0, 1.0))
                    tone = 1 + 0.10 * closed * _plane(clouds, 31.0 * u, 31.0 * v) * min(up * 4.0, 1.0)
                    for channel in range(3):
                        cloud = tone * (shade[channel] + glow[channel] * (lit * (0.75 + 0.25 * cosine) + 2.2 * silver))
                        colour[channel] += alpha * (cloud - colour[channel])
            if fog > 0:
                share = 1 - np.exp(-fog / max(up, 0.02))
                lit = 0.10 + 0.15 * max(cosine, 0.0) ** 4
                for channel in range(3):
                    colour[channel] += share * (veil[channel] + lit * glow[channel] - colour[channel])
            for channel in range(3):
                dome[r, c, channel] = colour[channel]
