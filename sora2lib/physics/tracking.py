"""Tracks out of pictures: what moves before a still background, followed through occlusions, never invented.

Where a thing is hidden, cut off by the border or not to be found, its place is NaN.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import theilslopes

from sora2lib.kernels.tracking import covered
from sora2lib.physics.background import behind
from sora2lib.physics.blobs import APART, OVERSHOOT, Background, Blob, find, weighed
from sora2lib.physics.clarity import HALF_OF_ALL, LARGER, doubts, followed
from sora2lib.physics.linking import JOINED, Thread, link
from sora2lib.physics.presence import Places, Sight, born, judge_gaps
from sora2lib.physics.tracks import Array, Tracks

Frames = NDArray[np.uint8]
GRAIN = 0.012  # pixels: what rounding to bytes leaves of a centre
CODED_GRAIN = 0.05  # pixels: what H.264 leaves of it, whatever the size; or light on things that turn
UNEVEN = 0.08  # of the contrast: things whose brightness varies by more are lit, or have a pattern
CODED = 0.05  # of 0..255: a film whose background varies by more round things was coded, or is of a real camera
WHOLE = 0.92  # share of its usual area from which a thing counts as wholly seen
WAVERING, MOST_ROOM = 2.0, 0.25  # deviations of its area, and share of it, by which less may be seen of what wavers
PLAIN = 0.5  # of what an even size leaves: a growth that leaves less is plain
STIR = 0.35  # radii, or pixels, by which something must move to count as a thing
STIR_PIXELS = 1.5
MOST = 40  # things
SPECK = 45.0  # of the picture's height: what has a smaller radius may be a flake, or a drop
SWARM = 3  # specks that make a snowfall
OBLONG = 1.15  # from which ratio of its axes on a thing is no ball
CASTS = 0.2  # of the area of all shadows, at least, that of things which cast them
FAINT = 0.2  # of the greatest contrast
BLEEDING = 2.5  # pixels over which a codec's coarse colours run
SOFT = 1.5  # pixels over which the territories of two things pass into each other
HUE = 20.0  # of 0..255: how far colours within a thing may lie apart


# N things, T frames, H height, W width
def track(frames: Frames, time_T: Array, *, power: int = 3) -> Tracks:
    """Follow what moves in a film whose camera stands still.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8.
    time_T : seconds at which they are shown.
    power : of the radius with which masses grow: 3 for balls, 2 for discs.

    >>> track(clip.frames, np.arange(96) / 24)  # doctest: +SKIP
    Tracks(1 things, 96 moments, in px)
    """
    frames = np.ascontiguousarray(frames)
    scene = behind(frames)
    pictures = _without_shadows([find(frame, scene) for frame in frames])

    def split(index: int, blob: Blob, threads: list[Thread]) -> list[Blob | None]:
        return parted(frames[index], scene, blob, threads, index)

    height, stirring = frames.shape[1], [it for it in link(pictures, split) if _stirs(it)]
    threads = _clear(_without_specks(stirring, height / SPECK, len(frames) / 2))
    kept = sorted(threads, key=lambda it: -it.area * len(it.blobs))[:MOST]
    kept.sort(key=lambda it: min(it.blobs))
    tracks = _tracks(kept, time_T, frames.shape[1:3], power)
    sight = Sight(frames, scene, [it.colour for it in kept], tracks.radius_N)
    return replace(_judged(tracks, kept, sight), left_out=len(threads) - len(kept))


def _judged(tracks: Tracks, threads: Sequence[Thread], sight: Sight) -> Tracks:
    """Tracks of which is known what vanished, what came from nothing, and what is seen too unclearly to tell."""
    height, width = sight.frames.shape[1:3]
    together_NT = np.asarray(tracks.together_NT)
    cover_NT = tracks.cover_NT.copy()
    them = Places(tracks.place_NTD, cover_NT, together_NT, tracks.radius_N, (height, width))
    born_N = np.array([born(them, i, sight.bare) for i in range(len(threads))])
    for i in range(len(threads)):
        judge_gaps(them, i, sight.bare)
    return replace(tracks, cover_NT=cover_NT, born_N=born_N, doubts=doubts(tracks), followed_N=followed(tracks))


def _without_shadows(pictures: list[list[Blob]]) -> list[list[Blob]]:
    """Leave out what is but dimmed background, where enough else is seen that may cast such shadows."""
    dim, lit = (sum(it.area for them in pictures for it in them if it.shade is shade) for shade in (True, False))
    return [[it for it in them if not it.shade] for them in pictures] if lit > CASTS * dim else pictures


def _clear(threads: list[Thread]) -> list[Thread]:
    """Leave out what is much fainter than all else: what a codec leaves behind things that move."""
    contrast = [float(np.median([blob.contrast for blob in it.blobs.values()])) for it in threads]
    return [it for it, one in zip(threads, contrast, strict=True) if one > FAINT * max(contrast)]


def _without_specks(threads: list[Thread], radius: float, pictures: float) -> list[Thread]:
    """Leave out rain and snow: several things of less than a radius that are seen in less than some pictures."""
    specks = [it for it in threads if it.radius < radius and len(it.blobs) < pictures]
    return [it for it in threads if it not in specks] if len(specks) >= SWARM else threads


def _stirs(thread: Thread) -> bool:
    whole = np.array([blob.place for blob in thread.blobs.values() if not blob.cut]).reshape(-1, 2)
    return len(whole) > 3 and bool(np.ptp(whole, axis=0).max() > max(STIR * thread.radius, STIR_PIXELS))


def parted(
    frame: NDArray[np.uint8], scene: Background, blob: Blob, threads: Sequence[Thread], index: int
) -> list[Blob | None]:
    """Take a blob apart into those of several threads; None for one of which nothing is seen.

    Each pixel goes to the thread whose colour it has; between like colours the nearer one has it.
    """
    window, background = frame[blob.box].astype(np.float64), scene.picture[blob.box]
    offset = (window - background) @ APART.T
    y, x = (np.arange(it.start, it.stop, dtype=np.float64) for it in blob.box)
    centres = [thread.expected(index) for thread in threads]
    found: list[Blob | None] = [None] * len(threads)
    for _ in range(3):
        beyond = [np.hypot(x - at[0], y[:, None] - at[1]) - it.radius for at, it in zip(centres, threads, strict=True)]
        odds = [
            np.exp(-(((window - it.colour) @ APART.T / HUE) ** 2).sum(-1) / 2 - np.clip(away, 0, None) / SOFT)
            for away, it in zip(beyond, threads, strict=True)
        ]
        total = np.sum(odds, axis=0) + 1e-12
        found = [
            weighed(
                np.where(blob.mask & (away < 3), odd / total * covered(offset, it.colour, background, OVERSHOOT), 0.0),
                it.colour,
                blob.box,
                frame.shape[:2],
            )
            for odd, away, it in zip(odds, beyond, threads, strict=True)
        ]
        centres = [at if it is None else it.place for at, it in zip(centres, found, strict=True)]
    return found


def _tracks(threads: list[Thread], time_T: Array, sides: tuple[int, ...], power: int) -> Tracks:
    height, width = sides
    count, moments = len(threads), len(time_T)
    centre_NT2, cover_NT = np.full((count, moments, 2), np.nan), np.full((count, moments), np.nan)
    whole_NT, oblong_NT = np.zeros((count, moments), dtype=np.bool_), np.full((count, moments), np.nan)
    together_NT = np.zeros((count, moments), dtype=np.bool_)
    for i, thread in enumerate(threads):
        share_n = np.array([blob.area for blob in thread.blobs.values()]) / _usual(thread)
        room = _room(share_n)
        for (k, blob), share in zip(thread.blobs.items(), share_n, strict=True):
            cover = blob.area / thread.area
            cover_NT[i, k] = np.nan if blob.cut else min(cover, LARGER)
            centre_NT2[i, k] = blob.x + 0.5, height - blob.y - 0.5
            oblong_NT[i, k] = blob.spread[0] / max(float(blob.spread[1]), 1e-9)
            whole_NT[i, k] = not blob.cut and 1 - room <= share < 1 + max(room, JOINED)
        together_NT[i, list(thread.parted)] = True
    radius_N = np.array([thread.radius for thread in threads])
    reach_N = np.array([np.median([blob.reach for blob in thread.blobs.values()]) for thread in threads])
    _mark_bleeding(centre_NT2, reach_N, together_NT)
    _mark_held(centre_NT2, reach_N, together_NT)
    place_NT2 = np.where(whole_NT[..., None], centre_NT2, np.nan)
    names = _names([thread.colour for thread in threads])
    return Tracks(
        names=names,
        time_T=time_T,
        place_NTD=place_NT2,
        cover_NT=cover_NT,
        radius_N=radius_N,
        mass_N=radius_N**power / max(float(radius_N[0]) if count else 1.0, 1e-9) ** power,
        colour_N3=np.array([thread.colour for thread in threads]).reshape(-1, 3) / 255,
        unit="px",
        metres=float("nan"),
        grain=_grain(threads),
        sides=(width, height),
        together_NT=together_NT,
        oblong_NT=oblong_NT,
        round_N=np.array([_looks_round(it) for it in threads], dtype=np.bool_),
    )


# n pictures in which it is seen
def _usual(thread: Thread) -> Array:
    """Area (n,) that a thing has when nothing hides or joins it: grows evenly where that is plain, else is the same."""
    size_n, moment_n = np.log([it.area for it in thread.blobs.values()]), np.array(list(thread.blobs))
    even_n = np.full(len(size_n), np.log(thread.area))
    slope, level = theilslopes(size_n, moment_n)[:2]
    grown_n = level + slope * moment_n
    plain = np.median(np.abs(size_n - grown_n)) < PLAIN * np.median(np.abs(size_n - even_n))
    return np.asarray(np.exp(grown_n if plain else even_n))


def _room(share_n: Array) -> float:
    """By which share of its usual area a thing may be seen smaller and still be seen whole: as its outline wavers."""
    wavers = float(np.median(np.abs(np.log(share_n)))) / HALF_OF_ALL
    return min(max(1 - WHOLE, WAVERING * wavers), MOST_ROOM)


def _looks_round(thread: Thread) -> bool:
    spread = np.median(
        [blob.spread for blob in thread.blobs.values() if not blob.cut] or [np.array([2.0, 1.0])], axis=0
    )
    return bool(spread[0] < OBLONG * max(float(spread[1]), 1e-9))


def _mark_bleeding(centre_NT2: Array, reach_N: Array, together_NT: NDArray[np.bool_]) -> None:
    """Mark where two things, partly seen ones too, are so near that a codec's colours run from one into the other."""
    for i in range(len(reach_N)):
        for j in range(i):
            away_T = np.linalg.norm(centre_NT2[i] - centre_NT2[j], axis=-1) - reach_N[i] - reach_N[j]
            together_NT[[i, j]] |= away_T < BLEEDING


