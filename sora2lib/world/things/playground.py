"""What stands on a playground."""

from typing import Unpack

from sora2lib.world.parts import Primitive
from sora2lib.world.things.shapes import (
    BLUE,
    IRON,
    LIE_X,
    LIE_Y,
    METAL,
    RED,
    SAND,
    YELLOW,
    Look,
    around,
    box,
    cone,
    cylinder,
    ghost,
    mirrored,
    oval,
    ring,
    rod,
    thing,
    wedge,
)


def _frame(wide: float, deep: float, tall: float, across: float, **look: Unpack[Look]) -> tuple[Primitive, ...]:
    """Return two A-frames and the bar between them, along x."""
    return (
        *mirrored("x", mirrored("y", rod((wide / 2, deep / 2, 0), (wide / 2, 0, tall), across, **look))),
        rod((-wide / 2 - across, 0, tall), (wide / 2 + across, 0, tall), across, **look),
    )


PLAYGROUND = (
    thing(
        "swing",
        box(0.5, 0.2, 0.035, (0, 0, 0.5)),
        ghost(mirrored("x", rod((0.22, 0, 0.5), (0.22, 0, 2.2), 0.025, **METAL))),
        _frame(2.0, 1.5, 2.2, 0.1, **METAL),
        kilograms=60,
        materials=("wood", "plastic"),
        colours=("red", "blue", "yellow", "brown"),
        synonyms=("playground swing", "swing set", "garden swing"),
        rooted=True,
    ),
    thing(
        "slide",
        box(2.3, 0.55, 0.06, (0.15, 0, 0.84), ("y", 38)),
        mirrored("y", ghost(box(2.3, 0.05, 0.2, (0.15, 0.29, 0.9), ("y", 38), tint="accent"))),
        box(0.6, 0.55, 0.06, (1.3, 0, 0.13)),
        box(0.5, 0.55, 0.06, (-0.98, 0, 1.52)),
        mirrored(
            "y",
            rod((-1.55, 0.26, 0), (-1.2, 0.26, 1.52), 0.06, **METAL),
            rod((-0.78, 0.26, 0), (-0.78, 0.26, 1.5), 0.06, **METAL),
            rod((1.35, 0.2, 0), (1.35, 0.2, 0.12), 0.06, **METAL),
        ),
        ghost(
            *(
                rod((-1.55 + 0.35 * z / 1.52, -0.26, z), (-1.55 + 0.35 * z / 1.52, 0.26, z), 0.05, **METAL)
                for z in (0.3, 0.6, 0.9, 1.2)
            )
        ),
        ghost(
            mirrored(
                "y",
                rod((-1.2, 0.27, 1.52), (-1.1, 0.27, 2.1), 0.04, **METAL),
                rod((-1.1, 0.27, 2.1), (-0.75, 0.27, 1.6), 0.04, **METAL),
            )
        ),
        kilograms=70,
        materials=("plastic", "steel"),
        colours=("red", "yellow", "blue", "green"),
        synonyms=("playground slide", "sliding chute", "children's slide"),
        rooted=True,
    ),
    thing(
        "see-saw frame",
        cylinder(0.14, 0.7, (0, 0, 0.46), LIE_Y),
        mirrored("y", mirrored("x", rod((0.28, 0.28, 0), (0, 0.28, 0.46), 0.07))),
        ghost(box(0.8, 0.7, 0.04, (0, 0, 0.02), tint="accent")),
        kilograms=30,
        materials=("wood", "plastic"),
        colours=("red", "blue", "green"),
        synonyms=("seesaw base", "see-saw stand", "seesaw frame"),
        rooted=True,
    ),
    thing(
        "sandbox",
        mirrored("y", box(1.8, 0.15, 0.25, (0, 0.83, 0.125), pattern="planks")),
        mirrored("x", box(0.15, 1.52, 0.25, (0.83, 0, 0.125), pattern="planks")),
        box(1.6, 1.6, 0.14, (0, 0, 0.07), tint=SAND, material="foam"),
        ghost(cone(0.6, 0.3, (0.25, 0.2, 0.27), tint=SAND)),
        ghost(oval(0.7, 0.6, 0.16, (-0.3, 0.3, 0.14), tint=SAND)),
        ghost(cylinder(0.2, 0.2, (-0.35, -0.3, 0.24), tint=RED)),
        ghost(ring(0.2, 0.015, (-0.35, -0.3, 0.34), LIE_X, tint=YELLOW)),
        kilograms=400,
        materials=("wood",),
        colours=("brown", "red", "green"),
        synonyms=("sandpit", "sand pit", "sand box/sand boxes"),
        plural="sandboxes",
        rooted=True,
    ),
    thing(
        "climbing frame",
        *(
            rod((0.6 * i, 0.6 * j, 0), (0.6 * i, 0.6 * j, 1.8), 0.05)
            for i in (-1.5, -0.5, 0.5, 1.5)
            for j in (-0.5, 0.5)
        ),
        ghost(
            *(
                rod((-0.9, 0.3 * s, z), (0.9, 0.3 * s, z), 0.045, tint=t)
                for s in (-1, 1)
                for z, t in ((0.6, RED), (1.2, YELLOW), (1.8, BLUE))
            )
        ),
        ghost(
            *(
                rod((0.6 * i, -0.3, z), (0.6 * i, 0.3, z), 0.045, tint=t)
                for i in (-1.5, -0.5, 0.5, 1.5)
                for z, t in ((0.6, RED), (1.2, YELLOW), (1.8, BLUE))
            )
        ),
        kilograms=120,
        materials=("steel",),
        colours=("blue", "red", "green", "yellow"),
        synonyms=("jungle gym", "climbing cage", "climbing gym"),
        rooted=True,
    ),
    thing(
        "merry-go-round",
        cylinder(2.2, 0.12, (0, 0, 0.3)),
        cylinder(0.5, 0.25, (0, 0, 0.125), **IRON),
        cylinder(0.14, 0.8, (0, 0, 0.75), **METAL),
        ghost(ring(0.7, 0.06, (0, 0, 1.1), **METAL)),
        ghost(
            around(
                4,
                rod((0.95, 0, 0.36), (0.95, 0, 1.0), 0.05, **METAL),
                rod((0.95, 0, 1.0), (0.3, 0, 1.0), 0.05, **METAL),
            )
        ),
        ghost(around(4, wedge(0.5, 0.06, 0.008, (0.6, 0.4, 0.364), tint=YELLOW))),
        ghost(ring(2.24, 0.07, (0, 0, 0.3), tint=YELLOW)),
        kilograms=180,
        materials=("plastic", "wood"),
        colours=("red", "blue", "green"),
        synonyms=("roundabout", "carousel", "playground spinner"),
        rooted=True,
    ),
)
