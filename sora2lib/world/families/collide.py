"""Two things meet, one hits another at rest or chases it, or one runs into a cluster."""

import numpy as np

from sora2lib.world.families.lab import LAB_ODDS, training_lab
from sora2lib.world.stage import Body, Event, Stage, Take, Vector
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
    standing,
    thing,
)

ROUND = ("ball", "ball", "ball", "football", "beach ball", "bowling ball")
SITTING = ("box", "block", "can", "cone", "barrel", "cylinder")
SIZES = ("small", "medium", "big")
SHOVED = 0.05  # metres; what moved less was not scattered
WAYS = ("meet", "hit", "scatter")
GROUNDS = (*FIRM, "grass")


def collide(rng: np.random.Generator) -> Stage:
    """Draw an encounter at 0.8 to 3.2 m/s."""
    if rng.random() < LAB_ODDS:
        return training_lab(rng, "collision")
    way = pick(rng, WAYS, (0.35, 0.35, 0.3))
    return _many(rng) if way == "scatter" else _two(rng, way)


def _two(rng: np.random.Generator, way: str) -> Stage:
    sign, direction = side(rng)
    on_ice = rng.random() < 0.2
    pucks = on_ice or rng.random() < 0.1
    look = draw_look(rng, "puck" if pucks else pick(rng, ROUND), sizes=SIZES)
    same = way == "meet" or pucks or rng.random() < 0.5
    other = draw_look(rng, look.asset if same else pick(rng, SITTING), sizes=SIZES)
    name, target = look.asset, numbered(other.asset, 1, first=2 if other.asset == look.asset else 1)[0]
    pace = between(rng, 0.8, 1.6) if on_ice else between(rng, 1.8, 3.2) if pucks else between(rng, 0.9, 3.0)
    back = -between(rng, 0.5, 1.0) * pace if way == "meet" else 0.0
    when = between(rng, 0.4, 0.9 if pucks and not on_ice else 1.3)
    gap = (look.extents[0] + other.extents[0]) / 2
    if pucks and not on_ice:
        when, gap = 0.12, gap
    bodies = [
        _runner(rng, look, name, -sign * (gap / 2 + pace * when), sign * pace, not pucks),
        _runner(rng, other, target, sign * (gap / 2 - back * when), sign * back, not pucks),
    ]
    speed = "slow" if pace < 1.2 else "fast" if pace > 2.0 else ""

    def judge(take: Take) -> Event | None:
        return Event(way, "", direction, speed) if take.touched(name, target) else None

    return set_stage(
        rng,
        "collide",
        bodies=bodies,
        things=[thing("subject", look, name), thing("subject" if way == "meet" else "target", other, target)],
        ground="ice" if on_ice else pick(rng, GROUNDS),
        judge=judge,
    )


def _many(rng: np.random.Generator) -> Stage:
    sign, direction = side(rng)
    look = draw_look(rng, pick(rng, ROUND), sizes=("medium", "big"))
    other = draw_look(rng, pick(rng, ("ball", *SITTING)), sizes=("small", "medium"))
    count = int(rng.integers(3, 7))
    names = numbered(other.asset, count, first=2 if other.asset == look.asset else 1)
    pace, when = between(rng, 1.5, 3.2), between(rng, 0.4, 0.9)
    width = float(np.hypot(*other.extents[:2])) if other.asset in ("box", "block") else max(other.extents[:2])
    places = triangle(count) * width * between(rng, 1.03, 1.25) * np.array([sign, 1.0])
    runner = _runner(
        rng,
        look,
        look.asset,
        -sign * (pace * when + (look.extents[0] + width) / 2),
        sign * pace,
        True,
        between(rng, -0.1, 0.1),
    )
    bodies = [runner] + [
        body(rng, other, name, position=(*place, standing(other)))
        for name, place in zip(names, places.tolist(), strict=True)
    ]
    speed = "slow" if pace < 1.2 else "fast" if pace > 2.0 else ""

    def judge(take: Take) -> Event | None:
        shoved = [np.linalg.norm(take.path(name)[-1] - take.path(name)[0]) > SHOVED for name in names]
        return Event("scatter", "", direction, speed) if sum(shoved) >= 2 else None

    return set_stage(
        rng,
        "collide",
        bodies=bodies,
        things=[thing("subject", look, look.asset), thing("target", other, *names)],
        ground=pick(rng, GROUNDS),
        judge=judge,
    )


def _runner(
    rng: np.random.Generator, look: Look, name: str, x: float, velocity: float, rolls: bool, y: float = 0.0
) -> Body:
    going: Vector = (velocity, 0.0, 0.0)
    spin = rolling(going, look.extents[0] / 2) if rolls and velocity else (0.0, 0.0, 0.0)
    return body(rng, look, name, position=(x, y, standing(look)), velocity=going, spin=spin)


def triangle(count: int) -> np.ndarray:
    """Places (count, 2) of pins: one in front, two behind it, then three."""
    rows = [(row, place) for row in range(3) for place in range(row + 1)][:count]
    return np.array([(row * 0.9, place - row / 2) for row, place in rows])
