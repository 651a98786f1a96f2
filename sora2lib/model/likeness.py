"""What the numbers of the next body may be, worked out from the bodies that stand there already.

Worlds are full of relations: a ball is as high as it is wide, a domino stands as far from the last one as that from the
one before, a can rests on another, bobs hang side by side from one height. A network that gives every number by itself
misses each of them by some percent, and then nothing meets, rests or hangs. Here such values are worked out exactly;
the network says which of them holds (:mod:`sora2lib.model.placing`), as of a motion row whether it goes on as before.

Shapes: B worlds, S slots, C = CHANNELS numbers of a body, R = REFERENCES values that each may be. Metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model import frames, states
from sora2lib.model.called import WHAT
from sora2lib.model.rollout import squashed, stretch
from sora2lib.model.tokens import CLEARANCE_KNEE, COLUMNS, GAP, SIZE, START, STUFF

UNIT = 0.3  # metres: a side of this length has logarithm 0
SIDES, TURN, ACROSS, HEIGHT = slice(0, 3), slice(7, 13), slice(13, 15), 15
CHANNELS = 16  # logarithms of three sides, four numbers of the stuff, two columns of the turn, x and y, gap below
REFERENCES = 14  # values that a number may be; of most there are fewer
STEEP = 1e-6  # below which a root is none


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


@dataclass(frozen=True)
class Earlier:
    """To what each body is compared, (B, S, ...) each; the first body of a world has none and is compared to nothing.

    Parameters
    ----------
    before : the body before it.
    like : the last one before it that is the same thing, or the one before it if there is none.
    older : what that one is like.
    first : the first body.
    """

    before: Placed
    like: Placed
    older: Placed
    first: Placed

    @classmethod
    def of(cls, them: Placed, cast: Tensor) -> "Earlier":
        """Compare bodies (B, S, ...), whose cast rows are (B, S, CAST_WIDTH), to those before each."""
        before, like, first = sooner(cast)
        older = like.take_along_dim(like, dim=1)
        return cls(*(them.at(it) for it in (before, like, older, first)))

    def slot(self, number: int) -> "Earlier":
        """The same of one slot, (B, ...)."""
        return Earlier(*(Placed(it.numbers[:, number], it.depth[:, number]) for it in vars(self).values()))


def sooner(cast: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Slots (B, S) to which bodies are compared, of cast rows (B, S, CAST_WIDTH).

    Of each the one before it, the last before it that is the same thing (else the one before it), and the first.
    """
    slots = torch.arange(cast.shape[1], device=cast.device)
    before = (slots - 1).clamp(min=0).expand(cast.shape[:2])
    same = (cast[..., None, WHAT] - cast[:, None, :, WHAT]).abs().sum(dim=-1) < 1e-3  # (B, S, S)
    last = torch.where(same & (slots < slots[:, None]), slots, -1).amax(dim=-1)
    like = torch.where(last < 0, before, last)
    return before, like, torch.zeros_like(like)


def references(
    own: Placed, earlier: Earlier, hint: Tensor, channels: Sequence[int] = range(CHANNELS)
) -> tuple[Tensor, Tensor]:
    """Values (..., C, R) that numbers of a body may be; and (C, R): 1 worked out from it alone, 2 from others, 0 none.

    Of a number only those before it in ``own`` are looked at. ``hint`` (..., C) is what casting gave.
    """
    columns = [_column(own, earlier, channel) for channel in channels]
    hinted = [
        ([hint[..., channel], *alone], others) for channel, (alone, others) in zip(channels, columns, strict=True)
    ]
    return tabled(hinted, REFERENCES)


def tabled(columns: Sequence["Column"], width: int) -> tuple[Tensor, Tensor]:
    """Values (..., C, width) of columns, filled up with zeros; and where they come from, as :func:`references` says."""
    source = torch.zeros(len(columns), width, dtype=torch.long)
    values = []
    for place, (alone, others) in enumerate(columns):
        source[place, : len(alone)] = 1
        source[place, len(alone) : len(alone) + len(others)] = 2
        column = torch.stack([*alone, *others], dim=-1)
        values.append(F.pad(column, (0, width - column.shape[-1])))
    return torch.stack(values, dim=-2), source.to(values[0].device)


