"""Rotations as two columns of their matrix, in torch: the twin of :mod:`sora2lib.model.rotations` for batches."""

import torch
import torch.nn.functional as F
from torch import Tensor


def orthonormal(columns: Tensor) -> Tensor:
    """Rotation matrices (..., 3, 3) of two columns (..., 6) that need not be orthonormal (Gram-Schmidt)."""
    first = F.normalize(columns[..., :3], dim=-1)
    second = columns[..., 3:]
    second = F.normalize(second - (first * second).sum(dim=-1, keepdim=True) * first, dim=-1)
    return torch.stack([first, second, torch.linalg.cross(first, second)], dim=-1)


def after(columns: Tensor, start: Tensor) -> Tensor:
    """Columns (..., 6) of the rotation ``start`` followed by the rotation ``columns``."""
    return first_two(orthonormal(columns) @ orthonormal(start))


def since(columns: Tensor, start: Tensor) -> Tensor:
    """Columns (..., 6) of the rotation that leads from ``start`` to ``columns``, in the world frame."""
    return first_two(orthonormal(columns) @ orthonormal(start).transpose(-1, -2))


def first_two(matrix: Tensor) -> Tensor:
    """Columns (..., 6) of matrices (..., 3, 3)."""
    return torch.cat([matrix[..., 0], matrix[..., 1]], dim=-1)


def turned(columns: Tensor, turn: Tensor) -> Tensor:
    """Columns (..., 6), turned on by rotation vectors (..., T, 3) in radians, one after the other."""
    first, second = columns.chunk(2, dim=-1)
    for step in turn.unbind(dim=-2):
        first, second = spun(first, step), spun(second, step)
    return torch.cat([first, second], dim=-1)


def spun(vector: Tensor, turn: Tensor) -> Tensor:
    """Vectors (..., 3), turned by rotation vectors (..., 3) in radians (O. Rodrigues, 1840)."""
    angle = turn.norm(dim=-1, keepdim=True)
    axis = turn / angle.clamp(min=1e-9)
    along = axis * (axis * vector).sum(dim=-1, keepdim=True)
    across = torch.linalg.cross(axis, vector)
    return along + angle.cos() * (vector - along) + angle.sin() * across
