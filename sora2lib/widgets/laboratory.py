"""The physics lesson as a part of a Panel page: laws on the left, what comes of them on the right, plots below."""

import io
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import panel as pn
import param

from sora2lib.physics.laws import Check
from sora2lib.physics.report import Report
from sora2lib.widgets.experiment import PLACES, Experiment
from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import LEFT, WIDE, above, beside, in_page, progress
from sora2lib.widgets.plots import Plots

RIGHT = {"flex": "3 1 560px", "min-width": "min(560px, 100%)", "max-width": "1160px"}
MOST = 12  # broken laws that are listed


class Laboratory(pn.viewable.Viewer):
    """A clip beside physics, in step: pictures, plots, broken laws; and what would be under other laws.

    >>> Laboratory(Experiment(clip=sora.simulate("drop", seed=3))).servable()  # doctest: +SKIP
    """

    experiment = param.ClassSelector(class_=Experiment, doc="The clip, the laws, and what came of them.")

    def __init__(self, experiment: Experiment, **values: Any) -> None:
        super().__init__(experiment=experiment, **values)  # type: ignore[no-untyped-call]
        self._page = beside(_laws(experiment), _results(experiment))
        experiment.param.watch(lambda *_: experiment.start(), ["clip", "gravity", "alike", "restitution", "speed"])
        if experiment.clip is not None and not experiment.reel:
            experiment.start()

    def __panel__(self) -> Any:
        return self._page


def _laws(experiment: Experiment) -> Any:
    asked, unlike = experiment.param, experiment.param.alike.rx.not_()
    reset = pn.widgets.Button(label="As it was", height=32)
    reset.on_click(lambda _: experiment.reset())
    return pn.Column(
        pn.pane.HTML("<b>What if?</b> The same start, under other laws.", **WIDE),
        _slider(experiment, "gravity", "Gravity, m/s²", end=30, step=0.01),
        pn.FlexBox(*(_place(experiment, *it) for it in PLACES.items()), gap="4px", margin=(0, 5)),
        _slider(experiment, "speed", "Speed at the start, times", end=3, step=0.05),
        _slider(experiment, "restitution", "Share of speed after a blow", end=1, step=0.01, disabled=unlike),
        pn.Row(pn.widgets.Checkbox.from_param(asked.alike, name="All blows alike", align="center"), reset),
        _jumps(experiment),
        _save(experiment),
        styles=LEFT,
    )  # fmt: skip


def _slider(experiment: Experiment, name: str, label: str, **more: Any) -> Any:
    """A slider that sets a law when it is let go of: each setting is a simulation and a film."""
    value = getattr(experiment, name)
    slider = pn.widgets.FloatSlider(label=label, value=value, start=0, sizing_mode="stretch_width", **more)
    slider.param.watch(lambda event: experiment.param.update({name: event.new}), "value_throttled")
    experiment.param.watch(lambda event: slider.param.update(value=event.new), name)
    return slider


def _place(experiment: Experiment, name: str, gravity: float) -> Any:
    button = pn.widgets.Button(label=name, height=30, margin=0)
    button.on_click(lambda _: setattr(experiment, "gravity", gravity))
    return button


def _jumps(experiment: Experiment) -> Any:
    """A button for each broken law that has a moment, which leads there."""
    buttons = pn.Column(sizing_mode="stretch_width")

    def show() -> None:
        report: Report | None = experiment.report
        broken = [it for it in report.violations if math.isfinite(it.time)] if report else []
        buttons.objects = [_jump(experiment, it) for it in broken[:MOST]]

    experiment.param.watch(in_page(show), "report")
    show()
    return buttons


def _jump(experiment: Experiment, it: Check) -> Any:
    button = pn.widgets.Button(label=f"{it.time:.2f} s: {it.law}", description=it.why, height=30, margin=(2, 10))
    button.on_click(lambda _: experiment.go_to(it.time))
    return button


def _save(experiment: Experiment) -> Any:
    content = {"callback": lambda: io.BytesIO(_page_of(experiment.report)), "filename": "report.html"}
    return pn.widgets.FileDownload(
        label="Save the report", height=32, disabled=experiment.param.report.rx.not_(), **content
    )


def _page_of(report: Report) -> bytes:
    with TemporaryDirectory() as folder:
        return report.save(Path(folder) / "report.html").read_bytes()


def _results(experiment: Experiment) -> Any:
    told = experiment.param
    player = PlayerPane(reel=told.reel, visible=told.reel.rx.bool(), **WIDE)  # type: ignore[no-untyped-call]
    player.link(experiment, bidirectional=True, frame="frame")
    plots = Plots(experiment)
    plots.follow(player)
    return pn.Column(
        progress(experiment),
        pn.pane.HTML(pn.bind(above, told.titles), **WIDE),
        player,
        pn.Column(plots.pane, visible=told.reel.rx.bool(), sizing_mode="stretch_width"),
        styles=RIGHT,
    )
