"""Water: the slap of what strikes it, the spray, the bubbles that ring below, the wash along a hull."""

import math

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound.impacts import sounding_lengths
from sora2lib.sound.motion import follow, span_of
from sora2lib.sound.obstacles import muffled
from sora2lib.sound.stage import Ears, place
from sora2lib.world.contacts import Contacts
from sora2lib.world.schema import World
from sora2lib.world.surface import lowest
from sora2lib.world.vocabulary import GROUNDS

Array = NDArray[np.float64]
SLAP, SPRAY, RING = 0.80, 0.12, 0.25  # level of a body of 1 m^2 at 1 m/s
OUT = 0.25  # what comes out is that much quieter than what goes in
MINNAERT = 3.26  # m/s; a bubble's pitch times its radius (M. Minnaert, 1933)
SMALLEST, LARGEST = 0.0015, 0.02  # m
RISING = 0.12  # by how much a bubble's pitch rises while it rings
BUBBLES = 60.0  # of a body of 1 m^2 at 1 m/s
WASH, WASHED = 0.05, 0.1  # level of a hull of 1 m at 1 m/s; m/s below which water is silent


def splash(out_2N: Array, world: World, heard: Contacts, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add a splash for every crossing of the surface."""
    area_A = sounding_lengths(world) ** 2
    for one in heard.crossings:
        time = one.time - float(world.time[0])
        if time * rate >= out_2N.shape[1]:
            continue
        side, distance = ears.hear(one.place, np.array(time))
        force = float(area_A[one.actor]) ** 0.5 * abs(one.speed) ** 1.2 * (1.0 if one.speed < 0 else OUT)
        sound_N = _splash(force, one.speed < 0, float(area_A[one.actor]), rng, rate) / float(distance)
        detour = float(ears.detour(one.place, np.array(time)))
        place(out_2N, muffled(sound_N, detour, rate), round(time * rate), float(side), rate)


def _splash(force: float, inward: bool, area: float, rng: np.random.Generator, rate: int) -> Array:
    """Sound (N,) of one splash at 1 m: slap, spray, and bubbles once the cavity has closed."""
    length = int(1.2 * rate)
    time_N = np.arange(length) / rate
    out_N = np.zeros(length)
    if inward:
        pitch = np.full(length, 400 + 500 / (1 + 8 * area))
        slap_N = kernels.sweep(rng.standard_normal(length), pitch, 0.6, float(rate)) * np.exp(-time_N / 0.018)
        out_N += SLAP * force * slap_N
    # Drops fly up and rain down again: the spray swells after the blow.
    rain_N = np.exp(-time_N / 0.06) + 0.7 * np.exp(-(((time_N - 0.28) / 0.16) ** 2)) * (time_N > 0.02)
    spray_N = kernels.sweep(rng.standard_normal(length), 2600 + 1800 * np.exp(-time_N / 0.1), 0.5, float(rate))
    out_N += SPRAY * force**0.8 * rain_N * spray_N * np.minimum(1.0, (length - np.arange(length)) / (0.1 * rate))
    count = int(rng.poisson(min(BUBBLES * force**0.7, 140.0)))
    closes = 0.03 + 0.12 * min(area**0.5, 1.0)
    begin_B = (closes * rng.uniform(0.6, 1.4, count) + rng.exponential(0.16, count)) * rate
    radius_B = SMALLEST * (LARGEST / SMALLEST) ** (rng.random(count) ** 2.0) * min(1.0, 0.4 + area**0.5)
    _bubbles(out_N, np.minimum(begin_B, length - 1), radius_B, RING * force**0.6, rng, rate)
    return out_N


def _bubbles(out_N: Array, begin_B: Array, radius_B: Array, level: float, rng: np.random.Generator, rate: int) -> None:
    """Ring bubbles of radii in metres, damped by radiation and heat (K. van den Doel, ACM TAP 2 (2005) 534)."""
    decay_B = 0.13 / radius_B + 0.0072 * radius_B**-1.5
    loud_B = level * (radius_B / LARGEST) ** 0.75 * rng.uniform(0.3, 1.0, len(radius_B))
    kernels.bubble(out_N, begin_B, MINNAERT / radius_B, RISING * decay_B, decay_B, loud_B, float(rate))


def wash(out_2N: Array, world: World, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add the water along what floats and moves, or gurgles past what sinks."""
    if not GROUNDS[str(world.ground.values)].depth:
        return
    time_T, lengths = world.time.values - float(world.time[0]), sounding_lengths(world)
    for i in np.flatnonzero(~world.fixed.values):
        path_T3 = world.position.values[i]
        speed_T = np.linalg.norm(np.gradient(path_T3, time_T, axis=0), axis=-1)
        # Heard is what stirs the surface: a hull that reaches through it.
        deep_T = lowest(world, int(i))
        stirs_T = np.clip(-deep_T / 0.03, 0, 1) * np.clip(1 + (path_T3[:, 2] + lengths[i] / 2) / 0.2, 0, 1)
        stirs_T = stirs_T * np.maximum(speed_T - WASHED, 0.0)
        if stirs_T.max() <= 0:
            continue
        time_N, span = span_of(time_T, out_2N.shape[1], rate)
        pace_N = kernels.line(time_N, time_T, stirs_T)
        noise_N = kernels.sweep(rng.standard_normal(len(time_N)), 500 + 500 * np.sqrt(pace_N), 0.7, float(rate))
        lap_N = 0.7 + 0.3 * np.sin(2 * math.pi * 1.3 * time_N + rng.uniform(0, 6)) * np.sin(2 * math.pi * 0.45 * time_N)
        sound_N = WASH * lengths[i] ** 0.5 * np.minimum(pace_N, 4.0) ** 1.2 * lap_N * noise_N
        follow(out_2N, sound_N, span, time_T, path_T3, time_N, ears, rate)
