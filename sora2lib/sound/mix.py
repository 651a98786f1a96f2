"""From stems to one sound: balance, ducking, loudness, and peaks that no player clips."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound.loudness import SILENCE, lufs, true_peak

Array = NDArray[np.float64]
TARGET = -16.0  # LUFS
MOST = 8.0  # dB; raised without a bound, a tap and a crash would both end at the ceiling
PEAK = 10 ** (-1.0 / 20)  # true peak that nothing exceeds
CEILING = 10 ** (-1.6 / 20)  # of the samples
AHEAD, RELEASE = 1.5e-3, 0.08  # s
# The effects of a clip are brought towards the first of these that they reach: root mean square of their loud parts,
# and peak, so that neither a roar nor a click is more than the limiter can hold.
USUAL, SHARPEST = 10 ** (-18 / 20), 10 ** (-15 / 20)
PULL = 0.6  # share of the way there, in decibels, so that quiet clips stay quieter
BLOCK = 0.1  # s over which the level of effects is measured
QUIETEST = 1e-3  # of the usual level
DUCK = 10 ** (-9 / 20)  # what is left of music under something loud
LOUD = 10 ** (-34 / 20)  # root mean square from which music gives way
HOP, ATTACK, RELEASE_MUSIC = 0.01, 0.03, 0.5  # s


@dataclass(frozen=True)
class Levels:
    """Gain of each stem in a mix; 1 leaves it as it is, 0 silences it.

    >>> Levels(music=0.5)
    Levels(effects=1.0, ambience=1.0, music=0.5)
    """

    effects: float = 1.0
    ambience: float = 1.0
    music: float = 1.0


@dataclass(frozen=True, eq=False, repr=False)
class Stems:
    """The parts of a sound apart: effects, ambience and music, each (2, samples) float64, ``rate`` samples a second."""

    effects: Array
    ambience: Array
    music: Array
    rate: int

    def mix(self, levels: Levels | None = None) -> NDArray[np.float32]:
        """Return the stereo mix (2, samples), its true peak below -1 dBTP, its loudness -16 LUFS where it is busy.

        Music gives way under loud effects. Nothing is raised by more than 8 dB, so that a sparse or quiet scene stays
        below the aim and a soft blow softer than a hard one.

        >>> stems(world).mix(Levels(music=0.0))  # doctest: +SKIP
        """
        levels = levels or Levels()
        effects_2N = levels.effects * self.effects
        music_2N = levels.music * self.music
        if music_2N.any():
            music_2N = music_2N * duck(effects_2N, self.rate)
        return master(effects_2N + levels.ambience * self.ambience + music_2N, self.rate)

    def __repr__(self) -> str:
        return f"Stems({self.effects.shape[1] / self.rate:g} s, {self.rate} Hz, effects, ambience, music)"


def balance(effects_2N: Array, rate: int) -> Array:
    """Bring effects part of the way to the usual level, so that a feather is heard and an anvil bearable."""
    level = max(_level(effects_2N, rate) / USUAL, float(np.abs(effects_2N).max(initial=0.0)) / SHARPEST)
    return effects_2N / max(level, QUIETEST) ** PULL


def duck(key_2N: Array, rate: int) -> Array:
    """Gain (N,) of music under ``key_2N``: it falls at once and comes back slowly."""
    hop, count = round(HOP * rate), key_2N.shape[1]
    power_N = np.pad((key_2N**2).mean(axis=0), (0, -count % hop))
    level_B = np.sqrt(power_N.reshape(-1, hop).mean(axis=1))
    wanted_B = DUCK + (1 - DUCK) / (1 + (level_B / LOUD) ** 2)
    gain_B, gain = np.empty_like(wanted_B), 1.0
    for b, wanted in enumerate(wanted_B.tolist()):
        gain += (wanted - gain) * (1 - math.exp(-HOP / (ATTACK if wanted < gain else RELEASE_MUSIC)))
        gain_B[b] = gain
    return np.interp(np.arange(count), (np.arange(len(gain_B)) + 1) * hop, gain_B)


def master(mixed_2N: Array, rate: int) -> NDArray[np.float32]:
    """Bring a sound (2, N) to -16 LUFS, but raise it by no more than 8 dB, and keep its true peak below -1 dBTP."""
    loud = lufs(mixed_2N, rate)
    gain = 10 ** (min(TARGET - loud, MOST) / 20) if loud > SILENCE else 1.0
    recovers = 1 - math.exp(-1 / (RELEASE * rate))
    limited_2N = kernels.limit(gain * mixed_2N, CEILING, AHEAD * rate, recovers)
    limited_2N *= min(1.0, PEAK / max(true_peak(limited_2N), 1e-9))
    return np.asarray(limited_2N, dtype=np.float32)


def _level(sound_2N: Array, rate: int) -> float:
    """Root mean square over the blocks within 20 dB of the loudest, 0 for silence."""
    block = int(BLOCK * rate)
    count = sound_2N.shape[1] // block
    if count == 0:
        return float(np.sqrt(np.mean(sound_2N**2)))
    power_B = np.mean(sound_2N[:, : count * block].reshape(2, count, block) ** 2, axis=(0, 2))
    return float(np.sqrt(power_B[power_B >= 0.01 * power_B.max()].mean()))
