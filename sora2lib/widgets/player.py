"""The player as a Jupyter widget."""

import anywidget
import traitlets

from sora2lib.clip import Clip
from sora2lib.widgets.reel import SCRIPT, STYLE, Reel


class Player(anywidget.AnyWidget):
    """Play a clip in a notebook: sound, single frames, speed, loop, and where things meet.

    ``frame`` is the picture that is shown; set it to go there, observe it to follow. Keys: space plays, the arrows go
    one frame (ten with shift), Home and End to the ends, L loops, M mutes.

    >>> player = Player.of(sora.load("ball.mp4"))  # doctest: +SKIP
    >>> player.frame = 19                          # doctest: +SKIP
    """

    _esm = SCRIPT
    _css = STYLE

    reel = traitlets.Dict(help="Fields of a Reel; its bytes travel as bytes.").tag(sync=True)
    frame = traitlets.Int(0, help="The picture that is shown, from 0.").tag(sync=True)
    disabled = traitlets.Bool(False, help="Nothing can be played or moved.").tag(sync=True)

    @classmethod
    def of(cls, clip: Clip) -> "Player":
        """Return a player with a clip in it."""
        return cls(reel=Reel.of(clip).fields())

    def __repr__(self) -> str:
        return f"Player({self.reel.get('frames', 0)} frames, {self.reel.get('size', 'no clip')})"
