"""A sound that was given drives the picture: what strikes, lands and steps falls on its onsets.

Which action falls on which onset is chosen so that the strong ones meet and time changes its pace little (dynamic
programming over pairs). Between the pairs the pace is the one of all that deviates and bends the least, within limits.
Actions are those that are heard: contacts of the world, steps, and what goes into water.

N actions, O onsets, P pairs, K knots of a pace.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import librosa
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from sora2lib import media
from sora2lib.errors import RequestError
from sora2lib.film import world_of
from sora2lib.pace import Pace, paced, sampled
from sora2lib.physics.onsets import onsets
from sora2lib.recipe import Recipe
from sora2lib.soundtrack import Soundtrack
from sora2lib.world.contacts import Contacts, contacts
from sora2lib.world.schema import World
from sora2lib.world.steps import landings

Array = NDArray[np.float64]
SLOWEST, FASTEST = 0.6, 1.6  # seconds of the world in a second, at any moment
LEAST, MOST = 0.7, 1.4  # the same on the mean from one pair to the next, so that the pace has room to change
REACH = 0.75  # s by which an action is moved, at most
TOGETHER = 0.03  # s within which contacts are one action
FAINTEST = 0.02  # of the strongest contact; what is weaker is no action
SOFTEST = 0.1  # of the strongest onset, likewise
IDLE = 0.5  # what it costs that nothing falls on an onset, where an action that falls on none costs 1
CHANGE = 2.0  # what a second costs in which time runs twice as fast
NEAREST = 0.05  # s between two onsets that are both met
BEND = 0.15  # s in which the pace may change without that costing more than the change
KNOTS, APART = 6, 0.1  # of the pace from one pair to the next, at least, and s from one to the next, at most
EXACT = 1e4  # how much more it weighs that pairs meet than that the pace is even
TRIES = 3  # at the pace, each of which makes up for what the one before has missed the onsets by
STRAY = NEAREST / 3  # s that is made up for at most, so that none overtakes another
SAME, MET = 0.03, 0.02  # s within which an action is found again, and has met its onset
FINER, ROUGH = 8, 0.06  # samples to one of the world, from which steps are told, and s by which that moves them at most
HOP = 240  # samples from one strength to the next
TOLD = 8  # actions that a notice names


@dataclass(frozen=True)
class Marks:
    """Moments that may meet: of a world, or of a sound.

    Parameters
    ----------
    time : (N,) seconds of the world, rising.
    weight : (N,) above 0, of the strongest 1.
    name : (N,) what happens.
    """

    time: Array
    weight: Array
    name: tuple[str, ...]

    def between(self, first: float, last: float) -> "Marks":
        """Those after a second and before another."""
        inside = np.flatnonzero((self.time > first) & (self.time < last))
        return Marks(self.time[inside], self.weight[inside], tuple(self.name[n] for n in inside))


def driven(recipe: Recipe) -> Recipe:
    """Return a recipe in whose world actions fall on the onsets of the given sound, however much of it is heard.

    The clip stays as long as it is, and its world outside of it as it was.

    Raises
    ------
    RequestError
        There is no world, no action or no given sound, the sound has no onset within the clip, no action can be put
        on one within the limits, or somebody speaks.
    """
    world, first, last = world_of(recipe), recipe.start, recipe.start + recipe.frames / recipe.fps
    last = min(last, world.seconds)
    acts, beats = actions(world).between(first, last), _heard(recipe.soundtrack, first, last)
    if not len(acts.time):
        raise RequestError("nothing strikes, lands or steps in this clip that could fall on a beat; leave beats out")
    pairs_P2 = matched(acts, beats, first, last)
    led = _led(world, acts.time[pairs_P2[:, 0]], beats.time[pairs_P2[:, 1]], (first, last))
    if not led.met_P.any():
        raise RequestError(
            f"{acts.name[0]} at {acts.time[0] - first:.3g} s, and neither that nor what follows can fall on an onset "
            f"where time runs at {SLOWEST:g} to {FASTEST:g} of its pace; begin the given sound elsewhere, with start"
        )
    put = [
        f"{acts.name[n]} at {beats.time[o] - first:.2f} s (was {acts.time[n] - first:.2f})"
        for n, o in pairs_P2[led.met_P].tolist()
    ]
    notices = (*recipe.notices, *_told(put, len(acts.time), led.pace))
    return replace(recipe, world=led.world, notices=notices)


def _told(put: list[str], count: int, pace: Pace) -> Iterator[str]:
    """What was put where, and how time goes."""
    more = f", and {len(put) - TOLD} more" if len(put) > TOLD else ""
    rest = f"; {count - len(put)} of {count} actions fall on none" if count > len(put) else ""
    yield f"put on onsets of the given sound: {', '.join(put[:TOLD])}{more}{rest}"
    slowest, fastest = pace.speed_K.min(), pace.speed_K.max()
    yield f"time runs at {slowest:.2f} to {fastest:.2f} of its pace; what moves no longer moves as physics says"


# What may meet


def actions(world: World) -> Marks:
    """What strikes, lands, steps or goes into water in a world, by impulse; what meets at once is one action."""
    begun = float(world.time[0])
    groups: list[list[_Action]] = []
    found = contacts(world)
    for one in sorted([*_blows(world, found), *_plunges(world, found)], key=lambda it: it.time):
        if groups and one.time - groups[-1][0].time < TOGETHER:
            groups[-1].append(one)
        else:
            groups.append([one])
    chief = [max(group, key=lambda it: it.impulse) for group in groups]
    most = max((it.impulse for it in chief), default=0.0)
    kept = [it for it in chief if it.impulse > FAINTEST * most]
    # A root, as the ear tells loudness.
    weight_N = np.sqrt([it.impulse / most for it in kept])
    return Marks(np.array([it.time - begun for it in kept]), weight_N, tuple(it.name for it in kept))


@dataclass(frozen=True)
class _Action:
    time: float
    impulse: float
    name: str


def _blows(world: World, found: Contacts) -> Iterator[_Action]:
    """Contacts of a world, steps among them."""
    names = [*world.actor.values.tolist(), "the ground"]
    for n, time in enumerate(_timed(world, found).tolist()):
        one, other = names[found.actor[n]], names[found.other[n]]
        yield _Action(time, float(found.impulse[n]), f"{one} steps" if found.step[n] else f"{one} meets {other}")


def _timed(world: World, found: Contacts) -> Array:
    """When things meet (N,): of steps, which samples tell to a third of one alone, as finer ones do."""
    time_N = found.time.copy()
    if found.step.any():
        fine_T = np.linspace(0.0, world.seconds, FINER * (world.sizes["time"] - 1) + 1)
        finer = landings(sampled(world, fine_T, fine_T))
        for n in np.flatnonzero(found.step).tolist():
            own = [it.time for it in finer if it.actor == found.actor[n] and abs(it.time - time_N[n]) < ROUGH]
            time_N[n] = min(own, key=lambda it: abs(it - found.time[n]), default=found.time[n])
    return time_N


def _plunges(world: World, found: Contacts) -> Iterator[_Action]:
    """What goes into water, by the momentum of a box of its size."""
    for it in found.crossings:
        if it.speed < 0:
            box = float(world.density.values[it.actor] * world["size"].values[it.actor].prod())
            yield _Action(it.time, -it.speed * box, f"{world.actor.values[it.actor]} meets the water")


def _heard(given: Soundtrack, first: float, last: float) -> Marks:
    """Onsets of the given sound between two seconds of the world."""
    if given.track is None:
        raise RequestError("no sound was given whose beats could be followed; give a track")
    if given.start >= last or given.start + given.seconds <= first:
        raise RequestError(
            f"the given sound is heard from {given.start - first:.3g} to {given.start + given.seconds - first:.3g} s "
            f"and the clip from 0 to {last - first:.3g} s; let it start within the clip"
        )
    beats = replace(found := beats_of(given.track), time=found.time + given.start).between(first, last)
    if not len(beats.time):
        raise RequestError(
            "nothing sets in while the given sound is heard in this clip: it is silent, or it swells and fades; give "
            "one with beats, begin it elsewhere with start, or leave beats out"
        )
    return beats


def beats_of(track: NDArray[np.float32]) -> Marks:
    """Onsets of a sound (2, samples) at 48 kHz, by how strongly the spectrum rises there."""
    time_O, mono = onsets(track), track.mean(axis=0)
    if not len(time_O):
        return Marks(time_O, time_O, ())
    rise_F = librosa.onset.onset_strength(y=mono, sr=media.RATE, hop_length=HOP)
    # It peaks a hop or two after an onset.
    frame_O = np.minimum(np.round(time_O * media.RATE / HOP).astype(int), len(rise_F) - 1)
    strength_O = np.array([rise_F[max(f - 2, 0) : f + 6].max() for f in frame_O.tolist()])
    weight_O = strength_O / max(strength_O.max(), 1e-9)
    clear = weight_O >= SOFTEST
    return Marks(time_O[clear], weight_O[clear], ("onset",) * int(clear.sum()))


# Which meet


def matched(acts: Marks, beats: Marks, first: float, last: float) -> NDArray[np.int64]:
    """Indices (P, 2) of the actions and onsets that meet between two seconds, both in order of time."""
    near_NO = np.abs(acts.time[:, None] - beats.time) <= REACH
    pairs_P2 = np.argwhere(near_NO)
    pairs_P2 = pairs_P2[np.lexsort((pairs_P2[:, 0], pairs_P2[:, 1]))]
    shown_P = np.array([first, *acts.time[pairs_P2[:, 0]], last])
    at_P = np.array([first, *beats.time[pairs_P2[:, 1]], last])
    worth_P = np.array([0.0, *(acts.weight[pairs_P2[:, 0]] + IDLE * beats.weight[pairs_P2[:, 1]]), 0.0])
    best_P, before_P = np.full(len(at_P), -np.inf), np.zeros(len(at_P), dtype=np.int64)
    best_P[0] = 0.0
    for p in range(1, len(at_P)):
        worths = best_P[:p] - price(shown_P[p] - shown_P[:p], at_P[p] - at_P[:p])
        before_P[p] = np.argmax(worths)
        best_P[p] = worths[before_P[p]] + worth_P[p]
    way = []
    p = int(before_P[-1]) if np.isfinite(best_P[-1]) else 0
    while p:
        way.append(p - 1)
        p = int(before_P[p])
    return pairs_P2[way[::-1]]


def price(shown: Array, at: Array) -> Array:
    """What it costs that so many seconds of the world are shown in so many; infinite beyond the limits."""
    speed = shown / np.maximum(at, 1e-9)
    fits = (at >= NEAREST) & (speed >= LEAST) & (speed <= MOST)
    return np.where(fits, CHANGE * at * (speed - 1) ** 2, np.inf)


# How time goes from one to the next


def between(shown_P: Array, at_P: Array, held: tuple[bool, bool] = (True, True)) -> Pace:
    """The pace that shows seconds of the world (P,) at others (P,), and deviates and bends the least.

    It is 1 at the first and at the last of them where it is ``held``, since the world goes on there as it was.
    """
    counts = [max(KNOTS, math.ceil(span / APART)) for span in np.diff(at_P)]
    ends = np.cumsum([0, *counts])
    time_K = np.concatenate(
        [[0.0], *(np.linspace(a, b, n + 1)[1:] - at_P[0] for (a, b), n in zip(pairwise(at_P), counts, strict=True))]
    )
    step_K = np.diff(time_K)
    share_K = (np.pad(step_K, (1, 0)) + np.pad(step_K, (0, 1))) / 2
    bend_KK = (np.eye(len(time_K), k=1) - np.eye(len(time_K)))[:-1] * (BEND / np.sqrt(step_K))[:, None]
    spans = np.zeros((len(counts), len(time_K)))
    for row, (a, b) in enumerate(pairwise(ends.tolist())):
        spans[row, a:b] += step_K[a:b] / 2
        spans[row, a + 1 : b + 1] += step_K[a:b] / 2
    gained_P = np.diff(shown_P) - np.diff(at_P)
    rows = np.concatenate([np.diag(np.sqrt(share_K)), bend_KK, EXACT * spans])
    wanted = np.concatenate([np.zeros(2 * len(time_K) - 1), EXACT * gained_P])
    free_K = np.array([not held[0], *[True] * (len(time_K) - 2), not held[1]])
    speed_K = np.ones(len(time_K))
    speed_K[free_K] += lsq_linear(rows[:, free_K], wanted, bounds=(SLOWEST - 1, FASTEST - 1), tol=1e-12).x
    return Pace(at_P[0] + time_K, speed_K)


@dataclass(frozen=True)
class _Led:
    """A world at the pace at which pairs meet, that pace, and which of them do (P,)."""

    world: World
    pace: Pace
    late_P: Array

    @property
    def met_P(self) -> NDArray[np.bool_]:
        return np.abs(self.late_P) < MET


def _led(world: World, shown_P: Array, wanted_P: Array, ends: tuple[float, float]) -> _Led:
    """The world in which what was at some seconds (P,) is at others, as nearly as can be."""
    at_P, tries, held = wanted_P, [], (ends[0] > 0, ends[1] < world.seconds)
    for _ in range(TRIES):
        pace = between(_within(shown_P, ends), _within(at_P, ends), held)
        again = paced(world, pace)
        tries.append(_Led(again, pace, _late(actions(again), wanted_P)))
        # When things meet is told from samples that now lie elsewhere, some milliseconds off.
        at_P = np.clip(at_P - tries[-1].late_P, wanted_P - STRAY, wanted_P + STRAY)
    return min(tries, key=lambda it: float(np.abs(it.late_P).sum()))


def _within(time_P: Array, ends: tuple[float, float]) -> Array:
    return np.array([ends[0], *time_P, ends[1]])


def _late(acts: Marks, wanted_P: Array) -> Array:
    """Seconds (P,) by which actions come after they should, not more than ``SAME``."""
    if not len(acts.time):
        return np.full(len(wanted_P), SAME)
    off_PN = acts.time - wanted_P[:, None]
    off_P = np.take_along_axis(off_PN, np.abs(off_PN).argmin(axis=1)[:, None], 1)[:, 0]
    return np.asarray(off_P.clip(-SAME, SAME))
