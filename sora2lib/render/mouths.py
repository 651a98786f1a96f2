"""Mouths of heads that were filmed: where one is, and how the picture looks with it open.

No net knows faces here. A mouth is where a head has level edges, and more red than its skin, near where mouths are; of
what has neither, none is moved.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]
# Where the middle of a mouth is expected, down and across, of a head's picture, and the deviations; where it is sought.
PLACE, ABOUT, WITHIN = (0.77, 0.5), (0.07, 0.10), (0.20, 0.25)
FACE = (0.62, 0.5)  # where the face is, by which its skin is known
EDGES, REDS = (0.035, 0.08), (0.03, 0.07)  # of the head, over which edges and redness are gathered
RED, REDDER = 0.5, 0.06  # how much redness counts; by how much lips are redder
SURE = 0.4  # of the evidence, below which there is no mouth
HALF, DROP = 0.13, 0.09  # of the head: half a mouth, and how far it opens
TEETH = 0.03  # of the head's height that is seen of them
WHITE, DARK = np.array([225.0, 215.0, 205.0]), np.array([70.0, 22.0, 26.0])


# H height, W width
def find(picture: Picture) -> tuple[int, int] | None:
    """Return row and column of a mouth in the picture (H, W, 4) of a head, or None.

    >>> find(np.zeros((90, 70, 4), np.uint8)) is None
    True
    """
    height, width = picture.shape[:2]
    down, across = ((np.arange(size) + 0.5) / size for size in (height, width))
    near = (np.abs(down - FACE[0]) < WITHIN[0])[:, None] & (np.abs(across - FACE[1]) < WITHIN[1])
    face = near & (picture[..., 3] > 127)
    if not face.any():
        return None
    evidence = _relative(_level_edges(picture), face) + RED * _relative(_redness(picture, face), face)
    y, x = (down - PLACE[0]) / ABOUT[0], (across - PLACE[1]) / ABOUT[1]
    likely = np.where(face, evidence * np.exp(-(y[:, None] ** 2 + x**2) / 2), 0)
    row, column = np.unravel_index(likely.argmax(), likely.shape)
    return (int(row), int(column)) if likely.max() > SURE else None


def _relative(values: Array, face: NDArray[np.bool_]) -> Array:
    return values / max(float(np.abs(values[face]).max()), 1e-6)


def _level_edges(picture: Picture) -> Array:
    """How much more edges run across than up and down, about each pixel."""
    height, width = picture.shape[:2]
    light = picture[..., :3].mean(axis=-1)
    level, upright = (np.abs(gaussian_filter(light, 0.008 * height, order=it)) for it in ((1, 0), (0, 1)))
    inside = picture[..., 3] > 127
    return gaussian_filter(np.where(inside, level - upright, 0), (EDGES[0] * height, EDGES[1] * width))


def _redness(picture: Picture, face: NDArray[np.bool_]) -> Array:
    """By how much each pixel and those about it are redder than the face."""
    height, width = picture.shape[:2]
    red, green = picture[..., 0].astype(float), picture[..., 1].astype(float)
    share = (red - green) / (red + green + 20)
    redder = np.where(picture[..., 3] > 127, np.clip((share - np.median(share[face])) / REDDER, -1, 1.5), 0)
    return gaussian_filter(redder, (REDS[0] * height, REDS[1] * width))


def opened(picture: Picture, mouth: tuple[int, int], share: float) -> Picture:
    """Return the picture (H, W, 4) of a head with its mouth open by a share of the widest, 0..1.

    What is below the lips moves down, less and less towards the lower edge, which stays.
    """
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(float)
    below, across = y - mouth[0], (x - mouth[1]) / (HALF * width)
    lens = np.sqrt(np.clip(1 - across**2, 0, 1))
    gap, room = DROP * height * share * lens, height - 1.0 - mouth[0]
    moved = mouth[0] + np.clip(below - gap, 0, None) * room / np.maximum(room - gap, 1)
    rows = np.where(below <= 0, y, moved)
    planes = [
        map_coordinates(it.astype(float), [rows, x], order=1, mode="nearest") for it in np.moveaxis(picture, 2, 0)
    ]
    seen = np.stack(planes, axis=-1)
    hollow = np.clip(np.minimum(below + 0.5, gap - below + 0.5), 0, 1) * (lens > 0) * (share > 0)
    teeth = 0.8 * np.clip(TEETH * height * share * lens - below + 0.5, 0, 1)[..., None]
    seen[..., :3] += hollow[..., None] * (DARK + teeth * (WHITE - DARK) - seen[..., :3])
    return seen.clip(0, 255).astype(np.uint8)
