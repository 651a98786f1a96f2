"""What an explorer knows: clips over prompts, seeds and guidances, with scores, and which one is looked at."""

from typing import Any

import param
import xarray as xr

from sora2lib.clip import Clip
from sora2lib.request import MODEL
from sora2lib.sweeping import SCORES, sweep
from sora2lib.widgets.reel import Reel
from sora2lib.widgets.work import Task, Work

At = tuple[int, int, int]  # prompt, seed and guidance, counted from 0


class Exploration(Work):
    """Sweep prompts, seeds and guidances, and look at single clips.

    >>> exploration = Exploration(prompts="a ball falls\\na ball rolls", seeds=2)  # doctest: +SKIP
    >>> exploration.make()                                                        # doctest: +SKIP
    >>> exploration.grid.gravity.mean("seed")                                     # doctest: +SKIP
    """

    prompts = param.String("a rubber ball falls and bounces\na steel ball rolls on ice", doc="One in each line.")
    seeds = param.Integer(2, bounds=(1, 20), doc="How many; 0, 1, 2 and so on.")
    guidance: Any = param.ListSelector(default=[1.0, 2.5], objects=[0.0, 1.0, 2.5, 5.0, 10.0], doc="How strongly.")
    seconds = param.Number(2.0, bounds=(0.5, 20), doc="Length of each clip.")
    steps = param.Integer(16, bounds=(1, 200), doc="Denoising steps of the motion.")
    size = param.String("320x180", doc="Width and height in pixels.")
    model = param.String(MODEL, doc="Name of the weights, or the path of a .safetensors file.")
    score: Any = param.Selector(default="broken", objects=list(SCORES), doc="Which number is shown.")

    message = param.String("Write prompts, one in each line, then make them.", doc="Where the work is.")
    grid: Any = param.ClassSelector(class_=xr.Dataset, doc="The scores and stills so far.")
    done = param.Integer(0, bounds=(0, None), doc="How many clips of the grid are there.")
    chosen = param.Tuple(None, length=3, allow_None=True, doc="The clip that is looked at.")
    reel = param.Dict({}, doc="The same as a player needs it.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._clips: dict[At, Clip] = {}

    def task(self) -> Task:
        """Check what is asked; the work makes the clips one by one."""
        prompts = [line.strip() for line in self.prompts.splitlines() if line.strip()]
        asked: dict[str, Any] = {name: getattr(self, name) for name in ("seconds", "size", "steps", "model")}
        trials = sweep(prompts, seeds=range(self.seeds), guidance=self.guidance, **asked)

        def work() -> str:
            self._clips = {}
            self.param.update(done=0, chosen=None, reel={})
            self.tell("Loading the model", 0.0)
            for trial in trials:
                self._clips[_place(trial.grid, trial.index - 1)] = trial.clip
                self.param.update(grid=trial.grid, done=trial.index)
                self.tell(f"{trial.index} of {trial.total} clips", trial.index / trial.total)
            return f"{trial.total} clips; choose one"

        return work

    def choose(self, at: At) -> None:
        """Look at a clip; without effect where there is none yet."""
        if at in self._clips:
            self.param.update(chosen=at, reel=Reel.of(self._clips[at]).fields())

    @property
    def clip(self) -> Clip | None:
        """The clip that is looked at."""
        return self._clips.get(self.chosen) if self.chosen else None


def _place(grid: xr.Dataset, index: int) -> At:
    """Where clip ``index`` lies: guidance goes fastest."""
    seeds, strengths = grid.sizes["seed"], grid.sizes["guidance"]
    return index // (seeds * strengths), index // strengths % seeds, index % strengths
