"""Many clips at once as a web page: ``panel serve widgets/explorer.py``.

What is asked for stands in the address, so a page can be sent to somebody: ``/explorer?prompts=a ball falls&seeds=4``.
"""

import os

# Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import panel as pn

from sora2lib.widgets import Exploration, Explorer
from sora2lib.widgets.parts import as_the_reader_likes

pn.extension()
as_the_reader_likes().servable()
exploration = Exploration()
pn.state.location.sync(exploration, ["prompts", "seeds", "guidance", "seconds", "steps", "size", "score"])
# The page's names are gone by the time it is closed.
pn.state.on_session_destroyed(lambda _, exploration=exploration: exploration.cancel())
Explorer(exploration).servable(title="sora2lib explorer")
