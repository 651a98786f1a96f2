"""A small ball is dropped on top of a big one and shoots up from it."""

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import LEAST, between, body, draw_look, pick, set_stage, thing

LOWER, UPPER = ("basketball", "football", "ball"), ("tennis ball", "ball")
HARD = ("concrete", "wood floor", "tiles", "metal")
HIGHER = 1.15  # times the height that it fell from


def tandem(rng: np.random.Generator) -> Stage:
    """Draw two balls, one just above the other, 0.35 to 0.65 m above hard ground."""
    big = draw_look(rng, pick(rng, LOWER), sizes=("medium", "big"), materials=("rubber",))
    small = draw_look(
        rng, pick(rng, [it for it in UPPER if it != big.asset]), sizes=("small",), materials=("rubber", "plastic")
    )
    height = between(rng, 0.35, 0.65)
    low = big.extents[0] / 2 + height
    high = low + (big.extents[0] + small.extents[0]) / 2 + between(rng, 0.02, 0.05)
    off = between(rng, -0.01, 0.01) * small.extents[0]
    bodies = [
        body(rng, small, small.asset, position=(off, 0.0, high), restitution=0.75, density=between(rng, 100, 200)),
        body(rng, big, big.asset, position=(0.0, 0.0, low), restitution=0.75, density=between(rng, 250, 400)),
    ]
    fall = high - big.extents[0] - small.extents[0] / 2

    def judge(take: Take) -> Event | None:
        path = take.path(small.asset)[:, 2]
        met = next((hit.time for hit in take.contacts if {hit.a, hit.b} == {small.asset, big.asset}), None)
        rise = path[round((met or 0) * 24) :].max() - big.extents[0] - small.extents[0] / 2
        return Event("shoot up") if met is not None and rise > HIGHER * fall else None

    return set_stage(
        rng,
        "tandem",
        bodies=bodies,
        things=[thing("subject", small, small.asset), thing("target", big, big.asset)],
        ground=pick(rng, HARD),
        judge=judge,
        least=LEAST / 2,
    )
