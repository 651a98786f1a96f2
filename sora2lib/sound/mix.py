"""From stems to one sound: balance, ducking, loudness, and peaks that no player clips."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.levels import Levels
from sora2lib.sound.loudness import SILENCE, lufs, true_peak

Array = NDArray[np.float64]
TARGET = -16.0  # LUFS
MOST = 8.0  # dB; raised without a bound, a tap and a crash would both end at the ceiling
HARDEST = -9.0  # dB, root mean square of the sharpest part; more, and the limiter would level out blows
KNEE = 4.0  # dB over which the aim is neared
PEAK = 10 ** (-1.0 / 20)  # true peak that nothing exceeds
CEILING = 10 ** (-1.6 / 20)  # of the samples
AHEAD, RELEASE = 1.5e-3, 0.08  # s
# The effects of a clip are brought towards the first of these that they reach: root mean square of their loud parts and
# of the sharpest one, so that neither a roar nor a click is more than the limiter can hold.
USUAL, SHARP = 10 ** (-18 / 20), 10 ** (-20 / 20)
PULL = 0.5  # share of the way there, in decibels, so that quiet clips stay quieter
BLOCK, BRIEF = 0.1, 0.005  # s over which the level of loud parts and of sharp ones is measured
QUIETEST = 1e-3  # of the usual level
DUCK = 10 ** (-9 / 20)  # what is left of music under something loud
LOUD = 10 ** (-34 / 20)  # root mean square from which music gives way
SPOKEN = 10 ** (-46 / 20)  # the same of speech, from which all gives way: a whisper too is to be understood
DEEPEST = 10 ** (-21 / 20)  # what is left at least of what is louder than the one who speaks
HOP, ATTACK, RELEASE_MUSIC = 0.01, 0.03, 0.5  # s
AROUND = 0.4  # s over which what is said and all else are held against each other


@dataclass(frozen=True, eq=False, repr=False)
class Stems:
    """The parts of a sound apart: effects, ambience, music and speech, each (2, samples) float64 at ``rate``."""

    effects: Array
    ambience: Array
    music: Array
    speech: Array
    rate: int

    def mix(self, levels: Levels | None = None) -> NDArray[np.float32]:
        """Return the stereo mix (2, samples), its true peak below -1 dBTP; the busier it is, the closer to -16 LUFS.

        Music gives way under loud effects, and all gives way under speech. Nothing is raised by more than 8 dB, so
        that a sparse or quiet scene stays below the aim and a soft blow softer than a hard one.

        >>> stems(world).mix(Levels(music=0.0))  # doctest: +SKIP
        """
        levels = levels or Levels()
        effects_2N = levels.effects * self.effects
        mixed_2N = levels.ambience * self.ambience
        mixed_2N += effects_2N
        if levels.music and self.music.any():
            mixed_2N += levels.music * duck(effects_2N, self.rate) * self.music
        if levels.speech and self.speech.any():
            speech_2N = levels.speech * self.speech
            left_B = left_under(speech_2N, mixed_2N, self.rate)
            mixed_2N *= duck(speech_2N, self.rate, loud=SPOKEN, left=left_B)
            mixed_2N += speech_2N
        return master(mixed_2N, self.rate)

    def __repr__(self) -> str:
        return f"Stems({self.effects.shape[1] / self.rate:g} s, {self.rate} Hz, effects, ambience, music, speech)"


def balance(effects_2N: Array, rate: int) -> Array:
    """Bring effects part of the way to the usual level, so that a feather is heard and an anvil bearable."""
    power_B = _powers(effects_2N, BLOCK, rate)
    loud = math.sqrt(power_B[power_B >= 0.01 * power_B.max()].mean())
    level = max(loud / USUAL, math.sqrt(_powers(effects_2N, BRIEF, rate).max()) / SHARP, QUIETEST)
    return effects_2N / level**PULL


def duck(key_2N: Array, rate: int, *, loud: float = LOUD, left: Array | float = DUCK) -> Array:
    """Gain (N,) of what gives way under ``key_2N`` from a level on: it falls at once and comes back slowly.

    ``left`` is the gain under something loud, for all or for each block of ``HOP`` seconds.
    """
    hop, count = round(HOP * rate), key_2N.shape[1]
    wanted_B = left + (1 - left) / (1 + _powers(key_2N, HOP, rate) / loud**2)
    gain_B, gain = np.empty_like(wanted_B), 1.0
    for b, wanted in enumerate(wanted_B.tolist()):
        gain += (wanted - gain) * (1 - math.exp(-HOP / (ATTACK if wanted < gain else RELEASE_MUSIC)))
        gain_B[b] = gain
    return np.interp(np.arange(count), (np.arange(len(gain_B)) + 1) * hop, gain_B)


def left_under(speech_2N: Array, others_2N: Array, rate: int) -> Array:
    """What is left (B,) of all else under speech: where it is the louder one, it gives way by so much more."""
    beside = np.ones(round(AROUND / HOP))
    said_B, else_B = (
        np.convolve(_powers(it, HOP, rate), beside)[len(beside) // 2 :][: -(-it.shape[1] // round(HOP * rate))]
        for it in (speech_2N, others_2N)
    )
    return np.asarray(np.maximum(DUCK * np.sqrt(np.minimum(said_B / np.maximum(else_B, 1e-12), 1)), DEEPEST))


def master(mixed_2N: Array, rate: int) -> NDArray[np.float32]:
    """Raise a sound (2, N) by at most 8 dB and towards at most -16 LUFS, and keep its true peak below -1 dBTP.

    Of two sounds that differ in level alone the louder one stays the louder one.
    """
    loud = lufs(mixed_2N, rate)
    if loud > SILENCE:
        sharp = 10 * math.log10(_powers(mixed_2N, BRIEF, rate).max())
        over = max(loud - TARGET, sharp - HARDEST)  # dB above what a sound may reach
        mixed_2N = mixed_2N * 10 ** ((_neared(over + MOST) - over) / 20)
    return limited(mixed_2N, rate)


def limited(sound_2N: Array, rate: int) -> NDArray[np.float32]:
    """Keep the true peak of a sound (2, N) below -1 dBTP without clipping it."""
    recovers = 1 - math.exp(-1 / (RELEASE * rate))
    limited_2N = kernels.limit(sound_2N, CEILING, AHEAD * rate, recovers)
    limited_2N *= min(1.0, PEAK / max(true_peak(limited_2N), 1e-9))
    return np.asarray(limited_2N, dtype=np.float32)


def crossfaded(
    own_2N: NDArray[np.float32], given_2N: NDArray[np.float32], share: float, rate: int
) -> NDArray[np.float32]:
    """Return a sound (2, N) with a share, 0 to 1, of another one, at equal power; 0 and 1 are the one and the other."""
    if share in (0, 1):
        return given_2N if share else own_2N
    turn = share * math.pi / 2
    return limited(math.cos(turn) * own_2N.astype(np.float64) + math.sin(turn) * given_2N, rate)


def _neared(level: float) -> float:
    """A level in dB as it is far below 0, and ever closer to 0 the higher it is."""
    return -KNEE * math.log1p(math.exp(-level / KNEE))


def _powers(sound_2N: Array, seconds: float, rate: int) -> Array:
    """Mean power (B,) of blocks one after the other; the last one may reach beyond the end."""
    block, count = round(seconds * rate), sound_2N.shape[1]
    starts = np.arange(0, count, block)
    return np.add.reduceat(np.einsum("cn,cn->n", sound_2N, sound_2N), starts) / (len(sound_2N) * block)
