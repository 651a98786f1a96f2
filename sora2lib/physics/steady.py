"""The camera's own motion, estimated from what stands still and taken out of the pictures.

Corners of the first picture are followed (Lucas and Kanade) and the homography that most of them obey is found by
random samples (M. Fischler and R. Bolles, Comm. ACM 24 (1981) 381). That is exact for a camera that turns and zooms,
and for a flat scene; one that travels past near and far things leaves a remainder, which is told.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

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
LOOKS, UNMOVED = 9, 6.0  # pictures, and 0..255: a corner whose patch changes by less stays where it is
UNLIKE = 25.0  # of 0..255: a patch that differs by more was lost
STILL = 0.25  # pixels of the pictures: a camera that moves less stands still
PARALLAX = 0.7  # pixels that corners may miss the homography by


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
    """

    frames: Frames
    ways_T33: Array | None = None
    notes: list[str] = field(default_factory=list)
    lost: bool = False

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
    first = _grey(frames[0], shrink)
    points_N2 = corners(first)
    spread = points_N2.std(axis=0) / np.array(first.shape[::-1]) if len(points_N2) else np.zeros(2)
    # Corners that lie together are those of a thing, not of the background.
    if len(points_N2) < FEWEST or spread.min() < WIDE:
        return Steady(
            frames,
            notes=["The background has too few corners to tell whether the camera moves; it is taken to stand still."],
        )
    if _stands_still(frames, first, points_N2, shrink):
        return Steady(frames)
    ways, worst, rng = [np.eye(3)], 0.0, np.random.default_rng(0)
    for frame in frames[1:]:
        # The camera goes on as it last did.
        ahead = ways[-1] @ np.linalg.inv(ways[-2]) @ ways[-1] if len(ways) > 1 else ways[-1]
        found = _way(first, _grey(frame, shrink), points_N2, ahead, rng)
        if found is None:
            return Steady(frames, notes=["The camera moves too far or too unevenly to be followed."], lost=True)
        ways.append(found[0])
        worst = max(worst, found[1])
    ways_T33 = np.array(ways)
    moved = shrink * max(float(np.linalg.norm(_through(it, points_N2) - points_N2, axis=-1).max()) for it in ways_T33)
    if moved < STILL * max(shrink, 1):
        return Steady(frames)
    size = np.diag([shrink, shrink, 1.0])
    full_T33 = size @ ways_T33 @ np.linalg.inv(size)
    notes = [f"The camera moves by up to {moved:.0f} pixels; that was taken out."]
    if worst > PARALLAX:
        notes.append("It travels past near and far things, so that places are less certain.")
    return Steady(_taken_back(frames, full_T33), full_T33, notes)


def _stands_still(frames: Frames, first: NDArray[np.float32], points_N2: Array, shrink: int) -> bool:
    """Whether most corners stay where they are in most pictures; the others are those of things that move."""
    places = points_N2.astype(int)
    chosen = np.unique(np.linspace(1, len(frames) - 1, LOOKS).astype(int))
    off_LN = [
        ndimage.uniform_filter(np.abs(_grey(frames[k], shrink) - first), 2 * HALF + 1)[places[:, 1], places[:, 0]]
        for k in chosen
    ]
    return bool((np.median(off_LN, axis=0) < UNMOVED).mean() > 0.5)


def _grey(frame: Frames, shrink: int) -> NDArray[np.float32]:
    return np.ascontiguousarray(frame[::shrink, ::shrink].astype(np.float32) @ APART[0].astype(np.float32))


def corners(picture: NDArray[np.float32]) -> Array:
    """Return the best corners (N, 2), x and y, of the cells of a picture (C. Tomasi and J. Shi, CVPR 1994)."""
    smooth = ndimage.gaussian_filter(picture, 1.0)
    slope_y, slope_x = np.gradient(smooth)
    xx, yy, xy = (ndimage.uniform_filter(it, 2 * HALF + 1) for it in (slope_x**2, slope_y**2, slope_x * slope_y))
    weaker = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    room = HALF + 3
    weaker[:room], weaker[-room:], weaker[:, :room], weaker[:, -room:] = 0, 0, 0, 0
    found = []
    for rows in np.array_split(np.arange(picture.shape[0]), CELLS[0]):
        for columns in np.array_split(np.arange(picture.shape[1]), CELLS[1]):
            cell = weaker[np.ix_(rows, columns)]
            k = int(np.argmax(cell))
            if cell.flat[k] > LEAST_SLOPE:
                found.append((columns[k % len(columns)], rows[k // len(columns)]))
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _way(
    first: NDArray[np.float32], other: NDArray[np.float32], points_N2: Array, before: Array, rng: np.random.Generator
) -> tuple[Array, float] | None:
    """The homography from the first picture to another and how far corners miss it; None where too few are found."""
    found_N2, off_N = follow(first, other, points_N2, _through(before, points_N2))
    good = off_N < UNLIKE
    if good.sum() < FEWEST:
        return None
    here, there = points_N2[good], found_N2[good]
    best = np.zeros(len(here), dtype=np.bool_)
    for _ in range(DRAWS):
        pick = rng.choice(len(here), 2, replace=False)
        near = np.linalg.norm(_similar(here[pick], there[pick], here) - there, axis=-1) < NEAR
        best = near if near.sum() > best.sum() else best
    if best.sum() < max(FEWEST, 0.4 * len(here)):
        return None
    # A turning camera bends the picture a little; corners that do not belong stay out. What needs no bending gets none.
    for room, fit in ((4 * NEAR, similarity), (NEAR, similarity), (4 * NEAR, homography), (NEAR, homography)):
        way = fit(here[best], there[best])
        miss_N = np.linalg.norm(_through(way, here) - there, axis=-1)
        best = miss_N < room
        if best.sum() < FEWEST:
            return None
        if fit is similarity and room == NEAR and np.sqrt(np.mean(miss_N[best] ** 2)) < UNBENT:
            break
    return way, float(np.sqrt(np.mean(miss_N[best] ** 2)))


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
    (x, y), (u, v) = _through(inner, here_N2).T, _through(inner, there_N2).T
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


def _through(way_33: Array, points_N2: Array) -> Array:
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
