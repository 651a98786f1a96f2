"""Inverse kinematics: the angles of a limb that put its end where it belongs, in closed form.

A limb is a ball joint, an upper link, a hinge and a lower link, whose rest directions lie in the plane of the hinge;
the law of cosines gives the hinge, two arcs the ball joint. Its third link (foot, hand, paw) keeps a pitch of its own,
which moves the end that the two links must reach; that is solved by repetition.
"""

from dataclasses import dataclass

import numpy as np

from sora2lib.world.figures.skeleton import INDEX, Array, Figure, pose
from sora2lib.world.parts import rotate
from sora2lib.world.turns import about, back, product

STRETCH = 0.9995  # of a limb's whole length; at 1 the hinge would snap
ROUNDS = 14
TWIST = 0.3  # radians that a limb may turn to point its foot right; with a level thigh that is ill defined


@dataclass(frozen=True)
class Limb:
    """The links and joints of a limb; ``fold`` is +1 where the middle hinge folds the lower link backwards, else -1.

    ``sole`` is the place of the last link that stands on the ground, in metres in its frame.
    """

    side: str
    ball: str  # "shoulder" or "hip"
    hinge: str  # "elbow" or "knee"
    end: str  # "wrist" or "ankle"
    links: tuple[str, str, str]
    fold: float
    sole: Array

    @property
    def turns_first(self) -> bool:
        """Whether the ball joint turns the whole limb, not the limb about itself."""
        return self.ball == "hip"

    def joint(self, name: str) -> int:
        """Index of one of its joints."""
        return INDEX[f"{self.side} {name}"]


def plant(
    figure: Figure,
    limb: Limb,
    angles_TJ: Array,
    *,
    root_T3: Array,
    turn_T4: Array,
    target_T3: Array,
    pitch_T: Array | float = 0.0,
    heading_T: Array | None = None,
) -> Array:
    """Return the angles with those of a limb set so that its sole is at a place of the world.

    Parameters
    ----------
    angles_TJ : (T, J) angles of all else; the limb's turn is kept, too.
    root_T3, turn_T4 : the root link in the world.
    target_T3 : (T, 3) where the sole shall be; beyond reach, the limb stretches towards it.
    pitch_T : (T,) elevation of the last link's x axis, radians: toes up is positive.
    heading_T : (T,) where the limb's plane points, seen from above, radians from +x; None leaves its turn as it is.
    """
    skeleton = figure.skeleton
    upper, parent = limb.links[0], skeleton.links[skeleton.link(limb.links[0])].parent
    frames = pose(figure, angles_TJ)
    base_T4 = product(turn_T4, frames.turn_TL4[:, skeleton.link(parent)])
    from_T3 = root_T3 + rotate(turn_T4, frames.place_TL3[:, skeleton.link(upper)])
    angles_TJ = angles_TJ.copy()
    end, turn = limb.joint(limb.end), limb.joint(f"{limb.ball} turn")
    # A foot that points at the ground has no heading.
    seen_T = np.clip((np.cos(pitch_T) - 0.5) / 0.25, 0, 1)
    inwards = 1.0 if limb.side == "left" else -1.0
    if heading_T is not None:
        angles_TJ[:, turn] = first_T = -inwards * _half_turn(heading_T - _heading(base_T4))
    for _ in range(ROUNDS):
        shank_T4 = _lower_link(limb, angles_TJ, base_T4)
        angles_TJ[:, end] = _level(shank_T4, pitch_T)
        foot_T4 = product(shank_T4, about("y", -angles_TJ[:, end]))
        if heading_T is not None:
            missing_T = seen_T * _half_turn(heading_T - _heading(foot_T4))
            wanted_T = np.clip(angles_TJ[:, turn] - 0.6 * inwards * missing_T, first_T - TWIST, first_T + TWIST)
            angles_TJ[:, turn] = np.clip(wanted_T, *skeleton.limits_J2[turn])
        wanted_T3 = back(base_T4, target_T3 - rotate(foot_T4, limb.sole) - from_T3)
        _two_links(figure, limb, angles_TJ, wanted_T3)
    return angles_TJ


