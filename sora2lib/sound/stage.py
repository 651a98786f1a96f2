"""Where a sound is heard from: the camera's ears, the air in between, and the room or the open air around."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from sora2lib.sound.obstacles import Obstacles
from sora2lib.world.schema import World

Array = NDArray[np.float64]
EAR_DELAY = 5e-4  # s; the far ear hears a sound from the side this much later
WIDTH = 0.9  # 1 would leave one ear in silence
NEAREST = 0.5  # m
AIR = 2e-9  # s/m; share of level lost is 1 - exp(-AIR * f^2 * distance) with f in Hz

# By ambience, seconds of reverberation, its level over the sound itself, and how soon it comes back, s. In the open it
# is the walls of a street, the trunks of a wood, the slopes of a mountain that answer, faintly and late.
ROOMS = {
    "room": (0.35, 0.16, 0.007),
    "hall": (1.3, 0.20, 0.012),
    "city": (0.7, 0.045, 0.035),
    "birds": (0.4, 0.03, 0.025),
    "wind": (1.8, 0.02, 0.09),
}


# T samples of the world; N samples of sound
@dataclass(frozen=True)
class Ears:
    """The camera as a listener over time."""

    time_T: Array
    eye_T3: Array
    right_T3: Array
    cut_C: Array  # s at which the camera is suddenly elsewhere
    between: Obstacles

    @classmethod
    def of(cls, world: World) -> Self:
        """Take the ears from a world's camera."""
        eye_T3 = world.camera_eye.values
        ahead_T3 = world.camera_target.values - eye_T3
        right_T3 = np.cross(ahead_T3, [0.0, 0.0, 1.0])
        length_T1 = np.linalg.norm(right_T3, axis=-1, keepdims=True)
        right_T3 = np.where(length_T1 > 1e-6, right_T3 / np.maximum(length_T1, 1e-6), [1.0, 0.0, 0.0])
        time_T = world.time.values - float(world.time[0])
        return cls(time_T, eye_T3, right_T3, time_T[world.camera_cut.values], Obstacles.of(world))

    def hear(self, place: Array, time: Array) -> tuple[Array, Array]:
        """Return side (...,), -1 left to 1 right, and distance (...,) in metres of places (..., 3) at times (...,)."""
        eye, right = (_along(path, self.time_T, time) for path in (self.eye_T3, self.right_T3))
        away = np.asarray(place) - eye
        distance = np.maximum(np.linalg.norm(away, axis=-1), NEAREST)
        return np.clip(np.sum(away * right, axis=-1) / distance, -1, 1), distance

    def detour(self, place: Array, time: Array) -> Array:
        """Return by how many metres (...,) the way round what stands between is longer than the straight one."""
        shape = np.broadcast_shapes(np.shape(place)[:-1], np.shape(time))
        places, times = np.broadcast_to(place, (*shape, 3)).reshape(-1, 3), np.broadcast_to(time, shape).ravel()
        return self.between.detour(places, _along(self.eye_T3, self.time_T, times), times).reshape(shape)

    def way(self, distance_M: Array, time_M: Array) -> Array:
        """Metres (M,) by which a source comes and goes, 0 on the whole; a cut to another camera is no motion."""
        shot_M = np.searchsorted(self.cut_C, time_M, side="right")
        steps = np.where(np.diff(shot_M) == 0, np.diff(distance_M), 0.0)
        way_M = np.concatenate([[0.0], np.cumsum(steps)])
        return np.asarray(way_M - way_M.mean())


def _along(path_T3: Array, time_T: Array, time: Array) -> Array:
    return np.stack([np.interp(time, time_T, path_T3[:, axis]) for axis in range(3)], axis=-1)


def gains(side: Array) -> tuple[Array, Array]:
    """Level in the left and the right ear, of constant power.

    >>> left, right = gains(np.array(0.0))
    >>> bool(np.isclose(left, right)) and round(float(left**2 + right**2), 9)
    1.0
    """
    angle = (1 + WIDTH * side) * (math.pi / 4)
    return np.cos(angle), np.sin(angle)


def swell(count: int, samples: float) -> Array:
    """Gain (N,) that rises from 0 over some samples and falls again, so that nothing begins or ends with a click."""
    gain_N, edge = np.ones(count), min(int(samples) + 1, count)
    rise_K = np.minimum(1.0, np.arange(edge) / samples)
    gain_N[:edge] = rise_K
    gain_N[count - edge :] = np.minimum(gain_N[count - edge :], rise_K[::-1])
    return gain_N


def place(out_2N: Array, sound_N: Array, first: int, side: float, rate: int) -> None:
    """Add a sound from one side to the stereo picture from sample ``first`` on; the far ear is a little late."""
    for ear, level, late in zip(out_2N, gains(np.array(side)), (max(side, 0.0), max(-side, 0.0)), strict=True):
        start = first + round(late * EAR_DELAY * rate)
        length = min(len(sound_N), len(ear) - start)
        if length > 0:
            ear[start : start + length] += level * sound_N[:length]


def reverberate(sound_2N: Array, ambience: str, rng: np.random.Generator, rate: int) -> Array:
    """Add the answer of the place: noise that dies away, convolved with the sum of both ears; the sea has none."""
    if ambience not in ROOMS or not sound_2N.any():
        return sound_2N
    seconds, level, first = ROOMS[ambience]
    time_M = np.arange(int(seconds * rate)) / rate
    answer_2M = rng.standard_normal((2, len(time_M))) * np.exp(-6.91 * time_M / seconds)
    # The first wall is some metres away, and walls swallow the highs; from afar the answer swells in.
    answer_2M *= np.clip((time_M / first - 1) * 2, 0, 1)
    answer_2M[:, 2:] = (answer_2M[:, 2:] + answer_2M[:, 1:-1] + answer_2M[:, :-2]) / 3
    answer_2M *= level / np.sqrt(np.sum(answer_2M**2, axis=1, keepdims=True))
    count = sound_2N.shape[1]
    size = next_fast_len(count + len(time_M) - 1, real=True)
    spectrum_2F = np.fft.rfft(answer_2M, size)
    spectrum_2F *= np.fft.rfft(sound_2N.sum(axis=0), size)
    return np.asarray(sound_2N + np.fft.irfft(spectrum_2F, size)[:, :count])
