"""Who speaks when, against simulated dialogues: the packaged network, and the rule that it took the place of.

python benchmarks/turns.py [--dialogues N] [--results FOLDER]

Casts are of scenes that it never saw, and speakers are called in ways, and say lines, that it never met. Some dialogues
are written by hand, in words of our own. The rule matches the words of a name with what actors are called, else takes
the next one with a mouth; it waits 0.3 s before the first line and 0.25 s before each other. When a line begins is told
twice: how far off the middle of what is believed is, and how far what is drawn is off in all (the continuous ranked
probability score, which for a rule that draws nothing is how far it is off).
"""

import argparse
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from speed import machine, versions

from sora2lib.model.mixture import chance
from sora2lib.model.players import Company, Player, Turn
from sora2lib.model.turns import load, take_turns
from sora2lib.physics.intervals import bootstrap, share
from sora2lib.train.exchanges import Exchange, exchanges, scenes
from sora2lib.train.turns import Truths

SEEDS = (1000, 1001, 1002)  # of the scenes
LEAD, PAUSE = 0.3, 0.25  # s, of the rule
ARTICLE = re.compile(r"^(the|an?|his|her) ")
KNOWN = ("asset", "called", "named")  # ways that may have the very nouns of training
DRAWS = 101  # of each pause
MAN = Player("man", "man", "man", "blue", 1.84, -0.25, True)
WOMAN = Player("woman", "woman", "woman", "red", 1.66, 0.22, True)
BOY = Player("boy", "boy", "boy", "green", 1.2, 0.05, True)
GIRL = Player("girl", "girl", "girl", "yellow", 1.15, 0.3, True)
DOG = Player("dog", "dog", "dog", "brown", 0.6, 0.1, True)
OTHER_MAN = replace(MAN, name="man 2", called="", colour="black", height=1.7, across=0.3)
KNIGHT = replace(MAN, called="old knight")
CASTS = {
    "couple": (MAN, WOMAN),
    "men": (MAN, OTHER_MAN),
    "father": (MAN, GIRL),
    "mother": (WOMAN, BOY),
    "knight": (KNIGHT, WOMAN, BOY),
    "dog": (GIRL, DOG),
    "children": (BOY, GIRL),
    "one": (WOMAN,),
}
# Cast, and speakers in turn with the number of who is meant; "-" is nobody.
BY_HAND = """
couple: her husband 0, his wife 1, the husband 0
couple: the bearded one 0, the lady in the red skirt 1
couple: the guy on the left 0, the smaller person 1
couple: an old sailor 0, she 1, he 0
men: the first man 0, the second man 1, the first man 0
men: one of them 0, his friend 1
men: Carl 0, Otto 1, Carl 0
men: the man in black 1, the tall fellow 0
men: he 0, the other guy 1
father: the father 0, his daughter 1
father: the dad 0, the little girl 1, the dad 0
mother: the kid 1, his mom 0
mother: the grown-up 0, the youngster 1, she 0
knight: the knight 0, the lady 1, the lad 2
knight: the old man 0, the child 2
dog: the puppy 1, the girl 0
children: she 1, he 0, she 1
children: the little boy 0, his sister 1
one: the woman 0, a deep voice from outside -, she 0
couple: the storyteller -, Hans 0, Greta 1
"""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dialogues", type=int, default=200, help="that are simulated (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked, begun, told = parser.parse_args(), time.monotonic(), {}
    for name, values in rows(asked.dialogues):
        print(f"{name:<72} " + " ".join(f"{value:.3f}" for value in values), flush=True)
        told[name] = values
    report = {"date": date.today().isoformat(), "machine": machine(), "versions": versions()}
    report |= {"dialogues": asked.dialogues, "rows": told, "seconds": round(time.monotonic() - begun)}
    path = asked.results / f"turns-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{path}")


