"""The recipe of the cut-outs: named pictures, cropped, scaled and packed, and the words that find them.

``nouns.tsv`` beside this file is the table that people edit: one row a picture with its code in Unicode, its name, the
largest side of the real thing in metres, its mass in kilograms, its material, and more names, comma separated. A name
after "~" is that of another thing, for which the picture may stand in. Masses without better knowledge follow from the
size by a density of the group: animals 50 to 100, fruit 400, bread 150, vehicles 12, tools 40 kg to the cubed length.

Left out are flags, skin tones, clock faces, letters, keycaps, arrows, zodiac, and signs that are no things.

To repeat it (about a minute on two cores)::

    npm pack @lobehub/fluent-emoji-3d@1.1.0 emojibase-data@17.0.0
    apt download wordnet-base && dpkg-deb -x wordnet-base_*.deb wordnet
    python -c "from sora2lib.train import nouns; nouns.rebuild(
        'lobehub-fluent-emoji-3d-1.1.0.tgz', 'emojibase-data-17.0.0.tgz', 'wordnet/usr/share/wordnet')"

The same Pillow and libwebp give the same bytes. H height, W width of a picture.
"""

import csv
import hashlib
import json
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from sora2lib import media, packaged
from sora2lib.errors import ModelError
from sora2lib.train.words import WordNet, read_wordnet
from sora2lib.world.assets import ASSETS
from sora2lib.world.cutouts import CATALOGUE, DATA, PICTURES, THICKNESS
from sora2lib.world.vocabulary import MATERIALS

TABLE = Path(__file__).with_name("nouns.tsv")
FLUENT_SHA256 = "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58"
EMOJIBASE_SHA256 = "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a"
LONGEST = 160  # pixels
SOLID = 128  # opacity from which a pixel belongs to the thing
ROUND = 0.965  # overlap with an ellipse over both together
SQUARE = 1.05  # the longest a round thing may be for its height
STEPS = 3  # how far up WordNet a kind may be from what stands in for it
VARIANT = "fe0f"  # says that a code is meant as a picture
# WordNet's notions under which the names of an emoji group are to be sought, by the group's number.
ROOTS = {
    1: ("person", "body_part"),
    3: ("animal", "plant", "plant_part", "plant_organ", "fungus", "natural_object"),
    4: ("food", "plant_part", "plant_organ", "beverage", "artifact"),
}
THINGS = ("artifact", "natural_object", "geological_formation", "substance", "atmospheric_phenomenon", "phenomenon")
# Subgroups of trees, landmarks and buildings; what is large among them belongs to its place.
PLACES, ROOTED = (41, 50, 51, 52, 53), 2.5  # metres
# Words whose kinds are too many and too unlike for one picture.
_TOO_WIDE = """
person man woman child people construction controller clothing clothes earth muscle bone herb bush wood tools medicine
station workman scientist shop plant money note brush cutlery
"""
TOO_WIDE = frozenset(_TOO_WIDE.split())
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Row:
    """A row of the table; ``also`` are other names, ``like`` those of things that it may stand in for."""

    code: str
    name: str
    metres: float
    kilograms: float
    material: str
    also: tuple[str, ...]
    like: tuple[str, ...]


