"""Tracks: where each thing of a clip is over time, whether it was read off a world or found in pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.clip import Clip
from sora2lib.errors import InspectError
from sora2lib.world.assets import LIBRARY, primitives
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.geometry import bodies
from sora2lib.world.schema import World

Array = NDArray[np.float64]


# N things, T moments, D axes: right and up in pictures; x, y and up in worlds
@dataclass(frozen=True, eq=False)
class Tracks:
    """Where things are, in order of their appearance.

    Parameters
    ----------
    names : one a thing.
    time_T : seconds.
    place_NTD : centres, the last axis up; NaN where a thing was not seen whole. In pictures from the lower left corner.
    cover_NT : share of its usual area that is seen; 0 where it should be seen and is not, NaN where it may be hidden.
    radius_N : of a ball of the same size.
    mass_N : kilograms in worlds, in pictures whatever grows with the size.
    colour_N3 : sRGB, 0 to 1.
    unit : "m", or "px".
    metres : that a unit is; NaN if not known.
    grain : the least error of a place, in units.
    sides : width and height of the picture in pixels, () in worlds.
    together_NT : where a thing was taken apart from another that it touched; its place is less certain there.
    oblong_NT : ratio of the axes of what is seen; None in worlds.
    round_N : whether a thing is a ball, or looks like one; None if all do.
    left_out : things that move as well and were not followed, because there are too many.
    doubts : why a thing is seen too unclearly to be judged, "" where it is not; () where all are clear.
    followed_N : whether it is known when a thing is there and roughly where, though its outline may waver; None if all.
    born_N : 1 where a thing was not there a picture before it was first seen, and nothing could have hidden it; 0 where
        it was there from the start or came in from outside, NaN where that cannot be told; None in worlds.
    """

    names: tuple[str, ...]
    time_T: Array
    place_NTD: Array
    cover_NT: Array
    radius_N: Array
    mass_N: Array
    colour_N3: Array
    unit: str
    metres: float
    grain: float
    sides: tuple[int, ...] = ()
    together_NT: NDArray[np.bool_] | None = None
    oblong_NT: Array | None = None
    round_N: NDArray[np.bool_] | None = None
    left_out: int = 0
    doubts: tuple[str, ...] = ()
    followed_N: NDArray[np.bool_] | None = None
    born_N: Array | None = None

    def balls(self, things: Sequence[int]) -> bool:
        """Whether some things are all round."""
        return self.round_N is None or bool(self.round_N[list(things)].all())

    def clear(self, things: Sequence[int]) -> bool:
        """Whether some things are all seen clearly enough to be judged."""
        return not self.doubts or not any(self.doubts[i] for i in things)

    def followed(self, thing: int) -> bool:
        """Whether a thing is seen clearly enough to tell when it is there, and leaps larger than its outline wavers."""
        return self.followed_N is None or bool(self.followed_N[thing])

    def __len__(self) -> int:
        return len(self.names)

    @property
    def step(self) -> float:
        """Seconds between moments, the median of them."""
        return float(np.median(np.diff(self.time_T))) if len(self.time_T) > 1 else float("nan")

    def __repr__(self) -> str:
        return f"Tracks({len(self)} things, {len(self.time_T)} moments, in {self.unit})"


def _round(asset: str, size: Array) -> bool:
    solid = [part for part in primitives(asset, size) if part.collides]
    return len(solid) == 1 and solid[0].shape == "sphere" and float(np.ptp(size)) < 1e-6 * float(size.max())


WORLD_GRAIN = 2e-5  # metres: what rounding and the simulator's steps leave


def world_of(clip: Clip) -> World:
    """Return the world of a clip, or say that it has none."""
    if clip.world is None:
        raise InspectError("this clip has no world; inspect it with by='pixels'")
    return clip.world


def part_of(clip: Clip) -> World:
    """Return the world of a clip from its first picture to its last."""
    world = world_of(clip)
    since_T = world.time.values - float(world.time[0])
    shown_T = (since_T >= clip.start - 1e-6) & (since_T <= clip.start + clip.seconds + 1e-6)
    return world.isel(time=np.flatnonzero(shown_T))


def of_world(world: World) -> Tracks:
    """Read off the tracks of all things of a world that can move; people and animals bend and are left out.

    >>> of_world(world)  # doctest: +SKIP
    Tracks(1 things, 97 moments, in m)
    """
    assets = world.asset.values.tolist()
    free = [i for i, asset in enumerate(assets) if asset in LIBRARY and asset not in SKELETONS]
    free = [i for i in free if not bool(world.fixed.values[i])]
    place_NTD = world.position.values[free]
    return Tracks(
        names=tuple(str(world.actor.values[i]) for i in free),
        time_T=world.time.values - float(world.time.values[0]),
        place_NTD=place_NTD,
        cover_NT=np.ones(place_NTD.shape[:2]),
        radius_N=world["size"].values[free].max(axis=-1, initial=0.0) / 2,
        mass_N=np.asarray(bodies(world).mass)[free],
        colour_N3=world.colour.values[free],
        round_N=np.array([_round(assets[i], world["size"].values[i]) for i in free], dtype=np.bool_),
        unit="m",
        metres=1.0,
        grain=WORLD_GRAIN,
    )


def nothing(time_T: Array, sides: tuple[int, int]) -> Tracks:
    """Tracks of a film in which nothing was found."""
    none = np.zeros(0)
    place_NTD = np.zeros((0, len(time_T), 2))
    return Tracks(
        (), time_T, place_NTD, place_NTD[..., 0], none, none, np.zeros((0, 3)), "px", float("nan"), 0.01, sides,
        born_N=none,
    )  # fmt: skip
