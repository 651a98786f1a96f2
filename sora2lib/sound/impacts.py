"""Blows: both bodies ring in their modes, as hard as the impulse and as bright as the contact is short."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound import voices
from sora2lib.sound.stage import AIR, Ears, place
from sora2lib.sound.voices import Voice
from sora2lib.world import vocabulary
from sora2lib.world.contacts import GROUND, Contacts
from sora2lib.world.geometry import bodies
from sora2lib.world.schema import World

Array = NDArray[np.float64]
HARDNESS = 0.75  # level goes with the impulse to this power
HERTZ = -0.2  # contact time goes with the speed to this power (Hertz)
HEAVY = 0.3  # and with the mass to this one
FAINTEST = 1e-3
SLENDER = 3.5  # longest extent over the middle one from which a body rings like a bar
HIGHEST = 0.45  # of the sampling rate
LONGEST = 2.5  # s


def strike(out_2N: Array, world: World, heard: Contacts, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add the sound of every blow to ``out_2N`` (2, N)."""
    lengths = sounding_lengths(world)
    nominal = np.array([vocabulary.MATERIALS[m].density for m in world.material.values.tolist()])
    stiff = np.sqrt(nominal / world.density.values)
    slender = _slender(world["size"].values)
    start = float(world.time[0])
    sides, distances = ears.hear(heard.place, heard.time - start)
    for n in range(len(heard)):
        time = float(heard.time[n]) - start
        if time * rate >= out_2N.shape[1]:
            continue
        parts = []
        for index, material in zip((heard.actor[n], heard.other[n]), heard.materials[n].tolist(), strict=True):
            if index == GROUND:
                parts.append((voices.GROUNDS[material], voices.SLAB, voices.PLATE, 1.0))
            else:
                ratios = voices.BAR if slender[index] else voices.SOLID
                parts.append((voices.MATERIALS[material], float(lengths[index]), ratios, float(stiff[index])))
        sound_N, first = blow(
            parts,
            time=time,
            impulse=float(heard.impulse[n]),
            speed=float(heard.speed[n]),
            distance=float(distances[n]),
            rng=rng,
            rate=rate,
        )
        place(out_2N, sound_N, first, float(sides[n]), rate)


def sounding_lengths(world: World) -> Array:
    """Diameter (A,) in metres of the sphere that holds as much as each actor."""
    volume = bodies(world).mass / world.density.values
    return np.maximum((6 / np.pi * volume) ** (1 / 3), 0.02)


def _slender(size: Array) -> NDArray[np.bool_]:
    ordered = np.sort(size, axis=-1)
    return np.asarray(ordered[:, 2] > SLENDER * ordered[:, 1])


def blow(
    parts: list[tuple[Voice, float, tuple[float, ...], float]],
    *,
    time: float,
    impulse: float,
    speed: float,
    distance: float,
    rng: np.random.Generator,
    rate: int,
) -> tuple[Array, int]:
    """Return the sound (N,) of one blow at one metre over distance, and the sample it starts at.

    Parameters
    ----------
    parts : voice, length in m, mode ratios and stiffness (1 is usual) of the two bodies.
    time : moment of the blow, seconds; the sound starts there to a fraction of a sample.
    impulse, speed, distance : N s, m/s, m.
    """
    contact = sum(voice.contact**2 for voice, *_ in parts) ** 0.5
    weight = min(max(impulse / max(speed, 0.1), 0.02), 50.0)
    contact *= max(speed, 0.05) ** HERTZ * weight**HEAVY
    level = impulse**HARDNESS / distance
    first = int(time * rate)
    rows = [
        _modes(voice, length, ratios, stiff, contact, distance, rng, rate) for voice, length, ratios, stiff in parts
    ]
    frequency, decay, amplitude = (np.concatenate(column) for column in zip(*rows, strict=True))
    amplitude = amplitude * level
    loud = np.abs(amplitude) > FAINTEST * np.abs(amplitude).max()
    length = min(LONGEST, max(6.91 / decay[loud].min(), 4 * max(voice.burst for voice, *_ in parts)))
    sound_N = np.zeros(int(length * rate) + 2)
    kernels.ring(sound_N, time * rate - first, frequency[loud], decay[loud], amplitude[loud], float(rate))
    for voice, *_ in parts:
        sound_N += level * voice.loud * voice.noise * _burst(voice, contact, len(sound_N), rng, rate)
    return sound_N, first


def _modes(
    voice: Voice,
    length: float,
    ratios: tuple[float, ...],
    stiff: float,
    contact: float,
    distance: float,
    rng: np.random.Generator,
    rate: int,
) -> tuple[Array, Array, Array]:
    """Frequencies in Hz, decays in 1/s and amplitudes of one struck body."""
    frequency = voice.speed * stiff / (2 * length) * np.array(ratios)
    ring = voice.ring * (1000 / frequency) ** voice.damping
    decay = 6.91 / np.clip(ring, 0.012, 2.5)
    # Where a body is struck decides how strongly each mode answers; the air swallows the highest.
    place = rng.uniform(0.6, 1.0, len(frequency)) / np.sqrt(np.arange(1, len(frequency) + 1))
    amplitude = voice.loud * place * _brightness(frequency, contact) * np.exp(-AIR * frequency**2 * distance)
    audible = frequency < HIGHEST * rate
    return frequency[audible], decay[audible], amplitude[audible]


def _brightness(frequency: Array, contact: float) -> Array:
    """How much of a push that lasts ``contact`` seconds is left at a frequency: a half sine, enveloped."""
    return 1 / (1 + (2 * frequency * contact) ** 2)


def _burst(voice: Voice, contact: float, count: int, rng: np.random.Generator, rate: int) -> Array:
    """Unpitched part (N,) of a blow, peak about 1."""
    length = min(count, int(5 * voice.burst * rate))
    noise_N = rng.standard_normal(length)
    if voice.crumbly:
        noise_N = noise_N**3 / 3.9
    centre = min(voice.hiss, 0.5 / contact)
    noise_N = kernels.sweep(noise_N, np.full(length, centre), 0.6, float(rate))
    noise_N *= np.exp(-np.arange(length) / (voice.burst * rate)) * np.sqrt(rate / 48_000 * 3000 / centre)
    return np.pad(noise_N, (0, count - length))
