"""Pendulums: whether a track is that of a weight on a rod, and what it tells of length, period and gravity."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from sora2lib.physics.pieces import noise_of
from sora2lib.physics.tracks import Array, Tracks

FEWEST = 20  # samples
WIDEST, LEAST = 1.6, 0.06  # radians of a swing
STEPS = 4  # of the integration, between samples
OFF = 4.0  # deviations of the noise by which places may miss a pendulum's
ROUGH = 0.004  # of the way that it swings, likewise
VAGUE = 0.1  # share by which gravity may be uncertain
SAGGING = 8.0  # deviations by which the path must be bent
SWEPT = 0.9  # of the way between both ends of a swing that must be seen: any bent path is like a part of one


@dataclass(frozen=True, eq=False)
class Swing:
    """A pendulum.

    Parameters
    ----------
    thing : which one.
    top_D : where it hangs from, units.
    length, length_sd : units.
    period : seconds, for small swings.
    gravity, gravity_sd : units/s^2.
    widest : radians.
    damping, damping_sd : share of speed lost a second.
    residual, noise : units, how far places miss the fit, and how far they may.
    start : what the fit found: top, length, gravity over length, angle and its rate at the first sample, damping.
    """

    thing: int
    top_D: Array
    length: float
    length_sd: float
    period: float
    gravity: float
    gravity_sd: float
    widest: float
    damping: float
    damping_sd: float
    residual: float
    noise: float
    start: Array


# n samples
def swing(tracks: Tracks, thing: int) -> Swing | None:
    """Fit a pendulum to a track in a picture or in an upright plane; None where it is none.

    Its equation of motion is integrated, so that wide swings count as they should.

    >>> swing(tracks, 0).period  # doctest: +SKIP
    2.01
    """
    samples = np.flatnonzero(np.isfinite(tracks.place_NTD[thing]).all(axis=-1))
    if len(samples) < FEWEST:
        return None
    time_n, noise = tracks.time_T[samples], noise_of(tracks, thing)
    place_n2, plane = _flattened(tracks.place_NTD[thing, samples])
    guess = _guess(place_n2, time_n, noise)
    if guess is None:
        return None
    found = least_squares(lambda it: (_path(it, time_n) - place_n2).ravel() / noise, guess, x_scale="jac", max_nfev=40)
    residual = float(np.sqrt(np.mean(found.fun**2))) * noise
    x, z, length, rate2, angle, speed, damping = found.x
    widest = math.hypot(angle, speed / math.sqrt(max(rate2, 1e-9)))
    if residual > max(OFF * noise, ROUGH * abs(length) * widest) or not LEAST < widest < WIDEST:
        return None
    if np.ptp(_course(found.x, time_n)[0]) < SWEPT * 2 * widest:
        return None
    spread = np.sqrt(np.diag(np.linalg.pinv(found.jac.T @ found.jac))) * max(residual / noise, 1)
    gravity = rate2 * length
    gravity_sd = gravity * math.hypot(spread[2] / length, spread[3] / rate2)
    if length <= 0 or rate2 <= 0 or gravity_sd > VAGUE * gravity:
        return None
    return Swing(
        thing, plane(np.array([x, z])), length, float(spread[2]), math.tau / math.sqrt(rate2), gravity, gravity_sd,
        widest, float(damping), float(spread[6]), residual, noise, found.x,
    )  # fmt: skip


def swung(it: Swing, since_T: Array, factor: float = 1.0, faster: float = 1.0) -> Array:
    """Places (T, 2) of a pendulum in a picture some time after its first sample, gravity and start speed changed."""
    start = it.start * np.array([1, 1, 1, factor, 1, faster, 1])
    return _path(start, since_T)


def pace(it: Swing, since_n: Array) -> Array:
    """Velocities (n, 2) of a pendulum some time after its first sample, level in its plane and up."""
    angle_n, rate_n = _course(it.start, since_n)
    return np.asarray(it.length * rate_n[:, None] * np.stack([np.cos(angle_n), np.sin(angle_n)], axis=1))


def _flattened(place_nD: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Places (n, 2) in the upright plane that holds them, and the way back."""
    if place_nD.shape[1] == 2:
        return place_nD, lambda at: at
    level_n2 = place_nD[:, :2] - place_nD[:, :2].mean(axis=0)
    along = np.linalg.svd(level_n2, full_matrices=False)[2][0]
    middle = place_nD[:, :2].mean(axis=0)
    flat = np.stack([level_n2 @ along, place_nD[:, 2]], axis=1)
    return flat, lambda at: np.array([*(middle + along * at[0]), at[1]])


def _guess(place_n2: Array, time_n: Array, noise: float) -> Array | None:
    """Start of the fit: a circle through the path, the period from how often it passes the lowest point."""
    x, z = (place_n2 - place_n2.mean(axis=0)).T
    design = np.stack([x, z, np.ones_like(x)], axis=1)
    a, b, c = np.linalg.lstsq(design, x**2 + z**2, rcond=None)[0]
    length = math.sqrt(max(c + (a / 2) ** 2 + (b / 2) ** 2, 0))
    sag = np.ptp(z)
    if b <= 0 or sag < SAGGING * noise or not length < 40 * np.ptp(x):
        return None
    angle_n = np.arctan2(x - a / 2, -(z - b / 2))
    off = np.abs(np.hypot(x - a / 2, z - b / 2) - length)
    if np.median(off) > max(OFF * noise, 0.01 * length) or np.ptp(angle_n) < 2 * LEAST:
        return None
    # theta'' = -k sin theta, so that k follows from how the bend goes with the angle.
    bend = np.gradient(np.gradient(angle_n, time_n), time_n)[3:-3]
    wave = np.sin(angle_n)[3:-3]
    rate2 = -float(bend @ wave) / float(wave @ wave)
    speed = float(np.polyfit(time_n[:4] - time_n[0], angle_n[:4], 1)[0])
    if rate2 <= 0.2:
        return None
    top_2 = place_n2.mean(axis=0) + np.array([a / 2, b / 2])
    return np.array([*top_2, length, rate2, angle_n[0], speed, 0.0])


def _path(found: Array, time_n: Array) -> Array:
    """Places (n, 2) of a pendulum at times: top, length, g / length, angle and its rate at the first time, damping."""
    angle_n, _ = _course(found, time_n)
    return np.asarray(found[:2] + found[2] * np.stack([np.sin(angle_n), -np.cos(angle_n)], axis=1))


def _course(found: Array, time_n: Array) -> tuple[Array, Array]:
    """Angles (n,) of a pendulum and their rates (n,)."""
    _, _, _, rate2, angle, speed, damping = found
    course = [(angle, speed)]
    for span in np.diff(time_n):
        count = STEPS * max(1, round(span / float(np.min(np.diff(time_n)))))
        angle, speed = _step(angle, speed, rate2, damping, span / count, count)
        course.append((angle, speed))
    angle_n, rate_n = np.array(course).T
    return angle_n, rate_n


def _step(angle: float, speed: float, rate2: float, damping: float, step: float, count: int) -> tuple[float, float]:
    """Carry a pendulum on by leapfrog steps."""
    for _ in range(count):
        speed += step / 2 * (-rate2 * math.sin(angle) - damping * speed)
        angle += step * speed
        speed += step / 2 * (-rate2 * math.sin(angle) - damping * speed)
    return angle, speed
