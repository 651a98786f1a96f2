"""PhyWorld's parser and its error of velocity (B. Kang et al., arXiv 2411.02385), so that numbers stand beside theirs.

Their films show ten units across: a red ball, in collisions a blue one, ten pictures a second. Pixel i is drawn at
i / (W - 1) and read at i / W, so that every speed comes out 1 / W too small; both are kept as they are. A ball that is
not seen is NaN here unless asked otherwise; their program puts it at the border.

    K balls, T frames, H height, W width
"""

import numpy as np
from numpy.typing import NDArray

from sora2lib.clip import Clip
from sora2lib.errors import InspectError

Array = NDArray[np.float64]
Masks = NDArray[np.bool_]
VIEW, RATE, PIXELS = 10.0, 10.0, 256  # units across, pictures a second, pixels across
GIVEN = 0.3  # seconds that a model is given and that are not asked of it
KINK = 0.1  # units/s: from which change of a ball's speed on it has been struck
LEAST = 0.15  # pixels of a ball that is there
HALF = 127  # of 0..255
RED, BLUE = (True, False, False), (False, False, True)  # which channels are above the half
# DiT-L trained on 3 million clips: uniform motion, in and out of distribution (their text and Fig. 3).
DIT_L = {("uniform", "in"): 0.012, ("uniform", "out"): 0.427}


def disc(centre_T2: Array, radius: float) -> Masks:
    """Draw a ball as they do: (T, PIXELS, PIXELS), lower rows first.

    >>> disc(np.array([[5.0, 5.0]]), 1.0).sum()
    np.int64(2032)
    """
    axis = np.linspace(0, VIEW, PIXELS)
    x, y = np.meshgrid(axis, axis)
    away_THW = (x - centre_T2[:, 0, None, None]) ** 2 + (y - centre_T2[:, 1, None, None]) ** 2
    return np.asarray(away_THW <= radius**2)


def read(mask_THW: Masks, *, gone: float = np.nan) -> Array:
    """Read places (T, 2) off masks as they do, in units along columns and rows; ``gone`` where nothing is seen.

    >>> read(disc(np.array([[5.0, 5.0]]), 1.0)).round(2).tolist()
    [[4.98, 4.98]]
    """
    rows, columns = (np.arange(side) for side in mask_THW.shape[1:])
    area_T = mask_THW.sum(axis=(1, 2)).astype(np.float64)
    area_T[area_T <= LEAST] = np.nan
    index_T2 = np.stack([mask_THW.sum(axis=1) @ columns / area_T, mask_THW.sum(axis=2) @ rows / area_T], axis=-1)
    return np.where(area_T[:, None] > LEAST, index_T2 / mask_THW.shape[2] * VIEW, gone)


def masks(frames: NDArray[np.uint8]) -> Masks:
    """Where (K, T, H, W) balls are in frames (T, H, W, 3): the red one, and the blue one if there ever is one.

    >>> masks(np.zeros((2, 4, 4, 3), np.uint8)).shape
    (1, 2, 4, 4)
    """
    above, below = frames > HALF, frames < HALF
    red, blue = (
        np.logical_and.reduce([(above if it else below)[..., k] for k, it in enumerate(one)]) for one in (RED, BLUE)
    )
    return np.stack([red, blue] if blue.any() else [red])


def velocity_error(truth_KT2: Array, found_KT2: Array, seen_KT: Masks, *, rate: float = RATE) -> float:
    """Error of the mean velocity along x, mean over balls, units/s; NaN where nothing can be compared.

    It is taken after the given frames, of two balls after the first is struck, and while a ball is wholly in view; this
    is what their program computes, not the error of each frame that their paper prints.

    Parameters
    ----------
    truth_KT2, found_KT2 : places, units.
    seen_KT : when each ball is wholly in view.
    rate : frames a second.

    >>> x = np.arange(32)[None, :, None] * np.array([0.1, 0.0])
    >>> round(velocity_error(x, 1.02 * x, np.ones((1, 32), bool)), 6)
    0.02
    """
    speed_KV, other_KV = np.diff(truth_KT2[..., 0]) * rate, np.diff(found_KT2[..., 0]) * rate
    counted_KV = seen_KT[:, 1:] & seen_KT[:, :-1]
    counted_KV[:, : round(GIVEN * rate) - 1] = False
    if len(truth_KT2) > 1:
        struck = int(np.argmax(np.abs(np.diff(speed_KV[0])) > KINK)) + 1
        counted_KV[:, : struck + 1] = False
    pairs = zip(speed_KV, other_KV, counted_KV, strict=True)
    errors = [abs(float(other[it].mean() - speed[it].mean())) for speed, other, it in pairs if it.any()]
    return float(np.mean(errors)) if errors else float("nan")


def clip_error(clip: Clip, truth: Clip) -> float:
    """Error of velocity of a clip against another, both read by the parser; NaN where a ball is missing.

    Raises
    ------
    InspectError
        The clips differ in size or rate, or there is no red ball in the true one.

    >>> clip_error(clip, clip)  # doctest: +SKIP
    0.0
    """
    if clip.frames.shape[1:] != truth.frames.shape[1:] or abs(clip.fps - truth.fps) > 1e-3 * truth.fps:
        here, there = (f"{it.size} at {it.fps:g} pictures a second" for it in (clip, truth))
        raise InspectError(f"a clip of {here} cannot be compared with one of {there}; make them the same")
    count = min(len(clip.frames), len(truth.frames))
    true, found = masks(truth.frames[:count]), masks(clip.frames[:count])
    if not true[0].any():
        raise InspectError("PhyWorld's parser looks for a red ball, and for a blue one; there is no red one here")
    if len(true) != len(found):
        return float("nan")
    asked, given = (np.stack([read(it) for it in them]) for them in (true, found))
    return velocity_error(asked, given, _whole(true), rate=truth.fps)


def _whole(mask_KTHW: Masks) -> Masks:
    """When (K, T) a ball is seen and does not touch the border."""
    rim_KT = mask_KTHW[..., [0, -1], :].any(axis=(-1, -2)) | mask_KTHW[..., [0, -1]].any(axis=(-1, -2))
    return np.asarray(mask_KTHW.any(axis=(-1, -2)) & ~rim_KT)
