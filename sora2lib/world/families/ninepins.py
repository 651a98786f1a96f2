"""A ball rolls at pins: a strike, some fall, or it misses them all."""

from dataclasses import replace

import numpy as np

from sora2lib.world.families.collide import triangle
from sora2lib.world.stage import Brake, Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    LEAST,
    between,
    body,
    draw_look,
    numbered,
    pace_word,
    pick,
    rolling,
    set_stage,
    side,
    size_word,
    standing,
    thing,
)

PIN = "bowling pin"
BALLS = ("bowling ball", "bowling ball", "ball")
PIT, PAST = 4.0, 1.0  # m/s^2 with which a ball is stopped, metres behind the first pin
FALLEN = 0.7  # height of a pin's z axis
AIMS = {"strike": 0.4, "some fall": 0.35, "misses": 0.25}


def ninepins(rng: np.random.Generator) -> Stage:
    """Draw 3 to 5 pins and a ball that is aimed at the middle, at the edge or past them."""
    aim = pick(rng, tuple(AIMS), tuple(AIMS.values()))
    sign, direction = side(rng)
    count = int(rng.integers(3, 6))
    tall = between(rng, 0.32, 0.44)
    width = tall * between(rng, 0.26, 0.32)
    pin = replace(draw_look(rng, PIN), extents=(width, width, tall), size=size_word(tall))
    ball = draw_look(rng, pick(rng, BALLS), sizes=("medium",), materials=("stone", "steel", "rubber"))
    radius, pace = ball.extents[0] / 2, between(rng, 2.2, 4.5)
    names = numbered(PIN, count)
    places = triangle(count) * tall * between(rng, 0.68, 0.8) * np.array([sign, 1.0])
    beyond = float(places[:, 1].max()) + width / 2 + radius
    off = {"strike": between(rng, -0.3, 0.3) * radius, "some fall": beyond * between(rng, 0.35, 0.9)}.get(
        aim, beyond + between(rng, 0.05, 0.2)
    )
    start = (-sign * between(rng, 1.3, 2.0), float(off * pick(rng, (-1.0, 1.0))), radius)
    velocity = (sign * pace, 0.0, 0.0)
    bodies = [body(rng, ball, ball.asset, position=start, velocity=velocity, spin=rolling(velocity, radius))]
    bodies += [
        body(rng, pin, name, position=(x, y, standing(pin)), friction=0.4)
        for name, (x, y) in zip(names, places.tolist(), strict=True)
    ]

    def judge(take: Take) -> Event:
        fell = sum(take.up(name)[-1] < FALLEN for name in names)
        outcome = "strike" if fell == count else "some fall" if fell else "misses"
        return Event("bowl", outcome, direction, pace_word(pace))

    return set_stage(
        rng,
        "ninepins",
        bodies=bodies,
        things=[thing("subject", ball, ball.asset), thing("target", pin, *names)],
        ground=pick(rng, FIRM),
        judge=judge,
        forces=[Brake(ball.asset, PIT, start=(PAST - sign * start[0]) / pace)],
        least=LEAST,
    )
