"""World <-> rows: what the transformer reads and writes.

Four kinds of rows. *Cast*: one per actor - what it is, how large, what it is made of, where it starts.
*Scene*: one - ground, light, weather, sound. *Camera*: one per third of a second. *Motion*: one per moving
actor and third of a second; its places and turns are relative to how the cast row puts the actor at the start, so that
the first is none and no row has to repeat what another says. The first movers of the cast own the motion rows, in
order.

Named things become codes: fixed random vectors, one per name, drawn from the name alone, so that a new
asset joins by a new code. Decoding looks the nearest code up. Everything else is a number; the network sees
each channel scaled to unit variance (:mod:`sora2lib.model.weights` holds the scales).

Shapes: A actors, M movers, K time rows, T = STRIDE * K + 1 samples.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from sora2lib.model import rotations, tracks
from sora2lib.model.tracks import STRIDE, squash, stretch
from sora2lib.world import vocabulary
from sora2lib.world.assets import LIBRARY, find
from sora2lib.world.schema import RATE, World, build
from sora2lib.world.support import depth_below

Array = NDArray[np.float64]

ASSET_CODE, MATERIAL_CODE, GROUND_CODE, AMBIENCE_CODE = 16, 8, 8, 6
CAST_WIDTH = 2 + ASSET_CODE + 3 + 3 + MATERIAL_CODE + 4 + 3 + 1 + 6
SCENE_WIDTH = GROUND_CODE + 5 + AMBIENCE_CODE + 1
CAMERA_STRIDE = 2  # samples between camera knots
KNOTS = STRIDE // CAMERA_STRIDE  # camera knots a row
CAMERA_WIDTH = 8 * (2 + KNOTS)
MOTION_WIDTH = 3 + 2 + 3 + 3 * STRIDE + 6 + 3 * STRIDE
TURN = slice(-6 - 3 * STRIDE, -3 * STRIDE)  # of a motion row: the columns of its turn since the start
DT = 1 / RATE

# Knees of the logarithmic channels: below it a channel is linear, above it relative precision is constant.
CLEARANCE_KNEE, ACCELERATION_KNEE, TURN_KNEE = 0.05, 1.0, 4.0
# Standard errors of a trained network in its own channels; they weigh the channels against each other when decoding.
PLACE_ERROR, SPEED_ERROR, RELATIVE_ERROR, FIRST_ERROR = 0.1, 0.2, 0.03, 1e-3


@dataclass(frozen=True)
class Rows:
    """A world as the transformer sees it, channels in natural scale."""

    cast: Array  # (A, CAST_WIDTH)
    scene: Array  # (SCENE_WIDTH,)
    camera: Array  # (K, CAMERA_WIDTH)
    motion: Array  # (M, K, MOTION_WIDTH)


@cache
def codes(topic: str, names: Sequence[str], width: int) -> Array:
    """Fixed vectors (N, width) of unit variance, each drawn from its own name."""
    seeds = [int.from_bytes(hashlib.sha256(f"{topic}:{name}".encode()).digest()[:8], "little") for name in names]
    return np.stack([np.random.default_rng(seed).standard_normal(width) for seed in seeds])


@cache
def _assets() -> tuple[str, ...]:
    return tuple(LIBRARY)


def _code(topic: str, names: Sequence[str], width: int, name: str) -> Array:
    row: Array = codes(topic, tuple(names), width)[list(names).index(name)]
    return row


def _nearest(topic: str, names: Sequence[str], width: int, code: Array) -> str:
    distance = np.linalg.norm(codes(topic, tuple(names), width) - code, axis=-1)
    return list(names)[int(distance.argmin())]


def order(world: World) -> NDArray[np.intp]:
    """Indices of the actors in cast order: movers first, as they stand, then what is bolted down."""
    return np.argsort(world.fixed.values, kind="stable")


def encode(world: World) -> Rows:
    """Turn a world of STRIDE * K + 1 samples at RATE into rows; :func:`decode` undoes it."""
    world = world.isel(actor=order(world))
    movers = int((~world.fixed.values).sum())
    return Rows(_encode_cast(world), _encode_scene(world), _encode_camera(world), _encode_motion(world, movers))


def _encode_cast(world: World) -> Array:
    rotation = world.rotation.values[:, 0]
    position = world.position.values[:, 0]
    depth = [depth_below(str(a), s, r) for a, s, r in zip(world.asset.values, world.size.values, rotation, strict=True)]
    columns = [
        np.ones((len(position), 1)),
        np.where(world.fixed.values, -1.0, 1.0)[:, None],
        np.stack([_code("asset", _assets(), ASSET_CODE, find(str(name)).name) for name in world.asset.values]),
        np.log(world.size.values / 0.3),
        world.colour.values * 2 - 1,
        np.stack(
            [_code("material", tuple(vocabulary.MATERIALS), MATERIAL_CODE, str(m)) for m in world.material.values]
        ),
        np.log(world.density.values / 1000)[:, None],
        world.restitution.values[:, None],
        squash(world.friction.values, 0.1)[:, None],
        world.gloss.values[:, None],
        position,
        squash(position[:, 2] - depth, CLEARANCE_KNEE)[:, None],
        rotations.to_columns(rotation),
    ]
    return np.concatenate(columns, axis=-1)


def _encode_scene(world: World) -> Array:
    azimuth, elevation = float(world.sun_azimuth), float(world.sun_elevation)
    numbers = [np.cos(azimuth), np.sin(azimuth), 2 * elevation, float(world.cloud), squash(world.fog.values, 0.005)]
    ground = _code("ground", tuple(vocabulary.GROUNDS), GROUND_CODE, str(world.ground.values))
    ambience = _code("ambience", vocabulary.AMBIENCES, AMBIENCE_CODE, str(world.ambience.values))
    return np.concatenate([ground, numbers, ambience, [float(world.ambience_level)]])


def _encode_camera(world: World) -> Array:
    track = np.concatenate(
        [
            world.camera_eye.values,
            world.camera_target.values,
            world.camera_roll.values[:, None],
            np.log(world.camera_fov.values)[:, None],
        ],
        axis=-1,
    )  # (T, 8)
    starts, speeds, accelerations = tracks.differences(track[::CAMERA_STRIDE], CAMERA_STRIDE * DT, KNOTS)
    return np.concatenate([starts, speeds, accelerations.reshape(len(starts), -1)], axis=-1)


def _encode_motion(world: World, movers: int) -> Array:
    position, rotation = world.position.values[:movers], world.rotation.values[:movers]
    rows = (position.shape[1] - 1) // STRIDE
    if not movers:
        return np.zeros((0, rows, MOTION_WIDTH))
    starts, speeds, accelerations = tracks.differences(position, DT)
    first, rates = rotations.turns(rotation, DT)
    depth = np.stack(
        [depth_below(str(world.asset.values[i]), world.size.values[i], rotation[i]) for i in range(movers)]
    )
    clearance = (position[..., 2] - depth)[:, :-1].reshape(movers, rows, STRIDE)[..., :: STRIDE // 2]
    columns = [
        starts - position[:, None, 0],
        squash(clearance, CLEARANCE_KNEE),
        speeds,
        squash(accelerations, ACCELERATION_KNEE).reshape(movers, rows, -1),
        rotations.since(rotations.to_columns(first), rotations.to_columns(rotation[:, :1])),
        squash(rates, TURN_KNEE).reshape(movers, rows, -1),
    ]
    return np.concatenate(columns, axis=-1)


def crop(rows: Rows, first: int) -> Rows:
    """Rows from time row ``first`` on, with the movers of the cast placed as they stand then."""
    if first == 0:
        return rows
    cast, motion, movers = rows.cast.copy(), rows.motion[:, first:].copy(), len(rows.motion)
    moved, clearance, _, _, columns, _ = _motion_columns(rows.motion[:, first])
    motion[..., :3] -= moved[:, None]
    motion[..., TURN] = rotations.since(motion[..., TURN], columns[:, None])
    columns = rotations.after(columns, cast[:movers, -6:])
    cast[:movers, -10:] = np.concatenate([cast[:movers, -10:-7] + moved, clearance[:, :1], columns], axis=-1)
    return Rows(cast, rows.scene, rows.camera[first:], motion)


def join(past: Rows, first: int, camera: Array, motion: Array) -> Rows:
    """Undo :func:`crop`: put the camera and motion rows of a cropped world back behind the rows before ``first``."""
    onward = motion.copy()
    if first:
        onward[..., :3] += past.motion[:, first : first + 1, :3]
        onward[..., TURN] = rotations.after(onward[..., TURN], past.motion[:, first : first + 1, TURN])
    return Rows(
        past.cast,
        past.scene,
        np.concatenate([past.camera[:first], camera]),
        np.concatenate([past.motion[:, :first], onward], axis=1),
    )


def pad(rows: Rows, count: int) -> Rows:
    """Rows with ``count`` time rows: what lies beyond is cut, what lacks is zero."""
    lack = max(0, count - len(rows.camera))
    camera = np.pad(rows.camera[:count], ((0, lack), (0, 0)))
    return Rows(rows.cast, rows.scene, camera, np.pad(rows.motion[:, :count], ((0, 0), (0, lack), (0, 0))))


def at_rest(cast: Array) -> Array:
    """One motion row (M, 1, MOTION_WIDTH) of movers that stay where their cast rows (M, CAST_WIDTH) place them."""
    motion = np.zeros((len(cast), 1, MOTION_WIDTH))
    motion[:, 0, 3:5] = cast[:, -7:-6]
    motion[:, 0, TURN] = rotations.to_columns(np.array([1.0, 0.0, 0.0, 0.0]))
    return motion


def present(cast: Array) -> NDArray[np.bool_]:
    """Which of the cast rows (A, CAST_WIDTH) hold an actor."""
    return np.asarray(cast[:, 0] > 0)


def moving(cast: Array) -> NDArray[np.bool_]:
    """Which of the cast rows (A, CAST_WIDTH) hold an actor that moves."""
    return np.asarray(present(cast) & (cast[:, 1] > 0))


def decode(rows: Rows, *, assets: Sequence[str] = ()) -> World:
    """Turn rows into a world; rows that no world encodes to give the world that explains them best.

    Parameters
    ----------
    assets : names to choose from; without them all modelled things and all pictures. The fewer, the surer the choice.
    """
    cast = _split(rows.cast, (2, ASSET_CODE, 3, 3, MATERIAL_CODE, 4, 3, 1, 6))
    _, asset_code, log_size, colour, material_code, stuff, place, clearance, columns = cast
    names = [_nearest("asset", assets or _assets(), ASSET_CODE, code) for code in asset_code]
    size = np.clip(np.exp(log_size) * 0.3, 0.005, 50)
    count, samples = len(names), rows.camera.shape[0] * STRIDE + 1
    movers = rows.motion.shape[0]

    still = rotations.from_columns(columns)  # (A, 4)
    rotation = np.repeat(still[:, None], samples, axis=1)
    rotation[:movers] = _decode_rotation(rows.motion, columns[:movers])
    position = np.repeat(place[:, None], samples, axis=1)
    gap = stretch(clearance[:, 0], CLEARANCE_KNEE)
    for i in range(movers, count):
        # What stands on the ground says so more precisely in its clearance than in its height.
        position[i, :, 2] = _standing(place[i, 2], gap[i] + depth_below(names[i], size[i], still[i]), gap[i])
    depth = [depth_below(name, s, r) for name, s, r in zip(names[:movers], size, rotation, strict=False)]
    if movers:
        position[:movers] = _decode_position(rows.motion, place[:movers], np.stack(depth))

    ground, numbers, ambience, level = _split(rows.scene, (GROUND_CODE, 5, AMBIENCE_CODE, 1))
    return build(
        actors=_unique(names),
        time=np.arange(samples) * DT,
        asset=names,
        material=[_nearest("material", tuple(vocabulary.MATERIALS), MATERIAL_CODE, code) for code in material_code],
        size=size,
        colour=np.clip(colour / 2 + 0.5, 0, 1),
        density=np.clip(np.exp(stuff[:, 0]) * 1000, 1, 1e5),
        restitution=np.clip(stuff[:, 1], 0, 1),
        friction=np.clip(stretch(stuff[:, 2], 0.1), 0, 10),
        gloss=np.clip(stuff[:, 3], 0, 1),
        fixed=np.arange(count) >= movers,
        position=position,
        rotation=rotation,
        **_decode_camera(rows.camera),
        ground=_nearest("ground", tuple(vocabulary.GROUNDS), GROUND_CODE, ground),
        sun_azimuth=np.arctan2(numbers[1], numbers[0]),
        sun_elevation=np.clip(numbers[2] / 2, -np.pi / 2, np.pi / 2),
        cloud=np.clip(numbers[3], 0, 1),
        fog=np.clip(stretch(numbers[4], 0.005), 0, 10),
        ambience=_nearest("ambience", vocabulary.AMBIENCES, AMBIENCE_CODE, ambience),
        ambience_level=np.clip(level[0], 0, 1),
    )


def _split(array: Array, widths: tuple[int, ...]) -> list[Array]:
    return np.split(array, np.cumsum(widths)[:-1], axis=-1)


def _unique(names: list[str]) -> list[str]:
    """Number repeated names: ball, ball 2, ball 3."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return result


