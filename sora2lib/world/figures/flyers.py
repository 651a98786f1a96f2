"""A bird and a fish: wings and fins on the shoulders' joints, the body's wave on waist and tail."""

from sora2lib.world.figures.clay import SHINE, SKIN, Clay, blob, link, rod, spine, turned
from sora2lib.world.figures.skeleton import Hinge, Link, Skeleton
from sora2lib.world.parts import Part, Row

INK, WHITE, BEAK = (0.04, 0.035, 0.04), (0.95, 0.95, 0.93), (0.93, 0.55, 0.08)
BIRD_SIZE, FISH_SIZE = (0.42, 0.95, 0.20), (0.50, 0.16, 0.24)  # with the wings spread
_CLAY = Clay(BIRD_SIZE[0] / BIRD_SIZE[2], BIRD_SIZE[1] / BIRD_SIZE[2])
_WATER = Clay(FISH_SIZE[0] / FISH_SIZE[2], FISH_SIZE[1] / FISH_SIZE[2])
_SPINE = {"waist bend": (-0.8, 0.8), "waist lean": (-0.5, 0.5), "waist turn": (-1.0, 1.0), "neck bend": (-1.0, 1.0),
          "neck lean": (-0.8, 0.8), "neck turn": (-1.5, 1.5), "mouth": (0.0, 0.7), "tail lift": (-1.2, 1.2),
          "tail swing": (-1.2, 1.2)}  # fmt: skip
_WINGS = {"shoulder swing": (-1.2, 0.8), "shoulder spread": (-1.3, 1.4), "shoulder turn": (-0.8, 0.8),
          "elbow": (-0.4, 2.4), "wrist": (-0.8, 2.6), "hip swing": (-1.6, 1.2), "knee": (0.0, 2.2)}  # fmt: skip
_LIMITS = _SPINE | {f"{side} {joint}": value for side in ("left", "right") for joint, value in _WINGS.items()}


def _eyes(x: float, y: float, z: float, r: float) -> list[Part]:
    tall, parts = _CLAY.tall, []
    for sign in (1.0, -1.0):
        turn = turned("z", 62 * sign)
        parts += [
            blob(tall(0.5 * r, r, r), tall(x, sign * y, z), WHITE, SHINE, turn),
            blob(tall(0.45 * r, 0.7 * r, 0.75 * r), tall(x + 0.16 * r, sign * (y + 0.25 * r), z), INK, SHINE, turn),
            blob(tall(0.2 * r, 0.2 * r, 0.2 * r), tall(x + 0.5 * r, sign * (y + 0.55 * r), z + 0.3 * r), WHITE, SHINE),
        ]
    return parts


def _wing(side: str, sign: float) -> tuple[Link, ...]:
    """Three feathered links that reach to the side; they fold backwards."""
    at = _CLAY.at
    shoulder = (
        Hinge(f"{side} shoulder swing", (0, 0, -sign)),
        Hinge(f"{side} shoulder spread", (sign, 0, 0)),
        Hinge(f"{side} shoulder turn", (0, -1, 0)),
    )
    fold, bend = Hinge(f"{side} elbow", (0, 0, sign)), Hinge(f"{side} wrist", (0, 0, sign))
    lift, tip = (Hinge(f"{side} shoulder spread", (sign, 0, 0), gain) for gain in (0.25, 0.2))
    first, second = 0.62, 0.70
    inner = blob(at(0.33, 0.42, 0.050), at(-0.16, sign * 0.30, 0), "main")
    middle = blob(at(0.31, 0.46, 0.040), at(-0.17, sign * 0.36, 0), "main")
    fingers = [
        blob(at(0.075, 0.46 - 0.05 * k, 0.020), at(-0.06 - 0.10 * k, sign * (0.46 - 0.06 * k), 0), "accent",
             turn=turned("z", sign * (8 + 13 * k)))
        for k in range(4)
    ]  # fmt: skip
    return (
        link(f"{side} upper arm", "hips", at(0.22, sign * 0.24, 0.10), shoulder, inner, weight=0.3),
        link(f"{side} forearm", f"{side} upper arm", at(0, sign * first, 0), (fold, lift), middle, weight=0.3),
        link(f"{side} hand", f"{side} forearm", at(0, sign * second, 0), (bend, tip), *fingers, weight=0.3),
    )  # fmt: skip


