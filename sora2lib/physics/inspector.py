"""Inspect a clip: find what moves and how, and hold it against physics."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib.clip import Clip, opened
from sora2lib.errors import InspectError, WorldError
from sora2lib.kernels.tracking import block_means
from sora2lib.physics.bodies import findings
from sora2lib.physics.laws import Check, checks
from sora2lib.physics.onsets import RATE, onsets
from sora2lib.physics.outcome import shots
from sora2lib.physics.overlay import in_picture, resampled
from sora2lib.physics.report import Report
from sora2lib.physics.rerun import rerun, simulated
from sora2lib.physics.steady import Steady, steadied
from sora2lib.physics.study import Study, scaled
from sora2lib.physics.tracking import track
from sora2lib.physics.tracks import Array, Tracks, nothing, of_world, part_of, world_of
from sora2lib.world.schema import World

WAYS = ("world", "pixels")
SHAPES = {"balls": 3, "discs": 2}
FEWEST = 8  # pictures in which motion can be told from noise
CHANGED = 12.0  # of 0..255: a block of a picture that differs by more has changed
CUT, CUT_SHARE = 0.5, 3.0  # of all blocks, and of the usual share: where more change, another shot begins
BLOCK = 4  # every second pixel, so many of them across
BLACK = 6  # of 0..255: a film that is nowhere brighter is black
UNEVEN = 0.02  # of a step: pictures further off an even clock are of a variable rate
NEAR_BORDER = 4.0  # radii from the border of the picture, where a thing may be out of it a moment later


# T frames, H height, W width, N things, D axes
def inspect(
    clip: Clip | str | Path,
    *,
    by: str | None = None,
    scale: float | None = None,
    diameter: float | None = None,
    shapes: str = "balls",
) -> Report:
    """Find what moves in a clip and how, and hold it against physics.

    Parameters
    ----------
    clip : a clip, or the path of a film, ours or anyone's.
    by : "world" reads what is known of a clip that sora2lib made, "pixels" looks at the pictures alone; None takes
        the world where there is one.
    scale : metres that a pixel is, for pixels; None takes it from how things fall, if they do.
    diameter : metres across the thing that is seen first, instead of ``scale``.
    shapes : "balls" or "discs"; masses of things in pictures grow with the third or second power of their size.

    Returns
    -------
    A report. What could not be measured is told in it, with the reason.

    Raises
    ------
    MediaError
        The file is missing, damaged or no film.
    InspectError
        A value breaks its rule, or the world is asked for and there is none.

    >>> inspect("ball.mp4", diameter=0.24).violations  # doctest: +SKIP
    ()
    """
    _check(by, scale, diameter, shapes)
    if isinstance(clip, Clip):
        film, title, time_T = clip, clip.request.prompt if clip.request else clip.maker or repr(clip), None
    else:
        (film, time_T), title = opened(clip), Path(clip).name
    by = by or ("world" if film.world is not None else "pixels")
    if by == "world":
        return _by_world(film, title)
    return _by_pixels(film, title, time_T, scale, diameter, SHAPES[shapes])


def _check(by: str | None, scale: float | None, diameter: float | None, shapes: str) -> None:
    if by not in (None, *WAYS):
        raise InspectError(f"by={by!r} is no way to inspect; use one of {', '.join(WAYS)}, or leave it out")
    if shapes not in SHAPES:
        raise InspectError(f"shapes={shapes!r} is not known; use one of {', '.join(SHAPES)}")
    for name, value in (("scale", scale), ("diameter", diameter)):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise InspectError(f"{name} {value} is no length in metres; give a number above 0, or leave it out")
    if scale is not None and diameter is not None:
        raise InspectError(f"scale {scale} and diameter {diameter} both say how long a pixel is; give one of them")


def _by_world(clip: Clip, title: str) -> Report:
    world, part = world_of(clip), part_of(clip)
    tracks = of_world(part)
    study = Study(tracks, _heard(clip), shots(part, clip.request.prompt if clip.request else ""))
    reference, notes = _simulated(part, tracks)
    time_F = clip.start + np.arange(len(clip.frames)) / clip.fps
    height, width = clip.frames.shape[1:3]
    place_NFD = resampled(tracks, tracks.place_NTD, time_F - float(part.time[0] - world.time[0]))
    pixel_NF2 = in_picture(world, place_NFD, time_F, (width, height))
    told = (*checks(study), *_figures(world))
    notes = (*notes, *_unmeasured(told))
    return Report(title, "world", study, told, reference, clip, pixel_NF2, notes, world)


def _figures(world: World) -> list[Check]:
    """Laws of people and animals, see :mod:`sora2lib.physics.bodies`."""
    return [
        Check(
            f"figure: {name}",
            "people and animals",
            np.nan,
            it.value,
            it.value / it.limit,
            1.0,
            f"{it.value:.3g} of {it.limit:g}",
        )
        for name, it in findings(world).items()
    ]


def _simulated(world: World, tracks: Tracks) -> tuple[Array | None, tuple[str, ...]]:
    """Places of the things of a world that is simulated again from its start; None where it cannot be."""
    try:
        again = simulated(world)
    except WorldError as error:
        return None, (f"There is no reference: {error}.",)
    return np.asarray(again.position.sel(actor=list(tracks.names)).values), ()


def _by_pixels(
    clip: Clip, title: str, time_T: Array | None, scale: float | None, diameter: float | None, power: int
) -> Report:
    if time_T is None or len(time_T) != len(clip.frames):
        time_T = np.arange(len(clip.frames)) / clip.fps
    film = np.ascontiguousarray(clip.frames)  # those of a phone may be turned views
    shot, notes = _longest_shot(film)
    frames, time_T = film[shot], time_T[shot]
    height, width = frames.shape[1:3]
    steps = np.diff(time_T)
    if len(steps) and np.ptp(steps) > UNEVEN * float(np.median(steps)):
        notes.append(f"The film has a variable rate, {1 / steps.max():.3g} to {1 / steps.min():.3g} pictures a second.")
    reason = _unfit(frames)
    still = Steady(frames, notes=[reason]) if reason else steadied(frames)
    notes += still.notes
    blind = bool(reason) or still.lost
    tracks = nothing(time_T, (width, height)) if blind else track(still.frames, time_T, power=power)
    if still.ways_T33 is not None:
        tracks = _unless_outside(tracks, still)
    if not blind and not len(tracks):
        notes.append("Nothing that could be followed moves before the background.")
    if tracks.left_out:
        count = len(tracks)
        notes.append(f"{count + tracks.left_out} things move; only the {count} largest and longest seen were followed.")
    study = Study(scaled(tracks, scale=scale, diameter=diameter), _heard(clip))
    told = tuple(checks(study))
    seen = clip
    if len(frames) < len(clip.frames):
        seen = replace(clip, frames=frames, sound=clip.sound[:, _samples(clip, shot)], world=None)
    reference = rerun(study) if len(tracks) else None
    pixel_NT2 = still.back(tracks.place_NTD)
    notes += _unmeasured(told)
    return Report(title, "pixels", study, told, reference, seen, pixel_NT2, tuple(notes), camera=still.camera)


def _unless_outside(tracks: Tracks, still: Steady) -> Tracks:
    """What vanishes, or comes, near the border of the film's own pictures was left, or found, by the camera."""
    cover_NT, born_N = tracks.cover_NT.copy(), np.array(tracks.born_N)
    for i, place_T2 in enumerate(still.back(tracks.place_NTD)):
        seen, room = np.flatnonzero(np.isfinite(place_T2[:, 0])), NEAR_BORDER * tracks.radius_N[i]
        away_T = np.minimum(place_T2, np.array(tracks.sides) - place_T2).min(axis=-1)
        for k in np.flatnonzero(cover_NT[i] == 0):
            if away_T[seen[seen < k][-1]] < room:
                cover_NT[i, k] = np.nan
        if len(seen) and away_T[seen[0]] < room:
            born_N[i] = 0.0
    return replace(tracks, cover_NT=cover_NT, born_N=born_N)


