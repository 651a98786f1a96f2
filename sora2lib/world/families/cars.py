"""A street: a car drives past, overtakes another, brakes, or runs into one that stands."""

from functools import partial

import numpy as np

from sora2lib.world.stage import Body, Brake, Event, Force, Stage, Take
from sora2lib.world.staging import (
    LEAST,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pace_word,
    pick,
    scaled,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

CARS = ("car", "car", "taxi", "van", "bus", "lorry")
LENGTHS = (1.5, 2.0)  # metres; they are models of cars, so that the camera can be near
LANE = 0.6  # metres from the middle of the street
ROLLS = 0.0  # friction of what stands on wheels
WAYS = ("drive", "overtake", "brake", "crash")
STOPPED = 0.05  # m/s


def cars(rng: np.random.Generator, way: str = "") -> Stage:
    """Draw what happens in the street: "drive", "overtake", "brake" or "crash"; "" leaves it to chance."""
    way = way or pick(rng, WAYS)
    sign, direction = side(rng)
    look = _car(rng)
    length = look.extents[0]
    pace = between(rng, 1.5, 2.6) if way in ("overtake", "crash") else between(rng, 0.8, 2.4)
    forces: list[Force] = []
    lane = LANE * pick(rng, (-1.0, 1.0))
    if way == "drive":
        start = -2.0 * pace
    elif way == "brake":
        slowing, when = between(rng, 1.0, 2.0), between(rng, 0.3, 1.0)
        start = -(pace * when + pace**2 / (2 * slowing)) / 2
        forces.append(Brake(look.asset, slowing, start=when))
    else:
        other = _car(rng)
        wait = between(rng, 1.3, 1.8) if way == "overtake" else between(rng, 0.4, 0.9)
        start = -pace * wait - (_apart(look, other) if way == "crash" else 0.0)
    bodies = [_placed(rng, look, look.asset, sign, sign * start, lane, pace)]
    things = [thing("subject", look, look.asset)]
    if way in ("overtake", "crash"):
        (name,) = numbered(other.asset, 1, first=2 if other.asset == look.asset else 1)
        slower = pace * between(rng, 0.25, 0.5) if way == "overtake" else 0.0
        ahead = 0.0 if way == "crash" else start + between(rng, 0.9, 1.1) * (pace - slower) * 2.0
        bodies.append(_placed(rng, other, name, sign, sign * ahead, lane if way == "crash" else -lane, slower))
        things.append(thing("target", other, name))
        if way == "crash":
            meeting = (-start - _apart(look, other)) / pace
            forces += [Brake(it, between(rng, 0.8, 1.6), start=meeting) for it in (look.asset, name)]

    def judge(take: Take) -> Event | None:
        path = take.path(look.asset)[:, 0] * sign
        came = path[-1] - path[0] > 0.5 and min(take.up(it).min() for it in take.names[: len(bodies)]) > 0.9
        if way == "brake":
            came = came and abs(path[-1] - path[-2]) * 24 < STOPPED
        elif way == "overtake":
            lead = path - take.path(bodies[1].name)[:, 0] * sign
            came = came and lead[0] < -length / 2 and lead[-1] > length / 2
        elif way == "crash":
            came = came and take.touched(look.asset, bodies[1].name)
        return Event(way, "", direction, pace_word(pace)) if came else None

    return set_stage(
        rng,
        "cars",
        bodies=bodies,
        things=things,
        ground="concrete",
        judge=judge,
        reach=8.0,
        again=partial(cars, way=way),
        forces=forces,
        least=LEAST,
    )


def _apart(one: Look, other: Look) -> float:
    """Distance of the middles of two that touch, one behind the other."""
    return (one.extents[0] + other.extents[0]) / 2


def _car(rng: np.random.Generator) -> Look:
    look = draw_look(rng, pick(rng, CARS))
    return scaled(look, between(rng, *LENGTHS))


def _placed(rng: np.random.Generator, look: Look, name: str, sign: float, x: float, y: float, pace: float) -> Body:
    heading = turned("z", 0.0 if sign > 0 else np.pi)
    place, going = (x, y, standing(look)), (sign * pace, 0.0, 0.0)
    return body(rng, look, name, position=place, rotation=heading, velocity=going, friction=ROLLS, restitution=0.2)
