"""The camera's own motion, estimated from what stands still and taken out of the pictures.

Corners of the first picture are followed (Lucas and Kanade) and the homography that most of them obey is found by
random samples (M. Fischler and R. Bolles, Comm. ACM 24 (1981) 381). That is exact for a camera that turns and zooms.
One that travels is told from those, and nothing is measured.
"""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import minimize_scalar

from sora2lib.kernels.steady import HALF, follow, warp
from sora2lib.physics.blobs import APART

Array = NDArray[np.float64]
Frames = NDArray[np.uint8]
SIDE = 360  # pixels of the shorter side in which corners are followed
CELLS = (9, 16)  # in each of which the best corner is taken
LEAST_SLOPE = 1.0  # of a corner: squared change of 0..255 a pixel
FEWEST = 12  # corners
DRAWS = 200
NEAR = 1.2  # pixels by which a corner may miss, while samples are drawn
UNBENT = 0.2  # pixels that corners may miss a mere turn, scale and shift by
WIDE = 0.18  # of the picture's sides: the deviation of corners that are spread over it
LOOKS = 9  # pictures of a film, by which it is told whether the camera stands still
TEXTURED = 0.25  # of the picture's cells must have some texture: things that move before a plain wall have fewer
UNMOVED, SHIFTED = 2.5, 0.4  # of 0..255, and pixels: what texture may change by that stays where it is
SETTLED = 0.3  # of the texture: where more stays, the camera stands still, and things, glitter and shadows move
UNLIKE = 25.0  # of 0..255: a patch that differs by more was lost
STILL = 0.25  # pixels of the pictures: a camera that moves less stands still
IN_VIEW = 0.45  # of the corners of a key picture must be found
MAJORITY = 0.5  # of the corners must agree on how the camera moves
LENSES = (0.4, 1.0, 2.5, 10.0, 100.0)  # focal lengths, in widths of the picture, between which the lens is searched
TURNED, BENT = 1.5, 0.015  # pixels, of pictures of SIDE, and of the way: what a turn may miss a homography by
PLAIN = "The background is too plain to tell whether the camera moves; it is taken to stand still."
UNEVEN = "The camera moves in a way that could not be followed, so that nothing could be measured."
TRAVELS = "The camera travels; how near things are is not known, so that nothing could be measured."


# T frames, N corners, H height, W width
@dataclass(frozen=True, eq=False)
class Steady:
    """Pictures as a camera that stands still would have taken them.

    Parameters
    ----------
    frames : (T, H, W, 3); where the camera did not look, what lies behind.
    ways_T33 : homographies from pixels of these frames to those of the film; None where they are the same.
    notes : what to know of it.
    lost : whether the camera moves in a way that could not be followed.
    plain : whether the background is too plain to tell.
    """

    frames: Frames
    ways_T33: Array | None = None
    notes: list[str] = field(default_factory=list)
    lost: bool = False
    plain: bool = False

    @property
    def camera(self) -> str:
        """What is known of it: "still", "followed", "plain" or "lost"."""
        return "lost" if self.lost else "plain" if self.plain else "still" if self.ways_T33 is None else "followed"

    def back(self, place_NT2: Array) -> Array:
        """Return places, right and up, in the film's own pictures."""
        if self.ways_T33 is None:
            return place_NT2
        height = self.frames.shape[1]
        x, y = place_NT2[..., 0] - 0.5, height - place_NT2[..., 1] - 0.5
        moved = np.einsum("tij,ntj->nti", self.ways_T33, np.stack([x, y, np.ones_like(x)], axis=-1))
        u, v = moved[..., 0] / moved[..., 2], moved[..., 1] / moved[..., 2]
        return np.stack([u + 0.5, height - v - 0.5], axis=-1)


