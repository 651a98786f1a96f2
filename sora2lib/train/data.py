"""Training data: simulated worlds as rows, in shards that appear whole, from nothing but a seed.

World ``i`` of the training set is ``simulate(family, seed=i)``; worlds whose subject is a held-out combination
are left out, and each is also there as seen in a mirror (:mod:`sora2lib.train.mirror`). A shard is a plain ``.npz`` of
ragged arrays, every world with captions of its own, read into pieces (:mod:`sora2lib.train.reading`).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.model.belief import LOUD
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.tokens import BLOW, MOTION_WIDTH, Rows, encode
from sora2lib.train.mirror import mirrored, swapped
from sora2lib.train.reading import pieces
from sora2lib.train.rewording import reworded
from sora2lib.world.captions import caption
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.holdout import is_held_out
from sora2lib.world.simulate import films

SHARD = 256  # seeds a shard
CAPTIONS = 12  # of each world, and as many of its mirror image
# Families take turns in this order: the basic ones three times as often as the rest, and of them those with the most to
# learn twice as often again.
BASIC = (
    *("drop", "roll", "throw", "collide", "ramp", "dominoes", "tower", "pendulum"),
    *("basketball", "cradle", "seesaw", "drop", "roll", "throw", "collide", "basketball"),
)
TURNS = (*BASIC, *(family for family in FAMILIES if family not in BASIC), *BASIC, *PEOPLE, *BASIC)


@dataclass(frozen=True)
class Example:
    """A world as rows, with the facts from which its captions are drawn."""

    rows: Rows
    facts: Facts


def make_shard(folder: Path, index: int, turns: Sequence[str] = TURNS, cameras: int = 1) -> Path:
    """Simulate shard ``index`` into ``folder`` unless it is there already; the file appears whole or not at all.

    Parameters
    ----------
    turns : families, of which seeds take the next in turn.
    cameras : how often each world is in it, every time filmed otherwise: for the lesson in filming, in captions of
        which half are in other words.
    """
    path = folder / f"worlds-{index:05d}.npz"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(index * SHARD, (index + 1) * SHARD)
    examples = [example for seed in seeds for example in _examples(seed, turns, cameras)]
    rows = [example.rows for example in examples]
    rng = np.random.default_rng([index, SHARD])
    told = [pieces(_told(example.facts, rng, cameras > 1)) for example in examples for _ in range(CAPTIONS)]
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(
            file,
            cast=np.concatenate([r.cast for r in rows]).astype(np.float32),
            scene=np.stack([r.scene for r in rows]).astype(np.float32),
            camera=np.stack([r.camera for r in rows]).astype(np.float32),
            motion=np.concatenate([r.motion for r in rows]).astype(np.float32),
            pose=np.concatenate([r.pose for r in rows]).astype(np.float32),
            actors=np.array([len(r.cast) for r in rows]),
            movers=np.array([len(r.motion) for r in rows]),
            figures=np.array([len(r.pose) for r in rows]),
            pieces=np.concatenate(told),
            lengths=np.array([len(it) for it in told]).reshape(len(rows), CAPTIONS),
            facts=np.array([example.facts.to_json() for example in examples]),
        )
    partial.rename(path)
    return path


def _told(facts: Facts, rng: np.random.Generator, reword: bool) -> str:
    told = caption(facts, rng).text
    return reworded(told, rng).text if reword and rng.random() < 0.5 else told


def _examples(seed: int, turns: Sequence[str], count: int) -> Iterator[Example]:
    try:
        worlds = films(turns[seed % len(turns)], seed, count)
    except WorldError:
        return  # a stage for which no take came out as told
    for world in worlds:
        example = Example(encode(world), Facts.from_json(world.attrs["facts"]))
        if is_held_out(example.facts):
            return
        yield example
        image = mirrored(example.rows)
        if image is not None:
            yield Example(image, swapped(example.facts))


def stacks(worlds: Sequence[Rows]) -> dict[str, NDArray[np.float32]]:
    """All rows (N, C) of the worlds, by kind."""
    parts = {
        "cast": [world.cast for world in worlds],
        "scene": [world.scene[None] for world in worlds],
        "camera": [world.camera for world in worlds],
        "motion": [world.motion.reshape(-1, MOTION_WIDTH) for world in worlds],
        "pose": [world.pose.reshape(-1, POSE_WIDTH) for world in worlds],
    }
    return {kind: np.concatenate(them).astype(np.float32) for kind, them in parts.items()}


def scales(rows: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """Mean and standard deviation of every channel of the rows (N, C) of each kind, as :class:`Scales` takes them.

    Flags and decisions keep scales of their own.
    """
    result = {}
    for kind, stack in rows.items():
        width = stack.shape[1]
        mean, deviation = (stack.mean(axis=0), stack.std(axis=0)) if len(stack) else (np.zeros(width), np.ones(width))
        if kind == "cast":
            mean[:2], deviation[:2] = 0.0, 1.0
        if kind == "motion":
            mean[BLOW], deviation[BLOW] = 0.0, 1 / LOUD
        result[f"{kind}_mean"] = mean.astype(np.float32)
        result[f"{kind}_deviation"] = np.maximum(deviation, 1e-2).astype(np.float32)
    return result
