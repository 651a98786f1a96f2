"""How a take is filmed: from where the action fills its share of the picture, or along with who goes far."""

import math
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.assets import primitives
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.filming import (
    ASPECT,
    EDGES,
    NEAREST,
    VERY_NEAR,
    CameraPath,
    camera_path,
    follow_path,
    picture_height,
)
from sora2lib.world.stage import Body, Shot, Stage, Take
from sora2lib.world.support import reach, rotate
from sora2lib.world.turns import back
from sora2lib.world.vocabulary import ACCOMPANIED, FOLLOWED, FRAMINGS, GROUNDS

Box = tuple[NDArray[np.float64], NDArray[np.float64]]  # lowest and highest corners (T, 3)
MOST_SHOTS = 30
SEEN, SEEN_FOLLOWED = 0.7, 0.95  # share of the clip in which the subject must be in the picture
WIDEST_CLOSE_UP = 3.0  # metres of action
ELBOW_ROOM = 0.15  # metres between the camera and anything
# How often the camera follows a subject that goes far and would be small in a picture of all its way, and how far, in
# lengths of its own, that is.
FOLLOW_ODDS = {"wide": 0.4, "medium": 0.7, "close-up": 0.9}
FAR = 4.0
# The same of people and animals, whose faces and feet are to be seen.
ACCOMPANY_ODDS = {"wide": 0.6, "medium": 0.85, "close-up": 0.95}
FAR_ON_FOOT = 1.2
APART = 0.4  # of its way: what goes to and fro faster than that cannot be followed
AIR = 1.2  # of the width that those beside a followed figure take up


def film_take(rng: np.random.Generator, stage: Stage, take: Take) -> tuple[Shot, CameraPath] | None:
    """Choose a camera path that keeps the subject in the picture, or None; too wide a scene gets no close-up."""
    # The first families, which ask for no least size, keep the boxes that they have always been filmed in.
    boxes = {one.name: _bounds(one, take, tight=stage.least > 0) for one in stage.bodies}
    lows, highs = zip(*(boxes[name] for name in stage.watch), strict=True)
    low = np.min([np.minimum(low[0], np.quantile(low, EDGES[0], axis=0)) for low in lows], axis=0)
    high = np.max([np.maximum(high[0], np.quantile(high, EDGES[1], axis=0)) for high in highs], axis=0)
    name = next(it for it in stage.things if it.role == "subject").actors[0]
    subject = take.path(name)
    if GROUNDS[stage.setting.ground].depth:  # what has gone under is not seen
        low[2], subject = 0.0, np.maximum(subject, [-np.inf, -np.inf, 0.0])
    tall = float(np.max(boxes[name][1][0] - boxes[name][0][0]))
    shot = replace(stage.shot, framing=_framing(stage, high - low, tall))
    nearest = VERY_NEAR if stage.least else NEAREST

    def clear(path: CameraPath, least: float = SEEN) -> bool:
        seen = path.sees(subject)
        return bool(seen[0]) and seen.mean() > least and not any(_inside(path.eye, *box) for box in boxes.values())

    whole = picture_height(high - low, shot.framing)
    followed = _along_with(rng, stage, take, shot.framing, boxes[name], whole)
    if followed and clear(followed[1], SEEN_FOLLOWED):
        return replace(shot, move="follow", direction="", framing=followed[0]), followed[1]
    for _ in range(MOST_SHOTS):
        path = camera_path(
            rng, **asdict(shot), centre=(low + high) / 2, extent=high - low, time=take.time_T, nearest=nearest
        )
        if clear(path):
            return shot, path
    return None


def _along_with(
    rng: np.random.Generator, stage: Stage, take: Take, framing: str, box: Box, whole: float
) -> tuple[str, CameraPath] | None:
    """A framing and a camera that goes along with the subject, where it goes far and would be small otherwise.

    ``box`` is the subject's, ``whole`` the height of a picture of all its way.
    """
    subject = next(it for it in stage.things if it.role == "subject")
    lively, (low_T3, high_T3) = subject.asset in SKELETONS, box
    tall = float(np.max(high_T3[0] - low_T3[0]))
    shares, odds, least = (ACCOMPANIED, ACCOMPANY_ODDS, FAR_ON_FOOT) if lively else (FOLLOWED, FOLLOW_ODDS, FAR)
    path_T3 = take.path(subject.actors[0])
    far = np.hypot(*np.ptp(path_T3[:, :2], axis=0))
    if far <= least * tall or tall >= shares[framing] * whole or rng.random() >= odds[framing]:
        return None
    height = tall / shares[framing]
    if lively:
        height = max(height, AIR * _beside(stage, take, path_T3) / (ASPECT / 2))
        framing = min(shares, key=lambda it: abs(math.log(shares[it] * height / tall)))
    path = follow_path(rng, height=height, subject=(low_T3 + high_T3) / 2, time=take.time_T, nearest=VERY_NEAR)
    apart = np.hypot(*np.ptp((path_T3 - path.target)[:, :2], axis=0))
    return (framing, path) if apart < APART * far and height < whole else None


def _beside(stage: Stage, take: Take, path_T3: NDArray[np.float64]) -> float:
    """How far away, on the ground, those who are to be seen are from a path at any time, metres."""
    return max(float(np.hypot(*(take.path(it) - path_T3)[:, :2].T).max()) for it in stage.watch)


def _framing(stage: Stage, extent: NDArray[np.float64], tall: float) -> str:
    """The framing that was asked for, closer where the subject would be lost, not so close that the rest would be."""
    names = list(FRAMINGS)
    names = names[names.index(stage.shot.framing) :]
    near = [name for name in names if tall >= stage.least * picture_height(extent, name)]
    framing = next(iter(near), names[-1])
    return "medium" if framing == "close-up" and extent.max() > WIDEST_CLOSE_UP else framing


def _inside(eye_T3: NDArray[np.float64], low_T3: NDArray[np.float64], high_T3: NDArray[np.float64]) -> bool:
    return bool(((eye_T3 > low_T3 - ELBOW_ROOM) & (eye_T3 < high_T3 + ELBOW_ROOM)).all(axis=1).any())


def _bounds(body: Body, take: Take, *, tight: bool) -> Box:
    """Lowest and highest corner (T, 3) of the box round a body's parts, or round the boxes that hold them."""
    position_T3, rotation_T4 = take.path(body.name), take.rotation_AT4[take.names.index(body.name)]
    lows, highs = [], []
    for part in primitives(body.asset, np.asarray(body.size)):
        centre_T3 = position_T3 + rotate(rotation_T4, part.centre)
        sides_T33 = np.stack([rotate(rotation_T4, axis) for axis in np.diag(part.half)], axis=-1)
        half_T3 = part.half if part.shape == "sphere" else np.abs(sides_T33).sum(axis=-1)
        if tight:
            ways_T3 = [back(part.rotation, back(rotation_T4, axis)) for axis in np.eye(3)]
            half_T3 = np.stack([reach(part.shape, part.half, way_T3) for way_T3 in ways_T3], axis=-1)
        lows.append(centre_T3 - half_T3)
        highs.append(centre_T3 + half_T3)
    return np.min(lows, axis=0), np.max(highs, axis=0)
