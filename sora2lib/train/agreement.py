"""How far those that read the text encoder say the same of a prompt in other words.

Squared errors of what the encoder makes of a prompt weigh all directions alike; who reads it looks along few. Here the
networks that cast, set out, set going, film and act are asked about the same noisy rows of a world, once told in one
way and once in the other: what they say should not differ. They are at rest, only the encoder may learn from it.

Shapes: B worlds, L pieces of a caption, S slots, K time rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor

from sora2lib.model.conditions import faced, names_of, seen
from sora2lib.model.inturn import Call
from sora2lib.model.placed import placed
from sora2lib.model.transformer import Batch, WorldTransformer
from sora2lib.model.weights import Scales
from sora2lib.train.lessons import about, set_going, standing
from sora2lib.train.library import Drawn
from sora2lib.train.objective import mean_of_cast, mixed, noise_like, noised
from sora2lib.train.probing import Read

T = TypeVar("T")

NOISES = 2  # that are put on each camera and each action: to read its caption takes longest


@dataclass(frozen=True)
class Telling:
    """Prompts as words (B, L, TEXT_WIDTH), and what the text encoder made of them."""

    words: Tensor
    text: Read


def disagreements(
    network: WorldTransformer, drawn: Drawn, scales: Scales, old: Telling, new: Telling
) -> dict[str, Tensor]:
    """Return by network how far it says something else, in standardised units or nats, when told in the new way."""
    told = {"casting": _casting(network, drawn.casting, scales, old, new)}
    told["places"] = _places(network, drawn.casting, scales, old, new)
    told["starts"] = _starts(network, drawn, scales, old, new)
    told["camera"] = _filming(network, drawn.motion, scales, old, new)
    if drawn.motion.pose.shape[1]:
        told["acting"] = _acting(network, drawn.motion, scales, old, new)
    return told


def _casting(network: WorldTransformer, clean: Batch, scales: Scales, old: Telling, new: Telling) -> Tensor:
    """Squared difference of the velocities of cast and scene, mostly while they are noise: then the words decide."""
    count, slots = clean.cast_level.shape
    level = torch.rand(count, 1) ** 2
    noisy = replace(clean, cast_level=level.expand(-1, slots), scene_level=level[:, 0])
    noisy = noised(noisy, noise_like(noisy))
    was, now = _both(lambda told: network(_named(noisy, told.words, scales), *told.text)[:2], old, new)
    cast, scene = ((then - before).square() for before, then in zip(was, now, strict=True))
    return mean_of_cast(cast, clean.cast) + scene.mean()


def _named(batch: Batch, words: Tensor, scales: Scales) -> Batch:
    names, mask = names_of(words, scales)
    return replace(batch, names=names, names_mask=mask)


def _places(network: WorldTransformer, clean: Batch, scales: Scales, old: Telling, new: Telling) -> Tensor:
    """By how many nats the true numbers of casts are more or less likely."""
    cast, there = standing(clean, scales)
    known, true = about(cast), placed(cast)

    def surprise(told: Telling) -> Tensor:
        return network.placing(Call(known, there, clean.scene, *told.text), true).surprise(true.numbers)

    was, now = _both(surprise, old, new)
    return (now - was)[there].abs().mean()


def _starts(network: WorldTransformer, drawn: Drawn, scales: Scales, old: Telling, new: Telling) -> Tensor:
    """By how many nats it is more or less likely that casts are set going as they were."""
    cast, start = set_going(drawn.motion, scales)

    def surprise(told: Telling) -> Tensor:
        call = Call(cast, drawn.motion.cast_mask, drawn.casting.scene, *told.text)
        return network.aiming(call, start).surprise(start.numbers)[:, : drawn.motion.motion.shape[1]]

    was, now = _both(surprise, old, new)
    return (now - was)[drawn.motion.motion_mask].abs().mean()


def _filming(network: WorldTransformer, clean: Batch, scales: Scales, old: Telling, new: Telling) -> Tensor:
    there = seen(clean, scales)
    rows = network.filming.enter(there, scales.leave("camera", clean.camera)).repeat(NOISES, 1, 1)
    level = (torch.rand(len(rows), 1) ** 2).expand(rows.shape[:2])
    noisy = mixed(rows, torch.randn_like(rows), level)
    was, now = _both(lambda told: network.filming(there, *told.text, noisy, level), old, new)
    return (now - was).square().mean()


def _acting(network: WorldTransformer, clean: Batch, scales: Scales, old: Telling, new: Telling) -> Tensor:
    there = faced(clean, scales)
    motion, pose = scales.leave("motion", clean.motion), scales.leave("pose", clean.pose)
    rows = network.acting.enter(there, motion, pose).repeat(NOISES, 1, 1, 1)
    level = (torch.rand(len(rows), 1, 1) ** 2).expand(rows.shape[:3])
    noisy = mixed(rows, torch.randn_like(rows), level)
    was, now = _both(lambda told: network.acting(there, *told.text, noisy, level), old, new)
    return (now - was).square().mean(dim=-1)[there.movers.repeat(NOISES, 1)].mean()


def _both(said: Callable[[Telling], T], old: Telling, new: Telling) -> tuple[T, T]:
    with torch.no_grad():
        was = said(old)
    return was, said(new)
