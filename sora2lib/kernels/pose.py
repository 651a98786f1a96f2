"""Where every part is at one moment, and its outline as seen from the light."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled
from sora2lib.kernels.layout import FAR, TWO, ZERO
from sora2lib.kernels.shapes import support

_CORNERS = np.array(
    [[-1, -1, -1], [-1, 1, -1], [1, -1, -1], [1, 1, -1], [1, -1, 1], [1, 1, 1], [-1, -1, 1], [-1, 1, 1]], np.float32
)


@compiled
def place(looks, tags, parts, owners, position, rotation, eye, pixel):
    """Return body rows (N, BODY) float32: the looks with centre and rotation filled in.

    Parameters
    ----------
    looks : (N, BODY) float32, everything that does not move; tags : (N, TAGS) int32.
    parts : (N, 7) float64, centre and quaternion of each part in its actor's frame.
    owners : (N,) the actor of each part.
    position, rotation : (A, 3), (A, 4) float64, the actors now; quaternions w x y z.
    eye, pixel : the camera's place and the angle of a pixel, which say what is thin.
    """
    out = looks.copy()
    for j in range(looks.shape[0]):
        a = owners[j]
        w, x, y, z = rotation[a, 0], rotation[a, 1], rotation[a, 2], rotation[a, 3]
        px, py, pz = parts[j, 0], parts[j, 1], parts[j, 2]
        cx, cy, cz = y * pz - z * py, z * px - x * pz, x * py - y * px
        out[j, at.CENTRE] = position[a, 0] + px + 2 * (w * cx + y * cz - z * cy)
        out[j, at.CENTRE + 1] = position[a, 1] + py + 2 * (w * cy + z * cx - x * cz)
        out[j, at.CENTRE + 2] = position[a, 2] + pz + 2 * (w * cz + x * cy - y * cx)
        pw, pi, pj, pk = parts[j, 3], parts[j, 4], parts[j, 5], parts[j, 6]
        qw, qx = w * pw - x * pi - y * pj - z * pk, w * pi + x * pw + y * pk - z * pj
        qy, qz = w * pj - x * pk + y * pw + z * pi, w * pk + x * pj - y * pi + z * pw
        out[j, at.ROTATION] = 1 - 2 * (qy * qy + qz * qz)
        out[j, at.ROTATION + 1] = 2 * (qx * qy + qw * qz)
        out[j, at.ROTATION + 2] = 2 * (qx * qz - qw * qy)
        out[j, at.ROTATION + 3] = 2 * (qx * qy - qw * qz)
        out[j, at.ROTATION + 4] = 1 - 2 * (qx * qx + qz * qz)
        out[j, at.ROTATION + 5] = 2 * (qy * qz + qw * qx)
        out[j, at.ROTATION + 6] = 2 * (qx * qz + qw * qy)
        out[j, at.ROTATION + 7] = 2 * (qy * qz - qw * qx)
        out[j, at.ROTATION + 8] = 1 - 2 * (qx * qx + qy * qy)
        gap = 0.0
        for k in range(3):
            gap += (out[j, at.CENTRE + k] - eye[k]) ** 2
        width = np.float32(max(np.sqrt(gap) - looks[j, at.RADIUS], 0.1) * pixel)
        thin = out[j, at.HALFS + 2] if tags[j, at.KIND] == at.TORUS else min(out[j, at.HALFS], out[j, at.HALFS + 1])
        out[j, at.HALO] = width if thin < 2 * width else ZERO
    return out


@compiled
def _hull(points, count, edges):
    """Write the edges of the convex hull of ``points`` (count, 3: u v s); return how many there are."""
    first = 0
    for i in range(1, count):
        if points[i, 0] < points[first, 0] or (points[i, 0] == points[first, 0] and points[i, 1] < points[first, 1]):
            first = i
    here, found = first, 0
    for _ in range(count):
        best, best_gap = -1, ZERO
        for i in range(count):
            dx, dy = points[i, 0] - points[here, 0], points[i, 1] - points[here, 1]
            gap = dx * dx + dy * dy
            if gap < np.float32(1e-10):
                continue
            if best < 0:
                best, best_gap = i, gap
                continue
            turn = (points[best, 0] - points[here, 0]) * dy - (points[best, 1] - points[here, 1]) * dx
            if turn < -np.float32(1e-9) or (turn <= np.float32(1e-9) and gap > best_gap):
                best, best_gap = i, gap
        if best < 0 or found == at.EDGES:
            break
        length = np.sqrt(best_gap)
        tx, ty = (points[best, 0] - points[here, 0]) / length, (points[best, 1] - points[here, 1]) / length
        slope = (points[best, 2] - points[here, 2]) / length
        edges[found, 0], edges[found, 1] = ty, -tx
        edges[found, 2] = ty * points[here, 0] - tx * points[here, 1]
        edges[found, 3] = points[here, 2] - slope * (tx * points[here, 0] + ty * points[here, 1])
        edges[found, 4] = slope
        found += 1
        here = best
        if here == first:
            break
    return found


@compiled
def silhouettes(body, tags, air):
    """Return the outlines of all bodies on the plane across the light.

    Returns
    -------
    edges : (N, 2, EDGES, EDGE_COLUMNS) float32, outer polygon and, for a torus, its hole.
    counts : (N, 2) int32, edges in use.
    extent : (N, EXTENT) float32: least and greatest u, v, s, inner radius, centre u, v, s.
    """
    n = body.shape[0]
    edges = np.zeros((n, 2, at.EDGES, at.EDGE_COLUMNS), np.float32)
    counts = np.zeros((n, 2), np.int32)
    extent = np.empty((n, at.EXTENT), np.float32)
    points, hole = np.empty((at.EDGES, 3), np.float32), np.empty((at.EDGES, 3), np.float32)
    axes = np.empty((3, 3), np.float32)
    for k in range(3):
        axes[0, k], axes[1, k], axes[2, k] = air[at.LIGHT_U + k], air[at.LIGHT_V + k], air[at.LIGHT + k]
    for j in range(n):
        kind = tags[j, at.KIND]
        a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
        # The plane's axes in the body's frame, and the centre on the plane.
        local = np.zeros((3, 3), np.float32)
        centre = np.zeros(3, np.float32)
        for row in range(3):
            for k in range(3):
                centre[row] += axes[row, k] * body[j, at.CENTRE + k]
                for m in range(3):
                    local[row, m] += body[j, at.ROTATION + 3 * m + k] * axes[row, k]
        count = at.EDGES
        if kind == at.BOX or kind == at.WEDGE or kind == at.CUTOUT:
            count = 6 if kind == at.WEDGE else 8
        for i in range(count):
            if kind == at.BOX or kind == at.WEDGE or kind == at.CUTOUT:
                x, y, z = _CORNERS[i, 0] * a, _CORNERS[i, 1] * b, _CORNERS[i, 2] * c
                du, dv = ZERO, ZERO
            else:
                angle = np.float32(2 * np.pi * i / at.EDGES)
                du, dv = np.cos(angle), np.sin(angle)
                x, y, z = support(
                    kind,
                    du * local[0, 0] + dv * local[1, 0],
                    du * local[0, 1] + dv * local[1, 1],
                    du * local[0, 2] + dv * local[1, 2],
                    a,
                    b,
                    c,
                )
            tube = c if kind == at.TORUS else ZERO
            u = centre[0] + local[0, 0] * x + local[0, 1] * y + local[0, 2] * z
            v = centre[1] + local[1, 0] * x + local[1, 1] * y + local[1, 2] * z
            s = centre[2] + local[2, 0] * x + local[2, 1] * y + local[2, 2] * z
            points[i, 0], points[i, 1], points[i, 2] = u + tube * du, v + tube * dv, s
            hole[i, 0], hole[i, 1], hole[i, 2] = u - tube * du, v - tube * dv, s
        counts[j, 0] = _hull(points, count, edges[j, 0])
        if kind == at.TORUS and abs(local[2, 2]) * a > TWO * c:
            counts[j, 1] = _hull(hole, count, edges[j, 1])
        u0, u1, v0, v1, s0, s1 = FAR, -FAR, FAR, -FAR, FAR, -FAR
        for i in range(count):
            u0, u1 = min(u0, points[i, 0]), max(u1, points[i, 0])
            v0, v1 = min(v0, points[i, 1]), max(v1, points[i, 1])
            s0, s1 = min(s0, points[i, 2]), max(s1, points[i, 2])
        inner = FAR
        for i in range(counts[j, 0]):
            reach = edges[j, 0, i, 2] - edges[j, 0, i, 0] * centre[0] - edges[j, 0, i, 1] * centre[1]
            inner = min(inner, reach)
        extent[j, 0], extent[j, 1], extent[j, 2], extent[j, 3], extent[j, 4], extent[j, 5] = u0, u1, v0, v1, s0, s1
        extent[j, 6] = max(c if kind == at.TORUS else inner, np.float32(1e-4))
        extent[j, 7], extent[j, 8], extent[j, 9] = centre[0], centre[1], centre[2]
    return edges, counts, extent
