"""Poses between the samples of a world."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.schema import World

Array = NDArray[np.float64]
Camera = tuple[Array, Array, float, float]  # eye (3,), target (3,), roll, vertical field of view
# A jump of acceleration beyond this, in m/s^2, is a contact: curves are not drawn across it.
_CONTACT = 40.0
_TRIES = 33


# A actors, T samples
@dataclass(frozen=True)
class Motion:
    """All that moves, as plain arrays."""

    start: float
    rate: float
    position: Array  # (A, T, 3)
    rotation: Array  # (A, T, 4)
    joints: Array  # (A, T, J), radians; J is 0 in a world without creatures
    eye: Array  # (T, 3)
    target: Array  # (T, 3)
    roll: Array  # (T,)
    fov: Array  # (T,)
    cut: NDArray[np.bool_]  # (T,)


def read_motion(world: World) -> Motion:
    """Take the moving parts out of a world."""
    names = (
        "position",
        "rotation",
        "joint_angle",
        "camera_eye",
        "camera_target",
        "camera_roll",
        "camera_fov",
        "camera_cut",
    )
    return Motion(float(world.time[0]), world.rate, *(world[name].values for name in names))


def _place(motion: Motion, time: float) -> tuple[int, float]:
    """The sample before a time, and how far it is on the way to the next, 0..1."""
    last = motion.position.shape[1] - 1
    place = min(max((time - motion.start) * motion.rate, 0.0), float(last))
    nearest = round(place)
    if abs(place - nearest) < 1e-6:
        place = float(nearest)
    k = min(int(place), last - 1)
    return k, place - k


def _through(path: Array, k: int, first: int, share: float) -> Array:
    """Parabola through three samples from ``first``, at ``share`` of the way from k to k + 1."""
    s = share + k - first
    a, b, c = path[..., first, :], path[..., first + 1, :], path[..., first + 2, :]
    return 0.5 * (s - 1) * (s - 2) * a - s * (s - 2) * b + 0.5 * s * (s - 1) * c


def _bend(path: Array, k: int, rate: float) -> Array:
    """Length of the second difference at sample k, in m/s^2."""
    if not 1 <= k < path.shape[-2] - 1:
        return np.zeros(path.shape[:-2])
    second = path[..., k - 1, :] - 2 * path[..., k, :] + path[..., k + 1, :]
    return np.linalg.norm(second, axis=-1) * rate**2


def _smooth(path: Array, k: int, share: float) -> Array:
    """Average of the parabolas before and after: cubic through four samples, with continuous slope."""
    last = path.shape[-2] - 3
    before = _through(path, k, min(max(k - 1, 0), last), share)
    after = _through(path, k, min(max(k, 0), last), share)
    return (1 - share) * before + share * after


def _broken(path: Array, k: int, share: float) -> Array:
    """Two parabolas that meet where they come closest: flight up to a contact, and flight after it."""
    last = path.shape[-2] - 3
    tries = np.linspace(0, 1, _TRIES)
    first, second = min(max(k - 2, 0), last), min(k + 1, last)
    gaps = [np.linalg.norm(_through(path, k, first, s) - _through(path, k, second, s), axis=-1) for s in tries]
    meeting = tries[int(np.argmin(gaps))]
    before, after = _through(path, k, first, share), _through(path, k, second, share)
    # What is left of the gap is closed evenly, so that the samples themselves stay exact.
    jump = _through(path, k, second, meeting) - _through(path, k, first, meeting)
    if share <= meeting:
        return before + 0.5 * jump * (share / meeting if meeting > 0 else 1.0)
    return after - 0.5 * jump * ((1 - share) / (1 - meeting))


def positions_at(motion: Motion, time: float) -> Array:
    """Return positions (A, 3); exact at the samples, smooth in flight, sharp at contacts.

    >>> positions_at(motion, 0.5)  # doctest: +SKIP
    """
    k, share = _place(motion, time)
    path = motion.position
    if share == 0 or path.shape[1] < 5:
        return (1 - share) * path[:, k] + share * path[:, k + 1]
    out = _smooth(path, k, share)
    bends = np.maximum(_bend(path, k, motion.rate), _bend(path, k + 1, motion.rate))
    inner = 2 <= k < path.shape[1] - 3
    for actor in np.flatnonzero(bends > _CONTACT):
        straight = (1 - share) * path[actor, k] + share * path[actor, k + 1]
        out[actor] = _broken(path[actor], k, share) if inner else straight
    return out


def rotations_at(motion: Motion, time: float) -> Array:
    """Return unit quaternions (A, 4), turned evenly from sample to sample (Shoemake 1985)."""
    k, share = _place(motion, time)
    a, b = motion.rotation[:, k], motion.rotation[:, k + 1]
    if share == 0:
        return a / np.linalg.norm(a, axis=-1, keepdims=True)
    cosine = (a * b).sum(-1, keepdims=True)
    b, cosine = np.where(cosine < 0, -b, b), np.minimum(np.abs(cosine), 1.0)
    angle = np.arccos(cosine)
    sine = np.maximum(np.sin(angle), 1e-9)
    mixed = np.where(
        angle > 1e-4, (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / sine, (1 - share) * a + share * b
    )
    return mixed / np.linalg.norm(mixed, axis=-1, keepdims=True)


def joints_at(motion: Motion, time: float) -> Array:
    """Return joint angles (A, J), smooth between the samples."""
    k, share = _place(motion, time)
    if share == 0 or motion.joints.shape[1] < 4:
        return (1 - share) * motion.joints[:, k] + share * motion.joints[:, k + 1]
    return _smooth(motion.joints, k, share)


def camera_at(motion: Motion, time: float) -> Camera:
    """Return eye (3,), target (3,), roll and vertical field of view; no curve runs across a cut."""
    k, share = _place(motion, time)
    if motion.cut[k + 1] and share < 1:
        share = 0.0
    path = np.concatenate([motion.eye, motion.target, motion.roll[:, None], motion.fov[:, None]], axis=1)
    near = slice(max(k - 1, 0), k + 3)
    if share in (0, 1) or len(path) < 4 or motion.cut[near].any():
        now = (1 - share) * path[k] + share * path[k + 1]
    else:
        now = _smooth(path, k, share)
    return now[:3], now[3:6], float(now[6]), float(now[7])
