"""How well the model does what it is asked and how lawfully things move: prints a table, writes dated JSON.

python benchmarks/quality.py [--model NAME] [--prompts N] [--steps N]

Prompts are held out: paraphrases of templates and synonyms that training never saw, and combinations of colour,
size, asset and action kept back from it. A world obeys when every clause of its prompt is true, decided from the
world alone (sora2lib.train.evaluate); what cannot be measured counts as a failure. Scenes of people and animals are new
ones told in words of training. Three rows stand beside the model's:
the simulator's own world, the simulator's first frame held still, and the model's worlds against each other's
prompts. A fourth simulates on from the first moment of the model's worlds: how much of what fails is motion. All of the
model's numbers are of the raw model. Intervals are 95 %.
"""

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sora2lib import acts, planner
from sora2lib.errors import WorldError
from sora2lib.given import Ask
from sora2lib.model import weights
from sora2lib.model.weights import Model
from sora2lib.physics.intervals import share
from sora2lib.train.evaluate import frozen, obeys
from sora2lib.train.hearing import found_late, heard_late
from sora2lib.world.captions import caption
from sora2lib.world.contacts import contacts
from sora2lib.world.facts import Facts
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.holdout import EVALUATION_SEEDS, is_held_out
from sora2lib.world.naming import Clause
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.simulate import resimulate, simulate
from sora2lib.world.support import depth_below

# The families that are asked for, in turn; those that training has most of come twice.
TURNS = (
    *("drop", "roll", "throw", "collide", "ramp", "dominoes", "tower", "pendulum"),
    *("basketball", "cradle", "seesaw", "drop", "roll", "throw", "collide", "basketball"),
)
FREE = 0.02  # metres above the ground from which a body counts as in flight
STILL = 0.05  # m/s: what stays slower than this in the air hovers, it does not fall
IN_STEP = 0.005  # seconds
SHORTEST = 6  # samples of a flight whose acceleration is worth fitting
CLEAR = 2.0  # samples around an impact that are left out
BATCH = 32


@dataclass(frozen=True)
class Case:
    """A prompt, what it states, and a world in which all of that is true."""

    seed: int
    prompt: str
    clauses: frozenset[Clause]
    truth: World


def paraphrases(count: int) -> list[Case]:
    """Scenes like those of training, told in words that training never saw."""
    return [_case(seed, TURNS[seed % len(TURNS)], held_out=True) for seed in EVALUATION_SEEDS["paraphrases"][:count]]


def combinations(count: int) -> list[Case]:
    """Scenes whose combination of colour, size, asset and action training never saw, in ordinary words."""
    return [case for _, case in zip(range(count), _held_out_cases(), strict=False)]


def _held_out_cases() -> Iterator[Case]:
    for seed in EVALUATION_SEEDS["combinations"]:
        case = _case(seed, TURNS[seed % len(TURNS)], held_out=False)
        if is_held_out(Facts.from_json(case.truth.attrs["facts"])):
            yield case


def shots(count: int) -> list[Case]:
    """Basketball shots whose prompt says how they end."""
    seeds = EVALUATION_SEEDS["validation"]
    found = (_case(seed, "basketball", held_out=bool(seed % 2)) for seed in seeds)
    told = (case for case in found if any(clause.kind == "outcome" for clause in case.clauses))
    return [case for _, case in zip(range(count), told, strict=False)]


def people(count: int) -> list[Case]:
    """Scenes of people and animals, one family after the other, new but told in words of training."""
    families = tuple(PEOPLE)
    seeds = EVALUATION_SEEDS["validation"][-count:]
    return [_case(seed, families[i % len(families)], held_out=False) for i, seed in enumerate(seeds)]


def _case(seed: int, family: str, *, held_out: bool) -> Case:
    truth = simulate(family, seed)
    told = caption(Facts.from_json(truth.attrs["facts"]), np.random.default_rng(seed), held_out=held_out)
    return Case(seed, told.text, told.clauses, truth)


def generate(model: Model, cases: list[Case], steps: int) -> list[World]:
    """The raw model's worlds for the cases' prompts."""
    worlds: list[World] = []
    for start in range(0, len(cases), BATCH):
        asks = [Ask(case.prompt, case.seed) for case in cases[start : start + BATCH]]
        *_, last = planner.plan_many(model, asks, steps=steps)
        worlds += last.guess()
    return worlds


def _exact(world: World) -> World:
    """The world simulated on from its first moment; as it is where the simulator refuses it."""
    try:
        return resimulate(world)
    except WorldError:
        return world


def obeyed(cases: list[Case], worlds: list[World]) -> dict[str, list[bool]]:
    """By kind of clause, and "every clause": whether each stated one is true."""
    marks: dict[str, list[bool]] = defaultdict(list)
    for case, world in zip(cases, worlds, strict=True):
        answers = obeys(world, case.clauses)
        marks["every clause"].append(all(answer is True for answer in answers.values()))
        for clause, answer in answers.items():
            marks[clause.kind].append(answer is True)
    return marks


def flights(world: World) -> Iterator[tuple[int, np.ndarray]]:
    """Longest free flight of each mover: actor and sample indices, away from the ground and from every impact."""
    found = contacts(world)
    for i in np.flatnonzero(~world.fixed.values):
        asset = str(world.asset.values[i])
        if asset in ("pendulum", "seesaw"):
            continue
        height = world.position.values[i, :, 2] - depth_below(asset, world.size.values[i], world.rotation.values[i])
        free = height > FREE
        for time in found.time[(found.actor == i) | (found.other == i)]:
            near = np.abs(np.arange(len(free)) - time * world.rate) < CLEAR
            free &= ~near
        for touch in found.touches:
            if i in (touch.actor, touch.other):
                free &= ~((world.time.values >= touch.start - 0.05) & (world.time.values <= touch.end + 0.05))
        longest = max(_runs(free), key=len, default=np.arange(0))
        if len(longest) >= SHORTEST:
            yield int(i), longest


