"""Files from outside, decoded in a child process with limits on time, memory, formats, lengths and sizes.

A decoder that a hostile file breaks, breaks there: the child answers with plain pictures and samples or with a reason,
and the parent goes on. See :mod:`sora2lib.media.child` for what is allowed, :mod:`sora2lib.media.process` for how they
talk.
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import MediaError
from sora2lib.media.process import Foreign, decoded

__all__ = ["Foreign", "beginning", "film", "heard", "picture", "seen", "sound", "whole"]

LARGEST_FILE = 1_000_000_000  # bytes
MEMORY, PROCESSOR = 1_500_000_000, 30  # bytes and seconds of the processor that a child may take
ROOM, ROOM_WHOLE = 1_000_000_000, 8_000_000_000  # bytes of what it may answer, 8 GB for two minutes of 1280x720
PROCESSOR_WHOLE = 300  # s for as much
_ASK: dict[str, Any] = {
    "film": False,  # whether pictures of films are wanted
    "pictures": False,  # and of files of pictures
    "moving": False,  # all of those instead of the first
    "sound": False,
    "opacity": False,  # whether pictures keep theirs
    "longest": None,  # pixels of the longer side, to which pictures are made smaller
    "fps": None,  # at most so many pictures a second
    "seconds": (0, None),  # that a file must last at least, and may at most
    "first": None,  # seconds of it that are decoded
    "layout": None,  # channels of the sound, and samples a second
    "rate": None,
    "room": ROOM,
    "memory": MEMORY,
    "processor": PROCESSOR,
}


def film(path: str | Path, *, seconds: tuple[float, float], longest: int, fps: float, rate: int) -> Foreign:
    """Decode a film of so many seconds, at least and at most, to ``longest`` pixels and ``fps`` frames a second.

    Raises
    ------
    MediaError
        The file is missing, of another kind, damaged, too long or too large, or breaks its decoder.

    >>> film("rex.mp4", seconds=(2, 10), longest=640, fps=12, rate=24_000).frames.shape  # doctest: +SKIP
    (60, 360, 640, 3)
    """
    seen = _decoded(path, film=True, sound=True, layout="stereo", seconds=seconds, longest=longest, fps=fps, rate=rate)
    lasts = float(np.ptp(seen.time_T))
    return replace(seen, fps=(len(seen.time_T) - 1) / lasts if lasts > 0 else fps)


def picture(path: str | Path, *, longest: int) -> Foreign:
    """Decode a picture with its opacity, if it has one, to at most ``longest`` pixels; errors as :func:`film`."""
    return _decoded(path, pictures=True, opacity=True, longest=longest)


def beginning(path: str | Path, *, first: float, longest: int, most: float) -> Foreign:
    """Decode a picture, or the first seconds of a film of at most ``most``; errors as :func:`film`."""
    return _decoded(path, pictures=True, opacity=True, film=True, first=first, longest=longest, seconds=(0, most))


def sound(
    path: str | Path,
    *,
    rate: int,
    layout: str | None = None,
    seconds: tuple[float, float | None] = (0, None),
    first: float | None = None,
) -> Foreign:
    """Decode the sound of a file, or its ``first`` seconds; errors as :func:`film`.

    Parameters
    ----------
    path : a sound or a film.
    rate : samples a second that are wanted.
    layout : channels that are wanted, such as "stereo"; None takes those of the file.
    seconds : that it must last at least and may at most.
    first : seconds that are decoded; None takes all.
    """
    return _decoded(path, sound=True, rate=rate, layout=layout, seconds=seconds, first=first)


def whole(path: str | Path) -> Foreign:
    """Decode all pictures and the sound, in stereo, of a film or a moving picture; errors as :func:`film`."""
    return _decoded(
        path,
        film=True, pictures=True, moving=True, sound=True, layout="stereo", room=ROOM_WHOLE, processor=PROCESSOR_WHOLE,
    )  # fmt: skip


def heard(content: bytes, *, rate: int, first: float) -> Foreign:
    """Decode a sound that lies within another file, as :func:`sound`."""
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return decoded(
            "the given sound", file, _ASK | {"sound": True, "rate": rate, "layout": "stereo", "first": first}
        )


def seen(content: bytes, *, longest: int) -> NDArray[np.uint8]:
    """Decode a picture (H, W, 3) that lies within another file to ``longest`` pixels; errors as :func:`film`."""
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return decoded("the picture", file, _ASK | {"pictures": True, "longest": longest}).frames[0]


def _decoded(path: str | Path, **ask: Any) -> Foreign:
    path = Path(path)
    try:
        if not path.is_file():  # a pipe would keep us waiting
            raise MediaError(f"there is no file {path}; check the name and the folder")
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST_FILE:
                raise MediaError(f"{path} has {size / 1e9:.3g} GB; give a file of {LARGEST_FILE / 1e9:g} GB at most")
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            return replace(decoded(str(path), file, _ASK | ask), digest=digest)
    except OSError as error:
        raise MediaError(f"{path} cannot be read ({error.strerror or error}); check the name and the folder") from error
