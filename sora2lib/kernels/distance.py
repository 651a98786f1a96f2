"""Signed distance of a point to each analytic shape, its slope, and turning points between frames."""

import numpy as np

from sora2lib.kernels.compiled import compiled

SPHERE, ELLIPSOID, BOX, CYLINDER, CAPSULE, CONE, TORUS, WEDGE = range(8)
NUDGE = 1e-5  # m, for the slope of a distance


@compiled
def _triangle(u, v, ax, ay, bx, by, cx, cy):
    """Signed distance in the plane to a triangle with corners in counter-clockwise order."""
    nearest = 1e30
    inside = True
    for k in range(3):
        px, py, qx, qy = (ax, ay, bx, by) if k == 0 else (bx, by, cx, cy) if k == 1 else (cx, cy, ax, ay)
        ex, ey, wx, wy = qx - px, qy - py, u - px, v - py
        along = min(max((wx * ex + wy * ey) / (ex * ex + ey * ey), 0.0), 1.0)
        nearest = min(nearest, np.hypot(wx - along * ex, wy - along * ey))
        if ex * wy - ey * wx < 0:
            inside = False
    return -nearest if inside else nearest


@compiled
def _extruded(flat, across):
    """Signed distance to a prism, from those to its profile and to its two ends."""
    return min(max(flat, across), 0.0) + np.hypot(max(flat, 0.0), max(across, 0.0))


@compiled
def signed_distance(shape, half, x, y, z):
    """Distance of a point to a shape at the origin, negative inside; an ellipsoid's to first order near its skin."""
    a, b, c = half[0], half[1], half[2]
    if shape == SPHERE:
        return np.sqrt(x * x + y * y + z * z) - a
    if shape == BOX:
        dx, dy, dz = abs(x) - a, abs(y) - b, abs(z) - c
        outside = np.sqrt(max(dx, 0.0) ** 2 + max(dy, 0.0) ** 2 + max(dz, 0.0) ** 2)
        return outside + min(max(dx, dy, dz), 0.0)
    if shape == CYLINDER:
        return _extruded(np.hypot(x, y) - a, abs(z) - c)
    if shape == CAPSULE:
        return np.sqrt(x * x + y * y + max(abs(z) - c, 0.0) ** 2) - a
    if shape == CONE:
        return _triangle(np.hypot(x, y), z, -a, -c, a, -c, 0.0, c)
    if shape == TORUS:
        return np.hypot(np.hypot(x, y) - a, z) - c
    if shape == WEDGE:
        return _extruded(_triangle(x, z, -a, -c, a, -c, a, c), abs(y) - b)
    first = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    second = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2 + (z / c**2) ** 2)
    return first * (first - 1) / second if second > 0 else -min(a, b, c)


# Whole-array expressions are avoided below: each brings its own checks, and they take seconds to compile.


@compiled
def copy(source, out):
    """Write a vector into another."""
    for k in range(len(out)):
        out[k] = source[k]


@compiled
def unit(out):
    """Bring a vector to length 1."""
    length = max(np.sqrt(out[0] * out[0] + out[1] * out[1] + out[2] * out[2]), 1e-12)
    for k in range(3):
        out[k] /= length


@compiled
def into(turn, origin, point, out):
    """Write a point in the frame (turn, origin) to ``out``."""
    x, y, z = point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]
    for k in range(3):
        out[k] = turn[0, k] * x + turn[1, k] * y + turn[2, k] * z


@compiled
def out_of(turn, origin, point, out):
    """Turn a point of a body's frame into the world's."""
    for k in range(3):
        out[k] = origin[k] + turn[k, 0] * point[0] + turn[k, 1] * point[1] + turn[k, 2] * point[2]


@compiled
def gradient(shape, half, spot, out):
    """Write the unit gradient of a shape's distance at a point to ``out``."""
    for k in range(3):
        out[k] = 0.0
    # One call in a loop: each place that calls the distance is compiled with a copy of it.
    for step in range(6):
        axis, sign = step // 2, 1.0 - 2.0 * (step % 2)
        x, y, z = spot[0], spot[1], spot[2]
        if axis == 0:
            x += sign * NUDGE
        elif axis == 1:
            y += sign * NUDGE
        else:
            z += sign * NUDGE
        out[axis] += sign * signed_distance(shape, half, x, y, z)
    unit(out)
