"""In what order a cast is set out, and at what height a body comes to rest on those that stand already.

What carries comes first: where a ball lies on a ramp, and how high, follows from the ramp, not the ramp from the ball.

Shapes: B worlds, S slots; ``...`` bodies that are set down. Metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import torch
from torch import Tensor

from sora2lib.model import frames, states
from sora2lib.model.called import WHAT
from sora2lib.model.inturn import Call
from sora2lib.model.placed import TURN, Placed
from sora2lib.model.tokens import asset_code
from sora2lib.world.staging import DECOR

HINGED, SLANTED = ("seesaw",), ("ramp",)
ASIDE = (*DECOR, "gantry")  # what carries nothing: scenery, and a gantry, which is as high as what hangs asks for
LAP = 0.5  # of how far a body reaches: if less than that of it lies beside another, it is above it
EXACT_CODE = 0.1  # codes nearer than that are the same
UPRIGHT, STEEPEST = 0.9999, 0.2  # heights of a surface's normal: that is level, and that nothing lies on


def setting_order(cast: Tensor, mask: Tensor) -> Tensor:
    """Slots (B, S) of cast rows (B, S, CAST_WIDTH) in the order in which they are set out.

    First what is fixed, then what turns on a hinge, then what else moves, then what stands aside; last, slots
    that are not taken. What is equal stays as it is.
    """
    return torch.where(mask, _rank(cast), 4).argsort(dim=1, stable=True)


def carriers(cast: Tensor) -> Tensor:
    """Slots (B, S) of the last body before each that is fixed or on a hinge and may carry it; 0 if there is none."""
    slots = torch.arange(cast.shape[1], device=cast.device)
    carries = (_rank(cast) < 2)[:, None] & (slots < slots[:, None])
    return torch.where(carries, slots, 0).amax(dim=-1)


def _rank(cast: Tensor) -> Tensor:
    moves = torch.where(named(cast, HINGED), 1, 2)
    return torch.where(cast[..., 1] > 0, moves, torch.where(named(cast, ASIDE), 3, 0))


def in_order(call: Call, order: Tensor) -> Call:
    """The same cast in another order (B, S)."""
    cast = call.cast.take_along_dim(order[..., None], dim=1)
    return replace(call, cast=cast, mask=call.mask.take_along_dim(order, dim=1))


def named(cast: Tensor, names: Sequence[str]) -> Tensor:
    """Which bodies of cast rows (..., CAST_WIDTH) are things of these names, (...,) bool."""
    off = (cast[..., None, WHAT] - _codes(tuple(names)).to(cast)).abs().amax(dim=-1)
    return (off < EXACT_CODE).any(dim=-1)


@cache
def _codes(names: tuple[str, ...]) -> Tensor:
    return torch.stack([torch.as_tensor(asset_code(name), dtype=torch.float32) for name in names])


@dataclass(frozen=True)
class Surfaces:
    """Upper surfaces of bodies that may be lain on, each taken for a plane (..., S, ...)."""

    point: Tensor  # (..., S, 3) on it
    normal: Tensor  # (..., S, 3) upwards
    place: Tensor  # (..., S, 2) level, of the body's middle
    half: Tensor  # (..., S, 2) how far the body reaches along x and y
    there: Tensor  # (..., S) bool

    @classmethod
    def of(cls, them: Placed, cast: Tensor) -> "Surfaces":
        """Surfaces (B, S, S', ...) of bodies (B, S', ...) in their order, for each of those before it.

        A box is lain on by the side that looks up most, a ramp by its slope.
        """
        axes = frames.orthonormal(them.numbers[..., TURN])  # (B, S, 3, 3), columns
        rise = axes[..., 2, :]
        most = rise.abs().argmax(dim=-1, keepdim=True)
        up = axes.take_along_dim(most[..., None, :], dim=-1)[..., 0] * rise.take_along_dim(most, dim=-1).sign()
        face = them.place + up * them.sides.take_along_dim(most, dim=-1) / 2
        level = up[..., 2:] > UPRIGHT
        top = torch.cat([them.place[..., :2], them.top], dim=-1)
        face, up = torch.where(level, top, face), torch.where(level, up.new_tensor([0.0, 0.0, 1.0]), up)
        slanted = named(cast, SLANTED)[..., None]
        slope = axes[..., 2] * them.sides[..., :1] - axes[..., 0] * them.sides[..., 2:]  # (B, S, 3)
        normal = torch.where(slanted, slope / slope.norm(dim=-1, keepdim=True).clamp(min=1e-6), up)
        point = torch.where(slanted, them.place, face)
        slots = torch.arange(cast.shape[1], device=cast.device)
        before = (slots < slots[:, None]) & (normal[:, None, :, 2] > STEEPEST)
        parts = point, normal, them.place[..., :2], them.half[..., :2]
        point, normal, place, half = (it[:, None].expand(-1, len(slots), -1, -1) for it in parts)
        return cls(point, normal, place, half, before)

    def slot(self, number: int) -> "Surfaces":
        """The same for one slot, (B, S', ...)."""
        return Surfaces(*(it[:, number] for it in vars(self).values()))

    def rest(self, own: Placed) -> Tensor:
        """Height (..., 1) of the origins of bodies (...,) that rest on one of these, or on the ground."""
        level = own.place[..., None, :2]
        away = (level - self.place).abs() - LAP * own.half[..., None, :2]
        under = self.there & (away < self.half).all(dim=-1)
        climb = self.normal[..., 2].clamp(min=STEEPEST)
        plane = self.point[..., 2] - (self.normal[..., :2] * (level - self.point[..., :2])).sum(dim=-1) / climb
        height = plane + self._reach(own) / climb
        return torch.maximum(height.masked_fill(~under, -torch.inf).amax(dim=-1, keepdim=True), own.depth)

    def _reach(self, own: Placed) -> Tensor:
        """How far bodies reach towards each surface, (..., S)."""
        half, axes = own.sides / 2, frames.orthonormal(own.numbers[..., TURN])
        box = ((self.normal @ axes).abs() * half[..., None, :]).sum(dim=-1)
        ball = half.mean(dim=-1, keepdim=True).expand_as(box)
        told = torch.where(states.rounded(half), ball, box)
        return torch.where(self.normal[..., 2] > UPRIGHT, own.depth, told)
