"""Something falls into the water: what is lighter comes up again and floats, what is heavier sinks."""

from functools import partial

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    LEAST,
    any_turn,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_stage,
    thing,
)

FLOATING: dict[str, tuple[str, ...]] = {
    "ball": ("wood", "foam"),
    "block": ("wood", "foam"),
    "box": ("wood",),
    "barrel": ("wood",),
    "cylinder": ("wood",),
    "egg": ("wood",),
    "plank": ("wood",),
    "beach ball": ("plastic",),
    "rubber duck": ("rubber",),
    "pumpkin": ("plastic",),
    "apple": ("plastic",),
    "bottle": ("plastic",),
    "football": ("leather",),
    "basketball": ("leather",),
}
SINKING: dict[str, tuple[str, ...]] = {
    "ball": ("steel", "stone", "glass"),
    "block": ("steel", "stone", "glass"),
    "cylinder": ("steel", "stone"),
    "egg": ("stone", "glass"),
    "brick": ("stone",),
    "can": ("steel",),
    "bowling ball": ("stone",),
}
KINDS = {"floats": FLOATING, "sinks": SINKING}


def afloat(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw one or two things that fall 0.2 to 0.9 m into a lake; ``outcome`` "" leaves to chance what they do there."""
    outcome = outcome or pick(rng, tuple(KINDS))
    asset = pick(rng, tuple(KINDS[outcome]))
    look = draw_look(rng, asset, sizes=("medium", "big"), materials=KINDS[outcome][asset])
    names = numbered(asset, pick(rng, (1, 2), (0.75, 0.25)))
    longest = max(look.extents)
    bodies = [
        body(
            rng,
            look,
            name,
            position=(
                (longest + between(rng, 0.25, 0.5)) * (i - (len(names) - 1) / 2),
                between(rng, -0.15, 0.15),
                longest / 2 + between(rng, 0.2, 0.9),
            ),
            rotation=any_turn(rng),
            velocity=(between(rng, -0.3, 0.3), between(rng, -0.2, 0.2), 0.0),
            spin=tuple(rng.normal(0, 1.0, 3).tolist()),
        )
        for i, name in enumerate(names)
    ]

    def judge(take: Take) -> Event | None:
        ends = [take.path(name)[-1, 2] for name in names]
        came = min(ends) > -longest / 2 if outcome == "floats" else max(ends) < -longest
        return Event("fall in", outcome) if came else None

    return set_stage(
        rng,
        "float",
        bodies=bodies,
        things=[thing("subject", look, *names)],
        ground="water",
        judge=judge,
        decor=False,
        again=partial(afloat, outcome=outcome),
        least=2 * LEAST,
    )
