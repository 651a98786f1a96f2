"""Everything that a player shows of a clip, ready to travel: bytes once, the rest small and plain."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.subtitles import Caption, captions
from sora2lib.world.contacts import GROUND, Contacts, contacts
from sora2lib.world.schema import World

HERE = Path(__file__).parent
SCRIPT, STYLE = HERE / "player.js", HERE / "player.css"
PICTURES = 10  # in the film strip
STRIP_HEIGHT = 90  # pixels
COLUMNS = 480  # of the waveform
MOST_MARKS = 40  # a crowd's footfalls would hide one another


@dataclass(frozen=True)
class Mark:
    """A moment at which things meet: seconds into the clip, in words, and 0..1 how hard."""

    time: float
    text: str
    strength: float


@dataclass(frozen=True, eq=False, repr=False)
class Reel:
    """A clip as a player needs it.

    Parameters
    ----------
    video : MP4 with sound.
    poster : the first picture, a JPEG: all that is left where nothing plays.
    strip : the film strip, a JPEG.
    wave : how loud the left and the right channel are over time, 2 x N bytes.
    marks : impacts, in order of time.
    lines : what is said, in order of time.
    fps : frames a second.
    frames : how many.
    size : width and height in pixels, such as "1280x720".
    label : what there is to see, for those who do not see it.
    notices : what the user should know, one sentence each.

    >>> Reel.of(clip).marks[0]  # doctest: +SKIP
    Mark(time=0.788, text='ball meets ice', strength=1.0)
    """

    video: bytes
    poster: bytes
    strip: bytes
    wave: bytes
    marks: tuple[Mark, ...]
    lines: tuple[Caption, ...]
    fps: float
    frames: int
    size: str
    label: str
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, clip: Clip, *, video: bytes | None = None) -> "Reel":
        """Prepare a clip; ``video`` is its MP4 where that is there already."""
        return cls(
            video=video or media.mp4(clip.frames, fps=clip.fps, sound=clip.sound, rate=clip.rate),
            poster=media.poster(clip.frame(0)),
            strip=media.jpeg(film_strip(clip)),
            wave=loudness(clip.sound).tobytes(),
            marks=marks(clip),
            lines=captions(clip.world, start=clip.start, seconds=clip.seconds),
            fps=clip.fps,
            frames=len(clip.frames),
            size=clip.size,
            label=named(clip),
            notices=clip.notices,
        )

    def fields(self) -> dict[str, Any]:
        """Return name and plain value of each field: the state of a player."""
        plain = {name: value for name, value in vars(self).items() if name not in ("marks", "lines")}
        plain["marks"] = [asdict(mark) for mark in self.marks]
        plain["lines"] = [asdict(line) for line in self.lines]
        return plain | {"notices": list(self.notices)}

    def __repr__(self) -> str:
        return f"Reel({self.frames} frames, {self.size}, {len(self.video)} bytes, {self.label!r})"


def named(clip: Clip) -> str:
    """Return what a clip shows, in the words that were asked for it, or else what made it."""
    return clip.request.prompt if clip.request else clip.maker or repr(clip)


def film_strip(clip: Clip) -> NDArray[np.uint8]:
    """Return frames evenly spread over a clip, side by side in one picture (h, w, 3)."""
    height, width = clip.frames.shape[1:3]
    across = max(1, round(STRIP_HEIGHT * width / height))
    times = (np.arange(PICTURES) + 0.5) / PICTURES * clip.seconds
    return np.hstack([media.shrink(clip.frame(time), width=across, height=STRIP_HEIGHT) for time in times])


def loudness(sound: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the peaks (2, COLUMNS) of a sound (2, samples), 255 the loudest.

    Square roots, as the ear does: what is a hundredth as strong is still heard, and shall be seen.
    """
    edges = np.linspace(0, sound.shape[1], COLUMNS + 1).astype(int)[:-1]
    peaks = np.maximum.reduceat(np.abs(sound), edges, axis=1)
    return np.round(255 * np.sqrt(peaks / max(float(peaks.max()), 1e-6))).astype(np.uint8)


def marks(clip: Clip) -> tuple[Mark, ...]:
    """Return the strongest impacts in a clip, in order of time."""
    if clip.world is None:
        return ()
    found = contacts(clip.world)
    times = found.time - float(clip.world.time[0]) - clip.start
    seen = np.flatnonzero((times >= 0) & (times < clip.seconds))
    hardest = float(found.impulse[seen].max(initial=1e-9))
    kept = sorted(seen[np.argsort(-found.impulse[seen], kind="stable")][:MOST_MARKS])
    return tuple(
        Mark(round(float(times[i]), 4), _told(clip.world, found, i), float(np.sqrt(found.impulse[i] / hardest)))
        for i in kept
    )


def _told(world: World, found: Contacts, index: int) -> str:
    name = str(world.actor.values[found.actor[index]])
    if found.step[index]:
        return f"{name} steps on {found.materials[index, 1]}"
    ground = found.other[index] == GROUND
    other = found.materials[index, 1] if ground else world.actor.values[found.other[index]]
    return f"{name} meets {other}"
