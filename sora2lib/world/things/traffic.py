"""Vehicles on wheels and rails, and what stands along a street."""

from sora2lib.world.parts import Primitive
from sora2lib.world.things.shapes import (
    BLACK,
    BLUE,
    DARK,
    LIE_Y,
    METAL,
    PANE,
    RED,
    TYRE,
    WHITE,
    YELLOW,
    Piece,
    ball,
    box,
    capsule,
    cylinder,
    flat,
    ghost,
    mirrored,
    oval,
    prow,
    ring,
    rod,
    thing,
    wedge,
    wheels,
)

PAINT = ("plastic",)  # painted; bare steel would mirror the sky
HEADLIGHT, TAIL = (0.98, 0.95, 0.80), (0.75, 0.05, 0.05)


def _car(*extras: Piece) -> tuple[Primitive, ...]:
    """Return a saloon car, 4.2 m long."""
    lamps = (
        box(0.06, 0.35, 0.14, (2.085, 0.62, 0.7), tint=HEADLIGHT),
        box(0.06, 0.35, 0.14, (-2.085, 0.62, 0.74), tint=TAIL),
    )
    return (
        box(4.2, 1.76, 0.56, (0, 0, 0.64)),
        box(1.8, 1.56, 0.5, (-0.25, 0, 1.16), **PANE),
        *wheels(0.66, 0.24, 1.86, -1.3, 1.3),
        *ghost(
            mirrored("y", *lamps),
            wedge(0.5, 1.56, 0.5, (-1.4, 0, 1.16), **PANE),
            wedge(0.6, 1.56, 0.5, (0.95, 0, 1.16), ("z", 180), **PANE),
        ),
        *ghost(
            box(1.82, 1.58, 0.08, (-0.25, 0, 1.42)),
            mirrored("y", box(0.1, 0.06, 0.5, (-0.3, 0.77, 1.16)), box(0.14, 0.14, 0.12, (0.7, 0.88, 1.0))),
        ),
        *ghost(
            mirrored("x", box(0.1, 1.78, 0.16, (2.08, 0, 0.45), tint=DARK)),
            wedge(0.7, 1.6, 0.1, (1.6, 0, 0.95), ("z", 180)),
        ),
        *flat(extras),
    )


