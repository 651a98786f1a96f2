"""Where a row's mover would be if it went on as before: kinematics worked out for the network, not by it.

A row begins where the one before it ends: its place and speed are sums of eight accelerations that the network reads
on a logarithmic scale, and whether something is struck, and when, is a matter of centimetres. A small network learns
such sums slowly and inexactly. Here they are done in closed form on the noisy rows themselves and handed over as
further channels; the network says how far to trust them (:class:`sora2lib.model.belief.Belief`), and what happens
then is its own. Integrating low-order kinematics explicitly and learning the rest closes most of the gap between seen
and unseen speeds in PhyWorld's tasks ("Latent Dynamics Reasoning", arXiv 2608.09926).

What goes on "as before" keeps the median acceleration of the row before; the first row, its own speed and median.

Shapes: B worlds, M movers, S cast slots, K time rows, all standardised unless said otherwise.
"""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model.tokens import ACCELERATION_KNEE, CLEARANCE_KNEE, DT, TURN, TURN_KNEE
from sora2lib.model.tracks import STRIDE
from sora2lib.model.transformer import FORESEEN, Batch
from sora2lib.model.weights import Scales

MOST = 8.0  # of a squashed channel that is stretched: beyond are 1500 m/s^2, or noise
FAR = 1e3  # metres
ROUND = 0.03  # relative spread of the sides of what is taken for a sphere
SQUASHED = 0.5  # brings squashed metres to about unit variance
PLACE, GAPS, SPEED, ACCELERATIONS = slice(0, 3), slice(3, 5), slice(5, 8), slice(8, 8 + 3 * STRIDE)
RATES = slice(TURN.stop, TURN.stop + 3 * STRIDE)
SIZE, START, GAP, COLUMNS = slice(18, 21), slice(36, 39), slice(39, 40), slice(40, 46)  # of a cast row


