"""A path cut into parabolas: the best of all ways to do it, by dynamic programming.

Each sample belongs to one parabola or to none. A parabola costs its squared residuals in units of the noise, plus what
a piece costs; a sample that belongs to none costs what an outlier costs. R. Bellman, Comm. ACM 4 (1961) 284.

    T samples, D axes
"""

import numba
import numpy as np

LEAST = 4  # samples of a piece


@numba.njit(cache=True)
def _left_over(sums, count, square):
    """Return the squared residual of the best parabola from the sums of powers and of products with the values."""
    s1, s2, s3, s4 = sums[0], sums[1], sums[2], sums[3]
    a11, a12, a22 = s2 - s1 * s1 / count, s3 - s1 * s2 / count, s4 - s2 * s2 / count
    det = a11 * a22 - a12 * a12
    left = square
    for axis in range((len(sums) - 4) // 3):
        y0, y1, y2 = sums[4 + 3 * axis], sums[5 + 3 * axis], sums[6 + 3 * axis]
        b1, b2 = y1 - s1 * y0 / count, y2 - s2 * y0 / count
        left -= y0 * y0 / count
        if det > 1e-9 * a11 * a22:
            left -= (b1 * (a22 * b1 - a12 * b2) + b2 * (a11 * b2 - a12 * b1)) / det
        elif a11 > 0:
            left -= b1 * b1 / a11
    return max(left, 0.0)


@numba.njit(cache=True)
def cut(time, place, noise, piece, outlier):
    """Return which piece (T,) each sample belongs to, -1 for none.

    Parameters
    ----------
    time : (T,) in units of about one sample.
    place : (T, D), without gaps in it.
    noise : deviation of a place.
    piece, outlier : what a piece and a sample in none cost, in squared deviations.
    """
    count, axes = place.shape
    best = np.full(count + 1, np.inf)  # cost of the first samples
    came = np.full(count + 1, -2, np.int64)  # where the last piece of them begins, -1 for an outlier
    best[0] = 0.0
    sums = np.zeros(4 + 3 * axes)
    for first in range(count):
        if best[first] + outlier < best[first + 1]:
            best[first + 1], came[first + 1] = best[first] + outlier, -1
        sums[:] = 0.0
        square = 0.0
        for last in range(first, count):
            u, number = time[last] - time[first], last - first + 1.0
            power = u
            for k in range(4):
                sums[k] += power
                power *= u
            for axis in range(axes):
                y = (place[last, axis] - place[first, axis]) / noise
                sums[4 + 3 * axis] += y
                sums[5 + 3 * axis] += y * u
                sums[6 + 3 * axis] += y * u * u
                square += y * y
            if number < LEAST:
                continue
            cost = best[first] + piece + _left_over(sums, number, square)
            if cost < best[last + 1]:
                best[last + 1], came[last + 1] = cost, first
    out = np.full(count, -1, np.int64)
    end, name = count, 0
    while end > 0:
        if came[end] == -1:
            end -= 1
            continue
        out[came[end] : end] = name
        name += 1
        end = came[end]
    for k in range(count):
        if out[k] >= 0:
            out[k] = name - 1 - out[k]
    return out
