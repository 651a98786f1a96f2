"""The camera's path: a move, a direction and a framing become eye, target, roll and field of view over time.

Directions are the camera's own: "truck left" carries it towards its left, "orbit left" too, so seen from above it goes
clockwise round the action; "pan left" turns it to its left. Orbits go at constant speed.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from sora2lib.world.vocabulary import FRAMINGS

Array = NDArray[np.float64]
ASPECT = 16 / 9
NEAREST, FARTHEST = 2.0, 22.0
VERY_NEAR = 0.8  # for small things
WIDEST, NARROWEST = 1.15, 0.35  # vertical field of view, radians
LOWEST_EYE = 0.2
SHAKES = 6  # sines in a hand's shake
SHAKE_PLACE, SHAKE_ANGLE = 0.01, math.radians(0.5)
EDGES = (0.02, 0.98)  # of a way: a last far roll does not widen the picture
ACROSS, FULL = 1.25, 0.92  # of the width a wide region fills so much more than it would of the height, and that at most
LAZY = 0.35  # seconds over which a camera that follows evens out where its subject is


@dataclass(frozen=True)
class CameraPath:
    """Eye (T, 3), target (T, 3) in metres, roll (T,) and vertical field of view (T,) in radians."""

    eye: Array
    target: Array
    roll: Array
    fov: Array

    def picture(self, points_T3: Array) -> Array:
        """Project points (T, 3) to (T, 2): right and up, -1..1 across the height of the picture; NaN behind it."""
        forward = self.target - self.eye
        forward /= np.linalg.norm(forward, axis=-1, keepdims=True)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right, axis=-1, keepdims=True)
        up = np.cross(right, forward)
        ray = points_T3 - self.eye
        depth = np.einsum("tk,tk->t", ray, forward)
        scale = np.where(depth > 0.05, depth, np.nan) * np.tan(self.fov / 2)
        return np.stack([np.einsum("tk,tk->t", ray, axis) / scale for axis in (right, up)], axis=1)

    def sees(self, points_T3: Array) -> NDArray[np.bool_]:
        """Whether each point (T, 3) is in a 16:9 picture at its time."""
        right, up = np.abs(self.picture(points_T3)).T
        return np.asarray((right < ASPECT) & (up < 1))


def camera_path(
    rng: np.random.Generator,
    *,
    move: str,
    direction: str,
    framing: str,
    centre: Array,
    extent: Array,
    time: Array,
    nearest: float = NEAREST,
) -> CameraPath:
    """Film a region of interest.

    Parameters
    ----------
    move, direction, framing : names of the vocabulary.
    centre, extent : (3,) middle and sides of the box that holds the action, metres.
    time : (T,) seconds.
    nearest : how close the camera may come to the middle of the action, metres.

    >>> camera_path(rng, move="orbit", direction="left", framing="wide", centre=c, extent=e, time=t)  # doctest: +SKIP
    """
    progress = (time - time[0]) / (time[-1] - time[0])
    if move != "orbit" and rng.random() < 0.5:
        progress = progress * progress * (3 - 2 * progress)
    # From -1 to 1 for right, in and up, the other way round for left, out and down.
    way = (2 * progress - 1) * (-1 if direction in ("left", "out", "down") else 1)

    azimuth = rng.normal(0, math.radians(7)) + np.zeros_like(time)  # from straight behind -y towards +x
    elevation = math.radians(rng.uniform(5, 22))
    if move == "orbit":
        sweep = math.radians(rng.uniform(30, 90)) * min(1.0, (time[-1] - time[0]) / 4)
        azimuth = azimuth + (way - way[0]) * sweep / 2

    fov = rng.uniform(0.5, 0.85)
    height = picture_height(extent, framing, sweep=float(np.ptp(azimuth)))
    depth = float(np.hypot(*extent[:2]) if move == "orbit" else extent[1]) / 2
    distance = float(np.clip(height / 2 / math.tan(fov / 2) + depth, nearest, FARTHEST))
    fov = float(np.clip(2 * math.atan(height / 2 / max(distance - depth, 0.5)), NARROWEST, WIDEST))

    away = np.full_like(time, distance)
    if move == "dolly":
        away = distance * (1 - way * rng.uniform(0.18, 0.3))
    view = np.full_like(time, fov)
    if move == "zoom":
        view = 2 * np.arctan(math.tan(fov / 2) * np.exp(-way * rng.uniform(0.2, 0.4)))

    offset = np.stack(
        [
            away * np.cos(elevation) * np.sin(azimuth),
            -away * np.cos(elevation) * np.cos(azimuth),
            away * np.sin(elevation),
        ],
        axis=1,
    )
    target = np.repeat(centre[None], len(time), axis=0) + rng.normal(0, 0.02, 3) * distance * np.array([1, 0, 1])
    eye = target + offset
    right = np.array([math.cos(azimuth[0]), math.sin(azimuth[0]), 0.0])
    if move == "truck":
        shift = way[:, None] * right * distance * rng.uniform(0.08, 0.16)
        eye, target = eye + shift, target + shift
    elif move in ("pan", "tilt"):
        target = target + _turn(move, way, rng.uniform(0.5, 0.9), fov, distance, right)
    elif move == "crane":
        eye = eye + (way + 1)[:, None] * np.array([0.0, 0.0, distance * rng.uniform(0.12, 0.2)])
    eye[:, 2] = np.maximum(eye[:, 2], LOWEST_EYE)
    if move == "handheld":
        eye = eye + shake(rng, time, 3) * SHAKE_PLACE
        target = target + shake(rng, time, 3) * SHAKE_ANGLE * distance
    roll = shake(rng, time, 1)[:, 0] * SHAKE_ANGLE if move == "handheld" else np.zeros_like(time)
    return CameraPath(eye, target, roll, view)


def follow_path(
    rng: np.random.Generator, *, height: float, subject: Array, time: Array, nearest: float = NEAREST
) -> CameraPath:
    """Go along with a subject, smoothly, so that it fills its share of the picture throughout.

    Parameters
    ----------
    height : of the picture where the subject is, metres.
    subject : (T, 3) its path, metres.
    time : (T,) seconds.
    nearest : how close the camera may come to it, metres.

    >>> follow_path(rng, height=1.7, subject=path, time=t)  # doctest: +SKIP
    """
    azimuth, elevation = rng.normal(0, math.radians(9)), math.radians(rng.uniform(5, 22))
    fov = rng.uniform(0.5, 0.85)
    distance = float(np.clip(height / 2 / math.tan(fov / 2), nearest, FARTHEST))
    fov = float(np.clip(2 * math.atan(height / 2 / distance), NARROWEST, WIDEST))
    smooth = gaussian_filter1d(subject, LAZY / (time[1] - time[0]), axis=0, mode="nearest")
    target = smooth + rng.normal(0, 0.02, 3) * distance * np.array([1, 0, 1])
    away = (math.cos(elevation) * math.sin(azimuth), -math.cos(elevation) * math.cos(azimuth), math.sin(elevation))
    eye = target + distance * np.array(away)
    eye[:, 2] = np.maximum(eye[:, 2], LOWEST_EYE)
    return CameraPath(eye, target, np.zeros_like(time), np.full_like(time, fov))


def picture_height(extent: Array, framing: str, *, sweep: float = 0.0) -> float:
    """Height in metres of the picture, at the action, in which a region is framed so.

    Parameters
    ----------
    extent : (3,) sides of the box that holds the action, metres.
    framing : a name of the vocabulary.
    sweep : angle in radians by which the camera goes round it.
    """
    share = FRAMINGS[framing]
    width = max(extent[0], float(np.hypot(*extent[:2])) * math.sin(min(sweep, math.pi / 2)))
    return float(max(extent[2] / share, width / ASPECT / min(FULL, share * ACROSS)))


def _turn(move: str, way: Array, amount: float, fov: float, distance: float, right: Array) -> Array:
    """Shift of the target (T, 3) that turns the camera by a good part of its field of view in all."""
    if move == "pan":
        half = amount * 0.35 * math.atan(math.tan(fov / 2) * ASPECT)
        return np.asarray(distance * np.tan(way * half)[:, None] * right)
    return np.asarray(distance * np.tan(way * amount * 0.3 * fov / 2)[:, None] * np.array([0.0, 0.0, 1.0]))


def shake(rng: np.random.Generator, time: Array, channels: int) -> Array:
    """Smooth noise (T, channels) of about unit size, below 2.5 Hz."""
    frequency = rng.uniform(0.25, 2.4, (SHAKES, channels))
    phase = rng.uniform(0, 2 * math.pi, (SHAKES, channels))
    weight = 1 / (0.5 + frequency)
    waves = np.sin(2 * math.pi * frequency * time[:, None, None] + phase) * weight
    return np.asarray(waves.sum(axis=1) / np.sqrt((weight**2).sum(axis=0) / 2))
