"""Stretches of a world's rows: its end as a world of its own, and back, so that a plan goes on from any moment."""

import numpy as np

from sora2lib.model import rotations
from sora2lib.model.tokens import COLUMNS, GAP, MOTION_WIDTH, START, TURN, Array, Rows, motion_columns


def crop(rows: Rows, first: int) -> Rows:
    """Rows from time row ``first`` on, with the movers of the cast placed as they stand then."""
    if first == 0:
        return rows
    cast, motion, movers = rows.cast.copy(), rows.motion[:, first:].copy(), len(rows.motion)
    moved, clearance, _, _, columns, *_ = motion_columns(rows.motion[:, first])
    motion[..., :3] -= moved[:, None]
    motion[..., TURN] = rotations.since(motion[..., TURN], columns[:, None])
    cast[:movers, START] += moved
    cast[:movers, GAP] = clearance[:, :1]
    cast[:movers, COLUMNS] = rotations.after(columns, cast[:movers, COLUMNS])
    return Rows(cast, rows.scene, rows.camera[first:], motion, rows.pose[:, first:])


def join(past: Rows, first: int, camera: Array, motion: Array, pose: Array) -> Rows:
    """Undo :func:`crop`: put camera, motion and pose rows of a cropped world back where they lay, from ``first`` on."""
    onward = motion.copy()
    if first:
        onward[..., :3] += past.motion[:, first : first + 1, :3]
        onward[..., TURN] = rotations.after(onward[..., TURN], past.motion[:, first : first + 1, TURN])
    return Rows(
        past.cast,
        past.scene,
        np.concatenate([past.camera[:first], camera, past.camera[first + len(camera) :]]),
        np.concatenate([past.motion[:, :first], onward, past.motion[:, first + len(camera) :]], axis=1),
        np.concatenate([past.pose[:, :first], pose, past.pose[:, first + len(camera) :]], axis=1),
    )


def until(rows: Rows, stop: int) -> Rows:
    """Rows of a world up to a time row (exclusive)."""
    return Rows(rows.cast, rows.scene, rows.camera[:stop], rows.motion[:, :stop], rows.pose[:, :stop])


def pad(rows: Rows, count: int) -> Rows:
    """Rows with ``count`` time rows: what lies beyond is cut, what lacks is zero."""
    lack = max(0, count - len(rows.camera))
    camera = np.pad(rows.camera[:count], ((0, lack), (0, 0)))
    motion, pose = (np.pad(them[:, :count], ((0, 0), (0, lack), (0, 0))) for them in (rows.motion, rows.pose))
    return Rows(rows.cast, rows.scene, camera, motion, pose)


def at_rest(cast: Array) -> Array:
    """One motion row (M, 1, MOTION_WIDTH) of movers that stay where their cast rows (M, CAST_WIDTH) place them."""
    motion = np.zeros((len(cast), 1, MOTION_WIDTH))
    motion[:, 0, 3:5] = cast[:, GAP]
    motion[:, 0, TURN] = rotations.to_columns(np.array([1.0, 0.0, 0.0, 0.0]))
    motion[:, 0, -1] = 1.0
    return motion
