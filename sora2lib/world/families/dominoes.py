"""A row of dominoes: the first is tipped or hit by a ball; all fall, or a gap stops the fall."""

import math
from dataclasses import replace

import numpy as np

from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pick,
    rolling,
    set_stage,
    side,
    size_word,
    standing,
    thing,
    turned,
)

FALLEN, UPRIGHT = 0.7, 0.97  # height of the body's z axis


def dominoes(rng: np.random.Generator) -> Stage:
    """Draw a row of 4 to 9, tipped or hit, now and then with a gap."""
    action = pick(rng, ("tip", "hit"), (0.6, 0.4))
    sign, direction = side(rng)
    look = draw_look(rng, "domino")
    _, _, height = look.extents
    count = int(rng.integers(4, 10))
    names = numbered("domino", count)
    gaps = np.full(count - 1, between(rng, 0.35, 0.65) * height)
    if rng.random() < 0.35:
        gaps[int(rng.integers(1, count - 1))] = between(rng, 1.3, 1.7) * height
    bend = math.radians(between(rng, -5, 5)) if rng.random() < 0.4 else 0.0
    row = _row(rng, look, names, gaps, bend, sign)
    things = [thing("subject" if action == "tip" else "target", look, *names)]
    if action == "tip":
        row[0] = _tipped(row[0], sign, between(rng, 1.3, 2.5))
    else:
        ball, ball_look = _striker(rng, row[0], look, sign)
        row.append(ball)
        things.insert(0, thing("subject", ball_look, ball.name))

    def judge(take: Take) -> Event | None:
        up = np.array([take.up(name)[-1] for name in names])
        happened = "all fall" if (up < FALLEN).all() else "stops" if up[0] < FALLEN and up[-1] > UPRIGHT else ""
        return Event(action, happened, direction) if happened else None

    return set_stage(rng, "dominoes", bodies=row, things=things, ground=pick(rng, FIRM), judge=judge)


def _row(
    rng: np.random.Generator, look: Look, names: tuple[str, ...], gaps: np.ndarray, bend: float, sign: float
) -> list[Body]:
    """Dominoes that stand in a line or a gentle arc, the first at the upwind end."""
    headings = bend * (np.arange(len(names)) - (len(names) - 1) / 2)
    middles = (headings[1:] + headings[:-1]) / 2
    steps = gaps[:, None] * np.stack([sign * np.cos(middles), np.sin(middles)], axis=1)
    places = np.concatenate([[[0.0, 0.0]], np.cumsum(steps, axis=0)])
    places -= places.mean(axis=0)
    return [
        body(rng, look, name, position=(x, y, standing(look)), rotation=turned("z", sign * heading))
        for name, (x, y), heading in zip(names, places.tolist(), headings.tolist(), strict=True)
    ]


def _tipped(domino: Body, sign: float, energy: float) -> Body:
    """Give the turn about its lower edge with ``energy`` times what it takes to fall over."""
    thick, _, high = domino.size
    climb = math.hypot(thick, high) / 2 - high / 2
    rate = math.sqrt(energy * 6 * GRAVITY * climb / (thick**2 + high**2))
    yaw = 2 * math.atan2(domino.rotation[3], domino.rotation[0])
    forward = (sign * math.cos(yaw), sign * math.sin(yaw))
    return replace(
        domino,
        spin=(-rate * forward[1], rate * forward[0], 0.0),
        velocity=(rate * high / 2 * forward[0], rate * high / 2 * forward[1], rate * thick / 2),
    )


def _striker(rng: np.random.Generator, first: Body, look: Look, sign: float) -> tuple[Body, Look]:
    """A ball that rolls into the first domino, about as tall as it is."""
    width = look.extents[2] * between(rng, 0.8, 1.2)
    ball = replace(draw_look(rng, "ball"), extents=(width, width, width), size=size_word(width))
    pace = between(rng, 0.9, 2.2)
    away = look.extents[0] / 2 + width / 2 + pace * between(rng, 0.35, 0.9)
    yaw = 2 * math.atan2(first.rotation[3], first.rotation[0])
    forward = (sign * math.cos(yaw), sign * math.sin(yaw))
    velocity = (pace * forward[0], pace * forward[1], 0.0)
    place = (first.position[0] - away * forward[0], first.position[1] - away * forward[1], width / 2)
    return body(rng, ball, "ball", position=place, velocity=velocity, spin=rolling(velocity, width / 2)), ball
