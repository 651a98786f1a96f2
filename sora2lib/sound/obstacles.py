"""What stands between a sound and the ears: it goes round, and the higher it is the less of it does.

A body hides what lies behind it as a screen does: of a sound with a way round that is longer by some metres there is
left what Maekawa measured (1968, *Noise reduction by screens*, Applied Acoustics 1). Where the straight way grazes the
body his curve has 5 dB; here it begins at none, so that what goes behind a wall fades.

B bodies, M places.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from sora2lib.world.geometry import bodies, matrix
from sora2lib.world.schema import World

Array = NDArray[np.float64]
SOUND = 343.0  # m/s in air at 20 degrees
SMALLEST = 0.6  # m; second-longest side of a body that hides something
SOLID = 0.4  # of its bounds that a body must fill
CORNER = 0.05  # m by which bodies are taken to be smaller: what lies on them is not behind them
MOST = 24.0  # dB that a screen takes away at the most
TOUCHES = 1e-9  # m
TAIL = 1024  # samples in which a muffled sound has died away
LEVEL = 0.7  # cosine to the vertical from which on a side looks down


@dataclass(frozen=True)
class Obstacles:
    """Boxes that sound has to go round, over time."""

    time_T: Array
    centre_BT3: Array
    axes_BT33: Array  # columns are the sides of the boxes
    half_B3: Array

    @classmethod
    def of(cls, world: World) -> Self:
        """Take what is large and solid enough from a world."""
        size_A3 = world["size"].values
        filled_A = bodies(world).mass / world.density.values / size_A3.prod(axis=-1)
        large = (np.sort(size_A3, axis=-1)[:, 1] >= SMALLEST) & (filled_A >= SOLID)
        return cls(
            world.time.values - float(world.time[0]),
            world.position.values[large],
            matrix(world.rotation.values[large]),
            np.maximum(size_A3[large] / 2 - CORNER, TOUCHES),
        )

    def detour(self, place: Array, ear: Array, time: Array) -> Array:
        """Metres (M,) by which ways from places (M, 3) to ears (M, 3) at times (M,) are longer than the straight ones.

        Where several bodies stand between, that with the longest way round counts.
        """
        longest = np.zeros(len(time))
        at = np.round(np.interp(time, self.time_T, np.arange(len(self.time_T)))).astype(int)
        for centre_T3, axes_T33, half_3 in zip(self.centre_BT3, self.axes_BT33, self.half_B3, strict=True):
            axes_M33 = axes_T33[at]
            # In the frame of the box; the last row of its axes is what of each of its sides points up.
            here, there = (np.einsum("mji,mj->mi", axes_M33, point - centre_T3[at]) for point in (place, ear))
            longest = np.maximum(longest, _round(here, there, half_3, axes_M33[:, 2]))
        return longest


def _round(here_M3: Array, there_M3: Array, half_3: Array, up_M3: Array) -> Array:
    """Metres (M,) by which the shortest way over an edge of a box is longer than the straight one, 0 if that is free.

    A box that holds one of the ends is not between them. Nothing goes round underneath.
    """
    way_M3 = there_M3 - here_M3
    step_M3 = np.where(np.abs(way_M3) > TOUCHES, way_M3, TOUCHES)
    sides = np.sort(np.stack([(-half_3 - here_M3) / step_M3, (half_3 - here_M3) / step_M3]), axis=0)
    enters_M, leaves_M = sides[0].max(axis=1), sides[1].min(axis=1)
    hidden_M = (enters_M < leaves_M) & (enters_M > 0) & (leaves_M < 1)
    # It comes in through one side and goes out through another: the way leads over what these two share, or past them.
    met_M3 = np.eye(3, dtype=bool)[sides[0].argmax(axis=1)] | np.eye(3, dtype=bool)[sides[1].argmin(axis=1)]
    middle_M3 = here_M3 + ((enters_M + leaves_M) / 2)[:, None] * way_M3
    corner_M3 = np.where(met_M3, np.copysign(half_3, middle_M3), middle_M3)
    shortest_M = _over(here_M3, there_M3, corner_M3, (met_M3.sum(axis=1) == 2) & ~_below(corner_M3, met_M3, up_M3))
    for axis in range(3):
        for sign in (-1.0, 1.0):
            over_M3 = middle_M3.copy()
            over_M3[:, axis] = sign * half_3[axis]
            open_M = ~met_M3[:, axis] & (sign * up_M3[:, axis] > -LEVEL)
            shortest_M = np.minimum(shortest_M, _over(here_M3, there_M3, over_M3, open_M))
    return np.where(hidden_M & np.isfinite(shortest_M), shortest_M - np.linalg.norm(way_M3, axis=1), 0.0)


def _over(here_M3: Array, there_M3: Array, over_M3: Array, open_M: NDArray[np.bool_]) -> Array:
    """How long ways (M,) over some points are, endless where they are not open."""
    way_M = np.linalg.norm(over_M3 - here_M3, axis=1) + np.linalg.norm(there_M3 - over_M3, axis=1)
    return np.where(open_M, way_M, np.inf)


def _below(corner_M3: Array, met_M3: NDArray[np.bool_], up_M3: Array) -> NDArray[np.bool_]:
    """Whether one of the sides that meet in an edge looks down (M,)."""
    return np.asarray((met_M3 & (np.sign(corner_M3) * up_M3 < -LEVEL)).any(axis=1))


def left(frequency: Array, detour: float) -> Array:
    """Return the share of level that gets round a screen at frequencies (F,) in Hz, by a way longer by so many metres.

    >>> left(np.array([100.0, 10_000.0]), 0.1).round(2).tolist()
    [0.55, 0.07]
    """
    fresnel_F = 2 * detour * frequency / SOUND
    return np.asarray(np.maximum((1 + 20 * fresnel_F) ** -0.5, 10 ** (-MOST / 20)))


def muffled(sound_N: Array, detour: float, rate: int) -> Array:
    """Return a sound (N,) as it is heard from behind a screen, no sooner than without."""
    if detour <= 0 or not len(sound_N):
        return sound_N
    size = next_fast_len(2 * len(sound_N) + TAIL, real=True)
    share_F = left(np.asarray(np.fft.rfftfreq(size, 1 / rate)), detour)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound_N, size) * _prompt(share_F, size), size)[: len(sound_N)])


def _prompt(share_F: Array, size: int) -> NDArray[np.complex128]:
    """A response with such shares of level that answers at once: its cepstrum has no past (minimum phase)."""
    past_M = np.fft.irfft(np.log(share_F), size)
    past_M[1 : (size + 1) // 2] *= 2
    past_M[size // 2 + 1 :] = 0
    return np.asarray(np.exp(np.fft.rfft(past_M)))


def behind(sound_N: Array, detour_M: Array, time_M: Array, time_N: Array, rate: int) -> Array:
    """Return a sound (N,) whose source goes behind something and comes out, the way round given at times (M,)."""
    longest = float(detour_M.max(initial=0.0))
    if longest <= 0:
        return sound_N
    share_N = np.interp(time_N, time_M, detour_M / longest) ** 0.5
    return np.asarray(sound_N + share_N * (muffled(sound_N, longest, rate) - sound_N))
