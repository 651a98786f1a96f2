"""Sounds that last as long as the motion: rolling, sliding, the rush of air, a net."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound import voices
from sora2lib.sound.impacts import sounding_lengths
from sora2lib.sound.obstacles import SOUND, behind, muffled
from sora2lib.sound.stage import Ears, gains, place, swell
from sora2lib.sound.voices import Voice
from sora2lib.world.contacts import BED, GROUND, Touch
from sora2lib.world.geometry import bodies
from sora2lib.world.schema import World
from sora2lib.world.vocabulary import GROUNDS

Array = NDArray[np.float64]
SLOWEST = 0.05  # m/s; slower motion is not heard
ROLLING, SLIDING = 0.035, 0.056  # level of a kilogram at 1 m/s
FADE = 0.01  # s
DULL = 2.0  # of the highest pitch of what rolls or slides: the air and the bodies swallow what is higher
GROWS = 8e4  # by how many times a speed grows in a second at most
UNEVEN = 0.35  # by how much a round body is louder on one side
HEAVIEST, FASTEST = 30.0, 6.0  # kg and m/s above which nothing gets louder
HISS = 2.0  # sliding sounds this much higher than rolling
RUSH, RUSH_FROM, STIR = 0.0017, 1.5, 1.0  # level at 1 m/s per m^2; m/s; m/s
SWISH = 0.10
WET = 0.1  # level over the water of what happens below


def rub(
    out_2N: Array, world: World, touches: tuple[Touch, ...], ears: Ears, rng: np.random.Generator, rate: int
) -> None:
    """Add the sound of rolling and sliding to ``out_2N`` (2, N)."""
    mass, radius = bodies(world).mass, sounding_lengths(world) / 2
    materials, wet = world.material.values.tolist(), GROUNDS[str(world.ground.values)].depth > 0
    ground = voices.GROUNDS[BED if wet else str(world.ground.values)]
    start, steps = float(world.time[0]), world.rate
    for touch in touches:
        heard = _while(np.maximum(touch.roll, touch.slide) >= SLOWEST)
        time_M, slide_M = touch.time[heard] - start, eased(touch.slide[heard], steps)
        time_N, span = span_of(time_M, out_2N.shape[1], rate)
        if not len(time_N):
            continue
        one = voices.MATERIALS[materials[touch.actor]]
        other = ground if touch.other == GROUND else voices.MATERIALS[materials[touch.other]]
        # Rolling shows as wandering of the contact without slip.
        roll_M = np.maximum(eased(touch.roll[heard], steps) - slide_M, 0)
        sound_N = np.zeros(len(time_N))
        if roll_M.max() >= SLOWEST:
            sound_N += _rustle(one, other, roll_M, time_M, time_N, ROLLING, 1.0, rng, rate)
            turned_N = np.cumsum(kernels.line(time_N, time_M, roll_M)) / rate / radius[touch.actor]
            sound_N *= 1 + UNEVEN * np.sin(turned_N)
        if slide_M.max() >= SLOWEST:
            sound_N += _rustle(one, other, slide_M, time_M, time_N, SLIDING, HISS, rng, rate)
        sound_N *= min(mass[touch.actor], HEAVIEST) ** 0.4 * (WET if wet and touch.other == GROUND else 1.0)
        follow(out_2N, sound_N, span, time_M, touch.place[heard], time_N, ears, rate)


def eased(speed_M: Array, rate: float) -> Array:
    """Speeds (M,) over a touch, ``rate`` a second, that rise no faster than what keeps touching speeds up.

    A jump is one of the account, from one point of a body to another, and would sound like a blow.
    """
    most, out_M = GROWS ** (1 / rate), speed_M.copy()
    for m in range(1, len(out_M)):
        out_M[m] = min(out_M[m], most * max(out_M[m - 1], SLOWEST))
    return out_M


def _rustle(
    one: Voice,
    other: Voice,
    speed_M: Array,
    time_M: Array,
    time_N: Array,
    level: float,
    pitch: float,
    rng: np.random.Generator,
    rate: int,
) -> Array:
    """Noise (N,) of two surfaces that move over each other: the faster, the louder and the higher."""
    grit = pitch * (one.grit * other.grit) ** 0.5
    centre_M = np.clip(grit * (0.3 + 0.7 * np.sqrt(speed_M)), 60, 9000)
    loud_M = level * (one.rough * other.rough) ** 0.5 * np.minimum(speed_M, FASTEST) ** 1.3
    noise_N = _dull(rng.standard_normal(len(time_N)), DULL * float(centre_M.max()), rate)
    noise_N = kernels.sweep(noise_N, kernels.line(time_N, time_M, centre_M), 0.7, float(rate))
    return np.asarray(kernels.line(time_N, time_M, loud_M) * noise_N)


def _dull(noise_N: Array, cut: float, rate: int) -> Array:
    """Noise (N,) without what lies above a frequency in Hz, by which blows stand out from what rolls."""
    g = np.tan(np.pi * min(cut / rate, 0.45))
    down = 1 + np.sqrt(2) * g + g * g
    b = g * g / down
    taps = (b, 2 * b, b, 2 * (g * g - 1) / down, (1 - np.sqrt(2) * g + g * g) / down)
    return np.asarray(kernels.biquad(noise_N, taps))


def rush(out_2N: Array, world: World, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add the rush of air round bodies that fly or swing fast, with the cube of their speed."""
    lengths = sounding_lengths(world)
    time_T = world.time.values - float(world.time[0])
    time_N, span = span_of(time_T, out_2N.shape[1], rate)
    for i in np.flatnonzero(~world.fixed.values):
        path_T3 = world.position.values[i]
        speed_T = np.minimum(np.linalg.norm(np.gradient(path_T3, time_T, axis=0), axis=-1), 2 * FASTEST)
        if speed_T.max() < RUSH_FROM:
            continue
        # Air is never quite still, or the rush would set in where a body begins to move.
        level_N = kernels.line(time_N, time_T, RUSH * lengths[i] ** 2 * np.hypot(speed_T, STIR) ** 3)
        centre_N = kernels.line(time_N, time_T, 120 + 90 * speed_T)
        sound_N = level_N * kernels.sweep(rng.standard_normal(len(time_N)), centre_N, 1.2, float(rate))
        follow(out_2N, sound_N, span, time_T, path_T3, time_N, ears, rate)


