"""What a voice is like: how high, how lively, and how its sound is spread over the bands of hearing.

N samples, F frames, B bands.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import CameoError

Array = NDArray[np.float64]
BANDS, LOW, HIGH = 24, 80.0, 9000.0  # Hz
WINDOW, STEP = 0.04, 0.01  # s
LOWEST, HIGHEST = 65.0, 520.0  # Hz of a voice
PERIODIC = 0.55  # of the power of a frame that comes again after a period, where there is voice
LOUD = 0.05  # of the power of the loudest tenth: what is softer is a pause
SILENT = 1e-3  # root mean square of what counts as silence
LEAST = 0.4  # s of voice


@dataclass(frozen=True)
class Voice:
    """A voice, measured.

    Parameters
    ----------
    pitch : Hz, the median.
    spread : semitones by which the pitch goes up and down, half of the way from its lower to its upper sixth.
    tone : dB in each of ``BANDS`` bands, evenly spaced on the mel scale from ``LOW`` to ``HIGH``, around their mean.
    """

    pitch: float
    spread: float
    tone: tuple[float, ...]


def silent(sound_N: NDArray[np.floating]) -> bool:
    """Whether nothing is to be heard."""
    return not len(sound_N) or float(np.sqrt(np.square(sound_N, dtype=np.float64).mean())) < SILENT


def measure(sound_N: NDArray[np.floating], rate: int) -> Voice:
    """Measure a voice.

    Parameters
    ----------
    sound_N : (N,) of one who speaks, sings or barks.
    rate : samples a second, 20,000 or more.

    Raises
    ------
    CameoError
        It is silent, or no voice is in it.

    >>> measure(np.sin(2 * np.pi * 200 * np.arange(24000) / 24000), 24000).pitch  # doctest: +SKIP
    200.0
    """
    if silent(sound_N):
        raise CameoError("the sound is silent; record again with somebody speaking")
    frames_FN = _frames(np.asarray(sound_N, np.float64), rate)
    power_F = np.square(frames_FN).mean(axis=1)
    loud_F = power_F > LOUD * np.percentile(power_F, 90)
    pitch_F = _pitch(frames_FN[loud_F], rate)
    voiced_F = pitch_F[pitch_F > 0]
    if len(voiced_F) * STEP < LEAST:
        raise CameoError(f"less than {LEAST:g} s of voice are heard; record again, nearer and where it is quiet")
    middle = float(np.median(voiced_F))
    low, high = np.percentile(12 * np.log2(voiced_F / middle), (16, 84))
    return Voice(round(middle, 2), round(float(high - low) / 2, 3), _tone(frames_FN[loud_F], rate))


def _frames(sound_N: Array, rate: int) -> Array:
    size, step = round(WINDOW * rate), round(STEP * rate)
    padded = np.pad(sound_N, (0, max(0, size - len(sound_N))))
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::step]


def _pitch(frames_FN: Array, rate: int) -> Array:
    """Pitch (F,) in Hz by autocorrelation, 0 where there is no voice (Boersma 1993, without his paths)."""
    size = frames_FN.shape[1]
    window = np.hanning(size)
    spectrum = np.fft.rfft(frames_FN * window - (frames_FN * window).mean(axis=1, keepdims=True), 2 * size, axis=1)
    again = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :size]
    fade = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * size)) ** 2)[:size]
    again = again / np.maximum(again[:, :1], 1e-12) / np.maximum(fade / fade[0], 1e-3)
    first, last = int(rate / HIGHEST), min(int(rate / LOWEST), size - 2)
    # Twice the period fits as well; the shorter one is meant.
    best = (again[:, first:last] - 0.1 * np.log2(np.arange(first, last) / first)).argmax(axis=1) + first
    at = np.arange(len(best))
    before, here, after = (again[at, best + shift] for shift in (-1, 0, 1))
    bend = np.minimum(before - 2 * here + after, -1e-9)
    period = best + np.clip(0.5 * (before - after) / bend, -1, 1)
    return np.where(here > PERIODIC, rate / period, 0.0)


def _tone(frames_FN: Array, rate: int) -> tuple[float, ...]:
    power_FK = np.abs(np.fft.rfft(frames_FN * np.hanning(frames_FN.shape[1]), axis=1)) ** 2
    bands_KB = triangles(power_FK.shape[1], rate)
    level_B = 10 * np.log10(power_FK @ bands_KB + 1e-10).mean(axis=0)
    return tuple(np.round(level_B - level_B.mean(), 2).tolist())


def centres() -> Array:
    """Return the middle of each band (B,), Hz."""
    return _edges()[1:-1]


def _edges() -> Array:
    mel = np.linspace(np.log1p(LOW / 700), np.log1p(HIGH / 700), BANDS + 2)
    return np.asarray(700 * np.expm1(mel))


def triangles(count: int, rate: int) -> Array:
    """Return how much each frequency counts in each band (K, B)."""
    frequency_K1 = np.linspace(0, rate / 2, count)[:, None]
    edges = _edges()
    rise = (frequency_K1 - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - frequency_K1) / (edges[2:] - edges[1:-1])
    return np.asarray(np.clip(np.minimum(rise, fall), 0, 1))
