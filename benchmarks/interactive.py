"""How soon one sees what one asks for: prints a table and writes it, with machine and versions, as dated JSON.

python benchmarks/interactive.py [--prompts N] [--steps N] [--play SECONDS] [--results FOLDER]

A preview is a plan of a few steps, drawn small. It moves as soon as the first guess at the motion is drawn; it is
whole once all steps and all pictures are there. Beside seconds of the clock stand those of the processor, which on a
busy machine are the fairer ones. Grounds are painted before; the first of each kind in a process takes as long as is
told. A dragged camera is what the camera desk does: the clip's world from another place, one picture a move. Clips in
step, scrubbing, and what many clips weigh are measured in Chromium and JupyterLab (:mod:`playing`); --play 0 leaves
that out.
"""

import argparse
import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as pages do, before torch is loaded

import playing
import torch
from speed import machine, versions

import sora2lib as sora
from sora2lib import pipeline
from sora2lib.render import render
from sora2lib.render.grounds import paint
from sora2lib.request import Request
from sora2lib.widgets.shoot import STILL, Shoot
from sora2lib.world.vocabulary import GROUNDS

SIZE, FPS, SECONDS = (320, 180), 12, 4.0
STEPS = 4  # of the motion; casting and filming take four as well, which is their least
MOVES = 60  # of the camera
PROMPTS = (
    "a red rubber ball bounces on ice at sunset",
    "a blue steel ball rolls off a table",
    "two balls collide on grass",
    "a dog runs on sand in the morning",
    "a row of dominoes falls on a wooden floor",
    "a wooden box slides down a ramp",
    "a pendulum swings at night",
    "a basketball shot at a hoop, the camera zooms in",
    "a man walks through the snow",
    "three green blocks fall in the rain",
    "a white ball is thrown over a wall",
    "a cat jumps onto a box at noon",
    "a car drives into a wall",
    "a yellow ball rolls through ninepins",
    "a boat floats on water in the fog, the camera orbits left",
    "a tower of blocks falls over",
    "a small glass ball falls on metal",
    "a woman dances on tiles",
    "a see-saw tips under a stone",
    "a huge orange ball rolls right on concrete",
)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=len(PROMPTS), help="the median of so many (%(default)s)")
    parser.add_argument("--steps", type=int, default=STEPS, help="denoising steps of a preview (%(default)s)")
    parser.add_argument("--play", type=float, default=60.0, help="seconds to play in a browser (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    load, threads = os.getloadavg()[0], torch.get_num_threads()
    told = machine()
    print(f"{told['processor']}, {told['cores']} cores, {threads} threads of torch, load {load:.1f} before\n")
    grounds = {ground: took(lambda ground=ground: paint(ground))[1] for ground in GROUNDS}
    times = defaultdict(list)
    for index in range(-1, asked.prompts):  # the first, which compiles and loads, does not count
        for name, value in preview(PROMPTS[index], asked.steps):
            if index >= 0:
                times[name].append(value)
    rows = {name: [statistics.median(it) for it in zip(*values, strict=True)] for name, values in times.items()}
    print(f"{'milliseconds':<66}   clock  processor")
    for name, (wall, processor) in rows.items():
        print(f"{name:<66} {1000 * wall:7.0f} {1000 * processor:10.0f}")
    print(
        f"{'the first picture on a ground of a new kind, more':<66} {1000 * statistics.median(grounds.values()):18.0f}"
    )
    shoot = Shoot(clip=sora.simulate("drop", seed=30, size="320x180", seconds=3))
    (wall, processor), shown = took(lambda: drag(shoot)), MOVES
    print(f"{f'camera drag, {STILL} pixels wide, pictures a second':<66} {shown / wall:7.1f} {shown / processor:10.1f}")
    played = playing.measured(asked.play) if asked.play else {}
    for name, value in played.items():
        print(f"{name:<66} {value:7.2f}")
    report = {"date": date.today().isoformat(), "machine": told, "threads": threads, "load": load}
    report |= {"versions": versions(), "prompts": asked.prompts, "steps": asked.steps, "size": "x".join(map(str, SIZE))}
    report |= {"fps": FPS, "clip_seconds": SECONDS, "seconds_of_clock_and_processor": rows}
    report |= {"painting_processor_seconds": grounds, "dragged_pictures_a_second": [shown / wall, shown / processor]}
    report |= {"in_a_browser": played}
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"interactive-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{path}")


Times = tuple[float, float]  # seconds of the clock, and of the processor


def preview(prompt: str, steps: int) -> Iterator[tuple[str, Times]]:
    """Times from a new prompt to what is seen of it, and how they come about."""
    start = now()
    cast = moving = None
    for step in pipeline.plan(Request(prompt, seed=7, seconds=SECONDS, steps=steps)):
        if step.phase == "motion" and moving is None:
            cast = since(start)
            list(islice(drawn(step.world()), 2))  # two pictures: it moves
            moving = since(start)
    planned, world = since(start), step.world()
    decoded = since(start)
    list(drawn(world))
    whole, glance = since(start), less(moving, cast)  # the first glance is no part of the whole
    yield f"from a new prompt to a preview that moves, {steps} steps", moving
    yield "  of which casting, standing and the first step of motion", cast
    yield "  of which decoding it and drawing two pictures", glance
    yield f"to the whole preview, {SECONDS:g} s, {SIZE[0]}x{SIZE[1]}, {FPS} pictures a second", less(whole, glance)
    yield "  of which the plan", less(planned, glance)
    yield "  of which decoding it", less(decoded, planned)
    yield "  of which pictures", less(whole, decoded)


def drawn(world: sora.World) -> Iterator[object]:
    """Pictures of a preview."""
    return render(world, width=SIZE[0], height=SIZE[1], fps=FPS, seconds=SECONDS)


def drag(shoot: Shoot) -> None:
    """Go round a clip's world with a camera."""
    for move in range(MOVES):
        shoot.eye = (0.02 * move, -6.0, 1.5 + 0.01 * move)


def now() -> Times:
    """Clock and processor."""
    return time.perf_counter(), time.process_time()


def less(times: Times, before: Times) -> Times:
    """What lies between."""
    return times[0] - before[0], times[1] - before[1]


def since(start: Times) -> Times:
    """What has passed."""
    return less(now(), start)


def took(work: Callable[[], Any]) -> Times:
    """Times of one call."""
    start = now()
    work()
    return since(start)


if __name__ == "__main__":
    main()
