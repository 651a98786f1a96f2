"""Laws of bodies that bend: how people and animals fly, spin, stand and bend, told from a world alone.

In flight the centre of mass falls with g and the angular momentum about it stays what it was, whatever the limbs do
(C. Frohlich, Am. J. Phys. 47, 1979). What stands on the ground does not slide over it. Joints bend as far as they go.
Each law returns a number, and whether it holds: True, False, or None where the world does not let it be measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.distance import signed_distance
from sora2lib.world.assets import primitives
from sora2lib.world.figures.animals import BUILDS
from sora2lib.world.figures.beasts import FEET, limb
from sora2lib.world.figures.library import SKELETONS, figure_of
from sora2lib.world.figures.mass import centre_of_mass, inertia, inner_momentum, mass
from sora2lib.world.figures.person import BALL, HAND, HEEL, PEOPLE
from sora2lib.world.figures.skeleton import DOWN, INDEX, Array, Figure, Frames, lowest, pose
from sora2lib.world.parts import SHAPES, rotate
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.turns import back, of_vector, product, vector_between
from sora2lib.world.vocabulary import GROUNDS

Flags = NDArray[np.bool_]
HUMANS = frozenset(skeleton.name for skeleton in PEOPLE)
WINGED = frozenset({"bird"})  # they push against the air
LOW = 0.008  # of a creature's height: what is lower touches the ground
TOUCHING = 0.03  # metres between a foot and a thing that it stands on
LIGHT = 0.15  # of the own mass: what is lighter is carried along
SHORTEST = 6  # samples of a flight that is worth fitting
RESTING = 0.05  # share of the samples in which a foot is as low as it gets
PLANTED = 0.005  # metres above that
LEAST_SPIN = 0.08  # m^2/s per squared height and kg: slower turning is none


@dataclass(frozen=True)
class Finding:
    """A number that a law is told by, and the most that it may be.

    >>> Finding(0.01, 0.03).holds, Finding(float("nan"), 0.03).holds
    (True, None)
    """

    value: float
    limit: float

    @property
    def holds(self) -> bool | None:
        """Whether the law holds; None where it could not be measured."""
        return None if np.isnan(self.value) else bool(self.value <= self.limit)


# T samples, V = T - 1 intervals, L links, J joints, P points
@dataclass(frozen=True)
class Creature:
    """A creature of a world: where its links are, what of it touches the ground, how it turns.

    >>> Creature.of(world, 0).flights  # doctest: +SKIP
    """

    figure: Figure
    step: float
    centre_T3: Array
    turn_T4: Array
    angles_TJ: Array

    @classmethod
    def of(cls, world: World, actor: int) -> "Creature":
        """Read a creature off a world that has joints."""
        figure = figure_of(str(world.asset.values[actor]), world["size"].values[actor])
        turn_T4 = world.rotation.values[actor]
        turn_T4 = turn_T4 / np.linalg.norm(turn_T4, axis=-1, keepdims=True)
        return cls(figure, 1 / world.rate, world.position.values[actor], turn_T4, world.joint_angle.values[actor])

    @property
    def height(self) -> float:
        """How tall it stands, metres."""
        return float(self.figure.size[2])

    @cached_property
    def frames(self) -> Frames:
        """Where the links are, in the root link's frame."""
        return pose(self.figure, self.angles_TJ)

    @cached_property
    def root_T3(self) -> Array:
        """Place of the root link, the hips, in the world."""
        return np.asarray(self.centre_T3 - rotate(self.turn_T4, centre_of_mass(self.figure, self.frames)))

    def point(self, link: str, local: Sequence[float] = (0.0, 0.0, 0.0)) -> Array:
        """Place (T, 3) in the world of a point of a link, metres in the link's frame."""
        inner_T3 = self.frames.point(self.figure.skeleton.link(link), np.array(local))
        return np.asarray(self.root_T3 + rotate(self.turn_T4, inner_T3))

    def axis(self, link: str, axis: int) -> Array:
        """Unit vector (T, 3) in the world along an axis of a link: 0 is forwards, 1 left, 2 up."""
        turn_T4 = self.frames.turn_TL4[:, self.figure.skeleton.link(link)]
        return np.asarray(rotate(self.turn_T4, rotate(turn_T4, np.eye(3)[axis])))

    def angle(self, joint: str) -> Array:
        """Angle (T,) of a joint, radians."""
        return np.asarray(self.angles_TJ[:, INDEX[joint]])

    @cached_property
    def soles(self) -> dict[str, Array]:
        """Paths (P, T, 3) of the points on which each foot, hand or paw stands."""
        return {
            link: np.array([self.point(link, spot) for spot in spots]) for link, spots in _soles(self.figure).items()
        }

    @cached_property
    def floor_TL(self) -> Array:
        """Height (T, L) of the lowest point of each link, metres."""
        return np.stack([self._floor(index) for index in range(len(self.figure.skeleton.links))], axis=1)

    def _floor(self, index: int) -> Array:
        turn_T4 = product(self.turn_T4, self.frames.turn_TL4[:, index])
        place_T3 = self.root_T3 + rotate(self.turn_T4, self.frames.place_TL3[:, index])
        return lowest(self.figure, index, place_T3, turn_T4)

    @cached_property
    def clearance_T(self) -> Array:
        """Height (T,) of its lowest point, metres."""
        return np.asarray(self.floor_TL.min(axis=1))

    @cached_property
    def spin_V3(self) -> Array:
        """Angular velocity (V, 3) of the root link in the world, rad/s."""
        return np.asarray(vector_between(self.turn_T4[:-1], self.turn_T4[1:]) / self.step)

    @cached_property
    def momentum_V3(self) -> Array:
        """Angular momentum (V, 3) about the centre of mass in the world, per kg: m^2/s, at the middles of intervals."""
        middle = pose(self.figure, (self.angles_TJ[1:] + self.angles_TJ[:-1]) / 2)
        before, after = (Frames(self.frames.turn_TL4[it], self.frames.place_TL3[it]) for it in _ENDS)
        turn_V4 = product(of_vector(self.spin_V3 * self.step / 2), self.turn_T4[:-1])
        inner_V3 = inner_momentum(self.figure, before, after, self.step)
        own_V3 = np.einsum("vij,vj->vi", inertia(self.figure, middle), back(turn_V4, self.spin_V3))
        return np.asarray(rotate(turn_V4, own_V3 + inner_V3))


