"""Pictures, a tile at a time: which bodies matter to a tile, its samples, and finer ones along edges."""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import (
    ACTOR,
    CASTS,
    CB,
    CG,
    CR,
    DX,
    DY,
    DZ,
    EDGE,
    FEATURE,
    FOOT,
    FORWARD,
    FROM,
    GROUND,
    GX,
    HALF,
    HX,
    ID,
    MX,
    NX,
    NY,
    NZ,
    ONE,
    OX,
    OZ,
    PITCH,
    PX,
    RIGHT,
    SHARP,
    SKY,
    SOFTNESS,
    SQUARES,
    UP,
    VG,
    VR,
    WR,
    ZERO,
    D,
    E,
    T,
)  # fmt: skip
from sora2lib.kernels.light import cast_shadows, cover_sky, may_cover, may_shade, receivers
from sora2lib.kernels.rays import camera_rays, nearest
from sora2lib.kernels.shading import (
    compose,
    fill_with_air,
    find_normals,
    find_points,
    hang_nets,
    look_at_bodies,
    look_at_ground,
    look_at_sky,
    reflect_sky,
)

TILE = 16
_SAMPLES = 8
# Eight rooks: no two in one row or column.
_OFFSETS = (
    np.array([(1, 4), (3, 0), (5, 6), (7, 2), (0, 7), (2, 1), (4, 5), (6, 3)], np.float32) / np.float32(8)
    + np.float32(1 / 16)
).astype(np.float32)
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / np.float32(16)
CURVE_LOW, CURVE_SHIFT = (127 - 14) << 8, 15


@compiled
def _radiance(block, n, names, count, scene, box, near):
    """Light that comes along every ray, but for what mirrors and clear bodies pass on."""
    body, tags = scene.body, scene.tags
    nearest(block, n, names, count, body, tags)
    find_points(block, n)
    look_at_ground(block, n, scene.air, scene.texture)
    find_normals(block, n, body, tags)
    look_at_bodies(block, n, body, tags, scene.volume)
    receivers(block, n, scene.air, box)
    if box[4] <= box[5]:
        found = 0
        for j in range(body.shape[0]):
            if tags[j, CASTS] and may_shade(box, scene.extent, j, scene.air[SOFTNESS]):
                near[found] = j
                found += 1
        cast_shadows(block, n, near, found, body, tags, scene.edges, scene.counts, scene.extent, scene.air)
        found = 0
        for j in range(body.shape[0]):
            if tags[j, CASTS] and may_cover(box, body, j):
                near[found] = j
                found += 1
        cover_sky(block, n, near, found, body, tags)
    compose(block, n, scene.air)
    look_at_sky(block, n, scene.air, scene.dome)


@compiled
def _bounce(clear, n, count, scene, scratch):
    """Follow mirror rays, or with ``clear`` the rays that left a clear body, and add what they bring."""
    block, other = scratch.block, scratch.other
    origin, direction, weight = (GX, HX, VR) if clear else (PX, MX, WR)
    m, floor_only = 0, True
    for i in range(n):
        if not (block[VG + i] > ZERO if clear else block[SHARP + i] > ZERO):
            continue
        floor_only = floor_only and block[ID + i] == np.float32(GROUND)
        for axis in range(3):
            other[OX + axis * PITCH + m] = block[origin + axis * PITCH + i]
            other[DX + axis * PITCH + m] = block[direction + axis * PITCH + i]
        other[OZ + m] = max(other[OZ + m], np.float32(1e-4))
        other[FROM + m] = block[ID + i]
        other[FOOT + m] = block[FOOT + i] * (ONE + block[T + i])
        block[E + m] = np.float32(i)
        m += 1
    if m == 0:
        return
    names, tried = (scratch.names[1], count) if floor_only else (scratch.names[2], scene.body.shape[0])
    _radiance(other, m, names, tried, scene, scratch.other_box, scratch.near)
    reflect_sky(other, m, scene.air, scene.dome, True)
    hang_nets(other, m, names, tried, scene.body, scene.tags, scene.air)
    for k in range(m):
        i = np.int64(block[E + k])
        block[FEATURE + i] += np.float32(4096) * max(other[ID + k] + ONE, ZERO)
        for channel in range(3):
            block[CR + channel * PITCH + i] += block[weight + channel * PITCH + i] * other[CR + channel * PITCH + k]


@compiled
def _look(n, seen, mirrored, scene, scratch):
    """Colours 0..255 of the camera's rays that rows D and E of the block describe."""
    block, curve, view = scratch.block, scene.curve, scene.camera
    camera_rays(block, n, view)
    _radiance(block, n, scratch.names[0], seen, scene, scratch.box, scratch.near)
    reflect_sky(block, n, scene.air, scene.dome, False)
    _bounce(False, n, mirrored, scene, scratch)
    _bounce(True, n, mirrored, scene, scratch)
    hang_nets(block, n, scratch.names[0], seen, scene.body, scene.tags, scene.air)
    fill_with_air(block, n, scene.air, scene.dome)
    for row in (CR, CG, CB):
        for i in range(n):
            bits = np.float32(max(block[row + i], np.float32(7e-5))).view(np.int32)
            block[row + i] = curve[min((bits >> CURVE_SHIFT) - CURVE_LOW, curve.size - 1)]


