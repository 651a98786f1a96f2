"""The cards of a storyboard as a part of a Panel page: written in, dragged or moved by keys, taken away."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import AnyWidgetComponent

from sora2lib.widgets.draft import Draft, Entry
from sora2lib.widgets.parts import in_page

HERE = Path(__file__).parent
HELD = "Its camera cannot be told in words; it stays until there are some."
WRITTEN: dict[str, Any] = {"text": str, "seconds": (int, float), "camera": str}  # what a page may write into a card


class BoardPane(AnyWidgetComponent):
    """Show the cards of a draft, and take what is done to them.

    >>> BoardPane.of(Draft()).servable()  # doctest: +SKIP
    """

    _esm = HERE / "board.js"
    _stylesheets: ClassVar[list[Any]] = [HERE / "board.css"]

    cards = param.List([], item_type=dict, doc="The cards in their order, plain; pictures travel as bytes.")
    asked = param.List(
        [], item_type=dict, doc="What the reader wished lately: turn, act, number, and what belongs to it."
    )
    disabled = param.Boolean(False, doc="Nothing can be changed.")

    _heard = 0  # turn of the last wish that was obeyed

    @classmethod
    def of(cls, draft: Draft) -> "BoardPane":
        """Return the cards of a draft, which follow it and change it."""
        pane = cls(disabled=draft.param.running, sizing_mode="stretch_width")

        def show() -> None:
            pane.cards = [_plain(it, draft.pictures.get(it.number)) for it in draft.entries]

        def hear(*events: Any) -> None:
            fresh = [it for it in events[-1].new if isinstance(it.get("turn"), int) and it["turn"] > pane._heard]
            for wish in fresh:
                pane._heard = wish["turn"]
                obey(draft, wish)

        draft.param.watch(in_page(show), ["entries", "pictures"])
        pane.param.watch(hear, "asked")
        show()
        return pane


def obey(draft: Draft, asked: dict[str, Any]) -> None:
    """Do to a draft what a page asks, as far as it is anything that a page may ask."""
    act, number, place, values = (asked.get(name) for name in ("act", "number", "place", "values"))
    if draft.running or not isinstance(number, int):
        return
    if act == "move" and isinstance(place, int):
        draft.move(number, place)
    elif act == "remove":
        draft.remove(number)
    elif (
        act == "edit" and isinstance(values, dict) and all(isinstance(values[it], WRITTEN.get(it, ())) for it in values)
    ):
        draft.edit(number, **values)


def _plain(entry: Entry, picture: bytes | None) -> dict[str, Any]:
    plain = {name: getattr(entry, name) for name in ("number", "text", "seconds", "camera")}
    note = HELD if entry.held and not entry.camera else ""
    return plain | {"note": note} | ({"picture": picture} if picture else {})
