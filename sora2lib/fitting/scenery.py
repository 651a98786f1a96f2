"""A picture without the things that stand out in it, for what lies behind a world.

What was hidden is spread in from the rims, much more along the rows than across, since ground and sky are alike along a
row; then the grain beyond the rim, mirrored in it, goes over it.

Shapes: H height, W width.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from sora2lib import media
from sora2lib.backdrop import LARGEST, LONGEST_SIDE

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Frame = NDArray[np.uint8]
ROWS = 240  # in which the hidden is spread in
ACROSS = 0.06  # how much less it spreads from row to row than along one
MARGIN = 0.022  # of the picture's height, by which a thing reaches beyond its outline at least: edges are soft
REACH = 0.18  # of its own size, by which it may: of what shines, a part may be taken for ground, and its shadow is near
GRAIN = 0.012  # of the picture's height: what is finer is grain


def scenery(frame: Frame, things: Sequence[Flags]) -> tuple[bytes, float]:
    """A picture (H, W, 3) as a JPEG without things, given as masks of any one size, and the share filled in."""
    height, width = _limited(*frame.shape[:2])
    small = media.shrink(frame, width=width, height=height) if (height, width) != frame.shape[:2] else frame
    hidden = np.zeros((height, width), dtype=np.bool_)
    for mask in things:
        whole = _enlarged(mask, height, width)
        reach = max(2.0, MARGIN * height, REACH * float(whole.sum()) ** 0.5)
        hidden |= np.asarray(ndimage.distance_transform_edt(~whole)) <= reach
    share = float(hidden.mean())
    picture = filled(small, hidden) if 0 < share < 1 else small
    content = media.jpeg(picture)
    while len(content) > LARGEST:  # such as noise
        height, width = height // 2, width // 2
        content = media.jpeg(media.shrink(picture, width=width, height=height))
    return content, share


def _limited(height: int, width: int) -> tuple[int, int]:
    share = min(1.0, LONGEST_SIDE / max(height, width))
    return max(2, round(height * share)), max(2, round(width * share))


def _enlarged(mask: Flags, height: int, width: int) -> Flags:
    rows = (np.arange(height) * mask.shape[0] / height).astype(int)
    columns = (np.arange(width) * mask.shape[1] / width).astype(int)
    return np.asarray(mask[np.ix_(rows, columns)])


def filled(picture: Frame, hidden: Flags) -> Frame:
    """A picture (H, W, 3) with what is hidden (H, W) spread in from around it."""
    height = len(picture)
    step = max(1, round(height / ROWS))
    colours, known = picture.astype(np.float64), ~hidden
    weight = _pooled(known[..., None].astype(np.float64), step)
    coarse = _pooled(colours * known[..., None], step) / np.maximum(weight, 1e-9)
    spread = _spread(coarse, weight[..., 0] == 0)
    rows, columns = ((np.arange(count) + 0.5) / step - 0.5 for count in hidden.shape)
    place = np.meshgrid(rows, columns, indexing="ij")
    smooth = np.stack([ndimage.map_coordinates(spread[..., c], place, order=1, mode="nearest") for c in range(3)], -1)
    new = np.clip(smooth + _grain(colours, hidden), 0, 255)
    soft = np.clip(ndimage.gaussian_filter(hidden.astype(np.float64), step) * 2, 0, 1)[..., None] * hidden[..., None]
    return np.asarray(np.round(soft * new + (1 - soft) * np.where(hidden[..., None], smooth, colours)), dtype=np.uint8)


def _pooled(values: Array, step: int) -> Array:
    """Means of squares of pixels, the last ones repeated where a square is not full."""
    rows, columns = (-size % step for size in values.shape[:2])
    full = np.pad(values, ((0, rows), (0, columns), (0, 0)), mode="edge")
    return np.asarray(full.reshape(len(full) // step, step, full.shape[1] // step, step, -1).mean((1, 3)))


def _spread(colours: Array, hidden: Flags) -> Array:
    """Colours (H, W, 3) that solve Laplace's equation where they are hidden, stretched along the rows."""
    if not hidden.any():
        return colours
    number = np.full(hidden.shape, -1)
    number[hidden] = np.arange(hidden.sum())
    diagonal, right = np.zeros(hidden.sum()), np.zeros((hidden.sum(), 3))
    entries: list[tuple[Array, NDArray[np.intp], NDArray[np.intp]]] = []
    here = np.argwhere(hidden)
    for way, weight in (((0, 1), 1.0), ((0, -1), 1.0), ((1, 0), ACROSS), ((-1, 0), ACROSS)):
        there = here + way
        inside = ((there >= 0) & (there < hidden.shape)).all(axis=1)
        mine, other = number[tuple(here[inside].T)], tuple(there[inside].T)
        diagonal[mine] += weight
        known = number[other] < 0
        right[mine[known]] += weight * colours[other][known]
        entries.append((np.full((~known).sum(), -weight), mine[~known], number[other][~known]))
    values, rows, columns = (np.concatenate(it) for it in zip(*entries, strict=True))
    matrix = sparse.csc_matrix((values, (rows, columns)), shape=(len(diagonal),) * 2) + sparse.diags(diagonal)
    out = colours.copy()
    out[hidden] = spsolve(sparse.csc_matrix(matrix), right)
    return out


def _grain(colours: Array, hidden: Flags) -> Array:
    """What is fine in a picture (H, W, 3), where it is hidden that of the place mirrored in the nearest rim."""
    known = (~hidden)[..., None].astype(np.float64)
    sigma = (GRAIN * len(colours), GRAIN * len(colours), 0)
    around = ndimage.gaussian_filter(colours * known, sigma) / np.maximum(ndimage.gaussian_filter(known, sigma), 1e-6)
    fine = (colours - around) * known
    nearest = ndimage.distance_transform_edt(hidden, return_distances=False, return_indices=True)
    there = 2 * nearest - np.indices(hidden.shape)
    row, column = (np.clip(it, 0, size - 1) for it, size in zip(there, hidden.shape, strict=True))
    return np.asarray(fine[row, column])
