"""The studio as a web page: ``panel serve widgets/studio.py``.

What is asked for stands in the address, so a page can be sent to somebody: ``/studio?prompt=a dog runs&seed=3``.
Every clip is kept; ``panel serve widgets/studio.py widgets/gallery.py`` shows them all, to everybody who has the page.
"""

import os

# Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import panel as pn

from sora2lib.widgets import Collection, Session, Studio
from sora2lib.widgets.parts import as_the_reader_likes

pn.extension()
as_the_reader_likes().servable()
session, collection = Session(), Collection()
session.param.watch(lambda event: collection.add(event.new), "file")
pn.state.location.sync(session, ["prompt", "style", "seed", "steps", "guidance", "seconds", "size", "fps"])
# The page's names are gone by the time it is closed.
pn.state.on_session_destroyed(lambda _, session=session: session.cancel())
Studio(session).servable(title="sora2lib studio")
