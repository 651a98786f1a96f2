"""From a prompt to a clip: the request is planned into a world, and the world is drawn."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate
from textwrap import shorten
from typing import Any

from sora2lib.backdrop import hung
from sora2lib.cameo import Cameo
from sora2lib.camera import Pose
from sora2lib.camera.paths import first_pose
from sora2lib.clip import Clip
from sora2lib.film import develop
from sora2lib.fitting.fit import Fit, Picture, fit
from sora2lib.given import Ask, filmed_from, shot_ends, takes
from sora2lib.model import weights
from sora2lib.model.text import unknown_words, unread
from sora2lib.model.tracks import STRIDE
from sora2lib.planner import Step
from sora2lib.planner import plan as plan_world
from sora2lib.prompt import remarks, shots
from sora2lib.recipe import Recipe
from sora2lib.request import MODEL, Cameras, Request, draw_seed
from sora2lib.script import Script, heard, script, spoken
from sora2lib.soundtrack import OWN, SILENT
from sora2lib.speaking import decided
from sora2lib.starring import cast_of, read, starring, uncast
from sora2lib.start import Start, Starts
from sora2lib.world.nouns import mentions
from sora2lib.world.persons import PLAYED_BY
from sora2lib.world.schema import RATE, World
from sora2lib.world.simulate import resimulate
from sora2lib.world.vocabulary import GROUNDS

Pictures = Picture | Fit | Start | None | tuple[Picture | Fit | Start | None, ...]
EYE_LEVEL = 0.5  # metres above the ground: the lowest that a camera is led to, before a picture
NOT_CAST = frozenset(("camera", "picture", "sun", "moon", *GROUNDS))  # named as what films, or as the place


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
    camera: Cameras = None,
    sound: bool = True,
    start: Pictures = None,
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
        A tuple has a camera or None for each shot of the prompt.
    sound : whether the clip is heard.
    start : a picture or a film whose first moment is that of the clip, as far as it is understood: a path, an array, a
        clip, or what :func:`sora2lib.fit` made of one. A tuple has one or None for each shot of the prompt; a later
        shot is filmed from where its picture shows the cast. Of a fit made
        with ``backdrop=True`` the picture hangs in the distance, behind the world.

    Returns
    -------
    The clip, with its world and request; ``clip.notices`` says what of the words and of the picture was not understood.

    Raises
    ------
    RequestError
        A value breaks its rule, or the camera needs an actor that the model has not cast.
    MediaError
        The picture cannot be read, see :func:`sora2lib.fit`.
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
        sound=sound,
        start=beginning(start),
    )
    return make(request)


def beginning(start: Pictures) -> Starts:
    """What a clip, or each of its shots, begins with, read off pictures if need be."""
    if isinstance(start, tuple):
        return tuple(map(_begun, start))
    return _begun(start)


def _begun(start: Picture | Fit | Start | None) -> Start | None:
    return start if start is None or isinstance(start, Start) else fit(start).start


def steps(
    prompt: str,
    *,
    seconds: float = 4.0,
    seed: int | None = None,
    model: str = MODEL,
    style: str = "realistic",
    steps: int | None = None,
    guidance: float | None = None,
    camera: Cameras = None,
    start: Pictures = None,
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
        start=beginning(start),
    )
    return plan(request)


def make(request: Request) -> Clip:
    """Answer a request: :func:`generate` in one value."""
    *_, last = plan(request)
    return develop(finish(last, request), size=request.size)


def plan(request: Request) -> Iterator[Step]:
    """Turn a request into a world, one step at a time; its style is in it, and what is said."""
    cameos = cast_of(request.prompt)
    told = script(request.prompt, request.seconds)  # what cannot be said in the time shows now, not when all is done
    ask = Ask(read(request.prompt), request.seed, request.seconds, camera=request.camera, start=request.start)
    steps = plan_world(weights.load(request.model), ask, **asked_of(request))
    guesses = (replace(step, guess=partial(_told, step.guess, request, told, cameos)) for step in steps)
    start, camera = _first(request.start) or Start(), _first(request.camera)
    if not start.backdrop:
        return guesses
    free = not start.things and not (camera and camera.absolute)
    return (replace(step, guess=partial(_before_picture, step.guess, start, start.backdrop, free)) for step in guesses)


def _first(given: Any) -> Any:
    """What is given for the first shot, of one for all or of several."""
    return given[0] if isinstance(given, tuple) else given


def _told(guess: Callable[[], World], request: Request, told: Script, cameos: Sequence[Cameo]) -> World:
    """The world of a guess with its style, its cameos and what is said."""
    world = starring(guess().assign(style=request.style), cameos)
    return spoken(world, decided(world, told, request))


def _before_picture(guess: Callable[[], World], start: Start, picture: bytes, free: bool) -> World:
    """The world of a guess before the picture that it starts from; a ``free`` camera looks as that of the picture."""
    world, fov = guess(), math.radians(start.fov)
    world = filmed_from(world, tilted(first_pose(world), start)) if free else world
    return hung(world, picture, pitch=start.pitch, fov=fov, timed=start.light is not None)


def tilted(pose: Pose, start: Start) -> Pose:
    """A pose that looks at the same thing, as far down as the camera of a picture did, through its lens."""
    (x, y, _), (aim_x, aim_y, aim) = pose.eye, pose.target
    high = math.hypot(aim_x - x, aim_y - y) * math.tan(start.pitch)
    aim = max(aim, EYE_LEVEL - high)
    return Pose((x, y, aim + high), (aim_x, aim_y, aim), pose.roll, start.fov)


def asked_of(request: Request) -> dict[str, Any]:
    """Return steps and guidance, where the model's own are not to be taken."""
    asked: dict[str, Any] = {"steps": request.steps, "guidance": request.guidance}
    return {name: value for name, value in asked.items() if value is not None}


