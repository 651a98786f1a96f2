"""What games and gymnastics need."""

from sora2lib.world.things.shapes import (
    BLACK,
    BLUE,
    CLAY,
    GREY,
    IRON,
    LIE_X,
    LIE_Y,
    METAL,
    RED,
    SILVER,
    WHITE,
    YELLOW,
    Look,
    around,
    box,
    capsule,
    cylinder,
    ghost,
    mirrored,
    ring,
    rod,
    thing,
    wheels,
)

LEATHER: Look = {"tint": (0.55, 0.33, 0.17), "material": "leather"}
NET: Look = {"tint": (0.85, 0.85, 0.83), "material": "foam"}


SPORT = (
    thing(
        "bat",
        rod((-0.1, 0, 0.035), (0.4, 0, 0.035), 0.07, "capsule"),
        rod((-0.42, 0, 0.035), (-0.1, 0, 0.035), 0.032),
        ghost(rod((-0.2, 0, 0.035), (0.0, 0, 0.035), 0.05), cylinder(0.05, 0.02, (-0.43, 0, 0.035), LIE_X)),
        ghost(rod((-0.42, 0, 0.035), (-0.25, 0, 0.035), 0.036, tint=BLACK)),
        kilograms=0.95,
        materials=("wood", "steel"),
        colours=("brown", "black", "grey"),
        synonyms=("baseball bat", "rounders bat", "slugger"),
    ),
    thing(
        "racket",
        ring(0.28, 0.022, (0.2, 0, 0.015)),
        rod((-0.24, 0, 0.015), (0.06, 0, 0.015), 0.028),
        ghost(cylinder(0.25, 0.004, (0.2, 0, 0.015), **NET)),
        ghost(
            *(
                rod((0.2 + x, -0.11, 0.018), (0.2 + x, 0.11, 0.018), 0.004, tint=GREY)
                for x in (-0.06, -0.02, 0.02, 0.06)
            )
        ),
        ghost(*(rod((0.09, y, 0.018), (0.31, y, 0.018), 0.004, tint=GREY) for y in (-0.06, -0.02, 0.02, 0.06))),
        ghost(rod((-0.25, 0, 0.015), (-0.09, 0, 0.015), 0.034, tint=BLACK)),
        kilograms=0.3,
        materials=("plastic", "wood"),
        synonyms=("tennis racket", "racquet", "badminton racket"),
    ),
    thing(
        "hockey stick",
        rod((0, 0, 1.4), (0.42, 0, 0.05), 0.035),
        box(0.3, 0.03, 0.07, (0.56, 0, 0.035)),
        ghost(rod((0, 0, 1.4), (0.08, 0, 1.14), 0.042, tint=BLACK)),
        ghost(box(0.12, 0.034, 0.072, (0.6, 0, 0.035), tint=BLACK)),
        kilograms=0.6,
        materials=("wood", "plastic"),
        synonyms=("ice hockey stick", "field hockey stick", "bandy stick"),
    ),
    thing(
        "golf club",
        rod((0, 0, 0.95), (0.2, 0, 0.04), 0.014, **METAL),
        box(0.11, 0.05, 0.05, (0.24, 0, 0.025)),
        ghost(rod((0, 0, 0.95), (0.055, 0, 0.7), 0.026, tint=BLACK)),
        kilograms=0.4,
        materials=("steel",),
        colours=("grey", "black"),
        synonyms=("golf iron", "putter", "driver club"),
    ),
    thing(
        "goal",
        mirrored("x", cylinder(0.1, 2.0, (1.5, 0, 1.0), tint=WHITE)),
        cylinder(0.1, 3.1, (0, 0, 2.0), LIE_X, tint=WHITE),
        ghost(
            mirrored(
                "x",
                rod((1.5, 0, 2.0), (1.5, 0.5, 2.0), 0.05, tint=WHITE),
                rod((1.5, 0.5, 2.0), (1.5, 1.1, 0.0), 0.05, tint=WHITE),
            )
        ),
        ghost(
            *(rod((x, 0.5, 2.0), (x, 1.1, 0.02), 0.014, **NET) for x in (-1.2, -0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9, 1.2))
        ),
        ghost(
            *(
                rod((-1.5, 0.5 + 0.6 * s, 2 - 2 * s), (1.5, 0.5 + 0.6 * s, 2 - 2 * s), 0.014, **NET)
                for s in (0.01, 0.17, 0.33, 0.5, 0.67, 0.83)
            )
        ),
        ghost(rod((-1.5, 1.1, 0.025), (1.5, 1.1, 0.025), 0.05, tint=WHITE)),
        mirrored("x", box(0.06, 1.1, 0.06, (1.5, 0.55, 0.03), tint=WHITE)),
        kilograms=60,
        materials=("plastic", "steel"),
        colours=("white",),
        synonyms=("soccer goal", "goal frame", "football goal"),
        rooted=True,
    ),
    thing(
        "skateboard",
        box(0.56, 0.2, 0.016, (0, 0, 0.1)),
        mirrored("x", box(0.15, 0.19, 0.014, (0.34, 0, 0.118), ("y", -16))),
        wheels(0.06, 0.035, 0.2, -0.2, 0.2, hub=WHITE),
        ghost(box(0.56, 0.19, 0.004, (0, 0, 0.109), tint=BLACK)),
        ghost(mirrored("x", box(0.05, 0.1, 0.06, (0.2, 0, 0.06), **METAL))),
        kilograms=2.5,
        materials=("wood", "plastic"),
        synonyms=("skate board", "wheeled board", "street board"),
    ),
    thing(
        "pair of skis",
        mirrored(
            "y",
            box(1.6, 0.08, 0.015, (0, 0.12, 0.008)),
            ghost(
                box(0.22, 0.08, 0.014, (0.89, 0.12, 0.04), ("y", -20)),
                box(0.3, 0.075, 0.06, (-0.05, 0.12, 0.045), tint=BLACK),
            ),
        ),
        kilograms=4,
        materials=("plastic", "wood"),
        synonyms=("ski set", "ski", "set of skis/sets of skis"),
        plural="pairs of skis",
    ),
    thing(
        "snowboard",
        box(1.1, 0.28, 0.015, (0, 0, 0.008)),
        ghost(
            mirrored("x", cylinder(0.28, 0.015, (0.55, 0, 0.008)), box(0.1, 0.22, 0.06, (0.24, 0, 0.045), tint=BLACK))
        ),
        ghost(box(0.5, 0.1, 0.002, (0, 0, 0.0165), tint="accent")),
        kilograms=3,
        materials=("wood", "plastic"),
        synonyms=("snow board", "freestyle snowboard", "splitboard"),
    ),
    thing(
        "sled",
        *(box(1.0, 0.08, 0.025, (0, y, 0.23)) for y in (-0.19, -0.095, 0, 0.095, 0.19)),
        mirrored(
            "y",
            box(1.1, 0.03, 0.04, (0, 0.19, 0.02), **IRON),
            rod((0.55, 0.19, 0.02), (0.75, 0.19, 0.24), 0.035, **IRON),
            *(box(0.04, 0.03, 0.2, (x, 0.19, 0.12), tint="accent") for x in (-0.35, 0.35)),
        ),
        ghost(rod((0.75, -0.19, 0.24), (0.75, 0.19, 0.24), 0.035, tint="accent")),
        kilograms=5,
        materials=("wood",),
        colours=("brown", "red", "yellow"),
        synonyms=("sledge", "toboggan", "sleigh"),
    ),
    thing(
        "hurdle",
        mirrored(
            "x", box(0.05, 0.5, 0.05, (0.55, 0.2, 0.025), **METAL), box(0.05, 0.05, 0.9, (0.55, 0, 0.47), **METAL)
        ),
        box(1.2, 0.03, 0.1, (0, -0.02, 0.9)),
        ghost(*(box(0.14, 0.034, 0.102, (x, -0.02, 0.9), tint=BLACK) for x in (-0.45, -0.15, 0.15, 0.45))),
        kilograms=9,
        materials=("plastic", "wood"),
        colours=("white", "yellow", "red"),
        synonyms=("race hurdle", "jumping hurdle", "athletics hurdle"),
    ),
    thing(
        "balance beam",
        box(3.4, 0.12, 0.14, (0, 0, 1.05), **LEATHER),
        mirrored("x", box(0.1, 0.1, 1.0, (1.3, 0, 0.5)), box(0.16, 0.8, 0.06, (1.3, 0, 0.03))),
        kilograms=90,
        materials=("steel",),
        synonyms=("gymnastics beam", "gym beam", "balancing bar"),
    ),
    thing(
        "vaulting box",
        *(box(1.3 - 0.08 * k, 0.6 - 0.06 * k, 0.24, (0, 0, 0.12 + 0.245 * k), pattern="planks") for k in range(4)),
        capsule(0.36, 1.1, (0, 0, 1.02), LIE_X, **LEATHER),
        kilograms=70,
        materials=("wood",),
        colours=("brown",),
        synonyms=("vault", "vaulting table", "vault horse"),
        plural="vaulting boxes",
    ),
    thing(
        "trampoline",
        cylinder(2.8, 0.04, (0, 0, 0.6), tint=BLACK, material="rubber"),
        ghost(ring(3.2, 0.26, (0, 0, 0.6))),
        around(6, cylinder(0.07, 0.6, (1.45, 0, 0.3), **METAL)),
        kilograms=60,
        materials=("rubber",),
        colours=("blue", "green", "red"),
        synonyms=("garden trampoline", "bouncing mat", "rebounder"),
        rooted=True,
    ),
    thing(
        "podium",
        box(0.8, 0.7, 0.75, (0, 0, 0.375)),
        box(0.8, 0.7, 0.5, (-0.8, 0, 0.25)),
        box(0.8, 0.7, 0.35, (0.8, 0, 0.175)),
        ghost(box(0.06, 0.02, 0.3, (0, -0.35, 0.45), tint=YELLOW)),
        ghost(*(box(0.18, 0.02, 0.05, (-0.8, -0.35, z), tint=SILVER) for z in (0.16, 0.27, 0.38))),
        ghost(*(box(0.18, 0.02, 0.04, (0.8, -0.35, z), tint=CLAY) for z in (0.07, 0.17, 0.27))),
        kilograms=60,
        materials=("wood",),
        colours=("white", "blue", "red"),
        synonyms=("winners' podium", "medal stand", "rostrum"),
    ),
    thing(
        "gym mat",
        box(2.0, 1.2, 0.12, (0, 0, 0.06)),
        ghost(*(box(0.012, 1.2, 0.122, (x, 0, 0.06), tint="accent") for x in (-0.5, 0, 0.5))),
        kilograms=15,
        materials=("foam",),
        colours=("blue", "red", "green"),
        synonyms=("exercise mat", "crash mat", "tumbling mat"),
    ),
    thing(
        "dumbbell",
        mirrored("x", cylinder(0.14, 0.09, (0.11, 0, 0.07), LIE_X), cylinder(0.1, 0.03, (0.17, 0, 0.07), LIE_X)),
        cylinder(0.03, 0.16, (0, 0, 0.07), LIE_X, **METAL),
        kilograms=8,
        materials=("steel", "rubber"),
        colours=("black", "grey", "red", "blue"),
        synonyms=("hand weight", "free weight", "fitness weight"),
    ),
    thing(
        "barbell",
        mirrored(
            "x",
            cylinder(0.42, 0.06, (0.65, 0, 0.21), LIE_X),
            cylinder(0.32, 0.05, (0.72, 0, 0.21), LIE_X, tint="accent"),
        ),
        cylinder(0.03, 1.8, (0, 0, 0.21), LIE_X, **METAL),
        kilograms=60,
        materials=("steel", "rubber"),
        colours=("black", "red", "blue", "yellow"),
        synonyms=("weight bar", "lifting bar", "Olympic bar"),
    ),
    thing(
        "punching bag",
        capsule(0.36, 1.1, (0, 0, 0.75)),
        cylinder(0.6, 0.12, (0, 0, 0.06), tint=BLACK),
        cylinder(0.14, 0.2, (0, 0, 0.16), **IRON),
        ghost(ring(0.37, 0.03, (0, 0, 0.95), tint=BLACK), ring(0.37, 0.03, (0, 0, 0.55), tint=BLACK)),
        kilograms=45,
        materials=("leather",),
        colours=("red", "black", "blue", "brown"),
        synonyms=("boxing bag", "heavy bag", "punch bag"),
    ),
    thing(
        "target",
        cylinder(1.1, 0.14, (0, 0, 0.95), LIE_Y, tint=WHITE, material="foam"),
        ghost(
            *(
                cylinder(d, 0.142 + 0.003 * k, (0, 0, 0.95), LIE_Y, tint=t)
                for k, (d, t) in enumerate(((0.9, BLACK), (0.7, BLUE), (0.48, RED), (0.22, YELLOW)))
            )
        ),
        mirrored("x", rod((0.25, 0.1, 1.35), (0.5, -0.12, 0), 0.06)),
        rod((0, 0.1, 1.3), (0, 0.75, 0), 0.06),
        kilograms=15,
        materials=("wood",),
        colours=("brown",),
        synonyms=("archery target", "bullseye", "dartboard"),
    ),
    thing(
        "tennis net",
        mirrored("x", cylinder(0.09, 1.1, (2.0, 0, 0.55))),
        ghost(*(rod((-2.0, 0, z), (2.0, 0, z), 0.016, **NET) for z in (0.15, 0.3, 0.45, 0.6, 0.75, 0.9))),
        ghost(*(rod((0.2 * k, 0, 0.1), (0.2 * k, 0, 0.95), 0.012, **NET) for k in range(-9, 10))),
        box(4.0, 0.03, 0.08, (0, 0, 0.98), tint=WHITE, material="foam"),
        kilograms=40,
        materials=("steel",),
        colours=("green", "black", "blue"),
        synonyms=("volleyball net", "badminton net", "court net"),
        rooted=True,
    ),
)
