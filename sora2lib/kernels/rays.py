"""Rays of the camera and what they meet first, a block at a time."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import FAR, ONE, TWO, ZERO
from sora2lib.kernels.shapes import (
    span_box,
    span_capsule,
    span_cone,
    span_cylinder,
    span_ellipsoid,
    span_sphere,
    span_wedge,
    trace_torus,
)

_START = np.float32(1e-4)


@compiled
def camera_rays(block, n, view):
    """Turn picture places in rows D and E, pixels from the top left corner, into rays of length 1."""
    rx, ry, rz = view[at.RIGHT], view[at.RIGHT + 1], view[at.RIGHT + 2]
    ux, uy, uz = view[at.UP], view[at.UP + 1], view[at.UP + 2]
    fx, fy, fz = view[at.FORWARD], view[at.FORWARD + 1], view[at.FORWARD + 2]
    ex, ey, ez = view[at.EYE], view[at.EYE + 1], view[at.EYE + 2]
    across, down, pixel = TWO / view[at.WIDTH], TWO / view[at.HEIGHT], view[at.PIXEL]
    for i in range(n):
        x, y = block[at.D + i] * across - ONE, ONE - block[at.E + i] * down
        dx, dy, dz = fx + x * rx + y * ux, fy + x * ry + y * uy, fz + x * rz + y * uz
        inverse = ONE / np.sqrt(dx * dx + dy * dy + dz * dz)
        block[at.DX + i], block[at.DY + i], block[at.DZ + i] = dx * inverse, dy * inverse, dz * inverse
        block[at.OX + i], block[at.OY + i], block[at.OZ + i] = ex, ey, ez
        block[at.FOOT + i] = pixel
        block[at.FROM + i] = np.float32(at.SKY)


@compiled
def _meet_ground(block, n):
    """Start a search: everything is sky, or ground at z = 0 where a ray goes down."""
    for i in range(n):
        dz = block[at.DZ + i]
        down = (dz < np.float32(-1e-6)) & (block[at.OZ + i] > ZERO)
        block[at.T + i] = -block[at.OZ + i] / dz if down else FAR
        block[at.ID + i] = np.float32(at.GROUND) if down else np.float32(at.SKY)
        block[at.EDGE + i] = ZERO


@inlined
def _pose(body, j):
    return (
        body[j, at.CENTRE],
        body[j, at.CENTRE + 1],
        body[j, at.CENTRE + 2],
        body[j, at.ROTATION],
        body[j, at.ROTATION + 1],
        body[j, at.ROTATION + 2],
        body[j, at.ROTATION + 3],
        body[j, at.ROTATION + 4],
        body[j, at.ROTATION + 5],
        body[j, at.ROTATION + 6],
        body[j, at.ROTATION + 7],
        body[j, at.ROTATION + 8],
    )


@inlined
def _local(block, i, pose):
    """Origin and direction of ray i in a body's frame."""
    cx, cy, cz, xx, xy, xz, yx, yy, yz, zx, zy, zz = pose
    px, py, pz = block[at.OX + i] - cx, block[at.OY + i] - cy, block[at.OZ + i] - cz
    dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
    return (
        xx * px + xy * py + xz * pz,
        yx * px + yy * py + yz * pz,
        zx * px + zy * py + zz * pz,
        xx * dx + xy * dy + xz * dz,
        yx * dx + yy * dy + yz * dz,
        zx * dx + zy * dy + zz * dz,
    )


@inlined
def _keep(block, i, name, near, far):
    """Take a hit that is nearer than what was met so far, unless the ray started on the same body."""
    hit = (near < far) & (near > _START) & (near < block[at.T + i]) & (block[at.FROM + i] != name)
    block[at.T + i] = near if hit else block[at.T + i]
    block[at.ID + i] = name if hit else block[at.ID + i]


@compiled
def _meet_spheres(block, n, j, body):
    cx, cy, cz, r, name = (
        body[j, at.CENTRE],
        body[j, at.CENTRE + 1],
        body[j, at.CENTRE + 2],
        body[j, at.HALFS],
        np.float32(j),
    )
    for i in range(n):
        near, far = span_sphere(
            block[at.OX + i] - cx,
            block[at.OY + i] - cy,
            block[at.OZ + i] - cz,
            block[at.DX + i],
            block[at.DY + i],
            block[at.DZ + i],
            r,
        )
        _keep(block, i, name, near, far)


@compiled
def _meet_boxes(block, n, j, body):
    pose, name = _pose(body, j), np.float32(j)
    a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
    for i in range(n):
        ox, oy, oz, dx, dy, dz = _local(block, i, pose)
        near, far = span_box(ox, oy, oz, dx, dy, dz, a, b, c)
        _keep(block, i, name, near, far)


@compiled
def _meet_wedges(block, n, j, body):
    pose, name = _pose(body, j), np.float32(j)
    a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
    for i in range(n):
        ox, oy, oz, dx, dy, dz = _local(block, i, pose)
        near, far = span_wedge(ox, oy, oz, dx, dy, dz, a, b, c)
        _keep(block, i, name, near, far)


@compiled
def _meet_cylinders(block, n, j, body):
    pose, name, halo = _pose(body, j), np.float32(j), body[j, at.HALO]
    a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
    for i in range(n):
        ox, oy, oz, dx, dy, dz = _local(block, i, pose)
        near, far = span_cylinder(ox, oy, oz, dx, dy, dz, a, b, c)
        _keep(block, i, name, near, far)
    if halo > ZERO:
        for i in range(n):
            ox, oy, oz, dx, dy, dz = _local(block, i, pose)
            near, far = span_cylinder(ox, oy, oz, dx, dy, dz, a + halo, b + halo, c)
            block[at.EDGE + i] = (
                ONE if (near < far) & (near > _START) & (near < block[at.T + i] + halo) else block[at.EDGE + i]
            )


