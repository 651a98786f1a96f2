"""Named pictures that stand in a world as lit boards: what they measure and weigh, and the assets they make.

A cut-out is a board with the picture's outline: x to the right of the picture, z up, and the picture on both of its
faces, the one towards -y seen as painted. What is round rolls on its rim. :mod:`sora2lib.train.nouns` builds the two
files read here, from freely licensed pictures (see NOTICE) and a table of sizes and weights by hand.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from sora2lib import media, packaged
from sora2lib.errors import WorldError
from sora2lib.world.parts import Asset, Matrix, Part, Row
from sora2lib.world.vocabulary import COLOURS, MATERIALS

DATA = Path(__file__).parent / "data"
CATALOGUE, PICTURES = "nouns.json", "nouns.zip"
PREFIX = "noun:"
THICKNESS = 0.15  # of the height
BOARD: Matrix = ((0.5, 0, 0), (0, 0.5, 0), (0, 0, 0.5))
# How names of one thing end, and those of several.
PLURALS = (
    (r"\b(fish|sheep|deer|bison|shrimp|people|men|women|dice|clothes)", r"\1"),
    (r"(ss|us)", r"\1es"),
    (r"s", "s"),
    (r"man", "men"),
    (r"(m|l)ouse", r"\1ice"),
    (r"person", "people"),
    (r"child", "children"),
    (r"goose", "geese"),
    (r"\b(f|t)oo(t|th)", r"\1ee\2"),
    (r"\box", "oxen"),
    (r"(li|kni|wi)fe", r"\1ves"),
    (r"(lea|wol|loa|shel|el)f", r"\1ves"),
    (r"(ch|sh|x|z)", r"\1es"),
    (r"([^aeiou])y", r"\1ies"),
    (r"(tomat|potat|volcan|mosquit|her|flaming|mang)o", r"\1oes"),
)
# A cylinder's axis is z, so its measures are (radius, radius, half thickness); it lies along y.
DISC: Matrix = ((0.25, 0, 0.25), (0.25, 0, 0.25), (0, 0.5, 0))
ON_EDGE = (math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0)


@dataclass(frozen=True)
class Cutout:
    """One picture as a body.

    Parameters
    ----------
    name : what it shows, as in "hot dog".
    size : extents along x, y, z in metres, as large as the real thing.
    kilograms : as heavy as the real thing.
    material : how it bounces, slides and sounds.
    round : whether its outline is a circle, so that it rolls.
    rooted : whether it belongs to its place, as a mountain does.
    colour : its mean colour, sRGB 0..1.
    also : other names of the same thing.
    like : names of things that it may stand in for.
    """

    name: str
    size: Row
    kilograms: float
    material: str
    round: bool
    rooted: bool
    colour: Row
    also: tuple[str, ...] = ()
    like: tuple[str, ...] = ()

    @property
    def density(self) -> float:
        """Mass over the volume of the body that collides, kg/m^3."""
        x, y, z = self.size
        return self.kilograms / (math.pi / 16 * (x + z) ** 2 * y if self.round else x * y * z)

    @property
    def asset(self) -> Asset:
        """The body with its picture, named ``noun:`` and what it shows."""
        label = PREFIX + self.name
        part = (
            Part("cylinder", DISC, rotation=ON_EDGE, pattern=label) if self.round else Part("box", BOARD, pattern=label)
        )
        return Asset(
            label,
            (part,),
            self.size,
            synonyms=self.also,
            plural=plural(self.name),
            materials=(self.material,),
            colours=(_nearest_colour(self.colour),),
            rolls=self.round,
            rooted=self.rooted,
            fill=self.density / MATERIALS[self.material].density,
        )


def plural(name: str) -> str:
    """Return the name of several: "mouse" -> "mice", "glass of milk" -> "glasses of milk".

    >>> plural("french fries"), plural("cherry")
    ('french fries', 'cherries')
    """
    link = re.search(r" (?:of|in|on|with|without|showing|behind)\b|:", name)
    cut = link.start() if link else len(name)
    end, many = next((it for it in PLURALS if re.search(it[0] + "$", name[:cut])), ("", "s"))
    return re.sub(end + "$", many, name[:cut], count=1) + name[cut:]


def _nearest_colour(rgb: Row) -> str:
    return min(COLOURS, key=lambda name: math.dist(COLOURS[name].rgb, rgb))


@cache
def catalogue() -> dict[str, Cutout]:
    """Return all cut-outs by name.

    >>> catalogue()["pizza"].size[2]
    0.3
    """
    return {name: _read(name, entry) for name, entry in _content()["nouns"].items()}


def _read(name: str, entry: dict[str, Any]) -> Cutout:
    rows: dict[str, Any] = {key: tuple(it) if isinstance(it, list) else it for key, it in entry.items()}
    return Cutout(name, **rows)


@cache
def kinds() -> dict[str, str]:
    """Return words that name a kind of something: "spaniel" -> "dog"."""
    return {word: kind for kind, words in _content()["kinds"].items() for word in words}


@cache
def _content() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(packaged.read(CATALOGUE, folder=DATA))
    return content


@cache
def asset(name: str) -> Asset | None:
    """Return the asset of a cut-out, called "noun:pizza" or "pizza", or None.

    >>> asset("noun:pizza").parts[0].shape
    'box'
    """
    cutout = catalogue().get(name.removeprefix(PREFIX))
    return cutout.asset if cutout else None


def picture(name: str) -> NDArray[np.uint8]:
    """Return a cut-out's picture (H, W, 4: red, green, blue, opacity), cropped to its outline, H and W at most 160.

    Raises
    ------
    WorldError
        There is no picture of that name.

    >>> picture("noun:pizza").shape[2]
    4
    """
    plain = name.removeprefix(PREFIX)
    if plain not in catalogue():
        raise WorldError(f"there is no picture of {plain!r}; look words up with sora2lib.world.nouns.lookup")
    return media.cutout(_archive().read(f"{plain}.webp"))


@cache
def _archive() -> ZipFile:
    return ZipFile(BytesIO(packaged.read(PICTURES, folder=DATA)))


class Library:
    """The names of all assets: those of a table of modelled ones, then the cut-outs, read when they are needed.

    >>> "noun:pizza" in Library({})
    True
    """

    def __init__(self, modelled: Mapping[str, Asset]) -> None:
        self._modelled = modelled

    def __contains__(self, name: object) -> bool:
        return name in self._modelled or (isinstance(name, str) and asset(name) is not None)

    def __iter__(self) -> Iterator[str]:
        yield from self._modelled
        yield from (PREFIX + name for name in catalogue())

    def __len__(self) -> int:
        return len(self._modelled) + len(catalogue())
