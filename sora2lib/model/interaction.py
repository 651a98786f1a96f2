"""What a sample brings: a small network that learns how bodies push each other, and goes on from there.

An interaction network (Battaglia et al. 2016; Sanchez-Gonzalez et al. 2020): every pair of near bodies says what it
does to the first of them, a node adds up what is said and what the ground and the air do. It reads one moment and
answers with the accelerations until the next, for all movers together, so that both of a pair are struck at once; eight
such steps foresee a row. It knows no law: what it adds up are vectors that such laws are made of - the direction of a
contact, the speed of closing, the slip - each times a number that it has learned to give (as in EGNN, Satorras et al.
2021). It therefore turns with the world, and what is twice as fast is struck twice as hard.

Its forecast is for the world transformer to take or leave (:mod:`sora2lib.model.foresight`).

Shapes: N moments of worlds, S bodies, the movers M first, E pairs that a mover takes part in. Metres, m/s, rad/s.
"""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model import frames
from sora2lib.model.blocks import Perceptron
from sora2lib.model.tokens import ASSET_CODE, DT, SCENE_WIDTH, SIZE, STUFF

NEAREST = 4  # bodies that a mover is paired with
ROUND = 0.03  # relative spread of the sides of what is taken for a sphere
WHAT = ASSET_CODE + 3 + 3 + 2  # of a body: code, logarithms of its half sides, density, touch, round?, moves?
SAID = 64  # width of what pairs say to the node
FALL = 0.4  # m/s: about what gravity adds in a sample, the unit of pushes that no speed explains
HEAVY = 12.0  # logarithm of how many times as heavy as another a body can count
FASTEST = 200.0  # m/s and rad/s
PAIR_VECTORS, NODE_VECTORS = 4, 5  # learned multiples of vectors that are there; three more are free
PAIR_FEATURES = 8 + 8 * 3 + 2 * 6 + 2 * 6 + 2 * WHAT
NODE_FEATURES = 4 + 5 * 3 + 6 + WHAT + SCENE_WIDTH + SAID


@dataclass(frozen=True)
class Bodies:
    """What does not change: what the bodies of N moments are, and where."""

    half: Tensor  # (N, S, 3) half sides
    what: Tensor  # (N, S, WHAT)
    mask: Tensor  # (N, S) bool: who is there
    scene: Tensor  # (N, SCENE_WIDTH) standardised

    @property
    def radius(self) -> Tensor:
        """As large as they are on average, (N, S, 1)."""
        return self.half.mean(dim=-1, keepdim=True)

    @property
    def even(self) -> Tensor:
        """1 for what is taken for a sphere, (N, S, 1)."""
        return self.what[..., -2:-1]


@dataclass(frozen=True)
class Moment:
    """How N worlds stand at a sample, and how they came there; all (N, S, 3) but for the columns (N, S, 6)."""

    place: Tensor
    speed: Tensor  # over the sample before
    gain: Tensor  # acceleration into that speed
    columns: Tensor  # of the rotation, body to world
    rate: Tensor  # of turning over the sample before
    turned: Tensor  # by how much that rate is another than the one before
    gap: Tensor  # (N, S, 1) to the ground


def bodies(cast: Tensor, scene: Tensor, mask: Tensor) -> Bodies:
    """Read cast rows (N, S, C) in natural scale; ``scene`` (N, SCENE_WIDTH) is standardised."""
    half = torch.exp(cast[..., SIZE].clamp(-4, 5)) * 0.15
    spread = half.amax(dim=-1, keepdim=True) - half.amin(dim=-1, keepdim=True)
    even = (spread < ROUND * half.mean(dim=-1, keepdim=True)).to(half.dtype)
    code, stuff = cast[..., 2 : 2 + ASSET_CODE], cast[..., STUFF][..., :3].clamp(-8, 8)
    what = torch.cat([code, half.log(), stuff, even, cast[..., 1:2].clamp(-1, 1)], dim=-1)
    return Bodies(half, what, mask, scene)


