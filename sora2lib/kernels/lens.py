"""What a lens and a shutter do to a finished picture: shallow focus, motion blur, a shaky gate."""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import HALF, ONE, ZERO

TAPS = 28
_GOLDEN = np.pi * (3 - 5**0.5)
# A sunflower on the unit disc: even everywhere, no two taps in one direction.
_DISC = np.array(
    [
        (np.sqrt((k + 0.5) / TAPS) * np.cos(_GOLDEN * k), np.sqrt((k + 0.5) / TAPS) * np.sin(_GOLDEN * k))
        for k in range(TAPS)
    ],
    np.float32,
)
TILE = 16
_FAR = np.float32(1e6)  # metres; stands for the sky's infinity, which has no difference to itself
_STEPS = 10


@compiled
def confusion(depth, focus, aperture):
    """Return the radius (H, W) float32 of each point's image in pixels, negative before the focus.

    A thin lens spreads a point at depth d over a disc proportional to 1 / focus - 1 / d; ``aperture`` is that
    radius in pixels for a point at infinity, which is also the greatest before the focus.
    """
    out = np.empty_like(depth)
    focus, aperture = np.float32(focus), np.float32(aperture)
    for y in range(depth.shape[0]):
        for x in range(depth.shape[1]):
            far = min(max(depth[y, x], np.float32(1e-3)), _FAR)
            out[y, x] = max(aperture * (ONE - focus / far), -aperture)
    return out


@compiled
def halve_for_blur(frame, radius):
    """Return (H / 2, W / 2, 4) float32: light of 2 x 2 pixels as squares of display values, and their mean radius."""
    height, width = frame.shape[0] // 2, frame.shape[1] // 2
    out = np.empty((height, width, 4), np.float32)
    for y in range(height):
        for x in range(width):
            out[y, x, 3] = np.float32(0.125) * (
                radius[2 * y, 2 * x]
                + radius[2 * y, 2 * x + 1]
                + radius[2 * y + 1, 2 * x]
                + radius[2 * y + 1, 2 * x + 1]
            )
            for channel in range(3):
                light = ZERO
                for k in range(4):
                    value = np.float32(frame[2 * y + (k >> 1), 2 * x + (k & 1), channel])
                    light += value * value
                out[y, x, channel] = light * np.float32(0.25)
    return out


@compiled
def spread(light, reach):
    """Return light (h, w, 4) with every point spread over its disc; ``reach`` is the greatest radius in its pixels.

    A point gives to a pixel when its disc gets there. What lies behind a pixel spreads no wider there than the pixel
    itself, so that a blurred background stays out of what is sharp. The last channel is the share of the light that
    came from before the focus.
    """
    height, width = light.shape[0], light.shape[1]
    out = np.empty_like(light)
    for y in range(height):
        for x in range(width):
            here = light[y, x, 3]
            red, green, blue, total, near = ZERO, ZERO, ZERO, ZERO, ZERO
            for k in range(TAPS):
                dx, dy = _DISC[k, 0] * reach, _DISC[k, 1] * reach
                c = min(max(x + np.int64(np.floor(dx + HALF)), 0), width - 1)
                r = min(max(y + np.int64(np.floor(dy + HALF)), 0), height - 1)
                there = light[r, c, 3]
                size = min(abs(there), abs(here)) if there > here else abs(there)
                gap = np.sqrt(dx * dx + dy * dy)
                weight = min(max(size - gap + ONE, ZERO), ONE) + np.float32(1e-4)
                red, green, blue = (
                    red + weight * light[r, c, 0],
                    green + weight * light[r, c, 1],
                    blue + weight * light[r, c, 2],
                )
                total += weight
                near += weight if there < -HALF else ZERO
            out[y, x, 0], out[y, x, 1], out[y, x, 2], out[y, x, 3] = (
                red / total,
                green / total,
                blue / total,
                near / total,
            )
    return out


@compiled
def focus(frame, radius, blurred):
    """Return a frame that is sharp where the radius is below a pixel, and elsewhere shows the blurred light."""
    height, width = radius.shape
    rows, columns = blurred.shape[0], blurred.shape[1]
    out = np.empty_like(frame)
    for y in range(height):
        v = max(np.float32(y) * HALF - np.float32(0.25), ZERO)
        r = min(np.int64(v), rows - 2)
        fy = min(v - np.float32(r), ONE)
        for x in range(width):
            u = max(np.float32(x) * HALF - np.float32(0.25), ZERO)
            c = min(np.int64(u), columns - 2)
            fx = min(u - np.float32(c), ONE)
            a, b, d, e = (ONE - fx) * (ONE - fy), fx * (ONE - fy), (ONE - fx) * fy, fx * fy
            near = (
                blurred[r, c, 3] * a
                + blurred[r, c + 1, 3] * b
                + blurred[r + 1, c, 3] * d
                + blurred[r + 1, c + 1, 3] * e
            )
            share = min(max(abs(radius[y, x]) - HALF, ZERO), ONE)
            share = max(share, min(near * np.float32(1.5), ONE))
            for channel in range(3):
                soft = blurred[r, c, channel] * a + blurred[r, c + 1, channel] * b
                soft = np.sqrt(soft + blurred[r + 1, c, channel] * d + blurred[r + 1, c + 1, channel] * e)
                value = np.float32(frame[y, x, channel])
                out[y, x, channel] = np.uint8(value + share * (soft - value) + HALF)
    return out


