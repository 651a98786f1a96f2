"""Whether a thing that is not seen was hidden, or is gone, and whether one that comes was hidden, or is new.

Geometry decides: to go wholly behind something and come out again, a ball must move by four of its radii. And the
picture must show what lies behind, at a place where the thing would stand out from it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.blobs import APART, Background
from sora2lib.physics.tracks import Array

HIDING = 3.6  # radii that a thing must move to go behind something and come out again
SUDDEN = 1.5  # radii a picture, from which on what was last seen whole may be hidden in the next one
BORDER = 3.0  # pixels from the border of the picture within which a thing may be cut off
STANDS_OUT = 2.0  # times what makes a thing: by that it must differ from what lies behind it, not to be overlooked
CORE = 0.6  # of its radius: what is looked at of a thing


# N things, T frames, H height, W width
@dataclass(frozen=True, eq=False)
class Sight:
    """A film, and what its things look like.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8.
    scene : what lies behind its things.
    colours : (3,) of each thing, 0..255.
    radius_N : pixels.
    """

    frames: NDArray[np.uint8]
    scene: Background
    colours: Sequence[Array]
    radius_N: Array

    def bare(self, thing: int, index: int, place_2: Array) -> bool:
        """Whether a picture shows what lies behind where a thing would be seen, right and up in pixels."""
        height, width = self.frames.shape[1:3]
        row, column, reach = height - place_2[1], place_2[0], max(1.0, CORE * float(self.radius_N[thing]))
        rows, columns = (
            slice(max(int(at - reach), 0), max(min(int(at + reach) + 1, side), 0))
            for at, side in ((row, height), (column, width))
        )
        window = rows, columns
        behind = self.scene.picture[window]
        if not behind.size:
            return False
        off = np.linalg.norm((self.frames[index][window] - behind).mean(axis=(0, 1)) @ APART.T)
        stands_out = np.linalg.norm((self.colours[thing] - behind.mean(axis=(0, 1))) @ APART.T)
        return bool(off < self.scene.threshold and stands_out > STANDS_OUT * self.scene.threshold)


Bare = Callable[[int, int, Array], bool]


@dataclass(frozen=True, eq=False)
class Places:
    """Where things are seen whole, right and up in pixels, and what is known of the rest; as in ``Tracks``."""

    place_NT2: Array
    cover_NT: Array
    together_NT: NDArray[np.bool_]
    radius_N: Array
    sides: tuple[int, ...]

    def whole(self, thing: int) -> NDArray[np.intp]:
        """Pictures in which a thing is seen whole."""
        return np.flatnonzero(np.isfinite(self.place_NT2[thing, :, 0]))

    def inside(self, thing: int, last: int, step_2: Array) -> bool:
        """Whether a thing that goes on by a step from a picture stays clear of the border."""
        height, width = self.sides
        ahead, room = self.place_NT2[thing, last] + 1.5 * step_2, float(self.radius_N[thing]) + BORDER
        return bool((ahead > room).all() and (ahead < np.array([width, height]) - room).all())

    def slow(self, thing: int, step_2: Array, radii: float) -> bool:
        """Whether a step is shorter than some radii of a thing."""
        return float(np.linalg.norm(step_2)) < radii * float(self.radius_N[thing])

    def crowded(self, thing: int, ends: tuple[int, int]) -> bool:
        """Whether another thing may have come near enough between two moments to hide one, or to be taken for it."""
        way_N = np.linalg.norm(np.diff(self.place_NT2[:, list(ends)], axis=1)[:, 0], axis=-1)
        for other in (it for it in range(len(self.radius_N)) if it != thing):
            away = np.linalg.norm(self.place_NT2[other, list(ends)] - self.place_NT2[thing, list(ends)], axis=-1)
            reach = self.radius_N[thing] + self.radius_N[other] + 2 + way_N[thing]
            reach += np.nan_to_num(way_N[other], nan=self.radius_N[other])
            if np.nanmin(away, initial=np.inf) < reach:
                return True
        return False


def judge_gaps(them: Places, thing: int, bare: Bare) -> None:
    """Write 0 into the cover of a thing where it was not seen and could not be hidden."""
    whole, cover_T = them.whole(thing), them.cover_NT[thing]
    for before, after in pairwise(whole):
        gap = slice(before + 1, after)
        unseen = ~np.isfinite(them.place_NT2[thing, gap, 0])
        if not unseen.any() or (cover_T[gap] > 0.1).any() or them.together_NT[thing, gap].any():
            continue  # it was partly hidden on its way in or out, or touched another
        start, end = them.place_NT2[thing, before], them.place_NT2[thing, after]
        near = float(np.linalg.norm(end - start)) < HIDING * them.radius_N[thing]
        way = np.linspace(start, end, after - before + 1)[1:-1]
        open_to_view = near and not them.crowded(thing, (int(before), int(after)))
        if open_to_view and all(bare(thing, before + 1 + k, at) for k, at in enumerate(way)):
            cover_T[gap] = 0.0
    if len(whole) > 2 and whole[-1] < len(cover_T) - 1:
        _judge_end(them, thing, whole, bare)


def _judge_end(them: Places, thing: int, whole: NDArray[np.intp], bare: Bare) -> None:
    """The same after a thing was last seen: in one step it cannot get behind something, or out of the picture."""
    last, place_T2 = int(whole[-1]), them.place_NT2[thing]
    if np.isfinite(them.cover_NT[thing, last + 1 :]).any() or whole[-2] != last - 1:
        return
    step_2 = place_T2[last] - place_T2[last - 1]
    stays = them.inside(thing, last, step_2) and them.slow(thing, step_2, SUDDEN)
    if stays and not them.crowded(thing, (last - 1, last)) and bare(thing, last + 1, place_T2[last] + step_2):
        them.cover_NT[thing, last + 1] = 0.0


def born(them: Places, thing: int, bare: Bare) -> float:
    """Tell whether a thing came from nothing: 1 if so, 0 if not, NaN where that cannot be told.

    What comes out from behind something, or into the picture, is seen in part before it is seen whole.
    """
    whole = them.whole(thing)
    if not len(whole):
        return float("nan")
    first, place_T2 = int(whole[0]), them.place_NT2[thing]
    if first == 0 or np.isfinite(them.cover_NT[thing, :first]).any():
        return 0.0
    if len(whole) < 3 or whole[1] != first + 1 or them.together_NT[thing, first : first + 2].any():
        return float("nan")
    step_2 = place_T2[first] - place_T2[first + 1]
    if not them.inside(thing, first, step_2):
        return 0.0
    if not them.slow(thing, step_2, HIDING / 2) or them.crowded(thing, (first, first + 1)):
        return float("nan")
    was = (place_T2[first] + step_2, place_T2[first])
    return 1.0 if all(bare(thing, first - 1, it) for it in was) else float("nan")