def steadied(frames: Frames) -> Steady:
    """Take a camera's motion out of a film (T, H, W, 3); films of a camera that stands still come back as they are.

    >>> steadied(frames).notes  # doctest: +SKIP
    ['The camera moves by up to 41 pixels; that was taken out.']
    """
    shrink = max(1, round(min(frames.shape[1:3]) / SIDE))
    share = stillness(frames, shrink)
    if share is None:
        return Steady(frames, notes=[PLAIN], plain=True)
    if share > SETTLED:
        return Steady(frames)
    ways_T33 = _followed(frames, shrink)
    if ways_T33 is None:
        return Steady(frames, notes=[UNEVEN], lost=True)
    size = np.diag([shrink, shrink, 1.0])
    full_T33 = size @ ways_T33 @ np.linalg.inv(size)
    height, width = frames.shape[1:3]
    frame_N2 = np.array([[x, y] for x in (0.0, width / 2, width) for y in (0.0, height / 2, height)])
    moved = max(float(np.linalg.norm(through(it, frame_N2) - frame_N2, axis=-1).max()) for it in full_T33)
    if moved < STILL * shrink:
        return Steady(frames)
    if unturned(full_T33, (width, height), frame_N2) > TURNED * max(1.0, height / SIDE) + BENT * moved:
        return Steady(frames, notes=[TRAVELS], lost=True)
    notes = [f"The camera moves by up to {moved:.0f} pixels; that was taken out."]
    return Steady(_taken_back(frames, full_T33), full_T33, notes)


def stillness(frames: Frames, shrink: int) -> float | None:
    """Share of the texture of the first picture that stays where it is; None where most of the picture has none.

    >>> stillness(np.zeros((9, 64, 64, 3), np.uint8), 1) is None
    True
    """
    chosen = np.unique(np.linspace(1, len(frames) - 1, LOOKS).astype(int))
    first = _grey(frames[0], shrink)
    slope2_HW = _weaker_slope(first)
    textured_HW = slope2_HW > LEAST_SLOPE
    if np.mean([textured_HW[cell].any() for cell in _cells(first.shape)]) < TEXTURED:
        return None
    off_LHW = [ndimage.uniform_filter(np.abs(_grey(frames[k], shrink) - first), 2 * HALF + 1) for k in chosen]
    off_n, slope_n = np.median(off_LHW, axis=0)[textured_HW], np.sqrt(slope2_HW[textured_HW])
    return float((off_n < UNMOVED + SHIFTED * slope_n).mean())


def _followed(frames: Frames, shrink: int) -> Array | None:
    """Homographies (T, 3, 3) from the first picture to each; None where one cannot be found.

    Corners are followed from a key picture as long as enough of them are in view; then the picture before becomes the
    key.
    """
    key, rng = _Key.of(_grey(frames[0], shrink), np.eye(3)), np.random.default_rng(0)
    ways, before = [np.eye(3)], _grey(frames[0], shrink)
    for frame in frames[1:]:
        grey = _grey(frame, shrink)
        ahead = shift(before, grey) @ ways[-1]
        found = key.way(grey, ahead, rng)
        if found is None:
            key = _Key.of(before, ways[-1])
            found = key.way(grey, ahead, rng)
        if found is None:
            return None
        ways.append(found / found[2, 2])
        before = grey
    return np.array(ways)


