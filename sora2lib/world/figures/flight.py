"""Bodies in the air: the centre of mass on a parabola, the turning such that angular momentum stays what it was.

With the joints moving as they are told, the root's angular velocity is I^-1 (L - h): inertia I and the joints' own
momentum h in the root's axes, L the constant momentum in the world, both about the centre of mass. A tuck makes I
smaller, so it spins faster (Frohlich, Am. J. Phys. 47, 1979, "Do springboard divers violate angular momentum
conservation?").
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sora2lib.kernels.tumble import tumble
from sora2lib.world.figures.mass import inertia, inner_momentum
from sora2lib.world.figures.skeleton import Array, Figure, pose
from sora2lib.world.turns import of_vector, product

STEP = 1 / 600  # s
INSTANT = 1e-4  # s, over which the joints' velocities are measured
Joints = Callable[[Array], Array]  # angles (T, J) at times (T,)


# S steps
@dataclass(frozen=True)
class Spin:
    """Turning in flight: orientations (S + 1, 4) at times (S + 1,), and the momentum (3,) per kg that they keep."""

    time_S: Array
    turn_S4: Array
    momentum: Array

    def at(self, time_T: Array) -> Array:
        """Orientations (T, 4): from the step before, turned on as fast as that step turns."""
        k = np.clip(np.searchsorted(self.time_S, time_T, side="right") - 1, 0, len(self.time_S) - 2)
        share = (time_T - self.time_S[k]) / (self.time_S[k + 1] - self.time_S[k])
        return product(of_vector(share[:, None] * self.steps[k]), self.turn_S4[k])

    @cached_property
    def steps(self) -> Array:
        """Rotation vectors (S, 3) of the steps."""
        step_S4 = product(self.turn_S4[1:], self.turn_S4[:-1] * np.array([1.0, -1, -1, -1]))
        step_S4 = np.where(step_S4[:, :1] < 0, -step_S4, step_S4)
        sine = np.linalg.norm(step_S4[:, 1:], axis=1, keepdims=True)
        return np.asarray(step_S4[:, 1:] * (2 * np.arctan2(sine, step_S4[:, :1]) / np.maximum(sine, 1e-12)))

    def turned(self, axis: Array) -> float:
        """Radians turned about a fixed axis (3,) of the world."""
        return float((self.steps @ axis).sum())


@dataclass(frozen=True)
class Aloft:
    """A body in flight whose joints move as they are told: inertia and inner momentum at the middles of the steps."""

    time_S: Array
    inverse_S33: Array
    inner_S3: Array

    @classmethod
    def of(cls, figure: Figure, joints: Joints, start: float, end: float) -> "Aloft":
        """Measure a flight from ``start`` to ``end`` seconds."""
        time_S = np.linspace(start, end, max(int(np.ceil((end - start) / STEP)), 1) + 1)
        middle_S = (time_S[1:] + time_S[:-1]) / 2
        before, after = (pose(figure, joints(middle_S + shift)) for shift in (-INSTANT / 2, INSTANT / 2))
        inner_S3 = inner_momentum(figure, before, after, INSTANT)
        return cls(time_S, np.asarray(np.linalg.inv(inertia(figure, before)), dtype=np.float64), inner_S3)

    def spin(self, turn: Array, momentum: Array) -> Spin:
        """Turn on from an orientation (4,) with a momentum (3,) in the world, per kg: midpoint steps on the group."""
        turn_S4 = tumble(turn, momentum, self.inverse_S33, self.inner_S3, np.diff(self.time_S))
        return Spin(self.time_S, turn_S4, momentum)

    def spin_by(self, turn: Array, axis: Array, angle: float) -> Spin:
        """Find the momentum along a unit axis (3,) that turns the body by ``angle`` radians about it, and turn it."""
        rate = angle / (self.time_S[-1] - self.time_S[0])
        inertia_S = 1 / np.einsum("i,sij,j->s", axis, self.inverse_S33, axis)
        first = float(rate * inertia_S.mean())
        guesses = [first, 1.2 * first] if first else [0.0, 0.1]
        spins = [self.spin(turn, axis * guess) for guess in guesses]
        for _ in range(6):
            a, b = (spin.turned(axis) for spin in spins[-2:])
            if abs(b - angle) < 1e-6 or a == b:
                break
            guesses.append(guesses[-1] + (angle - b) * (guesses[-1] - guesses[-2]) / (b - a))
            spins.append(self.spin(turn, axis * guesses[-1]))
        return spins[-1]


def airtime(rise: float, drop: float, gravity: float) -> float:
    """Seconds from leaving the ground at ``rise`` m/s upwards until the centre is ``drop`` metres lower.

    >>> airtime(4.905, 0.0, 9.81)
    1.0
    """
    return float((rise + np.sqrt(rise**2 + 2 * gravity * drop)) / gravity)
