"""Impacts and touches, derived from motion alone: the one account that renderer, sound and inspector share."""

import hashlib
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.distance import signed_distance
from sora2lib.world.assets import primitives
from sora2lib.world.blows import Blow, Finder
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.geometry import Bodies, bodies, matrix
from sora2lib.world.motion import Array, Motion
from sora2lib.world.parts import SHAPES
from sora2lib.world.schema import World
from sora2lib.world.steps import landings
from sora2lib.world.surface import Crossing, crossings
from sora2lib.world.touches import GROUND, Touch, measure, touches
from sora2lib.world.vocabulary import GROUNDS

__all__ = ["GROUND", "Contacts", "Crossing", "Touch", "contacts"]
FEWEST = 4  # samples from which motion before and after can be told apart
BED = "sand"  # what lies below water
UP = np.array([0.0, 0.0, 1.0])
TOLD_BY = (  # what contacts depend on
    "asset", "material", "size", "density", "restitution", "friction", "fixed", "position", "rotation", "joint_angle",
    "ground", "time",
)  # fmt: skip
KEPT = 8  # worlds whose contacts are remembered: sound, player and inspector ask one after the other


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
    materials : (N, 2) what met, names of the vocabulary; the ground's is its own name, below water that of its bed.
    touches : lasting contacts, see :class:`~sora2lib.world.touches.Touch`.
    crossings : where bodies broke the surface of water, see :class:`~sora2lib.world.surface.Crossing`.
    step : (N,) whether a creature set down a foot, or another of its links; see :mod:`sora2lib.world.steps`.
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
    crossings: tuple[Crossing, ...]
    step: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        splashes = f", {len(self.crossings)} crossings" if self.crossings else ""
        return f"Contacts({len(self)} impacts, {len(self.touches)} touches{splashes})"


def contacts(world: World) -> Contacts:
    """Find the impacts and lasting touches of a world from its motion; see :mod:`sora2lib.world.blows` for how.

    Water is no floor: bodies cross its surface, and meet the bed below it. Creatures bend, so that they touch the
    ground with what they set down, see :mod:`sora2lib.world.steps`; things that they hold or strike move at their will.
    The latest answers are remembered by what the worlds hold, so that asking again costs next to nothing.

    >>> contacts(world).time  # doctest: +SKIP
    """
    return _remembered(_Seen(world))


class _Seen:
    """A world as contacts see it: equal to another one whose bodies are and move alike."""

    def __init__(self, world: World) -> None:
        self.world, digest = world, hashlib.blake2b(digest_size=16)
        for name in TOLD_BY:
            values = np.ascontiguousarray(world[name].values)
            digest.update(f"{name} {values.dtype} {values.shape}".encode() + values.tobytes())
        self.digest = digest.digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Seen) and self.digest == other.digest


@lru_cache(maxsize=KEPT)
def _remembered(seen: _Seen) -> Contacts:
    found = _found(seen.world)
    del seen.world  # it may change and is large; the digest stays
    for column in fields(found):
        if isinstance(values := getattr(found, column.name), np.ndarray):
            values.flags.writeable = False
    return found


def _found(world: World) -> Contacts:
    # Seen from its bed, water is a floor that lies lower.
    depth = np.array([0.0, 0.0, GROUNDS[str(world.ground.values)].depth])
    motion, packed, start = (
        Motion.of(world.assign(position=world.position + depth)),
        bodies(world),
        float(world.time[0]),
    )
    near = measure(motion, packed, _pairs(world, packed))
    ready = len(near.pairs_C2) > 0 and motion.samples >= FEWEST
    struck = Finder(world, motion, packed, near).run() if ready else []
    ground, floor = len(packed.mass), BED if depth[2] else str(world.ground.values)
    rows = [
        _Row(start + it.time, it.actor, GROUND if it.other == ground else it.other, it.place - depth, it.normal,
             it.impulse, it.speed, _material(world, motion, it.actor, it, floor),
             _material(world, motion, it.other, it, floor))
        for it in struck
    ]  # fmt: skip
    rows += [
        _Row(it.time, it.actor, GROUND, it.place, UP, it.impulse, it.speed, it.material, floor, step=True)
        for it in landings(world)
    ]
    return _packed(sorted(rows, key=lambda row: row.time), touches(motion, packed, near, start=start), crossings(world))


@dataclass(frozen=True)
class _Row:
    """One impact."""

    time: float
    actor: int
    other: int
    place: Array
    normal: Array
    impulse: float
    speed: float
    stuff: str
    other_stuff: str
    step: bool = False


def _packed(rows: list[_Row], lasting: tuple[Touch, ...], crossed: tuple[Crossing, ...]) -> Contacts:
    return Contacts(
        np.array([row.time for row in rows], dtype=np.float64),
        np.array([row.actor for row in rows], dtype=np.int64),
        np.array([row.other for row in rows], dtype=np.int64),
        np.array([row.place for row in rows]).reshape(-1, 3),
        np.array([row.normal for row in rows]).reshape(-1, 3),
        np.array([row.impulse for row in rows], dtype=np.float64),
        np.array([row.speed for row in rows], dtype=np.float64),
        np.array([(row.stuff, row.other_stuff) for row in rows], dtype=np.str_).reshape(-1, 2),
        lasting,
        crossed,
        np.array([row.step for row in rows], dtype=np.bool_),
    )


def _pairs(world: World, packed: Bodies) -> NDArray[np.int64]:
    """Indices (C, 2) of all that may meet; the ground is the actor after the last."""
    free, solid = ~world.fixed.values, (packed.mass > 0) & ~np.isin(world.asset.values, list(SKELETONS))
    count = len(free)
    meet = [(i, j) for i in range(count) for j in range(i + 1, count) if (free[i] or free[j]) and solid[i] and solid[j]]
    meet += [(i, count) for i in range(count) if free[i] and solid[i]]
    return np.array(meet, dtype=np.int64).reshape(-1, 2)


def _material(world: World, motion: Motion, i: int, blow: Blow, floor: str) -> str:
    """What an actor is made of where it was struck: a part may be of its own stuff; the last is the ground."""
    if i == world.sizes["actor"]:
        return floor
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