@compiled
def _meet_ellipsoids(block, n, j, body):
    pose, name = _pose(body, j), np.float32(j)
    a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
    for i in range(n):
        ox, oy, oz, dx, dy, dz = _local(block, i, pose)
        near, far = span_ellipsoid(ox, oy, oz, dx, dy, dz, a, b, c)
        _keep(block, i, name, near, far)


@compiled
def _meet_capsules(block, n, j, body):
    pose, name = _pose(body, j), np.float32(j)
    a, c = body[j, at.HALFS], body[j, at.HALFS + 2]
    for i in range(n):
        ox, oy, oz, dx, dy, dz = _local(block, i, pose)
        near, far = span_capsule(ox, oy, oz, dx, dy, dz, a, c)
        _keep(block, i, name, near, far)


@compiled
def _meet_cones(block, n, j, body):
    pose, name = _pose(body, j), np.float32(j)
    a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
    for i in range(n):
        ox, oy, oz, dx, dy, dz = _local(block, i, pose)
        near, far = span_cone(ox, oy, oz, dx, dy, dz, a, b, c)
        _keep(block, i, name, near, far)


@compiled
def _meet_tori(block, n, j, body):
    pose, name = _pose(body, j), np.float32(j)
    a, c, halo = body[j, at.HALFS], body[j, at.HALFS + 2], body[j, at.HALO]
    for i in range(n):
        ox, oy, oz, dx, dy, dz = _local(block, i, pose)
        near, far = span_cylinder(ox, oy, oz, dx, dy, dz, a + c + halo, a + c + halo, c + halo)
        if (near < far) & (far > ZERO) & (near < block[at.T + i]):
            near, miss = trace_torus(ox, oy, oz, dx, dy, dz, a, c, near, far)
            if (miss > ZERO) & (miss < block[at.FOOT + i] * far):
                block[at.EDGE + i] = ONE
            _keep(block, i, name, near, FAR)


@compiled
def nearest(block, n, names, count, body, tags):
    """Write what each ray meets first: its distance in row T, the body, ``GROUND`` or ``SKY`` in row ID.

    Parameters
    ----------
    block : (ROWS * PITCH,) float32 with origins, directions, FROM (a body to leave out) and FOOT.
    names : (count,) bodies to try.
    """
    _meet_ground(block, n)
    for k in range(count):
        j = names[k]
        kind = tags[j, at.KIND]
        if kind == at.SPHERE:
            _meet_spheres(block, n, j, body)
        elif kind == at.BOX:
            _meet_boxes(block, n, j, body)
        elif kind == at.WEDGE:
            _meet_wedges(block, n, j, body)
        elif kind == at.CYLINDER:
            _meet_cylinders(block, n, j, body)
        elif kind == at.ELLIPSOID:
            _meet_ellipsoids(block, n, j, body)
        elif kind == at.CAPSULE:
            _meet_capsules(block, n, j, body)
        elif kind == at.CONE:
            _meet_cones(block, n, j, body)
        elif kind == at.TORUS:
            _meet_tori(block, n, j, body)


@compiled
def screen_bounds(body, tags, view, mirrored):
    """Return (N, 4) float32: left, top, right, bottom of each body in pixels, never too small.

    With ``mirrored`` -1 those of its image below the ground, with 1 those of the body itself. A body that
    reaches behind the camera covers the whole picture.
    """
    count = body.shape[0]
    out = np.empty((count, 4), np.float32)
    width, height = view[at.WIDTH], view[at.HEIGHT]
    for j in range(count):
        left, top, right, bottom = FAR, FAR, -FAR, -FAR
        a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
        kind = tags[j, at.KIND]
        if kind == at.TORUS:
            a, b = a + c, b + c
        elif kind == at.CAPSULE:
            c += a
        for corner in range(8):
            x = a if corner & 1 else -a
            y = b if corner & 2 else -b
            z = c if corner & 4 else -c
            wx = body[j, 0] + x * body[j, 3] + y * body[j, 6] + z * body[j, 9] - view[at.EYE]
            wy = body[j, 1] + x * body[j, 4] + y * body[j, 7] + z * body[j, 10] - view[at.EYE + 1]
            wz = mirrored * (body[j, 2] + x * body[j, 5] + y * body[j, 8] + z * body[j, 11]) - view[at.EYE + 2]
            depth = wx * view[at.FORWARD] + wy * view[at.FORWARD + 1] + wz * view[at.FORWARD + 2]
            if depth < np.float32(0.02):
                left, top, right, bottom = -FAR, -FAR, FAR, FAR
                break
            across = wx * view[at.RIGHT] + wy * view[at.RIGHT + 1] + wz * view[at.RIGHT + 2]
            down = wx * view[at.UP] + wy * view[at.UP + 1] + wz * view[at.UP + 2]
            # RIGHT and UP carry the tangents of the half angles, so dividing by their squares undoes both.
            u = (ONE + across / (depth * view[at.SQUARES])) * np.float32(0.5) * width
            v = (ONE - down / (depth * view[at.SQUARES + 1])) * np.float32(0.5) * height
            left, top, right, bottom = min(left, u), min(top, v), max(right, u), max(bottom, v)
        out[j, 0], out[j, 1], out[j, 2], out[j, 3] = left - TWO, top - TWO, right + TWO, bottom + TWO
    return out
