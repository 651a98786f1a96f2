"""Whether what is heard begins when it touches: onsets of a sound beside contacts of a world."""

import json

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sora2lib.sound.synthesis import synthesise
from sora2lib.world.contacts import Contacts, contacts
from sora2lib.world.schema import World

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
CLEAR = 0.12  # seconds round a blow in which none of half its strength may fall, or it drowns
SLOWEST = 0.3  # m/s: a softer touch is no blow
LOUD, BRIEF = 0.25, 0.04  # of the strongest blow within so many seconds a blow must be to be told from it
SAME = 0.02  # seconds within which two accounts of one blow may differ

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


def clear(found: Contacts, seconds: float) -> NDArray[np.bool_]:
    """Whether each blow stands alone: fast enough, no other of half its strength near by, and not at the very end."""
    apart_NN = np.abs(found.time[:, None] - found.time)
    others_NN = np.where((apart_NN < CLEAR) & ~np.eye(len(found), dtype=bool), found.impulse, 0.0)
    alone = found.impulse > 2 * others_NN.max(axis=1, initial=0.0)
    return np.asarray(alone & (found.speed > SLOWEST) & (found.time < seconds - 0.01))


def heard_late(world: World) -> Array:
    """Seconds between each clear blow of a world and the nearest onset of its sound, ambience off."""
    silent = world.assign(ambience_level=0.0 * world.ambience_level)
    found, starts = contacts(world), onsets(synthesise(silent, rate=RATE))
    return np.array([np.abs(starts - t).min(initial=np.inf) for t in found.time[clear(found, world.seconds)]])


def found_late(world: World) -> Array:
    """Seconds between each audible blow that the simulator recorded and the one that its motion tells; inf if none."""
    names = [*world.actor.values.tolist(), "ground"]
    found = contacts(world)
    pairs = [{names[a], names[b]} for a, b in zip(found.actor, found.other, strict=True)]
    late = []
    for event in _audible(json.loads(world.attrs["events"])):
        movers = {event["a"], event["b"]} - {"ground"}
        off = [abs(time - event["time"]) for time, pair in zip(found.time, pairs, strict=True) if pair & movers]
        nearest = min(off, default=np.inf)
        late.append(nearest if nearest < SAME else np.inf)
    return np.array(late)


def _audible(events: list[dict[str, float]]) -> list[dict[str, float]]:
    """Blows that are not lost beside a louder one."""
    return [
        one
        for one in events
        if one["speed"] >= SLOWEST
        and one["impulse"] >= LOUD * max(it["impulse"] for it in events if abs(it["time"] - one["time"]) <= BRIEF)
    ]
