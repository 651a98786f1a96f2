"""Inverse kinematics: the angles of a limb that put its end where it belongs, in closed form.

A limb is a ball joint, an upper link, a hinge and a lower link, whose rest directions lie in the plane of the hinge;
the law of cosines gives the hinge, two arcs the ball joint. Its third link (foot, hand, paw) keeps a pitch of its own,
which moves the end that the two links must reach; that is solved by repetition.
"""

from dataclasses import dataclass

import numpy as np

from sora2lib.kernels.limbs import reach_for
from sora2lib.world.figures.skeleton import INDEX, Array, Figure, pose
from sora2lib.world.parts import rotate
from sora2lib.world.turns import product


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
    skeleton, samples = figure.skeleton, len(angles_TJ)
    upper, parent = limb.links[0], skeleton.links[skeleton.link(limb.links[0])].parent
    frames = pose(figure, angles_TJ)
    base_T4 = product(turn_T4, frames.turn_TL4[:, skeleton.link(parent)])
    from_T3 = root_T3 + rotate(turn_T4, frames.place_TL3[:, skeleton.link(upper)])
    ball = [limb.joint(f"{limb.ball} {way}") for way in ("swing", "spread", "turn")]
    joints = [*ball, limb.joint(limb.hinge), limb.joint(limb.end)]
    low, high = skeleton.limits_J2[ball[2]].tolist()
    links_33 = np.array([*(figure.offset(link) for link in limb.links[1:]), limb.sole])
    angles_TJ = angles_TJ.copy()
    angles_TJ[:, joints] = reach_for(
        np.ascontiguousarray(angles_TJ[:, joints]),
        np.ascontiguousarray(base_T4),
        np.ascontiguousarray(target_T3 - from_T3),
        np.full(samples, pitch_T, dtype=np.float64),
        np.full(samples, 0.0 if heading_T is None else heading_T),
        links_33,
        (low, high),
        1.0 if limb.side == "left" else -1.0,
        limb.fold,
        limb.turns_first,
        heading_T is not None,
    )
    return angles_TJ
