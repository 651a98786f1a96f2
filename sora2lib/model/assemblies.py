"""What fixed bodies are made of, where that matters to what meets them: a hoop is a ring and a board, stairs are steps.

Shapes: N worlds, S bodies, P = PARTS parts, K kinds of assemblies. Metres.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from sora2lib.model import frames
from sora2lib.model.rotations import to_matrix
from sora2lib.model.tokens import asset_code
from sora2lib.world.assets import ASSETS
from sora2lib.world.parts import Array

KINDS = ("hoop", "stairs", "table", "slide", "marble track", "trampoline", "goal")
PARTS = 9  # of an assembly, at most


@dataclass(frozen=True)
class Table:
    """Assemblies (K, ...): codes, and of their parts half sides and centres by each side of the whole, turns, shape."""

    codes: Tensor  # (K, ASSET_CODE)
    halves: Tensor  # (K, P, 3, 3)
    centres: Tensor  # (K, P, 3, 3)
    turns: Tensor  # (K, P, 3, 3)
    ring: Tensor  # (K, P, 1)
    there: Tensor  # (K, P) bool


@dataclass(frozen=True)
class Parts:
    """The parts of one assembly in each of N worlds."""

    place: Tensor  # (N, P, 3)
    columns: Tensor  # (N, P, 6) of the rotation, part to world
    half: Tensor  # (N, P, 3)
    ring: Tensor  # (N, P, 1): 1 for a wire that is bent to a ring, of half sides (its radius, the same, the wire's)
    there: Tensor  # (N, P) bool
    slot: Tensor  # (N,) which body it is


def taken_apart(code: Tensor, fixed: Tensor, place: Tensor, columns: Tensor, half: Tensor, near: float) -> Parts | None:
    """Return the parts of the first fixed body of each world that is an assembly; None where there is none.

    Parameters
    ----------
    code : (N, S, ASSET_CODE). fixed : (N, S) bool. place, half : (N, S, 3). columns : (N, S, 6).
    near : distance of codes within which a name is read.
    """
    table = _table()
    fits = ((code[..., None, :] - table.codes.to(code)).norm(dim=-1) < near) & fixed[..., None]  # (N, S, K)
    if not fits.any():
        return None
    first = fits.flatten(1).float().argmax(dim=1)
    slot, kind = first // len(KINDS), first % len(KINDS)
    world = torch.arange(len(code), device=code.device)
    size, turn = 2 * half[world, slot][:, None, None, :], frames.orthonormal(columns[world, slot])[:, None]
    halves, centres, turns, ring = (getattr(table, it).to(code)[kind] for it in ("halves", "centres", "turns", "ring"))
    centre = place[world, slot][:, None] + (turn @ (centres * size).sum(dim=-1, keepdim=True)).squeeze(-1)
    there = table.there.to(code.device)[kind] & fits.flatten(1).any(dim=1)[:, None]
    sides = torch.where(there[..., None], (halves * size).sum(dim=-1), 1.0)
    return Parts(centre, frames.first_two(turn @ turns), sides, ring, there, slot)


@cache
def _table() -> Table:
    solid = [[part for part in ASSETS[name].parts if part.collides] for name in KINDS]
    there = np.array([[number < len(them) for number in range(PARTS)] for them in solid])
    ring = np.array([[*(it.shape == "torus" for it in them), *[False] * (PARTS - len(them))] for them in solid])
    return Table(
        codes=_numbers([asset_code(name) for name in KINDS]),
        halves=_numbers([_padded([np.array(it.half) for it in them]) for them in solid]),
        centres=_numbers([_padded([np.array(it.centre) for it in them]) for them in solid]),
        turns=_numbers([_padded([to_matrix(np.array(it.rotation)) for it in them]) for them in solid]),
        ring=_numbers([*ring[..., None]]),
        there=torch.as_tensor(there),
    )


def _padded(matrices: list[Array]) -> Array:
    """Matrices (P, 3, 3), identity for parts that are not there."""
    return np.stack([*matrices, *[np.eye(3)] * (PARTS - len(matrices))])


def _numbers(arrays: list[Array]) -> Tensor:
    return torch.as_tensor(np.stack(arrays), dtype=torch.float32)