_ENDS = (slice(None, -1), slice(1, None))


@cache
def _soles(figure: Figure) -> dict[str, tuple[tuple[float, ...], ...]]:
    """Points of the links on which a creature stands, in the frames of the links."""
    name, high = figure.skeleton.name, figure.size[2]
    if name in HUMANS:
        spots = {"foot": (HEEL, BALL), "hand": (HAND,)}
        return {
            f"{side} {end}": tuple(tuple(high * x for x in spot) for spot in spots[end])
            for side in ("left", "right")
            for end in spots
        }
    if name in BUILDS:
        limbs = [limb(figure, side, ball) for side, ball in FEET]
        return {it.links[2]: (tuple(it.sole.tolist()),) for it in limbs}
    return {}


def creatures(world: World) -> list[int]:
    """Indices of the actors that are people or animals."""
    if not world.sizes["joint"]:
        return []
    return [i for i, asset in enumerate(world.asset.values.tolist()) if asset in SKELETONS]


def aloft(world: World, actor: int, creature: Creature) -> Flags:
    """When (T,) a creature touches neither the ground, nor water, nor a thing, nor a creature that it could lean on."""
    free_T = creature.clearance_T > LOW * creature.height
    for other in range(world.sizes["actor"]):
        if other != actor and free_T.any():
            free_T = free_T & ~_leans(world, creature, other, free_T)
    return np.asarray(free_T)


def _leans(world: World, creature: Creature, other: int, asked_T: Flags) -> Flags:
    """When (T,) a creature touches another actor; what is light in its hands or on its head is carried along."""
    asset, size = str(world.asset.values[other]), world["size"].values[other]
    near_T = np.linalg.norm(world.position.values[other] - creature.centre_T3, axis=-1) < 0.5 * (
        creature.height + float(np.linalg.norm(size))
    )
    if asset in SKELETONS:
        heavy = mass(figure_of(asset, size), 1.0) > LIGHT * mass(creature.figure, 1.0)
        return np.asarray(near_T & heavy)
    touching_T = np.zeros_like(near_T)
    soles_PT3 = np.concatenate([*creature.soles.values(), creature.root_T3[None]])
    parts = [part for part in primitives(asset, size) if part.collides]
    for k in np.flatnonzero(near_T & asked_T):
        local_P3 = back(world.rotation.values[other, k], soles_PT3[:, k] - world.position.values[other, k])
        touching_T[k] = any(
            signed_distance(SHAPES.index(part.shape), part.half, *back(part.rotation, local - part.centre)) < TOUCHING
            for part in parts
            for local in local_P3
        )
    return touching_T


