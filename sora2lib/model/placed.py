"""Bodies as they stand, number by number: what is drawn of each when a cast is set out.

Shapes: C = CHANNELS numbers of a body. Metres.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sora2lib.model import frames, states
from sora2lib.model.rollout import stretch
from sora2lib.model.tokens import CLEARANCE_KNEE, COLUMNS, GAP, SIZE, START, STUFF

UNIT = 0.3  # metres: a side of this length has logarithm 0
SIDES, TURN, ACROSS, HEIGHT = slice(0, 3), slice(7, 13), slice(13, 15), 15
CHANNELS = 16  # logarithms of three sides, four numbers of the stuff, two columns of the turn, x and y, gap below


@dataclass(frozen=True)
class Placed:
    """Bodies as they stand, (..., C) numbers and (..., 1) how far each reaches below its origin."""

    numbers: Tensor
    depth: Tensor

    @property
    def sides(self) -> Tensor:
        """Lengths (..., 3) of the sides."""
        return UNIT * self.numbers[..., SIDES].clamp(-5, 5.5).exp()

    @property
    def place(self) -> Tensor:
        """Of the origin, (..., 3)."""
        return torch.cat(
            [self.numbers[..., ACROSS], stretch(self.numbers[..., HEIGHT:], CLEARANCE_KNEE) + self.depth], dim=-1
        )

    @property
    def rise(self) -> Tensor:
        """From the origin along the body's own z axis by its third side (..., 3): where what hangs is fastened."""
        return states.hook(self.numbers[..., TURN], self.sides[..., 2:])

    @property
    def hook(self) -> Tensor:
        """Place (..., 3) of what it would hang from."""
        return self.place + self.rise

    @property
    def half(self) -> Tensor:
        """How far it reaches along the axes of the world, as a box (..., 3)."""
        return (self._axes.abs() * self.sides[..., None, :]).sum(dim=-1) / 2

    @property
    def top(self) -> Tensor:
        """Height (..., 1) of its upper end, as far above its origin as the lower one is below."""
        return self.place[..., 2:] + self.depth

    @property
    def _axes(self) -> Tensor:
        return frames.orthonormal(self.numbers[..., TURN])

    def at(self, which: Tensor) -> "Placed":
        """Those in the slots (B, S) of bodies (B, S', ...)."""
        return Placed(*(it.take_along_dim(which[..., None], dim=1) for it in (self.numbers, self.depth)))

    def slot(self, number: int) -> "Placed":
        """Those of one slot of bodies (B, S, ...), (B, ...)."""
        return Placed(self.numbers[:, number], self.depth[:, number])


def placed(cast: Tensor) -> Placed:
    """Read cast rows (..., CAST_WIDTH) in natural scale."""
    parts = cast[..., SIZE], cast[..., STUFF], cast[..., COLUMNS], cast[..., START][..., :2], cast[..., GAP]
    return Placed(torch.cat(parts, dim=-1), cast[..., START][..., 2:] - stretch(cast[..., GAP], CLEARANCE_KNEE))


def written(cast: Tensor, them: Placed) -> Tensor:
    """Cast rows (..., CAST_WIDTH) whose bodies stand as placed; undoes :func:`placed`."""
    again, numbers = cast.clone(), them.numbers
    again[..., SIZE], again[..., STUFF] = numbers[..., SIDES], numbers[..., SIDES.stop : TURN.start]
    again[..., COLUMNS], again[..., START], again[..., GAP] = numbers[..., TURN], them.place, numbers[..., HEIGHT:]
    return again


def reach(own: Placed, other: Placed, axis: int) -> Tensor:
    """How far apart along an axis (...,) two bodies are that stand beside each other."""
    return own.half[..., axis] + other.half[..., axis]


def square(them: Placed) -> Placed:
    """The same with turns that are turns."""
    numbers = them.numbers.clone()
    axes = frames.orthonormal(numbers[..., TURN])
    numbers[..., TURN] = torch.cat([axes[..., 0], axes[..., 1]], dim=-1)
    return replace(them, numbers=numbers)