VEHICLES = (
    thing("car", _car(), kilograms=1300, materials=PAINT, synonyms=("automobile", "sedan", "saloon car")),
    thing(
        "taxi",
        _car(
            ghost(
                box(0.25, 0.5, 0.16, (-0.25, 0, 1.53), tint=HEADLIGHT),
                *(box(0.14, 1.78, 0.07, (x, 0, 0.7), tint=BLACK) for x in (-0.7, -0.42, -0.14, 0.14, 0.42)),
                *(box(0.14, 1.78, 0.07, (x, 0, 0.77), tint=BLACK) for x in (-0.56, -0.28, 0.0, 0.28, 0.56)),
            )
        ),
        kilograms=1400,
        materials=PAINT,
        colours=("yellow",),
        synonyms=("cab", "taxicab", "yellow cab"),
    ),
    thing(
        "police car",
        _car(
            ghost(
                box(1.0, 1.78, 0.57, (0, 0, 0.645), tint=WHITE),
                mirrored("y", box(0.2, 0.5, 0.12, (-0.25, 0.32, 1.52)))[:1],
                box(0.2, 0.5, 0.12, (-0.25, 0.32, 1.52), tint=RED),
                box(0.2, 0.5, 0.12, (-0.25, -0.32, 1.52), tint=BLUE),
            )
        ),
        kilograms=1500,
        materials=PAINT,
        colours=("black", "blue"),
        synonyms=("patrol car", "squad car", "police cruiser"),
    ),
    thing(
        "racing car",
        box(3.4, 0.7, 0.36, (0, 0, 0.36)),
        prow(1.3, 0.66, 0.28, (2.3, 0, 0.32)),
        box(1.4, 1.5, 0.3, (-0.3, 0, 0.33)),
        wheels(0.66, 0.36, 1.9, -1.35, 1.6),
        ghost(oval(1.5, 0.5, 0.6, (-0.9, 0, 0.58)), oval(0.5, 0.44, 0.2, (0.1, 0, 0.55), tint=BLACK)),
        ghost(ball(0.3, (0.05, 0, 0.68), tint=WHITE)),
        ghost(box(0.4, 1.3, 0.06, (-1.8, 0, 0.95))),
        ghost(mirrored("y", box(0.45, 0.05, 0.5, (-1.8, 0.64, 0.8), tint="accent"))),
        ghost(box(0.4, 1.5, 0.05, (2.7, 0, 0.18), tint="accent")),
        kilograms=720,
        materials=PAINT,
        synonyms=("race car", "sports car", "Formula 1 car"),
    ),
    thing(
        "van",
        box(4.6, 1.9, 0.75, (0, 0, 0.75)),
        box(3.4, 1.84, 0.85, (-0.5, 0, 1.5)),
        wheels(0.7, 0.24, 1.96, -1.5, 1.5),
        ghost(wedge(0.75, 1.76, 0.8, (1.57, 0, 1.5), ("z", 180), **PANE)),
        ghost(box(0.8, 1.86, 0.5, (0.7, 0, 1.55), **PANE)),
        ghost(mirrored("y", box(0.06, 0.35, 0.2, (2.29, 0.65, 0.8), tint=HEADLIGHT))),
        ghost(box(0.1, 1.92, 0.18, (2.28, 0, 0.5), tint=DARK)),
        kilograms=2000,
        materials=PAINT,
        synonyms=("delivery van", "minivan", "camper van"),
    ),
    thing(
        "ambulance",
        box(4.8, 1.9, 0.75, (0, 0, 0.75), tint=WHITE),
        box(3.3, 1.88, 1.05, (-0.7, 0, 1.6), tint=WHITE),
        wheels(0.72, 0.24, 1.96, -1.5, 1.5),
        ghost(wedge(0.8, 1.76, 0.8, (1.3, 0, 1.5), ("z", 180), **PANE), box(4.82, 1.92, 0.2, (0, 0, 0.85))),
        ghost(
            mirrored(
                "y",
                box(0.2, 0.04, 0.6, (-0.8, 0.94, 1.6)),
                box(0.6, 0.04, 0.2, (-0.8, 0.94, 1.6)),
                box(0.3, 0.4, 0.14, (0.7, 0.55, 2.18), tint=BLUE),
            )
        ),
        kilograms=3500,
        materials=PAINT,
        colours=("red", "orange"),
        synonyms=("emergency vehicle", "rescue van", "paramedic van"),
    ),
    thing(
        "bus",
        box(9.0, 2.4, 2.4, (0, 0, 1.6)),
        wheels(0.95, 0.3, 2.46, -2.8, 2.9),
        ghost(mirrored("y", *(box(1.3, 0.04, 0.8, (x, 1.2, 2.05), **PANE) for x in (-3.6, -2.1, -0.6, 0.9, 2.4, 3.8)))),
        ghost(box(0.04, 2.1, 1.1, (4.5, 0, 2.0), **PANE), box(9.02, 2.42, 0.12, (0, 0, 1.15), tint=WHITE)),
        ghost(box(1.0, 0.04, 1.9, (3.7, -1.205, 1.5), **PANE)),
        ghost(mirrored("y", box(0.06, 0.4, 0.22, (4.5, 0.85, 0.8), tint=HEADLIGHT))),
        ghost(box(0.05, 1.5, 0.28, (4.5, 0, 2.66), tint=YELLOW)),
        kilograms=11000,
        materials=PAINT,
        colours=("red", "yellow", "blue", "green"),
        synonyms=("coach/coaches", "school bus/school buses", "city bus/city buses"),
        plural="buses",
    ),
    thing(
        "lorry",
        box(6.4, 2.2, 0.3, (0, 0, 0.75), tint=DARK),
        box(4.4, 2.3, 2.1, (-1.0, 0, 1.95), tint=WHITE),
        box(1.6, 2.2, 1.7, (2.3, 0, 1.65)),
        wheels(0.95, 0.3, 2.3, -2.3, -1.2, 2.3),
        ghost(box(0.04, 1.9, 0.75, (3.1, 0, 2.0), **PANE)),
        ghost(
            mirrored(
                "y",
                box(0.8, 0.04, 0.65, (2.5, 1.1, 2.0), **PANE),
                box(0.06, 0.4, 0.22, (3.1, 0.8, 1.0), tint=HEADLIGHT),
            )
        ),
        ghost(box(4.42, 2.32, 0.3, (-1.0, 0, 1.6))),
        kilograms=9000,
        materials=PAINT,
        synonyms=("truck", "semi-trailer", "delivery truck"),
        plural="lorries",
    ),
    thing(
        "fire engine",
        box(6.2, 2.2, 0.3, (0, 0, 0.75), tint=DARK),
        box(4.2, 2.2, 1.5, (-0.95, 0, 1.6)),
        box(1.7, 2.2, 1.8, (2.15, 0, 1.75)),
        wheels(0.95, 0.3, 2.3, -1.9, 2.1),
        ghost(box(0.04, 1.9, 0.8, (3.0, 0, 2.05), **PANE)),
        ghost(
            mirrored(
                "y",
                box(0.9, 0.04, 0.7, (2.3, 1.1, 2.05), **PANE),
                box(1.2, 0.04, 0.9, (-1.6, 1.1, 1.75), **METAL),
                box(1.2, 0.04, 0.9, (-0.1, 1.1, 1.75), **METAL),
            )
        ),
        ghost(
            mirrored(
                "y", box(4.6, 0.08, 0.1, (-0.9, 0.3, 2.55), **METAL), box(0.3, 0.5, 0.16, (2.2, 0.6, 2.72), tint=BLUE)
            )
        ),
        ghost(*(box(0.08, 0.6, 0.08, (x, 0, 2.55), **METAL) for x in (-3, -2.4, -1.8, -1.2, -0.6, 0, 0.6, 1.2))),
        ghost(box(6.22, 2.24, 0.12, (0, 0, 1.0), tint=WHITE)),
        kilograms=12000,
        materials=PAINT,
        colours=("red",),
        synonyms=("fire truck", "firetruck", "fire brigade truck"),
    ),
    thing(
        "tractor",
        box(1.7, 0.7, 0.7, (0.65, 0, 1.05)),
        box(1.2, 1.0, 0.5, (-0.6, 0, 0.95)),
        wheels(1.6, 0.5, 2.0, -0.8, hub=YELLOW),
        wheels(0.9, 0.3, 1.6, 1.1, hub=YELLOW),
        ghost(box(1.1, 1.1, 0.9, (-0.6, 0, 1.7), **PANE), box(1.25, 1.25, 0.1, (-0.6, 0, 2.2))),
        ghost(cylinder(0.09, 0.7, (1.0, 0.2, 1.7), tint=BLACK)),
        ghost(mirrored("y", oval(1.5, 0.5, 0.35, (-0.8, 0.75, 1.6)), ball(0.16, (1.48, 0.22, 1.2), tint=HEADLIGHT))),
        kilograms=3000,
        materials=PAINT,
        colours=("red", "green", "blue"),
        synonyms=("farm tractor", "field tractor", "ploughing machine"),
    ),
    thing(
        "motorcycle",
        mirrored("x", ring(0.66, 0.13, (0.7, 0, 0.33), LIE_Y, **TYRE)),
        box(0.6, 0.3, 0.36, (0, 0, 0.42), **METAL),
        oval(0.65, 0.32, 0.3, (0.15, 0, 0.76)),
        ghost(capsule(0.2, 0.85, (-0.4, 0, 0.78), ("y", 84), tint=BLACK)),
        ghost(rod((0.7, 0, 0.33), (0.42, 0, 0.95), 0.07, **METAL)),
        ghost(rod((-0.7, 0, 0.33), (0, 0, 0.5), 0.07, **METAL)),
        ghost(rod((0.4, -0.36, 1.0), (0.4, 0.36, 1.0), 0.04, tint=BLACK)),
        ghost(ball(0.2, (0.55, 0, 0.88), **METAL), ball(0.15, (0.6, 0, 0.88), tint=HEADLIGHT)),
        ghost(rod((-0.1, -0.17, 0.28), (-0.85, -0.17, 0.34), 0.09, **METAL)),
        ghost(mirrored("x", cylinder(0.36, 0.05, (0.7, 0, 0.33), LIE_Y, **METAL))),
        ghost(oval(0.5, 0.17, 0.12, (-0.75, 0, 0.66)), oval(0.45, 0.16, 0.1, (0.72, 0, 0.67))),
        kilograms=180,
        materials=PAINT,
        synonyms=("motorbike", "moped", "chopper"),
    ),
)
