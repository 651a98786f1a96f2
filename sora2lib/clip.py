"""A clip: frames and sound on one clock, with the world they were drawn from and the request behind it."""

import base64
import html
import textwrap
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import sora2lib
from sora2lib import consent, media
from sora2lib.camera import Camera
from sora2lib.errors import MediaError
from sora2lib.levels import Levels
from sora2lib.recipe import Parent, Recipe, read, save, shown
from sora2lib.request import Cameras, Request
from sora2lib.soundtrack import OWN, Soundtrack
from sora2lib.world.schema import World

if TYPE_CHECKING:
    from sora2lib.sound import Stems
    from sora2lib.sound.taken import Track


@dataclass(frozen=True, eq=False, repr=False)
class Clip:
    """Frames and sound. Frozen; whatever changes a clip returns a new one.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8, made read-only.
    fps : frames a second.
    sound : (2, samples) float32, -1..1, as long as the frames within one sample; made read-only.
    rate : samples a second.
    world : what the frames were drawn from.
    start : second of the world at which the first frame lies.
    request : what was asked.
    maker : what made it, such as a model's name and version.
    notices : what the user should know, one sentence each.
    parents : what it was made from: the clip before it, the one before that, and so on.
    soundtrack : how what is heard came about: the world's own sound, or one that was given; :meth:`dub` changes it.
    cameos : handles of all who are shown in it, or in what it was made from; those of world and parents are added.

    Raises
    ------
    MediaError
        Frames or sound are of another shape or kind.
    ConsentError
        Somebody is shown who has not agreed to it, or does not any more.

    >>> clip = Clip(np.zeros((48, 72, 128, 3), np.uint8), 24, np.zeros((2, 96000), np.float32))
    >>> clip
    Clip(2 s, 128x72, 24 fps, 48000 Hz)
    >>> clip[0.5:1.0]
    Clip(0.5 s, 128x72, 24 fps, 48000 Hz)
    """

    frames: NDArray[np.uint8]
    fps: float
    sound: NDArray[np.float32]
    rate: int = media.RATE
    world: World | None = None
    start: float = 0.0
    request: Request | None = None
    maker: str = ""
    notices: tuple[str, ...] = ()
    parents: tuple[Parent, ...] = ()
    soundtrack: Soundtrack = OWN
    cameos: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "cameos", shown(self.cameos, self.world, self.parents))
        consent.check(self.cameos)
        if self.frames.ndim != 4 or self.frames.shape[-1] != 3 or not self.frames.size or self.frames.dtype != np.uint8:
            raise MediaError(f"frames are {_kind(self.frames)}; give uint8 (frames, height, width, 3), one at least")
        if self.sound.ndim != 2 or len(self.sound) != 2 or self.sound.dtype != np.float32:
            raise MediaError(f"sound is {_kind(self.sound)}; give float32 (2, samples)")
        if abs(self.sound.shape[1] - self.seconds * self.rate) > 1:
            heard = self.sound.shape[1] / self.rate
            raise MediaError(f"sound lasts {heard:g} s and the frames {self.seconds:g} s; cut or pad the sound")
        for name in ("frames", "sound"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.frames) / self.fps

    @property
    def size(self) -> str:
        """Width and height in pixels, such as "1280x720"."""
        return f"{self.frames.shape[2]}x{self.frames.shape[1]}"

    def frame(self, seconds: float) -> NDArray[np.uint8]:
        """Return the picture (H, W, 3) shown at a time; before the start the first, after the end the last."""
        # The tolerance keeps t = i / fps on frame i.
        index = int(np.floor(seconds * self.fps + 1e-6))
        picture: NDArray[np.uint8] = self.frames[min(max(index, 0), len(self.frames) - 1)]
        return picture

    def sheet(self, columns: int = 4, *, rows: int = 3, width: int = 1280) -> NDArray[np.uint8]:
        """Return a contact sheet: frames evenly spread over the clip, in reading order, as one picture (h, width, 3).

        >>> import imageio.v3 as imageio
        >>> imageio.imwrite("sheet.png", clip.sheet())  # doctest: +SKIP
        """
        gap = 4
        across = (width - gap * (columns - 1)) // columns
        down = round(across * self.frames.shape[1] / self.frames.shape[2])
        sheet = np.full((rows * (down + gap) - gap, width, 3), 255, np.uint8)
        times = (np.arange(columns * rows) + 0.5) / (columns * rows) * self.seconds
        for index, time in enumerate(times):
            top, left = index // columns * (down + gap), index % columns * (across + gap)
            sheet[top : top + down, left : left + across] = media.shrink(self.frame(time), width=across, height=down)
        return sheet

    def __getitem__(self, span: slice) -> "Clip":
        """Return the part from one second to another; as in lists, negative counts from the end."""
        if not isinstance(span, slice) or span.step is not None:
            raise MediaError(f"clip[{span!r}] is no span of seconds; write clip[1.0:2.5], or clip.frame(1.0)")
        first = self._index(0.0 if span.start is None else span.start)
        last = self._index(self.seconds if span.stop is None else span.stop)
        if first >= last:
            raise MediaError(f"clip[{span.start}:{span.stop}] holds no frame; the clip lasts {self.seconds:g} s")
        heard = slice(round(first / self.fps * self.rate), round(last / self.fps * self.rate))
        start = self.start + first / self.fps
        return replace(self, frames=self.frames[first:last], sound=self.sound[:, heard], start=start)

    def _index(self, seconds: float) -> int:
        if not isinstance(seconds, Real) or not np.isfinite(seconds):
            raise MediaError(f"{seconds!r} is no time in seconds; write clip[1.0:2.5]")
        index = round((seconds + self.seconds if seconds < 0 else seconds) * self.fps)
        return min(max(index, 0), len(self.frames))

    def refilm(
        self,
        camera: Camera | None = None,
        *,
        style: str | None = None,
        size: str | None = None,
        fps: float | None = None,
    ) -> "Clip":
        """Film the same world again: :func:`sora2lib.refilm`.

        >>> clip.refilm(Camera.orbit(90), style="anime")  # doctest: +SKIP
        """
        # The package knows where its verbs live; a clip knows neither a renderer nor a model.
        return sora2lib.refilm(self, camera, style=style, size=size, fps=fps)

    def extend(
        self,
        prompt: str,
        *,
        seconds: float = 4.0,
        seed: int | None = None,
        model: str | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        camera: Cameras = None,
    ) -> "Clip":
        """Go on from its end in the same world: :func:`sora2lib.extend`.

        >>> clip.extend("it rolls off a table", seconds=4, camera=Camera.dolly(1))  # doctest: +SKIP
        """
        return sora2lib.extend(
            self, prompt, seconds=seconds, seed=seed, model=model, steps=steps, guidance=guidance, camera=camera
        )

    def remix(
        self,
        prompt: str,
        *,
        strength: float = 0.8,
        keep: tuple[str, ...] = (),
        change: tuple[str, ...] | None = None,
        seed: int | None = None,
        model: str | None = None,
        guidance: float | None = None,
    ) -> "Clip":
        """Change what words name, and nothing else: :func:`sora2lib.remix`.

        >>> clip.remix("the ball is blue and made of steel")  # doctest: +SKIP
        """
        return sora2lib.remix(
            self, prompt, strength=strength, keep=keep, change=change, seed=seed, model=model, guidance=guidance
        )

    def retake(
        self,
        start: float = 0.0,
        end: float | None = None,
        prompt: str | None = None,
        *,
        actor: str | None = None,
        seed: int | None = None,
        model: str | None = None,
        steps: int | None = None,
        guidance: float | None = None,
    ) -> "Clip":
        """Plan some seconds anew, or what one actor does in them: :func:`sora2lib.retake`.

        >>> clip.retake(1, 3, "the ball bounces", actor="ball")  # doctest: +SKIP
        """
        return sora2lib.retake(
            self, start, end, prompt, actor=actor, seed=seed, model=model, steps=steps, guidance=guidance
        )

    def loop(
        self,
        seconds: float = 1.0,
        prompt: str | None = None,
        *,
        seed: int | None = None,
        model: str | None = None,
        steps: int | None = None,
        guidance: float | None = None,
    ) -> "Clip":
        """Let its end meet its start: :func:`sora2lib.loop`.

        >>> clip.loop(1.5).save("loop.webp")  # doctest: +SKIP
        """
        return sora2lib.loop(self, seconds, prompt, seed=seed, model=model, steps=steps, guidance=guidance)

    def speed(self, times: float) -> "Clip":
        """Play its world faster or slower, drawn anew: :func:`sora2lib.speed`.

        >>> clip.speed(0.25)  # doctest: +SKIP
        """
        return sora2lib.speed(self, times)

    def dub(
        self,
        track: "Track | Clip | None" = None,
        *,
        mix: float | None = None,
        start: float = 0.0,
        levels: Levels | None = None,
        actor: str | None = None,
        beats: bool = False,
    ) -> "Clip":
        """Let another sound be heard, in place of its own or mixed with it: :func:`sora2lib.dub`.

        >>> clip.dub("music.wav", mix=0.4)  # doctest: +SKIP
        """
        return sora2lib.dub(self, track, mix=mix, start=start, levels=levels, actor=actor, beats=beats)

    def stems(self) -> "Stems":
        """Return effects, ambience, music and speech of its own sound apart: :func:`sora2lib.stems`.

        >>> clip.stems().mix(Levels(music=0)).shape  # doctest: +SKIP
        (2, 192000)
        """
        return sora2lib.stems(self)

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the clip in the format that the suffix names, all or nothing, and return the path.

        ``.mp4`` H.264 and AAC; ``.webm`` VP9 and Opus; ``.gif``, ``.webp`` moving, silent; ``.png`` the middle frame;
        ``.wav`` the sound; ``.nc`` the world as netCDF. Each holds the request, seed, model and version in its
        metadata, and all but the last the world as well, unless it packs to more than a million characters.

        Raises
        ------
        MediaError
            The suffix is unknown, the folder is missing or read-only, the disk is full, the file exists and
            ``force`` is off, or there is no world to save.

        >>> clip.save("ball.mp4")  # doctest: +SKIP
        """
        return save(path, self.frames, sound=self.sound, rate=self.rate, recipe=recipe_of(self), force=force)

    @classmethod
    def load(cls, path: str | Path) -> "Clip":
        """Read a clip from a video or picture; one that sora2lib wrote brings its request and world along.

        Raises
        ------
        MediaError
            The file is missing, damaged, cut short or of another kind.

        >>> Clip.load("ball.mp4").request.prompt  # doctest: +SKIP
        """
        return opened(path)[0]

    def __repr__(self) -> str:
        prompt = f", {textwrap.shorten(self.request.prompt, 50)!r}" if self.request else ""
        return f"Clip({self.seconds:g} s, {self.size}, {self.fps:g} fps, {self.rate} Hz{prompt})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        consent.check(self.cameos)
        # Pages that strip <video>, such as code hosts, show the JPEG.
        sheet = media.jpeg(self.sheet(columns=4, rows=1, width=960))
        return {"text/plain": repr(self), "text/html": self._html, "image/jpeg": base64.b64encode(sheet).decode()}

    @cached_property
    def _html(self) -> str:
        label = html.escape(self.request.prompt if self.request else repr(self))
        film = _data("video/mp4", media.mp4(self.frames, fps=self.fps, sound=self.sound, rate=self.rate))
        width = min(self.frames.shape[2], media.POSTER_WIDTH)
        poster = _data("image/jpeg", media.poster(self.frame(0)))
        # Colours are the page's own, so that the caption reads on light and dark alike.
        return (
            f'<figure style="margin:0;color:inherit;background:transparent">'
            f'<video controls loop playsinline preload="auto" width="{width}" style="max-width:100%;height:auto" '
            f'aria-label="{label}" poster="{poster}" src="{film}"><img alt="{label}" src="{poster}"></video>'
            f'<figcaption style="max-width:{width}px">{label}</figcaption></figure>'
        )


def opened(path: str | Path) -> tuple[Clip, NDArray[np.float64]]:
    """Return :meth:`Clip.load`, and the seconds (T,) at which the frames of a film are shown by its own clock."""
    if (suffix := Path(path).suffix.lower()) == ".nc":
        raise MediaError(f"{path} is a world without frames; sora2lib.draw(load_world(path)) makes a clip of it")
    recipe = read(path)
    film = media.read(path, fps=recipe.fps if recipe else None)
    recipe = recipe or Recipe(len(film.frames), film.fps)
    if suffix in media.VIDEO and len(film.frames) != recipe.frames:
        raise MediaError(f"{path} is cut short: {len(film.frames)} of {recipe.frames} frames; copy it again")
    return clip_of(recipe, film.frames, film.sound, film.rate), film.time


load = Clip.load
_TOLD = ("fps", "world", "start", "request", "maker", "notices", "parents", "soundtrack", "cameos")


def recipe_of(clip: Clip) -> Recipe:
    """Return all that a clip tells of itself besides frames and sound."""
    told = {name: getattr(clip, name) for name in _TOLD}
    return Recipe(frames=len(clip.frames), **told)


def clip_of(recipe: Recipe, frames: NDArray[np.uint8], sound: NDArray[np.float32], rate: int = media.RATE) -> Clip:
    """Return frames (T, H, W, 3) and sound (2, samples) with all that their recipe tells."""
    told = {name: getattr(recipe, name) for name in _TOLD} | {"notices": recipe.remarks}
    return Clip(frames=frames, sound=sound, rate=rate, **told)


def _data(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def _kind(array: NDArray[Any]) -> str:
    return f"{array.dtype} {array.shape}"
