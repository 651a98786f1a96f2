"""From blobs in single pictures to things that last: who is who from one picture to the next.

A thing is looked for where it would be if it went on as before. What is not found there is looked for by colour and
size, wherever it may have jumped. Two that touch are taken apart by their colours and by where each should be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sora2lib.physics.blobs import Blob

Array = NDArray[np.float64]
Split = Callable[[int, Blob, list["Thread"]], list[Blob | None]]

REACH = 3.0  # radii beyond the expected place in which a thing is looked for
LEEWAY = 6.0  # pixels, likewise
COLOUR = 60.0  # of 0..255: colours farther apart are those of other things
GROWTH = 2.2  # areas further apart than this factor are those of other things
JOINED = 0.2  # of a thing's area: a blob larger than usual by more may hold it as well
FEWEST = 4  # pictures in which a thing must be seen to count
ALIKE = 2  # things, at most, of one look, of which one that was lost may be told from the others
NEVER = 1e6


@dataclass(eq=False)
class Thread:
    """A thing on its way through the film: the blobs seen of it, by picture."""

    blobs: dict[int, Blob] = field(default_factory=dict)
    parted: set[int] = field(default_factory=set)  # pictures in which it was taken apart from another

    @property
    def last(self) -> int:
        """Last picture in which it was seen."""
        return max(self.blobs)

    @property
    def area(self) -> float:
        """Its usual area, pixels."""
        whole = [blob.area for blob in self.blobs.values() if not blob.cut]
        return float(np.median(whole or [blob.area for blob in self.blobs.values()]))

    @property
    def radius(self) -> float:
        """Radius of a disc of its usual area, pixels."""
        return float(np.sqrt(self.area / np.pi))

    @property
    def colour(self) -> Array:
        """Its usual colour (3,)."""
        seen = list(self.blobs.values())[-15:]
        return np.asarray(np.median([blob.colour for blob in seen], axis=0))

    def expected(self, index: int) -> Array:
        """Where (2,) it should be in a picture if it goes on as it last did."""
        seen = sorted(self.blobs)[-3:]
        places, ahead = [self.blobs[k].place for k in seen], index - seen[-1]
        if len(seen) < 2:
            return places[-1]
        speed = (places[-1] - places[-2]) / (seen[-1] - seen[-2])
        if len(seen) < 3:
            return np.asarray(places[-1] + speed * ahead)
        before = (places[-2] - places[-3]) / (seen[-2] - seen[-3])
        bend = (speed - before) * 2 / (seen[-1] - seen[-3])
        return np.asarray(places[-1] + speed * ahead + bend * ahead * (ahead + 1) / 2)


def link(pictures: Sequence[list[Blob]], split: Split) -> list[Thread]:
    """Follow the things of a film through its pictures; ``split`` takes a blob apart into those of several threads."""
    threads: list[Thread] = []
    for index, blobs in enumerate(pictures):
        left = _follow(threads, list(blobs), index, split)
        left = _find_again(threads, left, index)
        threads += [Thread({index: blob}) for blob in left]
    lasting = _rejoined([it for it in threads if len(it.blobs) >= FEWEST])
    return sorted(lasting, key=lambda it: (min(it.blobs), -it.area))


def _rejoined(threads: list[Thread]) -> list[Thread]:
    """Make one of two threads of which the second comes out, bit by bit, from where the first went behind something."""
    out: list[Thread] = []
    for one in sorted(threads, key=lambda it: min(it.blobs)):
        earlier = [it for it in out if it.last < min(one.blobs) and _alike(it, one)]
        if earlier and sum(_alike(one, it) for it in threads) <= ALIKE + 1:
            max(earlier, key=lambda it: it.last).blobs.update(one.blobs)
        else:
            out.append(one)
    return out


def _alike(one: Thread, other: Thread) -> bool:
    off = float(np.abs(one.colour - other.colour).max())
    return off < COLOUR / 2 and 1 / GROWTH < one.area / other.area < GROWTH


def _follow(threads: list[Thread], blobs: list[Blob], index: int, split: Split) -> list[Blob]:
    """Match blobs with threads that were just seen; the blobs that are left over."""
    recent = [it for it in threads if index - it.last <= FEWEST]
    taken = _match(recent, blobs, lambda thread, seen: _surprise(thread, seen, index))
    owners: dict[int, list[Thread]] = {b: [recent[a]] for a, b in taken.items()}
    for thread in (it for a, it in enumerate(recent) if a not in taken):
        host = _host(thread, blobs, owners, index)
        if host is not None:
            owners.setdefault(host, []).append(thread)
    # A blob of its own that one thread alone may be in has been compared with that thread and was too unlike it.
    owners = {b: them for b, them in owners.items() if len(them) > 1 or b in taken.values()}
    for b, them in owners.items():
        parts: list[Blob | None] = [blobs[b]] if len(them) == 1 else split(index, blobs[b], them)
        for thread, part in zip(them, parts, strict=True):
            if part is not None:
                thread.blobs[index] = part
            if len(them) > 1:
                thread.parted.add(index)
    return [blob for b, blob in enumerate(blobs) if b not in owners]


# B blobs
@dataclass(frozen=True, eq=False)
class _Seen:
    """The blobs of a picture side by side, so that a crowd is compared with each thread at once."""

    place_B2: Array
    colour_B3: Array
    area_B: Array
    cut_B: NDArray[np.bool_]


def _match(threads: list[Thread], blobs: list[Blob], cost: Callable[[Thread, _Seen], Array]) -> dict[int, int]:
    """Pairs of thread and blob that together cost least; NEVER costs too much."""
    if not threads or not blobs:
        return {}
    places, colours, areas, cuts = zip(*((it.place, it.colour, it.area, it.cut) for it in blobs), strict=True)
    seen = _Seen(np.array(places), np.array(colours), np.array(areas), np.array(cuts))
    table = np.array([cost(thread, seen) for thread in threads])
    rows, columns = linear_sum_assignment(table)
    return {int(a): int(b) for a, b in zip(rows, columns, strict=True) if table[a, b] < NEVER}


def _surprise(thread: Thread, seen: _Seen, index: int) -> Array:
    """How far blobs (B,) are from what is expected of a thread, in radii; colour counts too."""
    radius = thread.radius
    gap_B = np.linalg.norm(seen.place_B2 - thread.expected(index), axis=-1)
    stay_B = np.linalg.norm(seen.place_B2 - thread.blobs[thread.last].place, axis=-1)
    off_B = np.abs(seen.colour_B3 - thread.colour).max(axis=-1)
    near_B = np.minimum(gap_B, stay_B) < REACH * radius + LEEWAY
    return np.where(near_B & (off_B < COLOUR), gap_B / radius + off_B / COLOUR, NEVER)


def _host(thread: Thread, blobs: list[Blob], owners: dict[int, list[Thread]], index: int) -> int | None:
    """The blob in which a thread that was not found may be, together with others."""
    expected, area, radius = thread.expected(index), thread.area, thread.radius
    for b, blob in enumerate(blobs):
        if blob.cut or float(np.linalg.norm(blob.place - expected)) >= blob.reach + radius:
            continue
        if blob.area > (sum(it.area for it in owners.get(b, ())) or area) + JOINED * area:
            return b
    return None


def _find_again(threads: list[Thread], blobs: list[Blob], index: int) -> list[Blob]:
    """Give blobs that belong to nobody to threads that were lost and look alike; the blobs that are left over.

    Of several threads that look alike none is given any: flakes of snow and drops of rain do not leap.
    """
    known = [it for it in threads if len(it.blobs) >= FEWEST]
    lost = [it for it in known if it.last < index and index not in it.parted]
    if blobs:
        lost = [it for it in lost if sum(_alike(it, other) for other in known) <= ALIKE]
    taken = _match(lost, blobs, lambda thread, seen: _unlike(thread, seen, index))
    for a, b in taken.items():
        lost[a].blobs[index] = blobs[b]
    return [blob for b, blob in enumerate(blobs) if b not in taken.values()]


def _unlike(thread: Thread, seen: _Seen, index: int) -> Array:
    """How little blobs (B,) look like a thread."""
    off_B, ratio_B = np.abs(seen.colour_B3 - thread.colour).max(axis=-1), seen.area_B / thread.area
    alike_B = (off_B <= COLOUR / 2) & (seen.cut_B | ((ratio_B > 1 / GROWTH) & (ratio_B < GROWTH)))
    return np.where(alike_B, off_B / COLOUR + np.abs(np.log(ratio_B)) + 0.1 * (index - thread.last), NEVER)