class Interaction(nn.Module):
    """Moment -> accelerations (N, M, 3) and changes of the turn rate (N, M, 3) of the movers until the next."""

    def __init__(self, pair: int = 128, node: int = 256) -> None:
        super().__init__()
        self.pair = Perceptron(PAIR_FEATURES, pair, SAID + 2 * (PAIR_VECTORS + 3))
        self.node = Perceptron(NODE_FEATURES, node, 2 * (NODE_VECTORS + 3))

    def forward(self, now: Moment, them: Bodies, movers: int) -> tuple[Tensor, Tensor]:
        """Arguments as :class:`Moment` and :class:`Bodies` say; the first ``movers`` bodies move."""
        said, push, twist = self._pairs(now, them, movers)
        own, turn = self._nodes(now, them, movers, said)
        return (push + own) / DT, twist + turn

    def _pairs(self, now: Moment, them: Bodies, movers: int) -> tuple[Tensor, Tensor, Tensor]:
        """What is said to each mover (N, M, SAID), and the speeds and turn rates it is given, (N, M, 3) each."""
        pair = _meet(now, them, movers)
        out = self.pair(pair.features)
        out = out * pair.there
        said, pushes, twists = out.split([SAID, PAIR_VECTORS + 3, PAIR_VECTORS + 3], dim=-1)
        push = _sum_of(pushes, pair.pushes, pair.frame * FALL)
        twist = _sum_of(twists, pair.twists, pair.frame * FALL / pair.radius[..., None])
        return said.sum(dim=2), push.sum(dim=2), twist.sum(dim=2)

    def _nodes(self, now: Moment, them: Bodies, movers: int, said: Tensor) -> tuple[Tensor, Tensor]:
        first = slice(0, movers)
        speed, rate, gain, turned = (x[:, first] for x in (now.speed, now.rate, now.gain, now.turned))
        radius = them.radius[:, first]
        up = _up(speed)
        roll = torch.linalg.cross(rate, up) * radius
        frame = _heading(speed + roll / 2)
        tall = (frames.orthonormal(now.columns[:, first])[..., 2, :].abs() * them.half[:, first]).sum(-1, keepdim=True)
        heights = now.gap[:, first], now.place[:, first, 2:] - tall
        falls = [_near(h + shift) for h in heights for shift in (0.0, (speed[..., 2:] - FALL) * DT)]
        seen = [speed, roll, rate * radius, gain * DT, turned * radius]
        features = torch.cat(
            [
                *falls, *(_slow(_into(frame, v)) for v in seen),
                _columns_in(frame, now.columns[:, first]) * (1 - them.even[:, first]),
                them.what[:, first], them.scene[:, None].expand(-1, movers, -1), said,
            ],
            dim=-1,
        )  # fmt: skip
        pushes, twists = self.node(features).chunk(2, dim=-1)
        flat = speed * (1 - up)
        push = torch.stack([gain * DT, up * FALL, up * speed, flat, roll], dim=-2)
        twist = torch.stack([turned, torch.linalg.cross(up, flat) / radius, rate, up * rate, rate - up * rate], dim=-2)
        return _sum_of(pushes, push, frame * FALL), _sum_of(twists, twist, frame * FALL / radius[..., None])


@dataclass(frozen=True)
class Pairs:
    """Movers beside what is near them, (N, M, E, ...)."""

    features: Tensor  # (..., PAIR_FEATURES)
    there: Tensor  # (..., 1): 0 where there is nobody
    frame: Tensor  # (..., 3, 3) rows: along the contact, across it and level, across both
    radius: Tensor  # (..., 1) of the mover
    pushes: Tensor  # (..., PAIR_VECTORS, 3)
    twists: Tensor  # (..., PAIR_VECTORS, 3)


def _meet(now: Moment, them: Bodies, movers: int) -> Pairs:
    turns = frames.orthonormal(now.columns)  # (N, S, 3, 3)
    who = _nearest(now, them, turns, movers)  # (N, M, E)
    count = who.shape[-1]

    def own(x: Tensor) -> Tensor:
        return x[:, :movers, None].expand(-1, -1, count, *x.shape[2:])

    def other(x: Tensor) -> Tensor:
        return x[torch.arange(len(x), device=x.device)[:, None, None], who]

    def both(x: Tensor) -> tuple[Tensor, Tensor]:
        return own(x), other(x)

    (place, place2), (speed, speed2), (rate, rate2) = both(now.place), both(now.speed), both(now.rate)
    (radius, radius2), (half, half2), (turn, turn2) = both(them.radius), both(them.half), both(turns)
    (even, even2), (what, what2) = both(them.even), both(them.what)
    gain, gain2 = both(now.gain)
    offset = place2 - place
    way, gap, local2 = _to_body(-offset, turn2, half2, even2)
    way, gap = -way, gap - _reach(way, turn, half, even)
    way2, gap2, local = _to_body(offset, turn, half, even)
    gap2 = gap2 - _reach(way2, turn2, half2, even2)
    approach = speed - speed2
    closing, closing2 = _dot(approach, way), _dot(approach, way2)
    spin = torch.linalg.cross(rate * radius, way) + torch.linalg.cross(rate2 * radius2, way)
    slip = approach - closing * way
    frame = _contact(way, approach)
    heavier = torch.where(what2[..., -1:] > 0, _mass(half2, what2) - _mass(half, what), HEAVY).clamp(-HEAVY, HEAVY)
    near = [
        *(_near(gap), _near(gap2), _near(gap - closing * DT), _near(gap2 - closing2 * DT)),
        (gap / (closing.abs() * DT + 1e-3)).clamp(-2, 2), _slow(closing), heavier / 4, heavier.sigmoid(),
    ]  # fmt: skip
    up = _up(way)
    speeds = [approach, spin, gain * DT, gain2 * DT, rate * radius, rate2 * radius2]
    features = torch.cat(
        [
            *near, *(_slow(_into(frame, v)) for v in speeds), _into(frame, up), _into(frame, way2),
            _columns_of(frame, turn) * (1 - even), _columns_of(frame, turn2) * (1 - even2),
            _where(local, half), _where(local2, half2), what, what2,
        ],
        dim=-1,
    )  # fmt: skip
    there = (other(them.mask) & (_indices(movers, who) != who))[..., None].to(gap.dtype)
    pushes = torch.stack([way * closing, way2 * closing2, slip, spin], dim=-2)
    twists = torch.stack(
        [torch.linalg.cross(way, slip) / radius, torch.linalg.cross(way, spin) / radius, rate, rate2], -2
    )
    return Pairs(features, there, frame, radius, pushes, twists)


