"""How far a body reaches: support functions of the analytic shapes."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.assets import primitives
from sora2lib.world.parts import Primitive, reach, rotate

Array = NDArray[np.float64]
__all__ = ["depth_below", "reach", "rotate"]


def _depth(part: Primitive, down: Array) -> Array:
    inverse = part.rotation * np.array([1.0, -1.0, -1.0, -1.0])
    return reach(part.shape, part.half, rotate(inverse, down)) + down @ part.centre


def depth_below(asset: str, size: Array, rotation: Array) -> Array:
    """How far an asset's lowest colliding point lies below its origin, metres (...,), for rotations (..., 4)."""
    down = rotate(rotation * np.array([1.0, -1.0, -1.0, -1.0]), np.array([0.0, 0.0, -1.0]))
    parts = primitives(asset, size)
    solid = [part for part in parts if part.collides] or parts
    return np.max([_depth(part, down) for part in solid], axis=0)
