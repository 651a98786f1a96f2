"""A ball rolls or a box slides down a ramp; something bounces down the stairs."""

import math
from functools import partial

import numpy as np

from sora2lib.world.assets import find
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    GRIPPY,
    Look,
    between,
    body,
    draw_look,
    pick,
    set_piece,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

ROUND = ("ball", "ball", "ball", "football", "tennis ball", "bowling ball", "marble", "basketball")
SLIDING = ("box", "block", "puck", "book", "brick")
SLIPPERY = ("plastic", "steel", "glass")
STAIR_RUNNERS = ("ball", "ball", "ball", "tennis ball", "football", "egg", "block", "can", "marble")
WAYS = ("roll down", "slide down", "bounce down")
STEPS = 5


def ramp(rng: np.random.Generator, way: str = "", given: Look | None = None) -> Stage:
    """Draw a way down: "roll down" or "slide down" a ramp, "bounce down" the stairs; "" leaves it to chance.

    What bounces down may be ``given``.
    """
    way = way or pick(rng, WAYS, (0.45, 0.25, 0.3))
    sign, direction = side(rng)
    ground = pick(rng, GRIPPY)
    if way == "bounce down":
        prop, runner, look = _stairs(rng, sign, given)
    else:
        prop, runner, look = _slope(rng, sign, rolls=way == "roll down", far=ground in FIRM)
    asset = prop.asset

    def judge(take: Take) -> Event | None:
        path = take.path(runner.name)
        way_down = path[0, 2] - path[-1, 2]
        arrived = take.touched(runner.name, "ground") and way_down > 0.5 * prop.size[2]
        return Event(way, "", direction) if arrived else None

    piece = Look(asset, "", "", "", prop.colour, prop.size, prop.material)
    return set_stage(
        rng,
        "ramp",
        bodies=[runner, prop],
        things=[thing("subject", look, runner.name), thing("prop", piece, asset)],
        ground=ground,
        judge=judge,
        watch=(runner.name, asset),
        again=partial(ramp, way=way, given=given),
    )


def _slope(rng: np.random.Generator, sign: float, *, rolls: bool, far: bool) -> tuple[Body, Body, Look]:
    """A ramp that falls towards ``sign``, and what starts near its top; gentle where things roll ``far``."""
    look = (
        draw_look(rng, pick(rng, ROUND), sizes=("tiny", "small", "medium"))
        if rolls
        else draw_look(rng, pick(rng, SLIDING), sizes=("small", "medium"), materials=SLIPPERY)
    )
    steepest = 17 if far else 28
    slope = math.radians(between(rng, 8, steepest) if rolls else between(rng, 28, 38))
    length = between(rng, 1.4, 2.4)
    piece = set_piece(rng, "ramp", (length, between(rng, 0.6, 1.0), length * math.tan(slope)))
    x = -sign * (between(rng, 2.6, 3.6) if rolls and far else between(rng, 0.8, 2.0))
    # Unturned, the ramp rises along +x and sends things to the left.
    heading = turned("z", math.pi if sign > 0 else 0.0)
    prop = body(rng, piece, "ramp", position=(x, 0.0, standing(piece)), rotation=heading, joint="fixed")
    normal_x, normal_z = sign * math.sin(slope), math.cos(slope)
    above = look.extents[2] / 2
    along = length / 2 - look.extents[0] * 0.6 - between(rng, 0.02, 0.25)  # towards the top, level
    start = (
        x - sign * along + normal_x * above,
        between(rng, -0.1, 0.1),
        piece.extents[2] / 2 + along * math.tan(slope) + normal_z * above,
    )
    pace = between(rng, 0.0, 0.4) if rolls else between(rng, 0.2, 0.8)
    runner = body(
        rng,
        look,
        look.asset,
        position=start,
        rotation=(1.0, 0.0, 0.0, 0.0) if rolls else turned("y", sign * slope),
        velocity=(sign * pace * math.cos(slope), 0.0, -pace * math.sin(slope)),
        spin=(0.0, sign * pace / above, 0.0) if rolls else (0.0, 0.0, 0.0),
    )
    return prop, runner, look


def _stairs(rng: np.random.Generator, sign: float, given: Look | None) -> tuple[Body, Body, Look]:
    """Stairs that fall towards ``sign``, and what starts on the top step."""
    look = given or draw_look(rng, pick(rng, STAIR_RUNNERS), sizes=("tiny", "small", "medium"))
    length, height = between(rng, 1.2, 1.8), between(rng, 0.7, 1.2)
    piece = set_piece(rng, "stairs", (length, between(rng, 0.9, 1.3), height))
    x = -sign * between(rng, 1.0, 2.5)
    heading = turned("z", math.pi if sign > 0 else 0.0)
    prop = body(rng, piece, "stairs", position=(x, 0.0, standing(piece)), rotation=heading, joint="fixed")
    rolls = look.extents[0] == look.extents[2] and (given is None or find(look.asset).rolls)
    pace = between(rng, 0.7, 1.5) if rolls else between(rng, 1.5, 2.5)
    runner = body(
        rng,
        look,
        look.asset,
        position=(x - sign * length * (0.5 - 0.5 / STEPS), between(rng, -0.1, 0.1), height + standing(look)),
        velocity=(sign * pace, 0.0, 0.0),
        spin=(0.0, sign * pace / (look.extents[2] / 2), 0.0) if rolls else (0.0, 0.0, 0.0),
    )
    return prop, runner, look
