"""From a world to frames and sound: into memory as a Clip, or straight into a file."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib import consent, media
from sora2lib.camera import Camera
from sora2lib.clip import Clip, clip_of, recipe_of
from sora2lib.errors import RequestError
from sora2lib.recipe import Recipe, fingerprint, save
from sora2lib.render import render
from sora2lib.request import check, check_camera, check_style, count_frames, draw_seed, parse_size, rounded
from sora2lib.sound import synthesise
from sora2lib.sound.mix import crossfaded
from sora2lib.soundtrack import OWN, SILENT
from sora2lib.world import simulate as simulator
from sora2lib.world.schema import World

Frame = NDArray[np.uint8]
MEMORY = 4_000_000_000  # bytes of frames that a clip in memory may hold


def draw(
    world: World, *, size: str = "1280x720", fps: float = 24, seconds: float | None = None, sound: bool = True
) -> Clip:
    """Draw a world and let it sound.

    Parameters
    ----------
    world : what shall be seen and heard.
    size : "WIDTHxHEIGHT" in pixels, both even, 64x64 to 3840x2160.
    fps : frames a second, 1 to 60.
    seconds : length, no longer than the world; None takes the world's own.
    sound : whether it is heard.

    Raises
    ------
    RequestError
        A value breaks its rule, the world is too short, or the frames would not fit into memory.

    >>> draw(world, size="640x360").save("small.mp4")  # doctest: +SKIP
    """
    fps, seconds = check("fps", fps), check("seconds", world.seconds if seconds is None else seconds)
    frames, soundtrack = count_frames(seconds, fps), OWN if sound else SILENT
    return develop(Recipe(frames, fps, world, notices=rounded(seconds, fps), soundtrack=soundtrack), size=size)


def simulate(
    family: str,
    *,
    seed: int | None = None,
    seconds: float = 4.0,
    size: str = "1280x720",
    fps: float = 24,
    sound: bool = True,
) -> Clip:
    """Make a clip of a simulated scene: real physics, no model; drawn like any other.

    Parameters
    ----------
    family : a name of ``sora2lib.world.families.FAMILIES``, such as "drop" or "basketball".
    seed : the same seed gives the same clip; None draws one, which ``clip.maker`` tells.
    seconds : length, 0.5 to 120.
    size : "WIDTHxHEIGHT" in pixels, both even, 64x64 to 3840x2160.
    fps : frames a second, 1 to 60.
    sound : whether it is heard.

    Raises
    ------
    RequestError, WorldError
        A value breaks its rule, or the family is not known.

    >>> simulate("basketball", seed=3)  # doctest: +SKIP
    Clip(4 s, 1280x720, 24 fps, 48000 Hz)
    """
    parse_size(size)
    return develop(scene(family, seed=seed, seconds=seconds, fps=fps, sound=sound), size=size)


def scene(family: str, *, seed: int | None = None, seconds: float = 4.0, fps: float = 24, sound: bool = True) -> Recipe:
    """Simulate a scene, ready to be developed or recorded; :func:`simulate` says what the values mean."""
    seed = check("seed", draw_seed() if seed is None else seed)
    fps, seconds = check("fps", fps), check("seconds", seconds)
    world = simulator.simulate(family, seed, seconds=seconds)
    maker, soundtrack = f"simulate {family}, seed {seed}", OWN if sound else SILENT
    notices = rounded(seconds, fps)
    return Recipe(count_frames(seconds, fps), fps, world, maker=maker, notices=notices, soundtrack=soundtrack)


def refilm(
    clip: Clip,
    camera: Camera | None = None,
    *,
    style: str | None = None,
    size: str | None = None,
    fps: float | None = None,
) -> Clip:
    """Film the world of a clip again: the same event, seen by another camera, in another style or size.

    Parameters
    ----------
    clip : one with a world; of a slice, the same slice is filmed.
    camera : how it is filmed; None keeps the camera that it has.
    style : a name of ``sora2lib.world.vocabulary.STYLES``; None keeps its own.
    size : "WIDTHxHEIGHT" in pixels; None keeps its own.
    fps : frames a second; None keeps its own.

    Returns
    -------
    A clip whose world differs by its camera and style alone, all else is the same to the last bit; its sound is heard
    from the new place. ``parents`` says what it was made from.

    Raises
    ------
    RequestError
        The clip has no world, a value breaks its rule, or the camera needs an actor that is not there.

    >>> refilm(clip, Camera.orbit(90), style="anime").save("anime.mp4")  # doctest: +SKIP
    """
    size = clip.size if size is None else size
    return develop(refilmed(recipe_of(clip), camera, style=style, size=size, fps=fps), size=size)


def refilmed(
    recipe: Recipe, camera: Camera | None = None, *, style: str | None = None, size: str, fps: float | None = None
) -> Recipe:
    """Return the recipe of :func:`refilm`, to be drawn or recorded."""
    world, camera = world_of(recipe), check_camera(camera)
    world = world if camera is None else camera.film(world)
    world = world if style is None else world.assign(style=check_style(style))
    fps = recipe.fps if fps is None else check("fps", fps)
    seconds, request = recipe.frames / recipe.fps, recipe.request
    if request:
        shot = camera or request.camera
        request = replace(request, camera=shot, style=style or request.style, size=size, fps=fps)
    frames = count_frames(seconds, fps)
    return replace(recipe, frames=frames, fps=fps, world=world, request=request, parents=recipe.line("refilm"))


def world_of(recipe: Recipe) -> World:
    """Return the world of a recipe, or say that it has none; who is shown in it must have agreed to that."""
    consent.check(recipe.cameos)
    if recipe.world is None:
        raise RequestError("there is no world to draw; give a clip that was generated, simulated or drawn from one")
    return recipe.world


def develop(recipe: Recipe, *, size: str = "1280x720") -> Clip:
    """Draw the world of a recipe into memory.

    Raises
    ------
    RequestError
        The recipe has no world or one that is too short, or the frames would not fit into memory.
    """
    sound, pictures = _expose(recipe, size)
    width, height = parse_size(size)
    room = recipe.frames * width * height * 3
    if room > MEMORY:
        raise RequestError(
            f"{recipe.frames} frames of {size} take {room / 1e9:.3g} GB, the limit is {MEMORY / 1e9:g}; ask for fewer "
            "seconds or a smaller size, or let `sora2lib make` write the file as it draws"
        )
    frames = np.empty((recipe.frames, height, width, 3), np.uint8)
    for index, picture in enumerate(pictures):
        frames[index] = picture
    return clip_of(recipe, frames, sound)


def record(
    recipe: Recipe,
    path: str | Path,
    *,
    size: str = "1280x720",
    force: bool = False,
    watch: Callable[[Iterable[Frame]], Iterable[Frame]] = iter,
) -> Path:
    """Draw the world of a recipe straight into a file: a thread draws while this one encodes.

    Parameters
    ----------
    recipe : the world, how many frames at which rate, and what to tell of them in the file.
    path : its suffix names the format, as in :meth:`sora2lib.Clip.save`.
    size : "WIDTHxHEIGHT" in pixels.
    force : overwrite a file that is there.
    watch : is given the frames and returns them, to count them on the way.

    Raises
    ------
    MediaError, RequestError
        As :meth:`sora2lib.Clip.save` and :func:`develop`; here the frames need no memory.
    """
    sound, pictures = _expose(recipe, size)
    with closing(media.ahead(pictures)) as frames:
        return save(path, watch(frames), sound=sound, rate=media.RATE, recipe=recipe, force=force)


def _expose(recipe: Recipe, size: str) -> tuple[NDArray[np.float32], Iterator[Frame]]:
    """Return the sound (2, samples), and the pictures (H, W, 3) to be drawn one by one."""
    width, height = parse_size(size)
    world, start, seconds = world_of(recipe), recipe.start, recipe.frames / recipe.fps
    consent.note(recipe.cameos, "drawn", title=recipe.title, world=fingerprint(world))
    # The last frame starts one frame before the end.
    if start + (recipe.frames - 1) / recipe.fps > world.seconds + 1e-6:
        raise RequestError(
            f"{start + seconds:g} seconds were asked of a world that lasts {world.seconds:g}; ask for no more"
        )
    return heard(recipe), render(world, width=width, height=height, fps=recipe.fps, start=start, seconds=seconds)


def heard(recipe: Recipe) -> NDArray[np.float32]:
    """Return the sound (2, samples) of a recipe: that of its world, and what was given."""
    start, seconds, soundtrack = recipe.start, recipe.frames / recipe.fps, recipe.soundtrack
    first, last = round(start * media.RATE), round((start + seconds) * media.RATE)
    if soundtrack.mix == 1:
        return soundtrack.given(start, last - first)
    # What is heard has begun before; it is cut where the pictures are.
    whole = synthesise(world_of(recipe), rate=media.RATE, seconds=start + seconds, levels=soundtrack.levels)
    return crossfaded(whole[:, first:], soundtrack.given(start, last - first), soundtrack.mix, media.RATE)
