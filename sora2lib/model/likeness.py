"""What the numbers of the next body may be, worked out from the bodies that stand there already.

Worlds are full of relations: a ball is as high as it is wide, a domino stands as far from the last one as that from the
one before, a can rests on another, bobs hang side by side from one height. A network that gives every number by itself
misses each of them by some percent, and then nothing meets, rests or hangs. Here such values are worked out exactly;
the network says which of them holds (:mod:`sora2lib.model.placing`), as of a motion row whether it goes on as before.

Shapes: B worlds, S slots, C = CHANNELS numbers of a body, R = REFERENCES values that each may be. Metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model.called import WHAT
from sora2lib.model.placed import ACROSS, CHANNELS, HEIGHT, SIDES, TURN, UNIT, Placed, reach
from sora2lib.model.resting import Surfaces, carriers
from sora2lib.model.rollout import squashed
from sora2lib.model.tokens import CLEARANCE_KNEE

REFERENCES = 19  # values that a number may be; of most there are fewer
STEEP = 1e-6  # below which a root is none
LEVEL = 0.01  # of a normal along an axis: below it a surface is level


@dataclass(frozen=True)
class Earlier:
    """To what each body is compared, (B, S, ...) each; the first body of a world has none and is compared to nothing.

    Parameters
    ----------
    before : the body before it.
    like : the last one before it that is the same thing, or the one before it if there is none.
    older : what that one is like.
    first : the first body.
    carrier : the last one before it that may carry it, or the first.
    origin, second : the first two before it that are the same thing, or what it is like.
    surfaces : of all before it, to lie on.
    rises : which way along x and along y the carrier's surface rises, (B, S, 2): 1 or -1.
    done : how many before it are the same thing, (B, S), and ``left``: how far along such a row it comes, from 1 to -1.
    """

    before: Placed
    like: Placed
    older: Placed
    first: Placed
    carrier: Placed
    origin: Placed
    second: Placed
    surfaces: Surfaces
    rises: Tensor
    done: Tensor
    left: Tensor

    @classmethod
    def of(cls, them: Placed, cast: Tensor) -> "Earlier":
        """Compare bodies (B, S, ...), whose cast rows are (B, S, CAST_WIDTH), to those before each."""
        before, like, first = sooner(cast)
        carrier, surfaces = carriers(cast), Surfaces.of(them, cast)
        origin, second, done, left = _row(cast, like)
        normal = surfaces.normal[:, 0].take_along_dim(carrier[..., None], dim=1)
        return cls(
            before=them.at(before),
            like=them.at(like),
            older=them.at(like.take_along_dim(like, dim=1)),
            first=them.at(first),
            carrier=them.at(carrier),
            origin=them.at(origin),
            second=them.at(second),
            surfaces=surfaces,
            rises=torch.where(normal[..., :2] > LEVEL, -1.0, 1.0),
            done=done,
            left=left,
        )

    def slot(self, number: int) -> "Earlier":
        """The same of one slot, (B, ...)."""
        parts: dict[str, Any] = {}
        for name, it in vars(self).items():
            parts[name] = it[:, number] if isinstance(it, Tensor) else it.slot(number)
        return Earlier(**parts)


def _row(cast: Tensor, like: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Slots (B, S) of the first two before each that are the same thing, how many are, and its place among all."""
    slots = torch.arange(cast.shape[1], device=cast.device)
    same = _same(cast)
    before = same & (slots < slots[:, None])
    done, count = before.sum(dim=-1), (same.sum(dim=-1)).clamp(min=2)
    some = [torch.where(before & (before.cumsum(dim=-1) == number), slots, 0).sum(dim=-1) for number in (1, 2)]
    origin, second = (torch.where(done >= number, it, like) for number, it in enumerate(some, start=1))
    return origin, second, done, 1 - 2 * done / (count - 1)


def _same(cast: Tensor) -> Tensor:
    """Which bodies are the same thing, (B, S, S) bool."""
    return (cast[..., None, WHAT] - cast[:, None, :, WHAT]).abs().sum(dim=-1) < 1e-3


def sooner(cast: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Slots (B, S) to which bodies are compared, of cast rows (B, S, CAST_WIDTH).

    Of each the one before it, the last before it that is the same thing (else the one before it), and the first.
    """
    slots = torch.arange(cast.shape[1], device=cast.device)
    before = (slots - 1).clamp(min=0).expand(cast.shape[:2])
    last = torch.where(_same(cast) & (slots < slots[:, None]), slots, -1).amax(dim=-1)
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
        others = [it.numbers[..., channel] for it in (earlier.like, earlier.before, earlier.carrier)]
        return _of_turn(own, channel), [*others, *_leaning(own, earlier)] if channel == TURN.start else others
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


def _leaning(own: Placed, earlier: Earlier) -> list[Tensor]:
    """Cosines: of a slope as long and high as what carries it; of a plank on the body before, one end on the ground."""
    long, _, high = earlier.carrier.sides.unbind(dim=-1)
    length, _, thick = own.sides.unbind(dim=-1)
    pivot = earlier.before.top[..., 0] + thick / 2
    tilt = torch.asin((pivot / torch.hypot(length, thick) * 2).clamp(0, 1)) - torch.atan2(thick, length)
    return [long / torch.hypot(long, high), tilt.cos()]


def _of_place(own: Placed, earlier: Earlier, axis: int) -> Column:
    compared = earlier.before, earlier.like, earlier.older, earlier.first, earlier.carrier
    before, like, older, first, carrier = (it.place[..., axis] for it in compared)
    origin, second = (it.place[..., axis] for it in (earlier.origin, earlier.second))
    beside = reach(own, earlier.before, axis)
    likewise = reach(own, earlier.like, axis)
    rise, hook = own.rise[..., axis], earlier.before.hook[..., axis]
    wide = (own.sides[..., axis] + earlier.before.sides[..., axis]) / 2
    return [-rise], [
        *(before, before + beside, before - beside, like, like + likewise, like - likewise, 2 * like - older),
        *(first, -first, hook - rise, hook - rise + wide, hook - rise - wide),
        *((like + older) / 2, origin + (like - older) / 2, carrier, like + second - origin, origin * earlier.left),
    ]


def _of_height(own: Placed, earlier: Earlier) -> Column:
    under = (own.depth + own.rise[..., 2:])[..., 0]
    before, like, first = earlier.before, earlier.like, earlier.first
    heights = [before.top[..., 0], like.top[..., 0], first.top[..., 0]]
    heights += [before.place[..., 2] - own.depth[..., 0], first.place[..., 2] - own.depth[..., 0]]
    heights += [before.hook[..., 2] - under, first.hook[..., 2] - under]
    heights += [earlier.surfaces.rest(own)[..., 0] - own.depth[..., 0], earlier.carrier.top[..., 0] - under]
    return [], [
        before.numbers[..., HEIGHT],
        like.numbers[..., HEIGHT],
        *(squashed(it, CLEARANCE_KNEE) for it in heights),
    ]


def _rest(parts: Tensor) -> Tensor:
    """What a number must be, but for its sign, for the length with parts (..., n) to be one."""
    return (1 - (parts**2).sum(dim=-1)).clamp(min=STEEP).sqrt()


def _logarithm(length: Tensor) -> Tensor:
    return (length.clamp(min=0.01) / UNIT).log()
