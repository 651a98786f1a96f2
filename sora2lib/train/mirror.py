"""Every world in a mirror is a world as lawful: left and right change places, and training has twice as much to see.

The mirror is the plane x = 0. A body in it is the same body turned otherwise, where its shape allows it
(:mod:`sora2lib.world.symmetry`): of ``R' = M R N`` the left factor mirrors the world and the right one the body.
"""

from dataclasses import replace

import numpy as np

from sora2lib.model.tokens import COLUMNS, START, Array, Rows, asset_names, motion_columns
from sora2lib.model.tracks import STRIDE
from sora2lib.world.facts import Facts
from sora2lib.world.symmetry import MIRRORS, mirror_axis

# Signs in single precision leave rows in the precision that they have.
WORLD = MIRRORS["x"].astype(np.float32)
SPIN = np.array([1.0, -1.0, -1.0], dtype=np.float32)  # what turns counter-clockwise turns clockwise in a mirror
TURN = np.concatenate([WORLD * WORLD[0], WORLD * WORLD[1]])  # of the first two columns of M D M
CAMERA = np.array([-1, 1, 1, -1, 1, 1, -1, 1], dtype=np.float32)  # eye, target, roll, field of view
AZIMUTH, WIND = 8, -2  # of the scene row: cosine of the sun's azimuth, wind along x
SIDES = {"left": "right", "right": "left"}


def mirrored(rows: Rows) -> Rows | None:
    """Rows of the world in the mirror; None where a thing has no mirror image, or somebody bends."""
    axes = [mirror_axis(name) for name in asset_names(rows.cast)]
    if len(rows.pose) or not all(axes):
        return None
    cast, scene = rows.cast.copy(), rows.scene.copy()
    body = np.stack([MIRRORS[axis] for axis in axes]).astype(np.float32)  # (A, 3)
    cast[:, START] *= WORLD
    cast[:, COLUMNS] *= np.concatenate([WORLD * body[:, :1], WORLD * body[:, 1:2]], axis=-1)
    scene[[AZIMUTH, WIND]] *= -1
    camera = rows.camera * np.tile(CAMERA, rows.camera.shape[1] // len(CAMERA))
    return Rows(cast, scene, camera, _motion(rows.motion), rows.pose)


def _motion(motion: Array) -> Array:
    place, gaps, speed, accelerations, turn, rates, blow = motion_columns(motion)
    parts = [
        *(place * WORLD, gaps, speed * WORLD, accelerations * np.tile(WORLD, STRIDE)),
        *(turn * TURN, rates * np.tile(SPIN, STRIDE), blow),
    ]
    return np.concatenate(parts, axis=-1)


def swapped(facts: Facts) -> Facts:
    """Facts of the world in the mirror.

    >>> swapped(facts).direction  # doctest: +SKIP
    'left'
    """
    turned, filmed = (SIDES.get(way, way) for way in (facts.direction, facts.camera_direction))
    return replace(facts, direction=turned, camera_direction=filmed)
