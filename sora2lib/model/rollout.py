"""Rows as moments, and moments as rows: from where the interaction network goes on, and what it foresees.

Shapes: B worlds, M movers, S bodies, K time rows, T = STRIDE * K samples, N = B * K moments; all in natural units.
"""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model import frames
from sora2lib.model.interaction import Interaction
from sora2lib.model.states import Bodies, Moment, step
from sora2lib.model.tokens import ACCELERATION_KNEE, CLEARANCE_KNEE, DT, GAP, TURN, TURN_KNEE
from sora2lib.model.tracks import BLOW, STRIDE

MOST = 8.0  # of a squashed channel that is stretched: beyond are 1500 m/s^2, or noise
PLACE, GAPS, SPEED, ACCELERATIONS = slice(0, 3), slice(3, 5), slice(5, 8), slice(8, 8 + 3 * STRIDE)
RATES = slice(TURN.stop, TURN.stop + 3 * STRIDE)

STEADY, STEADY_SHARE = 0.2, 0.1  # m/s^2, and of what it was: a change that is none
FALLING = 12.0  # m/s^2: what is more is a blow, and no blow goes on
FAR = 1e3  # m/s^2 and the like, beyond which nothing is told apart


def squashed(value: Tensor, knee: float) -> Tensor:
    """Channels are logarithmic beyond a knee; the twin of :func:`sora2lib.model.tracks.squash`."""
    return torch.asinh(value.clamp(-FAR, FAR) / knee)


def stretch(value: Tensor, knee: float) -> Tensor:
    """Undo the squashing of channels; the twin of :func:`sora2lib.model.tracks.stretch`."""
    return torch.sinh(value.clamp(-MOST, MOST)) * knee


@dataclass(frozen=True)
class Tracks:
    """What rows (B, M, K, C) say of each sample, (B, M, K, STRIDE, 3) each."""

    accelerations: Tensor
    speeds: Tensor  # over the sample that follows
    moved: Tensor  # since the row began, at the sample that follows
    rates: Tensor  # of turning over the sample that follows

    @classmethod
    def of(cls, rows: Tensor) -> "Tracks":
        """Read rows in natural scale."""
        accelerations = stretch(rows[..., ACCELERATIONS], ACCELERATION_KNEE).reshape(*rows.shape[:-1], STRIDE, 3)
        rates = stretch(rows[..., RATES], TURN_KNEE).reshape(*rows.shape[:-1], STRIDE, 3)
        # Speeds between the samples; the first acceleration is that between the sample before and the one that follows.
        gained = torch.cat([accelerations[..., :1, :] / 2, accelerations[..., 1:, :]], dim=-2).cumsum(dim=-2) * DT
        speeds = rows[..., None, SPEED] + gained
        return cls(accelerations, speeds, speeds.cumsum(dim=-2) * DT, rates)


def moments(rows: Tensor, them: Bodies, tracks: Tracks) -> Moment:
    """All samples of the rows of worlds with such bodies (B, S, ...) as moments (B * T, S, ...)."""
    movers = rows.shape[1]
    began = F.pad(tracks.moved[..., :-1, :], (0, 0, 1, 0))
    place = them.place[:, :movers, None, None] + rows[..., None, PLACE] + began
    before = rows[..., SPEED] - tracks.accelerations[..., 0, :] * DT / 2
    speed = torch.cat([before[..., None, :], tracks.speeds[..., :-1, :]], dim=-2)
    gap = stretch(rows[..., GAPS], CLEARANCE_KNEE)[..., :1, None] + began[..., 2:]
    columns = frames.after(rows[..., TURN], them.columns[:, :movers, None])
    turned = [columns]
    for rate in tracks.rates.unbind(dim=-2)[:-1]:
        turned.append(frames.turned(turned[-1], rate[..., None, :] * DT))
    before = _shifted(tracks.rates.flatten(2, 3))  # (B, M, T, 3)
    moving = Moment(
        place=place.flatten(2, 3),
        speed=speed.flatten(2, 3),
        gain=_shifted(tracks.accelerations.flatten(2, 3)),
        columns=torch.stack(turned, dim=-2).flatten(2, 3),
        rate=before,
        turned=before - _shifted(before),
        gap=gap.flatten(2, 3),
    )
    return _among(moving, them)


def _shifted(x: Tensor) -> Tensor:
    """What was a sample earlier, (B, M, T, C); the first is taken to have been as it is."""
    return torch.cat([x[:, :, :1], x[:, :, :-1]], dim=2)


def _among(moving: Moment, them: Bodies) -> Moment:
    """Put moments of movers (B, M, T, ...) among bodies at rest: (B * T, S, ...)."""
    movers = moving.place.shape[1]
    fixed = {"place": them.place[:, movers:], "columns": them.columns[:, movers:]}
    joined = {}
    for name, value in vars(moving).items():
        beside = fixed.get(name, value.new_zeros(*fixed["place"].shape[:2], value.shape[-1]))
        beside = beside[:, :, None].expand(-1, -1, value.shape[2], -1)
        joined[name] = torch.cat([value, beside], dim=1).transpose(1, 2).flatten(0, 1)
    return Moment(**joined)


