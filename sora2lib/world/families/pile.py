"""Things fall one after another and pile up."""

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    LEAST,
    any_turn,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_stage,
    standing,
    thing,
)

PIECES = ("box", "block", "block", "brick", "book", "can", "ball", "football", "egg")
GROUNDS = (*FIRM, "grass", "sand", "snow")


def pile(rng: np.random.Generator) -> Stage:
    """Draw 4 to 6 pieces in the air above one place; the lowest lands first."""
    look = draw_look(rng, pick(rng, PIECES), sizes=("small", "medium"))
    names = numbered(look.asset, int(rng.integers(4, 7)))
    longest = max(look.extents)
    gap = longest * between(rng, 1.3, 1.9)
    spread = longest * between(rng, 0.15, 0.4)
    bodies = [
        body(
            rng,
            look,
            name,
            position=(
                between(rng, -spread, spread),
                between(rng, -spread, spread),
                standing(look) + longest / 2 + between(rng, 0.1, 0.3) + i * gap,
            ),
            rotation=any_turn(rng),
            spin=tuple(rng.normal(0, 1.0, 3).tolist()),
        )
        for i, name in enumerate(names)
    ]

    def judge(take: Take) -> Event | None:
        met = [hit for hit in take.contacts if "ground" not in (hit.a, hit.b)]
        ends = np.array([take.path(name)[-1] for name in names])
        together = np.abs(ends[:, :2]).max() < 2.0
        return Event("pile up") if met and together and ends[:, 2].max() < bodies[-1].position[2] / 2 else None

    return set_stage(
        rng,
        "pile",
        bodies=bodies,
        things=[thing("subject", look, *names)],
        ground=pick(rng, GROUNDS),
        judge=judge,
        least=LEAST,
    )
