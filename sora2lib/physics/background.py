"""What lies behind the things of a film: the median of pictures spread over it, mended where something lay long.

Something that lies still for much of the time is in the median, and leaves a hole there when it is elsewhere. Where the
pictures do not agree, the background is therefore grown inwards from where they do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sora2lib.kernels.tracking import median, settle, unsettled
from sora2lib.physics.blobs import APART, without_holes

Frames = NDArray[np.uint8]
Picture = NDArray[np.float32]
SPREAD = 21  # pictures that the median is taken of
LEAST_THRESHOLD = 12.0  # of 0..255: fainter than this is no thing
NOISE_SHARE = 6.0  # deviations of the film's noise that make a thing
RIM = 2  # pixels round what is unsettled whose colours are mixed


# T frames, H height, W width
@dataclass(frozen=True, eq=False)
class Background:
    """The still part of a film.

    Parameters
    ----------
    picture : (H, W, 3) float32.
    threshold : by how much, of 0..255, a thing must differ from it.
    """

    picture: Picture
    threshold: float


def behind(frames: Frames) -> Background:
    """Find what lies behind the things of a film (T, H, W, 3).

    >>> behind(np.zeros((5, 8, 8, 3), np.uint8)).threshold
    12.0
    """
    samples = np.ascontiguousarray(frames[np.unique(np.linspace(0, len(frames) - 1, SPREAD).astype(int))])
    picture = median(samples)
    threshold = max(LEAST_THRESHOLD, NOISE_SHARE * _noise(samples, picture))
    open_HW = ndimage.binary_opening(unsettled(samples, picture, threshold))
    if open_HW.any():
        open_HW = without_holes(ndimage.binary_dilation(open_HW, iterations=RIM))
        if not open_HW.all():
            picture = settle(samples, picture, open_HW, threshold)
    return Background(picture, threshold)


def _noise(samples: Frames, picture: Picture) -> float:
    """Deviation of what does not move, from every eighth pixel."""
    offset = (samples[:, ::8, ::8].astype(np.float32) - picture[::8, ::8]) @ APART.T.astype(np.float32)
    return float(1.4826 * np.median(np.abs(offset[..., 0])))
