"""What the network is trained on: the squared error of its velocity, at random noise levels.

Two tasks share each batch. *Casting*: who is there, given the prompt. *Motion*: how things move, given the prompt and
the cast, and a camera that may be known; its rows have noise levels of their own (all alike, cascading in time, or
independent), which is what lets one network generate at once, in order, or around given rows. Of worlds with people or
animals the cast alone is learned: how they move is for a network of its own (:mod:`sora2lib.train.acting`).
"""

from dataclasses import replace

import torch
from torch import Tensor

from sora2lib.model.foresight import foresee
from sora2lib.model.meanings import PLAIN
from sora2lib.model.text import WIDTH
from sora2lib.model.transformer import LEFT, Batch, WorldTransformer
from sora2lib.model.weights import Scales
from sora2lib.sampler import ahead
from sora2lib.train.library import Drawn

EMPTY = 0.1  # weight of what an empty slot holds: left out, it drifts while sampling until somebody stands there
INFORMED = 0.7  # of batches that know an estimate of their own, as all steps but the first of a plan do
ALIKE, APART = 0.15, 0.1  # of worlds whose rows are all as noisy as each other, or each by itself
HIDDEN = 0.1  # of the words whose meaning is known, how many lose their vector
STRANGE = 0.1  # and how many have one that says nothing
BLUR = 0.6  # most noise on a word vector, whose mean square is 1


def losses(network: WorldTransformer, drawn: Drawn, scales: Scales) -> dict[str, Tensor]:
    """Mean squared errors by task and kind of row, in standardised units."""
    text = network.text(*blurred(drawn.words, drawn.mask))
    casting = casting_losses(network, drawn.casting, text, scales)
    told = {f"casting {kind}": loss for kind, loss in casting.items()}
    return told if drawn.motion.pose.shape[1] else told | motion_losses(network, drawn.motion, text, scales)


def blurred(words: Tensor, mask: Tensor, *, hidden: float = HIDDEN, strange: float = STRANGE) -> tuple[Tensor, Tensor]:
    """Move every prompt's word vectors by noise of its own strength: near words, seen or not, mean nearly the same.

    Now and then a word whose meaning is known loses its vector, or has a strange one instead, so that its meaning must
    do: a word that no caption has is read like that.

    Parameters
    ----------
    hidden, strange : shares of those words, from 0 to 1.
    """
    vectors, rest = words[..., :WIDTH], words[..., WIDTH:]
    strength = BLUR * torch.rand(len(words), 1, 1, device=words.device)
    moved = vectors + strength * torch.randn_like(vectors)
    chance = torch.rand_like(words[..., :1]).masked_fill(~rest[..., :PLAIN].any(dim=-1, keepdim=True), 1.0)
    moved = moved.masked_fill(chance < hidden, 0.0)
    moved = torch.where((chance >= hidden) & (chance < hidden + strange), torch.randn_like(vectors), moved)
    return torch.cat([moved, rest], dim=-1), mask


def casting_losses(
    network: WorldTransformer, clean: Batch, text: tuple[Tensor, Tensor], scales: Scales
) -> dict[str, Tensor]:
    """Errors of cast and scene rows; an empty slot is zero all over, which counts little but for its saying so."""
    count, slots = clean.cast_level.shape
    together = _logit_normal(count, 1, device=clean.cast.device)
    levelled = replace(clean, cast_level=together.expand(-1, slots), scene_level=together[:, 0])
    errors = _errors(network, levelled, text, scales)
    return {"cast": mean_of_cast(errors["cast"], clean.cast), "scene": errors["scene"].mean()}


def mean_of_cast(errors: Tensor, clean: Tensor) -> Tensor:
    """Mean of what cast rows (B, S, C) are off, of empty slots but whether they are, all else next to nothing."""
    counts = torch.where(clean[..., :1] > 0, 1.0, EMPTY).expand_as(errors).clone()
    counts[..., 0] = 1.0
    return (errors * counts).sum() / counts.sum()


