"""Distances between rigid bodies made of analytic shapes.

A body is met in two ways: as parts with a signed distance function, and as features (corners, edges, rims, smooth
caps) that probe the parts of another body. The gap of a pair is the least distance over the features of both.

Legend: P parts, F features, S poses in time, A actors, C pairs. The ground is the actor after the last one, z = 0.
"""

import numpy as np

from sora2lib.kernels.compiled import compiled
from sora2lib.kernels.distance import copy, gradient, into, out_of, signed_distance
from sora2lib.kernels.probes import POINT, bring, far, ground_probe, probe, put

NEVER = 1e9  # s or m: what does not happen


@compiled
def _seen_from(part, target, prober, x_A3, turn_A33, parts, turn, origin):
    """Write the frame of a prober as a part of the target sees it to ``turn`` (3, 3) and ``origin`` (3,)."""
    centre_P3, turn_P33 = parts[2], parts[3]
    middle = np.empty(3)
    into(turn_A33[target], x_A3[target], x_A3[prober], middle)
    into(turn_P33[part], centre_P3[part], middle, origin)
    for k in range(3):
        for m in range(3):
            turn[k, m] = 0.0
            for n in range(3):
                across = 0.0  # of the prober's axis m along the target's axis n
                for q in range(3):
                    across += turn_A33[target, q, n] * turn_A33[prober, q, m]
                turn[k, m] += turn_P33[part, n, k] * across


@compiled
def _one_way(prober, target, x_A3, turn_A33, reach_A, parts, features, within, gap_F, count):
    """Probe ``target`` with each feature of ``prober``; write gaps, of far features a bound above ``within``.

    Return how many rows have been written in all.
    """
    shape_P, half_P3, part_of = parts[0], parts[1], parts[4]
    kind_F, ends_F43, radius_F, feature_of = features
    first, rows = feature_of[prober], feature_of[prober + 1] - feature_of[prober]
    local, spot, turn, origin = np.zeros((4, 3)), np.empty(3), np.empty((3, 3)), np.empty(3)
    if target == len(x_A3):
        for f in range(rows):
            if gap_F[count + f] <= within:
                put(turn_A33[prober], x_A3[prober], kind_F[first + f], ends_F43[first + f], local)
                gap_F[count + f] = ground_probe(kind_F[first + f], local, radius_F[first + f], spot)
        return count + rows
    near_F = np.empty(rows, dtype=np.bool_)
    for f in range(rows):
        near_F[f] = gap_F[count + f] <= within
        gap_F[count + f] = NEVER if near_F[f] else gap_F[count + f]
    for p in range(part_of[target], part_of[target + 1]):
        _seen_from(p, target, prober, x_A3, turn_A33, parts, turn, origin)
        if signed_distance(shape_P[p], half_P3[p], origin[0], origin[1], origin[2]) - reach_A[prober] > within:
            continue
        for f in range(rows):
            if near_F[f]:
                kind, radius = kind_F[first + f], radius_F[first + f]
                put(turn, origin, kind, ends_F43[first + f], local)
                gap = far(kind, local, radius, shape_P[p], half_P3[p])
                if kind != POINT and gap < min(gap_F[count + f], within):
                    gap = probe(kind, local, radius, shape_P[p], half_P3[p], spot)
                gap_F[count + f] = min(gap_F[count + f], gap)
    return count + rows


@compiled
def _both_ways(i, j, x_A3, turn_A33, reach_A, parts, features, within, gap_F):
    """Probe each of two actors with the features of the other. Rows of ``gap_F`` above ``within`` are left alone."""
    count = 0
    for way in range(2 if j < len(x_A3) else 1):
        prober, target = (i, j) if way == 0 else (j, i)
        count = _one_way(prober, target, x_A3, turn_A33, reach_A, parts, features, within, gap_F, count)


