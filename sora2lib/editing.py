"""From a clip to another, with a model: what comes after it, or what words change in it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from textwrap import shorten
from typing import Any

import numpy as np

from sora2lib.backdrop import kept
from sora2lib.clip import Clip, recipe_of
from sora2lib.errors import RequestError
from sora2lib.film import develop, world_of
from sora2lib.given import Ask
from sora2lib.model import weights
from sora2lib.model.tracks import STRIDE
from sora2lib.pipeline import asked_of, notices
from sora2lib.planner import Step
from sora2lib.planner import plan as plan_world
from sora2lib.recast import Watch, apply, changes
from sora2lib.recipe import Recipe
from sora2lib.request import MODEL, Cameras, Edit, Request, check_length, count_frames, draw_seed
from sora2lib.script import LINES, heard, script, spoken
from sora2lib.speaking import decided
from sora2lib.starring import cast_of, nouned, read, uncast
from sora2lib.world.schema import RATE, World

FOLLOWED = (
    3.0  # guidance of words that are read for a change; with a plan's 2.5 "the ball is blue" often changed nothing
)


def extend(
    clip: Clip,
    prompt: str,
    *,
    seconds: float = 4.0,
    seed: int | None = None,
    model: str | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    camera: Cameras = None,
) -> Clip:
    """Go on from the end of a clip, in the same world with the same cast.

    Parameters
    ----------
    clip : one with a world, at most 120 s together with what is added.
    prompt : what shall happen next.
    seconds : how much is added, from 0.5.
    seed : the same seed gives the same world on one machine; None draws one, see ``request.seed`` of the result.
    model : as in :func:`generate`; None takes the one that made the clip.
    steps, guidance : as in :func:`generate`.
    camera : how what is added is filmed, exactly; moves lead on from where the clip's camera came to, a pose of its
        own cuts to it. A tuple has a camera or None for each shot of the prompt.

    Returns
    -------
    The whole clip. What was in its world stays to the last bit, and what turns, bends and films leads on without a
    jerk. ``request`` is what was asked last, ``parents`` say what it goes on from.

    Raises
    ------
    RequestError
        A value breaks its rule, or the clip has no world, is shorter than a third of a second or gets too long.
    ModelError
        The weights are missing, damaged or of another version.

    >>> extend(clip, "it rolls off a table", seconds=4).save("longer.mp4")  # doctest: +SKIP
    """
    recipe = recipe_of(clip)
    asked: dict[str, Any] = {"seconds": seconds, "seed": seed, "model": model, "steps": steps, "guidance": guidance}
    request = next_request(recipe, prompt, size=clip.size, camera=camera, **asked)
    *_, last = onward(recipe, request)
    return develop(extended(last, recipe, request), size=clip.size)


def remix(
    clip: Clip,
    prompt: str,
    *,
    strength: float = 0.8,
    keep: tuple[str, ...] = (),
    change: tuple[str, ...] | None = None,
    seed: int | None = None,
    model: str | None = None,
    guidance: float | None = None,
) -> Clip:
    """Change what words name: colour, material and size of things, ground, light, weather and the sound of a place.

    The model casts the world again under the words; what they settle is taken over, and all else stays to the last bit.
    What moves goes on moving as it did.

    Parameters
    ----------
    clip : one with a world.
    prompt : what shall be otherwise, such as "the ball is blue and made of steel" or "at night".
    strength : 0 to 1, how little what is counts against what is said.
    keep : names of ``sora2lib.request.PARTS`` that stay whatever is said.
    change : names of ``sora2lib.request.PARTS``, the only ones that may change; None for all.
    seed : draws the new values; None draws one, see ``request.seed`` of the result.
    model : as in :func:`generate`; None takes the one that made the clip.
    guidance : how strongly the words are followed where it is read what they change; 3 if it is not given.

    Returns
    -------
    The clip, drawn anew; ``notices`` say what was changed, ``parents`` what it was made from.

    Raises
    ------
    RequestError
        A value breaks its rule, the clip has no world, or the model reads no such change in the words.
    ModelError
        The weights are missing, damaged or of another version.

    >>> remix(clip, "the ball is blue and made of steel").save("blue.mp4")  # doctest: +SKIP
    """
    recipe, edit = recipe_of(clip), Edit(strength, keep, change)
    request = next_request(
        recipe, prompt, size=clip.size, seconds=clip.seconds, seed=seed, model=model, guidance=guidance
    )
    return develop(remixed(recipe, request, edit), size=clip.size)


def remixed(recipe: Recipe, request: Request, edit: Edit, *, watch: Watch = iter) -> Recipe:
    """Return the recipe of :func:`remix`, to be drawn or recorded; ``watch`` is that of :func:`recast.changes`."""
    world, model = world_of(recipe), weights.load(request.model)
    guidance = FOLLOWED if request.guidance is None else request.guidance
    words = nouned(request.prompt, cast_of(request.prompt), world.cameo.values.tolist())
    changed = changes(model, world, words, edit, seed=request.seed, guidance=guidance, watch=watch)
    if not changed:
        raise RequestError(
            f"the model reads no change that it may make in {shorten(request.prompt, 80)!r}; say what shall be "
            "otherwise, such as 'the ball is blue' or 'at night'"
        )
    told = f"changed: {', '.join(dict.fromkeys(map(str, changed)))}"
    return replace(
        recipe,
        world=apply(world, changed),
        request=request,
        maker=f"{model.name} {model.version}",
        notices=(*notices(request), told),
        parents=recipe.line("remix"),
    )


def next_request(
    recipe: Recipe, prompt: str, *, size: str, seed: int | None = None, model: str | None = None, **asked: Any
) -> Request:
    """Return what is asked of a model that changes or goes on with a clip; other values are those of a request."""
    return Request(
        prompt=prompt,
        size=size,
        fps=recipe.fps,
        seed=draw_seed() if seed is None else seed,
        model=model or (recipe.request.model if recipe.request else MODEL),
        style=str(world_of(recipe)["style"].values),
        sound=not recipe.soundtrack.silent,
        **asked,
    )


def onward(recipe: Recipe, request: Request) -> Iterator[Step]:
    """Plan what follows a recipe's world, one step at a time; each step's world is the whole."""
    past, added = _past(recipe, request)
    # Rows are a third of a second; what of the past lies before the first whole one need not be planned from.
    head = (past.sizes["time"] - 1) % STRIDE
    script(request.prompt, request.seconds)
    ask = Ask(read(request.prompt, past), request.seed, added, past.isel(time=slice(head, None)), request.camera)
    for step in plan_world(weights.load(request.model), ask, **asked_of(request)):
        yield replace(step, guess=partial(_headed, past.isel(time=slice(0, head)), step.guess))


def _past(recipe: Recipe, request: Request) -> tuple[World, float]:
    """The world up to the end of a clip, and the seconds from there to the end of what is asked."""
    world, end = world_of(recipe), recipe.start + recipe.frames / recipe.fps
    check_length(end + request.seconds)
    last = min(math.ceil(end * RATE - 1e-6), world.sizes["time"] - 1)
    if last < STRIDE or abs(world.rate - RATE) > 1e-6:
        raise RequestError(
            f"a world of {end:.3g} s with {world.rate:.4g} samples a second cannot be gone on from; give one of "
            f"{STRIDE / RATE:.2g} s or more with {RATE:g}"
        )
    return world.isel(time=slice(0, last + 1)), end + request.seconds - last / RATE


def _headed(head: World, guess: Callable[[], World]) -> World:
    """The world of a guess with what was before its first sample."""
    world = guess()
    samples = head.sizes["time"] + world.sizes["time"]
    head = head.sel(actor=world.actor)
    joined = {
        name: (it.dims, np.concatenate([head[name].values, it.values], axis=it.dims.index("time")))
        for name, it in world.data_vars.items()
        if "time" in it.dims
    }
    whole = world.drop_dims("time").assign_coords(time=np.arange(samples) / RATE).assign(joined)
    return kept(whole, head)


def extended(last: Step, recipe: Recipe, request: Request) -> Recipe:
    """Return the recipe of a clip that goes on as the last step says."""
    model, told = weights.load(request.model), script(request.prompt, request.seconds)
    before = world_of(recipe)
    said = {name: before[name] for name in LINES}
    world, end = last.world().drop_vars(LINES).assign(said), recipe.start + recipe.frames / recipe.fps
    world = spoken(world, decided(world, told, request, after=end), after=end)
    return replace(
        recipe,
        frames=count_frames(recipe.frames / recipe.fps + request.seconds, recipe.fps),
        world=world,
        request=request,
        maker=f"{model.name} {model.version}",
        notices=(*notices(request), *heard(world, told, after=end), *uncast(world, cast_of(request.prompt))),
        parents=recipe.line("extend"),
    )
