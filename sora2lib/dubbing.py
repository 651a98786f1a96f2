"""From a clip to one that is heard otherwise: with a sound of one's own, or its own at other levels; and its stems."""

from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from sora2lib import media
from sora2lib.beats import driven
from sora2lib.clip import Clip, recipe_of
from sora2lib.errors import RequestError
from sora2lib.film import develop, heard, world_of
from sora2lib.levels import Levels
from sora2lib.recipe import Recipe
from sora2lib.request import check
from sora2lib.sound import Stems, synthesis
from sora2lib.sound.mix import crossfaded
from sora2lib.sound.speech import mouthed, mouths_of
from sora2lib.sound.taken import Track, taken
from sora2lib.soundtrack import OWN
from sora2lib.world.schema import World

MUTED = "what the clip says is no longer heard; its captions still show it"


def dub(
    clip: Clip,
    track: Track | Clip | None = None,
    *,
    mix: float | None = None,
    start: float = 0.0,
    levels: Levels | None = None,
    actor: str | None = None,
    beats: bool = False,
) -> Clip:
    """Let another sound be heard: one of your own, in place of the clip's or mixed with it, or its own at other levels.

    It stays with the clip when that is cut, drawn again, gone on from, saved and loaded.

    Parameters
    ----------
    clip : any; one without a world has neither levels nor actors.
    track : a file of sound or film, a clip, or samples (channels, samples) in -1..1 and their rate: mono, stereo, 5.1
        or 7.1. Its first two minutes are kept. None keeps what was given before.
    mix : share of the given sound, 0 to 1, at equal power: 1 is the given sound alone, as it is, and 0 the clip's own.
        None takes 1 with a track, else what it was. Where nothing was ever given, 1 is silence.
    start : second of the clip at which the track begins; below 0, what would lie before the clip is left out.
    levels : gains of effects, ambience, music and speech in the clip's own sound; None leaves them.
    actor : a name of ``clip.world.actor`` whose mouth moves with the track, which should be the speech of one alone;
        the clip is drawn anew.
    beats : whether what strikes, lands and steps falls on the onsets of the track, heard or not: the time of the world
        runs slower and faster in between, at 0.6 to 1.6 of its pace, and the clip, as long as before, is drawn anew.

    Returns
    -------
    The clip; ``notices`` tell what of the track was changed, and where it is shorter or longer than the clip;
    with ``beats``, what was put where, and how fast time runs.

    Raises
    ------
    MediaError
        The file is missing, damaged, no sound, or takes too much to decode.
    RequestError
        A value breaks its rule, or levels, an actor or beats are asked of a clip without a world; or nothing can
        fall on a beat, since nothing meets anything, nothing sets in, or somebody speaks.

    >>> dub(clip, "drums.wav", beats=True).notices              # doctest: +SKIP
    >>> dub(clip, "music.wav", mix=0.4).save("with_music.mp4")  # doctest: +SKIP
    >>> dub(clip, levels=Levels(music=0))                       # doctest: +SKIP
    """
    recipe = redubbed(recipe_of(clip), _source(track), mix=mix, start=start, levels=levels)
    if beats or actor is not None:
        return develop(following(recipe, actor=actor, beats=beats), size=clip.size)
    wanted, own = recipe.soundtrack, media.resampled(clip.sound, clip.rate)
    # What has a world is made anew where its own sound is heard, and not as it was.
    if clip.world is not None and wanted.mix < 1 and not (clip.soundtrack.plain and wanted.levels == Levels()):
        own = heard(replace(recipe, soundtrack=replace(wanted, mix=0.0)))
    return replace(
        clip,
        sound=crossfaded(own, wanted.given(clip.start, own.shape[1]), wanted.mix, media.RATE),
        rate=media.RATE,
        # What has no world is never drawn again, so that what was laid over its sound is part of it from now on.
        soundtrack=OWN if clip.world is None else wanted,
        notices=recipe.remarks,
        parents=recipe.parents,
    )


def _source(track: Track | Clip | None) -> Track | None:
    return (track.sound, track.rate) if isinstance(track, Clip) else track


def redubbed(
    recipe: Recipe,
    track: Track | None,
    *,
    mix: float | None = None,
    start: float = 0.0,
    levels: Levels | None = None,
) -> Recipe:
    """Return the recipe of :func:`dub`, to be drawn or recorded."""
    before = recipe.soundtrack
    told: tuple[str, ...] = ()
    if levels is not None:
        world_of(recipe)
    wanted = replace(before, levels=before.levels if levels is None else levels)
    if track is not None:
        given, told = taken(track)
        wanted = replace(wanted, track=given, start=recipe.start + _second(start), mix=1.0)
    if mix is not None:
        wanted = replace(wanted, mix=check("mix", mix))
    muted = wanted.mix == 1 and recipe.world is not None and recipe.world.sizes["line"] > 0
    notices = (*recipe.notices, *told, *((MUTED,) if muted else ()))
    return replace(recipe, soundtrack=wanted, notices=notices, parents=recipe.line("dub"))


def _second(start: float) -> float:
    if not isinstance(start, Real) or isinstance(start, bool) or not np.isfinite(float(start)):
        raise RequestError(f"start is {str(start)[:60]!r}; give a second of the clip, such as 0 or 1.5")
    return float(start)


def following(recipe: Recipe, *, actor: str | None, beats: bool) -> Recipe:
    """Return a recipe whose world follows the given sound: an actor's mouth, and what falls on its beats."""
    recipe = driven(recipe) if beats else recipe
    return recipe if actor is None else _mouthing(recipe, actor)


def _mouthing(recipe: Recipe, actor: str) -> Recipe:
    world, given = world_of(recipe), recipe.soundtrack
    able = mouths_of(world)
    if actor not in able:
        known = f"name one of {', '.join(able)}" if able else "nobody here has; leave the actor out"
        raise RequestError(f"{str(actor)[:60]!r} has no mouth that moves; {known}")
    if given.track is None:
        raise RequestError(f"no sound was given that {actor} could speak with; give a track")
    return replace(recipe, world=mouthed(world, actor, given.track.mean(axis=0), media.RATE, start=given.start))


def stems(clip: Clip) -> Stems:
    """Return the parts of a clip's own sound apart, as they are before they are mixed.

    Parameters
    ----------
    clip : one with a world; of a slice, the stems of the slice.

    Returns
    -------
    Effects, ambience, music and speech, each (2, samples) at 48 kHz; ``mix(Levels(...))`` makes one sound of them. A
    sound that was given is ``clip.soundtrack.track``.

    Raises
    ------
    RequestError
        The clip has no world.

    >>> stems(clip).effects.shape  # doctest: +SKIP
    (2, 192000)
    """
    world: World = world_of(recipe_of(clip))
    first = round(clip.start * media.RATE)
    whole: Any = synthesis.stems(world, rate=media.RATE, seconds=clip.start + clip.seconds)
    parts = {name: getattr(whole, name)[:, first:] for name in ("effects", "ambience", "music", "speech")}
    return replace(whole, **parts)
