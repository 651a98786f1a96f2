"""What a studio knows: what is asked for, how far it is, what came out. How that is shown is not its concern."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from sora2lib.acts import MOTION_STEPS
from sora2lib.casting import GUIDANCE
from sora2lib.clip import Clip
from sora2lib.planner import Step
from sora2lib.recipe import Recipe
from sora2lib.render import render
from sora2lib.request import MODEL, SEEDS, Request
from sora2lib.widgets.planning import planned
from sora2lib.widgets.reel import Reel
from sora2lib.widgets.work import Task, Work
from sora2lib.world.schema import World
from sora2lib.world.vocabulary import STYLES

Frame = NDArray[np.uint8]
GLIMPSE_EVERY = 4  # steps
GLIMPSE = (240, 136)  # pixels of each picture
MOMENTS = 4
PLANNING = 0.3  # of the whole work, so that one bar serves both acts


class Session(Work):
    """Ask for a clip, follow the work, stop it, have the clip.

    Set what is asked for, then :meth:`start` or :meth:`make`; watch the other values to follow.

    >>> session = Session(prompt="a blue steel ball rolls off a table", seed=1)
    >>> session.make()                                                           # doctest: +SKIP
    >>> session.clip.save("ball.mp4")                                            # doctest: +SKIP
    """

    prompt = param.String("a red rubber ball bounces on ice at sunset", doc="What shall be seen and heard.")
    seed = param.Integer(7, bounds=(0, SEEDS - 1), doc="The same seed gives the same world.")
    steps = param.Integer(MOTION_STEPS, bounds=(1, 200), softbounds=(4, 80), doc="Denoising steps of the motion.")
    guidance = param.Number(GUIDANCE, bounds=(0, 20), softbounds=(0, 8), doc="How strongly to follow the prompt.")
    style: Any = param.Selector(default=STYLES[0], objects=list(STYLES), doc="How it is drawn.")
    seconds = param.Number(4.0, bounds=(0.5, 120), doc="Length of the clip.")
    size = param.String("1280x720", doc="Width and height in pixels.")
    fps = param.Number(24.0, bounds=(1, 60), doc="Frames a second.")
    model = param.String(MODEL, doc="Name of the weights, or the path of a .safetensors file.")

    message = param.String("Say what shall be seen and heard, then make it.", doc="Where the work is, or why it ended.")
    glimpse = param.Array(None, doc="The plan so far: moments side by side, (h, w, 3).")
    clip = param.ClassSelector(class_=Clip, doc="The last clip that was made.")
    file = param.Bytes(b"", doc="The same as MP4, which remembers how it was made.")
    reel = param.Dict({}, doc="The same as a player needs it.")

    def request(self) -> Request:
        """Return what is asked for, checked."""
        asked = ("prompt", "seed", "steps", "guidance", "style", "seconds", "size", "fps", "model")
        return Request(**{name: getattr(self, name) for name in asked})

    def task(self) -> Task:
        """Check the request; the clip is made when the task is called."""
        request = self.request()

        def work() -> str:
            with TemporaryDirectory() as folder:
                path = self.record(self._plan(request), Path(folder) / "clip.mp4", size=request.size, begun=PLANNING)
                self._show(path)
            return "Done"

        return work

    def _plan(self, request: Request) -> Recipe:
        self.glimpse = None
        return planned(self, request, share=PLANNING, look=self._look)

    def _look(self, step: Step) -> None:
        if step.index % GLIMPSE_EVERY == 0 or step.index == step.total:
            self.glimpse = moments(step.world())

    def _show(self, path: Path) -> None:
        clip, content = Clip.load(path), path.read_bytes()
        self.param.update(clip=clip, file=content, reel=Reel.of(clip, video=content).fields(), glimpse=None)


def moments(world: World) -> Frame:
    """Draw moments of a world, evenly spread, side by side in one picture (h, w, 3)."""
    width, height = GLIMPSE
    half = world.seconds / MOMENTS / 2
    return np.hstack(list(render(world, width=width, height=height, fps=MOMENTS / world.seconds, start=half)))
