"""Training data: simulated worlds as rows, in shards that appear whole, from nothing but a seed.

World ``i`` of the training set is ``simulate(family, seed=i)``; worlds whose subject is a held-out combination
are never read, and each is also seen in a mirror (:mod:`sora2lib.train.mirror`). A shard is a plain ``.npz`` of ragged
arrays; captions are drawn anew each time a world is seen.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.model.belief import LOUD
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.tokens import BLOW, MOTION_WIDTH, Rows, encode
from sora2lib.train.mirror import mirrored, swapped
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.holdout import is_held_out
from sora2lib.world.simulate import simulate

SHARD = 256  # seeds a shard
# Families take turns in this order: the basic ones three times as often as the rest, and of them those with the most to
# learn twice as often again.
BASIC = (
    *("drop", "roll", "throw", "collide", "ramp", "dominoes", "tower", "pendulum"),
    *("basketball", "cradle", "seesaw", "drop", "roll", "throw", "collide", "basketball"),
)
TURNS = (*BASIC, *(family for family in FAMILIES if family not in BASIC), *BASIC, *BASIC)


@dataclass(frozen=True)
class Example:
    """A world as rows, with the facts from which its captions are drawn."""

    rows: Rows
    facts: Facts


def family_of(seed: int) -> str:
    """Family that the training set simulates from ``seed``."""
    return TURNS[seed % len(TURNS)]


def make_shard(folder: Path, index: int) -> Path:
    """Simulate shard ``index`` into ``folder`` unless it is there already; the file appears whole or not at all."""
    path = folder / f"worlds-{index:05d}.npz"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    examples = [example for seed in range(index * SHARD, (index + 1) * SHARD) for example in _example(seed)]
    rows = [example.rows for example in examples]
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(
            file,
            cast=np.concatenate([r.cast for r in rows]).astype(np.float32),
            motion=np.concatenate([r.motion for r in rows]).astype(np.float32),
            pose=np.concatenate([r.pose for r in rows]).astype(np.float32),
            camera=np.stack([r.camera for r in rows]).astype(np.float32),
            scene=np.stack([r.scene for r in rows]).astype(np.float32),
            actors=np.array([len(r.cast) for r in rows]),
            movers=np.array([len(r.motion) for r in rows]),
            figures=np.array([len(r.pose) for r in rows]),
            facts=np.array([example.facts.to_json() for example in examples]),
        )
    partial.rename(path)
    return path


def _example(seed: int) -> Iterator[Example]:
    try:
        world = simulate(family_of(seed), seed)
    except WorldError:
        return  # a stage for which no take came out as told
    yield Example(encode(world), Facts.from_json(world.attrs["facts"]))


def read_shard(path: Path) -> list[Example]:
    """Read a shard of :func:`make_shard`."""
    with np.load(path, allow_pickle=False) as stored:
        shard = {name: stored[name] for name in stored.files}
    casts = np.split(shard["cast"], np.cumsum(shard["actors"])[:-1])
    motions = np.split(shard["motion"], np.cumsum(shard["movers"])[:-1])
    poses = np.split(shard["pose"], np.cumsum(shard["figures"])[:-1])
    parts = zip(casts, shard["scene"], shard["camera"], motions, poses, shard["facts"], strict=True)
    return [
        Example(Rows(cast, scene, camera, motion, pose), Facts.from_json(str(facts)))
        for cast, scene, camera, motion, pose, facts in parts
    ]


class Library:
    """Examples in memory, grouped by their numbers of movers and figures so that a batch wastes no rows."""

    def __init__(self) -> None:
        self.examples: list[Example] = []
        self._groups: dict[tuple[int, int], list[int]] = {}
        self._read: set[Path] = set()

    def refresh(self, folder: Path, limit: int | None = None) -> "Library":
        """Take in the shards that have appeared in ``folder``, the first ``limit`` of them at most."""
        for path in sorted(folder.glob("worlds-*.npz"))[:limit]:
            if path not in self._read:
                self._read.add(path)
                for example in read_shard(path):
                    if not is_held_out(example.facts):
                        self._add(example)
                        self._add(*_mirrored(example))
        return self

    def _add(self, *examples: Example) -> None:
        for example in examples:
            self._groups.setdefault(_group(example), []).append(len(self.examples))
            self.examples.append(example)

    def draw(self, rng: np.random.Generator, rows: int, *, times: int = 1) -> list[Example]:
        """Draw examples with the same numbers of movers and figures, ``times`` as many as have about ``rows`` rows."""
        first = self.examples[int(rng.integers(len(self.examples)))]
        alike, per = self._groups[_group(first)], first.rows
        count = max(8, rows // (len(per.cast) + 1 + len(per.camera) * (1 + len(per.motion))))
        return [self.examples[i] for i in rng.choice(alike, times * count)]


def _mirrored(example: Example) -> tuple[Example, ...]:
    rows = mirrored(example.rows)
    return () if rows is None else (Example(rows, swapped(example.facts)),)


def _group(example: Example) -> tuple[int, int]:
    return len(example.rows.motion), len(example.rows.pose)


def stacks(examples: list[Example]) -> dict[str, NDArray[np.float32]]:
    """All rows (N, C) of the examples, by kind."""
    worlds = [example.rows for example in examples]
    return {
        "cast": np.concatenate([world.cast for world in worlds]),
        "scene": np.stack([world.scene for world in worlds]),
        "camera": np.concatenate([world.camera for world in worlds]),
        "motion": np.concatenate([world.motion.reshape(-1, MOTION_WIDTH) for world in worlds]),
        "pose": np.concatenate([world.pose.reshape(-1, POSE_WIDTH) for world in worlds]),
    }


def scales(examples: list[Example]) -> dict[str, NDArray[np.float32]]:
    """Mean and standard deviation of every channel, by kind of row; flags and decisions keep scales of their own."""
    result = {}
    for kind, stack in stacks(examples).items():
        width = stack.shape[1]
        mean, deviation = (stack.mean(axis=0), stack.std(axis=0)) if len(stack) else (np.zeros(width), np.ones(width))
        if kind == "cast":
            mean[:2], deviation[:2] = 0.0, 1.0
        if kind == "motion":
            mean[BLOW], deviation[BLOW] = 0.0, 1 / LOUD
        result[f"{kind}_mean"] = mean.astype(np.float32)
        result[f"{kind}_deviation"] = np.maximum(deviation, 1e-2).astype(np.float32)
    return result
