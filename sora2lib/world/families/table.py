"""Something slides or rolls along a table: it falls off the edge or stays on."""

from functools import partial

import numpy as np

from sora2lib.world.pairs import pair_friction
from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    LEAST,
    between,
    body,
    draw_look,
    pace_word,
    pick,
    rolling,
    set_piece,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

SLIDING = ("mug", "book", "plate", "bottle", "cup", "toy car", "can", "block")
ROLLING = ("ball", "tennis ball", "apple", "marble", "pumpkin")


def table(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a table 0.6 to 0.9 m high and what moves on it; ``outcome`` "" leaves to chance whether it falls off."""
    outcome = outcome or pick(rng, ("falls off", "stays on"), (0.65, 0.35))
    sign, direction = side(rng)
    rolls = outcome == "falls off" and rng.random() < 0.4
    look = draw_look(rng, pick(rng, ROLLING if rolls else SLIDING), sizes=("tiny", "small", "medium"))
    piece = set_piece(rng, "table", (between(rng, 1.2, 1.7), between(rng, 0.7, 1.0), between(rng, 0.6, 0.9)))
    desk = body(rng, piece, "table", position=(0.0, 0.0, piece.extents[2] / 2), joint="fixed")
    start = piece.extents[0] / 2 - max(look.extents[:2]) * 0.7 - between(rng, 0.05, 0.25)
    way = start + piece.extents[0] / 2
    turn = turned("z", 0.0 if rolls else between(rng, -0.5, 0.5))
    one = body(
        rng,
        look,
        look.asset,
        position=(-sign * start, between(rng, -0.1, 0.1), piece.extents[2] + standing(look)),
        rotation=turn,
    )
    slowing = pair_friction(one.friction, desk.friction) * GRAVITY
    to_the_edge = float(np.sqrt(2 * slowing * way))
    share = between(rng, 1.1, 1.5) if outcome == "falls off" else between(rng, 0.45, 0.8)
    pace = between(rng, 0.5, 1.6) if rolls else share * to_the_edge
    velocity = (sign * pace, 0.0, 0.0)
    spin = rolling(velocity, look.extents[2] / 2) if rolls else (0.0, 0.0, 0.0)
    mover = body(
        rng, look, look.asset, position=one.position, rotation=turn, velocity=velocity, spin=spin, friction=one.friction
    )

    def judge(take: Take) -> Event | None:
        fell = take.touched(look.asset, "ground")
        action = "roll" if rolls else "slide"
        return Event(action, outcome, direction, pace_word(pace)) if fell == (outcome == "falls off") else None

    return set_stage(
        rng,
        "table",
        bodies=[mover, desk],
        things=[thing("subject", look, look.asset), thing("prop", piece, "table")],
        ground=pick(rng, FIRM),
        judge=judge,
        watch=(look.asset, "table"),
        again=partial(table, outcome=outcome),
        least=LEAST,
    )
