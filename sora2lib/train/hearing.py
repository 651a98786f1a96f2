"""Whether what is heard begins when it touches: onsets of a sound beside contacts of a world."""

import json

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.onsets import RATE, onsets
from sora2lib.sound.synthesis import synthesise
from sora2lib.world.contacts import Contacts, contacts
from sora2lib.world.schema import World

CLEAR = 0.12  # seconds round a blow in which none of half its strength may fall, or it drowns
SLOWEST = 0.3  # m/s: a softer touch is no blow
LOUD, BRIEF = 0.25, 0.04  # of the strongest blow within so many seconds a blow must be to be told from it
SAME = 0.02  # seconds within which two accounts of one blow may differ

Array = NDArray[np.float64]


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
