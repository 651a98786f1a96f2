"""Procedural patterns of things: colour, gloss and relief at a point of the surface.

Every pattern takes the point in the body's frame (in half extents, and in metres), the two colours and the width of
a pixel in metres, so that its edges are exactly as sharp as the picture can hold.
"""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.textures import noise

PATTERNS = (
    "", "stripe", "basketball", "football", "tennis", "beach", "bowling", "swirl", "planks", "brick", "domino", "can",
    "traffic", "book", "backboard", "leaves", "rock", "house", "shingles", "bar",
)  # fmt: skip
(
    PLAIN, STRIPE, BASKETBALL, FOOTBALL, TENNIS, BEACH, BOWLING, SWIRL, PLANKS, BRICK, DOMINO, CAN, TRAFFIC, BOOK,
    BACKBOARD, LEAVES, ROCK, HOUSE, SHINGLES, BAR,
) = range(len(PATTERNS))  # fmt: skip
STUFFS = ("rubber", "plastic", "wood", "steel", "glass", "stone", "foam", "leather")
RUBBER, PLASTIC, WOOD, STEEL, GLASS, STONE, FOAM, LEATHER = range(len(STUFFS))

_GOLDEN = (1 + 5**0.5) / 2
_ICOSAHEDRON = np.array(
    [(0, s, t * _GOLDEN) for s in (-1, 1) for t in (-1, 1)]
    + [(s, t * _GOLDEN, 0) for s in (-1, 1) for t in (-1, 1)]
    + [(t * _GOLDEN, 0, s) for s in (-1, 1) for t in (-1, 1)]
) / np.hypot(1, _GOLDEN)
_BEACH = np.array([(0.86, 0.85, 0.80), (0.85, 0.62, 0.03), (0.86, 0.85, 0.80), (0.02, 0.20, 0.60)])
# Pips of the two halves of a domino, as a 3 x 3 grid of flags for 1 to 6.
_PIPS = np.array(
    [
        [0, 0, 0, 0, 1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 0, 0, 1],
        [1, 0, 0, 0, 1, 0, 0, 0, 1],
        [1, 0, 1, 0, 0, 0, 1, 0, 1],
        [1, 0, 1, 0, 1, 0, 1, 0, 1],
        [1, 0, 1, 1, 0, 1, 1, 0, 1],
    ],
    np.int64,
)


@inlined
def inside(distance, blur):
    """1 where a signed distance is negative, 0 where positive, blurred over a pixel."""
    x = min(max(0.5 - distance / max(blur, 1e-6), 0.0), 1.0)
    return x * x * (3 - 2 * x)


@inlined
def mix(a, b, share):
    """Blend a towards b."""
    return a + (b - a) * share


@inlined
def cell(i, j, k):
    """A number in 0..1 for a cell, the same every time."""
    h = (i * 374761393 + j * 668265263 + k * 2147483647) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF) / 65535.0


