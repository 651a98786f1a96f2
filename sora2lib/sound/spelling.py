"""From written words to the sounds of speech, in the alphabet of misaki: a lexicon, endings, numbers, a reader.

The lexicon holds 180,000 words and is misaki's; its rules of endings are followed here. What is in none of it, such as
a name, is read letter by letter by a small network of hibari's. NOTICE says whose both are.
"""

import gzip
import re
import unicodedata
from functools import cache

import numpy as np

from sora2lib import packaged
from sora2lib.sound.layers import attend, linear, norm
from sora2lib.sound.voicebox import DATA, told, weights

LEXICON = "lexicon.txt.gz"
VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")
STOPS = ".!?…"
MARKS = {";": ";", ":": ":", ",": ",", "—": "—", "–": "—", "…": "…"} | {stop: stop for stop in ".!?"}
LONGEST_WORD = 24  # letters that the reader sees
HEADS, LAYERS, SOUNDS_A_LETTER = 4, 4, 4
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[;:,.!?—–…]+|[&%+@$£€#]|-")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:st|nd|rd|th)?")
_SIGNS = {
    "&": "and",
    "%": "percent",
    "+": "plus",
    "@": "at",
    "$": "dollars",
    "£": "pounds",
    "€": "euros",
    "#": "number",
}
_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}  # fmt: skip
# Little words are said otherwise than the dictionary says, by what follows.
_WEAK = {"a": "ɐ", "an": "ɐn", "the": "ðə", "to": "tə", "i": "ˌI", "in": "ɪn", "am": "ɐm"}
_BEFORE_VOWELS = {"the": "ði", "to": "tʊ"}
_AT_THE_END = {"to": "tu", "in": "ˈɪn", "am": "æm"}


def pronounce(text: str) -> str:
    """Return the sounds of a text, words apart, marks of punctuation kept.

    >>> pronounce("Hello there.")  # doctest: +SKIP
    'həlˈO ðɛɹ.'
    """
    words = [word for piece in _pieces(text) for word in _plain(piece)]
    said: list[str] = []
    for word in reversed(words):  # how a little word is said depends on what follows
        said.insert(0, MARKS.get(word[0]) or _in_front_of(word, said[0] if said else ""))
    return "".join(f" {one}" if one[0] not in MARKS else one for one in said if one).strip()


def readable(text: str) -> bool:
    """Whether a text holds words in Latin letters or numbers, which alone can be said."""
    return any(one.isdigit() or (one.isalpha() and "LATIN" in unicodedata.name(one, "")) for one in text) and not any(
        one.isalpha() and "LATIN" not in unicodedata.name(one, "") for one in text
    )


def _pieces(text: str) -> list[str]:
    """Words, numbers and marks in order; a number comes whole."""
    pieces = []
    for chunk in text.replace("’", "'").split():
        start = 0
        for number in _NUMBER.finditer(chunk):
            pieces += [*_WORD.findall(chunk[start : number.start()]), number[0]]
            start = number.end()
        pieces += _WORD.findall(chunk[start:])
    return pieces


def _plain(piece: str) -> list[str]:
    """A piece as words that can be looked up, or one mark."""
    if piece[0].isdigit():
        return number_words(piece)
    if piece[0] in MARKS:
        return [next((mark for mark in piece if mark in "!?"), piece[0])]
    return [_SIGNS[piece]] if piece in _SIGNS else [] if piece == "-" else [piece]


def number_words(text: str) -> list[str]:
    """Return a number in words.

    >>> number_words("1,204"), number_words("21st"), number_words("3.5")
    (['one', 'thousand', 'two', 'hundred', 'four'], ['twenty', 'first'], ['three', 'point', 'five'])
    """
    plain = text.replace(",", "")
    ordinal, plain = plain[-2:].isalpha(), plain[:-2] if plain[-2:].isalpha() else plain
    whole, _, fraction = plain.partition(".")
    words = [_ONES[int(one)] for one in whole] if len(whole) > 12 else _cardinal(int(whole))
    if ordinal:
        last = words[-1]
        words[-1] = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return [*words, *(["point", *(_ONES[int(one)] for one in fraction)] if fraction else [])]


