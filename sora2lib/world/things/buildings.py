"""Houses, towers, bridges and other things that are built to stay."""

from typing import Unpack

from sora2lib.world.parts import Primitive, Row
from sora2lib.world.things.shapes import (
    BLACK,
    CLAY,
    CREAM,
    DARK,
    GOLD,
    LIE_X,
    LIE_Y,
    METAL,
    PANE,
    STRAW,
    TIMBER,
    WHITE,
    Look,
    around,
    ball,
    box,
    capsule,
    cone,
    cylinder,
    gable,
    ghost,
    mirrored,
    moved,
    oval,
    ring,
    rod,
    stack,
    thing,
    turned,
)

MASONRY: Look = {"tint": (0.55, 0.52, 0.47), "material": "stone", "pattern": "brick"}
DOOR = (0.28, 0.16, 0.08)


def _crenels(count: int, across: float, z: float, size: float, **look: Unpack[Look]) -> tuple[Primitive, ...]:
    return around(count, box(size, size, size, ((across - size) / 2, 0, z + size / 2), **look))


def _tower(across: float, tall: float, at: Row) -> tuple[Primitive, ...]:
    """Return a round tower with a pointed roof."""
    roof = (
        cone(1.3 * across, across, (0, 0, tall + across / 2)),
        cylinder(1.15 * across, 0.12 * across, (0, 0, tall), **MASONRY),
    )
    windows = (box(0.14 * across, 0.1, 0.3 * across, (0, -across / 2, z * tall), **PANE) for z in (0.45, 0.8))
    return moved(at, cylinder(across, tall, (0, 0, tall / 2), **MASONRY), *ghost(*roof, *windows))