@compiled
def ball_pattern(pattern, x, y, z, r, g, b, ar, ag, ab, blur, volume):
    """Patterns on the unit sphere; returns red, green, blue, groove (0 none, 1 deepest)."""
    groove = 0.0
    if pattern == STRIPE:
        band = inside(abs(z) - 0.20, blur)
        line = inside(abs(abs(z) - 0.27) - 0.022, blur)
        share = 0.75 * max(band, line)
        light = 0.2126 * r + 0.7152 * g + 0.0722 * b
        # A pale band on dark balls, a dark one on pale balls: spin must be seen on both.
        tone = 0.80 if light < 0.45 else 0.06
        r, g, b = (
            mix(r, mix(tone, r, 0.25), share),
            mix(g, mix(tone, g, 0.25), share),
            mix(b, mix(tone, b, 0.25), share),
        )
    elif pattern == BASKETBALL:
        width = 0.022
        gap = min(min(abs(x), abs(z)), abs(abs(y) - 0.60 - 0.10 * z * z))
        groove = inside(gap - width, blur)
        r, g, b = mix(r, 0.015, groove), mix(g, 0.012, groove), mix(b, 0.012, groove)
    elif pattern == FOOTBALL:
        first, second, third, fourth = -2.0, -2.0, -2.0, -2.0
        for k in range(12):
            d = x * _ICOSAHEDRON[k, 0] + y * _ICOSAHEDRON[k, 1] + z * _ICOSAHEDRON[k, 2]
            if d > first:
                first, second, third, fourth = d, first, second, third
            elif d > second:
                second, third, fourth = d, second, third
            elif d > third:
                third, fourth = d, third
            elif d > fourth:
                fourth = d
        pentagon = inside(0.2124 - (first - second), blur)
        groove = max(
            inside(third - fourth - 0.03, blur) * (1 - pentagon), inside(abs(first - second - 0.2124) - 0.018, blur)
        )
        r, g, b = mix(r, 0.02, pentagon), mix(g, 0.02, pentagon), mix(b, 0.022, pentagon)
        r, g, b = mix(r, 0.10, 0.7 * groove), mix(g, 0.10, 0.7 * groove), mix(b, 0.10, 0.7 * groove)
    elif pattern == TENNIS:
        gap = abs(z - 1.55 * x * y) / 1.3
        groove = inside(gap - 0.055, blur)
        r, g, b = mix(r, 0.80, groove), mix(g, 0.80, groove), mix(b, 0.76, groove)
    elif pattern == BEACH:
        turn = (np.arctan2(y, x) / (2 * np.pi) + 1.0) * 6
        k = int(np.floor(turn)) % 6
        ring = max(np.hypot(x, y), 0.02)
        edge = min(turn - np.floor(turn), 1 - (turn - np.floor(turn))) * ring
        cr, cg, cb = r, g, b
        if k % 2 == 1:
            cr, cg, cb = _BEACH[0, 0], _BEACH[0, 1], _BEACH[0, 2]
        elif k == 2:
            cr, cg, cb = _BEACH[1, 0], _BEACH[1, 1], _BEACH[1, 2]
        elif k == 4:
            cr, cg, cb = _BEACH[3, 0], _BEACH[3, 1], _BEACH[3, 2]
        cap = inside(ring - 0.16, blur)
        r, g, b = mix(cr, 0.86, cap), mix(cg, 0.85, cap), mix(cb, 0.80, cap)
        groove = 0.35 * inside(edge - 0.008, blur) * (1 - cap)
    elif pattern == BOWLING:
        n0, n1, _, _ = noise(volume, 4 * x + 7, 4 * y + 5, 4 * z + 9)
        vein = max(0.0, 1 - 3 * abs(n0 + 0.4 * n1)) ** 2 * 0.6
        r, g, b = (
            mix(r, min(2.2 * r + 0.06, 1), vein),
            mix(g, min(2.2 * g + 0.06, 1), vein),
            mix(b, min(2.2 * b + 0.06, 1), vein),
        )
        gap = min(min(np.hypot(x - 0.22, y - 0.10), np.hypot(x + 0.22, y - 0.10)), np.hypot(x, y + 0.30))
        gap = gap if z > 0 else 9.0
        hole = inside(gap - 0.115, blur)
        r, g, b = mix(r, 0.005, hole), mix(g, 0.005, hole), mix(b, 0.005, hole)
        groove = hole
    elif pattern == SWIRL:
        wave = np.sin(3.2 * z + 2.5 * np.arctan2(y, x) + 1.2 * np.sin(3 * x + 2 * z))
        ribbon = inside(-(wave - 0.25) * 0.3, max(blur, 0.12))
        r, g, b = mix(r, 0.85, 0.85 * ribbon), mix(g, 0.85, 0.85 * ribbon), mix(b, 0.88, 0.85 * ribbon)
        groove = -ribbon
    return r, g, b, groove


