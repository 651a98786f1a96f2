"""What a picture of a world would look like: colours, light, weather, the camera's move and how close it is."""

import math

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.assets import primitives
from sora2lib.world.filming import ACROSS, ASPECT, EDGES, FULL
from sora2lib.world.schema import World
from sora2lib.world.support import reach, rotate
from sora2lib.world.vocabulary import COLOURS, FRAMINGS, LIGHTS

Array = NDArray[np.float64]
FOG, OVERCAST = 0.02, 0.55  # 1/m; share of the sky
FALLING = 0.15  # rain or snow that is seen
ZOOMED = 0.12  # change of log magnification
MOVED = 0.06  # of the distance
TURNED = math.radians(1.5)
SHAKEN = math.radians(0.12)
TRAVELLED, ALONG = 0.3, 0.5  # metres to go before one can be followed; share of the way


def cielab(rgb: Array) -> Array:
    """Turn sRGB (..., 3) in 0..1 into CIELAB under D65 (IEC 61966-2-1, CIE 15).

    >>> cielab(np.ones(3)).round(1).tolist()
    [100.0, 0.0, 0.0]
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = linear @ to_xyz.T / to_xyz.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


_NAMES = list(COLOURS)
_LAB = cielab(np.array([it.rgb for it in COLOURS.values()]))


def nearest_colour(rgb: Array) -> str:
    """Name of the vocabulary's colour nearest to an sRGB one, in CIELAB.

    >>> nearest_colour(np.array([0.9, 0.1, 0.1]))
    'red'
    """
    return _NAMES[int(np.argmin(np.linalg.norm(_LAB - cielab(np.asarray(rgb)), axis=-1)))]


def light_of(world: World) -> str:
    """Name of the time of day whose range of the sun's elevation is nearest."""
    elevation = math.degrees(float(world.sun_elevation))

    def off(name: str) -> float:
        low, high = LIGHTS[name].elevation
        return max(low - elevation, elevation - high, 0.0)

    return min(LIGHTS, key=off)


def weather_of(world: World) -> str:
    """Name of the weather, from what falls, fog and cloud."""
    if max(float(world.rain), float(world.snow)) > FALLING:
        return "rain" if float(world.rain) > float(world.snow) else "snowfall"
    return "fog" if float(world.fog) > FOG else "overcast" if float(world.cloud) > OVERCAST else "clear"


def bounds(world: World, actors: list[int]) -> tuple[Array, Array]:
    """Lowest and highest corner (3,) of the box that holds actors over the clip."""
    lows, highs = [], []
    for i in actors:
        x_T3, q_T4 = world.position.values[i], world.rotation.values[i]
        back_T4 = q_T4 * np.array([1, -1, -1, -1])
        for part in primitives(str(world.asset.values[i]), world["size"].values[i]):
            centre_T3 = x_T3 + rotate(q_T4, part.centre)
            inverse = part.rotation * np.array([1.0, -1, -1, -1])
            half_T3 = np.stack(
                [reach(part.shape, part.half, rotate(inverse, rotate(back_T4, axis))) for axis in np.eye(3)], axis=-1
            )
            lows.append(centre_T3 - half_T3)
            highs.append(centre_T3 + half_T3)
    low = [np.minimum(it[0], np.quantile(it, EDGES[0], axis=0)) for it in lows]
    high = [np.maximum(it[0], np.quantile(it, EDGES[1], axis=0)) for it in highs]
    return np.min(low, axis=0), np.max(high, axis=0)


def share_of(world: World, low: Array, high: Array) -> float:
    """Share of the picture's height that a box fills over the clip, as framings count it; a wide box by its width."""
    eye, target = world.camera_eye.values, world.camera_target.values
    middle = len(eye) // 2
    extent = high - low
    away = eye[middle] - target[middle]
    distance = float(np.linalg.norm(eye - target, axis=-1)[[0, middle, -1]].mean())
    tangent = float(np.exp(np.log(np.tan(world.camera_fov.values / 2)).mean()))
    sideways = np.array([-away[1], away[0]]) / max(float(np.hypot(*away[:2])), 1e-9)
    swing = np.ptp(np.unwrap(np.arctan2(*(eye - target)[:, 1::-1].T))) if camera_of(world)[0] == "orbit" else 0.0
    width = float(max(np.abs(sideways) @ extent[:2], np.hypot(*extent[:2]) * math.sin(min(swing, math.pi / 2))))
    depth = float(np.hypot(*extent[:2]) if swing else np.abs(away[:2] / np.hypot(*away[:2])) @ extent[:2]) / 2
    height = 2 * max(distance - depth, 0.3) * tangent
    shares = np.array([0.0, *FRAMINGS.values()])
    across = np.minimum(FULL, ACROSS * shares)
    return float(max(extent[2] / height, np.interp(width / (height * ASPECT), across, shares)))


