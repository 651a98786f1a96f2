"""How far a body reaches: support functions of the analytic shapes."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.assets import primitives
from sora2lib.world.parts import Primitive

Array = NDArray[np.float64]
# A wedge fills its box below the plane that rises along +x.
WEDGE = np.array([[-1, -1, -1], [-1, 1, -1], [1, -1, -1], [1, 1, -1], [1, -1, 1], [1, 1, 1]], dtype=np.float64)


def rotate(q: Array, vector: Array) -> Array:
    """Turn vectors (..., 3) by unit quaternions (..., 4)."""
    cross = 2 * np.cross(q[..., 1:], vector)
    return vector + q[..., :1] * cross + np.cross(q[..., 1:], cross)


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


def _depth(part: Primitive, down: Array) -> Array:
    inverse = part.rotation * np.array([1.0, -1.0, -1.0, -1.0])
    return reach(part.shape, part.half, rotate(inverse, down)) + down @ part.centre


def depth_below(asset: str, size: Array, rotation: Array) -> Array:
    """How far an asset's lowest colliding point lies below its origin, metres (...,), for rotations (..., 4)."""
    down = rotate(rotation * np.array([1.0, -1.0, -1.0, -1.0]), np.array([0.0, 0.0, -1.0]))
    parts = primitives(asset, size)
    solid = [part for part in parts if part.collides] or parts
    return np.max([_depth(part, down) for part in solid], axis=0)
