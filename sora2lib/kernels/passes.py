"""What each pixel shows, measured: depth, actor, normal, and where it moves next; and the outlines of all that."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.backdrop import far_off
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.cutouts import look_at_cutouts, meet_cutouts
from sora2lib.kernels.layout import HALF, ONE, TWO, ZERO
from sora2lib.kernels.rays import camera_rays, nearest
from sora2lib.kernels.shading import find_points
from sora2lib.kernels.surfaces import find_normals, to_local, to_world
from sora2lib.kernels.tiles import cull

_CLOSE = np.float32(0.02)  # metres before the camera; nearer things have no place in the picture


@inlined
def _next_way(block, i, before, after, camera):
    """From the camera of the next moment to where the point of ray i is then; for the sky its direction."""
    name = np.int64(block[at.ID + i])
    x, y, z = block[at.PX + i], block[at.PY + i], block[at.PZ + i]
    if name >= 0:
        x, y, z = to_local(
            before, name, x - before[name, at.CENTRE], y - before[name, at.CENTRE + 1], z - before[name, at.CENTRE + 2]
        )
        x, y, z = to_world(after, name, x, y, z)
        x, y, z = x + after[name, at.CENTRE], y + after[name, at.CENTRE + 1], z + after[name, at.CENTRE + 2]
    if name == at.SKY:
        return block[at.DX + i], block[at.DY + i], block[at.DZ + i]
    return x - camera[at.EYE], y - camera[at.EYE + 1], z - camera[at.EYE + 2]


@inlined
def _pixel_of(x, y, z, view):
    """Column, row and depth of a way from the camera; column and row count from the top left corner."""
    depth = x * view[at.FORWARD] + y * view[at.FORWARD + 1] + z * view[at.FORWARD + 2]
    across = x * view[at.RIGHT] + y * view[at.RIGHT + 1] + z * view[at.RIGHT + 2]
    up = x * view[at.UP] + y * view[at.UP + 1] + z * view[at.UP + 2]
    # RIGHT and UP carry the tangents of the half angles, so dividing by their squares undoes both.
    column = (ONE + across / (depth * view[at.SQUARES])) * HALF * view[at.WIDTH]
    row = (ONE - up / (depth * view[at.SQUARES + 1])) * HALF * view[at.HEIGHT]
    return column, row, depth


@compiled
def survey(scene, after, scratch, depth, actors, normals, flow):
    """Write the passes of a scene, and the way of each pixel to another moment of it.

    Parameters
    ----------
    scene, after : the scene now and then, with the same bodies.
    depth : (H, W) float32, metres along the camera's axis, infinite in the sky.
    actors : (H, W) int16, index, ``GROUND`` or ``SKY``.
    normals : (H, W, 3) float32, world frame, 0 in the sky.
    flow : (H, W, 2) float32, pixels right and down; 0 where the point is then behind the camera.
    """
    block, view, height, width = scratch.block, scene.camera, depth.shape[0], depth.shape[1]
    body, tags, bounds, moved, camera = scene.body, scene.tags, scene.bounds, after.body, after.camera
    names, cards, hung = scratch.names[0], scene.cards, scene.hung
    fx, fy, fz = view[at.FORWARD], view[at.FORWARD + 1], view[at.FORWARD + 2]
    for y in range(height):
        for x0 in range(0, width, at.PITCH):
            n = min(at.PITCH, width - x0)
            for i in range(n):
                block[at.D + i], block[at.E + i] = np.float32(x0 + i) + HALF, np.float32(y) + HALF
            seen = cull(bounds, (x0, y, x0 + n, y + 1), names)
            camera_rays(block, n, view)
            nearest(block, n, names, seen, body, tags)
            meet_cutouts(block, n, names, seen, body, tags, cards)
            if hung.size:
                far_off(block, n, hung)
            find_points(block, n)
            find_normals(block, n, body, tags)
            look_at_cutouts(block, n, body, tags, cards)
            for i in range(n):
                name = np.int64(block[at.ID + i])
                sky = name == at.SKY
                along = block[at.DX + i] * fx + block[at.DY + i] * fy + block[at.DZ + i] * fz
                depth[y, x0 + i] = np.float32(np.inf) if sky else block[at.T + i] * along
                actors[y, x0 + i] = tags[name, at.ACTOR] if name >= 0 else name
                normals[y, x0 + i, 0] = ZERO if sky else block[at.NX + i]
                normals[y, x0 + i, 1] = ZERO if sky else block[at.NY + i]
                normals[y, x0 + i, 2] = ZERO if sky else block[at.NZ + i]
                wx, wy, wz = _next_way(block, i, body, moved, camera)
                column, row, ahead = _pixel_of(wx, wy, wz, camera)
                shown = ahead > (ZERO if sky else _CLOSE)
                flow[y, x0 + i, 0] = column - (np.float32(x0 + i) + HALF) if shown else ZERO
                flow[y, x0 + i, 1] = row - (np.float32(y) + HALF) if shown else ZERO


@inlined
def _parted(actors, here, y, x):
    """Whether an actor ends between a pixel and another; ground and sky part without a line."""
    there = actors[y, x]
    return (there != here) & (max(here, there) >= 0)


@inlined
def _crease(normals, y, x, v, u):
    dot = (
        normals[y, x, 0] * normals[v, u, 0] + normals[y, x, 1] * normals[v, u, 1] + normals[y, x, 2] * normals[v, u, 2]
    )
    return ONE - dot


@inlined
def _bend(depth, y, x, v, u, v2, u2):
    """Relative bend of 1 / depth across a pixel, which is 0 on every plane."""
    here = ONE / depth[y, x]
    return abs(ONE / depth[v, u] - TWO * here + ONE / depth[v2, u2]) / max(here, np.float32(1e-6))


@compiled
def outlines(depth, actors, normals):
    """Return how much of an edge each pixel lies on (H, W) float32, 0..1.

    Along the outline of an actor it is 1; inside an actor it grows from 0 to 1 with a fold of 25 to 50 degrees, or
    where depth leaves the plane of its neighbours by 4 to 8 % (after Saito & Takahashi 1990, *Comprehensible
    Rendering*).
    """
    height, width = depth.shape
    out = np.zeros((height, width), np.float32)
    for y in range(height):
        up, down = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(width):
            left, right = max(x - 1, 0), min(x + 1, width - 1)
            here = actors[y, x]
            beside = _parted(actors, here, y, left) or _parted(actors, here, y, right)
            if beside or _parted(actors, here, up, x) or _parted(actors, here, down, x):
                out[y, x] = ONE
                continue
            if here < 0:
                continue
            fold = max(_crease(normals, y, x, y, right), _crease(normals, y, x, down, x))
            bend = max(_bend(depth, y, x, y, left, y, right), _bend(depth, y, x, up, x, down, x))
            fold, bend = (fold - np.float32(0.10)) * np.float32(4), (bend - np.float32(0.04)) * np.float32(25)
            out[y, x] = min(max(max(fold, bend), ZERO), ONE)
    return out
