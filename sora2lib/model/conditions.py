"""Prompts and rows as the tensors that the transformer takes."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.model import text
from sora2lib.model.bearings import Bearings, bearings
from sora2lib.model.called import WHAT
from sora2lib.model.meanings import meanings
from sora2lib.model.sight import Sight, sight
from sora2lib.model.tokens import ASSET_CODE, GROUND_CODE, Array, Rows, asset_code, codes
from sora2lib.model.transformer import FORESIGHT, SLOTS, TEXT_WIDTH, Batch
from sora2lib.model.weights import Scales
from sora2lib.world.nouns import mentions
from sora2lib.world.vocabulary import GROUNDS


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
    return still(motion_batch(worlds, scales, slots=SLOTS))


def still(batch: Batch) -> Batch:
    """Cast and scene of a batch with all slots, as they are planned before anything moves."""
    nothing = batch.motion[:, :0, :0]
    return Batch(
        batch.cast, batch.scene, batch.camera[:, :0], nothing, batch.pose[:, :0, :0],
        batch.cast_level, batch.scene_level, batch.camera_level[:, :0], batch.motion_level[:, :0, :0],
        torch.ones_like(batch.cast_mask), batch.motion_mask[:, :0], batch.pose_mask[:, :0], batch.foresight[:, :0, :0],
        nothing, nothing[..., 0].bool(), batch.names, batch.names_mask,
    )  # fmt: skip


def motion_batch(worlds: list[Rows], scales: Scales, *, slots: int) -> Batch:
    """Clean, standardised rows of worlds with equally many time rows; movers and figures that lack are masked."""
    cast, cast_mask = padded([world.cast for world in worlds], slots)
    motion, motion_mask = padded([world.motion for world in worlds])
    pose, pose_mask = padded([world.pose for world in worlds])
    scene, camera = (_tensor(np.stack(them)) for them in zip(*((it.scene, it.camera) for it in worlds), strict=True))
    return clean_batch(cast, scene, camera, motion, pose, (cast_mask, motion_mask, pose_mask), scales)


def clean_batch(
    cast: Tensor, scene: Tensor, camera: Tensor, motion: Tensor, pose: Tensor,
    masks: tuple[Tensor, Tensor, Tensor], scales: Scales,
) -> Batch:  # fmt: skip
    """Standardise padded rows of B worlds in natural scale; ``masks`` say which of cast, movers and figures exist."""
    cast_mask, motion_mask, pose_mask = masks
    kept = scales.enter("cast", cast).masked_fill(~cast_mask[..., None], 0.0)
    kept[..., 0].masked_fill_(~cast_mask, -1.0)  # nobody in this slot
    like = cast.new_ones
    return Batch(
        kept,
        scales.enter("scene", scene),
        scales.enter("camera", camera),
        scales.enter("motion", motion).masked_fill(~motion_mask[..., None, None], 0.0),
        scales.enter("pose", pose).masked_fill(~pose_mask[..., None, None], 0.0),
        like(cast.shape[:2]), like(len(cast)), like(camera.shape[:2]), like(motion.shape[:3]),
        cast_mask, motion_mask, pose_mask, cast.new_zeros(*motion.shape[:3], FORESIGHT), torch.zeros_like(motion),
        torch.zeros(motion.shape[:3], dtype=torch.bool, device=cast.device),
        cast.new_zeros(len(cast), 0, ASSET_CODE), cast_mask[:, :0],
    )  # fmt: skip


def seen(batch: Batch, scales: Scales) -> Sight:
    """What there is to film in worlds whose clean rows are those of a batch."""
    cast, motion = scales.leave("cast", batch.cast), scales.leave("motion", batch.motion)
    return sight(batch.cast, cast, batch.cast_mask, motion, batch.motion_mask, _wet(scales.leave("scene", batch.scene)))


def faced(batch: Batch, scales: Scales) -> Bearings:
    """Which way the movers look in worlds whose clean rows are those of a batch, and what is around them."""
    cast = scales.leave("cast", batch.cast)
    return bearings(batch.cast, cast, batch.cast_mask, batch.motion_mask, batch.pose_mask, batch.scene)


def _wet(scene: Tensor) -> Tensor:
    """Whether the ground of scenes (B, SCENE_WIDTH) is water, beneath which nothing is seen."""
    names = tuple(GROUNDS)
    told = torch.cdist(scene[:, :GROUND_CODE], _tensor(codes("ground", names, GROUND_CODE)).to(scene.device))
    return torch.tensor([GROUNDS[name].depth > 0 for name in names], device=scene.device)[told.argmin(dim=1)]


def padded(parts: list[Array], least: int = 0) -> tuple[Tensor, Tensor]:
    """Arrays (N, ...) of any lengths as one tensor (B, at least ``least``, ...), and which of its rows are theirs."""
    length = max(least, *map(len, parts)) if parts else least
    padded = torch.zeros(len(parts), length, *parts[0].shape[1:])
    for index, part in enumerate(parts):
        padded[index, : len(part)] = _tensor(part)
    return padded, torch.arange(length) < torch.tensor([len(part) for part in parts])[:, None]


def _tensor(rows: NDArray[np.floating]) -> Tensor:
    return torch.as_tensor(rows, dtype=torch.float32)
