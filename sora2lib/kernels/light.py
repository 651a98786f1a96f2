"""What reaches a point: the key light past its casters, and the open part of the sky.

The light is far away, so every caster has one outline on the plane across it. A point is in shadow where its own
place on that plane lies inside an outline ahead of it; the penumbra is as wide as the light's disc seen from there.
"""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import FAR, HALF, ONE, THREE, TWO, ZERO
from sora2lib.kernels.shapes import outside, span

_AHEAD = np.float32(1e-3)
_NEAR_FOLD = np.float32(0.8)


@inlined
def smooth(x):
    """Rise smoothly from 0 to 1 between 0 and 1."""
    x = min(max(x, ZERO), ONE)
    return x * x * (THREE - TWO * x)


@compiled
def receivers(block, n, air, box):
    """Put all points on the light's plane (rows U, V, S).

    ``box`` (12,) gets the least and greatest u, v, s, x, y, z of them.
    """
    ux, uy, uz = air[at.LIGHT_U], air[at.LIGHT_U + 1], air[at.LIGHT_U + 2]
    vx, vy, vz = air[at.LIGHT_V], air[at.LIGHT_V + 1], air[at.LIGHT_V + 2]
    lx, ly, lz = air[at.LIGHT], air[at.LIGHT + 1], air[at.LIGHT + 2]
    u0, v0, s0, x0, y0, z0 = FAR, FAR, FAR, FAR, FAR, FAR
    u1, v1, s1, x1, y1, z1 = -FAR, -FAR, -FAR, -FAR, -FAR, -FAR
    for i in range(n):
        px, py, pz = block[at.PX + i], block[at.PY + i], block[at.PZ + i]
        u, v, s = px * ux + py * uy + pz * uz, px * vx + py * vy + pz * vz, px * lx + py * ly + pz * lz
        block[at.U + i], block[at.V + i], block[at.S + i] = u, v, s
        block[at.SUN + i] = ONE
        block[at.OPEN + i] = ONE
        solid = block[at.T + i] < FAR
        u0, u1 = min(u0, u if solid else FAR), max(u1, u if solid else -FAR)
        v0, v1 = min(v0, v if solid else FAR), max(v1, v if solid else -FAR)
        s0, s1 = min(s0, s if solid else FAR), max(s1, s if solid else -FAR)
        x0, x1 = min(x0, px if solid else FAR), max(x1, px if solid else -FAR)
        y0, y1 = min(y0, py if solid else FAR), max(y1, py if solid else -FAR)
        z0, z1 = min(z0, pz if solid else FAR), max(z1, pz if solid else -FAR)
    box[0], box[1], box[2], box[3], box[4], box[5] = u0, u1, v0, v1, s0, s1
    box[6], box[7], box[8], box[9], box[10], box[11] = x0, x1, y0, y1, z0, z1


@inlined
def margin_of(box, extent, j, softness):
    """Half width of the widest penumbra that a caster may throw on the points in ``box``, metres."""
    return softness * max(extent[j, 5] - box[4], ZERO) + np.float32(0.02)


@inlined
def may_shade(box, extent, j, softness):
    """Whether a caster's outline with its penumbra can touch any of the points in ``box``."""
    margin = margin_of(box, extent, j, softness)
    return (
        (extent[j, 0] - margin < box[1])
        & (extent[j, 1] + margin > box[0])
        & (extent[j, 2] - margin < box[3])
        & (extent[j, 3] + margin > box[2])
        & (extent[j, 5] > box[4])
    )


@inlined
def reach_of(body, j):
    """How far from its centre a body darkens what is near it."""
    return TWO * body[j, at.RADIUS]


@inlined
def may_cover(box, body, j):
    """Whether a body is near enough to any of the points in ``box`` to hide some sky from it."""
    x, y, z, reach = body[j, at.CENTRE], body[j, at.CENTRE + 1], body[j, at.CENTRE + 2], reach_of(body, j)
    return (
        (x - reach < box[7])
        & (x + reach > box[6])
        & (y - reach < box[9])
        & (y + reach > box[8])
        & (z - reach < box[11])
        & (z + reach > box[10])
    )


@inlined
def _hidden(distance, ahead, softness, foot, inner):
    """Share of the light's disc behind an outline: ``distance`` outside it, ``ahead`` along the light."""
    width = softness * max(ahead, ZERO) + foot
    return smooth(HALF - HALF * distance / width) * min(ONE, inner / width)


@compiled
def _shade_by_sphere(block, n, j, body, extent, softness):
    u, v, s, r, name = extent[j, 7], extent[j, 8], extent[j, 9], body[j, at.HALFS], np.float32(j)
    opacity = body[j, at.OPACITY]
    for i in range(n):
        du, dv, ahead = block[at.U + i] - u, block[at.V + i] - v, s - block[at.S + i]
        hidden = _hidden(np.sqrt(du * du + dv * dv) - r, ahead, softness, block[at.FOOT + i] * block[at.T + i], r)
        counts = (ahead > ZERO) & (block[at.ID + i] != name)
        block[at.SUN + i] *= ONE - (opacity * hidden if counts else ZERO)


