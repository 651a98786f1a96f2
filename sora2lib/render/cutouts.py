"""Pictures of cut-outs as the kernels read them: linear colours, finer and coarser, and distances to the outline."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter

from sora2lib.kernels.cutouts import LEVELS, SIDE, STARTS
from sora2lib.render.materials import linear
from sora2lib.world import cutouts
from sora2lib.world.parts import Primitive

MOST_CARDS = 64  # kept at hand, 0.6 MB each
SMOOTH = 0.8  # pixels
BAKED = 0.85  # share of a picture's brightness that is the thing's own; the rest is light that was painted into it


# S = SIDE
@lru_cache(MOST_CARDS)
def card(name: str) -> NDArray[np.float32]:
    """Return the picture of a named cut-out, as :func:`texels`."""
    return texels(cutouts.picture(name))


def texels(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a picture (H, W, 4) as (texels of all levels, 4), in the middle of a square of ``SIDE`` pixels."""
    height, width = picture.shape[:2]
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    square = np.zeros((SIDE, SIDE, 4), np.float32)
    square[top : top + height, left : left + width, :3] = BAKED * linear(picture[..., :3] / 255.0)
    square[top : top + height, left : left + width, 3] = picture[..., 3] / 255.0
    # Slightly smoothed, or the staircase of the pixels would show in the light.
    distance = gaussian_filter(_distance(square[..., 3]), SMOOTH)
    seen = np.concatenate([square[..., :3] * square[..., 3:], square[..., 3:]], axis=-1)
    levels = [seen]
    while levels[-1].shape[0] > 1:
        half = levels[-1].shape[0] // 2
        levels.append(levels[-1][: 2 * half, : 2 * half].reshape(half, 2, half, 2, 4).mean((1, 3)))
    colour = levels[-1][..., :3] / np.maximum(levels[-1][..., 3:], 1e-6)
    filled = []
    # Where a level shows nothing the next coarser one fills in, so that no edge fades to black.
    for level in reversed(levels):
        side = len(level)
        index = np.minimum(np.arange(side) // 2, len(colour) - 1)
        opacity = np.minimum(level[..., 3:] * 4, 1)
        own = level[..., :3] / np.maximum(level[..., 3:], 1e-6)
        colour = opacity * own + (1 - opacity) * (colour[np.ix_(index, index)] if len(colour) != side else colour)
        filled.append(colour)
    out = np.zeros((STARTS[LEVELS], 4), np.float32)
    for level in range(LEVELS):
        out[STARTS[level] : STARTS[level + 1], :3] = filled[-1 - level].reshape(-1, 3)
    out[: SIDE * SIDE, 3] = distance.ravel()
    return out


def _distance(opacity: NDArray[np.float32]) -> NDArray[np.float64]:
    """Signed distance (S, S) in pixels from each pixel's middle to where the opacity is one half."""
    solid = opacity >= 0.5
    outside = np.asarray(distance_transform_edt(~solid))
    inside = np.asarray(distance_transform_edt(solid))
    edge = (outside <= 1) & (inside <= 1)
    # A pixel on the edge says by its opacity where within it the edge runs.
    return np.where(edge, 0.5 - opacity, np.where(solid, 0.5 - inside, outside - 0.5))


def board(part: Primitive) -> tuple[Primitive, tuple[float, float]]:
    """Return the board that a cut-out's body shows, upright in its actor's frame, and its pixels a metre: x, z."""
    x, y, z = part.half[[0, 2, 1]] if part.shape == "cylinder" else part.half
    height, width = cutouts.picture(part.pattern).shape[:2]
    upright = replace(part, shape="cutout", half=np.array([x, y, z]), rotation=np.array([1.0, 0.0, 0.0, 0.0]))
    return upright, (width / (2 * x), height / (2 * z))