def finish(last: Step, request: Request) -> Recipe:
    """Return the world of the last step, simulated again where that was asked, and how it came about."""
    world = last.world()
    model = weights.load(request.model)
    if request.physics == "exact":
        world = _filmed(resimulate(world), request)
    told = script(request.prompt, request.seconds)
    return Recipe(
        frames=request.frames,
        fps=request.fps,
        world=world,
        request=request,
        maker=f"{model.name} {model.version}",
        notices=(*notices(request), *heard(world, told), *uncast(world, cast_of(request.prompt))),
        soundtrack=OWN if request.sound else SILENT,
    )


def _filmed(world: World, request: Request) -> World:
    """A planned world filmed again by the cameras of its request, which may follow what moves otherwise now."""
    ends = shot_ends(read(request.prompt), request.seconds)
    for take in takes(request.camera, ends, world.sizes["time"]):
        world = take.film(world)
    return world


def notices(request: Request) -> tuple[str, ...]:
    """What the user should know: values that were rounded, words that are not read or not understood."""
    return (*request.notices, *of_words(request), *_of_start(request.start))


def _of_start(starts: Starts) -> Iterator[str]:
    """What the picture with which a clip begins did not tell."""
    if isinstance(starts, tuple) and any(it and it.backdrop for it in starts[1:]):
        yield "a world has one backdrop, that of the first shot; those of later shots are not drawn"
    start = _first(starts)
    if start is None:
        return
    if start.backdrop:
        yield "the picture hangs behind the world; a small copy of it is in the clip and in each file of it"
    unknown = [name for name in ("ground", "light", "weather") if getattr(start, name) is None]
    if unknown:
        yield f"not understood in the picture, and left to the model: {', '.join(unknown)}"
    if not start.things:
        yield "nothing stands out in the picture; who is there, and the camera, are the model's choice"


def of_words(request: Request) -> tuple[str, ...]:
    """What the user should know of a prompt: words that are not read or not understood, and what cannot come true."""
    words = read(request.prompt)
    plain = {it.word: it.asset for it in mentions(words) if it.asset in PLAYED_BY and not it.sure}
    unknown, rest = [it for it in unknown_words(words) if it not in plain], unread(words)
    strange = (f"the model does not understand: {', '.join(unknown)}",) if unknown else ()
    cut = (f"the prompt is too long to be read whole; left out: {shorten(rest, 80)}",) if rest else ()
    played = (f"drawn without costume: {', '.join(f'{it} ({who})' for it, who in plain.items())}",) if plain else ()
    return (*strange, *played, *cut, *remarks(request.prompt, request.seconds), *_of_shots(request))


def _of_shots(request: Request) -> Iterator[str]:
    """Where shots begin otherwise than told, and what comes too late to be cast."""
    words = read(request.prompt)
    told, ends = shots(words, request.seconds), shot_ends(words, request.seconds)
    begins = accumulate(shot.seconds for shot in told[:-1])
    for number, (asked, row) in enumerate(zip(begins, ends[:-1], strict=True), start=2):
        made = row * STRIDE / RATE
        if abs(made - asked) > 0.5 / RATE:
            yield f"shot {number} begins at {made:.3g} s instead of {asked:.3g}; cuts lie on thirds of a second"
    cast = {match.asset for match in mentions(told[0].prompt)}
    named = (it for shot in told[1:] for it in mentions(shot.prompt) if it.sure and it.word not in NOT_CAST)
    late = dict.fromkeys(it.word for it in named if it.asset not in cast)
    if late:
        yield f"the cast is planned from the first shot, which does not name: {', '.join(late)}; name them there"
