"""Loops that find how a camera moved, and take it back.

N points, H height, W width
"""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined

HALF = 5  # pixels: a patch is 2 * HALF + 1 wide
ROUNDS = 12  # of B. Lucas and T. Kanade's iteration (IJCAI 1981)
ENOUGH = np.float32(0.01)  # pixels: a smaller step ends it


@inlined
def _between(picture, y, x):
    """Return the value of a picture (H, W) between its pixels."""
    y0, x0 = int(np.floor(y)), int(np.floor(x))
    v, u = y - y0, x - x0
    above = (1 - u) * picture[y0, x0] + u * picture[y0, x0 + 1]
    below = (1 - u) * picture[y0 + 1, x0] + u * picture[y0 + 1, x0 + 1]
    return (1 - v) * above + v * below


@compiled
def follow(first, other, points, guess):
    """Find where patches of one picture (H, W) float32 lie in another: x, y (N, 2) and their mean differences (N,).

    Parameters
    ----------
    points : (N, 2) x, y in the first picture, HALF + 2 pixels or more from its border.
    guess : (N, 2) where to begin in the other. What cannot be found has an infinite difference.
    """
    height, width = other.shape
    found, off = guess.copy(), np.full(len(points), np.inf, np.float32)
    for n in range(len(points)):
        px, py = points[n]
        x, y = guess[n]
        for step in range(ROUNDS + 1):
            if not (HALF + 1 < x < width - HALF - 2 and HALF + 1 < y < height - HALF - 2):
                break
            xx, xy, yy, ex, ey, wrong = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for v in range(-HALF, HALF + 1):
                for u in range(-HALF, HALF + 1):
                    slope_x = (_between(first, py + v, px + u + 1) - _between(first, py + v, px + u - 1)) / 2
                    slope_y = (_between(first, py + v + 1, px + u) - _between(first, py + v - 1, px + u)) / 2
                    error = _between(first, py + v, px + u) - _between(other, y + v, x + u)
                    xx += slope_x * slope_x
                    xy += slope_x * slope_y
                    yy += slope_y * slope_y
                    ex += slope_x * error
                    ey += slope_y * error
                    wrong += abs(error)
            det = xx * yy - xy * xy
            if det < 1e-6 * (xx + yy) * (xx + yy) + 1e-6:
                break
            if step == ROUNDS:
                break
            dx, dy = (yy * ex - xy * ey) / det, (xx * ey - xy * ex) / det
            x += dx
            y += dy
            if dx * dx + dy * dy < ENOUGH * ENOUGH:
                off[n] = wrong / (2 * HALF + 1) ** 2
                break
        found[n, 0], found[n, 1] = x, y
    return found, off


@compiled
def warp(frame, homography, out, seen):
    """Write a frame (H, W, 3) uint8 as another camera sees it; ``seen`` (H, W) tells where it does.

    ``homography`` (3, 3) leads from pixels of ``out`` to pixels of the frame, both x, y, 1.
    """
    height, width = out.shape[0], out.shape[1]
    tall, wide = frame.shape[0], frame.shape[1]
    h = homography
    for y in range(height):
        for x in range(width):
            w = h[2, 0] * x + h[2, 1] * y + h[2, 2]
            u, v = (h[0, 0] * x + h[0, 1] * y + h[0, 2]) / w, (h[1, 0] * x + h[1, 1] * y + h[1, 2]) / w
            seen[y, x] = 0 <= u < wide - 1 and 0 <= v < tall - 1
            if not seen[y, x]:
                continue
            u0, v0 = int(u), int(v)
            a, b = np.float32(u - u0), np.float32(v - v0)
            for channel in range(3):
                above = (1 - a) * frame[v0, u0, channel] + a * frame[v0, u0 + 1, channel]
                below = (1 - a) * frame[v0 + 1, u0, channel] + a * frame[v0 + 1, u0 + 1, channel]
                out[y, x, channel] = np.uint8((1 - b) * above + b * below + np.float32(0.5))
