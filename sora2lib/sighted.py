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
from scipy.optimize import linear_sum_assignment, minimize_scalar

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
NEAR_AND_FAR = (0.3, 80.0)  # metres between which things are seen
TURNS = 72  # ways from which a cast is looked at to find where a picture of it was taken
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


@dataclass(frozen=True)
class View:
    """A camera's axes, and the tangent of half its vertical field of view."""

    forward: Array
    right: Array
    up: Array
    tangent: float

    @classmethod
    def of(cls, start: Start, yaw: float = 0.0) -> "View":
        """The camera of a picture, turned from y towards x by an angle."""
        sine, cosine = math.sin(start.pitch), math.cos(start.pitch)
        level, right = np.array([math.sin(yaw), math.cos(yaw), 0.0]), np.array([math.cos(yaw), -math.sin(yaw), 0.0])
        above = np.array([0.0, 0.0, 1.0])
        tangent = math.tan(math.radians(start.fov) / 2)
        return cls(cosine * level - sine * above, right, sine * level + cosine * above, tangent)


@dataclass(frozen=True)
class Beheld:
    """Bodies of a cast as they would look if they were as large as they are cast, one metre ahead.

    Parameters
    ----------
    size : (N, 3) as they are cast, metres.
    ray : (N, 3) to their origins.
    share : (N,) of their size at which they would look as large as is seen.
    depth, height : (N,) how far they reach below their origins, and up in the picture in all, metres.
    """

    size: Array
    ray: Array
    share: Array
    depth: Array
    height: Array

    @classmethod
    def of(cls, things: Sequence[Seen], view: View, cast: Array, names: Sequence[str]) -> "Beheld":
        """Hold what is seen against rows of a cast (N, CAST_WIDTH) of these names."""
        size, turn = UNIT * np.exp(np.clip(cast[:, SIZE], -3.4, 4.2)), rotations.from_columns(cast[:, COLUMNS])
        left, right, low, high, depth = np.array([_span(*it, view) for it in zip(names, size, turn, strict=True)]).T
        x, y, width, height = np.array([[it.x, it.y, it.width, it.height] for it in things]).T
        share = view.tangent * np.sqrt(width * height / ((left + right) * (low + high)))
        across, upwards = view.tangent * x - share * (right - left) / 2, view.tangent * y - share * (high - low) / 2
        ray = view.forward + across[:, None] * view.right + upwards[:, None] * view.up
        return cls(size, ray, share, depth, low + high)


def seat(start: Start, cast: Array, names: Sequence[str], named: frozenset[str]) -> Seating:
    """Match what is seen, one thing at least, with the rows of a cast (S, CAST_WIDTH) of these names, and place it."""
    rows, view = _matched(start.things, cast, np.isin(names, list(SCENERY - named))), View.of(start)
    mine = cast[rows]
    them = Beheld.of(start.things, view, mine, [names[row] for row in rows])
    gap = np.maximum(stretch(mine[:, GAP][:, 0], CLEARANCE_KNEE), 0)
    falls = them.share * them.depth - them.ray[:, 2]  # metres of height for one metre ahead, of what stands
    aloft = (gap > ALOFT * them.height) | (falls < 1e-3)
    eye = _height(them, gap, falls, aloft)
    aloft &= eye + them.ray[:, 2] / them.share > them.depth  # what would be below the ground stands on it
    away = np.clip(np.where(aloft, 1 / them.share, eye / np.where(aloft, 1.0, falls)), *NEAR_AND_FAR)
    times = away * them.share
    place = np.array([0.0, 0.0, eye]) + away[:, None] * them.ray
    # Worlds have no middle of their own: the things that are seen lie about where the cast put them.
    shift = np.array([*(mine[:, START] - place)[:, :2].mean(axis=0), 0.0])
    velocity = _velocity(start.things, view, away, them.ray, aloft)
    size = np.clip(them.size * times[:, None], SMALLEST, LARGEST)
    pose = _pose(start, view, np.array([shift[0], shift[1], eye]), float(away[0]))
    return Seating(rows, size, place + shift, place[:, 2] - times * them.depth, velocity, pose)


def framed(start: Start, cast: Array, names: Sequence[str], named: frozenset[str], yaw: float) -> Pose:
    """From where a cast that stands (S, CAST_WIDTH) looks most like a picture with one thing at least.

    How far away the camera is the size of the first thing tells. Where another is seen as well, that tells from which
    side it looks; else ``yaw`` does.
    """
    rows = _matched(start.things, cast, np.isin(names, list(SCENERY - named)))
    mine, called = cast[rows], [names[row] for row in rows]

    def misses(turn: float) -> float:
        them = Beheld.of(start.things, View.of(start, turn), mine, called)
        offset = mine[:, START] - them.ray / them.share[:, None]  # where the camera would be by each
        return float(np.linalg.norm(offset - offset[0], axis=-1).sum())

    if len(rows) > 1:
        step = 2 * math.pi / TURNS
        best = min((yaw + step * i for i in range(TURNS)), key=misses)
        yaw = float(minimize_scalar(misses, bounds=(best - step, best + step), method="bounded").x)
    view = View.of(start, yaw)
    first = Beheld.of(start.things[:1], view, mine[:1], called[:1])
    away = float(np.clip(1 / first.share[0], *NEAR_AND_FAR))
    eye = mine[0, START] - away * first.ray[0]
    return _pose(start, view, np.array([eye[0], eye[1], max(float(eye[2]), LOWEST)]), away)


def _pose(start: Start, view: View, eye: Array, away: float) -> Pose:
    return Pose(tuple(eye.tolist()), tuple((eye + away * view.forward).tolist()), fov=start.fov)


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


def _span(name: str, size: Array, turn: Array, view: View) -> list[float]:
    """How far a body reaches to the left, the right, down and up in the picture, and straight down, in metres."""
    towards = np.stack([-view.right, view.right, -view.up, view.up, np.array([0.0, 0.0, -1.0])])
    ways = rotate(rotations.conjugate(turn), towards)  # (5, 3)
    parts = [
        reach(it.shape, it.half, rotate(rotations.conjugate(it.rotation), ways)) + ways @ it.centre
        for it in primitives(name, size)
    ]
    return np.maximum(np.max(parts, axis=0), 1e-3).tolist()


def _height(them: Beheld, gap: Array, falls: Array, aloft: NDArray[np.bool_]) -> float:
    """How high the camera stands: so that what rests on the ground is as large as it is cast, or what flies as high."""
    if aloft.all():
        height = float((gap + them.depth - them.ray[:, 2] / them.share).mean())
    else:
        height = math.exp(float(np.log(falls[~aloft] / them.share[~aloft]).mean()))
    return min(max(height, LOWEST), HIGHEST)


def _velocity(things: Sequence[Seen], view: View, away: Array, ray: Array, aloft: NDArray[np.bool_]) -> Array:
    """Velocities (N, 3): along the ground of what stands on it, at one distance of what flies."""
    found = np.full((len(things), 3), np.nan)
    for i, it in enumerate(things):
        if it.speed is None:
            continue
        found[i] = away[i] * view.tangent * (it.speed[0] * view.right + it.speed[1] * view.up)
        if not aloft[i] and ray[i, 2] < -1e-3:
            found[i] -= found[i, 2] / ray[i, 2] * ray[i]  # it stays at its height
    return found
