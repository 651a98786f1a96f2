"""Impacts and touches, derived from motion alone: the one account that renderer, sound and inspector share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.distance import signed_distance
from sora2lib.world.assets import primitives
from sora2lib.world.blows import Blow, Finder
from sora2lib.world.geometry import Bodies, bodies, matrix
from sora2lib.world.motion import Array, Motion
from sora2lib.world.parts import SHAPES
from sora2lib.world.schema import World
from sora2lib.world.touches import GROUND, Touch, measure, touches

__all__ = ["GROUND", "Contacts", "Touch", "contacts"]
FEWEST = 4  # samples from which motion before and after can be told apart


# N impacts
@dataclass(frozen=True)
class Contacts:
    """Everything that touched, in order of time.

    Parameters
    ----------
    time : (N,) seconds, finer than the world's samples.
    actor, other : (N,) indices of the two bodies; ``other`` is -1 for the ground.
    place : (N, 3) metres.
    normal : (N, 3) unit vector that points from ``other`` to ``actor``.
    impulse : (N,) N s along the normal.
    speed : (N,) closing speed along the normal before the blow, m/s.
    materials : (N, 2) what met, names of the vocabulary; the ground's is its own name.
    touches : lasting contacts, see :class:`~sora2lib.world.touches.Touch`.
    """

    time: Array
    actor: NDArray[np.int64]
    other: NDArray[np.int64]
    place: Array
    normal: Array
    impulse: Array
    speed: Array
    materials: NDArray[np.str_]
    touches: tuple[Touch, ...]

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"Contacts({len(self)} impacts, {len(self.touches)} touches)"


def contacts(world: World) -> Contacts:
    """Find the impacts and lasting touches of a world from its motion; see :mod:`sora2lib.world.blows` for how.

    >>> contacts(world).time  # doctest: +SKIP
    """
    motion, packed, start = Motion.of(world), bodies(world), float(world.time[0])
    near = measure(motion, packed, _pairs(world, packed))
    ready = len(near.pairs_C2) > 0 and motion.samples >= FEWEST
    found = sorted(Finder(world, motion, packed, near).run(), key=lambda blow: blow.time) if ready else []
    other = np.array([blow.other for blow in found], dtype=np.int64)
    return Contacts(
        start + np.array([blow.time for blow in found], dtype=np.float64),
        np.array([blow.actor for blow in found], dtype=np.int64),
        np.where(other == len(packed.mass), GROUND, other),
        np.array([blow.place for blow in found]).reshape(-1, 3),
        np.array([blow.normal for blow in found]).reshape(-1, 3),
        np.array([blow.impulse for blow in found], dtype=np.float64),
        np.array([blow.speed for blow in found], dtype=np.float64),
        np.array(
            [[_material(world, motion, one, blow) for one in (blow.actor, blow.other)] for blow in found], dtype=np.str_
        ).reshape(-1, 2),
        touches(motion, packed, near, start=start),
    )


def _pairs(world: World, packed: Bodies) -> NDArray[np.int64]:
    """Indices (C, 2) of all that may meet; the ground is the actor after the last."""
    free, solid = ~world.fixed.values, packed.mass > 0
    count = len(free)
    meet = [(i, j) for i in range(count) for j in range(i + 1, count) if (free[i] or free[j]) and solid[i] and solid[j]]
    meet += [(i, count) for i in range(count) if free[i] and solid[i]]
    return np.array(meet, dtype=np.int64).reshape(-1, 2)


def _material(world: World, motion: Motion, i: int, blow: Blow) -> str:
    """What an actor is made of where it was struck: a part may be of its own stuff."""
    if i == world.sizes["actor"]:
        return str(world.ground.values)
    whole = str(world.material.values[i])
    parts = [part for part in primitives(str(world.asset.values[i]), world["size"].values[i]) if part.collides]
    if not any(part.material for part in parts):
        return whole
    k = min(round(blow.time / motion.step), motion.samples - 1)
    local = (blow.place - motion.x_AT3[i, k]) @ matrix(motion.q_AT4[i, k])
    depths = [
        signed_distance(SHAPES.index(part.shape), part.half, *((local - part.centre) @ matrix(part.rotation)))
        for part in parts
    ]
    return parts[int(np.argmin(depths))].material or whole
