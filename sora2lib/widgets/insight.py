"""What is known of the inside of a plan: what every row attends to at a step, in a layer, and where latents go."""

from typing import Any

import param
import xarray as xr

from sora2lib.attending import EMPTY, WHOLE, recording
from sora2lib.film import world_of
from sora2lib.request import MODEL, SEEDS, Request
from sora2lib.widgets.planning import planned
from sora2lib.widgets.session import moments
from sora2lib.widgets.work import Task, Work

PLANNING = 0.9  # of the whole work
TARGETS = {"words": "words of the prompt", "rows": "rows of the plan"}
MOST = 5  # words that are told in a sentence


class Insight(Work):
    """Plan a prompt and look inside: set step, layer and row, and read the shares.

    >>> insight = Insight(prompt="a red ball bounces on ice", seed=7)  # doctest: +SKIP
    >>> insight.make()                                                 # doctest: +SKIP
    >>> insight.param.update(step=20, row="ball")                      # doctest: +SKIP
    >>> print(insight.told)                                            # doctest: +SKIP
    """

    prompt = param.String("a red rubber ball bounces on ice at sunset", doc="One shot in words.")
    seed = param.Integer(7, bounds=(0, SEEDS - 1), doc="The same seed gives the same plan.")
    seconds = param.Number(2.0, bounds=(0.5, 4.0), doc="Length of the plan.")
    steps = param.Integer(24, bounds=(1, 200), doc="Denoising steps of the motion.")
    model = param.String(MODEL, doc="Name of the weights, or the path of a .safetensors file.")

    step = param.Integer(1, bounds=(1, None), doc="Which denoising step is looked at.")
    layer = param.Integer(0, bounds=(0, None), doc="Which layer; 0 is the mean of all.")
    row: Any = param.Selector(default="", objects=[""], check_on_set=False, doc="Which row of the plan.")
    target: Any = param.Selector(default="words", objects=list(TARGETS), doc="What it may look at.")

    message = param.String("Say what shall happen, then plan it.", doc="Where the work is, or why it ended.")
    inside: Any = param.ClassSelector(class_=xr.Dataset, doc="What was recorded; see sora2lib.activations.")
    glimpse = param.Array(None, doc="What was planned: moments side by side, (h, w, 3).")

    @property
    def last(self) -> int:
        """The last step that there is."""
        return 1 if self.inside is None else int(self.inside.sizes["step"])

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return 0 if self.inside is None else int(self.inside.sizes["layer"])

    @property
    def code(self) -> str:
        """What records the same in a program."""
        asked = f"seconds={self.seconds:g}, seed={self.seed}, steps={self.steps}"
        return f"inside = sora.activations({self.prompt!r}, {asked})"

    def task(self) -> Task:
        """Check what is asked; the work plans it and records."""
        asked = ("prompt", "seed", "seconds", "steps", "model")
        request = Request(**{name: getattr(self, name) for name in asked})
        listening = recording(request)

        def work() -> str:
            with listening as record:
                world = world_of(planned(self, request, share=PLANNING, look=record.take))
            inside = record.labelled(world)
            casting = int((inside.phase == "casting").sum())
            self.param.update(inside=inside, glimpse=moments(world), step=casting, layer=0)
            return "Done; choose a step, a layer and a row"

        return work

    @param.depends("inside", "step", watch=True, on_init=True)
    def _follow(self) -> None:
        """Offer the rows that there are at the step, and leave one that is no longer there."""
        names = self.shares().row.values.tolist() if self.inside is not None else [""]
        self.param.row.objects = names
        if self.row not in names:
            self.row = names[0]

    def shares(self) -> xr.DataArray:
        """What the rows of the step look at, (row, word or source), in the layer that is chosen; of slots the taken."""
        taken = self.inside.kind != EMPTY
        there = self._at(self.inside[self.target])[taken.values].dropna("row", how="all")
        return there if self.target == "words" else there.sel(source=there.row.values)

    def heard(self) -> dict[str, float]:
        """How much the row looks at each word of the prompt, in their order."""
        at = self._at(self.inside.words).sel(row=self.row)
        return {str(word): float(share) for word, share in zip(at.word.values, at.values, strict=True) if word != WHOLE}

    @property
    def told(self) -> str:
        """The same in a sentence: the words that the row looks at most."""
        heard, phase = self.heard(), str(self.inside.phase.sel(step=self._step).item())
        most = sorted(heard, key=lambda word: -heard[word])[:MOST]
        where = f"layer {self._layer}" if self._layer else "the mean of all layers"
        shares = ", ".join(f"“{word}” {heard[word]:.1%}" for word in most)
        return f"{phase.title()}, step {self._step} of {self.last}, {where}: {self.row} looks most at {shares}."

    @property
    def _step(self) -> int:
        return min(self.step, self.last)

    @property
    def _layer(self) -> int:
        return min(self.layer, self.layers)

    def _at(self, shares: xr.DataArray) -> xr.DataArray:
        at = shares.sel(step=self._step)
        return at.sel(layer=self._layer) if self._layer else at.mean("layer")
