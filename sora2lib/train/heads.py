"""A last lesson: when is a row struck? Learned by the heads of that decision alone, the rest of the network at rest.

A plan decides a blow while the row is noise and the rows before it are all but clean. Batches in which everything has
its own noise level seldom show that moment, and the squared error of the velocity hardly asks for it. Here every world
shows it once, and the decision is learned as what it is, by the likelihood of the sample that was struck.

Shapes: B worlds, M movers, K time rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model.belief import decided
from sora2lib.model.foresight import foresee
from sora2lib.model.tokens import BLOW
from sora2lib.model.transformer import Batch, WorldTransformer
from sora2lib.model.weights import KINDS, Model, Scales
from sora2lib.train.library import Library
from sora2lib.train.objective import blurred, informed, noised

RATES = 1e-3, 4e-3  # of what the row says by itself, and of how much it heeds the hints
TRUST = 2.0  # in the hints, to begin with
LATEST, WIDEST = 0.35, 0.5  # the most that the row in question is known, and that the row before it is not
KEEP = 0.97  # of the moving average, a step
ROWS = 3_000  # a step


@dataclass(frozen=True)
class HeadConfig:
    """A lesson: worlds to learn from, steps, seed."""

    data: Path
    steps: int = 400
    seed: int = 0


def learn(model: Model, config: HeadConfig) -> Iterator[float]:
    """Train the heads of the model's network in place; yields each step's loss in nats.

    The network ends with the average of the heads.
    """
    network, library = model.network.requires_grad_(False), Library().refresh(config.data)
    parts = network.leave_motion.deciding().requires_grad_(True)
    network.leave_motion.trust_hints(TRUST)
    groups = [{"params": [*part.parameters()], "lr": rate} for part, rate in zip(parts, RATES, strict=True)]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0)
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, config.steps)
    average = [parameter.detach().clone() for parameter in parts.parameters()]
    for step in range(config.steps):
        rng = np.random.default_rng([config.seed, step])
        torch.manual_seed(int(rng.integers(2**62)))
        loss = surprise(network, library, model.scales, rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        falling.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, [*parts.parameters()], 1 - KEEP)
        yield float(loss.detach())
    network.requires_grad_(False)
    torch._foreach_copy_([*parts.parameters()], average)


def surprise(network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator) -> Tensor:
    """Mean surprise, in nats, at which sample is struck in the rows at the front of a batch drawn anew."""
    drawn = library.draw(rng, ROWS, scales)
    with torch.no_grad():
        text = network.text(*blurred(drawn.words, drawn.mask))
        batch, front = at_a_front(drawn.motion)
        batch = informed(network, foresee(batch, scales), text, scales)
        x = network.thoughts(batch, *text)
    leaning = network.leave_motion.leaning(x, network.hints(batch))
    likely = decided(leaning, batch.motion[..., BLOW], batch.motion_level)
    struck = drawn.motion.motion[..., BLOW].argmax(dim=-1)  # (B, M, K)
    asked = front[:, None] & batch.motion_mask[..., None]
    return F.cross_entropy(likely[asked], struck[asked])


def at_a_front(clean: Batch) -> tuple[Batch, Tensor]:
    """Put noise on a clean batch: in each world one row is decided, those before are known, those after are not.

    Also returns which row it is, (B, K) bool.
    """
    count, movers, rows = clean.motion_level.shape
    number, front = torch.arange(rows), torch.randint(rows, (count, 1))
    level = (number < front).float()
    level = torch.where(number == front, LATEST * torch.rand(count, 1), level)
    level = torch.where(number == front - 1, 1 - WIDEST * torch.rand(count, 1), level)  # (B, K)
    levels = level[:, None].expand(count, movers, rows)
    noise = {kind: torch.randn_like(getattr(clean, kind)) for kind in KINDS}
    return noised(replace(clean, camera_level=level, motion_level=levels), noise), number == front
