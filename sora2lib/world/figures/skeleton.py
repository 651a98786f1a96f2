"""Skeletons of people and animals: a tree of links on hinges, and where every link is for given joint angles.

All creatures share one list of joints (``JOINTS``), so that one array of angles fits any of them; what a creature does
not have stays 0. The body frame looks along +x, its left is +y, up is +z. Its origin is the centre of mass of the whole
body, wherever the limbs are: in flight it follows a parabola. Its axes are those of the root link, the hips.

Signs: a bend or swing is positive forwards, a flexion positive; "spread" is away from the middle and "turn" inwards on
both sides, so that mirroring swaps left and right and changes the sign of ``SIDEWAYS`` joints only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.parts import Matrix, Part, Row, reach, rotate
from sora2lib.world.turns import CONJUGATE, product

Array = NDArray[np.float64]

_LIMBS = ("shoulder swing", "shoulder spread", "shoulder turn", "elbow", "wrist",
          "hip swing", "hip spread", "hip turn", "knee", "ankle")  # fmt: skip
JOINTS: tuple[str, ...] = (
    "waist bend", "waist lean", "waist turn", "neck bend", "neck lean", "neck turn", "mouth",
    *(f"left {joint}" for joint in _LIMBS),
    *(f"right {joint}" for joint in _LIMBS),
    "tail lift", "tail swing",
)  # fmt: skip
SIDEWAYS = frozenset({"waist lean", "waist turn", "neck lean", "neck turn", "tail swing"})
INDEX = {joint: index for index, joint in enumerate(JOINTS)}
DOWN = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True)
class Hinge:
    """One degree of freedom of a link: it turns by ``gain`` times the joint's angle about ``axis``."""

    joint: str
    axis: Row
    gain: float = 1.0


@dataclass(frozen=True)
class Link:
    """A rigid piece of a creature.

    ``offset`` places its origin in the frame of ``parent`` and is linear in the creature's size, like its parts, which
    are given in its own frame; its hinges turn it about its origin, the first one outermost. ``weight`` is its density
    over that of the creature: what is hollow, or whose parts overlap, weighs less.
    """

    name: str
    parent: str
    offset: Matrix
    hinges: tuple[Hinge, ...]
    parts: tuple[Part, ...]
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Skeleton:
    """A creature as data: links, parents first, the root at the start; limits in radians by joint."""

    name: str
    size: Row  # extents at which the shares of mass are measured, m
    links: tuple[Link, ...]
    limits: Mapping[str, tuple[float, float]]

    def link(self, name: str) -> int:
        """Index of a link."""
        return [link.name for link in self.links].index(name)

    @cached_property
    def limits_J2(self) -> Array:
        """Least and greatest angle of each joint (J, 2), 0 for joints that the creature does not have."""
        return np.array([self.limits.get(joint, (0.0, 0.0)) for joint in JOINTS])


@dataclass(frozen=True)
class Figure:
    """A creature of some size, extents in metres."""

    skeleton: Skeleton
    size: Row

    @property
    def extents(self) -> Array:
        """The size as an array (3,)."""
        return np.array(self.size)

    def offset(self, link: str) -> Array:
        """Place (3,) of a link's origin in the frame of its parent."""
        return np.asarray(self.skeleton.links[self.skeleton.link(link)].offset) @ self.extents


def angles(**named: float) -> Array:
    """Angles (J,) by name: spaces become underscores, and a name without a side sets both sides.

    >>> angles(knee=0.5)[INDEX["left knee"]]
    np.float64(0.5)
    """
    pose_J = np.zeros(len(JOINTS))
    for name, value in named.items():
        joint = name.replace("_", " ")
        for one in (joint,) if joint in INDEX else (f"left {joint}", f"right {joint}"):
            pose_J[INDEX[one]] = value
    return pose_J


def mirrored(angles_TJ: Array) -> Array:
    """Angles (..., J) of the mirror image: left is right."""
    return np.asarray(angles_TJ[..., _SWAP] * _SIGN)


def _other(joint: str) -> str:
    side, _, rest = joint.partition(" ")
    return {"left": f"right {rest}", "right": f"left {rest}"}.get(side, joint)


_SWAP = np.array([INDEX[_other(joint)] for joint in JOINTS])
_SIGN = np.array([-1.0 if joint in SIDEWAYS else 1.0 for joint in JOINTS])


# T samples, L links, J joints, H hinges
@dataclass(frozen=True)
class Frames:
    """Where the links are in the root link's frame: quaternions (T, L, 4) and origins (T, L, 3) in metres."""

    turn_TL4: Array
    place_TL3: Array

    def point(self, link: int, local: Array) -> Array:
        """Place (T, 3) of a point (3,) or (T, 3) of a link."""
        return np.asarray(self.place_TL3[:, link] + rotate(self.turn_TL4[:, link], local))


def pose(figure: Figure, angles_TJ: Array) -> Frames:
    """Forward kinematics: place every link by its parent's frame, its offset and its hinges.

    Parameters
    ----------
    angles_TJ : (T, J) radians, in the order of ``JOINTS``.

    >>> pose(Figure(MAN, MAN.size), np.zeros((1, len(JOINTS)))).place_TL3.shape  # doctest: +SKIP
    (1, 18, 3)
    """
    links, samples, size = figure.skeleton.links, len(angles_TJ), figure.extents
    turn_TH4 = hinge_turns([hinge for link in links for hinge in link.hinges], angles_TJ)
    turn_TL4, place_TL3 = np.zeros((samples, len(links), 4)), np.zeros((samples, len(links), 3))
    order = {link.name: index for index, link in enumerate(links)}
    turn_TL4[:, 0, 0] = 1.0
    used = 0
    for index, link in enumerate(links[1:], start=1):
        parent = order[link.parent]
        turn_T4 = turn_TL4[:, parent]
        place_TL3[:, index] = place_TL3[:, parent] + rotate(turn_T4, np.asarray(link.offset) @ size)
        for _ in link.hinges:
            turn_T4 = product(turn_T4, turn_TH4[:, used])
            used += 1
        turn_TL4[:, index] = turn_T4
    return Frames(turn_TL4, place_TL3)


def hinge_turns(hinges: list[Hinge], angles_TJ: Array) -> Array:
    """Quaternions (T, H, 4) of hinges at joint angles (T, J)."""
    gain_H = np.array([hinge.gain for hinge in hinges])
    half_TH = angles_TJ[:, [INDEX[hinge.joint] for hinge in hinges]] * (gain_H / 2)
    axis_H3 = np.array([hinge.axis for hinge in hinges])
    return np.concatenate([np.cos(half_TH)[..., None], np.sin(half_TH)[..., None] * axis_H3], axis=-1)


def lowest(figure: Figure, link: int, place_T3: Array, turn_T4: Array) -> Array:
    """Height (T,) of the lowest point of a link whose frame is at places (T, 3), turned by (T, 4), metres."""
    down_T3, floors = rotate(turn_T4 * CONJUGATE, DOWN), []
    for part in figure.skeleton.links[link].parts:
        half, centre, turn = (np.asarray(it) for it in (part.half, part.centre, part.rotation))
        low_T = reach(part.shape, half @ figure.extents, rotate(turn * CONJUGATE, down_T3))
        floors.append(-low_T - down_T3 @ (centre @ figure.extents))
    return np.asarray(place_T3[:, 2] + np.min(floors, axis=0))
