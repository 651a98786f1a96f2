"""What an inspection found: tracks, numbers, laws, a reference; as HTML, tables, arrays and an annotated clip."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import InspectError
from sora2lib.media.files import replacing
from sora2lib.physics import page
from sora2lib.physics.laws import LAWS, Check
from sora2lib.physics.overlay import annotated, still
from sora2lib.physics.rerun import Change, horizons, rerun, simulated
from sora2lib.physics.study import Study
from sora2lib.physics.tracks import Array, Tracks, part_of
from sora2lib.world.schema import GRAVITY, World

if TYPE_CHECKING:
    import pandas

PLOTS = ("position", "speed", "energy", "momentum", "verdicts")
POSTER = 960  # pixels that a poster is wide at most


# N things, T moments, D axes
@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What an inspection found. Frozen; asking "what if" gives a new one's reference.

    Parameters
    ----------
    title : what was inspected.
    source : "world" where the world is known, "pixels" where it was found in the pictures.
    study : all that was measured.
    checks : each law, asked of each thing and blow; unmeasured ones among them.
    reference_NTD : places that the simulator gives from the same start, as the tracks; None without.
    clip : what was inspected.
    pixel_NT2 : where the things are in the clip's pictures, for drawing.
    notes : what could not be measured and why, one sentence each.
    world : the world, where it is known.
    camera : "still", "followed", "plain" where the background is too plain to tell whether it moves, "lost" where it
        moves and could not be followed; "known" of a world.

    >>> report = inspect(clip)                        # doctest: +SKIP
    >>> [it.why for it in report.violations]          # doctest: +SKIP
    []
    """

    title: str
    source: str
    study: Study
    checks: tuple[Check, ...]
    reference_NTD: Array | None
    clip: Clip
    pixel_NT2: Array
    notes: tuple[str, ...] = ()
    world: World | None = field(default=None)
    camera: str = "known"

    @property
    def tracks(self) -> Tracks:
        """Where each thing is over time."""
        return self.study.tracks

    @property
    def violations(self) -> tuple[Check, ...]:
        """Checks whose law is broken, in order of time."""
        return tuple(sorted((it for it in self.checks if it.holds is False), key=lambda it: np.nan_to_num(it.time)))

    @property
    def passed(self) -> bool | None:
        """Whether every law that could be measured holds; None where none could be."""
        answers = [it.holds for it in self.checks if it.holds is not None]
        return all(answers) if answers and self.measured > 0 else None

    @property
    def measured(self) -> float:
        """Share of the laws that could be measured."""
        known = {it.law for it in self.checks if it.holds is not None}
        return len(known) / len({it.law for it in self.checks} or LAWS)

    @property
    def verdict(self) -> str:
        """The outcome in one sentence."""
        if self.camera == "lost":
            return "Could not be measured: the camera moves in a way that could not be followed."
        if self.passed is None:
            return "Nothing could be measured; the notes say why."
        share = f"{self.measured:.0%} of the laws could be measured"
        if self.camera == "plain":
            share = f"that is if the camera stands still, which so plain a background does not tell; {share}"
        if self.passed:
            return f"No law is broken; {share}."
        laws = ", ".join(dict.fromkeys(it.law for it in self.violations))
        return f"Broken: {laws}; {share}."

    @cached_property
    def horizon_N(self) -> Array:
        """Seconds (N,) until each thing is half its radius off the reference; infinite for never, NaN without one."""
        if self.reference_NTD is None:
            return np.full(len(self.tracks), np.nan)
        return horizons(self.study, self.reference_NTD)

    @cached_property
    def numbers(self) -> dict[str, str]:
        """What was measured, in words, with deviations."""
        return dict(_numbers(self))

    @cached_property
    def poster(self) -> bytes:
        """A JPEG with the paths of everything; b"" where nothing moves."""
        if not len(self.tracks):
            return b""
        picture = still(self.clip.frames, self.pixel_NT2, self.study)
        if picture.shape[1] > POSTER:
            picture = media.shrink(picture, width=POSTER, height=round(POSTER * picture.shape[0] / picture.shape[1]))
        return media.jpeg(picture)

    def annotated(self) -> Clip:
        """Return the clip with trails, rings round what was seen, and red where a law is broken.

        >>> report.annotated().save("seen.mp4")  # doctest: +SKIP
        """
        frames, broken_T = self.clip.frames, np.zeros(len(self.clip.frames), dtype=np.bool_)
        for it in self.violations:
            if np.isfinite(it.time):
                first = int(it.time * self.clip.fps)
                broken_T[max(first - 2, 0) : first + 6] = True
        reference = self.reference_NTD if self.source == "pixels" else None
        radius = self.tracks.radius_N if self.source == "pixels" else np.full(len(self.tracks), frames.shape[1] / 60)
        drawn = annotated(frames, self.pixel_NT2, radius, reference, broken_T)
        return Clip(drawn, self.clip.fps, self.clip.sound, self.clip.rate, cameos=self.clip.cameos)

    def what_if(
        self, *, gravity: float | None = None, restitution: float | None = None, speed: float = 1.0
    ) -> xr.Dataset:
        """Simulate again from the same start with something changed, and return both beside each other.

        Parameters
        ----------
        gravity : m/s^2, such as 1.62 for the moon; in pictures it needs a scale, which things that fall give.
        restitution : of every blow, 0 to 1.
        speed : how much faster everything starts.

        Raises
        ------
        InspectError
            Nothing moves that could be simulated, or gravity is asked for and the scale is not known.
        WorldError
            The world cannot be simulated again, or a value breaks its rule.

        >>> report.what_if(gravity=1.62).place.sel(run="what if")  # doctest: +SKIP
        """
        if not len(self.tracks):
            raise InspectError(
                "nothing moves here that could be simulated again; inspect a clip in which something does"
            )
        change = Change(gravity, restitution, speed)
        again = self._rerun_world if self.source == "world" else self._rerun_pictures
        runs = np.stack([self.tracks.place_NTD, again(Change()), again(change)])
        return xr.Dataset(
            {"place": (("run", "thing", "time", "axis"), runs, {"units": self.tracks.unit})},
            {"run": ["seen", "reference", "what if"], "thing": list(self.tracks.names), "time": self.tracks.time_T,
             "axis": self._axes},
        )  # fmt: skip

    def _rerun_world(self, change: Change) -> Array:
        names = list(self.tracks.names)
        return np.asarray(simulated(part_of(self.clip), change).position.sel(actor=names).values)

    def _rerun_pictures(self, change: Change) -> Array:
        metres, _ = self.study.metres
        if change.gravity is None:
            return rerun(self.study, change)
        if not np.isfinite(metres):
            raise InspectError(
                f"gravity {change.gravity} m/s² needs a scale and nothing falls; give scale= or diameter="
            )
        return rerun(self.study, replace(change, gravity=change.gravity / metres))

    @property
    def _axes(self) -> list[str]:
        return list("xyz") if self.tracks.place_NTD.shape[-1] == 3 else ["x", "z"]

    def to_xarray(self) -> xr.Dataset:
        """Return tracks, reference and cover over thing and time.

        >>> report.to_xarray().place.sel(axis="z").plot.line(x="time")  # doctest: +SKIP
        """
        tracks, axes = self.tracks, ("thing", "time", "axis")
        variables: dict[str, Any] = {
            "place": (axes, tracks.place_NTD, {"units": tracks.unit}),
            "cover": (axes[:2], tracks.cover_NT),
            "radius": (axes[:1], tracks.radius_N, {"units": tracks.unit}),
        }
        if self.reference_NTD is not None:
            variables["reference"] = (axes, self.reference_NTD, {"units": tracks.unit})
        metres, source = self.study.metres
        return xr.Dataset(
            variables,
            {"thing": list(tracks.names), "time": tracks.time_T, "axis": self._axes},
            {"title": self.title, "metres_per_unit": metres, "scale_from": source or "unknown"},
        )

    def plot(self, what: str = "position") -> Any:
        """Return a HoloViews plot, drawn by Bokeh.

        Parameters
        ----------
        what : "position" with the reference, "speed", "energy", "momentum", or "verdicts" on a timeline.

        Raises
        ------
        InspectError
            There is no such plot, or HoloViews is not installed.

        >>> report.plot("speed")  # doctest: +SKIP
        """
        if what not in PLOTS:
            raise InspectError(f"what={what!r} is no plot; use one of {', '.join(PLOTS)}")
        try:
            from sora2lib.physics import plots
        except ImportError as error:
            raise InspectError(f"plots need HoloViews ({error}); pip install 'sora2lib[studio]'") from error
        return plots.plot(self, what)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row a check: law, what, time, value, score, limit, why, holds."""
        return _frame([vars(it) | {"holds": it.holds} for it in self.checks])

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the report as one HTML page that needs nothing else, and return its path.

        Raises
        ------
        MediaError
            The suffix is not .html, the folder is missing or read-only, or the file exists and ``force`` is off.

        >>> report.save("report.html")  # doctest: +SKIP
        """
        with replacing(path, suffixes=(".html",), force=force) as temporary:
            shown = self.annotated() if len(self.tracks) else self.clip
            film = _even(shown.frames)
            video = media.mp4(film, fps=shown.fps, sound=shown.sound, rate=shown.rate)
            temporary.write_text(page.page(self, video=video), encoding="utf-8")
        return Path(path)

    def __repr__(self) -> str:
        return (
            f"Report({self.title!r}, {len(self.tracks)} things, {len(self.violations)} violations, from {self.source})"
        )

    def _repr_html_(self) -> str:
        return page.fragment(self)


