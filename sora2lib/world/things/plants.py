"""Trees, flowers and what else grows."""

from sora2lib.world.parts import Primitive
from sora2lib.world.things.shapes import (
    BARK,
    BLUE,
    BROWN,
    CREAM,
    DARK,
    GOLD,
    LEAVES,
    PINK,
    WHITE,
    YELLOW,
    Look,
    around,
    ball,
    capsule,
    cone,
    cylinder,
    ghost,
    moved,
    oval,
    rod,
    thing,
    turned,
)

PETALS = ("red", "pink", "yellow", "white", "purple", "orange", "blue")
STEM: Look = {"tint": (0.20, 0.45, 0.13), "material": "wood"}


def _frond(turn: float, droop: float) -> tuple[Primitive, ...]:
    """Return one leaf of a palm, rising and then hanging."""
    return turned(
        ("z", turn),
        oval(1.0, 0.3, 0.07, (0.42, 0, 0.08), ("y", -14.0), **LEAVES),
        oval(0.9, 0.26, 0.06, (1.12, 0, -0.02 - droop), ("y", 32.0), **LEAVES),
    )


PLANTS = (
    thing(
        "fir tree",
        cylinder(0.26, 0.7, (0, 0, 0.35), tint=BARK),
        cone(2.2, 1.6, (0, 0, 1.3), **LEAVES),
        ghost(cone(1.75, 1.4, (0, 0, 2.1), **LEAVES), cone(1.25, 1.3, (0, 0, 2.85), **LEAVES)),
        ghost(cone(0.7, 0.9, (0, 0, 3.6), **LEAVES)),
        kilograms=400,
        materials=("wood",),
        colours=("green",),
        synonyms=("fir", "spruce", "conifer"),
        rooted=True,
    ),
    thing(
        "Christmas tree",
        cylinder(0.2, 0.4, (0, 0, 0.2), tint=BARK),
        cone(1.5, 1.1, (0, 0, 0.85), **LEAVES),
        ghost(cone(1.15, 1.0, (0, 0, 1.35), **LEAVES), cone(0.75, 0.8, (0, 0, 1.85), **LEAVES)),
        ghost(around(7, ball(0.11, (0.62, 0, 0.48))), around(6, ball(0.1, (0.42, 0.1, 0.98), **GOLD))),
        ghost(around(5, ball(0.09, (0.26, 0.06, 1.52), tint=BLUE))),
        ghost(oval(0.3, 0.05, 0.09, (0, 0, 2.3), **GOLD), oval(0.09, 0.05, 0.3, (0, 0, 2.32), **GOLD)),
        kilograms=30,
        materials=("wood",),
        colours=("red", "blue", "purple"),
        synonyms=("decorated tree", "Xmas tree", "decorated fir"),
        rooted=True,
    ),
    thing(
        "palm",
        rod((0, 0, 0), (0.12, 0, 0.9), 0.3, tint=BARK),
        rod((0.12, 0, 0.9), (0.36, 0, 1.8), 0.26, tint=BARK),
        rod((0.36, 0, 1.8), (0.75, 0, 2.9), 0.22, tint=BARK),
        ghost(
            moved(
                (0.75, 0, 2.9),
                *(_frond(360 / 9 * k, 0.06 * (k % 2)) for k in range(9)),
                around(3, ball(0.2, (0.15, 0, -0.1), tint=BROWN)),
            )
        ),
        kilograms=250,
        materials=("wood",),
        colours=("green",),
        synonyms=("palm tree", "coconut palm", "date palm"),
        rooted=True,
    ),
    thing(
        "birch",
        cylinder(0.2, 2.4, (0, 0, 1.2), tint=WHITE),
        ghost(*(cylinder(0.206, 0.06, (0, 0, z), tint=DARK) for z in (0.4, 0.75, 1.0, 1.5, 1.9))),
        ghost(oval(1.2, 1.1, 1.3, (0.1, 0, 2.9), tint=(0.45, 0.6, 0.16), pattern="leaves")),
        ghost(oval(0.9, 0.9, 1.0, (-0.35, 0.1, 2.4), tint=(0.45, 0.6, 0.16), pattern="leaves")),
        ghost(oval(0.9, 0.8, 1.1, (0.05, 0, 3.6), tint=(0.45, 0.6, 0.16), pattern="leaves")),
        kilograms=200,
        materials=("wood",),
        colours=("green",),
        synonyms=("birch tree", "silver birch/silver birches", "white birch/white birches"),
        rooted=True,
        plural="birches",
    ),
    thing(
        "dead tree",
        rod((0, 0, 0), (0.05, 0, 1.6), 0.34),
        ghost(rod((0.05, 0, 1.5), (0.65, 0.1, 2.5), 0.17), rod((0.03, 0, 1.4), (-0.5, -0.1, 2.3), 0.18)),
        ghost(rod((0.05, 0, 1.5), (0.1, 0.3, 2.8), 0.14), rod((0.65, 0.1, 2.5), (1.0, 0, 2.7), 0.07)),
        ghost(rod((0.5, 0.08, 2.25), (0.6, -0.3, 2.9), 0.07)),
        ghost(rod((-0.5, -0.1, 2.3), (-0.95, 0, 2.45), 0.08)),
        ghost(rod((-0.4, -0.08, 2.1), (-0.4, 0, 2.9), 0.07), cone(0.55, 0.5, (0, 0, 0.2))),
        kilograms=200,
        materials=("wood",),
        colours=("brown", "grey"),
        synonyms=("bare tree", "leafless tree", "withered tree"),
        rooted=True,
    ),
    thing(
        "apple tree",
        cylinder(0.3, 1.2, (0, 0, 0.6), tint=BARK),
        ghost(rod((0, 0, 1.1), (0.5, 0.1, 1.8), 0.16, tint=BARK)),
        ghost(rod((0, 0, 1.1), (-0.5, -0.1, 1.8), 0.16, tint=BARK)),
        oval(2.2, 2.0, 1.5, (0, 0, 2.1), **LEAVES),
        ghost(oval(1.3, 1.2, 1.0, (0.75, 0, 1.9), **LEAVES)),
        ghost(oval(1.3, 1.2, 1.0, (-0.7, 0.1, 1.95), **LEAVES), around(7, ball(0.14, (1.0, 0, 2.0)))),
        ghost(around(6, ball(0.14, (0.8, 0.25, 2.5)))),
        kilograms=500,
        materials=("wood",),
        colours=("red", "yellow", "pink"),
        synonyms=("fruit tree", "orchard tree", "cherry tree"),
        rooted=True,
    ),
    thing(
        "bush",
        oval(1.1, 0.9, 0.8, (0, 0, 0.4), **LEAVES),
        ghost(oval(0.7, 0.6, 0.55, (0.45, -0.05, 0.3), **LEAVES)),
        ghost(oval(0.75, 0.6, 0.6, (-0.42, 0.05, 0.32), **LEAVES)),
        ghost(
            oval(0.6, 0.55, 0.5, (0.1, -0.3, 0.28), **LEAVES),
            around(9, ball(0.08, (0.48, 0.05, 0.53)), ball(0.07, (0.22, 0, 0.72))),
        ),
        kilograms=40,
        materials=("wood",),
        colours=PETALS,
        synonyms=("shrub", "hedge", "thicket"),
        rooted=True,
        plural="bushes",
    ),
    thing(
        "flower",
        cylinder(0.02, 0.36, (0, 0, 0.18), **STEM),
        ghost(
            moved(
                (0, 0, 0.38),
                *turned(
                    ("x", 50),
                    ball(0.06, (0, 0, 0.012), tint=YELLOW),
                    *around(8, oval(0.09, 0.05, 0.018, (0.065, 0, 0))),
                ),
            )
        ),
        ghost(oval(0.18, 0.05, 0.014, (0.07, 0, 0.13), ("y", -35), **STEM)),
        ghost(oval(0.16, 0.05, 0.014, (-0.06, 0, 0.09), ("y", 40), **STEM)),
        kilograms=0.05,
        materials=("foam",),
        colours=PETALS,
        synonyms=("daisy/daisies", "blossom", "wildflower"),
        rooted=True,
    ),
    thing(
        "sunflower",
        cylinder(0.04, 1.4, (0, 0, 0.7), **STEM),
        ghost(
            moved(
                (0, -0.03, 1.45),
                *turned(
                    ("x", 70),
                    cylinder(0.22, 0.05, tint=(0.22, 0.12, 0.05)),
                    *around(16, oval(0.16, 0.06, 0.02, (0.16, 0, 0))),
                ),
            )
        ),
        ghost(oval(0.4, 0.2, 0.03, (0.18, 0, 0.6), ("y", -25), **STEM)),
        ghost(oval(0.4, 0.2, 0.03, (-0.18, 0, 0.85), ("y", 25), **STEM)),
        kilograms=0.6,
        materials=("foam",),
        colours=("yellow", "orange"),
        synonyms=("giant sunflower", "sun flower", "helianthus/helianthuses"),
        rooted=True,
    ),
    thing(
        "tulip",
        cylinder(0.018, 0.32, (0, 0, 0.16), **STEM),
        ghost(oval(0.075, 0.075, 0.11, (0, 0, 0.36)), around(3, oval(0.05, 0.06, 0.12, (0.02, 0, 0.375)))),
        ghost(*(oval(0.3, 0.05, 0.014, (0.045 * s, 0, 0.14), ("y", -70.0 * s), **STEM) for s in (-1, 1))),
        kilograms=0.05,
        materials=("foam",),
        colours=PETALS,
        synonyms=("spring flower", "garden tulip", "tulip flower"),
        rooted=True,
    ),
    thing(
        "mushroom",
        cylinder(0.07, 0.12, (0, 0, 0.06), tint=CREAM),
        oval(0.22, 0.22, 0.11, (0, 0, 0.13)),
        ghost(around(6, oval(0.035, 0.035, 0.02, (0.065, 0, 0.173), ("y", 25), tint=WHITE))),
        ghost(oval(0.04, 0.04, 0.016, (0, 0, 0.182), tint=WHITE)),
        ghost(oval(0.09, 0.09, 0.05, (0, 0, 0.025), tint=CREAM)),
        kilograms=0.3,
        materials=("foam",),
        colours=("red", "brown", "orange"),
        synonyms=("toadstool", "fly agaric", "fungus/fungi"),
        plural="mushrooms",
    ),
    thing(
        "cactus",
        capsule(0.34, 1.5, (0, 0, 0.75)),
        ghost(capsule(0.2, 0.7, (0.42, 0, 0.95)), rod((0.1, 0, 0.7), (0.42, 0, 0.7), 0.2, "capsule")),
        ghost(capsule(0.18, 0.55, (-0.38, 0, 1.1)), rod((-0.1, 0, 0.9), (-0.38, 0, 0.9), 0.18, "capsule")),
        ghost(around(10, capsule(0.03, 1.44, (0.158, 0, 0.75), tint="accent"))),
        ghost(ball(0.1, (0, -0.02, 1.52), tint=PINK)),
        kilograms=60,
        materials=("foam", "wood"),
        colours=("green",),
        synonyms=("saguaro", "desert cactus/desert cacti", "spiny cactus/spiny cacti"),
        plural="cacti",
        rooted=True,
    ),
    thing(
        "grass tuft",
        ghost(
            *(
                rod(
                    (0.05 * x, 0.05 * y, 0),
                    (0.16 * x + 0.03 * y, 0.16 * y, 0.42 - 0.1 * abs(x * y)),
                    0.03,
                    "cone",
                    **STEM,
                )
                for x in (-1, -0.4, 0.3, 1)
                for y in (-1, -0.2, 0.7)
            )
        ),
        kilograms=0,
        materials=("foam",),
        colours=("green",),
        synonyms=("tuft of grass/tufts of grass", "reed clump", "clump of grass/clumps of grass"),
        rooted=True,
    ),
)
