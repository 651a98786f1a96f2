"""What stands out in one picture of a film: soft masks, and their centres to a fraction of a pixel.

A pixel at the rim of a thing is partly covered by it; how far, its colour tells, which lies between those of thing and
background. Weighed by that, the centre is good to a few hundredths of a pixel where a plain mask gives a tenth.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sora2lib.kernels.tracking import CHROMA, apart, covered, dimmed, grown, opened, standing_out

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Frame = NDArray[np.uint8]
Picture = NDArray[np.float32]

CELLS = 270  # along the shorter side, at most, in which a picture is searched
RIM = 2  # pixels round a mask that a thing may partly cover
# Noise may lead a little beyond no and full cover: cut off there it would add up to a larger thing.
OVERSHOOT = np.float32(0.3)
HALO = 3  # pixels beyond that in which a codec's noise is measured
LEAST_AREA = 9.0  # pixels
LEAST_SHARE = 4e-5  # of the picture
MOST_SHARE = 0.5  # of the picture: what is larger is no thing, but the camera or the light
MOST_THINGS = 250
ALL_SIDES = np.ones((3, 3), dtype=np.bool_)
# A shadow dims all colours alike, to between these shares.
DARKEST, LIGHTEST, TINTED = 0.25, 0.97, 0.07
ROUND, FILLED = 1.15, 0.94  # ratio of the axes of a disc at most, and share of the ellipse with its axes at least
APART = np.array(
    [[0.299, 0.587, 0.114], CHROMA * np.array([-0.299, -0.587, 0.886]), CHROMA * np.array([0.701, -0.587, -0.114])]
)


# H height, W width
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

    @cached_property
    def rounded(self) -> Frame:
        """The picture in bytes."""
        return np.asarray(np.rint(self.picture), dtype=np.uint8)


# h, w sides of a window; colours are red, green, blue, 0..255
@dataclass(frozen=True, eq=False)
class Blob:
    """One thing in one picture.

    Parameters
    ----------
    x, y : pixels from the upper left corner to the centre.
    area : pixels that it covers, partly covered ones counted in part.
    colour : (3,) its mean.
    spread : (2,) deviations along its two main axes, pixels.
    box : rows and columns of the window that it was found in.
    mask : (h, w) what in the window belongs to it, rim included.
    cut : whether it reaches the border of the picture.
    halo : mean deviation of the background's brightness round it, 0..255: what a codec leaves round things that move.
    contrast : between it and what lies behind it, 0..255.
    uneven : deviation of its own brightness, as a share of the contrast.
    shade : whether most of it is the background, evenly dimmed.
    """

    x: float
    y: float
    area: float
    colour: Array
    spread: Array
    box: tuple[slice, slice]
    mask: Flags
    cut: bool
    halo: float = 0.0
    contrast: float = 255.0
    uneven: float = 0.0
    shade: bool = False

    @property
    def radius(self) -> float:
        """Radius of a disc of the same area, pixels."""
        return float(np.sqrt(self.area / np.pi))

    @property
    def reach(self) -> float:
        """Half of its longer axis, pixels: the radius of a disc."""
        return float(2 * self.spread[0])

    @property
    def place(self) -> Array:
        """Centre (2,): x, y."""
        return np.array([self.x, self.y])


def find(frame: Frame, scene: Background) -> list[Blob]:
    """Return what stands out in a picture (H, W, 3) from a background, larger things first."""
    height, width = frame.shape[:2]
    cell = max(1, round(min(height, width) / CELLS))
    over_hw = standing_out(frame, scene.picture, scene.rounded, scene.threshold, cell) > (cell * cell) // 3
    if not over_hw.any() or over_hw.mean() > MOST_SHARE:
        return []
    near, labels_hw = around(over_hw, 0), np.zeros(over_hw.shape, np.int32)
    ndimage.label(over_hw[near], structure=ALL_SIDES, output=labels_hw[near])
    least = max(LEAST_AREA, LEAST_SHARE * height * width)
    sizes = np.bincount(labels_hw[near].ravel())
    sizes[0] = 0
    largest = [int(it) for it in np.argsort(-sizes)[:MOST_THINGS] if sizes[it]]
    regions = ndimage.find_objects(labels_hw[near])
    blobs = []
    for index in largest:
        where = _shifted(regions[index - 1], near)
        box = _window(where, cell, (height, width))
        if (box[0].stop - box[0].start) * (box[1].stop - box[1].start) > MOST_SHARE * height * width:
            continue
        owned = _enlarged(labels_hw, where, cell, box, index)
        blob = _measure(frame[box], scene.picture[box], owned, box, (height, width), scene.threshold)
        if blob is not None and blob.area >= least:
            blobs.append(blob)
    return sorted(blobs, key=lambda blob: -blob.area)


def around(mask: Flags, room: int) -> tuple[slice, slice]:
    """Rows and columns of what is set in a mask (H, W), and ``room`` pixels more; none where nothing is."""
    sides = (np.flatnonzero(mask.any(axis=1 - axis)) for axis in (0, 1))
    rows, columns = (slice(max(it[0] - room, 0), it[-1] + room + 1) if len(it) else slice(0, 0) for it in sides)
    return rows, columns


def _shifted(where: tuple[slice, slice], origin: tuple[slice, slice]) -> tuple[slice, slice]:
    rows, columns = (slice(it.start + by.start, it.stop + by.start) for it, by in zip(where, origin, strict=True))
    return rows, columns


def _window(where: tuple[slice, slice], cell: int, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Pixels of a region of cells, with room for the rim."""
    room = RIM + HALO + 1
    rows, columns = (
        slice(max(it.start * cell - room, 0), min(it.stop * cell + room, side))
        for it, side in zip(where, shape, strict=True)
    )
    return rows, columns


