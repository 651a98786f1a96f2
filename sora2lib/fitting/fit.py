"""From a picture or a film to what a clip can start from, and a report of what was understood."""

import base64
import html
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.backdrop import LONGEST_SIDE
from sora2lib.clip import Clip
from sora2lib.errors import MediaError
from sora2lib.fitting.looks import appearance, horizon_of, look, tables
from sora2lib.fitting.picture import ROWS, Patch, patches, shrunk
from sora2lib.fitting.scenery import scenery
from sora2lib.media import foreign
from sora2lib.physics.steady import steadied
from sora2lib.physics.tracking import NAMED, track
from sora2lib.start import FASTEST, MOST_THINGS, Seen, Start

Array = NDArray[np.float64]
Frame = NDArray[np.uint8]
SURE = 0.6  # from which share on what is likeliest counts as known
DARK = 24  # of 0..255: a picture that is hardly anywhere brighter is dark
BRIGHTEST = 0.995  # quantile of the brightness that decides it
PLAIN = 6.0  # of 0..255: the deviation of the brightness of a picture that shows nothing
USUAL_FOV = 40.0  # degrees: the middle of what worlds are filmed with
UNSEEN = 1.1  # half heights: where the horizon is taken to lie if it is not in the picture
STRANGE = 4  # of the numbers of a picture lie beyond all that was drawn: 1 in 25 drawn ones has more
FAINT = 1.4  # times what counts as different: what stands out less is no thing
LEAST_SHARE = 0.04  # of the largest thing's area
FEWEST = 8  # pictures from which speeds are told
WATCHED = 0.34  # seconds of a film from which they are told
TAKEN, LONGEST, SIDE = 2.0, 60.0, 640  # seconds read of a film, that it may last; pixels of the longer side
SLOWEST_FILM, FASTEST_FILM = 1, 240  # frames a second
NO_HORIZON = "No horizon is seen; the camera is taken to look down a little."
INSTANT = 0.5  # seconds of a film, of which the first picture is taken
SMALLEST, LARGEST = 32, 50_000_000  # pixels along a side, and of a whole picture


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """What was understood of a picture, and what was not.

    Parameters
    ----------
    start : what a clip can start from.
    sure : how sure that is, 0 to 1: of the horizon, ground, light and weather.
    notes : what was not understood or taken for granted, one sentence each.
    picture : (H, W, 3) uint8, the first one; made read-only.

    >>> fit(np.zeros((90, 160, 3), np.uint8)).notes
    ('The picture is dark; nothing is taken from it.',)
    """

    start: Start
    sure: dict[str, float]
    notes: tuple[str, ...]
    picture: Frame

    def __post_init__(self) -> None:
        view = self.picture.view()
        view.flags.writeable = False
        object.__setattr__(self, "picture", view)

    @property
    def annotated(self) -> Frame:
        """The picture with a box round each thing and a line along the horizon."""
        drawn = self.picture.copy()
        height, width = drawn.shape[:2]
        half = height / 2
        for it in self.start.things:
            left, right = (round(width / 2 + half * (it.x + side * it.width / 2)) for side in (-1, 1))
            top, bottom = (round(half * (1 - it.y - side * it.height / 2)) for side in (1, -1))
            _frame(drawn, left, top, right, bottom)
        row = round(half * (1 - self.start.horizon))
        if "horizon" in self.sure and 0 <= row < height:
            drawn[row, ::2] = 255
            drawn[row, 1::2] = 0
        return drawn

    def __repr__(self) -> str:
        place = [it or f"{name} unknown" for name, it in self._place.items()]
        things = [_colour_name(it) for it in self.start.things]
        return f"Fit({', '.join(place)}; {len(things)} things{': ' if things else ''}{', '.join(things)})"

    @property
    def _place(self) -> dict[str, str | None]:
        return {"ground": self.start.ground, "light": self.start.light, "weather": self.start.weather}

    def _repr_html_(self) -> str:
        rows = [
            (name, f"{it} ({self.sure[name]:.0%} sure)" if it else "not understood") for name, it in self._place.items()
        ]
        rows += [(f"thing {i}", _colour_name(it)) for i, it in enumerate(self.start.things, start=1)]
        told = "".join(f"<tr><th scope='row'>{name}</th><td>{html.escape(it)}</td></tr>" for name, it in rows)
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        shown = media.jpeg(self.annotated)
        picture = f"data:image/jpeg;base64,{base64.b64encode(shown).decode()}"
        # Colours are the page's own, so that all reads on light and dark alike.
        return (
            f'<figure style="margin:0;color:inherit"><img alt="{html.escape(repr(self))}" style="max-width:100%" '
            f'src="{picture}"><figcaption><table>{told}</table><ul>{notes}</ul></figcaption></figure>'
        )


Picture = str | Path | Frame | Clip


