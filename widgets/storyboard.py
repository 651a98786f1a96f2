"""A storyboard as a web page: ``panel serve widgets/storyboard.py``.

Films are kept in the gallery, like those of the studio.
"""

import os

# Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import panel as pn

from sora2lib.widgets import Collection, Draft, StoryboardDesk
from sora2lib.widgets.parts import as_the_reader_likes

pn.extension()
as_the_reader_likes().servable()
draft, collection = Draft(), Collection()
draft.param.watch(lambda event: collection.add(event.new), "file")
pn.state.location.sync(draft, ["seed", "style", "size", "steps"])
# The page's names are gone by the time it is closed.
pn.state.on_session_destroyed(lambda _, draft=draft: draft.cancel())
StoryboardDesk(draft).servable(title="sora2lib storyboard")
