"""What things are made of: colours in linear light, noise, and how materials and patterns are numbered."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.patterns import PATTERNS, STUFFS
from sora2lib.kernels.textures import NOISE_SIZE

Array = NDArray[np.float64]
Picture = NDArray[np.float32]


def linear(srgb: NDArray[np.floating] | tuple[float, ...]) -> Array:
    """Turn sRGB 0..1 into linear light.

    >>> linear((0.5,)).round(3).tolist()
    [0.214]
    """
    srgb = np.asarray(srgb, dtype=np.float64)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def pattern_number(name: str) -> int:
    """Number of a pattern in the kernels; plain where they do not know it."""
    return PATTERNS.index(name) if name in PATTERNS else 0


def stuff_number(name: str) -> int:
    """Number of a material in the kernels."""
    return STUFFS.index(name)


def fractal(
    size: int,
    *,
    seed: int,
    slope: float = 1.5,
    low: float = 1.0,
    high: float = 1e9,
    stretch: tuple[float, float] = (1, 1),
) -> Picture:
    """Repeating noise (size, size) of zero mean and unit variance with a power-law spectrum.

    Parameters
    ----------
    slope : amplitude falls with frequency to this power.
    low, high : band in cycles a repeat.
    stretch : how much longer features are along columns (x) and rows (y).
    """
    spectrum = np.fft.rfft2(np.random.default_rng(seed).standard_normal((size, size), dtype=np.float32))
    fy, fx = np.fft.fftfreq(size, 1 / size)[:, None] * stretch[1], np.fft.rfftfreq(size, 1 / size)[None] * stretch[0]
    frequency = np.hypot(fy, fx)
    gain = np.where((frequency >= low) & (frequency <= high), np.maximum(frequency, 1e-9) ** -slope, 0)
    noise = np.fft.irfft2(spectrum * gain.astype(np.float32), (size, size)).astype(np.float32)
    return noise / max(float(noise.std()), 1e-12)


@cache
def noise_volume() -> NDArray[np.int8]:
    """Smooth repeating noise with about one feature a cell, and its slope: (64 * 64 * 64, 4) int8."""
    n = NOISE_SIZE
    spectrum = np.fft.rfftn(np.random.default_rng(3).standard_normal((n, n, n)))
    f = np.fft.fftfreq(n, 1 / n)
    frequency = np.sqrt(f[:, None, None] ** 2 + f[None, :, None] ** 2 + np.fft.rfftfreq(n, 1 / n)[None, None] ** 2)
    spectrum *= np.exp(-(((frequency - 14) / 8) ** 2))
    value = np.fft.irfftn(spectrum, (n, n, n), axes=(0, 1, 2))
    value /= 3 * value.std()
    slopes = [(np.roll(value, -1, axis) - np.roll(value, 1, axis)) / 2 for axis in range(3)]
    packed = np.stack([value, *(slope * 1.5 for slope in slopes)], axis=-1)
    return np.clip(np.rint(packed * 127), -127, 127).astype(np.int8).reshape(-1, 4)


def poster(picture: Picture, tones: int, *, wander: float) -> Picture:
    """Paint a picture (H, W, 3) of light in a few tones with soft borders, as a background painter does.

    Parameters
    ----------
    tones : how many lie between its darkest and its brightest parts.
    wander : by how much of a tone the borders leave the contours of brightness; more than 0 of square pictures alone.
    """
    size = picture.shape[:2]
    frequency = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.rfftfreq(size[1])[None])
    soften = np.exp(-2 * (np.pi * frequency * 1.6) ** 2)[..., None]
    smooth = np.fft.irfft2(np.fft.rfft2(picture, axes=(0, 1)) * soften, size, axes=(0, 1))
    smooth = np.maximum(smooth, 1e-6)
    light = np.sqrt(smooth @ np.array([0.2126, 0.7152, 0.0722]))
    # Where nothing is painted, as around the disc of the sky, nothing counts.
    low, high = np.percentile(light[light > 2e-3], (2, 98)) if (light > 2e-3).any() else (0.0, 1.0)
    place = (light - low) / max((high - low) / tones, 1e-6)
    if wander:
        place += wander * fractal(size[0], seed=104, slope=1.7, low=4)
    part = np.clip((place - np.floor(place) - 0.5) / 0.30 + 0.5, 0, 1)
    tone = low + (np.floor(place) + part * part * (3 - 2 * part)) * (high - low) / tones
    return (smooth * np.square(np.clip(tone / light, 0.7, 1.4))[..., None]).astype(np.float32)
