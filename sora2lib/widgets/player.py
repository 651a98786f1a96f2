"""The player as a Jupyter widget."""

import base64
import html
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from sora2lib.clip import Clip
from sora2lib.widgets.abreast import in_step
from sora2lib.widgets.reel import SCRIPT, STYLE

# A notebook that is opened without its kernel has lost its widgets; JupyterLab says "model not found" in their place.
# So a still picture goes before the player: a page shows the player where there is one, or else the picture.
STILL = """<style>
:is(.jp-OutputArea-child, .output_container):has(.sora2lib-still):has(+ * .sora2lib-player),
.jp-OutputArea-child:has(.sora2lib-still) + .jp-OutputArea-child:not(:has(.sora2lib-player)) {{ display: none }}
</style>
<figure class="sora2lib-still" style="margin:0"><img alt="{label}" src="data:image/jpeg;base64,{poster}"
style="max-width:100%"><figcaption>{label}</figcaption></figure>"""


class Player(anywidget.AnyWidget):
    """Play a clip in a notebook: sound, single frames, speed, loop, and where things meet.

    ``frame`` is the picture that is shown; set it to go there, observe it to follow. Keys: space plays, the arrows go
    one frame (ten with shift), Home and End to the ends, L loops, M mutes.

    >>> player = Player.of(sora.load("ball.mp4"))  # doctest: +SKIP
    >>> player.frame = 19                          # doctest: +SKIP
    >>> Player.of(clip, clip.refilm(style="anime"))  # in step, doctest: +SKIP
    """

    _esm = SCRIPT
    _css = STYLE

    reel = traitlets.Dict(help="Fields of a Reel; its bytes travel as bytes.").tag(sync=True)
    frame = traitlets.Int(0, help="The picture that is shown, from 0.").tag(sync=True)
    disabled = traitlets.Bool(False, help="Nothing can be played or moved.").tag(sync=True)

    @classmethod
    def of(cls, clip: Clip, *others: Clip) -> "Player":
        """Return a player with a clip in it, or with several beside each other, which play as one film.

        Raises
        ------
        MediaError
            They differ in size, rate or length.
        """
        return cls(reel=in_step(clip, *others).fields())

    def _ipython_display_(self) -> None:
        if self.reel:
            display({"text/html": still(self.reel), "text/plain": self.reel["label"]}, raw=True)  # type: ignore[no-untyped-call]
        data, _ = self._repr_mimebundle_() or ({}, {})
        display(data, raw=True)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return f"Player({self.reel.get('frames', 0)} frames, {self.reel.get('size', 'no clip')})"


def still(reel: dict[str, Any]) -> str:
    """Return the first picture of a reel and its label as HTML, which hides itself where a player follows."""
    return STILL.format(label=html.escape(reel["label"]), poster=base64.b64encode(reel["poster"]).decode())
