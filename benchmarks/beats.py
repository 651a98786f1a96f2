"""Whether what happens falls on the onsets of a sound that was given; rows for ``benchmarks/sound.py``.

python benchmarks/beats.py [--seeds N] [--results FOLDER]

Simulated clips of 4 s are driven by tracks whose onsets are known: clicks at 90 and 120 a minute, irregular ones, and
a loop of drums. What happens is told from the contacts of the driven world, as renderer, sound and inspector take
them. A contact is a hit when it lies within 20 ms of an onset that no other one has hit; F1 is that of contacts and
onsets, and seldom could be 1, since there are hardly ever as many of the one as of the other: what it could be if each
of the fewer were met stands beside it, and what it is of the same clips as they were.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from speed import machine, versions

from sora2lib import media
from sora2lib.beats import FAINTEST, actions, beats_of, driven, matched
from sora2lib.errors import RequestError
from sora2lib.film import scene
from sora2lib.soundtrack import Soundtrack
from sora2lib.world.contacts import contacts
from sora2lib.world.schema import World

Array = NDArray[np.float64]
FIRST_SEED = 15_500_000
SECONDS = 4.0
NEAR = 0.02  # s
THINGS = ("drop", "throw", "basketball", "trampoline", "dominoes", "table", "cradle", "ninepins")
FIGURES = ("walk", "run", "dance", "jump", "acrobatics", "animals")


@dataclass
class Tally:
    """How well actions and onsets meet."""

    hits: int = 0
    actions: int = 0
    onsets: int = 0
    fewer: int = 0

    def add(self, action_N: Array, onset_O: Array) -> None:
        """Pair actions with onsets, the nearest first, and count."""
        off_NO = action_N[:, None] - onset_O
        self.actions, self.onsets = self.actions + len(action_N), self.onsets + len(onset_O)
        self.fewer += min(off_NO.shape)
        while off_NO.size and np.abs(off_NO).min() < NEAR:
            n, o = np.unravel_index(np.abs(off_NO).argmin(), off_NO.shape)
            self.hits += 1
            off_NO = np.delete(np.delete(off_NO, n, axis=0), o, axis=1)

    @property
    def score(self) -> float:
        """F1."""
        return 2 * self.hits / max(self.actions + self.onsets, 1)

    @property
    def most(self) -> float:
        """F1 if each of the fewer were met."""
        return 2 * self.fewer / max(self.actions + self.onsets, 1)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2, help="clips of each family (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    load, begun, told = os.getloadavg()[0], time.monotonic(), {}
    for name, value, aim in rows(asked.seeds):
        print(f"{name:<78} {value:8.3f}   {aim}", flush=True)
        told[name] = value
    report = {"date": date.today().isoformat(), "machine": machine(), "load": load, "versions": versions()}
    report |= {"seeds": asked.seeds, "rows": told, "seconds": round(time.monotonic() - begun)}
    path = asked.results / f"beats-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{path}")


def rows(seeds: int) -> Iterator[Any]:
    """Rows: what, value, aim; ``seeds`` is how many clips there are of each family."""
    for kind, families in (("things", THINGS), ("people", FIGURES)):
        yield from _rows(kind, families, seeds)


def _rows(kind: str, families: tuple[str, ...], seeds: int) -> Iterator[Any]:
    before, after, pairs, late, paces = Tally(), Tally(), 0, [], []
    clips = [scene(family, seed=FIRST_SEED + n, seconds=SECONDS) for family in families for n in range(seeds)]
    refused = 0
    for plain in clips:
        for onset_O, sound_N in tracks():
            given = Soundtrack(np.tile(sound_N, (2, 1)).astype(np.float32), mix=1.0)
            try:
                led = driven(replace(plain, soundtrack=given))
            except RequestError:
                refused += 1
                continue
            before.add(happening(plain.world), onset_O)
            after.add(happening(led.world), onset_O)
            wanted_P = promised(plain.world, given)
            pairs += len(wanted_P)
            nearest_P = np.abs(happening(led.world) - wanted_P[:, None]).argmin(axis=1)
            late += (happening(led.world)[nearest_P] - wanted_P).tolist()
            paces.append([float(it) for it in re.findall(r"[0-9]+\.[0-9]+", led.notices[-1])])
    late_P = np.array(late)
    met_P = late_P[np.abs(late_P) < NEAR]
    yield f"{kind}: F1 of contacts on a track's onsets at 20 ms, {4 * len(clips)} clips with tracks", after.score, ""
    yield f"  {kind}, the same clips as they were", before.score, ""
    yield f"  {kind}, the most that it could be", after.most, ""
    yield f"  {kind}, share within 20 ms of the {pairs} contacts put on onsets", len(met_P) / pairs, ">= 0.95"
    yield f"  {kind}, these after the onset, mean, ms", 1e3 * met_P.mean(), "|.| < 5"
    yield f"  {kind}, the same, standard deviation, ms", 1e3 * met_P.std(), "< 10"
    yield f"  {kind}, slowest pace, mean of the clips", np.min(paces, axis=1).mean(), ">= 0.6"
    yield f"  {kind}, fastest pace, likewise", np.max(paces, axis=1).mean(), "<= 1.6"
    yield f"  {kind}, share of clips with tracks in which nothing can be put", refused / (4 * len(clips)), ""


def happening(world: World) -> Array:
    """When something happens in a world, as renderer, sound and inspector take it from its contacts."""
    found = contacts(world)
    strong = found.impulse > FAINTEST * found.impulse.max(initial=0.0)
    return found.time[strong]


def promised(world: World, given: Soundtrack) -> Array:
    """Seconds of the onsets on which something is put."""
    acts, beats = actions(world).between(0.0, SECONDS), beats_of(given.track).between(0.0, SECONDS)
    return beats.time[matched(acts, beats, 0.0, SECONDS)[:, 1]]


def tracks() -> Iterator[tuple[Array, Array]]:
    """Seconds at which a track sets in, and the track (N,) at 48 kHz."""
    rng = np.random.default_rng(0)
    for onset_O in (
        np.arange(0.2, SECONDS, 60 / 90),
        np.arange(0.2, SECONDS, 60 / 120),
        np.cumsum(rng.uniform(0.25, 0.8, 7)),
    ):
        yield onset_O, laid([(moment, tick()) for moment in onset_O.tolist()])
    eighths = np.arange(0.1, SECONDS - 0.05, 60 / 100 / 2)
    hits = [(moment, hat(rng)) for moment in eighths.tolist()]
    hits += [(moment, kick()) for moment in eighths[::4].tolist()]
    hits += [(moment, snare(rng)) for moment in eighths[2::4].tolist()]
    yield eighths, laid(hits)


def laid(hits: list[tuple[float, Array]]) -> Array:
    """Sounds at their seconds, as one (N,)."""
    out_N = np.zeros(round((SECONDS + 1) * media.RATE))
    for moment, sound in hits:
        first = round(moment * media.RATE)
        out_N[first : first + len(sound)] += sound
    return out_N[: round(SECONDS * media.RATE)]


def _time(seconds: float) -> Array:
    return np.arange(round(seconds * media.RATE)) / media.RATE


def tick() -> Array:
    """A click."""
    return 0.8 * np.exp(-_time(0.03) / 0.004) * np.sin(2 * np.pi * 1800 * _time(0.03))


def kick() -> Array:
    """A bass drum: a tone that falls to 50 Hz, with an attack of 2 ms."""
    turns = 50 * _time(0.3) + 4 * (1 - np.exp(-_time(0.3) / 0.03))
    return 0.8 * np.exp(-_time(0.3) / 0.08) * np.sin(2 * np.pi * turns) * np.minimum(1, _time(0.3) / 0.002)


def snare(rng: np.random.Generator) -> Array:
    """A snare drum: noise."""
    return 0.2 * np.exp(-_time(0.2) / 0.05) * rng.standard_normal(len(_time(0.2)))


def hat(rng: np.random.Generator) -> Array:
    """A hi-hat: bright noise, soft and short."""
    return 0.1 * np.diff(np.exp(-_time(0.05) / 0.012) * rng.standard_normal(len(_time(0.05))), prepend=0.0)


if __name__ == "__main__":
    main()
