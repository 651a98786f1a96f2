"""The loops of sound that run sample by sample: ringing modes, bubbles, filters, a moving delay, a limiter."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.compiled import compiled, inlined

_SILENT = 1e-5  # a mode that has fallen this far is over
TAPS, PHASES = 16, 512  # that a sample between samples is made of; steps from one sample to the next
_BLOCK = 512  # samples that are filtered side by side


def _reader() -> NDArray[np.float32]:
    """Weights (PHASES + 1, TAPS) of the samples round a moment: a sinc in a window, of sum 1."""
    away = np.arange(1 - TAPS // 2, 1 + TAPS // 2) - np.arange(PHASES + 1)[:, None] / PHASES
    weights = np.sinc(away) * np.cos(np.pi * away / (TAPS + 1)) ** 2
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


_READ = _reader()


@compiled
def ring(out, onset, frequency_M, decay_M, amplitude_M, rate):
    """Add damped sines that all start at ``onset``, in samples with a fraction, to ``out`` (N,).

    Each mode is ``amplitude * exp(-decay * t) * sin(2 pi frequency * t)``, run as a two-step recursion. Frequencies in
    Hz below half the ``rate``, decays in 1/s.
    """
    first = int(np.ceil(onset))
    late = (first - onset) / rate
    for m in range(len(frequency_M)):
        turn, fade = 2 * np.pi * frequency_M[m], decay_M[m]
        length = min(len(out) - first, int(-np.log(_SILENT) / fade * rate) + 1)
        keep = np.exp(-fade / rate)
        before_last = amplitude_M[m] * np.exp(-fade * (late - 2 / rate)) * np.sin(turn * (late - 2 / rate))
        last = amplitude_M[m] * np.exp(-fade * (late - 1 / rate)) * np.sin(turn * (late - 1 / rate))
        a, b = 2 * keep * np.cos(turn / rate), -keep * keep
        for n in range(first, first + length):
            now = a * last + b * before_last
            out[n] += now
            before_last, last = last, now


@compiled
def line(at_N, at_M, value_M):
    """Values (N,) at places that rise, on straight lines between those at ``at_M``; beyond the ends they stay."""
    out = np.empty_like(at_N)
    stop_M = np.searchsorted(at_N, at_M)
    out[: stop_M[0]] = value_M[0]
    for m in range(len(at_M) - 1):
        slope = (value_M[m + 1] - value_M[m]) / (at_M[m + 1] - at_M[m])
        for n in range(stop_M[m], stop_M[m + 1]):
            out[n] = value_M[m] + slope * (at_N[n] - at_M[m])
    out[stop_M[-1] :] = value_M[-1]
    return out


@inlined
def _tangent(x):
    """Tangent below 0.45 pi, wrong by 4e-9 at most: J. H. Lambert's continued fraction (1768), cut after 13."""
    y = x * x
    return x * (135135 - y * (17325 - y * (378 - y))) / (135135 - y * (62370 - y * (3150 - 28 * y)))


@compiled
def sweep(noise_N, centre_N, sharpness, rate):
    """Band-pass a signal (N,) with a centre frequency (N,) in Hz that moves; ``sharpness`` is the filter's Q.

    A state-variable filter in the topology-preserving form, which stays stable while it is swept (V. Zavalishin, The
    Art of VA Filter Design, 2012). Gain 1 at the centre.
    """
    out = np.empty_like(noise_N)
    low, band = 0.0, 0.0
    damping = 1 / sharpness
    for n in range(len(noise_N)):
        g = _tangent(np.pi * min(centre_N[n], 0.45 * rate) / rate)
        share = g / (1 + g * (g + damping))
        # Solved for the middle, so that as little as can be has to wait for the sample before.
        middle = share * (noise_N[n] - low) + (1 - share * (damping + g)) * band
        band = 2 * middle - band
        low += 2 * g * middle
        out[n] = damping * middle
    return out


@compiled
def bubble(out, onset_B, frequency_B, rise_B, decay_B, amplitude_B, rate):
    """Add bubbles to ``out`` (N,): damped sines whose pitch goes up as ``frequency * (1 + rise * t)``.

    ``onset_B`` in samples, the rest as in :func:`ring`; ``rise`` in 1/s.
    """
    for b in range(len(onset_B)):
        first = int(onset_B[b])
        length = min(len(out) - first, int(-np.log(_SILENT) / decay_B[b] * rate) + 1)
        keep, level, phase = np.exp(-decay_B[b] / rate), amplitude_B[b], 0.0
        step = 2 * np.pi * frequency_B[b] / rate
        for n in range(length):
            out[first + n] += level * np.sin(phase)
            phase += step * (1 + rise_B[b] * n / rate)
            level *= keep


