"""A body in the air turns as its momentum and its changing shape say, step by step."""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.quaternions import (
    Array,
    Quaternion,
    Vector,
    of_turn,
    quaternion,
    times,
    turned,
    turned_back,
    vector,
)


@inlined
def spinning(q: Quaternion, momentum: Vector, inverse_33: Array, inner_3: Array, step: float) -> Vector:
    """Rotation vector in the world by which a body that has its momentum turns in ``step`` seconds."""
    x, y, z = turned_back(q, momentum)
    x, y, z = x - inner_3[0], y - inner_3[1], z - inner_3[2]
    own = (
        step * (inverse_33[0, 0] * x + inverse_33[0, 1] * y + inverse_33[0, 2] * z),
        step * (inverse_33[1, 0] * x + inverse_33[1, 1] * y + inverse_33[1, 2] * z),
        step * (inverse_33[2, 0] * x + inverse_33[2, 1] * y + inverse_33[2, 2] * z),
    )
    return turned(q, own)


@compiled
def tumble(turn: Array, momentum: Array, inverse_S33: Array, inner_S3: Array, step_S: Array) -> Array:
    """Turn a body on from an orientation (4,) by midpoint steps: orientations (S + 1, 4).

    Parameters
    ----------
    momentum : (3,) in the world, per kg; constant.
    inverse_S33, inner_S3 : inverse inertia, and momentum of the inner motion, in the body's axes.
    step_S : lengths of the steps, seconds.

    >>> still = tumble(np.array([1.0, 0, 0, 0]), np.zeros(3), np.eye(3)[None], np.zeros((1, 3)), np.ones(1))
    >>> still[-1].tolist()
    [1.0, 0.0, 0.0, 0.0]
    """
    turn_S4 = np.empty((len(step_S) + 1, 4))
    turn_S4[0] = turn
    kept = vector(momentum)
    for k in range(len(step_S)):
        now, inverse_33, inner_3 = quaternion(turn_S4[k]), inverse_S33[k], inner_S3[k]
        middle = times(of_turn(spinning(now, kept, inverse_33, inner_3, step_S[k] / 2)), now)
        w, x, y, z = times(of_turn(spinning(middle, kept, inverse_33, inner_3, step_S[k])), now)
        turn_S4[k + 1, 0], turn_S4[k + 1, 1], turn_S4[k + 1, 2], turn_S4[k + 1, 3] = w, x, y, z
    return turn_S4
