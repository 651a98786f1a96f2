"""Basketball hoops: a ball's path as seen from the ring, and whether it goes through.

T samples of a path, metres.
"""

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.schema import GRAVITY
from sora2lib.world.support import rotate

Array = NDArray[np.float64]

HOOP = "hoop"
NEAR_RING = 1.0  # metres from the ring's centre: what comes from farther away to within this is a shot


def from_ring(path_T3: Array, ring_T3: Array, turn_T4: Array) -> Array:
    """Path (T, 3) in the frame of the ring, whose centre and turn are given for each sample."""
    return np.asarray(rotate(turn_T4 * np.array([1, -1, -1, -1]), path_T3 - ring_T3))


def comes_near(path_T3: Array) -> bool:
    """Whether a path, seen from the ring, leads from afar to the ring.

    >>> comes_near(np.array([[3.0, 0, 0], [0.5, 0, 0]]))
    True
    """
    away_T = np.linalg.norm(path_T3, axis=-1)
    return bool(away_T.min() < NEAR_RING < away_T[0])


def goes_in(path_T3: Array, radius: float, step: float) -> bool:
    """Whether a path, seen from the ring, crosses its plane downwards inside it, and ends below.

    >>> goes_in(np.array([[0.0, 0, 0.2], [0.1, 0, -0.2]]), 0.23, 0.04)
    True
    """
    for k in np.flatnonzero((path_T3[:-1, 2] >= 0) & (path_T3[1:, 2] < 0)):
        share = _crossing(path_T3[k, 2], path_T3[k + 1, 2], step)
        x, y, _ = path_T3[k] + share * (path_T3[k + 1] - path_T3[k])
        if np.hypot(x, y) < radius:
            return bool(path_T3[-1, 2] < 0)
    return False


def _crossing(before: float, after: float, step: float) -> float:
    """Share of an interval after which a height in free fall passes zero."""
    fall = GRAVITY * step**2 / 2
    # z = before + s (after - before) + s (1 - s) fall
    roots = np.roots([-fall, after - before + fall, before])
    return float(next((s.real for s in roots if abs(s.imag) < 1e-9 and 0 <= s.real <= 1), 0.5))