def absent(source: Tensor, first: Tensor) -> Tensor:
    """Which values there are none of, (..., C, R): a first body (...) has none from others."""
    return (source == 0) | ((source == 2) & first[..., None, None])


Column = tuple[list[Tensor], list[Tensor]]  # values (...,) worked out from the body alone, and from the others


def _column(own: Placed, earlier: Earlier, channel: int) -> Column:
    if channel < SIDES.stop:
        return _of_side(own, earlier, channel)
    if channel < TURN.start:
        return [], [it.numbers[..., channel] for it in (earlier.like, earlier.before, earlier.first)]
    if channel < TURN.stop:
        return _of_turn(own, channel), [it.numbers[..., channel] for it in (earlier.like, earlier.before)]
    return _of_place(own, earlier, channel - ACROSS.start) if channel < HEIGHT else _of_height(own, earlier)


def _of_side(own: Placed, earlier: Earlier, axis: int) -> Column:
    like, before, first = (it.numbers[..., SIDES] for it in (earlier.like, earlier.before, earlier.first))
    alone, others = [*own.numbers[..., :axis].unbind(dim=-1)], [like[..., axis], before[..., axis]]
    if axis == 0:
        return alone, [*others, first[..., axis]]
    if axis == 1:
        return alone, others
    shaped = own.numbers[..., 0] + like[..., 2] - like[..., 0]
    return alone, [*others, shaped, *(_logarithm(it.hook[..., 2]) for it in (earlier.before, earlier.first))]


def _of_turn(own: Placed, channel: int) -> list[Tensor]:
    """Of two columns of a rotation: each is of length one, and they are square to each other."""
    a, b = own.numbers[..., TURN].chunk(2, dim=-1)
    which = channel - TURN.start
    if which in (1, 2):
        rest = _rest(a[..., :which])
        return [rest, -rest]
    if which == 3:
        return [-a[..., 1], a[..., 1]]
    rest = _rest(b[..., : which - 3])
    return [a[..., 0], -a[..., 0], rest] if which == 4 else [rest, -rest] if which == 5 else []


def _of_place(own: Placed, earlier: Earlier, axis: int) -> Column:
    before, like, older, first = (it.place[..., axis] for it in vars(earlier).values())
    beside = reach(own, earlier.before, axis)
    likewise = reach(own, earlier.like, axis)
    rise, hook = own.rise[..., axis], earlier.before.hook[..., axis]
    wide = (own.sides[..., axis] + earlier.before.sides[..., axis]) / 2
    return [-rise], [
        *(before, before + beside, before - beside, like, like + likewise, like - likewise, 2 * like - older),
        *(first, -first, hook - rise, hook - rise + wide, hook - rise - wide),
    ]


def _of_height(own: Placed, earlier: Earlier) -> Column:
    under = (own.depth + own.rise[..., 2:])[..., 0]
    before, like, first = earlier.before, earlier.like, earlier.first
    heights = [before.top[..., 0], like.top[..., 0], first.top[..., 0]]
    heights += [before.place[..., 2] - own.depth[..., 0], first.place[..., 2] - own.depth[..., 0]]
    heights += [before.hook[..., 2] - under, first.hook[..., 2] - under]
    return [], [
        before.numbers[..., HEIGHT],
        like.numbers[..., HEIGHT],
        *(squashed(it, CLEARANCE_KNEE) for it in heights),
    ]


def reach(own: Placed, other: Placed, axis: int) -> Tensor:
    """How far apart along an axis (...,) two bodies are that stand beside each other."""
    return own.half[..., axis] + other.half[..., axis]


def square(them: Placed) -> Placed:
    """The same with turns that are turns."""
    numbers = them.numbers.clone()
    axes = frames.orthonormal(numbers[..., TURN])
    numbers[..., TURN] = torch.cat([axes[..., 0], axes[..., 1]], dim=-1)
    return replace(them, numbers=numbers)


def _rest(parts: Tensor) -> Tensor:
    """What a number must be, but for its sign, for the length with parts (..., n) to be one."""
    return (1 - (parts**2).sum(dim=-1)).clamp(min=STEEP).sqrt()


def _logarithm(length: Tensor) -> Tensor:
    return (length.clamp(min=0.01) / UNIT).log()
