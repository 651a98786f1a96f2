"""A remix bench as a part of a Panel page: words on the left, before and after on the right, and what differs."""

import html
import io
from typing import Any

import panel as pn
import param

from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import LEFT, WIDE, above, beside, button, progress
from sora2lib.widgets.revision import Revision
from sora2lib.world.difference import Difference, told

RIGHT = {"flex": "3 1 560px", "min-width": "min(560px, 100%)", "max-width": "1060px"}
WRAPPED = ".bk-input-group { display: flex; flex-wrap: wrap; row-gap: 4px; }"
CAPTION = "text-align:left;white-space:nowrap;font-weight:bold"
CELL = "padding:3px 12px 3px 0;text-align:left;vertical-align:top"


class RemixBench(pn.viewable.Viewer):
    """Say what shall be otherwise in a clip, see both in step, and read what differs between their worlds.

    >>> RemixBench(Revision(clip=sora.simulate("roll", seed=5))).servable()  # doctest: +SKIP
    """

    revision = param.ClassSelector(class_=Revision, doc="The clip, the words, and what came of them.")

    def __init__(self, revision: Revision, **values: Any) -> None:
        super().__init__(revision=revision, **values)  # type: ignore[no-untyped-call]
        self._page = beside(_wishes(revision), _results(revision))

    def __panel__(self) -> Any:
        return self._page


def _wishes(revision: Revision) -> Any:
    asked = revision.param
    shared: dict[str, Any] = {"sizing_mode": "stretch_width", "disabled": asked.running}
    return pn.Column(
        pn.widgets.TextAreaInput.from_param(asked.words, label="Otherwise", rows=3, max_length=32_000, **shared),
        pn.widgets.FloatSlider.from_param(asked.strength, start=0.05, end=1, step=0.05, **shared),
        _parts("Keep", asked.keep, asked.running),
        _parts("Change nothing but", asked.change, asked.running),
        pn.widgets.IntInput.from_param(asked.seed, **shared),
        _buttons(revision),
        styles=LEFT,
    )


def _parts(label: str, chosen: Any, disabled: Any) -> Any:
    boxes = pn.widgets.CheckBoxGroup.from_param(chosen, inline=True, stylesheets=[WRAPPED], disabled=disabled)
    return pn.Column(pn.pane.HTML(label, margin=(5, 10, 0, 10)), boxes)


def _buttons(revision: Revision) -> Any:
    state = revision.param
    remix = button("Remix", revision.start, color="primary", disabled=state.running)
    cancel = button("Cancel", revision.cancel, disabled=state.running.rx.not_())
    content = {"callback": lambda: io.BytesIO(revision.file), "filename": "remix.mp4"}
    save = pn.widgets.FileDownload(label="Save", height=32, disabled=state.file.rx.not_(), **content)
    on = button("Go on from the remix", revision.go_on, disabled=state.file.rx.not_())
    return pn.FlexBox(remix, cancel, save, on, gap="4px")


def _results(revision: Revision) -> Any:
    state = revision.param
    player = PlayerPane(reel=state.reel, disabled=state.running, visible=state.reel.rx.bool(), **WIDE)  # type: ignore[no-untyped-call]
    heard = pn.widgets.Select.from_param(state.heard, visible=state.file.rx.bool(), width=220)
    return pn.Column(
        progress(revision),
        pn.pane.HTML(pn.bind(above, state.titles), **WIDE),
        player,
        heard,
        pn.pane.HTML(pn.bind(table, state.differences), **WIDE),
        pn.pane.HTML(pn.bind(lambda *_: lineage(revision.lineage), state.clip, state.made), **WIDE),
        styles=RIGHT,
    )


def table(differences: list[Difference]) -> str:
    """Return what differs between two worlds as an HTML table; nothing where nothing does."""
    if not differences:
        return ""
    head = "".join(
        f'<th scope="col" style="{CELL}">{name}</th>' for name in ("who", "channel", "before", "after", "at")
    )
    caption = "What differs between the two worlds; the rest is the same to the last bit"
    return (
        f'<div style="overflow-x:auto"><table><caption style="{CAPTION}">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, differences))}</tbody></table></div>"
    )


def _row(it: Difference) -> str:
    values = (_swatch(it, value) + html.escape(told(value)) for value in (it.before, it.after))
    cells = (html.escape(it.channel), *values, "" if it.time is None else f"{it.time:.2f} s")
    row = "".join(f'<td style="{CELL}">{cell}</td>' for cell in cells)
    return f'<tr><th scope="row" style="{CELL}">{html.escape(it.actor or "the scene")}</th>{row}</tr>'


def _swatch(it: Difference, value: Any) -> str:
    if it.channel != "colour" or not isinstance(value, tuple):
        return ""
    red, green, blue = (round(255 * part) for part in value)
    return (
        f'<span style="display:inline-block;width:1em;height:1em;margin-right:.4em;vertical-align:-.1em;'
        f'border:1px solid #888888;background:rgb({red},{green},{blue})"></span>'
    )


def lineage(steps: list[str]) -> str:
    """Return what a clip was made from as an HTML list."""
    lines = "".join(f"<li>{html.escape(step)}</li>" for step in steps)
    return f"<b>Lineage</b><ol>{lines}</ol>" if steps else ""
