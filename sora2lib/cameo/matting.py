"""Where the subject of a recording is: by its colours against those of what lies round it, and by what moves.

Colours near the edges of the picture are taken for background, colours near the middle for the subject, and both are
counted again and again, as in GrabCut (Rother, Kolmogorov and Blake 2004) with histograms for mixtures. What differs
from the median of a still camera's pictures counts as well, and for people, and less for animals, what a net sees in
them. Edges are then taken from the picture by a guided filter (He, Sun and Tang 2010).

T frames, H height, W width.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter

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
    for colour, weight in zip(np.linspace(*COLOURS, ROUNDS), np.linspace(*PLACE, ROUNDS), strict=True):
        odds = np.log(_histogram(codes, inside)) - np.log(_histogram(codes, outside + 4 * certain))
        told = np.clip(colour * odds[codes], -MOST, MOST) + weight * place + told_before
        chance = 1 / (1 + np.exp(-told))
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


def _guided(guide: Array, values: Array) -> Array:
    """Values (H, W) smoothed along the edges of a guide (H, W)."""
    size = 2 * NEAR + 1
    mean, told = uniform_filter(guide, size), uniform_filter(values, size)
    both = uniform_filter(guide * values, size) - mean * told
    slope = both / (uniform_filter(guide * guide, size) - mean * mean + SHARP)
    return np.clip(uniform_filter(slope, size) * guide + uniform_filter(told - slope * mean, size), 0, 1)
