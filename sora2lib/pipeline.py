"""From a prompt to a clip: the request is planned into a world, and the world is drawn."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from textwrap import shorten
from typing import Any

import numpy as np

from sora2lib.camera import Camera
from sora2lib.clip import Clip, recipe_of
from sora2lib.dialogue import seen
from sora2lib.errors import RequestError
from sora2lib.film import develop, world_of
from sora2lib.given import Ask
from sora2lib.model import weights
from sora2lib.model.text import unknown_words, unread
from sora2lib.model.tracks import STRIDE
from sora2lib.planner import GUIDANCE, Step
from sora2lib.planner import plan as plan_world
from sora2lib.prompt import remarks
from sora2lib.recast import apply, changes
from sora2lib.recipe import Recipe
from sora2lib.request import MODEL, Edit, Request, check_length, count_frames, draw_seed
from sora2lib.script import LINES, script, spoken, unseen
from sora2lib.world.schema import RATE, World
from sora2lib.world.simulate import resimulate


def generate(
    prompt: str,
    *,
    seconds: float = 4.0,
    size: str = "1280x720",
    fps: float = 24,
    seed: int | None = None,
    model: str = MODEL,
    style: str = "realistic",
    physics: str = "model",
    steps: int | None = None,
    guidance: float | None = None,
    camera: Camera | None = None,
) -> Clip:
    """Make a clip from a sentence.

    Parameters
    ----------
    prompt : what shall be seen and heard, 1 to 32,000 characters.
    seconds : length, 0.5 to 120.
    size : "WIDTHxHEIGHT" in pixels, both even, 64x64 to 3840x2160.
    fps : frames a second, 1 to 60.
    seed : the same seed gives the same world on one machine; None draws one, see ``clip.request.seed``.
    model : name of the weights, or the path of a .safetensors file.
    style : a name of ``sora2lib.world.vocabulary.STYLES``.
    physics : "model" keeps the motion that the model made; "exact" simulates it again from the model's start.
    steps : denoising steps, 1 to 200; None leaves it to the model.
    guidance : how strongly to follow the prompt, 0 to 20; None leaves it to the model.
    camera : how it is filmed, exactly; where its moves begin is the model's choice, unless it has a pose of its own.

    Returns
    -------
    The clip, with its world and request; ``clip.notices`` says which words were not understood.

    Raises
    ------
    RequestError
        A value breaks its rule, or the camera needs an actor that the model has not cast.
    ModelError
        The weights are missing, damaged or of another version.

    >>> generate("a red rubber ball bounces on ice at sunset", seed=7).save("ball.mp4")  # doctest: +SKIP
    """
    request = Request(
        prompt=prompt,
        seconds=seconds,
        size=size,
        fps=fps,
        seed=draw_seed() if seed is None else seed,
        model=model,
        style=style,
        physics=physics,
        steps=steps,
        guidance=guidance,
        camera=camera,
    )
    return make(request)


def steps(
    prompt: str,
    *,
    seconds: float = 4.0,
    seed: int | None = None,
    model: str = MODEL,
    style: str = "realistic",
    steps: int | None = None,
    guidance: float | None = None,
    camera: Camera | None = None,
) -> Iterator[Step]:
    """Watch a world come out of noise: one :class:`~sora2lib.Step` for each denoising step.

    Parameters and errors are those of :func:`generate`. Stop asking, and the work stops.

    >>> for step in steps("a red ball rolls off a table", seed=7):  # doctest: +SKIP
    ...     print(step.index, step.total, step.phase)
    """
    request = Request(
        prompt=prompt,
        seconds=seconds,
        seed=draw_seed() if seed is None else seed,
        model=model,
        style=style,
        steps=steps,
        guidance=guidance,
        camera=camera,
    )
    return plan(request)


def make(request: Request) -> Clip:
    """Answer a request: :func:`generate` in one value."""
    *_, last = plan(request)
    return develop(finish(last, request), size=request.size)


def plan(request: Request) -> Iterator[Step]:
    """Turn a request into a world, one step at a time."""
    script(request.prompt, request.seconds)  # what cannot be said in the time shows now, not when all is done
    ask = Ask(seen(request.prompt), request.seed, request.seconds, camera=request.camera)
    return plan_world(weights.load(request.model), ask, **_asked(request))


def _asked(request: Request) -> dict[str, Any]:
    """Steps and guidance, where the model's own are not to be taken."""
    asked: dict[str, Any] = {"steps": request.steps, "guidance": request.guidance}
    return {name: value for name, value in asked.items() if value is not None}


def finish(last: Step, request: Request) -> Recipe:
    """Return the world of the last step, simulated again where that was asked, and how it came about."""
    world = last.world().assign(style=request.style)
    model = weights.load(request.model)
    if request.physics == "exact":
        world = resimulate(world)
        world = request.camera.film(world) if request.camera else world
    told = script(request.prompt, request.seconds)
    world = spoken(world, told)
    return Recipe(
        frames=request.frames,
        fps=request.fps,
        world=world,
        request=request,
        maker=f"{model.name} {model.version}",
        notices=(*notices(request), *told.notices, *unseen(world)),
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
    request = next_request(recipe, prompt, size=clip.size, **asked)
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
    guidance : as in :func:`generate`.

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


def remixed(recipe: Recipe, request: Request, edit: Edit) -> Recipe:
    """Return the recipe of :func:`remix`, to be drawn or recorded."""
    world, model = world_of(recipe), weights.load(request.model)
    guidance = GUIDANCE if request.guidance is None else request.guidance
    changed = changes(model, world, request.prompt, edit, seed=request.seed, guidance=guidance)
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
        **asked,
    )


def onward(recipe: Recipe, request: Request) -> Iterator[Step]:
    """Plan what follows a recipe's world, one step at a time; each step's world is the whole."""
    past, added = _past(recipe, request)
    # Rows are a third of a second; what of the past lies before the first whole one need not be planned from.
    head = (past.sizes["time"] - 1) % STRIDE
    script(request.prompt, request.seconds)
    ask = Ask(seen(request.prompt), request.seed, added, past=past.isel(time=slice(head, None)))
    for step in plan_world(weights.load(request.model), ask, **_asked(request)):
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
    return world.drop_dims("time").assign_coords(time=np.arange(samples) / RATE).assign(joined)


def extended(last: Step, recipe: Recipe, request: Request) -> Recipe:
    """Return the recipe of a clip that goes on as the last step says."""
    model, told = weights.load(request.model), script(request.prompt, request.seconds)
    before = world_of(recipe)
    said = {name: before[name] for name in LINES}
    world = spoken(last.world().drop_vars(LINES).assign(said), told, after=recipe.start + recipe.frames / recipe.fps)
    return replace(
        recipe,
        frames=count_frames(recipe.frames / recipe.fps + request.seconds, recipe.fps),
        world=world,
        request=request,
        maker=f"{model.name} {model.version}",
        notices=(*notices(request), *told.notices, *unseen(world)),
        parents=recipe.line("extend"),
    )


def notices(request: Request) -> tuple[str, ...]:
    """What the user should know: values that were rounded, words that are not read or not understood."""
    words = seen(request.prompt)
    unknown, rest = unknown_words(words), unread(words)
    strange = (f"the model does not understand: {', '.join(unknown)}",) if unknown else ()
    cut = (f"the prompt is too long to be read whole; left out: {shorten(rest, 80)}",) if rest else ()
    return (*request.notices, *strange, *cut, *remarks(request.prompt, request.seconds))
