"""Contacts that last: where bodies rest on, roll over or slide along each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import gaps
from sora2lib.world.geometry import Bodies, matrix
from sora2lib.world.motion import Array, Motion, turns
from sora2lib.world.parts import SHAPES, reach

GROUND = -1
CLOSED = 0.004  # m; a gap this small is none
SHORTEST = 3  # samples
ROUND = 0.25  # of a body's reach, by which its lowest point may lie beside the corner of a rim that was found
TINY = 1e-4  # step in the direction, by which a support point is told


# M samples
@dataclass(frozen=True)
class Touch:
    """One stretch of time in which two bodies keep touching.

    Parameters
    ----------
    actor, other : indices of the two; ``other`` is -1 for the ground.
    time : (M,) seconds, the world's own samples.
    place : (M, 3) metres.
    slide : (M,) speed of one surface over the other, m/s.
    roll : (M,) speed of the actor's centre along the other's surface, m/s.
    """

    actor: int
    other: int
    time: Array
    place: Array
    slide: Array
    roll: Array

    @property
    def start(self) -> float:
        """First moment, seconds."""
        return float(self.time[0])

    @property
    def end(self) -> float:
        """Last moment, seconds."""
        return float(self.time[-1])


# C pairs, T samples
@dataclass(frozen=True)
class Gaps:
    """How far the pairs are apart at the samples: (T, C) metres, and the nearest place and its normal (T, C, 3)."""

    pairs_C2: NDArray[np.int64]
    gap_TC: Array
    place_TC3: Array
    normal_TC3: Array


def measure(motion: Motion, packed: Bodies, pairs_C2: NDArray[np.int64]) -> Gaps:
    """Measure the gaps of all pairs at all samples; beyond twice ``CLOSED`` they are only known to be larger."""
    x_TA3 = np.ascontiguousarray(motion.x_AT3.swapaxes(0, 1))
    reached = gaps.nearest(pairs_C2, x_TA3, turns(motion), packed.reach, packed.parts, packed.features, 2 * CLOSED)
    return Gaps(pairs_C2, *reached)


def touches(motion: Motion, packed: Bodies, near: Gaps, *, start: float) -> tuple[Touch, ...]:
    """Find the lasting contacts of the pairs; ``start`` is the time of the first sample, seconds."""
    velocity_AT3, spin_AT3 = _at_samples(motion.velocity_AT3), _at_samples(motion.spin_AT3)
    time_T = start + motion.step * np.arange(motion.samples, dtype=np.float64)
    found = []
    for c, (i, j) in enumerate(near.pairs_C2.tolist()):
        for span in _stretches(near.gap_TC[:, c] < CLOSED):
            place_M3, normal_M3 = near.place_TC3[span, c], near.normal_TC3[span, c]
            if j == len(packed.mass):
                place_M3 = _lowest(motion, packed, i, span, place_M3)
            slip_M3, way_M3 = np.zeros_like(place_M3), np.zeros_like(place_M3)
            for one, sign in ((i, 1.0), (j, -1.0)):
                if one < len(packed.mass):
                    arm_M3 = place_M3 - motion.x_AT3[one, span]
                    way_M3 += sign * velocity_AT3[one, span]
                    slip_M3 += sign * (velocity_AT3[one, span] + np.cross(spin_AT3[one, span], arm_M3))
            other = j if j < len(packed.mass) else GROUND
            slide, roll = _across(slip_M3, normal_M3), _across(way_M3, normal_M3)
            found.append(Touch(i, other, time_T[span], place_M3, slide, roll))
    return tuple(found)


def _lowest(motion: Motion, packed: Bodies, i: int, span: slice, found_M3: Array) -> Array:
    """Places (M, 3) at which a body stands on the ground, between the corners that stand for its round rims.

    A coin that spins on its edge slips at a corner, and at its edge does not. What lies flat has no lowest point and
    keeps the one that was found.
    """
    turn_M33, shape_P, half_P3, centre_P3, turn_P33 = matrix(motion.q_AT4[i, span]), *packed.parts[:4]
    down_M3, lowest_M3 = -turn_M33[:, 2], found_M3 + np.array([0.0, 0.0, np.inf])
    for p in range(packed.parts[4][i], packed.parts[4][i + 1]):
        foot_M3 = centre_P3[p] + _support(SHAPES[shape_P[p]], half_P3[p], down_M3 @ turn_P33[p]) @ turn_P33[p].T
        place_M3 = motion.x_AT3[i, span] + np.einsum("mij,mj->mi", turn_M33, foot_M3)
        lowest_M3 = np.where(place_M3[:, 2:] < lowest_M3[:, 2:], place_M3, lowest_M3)
    near_M1 = np.linalg.norm(lowest_M3 - found_M3, axis=-1, keepdims=True) < ROUND * packed.reach[i]
    return np.where(near_M1, lowest_M3, found_M3)


def _support(shape: str, half: Array, direction_M3: Array) -> Array:
    """Points (M, 3) of a shape that lie furthest in a direction; of an edge or a face that does, its middle."""
    steps = TINY * np.eye(3)
    ahead_M3, behind_M3 = (
        np.stack([reach(shape, half, direction_M3 + sign * step) for step in steps], axis=-1) for sign in (1, -1)
    )
    return (ahead_M3 - behind_M3) / (2 * TINY)


def _stretches(closed_T: NDArray[np.bool_]) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], closed_T, [False]])))
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= SHORTEST]


def _at_samples(rate_AT3: Array) -> Array:
    """Rates at the samples from rates over the intervals."""
    padded = np.concatenate([rate_AT3[:, :1], rate_AT3, rate_AT3[:, -1:]], axis=1)
    return np.asarray((padded[:, 1:] + padded[:, :-1]) / 2)


def _across(vector_M3: Array, normal_M3: Array) -> Array:
    """Length of the part that is square to the normal."""
    along = np.sum(vector_M3 * normal_M3, axis=-1, keepdims=True) * normal_M3
    return np.asarray(np.linalg.norm(vector_M3 - along, axis=-1))