def _nearest(now: Moment, them: Bodies, turns: Tensor, movers: int) -> Tensor:
    """Indices (N, M, E) of the bodies that each mover will be nearest to at the next sample."""
    ahead = now.place + now.speed * DT
    offset = ahead[:, :movers, None] - ahead[:, None]  # (N, M, S, 3)
    way, gap, _ = _to_body(offset, turns[:, None], them.half[:, None], them.even[:, None])
    own_shape = turns[:, :movers, None], them.half[:, :movers, None], them.even[:, :movers, None]
    gap = (gap - _reach(way, *own_shape))[..., 0]
    own = torch.eye(movers, now.place.shape[1], dtype=torch.bool, device=gap.device)
    gap = gap.masked_fill(own | ~them.mask[:, None], 1e6)
    return gap.topk(min(NEAREST, gap.shape[-1]), dim=-1, largest=False).indices


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


def _sum_of(numbers: Tensor, vectors: Tensor, frame: Tensor) -> Tensor:
    """Add up vectors (..., V, 3) and axes of a frame (..., 3, 3), each as often as the numbers (..., V + 3) say."""
    return (numbers[..., None] * torch.cat([vectors, frame], dim=-2)).sum(dim=-2)


def _up(like: Tensor) -> Tensor:
    """Unit vectors upwards, as many as ``like`` (..., 3) has."""
    return like.new_tensor([0.0, 0.0, 1.0]).expand_as(like)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(dim=-1, keepdim=True)


def _into(frame: Tensor, vector: Tensor) -> Tensor:
    return (frame @ vector[..., None]).squeeze(-1)


def _columns_of(frame: Tensor, turn: Tensor) -> Tensor:
    return (frame @ turn[..., :2]).flatten(-2)


def _columns_in(frame: Tensor, columns: Tensor) -> Tensor:
    return _columns_of(frame, torch.stack([columns[..., :3], columns[..., 3:]], dim=-1))


def _contact(way: Tensor, approach: Tensor) -> Tensor:
    """Frames (..., 3, 3) whose rows are the way, a level one across it, and one across both."""
    up = _up(way)
    along = approach / (approach.norm(dim=-1, keepdim=True) + 1e-2)
    level = F.normalize(torch.linalg.cross(way, up + 0.1 * along), dim=-1, eps=1e-6)
    return torch.stack([way, level, torch.linalg.cross(way, level)], dim=-2)


def _heading(speed: Tensor) -> Tensor:
    """Frames (..., 3, 3) whose rows are the level direction of a speed, the one to its left, and up."""
    flat = F.pad(speed[..., :2], (0, 1))
    ahead = F.normalize(flat + speed.new_tensor([1e-4, 0.0, 0.0]), dim=-1)
    up = _up(ahead)
    return torch.stack([ahead, torch.linalg.cross(up, ahead), up], dim=-2)


def _mass(half: Tensor, what: Tensor) -> Tensor:
    """Logarithm of the mass (..., 1), but for a constant."""
    return half.log().sum(dim=-1, keepdim=True) + what[..., ASSET_CODE + 3 : ASSET_CODE + 4]


def _where(local: Tensor, half: Tensor) -> Tensor:
    """Where a point is in the frame of a body (..., 6): beside its sides, and how far beyond them."""
    return torch.cat([(local / half).clamp(-3, 3), _near(local.abs() - half)], dim=-1)


def _near(length: Tensor) -> Tensor:
    return torch.asinh(length / 0.03) / 2


def _slow(speed: Tensor) -> Tensor:
    return torch.asinh(speed / 0.3) / 2


def _indices(movers: int, like: Tensor) -> Tensor:
    return torch.arange(movers, device=like.device)[None, :, None]


def step(now: Moment, gain: Tensor, change: Tensor) -> Moment:
    """One sample later, of movers' accelerations (N, M, 3) and changes of turn rate (N, M, 3)."""
    still = now.place.shape[1] - gain.shape[1]
    gain, change = (F.pad(x, (0, 0, 0, still)) for x in (gain, change))
    speed = (now.speed + gain * DT).clamp(-FASTEST, FASTEST)
    rate = (now.rate + change).clamp(-FASTEST, FASTEST)
    moved = speed * DT
    return replace(
        now, place=now.place + moved, speed=speed, gain=gain, rate=rate, turned=change,
        columns=frames.turned(now.columns, rate[..., None, :] * DT), gap=now.gap + moved[..., 2:],
    )  # fmt: skip
