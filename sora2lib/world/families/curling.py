"""A stone glides over the ice: it knocks another away or stops short of it."""

from functools import partial

import numpy as np

from sora2lib.world.stage import Brake, Event, Stage, Take
from sora2lib.world.staging import (
    LEAST,
    between,
    body,
    draw_look,
    numbered,
    pace_word,
    pick,
    set_stage,
    side,
    standing,
    thing,
)

STONE = "curling stone"
POLISHED = 0.05  # friction of stone on stone; a stone that spins would dance on the ice
SHOVED = 0.15  # metres


def curling(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a stone aimed at one at rest; ``outcome`` "" leaves to chance whether it gets there."""
    outcome = outcome or pick(rng, ("knocks away", "stops short"), (0.6, 0.4))
    sign, direction = side(rng)
    look, other = (draw_look(rng, STONE, sizes=("big",)) for _ in range(2))
    first, second = numbered(STONE, 2)
    gap = (look.extents[0] + other.extents[0]) / 2
    slowing = between(rng, 0.35, 0.7)
    way = between(rng, 1.2, 2.0)
    reach = way + between(rng, 0.8, 2.0) if outcome == "knocks away" else way * between(rng, 0.55, 0.85)
    pace = float(np.sqrt(2 * slowing * reach))
    line = between(rng, -0.35, 0.35) * gap
    bodies = [
        body(
            rng,
            look,
            first,
            position=(-sign * (way + gap) * 0.6, line, standing(look)),
            velocity=(sign * pace, 0.0, 0.0),
            friction=POLISHED,
        ),
        body(rng, other, second, position=(sign * (way + gap) * 0.4, 0.0, standing(other)), friction=POLISHED),
    ]

    def judge(take: Take) -> Event | None:
        moved = float(np.linalg.norm(take.path(second)[-1] - take.path(second)[0]))
        still = float(np.linalg.norm(take.path(first)[-1] - take.path(first)[-2])) * 24 < 0.1
        low = take.position_AT3[:2, :, 2].max() < 2 * max(look.extents[2], other.extents[2])
        came = low and moved > SHOVED if outcome == "knocks away" else moved < 0.01 and still
        return Event("glide", outcome, direction, pace_word(pace)) if came else None

    return set_stage(
        rng,
        "curling",
        bodies=bodies,
        things=[thing("subject", look, first), thing("target", other, second)],
        ground="ice",
        judge=judge,
        again=partial(curling, outcome=outcome),
        forces=[Brake(name, slowing) for name in (first, second)],
        least=LEAST,
    )
