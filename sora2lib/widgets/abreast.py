"""Several clips in one film, side by side: what is one film cannot run apart."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import MediaError
from sora2lib.widgets.reel import Reel, named

Frames = NDArray[np.uint8]
GAP = 4  # pixels between pictures
WIDEST = 1280  # pixels of all of them, gaps left out


def row(*pictures: Frames) -> Frames:
    """Return pictures (H, W, 3) side by side."""
    gap = np.zeros((len(pictures[0]), GAP, 3), np.uint8)
    parts = [part for picture in pictures for part in (gap, picture)]
    return np.hstack(parts[1:])


def narrowed(picture: Frames, width: int) -> Frames:
    """Return a picture (H, W, 3) as wide as asked, an even number of pixels high."""
    height = round(width * picture.shape[0] / picture.shape[1] / 2) * 2
    return media.shrink(picture, width=width, height=height)


def abreast(clips: Iterable[Clip], width: int) -> Frames:
    """Return the pictures of clips of one length side by side (T, H, W, 3), each so wide."""
    moments = zip(*(it.frames for it in clips), strict=True)
    return np.stack([row(*(narrowed(picture, width) for picture in pictures)) for pictures in moments])


def heard_as(pictures: Iterable[Frames], clip: Clip, *others: Clip) -> Clip:
    """Return a film of pictures (H, W, 3) that sounds like a clip and shows whom it, and the others, show."""
    frames = np.stack(list(pictures))
    samples = round(len(frames) / clip.fps * clip.rate)
    shown = dict.fromkeys(name for it in (clip, *others) for name in it.cameos)
    return Clip(frames, clip.fps, clip.sound[:, :samples], clip.rate, cameos=tuple(shown))


def marked_as(film: Clip, clip: Clip, label: str) -> Reel:
    """Return the reel of a film, with the film strip, impacts and captions of a clip that is in it."""
    seen = Reel.of(film)
    return replace(Reel.of(clip, video=seen.video), poster=seen.poster, size=film.size, label=label)


def in_step(*clips: Clip) -> Reel:
    """Return a reel of clips, the first on the left, which is the one that is heard.

    Raises
    ------
    MediaError
        They differ in size, rate or length.

    >>> in_step(clip, clip.refilm(style="anime")).label  # doctest: +SKIP
    'a ball falls; a ball falls'
    """
    first, *others = clips
    for it in others:
        if (it.size, it.fps, len(it.frames)) != (first.size, first.fps, len(first.frames)):
            raise MediaError(
                f"{it} cannot go beside {first}: size, frames a second and length must be the same; "
                "cut it as clip[0:2], or draw it again with refilm(size=, fps=)"
            )
    if not others:
        return Reel.of(first)
    width = min(int(first.size.split("x")[0]), WIDEST // len(clips) // 2 * 2)
    film = heard_as(abreast(clips, width), *clips)
    return marked_as(film, first, "; ".join(named(it) for it in clips))
