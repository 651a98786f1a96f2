"""Where a sound is heard from: the camera's ears, the air in between, the room around, and the final level."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.world.schema import World

Array = NDArray[np.float64]
EAR_DELAY = 5e-4  # s; the far ear hears a sound from the side this much later
WIDTH = 0.9  # 1 would leave one ear in silence
NEAREST = 0.5  # m
AIR = 2e-9  # s/m; share of level lost is 1 - exp(-AIR * f^2 * distance) with f in Hz
CEILING = 10 ** (-1.2 / 20)
AHEAD, RELEASE = 1.5e-3, 0.08  # s
USUAL = 10 ** (-21 / 20)  # root mean square of the loud parts that a clip is brought to
PULL = 0.6  # share of the way there, in decibels, so that quiet clips stay quieter
BLOCK = 0.1  # s over which loudness is measured
QUIETEST = 1e-4

# Seconds of reverberation, and its level over the sound itself.
ROOMS = {"room": (0.35, 0.16), "hall": (1.5, 0.28)}


# T samples of the world; N samples of sound
@dataclass(frozen=True)
class Ears:
    """The camera as a listener over time."""

    time_T: Array
    eye_T3: Array
    right_T3: Array

    @classmethod
    def of(cls, world: World) -> Self:
        """Take the ears from a world's camera."""
        eye_T3 = world.camera_eye.values
        ahead_T3 = world.camera_target.values - eye_T3
        right_T3 = np.cross(ahead_T3, [0.0, 0.0, 1.0])
        length_T1 = np.linalg.norm(right_T3, axis=-1, keepdims=True)
        right_T3 = np.where(length_T1 > 1e-6, right_T3 / np.maximum(length_T1, 1e-6), [1.0, 0.0, 0.0])
        return cls(world.time.values - float(world.time[0]), eye_T3, right_T3)

    def hear(self, place: Array, time: Array) -> tuple[Array, Array]:
        """Return side (...,), -1 left to 1 right, and distance (...,) in metres of places (..., 3) at times (...,)."""
        eye, right = (
            np.stack([np.interp(time, self.time_T, path[:, axis]) for axis in range(3)], axis=-1)
            for path in (self.eye_T3, self.right_T3)
        )
        away = np.asarray(place) - eye
        distance = np.maximum(np.linalg.norm(away, axis=-1), NEAREST)
        return np.clip(np.sum(away * right, axis=-1) / distance, -1, 1), distance


def gains(side: Array) -> tuple[Array, Array]:
    """Level in the left and the right ear, of constant power.

    >>> left, right = gains(np.array(0.0))
    >>> bool(np.isclose(left, right)) and round(float(left**2 + right**2), 9)
    1.0
    """
    angle = (1 + WIDTH * side) * (math.pi / 4)
    return np.cos(angle), np.sin(angle)


def place(out_2N: Array, sound_N: Array, first: int, side: float, rate: int) -> None:
    """Add a sound from one side to the stereo picture from sample ``first`` on; the far ear is a little late."""
    for ear, level, late in zip(out_2N, gains(np.array(side)), (max(side, 0.0), max(-side, 0.0)), strict=True):
        start = first + round(late * EAR_DELAY * rate)
        length = min(len(sound_N), len(ear) - start)
        if length > 0:
            ear[start : start + length] += level * sound_N[:length]


def reverberate(sound_2N: Array, ambience: str, rng: np.random.Generator, rate: int) -> Array:
    """Add the room's answer: noise that dies away, convolved with the sum of both ears; outdoors there is none."""
    if ambience not in ROOMS:
        return sound_2N
    seconds, level = ROOMS[ambience]
    time_M = np.arange(int(seconds * rate)) / rate
    answer_2M = rng.standard_normal((2, len(time_M))) * np.exp(-6.91 * time_M / seconds)
    # The first wall is some metres away, and walls swallow the highs.
    answer_2M[:, : int(0.007 * rate)] = 0.0
    answer_2M = (answer_2M + np.roll(answer_2M, 1, axis=1) + np.roll(answer_2M, 2, axis=1)) / 3
    answer_2M *= level / np.sqrt(np.sum(answer_2M**2, axis=1, keepdims=True))
    count = sound_2N.shape[1]
    size = 1 << (count + len(time_M) - 1).bit_length()
    dry = np.fft.rfft(sound_2N.sum(axis=0), size)
    wet_2N = np.fft.irfft(dry * np.fft.rfft(answer_2M, size), size)[:, :count]
    return np.asarray(sound_2N + wet_2N)


def loudness(sound_2N: Array, rate: int) -> float:
    """Root mean square over the blocks within 20 dB of the loudest, 0 for silence."""
    block = int(BLOCK * rate)
    count = sound_2N.shape[1] // block
    if count == 0:
        return float(np.sqrt(np.mean(sound_2N**2)))
    power_B = np.mean(sound_2N[:, : count * block].reshape(2, count, block) ** 2, axis=(0, 2))
    return float(np.sqrt(power_B[power_B >= 0.01 * power_B.max()].mean()))


def master(events_2N: Array, ambience_2N: Array, rate: int) -> NDArray[np.float32]:
    """Bring the events part of the way to the usual level, add the ambience and limit the peaks."""
    level = loudness(events_2N, rate)
    gain = (USUAL / max(level, QUIETEST)) ** PULL
    mixed_2N = gain * events_2N + ambience_2N
    limited_2N = kernels.limit(mixed_2N, CEILING, AHEAD * rate, 1 - math.exp(-1 / (RELEASE * rate)))
    return np.asarray(limited_2N, dtype=np.float32)
