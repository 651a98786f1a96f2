"""Where a plan meets what is held: it leads on from a past, and to what comes after, without a jerk.

What turns, bends and films leads on as it was, and eases into the plan. Places need none of this: they are decoded from
the past onwards. Turns, joints and the camera are decoded from the rows alone, whose first guess at them lies off by
some centimetres and degrees, which would show as a jerk. At the end of a plan all of them, places too, are led to what
comes after, little by little over the whole plan, so that what flies is pulled as gently as can be.

Shapes: P samples of the past, N samples that follow, T of a track, D channels.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.motion import rotation_vector, turned
from sora2lib.world.schema import RATE, World
from sora2lib.world.support import depth_below

Array = NDArray[np.float64]
EASE = round(0.5 * RATE)  # samples in which the plan is reached
USUAL = 10  # samples at the end of a plan whose accelerations tell the usual one
LED_ON = ("rotation", "joint_angle", "camera_eye", "camera_target", "camera_roll", "camera_fov")


def eased(world: World, past: int) -> World:
    """Return a world that leads on, in place and speed, from its first ``past`` samples; they stay as they are."""
    if past < 2 or past >= world.sizes["time"]:
        return world
    led = {name: _led_on(world, name, past) for name in LED_ON if world[name].size}
    joints = {"joint_angle": led["joint_angle"].clip(-2 * np.pi, 2 * np.pi)} if "joint_angle" in led else {}
    return world.assign(led | joints)


def _led_on(world: World, name: str, past: int) -> Any:
    """One variable of the world, leading on from its past."""
    variable, axis = world[name], world[name].dims.index("time")
    track = np.moveaxis(variable.values, axis, 0).copy()
    quaternions = name == "rotation"
    if quaternions:
        track[past:] = _same_sheet(track[past - 1], track[past:])
    track[past:] += _correction(track[past - 2 : past], track[past:])
    if quaternions:
        track[past:] /= np.linalg.norm(track[past:], axis=-1, keepdims=True)
    return variable.copy(data=np.moveaxis(track, 0, axis))


def _correction(last: Array, after: Array) -> Array:
    """What brings the samples after (N, ...) to go on from the last two (2, ...): a cubic that fades with its slope."""
    step = last[1] - last[0]
    speed = after[1] - after[0] if len(after) > 1 else step
    gap, slope = last[1] + step - after[0], step - speed
    share = np.clip(np.arange(len(after)) / EASE, 0, 1).reshape(-1, *[1] * (after.ndim - 1))
    return (2 * share**3 - 3 * share**2 + 1) * gap + EASE * (share**3 - 2 * share**2 + share) * slope


def led(world: World, begin: int, after: World) -> World:
    """Return a world that leads, in place and speed, to what comes after it; up to sample ``begin`` it stays as it is.

    Parameters
    ----------
    world : its last sample is the first of ``after``, up to what it is to be led.
    after : the same actors in the same order, two samples or more.
    """
    tracks = {name: _led_to(world, name, begin, after) for name in (*LED_ON, "position") if world[name].size}
    there = world.assign(tracks)
    joints = {"joint_angle": there.joint_angle.clip(-2 * np.pi, 2 * np.pi)} if "joint_angle" in tracks else {}
    return _above_ground(there, world, after).assign(joints)


def _led_to(world: World, name: str, begin: int, after: World) -> Any:
    """One variable of the world, led to what comes after."""
    variable, axis = world[name], world[name].dims.index("time")
    track, ahead = (np.moveaxis(it[name].values, axis, 0).copy() for it in (world, after.isel(time=slice(0, 2))))
    if name == "rotation":
        track[begin:] = turned(track[begin:], _approach(*_turns_off(track, ahead), len(track) - 1 - begin))
    else:
        track[begin:] += _approach(*_ways_off(track, ahead), len(track) - 1 - begin)
    return variable.copy(data=np.moveaxis(track, 0, axis))


def _ways_off(track: Array, ahead: Array) -> tuple[Array, Array]:
    """How far the last two samples (T, ...) lie from where those ahead (2, ...) would have come from."""
    # What falls goes on falling: of the plan's last accelerations the usual one holds at the seam as well.
    gain = np.median(np.diff(track[-USUAL:], 2, axis=0), axis=0)
    return 2 * ahead[0] - ahead[1] + gain - track[-2], ahead[0] - track[-1]


def _turns_off(track: Array, ahead: Array) -> tuple[Array, Array]:
    """As :func:`_ways_off`, rotation vectors of quaternions (T, ..., 4)."""
    before = turned(ahead[0], -rotation_vector(ahead[0], ahead[1]))
    first, last = rotation_vector(track[-2], before), rotation_vector(track[-1], ahead[0])
    # About half a turn the shortest way may change its side from one sample to the next.
    angle = np.linalg.norm(first, axis=-1, keepdims=True)
    other = first - 2 * np.pi * first / np.maximum(angle, 1e-9)
    far = np.linalg.norm(last - first, axis=-1, keepdims=True) > np.pi
    return np.where(far, other, first), last


def _approach(first: Array, last: Array, steps: int) -> Array:
    """From nothing, without a start, to ``first`` and then ``last`` (...) in the last two of ``steps + 1`` samples."""
    share = (np.arange(steps + 1) / steps).reshape(-1, *[1] * last.ndim)
    before = 1 - 1 / steps
    cubic = (last * before**2 - first) / (before**2 - before**3)
    return (last - cubic) * share**2 + cubic * share**3


def _above_ground(world: World, planned: World, after: World) -> World:
    """The led world with nothing deeper in the ground than it was planned, or than it is to be."""
    place = world.position.values.copy()
    for index, asset in enumerate(world.asset.values.tolist()):
        if asset not in SKELETONS:  # how low a figure may be, its joints say
            depth = depth_below(asset, world["size"].values[index], world.rotation.values[index])
            deepest = np.minimum(planned.position.values[index, :, 2], after.position.values[index, 0, 2])
            place[index, :, 2] = np.maximum(place[index, :, 2], np.minimum(depth, deepest))
    return world.assign(position=(world.position.dims, place))


def _same_sheet(before: Array, after: Array) -> Array:
    """Quaternions (N, ..., 4) that follow ``before`` (..., 4) without changing to the other sign of one turn."""
    flips = np.sign((np.concatenate([before[None], after[:-1]]) * after).sum(axis=-1, keepdims=True))
    return np.asarray(after * np.cumprod(np.where(flips < 0, -1.0, 1.0), axis=0))
