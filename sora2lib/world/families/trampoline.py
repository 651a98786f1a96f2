"""Things fall on a trampoline and bounce, again and again."""

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
    scaled,
    set_piece,
    set_stage,
    standing,
    thing,
)

JUMPERS = ("ball", "ball", "football", "basketball", "beach ball", "pumpkin", "box", "rubber duck")
GROUNDS = ("grass", "grass", "sand", "concrete", "wood floor")
SPRINGY, LIVELY = 0.98, 0.85  # restitution of the mat, and of what bounces on it
BOUNCES, BLOW = 2, 0.5  # how many at least, and how fast, m/s


def trampoline(rng: np.random.Generator) -> Stage:
    """Draw one or two things 0.5 to 1.3 m above a trampoline."""
    look = draw_look(rng, pick(rng, JUMPERS), sizes=("medium",))
    mat_look = scaled(set_piece(rng, "trampoline"), between(rng, 1.7, 2.3))
    names = numbered(look.asset, pick(rng, (1, 2), (0.75, 0.25)))
    high, wide = mat_look.extents[2], mat_look.extents[0]
    place = (0.0, 0.0, standing(mat_look))
    mat = body(rng, mat_look, "trampoline", position=place, joint="fixed", restitution=SPRINGY)
    bodies = [
        body(
            rng,
            look,
            name,
            position=(
                (i - (len(names) - 1) / 2) * wide * 0.4 + between(rng, -0.06, 0.06),
                between(rng, -0.08, 0.08),
                high + max(look.extents) / 2 + between(rng, 0.5, 1.3),
            ),
            rotation=any_turn(rng),
            spin=tuple(rng.normal(0, 0.5, 3).tolist()),
            restitution=LIVELY,
        )
        for i, name in enumerate(names)
    ]

    def judge(take: Take) -> Event | None:
        hits = [{hit.a, hit.b} for hit in take.contacts if hit.speed > BLOW]
        return Event("bounce on") if min(hits.count({name, "trampoline"}) for name in names) >= BOUNCES else None

    return set_stage(
        rng,
        "trampoline",
        bodies=[*bodies, mat],
        things=[thing("subject", look, *names), thing("prop", mat_look, "trampoline")],
        ground=pick(rng, GROUNDS),
        judge=judge,
        watch=(*names, "trampoline"),
        least=LEAST,
    )
