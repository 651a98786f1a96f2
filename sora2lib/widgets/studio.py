"""The studio as a part of a Panel page: what is asked for on the left, what comes of it on the right."""

import io
from functools import partial
from typing import Any

import panel as pn
import param

from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import LEFT, RIGHT, WIDE, beside, progress, shown
from sora2lib.widgets.session import MOMENTS, Session


class Studio(pn.viewable.Viewer):
    """Ask for a clip in words, watch its plan come out of noise, play it.

    >>> Studio(Session(prompt="a dog runs")).servable()  # doctest: +SKIP
    """

    session = param.ClassSelector(class_=Session, doc="What is asked for, and what came out.")

    def __init__(self, session: Session | None = None, **values: Any) -> None:
        session = session or Session()
        super().__init__(session=session, **values)  # type: ignore[no-untyped-call]
        self._page = beside(_wishes(session), _results(session))

    def __panel__(self) -> Any:
        return self._page


def _wishes(session: Session) -> Any:
    asked = session.param
    shared: dict[str, Any] = {"sizing_mode": "stretch_width", "disabled": asked.running}
    return pn.Column(
        pn.widgets.TextAreaInput.from_param(asked.prompt, rows=4, auto_grow=True, max_length=32_000, **shared),
        pn.widgets.Select.from_param(asked.style, **shared),
        pn.widgets.IntInput.from_param(asked.seed, **shared),
        pn.widgets.IntSlider.from_param(asked.steps, start=4, end=80, **shared),
        pn.widgets.FloatSlider.from_param(asked.guidance, start=0, end=8, step=0.5, **shared),
        _buttons(session),
        styles=LEFT,
    )


def _buttons(session: Session) -> Any:
    told = session.param
    make = pn.widgets.Button(label="Make", color="primary", height=32, disabled=told.running)
    make.on_click(lambda _: session.start())
    cancel = pn.widgets.Button(label="Cancel", height=32, disabled=told.running.rx.not_())
    cancel.on_click(lambda _: session.cancel())
    content = {"callback": lambda: io.BytesIO(session.file), "filename": "clip.mp4"}
    save = pn.widgets.FileDownload(label="Save", height=32, disabled=told.file.rx.not_(), **content)
    return pn.Row(make, cancel, save)


def _results(session: Session) -> Any:
    told = session.param
    player = PlayerPane(reel=told.reel, disabled=told.running, visible=told.reel.rx.bool(), **WIDE)  # type: ignore[no-untyped-call]
    return pn.Column(
        progress(session),
        pn.pane.HTML(pn.bind(partial(shown, alt=f"The plan so far at {MOMENTS} moments"), told.glimpse), **WIDE),
        player,
        styles=RIGHT,
    )