@inlined
def _gap_range(edges, k, box):
    """Least and greatest signed distance to an edge over all points in ``box``."""
    nx, ny = edges[k, 0], edges[k, 1]
    middle = HALF * (nx * (box[0] + box[1]) + ny * (box[2] + box[3])) - edges[k, 2]
    reach = HALF * (abs(nx) * (box[1] - box[0]) + abs(ny) * (box[3] - box[2]))
    return middle - reach, middle + reach


@compiled
def _misses(edges, count, box, margin):
    """Whether all points in ``box`` lie farther than ``margin`` outside a convex outline."""
    for k in range(count):
        least, _ = _gap_range(edges, k, box)
        if least > margin:
            return True
    return False


@compiled
def _outline(block, n, edges, count, box, margin, middle):
    """Signed distance to a convex outline (row D) and the depth of its nearest edge (row E).

    Edges that no point comes closer to than ``margin`` from inside are left out: they change nothing.
    """
    for i in range(n):
        block[at.D + i], block[at.E + i] = -FAR, middle
    for k in range(count):
        nx, ny, h, s, slope = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3], edges[k, 4]
        _, greatest = _gap_range(edges, k, box)
        if greatest < -margin:
            continue
        for i in range(n):
            u, v = block[at.U + i], block[at.V + i]
            gap = nx * u + ny * v - h
            nearer = gap > block[at.D + i]
            block[at.E + i] = s + slope * (nx * v - ny * u) if nearer else block[at.E + i]
            block[at.D + i] = gap if nearer else block[at.D + i]


@compiled
def _is_ahead(block, i, j, body, tags, edges, count, air):
    """Whether the light's ray from point i, moved inside the outline of body j, meets that body."""
    best, distance = 0, -FAR
    for k in range(count):
        gap = edges[k, 0] * block[at.U + i] + edges[k, 1] * block[at.V + i] - edges[k, 2]
        if gap > distance:
            best, distance = k, gap
    inside = min(min(body[j, at.HALFS], body[j, at.HALFS + 1]), body[j, at.HALFS + 2]) * np.float32(0.02)
    shift = max(distance + inside, ZERO)
    du, dv = -shift * edges[best, 0], -shift * edges[best, 1]
    px = block[at.PX + i] + du * air[at.LIGHT_U] + dv * air[at.LIGHT_V] - body[j, at.CENTRE]
    py = block[at.PY + i] + du * air[at.LIGHT_U + 1] + dv * air[at.LIGHT_V + 1] - body[j, at.CENTRE + 1]
    pz = block[at.PZ + i] + du * air[at.LIGHT_U + 2] + dv * air[at.LIGHT_V + 2] - body[j, at.CENTRE + 2]
    lx, ly, lz = air[at.LIGHT], air[at.LIGHT + 1], air[at.LIGHT + 2]
    near, far = span(
        tags[j, at.KIND],
        body[j, at.ROTATION] * px + body[j, at.ROTATION + 1] * py + body[j, at.ROTATION + 2] * pz,
        body[j, at.ROTATION + 3] * px + body[j, at.ROTATION + 4] * py + body[j, at.ROTATION + 5] * pz,
        body[j, at.ROTATION + 6] * px + body[j, at.ROTATION + 7] * py + body[j, at.ROTATION + 8] * pz,
        body[j, at.ROTATION] * lx + body[j, at.ROTATION + 1] * ly + body[j, at.ROTATION + 2] * lz,
        body[j, at.ROTATION + 3] * lx + body[j, at.ROTATION + 4] * ly + body[j, at.ROTATION + 5] * lz,
        body[j, at.ROTATION + 6] * lx + body[j, at.ROTATION + 7] * ly + body[j, at.ROTATION + 8] * lz,
        body[j, at.HALFS],
        body[j, at.HALFS + 1],
        body[j, at.HALFS + 2],
    )
    return near < far and far > _AHEAD and far + near > ZERO


@compiled
def _shade_by_outline(block, n, j, body, tags, edges, counts, extent, air, box):
    margin = margin_of(box, extent, j, air[at.SOFTNESS])
    if _misses(edges[j, 0], counts[j, 0], box, margin):
        return
    _outline(block, n, edges[j, 0], counts[j, 0], box, margin, extent[j, 9])
    if counts[j, 1] > 0:
        _hole(block, n, edges[j, 1], counts[j, 1])
    softness, opacity, name = air[at.SOFTNESS], body[j, at.OPACITY], np.float32(j)
    low, high, inner = extent[j, 4], extent[j, 5], extent[j, 6]
    for i in range(n):
        ahead = min(max(block[at.E + i], low), high) - block[at.S + i]
        hidden = _hidden(block[at.D + i], ahead, softness, block[at.FOOT + i] * block[at.T + i], inner)
        counts_here = (block[at.ID + i] != name) & (high > block[at.S + i])
        block[at.D + i] = opacity * hidden if counts_here else ZERO
    if tags[j, at.KIND] != at.TORUS:
        for i in range(n):
            unsure = block[at.ID + i] >= ZERO and block[at.D + i] > np.float32(1e-3)
            if unsure and not _is_ahead(block, i, j, body, tags, edges[j, 0], counts[j, 0], air):
                block[at.D + i] = ZERO
    for i in range(n):
        block[at.SUN + i] *= ONE - block[at.D + i]


