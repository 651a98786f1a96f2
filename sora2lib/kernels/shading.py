"""Light of what was hit: points, direct and ambient light, mirrored sky, nets, air."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import FAR, HALF, ONE, TINY, TWO, ZERO
from sora2lib.kernels.light import smooth
from sora2lib.kernels.surfaces import to_local
from sora2lib.kernels.textures import bilinear, calm_colour, calm_place, dome_colour, ring_place


@compiled
def find_points(block, n):
    """Points hit and empty looks; returns how many rays met the ground, and how many a body."""
    floor, solid = ZERO, ZERO
    for i in range(n):
        floor += ONE if block[at.ID + i] == np.float32(at.GROUND) else ZERO
        solid += ONE if block[at.ID + i] >= ZERO else ZERO
        t = min(block[at.T + i], np.float32(1e6))
        block[at.PX + i] = block[at.OX + i] + t * block[at.DX + i]
        block[at.PY + i] = block[at.OY + i] + t * block[at.DY + i]
        block[at.PZ + i] = max(block[at.OZ + i] + t * block[at.DZ + i], ZERO)
        block[at.NX + i], block[at.NY + i], block[at.NZ + i] = ZERO, ZERO, ONE
        block[at.FEATURE + i] = np.float32(at.SKY)
        block[at.AR + i], block[at.AG + i], block[at.AB + i] = ZERO, ZERO, ZERO
        block[at.RELIEF + i], block[at.ROUGH + i] = ONE, ONE
        block[at.WR + i], block[at.WG + i], block[at.WB + i] = ZERO, ZERO, ZERO
        block[at.VR + i], block[at.VG + i], block[at.VB + i] = ZERO, ZERO, ZERO
        block[at.SHARP + i] = ZERO
    return floor, solid


@inlined
def _step(x, place):
    """0 below a place and 1 above it, soft over a few pixels."""
    return smooth((x - place) * np.float32(18) + HALF)


@compiled
def compose(block, n, air):
    """Radiance from the key light, the ambient light and its highlights; what mirrors stays open.

    On a cel, the key light has three tones, the ambient light two, and a highlight is there or not.
    """
    flat = air[at.CEL] > ZERO
    lx, ly, lz = air[at.LIGHT], air[at.LIGHT + 1], air[at.LIGHT + 2]
    kr, kg, kb = air[at.KEY], air[at.KEY + 1], air[at.KEY + 2]
    r0, r1, r2, r3 = air[at.AMBIENT], air[at.AMBIENT + 1], air[at.AMBIENT + 2], air[at.AMBIENT + 3]
    g0, g1, g2, g3 = air[at.AMBIENT + 4], air[at.AMBIENT + 5], air[at.AMBIENT + 6], air[at.AMBIENT + 7]
    b0, b1, b2, b3 = air[at.AMBIENT + 8], air[at.AMBIENT + 9], air[at.AMBIENT + 10], air[at.AMBIENT + 11]
    for i in range(n):
        nx, ny, nz, sky = block[at.NX + i], block[at.NY + i], block[at.NZ + i], block[at.OPEN + i]
        key = max(nx * lx + ny * ly + nz * lz, ZERO) * block[at.SUN + i] * block[at.RELIEF + i]
        if flat:
            level = nx * lx + ny * ly + nz * lz
            tone = np.float32(0.42) * (_step(level, np.float32(0.12)) + _step(level, np.float32(0.52)))
            key = (tone if block[at.ID + i] >= ZERO else level) * _step(block[at.SUN + i], HALF)
            sky = HALF + HALF * _step(sky, np.float32(0.62))
            nx, ny, nz = ZERO, ZERO, np.float32(0.6)
        block[at.CR + i] = block[at.AR + i] * (kr * key + sky * max(r0 + r1 * nx + r2 * ny + r3 * nz, ZERO))
        block[at.CG + i] = block[at.AG + i] * (kg * key + sky * max(g0 + g1 * nx + g2 * ny + g3 * nz, ZERO))
        block[at.CB + i] = block[at.AB + i] * (kb * key + sky * max(b0 + b1 * nx + b2 * ny + b3 * nz, ZERO))
    for i in range(n):
        if block[at.WG + i] <= ZERO or block[at.SUN + i] <= ZERO:
            continue
        nx, ny, nz = block[at.NX + i], block[at.NY + i], block[at.NZ + i]
        hx, hy, hz = lx - block[at.DX + i], ly - block[at.DY + i], lz - block[at.DZ + i]
        inverse = ONE / np.sqrt(max(hx * hx + hy * hy + hz * hz, TINY))
        half = (nx * hx + ny * hy + nz * hz) * inverse
        level = nx * lx + ny * ly + nz * lz
        if half <= ZERO or level <= ZERO:
            continue
        # GGX after Walter et al. 2007, visibility after Karis; the light's disc keeps it from being a point.
        rough = max(block[at.ROUGH + i], np.float32(0.035)) + air[at.SOFTNESS]
        square = rough * rough
        bottom = half * half * (square - ONE) + ONE
        across = (lx * hx + ly * hy + lz * hz) * inverse
        lobe = square / (bottom * bottom * np.float32(4) * max(across * across, np.float32(0.1)) * (rough + HALF))
        lobe = min(lobe, np.float32(60)) * level * block[at.SUN + i]
        lobe *= np.float32(0.3) if block[at.ID + i] < ZERO else ONE
        if flat:
            glint = np.float32(0.4) * (kr + kg) * HALF * _step(lobe * block[at.WG + i], HALF)
            block[at.CR + i] += glint
            block[at.CG + i] += glint
            block[at.CB + i] += glint
            continue
        block[at.CR + i] += kr * lobe * block[at.WR + i]
        block[at.CG + i] += kg * lobe * block[at.WG + i]
        block[at.CB + i] += kb * lobe * block[at.WB + i]


@inlined
def _surroundings(air):
    """The ambient light and the floor's colour as plain numbers."""
    a = at.AMBIENT
    return (
        (air[a], air[a + 1], air[a + 2], air[a + 3], air[at.BOUNCE]),
        (air[a + 4], air[a + 5], air[a + 6], air[a + 7], air[at.BOUNCE + 1]),
        (air[a + 8], air[a + 9], air[a + 10], air[a + 11], air[at.BOUNCE + 2]),
    )


