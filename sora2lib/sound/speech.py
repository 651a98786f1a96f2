"""Lines of speech: what a world's speakers say, heard from the camera, and how their mouths move with it.

N samples, T samples of the world's time, L sounds of speech of a line.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.cameo import library
from sora2lib.sound import voicebox
from sora2lib.sound.imitation import imitate
from sora2lib.sound.loudness import SILENCE, lufs
from sora2lib.sound.speakers import Speaker, cast, in_manner
from sora2lib.sound.spelling import MARKS, pronounce, readable
from sora2lib.sound.stage import AIR, ROOMS, Ears, gains, reverberate
from sora2lib.sound.waveform import waveform
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.schema import World

Array = NDArray[np.float64]
LOUDNESS = -20.7  # LUFS of plain speech at the distance of a talk
LEVEL = 10 ** (LOUDNESS / 20)  # its root mean square without pauses, within half a decibel
TALK, FAR = (
    2.0,
    0.5,
)  # m; power of the distance with which speech gets softer, less than in air, so that it is understood
LONGEST_SENTENCE = 300  # sounds
BREATHER, EDGE = 0.12, 0.005  # s between two sentences; in which one fades in and out
MOUTH, NECK = INDEX["mouth"], INDEX["neck bend"]
WIDE = 0.5  # rad that the jaw opens for the widest sound, loud
NOD = 0.06  # rad
TURN = 0.1  # s in which a mouth goes over from what it did to speech, and back
LOUDEST, FAINT = 0.98, 1e-3  # share of a recording's moments whose level opens a mouth less than widest; silence
OPENING, SHAPING = 0.8, 0.4  # powers of the level and of the width of a sound with which a mouth opens
# How far sounds open the mouth, of the widest; lips that meet are shut whatever the level.
WIDTHS: dict[str, float] = (
    dict.fromkeys("aɑæWI", 1.0) | dict.fromkeys("ɔʌɐɛAOYQ", 0.8) | dict.fromkeys("əᵊɜɚoeɪᵻ", 0.6)
    | dict.fromkeys("iuʊhɡkŋɹjwl", 0.5) | dict.fromkeys("tdnszðθʃʒʧʤTxɾ", 0.4) | dict.fromkeys("fv", 0.15)
    | dict.fromkeys("mbp", 0.0)
)  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, eq=False)
class Utterance:
    """A line as it is said.

    Parameters
    ----------
    sound : (N,) at ``voicebox.RATE``, as loud as ``LOUDNESS`` and more or less as the manner asks.
    sounds : (L,) the sounds of speech, a space for a pause.
    times : (L + 1,) seconds at which each begins, and the last one ends.
    """

    sound: Array
    sounds: str
    times: Array

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return len(self.sound) / voicebox.RATE


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


def lasting(text: str, speaker: Speaker) -> float:
    """Return how many seconds a speaker takes for a text; 0 for one that cannot be said."""
    if not readable(text):
        return 0.0
    spoken = [voicebox.lengths(one, pace=speaker.pace).sum() * voicebox.HOP / voicebox.RATE for one in sentences(text)]
    return float(sum(spoken)) + BREATHER * max(len(spoken) - 1, 0)


@lru_cache(maxsize=64)
def say(text: str, speaker: Speaker) -> Utterance:
    """Say a text; the same text and speaker sound the same.

    >>> say("Land ahead!", SPEAKERS["old man"]).seconds  # doctest: +SKIP
    0.9
    """
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


def _ended(sound_N: Array) -> Array:
    """A sound that begins and ends in silence, so that nothing clicks where it is joined."""
    n = np.arange(len(sound_N))
    return np.asarray(sound_N * np.minimum(1.0, np.minimum(n, len(sound_N) - 1 - n) / (EDGE * voicebox.RATE)))


def _levelled(sound_N: Array, loud: float) -> Array:
    """Bring what is spoken, without its pauses, to the loudness of speech and ``loud`` decibels more."""
    is_loud = lufs(np.stack([sound_N, sound_N]), voicebox.RATE)
    return sound_N if is_loud <= SILENCE else np.asarray(sound_N * 10 ** ((LOUDNESS + loud - is_loud) / 20))


def voices(world: World) -> list[Speaker]:
    """Return who says each line of a world, in the manner of the line; cameos in their own voices."""
    names, acting = world.line_speaker.values.tolist(), world.cameo.values.tolist()
    given = cast(names)
    for name, actor in zip(names, speaking(world), strict=True):
        if actor is not None and acting[actor]:
            voice = library.get(acting[actor]).voice
            given[name] = imitate(voice, name) if voice else given[name]
    manners = zip(names, world.line_manner.values.tolist(), strict=True)
    return [in_manner(given[name], manner) for name, manner in manners]


def speech(world: World, ears: Ears, *, count: int, rng: np.random.Generator, rate: int) -> Array:
    """Return all lines (2, count) of a world, each from where its speaker stands, or from the middle if nobody does."""
    out_2N = np.zeros((2, count))
    bodies = speaking(world)
    for n, speaker in enumerate(voices(world)):
        start = float(world.line_start.values[n] - world.time.values[0])
        first = round(start * rate)
        sound_N = resampled(say(str(world.line_text.values[n]), speaker).sound, rate)[: max(count - first, 0)]
        if not len(sound_N):
            continue
        time_N = start + np.arange(len(sound_N)) / rate
        side_N, distance_N = np.zeros(len(sound_N)), np.full(len(sound_N), TALK)
        if bodies[n] is not None:
            path_T3, time_T = world.position.values[bodies[n]], world.time.values - world.time.values[0]
            side_T, distance_T = ears.hear(path_T3, time_T)
            side_N, distance_N = np.interp(time_N, time_T, side_T), np.interp(time_N, time_T, distance_T)
        sound_N = _through_air(sound_N, float(distance_N.mean()), rate) * (TALK / np.maximum(distance_N, 1.0)) ** FAR
        for ear, level in zip(out_2N, gains(side_N), strict=True):
            ear[first : first + len(sound_N)] += 2**0.5 * level * sound_N
    return reverberate(out_2N, str(world.ambience.values), rng, rate) if str(world.ambience.values) in ROOMS else out_2N


def resampled(sound_N: Array, rate: int) -> Array:
    """A sound at ``voicebox.RATE`` as one at another rate."""
    count = round(len(sound_N) * rate / voicebox.RATE)
    padded = np.pad(sound_N, (0, -len(sound_N) % voicebox.RATE))  # whole seconds, so that any rate is met exactly
    size = len(padded) // voicebox.RATE * rate
    return np.asarray(np.fft.irfft(np.fft.rfft(padded), size)[:count] * (rate / voicebox.RATE)) if count else sound_N


def _through_air(sound_N: Array, distance: float, rate: int) -> Array:
    """What the air leaves of the highs."""
    frequency = np.fft.rfftfreq(len(sound_N), 1 / rate)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound_N) * np.exp(-AIR * frequency**2 * distance), len(sound_N)))


def speaking(world: World) -> list[int | None]:
    """Return which actor says each line: who is called so, else the next one with a mouth; None for a voice off."""
    called = [f" {name} {asset} ".lower().replace("_", " ") for name, asset in
              zip(world.actor.values.tolist(), world.asset.values.tolist(), strict=True)]  # fmt: skip
    mouths = [i for i, asset in enumerate(world.asset.values.tolist()) if _limit(asset) > 0]
    given: dict[str, int | None] = {}
    for name in dict.fromkeys(world.line_speaker.values.tolist()):
        words = name.lower().lstrip("@").split()
        wanted = [i for i in range(len(called)) if words and all(f" {word} " in called[i] for word in words)]
        wanted = wanted or [i for i in mouths if words and words[-1] in called[i]]
        free = [i for i in (*wanted, *mouths) if i not in given.values()]
        given[name] = free[0] if free else None
    return [given[name] for name in world.line_speaker.values.tolist()]


def _limit(asset: str) -> float:
    """How far a creature's mouth opens, radians; 0 for what has none."""
    return float(SKELETONS[asset].limits_J2[MOUTH, 1]) if asset in SKELETONS else 0.0