def _samples(clip: Clip, shot: slice) -> slice:
    return slice(*(round(it / clip.fps * clip.rate) for it in (shot.start, shot.stop)))


def _longest_shot(frames: NDArray[np.uint8]) -> tuple[slice, list[str]]:
    """The longest part of a film (T, H, W, 3) without a cut, and a note where there are cuts."""
    blocks = block_means(frames, BLOCK)
    share_V = np.array([(np.abs(b - a).max(axis=0) > CHANGED).mean() for a, b in pairwise(blocks)])
    usual = float(np.median(share_V)) if len(share_V) else 0.0
    cuts = [0, *(np.flatnonzero(share_V > max(CUT, CUT_SHARE * usual)) + 1).tolist(), len(frames)]
    first, last = max(pairwise(cuts), key=lambda it: it[1] - it[0])
    count = len(cuts) - 2
    times = "once" if count == 1 else f"{count} times"
    told = f"The film is cut {times}; only its longest shot, pictures {first} to {last - 1}, was inspected."
    return slice(first, last), [told] if count else []


def _unfit(frames: NDArray[np.uint8]) -> str:
    """Why nothing can be measured in a film, or ""."""
    if len(frames) < FEWEST:
        count = "is 1 picture" if len(frames) == 1 else f"are {len(frames)} pictures"
        return f"There {count}; motion is told from {FEWEST} or more."
    if frames[:: max(1, len(frames) // 8)].max() < BLACK:
        return "The film is black."
    if all((frame == frames[0]).all() for frame in frames[1:]):
        return "Nothing moves: all pictures are alike."
    return ""


def _heard(clip: Clip) -> Array | None:
    """Seconds at which a clip's sound sets in; None where it is silent, another one was given, or effects are off."""
    if clip.soundtrack.mix > 0 or not clip.soundtrack.levels.effects or not np.abs(clip.sound).max(initial=0.0) > 1e-4:
        return None
    sound = clip.sound
    if clip.rate != RATE:
        time = np.arange(round(sound.shape[1] / clip.rate * RATE)) / RATE
        sound = np.stack([np.interp(time, np.arange(sound.shape[1]) / clip.rate, it) for it in sound]).astype(
            np.float32
        )
    return onsets(sound)


def _unmeasured(told: tuple[Check, ...]) -> list[str]:
    """One sentence for each law that nothing was measured of."""
    known = {it.law for it in told if it.holds is not None}
    return [f"Not measured: {it.law}, because {it.why}." for it in told if it.holds is None and it.law not in known]
