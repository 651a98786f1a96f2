"""The camera as rows: eye, target, roll and field of view, a third of a second to a row.

Its path is smooth, so that twelve knots a second say it; the field of view is a logarithm.

Shapes: K rows, T = STRIDE * K + 1 samples.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from sora2lib.model import tracks
from sora2lib.model.tracks import STRIDE
from sora2lib.world.schema import RATE, World

Array = NDArray[np.float64]

CAMERA_STRIDE = 2  # samples between camera knots
KNOTS = STRIDE // CAMERA_STRIDE  # camera knots a row
CAMERA_WIDTH = 8 * (2 + KNOTS)
ERROR = 0.1  # standard error of a trained network in every channel


def encode_camera(world: World) -> Array:
    """Camera of a world -> rows (K, CAMERA_WIDTH); :func:`decode_camera` undoes it to two centimetres."""
    track = np.concatenate(
        [
            world.camera_eye.values,
            world.camera_target.values,
            world.camera_roll.values[:, None],
            np.log(world.camera_fov.values)[:, None],
        ],
        axis=-1,
    )  # (T, 8)
    starts, speeds, accelerations = tracks.differences(track[::CAMERA_STRIDE], CAMERA_STRIDE / RATE, KNOTS)
    return np.concatenate([starts, speeds, accelerations.reshape(len(starts), -1)], axis=-1)


def decode_camera(camera: Array, cuts: Sequence[int] = ()) -> dict[str, Any]:
    """Rows (K, CAMERA_WIDTH) -> the camera's variables of a world; a shot begins with each of the rows ``cuts``."""
    shots = [_decode_shot(rows) for rows in np.split(camera, list(cuts))]
    track = np.concatenate([*(shot[:-1] for shot in shots[:-1]), shots[-1]])
    cut = np.zeros(len(track), dtype=bool)
    cut[[row * STRIDE for row in cuts]] = True
    return {
        "camera_eye": track[:, :3],
        "camera_target": track[:, 3:6],
        "camera_roll": track[:, 6],
        "camera_fov": np.clip(np.exp(track[:, 7]), 0.02, 3.0),
        "camera_cut": cut,
    }


def _decode_shot(camera: Array) -> Array:
    """Smooth track (T, 8) of the rows (K, CAMERA_WIDTH) of one shot."""
    starts, speeds, accelerations = np.split(camera, [8, 16], axis=-1)
    knots = tracks.reconstruct(
        starts,
        speeds,
        accelerations.reshape(len(camera), KNOTS, 8),
        dt=CAMERA_STRIDE / RATE,
        start_error=ERROR,
        speed_error=ERROR,
        acceleration_error=np.full(1, ERROR),
        stride=KNOTS,
    )  # (K * KNOTS + 1, 8)
    times = np.arange(len(knots)) * CAMERA_STRIDE
    return np.asarray(CubicSpline(times, knots)(np.arange(times[-1] + 1)))
