"""What the motions of people share: their limbs, how they stand, how tall they are over the ground."""

import numpy as np

from sora2lib.world.figures.motion import Target
from sora2lib.world.figures.person import BALL, HAND, HEEL
from sora2lib.world.figures.reach import Limb
from sora2lib.world.figures.skeleton import Array, Figure

SIDES = (("left", 1.0), ("right", -1.0))
EASE = {"shoulder_spread": 0.16, "elbow": 0.25, "shoulder_swing": 0.03}
STRAIGHT = 0.985  # of a leg's length: how far a standing leg is stretched


def leg(figure: Figure, side: str) -> Limb:
    """A leg, which stands on the ball of its foot."""
    links = (f"{side} thigh", f"{side} shank", f"{side} foot")
    return Limb(side, "hip", "knee", "ankle", links, 1.0, np.array(BALL) * figure.size[2])


def arm(figure: Figure, side: str) -> Limb:
    """An arm, which reaches with the finger tips."""
    links = (f"{side} upper arm", f"{side} forearm", f"{side} hand")
    return Limb(side, "shoulder", "elbow", "wrist", links, -1.0, np.array(HAND) * figure.size[2])


def heel_to_ball(figure: Figure) -> float:
    """Length of the sole, metres."""
    return (BALL[0] - HEEL[0]) * figure.size[2]


def hips_height(figure: Figure) -> float:
    """Height of the hips' origin over the ground with straight legs, metres."""
    drop = sum(figure.offset(f"left {link}")[2] for link in ("thigh", "shank", "foot"))
    return float(-drop - HEEL[2] * figure.size[2])


def leg_length(figure: Figure) -> float:
    """From hip joint to ankle, metres."""
    return float(-figure.offset("left shank")[2] - figure.offset("left foot")[2])


def feet_apart(figure: Figure, wide: float = 1.0) -> float:
    """How far from the middle a foot stands below its hip, metres."""
    return float(figure.offset("left thigh")[1]) * wide


def soles(figure: Figure, side: str, ball_T3: Array, pitch_T: Array, heading_T: Array | float = 0.0) -> Target:
    """A foot whose ball is at a place while it is flat or its heel is up; with toes up it rolls over its heel."""
    heading_T = np.broadcast_to(heading_T, pitch_T.shape)
    up_T = np.maximum(pitch_T, 0.0)
    back_T, length = np.cos(up_T) - 1, heel_to_ball(figure)
    roll_T3 = length * np.stack([np.cos(heading_T) * back_T, np.sin(heading_T) * back_T, np.sin(up_T)], axis=1)
    return Target(leg(figure, side), ball_T3 + roll_T3, pitch_T, heading_T)


def standing_feet(
    figure: Figure, samples: int, *, wide: float = 1.0, ahead: float = 0.0, x: float = 0.0
) -> list[Target]:
    """Both feet flat on the ground below the hips; the left one ``ahead`` metres in front of the right one."""
    targets = []
    for side, sign in SIDES:
        place = np.array([x + BALL[0] * figure.size[2] + sign * ahead / 2, sign * feet_apart(figure, wide), 0.0])
        targets.append(soles(figure, side, np.broadcast_to(place, (samples, 3)), np.zeros(samples)))
    return targets
