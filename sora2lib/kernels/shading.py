"""Looks of what was hit: points, normals, colours, mirror rays; then light, mirrored light and air."""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import (
    AB,
    ACCENT,
    AG,
    AMBIENT,
    AR,
    BOUNCE,
    CB,
    CENTRE,
    CG,
    CLEAR,
    CR,
    CYLINDER,
    DISC,
    DISC_COLOUR,
    DX,
    DY,
    DZ,
    FAR,
    FAR_SCALE,
    FEATURE,
    FOG,
    FOG_HEIGHT,
    FOOT,
    GLOSS,
    GROUND,
    GROUND_KIND,
    GROUND_ROUGH,
    GROUND_SCALE,
    GROUND_TONE,
    GX,
    GY,
    GZ,
    HALF,
    HALFS,
    HAZE,
    HX,
    HY,
    HZ,
    ID,
    KEY,
    KIND,
    LIGHT,
    MAIN,
    METALLIC,
    MIRROR,
    MX,
    MY,
    MZ,
    NET,
    NX,
    NY,
    NZ,
    ONE,
    OPEN,
    OX,
    OY,
    OZ,
    PATTERN,
    PX,
    PY,
    PZ,
    RADIUS,
    RELIEF,
    ROTATION,
    ROUGH,
    SEED,
    SHARP,
    SKY,
    SOFTNESS,
    SPHERE,
    STUFF,
    SUN,
    TINY,
    TWO,
    VB,
    VG,
    VR,
    WB,
    WG,
    WR,
    ZERO,
    D,
    E,
    F,
    S,
    T,
    U,
    V,
)  # fmt: skip
from sora2lib.kernels.light import smooth
from sora2lib.kernels.patterns import ball_pattern, face_pattern, stuff_detail
from sora2lib.kernels.shapes import normal, span
from sora2lib.kernels.textures import dome_colour, dome_near, ground_texel

_BYTE = np.float32(1 / 255)
_TAPS = 4
SNOW = 1
_AIR_TO_GLASS = np.float32(1 / 1.5)


@compiled
def find_points(block, n):
    """Points hit and empty looks; returns how many rays met the ground, and how many a body."""
    floor, solid = ZERO, ZERO
    for i in range(n):
        floor += ONE if block[ID + i] == np.float32(GROUND) else ZERO
        solid += ONE if block[ID + i] >= ZERO else ZERO
        t = min(block[T + i], np.float32(1e6))
        block[PX + i] = block[OX + i] + t * block[DX + i]
        block[PY + i] = block[OY + i] + t * block[DY + i]
        block[PZ + i] = max(block[OZ + i] + t * block[DZ + i], ZERO)
        block[NX + i], block[NY + i], block[NZ + i] = ZERO, ZERO, ONE
        block[FEATURE + i] = np.float32(SKY)
        block[AR + i], block[AG + i], block[AB + i] = ZERO, ZERO, ZERO
        block[RELIEF + i], block[ROUGH + i] = ONE, ONE
        block[WR + i], block[WG + i], block[WB + i] = ZERO, ZERO, ZERO
        block[VR + i], block[VG + i], block[VB + i] = ZERO, ZERO, ZERO
        block[SHARP + i] = ZERO
    return floor, solid


@inlined
def _sparkle(x, y, foot, dx, dy):
    """Rare bright crystals that flash as the eye moves."""
    size = np.float32(0.006)
    i, j = np.int64(np.floor(x / size)), np.int64(np.floor(y / size))
    h = (i * 374761393 + j * 668265263) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    rare = (h & 255) > 250
    phase = np.float32((h >> 8) & 1023) / np.float32(1023) + np.float32(9) * (dx + dy)
    flash = phase - np.floor(phase) > np.float32(0.80)
    fade = max(ZERO, ONE - foot / np.float32(0.02))
    return np.float32(1.3) * fade if rare & flash else ZERO


