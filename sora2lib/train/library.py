"""Worlds in the memory of a device, and batches drawn from them there: no world is touched one by one.

Worlds with equally many movers and figures lie together, so that a batch wastes no rows.

Shapes: N worlds of a group, S cast slots, M movers, F figures, K time rows, L pieces of a caption.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.errors import ModelError
from sora2lib.model import frames
from sora2lib.model.conditions import clean_batch, names_of, still
from sora2lib.model.text import LIMIT
from sora2lib.model.tokens import COLUMNS, GAP, START, TURN
from sora2lib.model.transformer import SLOTS, Batch
from sora2lib.model.weights import KINDS, Scales
from sora2lib.train.reading import Reader
from sora2lib.world.facts import Facts

PROMPT_DROPOUT = 0.1
DRAWS = 3  # batches' worth of captions drawn for one batch of like length: padding costs as much as words


@dataclass(frozen=True)
class Group:
    """Worlds with equally many movers and figures, in natural scale, and their captions."""

    cast: Tensor  # (N, SLOTS, CAST_WIDTH)
    actors: Tensor  # (N,)
    scene: Tensor  # (N, SCENE_WIDTH)
    camera: Tensor  # (N, K, CAMERA_WIDTH)
    motion: Tensor  # (N, M, K, MOTION_WIDTH)
    pose: Tensor  # (N, F, K, POSE_WIDTH)
    pieces: Tensor  # (N, CAPTIONS, LIMIT, 3), see sora2lib.train.reading
    lengths: Tensor  # (N, CAPTIONS) pieces of each caption, in the memory of the host
    number: Tensor  # (N,) of each world's facts, in the order in which worlds were taken in
    slots: int  # actors of the world with most

    def __len__(self) -> int:
        return len(self.actors)

    @property
    def rows(self) -> int:
        """Rows that one of the worlds has in a batch, about."""
        return 4 + self.camera.shape[1] * (1 + self.motion.shape[1])


@dataclass(frozen=True)
class Drawn:
    """A batch of worlds: the act of casting, the act of motion, and the words of the prompts."""

    casting: Batch
    motion: Batch
    words: Tensor  # (B, L, TEXT_WIDTH)
    mask: Tensor  # (B, L) bool
    number: Tensor  # (B,) of their facts


class Library:
    """All worlds to learn from, on one device."""

    def __init__(self, device: str = "cpu") -> None:
        self.device = device
        self._parts: dict[tuple[int, int], list[Group]] = {}
        self._read: set[Path] = set()
        self._reader = Reader(device)
        self._facts: list[str] = []

    def __len__(self) -> int:
        return sum(len(group) for parts in self._parts.values() for group in parts)

    def refresh(self, folder: Path) -> "Library":
        """Take in the shards that have appeared in ``folder``."""
        for path in sorted(folder.glob("worlds-*.npz")):
            if path not in self._read:
                self._read.add(path)
                self._add(path)
        return self

    def _add(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            shard = {name: stored[name] for name in stored.files if name != "facts"}
            facts = stored["facts"].tolist()
        shard["number"] = len(self._facts) + np.arange(len(facts))
        self._facts += facts
        kinds = np.stack([shard["movers"], shard["figures"]], axis=1)
        for movers, figures in np.unique(kinds, axis=0):
            chosen = np.flatnonzero((kinds == (movers, figures)).all(axis=1))
            group = _group(shard, chosen, self.device)
            self._parts.setdefault((int(movers), int(figures)), []).append(group)

    def groups(self) -> list[Group]:
        """Return the groups, each in one piece."""
        for key, parts in self._parts.items():
            if len(parts) > 1:
                names = [name for name in vars(parts[0]) if name != "slots"]
                joined = {name: torch.cat([getattr(part, name) for part in parts]) for name in names}
                self._parts[key] = [Group(**joined, slots=max(part.slots for part in parts))]
        return [parts[0] for parts in self._parts.values()]

    def stacks(self) -> dict[str, Tensor]:
        """All rows (N, C) of the worlds, by kind."""
        found: dict[str, list[Tensor]] = {kind: [] for kind in KINDS}
        for group in self.groups():
            found["cast"].append(group.cast[_taken(group.actors, SLOTS)])
            for kind in KINDS[1:]:
                rows = getattr(group, kind)
                found[kind].append(rows.reshape(-1, rows.shape[-1]))
        return {kind: torch.cat(parts) for kind, parts in found.items()}

    def draw(
        self, rng: np.random.Generator, rows: int, scales: Scales, *, first: int = 0, lively: bool | None = None
    ) -> Drawn:
        """Draw worlds of one group, about ``rows`` rows of them, with captions of about the same length.

        ``first`` is the time row with which the motion begins; later than 0 teaches to go on from the middle.
        If ``lively`` there are people or animals in them, if not there are none; without it there may be.
        Every caption is as likely as when drawn alone; now and then there is none.

        Raises
        ------
        ModelError
            There is no such world.
        """
        groups = [group for group in self.groups() if lively in (None, group.pose.shape[1] > 0)]
        if not groups:
            raise ModelError("the shards hold no such worlds; make some with make_shard")
        sizes = np.array([len(group) for group in groups])
        group = groups[rng.choice(len(groups), p=sizes / sizes.sum())]
        count = max(8, rows // group.rows)
        drawn = _alike(group, rng, count)
        longest = max(1, int(drawn[2].max()))
        chosen, which, lengths = (torch.as_tensor(it, device=self.device) for it in drawn)
        cast, taken = group.cast[chosen], _taken(group.actors[chosen], SLOTS)
        motion = group.motion[chosen]
        unmoved = motion.shape[2]  # casting comes before all rows of the motion
        whole = _batch(group, chosen, cast, taken, motion[:, :, unmoved:], unmoved, scales)
        found = group.pieces[chosen, which, :longest]
        mask = _taken(lengths, longest)
        words = self._reader(found, mask)
        names, names_mask = names_of(words, scales)
        later, moves = begun_late(cast, motion, first)
        moving = _batch(group, chosen, later[:, : group.slots], taken[:, : group.slots], moves, first, scales)
        casting = replace(still(whole), names=names, names_mask=names_mask)
        return Drawn(casting, moving, words, mask, group.number[chosen])

    def facts(self, drawn: Drawn) -> list[Facts]:
        """Return the facts of the worlds of a batch, from which they may be told anew."""
        return [Facts.from_json(self._facts[number]) for number in drawn.number.tolist()]


def _taken(counts: Tensor, length: int) -> Tensor:
    """Which of ``length`` places are taken by the first so many, (..., length)."""
    return torch.arange(length, device=counts.device) < counts[..., None]


def _alike(group: Group, rng: np.random.Generator, count: int) -> list[NDArray[np.int64]]:
    """Numbers of worlds, of their captions, and how long those are, (count,) each: 0 for no caption."""
    chosen = rng.integers(len(group), size=DRAWS * count)
    which = rng.integers(group.lengths.shape[1], size=DRAWS * count)
    lengths = group.lengths.numpy()[chosen, which] * (rng.random(DRAWS * count) >= PROMPT_DROPOUT)
    order = np.array_split(np.argsort(lengths, kind="stable"), DRAWS)[rng.integers(DRAWS)]
    return [chosen[order], which[order], lengths[order]]


def _batch(
    group: Group, chosen: Tensor, cast: Tensor, taken: Tensor, motion: Tensor, first: int, scales: Scales
) -> Batch:
    """Clean rows of the chosen worlds from time row ``first`` on."""
    everybody = torch.ones(motion.shape[:2], dtype=torch.bool, device=motion.device)
    pose = group.pose[chosen][:, :, first:]
    masks = taken, everybody, everybody[:, : pose.shape[1]]
    return clean_batch(cast, group.scene[chosen], group.camera[chosen][:, first:], motion, pose, masks, scales)


def begun_late(cast: Tensor, motion: Tensor, first: int) -> tuple[Tensor, Tensor]:
    """Cast (B, S, C) and motion (B, M, K - first, C) as :func:`sora2lib.model.windows.crop` makes them, in batches."""
    if first == 0:
        return cast, motion
    movers, now = motion.shape[1], motion[:, :, first]
    cast, motion = cast.clone(), motion[:, :, first:].clone()
    motion[..., :3] -= now[:, :, None, :3]
    motion[..., TURN] = frames.since(motion[..., TURN], now[:, :, None, TURN])
    cast[:, :movers, START] += now[..., :3]
    cast[:, :movers, GAP] = now[..., 3:4]
    cast[:, :movers, COLUMNS] = frames.after(now[..., TURN], cast[:, :movers, COLUMNS])
    return cast, motion


def _group(shard: dict[str, NDArray[Any]], chosen: NDArray[np.intp], device: str) -> Group:
    """Worlds of a shard on a device; their ragged parts are padded."""
    captions = shard["lengths"].shape[1]
    parts = {
        "cast": _ragged(shard["cast"], shard["actors"], chosen, SLOTS),
        "actors": shard["actors"][chosen],
        "number": shard["number"][chosen],
        "scene": shard["scene"][chosen],
        "camera": shard["camera"][chosen],
        "motion": _ragged(shard["motion"], shard["movers"], chosen, int(shard["movers"][chosen[0]])),
        "pose": _ragged(shard["pose"], shard["figures"], chosen, int(shard["figures"][chosen[0]])),
        "pieces": _ragged(
            shard["pieces"].astype(np.int32),
            shard["lengths"].ravel(),
            (chosen[:, None] * captions + np.arange(captions)).ravel(),
            LIMIT,
        ).reshape(len(chosen), captions, LIMIT, 3),
    }
    there = {name: torch.as_tensor(part, device=device) for name, part in parts.items()}
    lengths, slots = torch.as_tensor(shard["lengths"][chosen]), int(shard["actors"][chosen].max())
    return Group(**there, lengths=lengths, slots=slots)


def _ragged(flat: NDArray[Any], counts: NDArray[np.int64], chosen: NDArray[np.intp], length: int) -> NDArray[Any]:
    """Rows of the chosen owners (N, length, ...), zero beyond what they have, of ``counts`` (O,) rows each in turn."""
    starts, own = np.cumsum(counts) - counts, counts[chosen]
    places = np.arange(length)
    there = places < own[:, None]
    padded = np.zeros((len(chosen), length, *flat.shape[1:]), dtype=flat.dtype)
    padded[there] = flat[(starts[chosen][:, None] + places)[there]]
    return padded
