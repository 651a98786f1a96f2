"""Stones, ice, snow and what else lies outdoors."""

from sora2lib.world.things.shapes import (
    BARK,
    BLACK,
    DARK,
    GREY,
    LIE_X,
    ORANGE,
    STRAW,
    WHITE,
    Look,
    around,
    ball,
    box,
    capsule,
    cone,
    cylinder,
    ghost,
    mirrored,
    oval,
    ring,
    rod,
    stack,
    thing,
    wedge,
)

ROCK: Look = {"tint": (0.42, 0.40, 0.37), "material": "stone", "pattern": "rock"}
SNOW, ICE = (0.93, 0.95, 0.98), (0.72, 0.88, 0.95)
FLAME, EMBER = (1.0, 0.62, 0.12), (0.92, 0.26, 0.05)


NATURE = (
    thing(
        "log",
        cylinder(0.34, 1.4, (0, 0, 0.17), LIE_X, tint=BARK),
        ghost(
            mirrored(
                "x",
                cylinder(0.29, 0.01, (0.7, 0, 0.17), LIE_X, tint=(0.72, 0.54, 0.33)),
                cylinder(0.15, 0.014, (0.7, 0, 0.17), LIE_X, tint=(0.58, 0.41, 0.23)),
            )
        ),
        ghost(rod((0.2, 0, 0.2), (0.3, 0.05, 0.44), 0.09, tint=BARK)),
        kilograms=75,
        materials=("wood",),
        colours=("brown",),
        synonyms=("tree trunk", "fallen trunk", "wooden log"),
    ),
    thing(
        "tree stump",
        cylinder(0.5, 0.4, (0, 0, 0.2), tint=BARK),
        ghost(cylinder(0.45, 0.01, (0, 0, 0.4), tint=(0.72, 0.54, 0.33))),
        ghost(
            *(
                cylinder(d, 0.012 + 0.002 * k, (0, 0, 0.4), tint=t)
                for k, (d, t) in enumerate(
                    ((0.32, (0.58, 0.41, 0.23)), (0.29, (0.72, 0.54, 0.33)), (0.13, (0.58, 0.41, 0.23)))
                )
            )
        ),
        ghost(around(5, cone(0.28, 0.26, (0.2, 0, 0.13), tint=BARK))),
        kilograms=60,
        materials=("wood",),
        colours=("brown",),
        synonyms=("stump", "cut tree", "chopping block"),
    ),
    thing(
        "pebble",
        oval(0.09, 0.07, 0.045, (0, 0, 0.0225)),
        kilograms=0.38,
        materials=("stone",),
        colours=("grey", "white", "brown", "black"),
        synonyms=("small stone", "river stone", "cobble"),
    ),
    thing(
        "rock pile",
        oval(0.9, 0.7, 0.6, (0, 0, 0.28), **ROCK),
        oval(0.6, 0.5, 0.4, (0.55, -0.15, 0.18), **ROCK),
        oval(0.5, 0.45, 0.3, (-0.5, -0.2, 0.14), **ROCK),
        ghost(oval(0.25, 0.2, 0.16, (0.15, -0.5, 0.08), **ROCK)),
        kilograms=700,
        materials=("stone",),
        colours=("grey",),
        synonyms=("rockfall", "pile of rocks/piles of rocks", "heap of stones/heaps of stones"),
        rooted=True,
    ),
    thing(
        "iceberg",
        box(2.4, 1.8, 0.8, (0, 0, 0.4), ("z", 12), tint=ICE),
        cone(1.9, 2.2, (-0.25, 0, 1.7), tint=SNOW),
        ghost(cone(1.2, 1.3, (0.65, -0.1, 1.3), tint=ICE)),
        ghost(wedge(1.4, 1.3, 0.9, (0.5, 0.1, 0.9), ("z", 195), tint=SNOW)),
        ghost(box(1.2, 1.1, 0.8, (-0.5, 0, 0.9), ("y", 18), tint=ICE)),
        kilograms=4000,
        materials=("stone",),
        colours=("white", "cyan"),
        synonyms=("ice floe", "floating ice", "berg"),
    ),
    thing(
        "snowman",
        ball(0.8, (0, 0, 0.36), tint=SNOW),
        ball(0.56, (0, 0, 0.93), tint=SNOW),
        ball(0.4, (0, 0, 1.33), tint=SNOW),
        ghost(rod((0, -0.19, 1.33), (0, -0.42, 1.31), 0.07, "cone", tint=ORANGE)),
        ghost(
            mirrored(
                "x",
                ball(0.045, (0.075, -0.175, 1.4), tint=BLACK),
                rod((0.24, 0, 1.0), (0.62, -0.05, 1.25), 0.035, tint=BARK),
            )
        ),
        ghost(*(ball(0.05, (0, -0.275 + 0.03 * abs(k), 0.93 + 0.11 * k), tint=BLACK) for k in (-1, 0, 1))),
        ghost(ring(0.42, 0.1, (0, 0, 1.18)), capsule(0.1, 0.36, (0.12, -0.2, 1.04), ("x", -15))),
        ghost(cylinder(0.42, 0.03, (0, 0, 1.49), tint=BLACK)),
        ghost(cylinder(0.27, 0.25, (0, 0, 1.62), tint=BLACK)),
        ghost(
            *(
                ball(0.025, (0.035 * k, -0.185 + 0.006 * abs(k), 1.25 + 0.008 * k * k), tint=BLACK)
                for k in (-2, -1, 0, 1, 2)
            )
        ),
        kilograms=90,
        materials=("foam",),
        colours=("red", "blue", "green"),
        synonyms=("snow man/snow men", "figure of snow/figures of snow", "snow sculpture"),
        plural="snowmen",
    ),
    thing(
        "snowball",
        ball(0.12, (0, 0, 0.06), tint=SNOW, pattern="rock"),
        kilograms=0.35,
        materials=("foam",),
        colours=("white",),
        synonyms=("ball of snow/balls of snow", "lump of snow/lumps of snow", "snow ball"),
        rolls=True,
    ),
    thing(
        "hill",
        ghost(oval(6.0, 6.0, 2.4, tint=(0.22, 0.42, 0.12), pattern="leaves")),
        ghost(oval(4.0, 4.0, 1.4, (2.6, 0.6, 0), tint=(0.22, 0.42, 0.12), pattern="leaves")),
        *stack(*(cylinder(d, 0.27, tint=(0.22, 0.42, 0.12), pattern="leaves") for d in (5.8, 5.3, 4.4, 2.6))),
        kilograms=90000,
        materials=("stone",),
        colours=("green",),
        synonyms=("mound", "hillock", "knoll"),
        rooted=True,
    ),
    thing(
        "mountain",
        cone(9.0, 5.0, (0, 0, 2.5), **ROCK),
        cone(5.6, 3.2, (3.2, 0.8, 1.6), **ROCK),
        cone(5.0, 2.6, (-3.2, 0.4, 1.3), **ROCK),
        ghost(cone(3.7, 2.06, (0, 0, 4.0), tint=SNOW), cone(1.9, 1.1, (3.2, 0.8, 2.7), tint=SNOW)),
        kilograms=300000,
        materials=("stone",),
        colours=("grey",),
        synonyms=("peak", "snowy mountain", "mountain range"),
        rooted=True,
    ),
    thing(
        "volcano",
        cone(7.0, 5.0, (0, 0, 2.5), **ROCK),
        ghost(cylinder(1.8, 0.5, (0, 0, 4.0), tint=DARK), cylinder(1.4, 0.52, (0, 0, 4.03), tint=EMBER)),
        ghost(
            *(
                rod((0.5 * x, 0.5 * y, 4.2), (3.3 * x, 3.3 * y, 0.2), 0.3, "capsule", tint=EMBER)
                for x, y in ((0.2, -0.98), (0.8, -0.6), (-0.85, -0.5))
            )
        ),
        ghost(oval(1.4, 1.4, 1.0, (0, 0, 5.0), tint=GREY, pattern="rock")),
        ghost(oval(1.8, 1.7, 1.2, (0.3, 0, 5.8), tint=GREY, pattern="rock")),
        kilograms=200000,
        materials=("stone",),
        colours=("grey",),
        synonyms=("smoking mountain", "crater", "erupting mountain"),
        plural="volcanoes",
        rooted=True,
    ),
    thing(
        "cloud",
        ghost(oval(2.0, 1.2, 0.9, (0, 0, 0.55), tint=WHITE)),
        ghost(oval(1.3, 1.0, 0.8, (0.9, 0, 0.42), tint=WHITE)),
        ghost(oval(1.4, 1.0, 0.7, (-0.95, 0, 0.38), tint=WHITE)),
        ghost(oval(1.0, 0.9, 0.9, (0.35, -0.1, 0.85), tint=WHITE)),
        ghost(oval(0.8, 0.8, 0.7, (-0.4, -0.1, 0.8), tint=WHITE)),
        kilograms=0,
        materials=("foam",),
        colours=("white",),
        synonyms=("fluffy cloud", "cumulus/cumuli", "puffy cloud"),
        rooted=True,
    ),
    thing(
        "crystal",
        rod((0, 0, 0), (0, 0, 0.4), 0.16),
        ghost(cone(0.16, 0.16, (0, 0, 0.48)), rod((0.07, 0, 0.04), (0.2, 0.02, 0.26), 0.1)),
        ghost(rod((0.2, 0.02, 0.26), (0.245, 0.025, 0.34), 0.1, "cone")),
        ghost(rod((-0.07, 0, 0.04), (-0.17, -0.04, 0.2), 0.1)),
        ghost(rod((-0.17, -0.04, 0.2), (-0.22, -0.05, 0.28), 0.1, "cone")),
        box(0.4, 0.28, 0.06, (0, 0, 0.03), **ROCK),
        kilograms=14,
        materials=("glass",),
        colours=("purple", "pink", "cyan", "green"),
        synonyms=("amethyst", "quartz/quartzes", "rock crystal"),
    ),
    thing(
        "hay bale",
        cylinder(1.2, 1.1, (0, 0, 0.6), LIE_X, tint=STRAW),
        ghost(*(ring(1.22, 0.03, (x, 0, 0.6), LIE_X, tint="accent") for x in (-0.3, 0, 0.3))),
        ghost(
            mirrored("x", *(ring(d, 0.03, (0.545, 0, 0.6), LIE_X, tint=(0.62, 0.48, 0.2)) for d in (1.0, 0.66, 0.32)))
        ),
        kilograms=250,
        materials=("foam",),
        colours=("yellow",),
        synonyms=("bale of hay/bales of hay", "straw bale", "bale of straw/bales of straw"),
    ),
    thing(
        "campfire",
        around(6, rod((0.34, 0, 0.04), (0.02, 0, 0.3), 0.09, tint=BARK)),
        ghost(around(10, oval(0.2, 0.17, 0.14, (0.48, 0, 0.06), **ROCK))),
        ghost(cone(0.3, 0.62, (0, 0, 0.42), tint=EMBER), cone(0.2, 0.5, (0.04, 0, 0.42), tint=FLAME)),
        ghost(around(3, cone(0.16, 0.4, (0.11, 0, 0.34), ("y", 10), tint=FLAME))),
        ghost(cone(0.1, 0.3, (0, -0.08, 0.36), tint=(1.0, 0.92, 0.5))),
        kilograms=20,
        materials=("wood",),
        colours=("brown",),
        synonyms=("bonfire", "fire", "camp fire"),
        rooted=True,
    ),
)