def _runs(mask: np.ndarray) -> list[np.ndarray]:
    """Stretches of samples in which a condition holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return [np.arange(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def hovers(world: World, actor: int, flight: np.ndarray) -> bool:
    """Whether a body stays where it is in the air, longer than the top of a flight takes."""
    speed = np.linalg.norm(np.diff(world.position.values[actor, flight], axis=0), axis=-1) * world.rate
    return any(len(run) >= SHORTEST for run in _runs(speed < STILL))


def gravity_errors(worlds: list[World]) -> list[float]:
    """Relative error of the fitted fall, one number a world that has a flight."""
    errors = []
    for world in worlds:
        fits = [
            abs(-2 * np.polyfit(world.time.values[run], world.position.values[i, run, 2], 2)[0] / GRAVITY - 1)
            for i, run in flights(world)
            if not hovers(world, i, run)
        ]
        errors += [float(np.mean(fits))] if fits else []
    return errors


def shuffled(cases: list[Case]) -> list[Case]:
    """The cases with their prompts moved on by one."""
    return [*cases[1:], cases[0]]


def obedience(
    name: str, cases: list[Case], worlds: list[World], marks: dict[str, list[bool]]
) -> dict[str, list[float]]:
    """Rows of a set of cases: every clause true, each kind of clause, and the three references.

    ``marks`` are those of :func:`obeyed`.
    """
    truths = [case.truth for case in cases]
    rows = {f"{name}: every clause true": share(marks["every clause"])}
    rows |= {f"{name}: {kind}": share(marks[kind]) for kind in sorted(marks) if kind != "every clause"}
    references = {
        "the simulator": obeyed(cases, truths),
        "first frame held": obeyed(cases, [frozen(truth) for truth in truths]),
        "shuffled prompts": obeyed(shuffled(cases), worlds),
    }
    return rows | {f"{name}: reference, {what}": share(them["every clause"]) for what, them in references.items()}


def by_family(name: str, cases: list[Case], every: list[bool]) -> dict[str, list[float]]:
    """Rows of a set of cases: every clause true, as marked, of each family by itself."""
    marks: dict[str, list[bool]] = defaultdict(list)
    for case, mark in zip(cases, every, strict=True):
        marks[Facts.from_json(case.truth.attrs["facts"]).family].append(mark)
    return {f"{name}: every clause true, {family}": share(them) for family, them in marks.items()}


def measure(model: Model, count: int, steps: int) -> dict[str, list[float]]:
    """All rows of the table."""
    rows: dict[str, list[float]] = {}
    falls: list[World] = []
    for name, draw in (("unseen paraphrases", paraphrases), ("unseen combinations", combinations)):
        cases = draw(count)
        worlds = generate(model, cases, steps)
        rows |= obedience(name, cases, worlds, obeyed(cases, worlds))
        exact = obeyed(cases, [_exact(world) for world in worlds])
        rows[f"{name}: every clause true, simulated on from the model's first moment"] = share(exact["every clause"])
        falls += worlds
        truths = [case.truth for case in cases]
        rows[f"{name}: free fall within 2 %, the simulator"] = share([e < 0.02 for e in gravity_errors(truths)])
        found = np.concatenate([found_late(truth) for truth in truths])
        rows[f"{name}: contact told within 5 ms by motion, the simulator"] = share((found < IN_STEP).tolist())
    errors = gravity_errors(falls)
    rows["nothing hovers, the model"] = share([not any(hovers(w, i, run) for i, run in flights(w)) for w in falls])
    heard = np.concatenate([heard_late(world) for world in falls])
    rows["contact heard within 5 ms of its sight, the model"] = share((heard < IN_STEP).tolist())
    rows["free fall within 2 %, the model"] = share([error < 0.02 for error in errors])
    rows["free fall, median error"] = [float(np.median(errors)) if errors else float("nan")]
    cases = shots(count // 2)
    worlds = generate(model, cases, steps)
    rows["basketball ends as said"] = share(obeyed(cases, worlds)["outcome"])
    rows["basketball ends as said: reference, shuffled prompts"] = share(obeyed(shuffled(cases), worlds)["outcome"])
    cases = people(count)
    worlds = generate(model, cases, steps)
    marks, name = obeyed(cases, worlds), "people and animals"
    return rows | obedience(name, cases, worlds, marks) | by_family(name, cases, marks["every clause"])


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="small")
    parser.add_argument("--prompts", type=int, default=128, help="of each held-out set (%(default)s)")
    parser.add_argument("--steps", type=int, default=acts.MOTION_STEPS)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    model = weights.load(asked.model)
    rows = measure(model, asked.prompts, asked.steps)
    for name, values in rows.items():
        interval = f"[{100 * values[1]:5.1f}, {100 * values[2]:5.1f}]  n={values[3]:.0f}" if len(values) > 1 else ""
        print(f"{name:<62} {100 * values[0]:6.1f} %  {interval}")
    report = {"date": date.today().isoformat(), "model": f"{model.name} {model.version}", "steps": asked.steps}
    report |= {"load": os.getloadavg()[0], "rows": rows}
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"quality-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\n{path}")


if __name__ == "__main__":
    main()
