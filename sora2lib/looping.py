"""From a clip to one that comes round: its last part is planned anew, between what was and its own beginning.

The world is held with its beginning behind its end, and the part before that is another take (`retaking`). What cannot
come back by itself in that time, such as a ball that rolls away, is led back, which is told.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sora2lib.clip import Clip, recipe_of
from sora2lib.cutting import crossed
from sora2lib.errors import RequestError
from sora2lib.film import develop, world_of
from sora2lib.model import weights
from sora2lib.model.tracks import STRIDE
from sora2lib.pipeline import of_words
from sora2lib.planner import OVERLAP, Step
from sora2lib.recipe import Recipe
from sora2lib.request import Request, check, count_frames
from sora2lib.retaking import Part, anew, missed, movers, put, retake_request
from sora2lib.world.schema import RATE, World

BEGINNING = OVERLAP * STRIDE + 1  # samples of its beginning that a world is planned to lead to
FADE = 0.25  # s in which what is still to be heard at the end fades into the beginning


def loop(
    clip: Clip,
    seconds: float = 1.0,
    prompt: str | None = None,
    *,
    seed: int | None = None,
    model: str | None = None,
    steps: int | None = None,
    guidance: float | None = None,
) -> Clip:
    """Let the end of a clip meet its start, in place, speed, camera and sound, so that it can be played for ever.

    Parameters
    ----------
    clip : one with a world, a third of a second longer than ``seconds`` or more.
    seconds : how much of its end is planned anew, from 0.5, in whole thirds of a second.
    prompt : what shall happen there; None takes what was asked last.
    seed : another seed is another way back; None draws one, see ``request.seed`` of the result.
    model : as in :func:`generate`; None takes the one that made the clip.
    steps, guidance : as in :func:`generate`.

    Returns
    -------
    A clip as long as the old one, to a sample of its world, which is the same up to what was planned. ``notices`` tell
    who does not come back by itself and is led, how far, and by how much speeds change where the clip begins anew. A
    clip of several shots cuts there.

    Raises
    ------
    RequestError
        A value breaks its rule, or the clip has no world or is too short.
    ModelError
        The weights are missing, damaged or of another version.

    Notes
    -----
    What rolls, flies or walks away does not come back in a second or two. Where it shows that it is led, let the
    pictures come round instead: ``stitch([clip[1:-1], blend(clip[-1:], clip[:1])])``.

    >>> loop(clip, 1.5, seed=2).save("loop.webp")  # doctest: +SKIP
    """
    recipe = recipe_of(clip)
    ring = Ring.of(recipe, seconds)
    asked: dict[str, Any] = {"seed": seed, "model": model, "steps": steps, "guidance": guidance}
    request = ring.request(prompt, size=clip.size, **asked)
    *_, last = ring.steps(request)
    return ring.closed(develop(ring.twice(last, recipe, request), size=clip.size))


@dataclass(frozen=True)
class Ring:
    """A clip's world with its beginning behind its end, and the part that leads from the one to the other."""

    recipe: Recipe
    part: Part

    @classmethod
    def of(cls, recipe: Recipe, seconds: float) -> "Ring":
        """Find what of a clip is held, or say why it cannot come round."""
        world, first = world_of(recipe), round(recipe.start * RATE)
        shown = math.floor((recipe.start + recipe.frames / recipe.fps) * RATE + 1e-6)
        length = min(shown, world.sizes["time"] - 1) - first
        planned = int(check("seconds", seconds) * RATE + 1e-6) // STRIDE * STRIDE
        if length - planned < STRIDE or abs(world.rate - RATE) > 1e-6:
            raise RequestError(
                f"a clip of {length / RATE:.3g} s with {world.rate:.4g} samples a second cannot come round in "
                f"{seconds:g} s; give one that is longer by {STRIDE / RATE:.2g} s, with {RATE:g}"
            )
        world = world.isel(time=slice(first, first + length))
        cuts = bool(world.camera_cut.values[1:].any())
        part = Part(length - planned, length, movers(world), not cuts)
        frames = count_frames(length / RATE, recipe.fps)
        return cls(replace(recipe, world=_and_again(world, cuts), start=0.0, frames=frames), part)

    def request(self, prompt: str | None, *, size: str, **asked: Any) -> Request:
        """What is asked of the model, as for a retake."""
        return retake_request(self.recipe, self.part, prompt, size=size, **asked)

    def steps(self, request: Request) -> Iterator[Step]:
        """Plan the part, one step at a time."""
        return anew(self.recipe, request, self.part)

    def twice(self, last: Step, recipe: Recipe, request: Request) -> Recipe:
        """The recipe of the clip as the last step says, and of its beginning once more."""
        model, planned = weights.load(request.model), last.world()
        world = put(world_of(self.recipe), planned, self.part)
        return replace(
            self.recipe,
            frames=self.recipe.frames + math.ceil(FADE * self.recipe.fps),
            world=world.validate(),
            request=request,
            maker=f"{model.name} {model.version}",
            notices=(*self._meeting(world, planned), *of_words(request)),
            parents=recipe.line("loop"),
        )

    def _meeting(self, world: World, planned: World) -> Iterator[str]:
        """How well the end meets the start, one sentence each."""
        for name, way in missed(world, planned, self.part).items():
            yield f"{name} does not come back by itself and is led {way:.2g} m"
        if not self.part.camera:
            yield "the camera cuts where the clip begins anew"
        yield f"where the clip begins anew, speeds change by {jump(world, self.part):.2g} m/s at most"

    def closed(self, longer: Clip) -> Clip:
        """The clip without its beginning once more, which is heard to its end in the beginning proper."""
        end = round(self.recipe.frames / longer.fps * longer.rate)
        fade = min(round(FADE * longer.rate), end)
        sound = longer.sound[:, :end].copy()
        sound[:, :fade] = crossed(longer.sound[:, end : end + fade], sound[:, :fade])
        world = world_of(recipe_of(longer)).isel(time=slice(0, self.part.stop + 1))
        return replace(longer, frames=longer.frames[: self.recipe.frames], sound=sound, world=world)


def _and_again(world: World, cuts: bool) -> World:
    """The world with its beginning behind its end, where the camera ``cuts`` or does not."""
    samples = world.sizes["time"]
    twice = world.isel(time=np.arange(samples + min(BEGINNING, samples)) % samples)
    cut = twice.camera_cut.values.copy()
    cut[samples] = cuts
    return twice.assign_coords(time=np.arange(len(cut)) / RATE).assign(camera_cut=("time", cut))


def jump(world: World, part: Part) -> float:
    """By how many m/s the velocity of what was planned changes, at most, at the end of a part."""
    paths = [world.position.sel(actor=name).values for name in part.actors]
    paths += [world.camera_eye.values] if part.camera else []
    around = slice(part.stop - 1, part.stop + 2)
    return max((float(np.linalg.norm(np.diff(path[around], 2, axis=0))) * RATE for path in paths), default=0.0)
