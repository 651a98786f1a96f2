"""Several clips in one film, side by side: what is one film cannot run apart."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.clip import Clip

Frames = NDArray[np.uint8]
GAP = 4  # pixels between pictures


def row(*pictures: Frames) -> Frames:
    """Return pictures (H, W, 3) side by side."""
    gap = np.zeros((len(pictures[0]), GAP, 3), np.uint8)
    parts = [part for picture in pictures for part in (gap, picture)]
    return np.hstack(parts[1:])


def narrowed(picture: Frames, width: int) -> Frames:
    """Return a picture (H, W, 3) as wide as asked, an even number of pixels high."""
    height = round(width * picture.shape[0] / picture.shape[1] / 2) * 2
    return media.shrink(picture, width=width, height=height)


def heard_as(pictures: Iterable[Frames], clip: Clip) -> Clip:
    """Return a film of pictures (H, W, 3) that sounds like a clip and shows whom it shows."""
    frames = np.stack(list(pictures))
    samples = round(len(frames) / clip.fps * clip.rate)
    return Clip(frames, clip.fps, clip.sound[:, :samples], clip.rate, cameos=clip.cameos)