def mouths(world: World) -> World:
    """Let those who speak move their mouths with it, and nod where they stress.

    The mouth opens with the level of the voice as far as the sound asks; lips meet for m, b and p.
    """
    if not world.sizes["line"] or not world.sizes["joint"]:
        return world
    angle_ATJ, time_T = world.joint_angle.values.copy(), world.time.values
    for n, (actor, speaker) in enumerate(zip(speaking(world), voices(world), strict=True)):
        limit = 0.0 if actor is None else _limit(str(world.asset.values[actor]))
        said = say(str(world.line_text.values[n]), speaker)
        if actor is None or not limit or not said.sounds:
            continue
        since_T = time_T - float(world.line_start.values[n])
        talks_T = (since_T >= 0) & (since_T <= said.seconds)
        since_T = since_T[talks_T]
        opened_T = min(WIDE, limit) * openings(said, since_T, 1 / world.rate)
        angle_T = angle_ATJ[actor, talks_T, MOUTH]
        angle_ATJ[actor, talks_T, MOUTH] = _taken_over(angle_T, opened_T, since_T, said.seconds)
        low, high = SKELETONS[str(world.asset.values[actor])].limits_J2[NECK]
        bent_T = angle_ATJ[actor, talks_T, NECK] + NOD * _stresses(said, since_T)
        angle_ATJ[actor, talks_T, NECK] = np.clip(bent_T, low, high)
    return world.assign(joint_angle=(world.joint_angle.dims, angle_ATJ))


