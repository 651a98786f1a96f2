"""How well clips start from a picture: prints a table and writes it as dated JSON.

python benchmarks/start.py [--model NAME] [--clips N] [--planned N] [--only PART] [--results FOLDER]

The first pictures of simulated worlds, 320x180, are read (:func:`sora2lib.fit`) and held against the worlds. From some
of them clips are planned, whose first pictures are held against those; and once more with the picture as the backdrop,
which is drawn and left out. Beside each score stands that of another
world's picture. Intervals are 95 %.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the command line does, before torch is loaded

import numpy as np
from numpy.typing import NDArray

from sora2lib import acts, pipeline, planner
from sora2lib.fitting.fit import SURE, Fit, fit
from sora2lib.given import Ask
from sora2lib.model import weights
from sora2lib.model.weights import Model
from sora2lib.physics.intervals import bootstrap, share
from sora2lib.render import passes, render
from sora2lib.request import Request
from sora2lib.start import Seen
from sora2lib.world.facts import Facts
from sora2lib.world.schema import World
from sora2lib.world.simulate import simulate

Frame = NDArray[np.uint8]
FAMILIES = {  # what is drawn, and the words for it; the ground, the light and all colours are left to the picture
    "drop": "something falls and bounces",
    "roll": "a ball rolls",
    "throw": "a ball is thrown",
    "collide": "two balls collide",
}
WIDTH, HEIGHT = 320, 180
FIRST_SEED = 900_000  # none of these worlds was drawn to fit the tables
LEAST_SEEN = 30  # pixels of a thing that counts
SECONDS = 1.0  # of a planned clip
PARTS = ("read", "made", "backdrop")


@dataclass(frozen=True, eq=False)
class Case:
    """A simulated world, its first picture, and which actor each pixel shows."""

    family: str
    world: World
    picture: Frame
    shown: NDArray[np.int16]  # (H, W)

    @property
    def seen(self) -> list[int]:
        """Actors that move and are seen, the largest first."""
        area = {i: int((self.shown == i).sum()) for i in np.flatnonzero(~self.world.fixed.values)}
        return sorted((i for i in area if area[i] >= LEAST_SEEN), key=lambda i: -area[i])

    def box(self, actor: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of an actor in the picture."""
        return box_of(self.shown == actor)


def box_of(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a mask (H, W), right and bottom exclusive."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def cases() -> Iterator[Case]:
    """Worlds in which something that moves is wholly seen at first."""
    for seed in range(FIRST_SEED, FIRST_SEED + 100_000):
        family = list(FAMILIES)[seed % len(FAMILIES)]
        world = simulate(family, seed)
        shown = passes(world, 0.0, width=WIDTH, height=HEIGHT)["segmentation"]
        case = Case(family, world, next(render(world, width=WIDTH, height=HEIGHT, fps=24)), shown)
        if case.seen and not on_border(shown == case.seen[0]):
            yield case


def on_border(mask: NDArray[np.bool_]) -> bool:
    """Whether a mask (H, W) reaches the border of the picture."""
    return bool(mask[[0, -1]].any() or mask[:, [0, -1]].any())


def pixels(thing: Seen) -> tuple[float, float, float, float]:
    """The box of a thing that was seen, in pixels."""
    half = HEIGHT / 2
    x, y = WIDTH / 2 + half * thing.x, half - half * thing.y
    return (
        x - half * thing.width / 2,
        y - half * thing.height / 2,
        x + half * thing.width / 2,
        y + half * thing.height / 2,
    )


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, width) * max(0.0, height)
    areas = sum((it[2] - it[0]) * (it[3] - it[1]) for it in (one, other))
    return both / (areas - both)


def nearest(found: Fit, case: Case) -> Seen | None:
    """What was understood to be the largest thing that moves, if anything was."""
    box = case.box(case.seen[0])
    return max(found.start.things, key=lambda it: overlap(pixels(it), box), default=None)


def mean(values: Sequence[float]) -> list[float]:
    """Mean of values, with its 95 % interval and how many."""
    return [float(np.mean(values)), *bootstrap(values), len(values)] if values else [float("nan")] * 3 + [0]


def read(them: Sequence[Case], found: Sequence[Fit], label: str) -> dict[str, list[float]]:
    """What of worlds comes back when pictures are read."""
    rows: dict[str, list[float]] = {}
    facts = [Facts.from_json(case.world.attrs["facts"]) for case in them]
    for name in ("ground", "light", "weather"):
        told = [(getattr(it.start, name), getattr(fact, name)) for it, fact in zip(found, facts, strict=True)]
        rows[f"{name} told (at least {SURE:.0%} sure)"] = share([one is not None for one, _ in told])
        rows[f"{name} right, of those told"] = share([one == other for one, other in told if one is not None])
    main = [nearest(it, case) for it, case in zip(found, them, strict=True)]
    boxes = [case.box(case.seen[0]) for case in them]
    hits = [it is not None and overlap(pixels(it), box) > 0.5 for it, box in zip(main, boxes, strict=True)]
    rows["the main thing found (IoU above 0.5)"] = share(hits)
    rows["as many things as move and are seen"] = share(
        [len(it.start.things) == len(case.seen) for it, case in zip(found, them, strict=True)]
    )
    good = [(it, box, case) for it, box, case, hit in zip(main, boxes, them, hits, strict=True) if it and hit]
    rows["place of it off by, pixels of 320"] = mean([off(pixels(it), box) for it, box, _ in good])
    rows["size of it off by, share"] = mean([resized(pixels(it), box) for it, box, _ in good])
    rows["colour of it off by, 0 to 1"] = mean(
        [apart(it.colour, case.world.colour.values[case.seen[0]]) for it, _, case in good]
    )
    return {f"{label}: {name}": row for name, row in rows.items()}


