"""Something is thrown in an arc; it lands and bounces, sometimes against a wall or onto a box."""

from functools import partial

import numpy as np

from sora2lib.world.families.lab import LAB_ODDS, training_lab
from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Body, Event, Stage, Take
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
    set_piece,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

SPEEDS = {"slow": (2.0, 3.2), "": (3.2, 5.0), "fast": (5.0, 7.5)}
TARGETS = ("", "wall", "box")
TARGET_ODDS = (0.6, 0.2, 0.2)


def throw(rng: np.random.Generator) -> Stage:
    """Draw a throw at 2 to 7.5 m/s, released 0.5 to 1.9 m above the ground."""
    if rng.random() < LAB_ODDS:
        return training_lab(rng, "parabola")
    return thrown(rng, speed=pick(rng, tuple(SPEEDS)), goal=pick(rng, TARGETS, TARGET_ODDS))


def thrown(rng: np.random.Generator, *, speed: str, goal: str, given: Look | None = None) -> Stage:
    """Draw a throw, of a given look or any, at a pace of ``SPEEDS``, at a wall, at a box or at nothing."""
    look = given or draw_look(
        rng,
        pick(rng, BALLS, BALL_ODDS) if rng.random() < 0.75 else pick(rng, BLOCKS),
        sizes=("tiny", "small", "medium", "big"),
    )
    sign, direction = side(rng)
    angle = np.radians(between(rng, 15, 65) if not goal else between(rng, 5, 40))
    pace = between(rng, *SPEEDS[speed])
    heading = between(rng, -0.12, 0.12) if not goal else between(rng, -0.03, 0.03)
    height = max(look.extents) / 2 + between(rng, 0.5, 1.9)
    along, up = pace * float(np.cos(angle)), pace * float(np.sin(angle))
    reach = along * (up + float(np.sqrt(up**2 + 2 * GRAVITY * height))) / GRAVITY
    start = -sign * min(reach / 2 + between(rng, 0.5, 2.0), 5.0)
    tumbling = given is not None or look.asset in BLOCKS
    (name,) = numbered(look.asset, 1)
    missile = body(
        rng,
        look,
        name,
        position=(start, between(rng, -0.2, 0.2), height),
        rotation=any_turn(rng) if tumbling else turned("z", 0.0),
        velocity=(sign * along * float(np.cos(heading)), along * float(np.sin(heading)), up),
        spin=tuple(rng.normal(0, 4.0 if tumbling else 2.0, 3).tolist()),
    )
    others = [_target(rng, goal, look, start + sign * reach * between(rng, 0.45, 0.95))] if goal else []

    def judge(take: Take) -> Event | None:
        if not take.touched(name, "ground"):
            return None
        hits = bool(others) and take.touched(name, others[0][0].name)
        return Event("throw", "hits" if hits else "", direction, speed) if hits or not others else None

    return set_stage(
        rng,
        "throw",
        bodies=[missile, *(one for one, _ in others)],
        things=[thing("subject", look, name), *(thing("target", it, one.name) for one, it in others)],
        ground=pick(rng, SOLID),
        judge=judge,
        watch=(name,),
        again=partial(thrown, speed=speed, goal=goal, given=given),
    )


def _target(rng: np.random.Generator, goal: str, thrown: Look, x: float) -> tuple[Body, Look]:
    """A wall across the way or a box in it, with its look."""
    look = set_piece(rng, "wall") if goal == "wall" else draw_look(rng, "box", sizes=("medium", "big", "huge"))
    (name,) = numbered(goal, 1, first=2 if thrown.asset == goal else 1)
    y = 0.0 if goal == "wall" else between(rng, -0.1, 0.1)
    joint = "fixed" if goal == "wall" else "free"
    return body(rng, look, name, position=(x, y, standing(look)), joint=joint), look
