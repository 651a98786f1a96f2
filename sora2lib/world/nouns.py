"""Words for things: what a noun or phrase looks like, and where a prompt names one.

Modelled assets come before pictures, and figures before pictures of people (:mod:`sora2lib.world.persons`); a name
before another name; then things that a picture may stand in for, and kinds of things that WordNet knows: a spaniel is
drawn as a dog. What is none of these is not known, and said so.

>>> lookup("two hot-air balloons")  # doctest: +SKIP
>>> [match.asset for match in mentions("A croissant rolls down the stairs and hits a jellyfish")]
['noun:croissant', 'stairs', 'noun:jellyfish']
"""

import difflib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sora2lib.errors import WorldError
from sora2lib.world import adjectives, cutouts
from sora2lib.world.assets import ASSETS
from sora2lib.world.persons import PLAYED_BY

LONGEST = 6  # words of a name
MOST_ADJECTIVES = 4
ENDINGS = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("men", "man"), ("es", ""), ("s", ""))
IRREGULAR = {
    "children": "child", "people": "person", "mice": "mouse", "geese": "goose", "teeth": "tooth", "feet": "foot",
    "oxen": "ox", "dice": "die", "cacti": "cactus", "octopi": "octopus", "fungi": "fungus",
}  # fmt: skip
PREPOSITIONS = frozenset(
    ("of", "in", "on", "with", "from", "at", "under", "over", "behind", "beside", "near", "and", "or")
)
# Words before "of" that count or contain what is meant.
_MEASURES = """
bar bit bottle bowl box bunch can couple crowd cup dozen flock glass group handful heap herd jar kind lot number pack
pair piece pile plate row school set slice sort stack swarm type
"""
_DETERMINERS = """
a an the this that these those some any each every another no one two three four five six seven eight nine ten my your
his her its our their several many few both of with into onto at and or
"""
# Names that are more often said of doing or being than of a thing; they count after an article or a number only.
_ELUSIVE = """
arrow bark bat bear bill block board bolt book boot bow bowl box brush can chain cook cookie cop cross crush cut
desert die dive down drill drop duck fall fan film fire fish flash flower fly fog frame guard guide hail ham hammer
hand hook horn hug iron jam judge juice kick kiss kite label land lap launch leaf leaves left light lock looks man
march mask match mate mean mine mint mouth mug mushroom nail needle note nurse orange pack paddle paint paper pass
peach pen pick pie pilot pin pitcher plane plant play plug plunge point pot present press pump punch race rain ram
rattle rays ribbon right ring rock rocket rose ruler run saw scale school scoop screen screw seal second shade shadow
ship shop shower shrimp side sign skate ski skis sled slide smell smoke snake sow spin spoon spring spy squash squid
stamp stand star steam step stick still stool store storm strike swallow sweat sweet swing switch tablet tag tail tap
tape tart tear tick tie tip toast top torch tower track train trap trip trunk tube turn twig watch wave waves wind
wing wonder wood worm wrap wrestle yellow people person child woman girl boy doe
"""
SHINE = frozenset(("moonlight", "moonshine"))  # what WordNet calls by the thing that it comes from
MEASURES, DETERMINERS, ELUSIVE = (frozenset(words.split()) for words in (_MEASURES, _DETERMINERS, _ELUSIVE))


@dataclass(frozen=True)
class Match:
    """What a phrase names.

    Parameters
    ----------
    asset : a name of the library, as "ball" or "noun:pizza".
    word : the word or words that were understood, in the singular.
    sure : whether it is the thing itself; else it stands in for the thing.
    start, stop : where the words are in the text.
    """

    asset: str
    word: str
    sure: bool
    start: int = 0
    stop: int = 0


def lookup(phrase: str) -> Match | None:
    """Return what a word or phrase names, or None where nothing here looks like it.

    Articles, numbers and adjectives may come before the noun; "a slice of pizza" is a pizza.

    >>> lookup("french fries").asset, lookup("quasars")
    ('noun:french fries', None)
    """
    words = list(_words(phrase))
    cut = next((i for i, word in enumerate(words) if i and word[0] in PREPOSITIONS), len(words))
    head, rest = words[:cut], words[cut + 1 :]
    whole = next((found for first in range(cut) if (found := _named(words[first:]))), None)
    if whole or not rest or words[cut][0] != "of":
        return whole or _last(head)
    return _last(rest) or _last(head) if _singular(head[-1][0]) & MEASURES else _last(head) or _last(rest)


def _last(words: list[tuple[str, int, int]]) -> Match | None:
    """What the longest of the word lists that end with the last word names."""
    return next((found for first in range(len(words)) if (found := _named(words[first:]))), None)


