"""Which things of a film are seen clearly enough for a verdict; the others are followed all the same, and not judged.

Where light, a pattern, a reflection or what lies behind a thing takes a part of it away and gives it back, its outline
wavers, and its middle with it: no law can be told from that.
"""

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.tracks import Array, Tracks

LOST = 0.15  # of the area: what wavers by more may not be one thing at all
WAVERS = 0.04  # of the area: plain discs have up to 0.026 after H.264, balls of five pixels in full light 0.1
SURE, DEVIATIONS = 0.8, 1.2816  # share of the pictures that must be good, and the deviations that hold as many
MOVING = 0.1  # pixels a picture: what rests does not waver
MOSTLY = 0.75  # of its area: what is seen less of goes behind something, which is no wavering
LARGER = 1.5  # times its usual area: what is seen larger still was joined by something, or is usually seen in part
HALF_OF_ALL = 0.6745  # deviations within which half of all lie
SECOND = 6**0.5  # deviation of second differences in deviations of what is measured
FEWEST = 5  # pictures from which it is told
BRIEF = 10  # pictures: over fewer an area grows along a straight line, and no jump of it can be told from wavering


def followed(tracks: Tracks) -> NDArray[np.bool_]:
    """Tell of which things (N,) is known when they are there and roughly where, though their outlines may waver."""
    return np.array([wavering(tracks, i) <= LOST for i in range(len(tracks))], dtype=np.bool_)


def doubts(tracks: Tracks) -> tuple[str, ...]:
    """Say why each thing of a film is seen too unclearly to be judged, "" where it is not.

    >>> doubts(tracks)  # doctest: +SKIP
    ('', 'its outline wavers by 12% of its area')
    """
    return tuple(_doubt(tracks, i) for i in range(len(tracks)))


def _doubt(tracks: Tracks, thing: int) -> str:
    share = wavering(tracks, thing)
    if np.isnan(share):
        return "it is seen by itself, and moving, in too few pictures"
    return f"its outline wavers by {share:.0%} of its area" if share > WAVERS else ""


def unsteady(tracks: Tracks, thing: int) -> float:
    """Deviation of the half length of a thing from one that changes evenly, in radii: by that its ends come and go.

    Second differences of it tell, which an even change leaves none of; 0 where lengths are not known, or too few.
    """
    if tracks.oblong_NT is None:
        return 0.0
    half_T = np.sqrt(tracks.oblong_NT[thing] * tracks.cover_NT[thing])
    bends = np.diff(np.where(np.isfinite(tracks.place_NTD[thing, :, 0]), half_T, np.nan), n=2)
    bends = bends[np.isfinite(bends)]
    return float(np.median(np.abs(bends))) / HALF_OF_ALL / SECOND if len(bends) >= FEWEST else 0.0


# n pictures
def wavering(tracks: Tracks, thing: int) -> float:
    """Deviation of the area of a thing from one that grows evenly and jumps once at most, as a share of it.

    A jump is left to the law of sizes. NaN where a thing moves by itself in too few pictures.
    """
    cover_T = tracks.cover_NT[thing]
    clear_T = (cover_T > MOSTLY) & (cover_T < LARGER)
    if tracks.together_NT is not None:
        clear_T &= ~tracks.together_NT[thing]
    moved_V = np.linalg.norm(np.diff(tracks.place_NTD[thing], axis=0), axis=-1)
    rests_V = np.pad(moved_V < MOVING, 1, constant_values=True)  # NaN where it is partly hidden: that is no rest
    seen = np.flatnonzero(clear_T & ~(rests_V[:-1] & rests_V[1:]))
    if len(seen) < FEWEST:
        return float("nan")
    level_n = np.log(tracks.cover_NT[thing, seen])
    jumps = range(len(seen)) if len(seen) >= BRIEF else ()
    left = min((_left(level_n, seen, k) for k in jumps), key=lambda it: float(it @ it), default=_grown(level_n, seen))
    return float(np.quantile(np.abs(left), SURE)) / DEVIATIONS


def _left(level_n: Array, seen: NDArray[np.intp], jump: int) -> Array:
    """What a parabola over time and a jump leave of a level."""
    share_n = (seen - seen[0]) / max(int(seen[-1] - seen[0]), 1)
    after_n = np.arange(len(seen)) >= max(jump, 1)
    design_n4 = np.stack([np.ones_like(share_n), share_n, share_n**2, after_n], axis=1)
    return np.asarray(level_n - design_n4 @ np.linalg.lstsq(design_n4, level_n, rcond=None)[0])


def _grown(level_n: Array, seen: NDArray[np.intp]) -> Array:
    """What a straight line over time leaves of a level."""
    return np.asarray(level_n - np.polyval(np.polyfit(seen - seen[0], level_n, 1), seen - seen[0]))
