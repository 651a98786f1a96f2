"""What a physics lesson knows: a clip, the same start under laws that can be changed, and how far the two differ."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import InspectError, Sora2Error
from sora2lib.physics.curves import curves
from sora2lib.physics.inspector import inspect
from sora2lib.physics.report import Report
from sora2lib.physics.rerun import Change, simulated
from sora2lib.physics.study import Study
from sora2lib.physics.tracks import of_world, part_of
from sora2lib.render import render
from sora2lib.widgets.abreast import heard_as, narrowed, row
from sora2lib.widgets.reel import Mark, Reel, film_strip, marks
from sora2lib.widgets.uploads import opened
from sora2lib.widgets.work import Task, Work
from sora2lib.world.schema import GRAVITY, World

Frames = NDArray[np.uint8]
PLACES = {"Earth": 9.81, "Moon": 1.62, "Mars": 3.71, "Jupiter": 24.79, "Nowhere": 0.0}
GAIN = 3  # by which differences are exaggerated
SOFT = 0.3  # strength of an impact's pin, beside 1 of a broken law's


@dataclass(frozen=True, eq=False)
class Trace:
    """One quantity of N things over T moments: of the clip, and as the laws have it."""

    unit: str
    seen_NT: NDArray[np.float64]
    lawful_NT: NDArray[np.float64]


class Experiment(Work):
    """Hold a clip beside the same start under laws that can be changed.

    Set a clip and the laws, then :meth:`start` or :meth:`make`. On Earth, and with blows as they were, what is shown
    beside the clip is the reference of its report.

    >>> experiment = Experiment(clip=sora.simulate("drop", seed=3), gravity=1.62)  # doctest: +SKIP
    >>> experiment.make()                                                          # doctest: +SKIP
    """

    clip: Any = param.ClassSelector(class_=Clip, doc="What is looked at.")
    gravity = param.Number(GRAVITY, bounds=(0, 30), doc="m/s² in the reference.")
    alike = param.Boolean(False, doc="Whether every blow of the reference has the same restitution.")
    restitution = param.Number(0.8, bounds=(0, 1), doc="Speed after a blow over speed before, if all are alike.")
    speed = param.Number(1.0, bounds=(0, 3), doc="How much faster everything starts in the reference.")

    width = param.Integer(416, bounds=(64, 1280), step=2, doc="Pixels that each of the pictures side by side is wide.")

    message = param.String("Choose a clip.", doc="Where the work is, or what came out.")
    report: Any = param.ClassSelector(class_=Report, doc="What the inspector says of the clip.")
    reel = param.Dict({}, doc="Clip, reference and difference in one film, as a player needs it.")
    titles = param.List([], item_type=str, doc="What the pictures of the film are, from left to right.")
    traces = param.Dict({}, doc="Quantities by name, each a Trace.")
    frame = param.Integer(0, bounds=(0, None), doc="The picture that is shown.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._stale = False

    def start(self) -> None:
        """Work in a thread; work that is under way is given up for what is asked now."""
        if self.running:
            self._stale = True
            self.cancel()
        else:
            super().start()

    @param.depends("running", watch=True)
    def _go_on(self) -> None:
        if self._stale and not self.running:
            self._stale = False
            super().start()

    @property
    def change(self) -> Change:
        """What is otherwise than it was."""
        gravity = None if self.gravity == GRAVITY else self.gravity
        return Change(gravity, self.restitution if self.alike else None, self.speed)

    def open(self, name: str, content: bytes) -> None:
        """Take a film as it was uploaded; what is wrong with it is told in :attr:`message`."""
        try:
            self.clip = opened(name, content)
        except Sora2Error as error:
            self.message = str(error)

    def go_to(self, seconds: float) -> None:
        """Show the picture of a moment."""
        if self.clip is not None:
            self.frame = min(max(int(np.ceil(seconds * self.clip.fps - 1e-6)), 0), len(self.clip.frames) - 1)

    def reset(self) -> None:
        """Put the laws back to what they are."""
        self.param.update(gravity=GRAVITY, alike=False, speed=1.0)

    def task(self) -> Task:
        """Check that there is a clip; the work inspects it, if it is new, and simulates it again."""
        clip, change = self.clip, self.change
        if clip is None:
            raise InspectError("there is no clip yet; choose one")

        def work() -> str:
            self.tell("Following what moves", 0.0)
            report = self.report if self.report is not None and self.report.clip is clip else inspect(clip)
            film, lawful, titles = self._beside(clip, report, change)
            marked = sorted((*_broken(report), *_soft(clip)), key=lambda mark: mark.time)
            named = clip.request.prompt if clip.request else clip.maker or "a film"
            label = f"{named}; from left to right: {'; '.join(titles)}"
            reel = replace(Reel.of(film), strip=media.jpeg(film_strip(clip)), marks=tuple(marked), label=label)
            found = traces(report.study, lawful)
            self.param.update(report=report, traces=found, titles=titles, reel=reel.fields())
            return report.verdict

        return work

    def _beside(self, clip: Clip, report: Report, change: Change) -> tuple[Clip, Study, list[str]]:
        """The pictures side by side, what the laws say, and the titles of the pictures."""
        self.tell("Simulating again", 0.1)
        told = described(change)
        if report.source == "world":
            part = part_of(clip)
            again = simulated(part, change)
            count = min(len(clip.frames), int(part.seconds * clip.fps) + 1)
            titles = ["The clip", told, f"Difference, {GAIN} times as strong"]
            return heard_as(self._pictures(part, again, clip, count), clip), Study(of_world(again)), titles
        laws = {"gravity": change.gravity, "restitution": change.restitution, "speed": change.speed}
        places = report.what_if(**laws).place.sel(run="what if").values  # type: ignore[arg-type]
        seen = replace(report, reference_NTD=places).annotated().frames
        pairs = (map(self._small, pair) for pair in zip(clip.frames, seen, strict=True))
        lawful = Study(replace(report.tracks, place_NTD=places))
        return heard_as((row(*pair) for pair in pairs), clip), lawful, ["The clip", f"White: seen. Blue: {told}"]

    def _pictures(self, seen: World, lawful: World, clip: Clip, count: int) -> Iterator[Frames]:
        """Clip, reference and difference of each moment; both drawn alike, so that what is the same is black."""
        height, width = self._small(clip.frames[0]).shape[:2]
        worlds = (
            render(it, width=width, height=height, fps=clip.fps, seconds=count / clip.fps) for it in (seen, lawful)
        )
        for index, (a, b) in enumerate(zip(*worlds, strict=True), start=1):
            apart = GAIN * np.abs(a.astype(np.int16) - b)
            yield row(a, b, np.minimum(apart, 255).astype(np.uint8))
            self.tell(f"Drawing: frame {index} of {count}", 0.1 + 0.9 * index / count)

    def _small(self, picture: Frames) -> Frames:
        return narrowed(picture, self.width)


def described(change: Change) -> str:
    """Say in words what the laws of a reference are.

    >>> described(Change(gravity=1.62, speed=2.0))
    'Physics with gravity 1.62 m/s², 2 times the speed'
    """
    parts = [] if change.gravity is None else [f"gravity {change.gravity:g} m/s²"]
    parts += [] if change.restitution is None else [f"restitution {change.restitution:g}"]
    parts += [] if change.speed == 1.0 else [f"{change.speed:g} times the speed"]
    return f"Physics with {', '.join(parts)}" if parts else "Physics, from the same start"


def traces(seen: Study, lawful: Study) -> dict[str, Trace]:
    """Return height, place sideways, speed, energy and momentum of what was seen, and of what the laws say.

    In worlds energy is in joules; in pictures, where masses are known but for a factor, in shares of the most seen.
    """
    a, b, unit = curves(seen), curves(lawful), seen.tracks.unit
    places = seen.tracks.place_NTD, lawful.tracks.place_NTD
    known = unit == "m"

    def shares(name: str, one_NT: Any, other_NT: Any) -> Trace:
        most = 1.0 if known else max(float(np.nanmax(np.abs(one_NT), initial=0.0)), 1e-12)
        return Trace(name if known else "of the most", one_NT / most, other_NT / most)

    return {
        "height": Trace(unit, *(it[..., -1] for it in places)),
        "sideways": Trace(unit, *(it[..., 0] for it in places)),
        "speed": Trace(f"{unit}/s", a.speed_NT, b.speed_NT),
        "energy": shares("J", a.energy_NT, b.energy_NT),
        "momentum": shares("N s", a.momentum_NTD[..., 0], b.momentum_NTD[..., 0]),
    }


def _broken(report: Report) -> Iterator[Mark]:
    for it in report.violations:
        if np.isfinite(it.time):
            yield Mark(round(it.time, 4), f"{it.law} broken, {it.what}: {it.why}", 1.0)


def _soft(clip: Clip) -> Iterator[Mark]:
    return (replace(mark, strength=SOFT * mark.strength) for mark in marks(clip))
