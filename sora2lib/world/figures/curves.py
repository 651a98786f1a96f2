"""Smooth curves between keys, over arrays of times in seconds."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from sora2lib.world.figures.skeleton import Array, angles


def eased(share: Array) -> Array:
    """From 0 to 1 without a jump in speed or acceleration; flat outside (Perlin 2002)."""
    u = np.clip(share, 0.0, 1.0)
    return np.asarray(u**3 * (u * (6 * u - 15) + 10))


def keyed(time_T: Array, times: Sequence[float], values: ArrayLike) -> Array:
    """Curve (T, ...) through values (...) at rising times: cubic pieces that never overshoot (Fritsch, Carlson 1980).

    It stands still at both ends and stays there.
    """
    at, value_K = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    shape = (-1, *(1,) * (value_K.ndim - 1))
    step = np.diff(at).reshape(shape)
    slope = np.diff(value_K, axis=0) / step
    before, after = slope[:-1], slope[1:]
    mean = 3 * (step[:-1] + step[1:])
    weight_1, weight_2 = (2 * step[1:] + step[:-1]) / mean, (step[1:] + 2 * step[:-1]) / mean
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(before * after > 0, 1 / (weight_1 / before + weight_2 / after), 0.0)
    speed = np.concatenate([0 * slope[:1], inner, 0 * slope[:1]])
    k = np.clip(np.searchsorted(at, time_T, side="right") - 1, 0, len(at) - 2)
    u = (np.clip(time_T, at[0], at[-1]) - at[k]).reshape(shape) / step[k]
    h = step[k]
    return np.asarray(
        value_K[k] * (1 + 2 * u) * (1 - u) ** 2
        + value_K[k + 1] * u**2 * (3 - 2 * u)
        + h * speed[k] * u * (1 - u) ** 2
        + h * speed[k + 1] * u**2 * (u - 1)
    )


def poses(time_T: Array, keys: Mapping[float, Mapping[str, float]]) -> Array:
    """Angles (T, J) through poses that are given by name at their times; see :func:`skeleton.angles`."""
    return keyed(time_T, list(keys), [angles(**key) for key in keys.values()])


def joined(time_T: Array, start: tuple[float, Array, Array, Array], end: tuple[float, Array, Array, Array]) -> Array:
    """Quintic curve (T, ...) between two states of time, place, velocity and acceleration.

    Outside it goes on as a parabola.
    """
    (t0, x0, v0, a0), (t1, x1, v1, a1) = start, end
    x0, v0, a0, x1, v1, a1 = (np.atleast_1d(np.asarray(it, dtype=np.float64)) for it in (x0, v0, a0, x1, v1, a1))
    span = t1 - t0
    s = np.clip((time_T - t0) / span, 0, 1)[:, None]
    gap, rise, bend = x1 - x0, span * v0, span**2 * a0
    rise_1, bend_1 = span * v1, span**2 * a1
    c3 = 10 * gap - 6 * rise - 4 * rise_1 - 1.5 * bend + 0.5 * bend_1
    c4 = -15 * gap + 8 * rise + 7 * rise_1 + 1.5 * bend - bend_1
    c5 = 6 * gap - 3 * rise - 3 * rise_1 - 0.5 * bend + 0.5 * bend_1
    inner = x0 + s * (rise + s * (bend / 2 + s * (c3 + s * (c4 + s * c5))))
    early, late = np.minimum(time_T - t0, 0)[:, None], np.maximum(time_T - t1, 0)[:, None]
    early_arc, late_arc = early * v0 + early**2 / 2 * a0, late * v1 + late**2 / 2 * a1
    return np.asarray(inner + early_arc + late_arc)
