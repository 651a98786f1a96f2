"""From moves to a path: each move takes the path that the moves before it make, and changes it over time.

Shapes: T samples of the world.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

from sora2lib.camera.moves import Move, Pose
from sora2lib.errors import RequestError
from sora2lib.world.filming import LOWEST_EYE, SHAKE_ANGLE, SHAKE_PLACE, CameraPath, shake
from sora2lib.world.schema import World

Array = NDArray[np.float64]
UP = np.array([0.0, 0.0, 1.0])
GLANCE = 0.5  # seconds in which a camera turns to whom it is to look at
STEEPEST = math.radians(89)  # of its aim: beyond, left and right would change places
LEAST_REACH = 0.3  # metres to what it looks at, which a dolly pushes ahead
NARROWEST, WIDEST = 0.02, 3.0  # field of view, radians; a world allows hardly more


@dataclass(frozen=True)
class Take:
    """A move in the time of a world."""

    move: Move
    since: Array  # (T,) seconds since it began, negative before
    share: Array  # (T,) how much of it is done, 0 to 1
    world: World


def path(moves: tuple[Move, ...], world: World) -> CameraPath:
    """Return the path of moves; :meth:`sora2lib.Camera.path` says the rest."""
    time = world.time.values - world.time.values[0]
    shot = _at_the_start(world)
    for move in moves:
        before, shot = shot, _ACTS[move.kind](shot, _take(move, time, world))
        if not move.absolute:
            shot = replace(shot, eye=_above_ground(shot.eye, before.eye))
    return _checked(shot, time)


def film(moves: tuple[Move, ...], world: World) -> World:
    """Return the world with the path of moves in it, and cuts where they leap."""
    shot, time = path(moves, world), world.time.values - world.time.values[0]
    cut = np.zeros(len(time), dtype=bool)
    for move in moves:
        if move.absolute and 0 < move.start <= time[-1]:
            cut[np.searchsorted(time, move.start - 1e-9)] = True
    filmed = world.assign(
        camera_eye=(("time", "xyz"), shot.eye),
        camera_target=(("time", "xyz"), shot.target),
        camera_roll=(("time",), shot.roll),
        camera_fov=(("time",), shot.fov),
        camera_cut=(("time",), cut),
    )
    # What was told of the scene tells of the old camera too.
    filmed.attrs = {name: value for name, value in world.attrs.items() if name != "facts"}
    return filmed.validate()


def first_pose(world: World) -> Pose:
    """Return where the camera of a world starts."""
    eye, target = (tuple(world[name].values[0].tolist()) for name in ("camera_eye", "camera_target"))
    roll, fov = (math.degrees(world[name].values[0]) for name in ("camera_roll", "camera_fov"))
    return Pose(eye, target, roll, fov)


def _at_the_start(world: World) -> CameraPath:
    """The path of a camera that stays where the world's own starts."""
    names = ("camera_eye", "camera_target", "camera_roll", "camera_fov")
    return CameraPath(*(np.repeat(world[name].values[:1], world.sizes["time"], axis=0) for name in names))


def _above_ground(eye: Array, before: Array) -> Array:
    """Eyes (T, 3) that no move has taken into the ground."""
    floor = np.minimum(before[:, 2], LOWEST_EYE)
    return np.stack([eye[:, 0], eye[:, 1], np.maximum(eye[:, 2], floor)], axis=-1)


def _checked(shot: CameraPath, time: Array) -> CameraPath:
    near = np.linalg.norm(shot.target - shot.eye, axis=-1) < 1e-6
    if near.any():
        raise RequestError(f"at {time[near.argmax()]:g} s the camera would look at its own place; move it elsewhere")
    return shot


def _take(move: Move, time: Array, world: World) -> Take:
    length = time[-1] - move.start if move.seconds is None else move.seconds
    if move.seconds is None and length <= 0:
        raise RequestError(
            f"the camera's {move.kind} begins at {move.start:g} s and the world lasts {time[-1]:g} s; give the moves "
            "before it fewer seconds"
        )
    since = time - move.start
    share = np.clip(since / length, 0, 1) if length else (since >= 0).astype(float)
    return Take(move, since, share * share * (3 - 2 * share) if move.ease else share, world)


def _static(shot: CameraPath, take: Take) -> CameraPath:
    return shot


def _pan(shot: CameraPath, take: Take) -> CameraPath:
    angle = -math.radians(take.move.amount) * take.share
    return replace(shot, target=shot.target + _swing(shot.target - shot.eye, UP, angle))


def _tilt(shot: CameraPath, take: Take) -> CameraPath:
    ahead = shot.target - shot.eye
    height = np.arctan2(ahead[:, 2], np.hypot(ahead[:, 0], ahead[:, 1]))
    asked = math.radians(take.move.amount) * take.share
    # An aim that is steeper already may come back, and goes no further.
    most, least = np.maximum(STEEPEST - height, 0), np.minimum(-STEEPEST - height, 0)
    return replace(shot, target=shot.target + _swing(ahead, right_of(ahead), np.clip(asked, least, most)))


def _roll(shot: CameraPath, take: Take) -> CameraPath:
    return replace(shot, roll=shot.roll + math.radians(take.move.amount) * take.share)


def _orbit(shot: CameraPath, take: Take) -> CameraPath:
    angle = math.radians(take.move.amount) * take.share
    return replace(shot, eye=shot.eye + _swing(shot.eye - shot.target, UP, angle))


