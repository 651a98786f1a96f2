"""Bridges, fences, arches and other things that are built but not lived in."""

from sora2lib.world.things.shapes import (
    BLACK,
    BOARDS,
    LIE_Y,
    METAL,
    SAND,
    STRAW,
    TIMBER,
    WHITE,
    Look,
    around,
    box,
    cylinder,
    gable,
    ghost,
    mirrored,
    moved,
    ring,
    rod,
    stack,
    thing,
    turned,
)

MASONRY: Look = {"tint": (0.55, 0.52, 0.47), "material": "stone", "pattern": "brick"}
STRUCTURES = (
    thing(
        "bridge",
        box(2.0, 1.8, 0.16, (0, 0, 1.05), pattern="planks"),
        *(turned(("z", a), box(1.7, 1.8, 0.16, (1.72, 0, 0.72), ("y", 24), pattern="planks")) for a in (0.0, 180.0)),
        *(mirrored("y", cylinder(0.2, 1.1, (x, 0.75, 0.55), tint="accent")) for x in (-0.9, 0.9)),
        ghost(
            mirrored(
                "y",
                rod((-1.0, 0.85, 1.75), (1.0, 0.85, 1.75), 0.1),
                mirrored(
                    "x",
                    rod((1.0, 0.85, 1.75), (2.5, 0.85, 1.1), 0.1),
                    *(
                        rod((x, 0.85, z), (x, 0.85, z + 0.7), 0.09)
                        for x, z in ((0.1, 1.05), (1.0, 1.05), (1.75, 0.7), (2.45, 0.42))
                    ),
                ),
            )
        ),
        kilograms=1500,
        materials=("wood", "stone"),
        colours=("brown", "red", "grey"),
        synonyms=("footbridge", "wooden bridge", "arched bridge"),
        rooted=True,
    ),
    thing(
        "fence",
        *(box(0.12, 0.03, 0.8, (-1.2 + 0.2 * k, 0, 0.4)) for k in range(13)),
        ghost(*(box(2.6, 0.04, 0.1, (0, 0.03, z)) for z in (0.25, 0.65))),
        ghost(*(gable(0.12, 0.03, 0.08, (-1.2 + 0.2 * k, 0, 0.84)) for k in range(13))),
        kilograms=30,
        materials=("wood",),
        colours=("white", "brown", "green"),
        synonyms=("picket fence", "garden fence", "wooden fence"),
        rooted=True,
    ),
    thing(
        "well",
        cylinder(1.2, 0.7, (0, 0, 0.35), **MASONRY),
        mirrored("x", box(0.1, 0.1, 1.1, (0.5, 0, 1.2), **TIMBER)),
        ghost(ring(1.28, 0.14, (0, 0, 0.7), tint=(0.45, 0.43, 0.4))),
        ghost(cylinder(1.0, 0.02, (0, 0, 0.705), tint=BLACK)),
        ghost(turned(("z", 90), gable(1.3, 1.5, 0.5, (0, 0, 1.98)))),
        ghost(rod((-0.6, 0, 1.35), (0.7, 0, 1.35), 0.1, **TIMBER)),
        ghost(rod((0, 0, 1.3), (0, 0, 1.0), 0.025, tint=STRAW)),
        ghost(cylinder(0.26, 0.24, (0, 0, 0.9), **BOARDS)),
        kilograms=1500,
        materials=("stone",),
        colours=("red", "brown"),
        synonyms=("wishing well", "water well", "draw well"),
        rooted=True,
    ),
    thing(
        "arch",
        mirrored("x", box(0.5, 0.6, 1.6, (1.0, 0, 0.8), pattern="brick")),
        *(
            moved((0, 0, 1.6), *turned(("y", 15.0 + 30 * k), box(0.5, 0.6, 0.64, (-1.0, 0, 0), pattern="brick")))
            for k in range(6)
        ),
        kilograms=4000,
        materials=("stone",),
        colours=("grey", "brown", "red", "yellow"),
        synonyms=("archway", "gateway", "stone arch/stone arches"),
        plural="arches",
        rooted=True,
    ),
    thing(
        "column",
        *stack(
            box(0.8, 0.8, 0.16), cylinder(0.7, 0.12), cylinder(0.52, 2.4), cylinder(0.66, 0.12), box(0.8, 0.8, 0.14)
        ),
        ghost(around(12, cylinder(0.05, 2.4, (0.25, 0, 1.48), tint="accent"))),
        kilograms=1600,
        materials=("stone",),
        colours=("white", "grey", "yellow"),
        synonyms=("Greek column", "marble column", "stone column"),
    ),
    thing(
        "gate",
        mirrored("x", box(0.2, 0.2, 1.3, (1.2, 0, 0.65), tint="accent")),
        *(box(2.2, 0.06, 0.12, (0, 0, z)) for z in (0.25, 0.5, 0.75, 1.0)),
        ghost(box(2.4, 0.05, 0.1, (0, -0.02, 0.62), ("y", 20))),
        ghost(mirrored("x", box(0.28, 0.28, 0.08, (1.2, 0, 1.33)))),
        kilograms=70,
        materials=("wood", "steel"),
        colours=("brown", "white", "black"),
        synonyms=("farm gate", "garden gate", "field gate"),
        rooted=True,
    ),
    thing(
        "pyramid",
        *(box(5.0 - 0.5 * k, 5.0 - 0.5 * k, 0.36, (0, 0, 0.18 + 0.36 * k), tint=SAND) for k in range(10)),
        kilograms=90000,
        materials=("stone",),
        colours=("yellow",),
        synonyms=("step pyramid", "Egyptian pyramid", "stone pyramid"),
        rooted=True,
    ),
    thing(
        "doghouse",
        box(0.7, 0.9, 0.55, (0, 0, 0.275), pattern="planks"),
        gable(0.9, 1.1, 0.4, (0, 0, 0.75), tint="accent"),
        ghost(box(0.3, 0.02, 0.28, (0, -0.45, 0.14), tint=BLACK)),
        ghost(cylinder(0.3, 0.02, (0, -0.45, 0.28), LIE_Y, tint=BLACK)),
        ghost(box(0.3, 0.02, 0.08, (0, -0.46, 0.5), tint=WHITE)),
        kilograms=25,
        materials=("wood",),
        colours=("red", "brown", "blue"),
        synonyms=("kennel", "dog kennel", "dog house"),
    ),
    thing(
        "tent",
        gable(2.0, 2.4, 1.3, (0, 0, 0.65)),
        ghost(gable(0.9, 2.42, 0.95, (0, -0.01, 0.475), tint=BLACK)),
        ghost(mirrored("x", mirrored("y", rod((0.4, 1.2, 0.8), (1.2, 1.7, 0.02), 0.02, tint=WHITE)))),
        ghost(rod((0, -1.22, 0), (0, -1.22, 1.36), 0.05, **METAL)),
        kilograms=8,
        materials=("foam",),
        synonyms=("camping tent", "pup tent", "canvas tent"),
    ),
)
