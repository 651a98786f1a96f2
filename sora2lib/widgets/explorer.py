"""The grid of an exploration as a part of a Panel page: pictures with their scores, and a click plays one."""

import html
import io
from typing import Any

import numpy as np
import panel as pn
import param

from sora2lib.sweeping import SCORES
from sora2lib.widgets.exploration import Exploration
from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import LEFT, RIGHT, WIDE, beside, in_page, picture_button, progress, thumbnail

SHOWN = 80  # rows of a large grid


class Explorer(pn.viewable.Viewer):
    """Prompts by seeds by guidances as pictures with scores; a click plays the clip.

    >>> Explorer(Exploration(prompts="a ball falls\\na ball rolls")).servable()  # doctest: +SKIP
    """

    exploration = param.ClassSelector(class_=Exploration, doc="What is asked for, and what came out.")

    def __init__(self, exploration: Exploration | None = None, **values: Any) -> None:
        exploration = exploration or Exploration()
        super().__init__(exploration=exploration, **values)  # type: ignore[no-untyped-call]
        self._page = beside(_wishes(exploration), _results(exploration))

    def __panel__(self) -> Any:
        return self._page


def _wishes(exploration: Exploration) -> Any:
    asked = exploration.param
    shared: dict[str, Any] = {"sizing_mode": "stretch_width", "disabled": asked.running}
    make = pn.widgets.Button(label="Make", color="primary", height=32, disabled=asked.running)
    make.on_click(lambda _: exploration.start())
    cancel = pn.widgets.Button(label="Cancel", height=32, disabled=asked.running.rx.not_())
    cancel.on_click(lambda _: exploration.cancel())
    return pn.Column(
        pn.widgets.TextAreaInput.from_param(asked.prompts, rows=6, max_length=32_000, **shared),
        pn.widgets.IntSlider.from_param(asked.seeds, start=1, end=8, **shared),
        pn.Column("Guidance", pn.widgets.CheckButtonGroup.from_param(asked.guidance, disabled=asked.running)),
        pn.widgets.FloatSlider.from_param(asked.seconds, start=0.5, end=6, step=0.5, **shared),
        pn.widgets.IntSlider.from_param(asked.steps, start=4, end=48, **shared),
        pn.Row(make, cancel, _save(exploration)),
        styles=LEFT,
    )


def _save(exploration: Exploration) -> Any:
    content = {"callback": lambda: io.StringIO(table(exploration)), "filename": "grid.csv"}
    return pn.widgets.FileDownload(
        label="Save numbers", height=32, disabled=exploration.param.grid.rx.not_(), **content
    )


def table(exploration: Exploration) -> str:
    """Return the scores as comma-separated values, one row a clip."""
    return str(exploration.grid.drop_vars("still").to_dataframe().to_csv())


def _results(exploration: Exploration) -> Any:
    told = exploration.param
    score = pn.widgets.Select.from_param(told.score, options={text: name for name, text in SCORES.items()}, **WIDE)
    player = PlayerPane(reel=told.reel, visible=told.reel.rx.bool(), **WIDE)  # type: ignore[no-untyped-call]
    cells = pn.Column(**WIDE)

    def show() -> None:
        cells.objects = _grid(exploration)

    exploration.param.watch(in_page(show), ["done", "score", "chosen"])
    show()
    return pn.Column(progress(exploration), player, score, cells, styles=RIGHT)


def _grid(exploration: Exploration) -> list[Any]:
    """One row of pictures for each prompt and guidance, the seeds side by side."""
    grid = exploration.grid
    if grid is None:
        return []
    rows: list[Any] = []
    for p, prompt in enumerate(grid.prompt.values.tolist()):
        for g, strength in enumerate(grid.guidance.values.tolist()):
            cells = [_cell(exploration, (p, s, g)) for s in range(grid.sizes["seed"])]
            rows.append(pn.pane.HTML(html.escape(f"{prompt[:200]}, guidance {strength:g}"), **WIDE))
            rows.append(pn.FlexBox(*cells, gap="6px"))
    return rows[:SHOWN]


def _cell(exploration: Exploration, at: tuple[int, int, int]) -> Any:
    cell = exploration.grid.isel(dict(zip(("prompt", "seed", "guidance"), at, strict=True)))
    there = np.isfinite(float(cell.measured))
    score = float(cell[exploration.score])
    told = "not yet" if not there else f"{exploration.score} {score:.3g}" if np.isfinite(score) else "not measured"
    picture = thumbnail(cell.still.values) if there else None
    chosen = exploration.chosen == at
    return picture_button(f"seed {int(cell.seed)}, {told}", picture, lambda: exploration.choose(at), pressed=chosen)
