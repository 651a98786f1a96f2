"""Fish at the surface: they cruise with their backs out of the water, or leap from it.

Out of the water a fish is a free body: its centre of mass flies on a parabola, and its angular momentum stays while the
tail beats on (:mod:`sora2lib.world.figures.flight`).
"""

from math import atan2

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.figures.beasts import swim
from sora2lib.world.figures.curves import joined
from sora2lib.world.figures.flight import Aloft, Spin
from sora2lib.world.figures.motion import Motion, balanced
from sora2lib.world.figures.skeleton import Array, Figure
from sora2lib.world.schema import GRAVITY
from sora2lib.world.turns import about, of_vector, vector_between

AWASH = 0.02  # m by which the middle of a fish that cruises lies below the surface
DEEP = 0.3  # m below it, from where the first leap begins
RUN = 0.5  # s under water between leaps
EVEN = np.array([1.0, 0.0, 0.0, 0.0])
FALL = np.array([0.0, 0.0, 0.0, -GRAVITY])
NO = np.zeros(4)


def cruise(figure: Figure, time_T: Array, *, speed: float, seed: int = 0) -> Motion:
    """Swim along +x with the back out of the water."""
    return swim(figure, time_T, speed=speed, height=-AWASH, seed=seed)


def breach(figure: Figure, time_T: Array, *, speed: float, rise: float, start: float, seed: int = 0) -> Motion:
    """Swim along +x and leap out of the water again and again, first at ``start`` seconds, ``rise`` m/s upwards.

    >>> breach(Figure(FISH, FISH.size), time_T, speed=1.2, rise=2.2, start=1.0).turn_T4.shape  # doctest: +SKIP
    (97, 4)
    """
    flown = 2 * rise / GRAVITY
    leaps = np.arange(start, max(float(time_T[-1]), start) + 1e-9, flown + RUN).tolist()

    def joints(at_T: Array) -> Array:
        return swim(figure, at_T, speed=1.2, height=0.0, seed=seed).angles_TJ

    deep = np.array([0.0, 0.0, 0.0, -DEEP])
    # Rotation vector and height (T, 4), and how both stood and moved when the fish was last met: under water.
    state_T4, met = np.tile(deep, (len(time_T), 1)), (start - RUN, deep, NO, NO)
    for leave in leaps:
        meet, steep = leave + flown, atan2(rise, speed)
        aloft = Aloft.of(figure, joints, leave, meet)
        spin = aloft.spin_by(about("y", -steep), np.array([0.0, 1.0, 0.0]), 2 * steep)
        gone, back = _state(spin, leave, rise), _state(spin, meet, -rise)
        _fill(state_T4, (time_T >= met[0]) & (time_T < leave), joined(time_T, met, gone))
        since_T = time_T - leave
        arc_T1 = (rise * since_T - GRAVITY * since_T**2 / 2)[:, None]
        turn_T3 = vector_between(EVEN, spin.at(np.clip(time_T, leave, meet)))
        _fill(state_T4, (time_T >= leave) & (time_T < meet), np.concatenate([turn_T3, arc_T1], axis=1))
        met = back
    end = met[0] + RUN
    _fill(state_T4, (time_T >= met[0]) & (time_T < end), joined(time_T, met, (end, deep, NO, NO)))
    centre_T3 = np.stack([speed * time_T, 0 * time_T, state_T4[:, 3]], axis=1)
    turn_T4 = of_vector(state_T4[:, :3])
    return balanced(figure, time_T, joints(time_T), centre_T3=centre_T3, turn_T4=turn_T4, targets=[])


def _fill(state_T4: Array, where_T: NDArray[np.bool_], made_T4: Array) -> None:
    state_T4[where_T] = made_T4[where_T]


def _state(spin: Spin, time: float, rise: float) -> tuple[float, Array, Array, Array]:
    """Rotation vector and height (4,) at the surface, and their velocity and acceleration."""
    k = 0 if rise > 0 else len(spin.time_S) - 2
    here, there = (vector_between(EVEN, spin.turn_S4[it]) for it in (k, k + 1))
    rate = (there - here) / (spin.time_S[k + 1] - spin.time_S[k])
    return time, np.append(here if rise > 0 else there, 0.0), np.append(rate, rise), FALL
