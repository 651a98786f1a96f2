"""What rolls without an engine, and trains."""

from sora2lib.world.things.shapes import (
    BLACK,
    BOARDS,
    BROWN,
    CREAM,
    DARK,
    GOLD,
    GREY,
    IRON,
    LIE_X,
    LIE_Y,
    METAL,
    PANE,
    RED,
    SILVER,
    TIMBER,
    TYRE,
    ball,
    box,
    capsule,
    cylinder,
    ghost,
    mirrored,
    moved,
    oval,
    ring,
    rod,
    thing,
    turned,
    wedge,
    wheels,
)

HEADLIGHT = (0.98, 0.95, 0.80)
CARTS = (
    thing(
        "bicycle",
        mirrored("x", ring(0.68, 0.04, (0.52, 0, 0.34), LIE_Y, **TYRE)),
        rod((-0.52, 0, 0.34), (-0.05, 0, 0.3), 0.04),
        rod((-0.05, 0, 0.3), (-0.18, 0, 0.85), 0.04),
        ghost(rod((-0.05, 0, 0.3), (0.38, 0, 0.78), 0.045), rod((-0.15, 0, 0.75), (0.37, 0, 0.82), 0.04)),
        ghost(rod((0.52, 0, 0.34), (0.36, 0, 0.95), 0.035), rod((-0.52, 0, 0.34), (-0.16, 0, 0.76), 0.03)),
        ghost(rod((0.36, -0.25, 0.97), (0.36, 0.25, 0.97), 0.03, **METAL)),
        ghost(mirrored("y", capsule(0.04, 0.12, (0.33, 0.24, 0.97), LIE_X, tint=BLACK))),
        ghost(oval(0.28, 0.16, 0.07, (-0.2, 0, 0.9), tint=BLACK)),
        ghost(cylinder(0.2, 0.02, (-0.05, 0, 0.3), LIE_Y, **METAL)),
        ghost(
            *(
                moved(
                    (x, 0, 0.34),
                    *(it for k in range(4) for it in turned(("y", 45.0 * k), cylinder(0.008, 0.62, **METAL))),
                )
                for x in (-0.52, 0.52)
            )
        ),
        ghost(rod((-0.05, -0.1, 0.3), (0.05, -0.12, 0.2), 0.02, **METAL)),
        ghost(rod((-0.05, 0.1, 0.3), (-0.15, 0.12, 0.4), 0.02, **METAL)),
        kilograms=13,
        materials=("steel",),
        synonyms=("bike", "push bike", "racing bike"),
    ),
    thing(
        "scooter",
        box(0.6, 0.13, 0.03, (-0.05, 0, 0.12)),
        wheels(0.16, 0.04, 0.05, -0.34, 0.36),
        rod((0.36, 0, 0.12), (0.28, 0, 0.85), 0.035, **METAL),
        ghost(rod((0.28, -0.22, 0.86), (0.28, 0.22, 0.86), 0.03, tint=BLACK)),
        ghost(rod((0.24, 0, 0.12), (0.36, 0, 0.14), 0.05)),
        kilograms=4,
        materials=("plastic", "steel"),
        synonyms=("kick scooter", "push scooter", "e-scooter"),
    ),
    thing(
        "shopping trolley",
        box(0.8, 0.5, 0.03, (0, 0, 0.5), **METAL),
        mirrored("y", box(0.85, 0.02, 0.4, (0, 0.26, 0.7), tint="main")),
        mirrored("x", box(0.02, 0.5, 0.4, (0.42, 0, 0.7), tint="main")),
        wheels(0.12, 0.04, 0.5, -0.35, 0.35),
        ghost(
            mirrored(
                "y",
                rod((-0.38, 0.2, 0.1), (-0.2, 0.2, 0.5), 0.03, **METAL),
                rod((0.36, 0.2, 0.1), (-0.3, 0.2, 0.2), 0.03, **METAL),
            )
        ),
        ghost(rod((-0.55, -0.28, 0.98), (-0.55, 0.28, 0.98), 0.04, tint=RED)),
        ghost(mirrored("y", rod((-0.42, 0.26, 0.88), (-0.55, 0.26, 0.98), 0.025, **METAL))),
        kilograms=18,
        materials=("steel",),
        colours=("grey", "blue"),
        synonyms=("shopping cart", "grocery cart", "supermarket trolley"),
    ),
    thing(
        "wheelbarrow",
        box(0.7, 0.55, 0.04, (0, 0, 0.36)),
        mirrored("y", box(0.8, 0.03, 0.25, (0, 0.3, 0.48), ("x", -14))),
        mirrored("x", box(0.03, 0.56, 0.25, (0.39, 0, 0.48), ("y", 14))),
        cylinder(0.34, 0.09, (0.62, 0, 0.17), LIE_Y, **TYRE),
        mirrored("y", rod((-0.2, 0.2, 0.34), (-0.25, 0.24, 0), 0.035, **IRON)),
        ghost(mirrored("y", rod((0.62, 0.06, 0.17), (-0.85, 0.26, 0.56), 0.04, **TIMBER))),
        ghost(cylinder(0.16, 0.1, (0.62, 0, 0.17), LIE_Y, tint=SILVER)),
        kilograms=14,
        materials=("plastic", "steel"),
        synonyms=("barrow", "garden barrow", "pushcart"),
    ),
    thing(
        "cart",
        box(1.7, 1.0, 0.06, (0, 0, 0.7), **BOARDS),
        mirrored("y", box(1.7, 0.05, 0.35, (0, 0.5, 0.88), **BOARDS)),
        mirrored("y", cylinder(0.95, 0.07, (-0.1, 0.6, 0.475), LIE_Y, tint=BROWN)),
        ghost(
            mirrored(
                "y",
                ring(0.97, 0.07, (-0.1, 0.6, 0.485), LIE_Y, **IRON),
                cylinder(0.16, 0.16, (-0.1, 0.6, 0.475), LIE_Y),
                *(moved((-0.1, 0.64, 0.475), *turned(("y", 60.0 * k), box(0.9, 0.03, 0.06))) for k in range(3)),
            )
        ),
        mirrored("y", rod((0.8, 0.3, 0.66), (2.1, 0.3, 0.55), 0.06, **TIMBER)),
        rod((0.8, 0, 0.66), (0.8, 0, 0), 0.06, **TIMBER),
        kilograms=90,
        materials=("wood",),
        colours=("brown", "red", "green"),
        synonyms=("wagon", "hay cart", "wooden cart"),
    ),
    thing(
        "locomotive",
        box(7.6, 2.0, 0.4, (0, 0, 0.95), tint=DARK),
        cylinder(1.6, 4.8, (1.3, 0, 2.0), LIE_X),
        box(2.0, 2.2, 2.2, (-2.4, 0, 2.2)),
        wheels(1.3, 0.2, 1.9, -2.2, -0.7, 0.8, hub=RED),
        wheels(0.8, 0.2, 1.9, 2.4, 3.3, hub=RED),
        ghost(cylinder(0.5, 1.1, (3.0, 0, 3.1), tint=BLACK), cylinder(0.7, 0.2, (3.0, 0, 3.7), tint=BLACK)),
        ghost(ball(0.8, (0.9, 0, 2.7), **GOLD), box(2.5, 2.5, 0.16, (-2.4, 0, 3.38), tint=BLACK)),
        ghost(cylinder(1.62, 0.2, (3.62, 0, 2.0), LIE_X, tint=BLACK)),
        ghost(ball(0.36, (3.8, 0, 2.8), tint=HEADLIGHT)),
        ghost(
            mirrored(
                "y", box(0.9, 0.04, 0.8, (-2.4, 1.1, 2.7), **PANE), box(4.0, 0.1, 0.14, (-0.7, 1.0, 0.65), **METAL)
            )
        ),
        ghost(wedge(0.8, 2.0, 0.8, (4.1, 0, 0.5), ("z", 180), tint=RED)),
        ghost(*(ring(1.66, 0.07, (x, 0, 2.0), LIE_X, **GOLD) for x in (-0.4, 1.0, 2.4))),
        kilograms=60000,
        materials=("steel",),
        colours=("black", "green", "red", "blue"),
        synonyms=("steam engine", "train", "steam train"),
    ),
    thing(
        "railway carriage",
        box(8.0, 2.2, 2.1, (0, 0, 2.0)),
        box(7.6, 1.9, 0.3, (0, 0, 0.85), tint=DARK),
        wheels(0.9, 0.2, 1.9, -3.0, -2.0, 2.0, 3.0),
        ghost(box(8.2, 2.3, 0.16, (0, 0, 3.1), tint=GREY)),
        ghost(
            mirrored(
                "y", *(box(0.8, 0.04, 0.75, (x, 1.1, 2.35), **PANE) for x in (-3.2, -2.1, -1.0, 0.1, 1.2, 2.3, 3.3))
            )
        ),
        ghost(box(8.02, 2.22, 0.14, (0, 0, 1.6), tint=CREAM)),
        kilograms=30000,
        materials=("plastic", "wood"),
        colours=("red", "green", "blue", "brown"),
        synonyms=("railway car", "passenger car", "train carriage"),
    ),
)
