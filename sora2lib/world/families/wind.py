"""Wind carries light things up and away, or blows them along the ground."""

from functools import partial

import numpy as np

from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Event, Force, Push, Stage, Take, Wind
from sora2lib.world.staging import (
    GRIPPY,
    LEAST,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_stage,
    side,
    standing,
    thing,
)

BALLOON = "balloon"
LIGHT = ("beach ball", "ball", "football", "tennis ball")
DRAG = (1.2, 2.0)  # 1/m
RISEN, BLOWN = 1.2, 0.6  # metres
FLAT = tuple(name for name in GRIPPY if name not in ("sand", "snow"))


def wind(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw balloons that "rise" or something that is to "blow along"; "" leaves it to chance."""
    action = action or pick(rng, ("rise", "blow along"))
    return (_rising if action == "rise" else _blown)(rng)


def _rising(rng: np.random.Generator) -> Stage:
    sign, direction = side(rng)
    look = draw_look(rng, BALLOON, sizes=("medium", "big"))
    names = numbered(BALLOON, pick(rng, (1, 2, 3), (0.6, 0.25, 0.15)))
    width = max(look.extents)
    air = sign * between(rng, 0.25, 0.7)
    start = -air * 1.8
    bodies = [
        body(
            rng,
            look,
            name,
            position=(
                start + (i - (len(names) - 1) / 2) * width * between(rng, 1.3, 1.7),
                between(rng, -0.15, 0.15),
                standing(look) + between(rng, 0.02, 0.5),
            ),
            density=between(rng, 1.1, 1.5),
            spin=(0.0, 0.0, between(rng, -0.6, 0.6)),
        )
        for i, name in enumerate(names)
    ]
    lift = between(rng, 0.5, 0.95)
    forces: list[Force] = []
    for name in names:
        forces.append(Push(name, (0.0, 0.0, GRAVITY)))
        forces.append(
            Wind(name, (air, between(rng, -0.05, 0.05), lift * between(rng, 0.85, 1.15)), between(rng, *DRAG))
        )

    def judge(take: Take) -> Event | None:
        ways = [take.path(name)[-1] - take.path(name)[0] for name in names]
        return Event("rise", "", direction) if min(way[2] for way in ways) > RISEN else None

    return set_stage(
        rng,
        "wind",
        bodies=bodies,
        things=[thing("subject", look, *names)],
        ground=pick(rng, GRIPPY),
        judge=judge,
        again=partial(wind, action="rise"),
        wind=(air, 0.0, 0.0),
        forces=forces,
        least=LEAST,
    )


def _blown(rng: np.random.Generator) -> Stage:
    sign, direction = side(rng)
    asset = pick(rng, LIGHT)
    look = draw_look(rng, asset, sizes=("small", "medium"), materials=("foam", "plastic"))
    gust, pull = between(rng, 4.0, 8.0), between(rng, 0.7, 1.6)
    when = between(rng, 0.1, 0.6)
    way = min(pull * (4 - when) ** 2 * 0.28, 4.5)
    start = (-sign * way / 2, between(rng, -0.1, 0.1), standing(look))
    one = body(rng, look, asset, position=start)
    force = Wind(asset, (sign * gust, between(rng, -0.04, 0.04) * gust, 0.0), pull / gust**2, start=when)

    def judge(take: Take) -> Event | None:
        moved = (take.path(asset)[-1, 0] - start[0]) * sign
        return Event("blow along", "", direction) if moved > BLOWN else None

    return set_stage(
        rng,
        "wind",
        bodies=[one],
        things=[thing("subject", look, asset)],
        ground=pick(rng, FLAT),
        judge=judge,
        again=partial(wind, action="blow along"),
        wind=(sign * gust, 0.0, 0.0),
        forces=[force],
        least=LEAST,
    )
