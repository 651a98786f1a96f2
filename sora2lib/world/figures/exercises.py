"""Exercises and signs that people are asked for: squats, kicks, punches, a nod, a salute, a pirouette.

Each is drawn anew as an :class:`~sora2lib.world.figures.acts.Act`, in a pace and a size of its own. What one side does
is the left leg's standing and the right arm's or leg's doing; the mirror image does the same with the other.
"""

from collections.abc import Callable, Mapping
from itertools import accumulate
from math import pi
from typing import TypeVar

import numpy as np

from sora2lib.world.figures.acts import Act, Foot, Hips, Wave
from sora2lib.world.figures.people import EASE
from sora2lib.world.figures.routines import Pose
from sora2lib.world.figures.skeleton import Array

T = TypeVar("T")
UPRIGHT: Hips = (0.0, 0.0, 0.0)
FLAT: Foot = (0.0, 0.0, 0.0, 0.0)
LAST = 9.0  # s, until which a pose is held that ends a clip
TIPPED: Foot = (0.024, 0.0, 0.035, -1.2)  # a foot that has rolled onto the tip of its toes
_GUARD = {"shoulder_swing": 0.50, "shoulder_spread": 0.12, "shoulder_turn": 0.30, "elbow": 2.20, "neck_bend": 0.08}
_FOLDED = {"shoulder_swing": 0.9, "shoulder_spread": 0.05, "shoulder_turn": 0.75, "elbow": 1.35}
_OPEN = {"shoulder_spread": 1.2, "shoulder_swing": 0.3, "elbow": 0.25}


def kneel(rng: np.random.Generator) -> Act:
    """Step forward and go down on the knee behind; stay there."""
    step, down = rng.uniform(0.55, 0.75), rng.uniform(1.3, 1.8)
    rest = {"left_shoulder_swing": 0.30, "left_shoulder_spread": 0.06, "left_elbow": 0.98, "right_shoulder_swing": 0.05,
            "right_shoulder_spread": 0.14, "right_elbow": 0.2, "waist_bend": rng.uniform(0.02, 0.12)}  # fmt: skip
    return Act(
        {0.0: EASE, step: {**EASE, "waist_bend": 0.1, "shoulder_swing": 0.2}, down: rest, LAST: rest},
        {0.0: UPRIGHT, 0.6 * step: (0.08, -0.03, 0.03), step: (0.24, -0.09, 0.03), down: (0.30, -0.225, 0.0),
         LAST: (0.30, -0.225, 0.0)},
        feet={
            "left": {0.0: FLAT, 0.25 * step: (0.08, 0.0, 0.05, -0.1), 0.75 * step: (0.40, 0.0, 0.05, 0.15),
                     step: (0.50, 0.0, 0.0, 0.0), LAST: (0.50, 0.0, 0.0, 0.0)},
            "right": {0.0: FLAT, 0.5 * step: FLAT, step: (0.008, 0.0, 0.019, -0.65), down: TIPPED, LAST: TIPPED},
        },
        wide=1.25,
    )  # fmt: skip


def squat(rng: np.random.Generator) -> Act:
    """Go down and up, arms in front, two or three times."""
    beat, deep = rng.uniform(1.15, 1.6), rng.uniform(0.85, 1.1)
    up: Pose = {**EASE, "shoulder_swing": 0.5}
    low: Pose = {"shoulder_swing": 1.95, "shoulder_spread": 0.0, "elbow": 0.1, "waist_bend": 0.25,
                 "neck_bend": -0.35}  # fmt: skip
    times = np.arange(0.0, 5.0, beat)
    down: Hips = (-0.085 * deep, -0.195 * deep, 0.45)
    return Act(
        _cycle(times, {0.0: up, 0.45 * beat: low, 0.55 * beat: low}),
        _cycle(times, {0.0: (0.0, -0.004, 0.0), 0.45 * beat: down, 0.55 * beat: down}),
        wide=1.7,
    )


