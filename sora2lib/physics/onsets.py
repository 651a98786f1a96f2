"""When a sound sets in, told from the sound alone."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

RATE = 48_000
STEP, WINDOW, BINS, BANDS = 48, 256, 8, 15  # samples, samples, lines of the spectrum a band, bands: all but the rumble
BEFORE, GAP, AFTER = 24, 5, 6  # steps back, up to this many of them, with which the steps from now on are compared
RISE = 0.17  # mean of the bands' rises in decades that make an onset
FAINT = 1e-5  # of the loudest moment of any band: what is softer counts as this
APART = 20  # steps in which the ear hears one onset
EDGE = 0.02  # s; what sounds when a clip begins has not set in, nor what breaks off when it ends
HOP = RATE // 2000  # half a millisecond
EARLY, LATE, QUIET = 12, 20, 6  # hops round a rough onset that are searched for the sharp one, and before it
SHARP, BODY = 3.0, 0.2  # times the power before; of the most power near by

Array = NDArray[np.float64]


def onsets(sound: NDArray[np.floating]) -> Array:
    """Seconds at which a sound sets in: its power rises in many bands at once, as ringing and hiss alone do not.

    Parameters
    ----------
    sound : (channels, samples) at 48 kHz.

    >>> click = np.zeros((2, 48_000)); click[:, 24_000] = 1.0
    >>> [float(it) for it in onsets(click)]
    [0.5]
    """
    mono = np.diff(sound.astype(np.float64).sum(axis=0), prepend=0.0)  # lifts the attacks out of the rumble
    rise_F = _rises(_band_powers(mono))
    highest_F = sliding_window_view(np.pad(rise_F, APART), 2 * APART + 1).max(axis=-1)
    power = np.add.reduceat(mono**2, np.arange(0, len(mono), HOP)) + 1e-12
    rough = np.flatnonzero((rise_F > RISE) & (rise_F >= highest_F)) * (STEP // HOP)
    found = np.unique([_sharp(power, int(hop)) for hop in rough]) * HOP / RATE
    return np.asarray(found[(found > EDGE) & (found < len(mono) / RATE - EDGE)])


# F steps, B bands
def _band_powers(mono: Array) -> Array:
    padded = np.pad(mono, (WINDOW // 2, WINDOW))
    pieces = sliding_window_view(padded, WINDOW)[::STEP][: len(mono) // STEP] * np.hanning(WINDOW)
    lines = np.abs(np.fft.rfft(pieces, axis=1)[:, 1 : 1 + BINS * BANDS]) ** 2
    return np.asarray(lines.reshape(len(lines), BANDS, BINS).sum(axis=-1))


def _rises(power_FB: Array) -> Array:
    """How far the mean of what follows lies over the most of what came before, in decades, mean over the bands (F,)."""
    power_FB = power_FB + FAINT * power_FB.max(initial=1e-12)
    count, padded = len(power_FB), np.pad(power_FB, ((BEFORE, AFTER), (0, 0)), mode="edge")
    before_FB = sliding_window_view(padded, BEFORE - GAP, axis=0)[:count].max(axis=-1)
    after_FB = sliding_window_view(padded, AFTER, axis=0)[BEFORE : BEFORE + count].mean(axis=-1)
    return np.asarray(np.maximum(np.log10(after_FB / before_FB), 0).mean(axis=-1))


def _sharp(power: Array, rough: int) -> int:
    """Find the hop near a rough onset at which it truly begins: the first one that rises, or the one that does most."""
    first, last = max(rough - EARLY, QUIET), min(rough + LATE, len(power) - 4)
    if first >= last:
        return rough
    before = sliding_window_view(power, QUIET)[first - QUIET : last - QUIET].max(axis=-1)
    body = sliding_window_view(power, 4)[first:last].mean(axis=-1)
    starts = np.flatnonzero((power[first:last] > SHARP * before) & (body > BODY * body.max()))
    return first + int(starts[0] if len(starts) else np.argmax(body / before))
