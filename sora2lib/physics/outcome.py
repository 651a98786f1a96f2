"""Shots at a hoop, where the world is known: what came of them, and whether by flight and blows alone.

A ball that is to go in must cross the ring's plane downwards inside it, one that is to miss must not; and on its way
nothing may push it where it touches nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sora2lib.physics.tracks import Array
from sora2lib.world.assets import primitives
from sora2lib.world.hoops import HOOP, comes_near, from_ring, goes_in
from sora2lib.world.schema import GRAVITY, World

WATCHED = 2.0  # metres from it in which a shot is watched
PUSH = 0.02  # m/s in a step, by which what is known of a world's motion errs
IN = re.compile(r"\b(swish\w*|scores?|goes in|(goes|drops?|falls?) (in|through) (it|the (hoop|ring|basket|net)))\b")
MISS = re.compile(r"\b(miss(es|ed)?|off the (rim|ring)|rims? out|hits? the (rim|ring))\b")


# T moments
@dataclass(frozen=True)
class Shot:
    """A ball that came near a ring.

    Parameters
    ----------
    what : of which ball, in words.
    time : seconds at which it was pushed most, or came nearest.
    inside : whether it went through the ring.
    pushed : m/s by which its speed changed at most in a step in which it touched nothing; NaN if it always did.
    said : what the prompt says of it: "in", "miss", or "".
    """

    what: str
    time: float
    inside: bool
    pushed: float
    said: str = ""

    @property
    def honest(self) -> bool:
        """Whether the prompt says the same, or nothing."""
        return not self.said or (self.said == "in") == self.inside

    @property
    def score(self) -> float:
        """In errors of a speed; infinite where something else happened than was said."""
        return self.pushed / PUSH if self.honest else float("inf")

    @property
    def why(self) -> str:
        """What was seen, in words."""
        told = "it goes in" if self.inside else "it misses"
        if not self.honest:
            return f"{told}, and was to {'go in' if self.said == 'in' else 'miss'}"
        if np.isnan(self.pushed):
            return f"{told}; it was never far enough from the hoop to tell whether something pushed it"
        return f"{told}; its speed changes by up to {self.pushed:.3f} m/s a step where it touches nothing"


def said(prompt: str) -> str:
    """What a prompt says of a shot: "in", "miss", or "" where it says nothing, or both.

    >>> said("a basketball bounces off the rim"), said("it swishes"), said("a ball rolls")
    ('miss', 'in', '')
    """
    scores, misses = IN.search(prompt.lower()), MISS.search(prompt.lower())
    return "" if bool(scores) == bool(misses) else "in" if scores else "miss"


def shots(world: World, prompt: str = "") -> tuple[Shot, ...]:
    """Find the shots at the hoops of a world, and what came of them.

    >>> shots(sora2lib.world.simulate.simulate("basketball", 3))[0].inside  # doctest: +SKIP
    False
    """
    assets = world.asset.values.tolist()
    hoops = [i for i, asset in enumerate(assets) if asset == HOOP]
    balls = [i for i, asset in enumerate(assets) if "ball" in asset and not bool(world.fixed.values[i])]
    return tuple(it for hoop in hoops for ball in balls for it in _shot(world, hoop, ball, said(prompt)))


def _shot(world: World, hoop: int, ball: int, told: str) -> Iterator[Shot]:
    path_T3 = from_ring(world.position.values[ball], world.position.values[hoop], world.rotation.values[hoop])
    away_T = np.linalg.norm(path_T3, axis=-1)
    if not comes_near(path_T3):
        return
    others = [i for i in range(len(world.asset)) if i not in (hoop, ball)]
    gap_T = (
        np.minimum(_gap(world, hoop, path_T3), _room(world, ball, others)) - float(world["size"].values[ball, 0]) / 2
    )
    step = float(world.time[1] - world.time[0])
    velocity_V3 = np.diff(world.position.values[ball], axis=0) / step
    push_3 = np.array([0, 0, GRAVITY * step])
    pushed_K = np.linalg.norm(np.diff(velocity_V3, axis=0) + push_3, axis=-1)
    reach_K = np.maximum(*(np.linalg.norm(it, axis=-1) for it in (velocity_V3[1:], velocity_V3[:-1]))) * step
    nearest_K = np.minimum(np.minimum(gap_T[:-2], gap_T[1:-1]), gap_T[2:])
    free = np.flatnonzero((nearest_K > reach_K) & (away_T[1:-1] < WATCHED))
    worst = int(free[np.argmax(pushed_K[free])]) if len(free) else int(np.argmin(away_T)) - 1
    pushed = float(pushed_K[worst]) if len(free) else float("nan")
    ring = float(world["size"].values[hoop, 0]) / 2
    what = f"{world.actor.values[ball]} at {world.actor.values[hoop]}"
    time = float(world.time[worst + 1] - world.time[0])
    yield Shot(what, time, goes_in(path_T3, ring, step), pushed, told)


def _gap(world: World, hoop: int, path_T3: Array) -> Array:
    """Distance (T,) of a path, seen from the hoop, from the parts of it that can be hit."""
    gaps = [np.full(len(path_T3), np.inf)]
    for part in (it for it in primitives(HOOP, world["size"].values[hoop]) if it.collides):
        if part.shape == "torus":
            wire_T = np.hypot(np.hypot(path_T3[:, 0], path_T3[:, 1]) - part.half[0], path_T3[:, 2])
            gaps.append(wire_T - part.half[2])
        else:
            off_T3 = np.abs(path_T3 - part.centre) - part.half
            gaps.append(np.linalg.norm(np.maximum(off_T3, 0), axis=-1))
    return np.asarray(np.min(gaps, axis=0))


def _room(world: World, ball: int, others: list[int]) -> Array:
    """Distance (T,) of a ball's centre from the ground and from the boxes round others."""
    place_T3 = world.position.values[ball]
    reach_N = np.linalg.norm(world["size"].values[others], axis=-1) / 2
    away_NT = np.linalg.norm(world.position.values[others] - place_T3, axis=-1) - reach_N[:, None]
    return np.asarray(np.minimum(place_T3[:, 2], away_NT.min(axis=0, initial=np.inf)))
