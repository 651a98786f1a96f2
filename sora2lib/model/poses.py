"""Poses as rows: the joint angles of figures, a third of a second to a row.

As with places, a row holds where each joint stands, how fast it turns, and its second difference at every sample:
limbs swing within a tenth of a second, and a planted foot must not slide.

Shapes: F figures, T = STRIDE * K + 1 samples, K rows, J joints.
"""

import numpy as np
from numpy.typing import NDArray

from sora2lib.model import tracks
from sora2lib.model.tracks import STRIDE, squash, stretch
from sora2lib.world.figures.skeleton import JOINTS
from sora2lib.world.schema import RATE

Array = NDArray[np.float64]

POSE_WIDTH = len(JOINTS) * (2 + STRIDE)
KNEE = 10.0  # rad/s^2
# Standard errors of a trained network in its own channels, rad, rad/s and of the squashed accelerations.
ANGLE_ERROR, SPEED_ERROR, RELATIVE_ERROR = 0.05, 0.3, 0.05


def encode_poses(angles: Array) -> Array:
    """Joint angles (F, T, J) in radians -> rows (F, K, POSE_WIDTH); :func:`decode_poses` undoes it."""
    starts, speeds, accelerations = tracks.differences(angles, 1 / RATE)
    squashed = squash(accelerations, KNEE).reshape(*starts.shape[:2], -1)
    return np.concatenate([starts, speeds, squashed], axis=-1)


def decode_poses(rows: Array) -> Array:
    """Rows (F, K, POSE_WIDTH) -> the joint angles (F, T, J) that explain them best, within a turn either way."""
    starts, speeds, squashed = np.split(rows, [len(JOINTS), 2 * len(JOINTS)], axis=-1)
    accelerations = stretch(squashed, KNEE).reshape(*starts.shape[:2], STRIDE, len(JOINTS))
    angles = tracks.reconstruct(
        starts,
        speeds,
        accelerations,
        dt=1 / RATE,
        start_error=ANGLE_ERROR,
        speed_error=SPEED_ERROR,
        acceleration_error=RELATIVE_ERROR * np.hypot(accelerations, KNEE),
    )
    return np.clip(angles, -2 * np.pi, 2 * np.pi)