def warp(sound_N: NDArray[np.float64], delay_N: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read a sound (N,) later by ``delay_N`` samples, which may change, mirrored at its ends.

    Between samples it is read by a windowed sinc; a straight line would swallow the highs half-way between two samples
    and let them flash up at each whole one. Single precision: what it leaves out lies 120 dB below.
    """
    # The table is handed over, for the compiler makes one vector of a sum whose length it does not know.
    return np.asarray(_warped(sound_N, delay_N, _READ))


@compiled
def _warped(sound_N, delay_N, read_PT):
    count, half = len(sound_N), TAPS // 2
    last = count - 1
    around, out = np.zeros(count + 2 * TAPS, np.float32), np.zeros_like(sound_N)
    for n in range(len(around) if count else 0):
        k = abs(n - TAPS)
        around[n] = sound_N[max(min(k, 2 * last - k), 0)]
    for n in range(count):
        at = abs(n - delay_N[n])
        at = max(min(at, 2 * last - at), 0.0)
        k = int(at)
        weights = read_PT[int((at - k) * PHASES + 0.5)]
        heard = around[TAPS + k - half + 1 : TAPS + k + half + 1]
        total = np.float32(0.0)
        for tap in range(len(weights)):
            total += weights[tap] * heard[tap]
        out[n] = total
    return out


@inlined
def _filtered(now, first, second, taps):
    """One sample through two zeros and two poles, the transposed direct form II, and what is kept for the next."""
    b0, b1, b2, a1, a2 = taps
    made = b0 * now + first
    return made, b1 * now - a1 * made + second, b2 * now - a2 * made


@compiled
def biquad(sound_N, taps):
    """Filter a sound (N,) with ``taps`` b0, b1, b2, a1, a2."""
    out = np.empty_like(sound_N)
    first, second = 0.0, 0.0
    for n in range(len(sound_N)):
        out[n], first, second = _filtered(sound_N[n], first, second, taps)
    return out


@compiled
def weighed(sound_CN, taps, more_taps):
    """Power up to each sample (N + 1,), summed over the channels, of a sound that goes through two filters."""
    channels, count = sound_CN.shape
    sums = np.zeros(count + 1)
    for c in range(channels):
        first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
        for n in range(count):
            made, first, second = _filtered(sound_CN[c, n], first, second, taps)
            made, third, fourth = _filtered(made, third, fourth, more_taps)
            sums[n + 1] += made * made
    for n in range(count):
        sums[n + 1] += sums[n]
    return sums


@compiled
def peak(sound_N, taps_T):
    """Highest level of a sound (N,) that is convolved with taps; around it is silence."""
    count, width = len(sound_N), len(taps_T)
    around, most = np.zeros(count + width - 1 + _BLOCK), 0.0
    around[width // 2 : width // 2 + count] = sound_N
    made = np.empty(_BLOCK)
    for n in range(0, count, _BLOCK):
        made[:] = 0.0
        for tap in range(width):
            heard = around[n + tap : n + tap + _BLOCK]
            for k in range(_BLOCK):
                made[k] += taps_T[width - 1 - tap] * heard[k]
        for k in range(min(_BLOCK, count - n)):
            most = max(most, abs(made[k]))
    return most


@compiled
def limit(sound_2N, ceiling, ahead, release):
    """Keep a stereo sound (2, N) below ``ceiling`` without clipping it.

    The gain falls to what a peak needs in a straight line over the ``ahead`` samples before it, and recovers by the
    share ``release`` of what is missing with each sample.
    """
    count = sound_2N.shape[1]
    gain_N = np.ones(count)
    for n in range(count):
        need = ceiling / max(abs(sound_2N[0, n]), abs(sound_2N[1, n]), 1e-12)
        if need < gain_N[n]:
            for m in range(min(int(ahead), n) + 1):
                line = need + (1.0 - need) * m / ahead
                # Further back the line of a former peak is the lower one all the way.
                if line >= gain_N[n - m] and m > 0 and need >= gain_N[n - m]:
                    break
                gain_N[n - m] = min(gain_N[n - m], line)
    out = np.empty_like(sound_2N)
    gain = 1.0
    for n in range(count):
        gain = min(gain_N[n], gain + release * (1.0 - gain))
        out[0, n], out[1, n] = gain * sound_2N[0, n], gain * sound_2N[1, n]
    return out
