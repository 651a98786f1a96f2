"""Analytic shapes at the origin, axis z: where a line enters and leaves, the normal, the distance outside.

Directions have length 1. A line that misses gives ``near > far``. Half extents as in ``sora2lib.world.assets``.
Slabs and spheres follow Haines & Akenine-Moeller, *Ray Tracing Gems*, chapters 7 and 16.
"""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import FAR, HALF, ONE, TINY, ZERO

_STEPS = 64
_TOUCH = np.float32(2e-4)


@inlined
def span_sphere(ox, oy, oz, dx, dy, dz, r):
    """Near and far distance to a sphere."""
    b = ox * dx + oy * dy + oz * dz
    qx, qy, qz = ox - b * dx, oy - b * dy, oz - b * dz
    h = r * r - (qx * qx + qy * qy + qz * qz)
    root = np.sqrt(max(h, ZERO))
    miss = h < ZERO
    return (FAR if miss else -b - root), (-FAR if miss else -b + root)


@inlined
def span_ellipsoid(ox, oy, oz, dx, dy, dz, a, b, c):
    """Near and far distance to an ellipsoid: a sphere after scaling."""
    ox, oy, oz, dx, dy, dz = ox / a, oy / b, oz / c, dx / a, dy / b, dz / c
    inverse = ONE / np.sqrt(dx * dx + dy * dy + dz * dz)
    near, far = span_sphere(ox, oy, oz, dx * inverse, dy * inverse, dz * inverse, ONE)
    return (near * inverse if near < FAR else near), (far * inverse if near < FAR else far)


@inlined
def span_slab(o, d, a):
    """Near and far distance to the layer between -a and a."""
    d = TINY if abs(d) < TINY else d
    inverse = ONE / d
    middle, reach = -o * inverse, a * abs(inverse)
    return middle - reach, middle + reach


@inlined
def span_box(ox, oy, oz, dx, dy, dz, a, b, c):
    """Near and far distance to a box."""
    near_x, far_x = span_slab(ox, dx, a)
    near_y, far_y = span_slab(oy, dy, b)
    near_z, far_z = span_slab(oz, dz, c)
    return max(max(near_x, near_y), near_z), min(min(far_x, far_y), far_z)


@inlined
def span_wedge(ox, oy, oz, dx, dy, dz, a, b, c):
    """Near and far distance to a box cut by the plane that rises along +x."""
    near, far = span_box(ox, oy, oz, dx, dy, dz, a, b, c)
    height = oz / c - ox / a
    rise = dz / c - dx / a
    rise = TINY if abs(rise) < TINY else rise
    cut = -height / rise
    return (near if rise > ZERO else max(near, cut)), (min(far, cut) if rise > ZERO else far)


@inlined
def span_tube(ox, oy, dx, dy, a, b):
    """Near and far distance to an endless elliptic cylinder."""
    ox, oy, dx, dy = ox / a, oy / b, dx / a, dy / b
    square = max(dx * dx + dy * dy, TINY)
    along = -(ox * dx + oy * dy) / square
    qx, qy = ox + along * dx, oy + along * dy
    h = (ONE - qx * qx - qy * qy) / square
    root = np.sqrt(max(h, ZERO))
    miss = h < ZERO
    return (FAR if miss else along - root), (-FAR if miss else along + root)


@inlined
def span_cylinder(ox, oy, oz, dx, dy, dz, a, b, c):
    """Near and far distance to a cylinder with flat ends."""
    near, far = span_tube(ox, oy, dx, dy, a, b)
    near_z, far_z = span_slab(oz, dz, c)
    return max(near, near_z), min(far, far_z)


@inlined
def span_capsule(ox, oy, oz, dx, dy, dz, r, c):
    """Near and far distance to a capsule: the union of a cylinder and two spheres."""
    near, far = span_cylinder(ox, oy, oz, dx, dy, dz, r, r, c)
    near_top, far_top = span_sphere(ox, oy, oz - c, dx, dy, dz, r)
    near_end, far_end = span_sphere(ox, oy, oz + c, dx, dy, dz, r)
    near, far = (near, far) if near < far else (FAR, -FAR)
    return min(min(near, near_top), near_end), max(max(far, far_top), far_end)