def _enlarged(
    labels_hw: NDArray[np.int32], where: tuple[slice, slice], cell: int, box: tuple[slice, slice], index: int
) -> Flags:
    """Which pixels of a window no other thing claims."""
    rows, columns = (np.arange(it.start, it.stop) // cell for it in box)
    near = labels_hw[rows[:, None], columns]
    return np.asarray((near == index) | (near == 0))


def _measure(
    frame: Frame, background: Picture, owned: Flags, box: tuple[slice, slice], shape: tuple[int, int], threshold: float
) -> Blob | None:
    offset = apart(frame, background)  # (h, w, 3)
    square = np.einsum("hwc,hwc->hw", offset, offset)
    over = (square > threshold**2) & owned
    lit = opened(over & ~dimmed(frame, background, DARKEST, LIGHTEST, TINTED))
    # Where hardly anything else is left, the thing itself is a shade darker than what lies behind it, or is a shadow.
    shade = bool(lit.sum() < max(LEAST_AREA, 0.25 * over.sum()))
    solid = over if shade or _compact(over) else lit
    if not solid.any():
        return None
    filled = without_holes(solid)
    core = ~grown(~filled, RIM, True)
    inside = core if core.any() else filled
    colour = frame[inside].mean(axis=0).astype(np.float64)
    rim = grown(filled, RIM, False) & owned & ~core
    cover = np.where(core, 1.0, np.where(rim, covered(offset, colour, background, OVERSHOOT), 0.0))
    blob = weighed(cover, colour, box, shape)
    if blob is None:
        return None
    contrast = float(np.sqrt(np.median(square[inside])))
    uneven = float((frame[inside] @ APART[0]).std()) / max(contrast, 1.0)
    halo = _halo(offset[..., 0], filled | over, owned)
    return replace(blob, halo=halo, contrast=contrast, uneven=uneven, shade=shade)


def _compact(mask: Flags) -> bool:
    """Whether a mask (h, w) is a disc as it is, so that what is dim in it is the dark side of a ball, no shadow."""
    row, column = np.nonzero(mask)
    if len(row) < LEAST_AREA:
        return False
    small, large = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(np.stack([row, column]))), 1e-9))
    return bool(large < ROUND * small and len(row) > FILLED * 4 * np.pi * small * large)


def without_holes(mask: Flags) -> Flags:
    """A mask (h, w) with its holes filled; SciPy's own function takes a time that grows with their width."""
    outside, count = ndimage.label(np.pad(~mask, 1, constant_values=True))
    return np.asarray((outside != outside[0, 0])[1:-1, 1:-1]) if count > 1 else mask


def _halo(brightness: Array, thing: Flags, owned: Flags) -> float:
    """Mean deviation of the background's brightness (h, w) in a ring round a thing."""
    near = grown(thing, RIM, False)
    ring = grown(near, HALO, False) & ~near & owned
    return float(np.abs(brightness[ring]).mean()) if ring.any() else 0.0


def weighed(cover: Array, colour: Array, box: tuple[slice, slice], shape: tuple[int, int]) -> Blob | None:
    """Sum up a soft mask (h, w)."""
    area = float(cover.sum())
    if area <= 0:
        return None
    rows, columns = (np.arange(it.start, it.stop, dtype=np.float64) for it in box)
    y, x = float(cover.sum(axis=1) @ rows / area), float(cover.sum(axis=0) @ columns / area)
    across, down = columns - x, rows - y
    xx, yy = float(cover.sum(axis=0) @ across**2 / area), float(cover.sum(axis=1) @ down**2 / area)
    xy = float(down @ cover @ across / area)
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.array([[xx, xy], [xy, yy]])), 0))[::-1]
    solid = cover > 0.5
    touched = np.flatnonzero(solid.any(axis=1)) + box[0].start, np.flatnonzero(solid.any(axis=0)) + box[1].start
    cut = any(len(it) and (it[0] < 2 or it[-1] > side - 3) for it, side in zip(touched, shape, strict=True))
    return Blob(x, y, area, colour, spread, box, cover > 0.02, cut)
