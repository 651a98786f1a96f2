"""What lies over the sound of a place: storm, forest, night, fire, a crowd; chosen from what the world holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound.ambience import FADE, LEVEL, NIGHT, ambience, drift, shaped
from sora2lib.sound.stage import place, swell
from sora2lib.world.schema import World
from sora2lib.world.vocabulary import INDOORS

Array = NDArray[np.float64]
TREES = frozenset({"tree", "fir tree", "birch", "apple tree", "dead tree", "palm"})
FEWEST_TREES = 2  # that make a forest
FLAMES = frozenset({"campfire", "torch", "volcano", "fireplace"})
WATCHED = frozenset({"hoop", "goal", "podium", "hurdle", "vaulting box", "balance beam", "target"})  # draw a crowd
STORM, GALE = 0.7, 9.0  # rain, and wind in m/s, from which it thunders, and howls
BREEZE = 4.0  # m/s


@dataclass(frozen=True)
class Moment:
    """Something that a crowd reacts to: a time in seconds, and how great it is, 0..1."""

    time: float
    greatness: float


def soundscape(world: World, moments: tuple[Moment, ...], *, count: int, rng: np.random.Generator, rate: int) -> Array:
    """Return the sound (2, count) round a scene: its place, its weather, its hour, and who looks on.

    The layers follow from the world: thunder and howling wind from rain and wind, a forest from its trees, owls and
    crickets from the sun, fire from what burns, a crowd from what is played for one.
    """
    name, level = str(world.ambience.values), float(world.ambience_level)
    rain, sun = float(world.rain), float(world.sun_elevation)
    wind, assets = float(np.linalg.norm(world.wind.values)), world.asset.values.tolist()
    sound_2N = ambience(name, level=level, sun=sun, count=count, rng=rng, rate=rate, rain=rain)
    out, layers = name not in INDOORS, []
    if out and wind > BREEZE and name != "wind":
        layers.append(min(wind / GALE, 1.5) * gusts(count, rng, rate))
    if out and rain >= STORM:
        layers.append(1.6 * thunder(count, rng, rate))
    if out and sum(asset in TREES for asset in assets) >= FEWEST_TREES and not rain:
        layers.append(forest(count, rng, rate))
    if out and sun < NIGHT and not rain and name in ("birds", "city"):
        layers.append(0.7 * owl(count, rng, rate))
    if FLAMES.intersection(assets):
        layers.append(fire(count, rng, rate))
    if WATCHED.intersection(assets):
        layers.append(crowd(moments, count, rng, rate))
    for layer_2N in layers:
        sound_2N += layer_2N * (level * LEVEL * swell(count + 2, FADE * rate)[1:-1])
    return sound_2N


def gusts(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Wind over open land, level about 1."""
    gust_N = drift(count, rng, rate, 1.3)
    deep_2N = shaped(count, rng, rate, lambda f: 1 / (1 + (f / 220) ** 1.2))
    return np.asarray(deep_2N * (0.3 + 0.9 * gust_N))


def thunder(count: int, rng: np.random.Generator, rate: int) -> Array:
    """One roll of thunder or two: a crack far off, and its echoes."""
    rumble_2N = shaped(count, rng, rate, lambda f: 1 / (1 + (f / 90) ** 2.2))
    time_N, swell_N = np.arange(count) / rate, np.zeros(count)
    for strike in rng.uniform(0, max(count / rate - 1, 0.1), 1 + int(rng.integers(0, 2))):
        for echo in range(5):
            since_N = time_N - strike - echo * rng.uniform(0.15, 0.5)
            swell_N += (
                (since_N > 0)
                * np.minimum(np.maximum(since_N, 0) / 0.06, 1)
                * np.exp(-np.maximum(since_N, 0) / rng.uniform(0.3, 0.8))
                * 0.8**echo
            )
    return np.asarray(1.4 * rumble_2N * swell_N)


