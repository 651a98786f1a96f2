"""Sets the limits of the physics inspector on clips without fault, and writes them with how they came about.

python benchmarks/calibrate_inspector.py [--films N] [--worlds N] [--out FILE] [--keep FILE]

Films are those of ``sora2lib.physics.lab``: discs that bounce, fly, collide, swing and slide, 96 to 192 pixels wide,
every other one through an mp4 of default quality, their scale known to half of them. Worlds are those of the simulator.
Each law gets the score that one clip in a hundred, divided by the number of laws, exceeds. What was measured is kept,
clip by clip, where ``--keep`` says, and goes on from there if it was stopped.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

import sora2lib
from sora2lib import media
from sora2lib.physics import lab
from sora2lib.physics.laws import LAWS, Check, checks
from sora2lib.physics.outcome import shots
from sora2lib.physics.study import Study, scaled
from sora2lib.physics.tracking import track
from sora2lib.physics.tracks import of_world
from sora2lib.world.simulate import simulate

Scores = dict[str, float]
FIRST_SEED = 21_000_000
SIZES = (96, 128, 192)
FALSE_ALARMS = 0.01  # a clip
COUNTED = {"permanence": 0.5, "birth": 0.5}  # what is a number of events needs no calibration
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


def film_scores(n: int) -> Scores:
    """Score a film without fault."""
    kinds, rng = list(lab.KINDS), np.random.default_rng([FIRST_SEED, n])
    scene = lab.KINDS[kinds[n % len(kinds)]](rng)
    return worst(checks(inspected(scene, rng, pixels=SIZES[n % len(SIZES)], mp4=n % 2 == 1, known=n % 4 < 2)))


def world_scores(n: int) -> Scores:
    """Score a simulated world."""
    world = simulate(FAMILIES[n % len(FAMILIES)], FIRST_SEED + n)
    return worst(checks(Study(of_world(world), shots=shots(world))))


def worst(told: list[Check]) -> Scores:
    """Largest score of each law that could be measured in a clip."""
    found: Scores = {}
    for it in told:
        if it.holds is not None:
            found[it.law] = max(float(it.score), found.get(it.law, -np.inf))
    return found


def measured(keep: Path | None, kind: str, count: int, score: Callable[[int], Scores]) -> list[Scores]:
    """Scores of ``count`` clips, those that a file keeps and the others, which are added to it."""
    lines = [json.loads(it) for it in keep.read_text().splitlines()] if keep and keep.exists() else []
    known = {it["clip"]: it["scores"] for it in lines if it["kind"] == kind}
    for n in tqdm([it for it in range(count) if it not in known], desc=kind):
        known[n] = score(n)
        if keep:
            with keep.open("a") as file:
                file.write(json.dumps({"kind": kind, "clip": n, "scores": known[n]}) + "\n")
    return [known[n] for n in range(count)]


def limits(clips: list[Scores]) -> dict[str, float]:
    """Set the limits of the laws that were measured."""
    share = FALSE_ALARMS / len(LAWS)
    known = [law for law in LAWS if any(law in it for it in clips)]
    found = {law: [it.get(law, 0.0) for it in clips] for law in known}  # what is not measured raises no alarm
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
    parser.add_argument("--keep", type=Path, metavar="FILE", help="of what was measured, to go on from")
    asked = parser.parse_args()
    clips = {
        "px": measured(asked.keep, "films", asked.films, film_scores),
        "m": measured(asked.keep, "worlds", asked.worlds, world_scores),
    }
    made = (
        f"benchmarks/calibrate_inspector.py --films {asked.films} --worlds {asked.worlds}, {date.today().isoformat()}"
    )
    counts = {unit: {law: sum(law in it for it in them) for law in LAWS} for unit, them in clips.items()}
    told: dict[str, Any] = {"made_by": made, "false_alarms_a_clip": FALSE_ALARMS, "measured_in": counts}
    told |= {"limits": {unit: limits(them) for unit, them in clips.items()}}
    asked.out.write_text(json.dumps(told, indent=1) + "\n")
    print(asked.out.read_text())


if __name__ == "__main__":
    main()