@inlined
def span_cone(ox, oy, oz, dx, dy, dz, a, b, c):
    """Near and far distance to a cone whose tip is at +c: convex, so its boundary is met at most twice."""
    ox, oy, oz, dx, dy, dz = ox / a, oy / b, (c - oz) / (c + c), dx / a, dy / b, -dz / (c + c)
    # Where x^2 + y^2 = z^2 with z counted down from the tip, 0..1.
    qa = dx * dx + dy * dy - dz * dz
    qa = TINY if abs(qa) < TINY else qa
    qb = ox * dx + oy * dy - oz * dz
    qc = ox * ox + oy * oy - oz * oz
    h = qb * qb - qa * qc
    root = np.sqrt(max(h, ZERO))
    first, second = (-qb - root) / qa, (-qb + root) / qa
    z_first, z_second = oz + first * dz, oz + second * dz
    flat = (ONE - oz) / (TINY if abs(dz) < TINY else dz)
    x, y = ox + flat * dx, oy + flat * dy
    on_first = (h >= ZERO) & (z_first >= ZERO) & (z_first <= ONE)
    on_second = (h >= ZERO) & (z_second >= ZERO) & (z_second <= ONE)
    on_flat = x * x + y * y <= ONE
    near = min(min(first if on_first else FAR, second if on_second else FAR), flat if on_flat else FAR)
    far = max(max(first if on_first else -FAR, second if on_second else -FAR), flat if on_flat else -FAR)
    return near, far


@inlined
def outside_torus(x, y, z, ring, tube):
    """Signed distance to a torus."""
    across = np.sqrt(x * x + y * y) - ring
    return np.sqrt(across * across + z * z) - tube


@compiled
def trace_torus(ox, oy, oz, dx, dy, dz, ring, tube, near, far):
    """Distance to a torus by sphere tracing from ``near`` to ``far``, and the closest miss."""
    t = max(near, ZERO)
    miss = FAR
    for _ in range(_STEPS):
        if t > far:
            return FAR, miss
        gap = outside_torus(ox + t * dx, oy + t * dy, oz + t * dz, ring, tube)
        miss = min(miss, gap)
        if gap < _TOUCH * tube:
            return t, ZERO
        t += gap
    return FAR, miss


@compiled
def span(kind, ox, oy, oz, dx, dy, dz, a, b, c):
    """Near and far distance to any convex shape."""
    if kind == at.SPHERE:
        return span_sphere(ox, oy, oz, dx, dy, dz, a)
    if kind == at.BOX:
        return span_box(ox, oy, oz, dx, dy, dz, a, b, c)
    if kind == at.WEDGE:
        return span_wedge(ox, oy, oz, dx, dy, dz, a, b, c)
    if kind == at.CYLINDER:
        return span_cylinder(ox, oy, oz, dx, dy, dz, a, b, c)
    if kind == at.ELLIPSOID:
        return span_ellipsoid(ox, oy, oz, dx, dy, dz, a, b, c)
    if kind == at.CAPSULE:
        return span_capsule(ox, oy, oz, dx, dy, dz, a, c)
    return span_cone(ox, oy, oz, dx, dy, dz, a, b, c)


@inlined
def _unit(x, y, z):
    inverse = ONE / np.sqrt(max(x * x + y * y + z * z, TINY))
    return x * inverse, y * inverse, z * inverse


@compiled
def normal_box(x, y, z, a, b, c, bevel):
    """Normal on a box, rounded within ``bevel`` of an edge so that edges catch the light, and the face 0..5."""
    u, v, w = abs(x) - a, abs(y) - b, abs(z) - c
    face = 0 if (u >= v) & (u >= w) else (1 if v >= w else 2)
    px, py, pz = max(u + bevel, ZERO), max(v + bevel, ZERO), max(w + bevel, ZERO)
    px = bevel if face == 0 else px
    py = bevel if face == 1 else py
    pz = bevel if face == 2 else pz
    sign = x if face == 0 else (y if face == 1 else z)
    nx, ny, nz = _unit(np.copysign(px, x), np.copysign(py, y), np.copysign(pz, z))
    return nx, ny, nz, 2 * face + (1 if sign > ZERO else 0)


