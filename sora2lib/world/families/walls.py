"""A ball goes to and fro between two walls, or off a wall into something."""

import math
from functools import partial

import numpy as np

from sora2lib.world.pairs import pair_restitution
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import (
    LEAST,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pace_word,
    pick,
    set_piece,
    set_stage,
    side,
    standing,
    thing,
)

BOUNCY = 0.95  # restitution of the walls: padded boards
LIVELY = 0.92  # and of the ball
SLIPPERY = 0.02
TARGETS = ("ball", "ball", "block", "can")
FEWEST = 2  # bounces of a ball that goes to and fro


def walls(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw a ball that shall "bounce between" two walls or "bank" off one; "" leaves it to chance."""
    action = action or pick(rng, ("bounce between", "bank"), (0.55, 0.45))
    sign, direction = side(rng)
    look = draw_look(rng, "ball", sizes=("medium",))
    return (_between if action == "bounce between" else _banked)(rng, look, sign, direction)


def _wall(rng: np.random.Generator, x: float, name: str) -> tuple[Body, Look]:
    piece = set_piece(rng, "wall", (0.12, between(rng, 1.4, 2.2), between(rng, 0.3, 0.55)))
    place = (x, 0.0, standing(piece))
    return body(rng, piece, name, position=place, joint="fixed", restitution=BOUNCY, friction=SLIPPERY), piece


def _between(rng: np.random.Generator, look: Look, sign: float, direction: str) -> Stage:
    half, pace = between(rng, 0.6, 1.1), between(rng, 1.4, 3.2)
    (right, piece), (left, _) = _wall(rng, half + 0.06, "wall"), _wall(rng, -half - 0.06, "wall 2")
    start = (between(rng, -0.5, 0.5) * half, between(rng, -0.3, 0.3), standing(look))
    velocity = (sign * pace, between(rng, -0.06, 0.06) * pace, 0.0)
    ball = body(rng, look, look.asset, position=start, velocity=velocity, restitution=LIVELY)

    def judge(take: Take) -> Event | None:
        hits = sum(take_hit.speed > 0.2 and "ground" not in (take_hit.a, take_hit.b) for take_hit in take.contacts)
        each = take.touched(look.asset, "wall") and take.touched(look.asset, "wall 2")
        return Event("bounce between", "", direction, pace_word(pace)) if each and hits >= FEWEST else None

    return set_stage(
        rng,
        "walls",
        bodies=[ball, right, left],
        things=[thing("subject", look, look.asset), thing("prop", piece, "wall", "wall 2")],
        ground="ice",
        judge=judge,
        watch=(look.asset, "wall", "wall 2"),
        again=partial(walls, action="bounce between"),
        least=LEAST,
    )


def _banked(rng: np.random.Generator, look: Look, sign: float, direction: str) -> Stage:
    """The angle that leads off the wall into the target: the way back counts for more, as the bounce costs speed."""
    other = draw_look(rng, pick(rng, TARGETS), sizes=("small", "medium"))
    (name,) = numbered(other.asset, 1, first=2 if other.asset == look.asset else 1)
    radius, away, pace = look.extents[0] / 2, between(rng, 1.0, 1.5), between(rng, 1.8, 3.4)
    wall, piece = _wall(rng, sign * (away + 0.06), "wall")
    back = pair_restitution(LIVELY, BOUNCY)
    start, target = (-sign * between(rng, 0.2, 0.6), -between(rng, 0.35, 0.6)), (-sign * between(rng, 0.2, 0.6), 0.0)
    target = (target[0], between(rng, 0.3, 0.6))
    there, home = away - radius - sign * start[0], (away - radius - sign * target[0]) / back
    angle = math.atan2(target[1] - start[1], there + home)
    going = (sign * pace * math.cos(angle), pace * math.sin(angle), 0.0)
    ball = body(rng, look, look.asset, position=(*start, standing(look)), velocity=going, restitution=LIVELY)
    sitting = body(rng, other, name, position=(*target, standing(other)))

    def judge(take: Take) -> Event | None:
        hits = [{hit.a, hit.b} for hit in take.contacts if hit.speed > 0.2]
        first = [it for it in hits if "ground" not in it][:2]
        meant = first == [{look.asset, "wall"}, {look.asset, name}]
        return Event("bank", "", direction, pace_word(pace)) if meant else None

    return set_stage(
        rng,
        "walls",
        bodies=[ball, sitting, wall],
        things=[thing("subject", look, look.asset), thing("target", other, name), thing("prop", piece, "wall")],
        ground="ice",
        judge=judge,
        watch=(look.asset, name, "wall"),
        again=partial(walls, action="bank"),
        least=LEAST,
    )