def _taken_over(angle_T: Array, opened_T: Array, since_T: Array, seconds: float) -> Array:
    """Angles of a mouth (T,) that goes over to speech, and back where that ends."""
    own_T = np.clip(np.minimum(since_T, seconds - since_T) / TURN, 0, 1)
    return np.asarray(angle_T + own_T * (opened_T - angle_T))


def mouths_of(world: World) -> tuple[str, ...]:
    """Return the names of the actors that can move a mouth."""
    if not world.sizes["joint"]:
        return ()
    pairs = zip(world.actor.values.tolist(), world.asset.values.tolist(), strict=True)
    return tuple(name for name, asset in pairs if _limit(asset) > 0)


def mouthed(world: World, actor: str, sound_N: Array, rate: int, *, start: float) -> World:
    """Let the mouth of an actor open with the level of a sound that begins at a second of the world.

    Nothing else moves; of the sounds of speech a recording tells nothing, so that lips do not meet for m, b and p.
    """
    index = world.actor.values.tolist().index(actor)
    angle_ATJ, seconds = world.joint_angle.values.copy(), len(sound_N) / rate
    since_T = world.time.values - float(world.time.values[0]) - start
    talks_T = (since_T >= 0) & (since_T <= seconds)
    level_T = _levels(sound_N, rate, since_T[talks_T], 1 / world.rate)
    loudest = max(float(np.quantile(level_T, LOUDEST)) if len(level_T) else 0.0, FAINT)
    opened_T = min(WIDE, _limit(str(world.asset.values[index]))) * np.minimum(level_T / loudest, 1) ** OPENING
    angle_T = angle_ATJ[index, talks_T, MOUTH]
    angle_ATJ[index, talks_T, MOUTH] = _taken_over(angle_T, opened_T, since_T[talks_T], seconds)
    return world.assign(joint_angle=(world.joint_angle.dims, angle_ATJ))


def _levels(sound_N: Array, rate: int, since_T: Array, step: float) -> Array:
    """Root mean square (T,) of a sound at seconds since it began; each stands for ``step`` seconds round it."""
    edges = np.stack([since_T - step / 2, since_T + step / 2])
    power = np.concatenate([[0.0], np.cumsum(np.square(sound_N, dtype=np.float64))]) / rate
    at = np.arange(len(power)) / rate
    return np.asarray(np.sqrt(np.maximum(np.diff(np.interp(edges, at, power), axis=0)[0], 0.0) / step))


def openings(said: Utterance, since_T: Array, step: float) -> Array:
    """How far a mouth is open (T,), 0..1, at seconds since a line began; each stands for ``step`` seconds round it."""
    edges = np.stack([since_T - step / 2, since_T + step / 2])
    level_T = _levels(said.sound, voicebox.RATE, since_T, step)
    loudest = max(float(level_T.max(initial=0.0)), 1e-9)
    width_L = np.array([WIDTHS.get(one, 0.5) for one in said.sounds])
    wide = np.concatenate([[0.0], np.cumsum(width_L * np.diff(said.times))])
    width_T = np.diff(np.interp(edges, said.times, wide), axis=0)[0] / step
    return np.asarray((level_T / loudest) ** OPENING * width_T**SHAPING)


def _stresses(said: Utterance, since_T: Array) -> Array:
    """A hump (T,) of height 1 on each stressed vowel."""
    stressed = [said.times[n + 1] for n, one in enumerate(said.sounds) if one == "ˈ"]
    humps = [np.exp(-(((since_T - moment - 0.05) / 0.07) ** 2)) for moment in stressed]
    return np.minimum(np.sum(humps, axis=0), 1.0) if humps else np.zeros(len(since_T))
