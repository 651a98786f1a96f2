"""How a picture goes on beyond its rims, all around: mirrored, and ever more blurred along the horizon.

Shapes: H height, W width of the picture, R rows and C columns of what is all around; N places.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float64]
Picture = NDArray[np.float32]
AROUND = (512, 1024)  # R, C: the sine of the height, and the angle from the middle of the picture
BEYOND = math.radians(40)  # of its mirror image at the most, until little of it is told apart, or until it ends above
# By how much of ``BEYOND`` it is blurred by deviations of its height down and of its width across, one after the other.
BLURS = ((0.3, 0.02, 0.03), (1.0, 0.05, 0.2))
AT_LAST = 2.0
COARSE = 4  # texels along a side of one of what is blurred
BEHIND = 0.65  # how much of it shows at the back


def directions(axes: Array) -> Array:
    """All directions (R, C, 3), from the axes of a picture: its middle, its right and up."""
    rows, columns = AROUND
    up = 1 - 2 * (np.arange(rows) + 0.5) / rows
    turn = 2 * math.pi * ((np.arange(columns) + 0.5) / columns - 0.5)
    flat, side = _level(axes)
    level = np.cos(turn)[:, None] * flat + np.sin(turn)[:, None] * side  # (C, 3)
    towards = np.sqrt(1 - up**2)[:, None, None] * level
    towards[..., 2] = up[:, None]
    return np.asarray(towards)


def place_of(towards: Array, axes: Array) -> Array:
    """Rows and columns (2, ...) at which all that is around shows some directions (..., 3)."""
    flat, side = _level(axes)
    turn = np.arctan2(towards @ side, towards @ flat) / (2 * math.pi)
    return np.stack([AROUND[0] * (1 - towards[..., 2]) / 2, AROUND[1] * (turn + 0.5)]) - 0.5


def gone_on(light: Picture, axes: Array) -> tuple[Picture, Picture]:
    """The light (R, C, 3) of a picture and what goes on around it, and how much of it shows (R, C, 3)."""
    place, wide, high = _beyond(directions(axes), axes)
    show = (BEHIND + (1 - BEHIND) * _fall(wide)) * _fall(high)
    around = np.zeros((*AROUND, 3), np.float32)
    shown = show > 0
    around[shown] = _blurred(light, place[:, shown], np.hypot(wide, high)[shown])
    return around, np.repeat(show[..., None], 3, axis=-1).astype(np.float32)


def _fall(x: Array) -> Array:
    """From 1 at 0 to 0 at 1, smoothly."""
    x = np.minimum(x, 1)
    return np.asarray(1 - x * x * (3 - 2 * x))


def _level(axes: Array) -> tuple[Array, Array]:
    """The level directions to the middle of a picture and to its right."""
    flat = np.array([axes[0, 0], axes[0, 1], 0.0])
    return flat / np.linalg.norm(flat), axes[1] / np.linalg.norm(axes[1])


def _beyond(towards: Array, axes: Array) -> tuple[Array, Array, Array]:
    """Where directions lie in a picture or its mirror images, and how far beyond it aside and above.

    Returns
    -------
    place : (2, ...) row and column, 0 to 1. wide, high : (...), 0 within it and 1 at ``BEYOND``.
    """
    ahead, right, up = axes
    flat, side = _level(axes)
    half, tangent = math.atan(1 / np.linalg.norm(right)), 1 / float(np.linalg.norm(up))
    turn = np.arctan2(towards @ side, towards @ flat)
    wide = np.maximum(np.abs(turn) - half, 0) / BEYOND
    # There and back again: a wave of straight lines, which within the picture is the angle itself.
    turn = half - np.abs((turn + half) % (4 * half) - 2 * half)
    level = np.linalg.norm(towards[..., :2], axis=-1)[..., None]
    folded = level * (np.cos(turn)[..., None] * flat + np.sin(turn)[..., None] * side)
    folded[..., 2] = towards[..., 2]
    depth = np.maximum(folded @ ahead, 0.02)
    x, y = folded @ right / depth, folded @ up / depth
    high = np.maximum(np.arctan(np.abs(y) * tangent) - math.atan(tangent), 0) / BEYOND
    y = np.where(np.abs(y) > 1, np.sign(y) * (2 - np.abs(y)), y)
    place = np.stack([1 - np.clip(y, -1, 1), 1 + np.clip(x, -1, 1)]) / 2
    return place, wide, high


def _blurred(light: Picture, place: Array, over: Array) -> Array:
    """The light at places (2, N) of a picture (H, W, 3), the more blurred the farther they are beyond its rims."""
    small = light[::COARSE, ::COARSE]
    height, width = small.shape[:2]
    steps = [(end, ndimage.gaussian_filter(small, (a * height, b * width, 0), mode="mirror")) for end, a, b in BLURS]
    # At the back, where the mirror images of both sides meet, each row has one colour.
    even = np.broadcast_to(steps[-1][1].mean(axis=1, keepdims=True), small.shape)
    out, begun = np.zeros((len(over), 3)), over < steps[0][0]
    out[begun] = _read(light, place[:, begun])
    for end, soft in (*steps, (AT_LAST, even)):
        mixed = over > 0
        out[mixed] += np.clip(over[mixed] / end, 0, 1)[:, None] * (_read(soft, place[:, mixed]) - out[mixed])
    return out


def _read(picture: Picture, place: Array) -> Array:
    texel = place * np.array(picture.shape[:2])[:, None] - 0.5
    parts = [ndimage.map_coordinates(it, texel, order=1, mode="nearest") for it in np.moveaxis(picture, -1, 0)]
    return np.stack(parts, axis=-1)
