"""Where a row's mover would be if it went on as before: kinematics worked out for the network, not by it.

A row begins where the one before it ends: its place and speed are sums of eight accelerations that the network reads
on a logarithmic scale, and whether something is struck, and when, is a matter of centimetres. A small network learns
such sums slowly and inexactly. Here they are done in closed form on the noisy rows themselves and handed over as
further channels; the network says how far to trust them (:class:`sora2lib.model.belief.Belief`), and what happens
then is its own. Integrating low-order kinematics explicitly and learning the rest closes most of the gap between seen
and unseen speeds in PhyWorld's tasks ("Latent Dynamics Reasoning", arXiv 2608.09926).

What goes on "as before" keeps the median acceleration and turn rate of the row before; the first row, its own.

Shapes: B worlds, M movers, S cast slots, K time rows, all standardised unless said otherwise.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sora2lib.model.meetings import meet_bodies, meet_ground
from sora2lib.model.tokens import ACCELERATION_KNEE, CLEARANCE_KNEE, DT, GAP, TURN, TURN_KNEE
from sora2lib.model.tracks import STRIDE
from sora2lib.model.transformer import FORESEEN, Batch
from sora2lib.model.weights import Scales

MOST = 8.0  # of a squashed channel that is stretched: beyond are 1500 m/s^2, or noise
FAR = 1e3  # metres
PLACE, GAPS, SPEED, ACCELERATIONS = slice(0, 3), slice(3, 5), slice(5, 8), slice(8, 8 + 3 * STRIDE)
RATES = slice(TURN.stop, TURN.stop + 3 * STRIDE)


@dataclass(frozen=True)
class Onward:
    """With what each row begins if all goes on as before, in natural units."""

    place: Tensor  # (B, M, K, 3) since the start
    speed: Tensor  # (B, M, K, 3)
    pull: Tensor  # (B, M, K, 3) acceleration
    height: Tensor  # (B, M, K, 1) gap to the ground
    turn: Tensor  # (B, M, K, 6) columns of the turn since the start
    rate: Tensor  # (B, M, K, 3) of turning

    def path(self) -> Tensor:
        """Places (B, M, K, STRIDE + 1, 3) at the row's samples and at its end."""
        time = (torch.arange(STRIDE + 1, device=self.place.device) * DT)[:, None]
        return self.place[..., None, :] + self.speed[..., None, :] * time + self.pull[..., None, :] * time**2 / 2

    def guess(self, gap: Tensor) -> Tensor:
        """Channels (B, M, K, FORESEEN) of the rows in natural scale; ``gap`` is to the ground, at the samples."""
        parts = [
            *(self.place, _squash(gap[..., : STRIDE : STRIDE // 2], CLEARANCE_KNEE), self.speed),
            *(_squash(self.pull, ACCELERATION_KNEE).repeat(1, 1, 1, STRIDE), self.turn),
            _squash(self.rate, TURN_KNEE).repeat(1, 1, 1, STRIDE),
        ]
        return torch.cat(parts, dim=-1)


def foresee(batch: Batch, scales: Scales, estimate: Tensor | None = None) -> Batch:
    """Fill in ``batch.foresight`` (B, M, K, FORESIGHT) from the noisy motion rows and the cast.

    Its first channels are a guess at the row's own, in the row's standardised units. Then what the row would meet: the
    ground and another body (:mod:`sora2lib.model.meetings`). Last, whether there was an estimate.

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
    onward = _going_on(rows, cast)
    ahead = onward.path()
    gap = onward.height + ahead[..., 2] - ahead[..., :1, 2]  # (B, M, K, STRIDE + 1)
    mean, deviation = scales.mean["motion"][:FORESEEN], scales.deviation["motion"][:FORESEEN]
    guess = ((onward.guess(gap) - mean) / deviation).clamp(-MOST, MOST)
    known = torch.full_like(guess[..., :1], float(estimate is not None))
    parts = [guess, meet_ground(gap), meet_bodies(ahead, cast, batch.cast_mask), known]
    return replace(batch, foresight=torch.cat(parts, dim=-1))


def _denoised(noisy: Tensor, level: Tensor) -> Tensor:
    """Mean of clean channels of unit variance, given ``x = t data + (1 - t) noise`` and the level (...)."""
    t = level[..., None]
    return noisy * (t / (t**2 + (1 - t) ** 2))


def _squash(value: Tensor, knee: float) -> Tensor:
    return torch.asinh(value.clamp(-FAR, FAR) / knee)


def _stretch(value: Tensor, knee: float) -> Tensor:
    return torch.sinh(value.clamp(-MOST, MOST)) * knee


def _going_on(rows: Tensor, cast: Tensor) -> Onward:
    """What rows (B, M, K, C) lead to in the row after each, the cast (B, S, C) at the start; all in natural units."""
    accelerations = _stretch(rows[..., ACCELERATIONS], ACCELERATION_KNEE).reshape(*rows.shape[:-1], STRIDE, 3)
    rates = _stretch(rows[..., RATES], TURN_KNEE).reshape(*rows.shape[:-1], STRIDE, 3)
    pull, rate = _usual(accelerations), _usual(rates)  # (B, M, K, 3)
    # Speeds between the samples; that before the second is what the first acceleration makes of the speed at the start.
    gained = torch.cat([accelerations[..., :1, :] / 2, accelerations[..., 1:, :]], dim=-2).cumsum(dim=-2) * DT
    between = rows[..., None, SPEED] + gained  # (B, M, K, STRIDE, 3)
    moved = between.cumsum(dim=-2) * DT
    rise = moved[..., -1, 2:] - moved[..., STRIDE // 2 - 1, 2:]
    gaps = _stretch(rows[..., GAPS], CLEARANCE_KNEE)[..., 1:] + rise
    first_gap = _stretch(cast[:, : rows.shape[1], None, GAP], CLEARANCE_KNEE)  # (B, M, 1, 1)
    upright = rows.new_tensor([1.0, 0, 0, 0, 1, 0]).expand(*rows.shape[:2], 1, 6)
    return Onward(
        place=_later(torch.zeros_like(pull[:, :, :1]), rows[..., PLACE] + moved[..., -1, :]),
        speed=_later(rows[:, :, :1, SPEED], between[..., -1, :] + pull * DT / 2),
        pull=_later(pull[:, :, :1], pull),
        height=_later(first_gap, gaps),
        turn=_later(upright, _turned(rows[..., TURN], rates * DT)),
        rate=_later(rate[:, :, :1], rate),
    )


def _usual(samples: Tensor) -> Tensor:
    """Median of the samples (..., STRIDE, 3) of a row: the lower one of the two in the middle."""
    return samples.sort(dim=-2).values[..., STRIDE // 2 - 1, :]


def _later(first: Tensor, ends: Tensor) -> Tensor:
    """What each row begins with: the first row with ``first`` (B, M, 1, C), others with what the row before ends."""
    return torch.cat([first, ends[:, :, :-1]], dim=2)


def _turned(columns: Tensor, turn: Tensor) -> Tensor:
    """Columns (B, M, K, 6), turned on by rotation vectors (B, M, K, STRIDE, 3) in radians."""
    first, second = columns.chunk(2, dim=-1)
    for step in turn.unbind(dim=-2):
        angle = step.norm(dim=-1, keepdim=True)
        axis = step / angle.clamp(min=1e-9)
        first, second = _about(axis, angle, first), _about(axis, angle, second)
    return torch.cat([first, second], dim=-1)


def _about(axis: Tensor, angle: Tensor, vector: Tensor) -> Tensor:
    """Turn vectors (..., 3) about axes (..., 3) by angles (..., 1) in radians (O. Rodrigues, 1840)."""
    along = axis * (axis * vector).sum(dim=-1, keepdim=True)
    across = torch.linalg.cross(axis, vector)
    return along + angle.cos() * (vector - along) + angle.sin() * across
