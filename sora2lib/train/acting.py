"""The lesson in acting: how people and animals move, and what moves with them, everything else being known.

Shapes: B worlds, N noisy copies of them, M movers, K time rows, C channels.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sora2lib.model.bearings import Bearings
from sora2lib.model.conditions import faced
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.transformer import Batch, WorldTransformer
from sora2lib.model.weights import Model, Scales
from sora2lib.train.lessons import Lesson, to_measure, told_worlds
from sora2lib.train.library import Library
from sora2lib.train.objective import mixed
from sora2lib.world.figures.skeleton import JOINTS

NOISES = 4  # that are put on each world: to read its caption takes longest
LATE, LATEST = 0.25, 7  # of batches, those that begin in the middle of the action, and by which row
GOES_ON, LEADS_TO, ALONE = 0.4, 0.1, 0.15  # of worlds: the first rows are known, the last too; all of some movers
PLACES, SPEEDS = 4.0, 2.0  # weights of where things and joints are, and how fast, beside 1 of every acceleration


def measure(model: Model, data: Path) -> None:
    """Take scales and atoms from many worlds, before the first lesson in acting."""
    found, network = [], model.network.acting
    for batch in to_measure(data, model.scales, lively=True):
        there, rows = entered(model.network, batch, model.scales)
        exist = there.movers[..., None].expand(rows.shape[:-1])
        found.append((rows[exist], there.figures[..., None].expand(rows.shape[:-1])[exist]))
    network.settle(*map(torch.cat, zip(*found, strict=True)))


def entered(network: WorldTransformer, batch: Batch, scales: Scales) -> tuple[Bearings, Tensor]:
    """Return frames and standardised rows (B, M, K, C) of clean worlds."""
    there = faced(batch, scales)
    return there, network.acting.enter(there, scales.leave("motion", batch.motion), scales.leave("pose", batch.pose))


def _acting(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int
) -> dict[str, Tensor]:
    """Squared errors of the velocities of rows that are not known."""
    first = int(rng.integers(1, LATEST)) if rng.random() < LATE else 0
    drawn, text = told_worlds(network, library, scales, rng, rows, first=first, lively=True)
    there, clean = entered(network, drawn.motion, scales)
    clean = clean.repeat(NOISES, 1, 1, 1)
    known = _known(*clean.shape[:3])
    level = torch.where(known, 1.0, torch.sigmoid(1.2 * torch.randn(len(clean), 1, 1)))
    noise = torch.randn_like(clean)
    noisy = mixed(clean, noise, level)
    error = (network.acting(there, *text, noisy, level) - (clean - noise)) ** 2
    asked = (~known & there.movers.repeat(NOISES, 1)[..., None]).float()
    bends = asked * there.figures.repeat(NOISES, 1)[..., None]
    of_pose, of_motion = _weights()
    return {
        "pose": _mean(error[..., :POSE_WIDTH], of_pose, bends),
        "motion": _mean(error[..., POSE_WIDTH:], of_motion, asked),
    }


def _known(count: int, movers: int, times: int) -> Tensor:
    """Which rows (N, M, K) are known: first ones, last ones, all of some movers; never all."""
    time, draw = torch.arange(times), torch.rand(5, count, 1)
    before = (time < (draw[1] * times).floor()) & (draw[0] < GOES_ON)
    after = (time >= times - (draw[3] * times / 2).floor()) & (draw[2] < LEADS_TO)
    alone = (torch.rand(count, movers) < 0.5) & (draw[4] < ALONE)
    known = (before | after)[:, None] | alone[..., None]
    return known & ~known.flatten(1).all(dim=1)[:, None, None]


def _weights() -> tuple[Tensor, Tensor]:
    """Weights of the errors of channels of poses and of motion, each one in the mean."""
    joints, stride = len(JOINTS), POSE_WIDTH // len(JOINTS) - 2
    pose = [PLACES] * joints + [SPEEDS] * joints + [1.0] * (joints * stride)
    motion = [PLACES] * 5 + [SPEEDS] * 3 + [1.0] * (3 * stride) + [PLACES] * 6 + [1.0] * (3 * stride + stride + 1)
    of_pose, of_motion = torch.tensor(pose), torch.tensor(motion)
    return of_pose / of_pose.mean(), of_motion / of_motion.mean()


def _mean(error: Tensor, weights: Tensor, asked: Tensor) -> Tensor:
    return ((error * weights).mean(dim=-1) * asked).sum() / asked.sum().clamp(min=1)


ACTING = Lesson(lambda network: network.acting, _acting, 2e-3, scratch=True)