def off(one: Sequence[float], other: Sequence[float]) -> float:
    """How far the middles of two boxes are apart."""
    return float(np.hypot(*((one[i] + one[i + 2] - other[i] - other[i + 2]) / 2 for i in (0, 1))))


def resized(one: Sequence[float], other: Sequence[float]) -> float:
    """By which share the size of a box is wrong."""
    first, second = (np.sqrt((it[2] - it[0]) * (it[3] - it[1])) for it in (one, other))
    return float(abs(np.log(first / second)))


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """Root mean square difference of two colours."""
    return float(np.sqrt(np.mean(np.subtract(one, other) ** 2)))


def planned(model: Model, them: Sequence[Case], found: Sequence[Fit], steps: int) -> list[World]:
    """A world for each case, planned from what was read, all words alike within a family."""
    asks = [
        Ask(FAMILIES[case.family], seed, SECONDS, start=it.start)
        for seed, (case, it) in enumerate(zip(them, found, strict=True))
    ]
    *_, last = planner.plan_many(model, asks, steps=steps)
    return last.guess()


def drawn(them: Sequence[Case], worlds: Sequence[World], label: str) -> dict[str, list[float]]:
    """How the first pictures of worlds match those that they started from."""
    found: list[float] = []
    colours: list[float] = []
    pictures: list[float] = []
    for case, world in zip(them, worlds, strict=True):
        shown = passes(world, 0.0, width=WIDTH, height=HEIGHT)["segmentation"]
        actors = [i for i in range(world.sizes["actor"]) if (shown == i).sum() > 0]
        mask = case.shown == case.seen[0]
        scores = [float((mask & (shown == i)).sum() / (mask | (shown == i)).sum()) for i in actors]
        found.append(max(scores, default=0.0))
        picture = next(render(world, width=WIDTH, height=HEIGHT, fps=24))
        colours.append(apart(picture[mask].mean(axis=0) / 255, case.picture[mask].mean(axis=0) / 255))
        pictures.append(float(np.abs(picture.astype(float) - case.picture).mean() / 255))
    rows = {
        "main thing, IoU of its pixels": mean(found),
        "main thing, IoU above 0.5": share([it > 0.5 for it in found]),
        "colour where it is off by, 0 to 1": mean(colours),
        "all of the picture off by, 0 to 1": mean(pictures),
    }
    return {f"{label}: {name}": row for name, row in rows.items()}


def hung(them: Sequence[Case], model: str, steps: int) -> dict[str, list[float]]:
    """How far first pictures are off outside of all bodies, with what hangs behind them and without."""
    off: dict[str, list[float]] = {"with the backdrop": [], "without it": []}
    for seed, case in enumerate(them):
        start = fit(case.picture, backdrop=True).start
        request = Request(FAMILIES[case.family], SECONDS, seed=seed, model=model, steps=steps, start=start)
        *_, last = pipeline.plan(request)
        world = last.world()
        bare = world.copy()
        bare.attrs = {}
        clear = (case.shown < 0) & (passes(bare, 0.0, width=WIDTH, height=HEIGHT)["segmentation"] < 0)
        for told, it in zip(off, (world, bare), strict=True):
            picture = next(render(it, width=WIDTH, height=HEIGHT, fps=24))
            off[told].append(float(np.abs(picture[clear].astype(float) - case.picture[clear]).mean() / 255))
    return {f"made, {told}: colour outside bodies off by, 0 to 1": mean(values) for told, values in off.items()}


def turned(items: Sequence[Fit]) -> list[Fit]:
    """The same, each for another world of another family."""
    return [*items[1:], *items[:1]]


def shown(row: Sequence[float]) -> str:
    """One line of the table."""
    value, low, high, count = row
    return f"{value:8.3f}  [{low:.3f}, {high:.3f}]  n {count:.0f}"


def main(tell: Callable[[str], None] = print) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="small")
    parser.add_argument("--clips", type=int, default=100, help="pictures that are read (%(default)s)")
    parser.add_argument("--planned", type=int, default=32, help="clips that are planned (%(default)s)")
    parser.add_argument("--steps", type=int, default=acts.MOTION_STEPS, help="denoising steps (%(default)s)")
    parser.add_argument("--only", choices=PARTS, help="one part of the table instead of all")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    asked = parser.parse_args()
    model = weights.load(asked.model)
    them = [case for _, case in zip(range(asked.clips), cases(), strict=False)]
    some: list[Case] = them[: asked.planned]
    rows: dict[str, list[float]] = {}
    if asked.only in (None, "read"):
        found = [fit(case.picture) for case in them]
        rows |= read(them, found, "read") | read(them, turned(found), "read, another's picture")
    if asked.only in (None, "made"):
        theirs = [fit(case.picture) for case in some]
        rows |= drawn(some, planned(model, some, theirs, asked.steps), "made")
        rows |= drawn(some, planned(model, some, turned(theirs), asked.steps), "made from another's picture")
    if asked.only in (None, "backdrop"):
        rows |= hung(some, asked.model, asked.steps)
    for name, row in rows.items():
        tell(f"{name:<64}{shown(row)}")
    asked.results.mkdir(exist_ok=True)
    told = {"date": date.today().isoformat(), "model": f"{model.name} {model.version}", "load": os.getloadavg()[0]}
    told |= {"clips": asked.clips, "planned": asked.planned, "steps": asked.steps, "rows": rows}
    (asked.results / f"start-{date.today()}.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
