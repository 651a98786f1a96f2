"""Blows: what happens between two pieces of a track, to a fraction of the time between two pictures.

Motion before and after a blow is known from many pictures each; where the two paths meet is the moment of the blow.
Paths that do not meet are those of something that jumped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sora2lib.physics.pieces import Piece
from sora2lib.physics.tracks import Array, Tracks

ROOM = 0.75  # of a step beyond the last sample before and the first one after in which a blow may lie
SAME = 2.5  # steps within which two kicks may be one blow
TOUCH = 1.7  # of the sum of the radii: what is farther apart does not touch
CLEAR = 5.0  # deviations by which things must close to tell how they part
STEEP = 2.0  # a blow this much more upright than level came from a level floor


# K things that met, D axes
@dataclass(frozen=True, eq=False)
class Meeting:
    """A blow between two things, or between one and something that does not move.

    Parameters
    ----------
    things : indices, one or two.
    time, time_sd : seconds.
    place_KD : where each was, units.
    before_KD, after_KD : velocities, units/s.
    before_sd_K, after_sd_K : deviations of them along an axis.
    gap, gap_sd : by how much the paths before and after miss each other, units; the worse of two things.
    normal_D : unit vector along which they were pushed, to the first of them.
    restitution, restitution_sd : speed of parting over speed of closing, along the normal.
    apart : distance less the sum of the radii, units; NaN for one thing.
    """

    things: tuple[int, ...]
    time: float
    time_sd: float
    place_KD: Array
    before_KD: Array
    after_KD: Array
    before_sd_K: Array
    after_sd_K: Array
    gap: float
    gap_sd: float
    normal_D: Array
    restitution: float
    restitution_sd: float
    apart: float

    @property
    def gain(self) -> float:
        """Share of the energy of motion that one thing gained."""
        before, after = (float(np.square(it[0]).sum()) for it in (self.before_KD, self.after_KD))
        return after / before - 1 if before else float("nan")

    @property
    def gain_sd(self) -> float:
        """Deviation of the gain."""
        before, after = (float(np.square(it[0]).sum()) for it in (self.before_KD, self.after_KD))
        if not before:
            return float("nan")
        return (
            2
            * float(np.hypot(np.sqrt(after) * self.after_sd_K[0], after / np.sqrt(before) * self.before_sd_K[0]))
            / before
        )


@dataclass(frozen=True, eq=False)
class Kick:
    """Where one piece of a track passes into the next."""

    before: Piece
    after: Piece
    time: float
    time_sd: float
    gap: float
    gap_sd: float

    @property
    def thing(self) -> int:
        """Whose track it is."""
        return self.before.thing


def kick(before: Piece, after: Piece, step: float) -> Kick:
    """Find when the paths of two pieces come nearest, between the samples or a little beyond."""
    low, high = before.last - ROOM * step, after.first + ROOM * step
    middle = (low + high) / 2
    miss_3D = np.stack(
        [
            after.place(middle) - before.place(middle),
            after.velocity(middle) - before.velocity(middle),
            (after.acceleration_D - before.acceleration_D) / 2,
        ]
    )
    square = np.polynomial.Polynomial(np.sum([np.convolve(it, it) for it in miss_3D.T], axis=0))
    turning = np.asarray(square.deriv().roots(), dtype=np.complex128)
    offers = [float(it.real) for it in turning if abs(it.imag) < 1e-9 and low <= middle + float(it.real) <= high]
    offers += [low - middle, high - middle]
    time = middle + min(offers, key=lambda it: float(square(it)))
    jolt = float(np.linalg.norm(after.velocity(time) - before.velocity(time)))
    gap_sd = float(np.hypot(before.place_sd(time), after.place_sd(time)))
    gap = float(np.linalg.norm(after.place(time) - before.place(time)))
    time_sd = min(gap_sd / max(jolt, 1e-12), (high - low) / 2)
    return Kick(before, after, time, time_sd, gap, gap_sd)


def kicks(tracks: Tracks, them: Sequence[Piece]) -> list[Kick]:
    """Where the pieces of a thing, in order of time, pass into each other.

    >>> kicks(tracks, pieces(tracks, 0))[0].time  # doctest: +SKIP
    0.5494
    """
    return [kick(a, b, tracks.step) for a, b in pairwise(them)]


def meetings(tracks: Tracks, them: Sequence[Kick]) -> list[Meeting]:
    """Pair the kicks of all things with each other, in order of time; those of one thing alone met what does not move.

    >>> meetings(tracks, kicks)[0].restitution  # doctest: +SKIP
    0.94
    """
    left = sorted(them, key=lambda it: it.time)
    found = []
    while left:
        first = left.pop(0)
        other = next(_partners(tracks, first, left), None)
        if other is not None:
            left.remove(other)
        found.append(_single(tracks, first) if other is None else _pair(tracks, first, other))
    return found


def _partners(tracks: Tracks, one: Kick, others: Sequence[Kick]) -> Iterator[Kick]:
    """Kicks that may be the other side of one, nearest first."""
    near = [it for it in others if it.thing != one.thing and it.time - one.time < SAME * tracks.step]
    for other in sorted(near, key=lambda it: _distance(one, it, (one.time + it.time) / 2)):
        reach = tracks.radius_N[one.thing] + tracks.radius_N[other.thing]
        if _distance(one, other, (one.time + other.time) / 2) < TOUCH * reach:
            yield other


def _distance(one: Kick, other: Kick, time: float) -> float:
    return float(np.linalg.norm(one.before.place(time) - other.before.place(time)))


def _single(tracks: Tracks, one: Kick) -> Meeting:
    before_D, after_D = one.before.velocity(one.time), one.after.velocity(one.time)
    push_D = after_D - before_D
    level = float(np.linalg.norm(push_D[:-1]))
    normal_D = push_D / max(float(np.linalg.norm(push_D)), 1e-12)
    if abs(push_D[-1]) > STEEP * level:
        normal_D = np.eye(len(push_D))[-1] * np.sign(push_D[-1])
    return _meeting((one,), one.time, one.time_sd, normal_D, float("nan"))


def _pair(tracks: Tracks, one: Kick, other: Kick) -> Meeting:
    weights = np.array([1 / max(it.time_sd, 1e-9) ** 2 for it in (one, other)])
    time = float(weights @ [one.time, other.time] / weights.sum())
    between_D = _place(one, time) - _place(other, time)
    distance = float(np.linalg.norm(between_D))
    reach = float(tracks.radius_N[one.thing] + tracks.radius_N[other.thing])
    normal_D = between_D / max(distance, 1e-12)
    return _meeting((one, other), time, float(1 / np.sqrt(weights.sum())), normal_D, distance - reach)


def _place(one: Kick, time: float) -> Array:
    return np.asarray((one.before.place(time) + one.after.place(time)) / 2)


def _meeting(them: tuple[Kick, ...], time: float, time_sd: float, normal_D: Array, apart: float) -> Meeting:
    before_KD = np.stack([it.before.velocity(time) for it in them])
    after_KD = np.stack([it.after.velocity(time) for it in them])
    before_sd_K = np.array([it.before.velocity_sd(time) for it in them])
    after_sd_K = np.array([it.after.velocity_sd(time) for it in them])
    closing, parting = (
        float((it[0] - it[1]) @ normal_D if len(it) > 1 else it[0] @ normal_D) for it in (before_KD, after_KD)
    )
    unsure = float(np.hypot(np.linalg.norm(before_sd_K), np.linalg.norm(after_sd_K)))
    e = -parting / closing if closing < -CLEAR * unsure else float("nan")
    e = e if e > -CLEAR * unsure / max(abs(closing), 1e-12) else float("nan")  # what goes on through did not bounce
    spread = np.hypot(np.linalg.norm(after_sd_K), e * np.linalg.norm(before_sd_K)) / abs(closing) if closing else np.nan
    worst = max(them, key=lambda it: it.gap / max(it.gap_sd, 1e-12))
    return Meeting(
        tuple(it.thing for it in them), time, time_sd, np.stack([_place(it, time) for it in them]),
        before_KD, after_KD, before_sd_K, after_sd_K, worst.gap, worst.gap_sd, normal_D, e, float(spread), apart,
    )  # fmt: skip
