"""Leaps from a board that floats: it is pushed down, rocks, and drifts off as momentum says.

The water resists a board's gliding so little that person and board together keep the momentum they had: none. Whatever
way the person's centre of mass goes along the board, the board goes the other way, m_board v_board = -m_person
v_person, and seen from the board a leap looks as on firm ground. Up and down the board hangs on a spring, the weight of
the water that it displaces (Archimedes), and has to move the water below it as well (added mass of a plate of width b
and length l: rho pi b^2 l / 8).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sora2lib.world.figures.curves import eased, joined, keyed, poses
from sora2lib.world.figures.leaps import Flown
from sora2lib.world.figures.motion import Motion, Target, balanced
from sora2lib.world.figures.people import SIDES, leg
from sora2lib.world.figures.routines import REST, Leap
from sora2lib.world.figures.skeleton import Array
from sora2lib.world.parts import rotate
from sora2lib.world.schema import GRAVITY
from sora2lib.world.turns import about, of_vector, vector_between

WATER = 1000.0  # kg/m^3
STEP = 1 / 240  # s
DAMPED = 0.3  # of the critical damping: waves carry the energy away
PASSES = 3  # of finding the board's heave that fits the leap that fits the heave
INSTANT = 1e-3  # s
DRAGGED, GLIDE = 0.35, 2.5  # s, after which water has slowed down a body and a board to a third
RIGHTED = 0.9  # s until who fell in is upright
NO, EVEN = np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])
SPLASH = {"shoulder_swing": 1.6, "shoulder_spread": 1.1, "elbow": 0.4, "mouth": 0.5, "neck_bend": -0.3}
CROUCH = {**SPLASH, "hip_swing": 0.9, "knee": 1.3, "waist_bend": 0.2}
WADE = {"shoulder_swing": 0.5, "shoulder_spread": 0.9, "elbow": 0.5, "mouth": 0.2, "hip_swing": 0.1, "knee": 0.2}
COARSE = 1 / 48  # s, of the person's path


@dataclass(frozen=True)
class Board:
    """A floating board: masses of it and of who stands on it in kg, length, width and thickness in metres."""

    mass: float
    load: float
    long: float
    wide: float
    thick: float

    @property
    def share(self) -> float:
        """Share of the common mass that the person has."""
        return self.load / (self.mass + self.load)

    @property
    def area(self) -> float:
        """Of the water line; the ends are round."""
        return 0.87 * self.long * self.wide

    @property
    def deck(self) -> float:
        """Height of the deck over the water with the person standing on it, metres."""
        return self.thick - (self.mass + self.load) / (WATER * self.area)

    def ride(self, push_S: Array, place_S: Array) -> tuple[Array, Array]:
        """Heave (S,) in metres and pitch (S,) in radians, nose down, under a push (S,) in newtons at places (S,).

        Both are seen from how the board lies with the person standing at rest in its middle; steps of ``STEP``.
        """
        added = WATER * np.pi / 8 * self.wide**2 * self.long
        stiff = WATER * GRAVITY * self.area
        turning, righting = (self.mass + added) * self.long**2 / 14, stiff * self.long**2 / 14
        least = self.deck - self.thick  # the bottom's height at rest; out of the water nothing holds the board
        state, rides = np.zeros(4), []
        for push, place in zip(push_S.tolist(), place_S.tolist(), strict=True):
            rides.append(state[:2].copy())
            high, pitch, rise, turn = state
            lift = -stiff * min(max(high, -self.deck), -least)
            wet = min(max((self.thick - self.deck - high) / (self.thick - self.deck), 0.0), 1.0)
            heavy = self.mass + wet * added
            force = lift - (push - self.load * GRAVITY) - wet * 2 * DAMPED * np.sqrt(stiff * heavy) * rise
            torque = place * push - righting * pitch - 2 * DAMPED * np.sqrt(righting * turning) * turn
            rise, turn = rise + STEP * force / heavy, turn + STEP * torque / turning
            state = np.array([high + STEP * rise, pitch + STEP * turn, rise, turn])
        rides_S2 = np.array(rides)
        return rides_S2[:, 0], rides_S2[:, 1]


@dataclass(frozen=True)
class Boarded(Flown):
    """A leap from a board and back onto it, seen from the board's middle at deck height.

    ``stand`` is where on the board the feet are; ``left`` how high the board is there at take-off, ``gap`` how much
    higher at the landing, and ``heave`` when it is how high; :func:`from_board` finds these. Who does
    not land misses the board.
    """

    board: Board
    stand: float = 0.0
    left: float = 0.0
    gap: float = 0.0
    heave: tuple[Array, Array] | None = None
    lands: bool = True

    @cached_property
    def _landing(self) -> Motion:
        still = super()._landing
        return replace(still, root_T3=still.root_T3 + np.array([0.0, 0.0, self.gap]))

    @cached_property
    def origin(self) -> float:
        """Where along the board the centre of mass is at first, metres from its middle."""
        return self.stand + float(self.at(np.zeros(1)).position_T3[0, 0])

    def lift(self, time_T: Array) -> Array:
        """How much higher (T,) the centre of mass is than on firm ground: at last it rides with the board."""
        before_T = self.left * eased((time_T - self.start) / self.leap.gather)
        if self.heave is None:
            return before_T
        rides_T = eased((time_T - self.meet) / self.leap.settle)
        return np.asarray(before_T * (1 - rides_T) + rides_T * np.interp(time_T, *self.heave))

    @cached_property
    def ride(self) -> tuple[Array, Array, Array]:
        """Times (S,), heave (S,) and pitch (S,) of the board."""
        time_C, time_S = np.arange(0, self.meet + 3.0, COARSE), np.arange(0, self.meet + 3.0 - COARSE, STEP)
        firm_C3 = self.at(time_C).position_T3
        high_C = firm_C3[:, 2] + self.lift(time_C)
        push_C = self.board.load * np.maximum(np.gradient(np.gradient(high_C, COARSE), COARSE) + GRAVITY, 0)
        push_S = np.interp(time_S, time_C, push_C)
        push_S[(time_S > self.leave) & (time_S < (self.meet if self.lands else np.inf))] = 0.0
        push_S[time_S < self.start] = self.board.load * GRAVITY
        return time_S, *self.board.ride(push_S, self.stand + np.interp(time_S, time_C, firm_C3[:, 0]))


def softened(leap: Leap) -> Leap:
    """The same leap, which ends on soft knees: they give way when the board comes up."""
    last = {**REST, "knee": 0.40, "hip_swing": 0.21, "ankle": 0.19}
    return replace(leap, recover={**leap.recover, 0.75: last, 1.0: last})


def from_board(flown: Boarded) -> Boarded:
    """Fit a leap to the board's heave: how high the board is when the feet leave it, and when they meet it again.

    >>> from_board(Boarded(man, LEAPS["back flip"], 0.5, board)).left < 0  # doctest: +SKIP
    True
    """
    for _ in range(PASSES):
        time_S, heave_S, pitch_S = flown.ride
        along = flown.stand + flown.velocity[0] * (flown.meet - flown.leave)
        left = np.interp(flown.leave, time_S, heave_S - flown.stand * pitch_S)
        met = np.interp(flown.meet, time_S, heave_S - along * pitch_S)
        flown = replace(flown, left=float(left), gap=float(met - left), heave=(time_S, heave_S - along * pitch_S))
    return flown


def aboard(flown: Boarded, time_T: Array) -> tuple[Motion, Array, Array]:
    """The motion over the water, and the places (T, 3) of the board's middle at deck height and its turns (T, 4).

    Place 0 is where the board's middle was at the start, height 0 the water.
    """
    firm = flown.at(time_T)
    heave_T, pitch_T = (np.interp(time_T, flown.ride[0], it) for it in flown.ride[1:])
    centre_T3 = firm.position_T3 + np.array([flown.stand, 0.0, flown.board.deck])
    glide_T = -flown.board.share * (centre_T3[:, 0] - flown.origin)
    centre_T3 = centre_T3 + np.stack([glide_T, 0 * glide_T, flown.lift(time_T)], axis=1)
    board_T3 = np.stack([glide_T, 0 * glide_T, heave_T + flown.board.deck], axis=1)
    down_T = keyed((time_T - flown.meet) / flown.leap.settle, [0.0, 0.2, 1.0], [1.0, 0.0, 0.0])
    settling_T = np.where(time_T < flown.meet, 0.0, flown.gap * down_T)
    targets = [_foot(flown, firm, side, board_T3, pitch_T, settling_T) for side, _ in SIDES]
    flying_T = (time_T >= flown.leave) & (time_T < flown.meet)
    body = {"centre_T3": centre_T3, "turn_T4": firm.turn_T4}
    free = balanced(flown.figure, time_T, firm.angles_TJ, **body, targets=[])
    held = balanced(flown.figure, time_T, firm.angles_TJ, **body, targets=targets)
    root_T3 = np.where(flying_T[:, None], free.root_T3, held.root_T3)
    angles_TJ = np.where(flying_T[:, None], free.angles_TJ, held.angles_TJ)
    motion = replace(firm, root_T3=root_T3, angles_TJ=angles_TJ)
    return motion, board_T3, about("y", pitch_T)


def _foot(flown: Boarded, firm: Motion, side: str, board_T3: Array, pitch_T: Array, settling_T: Array) -> Target:
    """A foot as on firm ground, carried along by the board."""
    limb, link = leg(flown.figure, side), flown.figure.skeleton.link(f"{side} foot")
    sole_T3 = firm.point(f"{side} foot", limb.sole) + np.array([flown.stand, 0.0, 0.0])
    sole_T3[:, 2] -= settling_T
    front_T3 = rotate(firm.turn_T4, rotate(firm.frames.turn_TL4[:, link], np.array([1.0, 0.0, 0.0])))
    place_T3 = board_T3 + rotate(about("y", pitch_T), sole_T3)
    heading_T = np.arctan2(front_T3[:, 1], front_T3[:, 0])
    return Target(limb, place_T3, np.arcsin(np.clip(front_T3[:, 2], -1, 1)) - pitch_T, heading_T)


def overboard(flown: Boarded, time_T: Array) -> tuple[Motion, Array, Array]:
    """As :func:`aboard` for a leap that misses the board: a dive feet first, and then standing on the bed of the water.

    >>> motion, board_T3, turn_T4 = overboard(flown, np.arange(97) / 24)  # doctest: +SKIP
    """
    motion, board_T3, turn_T4 = aboard(flown, time_T)
    wet_T = time_T >= flown.meet
    last, (place_23, board_23, _) = flown.meet - np.array([2 * INSTANT, INSTANT]), _places(flown)
    velocity, since_T = np.diff(place_23, axis=0)[0] / INSTANT, time_T - flown.meet
    board_T3 = board_T3.copy()
    drift = np.diff(board_23[:, 0])[0] / INSTANT
    board_T3[wet_T, 0] = board_23[1, 0] + drift * GLIDE * (1 - np.exp(-since_T[wet_T] / GLIDE))
    slowed_T = DRAGGED * (1 - np.exp(-np.maximum(since_T, 0) / DRAGGED))
    centre_T3 = place_23[1] + slowed_T[:, None] * velocity
    centre_T3[:, 2] = _sinking(time_T, flown.meet, place_23[1, 2], velocity[2], flown.figure.size[2])
    turns_23 = vector_between(EVEN, flown.spin.at(last))
    rate = np.diff(turns_23, axis=0)[0] / INSTANT
    upright_T3 = joined(time_T, (flown.meet, turns_23[1], rate, NO), (flown.meet + RIGHTED, NO, NO, NO))
    upright_T3 = np.where((time_T > flown.meet + RIGHTED)[:, None], 0.0, upright_T3)
    landing = dict(flown.leap.landing)
    angles_TJ = poses(since_T, {0.0: landing, 0.2: {**SPLASH, "knee": 0.2}, 0.7: CROUCH, 1.7: WADE, 9.0: WADE})
    body = {"centre_T3": centre_T3, "turn_T4": of_vector(upright_T3)}
    swim = balanced(flown.figure, time_T, angles_TJ, **body, targets=[])
    chosen = wet_T[:, None]
    motion = replace(
        motion,
        root_T3=np.where(chosen, swim.root_T3, motion.root_T3),
        turn_T4=np.where(chosen, swim.turn_T4, motion.turn_T4),
        angles_TJ=np.where(chosen, swim.angles_TJ, motion.angles_TJ),
        standing={name: on_T & ~wet_T for name, on_T in motion.standing.items()},
    )
    return motion, board_T3, turn_T4


def _places(flown: Boarded) -> tuple[Array, Array, Array]:
    """Centre of mass and board at two instants just before the flight ends."""
    motion, board_23, turn_24 = aboard(flown, flown.meet - np.array([2 * INSTANT, INSTANT]))
    return motion.position_T3, board_23, turn_24


def _sinking(time_T: Array, meet: float, high: float, fall: float, tall: float) -> Array:
    """Height (T,) of the centre of mass: down through the surface, and up again until the chest is out of the water."""
    low, bottom, rest = meet + 0.7, np.array([-0.26 * tall]), np.array([-0.06 * tall])
    start = (meet, np.array([high]), np.array([fall]), np.array([-GRAVITY]))
    down_T = joined(time_T, start, (low, bottom, NO[:1], NO[:1]))[:, 0]
    up_T = joined(time_T, (low, bottom, NO[:1], NO[:1]), (low + 1.2, rest, NO[:1], NO[:1]))[:, 0]
    return np.where(time_T < low, down_T, np.where(time_T < low + 1.2, up_T, rest))
