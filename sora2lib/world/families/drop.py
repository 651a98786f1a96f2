"""One to three things are dropped and bounce or tumble until they lie still."""

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    BALL_ODDS,
    BALLS,
    BLOCKS,
    SOLID,
    Look,
    any_turn,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_stage,
    thing,
    turned,
)

SHAPES = (*BLOCKS, "domino", "ring", "puck", "plank")


def drop(rng: np.random.Generator) -> Stage:
    """Draw a drop from 0.6 to 3 m above the ground."""
    return dropped(rng, draw_look(rng, pick(rng, BALLS, BALL_ODDS) if rng.random() < 0.6 else pick(rng, SHAPES)))


def dropped(rng: np.random.Generator, look: Look) -> Stage:
    """Draw a drop of one to three of a look."""
    count = pick(rng, (1, 2, 3), (0.65, 0.2, 0.15))
    names = numbered(look.asset, count)
    radius = max(look.extents) / 2
    gap = 2 * radius + between(rng, 0.15, 0.5)
    tumbling = rng.random() < 0.5
    bodies = [
        body(
            rng,
            look,
            name,
            position=(
                gap * (i - (count - 1) / 2) + between(rng, -0.05, 0.05),
                between(rng, -0.15, 0.15),
                radius * 1.05 + between(rng, 0.6, 3.0),
            ),
            rotation=any_turn(rng) if tumbling else turned("z", between(rng, -0.4, 0.4)),
            spin=tuple(rng.normal(0, 1.5, 3).tolist()) if tumbling else (0.0, 0.0, 0.0),
        )
        for i, name in enumerate(names)
    ]

    def judge(take: Take) -> Event | None:
        landed = all(take.touched(name, "ground") for name in names)
        return Event("drop") if landed else None

    return set_stage(
        rng,
        "drop",
        bodies=bodies,
        things=[thing("subject", look, *names)],
        ground=pick(rng, SOLID),
        judge=judge,
    )
