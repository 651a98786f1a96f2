"""What is said in a clip as captions, and captions as SubRip and WebVTT."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sora2lib.world.schema import World

WORDS_A_SECOND = 2.5  # that people read


@dataclass(frozen=True)
class Caption:
    """Words that are shown from one second of a clip to another."""

    start: float
    stop: float
    text: str


def captions(world: World | None, *, start: float, seconds: float) -> tuple[Caption, ...]:
    """Return what is said in the part of a world that a clip shows; a line stays as long as reading it takes.

    Parameters
    ----------
    world : whose lines are shown; None has none.
    start : seconds of the world at which the clip begins.
    seconds : how long it lasts.

    >>> captions(None, start=0.0, seconds=4.0)
    ()
    """
    if world is None or not world.sizes["line"]:
        return ()
    world = world.sortby("line_start")
    starts = world.line_start.values - float(world.time[0]) - start
    said = [f"{who}: {text}" for who, text in zip(world.line_speaker.values, world.line_text.values, strict=True)]
    stops = np.minimum([*starts[1:], np.inf], starts + [1 + len(text.split()) / WORDS_A_SECOND for text in said])
    shown = np.flatnonzero((stops > 0) & (starts < seconds) & (stops > starts))
    return tuple(Caption(max(0.0, float(starts[i])), min(float(stops[i]), seconds), said[i]) for i in shown)


def subrip(rows: Sequence[Caption]) -> str:
    """Return captions as the text of an ``.srt`` file.

    >>> print(subrip([Caption(0.5, 2.0, "Ann: Look!")]))
    1
    00:00:00,500 --> 00:00:02,000
    Ann: Look!
    <BLANKLINE>
    """
    blocks = (f"{n}\n{_clock(it.start, ',')} --> {_clock(it.stop, ',')}\n{it.text}\n" for n, it in enumerate(rows, 1))
    return "\n".join(blocks)


def webvtt(rows: Sequence[Caption]) -> str:
    """Return captions as the text of a ``.vtt`` file, which a web page shows."""
    # Signs that begin a tag or an entity are written as entities.
    plain = [it.text.replace("&", "&amp;").replace("<", "&lt;") for it in rows]
    blocks = (
        f"{_clock(it.start, '.')} --> {_clock(it.stop, '.')}\n{text}\n" for it, text in zip(rows, plain, strict=True)
    )
    return "\n".join(["WEBVTT\n", *blocks])


def _clock(seconds: float, point: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}{point}{whole % 1000:03}"
