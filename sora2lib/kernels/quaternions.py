"""Rotations of single bodies inside compiled loops: quaternions w-x-y-z and vectors as plain tuples."""

import math

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.compiled import inlined

Array = NDArray[np.float64]
Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


@inlined
def vector(row: Array) -> Vector:
    """Read a row (3,)."""
    return row[0], row[1], row[2]


@inlined
def quaternion(row: Array) -> Quaternion:
    """Read a row (4,)."""
    return row[0], row[1], row[2], row[3]


@inlined
def times(p: Quaternion, q: Quaternion) -> Quaternion:
    """Turn by ``q`` first and then by ``p``."""
    a, b, c, d = p
    w, x, y, z = q
    return (
        a * w - b * x - c * y - d * z,
        a * x + b * w + c * z - d * y,
        a * y + c * w + d * x - b * z,
        a * z + d * w + b * y - c * x,
    )


@inlined
def turned(q: Quaternion, v: Vector) -> Vector:
    """Turn a vector by a unit quaternion."""
    w, a, b, c = q
    x, y, z = v
    r, s, t = 2 * (b * z - c * y), 2 * (c * x - a * z), 2 * (a * y - b * x)
    return x + w * r + b * t - c * s, y + w * s + c * r - a * t, z + w * t + a * s - b * r


@inlined
def turned_back(q: Quaternion, v: Vector) -> Vector:
    """Turn a vector by the inverse of a unit quaternion."""
    return turned((q[0], -q[1], -q[2], -q[3]), v)


@inlined
def about_x(angle: float) -> Quaternion:
    """Turn about the x axis, radians."""
    return math.cos(angle / 2), math.sin(angle / 2), 0.0, 0.0


@inlined
def about_y(angle: float) -> Quaternion:
    """Turn about the y axis, radians."""
    return math.cos(angle / 2), 0.0, math.sin(angle / 2), 0.0


@inlined
def about_z(angle: float) -> Quaternion:
    """Turn about the z axis, radians."""
    return math.cos(angle / 2), 0.0, 0.0, math.sin(angle / 2)


@inlined
def of_turn(v: Vector) -> Quaternion:
    """Turn by a rotation vector, radians."""
    angle = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    share = math.sin(angle / 2) / angle if angle > 1e-9 else 0.5
    return math.cos(angle / 2), share * v[0], share * v[1], share * v[2]