def rows(count: int) -> Iterator[tuple[str, list[float]]]:
    """Rows: what, and the value with its interval and how many there were."""
    them = list(islice(exchanges(scenes(SEEDS), 1, held_out=True), count))
    truth = [who for it in them for who in it.who]
    kinds = [kind for it in them for kind in it.kinds]
    by_network = [who for it in them for who in said_by(it.them, it.turns)]
    by_rule = [who for it in them for who in rule(it.them, it.turns)]
    for who, found in (("network", by_network), ("rule", by_rule)):
        right = [a == b for a, b in zip(found, truth, strict=True)]
        yield f"lines given to who says them, {who}", share(right)
        unseen = [it for it, kind in zip(right, kinds, strict=True) if kind not in KNOWN]
        yield f"  in held-out words, {who}", share(unseen)
        for is_there in (True, False):
            told = [it for it, one in zip(right, truth, strict=True) if (one is not None) == is_there]
            yield f"  by {'somebody' if is_there else 'nobody'} who is there, {who}", share(told)
        for kind in sorted(set(kinds)):
            of_kind = [it for it, one in zip(right, kinds, strict=True) if one == kind]
            if len(of_kind) >= 15:
                yield f"  called by {kind}, {who}", share(of_kind)
    for who, decide in (("network", said_by), ("rule", rule)):
        yield f"lines by hand given to who says them, {who}", share(list(by_hand(decide)))
    yield from pauses(them)


def said_by(them: Company, turns: Sequence[Turn]) -> tuple[int | None, ...]:
    """Who says each line by the network, which heeds what it has decided itself."""
    return take_turns(them, turns, [], seed=0)[0]


def rule(them: Company, turns: Sequence[Turn]) -> list[int | None]:
    """Who says each line by matching names, else the next with a mouth."""
    called = [f" {it.name} {it.asset} ".lower().replace("_", " ") for it in them.players]
    able = [i for i, it in enumerate(them.players) if it.mouth]
    given: dict[str, int | None] = {}
    for name in dict.fromkeys(turn.speaker for turn in turns):
        words = name.lower().lstrip("@").split()
        wanted = [i for i in range(len(called)) if words and all(f" {word} " in called[i] for word in words)]
        wanted = wanted or [i for i in able if words and words[-1] in called[i]]
        free = [i for i in (*wanted, *able) if i not in given.values()]
        given[name] = free[0] if free else None
    return [given[turn.speaker] for turn in turns]


def by_hand(decide: Any) -> Iterator[bool]:
    """Whether each line that was written by hand is given to who is meant."""
    for row in BY_HAND.strip().splitlines():
        cast, _, speakers = row.partition(": ")
        pairs = [it.rsplit(" ", 1) for it in speakers.split(", ")]
        names = [ARTICLE.sub("", name) for name, _ in pairs]
        found = decide(Company(CASTS[cast], (), 10.0), [Turn(name, "I have been here before.") for name in names])
        yield from (got == (None if want == "-" else int(want)) for got, (_, want) in zip(found, pairs, strict=True))


def pauses(them: Sequence[Exchange]) -> Iterator[tuple[str, list[float]]]:
    """How far off pauses are, s, all that was before each line being known."""
    truths, network = Truths.of(them), load()
    with torch.inference_mode():
        belief = network.pause(truths.asked, network(truths.asked)[1], truths.who)
        count = len(truths.who)
        generators = [torch.Generator().manual_seed(n) for n in range(DRAWS)]
        draws = [belief.draw(*(one[0] for one in chance([it], count, 1)))[:, 0] for it in generators]
    drawn = torch.stack(draws).clamp(min=0).numpy()
    true, first = truths.pause.numpy(), np.array([n == 0 for it in them for n in range(len(it.turns))])
    ruled = np.where(first, LEAD, PAUSE)
    spread = np.abs(drawn[:, None] - drawn[None]).mean(axis=(0, 1)) / 2
    off = {
        "middle, network": np.abs(np.median(drawn, axis=0) - true),
        "rule": np.abs(ruled - true),
        "drawn, network": np.abs(drawn - true).mean(axis=0) - spread,
    }
    late = true > 1.0
    for name, it in off.items():
        yield f"pause off, mean, s, {name}", [float(it.mean()), *bootstrap(it), count]
        yield f"  median, s, {name}", [float(np.median(it)), count]
        yield (
            f"  pauses of more than a second, mean, s, {name}",
            [float(it[late].mean()), *bootstrap(it[late]), int(late.sum())],
        )


if __name__ == "__main__":
    main()
