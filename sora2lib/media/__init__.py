"""Arrays to files and bytes, and back. The only part that touches a codec.

Files are decoded by another process (:mod:`sora2lib.media.foreign`), ours like anyone's. PyAV and imageio are loaded
when the first file is written, so importing this costs no more than numpy. A *note* is a short text (JSON) kept in the
file's own metadata: the comment tag of MP4, WebM and WAV, a text chunk in PNG, a comment block in GIF, EXIF in WebP.

    T frames, H height, W width; frames (T, H, W, 3) uint8; sound (2, samples) float32 in -1..1
"""

import io
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import MediaError
from sora2lib.media.files import replacing, target

if TYPE_CHECKING:
    from sora2lib.media.foreign import Foreign

__all__ = [
    "Recording",
    "ahead",
    "cutout",
    "cutout_file",
    "jpeg",
    "mp4",
    "packed_sound",
    "poster",
    "read",
    "read_note",
    "replacing",
    "resampled",
    "shrink",
    "target",
    "unpacked_sound",
    "write",
]

Frame = NDArray[np.uint8]
Sound = NDArray[np.float32]
T = TypeVar("T")

VIDEO = (".mp4", ".webm")
PICTURE = (".gif", ".webp", ".png")
SUFFIXES = (*VIDEO, *PICTURE, ".wav")
READABLE = (*SUFFIXES, ".mov", ".m4v", ".mkv", ".avi")
POSTER_WIDTH = 720  # pixels
RATE = 48000  # samples a second; Opus knows no other near it


@dataclass(frozen=True, eq=False)
class Recording:
    """What a file holds.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8.
    fps : frames a second.
    sound : (2, samples) float32, as long as the frames.
    rate : samples a second.
    time : (T,) seconds at which the frames of a film are shown, by its own clock; none where the file does not tell.
    """

    frames: Frame
    fps: float
    sound: Sound
    rate: int
    time: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


def write(
    path: str | Path,
    frames: Iterable[Frame],
    *,
    fps: float,
    sound: Sound,
    rate: int = RATE,
    note: str = "",
    title: str = "",
    captions: Sequence[tuple[float, float, str]] = (),
    force: bool = False,
) -> None:
    """Write a clip in the format that the suffix names, all or nothing.

    ``.mp4`` H.264 and AAC; ``.webm`` VP9 and Opus; ``.gif`` and ``.webp`` moving, silent; ``.png`` the middle frame;
    ``.wav`` the sound alone, 16 bit. Frames are taken one at a time, so MP4 and WebM of any length need memory for
    a few only.

    Parameters
    ----------
    frames : (H, W, 3) uint8 each, all of one size.
    fps : frames a second.
    sound : (2, samples) float32, -1..1.
    rate : samples a second.
    note : text kept in the metadata.
    title : what players show, for video.
    captions : first and last second and words of each, a stream that players of video show on demand.
    force : overwrite a file that is there.

    Raises
    ------
    MediaError
        The suffix is unknown, the folder is missing or read-only, the file exists, the disk is full.
    """
    with replacing(path, suffixes=SUFFIXES, force=force) as temporary:
        from sora2lib.media import pictures, video

        suffix = temporary.suffix.lower()
        if suffix in VIDEO:
            video.write_video(
                str(temporary),
                frames,
                container=suffix[1:],
                fps=fps,
                sound=sound,
                rate=rate,
                note=note,
                title=title,
                captions=captions,
            )
        elif suffix == ".wav":
            video.write_wav(str(temporary), sound, rate=rate, note=note)
        elif suffix == ".gif":
            pictures.write_gif(temporary, frames, fps=fps, note=note)
        elif suffix == ".webp":
            pictures.write_webp(temporary, frames, fps=fps, note=note)
        else:
            middle = round(sound.shape[1] / rate * fps) // 2
            pictures.write_png(temporary, next(islice(frames, middle, None)), note=note)


def mp4(frames: Iterable[Frame], *, fps: float, sound: Sound, rate: int = RATE) -> bytes:
    """Return H.264 and FLAC in MP4, for a page or a notebook: editors that show notebooks may lack AAC."""
    from sora2lib.media import video

    buffer = io.BytesIO()
    video.write_video(buffer, frames, container="mp4", fps=fps, sound=sound, rate=rate, sound_codec="flac")
    return buffer.getvalue()


def jpeg(picture: Frame) -> bytes:
    """Return a picture (H, W, 3) as JPEG."""
    from sora2lib.media import pictures

    return pictures.jpeg(picture)


def shrink(picture: Frame, *, width: int, height: int) -> Frame:
    """Return a picture (H, W, 3) made smaller by averaging areas."""
    from sora2lib.media import pictures

    return pictures.shrink(picture, width=width, height=height)


