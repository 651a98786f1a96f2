"""Where things went, drawn into the pictures: trails, rings round what is seen, crosses where something met."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.study import Study
from sora2lib.physics.tracks import Array, Tracks
from sora2lib.world.filming import CameraPath
from sora2lib.world.schema import World

Frames = NDArray[np.uint8]
TRAIL = 24  # pictures that a trail is long
LIGHT = np.array([255, 255, 255])
AHEAD = np.array([90, 200, 255])  # the colour of the reference
BROKEN = np.array([255, 60, 60])


# N things, T frames, H height, W width
def in_picture(world: World, place_NT3: Array, time_T: Array, sides: tuple[int, int]) -> Array:
    """Project places in a world at given seconds to pixels (N, T, 2): right and up from the lower left corner."""
    width, height = sides
    since = world.time.values - float(world.time.values[0])

    def at(name: str) -> Array:
        values = world[name].values.reshape(len(since), -1)
        return np.stack([np.interp(time_T, since, column) for column in values.T], axis=-1)

    path = CameraPath(at("camera_eye"), at("camera_target"), at("camera_roll")[:, 0], at("camera_fov")[:, 0])
    seen_NT2 = np.array([path.picture(place_T3) for place_T3 in place_NT3]).reshape(len(place_NT3), len(time_T), 2)
    return np.asarray(seen_NT2 * height / 2 + np.array([width, height]) / 2)


def resampled(tracks: Tracks, place_NTD: Array, time_F: Array) -> Array:
    """Places (N, F, D) at other times, NaN where either neighbour is."""
    count, _, axes = place_NTD.shape
    flat = [[np.interp(time_F, tracks.time_T, place_NTD[i, :, axis]) for axis in range(axes)] for i in range(count)]
    return np.moveaxis(np.array(flat).reshape(count, axes, len(time_F)), 1, 2)


def annotated(
    frames: Frames, pixel_NT2: Array, radius_N: Array, reference_NT2: Array | None, broken_T: NDArray[np.bool_]
) -> Frames:
    """Draw trails, rings and the reference into a copy of frames (T, H, W, 3); red where a law is broken."""
    out = frames.copy()
    height = frames.shape[1]
    for k, picture in enumerate(out):
        for i, place_T2 in enumerate(pixel_NT2):
            for back in range(min(TRAIL, k)):
                _dot(picture, place_T2[k - back], height, LIGHT, 1.0 - back / TRAIL)
            if reference_NT2 is not None:
                _ring(picture, reference_NT2[i, k], float(radius_N[i]), height, AHEAD)
            _ring(picture, place_T2[k], float(radius_N[i]) + 2, height, BROKEN if broken_T[k] else LIGHT)
    return out


def still(frames: Frames, pixel_NT2: Array, study: Study) -> Frames:
    """Return one picture (H, W, 3) with the whole path of everything, and where things met."""
    picture: Frames = frames[len(frames) // 2].copy()
    height = picture.shape[0]
    for place_T2 in pixel_NT2:
        for at in place_T2:
            _dot(picture, at, height, LIGHT, 1.0)
    return picture


def _dot(picture: Frames, at: Array, height: int, colour: NDArray[np.int_], weight: float) -> None:
    size = max(1, height // 240)
    if np.isfinite(at).all():
        x, y = int(at[0]), int(height - at[1])
        patch = picture[max(y - size, 0) : max(y + size, 0), max(x - size, 0) : max(x + size, 0)]
        patch[:] = (patch * (1 - weight) + colour * weight).astype(np.uint8)


def _ring(picture: Frames, at: Array, radius: float, height: int, colour: NDArray[np.int_]) -> None:
    if np.isfinite(at).all():
        angle = np.linspace(0, 2 * np.pi, max(24, int(7 * radius)), endpoint=False)
        x = (at[0] + radius * np.cos(angle)).astype(int)
        y = (height - at[1] + radius * np.sin(angle)).astype(int)
        inside = (x >= 0) & (y >= 0) & (x < picture.shape[1]) & (y < picture.shape[0])
        picture[y[inside], x[inside]] = colour