def kick(rng: np.random.Generator) -> Act:
    """Lift a knee, stretch the leg high to the front and set the foot down again; once more if there is time."""
    pace, high = rng.uniform(0.85, 1.15), rng.uniform(0.46, 0.58)
    folded, there = (0.10, -0.03, 0.26, -0.35), (0.47, 0.02, high, 1.0)
    arms = {**_GUARD, "waist_bend": 0.1}
    swung = {**arms, "right_shoulder_swing": -0.45, "right_elbow": 0.7, "waist_bend": 0.35, "waist_turn": 0.15}
    level: Hips = (0.0, -0.006, 0.0)
    back: Hips = (0.0, -0.012, -0.24)
    lifted: Hips = (0.0, -0.008, -0.08)
    at = (0.0, 0.32, 0.55, 0.67, 0.90, 1.25)
    begins = (0.50, 1.74)[: int(rng.integers(1, 3))]
    times = [pace * (begin + time) for begin in begins for time in at]
    end, count = pace * (begins[-1] + 1.75), len(begins)

    def told(rest: T, *keys: T) -> dict[float, T]:
        return {0.0: rest, **dict(zip(times, keys * count, strict=True)), end: rest}

    return Act(
        told(EASE, arms, arms, swung, swung, arms, arms),
        told(UPRIGHT, level, lifted, back, back, lifted, level),
        feet={"right": told(FLAT, FLAT, folded, there, there, folded, FLAT)},
        aside=told(0.0, *(0.045,) * len(at)),
    )


def punch(rng: np.random.Generator) -> Act:
    """Stand on guard and box, left and right in turn."""
    beat, reach = rng.uniform(0.34, 0.46), rng.uniform(1.30, 1.55)
    poses, hips = {0.0: EASE, 0.4: _GUARD}, {0.0: UPRIGHT, 0.4: (0.0, -0.02, 0.08)}
    for count in range(round(2.9 / beat)):
        side, sign = (("left", -1.0), ("right", 1.0))[count % 2]
        out = {f"{side}_shoulder_swing": reach, f"{side}_elbow": 0.08, f"{side}_shoulder_turn": 0.1,
               f"{side}_shoulder_spread": 0.36, "waist_turn": sign * 0.42, "neck_turn": -sign * 0.35}  # fmt: skip
        begin = 0.4 + count * beat
        poses |= {begin + 0.5 * beat: {**_GUARD, **out}, begin + beat: _GUARD}
        hips |= {begin + 0.5 * beat: (0.015, -0.026, 0.10), begin + beat: (0.0, -0.02, 0.08)}
    stance = {"left": (0.07, 0.0, 0.0, 0.0), "right": (-0.07, 0.0, 0.0, 0.0)}
    return Act(poses, hips, feet={side: {0.0: foot, LAST: foot} for side, foot in stance.items()}, wide=1.4)


def nod(rng: np.random.Generator) -> Act:
    """Say yes with the head."""
    rate, end = rng.uniform(1.0, 1.5), rng.uniform(2.6, 3.2)
    return Act({0.0: EASE, 1.0: EASE}, waves=(Wave("neck bend", rng.uniform(0.24, 0.36), rate, 0.0, 0.15, end),))


def shake_head(rng: np.random.Generator) -> Act:
    """Say no with the head."""
    rate, end = rng.uniform(0.9, 1.4), rng.uniform(2.6, 3.2)
    return Act({0.0: EASE, 1.0: EASE}, waves=(Wave("neck turn", rng.uniform(0.5, 0.75), rate, 0.0, 0.15, end),))


def shrug(rng: np.random.Generator) -> Act:
    """Turn the hands out and hold the head aside, once or twice."""
    rise, hold, lean = rng.uniform(0.3, 0.45), rng.uniform(0.7, 1.0), rng.uniform(0.18, 0.3)
    out = {"shoulder_spread": 0.42, "shoulder_swing": 0.12, "shoulder_turn": -0.85, "elbow": 1.55, "wrist": -0.75,
           "neck_lean": lean, "waist_bend": -0.06, "mouth": 0.06}  # fmt: skip
    once = {0.0: EASE, rise: out, rise + hold: out, 2 * rise + hold: EASE}
    again = 2 * rise + hold + 0.35
    twice = {again + time: {**pose, "neck_lean": -pose.get("neck_lean", 0.0)} for time, pose in once.items()}
    return Act(once | twice if rng.random() < 0.5 else once)


def salute(rng: np.random.Generator) -> Act:
    """Stand straight and put a hand to the brow."""
    rise, hold = rng.uniform(0.4, 0.6), rng.uniform(1.6, 2.3)
    straight = {"shoulder_spread": 0.07, "elbow": 0.05, "waist_bend": -0.04}
    up = {**straight, "right_shoulder_spread": 1.70, "right_shoulder_swing": 0.15, "right_shoulder_turn": -0.95,
          "right_elbow": 2.26}  # fmt: skip
    return Act(
        {
            0.0: EASE,
            0.5 * rise: {**straight, "right_elbow": 0.9, "right_shoulder_spread": 0.5},
            rise: up,
            rise + hold: up,
            2 * rise + hold: straight,
            2 * rise + hold + 0.6: EASE,
        },
        wide=0.8,
    )


