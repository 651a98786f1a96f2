"""What an asset is made of: shapes whose measures are linear in the asset's size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]
SHAPES = ("sphere", "ellipsoid", "box", "cylinder", "capsule", "cone", "torus", "wedge")


@dataclass(frozen=True)
class Part:
    """One shape of an asset.

    ``half`` gives the half extents: sphere (r, r, r); box; ellipsoid; cylinder and cone (r, r, half height),
    axis z, a cone's tip at +z; capsule (r, r, half length of its axis without the caps); torus (ring radius
    to the tube's centre, same, tube radius), axis z; wedge: a ramp that rises along +x within its box.
    ``tint`` is "main", "accent" (a darker main) or an sRGB colour of its own; ``pattern`` names the texture.
    """

    shape: str
    half: Matrix
    centre: Matrix = ((0, 0, 0), (0, 0, 0), (0, 0, 0))
    rotation: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    tint: str | Row = "main"
    pattern: str = ""
    collides: bool = True
    material: str = ""


@dataclass(frozen=True)
class Asset:
    """A named thing: what it is called, what it is made of, how large it is by default (extents in metres)."""

    name: str
    parts: tuple[Part, ...]
    size: Row
    synonyms: tuple[str, ...] = ()
    plural: str = ""
    materials: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    rolls: bool = False


@dataclass(frozen=True)
class Primitive:
    """A part at a given size: arrays in the body frame, metres."""

    shape: str
    half: NDArray[np.float64]  # (3,)
    centre: NDArray[np.float64]  # (3,)
    rotation: NDArray[np.float64]  # (4,) w x y z
    tint: str | Row
    pattern: str
    collides: bool
    material: str