def forest(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Leaves that rustle, and now and then a twig or a far woodpecker."""
    leaves_2N = 0.5 * shaped(count, rng, rate, lambda f: (f / 3500) ** 0.7 / (1 + (f / 4500) ** 3))
    leaves_2N = leaves_2N * (0.2 + drift(count, rng, rate, 0.6) * drift(count, rng, rate, 1.7))
    if rng.random() < 0.5:
        start, side = rng.uniform(0.2, max(count / rate - 1.0, 0.3)), float(rng.uniform(-0.8, 0.8))
        for knock in range(int(rng.integers(8, 14))):
            tap_N = np.zeros(int(0.05 * rate))
            kernels.ring(
                tap_N, 0.0, np.array([900.0, 1480.0]), np.array([140.0, 200.0]), np.array([0.5, 0.3]), float(rate)
            )
            place(leaves_2N, tap_N, int((start + 0.055 * knock) * rate), side, rate)
    return np.asarray(leaves_2N)


def owl(count: int, rng: np.random.Generator, rate: int) -> Array:
    """An owl in the distance."""
    out_2N, side = np.zeros((2, count)), float(rng.uniform(-0.8, 0.8))
    pitch, at = float(rng.uniform(330, 420)), float(rng.uniform(0.3, 1.5))
    for length, wait in ((0.35, 0.35), (0.16, 0.12), (0.6, 0.2)):
        time_N = np.arange(int(length * rate)) / rate
        share_N = time_N / length
        hoot_N = np.sin(2 * np.pi * pitch * (time_N + 0.01 * np.sin(np.pi * share_N))) * np.sin(np.pi * share_N) ** 0.7
        place(out_2N, 0.8 * hoot_N, int(at * rate), side, rate)
        at += length + wait
    return out_2N


def fire(count: int, rng: np.random.Generator, rate: int) -> Array:
    """Flames that breathe, and wood that cracks."""
    out_2N = 0.5 * shaped(count, rng, rate, lambda f: 1 / (1 + (f / 250) ** 1.5)) * (0.5 + drift(count, rng, rate, 0.3))
    for _ in range(int(rng.poisson(14 * count / rate))):
        near, pitch = float(rng.pareto(2.5) + 0.2), float(rng.uniform(1200, 7000))
        time_N = np.arange(int(0.012 * rate)) / rate
        crack_N = min(near, 3.0) * rng.standard_normal(len(time_N)) * np.exp(-time_N * pitch / 4)
        place(out_2N, crack_N, int(rng.integers(count)), float(rng.uniform(-0.3, 0.3)), rate)
    return np.asarray(out_2N)


def crowd(moments: tuple[Moment, ...], count: int, rng: np.random.Generator, rate: int) -> Array:
    """People who murmur, and rise to what happens: a swell of voices and clapping hands, the longer the greater."""
    time_N = np.arange(count) / rate
    voices_2N = shaped(count, rng, rate, _voices)
    talk_N = 0.6 + 0.4 * drift(count, rng, rate, 0.25) * drift(count, rng, rate, 0.9)
    roused_N = np.zeros(count)
    for moment in moments:
        since_N = time_N - moment.time - 0.18  # s; it takes people that long to see it
        rise_N = np.clip(since_N / 0.25, 0, 1) * np.exp(-np.maximum(since_N - 0.6, 0) / (0.3 + 1.2 * moment.greatness))
        roused_N = np.maximum(roused_N, moment.greatness * rise_N)
    cheer_2N = shaped(count, rng, rate, lambda f: _voices(f / 1.5) * (1 + f / 2500))
    out_2N = np.asarray(0.45 * voices_2N * talk_N + 2.2 * cheer_2N * roused_N)
    for at in np.flatnonzero(rng.random(count) < 90 * roused_N**1.5 / rate):
        clap_N = rng.standard_normal(int(0.02 * rate)) * np.exp(-np.arange(int(0.02 * rate)) / (0.003 * rate))
        place(out_2N, 0.9 * float(rng.uniform(0.2, 1.0)) * clap_N, int(at), float(rng.uniform(-1, 1)), rate)
    return out_2N


def _voices(frequency: Array) -> Array:
    """Spectrum of many people who talk: formants over a falling slope."""
    peaks = sum(high * np.exp(-(((frequency - f) / wide) ** 2)) for f, wide, high in
                ((450, 220, 1.0), (1100, 400, 0.45), (2500, 700, 0.18)))  # fmt: skip
    return np.asarray(peaks + 0.02)
