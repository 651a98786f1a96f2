"""A text as it is said: by the packaged voice, or by another engine that was plugged in.

N samples, L sounds of speech of a line.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.errors import RequestError
from sora2lib.sound import voicebox
from sora2lib.sound.loudness import SILENCE, lufs
from sora2lib.sound.speakers import Speaker
from sora2lib.sound.spelling import MARKS, pronounce, readable
from sora2lib.sound.waveform import waveform

Array = NDArray[np.float64]
LOUDNESS = -20.7  # LUFS of plain speech at the distance of a talk
LEVEL = 10 ** (LOUDNESS / 20)  # its root mean square without pauses, within half a decibel
LONGEST_SENTENCE = 300  # sounds
BREATHER, EDGE = 0.12, 0.005  # s between two sentences; in which one fades in and out
LONGEST = 120.0  # s of a line that another engine says
UNTOLD = "a"  # stands for all sounds of a line of which an engine tells none: the mouth opens with the level alone
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


class Engine(Protocol):
    """What says texts in place of the packaged voice."""

    @property
    def name(self) -> str:
        """What notices call it."""

    def say(self, text: str, speaker: Speaker) -> tuple[Any, int]:
        """Return samples, (N,) or (channels, N) in -1..1, and their rate in Hz; raise for what it cannot say."""


@dataclass(frozen=True, eq=False)
class Utterance:
    """A line as it is said.

    Parameters
    ----------
    sound : (N,) at ``voicebox.RATE``, as loud as ``LOUDNESS`` and more or less as the manner asks.
    sounds : (L,) the sounds of speech, a space for a pause.
    times : (L + 1,) seconds at which each begins, and the last one ends.
    refused : why the engine that was plugged in did not say it; "" if it did, or there is none.
    """

    sound: Array
    sounds: str
    times: Array
    refused: str = ""

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return len(self.sound) / voicebox.RATE


_plugged: list[Engine] = []  # none or one, for the whole process


def use_voice(engine: Engine | None) -> None:
    """Let another engine say all lines from now on, in this process; None is the packaged voice again.

    Worlds hold words, not voices: what is drawn or heard anew is said by the engine that is plugged in then. What it
    cannot say the packaged voice says, and a notice tells so. Of an engine that tells no sounds of speech mouths follow
    the level.

    Raises
    ------
    RequestError
        It has no name, or nothing to say with.

    >>> use_voice(my_engine)  # doctest: +SKIP
    """
    name, sayer = (getattr(engine, part, None) for part in ("name", "say"))
    if engine is not None and not (isinstance(name, str) and callable(sayer)):
        raise RequestError(
            f"{type(engine).__name__} is no speech engine; give an object with a name (text) and a method "
            "say(text, speaker) that returns samples and their rate, or None for the packaged voice"
        )
    _plugged[:] = [] if engine is None else [engine]
    _foreign.cache_clear()


def plugged() -> bool:
    """Whether another engine says the lines."""
    return bool(_plugged)


def lasting(text: str, speaker: Speaker) -> float:
    """Return how many seconds a speaker takes for a text; 0 for one that cannot be said."""
    if plugged():
        return say(text, speaker).seconds
    if not readable(text):
        return 0.0
    spoken = [voicebox.lengths(one, pace=speaker.pace).sum() * voicebox.HOP / voicebox.RATE for one in sentences(text)]
    return float(sum(spoken)) + BREATHER * max(len(spoken) - 1, 0)


def say(text: str, speaker: Speaker) -> Utterance:
    """Say a text; the same text and speaker sound the same, as far as an engine that is plugged in lets them.

    >>> say("Land ahead!", SPEAKERS["old man"]).seconds  # doctest: +SKIP
    0.9
    """
    if not plugged():
        return _own(text, speaker)
    said = _foreign(text, speaker)
    return said if isinstance(said, Utterance) else replace(_own(text, speaker), refused=said)


@lru_cache(maxsize=64)
def _foreign(text: str, speaker: Speaker) -> Utterance | str:
    """What the engine makes of a text, checked; else why it is of no use."""
    engine = _plugged[0]
    try:
        sound, rate = engine.say(text, speaker)
        samples_CN = np.atleast_2d(np.asarray(sound, dtype=np.float64))
        if samples_CN.ndim != 2 or not samples_CN.size or not np.isfinite(samples_CN).all():
            return f"{engine.name} gave no sound"
        if not 0 < samples_CN.shape[1] / rate <= LONGEST:
            return f"{engine.name} took {samples_CN.shape[1] / rate:.0f} s"
        sound_N = media.resampled(samples_CN.mean(axis=0, keepdims=True), int(rate), to=voicebox.RATE)[0]
    except Exception as error:  # whatever a stranger's code raises must not end a film
        return f"{engine.name}: {str(error)[:120] or type(error).__name__}"
    whole_N = _levelled(_ended(sound_N.astype(np.float64)), speaker.loud)
    return Utterance(whole_N, UNTOLD, np.array([0.0, len(whole_N) / voicebox.RATE]))


@lru_cache(maxsize=64)
def _own(text: str, speaker: Speaker) -> Utterance:
    """What the packaged voice makes of a text."""
    seed = int.from_bytes(hashlib.blake2b(f"{text}/{speaker}".encode(), digest_size=8).digest(), "little")
    rng = np.random.default_rng(seed)
    parts, sounds, frames, pause = [], "", [np.zeros(0, np.int64)], round(BREATHER * voicebox.RATE)
    for n, sentence in enumerate(sentences(text) if readable(text) else ()):
        if n:
            parts.append(np.zeros(pause))
            sounds, frames = sounds + " ", [*frames, np.array([pause // voicebox.HOP])]
        spoken = voicebox.speak(sentence, pace=speaker.pace, high=voicebox.within_reach(speaker.pitch))
        parts.append(_ended(waveform(spoken, speaker, rng)))
        sounds, frames = f"{sounds} {voicebox.kept(sentence)} ", [*frames, spoken.frames]
    sound_N = np.concatenate([np.zeros(0), *parts])
    times = np.concatenate([[0.0], np.cumsum(np.concatenate(frames))]) * voicebox.HOP / voicebox.RATE
    return Utterance(_levelled(sound_N, speaker.loud), sounds, times)


def sentences(text: str) -> tuple[str, ...]:
    """Return the sounds of a text, one entry a sentence, none longer than the voice can hold in one breath."""
    found = []
    for sentence in _SENTENCE.split(text.strip()):
        breath = ""
        for word in pronounce(sentence).split(" "):
            if len(breath) + len(word) > LONGEST_SENTENCE:
                found.append(breath)
                breath = ""
            breath = f"{breath} {word}".strip()
        found.append(breath)
    return tuple(one for one in found if any(sound not in MARKS for sound in one.replace(" ", "")))


def _ended(sound_N: Array) -> Array:
    """A sound that begins and ends in silence, so that nothing clicks where it is joined."""
    n = np.arange(len(sound_N))
    return np.asarray(sound_N * np.minimum(1.0, np.minimum(n, len(sound_N) - 1 - n) / (EDGE * voicebox.RATE)))


def _levelled(sound_N: Array, loud: float) -> Array:
    """Bring what is spoken, without its pauses, to the loudness of speech and ``loud`` decibels more."""
    is_loud = lufs(np.stack([sound_N, sound_N]), voicebox.RATE)
    return sound_N if is_loud <= SILENCE else np.asarray(sound_N * 10 ** ((LOUDNESS + loud - is_loud) / 20))
