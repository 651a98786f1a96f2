"""Furniture and what is fixed in a room."""

from sora2lib.world.parts import Primitive
from sora2lib.world.things.shapes import (
    BLACK,
    BLUE,
    BOARDS,
    BROWN,
    CREAM,
    DARK,
    GOLD,
    GREEN,
    IRON,
    LIE_X,
    LIE_Y,
    METAL,
    RED,
    SKY,
    TIMBER,
    WHITE,
    YELLOW,
    ball,
    box,
    capsule,
    cylinder,
    ghost,
    legs,
    mirrored,
    oval,
    ring,
    rod,
    thing,
)

WOODEN, SOFT = ("wood",), ("foam", "leather")
GLOW = (1.0, 0.86, 0.52)

SPINES = (RED, BLUE, CREAM, GREEN, BROWN, YELLOW, DARK)


def _books(z: float, first: int) -> tuple[Primitive, ...]:
    """Return a row of books that stand at height z."""
    tall = (0.3, 0.26, 0.32, 0.28, 0.3, 0.24, 0.31)
    row = ((0.06 * k - 0.3, tall[(3 * first + k) % 7], SPINES[(first + 2 * k) % 7]) for k in range(9 - first))
    return ghost(*(box(0.054, 0.2, high, (x, 0, z + high / 2), tint=tint) for x, high, tint in row))


