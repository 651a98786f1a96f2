"""Prompts and rows as the tensors that the transformer takes."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.model import text
from sora2lib.model.called import WHAT
from sora2lib.model.meanings import meanings
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.tokens import ASSET_CODE, CAST_WIDTH, MOTION_WIDTH, Rows, asset_code
from sora2lib.model.transformer import FORESIGHT, SLOTS, TEXT_WIDTH, Batch
from sora2lib.model.weights import Scales
from sora2lib.world.nouns import mentions


def words_of(prompts: list[str]) -> tuple[Tensor, Tensor]:
    """What the text encoder reads of prompts, (B, L, TEXT_WIDTH), and the mask (B, L) of the pieces that exist.

    A piece is its vector, what its word means in plain words and, where it belongs to the name of a thing, that thing's
    code: so that words which no caption in training had can be understood, and things cast by their names.
    """
    pieces = [np.concatenate([text.encode(prompt)[1], meanings(prompt), named(prompt)], axis=-1) for prompt in prompts]
    length = max(1, *(len(it) for it in pieces))
    words, mask = torch.zeros(len(pieces), length, TEXT_WIDTH), torch.zeros(len(pieces), length, dtype=torch.bool)
    for i, it in enumerate(pieces):
        words[i, : len(it)] = torch.from_numpy(it)
        mask[i, : len(it)] = True
    return words, mask


def named(prompt: str) -> NDArray[np.float32]:
    """Codes (N, ASSET_CODE) of the things that the pieces of a prompt name, zero where they name none.

    >>> named("a red ball").any(axis=-1).tolist()
    [False, False, True]
    """
    starts = text.starts(prompt)
    codes = np.zeros((len(starts), ASSET_CODE), dtype=np.float32)
    for match in mentions(prompt):
        codes[(match.start <= starts) & (starts < match.stop)] = asset_code(match.asset)
    return codes


def names_of(words: Tensor, scales: Scales) -> tuple[Tensor, Tensor]:
    """Codes (B, L, ASSET_CODE) that the words (B, L, TEXT_WIDTH) bring along, standardised, and which bring one."""
    codes = words[..., -ASSET_CODE:]
    mean, deviation = scales.mean["cast"][WHAT], scales.deviation["cast"][WHAT]
    return (codes - mean) / deviation, codes.any(dim=-1)


def casting_batch(worlds: list[Rows], scales: Scales) -> Batch:
    """Clean, standardised rows of cast and scene alone: all slots there, the empty ones saying so."""
    batch = motion_batch(worlds, scales, slots=SLOTS)
    nothing = batch.motion[:, :0, :0]
    return Batch(
        batch.cast, batch.scene, batch.camera[:, :0], nothing, batch.pose[:, :0, :0],
        batch.cast_level, batch.scene_level, batch.camera_level[:, :0], batch.motion_level[:, :0, :0],
        torch.ones_like(batch.cast_mask), batch.motion_mask[:, :0], batch.pose_mask[:, :0], batch.foresight[:, :0, :0],
        batch.names, batch.names_mask,
    )  # fmt: skip


def motion_batch(worlds: list[Rows], scales: Scales, *, slots: int) -> Batch:
    """Clean, standardised rows of worlds with equally many time rows; movers and figures that lack are masked."""
    count, rows, movers = len(worlds), len(worlds[0].camera), max(len(world.motion) for world in worlds)
    cast, cast_mask = torch.zeros(count, slots, CAST_WIDTH), torch.zeros(count, slots, dtype=torch.bool)
    motion, motion_mask = torch.zeros(count, movers, rows, MOTION_WIDTH), torch.zeros(count, movers, dtype=torch.bool)
    figures = max(len(world.pose) for world in worlds)
    pose, pose_mask = torch.zeros(count, figures, rows, POSE_WIDTH), torch.zeros(count, figures, dtype=torch.bool)
    cast[..., 0] = -1.0  # nobody in this slot
    for i, world in enumerate(worlds):
        cast[i, : len(world.cast)] = scales.enter("cast", _tensor(world.cast))
        motion[i, : len(world.motion)] = scales.enter("motion", _tensor(world.motion))
        pose[i, : len(world.pose)] = scales.enter("pose", _tensor(world.pose))
        cast_mask[i, : len(world.cast)] = motion_mask[i, : len(world.motion)] = pose_mask[i, : len(world.pose)] = True
    return Batch(
        cast,
        scales.enter("scene", _tensor(np.stack([world.scene for world in worlds]))),
        scales.enter("camera", _tensor(np.stack([world.camera for world in worlds]))),
        motion,
        pose,
        torch.ones(count, slots), torch.ones(count), torch.ones(count, rows), torch.ones(count, movers, rows),
        cast_mask, motion_mask, pose_mask, torch.zeros(count, movers, rows, FORESIGHT),
        torch.zeros(count, 0, ASSET_CODE), torch.zeros(count, 0, dtype=torch.bool),
    )  # fmt: skip


def _tensor(rows: NDArray[np.floating]) -> Tensor:
    return torch.as_tensor(rows, dtype=torch.float32)