@compiled
def _meet(i, j, row, x_A3, turn_A33, parts, features, place, normal):
    """Write where a feature of a pair meets the other body, and the normal there from j to i."""
    shape_P, half_P3, centre_P3, turn_P33, part_of = parts
    kind_F, ends_F43, radius_F, feature_of = features
    own = feature_of[i + 1] - feature_of[i]
    prober, target, f, sign = (i, j, feature_of[i] + row, 1.0) if row < own else (j, i, feature_of[j] + row - own, -1.0)
    world, body, local = np.zeros((4, 3)), np.zeros((4, 3)), np.zeros((4, 3))
    spot, slope, turned = np.empty(3), np.empty(3), np.empty(3)
    kind, radius, best = kind_F[f], radius_F[f], NEVER
    put(turn_A33[prober], x_A3[prober], kind, ends_F43[f], world)
    if target == len(x_A3):
        ground_probe(kind, world, radius, place)
        place[2] -= radius
        normal[0], normal[1], normal[2] = 0.0, 0.0, 1.0
        return
    bring(turn_A33[target], x_A3[target], kind, world, body)
    for p in range(part_of[target], part_of[target + 1]):
        bring(turn_P33[p], centre_P3[p], kind, body, local)
        gap = probe(kind, local, radius, shape_P[p], half_P3[p], spot)
        if gap < best:
            best = gap
            gradient(shape_P[p], half_P3[p], spot, slope)
            for k in range(3):
                spot[k] -= slope[k] * radius
            out_of(turn_P33[p], centre_P3[p], spot, turned)
            out_of(turn_A33[target], x_A3[target], turned, place)
            out_of(turn_P33[p], np.zeros(3), slope, turned)
            out_of(turn_A33[target], np.zeros(3), turned, normal)
    for k in range(3):
        normal[k] *= sign


@compiled
def _room(feature_of, i, j):
    own = feature_of[i + 1] - feature_of[i]
    return own if j + 1 >= len(feature_of) else own + feature_of[j + 1] - feature_of[j]


@compiled
def _apart(i, j, x_A3, reach_A):
    """Gap between the bounding spheres, a lower bound of the gap."""
    if j == len(x_A3):
        return x_A3[i, 2] - reach_A[i]
    dx, dy, dz = x_A3[i, 0] - x_A3[j, 0], x_A3[i, 1] - x_A3[j, 1], x_A3[i, 2] - x_A3[j, 2]
    return np.sqrt(dx * dx + dy * dy + dz * dz) - reach_A[i] - reach_A[j]


@compiled
def nearest(pairs_C2, x_SA3, turn_SA33, reach_A, parts, features, within):
    """Gap, nearest place and normal (from the second actor to the first) of pairs at a series of poses.

    Returns (S, C) metres, ``NEVER`` beyond ``within``, and two (S, C, 3) arrays. ``parts`` is (shape, half, centre,
    turn, first part of each actor), ``features`` (kind, points, radius, first feature of each actor).
    """
    steps, count = len(x_SA3), len(pairs_C2)
    gap_SC = np.full((steps, count), NEVER)
    place_SC3, normal_SC3 = np.zeros((steps, count, 3)), np.zeros((steps, count, 3))
    for c in range(count):
        i, j = pairs_C2[c, 0], pairs_C2[c, 1]
        for s in range(steps):
            if _apart(i, j, x_SA3[s], reach_A) < within:
                gap_F = np.zeros(_room(features[3], i, j))
                _both_ways(i, j, x_SA3[s], turn_SA33[s], reach_A, parts, features, within, gap_F)
                f = 0
                for other in range(len(gap_F)):
                    f = other if gap_F[other] < gap_F[f] else f
                if gap_F[f] < within:
                    gap_SC[s, c] = gap_F[f]
                    _meet(i, j, f, x_SA3[s], turn_SA33[s], parts, features, place_SC3[s, c], normal_SC3[s, c])
    return gap_SC, place_SC3, normal_SC3


@compiled
def _swing(i, s, x_SA3, turn_SA33, reach_A):
    """How far the turning of a body takes any point of it from where that lay at the first pose."""
    if i == x_SA3.shape[1]:
        return 0.0
    turn = 0.0
    for k in range(3):
        for m in range(3):
            turn += (turn_SA33[s, i, k, m] - turn_SA33[0, i, k, m]) ** 2
    return reach_A[i] * np.sqrt(turn / 2)


@compiled
def _travel(i, j, x_SA3, turn_SA33, reach_A):
    """By how much the gap of a pair may change at most from what it is at the first pose."""
    most = 0.0
    for s in range(1, len(x_SA3)):
        shift = 0.0
        for k in range(3):
            way = x_SA3[s, i, k] - x_SA3[0, i, k]
            if j < x_SA3.shape[1]:
                way -= x_SA3[s, j, k] - x_SA3[0, j, k]
            shift += way * way
        turned = _swing(i, s, x_SA3, turn_SA33, reach_A) + _swing(j, s, x_SA3, turn_SA33, reach_A)
        most = max(most, np.sqrt(shift) + turned)
    return most


