"""Pieces of games and of a marble run."""

import math

from sora2lib.world.parts import Primitive
from sora2lib.world.things.shapes import (
    BLACK,
    FLIP,
    METAL,
    RED,
    WHITE,
    around,
    ball,
    box,
    cone,
    cylinder,
    flat,
    ghost,
    mirrored,
    oval,
    ring,
    rod,
    stack,
    thing,
    turned,
)

WOODEN = ("wood", "plastic")


def _bend(radius: float, pieces: int) -> tuple[Primitive, ...]:
    """Return a quarter of a circular track, its middle at ``radius``, of short straight pieces."""
    step = 90 / pieces
    long = 2 * math.tan(math.radians(step / 2))
    floor = box(0.13, long * (radius + 0.065), 0.02, (radius, 0, 0.01))
    walls = (box(0.015, long * it, 0.07, (it, 0, 0.035)) for it in (radius - 0.065, radius + 0.065))
    piece = (floor, *walls)
    return flat(tuple(turned(("z", step * (k + 0.5)), *piece) for k in range(pieces)))


GAMES = (
    thing(
        "ninepin",
        cylinder(0.08, 0.03, (0, 0, 0.015)),
        oval(0.12, 0.12, 0.25, (0, 0, 0.135)),
        cylinder(0.05, 0.1, (0, 0, 0.27)),
        ball(0.085, (0, 0, 0.345)),
        ghost(cylinder(0.06, 0.01, (0, 0, 0.29), tint="accent")),
        ghost(ring(0.125, 0.014, (0, 0, 0.15), tint="accent")),
        kilograms=1.3,
        materials=("wood", "plastic"),
        synonyms=("skittle", "kingpin", "wooden skittle"),
    ),
    thing(
        "bowling pin",
        cylinder(0.06, 0.04, (0, 0, 0.02), tint=WHITE),
        oval(0.122, 0.122, 0.27, (0, 0, 0.14), tint=WHITE),
        cylinder(0.048, 0.12, (0, 0, 0.26), tint=WHITE),
        oval(0.066, 0.066, 0.1, (0, 0, 0.335), tint=WHITE),
        ghost(ring(0.058, 0.012, (0, 0, 0.262)), ring(0.062, 0.012, (0, 0, 0.285))),
        kilograms=1.5,
        materials=("plastic", "wood"),
        colours=("red", "blue"),
        synonyms=("tenpin", "bowling skittle", "candlepin"),
    ),
    thing(
        "die",
        box(0.1, 0.1, 0.1, (0, 0, 0.05), tint="main"),
        ghost(ball(0.026, (0, 0, 0.094), tint=BLACK)),
        ghost(*(ball(0.022, (x, -0.0445, 0.05 + z), tint=BLACK) for x in (-0.026, 0.026) for z in (-0.028, 0, 0.028))),
        ghost(*(ball(0.022, (0.0445, y, 0.05 + y), tint=BLACK) for y in (-0.026, 0, 0.026))),
        ghost(*(ball(0.022, (-0.0445, y, 0.05 + z), tint=BLACK) for y in (-0.026, 0.026) for z in (-0.026, 0.026))),
        ghost(*(ball(0.022, (x, 0.0445, 0.05 - x), tint=BLACK) for x in (-0.026, 0.026))),
        kilograms=0.6,
        materials=("plastic", "wood", "stone"),
        colours=("white", "red", "yellow", "green"),
        synonyms=("dice", "gaming die", "game cube"),
        plural="dice",
    ),
    thing(
        "chess king",
        *stack(cylinder(0.1, 0.025), cylinder(0.08, 0.02), cone(0.07, 0.2)),
        cylinder(0.05, 0.012, (0, 0, 0.15)),
        ghost(cone(0.055, 0.09, (0, 0, 0.19), FLIP), oval(0.05, 0.05, 0.03, (0, 0, 0.235))),
        ghost(box(0.01, 0.01, 0.04, (0, 0, 0.262)), box(0.028, 0.01, 0.01, (0, 0, 0.267))),
        kilograms=0.3,
        materials=("wood", "stone"),
        colours=("white", "black", "brown"),
        synonyms=("king", "chess piece", "chessman/chessmen"),
    ),
    thing(
        "chess pawn",
        *stack(cylinder(0.09, 0.022), cylinder(0.07, 0.018), cone(0.062, 0.13)),
        ball(0.055, (0, 0, 0.145)),
        ghost(cylinder(0.05, 0.01, (0, 0, 0.115))),
        kilograms=0.15,
        materials=("wood", "stone"),
        colours=("white", "black", "brown"),
        synonyms=("pawn", "game piece", "playing piece"),
    ),
    thing(
        "playing card",
        box(0.088, 0.063, 0.002, (0, 0, 0.001), tint=WHITE),
        ghost(box(0.03, 0.03, 0.0022, (0, 0, 0.0012), ("z", 45), tint=RED)),
        kilograms=0.002,
        materials=("plastic",),
        colours=("red",),
        synonyms=("card", "game card", "poker card"),
    ),
    thing(
        "marble track",
        box(0.8, 0.12, 0.02, (0, 0, 0.21), ("y", 9)),
        mirrored("y", box(0.8, 0.015, 0.05, (0, 0.06, 0.225), ("y", 9))),
        rod((-0.32, 0, 0), (-0.32, 0, 0.26), 0.03, tint="accent"),
        rod((0.32, 0, 0), (0.32, 0, 0.16), 0.03, tint="accent"),
        ghost(*(box(0.14, 0.14, 0.015, (x, 0, 0.0075), tint="accent") for x in (-0.32, 0.32))),
        kilograms=1.2,
        materials=WOODEN,
        synonyms=("marble run", "ball track", "chute"),
    ),
    thing(
        "curved track", _bend(0.5, 5), kilograms=1.0, materials=WOODEN, synonyms=("track curve", "bend", "marble curve")
    ),
    thing(
        "funnel",
        around(12, box(0.012, 0.13, 0.2, (0.155, 0, 0.28), ("y", 40))),
        around(8, box(0.01, 0.045, 0.14, (0.05, 0, 0.15))),
        ghost(ring(0.46, 0.02, (0, 0, 0.355))),
        *(
            rod((x, y, 0), (0.8 * x, 0.8 * y, 0.34), 0.018, **METAL)
            for x, y in ((0.24, 0), (-0.12, 0.208), (-0.12, -0.208))
        ),
        kilograms=0.8,
        materials=("plastic", "steel"),
        synonyms=("hopper", "marble funnel", "filling funnel"),
    ),
)
