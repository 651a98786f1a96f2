"""What a place sounds like when nothing happens: shaped noise, and the creatures and engines of the place."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound.stage import place, swell
from sora2lib.world.vocabulary import INDOORS

Array = NDArray[np.float64]
LEVEL = 10 ** (-30 / 20)  # root mean square of a full ambience
FADE = 0.02  # s
NIGHT = -0.06  # elevation of the sun in radians below which crickets sing


def ambience(
    name: str, *, level: float, sun: float, count: int, rng: np.random.Generator, rate: int, rain: float = 0.0
) -> Array:
    """Return the sound (2, count) of a place.

    Parameters
    ----------
    name : one of :data:`sora2lib.world.vocabulary.AMBIENCES`.
    level : 0..1.
    sun : elevation of the sun in radians; at night birds are still and crickets sing.
    count, rate : samples, and samples a second.
    rain : 0..1; birds and crickets are still while it falls.
    """
    night = sun < NIGHT
    hushed = name == "birds" and (night or rain > 0)
    sound_2N = (_breeze if hushed else _PLACES[name])(count, rng, rate)
    sound_2N *= LEVEL / max(level_of(sound_2N), 1e-9)
    if rain > 0:
        sound_2N += LEVEL * (0.5 + rain) * _patter(rain, count, rng, rate)
    elif night and name not in (*INDOORS, "wind", "sea"):
        sound_2N += 0.5 * LEVEL * _crickets(count, rng, rate)
    sound_2N *= level * swell(count + 2, FADE * rate)[1:-1]
    return sound_2N


def shaped(count: int, rng: np.random.Generator, rate: int, shape: Callable[[Array], Array]) -> Array:
    """Return noise (2, count) whose spectrum follows ``shape``, a function of frequency in Hz; root mean square 1."""
    frequency = np.fft.rfftfreq(count, 1 / rate)
    spectrum = np.empty((2, len(frequency)), dtype=np.complex128)
    spectrum.real = rng.standard_normal(spectrum.shape)
    spectrum.imag = rng.standard_normal(spectrum.shape)
    spectrum *= shape(np.maximum(frequency, 1.0)) * (frequency > 20)
    sound_2N = np.fft.irfft(spectrum, count)
    sound_2N /= max(level_of(sound_2N), 1e-12)
    return np.asarray(sound_2N)


def level_of(sound_2N: Array) -> float:
    """Root mean square."""
    return math.sqrt(np.vdot(sound_2N, sound_2N) / sound_2N.size)


def drift(count: int, rng: np.random.Generator, rate: int, period: float) -> Array:
    """Return a slow random walk (count,) between about 0 and 1 that changes over ``period`` seconds."""
    knots = rng.uniform(0, 1, int(count / rate / period) + 4)
    at = (np.arange(count) / rate / period + rng.uniform()) % (len(knots) - 2)
    k = at.astype(np.int64)
    share = (1 - np.cos(np.pi * (at - k))) / 2
    return np.asarray(knots[k] * (1 - share) + knots[k + 1] * share)


def _city(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Rumble of far traffic, and now and then a car that passes."""
    sound_2N = shaped(count, rng, rate, lambda f: 1 / (f * (1 + (f / 500) ** 2)) * (f > 35))
    time_N = np.arange(count) / rate
    for _ in range(1 + int(count / rate / 3)):
        middle, width = rng.uniform(-0.5, count / rate + 0.5), rng.uniform(0.8, 1.6)
        near_N = np.exp(-(((time_N - middle) / width) ** 2))
        tyres_N = kernels.sweep(rng.standard_normal(count), 350 + 500 * near_N, 0.7, float(rate))
        way_N = np.clip((time_N - middle) / width, -1, 1) * rng.choice([-1, 1])
        sound_2N += 1.5 * tyres_N * near_N * np.stack([1 - way_N, 1 + way_N]) / 2
    return sound_2N


