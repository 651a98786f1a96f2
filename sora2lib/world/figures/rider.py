"""A cat on a skater's head: it sits while it is carried, and when it loses hold it is a free body until it lands.

Once let go it keeps the velocity that its seat had, falls with g and keeps its angular momentum, while its legs come
out of the sitting pose to meet the ground; on ice it then glides on.
"""

import numpy as np

from sora2lib.world.figures.beasts import FEET, limb
from sora2lib.world.figures.curves import eased, joined, keyed
from sora2lib.world.figures.flight import Aloft, Spin, airtime
from sora2lib.world.figures.motion import Motion, Target, balanced
from sora2lib.world.figures.reach import Limb
from sora2lib.world.figures.skeleton import Array, Figure, angles
from sora2lib.world.parts import rotate
from sora2lib.world.schema import GRAVITY
from sora2lib.world.turns import about, back, of_vector, product, vector_between

CROWN = 0.205  # height of the crown over the head's joint, in heights of the wearer, for an adult
GIVE = 0.4  # s, in which a cat that has landed comes to stand
DIP = 0.35  # of its height, by which it gives way
GLIDE, TWIRL = 1.6, 0.3  # s, after which ice has slowed its gliding and its turning to a third
PAWS = ("left foot", "left hand", "right foot", "right hand")
FRONT = np.array([1.0, 0.0, 0.0])
EVEN = np.array([1.0, 0.0, 0.0, 0.0])
NO = np.zeros(3)
SIT = angles(hip_swing=0.75, knee=0.9, ankle=0.5, shoulder_swing=-0.35, elbow=0.3, neck_bend=-0.1, tail_lift=0.5)
EASY = angles(tail_lift=0.4, neck_bend=-0.2)
STRETCH = angles(hip_swing=0.15, shoulder_swing=0.1, tail_lift=0.9, mouth=0.5)


def seat(wearer: Motion, cat: Figure) -> tuple[Array, Array]:
    """Where a cat sits on a head: centre of mass (T, 3) and orientations (T, 4)."""
    head = wearer.figure.skeleton.link("head")
    turn_T4 = product(wearer.turn_T4, wearer.frames.turn_TL4[:, head])
    sitting = Motion(cat, np.zeros(1), np.zeros((1, 3)), EVEN[None], SIT[None], {})
    lowest = min(float(sitting.point(f"{side} foot", NO)[0, 2]) for side in ("left", "right"))
    top_T3 = wearer.point("head", np.array([0.0, 0.0, CROWN * wearer.figure.size[2]]))
    off = sitting.position_T3[0] * [0, 0, 1] - [0.0, 0.0, lowest - 0.02]
    return top_T3 + rotate(turn_T4, off), turn_T4


def carried(wearer: Motion, cat: Figure) -> Motion:
    """A cat that stays on a head."""
    centre_T3, turn_T4 = seat(wearer, cat)
    return _posed(cat, wearer.time_T, np.tile(SIT, (len(wearer.time_T), 1)), centre_T3, turn_T4)


def dropped(wearer: Motion, cat: Figure, at: Motion) -> Motion:
    """A cat that falls off a head.

    Parameters
    ----------
    at : the wearer when the cat loses hold, and an instant later: two samples.

    >>> dropped(skater, cat, skater_at(np.array([2.0, 2.001]))).position_T3.shape  # doctest: +SKIP
    (97, 3)
    """
    time_T, (time, later) = wearer.time_T, at.time_T.tolist()
    centre_23, turn_24 = seat(at, cat)
    velocity = np.diff(centre_23, axis=0)[0] / (later - time)
    rate = vector_between(turn_24[0], turn_24[1]) / (later - time)
    level = _standing(cat)
    meet = time + airtime(float(velocity[2]), float(centre_23[0, 2] - level), GRAVITY)

    def joints(at_T: Array) -> Array:
        return keyed(at_T, [time, time + 0.6 * (meet - time), meet], np.array([SIT, STRETCH, STRETCH]))

    aloft = Aloft.of(cat, joints, time, meet)
    inertia = np.linalg.inv(aloft.inverse_S33[0])
    spin = aloft.spin(turn_24[0], rotate(turn_24[0], inertia @ back(turn_24[0], rate)))
    since_T = np.clip(time_T, time, meet) - time
    flight_T3 = centre_23[0] + since_T[:, None] * velocity + since_T[:, None] ** 2 / 2 * np.array([0, 0, -GRAVITY])
    parts = [
        carried(wearer, cat),
        balanced(cat, time_T, joints(time_T), centre_T3=flight_T3, turn_T4=spin.at(np.clip(time_T, time, meet)),
                 targets=[]),
        _landed(cat, time_T, meet, centre_23[0] + (meet - time) * velocity, velocity, spin),
    ]  # fmt: skip
    phase_T = (time_T >= time).astype(int) + (time_T >= meet)
    root_T3, turn_T4, angles_TJ = (
        np.choose(phase_T[:, None], [getattr(part, name) for part in parts])
        for name in ("root_T3", "turn_T4", "angles_TJ")
    )
    # As it lands askew, a paw may be asked to be where no leg reaches; it then comes as near as its joints let it.
    angles_TJ = np.clip(angles_TJ, *cat.skeleton.limits_J2.T)
    return Motion(cat, time_T, root_T3, turn_T4, angles_TJ, dict.fromkeys(PAWS, phase_T == 2))


