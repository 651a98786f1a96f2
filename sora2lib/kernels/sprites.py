"""Small bright things drawn over a picture: stars, and what falls through the air."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import HALF, ONE, ZERO


@compiled
def add_stars(frame, features, stars, view, brightness):
    """Add points of light to the pixels that show sky; ``stars`` (N, 4) are directions and strengths."""
    height, width = frame.shape[0], frame.shape[1]
    for k in range(stars.shape[0]):
        x, y, z = stars[k, 0], stars[k, 1], stars[k, 2]
        depth = x * view[at.FORWARD] + y * view[at.FORWARD + 1] + z * view[at.FORWARD + 2]
        if depth < np.float32(0.05):
            continue
        across = x * view[at.RIGHT] + y * view[at.RIGHT + 1] + z * view[at.RIGHT + 2]
        up = x * view[at.UP] + y * view[at.UP + 1] + z * view[at.UP + 2]
        u = (ONE + across / (depth * view[at.SQUARES])) * HALF * np.float32(width) - HALF
        v = (ONE - up / (depth * view[at.SQUARES + 1])) * HALF * np.float32(height) - HALF
        if not (ZERO <= u < np.float32(width - 1) and ZERO <= v < np.float32(height - 1)):
            continue
        c, r = np.int64(u), np.int64(v)
        fx, fy = u - np.float32(c), v - np.float32(r)
        for corner in range(4):
            cx, cy = c + (corner & 1), r + (corner >> 1)
            if features[cy, cx] != at.SKY:
                continue
            weight = (fx if corner & 1 else ONE - fx) * (fy if corner >> 1 else ONE - fy)
            for channel in range(3):
                value = np.float32(frame[cy, cx, channel]) + brightness * stars[k, 3] * weight
                frame[cy, cx, channel] = np.uint8(min(value, np.float32(255)))


@inlined
def _seen_at(x, y, z, view):
    """Column, row and depth of a point of the world."""
    x, y, z = x - view[at.EYE], y - view[at.EYE + 1], z - view[at.EYE + 2]
    depth = x * view[at.FORWARD] + y * view[at.FORWARD + 1] + z * view[at.FORWARD + 2]
    across = x * view[at.RIGHT] + y * view[at.RIGHT + 1] + z * view[at.RIGHT + 2]
    up = x * view[at.UP] + y * view[at.UP + 1] + z * view[at.UP + 2]
    near = max(depth, np.float32(1e-3))
    column = (ONE + across / (near * view[at.SQUARES])) * HALF * view[at.WIDTH]
    row = (ONE - up / (near * view[at.SQUARES + 1])) * HALF * view[at.HEIGHT]
    return column, row, depth


@inlined
def _wrapped(place, middle, side):
    """The copy of a repeating place that lies within half a side of the middle."""
    turns = (place - middle) / side + HALF
    return middle + (turns - np.floor(turns) - HALF) * side


@compiled
def draw_drops(frame, depth, view, drops, shift, side, streak, radius, colour):
    """Draw what falls through the air into a frame, where nothing stands before it.

    The air repeats every ``side`` metres, so that a few thousand drops fill it wherever the camera goes.

    Parameters
    ----------
    frame : (H, W, 3) uint8, written; depth : (H, W) float32, metres along the camera's axis.
    view : the camera's row. drops : (N, 4) float32, places in units of ``side`` and opacity 0..1.
    shift : (3,) float32, metres that all have fallen. streak : (3,) float32, metres that a drop falls while it is seen.
    radius : metres. colour : (3,) 0..255.
    """
    height, width = depth.shape
    side, radius = np.float32(side), np.float32(radius)
    reach = HALF * side
    mx = view[at.EYE] + reach * view[at.FORWARD]
    my = view[at.EYE + 1] + reach * view[at.FORWARD + 1]
    mz = view[at.EYE + 2] + reach * view[at.FORWARD + 2]
    for k in range(drops.shape[0]):
        x = _wrapped(drops[k, 0] * side + shift[0], mx, side)
        y = _wrapped(drops[k, 1] * side + shift[1], my, side)
        z = _wrapped(drops[k, 2] * side + shift[2], mz, side)
        u, v, ahead = _seen_at(x, y, z, view)
        u2, v2, tail = _seen_at(x - streak[0], y - streak[1], z - streak[2], view)
        if (ahead < np.float32(0.25)) | (tail < np.float32(0.25)) | (z < ZERO):
            continue
        # Drops come and go at the edge of the repeating air; there they are faint.
        gap = max(max(abs(x - mx), abs(y - my)), abs(z - mz)) / reach
        size = radius / (ahead * view[at.PIXEL])
        opacity = drops[k, 3] * min(max((ONE - gap) * np.float32(5), ZERO), ONE) * min(size / np.float32(0.6), ONE)
        size = max(size, np.float32(0.6))
        dx, dy = u2 - u, v2 - v
        square = max(dx * dx + dy * dy, np.float32(1e-6))
        left, right = max(np.int64(min(u, u2) - size), 0), min(np.int64(max(u, u2) + size) + 1, width - 1)
        top, low = max(np.int64(min(v, v2) - size), 0), min(np.int64(max(v, v2) + size) + 1, height - 1)
        for r in range(top, low + 1):
            for c in range(left, right + 1):
                px, py = np.float32(c) + HALF - u, np.float32(r) + HALF - v
                along = min(max((px * dx + py * dy) / square, ZERO), ONE)
                qx, qy = px - along * dx, py - along * dy
                share = min(max(size + HALF - np.sqrt(qx * qx + qy * qy), ZERO), ONE) * opacity
                if (share <= ZERO) | (ahead > depth[r, c]):
                    continue
                for channel in range(3):
                    value = np.float32(frame[r, c, channel])
                    frame[r, c, channel] = np.uint8(value + share * (np.float32(colour[channel]) - value) + HALF)
