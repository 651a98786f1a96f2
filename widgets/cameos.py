"""Cameos as a web page: ``panel serve widgets/cameos.py``.

Whoever has the page makes and revokes cameos of whoever serves it; Panel lets in browsers of this machine and no others
unless ``--allow-websocket-origin`` says so. Browsers lend camera and microphone to pages of their own machine, or over
https. Several pages at once show the same library.
"""

import panel as pn

from sora2lib.widgets import CameoDesk, Cast
from sora2lib.widgets.parts import as_the_reader_likes

pn.extension()
as_the_reader_likes().servable()
cast = Cast()
pn.state.add_periodic_callback(cast.look, period=2000)
# The page's names are gone by the time it is closed.
pn.state.on_session_destroyed(lambda _, cast=cast: cast.cancel())
CameoDesk(cast).servable(title="sora2lib cameos")
