"""Pictures, a tile at a time: which bodies matter to a tile, its samples, and finer ones along edges."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.backdrop import hang
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.cutouts import cover_by_cutouts, look_at_cutouts, meet_cutouts, shade_by_cutouts
from sora2lib.kernels.floor import look_at_ground
from sora2lib.kernels.layout import FAR, HALF, ONE, ZERO
from sora2lib.kernels.light import cast_shadows, cover_sky, may_cover, may_shade, receivers
from sora2lib.kernels.rays import camera_rays, nearest
from sora2lib.kernels.shading import (
    compose,
    fill_with_air,
    find_points,
    hang_nets,
    look_at_sky,
    reflect_sky,
    sky_or_floor,
)
from sora2lib.kernels.surfaces import find_normals, look_at_bodies

TILE, TALL = 16, 16
_SAMPLES = 8
_ALWAYS = 1 << 28  # marks a pixel that needs more samples whatever its neighbours show
# Eight rooks: no two in one row or column.
_OFFSETS = (
    np.array([(1, 4), (3, 0), (5, 6), (7, 2), (0, 7), (2, 1), (4, 5), (6, 3)], np.float32) / np.float32(8)
    + np.float32(1 / 16)
).astype(np.float32)
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / np.float32(16)
CURVE_LOW, CURVE_SHIFT = (127 - 14) << 8, 15


@inlined
def _touches(bounds, j, x0, y0, x1, y1):
    return (bounds[j, 0] < x1) & (bounds[j, 2] > x0) & (bounds[j, 1] < y1) & (bounds[j, 3] > y0)


@compiled
def cull(bounds, corners, names):
    """Fill ``names`` with the bodies whose bounds touch a tile; return how many."""
    x0, y0, x1, y1 = corners
    found = 0
    for j in range(bounds.shape[0]):
        if _touches(bounds, j, x0, y0, x1, y1):
            names[found] = j
            found += 1
    return found


@inlined
def _corners(tile, width, height):
    """Left, top, right and bottom pixels of a tile."""
    columns = (width + TILE - 1) // TILE
    x0, y0 = (tile % columns) * TILE, (tile // columns) * TALL
    return x0, y0, min(x0 + TILE, width), min(y0 + TALL, height)


@compiled
def _follow(clear, n, mirrored, block, other):
    """Start the mirror rays of a block, or with ``clear`` the rays that left a clear body.

    A floor mirrors the sky without any ray; it sends one only where one of the ``mirrored`` bodies may be met.
    Returns how many there are and whether all of them leave the ground; row E of the block keeps whose they are.
    """
    origin, direction = (at.GX, at.HX) if clear else (at.PX, at.MX)
    m, floor_only = 0, True
    for i in range(n):
        floor = (block[at.ID + i] == np.float32(at.GROUND)) & (block[at.WG + i] > ZERO) & (mirrored > 0)
        if not (block[at.VG + i] > ZERO if clear else floor or block[at.SHARP + i] > ZERO):
            continue
        floor_only = floor_only and floor
        for axis in range(0, 3 * at.PITCH, at.PITCH):
            other[at.OX + axis + m] = block[origin + axis + i]
            other[at.DX + axis + m] = block[direction + axis + i]
        other[at.OZ + m] = max(other[at.OZ + m], np.float32(1e-4))
        other[at.FROM + m] = block[at.ID + i]
        other[at.FOOT + m] = block[at.FOOT + i] * (ONE + block[at.T + i])
        block[at.E + m] = np.float32(i)
        m += 1
    return m, floor_only


@compiled
def _add(clear, m, block, other, tags, air, calm):
    """Add what followed rays brought to the rays they came from; what they met marks the feature."""
    weight = at.VR if clear else at.WR
    for k in range(m):
        i = np.int64(block[at.E + k])
        r, g, b, name = other[at.CR + k], other[at.CG + k], other[at.CB + k], np.int64(block[at.ID + i])
        if name < 0 or tags[name, at.KIND] == at.SPHERE:
            block[at.FEATURE + i] += np.float32(4096) * max(other[at.ID + k] + ONE, ZERO)
        if name < 0:
            if other[at.ID + k] < ZERO:
                continue
            # What stands on a floor takes the place of the sky; the rougher the floor and the farther it is, the less.
            mx, my, mz, rough = block[at.MX + i], block[at.MY + i], block[at.MZ + i], block[at.ROUGH + i]
            sr, sg, sb = sky_or_floor(calm, air, mx, my, mz, rough)
            share, sky = ONE / (ONE + np.float32(20) * rough * other[at.T + k]), block[at.OPEN + i]
            r, g, b = share * (r - sky * sr), share * (g - sky * sg), share * (b - sky * sb)
        block[at.CR + i] += block[weight + i] * r
        block[at.CG + i] += block[weight + at.PITCH + i] * g
        block[at.CB + i] += block[weight + 2 * at.PITCH + i] * b


@compiled
def _casters(body, tags, extent, softness, box, near, shade):
    """Fill ``near`` with the bodies that may shade, or else cover, the points in ``box``; return how many."""
    found = 0
    for j in range(body.shape[0]):
        close = may_shade(box, extent, j, softness) if shade else may_cover(box, body, j)
        if tags[j, at.CASTS] and close:
            near[found] = j
            found += 1
    return found


@inlined
def _shown(radiance, curve):
    """Display value 0..255 of a radiance, by the leading bits of its float32."""
    bits = np.float32(max(radiance, np.float32(7e-5))).view(np.int32)
    return curve[np.uint64(min((bits >> CURVE_SHIFT) - CURVE_LOW, curve.size - 1))]


@inlined
def _is_edge(features, x, y):
    here, height, width = features[y, x], features.shape[0], features.shape[1]
    return (
        here >= _ALWAYS
        or (x > 0 and features[y, x - 1] != here)
        or (y > 0 and features[y - 1, x] != here)
        or (x + 1 < width and features[y, x + 1] != here)
        or (y + 1 < height and features[y + 1, x] != here)
    )


@inlined
def _byte(value, x, y):
    """Round a display value 0..255 by an ordered dither, so that slow gradients show no steps."""
    return np.uint8(value + _BAYER[y & 3, x & 3])


@compiled
def _find_edges(corners, features, places):
    """Fill ``places`` (n, 2) with the pixels of a tile that lie along edges; return how many."""
    x0, y0, x1, y1 = corners
    found = 0
    for y in range(y0, y1):
        for x in range(x0, x1):
            if _is_edge(features, x, y):
                places[found, 0], places[found, 1] = x, y
                found += 1
    return found


@compiled
def _aim_at_tile(corners, block):
    """Put the pixel centres of a tile into rows D and E; return how many."""
    (x0, y0, x1, y1), n = corners, 0
    for y in range(y0, y1):
        for x in range(x0, x1):
            block[at.D + n], block[at.E + n] = np.float32(x) + HALF, np.float32(y) + HALF
            n += 1
    return n


@compiled
def _aim_at_edges(places, start, size, block):
    """Put eight samples of each of the pixels from ``start`` into rows D and E; return how many."""
    for k in range(size):
        for i in range(_SAMPLES):
            block[at.D + k * _SAMPLES + i] = np.float32(places[start + k, 0]) + _OFFSETS[i, 0]
            block[at.E + k * _SAMPLES + i] = np.float32(places[start + k, 1]) + _OFFSETS[i, 1]
    return size * _SAMPLES


@compiled
def _write_tile(corners, block, box, curve, frame, features, kept):
    """Write the colours and features of a tile, and in ``kept`` (13,) where its points lie."""
    (x0, y0, x1, y1), n, shiny = corners, 0, ZERO
    for y in range(y0, y1):
        for x in range(x0, x1):
            frame[y, x, 0] = _byte(_shown(block[at.CR + n], curve), x, y)
            frame[y, x, 1] = _byte(_shown(block[at.CG + n], curve), x, y)
            frame[y, x, 2] = _byte(_shown(block[at.CB + n], curve), x, y)
            features[y, x] = np.int32(block[at.FEATURE + n]) + (_ALWAYS if block[at.EDGE + n] > ZERO else 0)
            n += 1
    for i in range(n):
        bounces = (block[at.SHARP + i] > ZERO) | (block[at.VG + i] > ZERO)
        shiny = ONE if bounces & (block[at.ID + i] >= ZERO) else shiny
    for k in range(12):
        kept[k] = box[k]
    kept[12] = shiny


@compiled
def _write_edges(places, start, size, block, curve, frame):
    """Keep the mean colours of the pixels from ``start``."""
    share = np.float32(1 / _SAMPLES)
    for k in range(size):
        x, y, r, g, b = places[start + k, 0], places[start + k, 1], ZERO, ZERO, ZERO
        for i in range(k * _SAMPLES, (k + 1) * _SAMPLES):
            r += _shown(block[at.CR + i], curve)
            g += _shown(block[at.CG + i], curve)
            b += _shown(block[at.CB + i], curve)
        frame[y, x, 0], frame[y, x, 1] = _byte(r * share, x, y), _byte(g * share, x, y)
        frame[y, x, 2] = _byte(b * share, x, y)


@compiled
def paint(tiles, fine, scene, scratch, frame, features, boxes):
    """Draw every pixel of some tiles once, or with ``fine`` those along edges again with eight samples.

    A block goes three times through the same calls: the camera's rays, their mirror images, what clear bodies let
    through. They stand here and not in a function of their own, because each level of calls is compiled again.

    Parameters
    ----------
    tiles : (n,) int64, numbers of the tiles to draw, row by row.
    frame : (H, W, 3) uint8, written.
    features : (H, W) int32, what the pixel shows; differs across every edge. Written, or with ``fine`` read.
    boxes : (tiles, 13) float32, written: where the tile's points lie, and whether it mirrors bodies.
    """
    # Tuples of arrays are taken apart once: each time one is passed on, all its arrays are counted.
    body, tags, edges, counts, extent, bounds, images, view, air, texture, dome, calm, ring, volume, curve = scene[:15]
    cards, hung, near_picture, far_picture, around, cover = scene[15:]
    first, second, first_box, second_box, lists, near, places = scratch
    height, width = features.shape
    step = at.PITCH // _SAMPLES if fine else at.PITCH
    for tile in tiles:
        corners = _corners(tile, width, height)
        found = _find_edges(corners, features, places) if fine else at.PITCH
        seen, mirrored = cull(bounds, corners, lists[0]), cull(images, corners, lists[1])
        for start in range(0, found, step):
            size = min(step, found - start)
            n = _aim_at_edges(places, start, size, first) if fine else _aim_at_tile(corners, first)
            camera_rays(first, n, view)
            for turn in range(3):
                block, box, m, row, count = first, first_box, n, 0, seen
                if turn > 0:
                    m, floor_only = _follow(turn == 2, n, mirrored, first, second)
                    if m == 0:
                        continue
                    block, box = second, second_box
                    row, count = (1, mirrored) if floor_only else (2, body.shape[0])
                names = lists[row]
                nearest(block, m, names, count, body, tags)
                meet_cutouts(block, m, names, count, body, tags, cards)
                floor, solid = find_points(block, m)
                if floor > ZERO:
                    look_at_ground(block, m, air, texture)
                if solid > ZERO:
                    find_normals(block, m, body, tags)
                    look_at_bodies(block, m, body, tags, volume)
                    look_at_cutouts(block, m, body, tags, cards)
                box[4], box[5] = FAR, -FAR
                if floor + solid > ZERO:
                    receivers(block, m, air, box)
                    casters = _casters(body, tags, extent, air[at.SOFTNESS], box, near, True)
                    cast_shadows(block, m, near, casters, body, tags, edges, counts, extent, air, box)
                    casters = _casters(body, tags, extent, air[at.SOFTNESS], box, near, False)
                    cover_sky(block, m, near, casters, body, tags)
                    shade_by_cutouts(block, m, body, tags, extent, cards, air, box)
                    cover_by_cutouts(block, m, body, tags, cards, box)
                    compose(block, m, air)
                    reflect_sky(block, m, air, calm, turn > 0)
                if floor + solid < np.float32(m):
                    look_at_sky(block, m, air, dome, turn != 1)
                hang_nets(block, m, names, count, body, tags, air)
                if turn > 0:
                    _add(turn == 2, m, first, second, tags, air, calm)
            fill_with_air(first, n, air, ring)
            if hung.size:
                hang(first, n, hung, near_picture, far_picture, around, cover)
                # Nets hang before it; where it hides none of what is behind them, they have been drawn already.
                hang_nets(first, n, lists[0], seen, body, tags, air)
            if fine:
                _write_edges(places, start, size, first, curve, frame)
            else:
                _write_tile(corners, first, first_box, curve, frame, features, boxes[tile])


@compiled
def touched(boxes, before, after, changed, width, height):
    """Return the tiles whose picture may differ between two moments, from where their points lay.

    A tile is touched when a body that moved may be seen in it, mirrored in it, shade it or cover its sky, in either
    moment, or when the tile mirrors bodies.
    """
    columns, rows = (width + TILE - 1) // TILE, (height + TALL - 1) // TALL
    out, found = np.empty(columns * rows, np.int64), 0
    for q in range(columns * rows):
        x0, y0, x1, y1 = _corners(q, width, height)
        dirty = boxes[q, 12] > ZERO and changed.size > 0
        for k in range(changed.size):
            j = changed[k]
            for scene in (before, after):
                dirty = dirty or _touches(scene.bounds, j, x0, y0, x1, y1)
                dirty = dirty or _touches(scene.mirrored, j, x0, y0, x1, y1)
                dirty = dirty or may_shade(boxes[q], scene.extent, j, scene.air[at.SOFTNESS])
                dirty = dirty or may_cover(boxes[q], scene.body, j)
            if dirty:
                break
        if dirty:
            out[found] = q
            found += 1
    return out[:found]
