"""Movers beside what is near them: which way they touch, how fast they close, how they slip.

Shapes: N moments of worlds, S bodies, the movers M first, E others that a mover is paired with. Metres, m/s, rad/s.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model import frames
from sora2lib.model.states import WHAT, Bodies, Moment, rounded
from sora2lib.model.tokens import ASSET_CODE, DT
from sora2lib.model.vectors import columns_of, dot, into, near, slow, upwards

NEAREST = 4  # bodies that a mover is paired with
FALL = 0.4  # m/s: about what gravity adds in a sample, the unit of pushes that no speed explains
HEAVY = 12.0  # logarithm of how many times as heavy as another a body can count
PAIR_PUSHES, PAIR_TWISTS = 4, 4  # vectors that are there
PAIR_FEATURES = 8 + 8 * 3 + 2 * 6 + 2 * 6 + 2 * WHAT
BLOW_FEATURES = 4 + 3 * 3
BLOW_PUSHES = 4


@dataclass(frozen=True)
class Pairs:
    """Movers beside what is near them, (N, M, E, ...)."""

    who: Tensor  # (...) indices of the others
    there: Tensor  # (..., 1): 0 where there is nobody
    features: Tensor  # (..., PAIR_FEATURES)
    frame: Tensor  # (..., 3, 3) rows: along the contact, across it and level, across both
    radius: Tensor  # (..., 1) of the mover
    lever: Tensor  # (..., 3) from the mover's middle to where it is touched
    gap: Tensor  # (..., 1)
    way: Tensor  # (..., 3) out of the other's surface, towards it
    way2: Tensor  # (..., 3) out of the mover's surface
    approach: Tensor  # (..., 3) of the mover to the other, m/s
    pushes: Tensor  # (..., PAIR_PUSHES, 3)
    twists: Tensor  # (..., PAIR_TWISTS, 3)

    def own(self, x: Tensor) -> Tensor:
        """Of movers (N, M, ...): what is the first's of each pair."""
        return _own(x, self.who)

    def other(self, x: Tensor) -> Tensor:
        """Of movers (N, M, 3): what is the other's of each pair; nothing where that does not move."""
        last = x.shape[1] - 1
        return _other(x, self.who.clamp(max=last)) * (self.who <= last)[..., None]


def meet(now: Moment, them: Bodies, movers: int) -> Pairs:
    """Pair each mover with what it will be nearest to at the next sample."""
    turns = frames.orthonormal(now.columns)  # (N, S, 3, 3)
    who = _nearest(now, them, turns, movers)  # (N, M, E)

    def both(x: Tensor) -> tuple[Tensor, Tensor]:
        return _own(x[:, :movers], who), _other(x, who)

    (place, place2), (speed, speed2), (rate, rate2) = both(now.place), both(now.speed), both(now.rate)
    (radius, radius2), (half, half2), (turn, turn2) = both(them.radius), both(them.half), both(turns)
    (even, even2), (what, what2) = both(them.even), both(them.what)
    gain, gain2 = both(now.gain)
    away, half2, even2 = _from_wire(place - place2, turn2, half2, even2, _other(them.ring, who))
    offset = -away
    way, gap, local2 = _to_body(-offset, turn2, half2, even2)
    way, gap = -way, gap - _reach(way, turn, half, even)
    way2, gap2, local = _to_body(offset, turn, half, even)
    reach2 = _reach(way2, turn2, half2, even2)
    gap2 = gap2 - reach2
    lever = torch.where(even > 0, way * radius, offset - way2 * reach2)
    approach = speed - speed2
    closing, closing2 = dot(approach, way), dot(approach, way2)
    spin = torch.linalg.cross(rate * radius, way) + torch.linalg.cross(rate2 * radius2, way)
    slip = approach - closing * way
    frame = _contact(way, approach)
    heavier = torch.where(what2[..., -1:] > 0, _mass(half2, what2) - _mass(half, what), HEAVY).clamp(-HEAVY, HEAVY)
    near_by = [
        *(near(gap), near(gap2), near(gap - closing * DT), near(gap2 - closing2 * DT)),
        *(_when(gap, closing), slow(closing), heavier / 4, heavier.sigmoid()),
    ]
    up = upwards(way)
    speeds = [approach, spin, gain * DT, gain2 * DT, rate * radius, rate2 * radius2]
    features = torch.cat(
        [
            *near_by, *(slow(into(frame, v)) for v in speeds), into(frame, up), into(frame, way2),
            columns_of(frame, turn) * (1 - even), columns_of(frame, turn2) * (1 - even2),
            _where(local, half), _where(local2, half2), what, what2,
        ],
        dim=-1,
    )  # fmt: skip
    there = (_other(them.mask, who) & (_indices(movers, who) != who))[..., None].to(gap.dtype)
    pushes = torch.stack([way * closing, way2 * closing2, slip, spin], dim=-2)
    twists = torch.stack(
        [torch.linalg.cross(way, slip) / radius, torch.linalg.cross(way, spin) / radius, rate, rate2], -2
    )
    return Pairs(who, there, features, frame, radius, lever, gap, way, way2, approach, pushes, twists)


