"""Clips kept on disk and found again: a folder of films that remember their words; favourites; delete with undo."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import param

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import MediaError, Sora2Error
from sora2lib.recipe import read

FOLDER = "SORA2LIB_GALLERY"  # names another folder than the user's own
FAVOURITES = "favourites.json"
STILLS = ".stills"  # small pictures, made when first asked for
STILL = 384  # pixels that one is wide
BIN = ".deleted"  # until it is undone, or the folder is tidied by hand


def usual_folder() -> Path:
    """Return the folder in which a user's clips are kept, which ``SORA2LIB_GALLERY`` may name."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(os.environ.get(FOLDER) or Path(data) / "sora2lib" / "gallery")


@dataclass(frozen=True)
class Item:
    """One clip in a collection: its file's name, its words, its seed, when it was made, and whether it is liked."""

    name: str
    words: str
    seed: int | None
    made: datetime
    liked: bool


class Collection(param.Parameterized):
    """A folder of clips.

    >>> collection = Collection(folder="clips")              # doctest: +SKIP
    >>> collection.add(content); collection.query = "ball"   # doctest: +SKIP
    >>> [item.words for item in collection.items]            # doctest: +SKIP
    """

    folder: Any = param.Path(None, check_exists=False, doc="Where the clips lie.")
    query = param.String("", doc="Words that must all be in a clip's own; all clips where there are none.")
    only_liked = param.Boolean(False, doc="Whether only favourites are shown.")
    items = param.List([], item_type=Item, doc="The clips that are shown, newest first.")
    deleted = param.List(
        [], item_type=str, doc="Names of the clips that were deleted, newest last; undo brings them back."
    )
    message = param.String("", doc="What happened last.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**({"folder": usual_folder()} | values))  # type: ignore[no-untyped-call]
        self._told: dict[str, tuple[float, Item]] = {}
        self.refresh()

    def add(self, content: bytes) -> str:
        """Keep a film, given as the bytes of an MP4, and return its name."""
        folder = self._there(self.folder)
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.mp4"
        with media.replacing(folder / name, suffixes=(".mp4",)) as temporary:
            temporary.write_bytes(content)
        self.refresh()
        return name

    def load(self, name: str) -> Clip:
        """Return a clip that is there.

        Raises
        ------
        MediaError
            It is gone, damaged, or no name of this collection.
        """
        return Clip.load(self._path(name))

    def still(self, name: str) -> bytes:
        """Return the middle picture of a clip, small, as JPEG; it is kept, so that a folder is shown quickly.

        Raises
        ------
        MediaError
            As of :meth:`load`.
        """
        kept = Path(self.folder) / STILLS / f"{self._path(name).stem}.jpeg"
        if not kept.is_file():
            clip = self.load(name)
            height, width = clip.frames.shape[1:3]
            picture = media.shrink(
                clip.frame(clip.seconds / 2), width=STILL, height=max(2, round(STILL * height / width))
            )
            with media.replacing(self._there(kept.parent) / kept.name, suffixes=(".jpeg",), force=True) as temporary:
                temporary.write_bytes(media.jpeg(picture))
        return kept.read_bytes()

    def like(self, name: str, liked: bool = True) -> None:
        """Make a clip a favourite, or one no more."""
        names = self._liked() - {name} | ({name} if liked else set())
        with media.replacing(self._there(self.folder) / FAVOURITES, suffixes=(".json",), force=True) as temporary:
            temporary.write_text(json.dumps(sorted(names)), encoding="utf-8")
        self.refresh()

    def delete(self, name: str) -> None:
        """Put a clip away; :meth:`undo` brings it back."""
        path = self._path(name)
        if path.is_file():
            path.replace(self._there(Path(self.folder) / BIN) / name)
            self.deleted = [*self.deleted, name]
        self.refresh()

    def undo(self) -> None:
        """Bring back what was deleted last; without effect where nothing was."""
        if not self.deleted:
            return
        name = self.deleted[-1]
        away = Path(self.folder) / BIN / name
        if away.is_file() and not self._path(name).exists():
            away.replace(self._path(name))
        self.deleted = self.deleted[:-1]
        self.refresh()

    @property
    def titles(self) -> dict[str, str]:
        """The names of the clips that are shown, by their words and when they were made."""
        return {f"{it.words[:60]}, {it.made:%d %b %H:%M:%S}": it.name for it in self.items}

    @param.depends("query", "only_liked", "folder", watch=True)
    def refresh(self) -> None:
        """Look again what is there; what is no film, or was changed by somebody, is left out."""
        liked, wanted = self._liked(), self.query.casefold().split()
        found = [self._item(path, liked) for path in Path(self.folder).glob("*.mp4")]
        kept = [it for it in found if it and all(word in it.words.casefold() for word in wanted)]
        shown = sorted((it for it in kept if it.liked or not self.only_liked), key=lambda it: it.name, reverse=True)
        self.param.update(items=shown, message=f"{len(shown)} of {len(found)} clips")

    def _item(self, path: Path, liked: set[str]) -> Item | None:
        try:
            changed = path.stat().st_mtime
            known = self._told.get(path.name)
            if known is None or known[0] != changed or known[1].liked != (path.name in liked):
                told = read(path)
                request = told.request if told else None
                words, seed = told.title if told else path.stem, request.seed if request else None
                item = Item(path.name, words, seed, datetime.fromtimestamp(changed), path.name in liked)
                self._told[path.name] = (changed, item)
            return self._told[path.name][1]
        except (Sora2Error, OSError):
            return None

    def _liked(self) -> set[str]:
        try:
            names = json.loads((Path(self.folder) / FAVOURITES).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return set()
        return {it for it in names if isinstance(it, str)} if isinstance(names, list) else set()

    def _path(self, name: str) -> Path:
        if Path(name).name != name or not name.endswith(".mp4"):
            raise MediaError(f"{name[:60]!r} is no clip of this collection; choose one of its names")
        return Path(self.folder) / name

    @staticmethod
    def _there(folder: str | Path) -> Path:
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MediaError(f"the folder {folder} cannot be made ({error.strerror}); name another") from error
        return Path(folder)
