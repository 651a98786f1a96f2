"""Cut-outs: boards with a picture's outline and rounded rims, lit, shadowed and seen like every other body.

Each picture is a square of ``SIDE`` pixels at several levels of detail, one after the other: linear red, green, blue
and the signed distance to the outline in pixels of the first level, negative inside. In the body's frame the picture
lies in the x-z plane and the board is half of ``HALFS[1]`` thick to both sides. Rays are traced by the distance
(Hart 1996, *Sphere tracing*).
"""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import FAR, HALF, ONE, TINY, ZERO
from sora2lib.kernels.light import may_cover, may_shade, smooth
from sora2lib.kernels.shapes import span_box
from sora2lib.kernels.surfaces import to_local

SIDE, LEVELS = 176, 5
STARTS = np.array([sum((SIDE >> k) ** 2 for k in range(level)) for level in range(LEVELS + 1)], np.int64)
_RIM = np.float32(0.7)  # radius of the rim over half the thickness
_SLOPE = np.float32(2.5)  # pixels
_STEPS, _SHADOW_STEPS = 40, 12
_NEAR_FOLD = np.float32(0.8)


@inlined
def _texel(cards, card, level, x, y, channel):
    """Read a channel at a place in pixels of the first level, between the pixels of one level."""
    side = SIDE >> level
    scale = ONE / np.float32(1 << level)
    x = min(max(x * scale - HALF, ZERO), np.float32(side) - np.float32(1.001))
    y = min(max(y * scale - HALF, ZERO), np.float32(side) - np.float32(1.001))
    i, j = np.int64(x), np.int64(y)
    fx, fy, k = x - np.float32(i), y - np.float32(j), STARTS[level] + j * side + i
    above = cards[card, k, channel] + fx * (cards[card, k + 1, channel] - cards[card, k, channel])
    k += side
    below = cards[card, k, channel] + fx * (cards[card, k + 1, channel] - cards[card, k, channel])
    return above + fy * (below - above)


@inlined
def _outline(body, j, cards, x, z):
    """Signed distance in metres from the outline to a place on the picture's plane."""
    card, across, up = np.int64(body[j, at.CARD]), body[j, at.CARD + 1], body[j, at.CARD + 2]
    middle = np.float32(SIDE / 2)
    return _texel(cards, card, 0, middle + x * across, middle - z * up, 3) / min(across, up)


@inlined
def _gap(body, j, cards, x, y, z):
    """Signed distance to the board: the outline drawn out along y, its rims round."""
    b = body[j, at.HALFS + 1]
    rim = _RIM * b
    a, c = body[j, at.HALFS], body[j, at.HALFS + 2]
    # Beyond the picture the nearest place on it counts.
    beyond_x, beyond_z = max(abs(x) - a, ZERO), max(abs(z) - c, ZERO)
    flat = _outline(body, j, cards, min(max(x, -a), a), min(max(z, -c), c))
    flat = max(flat, ZERO) + np.sqrt(beyond_x * beyond_x + beyond_z * beyond_z) if beyond_x + beyond_z > ZERO else flat
    u, v = flat + rim, abs(y) - (b - rim)
    p, q = max(u, ZERO), max(v, ZERO)
    return min(max(u, v), ZERO) + np.sqrt(p * p + q * q) - rim


@inlined
def _in_frame(block, i, body, j, row):
    """Place in row ``row`` (three rows) of ray i, in a body's frame."""
    return to_local(
        body,
        j,
        block[row + i] - body[j, at.CENTRE],
        block[row + at.PITCH + i] - body[j, at.CENTRE + 1],
        block[row + 2 * at.PITCH + i] - body[j, at.CENTRE + 2],
    )


@compiled
def meet_cutouts(block, n, names, count, body, tags, cards):
    """Take cut-outs that are nearer than what each ray met so far, as ``rays.nearest`` does for the other shapes."""
    for k in range(count):
        j = names[k]
        if tags[j, at.KIND] != at.CUTOUT:
            continue
        a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
        for i in range(n):
            ox, oy, oz = _in_frame(block, i, body, j, at.OX)
            dx, dy, dz = to_local(body, j, block[at.DX + i], block[at.DY + i], block[at.DZ + i])
            near, far = span_box(ox, oy, oz, dx, dy, dz, a, b, c)
            t = max(near, ZERO)
            far = min(far, block[at.T + i])
            if (t >= far) | (block[at.FROM + i] == np.float32(j)):
                continue
            close = np.float32(0.2) * block[at.FOOT + i] * t + np.float32(1e-5)
            for _ in range(_STEPS):
                gap = _gap(body, j, cards, ox + t * dx, oy + t * dy, oz + t * dz)
                if gap < close:
                    block[at.T + i] = t
                    block[at.ID + i] = np.float32(j)
                    break
                t += gap
                if t > far:
                    break


