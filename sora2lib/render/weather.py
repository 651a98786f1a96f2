"""Rain and snow that fall through a picture."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.sprites import draw_drops
from sora2lib.render.darkroom import Frame, Picture

_RAIN, _SNOW = 5000, 6000  # drops in the repeating air at their most
_AIR = {"rain": 11.0, "snow": 9.0}  # side of the air that repeats, metres
_RAIN_SHUTTER, _SNOW_SHUTTER = 1 / 40, 1 / 300  # seconds: rain is streaks to the eye, snow is flakes
BRIGHT, DIMMEST = 110.0, 0.25  # mean of a picture by day; light on drops at night
RAIN_SPEED, SNOW_SPEED = 7.5, 1.1  # m/s; drops of 2 mm (Gunn & Kinzer 1949), large flakes


@dataclass(frozen=True)
class Fall:
    """How hard it rains and snows, 0..1, and the wind that carries it, m/s along x and y."""

    rain: float = 0.0
    snow: float = 0.0
    wind: tuple[float, float] = (0.0, 0.0)

    def __bool__(self) -> bool:
        """Whether anything falls."""
        return self.rain > 0 or self.snow > 0


def fallen(frame: Frame, fall: Fall, depth: Picture, view: NDArray[np.float32], time: float) -> Frame:
    """Return a frame through which rain and snow fall; they are lit as the picture is.

    >>> fallen(frame, Fall(rain=0.5), depth, view, 1.0)  # doctest: +SKIP
    """
    light = float(np.clip(frame.mean() / BRIGHT, DIMMEST, 1.0))
    for draw, amount in ((rain, fall.rain), (snow, fall.snow)):
        if amount > 0:
            frame = draw(frame, depth, view, amount=amount, time=time, wind=fall.wind, light=light)
    return frame


@cache
def _drops(count: int, seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(0, 1, (count, 3)), rng.uniform(0.4, 1, count)]).astype(np.float32)


def rain(
    frame: Frame,
    depth: Picture,
    view: NDArray[np.float32],
    *,
    amount: float,
    time: float,
    wind: tuple[float, float] = (0.0, 0.0),
    light: float = 1.0,
) -> Frame:
    """Return a frame (H, W, 3) in which it rains.

    Parameters
    ----------
    depth : (H, W) metres along the camera's axis. view : the row of :func:`sora2lib.render.scene.view_of`.
    amount : 0 (none) to 1 (a cloudburst). time : seconds. wind : m/s along x and y.
    light : brightness of the scene, 0..1, which drops scatter.

    >>> rain(frame, depth, view, amount=0.5, time=1.0)  # doctest: +SKIP
    """
    out, velocity = frame.copy(), np.array([*wind, -RAIN_SPEED])
    drops = _drops(_RAIN, 21)[: round(amount * _RAIN)] * np.array([1, 1, 1, 0.6], np.float32)
    colour = light * np.array([222.0, 228, 236])
    shift = np.float32(np.mod(velocity * time, _AIR["rain"]))
    draw_drops(out, depth, view, drops, shift, _AIR["rain"], np.float32(velocity * _RAIN_SHUTTER), 0.0026, colour)
    return out


def snow(
    frame: Frame,
    depth: Picture,
    view: NDArray[np.float32],
    *,
    amount: float,
    time: float,
    wind: tuple[float, float] = (0.0, 0.0),
    light: float = 1.0,
) -> Frame:
    """Return a frame (H, W, 3) in which it snows; parameters are those of :func:`rain`.

    Flakes drift in three flocks, each to another side, and fall at a seventh of the speed of rain.

    >>> snow(frame, depth, view, amount=0.5, time=1.0)  # doctest: +SKIP
    """
    out, colour = frame.copy(), light * np.array([248.0, 250, 253])
    drops = _drops(_SNOW, 22)[: round(amount * _SNOW)]
    for flock in range(3):
        pace = SNOW_SPEED * (0.75 + 0.25 * flock)
        phase = 0.9 * time + 2.1 * flock
        sway = 0.16 * np.array([np.sin(phase), np.cos(1.3 * phase), 0.0])
        shift = np.array([*wind, -pace]) * time + sway
        streak = np.array([*wind, -pace]) * _SNOW_SHUTTER
        draw_drops(
            out,
            depth,
            view,
            drops[flock::3],
            np.float32(np.mod(shift, _AIR["snow"])),
            _AIR["snow"],
            np.float32(streak),
            0.004 + 0.0015 * flock,
            colour,
        )
    return out
