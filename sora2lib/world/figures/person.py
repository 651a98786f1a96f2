"""People: one skeleton, several looks. Stylised proportions, about five and a half heads tall."""

from collections.abc import Callable
from dataclasses import dataclass

from sora2lib.world.figures.clay import (
    CLOTH,
    SHINE,
    SIDEWAYS,
    SKIN,
    Clay,
    ball_joint,
    blob,
    link,
    rod,
    spine,
    turned,
)
from sora2lib.world.figures.skeleton import Hinge, Link, Skeleton
from sora2lib.world.parts import Matrix, Part, Row

HOLLOW = 0.27  # a drawn head is larger than life, not heavier
MAN, WOMAN, CHILD = (0.36, 0.56, 1.78), (0.32, 0.50, 1.66), (0.26, 0.40, 1.22)
INK, WHITE, MOUTH, TEETH = (0.05, 0.04, 0.05), (0.96, 0.96, 0.95), (0.30, 0.05, 0.06), (0.97, 0.96, 0.92)
LIMITS = {
    "waist bend": (-0.8, 1.6), "waist lean": (-0.7, 0.7), "waist turn": (-0.9, 0.9),
    "neck bend": (-0.8, 0.9), "neck lean": (-0.6, 0.6), "neck turn": (-1.3, 1.3), "mouth": (0.0, 0.6),
    **{
        f"{side} {joint}": limits
        for side in ("left", "right")
        for joint, limits in {
            "shoulder swing": (-1.3, 3.3), "shoulder spread": (-0.5, 3.2), "shoulder turn": (-1.8, 1.8),
            "elbow": (0.0, 2.6), "wrist": (-1.2, 1.2),
            "hip swing": (-1.1, 2.65), "hip spread": (-0.6, 1.5), "hip turn": (-0.9, 0.9),
            "knee": (0.0, 2.6), "ankle": (-1.2, 1.25),
        }.items()
    },
}  # fmt: skip
SMILE = turned("y", 90 + 28)  # the ring's upper half lies inside the head
# Places of the foot, in heights from the ankle: the sole under the heel and under the ball.
HEEL, BALL = (-0.035, 0.0, -0.045), (0.062, 0.0, -0.045)
HAND = (0.0, 0.0, -0.075)  # the finger tips, from the wrist


@dataclass(frozen=True)
class Look:
    """Colours (sRGB) and cut of one kind of person; the shirt has the actor's colour."""

    skin: Row = (0.87, 0.64, 0.50)
    hair: Row = (0.20, 0.11, 0.06)
    trousers: str | Row = (0.13, 0.17, 0.30)
    shoes: Row = (0.30, 0.16, 0.09)
    iris: Row = (0.22, 0.13, 0.07)
    cut: str = "short"  # or "long", "bun", "tails", "cap"
    sleeves: bool = False
    skirt: bool = False
    lips: Row = (0.66, 0.33, 0.29)


def person(name: str, size: Row, look: Look, *, head: float = 1.0) -> Skeleton:
    """Build a person; ``head`` scales the head."""
    clay = Clay(size[0] / size[2], size[1] / size[2])
    links = (*_trunk(clay, look), *_head(clay, look, head))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        links += (*_arm(clay, look, side, sign), *_leg(clay, look, side, sign))
    return Skeleton(name, size, links, LIMITS)


def _trunk(clay: Clay, look: Look) -> tuple[Link, ...]:
    at, pants = clay.at, "main" if look.skirt else look.trousers
    seat = [blob(at(0.066, 0.086, 0.066), at(-0.004, 0, -0.006), pants)]
    if look.skirt:
        seat.append(Part("cone", clay.rod(0.138, 0.30), at(0, 0, -0.035), tint="main", collides=False))
    belly = (
        blob(at(0.062, 0.080, 0.100), at(0, 0, 0.022), "main"),
        rod(clay.rod(0.048, 0.05), at(0, 0, -0.022), "main", turn=SIDEWAYS),
    )
    chest = (
        blob(at(0.070, 0.096, 0.112), at(0.002, 0, 0.028), "main"),
        blob(at(0.060, 0.092, 0.066), at(0.002, 0, 0.078), "main"),
        rod(clay.rod(0.040, 0.136), at(-0.004, 0, 0.108), "main", turn=SIDEWAYS),
        blob(at(0.042, 0.066, 0.038), at(-0.006, 0, 0.132), "main"),
    )
    return (
        link("hips", "", at(0, 0, 0), (), *seat),
        link("waist", "hips", at(0, 0, 0.055), spine("waist", 0.5), *belly),
        link("chest", "waist", at(0, 0, 0.07), spine("waist", 0.5), *chest),
        link(
            "neck", "chest", at(-0.004, 0, 0.150), spine("neck", 0.4),
            rod(clay.rod(0.030, 0.05), at(0, 0, 0.012), look.skin, SKIN),
        ),
    )  # fmt: skip


