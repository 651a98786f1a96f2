"""Sets the limits of the physics inspector on clips without fault, and writes them with how they came about.

python benchmarks/calibrate_inspector.py [--films N] [--worlds N] [--out FILE]

Films are those of ``sora2lib.physics.lab``: discs that bounce, fly, collide, swing and slide, 96 to 192 pixels wide,
every other one through an mp4 of default quality, their scale known to half of them. Worlds are those of the simulator.
Each law gets the score that one clip in a hundred, divided by the number of laws, exceeds.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

import sora2lib
from sora2lib import media
from sora2lib.physics import lab
from sora2lib.physics.laws import LAWS, Check, checks
from sora2lib.physics.study import Study, scaled
from sora2lib.physics.tracking import track
from sora2lib.physics.tracks import of_world
from sora2lib.world.simulate import simulate

FIRST_SEED = 21_000_000
SIZES = (96, 128, 192)
FALSE_ALARMS = 0.01  # a clip
COUNTED = {"permanence": 0.5}  # what is a number of events needs no calibration
SLACK = 1.1  # the largest of a thousand scores is itself a matter of chance
FAMILIES = (
    "drop",
    "throw",
    "roll",
    "ramp",
    "collide",
    "pendulum",
    "table",
    "dominoes",
    "tower",
    "seesaw",
    "basketball",
)


def coded(frames: NDArray[np.uint8], fps: float = lab.FPS) -> NDArray[np.uint8]:
    """Send frames (T, H, W, 3) through an mp4 of default quality."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        sound = np.zeros((2, round(len(frames) / fps * media.RATE)), np.float32)
        media.write(path, frames, fps=fps, sound=sound)
        return media.read(path).frames


def inspected(scene: lab.Scene, rng: np.random.Generator, *, pixels: int, mp4: bool, known: bool = True) -> Study:
    """Film a scene and study the film."""
    frames = lab.film(scene, rng, pixels=pixels)
    tracks = track(coded(frames) if mp4 else frames, lab.times(), power=2)
    return Study(scaled(tracks, scale=lab.VIEW / pixels if known else None, diameter=None))


def films(count: int, first: int = FIRST_SEED) -> Iterator[list[Check]]:
    """Check films without fault."""
    kinds = list(lab.KINDS)
    for n in range(count):
        rng = np.random.default_rng([first, n])
        scene = lab.KINDS[kinds[n % len(kinds)]](rng)
        yield checks(inspected(scene, rng, pixels=SIZES[n % len(SIZES)], mp4=n % 2 == 1, known=n % 4 < 2))


def worlds(count: int, first: int = FIRST_SEED) -> Iterator[list[Check]]:
    """Check simulated worlds."""
    for n in range(count):
        yield checks(Study(of_world(simulate(FAMILIES[n % len(FAMILIES)], first + n))))


def worst(clips: list[list[Check]]) -> dict[str, NDArray[np.float64]]:
    """Largest score of each law in each clip in which it could be measured."""
    found: dict[str, list[float]] = {law: [] for law in LAWS}
    for clip in clips:
        for law, scores in found.items():
            measured = [it.score for it in clip if it.law == law and not np.isnan(it.score)]
            scores += [max(measured)] if measured else []
    return {law: np.array(scores) for law, scores in found.items()}


def limits(clips: list[list[Check]]) -> dict[str, float]:
    """Set the limits of the laws that were measured."""
    share = FALSE_ALARMS / len(LAWS)
    found = {law: scores for law, scores in worst(clips).items() if len(scores)}
    return {
        law: COUNTED.get(law) or round(max(SLACK * float(np.quantile(scores, 1 - share)), 3.0), 2)
        for law, scores in found.items()
    }


def main() -> None:
    """Measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=2000, metavar="N", help="(%(default)s)")
    parser.add_argument("--worlds", type=int, default=1000, metavar="N", help="(%(default)s)")
    folder = Path(sora2lib.__file__).parent / "physics" / "data"
    parser.add_argument("--out", type=Path, default=folder / "limits.json")
    asked = parser.parse_args()
    seen = list(tqdm(films(asked.films), total=asked.films, desc="films"))
    known = list(tqdm(worlds(asked.worlds), total=asked.worlds, desc="worlds"))
    made = (
        f"benchmarks/calibrate_inspector.py --films {asked.films} --worlds {asked.worlds}, {date.today().isoformat()}"
    )
    measured = {
        unit: {law: len(it) for law, it in worst(clips).items()} for unit, clips in (("px", seen), ("m", known))
    }
    told = {"made_by": made, "false_alarms_a_clip": FALSE_ALARMS, "measured_in": measured}
    asked.out.write_text(json.dumps(told | {"limits": {"px": limits(seen), "m": limits(known)}}, indent=1) + "\n")
    print(asked.out.read_text())


if __name__ == "__main__":
    main()