@compiled
def face_pattern(pattern, face, x, y, z, a, b, c, seed, red, green, blue, ar, ag, ab, blur):
    """Patterns on boxes, cylinders and cones, in metres; returns red, green, blue, groove, grain shift."""
    r, g, bl, groove, shift = red, green, blue, 0.0, 0.0
    if pattern == PLANKS:
        # Boards run along the longest side; on a cylinder they are staves.
        if face < 0:
            turn = (np.arctan2(y, x) / (2 * np.pi) + 1) * 16
            k, side = int(np.floor(turn)), (turn - np.floor(turn) - 0.5) * 2 * np.pi * a / 16
            half_width = np.pi * a / 16
        else:
            axis = face // 2
            longest = 0 if a > b and a >= c else (1 if b >= c else 2)
            across = 3 - axis - longest if axis != longest else (longest + 1) % 3
            offset, wide = (x, a) if across == 0 else ((y, b) if across == 1 else (z, c))
            count = max(1.0, np.floor(wide / 0.05 + 0.5))
            width = 2 * wide / count
            place = (offset + wide) / width
            k, side, half_width = int(np.floor(place)), (place - np.floor(place) - 0.5) * width, 0.5 * width
        shade = 0.78 + 0.44 * cell(k, 3 * (face + 2), int(seed))
        gap = min(0.006, 0.12 * half_width)
        groove = inside(half_width - abs(side) - gap, blur + 0.5 * gap)
        shade *= 1 - 0.75 * groove
        r, g, bl, shift = r * shade, g * shade, bl * shade, 1.7 * k
    elif pattern == BRICK:
        u, v = x, z
        if face // 2 == 0:
            u = y
        elif face // 2 == 2:
            v = y
        tall = 0.08 if face // 2 < 2 else 0.11
        rows = max(1.0, np.floor((2 * c if face // 2 < 2 else 2 * b) / tall + 0.5))
        height = (2 * c if face // 2 < 2 else 2 * b) / rows
        wide = 2 * a if face // 2 > 0 else 2 * b
        columns = max(1.0, np.floor(wide / 0.24 + 0.5))
        width = wide / columns
        place_v = (v + (c if face // 2 < 2 else b)) / height
        row = int(np.floor(place_v))
        shift = 0.5 * (row % 2) if columns > 1 else 0.0
        place_u = (u + 0.5 * wide) / width + shift
        column = int(np.floor(place_u))
        du = (0.5 - abs(place_u - column - 0.5)) * width
        dv = (0.5 - abs(place_v - row - 0.5)) * height
        joint = inside(min(du if columns > 1 else 1.0, dv if rows > 1 else 1.0) - 0.005, blur + 0.003)
        shade = 0.72 + 0.5 * cell(row, column, int(seed))
        r, g, bl = mix(r * shade, 0.42, joint), mix(g * shade, 0.40, joint), mix(bl * shade, 0.37, joint)
        groove = joint
    elif pattern == DOMINO:
        if face // 2 == 0:
            line = inside(abs(z) - 0.012 * c, blur) * inside(abs(y) - 0.8 * b, blur)
            upper = z > 0
            value = int(cell(int(seed), 5 + face, 1 if upper else 2) * 5.999)
            v = (abs(z) / c - 0.5) * 4
            u = y / b * 2
            row, column = int(np.floor(v / 1.1 + 1.5)), int(np.floor(u / 1.1 + 1.5))
            pip = 0.0
            if 0 <= row < 3 and 0 <= column < 3 and _PIPS[value, 3 * row + column] == 1:
                du, dv = (u - 1.1 * (column - 1)) * b / 2, (v - 1.1 * (row - 1)) * c / 4
                pip = inside(np.hypot(du, dv) - 0.09 * b * 2, blur)
            mark = max(line, pip)
            light = 0.2126 * r + 0.7152 * g + 0.0722 * bl
            tone = 0.85 if light < 0.4 else 0.02
            r, g, bl, groove = mix(r, tone, mark), mix(g, tone, mark), mix(bl, tone, mark), mark
    elif pattern == CAN:
        if abs(z) > 0.86 * c:
            r, g, bl = 0.62, 0.63, 0.65
            groove = inside(abs(abs(z) - 0.93 * c) - 0.01 * c, blur)
        else:
            turn = np.arctan2(y, x)
            wave = z / c - 0.28 * np.sin(turn + 0.6) + 0.1
            white = inside(abs(wave) - 0.13, blur / c)
            thin = inside(abs(wave - 0.24) - 0.035, blur / c)
            share = max(white, thin)
            r, g, bl = mix(r, 0.85, share), mix(g, 0.85, share), mix(bl, 0.84, share)
    elif pattern == TRAFFIC:
        height = 0.5 + 0.5 * z / c
        white = max(inside(abs(height - 0.44) - 0.085, blur / c), inside(abs(height - 0.70) - 0.05, blur / c))
        dark = inside(height - 0.06, blur / c)
        r, g, bl = mix(r, 0.88, white), mix(g, 0.88, white), mix(bl, 0.86, white)
        r, g, bl = mix(r, 0.02, dark), mix(g, 0.02, dark), mix(bl, 0.02, dark)
    elif pattern == BOOK:
        if face // 2 == 2:
            u, v = x / a, y / b
            frame = inside(abs(max(abs(u), abs(v)) - 0.82) - 0.012, blur / a)
            title = inside(max(abs(u) - 0.5, abs(v - 0.35) - 0.05), blur / a) + inside(
                max(abs(u) - 0.35, abs(v - 0.18) - 0.025), blur / a
            )
            mark = min(frame + title, 1.0)
            r, g, bl = mix(r, 0.62, mark), mix(g, 0.46, mark), mix(bl, 0.14, mark)
        elif face != 0:
            page = inside(abs(z) - 0.84 * c, blur)
            shade = 0.84 + 0.10 * np.sin(2500 * z) * max(0.0, 1 - 1500 * blur)
            r, g, bl = mix(r, 0.80 * shade, page), mix(g, 0.76 * shade, page), mix(bl, 0.65 * shade, page)
            groove = 0.0
    elif pattern == BACKBOARD:
        if face // 2 == 0:
            outer = max(abs(y) / b - 0.94, abs(z) / c - 0.92)
            edge = inside(-outer, blur / b) * inside(max(abs(y) / b - 0.985, abs(z) / c - 0.975), blur / b)
            u, v = abs(y) / b - 0.33, abs(z / c + 0.34) - 0.42
            target = inside(abs(max(u * b, v * c)) - 0.022 * b, blur)
            mark = max(edge, target)
            r, g, bl = mix(r, 0.72, mark), mix(g, 0.10, mark), mix(bl, 0.03, mark)
    elif pattern == HOUSE:
        if face // 2 == 1:
            door = max(abs(x) - 0.12 * a, z + 0.30 * c)
            glass = max(abs(abs(x) - 0.55 * a) - 0.17 * a, abs(z - 0.05 * c) - 0.28 * c)
            frame = inside(glass - 0.03 * a, blur)
            pane = inside(glass, blur) * (1 - inside(min(abs(abs(x) - 0.55 * a), abs(z - 0.05 * c)) - 0.012 * a, blur))
            wood = inside(door, blur)
            r, g, bl = mix(r, 0.75, frame), mix(g, 0.74, frame), mix(bl, 0.70, frame)
            r, g, bl = mix(r, 0.03, pane), mix(g, 0.05, pane), mix(bl, 0.08, pane)
            r, g, bl = mix(r, 0.10, wood), mix(g, 0.04, wood), mix(bl, 0.02, wood)
            groove = 0.3 * pane
        base = inside(z + 0.86 * c, blur)
        r, g, bl = mix(r, 0.25, base), mix(g, 0.24, base), mix(bl, 0.22, base)
    elif pattern == SHINGLES:
        length = ((x + a) * a + (z + c) * c) / (np.hypot(a, c) * 0.22)
        row = int(np.floor(length))
        place = y / 0.30 + 0.5 * (row % 2)
        column = int(np.floor(place))
        shade = 0.68 + 0.45 * cell(row, column, 4)
        lip = inside(min(length - row, 1.0) * 0.22 - 0.03, blur + 0.01)
        side = inside((0.5 - abs(place - column - 0.5)) * 0.30 - 0.01, blur)
        groove = max(lip, side)
        shade *= 1 - 0.5 * groove
        r, g, bl = r * shade, g * shade, bl * shade
    return r, g, bl, groove, shift


# Three octaves of noise for each material: cells a metre along x, y, z; weight in tone; weight in slope.
_NONE = (1.0, 1.0, 1.0, 0.0, 0.0)
_OCTAVES = np.array(
    [
        [(300, 300, 300, 0.05, 0.06), _NONE, _NONE],  # rubber
        [(24, 24, 24, 0.0, 0.010), _NONE, _NONE],  # plastic
        [(2.5, 0.6, 2.5, 0.10, 0.0), (150, 7, 150, 0.14, 0.03), _NONE],  # wood
        [(12, 12, 12, 0.05, 0.003), (20, 20, 900, 0.04, 0.005), _NONE],  # steel
        [_NONE, _NONE, _NONE],  # glass
        [(90, 90, 90, 0.14, 0.10), (16, 16, 16, 0.14, 0.0), (420, 420, 420, 0.30, 0.04)],  # stone
        [(180, 180, 180, 0.30, 0.25), (420, 420, 420, 0.25, 0.25), _NONE],  # foam
        [(700, 700, 700, 0.04, 0.20), (60, 60, 60, 0.05, 0.0), _NONE],  # leather
        [(14, 14, 14, 0.8, 0.9), (45, 45, 45, 0.8, 0.9), (110, 110, 110, 0.4, 0.6)],  # leaves
        [(6, 6, 6, 0.40, 0.9), (17, 17, 17, 0.30, 0.7), (60, 60, 60, 0.35, 0.5)],  # rock
        [_NONE, _NONE, _NONE],  # flat
        [(5, 5, 5, 0.05, 0.14), (19, 19, 19, 0.04, 0.12), (90, 90, 90, 0.03, 0.05)],  # clay
    ]
)
# What styles make everything of stands after the rest and takes no account of patterns.
_LEAF, _CRAG, FLAT, CLAY = range(len(STUFFS), len(STUFFS) + 4)
_PRINT = 85.0  # ridges a metre of a giant's fingerprint


@compiled
def stuff_detail(stuff, pattern, x, y, z, pixel, volume):
    """Relief and tone of a material at a place in metres: a factor of the colour, and the slope (3,)."""
    row = np.int64(stuff)
    if row >= FLAT:
        pass
    elif pattern == BASKETBALL:
        row = LEATHER
    elif pattern == TENNIS:
        row = FOAM
    elif pattern == LEAVES:
        row = _LEAF
    elif pattern == ROCK:
        row = _CRAG
    tone, sx, sy, sz, first = 1.0, 0.0, 0.0, 0.0, 0.0
    for k in range(3):
        u, v, w, weight, slope = (
            _OCTAVES[row, k, 0], _OCTAVES[row, k, 1], _OCTAVES[row, k, 2], _OCTAVES[row, k, 3], _OCTAVES[row, k, 4],
        )  # fmt: skip
        fade = max(0.0, 1 - pixel * max(u, w) * 0.65)
        if fade * (weight + slope) <= 0:
            break
        n, gx, gy, gz = noise(volume, u * x + 3.1 * k, v * y, w * z)
        first = n if k == 0 else first
        tone += weight * fade * n
        sx, sy, sz = sx + slope * fade * gx, sy + slope * fade * gy, sz + slope * fade * gz
    if row == CLAY:
        # Ridges show in patches, where a finger pressed.
        pressed = min(max(2.5 * first, 0.0), 1.0) * max(0.0, 1 - pixel * _PRINT * 2)
        ridge = pressed * np.cos(2 * np.pi * _PRINT * (0.60 * x + 0.64 * y + 0.48 * z) + 9.0 * first)
        sx, sy, sz = sx + 0.10 * ridge, sy + 0.11 * ridge, sz + 0.08 * ridge
    if row == WOOD:
        ring = np.sin(2 * np.pi * (7 * np.hypot(x + 0.31, z + 0.17) + 1.3 * first))
        tone += 0.16 * ring * abs(ring)
    return max(tone, 0.15), sx, sy, sz
