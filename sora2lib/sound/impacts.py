"""Blows: both bodies ring in their modes, as hard as the impulse and as bright as the contact is short."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound import voices
from sora2lib.sound.obstacles import muffled
from sora2lib.sound.stage import AIR, Ears, place
from sora2lib.sound.voices import Voice
from sora2lib.world import vocabulary
from sora2lib.world.contacts import GROUND, Contacts
from sora2lib.world.geometry import bodies
from sora2lib.world.schema import World

Array = NDArray[np.float64]
HARDNESS = 0.65  # level goes with the impulse to this power
CRASH = 20.0  # N s; from here on with half that power, or a crash would drown the rest of the clip
HERTZ = -0.2  # contact time goes with the speed to this power (Hertz)
HEAVY = 0.3  # and with the mass to this one
FAINTEST = 1e-3
SLENDER = 3.5  # longest extent over the middle one from which a body rings like a bar
HIGHEST = 0.45  # of the sampling rate
SHORTEST, LONGEST = 0.012, 2.5  # s in which a mode falls by 60 dB
FALL = math.log(1000)
BURSTS = 5.0  # the noise of a blow is over after so many of its time constants
SPREAD, GRAIN = 0.8, 0.4  # level of the strongest mode; of the noise of a blow while it lasts
SMALLEST = 0.02  # m
LYING, DAMPED = 0.06, 0.3  # s that a body must have lain on something; share of its ringing that is left
UNDER, MUFFLED = -0.1, 0.05  # m under water; of the impulse of a blow there that is heard above


@dataclass(frozen=True)
class Struck:
    """A body as a blow finds it: its voice, its length in m, the ratios of its modes, its stiffness (1 is usual).

    ``held`` is whether it lies on something else, which damps it.
    """

    voice: Voice
    length: float
    ratios: tuple[float, ...] = voices.SOLID
    stiffness: float = 1.0
    held: bool = False


def strike(out_2N: Array, world: World, heard: Contacts, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add the sound of every blow to ``out_2N`` (2, N); steps have their own, see :mod:`sora2lib.sound.steps`."""
    lengths, slender = sounding_lengths(world), _slender(world["size"].values)
    nominal = np.array([vocabulary.MATERIALS[material].density for material in world.material.values.tolist()])
    stiffness = np.sqrt(nominal / world.density.values)

    def struck(index: int, material: str, time: float) -> Struck:
        if index == GROUND:
            return Struck(voices.GROUNDS[material], voices.SLAB, voices.PLATE)
        ratios = voices.BAR if slender[index] else voices.SOLID
        held = any(index in (it.actor, it.other) and it.time[0] + LYING < time < it.time[-1] for it in heard.touches)
        return Struck(voices.MATERIALS[material], float(lengths[index]), ratios, float(stiffness[index]), held)

    wet = vocabulary.GROUNDS[str(world.ground.values)].depth > 0
    time_N = heard.time - float(world.time[0])
    side_N, distance_N = ears.hear(heard.place, time_N)
    detour_N = ears.detour(heard.place, time_N)
    for n in np.flatnonzero(~heard.step & (time_N * rate < out_2N.shape[1])):
        one, other = heard.materials[n].tolist()
        sound, first = blow(
            (struck(heard.actor[n], one, heard.time[n]), struck(heard.other[n], other, heard.time[n])),
            time=float(time_N[n]),
            impulse=float(heard.impulse[n]) * (MUFFLED if wet and heard.place[n, 2] < UNDER else 1.0),
            speed=float(heard.speed[n]),
            distance=float(distance_N[n]),
            rng=rng,
            rate=rate,
        )
        place(out_2N, muffled(sound, float(detour_N[n]), rate), first, float(side_N[n]), rate)


def sounding_lengths(world: World) -> Array:
    """Diameter (A,) in metres of the sphere that holds as much as each actor."""
    volume = bodies(world).mass / world.density.values
    return np.asarray(np.maximum((6 / np.pi * volume) ** (1 / 3), SMALLEST))


