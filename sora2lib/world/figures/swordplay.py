"""Swords and shields: cuts over the head and from the side, a shield that is raised, and where a hand holds them.

A sword lies in the fist across the palm, its edges in the plane in which the arm swings; a shield is strapped to the
outside of the forearm. Both go where the arm goes.
"""

from collections.abc import Callable
from math import pi

import numpy as np

from sora2lib.kernels.distance import signed_distance
from sora2lib.world.assets import primitives
from sora2lib.world.figures.acts import Act, Hips
from sora2lib.world.figures.curves import joined
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.people import EASE
from sora2lib.world.figures.routines import Pose
from sora2lib.world.figures.skeleton import Array
from sora2lib.world.parts import SHAPES, rotate
from sora2lib.world.turns import about, back, product

Way = tuple[Array, Array]  # places (T, 3) and orientations (T, 4)
FORWARD = 0.85  # radians, by which a blade leans from the thumb's side towards the fingers
PALM, STRAP = (0.0, 0.012, -0.036), (0.0, -0.040, -0.085)  # in heights, in the frames of the right hand and forearm
GRIP, SOLID = 2, 3  # the part of a sword that is held; the first parts of a shield, its board, rim and boss
BLADE = (-0.12, 0.56)  # lengths of a sword, from its middle: where its blade begins and ends
EDGE_THICK, POINTS = 0.006, 18  # m; points that stand for a blade
RAISE, CUT, HOLD = 0.55, 0.34, 0.25  # s: to lift the sword, to cut, and how long it stays where the cut ends
REBOUND = 0.5  # speed after over before of a sword that meets a shield
BACK = 0.45  # s, in which it then goes back over the head
STANCE = {"left": (0.09, 0.0, 0.0, 0.0), "right": (-0.09, 0.0, 0.0, 0.0)}
LAST = 9.0  # s: later than any clip

_GUARD: Pose = {**EASE, "right_shoulder_swing": 0.35, "right_elbow": 1.70, "right_shoulder_spread": 0.16,
                "left_elbow": 0.5}  # fmt: skip
_OVER: Pose = {**_GUARD, "right_shoulder_swing": 2.80, "right_elbow": 0.80, "right_shoulder_spread": 0.22,
               "waist_bend": -0.12, "waist_turn": -0.18, "left_shoulder_swing": 0.5, "left_elbow": 0.8}  # fmt: skip
_DOWN: Pose = {**_GUARD, "right_shoulder_swing": 0.50, "right_elbow": 0.42, "right_shoulder_spread": 0.02,
               "waist_bend": 0.28, "waist_turn": 0.22, "left_shoulder_swing": -0.25}  # fmt: skip
_WOUND: Pose = {**_GUARD, "right_shoulder_swing": 1.45, "right_shoulder_spread": 1.30, "right_shoulder_turn": 1.30,
                "right_elbow": 0.80, "waist_turn": -0.50, "neck_turn": 0.40}  # fmt: skip
_SWEPT: Pose = {**_GUARD, "right_shoulder_swing": 1.35, "right_shoulder_spread": -0.25, "right_shoulder_turn": 1.30,
                "right_elbow": 0.56, "waist_turn": 0.50, "neck_turn": -0.35, "waist_bend": 0.1}  # fmt: skip
_CARRIED: Pose = {**EASE, "left_shoulder_spread": 0.14, "left_elbow": 0.55, "left_shoulder_turn": 0.4}
_SHIELDED: Pose = {**EASE, "left_shoulder_swing": 1.05, "left_shoulder_spread": -0.28, "left_shoulder_turn": 1.15,
                   "left_elbow": 1.25, "waist_turn": -0.28, "neck_turn": 0.25, "neck_bend": 0.1,
                   "right_elbow": 0.7}  # fmt: skip
UPRIGHT: Hips = (0.0, -0.012, 0.0)


def _stepped(poses: dict[float, Pose], hips: dict[float, Hips]) -> Act:
    feet = {side: {0.0: foot, LAST: foot} for side, foot in STANCE.items()}
    return Act(poses, hips, feet=feet, wide=1.35)