def _clearance_error(gap: Array) -> Array:
    return RELATIVE_ERROR * np.hypot(gap, CLEARANCE_KNEE)


def _standing(height: float, by_clearance: float, gap: float) -> float:
    """Combine two readings of a height, each weighted by its precision."""
    weight = PLACE_ERROR**2 / (PLACE_ERROR**2 + float(_clearance_error(np.asarray(gap))) ** 2)
    return height + weight * (by_clearance - height)


def _motion_columns(motion: Array) -> list[Array]:
    return _split(motion, (3, 2, 3, 3 * STRIDE, 6, 3 * STRIDE))


def _decode_rotation(motion: Array, start: Array) -> Array:
    *_, columns, rates = _motion_columns(motion)
    columns = rotations.after(columns, start[:, None])
    turn = stretch(rates.reshape(*rates.shape[:-1], STRIDE, 3), TURN_KNEE)
    return rotations.integrate(rotations.from_columns(columns), turn, DT)


def _decode_position(motion: Array, place: Array, depth: Array) -> Array:
    moved, clearance, speeds, squashed, _, _ = _motion_columns(motion)
    starts = moved + place[:, None]
    movers, rows, _ = starts.shape
    start_error = np.full(starts.shape, PLACE_ERROR)
    starts[:, 0], start_error[:, 0] = place, FIRST_ERROR  # as the cast says
    accelerations = stretch(squashed.reshape(movers, rows, STRIDE, 3), ACCELERATION_KNEE)
    # Readings of the height from the gap to the ground: twice a row, z only.
    samples = np.arange(0, rows * STRIDE, STRIDE // 2)
    gap = stretch(clearance.reshape(movers, -1), CLEARANCE_KNEE)
    heights, errors = np.zeros((movers, len(samples), 3)), np.full((movers, len(samples), 3), 1e3)
    heights[..., 2], errors[..., 2] = gap + depth[:, samples], _clearance_error(gap)
    return tracks.reconstruct(
        starts,
        speeds,
        accelerations,
        dt=DT,
        start_error=start_error,
        speed_error=SPEED_ERROR,
        acceleration_error=RELATIVE_ERROR * np.hypot(accelerations, ACCELERATION_KNEE),
        extra=(samples, heights, errors),
    )


def _decode_camera(camera: Array) -> dict[str, Any]:
    starts, speeds, accelerations = _split(camera, (8, 8, 8 * KNOTS))
    knots = tracks.reconstruct(
        starts,
        speeds,
        accelerations.reshape(len(camera), KNOTS, 8),
        dt=CAMERA_STRIDE * DT,
        start_error=PLACE_ERROR,
        speed_error=PLACE_ERROR,
        acceleration_error=np.full(1, PLACE_ERROR),
        stride=KNOTS,
    )  # (K * KNOTS + 1, 8)
    times = np.arange(len(knots)) * CAMERA_STRIDE
    track = CubicSpline(times, knots)(np.arange(times[-1] + 1))
    return {
        "camera_eye": track[:, :3],
        "camera_target": track[:, 3:6],
        "camera_roll": track[:, 6],
        "camera_fov": np.clip(np.exp(track[:, 7]), 0.02, 3.0),
    }
