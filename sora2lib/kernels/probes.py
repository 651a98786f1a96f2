"""What a body probes others with: the corners, edges and smooth caps of its parts, each against one part of another."""

import numpy as np

from sora2lib.kernels.compiled import compiled
from sora2lib.kernels.distance import ELLIPSOID, TORUS, copy, gradient, into, out_of, signed_distance, unit

POINT, EDGE, CAP = range(3)
GOLDEN = 0.6180339887498949
EDGE_STEPS = 12  # golden sections: an edge's length divided by 300
CAP_STEPS = 4


@compiled
def _edge(shape, half, a, b):
    """Share of the way from a to b at which a convex shape is nearest, by golden section."""
    low, high, inner, at_inner = 0.0, 1.0, GOLDEN, 0.0
    for step in range(EDGE_STEPS + 1):
        u = low + high - inner if step else GOLDEN
        at_u = signed_distance(
            shape, half, a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1]), a[2] + u * (b[2] - a[2])
        )
        if step == 0:
            at_inner = at_u
        elif at_u < at_inner:
            low, high = (low, inner) if u < inner else (inner, high)
            inner, at_inner = u, at_u
        else:
            low, high = (u, high) if u < inner else (low, u)
    return inner


@compiled
def _cap(shape, half, centre, axes, spot):
    """Write the point of an ellipsoid that is nearest to a shape to ``spot``; columns of ``axes`` are half axes."""
    slope, along = np.empty(3), np.empty(3)
    copy(centre, spot)
    for _ in range(CAP_STEPS):
        gradient(shape, half, spot, slope)
        for k in range(3):
            along[k] = axes[0, k] * slope[0] + axes[1, k] * slope[1] + axes[2, k] * slope[2]
        unit(along)
        for k in range(3):
            spot[k] = centre[k] - axes[k, 0] * along[0] - axes[k, 1] * along[1] - axes[k, 2] * along[2]


@compiled
def probe(kind, ends, radius, shape, half, spot):
    """Gap between a feature, given in the frame of a part, and that part; the nearest point goes to ``spot``."""
    if kind == CAP:
        _cap(shape, half, ends[0], ends[1:], spot)
    elif kind == EDGE:
        u = _edge(shape, half, ends[0], ends[1])
        for k in range(3):
            spot[k] = ends[0, k] + u * (ends[1, k] - ends[0, k])
    else:
        copy(ends[0], spot)
    return signed_distance(shape, half, spot[0], spot[1], spot[2]) - radius


@compiled
def ground_probe(kind, ends, radius, spot):
    """Height of a feature, given in the world's frame, over the ground; its lowest point goes to ``spot``."""
    copy(ends[0], spot)
    if kind == EDGE and ends[1, 2] < ends[0, 2]:
        copy(ends[1], spot)
    if kind == CAP:
        length = max(np.sqrt(ends[3, 0] ** 2 + ends[3, 1] ** 2 + ends[3, 2] ** 2), 1e-12)
        for k in range(3):
            spot[k] -= (
                ends[k + 1, 0] * ends[3, 0] + ends[k + 1, 1] * ends[3, 1] + ends[k + 1, 2] * ends[3, 2]
            ) / length
    return spot[2] - radius


@compiled
def put(turn, origin, kind, ends, out):
    """Write a feature's points, given in a frame, in the world's frame; a cap's half axes only turn."""
    out_of(turn, origin, ends[0], out[0])
    if kind == EDGE:
        out_of(turn, origin, ends[1], out[1])
    if kind == CAP:
        for row in range(3):
            for k in range(3):
                out[row + 1, k] = turn[row, 0] * ends[1, k] + turn[row, 1] * ends[2, k] + turn[row, 2] * ends[3, k]


@compiled
def bring(turn, origin, kind, ends, out):
    """Undo :func:`put`."""
    into(turn, origin, ends[0], out[0])
    if kind == EDGE:
        into(turn, origin, ends[1], out[1])
    if kind == CAP:
        for row in range(3):
            for k in range(3):
                out[row + 1, k] = turn[0, row] * ends[1, k] + turn[1, row] * ends[2, k] + turn[2, row] * ends[3, k]


@compiled
def far(kind, ends, radius, shape, half):
    """Lower bound of the gap between a feature and a part that is cheap to have."""
    x, y, z, size = ends[0, 0], ends[0, 1], ends[0, 2], 0.0
    if kind == EDGE:
        dx, dy, dz = 0.5 * (ends[1, 0] - x), 0.5 * (ends[1, 1] - y), 0.5 * (ends[1, 2] - z)
        x, y, z, size = x + dx, y + dy, z + dz, np.sqrt(dx * dx + dy * dy + dz * dz)
        middle = signed_distance(shape, half, x, y, z)
        if shape != TORUS and shape != ELLIPSOID:
            # The distance to a convex body lies above the lines through its values at the middle and at either end.
            one = signed_distance(shape, half, x - dx, y - dy, z - dz)
            other = signed_distance(shape, half, x + dx, y + dy, z + dz)
            size = min(size, max(one, other) - middle)
        return middle - size - radius
    if kind == CAP:
        for row in range(1, 4):
            for k in range(3):
                size += ends[row, k] * ends[row, k]
        size = np.sqrt(size)
    return signed_distance(shape, half, x, y, z) - size - radius