def fit(picture: Picture | Fit, *, fov: float | None = None, backdrop: bool = False) -> Fit:
    """Read what a clip can start from off a picture, or off the first moment of a film.

    Parameters
    ----------
    picture : the path of a PNG, JPEG, WebP, GIF, MP4, MOV or WebM file, which is decoded in a process of its own; an
        array (H, W, 3) uint8; or a clip. Of a film, speeds are read as well.
    fov : vertical field of view of the lens in degrees, 5 to 120; None takes 40.
    backdrop : whether the picture itself hangs in the distance behind the world: what stands out in it is filled in
        from around it, and a small copy goes with the clip and its files. Where it shows no horizon, the camera is
        taken to be level.

    Returns
    -------
    What was understood, and how surely. What was not is left to the model when a clip is made.

    Raises
    ------
    MediaError
        The file is missing, damaged, too large, too long or of another kind, or the array is no picture.
    RequestError
        The field of view breaks its rule.

    >>> sora2lib.fit("photo.png").start.ground  # doctest: +SKIP
    'grass'
    >>> lake = sora2lib.fit("lake.jpg", backdrop=True)                            # doctest: +SKIP
    >>> sora2lib.generate("a ball bounces, the camera orbits left", start=lake)  # doctest: +SKIP
    """
    if isinstance(picture, Fit):
        return picture
    frames, fps = _opened(picture)
    first, lens = frames[0], USUAL_FOV if fov is None else fov
    start = Start(fov=lens)
    small = shrunk(first)
    if np.quantile(small.max(axis=-1), BRIGHTEST) < DARK:
        return Fit(start, {}, ("The picture is dark; nothing is taken from it.",), first)
    if small.std(axis=(0, 1)).max() < PLAIN:
        return Fit(start, {}, ("The picture is of one colour; nothing is taken from it.",), first)
    found, things = _understood(small, start, fov is None)
    found = replace(_moving(found, frames, fps) if len(frames) >= FEWEST else found, picture=first)
    return _hung(found, _large(picture, first), things) if backdrop else found


def _large(picture: Picture, first: Frame) -> Frame:
    """The first picture (H, W, 3), as large as it may hang behind a world."""
    if not isinstance(picture, str | Path):
        return first
    return _on_white(foreign.beginning(picture, first=INSTANT, longest=LONGEST_SIDE, most=LONGEST).frames[:1])[0]


def _hung(found: Fit, picture: Frame, things: list[Patch]) -> Fit:
    """The same with its picture (H, W, 3) as a backdrop, without its things."""
    start, notes = found.start, found.notes
    if "horizon" not in found.sure:
        # Of a photograph it is hidden more often than above: what is higher than the eye then belongs to the distance.
        low = [it.y - it.height / 2 < 0 for it in start.things]
        things = list(compress(things, low))
        start = replace(start, horizon=0.0, things=tuple(compress(start.things, low)))
        notes = (*(it for it in notes if it != NO_HORIZON), "No horizon is seen; the camera is taken to be level.")
    content, share = scenery(picture, [it.mask for it in things])
    told = f"The picture hangs behind the world; {len(things)} things in it, {share:.1%} of it, are filled in."
    return replace(found, start=replace(start, backdrop=content), notes=(*notes, told))


def _opened(picture: Picture) -> tuple[NDArray[np.uint8], float]:
    """Frames (T, H, W, 3) and frames a second, checked."""
    if isinstance(picture, Clip):
        frames, fps = picture.frames, picture.fps
    elif isinstance(picture, str | Path):
        seen = foreign.beginning(picture, first=TAKEN, longest=SIDE, most=LONGEST)
        frames, fps = _on_white(seen.frames), seen.fps
        if len(frames) > 1 and not SLOWEST_FILM <= fps <= FASTEST_FILM:
            raise MediaError(f"{picture} has {fps:g} frames a second; {SLOWEST_FILM} to {FASTEST_FILM} can be read")
    else:
        frames, fps = _array(picture)[None], 0.0
    height, width = frames.shape[1:3]
    if min(height, width) < SMALLEST or height * width > LARGEST or not 0.2 <= width / height <= 5:
        raise MediaError(
            f"the picture has {width}x{height} pixels; give {SMALLEST} a side or more, {LARGEST / 1e6:g} million at "
            "most, and no side longer than five times the other"
        )
    return frames, fps


def _on_white(frames: Frame) -> Frame:
    """Pictures (T, H, W, 3) without their opacity, if they have one."""
    if frames.shape[-1] == 3:
        return frames
    share = frames[..., 3:].astype(np.float32) / 255
    return np.asarray(np.round(share * frames[..., :3] + 255 * (1 - share)), dtype=np.uint8)


def _array(picture: Frame) -> Frame:
    if not isinstance(picture, np.ndarray) or picture.ndim != 3 or picture.shape[-1] != 3 or picture.dtype != np.uint8:
        what = f"{picture.dtype} {picture.shape}" if isinstance(picture, np.ndarray) else f"{picture!r:.60}"
        raise MediaError(f"the picture is {what}; give a path, a Clip, or an array uint8 (height, width, 3)")
    return picture


