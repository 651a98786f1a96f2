"""A physics lesson as a web page: ``panel serve widgets/physics.py``.

Choose an example or open a film, your own or anybody's; then change the laws. The example stands in the address:
``/physics?example=A pendulum swings``.
"""

import panel as pn
import param

import sora2lib as sora
from sora2lib.widgets import Experiment, FilePane, Laboratory
from sora2lib.widgets.parts import as_the_reader_likes

SIZE = "640x360"
EXAMPLES = {
    "A ball falls": ("drop", 30),
    "A ball is thrown": ("throw", 7),
    "Two balls collide": ("collide", 3),
    "A pendulum swings": ("pendulum", 4),
    "A ball rolls": ("roll", 5),
    "Dominoes": ("dominoes", 1),
}


class Choice(param.Parameterized):
    """Which example is shown."""

    example = param.Selector(objects=list(EXAMPLES), label="Example")


pn.extension()
as_the_reader_likes().servable()
choice, experiment = Choice(), Experiment()
pn.state.location.sync(choice, ["example"])


def show_example(name):
    """Simulate an example and look at it."""
    family, seed = EXAMPLES[name]
    experiment.clip = sora.simulate(family, seed=seed, size=SIZE, seconds=3)


film = FilePane.of("Open a film", "video/*,.webm,.mkv", experiment.open)
laboratory = Laboratory(experiment)
pn.bind(show_example, choice.param.example, watch=True)
pn.state.onload(lambda: show_example(choice.example))
pn.state.on_session_destroyed(lambda _, experiment=experiment: experiment.cancel())
pn.FlexBox(
    pn.widgets.Select.from_param(choice.param.example, width=220), film, align_items="end", gap="8px", margin=(8, 24)
).servable()
laboratory.servable(title="sora2lib physics")
