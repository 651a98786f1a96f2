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
LIMIT = 96
FORMAT = 1
NEAR = 0.5  # cosine to a word of the training captions from which on a word counts as understood
TABLE, TOKENIZER, WORDS = "text.safetensors", "tokenizer.json", "words.json"


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
    pieces = _tokenizer().encode(prompt, add_special_tokens=False).ids
    ids = np.asarray(pieces[:limit], dtype=np.int32)
    return ids, vectors(ids)


def vectors(ids: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return the directions (N, 128) of pieces (N,), each with a mean square of 1."""
    rows = _table().directions[ids].astype(np.float32)
    return rows / np.sqrt(np.square(rows).mean(-1, keepdims=True))


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

    A word is understood when it is a function word or a number, when captions in training had it, or when its
    vector lies within a cosine of `NEAR` of one they had. What stands between quotation marks is said,
    and what follows an @ is a name: neither has to be understood.

    Examples
    --------
    >>> unknown_words("a crimson ball rolls towards a saxophone")
    ('saxophone',)
    """
    tokenizer = _tokenizer()
    plain = tokenizer.normalizer.normalize_str(_NOT_READ.sub(" ", prompt))
    words = [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(plain)]
    seen, table = _seen()
    asked = [word for word in dict.fromkeys(words) if _has_content(word) and word not in seen]
    return tuple(word for word in asked if (table @ sentence_vector(word)).max() < NEAR)


def _has_content(word: str) -> bool:
    category = unicodedata.category(word[0])
    return category[0] in "LS" and word.isascii() <= (word.isalpha() and len(word) > 1) and word not in FUNCTION_WORDS


@cache
def _seen() -> tuple[frozenset[str], NDArray[np.float32]]:
    """Return the content words of the training captions and their vectors (words, W)."""
    words = json.loads(files.read(WORDS))["words"]
    return frozenset(words), np.stack([sentence_vector(word) for word in words])


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
