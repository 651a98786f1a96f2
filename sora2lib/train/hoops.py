"""Basketball by geometry: whether a shot was taken, went in, or came off the rim or the board."""

import numpy as np

from sora2lib.train.measure import KICK, NEAR, Array, Cast, Scene
from sora2lib.world.assets import primitives
from sora2lib.world.hoops import HOOP, comes_near, from_ring, goes_in
from sora2lib.world.parts import Primitive
from sora2lib.world.schema import GRAVITY
from sora2lib.world.support import rotate

MOSTLY = 0.6  # share of a push that goes along the normal


def _hoop(scene: Scene) -> int:
    return scene.asset.index(HOOP)


def _from_hoop(scene: Scene, cast: Cast) -> Array | None:
    """Path of the ball (T, 3) in the frame of the ring; None without a hoop."""
    if HOOP not in scene.asset:
        return None
    hoop = _hoop(scene)
    return from_ring(scene.position_AT3[cast["subject"][0]], scene.position_AT3[hoop], scene.rotation_AT4[hoop])


def _part(scene: Scene, shape: str) -> Primitive:
    return next(it for it in primitives(HOOP, scene.size_A3[_hoop(scene)]) if it.shape == shape)


def _struck(scene: Scene, cast: Cast, shape: str) -> bool:
    """Whether the ball met a part of the hoop and was pushed off it."""
    if HOOP not in scene.asset:
        return False
    ball, hoop, part = cast["subject"][0], _hoop(scene), _part(scene, shape)
    turn_4 = scene.rotation_AT4[hoop, 0]
    path_VL3 = rotate(turn_4 * np.array([1, -1, -1, -1]), scene.fine_path(ball) - scene.position_AT3[hoop, 0])
    offset_VL3 = path_VL3 - (_wire(part, path_VL3) if shape == "torus" else _face(part, path_VL3))
    away_VL = np.linalg.norm(offset_VL3, axis=-1)
    nearest_V = away_VL.argmin(axis=1)
    every = np.arange(len(away_VL))
    gap_V = away_VL[every, nearest_V] - _radius(scene, ball) - (part.half[2] if shape == "torus" else 0.0)
    normal_V3 = rotate(turn_4, offset_VL3[every, nearest_V] / np.maximum(away_VL[every, nearest_V], 1e-9)[:, None])
    v_V3 = scene.velocity_AV3[ball]
    kick_V3 = v_V3[2:] - v_V3[:-2] + np.array([0, 0, 2 * GRAVITY * scene.step])  # round the interval between
    along_V = (kick_V3 * normal_V3[1:-1]).sum(axis=-1)
    pushed_V = along_V > np.maximum(KICK, MOSTLY * np.linalg.norm(kick_V3, axis=-1))
    return bool((pushed_V & (gap_V[1:-1] < NEAR)).any())


def _wire(part: Primitive, path_VL3: Array) -> Array:
    """Nearest points on the ring's centre line."""
    flat = path_VL3 * np.array([1, 1, 0])
    return np.asarray(part.half[0] * flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-9))


def _face(part: Primitive, path_VL3: Array) -> Array:
    """Nearest points of the board."""
    return np.asarray(part.centre + np.clip(path_VL3 - part.centre, -part.half, part.half))


def _hits_rim(scene: Scene, cast: Cast) -> bool:
    return _struck(scene, cast, "torus")


def _hits_board(scene: Scene, cast: Cast) -> bool:
    return _struck(scene, cast, "box")


def _radius(scene: Scene, ball: int) -> float:
    return float(scene.size_A3[ball, 0]) / 2


def shot(scene: Scene, cast: Cast) -> bool:
    """A ball flies at a hoop: it comes near the ring from afar."""
    path_T3 = _from_hoop(scene, cast)
    return path_T3 is not None and scene.in_flight(cast["subject"][0]) and comes_near(path_T3)


def scores(scene: Scene, cast: Cast) -> bool:
    """The ball's centre crosses the plane of the ring downwards inside it."""
    path_T3 = _from_hoop(scene, cast)
    if path_T3 is None:
        return False
    return goes_in(path_T3, float(scene.size_A3[_hoop(scene), 0]) / 2, scene.step)


def in_clean(scene: Scene, cast: Cast) -> bool:
    """In, without the board."""
    return scores(scene, cast) and not _hits_board(scene, cast)


def in_off_board(scene: Scene, cast: Cast) -> bool:
    """Off the board and in."""
    return scores(scene, cast) and _hits_board(scene, cast)


def missed(scene: Scene, cast: Cast) -> bool:
    """Off the rim or the board and not in."""
    return not scores(scene, cast) and (_hits_rim(scene, cast) or _hits_board(scene, cast))


def off_rim(scene: Scene, cast: Cast) -> bool:
    """Off the rim alone."""
    return missed(scene, cast) and not _hits_board(scene, cast)


def off_board(scene: Scene, cast: Cast) -> bool:
    """Off the board."""
    return missed(scene, cast) and _hits_board(scene, cast)
