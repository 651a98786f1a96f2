"""How the parts of creatures are written down: measures in heights of the creature, each tied to an extent.

A creature is modelled at height 1. Lengths "across" grow with its width, "deep" ones with its depth, "tall" ones with
its height, so that a stout one is not a tall one.
"""

import math
from dataclasses import dataclass

from sora2lib.world.figures.skeleton import Hinge, Link
from sora2lib.world.parts import Matrix, Part, Row

Quaternion = tuple[float, float, float, float]
UPRIGHT: Quaternion = (1.0, 0.0, 0.0, 0.0)
FORWARDS: Quaternion = (math.sqrt(0.5), 0.0, math.sqrt(0.5), 0.0)  # z becomes x
SIDEWAYS: Quaternion = (math.sqrt(0.5), -math.sqrt(0.5), 0.0, 0.0)  # z becomes y
SKIN, CLOTH, SHINE = "rubber", "", "plastic"  # cloth has the gloss of the actor
OVERLAP = 0.58  # parts share much of their volume; so a man weighs 76 kg


def turned(axis: str, degrees: float) -> Quaternion:
    """Quaternion of a turn about an axis of the link."""
    half = math.radians(degrees) / 2
    x, y, z = (math.sin(half) * (axis == name) for name in "xyz")
    return (math.cos(half), x, y, z)


@dataclass(frozen=True)
class Clay:
    """Measures of a creature whose extents are ``depth`` and ``width`` at height 1."""

    depth: float
    width: float

    def at(self, x: float, y: float, z: float) -> Matrix:
        """A place or half extents that grow with depth, width and height."""
        return ((x / self.depth, 0, 0), (0, y / self.width, 0), (0, 0, z))

    def tall(self, x: float, y: float, z: float) -> Matrix:
        """A place or half extents that grow with the height alone."""
        return ((0, 0, x), (0, 0, y), (0, 0, z))

    def rod(self, radius: float, length: float) -> Matrix:
        """Half extents of a capsule or cylinder: the radius grows with the width, the length with the height."""
        thick = (0, radius / self.width, 0)
        return (thick, thick, (0, 0, length / 2))


def blob(half: Matrix, centre: Matrix, tint: str | Row, stuff: str = CLOTH, turn: Quaternion = UPRIGHT) -> Part:
    """An ellipsoid."""
    return Part("ellipsoid", half, centre, turn, tint, collides=False, material=stuff)


def rod(half: Matrix, centre: Matrix, tint: str | Row, stuff: str = CLOTH, turn: Quaternion = UPRIGHT) -> Part:
    """A capsule."""
    return Part("capsule", half, centre, turn, tint, collides=False, material=stuff)


def ball_joint(side: str, joint: str) -> tuple[Hinge, Hinge, Hinge]:
    """Shoulder or hip of a limb that hangs down: swing, spread and turn; ``side`` is "left" or "right".

    A hip turns the whole leg about the vertical, a shoulder the arm about its own length.
    """
    sign = 1.0 if side == "left" else -1.0
    swing, spread = Hinge(f"{side} {joint} swing", (0, -1, 0)), Hinge(f"{side} {joint} spread", (sign, 0, 0))
    turn = Hinge(f"{side} {joint} turn", (0, 0, -sign))
    return (turn, swing, spread) if joint == "hip" else (swing, spread, turn)


def spine(joint: str, share: float) -> tuple[Hinge, Hinge, Hinge]:
    """A share of the bend (forwards), lean (to the right) and turn (to the left) of waist or neck."""
    return (
        Hinge(f"{joint} turn", (0, 0, 1), share),
        Hinge(f"{joint} bend", (0, 1, 0), share),
        Hinge(f"{joint} lean", (1, 0, 0), share),
    )


def link(
    name: str, parent: str, offset: Matrix, hinges: tuple[Hinge, ...], *parts: Part, weight: float = OVERLAP
) -> Link:
    """A link with its parts."""
    return Link(name, parent, offset, hinges, parts, weight)
