"""Sounds that last as long as the motion: rolling, sliding, the rush of air, a net."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound import voices
from sora2lib.sound.impacts import sounding_lengths
from sora2lib.sound.stage import Ears, gains, place
from sora2lib.world.contacts import GROUND, Touch
from sora2lib.world.geometry import bodies
from sora2lib.world.schema import World

Array = NDArray[np.float64]
SLOWEST = 0.05  # m/s; slower motion is not heard
ROLLING, SLIDING = 0.05, 0.11  # level of a kilogram at 1 m/s
FADE = 0.01  # s
SMOOTH_SLIDE = 6.0  # sliding sounds this much higher than rolling
RUSH, RUSH_FROM = 0.0012, 1.5  # level at 1 m/s to the third power per m^2; m/s
SWISH = 0.10


def rub(
    out_2N: Array, world: World, touches: tuple[Touch, ...], ears: Ears, rng: np.random.Generator, rate: int
) -> None:
    """Add the sound of rolling and sliding to ``out_2N`` (2, N)."""
    mass, lengths = bodies(world).mass, sounding_lengths(world)
    materials, ground = world.material.values.tolist(), voices.GROUNDS[str(world.ground.values)]
    start = float(world.time[0])
    for touch in touches:
        # Rolling shows as wandering of the contact without slip.
        roll_M = np.maximum(touch.roll - touch.slide, 0)
        if max(roll_M.max(), touch.slide.max()) < SLOWEST:
            continue
        pair = (
            voices.MATERIALS[materials[touch.actor]],
            ground if touch.other == GROUND else voices.MATERIALS[materials[touch.other]],
        )
        rough, grit = np.sqrt(pair[0].rough * pair[1].rough), np.sqrt(pair[0].grit * pair[1].grit)
        time_N, span = _span(touch.time - start, out_2N.shape[1], rate)
        if not len(time_N):  # it begins after the last sample
            continue
        roll_N, slide_N = (np.interp(time_N, touch.time - start, speed) for speed in (roll_M, touch.slide))
        turn_N = np.cumsum(roll_N) / rate / (lengths[touch.actor] / 2)
        weight = rough * min(mass[touch.actor], 30.0) ** 0.4
        sound_N = np.zeros(len(time_N))
        for speed_N, level, pitch in ((roll_N, ROLLING, 1.0), (slide_N, SLIDING, SMOOTH_SLIDE)):
            if speed_N.max() >= SLOWEST:
                noise_N = rng.standard_normal(len(time_N))
                centre_N = np.clip(grit * pitch**0.5 * (0.25 + 0.75 * speed_N), 60, 9000)
                loud_N = level * weight * np.minimum(speed_N, 6.0) ** 1.3
                sound_N += loud_N * kernels.sweep(noise_N, centre_N, 0.7, float(rate))
        sound_N *= (1 + 0.35 * np.sin(turn_N)) * _fade(len(time_N), rate)
        _follow(
            out_2N,
            sound_N,
            span,
            np.stack([np.interp(time_N, touch.time - start, touch.place[:, a]) for a in range(3)], axis=-1),
            time_N,
            ears,
        )


def rush(out_2N: Array, world: World, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add the rush of air round bodies that fly or swing fast, with the cube of their speed."""
    lengths = sounding_lengths(world)
    time_T = world.time.values - float(world.time[0])
    for i in np.flatnonzero(~world.fixed.values):
        path_T3 = world.position.values[i]
        speed_T = np.linalg.norm(np.gradient(path_T3, time_T, axis=0), axis=-1)
        if speed_T.max() < RUSH_FROM:
            continue
        time_N, span = _span(time_T, out_2N.shape[1], rate)
        speed_N = np.interp(time_N, time_T, speed_T)
        centre_N = 120 + 90 * np.minimum(speed_N, 15)
        loud_N = RUSH * lengths[i] ** 2 / 0.09 * np.minimum(speed_N, 12) ** 3 / 8
        sound_N = loud_N * kernels.sweep(rng.standard_normal(len(time_N)), centre_N, 1.2, float(rate))
        path_N3 = np.stack([np.interp(time_N, time_T, path_T3[:, a]) for a in range(3)], axis=-1)
        _follow(out_2N, sound_N * _fade(len(time_N), rate), span, path_N3, time_N, ears)


def swish(out_2N: Array, world: World, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add a net's swish wherever a body falls through the ring of a hoop."""
    time_T = world.time.values - float(world.time[0])
    for hoop in np.flatnonzero(world.asset.values == "hoop"):
        centre = world.position.values[hoop, 0]
        radius = world["size"].values[hoop, 0] / 2
        for i in np.flatnonzero(~world.fixed.values):
            way_T3 = world.position.values[i] - centre
            for k in np.flatnonzero((way_T3[:-1, 2] > 0) & (way_T3[1:, 2] <= 0)):
                share = way_T3[k, 2] / (way_T3[k, 2] - way_T3[k + 1, 2])
                through = way_T3[k] + share * (way_T3[k + 1] - way_T3[k])
                if np.hypot(through[0], through[1]) < radius:
                    time = time_T[k] + share * (time_T[k + 1] - time_T[k])
                    speed = (way_T3[k, 2] - way_T3[k + 1, 2]) / (time_T[k + 1] - time_T[k])
                    _swish(out_2N, centre, float(time), float(speed), ears, rng, rate)


def _swish(
    out_2N: Array, centre: Array, time: float, speed: float, ears: Ears, rng: np.random.Generator, rate: int
) -> None:
    length = int(0.3 * rate)
    share_N = np.arange(length) / length
    noise_N = kernels.sweep(rng.standard_normal(length), 2200 + 2600 * np.sin(np.pi * share_N), 0.9, float(rate))
    # The cords open, then snap back.
    shape_N = np.sin(np.pi * share_N**0.6) ** 2 * (1 + 0.6 * np.sin(2 * np.pi * 2.5 * share_N) ** 2)
    side, distance = ears.hear(centre, np.array(time))
    sound_N = SWISH * min(speed, 6.0) ** 0.7 / float(distance) * shape_N * noise_N
    place(out_2N, sound_N, int(time * rate), float(side), rate)


def _span(time_M: Array, count: int, rate: int) -> tuple[Array, slice]:
    """Times (N,) of the sound's samples between the first and the last of ``time_M``, and their place in it."""
    first = min(int(np.ceil(time_M[0] * rate)), count)
    last = max(min(int(time_M[-1] * rate), count), first)
    return np.arange(first, last) / rate, slice(first, last)


def _fade(count: int, rate: int) -> Array:
    n = np.arange(count)
    return np.asarray(np.minimum(1.0, np.minimum(n, count - 1 - n) / (FADE * rate)))


def _follow(out_2N: Array, sound_N: Array, span: slice, path_N3: Array, time_N: Array, ears: Ears) -> None:
    """Add a sound whose source moves."""
    side_N, distance_N = ears.hear(path_N3, time_N)
    for ear, level_N in zip(out_2N, gains(side_N), strict=True):
        ear[span] += level_N * sound_N / distance_N
