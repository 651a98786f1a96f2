"""Prompts and rows as the tensors that the transformer takes."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.model import text
from sora2lib.model.tokens import CAST_WIDTH, MOTION_WIDTH, Rows
from sora2lib.model.transformer import SLOTS, TEXT_WIDTH, Batch
from sora2lib.model.weights import Scales


def words_of(prompts: list[str]) -> tuple[Tensor, Tensor]:
    """Word vectors (B, L, TEXT_WIDTH) of prompts and the mask (B, L) of those that exist."""
    vectors = [text.encode(prompt)[1] for prompt in prompts]
    length = max(1, *(len(v) for v in vectors))
    words, mask = torch.zeros(len(vectors), length, TEXT_WIDTH), torch.zeros(len(vectors), length, dtype=torch.bool)
    for i, v in enumerate(vectors):
        words[i, : len(v)] = torch.from_numpy(v)
        mask[i, : len(v)] = True
    return words, mask


def casting_batch(worlds: list[Rows], scales: Scales) -> Batch:
    """Clean, standardised rows of cast and scene alone: all slots there, the empty ones saying so."""
    batch = motion_batch(worlds, scales, slots=SLOTS)
    nothing = batch.motion[:, :0, :0]
    return Batch(
        batch.cast, batch.scene, batch.camera[:, :0], nothing,
        batch.cast_level, batch.scene_level, batch.camera_level[:, :0], batch.motion_level[:, :0, :0],
        torch.ones_like(batch.cast_mask), batch.motion_mask[:, :0],
    )  # fmt: skip


def motion_batch(worlds: list[Rows], scales: Scales, *, slots: int) -> Batch:
    """Clean, standardised rows of worlds with equally many time rows; fewer movers than the most are masked."""
    count, rows, movers = len(worlds), len(worlds[0].camera), max(len(world.motion) for world in worlds)
    cast, cast_mask = torch.zeros(count, slots, CAST_WIDTH), torch.zeros(count, slots, dtype=torch.bool)
    motion, motion_mask = torch.zeros(count, movers, rows, MOTION_WIDTH), torch.zeros(count, movers, dtype=torch.bool)
    cast[..., 0] = -1.0  # nobody in this slot
    for i, world in enumerate(worlds):
        cast[i, : len(world.cast)] = scales.enter("cast", _tensor(world.cast))
        motion[i, : len(world.motion)] = scales.enter("motion", _tensor(world.motion))
        cast_mask[i, : len(world.cast)] = motion_mask[i, : len(world.motion)] = True
    return Batch(
        cast,
        scales.enter("scene", _tensor(np.stack([world.scene for world in worlds]))),
        scales.enter("camera", _tensor(np.stack([world.camera for world in worlds]))),
        motion,
        torch.ones(count, slots), torch.ones(count), torch.ones(count, rows), torch.ones(count, movers, rows),
        cast_mask, motion_mask,
    )  # fmt: skip


def _tensor(rows: NDArray[np.floating]) -> Tensor:
    return torch.as_tensor(rows, dtype=torch.float32)