def _head(clay: Clay, look: Look, scale: float) -> tuple[Link, Link]:
    def tall(x: float, y: float, z: float) -> Matrix:
        return clay.tall(x * scale, y * scale, z * scale)

    parts = [
        blob(tall(0.082, 0.078, 0.092), tall(0.004, 0, 0.093), look.skin, SKIN),
        blob(tall(0.036, 0.033, 0.024), tall(0.030, 0, 0.030), MOUTH, SKIN),
        blob(tall(0.036, 0.028, 0.007), tall(0.031, 0, 0.030), TEETH, SHINE),
        blob(tall(0.015, 0.012, 0.012), tall(0.088, 0, 0.070), look.skin, SKIN),
    ]
    for sign in (1.0, -1.0):
        eye = turned("z", sign * 24)
        parts += [
            blob(tall(0.012, 0.0195, 0.0255), tall(0.0685, sign * 0.034, 0.094), WHITE, SHINE, eye),
            blob(tall(0.008, 0.0115, 0.0150), tall(0.0750, sign * 0.0320, 0.093), look.iris, SHINE, eye),
            blob(tall(0.006, 0.0070, 0.0095), tall(0.0790, sign * 0.0320, 0.093), INK, SHINE, eye),
            blob(tall(0.004, 0.0034, 0.0034), tall(0.0820, sign * 0.0320 + 0.005, 0.099), WHITE, SHINE),
            blob(
                tall(0.008, 0.0205, 0.0052), tall(0.0715, sign * 0.035, 0.1285), look.hair, turn=turned("x", -2 * sign)
            ),
            blob(tall(0.013, 0.010, 0.021), tall(0.002, sign * 0.079, 0.082), look.skin, SKIN),
        ]
    parts += _hair(tall, look)
    ring = tall(0.027, 0.027, 0.0032)
    jaw = [
        blob(tall(0.053, 0.0665, 0.037), tall(0.042, 0, -0.022), look.skin, SKIN),
        Part("torus", ring, tall(0.0865, 0, -0.001), SMILE, look.lips, collides=False, material=SKIN),
    ]
    return (
        link("head", "neck", clay.at(0.004, 0, 0.034), spine("neck", 0.6), *parts, weight=HOLLOW),
        link("jaw", "head", tall(-0.020, 0, 0.050), (Hinge("mouth", (0, 1, 0)),), *jaw, weight=HOLLOW),
    )


def _hair(place: Callable[[float, float, float], Matrix], look: Look) -> list[Part]:
    if look.cut == "cap":
        return [
            blob(place(0.083, 0.080, 0.060), place(-0.010, 0, 0.128), look.hair),
            rod(place(0.008, 0.008, 0.05), place(0.080, 0, 0.135), look.hair, turn=SIDEWAYS),
        ]
    parts = [
        blob(place(0.082, 0.081, 0.070), place(-0.014, 0, 0.118), look.hair),
        blob(place(0.040, 0.062, 0.030), place(0.040, 0, 0.163), look.hair),
        blob(place(0.050, 0.074, 0.070), place(-0.040, 0, 0.085), look.hair),
    ]
    if look.cut == "long":
        parts += [
            blob(place(0.038, 0.078, 0.105), place(-0.056, 0, 0.045), look.hair),
            *(blob(place(0.026, 0.018, 0.075), place(-0.008, s * 0.074, 0.060), look.hair) for s in (1, -1)),
        ]
    if look.cut == "bun":
        parts.append(blob(place(0.036, 0.036, 0.034), place(-0.085, 0, 0.150), look.hair))
    if look.cut == "tails":
        tails = ((sign, turned("x", 18 * sign)) for sign in (1.0, -1.0))
        parts += [blob(place(0.026, 0.025, 0.055), place(-0.03, s * 0.108, 0.062), look.hair, turn=t) for s, t in tails]
    return parts


