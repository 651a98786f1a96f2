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

PIECES = ("box", "block", "brick", "book", "ball", "football", "apple", "pumpkin", "egg")
ROUND = ("ball", "football", "apple", "pumpkin", "egg")
HEAP = 10.0  # a heap is no wider than so many pieces
SOFT = ("grass", "sand", "snow")  # where what is round soon lies still
GROUNDS = (*FIRM, *SOFT)


def pile(rng: np.random.Generator) -> Stage:
    """Draw 4 or 5 pieces in the air above one place; the lowest lands first."""
    look = draw_look(rng, pick(rng, PIECES), sizes=("medium",))
    ground = pick(rng, SOFT if look.asset in ROUND else GROUNDS)
    names = numbered(look.asset, int(rng.integers(4, 6)))
    longest = max(look.extents)
    gap = longest * between(rng, 1.2, 1.6)
    spread = longest * between(rng, 0.05, 0.2)
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
            spin=tuple(rng.normal(0, 0.5, 3).tolist()),
            restitution=between(rng, 0.15, 0.3),
        )
        for i, name in enumerate(names)
    ]

    def judge(take: Take) -> Event | None:
        met = [hit for hit in take.contacts if "ground" not in (hit.a, hit.b)]
        ends = np.array([take.path(name)[-1] for name in names])
        together = np.ptp(ends[:, :2], axis=0).max() < HEAP * longest
        return Event("pile up") if met and together and ends[:, 2].max() < bodies[-1].position[2] / 2 else None

    return set_stage(
        rng,
        "pile",
        bodies=bodies,
        things=[thing("subject", look, *names)],
        ground=ground,
        judge=judge,
        least=1.5 * LEAST,
    )
