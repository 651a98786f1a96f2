"""Boats, boards, what floats, and what stands by the water. Boats point towards +x; z = 0 is the keel."""

from typing import Unpack

from sora2lib.world.parts import Primitive, Row
from sora2lib.world.things.shapes import (
    BLACK,
    BLUE,
    BOARDS,
    BROWN,
    CREAM,
    DARK,
    FLIP,
    GOLD,
    LIE_X,
    LIE_Y,
    METAL,
    ORANGE,
    PANE,
    RED,
    SKY,
    TIMBER,
    WHITE,
    YELLOW,
    Look,
    around,
    ball,
    box,
    capsule,
    cone,
    cylinder,
    ghost,
    mirrored,
    moved,
    oval,
    prow,
    ring,
    rod,
    thing,
    turned,
    wedge,
)

STERN = ("z", 180.0)


def _hull(
    long: float, wide: float, tall: float, bow: float, stern: float, **look: Unpack[Look]
) -> tuple[Primitive, ...]:
    """Return an open hull: floor, sides, a pointed bow and stern of these lengths (a stern of 0 is flat)."""
    thick = 0.05 * wide
    side = (wide - thick) / 2
    ends = (
        turned(STERN, prow(stern, wide, tall, (long / 2 + stern / 2, 0, tall / 2), **look))
        if stern
        else (box(thick, wide, tall, (-long / 2, 0, tall / 2), **look),)
    )
    return (
        box(long, wide, 0.2 * tall, (0, 0, 0.1 * tall), **look),
        *mirrored("y", box(long, thick, 0.8 * tall, (0, side, 0.6 * tall), **look)),
        *prow(bow, wide, tall, (long / 2 + bow / 2, 0, tall / 2), **look),
        *ends,
    )


def _sail(foot: float, luff: float, at: Row, **look: Unpack[Look]) -> Primitive:
    """Return a three-cornered sail whose foot runs along x and whose luff is at +x."""
    return wedge(foot, 0.03, luff, (at[0] - foot / 2, at[1], at[2] + luff / 2), **look)


def _shields(*places: float) -> tuple[Primitive, ...]:
    tints = (RED, YELLOW, BLUE, WHITE)
    return mirrored(
        "y",
        *(
            it
            for k, x in enumerate(places)
            for it in (
                cylinder(0.62, 0.06, (x, 1.12, 0.85), LIE_Y, tint=tints[k % 4]),
                ball(0.2, (x, 1.15, 0.85), **METAL),
            )
        ),
    )


def _dragon(at: Row) -> tuple[Primitive, ...]:
    """Return a dragon's neck and head for the stem of a longship, rising from ``at``."""
    neck = (
        rod((0, 0, 0), (0.5, 0, 0.55), 0.26, "capsule", **TIMBER),
        rod((0.5, 0, 0.55), (0.55, 0, 1.25), 0.24, "capsule", **TIMBER),
        rod((0.55, 0, 1.25), (0.75, 0, 1.6), 0.22, "capsule", **TIMBER),
    )
    head = (
        oval(0.75, 0.3, 0.28, (1.0, 0, 1.66), **TIMBER),
        rod((0.95, 0, 1.5), (1.3, 0, 1.42), 0.1, "capsule", **TIMBER),
        cone(0.14, 0.4, (0.66, 0, 1.9), ("y", -50), **TIMBER),
    )
    face = mirrored(
        "y",
        ball(0.09, (1.0, 0.12, 1.76), tint=YELLOW),
        cone(0.05, 0.12, (1.25, 0.05, 1.55), FLIP, tint=WHITE),
        cone(0.1, 0.35, (0.7, 0.1, 1.86), ("y", -50), **TIMBER),
    )
    return moved(at, *neck, *head, *face)


