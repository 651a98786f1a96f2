"""What the physics inspector reaches: floors on films without fault, faults found, time; prints and writes tables.

python benchmarks/inspector.py [--films N] [--pixels N] [--results FOLDER]

Films are those of ``sora2lib.physics.lab``, scale known, as drawn and through an mp4 of default quality. Faults: a jump
of
two pixels, gravity 3 % too weak, 1 % of energy gained in each blow, one picture without the ball, 5 % of all momentum
from nothing. A fault counts as found where its own law is broken. False alarms are those of any law on films without
fault, whose seeds are not those that the limits were set on.
"""

import argparse
import json
import os
import time
from datetime import date
from pathlib import Path

import numpy as np
from calibrate_inspector import inspected

import sora2lib
from sora2lib.physics import lab
from sora2lib.physics.inspector import inspect
from sora2lib.physics.laws import checks
from sora2lib.world.schema import GRAVITY

FIRST_SEED = 31_000_000
GUARD = dict(zip(lab.FAULTS, ("continuity", "gravity", "energy", "permanence", "momentum"), strict=True))


def floors(films: int, pixels: int, *, mp4: bool) -> dict[str, float]:
    """Errors on films without fault: gravity and momentum in %, restitution, contact in ms; deviations or means."""
    gravity, restitution, contact, momentum = [], [], [], []
    for n in range(films):
        rng = np.random.default_rng([FIRST_SEED, n])
        scene = lab.bounce(rng)
        study = inspected(scene, rng, pixels=pixels, mp4=mp4)
        gravity.append(100 * (study.gravity[0] * study.metres[0] / GRAVITY - 1))
        if study.meetings:
            restitution.append(study.meetings[0].restitution - scene.truth["restitution"])
            contact.append(1000 * (study.meetings[0].time - scene.truth["contact"]))
        study = inspected(lab.collide(rng), rng, pixels=pixels, mp4=mp4)
        momentum += [100 * it.value for it in checks(study) if it.law == "momentum" and it.holds is not None]
    return {
        "gravity mean %": float(np.mean(gravity)),
        "gravity sd %": float(np.std(gravity)),
        "restitution rms": float(np.sqrt(np.mean(np.square(restitution)))),
        "contact rms ms": float(np.sqrt(np.mean(np.square(contact)))),
        "momentum mean %": float(np.mean(momentum)) if momentum else float("nan"),
    }


def found(fault: str, films: int, pixels: int, *, mp4: bool) -> float:
    """Share of films with a fault in which its law is broken."""
    hits = 0
    for n in range(films):
        rng = np.random.default_rng([FIRST_SEED + 1, n, lab.FAULTS.index(fault)])
        told = checks(inspected(lab.broken(rng, fault, pixels=pixels), rng, pixels=pixels, mp4=mp4))
        hits += any(it.law == GUARD[fault] and it.holds is False for it in told)
    return hits / films


def false_alarms(films: int, pixels: int, *, mp4: bool) -> float:
    """Share of films without fault in which any law is broken."""
    hits = 0
    for n in range(films):
        rng = np.random.default_rng([FIRST_SEED + 2, n])
        scene = list(lab.KINDS.values())[n % len(lab.KINDS)](rng)
        hits += any(it.holds is False for it in checks(inspected(scene, rng, pixels=pixels, mp4=mp4)))
    return hits / films


def speed() -> dict[str, float]:
    """Seconds for 96 pictures of 1280x720 with a ball that bounces, in memory, the second time."""
    rng = np.random.default_rng(FIRST_SEED)
    small = lab.film(lab.bounce(rng), rng, pixels=720)
    frames = np.full((96, 720, 1280, 3), small[0, 0, 0], np.uint8)
    frames[:, :, 280:1000] = small[np.arange(96) // 2]
    clip = sora2lib.Clip(frames, 24, np.zeros((2, 4 * 48000), np.float32))
    inspect(clip)
    began = time.perf_counter()
    inspect(clip)
    return {"4 s of 1280x720": time.perf_counter() - began}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=100, metavar="N", help="of each cell (%(default)s)")
    parser.add_argument("--pixels", type=int, default=96, metavar="N", help="width of a film (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    asked = parser.parse_args()
    report = {
        "date": date.today().isoformat(),
        "films": asked.films,
        "pixels": asked.pixels,
        "load": os.getloadavg()[0],
    }
    for name, mp4 in (("as drawn", False), ("mp4", True)):
        cell = {"floors": floors(asked.films, asked.pixels, mp4=mp4)}
        cell["found"] = {fault: found(fault, asked.films, asked.pixels, mp4=mp4) for fault in lab.FAULTS}
        cell["false alarms"] = false_alarms(asked.films, asked.pixels, mp4=mp4)
        report[name] = cell
        print(f"{name}, {asked.pixels} pixels, {asked.films} films a cell")
        for label, value in (*cell["floors"].items(), *cell["found"].items(), ("false alarms", cell["false alarms"])):
            print(f"  {label:<20} {value:.4f}", flush=True)
    report["seconds"] = speed()
    print(report["seconds"])
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"inspector-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main()
