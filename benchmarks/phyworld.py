"""PhyWorld's three experiments (Kang et al., arXiv 2411.02385), asked of the world model; prints and writes a table.

python benchmarks/phyworld.py [--model NAME] [--scenes N]

A scene is set up exactly, the first third of a second of its motion is given (PhyWorld gives three frames at
10 Hz), the model plans the rest, raw. The result is drawn as PhyWorld draws it (a red and a blue disc, 256
pixels for 10 units, pixel i at i / 255) and read by PhyWorld's own parser (hard colour threshold, mean pixel index
/ 256), so that the numbers stand beside theirs; the same velocities without the detour over pixels stand beside both.
Errors are those of the mean velocity after the given frames (uniform, parabola) or after the collision, as
their ``id_ood_data/evaluate.py`` computes them, in their units: 0.4 m of ours. Frames count
while the ball is wholly in view.
"""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sora2lib import acts
from sora2lib.model import tokens, weights
from sora2lib.model.weights import Model
from sora2lib.physics.intervals import bootstrap
from sora2lib.physics.phyworld import DIT_L, RATE, VIEW, disc, read, velocity_error
from sora2lib.world.families.lab import RADIUS, RADIUS_OUT, SPEED, SPEED_OUT, UNIT, lab
from sora2lib.world.schema import World
from sora2lib.world.simulate import shoot

Array = NDArray[np.float64]
KINDS = ("uniform", "parabola", "collision")
FRAMES = 32
FIRST_SEED = 13_000_000


@dataclass(frozen=True)
class Result:
    """Errors of one kind in one band, one number a scene, in PhyWorld's units a second."""

    parsed: Array
    direct: Array
    simulator: Array  # the parser's own error, on the simulated truth


def draw_scene(kind: str, band: str, rng: np.random.Generator) -> World:
    """Set up and simulate one scene; out of distribution, size and speed both lie in the held-out bands."""
    count = 2 if kind == "collision" else 1
    while True:
        radius = [_draw(rng, RADIUS, RADIUS_OUT, band) for _ in range(count)]
        speed = [_draw(rng, SPEED, SPEED_OUT, band) for _ in range(count)]
        if count == 2:
            speed = [speed[0], -speed[1]]
        if count == 1 or speed[0] - speed[1] > 0.5:
            world = shoot(lab(rng, kind, radius=radius, speed=speed), rng)
            if world is not None:
                return world


def _draw(
    rng: np.random.Generator, inside: tuple[float, float], outside: tuple[tuple[float, float], ...], band: str
) -> float:
    return float(rng.uniform(*(inside if band == "in" else outside[int(rng.integers(len(outside)))])))


def complete(model: Model, worlds: list[World], seeds: list[int]) -> list[World]:
    """Give the model the cast and the first motion row of each world and let it plan the rest, without a prompt."""
    rows = [tokens.encode(world) for world in worlds]
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    stop = len(rows[0].camera)
    *_, last = acts.motion(model, [""] * len(rows), generators, rows, acts.Stretch(0, stop, given=1), guidance=1.0)
    return [tokens.decode(result) for result in last]


def ball_paths(world: World) -> Array:
    """Places (balls, FRAMES, 2) along x and z at 10 Hz, in PhyWorld's units."""
    times = np.arange(FRAMES) / RATE
    balls = np.flatnonzero(~world.fixed.values)
    return (
        np.stack([world.position.isel(actor=int(i)).interp(time=times).sel(xyz=["x", "z"]).values for i in balls])
        / UNIT
    )


def score(truth: World, found: World) -> tuple[float, float, float]:
    """Errors of one scene: parsed, direct, and the parser's own on the truth."""
    true_path, path = ball_paths(truth), ball_paths(found)
    radii = truth.size.values[~truth.fixed.values, 0] / 2 / UNIT
    # The window starts a little left of the leftmost ball and shows ten units, as theirs does.
    corner = np.array([(true_path[:, 0, 0] - radii).min() - 0.1, true_path[..., 1].max() + radii.max() + 0.1 - VIEW])
    if true_path[0, -1, 0] < true_path[0, 0, 0]:
        corner[0] = (true_path[:, 0, 0] + radii).max() + 0.1 - VIEW
    true_path, path = true_path - corner, path - corner
    margin = radii[:, None, None]
    seen = ((true_path > margin) & (true_path < VIEW - margin)).all(axis=-1)
    parsed = np.stack([read(disc(p, r), gone=0.0) for p, r in zip(path, radii, strict=True)])
    parsed_truth = np.stack([read(disc(p, r), gone=0.0) for p, r in zip(true_path, radii, strict=True)])
    return (
        velocity_error(true_path, parsed, seen),
        velocity_error(true_path, path, seen),
        velocity_error(true_path, parsed_truth, seen),
    )


def measure(
    model: Model,
    kind: str,
    band: str,
    scenes: int,
    finish: Callable[[Model, list[World], list[int]], list[World]] = complete,
) -> Result:
    """Measure ``scenes`` scenes of a kind in or out of distribution."""
    seeds = [FIRST_SEED + i for i in range(scenes)]
    truths = [draw_scene(kind, band, np.random.default_rng([seed, KINDS.index(kind), band == "in"])) for seed in seeds]
    rows = [score(truth, found) for truth, found in zip(truths, finish(model, truths, seeds), strict=True)]
    parsed, direct, simulator = np.array(rows).T
    return Result(parsed, direct, simulator)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="small")
    parser.add_argument("--scenes", type=int, default=64, help="of each kind and band (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    asked = parser.parse_args()
    model = weights.load(asked.model)
    table = []
    print(f"{'':24}{'error, their parser':>28}{'error, direct':>24}{'parser on truth':>18}{'DiT-L':>8}")
    for kind in KINDS:
        for band in ("in", "out"):
            result = measure(model, kind, band, asked.scenes)
            row = {"kind": kind, "band": band, "scenes": asked.scenes}
            for name in ("parsed", "direct", "simulator"):
                values = getattr(result, name)
                values = values[np.isfinite(values)]
                row[name] = [float(values.mean()), *bootstrap(values), len(values)]
            table.append(row)
            parsed, direct, floor = row["parsed"], row["direct"], row["simulator"]
            theirs = DIT_L.get((kind, band))
            print(
                f"{kind:>12}, {band:>3} of range {parsed[0]:9.4f} [{parsed[1]:.4f}, {parsed[2]:.4f}] {direct[0]:8.4f} "
                f"[{direct[1]:.4f}, {direct[2]:.4f}] {floor[0]:12.4f} {theirs or '':>10}"
            )
    report = {"date": date.today().isoformat(), "model": model.version, "load": os.getloadavg()[0], "rows": table}
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"phyworld-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\n{path}")


if __name__ == "__main__":
    main()