def _cardinal(number: int) -> list[str]:
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10 - 2], *([_ONES[number % 10]] if number % 10 else [])]
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    rest = _cardinal(number % size) if number % size else []
    return [*_cardinal(number // size), name, *rest]


def _in_front_of(word: str, following: str) -> str:
    """Sounds of a word before what is said next."""
    small = word.lower()
    if small not in _WEAK or (word.isupper() and len(word) > 1):
        return say_word(word)
    sound = next((one for one in following if one not in "ˈˌ"), "")
    if not sound or sound in MARKS:
        return _AT_THE_END.get(small, _WEAK[small])
    return _BEFORE_VOWELS.get(small, _WEAK[small]) if sound in VOWELS else _WEAK[small]


@cache
def _lexicon() -> dict[str, str]:
    text = gzip.decompress(packaged.read(LEXICON, folder=DATA)).decode()
    return dict(line.split("\t") for line in text.splitlines())


def _known(word: str) -> str | None:
    """Sounds of a word, in small letters or with a capital; None if the lexicon has neither."""
    held = _lexicon()
    return held.get(word) or held.get(word.lower()) or held.get(word.capitalize())


def say_word(word: str) -> str:
    """Return the sounds of one word: as the lexicon has it, by its ending, or as the reader reads it."""
    said = _known(word) or _ending(word.lower()) or read_letters(word)
    return said.replace("ɾ", "T").replace("ʔ", "t")  # the voice writes a flapped t so, and knows no stop in the throat


def _ending(word: str) -> str | None:
    if word.endswith("s"):
        stem = _stem(word, ("'s", ""), ("s", ""), ("es", ""), ("ies", "y"))
        return stem and stem + ("s" if stem[-1] in "ptkfθ" else "ᵻz" if stem[-1] in "szʃʒʧʤ" else "z")
    if word.endswith("ed"):
        stem = _stem(word, ("d", ""), ("ed", ""), ("ied", "y")) or _stem(word[:-3] + "ed", ("ed", ""))
        return stem and stem + ("t" if stem[-1] in "pkfθʃsʧ" else "ᵻd" if stem[-1] in "td" else "d")
    if word.endswith("ing"):
        stem = _stem(word, ("ing", ""), ("ing", "e")) or _stem(word[:-4] + "ing", ("ing", ""))
        return stem and stem + "ɪŋ"
    return None


def _stem(word: str, *endings: tuple[str, str]) -> str | None:
    """Sounds of what is left of a word without an ending."""
    stems = (word.removesuffix(cut) + put for cut, put in endings if word.endswith(cut) and len(word) > len(cut) + 1)
    return next((said for stem in stems if (said := _lexicon().get(stem))), None)


@cache
def read_letters(word: str) -> str:
    """Read a word that no lexicon holds, from its letters: at most four sounds a letter, those alike run together."""
    letters, sounds, held = str(told()["letters"]), str(told()["sounds"]), weights()
    ids = [letters.index(one) + 1 for one in word if one in letters][:LONGEST_WORD]
    if not ids:
        return ""
    x_LC = held["oov.emb.weight"][ids] + held["oov.pos"][: len(ids)]
    for n in range(LAYERS):
        x_LC = attend(x_LC, held, f"oov.layers.{n}", heads=HEADS)
    scores = linear(norm(x_LC, held, "oov.norm"), held, "oov.head").reshape(len(ids) * SOUNDS_A_LETTER, -1)
    best = np.argmax(scores, axis=1)
    fresh = best[np.append(True, best[1:] != best[:-1])]
    return "".join(sounds[one - 1] for one in fresh if one)
