"""The inside of a plan as a part of a Panel page: words coloured by their share, a heat map, the path of latents."""

import html
from functools import partial
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
import param
from bokeh.models import NumeralTickFormatter

from sora2lib.widgets.insight import TARGETS, Insight
from sora2lib.widgets.parts import ACCENT, LEFT, WIDE, beside, button, in_page, progress, shown
from sora2lib.widgets.session import MOMENTS

RIGHT = {"flex": "3 1 560px", "min-width": "min(560px, 100%)", "max-width": "1000px"}
DEEPEST = 0.6  # opacity of the colour behind a word: with more, white letters could not be read
COLOURS = [f"{ACCENT}{int(share):02x}" for share in np.linspace(0, 255, 64)]  # over light and dark alike
KINDS = {"actor": "#e8590c", "scene": "#2f9e44", "camera": "#1c7ed6", "motion": "#ae3ec9"}
CELL = 17  # pixels that a row of the map is high


class AttentionDesk(pn.viewable.Viewer):
    """Plan a prompt, then see which words and rows each row of the plan looks at, step by step, layer by layer.

    >>> AttentionDesk(Insight(prompt="a dog runs")).servable()  # doctest: +SKIP
    """

    insight = param.ClassSelector(class_=Insight, doc="What is asked for, and what is looked at.")

    def __init__(self, insight: Insight | None = None, **values: Any) -> None:
        insight = insight or Insight()
        super().__init__(insight=insight, **values)  # type: ignore[no-untyped-call]
        if "bokeh" not in hv.Store.loaded_backends():
            hv.extension("bokeh")
        self._page = beside(_wishes(insight), _results(insight))

    def __panel__(self) -> Any:
        return self._page


def _wishes(insight: Insight) -> Any:
    asked = insight.param
    wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
    shared = {**wide, "disabled": asked.running}
    idle: dict[str, Any] = {**wide, "disabled": asked.inside.rx.not_()}
    targets = {text: name for name, text in TARGETS.items()}
    last = pn.bind(lambda _: max(insight.last, 2), asked.inside)
    layers = pn.bind(lambda _: max(insight.layers, 1), asked.inside)
    return pn.Column(
        pn.widgets.TextAreaInput.from_param(asked.prompt, rows=3, max_length=32_000, **shared),
        pn.widgets.IntInput.from_param(asked.seed, **shared),
        pn.Row(
            button("Plan", insight.start, color="primary", disabled=asked.running),
            button("Cancel", insight.cancel, disabled=asked.running.rx.not_()),
        ),
        pn.widgets.IntSlider.from_param(asked.step, start=1, end=last, **idle),
        pn.widgets.IntSlider.from_param(asked.layer, label="Layer, 0 for the mean of all", start=0, end=layers, **idle),
        pn.widgets.Select.from_param(asked.row, label="Row that looks", **idle),
        pn.widgets.Select.from_param(asked.target, label="Looks at", options=targets, **idle),
        styles=LEFT,
    )


def _results(insight: Insight) -> Any:
    told = insight.param
    words, code = pn.pane.HTML(**WIDE), pn.pane.HTML(**WIDE)
    pictures = [pn.pane.HoloViews(None, sizing_mode="stretch_width") for _ in range(2)]

    def show() -> None:
        if insight.inside is not None:
            words.object, code.object = _words(insight), _code(insight)
            for pane, drawn in zip(pictures, (_map(insight), _paths(insight)), strict=True):
                pane.object = drawn

    insight.param.watch(in_page(show), ["inside", "step", "layer", "row", "target"])
    show()
    alt = f"What is planned at {MOMENTS} moments"
    return pn.Column(
        progress(insight),
        pn.pane.HTML(pn.bind(partial(shown, alt=alt), told.glimpse), **WIDE),
        words,
        *pictures,
        code,
        styles=RIGHT,
    )


def _words(insight: Insight) -> str:
    """The prompt, each word the stronger coloured the more it is looked at, and the same in a sentence."""
    heard = insight.heard()
    most = max(heard.values(), default=0.0) or 1.0
    marks = " ".join(
        f'<span title="{share:.1%}" style="background:{ACCENT}{int(255 * DEEPEST * share / most):02x};'
        f'border-radius:4px;padding:1px 4px">{html.escape(word.split(" (")[0])}</span>'
        for word, share in heard.items()
    )
    return f'<p style="font-size:1.3em;line-height:1.9">{marks}</p><p role="status">{html.escape(insight.told)}</p>'


def _code(insight: Insight) -> str:
    return f'<pre aria-label="The same in a program" style="white-space:pre-wrap">{html.escape(insight.code)}</pre>'


def _map(insight: Insight) -> Any:
    """Rows of the plan against what they look at, in the colour of the share."""
    shares = insight.shares()
    target = shares.dims[1]
    rows, targets = shares.row.values.tolist(), shares[target].values.tolist()
    cells = [(to, row, float(shares.values[i, j])) for i, row in enumerate(rows) for j, to in enumerate(targets)]
    strongest = shares.values[:, 1:] if insight.target == "words" else shares.values  # beside the prompt as a whole
    looked = TARGETS[insight.target]
    text = f"Heat map: how much {len(rows)} rows of the plan look at {len(targets)} {looked}. {insight.told}"
    return hv.HeatMap(cells, ["looked at", "row"], hv.Dimension("share", value_format="{:.1%}".format)).opts(
        cmap=COLOURS, clim=(0.0, max(float(strongest.max()), 1e-6)), responsive=True, height=CELL * len(rows) + 190,
        colorbar=True, colorbar_opts={"formatter": NumeralTickFormatter(format="0.0%")}, toolbar=None,
        default_tools=[], tools=["hover"], xrotation=60, invert_yaxis=True, xlabel="", ylabel="",
        title=f"Looks at {looked}", hooks=[_named(text)],
    )  # fmt: skip


def _paths(insight: Insight) -> Any:
    """Where in latent space every row is at the step, and the path of the chosen one over all steps."""
    inside, shares = insight.inside, insight.shares()
    at, there = inside.latent.sel(step=shares.step), shares.row.values.tolist()
    dims = [f"component {i + 1}, {share:.0%} of the variance" for i, share in enumerate(inside.explained.values[:2])]
    points = [(*at.sel(row=row).values[:2].tolist(), row, str(inside.kind.sel(row=row).item())) for row in there]
    path = inside.latent.sel(row=insight.row).dropna("step").values[:, :2]
    text = f"Scatter plot: the latents of {len(there)} rows in two principal components, and the path of {insight.row}."
    drawn = hv.Path([path], dims).opts(color=ACCENT, line_width=1.5) * hv.Points(points, dims, ["row", "kind"]).opts(
        color="kind", cmap=KINDS, size=9, tools=["hover"], default_tools=[]
    )
    return drawn.opts(
        responsive=True, height=380, toolbar=None, show_grid=True, legend_position="right",
        title=f"Latents at this step, and the path of {insight.row} over all steps", hooks=[_named(text)],
    )  # fmt: skip


def _named(words: str) -> Any:
    """Return what gives a plot words for those who do not see it."""

    def name(plot: Any, _: Any) -> None:
        plot.state.html_attributes = {"role": "img", "aria-label": words}

    return name
