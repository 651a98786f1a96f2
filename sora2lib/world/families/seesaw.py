"""Something falls on one end of a see-saw and launches what lies on the other."""

import math

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_piece,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

FALLING = ("ball", "box", "block", "bowling ball", "barrel")
LYING = ("box", "block", "can", "brick", "book", "cylinder", "puck")
LAUNCHED, HIGHEST = 0.3, 3.5  # metres above where it lay


def seesaw(rng: np.random.Generator) -> Stage:
    """Draw a see-saw, a heavy thing that falls 0.8 to 2.2 m and a light one to be launched."""
    sign, direction = side(rng)
    plank = set_piece(rng, "seesaw", (between(rng, 2.0, 2.8), between(rng, 0.4, 0.6), between(rng, 0.05, 0.08)))
    base = set_piece(rng, "fulcrum", (between(rng, 0.3, 0.5), plank.extents[1], between(rng, 0.22, 0.4)))
    length, _, thick = plank.extents
    pivot = base.extents[2] + thick / 2
    # The low end's corner touches the ground: pivot = length/2 sin(tilt) + thick/2 cos(tilt).
    tilt = math.asin(pivot / math.hypot(length / 2, thick / 2)) - math.atan2(thick, length)
    heavy = draw_look(rng, pick(rng, FALLING), sizes=("medium", "big"), materials=("stone", "steel", "wood", "rubber"))
    light = draw_look(rng, pick(rng, LYING), sizes=("small", "medium"), materials=("wood", "plastic", "foam", "rubber"))
    light_name = numbered(light.asset, 1, first=2 if light.asset == heavy.asset else 1)[0]
    along = length / 2 - light.extents[0] * 0.5 - between(rng, 0.02, 0.12)
    above = thick / 2 + standing(light)
    # It drops on the side it is named after; the other end is down.
    lying = (
        -sign * (along * math.cos(tilt) + above * math.sin(tilt)),
        0.0,
        pivot - along * math.sin(tilt) + above * math.cos(tilt),
    )
    fall_along = length / 2 - between(rng, 0.08, 0.3)
    height = pivot + fall_along * math.sin(tilt) + max(heavy.extents) / 2 + between(rng, 0.8, 2.2)
    leaning = turned("y", -sign * tilt)
    bodies = [
        body(rng, heavy, heavy.asset, position=(sign * fall_along * math.cos(tilt), between(rng, -0.04, 0.04), height)),
        body(rng, light, light_name, position=lying, rotation=leaning),
        body(rng, plank, "seesaw", position=(0.0, 0.0, pivot), rotation=leaning, joint="hinge"),
        body(rng, base, "fulcrum", position=(0.0, 0.0, standing(base)), joint="fixed"),
    ]

    def judge(take: Take) -> Event | None:
        flies = LAUNCHED < take.path(light_name)[:, 2].max() - lying[2] - length * math.sin(tilt) < HIGHEST
        waits = np.abs(take.path(light_name)[4] - take.path(light_name)[0]).max() < 0.02
        return Event("launch", "", direction) if flies and waits and take.touched(heavy.asset, "seesaw") else None

    return set_stage(
        rng,
        "seesaw",
        bodies=bodies,
        things=[
            thing("subject", heavy, heavy.asset),
            thing("target", light, light_name),
            thing("prop", plank, "seesaw"),
            thing("prop", base, "fulcrum"),
        ],
        ground=pick(rng, FIRM),
        judge=judge,
    )