@inlined
def _blur(seen, around, x, y, z, soft, down):
    """One channel of a mirrored sky: the rougher, the more of the ambient light; below the horizon the floor."""
    wide = max(around[0] + around[1] * x + around[2] * y + around[3] * z, ZERO)
    seen += soft * (wide - seen)
    return seen + down * (around[4] - seen)


@inlined
def sky_or_floor(calm, air, x, y, z, rough):
    """Light from a direction where nothing stands in between, blurred by roughness."""
    r, g, b = calm_colour(calm, x, y, max(z, np.float32(0.01)))
    soft = smooth(rough * np.float32(2.5))
    down = smooth(HALF - z / (np.float32(0.04) + rough)) * (ONE - soft)
    red, green, blue = _surroundings(air)
    return _blur(r, red, x, y, z, soft, down), _blur(g, green, x, y, z, soft, down), _blur(b, blue, x, y, z, soft, down)


@compiled
def reflect_sky(block, n, air, calm, every):
    """Add the sky's and the floor's image to what mirrors; ``every`` takes sharp mirrors too."""
    for i in range(n):
        wanted = (block[at.WG + i] > ZERO) & ((block[at.SHARP + i] <= ZERO) | every)
        block[at.S + i] = block[at.OPEN + i] if wanted else ZERO
        block[at.U + i], block[at.V + i] = calm_place(block[at.MX + i], block[at.MY + i], block[at.MZ + i])
    for i in range(n):
        if block[at.S + i] > ZERO:
            block[at.AR + i], block[at.AG + i], block[at.AB + i] = bilinear(calm, block[at.U + i], block[at.V + i])
    red, green, blue = _surroundings(air)
    for i in range(n):
        x, y, z, rough = block[at.MX + i], block[at.MY + i], block[at.MZ + i], block[at.ROUGH + i]
        soft, open_sky = smooth(rough * np.float32(2.5)), block[at.S + i]
        down = smooth(HALF - z / (np.float32(0.04) + rough)) * (ONE - soft)
        block[at.CR + i] += open_sky * block[at.WR + i] * _blur(block[at.AR + i], red, x, y, z, soft, down)
        block[at.CG + i] += open_sky * block[at.WG + i] * _blur(block[at.AG + i], green, x, y, z, soft, down)
        block[at.CB + i] += open_sky * block[at.WB + i] * _blur(block[at.AB + i], blue, x, y, z, soft, down)


