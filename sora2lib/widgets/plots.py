"""Quantities over time under a player, with a line at the moment that it shows; a click leads to another."""

from typing import Any

import numpy as np
import panel as pn
from bokeh.events import Tap
from bokeh.models import ColumnDataSource, Range1d
from bokeh.models.annotations import Span
from bokeh.palettes import Category10
from bokeh.plotting import figure

from sora2lib.widgets.experiment import Experiment, Trace
from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import in_page

LEAST = 0.05  # half of what an axis holds, in its unit, so that rounding is not seen as motion
QUANTITIES = ("height", "speed", "energy", "momentum")
NOW = "#e8590c"
COLOURS = [Category10[10][i] for i in (0, 2, 4, 5, 6, 8, 9)]  # without those that look like the line's
GREY = "#888888"  # reads on light and dark alike
# The line moves in the browser, as Python would be heard a tenth of a second later.
FOLLOW = "for (const span of spans) span.location = (cb_obj.data?.frame ?? cb_obj.frame) / clock.data.fps[0]"


class Plots:
    """Plots of an experiment: solid the clip, dashed what the laws say."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._clock = ColumnDataSource({"fps": [24.0]})
        self._sources = {name: (_lines(), _lines()) for name in QUANTITIES}
        self._figures = {name: _figure(name, *self._sources[name]) for name in QUANTITIES}
        self._spans = [_cursor(plot) for plot in self._figures.values()]
        for plot in self._figures.values():
            plot.on_event(Tap, lambda event: experiment.go_to(event.x))
        experiment.param.watch(in_page(self._show), "traces")
        panes = [pn.pane.Bokeh(plot, sizing_mode="stretch_width") for plot in self._figures.values()]
        self.pane = pn.GridBox(*panes, ncols=2, sizing_mode="stretch_width")
        if experiment.traces:
            self._show()

    def follow(self, player: PlayerPane) -> None:
        """Move the line with a player."""
        player.jscallback(args={"spans": self._spans, "clock": self._clock}, frame=FOLLOW)

    def _show(self) -> None:
        experiment = self._experiment
        self._clock.data = {"fps": [experiment.clip.fps]}
        tracks = experiment.report.tracks
        for name, sources in self._sources.items():
            trace = experiment.traces[name]
            self._figures[name].yaxis.axis_label = f"{name}, {trace.unit}"
            for source, value_NT in zip(sources, (trace.seen_NT, trace.lawful_NT), strict=True):
                source.data = _data(tracks.names, tracks.time_T, value_NT)
            _fit(self._figures[name], tracks.time_T, trace)
        for pane in self.pane:
            pane.param.trigger("object")


def _lines() -> ColumnDataSource:
    return ColumnDataSource({"x": [], "y": [], "name": [], "colour": []})


def _data(names: tuple[str, ...], time_T: Any, value_NT: Any) -> dict[str, list[Any]]:
    colours = [COLOURS[i % len(COLOURS)] for i in range(len(names))]
    return {"x": [time_T] * len(names), "y": list(value_NT), "name": list(names), "colour": colours}


def _figure(name: str, seen: ColumnDataSource, lawful: ColumnDataSource) -> Any:
    plot = figure(
        height=230, x_axis_label="seconds", tools="pan,wheel_zoom,box_zoom,reset,hover", toolbar_location=None,
        tooltips=[("", "@name"), ("seconds", "$x{0.00}"), (name, "$y{0.000}")],
        x_range=Range1d(start=0, end=1), y_range=Range1d(start=0, end=1), background_fill_alpha=0, border_fill_alpha=0,
        outline_line_alpha=0.3,
    )  # fmt: skip
    plot.multi_line("x", "y", source=seen, color="colour", line_width=2.5, legend_label="clip")
    plot.multi_line(
        "x", "y", source=lawful, color="colour", line_width=2.5, line_dash="dashed", alpha=0.7, legend_label="physics"
    )
    plot.legend[0].update(
        background_fill_alpha=0, border_line_alpha=0, label_text_color=GREY, orientation="horizontal", padding=2
    )
    for axis in plot.axis:
        axis.update(axis_label_text_color=GREY, major_label_text_color=GREY, axis_line_color=GREY)
    plot.grid.grid_line_alpha = 0.25
    return plot


def _cursor(plot: Any) -> Span:
    span = Span(location=0, dimension="height", line_color=NOW, line_width=2)
    plot.add_layout(span)
    return span


def _fit(plot: Any, time_T: Any, trace: Trace) -> None:
    """Let the axes hold all lines, with room for the legend above."""
    both = np.concatenate([trace.seen_NT.ravel(), trace.lawful_NT.ravel()])
    both = both[np.isfinite(both)]
    low, high = (float(both.min()), float(both.max())) if both.size else (0.0, 1.0)
    middle, half = (low + high) / 2, max((high - low) / 2, LEAST)
    plot.x_range.update(start=0.0, end=float(time_T[-1]) if len(time_T) else 1.0)
    plot.y_range.update(start=middle - 1.1 * half, end=middle + 1.35 * half)
