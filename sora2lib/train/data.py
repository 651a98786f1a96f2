"""Training data: simulated worlds as rows, in shards that appear whole, from nothing but a seed.

World ``i`` of the training set is ``simulate(family, seed=i)``; worlds whose subject is a held-out combination
are never read. A shard is a plain ``.npz`` of ragged arrays; captions are drawn anew each time a world is seen.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.model.tokens import Rows, encode
from sora2lib.world.facts import Facts
from sora2lib.world.holdout import is_held_out
from sora2lib.world.simulate import simulate

SHARD = 256  # seeds a shard
# Families take turns in this order; those with the most to learn come twice.
TURNS = (
    *("drop", "roll", "throw", "collide", "ramp", "dominoes", "tower", "pendulum"),
    *("basketball", "cradle", "seesaw", "drop", "roll", "throw", "collide", "basketball"),
)


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
            camera=np.stack([r.camera for r in rows]).astype(np.float32),
            scene=np.stack([r.scene for r in rows]).astype(np.float32),
            actors=np.array([len(r.cast) for r in rows]),
            movers=np.array([len(r.motion) for r in rows]),
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
    parts = zip(casts, shard["scene"], shard["camera"], motions, shard["facts"], strict=True)
    return [
        Example(Rows(cast, scene, camera, motion), Facts.from_json(str(facts)))
        for cast, scene, camera, motion, facts in parts
    ]


class Library:
    """Examples in memory, grouped by their number of movers so that a batch wastes no rows."""

    def __init__(self) -> None:
        self.examples: list[Example] = []
        self._groups: dict[int, list[int]] = {}
        self._read: set[Path] = set()

    def refresh(self, folder: Path, limit: int | None = None) -> "Library":
        """Take in the shards that have appeared in ``folder``, the first ``limit`` of them at most."""
        for path in sorted(folder.glob("worlds-*.npz"))[:limit]:
            if path not in self._read:
                self._read.add(path)
                for example in read_shard(path):
                    if is_held_out(example.facts):
                        continue
                    self._groups.setdefault(len(example.rows.motion), []).append(len(self.examples))
                    self.examples.append(example)
        return self

    def draw(self, rng: np.random.Generator, rows: int, *, times: int = 1) -> list[Example]:
        """Draw examples with the same number of movers, ``times`` as many as have about ``rows`` rows."""
        movers = len(self.examples[int(rng.integers(len(self.examples)))].rows.motion)
        first = self.examples[self._groups[movers][0]].rows
        count = max(8, rows // (len(first.cast) + 1 + len(first.camera) * (1 + movers)))
        return [self.examples[i] for i in rng.choice(self._groups[movers], times * count)]


def stacks(examples: list[Example]) -> dict[str, NDArray[np.float32]]:
    """All rows (N, C) of the examples, by kind."""
    return {
        "cast": np.concatenate([example.rows.cast for example in examples]),
        "scene": np.stack([example.rows.scene for example in examples]),
        "camera": np.concatenate([example.rows.camera for example in examples]),
        "motion": np.concatenate([m.reshape(-1, m.shape[-1]) for m in (example.rows.motion for example in examples)]),
    }


def scales(examples: list[Example]) -> dict[str, NDArray[np.float32]]:
    """Mean and standard deviation of every channel, by kind of row; flags keep their own scale."""
    result = {}
    for kind, stack in stacks(examples).items():
        mean, deviation = stack.mean(axis=0), stack.std(axis=0)
        if kind == "cast":
            mean[:2], deviation[:2] = 0.0, 1.0
        result[f"{kind}_mean"] = mean.astype(np.float32)
        result[f"{kind}_deviation"] = np.maximum(deviation, 1e-2).astype(np.float32)
    return result
