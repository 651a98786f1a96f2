"""What stands out in a single picture, and where its horizon lies.

A film tells its things by their motion. In one picture a thing is what differs from the rest of its row: ground and sky
are alike all along a row, but for a slow change from side to side and for texture. How much texture there is, each row
says itself.

Shapes: H = ROWS rows, W columns; colours are brightness and two of hue, as in :mod:`sora2lib.physics.blobs`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sora2lib import media
from sora2lib.physics.blobs import ALL_SIDES, APART, DARKEST, LIGHTEST, without_holes

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Frame = NDArray[np.uint8]

ROWS = 180  # of the picture in which all is looked for
MARGIN = 4  # rows at either border in which no horizon is looked for
REACHES = (2, 5, 14)  # rows above and below that are compared
BAND = 9  # rows that tell together how colours change from side to side
ROUNDS, STUBBORN = 6, 2.0  # of fitting that change; deviations beyond which a pixel is a thing's
TEXTURE = 3.5  # deviations of a row's texture beyond which something is no texture
LEAST_DIFFERENCE = np.array([10.0, 5.0, 5.0])  # of 0..255
LEAST_AREA = 30  # pixels
BLUR = 1  # pixels by which a thing grows when the picture is smoothed
LEAST_REACH = 2.5  # pixels from the inside of a thing to its rim: cracks in a ground are thinner
TINTED = 0.10  # how far a shadow's share of the light may differ between colours
FLAT = 1.8  # times as wide as high is what lies on the ground
MOST_SHARE = 0.5  # of the picture: what is larger is no thing


@dataclass(frozen=True, eq=False)
class Patch:
    """One thing in a picture of ROWS rows.

    Parameters
    ----------
    mask : (H, W) its pixels.
    contrast : mean difference from its row, in what counts as different.
    cut : whether it reaches the border of the picture.
    """

    mask: Flags
    contrast: float
    cut: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the box round it; right and bottom are exclusive."""
        rows, columns = (np.flatnonzero(self.mask.any(axis=axis)) for axis in (1, 0))
        left, right, top, bottom = (int(it) for it in (columns[0], columns[-1] + 1, rows[0], rows[-1] + 1))
        return left + BLUR, top + BLUR, right - BLUR, bottom - BLUR


def shrunk(frame: Frame) -> Frame:
    """A picture (H, W, 3) made as large as all is looked for in."""
    height, width = frame.shape[:2]
    return media.shrink(frame, width=max(16, round(width * ROWS / height)), height=ROWS)


def horizon_features(frame: Frame) -> Array:
    """What tells of each row (H - 2 MARGIN, F) of a picture (H, W, 3) whether the horizon is its upper side."""
    colours = frame @ APART.T
    above = np.concatenate([np.zeros((1, *colours.shape[1:])), np.cumsum(colours, axis=0)])
    grain = np.minimum(np.abs(np.diff(colours[..., 0], axis=1)), 12).mean(axis=1)
    grains = np.concatenate([[0.0], np.cumsum(grain)])
    row = np.arange(MARGIN, ROWS - MARGIN)
    told = [it for reach in REACHES for it in _steps(above, row, reach)]
    up, down = grains[row] / row, (grains[-1] - grains[row]) / (ROWS - row)
    height = 1 - 2 * row / ROWS
    peaks = [it - _beside(it) for it in (told[0], told[4])]
    return np.stack([*told, np.log((down + 0.3) / (up + 0.3)), np.log(up + 0.3), height, height**2, *peaks], axis=1)


def _steps(above: Array, row: NDArray[np.intp], reach: int) -> list[Array]:
    """How much the colours of most columns change at rows, and how unequally; ``above`` sums up what is above."""
    low, high = np.maximum(row - reach, 0), np.minimum(row + reach, ROWS)
    under = (above[high] - above[row]) / (high - row)[:, None, None]
    step = under - (above[row] - above[low]) / (row - low)[:, None, None]  # (R, W, 3)
    usual = np.median(step, axis=1)
    uneven = np.median(np.abs(step - usual[:, None]).sum(axis=-1), axis=1)
    size = np.linalg.norm(usual, axis=1)
    return [
        *(np.log1p(size), np.log1p(uneven), np.log1p(size / (1 + uneven))),
        -np.sign(usual[:, 0]) * np.log1p(np.abs(usual[:, 0])),
    ]


