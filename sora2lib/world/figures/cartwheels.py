"""Cartwheels: a body turns sideways over hand, hand, foot and foot, as the spokes of a wheel do.

All is a function of the phase, in turns. A turn begins and ends on both feet, and its second half is the mirror image
of the first one run backwards. Limbs that bear reach for places that stay; in between they swing from the angles with
which they left the ground, over a pose of their own, to those with which they come down. Some limb always bears, so
that nothing flies and no law of flight is asked for.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, pi

import numpy as np

from sora2lib.world.figures.curves import eased, joined, keyed
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.people import EASE, SIDES, arm, leg
from sora2lib.world.figures.reach import Limb, plant
from sora2lib.world.figures.routines import SEAT
from sora2lib.world.figures.skeleton import INDEX, Array, Figure, angles
from sora2lib.world.turns import about, back, product

Edge = tuple[float, Array, Array]  # a phase, and angles and speeds (5,) of a limb
# In heights: from foot to foot where it stands, from the foot to the first hand, from hand to hand.
APART, AHEAD, HANDS = 0.32, 0.43, 0.275
STRIDE = 2 * AHEAD + HANDS + APART
TURNOUT = 0.75  # radians, by which the feet point outwards
TURNED = 0.4  # radians, by which a leg is turned outwards that swings or folds
HEEL_UP = -0.75  # pitch of a foot as it leaves or comes down, radians
PUSH, STEP = 0.12, 0.05  # turns, in which the heel of the inner and of the outer foot goes up or down
RAISE, LOWER = 0.45, 0.6  # s, in which the arms go up before and down after
RAMP = 0.2  # turns, in which it gets going and comes to rest
ROUNDS = 8
SLIGHT = 1e-3  # turns, over which speeds are measured
FASTEST = 4.0  # radians a turn, of a joint as it leaves or comes down
WRIST, PADS = 1.15, 0.0075  # radians, by which a hand that bears is bent back; heights from its tips to the ground
ARM, STRETCH = (0.145, 0.125, 0.075), 0.9995  # lengths of upper arm, forearm and hand in heights; their most
# Phase; how far the hips are, how high they are, in heights; roll and lean of the waist to the left, in radians.
HALF = ((0.0, 0.0, 0.455, 0.0, 0.0), (0.09, 0.135, 0.46, 0.504, 0.26), (0.18, 0.27, 0.468, 1.023, 0.451),
        (0.26, 0.388, 0.485, 1.511, 0.526), (0.34, 0.505, 0.512, 2.039, 0.475), (0.42, 0.62, 0.539, 2.607, 0.307),
        (0.5, STRIDE / 2, 0.546, pi, 0.0))  # fmt: skip
CYCLE = (*HALF, *((1 - u, STRIDE - y, z, 2 * pi - roll, -lean) for u, y, z, roll, lean in HALF[-2:0:-1]))
STANDS = 0.475  # height of the hips before the first turn and after the last one
NOD = -0.78  # radians: upside down, the eyes are on the hands
# The last turn of one that fails: after the first foot is down it sits down behind its feet.
LOST = 0.74
SAT = ((0.87, 1.26, 0.34, 2 * pi - 0.7, -0.25), (1.0, STRIDE, 0.078, 2 * pi, 0.0))
BACK, PITCH, SLUMP = -0.40, -0.35, 0.35  # how far behind, in heights; pitch of the hips and bend of the waist
HIT, LATE = 0.1, 0.02  # turns, in which that comes to rest, and before which its second foot is down
LEGS, ARMS = tuple((side, "foot") for side, _ in SIDES), tuple((side, "hand") for side, _ in SIDES)
SIGN = dict(SIDES)
SWUNG = {"hip_spread": 0.85, "hip_turn": -TURNED, "knee": 0.08, "ankle": -0.6}
UP = {"shoulder_swing": 3.0, "shoulder_spread": 0.5, "shoulder_turn": 0.8, "elbow": 0.12, "wrist": -0.1}


@dataclass(frozen=True)
class Hold:
    """A limb that bears: from when and until when, in turns, and at which place along the way, in heights."""

    on: float
    off: float
    place: float


def cartwheel(
    figure: Figure, time_T: Array, *, turns: int = 1, pace: float = 1.2, start: float = 0.2, falls: bool = False
) -> Motion:
    """Stand with the feet apart, look along +x and turn cartwheels to the left, the first with its left foot at y = 0.

    Parameters
    ----------
    turns : how many in a row.
    pace : seconds for each.
    start : when the arms go up, seconds.
    falls : whether it ends on the seat, the feet on the ground.

    >>> cartwheel(Figure(MAN, MAN.size), np.arange(97) / 24).angles_TJ.shape  # doctest: +SKIP
    (97, 29)
    """
    return Wheel(figure, turns, falls).at(time_T, pace, start)


# T samples, J joints
@dataclass(frozen=True)
class Wheel:
    """Some cartwheels in a row, by phase."""

    figure: Figure
    turns: int
    falls: bool = False

    def at(self, time_T: Array, pace: float, start: float) -> Motion:
        """The motion at some times (T,)."""
        begin = start + RAISE
        phase_T, end = self._phase(time_T - begin, pace)
        motion = self.trunk(phase_T)
        for limb in (*LEGS, *ARMS):
            joints = _joints(self._limb(*limb))
            motion.angles_TJ[:, joints] = np.clip(self._swung(limb, phase_T), *self.figure.skeleton.limits_J2[joints].T)
        arms = [joint for limb in ARMS for joint in _joints(self._limb(*limb))]
        hang_T1 = (1 - eased((time_T - start) / RAISE) + eased((time_T - begin - end) / LOWER) * (not self.falls))[
            :, None
        ]
        motion.angles_TJ[:, arms] = (1 - hang_T1) * motion.angles_TJ[:, arms] + hang_T1 * angles(**EASE)[arms]
        standing = {
            f"{side} {end}": np.any([(phase_T >= it.on) & (phase_T <= it.off) for it in self.holds(side, end)], axis=0)
            for side, end in (*LEGS, *ARMS)
        }
        return replace(motion, time_T=time_T, standing=standing)

    def _phase(self, since_T: Array, pace: float) -> tuple[Array, float]:
        """Phase (T,) at seconds since it began, and how many seconds it takes."""
        speed, zero, slow = np.array([1 / pace]), np.zeros(1), HIT if self.falls else RAMP
        ramp, brake, last = 2 * RAMP * pace, 2 * slow * pace, self.turns - slow
        end = ramp + (self.turns - RAMP - slow) * pace + brake
        first_T = joined(since_T, (0.0, zero, zero, zero), (ramp, np.array([RAMP]), speed, zero))[:, 0]
        last_T = joined(
            since_T, (end - brake, np.array([last]), speed, zero), (end, np.array([self.turns]), zero, zero)
        )[:, 0]  # fmt: skip
        phase_T = np.where(since_T < end - brake, first_T, last_T)
        return np.where(since_T < 0, 0.0, np.where(since_T > end, self.turns, phase_T)), end

    def holds(self, side: str, end: str) -> list[Hold]:
        """When and where a limb bears, in order."""
        if end == "hand":
            on, off, place = (0.28, 0.515, AHEAD) if side == "left" else (0.485, 0.72, AHEAD + HANDS)
            return [Hold(k + on, k + off, k * STRIDE + place) for k in range(self.turns)]
        on, off, place = (-0.05, 0.285, 0.0) if side == "left" else (-0.285, 0.05, -APART)
        its = [Hold(k + on, k + off, k * STRIDE + place) for k in range(self.turns + 1)]
        last = replace(its[-1], on=self.turns - LATE) if self.falls and side == "left" else its[-1]
        return [replace(its[0], on=-inf), *its[1:-1], replace(last, off=inf)]

    @cached_property
    def _keys(self) -> Array:
        """Phase and trunk at the keys of all turns."""
        step, lost = np.array([1.0, STRIDE, 0.0, 2 * pi, 0.0]), self.turns - 1 + LOST
        keys = np.concatenate([np.array(CYCLE) + k * step for k in range(-1, self.turns + 1)])
        keys[np.isin(keys[:, 0], (0, self.turns)), 2] = STANDS
        if self.falls:
            keys = np.concatenate([keys[keys[:, 0] < lost + SLIGHT], np.array(SAT) + (self.turns - 1) * step])
        return keys

    def trunk(self, phase_T: Array) -> Motion:
        """Hips, waist and neck at some phases, the limbs straight."""
        keys = self._keys
        along_T, high_T, roll_T, lean_T = keyed(phase_T, keys[:, 0].tolist(), keys[:, 1:]).T
        sat_T = eased((phase_T - self.turns + 1 - LOST) / (1 - LOST)) * self.falls
        root_T3 = np.stack([BACK * sat_T, along_T - APART / 2, high_T], axis=1) * self.figure.size[2]
        angles_TJ = np.zeros((len(phase_T), len(INDEX)))
        nod_T = NOD * (0.5 - 0.5 * np.cos(2 * pi * phase_T))
        for joint, bent_T in (("waist lean", -lean_T), ("waist bend", SLUMP * sat_T), ("neck bend", nod_T)):
            angles_TJ[:, INDEX[joint]] = bent_T
        turn_T4 = product(about("x", -roll_T), about("y", PITCH * sat_T))
        return Motion(self.figure, phase_T, root_T3, turn_T4, angles_TJ, {})

    def _swung(self, limb: tuple[str, str], phase_T: Array) -> Array:
        """Angles (T, 5) of a limb that bears and swings in turn."""
        made_T5, free = np.zeros((len(phase_T), 5)), _free(self._limb(*limb))
        for hold in self.holds(*limb):
            some_T = (phase_T >= hold.on) & (phase_T <= hold.off)
            made_T5[some_T] = self.held(limb, phase_T[some_T], hold)
        for start, end in self._swings(limb):
            some_T = (phase_T > start[0]) & (phase_T < end[0])
            made_T5[some_T] = _between(phase_T[some_T], start, free, end)
        if limb[1] == "hand":
            made_T5[phase_T <= 0], made_T5[phase_T >= self.turns] = free, self._last(limb)
        return made_T5

    def _swings(self, limb: tuple[str, str]) -> list[tuple[Edge, Edge]]:
        """Where each swing of a limb begins and ends; arms are up before the first turn and after the last one."""
        holds, still = self.holds(*limb), np.zeros(5)
        begins = [self._edge(limb, hold, -1.0) for hold in holds if hold.off < inf]
        ends = [self._edge(limb, hold, 1.0) for hold in holds if hold.on > -inf]
        if limb[1] == "hand":
            begins = [(0.0, _free(self._limb(*limb)), still), *begins]
            ends = [*ends, (float(self.turns), self._last(limb), still)]
        return list(zip(begins, ends, strict=True))

    def _last(self, limb: tuple[str, str]) -> Array:
        """Angles (5,) of an arm after the last turn: up, or behind the back of someone who sits."""
        it = self._limb(*limb)
        return np.asarray(angles(**SEAT)[_joints(it)]) if self.falls else _free(it)

    def _edge(self, limb: tuple[str, str], hold: Hold, inwards: float) -> Edge:
        """Angles and speeds of a limb at the end of a hold (-1) or at its beginning (1)."""
        edge = hold.on if inwards > 0 else hold.off
        near_25 = self.held(limb, np.array([edge, edge + inwards * SLIGHT]), hold)
        # Where a limb is nearly stretched its hinge would snap, and swing far beyond where it shall be.
        return edge, near_25[0], np.clip(inwards * (near_25[1] - near_25[0]) / SLIGHT, -FASTEST, FASTEST)

    def held(self, limb: tuple[str, str], phase_T: Array, hold: Hold) -> Array:
        """Angles (T, 5) with which a limb bears on its place."""
        return (self._pressed if limb[1] == "hand" else self._planted)(limb[0], phase_T, hold)

    def _limb(self, side: str, end: str) -> Limb:
        return (arm if end == "hand" else leg)(self.figure, side)

    def _planted(self, side: str, phase_T: Array, hold: Hold) -> Array:
        """A leg on its ball or on all of its sole; it rolls over the edge of the foot where the leg leans."""
        trunk, limb = self.trunk(phase_T), self._limb(side, "foot")
        rising, falling = (PUSH, STEP) if side == "left" else (STEP, PUSH)
        falling = min(falling, self.turns - hold.on)
        up_T = eased((phase_T - hold.off + rising) / rising) + eased((hold.on + falling - phase_T) / falling)
        angles_TJ, place_T3 = trunk.angles_TJ, np.tile([0.0, hold.place * self.figure.size[2], 0.0], (len(phase_T), 1))
        # Legs that fold under someone who sits down can no longer turn their feet.
        folds = self.falls and hold.on > self.turns - 1
        heading_T = None if folds else np.full(len(phase_T), SIGN[side] * TURNOUT)
        angles_TJ[:, limb.joint("hip turn")] = -TURNED
        for _ in range(ROUNDS):
            angles_TJ = plant(
                self.figure, limb, angles_TJ, root_T3=trunk.root_T3, turn_T4=trunk.turn_T4, target_T3=place_T3,
                pitch_T=HEEL_UP * up_T, heading_T=heading_T,
            )  # fmt: skip
            place_T3[:, 2] -= replace(trunk, angles_TJ=angles_TJ).floor(limb.links[2])
        return np.asarray(angles_TJ[:, _joints(limb)])

    def _pressed(self, side: str, phase_T: Array, hold: Hold) -> Array:
        """An arm on its finger tips, in the plane of the wheel, the palm down and the elbow outwards."""
        trunk, limb = self.trunk(phase_T), self._limb(side, "hand")
        upper, lower, hand = (self.figure.size[2] * share for share in ARM)
        chest_T4 = product(trunk.turn_T4, trunk.frames.turn_TL4[:, self.figure.skeleton.link("chest")])
        from_T3 = trunk.point(limb.links[0], np.zeros(3))
        goal_T3 = np.tile([0.0, hold.place, PADS], (len(phase_T), 1)) * self.figure.size[2] - from_T3
        aim_T = np.zeros(len(phase_T))
        for _ in range(ROUNDS):
            # Seen from the chest: outwards and upwards from the shoulder to the wrist.
            reach_T3 = back(chest_T4, goal_T3) * [1, SIGN[side], 1]
            out_T, up_T = (reach_T3[:, 1:] - hand * np.cos(WRIST) * np.stack([np.sin(aim_T), np.cos(aim_T)], axis=1)).T
            far_T = np.minimum(np.hypot(out_T, up_T), STRETCH * (upper + lower))
            elbow_T = np.arccos((far_T**2 - upper**2 - lower**2) / (2 * upper * lower))
            spread_T = np.arctan2(out_T, up_T) + np.arctan2(lower * np.sin(elbow_T), upper + lower * np.cos(elbow_T))
            aim_T = spread_T - elbow_T
        over = np.ones(len(phase_T))
        return np.stack([pi * over, spread_T, pi / 2 * over, elbow_T, -WRIST * over], axis=1)


def _joints(limb: Limb) -> list[int]:
    ball = [f"{limb.ball} {way}" for way in ("swing", "spread", "turn")]
    return [limb.joint(name) for name in (*ball, limb.hinge, limb.end)]


def _free(limb: Limb) -> Array:
    """Angles (5,) of a limb that swings."""
    return np.asarray(angles(**(SWUNG if limb.ball == "hip" else UP))[_joints(limb)])


def _between(phase_T: Array, start: Edge, free_5: Array, end: Edge) -> Array:
    """Angles (T, 5) from one edge over a pose to another, without a jump in speed."""
    (a, from_5, speed_5), (b, to_5, there_5), zero = start, end, np.zeros(5)
    middle, across = (a + b) / 2, (to_5 - from_5) / (b - a)
    first_T5 = joined(phase_T, (a, from_5, speed_5, zero), (middle, free_5, across, zero))
    last_T5 = joined(phase_T, (middle, free_5, across, zero), (b, to_5, there_5, zero))
    return np.where((phase_T < middle)[:, None], first_T5, last_T5)
