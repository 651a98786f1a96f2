"""Rotations as the transformer sees them: two columns of the matrix at a row's start, and the turn rate at each sample.

Quaternions are w-x-y-z, body to world. A turn is a rotation vector in the world frame (rad/s).
"""

import numpy as np
from numpy.typing import NDArray

from sora2lib.model.tracks import STRIDE

Array = NDArray[np.float64]


def multiply(a: Array, b: Array) -> Array:
    """Hamilton product of quaternions (..., 4)."""
    aw, av, bw, bv = a[..., :1], a[..., 1:], b[..., :1], b[..., 1:]
    scalar: Array = aw * bw - np.sum(av * bv, axis=-1, keepdims=True)
    product: Array = np.concatenate([scalar, aw * bv + bw * av + np.cross(av, bv)], axis=-1)
    return product


def conjugate(q: Array) -> Array:
    """Inverse of unit quaternions (..., 4)."""
    inverse: Array = q * np.array([1.0, -1.0, -1.0, -1.0])
    return inverse


def logarithm(q: Array) -> Array:
    """Rotation vectors (..., 3), shorter than pi, of unit quaternions (..., 4)."""
    q = np.where(q[..., :1] < 0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., :1])
    return q[..., 1:] * np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 2.0)


def exponential(turn: Array) -> Array:
    """Unit quaternions (..., 4) of rotation vectors (..., 3)."""
    half = np.linalg.norm(turn, axis=-1, keepdims=True) / 2
    return np.concatenate([np.cos(half), turn * np.sinc(half / np.pi) / 2], axis=-1)


def to_matrix(q: Array) -> Array:
    """Matrices (..., 3, 3) of unit quaternions (..., 4)."""
    w, x, y, z = np.moveaxis(q, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def from_matrix(matrix: Array) -> Array:
    """Unit quaternions (..., 4) of rotation matrices (..., 3, 3), by the largest eigenvector (Bar-Itzhack 2000)."""
    m = np.moveaxis(matrix, (-2, -1), (0, 1))
    symmetric = [
        [m[0, 0] + m[1, 1] + m[2, 2], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
        [m[2, 1] - m[1, 2], m[0, 0] - m[1, 1] - m[2, 2], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]],
        [m[0, 2] - m[2, 0], m[0, 1] + m[1, 0], m[1, 1] - m[0, 0] - m[2, 2], m[1, 2] + m[2, 1]],
        [m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], m[2, 2] - m[0, 0] - m[1, 1]],
    ]
    vectors = np.linalg.eigh(np.moveaxis(np.array(symmetric), (0, 1), (-2, -1))).eigenvectors
    q = vectors[..., :, -1]
    return np.where(q[..., :1] < 0, -q, q)


def to_columns(q: Array) -> Array:
    """First two columns of the matrix, (..., 6): a continuous representation (Zhou et al. 2019)."""
    return _first_two(to_matrix(q))


def from_columns(columns: Array) -> Array:
    """Unit quaternions of two columns (..., 6) that need not be orthonormal."""
    return from_matrix(orthonormal(columns))


def orthonormal(columns: Array) -> Array:
    """Rotation matrices (..., 3, 3) of two columns (..., 6) that need not be orthonormal (Gram-Schmidt)."""
    first = columns[..., :3] / np.maximum(np.linalg.norm(columns[..., :3], axis=-1, keepdims=True), 1e-9)
    second = columns[..., 3:] - first * np.sum(first * columns[..., 3:], axis=-1, keepdims=True)
    second /= np.maximum(np.linalg.norm(second, axis=-1, keepdims=True), 1e-9)
    return np.stack([first, second, np.cross(first, second)], axis=-1)


def after(columns: Array, start: Array) -> Array:
    """Columns (..., 6) of the rotation ``start`` followed by the rotation ``columns``."""
    return _first_two(orthonormal(columns) @ orthonormal(start))


def since(columns: Array, start: Array) -> Array:
    """Columns (..., 6) of the rotation that leads from ``start`` to ``columns``, in the world frame."""
    return _first_two(orthonormal(columns) @ np.swapaxes(orthonormal(start), -1, -2))


def _first_two(matrix: Array) -> Array:
    return np.concatenate([matrix[..., 0], matrix[..., 1]], axis=-1)


def turns(rotation: Array, dt: float) -> tuple[Array, Array]:
    """Split rotations (..., T, 4) into row starts (..., K, 4) and turn rates (..., K, STRIDE, 3) in rad/s."""
    step = multiply(rotation[..., 1:, :], conjugate(rotation[..., :-1, :]))
    rates = logarithm(step) / dt
    rows = rates.shape[-2] // STRIDE
    return rotation[..., :-1:STRIDE, :], rates.reshape(*rates.shape[:-2], rows, STRIDE, 3)


def integrate(starts: Array, rates: Array, dt: float) -> Array:
    """Rotations (..., T, 4) that run through the row starts (..., K, 4) at the given rates (..., K, STRIDE, 3).

    Where a row's rates do not quite lead to the next start, the gap is spread evenly over the row.
    """
    rows = starts.shape[-2]
    sections = []
    for row in range(rows):
        start = starts[..., row, :]
        path = [start]
        for i in range(STRIDE):
            path.append(multiply(exponential(rates[..., row, i, :] * dt), path[-1]))
        if row + 1 < rows:
            gap = logarithm(multiply(starts[..., row + 1, :], conjugate(path[-1])))
            path = [multiply(exponential(gap * i / STRIDE), q) for i, q in enumerate(path)]
        sections += path[:-1] if row + 1 < rows else path
    track: Array = np.stack(sections, axis=-2)
    track /= np.linalg.norm(track, axis=-1, keepdims=True)
    return track