FURNITURE = (
    thing(
        "chair",
        box(0.44, 0.42, 0.04, (0, 0, 0.45)),
        legs(0.38, 0.36, 0.04, 0.43),
        mirrored("x", box(0.04, 0.04, 0.48, (0.19, 0.19, 0.7))),
        box(0.4, 0.025, 0.14, (0, 0.19, 0.86)),
        ghost(box(0.36, 0.02, 0.05, (0, 0.19, 0.66))),
        kilograms=5,
        materials=("wood", "plastic", "steel"),
        synonyms=("wooden chair", "kitchen chair", "dining chair"),
    ),
    thing(
        "stool",
        cylinder(0.34, 0.04, (0, 0, 0.58)),
        mirrored("x", mirrored("y", rod((0.17, 0.17, 0), (0.1, 0.1, 0.57), 0.035, tint="accent"))),
        ghost(ring(0.39, 0.02, (0, 0, 0.2), tint="accent")),
        kilograms=4,
        materials=("wood", "steel"),
        synonyms=("bar stool", "footstool", "three-legged stool"),
    ),
    thing(
        "armchair",
        box(0.8, 0.75, 0.3, (0, 0, 0.22)),
        box(0.8, 0.2, 0.5, (0, 0.3, 0.6)),
        mirrored("x", box(0.16, 0.7, 0.26, (0.34, -0.02, 0.48)), ghost(capsule(0.17, 0.74, (0.34, -0.02, 0.6), LIE_Y))),
        ghost(box(0.5, 0.55, 0.14, (0, -0.08, 0.43), tint="accent")),
        ghost(capsule(0.2, 0.78, (0, 0.3, 0.84), LIE_X)),
        legs(0.7, 0.6, 0.06, 0.08, **TIMBER),
        kilograms=28,
        materials=SOFT,
        synonyms=("easy chair", "wing chair", "lounge chair"),
    ),
    thing(
        "sofa",
        box(1.9, 0.8, 0.3, (0, 0, 0.22)),
        box(1.9, 0.22, 0.5, (0, 0.3, 0.58)),
        mirrored("x", box(0.2, 0.75, 0.26, (0.86, -0.02, 0.48)), ghost(capsule(0.2, 0.8, (0.86, -0.02, 0.6), LIE_Y))),
        ghost(
            mirrored(
                "x",
                box(0.7, 0.55, 0.14, (0.37, -0.1, 0.43), tint="accent"),
                oval(0.55, 0.22, 0.42, (0.4, 0.16, 0.66), ("x", -14)),
            )
        ),
        ghost(capsule(0.2, 1.88, (0, 0.31, 0.82), LIE_X)),
        legs(1.7, 0.6, 0.07, 0.08, **TIMBER),
        kilograms=55,
        materials=SOFT,
        synonyms=("couch/couches", "settee", "loveseat"),
    ),
    thing(
        "bed",
        box(1.4, 2.0, 0.2, (0, 0, 0.3), **BOARDS),
        box(1.34, 1.94, 0.2, (0, 0, 0.48), tint=WHITE),
        box(1.4, 0.06, 0.9, (0, 1.0, 0.5), **BOARDS),
        ghost(box(1.42, 1.35, 0.14, (0, -0.3, 0.53))),
        ghost(mirrored("x", oval(0.6, 0.4, 0.16, (0.33, 0.72, 0.62), tint=CREAM))),
        ghost(legs(1.3, 1.9, 0.08, 0.2, **TIMBER)),
        kilograms=70,
        materials=("foam",),
        synonyms=("double bed", "bedstead", "sleeping bed"),
    ),
    thing(
        "bookshelf",
        mirrored("x", box(0.03, 0.3, 1.8, (0.385, 0, 0.9))),
        *(box(0.74, 0.3, 0.03, (0, 0, z)) for z in (0.06, 0.48, 0.92, 1.36, 1.785)),
        ghost(box(0.74, 0.015, 1.75, (0, 0.14, 0.9), tint="accent")),
        *(_books(0.075 + z, first) for first, z in enumerate((0, 0.42, 0.86, 1.3))),
        kilograms=35,
        materials=WOODEN,
        colours=("brown", "white", "black"),
        synonyms=("shelf/shelves", "bookcase", "book shelf/book shelves"),
        plural="bookshelves",
    ),
    thing(
        "wardrobe",
        box(1.0, 0.55, 1.9, (0, 0, 0.97)),
        ghost(box(0.01, 0.02, 1.7, (0, -0.275, 0.97), tint=BLACK)),
        ghost(
            mirrored(
                "x", ball(0.04, (0.05, -0.285, 0.97), **GOLD), box(0.36, 0.02, 1.6, (0.25, -0.275, 0.97), tint="accent")
            )
        ),
        ghost(box(1.06, 0.6, 0.05, (0, 0, 1.94)), legs(0.9, 0.45, 0.07, 0.04)),
        kilograms=80,
        materials=WOODEN,
        colours=("brown", "white", "cyan"),
        synonyms=("cupboard", "closet", "cabinet"),
    ),
    thing(
        "floor lamp",
        cylinder(0.3, 0.03, (0, 0, 0.015), **IRON),
        cylinder(0.03, 1.3, (0, 0, 0.67), **IRON),
        cylinder(0.36, 0.26, (0, 0, 1.42)),
        ghost(cylinder(0.32, 0.262, (0, 0, 1.42), tint=GLOW)),
        kilograms=6,
        materials=("foam", "plastic"),
        colours=("white", "yellow", "red", "green"),
        synonyms=("standard lamp", "standing lamp", "reading lamp"),
    ),
    thing(
        "lamp",
        cylinder(0.16, 0.02, (0, 0, 0.01)),
        ball(0.14, (0, 0, 0.085)),
        ghost(cylinder(0.025, 0.16, (0, 0, 0.2), **GOLD)),
        cylinder(0.28, 0.2, (0, 0, 0.34), tint=CREAM, material="foam"),
        ghost(
            cylinder(0.25, 0.202, (0, 0, 0.34), tint=GLOW),
            *(ring(0.285, 0.01, (0, 0, z), **GOLD) for z in (0.242, 0.438)),
        ),
        kilograms=1.5,
        materials=("stone", "wood"),
        synonyms=("table lamp", "desk lamp", "bedside lamp"),
    ),
    thing(
        "cushion",
        oval(0.46, 0.46, 0.17, (0, 0, 0.085)),
        ghost(box(0.38, 0.38, 0.07, (0, 0, 0.085))),
        ghost(mirrored("x", capsule(0.075, 0.46, (0.19, 0, 0.085), LIE_Y))),
        ghost(mirrored("y", capsule(0.075, 0.46, (0, 0.19, 0.085), LIE_X))),
        ghost(ball(0.03, (0, 0, 0.165), tint="accent")),
        kilograms=0.6,
        materials=("foam",),
        synonyms=("pillow", "throw pillow", "seat cushion"),
    ),
    thing(
        "rug",
        box(1.8, 1.2, 0.015, (0, 0, 0.0075)),
        ghost(box(1.6, 1.0, 0.017, (0, 0, 0.0085), tint="accent"), box(1.45, 0.85, 0.019, (0, 0, 0.0095))),
        ghost(box(0.4, 0.4, 0.021, (0, 0, 0.0105), ("z", 45), tint=CREAM)),
        ghost(mirrored("x", box(0.06, 1.18, 0.008, (0.92, 0, 0.004), tint=CREAM))),
        kilograms=5,
        materials=("foam",),
        synonyms=("carpet", "floor rug", "hearthrug"),
        rooted=True,
    ),
    thing(
        "bathtub",
        box(1.6, 0.7, 0.08, (0, 0, 0.14)),
        mirrored("y", box(1.6, 0.07, 0.48, (0, 0.34, 0.36))),
        mirrored("x", box(0.07, 0.7, 0.48, (0.78, 0, 0.36))),
        ghost(mirrored("y", capsule(0.1, 1.72, (0, 0.35, 0.6), LIE_X))),
        ghost(mirrored("x", capsule(0.1, 0.8, (0.81, 0, 0.6), LIE_Y))),
        ghost(box(1.5, 0.62, 0.02, (0, 0, 0.52), tint=SKY, material="glass")),
        ghost(rod((0.7, 0, 0.6), (0.7, 0, 0.8), 0.04, **METAL)),
        legs(1.3, 0.5, 0.08, 0.12, **GOLD),
        kilograms=90,
        materials=("plastic", "stone"),
        colours=("white", "pink", "cyan"),
        synonyms=("bath", "tub", "bath tub"),
    ),
    thing(
        "door",
        box(0.9, 0.05, 2.0, (0, 0, 1.0)),
        ghost(mirrored("x", box(0.08, 0.1, 2.05, (0.49, 0, 1.025), tint=CREAM))),
        ghost(box(1.06, 0.1, 0.08, (0, 0, 2.07), tint=CREAM), ball(0.06, (0.36, -0.05, 1.0), **GOLD)),
        ghost(*(box(0.28, 0.06, 0.7, (x, 0, z), tint="accent") for x in (-0.21, 0.21) for z in (0.5, 1.45))),
        kilograms=35,
        materials=WOODEN,
        synonyms=("front door", "doorway", "wooden door"),
        rooted=True,
    ),
)
