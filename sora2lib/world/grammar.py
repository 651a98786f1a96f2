"""The little English that captions need: forms of verbs, articles, choices, and what is kept out of training.

A *saying* is a sentence about what happens, written once: ``"{s} [roll]{d} into {t}"``. ``{s}`` and ``{t}`` are the
subject and the target, ``{n}`` and ``{m}`` the same two without an article, ``{k}`` and ``{l}`` as known ones ("the
balls"), ``{both}`` two alike, ``{p}`` the ramp, stairs or see-saw, ``{end}`` the end of it, ``{it}``, ``{obj}``,
``{theyt}`` and ``{objt}`` the pronouns, ``{d}`` speed and direction, ``{floor}`` the ground as a noun; the verbs in
brackets agree with what comes first. Marks in front of a saying: ``~`` it is a held-out paraphrase, ``!`` a request
("drop {s}"), ``=`` a noun phrase ("a fall of {s}"), ``.`` good as a whole sentence only.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from sora2lib.world.phrases import HELD_OUT_STEMS, HELD_OUT_WORDS

T = TypeVar("T")
Key = tuple[str, str, str]  # family, action, outcome
VOWELS = "aeiou"
DOUBLING = frozenset(
    {
        "hit",
        "drop",
        "tip",
        "skid",
        "slip",
        "hop",
        "stop",
        "pan",
        "run",
        "ram",
        "lob",
        "slam",
        "bob",
        "spin",
        "get",
        "sit",
    }
    | {
        "clap",
        "jog",
        "trot",
        "flap",
        "plod",
        "flit",
        "pad",
        "bid",
        "let",
        "pop",
        "plop",
        "clip",
        "win",
        "drag",
        "slot",
        "swim",
        "trap",
        "zigzag",
        "outrun",
        "tap",
        "bat",
        "wag",
        "jar",
        "scan",
        "fin",
    }
    | {"nod", "shrug", "squat", "jab", "spar"}
)
IRREGULAR = {  # participles
    **{"be": "been", "bring": "brought", "catch": "caught", "cast": "cast", "come": "come", "do": "done"},
    **{"drive": "driven", "fall": "fallen", "fling": "flung", "fly": "flown", "get": "got", "give": "given"},
    **{"go": "gone", "hang": "hung", "hit": "hit", "hold": "held", "keep": "kept", "let": "let", "make": "made"},
    **{"run": "run", "send": "sent", "shake": "shaken", "shoot": "shot", "sink": "sunk", "sit": "sat"},
    **{"slide": "slid", "sling": "slung", "spin": "spun", "split": "split", "spread": "spread", "stand": "stood"},
    **{"strew": "strewn", "strike": "struck", "swim": "swum", "swing": "swung", "take": "taken", "thrust": "thrust"},
    **{"throw": "thrown", "tread": "trodden", "upset": "upset"},
}
HELD_OUT = re.compile(rf"\b(?:{'|'.join(sorted(HELD_OUT_WORDS))})\b|\b(?:{'|'.join(sorted(HELD_OUT_STEMS))})\w*")
_VERB = re.compile(r"\[([\w-]+)\]")
_SLOT = re.compile(r"\{(\w+)\}")
SHARE_HELD_OUT = 0.5  # of the words in a held-out caption that have a held-out synonym
DRAWS = 192


class Choice(NamedTuple, Generic[T]):
    """Ways of saying one thing: those that training sees and those kept for evaluation."""

    train: tuple[T, ...]
    held: tuple[T, ...]


def choice(phrases: Iterable[str], make: Callable[[str], T] = str) -> Choice[T]:  # type: ignore[assignment]
    """Split phrases; one marked ``~`` or with a held-out word is kept for evaluation.

    ``make`` turns each phrase into what is chosen. Where nothing is held out, evaluation takes what training has.

    >>> choice(["red", "crimson"])
    Choice(train=('red',), held=('crimson',))
    """
    phrases = tuple(phrases)
    held = tuple(make(it.removeprefix("~")) for it in phrases if is_held_out(it))
    train = tuple(make(it) for it in phrases if not is_held_out(it))
    return Choice(train, held or train)


def is_held_out(phrase: str) -> bool:
    """Whether training must never see a phrase."""
    return phrase.startswith("~") or HELD_OUT.search(phrase) is not None


class Dice:
    """Cheap draws for one caption, all from one call of the generator."""

    __slots__ = ("_draws", "_rng", "held_out")

    def __init__(self, rng: np.random.Generator, *, held_out: bool) -> None:
        self._rng, self.held_out = rng, held_out
        self._draws: list[float] = []

    def roll(self) -> float:
        """Draw from 0 to 1."""
        if not self._draws:
            self._draws = self._rng.random(DRAWS).tolist()
        return self._draws.pop()

    def chance(self, odds: float) -> bool:
        """Return True that often."""
        return self.roll() < odds

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of the options."""
        return options[int(self.roll() * len(options))]

    def word(self, options: Choice[T]) -> T:
        """Draw a synonym: in held-out captions half of the time one that training never saw."""
        return self.pick(options.held if self.held_out and self.chance(SHARE_HELD_OUT) else options.train)

    def frame(self, options: Choice[T]) -> T:
        """Draw a template: in held-out captions always one that training never saw."""
        return self.pick(options.held if self.held_out else options.train)


