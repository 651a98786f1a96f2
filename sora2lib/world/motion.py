"""How actors move between and around the samples of a world."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import gaps
from sora2lib.world.geometry import matrix
from sora2lib.world.schema import World
from sora2lib.world.turns import product

Array = NDArray[np.float64]
_CONJUGATE = np.array([1.0, -1.0, -1.0, -1.0])


# A actors, T samples, S moments
@dataclass(frozen=True)
class Motion:
    """Poses at the samples, and velocity and spin over the intervals between; the first sample is at time zero."""

    step: float  # s
    x_AT3: Array
    q_AT4: Array
    velocity_AT3: Array  # (A, T - 1, 3)
    spin_AT3: Array  # (A, T - 1, 3)

    @classmethod
    def of(cls, world: World) -> Self:
        """Take the motion of a world's actors."""
        x_AT3, q_AT4, step = world.position.values, world.rotation.values, 1 / world.rate
        q_AT4 = q_AT4 / np.linalg.norm(q_AT4, axis=-1, keepdims=True)
        spin_AT3 = rotation_vector(q_AT4[:, :-1], q_AT4[:, 1:]) / step
        return cls(step, x_AT3, q_AT4, np.diff(x_AT3, axis=1) / step, spin_AT3)

    @property
    def samples(self) -> int:
        """Number of samples T."""
        return int(self.x_AT3.shape[1])

    def pose(self, k: int) -> tuple[Array, Array]:
        """Positions (A, 3) and orientations (A, 4) at sample k."""
        return np.ascontiguousarray(self.x_AT3[:, k]), np.ascontiguousarray(self.q_AT4[:, k])

    def velocity(self, k: int) -> Array:
        """Mean velocity (A, 3) over interval k, of the nearest one beyond the ends."""
        velocity_A3: Array = self.velocity_AT3[:, min(max(k, 0), self.samples - 2)]
        return velocity_A3

    def spin(self, k: int) -> Array:
        """Mean angular velocity (A, 3) over interval k, as :meth:`velocity`."""
        spin_A3: Array = self.spin_AT3[:, min(max(k, 0), self.samples - 2)]
        return spin_A3


@dataclass(frozen=True)
class State:
    """How every actor moves about a moment: pose, velocity, spin, and the rates at which these two change."""

    x_A3: Array
    q_A4: Array
    v_A3: Array
    a_A3: Array
    w_A3: Array
    b_A3: Array

    def at(self, time_S: Array) -> tuple[Array, Array]:
        """Positions (S, A, 3) and rotation matrices (S, A, 3, 3) at times from the moment."""
        poses: tuple[Array, Array] = gaps.glide(
            self.x_A3, self.q_A4, self.v_A3, self.a_A3, self.w_A3, self.b_A3, time_S
        )
        return poses

    def pose(self, i: int, time: float) -> tuple[Array, Array]:
        """Position (3,) and orientation (4,) of one actor."""
        turn = time * self.w_A3[i] + time**2 / 2 * self.b_A3[i]
        return self.x_A3[i] + time * self.v_A3[i] + time**2 / 2 * self.a_A3[i], turned(self.q_A4[i], turn)

    def velocity(self, i: int, place: Array, time: float) -> Array:
        """Velocity (3,) of the matter of an actor at a place; zero for the ground."""
        if i == len(self.x_A3):
            return np.zeros(3)
        x = self.x_A3[i] + time * self.v_A3[i] + time**2 / 2 * self.a_A3[i]
        return np.asarray(self.v_A3[i] + time * self.a_A3[i] + skew(self.w_A3[i] + time * self.b_A3[i]) @ (place - x))


def skew(r: Array) -> Array:
    """Matrix (3, 3) that takes the cross product with ``r``."""
    x, y, z = r
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def rotation_vector(a: Array, b: Array) -> Array:
    """Turn (..., 3) in radians that leads from orientation a (..., 4) to b, in the world frame, at most half a turn."""
    q = product(b, a * _CONJUGATE)
    q = np.where(q[..., :1] < 0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., :1])
    return np.asarray(q[..., 1:] * np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 2.0))


def turned(q: Array, turn: Array) -> Array:
    """Orientation (..., 4) after a turn (..., 3) in radians."""
    angle = np.sqrt(np.sum(turn * turn, axis=-1, keepdims=True))
    axis = turn * (np.sinc(angle / (2 * np.pi)) / 2)
    return product(np.concatenate([np.cos(angle / 2), axis], axis=-1), q)


def turns(motion: Motion) -> Array:
    """Rotation matrices (T, A, 3, 3) at the samples."""
    return np.ascontiguousarray(matrix(motion.q_AT4.swapaxes(0, 1)))
