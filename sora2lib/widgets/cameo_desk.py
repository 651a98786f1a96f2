"""A cameo desk as a part of a Panel page: consent on the left, recording, cut-out and library on the right."""

import base64
import html
import io
from typing import Any

import panel as pn
import param

from sora2lib.widgets.cast import FILMS, PICTURES, SOUNDS, Cast, Known
from sora2lib.widgets.parts import LEFT, RIGHT, WIDE, beside, button, in_page, progress
from sora2lib.widgets.recorder import RecorderPane

CHECKS = "background:repeating-conic-gradient(#9993 0 25%,#9991 0 50%) 0/16px 16px;border-radius:6px"
SAYING = (2.0, 40.0)  # s that the sentence may take


class CameoDesk(pn.viewable.Viewer):
    """Film somebody or open a recording, have consent said aloud and signed, see what was cut out; revoke.

    >>> CameoDesk(Cast()).servable()  # doctest: +SKIP
    """

    cast = param.ClassSelector(class_=Cast, doc="The recordings, the consent, and the library.")

    def __init__(self, cast: Cast | None = None, **values: Any) -> None:
        cast = cast or Cast()
        super().__init__(cast=cast, **values)  # type: ignore[no-untyped-call]
        self._page = beside(_consent(cast), _results(cast))

    def __panel__(self) -> Any:
        return self._page


def _consent(cast: Cast) -> Any:
    asked = cast.param
    shared: dict[str, Any] = {"sizing_mode": "stretch_width", "disabled": asked.running}
    who: dict[str, Any] = {"label": "Who is shown, and who says so", "placeholder": "Rex, by his owner Ann"}
    agrees = "The subject, or who may speak for them, agrees to this"
    return pn.Column(
        pn.widgets.TextInput.from_param(asked.called, label="Name", placeholder="rex", max_length=32, **shared),
        pn.widgets.TextInput.from_param(asked.noun, label="What it is", placeholder="dog", max_length=60, **shared),
        pn.widgets.TextInput.from_param(asked.subject, max_length=200, **who, **shared),
        pn.pane.HTML("Clips with them may be used to", margin=(5, 10, 0, 10)),
        pn.widgets.CheckBoxGroup.from_param(asked.uses, inline=True, disabled=asked.running),
        pn.widgets.DatePicker.from_param(asked.until, label="Until, or empty for no end", **shared),
        _aloud(cast),
        pn.widgets.Checkbox.from_param(asked.agreed, label=agrees, disabled=asked.running),
        pn.FlexBox(
            button("Sign and cut out", cast.start, color="primary", disabled=asked.running),
            button("Cancel", cast.cancel, disabled=asked.running.rx.not_()),
        ),
        styles=LEFT,
    )


def _aloud(cast: Cast) -> Any:
    """The sentence, and what records how it is said."""
    told = cast.param
    recorder = RecorderPane.of("voice", cast.hear, accept=",".join(SOUNDS), seconds=SAYING, disabled=told.running)
    name = pn.bind(lambda said: f"consent{said.suffix}" if said else "consent", told.said)
    content = {"callback": lambda: io.BytesIO(cast.said.content), "filename": name}
    save = pn.widgets.FileDownload(label="Save what was said", height=32, disabled=told.said.rx.not_(), **content)
    return pn.Column(
        pn.pane.HTML(pn.bind(_sentence, told.sentence), margin=0),
        recorder,
        save,
        visible=told.sentence.rx.bool(),
        **WIDE,
    )


def _sentence(sentence: str) -> str:
    why = "People say it themselves; for others it is better than a tick alone."
    return f"To be said aloud: <blockquote style='margin:4px 0'>“{html.escape(sentence)}”</blockquote>{why}"


def _results(cast: Cast) -> Any:
    told = cast.param
    recorder = RecorderPane.of("film", cast.film, accept=",".join(FILMS + PICTURES), disabled=told.running)
    return pn.Column(
        progress(cast),
        pn.Column(recorder, **WIDE),
        pn.pane.HTML(pn.bind(_cut_out, told.made, told.cut), **WIDE),
        _library(cast),
        styles=RIGHT,
    )


def _cut_out(made: Any, cut: bytes) -> str:
    if made is None:
        return ""
    picture = _picture(cut, f"What was cut out: @{made.name}")
    return f'<figure style="margin:0">{picture}<figcaption>{html.escape(repr(made))}</figcaption></figure>'


def _picture(content: bytes, alt: str, height: int = 120) -> str:
    packed = base64.b64encode(content).decode()
    style = f"{CHECKS};max-width:100%;max-height:{height}px"
    return f'<img alt="{html.escape(alt)}" src="data:image/webp;base64,{packed}" style="{style}">'


def _library(cast: Cast) -> Any:
    """All cameos, each with what revokes it. Rows that stay are not built anew, so that keys stay where they were."""
    head, rows = pn.pane.HTML("", **WIDE), pn.Column(sizing_mode="stretch_width")
    built: dict[Known, Any] = {}

    def show() -> None:
        for known in cast.cameos:
            built.setdefault(known, _row(cast, known))
        head.object = f"<b>Cameos: {len(cast.cameos)}</b>"
        rows.objects = [built[known] for known in cast.cameos]

    cast.param.watch(in_page(show), "cameos")
    show()
    return pn.Column(head, rows, sizing_mode="stretch_width")


def _row(cast: Cast, known: Known) -> Any:
    picture = _picture(known.picture, f"{known.called}, cut out", 64) if known.picture else ""
    words = f"<b>{html.escape(known.called)}</b>, {html.escape(known.words)}; clips: {known.clips}"
    shown = f'<div style="display:flex;gap:12px;align-items:center">{picture}<div>{words}</div></div>'
    asked = cast.param.revoking.rx() == known
    lost = f"Its likeness is deleted, and clips with it, {known.clips} so far, stay closed from then on."
    question = f'<div role="alert">{html.escape(f"Revoke {known.called} for good? {lost}")}</div>'
    sure = pn.Row(
        button(f"Revoke {known.called} for good", cast.revoke, color="danger"),
        button(f"Keep {known.called}", cast.keep),
        visible=asked,
    )
    revoke = button(f"Revoke {known.called}", lambda: cast.ask(known.handle), visible=asked.rx.not_())
    return pn.Column(pn.pane.HTML(shown), revoke, pn.pane.HTML(question, visible=asked), sure, **WIDE)
