"""PhyWorld's three experiments (arXiv 2411.02385) in metres: uniform motion, parabola and collision of balls.

Nothing is lost and nothing rubs: ice below, restitution 1, masses in proportion to the radius squared as for
their discs. One of their units is 0.4 m here.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sora2lib.errors import WorldError
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import Look, between, body, near, numbered, pick, set_stage, side, size_word, thing
from sora2lib.world.vocabulary import COLOURS, MATERIALS

UNIT = 0.4  # metres
LAB_ODDS = 0.25  # share of lab scenes in the families that have one
RADIUS, SPEED = (0.7, 1.4), (1.0, 4.0)  # units, units/s: what training may see
RADIUS_OUT, SPEED_OUT = ((0.3, 0.6), (1.5, 2.0)), ((0.0, 0.8), (4.5, 6.0))  # what it must never see
KINDS = ("uniform", "parabola", "collision")
REACH = 16.0  # metres; the fastest cross a long stretch of ice
FLIGHT = (1.0, 1.2)  # seconds in the air, by the height of the launch
SLOWEST_CHASE = 1.0  # units/s between chaser and chased
ENCOUNTER = (0.6, 1.8)  # seconds until the balls meet


def lab(
    rng: np.random.Generator, kind: str, *, radius: Sequence[float], speed: Sequence[float], direction: str = "right"
) -> Stage:
    """Build one of PhyWorld's scenes exactly.

    Parameters
    ----------
    rng : draws what is left open: looks, light, camera, height, when the balls meet.
    kind : "uniform", "parabola" or "collision".
    radius : in units of 0.4 m, one value a ball (two for a collision).
    speed : in units/s along the direction, one value a ball; in a collision the second may be negative (head-on),
        zero or slower than the first (chased).
    direction : "right" or "left", the way of the first ball.

    Raises
    ------
    WorldError
        The kind is not known, or the second ball would never be hit.

    >>> stage = lab(np.random.default_rng(0), "uniform", radius=[1.8], speed=[5.0])
    >>> stage.bodies[0].velocity
    (2.0, 0.0, 0.0)
    """
    if kind not in KINDS:
        raise WorldError(f"lab scene {kind!r} is not known; use one of {', '.join(KINDS)}")
    sign = 1.0 if direction == "right" else -1.0
    radii, speeds = [UNIT * r for r in radius], [UNIT * v for v in speed]
    if kind == "collision" and speeds[0] <= speeds[1]:
        raise WorldError(f"the first ball at {speed[0]} never reaches the second at {speed[1]} units/s; make it faster")
    if kind == "uniform":
        places, heights = [-speeds[0] * 2.0], radii
    elif kind == "parabola":
        places, heights = [-speeds[0] * 1.6], [radii[0] + 0.5 * 9.81 * between(rng, *FLIGHT) ** 2]
    else:
        # Balls of different size on one floor touch when their centres are 2 sqrt(r1 r2) apart along x.
        when, reach = between(rng, *ENCOUNTER), 2 * float(np.sqrt(radii[0] * radii[1]))
        places, heights = [-reach / 2 - speeds[0] * when, reach / 2 - speeds[1] * when], radii
    looks = _looks(rng, radii)
    names = numbered("ball", len(radii))
    bodies = [
        _ball(rng, look, name, position=(sign * x, 0.0, z), velocity=(sign * v, 0.0, 0.0))
        for look, name, x, z, v in zip(looks, names, places, heights, speeds, strict=True)
    ]
    if kind == "collision":
        bodies = [replace(one, joint="rail") for one in bodies]
    slow = "slow" if speeds[0] < 1.0 else "fast" if speeds[0] > 2.0 else ""
    encounter = "meet" if speeds[-1] < 0 else "hit" if speeds[-1] == 0 else "chase"
    action = {"uniform": "slide", "parabola": "throw", "collision": encounter}[kind]

    def judge(take: Take) -> Event | None:
        happened = kind == "uniform" or take.touched(names[0], names[-1] if kind == "collision" else "ground")
        return Event(action, "", direction, slow) if happened else None

    roles = ("subject", "subject" if speeds[-1] < 0 else "target")
    family = {"uniform": "roll", "parabola": "throw", "collision": "collide"}[kind]
    stage = set_stage(
        rng,
        family,
        bodies=bodies,
        things=[thing(role, look, name) for role, look, name in zip(roles, looks, names, strict=False)],
        ground="ice",
        judge=judge,
        decor=False,
        reach=REACH,
    )
    return stage


def training_lab(rng: np.random.Generator, kind: str) -> Stage:
    """Draw a lab scene inside the bands that training may see."""
    _, direction = side(rng)
    count = 2 if kind == "collision" else 1
    radius = rng.uniform(*RADIUS, count).tolist()
    speed = sorted(rng.uniform(*SPEED, count).tolist(), reverse=True)
    if kind == "collision" and (speed[0] - speed[1] < SLOWEST_CHASE or rng.random() < 0.6):
        speed = [speed[0], -speed[1]]
    return lab(rng, kind, radius=radius, speed=speed, direction=direction)


def _looks(rng: np.random.Generator, radii: list[float]) -> list[Look]:
    colours = rng.permutation(list(COLOURS))[: len(radii)]
    stuff = pick(rng, tuple(MATERIALS)[:5])
    return [
        Look("ball", str(c), size_word(2 * r), stuff, near(rng, COLOURS[str(c)].rgb), (2 * r,) * 3, stuff)
        for c, r in zip(colours, radii, strict=True)
    ]


def _ball(rng: np.random.Generator, look: Look, name: str, **start: object) -> Body:
    """A ball without loss whose mass goes with the square of its radius."""
    density = MATERIALS[look.stuff].density * UNIT / (look.extents[0] / 2)
    return body(rng, look, name, density=density, restitution=1.0, friction=0.0, **start)
