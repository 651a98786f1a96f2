"""What is written in a prompt: shots one after another, and what no words can bring about.

The model reads the words; this reads only how they are laid out: where a new shot begins, and how long it lasts.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sora2lib.world.adjectives import COLOURS, SIZES

MOST_THINGS = 16  # that a world holds
SHORTEST = 1.0  # seconds of a shot
_NUMBERS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100, "thousand": 1000,
    "hundreds": 200, "thousands": 2000, "dozens": 24, "million": 10**6,
}  # fmt: skip
# Repetitions have limits, so that no prompt takes more than a moment to read.
_CLOCK = r"(?:(\d{1,3}):)?(\d{1,6}(?:\.\d{1,6})?)\s{0,3}s?"
_SPAN = re.compile(
    rf"^[ \t\[(]{{0,9}}{_CLOCK}\s{{0,3}}(?:-|–|—|to)\s{{0,3}}{_CLOCK}[ \t\])]{{0,9}}(?:[:\-–—]\s{{0,9}})?", re.MULTILINE
)
_HEADING = re.compile(
    r"^[ \t\[(*#]{0,9}(?:shot|scene|clip)\s{0,3}\d{1,4}\b[ \t*]{0,9}"
    r"(?:\(?(\d{1,6}(?:\.\d{1,6})?)\s{0,3}s(?:ec(?:onds?)?)?\)?)?[ \t\])*]{0,9}[:.\-–—]{0,3}\s{0,9}",
    re.IGNORECASE | re.MULTILINE,
)
_CUT = re.compile(
    r"(?:^|(?<=[.;!?])\s{1,9}|\n\s{0,9})(?:(?:then|next|smash|hard|jump|quick)[ ,]{1,3}){0,4}cut\s{1,3}to\b:?\s{0,9}",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"\b(\d{1,6}(?:\.\d{1,6})?)[ -]?(s|secs?|seconds?|min|minutes?)[ -]?"
    r"(?:long|clip|video|film|movie|loop|shot)\b"
    r"|\b(?:duration|length)\s{0,3}[:=]?\s{0,3}(\d{1,6}(?:\.\d{1,6})?)\s{0,3}(s|secs?|seconds?|min|minutes?)\b",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"\b(?:4k|8k|1080p|720p|480p|9:16|16:9|4:3|1:1|\d{3,4}x\d{3,4})\b", re.IGNORECASE)
_CROWD = re.compile(rf"\b(\d{{2,6}}|{'|'.join(_NUMBERS)})\s+(?:of\s+)?([a-z]+(?:\s[a-z]+)?)", re.IGNORECASE)
_AFTER_A_NUMBER = """
mm cm m km s sec secs second seconds min mins minute minutes h hour hours fps hz khz k kg g degrees degree percent years
year days day times frames frame pixels px st nd rd th am pm ft feet inch inches mph kmh lens film
"""
_UNITS = frozenset(_AFTER_A_NUMBER.split())
_MARKUP = re.compile(r"</?(?!dialogue\b)[a-z][^<>]{0,200}>", re.IGNORECASE)
_OPPOSED = (  # said of one moment, these exclude each other
    (
        r"\b(?:static|locked[ -]off|fixed|still) (?:camera|shot)",
        r"\bcamera (?:pans|tilts|orbits|circles|zooms)",
    ),
    (r"\bat (?:noon|midday)\b", r"\bat (?:midnight|night)\b"),
    (r"\b(?:camera )?orbits left", r"\b(?:camera )?orbits right"),
    (r"\bclear (?:sky|skies|day)", r"\b(?:thick fog|dense fog|heavy rain|snowstorm)"),
    (r"\bclose[ -]up", r"\bwide (?:shot|view|angle)"),
)
_TURNS = re.compile(r"\b(?:then|turns?|becom\w+|first|later|until|afterwards|cut to|fades?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Shot:
    """One camera's look at the world: its words and how long it lasts."""

    prompt: str
    seconds: float = 4.0


def shots(prompt: str, seconds: float) -> tuple[Shot, ...]:
    """Split a prompt where it says that a new shot begins; most are one shot.

    A shot begins at "Shot 2:" or "Scene 2:" at the beginning of a line, at "Cut to", or at a range of seconds such as
    "0.0-2.5 - ". What stands before the first such heading is said of every shot. Lengths that are told count as
    shares of ``seconds``; without them all are alike. What no longer fits, at one second a shot, is left out.

    >>> [shot.prompt for shot in shots("A red ball rolls left. Cut to: a close-up of the ball", 4)]
    ['A red ball rolls left.', 'a close-up of the ball']
    """
    common, told = laid_out(prompt)
    told = told[: _room(seconds)]
    shares = [share for _, share in told]
    known = [share for share in shares if share]
    usual = sum(known) / len(known) if known else 1.0
    weights = [share or usual for share in shares]
    texts = [f"{common}\n{text}" if common else text for text, _ in told]
    return tuple(Shot(text, seconds * weight / sum(weights)) for text, weight in zip(texts, weights, strict=True))


