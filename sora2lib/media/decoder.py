"""Decodes one file from a stranger, in a process of its own that may do little else.

Run by :mod:`sora2lib.media.untrusted`, never imported: it reads the file from standard input, and writes one line of
JSON and then pixels to standard output. What the file is, its first bytes tell; formats and codecs that are not listed
here are refused before any decoder sees them.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import av
import numpy as np
from PIL import Image, ImageOps

# Windows has no such limits; time and sizes are limited all the same.
resource: Any = import_module("resource") if os.name == "posix" else None
PICTURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP", b"GIF8": "GIF"}
CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4"})
MOST_STREAMS = 8


class RefusedError(Exception):
    """Why a file is not decoded."""


def main() -> int:
    """Decode what is on standard input; 0 if it went well, 3 if the file is refused."""
    limits = json.loads(sys.argv[1])
    _confine(limits["memory"], limits["cpu_seconds"])
    try:
        frames, fps = _decode(sys.stdin.buffer, limits)
    except RefusedError as refused:
        return _refuse(str(refused))
    # Pillow says SyntaxError where a PNG breaks off.
    except (av.error.FFmpegError, Image.DecompressionBombError, OSError, ValueError, EOFError, SyntaxError) as error:
        return _refuse(f"is damaged or cut short ({error})")
    except MemoryError:
        return _refuse("takes more memory than it may")
    _tell({"shape": frames.shape, "fps": fps})
    sys.stdout.buffer.write(frames.tobytes())
    return 0


def _refuse(reason: str) -> int:
    _tell({"refused": reason})
    return 3


def _tell(header: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")


def _confine(memory: int, cpu_seconds: int) -> None:
    """Give up what a decoder does not need; an error in one then ends this process and harms no other."""
    if resource is None:
        return
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        # macOS refuses to limit memory.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _decode(file: Any, limits: dict[str, Any]) -> tuple[Any, float]:
    start = file.read(12)
    file.seek(0)
    kind = next((name for magic, name in PICTURES.items() if start.startswith(magic)), "")
    if kind and (kind != "WEBP" or start[8:] == b"WEBP"):
        return _picture(file, kind, limits), 0.0
    if start[4:8] == b"ftyp":
        return _film(file, "mov", limits)
    if start.startswith(b"\x1aE\xdf\xa3"):
        return _film(file, "matroska", limits)
    raise RefusedError("is no PNG, JPEG, WebP or GIF picture and no MP4, MOV or WebM film, whatever it is called")


def _picture(file: Any, kind: str, limits: dict[str, Any]) -> Any:
    """The first picture of a file, (1, H, W, 3)."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and an error instead of a warning
    with Image.open(io.BytesIO(file.read()), formats=(kind,)) as picture:
        _check_pixels(*picture.size, limits["pixels"])
        upright = ImageOps.exif_transpose(picture)
        if upright.has_transparency_data:
            upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
        upright = upright.convert("RGB")
        upright.thumbnail((limits["side"], limits["side"]), reducing_gap=3.0)
        return np.asarray(upright)[None]


def _check_pixels(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise RefusedError(
            f"has {width}x{height} = {width * height / 1e6:.0f} million pixels; the limit is {most / 1e6:g} million; "
            "make it smaller"
        )


def _film(file: Any, container: str, limits: dict[str, Any]) -> tuple[Any, float]:
    """The first seconds of a film, (T, H, W, 3), and its frames a second."""
    with av.open(file, format=container, metadata_errors="replace") as film:
        if len(film.streams) > MOST_STREAMS or not film.streams.video:
            raise RefusedError("holds no picture" if not film.streams.video else f"has {len(film.streams)} streams")
        stream = film.streams.video[0]
        codec = stream.codec_context
        if codec is None or codec.name not in CODECS | {"libdav1d"}:
            raise RefusedError(
                f"is coded as {codec.name if codec else 'nothing known'}; use one of {', '.join(sorted(CODECS))}"
            )
        _check_pixels(stream.width, stream.height, limits["pixels"])
        seconds = (film.duration or 0) / av.time_base
        if seconds > limits["seconds"]:
            raise RefusedError(
                f"lasts {seconds:.0f} s; the limit is {limits['seconds']:g}; cut out the seconds that matter"
            )
        fps = float(stream.average_rate or 0)
        if not 1 <= fps <= 240:
            raise RefusedError(f"has {fps:g} frames a second; 1 to 240 can be read")
        stream.thread_type = "NONE"
        frames = list(_shown(film, stream, round(limits["taken"] * fps), limits["side"]))
    if not frames:
        raise RefusedError("is damaged or cut short (it holds no whole frame)")
    return np.stack(frames), fps


def _shown(film: Any, stream: Any, most: int, side: int) -> Iterator[Any]:
    """Pictures of a film, upright and small enough; what changes its size midway is refused."""
    first: tuple[int, int] | None = None
    for count, frame in enumerate(film.decode(stream)):
        if count >= most:
            return
        first = first or (frame.width, frame.height)
        if (frame.width, frame.height) != first:
            raise RefusedError("changes its size midway")
        share = min(1.0, side / max(first))
        width, height = (max(2, round(it * share)) for it in first)
        small = frame.reformat(width, height, format="rgb24", interpolation="AREA").to_ndarray()
        # Phones film lying and note by how much to turn it.
        yield np.rot90(small, round(getattr(frame, "rotation", 0) / 90) % 4)


if __name__ == "__main__":
    sys.exit(main())
