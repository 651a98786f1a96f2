"""What a picture shows, as rows of a world: which of the cast is which thing that is seen, and what is known of it.

A picture tells directions and shares, no metres. So the cast says how large its things are, the picture how large they
look; how high the camera stands then follows, and with it where each thing is. What rests on the ground lies where the
ray to it meets the ground, what flies is as far away as its size tells.

Shapes: S rows of a cast, N things that are seen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sora2lib.camera import Pose
from sora2lib.model import rotations, tokens
from sora2lib.model.tokens import CLEARANCE_KNEE, COLOUR, COLUMNS, GAP, GROUND_CODE, SIZE, START, Array
from sora2lib.model.tracks import squash, stretch
from sora2lib.start import Seen, Start
from sora2lib.world.assets import primitives
from sora2lib.world.staging import DECOR
from sora2lib.world.support import reach, rotate
from sora2lib.world.vocabulary import GROUNDS, LIGHTS, WEATHERS

UNIT = 0.3  # metres: a side of this length has logarithm 0
LOWEST, HIGHEST = 0.2, 30.0  # metres between which a camera stands
FARTHEST = 80.0  # metres
ALOFT = 0.3  # of its own height: what is cast higher than that above the ground flies
SMALLEST, LARGEST = 0.01, 20.0  # metres
# What a difference of one costs when things and the cast are matched: of colours (root mean square of 0..1), of the
# logarithms of their sizes beside the others', of their order across and upwards; of nobody being there, of what never
# moves, and of scenery that nobody named.
BY_COLOUR, BY_SIZE, BY_ORDER, BY_ABSENCE, BY_REST, BY_SCENERY = 6.0, 0.3, 0.5, 3.0, 2.0, 4.0
SCENERY = frozenset(DECOR)


@dataclass(frozen=True)
class Seating:
    """A cast that is what a picture shows.

    Parameters
    ----------
    rows : (N,) which row of the cast each thing is.
    size : (N, 3) metres.
    place : (N, 3) of their origins, metres.
    gap : (N,) to the ground, metres.
    velocity : (N, 3) m/s; NaN where the picture does not tell.
    pose : of the camera.
    """

    rows: NDArray[np.intp]
    size: Array
    place: Array
    gap: Array
    velocity: Array
    pose: Pose


def seat(start: Start, cast: Array, names: Sequence[str], named: frozenset[str]) -> Seating:
    """Match what is seen, one thing at least, with the rows of a cast (S, CAST_WIDTH) of these names, and place it."""
    rows = _matched(start.things, cast, np.isin(names, list(SCENERY - named)))
    forward, up = _axes(start.pitch)
    tangent = math.tan(math.radians(start.fov) / 2)
    own = UNIT * np.exp(np.clip(cast[rows, SIZE], -3.4, 4.2))  # (N, 3)
    turn = rotations.from_columns(cast[rows, COLUMNS])
    span = np.array([_span(names[row], *it, up) for row, it in zip(rows, zip(own, turn, strict=True), strict=True)])
    left, right, low, high, depth = span.T
    seen = np.array([[it.x, it.y, it.width, it.height] for it in start.things])
    # As many metres of a thing's own size as there are to it.
    share = tangent * np.sqrt(seen[:, 2] * seen[:, 3] / ((left + right) * (low + high)))
    across = tangent * seen[:, :2] - share[:, None] * np.stack([right - left, high - low], axis=1) / 2
    ray = forward + across[:, :1] * [1.0, 0.0, 0.0] + across[:, 1:] * up  # (N, 3) to the origin, one metre ahead
    gap = np.maximum(stretch(cast[rows, GAP][:, 0], CLEARANCE_KNEE), 0)
    falls = share * depth - ray[:, 2]  # metres of height for one metre ahead, of what stands on the ground
    aloft = (gap > ALOFT * (low + high)) | (falls < 1e-3)
    eye = _height(share, depth, ray, gap, falls, aloft)
    aloft &= eye + ray[:, 2] / share > depth  # what would be below the ground stands on it
    away = np.clip(np.where(aloft, 1 / share, eye / np.where(aloft, 1.0, falls)), 0.3, FARTHEST)
    times = away * share
    size = np.clip(own * times[:, None], SMALLEST, LARGEST)
    place = np.array([0.0, 0.0, eye]) + away[:, None] * ray
    velocity = _velocity(start.things, away, eye, ray, tangent, up, aloft)
    # Worlds have no middle of their own: the things that are seen lie about where the cast put them.
    shift = np.r_[(cast[rows, START] - place)[:, :2].mean(axis=0), 0.0]
    ahead = float(away[0])
    lens = np.array([shift[0], shift[1], eye])
    pose = Pose(tuple(lens.tolist()), tuple((lens + ahead * forward).tolist()), fov=start.fov)
    return Seating(rows, size, place + shift, place[:, 2] - times * depth, velocity, pose)


def held(start: Start, cast: Array, names: Sequence[str], named: frozenset[str]) -> Array:
    """What a picture tells of a cast (S, CAST_WIDTH) of these names; NaN where it does not.

    Scenery that is neither seen nor ``named`` in the prompt is not there.
    """
    known = np.full_like(cast, np.nan)
    if not start.things:
        return known
    them = seat(start, cast, names, named)
    known[them.rows, 0] = 1.0
    known[them.rows, SIZE] = np.log(them.size / UNIT)
    known[them.rows, COLOUR] = 2 * np.array([it.colour for it in start.things]) - 1
    known[them.rows, START] = them.place
    known[them.rows, GAP] = squash(them.gap, CLEARANCE_KNEE)[:, None]
    for row in set(range(len(cast))) - set(them.rows.tolist()):
        if names[row] in SCENERY - named:
            known[row, 0] = -1.0  # it would be seen, and is not
    return known


def scene_held(start: Start, width: int) -> Array:
    """What a picture tells of a scene (width,); NaN where it does not."""
    known = np.full(width, np.nan)
    if start.ground:
        known[:GROUND_CODE] = tokens.codes("ground", tuple(GROUNDS), GROUND_CODE)[list(GROUNDS).index(start.ground)]
    if start.light:
        known[GROUND_CODE + 2] = 2 * math.radians(sum(LIGHTS[start.light].elevation) / 2)
    if start.weather:
        sky = WEATHERS[start.weather]
        known[GROUND_CODE + 3 : GROUND_CODE + 5] = sky.cloud, squash(np.array(sky.fog), 0.005)
        fall = sum(tokens.SCENE_PARTS[:4])
        known[fall : fall + 2] = sky.rain, sky.snow
    return known


def _matched(things: tuple[Seen, ...], cast: Array, scenery: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Which row of a cast each thing is: those that differ least, all together."""
    colour, there = np.array([it.colour for it in things]), cast[:, 0] > 0
    looks = np.sqrt(((colour[:, None] - np.clip(cast[None, :, COLOUR] / 2 + 0.5, 0, 1)) ** 2).mean(axis=-1))
    large = np.log([it.width * it.height for it in things]) / 2
    cost = BY_COLOUR * looks + BY_SIZE * _apart(large, cast[:, SIZE].mean(axis=-1), there, 1.0)
    for seen, place in (
        ([it.x for it in things], cast[:, START.start]),
        ([it.y for it in things], cast[:, START][:, 2]),
    ):
        cost = cost + BY_ORDER * _apart(np.array(seen), place, there, 0.1)
    cost = cost + BY_ABSENCE * ~there + BY_REST * (cast[:, 1] < 0) + BY_SCENERY * scenery
    in_turn, rows = linear_sum_assignment(cost)
    return np.asarray(rows[np.argsort(in_turn)])


