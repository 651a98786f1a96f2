"""A top spins on its tip, or a coin on its edge: it keeps spinning or falls."""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    LEAST,
    between,
    body,
    draw_look,
    pick,
    set_stage,
    size_word,
    standing,
    thing,
    turned,
)

Range = tuple[float, float]


@dataclass(frozen=True)
class _Spin:
    """How a thing is spun: turns a second, lean in radians, friction; by outcome."""

    turns: dict[str, Range]
    lean: dict[str, Range]
    friction: Range
    thickness: Range  # over its width


KINDS = {
    "spinning top": _Spin(
        {"keeps spinning": (9.0, 11.0), "falls over": (5.0, 8.0)},
        {"keeps spinning": (0.003, 0.015), "falls over": (0.03, 0.12)},
        (0.1, 0.3),
        (0.85, 1.1),
    ),
    "coin": _Spin(
        {"keeps spinning": (8.0, 10.0), "falls over": (3.0, 7.0)},
        {"keeps spinning": (0.02, 0.06), "falls over": (0.03, 0.10)},
        (0.12, 0.2),
        (0.07, 0.1),
    ),
}
STANDS, LIES = 0.9, 0.75  # height of the axis of a top
ON_EDGE, FLAT = 0.6, 0.5  # what a coin's axis lacks of pointing up
SETTLING = 12  # samples in which it must not fall


def spin(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a top or a coin at 3 to 11 turns a second; ``outcome`` "" leaves to chance whether it falls."""
    outcome = outcome or pick(rng, ("keeps spinning", "falls over"))
    asset = pick(rng, tuple(KINDS))
    kind, width = KINDS[asset], between(rng, 0.18, 0.34)
    look = draw_look(rng, asset)
    look = replace(look, extents=(width, width, width * between(rng, *kind.thickness)), size=size_word(width))
    upright = math.pi / 2 if asset == "coin" else 0.0
    rotation = turned("x", upright + between(rng, *kind.lean[outcome]) * pick(rng, (-1.0, 1.0)))
    one = body(
        rng,
        look,
        asset,
        position=(between(rng, -0.1, 0.1), between(rng, -0.1, 0.1), standing(look, rotation) + 0.001),
        rotation=rotation,
        velocity=(between(rng, -0.05, 0.05), between(rng, -0.05, 0.05), 0.0),
        spin=(0.0, 0.0, 2 * math.pi * between(rng, *kind.turns[outcome]) * pick(rng, (-1.0, 1.0))),
        friction=between(rng, *kind.friction),
    )

    def judge(take: Take) -> Event | None:
        up = take.up(asset)
        axis, high, low = (1 - np.abs(up), ON_EDGE, FLAT) if asset == "coin" else (up, STANDS, LIES)
        stays, falls = axis.min() > high, axis[-1] < low and axis[:SETTLING].min() > low
        return Event("spin", outcome) if (stays if outcome == "keeps spinning" else falls) else None

    return set_stage(
        rng,
        "spin",
        bodies=[one],
        things=[thing("subject", look, asset)],
        ground=pick(rng, FIRM),
        judge=judge,
        again=partial(spin, outcome=outcome),
        least=LEAST,
    )