@compiled
def look_at_ground(block, n, air, texture):
    """Colour, relief and mirror ray of every ray that met the ground.

    The texture holds the square root of the colour and half the relief. It is read along the longer side of the
    pixel's footprint in up to four places, each in the level of detail above or below the exact one in turn: crisp
    at a low angle, and no line where levels meet.
    """
    scale, far_scale, mirror, rough = air[GROUND_SCALE], air[FAR_SCALE], air[MIRROR], air[GROUND_ROUGH]
    sparkles, tone_scale = air[GROUND_KIND] == np.float32(SNOW), ONE / air[GROUND_TONE]
    for i in range(n):
        dx, dy, dz = block[DX + i], block[DY + i], block[DZ + i]
        foot = block[FOOT + i] * block[T + i]
        long = foot / max(-dz, np.float32(1e-3))
        taps = np.floor(min(max(long / foot + HALF, TWO), np.float32(_TAPS)))
        # The bits of a float are nearly its logarithm.
        texels = max(max(foot, long / np.float32(_TAPS)) * scale * np.float32(1024), ONE)
        level = np.float32(np.float32(texels).view(np.int32) - 0x3F800000) * np.float32(1 / (1 << 23)) + np.float32(
            0.25
        )
        step = scale * long / (np.sqrt(max(dx * dx + dy * dy, TINY)) * taps)
        back = HALF * (taps - ONE)
        block[D + i], block[E + i] = step * dx, step * dy
        block[U + i] = block[PX + i] * scale - back * step * dx
        block[V + i] = block[PY + i] * scale - back * step * dy
        block[S + i], block[F + i] = taps, min(level, np.float32(9.4))
    for i in range(n):
        if block[ID + i] != np.float32(GROUND):
            continue
        taps, level = np.int64(block[S + i]), block[F + i]
        u, v, du, dv = block[U + i], block[V + i], block[D + i], block[E + i]
        share = ONE / np.float32(taps)
        mix, shift = np.int64(0), HALF * share
        for _ in range(taps):
            mix += ground_texel(texture, np.int64(level + shift), u, v)
            u, v, shift = u + du, v + dv, shift + share
        share *= _BYTE
        block[AR + i], block[AG + i] = np.float32(mix & 0xFFFF) * share, np.float32((mix >> 16) & 0xFFFF) * share
        block[AB + i], block[RELIEF + i] = np.float32((mix >> 32) & 0xFFFF) * share, np.float32(mix >> 48) * share
        # A second look from far away breaks the repetition.
        wide = ground_texel(
            texture, np.int64(max(level - TWO, np.float32(5))), block[PX + i] * far_scale, block[PY + i] * far_scale
        )
        block[U + i] = np.float32((wide >> 16) & 0xFF) * _BYTE
    for i in range(n):
        if block[ID + i] != np.float32(GROUND):
            continue
        wide, relief, dz = block[U + i], block[RELIEF + i], block[DZ + i]
        tone = min(max(wide * wide * tone_scale, np.float32(0.8)), np.float32(1.25))
        grazing = (ONE + dz) * (ONE + dz)
        weight = mirror * (np.float32(0.30) + np.float32(1.1) * grazing * grazing) * (HALF + relief)
        weight = min(weight, np.float32(0.9))
        tone *= ONE - weight
        block[AR + i] *= block[AR + i] * tone
        block[AG + i] *= block[AG + i] * tone
        block[AB + i] *= block[AB + i] * tone
        block[RELIEF + i] = relief + relief
        block[MX + i], block[MY + i], block[MZ + i] = block[DX + i], block[DY + i], -dz
        block[WR + i], block[WG + i], block[WB + i] = weight, weight, weight
        block[SHARP + i] = ONE if mirror > ZERO else ZERO
        block[ROUGH + i] = rough
        if sparkles:
            glint = _sparkle(block[PX + i], block[PY + i], block[FOOT + i] * block[T + i], block[DX + i], block[DY + i])
            block[AR + i] += glint
            block[AG + i] += glint
            block[AB + i] += glint


@inlined
def _to_local(body, j, x, y, z):
    return (
        body[j, ROTATION] * x + body[j, ROTATION + 1] * y + body[j, ROTATION + 2] * z,
        body[j, ROTATION + 3] * x + body[j, ROTATION + 4] * y + body[j, ROTATION + 5] * z,
        body[j, ROTATION + 6] * x + body[j, ROTATION + 7] * y + body[j, ROTATION + 8] * z,
    )


@inlined
def _to_world(body, j, x, y, z):
    return (
        body[j, ROTATION] * x + body[j, ROTATION + 3] * y + body[j, ROTATION + 6] * z,
        body[j, ROTATION + 1] * x + body[j, ROTATION + 4] * y + body[j, ROTATION + 7] * z,
        body[j, ROTATION + 2] * x + body[j, ROTATION + 5] * y + body[j, ROTATION + 8] * z,
    )