@compiled
def _hole(block, n, edges, count):
    """Cut a convex hole out of the outline in row D."""
    for i in range(n):
        u, v, inside = block[at.U + i], block[at.V + i], -FAR
        for k in range(count):
            inside = max(inside, edges[k, 0] * u + edges[k, 1] * v - edges[k, 2])
        block[at.D + i] = max(block[at.D + i], -inside)


@compiled
def cast_shadows(block, n, names, count, body, tags, edges, counts, extent, air, box):
    """Multiply row SUN by the share of the key light that gets past each of the named casters."""
    for k in range(count):
        j = names[k]
        if tags[j, at.KIND] == at.SPHERE:
            _shade_by_sphere(block, n, j, body, extent, air[at.SOFTNESS])
        else:
            _shade_by_outline(block, n, j, body, tags, edges, counts, extent, air, box)


@compiled
def _cover_by_sphere(block, n, j, body):
    """Cosine-weighted solid angle of a sphere, faded below the horizon (Quilez, *Sphere ambient occlusion*)."""
    cx, cy, cz, r, name = (
        body[j, at.CENTRE],
        body[j, at.CENTRE + 1],
        body[j, at.CENTRE + 2],
        body[j, at.HALFS],
        np.float32(j),
    )
    for i in range(n):
        x, y, z = cx - block[at.PX + i], cy - block[at.PY + i], cz - block[at.PZ + i]
        inverse = ONE / np.sqrt(max(x * x + y * y + z * z, r * r))
        size = r * inverse
        cosine = (x * block[at.NX + i] + y * block[at.NY + i] + z * block[at.NZ + i]) * inverse
        lifted = max((cosine + HALF * size) / (ONE + HALF * size), ZERO)
        # The share vanishes at the reach of two radii, where the tile lists end.
        fade = smooth(TWO * size - ONE)
        hidden = lifted * size * size * fade
        block[at.OPEN + i] *= ONE - (_NEAR_FOLD * hidden if block[at.ID + i] != name else ZERO)


@compiled
def _cover_by_solid(block, n, j, body, tags):
    """Two steps along the normal: sky is hidden where they stay close to the body (Evans 2006)."""
    cx, cy, cz, name = body[j, at.CENTRE], body[j, at.CENTRE + 1], body[j, at.CENTRE + 2], np.float32(j)
    xx, xy, xz = body[j, at.ROTATION], body[j, at.ROTATION + 1], body[j, at.ROTATION + 2]
    yx, yy, yz = body[j, at.ROTATION + 3], body[j, at.ROTATION + 4], body[j, at.ROTATION + 5]
    zx, zy, zz = body[j, at.ROTATION + 6], body[j, at.ROTATION + 7], body[j, at.ROTATION + 8]
    a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
    long = min(np.float32(0.5) * body[j, at.RADIUS], np.float32(0.6))
    short = np.float32(0.25) * long
    kind = tags[j, at.KIND]
    for i in range(n):
        px, py, pz = block[at.PX + i] - cx, block[at.PY + i] - cy, block[at.PZ + i] - cz
        nx, ny, nz = block[at.NX + i], block[at.NY + i], block[at.NZ + i]
        x, y, z = xx * px + xy * py + xz * pz, yx * px + yy * py + yz * pz, zx * px + zy * py + zz * pz
        u, v, w = xx * nx + xy * ny + xz * nz, yx * nx + yy * ny + yz * nz, zx * nx + zy * ny + zz * nz
        x1, y1, z1 = x + short * u, y + short * v, z + short * w
        x2, y2, z2 = x + long * u, y + long * v, z + long * w
        first = outside(kind, x1, y1, z1, a, b, c)
        second = outside(kind, x2, y2, z2, a, b, c)
        hidden = HALF * max(ONE - first / short, ZERO) + HALF * max(ONE - second / long, ZERO)
        block[at.OPEN + i] *= ONE - (_NEAR_FOLD * hidden if block[at.ID + i] != name else ZERO)


@compiled
def cover_sky(block, n, names, count, body, tags):
    """Multiply row OPEN by the share of the sky that each of the named bodies leaves open."""
    for k in range(count):
        j = names[k]
        if tags[j, at.KIND] == at.SPHERE:
            _cover_by_sphere(block, n, j, body)
        else:
            _cover_by_solid(block, n, j, body, tags)