BOATS = (
    thing(
        "rowing boat",
        _hull(1.9, 1.2, 0.45, 1.0, 0, pattern="planks"),
        *(box(0.25, 1.1, 0.05, (x, 0, 0.33), **BOARDS) for x in (-0.5, 0.4)),
        ghost(
            mirrored(
                "y",
                rod((-0.2, 0.35, 0.62), (0.3, 1.7, 0.2), 0.045, **TIMBER),
                box(0.16, 0.45, 0.03, (0.36, 1.85, 0.15), ("x", -18), **TIMBER),
                capsule(0.06, 1.9, (0, 0.59, 0.45), LIE_X, tint="accent"),
            )
        ),
        kilograms=80,
        materials=("wood",),
        synonyms=("rowboat", "dinghy/dinghies", "skiff"),
    ),
    thing(
        "sailing boat",
        _hull(2.6, 1.5, 0.55, 1.6, 0),
        box(1.0, 1.1, 0.25, (0.7, 0, 0.6), tint=WHITE),
        cylinder(0.09, 4.6, (0.6, 0, 2.6), **TIMBER),
        ghost(_sail(1.8, 3.7, (0.52, 0, 1.05), tint=WHITE, material="foam")),
        ghost(turned(("z", 180), _sail(1.4, 3.2, (-0.7, 0, 0.9), tint=CREAM, material="foam"))),
        ghost(rod((0.6, 0, 0.98), (-1.35, 0, 0.98), 0.06, **TIMBER)),
        ghost(box(0.4, 0.02, 0.22, (0.38, 0, 4.8), tint=RED)),
        ghost(box(0.3, 0.04, 0.5, (-1.45, 0, 0.35), tint="accent")),
        ghost(mirrored("y", box(2.62, 0.02, 0.08, (0, 0.75, 0.47), tint=WHITE))),
        kilograms=350,
        materials=("wood", "plastic"),
        colours=("white", "blue", "red", "brown"),
        synonyms=("sailboat", "yacht", "sailing dinghy/sailing dinghies"),
    ),
    thing(
        "longship",
        _hull(5.0, 2.2, 0.9, 2.0, 2.0, tint=TIMBER["tint"], pattern="planks", material="wood"),
        *(box(0.3, 2.1, 0.08, (x, 0, 0.55), **BOARDS) for x in (-1.8, -0.6, 0.6, 1.8)),
        cylinder(0.2, 5.0, (0, 0, 2.6), **TIMBER),
        ghost(rod((0.1, -1.9, 4.6), (0.1, 1.9, 4.6), 0.13, **TIMBER)),
        ghost(
            *(
                box(
                    0.06,
                    0.475,
                    2.7,
                    (0.2 + 0.06 * (k in (1, 2, 5, 6)) + 0.1 * (k in (3, 4)), -1.6625 + 0.475 * k, 3.2),
                    tint="main" if k % 2 else CREAM,
                    material="foam",
                )
                for k in range(8)
            )
        ),
        ghost(_shields(-2.0, -1.2, -0.4, 0.4, 1.2, 2.0)),
        ghost(
            *(
                mirrored(
                    "y",
                    rod((x, 0.8, 1.05), (x - 0.5, 3.0, 0.15), 0.07, **TIMBER),
                    box(0.2, 0.5, 0.04, (x - 0.56, 3.2, 0.08), ("x", -22), **TIMBER),
                )
                for x in (-1.6, -0.8, 0.0, 0.8, 1.6)
            )
        ),
        ghost(_dragon((4.2, 0, 0.7)), rod((-4.2, 0, 0.7), (-4.9, 0, 1.4), 0.24, "capsule", **TIMBER)),
        ghost(rod((-4.9, 0, 1.4), (-4.9, 0, 2.2), 0.2, "capsule", **TIMBER)),
        ghost(ring(0.5, 0.16, (-4.72, 0, 2.4), LIE_Y, **TIMBER)),
        kilograms=3000,
        materials=("wood",),
        colours=("red", "blue", "green"),
        synonyms=("Viking ship", "dragon ship", "drakkar"),
    ),
    thing(
        "canoe",
        _hull(2.4, 0.8, 0.36, 1.1, 1.1),
        ghost(*(box(0.14, 0.74, 0.03, (x, 0, 0.3), **BOARDS) for x in (-0.7, 0.7))),
        ghost(mirrored("x", capsule(0.1, 0.35, (2.1, 0, 0.36), ("y", 65)))),
        ghost(rod((-0.6, -0.25, 0.42), (0.9, 0.25, 0.42), 0.035, **TIMBER)),
        ghost(oval(0.45, 0.18, 0.04, (1.05, 0.3, 0.42), **TIMBER)),
        kilograms=30,
        materials=("wood", "plastic"),
        synonyms=("kayak", "dugout", "birchbark canoe"),
    ),
    thing(
        "motorboat",
        _hull(2.4, 1.6, 0.6, 1.7, 0),
        box(0.9, 1.4, 0.22, (0.9, 0, 0.66), tint=WHITE),
        ghost(wedge(0.5, 1.3, 0.36, (0.6, 0, 0.92), STERN, **PANE)),
        ghost(box(0.35, 1.2, 0.3, (-0.5, 0, 0.5), tint=WHITE)),
        ghost(box(0.3, 0.4, 0.7, (-1.35, 0, 0.65), tint=BLACK)),
        ghost(mirrored("y", box(2.42, 0.02, 0.12, (0, 0.8, 0.5), tint=WHITE))),
        kilograms=450,
        materials=("plastic", "wood"),
        synonyms=("speedboat", "powerboat", "motor launch/motor launches"),
    ),
    thing(
        "ship",
        box(7.0, 2.6, 1.5, (0, 0, 0.75)),
        prow(2.6, 2.6, 1.9, (4.8, 0, 0.95)),
        box(3.4, 2.0, 0.9, (-1.2, 0, 1.95), tint=WHITE),
        box(2.0, 1.8, 0.7, (-0.8, 0, 2.75), tint=WHITE),
        ghost(cylinder(0.7, 1.2, (-1.6, 0, 3.5), tint=RED)),
        ghost(cylinder(0.72, 0.3, (-1.6, 0, 3.95), tint=BLACK)),
        ghost(box(0.05, 1.6, 0.3, (0.21, 0, 2.85), **PANE), cylinder(0.1, 2.2, (2.4, 0, 2.6), **METAL)),
        ghost(cylinder(0.08, 1.2, (-0.2, 0, 3.6), **METAL)),
        ghost(
            mirrored(
                "y",
                *(cylinder(0.26, 0.04, (x, 1.0, 2.05), LIE_Y, **PANE) for x in (-2.5, -1.9, -1.3, -0.7, -0.1)),
                *(cylinder(0.24, 0.04, (x, 1.3, 1.0), LIE_Y, **PANE) for x in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)),
                oval(1.3, 0.3, 0.3, (-1.9, 0.95, 2.5), tint=ORANGE),
            )
        ),
        ghost(box(7.02, 2.62, 0.35, (0, 0, 0.2), tint=(0.45, 0.07, 0.06))),
        kilograms=15000,
        materials=("plastic",),
        colours=("black", "blue", "red", "white", "green"),
        synonyms=("steamship", "vessel", "ocean liner"),
    ),
    thing(
        "submarine",
        capsule(1.4, 6.0, (0, 0, 0.7), LIE_X),
        box(1.3, 0.5, 0.9, (0.4, 0, 1.6)),
        ghost(cylinder(0.1, 0.8, (0.6, 0, 2.3), **METAL)),
        ghost(rod((0.6, 0, 2.68), (0.8, 0, 2.68), 0.1, **METAL)),
        ghost(
            mirrored(
                "y",
                *(cylinder(0.3, 0.06, (x, 0.68, 0.85), LIE_Y, tint=SKY) for x in (-1.2, 0, 1.2)),
                box(0.5, 0.7, 0.06, (-2.6, 0.5, 0.7)),
            )
        ),
        ghost(box(0.5, 0.06, 1.5, (-2.6, 0, 0.85)), cylinder(0.6, 0.06, (-3.05, 0, 0.7), LIE_X, **GOLD)),
        kilograms=6000,
        materials=("plastic",),
        colours=("yellow", "grey", "black", "blue"),
        synonyms=("sub", "U-boat", "yellow submarine"),
    ),
    thing(
        "raft",
        *(cylinder(0.26, 2.4, (0, 0.26 * k, 0.13), LIE_X, **TIMBER) for k in (-3, -2, -1, 0, 1, 2, 3)),
        ghost(*(rod((x, -0.95, 0.28), (x, 0.95, 0.28), 0.09, **TIMBER) for x in (-0.8, 0.8))),
        ghost(cylinder(0.07, 1.9, (0, 0, 1.1), **TIMBER)),
        ghost(box(0.03, 1.0, 1.0, (0.05, 0, 1.4), material="foam")),
        ghost(rod((0.04, -0.6, 1.9), (0.04, 0.6, 1.9), 0.05, **TIMBER)),
        kilograms=220,
        materials=("wood",),
        colours=("white", "brown", "red"),
        synonyms=("log raft", "timber float", "wooden raft"),
    ),
    thing(
        "buoy",
        cylinder(0.9, 0.4, (0, 0, 0.2)),
        cone(0.7, 1.3, (0, 0, 1.05)),
        ghost(ring(1.0, 0.2, (0, 0, 0.4)), cylinder(0.42, 0.16, (0, 0, 0.95), tint=WHITE)),
        ghost(ball(0.2, (0, 0, 1.72), tint=YELLOW), rod((0, 0, 1.4), (0, 0, 1.7), 0.05, **METAL)),
        kilograms=90,
        materials=("plastic", "steel"),
        colours=("red", "green", "yellow", "orange"),
        synonyms=("channel marker", "sea buoy", "navigation buoy"),
    ),
    thing(
        "paddleboard",
        box(2.2, 0.76, 0.12, (0, 0, 0.06)),
        ghost(oval(1.3, 0.76, 0.12, (1.1, 0, 0.06)), oval(0.9, 0.76, 0.12, (-1.1, 0, 0.06))),
        ghost(box(1.2, 0.6, 0.01, (-0.1, 0, 0.122), tint="accent")),
        ghost(box(0.3, 0.7, 0.008, (1.1, 0, 0.121), tint=WHITE)),
        kilograms=12,
        materials=("foam", "plastic"),
        colours=("blue", "cyan", "yellow", "red", "white", "orange"),
        synonyms=("SUP", "stand-up paddleboard", "SUP board"),
    ),
    thing(
        "surfboard",
        oval(2.0, 0.54, 0.08, (0, 0, 0.04)),
        ghost(box(1.8, 0.025, 0.004, (0, 0, 0.079), tint=WHITE)),
        ghost(oval(0.5, 0.3, 0.05, (0.6, 0, 0.058), tint=WHITE)),
        ghost(wedge(0.18, 0.015, 0.16, (-0.85, 0, 0.12), tint=BLACK)),
        kilograms=4,
        materials=("foam", "plastic"),
        synonyms=("surf board", "longboard", "shortboard"),
    ),
    thing(
        "life ring",
        ring(0.72, 0.14, (0, 0, 0.07)),
        ghost(around(4, cylinder(0.145, 0.13, (0.29, 0, 0.07), LIE_Y, tint=WHITE))),
        kilograms=2.5,
        materials=("foam",),
        colours=("red", "orange"),
        synonyms=("lifebuoy", "life preserver", "life belt"),
    ),
    thing(
        "oar",
        rod((-1.0, 0, 0.03), (0.7, 0, 0.03), 0.05),
        box(0.5, 0.16, 0.03, (0.9, 0, 0.03)),
        ghost(oval(0.3, 0.16, 0.03, (1.15, 0, 0.03))),
        ghost(rod((-1.0, 0, 0.03), (-0.8, 0, 0.03), 0.06, tint=BLACK)),
        kilograms=2.2,
        materials=("wood",),
        colours=("brown", "white", "yellow"),
        synonyms=("paddle", "rowing oar", "scull"),
    ),
    thing(
        "anchor",
        box(0.1, 0.09, 1.1, (0, 0, 0.65)),
        mirrored("x", rod((0, 0, 0.06), (0.32, 0, 0.18), 0.1), rod((0.32, 0, 0.18), (0.45, 0, 0.42), 0.09)),
        ghost(mirrored("x", cone(0.2, 0.22, (0.48, 0, 0.5), ("y", 20)))),
        ghost(ring(0.24, 0.05, (0, 0, 1.27), LIE_Y), rod((-0.28, 0, 1.05), (0.28, 0, 1.05), 0.07)),
        kilograms=60,
        materials=("steel",),
        colours=("black", "grey"),
        synonyms=("ship's anchor", "boat anchor", "iron anchor"),
    ),
    thing(
        "lighthouse",
        *(cylinder(2.6 - 0.18 * k, 1.3, (0, 0, 0.65 + 1.3 * k), tint=WHITE if k % 2 else "main") for k in range(6)),
        ghost(cylinder(2.3, 0.16, (0, 0, 7.85), tint=DARK)),
        ghost(cylinder(1.1, 1.1, (0, 0, 8.4), tint=(1.0, 0.93, 0.62))),
        ghost(ring(2.3, 0.08, (0, 0, 8.3), tint=DARK), cone(1.6, 0.9, (0, 0, 9.4))),
        ghost(around(6, cylinder(0.05, 1.1, (0.56, 0, 8.4), tint=DARK)), ball(0.24, (0, 0, 9.9))),
        ghost(box(0.7, 0.1, 1.1, (0, -1.28, 0.55), tint=BROWN)),
        ghost(*(box(0.35, 0.1, 0.5, (0, -1.2 + 0.09 * k, 2.2 + 1.3 * k), **PANE) for k in range(4))),
        kilograms=80000,
        materials=("stone",),
        colours=("red", "blue", "black"),
        synonyms=("beacon", "light tower", "sea light"),
        rooted=True,
    ),
    thing(
        "pier",
        *(box(0.47, 1.8, 0.1, (-2.25 + 0.5 * k, 0, 0.75), **BOARDS) for k in range(10)),
        *(mirrored("y", cylinder(0.2, 1.1, (x, 0.95, 0.55), **TIMBER)) for x in (-2.2, 0, 2.2)),
        ghost(mirrored("y", rod((-2.45, 0.8, 0.65), (2.45, 0.8, 0.65), 0.12, **TIMBER))),
        kilograms=700,
        materials=("wood",),
        colours=("brown",),
        synonyms=("dock", "jetty/jetties", "landing stage"),
        rooted=True,
    ),
)
