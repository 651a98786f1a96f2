"""Words for building things: shapes in metres as they stand on the ground, and how a handful becomes an asset.

A thing is written down at its usual size, z up from the ground, the middle of its footprint near x = y = 0. What drives
points towards +x; what has a face, a screen or a door turns it towards -y, where the camera stands. :func:`thing` moves
the origin to the centre of mass and makes every measure a share of the thing's extents.
"""

import math
from dataclasses import replace
from itertools import chain
from typing import TypedDict, Unpack

import numpy as np

from sora2lib.world.parts import Array, Asset, Part, Primitive, Row, as_matrix, centroid, reach, rotate, volume
from sora2lib.world.vocabulary import MATERIALS

Turn = tuple[str, float]  # an axis and degrees
Piece = Primitive | tuple[Primitive, ...]
ORIGIN, UPRIGHT = (0.0, 0.0, 0.0), ("z", 0.0)
FLIP, LIE_X, LIE_Y = ("x", 180.0), ("y", 90.0), ("x", 90.0)  # what stood along z hangs, or lies along x or y


class Look(TypedDict, total=False):
    """How a shape looks and what it is made of, when not like the whole thing."""

    tint: str | Row
    pattern: str
    material: str


BLACK, DARK, GREY, SILVER, WHITE = ((it, it, it * 1.02) for it in (0.03, 0.11, 0.40, 0.68, 0.90))
CREAM, STRAW, SAND, SKIN = (0.90, 0.86, 0.76), (0.80, 0.66, 0.34), (0.82, 0.71, 0.48), (0.91, 0.72, 0.57)
RED, ORANGE, YELLOW, PINK = (0.80, 0.08, 0.07), (0.94, 0.45, 0.06), (0.96, 0.80, 0.12), (0.93, 0.50, 0.62)
GREEN, LEAF, BLUE, SKY = (0.12, 0.50, 0.17), (0.16, 0.38, 0.12), (0.10, 0.27, 0.75), (0.42, 0.68, 0.90)
BROWN, BARK, CLAY = (0.36, 0.21, 0.11), (0.30, 0.20, 0.12), (0.68, 0.34, 0.22)
METAL: Look = {"tint": (0.62, 0.63, 0.66), "material": "steel"}
IRON: Look = {"tint": (0.16, 0.16, 0.18), "material": "steel"}
GOLD: Look = {"tint": (1.0, 0.66, 0.22), "material": "steel"}
TIMBER: Look = {"tint": (0.50, 0.32, 0.17), "material": "wood"}
BOARDS: Look = {"tint": (0.55, 0.36, 0.20), "material": "wood", "pattern": "planks"}
TYRE: Look = {"tint": (0.04, 0.04, 0.045), "material": "rubber"}
PANE: Look = {"tint": (0.04, 0.06, 0.09), "material": "plastic"}
LEAVES: Look = {"tint": LEAF, "material": "wood", "pattern": "leaves"}


def box(x: float, y: float, z: float, at: Row = ORIGIN, turn: Turn = UPRIGHT, **look: Unpack[Look]) -> Primitive:
    """Return a box of these lengths with its centre ``at``."""
    return _shape("box", (x, y, z), at, turn, look)


def oval(x: float, y: float, z: float, at: Row = ORIGIN, turn: Turn = UPRIGHT, **look: Unpack[Look]) -> Primitive:
    """Return an ellipsoid of these lengths."""
    return _shape("ellipsoid", (x, y, z), at, turn, look)


def ball(across: float, at: Row = ORIGIN, **look: Unpack[Look]) -> Primitive:
    """Return a sphere."""
    return _shape("sphere", (across, across, across), at, UPRIGHT, look)


def cylinder(across: float, long: float, at: Row = ORIGIN, turn: Turn = UPRIGHT, **look: Unpack[Look]) -> Primitive:
    """Return a cylinder along z."""
    return _shape("cylinder", (across, across, long), at, turn, look)


def cone(across: float, tall: float, at: Row = ORIGIN, turn: Turn = UPRIGHT, **look: Unpack[Look]) -> Primitive:
    """Return a cone with its tip at the top."""
    return _shape("cone", (across, across, tall), at, turn, look)


def capsule(across: float, long: float, at: Row = ORIGIN, turn: Turn = UPRIGHT, **look: Unpack[Look]) -> Primitive:
    """Return a capsule along z, ``long`` with its caps."""
    return _shape("capsule", (across, across, long - across), at, turn, look)


def ring(across: float, thick: float, at: Row = ORIGIN, turn: Turn = UPRIGHT, **look: Unpack[Look]) -> Primitive:
    """Return a torus round z, ``across`` its outside."""
    return _shape("torus", (across - thick, across - thick, thick), at, turn, look)