BUILDINGS = (
    thing(
        "log cabin",
        box(3.2, 2.8, 1.5, (0, 0, 0.75), **TIMBER),
        gable(3.7, 3.3, 1.1, (0, 0, 2.05)),
        ghost(
            *(
                mirrored("y", cylinder(0.26, 3.5, (0, 1.38, z), LIE_X, **TIMBER))
                for z in (0.13, 0.38, 0.63, 0.88, 1.13, 1.38)
            )
        ),
        ghost(box(0.6, 0.3, 1.1, (-0.5, -1.4, 0.55), tint=DOOR)),
        ghost(box(0.6, 0.32, 0.5, (0.8, -1.4, 0.9), **PANE)),
        ghost(box(0.4, 0.4, 1.1, (1.0, 0.6, 2.4), **MASONRY)),
        kilograms=9000,
        materials=("wood",),
        colours=("brown", "red", "green", "grey"),
        synonyms=("cabin", "lodge", "shack"),
        rooted=True,
    ),
    thing(
        "straw hut",
        cylinder(2.6, 1.3, (0, 0, 0.65), tint=CLAY),
        cone(3.8, 1.6, (0, 0, 2.0), tint=STRAW),
        ghost(box(0.7, 0.2, 1.0, (0, -1.25, 0.5), tint=BLACK)),
        ghost(around(16, rod((1.75, 0, 1.2), (0.05, 0, 2.72), 0.09, tint=(0.68, 0.54, 0.26)))),
        ghost(ball(0.25, (0, 0, 2.78), tint=STRAW)),
        kilograms=3000,
        materials=("wood",),
        colours=("yellow",),
        synonyms=("round hut", "grass hut", "thatched hut"),
        rooted=True,
    ),
    thing(
        "castle tower",
        cylinder(2.4, 5.0, (0, 0, 2.5), **MASONRY),
        cylinder(2.9, 0.6, (0, 0, 5.1), **MASONRY),
        ghost(_crenels(10, 2.9, 5.4, 0.42, **MASONRY), box(0.9, 0.3, 1.4, (0, -1.15, 0.7), tint=DOOR)),
        ghost(*(box(0.22, 0.2, 0.7, (0, -1.16, z), tint=BLACK) for z in (2.4, 3.8))),
        ghost(cylinder(0.06, 1.6, (0, 0, 6.2), **METAL), box(0.8, 0.03, 0.45, (0.42, 0, 6.75))),
        kilograms=60000,
        materials=("stone",),
        colours=("red", "blue", "green", "yellow"),
        synonyms=("tower", "watchtower", "stone tower"),
        rooted=True,
    ),
    thing(
        "castle",
        box(5.4, 3.4, 2.2, (0, 0, 1.1), **MASONRY),
        *(_tower(1.4, 3.4, (x, y, 0)) for x in (-2.7, 2.7) for y in (-1.7, 1.7)),
        box(2.0, 1.6, 3.6, (0, 0.4, 1.8), **MASONRY),
        ghost(*(box(0.4, 0.4, 0.4, (x, -1.5, 2.4), **MASONRY) for x in (-1.6, -0.8, 0, 0.8, 1.6))),
        ghost(*(box(0.4, 0.4, 0.4, (x, y, 3.8), **MASONRY) for x in (-0.8, 0, 0.8) for y in (-0.2, 1.0))),
        ghost(box(1.0, 0.2, 1.2, (0, -1.7, 0.6), tint=DOOR)),
        ghost(cylinder(1.0, 0.2, (0, -1.7, 1.2), LIE_Y, tint=DOOR)),
        ghost(cylinder(0.06, 1.5, (0, 0.4, 4.3), **METAL), box(0.8, 0.03, 0.45, (0.42, 0.4, 4.8))),
        kilograms=200000,
        materials=("stone",),
        colours=("red", "blue", "purple"),
        synonyms=("fortress/fortresses", "stronghold", "palace"),
        rooted=True,
    ),
    thing(
        "church",
        box(2.6, 4.2, 2.4, (0, 0.8, 1.2), tint=CREAM),
        gable(3.0, 4.5, 1.4, (0, 0.8, 3.1)),
        box(1.5, 1.5, 4.4, (0, -1.8, 2.2), tint=CREAM),
        ghost(cone(2.1, 2.6, (0, -1.8, 5.7)), box(0.08, 0.08, 0.7, (0, -1.8, 7.2), **GOLD)),
        ghost(box(0.4, 0.08, 0.08, (0, -1.8, 7.3), **GOLD)),
        ghost(box(0.6, 0.1, 1.1, (0, -2.55, 0.55), tint=DOOR)),
        ghost(cylinder(0.7, 0.1, (0, -2.55, 3.4), LIE_Y, tint=WHITE)),
        ghost(rod((0, -2.62, 3.4), (0.12, -2.62, 3.6), 0.05, tint=BLACK)),
        ghost(mirrored("x", *(box(0.1, 0.5, 1.1, (1.3, y, 1.4), **PANE) for y in (0, 1.2, 2.4)))),
        kilograms=60000,
        materials=("stone",),
        colours=("red", "brown", "grey"),
        synonyms=("chapel", "steeple", "village church/village churches"),
        plural="churches",
        rooted=True,
    ),
    thing(
        "skyscraper",
        box(3.0, 3.0, 7.0, (0, 0, 3.5), tint=(0.30, 0.42, 0.52), material="plastic"),
        box(2.2, 2.2, 2.5, (0, 0, 8.25), tint=(0.30, 0.42, 0.52), material="plastic"),
        ghost(*(box(3.04, 3.04, 0.09, (0, 0, 0.7 * k)) for k in range(1, 11))),
        ghost(*(box(2.24, 2.24, 0.09, (0, 0, 7 + 0.62 * k)) for k in range(1, 5))),
        ghost(*(box(0.07, 3.03, 7.0, (x, 0, 3.5)) for x in (-1.0, -0.5, 0, 0.5, 1.0))),
        ghost(*(box(3.03, 0.07, 7.0, (0, y, 3.5)) for y in (-1.0, -0.5, 0, 0.5, 1.0))),
        ghost(cylinder(0.1, 2.0, (0, 0, 10.5), **METAL)),
        kilograms=90000,
        materials=("steel", "stone"),
        colours=("grey", "white", "brown"),
        synonyms=("high-rise", "office tower", "tower block"),
        rooted=True,
    ),
    thing(
        "barn",
        box(3.6, 4.0, 2.2, (0, 0, 1.1), pattern="planks"),
        gable(4.0, 4.4, 1.5, (0, 0, 2.95), tint=DARK),
        ghost(box(1.4, 0.1, 1.7, (0, -2.0, 0.85), tint=WHITE), box(1.2, 0.12, 1.5, (0, -2.0, 0.85))),
        ghost(box(0.1, 0.14, 2.1, (0, -2.0, 0.85), ("y", 40), tint=WHITE)),
        ghost(box(0.1, 0.14, 2.1, (0, -2.0, 0.85), ("y", -40), tint=WHITE)),
        ghost(box(0.7, 0.12, 0.6, (0, -2.0, 2.5), tint=WHITE)),
        ghost(box(0.5, 0.14, 0.4, (0, -2.0, 2.5), tint=DARK)),
        kilograms=15000,
        materials=("wood",),
        colours=("red", "brown"),
        synonyms=("red barn", "shed", "farmhouse"),
        rooted=True,
    ),
    thing(
        "windmill",
        cone(3.4, 6.2, (0, 0, 3.1), tint=CREAM),
        ghost(oval(1.7, 1.7, 1.5, (0, 0, 4.75)), cylinder(1.75, 0.12, (0, 0, 4.7), tint=DARK)),
        ghost(rod((0, -0.6, 4.6), (0, -1.3, 4.6), 0.2, **TIMBER), box(0.7, 0.3, 1.2, (0, -1.35, 0.6), tint=DOOR)),
        ghost(*(box(0.4, 0.3, 0.5, (0, y, z), **PANE) for y, z in ((-0.95, 2.4), (-0.7, 3.3)))),
        ghost(
            moved(
                (0, -1.25, 4.6),
                *(
                    turned(
                        ("y", 45.0 + 90 * k),
                        box(0.1, 0.08, 2.6, (0, 0, 1.3), **TIMBER),
                        box(0.55, 0.04, 1.9, (0.32, 0, 1.6), tint=WHITE),
                        *(box(0.6, 0.06, 0.05, (0.3, 0, z), **TIMBER) for z in (0.7, 1.15, 1.6, 2.05, 2.5)),
                    )
                    for k in range(4)
                ),
            )
        ),
        kilograms=30000,
        materials=("stone", "wood"),
        colours=("red", "brown", "grey"),
        synonyms=("mill", "wind mill", "Dutch windmill"),
        rooted=True,
    ),
    thing(
        "wind turbine",
        cylinder(0.4, 7.0, (0, 0, 3.5), tint=WHITE),
        ghost(capsule(0.6, 1.4, (0, 0.1, 7.0), LIE_Y, tint=WHITE), ball(0.5, (0, -0.6, 7.0))),
        ghost(
            moved(
                (0, -0.6, 7.0),
                *(turned(("y", 120.0 * k), oval(0.5, 0.08, 3.4, (0, 0, 1.75), tint=WHITE)) for k in range(3)),
            )
        ),
        kilograms=20000,
        materials=("plastic", "steel"),
        colours=("white", "red"),
        synonyms=("wind generator", "wind power plant", "wind wheel"),
        rooted=True,
    ),
    thing(
        "igloo",
        *stack(*(cylinder(d, 0.36, tint=WHITE) for d in (2.7, 2.4, 1.8))),
        box(1.0, 1.1, 0.6, (0, -1.5, 0.3), tint=WHITE),
        ghost(oval(2.8, 2.8, 2.8, tint=(0.88, 0.93, 0.98), pattern="rock")),
        ghost(cylinder(1.2, 1.2, (0, -1.5, 0.2), LIE_Y, tint=(0.88, 0.93, 0.98))),
        ghost(cylinder(0.85, 0.02, (0, -2.1, 0.2), LIE_Y, tint=BLACK)),
        ghost(
            *(ring(d, 0.05, (0, 0, z), tint=(0.66, 0.76, 0.86)) for d, z in ((2.76, 0.35), (2.5, 0.7), (1.98, 1.03)))
        ),
        ghost(ring(1.22, 0.14, (0, -2.08, 0.2), LIE_Y, tint=WHITE)),
        kilograms=2500,
        materials=("stone",),
        colours=("white",),
        synonyms=("snow hut", "ice hut", "snow house"),
        rooted=True,
    ),
    thing(
        "temple",
        box(5.0, 3.6, 0.2, (0, 0, 0.1)),
        box(4.6, 3.2, 0.2, (0, 0, 0.3)),
        *(mirrored("y", cylinder(0.34, 1.9, (x, 1.3, 1.35))) for x in (-1.9, -0.95, 0, 0.95, 1.9)),
        box(4.5, 3.1, 0.3, (0, 0, 2.45)),
        gable(4.8, 3.4, 0.9, (0, 0, 3.05)),
        ghost(box(3.2, 1.6, 1.9, (0, 0, 1.35), tint="accent")),
        kilograms=40000,
        materials=("stone",),
        colours=("white", "yellow", "grey"),
        synonyms=("Greek temple", "shrine", "pantheon"),
        rooted=True,
    ),
)