def swish(out_2N: Array, world: World, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add a net's swish wherever a body falls through the ring of a hoop."""
    for centre, time, speed in through(world):
        _swish(out_2N, centre, time, speed, ears, rng, rate)


def through(world: World) -> list[tuple[Array, float, float]]:
    """Find what falls through rings of hoops: the ring's centre (3,), seconds from the first sample, speed in m/s."""
    time_T, found = world.time.values - float(world.time[0]), []
    for hoop in np.flatnonzero(world.asset.values == "hoop"):
        centre = world.position.values[hoop, 0]
        radius = world["size"].values[hoop, 0] / 2
        for i in np.flatnonzero(~world.fixed.values):
            way_T3 = world.position.values[i] - centre
            for k in np.flatnonzero((way_T3[:-1, 2] > 0) & (way_T3[1:, 2] <= 0)):
                share = way_T3[k, 2] / (way_T3[k, 2] - way_T3[k + 1, 2])
                middle = way_T3[k] + share * (way_T3[k + 1] - way_T3[k])
                if np.hypot(middle[0], middle[1]) < radius:
                    time = time_T[k] + share * (time_T[k + 1] - time_T[k])
                    speed = (way_T3[k, 2] - way_T3[k + 1, 2]) / (time_T[k + 1] - time_T[k])
                    found.append((centre, float(time), float(speed)))
    return found


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
    detour = float(ears.detour(centre, np.array(time)))
    place(out_2N, muffled(sound_N, detour, rate), int(time * rate), float(side), rate)


def _while(heard_M: NDArray[np.bool_]) -> slice:
    """From before the first sample at which something is heard to after the last; empty if nothing is."""
    when = np.flatnonzero(heard_M)
    return slice(max(int(when[0]) - 1, 0), int(when[-1]) + 2) if len(when) else slice(0)


def span_of(time_M: Array, count: int, rate: int) -> tuple[Array, slice]:
    """Return times (N,) of the sound's samples between the first and the last of ``time_M``, and their place in it."""
    if not len(time_M):
        return np.zeros(0), slice(0)
    first = min(int(np.ceil(time_M[0] * rate)), count)
    last = max(min(int(time_M[-1] * rate), count), first)
    return np.arange(first, last) / rate, slice(first, last)


def follow(
    out_2N: Array, sound_N: Array, span: slice, time_M: Array, path_M3: Array, time_N: Array, ears: Ears, rate: int
) -> None:
    """Add a sound whose source is at ``path_M3`` at times ``time_M``; pitch rises as it comes, falls as it goes.

    On the whole it is not late, whatever the distance: only the change of the way through the air counts. It fades in
    and out.
    """
    side_M, distance_M = ears.hear(path_M3, time_M)
    delay_N = kernels.line(time_N, time_M, ears.way(distance_M, time_M) * (rate / SOUND))
    heard_N = kernels.warp(behind(sound_N, ears.detour(path_M3, time_M), time_M, time_N, rate), delay_N)
    heard_N *= swell(len(time_N), FADE * rate)
    for ear, level_M in zip(out_2N, gains(side_M), strict=True):
        ear[span] += heard_N * kernels.line(time_N, time_M, level_M / distance_M)
