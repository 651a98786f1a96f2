"""Distances between rigid bodies made of analytic shapes.

A body is met in two ways: as parts with a signed distance function, and as features (corners, edges, rims, smooth
caps) that probe the parts of another body. The gap of a pair is the least distance over the features of both.

Legend: P parts, F features, S poses in time, A actors, C pairs. The ground is the actor after the last one, z = 0.
"""

import numpy as np
from numba import njit

SPHERE, ELLIPSOID, BOX, CYLINDER, CAPSULE, CONE, TORUS, WEDGE = range(8)
POINT, EDGE, CAP = range(3)
GOLDEN = 0.6180339887498949
EDGE_STEPS = 12  # golden sections: an edge's length divided by 300
CAP_STEPS = 4
NUDGE = 1e-5  # m, for the slope of a distance


@njit(cache=True)
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


@njit(cache=True)
def _extruded(flat, across):
    """Signed distance to a prism, from those to its profile and to its two ends."""
    return min(max(flat, across), 0.0) + np.hypot(max(flat, 0.0), max(across, 0.0))


@njit(cache=True)
def signed_distance(shape, half, x, y, z):
    """Distance of a point to a shape at the origin, negative inside; an ellipsoid's to first order near its skin."""
    a, b, c = half
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


@njit(cache=True)
def _into(turn, origin, point, out):
    """Write a point in the frame (turn, origin) to ``out``."""
    x, y, z = point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]
    for k in range(3):
        out[k] = turn[0, k] * x + turn[1, k] * y + turn[2, k] * z


@njit(cache=True)
def _out_of(turn, origin, point, out):
    for k in range(3):
        out[k] = origin[k] + turn[k, 0] * point[0] + turn[k, 1] * point[1] + turn[k, 2] * point[2]


@njit(cache=True)
def _slope(shape, half, x, y, z, out):
    """Write the unit gradient of a shape's distance to ``out``."""
    out[0] = signed_distance(shape, half, x + NUDGE, y, z) - signed_distance(shape, half, x - NUDGE, y, z)
    out[1] = signed_distance(shape, half, x, y + NUDGE, z) - signed_distance(shape, half, x, y - NUDGE, z)
    out[2] = signed_distance(shape, half, x, y, z + NUDGE) - signed_distance(shape, half, x, y, z - NUDGE)
    length = np.sqrt(out[0] ** 2 + out[1] ** 2 + out[2] ** 2)
    out /= max(length, 1e-12)


@njit(cache=True)
def _edge(shape, half, a, b):
    """Share of the way from a to b at which a convex shape is nearest."""
    low, high = 0.0, 1.0
    for _ in range(EDGE_STEPS):
        u, v = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        at_u = signed_distance(
            shape, half, a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1]), a[2] + u * (b[2] - a[2])
        )
        at_v = signed_distance(
            shape, half, a[0] + v * (b[0] - a[0]), a[1] + v * (b[1] - a[1]), a[2] + v * (b[2] - a[2])
        )
        if at_u < at_v:
            high = v
        else:
            low = u
    return 0.5 * (low + high)


@njit(cache=True)
def _cap(shape, half, centre, axes, spot):
    """Write the point of an ellipsoid that is nearest to a shape to ``spot``; columns of ``axes`` are half axes."""
    slope, along = np.empty(3), np.empty(3)
    spot[:] = centre
    for _ in range(CAP_STEPS):
        _slope(shape, half, spot[0], spot[1], spot[2], slope)
        for k in range(3):
            along[k] = axes[0, k] * slope[0] + axes[1, k] * slope[1] + axes[2, k] * slope[2]
        along /= max(np.sqrt(along[0] ** 2 + along[1] ** 2 + along[2] ** 2), 1e-12)
        for k in range(3):
            spot[k] = centre[k] - axes[k, 0] * along[0] - axes[k, 1] * along[1] - axes[k, 2] * along[2]


@njit(cache=True)
def _probe(kind, ends, radius, shape, half, spot):
    """Gap between a feature, given in the frame of a part, and that part; the nearest point goes to ``spot``."""
    if kind == CAP:
        _cap(shape, half, ends[0], ends[1:], spot)
    elif kind == EDGE:
        u = _edge(shape, half, ends[0], ends[1])
        for k in range(3):
            spot[k] = ends[0, k] + u * (ends[1, k] - ends[0, k])
    else:
        spot[:] = ends[0]
    return signed_distance(shape, half, spot[0], spot[1], spot[2]) - radius


