"""Whom a mover would meet if it went on as before: when, where and how fast. Geometry alone, no law of impact.

A blow between two samples shows in the accelerations of both, in shares that depend on when it comes. Those shares, and
the closing speed on the scale of the accelerations, are what a row needs to say how hard it is struck at which sample;
who the other is and how heavy, beside oneself, decides what comes of it. That is for the network to learn.

Shapes: B worlds, M movers, S cast slots, K time rows, T = STRIDE + 1 samples: those of a row and its end. Metres, m/s.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model.frames import orthonormal
from sora2lib.model.states import rounded
from sora2lib.model.tokens import CLEARANCE_KNEE, COLUMNS, DT, SIZE, START, STUFF
from sora2lib.model.tracks import STRIDE
from sora2lib.model.transformer import SLOTS

FAR = 1e3  # metres
SQUASHED = 0.5  # brings squashed metres to about unit variance
BRISK = 0.3  # and squashed speeds
HEAVY = 12.0  # logarithm of how many times as heavy as another a body can count


def meet_ground(gap: Tensor) -> Tensor:
    """Gaps (B, M, K, T) to the ground -> channels (B, M, K, 2 * STRIDE + 1): gaps, shares of a blow, speed."""
    share, closing, _ = _first_touch(gap)
    return torch.cat([_squashed_gaps(gap), share, _squashed_speeds(closing)], dim=-1)


def meet_bodies(ahead: Tensor, cast: Tensor, mask: Tensor) -> Tensor:
    """Who is met first, or passed closest by, as channels (B, M, K, 2 * STRIDE + 11 + SLOTS).

    Gaps to it and shares of a blow at the samples, the way to it, its closing speed, the relative velocity; how heavy
    it is beside oneself, its restitution and friction, whether it moves; which slot of the cast it has.

    Parameters
    ----------
    ahead : paths since the start (B, M, K, T, 3). cast : rows (B, S, C) in natural scale. mask : slots taken (B, S).
    """
    gaps, ways = _apart(ahead, cast, mask)  # (B, M, S, K, T), (B, M, S, K, T, 3)
    who = _partner(gaps)[:, :, None]  # (B, M, 1, K)
    gap = gaps.take_along_dim(who[..., None], dim=2).squeeze(2)  # (B, M, K, T)
    share, _, sample = _first_touch(gap)
    way = ways.take_along_dim(who[..., None, None], dim=2).squeeze(2)  # (B, M, K, T, 3)
    way = way.take_along_dim(sample[..., None], dim=3).squeeze(3)
    still = cast.shape[1] - ahead.shape[1]
    velocity = F.pad(ahead.diff(dim=3) / DT, (0, 0, 0, 0, 0, 0, 0, still))  # (B, S, K, STRIDE, 3)
    theirs = velocity[:, None].take_along_dim(who[..., None, None], dim=2).squeeze(2)  # (B, M, K, STRIDE, 3)
    relative = velocity[:, : ahead.shape[1]] - theirs
    relative = relative.take_along_dim(sample[..., None].clamp(max=STRIDE - 1), dim=3).squeeze(3)
    closing = (relative * way).sum(dim=-1, keepdim=True)
    stuffs = _stuff(cast)  # (B, S, 4)
    stuff = stuffs[:, None, :, None].take_along_dim(who[..., None], dim=2).squeeze(2)  # (B, M, K, 4)
    own = stuffs[:, : ahead.shape[1], None]
    heavier = torch.where(stuff[..., 3:] > 0, (stuff[..., :1] - own[..., :1]).clamp(-HEAVY, HEAVY), HEAVY) / 4
    slot = F.one_hot(who.squeeze(2), SLOTS).to(gap.dtype)
    parts = [share, way, *map(_squashed_speeds, (closing, relative)), heavier, stuff[..., 1:], slot]
    there = gap.amin(dim=-1, keepdim=True) < FAR / 2
    return torch.cat([_squashed_gaps(gap), torch.cat(parts, dim=-1) * there], dim=-1)


def _first_touch(gap: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Shares (..., STRIDE) of a blow at the samples, closing speed (..., 1), and sample (..., 1) of the first touch.

    Without a touch shares and speed are zero, and the sample is that of the smallest gap.
    """
    touches = gap[..., 1:] <= 0
    first, happens = touches.float().argmax(dim=-1, keepdim=True), touches.any(dim=-1, keepdim=True)
    before, after = gap.take_along_dim(first, dim=-1), gap.take_along_dim(first + 1, dim=-1)
    moment = first + (before / (before - after).clamp(min=1e-6)).clamp(0, 1)
    share = (1 - (moment - torch.arange(STRIDE, device=gap.device)).abs()).clamp(min=0) * happens
    closing = ((before - after) / DT).clamp(min=0) * happens
    return share, closing, torch.where(happens, first, gap.argmin(dim=-1, keepdim=True))