def _beside(told: Array) -> Array:
    """The greatest of what is told of the rows near each, but for its neighbours."""
    return np.maximum.reduce([np.roll(told, it) for it in range(-12, 13) if abs(it) > 2])


def patches(frame: Frame, horizon: int | None) -> list[Patch]:
    """What stands out in a picture (H, W, 3) whose ground begins with a row, the largest first."""
    colours = frame @ APART.T
    behind = background(colours, horizon)
    off = ndimage.uniform_filter(colours, size=(3, 3, 1)) - behind
    texture = np.maximum(1.4826 * np.median(np.abs(off), axis=1), np.quantile(np.abs(off), 0.75, axis=1) / 1.15)
    texture = ndimage.uniform_filter1d(texture, size=11, axis=0, mode="nearest")
    odd = np.sqrt(((off / (TEXTURE * texture[:, None] + LEAST_DIFFERENCE)) ** 2).sum(axis=-1))
    over = ndimage.binary_opening(odd > 1, structure=np.ones((2, 2)))
    found = [it for mask in _regions(over) for it in _lit(mask, _dimmed(frame, behind))]
    kept = [Patch(mask, float(odd[mask].mean()), _cut(mask)) for mask in found if mask.mean() < MOST_SHARE]
    return sorted(kept, key=lambda it: -int(it.mask.sum()))


def background(colours: Array, horizon: int | None) -> Array:
    """What a picture (H, W, 3) would be without things: per row its usual colour, and how that changes across."""
    usual = np.median(colours, axis=1)
    off = colours - usual[:, None]
    for part in np.split(off, [horizon] if horizon else []):
        part[:] = ndimage.uniform_filter1d(part, size=BAND, axis=0, mode="nearest")
    across = np.linspace(-1, 1, off.shape[1])
    basis = np.stack([np.ones_like(across), across, across**2], axis=1)  # (W, 3)
    thin, few = off[:, ::4], basis[::4]
    scale = 1.4826 * np.median(np.abs(thin), axis=1, keepdims=True) + 1.0
    weight = np.ones_like(thin)
    for _ in range(ROUNDS):
        square = np.einsum("hwc,wi,wj->hcij", weight, few, few) + 1e-6 * np.eye(3)
        shape = np.linalg.solve(square, np.einsum("hwc,wi,hwc->hci", weight, few, thin)[..., None])[..., 0]
        weight = 1 / (1 + ((thin - np.einsum("wi,hci->hwc", few, shape)) / (STUBBORN * scale)) ** 2) ** 2
    return np.asarray(usual[:, None] + np.einsum("wi,hci->hwc", basis, shape))


def _dimmed(frame: Frame, behind: Array) -> Flags:
    """Where (H, W) a picture is its background with less light: a shadow dims all colours alike."""
    lit = np.clip(behind @ np.linalg.inv(APART.T), 0, 255)
    share = (ndimage.uniform_filter(frame.astype(np.float64), size=(3, 3, 1)) + 1) / (lit + 1)
    even = np.ptp(share, axis=-1) < TINTED
    return np.asarray((share.max(axis=-1) < LIGHTEST) & (share.min(axis=-1) > DARKEST) & even)


def _regions(mask: Flags) -> Iterator[Flags]:
    """The connected parts (H, W) of a mask that are large enough."""
    labels, count = ndimage.label(mask, structure=ALL_SIDES)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    yield from (labels == index for index in range(1, count + 1) if sizes[index] >= LEAST_AREA)


def _lit(mask: Flags, dimmed: Flags) -> Iterator[Flags]:
    """What of a region is more than a shadow, each connected part without its holes."""
    for part in _regions(mask & ~_shadows(mask & dimmed)):
        whole = without_holes(part)
        if ndimage.distance_transform_edt(np.pad(whole, 1)).max() >= LEAST_REACH:
            yield whole


def _shadows(dimmed: Flags) -> Flags:
    """Those parts of what is dimmed that lie flat: a dark thing stands, its shadow lies on the ground."""
    labels, _ = ndimage.label(ndimage.binary_opening(dimmed, structure=ALL_SIDES))
    flat = [
        index
        for index, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1)
        if columns.stop - columns.start > FLAT * (rows.stop - rows.start)
    ]
    return np.asarray(ndimage.binary_dilation(np.isin(labels, flat), structure=ALL_SIDES) & dimmed)


def _cut(mask: Flags) -> bool:
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())
