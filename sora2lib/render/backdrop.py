"""The picture that hangs behind a world: as light, before the sky, and where it shows at one moment.

A picture ends somewhere, and a camera looks past its rims. There the sky goes on with its mirror image, ever more
blurred, until it is the sky of the world. Ground that is near by is the world's, what is beyond the action the
picture's; its horizon colours are those that all fades into.

Shapes: H height, W width of the picture, 3 of colours.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sora2lib.backdrop import LONGEST_SIDE, Backdrop
from sora2lib.kernels import layout as at
from sora2lib.kernels.textures import DOME_SIZE, RING
from sora2lib.media import foreign
from sora2lib.render.materials import poster
from sora2lib.render.motion import Motion
from sora2lib.render.panorama import gone_on, place_of
from sora2lib.render.sky import Sky, calm_of, display_curve, make_sky, ring_of

Array = NDArray[np.float64]
Picture = NDArray[np.float32]
BRIGHTEST = 252.0  # of 0..255: what is brighter may be of any brightness
RIM = 0.10  # share of half the picture over which its rims fade
AWAY = 45.0  # metres: as much fog lies before it as before what is so far away
ACTION = (2.0, 10.0)  # metres that the action takes at least and at most around its middle
LEAST_GROUND = 0.04  # of the picture's height, from which the ground takes its colour
PLAIN = 0.7  # radiance up to which a picture is believed where it is not shown as it is
EVEN = 0.04  # of all around: the deviation with which the colours of the horizon are blurred
TINTS = (0.45, 2.2)  # by how much a channel may change
MARGIN = 8  # texels beyond the rims that count when it is painted
SHARP = 0.7  # texels a pixel, below which a coarser level would be blurred


@dataclass(frozen=True)
class Hung:
    """A picture as light, and where it hangs.

    Parameters
    ----------
    axes : (3, 3) its middle, right and up; the last two so that its rims lie at one.
    levels : its light, each half as large as the one before.
    around : (AROUND, 3) its light all around, as :func:`sora2lib.kernels.backdrop.hang` reads it.
    cover : (AROUND, 3) how much of that shows.
    """

    axes: Array
    levels: tuple[Picture, ...]
    around: Picture
    cover: Picture

    def at(self, view: Picture, middle: Array, radius: float) -> dict[str, Picture]:
        """How it shows before a camera when the action lies round a place, as a scene has it."""
        place = np.zeros(at.HUNG, np.float32)
        place[at.HUNG_AHEAD : at.HUNG_EVEN] = self.axes.ravel()
        place[at.HUNG_EVEN] = np.linalg.norm(self.axes[0, :2]) / np.linalg.norm(self.axes[1])
        place[at.HUNG_RIM] = 1 / RIM
        away = float(np.linalg.norm(view[at.EYE : at.EYE + 2] - middle))
        place[at.HUNG_NEAR], place[at.HUNG_RISE] = away + radius, 1 / (away + 2 * radius)
        texel = 2 / (self.levels[0].shape[0] * float(np.linalg.norm(self.axes[2])))
        level = min(max(math.log2(SHARP * float(view[at.PIXEL]) / texel), 0.0), len(self.levels) - 1.001)
        place[at.HUNG_COARSE] = level - int(level)
        fine, coarse = self.levels[int(level) : int(level) + 2]
        return {"hung": place, "fine": fine, "coarse": coarse, "around": self.around, "cover": self.cover}


_NONE = np.zeros((0, 0, 3), np.float32)
NOWHERE: dict[str, Picture] = {"hung": np.zeros(0, np.float32)} | dict.fromkeys(
    ("fine", "coarse", "around", "cover"), _NONE
)


def action(motion: Motion) -> tuple[Array, float]:
    """Middle (2,) and radius, metres, of where things are and move, but for what lies far off."""
    path = motion.position[..., :2].reshape(-1, 2)
    if not len(path):
        return np.asarray(motion.target[0, :2]), ACTION[0]
    middle = np.median(path, axis=0)
    reach = float(np.quantile(np.linalg.norm(path - middle, axis=1), 0.9))
    return middle, min(max(1.5 * reach, ACTION[0]), ACTION[1])


def axes_of(drop: Backdrop, aspect: float) -> Array:
    """The axes of a picture, see :class:`Hung`; ``aspect`` is its width by its height."""
    sine, cosine = math.sin(drop.pitch), math.cos(drop.pitch)
    level = np.array([math.cos(drop.yaw), math.sin(drop.yaw), 0.0])
    right, above = np.array([level[1], -level[0], 0.0]), np.array([0.0, 0.0, 1.0])
    tangent = math.tan(drop.fov / 2)
    return np.stack(
        [cosine * level - sine * above, right / (tangent * aspect), (sine * level + cosine * above) / tangent]
    )


@lru_cache(maxsize=2)
def opened(picture: bytes) -> NDArray[np.uint8]:
    """The pixels (H, W, 3) of a picture, which may be anyone's."""
    return foreign.seen(picture, longest=LONGEST_SIDE)


def light_of(pixels: NDArray[np.uint8]) -> Picture:
    """The light that is shown as some pixels (H, W, 3)."""
    curve = display_curve().astype(np.float64)
    bits = (np.arange(len(curve), dtype=np.int64) + ((127 - 14) << 8) << 15) + (1 << 14)
    radiance = bits.astype(np.int32).view(np.float32)
    shown = np.interp(np.minimum(np.arange(256.0), BRIGHTEST), *_rising(curve, radiance))
    return shown.astype(np.float32)[pixels]


