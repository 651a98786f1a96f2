"""Whether what is heard is what happens: prints a table and writes it, with machine and versions, as dated JSON.

python benchmarks/sound.py [--seeds N] [--hits N] [--lines N] [--results FOLDER]
python benchmarks/sound.py --page FILE.html

Scenes of every family are simulated, sounded, written as MP4 and decoded again, without ambience and music, which
have onsets of their own. Onsets are those of ``sora2lib.train.hearing``, which sees the sound alone. A blow counts
as missed when it is clear (no other of half its impulse within 0.12 s, faster than 0.3 m/s) and no onset lies within
20 ms; an onset counts as false when no blow, splash or net lies there and nothing begins or ceases to touch. Silence
is asked of the effects before they are encoded: no onset without any of that, nor anything that rolls or slides.
Levels are compared twice, after decoding: over like balls that fall from ten heights in one clip, and over the clear
blows of one pair of bodies within a simulated clip. Materials are told from one hit each: balls of any size, from any
height and distance, on any hard floor, by the nearest centroid of features of librosa in the metric of their scatter,
with other seeds for the centroids than for the hits that are told. ``benchmarks/speech.py``
says how speech is measured, ``benchmarks/beats.py`` how what happens falls on the onsets of a given sound.
"""

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import librosa
import numpy as np
from beats import rows as rows_of_beats
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sound_page import write_page
from speech import rows as rows_of_speech
from speed import machine, versions

from sora2lib import media
from sora2lib.sound import Levels, stems, synthesise
from sora2lib.sound.motion import SLOWEST, through
from sora2lib.train.hearing import RATE, clear, onsets
from sora2lib.world import schema
from sora2lib.world.contacts import Contacts, contacts
from sora2lib.world.families import FAMILIES
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.simulate import simulate
from sora2lib.world.vocabulary import GROUNDS, MATERIALS

Array = NDArray[np.float64]
FIRST_SEED = 15_000_000
EFFECTS = Levels(ambience=0.0, music=0.0)
NEAR = 0.02  # s between a blow and its onset
SPLASHES, SWISHES, TURN = 1.2, 0.3, 0.1  # s that a splash and a net go on; round the begin and the end of a touch
LEVEL = 0.03  # s over which the level of a blow is measured
FEWEST = 4  # blows of a pair from which an order is one
FLOORS = ("concrete", "tiles", "wood floor", "metal")
TRAINING, HELD_OUT, HEIGHTS = range(3)  # kinds of seeds of falls
HEARD = 0.35  # s of a hit that are listened to
BALLS, EVERY = 10, 0.53  # that fall, and s from one to the next
AIMS = {"F1": 0.99, "mean": 2.0, "sd": 5.0, "rank": 0.95, "materials": 0.95, "silence": 1.0, "seconds": 0.5}


@dataclass
class Tally:
    """What the clips of the families gave."""

    hits: int = 0
    missed: int = 0
    false: int = 0
    late: list[float] = field(default_factory=list)
    silent: list[bool] = field(default_factory=list)
    ranks: list[float] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4, help="clips of each family (%(default)s)")
    parser.add_argument("--hits", type=int, default=12, help="held-out hits of each material (%(default)s)")
    parser.add_argument("--lines", type=int, default=200, help="lines that are to be understood (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write a page of 30 clips instead, to see and hear")
    asked = parser.parse_args()
    if asked.page is not None:
        print(write_page(asked.page))
        return
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        tally = listened(asked.seeds, Path(folder))
        heights = falls_in_order(Path(folder))
    told, taken = told_apart(asked.hits)
    rows = [*table(tally, heights, told, taken), *rows_of_speech(asked.lines), *rows_of_beats(asked.seeds)]
    print(f"{machine()['processor']}, {machine()['cores']} cores, load {load:.1f} before\n")
    for name, value, aim in rows:
        print(f"{name:<72} {value:8.3f}   {aim}")
    report = {"date": date.today().isoformat(), "machine": machine(), "load": load, "versions": versions()}
    report |= {
        "seeds": asked.seeds,
        "hits": asked.hits,
        "lines": asked.lines,
        "aims": AIMS,
        "rows": {name: value for name, value, _ in rows},
    }
    report |= {"taken for": taken, "seconds of synthesis": dict(tally.seconds)}
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"sound-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{path}")


