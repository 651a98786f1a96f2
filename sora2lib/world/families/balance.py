"""Two things sit on a see-saw: the heavier goes down, or they keep each other in balance."""

from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    FILL,
    FIRM,
    LEAST,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_piece,
    set_stage,
    side,
    standing,
    thing,
)
from sora2lib.world.vocabulary import MATERIALS

SITTING = ("box", "block", "cylinder", "barrel", "brick", "book", "can")
STUFFS = ("wood", "stone", "rubber", "plastic", "steel")
HEAVIER = 1.5  # times
MOVED, LEVEL = 0.06, 0.02  # metres


def balance(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw a level see-saw with two things that "outweigh" or "balance" each other; "" leaves it to chance."""
    action = action or pick(rng, ("outweigh", "balance"), (0.75, 0.25))
    sign, direction = side(rng)
    plank = set_piece(rng, "seesaw", (between(rng, 1.8, 2.6), between(rng, 0.4, 0.6), between(rng, 0.05, 0.08)))
    base = set_piece(rng, "fulcrum", (between(rng, 0.3, 0.5), plank.extents[1], between(rng, 0.2, 0.34)))
    pivot = base.extents[2] + plank.extents[2] / 2
    heavy, light = _pair(rng, action)
    name = heavy.asset
    (other,) = numbered(light.asset, 1, first=2 if light.asset == name else 1)
    arm = plank.extents[0] / 2 - max(*heavy.extents[:2], *light.extents[:2]) / 2 - between(rng, 0.02, 0.2)
    top = pivot + plank.extents[2] / 2
    first = body(rng, heavy, name, position=(sign * arm, 0.0, top + standing(heavy)))
    second = body(rng, light, other, position=(-sign * arm, 0.0, top + standing(light)))
    if action == "balance":
        second = replace(second, density=first.density)
    bodies = [
        first,
        second,
        body(rng, plank, "seesaw", position=(0.0, 0.0, pivot), joint="hinge"),
        body(rng, base, "fulcrum", position=(0.0, 0.0, standing(base)), joint="fixed"),
    ]

    def judge(take: Take) -> Event | None:
        sank, rose = (take.path(it)[-1, 2] - take.path(it)[0, 2] for it in (name, other))
        if action == "balance":
            return Event("balance") if max(abs(sank), abs(rose)) < LEVEL else None
        return Event("outweigh", "", direction) if sank < -MOVED and rose > MOVED else None

    cast = [thing("subject", heavy, name, other)]
    if action == "outweigh":
        cast = [thing("subject", heavy, name), thing("target", light, other)]
    return set_stage(
        rng,
        "balance",
        bodies=bodies,
        things=[*cast, thing("prop", plank, "seesaw"), thing("prop", base, "fulcrum")],
        ground=pick(rng, FIRM),
        judge=judge,
        watch=(name, other, "seesaw"),
        again=partial(balance, action=action),
        least=LEAST,
    )


def _pair(rng: np.random.Generator, action: str) -> tuple[Look, Look]:
    """Two that weigh the same because they are alike, or one clearly heavier than the other."""
    first = draw_look(rng, pick(rng, SITTING), sizes=("small", "medium", "big"), materials=STUFFS)
    if action == "balance":
        return first, first
    while True:
        second = draw_look(rng, pick(rng, SITTING), sizes=("small", "medium", "big"), materials=STUFFS)
        ratio = _weight(first) / _weight(second)
        if ratio > HEAVIER:
            return first, second
        if ratio < 1 / HEAVIER:
            return second, first


def _weight(look: Look) -> float:
    return MATERIALS[look.stuff].density * FILL.get(look.asset, 1.0) * float(np.prod(look.extents))
