"""How bodies push each other: the lesson of the interaction network, before the world transformer has its own.

Four batches in five are single moments with what follows within a sample; the fifth are whole rows, gone through on
the network's own word, so that its errors stay small as they add up. Moments at which something is struck are drawn far
more often than they occur. The loss is a Cauchy distribution's: of two things that may happen, one is foreseen, not
their mean.

Shapes: N worlds of equally many movers M, S bodies, T samples, K time rows, D moments drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sora2lib.errors import ModelError
from sora2lib.model.interaction import NEAREST, Bodies, Interaction, Moment, bodies, step
from sora2lib.model.rollout import Tracks, blows, moments
from sora2lib.model.tokens import DT
from sora2lib.model.tracks import STRIDE
from sora2lib.model.weights import Scales
from sora2lib.train.library import Group, Library

STRUCK = 1.0  # m/s^2 by which an acceleration is another than the one before
QUIET, AFTER, TOGETHER = 0.03, 0.3, 2.0  # odds of a quiet moment, of one after a blow, and more for two struck at once
QUIET_ROW = 0.1  # odds of a row in which nothing is struck, beside 1
LONE = 0.5  # how much fewer batches show a single mover
ROWS = 0.2  # of the batches, those that go through rows
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
        parts = [
            (tracks, moments(rows, beside, tracks))
            for rows, beside in zip(torch.split(group.motion, PART), torch.split(cast, PART), strict=True)
            for tracks in [Tracks.of(rows)]
        ]
        now = Moment(**{name: torch.cat([getattr(it, name) for _, it in parts]) for name in vars(parts[0][1])})
        accelerations, rates = (
            torch.cat([getattr(tracks, name) for tracks, _ in parts]).flatten(2, 3).transpose(1, 2)
            for name in ("accelerations", "rates")
        )
        return cls(
            now, bodies(cast, scales.enter("scene", group.scene), mask), accelerations, rates,
            _moment_odds(accelerations).cumsum(0), _row_odds(accelerations).cumsum(0),
        )  # fmt: skip

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
        lesson, cost = (_a_row, 6) if rng.random() < ROWS else (_a_sample, 1)
        loss = lesson(network, store, max(8, config.pairs // (store.movers * NEAREST * cost)))
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


def _moment_odds(accelerations: Tensor) -> Tensor:
    """How often each sample (N, T, M, 3) is drawn, (N * T,)."""
    before = torch.cat([accelerations[:, :1], accelerations[:, :-1]], dim=1)
    struck = (accelerations - before).norm(dim=-1) > STRUCK  # (N, T, M)
    one, two = struck.any(dim=-1).double(), (struck.sum(dim=-1) > 1).double()
    odds = QUIET + one + AFTER * one.roll(1, 1) + TOGETHER * two
    odds[:, 0] = 0.0  # nothing is known of what was before
    return odds.flatten()


def _row_odds(accelerations: Tensor) -> Tensor:
    """How often each row is drawn, (N * K,)."""
    rows = accelerations.transpose(1, 2).reshape(*accelerations.shape[:1], accelerations.shape[2], -1, STRIDE, 3)
    odds = QUIET_ROW + (blows(rows)[..., -1] == 0).any(dim=1).double()
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
    now, them = store.moments(which), store.worlds(world)
    gain, change = network(now, them, store.movers)
    true = store.accelerations.flatten(0, 1)[which]
    radius = them.radius[:, : store.movers]
    turn = (store.rates.flatten(0, 1)[which] - now.rate[:, : store.movers]) * radius
    push = _surprise((gain - true) * DT, LEAST + RELATIVE * _size(true) * DT, FAR)
    return (push + _surprise(change * radius - turn, LEAST + RELATIVE * _size(turn), FAR / 3) / 2).mean()


def _a_row(network: Interaction, store: Store, count: int) -> Tensor:
    """Loss of the speeds and turn rates of ``count`` rows that the network goes through by itself."""
    rows = store.accelerations.shape[1] // STRIDE
    which = _draw(store.row_odds, count)
    world, first = which // rows, which % rows * STRIDE
    now, them, movers = store.moments(world * rows * STRIDE + first), store.worlds(world), store.movers
    radius, speed = them.radius[:, :movers], now.speed[:, :movers]
    losses = []
    for sample in range(STRIDE):
        now = step(now, *network(now, them, movers))
        speed = speed + store.accelerations[world, first + sample] * DT
        least = LEAST + RELATIVE * _size(speed)
        turn = (now.rate[:, :movers] - store.rates[world, first + sample]) * radius
        losses.append(
            (_surprise(now.speed[:, :movers] - speed, least, OUT) + _surprise(turn, least, OUT / 3) / 2).mean()
        )
    return torch.stack(losses).mean()


def _size(vector: Tensor) -> Tensor:
    return vector.norm(dim=-1)


def _surprise(error: Tensor, small: Tensor, slope: float) -> Tensor:
    """Loss (...) of errors (..., 3) beside what counts as small; far out it still falls with a slope."""
    off = _size(error) / small
    return torch.log1p(off**2) + slope * off.clamp(max=100.0)
