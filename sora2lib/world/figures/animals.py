"""Cat, dog, horse, bird and fish: each its own skeleton on the joints that all creatures share.

On four legs the arms are the front legs. Measures are in heights of the animal; at 0 all joints stand at ease.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from sora2lib.world.figures.clay import OVERLAP, SHINE, SKIN, Clay, ball_joint, blob, link, rod, spine, turned
from sora2lib.world.figures.skeleton import Hinge, Link, Skeleton
from sora2lib.world.parts import Matrix, Part, Row

INK, WHITE, PINK, HOOF = (0.04, 0.035, 0.04), (0.95, 0.95, 0.93), (0.85, 0.45, 0.47), (0.12, 0.10, 0.09)
FUR = ""  # like the actor
Point = tuple[float, float]  # x and z


@dataclass(frozen=True)
class Beast:
    """The build of a four-legged animal, seen from the side; x and z from the hips, in heights.

    ``back`` and ``fore`` are the places of hip, knee, hock and sole, and of shoulder, elbow, wrist and sole; ``legs``
    the radii of the upper, lower and last links; ``trunk`` the half height of hips, belly and chest.
    """

    back: tuple[Point, Point, Point, Point]
    fore: tuple[Point, Point, Point, Point]
    apart: float
    legs: tuple[float, float, float]
    trunk: tuple[float, float, float]
    neck: Point
    head: Point
    thick: float
    skull: Row
    snout: Row
    ears: str
    tail: float
    tail_thick: float
    paw: Row
    mane: bool = False
    accent: str | Row = "main"
    belly: str | Row = "main"
    droop: float = 0.0  # degrees, of the snout


def beast(name: str, size: Row, it: Beast) -> Skeleton:
    """Build a four-legged animal."""
    clay = Clay(size[0] / size[2], size[1] / size[2])
    links = (*_trunk(clay, it), *_head(clay, it), *_tail(clay, it))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        links += _leg(clay, it, side, sign, "hip", it.back)
        links += _leg(clay, it, side, sign, "shoulder", it.fore)
    return Skeleton(name, size, links, _LIMITS)


_LIMITS = {
    "waist bend": (-0.7, 0.7), "waist lean": (-0.5, 0.5), "waist turn": (-0.8, 0.8),
    "neck bend": (-1.2, 1.6), "neck lean": (-0.6, 0.6), "neck turn": (-1.4, 1.4), "mouth": (0.0, 0.7),
    "tail lift": (-1.6, 1.6), "tail swing": (-1.6, 1.6),
    **{
        f"{side} {joint}": limits
        for side in ("left", "right")
        for joint, limits in {
            "shoulder swing": (-1.5, 1.8), "shoulder spread": (-0.6, 1.4), "shoulder turn": (-0.8, 0.8),
            "elbow": (-1.2, 2.4), "wrist": (-2.6, 1.6),
            "hip swing": (-1.6, 1.6), "hip spread": (-0.6, 1.4), "hip turn": (-0.8, 0.8),
            "knee": (-1.6, 1.8), "ankle": (-1.9, 2.2),
        }.items()
    },
}  # fmt: skip


def _between(clay: Clay, radius: float, a: Point, b: Point, tint: str | Row, stuff: str = FUR) -> Part:
    """A capsule from one place of the link to another."""
    x, z = b[0] - a[0], b[1] - a[1]
    middle = clay.tall((a[0] + b[0]) / 2, 0, (a[1] + b[1]) / 2)
    turn = turned("y", math.degrees(math.atan2(x, z)))
    return rod(clay.tall(radius, radius, math.hypot(x, z) / 2), middle, tint, stuff, turn)


def _trunk(clay: Clay, it: Beast) -> tuple[Link, ...]:
    tall, (rump, belly, chest) = clay.tall, it.trunk
    front, wide = it.fore[0][0], 0.86
    hips = (
        blob(tall(1.15 * rump, wide * rump, rump), tall(0.01, 0, -0.01), "main"),
        _between(clay, 0.92 * belly, (0.0, -0.01), (0.36 * front, -0.03), "main"),
    )
    waist = (
        _between(clay, 0.98 * belly, (-0.12 * front, -0.02), (0.40 * front, -0.045), "main"),
        blob(tall(0.3 * front, 0.7 * belly, 0.5 * belly), tall(0.12 * front, 0, -0.075 - 0.4 * belly), it.belly),
    )
    ribs = (
        blob(tall(1.25 * chest, wide * chest, 1.06 * chest), tall(0.28 * front, 0, -0.045), "main"),
        blob(tall(0.8 * chest, 0.75 * chest, 0.8 * chest), tall(0.42 * front, 0, -0.03), it.belly),
    )
    return (
        link("hips", "", tall(0, 0, 0), (), *hips),
        link("waist", "hips", tall(0.35 * front, 0, 0.01), spine("waist", 0.5), *waist),
        link("chest", "waist", tall(0.32 * front, 0, 0.0), spine("waist", 0.5), *ribs),
    )


def _head(clay: Clay, it: Beast) -> tuple[Link, ...]:
    tall, front = clay.tall, it.fore[0][0]
    (neck_x, neck_z), (head_x, head_z) = it.neck, it.head
    base = (neck_x - 0.67 * front, neck_z - 0.01)
    run = (head_x - neck_x, head_z - neck_z)
    neck = [_between(clay, it.thick, (-0.25 * run[0], -0.35 * run[1]), run, "main")]
    if it.mane:
        back = [(0.15 + 0.2 * k, 0.030 - 0.004 * k) for k in range(5)]
        neck += [
            blob(tall(0.055, 0.022, 0.075), tall(u * run[0] - it.thick - d, 0, u * run[1] + it.thick * 0.55), it.accent)
            for u, d in back
        ]
    (long, wide, high), (nose, nose_wide, nose_high) = it.skull, it.snout
    turn = turned("y", it.droop)

    def ahead(x: float, z: float) -> Matrix:
        """A place in front of the skull, let down with the snout."""
        c, d = math.cos(math.radians(it.droop)), math.sin(math.radians(it.droop))
        return tall(0.35 * long + c * x + d * z, 0, 0.25 * high + c * z - d * x)

    face = [
        blob(tall(long, wide, high), tall(0.35 * long, 0, 0.25 * high), "main"),
        blob(tall(nose + 0.3 * long, nose_wide, nose_high), ahead(0.35 * (long + nose), -0.35 * high), it.belly,
             turn=turn),
        blob(tall(0.22 * nose_wide + 0.006, 0.42 * nose_wide, 0.30 * nose_wide),
             ahead(0.60 * long + nose, 0.25 * nose_high - 0.35 * high), INK, SHINE),
    ]  # fmt: skip
    for sign in (1.0, -1.0):
        eye = turned("z", sign * 38)
        x, y, z = 0.35 * long + 0.74 * long, sign * 0.52 * wide, 0.25 * high + 0.34 * high
        r = 0.25 * high
        face += [
            blob(tall(0.6 * r, 0.9 * r, r), tall(x, y, z), WHITE, SHINE, eye),
            blob(tall(0.5 * r, 0.72 * r, 0.82 * r), tall(x + 0.24 * r, y + sign * 0.10 * r, z), INK, SHINE, eye),
            blob(tall(*3 * (0.17 * r,)), tall(x + 0.66 * r, y + sign * 0.28 * r, z + 0.3 * r), WHITE, SHINE),
        ]
        face += _ear(clay, it, sign)
    jaw = blob(tall(0.62 * nose, 0.8 * nose_wide, 0.42 * nose_high), tall(0, 0, 0), it.belly, turn=turn)
    tongue = blob(tall(0.5 * nose, 0.5 * nose_wide, 0.12 * nose_high), tall(0, 0, 0.31 * nose_high), PINK, SKIN, turn)
    hinge = ahead(0.40 * long + 0.55 * nose, -0.47 * high - 0.35 * nose_high)
    return (
        link("neck", "chest", tall(base[0], 0, base[1]), spine("neck", 0.5), *neck),
        link("head", "neck", tall(run[0], 0, run[1]), spine("neck", 0.5), *face),
        link("jaw", "head", hinge, (Hinge("mouth", (0, 1, 0)),), jaw, tongue),
    )


def _ear(clay: Clay, it: Beast, sign: float) -> list[Part]:
    tall, (long, wide, high) = clay.tall, it.skull
    if it.ears == "floppy":
        where = tall(0.10 * long, sign * 1.0 * wide, 0.18 * high)
        return [blob(tall(0.36 * long, 0.18 * wide, 0.80 * high), where, it.accent, turn=turned("x", 14 * sign))]
    lean, size = (22, 0.58) if it.ears == "cat" else (14, 0.50)
    where = tall(0.05 * long, sign * 0.58 * wide, 1.32 * high if it.ears == "cat" else 1.30 * high)
    inner = tall(0.05 * long + 0.09 * long, sign * 0.60 * wide, 1.28 * high)
    turn = turned("x", -lean * sign)
    return [
        Part("cone", tall(size * 0.62 * high, size * 0.62 * high, size * high), where, turn, "main", collides=False),
        Part("cone", tall(size * 0.42 * high, size * 0.42 * high, size * 0.8 * high), inner, turn, PINK, collides=False,
             material=SKIN),
    ]  # fmt: skip


def _tail(clay: Clay, it: Beast) -> tuple[Link, ...]:
    tall, half, thick = clay.tall, it.tail / 2, it.tail_thick
    tint = it.accent if it.mane else "main"
    step = (-0.62 * half, (-0.78 if it.mane else 0.55) * half)
    hinges = (Hinge("tail swing", (0, 0, -1), 0.6), Hinge("tail lift", (0, 1, 0), 0.6))
    first = _between(clay, thick, (0, 0), step, tint)
    second = _between(clay, 0.85 * thick, (0, 0), (step[0], 1.1 * step[1]), tint)
    root = tall(-1.02 * it.trunk[0], 0, 0.45 * it.trunk[0])
    return (
        link("tail", "hips", root, hinges, first, weight=OVERLAP / 2),
        link("tail end", "tail", tall(step[0], 0, step[1]), hinges, second, weight=OVERLAP / 2),
    )


def _leg(clay: Clay, it: Beast, side: str, sign: float, ball: str, path: tuple[Point, ...]) -> tuple[Link, ...]:
    """Three links from ``ball`` to the ground; the knee folds backwards, the elbow forwards."""
    tall, (upper, lower, last) = clay.tall, it.legs
    front = ball == "shoulder"
    names = ("upper arm", "forearm", "hand") if front else ("thigh", "shank", "foot")
    joints = (("elbow", -1.0), ("wrist", -1.0)) if front else (("knee", 1.0), ("ankle", -1.0))
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(path)]
    at = (path[0][0] - 0.67 * path[0][0], path[0][1] - 0.01) if front else path[0]
    bulk = 1.9 if not front else 1.5
    (top_x, top_z), (tip_x, tip_z) = steps[0], steps[2]
    haunch = blob(tall(bulk * upper, 1.15 * upper, 1.9 * upper), tall(0.25 * top_x, 0, 0.25 * top_z), "main")
    toes = tall(tip_x + 0.25 * it.paw[0], 0, tip_z + it.paw[2])
    paw = blob(tall(*it.paw), toes, HOOF if it.mane else it.belly)
    first = tuple(Hinge(f"{side} {joint}", (0, axis, 0)) for joint, axis in joints)
    return (
        link(f"{side} {names[0]}", "chest" if front else "hips", tall(at[0], sign * it.apart, at[1]),
             ball_joint(side, ball), haunch, _between(clay, upper, (0, 0), steps[0], "main")),
        link(f"{side} {names[1]}", f"{side} {names[0]}", tall(steps[0][0], 0, steps[0][1]), (first[0],),
             _between(clay, lower, (0, 0), steps[1], "main")),
        link(f"{side} {names[2]}", f"{side} {names[1]}", tall(steps[1][0], 0, steps[1][1]), (first[1],),
             _between(clay, last, (0, 0), (steps[2][0], steps[2][1] + it.paw[2]), it.accent), paw),
    )  # fmt: skip


DOG = Beast(
    back=((0.0, 0.0), (0.09, -0.20), (-0.09, -0.37), (-0.04, -0.55)),
    fore=((0.52, 0.0), (0.44, -0.20), (0.475, -0.42), (0.49, -0.55)),
    apart=0.105, legs=(0.055, 0.043, 0.037), trunk=(0.135, 0.125, 0.165), neck=(0.60, 0.10), head=(0.72, 0.28),
    thick=0.085, skull=(0.115, 0.105, 0.11), snout=(0.115, 0.062, 0.058), ears="floppy", tail=0.40, tail_thick=0.028,
    paw=(0.062, 0.048, 0.034), accent="accent", belly=(0.93, 0.86, 0.74),
)  # fmt: skip
CAT = Beast(
    back=((0.0, 0.0), (0.11, -0.19), (-0.09, -0.36), (-0.03, -0.55)),
    fore=((0.62, -0.02), (0.54, -0.22), (0.58, -0.44), (0.60, -0.55)),
    apart=0.10, legs=(0.055, 0.042, 0.038), trunk=(0.135, 0.130, 0.145), neck=(0.70, 0.06), head=(0.80, 0.22),
    thick=0.085, skull=(0.135, 0.145, 0.125), snout=(0.045, 0.062, 0.045), ears="cat", tail=0.85, tail_thick=0.030,
    paw=(0.055, 0.048, 0.033), belly=(0.95, 0.93, 0.88),
)  # fmt: skip
HORSE = Beast(
    back=((0.0, 0.0), (0.07, -0.18), (-0.06, -0.34), (-0.02, -0.585)),
    fore=((0.50, -0.01), (0.455, -0.16), (0.475, -0.38), (0.485, -0.585)),
    apart=0.075, legs=(0.044, 0.030, 0.021), trunk=(0.125, 0.115, 0.135), neck=(0.56, 0.07), head=(0.74, 0.33),
    thick=0.070, skull=(0.078, 0.056, 0.066), snout=(0.120, 0.044, 0.048), ears="horse", tail=0.38, tail_thick=0.030,
    paw=(0.036, 0.032, 0.026), mane=True, accent="accent", belly="main", droop=42.0,
)  # fmt: skip

BEASTS = (
    beast("dog", (0.78, 0.20, 0.62), DOG),
    beast("cat", (0.46, 0.11, 0.33), CAT),
    beast("horse", (2.3, 0.55, 2.2), HORSE),
)
BUILDS = {"dog": DOG, "cat": CAT, "horse": HORSE}
