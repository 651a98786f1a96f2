"""Grounds as baked, repeating pictures: one painter for each row of ``vocabulary.GROUNDS``."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.strokes import blades, cells
from sora2lib.kernels.textures import ATLAS, GROUND_LEVELS, GROUND_SIZE
from sora2lib.render.materials import Picture, fractal, linear
from sora2lib.world.vocabulary import GROUNDS

N = GROUND_SIZE


# N texels along each side
@dataclass(frozen=True)
class Floor:
    """A painted ground: metres a repeat, linear colour, height in metres, roughness of what it mirrors."""

    metres: float
    colour: Picture  # (N, N, 3)
    height: Picture  # (N, N)
    rough: float = 0.5


def _colour(red: float, green: float, blue: float) -> Picture:
    return linear((red, green, blue)).astype(np.float32)


def _tint(tone: Picture, rgb: Picture, warmth: Picture | float = 0.0) -> Picture:
    """Colour a grey picture; ``warmth`` moves it from blue to red."""
    shift = np.multiply.outer(np.asarray(warmth), np.array([0.10, 0.0, -0.12], np.float32))
    return np.clip(tone[..., None] * rgb * (1 + shift), 0.002, 0.98)


def _blend(a: Picture, b: Picture, share: Picture) -> Picture:
    return a + (b - a) * share[..., None]


def _step(x: Picture, low: float, high: float) -> Picture:
    x = np.clip((x - low) / (high - low), 0, 1)
    return x * x * (3 - 2 * x)


def _grid(metres: float) -> tuple[Picture, Picture]:
    """Coordinates x, y of the texels in metres."""
    line = (np.arange(N, dtype=np.float32) + 0.5) * metres / N
    x, y = np.meshgrid(line, line)
    return x.astype(np.float32), y.astype(np.float32)


def _concrete(rgb: Picture) -> Floor:
    metres = 4.0
    x, y = _grid(metres)
    fine, coarse, blotch = (
        fractal(N, seed=1, slope=0.35, low=40),
        fractal(N, seed=2, slope=1.1),
        fractal(N, seed=3, slope=1.9),
    )
    stain = _step(fractal(N, seed=4, slope=2.0), 0.7, 2.2)
    pits = _step(-fractal(N, seed=5, slope=0.5, low=60, high=320), 2.0, 2.8)
    tone = 1 + 0.055 * fine + 0.07 * coarse + 0.08 * blotch
    tone *= (1 - 0.28 * stain) * (1 - 0.35 * pits)
    edge = np.minimum.reduce([np.abs(x - 2.0), np.abs(y - 2.0), np.minimum(x, metres - x), np.minimum(y, metres - y)])
    joint = 1 - _step(edge + 0.0015 * fine, 0.004, 0.009)
    worn = 1 - _step(edge + 0.01 * coarse, 0.0, 0.05)
    slab = 1 + 0.05 * np.array([[-1, 0.4], [0.7, -0.3]], np.float32)[(y > 2).astype(int), (x > 2).astype(int)]
    tone *= (1 - 0.62 * joint) * (1 - 0.10 * worn) * slab
    height = 0.0007 * fine + 0.0006 * coarse - 0.008 * joint - 0.003 * pits
    return Floor(metres, _tint(tone, rgb, 0.35 * blotch + 0.5 * stain), height)


def _grass(rgb: Picture) -> Floor:
    rgb = rgb * np.array([1.5, 1.12, 1.7], np.float32)
    metres, count = 2.4, 42000
    rng = np.random.default_rng(7)
    patch = fractal(N, seed=8, slope=1.9)
    places = rng.uniform(0, N, (count, 2))
    rows, columns = places[:, 1].astype(int), places[:, 0].astype(int)
    lean = 2.2 * fractal(N, seed=9, slope=2.0)[rows, columns]
    shades = rng.normal(1, 0.20, count) * (1 + 0.10 * patch[rows, columns])
    lengths = rng.uniform(16, 44, count) * (1 + 0.15 * patch[rows, columns])
    shade, height = blades(N, places, lean + rng.normal(0, 0.9, count), lengths, rng.normal(0, 0.9, count), shades)
    dry = _step(fractal(N, seed=10, slope=1.5) + 0.5 * fractal(N, seed=12, slope=0.4, low=50), 0.8, 2.2)
    tone = np.where(shade > 0, 0.35 + 0.95 * shade, 0.30).astype(np.float32)
    colour = _tint(tone, rgb, 0.35 * patch)
    straw = _tint(tone, _colour(0.62, 0.56, 0.28))
    colour = _blend(colour, straw, 0.55 * dry * (shade > 0.9))
    return Floor(metres, colour, 0.006 * height.astype(np.float32))


def _sand(rgb: Picture) -> Floor:
    metres = 3.0
    _, y = _grid(metres)
    warp = fractal(N, seed=13, slope=2.1)
    wide = fractal(N, seed=14, slope=2.0)
    phase = 2 * np.pi * (y * 16 / metres) + 2.3 * warp
    ripple = 0.5 + 0.5 * np.sin(phase + 0.45 * np.sin(phase))
    strength = 0.5 + 0.5 * _step(wide, -1.2, 1.2)
    grain = fractal(N, seed=15, slope=0.1, low=120)
    speck = _step(fractal(N, seed=16, slope=0.0, low=200), 2.2, 3.2)
    tone = 1 + 0.055 * grain + 0.05 * (ripple - 0.5) * strength + 0.05 * wide - 0.35 * speck
    return Floor(metres, _tint(tone, rgb, 0.25 * wide), 0.013 * ripple * strength + 0.0006 * grain + 0.006 * warp)


def _wood(rgb: Picture) -> Floor:
    metres, boards = 2.8, 20
    x, y = _grid(metres)
    rng = np.random.default_rng(17)
    width = metres / boards
    row = np.minimum((y / width).astype(int), boards - 1)
    shift = rng.uniform(0, metres, boards).astype(np.float32)[row]
    piece = (((x + shift) % metres) > metres * 0.5).astype(int)
    shade = rng.normal(1, 0.13, (boards, 2)).astype(np.float32)[row, piece]
    hue = rng.normal(0, 0.8, (boards, 2)).astype(np.float32)[row, piece]
    offset = rng.integers(0, N, (boards, 2))[row, piece]
    rows, columns = np.indices((N, N))
    grain = fractal(N, seed=18, slope=0.9, low=10, stretch=(14.0, 1.0))[(rows + offset) % N, (columns + 3 * offset) % N]
    pores = fractal(N, seed=19, slope=0.3, low=60, stretch=(22.0, 1.0))[(rows + 2 * offset) % N, (columns + offset) % N]
    swirl = fractal(N, seed=20, slope=1.7, stretch=(5.0, 1.0))[(rows + offset) % N, (columns + offset) % N]
    rings = np.sin(9 * swirl + 40 * (y % width) / width)
    tone = shade * (1 + 0.07 * grain + 0.05 * rings - 0.09 * np.maximum(pores - 0.8, 0))
    across = np.minimum(y % width, width - y % width)
    along = np.minimum(
        np.abs((x + shift) % metres - metres * 0.5), np.minimum((x + shift) % metres, metres - (x + shift) % metres)
    )
    gap = 1 - _step(np.minimum(across, along), 0.0008, 0.0032)
    tone *= 1 - 0.72 * gap
    return Floor(metres, _tint(tone, rgb, 0.5 * hue + 0.25 * rings), -0.0025 * gap + 0.00010 * grain, rough=0.16)


def _ice(rgb: Picture) -> Floor:
    metres = 6.0
    deep, cloudy, frost = (
        fractal(N, seed=21, slope=2.0),
        fractal(N, seed=22, slope=1.3),
        fractal(N, seed=23, slope=0.6, low=20),
    )
    rng = np.random.default_rng(24)
    cracks = np.zeros((N, N), np.float32)
    for grid, strength in ((4, 1.0), (9, 0.55)):
        near = cells(N, rng.uniform(0.05, 0.95, (grid, grid, 2)))
        rows, columns = np.indices((N, N))
        bend = (9 * fractal(N, seed=25 + grid, slope=1.8)).astype(int)
        gap = (near[..., 1] - near[..., 0])[(rows + bend) % N, (columns - bend) % N]
        shown = _step(fractal(N, seed=26 + grid, slope=1.8), -0.6, 0.6)
        cracks = np.maximum(
            cracks,
            strength * shown * (1 - _step(gap, 0.4, 2.6)) + 0.25 * strength * shown * (1 - _step(gap, 2.0, 14.0)),
        )
    scratch = _step(fractal(N, seed=27, slope=0.25, low=30, stretch=(26.0, 1.0)), 2.3, 3.6)
    scratch = np.maximum(scratch, _step(fractal(N, seed=28, slope=0.25, low=30, stretch=(1.0, 26.0)), 2.5, 3.8))
    powder = _step(cloudy + 0.35 * frost, 0.7, 2.4)
    tone = 0.80 + 0.10 * deep + 0.03 * frost
    colour = _tint(tone, rgb * np.array([0.70, 0.88, 1.0], np.float32), 0.5 * deep)
    white = _colour(0.93, 0.96, 0.98)
    colour = _blend(colour, white, np.clip(0.75 * cracks + 0.35 * scratch + 0.65 * powder, 0, 1))
    return Floor(metres, colour, 0.0012 * powder - 0.002 * cracks, rough=0.05)


def _snow(rgb: Picture) -> Floor:
    metres = 4.0
    wide, lumps, fine = (
        fractal(N, seed=29, slope=2.2),
        fractal(N, seed=30, slope=1.5, low=4),
        fractal(N, seed=31, slope=0.5, low=60),
    )
    tone = 1 + 0.012 * wide + 0.015 * lumps + 0.025 * fine
    return Floor(metres, _tint(tone, rgb, -0.10 * wide), 0.020 * wide + 0.007 * lumps + 0.0010 * fine, rough=0.5)


def _tiles(rgb: Picture) -> Floor:
    metres, count = 3.2, 8
    x, y = _grid(metres)
    width = metres / count
    row, column = (y / width).astype(int) % count, (x / width).astype(int) % count
    rng = np.random.default_rng(32)
    vein = fractal(N, seed=33, slope=1.5)
    offset = rng.integers(0, N, (count, count))[row, column]
    rows, columns = np.indices((N, N))
    vein = vein[(rows + offset) % N, (columns + 5 * offset) % N]
    lines = (1 - _step(np.abs(vein), 0.0, 0.10)) * 0.5
    shade = 1 + 0.03 * rng.standard_normal((count, count)).astype(np.float32)[row, column]
    dark = ((row + column) % 2).astype(np.float32)
    light = _tint(shade * (1.02 + 0.05 * vein - 0.14 * lines), rgb * 1.12)
    black = _tint(shade * (1.0 + 0.25 * vein + 0.9 * lines), _colour(0.36, 0.35, 0.35))
    colour = _blend(light, black, dark)
    edge = np.minimum.reduce([x % width, width - x % width, y % width, width - y % width])
    grout = 1 - _step(edge, 0.0020, 0.0045)
    colour = _blend(colour, _colour(0.42, 0.41, 0.39), grout)
    return Floor(metres, colour, -0.002 * grout, rough=0.06)


def _metal(rgb: Picture) -> Floor:
    metres = 3.0
    x, y = _grid(metres)
    brush = fractal(N, seed=34, slope=0.25, low=8, stretch=(40.0, 1.0))
    wide = fractal(N, seed=35, slope=1.8)
    smudge = _step(fractal(N, seed=36, slope=1.6), 0.5, 2.2)
    half = metres / 2
    edge = np.minimum.reduce([x % half, half - x % half, y % half, half - y % half])
    seam = 1 - _step(edge, 0.0015, 0.0045)
    corner = np.hypot(np.minimum(x % half, half - x % half) - 0.06, np.minimum(y % half, half - y % half) - 0.06)
    rivet, rim = 1 - _step(corner, 0.014, 0.017), 1 - _step(np.abs(corner - 0.017), 0.0005, 0.003)
    plate = np.array([[1.0, 0.93], [0.95, 1.03]], np.float32)[(y > half).astype(int), (x > half).astype(int)]
    tone = plate * (1 + 0.11 * brush + 0.05 * wide - 0.12 * smudge)
    tone *= (1 - 0.7 * seam) * (1 + 0.12 * rivet) * (1 - 0.5 * rim)
    dome = 0.004 * np.clip(1 - (corner / 0.017) ** 2, 0, 1)
    return Floor(metres, _tint(tone, rgb, 0.2 * wide), dome - 0.002 * seam + 0.00012 * brush, rough=0.12)


def _water(rgb: Picture) -> Floor:
    metres = 5.0
    swell, chop, fine = (
        fractal(N, seed=37, slope=2.0, low=3),
        fractal(N, seed=38, slope=1.5, low=8, stretch=(2.0, 1.0)),
        fractal(N, seed=39, slope=0.9, low=30, stretch=(2.0, 1.0)),
    )
    crest = _step(chop + 0.5 * fine, 0.4, 2.4)
    tone = 1 + 0.10 * swell + 0.10 * chop + 0.05 * fine + 0.35 * crest
    return Floor(metres, _tint(tone, rgb, -0.3 * crest), 0.020 * swell + 0.010 * chop + 0.0015 * fine, rough=0.10)


_PAINTERS: dict[str, Callable[[Picture], Floor]] = {
    "concrete": _concrete,
    "grass": _grass,
    "sand": _sand,
    "wood floor": _wood,
    "ice": _ice,
    "snow": _snow,
    "tiles": _tiles,
    "metal": _metal,
    "water": _water,
}


@cache
def paint(ground: str) -> Floor:
    """Paint a ground of the vocabulary; its mean colour is that of its row, but for grass, ice and tiles.

    >>> paint("sand").colour.shape
    (1024, 1024, 3)
    """
    rgb = linear(GROUNDS[ground].rgb).astype(np.float32)
    floor = _PAINTERS[ground](rgb)
    gain = 1.0 if ground in ("grass", "ice", "tiles") else rgb / floor.colour.mean((0, 1))
    colour = np.clip(floor.colour * gain, 0, 1).astype(np.float32)
    return replace(floor, colour=colour, height=floor.height.astype(np.float32))


def relief(floor: Floor, light: NDArray[np.float64], softness: float) -> Picture:
    """How much of the key light slopes catch, relative to level ground (N, N); shallow for a broad light."""
    step = 2 * floor.metres / N
    slope_x = (np.roll(floor.height, -1, 1) - np.roll(floor.height, 1, 1)) / step
    slope_y = (np.roll(floor.height, -1, 0) - np.roll(floor.height, 1, 0)) / step
    facing = light[2] - slope_x * light[0] - slope_y * light[1]
    facing /= np.sqrt(1 + slope_x**2 + slope_y**2) * max(light[2], 0.30)
    facing += 1 - light[2] / max(light[2], 0.30)
    return 1 + (np.clip(facing, 0.15, 1.95) - 1) / (1 + 4 * softness)


def pack(floor: Floor, shape: Picture) -> NDArray[np.int64]:
    """All levels of detail as texels of four bytes: square root of the colour, and half of ``shape``.

    They lie in one picture, flattened, as ``sora2lib.kernels.textures.level_start`` says.
    """
    atlas = np.zeros((N + GROUND_LEVELS, ATLAS), np.int64)
    picture = np.concatenate([floor.colour, np.square(shape / 2)[..., None]], axis=-1).astype(np.float32)
    for level in range(GROUND_LEVELS):
        size = N >> level
        if level:  # added up one after the other this takes a quarter of the time of a mean over two axes
            picture = (picture[::2, ::2] + picture[::2, 1::2] + picture[1::2, ::2] + picture[1::2, 1::2]) * np.float32(
                0.25
            )
        lanes = np.rint(255 * np.sqrt(np.clip(picture, 0, 1))).astype("<u2")
        texels = lanes.view("<i8")[..., 0]  # the first lane lowest
        top, left = (N - 2 * size + level, N + 1) if level else (0, 0)
        atlas[top : top + size + 1, left : left + size + 1] = np.pad(texels, (0, 1), mode="wrap")
    return atlas.ravel()
