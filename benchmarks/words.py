"""What is understood of captions in words that training never saw: prints a table, writes dated JSON.

python benchmarks/words.py [--model NAME] [--captions N] [--reader NAME]

A probe (sora2lib.train.probing) learns to read clauses off what the text encoder makes of captions in training's words;
then it reads captions, of new scenes, whose words and templates are held out. What it reads wrong a plan can hardly
obey. Beside them stand captions in training's words, and held-out captions against each other's clauses. With
``--reader`` the probe has learned from another model's encoder, so that two encoders are compared as what reads them
sees them. Intervals are 95 %.
"""

import argparse
import json
import os
from datetime import date
from pathlib import Path

import numpy as np

from sora2lib.model import weights
from sora2lib.model.weights import Model
from sora2lib.physics.intervals import share
from sora2lib.train import probing
from sora2lib.train.telling import training_facts
from sora2lib.world.captions import Caption, caption

SEED = 11_000_000


def captions(count: int, *, held_out: bool) -> list[Caption]:
    """Captions of every event in turn, of scenes that need not be played."""
    return [caption(facts, rng, held_out=held_out) for facts, rng in training_facts(count, np.random.default_rng(SEED))]


def against_each_other(told: list[Caption]) -> list[Caption]:
    """The captions' texts with the clauses of the ones before them."""
    return [Caption(it.text, told[i - 1].clauses) for i, it in enumerate(told)]


def measure(model: Model, reader: Model, count: int) -> dict[str, list[float]]:
    """All rows of the table: share, interval, number."""
    probe = probing.learn_probe(reader.network.text)
    unseen = captions(count, held_out=True)
    sets = {
        "unseen words": unseen,
        "training's words": captions(count, held_out=False),
        "unseen words, of other captions": against_each_other(unseen),
    }
    return {
        f"{name}: {kind}": share(right)
        for name, told in sets.items()
        for kind, right in probing.understood(probe, model.network.text, told).items()
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="small")
    parser.add_argument("--reader", help="model whose encoder the probe learns from (the same)")
    parser.add_argument("--captions", type=int, default=1_500, help="of each set (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    model = weights.load(asked.model)
    rows = measure(model, weights.load(asked.reader) if asked.reader else model, asked.captions)
    for name, (right, low, high, number) in rows.items():
        print(f"{name:<52} {100 * right:6.1f} %  [{100 * low:5.1f}, {100 * high:5.1f}]  n={number:.0f}")
    report = {"date": date.today().isoformat(), "model": f"{model.name} {model.version}"}
    report |= {"load": os.getloadavg()[0], "rows": rows}
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"words-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"\n{path}")


if __name__ == "__main__":
    main()
