"""The inside of a plan as a web page: ``panel serve widgets/attention.py``.

What is asked for stands in the address: ``/attention?prompt=a dog runs&seed=3``.
"""

import os

# Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import panel as pn

from sora2lib.widgets import AttentionDesk, Insight
from sora2lib.widgets.parts import as_the_reader_likes

pn.extension()
as_the_reader_likes().servable()
insight = Insight()
pn.state.location.sync(insight, ["prompt", "seed", "seconds", "steps"])
# The page's names are gone by the time it is closed.
pn.state.on_session_destroyed(lambda _, insight=insight: insight.cancel())
AttentionDesk(insight).servable(title="sora2lib attention")
