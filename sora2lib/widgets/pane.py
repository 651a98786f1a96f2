"""The player as a part of a Panel page: the same script, the same state."""

from typing import Any, ClassVar

import param
from panel.custom import AnyWidgetComponent

from sora2lib.clip import Clip
from sora2lib.widgets.abreast import in_step
from sora2lib.widgets.reel import SCRIPT, STYLE


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
    def of(cls, clip: Clip, *others: Clip) -> "PlayerPane":
        """Return a player with a clip in it, or with several beside each other, which play as one film.

        Raises
        ------
        MediaError
            They differ in size, rate or length.
        """
        return cls(reel=in_step(clip, *others).fields())
