"""Captions whose event and camera are told otherwise: that many sentences mean the same is learned from them.

Captions tell each event in some ten ways, people in any. ``sayings.tsv`` beside this file has more, one row a way: an
event (family, action, outcome), and a saying as :mod:`sora2lib.world.grammar` has them, or after # a label. Moves of
the camera are events of the family "camera", of which ``{way}`` tells where to. They were written without sight of
what is kept for evaluation, and what says the same is not among them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np

from sora2lib.train.rewording import Change
from sora2lib.train.telling import training_facts
from sora2lib.world.captions import Caption, caption
from sora2lib.world.facts import Facts
from sora2lib.world.grammar import Dice, Key, Saying, saying
from sora2lib.world.wording import PRONOUNS, Teller

TABLE = Path(__file__).with_name("sayings.tsv")


def retellings(count: int, rng: np.random.Generator) -> Iterator[tuple[Caption, tuple[Change, ...]]]:
    """Yield captions as :func:`sora2lib.train.telling.training_captions` does, and how else their parts may be told.

    >>> next(retellings(1, np.random.default_rng(0)))[0].text  # doctest: +SKIP
    'A small box falls onto the ice.'
    """
    for facts, its in training_facts(count, rng):
        yield retelling(facts, its)


def retelling(facts: Facts, rng: np.random.Generator) -> tuple[Caption, tuple[Change, ...]]:
    """Return a caption of a scene, and how else its parts may be told."""
    log: list[tuple[str, list[str]]] = []
    told = caption(facts, rng, telling=partial(Retelling, log))
    return told, tuple(_changes(told.text, log))


def _changes(told: str, log: list[tuple[str, list[str]]]) -> list[Change]:
    """Where in a caption its event and camera are told, in order; what was told in other letters is left out."""
    found: list[Change] = []
    for text, others in log:
        places = re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", told, re.IGNORECASE)
        free = (it for it in places if not any(it.start() < stop and start < it.end() for start, stop, _ in found))
        if others and (place := next(free, None)):
            found.append((*place.span(), others))
    return sorted(found)


class Retelling(Teller):
    """Tells as captions do, and notes how else it could have told the event: a text, and what may stand for it."""

    def __init__(self, log: list[tuple[str, list[str]]], facts: Facts, dice: Dice, density: float) -> None:
        super().__init__(facts, dice, density)
        self._log = log

    def _say(self, key: Key, made: Saying, form: str, filled: dict[str, str]) -> str:
        text = super()._say(key, made, form, filled)
        spare = frozenset(PRONOUNS) & self._slots  # they tell nothing more
        more = filled | {slot: self._fill(slot) for slot in spare}
        like = [it for it in _sayings(key)[0] if it.kind == made.kind and it.slots | spare == made.slots | spare]
        forms = [self._form(it, form) for it in like]
        self._log.append((text, [it.format_map(more) for it in forms if it]))
        return text

    def _film(self, full: str, form: str, way: str) -> str:
        text = super()._film(full, form, way)
        moves = (("camera", move, "") for move in (full, self.facts.camera))
        clauses, labels = next((_sayings(key) for key in moves if key in _table()), ((), ()))
        more = labels if form == "label" else [it.singular if form == "finite" else it.gerund for it in clauses]
        self._log.append((text, [it.format(way=way) for it in more]))
        return text

    def _label(self, key: Key, label: str) -> str:
        self._log.append((label, [*_sayings(key)[1]]))
        return label


@cache
def _sayings(key: Key) -> tuple[tuple[Saying, ...], tuple[str, ...]]:
    """Sayings of an event beside those of captions, and its labels."""
    told = _table().get(key, [])
    return tuple(saying(it) for it in told if it[0] != "#"), tuple(it[1:] for it in told if it[0] == "#")


@cache
def _table() -> dict[Key, list[str]]:
    table: dict[Key, list[str]] = defaultdict(list)
    for event, told in rows():
        table[event].append(told)
    return table


def rows() -> Iterator[tuple[Key, str]]:
    """Yield events and what else is said of them, a saying or a label after #.

    >>> next(rows())[0]
    ('drop', 'drop', '')
    """
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        event, told = line.split("\t")
        family, action, outcome = event.split("|")
        yield (family, action, outcome), told
