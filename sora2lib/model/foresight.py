"""Where a row's mover would be if it went on as before: kinematics worked out for the network, not by it.

A row begins where the one before it ends: its place and speed are sums of eight accelerations that the network reads
on a logarithmic scale, and whether something is struck, and when, is a matter of centimetres. A small network learns
such sums slowly and inexactly. Here they are done in closed form on the noisy rows themselves and handed over as
further channels; the network says how far to trust them (:class:`sora2lib.model.belief.Belief`), and what happens
then is its own. Integrating low-order kinematics explicitly and learning the rest closes most of the gap between seen
and unseen speeds in PhyWorld's tasks ("Latent Dynamics Reasoning", arXiv 2608.09926).

What goes on "as before" keeps the median acceleration and turn rate of the row before. The first row begins as the
cast was set going (:mod:`sora2lib.model.aiming`), where that is known; else as it says itself.

Shapes: B worlds, M movers, S cast slots, K time rows, all standardised unless said otherwise.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sora2lib.model.interaction import Interaction
from sora2lib.model.meetings import meet_bodies, meet_ground
from sora2lib.model.rollout import MOST, Tracks, forecast, later, onsets, squashed, usual
from sora2lib.model.states import Moment, bodies
from sora2lib.model.tokens import ACCELERATION_KNEE, CLEARANCE_KNEE, DT, TURN_KNEE
from sora2lib.model.tracks import STRIDE
from sora2lib.model.transformer import FORESEEN, Batch
from sora2lib.model.weights import Scales


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
            *(self.place, squashed(gap[..., : STRIDE : STRIDE // 2], CLEARANCE_KNEE), self.speed),
            *(squashed(self.pull, ACCELERATION_KNEE).repeat(1, 1, 1, STRIDE), self.turn),
            squashed(self.rate, TURN_KNEE).repeat(1, 1, 1, STRIDE),
        ]
        return torch.cat(parts, dim=-1)


@dataclass(frozen=True)
class Told:
    """What is foreseen of motion rows."""

    foresight: Tensor  # (B, M, K, FORESIGHT)
    forecast: Tensor  # (B, M, K, C)
    follows: Tensor  # (B, M, K) bool

    @classmethod
    def nothing(cls, batch: Batch) -> "Told":
        """Nothing yet."""
        return cls(*(torch.zeros_like(it) for it in (batch.foresight, batch.motion, batch.follows)))

    def take(self, which: Tensor, some: "Told") -> None:
        """Fill in what is foreseen of some worlds, numbers (B',), which have fewer movers."""
        for mine, theirs in zip(vars(self).values(), vars(some).values(), strict=True):
            mine[which, : theirs.shape[1]] = theirs


def foresee(
    interaction: Interaction,
    batch: Batch,
    scales: Scales,
    estimate: Tensor | None = None,
    first: Tensor | None = None,
    rows: slice = slice(None),
) -> Batch:
    """Fill in ``batch.foresight``, ``batch.forecast`` and ``batch.follows``.

    Foresight begins with a guess at the row's own channels, in the row's standardised units. Then what the row would
    meet: the ground and another body (:mod:`sora2lib.model.meetings`). Last, whether there was an estimate. The
    forecast is a second guess, by the interaction network, which also says which sample would be struck.

    Parameters
    ----------
    estimate : clean motion rows (B, M, K, C) as the network took them to be a step before ("self-conditioning", Chen et
        al. 2023); without them, what the noisy rows tell by themselves.
    first : standardised motion rows (B, M, 1, C) that say how everything begins; without them there is no forecast of
        the first row.
    rows : time rows that are forecast; of the others there is none, which saves the most of the work.
    """
    if not batch.motion.shape[1] * batch.motion.shape[2]:
        return batch
    counts = batch.motion_mask.sum(dim=1)
    told = Told.nothing(batch)
    for movers in sorted(set(counts.tolist())):
        # Worlds with equally many movers go together, as in training: in the others the slots of the movers that lack
        # hold what stands still, and must not be moved by rows that nobody has.
        which = (counts == movers).nonzero()[:, 0]
        known, start = (it if it is None else it[which, :movers] for it in (estimate, first))
        told.take(which, _foresee(interaction, _some(batch, which, movers), scales, known, start, rows))
    return replace(batch, **vars(told))


def _some(batch: Batch, which: Tensor, movers: int) -> Batch:
    """Worlds of a batch, numbers (B',), that have so many movers; what is not looked at here stays as it is."""
    names = "cast", "cast_level", "cast_mask", "scene"
    moving = {name: getattr(batch, name)[which, :movers] for name in ("motion", "motion_level")}
    return replace(batch, **{name: getattr(batch, name)[which] for name in names}, **moving)


def _foresee(
    interaction: Interaction, batch: Batch, scales: Scales, estimate: Tensor | None, first: Tensor | None, rows: slice
) -> Told:
    """Foresee worlds with equally many movers."""
    clean = _denoised(batch.motion, batch.motion_level) if estimate is None else estimate
    motion = scales.leave("motion", clean)
    cast = scales.leave("cast", _denoised(batch.cast, batch.cast_level))
    tracks = Tracks.of(motion)
    begun = onsets(motion, cast, tracks, None if first is None else scales.leave("motion", first))
    onward = _going_on(begun, tracks)
    ahead = onward.path()
    gap = onward.height + ahead[..., 2] - ahead[..., :1, 2]  # (B, M, K, STRIDE + 1)
    mean, deviation = scales.mean["motion"][:FORESEEN], scales.deviation["motion"][:FORESEEN]
    guess = ((onward.guess(gap) - mean) / deviation).clamp(-MOST, MOST)
    known = torch.full_like(guess[..., :1], float(estimate is not None))
    parts = [guess, meet_ground(gap), meet_bodies(ahead, cast, batch.cast_mask), known]
    told = torch.zeros_like(batch.motion)
    follows = torch.zeros(batch.motion.shape[:3], dtype=torch.bool, device=told.device)
    some = Moment(**{name: it[:, :, rows] for name, it in vars(begun).items()})
    if some.gap.shape[2]:
        them = bodies(cast, batch.scene, batch.cast_mask)
        told[:, :, rows] = scales.enter("motion", forecast(interaction, some, them)).clamp(-MOST, MOST)
        follows[:, :, rows] = True
        follows[:, :, : int(first is None)] = False
    return Told(torch.cat(parts, dim=-1), told, follows)


def _denoised(noisy: Tensor, level: Tensor) -> Tensor:
    """Mean of clean channels of unit variance, given ``x = t data + (1 - t) noise`` and the level (...)."""
    t = level[..., None]
    return noisy * (t / (t**2 + (1 - t) ** 2))


def _going_on(begun: Moment, tracks: Tracks) -> Onward:
    """What rows lead to in the row after each, if that keeps their usual acceleration and turn rate."""
    pull = later(begun.gain[:, :, :1], usual(tracks.accelerations))  # (B, M, K, 3)
    rate = later(begun.rate[:, :, :1], usual(tracks.rates))
    return Onward(begun.place, begun.speed + pull * DT / 2, pull, begun.gap, begun.columns, rate)