@inlined
def _touches(bounds, j, x0, y0, x1, y1):
    return (bounds[j, 0] < x1) & (bounds[j, 2] > x0) & (bounds[j, 1] < y1) & (bounds[j, 3] > y0)


@compiled
def _cull(scene, scratch, x0, y0, x1, y1):
    """Fill the lists of bodies that a tile may see directly and mirrored in the ground; return their lengths."""
    seen, mirrored = 0, 0
    for j in range(scene.body.shape[0]):
        if _touches(scene.bounds, j, x0, y0, x1, y1):
            scratch.names[0, seen] = j
            seen += 1
        if _touches(scene.mirrored, j, x0, y0, x1, y1):
            scratch.names[1, mirrored] = j
            mirrored += 1
    return seen, mirrored


@compiled
def draw(tiles, count, scene, scratch, frame, features, boxes):
    """Draw one sample a pixel.

    Parameters
    ----------
    tiles : (count,) int64, numbers of the tiles to draw, row by row.
    frame : (H, W, 3) uint8, written.
    features : (H, W) int32, written: what the pixel shows; differs across every edge.
    boxes : (tiles, 13) float32, written: where the tile's points lie, and whether it mirrors bodies.
    """
    block, height, width = scratch.block, frame.shape[0], frame.shape[1]
    columns = (width + TILE - 1) // TILE
    for q in range(count):
        x0, y0 = (tiles[q] % columns) * TILE, (tiles[q] // columns) * TILE
        x1, y1 = min(x0 + TILE, width), min(y0 + TILE, height)
        seen, mirrored = _cull(scene, scratch, x0, y0, x1, y1)
        n = 0
        for y in range(y0, y1):
            for x in range(x0, x1):
                block[D + n], block[E + n] = np.float32(x) + np.float32(0.5), np.float32(y) + np.float32(0.5)
                n += 1
        _look(n, seen, mirrored, scene, scratch)
        shiny, n = ZERO, 0
        for y in range(y0, y1):
            for x in range(x0, x1):
                dither = _BAYER[y & 3, x & 3]
                for channel in range(3):
                    frame[y, x, channel] = np.uint8(min(block[CR + channel * PITCH + n] + dither, np.float32(255)))
                features[y, x] = np.int32(block[FEATURE + n]) + (1 << 28 if block[EDGE + n] > ZERO else 0)
                bounces = (block[SHARP + n] > ZERO) | (block[VG + n] > ZERO)
                shiny = ONE if bounces & (block[ID + n] >= ZERO) else shiny
                n += 1
        for k in range(12):
            boxes[tiles[q], k] = scratch.box[k]
        boxes[tiles[q], 12] = shiny


@compiled
def _is_edge(features, x, y):
    here, height, width = features[y, x], features.shape[0], features.shape[1]
    return (
        here >= 1 << 28
        or (x > 0 and features[y, x - 1] != here)
        or (y > 0 and features[y - 1, x] != here)
        or (x + 1 < width and features[y, x + 1] != here)
        or (y + 1 < height and features[y + 1, x] != here)
    )


@compiled
def refine(tiles, count, scene, scratch, frame, features):
    """Draw the pixels along edges again, with eight samples each; tiles as in :func:`draw`."""
    block, height, width = scratch.block, frame.shape[0], frame.shape[1]
    columns = (width + TILE - 1) // TILE
    places = np.empty((TILE * TILE, 2), np.int64)
    batch = PITCH // _SAMPLES
    for q in range(count):
        x0, y0 = (tiles[q] % columns) * TILE, (tiles[q] // columns) * TILE
        x1, y1 = min(x0 + TILE, width), min(y0 + TILE, height)
        found = 0
        for y in range(y0, y1):
            for x in range(x0, x1):
                if _is_edge(features, x, y):
                    places[found, 0], places[found, 1] = x, y
                    found += 1
        if found == 0:
            continue
        seen, mirrored = _cull(scene, scratch, x0, y0, x1, y1)
        for start in range(0, found, batch):
            size = min(batch, found - start)
            for k in range(size):
                for s in range(_SAMPLES):
                    block[D + k * _SAMPLES + s] = np.float32(places[start + k, 0]) + _OFFSETS[s, 0]
                    block[E + k * _SAMPLES + s] = np.float32(places[start + k, 1]) + _OFFSETS[s, 1]
            _look(size * _SAMPLES, seen, mirrored, scene, scratch)
            for k in range(size):
                x, y = places[start + k, 0], places[start + k, 1]
                for channel in range(3):
                    total = ZERO
                    for s in range(_SAMPLES):
                        total += block[CR + channel * PITCH + k * _SAMPLES + s]
                    value = total / np.float32(_SAMPLES) + _BAYER[y & 3, x & 3]
                    frame[y, x, channel] = np.uint8(min(value, np.float32(255)))


@compiled
def touched(boxes, before, after, changed, width, height):
    """Return the tiles whose picture may differ between two moments, from where their points lay.

    A tile is touched when a body that moved may be seen in it, mirrored in it, shade it or cover its sky, in either
    moment, or when the tile mirrors bodies.
    """
    columns, rows = (width + TILE - 1) // TILE, (height + TILE - 1) // TILE
    out, found = np.empty(columns * rows, np.int64), 0
    for q in range(columns * rows):
        x0, y0 = (q % columns) * TILE, (q // columns) * TILE
        x1, y1 = min(x0 + TILE, width), min(y0 + TILE, height)
        dirty = boxes[q, 12] > ZERO and changed.size > 0
        for k in range(changed.size):
            j = changed[k]
            for scene in (before, after):
                dirty = dirty or _touches(scene.bounds, j, x0, y0, x1, y1)
                dirty = dirty or _touches(scene.mirrored, j, x0, y0, x1, y1)
                dirty = dirty or may_shade(boxes[q], scene.extent, j, scene.air[SOFTNESS])
                dirty = dirty or may_cover(boxes[q], scene.body, j)
            if dirty:
                break
        if dirty:
            out[found] = q
            found += 1
    return out[:found]


@compiled
def survey(scene, scratch, depth, actors, normals):
    """Write the passes: depth (H, W) along the camera's axis, actor (H, W), normals (H, W, 3)."""
    block, view, height, width = scratch.block, scene.camera, depth.shape[0], depth.shape[1]
    fx, fy, fz = view[FORWARD], view[FORWARD + 1], view[FORWARD + 2]
    for y in range(height):
        for x0 in range(0, width, PITCH):
            n = min(PITCH, width - x0)
            for i in range(n):
                block[D + i], block[E + i] = np.float32(x0 + i) + np.float32(0.5), np.float32(y) + np.float32(0.5)
            seen, _ = _cull(scene, scratch, x0, y, x0 + n, y + 1)
            camera_rays(block, n, view)
            nearest(block, n, scratch.names[0], seen, scene.body, scene.tags)
            find_points(block, n)
            find_normals(block, n, scene.body, scene.tags)
            for i in range(n):
                name = np.int64(block[ID + i])
                sky = name == SKY
                along = block[DX + i] * fx + block[DY + i] * fy + block[DZ + i] * fz
                depth[y, x0 + i] = np.float32(np.inf) if sky else block[T + i] * along
                actors[y, x0 + i] = scene.tags[name, ACTOR] if name >= 0 else name
                normals[y, x0 + i, 0] = ZERO if sky else block[NX + i]
                normals[y, x0 + i, 1] = ZERO if sky else block[NY + i]
                normals[y, x0 + i, 2] = ZERO if sky else block[NZ + i]


@compiled
def add_stars(frame, features, stars, view, brightness):
    """Add points of light to the pixels that show sky; ``stars`` (N, 4) are directions and strengths."""
    height, width = frame.shape[0], frame.shape[1]
    for k in range(stars.shape[0]):
        x, y, z = stars[k, 0], stars[k, 1], stars[k, 2]
        depth = x * view[FORWARD] + y * view[FORWARD + 1] + z * view[FORWARD + 2]
        if depth < np.float32(0.05):
            continue
        across = x * view[RIGHT] + y * view[RIGHT + 1] + z * view[RIGHT + 2]
        up = x * view[UP] + y * view[UP + 1] + z * view[UP + 2]
        u = (ONE + across / (depth * view[SQUARES])) * HALF * np.float32(width) - HALF
        v = (ONE - up / (depth * view[SQUARES + 1])) * HALF * np.float32(height) - HALF
        if not (ZERO <= u < np.float32(width - 1) and ZERO <= v < np.float32(height - 1)):
            continue
        c, r = np.int64(u), np.int64(v)
        fx, fy = u - np.float32(c), v - np.float32(r)
        for corner in range(4):
            cx, cy = c + (corner & 1), r + (corner >> 1)
            if features[cy, cx] != SKY:
                continue
            weight = (fx if corner & 1 else ONE - fx) * (fy if corner >> 1 else ONE - fy)
            for channel in range(3):
                value = np.float32(frame[cy, cx, channel]) + brightness * stars[k, 3] * weight
                frame[cy, cx, channel] = np.uint8(min(value, np.float32(255)))