def _cuts(raised: Pose, swept: Pose, deep: Hips, times: int) -> Act:
    poses: dict[float, Pose] = {0.0: _GUARD}
    hips: dict[float, Hips] = {0.0: UPRIGHT}
    for k in range(times):
        begin = k * (RAISE + CUT + HOLD + BACK)
        at = (begin + RAISE, begin + RAISE + CUT, begin + RAISE + CUT + HOLD)
        poses |= dict(zip(at, (raised, swept, swept), strict=True))
        hips |= dict(zip(at, ((-0.02, -0.02, -0.03), deep, deep), strict=True))
    return _stepped({**poses, at[-1] + 0.7: _GUARD}, {**hips, at[-1] + 0.7: UPRIGHT})


def overhead_cut(times: int = 1) -> Act:
    """Lift the sword over the head and cut straight down, so many times."""
    return _cuts(_OVER, _DOWN, (0.035, -0.035, 0.10), times)


def side_cut(times: int = 1) -> Act:
    """Take the sword out to the right and sweep it across to the left, so many times."""
    return _cuts(_WOUND, _SWEPT, (0.02, -0.03, 0.06), times)


def raise_shield(rise: float = 0.4, hold: float = LAST) -> Act:
    """Bring the shield up before chest and face in ``rise`` seconds, hold it for ``hold`` and let it down."""
    low: Hips = (-0.02, -0.035, 0.08)
    return _stepped(
        {0.0: _CARRIED, rise: _SHIELDED, rise + hold: _SHIELDED, rise + hold + 0.6: _CARRIED},
        {0.0: UPRIGHT, rise: low, rise + hold: low, rise + hold + 0.6: UPRIGHT},
    )


def in_fist(motion: Motion, size: Array) -> Way:
    """Where a sword of some size (3,) is that the right hand holds."""
    hand_T4 = _frame(motion, "right hand")
    turn_T4 = product(hand_T4, product(about("y", FORWARD), about("x", pi / 2)))
    grip = primitives("sword", size)[GRIP].centre
    return motion.point("right hand", motion.figure.size[2] * np.array(PALM)) - rotate(turn_T4, grip), turn_T4


def on_arm(motion: Motion) -> Way:
    """Where a shield is that the left forearm carries, its front outwards."""
    turn_T4 = product(_frame(motion, "left forearm"), about("x", -pi / 2))
    strap = motion.figure.size[2] * np.array(STRAP) * [1, -1, 1]
    return motion.point("left forearm", strap), turn_T4


def _frame(motion: Motion, link: str) -> Array:
    return product(motion.turn_T4, motion.frames.turn_TL4[:, motion.figure.skeleton.link(link)])


def blade(way: Way, size: Array) -> Array:
    """Points (N, T, 3) along the blade of a sword of some size (3,)."""
    place_T3, turn_T4 = way
    return np.array([place_T3 + rotate(turn_T4, np.array([x * size[0], 0, 0])) for x in np.linspace(*BLADE, POINTS)])


def clearance(points_NT3: Array, shield: Way, size: Array) -> Array:
    """How far (T,) a blade is from a shield of some size (3,), metres; below 0 it is in it."""
    place_T3, turn_T4 = shield
    local_NT3 = back(turn_T4, points_NT3 - place_T3)
    gaps = []
    for it in primitives("shield", size)[:SOLID]:
        inner_NT3 = back(it.rotation, local_NT3 - it.centre)
        shape = SHAPES.index(it.shape)
        gap_NT = [[signed_distance(shape, it.half, x, y, z) for x, y, z in row] for row in inner_NT3.tolist()]
        gaps.append(np.min(gap_NT, axis=0))
    return np.asarray(np.min(gaps, axis=0) - EDGE_THICK / 2)


def stopped(time_T: Array, hit: float, lifted: float, again: float | None = None) -> Array:
    """Times (T,) of a cut that a shield stops at ``hit``: the sword bounces and goes back to where it was lifted.

    It cuts once more from the time ``again`` on, then it is at rest where it was lifted.
    """

    def bounced(begin: float) -> Array:
        state = (begin, np.array([hit]), np.array([-REBOUND]), np.zeros(1))
        gone_T = joined(time_T, state, (begin + BACK, np.array([lifted]), np.zeros(1), np.zeros(1)))[:, 0]
        return np.where(time_T > begin + BACK, lifted, gone_T)

    told_T = np.where(time_T <= hit, time_T, bounced(hit))
    if again is None:
        return told_T
    second = again + hit - lifted
    return np.where(time_T < again, told_T, np.where(time_T <= second, lifted + time_T - again, bounced(second)))


CUTS: dict[str, Callable[[int], Act]] = {"overhead cut": overhead_cut, "side cut": side_cut}