def poster(picture: Frame) -> bytes:
    """Return a picture (H, W, 3) as JPEG, no wider than a page shows it."""
    width = min(picture.shape[1], POSTER_WIDTH)
    return jpeg(shrink(picture, width=width, height=round(width * picture.shape[0] / picture.shape[1])))


def cutout(content: bytes) -> NDArray[np.uint8]:
    """Return the picture (H, W, 4: red, green, blue, opacity) that the bytes of a WebP or PNG file hold."""
    from sora2lib.media import pictures

    return pictures.cutout(content)


def cutout_file(picture: NDArray[np.uint8]) -> bytes:
    """Return a picture (H, W, 4: red, green, blue, opacity) as WebP."""
    from sora2lib.media import pictures

    return pictures.cutout_file(picture)


def ahead(items: Iterable[T], *, depth: int = 4) -> Generator[T, None, None]:
    """Yield the items while a thread makes the next ones, so that drawing and encoding overlap.

    Closing the iterator stops the thread after the item at hand; an error in it is raised here.

    >>> list(ahead(range(3)))
    [0, 1, 2]
    """
    source = iter(items)
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="sora2lib-ahead") as thread:
        waiting = deque(thread.submit(next, source, end) for _ in range(depth))
        try:
            while (item := waiting.popleft().result()) is not end:
                waiting.append(thread.submit(next, source, end))
                yield cast(T, item)
        finally:
            for future in waiting:
                future.cancel()


def read(path: str | Path, *, fps: float | None = None) -> Recording:
    """Read frames and sound of a video or a picture; one without sound gets silence.

    Parameters
    ----------
    path : .mp4, .webm, .gif, .webp or .png, or a film of others: .mov, .m4v, .mkv, .avi.
    fps : the clock for moving pictures, whose files know durations only; None takes their mean.

    Raises
    ------
    MediaError
        The file is missing, damaged, of another kind, holds no picture, or takes too much to decode.
    """
    from sora2lib.media import foreign

    film = foreign.whole(_checked(path))
    if not film.seconds:
        raise MediaError(f"{path} does not say how long it lasts; make it again")
    if not film.fps:
        frames, fps = _on_a_clock(film, fps)
        return Recording(frames, fps, np.zeros((2, round(len(frames) / fps * RATE)), np.float32), RATE)
    rate = film.rate or RATE
    samples = round(len(film.frames) / film.fps * rate)
    sound = np.broadcast_to(film.sound[:, :samples], (2, min(film.sound.shape[1], samples)))
    padded = np.pad(sound, ((0, 0), (0, samples - sound.shape[1])))
    return Recording(film.frames, film.fps, padded, rate, film.time_T[np.isfinite(film.time_T)])


def _on_a_clock(film: "Foreign", fps: float | None) -> tuple[Frame, float]:
    """Pictures at even steps of time; encoders merge those that are alike into one that lasts longer."""
    fps = fps or len(film.frames) / film.seconds
    if len(film.frames) == 1:
        return film.frames, fps
    times = (np.arange(round(film.seconds * fps)) + 0.5) / fps
    return film.frames[np.searchsorted(film.time_T[1:], times)], fps


def resampled(sound: Sound, rate: int, *, to: int = RATE) -> Sound:
    """Return a sound (channels, samples) at another rate, as long as it was."""
    from sora2lib.media import audio

    return audio.resampled(sound, rate, to=to)


def packed_sound(sound: Sound) -> str:
    """Return a sound (2, samples) at ``RATE`` as a text of a million characters at most, by Opus."""
    from sora2lib.media import audio

    return audio.packed_sound(sound, RATE)


def unpacked_sound(text: str, *, seconds: float) -> Sound:
    """Return the sound (2, samples) at ``RATE`` that a text of :func:`packed_sound` holds, at most so many seconds."""
    from sora2lib.media import audio

    return audio.unpacked_sound(text, rate=RATE, seconds=seconds)


def read_note(path: str | Path) -> str:
    """Return the note in a file's metadata, or "", without decoding the file.

    Raises
    ------
    MediaError
        The file is missing, damaged, or of another kind.
    """
    from sora2lib.media import notes

    path = _checked(path)
    try:
        return notes.read_note(path)
    except (OSError, ValueError) as error:
        raise MediaError(f"{path} is damaged, or no {path.suffix} file ({error}); make it again") from error


def _checked(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise MediaError(f"there is no file {path}; check the name and the folder")
    if path.suffix.lower() not in READABLE:
        raise MediaError(f"{path} ends in {path.suffix!r}; use one of {', '.join(READABLE)}")
    return path
