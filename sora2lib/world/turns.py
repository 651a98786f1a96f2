"""Rotations as quaternions w-x-y-z, over any leading axes."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.parts import rotate

Array = NDArray[np.float64]
CONJUGATE = np.array([1.0, -1.0, -1.0, -1.0])


def product(p: Array, q: Array) -> Array:
    """Quaternion (..., 4) that turns by ``q`` first and then by ``p``."""
    a, b, c, d = p[..., 0], p[..., 1], p[..., 2], p[..., 3]
    w, x, y, z = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    # Filled in place: figures turn small arrays so often that stacking would cost more than the sums.
    made = np.empty(np.broadcast_shapes(p.shape, q.shape))
    made[..., 0] = a * w - b * x - c * y - d * z
    made[..., 1] = a * x + b * w + c * z - d * y
    made[..., 2] = a * y + c * w + d * x - b * z
    made[..., 3] = a * z + d * w + b * y - c * x
    return made


def about(axis: str, angle: Array | float) -> Array:
    """Quaternion (..., 4) of a turn about a coordinate axis, radians."""
    half = np.asarray(angle, dtype=np.float64) / 2
    made = np.zeros((*half.shape, 4))
    made[..., 0] = np.cos(half)
    made[..., 1 + "xyz".index(axis)] = np.sin(half)
    return made


def of_vector(turn: Array) -> Array:
    """Quaternion (..., 4) of a rotation vector (..., 3), radians."""
    angle = np.sqrt(np.sum(turn * turn, axis=-1, keepdims=True))
    return np.concatenate([np.cos(angle / 2), turn * (np.sinc(angle / (2 * np.pi)) / 2)], axis=-1)


def vector_between(a: Array, b: Array) -> Array:
    """Rotation vector (..., 3) that leads from orientation ``a`` (..., 4) to ``b``, at most half a turn."""
    q = product(b, a * CONJUGATE)
    q = np.where(q[..., :1] < 0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., :1])
    return np.asarray(q[..., 1:] * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 2.0))


def back(q: Array, vector: Array) -> Array:
    """Turn vectors (..., 3) by the inverse of unit quaternions (..., 4)."""
    return rotate(q * CONJUGATE, vector)


def axes(q: Array) -> Array:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4)."""
    return np.stack([rotate(q, axis) for axis in np.eye(3)], axis=-1)