def table(tally: Tally, heights: float, told: float, taken: dict[str, str]) -> Iterator[Any]:
    """Rows: what, value, aim."""
    late = 1e3 * np.array(tally.late)
    score = 2 * tally.hits / max(2 * tally.hits + tally.missed + tally.false, 1)
    busiest = max(tally.seconds, key=tally.seconds.__getitem__)
    return [
        (
            f"F1 of onsets at 20 ms, {tally.hits + tally.missed} clear blows, {tally.false} false onsets",
            score,
            ">= 0.99",
        ),
        ("  share of the clear blows that are heard", tally.hits / max(tally.hits + tally.missed, 1), ""),
        ("  onset after contact, mean, ms", late.mean(), "|.| < 2"),
        ("  the same, standard deviation, ms", late.std(), "< 5"),
        ("rank correlation of impulse and level, falls of like balls, decoded", heights, ">= 0.95"),
        (f"  clear blows of one pair within a clip, median of {len(tally.ranks)}", np.median(tally.ranks), ""),
        (f"materials told apart on held-out hits{'; ' * bool(taken)}{_confused(taken)}", told, ">= 0.95"),
        (f"clips of {len(tally.silent)} without an onset where nothing happens", np.mean(tally.silent), "1"),
        (f"processor seconds of synthesis of 4 s, busiest family ({busiest})", tally.seconds[busiest], "< 0.5"),
        ("  mean of the families", np.mean(list(tally.seconds.values())), ""),
    ]


# Blows and onsets


def listened(seeds: int, folder: Path) -> Tally:
    """Listen to clips of every family."""
    tally = Tally()
    synthesise(simulate("drop", FIRST_SEED))  # compiles
    for family in FAMILIES:
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            listen(tally, family, simulate(family, seed), folder)
    tally.seconds = {family: taken / seeds for family, taken in tally.seconds.items()}
    return tally


def listen(tally: Tally, family: str, world: World, folder: Path) -> None:
    """Add one clip to the tally."""
    begun = time.process_time()
    parts = stems(world, rate=RATE)
    sound = parts.mix(EFFECTS)
    tally.seconds[family] += time.process_time() - begun
    found, heard = contacts(world), decoded(sound, folder)
    starts = onsets(heard)
    stands = clear(found, world.seconds)
    for moment in found.time[stands]:
        off = starts[np.abs(starts - moment) < NEAR] - moment
        tally.hits += bool(len(off))
        tally.missed += not len(off)
        tally.late += off[np.argsort(np.abs(off))[:1]].tolist()
    tally.false += sum(not _happens(world, found, moment) for moment in starts)
    silent = (_happens(world, found, moment) or _rubs(world, found, moment) for moment in onsets(parts.effects))
    tally.silent.append(all(silent))
    tally.ranks += ranks_of_pairs(found, stands, heard)


def _happens(world: World, found: Contacts, moment: float) -> bool:
    """Whether a blow, a splash, a net, or a body that begins or ceases to touch may be heard at a moment."""
    begun = float(world.time[0])
    turns = [abs(end - begun - moment) < TURN for touch in found.touches for end in touch.time[[0, -1]]]
    splashes = (0 <= moment - crossing.time + NEAR <= SPLASHES for crossing in found.crossings)
    nets = (0 <= moment - time + NEAR <= SWISHES for _, time, _ in through(world))
    return bool((np.abs(found.time - moment) < NEAR).any()) or any(turns) or any(splashes) or any(nets)


def _rubs(world: World, found: Contacts, moment: float) -> bool:
    """Whether something rolls or slides at a moment."""
    moment += float(world.time[0])
    return any(
        np.interp(moment, touch.time, np.maximum(touch.roll, touch.slide), left=0, right=0) > SLOWEST
        for touch in found.touches
    )


def decoded(sound: NDArray[np.float32], folder: Path) -> NDArray[np.float32]:
    """The sound of an MP4 file that it was written to."""
    frames = (np.zeros((64, 64, 3), np.uint8) for _ in range(round(24 * sound.shape[1] / RATE)))
    media.write(folder / "clip.mp4", frames, fps=24, sound=sound, rate=RATE, force=True)
    return media.read(folder / "clip.mp4").sound


# Levels


def ranks_of_pairs(found: Contacts, stands: NDArray[np.bool_], heard_2N: NDArray[np.float32]) -> list[float]:
    """Rank correlation of impulse and level for each pair of bodies with enough clear blows."""
    pairs = defaultdict(list)
    for n in np.flatnonzero(stands & ~found.step):
        pairs[found.actor[n], found.other[n]].append((found.impulse[n], level(heard_2N, found.time[n])))
    return [float(spearmanr(*zip(*blows, strict=True))[0]) for blows in pairs.values() if len(blows) >= FEWEST]


def level(sound_2N: NDArray[np.floating], moment: float) -> float:
    """Root mean square that a moment adds to what was there before."""
    middle, span = round(moment * RATE), round(LEVEL * RATE)
    before, after = (np.mean(np.square(sound_2N[:, n : n + span])) for n in (middle - span, middle))
    return float(np.sqrt(max(after - before, 0.0)))