@compiled
def find_normals(block, n, body, tags):
    """Normals of the bodies hit, and in row FEATURE the body and its face."""
    for i in range(n):
        j = np.int64(block[ID + i])
        if j < 0:
            continue
        a, b, c = body[j, HALFS], body[j, HALFS + 1], body[j, HALFS + 2]
        x, y, z = _to_local(
            body,
            j,
            block[PX + i] - body[j, CENTRE],
            block[PY + i] - body[j, CENTRE + 1],
            block[PZ + i] - body[j, CENTRE + 2],
        )
        bevel = min(np.float32(0.06) * min(min(a, b), c), np.float32(0.008))
        nx, ny, nz, face = normal(tags[j, KIND], x, y, z, a, b, c, bevel)
        block[NX + i], block[NY + i], block[NZ + i] = _to_world(body, j, nx, ny, nz)
        block[FEATURE + i] = np.float32(8 * j + face)


@compiled
def look_at_bodies(block, n, body, tags, volume):
    """Colour, roughness, mirror ray and its weight for every ray that met a body."""
    for i in range(n):
        j = np.int64(block[ID + i])
        if j < 0:
            continue
        kind, pattern, stuff = tags[j, KIND], tags[j, PATTERN], tags[j, STUFF]
        a, b, c, seed = body[j, HALFS], body[j, HALFS + 1], body[j, HALFS + 2], body[j, SEED]
        x, y, z = _to_local(
            body,
            j,
            block[PX + i] - body[j, CENTRE],
            block[PY + i] - body[j, CENTRE + 1],
            block[PZ + i] - body[j, CENTRE + 2],
        )
        nx, ny, nz = block[NX + i], block[NY + i], block[NZ + i]
        dx, dy, dz = block[DX + i], block[DY + i], block[DZ + i]
        facing = max(-(nx * dx + ny * dy + nz * dz), np.float32(0.05))
        pixel = block[FOOT + i] * block[T + i]
        blur = np.float64(min(pixel / facing, TWO * pixel + np.float32(0.02)))
        r, g, bl = np.float64(body[j, MAIN]), np.float64(body[j, MAIN + 1]), np.float64(body[j, MAIN + 2])
        ar, ag, ab = np.float64(body[j, ACCENT]), np.float64(body[j, ACCENT + 1]), np.float64(body[j, ACCENT + 2])
        lx, ly, lz = np.float64(x), np.float64(y), np.float64(z)
        groove, shift = 0.0, np.float64(seed)
        if pattern > 0:
            if kind == SPHERE:
                r, g, bl, groove = ball_pattern(pattern, lx / a, ly / a, lz / a, r, g, bl, ar, ag, ab, blur / a, volume)
            else:
                face = np.int64(block[FEATURE + i]) - 8 * j
                if kind == CYLINDER:
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
        metal = body[j, METALLIC]
        tone *= 1 - 0.25 * max(groove, 0.0)
        r, g, bl = min(r * tone, 1.0), min(g * tone, 1.0), min(bl * tone, 1.0)
        # Relief tilts the normal against the slope, along the surface.
        wx, wy, wz = _to_world(body, j, np.float32(gx), np.float32(gy), np.float32(gz))
        along = wx * nx + wy * ny + wz * nz
        nx, ny, nz = nx - (wx - along * nx), ny - (wy - along * ny), nz - (wz - along * nz)
        inverse = ONE / np.sqrt(max(nx * nx + ny * ny + nz * nz, TINY))
        nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
        block[NX + i], block[NY + i], block[NZ + i] = nx, ny, nz
        smoothness = np.float32(min(body[j, GLOSS] * (1 - 0.5 * max(groove, 0.0)), 1.0))
        rough = (ONE - smoothness) * (ONE - smoothness)
        cosine = min(max(-(nx * dx + ny * dy + nz * dz), ZERO), ONE)
        edge = (ONE - cosine) * (ONE - cosine)
        edge = edge * edge * (ONE - cosine)
        plain = np.float32(0.04)
        fr = plain + metal * (np.sqrt(np.float32(r)) - plain)
        fg = plain + metal * (np.sqrt(np.float32(g)) - plain)
        fb = plain + metal * (np.sqrt(np.float32(bl)) - plain)
        shine = max(ONE - rough, plain)
        block[WR + i] = fr + max(shine - fr, ZERO) * edge
        block[WG + i] = fg + max(shine - fg, ZERO) * edge
        block[WB + i] = fb + max(shine - fb, ZERO) * edge
        twice = TWO * cosine
        mx, my, mz = dx + twice * nx, dy + twice * ny, dz + twice * nz
        block[MX + i], block[MY + i], block[MZ + i] = mx, my, mz
        clear = body[j, CLEAR] * (ONE if groove >= 0 else ONE + np.float32(0.8) * np.float32(groove))
        matt = (ONE - metal) * (ONE - clear) * (ONE - block[WG + i])
        block[AR + i], block[AG + i], block[AB + i] = np.float32(r) * matt, np.float32(g) * matt, np.float32(bl) * matt
        block[ROUGH + i] = rough
        block[SHARP + i] = ONE if rough < np.float32(0.07) else ZERO
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
    nx, ny, nz = block[NX + i], block[NY + i], block[NZ + i]
    dx, dy, dz, _ = _bend(block[DX + i], block[DY + i], block[DZ + i], nx, ny, nz, _AIR_TO_GLASS)
    ha, hb, hc = body[j, HALFS], body[j, HALFS + 1], body[j, HALFS + 2]
    x, y, z = _to_local(
        body,
        j,
        block[PX + i] - body[j, CENTRE],
        block[PY + i] - body[j, CENTRE + 1],
        block[PZ + i] - body[j, CENTRE + 2],
    )
    lx, ly, lz = _to_local(body, j, dx, dy, dz)
    _, way = span(tags[j, KIND], x, y, z, lx, ly, lz, ha, hb, hc)
    way = min(max(way, ZERO), TWO * body[j, RADIUS])
    mx, my, mz, _ = normal(tags[j, KIND], x + way * lx, y + way * ly, z + way * lz, ha, hb, hc, np.float32(1e-5))
    ox, oy, oz, through = _bend(lx, ly, lz, -mx, -my, -mz, np.float32(1.5))
    if not through:
        back = TWO * (lx * mx + ly * my + lz * mz)
        ox, oy, oz = lx - back * mx, ly - back * my, lz - back * mz
    wx, wy, wz = _to_world(body, j, ox, oy, oz)
    inverse = ONE / np.sqrt(max(wx * wx + wy * wy + wz * wz, TINY))
    block[HX + i], block[HY + i], block[HZ + i] = wx * inverse, wy * inverse, wz * inverse
    block[GX + i] = block[PX + i] + way * dx
    block[GY + i] = block[PY + i] + way * dy
    block[GZ + i] = max(block[PZ + i] + way * dz, np.float32(1e-4))
    depth = np.float32(0.4) + np.float32(1.4) * way / (TWO * min(min(ha, hb), hc))
    left = (ONE - block[WG + i]) * clear
    block[VR + i] = left * np.float32(np.exp(-depth * (ONE - np.sqrt(r))))
    block[VG + i] = left * np.float32(np.exp(-depth * (ONE - np.sqrt(g))))
    block[VB + i] = left * np.float32(np.exp(-depth * (ONE - np.sqrt(b))))