def _apart(seen: Array, cast: Array, there: NDArray[np.bool_], least: float) -> Array:
    """How far (N, S) numbers of what is seen and of a cast differ, each in deviations of its own kind."""
    known = cast[there] if there.any() else cast
    one = (seen - seen.mean()) / max(float(seen.std()), least)
    other = (cast - known.mean()) / max(float(known.std()), least)
    return np.abs(one[:, None] - other[None])


def _axes(pitch: float) -> tuple[Array, Array]:
    """Forward and up of a camera that looks along y, and down by an angle."""
    sine, cosine = math.sin(pitch), math.cos(pitch)
    return np.array([0.0, cosine, -sine]), np.array([0.0, sine, cosine])


def _span(name: str, size: Array, turn: Array, up: Array) -> list[float]:
    """How far a body reaches to the left, the right, down and up in the picture, and straight down, in metres."""
    right, down = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, -1.0])
    ways = rotate(rotations.conjugate(turn), np.stack([-right, right, -up, up, down]))  # (5, 3)
    parts = [
        reach(it.shape, it.half, rotate(rotations.conjugate(it.rotation), ways)) + ways @ it.centre
        for it in primitives(name, size)
    ]
    return np.maximum(np.max(parts, axis=0), 1e-3).tolist()


def _height(share: Array, depth: Array, ray: Array, gap: Array, falls: Array, aloft: NDArray[np.bool_]) -> float:
    """How high the camera stands: so that what rests on the ground is as large as it is cast, or what flies as high."""
    if aloft.all():
        heights = gap + depth - ray[:, 2] / share
        return float(np.clip(heights.mean(), LOWEST, HIGHEST))
    on = ~aloft
    return float(np.clip(np.exp(np.log(falls[on] / share[on]).mean()), LOWEST, HIGHEST))


def _velocity(
    things: Sequence[Seen], away: Array, eye: float, ray: Array, tangent: float, up: Array, aloft: NDArray[np.bool_]
) -> Array:
    """Velocities (N, 3): along the ground of what stands on it, at one distance of what flies."""
    found = np.full((len(things), 3), np.nan)
    for i, it in enumerate(things):
        if it.speed is None:
            continue
        turned = tangent * (it.speed[0] * np.array([1.0, 0.0, 0.0]) + it.speed[1] * up)
        found[i] = away[i] * turned
        if not aloft[i] and ray[i, 2] < -1e-3:
            found[i] -= found[i, 2] / ray[i, 2] * ray[i]  # it stays at its height
    return found