def _arm(clay: Clay, look: Look, side: str, sign: float) -> tuple[Link, ...]:
    at, bare = clay.at, look.skin
    tint, stuff = ("main", CLOTH) if look.sleeves else (bare, SKIN)
    upper = (
        rod(clay.rod(0.0345, 0.075), at(0, 0, -0.040), "main"),
        blob(at(0.038, 0.037, 0.040), at(0, 0, -0.004), "main"),
        rod(clay.rod(0.0255, 0.10), at(0, 0, -0.095), tint, stuff),
    )
    lower = (
        rod(clay.rod(0.0235, 0.10), at(0, 0, -0.058), tint, stuff),
        blob(at(0.0275, 0.0255, 0.060), at(0.001, 0, -0.040), tint, stuff),
    )
    hand = (
        blob(at(0.024, 0.014, 0.030), at(0, 0, -0.026), bare, SKIN),
        blob(at(0.019, 0.012, 0.026), at(0.002, -0.003 * sign, -0.052), bare, SKIN),
        rod(clay.rod(0.0085, 0.028), at(0.020, -0.006 * sign, -0.030), bare, SKIN, turned("y", -28)),
    )
    bend = (Hinge(f"{side} elbow", (0, -1, 0)),)
    flex = (Hinge(f"{side} wrist", (-sign, 0, 0)),)
    return (
        link(f"{side} upper arm", "chest", at(-0.004, sign * 0.112, 0.112), ball_joint(side, "shoulder"), *upper),
        link(f"{side} forearm", f"{side} upper arm", at(0, 0, -0.145), bend, *lower),
        link(f"{side} hand", f"{side} forearm", at(0, 0, -0.125), flex, *hand),
    )


def _leg(clay: Clay, look: Look, side: str, sign: float) -> tuple[Link, ...]:
    at, tall = clay.at, clay.tall
    tint: str | Row = look.skin if look.skirt else look.trousers
    stuff = SKIN if look.skirt else CLOTH
    thigh = (
        rod(clay.rod(0.037, 0.19), at(0, 0, -0.115), tint, stuff),
        blob(at(0.052, 0.049, 0.125), at(0.001, 0, -0.075), "main" if look.skirt else tint, stuff),
    )
    shank = (
        rod(clay.rod(0.0315, 0.18), at(0, 0, -0.095), tint, stuff),
        blob(at(0.040, 0.037, 0.085), at(-0.006, 0, -0.072), tint, stuff),
    )
    foot = (
        blob(tall(0.070, 0.036, 0.030), tall(0.030, 0, -0.016), look.shoes, "leather"),
        blob(tall(0.040, 0.034, 0.040), tall(-0.004, 0, -0.002), look.shoes, "leather"),
        blob(tall(0.078, 0.039, 0.013), tall(0.028, 0, -0.032), WHITE, SKIN),
    )
    bend, flex = (Hinge(f"{side} knee", (0, 1, 0)),), (Hinge(f"{side} ankle", (0, -1, 0)),)
    return (
        link(f"{side} thigh", "hips", at(0, sign * 0.052, -0.015), ball_joint(side, "hip"), *thigh),
        link(f"{side} shank", f"{side} thigh", at(0, 0, -0.225), bend, *shank),
        link(f"{side} foot", f"{side} shank", at(0, 0, -0.215), flex, *foot),
    )


PEOPLE = (
    person("man", MAN, Look(), head=1.1),
    person(
        "woman",
        WOMAN,
        Look(
            skin=(0.90, 0.68, 0.55),
            hair=(0.42, 0.20, 0.08),
            cut="long",
            iris=(0.13, 0.30, 0.22),
            lips=(0.74, 0.22, 0.24),
        ),
        head=1.12,
    ),
    person(
        "boy",
        CHILD,
        Look(skin=(0.55, 0.35, 0.23), hair=(0.06, 0.04, 0.03), trousers=(0.45, 0.40, 0.30), shoes=(0.75, 0.12, 0.10)),
        head=1.3,
    ),
    person(
        "girl",
        CHILD,
        Look(skin=(0.88, 0.66, 0.53), hair=(0.62, 0.38, 0.13), cut="tails", skirt=True, iris=(0.12, 0.25, 0.45)),
        head=1.3,
    ),
)
