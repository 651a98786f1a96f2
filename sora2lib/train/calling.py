"""How people call those who speak: by what they are, wear and look like, by order, by pronouns and by names.

Each way is true of one player of a company, or of nobody: a voice off. ``callings.tsv`` is the table that people edit;
what it marks with ``~``, a third of the ways, no training ever sees.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sora2lib.model.players import Company, Player
from sora2lib.world.grammar import Choice, choice
from sora2lib.world.naming import COLOURS
from sora2lib.world.persons import PLAYED_BY

TABLE = Path(__file__).with_name("callings.tsv")
MEN, WOMEN, GROWN, CHILDREN = ("man", "boy"), ("woman", "girl"), ("man", "woman"), ("boy", "girl")
TALLER, ASIDE = 0.05, 0.06  # m; share of the distance by which one is taller, or farther to the right
ORDINALS = ("first", "second")


@dataclass(frozen=True)
class Calling:
    """A phrase for a speaker, and the kind of it; the name of a row of the table, or "called", "asset", "role"."""

    kind: str
    phrase: str


@dataclass(frozen=True)
class Heard:
    """What was said before.

    Parameters
    ----------
    who : who said each line, or None.
    names : the players that have a name by now, and it.
    """

    who: tuple[int | None, ...] = ()
    names: tuple[tuple[int | None, str], ...] = ()

    @property
    def last(self) -> int | None:
        """Who spoke last of those who are there."""
        return next((it for it in reversed(self.who) if it is not None), None)


@cache
def table() -> dict[str, Choice[str]]:
    """Return the rows of the table, each split into what training sees and what is held out."""
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    return {name: choice(it.strip() for it in ways.split(",")) for name, ways in rows}


@cache
def roles() -> dict[str, Choice[str]]:
    """Words for people with a trade or an age by the figure that plays them, every third of them held out."""
    return {who: choice(f"~{it}" if n % 3 == 2 else it for n, it in enumerate(them)) for who, them in PLAYED_BY.items()}


def callings(
    them: Company, who: int | None, heard: Heard, rng: np.random.Generator, *, held_out: bool = False
) -> list[Calling]:
    """Return how a player, or a voice off, may be called now; of each kind one way at most.

    Parameters
    ----------
    held_out : takes the ways that training never sees.
    """
    kinds = _kinds(them, who, heard) if who is not None else [("off", ""), *_missing(them)]
    found = []
    for kind, noun in kinds:
        ways = table().get(kind) or roles().get(kind.removeprefix("role "), Choice((noun,), (noun,)))
        way = str(rng.choice(ways.held if held_out else ways.train))
        if kind == "label" and who is not None:
            way = f"{way} {rng.choice(['ABCDEFGH', '12345678'])[_order(them.players, who)]}"
        colour = COLOURS[them.players[who].colour] if who is not None else None
        worn = str(rng.choice(colour.held if held_out else colour.train)) if colour else ""
        found.append(Calling(kind, way.replace("{n}", noun).replace("{c}", worn)))
    return found


def able(players: Sequence[Player]) -> list[int]:
    """Numbers of those who can move a mouth."""
    return [i for i, it in enumerate(players) if it.mouth]


def _order(players: Sequence[Player], who: int) -> int:
    return able(players).index(who)


def _missing(them: Company) -> Iterator[tuple[str, str]]:
    """Kinds of those who are not there."""
    there = {it.asset for it in them.players}
    if not there & {"man", "woman", "boy", "girl"} or len(there & set(MEN)) * len(there & set(WOMEN)):
        return
    for asset in MEN if not there & set(MEN) else WOMEN:
        yield from ((asset, asset), (f"role {asset}", asset), ("asset", asset))


def _kinds(them: Company, who: int, heard: Heard) -> Iterator[tuple[str, str]]:
    """The kinds of ways that are true of a player alone, each with a noun for it."""
    players = them.players
    it, others = players[who], [i for i in able(players) if i != who]
    noun = it.called.split()[-1] if it.called else it.asset
    if it.called and sum(it.called in (other.called, other.asset) for other in players) == 1:
        yield "called", it.called
    alike = [other for other in others if players[other].asset == it.asset]
    if who == _meant([who, *alike], heard):
        yield "asset", it.asset
    if len(alike) == 1 and heard.last == alike[0]:
        yield "other kind", it.asset
    if alike and it.mouth and (place := sorted([who, *alike]).index(who)) < len(ORDINALS):
        yield f"{ORDINALS[place]} kind", it.asset
    if not alike:
        yield it.asset, noun
        if it.asset in PLAYED_BY and not it.called:
            yield f"role {it.asset}", noun
    if all(players[i].colour != it.colour for i in others):
        yield "colour", noun
    yield from ((kind, noun) for kind in _beside(players, who, others))
    yield from ((kind, noun) for kind in _in_turn(players, who, others, heard))
    yield from _pronoun(players, who, heard)


def _meant(those: Sequence[int], heard: Heard) -> int | None:
    """Who of several alike is meant where one is spoken of: who of them spoke last, else the first of them."""
    return next((i for i in reversed(heard.who) if i in those), min(those, default=None))


def _beside(players: Sequence[Player], who: int, others: Sequence[int]) -> Iterator[str]:
    """By height, age and place, beside all others who may speak."""
    it = players[who]
    if not others or not it.mouth:
        return
    if all(it.height > players[i].height + TALLER for i in others):
        yield "tall"
    if all(it.height < players[i].height - TALLER for i in others):
        yield "short"
    if it.asset in GROWN and all(players[i].asset in CHILDREN for i in others):
        yield "old"
    if it.asset in CHILDREN and all(players[i].asset in GROWN for i in others):
        yield "young"
    if all(it.across < players[i].across - ASIDE for i in others):
        yield "left"
    if all(it.across > players[i].across + ASIDE for i in others):
        yield "right"


def _in_turn(players: Sequence[Player], who: int, others: Sequence[int], heard: Heard) -> Iterator[str]:
    """By the order of the cast, and by who spoke."""
    if not players[who].mouth or not others:
        return
    place = _order(players, who)
    if place < len(ORDINALS):
        yield ORDINALS[place]
    if place == len(others) > 1:
        yield "last"
    if len(others) == 1 and heard.last == others[0]:
        yield "other"
    if heard.last == who:
        yield "same"
    if not heard.names:
        yield "label"


def _pronoun(players: Sequence[Player], who: int, heard: Heard) -> Iterator[tuple[str, str]]:
    """He or she: the only one, else who of them spoke last, else the first of them."""
    for kind, sex in (("he", MEN), ("she", WOMEN)):
        those = [i for i, it in enumerate(players) if it.asset in sex]
        if who == _meant(those, heard):
            yield kind, players[who].asset
        named = [i for i, _ in heard.names]
        free = [i for i in those if i not in named]
        if free and who == free[0] and who not in heard.who:
            yield f"{'his' if kind == 'he' else 'her'} name", ""
