"""How loud a sound is to people, and how high its peaks are between the samples: ITU-R BS.1770-4."""

import math

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels

Array = NDArray[np.float64]
BLOCK, STEP = 0.4, 0.1  # s
ABSOLUTE, RELATIVE = -70.0, -10.0  # gates, LUFS and LU
SILENCE = -120.0  # LUFS that stand for none at all
TAPS, OVER = 12, 4  # of the interpolation between samples

# The two stages of the K-weighting as analogue filters, so that they fit any rate: a shelf and a high-pass, in Hz, with
# gain in dB and quality (the values behind the coefficients that annex 1 gives for 48 kHz; derived by B. De Man, 2014).
SHELF, SHELF_GAIN, SHELF_Q = 1681.9744509555319, 3.99984385397, 0.7071752369554193
HIGH_PASS, HIGH_PASS_Q = 38.13547087613982, 0.5003270373253953
_OFFSET = -0.691


def lufs(sound_2N: Array, rate: int) -> float:
    """Integrated loudness of a stereo sound, LUFS, gated; ``SILENCE`` when nothing passes the gates.

    >>> tone = np.sin(2 * np.pi * 997 * np.arange(96_000) / 48_000) * np.array([[1.0], [0.0]])
    >>> round(lufs(tone, 48_000), 1)
    -3.0
    """
    block, step = round(BLOCK * rate), round(STEP * rate)
    sums = _sums(sound_2N, rate)
    starts = np.arange(0, max(len(sums) - 1 - block, 0) + 1, step)
    ends = np.minimum(starts + block, len(sums) - 1)
    power_B = (sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)
    loud_B = power_B[power_B > 10 ** ((ABSOLUTE - _OFFSET) / 10)]
    if not len(loud_B):
        return SILENCE
    loud_B = loud_B[loud_B > loud_B.mean() * 10 ** (RELATIVE / 10)]
    return _OFFSET + 10 * math.log10(loud_B.mean())


def momentary(sound_2N: Array, rate: int, time_F: Array) -> Array:
    """Loudness (F,), LUFS, of the 0.4 s round each of some seconds, not gated; ``SILENCE`` at least."""
    sums, count = _sums(sound_2N, rate), sound_2N.shape[1]
    ends = np.stack([time_F - BLOCK / 2, time_F + BLOCK / 2])
    ends = np.clip(np.round(ends * rate).astype(int), 0, count)
    power_F = np.diff(sums[ends], axis=0)[0] / np.maximum(np.diff(ends, axis=0)[0], 1)
    return np.maximum(_OFFSET + 10 * np.log10(np.maximum(power_F, 1e-20)), SILENCE)


def _sums(sound_2N: Array, rate: int) -> Array:
    """Power of both ears up to each sample (N + 1,), as the head and the ear weigh it."""
    k, gain = math.tan(math.pi * SHELF / rate), 10 ** (SHELF_GAIN / 20)
    middle, down = gain**0.4996667741545416, 1 + k / SHELF_Q + k * k
    shelf = (
        (gain + middle * k / SHELF_Q + k * k) / down,
        2 * (k * k - gain) / down,
        (gain - middle * k / SHELF_Q + k * k) / down,
        2 * (k * k - 1) / down,
        (1 - k / SHELF_Q + k * k) / down,
    )
    k = math.tan(math.pi * HIGH_PASS / rate)
    down = 1 + k / HIGH_PASS_Q + k * k
    high_pass = (1.0, -2.0, 1.0, 2 * (k * k - 1) / down, (1 - k / HIGH_PASS_Q + k * k) / down)
    return np.asarray(kernels.weighed(np.ascontiguousarray(sound_2N, dtype=np.float64), shelf, high_pass))


def true_peak(sound_2N: Array) -> float:
    """Highest peak, between samples too, of a sound (2, N), by reading it four times as finely."""
    at = np.arange(-TAPS // 2 + 1, TAPS // 2 + 1)
    peak = float(max(sound_2N.max(initial=0.0), -sound_2N.min(initial=0.0)))
    for phase in range(1, OVER):
        away = at - phase / OVER
        taps = np.sinc(away) * np.cos(np.pi * away / (TAPS + 2)) ** 2
        peak = max(peak, *(kernels.peak(ear, taps / taps.sum()) for ear in np.ascontiguousarray(sound_2N)))
    return peak