def sunk(place: Tensor, columns: Tensor, half: Tensor) -> Tensor:
    """How deep the last of bodies (N, S, ...) stands in each of the others, (N, S - 1); below zero if it stands clear.

    In units of the least half side of the smaller; along the way out that is the shorter of both bodies'.

    Parameters
    ----------
    place, half : (N, S, 3). columns : (N, S, 6).
    """
    shape = frames.orthonormal(columns), half, rounded(half).to(half.dtype)
    own, others = [it[:, -1:].expand_as(it[:, :-1]) for it in shape], [it[:, :-1] for it in shape]
    offset = place[:, -1:] - place[:, :-1]
    gaps = []
    for sign, one, other in ((1, own, others), (-1, others, own)):
        way, gap, _ = _to_body(sign * offset, *other)
        gaps.append(gap - _reach(way, *one))
    least = torch.minimum(half[:, -1:].amin(dim=-1), half[:, :-1].amin(dim=-1))
    return -torch.maximum(*gaps)[..., 0] / least


def pass_on(pairs: Pairs, given: Tensor, fresh: Tensor) -> tuple[Tensor, Tensor]:
    """Where blows stand: features (N, M, E, BLOW_FEATURES) and vectors (N, M, E, BLOW_PUSHES, 3).

    Parameters
    ----------
    given : (N, M, 3) m/s, all that movers have been given in this sample; ``fresh`` is what they were given last.
    """
    got, got2 = pairs.own(fresh), pairs.other(fresh)
    approach = pairs.approach + pairs.own(given) - pairs.other(given)
    closing = dot(approach, pairs.way)
    stands = [near(pairs.gap), near(pairs.gap - closing * DT), _when(pairs.gap, closing), slow(closing)]
    turned = (slow(into(pairs.frame, v)) for v in (approach, got, got2))
    vectors = [
        *(pairs.way * closing, pairs.way2 * dot(approach, pairs.way2)),
        *(pairs.way * dot(got, pairs.way), pairs.way * dot(got2, pairs.way)),
    ]
    return torch.cat([*stands, *turned], dim=-1), torch.stack(vectors, dim=-2)


def _own(x: Tensor, who: Tensor) -> Tensor:
    return x[:, :, None].expand(-1, -1, who.shape[-1], *x.shape[2:])


def _other(x: Tensor, who: Tensor) -> Tensor:
    return x[torch.arange(len(x), device=x.device)[:, None, None], who]


def _when(gap: Tensor, closing: Tensor) -> Tensor:
    """In how many samples a gap will be closed (..., 1), or has been opened."""
    return (gap / (closing.abs() * DT + 1e-3)).clamp(-2, 2)


