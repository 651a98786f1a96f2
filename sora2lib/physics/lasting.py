"""The laws of what lasts: nothing vanishes, nothing comes from nothing, nothing changes its size at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.leaps import Row
from sora2lib.physics.study import Study
from sora2lib.physics.tracks import Array, Tracks

FEWEST = 5  # pictures before and after from which a change of size is told
SMALLEST_CHANGE = 0.02  # of the area, by which a mask errs
HALF = 0.5  # of its area: what is seen less of is partly hidden
SHARP = 0.6  # of a change must lie between two pictures and the next two: more slowly things come nearer, or get hidden
UNSEEN = 3  # pictures round a change in which a thing may be out of sight, at most
BENT = 0.08  # of the ratio of its axes: by more an outline changes


def permanence(study: Study) -> Iterator[Row]:
    """M5: nothing vanishes where nothing could hide it."""
    tracks = study.tracks
    for i, (name, cover_T) in enumerate(zip(tracks.names, tracks.cover_NT, strict=True)):
        if not tracks.followed(i):
            yield name, np.nan, np.nan, np.nan, tracks.doubts[i]
            continue
        gone = np.flatnonzero(cover_T == 0)
        time = float(tracks.time_T[gone[0]]) if len(gone) else np.nan
        hidden = int(np.isnan(cover_T).sum())
        why = (
            f"gone in {len(gone)} pictures"
            if len(gone)
            else f"seen, or hidden, or outside in all pictures ({hidden} unseen)"
        )
        yield name, time, float(len(gone)), float(len(gone)), why
    if not len(tracks):
        yield "things", np.nan, np.nan, np.nan, "nothing moves that could be followed"


def birth(study: Study) -> Iterator[Row]:
    """M5: nothing comes from nothing in the middle of a picture."""
    tracks = study.tracks
    if tracks.unit == "m" or tracks.born_N is None:
        yield "things", np.nan, np.nan, np.nan, "only pictures tell whether something is there from the start"
        return
    for i, (name, new) in enumerate(zip(tracks.names, tracks.born_N, strict=True)):
        if not tracks.followed(i):
            yield name, np.nan, np.nan, np.nan, tracks.doubts[i]
            continue
        seen = np.flatnonzero(np.isfinite(tracks.place_NTD[i, :, 0]))
        time = float(tracks.time_T[seen[0]]) if new and len(seen) else np.nan
        told = {0.0: "there from the start, or came in", 1.0: "not there a picture before, and nothing hid it"}
        yield name, time, new, new, told.get(new, "it may have been hidden before it was first seen")
    if not len(tracks):
        yield "things", np.nan, np.nan, np.nan, "nothing moves that could be followed"


def immutability(study: Study) -> Iterator[Row]:
    """M6: nothing changes its size at once. What is not round shows other sides as it turns, and is not asked."""
    tracks = study.tracks
    if tracks.unit == "m":
        yield "size", np.nan, np.nan, np.nan, "a world's things have one size"
        return
    asked = False
    for i in (it for it in range(len(tracks)) if tracks.clear([it]) and tracks.balls([it])):
        alone_T = (tracks.cover_NT[i] > HALF) & ~_together(tracks, i)
        cover_T = np.where(alone_T, tracks.cover_NT[i], np.nan)
        moments = np.flatnonzero(~np.isnan(cover_T))
        change = _change(cover_T[moments], moments)
        if change is not None:
            asked = True
            value, spread, at = change
            why, score = f"its area changes by {value:+.1%} at once", abs(value) / spread
            if score > 1 and _bends(tracks, i, moments, at):
                why, score = f"{why}, and its outline, too: a shadow or reflection may have joined it", np.nan
            yield tracks.names[i], float(tracks.time_T[moments[at]]), value, score, why
    if not asked:
        yield "size", np.nan, np.nan, np.nan, f"nothing round is seen clearly and whole in {2 * FEWEST} pictures"


def _together(tracks: Tracks, thing: int) -> NDArray[np.bool_]:
    none_T = np.zeros(len(tracks.time_T), dtype=np.bool_)
    return none_T if tracks.together_NT is None else tracks.together_NT[thing]


def _change(cover_n: Array, moments: NDArray[np.intp]) -> tuple[float, float, int] | None:
    """Largest sudden change of an area (n,): the change, its deviation, where; what grows evenly comes nearer.

    What changes while it is out of sight for longer may have changed evenly.
    """
    room = 2 * FEWEST - 1
    starts = np.flatnonzero(moments[room:] - moments[:-room] <= room + UNSEEN)
    if not len(starts):
        return None
    share_n = 2 * (moments - moments[0]) / (moments[-1] - moments[0]) - 1
    level_n = np.log(np.maximum(cover_n, 1e-3))
    level_n = np.exp(level_n - np.polyval(np.polyfit(share_n, level_n, 2), share_n))
    spread = max(float(1.4826 * np.median(np.abs(np.diff(level_n)))) / np.sqrt(2), SMALLEST_CHANGE)
    best = (0.0, spread, FEWEST)
    for k in (starts + FEWEST).tolist():
        value = float(np.median(level_n[k : k + FEWEST]) / np.median(level_n[k - FEWEST : k]) - 1)
        beside = float(level_n[k : k + 2].mean() / level_n[k - 2 : k].mean() - 1)
        if abs(value) > abs(best[0]) and beside * np.sign(value) >= SHARP * abs(value):
            best = (value, spread, k)
    return best


def _bends(tracks: Tracks, thing: int, moments: NDArray[np.intp], at: int) -> bool:
    """Whether the outline of a thing changes with its size: what grows or shrinks alone stays as round as it was."""
    if tracks.oblong_NT is None:
        return False
    before, after = (tracks.oblong_NT[thing, it] for it in (moments[at - FEWEST : at], moments[at : at + FEWEST]))
    return bool(abs(np.log(np.median(after) / np.median(before))) > BENT)