def _dolly(shot: CameraPath, take: Take) -> CameraPath:
    ahead, way = shot.target - shot.eye, take.move.amount * take.share
    reach = np.linalg.norm(ahead, axis=-1)
    forward = ahead / reach[:, None]
    pushed = np.maximum(way - np.maximum(reach - LEAST_REACH, 0), 0)
    return replace(shot, eye=shot.eye + way[:, None] * forward, target=shot.target + pushed[:, None] * forward)


def _truck(shot: CameraPath, take: Take) -> CameraPath:
    return _shifted(shot, (take.move.amount * take.share)[:, None] * right_of(shot.target - shot.eye))


def _crane(shot: CameraPath, take: Take) -> CameraPath:
    return replace(shot, eye=shot.eye + (take.move.amount * take.share)[:, None] * UP)


def _zoom(shot: CameraPath, take: Take) -> CameraPath:
    zoomed = 2 * np.arctan(np.tan(shot.fov / 2) * take.move.amount**-take.share)
    return replace(shot, fov=np.where(take.share > 0, np.clip(zoomed, NARROWEST, WIDEST), shot.fov))


def _handheld(shot: CameraPath, take: Take) -> CameraPath:
    since = np.maximum(take.since, 0.0)
    # Every moment's shake is counted from the first, so that the camera starts where it is.
    waves = shake(np.random.default_rng(take.move.seed), np.concatenate([[0.0], since]), 7)
    waves = take.move.amount * (waves[1:] - waves[0])
    reach = np.linalg.norm(shot.target - shot.eye, axis=-1, keepdims=True)
    eye, target = shot.eye + waves[:, :3] * SHAKE_PLACE, shot.target + waves[:, 3:6] * SHAKE_ANGLE * reach
    return replace(shot, eye=eye, target=target, roll=shot.roll + waves[:, 6] * SHAKE_ANGLE)


def _follow(shot: CameraPath, take: Take) -> CameraPath:
    return _shifted(shot, _places(take) - _places(take, still=True))


def _look_at(shot: CameraPath, take: Take) -> CameraPath:
    turned = np.clip(take.since / GLANCE, 0, 1) if take.move.start else np.ones_like(take.since)
    weight = (turned * turned * (3 - 2 * turned))[:, None]
    return replace(shot, target=(1 - weight) * shot.target + weight * _places(take))


def _poses(shot: CameraPath, take: Take) -> CameraPath:
    fov = math.degrees(shot.fov[0])
    table = np.array([[*it.eye, *it.target, it.roll, fov if it.fov is None else it.fov] for it in take.move.poses])
    since = np.clip(take.since, take.move.times[0], take.move.times[-1])
    track = Akima1DInterpolator(take.move.times, table, method="makima")(since) if len(table) > 1 else table[:1]
    there = (take.since > -1e-9)[:, None]
    old = np.concatenate([shot.eye, shot.target, np.degrees(shot.roll)[:, None], np.degrees(shot.fov)[:, None]], axis=1)
    track = np.where(there, track, old)
    return CameraPath(track[:, :3], track[:, 3:6], np.radians(track[:, 6]), np.radians(track[:, 7]))


def _shifted(shot: CameraPath, shift: Array) -> CameraPath:
    return replace(shot, eye=shot.eye + shift, target=shot.target + shift)


def _swing(vector: Array, axis: Array, angle: Array) -> Array:
    """What a turn by an angle (T,) about a unit axis adds to vectors (T, 3): nothing, to the last bit, for none."""
    across = np.cross(axis, vector)
    return np.sin(angle)[:, None] * across + (1 - np.cos(angle))[:, None] * np.cross(axis, across)


def right_of(ahead: Array) -> Array:
    """Return the unit vectors (T, 3) to the right of looks (T, 3); for one straight up or down that of the renderer."""
    right = np.cross(ahead / np.linalg.norm(ahead, axis=-1, keepdims=True), UP)
    length = np.linalg.norm(right, axis=-1, keepdims=True)
    return np.where(length > 1e-6, right / np.maximum(length, 1e-6), [1.0, 0.0, 0.0])


def _places(take: Take, *, still: bool = False) -> Array:
    """Where the move's actor is (T, 3) while the move lasts; ``still`` for where it is at the beginning."""
    names = take.world.actor.values.tolist()
    if take.move.actor not in names:
        raise RequestError(
            f"the camera is to {take.move.kind} {take.move.actor!r}; the world has {', '.join(names)}; name one of them"
        )
    track = take.world.position.values[names.index(take.move.actor)]
    last = np.inf if take.move.seconds is None else take.move.seconds
    time = take.world.time.values
    moments = time[0] + take.move.start + np.clip(take.since, 0, 0 if still else last)
    return np.stack([np.interp(moments, time, track[:, axis]) for axis in range(3)], axis=-1)


_ACTS: dict[str, Callable[[CameraPath, Take], CameraPath]] = {
    "static": _static,
    "poses": _poses,
    "pan": _pan,
    "tilt": _tilt,
    "roll": _roll,
    "orbit": _orbit,
    "dolly": _dolly,
    "truck": _truck,
    "crane": _crane,
    "zoom": _zoom,
    "handheld": _handheld,
    "follow": _follow,
    "look_at": _look_at,
}
