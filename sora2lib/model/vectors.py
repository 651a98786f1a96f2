"""Vectors and frames as the interaction network reads them and adds them up."""

import torch
import torch.nn.functional as F
from torch import Tensor


def sum_of(numbers: Tensor, vectors: Tensor, frame: Tensor) -> Tensor:
    """Add up vectors (..., V, 3) and axes of a frame (..., 3, 3), each as often as the numbers (..., V + 3) say."""
    return (numbers[..., None] * torch.cat([vectors, frame], dim=-2)).sum(dim=-2)


def upwards(like: Tensor) -> Tensor:
    """Unit vectors upwards, as many as ``like`` (..., 3) has."""
    return like.new_tensor([0.0, 0.0, 1.0]).expand_as(like)


def dot(a: Tensor, b: Tensor) -> Tensor:
    """Products (..., 1) of vectors (..., 3)."""
    return (a * b).sum(dim=-1, keepdim=True)


def into(frame: Tensor, vector: Tensor) -> Tensor:
    """Components (..., 3) of vectors in frames (..., 3, 3)."""
    return (frame @ vector[..., None]).squeeze(-1)


def columns_of(frame: Tensor, turn: Tensor) -> Tensor:
    """First two columns of matrices (..., 3, 3) as frames have them, (..., 6)."""
    return (frame @ turn[..., :2]).flatten(-2)


def columns_in(frame: Tensor, columns: Tensor) -> Tensor:
    """Two columns (..., 6) of matrices as frames have them."""
    return columns_of(frame, torch.stack([columns[..., :3], columns[..., 3:]], dim=-1))


def heading(speed: Tensor) -> Tensor:
    """Frames (..., 3, 3) whose rows are the level direction of a speed, the one to its left, and up."""
    flat = F.pad(speed[..., :2], (0, 1))
    ahead = F.normalize(flat + speed.new_tensor([1e-4, 0.0, 0.0]), dim=-1)
    up = upwards(ahead)
    return torch.stack([ahead, torch.linalg.cross(up, ahead), up], dim=-2)


def near(length: Tensor) -> Tensor:
    """Lengths in metres as features: linear below centimetres, logarithmic above."""
    return torch.asinh(length / 0.03) / 2


def slow(speed: Tensor) -> Tensor:
    """Speeds in m/s as features, likewise."""
    return torch.asinh(speed / 0.3) / 2
