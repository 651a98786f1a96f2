"""Captions in other words: what the text encoder learns from that words which no caption has may mean the same.

Captions have some words for each thing, people have many. ``thesaurus.tsv`` beside this file is the table that people
edit: one row a meaning with its topic, its name in the vocabulary (a verb in its base form, or a wording as captions
have it), and what else is said for it. Nothing that held-out captions keep back is in it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib.model import text
from sora2lib.world import adjectives, phrases
from sora2lib.world.grammar import Choice, choice, gerund, past, third
from sora2lib.world.naming import one_and_several

TABLE = Path(__file__).with_name("thesaurus.tsv")
TOPICS: dict[str, dict[str, tuple[str, ...]]] = {  # what captions say
    "colours": adjectives.COLOURS,
    "sizes": adjectives.SIZES,
    "materials": adjectives.MATERIALS,
    "places": phrases.PLACES,
    "floors": phrases.FLOORS,
    "times": phrases.TIMES,
    "lighting": phrases.LIGHTING,
    "hours": phrases.HOURS,
    "weathers": phrases.WEATHERS,
    "weather_tags": phrases.WEATHER_TAGS,
    "skies": phrases.SKIES,
    "framings": phrases.FRAMINGS,
    "sides": phrases.SIDES,
    "paces": phrases.PACES,
    "openers": {"": phrases.OPENERS},
    "styles": {"": phrases.STYLES},
    "moods": {"": phrases.MOODS},
    "numbers": {str(number): (*words, phrases.NUMBERS[number]) for number, words in phrases.GROUPS.items()},
}
# Words that captions have for several things, which is meant only the rest of the caption tells.
AMBIGUOUS = frozenset({"rock", "stone", "stand", "film", "show", "clear", "gold", "slope", "left", "right", "shot"})

Pairs = Iterator[tuple[str, list[str]]]


@dataclass(frozen=True)
class Span:
    """Letters of the old caption, and those of the new one that stand for them."""

    start: int
    stop: int
    new_start: int
    new_stop: int


@dataclass(frozen=True)
class Reworded:
    """A caption in other words, and what of it stands for what; ``old`` may itself be a caption in other words."""

    old: "str | Reworded"
    text: str
    spans: tuple[Span, ...]

    @property
    def origin(self) -> str:
        """The caption as it was at first."""
        return self.old if isinstance(self.old, str) else self.old.origin

    def alignment(self) -> NDArray[np.float32]:
        """Which pieces of the first caption each new piece stands for, (new, old): rows add up to 1, or 0 for none.

        Of a replaced part a piece stands for the same piece, where there was one; else one that means something for
        all that meant something and is gone, or for all that meant something.

        >>> Reworded("a red ball", "a cherry red ball", (Span(2, 5, 2, 12),)).alignment().argmax(axis=1).tolist()
        [0, 1, 1, 2]
        """
        last = self._last()
        return last if isinstance(self.old, str) else last @ self.old.alignment()

    def replaced(self) -> NDArray[np.bool_]:
        """Whether each piece of the new caption belongs to other words, (new,)."""
        new = text.starts(self.text)
        now = np.any([(it.new_start <= new) & (new < it.new_stop) for it in self.spans] or [new < 0], axis=0)
        return np.asarray(now if isinstance(self.old, str) else now | self._from_any(self.old.replaced()))

    def fresh(self) -> NDArray[np.bool_]:
        """Whether each piece of the new caption is another one than what it stands for, (new,)."""
        same = text.tokens(self.text)[0][:, None] == text.tokens(self.origin)[0]
        return np.asarray(~(same & (self.alignment() > 0)).any(axis=1))

    def _last(self) -> NDArray[np.float32]:
        """Which pieces of the caption before each new piece stands for, as :meth:`alignment`."""
        before = self.old if isinstance(self.old, str) else self.old.text
        (old_ids, old), (ids, new) = text.tokens(before), text.tokens(self.text)
        part = np.array([self._from(start) for start in new.tolist()], dtype=np.intp).reshape(-1, 2)
        stands = (part[:, :1] <= old) & (old < part[:, 1:])
        same = ids[:, None] == old_ids
        gone = np.broadcast_to(~(stands & same).any(axis=0), stands.shape)
        for alike in (_little(self.text, new)[:, None] == _little(before, old), gone, same):
            some = (stands & alike).any(axis=1)
            stands[some] &= alike[some]
        return np.asarray(stands / np.maximum(stands.sum(axis=1, keepdims=True), 1), dtype=np.float32)

    def _from_any(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which new pieces stand for some of those chosen, of the caption before."""
        return np.asarray((self._last()[:, chosen] > 0).any(axis=1))

    def _from(self, letter: int) -> tuple[int, int]:
        """Letters of the caption before for which a letter of the new one stands."""
        shift = 0
        for span in self.spans:
            if letter < span.new_start:
                break
            if letter < span.new_stop:
                return span.start, span.stop
            shift = span.stop - span.new_stop
        return letter + shift, letter + shift + 1


