"""Dialogues to learn turn-taking from: simulated casts, who of them says what, how they are called, and when.

Pauses follow what has been measured of talk. Between two speakers they lie about 0.2 s in ten languages (Stivers et
al., PNAS 106 (2009) 10587), after a question before a refusal about half a second later (Kendrick and Torreira,
Discourse Processes 52 (2015) 255); within one speaker's turn about half a second (Heldner and Edlund, Journal of
Phonetics 38 (2010) 555). Who exclaims at what happens begins 0.3 to 0.6 s after it: the time to see and draw breath.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from sora2lib.model.players import Company, Player, Turn, company
from sora2lib.sound.saying import lasting
from sora2lib.sound.speakers import SPEAKERS, in_manner
from sora2lib.sound.speech import mouths_of
from sora2lib.train.calling import Calling, Heard, able, callings, roles, table
from sora2lib.world.grammar import Choice, choice
from sora2lib.world.simulate import simulate

TABLE = Path(__file__).with_name("exchanges.tsv")
TALK = ("greet", "catch", "chase", "explorers", "jump", "gymnastics", "gesture", "walk", "run", "animals", "player")
HITS = ("drop", "collide", "goal", "trampoline", "roll")  # whose blows somebody may exclaim at
AS_SIMULATED, FAMILIAR = 0.3, 0.2  # of companies, as a scene has them; of players, whom the prompt names by nothing
COUNTS, ODDS = (1, 2, 3, 4), (0.15, 0.5, 0.25, 0.1)  # of those who stand together
ANSWERS = {"question": ("agree", "refuse"), "": ("statement", "question", "command", "statement")}
OFTEN = {
    "he": 3.0,
    "she": 3.0,
    "other": 3.0,
    "named": 4.0,
    "asset": 1.5,
    "label": 0.5,
}  # ways of calling, beside others
CHANGES, OFF, REACTS = 0.8, 0.08, 0.8  # of lines: said by another than the last; by nobody there; to what happens
# Pauses: their medians, s, and the deviations of their logarithms
OPENING, BETWEEN, REFUSING, AGREEING, WITHIN, TELLING = (
    (0.4, 0.5),
    (0.2, 0.6),
    (0.65, 0.4),
    (0.17, 0.5),
    (0.5, 0.5),
    (0.6, 0.4),
)
REACTING = (0.42, 0.25)
EAGER, PLANNED = 0.6, 0.05  # times as long before an exclamation; s more for every second that is to be said


@dataclass(frozen=True)
class Exchange:
    """A dialogue.

    Parameters
    ----------
    them : who is there.
    turns : what is said.
    who : the player that says each line, or None for a voice off.
    kinds : in what way each is called, see :class:`~sora2lib.train.calling.Calling`.
    pauses : seconds of silence before each.
    """

    them: Company
    turns: tuple[Turn, ...]
    who: tuple[int | None, ...]
    kinds: tuple[str, ...]
    pauses: tuple[float, ...]


@cache
def lines() -> dict[str, Choice[str]]:
    """Return what may be said, by kind, each kind split into what training sees and what is held out."""
    found: dict[str, list[str]] = {}
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        kind, _, text = row.partition("\t")
        found.setdefault(kind, []).append(text)
    return {kind: choice(texts) for kind, texts in found.items()}


def scenes(seeds: Sequence[int]) -> tuple[Company, ...]:
    """Return the casts of simulated scenes of people and of blows, each family with every seed."""
    worlds = (simulate(family, seed) for family in (*TALK, *HITS) for seed in seeds)
    return tuple(company(world, "", mouths_of(world)) for world in worlds)


def exchange(pool: Sequence[Company], rng: np.random.Generator, *, held_out: bool = False) -> Exchange:
    """Draw a dialogue among players of simulated scenes; ``held_out`` takes texts and ways of calling never trained."""
    them = _together(pool, rng, held_out)
    heard, turns, kinds, pauses, free, last = Heard(), [], [], [], 0.0, ""
    for _ in range(int(rng.integers(1, 6))):
        ahead = next((it - free for it in them.moments if free < it < free + 2.5), None)
        who, called = _speaker(them, heard, rng, held_out)
        topic = _topic(last, ahead, rng)
        text = str(rng.choice(getattr(lines()[topic], "held" if held_out else "train")))
        manner = str(rng.choice(["", "", "", "shout", "whisper"]))
        turn = Turn(_written(called.phrase, rng), text, manner, _lasting(text, manner) * float(rng.uniform(0.9, 1.15)))
        pause = _pause(turn, topic, who, heard, ahead, rng)
        pauses.append(pause)
        turns.append(turn)
        kinds.append(called.kind)
        names = (*heard.names, (who, called.phrase)) if called.kind.endswith("name") else heard.names
        heard = Heard((*heard.who, who), names)
        free, last = free + pause + turn.lasting, topic
    return Exchange(them, tuple(turns), heard.who, tuple(kinds), tuple(pauses))


def _together(pool: Sequence[Company], rng: np.random.Generator, held_out: bool) -> Company:
    """A company as simulated, or players of several put together, and what the prompt calls them."""
    whole = [it for it in pool if able(it.players)]
    if rng.random() < AS_SIMULATED:
        players = whole[rng.integers(len(whole))].players
    else:
        drawn = [whole[i].players for i in rng.integers(len(whole), size=rng.choice(COUNTS, p=ODDS))]
        players = tuple(it[rng.choice(able(it))] for it in drawn)
        players = tuple(replace(it, across=float(rng.uniform(-0.4, 0.4))) for it in players)
        if rng.random() < 0.3:
            props = [it for one in pool for it in one.players if not it.mouth]
            players = (*players, props[rng.integers(len(props))])
    players = tuple(replace(it, called=_known_as(it, rng, held_out)) for it in players)
    unique = tuple(replace(it, name=f"{it.asset} {n + 1}" if n else it.asset) for n, it in enumerate(players))
    moments = pool[int(rng.integers(len(pool)))].moments
    return Company(unique, moments, float(rng.uniform(5, 12)))


def _known_as(it: Player, rng: np.random.Generator, held_out: bool) -> str:
    """What a prompt calls a player before anybody speaks."""
    if rng.random() < FAMILIAR:
        return ""
    ways = roles().get(it.asset) if rng.random() < 0.35 else table().get(it.asset) if rng.random() < 0.3 else None
    noun = str(rng.choice(ways.held if held_out else ways.train)) if ways else it.asset.removeprefix("noun:")
    adjective = str(rng.choice(["", "", "", it.colour, "young", "tired", "happy"]))
    return f"{adjective} {noun}".strip()


def _speaker(them: Company, heard: Heard, rng: np.random.Generator, held_out: bool) -> tuple[int | None, Calling]:
    """Who speaks next, and a way of calling them that is true."""
    named = dict(heard.names)
    for _ in range(20):
        others = [i for i in able(them.players) if i != heard.last or rng.random() > CHANGES]
        who = None if rng.random() < OFF or not others else int(rng.choice(others))
        ways = callings(them, who, heard, rng, held_out=held_out)
        ways = [it for it in ways if it.phrase not in named.values()]
        if who in named:
            ways.append(Calling("named", named[who]))
        if ways:
            often = np.array([OFTEN.get(it.kind, 1.0) for it in ways])
            return who, ways[rng.choice(len(ways), p=often / often.sum())]
    return None, Calling("off", "narrator")


def _written(phrase: str, rng: np.random.Generator) -> str:
    return phrase[:1].upper() + phrase[1:] if rng.random() < 0.3 else phrase


def _topic(last: str, ahead: float | None, rng: np.random.Generator) -> str:
    if ahead is not None and rng.random() < REACTS / 2:
        return "reaction"
    return "reaction" if rng.random() < 0.06 else str(rng.choice(ANSWERS.get(last, ANSWERS[""])))


@cache
def _lasting(text: str, manner: str) -> float:
    return lasting(text, in_manner(SPEAKERS["woman"], manner))


def _pause(
    turn: Turn, topic: str, who: int | None, heard: Heard, ahead: float | None, rng: np.random.Generator
) -> float:
    """Seconds of silence before a line."""
    if topic == "reaction" and ahead is not None and rng.random() < REACTS:
        return ahead + _drawn(REACTING, rng)
    if not heard.who:
        return _drawn(OPENING, rng)
    if who is None or heard.who[-1] is None:
        return _drawn(TELLING, rng)
    if who == heard.who[-1]:
        return _drawn(WITHIN, rng)
    usual = {"refuse": REFUSING, "agree": AGREEING}.get(topic, BETWEEN)
    eager = EAGER if turn.text.endswith("!") else 1.0
    return eager * _drawn(usual, rng) + PLANNED * turn.lasting


def _drawn(median_and_spread: tuple[float, float], rng: np.random.Generator) -> float:
    return float(median_and_spread[0] * np.exp(median_and_spread[1] * rng.standard_normal()))


def exchanges(pool: Sequence[Company], seed: int, *, held_out: bool = False) -> Iterator[Exchange]:
    """Draw dialogues without end; the same seed, the same dialogues."""
    number = 0
    while True:
        yield exchange(pool, np.random.default_rng([seed, number]), held_out=held_out)
        number += 1