def _rising(x: Array, y: Picture) -> tuple[Array, Array]:
    first = np.concatenate([[True], np.diff(np.maximum.accumulate(x)) > 0])
    return x[first], y[first].astype(np.float64)


def white(sky: Sky) -> Array:
    """How a white floor (3,) looks under a sky."""
    return np.asarray((sky.key * sky.light[2] + sky.ambient @ [1, 0, 0, 1]) * sky.exposure)


def believed(light: Picture) -> Picture:
    """The light of a picture where it is not shown as it is, but mirrored or at another hour.

    A film hardly tells bright from brighter: taken at its word, a pale sky would be a deep blue in every mirror.
    """
    over = np.maximum(light - PLAIN, 0)
    return np.asarray(np.minimum(light, PLAIN) + over / (1 + 2 * over))


def relit(light: Picture, drop: Backdrop, sky: Sky, sun: float, cloud: float, floor: Array) -> Picture:
    """The light of a picture at the hour of the world, if that is another than its own."""
    if abs(sun - drop.sun) < 1e-3:
        return light
    then = make_sky(0.0, drop.sun, cloud, 0.0, floor)
    return (believed(light) * (white(sky) / white(then))).astype(np.float32)


def horizon_of(sky: Sky, yaw: float) -> Array:
    """The light (3,) of the horizon in a direction."""
    x, y = math.cos(yaw), math.sin(yaw)
    slope = y / (abs(x) + abs(y))
    place = ((slope if x >= 0 else 2 - slope) + 1) * RING / 4
    return np.asarray(sky.ring[round(place)] * sky.sky_exposure, dtype=np.float64)


def misted(light: Picture, fog: float, veil: Array) -> Picture:
    """The light of a picture behind fog of an extinction, 1/m, and a colour."""
    return np.asarray(veil + math.exp(-fog * AWAY) * (light - veil), dtype=np.float32)


def painted(light: Picture, tones: int) -> Picture:
    """A picture in a few tones; what lies beyond its rims is taken to be its mirror image."""
    wide = np.pad(light, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="symmetric")
    return np.ascontiguousarray(poster(wide, tones, wander=0.0)[MARGIN:-MARGIN, MARGIN:-MARGIN])


def levels_of(light: Picture) -> tuple[Picture, ...]:
    """A picture, and halves of it down to a few pixels; two at least."""
    levels = [light]
    while len(levels) < 2 or min(levels[-1].shape[:2]) >= 16:
        even = levels[-1][: levels[-1].shape[0] // 2 * 2, : levels[-1].shape[1] // 2 * 2]
        levels.append((even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / np.float32(4))
    return tuple(map(np.ascontiguousarray, levels))


def hung_up(
    drop: Backdrop, sky: Sky, sun: float, cloud: float, fog: float, floor: Array, tones: int
) -> tuple[Hung, Array]:
    """A picture as it hangs in a scene, and by what (3,) its ground takes the colour of the picture's.

    Parameters
    ----------
    sun, cloud, fog : elevation in radians, cover 0..1, and extinction 1/m of the scene.
    floor : (3,) linear colour of its ground.
    tones : in which it is painted, 0 for as it is.
    """
    light = relit(light_of(opened(drop.picture)), drop, sky, sun, cloud, floor)
    tint = tint_of(light, drop, white(sky) * floor)
    axes = axes_of(drop, light.shape[1] / light.shape[0])
    light = misted(light, fog, horizon_of(sky, drop.yaw))
    light = painted(light, tones) if tones else light
    return Hung(axes, levels_of(light), *gone_on(light, axes)), tint


def before_sky(sky: Sky, hung: Hung) -> Sky:
    """The sky with a picture before it and all around, for what mirrors it and what fades into it."""
    scale, middle = DOME_SIZE // 2 - 2, DOME_SIZE // 2 - 0.5
    y, x = (np.indices(sky.dome.shape[:2]) - middle) / scale
    up = (1 - (x**2 + y**2)) / (1 + x**2 + y**2)
    towards = np.stack([x * (1 + up), y * (1 + up), np.maximum(up, 0)], axis=-1)
    around, cover = (_looked_up(it, hung.axes, towards) for it in (hung.around, hung.cover[..., :1]))
    dome = (sky.dome + cover * (believed(around) / np.float32(sky.sky_exposure) - sky.dome)).astype(np.float32)
    # What fades into the distance would show each tree on the horizon as a stripe across the ground.
    ring = ndimage.gaussian_filter1d(ring_of(dome)[:RING], EVEN * RING, axis=0, mode="wrap")
    return replace(sky, dome=dome, calm=calm_of(dome), ring=np.concatenate([ring, ring[:2]]))


def _looked_up(picture: Picture, axes: Array, towards: Array) -> Picture:
    """What a picture of all around (R, C, channels) shows in some directions (..., 3)."""
    place = place_of(towards, axes)
    parts = [ndimage.map_coordinates(it, place, order=1, mode="grid-wrap") for it in np.moveaxis(picture, -1, 0)]
    return np.stack(parts, axis=-1)


def tint_of(light: Picture, drop: Backdrop, shown: Array) -> Array:
    """By what (3,) to multiply the colour of a ground that is shown as (3,), so that the picture's ground goes on."""
    horizon = math.tan(drop.pitch) / math.tan(drop.fov / 2)
    row = round((1 - horizon) / 2 * len(light))
    ground = light[max(row + (len(light) - row) // 3, 0) :]
    if row < 0 or len(ground) < LEAST_GROUND * len(light):
        return np.ones(3)
    return np.asarray(np.clip(np.median(ground, axis=(0, 1)) / np.maximum(shown, 1e-4), *TINTS))