def _nearest(now: Moment, them: Bodies, turns: Tensor, movers: int) -> Tensor:
    """Indices (N, M, E) of the bodies that each mover will be nearest to at the next sample."""
    worlds, bodies = now.place.shape[:2]
    if bodies <= NEAREST:
        return torch.arange(bodies, device=now.place.device).expand(worlds, movers, -1)
    ahead = now.place + now.speed * DT
    offset = ahead[:, :movers, None] - ahead[:, None]  # (N, M, S, 3)
    turn = turns[:, None]
    offset, half, even = _from_wire(offset, turn, them.half[:, None], them.even[:, None], them.ring[:, None])
    way, gap, _ = _to_body(offset, turn, half, even)
    own_shape = turns[:, :movers, None], them.half[:, :movers, None], them.even[:, :movers, None]
    gap = (gap - _reach(way, *own_shape))[..., 0]
    own = torch.eye(movers, now.place.shape[1], dtype=torch.bool, device=gap.device)
    gap = gap.masked_fill(own | ~them.mask[:, None], 1e6)
    return gap.topk(min(NEAREST, gap.shape[-1]), dim=-1, largest=False).indices


def _from_wire(offset: Tensor, turn: Tensor, half: Tensor, even: Tensor, ring: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Offsets (..., 3) of points from bodies, and the bodies' half sides and whether they are spheres (..., 1).

    A ring is met as what is next of its wire: a small sphere.
    """
    if not ring.any():
        return offset, half, even
    local = (offset[..., None, :] @ turn).squeeze(-2)
    level = local * local.new_tensor([1.0, 1.0, 0.0])
    middle = level.norm(dim=-1, keepdim=True) < 1e-6  # from there all of the wire is as near
    level = F.normalize(torch.where(middle, local.new_tensor([1.0, 0.0, 0.0]), level), dim=-1)
    wire = (turn @ (half[..., :1] * level)[..., None]).squeeze(-1)
    thick = half[..., 2:].expand_as(half)
    return offset - ring * wire, torch.where(ring > 0, thick, half), torch.maximum(even, ring)


def _to_body(offset: Tensor, turn: Tensor, half: Tensor, even: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Ways (..., 3) out of bodies towards points at an offset, the distances left (..., 1), the points in their frame.

    A body is the sphere or the box that it fills.
    """
    local = (offset[..., None, :] @ turn).squeeze(-2)
    core = half * (1 - even)
    outside = local - torch.maximum(torch.minimum(local, core), -core)
    length = outside.norm(dim=-1, keepdim=True)
    depth = (local.abs() - core).amax(dim=-1, keepdim=True).clamp(max=0.0)
    # Of a point inside the way is that to its centre's side.
    inward = torch.where(length > 1e-5, outside / length.clamp(min=1e-5), F.normalize(local, dim=-1, eps=1e-5))
    way = (turn @ inward[..., None]).squeeze(-1)
    return way, length + depth - half.mean(dim=-1, keepdim=True) * even, local


def _reach(way: Tensor, turn: Tensor, half: Tensor, even: Tensor) -> Tensor:
    """How far bodies reach from their centres along a way (..., 1): the support function of a sphere or a box."""
    box = ((way[..., None, :] @ turn).squeeze(-2).abs() * half).sum(dim=-1, keepdim=True)
    return torch.where(even > 0, half.mean(dim=-1, keepdim=True), box)


def _contact(way: Tensor, approach: Tensor) -> Tensor:
    """Frames (..., 3, 3) whose rows are the way, a level one across it, and one across both."""
    up = upwards(way)
    along = approach / (approach.norm(dim=-1, keepdim=True) + 1e-2)
    level = F.normalize(torch.linalg.cross(way, up + 0.1 * along), dim=-1, eps=1e-6)
    return torch.stack([way, level, torch.linalg.cross(way, level)], dim=-2)


def _mass(half: Tensor, what: Tensor) -> Tensor:
    """Logarithm of the mass (..., 1), but for a constant."""
    return half.log().sum(dim=-1, keepdim=True) + what[..., ASSET_CODE + 3 : ASSET_CODE + 4]


def _where(local: Tensor, half: Tensor) -> Tensor:
    """Where a point is in the frame of a body (..., 6): beside its sides, and how far beyond them."""
    return torch.cat([(local / half).clamp(-3, 3), near(local.abs() - half)], dim=-1)


def _indices(movers: int, like: Tensor) -> Tensor:
    return torch.arange(movers, device=like.device)[None, :, None]
