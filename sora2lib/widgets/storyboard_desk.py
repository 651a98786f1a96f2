"""A storyboard desk as a part of a Panel page: what holds for all on the left, the cards and the film on the right."""

import io
from typing import Any

import panel as pn
import param

from sora2lib.widgets.board import BoardPane
from sora2lib.widgets.draft import Draft
from sora2lib.widgets.file_pane import FilePane
from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import LEFT, RIGHT, WIDE, beside, button, progress


class StoryboardDesk(pn.viewable.Viewer):
    """Write cards, put them in order, plan them, see a picture of each, draw the film.

    >>> StoryboardDesk(Draft()).servable()  # doctest: +SKIP
    """

    draft = param.ClassSelector(class_=Draft, doc="The cards, and what came of them.")

    def __init__(self, draft: Draft | None = None, **values: Any) -> None:
        draft = draft or Draft()
        super().__init__(draft=draft, **values)  # type: ignore[no-untyped-call]
        self._page = beside(_wishes(draft), _results(draft))

    def __panel__(self) -> Any:
        return self._page


def _wishes(draft: Draft) -> Any:
    asked = draft.param
    shared: dict[str, Any] = {"sizing_mode": "stretch_width", "disabled": asked.running}
    return pn.Column(
        pn.widgets.TextAreaInput.from_param(asked.setting, rows=2, max_length=32_000, **shared),
        pn.widgets.Select.from_param(asked.style, **shared),
        pn.widgets.IntInput.from_param(asked.seed, **shared),
        _buttons(draft),
        _files(draft),
        _listed(draft),
        styles=LEFT,
    )


def _buttons(draft: Draft) -> Any:
    told = draft.param
    content = {"callback": lambda: io.BytesIO(draft.file), "filename": "storyboard.mp4"}
    return pn.FlexBox(
        button("Plan", draft.plan, disabled=told.running),
        button("Draw", draft.draw, color="primary", disabled=told.running),
        button("Cancel", draft.cancel, disabled=told.running.rx.not_()),
        pn.widgets.FileDownload(label="Save the film", height=32, disabled=told.file.rx.not_(), **content),
    )


def _files(draft: Draft) -> Any:
    told = draft.param
    texts = {"storyboard.json": told.as_json, "storyboard.txt": told.as_text}
    return pn.Column(
        FilePane.of("Open a storyboard", ".json,.txt", draft.read, disabled=told.running),
        pn.FlexBox(*(_save(draft, name, text) for name, text in texts.items())),
        sizing_mode="stretch_width",
    )


def _save(draft: Draft, name: str, text: Any) -> Any:
    content = {"callback": lambda: io.StringIO(getattr(draft, text.name)), "filename": name}
    return pn.widgets.FileDownload(label=f"Save {name}", height=32, disabled=text.rx.not_(), **content)


def _listed(draft: Draft) -> Any:
    """The shot list, to be copied, or pasted over and taken."""
    told = draft.param
    words = pn.widgets.TextAreaInput(
        label="As a shot list", value=told.as_text, rows=8, max_length=32_000, sizing_mode="stretch_width"
    )
    take = button("Take the shot list", lambda: draft.read_text(str(words.value)), disabled=told.running)
    return pn.Column(words, take, sizing_mode="stretch_width")


def _results(draft: Draft) -> Any:
    told = draft.param
    player = PlayerPane(reel=told.reel, disabled=told.running, visible=told.reel.rx.bool(), **WIDE)  # type: ignore[no-untyped-call]
    return pn.Column(
        progress(draft),
        pn.Row(
            button("Add a card", draft.add, disabled=told.running),
            button("Undo", draft.undo, disabled=told.undoable.rx.not_()),
        ),
        pn.Column(BoardPane.of(draft), sizing_mode="stretch_width", margin=(5, 10)),
        player,
        styles=RIGHT,
    )
