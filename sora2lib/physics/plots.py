"""A report as HoloViews plots, for Bokeh: position, speed, energy, momentum, and verdicts on a timeline.

Loaded when a report is asked for a plot, because HoloViews takes a second to load and is not part of the core.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np

from sora2lib.physics.curves import curves
from sora2lib.physics.laws import LAWS
from sora2lib.physics.page import INK, SIGNS
from sora2lib.physics.tracks import Array

if TYPE_CHECKING:
    from sora2lib.physics.report import Report

SIZE: dict[str, Any] = {"width": 720, "height": 260, "show_grid": True, "tools": ["hover"]}
DARKER = 0.8  # a thing's own colour, so that white ones show on white
ROOM = 1.05  # of the most, at which an axis of shares ends
TIME = hv.Dimension("time", unit="s")


def plot(report: "Report", what: str) -> Any:
    """Draw one of :data:`DRAWN`.

    >>> plot(report, "speed")  # doctest: +SKIP
    """
    if "bokeh" not in hv.Store.loaded_backends():
        hv.extension("bokeh")
    return DRAWN[what](report)


def position(report: "Report") -> Any:
    """Height and place sideways, solid as seen, dashed as the reference has it."""
    return hv.Layout([_places(report, axis, name) for name, axis in (("height", -1), ("sideways", 0))]).cols(1)


def _places(report: "Report", axis: int, name: str) -> Any:
    tracks = report.tracks
    value = hv.Dimension(name, unit=tracks.unit)
    seen = [_line(report, i, tracks.place_NTD[i, :, axis], value) for i in range(len(tracks))]
    if report.reference_NTD is not None:
        seen += [_line(report, i, report.reference_NTD[i, :, axis], value, "dashed") for i in range(len(tracks))]
    return _overlay([*seen, *_blows(report)], name, value)


def speed(report: "Report") -> Any:
    """How fast each thing is."""
    value = hv.Dimension("speed", unit=f"{report.tracks.unit}/s")
    lines = [_line(report, i, speed_T, value) for i, speed_T in enumerate(curves(report.study).speed_NT)]
    return _overlay([*lines, *_blows(report)], "speed", value)


def energy(report: "Report") -> Any:
    """Energy of each thing, and dotted of all together, over what they have at most."""
    found = curves(report.study)
    whole = np.isfinite(found.potential_NT).any()
    title = "energy of motion and height" if whole else "energy of motion; nothing falls, so none of height"
    return _shares(report, found.energy_NT, "energy", title).opts(ylim=(0, ROOM), backend="bokeh")


def momentum(report: "Report") -> Any:
    """Momentum of each thing along the level axis, and dotted of all together, over what it is at most."""
    level_NT = curves(report.study).momentum_NTD[..., 0]
    return _shares(report, level_NT, "momentum", "momentum to the right").opts(ylim=(-ROOM, ROOM), backend="bokeh")


def _shares(report: "Report", value_NT: Array, name: str, title: str) -> Any:
    """Lines of what adds up, as shares of the largest sum; masses in pictures are known but for a factor."""
    together_T = value_NT.sum(axis=0) if len(value_NT) else np.zeros(0)
    finite = np.abs(value_NT[np.isfinite(value_NT)])
    most = max(float(np.nanmax(np.abs(together_T), initial=0.0)), float(finite.max(initial=0.0)), 1e-12)
    value = hv.Dimension(name, label=f"{name}, share of the most")
    lines = [_line(report, i, it / most, value) for i, it in enumerate(value_NT)]
    if len(value_NT) > 1:
        whole = hv.Curve((report.tracks.time_T, together_T / most), TIME, value, label="together")
        lines.append(whole.opts(color="#777777", line_dash="dotted", line_width=2, backend="bokeh"))
    return _overlay([*lines, *_blows(report)], title, value)


def verdicts(report: "Report") -> Any:
    """Each law asked at its moment: green holds, red broken; laws of a whole clip lie at its beginning."""
    laws, value = list(LAWS), hv.Dimension("law")
    first, last = _span(report)
    marks = []
    for holds, name in SIGNS.items():
        rows = [it for it in report.checks if it.holds is holds and it.law in LAWS]
        points = [(first if np.isnan(it.time) else it.time, it.law, it.what, it.why) for it in rows]
        mark = hv.Points(points, [TIME, value], ["of", "why"], label=name)
        marks.append(mark.opts(color=INK[holds], size=9, marker="x" if holds is False else "circle", backend="bokeh"))
    room = 0.02 * (last - first)
    whole = hv.Overlay(marks).redim.values(law=laws[::-1])
    return whole.opts(
        hv.opts.Overlay(**SIZE, title=report.verdict, legend_position="right", xlim=(first - room, last + room)),
        backend="bokeh",
    )


def _line(report: "Report", thing: int, value_T: Array, value: hv.Dimension, dash: str = "solid") -> Any:
    tracks = report.tracks
    colour = "#" + "".join(f"{int(255 * DARKER * it):02x}" for it in tracks.colour_N3[thing])
    label = tracks.names[thing] if dash == "solid" else f"{tracks.names[thing]}, reference"
    line = hv.Curve((tracks.time_T, value_T), TIME, value, label=label)
    return line.opts(color=colour, line_dash=dash, line_width=2, alpha=1.0 if dash == "solid" else 0.6, backend="bokeh")


def _blows(report: "Report") -> Iterator[Any]:
    """An upright line at each blow."""
    for it in report.study.meetings:
        yield hv.VLine(it.time).opts(color="#999999", line_width=1, line_dash="dotted", backend="bokeh")


def _overlay(parts: list[Any], title: str, value: hv.Dimension) -> Any:
    parts = parts or [hv.Curve([], TIME, value)]
    return hv.Overlay(parts).opts(hv.opts.Overlay(**SIZE, title=title, legend_position="right"), backend="bokeh")


def _span(report: "Report") -> tuple[float, float]:
    time_T = report.tracks.time_T
    return (float(time_T[0]), float(time_T[-1])) if len(time_T) > 1 else (0.0, 1.0)


DRAWN: dict[str, Callable[["Report"], Any]] = {
    "position": position,
    "speed": speed,
    "energy": energy,
    "momentum": momentum,
    "verdicts": verdicts,
}
