"""A ring is tossed at a post: it lands on it or beside."""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    LEAST,
    between,
    body,
    draw_look,
    pick,
    set_piece,
    set_stage,
    side,
    size_word,
    standing,
    thing,
    turned,
)

GROUNDS = ("grass", "sand", "wood floor", "concrete", "tiles")
RING, POST = "ring", "cylinder"
SETTLED = 0.3  # m/s


def toss(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a toss from 1 to 2 m away; ``outcome`` "" leaves to chance whether the ring lands on the post."""
    outcome = outcome or pick(rng, ("lands on the post", "misses the post"), (0.55, 0.45))
    sign, direction = side(rng)
    width = between(rng, 0.36, 0.48)
    look = replace(draw_look(rng, RING), extents=(width, width, width * 0.16), size=size_word(width))
    tall = between(rng, 0.35, 0.55)
    stick = set_piece(rng, POST, (0.05, 0.05, tall))
    away, height = between(rng, 1.0, 2.0), between(rng, 0.7, 1.1)
    off = 0.0 if outcome == "lands on the post" else pick(rng, (-1.0, 1.0)) * between(rng, 0.25, 0.5)
    post = body(rng, stick, POST, position=(sign * away / 2, 0.0, standing(stick)), joint="fixed", restitution=0.2)
    # Over the top of the post, coming down.
    reach, drop = away + off + between(rng, -0.03, 0.03), height - tall - 0.03
    angle = math.radians(between(rng, 45, 60))
    flight = math.sqrt(2 * (drop + reach * math.tan(angle)) / GRAVITY)
    along, up = reach / flight, reach / flight * math.tan(angle)
    ring = body(
        rng,
        look,
        RING,
        position=(-sign * away / 2, between(rng, -0.02, 0.02), height),
        rotation=turned("y", between(rng, -0.12, 0.12)),
        velocity=(sign * along, 0.0, up),
        spin=(0.0, 0.0, between(rng, 2.0, 6.0) * pick(rng, (-1.0, 1.0))),
        restitution=0.25,
    )

    def judge(take: Take) -> Event | None:
        beside = np.hypot(*(take.path(RING)[-1, :2] - np.array(post.position[:2])))
        on = bool(beside < width / 2 and take.path(RING)[-1, 2] < tall)
        return Event("toss", outcome, direction) if on == (outcome == "lands on the post") else None

    return set_stage(
        rng,
        "ring toss",
        bodies=[ring, post],
        things=[thing("subject", look, RING), thing("prop", stick, POST)],
        ground=pick(rng, GROUNDS),
        judge=judge,
        watch=(RING, POST),
        again=partial(toss, outcome=outcome),
        least=LEAST,
    )
