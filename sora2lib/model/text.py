"""Prompts to word vectors: a WordPiece tokeniser and a static table, no network to run.

The table gives each of the 30,522 pieces of the vocabulary a direction and a weight. It was distilled from the sentence
encoder all-MiniLM-L6-v2 by :mod:`sora2lib.train.distil_text`: the weighted mean of the directions of a text points
where the encoder's sentence vector points. Words that mean the same lie close together, so a prompt may use
words that the generator has never been trained on. Word order is left to the generator's own layers.

V pieces of the vocabulary, N pieces of a prompt, W width of a vector.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load
from tokenizers import Tokenizer

from sora2lib.errors import ModelError
from sora2lib.model import files

WIDTH = 128
SIZE = 30_522  # pieces of the vocabulary
LIMIT = 96
FORMAT = 1
NEAR = 0.57  # cosine to a word of the training captions from which on a word counts as understood
TABLE, TOKENIZER, WORDS = "text.safetensors", "tokenizer.json", "words.json"


_ASIDE = re.compile(r"""@\w+|"[^"]*"|“[^”]*”|«[^»]*»""")
_LITTLE_WORDS = """
a about above across after again against ago ahead all almost along already also although always am among an and
another any anyone anything are around as at away back be became because become been before behind being below
beneath beside between beyond both but by can cannot could did do does doing don done down during each either else
enough even ever every everything few first for from further get gets getting give given go goes going had has have
having he her here hers him his how however if in inside instead into is it its itself just last later least less
let like ll made make makes making many may maybe me might mine more most much must my near nearly never next no
nobody none nor not nothing now of off often on once one only onto or other others our out outside over own per
perhaps please put quite rather re really same several shall she should show since so some someone something
sometimes soon still such take takes than that the their them then there these they thing things this those though
through throughout till to together too toward towards under underneath until up upon us use using ve very via was
we were what whatever when where whether which while who whole whom whose why will with within without would yes
yet you your zero two three four five six seven eight nine ten eleven twelve second third fourth half twice
"""
FUNCTION_WORDS = frozenset(_LITTLE_WORDS.split())


@dataclass(frozen=True)
class Table:
    """Static vectors: ``directions`` (V, W) int8, rows of any length; ``weights`` (V,) float32, 0 or more."""

    directions: NDArray[np.int8]
    weights: NDArray[np.float32]


def encode(prompt: str, limit: int = LIMIT) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Split a prompt into word pieces and look their vectors up.

    Case and accents do not matter. What comes after the first `limit` pieces is not read.

    Returns
    -------
    ids : (N,) numbers of the pieces, N <= limit; an empty prompt has N = 0.
    vectors : (N, 128), each with a mean square of 1.

    Examples
    --------
    >>> ids, words = encode("A red ball rolls.")
    >>> words.shape
    (5, 128)
    """
    ids, _ = tokens(prompt, limit)
    return ids, vectors(ids)


def tokens(prompt: str, limit: int = LIMIT) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Return the numbers of the pieces of a prompt, (N,), and where in it each begins, (N,)."""
    found = _tokenizer().encode(prompt, add_special_tokens=False)
    begun = np.array([start for start, _ in found.offsets[:limit]], dtype=np.intp)
    return np.asarray(found.ids[:limit], dtype=np.int32), begun


def starts(prompt: str, limit: int = LIMIT) -> NDArray[np.intp]:
    """Return where in the prompt each piece of :func:`encode` begins, (N,).

    Examples
    --------
    >>> starts("a red ball").tolist()
    [0, 2, 6]
    """
    return tokens(prompt, limit)[1]


def words(prompt: str) -> list[tuple[str, int, int]]:
    """Return the words of a prompt in lower case and where each begins and ends.

    Examples
    --------
    >>> words("A red ball")
    [('a', 0, 1), ('red', 2, 5), ('ball', 6, 10)]
    """
    tokenizer = _tokenizer()
    cut = tokenizer.pre_tokenizer.pre_tokenize_str(prompt)
    return [(tokenizer.normalizer.normalize_str(word), start, stop) for word, (start, stop) in cut]


