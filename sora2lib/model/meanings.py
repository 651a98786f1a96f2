"""What words mean in plain words, looked up: an emerald is green, to plummet is to fall.

The table comes from WordNet's definitions (:mod:`sora2lib.train.define`). N pieces of a prompt, P plain words.
"""

import json
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.model import files, text

FILE = "meanings.json"
PLAIN = 84  # plain words
FULL = 9  # of a word that means it for certain
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""),
            ("ly", ""), ("er", ""), ("ish", ""), ("y", ""), ("wards", ""), ("ward", ""))  # fmt: skip


def meanings(prompt: str) -> NDArray[np.float32]:
    """Return what the pieces of a prompt mean, (N, PLAIN) from 0 to 1; a word's pieces all mean what the word does.

    >>> meanings("an emerald ball").shape
    (3, 84)
    """
    starts = text.starts(prompt)
    found = np.zeros((len(starts), PLAIN), dtype=np.float32)
    for word, start, stop in text.words(prompt):
        found[(start <= starts) & (starts < stop)] = _row(word)
    return found


def number(word: str) -> int:
    """Return which row of :func:`table` says what a word means."""
    return _numbers().get(next((form for form in _forms(word) if form in _numbers()), ""), 0)


def table() -> NDArray[np.float32]:
    """Return what all words of the table mean, (W, PLAIN) from 0 to 1; row 0 is that of words it does not know."""
    return np.stack([np.zeros(PLAIN, dtype=np.float32), *map(_row, _table()[1])])


def plain(word: str) -> dict[str, float]:
    """Return the plain words that a word means, and how surely.

    >>> plain("emerald")["green"] > 0.5
    True
    """
    return {name: float(weight) for name, weight in zip(_table()[0], _row(word), strict=True) if weight}


@cache
def _numbers() -> dict[str, int]:
    return {word: index for index, word in enumerate(_table()[1], start=1)}


@cache
def _row(word: str) -> NDArray[np.float32]:
    row = np.zeros(PLAIN, dtype=np.float32)
    known = _table()[1]
    pairs = next((known[form] for form in _forms(word) if form in known), [])
    row[pairs[::2]] = np.array(pairs[1::2], dtype=np.float32) / FULL
    return row


def _forms(word: str) -> Iterator[str]:
    """A word and what it may be an inflection of, likely ones first."""
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            yield stem + instead
            if not instead and stem[-1] == stem[-2]:
                yield stem[:-1]


@cache
def _table() -> tuple[list[str], dict[str, list[int]]]:
    content = json.loads(files.read(FILE))
    return content["plain"], content["words"]
