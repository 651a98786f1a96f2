"""Sun, moon, sky and exposure: everything about light that a scene shares."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import air as kernel
from sora2lib.kernels.textures import CALM, DOME_SIZE, RING
from sora2lib.render.materials import fractal

Array = NDArray[np.float64]
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
TWILIGHT_ENDS = np.radians(-9.0)
_FOG_HEIGHT = 12.0
_MOON = np.array([0.70, 0.86, 1.25])


@dataclass(frozen=True)
class Sky:
    """The sky over a scene, and the light it sends down.

    Radiances are relative: a white floor in full sunlight above the air would be 1.
    """

    dome: NDArray[np.float32]  # (DOME_SIZE, DOME_SIZE, 3)
    calm: NDArray[np.float32]  # (258, 258, 3) the same, coarser
    ring: NDArray[np.float32]  # (RING + 2, 3) its horizon
    light: Array  # (3,) towards the sun, the moon or the afterglow
    key: Array  # (3,) radiance of a white surface that faces that light
    softness: float  # radius of the light's disc, radians
    disc: Array  # (3,) radiance of the disc itself
    disc_radius: float
    ambient: Array  # (3, 4) radiance of a white surface: constant and the three parts along its normal
    bounce: Array  # (3,) radiance of the floor from afar
    exposure: float
    sky_exposure: float  # of the dome alone: photographers hold a bright sky back with a graded filter
    stars: float  # strength 0..1
    fog_height: float = _FOG_HEIGHT


def direction(azimuth: float, elevation: float) -> Array:
    """Unit vector from two angles in radians; azimuth counts from +x towards +y."""
    flat = np.cos(elevation)
    return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)])


def key_direction(azimuth: float, elevation: float) -> Array:
    """Where the main light stands: the sun, the afterglow above a sun just set, or the moon at night."""
    if elevation >= 0:
        return direction(azimuth, max(elevation, np.radians(2.0)))
    if elevation > TWILIGHT_ENDS:
        return direction(azimuth, np.radians(14.0))
    return direction(azimuth, -elevation)


@cache
def _table(dust: float) -> Array:
    return kernel.transmittance_table(dust)


@cache
def _clouds() -> NDArray[np.float32]:
    return fractal(512, seed=11, slope=1.75, low=1.0).astype(np.float32)


@cache
def _directions(count: int) -> Array:
    """Evenly spread directions (count, 3) on the upper half sphere (Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    up, turn = 1 - k / count, np.pi * (1 + 5**0.5) * k
    flat = np.sqrt(1 - up**2)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), up], axis=1)


def _read(dome: NDArray[np.float32], towards: Array) -> Array:
    """Colours (n, 3) of the dome, nearest texel."""
    scale, middle = DOME_SIZE // 2 - 2, DOME_SIZE // 2 - 0.5
    place = middle + towards[:, :2] * scale / (1 + towards[:, 2:])
    column, row = np.rint(place).astype(int).T
    return dome[row, column].astype(np.float64)


def _ambient(sky_N3: Array, towards_N3: Array, bounce: Array) -> Array:
    """Fit radiance(normal) = c + d . normal of a white surface under a sky and over a floor; returns (3, 4)."""
    normals = np.concatenate([_directions(24), -_directions(24)])
    weight = 2 / len(towards_N3)
    above = np.maximum(normals @ towards_N3.T, 0) @ sky_N3 * weight
    below = np.maximum(normals @ -towards_N3.T, 0).sum(1)[:, None] * bounce * weight
    basis = np.concatenate([np.ones((len(normals), 1)), normals], axis=1)
    fit, *_ = np.linalg.lstsq(basis, above + below, rcond=None)
    return fit.T