def _squashed_gaps(gap: Tensor) -> Tensor:
    return SQUASHED * torch.asinh(gap[..., :STRIDE].clamp(-FAR, FAR) / CLEARANCE_KNEE)


def _squashed_speeds(speed: Tensor) -> Tensor:
    """Speeds on the scale of the accelerations that stop them within a sample."""
    return BRISK * torch.asinh(speed.clamp(-FAR, FAR) / DT)


def _partner(gaps: Tensor) -> Tensor:
    """Index (B, M, K) of the body that is touched first or, where none is, comes closest, of gaps (B, M, S, K, T)."""
    touches = gaps[..., 1:] <= 0
    first = torch.where(touches.any(dim=-1), touches.float().argmax(dim=-1), STRIDE)
    nearness = gaps.amin(dim=-1).clamp(min=-FAR / 2, max=FAR) / (2 * FAR) + 0.5  # in [0.25, 1]
    return (first + nearness).argmin(dim=2)


def _stuff(cast: Tensor) -> Tensor:
    """Logarithm of mass, restitution, friction and whether it moves, (B, S, 4)."""
    volume, density = cast[..., SIZE].clamp(-4, 5).sum(dim=-1, keepdim=True), cast[..., STUFF][..., :1].clamp(-8, 8)
    touch, moves = cast[..., STUFF][..., 1:3].clamp(-4, 4), cast[..., 1:2].clamp(-1, 1)
    return torch.cat([volume + density, touch, moves], dim=-1)


def _apart(ahead: Tensor, cast: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Gaps (B, M, S, K, T) between bodies and the ways (B, M, S, K, T, 3) from each mover to the other.

    Movers count as spheres as large as they are on average, what is fixed as the sphere or the box that it fills.
    """
    movers = ahead.shape[1]
    half = torch.exp(cast[..., SIZE].clamp(-4, 5)) * 0.15  # (B, S, 3) metres
    radius = half.mean(dim=-1)  # (B, S)
    centre = cast[:, :movers, None, None, START] + ahead
    to_movers = centre[:, None] - centre[:, :, None]  # (B, M, M, K, T, 3)
    length = to_movers.norm(dim=-1).clamp(min=1e-3)
    gap = length - radius[:, None, :movers, None, None]
    way = to_movers / length[..., None]
    if cast.shape[1] > movers:
        to_fixed, apart = _to_boxes(centre, cast[:, movers:], half[:, movers:])
        way, gap = torch.cat([way, to_fixed], dim=2), torch.cat([gap, apart], dim=2)
    gap = gap - radius[:, :movers, None, None, None]
    own = torch.eye(movers, cast.shape[1], dtype=torch.bool, device=cast.device)
    return gap.masked_fill((own | ~mask[:, None])[..., None, None], FAR), way


def _to_boxes(centre: Tensor, cast: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
    """Ways (B, M, F, K, T, 3) from points (B, M, K, T, 3) to fixed bodies, and the distances left."""
    axes = orthonormal(cast[..., COLUMNS])  # (B, F, 3, 3)
    half = half.clamp(min=1e-3)
    even = rounded(half)
    core = torch.where(even, 0.0, half)[:, None, :, None, None]  # of a sphere its centre, of a box all of it
    shell = torch.where(even[..., 0], half[..., 0], 0.0)[:, None, :, None, None]
    offset = centre[:, :, None] - cast[:, None, :, None, None, START]  # (B, M, F, K, T, 3)
    local = torch.einsum("bmfksx,bfxy->bmfksy", offset, axes)
    outside = local - torch.maximum(torch.minimum(local, core), -core)
    length = outside.norm(dim=-1)
    inside = (local.abs() - core).amax(dim=-1).clamp(max=0.0)
    way = -torch.einsum("bmfksy,bfxy->bmfksx", outside / length.clamp(min=1e-3)[..., None], axes)
    return way, length + inside - shell
