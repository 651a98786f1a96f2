"""A heavy bob swings into a pile of blocks: it topples or stands."""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.families.pendulum import draw_bob, frame_thing, gantry, hung
from sora2lib.world.families.tower import pile
from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import FIRM, LEAST, between, draw_look, pick, set_stage, side, thing

BRICKS = ("block", "block", "box", "brick", "can", "cylinder")
ROWS = ((1, 1, 1), (1, 1, 1, 1), (2, 1), (2, 2), (3, 2), (3, 2, 1))
FELL = 0.5  # of a piece's own height
HEAVY, LIGHT = ("steel", "stone"), ("wood", "plastic", "rubber", "foam")


def wrecking(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a bob and a pile; ``outcome`` "" leaves to chance whether it topples."""
    outcome = outcome or pick(rng, ("topples", "stands"), (0.7, 0.3))
    hard = outcome == "topples"
    sign, direction = side(rng)
    look = draw_look(
        rng,
        pick(rng, BRICKS if hard else BRICKS[:3]),
        sizes=("small", "medium") if hard else ("medium", "big"),
        materials=LIGHT if hard else HEAVY,
    )
    pieces = pile(rng, look, pick(rng, ROWS if hard else ROWS[2:]))
    top = max(one.position[2] for one in pieces) + look.extents[2] / 2
    width = between(rng, 0.24, 0.4) if hard else between(rng, 0.14, 0.2)
    low = max(width / 2 + 0.04, top * (between(rng, 0.45, 0.75) if hard else between(rng, 0.2, 0.4)))
    length = between(rng, 1.1, 1.6)
    angle = math.radians(between(rng, 40, 65) if hard else between(rng, 12, 25))
    stuff = pick(rng, ("steel", "stone") if hard else ("wood",))
    bob_look = replace(draw_bob(rng, width, length), stuff=stuff, material=stuff)
    near = min(sign * one.position[0] for one in pieces) - look.extents[0] / 2
    pivot = sign * (near - width / 2 - between(rng, 0.0, 0.1))
    bob = hung(rng, bob_look, "pendulum", pivot, low + length, -sign * angle)
    frame = gantry(rng, 2 * (length * math.sin(angle) + width) + between(rng, 0.2, 0.5), low + length)
    frame = replace(frame, position=(pivot, 0.0, 0.0))
    names = [one.name for one in pieces]

    def judge(take: Take) -> Event | None:
        heights = np.stack([take.path(name)[:, 2] for name in names])
        fell = (heights[:, 0] - heights[:, -1]).max() > FELL * look.extents[2]
        hit = any(take.touched("pendulum", name) for name in names)
        return Event("wreck", outcome, direction) if hit and fell == hard else None

    return set_stage(
        rng,
        "wrecking",
        bodies=[bob, *pieces, frame],
        things=[thing("subject", bob_look, "pendulum"), thing("target", look, *names), frame_thing(frame)],
        ground=pick(rng, FIRM),
        judge=judge,
        watch=("pendulum", *names),
        again=partial(wrecking, outcome=outcome),
        least=LEAST,
    )
