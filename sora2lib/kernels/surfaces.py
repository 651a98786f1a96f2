"""Looks of bodies: normals, patterns and materials, mirror rays, and rays through clear bodies."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import ONE, TINY, TWO, ZERO
from sora2lib.kernels.patterns import ball_pattern, face_pattern, stuff_detail
from sora2lib.kernels.shapes import normal, span

_AIR_TO_GLASS = np.float32(1 / 1.5)


@inlined
def to_local(body, j, x, y, z):
    """Turn a direction into a body's frame."""
    return (
        body[j, at.ROTATION] * x + body[j, at.ROTATION + 1] * y + body[j, at.ROTATION + 2] * z,
        body[j, at.ROTATION + 3] * x + body[j, at.ROTATION + 4] * y + body[j, at.ROTATION + 5] * z,
        body[j, at.ROTATION + 6] * x + body[j, at.ROTATION + 7] * y + body[j, at.ROTATION + 8] * z,
    )


@inlined
def to_world(body, j, x, y, z):
    """Turn a direction out of a body's frame."""
    return (
        body[j, at.ROTATION] * x + body[j, at.ROTATION + 3] * y + body[j, at.ROTATION + 6] * z,
        body[j, at.ROTATION + 1] * x + body[j, at.ROTATION + 4] * y + body[j, at.ROTATION + 7] * z,
        body[j, at.ROTATION + 2] * x + body[j, at.ROTATION + 5] * y + body[j, at.ROTATION + 8] * z,
    )


@compiled
def find_normals(block, n, body, tags):
    """Normals of the bodies hit, and in row FEATURE the body and its face."""
    for i in range(n):
        j = np.int64(block[at.ID + i])
        if j < 0:
            continue
        a, b, c = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
        x, y, z = to_local(
            body,
            j,
            block[at.PX + i] - body[j, at.CENTRE],
            block[at.PY + i] - body[j, at.CENTRE + 1],
            block[at.PZ + i] - body[j, at.CENTRE + 2],
        )
        bevel = min(np.float32(0.06) * min(min(a, b), c), np.float32(0.008))
        nx, ny, nz, face = normal(tags[j, at.KIND], x, y, z, a, b, c, bevel)
        block[at.NX + i], block[at.NY + i], block[at.NZ + i] = to_world(body, j, nx, ny, nz)
        block[at.FEATURE + i] = np.float32(8 * j + face)


@compiled
def look_at_bodies(block, n, body, tags, volume):
    """Colour, roughness, mirror ray and its weight for every ray that met a body."""
    for i in range(n):
        j = np.int64(block[at.ID + i])
        if j < 0:
            continue
        kind, pattern, stuff = tags[j, at.KIND], tags[j, at.PATTERN], tags[j, at.STUFF]
        a, b, c, seed = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2], body[j, at.SEED]
        x, y, z = to_local(
            body,
            j,
            block[at.PX + i] - body[j, at.CENTRE],
            block[at.PY + i] - body[j, at.CENTRE + 1],
            block[at.PZ + i] - body[j, at.CENTRE + 2],
        )
        nx, ny, nz = block[at.NX + i], block[at.NY + i], block[at.NZ + i]
        dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
        facing = max(-(nx * dx + ny * dy + nz * dz), np.float32(0.05))
        pixel = block[at.FOOT + i] * block[at.T + i]
        blur = np.float64(min(pixel / facing, TWO * pixel + np.float32(0.02)))
        r, g, bl = np.float64(body[j, at.MAIN]), np.float64(body[j, at.MAIN + 1]), np.float64(body[j, at.MAIN + 2])
        ar, ag, ab = (
            np.float64(body[j, at.ACCENT]),
            np.float64(body[j, at.ACCENT + 1]),
            np.float64(body[j, at.ACCENT + 2]),
        )
        lx, ly, lz = np.float64(x), np.float64(y), np.float64(z)
        groove, shift = 0.0, np.float64(seed)
        if pattern > 0:
            if kind == at.SPHERE:
                r, g, bl, groove = ball_pattern(pattern, lx / a, ly / a, lz / a, r, g, bl, ar, ag, ab, blur / a, volume)
            else:
                face = np.int64(block[at.FEATURE + i]) - 8 * j
                if kind == at.CYLINDER:
                    face = 3 + face if face > 0 else -1
                r, g, bl, groove, shift = face_pattern(
                    pattern, face, lx, ly, lz, np.float64(a), np.float64(b), np.float64(c), np.float64(seed),
                    r, g, bl, ar, ag, ab, blur,
                )  # fmt: skip
        # Grain runs along the longest side, which takes the place of y.
        if (a > b) & (a >= c):
            gx_at, gy_at, gz_at = ly, lx, lz
        elif c > b:
            gx_at, gy_at, gz_at = lx, lz, ly
        else:
            gx_at, gy_at, gz_at = lx, ly, lz
        tone, gx, gy, gz = stuff_detail(
            stuff, pattern, gx_at + shift, gy_at + 0.7 * shift, gz_at + 0.3 * shift, np.float64(pixel / facing), volume
        )
        if (a > b) & (a >= c):
            gx, gy = gy, gx
        elif c > b:
            gy, gz = gz, gy
        metal = body[j, at.METALLIC]
        tone *= 1 - 0.25 * max(groove, 0.0)
        r, g, bl = min(r * tone, 1.0), min(g * tone, 1.0), min(bl * tone, 1.0)
        # Relief tilts the normal against the slope, along the surface.
        wx, wy, wz = to_world(body, j, np.float32(gx), np.float32(gy), np.float32(gz))
        along = wx * nx + wy * ny + wz * nz
        nx, ny, nz = nx - (wx - along * nx), ny - (wy - along * ny), nz - (wz - along * nz)
        inverse = ONE / np.sqrt(max(nx * nx + ny * ny + nz * nz, TINY))
        nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
        block[at.NX + i], block[at.NY + i], block[at.NZ + i] = nx, ny, nz
        smoothness = np.float32(min(body[j, at.GLOSS] * (1 - 0.5 * max(groove, 0.0)), 1.0))
        rough = (ONE - smoothness) * (ONE - smoothness)
        cosine = min(max(-(nx * dx + ny * dy + nz * dz), ZERO), ONE)
        edge = (ONE - cosine) * (ONE - cosine)
        edge = edge * edge * (ONE - cosine)
        plain = np.float32(0.04)
        fr = plain + metal * (np.sqrt(np.float32(r)) - plain)
        fg = plain + metal * (np.sqrt(np.float32(g)) - plain)
        fb = plain + metal * (np.sqrt(np.float32(bl)) - plain)
        shine = max(ONE - rough, plain)
        block[at.WR + i] = fr + max(shine - fr, ZERO) * edge
        block[at.WG + i] = fg + max(shine - fg, ZERO) * edge
        block[at.WB + i] = fb + max(shine - fb, ZERO) * edge
        twice = TWO * cosine
        mx, my, mz = dx + twice * nx, dy + twice * ny, dz + twice * nz
        block[at.MX + i], block[at.MY + i], block[at.MZ + i] = mx, my, mz
        clear = body[j, at.CLEAR] * (ONE if groove >= 0 else ONE + np.float32(0.8) * np.float32(groove))
        matt = (ONE - metal) * (ONE - clear) * (ONE - block[at.WG + i])
        block[at.AR + i], block[at.AG + i], block[at.AB + i] = (
            np.float32(r) * matt,
            np.float32(g) * matt,
            np.float32(bl) * matt,
        )
        block[at.ROUGH + i] = rough
        block[at.SHARP + i] = ONE if rough < np.float32(0.07) else ZERO
        if clear > ZERO:
            _refract(block, i, j, body, tags, clear, np.float32(r), np.float32(g), np.float32(bl))


