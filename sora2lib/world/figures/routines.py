"""The leaps that people know, as poses by share of time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import pi

from sora2lib.world.figures.people import EASE

Pose = Mapping[str, float]
REST: Pose = {**EASE, "knee": 0.10, "hip_swing": 0.06, "hip_spread": 0.02, "ankle": 0.04}


def _recovered() -> Mapping[float, Pose]:
    return {0.35: {**BALANCE, "waist_bend": 0.45, "neck_bend": -0.25}, 0.75: EASE, 1.0: REST}


@dataclass(frozen=True)
class Leap:
    """A leap as an adult does it.

    ``rise`` and ``forward`` are the speeds of the centre of mass at take-off in m/s; ``turn`` is the orientation at
    the landing, radians about ``axis`` ("y" pitches forward, "z" turns left), ``lean`` that at take-off. ``ready``,
    ``aloft`` and ``recover`` are poses by share of the crouch, the flight and the recovery, which take ``gather`` and
    ``settle`` seconds; ``dip`` is the depth of the crouch in heights. ``follow`` is how far a spin turns on after the
    landing. A landing that fails ends with the hips ``end_root`` in front of the feet and above the ground, in heights,
    pitched by ``end_pitch``, the toes by ``end_toes``.
    """

    rise: float
    forward: float
    turn: float
    axis: str
    lean: float
    takeoff: Pose
    aloft: Mapping[float, Pose]
    landing: Pose
    ready: Mapping[float, Pose] = field(default_factory=lambda: GATHER)
    recover: Mapping[float, Pose] = field(default_factory=_recovered)
    gather: float = 0.85
    settle: float = 0.8
    dip: float = 0.12
    follow: float = 0.0
    end_root: tuple[float, float] | None = None
    end_pitch: float = 0.0
    end_toes: float = 0.0

    @property
    def glides(self) -> bool:
        """Whether the feet turn with the body, as skates do, and do not grip the floor."""
        return self.axis == "z" and self.follow != 0.0


TUCK = {"hip_swing": 2.05, "knee": 2.25, "waist_bend": 0.75, "neck_bend": 0.35, "shoulder_swing": 1.15,
        "shoulder_spread": 0.12, "elbow": 0.75, "ankle": -0.4}  # fmt: skip
REACH = {"shoulder_swing": 2.75, "shoulder_spread": 0.15, "elbow": 0.15, "waist_bend": -0.12, "neck_bend": -0.15}
BACK = {"shoulder_swing": -0.75, "shoulder_spread": 0.15, "elbow": 0.2, "waist_bend": 0.5, "neck_bend": -0.3}
BALANCE = {"shoulder_swing": 1.25, "shoulder_spread": 0.35, "elbow": 0.25}
PUSH = {"hip_swing": 0.02, "knee": 0.14, "ankle": -0.62, "hip_spread": 0.02}
ABSORB = {"hip_swing": 0.80, "knee": 0.72, "ankle": 0.27, "hip_spread": 0.06, "waist_bend": 0.25, **BALANCE}
GATHER: Mapping[float, Pose] = {0.0: REST, 0.30: {**EASE, **REACH, "shoulder_swing": 1.9}, 0.68: BACK, 1.0: REACH}

LEAPS: dict[str, Leap] = {
    "jump": Leap(2.7, 0.0, 0.0, "y", 0.04, {**PUSH, **REACH},
                 {0.45: {**REACH, "knee": 0.7, "hip_swing": 0.35, "ankle": -0.5}},
                 {**ABSORB, "hip_swing": 0.45, "knee": 0.62, "ankle": 0.17}),
    "long jump": Leap(2.4, 1.5, 0.15, "y", 0.18, {**PUSH, **REACH, "hip_swing": -0.15},
                      {0.5: {**REACH, "knee": 1.1, "hip_swing": 0.8, "shoulder_swing": 2.2}},
                      {**ABSORB, "hip_swing": 1.05, "knee": 0.62, "ankle": -0.1}),
    "back flip": Leap(3.25, -0.35, 0.35 - 2 * pi, "y", -0.10, {**PUSH, **REACH, "hip_swing": -0.10},
                      {0.16: {**REACH, "knee": 0.3, "hip_swing": 0.1, "ankle": -0.5}, 0.42: TUCK, 0.66: TUCK,
                       0.88: {**ABSORB, "knee": 0.5, "hip_swing": 0.55, "shoulder_swing": 1.6}}, ABSORB),
    "front flip": Leap(3.25, 0.75, 2 * pi - 0.35, "y", 0.16, {**PUSH, **REACH, "hip_swing": -0.08},
                       {0.14: {**REACH, "waist_bend": 0.3, "knee": 0.4, "hip_swing": 0.3}, 0.40: TUCK, 0.66: TUCK,
                        0.88: {**ABSORB, "knee": 0.6, "hip_swing": 0.5}},
                       {**ABSORB, "hip_swing": 0.36, "knee": 0.60, "ankle": -0.05}),
}  # fmt: skip
SEAT: Pose = {"waist_bend": 0.35, "shoulder_swing": -0.80, "shoulder_spread": 0.3, "elbow": 0.1, "neck_bend": 0.2,
              "mouth": 0.35, "hip_spread": 0.1}  # fmt: skip
FOURS: Pose = {"waist_bend": 0.15, "shoulder_swing": 1.5, "shoulder_spread": 0.1, "elbow": 0.35, "neck_bend": -0.6,
               "mouth": 0.3}  # fmt: skip


def failed(leap: Leap, missing: float) -> Leap:
    """The same leap with ``missing`` radians less turn: it lands off balance and falls."""
    back = leap.turn > 0  # what lacks turn forwards leans back
    pose = SEAT if back else FOURS
    return replace(
        leap,
        turn=leap.turn - missing if back else leap.turn + missing,
        recover={0.25: {**pose, "shoulder_swing": 0.3 if back else 1.2}, 0.8: pose, 1.0: pose},
        settle=0.5,
        end_root=(-0.40, 0.075) if back else (0.22, 0.265),
        end_pitch=-0.35 if back else 1.30,
        end_toes=0.15 if back else -1.0,
    )


# The arms open before and after, and folded in flight: the less lies far from the axis, the faster it turns.
OPEN = {"shoulder_spread": 1.15, "shoulder_swing": 0.25, "elbow": 0.3, "wrist": -0.2}
FOLDED = {"shoulder_swing": 0.75, "shoulder_spread": 0.02, "shoulder_turn": 1.0, "elbow": 2.1, "hip_spread": -0.06,
          "knee": 0.10, "hip_swing": 0.05, "ankle": -0.5}  # fmt: skip


def axel(turns: float) -> Leap:
    """A jump with that many turns about the vertical, taken off forwards and landed backwards."""
    landing = {**OPEN, "knee": 0.35, "hip_swing": 0.22, "ankle": -0.12, "hip_spread": 0.03, "waist_bend": 0.05}
    return Leap(
        2.6 + 0.35 * turns, 0.0, 2 * pi * turns, "z", 0.0,
        {**PUSH, **OPEN, "shoulder_spread": 0.9},
        {0.16: FOLDED, 0.80: FOLDED},
        landing,
        ready={0.0: {**REST, **OPEN}, 0.55: {**OPEN, "shoulder_spread": 1.3, "waist_bend": 0.15}, 1.0: OPEN},
        recover={0.4: {**OPEN, "waist_bend": 0.2}, 1.0: {**REST, **OPEN}},
        follow=0.6, settle=1.0,
    )  # fmt: skip


for _name, _turns in (("single", 1.5), ("double", 2.5), ("triple", 3.5)):
    LEAPS[f"{_name} axel"] = axel(_turns)
LEAPS["spin jump"] = Leap(
    3.1, 0.0, 2 * pi - 0.2, "z", 0.4,
    {**PUSH, **OPEN, "shoulder_spread": 0.9},
    {0.2: FOLDED, 0.72: FOLDED},
    {**ABSORB, **OPEN, "hip_swing": 0.45, "knee": 0.62, "ankle": 0.17},
    ready={0.0: REST, 0.55: {**OPEN, "waist_turn": -0.5, "waist_bend": 0.2}, 1.0: OPEN},
    recover={0.35: {**OPEN, "waist_bend": 0.25}, 0.75: EASE, 1.0: REST}, gather=0.65, settle=0.5,
)  # fmt: skip