def _standing(cat: Figure) -> float:
    """Height of the centre of mass over the paws of a cat with stretched legs."""
    still = _posed(cat, np.zeros(1), STRETCH[None], np.zeros((1, 3)), EVEN[None])
    return -min(float(still.point(it.links[2], it.sole)[0, 2]) for it in _limbs(cat))


def _limbs(cat: Figure) -> list[Limb]:
    return [limb(cat, side, ball) for side, ball in FEET]


def _landed(cat: Figure, time_T: Array, meet: float, place: Array, velocity: Array, spin: Spin) -> Motion:
    """On the ice it gives way in its legs, stops turning and glides on; the paws glide and turn with it."""
    level, since_T = _standing(cat), np.maximum(time_T - meet, 0)
    fall = velocity[2] - GRAVITY * (meet - spin.time_S[0])
    low, zero = meet + 0.6 * 2 * DIP * level / -fall, np.zeros(1)
    bottom, rest = np.array([(1 - DIP) * level]), np.array([0.93 * level])
    down_T = joined(time_T, (meet, np.array([level]), np.array([fall]), zero), (low, bottom, zero, zero))[:, 0]
    up_T = joined(time_T, (low, bottom, zero, zero), (low + GIVE, rest, zero, zero))[:, 0]
    high_T = np.where(time_T < low, down_T, np.where(time_T < low + GIVE, up_T, rest))
    slide_T = GLIDE * (1 - np.exp(-since_T / GLIDE))
    centre_T3 = np.stack([place[0] + slide_T * velocity[0], place[1] + slide_T * velocity[1], high_T], axis=1)
    front = rotate(spin.turn_S4[-1], np.array([1.0, 0.0, 0.0]))
    heading = float(np.arctan2(front[1], front[0]))
    rate = float(spin.steps[-1, 2] / (spin.time_S[-1] - spin.time_S[-2]))
    yaw_T4 = about("z", heading + rate * TWIRL * (1 - np.exp(-since_T / TWIRL)))
    tilt = vector_between(about("z", heading), spin.turn_S4[-1])
    turn_T4 = product(of_vector((1 - eased(since_T / GIVE))[:, None] * tilt), yaw_T4)
    still = _posed(cat, np.zeros(1), STRETCH[None], np.zeros((1, 3)), EVEN[None])
    targets = []
    for it in _limbs(cat):
        paw = still.point(it.links[2], it.sole)[0] * [1, 1, 0]
        place_T3 = centre_T3 * [1, 1, 0] + rotate(yaw_T4, paw)
        pitch = float(np.arcsin(rotate(still.frames.turn_TL4[0, cat.skeleton.link(it.links[2])], FRONT)[2]))
        targets.append(Target(it, place_T3, np.full(len(time_T), pitch)))
    angles_TJ = keyed(time_T, [meet, meet + 0.5], np.array([STRETCH, EASY]))
    return balanced(cat, time_T, angles_TJ, centre_T3=centre_T3, turn_T4=turn_T4, targets=targets)


def _posed(cat: Figure, time_T: Array, angles_TJ: Array, centre_T3: Array, turn_T4: Array) -> Motion:
    return balanced(cat, time_T, angles_TJ, centre_T3=centre_T3, turn_T4=turn_T4, targets=[])