@compiled
def compose(block, n, air):
    """Radiance from the key light, the ambient light and its highlights; what mirrors stays open."""
    lx, ly, lz = air[LIGHT], air[LIGHT + 1], air[LIGHT + 2]
    kr, kg, kb = air[KEY], air[KEY + 1], air[KEY + 2]
    r0, r1, r2, r3 = air[AMBIENT], air[AMBIENT + 1], air[AMBIENT + 2], air[AMBIENT + 3]
    g0, g1, g2, g3 = air[AMBIENT + 4], air[AMBIENT + 5], air[AMBIENT + 6], air[AMBIENT + 7]
    b0, b1, b2, b3 = air[AMBIENT + 8], air[AMBIENT + 9], air[AMBIENT + 10], air[AMBIENT + 11]
    for i in range(n):
        nx, ny, nz, sky = block[NX + i], block[NY + i], block[NZ + i], block[OPEN + i]
        key = max(nx * lx + ny * ly + nz * lz, ZERO) * block[SUN + i] * block[RELIEF + i]
        block[CR + i] = block[AR + i] * (kr * key + sky * max(r0 + r1 * nx + r2 * ny + r3 * nz, ZERO))
        block[CG + i] = block[AG + i] * (kg * key + sky * max(g0 + g1 * nx + g2 * ny + g3 * nz, ZERO))
        block[CB + i] = block[AB + i] * (kb * key + sky * max(b0 + b1 * nx + b2 * ny + b3 * nz, ZERO))
    for i in range(n):
        if block[WG + i] <= ZERO or block[SUN + i] <= ZERO:
            continue
        nx, ny, nz = block[NX + i], block[NY + i], block[NZ + i]
        hx, hy, hz = lx - block[DX + i], ly - block[DY + i], lz - block[DZ + i]
        inverse = ONE / np.sqrt(max(hx * hx + hy * hy + hz * hz, TINY))
        half = (nx * hx + ny * hy + nz * hz) * inverse
        level = nx * lx + ny * ly + nz * lz
        if half <= ZERO or level <= ZERO:
            continue
        # GGX after Walter et al. 2007, visibility after Karis; the light's disc keeps it from being a point.
        rough = max(block[ROUGH + i], np.float32(0.035)) + air[SOFTNESS]
        square = rough * rough
        bottom = half * half * (square - ONE) + ONE
        across = (lx * hx + ly * hy + lz * hz) * inverse
        lobe = square / (bottom * bottom * np.float32(4) * max(across * across, np.float32(0.1)) * (rough + HALF))
        lobe = min(lobe, np.float32(60)) * level * block[SUN + i]
        lobe *= np.float32(0.3) if block[ID + i] < ZERO else ONE
        block[CR + i] += kr * lobe * block[WR + i]
        block[CG + i] += kg * lobe * block[WG + i]
        block[CB + i] += kb * lobe * block[WB + i]