def wedge(x: float, y: float, z: float, at: Row = ORIGIN, turn: Turn = UPRIGHT, **look: Unpack[Look]) -> Primitive:
    """Return a ramp that rises along +x."""
    return _shape("wedge", (x, y, z), at, turn, look)


def rod(start: Row, end: Row, across: float, shape: str = "cylinder", **look: Unpack[Look]) -> Primitive:
    """Return a cylinder, or another shape with its axis z, from point to point."""
    a, b = np.array(start), np.array(end)
    length = float(np.linalg.norm(b - a))
    x, y, z = (b - a) / length
    turn = np.array([1 + z, -y, x, 0]) if z > -1 else np.array([0.0, 1, 0, 0])
    made = _shape(shape, (across, across, length), ORIGIN, UPRIGHT, look)
    return replace(made, centre=(a + b) / 2, rotation=turn / np.linalg.norm(turn))


def _shape(shape: str, lengths: Row, at: Row, turn: Turn, look: Look) -> Primitive:
    return Primitive(
        shape,
        np.array(lengths) / 2,
        np.array(at, dtype=np.float64),
        _quaternion(turn),
        look.get("tint", "main"),
        look.get("pattern", ""),
        True,
        look.get("material", ""),
    )


def _quaternion(turn: Turn) -> Array:
    axis, angle = turn[0], math.radians(turn[1]) / 2
    return np.array([math.cos(angle), *(math.sin(angle) * (axis == name) for name in "xyz")])


def _times(p: Array, q: Array) -> Array:
    """Product of quaternions: first q, then p."""
    return np.array([p[0] * q[0] - p[1:] @ q[1:], *(p[0] * q[1:] + q[0] * p[1:] + np.cross(p[1:], q[1:]))])


def flat(pieces: tuple[Piece, ...]) -> tuple[Primitive, ...]:
    """Return all shapes of the pieces in one row."""
    return tuple(chain.from_iterable((it,) if isinstance(it, Primitive) else it for it in pieces))


def ghost(*pieces: Piece) -> tuple[Primitive, ...]:
    """Return pieces that are seen and not felt."""
    return tuple(replace(it, collides=False) for it in flat(pieces))


def moved(by: Row, *pieces: Piece) -> tuple[Primitive, ...]:
    """Return pieces shifted."""
    return tuple(replace(it, centre=it.centre + np.array(by)) for it in flat(pieces))


def turned(turn: Turn, *pieces: Piece) -> tuple[Primitive, ...]:
    """Return pieces turned round an axis through the origin."""
    q = _quaternion(turn)
    return tuple(replace(it, centre=rotate(q, it.centre), rotation=_times(q, it.rotation)) for it in flat(pieces))


def around(count: int, *pieces: Piece) -> tuple[Primitive, ...]:
    """Return ``count`` copies evenly round z."""
    return flat(tuple(turned(("z", 360 * k / count), *pieces) for k in range(count)))


def mirrored(axis: str, *pieces: Piece) -> tuple[Primitive, ...]:
    """Return the pieces and their mirror images across the plane through the origin normal to ``axis``."""
    keep = np.array([1.0 if name == axis else -1.0 for name in "xyz"])
    # Each shape is its own image in its local y, so two mirrors, which make a turn, do for one.
    spare = {"x": ("z", 180.0), "y": UPRIGHT, "z": ("x", 180.0)}[axis]

    def image(it: Primitive) -> Primitive:
        turn = _times(np.array([1, *keep]) * it.rotation, _quaternion(spare))
        return replace(it, centre=-keep * it.centre, rotation=turn)

    return tuple(chain.from_iterable((it, image(it)) for it in flat(pieces)))


def stack(*shapes: Primitive, base: float = 0.0) -> tuple[Primitive, ...]:
    """Put shapes on top of each other; what a shape's ``at`` says of z is added, so -0.01 sinks it in by that."""
    made = []
    for it in shapes:
        half = float(reach(it.shape, it.half, rotate(it.rotation * [1, -1, -1, -1], np.array([0.0, 0.0, 1.0]))))
        base += half + float(it.centre[2])
        made.append(replace(it, centre=np.array([*it.centre[:2], base])))
        base += half
    return tuple(made)


def legs(x: float, y: float, across: float, tall: float, **look: Unpack[Look]) -> tuple[Primitive, ...]:
    """Return four legs at the corners of a rectangle x by y."""
    return mirrored("x", mirrored("y", cylinder(across, tall, (x / 2, y / 2, tall / 2), **look)))


