"""How bodies push each other: the lesson of the interaction network, before the world transformer has its own.

Four batches in five are single moments with what follows within a sample; the fifth are one to three whole rows, gone
through on the network's own word, so that its errors stay small as they add up. Moments at which something is struck
are drawn far more often than they occur, and so are those at which something hangs, which is often shown a little out
of place (the noise of Sanchez-Gonzalez et al. 2020) and taught to come back. The loss is a Cauchy distribution's: of
two things that may happen, one is foreseen, not their mean.

Shapes: N worlds of equally many movers M, S bodies, T samples, K time rows, D moments drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.errors import ModelError
from sora2lib.model.interaction import BACK, Interaction
from sora2lib.model.pairs import NEAREST
from sora2lib.model.rollout import Tracks, blows, moments
from sora2lib.model.states import Bodies, Moment, bodies, hook, step
from sora2lib.model.tokens import DT
from sora2lib.model.tracks import STRIDE
from sora2lib.model.weights import Scales
from sora2lib.train.library import Group, Library

STRUCK = 1.0  # m/s^2 by which an acceleration is another than the one before
QUIET, AFTER, TOGETHER = 0.03, 0.3, 2.0  # odds of a quiet moment, of one after a blow, and more for two struck at once
QUIET_ROW = 0.1  # odds of a row in which nothing is struck, beside 1
HUNG, HUNG_ROW = 0.5, 1.0  # odds more of a moment, and of a row, of a world in which something hangs
STAYS, TURNING = 3e-3, 0.3  # metres that a point strays at most which stays; rad/s that tell something turns
ASTRAY, HURRIED, TURNED = 0.03, 0.05, 0.05  # metres, m/s, rad/s by which what hangs is put out of place
LONE = 0.5  # how much fewer batches show a single mover
ROWS = 0.2  # of the batches, those that go through rows
LENGTHS = (1, 1, 1, 1, 2, 3)  # rows that they go through, each as likely
PART = 256  # worlds taken in at a time
RELATIVE, LEAST = 0.05, 0.02  # of a speed, and m/s: errors below are small
FAR, OUT = 0.2, 0.1  # slopes of the loss where errors are large: of a sample, of a row
RATE, WARM_UP, KEEP = 2e-3, 100, 0.995


@dataclass(frozen=True)
class ForceConfig:
    """A lesson: worlds to learn from, steps, seed, and how many pairs of bodies a step sees, about."""

    data: Path
    steps: int = 20_000
    seed: int = 0
    pairs: int = 8_000


@dataclass(frozen=True)
class Store:
    """Every moment of the worlds of a group, and what followed."""

    now: Moment  # (N * T, S, ...)
    them: Bodies  # (N, S, ...)
    accelerations: Tensor  # (N, T, M, 3)
    rates: Tensor  # (N, T, M, 3)
    held: Tensor  # (N, M, 1): 1 for what turns about a point that stays, 0 for what does not stay, and 0.5 for neither
    odds: Tensor  # (N * T,) summed up
    row_odds: Tensor  # (N * K,) summed up

    @property
    def movers(self) -> int:
        """How many move in each world."""
        return self.accelerations.shape[2]

    @classmethod
    def of(cls, group: Group, scales: Scales) -> "Store":
        """Take in a group of worlds without figures, whose muscles no force explains."""
        cast = group.cast[:, : group.slots]
        mask = torch.arange(group.slots, device=cast.device) < group.actors[:, None]
        them = bodies(cast, scales.enter("scene", group.scene), mask)
        parts = [
            (tracks, moments(rows, beside, tracks))
            for rows, beside in zip(torch.split(group.motion, PART), _split(them), strict=True)
            for tracks in [Tracks.of(rows)]
        ]
        now = Moment(**{name: torch.cat([getattr(it, name) for _, it in parts]) for name in vars(parts[0][1])})
        accelerations, rates = (
            torch.cat([getattr(tracks, name) for tracks, _ in parts]).flatten(2, 3).transpose(1, 2)
            for name in ("accelerations", "rates")
        )
        hung = (them.string > 0).any(dim=1).double()  # (N, 1)
        odds, row_odds = _moment_odds(accelerations, hung).cumsum(0), _row_odds(accelerations, hung).cumsum(0)
        return cls(now, them, accelerations, rates, _held(now, them, rates), odds, row_odds)

    def worlds(self, which: Tensor) -> Bodies:
        """Bodies (D, S, ...) of some worlds."""
        return Bodies(**{name: it[which] for name, it in vars(self.them).items()})

    def moments(self, which: Tensor) -> Moment:
        """Moments (D, S, ...) by number."""
        return Moment(**{name: it[which] for name, it in vars(self.now).items()})


def learn(network: Interaction, scales: Scales, config: ForceConfig) -> Iterator[float]:
    """Train the network in place; yields each step's loss. It ends with the average of its weights."""
    groups = [it for it in Library().refresh(config.data).groups() if it.motion.shape[1] and not it.pose.shape[1]]
    if not groups:
        raise ModelError(f"{config.data} holds no worlds in which bodies move; make some with make_shard")
    stores = [Store.of(group, scales) for group in groups]
    shares = np.array([len(it.them.mask) * it.movers * (LONE if it.movers == 1 else 1.0) for it in stores])
    optimiser = torch.optim.AdamW(
        network.requires_grad_(True).parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=1e-4
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda done: min((done + 1) / WARM_UP, 1 - done / config.steps)
    )
    average = [parameter.detach().clone() for parameter in network.parameters()]
    for done in range(config.steps):
        rng = np.random.default_rng([config.seed, done])
        torch.manual_seed(int(rng.integers(2**62)))
        store = stores[rng.choice(len(stores), p=shares / shares.sum())]
        loss = _loss(network, store, config.pairs // (store.movers * NEAREST), rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, [*network.parameters()], 1 - min(KEEP, done / (done + 20)))
        yield float(loss.detach())
    network.requires_grad_(False)
    torch._foreach_copy_([*network.parameters()], average)


def _split(them: Bodies) -> list[Bodies]:
    """The bodies of ``PART`` worlds at a time."""
    names = [*vars(them)]
    parts = zip(*(torch.split(getattr(them, name), PART) for name in names), strict=True)
    return [Bodies(**dict(zip(names, it, strict=True))) for it in parts]


def _loss(network: Interaction, store: Store, count: int, rng: np.random.Generator) -> Tensor:
    """Loss of one batch: of some rows, or of about ``count`` samples."""
    if rng.random() < ROWS:
        rows = int(rng.choice(LENGTHS))
        return _some_rows(network, store, max(8, count // (6 * rows)), rows)
    return _a_sample(network, store, max(8, count))


def _held(now: Moment, them: Bodies, rates: Tensor) -> Tensor:
    """What turns about the top of its string or its middle, (N, M, 1), as :class:`Store` has it."""
    movers = rates.shape[2]
    tops = now.place + hook(now.columns, them.string.repeat_interleave(rates.shape[1], dim=0))
    strayed = tops.reshape(*rates.shape[:2], -1, 3)[:, :, :movers] - them.pivot[:, None, :movers]
    off = _size(strayed).amax(dim=1)[..., None]
    turns = _size(rates).amax(dim=1)[..., None] > TURNING
    return torch.where(off > STAYS, 0.0, torch.where(turns, 1.0, 0.5)).to(rates.dtype)


def _moment_odds(accelerations: Tensor, hung: Tensor) -> Tensor:
    """How often each sample (N, T, M, 3) is drawn, (N * T,); ``hung`` (N, 1) is 1 where something hangs."""
    before = torch.cat([accelerations[:, :1], accelerations[:, :-1]], dim=1)
    struck = (accelerations - before).norm(dim=-1) > STRUCK  # (N, T, M)
    one, two = struck.any(dim=-1).double(), (struck.sum(dim=-1) > 1).double()
    odds = QUIET + one + AFTER * one.roll(1, 1) + TOGETHER * two + HUNG * hung
    odds[:, 0] = 0.0  # nothing is known of what was before
    return odds.flatten()


def _row_odds(accelerations: Tensor, hung: Tensor) -> Tensor:
    """How often each row is drawn, (N * K,); ``hung`` as for moments."""
    rows = accelerations.transpose(1, 2).reshape(*accelerations.shape[:1], accelerations.shape[2], -1, STRIDE, 3)
    odds = QUIET_ROW + (blows(rows)[..., -1] == 0).any(dim=1).double() + HUNG_ROW * hung
    odds[:, 0] = 0.0
    return odds.flatten()


def _draw(odds: Tensor, count: int) -> Tensor:
    """Numbers (count,) drawn by odds that are summed up."""
    at = torch.rand(count, dtype=odds.dtype, device=odds.device) * odds[-1]
    return torch.searchsorted(odds, at).clamp(max=len(odds) - 1)


def _a_sample(network: Interaction, store: Store, count: int) -> Tensor:
    """Loss of what follows ``count`` moments within a sample."""
    which = _draw(store.odds, count)
    world = which // store.accelerations.shape[1]
    them = store.worlds(world)
    now, back = _astray(store.moments(which), them, store.movers)
    gain, change = network(now, them, store.movers)
    true = store.accelerations.flatten(0, 1)[which] + back / DT
    arm = _arm(them, store.movers)
    turn = (store.rates.flatten(0, 1)[which] - now.rate[:, : store.movers]) * arm
    push = _surprise((gain - true) * DT, LEAST + RELATIVE * _size(true) * DT, FAR)
    label = store.held[world]
    held = F.binary_cross_entropy_with_logits(network.holds(them, store.movers), label, (2 * label - 1).abs())
    return (push + _surprise(change * arm - turn, LEAST + RELATIVE * _size(turn), FAR / 3) / 2).mean() + held


def _astray(now: Moment, them: Bodies, movers: int) -> tuple[Moment, Tensor]:
    """Put half of what hangs out of place by more or less; also the speeds (D, M, 3) that bring it back."""
    hangs = (them.string > 0) * (torch.rand_like(them.string) ** 2 * 2 - 1).clamp(min=0)
    place, speed, rate = (torch.randn_like(now.place) * hangs * by for by in (ASTRAY, HURRIED, TURNED))
    there = replace(
        now, place=now.place + place, speed=now.speed + speed, rate=now.rate + rate, gap=now.gap + place[..., 2:]
    )
    return there, -(speed + place / BACK)[:, :movers]


def _some_rows(network: Interaction, store: Store, count: int, rows: int) -> Tensor:
    """Loss of the speeds and turn rates of ``count`` worlds through ``rows`` rows that the network does by itself."""
    there = store.accelerations.shape[1] // STRIDE
    which = _draw(store.row_odds, count)
    world, first = which // there, (which % there).clamp(max=there - rows) * STRIDE
    now, them, movers = store.moments(world * there * STRIDE + first), store.worlds(world), store.movers
    arm, speed = _arm(them, movers), now.speed[:, :movers]
    losses = []
    for sample in range(STRIDE * rows):
        now = step(now, *network(now, them, movers))
        speed = speed + store.accelerations[world, first + sample] * DT
        least = LEAST + RELATIVE * _size(speed)
        turn = (now.rate[:, :movers] - store.rates[world, first + sample]) * arm
        losses.append(
            (_surprise(now.speed[:, :movers] - speed, least, OUT) + _surprise(turn, least, OUT / 3) / 2).mean()
        )
    return torch.stack(losses).mean()


def _arm(them: Bodies, movers: int) -> Tensor:
    """Metres (D, M, 1) from the middle of what turns, about, to where its turning tells most."""
    return (them.radius + them.string)[:, :movers]


def _size(vector: Tensor) -> Tensor:
    return vector.norm(dim=-1)


def _surprise(error: Tensor, small: Tensor, slope: float) -> Tensor:
    """Loss (...) of errors (..., 3) beside what counts as small; far out it still falls with a slope."""
    off = _size(error) / small
    return torch.log1p(off**2) + slope * off.clamp(max=100.0)
