"""Footsteps: a sole meets the ground, and the ground answers: it knocks, crunches, rustles or creaks."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound import voices
from sora2lib.sound.impacts import Struck, blow
from sora2lib.sound.obstacles import muffled
from sora2lib.sound.stage import Ears, place
from sora2lib.world.contacts import Contacts
from sora2lib.world.schema import World

Array = NDArray[np.float64]
SOLE = 0.2  # m; length of what knocks
HOOF = "wood"  # sounds like one
SHOD = 0.35  # a foot is soft: share of the impulse that its knock carries
ROLL = 0.09  # s in which a foot rolls from heel to toe
CRUNCH = 0.09  # level of grains that a step of 1 N s crushes
GRAINS = 320.0  # a second


def tread(out_2N: Array, world: World, heard: Contacts, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add the steps among the contacts to ``out_2N`` (2, N)."""
    time_N = heard.time - float(world.time[0])
    side_N, distance_N = ears.hear(heard.place, time_N)
    detour_N = ears.detour(heard.place, time_N)
    for n in np.flatnonzero(heard.step & (time_N * rate < out_2N.shape[1])):
        sole, floor = heard.materials[n].tolist()
        hoof = world.asset.values[heard.actor[n]] == "horse"
        foot = Struck(voices.MATERIALS[HOOF if hoof else sole], SOLE if not hoof else SOLE / 2)
        impulse, distance = float(heard.impulse[n]), float(distance_N[n])
        knock, first = blow(
            (foot, Struck(voices.GROUNDS[floor], voices.SLAB, voices.PLATE)),
            time=float(time_N[n]),
            impulse=impulse * (1.0 if hoof else SHOD),
            speed=float(heard.speed[n]),
            distance=distance,
            rng=rng,
            rate=rate,
        )
        crushed = CRUNCH * impulse**0.6 / distance * _crunch(voices.GROUNDS[floor], rng, rate)
        for sound in (knock, crushed):
            place(out_2N, muffled(sound, float(detour_N[n]), rate), first, float(side_N[n]), rate)


def _crunch(floor: voices.Voice, rng: np.random.Generator, rate: int) -> Array:
    """Grains (N,) that give way while the foot rolls from heel to toe; hard floors only scuff."""
    length = int((ROLL + 3 * floor.burst) * rate)
    share_N = np.arange(length) / (ROLL * rate)
    # The heel comes down at once, the weight moves on to the toes.
    press_N = np.exp(-3.0 * share_N) + 0.6 * np.exp(-(((share_N - 0.8) / 0.35) ** 2)) * np.minimum(share_N, 1.0)
    noise_N = rng.standard_normal(length)
    if floor.crumbly:
        noise_N *= 3.0 * (rng.random(length) < GRAINS / rate * (1 + 2 * press_N)).astype(np.float64) * rate**0.5 / 20
        noise_N += 0.4 * rng.standard_normal(length)
    centre_N = np.full(length, min(floor.hiss, 6000.0))
    grains_N = kernels.sweep(noise_N, centre_N, 0.8 if floor.crumbly else 0.5, float(rate))
    ease_N = np.minimum(1.0, np.minimum(np.arange(length) / 24, (length - np.arange(length)) / (0.01 * rate)))
    return np.asarray(floor.noise * (1.0 if floor.crumbly else 0.12) * press_N * ease_N * grains_N)