def motion_losses(
    network: WorldTransformer, clean: Batch, text: tuple[Tensor, Tensor], scales: Scales
) -> dict[str, Tensor]:
    """Errors of motion rows; the cast is given, now and then not quite right, as when generated."""
    count, movers, rows = clean.motion_level.shape
    device = clean.motion.device
    camera, motion = motion_levels(count, movers, rows, device)
    draw = torch.rand(2, count, 1, device=device)
    nearly = torch.where(draw[0] < 0.3, 1 - 0.08 * draw[1], 1.0)
    levelled = replace(
        clean,
        cast_level=nearly.expand_as(clean.cast_level),
        scene_level=nearly[:, 0],
        camera_level=camera,
        motion_level=motion,
    )
    errors = _errors(network, levelled, text, scales)
    return {"motion": _mean_where(errors["motion"], motion < 1)}


def motion_levels(count: int, movers: int, rows: int, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
    """Noise levels of camera (B, K) and motion rows (B, M, K): alike, cascading in time, or independent.

    Most cascade, as they do when a world is planned: what a row decides, it decides while it is noise itself and the
    rows before it are all but clean.
    """
    draw = torch.rand(5, count, 1, device=device)
    alike = _logit_normal(count, 1, device=device).expand(-1, rows)
    lag = rows * draw[0]
    front = draw[1] * (1 + lag) - lag * torch.linspace(0, 1, rows, device=device)
    in_time = torch.where(draw[2] < ALIKE, alike, front.clamp(0, 1))
    independent = draw[3] < APART
    apart = _logit_normal(count, movers, rows, device=device)
    motion = torch.where(independent[..., None], apart, in_time[:, None].expand(-1, movers, -1))
    camera_alone = independent | (draw[4] < 0.3)
    return torch.where(camera_alone, _logit_normal(count, 1, device=device).expand(-1, rows), in_time), motion


def _errors(network: WorldTransformer, clean: Batch, text: tuple[Tensor, Tensor], scales: Scales) -> dict[str, Tensor]:
    """Squared errors of the velocities at the batch's levels, shaped as the rows."""
    noise = noise_like(clean)
    batch = foresee(network.interaction, noised(clean, noise), scales)
    if clean.motion.numel() and torch.rand(()) < INFORMED:
        batch = informed(network, batch, text, scales)
    guess = network(batch, *text)
    return {kind: (v - (getattr(clean, kind) - noise[kind])) ** 2 for kind, v in zip(LEFT, guess, strict=True)}


def noise_like(batch: Batch) -> dict[str, Tensor]:
    """Noise for each kind of row that the transformer reads."""
    return {kind: torch.randn_like(getattr(batch, kind)) for kind in ("cast", "scene", "camera", "motion")}


def noised(levelled: Batch, noise: dict[str, Tensor]) -> Batch:
    """Put noise, by kind of row, on the clean rows of a batch, as much as its levels say."""
    parts = {kind: mixed(getattr(levelled, kind), it, getattr(levelled, f"{kind}_level")) for kind, it in noise.items()}
    return replace(levelled, **parts)


@torch.no_grad()
def informed(
    network: WorldTransformer,
    batch: Batch,
    text: tuple[Tensor, Tensor],
    scales: Scales,
    first: Tensor | None = None,
) -> Batch:
    """Foresee anew from what the network takes the motion to be, as in all steps but the first of a plan."""
    moves = network(batch, *text)[LEFT.index("motion")]
    return foresee(network.interaction, batch, scales, ahead(batch.motion, batch.motion_level, moves), first)


def mixed(data: Tensor, noise: Tensor, level: Tensor) -> Tensor:
    """Rows (..., C) at their levels (...), 0 all noise to 1 clean."""
    level = level.reshape(*level.shape, *([1] * (data.ndim - level.ndim)))
    return level * data + (1 - level) * noise


def _mean_where(error: Tensor, mask: Tensor) -> Tensor:
    return (error.mean(dim=-1) * mask).sum() / mask.sum().clamp(min=1)


def _logit_normal(*shape: int, device: torch.device | str) -> Tensor:
    return torch.sigmoid(1.2 * torch.randn(*shape, device=device))