def _understood(small: Frame, start: Start, lens_unknown: bool) -> tuple[Fit, list[Patch]]:
    """What a picture of ROWS rows tells, and what of it the things are."""
    row, certain = horizon_of(small)
    found = patches(small, row)
    mask = np.any([it.mask for it in found], axis=0) if found else np.zeros(small.shape[:2], dtype=np.bool_)
    numbers = look(small, row, mask)
    shares = {name: tables()[name].shares(numbers) for name in ("ground", "light", "weather")}
    best = {name: max(share, key=lambda it: share[it]) for name, share in shares.items()}
    strange = tables()["ground"].strange(numbers) > STRANGE
    sure = {name: 0.0 if strange else share[best[name]] for name, share in shares.items()}
    notes = ["The picture is unlike all that is drawn here."] if strange else []
    notes += [
        f"The {name} is not understood; it looks most like {best[name]} ({sure[name]:.0%})."
        for name in shares
        if sure[name] < SURE
    ]
    if row is None:
        notes.append(NO_HORIZON)
    else:
        sure["horizon"] = certain
    kept, left = _things(found)
    notes += left
    if lens_unknown:
        notes.append(f"The lens is taken to see {USUAL_FOV:g} degrees from top to bottom, and the camera to be level.")
    known = {name: best[name] if sure[name] >= SURE else None for name in best}
    start = replace(
        start,
        things=tuple(_seen(small, it, numbers) for it in kept),
        horizon=UNSEEN if row is None else 1 - 2 * row / ROWS,
        ground=known["ground"],
        light=known["light"],
        weather=known["weather"],
    )
    return Fit(start, sure, tuple(notes), small), kept


def _things(found: list[Patch]) -> tuple[list[Patch], list[str]]:
    """Which patches are things, and notes on those that are left out."""
    plain = [it for it in found if it.contrast >= FAINT]
    whole = [it for it in plain if not it.cut]
    large = [it for it in whole if it.mask.sum() >= LEAST_SHARE * whole[0].mask.sum()]
    notes = []
    if len(whole) < len(plain):
        notes.append(f"{len(plain) - len(whole)} of what stands out is cut off by the border; it is left out.")
    if len(large) > MOST_THINGS:
        notes.append(f"{len(large)} things stand out; the {MOST_THINGS} largest are taken.")
    if not large:
        notes.append("Nothing stands out; who is there, and the camera, are left to the model.")
    return large[:MOST_THINGS], notes


def _seen(small: Frame, patch: Patch, numbers: Array) -> Seen:
    left, top, right, bottom = patch.box
    half, width = ROWS / 2, small.shape[1]
    red, green, blue = np.clip(tables()["colour"](appearance(small, patch.mask, numbers)), 0, 1).tolist()
    return Seen(
        (red, green, blue),
        x=((left + right) / 2 - width / 2) / half,
        y=(half - (top + bottom) / 2) / half,
        width=(right - left) / half,
        height=(bottom - top) / half,
    )


def _moving(found: Fit, frames: NDArray[np.uint8], fps: float) -> Fit:
    """The same with the speeds that a film tells."""
    still = steadied(frames)
    if still.lost or still.ways_T33 is not None:
        return replace(
            found, notes=(*found.notes, "The camera of the film moves; how fast things are is left to the model.")
        )
    time = np.arange(len(frames)) / fps
    tracks = track(still.frames, time)
    half, (height, width) = frames.shape[1] / 2, frames.shape[1:3]
    begun = [_beginning(place, time) for place in tracks.place_NTD]  # pixels to the right and up, of the first moment
    things = []
    for it in found.start.things:
        near = [
            speed / half
            for place, speed in (one for one in begun if one is not None)
            if abs((place[0] - width / 2) / half - it.x) < it.width / 2
            and abs((place[1] - height / 2) / half - it.y) < it.height / 2
        ]
        speed = np.clip(near[0], -FASTEST, FASTEST).tolist() if near else [0.0, 0.0]
        things.append(replace(it, speed=(speed[0], speed[1])))
    return replace(found, start=replace(found.start, things=tuple(things)))


def _beginning(place_T2: Array, time: Array) -> tuple[Array, Array] | None:
    """Where a thing is at first, and how fast; None if it is not seen at once."""
    seen = np.flatnonzero(np.isfinite(place_T2[:, 0]) & (time <= WATCHED))
    if len(seen) < FEWEST // 2 or seen[0] > 1:
        return None
    # A parabola, as of what falls.
    curve = np.polynomial.polynomial.polyfit(time[seen], place_T2[seen], 2)
    return curve[0], curve[1]


def _colour_name(thing: Seen) -> str:
    colour = 255 * np.array(thing.colour)
    return min(NAMED, key=lambda name: float(np.abs(np.subtract(NAMED[name], colour)).sum()))


def _frame(picture: Frame, left: int, top: int, right: int, bottom: int) -> None:
    """Draw the border of a box, white with black inside."""
    for inset, value in ((0, 255), (1, 0)):
        rows, columns = (
            slice(max(0, first + inset), max(0, last - inset)) for first, last in ((top, bottom), (left, right))
        )
        for edge in (rows.start, rows.stop - 1):
            picture[edge : edge + 1, columns] = value
        for edge in (columns.start, columns.stop - 1):
            picture[rows, edge : edge + 1] = value