def foresee(batch: Batch, scales: Scales, estimate: Tensor | None = None) -> Batch:
    """Fill in ``batch.foresight`` (B, M, K, FORESIGHT) from the noisy motion rows and the cast.

    Its first channels are a guess at the row's own place, gaps, speed and turn, in the row's standardised units. Then,
    at each of the row's samples, the gap to the ground and the distance to the nearest other body; the way to that
    body where they come closest, and how fast they close in (m/s); last, whether there was an estimate.

    Parameters
    ----------
    estimate : clean motion rows (B, M, K, C) as the network took them to be a step before ("self-conditioning", Chen et
        al. 2023); without them, what the noisy rows tell by themselves.
    """
    if not batch.motion.shape[1] * batch.motion.shape[2]:
        return batch
    clean = _denoised(batch.motion, batch.motion_level) if estimate is None else estimate
    rows = scales.leave("motion", clean)
    cast = scales.leave("cast", _denoised(batch.cast, batch.cast_level))
    place, speed, pull, height = _going_on(rows, cast)
    ahead = _path(place, speed, pull)  # (B, M, K, STRIDE, 3)
    gap = height + ahead[..., 2] - place[..., None, 2]  # (B, M, K, STRIDE)
    guess = torch.cat([place, _squash(gap[..., :: STRIDE // 2]), speed, _turned(rows)], dim=-1)
    channels = list(FORESEEN)
    mean, deviation = scales.mean["motion"][channels], scales.deviation["motion"][channels]
    met = _meetings(ahead, cast, batch)
    known = torch.full_like(met[..., :1], float(estimate is not None))
    parts = [((guess - mean) / deviation).clamp(-MOST, MOST), SQUASHED * _squash(gap), met, known]
    return replace(batch, foresight=torch.cat(parts, dim=-1))


def _denoised(noisy: Tensor, level: Tensor) -> Tensor:
    """Mean of clean channels of unit variance, given ``x = t data + (1 - t) noise`` and the level (...)."""
    t = level[..., None]
    return noisy * (t / (t**2 + (1 - t) ** 2))


def _squash(metres: Tensor) -> Tensor:
    return torch.asinh(metres.clamp(-FAR, FAR) / CLEARANCE_KNEE)


def _stretch(value: Tensor, knee: float) -> Tensor:
    return torch.sinh(value.clamp(-MOST, MOST)) * knee


def _going_on(rows: Tensor, cast: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Place since the start, speed and acceleration (B, M, K, 3) with which each row begins, and its gap (B, M, K, 1).

    ``rows`` (B, M, K, C) and ``cast`` (B, S, C) are in natural units.
    """
    accelerations = _stretch(rows[..., ACCELERATIONS], ACCELERATION_KNEE).reshape(*rows.shape[:-1], STRIDE, 3)
    usual = accelerations.median(dim=-2).values  # (B, M, K, 3)
    # Speeds between the samples; that before the second is what the first acceleration makes of the speed at the start.
    gained = torch.cat([accelerations[..., :1, :] / 2, accelerations[..., 1:, :]], dim=-2).cumsum(dim=-2) * DT
    between = rows[..., None, SPEED] + gained  # (B, M, K, STRIDE, 3)
    moved = between.cumsum(dim=-2) * DT
    ends = rows[..., PLACE] + moved[..., -1, :]
    leaves = between[..., -1, :] + usual * DT / 2
    half = STRIDE // 2
    rise = moved[..., -1, 2:] - moved[..., half - 1, 2:]
    gaps = _stretch(rows[..., GAPS], CLEARANCE_KNEE)[..., 1:] + rise
    movers = rows.shape[1]
    gap = _stretch(cast[:, :movers, GAP], CLEARANCE_KNEE)[:, :, None]  # (B, M, 1, 1)
    first = torch.zeros_like(ends[:, :, :1]), rows[:, :, :1, SPEED], usual[:, :, :1], gap
    later = ends, leaves, usual, gaps
    place, speed, pull, height = (torch.cat([a, b[:, :, :-1]], dim=2) for a, b in zip(first, later, strict=True))
    return place, speed, pull, height


def _turned(rows: Tensor) -> Tensor:
    """Turn since the start (B, M, K, 6) with which each row begins: that of the row before, turned on by its rates."""
    turn = _stretch(rows[..., RATES], TURN_KNEE).reshape(*rows.shape[:-1], STRIDE, 3) * DT
    first, second = rows[..., TURN].chunk(2, dim=-1)
    for step in turn.unbind(dim=-2):
        angle = step.norm(dim=-1, keepdim=True)
        axis = step / angle.clamp(min=1e-9)
        first, second = _about(axis, angle, first), _about(axis, angle, second)
    start = first.new_tensor([1.0, 0, 0, 0, 1, 0]).expand(*rows.shape[:2], 1, 6)
    return torch.cat([start, torch.cat([first, second], dim=-1)[:, :, :-1]], dim=2)


def _about(axis: Tensor, angle: Tensor, vector: Tensor) -> Tensor:
    """Turn vectors (..., 3) about axes (..., 3) by angles (..., 1) in radians (O. Rodrigues, 1840)."""
    along = axis * (axis * vector).sum(dim=-1, keepdim=True)
    across = torch.linalg.cross(axis, vector)
    return along + angle.cos() * (vector - along) + angle.sin() * across


def _path(place: Tensor, speed: Tensor, pull: Tensor) -> Tensor:
    """Places (..., STRIDE, 3) at a row's samples under constant acceleration, from (..., 3) each."""
    time = (torch.arange(STRIDE, device=place.device) * DT)[:, None]
    return place[..., None, :] + speed[..., None, :] * time + pull[..., None, :] * time**2 / 2


def _meetings(ahead: Tensor, cast: Tensor, batch: Batch) -> Tensor:
    """Distances to the nearest other body (B, M, K, STRIDE), squashed; the way to it at the closest, its closing speed.

    Movers count as spheres as large as they are on average, what is fixed as the sphere or the box that it fills.
    """
    movers = ahead.shape[1]
    half = torch.exp(cast[..., SIZE].clamp(-4, 5)) * 0.15  # (B, S, 3) metres
    radius = half.mean(dim=-1)  # (B, S)
    centre = cast[:, :movers, None, None, START] + ahead
    to_movers = centre[:, None] - centre[:, :, None]  # (B, M, M, K, STRIDE, 3)
    length = to_movers.norm(dim=-1).clamp(min=1e-3)
    gap = length - radius[:, None, :movers, None, None]
    way = to_movers / length[..., None]
    if cast.shape[1] > movers:
        to_fixed, apart = _to_boxes(centre, cast[:, movers:], half[:, movers:])
        way, gap = torch.cat([way, to_fixed], dim=2), torch.cat([gap, apart], dim=2)
    gap = gap - radius[:, :movers, None, None, None]
    own = torch.eye(movers, cast.shape[1], dtype=torch.bool, device=cast.device)
    gap = gap.masked_fill((own | ~batch.cast_mask[:, None])[..., None, None], FAR)
    nearest, who = gap.min(dim=2)  # (B, M, K, STRIDE)
    way = way.take_along_dim(who[:, :, None, ..., None], dim=2).squeeze(2)  # (B, M, K, STRIDE, 3)
    when = nearest.argmin(dim=-1, keepdim=True)  # (B, M, K, 1)
    closing = (nearest[..., 0] - nearest[..., -1]) / ((STRIDE - 1) * DT)
    at_closest = way.take_along_dim(when[..., None], dim=3).squeeze(3)
    return torch.cat([SQUASHED * _squash(nearest), at_closest, closing.clamp(-MOST, MOST)[..., None]], dim=-1)


def _to_boxes(centre: Tensor, cast: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
    """Ways (B, M, F, K, STRIDE, 3) from points (B, M, K, STRIDE, 3) to fixed bodies, and the distances left."""
    across = F.normalize(cast[..., COLUMNS][..., :3], dim=-1)
    along = cast[..., COLUMNS][..., 3:]
    along = F.normalize(along - (across * along).sum(dim=-1, keepdim=True) * across, dim=-1)
    axes = torch.stack([across, along, torch.linalg.cross(across, along)], dim=-1)  # (B, F, 3, 3)
    half = half.clamp(min=1e-3)
    even = (half.amax(dim=-1, keepdim=True) - half.amin(dim=-1, keepdim=True)) < ROUND * half.mean(dim=-1, keepdim=True)
    core = torch.where(even, 0.0, half)[:, None, :, None, None]  # of a sphere its centre, of a box all of it
    shell = torch.where(even[..., 0], half[..., 0], 0.0)[:, None, :, None, None]
    offset = centre[:, :, None] - cast[:, None, :, None, None, START]  # (B, M, F, K, STRIDE, 3)
    local = torch.einsum("bmfksx,bfxy->bmfksy", offset, axes)
    outside = local - torch.maximum(torch.minimum(local, core), -core)
    length = outside.norm(dim=-1)
    inside = (local.abs() - core).amax(dim=-1).clamp(max=0.0)
    way = -torch.einsum("bmfksy,bfxy->bmfksx", outside / length.clamp(min=1e-3)[..., None], axes)
    return way, length + inside - shell
