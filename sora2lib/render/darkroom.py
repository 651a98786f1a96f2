"""The darkroom: what is known of a picture, film stocks, focus and shutter."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import film, lens
from sora2lib.kernels.film import FINE, GRAIN
from sora2lib.render.materials import fractal

Frame = NDArray[np.uint8]
Picture = NDArray[np.float32]
FPS = 24.0  # of the film whose shutter blurs motion


# H height, W width
@dataclass(frozen=True)
class Plate:
    """A picture as the renderer drew it, with what is known of it."""

    frame: Frame  # (H, W, 3)
    depth: Picture  # (H, W) metres, infinite in the sky
    actors: NDArray[np.int16]  # (H, W) index, -1 sky, -2 ground
    normals: Picture  # (H, W, 3)
    flow: Picture  # (H, W, 2) pixels to the next frame
    focus: float  # metres to what the camera looks at
    time: float  # seconds
    seed: int  # differs from world to world


@dataclass(frozen=True)
class Stock:
    """A film stock: curve, colour, falloff of its lens, grain.

    Parameters
    ----------
    black, white : display values 0..255 of what was black and white, for red, green and blue.
    contrast : slope in the middle; 1 is none.
    gamma : above 1 darkens middle tones, below it lifts them.
    saturation, falloff, grain : as :func:`sora2lib.kernels.film.grade` takes them.
    """

    black: tuple[float, float, float] = (0, 0, 0)
    white: tuple[float, float, float] = (255, 255, 255)
    contrast: float = 1.0
    gamma: float = 1.0
    saturation: float = 1.0
    falloff: float = 0.0
    grain: float = 0.0


@cache
def curves_of(stock: Stock) -> Picture:
    """Tone curves (3, 255 * FINE + 1) of a stock, 0..255; contrast bends both ends so that nothing is cut off.

    >>> float(curves_of(Stock())[0, 255 * FINE])
    255.0
    """
    tone = np.linspace(0, 1, 255 * FINE + 1) ** stock.gamma
    side = np.abs(2 * tone - 1)
    bent = 0.5 + 0.5 * np.sign(tone - 0.5) * (1 - (1 - side) ** stock.contrast)
    black, white = np.array(stock.black)[:, None], np.array(stock.white)[:, None]
    return (black + bent * (white - black)).astype(np.float32)


@cache
def grain_field() -> Picture:
    """Film grain (GRAIN, GRAIN) of unit variance: clumps of about two pixels, nothing coarse that would flicker."""
    return fractal(GRAIN, seed=101, slope=0.35, low=24, high=100)


@cache
def pigment_field() -> Picture:
    """Slow drifts of paint (GRAIN, GRAIN) of unit variance."""
    return fractal(GRAIN, seed=102, slope=1.6, low=3, high=40)


@cache
def paper_field() -> Picture:
    """The tooth of watercolour paper (GRAIN, GRAIN) of unit variance."""
    return fractal(GRAIN, seed=103, slope=0.6, low=20, high=80)


def dice_of(plate: Plate, salt: int) -> np.random.Generator:
    """Chance that is the same whenever this moment of this world is drawn."""
    return np.random.default_rng((plate.seed, round(plate.time * 1000), salt))


def expose(frame: Frame, plate: Plate, stock: Stock) -> Frame:
    """Print a frame on a film stock."""
    shift = dice_of(plate, 0).integers(0, GRAIN, 2)
    return film.grade(
        frame, curves_of(stock), stock.saturation, stock.falloff, grain_field(), stock.grain, (shift[0], shift[1])
    )


def defocus(frame: Frame, plate: Plate, *, share: float) -> Frame:
    """Blur what lies before and behind the focus.

    Parameters
    ----------
    share : radius of a far point's image as a share of the picture's height, such as 0.01.
    """
    aperture = share * frame.shape[0]
    if aperture < 1 or min(frame.shape[:2]) < 4:
        return frame
    radius = lens.confusion(plate.depth, plate.focus, aperture)
    blurred = lens.spread(lens.halve_for_blur(frame, radius), np.float32(aperture / 2))
    return lens.focus(frame, radius, blurred)


def blur_motion(frame: Frame, plate: Plate, *, shutter: float = 0.5) -> Frame:
    """Blur along the motion while the shutter is open, ``shutter`` of a frame's time."""
    return lens.smear(frame, plate.depth, plate.flow, lens.fastest(plate.flow), shutter)
