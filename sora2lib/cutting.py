"""From clips to a clip without a model: one behind the other, one dissolving into another, or faster and slower.

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
from sora2lib.pace import Pace, paced
from sora2lib.recipe import Recipe, fingerprint
from sora2lib.render.materials import linear
from sora2lib.request import check_length, count_frames
from sora2lib.soundtrack import OWN

Frames = NDArray[np.uint8]
_LIGHT = linear(np.arange(256) / 255).astype(np.float32)  # of each value of a picture, 0..1
# Values by light, in steps so fine that each of the 256 comes back as it was.
_SHOWN = np.searchsorted((_LIGHT[1:] + _LIGHT[:-1]) / 2, np.linspace(0, 1, 2**14)).astype(np.uint8)
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
    whole = all(_leads_on(one, other) for one, other in pairwise(clips))
    frames = np.concatenate([clip.frames for clip in clips])
    return _as_one("stitch", clips, frames, _sound(clips), whole=whole)


def _as_one(
    verb: str, clips: Sequence[Clip], frames: Frames, sound: NDArray[np.float32], *, whole: bool = False
) -> Clip:
    """One clip that was made from several; it has a world if they are parts of the ``whole`` of one."""
    lines = [parent for clip in clips for parent in recipe_of(clip).line(verb)]
    notices = list(dict.fromkeys(notice for clip in clips for notice in clip.notices))
    if not whole and any(clip.world is not None and clip.world.sizes["line"] for clip in clips):
        notices.append("what is said is heard and no longer shown in captions")
    return replace(
        clips[0],
        frames=frames,
        sound=sound,
        world=clips[0].world if whole else None,
        start=clips[0].start if whole else 0.0,
        soundtrack=clips[0].soundtrack if whole else OWN,
        request=clips[0].request if whole else None,
        maker=", ".join(dict.fromkeys(clip.maker for clip in clips if clip.maker)),
        notices=tuple(notices),
        parents=tuple(dict.fromkeys(lines)),
    )


def blend(one: Clip, other: Clip, seconds: float = 1.0) -> Clip:
    """Let a clip dissolve into another while both go on, each in its own world and seen by its own camera.

    It is the pictures that dissolve, in linear light, as on a film that is exposed twice; sounds cross at equal power.
    Between two worlds lies none: what is half-way from ice to sand, or from a ball to a cat, is neither.

    Parameters
    ----------
    one, other : clips of the same size, frames a second and samples a second.
    seconds : how long both are seen, from the last of the one and the first of the other; in whole frames.

    Returns
    -------
    A clip that is shorter than both together by ``seconds``. It has no world, since it shows two; ``parents`` tells
    what it was made from.

    Raises
    ------
    RequestError
        They are not alike, one of them is shorter than ``seconds``, or the frames would not fit into memory.

    >>> blend(clip, clip.refilm(Camera.orbit(90)), 0.5).save("dissolve.mp4")  # doctest: +SKIP
    """
    clips = _alike([one, other])
    shared = _shared(clips, seconds)
    begin = len(one.frames) - shared
    frames = np.concatenate([one.frames[:begin], np.empty_like(other.frames)])
    for index, (old, new) in enumerate(zip(one.frames[begin:], other.frames, strict=False)):
        frames[begin + index] = dissolved(old, new, (index + 1) / (shared + 1))
    frames[begin + shared :] = other.frames[shared:]
    return _as_one("blend", clips, frames, _crossing(clips, begin, len(frames)))


def _shared(clips: Sequence[Clip], seconds: float) -> int:
    """How many frames of clips are seen together for some seconds."""
    longest = min(clip.seconds for clip in clips)
    # NaN compares false with everything.
    if not isinstance(seconds, Real) or isinstance(seconds, bool) or not 0 < float(seconds) <= longest + 1e-6:
        raise RequestError(f"seconds is {seconds!r}; the clips can be seen together for more than 0 and {longest:g} s")
    return min(count_frames(float(seconds), clips[0].fps), *(len(clip.frames) for clip in clips))


def dissolved(one: Frames, other: Frames, share: float) -> Frames:
    """A picture (H, W, 3) with a share of the light of another one."""
    light = (1 - share) * _LIGHT[one] + share * _LIGHT[other]
    return _SHOWN[(light * (len(_SHOWN) - 1) + 0.5).astype(np.uint16)]


def _crossing(clips: Sequence[Clip], begin: int, frames: int) -> NDArray[np.float32]:
    """Sounds (2, samples) of two clips, the second of which begins with a frame of the first."""
    (one, other), rate, fps = clips, clips[0].rate, clips[0].fps
    start, end, stop = (round(count / fps * rate) for count in (begin, len(one.frames), frames))
    before, after = _lasting(one.sound, end), _lasting(other.sound, stop - start)
    both = crossed(before[:, start:], after[:, : end - start])
    return np.concatenate([before[:, :start], both, after[:, end - start :]], axis=1)


def _lasting(sound: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    """A sound (2, samples), cut or with silence behind it."""
    return np.pad(sound[:, :samples], ((0, 0), (0, max(0, samples - sound.shape[1]))))


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
    if not one.soundtrack.alike(other.soundtrack):
        return False
    return one.world is other.world or fingerprint(one.world) == fingerprint(other.world)


def _sound(clips: Sequence[Clip]) -> NDArray[np.float32]:
    """Sounds (2, samples) one behind the other, each where its frames are, without a click between them."""
    rate, ends = clips[0].rate, np.cumsum([len(clip.frames) for clip in clips]) / clips[0].fps
    marks = [0, *(round(end * clips[0].rate) for end in ends.tolist())]
    sound = np.zeros((2, marks[-1]), np.float32)
    for clip, (start, stop) in zip(clips, pairwise(marks), strict=True):
        sound[:, start:stop] = _lasting(clip.sound, stop - start)
    for (one, other), mark in zip(pairwise(clips), marks[1:-1], strict=True):
        if not _leads_on(one, other):
            _fade(sound, mark, round(FADE * rate))
    return sound


def crossed(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """One sound (2, samples) that fades into another of the same length, as loud as they are.

    Powers add up where sounds have nothing in common; where they are alike, that would be up to 3 dB too loud.
    """
    turn = np.linspace(0, np.pi / 2, before.shape[1])
    alike = float(np.vdot(before, after)) / max(float(np.linalg.norm(before) * np.linalg.norm(after)), 1e-9)
    power = 1 + max(alike, 0.0) * np.sin(2 * turn)
    both = (np.cos(turn) * before + np.sin(turn) * after) / np.sqrt(power)
    return both.clip(-1, 1).astype(np.float32)


def _fade(sound: NDArray[np.float32], mark: int, length: int) -> None:
    """Let a sound (2, samples) fade out to a sample and in from it."""
    before, after = sound[:, max(0, mark - length) : mark], sound[:, mark : mark + length]
    before *= np.linspace(1, 0, before.shape[1], dtype=np.float32)
    after *= np.linspace(0, 1, after.shape[1], dtype=np.float32)


def speed(clip: Clip, times: float) -> Clip:
    """Play the world of a clip faster or slower, drawn anew: slow motion has all of its frames.

    What moves is heard as it then moves: half as fast, a ball lands more softly. Gravity is no longer 9.81 m/s². What
    was given with :func:`sora2lib.dub` is heard at its own pace.

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
    start = recipe.start / float(times)
    check_length(seconds)
    return replace(
        recipe,
        frames=count_frames(seconds, recipe.fps),
        world=paced(world, Pace.even(float(times))),
        start=start,
        # A given sound keeps its pace, and what of it is heard first.
        soundtrack=replace(recipe.soundtrack, start=recipe.soundtrack.start + start - recipe.start),
        notices=(*recipe.notices, f"plays at {float(times):g} times the speed of its world"),
        parents=recipe.line("speed"),
    )