@compiled
def fastest(flow):
    """Return the longest way (rows, columns, 2) in each tile of a flow and its eight neighbours."""
    height, width = flow.shape[0], flow.shape[1]
    rows, columns = (height + TILE - 1) // TILE, (width + TILE - 1) // TILE
    most = np.zeros((rows, columns, 2), np.float32)
    for y in range(height):
        for x in range(width):
            r, c = y // TILE, x // TILE
            u, v = flow[y, x, 0], flow[y, x, 1]
            if u * u + v * v > most[r, c, 0] ** 2 + most[r, c, 1] ** 2:
                most[r, c, 0], most[r, c, 1] = u, v
    out = most.copy()
    for r in range(rows):
        for c in range(columns):
            for k in range(9):
                i, j = min(max(r + k // 3 - 1, 0), rows - 1), min(max(c + k % 3 - 1, 0), columns - 1)
                if most[i, j, 0] ** 2 + most[i, j, 1] ** 2 > out[r, c, 0] ** 2 + out[r, c, 1] ** 2:
                    out[r, c, 0], out[r, c, 1] = most[i, j, 0], most[i, j, 1]
    return out


@inlined
def _gives(speed, gap, before):
    """Weight of a tap: it crosses the pixel, and it lies before it or both move."""
    return min(max(speed - gap + ONE, ZERO), ONE) * before


@compiled
def smear(frame, depth, flow, most, shutter):
    """Return a frame blurred along the motion while the shutter is open (after McGuire et al. 2012).

    Parameters
    ----------
    frame, depth, flow : the picture (H, W, 3), its depth and the way of each pixel to the next frame.
    most : what :func:`fastest` says of the flow; ways are taken no longer than a tile.
    shutter : share of a frame's time for which the shutter is open, 0..1; 0.5 is a film camera's 180 degrees.
    """
    height, width = depth.shape
    out = np.empty_like(frame)
    shutter = np.float32(shutter)
    for y in range(height):
        for x in range(width):
            u, v = most[y // TILE, x // TILE, 0] * shutter, most[y // TILE, x // TILE, 1] * shutter
            way = np.sqrt(u * u + v * v)
            if way < ONE:
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = frame[y, x, 0], frame[y, x, 1], frame[y, x, 2]
                continue
            short = min(ONE, np.float32(2 * TILE) / way)
            u, v, here = u * short, v * short, min(depth[y, x], _FAR)
            speed = HALF * shutter * np.sqrt(flow[y, x, 0] ** 2 + flow[y, x, 1] ** 2)
            total, red, green, blue = ZERO, ZERO, ZERO, ZERO
            # Taps begin elsewhere from pixel to pixel, so that a few look like many.
            jitter = np.float32(((x * 7 + y * 13) & 7) + 0.5) / np.float32(8) - HALF
            for k in range(_STEPS):
                place = (np.float32(k) + HALF + jitter) / np.float32(_STEPS) - HALF
                c = min(max(np.int64(np.floor(np.float32(x) + place * u + HALF)), 0), width - 1)
                r = min(max(np.int64(np.floor(np.float32(y) + place * v + HALF)), 0), height - 1)
                gap, there = abs(place) * way * short, min(depth[r, c], _FAR)
                other = HALF * shutter * np.sqrt(flow[r, c, 0] ** 2 + flow[r, c, 1] ** 2)
                before = min(max(ONE - (there - here) / (np.float32(0.02) * here + np.float32(1e-3)), ZERO), ONE)
                behind = min(max(ONE - (here - there) / (np.float32(0.02) * there + np.float32(1e-3)), ZERO), ONE)
                weight = _gives(other, gap, before) + _gives(speed, gap, behind) + np.float32(1e-4)
                total += weight
                red += weight * np.float32(frame[r, c, 0])
                green += weight * np.float32(frame[r, c, 1])
                blue += weight * np.float32(frame[r, c, 2])
            out[y, x, 0] = np.uint8(red / total + HALF)
            out[y, x, 1] = np.uint8(green / total + HALF)
            out[y, x, 2] = np.uint8(blue / total + HALF)
    return out


@compiled
def slide(frame, right, down):
    """Return a frame (H, W, 3) moved by a few pixels or parts of one, bilinear; its border repeats."""
    height, width = frame.shape[0], frame.shape[1]
    out = np.empty_like(frame)
    across, fall = np.int64(np.floor(-right)), np.int64(np.floor(-down))
    fx, fy = np.float32(-right - across), np.float32(-down - fall)
    for y in range(height):
        r, s = min(max(y + fall, 0), height - 1), min(max(y + fall + 1, 0), height - 1)
        for x in range(width):
            c, d = min(max(x + across, 0), width - 1), min(max(x + across + 1, 0), width - 1)
            for channel in range(3):
                top = np.float32(frame[r, c, channel]) * (ONE - fx) + np.float32(frame[r, d, channel]) * fx
                low = np.float32(frame[s, c, channel]) * (ONE - fx) + np.float32(frame[s, d, channel]) * fx
                out[y, x, channel] = np.uint8(top * (ONE - fy) + low * fy + HALF)
    return out
