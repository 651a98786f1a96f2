"""A collection of clips as a part of a Panel page: pictures, a search in words, favourites, delete with undo."""

from typing import Any

import panel as pn
import param

from sora2lib.errors import Sora2Error
from sora2lib.widgets.collection import Collection, Item
from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import RIGHT, WIDE, in_page, picture_button
from sora2lib.widgets.reel import Reel

SHOWN = 60  # pictures at once; a search finds the rest


class Gallery(pn.viewable.Viewer):
    """Clips of a folder: search them, play them, like them, delete them and take it back.

    >>> Gallery(Collection()).servable()  # doctest: +SKIP
    """

    collection: Any = param.ClassSelector(class_=Collection, doc="The clips.")
    chosen: Any = param.ClassSelector(class_=Item, doc="The clip that is played.")
    reel = param.Dict({}, doc="The same as a player needs it.")

    def __init__(self, collection: Collection | None = None, **values: Any) -> None:
        super().__init__(collection=collection or Collection(), **values)  # type: ignore[no-untyped-call]
        self._cells = pn.FlexBox(gap="8px", **WIDE)
        self.collection.param.watch(in_page(self._show), "items")
        self._show()
        self._page = pn.Column(self._tools(), self._player(), self._cells, styles=RIGHT | {"margin": "16px auto"})

    def __panel__(self) -> Any:
        return self._page

    def choose(self, item: Item) -> None:
        """Play a clip; where it is gone meanwhile, that is told."""
        try:
            reel = Reel.of(self.collection.load(item.name)).fields()
        except Sora2Error as error:
            self.collection.refresh()
            self.collection.message = str(error)
            return
        self.param.update(chosen=item, reel=reel)

    def _tools(self) -> Any:
        told = self.collection.param
        search = pn.widgets.TextInput.from_param(
            told.query, label="Search", placeholder="words of the prompt", max_length=500
        )
        liked = pn.widgets.Checkbox.from_param(told.only_liked, name="Favourites only", align="end")
        undo = pn.widgets.Button(label="Undo delete", height=32, align="end", disabled=told.deleted.rx.bool().rx.not_())
        undo.on_click(lambda _: self.collection.undo())
        return pn.Column(pn.FlexBox(search, liked, undo, align_items="end"), pn.pane.Str(told.message, **WIDE))

    def _player(self) -> Any:
        here = self.param
        like = pn.widgets.Button(label="Favourite, or no more", height=32, disabled=here.chosen.rx.not_())
        like.on_click(lambda _: self._like())
        delete = pn.widgets.Button(label="Delete", height=32, disabled=here.chosen.rx.not_())
        delete.on_click(lambda _: self._delete())
        player = PlayerPane(reel=here.reel, visible=here.reel.rx.bool(), **WIDE)  # type: ignore[no-untyped-call]
        return pn.Column(player, pn.Row(like, delete, visible=here.reel.rx.bool()), sizing_mode="stretch_width")

    def _like(self) -> None:
        item = next((it for it in self.collection.items if it.name == self.chosen.name), self.chosen)
        self.collection.like(item.name, not item.liked)

    def _delete(self) -> None:
        name = self.chosen.name
        self.param.update(chosen=None, reel={})
        self.collection.delete(name)

    def _show(self) -> None:
        self._cells.objects = [self._cell(item) for item in self.collection.items[:SHOWN]]

    def _cell(self, item: Item) -> Any:
        star = "★ " if item.liked else ""
        return picture_button(f"{star}{item.words[:80]}", self._still(item), lambda: self.choose(item))

    def _still(self, item: Item) -> bytes:
        try:
            return self.collection.still(item.name)
        except Sora2Error:  # it can still be deleted
            return b""