@compiled
def _crossing(gap_SF, f, step, slowest, deepest):
    """Return when a feature's gap closes, in seconds from the first pose, and how fast; ``NEVER`` if it does not."""
    fall = gap_SF[0, f] - gap_SF[1, f]
    if -deepest < gap_SF[0, f] <= 0 and fall > slowest * step:
        return step * gap_SF[0, f] / fall, fall / step
    for s in range(len(gap_SF) - 1):
        fall = gap_SF[s, f] - gap_SF[s + 1, f]
        if gap_SF[s, f] > 0 >= gap_SF[s + 1, f]:
            if fall > slowest * step:
                return step * (s + gap_SF[s, f] / fall), fall / step
            break
    return NEVER, 0.0


@compiled
def first_touch(pairs_C2, x_SA3, turn_SA33, reach_A, parts, features, step, slowest, deepest):
    """When each pair's gap first closes along a series of poses ``step`` seconds apart.

    Returns time (C,), ``NEVER`` where the pair stays apart or closes slower than ``slowest`` m/s, closing speed (C,),
    place (C, 3) and normal (C, 3) from the second actor to the first. Features that start less than ``deepest``
    inside touch before the first pose, at a negative time. Of features that arrive together the earliest with
    half the highest speed counts, so that a graze does not hide a blow.
    """
    steps, count = len(x_SA3), len(pairs_C2)
    time_C, speed_C = np.full(count, NEVER), np.zeros(count)
    place_C3, normal_C3 = np.zeros((count, 3)), np.zeros((count, 3))
    for c in range(count):
        i, j = pairs_C2[c, 0], pairs_C2[c, 1]
        travel = _travel(i, j, x_SA3, turn_SA33, reach_A)
        if _apart(i, j, x_SA3[0], reach_A) > travel:
            continue
        gap_SF = np.zeros((steps, _room(features[3], i, j)))
        for s in range(steps):
            copy(gap_SF[0], gap_SF[s])
            _both_ways(i, j, x_SA3[s], turn_SA33[s], reach_A, parts, features, travel, gap_SF[s])
        hardest, best, earliest = 0.0, -1, NEVER
        for f in range(gap_SF.shape[1]):
            hardest = max(hardest, _crossing(gap_SF, f, step, slowest, deepest)[1])
        for f in range(gap_SF.shape[1]):
            time, speed = _crossing(gap_SF, f, step, slowest, deepest)
            if speed > 0 and speed >= 0.5 * hardest and time < earliest:
                best, earliest = f, time
        if best >= 0:
            s = min(max(int(earliest / step + 0.5), 0), steps - 1)
            time_C[c], speed_C[c] = _crossing(gap_SF, best, step, slowest, deepest)
            _meet(i, j, best, x_SA3[s], turn_SA33[s], parts, features, place_C3[c], normal_C3[c])
    return time_C, speed_C, place_C3, normal_C3


@compiled
def glide(x_A3, q_A4, v_A3, a_A3, w_A3, b_A3, time_S):
    """Carry poses along: constant acceleration ``a``, and a spin ``w`` that changes at the constant rate ``b``.

    Returns positions (S, A, 3) and rotation matrices (S, A, 3, 3).
    """
    steps, actors = len(time_S), len(x_A3)
    x_SA3, turn_SA33 = np.empty((steps, actors, 3)), np.empty((steps, actors, 3, 3))
    for s in range(steps):
        t = time_S[s]
        for i in range(actors):
            for k in range(3):
                x_SA3[s, i, k] = x_A3[i, k] + t * v_A3[i, k] + t * t / 2 * a_A3[i, k]
            rx = t * w_A3[i, 0] + t * t / 2 * b_A3[i, 0]
            ry = t * w_A3[i, 1] + t * t / 2 * b_A3[i, 1]
            rz = t * w_A3[i, 2] + t * t / 2 * b_A3[i, 2]
            angle = np.sqrt(rx * rx + ry * ry + rz * rz)
            share = np.sin(angle / 2) / angle if angle > 1e-9 else 0.5
            cw, cx, cy, cz = np.cos(angle / 2), share * rx, share * ry, share * rz
            qw, qx, qy, qz = q_A4[i, 0], q_A4[i, 1], q_A4[i, 2], q_A4[i, 3]
            w = cw * qw - cx * qx - cy * qy - cz * qz
            x = cw * qx + qw * cx + cy * qz - cz * qy
            y = cw * qy + qw * cy + cz * qx - cx * qz
            z = cw * qz + qw * cz + cx * qy - cy * qx
            turn = turn_SA33[s, i]
            turn[0, 0], turn[0, 1], turn[0, 2] = 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)
            turn[1, 0], turn[1, 1], turn[1, 2] = 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)
            turn[2, 0], turn[2, 1], turn[2, 2] = 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)
    return x_SA3, turn_SA33