def flights(world: World, actor: int, creature: Creature) -> Iterator[NDArray[np.intp]]:
    """Stretches of samples in which a creature flies freely, long enough to be measured."""
    if creature.figure.skeleton.name in WINGED:
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[0], aloft(world, actor, creature).astype(int), [0]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first >= SHORTEST:
            yield np.arange(first, end)


def fall(world: World, actor: int, *, limit: float = 0.03) -> Finding:
    """How far the acceleration of the centre of mass in flight is from g, straight down, as a share of g.

    >>> fall(simulate("jump", 7), 0).holds  # doctest: +SKIP
    True
    """
    creature = Creature.of(world, actor)
    return _worst([_fall(creature, run) for run in flights(world, actor, creature)], limit)


def _fall(creature: Creature, run: NDArray[np.intp]) -> float:
    bent = 2 * np.polyfit(run * creature.step, creature.centre_T3[run], 2)[0]
    return float(np.linalg.norm(bent - GRAVITY * DOWN) / GRAVITY)


def spin(world: World, actor: int, *, limit: float = 0.05) -> Finding:
    """How far the angular momentum in flight strays from its mean, as a share of it; what hardly turns has none.

    >>> spin(simulate("axel", 7), 0).holds  # doctest: +SKIP
    True
    """
    creature = Creature.of(world, actor)
    return _worst([_spin(creature, run) for run in flights(world, actor, creature)], limit)


def _spin(creature: Creature, run: NDArray[np.intp]) -> float:
    momentum_V3 = creature.momentum_V3[run[:-1]]
    mean = momentum_V3.mean(axis=0)
    least = LEAST_SPIN * creature.height**2
    stray = float(np.sqrt(np.square(momentum_V3 - mean).sum(axis=-1).mean()))
    return stray / max(float(np.linalg.norm(mean)), least)


def slip(world: World, actor: int, *, limit: float = 0.02) -> Finding:
    """How fast feet, hands and paws slide over the ground while they stand on it, m/s: mean over the time they stand.

    A foot rolls over heel and ball, so that of its points that are down the slowest counts. On ice feet may slide.

    >>> slip(simulate("walk", 7), 0).holds  # doctest: +SKIP
    True
    """
    ground = GROUNDS[str(world.ground.values)]
    if ground.depth or not ground.friction:
        return Finding(float("nan"), limit)
    creature = Creature.of(world, actor)
    slides = [it for path_PT3 in creature.soles.values() for it in _slides(creature, path_PT3)]
    return Finding(float(np.mean(slides)) if slides else float("nan"), limit)


def _slides(creature: Creature, path_PT3: Array) -> list[float]:
    """Speed in each interval in which a point of a foot is down and has been, and stays, the slowest of them."""
    low_P = np.quantile(path_PT3[..., 2], RESTING, axis=1)
    down_PT = path_PT3[..., 2] < low_P[:, None] + PLANTED
    down_PT &= (low_P < LOW * creature.height)[:, None]
    stays_PV = down_PT[:, :-1] & down_PT[:, 1:]
    # A foot that comes or goes within an interval is not yet, or no longer, standing.
    stays_PV[:, 1:-1] &= down_PT[:, :-3] & down_PT[:, 3:]
    speed_PV = np.linalg.norm(np.diff(path_PT3[..., :2], axis=1), axis=-1) / creature.step
    slowest_V = np.where(stays_PV, speed_PV, np.inf).min(axis=0)
    return slowest_V[np.isfinite(slowest_V)].tolist()


def bend(world: World, actor: int, *, limit: float = 0.02) -> Finding:
    """How far the joints bend beyond what they can, radians.

    >>> bend(simulate("gymnastics", 7), 0).holds  # doctest: +SKIP
    True
    """
    creature = Creature.of(world, actor)
    low_J, high_J = creature.figure.skeleton.limits_J2.T
    beyond_TJ = np.maximum(creature.angles_TJ - high_J, low_J - creature.angles_TJ)
    return Finding(max(float(beyond_TJ.max()), 0.0), limit)


LAWS = {"fall": fall, "spin": spin, "slip": slip, "bend": bend}


def findings(world: World) -> dict[str, Finding]:
    """Each law for the creature of a world that breaks it most; no entries without creatures.

    >>> {name: it.holds for name, it in findings(simulate("walk", 7)).items()}  # doctest: +SKIP
    {'fall': None, 'spin': None, 'slip': True, 'bend': True}
    """
    them = creatures(world)
    return {
        name: max((law(world, i) for i in them), key=lambda it: -np.inf if np.isnan(it.value) else it.value)
        for name, law in LAWS.items()
        if them
    }


def _worst(values: list[float], limit: float) -> Finding:
    return Finding(max(values, default=float("nan")), limit)