def follows(world: World, actor: int) -> bool:
    """Whether the camera goes along with an actor: seen from what it looks at, the actor hardly moves."""
    path_T2 = world.position.values[actor, :, :2]
    way = float(np.hypot(*np.ptp(path_T2, axis=0)))
    left = float(np.hypot(*np.ptp(path_T2 - world.camera_target.values[:, :2], axis=0)))
    went = float(np.hypot(*np.ptp(world.camera_eye.values[:, :2], axis=0)))
    return way > TRAVELLED and left < ALONG * way and went > ALONG * way


def followed_share(world: World, actor: int) -> float:
    """Share of the picture's height that the largest extent of an actor is long, in the middle of the clip."""
    away = np.linalg.norm(world.camera_eye.values - world.camera_target.values, axis=-1)
    height = float(np.median(2 * away * np.tan(world.camera_fov.values / 2)))
    low, high = bounds(world.isel(time=slice(0, 1)), [actor])
    return float((high - low).max()) / height


def camera_of(world: World) -> tuple[str, str]:
    """Name the camera's move and its direction from the paths of eye and target and the field of view."""
    eye, target = world.camera_eye.values, world.camera_target.values
    ray = target - eye
    distance = np.linalg.norm(ray, axis=-1)
    zoom = float(np.ptp(np.log(np.tan(world.camera_fov.values / 2))))
    if zoom > ZOOMED:
        return "zoom", "in" if world.camera_fov.values[-1] < world.camera_fov.values[0] else "out"
    yaw, pitch = np.unwrap(np.arctan2(ray[:, 1], ray[:, 0])), np.arcsin(ray[:, 2] / distance)
    if max(_jitter(yaw), _jitter(pitch), _jitter(world.camera_roll.values)) > SHAKEN:
        return "handheld", ""
    moved, followed = eye[-1] - eye[0], target[-1] - target[0]
    if np.linalg.norm(moved) < MOVED * distance[0]:
        turns = {"pan": float(yaw[0] - yaw[-1]), "tilt": float(pitch[-1] - pitch[0])}
        name = max(turns, key=lambda it: abs(turns[it]))
        if abs(turns[name]) < TURNED:
            return "static", ""
        return name, {"pan": ("left", "right"), "tilt": ("down", "up")}[name][turns[name] > 0]
    sideways = np.array([ray[0, 1], -ray[0, 0], 0.0]) / np.hypot(*ray[0, :2])
    across = float(moved @ sideways)
    if np.linalg.norm(moved - followed) < 0.5 * np.linalg.norm(moved):
        return "truck", "right" if across > 0 else "left"
    flat = np.hypot(*ray[:, :2].T)  # a rising eye gets no nearer, an approaching one no lower
    changes = {
        "orbit": float(yaw[-1] - yaw[0]) * float(flat.mean()),
        "dolly": float(flat[0] - flat[-1]),
        "crane": float(moved[2] - followed[2]),
    }
    name = max(changes, key=lambda it: abs(changes[it]))
    ways = {"orbit": ("left", "right"), "dolly": ("out", "in"), "crane": ("down", "up")}
    return name, ways[name][changes[name] > 0]


def _jitter(signal_T: Array) -> float:
    """Spread of what is left when a smooth move (a cubic in time) is taken out."""
    time = np.linspace(-1, 1, len(signal_T))
    return float(
        np.std(signal_T - np.polynomial.polynomial.polyval(time, np.polynomial.polynomial.polyfit(time, signal_T, 3)))
    )