@njit(cache=True)
def _ground_probe(kind, ends, radius, spot):
    spot[:] = ends[0]
    if kind == EDGE and ends[1, 2] < ends[0, 2]:
        spot[:] = ends[1]
    if kind == CAP:
        length = max(np.sqrt(ends[3, 0] ** 2 + ends[3, 1] ** 2 + ends[3, 2] ** 2), 1e-12)
        for k in range(3):
            spot[k] -= (
                ends[k + 1, 0] * ends[3, 0] + ends[k + 1, 1] * ends[3, 1] + ends[k + 1, 2] * ends[3, 2]
            ) / length
    return spot[2] - radius


@njit(cache=True)
def _place(turn, origin, kind, ends, out):
    """Write a feature's points, given in a frame, in the world's frame; a cap's half axes only turn."""
    _out_of(turn, origin, ends[0], out[0])
    if kind == EDGE:
        _out_of(turn, origin, ends[1], out[1])
    if kind == CAP:
        for row in range(3):
            for k in range(3):
                out[row + 1, k] = turn[row, 0] * ends[1, k] + turn[row, 1] * ends[2, k] + turn[row, 2] * ends[3, k]


@njit(cache=True)
def _fetch(turn, origin, kind, ends, out):
    """Undo :func:`_place`."""
    _into(turn, origin, ends[0], out[0])
    if kind == EDGE:
        _into(turn, origin, ends[1], out[1])
    if kind == CAP:
        for row in range(3):
            for k in range(3):
                out[row + 1, k] = turn[0, row] * ends[1, k] + turn[1, row] * ends[2, k] + turn[2, row] * ends[3, k]


@njit(cache=True)
def _one_way(prober, target, x_A3, turn_A33, parts, features, gap_F, spot_F3, normal_F3, count, with_normals):
    """Probe ``target`` with each feature of ``prober``; return how many rows have been written in all."""
    shape_P, half_P3, centre_P3, turn_P33, part_of = parts
    kind_F, ends_F43, radius_F, feature_of = features
    world, body, local = np.zeros((4, 3)), np.zeros((4, 3)), np.zeros((4, 3))
    spot, place, slope = np.empty(3), np.empty(3), np.empty(3)
    ground = target == len(x_A3)
    for f in range(feature_of[prober], feature_of[prober + 1]):
        kind, radius = kind_F[f], radius_F[f]
        _place(turn_A33[prober], x_A3[prober], kind, ends_F43[f], world)
        best, best_part = 1e30, 0
        if ground:
            best = _ground_probe(kind, world, radius, spot)
            spot_F3[count] = spot
            spot_F3[count, 2] -= radius
            normal_F3[count] = np.array([0.0, 0.0, 1.0])
        else:
            _fetch(turn_A33[target], x_A3[target], kind, world, body)
            for p in range(part_of[target], part_of[target + 1]):
                _fetch(turn_P33[p], centre_P3[p], kind, body, local)
                gap = _probe(kind, local, radius, shape_P[p], half_P3[p], spot)
                if gap < best:
                    best, best_part = gap, p
                    place[:] = spot
            if with_normals:
                p = best_part
                _slope(shape_P[p], half_P3[p], place[0], place[1], place[2], slope)
                place -= slope * radius
                _out_of(turn_P33[p], centre_P3[p], place, local[0])
                _out_of(turn_A33[target], x_A3[target], local[0], spot_F3[count])
                _out_of(turn_P33[p], np.zeros(3), slope, local[0])
                _out_of(turn_A33[target], np.zeros(3), local[0], normal_F3[count])
        gap_F[count] = best
        count += 1
    return count


@njit(cache=True)
def _both_ways(i, j, x_A3, turn_A33, parts, features, gap_F, spot_F3, normal_F3, with_normals):
    """Probe each of two actors with the features of the other; normals point from j to i."""
    count = _one_way(i, j, x_A3, turn_A33, parts, features, gap_F, spot_F3, normal_F3, 0, with_normals)
    first = count
    if j < len(x_A3):
        count = _one_way(j, i, x_A3, turn_A33, parts, features, gap_F, spot_F3, normal_F3, count, with_normals)
        normal_F3[first:count] *= -1.0
    return count


@njit(cache=True)
def _room(feature_of, i, j):
    own = feature_of[i + 1] - feature_of[i]
    return own if j + 1 >= len(feature_of) else own + feature_of[j + 1] - feature_of[j]


@njit(cache=True)
def _apart(i, j, x_A3, reach_A):
    """Gap between the bounding spheres, a lower bound of the gap."""
    if j == len(x_A3):
        return x_A3[i, 2] - reach_A[i]
    return np.sqrt(((x_A3[i] - x_A3[j]) ** 2).sum()) - reach_A[i] - reach_A[j]