@inlined
def sky_or_floor(dome, air, x, y, z, rough):
    """Light from a direction where nothing stands in between, blurred by roughness."""
    r, g, b = dome_colour(dome, x, y, max(z, np.float32(0.01)))
    soft = smooth(rough * np.float32(2.5))
    r += soft * (max(air[AMBIENT] + air[AMBIENT + 1] * x + air[AMBIENT + 2] * y + air[AMBIENT + 3] * z, ZERO) - r)
    g += soft * (max(air[AMBIENT + 4] + air[AMBIENT + 5] * x + air[AMBIENT + 6] * y + air[AMBIENT + 7] * z, ZERO) - g)
    b += soft * (max(air[AMBIENT + 8] + air[AMBIENT + 9] * x + air[AMBIENT + 10] * y + air[AMBIENT + 11] * z, ZERO) - b)
    down = smooth(HALF - z / (np.float32(0.04) + rough)) * (ONE - soft)
    return r + down * (air[BOUNCE] - r), g + down * (air[BOUNCE + 1] - g), b + down * (air[BOUNCE + 2] - b)


@compiled
def reflect_sky(block, n, air, dome, every):
    """Add the sky's and the floor's image to what mirrors; ``every`` takes sharp mirrors too."""
    for i in range(n):
        if block[WG + i] <= ZERO or (block[SHARP + i] > ZERO and not every):
            continue
        r, g, b = sky_or_floor(dome, air, block[MX + i], block[MY + i], block[MZ + i], block[ROUGH + i])
        sky = block[OPEN + i]
        block[CR + i] += block[WR + i] * r * sky
        block[CG + i] += block[WG + i] * g * sky
        block[CB + i] += block[WB + i] * b * sky


@compiled
def look_at_sky(block, n, air, dome, disc):
    """Radiance of every ray that met nothing, and with ``disc`` the sun or the moon itself."""
    lx, ly, lz, edge = air[LIGHT], air[LIGHT + 1], air[LIGHT + 2], air[DISC]
    for i in range(n):
        if block[ID + i] != np.float32(SKY):
            continue
        x, y, z = block[DX + i], block[DY + i], block[DZ + i]
        r, g, b = dome_colour(dome, x, y, z)
        gap = (x * lx + y * ly + z * lz - edge) / (ONE - edge)
        if disc and gap > np.float32(-0.1):
            share = smooth(gap * np.float32(5) + HALF)
            r += share * air[DISC_COLOUR]
            g += share * air[DISC_COLOUR + 1]
            b += share * air[DISC_COLOUR + 2]
        block[CR + i], block[CG + i], block[CB + i] = r, g, b