def stretch(rng: np.random.Generator) -> Act:
    """Raise both arms and lean to one side and then to the other."""
    rise, hold, far = rng.uniform(0.8, 1.0), rng.uniform(0.65, 0.85), rng.uniform(0.42, 0.60)
    high = {"shoulder_spread": 2.85, "elbow": 0.25, "shoulder_swing": 0.1}
    over = {sign: {**high, "waist_lean": sign * far, "neck_lean": sign * 0.2} for sign in (-1.0, 1.0)}
    at = list(accumulate((0.0, rise, hold, 0.2, hold, 0.2, rise)))
    pose = (EASE, high, over[1.0], over[1.0], over[-1.0], over[-1.0], EASE)
    aside = (0.0, 0.0, 0.03, 0.03, -0.03, -0.03, 0.0)
    return Act(dict(zip(at, pose, strict=True)), aside=dict(zip(at, aside, strict=True)), wide=1.6)


def touch_toes(rng: np.random.Generator) -> Act:
    """Bend over straight legs until the hands are at the toes, and come up."""
    down, hold = rng.uniform(0.9, 1.2), rng.uniform(0.5, 1.0)
    low = {"waist_bend": 1.48, "neck_bend": 0.3, "shoulder_swing": 2.3, "shoulder_spread": 0.0, "elbow": 0.08}
    half = {"waist_bend": 0.6, "shoulder_swing": 1.2, "shoulder_spread": 0.05, "elbow": 0.15}
    back: Hips = (-0.09, -0.012, 0.95)
    return Act(
        {0.0: EASE, 0.5 * down: half, down: low, down + hold: low, 1.6 * down + hold: half, 2.1 * down + hold: EASE},
        {0.0: UPRIGHT, down: back, down + hold: back, 2.1 * down + hold: UPRIGHT},
    )


def pirouette(rng: np.random.Generator) -> Act:
    """Turn about the left foot once or twice, the other one at its knee, the arms folded."""
    turns = int(rng.integers(1, 3))
    spin = (0.75 + 0.55 * turns) * rng.uniform(0.95, 1.15)
    begin = 0.75
    at = [0.0, 0.45, begin, begin + 0.35, begin + spin - 0.25, begin + spin, begin + spin + 0.4, begin + spin + 0.9]
    raised = (-0.01, -0.045, 0.20, -0.75)
    lifted = (-0.005, -0.02, 0.05, -0.5)
    foot = (FLAT, FLAT, lifted, raised, raised, lifted, FLAT, FLAT)
    pose = (EASE, {**_OPEN, "right_shoulder_swing": 0.9}, _OPEN, _FOLDED, _FOLDED, _OPEN, _OPEN, EASE)
    hips: tuple[Hips, ...] = (UPRIGHT, (0.0, -0.035, 0.0), (0.03, 0.0, 0.0), (0.045, 0.012, 0.0), (0.045, 0.012, 0.0),
                              (0.03, 0.0, 0.0), (0.0, -0.03, 0.0), UPRIGHT)  # fmt: skip
    aside = (0.0, 0.02, 0.054, 0.056, 0.056, 0.054, 0.03, 0.0)
    heel = (0.0, 0.0, -0.15, -0.35, -0.35, -0.15, 0.0, 0.0)
    planted = tuple((0.0, 0.0, 0.0, pitch) for pitch in heel)
    return Act(
        dict(zip(at, pose, strict=True)), dict(zip(at, hips, strict=True)),
        feet={"right": dict(zip(at, foot, strict=True)), "left": dict(zip(at, planted, strict=True))},
        aside=dict(zip(at, aside, strict=True)), turn=(begin, begin + spin, 2 * pi * turns),
    )  # fmt: skip


def _cycle(starts: Array, keys: Mapping[float, T]) -> dict[float, T]:
    return {float(start) + time: key for start in starts for time, key in keys.items()}


EXERCISES: dict[str, Callable[[np.random.Generator], Act]] = {
    "kneel": kneel,
    "squat": squat,
    "kick": kick,
    "punch": punch,
    "nod": nod,
    "shake head": shake_head,
    "shrug": shrug,
    "salute": salute,
    "stretch": stretch,
    "touch toes": touch_toes,
    "pirouette": pirouette,
}