@compiled
def look_at_sky(block, n, air, dome, disc):
    """Radiance of every ray that met nothing, and with ``disc`` the sun or the moon itself."""
    lx, ly, lz, edge = air[at.LIGHT], air[at.LIGHT + 1], air[at.LIGHT + 2], air[at.DISC]
    for i in range(n):
        if block[at.ID + i] != np.float32(at.SKY):
            continue
        x, y, z = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
        r, g, b = dome_colour(dome, x, y, z)
        gap = (x * lx + y * ly + z * lz - edge) / (ONE - edge)
        if disc and gap > np.float32(-0.1):
            share = smooth(gap * np.float32(5) + HALF)
            r += share * air[at.DISC_COLOUR]
            g += share * air[at.DISC_COLOUR + 1]
            b += share * air[at.DISC_COLOUR + 2]
        block[at.CR + i], block[at.CG + i], block[at.CB + i] = r, g, b


@compiled
def hang_nets(block, n, names, count, body, tags, air):
    """Blend the nets of hoops over what lies behind them: two crossing families of cords on a cone."""
    for k in range(count):
        j = names[k]
        if tags[j, at.KIND] != at.NET:
            continue
        top, low, tall = body[j, at.HALFS], body[j, at.HALFS + 1], body[j, at.HALFS + 2]
        middle, slope = HALF * (top + low), (top - low) / (TWO * tall)
        for i in range(n):
            px, py, pz = (
                block[at.OX + i] - body[j, at.CENTRE],
                block[at.OY + i] - body[j, at.CENTRE + 1],
                block[at.OZ + i] - body[j, at.CENTRE + 2],
            )
            ox, oy, oz = to_local(body, j, px, py, pz)
            dx, dy, dz = to_local(body, j, block[at.DX + i], block[at.DY + i], block[at.DZ + i])
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
                if t <= ZERO or t >= block[at.T + i] or abs(z) > tall:
                    continue
                width = middle + slope * z
                turn = np.arctan2(oy + t * dy, ox + t * dx) * np.float32(12 / (2 * np.pi))
                fall = np.float32(5) * (tall - z) / (TWO * tall)
                first, second = turn + fall, turn - fall
                first, second = abs(first - np.floor(first + HALF)), abs(second - np.floor(second + HALF))
                gap = min(first, second) * width * np.float32(2 * np.pi / 12 * 0.75)
                pixel = block[at.FOOT + i] * t
                cord = np.float32(0.0045)
                cover = smooth(HALF - (gap - cord) / (pixel + np.float32(1e-4))) * min(ONE, TWO * cord / pixel)
                shade = np.float32(0.75) * (HALF * air[at.KEY + 1] + air[at.AMBIENT + 4])
                warm = np.float32(0.75) * (HALF * air[at.KEY] + air[at.AMBIENT])
                cool = np.float32(0.75) * (HALF * air[at.KEY + 2] + air[at.AMBIENT + 8])
                block[at.CR + i] += cover * (warm - block[at.CR + i])
                block[at.CG + i] += cover * (shade - block[at.CG + i])
                block[at.CB + i] += cover * (cool - block[at.CB + i])


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
def fill_with_air(block, n, air, ring):
    """Fade what is far into the horizon behind it: haze everywhere, fog that thins out with height."""
    fog, height, haze = air[at.FOG], air[at.FOG_HEIGHT], air[at.HAZE]
    for i in range(n):
        t, dz, oz = block[at.T + i], block[at.DZ + i], block[at.OZ + i]
        rise = t * dz / height
        rise = np.float32(1e-3) if abs(rise) < np.float32(1e-3) else rise
        thinned = (ONE - fade_out(min(max(rise, np.float32(-6)), np.float32(40)))) / rise
        depth = max(fog * t * fade_out(max(oz, ZERO) / height) * thinned, ZERO)
        block[at.S + i] = fade_out(depth + t * haze * (ONE + t * haze)) if t < FAR else ONE
        block[at.U + i] = ring_place(block[at.DX + i], block[at.DY + i])
    for i in range(n):
        clear = block[at.S + i]
        if clear > np.float32(0.996):
            continue
        k = np.uint64(block[at.U + i])
        share, after = block[at.U + i] - np.float32(k), k + np.uint64(1)
        for channel in range(3):
            far = ring[k, channel] + share * (ring[after, channel] - ring[k, channel])
            row = at.CR + channel * at.PITCH + i
            block[row] = far + clear * (block[row] - far)
