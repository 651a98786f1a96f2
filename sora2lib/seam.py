"""Where a plan goes on from a past: what turns, bends and films leads on as it was, and eases into the plan.

Places need none of this: they are decoded from the past onwards. Turns, joints and the camera are decoded from the rows
alone, whose first guess at them lies off by some centimetres and degrees, which would show as a jerk.

Shapes: P samples of the past, N samples that follow, D channels.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.schema import RATE, World

Array = NDArray[np.float64]
EASE = round(0.5 * RATE)  # samples in which the plan is reached
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


def _same_sheet(before: Array, after: Array) -> Array:
    """Quaternions (N, ..., 4) that follow ``before`` (..., 4) without changing to the other sign of one turn."""
    flips = np.sign((np.concatenate([before[None], after[:-1]]) * after).sum(axis=-1, keepdims=True))
    return np.asarray(after * np.cumprod(np.where(flips < 0, -1.0, 1.0), axis=0))
