"""What a file tells of how it was made: JSON in its metadata, so that a clip brings its request and world along."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import __version__, consent, media
from sora2lib.backdrop import ATTRIBUTE
from sora2lib.errors import MediaError, Sora2Error
from sora2lib.request import Request
from sora2lib.soundtrack import OWN, Soundtrack
from sora2lib.subtitles import Caption, captions, subrip, webvtt
from sora2lib.world.schema import VARIABLES, World, from_json, load_world, save_world

SUFFIXES = (*media.SUFFIXES, ".nc")
CAPTIONS = (".srt", ".vtt")
WORLD_LIMIT = 1_000_000  # characters of packed world; above it the metadata would outweigh the film
_UNPACKED_LIMIT = 100_000_000  # bytes; a file from a stranger must not fill the memory


@dataclass(frozen=True)
class Parent:
    """A clip that another was made from.

    Parameters
    ----------
    verb : what was done with it, such as "refilm" or "extend".
    request : what was asked for it.
    maker : what made it.
    world : the :func:`fingerprint` of its world, or "" without one.
    cameos : handles of all who are shown in it.
    """

    verb: str
    request: Request | None
    maker: str
    world: str
    cameos: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """What JSON can hold of it."""
        return asdict(self) | {"request": json.loads(self.request.to_json()) if self.request else None}

    @classmethod
    def from_plain(cls, plain: Any) -> "Parent":
        """Undo :meth:`to_plain`."""
        return cls(
            str(plain["verb"]), _request(plain["request"]), str(plain["maker"]), str(plain["world"]), _handles(plain)
        )


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
    parents : what it was made from: the clip before it, the one before that, and so on.
    soundtrack : what is heard: the world's own sound, or one that was given.
    cameos : handles of all who are shown in it, or in what it was made from; those of world and parents are added.
    version : of the sora2lib that wrote the file.
    """

    frames: int
    fps: float
    world: World | None = None
    start: float = 0.0
    request: Request | None = None
    maker: str = ""
    notices: tuple[str, ...] = ()
    parents: tuple[Parent, ...] = ()
    soundtrack: Soundtrack = OWN
    cameos: tuple[str, ...] = ()
    version: str = __version__

    def __post_init__(self) -> None:
        object.__setattr__(self, "cameos", shown(self.cameos, self.world, self.parents))

    @property
    def title(self) -> str:
        """The prompt, or what made the clip."""
        return self.request.prompt if self.request else self.maker

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notices, and where a given sound is shorter or longer than the clip."""
        told = self.soundtrack.remarks(self.start, self.frames / self.fps)
        return tuple(dict.fromkeys((*self.notices, *told)))

    def line(self, verb: str) -> tuple[Parent, ...]:
        """The parents of what is made from it; who is shown must have agreed to that."""
        consent.check(self.cameos, "remix")
        world = "" if self.world is None else fingerprint(self.world)
        return (Parent(verb, self.request, self.maker, world, self.cameos), *self.parents)

    def to_json(self) -> str:
        """Return ASCII JSON; a world that packs to more than ``WORLD_LIMIT`` characters is left out."""
        packed = _pack(self.world) if self.world is not None else ""
        return json.dumps(self._plain() | {"world": packed if len(packed) <= WORLD_LIMIT else ""})

    def _plain(self) -> dict[str, Any]:
        return {
            "sora2lib": self.version,
            "request": json.loads(self.request.to_json()) if self.request else None,
            "maker": self.maker,
            "notices": self.remarks,
            "parents": [parent.to_plain() for parent in self.parents],
            "cameos": self.cameos,
            "frames": self.frames,
            "fps": self.fps,
            "start": self.start,
            "soundtrack": None if self.soundtrack is OWN else self.soundtrack.to_plain(),
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
                request=_request(plain["request"]),
                maker=str(plain["maker"]),
                notices=tuple(map(str, plain["notices"])),
                parents=tuple(map(Parent.from_plain, plain.get("parents", ()))),
                soundtrack=Soundtrack.from_plain(plain["soundtrack"]) if plain.get("soundtrack") else OWN,
                cameos=_handles(plain),
                version=str(plain["sora2lib"]),
            )
        except (Sora2Error, ValueError, KeyError, TypeError, zlib.error) as error:
            raise MediaError(f"the note that sora2lib left in the file was changed since ({error})") from error


def _request(plain: Any) -> Request | None:
    return Request.from_json(json.dumps(plain)) if plain else None


def _handles(plain: Any) -> tuple[str, ...]:
    return tuple(map(str, plain.get("cameos", ())))


def shown(cameos: Iterable[str], world: World | None, parents: Iterable[Parent]) -> tuple[str, ...]:
    """Return the handles of all who are shown: those given, those of a world, and those of parents."""
    acting = () if world is None else (it for it in world.cameo.values.tolist() if it)
    return tuple(dict.fromkeys([*cameos, *acting, *(it for parent in parents for it in parent.cameos)]))


def fingerprint(world: World) -> str:
    """Return 16 hexadecimal digits that are the same for worlds that are the same to the last bit.

    >>> fingerprint(clip.world)  # doctest: +SKIP
    '9f86d081884c7d65'
    """
    digest = hashlib.sha256("\n".join(map(str, world.actor.values)).encode())
    for name in ("time", *VARIABLES):
        values = world[name].values
        if name in ("cameo", "line_actor") and not any(values):
            continue  # which came later, and worlds without keep the fingerprint that they had
        # Text is padded to the longest, which depends on where it came from.
        digest.update(values.tobytes() if values.dtype.kind != "U" else "\n".join(map(str, values.flat)).encode())
    if drop := world.attrs.get(ATTRIBUTE):
        digest.update(json.dumps(drop, sort_keys=True).encode())
    return digest.hexdigest()[:16]


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
    consent.check(recipe.cameos, "save")
    world = "" if recipe.world is None else fingerprint(recipe.world)
    consent.note(recipe.cameos, "saved", title=recipe.title, place=str(path.absolute()), world=world)
    if path.suffix.lower() == ".nc":
        _save_world(path, recipe, force=force)
        return path
    shown = captions(recipe.world, start=recipe.start, seconds=recipe.frames / recipe.fps)
    beside = _beside(path, shown)
    for file in beside:
        media.target(file, suffixes=CAPTIONS, force=force)
    media.write(
        path,
        _agreed(frames, recipe.cameos),
        fps=recipe.fps,
        sound=sound,
        rate=rate,
        note=recipe.to_json(),
        title=recipe.title,
        captions=[(it.start, it.stop, it.text) for it in shown],
        force=force,
    )
    for file, text in beside.items():
        with media.replacing(file, suffixes=CAPTIONS, force=force) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return path


def _agreed(frames: Iterable[NDArray[np.uint8]], cameos: Sequence[str]) -> Iterator[NDArray[np.uint8]]:
    """The frames, unless consent is taken back while they are written: then there is no file."""
    yield from frames
    consent.check(cameos, "save")


def _beside(path: Path, shown: Sequence[Caption]) -> dict[Path, str]:
    """Files of captions that go with a film or a sound, by name; none where nothing is said."""
    if not shown or path.suffix.lower() not in (*media.VIDEO, ".wav"):
        return {}
    return {path.with_suffix(".srt"): subrip(shown), path.with_suffix(".vtt"): webvtt(shown)}


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
