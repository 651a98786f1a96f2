"""A ball runs down two or three sloping boards, to and fro."""

import math
from dataclasses import replace

import numpy as np

from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    LEAST,
    between,
    body,
    draw_look,
    near,
    numbered,
    pick,
    set_piece,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

RUNNERS = ("marble", "ball", "ball", "tennis ball")
BOARD = (0.50, 0.33, 0.17)  # colour of what the boards are fixed to


def marble_run(rng: np.random.Generator) -> Stage:
    """Draw the boards, each with a stop at its upper end, and a small ball on the highest."""
    sign, direction = side(rng)
    look = draw_look(rng, pick(rng, RUNNERS), sizes=("tiny", "small"))
    radius = look.extents[0] / 2
    count = pick(rng, (2, 3), (0.6, 0.4))
    length, slope = between(rng, 1.1, 1.5), math.radians(between(rng, 10, 15))
    drop = length * math.sin(slope) + 2 * radius + between(rng, 0.08, 0.16)
    shift = (length * math.cos(slope)) / 2 - between(rng, 0.10, 0.18)
    plank = set_piece(rng, "plank", (length, between(rng, 0.28, 0.36), 0.04))
    stop = set_piece(rng, "plank", (0.04, plank.extents[1], 4 * radius))
    names, stops = numbered("plank", count), numbered("plank", count, first=count + 1)
    bodies: list[Body] = []
    for k, (name, end) in enumerate(zip(names, stops, strict=True)):
        way = sign * (-1) ** k  # which way the ball runs on it
        x, z = -way * shift / 2, 0.25 + drop * (count - 1 - k) + length / 2 * math.sin(slope)
        leaning = turned("y", way * slope)
        bodies.append(body(rng, plank, name, position=(x, 0.0, z), rotation=leaning, joint="fixed"))
        high = (x - way * (length / 2 + 0.02) * math.cos(slope), 0.0, z + length / 2 * math.sin(slope) + radius)
        bodies.append(body(rng, stop, end, position=high, rotation=leaning, joint="fixed", restitution=0.3))
    along = length / 2 - radius - between(rng, 0.03, 0.3)
    top = bodies[0].position
    start = (
        top[0] - sign * along * math.cos(slope) + sign * (radius + 0.02) * math.sin(slope),
        between(rng, -0.02, 0.02),
        top[2] + along * math.sin(slope) + (radius + 0.02) * math.cos(slope),
    )
    (back,) = numbered("plank", 1, first=2 * count + 1)
    height = top[2] + length / 2 * math.sin(slope) + 0.25
    board = replace(set_piece(rng, "plank", (length + shift + 0.5, 0.04, height)), rgb=near(rng, BOARD))
    behind = (0.0, plank.extents[1] / 2 + 0.03, standing(board))
    bodies.append(body(rng, board, back, position=behind, joint="fixed"))
    runner = body(rng, look, look.asset, position=start)

    def judge(take: Take) -> Event | None:
        along_all = all(take.touched(look.asset, name) for name in names[1:])
        down = take.path(look.asset)[-1, 2] < bodies[2].position[2]
        return Event("run down", "", direction) if along_all and down else None

    pieces = replace(plank, material="")
    return set_stage(
        rng,
        "marble run",
        bodies=[runner, *bodies],
        things=[thing("subject", look, look.asset), thing("prop", pieces, *(one.name for one in bodies))],
        ground=pick(rng, FIRM),
        judge=judge,
        watch=(look.asset, *names),
        least=LEAST / 2,
    )