@compiled
def normal(kind, x, y, z, a, b, c, bevel):
    """Outward normal at a point of the surface, and the number of its face."""
    face = 0
    if kind == at.SPHERE:
        nx, ny, nz = x, y, z
    elif kind == at.BOX:
        nx, ny, nz, face = normal_box(x, y, z, a, b, c, bevel)
    elif kind == at.WEDGE:
        # The slope wins where the point lies on it; elsewhere the box's faces count.
        if z / c - x / a > np.float32(-2e-3):
            nx, ny, nz, face = -c, ZERO, a, 6
        else:
            nx, ny, nz, face = normal_box(x, y, z, a, b, c, np.float32(1e-6))
    elif kind == at.CYLINDER:
        if np.sqrt((x / a) ** 2 + (y / b) ** 2) * c > abs(z):
            nx, ny, nz = x / (a * a), y / (b * b), ZERO
        else:
            nx, ny, nz, face = ZERO, ZERO, z, 1 if z > ZERO else 2
    elif kind == at.ELLIPSOID:
        nx, ny, nz = x / (a * a), y / (b * b), z / (c * c)
    elif kind == at.CAPSULE:
        nx, ny, nz = x, y, z - min(max(z, -c), c)
    elif kind == at.CONE:
        if z < c * np.float32(-0.9995):
            nx, ny, nz, face = ZERO, ZERO, -ONE, 1
        else:
            inverse = ONE / np.sqrt(max((x / a) ** 2 + (y / b) ** 2, TINY))
            nx, ny, nz = x / (a * a) * inverse, y / (b * b) * inverse, HALF / c
    else:
        flat = a / np.sqrt(max(x * x + y * y, TINY))
        nx, ny, nz = x - x * flat, y - y * flat, z
    nx, ny, nz = _unit(nx, ny, nz)
    return nx, ny, nz, face


@inlined
def outside(kind, x, y, z, a, b, c):
    """Distance to a shape from outside, 0 within; nearly so where a section is an ellipse."""
    u, v, w = max(abs(x) - a, ZERO), max(abs(y) - b, ZERO), max(abs(z) - c, ZERO)
    box = np.sqrt(u * u + v * v + w * w)
    wedge = max(box, (z * a - x * c) / np.sqrt(a * a + c * c))
    flat = (x / a) * (x / a) + (y / b) * (y / b)
    across = max((np.sqrt(flat) - ONE) * min(a, b), ZERO)
    cylinder = np.sqrt(across * across + w * w)
    ellipsoid = max((np.sqrt(flat + (z / c) * (z / c)) - ONE) * min(min(a, b), c), ZERO)
    torus = max(outside_torus(x, y, z, a, c), ZERO)
    round_one = ellipsoid if kind == at.ELLIPSOID else (torus if kind == at.TORUS else cylinder)
    return box if kind == at.BOX else (wedge if kind == at.WEDGE else round_one)


@compiled
def support(kind, x, y, z, a, b, c):
    """Point of a shape furthest along a direction; a torus gives that of its ring."""
    if kind == at.SPHERE:
        return a * x, a * y, a * z
    if kind == at.ELLIPSOID:
        inverse = ONE / np.sqrt(max((a * x) ** 2 + (b * y) ** 2 + (c * z) ** 2, TINY))
        return a * a * x * inverse, b * b * y * inverse, c * c * z * inverse
    inverse = ONE / np.sqrt(max((a * x) ** 2 + (b * y) ** 2, TINY))
    rim_x, rim_y = a * a * x * inverse, b * b * y * inverse
    if kind == at.CAPSULE:
        return a * x, a * y, a * z + np.copysign(c, z)
    if kind == at.TORUS:
        return rim_x, rim_y, ZERO
    if kind == at.CONE:
        if c * z > rim_x * x + rim_y * y - c * z:
            return ZERO, ZERO, c
        return rim_x, rim_y, -c
    return rim_x, rim_y, np.copysign(c, z)