def _slender(size: Array) -> NDArray[np.bool_]:
    ordered = np.sort(size, axis=-1)
    return np.asarray(ordered[:, 2] > SLENDER * ordered[:, 1])


def blow(
    pair: tuple[Struck, Struck],
    *,
    time: float,
    impulse: float,
    speed: float,
    distance: float,
    rng: np.random.Generator,
    rate: int,
) -> tuple[Array, int]:
    """Return the sound (N,) of one blow at a distance, and the sample it starts at.

    Parameters
    ----------
    pair : the two bodies that meet.
    time : moment of the blow, seconds; the sound starts there to a fraction of a sample.
    impulse, speed, distance : N s, m/s, m.
    """
    weight = min(max(impulse / max(speed, 0.1), 0.02), 50.0)
    contact = sum(one.voice.contact**2 for one in pair) ** 0.5 * max(speed, 0.05) ** HERTZ * weight**HEAVY
    level, first = (impulse / (1 + impulse / CRASH) ** 0.5) ** HARDNESS / distance, int(time * rate)
    modes = [_modes(one, contact, distance, rng, rate) for one in pair]
    frequency, decay, amplitude = (np.concatenate(column) for column in zip(*modes, strict=True))
    loud = amplitude > FAINTEST * amplitude.max()
    length = min(LONGEST, max(FALL / decay[loud].min(), BURSTS * max(one.voice.burst for one in pair)))
    sound_N = np.zeros(int(length * rate) + 2)
    kernels.ring(sound_N, time * rate - first, frequency[loud], decay[loud], level * amplitude[loud], float(rate))
    for one in pair:
        burst_N = _burst(one.voice, contact, len(sound_N), rng, rate)
        sound_N[: len(burst_N)] += level * one.voice.loud * one.voice.noise * burst_N
    return sound_N, first


def _modes(
    body: Struck, contact: float, distance: float, rng: np.random.Generator, rate: int
) -> tuple[Array, Array, Array]:
    """Frequencies in Hz, decays in 1/s and amplitudes of a struck body's modes."""
    frequency = body.voice.speed * body.stiffness / (2 * body.length) * np.array(body.ratios)
    ring = body.voice.ring * (1000 / frequency) ** body.voice.damping * (DAMPED if body.held else 1.0)
    decay = FALL / np.clip(ring, SHORTEST, LONGEST)
    # The air swallows the highest. Where a body is struck decides which modes answer, not how loud it is as a whole.
    usual = _brightness(frequency, contact) * np.exp(-AIR * frequency**2 * distance)
    usual *= SPREAD / np.sqrt(np.arange(1, len(frequency) + 1))
    answer = usual * rng.uniform(0.6, 1.0, len(frequency))
    amplitude = body.voice.loud * answer * (np.linalg.norm(usual) / np.linalg.norm(answer))
    audible = frequency < HIGHEST * rate
    return frequency[audible], decay[audible], amplitude[audible]


def _brightness(frequency: Array, contact: float) -> Array:
    """How much of a push that lasts ``contact`` seconds is left at a frequency: a half sine, enveloped."""
    return 1 / (1 + (2 * frequency * contact) ** 2)


def _burst(voice: Voice, contact: float, most: int, rng: np.random.Generator, rate: int) -> Array:
    """Unpitched part of a blow, at most ``most`` samples; any two are equally loud."""
    length = min(most, int(BURSTS * voice.burst * rate))
    noise_N = rng.standard_normal(length)
    if voice.crumbly:
        noise_N = noise_N**3 / 15**0.5  # the same power in fewer, larger grains
    centre = min(voice.hiss, 1.0 / contact)
    noise_N = kernels.sweep(noise_N, np.full(length, centre), 0.6, float(rate))
    noise_N *= np.exp(-np.arange(length) / (voice.burst * rate))
    return np.asarray(noise_N * (GRAIN * np.sqrt(voice.burst * rate) / max(float(np.linalg.norm(noise_N)), 1e-9)))