@compiled
def look_at_cutouts(block, n, body, tags, cards):
    """Normal, feature and colour of every ray that met a cut-out."""
    for i in range(n):
        j = np.int64(block[at.ID + i])
        if j < 0 or tags[j, at.KIND] != at.CUTOUT:
            continue
        x, y, z = _in_frame(block, i, body, j, at.PX)
        across, b = body[j, at.CARD + 1], body[j, at.HALFS + 1]
        # Slopes over a few pixels, or the staircase of the pixels would show in the light.
        step = max(_SLOPE / across, HALF * block[at.FOOT + i] * block[at.T + i])
        slope_x = _outline(body, j, cards, x + step, z) - _outline(body, j, cards, x - step, z)
        slope_z = _outline(body, j, cards, x, z + step) - _outline(body, j, cards, x, z - step)
        inverse = ONE / np.sqrt(max(slope_x * slope_x + slope_z * slope_z, TINY))
        rim = _RIM * b
        p, q = max(_outline(body, j, cards, x, z) + rim, ZERO), max(abs(y) - (b - rim), ZERO)
        if p + q <= ZERO:
            q = ONE
        u, v, w = p * slope_x * inverse, np.copysign(q, y), p * slope_z * inverse
        inverse = ONE / np.sqrt(max(u * u + v * v + w * w, TINY))
        u, v, w = u * inverse, v * inverse, w * inverse
        for axis in range(3):
            normal = body[j, at.ROTATION + axis] * u + body[j, at.ROTATION + 3 + axis] * v
            block[at.NX + axis * at.PITCH + i] = normal + body[j, at.ROTATION + 6 + axis] * w
        block[at.FEATURE + i] = np.float32(8 * j + (0 if p <= q else 1) + (2 if y > ZERO else 0))
        _colour(block, i, j, body, cards, x, z)


@inlined
def _colour(block, i, j, body, cards, x, z):
    """Read the picture as finely as the ray's footprint asks, and mirror the sky a little, as varnish does."""
    card, across, up = np.int64(body[j, at.CARD]), body[j, at.CARD + 1], body[j, at.CARD + 2]
    u, v = np.float32(SIDE / 2) + x * across, np.float32(SIDE / 2) - z * up
    nx, ny, nz = block[at.NX + i], block[at.NY + i], block[at.NZ + i]
    dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
    cosine = max(-(nx * dx + ny * dy + nz * dz), np.float32(0.05))
    pixels = block[at.FOOT + i] * block[at.T + i] * across / np.sqrt(cosine)
    level = min(max(np.log2(max(pixels, ONE)), ZERO), np.float32(LEVELS) - np.float32(1.001))
    low = np.int64(level)
    share = level - np.float32(low)
    edge = ONE - cosine
    weight = np.float32(0.04) + np.float32(0.25) * edge * edge * edge * edge * edge
    for channel in range(3):
        fine = _texel(cards, card, low, u, v, channel)
        coarse = _texel(cards, card, low + 1, u, v, channel)
        block[at.AR + channel * at.PITCH + i] = (fine + share * (coarse - fine)) * (ONE - weight)
        block[at.WR + channel * at.PITCH + i] = weight
    turn = np.float32(2) * (nx * dx + ny * dy + nz * dz)
    block[at.MX + i], block[at.MY + i], block[at.MZ + i] = dx - turn * nx, dy - turn * ny, dz - turn * nz
    block[at.ROUGH + i], block[at.SHARP + i] = np.float32(0.4), ZERO


@compiled
def shade_by_cutouts(block, n, body, tags, extent, cards, air, box):
    """Multiply row SUN by the share of the key light that gets past the cut-outs.

    The penumbra is as wide as the light's disc seen from the closest pass (Quilez, *Soft shadows in raymarched SDFs*).
    """
    for j in range(body.shape[0]):
        if tags[j, at.KIND] != at.CUTOUT or not may_shade(box, extent, j, air[at.SOFTNESS]):
            continue
        a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
        lx, ly, lz = to_local(body, j, air[at.LIGHT], air[at.LIGHT + 1], air[at.LIGHT + 2])
        for i in range(n):
            if block[at.ID + i] == np.float32(j) or block[at.T + i] >= FAR:
                continue
            x, y, z = _in_frame(block, i, body, j, at.PX)
            foot = block[at.FOOT + i] * block[at.T + i]
            away = np.sqrt(x * x + y * y + z * z)
            margin = air[at.SOFTNESS] * away + foot
            t, far = span_box(x, y, z, lx, ly, lz, a + margin, b + margin, c + margin)
            t = max(t, ZERO)
            if t >= far:
                continue
            stride, least = (far - t) / np.float32(_SHADOW_STEPS), ONE
            for _ in range(2 * _SHADOW_STEPS):
                gap = _gap(body, j, cards, x + t * lx, y + t * ly, z + t * lz)
                least = min(least, gap / (air[at.SOFTNESS] * t + foot))
                t += max(gap, np.float32(0.5) * stride)
                if (least <= -ONE) | (t >= far):
                    break
            block[at.SUN + i] *= ONE - smooth(HALF - HALF * least)


@compiled
def cover_by_cutouts(block, n, body, tags, cards, box):
    """Multiply row OPEN by the share of the sky that the cut-outs leave open, as ``light.cover_sky`` does."""
    for j in range(body.shape[0]):
        if tags[j, at.KIND] != at.CUTOUT or not may_cover(box, body, j):
            continue
        long = min(HALF * body[j, at.RADIUS], np.float32(0.6))
        short = np.float32(0.25) * long
        for i in range(n):
            if block[at.ID + i] == np.float32(j):
                continue
            x, y, z = _in_frame(block, i, body, j, at.PX)
            u, v, w = to_local(body, j, block[at.NX + i], block[at.NY + i], block[at.NZ + i])
            first = max(_gap(body, j, cards, x + short * u, y + short * v, z + short * w), ZERO)
            second = max(_gap(body, j, cards, x + long * u, y + long * v, z + long * w), ZERO)
            hidden = HALF * max(ONE - first / short, ZERO) + HALF * max(ONE - second / long, ZERO)
            block[at.OPEN + i] *= ONE - _NEAR_FOLD * hidden
