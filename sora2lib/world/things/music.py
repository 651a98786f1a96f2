"""Musical instruments."""

from sora2lib.world.things.shapes import (
    BLACK,
    BLUE,
    BROWN,
    CREAM,
    DARK,
    GOLD,
    GREEN,
    LIE_X,
    LIE_Y,
    METAL,
    ORANGE,
    PINK,
    RED,
    SILVER,
    SKY,
    TIMBER,
    WHITE,
    YELLOW,
    around,
    ball,
    box,
    cone,
    cylinder,
    ghost,
    legs,
    mirrored,
    moved,
    oval,
    ring,
    rod,
    thing,
    turned,
)

MUSIC = (
    thing(
        "piano",
        box(1.5, 0.55, 0.9, (0, 0.1, 0.55)),
        box(1.5, 0.35, 0.12, (0, -0.25, 0.68)),
        ghost(box(1.5, 0.4, 0.1, (0, 0.15, 1.04)), box(1.4, 0.2, 0.02, (0, -0.3, 0.75), tint=WHITE)),
        ghost(
            *(
                box(0.025, 0.12, 0.03, (-0.66 + 0.0695 * k, -0.26, 0.755), tint=BLACK)
                for k in range(20)
                if k % 7 not in (2, 6)
            )
        ),
        ghost(mirrored("x", box(0.08, 0.08, 0.62, (0.69, -0.36, 0.31)))),
        mirrored("x", box(0.1, 0.75, 0.1, (0.7, -0.03, 0.05))),
        kilograms=220,
        materials=("wood",),
        colours=("black", "brown", "white"),
        synonyms=("upright piano", "keyboard", "pianoforte"),
    ),
    thing(
        "grand piano",
        cylinder(1.4, 0.26, (0, 0, 0.85)),
        box(1.4, 0.9, 0.26, (0, -0.45, 0.85)),
        legs(1.0, 1.0, 0.12, 0.74),
        ghost(box(1.3, 0.16, 0.02, (0, -0.86, 0.93), tint=WHITE), box(1.4, 0.3, 0.06, (0, -0.98, 0.76))),
        ghost(
            *(
                box(0.025, 0.1, 0.025, (-0.6 + 0.063 * k, -0.84, 0.94), tint=BLACK)
                for k in range(20)
                if k % 7 not in (2, 6)
            )
        ),
        ghost(moved((-0.68, 0, 1.0), *turned(("y", -40), box(1.3, 1.2, 0.03, (0.65, 0.05, 0))))),
        ghost(rod((0.5, 0.2, 0.95), (0.25, 0.2, 1.75), 0.03)),
        ghost(box(0.7, 0.02, 0.25, (0, -0.6, 1.1), ("x", -15))),
        kilograms=400,
        materials=("wood",),
        colours=("black", "white", "brown"),
        synonyms=("concert piano", "concert grand", "baby grand"),
    ),
    thing(
        "guitar",
        cylinder(0.38, 0.1, (-0.25, 0, 0.05)),
        cylinder(0.29, 0.1, (0.02, 0, 0.05)),
        box(0.55, 0.055, 0.03, (0.4, 0, 0.095), tint=DARK, material="wood"),
        ghost(cylinder(0.1, 0.102, (-0.02, 0, 0.051), tint=BLACK)),
        ghost(ring(0.12, 0.012, (-0.02, 0, 0.101), tint=CREAM)),
        ghost(box(0.03, 0.16, 0.02, (-0.28, 0, 0.105), tint=DARK)),
        ghost(box(0.16, 0.08, 0.025, (0.74, 0, 0.09), tint=BROWN)),
        ghost(
            *(
                rod((-0.28, y, 0.117), (0.8, y, 0.115), 0.004, tint=SILVER)
                for y in (-0.02, -0.012, -0.004, 0.004, 0.012, 0.02)
            )
        ),
        ghost(mirrored("y", *(ball(0.02, (x, 0.05, 0.09), **METAL) for x in (0.69, 0.74, 0.79)))),
        kilograms=2,
        materials=("wood",),
        colours=("brown", "orange", "red", "blue", "black"),
        synonyms=("acoustic guitar", "ukulele", "six-string"),
    ),
    thing(
        "snare drum",
        cylinder(0.36, 0.2, (0, 0, 0.1)),
        ghost(ring(0.375, 0.022, (0, 0, 0.2), **METAL), ring(0.375, 0.022, (0, 0, 0.011), **METAL)),
        ghost(cylinder(0.35, 0.012, (0, 0, 0.2), tint=WHITE)),
        ghost(around(8, box(0.012, 0.02, 0.16, (0.185, 0, 0.1), **METAL))),
        ghost(rod((-0.2, -0.06, 0.22), (0.14, 0.05, 0.225), 0.016, **TIMBER)),
        ghost(rod((-0.16, 0.1, 0.22), (0.16, -0.04, 0.235), 0.016, **TIMBER)),
        kilograms=3,
        materials=("wood", "steel"),
        synonyms=("tom-tom", "snare", "bongo"),
    ),
    thing(
        "trumpet",
        rod((-0.3, 0, 0.06), (0.2, 0, 0.06), 0.022, **GOLD),
        box(0.12, 0.03, 0.09, (-0.05, 0, 0.06), **GOLD),
        ghost(ring(0.14, 0.012, (0.32, 0, 0.06), LIE_X, **GOLD)),
        ghost(*(cylinder(0.026, 0.13, (x, 0, 0.075), **GOLD) for x in (-0.09, -0.05, -0.01))),
        ghost(ring(0.1, 0.014, (-0.16, 0, 0.06), LIE_Y, **GOLD), cone(0.03, 0.04, (-0.31, 0, 0.06), ("y", 90), **GOLD)),
        ghost(cylinder(0.11, 0.004, (0.322, 0, 0.06), LIE_X, tint=DARK)),
        rod((0.32, 0, 0.06), (0.12, 0, 0.06), 0.13, "cone", **GOLD),
        kilograms=1.1,
        materials=("steel",),
        colours=("yellow",),
        synonyms=("horn", "bugle", "cornet"),
    ),
    thing(
        "xylophone",
        *(
            box(0.05, 0.3 - 0.022 * k, 0.02, (-0.21 + 0.06 * k, 0, 0.06), tint=t)
            for k, t in enumerate((RED, ORANGE, YELLOW, GREEN, SKY, BLUE, (0.45, 0.15, 0.6), PINK))
        ),
        mirrored("y", box(0.52, 0.03, 0.05, (0, 0.07, 0.025))),
        ghost(rod((-0.2, -0.1, 0.1), (0.06, 0.04, 0.1), 0.01, **TIMBER)),
        ghost(ball(0.035, (0.07, 0.045, 0.1), tint=RED)),
        kilograms=1.2,
        materials=("wood", "steel"),
        colours=("brown", "white"),
        synonyms=("glockenspiel", "marimba", "toy xylophone"),
    ),
    thing(
        "bell",
        cone(0.3, 0.34, (0, 0, 0.17), **GOLD),
        cylinder(0.3, 0.04, (0, 0, 0.02), **GOLD),
        ghost(cylinder(0.16, 0.2, (0, 0, 0.16), **GOLD), oval(0.17, 0.17, 0.14, (0, 0, 0.26), **GOLD)),
        ghost(ring(0.31, 0.03, (0, 0, 0.025), **GOLD), ring(0.09, 0.018, (0, 0, 0.35), LIE_Y, **GOLD)),
        kilograms=12,
        materials=("steel",),
        colours=("yellow",),
        synonyms=("handbell", "ship's bell", "church bell"),
    ),
)