def shift(picture: NDArray[np.float32], other: NDArray[np.float32]) -> Array:
    """By how many whole pixels most of a picture has moved in another, as a homography (3, 3).

    The phases of their spectra tell (C. Kuglin and D. Hines, Proc. IEEE ICCS (1975) 163).
    """
    window = np.outer(*(np.hanning(side) for side in picture.shape))
    one, two = (np.fft.rfft2((it - it.mean()) * window) for it in (picture, other))
    cross = two * one.conj()
    peak = np.fft.irfft2(cross / (np.abs(cross) + 1e-3 * np.abs(cross).mean() + 1e-12), s=picture.shape)
    y, x = np.unravel_index(int(np.argmax(peak)), peak.shape)
    height, width = picture.shape
    move = ((x + width // 2) % width - width // 2, (y + height // 2) % height - height // 2)
    return np.array([[1.0, 0, move[0]], [0, 1, move[1]], [0, 0, 1]])


@dataclass(frozen=True, eq=False)
class _Key:
    """A picture whose corners are followed, and the way that leads to it from the first one."""

    picture: NDArray[np.float32]
    points_N2: Array
    way_33: Array

    @classmethod
    def of(cls, picture: NDArray[np.float32], way_33: Array) -> "_Key":
        return cls(picture, corners(picture), way_33)

    def way(self, other: NDArray[np.float32], ahead_33: Array, rng: np.random.Generator) -> Array | None:
        """The way from the first picture to another; None where too few corners of this one are found there."""
        if len(self.points_N2) < FEWEST or (self.points_N2.std(axis=0) / other.shape[::-1]).min() < WIDE:
            return None  # corners that lie together are those of a thing, not of the background
        found = _way(self.picture, other, self.points_N2, ahead_33 @ np.linalg.inv(self.way_33), rng)
        return None if found is None else np.asarray(found @ self.way_33)


def unturned(ways_T33: Array, sides: tuple[int, int], points_N2: Array) -> float:
    """By how many pixels a camera that only turns and zooms misses homographies (T, 3, 3) of pictures, at worst.

    One that travels shears a level ground, and bends it otherwise; how far away things are that fly above the ground
    would have to be known. Which lens took the first picture is not known: the one that explains most is taken.
    """
    middle = np.array([[1.0, 0, sides[0] / 2], [0, 1, sides[1] / 2], [0, 0, 1]])
    inner_T33 = np.linalg.inv(middle) @ ways_T33 @ middle
    around_N2 = points_N2 - middle[:2, 2]

    def miss(lens: float) -> float:
        return _unturned(inner_T33, math.exp(lens) * max(sides), around_N2)

    return min(float(minimize_scalar(miss, bounds=np.log(one)).fun) for one in pairwise(LENSES))


def _unturned(ways_T33: Array, focus: float, points_N2: Array) -> float:
    """By how many pixels the nearest turns and zooms of a lens of ``focus`` pixels miss homographies at worst."""
    worst, rays_N3 = 0.0, _rays(points_N2, focus)
    for way in ways_T33:
        rows = way @ np.diag([focus, focus, 1.0])
        zoomed = float(np.sqrt(np.linalg.norm(rows[0]) * np.linalg.norm(rows[1])) / np.linalg.norm(rows[2]))
        there_N2 = through(way, points_N2)
        left, _, right = np.linalg.svd(_rays(there_N2, zoomed).T @ rays_N3)
        turned_N3 = rays_N3 @ (left @ right).T
        miss_N = np.linalg.norm(zoomed * turned_N3[:, :2] / turned_N3[:, 2:] - there_N2, axis=-1)
        worst = max(worst, float(np.median(miss_N)))
    return worst


def _rays(points_N2: Array, focus: float) -> Array:
    """Unit vectors (N, 3) to points round the middle of a picture."""
    rays_N3 = np.concatenate([points_N2 / focus, np.ones((len(points_N2), 1))], axis=1)
    return np.asarray(rays_N3 / np.linalg.norm(rays_N3, axis=-1, keepdims=True))


def _grey(frame: Frames, shrink: int) -> NDArray[np.float32]:
    return np.ascontiguousarray(frame[::shrink, ::shrink].astype(np.float32) @ APART[0].astype(np.float32))


def corners(picture: NDArray[np.float32]) -> Array:
    """Return the best corners (N, 2), x and y, of the cells of a picture (C. Tomasi and J. Shi, CVPR 1994)."""
    weaker = _weaker_slope(picture)
    room = HALF + 3
    weaker[:room], weaker[-room:], weaker[:, :room], weaker[:, -room:] = 0, 0, 0, 0
    found = []
    for rows, columns in _cells(picture.shape):
        cell = weaker[rows, columns]
        y, x = np.unravel_index(int(np.argmax(cell)), cell.shape)
        if cell[y, x] > LEAST_SLOPE:
            found.append((columns.start + x, rows.start + y))
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _weaker_slope(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """How steep (H, W) a picture is round each pixel, squared, along the way on which it is least so."""
    slope_y, slope_x = np.gradient(ndimage.gaussian_filter(picture, 1.0))
    xx, yy, xy = (ndimage.uniform_filter(it, 2 * HALF + 1) for it in (slope_x**2, slope_y**2, slope_x * slope_y))
    return np.asarray((xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2))


def _cells(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Rows and columns of the cells of a picture."""
    rows, columns = (np.linspace(0, side, count + 1).astype(int) for side, count in zip(shape, CELLS, strict=True))
    return [(slice(*one), slice(*other)) for one in pairwise(rows) for other in pairwise(columns)]


def _way(
    first: NDArray[np.float32], other: NDArray[np.float32], points_N2: Array, before: Array, rng: np.random.Generator
) -> Array | None:
    """The homography from one picture to another; None where too few corners are found, or agree."""
    found_N2, off_N = follow(first, other, points_N2, through(before, points_N2))
    good = off_N < UNLIKE
    if good.sum() < max(FEWEST, IN_VIEW * len(points_N2)):
        return None
    here, there = points_N2[good], found_N2[good]
    # What is left of the way after what was expected is a small turn, scale and shift, however wide the lens is.
    expected, best = through(before, here), np.zeros(len(here), dtype=np.bool_)
    for _ in range(DRAWS):
        pick = rng.choice(len(here), 2, replace=False)
        near = np.linalg.norm(_similar(expected[pick], there[pick], expected) - there, axis=-1) < NEAR
        best = near if near.sum() > best.sum() else best
    if best.sum() < max(FEWEST, MAJORITY * len(here)):
        return None
    way = similarity(expected[best], there[best]) @ before
    for room in (4 * NEAR, 2 * NEAR, NEAR):
        best = np.linalg.norm(through(way, here) - there, axis=-1) < room
        if best.sum() < max(FEWEST, MAJORITY * len(here)):
            return None
        way = homography(here[best], there[best])
    # What needs no bending gets none.
    plain = similarity(here[best], there[best])
    off = float(np.sqrt(np.mean((through(plain, here[best]) - there[best]) ** 2)))
    return plain if off < UNBENT else way


def _similar(from_22: Array, to_22: Array, points_N2: Array) -> Array:
    """Carry points by the turn, scale and shift that takes two points to two others."""
    a, b = from_22 @ [1, 1j], to_22 @ [1, 1j]
    factor = (b[1] - b[0]) / (a[1] - a[0] if a[1] != a[0] else 1)
    moved = b[0] + factor * (points_N2 @ [1, 1j] - a[0])
    return np.stack([moved.real, moved.imag], axis=-1)


def homography(here_N2: Array, there_N2: Array) -> Array:
    """Fit the homography (3, 3) that takes points to others, by the normalised direct linear transform."""
    shift, size = here_N2.mean(axis=0), max(float(here_N2.std()), 1e-9)
    inner = np.array([[1 / size, 0, -shift[0] / size], [0, 1 / size, -shift[1] / size], [0, 0, 1]])
    (x, y), (u, v) = through(inner, here_N2).T, through(inner, there_N2).T
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate(
        [
            np.stack([x, y, one, none, none, none, -u * x, -u * y], axis=1),
            np.stack([none, none, none, x, y, one, -v * x, -v * y], axis=1),
        ]
    )
    found = np.linalg.lstsq(rows, np.concatenate([u, v]), rcond=None)[0]
    way = np.linalg.inv(inner) @ np.append(found, 1.0).reshape(3, 3) @ inner
    return np.asarray(way / way[2, 2])


def similarity(here_N2: Array, there_N2: Array) -> Array:
    """Fit the turn, scale and shift that takes points to others, as a homography (3, 3), by least squares."""
    a, b = here_N2 @ [1, 1j], there_N2 @ [1, 1j]
    far = a - a.mean()
    factor = complex(np.vdot(far, b - b.mean()) / max(float(np.vdot(far, far).real), 1e-9))
    shift = complex(b.mean() - factor * a.mean())
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag], [0.0, 0.0, 1.0]])


def through(way_33: Array, points_N2: Array) -> Array:
    """Carry points (N, 2) by a homography.

    >>> through(np.eye(3), np.array([[1.0, 2.0]])).tolist()
    [[1.0, 2.0]]
    """
    moved = np.concatenate([points_N2, np.ones((len(points_N2), 1))], axis=1) @ way_33.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _taken_back(frames: Frames, ways_T33: Array) -> Frames:
    """Frames as the first picture's camera would have seen them, filled up where it did not look."""
    out, seen = np.zeros_like(frames), np.zeros(frames.shape[:3], dtype=np.bool_)
    for frame, way, picture, mask in zip(frames, ways_T33, out, seen, strict=True):
        warp(frame, way, picture, mask)
    chosen = np.unique(np.linspace(0, len(frames) - 1, 15).astype(int))
    known = np.where(seen[chosen][..., None], out[chosen].astype(np.float32), np.nan)
    some = seen[chosen].any(axis=0)
    behind = out[0].copy()
    behind[some] = np.nanmedian(known[:, some], axis=0).astype(np.uint8)
    for picture, mask in zip(out, seen, strict=True):
        picture[~mask] = behind[~mask]
    return out
