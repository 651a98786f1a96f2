"""Whether what is heard begins when it touches: onsets of a sound beside contacts of a world."""

import json

import numpy as np
from numpy.typing import NDArray

from sora2lib.sound.synthesis import synthesise
from sora2lib.world.contacts import contacts
from sora2lib.world.schema import World

RATE = 48_000
HOP = RATE // 2000  # half a millisecond
QUIET = 6  # hops before an onset that are quieter
RISE = 5.0  # times the power
CLEAR = 0.12  # seconds round a blow in which none of half its strength may fall, or it drowns
SLOWEST = 0.3  # m/s: a softer touch is no blow
LOUD, BRIEF = 0.25, 0.04  # of the strongest blow within so many seconds a blow must be to be told from it
SAME = 0.02  # seconds within which two accounts of one blow may differ

Array = NDArray[np.float64]


def onsets(sound: NDArray[np.floating]) -> Array:
    """Seconds at which the power over half a millisecond rises fivefold over all of the three milliseconds before.

    Parameters
    ----------
    sound : (channels, samples) at 48 kHz.

    >>> click = np.zeros((2, 48_000)); click[:, 24_000] = 1.0
    >>> [float(it) for it in onsets(click)]
    [0.5]
    """
    mono = np.diff(sound.astype(np.float64).sum(axis=0), prepend=0.0)  # lifts the attacks out of the rumble
    power = np.add.reduceat(mono**2, np.arange(0, len(mono), HOP)) + 1e-12
    before = np.max([np.roll(power, n) for n in range(1, QUIET + 1)], axis=0)
    return np.asarray(np.flatnonzero(power > RISE * before) * HOP / RATE)


def heard_late(world: World) -> Array:
    """Seconds between each clear blow of a world and the nearest onset of its sound, ambience off."""
    silent = world.assign(ambience_level=0.0 * world.ambience_level)
    found, starts = contacts(world), onsets(synthesise(silent, rate=RATE))
    late = []
    for n, time in enumerate(found.time):
        around = (np.abs(found.time - time) < CLEAR) & (np.arange(len(found)) != n)
        clear = found.impulse[n] > 2 * found.impulse[around].max(initial=0)
        if clear and found.speed[n] > SLOWEST and time < world.seconds - 0.01:
            late.append(np.abs(starts - time).min(initial=np.inf))
    return np.array(late)


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
