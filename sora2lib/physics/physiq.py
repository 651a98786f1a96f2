"""Physics-IQ's measures of a pair of clips: where, when and how much moves, and how the pictures differ.

Formulas of S. Motamed et al., arXiv 2501.09038, and of its "Verified" successor, arXiv 2606.18943, as their programs
compute them: motion is what differs from a running mean of blurred grey pictures; sides are quartered; the first five
seconds count. They say whether a clip repeats another one, not whether it is lawful.

    T frames, H height, W width, h and w quarters of them
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sora2lib.clip import Clip
from sora2lib.errors import InspectError

Frames = NDArray[np.uint8]
Masks = NDArray[np.bool_]
GREY = np.array([9798, 19235, 3735], np.int32)  # of 2^15: red, green, blue
BLUR = np.array([1, 4, 6, 4, 1])  # of 16
FOLLOWS = 0.3  # share of a new picture in the running mean
MOVED = 10  # of 0..255: what differs by more has moved
CLOSED = (1, 5, 5)  # pixels of a patch, by which masks are opened and closed
SECONDS = 5.0
QUARTER = 4


@dataclass(frozen=True)
class Likeness:
    """How alike two clips are.

    Parameters
    ----------
    spatial : overlap (intersection over union) of all places where anything ever moves; 0 to 1.
    spatiotemporal : the same in each picture, mean over the pictures; pictures in which nothing moves are alike.
    weighted : overlap of how often each place moves.
    mse : mean squared difference of the pictures, of values from 0 to 1.
    """

    spatial: float
    spatiotemporal: float
    weighted: float
    mse: float


def likeness(clip: Clip, truth: Clip) -> Likeness:
    """Compare a clip with what should be seen, by Physics-IQ's four measures.

    Raises
    ------
    InspectError
        The clips differ in size, or in pictures a second.

    >>> likeness(clip, clip)  # doctest: +SKIP
    Likeness(spatial=1.0, spatiotemporal=1.0, weighted=1.0, mse=0.0)
    """
    one, other = _matched(clip, truth)
    a, b = _quartered_masks(motion(one)), _quartered_masks(motion(other))
    apart = (_quartered(one) - _quartered(other)) / 255
    return Likeness(
        spatial=_overlap(a.max(axis=0), b.max(axis=0)),
        spatiotemporal=float(np.mean([_overlap(x, y) for x, y in zip(a, b, strict=True)])),
        weighted=_overlap(a.mean(axis=0), b.mean(axis=0)),
        mse=float(np.mean(apart**2)),
    )


def verified(found: Likeness, takes: Likeness) -> float:
    """Score of one clip, 0 to 1: each measure against that of two takes of the same event, clipped, mean of four.

    >>> verified(Likeness(0.4, 0.2, 0.3, 0.02), Likeness(0.8, 0.4, 0.6, 0.01))
    0.5
    """
    shares = [_share(a, b) for a, b in zip(astuple(found)[:3], astuple(takes)[:3], strict=True)]
    return float(np.mean([*shares, _share(takes.mse, found.mse)]))


def original(found: Sequence[Likeness], takes: Sequence[Likeness]) -> float:
    """Score of many clips, 0 to 1, as first published: ratios of means over all clips, less the surplus of the MSE.

    >>> original([Likeness(0.4, 0.2, 0.3, 0.01)], [Likeness(0.8, 0.4, 0.6, 0.01)])
    0.5
    """
    ours_4, theirs_4 = (np.mean([astuple(it) for it in them], axis=0) for them in (found, takes))
    ratio = float(np.mean(ours_4[:3] / np.maximum(theirs_4[:3], 1e-12)))
    return min(max(ratio - float(ours_4[3] - theirs_4[3]), 0.0), 1.0)


def motion(frames: Frames) -> Masks:
    """Where (T, H, W) something moves in frames (T, H, W, 3); nowhere in the first.

    >>> motion(np.zeros((3, 8, 8, 3), np.uint8)).any()
    np.False_
    """
    grey_THW = np.stack([_grey(frame) for frame in frames])
    mean_HW, moved_THW = grey_THW[0].astype(np.float64), np.zeros(grey_THW.shape, np.uint8)
    for (_, grey), moved in zip(pairwise(grey_THW), moved_THW[1:], strict=True):
        mean_HW = (1 - FOLLOWS) * mean_HW + FOLLOWS * grey
        moved[:] = np.abs(grey - np.rint(mean_HW)) > MOVED
    # Minima and maxima of squares; beyond the border there is nothing that could decide.
    least, most = ndimage.minimum_filter, ndimage.maximum_filter
    for shape in (least, most, most, least):
        moved_THW = shape(moved_THW, size=CLOSED, mode="nearest")
    return np.asarray(moved_THW, dtype=np.bool_)


def _grey(frame: Frames) -> NDArray[np.int32]:
    grey = (frame.astype(np.int32) @ GREY + 16384) >> 15
    blurred = ndimage.correlate1d(ndimage.correlate1d(grey, BLUR, axis=0, mode="mirror"), BLUR, axis=1, mode="mirror")
    return np.asarray((blurred + 128) >> 8)


def _matched(clip: Clip, truth: Clip) -> tuple[Frames, Frames]:
    if clip.frames.shape[1:] != truth.frames.shape[1:]:
        raise InspectError(f"clips of {clip.size} and {truth.size} cannot be compared; draw or resize one of them")
    if abs(clip.fps - truth.fps) > 1e-3 * truth.fps:
        raise InspectError(f"{clip.fps:g} and {truth.fps:g} pictures a second cannot be compared; make them the same")
    count = min(len(clip.frames), len(truth.frames), round(SECONDS * truth.fps))
    return clip.frames[:count], truth.frames[:count]


def _quartered(frames: NDArray[Any]) -> NDArray[np.float32]:
    """Every fourth pixel of frames (T, H, W, ...), read in a straight line between the four in the middle."""
    height, width = (side - side % QUARTER for side in frames.shape[1:3])
    corners = [frames[:, y:height:QUARTER, x:width:QUARTER].astype(np.float32) for y in (1, 2) for x in (1, 2)]
    return np.asarray(sum(corners) / 4, dtype=np.float32)


def _quartered_masks(masks: Masks) -> Masks:
    return np.asarray(_quartered(masks) > 0.498)  # of 255, 127 is not yet half


def _overlap(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Intersection over union, of masks or of weights; 1 where both are empty."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    union = float(np.maximum(a, b).sum())
    return float(np.minimum(a, b).sum()) / union if union else 1.0


def _share(value: float, most: float) -> float:
    if most <= 0:
        return 1.0
    return min(max(value / most, 0.0), 1.0) if np.isfinite(value) else 0.0
