"""The reader's camera, microphone and files as a part of a Panel page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import AnyWidgetComponent

from sora2lib.widgets.file_pane import hand_over
from sora2lib.widgets.uploads import LARGEST

HERE = Path(__file__).parent
KINDS = ("film", "voice")


class RecorderPane(AnyWidgetComponent):
    """Film, or record a voice, with what whoever sees the page has, or open a file; it comes here once, as bytes.

    Browsers lend camera and microphone to pages of the same machine, or over https. Where there is none, the page says
    so.

    >>> RecorderPane.of("film", lambda name, content: print(name, len(content)), accept=".mp4,.webm")  # doctest: +SKIP
    """

    _esm = HERE / "recorder.js"
    _stylesheets: ClassVar[list[Any]] = [HERE / "recorder.css"]

    kind: Any = param.Selector(default=KINDS[0], objects=list(KINDS), doc="Whether there is something to see.")
    accept = param.String("", doc="Suffixes of files that can be opened, with commas.")
    seconds = param.Range((2.2, 8.0), doc="How long a recording may be, at least and at most.")
    largest = param.Integer(LARGEST, doc="Bytes that a file may have.")
    taken = param.Dict({}, doc="What was recorded or opened last: its name and its content, bytes.")
    disabled = param.Boolean(False, doc="Nothing can be recorded.")

    @classmethod
    def of(cls, kind: str, take: Callable[[str, bytes], None], **more: Any) -> "RecorderPane":
        """Return a recorder that hands over name and bytes."""
        pane = cls(kind=kind, sizing_mode="stretch_width", **more)
        hand_over(pane, take)
        return pane
