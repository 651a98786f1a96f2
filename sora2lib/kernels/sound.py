"""The loops of sound that run sample by sample: ringing modes, a filter that moves, a limiter."""

import numpy as np

from sora2lib.kernels.compiled import compiled

_SILENT = 1e-5  # a mode that has fallen this far is over


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
def sweep(noise_N, centre_N, sharpness, rate):
    """Band-pass a signal (N,) with a centre frequency (N,) in Hz that moves; ``sharpness`` is the filter's Q.

    A state-variable filter in the topology-preserving form, which stays stable while it is swept (V. Zavalishin, The
    Art of VA Filter Design, 2012). Gain 1 at the centre.
    """
    out = np.empty_like(noise_N)
    low, band = 0.0, 0.0
    damping = 1 / sharpness
    for n in range(len(noise_N)):
        g = np.tan(np.pi * min(centre_N[n], 0.45 * rate) / rate)
        high = (noise_N[n] - (damping + g) * band - low) / (1 + g * (g + damping))
        middle = g * high + band
        low_now = g * middle + low
        band, low = g * high + middle, g * middle + low_now
        out[n] = damping * middle
    return out


@compiled
def limit(sound_2N, ceiling, ahead, release):
    """Keep a stereo sound (2, N) below ``ceiling`` without clipping it.

    The gain has fallen to what a peak needs ``ahead`` samples before it, in a straight line, and recovers by the share
    ``release`` of what is missing with each sample.
    """
    count = sound_2N.shape[1]
    need_N = np.empty(count)
    for n in range(count):
        need_N[n] = min(1.0, ceiling / max(abs(sound_2N[0, n]), abs(sound_2N[1, n]), 1e-12))
    slope = 0.0
    # Backwards: a ramp of at most ``ahead`` samples leads down to every peak.
    for n in range(count - 2, -1, -1):
        if need_N[n] <= need_N[n + 1]:
            slope = (1.0 - need_N[n]) / ahead
        need_N[n] = min(need_N[n], need_N[n + 1] + max(slope, (1.0 - need_N[n + 1]) / ahead))
        slope = max(slope, (1.0 - need_N[n]) / ahead)
    out = np.empty_like(sound_2N)
    gain = 1.0
    for n in range(count):
        gain = min(need_N[n], gain + release * (1.0 - gain))
        out[0, n], out[1, n] = gain * sound_2N[0, n], gain * sound_2N[1, n]
    return out