def _foot(side: str, sign: float) -> tuple[Link, ...]:
    tall = _CLAY.tall
    hip, knee = Hinge(f"{side} hip swing", (0, -1, 0)), Hinge(f"{side} knee", (0, 1, 0))
    return (
        link(f"{side} thigh", "hips", tall(-0.1, sign * 0.14, -0.22), (hip,),
             rod(tall(0.05, 0.05, 0.08), tall(0, 0, -0.08), "main")),
        link(f"{side} shank", f"{side} thigh", tall(0, 0, -0.16), (knee,),
             rod(tall(0.028, 0.028, 0.09), tall(0, 0, -0.1), BEAK, SKIN),
             blob(tall(0.11, 0.06, 0.022), tall(0.05, 0, -0.2), BEAK, SKIN)),
    )  # fmt: skip


def _beak(thick: float, length: float, x: float, z: float, degrees: float) -> Part:
    half, centre = _CLAY.tall(thick, thick, length), _CLAY.tall(x, 0, z)
    return Part("cone", half, centre, turned("y", degrees), BEAK, collides=False, material=SKIN)


def _bird() -> Skeleton:
    tall = _CLAY.tall
    body = (
        blob(tall(0.62, 0.30, 0.32), tall(0.0, 0, 0), "main", turn=turned("y", -8)),
        blob(tall(0.45, 0.26, 0.26), tall(0.12, 0, -0.09), (0.95, 0.92, 0.85)),
    )
    head = [
        blob(tall(0.24, 0.22, 0.22), tall(0.08, 0, 0.06), "main"),
        _beak(0.075, 0.12, 0.38, 0.045, 96),
        *_eyes(0.185, 0.145, 0.115, 0.075),
    ]
    beak = _beak(0.05, 0.08, 0.09, 0.0, 88)
    tail = [
        blob(tall(0.34, 0.075, 0.022), tall(-0.28, 0.07 * k, 0), "accent", turn=turned("z", -9 * k))
        for k in (-2, -1, 0, 1, 2)
    ]
    swing = (Hinge("tail swing", (0, 0, -1)), Hinge("tail lift", (0, 1, 0)))
    links: tuple[Link, ...] = (
        link("hips", "", tall(0, 0, 0), (), *body),
        link("head", "hips", tall(0.52, 0, 0.22), spine("neck", 1.0), *head),
        link("jaw", "head", tall(0.22, 0, 0.01), (Hinge("mouth", (0, 1, 0)),), beak),
        link("tail", "hips", tall(-0.5, 0, 0.03), swing, *tail, weight=0.3),
    )
    for side, sign in (("left", 1.0), ("right", -1.0)):
        links += (*_wing(side, sign), *_foot(side, sign))
    return Skeleton("bird", BIRD_SIZE, links, _LIMITS)


def _fish() -> Skeleton:
    tall, at = _WATER.tall, _WATER.at
    pale: Row = (0.95, 0.90, 0.80)
    bend = (Hinge("waist turn", (0, 0, 1), 0.5), Hinge("waist bend", (0, 1, 0), 0.5))
    body = (
        blob(at(0.60, 0.26, 0.38), at(0.0, 0, 0), "main"),
        blob(at(0.48, 0.22, 0.26), at(0.06, 0, -0.10), pale),
        blob(at(0.34, 0.025, 0.20), at(-0.08, 0, 0.34), "accent", turn=turned("y", 12)),
        *_eyes(0.40, 0.165, 0.09, 0.075),
    )
    jaw = blob(at(0.10, 0.09, 0.045), at(0.06, 0, 0), pale)
    middle = blob(at(0.42, 0.18, 0.27), at(-0.16, 0, 0), "main")
    rear = blob(at(0.34, 0.10, 0.15), at(-0.14, 0, 0), "main")
    fan = [
        blob(at(0.24, 0.018, 0.085), at(-0.19, 0, sign * 0.13), "accent", turn=turned("y", 38 * sign))
        for sign in (1.0, -1.0)
    ]
    links: tuple[Link, ...] = (
        link("hips", "", at(0, 0, 0), (), *body),
        link("jaw", "hips", at(0.50, 0, -0.06), (Hinge("mouth", (0, 1, 0)),), jaw),
        link("waist", "hips", at(-0.30, 0, 0), bend, middle),
        link("tail", "waist", at(-0.36, 0, 0), bend, rear),
        link("tail end", "tail", at(-0.36, 0, 0), (Hinge("tail swing", (0, 0, -1)),), *fan, weight=0.3),
    )
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hinges = (Hinge(f"{side} shoulder swing", (0, -1, 0)), Hinge(f"{side} shoulder spread", (sign, 0, 0)))
        fin = blob(tall(0.09, 0.018, 0.16), tall(-0.04, 0, -0.13), "accent", turn=turned("y", 30))
        links += (link(f"{side} upper arm", "hips", at(0.18, sign * 0.20, -0.14), hinges, fin, weight=0.3),)
    return Skeleton("fish", FISH_SIZE, links, _LIMITS)


BIRD, FISH = _bird(), _fish()
