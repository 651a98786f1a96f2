"""From a clip to another take of a part of it: some seconds are planned anew, all else is held.

The rows of what is held are clean while the others come out of noise, those before and those after alike, so that the
plan knows what it is to lead to. What it misses that by is made up for little by little over the part, and told.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np

from sora2lib.clip import Clip, recipe_of
from sora2lib.dialogue import seen
from sora2lib.editing import next_request
from sora2lib.errors import RequestError
from sora2lib.film import develop, world_of
from sora2lib.given import Ask, Held, lengthened
from sora2lib.model import weights
from sora2lib.model.tracks import STRIDE
from sora2lib.pipeline import asked_of, of_words
from sora2lib.planner import Step
from sora2lib.planner import plan as plan_world
from sora2lib.prompt import shots
from sora2lib.recipe import Recipe
from sora2lib.request import Request, check
from sora2lib.script import Script, heard, lined, script
from sora2lib.seam import led
from sora2lib.sound.speech import mouths
from sora2lib.speaking import decided
from sora2lib.starring import read
from sora2lib.world.schema import RATE, World

BODIES = ("position", "rotation", "joint_angle")
LENSES = ("camera_eye", "camera_target", "camera_roll", "camera_fov")
TOLD_FROM = 0.05  # m that a thing misses its place by, from which that is told


def retake(
    clip: Clip,
    start: float = 0.0,
    end: float | None = None,
    prompt: str | None = None,
    *,
    actor: str | None = None,
    seed: int | None = None,
    model: str | None = None,
    steps: int | None = None,
    guidance: float | None = None,
) -> Clip:
    """Plan some seconds of a clip anew, or what one actor does in them, and leave all else as it is.

    Parameters
    ----------
    clip : one with a world.
    start, end : seconds of the clip, half a second apart or more; None is its end. Planned are whole thirds of a second
        within them; to the end of the world, all.
    prompt : what shall happen, in one shot; None takes what was asked last, of several shots the one at ``start``.
    actor : a name of ``clip.world.actor``, the only one that moves otherwise; None plans all that moves and the camera.
    seed : another seed is another take; None draws one, see ``request.seed`` of the result.
    model : as in :func:`generate`; None takes the one that made the clip.
    steps, guidance : as in :func:`generate`.

    Returns
    -------
    The clip, drawn anew; outside of what was planned its world is the same to the last bit, and place and speed lead on
    at both ends. Where a cut lies amidst the seconds, the camera keeps what it did. What is said from ``start`` on is
    replaced by what a new prompt says. ``notices`` tell what was planned, and what missed the place where it goes on
    and was led there; ``parents`` what the clip was made from.

    Raises
    ------
    RequestError
        A value breaks its rule, the clip has no world, there is no such actor, or it never moves.
    ModelError
        The weights are missing, damaged or of another version.

    >>> retake(clip, 1, 3, "the ball bounces", seed=4).save("take2.mp4")  # doctest: +SKIP
    """
    recipe = recipe_of(clip)
    part = Part.of(recipe, start, end, actor)
    asked: dict[str, Any] = {"seed": seed, "model": model, "steps": steps, "guidance": guidance}
    request = retake_request(recipe, part, prompt, size=clip.size, **asked)
    *_, last = anew(recipe, request, part)
    return develop(retaken(last, recipe, request, part, spoken=prompt is not None), size=clip.size)


@dataclass(frozen=True)
class Part:
    """What of a world is planned anew.

    Parameters
    ----------
    start : the last sample before, which is held.
    stop : the first sample after, which is held again; where nothing comes after, how many there are.
    actors : names of those that move otherwise.
    camera : whether it moves otherwise.
    """

    start: int
    stop: int
    actors: tuple[str, ...]
    camera: bool

    @classmethod
    def of(cls, recipe: Recipe, start: float, end: float | None, actor: str | None) -> "Part":
        """Find the part between two seconds of a clip, or say why there is none."""
        world, length = world_of(recipe), recipe.frames / recipe.fps
        begin, close = _between(start, length if end is None else end, length)
        if abs(world.rate - RATE) > 1e-6:
            raise RequestError(
                f"a world with {world.rate:.4g} samples a second cannot be retaken; give one with {RATE:g}"
            )
        first = math.ceil((recipe.start + begin) * RATE - 1e-6)
        last, samples = math.floor((recipe.start + close) * RATE + 1e-6), world.sizes["time"]
        stop = samples if last >= samples - 2 else first + (last - first) // STRIDE * STRIDE
        if stop - first < 2:
            raise RequestError(f"the world ends after {world.seconds:g} s; retake what lies before")
        cut = world.camera_cut.values[first + 1 : stop + 1].any()
        return cls(first, stop, movers(world, actor), actor is None and not cut)

    @property
    def head(self) -> int:
        """Samples before the first whole row that is held."""
        return self.start % STRIDE

    def after(self, world: World) -> World:
        """What is held after the part."""
        return world.isel(time=slice(self.stop, None))

    def seconds(self, world: World) -> float:
        """How long the part lasts."""
        return (min(self.stop, world.sizes["time"] - 1) - self.start) / RATE

    def ask(self, world: World, request: Request) -> Ask:
        """What the planner needs to plan the part."""
        rows = math.ceil(self.seconds(world) * RATE / STRIDE - 1e-9)
        rows += self.start // STRIDE + max(0, world.sizes["time"] - 1 - self.stop) // STRIDE
        known = lengthened(world.isel(time=slice(self.head, None)), rows * STRIDE + 1)
        past = world.isel(time=slice(self.head, self.start + 1))
        held = Held(known, self.actors, self.camera)
        return Ask(read(request.prompt, world), request.seed, self.seconds(world), past, held=held)


def _between(start: float, end: float, length: float) -> tuple[float, float]:
    for value in (start, end):
        # NaN compares false with everything.
        if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) <= length + 1e-6:
            raise RequestError(f"{str(value)[:60]} is no second of the clip; give one from 0 to {length:g}")
    if end <= start:
        raise RequestError(f"nothing lies between {start:g} and {end:g} s; let the start come first")
    check("seconds", end - start)
    return float(start), float(end)


def movers(world: World, actor: str | None = None) -> tuple[str, ...]:
    """Names of the actors that move, or of the one that is named, or say why it does not."""
    moving = tuple(world.actor.values[~world.fixed.values].tolist())
    if actor is None:
        return moving
    if actor not in moving:
        never = "never moves" if actor in world.actor.values else "is not there"
        raise RequestError(f"{str(actor)[:60]!r} {never}; name one of {', '.join(moving) or 'none'}")
    return (actor,)


def retake_request(recipe: Recipe, part: Part, prompt: str | None, *, size: str, **asked: Any) -> Request:
    """Return what is asked of the model for a retake; without a prompt, in the words of the clip's own request."""
    begin, world = part.start / RATE - recipe.start, world_of(recipe)
    words = _words_at(recipe, begin) if prompt is None else prompt
    request = next_request(recipe, words, size=size, seconds=part.seconds(world), **asked)
    if len(shots(seen(words), request.seconds)) > 1:
        raise RequestError("the prompt tells of several shots, and a retake is of one; retake one after the other")
    return request


