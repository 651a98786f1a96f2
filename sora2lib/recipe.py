"""What a file tells of how it was made: JSON in its metadata, so that a clip brings its request and world along."""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import __version__, media
from sora2lib.errors import MediaError, Sora2Error
from sora2lib.request import Request
from sora2lib.world.schema import World, from_json, load_world, save_world

SUFFIXES = (*media.SUFFIXES, ".nc")
WORLD_LIMIT = 1_000_000  # characters of packed world; above it the metadata would outweigh the film
_UNPACKED_LIMIT = 100_000_000  # bytes; a file from a stranger must not fill the memory


@dataclass(frozen=True, eq=False)
class Recipe:
    """How a clip was made.

    Parameters
    ----------
    frames : how many frames the clip has.
    fps : frames a second.
    world : what the frames were drawn from.
    start : second of the world at which the first frame lies.
    request : what was asked.
    maker : what made it, such as a model's name and version.
    notices : what the user should know, one sentence each.
    version : of the sora2lib that wrote the file.
    """

    frames: int
    fps: float
    world: World | None = None
    start: float = 0.0
    request: Request | None = None
    maker: str = ""
    notices: tuple[str, ...] = ()
    version: str = __version__

    @property
    def title(self) -> str:
        """The prompt, or what made the clip."""
        return self.request.prompt if self.request else self.maker

    def to_json(self) -> str:
        """Return ASCII JSON; a world that packs to more than ``WORLD_LIMIT`` characters is left out."""
        packed = _pack(self.world) if self.world is not None else ""
        return json.dumps(self._plain() | {"world": packed if len(packed) <= WORLD_LIMIT else ""})

    def _plain(self) -> dict[str, Any]:
        return {
            "sora2lib": self.version,
            "request": json.loads(self.request.to_json()) if self.request else None,
            "maker": self.maker,
            "notices": self.notices,
            "frames": self.frames,
            "fps": self.fps,
            "start": self.start,
        }

    @classmethod
    def from_json(cls, text: str) -> "Recipe | None":
        """Read :meth:`to_json` text; None for a text that sora2lib did not write.

        Raises
        ------
        MediaError
            sora2lib wrote it, and it was changed since.
        """
        try:
            plain: Any = json.loads(text)
        except ValueError:
            return None
        if not isinstance(plain, dict) or "sora2lib" not in plain:
            return None
        try:
            return cls(
                frames=int(plain["frames"]),
                fps=float(plain["fps"]),
                world=_unpack(plain["world"]) if plain.get("world") else None,
                start=float(plain["start"]),
                request=Request.from_json(json.dumps(plain["request"])) if plain["request"] else None,
                maker=str(plain["maker"]),
                notices=tuple(map(str, plain["notices"])),
                version=str(plain["sora2lib"]),
            )
        except (Sora2Error, ValueError, KeyError, TypeError, zlib.error) as error:
            raise MediaError(f"the note that sora2lib left in the file was changed since ({error})") from error


def _pack(world: World) -> str:
    return base64.b64encode(zlib.compress(world.to_json().encode(), 6)).decode()


def _unpack(packed: str) -> World:
    # What is cut off at the limit is no JSON any more.
    return from_json(zlib.decompressobj().decompress(base64.b64decode(packed), _UNPACKED_LIMIT).decode())


def save(
    path: str | Path,
    frames: Iterable[NDArray[np.uint8]],
    *,
    sound: NDArray[np.float32],
    rate: int,
    recipe: Recipe,
    force: bool = False,
) -> Path:
    """Write frames (H, W, 3 each) and sound (2, samples) with their recipe, as :meth:`sora2lib.Clip.save` says."""
    path = media.target(path, suffixes=SUFFIXES, force=force)
    if path.suffix.lower() == ".nc":
        _save_world(path, recipe, force=force)
    else:
        note, title = recipe.to_json(), recipe.title
        media.write(path, frames, fps=recipe.fps, sound=sound, rate=rate, note=note, title=title, force=force)
    return path


def _save_world(path: Path, recipe: Recipe, *, force: bool) -> None:
    if recipe.world is None:
        raise MediaError(f"{path} would hold the world, and this clip has none; save it as .mp4")
    world = recipe.world.assign_attrs(recipe=json.dumps(recipe._plain()))
    with media.replacing(path, suffixes=(".nc",), force=force) as temporary:
        try:
            save_world(world, temporary)
        except RuntimeError as error:  # HDF5 does not say why
            raise MediaError(
                f"{path} could not be written: the disk is full or failing ({error}); free some space or name another "
                "disk (nothing was left behind)"
            ) from error


def read(path: str | Path) -> Recipe | None:
    """Return the recipe in a file, without decoding the film; None for a file that sora2lib did not write.

    Raises
    ------
    MediaError
        The file is missing, damaged or of another kind.
    """
    if Path(path).suffix.lower() != ".nc":
        return Recipe.from_json(media.read_note(path))
    world = load_world(path)
    recipe = Recipe.from_json(world.attrs.get("recipe", ""))
    return recipe and replace(recipe, world=world)
