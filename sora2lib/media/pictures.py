"""Silent pictures, still and moving, through imageio: PNG, WebP, GIF, JPEG.

GIF is encoded by FFmpeg's palette filters, which hold one palette for the whole clip: imageio's writer finds a new
one for each frame, which shimmers and takes four times as long.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av
import imageio.v3 as imageio
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sora2lib.media.video import video_frame

Frame = NDArray[np.uint8]
_DESCRIPTION = 0x010E  # EXIF's ImageDescription


def write_png(path: Path, picture: Frame, *, note: str) -> None:
    """Write one picture (H, W, 3)."""
    info = PngInfo()
    info.add_text("Comment", note)
    path.write_bytes(_encode(picture, ".png", pnginfo=info))


def jpeg(picture: Frame) -> bytes:
    """Return a picture (H, W, 3) as JPEG."""
    return _encode(picture, ".jpg", quality=85)


def _encode(picture: Frame, suffix: str, **options: Any) -> bytes:
    # To memory first: on a full disk imageio would complain a second time, on its own, when it is collected.
    encoded: bytes = imageio.imwrite("<bytes>", picture, plugin="pillow", extension=suffix, **options)
    return encoded


def shrink(picture: Frame, *, width: int, height: int) -> Frame:
    """Return a picture (H, W, 3) made smaller by averaging areas."""
    frame = video_frame(picture, 0, Fraction(1)).reformat(width, height, interpolation="AREA")
    small: Frame = frame.to_ndarray(format="rgb24")
    return small


def cutout(content: bytes) -> Frame:
    """Return the picture (H, W, 4: red, green, blue, opacity) that the bytes of a file hold."""
    picture: Frame = imageio.imread(content, plugin="pillow", mode="RGBA")
    return picture


def cutout_file(picture: Frame) -> bytes:
    """Return a picture (H, W, 4: red, green, blue, opacity) as WebP."""
    return _encode(picture, ".webp", quality=82, method=4)


def write_webp(path: Path, frames: Iterable[Frame], *, fps: float, note: str) -> None:
    """Write a moving WebP that repeats for ever."""
    pictures = np.stack(list(frames))  # (T, H, W, 3)
    exif = Image.Exif()
    exif[_DESCRIPTION] = note
    # Whole milliseconds a frame, without drifting from the clock.
    duration = np.diff(np.round(np.arange(len(pictures) + 1) / fps * 1000)).astype(int).tolist()
    path.write_bytes(_encode(pictures, ".webp", duration=duration, loop=0, quality=85, method=2, exif=exif))


def write_gif(path: Path, frames: Iterable[Frame], *, fps: float, note: str) -> None:
    """Write a GIF that repeats for ever."""
    frames = iter(frames)
    first = next(frames)
    height, width = first.shape[:2]
    step = Fraction(fps).limit_denominator(1001)
    palette = _Palette(width, height, step)
    for index, picture in enumerate(chain((first,), frames)):
        palette.source.push(video_frame(picture, index, step))
    palette.source.push(None)
    with av.open(str(path), "w", format="gif", options={"loop": "0"}) as output:
        stream: Any = output.add_stream("gif", rate=step)
        stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
        for frame in palette.pull():
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    path.write_bytes(_with_comment(path.read_bytes(), note.encode("ascii", "replace")))


class _Palette:
    """Filters that find the best 256 colours of all pictures, then draw each picture with those."""

    def __init__(self, width: int, height: int, step: Fraction) -> None:
        # The graph must outlive its ends: PyAV's filters do not hold it.
        self.graph: Any = av.filter.Graph()
        self.source = self.graph.add_buffer(
            width=width, height=height, format=av.VideoFormat("rgb24"), time_base=1 / step
        )
        self.sink = self.graph.add("buffersink")
        split = self.graph.add("split")
        find = self.graph.add("palettegen", "stats_mode=diff")
        use = self.graph.add("paletteuse", "dither=bayer:bayer_scale=4:diff_mode=rectangle")
        self.source.link_to(split)
        split.link_to(find, 0, 0)
        split.link_to(use, 1, 0)
        find.link_to(use, 0, 1)
        use.link_to(self.sink)
        self.graph.configure()

    def pull(self) -> Iterator[Any]:
        while True:
            try:
                yield self.sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return


def _with_comment(data: bytes, comment: bytes) -> bytes:
    """Insert a comment extension (GIF89a, section 24) after the header and its colour table."""
    flags = data[10]
    head = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    blocks = (comment[start : start + 255] for start in range(0, len(comment), 255))
    body = b"".join(bytes([len(block)]) + block for block in blocks)
    return data[:head] + b"\x21\xfe" + body + b"\0" + data[head:]
