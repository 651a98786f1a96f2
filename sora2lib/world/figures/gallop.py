"""Four legs at a gallop: four beats, then a moment in which no hoof is on the ground.

In that moment the animal is a free body: its centre of mass falls with g, and its angular momentum stays what it was,
so the trunk pitches against the legs. While hooves stand, height and pitch are led from where the flight ends to where
the next begins. Footfalls of a right-lead gallop after Hildebrand (J. Mammalogy 58, 1977).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.figures.animals import BUILDS
from sora2lib.world.figures.beasts import FEET, Gait, limb, longest, paw
from sora2lib.world.figures.curves import joined
from sora2lib.world.figures.flight import Aloft
from sora2lib.world.figures.motion import Motion, Target, rooted
from sora2lib.world.figures.settle import settle
from sora2lib.world.figures.skeleton import INDEX, JOINTS, Array, Figure
from sora2lib.world.schema import GRAVITY
from sora2lib.world.turns import of_vector, vector_between

GALLOP = Gait((0.0, 0.50, 0.14, 0.38), 0.36, 1.25, 0.20, 0.0, 1, arch=0.13, nod=0.16)
FLOWN = 1 - max(GALLOP.starts) - GALLOP.duty  # share of the stride without a hoof on the ground
LOW = 0.06  # of a leg's length, by which the hips ride lower than it on average
ROCK = -0.01  # radians by which the trunk pitches forwards in flight: the forehand rises
AHEAD = 0.02  # of a leg's length, by which forelegs stand farther in front than at ease
GRID = 192  # samples of the one stride that is worked out
ROUNDS = 6  # of finding a trunk that fits the legs that fit the trunk
AGAIN = 3  # and for the samples asked for
NO = np.zeros(3)
EVEN = np.array([1.0, 0.0, 0.0, 0.0])


def gallop(figure: Figure, time_T: Array, *, speed: float, seed: int = 0) -> Motion:
    """Gallop along +x, the hips at about x = 0 at time 0.

    Parameters
    ----------
    speed : m/s; a horse canters at 4 and gallops at 9, a dog at 3 to 6.
    seed : every animal has a stride of its own.

    >>> gallop(Figure(HORSE, HORSE.size), np.arange(97) / 24, speed=4.5).root_T3.shape  # doctest: +SKIP
    (97, 3)
    """
    rng = np.random.default_rng(seed)
    stride = _Stride(figure, speed, float(rng.uniform(0.94, 1.06)))
    phase_T = time_T / stride.period + rng.uniform()
    grid_U, share_T = np.linspace(0, 1, GRID + 1), phase_T % 1.0
    root_T3, turn_T3, legs_TJ = (_between(share_T, grid_U, it) for it in stride.worked_out(grid_U))
    motion, stands = stride.legs(phase_T, root_T3, turn_T3, legs_TJ)
    centre_T3 = stride.centre(share_T)
    for _ in range(AGAIN):
        root_T3 = root_T3 + centre_T3 - motion.position_T3
        motion, _ = stride.legs(phase_T, root_T3, turn_T3, motion.angles_TJ)
    along_T3 = speed * time_T[:, None] * np.array([1.0, 0.0, 0.0])
    return replace(motion, time_T=time_T, root_T3=motion.root_T3 + along_T3, standing=stands)


def _between(at_T: Array, grid_U: Array, table_UC: Array) -> Array:
    """Table (U, C) read at some places: (T, C)."""
    return np.stack([np.interp(at_T, grid_U, column) for column in table_UC.T], axis=1)


# U samples of a stride, T samples, J joints
@dataclass(frozen=True)
class _Stride:
    """One stride as seen by someone who rides along; phases are shares of it, 0 where the first hoof comes down."""

    figure: Figure
    speed: float
    own: float

    @property
    def leg(self) -> float:
        return -BUILDS[self.figure.skeleton.name].back[3][1] * self.figure.size[2]

    @property
    def period(self) -> float:
        length = GALLOP.stride * sqrt(self.leg * self.speed) * self.own
        return min(length, longest(self.figure, self.leg) / GALLOP.duty) / self.speed

    def centre(self, share_T: Array) -> Array:
        """Centre of mass (T, 3): free fall in flight, the bow of a spring while hooves stand."""
        flying, standing = FLOWN * self.period, (1 - FLOWN) * self.period
        rise, since_T = GRAVITY * flying / 2, share_T * self.period
        bow_T = -rise * standing / pi * np.sin(pi * np.minimum(since_T / standing, 1))
        fly_T = np.maximum(since_T - standing, 0)
        level = self.leg * (1 - LOW) + self.behind[2]
        high_T = level + bow_T + rise * fly_T - GRAVITY * fly_T**2 / 2
        return np.stack([0 * share_T + self.behind[0], 0 * share_T, high_T], axis=1)

    def legs(
        self, phase_T: Array, root_T3: Array, turn_T3: Array, near_TJ: Array
    ) -> tuple[Motion, dict[str, NDArray[np.bool_]]]:
        """Put the hooves where they belong under a trunk, from legs that are nearly right; and when each stands."""
        wave_T, time_T = 2 * pi * phase_T, phase_T * self.period
        angles_TJ = near_TJ.copy()
        for joint, value_T in {
            "waist bend": -GALLOP.arch * np.sin(wave_T + 0.6),
            "neck bend": 0.15 + GALLOP.nod * np.sin(wave_T + 0.8),
            "tail swing": 0.25 * np.sin(wave_T),
            "tail lift": 0.12 + 0.10 * np.sin(wave_T),
            "mouth": np.full_like(wave_T, 0.2),
        }.items():
            angles_TJ[:, INDEX[joint]] = value_T
        targets, stands = [], {}
        for (side, ball), start in zip(FEET, GALLOP.starts, strict=True):
            share_T = (phase_T - start) % 1.0
            it = limb(self.figure, side, ball)
            target = paw(self.figure, it, GALLOP, self.speed, self.period, time_T, share_T)
            shift_T = (AHEAD * self.leg if ball == "shoulder" else 0.0) - self.speed * time_T
            place_T3 = target.place_T3 + shift_T[:, None] * np.array([1.0, 0.0, 0.0])
            targets.append(Target(it, place_T3, target.pitch_T))
            stands[it.links[2]] = share_T < GALLOP.duty
        turn_T4 = of_vector(turn_T3)
        body = {"root_T3": root_T3, "turn_T4": turn_T4}
        # The closed form does for forelegs; long hind feet under folded legs need the last word.
        planted = targets if not near_TJ.any() else targets[1::2]
        angles_TJ = rooted(self.figure, time_T, angles_TJ, **body, targets=planted).angles_TJ
        for target in targets[::2]:
            angles_TJ = settle(self.figure, angles_TJ, **body, target=target)
        return Motion(self.figure, time_T, root_T3, turn_T4, angles_TJ, {}), stands

    def worked_out(self, grid_U: Array) -> tuple[Array, Array, Array]:
        """Root (U, 3) and rotation vector (U, 3) of the trunk, and all joints (U, J), over one stride."""
        centre_U3 = self.centre(grid_U)
        root_U3, turn_U3, angles_UJ = centre_U3 - self.behind, 0 * centre_U3, np.zeros((len(grid_U), len(JOINTS)))
        for _ in range(ROUNDS):
            motion, _ = self.legs(grid_U, root_U3, turn_U3, angles_UJ)
            angles_UJ = motion.angles_TJ
            root_U3 = root_U3 + centre_U3 - motion.position_T3
            turn_U3 = self._turns(grid_U, angles_UJ)
        return root_U3, turn_U3, angles_UJ

    @cached_property
    def behind(self) -> Array:
        """Where the centre of mass is as seen from the hips when all joints are at ease."""
        rest = Motion(self.figure, np.zeros(1), np.zeros((1, 3)), EVEN[None], np.zeros((1, len(JOINTS))), {})
        return np.asarray(rest.position_T3[0] * [1, 0, 1])

    def _turns(self, grid_U: Array, angles_UJ: Array) -> Array:
        """Rotation vector (U, 3) of the trunk: free in flight, led back while hooves stand."""
        leave, meet = (1 - FLOWN) * self.period, self.period
        time_U = grid_U * self.period

        aloft = Aloft.of(self.figure, lambda time_T: _between(time_T, time_U, angles_UJ), leave, meet)
        spin = aloft.spin_by(of_vector(np.array([0.0, -ROCK / 2, 0.0])), np.array([0.0, 1.0, 0.0]), ROCK)
        step = spin.time_S[1] - spin.time_S[0]
        starts, ends = (vector_between(EVEN, spin.turn_S4[k]) for k in (0, -1))
        rates = [(vector_between(EVEN, spin.turn_S4[b]) - vector_between(EVEN, spin.turn_S4[a])) / step
                 for a, b in ((0, 1), (-2, -1))]  # fmt: skip
        stance_U3 = joined(time_U, (0.0, ends, rates[1], NO), (leave, starts, rates[0], NO))
        flight_U3 = vector_between(EVEN, spin.at(time_U))
        return np.where((time_U > leave)[:, None], flight_U3, stance_U3)