def wheels(across: float, wide: float, apart: float, *places: float, hub: Row = SILVER) -> tuple[Primitive, ...]:
    """Return pairs of wheels at places along x, their outsides ``apart``."""
    at, side = (apart - wide) / 2, apart / 2
    flank: Turn = ("x", 90)
    return tuple(
        chain.from_iterable(
            (
                *mirrored("y", cylinder(across, wide, (x, at, across / 2), flank, **TYRE)),
                *ghost(mirrored("y", cylinder(0.55 * across, 0.02 * across, (x, side, across / 2), flank, tint=hub))),
            )
            for x in places
        )
    )


def gable(x: float, y: float, z: float, at: Row = ORIGIN, **look: Unpack[Look]) -> tuple[Primitive, ...]:
    """Return a roof whose ridge runs along y."""
    return moved(at, mirrored("x", wedge(x / 2, y, z, (-x / 4, 0, 0), **look)))


def prow(x: float, y: float, z: float, at: Row = ORIGIN, **look: Unpack[Look]) -> tuple[Primitive, ...]:
    """Return a bow, ``y`` wide behind and pointed towards +x."""
    half = replace(
        wedge(x, z, y / 2, **look), centre=np.array([0, y / 4, 0]), rotation=np.array([0, 0, 0.5, 0.5]) ** 0.5
    )
    return moved(at, mirrored("y", half))


def fence(
    count: int, across: float, thick: float, tall: float, z: float, **look: Unpack[Look]
) -> tuple[Primitive, ...]:
    """Return the wall of a round vessel, its outside ``across``, as ``count`` boards from height ``z``."""
    wide = across * math.tan(math.pi / count)
    return around(count, box(thick, wide, tall, ((across - thick) / 2, 0, z + tall / 2), **look))


def thing(
    name: str,
    *pieces: Piece,
    kilograms: float,
    materials: tuple[str, ...],
    synonyms: tuple[str, ...] = (),
    plural: str = "",
    colours: tuple[str, ...] = (),
    rolls: bool = False,
    rooted: bool = False,
) -> Asset:
    """Make an asset of pieces in metres that stand on the ground.

    Parameters
    ----------
    kilograms : mass at this size in the first of the materials.
    materials, synonyms, plural, colours, rolls, rooted : as in :class:`~sora2lib.world.parts.Asset`.
    """
    shapes = flat(pieces)
    low, high = bounds(shapes)
    solid = tuple(it for it in shapes if it.collides)
    if solid:
        low[2] = max(low[2], bounds(solid)[0][2])  # what reaches deeper is in the ground
    size = np.round(high - low, 4)
    volumes = np.array([volume(it.shape, it.half) for it in solid])
    places = np.array([it.centre + rotate(it.rotation, centroid(it.shape, it.half)) for it in solid])
    origin = volumes @ places / volumes.sum() if solid else (low + high) / 2
    x, y, z = size.tolist()
    return Asset(
        name,
        tuple(_part(it, origin, size) for it in shapes),
        (x, y, z),
        synonyms,
        plural,
        materials,
        colours,
        rolls,
        rooted,
        kilograms / (MATERIALS[materials[0]].density * float(volumes.sum())) if solid else 1.0,
    )


def bounds(shapes: tuple[Primitive, ...]) -> tuple[Array, Array]:
    """Return the lowest and the highest corner (3,) of the box that holds the shapes."""
    ends = []
    for it in shapes:
        back = it.rotation * np.array([1.0, -1, -1, -1])
        ways = rotate(back, np.concatenate([np.eye(3), -np.eye(3)]))
        above, below = reach(it.shape, it.half, ways).reshape(2, 3)
        ends.append((it.centre - below, it.centre + above))
    lows, highs = zip(*ends, strict=True)
    return np.min(lows, axis=0), np.max(highs, axis=0)


def _part(it: Primitive, origin: Array, size: Array) -> Part:
    """Express a shape as shares of the extents; what is round stays round when they change."""
    shares = rotate(it.rotation, np.eye(3)) ** 2 / size  # row i: how local axis i follows the extents
    if it.shape == "sphere":
        shares[:] = shares.mean(axis=0)
    elif it.shape == "torus":
        shares[:2], shares[2] = shares[:2].mean(axis=0), shares.mean(axis=0)
    elif it.shape in ("cylinder", "cone", "capsule"):
        shares[:2] = shares[:2].mean(axis=0)
    w, x, y, z = it.rotation.tolist()
    return Part(
        it.shape,
        as_matrix(it.half[:, None] * shares),
        as_matrix(np.diag((it.centre - origin) / size)),
        (w, x, y, z),
        it.tint,
        it.pattern,
        it.collides,
        it.material,
    )
