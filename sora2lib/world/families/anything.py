"""Any thing that has a model or a picture is dropped, thrown, slid, sent down the stairs, or hit.

The action is told in the words of the family that it is borrowed from; who takes part is drawn from the whole library.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from sora2lib.world.assets import ASSETS, LIBRARY, find
from sora2lib.world.cutouts import PREFIX
from sora2lib.world.families.drop import dropped
from sora2lib.world.families.ramp import ramp
from sora2lib.world.families.roll import MIN_WAY, STOPPED
from sora2lib.world.families.throw import SPEEDS, TARGET_ODDS, TARGETS, thrown
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.naming import NOUNS
from sora2lib.world.nouns import lookup
from sora2lib.world.schema import RATE
from sora2lib.world.stage import Body, Event, Stage, Take, Vector
from sora2lib.world.staging import (
    FIRM,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pace_word,
    pick,
    rolling,
    scaled,
    set_stage,
    side,
    standing,
    thing,
)

SMALLEST, LARGEST = 0.12, 1.2  # m; a pea and an aeroplane are shown at a size that the stage can hold
PICTURE_ODDS = 0.5
SLAM = 2.2  # m/s


def anything(rng: np.random.Generator) -> Stage:
    """Draw a thing of the library and what becomes of it."""
    return pick(rng, tuple(WAYS), tuple(WAYS.values()))(rng)


def any_look(rng: np.random.Generator) -> Look:
    """Cast any thing that can be moved, about as large as it is."""
    asset = pick(rng, _movable()[int(rng.random() < PICTURE_ODDS)])
    longest = float(np.clip(max(find(asset).size), SMALLEST, LARGEST))
    return scaled(draw_look(rng, asset), longest * between(rng, 0.95, 1.05))


@cache
def _movable() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Modelled things, and pictures; none that could only be named in words that training never sees ("lemon").

    Nor pictures of people: their names are those of figures.
    """
    free = [name for name in LIBRARY if not find(name).rooted and not _lives(name) and NOUNS[name].train]
    return tuple(name for name in free if name in ASSETS), tuple(name for name in free if name not in ASSETS)


def _lives(name: str) -> bool:
    meant = lookup(name.removeprefix(PREFIX))
    return name in SKELETONS or (meant is not None and meant.asset in SKELETONS)


def _drop(rng: np.random.Generator) -> Stage:
    return dropped(rng, any_look(rng))


def _throw(rng: np.random.Generator) -> Stage:
    return thrown(rng, speed=pick(rng, tuple(SPEEDS)), goal=pick(rng, TARGETS, TARGET_ODDS), given=any_look(rng))


def _down_the_stairs(rng: np.random.Generator) -> Stage:
    return ramp(rng, "bounce down", any_look(rng))


def _slide(rng: np.random.Generator) -> Stage:
    """Draw something that slides to a side, or rolls where it is round."""
    look, (sign, direction), ground = any_look(rng), side(rng), pick(rng, (*FIRM, "ice"))
    pace = between(rng, 0.5, 1.4) if ground == "ice" else between(rng, 1.0, 3.5)
    mover = _runner(rng, look, look.asset, -sign * between(rng, 0.6, 1.6), sign * pace)

    def judge(take: Take) -> Event | None:
        path = take.path(mover.name)
        moved = (path[-1, 0] - path[0, 0]) * sign > MIN_WAY
        still = np.linalg.norm(path[-1] - path[-2]) * RATE < STOPPED
        action = "roll" if find(look.asset).rolls else "slide"
        return Event(action, "stops" if still else "", direction, pace_word(pace)) if moved else None

    return set_stage(
        rng, "roll", bodies=[mover], things=[thing("subject", look, mover.name)], ground=ground, judge=judge
    )


def _hit(rng: np.random.Generator) -> Stage:
    """Draw something that slides or rolls into something else."""
    look, other, (sign, direction) = any_look(rng), any_look(rng), side(rng)
    target = numbered(other.asset, 1, first=2 if other.asset == look.asset else 1)[0]
    gap, pace = (look.extents[0] + other.extents[0]) / 2, between(rng, 0.8, 1.2) * SLAM
    bodies = [
        _runner(rng, look, look.asset, -sign * (gap + pace * between(rng, 0.15, 0.35)), sign * pace),
        _runner(rng, other, target, 0.0, 0.0),
    ]

    def judge(take: Take) -> Event | None:
        return Event("hit", "", direction, pace_word(pace)) if take.touched(look.asset, target) else None

    return set_stage(
        rng,
        "collide",
        bodies=bodies,
        things=[thing("subject", look, look.asset), thing("target", other, target)],
        ground=pick(rng, FIRM),
        judge=judge,
    )


def _runner(rng: np.random.Generator, look: Look, name: str, x: float, velocity: float) -> Body:
    going: Vector = (velocity, 0.0, 0.0)
    spin = rolling(going, look.extents[2] / 2) if find(look.asset).rolls else (0.0, 0.0, 0.0)
    return body(rng, look, name, position=(x, between(rng, -0.05, 0.05), standing(look)), velocity=going, spin=spin)


WAYS: dict[Callable[[np.random.Generator], Stage], float] = {
    _drop: 0.3,
    _throw: 0.25,
    _slide: 0.15,
    _down_the_stairs: 0.15,
    _hit: 0.15,
}