def _two_links(figure: Figure, limb: Limb, angles_TJ: Array, wanted_T3: Array) -> None:
    """Set ball joint and hinge so that the last link's origin is at a place (T, 3) from the ball joint."""
    sign = 1.0 if limb.side == "left" else -1.0
    a, b = (figure.offset(link) for link in limb.links[1:])
    long, short = np.hypot(a[0], a[2]), np.hypot(b[0], b[2])
    most = STRETCH * (long + short)
    length_T = np.linalg.norm(wanted_T3, axis=-1)
    wanted_T3 = wanted_T3 * np.minimum(1.0, most / np.maximum(length_T, 1e-9))[:, None]
    cosine_T = (np.sum(wanted_T3**2, axis=-1) - long**2 - short**2) / (2 * long * short)
    fold_T = np.arccos(np.clip(cosine_T, -1, 1)) + limb.fold * (_forward(b) - _forward(a))
    turn_T4 = about("z", -sign * angles_TJ[:, limb.joint(f"{limb.ball} turn")])
    bent_T3 = a + rotate(about("y", limb.fold * fold_T), b)
    if limb.turns_first:
        wanted_T3 = back(turn_T4, wanted_T3)
    else:
        bent_T3 = rotate(turn_T4, bent_T3)
    # Spread brings the side offset right, swing the rest.
    across_T = np.hypot(bent_T3[:, 1], bent_T3[:, 2])
    roll_T = np.arcsin(np.clip(wanted_T3[:, 1] / across_T, -1, 1)) - np.arctan2(bent_T3[:, 1], -bent_T3[:, 2])
    down_T = np.sqrt(np.maximum(across_T**2 - wanted_T3[:, 1] ** 2, 0))
    swing_T = _forward(wanted_T3) - np.arctan2(bent_T3[:, 0], down_T)
    angles_TJ[:, limb.joint(limb.hinge)] = fold_T
    angles_TJ[:, limb.joint(f"{limb.ball} spread")] = sign * _wrapped(roll_T)
    angles_TJ[:, limb.joint(f"{limb.ball} swing")] = _wrapped(swing_T)


def _forward(vector: Array) -> Array:
    """Angle from straight down towards the front."""
    return np.asarray(np.arctan2(vector[..., 0], -vector[..., 2]))


def _wrapped(angle: Array) -> Array:
    """The same angle within half a turn before and after a quarter turn forwards: arms reach over the head."""
    return np.asarray((angle + np.pi / 2) % (2 * np.pi) - np.pi / 2)


def _lower_link(limb: Limb, angles_TJ: Array, base_T4: Array) -> Array:
    """World orientation (T, 4) of the lower link."""
    sign = 1.0 if limb.side == "left" else -1.0
    turn_T4, turn = base_T4, ("turn", "z", -sign)
    hinges = [("swing", "y", -1.0), ("spread", "x", sign)]
    for joint, axis, gain in (turn, *hinges) if limb.turns_first else (*hinges, turn):
        turn_T4 = product(turn_T4, about(axis, gain * angles_TJ[:, limb.joint(f"{limb.ball} {joint}")]))
    return product(turn_T4, about("y", limb.fold * angles_TJ[:, limb.joint(limb.hinge)]))


def _level(shank_T4: Array, pitch_T: Array | float) -> Array:
    """Angle (T,) of the last hinge at which the last link's x axis has a pitch."""
    forward, up = (rotate(shank_T4, axis)[:, 2] for axis in (np.array([1.0, 0, 0]), np.array([0, 0, 1.0])))
    reach_T = np.maximum(np.hypot(forward, up), 1e-9)
    angle = np.arcsin(np.clip(np.sin(pitch_T) / reach_T, -1, 1)) - np.arctan2(forward, up)
    return _half_turn(angle)


def _heading(turn_T4: Array) -> Array:
    """Where the x axis points, seen from above (T,), radians from +x."""
    front_T3 = rotate(turn_T4, np.array([1.0, 0.0, 0.0]))
    return np.asarray(np.arctan2(front_T3[:, 1], front_T3[:, 0]))


def _half_turn(angle: Array) -> Array:
    """The same angle within half a turn to both sides."""
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)
