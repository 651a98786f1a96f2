"""What an asset is made of: shapes whose measures are linear in the asset's size, and what those shapes measure."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]
SHAPES = ("sphere", "ellipsoid", "box", "cylinder", "capsule", "cone", "torus", "wedge")
# A wedge fills its box below the plane that rises along +x.
WEDGE = np.array([[-1, -1, -1], [-1, 1, -1], [1, -1, -1], [1, 1, -1], [1, -1, 1], [1, 1, 1]], dtype=np.float64)


@dataclass(frozen=True)
class Part:
    """One shape of an asset.

    ``half`` gives the half extents: sphere (r, r, r); box; ellipsoid; cylinder and cone (r, r, half height),
    axis z, a cone's tip at +z; capsule (r, r, half length of its axis without the caps); torus (ring radius
    to the tube's centre, same, tube radius), axis z; wedge: a ramp that rises along +x within its box.
    ``tint`` is "main", "accent" (a darker main) or an sRGB colour of its own; ``pattern`` names the texture.
    """

    shape: str
    half: Matrix
    centre: Matrix = ((0, 0, 0), (0, 0, 0), (0, 0, 0))
    rotation: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    tint: str | Row = "main"
    pattern: str = ""
    collides: bool = True
    material: str = ""


@dataclass(frozen=True)
class Asset:
    """A named thing: what it is called, what it is made of, how large it is by default (extents in metres).

    ``synonyms`` take an s in the plural unless they bring their own: "loaf/loaves". ``rolls`` is for what is round all
    over; ``rooted`` for what belongs to the place, such as a house, and is never thrown about; ``fill`` is its mass
    over that of its colliding parts if they were solid.
    """

    name: str
    parts: tuple[Part, ...]
    size: Row
    synonyms: tuple[str, ...] = ()
    plural: str = ""
    materials: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    rolls: bool = False
    rooted: bool = False
    fill: float = 1.0


@dataclass(frozen=True)
class Primitive:
    """A part at a given size: arrays in the body frame, metres."""

    shape: str
    half: Array  # (3,)
    centre: Array  # (3,)
    rotation: Array  # (4,) w x y z
    tint: str | Row
    pattern: str
    collides: bool
    material: str


def as_matrix(rows: Array) -> Matrix:
    """Turn an array (3, 3) into the plain rows that a part holds."""
    (a, b, c), (d, e, f), (g, h, i) = rows.tolist()
    return ((a, b, c), (d, e, f), (g, h, i))


def rotate(q: Array, vector: Array) -> Array:
    """Turn vectors (..., 3) by unit quaternions (..., 4)."""
    axis = q[..., 1:]
    cross = 2 * _cross(axis, vector)
    return vector + q[..., :1] * cross + _cross(axis, cross)


def _cross(a: Array, b: Array) -> Array:
    """Cross product (..., 3), to the bit that of NumPy, which takes three times as long over small arrays."""
    made = np.empty(np.broadcast_shapes(a.shape, b.shape))
    made[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    made[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    made[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return made


def reach(shape: str, half: Array, direction: Array) -> Array:
    """Support function: the largest ``point . direction`` over a shape at the origin, for directions (..., 3).

    >>> float(reach("box", np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0])))
    3.0
    """
    x, y, z = half
    if shape == "sphere":
        return x * np.linalg.norm(direction, axis=-1)
    if shape == "ellipsoid":
        return np.linalg.norm(direction * half, axis=-1)
    if shape == "box":
        return np.abs(direction) @ half
    if shape == "wedge":
        return (direction @ (WEDGE * half).T).max(axis=-1)
    rim = np.hypot(direction[..., 0] * x, direction[..., 1] * y)
    along = direction[..., 2]
    if shape == "cylinder":
        return rim + z * np.abs(along)
    if shape == "torus":
        return rim + z * np.linalg.norm(direction, axis=-1)
    if shape == "capsule":
        return x * np.linalg.norm(direction, axis=-1) + z * np.abs(along)
    return np.maximum(z * along, rim - z * along)  # cone


def volume(shape: str, half: Array) -> float:
    """Volume of a shape, m^3."""
    x, y, z = half
    return float(
        {
            "sphere": 4 / 3 * math.pi * x**3,
            "ellipsoid": 4 / 3 * math.pi * x * y * z,
            "box": 8 * x * y * z,
            "wedge": 4 * x * y * z,
            "cylinder": 2 * math.pi * x * x * z,
            "cone": 2 / 3 * math.pi * x * x * z,
            "capsule": math.pi * x * x * (2 * z + 4 / 3 * x),
            "torus": 2 * math.pi**2 * x * z * z,
        }[shape]
    )


def centroid(shape: str, half: Array) -> Array:
    """Centre of volume (3,) of a shape that stands at the origin."""
    offsets = {"wedge": (1 / 3, 0, -1 / 3), "cone": (0, 0, -1 / 2)}
    return half * np.array(offsets.get(shape, (0, 0, 0)))
