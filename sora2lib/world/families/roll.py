"""A round thing rolls, or a flat one slides, to the left or right."""

from dataclasses import replace

import numpy as np

from sora2lib.world.families.lab import LAB_ODDS, training_lab
from sora2lib.world.pairs import pair_friction, rolling_resistance
from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Body, Event, Stage, Take, Vector
from sora2lib.world.staging import (
    BALL_ODDS,
    BALLS,
    GRIPPY,
    SOLID,
    between,
    body,
    draw_look,
    pick,
    rolling,
    set_stage,
    side,
    standing,
    thing,
    turned,
)
from sora2lib.world.vocabulary import GROUNDS

LYING = ("cylinder", "can", "barrel")  # roll on their side
FLAT = ("box", "block", "puck", "book", "brick")
SPEEDS = {"slow": (0.4, 1.0), "": (1.0, 2.0), "fast": (2.0, 4.0)}
ICE_SPEED = (0.4, 1.6)
FARTHEST = 10.0  # metres in a clip
MIN_WAY = 0.25
STOPPED = 0.02  # m/s


def roll(rng: np.random.Generator) -> Stage:
    """Draw a roll or slide at 0.4 to 4 m/s; on ice it is uniform motion."""
    if rng.random() < LAB_ODDS:
        return training_lab(rng, "uniform")
    slides = rng.random() < 0.3
    ground = pick(rng, SOLID if slides else GRIPPY)
    lies = not slides and rng.random() < 0.15
    look = draw_look(rng, pick(rng, FLAT if slides else LYING) if slides or lies else pick(rng, BALLS, BALL_ODDS))
    sign, direction = side(rng)
    speed = pick(rng, tuple(SPEEDS), (0.35, 0.25, 0.4) if not slides else (0.0, 0.3, 0.7))
    heading = between(rng, -0.14, 0.14)
    rotation = turned("x", np.pi / 2) if lies else turned("z", between(rng, -0.5, 0.5) if slides else 0.0)
    heading = 0.0 if lies else heading
    pace = between(rng, *SPEEDS[speed])
    if ground == "ice":
        pace = between(rng, *ICE_SPEED)
    one = body(rng, look, look.asset, position=(0.0, 0.0, standing(look, rotation)), rotation=rotation)
    brake = _brake(one, ground, slides)
    pace = min(pace, _fastest(brake))
    speed = next((word for word, (low, high) in SPEEDS.items() if low <= pace < high), "fast")
    way = min(pace * 4.0, pace**2 / (2 * brake) if brake else np.inf)
    velocity: Vector = (sign * pace * float(np.cos(heading)), pace * float(np.sin(heading)), 0.0)
    mover = _moving(one, -sign * way / 2 + between(rng, -0.3, 0.3), velocity, slides)
    action = "slide" if slides else "roll"

    def judge(take: Take) -> Event | None:
        path = take.path(mover.name)
        moved = (path[-1, 0] - path[0, 0]) * sign > MIN_WAY
        still = np.linalg.norm(path[-1] - path[-2]) * 24 < STOPPED
        return Event(action, "stops" if still else "", direction, speed) if moved else None

    return set_stage(
        rng, "roll", bodies=[mover], things=[thing("subject", look, mover.name)], ground=ground, judge=judge
    )


def _brake(one: Body, ground: str, slides: bool) -> float:
    """Deceleration of a slide or a roll, m/s^2."""
    floor = GROUNDS[ground]
    if slides:
        return pair_friction(one.friction, floor.friction) * GRAVITY
    return rolling_resistance(floor.restitution) * GRAVITY * 5 / 7


def _fastest(brake: float) -> float:
    """Speed at which a clip of 4 s ends within the stage."""
    return max((FARTHEST + 8 * brake) / 4.0, (2 * brake * FARTHEST) ** 0.5 if brake > 1.25 else 0.0)


def _moving(one: Body, x: float, velocity: Vector, slides: bool) -> Body:
    spin = (0.0, 0.0, 0.0) if slides else rolling(velocity, one.position[2])
    return replace(one, position=(x, one.position[1], one.position[2]), velocity=velocity, spin=spin)
