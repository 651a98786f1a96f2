"""What a creature does over time, and how feet that stand, the body above them and its centre of mass agree."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.figures import reach
from sora2lib.world.figures.mass import centre_of_mass
from sora2lib.world.figures.skeleton import Array, Figure, Frames, lowest, mirrored, pose
from sora2lib.world.parts import rotate
from sora2lib.world.turns import about, product

Flags = NDArray[np.bool_]
ROUNDS = 12
SETTLED = 1e-5  # m: a root that moves less has found its place


# T samples, J joints
@dataclass(frozen=True)
class Motion:
    """A creature over time, looking along +x at the start unless it was placed elsewhere.

    ``root_T3`` and ``turn_T4`` are the place and the orientation of its root link; ``standing`` says when the sole of
    a link is on the ground.
    """

    figure: Figure
    time_T: Array
    root_T3: Array
    turn_T4: Array
    angles_TJ: Array
    standing: Mapping[str, Flags]

    @property
    def frames(self) -> Frames:
        """Where the links are, in the root link's frame."""
        return pose(self.figure, self.angles_TJ)

    @property
    def position_T3(self) -> Array:
        """Centre of mass (T, 3) in the world, metres."""
        return np.asarray(self.root_T3 + rotate(self.turn_T4, centre_of_mass(self.figure, self.frames)))

    def point(self, link: str, local: Array) -> Array:
        """Place (T, 3) in the world of a point (3,) of a link."""
        inner_T3 = self.frames.point(self.figure.skeleton.link(link), local)
        return np.asarray(self.root_T3 + rotate(self.turn_T4, inner_T3))

    def floor(self, link: str) -> Array:
        """Height (T,) of the lowest point of a link over the ground, metres."""
        frames, index = self.frames, self.figure.skeleton.link(link)
        place_T3 = self.root_T3 + rotate(self.turn_T4, frames.place_TL3[:, index])
        return lowest(self.figure, index, place_T3, product(self.turn_T4, frames.turn_TL4[:, index]))

    @property
    def mirror_image(self) -> "Motion":
        """The same motion with left and right swapped."""
        other = {"left": "right", "right": "left"}
        standing = {
            f"{other[side]} {link}": on for name, on in self.standing.items() for side, link in (name.split(" "),)
        }
        return Motion(
            self.figure,
            self.time_T,
            self.root_T3 * [1.0, -1.0, 1.0],
            self.turn_T4 * [1.0, -1.0, 1.0, -1.0],
            mirrored(self.angles_TJ),
            standing,
        )

    def placed(self, x: float, y: float, heading: float) -> "Motion":
        """The same motion turned about the vertical by ``heading`` radians and then moved."""
        turn = about("z", heading)
        root_T3 = rotate(turn, self.root_T3) + np.array([x, y, 0.0])
        return replace(self, root_T3=root_T3, turn_T4=product(np.broadcast_to(turn, self.turn_T4.shape), self.turn_T4))


@dataclass(frozen=True)
class Target:
    """Where a limb's sole shall be, how its last link is pitched, and where that points; see :func:`reach.plant`."""

    limb: reach.Limb
    place_T3: Array
    pitch_T: Array
    heading_T: Array | None = None


def rooted(
    figure: Figure,
    time_T: Array,
    angles_TJ: Array,
    *,
    root_T3: Array,
    turn_T4: Array,
    targets: list[Target],
) -> Motion:
    """Put limbs where they belong under a body whose root is given."""
    for it in targets:
        angles_TJ = reach.plant(
            figure,
            it.limb,
            angles_TJ,
            root_T3=root_T3,
            turn_T4=turn_T4,
            target_T3=it.place_T3,
            pitch_T=it.pitch_T,
            heading_T=it.heading_T,
        )
    return Motion(figure, time_T, root_T3, turn_T4, angles_TJ, {})


def balanced(
    figure: Figure, time_T: Array, angles_TJ: Array, *, centre_T3: Array, turn_T4: Array, targets: list[Target]
) -> Motion:
    """Put limbs where they belong under a body whose centre of mass is given: the root moves until both hold."""
    motion = Motion(figure, time_T, centre_T3, turn_T4, angles_TJ, {})
    for _ in range(ROUNDS if targets else 1):
        shift_T3 = centre_T3 - motion.position_T3
        motion = rooted(
            figure, time_T, motion.angles_TJ, root_T3=motion.root_T3 + shift_T3, turn_T4=turn_T4, targets=targets
        )
        if np.abs(shift_T3).max(initial=0.0) < SETTLED:
            break
    return replace(motion, root_T3=centre_T3 - (motion.position_T3 - motion.root_T3))