@inlined
def _bend(dx, dy, dz, nx, ny, nz, eta):
    """Direction after a surface whose normal points against the ray, and whether any light gets through."""
    cosine = -(dx * nx + dy * ny + dz * nz)
    inner = ONE - eta * eta * (ONE - cosine * cosine)
    shift = eta * cosine - np.sqrt(max(inner, ZERO))
    return eta * dx + shift * nx, eta * dy + shift * ny, eta * dz + shift * nz, inner > ZERO


@compiled
def _refract(block, i, j, body, tags, clear, r, g, b):
    """Follow a ray through a clear body to where it leaves; the colour deepens with the way inside."""
    nx, ny, nz = block[at.NX + i], block[at.NY + i], block[at.NZ + i]
    dx, dy, dz, _ = _bend(block[at.DX + i], block[at.DY + i], block[at.DZ + i], nx, ny, nz, _AIR_TO_GLASS)
    ha, hb, hc = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
    x, y, z = to_local(
        body,
        j,
        block[at.PX + i] - body[j, at.CENTRE],
        block[at.PY + i] - body[j, at.CENTRE + 1],
        block[at.PZ + i] - body[j, at.CENTRE + 2],
    )
    lx, ly, lz = to_local(body, j, dx, dy, dz)
    _, way = span(tags[j, at.KIND], x, y, z, lx, ly, lz, ha, hb, hc)
    way = min(max(way, ZERO), TWO * body[j, at.RADIUS])
    mx, my, mz, _ = normal(tags[j, at.KIND], x + way * lx, y + way * ly, z + way * lz, ha, hb, hc, np.float32(1e-5))
    ox, oy, oz, through = _bend(lx, ly, lz, -mx, -my, -mz, np.float32(1.5))
    if not through:
        back = TWO * (lx * mx + ly * my + lz * mz)
        ox, oy, oz = lx - back * mx, ly - back * my, lz - back * mz
    wx, wy, wz = to_world(body, j, ox, oy, oz)
    inverse = ONE / np.sqrt(max(wx * wx + wy * wy + wz * wz, TINY))
    block[at.HX + i], block[at.HY + i], block[at.HZ + i] = wx * inverse, wy * inverse, wz * inverse
    block[at.GX + i] = block[at.PX + i] + way * dx
    block[at.GY + i] = block[at.PY + i] + way * dy
    block[at.GZ + i] = max(block[at.PZ + i] + way * dz, np.float32(1e-4))
    depth = np.float32(0.4) + np.float32(1.4) * way / (TWO * min(min(ha, hb), hc))
    left = (ONE - block[at.WG + i]) * clear
    block[at.VR + i] = left * np.float32(np.exp(-depth * (ONE - np.sqrt(r))))
    block[at.VG + i] = left * np.float32(np.exp(-depth * (ONE - np.sqrt(g))))
    block[at.VB + i] = left * np.float32(np.exp(-depth * (ONE - np.sqrt(b))))