def _breeze(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Air in the leaves."""
    leaves_2N = shaped(count, rng, rate, lambda f: (f / 2500) / (1 + (f / 2500) ** 2))
    return np.asarray(leaves_2N * (0.5 + drift(count, rng, rate, 0.9)))


def _birds(count: int, rng: np.random.Generator, rate: int) -> Array:
    """A breeze and two or three birds, each with its own song and branch."""
    sound_2N = 0.35 * _breeze(count, rng, rate)
    for _ in range(3):
        pitch, side, far = rng.uniform(2600, 5200), rng.uniform(-0.9, 0.9), rng.uniform(1.0, 3.0)
        bend, flutter = rng.uniform(-0.35, 0.35), rng.uniform(18, 45)
        at = rng.uniform(0.0, 1.2)
        while at < count / rate:
            for _ in range(rng.integers(1, 5)):
                length = rng.uniform(0.05, 0.14)
                place(sound_2N, _chirp(pitch, bend, flutter, length, rate) * 2.5 / far, int(at * rate), side, rate)
                at += length + rng.uniform(0.03, 0.08)
            at += rng.uniform(0.7, 2.2)
    return sound_2N


def _chirp(pitch: float, bend: float, flutter: float, length: float, rate: int) -> Array:
    time_N = np.arange(int(length * rate)) / rate
    share_N = time_N / length
    frequency_N = pitch * (1 + bend * share_N + 0.06 * np.sin(2 * np.pi * flutter * time_N))
    return np.asarray(np.sin(2 * np.pi * np.cumsum(frequency_N) / rate) * np.sin(np.pi * share_N) ** 1.5)


def _crickets(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Three crickets, each a high tone in pulses of three."""
    time_N = np.arange(count) / rate
    sound_2N = np.zeros((2, count))
    for _ in range(3):
        pitch, beat, begin = rng.uniform(3900, 4700), rng.uniform(1.6, 2.6), rng.uniform(0, 1)
        phase_N = (time_N * beat + begin) % 1.0
        pulse_N = np.sin(np.pi * ((phase_N * 8) % 1.0)) ** 2 * (phase_N < 3 / 8)
        place(sound_2N, np.sin(2 * np.pi * pitch * time_N) * pulse_N, 0, rng.uniform(-0.9, 0.9), rate)
    return sound_2N


def _patter(rain: float, count: int, rng: np.random.Generator, rate: int) -> Array:
    """Drops: the hiss of many far ones, and the ticks of near ones, each a short ring of its own pitch."""
    sound_2N = shaped(count, rng, rate, lambda f: (f / 3000) ** 0.4 / (1 + (f / 7000) ** 3))
    for _ in range(rng.poisson((40 + 160 * rain) * count / rate)):
        pitch, side, near = rng.uniform(1500, 6000), rng.uniform(-1, 1), rng.uniform(0.2, 1.0) ** 2
        time_N = np.arange(int(0.008 * rate)) / rate
        tick_N = 3.0 * near * np.sin(2 * np.pi * pitch * time_N) * np.exp(-time_N * 700)
        place(sound_2N, tick_N, int(rng.integers(max(count - len(time_N), 1))), side, rate)
    return np.asarray(sound_2N)


def _sea(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Waves that come, break with a hiss and draw back."""
    deep_2N = shaped(count, rng, rate, lambda f: 1 / (1 + (f / 180) ** 1.5))
    hiss_2N = shaped(count, rng, rate, lambda f: (f / 900) ** 0.3 / (1 + (f / 3500) ** 2))
    phase_N = (np.arange(count) / rate / rng.uniform(4.5, 6.5) + rng.uniform()) % 1.0
    swell_N = np.where(phase_N < 0.35, (phase_N / 0.35) ** 2, np.exp(-(phase_N - 0.35) * 4))
    return np.asarray(deep_2N * (0.4 + 0.5 * swell_N) + hiss_2N * (0.1 + 0.9 * swell_N**1.5))


def _room(count: int, rng: np.random.Generator, rate: int) -> Array:
    """The still air of a room and a far-off hum."""
    air_2N = shaped(count, rng, rate, lambda f: 1 / (1 + (f / 120) ** 1.3))
    time_N = np.arange(count) / rate
    hum_N = sum(level * np.sin(2 * np.pi * f * time_N) for f, level in ((100, 0.25), (200, 0.10), (300, 0.05)))
    return np.asarray(0.4 * (air_2N + hum_N))


def _hall(count: int, rng: np.random.Generator, rate: int) -> Array:
    """A big empty space with fans running somewhere."""
    air_2N = shaped(count, rng, rate, lambda f: 1 / (1 + (f / 220) ** 1.1))
    fan_2N = shaped(count, rng, rate, lambda f: np.exp(-(((f - 420) / 90) ** 2)))
    return np.asarray(0.8 * air_2N + 0.25 * fan_2N * (0.7 + 0.3 * drift(count, rng, rate, 1.5)))


def _wind(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Gusts that whistle a little."""
    gust_N = drift(count, rng, rate, 1.1)
    deep_2N = shaped(count, rng, rate, lambda f: 1 / (1 + (f / 150) ** 1.4))
    howl_2N = np.stack(
        [kernels.sweep(rng.standard_normal(count), 320 + 420 * gust_N, 3.0, float(rate)) for _ in range(2)]
    )
    return np.asarray(0.5 * deep_2N * (0.4 + 0.6 * gust_N) + 22.0 * howl_2N * gust_N**2)


_PLACES: dict[str, Callable[[int, np.random.Generator, int], Array]] = {
    "city": _city,
    "birds": _birds,
    "sea": _sea,
    "room": _room,
    "wind": _wind,
    "hall": _hall,
}