def read_table(path: Path = TABLE) -> list[Row]:
    """Read and check the table.

    Raises
    ------
    ModelError
        Two rows share a code or a name, a size or mass is not above 0, or a material is not known.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [_row(it) for it in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    words = [word for row in rows for word in (row.name, *row.also, *row.like)]
    for topic, values in (("code", [row.code for row in rows]), ("name", words)):
        if twice := {it for it in values if values.count(it) > 1}:
            raise ModelError(f"{path} has the {topic} {sorted(twice)} twice; give each row its own")
    for row in rows:
        if not (row.metres > 0 and row.kilograms > 0 and row.material in MATERIALS):
            raise ModelError(
                f"{path}: {row.name} needs a size and a mass above 0 and one of {', '.join(MATERIALS)}; "
                f"it has {row.metres} m, {row.kilograms} kg, {row.material!r}"
            )
    return rows


def _row(fields: dict[str, str]) -> Row:
    names = [it for it in fields["also"].split(",") if it]
    return Row(
        fields["code"],
        fields["name"],
        float(fields["metres"]),
        float(fields["kilograms"]),
        fields["material"],
        tuple(it for it in names if not it.startswith("~")),
        tuple(it[1:] for it in names if it.startswith("~")),
    )


def rebuild(fluent: str | Path, emojibase: str | Path, wordnet: str | Path, *, folder: Path = DATA) -> None:
    """Make the catalogue and the pack of pictures with their manifest.

    Parameters
    ----------
    fluent : npm's archive of @lobehub/fluent-emoji-3d 1.1.0: 256 x 256 WebP pictures named by code.
    emojibase : npm's archive of emojibase-data 17.0.0, which says to what group a code belongs.
    wordnet : folder with WordNet's index, data and exception files.
    folder : where the files go.

    Raises
    ------
    ModelError
        An archive is not the one of this recipe, or the table names a picture that it lacks.
    """
    rows = read_table()
    groups = _groups(Path(emojibase))
    pack, entries = BytesIO(), {}
    with ZipFile(pack, "w") as archive:
        for row, picture in _pictures(rows, Path(fluent)):
            small = shrink(crop(picture))
            # A date of its own would make each pack another file.
            archive.writestr(ZipInfo(f"{row.name}.webp"), media.cutout_file(small))
            entries[row.name] = _entry(row, small, rooted=groups[row.code][1] in PLACES and row.metres >= ROOTED)
    kinds = find_kinds(rows, groups, read_wordnet(Path(wordnet)))
    text = json.dumps({"nouns": entries, "kinds": kinds}, ensure_ascii=False, indent=0, sort_keys=True)
    packaged.write(PICTURES, pack.getvalue(), folder=folder)
    packaged.write(CATALOGUE, text.encode(), folder=folder)


def _members(path: Path, sha256: str) -> tarfile.TarFile:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise ModelError(f"{path} is not the archive of this recipe: its SHA-256 is {digest}, it must be {sha256}")
    return tarfile.open(fileobj=BytesIO(content))


def _code(name: str) -> str:
    return "-".join(part for part in name.lower().split("-") if part != VARIANT)


def _groups(path: Path) -> dict[str, tuple[int, int]]:
    """Group and subgroup of each code."""
    with _members(path, EMOJIBASE_SHA256) as archive:
        file = archive.extractfile("package/en/data.json")
        assert file is not None
        return {_code(it["hexcode"]): (it["group"], it["subgroup"]) for it in json.load(file) if "group" in it}


def _pictures(rows: Iterable[Row], path: Path) -> Iterator[tuple[Row, Picture]]:
    with _members(path, FLUENT_SHA256) as archive:
        files = {_code(Path(it.name).stem): it for it in archive.getmembers() if it.name.endswith(".webp")}
        for row in rows:
            if row.code not in files:
                raise ModelError(f"{path} has no picture {row.code} for {row.name!r}; take the row out of the table")
            file = archive.extractfile(files[row.code])
            assert file is not None
            yield row, media.cutout(file.read())


def crop(picture: Picture) -> Picture:
    """Return what of a picture (H, W, 4) lies within the extents of its solid pixels."""
    solid = picture[..., 3] >= SOLID
    (top, bottom), (left, right) = (np.flatnonzero(solid.any(axis=axis))[[0, -1]] for axis in (1, 0))
    return picture[top : bottom + 1, left : right + 1]


def shrink(picture: Picture, *, longest: int = LONGEST) -> Picture:
    """Return a picture (H, W, 4) whose longer side has at most ``longest`` pixels, by averaging light that is seen."""
    height, width = picture.shape[:2]
    scale = min(1.0, longest / max(height, width))
    rows, columns = (_average(side, max(1, round(side * scale))) for side in (height, width))
    opacity = picture[..., 3:] / 255.0
    seen = np.concatenate([picture[..., :3] * opacity, opacity], axis=-1)
    seen = np.einsum("ih,hwc,jw->ijc", rows, seen, columns, optimize=True)
    colour = seen[..., :3] / np.maximum(seen[..., 3:], 1e-6)
    return np.rint(np.concatenate([np.minimum(colour, 255), 255 * seen[..., 3:]], axis=-1)).astype(np.uint8)


def _average(before: int, after: int) -> NDArray[np.float64]:
    """Weights (after, before) of the pixels that each larger one covers."""
    edges = np.arange(after + 1) * (before / after)
    pixels = np.arange(before)
    cover = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.maximum(cover, 0) * (after / before)


def is_round(picture: Picture) -> bool:
    """Whether the outline of a cropped picture (H, W, 4) is a circle."""
    height, width = picture.shape[:2]
    if max(height, width) > SQUARE * min(height, width):
        return False
    y, x = np.mgrid[:height, :width] + 0.5
    disc = (2 * x / width - 1) ** 2 + (2 * y / height - 1) ** 2 <= 1
    # A hole in the middle does not keep a thing from rolling.
    solid = (picture[..., 3] >= SOLID) | ((2 * x / width - 1) ** 2 + (2 * y / height - 1) ** 2 < 0.8**2)
    return bool((solid & disc).sum() >= ROUND * (solid | disc).sum())


def _entry(row: Row, picture: Picture, *, rooted: bool) -> dict[str, object]:
    height, width = picture.shape[:2]
    round_one = is_round(picture)
    wide, tall = (1.0, 1.0) if round_one else (width / max(height, width), height / max(height, width))
    size = [row.metres * wide, row.metres * tall * THICKNESS, row.metres * tall]
    weight = picture[..., 3:].astype(np.float64)
    colour = (picture[..., :3] * weight).sum((0, 1)) / weight.sum() / 255
    return {
        "size": [float(f"{it:.4g}") for it in size],
        "kilograms": row.kilograms,
        "material": row.material,
        "round": round_one,
        "rooted": rooted,
        "colour": [round(float(it), 3) for it in colour],
        "also": list(row.also),
        "like": list(row.like),
    }


def find_kinds(rows: Iterable[Row], groups: dict[str, tuple[int, int]], net: WordNet) -> dict[str, list[str]]:
    """Return WordNet's words for kinds of what has a picture or a model, by the word of what stands in for them.

    Only the most frequent sense of a word counts, and only a few steps up.
    """
    known: dict[str, tuple[str, ...]] = {}
    for asset in ASSETS.values():
        known |= dict.fromkeys((asset.name, *asset.synonyms), (*ROOTS[3], *THINGS))
    for row in rows:
        known |= dict.fromkeys((row.name.lower(), *row.also), ROOTS.get(groups[row.code][0], THINGS))
    owners: dict[str, str] = {}
    for word, roots in known.items():
        if word not in TOO_WIDE and (sense := _sense(net, word, roots)):
            owners.setdefault(sense, word)
    kinds = defaultdict(list)
    for part, lemma in sorted(net.senses):
        word = lemma.replace("_", " ")
        if part == "noun" and word not in known and _is_english(net, lemma):
            above = _upward(net, net.senses[part, lemma][0], STEPS)
            if owner := next((owners[it] for it in above if it in owners), None):
                kinds[owner].append(word)
    return kinds


def _is_english(net: WordNet, lemma: str) -> bool:
    """Whether a noun is a plain word, or several that end in one: no abbreviation, no name of a species in Latin."""
    letters = lemma.replace("_", "").replace("-", "")
    return len(lemma) > 2 and letters.isascii() and letters.isalpha() and ("noun", lemma.split("_")[-1]) in net.senses


def _sense(net: WordNet, word: str, roots: tuple[str, ...]) -> str | None:
    """The first sense of a noun that lies under one of the roots."""
    base = next((form for part, form in net.bases(word.replace(" ", "_")) if part == "noun"), "")
    for sense in net.senses.get(("noun", base), ()):
        if any(root in net.synsets["noun", it][0] for it in _upward(net, sense, 20) for root in roots):
            return sense
    return None


def _upward(net: WordNet, sense: str, steps: int) -> Iterator[str]:
    """Yield a sense and what it is a kind of, the nearest first."""
    level = [sense]
    for _ in range(steps + 1):
        yield from level
        level = [at for it in level for sign, (_, at) in net.synsets["noun", it][1] if sign == "@"]
