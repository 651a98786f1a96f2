"""From a world to its sound."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from sora2lib.levels import Levels
from sora2lib.sound.engines import drive
from sora2lib.sound.impacts import strike
from sora2lib.sound.mix import Stems, balance
from sora2lib.sound.motion import rub, rush, swish, through
from sora2lib.sound.music import bed
from sora2lib.sound.soundscape import Moment, soundscape
from sora2lib.sound.speech import speech
from sora2lib.sound.stage import Ears, reverberate
from sora2lib.sound.steps import tread
from sora2lib.sound.water import splash, wash
from sora2lib.world.contacts import Contacts, contacts
from sora2lib.world.schema import World

GREAT = 0.5  # of the hardest blow: softer ones rouse nobody
ROUSED = 0.35  # by a blow; what goes in rouses wholly


def synthesise(
    world: World, *, rate: int = 48_000, seconds: float | None = None, levels: Levels | None = None
) -> NDArray[np.float32]:
    """Let a world sound: what happens and is said in it, its place and its music, heard from the camera, mixed.

    A blow starts at the contact's own time, whatever its distance, so that it falls together with the picture.

    Parameters
    ----------
    rate : samples a second.
    seconds : length; the world's own when not given.
    levels : gains of the stems, all 1 when not given.

    Returns
    -------
    (2, samples) float32, left and right, within -1..1. The same world gives the same sound.

    >>> synthesise(world).shape  # doctest: +SKIP
    (2, 192000)
    """
    return stems(world, rate=rate, seconds=seconds).mix(levels)


def stems(world: World, *, rate: int = 48_000, seconds: float | None = None) -> Stems:
    """Return effects, ambience, music and speech of a world apart; :func:`synthesise` says what the values mean.

    >>> stems(world).effects.shape  # doctest: +SKIP
    (2, 192000)
    """
    count = round((world.seconds if seconds is None else seconds) * rate)
    seed = _seed(world)
    # Each stem draws from its own source, so that a change of the music leaves the effects as they are.
    effects, around, music, room = (np.random.default_rng([seed, n]) for n in range(4))
    heard, ears, name = contacts(world), Ears.of(world), str(world.ambience.values)
    effects_2N = np.zeros((2, count))
    strike(effects_2N, world, heard, ears, effects, rate)
    tread(effects_2N, world, heard, ears, effects, rate)
    splash(effects_2N, world, heard, ears, effects, rate)
    rub(effects_2N, world, heard.touches, ears, effects, rate)
    wash(effects_2N, world, ears, effects, rate)
    rush(effects_2N, world, ears, effects, rate)
    swish(effects_2N, world, ears, effects, rate)
    drive(effects_2N, world, ears, effects, rate)
    effects_2N = balance(reverberate(effects_2N, name, effects, rate), rate)
    around_2N = soundscape(world, _moments(world, heard), count=count, rng=around, rate=rate)
    music_2N = bed(str(world.music.values), count=count, rng=music, rate=rate)
    return Stems(effects_2N, around_2N, music_2N, speech(world, ears, count=count, rng=room, rate=rate), rate)


def _moments(world: World, heard: Contacts) -> tuple[Moment, ...]:
    """What a crowd reacts to: whatever falls through a hoop, and the hardest blows."""
    start, hardest = float(world.time[0]), heard.impulse.max(initial=0.0)
    blows = heard.time[(heard.impulse >= GREAT * hardest) & ~heard.step]
    falls = [Moment(time, 1.0) for _, time, _ in through(world)]
    return (*falls, *(Moment(float(time) - start, ROUSED) for time in blows))


def _seed(world: World) -> int:
    """A number that depends on what happens in the world, and on nothing else."""
    digest = hashlib.blake2b(digest_size=8)
    for name in ("asset", "material", "ground", "ambience"):
        digest.update("|".join(np.atleast_1d(world[name].values).tolist()).encode())
    digest.update(np.ascontiguousarray(world.position.values, dtype="<f8").tobytes())
    return int.from_bytes(digest.digest(), "little")