def unread(prompt: str, limit: int = LIMIT) -> str:
    """Return the end of a prompt that :func:`encode` leaves out; "" when all of it is read.

    Examples
    --------
    >>> unread("a red ball rolls", limit=3)
    'rolls'
    """
    offsets = _tokenizer().encode(prompt, add_special_tokens=False).offsets
    return prompt[offsets[limit][0] :] if len(offsets) > limit else ""


def vectors(ids: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return the directions (N, 128) of pieces (N,), each with a mean square of 1."""
    rows: NDArray[np.float32] = _table().directions[ids].astype(np.float32)
    rows /= np.sqrt(np.square(rows).mean(-1, keepdims=True))
    return rows


def sentence_vector(text: str) -> NDArray[np.float32]:
    """Return the meaning of a text, (128,) of length 1: dot products of two are cosine similarities.

    The weighted mean of the directions of the text's pieces; zero when no piece has any weight.

    Examples
    --------
    >>> float(sentence_vector("a crimson orb") @ sentence_vector("a red ball")) > 0.5
    True
    """
    ids, rows = encode(text, limit=512)
    total: NDArray[np.float32] = _table().weights[ids] @ rows
    return total / max(float(np.linalg.norm(total)), 1e-9)


def unknown_words(prompt: str) -> tuple[str, ...]:
    """Return the words of a prompt that the generator can know nothing about, in order, each once.

    A content word is understood when captions in training had it, when WordNet knows it as a synonym or a kind of a
    word they had (:mod:`sora2lib.train.words`), or when its vector has a cosine of `NEAR` or more to one they had.
    What stands between quotation marks is said and what follows an @ is a name: neither counts.

    Examples
    --------
    >>> unknown_words("a crimson ball rolls towards a saxophone")
    ('saxophone',)
    """
    familiar, table = _familiar()
    asked = [word for word in content_words(prompt) if word not in familiar]
    return tuple(word for word in asked if (table @ sentence_vector(word)).max() < NEAR)


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, each once, without function words, numbers, names and speech.

    Examples
    --------
    >>> content_words('The 2 red balls of @rex fall, he says "hello"')
    ('red', 'balls', 'fall', 'says')
    """
    tokenizer = _tokenizer()
    plain = tokenizer.normalizer.normalize_str(_ASIDE.sub(" ", text))
    words = dict.fromkeys(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(plain))
    return tuple(word for word in words if _has_content(word))


def _has_content(word: str) -> bool:
    if word.isascii():
        return len(word) > 1 and word.isalpha() and word not in FUNCTION_WORDS
    return unicodedata.category(word[0])[0] in "LS"  # other scripts, emoji


@cache
def _familiar() -> tuple[frozenset[str], NDArray[np.float32]]:
    """Return the words known to be understood, and the vectors (words, W) of those among them that training had."""
    words = json.loads(files.read(WORDS))
    return frozenset(words["words"] + words["related"]), np.stack([sentence_vector(word) for word in words["words"]])


@cache
def _tokenizer() -> Any:
    return Tokenizer.from_buffer(files.read(TOKENIZER))


@cache
def _table() -> Table:
    return parse(files.read(TABLE))


def parse(content: bytes) -> Table:
    """Read the bytes of a table; raise :class:`ModelError` when they are not one of this format."""
    try:
        size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + size])["__metadata__"]
        arrays = load(content)
        table = Table(arrays["directions"], arrays["weights"])
    except (SafetensorError, ValueError, KeyError) as error:
        raise ModelError(f"{TABLE} is not a table of word vectors ({error}); reinstall sora2lib") from error
    if metadata.get("format") != str(FORMAT):
        raise ModelError(
            f"{TABLE} has format {metadata.get('format')}, this version reads {FORMAT}; reinstall sora2lib"
        )
    return table