def falls_in_order(folder: Path) -> float:
    """Rank correlation of impulse and level over like balls that fall from unlike heights, mean of the materials."""
    ranks = []
    for n, material in enumerate(MATERIALS):
        rng = np.random.default_rng([HEIGHTS, n])
        heights = rng.permutation(np.geomspace(0.05, 1.2, BALLS))
        world = falls(material, heights, size=0.2, near=5.0, ground="concrete")
        found, sound = contacts(world), decoded(stems(world, rate=RATE).mix(EFFECTS), folder)
        ranks.append(spearmanr(found.impulse, [level(sound, moment) for moment in found.time])[0])
    return float(np.mean(ranks))


def hit(material: str, rng: np.random.Generator) -> World:
    """One fall of a ball: its size, its height, where it is seen from and its floor are drawn."""
    size, near, height = rng.uniform(0.12, 0.32), rng.uniform(3, 6), rng.uniform(0.3, 1.2)
    return falls(material, np.array([height]), size=size, near=near, ground=str(rng.choice(FLOORS)))


def falls(material: str, heights: Array, *, size: float, near: float, ground: str) -> World:
    """Balls that land one after the other and stay, all equally far from the camera."""
    count, stuff = len(heights), MATERIALS[material]
    time, angle = np.arange(round(24 * (count + 1) * EVERY) + 1) / 24, np.linspace(-0.5, 0.5, count + 2)[1:-1]
    falling = np.maximum(time - EVERY * np.arange(1, count + 1)[:, None] + np.sqrt(2 * heights / GRAVITY)[:, None], 0)
    path = np.zeros((count, len(time), 3))
    path[..., 0], path[..., 1] = near * np.sin(angle)[:, None], near * (np.cos(angle) - 1)[:, None]
    path[..., 2] = size / 2 + np.maximum(heights[:, None] - GRAVITY / 2 * falling**2, 0)
    return schema.build(
        actors=[f"ball {n}" for n in range(count)],
        time=time,
        asset=["ball"] * count,
        material=[material] * count,
        size=[(size,) * 3] * count,
        colour=[(0.5,) * 3] * count,
        density=[stuff.density] * count,
        restitution=[stuff.restitution] * count,
        friction=[stuff.friction] * count,
        gloss=[stuff.gloss] * count,
        fixed=[False] * count,
        position=path,
        camera_eye=np.tile([0.0, -near, 1.0], (len(time), 1)),
        camera_target=np.tile([0.0, 0.0, 0.5], (len(time), 1)),
        camera_fov=np.full(len(time), 0.8),
        camera_cut=np.zeros(len(time), dtype=bool),
        ground=ground,
        sun_azimuth=0.5,
        sun_elevation=0.7,
        cloud=0.1,
        fog=0.0,
        ambience=GROUNDS[ground].ambience,
        ambience_level=0.0,
    )


# Materials. H hits, F features


def told_apart(count: int) -> tuple[float, dict[str, str]]:
    """Share of held-out hits whose material is the one of the nearest centroid, and what the others were taken for."""
    (known_HF, material_H), (hits_HF, truth_H) = (_hits(*it) for it in ((TRAINING, 2 * count), (HELD_OUT, count)))
    centroid_MF = np.stack([known_HF[material_H == m].mean(axis=0) for m in range(len(MATERIALS))])
    spread_FF = np.cov((known_HF - centroid_MF[material_H]).T, bias=True)
    # Few hits tell much of the spread of each feature, little of how they hang together.
    spread_FF = 0.8 * spread_FF + 0.2 * np.diag(np.diag(spread_FF))
    away_HMF = hits_HF[:, None] - centroid_MF
    guess_H = np.argmin(np.sum(away_HMF @ np.linalg.inv(spread_FF) * away_HMF, axis=-1), axis=1)
    names = list(MATERIALS)
    taken = {names[truth]: names[guess] for truth, guess in zip(truth_H, guess_H, strict=True) if truth != guess}
    return float(np.mean(guess_H == truth_H)), taken


def _hits(kind: int, count: int) -> tuple[Array, NDArray[np.int64]]:
    worlds = [hit(m, np.random.default_rng([kind, i, n])) for i, m in enumerate(MATERIALS) for n in range(count)]
    return np.stack([features(world) for world in worlds]), np.repeat(np.arange(len(MATERIALS)), count)


def features(world: World) -> Array:
    """What the first blow of a world sounds like, whatever its level: cepstra of its attack, and how they change."""
    first = round(contacts(world).time[0] * RATE)
    hit_N = stems(world, rate=RATE).effects.mean(axis=0)[first : first + round(HEARD * RATE)]
    hit_N = hit_N / np.abs(hit_N).max()
    cepstra = librosa.feature.mfcc(y=hit_N, sr=RATE, n_mfcc=16, n_fft=1024, hop_length=256, n_mels=40)
    attack, body, tail = (part.mean(axis=1) for part in np.split(cepstra, (6, 16), axis=1))
    return np.concatenate([attack, body - attack, (tail - attack)[:4]])


def _confused(taken: dict[str, str]) -> str:
    return ", ".join(f"{one} for {other}" for one, other in taken.items())


if __name__ == "__main__":
    main()
