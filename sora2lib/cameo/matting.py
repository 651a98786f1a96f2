"""Where the subject of a recording is: by its colours against those of what lies round it, and by what moves.

Colours near the edges of the picture are taken for background, colours near the middle for the subject, and both are
counted again and again, as in GrabCut (Rother, Kolmogorov and Blake 2004) with histograms for mixtures. What differs
from the median of a still camera's pictures counts as well, and for people, and less for animals, what a net sees in
them. What no edge parts is then judged together: odds flow from pixel to pixel, and hardly across edges (Grady 2005,
*Multilabel random walker segmentation using prior models*). The last pixels of an outline are taken from the picture
by a guided filter (He, Sun and Tang 2010).

T frames, H height, W width.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter, zoom
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import splu

from sora2lib.cameo.net import people

Array = NDArray[np.float32]
NET = {"person": 2.5, "animal": 0.4, "thing": 0.0}  # how much the net that finds people counts
BINS = 24  # of each colour channel
ROUNDS = 6
SOFT = 1.2  # bins by which histograms are smoothed
BORDER, SEED = 0.06, 0.30  # share of the sides that is background at first; half axes of what is subject at first
# Weights of colour and of place in the first round and in the last, and of change (a level of 255).
COLOURS, PLACE, CHANGE = (1.0, 2.5), (1.6, 0.6), 0.25
NEAR, SHARP = 4, 2e-3  # pixels and squared contrast of the guided filter
MOST = 4.0  # log-odds beyond which one cue does not count more
ALONE, TOGETHER = 0.6, 2.1  # how much a pixel's own odds count, and those of all that no edge parts it from
CELLS = 128  # to the longer side of a picture, between which odds flow
# Contrast (0..1) of an edge; how much flows across one; how firmly a cell is held by its own odds, and at the border.
EDGE, LEAK, HELD, BOUND = 0.03, 1e-3, 0.005, 0.02
STILL = 3.0  # levels by which most pixels of a still camera differ from their median


def subject(frames: NDArray[np.uint8], kind: str) -> Array:
    """Return how surely each pixel belongs to the subject (T, H, W), 0..1, of a kind of :mod:`sora2lib.cameo.kinds`.

    >>> subject(frames, "person").shape == frames.shape[:3]  # doctest: +SKIP
    True
    """
    colours = _opponent(frames)
    codes = _codes(colours)
    place = _place(frames.shape[1], frames.shape[2])
    told_before = _moved(frames) + _known(frames, NET[kind])
    inside = np.broadcast_to(place > 0, codes.shape).astype(np.float32)
    certain = _border(frames.shape[1], frames.shape[2])
    outside = 1 - inside
    flows = [_flow(frame / np.float32(255), certain) for frame in frames]
    for colour, weight in zip(np.linspace(*COLOURS, ROUNDS), np.linspace(*PLACE, ROUNDS), strict=True):
        odds = np.log(_histogram(codes, inside)) - np.log(_histogram(codes, outside + 4 * certain))
        told = np.clip(colour * odds[codes], -MOST, MOST) + weight * place + told_before - MOST * certain
        shared = np.stack([flow(one) for flow, one in zip(flows, told, strict=True)])
        chance = 1 / (1 + np.exp(-ALONE * told - TOGETHER * shared))
        inside = np.stack([_guided(guide, one) for guide, one in zip(colours[..., 0], chance, strict=True)])
        outside = 1 - inside
    return np.clip(inside, 0, 1)


def _known(frames: NDArray[np.uint8], weight: float) -> Array | float:
    """Log-odds (T, H, W) from what a net knows of people."""
    if not weight:
        return 0.0
    chance = people(frames).clip(1e-3, 1 - 1e-3)
    return weight * np.clip(np.log(chance / (1 - chance)), -MOST, MOST)


def _opponent(frames: NDArray[np.uint8]) -> Array:
    """Lightness and two opponent colours (T, H, W, 3), each about 0..1."""
    r, g, b = np.moveaxis(frames.astype(np.float32) / 255, -1, 0)
    return np.stack([(r + g + b) / 3, (r - g) / 2 + 0.5, (r + g - 2 * b) / 4 + 0.5], axis=-1)


def _codes(colours: Array) -> NDArray[np.int32]:
    """Which cell of a histogram each pixel falls into (T, H, W)."""
    # Opponent colours fill the middle of their range only.
    spread = np.stack([colours[..., 0], (colours[..., 1] - 0.5) * 2.5 + 0.5, (colours[..., 2] - 0.5) * 2.5 + 0.5], -1)
    cells = np.clip((spread * BINS).astype(np.int32), 0, BINS - 1)
    return (cells[..., 0] * BINS + cells[..., 1]) * BINS + cells[..., 2]


def _histogram(codes: NDArray[np.int32], weight: Array) -> Array:
    counts = np.bincount(codes.ravel(), np.broadcast_to(weight, codes.shape).ravel(), BINS**3)
    smooth = gaussian_filter(counts.reshape(BINS, BINS, BINS), SOFT).ravel()
    return (smooth / max(smooth.sum(), 1e-9) + 2e-5).astype(np.float32)


def _grid(height: int, width: int) -> tuple[Array, Array]:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return (x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5


def _place(height: int, width: int) -> Array:
    """Log-odds (H, W) from the place alone: above 0 in the middle."""
    x, y = _grid(height, width)
    return np.clip(1 - (x / SEED) ** 2 - (np.minimum(y - 0.1, 0.25) / (1.3 * SEED)) ** 2, -2, 1)


def _border(height: int, width: int) -> Array:
    """1 on the edges (H, W) but for the lower one, over which people who film themselves reach."""
    x, y = _grid(height, width)
    return ((np.abs(x) > 0.5 - BORDER) | (y < BORDER - 0.5)).astype(np.float32)


def _moved(frames: NDArray[np.uint8]) -> Array | float:
    """Log-odds (T, H, W) from how far each pixel is from its median; nothing where the camera moves."""
    if len(frames) < 6:
        return 0.0
    gap = np.abs(frames.astype(np.float32) - np.median(frames[:: max(1, len(frames) // 15)], axis=0)).max(axis=-1)
    if np.median(gap) > STILL:
        return 0.0
    return np.clip(CHANGE * (uniform_filter(gap, (1, 5, 5)) - 2 * STILL), 0, MOST)


def _flow(frame: Array, certain: Array) -> Callable[[Array], Array]:
    """What makes of the odds (H, W) of a picture (H, W, 3) those of all that no edge parts."""
    side = max(1, round(max(certain.shape) / CELLS))
    cells, held = _cells(frame, side), HELD + BOUND * _cells(certain, side)
    index = np.arange(held.size).reshape(held.shape)
    one = np.concatenate([index[:-1].ravel(), index[:, :-1].ravel()])
    other = np.concatenate([index[1:].ravel(), index[:, 1:].ravel()])
    contrast = np.abs(cells.reshape(-1, 3)[one] - cells.reshape(-1, 3)[other]).max(axis=-1)
    open_ = np.tile(np.exp(-((contrast / EDGE) ** 2)) + LEAK, 2)
    links = coo_array((open_, (np.r_[one, other], np.r_[other, one])), (held.size, held.size)).tocsc()
    system = diags_array(links.sum(axis=0) + held.ravel()) - links
    solved = splu(system.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})

    def flowed(odds: Array) -> Array:
        shared = solved.solve((held * _cells(odds, side)).ravel()).reshape(held.shape)
        large = zoom(shared, side, order=1, grid_mode=True, mode="nearest")
        return np.asarray(large[: odds.shape[0], : odds.shape[1]], np.float32)

    return flowed


def _cells(values: Array, side: int) -> NDArray[np.float64]:
    """Means of squares of some side of values (H, W, ...)."""
    height, width = values.shape[:2]
    room = [(0, -height % side), (0, -width % side)] + [(0, 0)] * (values.ndim - 2)
    padded = np.pad(values.astype(np.float64), room, mode="edge")
    shape = (padded.shape[0] // side, side, padded.shape[1] // side, side, *values.shape[2:])
    return np.asarray(padded.reshape(shape).mean(axis=(1, 3)))


def _guided(guide: Array, values: Array) -> Array:
    """Values (H, W) smoothed along the edges of a guide (H, W)."""
    size = 2 * NEAR + 1
    mean, told = uniform_filter(guide, size), uniform_filter(values, size)
    both = uniform_filter(guide * values, size) - mean * told
    slope = both / (uniform_filter(guide * guide, size) - mean * mean + SHARP)
    return np.clip(uniform_filter(slope, size) * guide + uniform_filter(told - slope * mean, size), 0, 1)