def roll(network: Interaction, now: Moment, them: Bodies, movers: int, samples: int) -> tuple[Tensor, Tensor]:
    """Accelerations and turn rates (N, M, samples, 3) that follow a moment."""
    gains, rates = [], []
    free = network.holds(them, movers) <= 0
    for _ in range(samples):
        gain, change = network(now, them, movers)
        gain = torch.where(free, steadied(gain, now.gain[:, :movers]), gain)
        now = step(now, gain, change)
        gains.append(gain)
        rates.append(now.rate[:, :movers])
    return torch.stack(gains, dim=2), torch.stack(rates, dim=2)


def steadied(gain: Tensor, before: Tensor) -> Tensor:
    """Accelerations (..., 3), those of before where they are all but those: a network's small errors would add up."""
    size = before.norm(dim=-1, keepdim=True)
    near = (gain - before).norm(dim=-1, keepdim=True) < STEADY + STEADY_SHARE * size.clamp(max=FALLING)
    return torch.where(near, before, gain)


def onsets(rows: Tensor, cast: Tensor, tracks: Tracks, first: Tensor | None = None) -> Moment:
    """With what each row begins if the one before goes on as it ends, (B, M, K, ...).

    The first row begins as the row ``first`` (B, M, 1, C) does, without it as it does itself. Places and turns are
    those since the start.
    """
    first = rows[:, :, :1] if first is None else first
    begins = Tracks.of(first)
    # What swings or topples turns faster and faster: it begins with its first rate, not with the usual one.
    pull, rate = usual(begins.accelerations), begins.rates[..., 0, :]  # (B, M, 1, 3)
    rise = tracks.moved[..., -1, 2:] - tracks.moved[..., STRIDE // 2 - 1, 2:]
    gaps = stretch(rows[..., GAPS], CLEARANCE_KNEE)[..., 1:] + rise
    first_gap = stretch(cast[:, : rows.shape[1], None, GAP], CLEARANCE_KNEE)  # (B, M, 1, 1)
    upright = rows.new_tensor([1.0, 0, 0, 0, 1, 0]).expand(*rows.shape[:2], 1, 6)
    nothing = torch.zeros_like(pull)
    return Moment(
        place=later(nothing, rows[..., PLACE] + tracks.moved[..., -1, :]),
        speed=later(first[..., SPEED] - pull * DT / 2, tracks.speeds[..., -1, :]),
        gain=later(pull, tracks.accelerations[..., -1, :]),
        columns=later(upright, frames.turned(rows[..., TURN], tracks.rates * DT)),
        rate=later(rate, tracks.rates[..., -1, :]),
        turned=later(nothing, tracks.rates[..., -1, :] - tracks.rates[..., -2, :]),
        gap=later(first_gap, gaps),
    )


def usual(samples: Tensor) -> Tensor:
    """Median of the samples (..., STRIDE, 3) of a row: the lower one of the two in the middle."""
    return samples.sort(dim=-2).values[..., STRIDE // 2 - 1, :]


def later(first: Tensor, ends: Tensor) -> Tensor:
    """What each row begins with: the first row with ``first`` (B, M, 1, C), others with what the row before ends."""
    return torch.cat([first, ends[:, :, :-1]], dim=2)


@torch.no_grad()
def forecast(network: Interaction, begun: Moment, them: Bodies) -> Tensor:
    """Rows (B, M, K, MOTION_WIDTH) in natural scale that follow from how each begins, :func:`onsets`.

    ``them`` are the bodies of the B worlds.
    """
    worlds, movers, rows = begun.place.shape[:3]
    start, turn = them.place[:, :movers, None], them.columns[:, :movers, None]
    there = replace(begun, place=begun.place + start, columns=frames.after(begun.columns, turn))
    everyone = Bodies(**{name: it.repeat_interleave(rows, dim=0) for name, it in vars(them).items()})
    gains, rates = roll(network, _among(there, them), everyone, movers, STRIDE)  # (B * K, M, STRIDE, 3)
    gains, rates = (it.reshape(worlds, rows, movers, STRIDE, 3).transpose(1, 2) for it in (gains, rates))
    speeds = begun.speed[..., None, :] + gains.cumsum(dim=-2) * DT
    middle = begun.gap + speeds[..., : STRIDE // 2, 2].sum(dim=-1, keepdim=True) * DT
    parts = [
        *(begun.place, squashed(torch.cat([begun.gap, middle], dim=-1), CLEARANCE_KNEE)),
        *(begun.speed + gains[..., 0, :] * DT / 2, squashed(gains, ACCELERATION_KNEE).flatten(-2), begun.columns),
        *(squashed(rates, TURN_KNEE).flatten(-2), blows(gains)),
    ]
    return torch.cat(parts, dim=-1)


def blows(accelerations: Tensor) -> Tensor:
    """Which sample of each row (..., STRIDE, 3) is struck hardest, (..., STRIDE + 1).

    The twin of :func:`sora2lib.model.tracks.blows`.
    """
    ordered = accelerations.sort(dim=-2).values
    median = (ordered[..., STRIDE // 2 - 1, :] + ordered[..., STRIDE // 2, :])[..., None, :] / 2
    off = (accelerations - median).norm(dim=-1)
    hardest = torch.where(off.amax(dim=-1) > BLOW, off.argmax(dim=-1), STRIDE)
    return F.one_hot(hardest, STRIDE + 1).to(accelerations.dtype)
