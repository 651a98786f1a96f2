"""Jumps, flips and spins: a crouch on planted feet, a free flight, a landing that holds or fails.

Take-off and landing are poses; where the feet are in them says where the centre of mass leaves and meets the ground.
In between it flies on a parabola, and the body turns by the momentum that the wanted turn takes
(:mod:`sora2lib.world.figures.flight`). A landing that lacks turn ends on the seat or on all fours.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sora2lib.world.figures.curves import eased, joined, keyed, poses
from sora2lib.world.figures.flight import Aloft, Spin, airtime
from sora2lib.world.figures.motion import Motion, Target, balanced, rooted
from sora2lib.world.figures.people import SIDES, heel_to_ball, soles
from sora2lib.world.figures.person import BALL, HEEL
from sora2lib.world.figures.routines import LEAPS, Leap
from sora2lib.world.figures.skeleton import Array, Figure, angles
from sora2lib.world.parts import rotate
from sora2lib.world.schema import GRAVITY
from sora2lib.world.turns import about, of_vector, product, vector_between

AXES = {"y": np.array([0.0, 1.0, 0.0]), "z": np.array([0.0, 0.0, 1.0])}
ADULT = 1.75  # m
NO = np.zeros(3)
BRAKE = 0.45  # mean over first speed of a landing that ends smoothly


def leap(figure: Figure, time_T: Array, *, kind: str | Leap, start: float = 0.6) -> Motion:
    """Stand with the feet at x = 0, leap at ``start`` seconds and land.

    >>> leap(Figure(MAN, MAN.size), np.arange(97) / 24, kind="back flip").turn_T4.shape  # doctest: +SKIP
    (97, 4)
    """
    return Flown(figure, LEAPS[kind] if isinstance(kind, str) else kind, start).at(time_T)


# T samples, J joints
@dataclass(frozen=True)
class Flown:
    """A leap worked out: when and how it leaves and meets the ground."""

    figure: Figure
    leap: Leap
    start: float

    @property
    def leave(self) -> float:
        """Time of the take-off, seconds."""
        return self.start + self.leap.gather

    @cached_property
    def velocity(self) -> Array:
        """Velocity (3,) of the centre of mass at take-off, m/s: small people leap lower."""
        pace = float(np.sqrt(self.figure.size[2] / ADULT))
        return np.array([self.leap.forward * pace, 0.0, self.leap.rise * pace])

    @cached_property
    def meet(self) -> float:
        """Time of the landing, seconds."""
        drop = self._takeoff[2] - self._landing.position_T3[0, 2]
        return self.leave + airtime(float(self.velocity[2]), float(drop), GRAVITY)

    @cached_property
    def _takeoff(self) -> Array:
        """Centre of mass (3,) at take-off: the balls of the feet are where they stood."""
        still = self._still(self.leap.takeoff, self._base(self.leap.lean))
        return self._ground - self._balls(still)

    @cached_property
    def _landing(self) -> Motion:
        """The pose of the landing with the sole on the ground, somewhere along x."""
        still = self._still(self.leap.landing, self._base(self.leap.turn))
        spots = (still.point(f"{side} foot", self._spot(spot))[0, 2] for side, _ in SIDES for spot in (HEEL, BALL))
        return self._still(self.leap.landing, self._base(self.leap.turn), height=-float(min(spots)))

    def _base(self, angle: float) -> Array:
        return about(self.leap.axis, angle)

    def _spot(self, place: tuple[float, float, float]) -> Array:
        return np.array(place) * self.figure.size[2]

    @property
    def _ground(self) -> Array:
        """Middle of the balls of the feet before the leap."""
        return np.array([BALL[0] * self.figure.size[2], 0.0, 0.0])

    def _still(self, pose: object, turn: Array, height: float = 0.0) -> Motion:
        root = np.array([[0.0, 0.0, height]])
        return Motion(self.figure, np.zeros(1), root, turn[None], angles(**dict(pose))[None], {})  # type: ignore[call-overload]

    def _balls(self, still: Motion) -> Array:
        """Middle of the balls of the feet as seen from the centre of mass."""
        left, right = (still.point(f"{side} foot", self._spot(BALL))[0] for side, _ in SIDES)
        return np.asarray((left + right) / 2 - still.position_T3[0])

    def joints(self, time_T: Array) -> Array:
        """Angles (T, J) in flight."""
        keys = {0.0: self.leap.takeoff, **self.leap.aloft, 1.0: self.leap.landing}
        return poses((time_T - self.leave) / (self.meet - self.leave), keys)

    @cached_property
    def spin(self) -> Spin:
        """How the body turns in flight."""
        aloft = Aloft.of(self.figure, self.joints, self.leave, self.meet)
        return aloft.spin_by(self._base(self.leap.lean), AXES[self.leap.axis], self.leap.turn - self.leap.lean)

    def at(self, time_T: Array) -> Motion:
        """The motion at some times (T,)."""
        phases = ((-np.inf, self.leave, self._before), (self.leave, self.meet, self._during),
                  (self.meet, np.inf, self._after))  # fmt: skip
        chosen = [(time_T[(time_T >= a) & (time_T < b)], make) for a, b, make in phases]
        parts = [make(some_T) for some_T, make in chosen if len(some_T)]
        root_T3, turn_T4, angles_TJ = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("root_T3", "turn_T4", "angles_TJ")
        )
        on_T = (time_T < self.leave) | (time_T >= self.meet)
        return Motion(self.figure, time_T, root_T3, turn_T4, angles_TJ, {f"{side} foot": on_T for side, _ in SIDES})

    def _before(self, time_T: Array) -> Motion:
        it, begin, end = self.leap, self.start, self.leave
        rest = self._ground - self._balls(self._still(it.ready[0.0], self._base(0.0)))
        low, middle = begin + 0.58 * it.gather, (rest + self._takeoff) / 2
        bottom = np.array([middle[0], 0.0, rest[2] - it.dip * self.figure.size[2]])
        down_T3 = joined(time_T, (begin, rest, NO, NO), (low, bottom, NO, NO))
        up_T3 = joined(time_T, (low, bottom, NO, NO), (end, self._takeoff, self.velocity, np.array([0, 0, -GRAVITY])))
        centre_T3 = np.where((time_T < low)[:, None], down_T3, up_T3)
        centre_T3 = np.where((time_T < begin)[:, None], rest, centre_T3)
        rate = self._rate(0)
        pitch_T = joined(time_T, (begin, NO[:1], NO[:1], NO[:1]), (end, np.array([it.lean]), rate, NO[:1]))[:, 0]
        angle_T = np.where(time_T < begin, 0.0, pitch_T)
        share_T = (time_T - begin) / it.gather
        toes = self._pitch(self._still(it.takeoff, self._base(it.lean)), "left")
        heading_T = angle_T if it.glides else 0 * angle_T
        out_T3 = self._apart(it.takeoff) * np.stack([-np.sin(heading_T), np.cos(heading_T), 0 * heading_T], axis=1)
        toes_T = toes * eased((share_T - 0.6) / 0.4)
        targets = [soles(self.figure, side, self._ground + sign * out_T3, toes_T, heading_T) for side, sign in SIDES]
        turn_T4 = about(it.axis, angle_T)
        ready_TJ = poses(share_T, {**it.ready, 1.0: it.takeoff})
        return balanced(self.figure, time_T, ready_TJ, centre_T3=centre_T3, turn_T4=turn_T4, targets=targets)

    def _apart(self, pose: object) -> float:
        """Half the distance between the feet in a pose."""
        return float(self._still(pose, self._base(0.0)).point("left foot", self._spot(BALL))[0, 1])

    def _rate(self, step: int) -> Array:
        """Angular velocity (1,) about the leap's axis at the first (0) or last (-1) step of the flight."""
        time, angle = self.spin.time_S, self.spin.steps @ AXES[self.leap.axis]
        return np.array([angle[step] / (time[1] - time[0])])

    def _pitch(self, still: Motion, side: str) -> float:
        """How far the toes of a pose point up, radians."""
        heel, ball = (still.point(f"{side} foot", self._spot(spot))[0] for spot in (HEEL, BALL))
        return float(np.arcsin((ball - heel)[2] / heel_to_ball(self.figure)))

    def _during(self, time_T: Array) -> Motion:
        since_T = (time_T - self.leave)[:, None]
        centre_T3 = self._takeoff + since_T * self.velocity + since_T**2 / 2 * np.array([0, 0, -GRAVITY])
        turn_T4 = self.spin.at(time_T)
        return balanced(self.figure, time_T, self.joints(time_T), centre_T3=centre_T3, turn_T4=turn_T4, targets=[])

    def _after(self, time_T: Array) -> Motion:
        it, begin = self.leap, self.meet
        touch = self._during(np.array([begin]))
        velocity = self.velocity - [0, 0, GRAVITY * (begin - self.leave)]
        share_T = (time_T - begin) / it.settle
        targets = [self._foot(touch, side, share_T) for side, _ in SIDES]
        final = self._final(targets)
        centre_T3 = self._sinking(time_T, touch.position_T3[0], velocity, final)
        angle_T = self._angle_after(time_T)
        # What is left of a wobble fades.
        left = vector_between(about(it.axis, it.turn), touch.turn_T4[0])
        turn_T4 = product(of_vector((1 - eased(share_T))[:, None] * left), about(it.axis, angle_T))
        if it.glides:
            targets = [_turned(target, final, angle_T - it.turn) for target in targets]
        angles_TJ = poses(share_T, {0.0: it.landing, **it.recover})
        return balanced(self.figure, time_T, angles_TJ, centre_T3=centre_T3, turn_T4=turn_T4, targets=targets)

    def _sinking(self, time_T: Array, place: Array, velocity: Array, final: Array) -> Array:
        """Centre of mass (T, 3): down into the knees, as fast as it came, and then to where it rests."""
        begin, end = self.meet, self.meet + self.leap.settle
        low = min(place[2] - self.leap.dip * self.figure.size[2], final[2] if self.leap.end_root else np.inf)
        deepest = begin + (place[2] - low) / (BRAKE * -velocity[2])
        bottom = np.array([final[0], final[1], low])
        if self.leap.end_root:
            end = deepest
        down_T = joined(time_T, (begin, place, velocity, NO), (deepest, bottom, NO, NO))[:, 2]
        up_T = joined(time_T, (deepest, bottom, NO, NO), (end + 1e-9, final, NO, NO))[:, 2]
        centre_T3 = joined(time_T, (begin, place, velocity, NO), (end, final, NO, NO))
        centre_T3[:, 2] = np.where(time_T < deepest, down_T, up_T)
        return np.where((time_T > end)[:, None], final, centre_T3)

    def _angle_after(self, time_T: Array) -> Array:
        it, end = self.leap, self.meet + self.leap.settle
        upright = it.turn + it.follow if it.axis == "z" else 2 * np.pi * round(it.turn / (2 * np.pi)) + it.end_pitch
        angle_T = joined(
            time_T, (self.meet, np.array([it.turn]), self._rate(-1), NO[:1]), (end, np.array([upright]), NO[:1], NO[:1])
        )[:, 0]
        return np.where(time_T > end, upright, angle_T)

    def _foot(self, touch: Motion, side: str, share_T: Array) -> Target:
        """A foot stays where it landed; what is in the air of it comes down."""
        heel, ball = (touch.point(f"{side} foot", self._spot(spot))[0] for spot in (HEEL, BALL))
        heading = float(np.arctan2(*(ball - heel)[1::-1]))
        pitch = float(np.arcsin(np.clip((ball - heel)[2] / heel_to_ball(self.figure), -1, 1)))
        way = heel_to_ball(self.figure) * np.array([np.cos(heading), np.sin(heading), 0.0])
        flat = heel + way if pitch > 0 else ball
        down_T = keyed(share_T, [0.0, 0.2, 1.0], [1.0, 0.0, 0.0])
        place_T3 = flat * [1, 1, 0] + down_T[:, None] * np.array([0.0, 0.0, flat[2]])
        toes_T = keyed(share_T, [0.0, 0.2, 0.5, 1.0], [pitch, 0.0, 0.0, self.leap.end_toes])
        return soles(self.figure, side, place_T3, toes_T, heading)

    def _final(self, targets: list[Target]) -> Array:
        """Centre of mass (3,) when all is over: above the feet, or where the seat or the knees are."""
        middle = (targets[0].place_T3[-1] + targets[1].place_T3[-1]) / 2 * [1, 1, 0]
        turn = self._base(self.leap.turn + self.leap.follow if self.leap.axis == "z" else self.leap.end_pitch)
        last = self.leap.recover[1.0]
        if self.leap.end_root is None:
            return np.asarray(middle - self._balls(self._still(last, turn)))
        root = middle + np.array([self.leap.end_root[0], 0.0, self.leap.end_root[1]]) * self.figure.size[2]
        ends = [Target(it.limb, it.place_T3[-1:], it.pitch_T[-1:], it.heading_T[-1:]) for it in targets]  # type: ignore[index]
        still = self._still(last, turn)
        done = rooted(self.figure, still.time_T, still.angles_TJ, root_T3=root[None], turn_T4=turn[None], targets=ends)
        return done.position_T3[0]


def _turned(target: Target, middle: Array, angle_T: Array) -> Target:
    """A foot that turns with the body about a place (3,), as a skate does."""
    place_T3 = middle + rotate(about("z", angle_T), target.place_T3 - middle)
    heading_T = angle_T if target.heading_T is None else target.heading_T + angle_T
    return Target(target.limb, place_T3, target.pitch_T, heading_T)