def _mark_held(centre_NT2: Array, reach_N: Array, together_NT: NDArray[np.bool_]) -> None:
    """Mark where a thing is not seen and another is where it should be: what is seen there may be both."""
    for j, centre_T2 in enumerate(centre_NT2):
        seen = np.flatnonzero(np.isfinite(centre_T2[:, 0]))
        gap = np.setdiff1d(np.arange(seen[0], seen[-1]), seen)
        due_n2 = np.stack([np.interp(gap, seen, along) for along in centre_T2[seen].T], axis=-1)
        for i in (it for it in range(len(reach_N)) if it != j):
            away_n = np.linalg.norm(centre_NT2[i, gap] - due_n2, axis=-1) - reach_N[i] - reach_N[j]
            together_NT[np.ix_([i, j], gap[away_n < BLEEDING])] = True


def _grain(threads: Sequence[Thread]) -> float:
    """The least error of a centre, pixels: what a codec, or light, does to it lasts, so that differences hide it."""
    blobs = [blob for thread in threads for blob in thread.blobs.values()]
    coded = bool(blobs) and float(np.median([it.halo for it in blobs])) > CODED
    uneven = bool(blobs) and float(np.median([it.uneven for it in blobs])) > UNEVEN
    return CODED_GRAIN if coded or uneven else GRAIN


NAMED = {
    "black": (20, 20, 20), "white": (240, 240, 240), "grey": (128, 128, 128), "red": (210, 40, 40),
    "orange": (240, 140, 40), "yellow": (235, 215, 60), "green": (60, 160, 60), "blue": (50, 90, 200),
    "purple": (130, 60, 170), "pink": (240, 140, 180), "brown": (120, 75, 40), "cyan": (70, 200, 210),
}  # fmt: skip


def _names(colours: list[Array]) -> tuple[str, ...]:
    """Call things by their colours; those of one colour are counted."""
    plain = [min(NAMED, key=lambda name: float(np.abs(np.subtract(NAMED[name], it)).sum())) for it in colours]
    return tuple(
        f"{name} {plain[: i + 1].count(name)}" if plain.count(name) > 1 else name for i, name in enumerate(plain)
    )
