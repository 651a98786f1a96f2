"""A camera to place by hand as a web page: ``panel serve widgets/camera.py``.

The example stands in the address: ``/camera?example=Dominoes fall``.
"""

import os

# Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import panel as pn
import param

import sora2lib as sora
from sora2lib.widgets import CameraDesk, Shoot
from sora2lib.widgets.parts import as_the_reader_likes

EXAMPLES = {
    "A ball falls": ("drop", 30),
    "A ball is thrown": ("throw", 7),
    "Dominoes fall": ("dominoes", 1),
    "A basketball shot": ("basketball", 3),
}


class Choice(param.Parameterized):
    """Which example is filmed."""

    example = param.Selector(objects=list(EXAMPLES), label="Example")


pn.extension()
as_the_reader_likes().servable()
choice = Choice()
pn.state.location.sync(choice, ["example"])


@pn.cache(max_items=4)
def example(name):
    """Simulate an example once for all readers."""
    family, seed = EXAMPLES[name]
    return sora.simulate(family, seed=seed, size="640x360", seconds=3)


def desk(name):
    """Show the desk of an example."""
    shoot = Shoot(clip=example(name))
    pn.state.on_session_destroyed(lambda _: shoot.cancel())
    return CameraDesk(shoot)


pn.Row(pn.widgets.Select.from_param(choice.param.example, width=220), margin=(8, 24)).servable()
pn.panel(pn.bind(desk, choice.param.example)).servable(title="sora2lib camera")