@njit(cache=True)
def nearest(pairs_C2, x_SA3, turn_SA33, reach_A, parts, features, within):
    """Gap, nearest place and normal (from the second actor to the first) of pairs at a series of poses.

    Returns (S, C) metres, infinite beyond ``within``, and two (S, C, 3) arrays. ``parts`` is (shape, half, centre,
    turn, first part of each actor), ``features`` (kind, points, radius, first feature of each actor).
    """
    steps, count = len(x_SA3), len(pairs_C2)
    gap_SC = np.full((steps, count), np.inf)
    place_SC3, normal_SC3 = np.zeros((steps, count, 3)), np.zeros((steps, count, 3))
    for c in range(count):
        i, j = pairs_C2[c]
        room = _room(features[3], i, j)
        gap_F, spot_F3, normal_F3 = np.empty(room), np.empty((room, 3)), np.empty((room, 3))
        for s in range(steps):
            if _apart(i, j, x_SA3[s], reach_A) < within:
                _both_ways(i, j, x_SA3[s], turn_SA33[s], parts, features, gap_F, spot_F3, normal_F3, True)
                f = np.argmin(gap_F)
                if gap_F[f] < within:
                    gap_SC[s, c] = gap_F[f]
                    place_SC3[s, c], normal_SC3[s, c] = spot_F3[f], normal_F3[f]
    return gap_SC, place_SC3, normal_SC3


@njit(cache=True)
def _crossings(gap_SF, step, slowest, deepest, time_F, speed_F):
    """Write when each feature's gap closes, in seconds from the first pose (NaN: never), and how fast."""
    last = len(gap_SF) - 1
    for f in range(gap_SF.shape[1]):
        time_F[f] = np.nan
        speed_F[f] = 0.0
        fall = gap_SF[0, f] - gap_SF[1, f]
        if -deepest < gap_SF[0, f] <= 0 and fall > slowest * step:
            time_F[f], speed_F[f] = step * gap_SF[0, f] / fall, fall / step
            continue
        for s in range(last):
            fall = gap_SF[s, f] - gap_SF[s + 1, f]
            if gap_SF[s, f] > 0 >= gap_SF[s + 1, f]:
                if fall > slowest * step:
                    time_F[f], speed_F[f] = step * (s + gap_SF[s, f] / fall), fall / step
                break


@njit(cache=True)
def first_touch(pairs_C2, x_SA3, turn_SA33, reach_A, parts, features, step, slowest, deepest):
    """When each pair's gap first closes along a series of poses ``step`` seconds apart.

    Returns time (C,), NaN where the pair stays apart or closes slower than ``slowest`` m/s, closing speed (C,),
    place (C, 3) and normal (C, 3) from the second actor to the first. Features that start less than ``deepest``
    inside touch before the first pose, at a negative time. Of features that arrive together the earliest with
    half the highest speed counts, so that a graze does not hide a blow.
    """
    steps, count = len(x_SA3), len(pairs_C2)
    time_C, speed_C = np.full(count, np.nan), np.zeros(count)
    place_C3, normal_C3 = np.zeros((count, 3)), np.zeros((count, 3))
    for c in range(count):
        i, j = pairs_C2[c]
        apart = 1e30
        for s in range(steps):
            apart = min(apart, _apart(i, j, x_SA3[s], reach_A))
        if apart > 0:
            continue
        room = _room(features[3], i, j)
        gap_SF, spot_F3, normal_F3 = np.empty((steps, room)), np.empty((room, 3)), np.empty((room, 3))
        for s in range(steps):
            _both_ways(i, j, x_SA3[s], turn_SA33[s], parts, features, gap_SF[s], spot_F3, normal_F3, False)
        time_F, speed_F = np.empty(room), np.empty(room)
        _crossings(gap_SF, step, slowest, deepest, time_F, speed_F)
        best, hardest = -1, speed_F.max()
        for f in range(room):
            if speed_F[f] > 0 and speed_F[f] >= 0.5 * hardest and (best < 0 or time_F[f] < time_F[best]):
                best = f
        if best >= 0:
            s = min(max(int(round(time_F[best] / step)), 0), steps - 1)
            _both_ways(i, j, x_SA3[s], turn_SA33[s], parts, features, gap_SF[s], spot_F3, normal_F3, True)
            time_C[c], speed_C[c] = time_F[best], speed_F[best]
            place_C3[c], normal_C3[c] = spot_F3[best], normal_F3[best]
    return time_C, speed_C, place_C3, normal_C3
