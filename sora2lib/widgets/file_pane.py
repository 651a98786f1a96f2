"""A file of the reader's as a part of a Panel page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import AnyWidgetComponent

from sora2lib.widgets.uploads import LARGEST

HERE = Path(__file__).parent


class FilePane(AnyWidgetComponent):
    """Choose a file, which comes here once, as bytes; one that is too large stays where it is, and the page says so.

    >>> FilePane.of("Open a film", ".mp4,.webm", lambda name, content: print(name, len(content)))  # doctest: +SKIP
    """

    _esm = HERE / "file.js"
    _stylesheets: ClassVar[list[Any]] = [HERE / "file.css"]

    label = param.String("", doc="What is opened.")
    accept = param.String("", doc="Suffixes of files that can be opened, with commas.")
    largest = param.Integer(LARGEST, doc="Bytes that a file may have.")
    taken = param.Dict({}, doc="The last file: its name and its content, bytes.")
    disabled = param.Boolean(False, doc="Nothing can be opened.")

    @classmethod
    def of(cls, label: str, accept: str, take: Callable[[str, bytes], None], **more: Any) -> "FilePane":
        """Return a field that hands over name and bytes."""
        pane = cls(label=label, accept=accept, sizing_mode="stretch_width", **more)
        hand_over(pane, take)
        return pane


def hand_over(pane: Any, take: Callable[[str, bytes], None]) -> None:
    """Hand over name and bytes of what a page has taken, as far as it is a file."""

    def look(event: Any) -> None:
        name, content = event.new.get("name"), event.new.get("content")
        if isinstance(name, str) and isinstance(content, bytes):
            take(name, content)

    pane.param.watch(look, "taken")