def find(phrase: str) -> Match:
    """Return what a word or phrase names.

    Raises
    ------
    WorldError
        Nothing here looks like it; the message names the nearest words that are known.
    """
    found = lookup(phrase)
    if found is None:
        near = difflib.get_close_matches(phrase.lower(), _index(), n=3, cutoff=0.75)
        hint = (
            f"did you mean {' or '.join(map(repr, near))}?" if near else "describe it by its shape, as in 'a red ball'"
        )
        raise WorldError(f"nothing here looks like {phrase!r}; {hint}")
    return found


def mentions(text: str) -> list[Match]:
    """Return the things that a text names, in order.

    Words that are also verbs, and words for what something else stands in for, count after an article or number only;
    words for colours do not where they colour a thing.

    >>> [match.asset for match in mentions("a small rose bamboo ball falls onto a rose")]
    ['ball', 'noun:rose']
    """
    words, found, place = list(_words(text)), [], 0
    while place < len(words):
        match = next(
            (it for count in range(LONGEST, 0, -1) if (it := _named(words[place : place + count], count))), None
        )
        plain = match is not None and match.sure and match.word not in ELUSIVE
        if match and (plain or _introduced(words, place)):
            if not _colours(words, place, match):
                found.append(match)
            place += sum(1 for _, start, _ in words[place:] if start < match.stop)
        else:
            place += 1
    return found


def _colours(words: list[tuple[str, int, int]], place: int, match: Match) -> bool:
    """Whether a word for a colour belongs to a thing that is named after it, with only more such words in between."""
    if match.word not in _adjectives():
        return False
    for (*_, stop), (word, start, _) in itertools.pairwise(words[place:]):
        if start > stop + 1:  # a comma lies in between
            return False
        if word not in _adjectives():
            return _named([(word, start, stop)]) is not None
    return False


@cache
def _adjectives() -> frozenset[str]:
    tables = adjectives.COLOURS, adjectives.SIZES, adjectives.MATERIALS
    said = [phrase for table in tables for them in table.values() for phrase in them]
    return frozenset(word for phrase in said for word in phrase.lstrip("~").split())


def _introduced(words: list[tuple[str, int, int]], place: int) -> bool:
    """Whether an article or number stands close before a word, with nothing but unknown words in between."""
    for back in range(1, MOST_ADJECTIVES + 1):
        if place < back:
            return False
        word = words[place - back]
        if word[0] in DETERMINERS or word[0].isdigit():
            return True
        if _named([word]):
            return False
    return False


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    for it in re.finditer(r"[^\W_]+(?:['’][^\W_]+)?", text.lower()):
        yield it.group().replace("’", "'"), it.start(), it.end()


def _named(words: list[tuple[str, int, int]], count: int = 1) -> Match | None:
    """What the words name, all of them together; none if they are fewer than ``count``."""
    if not words or len(words) < count or len(words) > LONGEST:
        return None
    *before, last = (word for word, _, _ in words)
    forms = sorted(_singular(last), key=lambda it: it != last)
    found = [word for form in forms if (word := " ".join([*before, form])) in _index()]
    if not found:
        return None
    # Modelled things come before pictures, whether there is one or several.
    word = min(found, key=lambda it: _index()[it][0].startswith(cutouts.PREFIX))
    asset, sure = _index()[word]
    return Match(asset, word, sure, words[0][1], words[-1][2])


def _singular(word: str) -> set[str]:
    """Forms that a word may be the plural of, and itself."""
    forms = {word, IRREGULAR.get(word, word)}
    return forms | {word[: -len(end)] + one for end, one in ENDINGS if word.endswith(end) and len(word) > len(end) + 1}


def _plain(name: str) -> str:
    return " ".join(word for word, _, _ in _words(name))


@cache
def _index() -> dict[str, tuple[str, bool]]:
    """Asset by name, and whether it is the thing itself; the first of equal names counts."""
    index: dict[str, tuple[str, bool]] = {}
    for asset in ASSETS.values():
        for name in (asset.name, asset.plural, *asset.synonyms):
            if name:
                index.setdefault(_plain(name), (asset.name, True))
    for figure, names in PLAYED_BY.items():
        for name in names:
            index.setdefault(name, (figure, False))
    pictures = cutouts.catalogue().values()
    for cutout in pictures:
        figure, _, more = cutout.name.partition(" ")
        if more and figure in PLAYED_BY:  # "woman firefighter"
            index.setdefault(_plain(cutout.name), (figure, False))
        index.setdefault(_plain(cutout.name), (cutouts.PREFIX + cutout.name, True))
    for sure in (True, False):
        for cutout in pictures:
            for name in cutout.also if sure else cutout.like:
                index.setdefault(_plain(name), (cutouts.PREFIX + cutout.name, sure))
    for word, kind in cutouts.kinds().items():
        if _plain(kind) in index:
            index.setdefault(_plain(word), (index[_plain(kind)][0], False))
    return {name: found for name, found in index.items() if name not in SHINE}
