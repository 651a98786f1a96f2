"""Where bodies break the surface of water: told from how far each reaches below its origin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.assets import primitives
from sora2lib.world.figures.library import SKELETONS, posed_parts
from sora2lib.world.parts import reach, rotate
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.support import depth_below
from sora2lib.world.vocabulary import GROUNDS

Array = NDArray[np.float64]
SLOWEST = 0.15  # m/s; what goes in or out slower only wets
UP, DOWN = np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, -1.0])
_BACK = np.array([1.0, -1.0, -1.0, -1.0])


@dataclass(frozen=True)
class Crossing:
    """A body that comes to the surface of water, z = 0.

    Parameters
    ----------
    time : seconds, finer than the world's samples.
    actor : index of the body.
    place : (3,) metres.
    speed : vertical, m/s; negative on the way in, positive on the way out.
    """

    time: float
    actor: int
    place: Array
    speed: float


def crossings(world: World) -> tuple[Crossing, ...]:
    """Find when bodies strike the water and when they leave it, in order of time; none on dry ground.

    A body strikes with its lowest point and has left when that is out again. Between two samples it falls freely.

    >>> crossings(world)  # doctest: +SKIP
    """
    if not GROUNDS[str(world.ground.values)].depth:
        return ()
    found = [one for i in np.flatnonzero(~world.fixed.values) for one in _of(world, int(i))]
    return tuple(sorted(found, key=lambda one: one.time))


def lowest(world: World, actor: int) -> Array:
    """Height (T,) of the lowest point of a body, or of a creature in its pose, metres."""
    asset, size = str(world.asset.values[actor]), world["size"].values[actor]
    height_T, turn_T4 = world.position.values[actor, :, 2], world.rotation.values[actor]
    if asset in SKELETONS and world.sizes["joint"]:
        return np.asarray(height_T + part_floors(world, actor).min(axis=1))
    return np.asarray(height_T - depth_below(asset, size, turn_T4))


# T samples, P parts
def part_floors(world: World, actor: int) -> Array:
    """How high the lowest point of each part of a creature lies over its origin (T, P), mostly negative, metres."""
    asset, size = str(world.asset.values[actor]), world["size"].values[actor]
    turn_T4 = world.rotation.values[actor]
    posed_TP7 = posed_parts(asset, size, world.joint_angle.values[actor])
    down_T3 = rotate(turn_T4 * _BACK, DOWN)
    floors = []
    for p, part in enumerate(primitives(asset, size)):
        inner_T3 = rotate(posed_TP7[:, p, 3:] * _BACK, down_T3)
        floors.append(-reach(part.shape, part.half, inner_T3) - (posed_TP7[:, p, :3] * down_T3).sum(axis=-1))
    return np.stack(floors, axis=1)


def _of(world: World, actor: int) -> list[Crossing]:
    height_T, step = lowest(world, actor), 1 / world.rate
    found = []
    for k in np.flatnonzero((height_T[:-1] > 0) != (height_T[1:] > 0)).tolist():
        falls = bool(height_T[k] > 0)
        # The flight lies before the way in and after the way out; seen from its side both are falls.
        near, far = (k, k - 1) if falls else (k + 1, k + 2)
        far = min(max(far, 0), len(height_T) - 1)
        high = float(height_T[near])
        pace = float(height_T[far] - height_T[near]) / step + GRAVITY * step / 2 if far != near else 0.0
        root = float(np.sqrt(max(pace * pace + 2 * GRAVITY * high, 0.0)))
        if root < SLOWEST:
            continue
        since = min(max((root - pace) / GRAVITY, 0.0), step)
        share = since / step if falls else 1 - since / step
        path_T3 = world.position.values[actor]
        place = path_T3[k] + share * (path_T3[k + 1] - path_T3[k])
        time = float(world.time[0] + (k + share) * step)
        found.append(Crossing(time, actor, place * np.array([1.0, 1.0, 0.0]), -root if falls else root))
    return found