def _little(caption: str, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether pieces belong to function words, (pieces,)."""
    words = [(start, stop) for word, start, stop in text.words(caption) if word in text.FUNCTION_WORDS]
    return np.any([(start <= starts) & (starts < stop) for start, stop in words] or [starts < 0], axis=0)


Change = tuple[int, int, list[str]]  # letters from and to, and what else may stand there


def reworded(caption: str, rng: np.random.Generator, share: float = 0.5, told: Sequence[Change] = ()) -> Reworded:
    """Say what is ``told`` otherwise, and then so much of the caption in words of the thesaurus.

    >>> reworded("a red ball rolls", np.random.default_rng(1), share=1.0).text
    'a strawberry roundel rotates along'
    """
    retold = _changed(caption, told, rng) if told else caption
    now = retold if isinstance(retold, str) else retold.text
    words = [(match.start(), match.end(), _rules()[match[0].lower()]) for match in _pattern().finditer(now)]
    return _changed(retold, [it for it in words if rng.random() < share], rng)


def _changed(before: str | Reworded, changes: Sequence[Change], rng: np.random.Generator) -> Reworded:
    caption = before if isinstance(before, str) else before.text
    parts: list[str] = []
    spans: list[Span] = []
    old, new = 0, 0
    for begin, end, options in changes:
        instead = _cased(options[int(rng.integers(len(options)))], caption[begin:end])
        start = new + begin - old
        parts += [caption[old:begin], instead]
        spans.append(Span(begin, end, start, start + len(instead)))
        old, new = end, start + len(instead)
    return Reworded(before, "".join([*parts, caption[old:]]), tuple(spans))


def _cased(words: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return words.upper()
    return words[0].upper() + words[1:] if like[0].isupper() else words


@cache
def _pattern() -> re.Pattern[str]:
    said = sorted(_rules(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, said))})(?![\w-])", re.IGNORECASE)


@cache
def _rules() -> dict[str, list[str]]:
    """What captions say -> what else is said for it."""
    rules: dict[str, dict[str, None]] = {}
    for said, others in _pairs():
        if said not in AMBIGUOUS:
            rules.setdefault(said, {}).update(dict.fromkeys(others))
    return {said: [*others] for said, others in rules.items()}


def _pairs() -> Pairs:
    makers = {"things": _things, "verbs": _verbs, "camera_verbs": _camera_verbs, "wordings": _wordings}
    for topic, name, others in thesaurus():
        yield from makers[topic](name, others) if topic in makers else _said(TOPICS[topic][name], others)


def _said(captions: tuple[str, ...], others: list[str]) -> Pairs:
    for said in _of_training(captions):
        yield said.lower(), others


def _things(name: str, others: list[str]) -> Pairs:
    forms = [one_and_several(it) for it in others]
    for said in _of_training(phrases.ASSETS[name]):
        for number, form in enumerate(one_and_several(said)):
            yield form, [it[number] for it in forms]


def _of_training(said: tuple[str, ...]) -> tuple[str, ...]:
    split: Choice[str] = choice(said)
    return split.train


def _verbs(verb: str, others: list[str]) -> Pairs:
    for form in (str, third, gerund, past):
        yield _inflected(verb, form), [_inflected(it, form) for it in others]


def _camera_verbs(verb: str, others: list[str]) -> Pairs:
    for form in (third, gerund):
        yield f"camera {_inflected(verb, form)}", [f"camera {_inflected(it, form)}" for it in others]


def _wordings(said: str, others: list[str]) -> Pairs:
    yield said.lower(), others


def _inflected(phrase: str, form: Callable[[str], str]) -> str:
    verb, space, rest = phrase.partition(" ")
    return form(verb) + space + rest


@cache
def thesaurus() -> tuple[tuple[str, str, list[str]], ...]:
    """Return topic, name and other words of every row.

    >>> thesaurus()[0][:2]
    ('colours', 'red')
    """
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    return tuple((topic, name, others.split(", ")) for topic, name, others in rows)
