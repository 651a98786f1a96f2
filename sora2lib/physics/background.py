"""What lies behind the things of a film: the median of pictures spread over it, mended where something lay long.

Something that lies still for much of the time is in the median, and leaves a hole there when it is elsewhere. Where the
pictures do not agree, the background is therefore grown inwards from where they do.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sora2lib.kernels.tracking import median, settle, unsettled
from sora2lib.physics.blobs import APART, Background, Picture, around, without_holes

Frames = NDArray[np.uint8]
SPREAD = 21  # pictures that the median is taken of
LEAST_THRESHOLD = 12.0  # of 0..255: fainter than this is no thing
NOISE_SHARE = 6.0  # deviations of the film's noise that make a thing
RIM = 2  # pixels round what is unsettled whose colours are mixed
ROOM = RIM + 3  # pixels round that which are looked at


# T frames, H height, W width
def behind(frames: Frames) -> Background:
    """Find what lies behind the things of a film (T, H, W, 3).

    >>> behind(np.zeros((5, 8, 8, 3), np.uint8)).threshold
    12.0
    """
    chosen = np.unique(np.linspace(0, len(frames) - 1, SPREAD).astype(int))
    picture = median(frames, chosen)
    threshold = max(LEAST_THRESHOLD, NOISE_SHARE * _noise(frames[:, ::8, ::8][chosen], picture[::8, ::8]))
    open_HW = unsettled(frames, chosen, picture, threshold)
    box = around(open_HW, ROOM)
    open_hw = ndimage.binary_opening(open_HW[box])
    if open_hw.any():
        open_hw = without_holes(ndimage.binary_dilation(open_hw, iterations=RIM))
        if not open_hw.all():
            samples, part = frames[:, *box][chosen], np.ascontiguousarray(picture[box])
            picture[box] = settle(samples, part, open_hw, threshold)
    return Background(picture, threshold)


def _noise(samples: Frames, picture: Picture) -> float:
    """Deviation of what does not move."""
    offset = (samples.astype(np.float32) - picture) @ APART.T.astype(np.float32)
    return float(1.4826 * np.median(np.abs(offset[..., 0])))
