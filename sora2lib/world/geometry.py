"""What the actors of a world are made of, packed for the kernels: shapes, corners and edges, mass and inertia."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import probes
from sora2lib.world.assets import primitives
from sora2lib.world.parts import SHAPES, WEDGE, Primitive, volume
from sora2lib.world.schema import World

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
RIM = 24  # points on a rim
SIDES = 12  # lines along a round side
# A polygon through points a little outside its circle strays to both sides of it by the same amount.
ROUND = 2 / (1 + math.cos(math.pi / RIM))
BOX_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)
BOX_EDGES = [(a, b) for a in range(8) for b in range(a) if np.abs(BOX_CORNERS[a] - BOX_CORNERS[b]).sum() == 2]
WEDGE_EDGES = [(0, 1), (0, 2), (1, 3), (2, 3), (2, 4), (3, 5), (4, 5), (0, 4), (1, 5)]


# A actors, P parts, F features; offsets have one more entry than actors
@dataclass(frozen=True)
class Bodies:
    """The actors of a world as rigid bodies; the ground is the actor after the last.

    ``parts`` and ``features`` are what :mod:`sora2lib.kernels.gaps` reads; ``reach`` (A,) is the radius round the
    origin that holds everything, ``mass`` (A,) in kg, ``inertia`` (A, 3, 3) round the origin in the body frame.
    """

    parts: tuple[Indices, Array, Array, Array, Indices]
    features: tuple[Indices, Array, Array, Indices]
    reach: Array
    mass: Array
    inertia: Array


def bodies(world: World) -> Bodies:
    """Pack the actors of a world.

    >>> bodies(world).mass  # doctest: +SKIP
    """
    assets, sizes = world.asset.values.tolist(), world["size"].values.tolist()
    models = [_model(asset, tuple(size)) for asset, size in zip(assets, sizes, strict=True)]
    offsets = np.cumsum([(0, 0), *(model.counts for model in models)], axis=0)
    volume = np.array([model.volume for model in models])
    density = world.density.values
    return Bodies(
        (*_joined([model.parts for model in (*models, _NOTHING)]), np.ascontiguousarray(offsets[:, 0])),
        (*_joined([model.features for model in (*models, _NOTHING)]), np.ascontiguousarray(offsets[:, 1])),
        np.array([model.reach for model in models]),
        density * volume,
        density[:, None, None] * np.array([model.inertia for model in models]).reshape(-1, 3, 3),
    )


def _joined(rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(np.concatenate(columns) for columns in zip(*rows, strict=True))


@dataclass(frozen=True)
class _Model:
    """One asset at one size and unit density."""

    parts: tuple[Indices, Array, Array, Array]
    features: tuple[Indices, Array, Array]
    counts: tuple[int, int]
    reach: float
    volume: float
    inertia: Array


_NOTHING = _Model(
    (np.zeros(0, dtype=np.int64), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3, 3))),
    (np.zeros(0, dtype=np.int64), np.zeros((0, 4, 3)), np.zeros(0)),
    (0, 0),
    0.0,
    0.0,
    np.zeros((3, 3)),
)


@cache
def _model(asset: str, size: tuple[float, float, float]) -> _Model:
    solid = [part for part in primitives(asset, np.array(size)) if part.collides]
    if not solid:
        return _NOTHING
    turns = [matrix(part.rotation) for part in solid]
    features = _joined([_features(part, turn) for part, turn in zip(solid, turns, strict=True)])
    volumes = [volume(part.shape, part.half) for part in solid]
    return _Model(
        (
            np.array([SHAPES.index(part.shape) for part in solid], dtype=np.int64),
            np.array([part.half for part in solid]),
            np.array([part.centre for part in solid]),
            np.array(turns),
        ),
        (features[0].astype(np.int64), features[1], features[2]),
        (len(solid), len(features[0])),
        max(float(np.linalg.norm(part.centre)) + _reach(part) for part in solid),
        sum(volumes),
        np.sum([_inertia(*one) for one in zip(solid, turns, volumes, strict=True)], axis=0),
    )


def matrix(q: Array) -> Array:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4) w-x-y-z.

    >>> matrix(np.array([0.0, 0.0, 0.0, 1.0]))[0, 0]
    np.float64(-1.0)
    """
    w, x, y, z = np.moveaxis(np.asarray(q, dtype=np.float64), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _reach(part: Primitive) -> float:
    x, _, z = part.half
    if part.shape in ("sphere", "ellipsoid"):
        return float(max(part.half))
    if part.shape in ("torus", "capsule"):
        return float(x + z)
    return float(np.linalg.norm(part.half)) if part.shape in ("box", "wedge") else math.hypot(x, z)


def _features(part: Primitive, turn: Array) -> tuple[Indices, Array, Array]:
    """Kind (F,), points (F, 4, 3) in the body frame and radius (F,) of what a part may touch with first."""
    x, _, z = part.half
    angle = np.arange(RIM) * (2 * math.pi / RIM)
    rim = ROUND * np.stack([x * np.cos(angle), x * np.sin(angle), 0 * angle], axis=1)
    side = rim[:: RIM // SIDES] * math.sqrt(1 - (math.pi / SIDES) ** 2 / 6) / ROUND
    up = np.array([0.0, 0.0, z])
    radius = 0.0
    edges = np.zeros((0, 2, 3))
    if part.shape == "ellipsoid":
        ends = np.concatenate([part.centre[None], turn * part.half[None, :]])  # columns are the half axes
        return np.array([probes.CAP]), ends[None], np.zeros(1)
    if part.shape == "sphere":
        points, radius = np.zeros((1, 3)), x
    elif part.shape == "capsule":
        points, radius = np.stack([-up, up]), x
        edges = np.stack([-up, up])[None]
    elif part.shape == "torus":
        points, radius = rim, z
    elif part.shape == "cylinder":
        points = np.concatenate([rim - up, rim + up])
        edges = np.stack([side - up, side + up], axis=1)
    elif part.shape == "cone":
        points = np.concatenate([rim - up, up[None]])
        edges = np.stack([side - up, np.broadcast_to(up, side.shape)], axis=1)
    else:
        corners, pairs = (BOX_CORNERS, BOX_EDGES) if part.shape == "box" else (WEDGE, WEDGE_EDGES)
        points = corners * part.half
        edges = points[np.array(pairs)]
    ends = np.zeros((len(points) + len(edges), 4, 3))
    ends[: len(points), 0] = points @ turn.T + part.centre
    ends[len(points) :, :2] = edges @ turn.T + part.centre
    kind = np.repeat([probes.POINT, probes.EDGE], [len(points), len(edges)])
    return kind, ends, np.full(len(ends), radius)


# Mean squares of x, y and z over a solid, in units of the squared half extents; a capsule counts as a cylinder.
_SPREAD = {
    "sphere": (1 / 5, 1 / 5, 1 / 5),
    "ellipsoid": (1 / 5, 1 / 5, 1 / 5),
    "box": (1 / 3, 1 / 3, 1 / 3),
    "wedge": (1 / 3, 1 / 3, 1 / 3),
    "cylinder": (1 / 4, 1 / 4, 1 / 3),
    "capsule": (1 / 4, 1 / 4, 1 / 3),
    "cone": (3 / 20, 3 / 20, 2 / 5),
    "torus": (1 / 2, 1 / 2, 1 / 2),
}


def _inertia(part: Primitive, turn: Array, volume: float) -> Array:
    """Inertia (3, 3) of a part of unit density round the body's origin."""
    spread = turn @ np.diag(np.array(_SPREAD[part.shape]) * part.half**2) @ turn.T
    spread = volume * (spread + np.outer(part.centre, part.centre))
    return np.asarray(np.trace(spread) * np.eye(3) - spread)