@compiled
def hang_nets(block, n, names, count, body, tags, air):
    """Blend the nets of hoops over what lies behind them: two crossing families of cords on a cone."""
    for k in range(count):
        j = names[k]
        if tags[j, KIND] != NET:
            continue
        top, low, tall = body[j, HALFS], body[j, HALFS + 1], body[j, HALFS + 2]
        middle, slope = HALF * (top + low), (top - low) / (TWO * tall)
        for i in range(n):
            px, py, pz = (
                block[OX + i] - body[j, CENTRE],
                block[OY + i] - body[j, CENTRE + 1],
                block[OZ + i] - body[j, CENTRE + 2],
            )
            ox, oy, oz = _to_local(body, j, px, py, pz)
            dx, dy, dz = _to_local(body, j, block[DX + i], block[DY + i], block[DZ + i])
            reach, rise = middle + slope * oz, slope * dz
            qa = dx * dx + dy * dy - rise * rise
            qb = ox * dx + oy * dy - reach * rise
            h = qb * qb - qa * (ox * ox + oy * oy - reach * reach)
            if h <= ZERO or abs(qa) < TINY:
                continue
            root = np.sqrt(h)
            for side in range(2):
                t = (-qb + root) / qa if side == 0 else (-qb - root) / qa
                z = oz + t * dz
                if t <= ZERO or t >= block[T + i] or abs(z) > tall:
                    continue
                width = middle + slope * z
                turn = np.arctan2(oy + t * dy, ox + t * dx) * np.float32(12 / (2 * np.pi))
                fall = np.float32(5) * (tall - z) / (TWO * tall)
                first, second = turn + fall, turn - fall
                first, second = abs(first - np.floor(first + HALF)), abs(second - np.floor(second + HALF))
                gap = min(first, second) * width * np.float32(2 * np.pi / 12 * 0.75)
                pixel = block[FOOT + i] * t
                cord = np.float32(0.0045)
                cover = smooth(HALF - (gap - cord) / (pixel + np.float32(1e-4))) * min(ONE, TWO * cord / pixel)
                shade = np.float32(0.75) * (HALF * air[KEY + 1] + air[AMBIENT + 4])
                warm = np.float32(0.75) * (HALF * air[KEY] + air[AMBIENT])
                cool = np.float32(0.75) * (HALF * air[KEY + 2] + air[AMBIENT + 8])
                block[CR + i] += cover * (warm - block[CR + i])
                block[CG + i] += cover * (shade - block[CG + i])
                block[CB + i] += cover * (cool - block[CB + i])


@inlined
def fade_out(x):
    """exp(-x) by eight squarings, good to 1 % of its value where it matters and quick in a loop."""
    y = max(ONE - x * np.float32(1 / 256), ZERO)
    y *= y
    y *= y
    y *= y
    y *= y
    y *= y
    y *= y
    y *= y
    return y * y


@compiled
def fill_with_air(block, n, air, dome):
    """Fade what is far into the horizon behind it: haze everywhere, fog that thins out with height."""
    fog, height, haze = air[FOG], air[FOG_HEIGHT], air[HAZE]
    for i in range(n):
        t, dz, oz = block[T + i], block[DZ + i], block[OZ + i]
        rise = t * dz / height
        rise = np.float32(1e-3) if abs(rise) < np.float32(1e-3) else rise
        depth = (
            fog
            * t
            * fade_out(max(oz, ZERO) / height)
            * (ONE - fade_out(min(max(rise, np.float32(-6)), np.float32(40))))
            / rise
        )
        block[ROUGH + i] = fade_out(max(depth, ZERO) + t * haze * (ONE + t * haze)) if t < FAR else ONE
    for i in range(n):
        clear = block[ROUGH + i]
        if clear > np.float32(0.996):
            continue
        x, y = block[DX + i], block[DY + i]
        inverse = ONE / np.sqrt(max(x * x + y * y, np.float32(1e-6)))
        x, y = x * inverse, y * inverse
        r, g, b = dome_near(dome, x, y) if clear > np.float32(0.7) else dome_colour(dome, x, y, ZERO)
        block[CR + i] = r + clear * (block[CR + i] - r)
        block[CG + i] = g + clear * (block[CG + i] - g)
        block[CB + i] = b + clear * (block[CB + i] - b)
