"""What people do on the spot: stand, wave, point, throw, clap, bow, sit, dance, fall, get up.

An act is a list of poses by time with a few oscillations on top, and a way of the hips; the feet stay where they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import pi

import numpy as np

from sora2lib.world.figures.curves import eased, keyed, poses
from sora2lib.world.figures.motion import Motion, Target, rooted
from sora2lib.world.figures.people import EASE, SIDES, feet_apart, hips_height, soles
from sora2lib.world.figures.person import BALL
from sora2lib.world.figures.routines import REST, SEAT, Pose
from sora2lib.world.figures.skeleton import INDEX, Array, Figure
from sora2lib.world.parts import rotate
from sora2lib.world.turns import about, product

LOW = 0.006  # of a height, by which the knees are soft when standing
Hips = tuple[float, float, float]  # forwards and upwards from standing, in heights; pitch in radians
Foot = tuple[float, float, float, float]  # forwards, outwards and upwards from where it stands, in heights; pitch


@dataclass(frozen=True)
class Wave:
    """An oscillation of one joint: radians, Hz, phase in turns, and from when to when (seconds)."""

    joint: str
    size: float
    rate: float
    phase: float = 0.0
    start: float = 0.0
    end: float = 1e9


@dataclass(frozen=True)
class Act:
    """Poses and hips by seconds; ``steps`` is how high the feet step in turn, in heights, ``rate`` how often, in Hz.

    ``toes`` is the pitch of the feet by seconds; ``sway`` moves the hips from side to side by so many heights, ``dip``
    down, both with the steps; ``wide`` scales the distance of the feet. ``feet`` leads a foot by seconds, ``aside`` the
    hips to the left, in heights; ``turn`` is from when to when, in seconds, and by how much, in radians, the body turns
    about the ball of the left foot.
    """

    poses: Mapping[float, Pose]
    hips: Mapping[float, Hips] = field(default_factory=lambda: {0.0: (0.0, 0.0, 0.0), 1.0: (0.0, 0.0, 0.0)})
    waves: tuple[Wave, ...] = ()
    toes: Mapping[float, float] = field(default_factory=lambda: {0.0: 0.0, 1.0: 0.0})
    steps: float = 0.0
    rate: float = 1.0
    sway: float = 0.0
    dip: float = 0.0
    wide: float = 1.1
    feet: Mapping[str, Mapping[float, Foot]] = field(default_factory=dict)
    aside: Mapping[float, float] = field(default_factory=lambda: {0.0: 0.0, 1.0: 0.0})
    turn: tuple[float, float, float] = (0.0, 1.0, 0.0)

    @property
    def folds(self) -> bool:
        """Whether hips or a foot go to the height of the knees, where legs can no longer turn their feet."""
        highest = max((foot[2] for keys in self.feet.values() for foot in keys.values()), default=0.0)
        return highest > 0.1 or min(height for _, height, _ in self.hips.values()) < -0.1


def _up(side: str) -> Pose:
    return {f"{side}_shoulder_spread": 1.30, f"{side}_shoulder_turn": -1.5, f"{side}_elbow": 1.25}


_WAVING = {**EASE, **_up("right"), "waist_lean": 0.05, "neck_lean": 0.1, "mouth": 0.12}
_POINT = {**EASE, "right_shoulder_swing": 1.5, "right_elbow": 0.05, "right_shoulder_spread": 0.05, "waist_turn": 0.25,
          "neck_turn": -0.2, "right_shoulder_turn": 0.0}  # fmt: skip
_DOWN = {**EASE, "waist_bend": 0.5, "shoulder_swing": 0.7, "neck_bend": -0.3, "elbow": 0.4}
_SEATED = {"shoulder_swing": 0.45, "elbow": 0.85, "shoulder_spread": 0.12, "hip_spread": 0.05, "waist_bend": 0.08}
_READY = {"shoulder_swing": 0.95, "elbow": 0.75, "shoulder_spread": 0.0, "shoulder_turn": 0.30, "neck_bend": 0.05}
_CAUGHT = {**_READY, "shoulder_swing": 0.55, "elbow": 1.35, "neck_bend": 0.25}
_CHEST = {"shoulder_swing": 0.45, "elbow": 1.75, "shoulder_spread": 0.05, "shoulder_turn": 0.30}
_SHOT = {"shoulder_swing": 2.55, "elbow": 0.35, "shoulder_spread": 0.0, "shoulder_turn": 0.25, "neck_bend": -0.3}
_CUPPED = {
    "shoulder_swing": 1.15,
    "elbow": 2.15,
    "shoulder_spread": 0.25,
    "shoulder_turn": 0.45,
    "mouth": 0.35,
    "neck_bend": -0.15,
}
STAND_UP: dict[float, Hips] = {0.0: (-0.40, -0.415, -0.35), 0.7: (-0.26, -0.30, 0.35), 1.3: (-0.09, -0.20, 0.7),
                               2.1: (0.0, 0.0, 0.0)}  # fmt: skip

ACTS: dict[str, Act] = {
    "stand": Act({0.0: EASE, 1.0: EASE}),
    "wave": Act({0.0: EASE, 0.55: _WAVING, 2.9: _WAVING, 3.5: EASE},
                waves=(Wave("right elbow", 0.38, 1.9, 0.0, 0.5, 2.9), Wave("right wrist", 0.3, 1.9, 0.2, 0.5, 2.9))),
    "point": Act({0.0: EASE, 0.3: {**EASE, "right_shoulder_swing": 0.5, "right_elbow": 1.3}, 0.75: _POINT,
                  2.6: _POINT, 3.3: EASE}),
    "throw": Act({0.0: {**EASE, "right_elbow": 1.2},
                  0.65: {"right_shoulder_spread": 1.45, "right_shoulder_turn": -1.45, "right_elbow": 1.7,
                         "right_shoulder_swing": -0.2, "left_shoulder_swing": 1.1, "left_elbow": 0.3,
                         "waist_turn": -0.65, "waist_bend": -0.12, "neck_turn": 0.6},
                  0.92: {"right_shoulder_swing": 2.2, "right_shoulder_spread": 0.25, "right_elbow": 0.35,
                         "left_shoulder_swing": -0.2, "left_elbow": 0.7, "waist_turn": 0.45, "waist_bend": 0.25,
                         "neck_turn": -0.4},
                  1.2: {"right_shoulder_swing": 0.45, "right_shoulder_turn": 0.4, "right_elbow": 0.4, "waist_turn": 0.6,
                        "waist_bend": 0.45, "left_shoulder_swing": -0.4, "left_elbow": 0.5, "neck_turn": -0.5},
                  1.9: EASE},
                 hips={0.0: (0.0, 0.0, 0.0), 0.65: (-0.03, -0.02, -0.05), 0.95: (0.04, -0.03, 0.10),
                       1.9: (0.0, 0.0, 0.0)}, wide=1.35),
    "catch": Act({0.0: EASE, 0.5: _READY, 0.62: _READY, 0.85: _CAUGHT, 9.0: _CAUGHT},
                 hips={0.0: (0.0, 0.0, 0.0), 0.5: (0.0, -0.015, 0.05), 0.85: (-0.015, -0.03, 0.08),
                       9.0: (0.0, -0.01, 0.0)},
                 wide=1.3),
    "shoot": Act({0.0: _CHEST, 0.45: {**_CHEST, "shoulder_swing": 0.9, "elbow": 1.9}, 0.96: _SHOT,
                  1.5: _SHOT, 2.2: EASE},
                 hips={0.0: (0.0, 0.0, 0.0), 0.45: (-0.03, -0.06, 0.10), 0.96: (0.0, 0.0, -0.02), 2.2: (0.0, 0.0, 0.0)},
                 wide=1.3),
    "shout": Act({0.0: EASE, 0.4: _CUPPED, 1.7: _CUPPED, 2.2: EASE},
                 waves=(Wave("mouth", 0.2, 2.2, 0.0, 0.5, 1.6), Wave("neck bend", 0.05, 2.2, 0.0, 0.5, 1.6))),
    "clap": Act({0.0: EASE, 0.4: {"shoulder_swing": 0.75, "elbow": 1.5, "shoulder_spread": 0.1, "shoulder_turn": 0.35,
                                  "mouth": 0.15},
                 3.2: {"shoulder_swing": 0.75, "elbow": 1.5, "shoulder_spread": 0.1, "shoulder_turn": 0.35,
                       "mouth": 0.15}, 3.7: EASE},
                waves=(Wave("left shoulder turn", 0.26, 2.6, 0.0, 0.4, 3.2),
                       Wave("right shoulder turn", 0.26, 2.6, 0.0, 0.4, 3.2)), dip=0.004, rate=2.6),
    "cheer": Act({0.0: EASE, 0.3: _DOWN, 0.65: {"shoulder_swing": 2.75, "shoulder_spread": 0.35, "elbow": 0.15,
                                              "mouth": 0.45, "waist_bend": -0.12, "neck_bend": -0.2},
                  2.8: {"shoulder_swing": 2.75, "shoulder_spread": 0.35, "elbow": 0.15, "mouth": 0.45,
                        "waist_bend": -0.12, "neck_bend": -0.2}, 3.5: EASE},
                 waves=(Wave("left shoulder spread", 0.15, 2.0, 0.0, 0.7, 2.8),
                        Wave("right shoulder spread", 0.15, 2.0, 0.0, 0.7, 2.8)), dip=0.02, rate=2.0),
    "bow": Act({0.0: EASE, 0.8: {**EASE, "waist_bend": 0.85, "neck_bend": 0.25, "shoulder_swing": 0.35},
                1.5: {**EASE, "waist_bend": 0.85, "neck_bend": 0.25, "shoulder_swing": 0.35}, 2.4: EASE},
               hips={0.0: (0.0, 0.0, 0.0), 0.8: (-0.045, -0.004, 0.25), 1.5: (-0.045, -0.004, 0.25),
                     2.4: (0.0, 0.0, 0.0)}),
    "dance": Act({0.0: {**EASE, "elbow": 1.4, "shoulder_spread": 0.45, "shoulder_swing": 0.3},
                  1.0: {**EASE, "elbow": 1.4, "shoulder_spread": 0.45, "shoulder_swing": 0.3}},
                 waves=(Wave("left shoulder swing", 0.55, 1.0), Wave("right shoulder swing", 0.55, 1.0, 0.5),
                        Wave("left shoulder spread", 0.3, 0.5), Wave("right shoulder spread", 0.3, 0.5, 0.5),
                        Wave("waist turn", 0.28, 1.0, 0.25), Wave("waist lean", 0.13, 1.0, 0.5),
                        Wave("neck bend", 0.12, 2.0), Wave("neck lean", 0.12, 1.0)),
                 steps=0.07, rate=1.0, sway=0.035, dip=0.02),
    "disco": Act({0.0: {**EASE, **_up("right"), "right_shoulder_spread": 2.1, "right_elbow": 0.4, "waist_lean": -0.1,
                        "left_elbow": 1.3},
                  0.5: {**EASE, "right_shoulder_swing": 0.55, "right_shoulder_turn": 0.9, "right_elbow": 0.6,
                        "waist_lean": 0.12, "waist_turn": 0.3, "left_elbow": 1.3},
                  1.0: {**EASE, **_up("right"), "right_shoulder_spread": 2.1, "right_elbow": 0.4, "waist_lean": -0.1,
                        "left_elbow": 1.3}},
                 steps=0.05, rate=1.0, sway=0.045, dip=0.018, wide=1.5),
    "sit": Act({0.0: EASE, 0.7: _DOWN, 1.3: _SEATED, 9.0: _SEATED},
               hips={0.0: (0.0, 0.0, 0.0), 0.6: (-0.10, -0.10, 0.55), 1.25: (-0.215, -0.185, 0.05),
                     9.0: (-0.215, -0.185, 0.0)}),
    "fall": Act({0.0: EASE, 0.25: {**EASE, "shoulder_spread": 0.9, "shoulder_swing": 0.7, "mouth": 0.4},
                 0.62: {**SEAT, "shoulder_swing": -0.2, "shoulder_spread": 0.7}, 0.9: SEAT, 9.0: SEAT},
                hips={0.0: (0.0, 0.0, 0.0), 0.22: (-0.03, -0.02, -0.05), 0.42: (-0.22, -0.16, -0.25),
                      0.62: (-0.40, -0.415, -0.35), 9.0: (-0.40, -0.415, -0.35)},
                toes={0.0: 0.0, 0.2: 0.0, 0.62: 0.3, 1.0: 0.15, 9.0: 0.15}),
    "get up": Act({0.0: SEAT, 0.7: {**_DOWN, "shoulder_swing": 0.2}, 1.3: {**_DOWN, "waist_bend": 0.7}, 2.1: REST},
                  hips=STAND_UP, toes={0.0: 0.15, 0.7: 0.0, 2.1: 0.0}),
}  # fmt: skip


def act(figure: Figure, time_T: Array, *, kind: str | Act, start: float = 0.0, seed: int = 0) -> Motion:
    """Do something on the spot at ``start`` seconds, standing at x = 0 and breathing meanwhile.

    Parameters
    ----------
    kind : an act or a name of ``ACTS``; "dance" and "disco" go on for ever.
    seed : everyone breathes, looks about and dances a little differently.

    >>> act(Figure(MAN, MAN.size), np.arange(97) / 24, kind="wave").angles_TJ.shape  # doctest: +SKIP
    (97, 29)
    """
    it, rng, high = ACTS[kind] if isinstance(kind, str) else kind, np.random.default_rng(seed), figure.size[2]
    it = replace(it, waves=(*it.waves, *_idle(rng)))
    since_T = time_T - start
    beat_T = it.rate * since_T
    loops = kind == "disco"
    angles_TJ = poses(since_T % 1.0 if loops else since_T, it.poses)
    for wave in it.waves:
        window_T = eased((since_T - wave.start) / 0.25) * eased((wave.end - since_T) / 0.25) if wave.start else 1.0
        angles_TJ[:, INDEX[wave.joint]] += window_T * wave.size * np.sin(2 * pi * (wave.rate * since_T + wave.phase))
    limits_J2 = figure.skeleton.limits_J2
    angles_TJ = np.clip(angles_TJ, limits_J2[:, 0], limits_J2[:, 1])
    hips_T3 = keyed(since_T, list(it.hips), np.array(list(it.hips.values())))
    shift_T = it.sway * np.sin(2 * pi * beat_T) + 0.008 * np.sin(2 * pi * (0.13 * time_T + rng.uniform()))
    shift_T = shift_T + keyed(since_T, list(it.aside), np.array(list(it.aside.values())))
    sink_T = LOW + it.dip * (0.5 - 0.5 * np.cos(4 * pi * beat_T))
    root_T3 = np.stack([hips_T3[:, 0], shift_T, hips_T3[:, 1] - sink_T], axis=1) * high + [0, 0, hips_height(figure)]
    turn_T4 = product(about("y", hips_T3[:, 2]), about("x", -0.9 * it.sway * np.sin(2 * pi * beat_T)))
    targets = [_foot(figure, it, side, sign, beat_T, since_T) for side, sign in SIDES]
    motion = rooted(figure, time_T, angles_TJ, root_T3=root_T3, turn_T4=turn_T4, targets=targets)
    on = {f"{side} foot": target.place_T3[:, 2] < 1e-9 for (side, _), target in zip(SIDES, targets, strict=True)}
    return _spun(replace(motion, standing=on), it, targets[0].place_T3[0], since_T)


def _spun(motion: Motion, it: Act, pivot: Array, since_T: Array) -> Motion:
    """The motion turned about the vertical through a point (3,) of the ground."""
    begin, end, angle = it.turn
    if not angle:
        return motion
    turn_T4 = about("z", angle * eased((since_T - begin) / (end - begin)))
    root_T3 = pivot + rotate(turn_T4, motion.root_T3 - pivot)
    return replace(motion, root_T3=root_T3, turn_T4=product(turn_T4, motion.turn_T4))


def _idle(rng: np.random.Generator) -> tuple[Wave, ...]:
    """Breathing and looking about."""
    breath, look = rng.uniform(0.22, 0.3), rng.uniform(0.1, 0.2)
    return (
        Wave("waist bend", 0.014, breath, rng.uniform()),
        Wave("neck bend", 0.02, breath, rng.uniform()),
        Wave("neck turn", 0.13, look, rng.uniform()),
        Wave("left shoulder spread", 0.012, breath, 0.3),
        Wave("right shoulder spread", 0.012, breath, 0.3),
    )


def _foot(figure: Figure, it: Act, side: str, sign: float, beat_T: Array, since_T: Array) -> Target:
    """A foot that stays, or steps on the spot while the weight is on the other one."""
    free_T = np.maximum(-sign * np.sin(2 * pi * beat_T), 0.0)
    lift_T = it.steps * figure.size[2] * np.where(free_T > 0.25, np.sin(pi * (free_T - 0.25) / 1.5) ** 2, 0.0)
    out = 0.16 if it.steps == 0 else 0.25
    place = np.array([BALL[0] * figure.size[2], sign * feet_apart(figure, it.wide), 0.0])
    place_T3 = np.stack([np.full_like(beat_T, place[0]), np.full_like(beat_T, place[1]), lift_T], axis=1)
    toes_T = keyed(since_T, list(it.toes), np.array(list(it.toes.values())))
    if side in it.feet:
        ahead_T, out_T, up_T, more_T = keyed(since_T, list(it.feet[side]), list(it.feet[side].values())).T
        place_T3 = place_T3 + figure.size[2] * np.stack([ahead_T, sign * out_T, up_T], axis=1)
        toes_T = toes_T + more_T
    pitch_T = toes_T - 0.5 * np.sqrt(lift_T / figure.size[2])
    target = soles(figure, side, place_T3, pitch_T, 0.0 if it.folds else sign * out)
    return replace(target, heading_T=None) if it.folds else target
