"""The recipe of the meanings: which plain words WordNet uses to define a word.

A word vector says that an emerald is near other stones; its definition says "green". The meanings of a word are the
plain words (:data:`PLAIN`) among its synonyms, in its definitions and in the names of what it is a kind of, earlier
senses counting more. Captions have no part in this, so a word that training never saw means what its definition says.

To repeat it (seconds)::

    apt download wordnet-base && dpkg-deb -x wordnet-base_*.deb wordnet
    python -c "from sora2lib.train import define; define.rebuild('wordnet/usr/share/wordnet')"
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sora2lib.model import files, meanings

PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# A plain word, and how else definitions put it.
PLAIN: dict[str, tuple[str, ...]] = {
    "red": ("reddish",), "orange": ("orangish",), "yellow": ("yellowish",), "green": ("greenish",),
    "cyan": ("turquoise",), "blue": ("bluish",), "purple": ("violet", "purplish"), "pink": ("pinkish",),
    "brown": ("brownish",), "white": ("whitish",), "grey": ("gray", "greyish", "grayish"), "black": ("blackish",),
    "dark": ("darkness",), "light": ("lit",), "pale": (), "bright": (),
    "small": ("little", "smaller"), "big": ("large", "great", "larger"),
    "medium": ("average", "intermediate", "moderate"),
    "very": ("extremely", "exceedingly", "extraordinarily", "unusually", "enormous", "huge"), "tiny": ("minute",),
    "rubber": ("elastic", "latex"), "plastic": ("synthetic", "vinyl"), "wood": ("wooden", "tree", "timber"),
    "steel": ("metal", "iron", "metallic", "alloy"), "glass": ("transparent",), "stone": ("rock", "mineral", "rocky"),
    "foam": ("porous", "spongy"), "leather": ("hide", "skin"), "concrete": ("cement", "pavement", "paved"),
    "grass": ("grassy", "grassland"), "sand": ("sandy", "beach"), "floor": ("tile", "tiles"),
    "ice": ("frozen", "icy"),
    "snow": ("snowy",), "water": ("lake", "sea", "liquid"), "noon": ("midday",),
    "afternoon": ("day", "daytime", "daylight"), "sun": ("sunlight",),
    "sunset": ("dusk", "evening"), "night": ("moon",), "morning": ("dawn",), "fog": ("haze", "vapor"),
    "cloud": ("clouds",),
    "rain": ("wet",), "wind": ("air",), "ball": ("spherical", "sphere", "round", "globe"), "box": ("container", "case"),
    "cube": ("block", "cubic"), "cylinder": ("cylindrical",), "ring": ("circular", "circle"), "cone": ("conical",),
    "flat": ("board", "disk"), "wheel": ("vehicle",), "animal": ("mammal", "bird"), "person": ("people", "someone"),
    "fall": ("drop", "descend", "downward", "fell"), "rise": ("upward", "ascend"), "roll": ("revolve", "rolling"),
    "slide": ("slip", "glide", "smoothly"), "throw": ("propel", "cast", "toss"), "hit": ("strike", "collide", "impact"),
    "bounce": ("rebound", "spring"), "swing": ("sway", "oscillate"), "turn": ("rotate", "spin"), "jump": ("leap",),
    "push": ("force", "thrust"), "stop": ("halt", "cease"), "move": ("motion", "movement", "travel"),
    "stand": ("upright",),
    "fast": ("quick", "rapid", "rapidly", "quickly", "speed", "swift"), "slow": ("slowly",), "back": ("backward",),
    "left": (), "right": (), "near": ("close", "closer"), "far": ("away", "distant"), "two": ("pair",), "three": (),
    "clear": ("unclouded",), "five": (), "six": (), "photograph": ("camera", "picture", "film"),
    "still": ("motionless", "immobile"),
}  # fmt: skip
KIND = 0.5  # of what a word is a kind of, against its own definition
SHADE = 0.3  # of "reddish", against "red": a reddish orange is an orange
LEAST = 0.3  # senses that count less are left out
# With these a definition begins to tell of something else: what a thing has, is used for, is a part of, or is not.
ASIDE = re.compile(
    r"\([^)]*\)|\b(?:having|with|that|which|who|whose|used|by|from|before|after|containing|consisting|composed|when"
    r"|where|while|for|free of|free from|without|lacking|not|no|never|neither)\b.*|\bof (?:the )?day\b"
)


@dataclass(frozen=True)
class Sense:
    """A synset: its words, its definition, and the offsets of what it is a kind of or similar to."""

    words: tuple[str, ...]
    definition: str
    wider: tuple[int, ...]


def rebuild(wordnet: str | Path, *, folder: Path = files.DATA) -> None:
    """Store the meanings of the words of WordNet (its folder with data.noun and index.noun) beside the word vectors."""
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for part in PARTS:
        senses = _senses(Path(wordnet) / f"data.{part}")
        for word, offsets in _index(Path(wordnet) / f"index.{part}"):
            for rank, offset in enumerate(offsets):
                weight = 1 / (1 + rank)
                for name, share in _told(senses, offset).items() if weight > LEAST else ():
                    found[word][name] = max(found[word][name], weight * share)
    for part in PARTS:
        for line in (Path(wordnet) / f"{part}.exc").read_text(encoding="utf-8").splitlines():
            bent, *bases = line.split()
            if bases and bases[0] in found and bent not in found:
                found[bent] = found[bases[0]]
    content = {"plain": list(PLAIN), "words": {word: _packed(found[word]) for word in sorted(found) if found[word]}}
    files.write(meanings.FILE, json.dumps(content, separators=(",", ":")).encode(), folder=folder)


def _packed(means: dict[int, float]) -> list[int]:
    """Numbers of the plain words and their weights, 1 to 9, in turn."""
    return [
        it for name, weight in sorted(means.items()) for it in (name, max(1, round(meanings.FULL * min(weight, 1))))
    ]


def _senses(path: Path) -> dict[int, Sense]:
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(" "))
    return dict(_sense(line) for line in lines)


def _sense(line: str) -> tuple[int, Sense]:
    # Format: wndb(5WN). Offset, file, kind, number of words in hex, word and sense in turn, number of pointers, they.
    head, _, gloss = line.partition("|")
    fields = head.split()
    count = int(fields[3], 16)
    words = tuple(word.partition("(")[0].replace("_", " ").lower() for word in fields[4 : 4 + 2 * count : 2])
    start = 5 + 2 * count
    pointers = [fields[start + 4 * i : start + 4 * i + 3] for i in range(int(fields[start - 1]))]
    wider = tuple(
        int(offset) for symbol, offset, part in pointers if symbol in ("@", "&") and part == fields[2].replace("s", "a")
    )
    return int(fields[0]), Sense(words, gloss.partition('; "')[0].lower(), wider)


def _index(path: Path) -> Iterator[tuple[str, list[int]]]:
    """Single words and the offsets of their senses, the usual one first."""
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if not line.startswith(" ") and "_" not in fields[0]:
            yield fields[0], [int(offset) for offset in fields[-int(fields[2]) :]]


def _told(senses: dict[int, Sense], offset: int) -> dict[int, float]:
    """How much one sense says of each plain word."""
    sense = senses[offset]
    own = " ".join([*sense.words, ASIDE.sub("", sense.definition)])
    wider = " ".join(word for it in sense.wider if it in senses for word in senses[it].words)
    return _plain(wider, KIND) | _plain(own, 1.0)


_NUMBER = {word: i for i, (name, others) in enumerate(PLAIN.items()) for word in (name, *others)}


def _plain(text: str, weight: float) -> dict[int, float]:
    told: dict[int, float] = {}
    for word in re.findall(r"[a-z]+", text):
        if word in _NUMBER:
            shade = SHADE if word.endswith("ish") else 1.0
            told[_NUMBER[word]] = max(told.get(_NUMBER[word], 0.0), weight * shade)
    return told