def third(verb: str) -> str:
    """Return the form that goes with he, she, it.

    >>> third("bounce"), third("pass"), third("fly"), third("be")
    ('bounces', 'passes', 'flies', 'is')
    """
    if verb in ("be", "have"):
        return {"be": "is", "have": "has"}[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in VOWELS else verb + "s"


def gerund(verb: str) -> str:
    """Return the -ing form.

    >>> gerund("bounce"), gerund("drop"), gerund("lie"), gerund("be")
    ('bouncing', 'dropping', 'lying', 'being')
    """
    if verb in DOUBLING:
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    return verb[:-1] + "ing" if verb.endswith("e") and not verb.endswith(("ee", "be")) else verb + "ing"


def past(verb: str) -> str:
    """Return the form of "has been".

    >>> past("bounce"), past("drop"), past("carry"), past("throw")
    ('bounced', 'dropped', 'carried', 'thrown')
    """
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb in DOUBLING:
        return verb + verb[-1] + "ed"
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def with_article(noun: str) -> str:
    """Put "a" or "an" in front.

    >>> with_article("orange ball")
    'an orange ball'
    """
    return f"an {noun}" if noun[0] in VOWELS else f"a {noun}"


def listed(items: list[str]) -> str:
    """Join with commas and "and".

    >>> listed(["red", "small", "shiny"])
    'red, small and shiny'
    """
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


class Saying(NamedTuple):
    """The forms of one saying as format strings, and the slots it has."""

    kind: str  # "sentence", "request" or "noun"
    singular: str
    plural: str
    gerund: str  # "" where only a whole sentence will do
    base: str  # the same
    lead: str  # "s" or "t", whose number the verbs take; else "one" or "many"
    slots: frozenset[str]


MANY = re.compile(r"\{s\} and \{t\}|\{both\}|(?:all|some|two)\b")
KINDS = {"!": "request", "=": "noun", ".": "sentence"}


def saying(pattern: str) -> Saying:
    """Work out the forms of a pattern.

    >>> saying("{s} [fall] and [bounce]").gerund
    '{s} falling and bouncing'
    """
    text = pattern.removeprefix("~")
    kind, whole = KINDS.get(text[0], "sentence"), text.startswith(".")
    text = text.lstrip("!=.")
    first = _SLOT.match(text)
    lead = "many" if MANY.match(text) else first.group(1) if first else "one"
    return Saying(
        kind,
        singular=_VERB.sub(lambda verb: third(verb[1]), text),
        plural=_VERB.sub(lambda verb: "are" if verb[1] == "be" else verb[1], text),
        gerund="" if whole else _VERB.sub(lambda verb: gerund(verb[1]), text),
        base="" if whole else _VERB.sub(r"\1", text),
        lead=lead,
        slots=frozenset(_SLOT.findall(text)),
    )