def _frame(rows: list[dict[str, Any]]) -> Any:
    return xr.Dataset({name: ("row", [row[name] for row in rows]) for name in rows[0]}).to_dataframe()


def _even(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Frames cut to even sides, as video needs them."""
    height, width = (side - side % 2 for side in frames.shape[1:3])
    return frames[:, :height, :width]


def _numbers(report: Report) -> list[tuple[str, str]]:
    study, unit = report.study, report.tracks.unit
    gravity, sd = study.gravity
    metres, source = study.metres
    rows = [("things", ", ".join(study.tracks.names) or "none")]
    if np.isfinite(gravity):
        known = f" = {gravity * metres:.3f} ± {sd * metres:.3f} m/s²" if source == "given" and unit != "m" else ""
        rows.append(("gravity", f"{gravity:.5g} ± {sd:.2g} {unit}/s²{known}"))
    if source == "gravity":
        rows.append(("scale", f"{1 / metres:.4g} pixels a metre, if it falls with {GRAVITY} m/s²"))
    for it in study.meetings:
        who = " and ".join(study.tracks.names[i] for i in it.things)
        if len(it.things) == 1 and not np.isfinite(it.restitution):
            continue
        e = f", restitution {it.restitution:.4f} ± {it.restitution_sd:.4f}" if np.isfinite(it.restitution) else ""
        rows.append((f"blow at {it.time:.4f} ± {it.time_sd:.4f} s", f"{who}{e}"))
    for i, swing in study.swings.items():
        told = f"period {swing.period:.4f} s, length {swing.length:.4g} ± {swing.length_sd:.2g} {unit}"
        rows.append((f"pendulum {study.tracks.names[i]}", told))
    for name, radius, time in zip(study.tracks.names, study.tracks.radius_N, report.horizon_N, strict=True):
        told = "never leaves it" if np.isinf(time) else f"leaves it at {time:.2f} s"
        if not np.isnan(time):
            rows.append((f"{name} and the reference", f"{told}, by half its radius of {radius:.3g} {unit}"))
    rows.append(("seen whole", f"{study.seen:.0%} of the time" if np.isfinite(study.seen) else "nothing"))
    return rows
