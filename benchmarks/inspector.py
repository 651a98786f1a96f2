"""What the physics inspector reaches: floors on films without fault, faults found, time; prints and writes tables.

python benchmarks/inspector.py [--films N] [--pixels N] [--clips N] [--speed] [--results FOLDER]

Films are those of ``sora2lib.physics.lab``, scale known, as drawn and through an mp4 of default quality. Faults: a jump
of two pixels, gravity 3 % too weak, 1 % of energy gained in each blow, one picture without the ball, 5 % of all
momentum from nothing, a ball from nothing. A fault counts as found where its own law is broken. False alarms are those
of any law on films without fault, whose seeds are not those that the limits were set on.

Clips in full look are simulated ones of every family, 640x360 through an mp4 of default quality, two of three filmed by
a camera that stands still: gloss, shadows, reflections, textures, weather. None of their laws is broken, so that every
verdict "broken" from their pictures is a false alarm; in how many anything could be measured stands beside it.

The tracker stands beside the same written in NumPy (which looks for one thing only and knows that there is one) and,
where opencv-python-headless is installed, beside OpenCV's blob detector, on one film of 96 pictures, each with its
error. Machines are shared: what counts is the CPU time, the least of three runs.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from calibrate_inspector import coded, inspected
from numpy.typing import NDArray

import sora2lib
from sora2lib.physics import lab
from sora2lib.physics.background import LEAST_THRESHOLD, SPREAD
from sora2lib.physics.blobs import APART
from sora2lib.physics.inspector import inspect
from sora2lib.physics.intervals import wilson
from sora2lib.physics.laws import checks
from sora2lib.physics.study import Study
from sora2lib.physics.tracking import track
from sora2lib.world.families import FAMILIES
from sora2lib.world.schema import GRAVITY

FIRST_SEED = 31_000_000
LOOK_SIZE, LOOK_SECONDS = "640x360", 2.0
GUARD = dict(zip(lab.FAULTS, ("continuity", "gravity", "energy", "permanence", "momentum", "birth"), strict=True))


def floors(films: int, pixels: int, *, mp4: bool) -> dict[str, float]:
    """Errors on films without fault: gravity and momentum in %, restitution, contact in ms; deviations or means."""
    gravity, restitution, contact, momentum, weighed = [], [], [], [], []
    for n in range(films):
        rng = np.random.default_rng([FIRST_SEED, n])
        scene = lab.bounce(rng)
        study = inspected(scene, rng, pixels=pixels, mp4=mp4)
        gravity.append(100 * (study.gravity[0] * study.metres[0] / GRAVITY - 1))
        if study.meetings:
            restitution.append(study.meetings[0].restitution - scene.truth["restitution"])
            contact.append(1000 * (study.meetings[0].time - scene.truth["contact"]))
        scene = lab.collide(rng)
        study = inspected(scene, rng, pixels=pixels, mp4=mp4)
        momentum += [100 * it.value for it in checks(study) if it.law == "momentum" and it.holds is not None]
        true = replace(study.tracks, mass_N=true_radii(scene, study) ** 2)
        weighed += [100 * it.value for it in checks(Study(true)) if it.law == "momentum" and it.holds is not None]
    return {
        "gravity mean %": float(np.mean(gravity)),
        "gravity sd %": float(np.std(gravity)),
        "restitution rms": float(np.sqrt(np.mean(np.square(restitution)))),
        "contact rms ms": float(np.sqrt(np.mean(np.square(contact)))),
        "momentum mean %": float(np.mean(momentum)) if momentum else float("nan"),
        "momentum mean %, masses given": float(np.mean(weighed)) if weighed else float("nan"),
        "momentum measured": len(momentum) / films,
    }


def true_radii(scene: lab.Scene, study: Study) -> NDArray[np.float64]:
    """Radii (N,) of the discs that things are, which their first places tell."""
    tracks, metres = study.tracks, study.metres[0]
    first_N = [int(np.flatnonzero(np.isfinite(it[:, 0]))[0]) for it in tracks.place_NTD]
    return np.array(
        [
            scene.radius_N[np.linalg.norm(scene.place_NT2[:, k] - metres * it[k], axis=-1).argmin()]
            for k, it in zip(first_N, tracks.place_NTD, strict=True)
        ]
    )


def told(hits: int, films: int) -> dict[str, float]:
    """A share of films with its 95 % interval."""
    low, high = wilson(hits, films)
    return {"share": hits / films, "low": low, "high": high}


def found(fault: str, films: int, pixels: int, *, mp4: bool) -> dict[str, float]:
    """Share of films with a fault in which its law is broken."""
    hits = 0
    for n in range(films):
        rng = np.random.default_rng([FIRST_SEED + 1, n, lab.FAULTS.index(fault)])
        seen = checks(inspected(lab.broken(rng, fault, pixels=pixels), rng, pixels=pixels, mp4=mp4))
        hits += any(it.law == GUARD[fault] and it.holds is False for it in seen)
    return told(hits, films)


def false_alarms(films: int, pixels: int, *, mp4: bool) -> dict[str, float]:
    """Share of films without fault in which any law is broken."""
    hits = 0
    for n in range(films):
        rng = np.random.default_rng([FIRST_SEED + 2, n])
        scene = list(lab.KINDS.values())[n % len(lab.KINDS)](rng)
        hits += any(it.holds is False for it in checks(inspected(scene, rng, pixels=pixels, mp4=mp4)))
    return told(hits, films)


def full_look(clips: int) -> dict[str, dict[str, float]]:
    """Shares of simulated clips in full look that are called broken from their pictures, and that give a verdict."""
    names, alarms, measured = sorted(FAMILIES), 0, 0
    for n in range(clips):
        clip = sora2lib.simulate(names[n % len(names)], seed=FIRST_SEED + 3 + n, size="64x64")[:LOOK_SECONDS]
        camera = None if n % 3 == 0 else sora2lib.Camera.static()
        clip = sora2lib.refilm(clip, camera, size=LOOK_SIZE)
        seen = inspect(replace(clip, frames=coded(clip.frames, clip.fps)), by="pixels")
        alarms += seen.passed is False
        measured += seen.passed is not None
        if seen.passed is False:
            print(f"  {clip.maker or names[n % len(names)]}: {seen.verdict}", flush=True)
    return {"false alarms": told(alarms, clips), "measured": told(measured, clips)}


def large_film() -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Film a ball that bounces, 96 pictures of 1280x720, and tell where it is (96, 2): right and up, pixels."""
    rng = np.random.default_rng(FIRST_SEED)
    scene = lab.bounce(rng)
    small = lab.film(scene, rng, pixels=720)
    frames = np.full((96, 720, 1280, 3), small[0, 0, 0], np.uint8)
    frames[:, :, 280:1000] = small[np.arange(96) // 2]
    return frames, scene.place_NT2[0, np.arange(96) // 2] * 720 / lab.VIEW + np.array([280, 0])


def ours(frames: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Places (T, 2) of the thing in a film, by the tracker."""
    return track(frames, np.arange(len(frames)) / 24, power=2).place_NTD[0]


def plain(frames: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The same in NumPy: median background, what stands out from it, softly weighed centre."""
    samples = frames[np.linspace(0, len(frames) - 1, SPREAD).astype(int)]
    behind = np.median(samples, axis=0).astype(np.float32) @ APART.T.astype(np.float32)
    found = np.full((len(frames), 2), np.nan)
    for k, frame in enumerate(frames):
        offset = frame.astype(np.float32) @ APART.T.astype(np.float32) - behind
        over = (offset**2).sum(axis=-1) > LEAST_THRESHOLD**2
        contrast = np.median(offset[over], axis=0)
        cover = np.clip(offset @ contrast / (contrast @ contrast), 0, 1) * over
        row, column = (np.arange(side) + 0.5 for side in cover.shape)
        area = cover.sum()
        found[k] = cover.sum(axis=0) @ column / area, len(row) - cover.sum(axis=1) @ row / area
    return found


def opencv(frames: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Places by OpenCV's SimpleBlobDetector, on what stands out from its own median background."""
    import cv2

    asked = cv2.SimpleBlobDetector.Params()
    asked.filterByArea, asked.minArea, asked.maxArea = True, 50, 1e6
    asked.filterByCircularity = asked.filterByConvexity = asked.filterByInertia = False
    asked.filterByColor, asked.blobColor = True, 255
    detector = cv2.SimpleBlobDetector.create(asked)
    behind = np.median(frames[np.linspace(0, len(frames) - 1, SPREAD).astype(int)], axis=0).astype(np.uint8)
    found = np.full((len(frames), 2), np.nan)
    for k, frame in enumerate(frames):
        apart = cv2.absdiff(frame, behind).max(axis=-1)
        spots = detector.detect(cv2.normalize(apart, None, 0, 255, cv2.NORM_MINMAX))
        if spots:
            x, y = max(spots, key=lambda it: it.size).pt
            found[k] = x + 0.5, frame.shape[0] - y - 0.5
    return found


def timed(way: Callable[[], Any]) -> dict[str, float]:
    """Least seconds and CPU seconds of three runs, after one that compiles what there is to compile."""
    way()
    runs = []
    for _ in range(3):
        began, cpu = time.perf_counter(), time.process_time()
        way()
        runs.append((time.perf_counter() - began, time.process_time() - cpu))
    return dict(zip(("seconds", "CPU seconds"), np.min(runs, axis=0).tolist(), strict=True))


def rivals() -> dict[str, dict[str, float]]:
    """Seconds and errors in pixels of each way to follow a ball."""
    frames, true_T2 = large_film()
    ways = {"tracker": ours, "NumPy": plain} | ({"OpenCV": opencv} if find_spec("cv2") else {})
    table = {}
    for name, way in ways.items():
        off_T2 = way(frames) - true_T2
        rms = float(np.sqrt(np.nanmean(np.square(off_T2 - np.nanmean(off_T2, axis=0)))))
        table[name] = timed(lambda way=way: way(frames)) | {"rms pixels": rms}
        print(f"  {name:<10}" + "".join(f"{label}: {value:.4f}  " for label, value in table[name].items()), flush=True)
    return table


def speed() -> dict[str, float]:
    """Seconds for 96 pictures of 1280x720 with a ball that bounces, in memory."""
    clip = sora2lib.Clip(large_film()[0], 24, np.zeros((2, 4 * 48000), np.float32))
    return timed(lambda: inspect(clip))


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=100, metavar="N", help="of each cell (%(default)s)")
    parser.add_argument("--pixels", type=int, default=96, metavar="N", help="width of a film (%(default)s)")
    parser.add_argument("--clips", type=int, default=100, metavar="N", help="in full look (%(default)s)")
    parser.add_argument("--speed", action="store_true", help="measure speed alone")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    asked = parser.parse_args()
    report = {
        "date": date.today().isoformat(),
        "films": asked.films,
        "pixels": asked.pixels,
        "load": os.getloadavg()[0],
    }
    for name, mp4 in () if asked.speed else (("as drawn", False), ("mp4", True)):
        cell = {"floors": floors(asked.films, asked.pixels, mp4=mp4)}
        cell["found"] = {fault: found(fault, asked.films, asked.pixels, mp4=mp4) for fault in lab.FAULTS}
        cell["false alarms"] = false_alarms(asked.films, asked.pixels, mp4=mp4)
        report[name] = cell
        print(f"{name}, {asked.pixels} pixels, {asked.films} films a cell")
        for label, value in cell["floors"].items():
            print(f"  {label:<30} {value:.4f}")
        for label, it in (*cell["found"].items(), ("false alarms", cell["false alarms"])):
            print(f"  {label:<30} {it['share']:.3f} [{it['low']:.3f}, {it['high']:.3f}]", flush=True)
    if not asked.speed:
        report["full look"] = full_look(asked.clips)
        print(f"full look, {LOOK_SIZE}, {asked.clips} clips")
        for label, it in report["full look"].items():
            print(f"  {label:<30} {it['share']:.3f} [{it['low']:.3f}, {it['high']:.3f}]", flush=True)
    report["4 s of 1280x720"] = speed()
    print(report["4 s of 1280x720"])
    report["rivals"] = rivals()
    asked.results.mkdir(parents=True, exist_ok=True)
    kind = "inspector-speed" if asked.speed else "inspector"
    path = asked.results / f"{kind}-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main()
