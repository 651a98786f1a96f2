"""From clips to a clip without a model: one behind the other, or faster and slower.

Trimming needs no verb: ``clip[1.0:2.5]`` is the part between two seconds.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from sora2lib.clip import Clip, recipe_of
from sora2lib.errors import RequestError
from sora2lib.film import MEMORY, develop, world_of
from sora2lib.recipe import Recipe, fingerprint
from sora2lib.request import check_length, count_frames

SLOWEST, FASTEST = 0.1, 10.0
FADE = 0.005  # s of sound on either side of a joint, so that it does not click


def stitch(clips: Sequence[Clip]) -> Clip:
    """Show clips one behind the other.

    Parameters
    ----------
    clips : one or more of the same size, frames a second and samples a second.

    Returns
    -------
    One clip. Parts of one world that follow each other become the whole that they were cut from; otherwise the result
    has no world, since it shows several. ``parents`` tells all that it was made from.

    Raises
    ------
    RequestError
        There is none, they are not alike, or the frames would not fit into memory.

    >>> stitch([clip[2:], clip[:2]]).save("swapped.mp4")  # doctest: +SKIP
    """
    clips = _alike(clips)
    lines = [parent for clip in clips for parent in recipe_of(clip).line("stitch")]
    notices = list(dict.fromkeys(notice for clip in clips for notice in clip.notices))
    whole = all(_leads_on(one, other) for one, other in pairwise(clips))
    if not whole and any(clip.world is not None and clip.world.sizes["line"] for clip in clips):
        notices.append("what is said is heard and no longer shown in captions")
    return replace(
        clips[0],
        frames=np.concatenate([clip.frames for clip in clips]),
        sound=_sound(clips),
        world=clips[0].world if whole else None,
        start=clips[0].start if whole else 0.0,
        request=clips[0].request if whole else None,
        maker=", ".join(dict.fromkeys(clip.maker for clip in clips if clip.maker)),
        notices=tuple(notices),
        parents=tuple(dict.fromkeys(lines)),
    )


def _alike(clips: Sequence[Clip]) -> tuple[Clip, ...]:
    if isinstance(clips, Clip) or not clips or not all(isinstance(clip, Clip) for clip in clips):
        raise RequestError(f"{str(clips)[:60]} is no list of clips; give one or more, such as [first, second]")
    for clip in clips:
        if (clip.size, clip.fps, clip.rate) != (clips[0].size, clips[0].fps, clips[0].rate):
            raise RequestError(f"{clips[0]!r} and {clip!r} are not alike; draw one as the other: refilm(size=, fps=)")
    room = sum(clip.frames.nbytes for clip in clips)
    if room > MEMORY:
        raise RequestError(f"the clips' frames take {room / 1e9:.3g} GB, the limit is {MEMORY / 1e9:g}; stitch fewer")
    return tuple(clips)


def _leads_on(one: Clip, other: Clip) -> bool:
    """Whether one clip shows what comes next in the world of another."""
    if one.world is None or other.world is None or abs(one.start + one.seconds - other.start) > 1e-6:
        return False
    return one.world is other.world or fingerprint(one.world) == fingerprint(other.world)


def _sound(clips: Sequence[Clip]) -> NDArray[np.float32]:
    """Sounds (2, samples) one behind the other, each where its frames are, without a click between them."""
    rate, ends = clips[0].rate, np.cumsum([len(clip.frames) for clip in clips]) / clips[0].fps
    marks = [0, *(round(end * clips[0].rate) for end in ends.tolist())]
    sound = np.zeros((2, marks[-1]), np.float32)
    for clip, (start, stop) in zip(clips, pairwise(marks), strict=True):
        heard = clip.sound[:, : stop - start]
        sound[:, start : start + heard.shape[1]] = heard
    for (one, other), mark in zip(pairwise(clips), marks[1:-1], strict=True):
        if not _leads_on(one, other):
            _fade(sound, mark, round(FADE * rate))
    return sound


def _fade(sound: NDArray[np.float32], mark: int, length: int) -> None:
    """Let a sound (2, samples) fade out to a sample and in from it."""
    before, after = sound[:, max(0, mark - length) : mark], sound[:, mark : mark + length]
    before *= np.linspace(1, 0, before.shape[1], dtype=np.float32)
    after *= np.linspace(0, 1, after.shape[1], dtype=np.float32)


def speed(clip: Clip, times: float) -> Clip:
    """Play the world of a clip faster or slower, drawn anew: slow motion has all of its frames.

    What moves is heard as it then moves: half as fast, a ball lands more softly. Gravity is no longer 9.81 m/s².

    Parameters
    ----------
    clip : one with a world in which nothing is said.
    times : 0.1 to 10; 0.5 takes twice as long.

    Raises
    ------
    RequestError
        A value breaks its rule, the clip gets too long or too short, has no world, or somebody speaks.

    >>> speed(clip, 0.25).save("slow.mp4")  # doctest: +SKIP
    """
    return develop(sped(recipe_of(clip), times), size=clip.size)


def sped(recipe: Recipe, times: float) -> Recipe:
    """Return the recipe of :func:`speed`, to be drawn or recorded."""
    # NaN compares false with everything.
    if not isinstance(times, Real) or isinstance(times, bool) or not SLOWEST <= float(times) <= FASTEST:
        raise RequestError(f"times is {times!r}; it must be a number from {SLOWEST:g} to {FASTEST:g}; try 0.5")
    world, seconds = world_of(recipe), recipe.frames / recipe.fps / float(times)
    check_length(seconds)
    if world.sizes["line"]:
        raise RequestError("somebody speaks in this clip, which cannot be faster or slower; take a part without speech")
    again = world.assign_coords(time=world.time / float(times))
    again.attrs = {name: value for name, value in world.attrs.items() if name not in ("facts", "events")}
    return replace(
        recipe,
        frames=count_frames(seconds, recipe.fps),
        world=again.validate(),
        start=recipe.start / float(times),
        notices=(*recipe.notices, f"plays at {float(times):g} times the speed of its world"),
        parents=recipe.line("speed"),
    )