def _words_at(recipe: Recipe, second: float) -> str:
    """What was asked for the moment of a clip."""
    if recipe.request is None:
        raise RequestError("nothing was asked for this clip; give a prompt, such as 'the ball bounces'")
    told = shots(recipe.request.prompt, recipe.request.seconds)
    ends = np.cumsum([shot.seconds for shot in told])
    return told[min(int(np.searchsorted(ends, second, side="right")), len(told) - 1)].prompt


def anew(recipe: Recipe, request: Request, part: Part) -> Iterator[Step]:
    """Plan a part of a recipe's world, one step at a time; each step's world is the past and the part."""
    script(request.prompt, request.seconds)
    ask = part.ask(world_of(recipe), request)
    return plan_world(weights.load(request.model), ask, **asked_of(request))


def retaken(last: Step, recipe: Recipe, request: Request, part: Part, *, spoken: bool) -> Recipe:
    """Return the recipe of a clip with a part as the last step says.

    Where the prompt is ``spoken``, its lines take the place of those that began there.
    """
    model, before, planned = weights.load(request.model), world_of(recipe), last.world()
    told = script(request.prompt, request.seconds) if spoken else Script()
    world = put(_silenced(before, part) if spoken else before, planned, part)
    if told.lines or world.sizes["line"]:
        world = _said(world, part, decided(world, told, request, after=part.start / RATE))
    begin = part.start / RATE - recipe.start
    span = f"planned anew: {begin:.3g} to {begin + part.seconds(before):.3g} s"
    ways = missed(before, planned, part)
    off = [f"{name} is led {way:.2g} m to where it goes on" for name, way in ways.items()]
    return replace(
        recipe,
        world=world.validate(),
        request=request,
        maker=f"{model.name} {model.version}",
        notices=(span, *of_words(request), *off, *heard(world, told, after=part.start / RATE)),
        parents=recipe.line("retake"),
    )


def put(world: World, planned: World, part: Part) -> World:
    """The world with a part as it was planned, led to what comes after; all else stays to the last bit."""
    after = part.after(world).sel(actor=planned.actor)
    if after.sizes["time"]:
        planned = led(planned, part.start - part.head, after)
    free, source = slice(part.start + 1, part.stop), slice(part.start + 1 - part.head, part.stop - part.head)
    changed = {}
    for name in (*BODIES, *(LENSES if part.camera else ())):
        track, fresh = world[name].values.copy(), planned[name]
        if name in LENSES:
            track[free] = fresh.values[source]
        else:
            index = [world.actor.values.tolist().index(actor) for actor in part.actors]
            track[index, free] = fresh.sel(actor=list(part.actors)).values[:, source]
        changed[name] = (world[name].dims, track)
    again = world.assign(changed)
    again.attrs = {name: value for name, value in world.attrs.items() if name not in ("facts", "events")}
    return again


def missed(world: World, planned: World, part: Part) -> dict[str, float]:
    """How far from where the world goes on, in metres, each was planned to be that is told; it is led from there."""
    after = part.after(world).sel(actor=list(part.actors))
    if not after.sizes["time"]:
        return {}
    ways = planned.position.sel(actor=after.actor).values[:, -1] - after.position.values[:, 0]
    off = {name: float(np.linalg.norm(way)) for name, way in zip(part.actors, ways, strict=True)}
    return {name: way for name, way in off.items() if way >= TOLD_FROM}


def _silenced(world: World, part: Part) -> World:
    """The world without what began to be said in a part."""
    since = world.line_start.values - float(world.time.values[0]) - part.start / RATE
    return world.isel(line=(since < 0) | (since >= part.seconds(world)))


def _said(world: World, part: Part, told: Script) -> World:
    """The world with a script from a part on behind its own lines; mouths move in the part alone."""
    world = lined(world, told, after=part.start / RATE)
    track, spoken = world.joint_angle.values.copy(), mouths(world).joint_angle.values
    index = [world.actor.values.tolist().index(actor) for actor in part.actors]
    track[index, part.start + 1 : part.stop] = spoken[index, part.start + 1 : part.stop]
    return world.assign(joint_angle=(world.joint_angle.dims, track))
