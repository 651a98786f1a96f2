"""The player as a part of a Panel page: the same script, the same state."""

from typing import Any, ClassVar

import param
from panel.custom import AnyWidgetComponent

from sora2lib.clip import Clip
from sora2lib.widgets.reel import SCRIPT, STYLE, Reel


class PlayerPane(AnyWidgetComponent):
    """Play a clip on a page; :class:`~sora2lib.widgets.Player` says what it can do.

    >>> PlayerPane.of(sora.load("ball.mp4")).servable()  # doctest: +SKIP
    """

    _esm = SCRIPT
    _stylesheets: ClassVar[list[Any]] = [STYLE]

    reel = param.Dict({}, doc="Fields of a Reel; its bytes travel as bytes.")
    frame = param.Integer(0, doc="The picture that is shown, from 0.")
    disabled = param.Boolean(False, doc="Nothing can be played or moved.")

    @classmethod
    def of(cls, clip: Clip) -> "PlayerPane":
        """Return a player with a clip in it."""
        return cls(reel=Reel.of(clip).fields())