def _room(seconds: float) -> int:
    """How many shots there is room for; what goes on from a clip may be short of a sample or two."""
    return max(1, int(seconds / SHORTEST + 0.1))


def laid_out(prompt: str) -> tuple[str, list[tuple[str, float]]]:
    """Return what is said of all shots, and the text of each with the seconds told of it or 0.

    >>> laid_out("At night. Shot 1 (2s): a ball falls")
    ('', [('At night. Shot 1 (2s): a ball falls', 0.0)])
    >>> laid_out("At night.\\n0-2 - a ball falls\\n2-5 - it bounces")
    ('At night.', [('a ball falls', 2.0), ('it bounces', 3.0)])
    """
    marks = [*_HEADING.finditer(prompt)]
    if len(marks) > 1:
        return _blocks(prompt, marks, [float(mark[1] or 0) for mark in marks])
    marks = [*_SPAN.finditer(prompt)]
    if len(marks) > 1:
        spans = [(_second(mark[1], mark[2]), _second(mark[3], mark[4])) for mark in marks]
        return _blocks(prompt, marks, [max(0.0, stop - start) for start, stop in spans])
    parts = [part.strip() for part in _CUT.split(prompt)]
    return "", [(part, 0.0) for part in parts if part] or [(prompt, 0.0)]


def _second(minutes: str | None, seconds: str) -> float:
    return 60 * float(minutes or 0) + float(seconds)


def _blocks(prompt: str, marks: list[re.Match[str]], shares: list[float]) -> tuple[str, list[tuple[str, float]]]:
    ends = [*(mark.start() for mark in marks[1:]), len(prompt)]
    texts = [prompt[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
    told = [(text, share) for text, share in zip(texts, shares, strict=True) if text]
    return (prompt[: marks[0].start()].strip(), told) if told else ("", [(prompt, 0.0)])


def remarks(prompt: str, seconds: float) -> tuple[str, ...]:
    """Say what of a prompt cannot come true, one sentence each; the rest is made as well as can be.

    >>> remarks("a 10 second video of 50 red dogs", 4)[0]
    "'10 second video' does not set the length: the clip lasts 4 s; give seconds=10"
    """
    return tuple(dict.fromkeys(_remarks(prompt, seconds)))


def _remarks(prompt: str, seconds: float) -> Iterator[str]:
    yield from _lengths(prompt, seconds)
    if shape := _SHAPE.search(prompt):
        yield f"'{shape[0]}' does not set the picture's size; give size='1280x720' or another"
    count = len(laid_out(prompt)[1])
    if count > len(shots(prompt, seconds)):
        kept = len(shots(prompt, seconds))
        yield f"{count} shots were asked for; in {seconds:g} s there is room for {kept}, the others are left out"
    yield from _crowds(prompt)
    yield from _clashes(prompt)
    if markup := _MARKUP.findall(prompt):
        yield f"markup is read as plain words: {', '.join(markup[:3])}"
    if signs := {sign for sign in prompt if unicodedata.category(sign) == "So"}:
        yield f"signs are not read: {' '.join(sorted(signs)[:8])}"
    letters = [letter for letter in prompt if letter.isalpha()]
    if sum("LATIN" not in unicodedata.name(letter, "") for letter in letters) > len(letters) / 3:
        yield "the model reads English; words of another script are not understood"


def _lengths(prompt: str, seconds: float) -> Iterator[str]:
    for match in _LENGTH.finditer(prompt):
        asked = float(match[1] or match[3]) * (60 if (match[2] or match[4]).lower().startswith("m") else 1)
        if abs(asked - seconds) > 0.5:
            yield f"'{match[0]}' does not set the length: the clip lasts {seconds:g} s; give seconds={asked:g}"


def _crowds(prompt: str) -> Iterator[str]:
    for match in _CROWD.finditer(prompt):
        number, noun = match[1].lower(), match[2].lower()
        count = _NUMBERS.get(number) or int(number)
        if count > MOST_THINGS and noun.split()[0] not in _UNITS:
            yield f"'{match[0]}' is more than a world holds: {MOST_THINGS} things at most"


def _clashes(prompt: str) -> Iterator[str]:
    for table in (COLOURS, SIZES):
        kind = {word.removeprefix("~"): value for value, words in table.items() for word in words}
        words = "|".join(sorted(map(re.escape, kind), key=len, reverse=True))
        for match in re.finditer(rf"\b({words})\s+({words})\b", prompt, re.IGNORECASE):
            first, second = match[1].lower(), match[2].lower()
            if kind[first] != kind[second]:
                yield f"'{match[0]}' says two things of one; the model decides which"
    for one, other in () if _TURNS.search(prompt) else _OPPOSED:
        first, second = (re.search(pattern, prompt, re.IGNORECASE) for pattern in (one, other))
        if first and second:
            yield f"'{first[0]}' and '{second[0]}' exclude each other; the model decides"
