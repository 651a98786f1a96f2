"""From the lines in a prompt to lines in a world: each with its speaker, its start and its voice."""

from dataclasses import dataclass

import numpy as np

from sora2lib.dialogue import Line, lines, timed
from sora2lib.sound.speakers import SPEAKERS, cast, in_manner
from sora2lib.sound.speech import lasting, mouths, speaking
from sora2lib.sound.spelling import readable
from sora2lib.world.schema import World

USUAL = SPEAKERS["woman"]
LINES = ("line_speaker", "line_text", "line_start", "line_manner")  # of a world


@dataclass(frozen=True)
class Script:
    """What is said in a clip: lines with their starts, and what the user should know of them."""

    lines: tuple[Line, ...] = ()
    notices: tuple[str, ...] = ()


def script(prompt: str, seconds: float) -> Script:
    """Read a prompt's lines and give each its start; in no time if there are none.

    Raises
    ------
    RequestError
        They do not fit into the clip.
    ModelError
        There is something to say, and the voice is missing or damaged.

    >>> script('the old man shouts "land ahead!"', 4).lines[0].start  # doctest: +SKIP
    0.3
    """
    said = lines(prompt, seconds)
    if not said:
        return Script()
    # Cameos speak at the usual pace.
    voices = cast(line.speaker for line in said) | {it.speaker: USUAL for it in said if it.speaker.startswith("@")}
    took = [lasting(line.text, in_manner(voices[line.speaker], line.manner)) for line in said]
    placed, moved = timed(said, took, seconds)
    mute = tuple(
        f"{line.text!r} cannot be said, the voice reads English in Latin letters; it is shown in the captions alone"
        for line in said
        if not readable(line.text)
    )
    return Script(placed, (*moved, *mute))


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
        "line_text": [line.text for line in told.lines],
        "line_start": [begun + float(line.start or 0.0) for line in told.lines],
        "line_manner": [line.manner for line in told.lines],
    }
    both = {name: np.concatenate([world[name].values, values]) for name, values in fresh.items() if told.lines}
    return world.drop_vars(both).assign({name: ("line", values) for name, values in both.items()})


def unseen(world: World) -> tuple[str, ...]:
    """Say which lines of a world are heard without anybody to be seen who says them."""
    pairs = zip(world.line_speaker.values.tolist(), speaking(world), strict=True)
    voices_off = dict.fromkeys(name for name, actor in pairs if actor is None)
    return tuple(f"{name} is not to be seen and is heard as a voice off" for name in voices_off)
