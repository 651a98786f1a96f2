"""From a world to its sound."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from sora2lib.sound.ambience import ambience
from sora2lib.sound.impacts import strike
from sora2lib.sound.motion import rub, rush, swish
from sora2lib.sound.stage import Ears, master, reverberate
from sora2lib.world.contacts import contacts
from sora2lib.world.schema import World


def synthesise(world: World, *, rate: int = 48_000, seconds: float | None = None) -> NDArray[np.float32]:
    """Let a world sound: blows, rolling, sliding and the ambience, heard from the camera.

    A blow starts at the contact's own time, whatever its distance, so that it falls together with the picture.

    Parameters
    ----------
    rate : samples a second.
    seconds : length; the world's own when not given.

    Returns
    -------
    (2, samples) float32, left and right, within -1..1. The same world gives the same sound.

    >>> synthesise(world).shape  # doctest: +SKIP
    (2, 192000)
    """
    count = round((world.seconds if seconds is None else seconds) * rate)
    rng = np.random.default_rng(_seed(world))
    heard, ears = contacts(world), Ears.of(world)
    events_2N = np.zeros((2, count))
    strike(events_2N, world, heard, ears, rng, rate)
    rub(events_2N, world, heard.touches, ears, rng, rate)
    rush(events_2N, world, ears, rng, rate)
    swish(events_2N, world, ears, rng, rate)
    name = str(world.ambience.values)
    events_2N = reverberate(events_2N, name, rng, rate)
    around_2N = ambience(
        name,
        level=float(world.ambience_level),
        sun=float(world.sun_elevation),
        count=count,
        rng=rng,
        rate=rate,
        rain=float(world.rain),
    )
    return master(events_2N, around_2N, rate)


def _seed(world: World) -> int:
    """A number that depends on what happens in the world, and on nothing else."""
    digest = hashlib.blake2b(digest_size=8)
    for name in ("asset", "material", "ground", "ambience"):
        digest.update("|".join(np.atleast_1d(world[name].values).tolist()).encode())
    digest.update(np.ascontiguousarray(world.position.values, dtype="<f8").tobytes())
    return int.from_bytes(digest.digest(), "little")