def make_sky(azimuth: float, elevation: float, cloud: float, fog: float, floor: Array) -> Sky:
    """Bake the sky of a scene.

    Parameters
    ----------
    azimuth, elevation : of the sun, radians.
    cloud : cover 0..1.
    fog : extinction at the ground, 1/m.
    floor : (3,) linear colour of the ground, which lights things from below.

    >>> make_sky(0.3, 0.8, 0.2, 0.0, np.full(3, 0.4)).light[2] > 0.7
    True
    """
    dust = 1.0 if elevation > np.radians(20) else 1.6
    night = elevation <= TWILIGHT_ENDS
    light = key_direction(azimuth, elevation)
    source = light if night else direction(azimuth, elevation)
    power = _MOON * 0.30 if night else np.ones(3)
    table = _table(dust)
    low = kernel.scattered(table, dust, float(source[2])) * 5.0
    through = np.array([kernel.transmitted(table, 0.0, float(max(light[2], 0.035)), c) for c in range(3)])
    aloft = np.array([kernel.transmitted(table, 3.0, float(source[2] + 0.02), c) for c in range(3)])
    thick = np.clip((cloud - 0.45) / 0.5, 0, 1)
    direct = power * through / np.pi * 3.0
    if TWILIGHT_ENDS < elevation < 0:
        direct = np.array([0.9, 0.45, 0.38]) * 0.03 * np.exp(elevation / np.radians(4.0)) * 2
    dim = (1 - 0.98 * thick**0.7) * np.exp(-0.35 * fog * _FOG_HEIGHT / max(light[2], 0.15))
    # Skylight on the undersides of clouds, from a first dome without any.
    dome = np.zeros((DOME_SIZE, DOME_SIZE, 3), np.float32)
    towards = _directions(400)
    dark = np.array([0.004, 0.007, 0.016]) * (1.0 if night else 0.35)
    share = 0.45 if night else 1.0
    plain = _plain(low * share, source, power, dark, towards)
    mean = plain.mean(0)
    glow = power * aloft * (0.75 - 0.45 * thick) * (0.35 if night else 1.0)
    grey = 0.55 * mean + 0.45 * (mean @ LUMINANCE)
    shade = grey * 0.85 + power * aloft * 0.24 * thick
    veil = grey * 1.15 + power * aloft * (0.12 + 0.12 * thick)
    arguments = (low * share, _clouds(), source, power, glow, shade, veil, dark, cloud, fog * _FOG_HEIGHT)
    with ThreadPoolExecutor(4) as pool:
        rows = [k * DOME_SIZE // 8 for k in range(9)]
        list(pool.map(lambda a, b: kernel.bake_dome(a, b, *arguments, dome), rows[:-1], rows[1:]))
    key = direct * dim
    sky = _read(dome, towards)
    lit = key * light[2] + (sky * towards[:, 2:]).mean(0) * 2
    bounce = floor * lit
    ambient = _ambient(sky, towards, bounce)
    # Eyes and cameras adapt to the blue of a sunless sky.
    pale = float(np.interp(np.degrees(elevation), [-30, -9, -3, 3, 20], [0.35, 0.6, 0.6, 0.35, 0.15]))
    ambient = (1 - pale) * ambient + pale * (LUMINANCE @ ambient)
    lift = float(np.interp(np.degrees(elevation), [-10, -8, -1, 4], [2.0, 0.9, 0.9, 1.25]))
    ambient = ambient * (1 + (lift - 1) * (1 - thick))
    facing = lit @ LUMINANCE * 0.55 + 0.45 * (key @ LUMINANCE * 0.6 + lit @ LUMINANCE * 0.5)
    exposure = _exposure_level(elevation) / max(float(facing), 1e-5)
    spot = 0.9 * np.clip(1 - 1.4 * thick, 0, 1) * np.exp(-fog * _FOG_HEIGHT / max(light[2], 0.1))
    disc = (np.array([1.0, 0.97, 0.88]) * 1.4 if night else 40 * through) * spot
    if TWILIGHT_ENDS < elevation < 0:
        disc = np.zeros(3)
    return Sky(
        dome=dome,
        calm=calm_of(dome),
        ring=ring_of(dome),
        light=light,
        key=key,
        softness=_softness(elevation, thick, fog),
        disc=disc,
        disc_radius=0.012 if night else 0.0095,
        ambient=ambient,
        bounce=bounce,
        exposure=exposure,
        sky_exposure=_sky_exposure(elevation, exposure, max(float(thick), 1 - math.exp(-fog * 40))),
        stars=float(night) * max(0.0, 1 - 1.2 * cloud) * float(np.exp(-fog * 40)),
    )


def calm_of(dome: NDArray[np.float32]) -> NDArray[np.float32]:
    """The dome of a sky, coarser."""
    size = DOME_SIZE // CALM
    coarse = dome.reshape(size, CALM, size, CALM, 3).mean((1, 3))
    return np.pad(coarse, ((1, 1), (1, 1), (0, 0)), mode="edge")


def ring_of(dome: NDArray[np.float32]) -> NDArray[np.float32]:
    """The horizon of a dome."""
    turn = np.arange(RING + 2) * 4 / RING - 1
    y = np.where(turn <= 1, turn, 2 - turn)
    x = np.where(turn <= 1, 1, -1) * (1 - np.abs(y))
    towards = np.stack([x, y, np.zeros_like(x)], axis=1)
    return _read(dome, towards / np.linalg.norm(towards, axis=1, keepdims=True)).astype(np.float32)


def _plain(low: Array, source: Array, power: Array, dark: Array, towards: Array) -> Array:
    """Colours of a sky without clouds."""
    rows, columns = low.shape[:2]
    flat = np.maximum(np.hypot(towards[:, 0], towards[:, 1]), 1e-6)
    toward = (towards[:, :2] @ source[:2]) / (flat * max(np.hypot(*source[:2]), 1e-6))
    i = (np.sqrt(np.clip(towards[:, 2], 0, 1)) * (rows - 1)).astype(int)
    k = (np.arccos(np.clip(toward, -1, 1)) / np.pi * (columns - 1)).astype(int)
    return power * (low[i, k, :3] + low[i, k, 3:]) / (4 * np.pi) + dark


def _exposure_level(elevation: float) -> float:
    """How bright a white floor shall look, by the sun's elevation in radians."""
    degrees = np.degrees(elevation)
    return float(np.interp(degrees, [-30, -10, -8, -3, 0, 6, 30, 60], [0.25, 0.25, 0.30, 0.34, 0.62, 0.74, 0.90, 0.95]))


def _sky_exposure(elevation: float, exposure: float, covered: float) -> float:
    clear = np.interp(
        np.degrees(elevation), [-30, -10, -8, -3, 0, 6, 30, 60], [1.2, 1.2, 2.6, 2.2, 1.4, 1.15, 1.3, 1.1]
    )
    return float(clear ** (1 - covered) * (0.55 * exposure) ** covered)


def _softness(elevation: float, thick: float, fog: float) -> float:
    if TWILIGHT_ENDS < elevation < 0:
        return 0.30
    return float(0.014 + 0.16 * thick + 0.12 * min(fog / 0.07, 1))


def display_curve() -> NDArray[np.float32]:
    """Display value 0..255 of a radiance, by the leading bits of its float32: filmic, then sRGB.

    The film is the fit of the ACES reference by Narkowicz 2015; entries as ``sora2lib.kernels.tiles`` reads them.
    """
    bits = (np.arange(20 << 8, dtype=np.int64) + ((127 - 14) << 8)) << 15
    x = (bits + (1 << 14)).astype(np.int32).view(np.float32).astype(np.float64)
    film = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    srgb = np.where(film < 0.0031308, 12.92 * film, 1.055 * film ** (1 / 2.4) - 0.055)
    return (255 * srgb).astype(np.float32)


@cache
def star_field() -> NDArray[np.float32]:
    """Directions of stars and their strengths (N, 4), the same every night; few bright ones, many faint."""
    rng = np.random.default_rng(5)
    points = rng.standard_normal((1400, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points[:, 2] = np.abs(points[:, 2])
    strength = np.minimum(18 * rng.pareto(1.6, len(points)) + 10, 210) * np.clip(points[:, 2] * 6, 0, 1)
    return np.column_stack([points, strength]).astype(np.float32)
