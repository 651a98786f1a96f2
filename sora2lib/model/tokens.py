"""World <-> rows: what the transformer reads and writes.

Five kinds of rows. *Cast*: one per actor - what it is, how large, what it is made of, where it starts.
*Scene*: one - ground, light, weather, sound. *Camera*: one per third of a second. *Motion*: one per moving
actor and third of a second; its places and turns are relative to how the cast row puts the actor at the start, so that
the first is none and no row has to repeat what another says. The first movers of the cast own the motion rows, in
order. *Pose*: one per figure and third of a second; figures are the first movers.

Named things become codes: fixed random vectors, one per name, drawn from the name alone, so that a new
asset joins by a new code. Decoding looks the nearest code up. Everything else is a number; the network sees
each channel scaled to unit variance (:mod:`sora2lib.model.weights` holds the scales).

Shapes: A actors, M movers, F figures, K time rows, T = STRIDE * K + 1 samples.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.model import rotations, tracks
from sora2lib.model.camera import decode_camera, encode_camera
from sora2lib.model.poses import POSE_WIDTH, decode_poses, encode_poses
from sora2lib.model.tracks import STRIDE, squash, stretch
from sora2lib.world import vocabulary
from sora2lib.world.assets import LIBRARY, find
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.schema import RATE, VARIABLES, World, build
from sora2lib.world.support import depth_below

Array = NDArray[np.float64]

ASSET_CODE, MATERIAL_CODE, GROUND_CODE, AMBIENCE_CODE = 16, 8, 8, 6
CAST_WIDTH = 2 + ASSET_CODE + 3 + 3 + MATERIAL_CODE + 4 + 3 + 1 + 6
# Of a cast row: logarithm of the size, colour, stuff (density, restitution, friction, gloss), place, gap to the ground,
# turn.
SIZE, COLOUR, STUFF = slice(18, 21), slice(21, 24), slice(32, 36)
START, GAP, COLUMNS = slice(36, 39), slice(39, 40), slice(40, 46)
SCENE_PARTS = (GROUND_CODE, 5, AMBIENCE_CODE, 1, 2, 2)
SCENE_WIDTH = sum(SCENE_PARTS)
MOTION_PARTS = (3, 2, 3, 3 * STRIDE, 6, 3 * STRIDE, STRIDE + 1)
MOTION_WIDTH = sum(MOTION_PARTS)
SPEED = slice(5, 8)  # of a motion row: at its start, m/s
TURN = slice(8 + 3 * STRIDE, 14 + 3 * STRIDE)  # of a motion row: the columns of its turn since the start
BLOW = slice(-STRIDE - 1, None)  # of a motion row: which sample is struck hardest, or none; says what others say
DT = 1 / RATE
NO_FALL = 0.1  # rain or snow below this is none: a dry sky is dry

# Knees of the logarithmic channels: below it a channel is linear, above it relative precision is constant.
CLEARANCE_KNEE, ACCELERATION_KNEE, TURN_KNEE = 0.05, 1.0, 4.0
# Standard errors of a trained network in its own channels; they weigh the channels against each other when decoding.
PLACE_ERROR, SPEED_ERROR, RELATIVE_ERROR, FIRST_ERROR, KNOWN_ERROR = 0.1, 0.2, 0.03, 1e-3, 1e-4


@dataclass(frozen=True)
class Rows:
    """A world as the transformer sees it, channels in natural scale."""

    cast: Array  # (A, CAST_WIDTH)
    scene: Array  # (SCENE_WIDTH,)
    camera: Array  # (K, CAMERA_WIDTH)
    motion: Array  # (M, K, MOTION_WIDTH)
    pose: Array  # (F, K, POSE_WIDTH)


@lru_cache(maxsize=64)
def codes(topic: str, names: Sequence[str], width: int) -> Array:
    """Fixed vectors (N, width) of unit variance, each drawn from its own name."""
    return np.stack([_code(topic, width, name) for name in names])


@cache
def _code(topic: str, width: int, name: str) -> Array:
    seed = int.from_bytes(hashlib.sha256(f"{topic}:{name}".encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(width)


@cache
def _assets() -> tuple[str, ...]:
    return tuple(LIBRARY)


def asset_code(name: str) -> Array:
    """Code (ASSET_CODE,) of an asset of the library, which its cast rows hold."""
    return _code("asset", ASSET_CODE, name)


def _nearest(topic: str, names: Sequence[str], width: int, code: Array) -> str:
    distance = np.linalg.norm(codes(topic, tuple(names), width) - code, axis=-1)
    return list(names)[int(distance.argmin())]


def order(world: World) -> NDArray[np.intp]:
    """Indices of the actors in cast order: figures first, as they stand, then what else moves, then what does not."""
    return np.lexsort([~_bends(world.variables["asset"].values), world.variables["fixed"].values])


def _bends(names: Iterable[str]) -> NDArray[np.bool_]:
    """Which of the assets have joints."""
    return np.array([str(name) in SKELETONS for name in names], dtype=bool)


def encode(world: World) -> Rows:
    """Turn a world of STRIDE * K + 1 samples at RATE into rows; :func:`decode` undoes it."""
    values = _in_cast_order(world)
    moves = ~values["fixed"]
    movers = int(moves.sum())
    figures = int((_bends(values["asset"]) & moves).sum()) if world.sizes["joint"] else 0
    return Rows(
        _encode_cast(values),
        _encode_scene(values),
        encode_camera(world),
        _encode_motion(values, movers),
        encode_poses(values["joint_angle"][:figures])
        if figures
        else np.zeros((0, (world.sizes["time"] - 1) // STRIDE, POSE_WIDTH)),
    )


def _in_cast_order(world: World) -> dict[str, NDArray[Any]]:
    """Plain arrays of the variables, actors in cast order; xarray would take longer to sort them than all the rest."""
    values = {name: world.variables[name].values for name in VARIABLES}
    order_A = order(world)
    return {name: array[order_A] if VARIABLES[name][0][:1] == ("actor",) else array for name, array in values.items()}


def _encode_cast(values: dict[str, NDArray[Any]]) -> Array:
    rotation = values["rotation"][:, 0]
    position = values["position"][:, 0]
    depth = [depth_below(str(a), s, r) for a, s, r in zip(values["asset"], values["size"], rotation, strict=True)]
    columns = [
        np.ones((len(position), 1)),
        np.where(values["fixed"], -1.0, 1.0)[:, None],
        np.stack([asset_code(find(str(name)).name) for name in values["asset"]]),
        np.log(values["size"] / 0.3),
        values["colour"] * 2 - 1,
        np.stack([_code("material", MATERIAL_CODE, str(name)) for name in values["material"]]),
        np.log(values["density"] / 1000)[:, None],
        values["restitution"][:, None],
        squash(values["friction"], 0.1)[:, None],
        values["gloss"][:, None],
        position,
        squash(position[:, 2] - depth, CLEARANCE_KNEE)[:, None],
        rotations.to_columns(rotation),
    ]
    return np.concatenate(columns, axis=-1)


def _encode_scene(values: dict[str, NDArray[Any]]) -> Array:
    azimuth, elevation = float(values["sun_azimuth"]), float(values["sun_elevation"])
    numbers = [np.cos(azimuth), np.sin(azimuth), 2 * elevation, float(values["cloud"]), squash(values["fog"], 0.005)]
    ground = _code("ground", GROUND_CODE, str(values["ground"]))
    ambience = _code("ambience", AMBIENCE_CODE, str(values["ambience"]))
    fall = [float(values["rain"]), float(values["snow"])]
    return np.concatenate([ground, numbers, ambience, [float(values["ambience_level"])], fall, values["wind"][:2]])


def _encode_motion(values: dict[str, NDArray[Any]], movers: int) -> Array:
    position, rotation = values["position"][:movers], values["rotation"][:movers]
    rows = (position.shape[1] - 1) // STRIDE
    if not movers:
        return np.zeros((0, rows, MOTION_WIDTH))
    starts, speeds, accelerations = tracks.differences(position, DT)
    first, rates = rotations.turns(rotation, DT)
    depth = np.stack([depth_below(str(values["asset"][i]), values["size"][i], rotation[i]) for i in range(movers)])
    clearance = (position[..., 2] - depth)[:, :-1].reshape(movers, rows, STRIDE)[..., :: STRIDE // 2]
    columns = [
        starts - position[:, None, 0],
        squash(clearance, CLEARANCE_KNEE),
        speeds,
        squash(accelerations, ACCELERATION_KNEE).reshape(movers, rows, -1),
        rotations.since(rotations.to_columns(first), rotations.to_columns(rotation[:, :1])),
        squash(rates, TURN_KNEE).reshape(movers, rows, -1),
        tracks.blows(accelerations),
    ]
    return np.concatenate(columns, axis=-1)


def present(cast: Array) -> NDArray[np.bool_]:
    """Which of the cast rows (A, CAST_WIDTH) hold an actor."""
    return np.asarray(cast[:, 0] > 0)


def moving(cast: Array) -> NDArray[np.bool_]:
    """Which of the cast rows (A, CAST_WIDTH) hold an actor that moves."""
    return np.asarray(present(cast) & (cast[:, 1] > 0))


def figures(cast: Array, *, assets: Sequence[str] = ()) -> NDArray[np.bool_]:
    """Which of the cast rows (A, CAST_WIDTH) hold a figure that moves; ``assets`` as for :func:`decode`."""
    return moving(cast) & _bends(asset_names(cast, assets=assets))


def asset_names(cast: Array, *, assets: Sequence[str] = ()) -> list[str]:
    """What the cast rows (A, CAST_WIDTH) are; ``assets`` as for :func:`decode`."""
    return [_nearest("asset", assets or _assets(), ASSET_CODE, code) for code in cast[:, 2 : 2 + ASSET_CODE]]


def decode(rows: Rows, *, assets: Sequence[str] = (), cuts: Sequence[int] = (), past: World | None = None) -> World:
    """Turn rows into a world; rows that no world encodes to give the world that explains them best.

    Parameters
    ----------
    assets : names to choose from; without them all modelled things and all pictures. The fewer, the surer the choice.
    cuts : time rows with which another shot begins; the camera's path is not smooth across them.
    past : the world, its actors in cast order, that the first rows encode: tracks go on from where it has them, and
        up to its last sample the world is that one.
    """
    cast = _split(rows.cast, (2, ASSET_CODE, 3, 3, MATERIAL_CODE, 4, 3, 1, 6))
    _, _, log_size, colour, material_code, stuff, place, clearance, columns = cast
    names = asset_names(rows.cast, assets=assets)
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
        position[i, :, 2] = standing(place[i, 2], gap[i] + depth_below(names[i], size[i], still[i]), gap[i])
    depth = [depth_below(name, s, r) for name, s, r in zip(names[:movers], size, rotation, strict=False)]
    if movers:
        known = np.zeros((movers, 0, 3)) if past is None else past.position.values[:movers]
        position[:movers] = _decode_position(rows.motion, place[:movers], np.stack(depth), known)

    ground, numbers, ambience, level, fall, wind = _split(rows.scene, SCENE_PARTS)
    fall = np.where(fall > NO_FALL, np.minimum(fall, 1), 0)
    world = build(
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
        **_decode_joints(rows.pose, count),
        **decode_camera(rows.camera, cuts),
        ground=_nearest("ground", tuple(vocabulary.GROUNDS), GROUND_CODE, ground),
        sun_azimuth=np.arctan2(numbers[1], numbers[0]),
        sun_elevation=np.clip(numbers[2] / 2, -np.pi / 2, np.pi / 2),
        cloud=np.clip(numbers[3], 0, 1),
        fog=np.clip(stretch(numbers[4], 0.005), 0, 10),
        ambience=_nearest("ambience", vocabulary.AMBIENCES, AMBIENCE_CODE, ambience),
        ambience_level=np.clip(level[0], 0, 1),
        rain=fall[0],
        snow=fall[1],
        wind=[*np.clip(wind, -100, 100), 0.0],
    )
    return world if past is None else _resumed(world, past)


def _resumed(world: World, past: World) -> World:
    """A world whose beginning, cast and scene are those of a past; both have their actors in cast order."""
    joined = {}
    for name, variable in past.variables.items():
        if "time" in variable.dims and name != "time":
            late = world[name].isel(time=slice(past.sizes["time"], None)).values
            joined[name] = (variable.dims, np.concatenate([variable.values, late], axis=variable.dims.index("time")))
    still = past.drop_dims("time").assign_coords(time=world.time)
    still.attrs = world.attrs  # what was told of the past is not true of all
    return still.assign(joined).validate()


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


def standing(height: float, by_clearance: float, gap: float) -> float:
    """Combine two readings of a height, each weighted by its precision."""
    weight = PLACE_ERROR**2 / (PLACE_ERROR**2 + float(_clearance_error(np.asarray(gap))) ** 2)
    return height + weight * (by_clearance - height)


def motion_columns(motion: Array) -> list[Array]:
    """Split motion rows (..., MOTION_WIDTH) into places, gaps, speeds, accelerations, turns, rates and blow."""
    return _split(motion, MOTION_PARTS)


def _decode_rotation(motion: Array, start: Array) -> Array:
    *_, columns, rates, _ = motion_columns(motion)
    columns = rotations.after(columns, start[:, None])
    turn = stretch(rates.reshape(*rates.shape[:-1], STRIDE, 3), TURN_KNEE)
    return rotations.integrate(rotations.from_columns(columns), turn, DT)


def _decode_joints(pose: Array, count: int) -> dict[str, Any]:
    """Joint angles of all actors (count, T, J) where there are figures; the first actors are they."""
    if not len(pose):
        return {}
    angles = decode_poses(pose)
    return {"joint_angle": np.concatenate([angles, np.zeros((count - len(pose), *angles.shape[1:]))])}


def _decode_position(motion: Array, place: Array, depth: Array, known: Array) -> Array:
    """Tracks (M, T, 3) that explain motion rows best and begin with the known samples (M, P, 3)."""
    moved, clearance, speeds, squashed, *_ = motion_columns(motion)
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
    samples = np.concatenate([samples, np.arange(known.shape[1])])
    heights = np.concatenate([heights, known], axis=1)
    errors = np.concatenate([errors, np.full(known.shape, KNOWN_ERROR)], axis=1)
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
