"""From the lines in a prompt to lines in a world: each with its speaker, its start and its voice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sora2lib.dialogue import SHORTEST, Line, lines, timed
from sora2lib.sound.saying import lasting, plugged, say
from sora2lib.sound.speakers import Speaker, in_manner
from sora2lib.sound.speech import by_name, mouths, speaking
from sora2lib.world.schema import World

LINES = ("line_speaker", "line_actor", "line_text", "line_start", "line_manner")  # of a world


@dataclass(frozen=True)
class Script:
    """What is said in a clip: lines, how many seconds each takes, and what the user should know of them."""

    lines: tuple[Line, ...] = ()
    lasting: tuple[float, ...] = ()
    notices: tuple[str, ...] = ()


def script(prompt: str, seconds: float) -> Script:
    """Read a prompt's lines, which fit into the clip; in no time if there are none.

    Who says each of them, and when, is planned later (:mod:`sora2lib.speaking`).

    Raises
    ------
    RequestError
        They do not fit into the clip.
    ModelError
        There is something to say, and the voice is missing or damaged.

    >>> script('the old man shouts "land ahead!"', 4).lines[0].manner  # doctest: +SKIP
    'shout'
    """
    said = lines(prompt, seconds)
    if not said:
        return Script()
    voices = by_name([line.speaker for line in said])
    speakers = [in_manner(voices[line.speaker], line.manner) for line in said]
    took = tuple(lasting(line.text, speaker) for line, speaker in zip(said, speakers, strict=True))
    timed(said, took, [SHORTEST] * len(said), seconds)
    mute = tuple(
        f"{line.text!r} cannot be said, the voice reads English in Latin letters; it is shown in the captions alone"
        for line, seconds_taken in zip(said, took, strict=True)
        if not seconds_taken
    )
    return Script(said, took, (*mute, *(_instead(said, speakers) if plugged() else ())))


def _instead(said: Sequence[Line], speakers: Sequence[Speaker]) -> tuple[str, ...]:
    """Why the packaged voice says lines in place of the engine that is plugged in."""
    reasons = (say(line.text, speaker).refused for line, speaker in zip(said, speakers, strict=True))
    return tuple(f"{why}; the packaged voice says it" for why in dict.fromkeys(reasons) if why)


def spoken(world: World, told: Script, *, after: float = 0.0) -> World:
    """Return a world in which a script is said, ``after`` seconds later than it tells, behind the lines that it has.

    Mouths of those who speak move with their words; nothing else is changed.
    """
    if not told.lines:
        return world
    alone = lined(world.isel(line=slice(0)), told, after=after)
    return lined(world.assign(joint_angle=mouths(alone).joint_angle), told, after=after).validate()


def lined(world: World, told: Script, *, after: float = 0.0) -> World:
    """Return a world with the lines of a script behind its own, as :func:`spoken`, but for the mouths."""
    begun = float(world.time.values[0]) + after
    fresh = {
        "line_speaker": [line.speaker for line in told.lines],
        "line_actor": [line.actor for line in told.lines],
        "line_text": [line.text for line in told.lines],
        "line_start": [begun + float(line.start or 0.0) for line in told.lines],
        "line_manner": [line.manner for line in told.lines],
    }
    both = {name: np.concatenate([world[name].values, values]) for name, values in fresh.items() if told.lines}
    return world.drop_vars(both).assign({name: ("line", values) for name, values in both.items()})


def heard(world: World, told: Script, *, after: float = 0.0) -> tuple[str, ...]:
    """Say what the user should know of a script whose lines are the last ones of a world.

    Which lines cannot be said, which begin later than the prompt says, and which are heard without anybody to be seen.
    """
    begun, count = float(world.time.values[0]) + after, len(told.lines)
    starts = world.line_start.values[world.sizes["line"] - count :] - begun
    late = [
        f"{line.speaker} cannot say two lines at once; {line.opening!r} begins at {start:.2f} s"
        for line, start in zip(told.lines, starts, strict=True)
        if line.start is not None and start > line.start + 1e-6
    ]
    pairs = zip(world.line_speaker.values.tolist(), speaking(world), strict=True)
    unseen = dict.fromkeys(name for name, actor in pairs if actor is None)
    return (*told.notices, *late, *(f"{name} is not to be seen and is heard as a voice off" for name in unseen))
