"""The library of named bodies, each built from a few analytic shapes.

An asset knows its parts as linear functions of its size, so one asset covers every size: a part's
centre and half extents are ``matrix @ size``. The simulator, the renderer and the contact finder all
read the same :func:`primitives`, so what is seen is what collides.

The basic bodies and the parts of a stage stand here; everything else comes from :mod:`sora2lib.world.things`,
written in metres, a file for each corner of the world.

Body frame: origin at the centre of mass of the moving part (of the basic bodies: the middle of their box), z up when
upright, metres.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.world import cutouts
from sora2lib.world.figures.library import FIGURES
from sora2lib.world.parts import Asset, Matrix, Part, Primitive, Row
from sora2lib.world.things.balls import BALLS
from sora2lib.world.things.belongings import BELONGINGS
from sora2lib.world.things.buildings import BUILDINGS
from sora2lib.world.things.food import FOOD
from sora2lib.world.things.furniture import FURNITURE
from sora2lib.world.things.games import GAMES
from sora2lib.world.things.kitchen import KITCHEN
from sora2lib.world.things.music import MUSIC
from sora2lib.world.things.nature import NATURE
from sora2lib.world.things.plants import PLANTS
from sora2lib.world.things.playground import PLAYGROUND
from sora2lib.world.things.rolling import CARTS
from sora2lib.world.things.sky import AIRCRAFT
from sora2lib.world.things.sport import SPORT
from sora2lib.world.things.street import STREET
from sora2lib.world.things.structures import STRUCTURES
from sora2lib.world.things.tools import TOOLS
from sora2lib.world.things.toys import TOYS
from sora2lib.world.things.traffic import VEHICLES
from sora2lib.world.things.treasure import TREASURE
from sora2lib.world.things.vikings import VIKINGS
from sora2lib.world.things.water import BOATS


def _diag(x: float, y: float, z: float) -> Matrix:
    return ((x, 0, 0), (0, y, 0), (0, 0, z))


def _along(axis: int, x: float, y: float, z: float) -> Matrix:
    """Three lengths, each a multiple of one extent: 0 x, 1 y, 2 z."""
    first, second, third = ([length if column == axis else 0.0 for column in range(3)] for length in (x, y, z))
    return _rows(*((row[0], row[1], row[2]) for row in (first, second, third)))


def _rows(*rows: Row) -> Matrix:
    x, y, z = rows
    return (x, y, z)


BALL = _along(0, 0.5, 0.5, 0.5)
BOX = _diag(0.5, 0.5, 0.5)
GREEN, BARK, POLE, CREAM = (0.16, 0.38, 0.12), (0.30, 0.20, 0.12), (0.35, 0.36, 0.38), (0.90, 0.87, 0.80)
ANY = ("rubber", "plastic", "wood", "steel", "glass", "stone", "foam")
SOLID = ("wood", "plastic", "steel", "stone")


def _ball(name: str, pattern: str, size: float, **more: Any) -> Asset:
    return Asset(name, (Part("sphere", BALL, pattern=pattern),), (size,) * 3, rolls=True, **more)


def _box(name: str, pattern: str, size: Row, **more: Any) -> Asset:
    return Asset(name, (Part("box", BOX, pattern=pattern),), size, **more)


def _cylinder(name: str, pattern: str, size: Row, **more: Any) -> Asset:
    return Asset(name, (Part("cylinder", BOX, pattern=pattern),), size, **more)


def _steps(count: int) -> tuple[Part, ...]:
    """Stairs that rise along +x within the unit box."""
    return tuple(
        Part(
            "box",
            _diag(0.5 / count, 0.5, 0.5 * (i + 1) / count),
            _diag((i + 0.5) / count - 0.5, 0, 0.5 * (i + 1) / count - 0.5),
        )
        for i in range(count)
    )


_ASSETS = (
    _ball("ball", "", 0.28, synonyms=("sphere", "orb", "globe"), materials=ANY),
    _ball("basketball", "basketball", 0.24, synonyms=("hoop ball",), materials=("leather",), colours=("orange",)),
    _ball("football", "football", 0.22, synonyms=("soccer ball",), materials=("leather",), colours=("white",)),
    _ball("tennis ball", "tennis", 0.11, materials=("rubber",), colours=("yellow",)),
    _ball("beach ball", "beach", 0.45, synonyms=("inflatable ball",), materials=("plastic",)),
    _ball("bowling ball", "bowling", 0.22, materials=("stone",)),
    _ball("marble", "swirl", 0.09, synonyms=("glass marble",), materials=("glass",)),
    _box(
        "box",
        "planks",
        (0.3, 0.3, 0.3),
        synonyms=("crate", "chest"),
        plural="boxes",
        materials=("wood", "plastic", "steel"),
    ),
    _box("block", "", (0.2, 0.2, 0.2), synonyms=("cube", "toy block"), materials=ANY),
    _box("brick", "brick", (0.24, 0.11, 0.08), materials=("stone",), colours=("red", "brown")),
    _box(
        "domino",
        "domino",
        (0.06, 0.2, 0.4),
        synonyms=("domino tile",),
        plural="dominoes",
        materials=("plastic", "wood"),
    ),
    _box("plank", "planks", (1.0, 0.2, 0.05), synonyms=("board", "beam"), materials=("wood",)),
    _box("book", "book", (0.18, 0.25, 0.05), materials=("wood",)),
    _box("wall", "brick", (0.15, 2.0, 1.2), synonyms=("barrier",), materials=("stone",)),
    _cylinder("cylinder", "", (0.2, 0.2, 0.3), synonyms=("drum", "pillar"), materials=SOLID),
    _cylinder("can", "can", (0.12, 0.12, 0.2), synonyms=("tin", "tin can"), materials=("steel",)),
    _cylinder("puck", "", (0.3, 0.3, 0.08), synonyms=("disc", "hockey puck"), materials=("rubber", "plastic")),
    Asset(
        "barrel",
        (
            Part("cylinder", BOX, pattern="planks"),
            Part("torus", _rows((0.5, 0, 0), (0.5, 0, 0), (0.03, 0, 0)), _diag(0, 0, 0.25), tint=POLE, collides=False),
            Part("torus", _rows((0.5, 0, 0), (0.5, 0, 0), (0.03, 0, 0)), _diag(0, 0, -0.25), tint=POLE, collides=False),
        ),
        (0.4, 0.4, 0.55),
        synonyms=("keg", "cask"),
        materials=("wood", "steel"),
    ),
    Asset(
        "cone",
        (Part("cone", BOX, pattern="traffic"),),
        (0.3, 0.3, 0.45),
        synonyms=("traffic cone", "pylon"),
        materials=("plastic",),
        colours=("orange", "red", "yellow"),
    ),
    Asset("egg", (Part("ellipsoid", BOX),), (0.2, 0.2, 0.27), synonyms=("oval",), materials=("stone", "wood", "glass")),
    Asset(
        "ring",
        (Part("torus", _rows((0.4, 0, 0), (0.4, 0, 0), (0.1, 0, 0))),),
        (0.5, 0.5, 0.1),
        synonyms=("tyre", "tire", "hoop toy"),
        materials=("rubber", "plastic"),
    ),
    Asset(
        "ramp",
        (Part("wedge", BOX, pattern="planks"),),
        (1.6, 0.8, 0.7),
        synonyms=("slope", "incline"),
        materials=("wood", "stone", "steel"),
        rooted=True,
    ),
    Asset(
        "stairs",
        _steps(5),
        (1.6, 1.0, 0.9),
        synonyms=("steps", "staircase"),
        plural="stairs",
        materials=("stone", "wood"),
        rooted=True,
    ),
    Asset(
        "table",
        (
            Part("box", _diag(0.5, 0.5, 0.04), _diag(0, 0, 0.46), pattern="planks"),
            *(
                Part("box", _diag(0.04, 0.04, 0.46), _diag(x, y, -0.04), tint="accent")
                for x in (-0.44, 0.44)
                for y in (-0.44, 0.44)
            ),
        ),
        (1.2, 0.8, 0.75),
        synonyms=("desk",),
        materials=("wood",),
    ),
    Asset(
        # The origin is the bob's centre; size is (bob diameter, bob diameter, length of the string to the pivot).
        "pendulum",
        (
            Part("sphere", BALL),
            Part(
                "cylinder",
                _rows((0, 0, 0.008), (0, 0, 0.008), (0, 0, 0.5)),
                _rows((0, 0, 0), (0, 0, 0), (0, 0, 0.5)),
                tint=POLE,
                collides=False,
            ),
        ),
        (0.3, 0.3, 1.4),
        synonyms=("bob", "wrecking ball"),
        materials=("steel", "wood", "stone"),
    ),
    Asset(
        # A gantry: origin at the ground below the middle of its top beam; size is (span, depth, height).
        "gantry",
        (
            Part("box", _rows((0.5, 0, 0), (0, 0.5, 0), (0, 0, 0.015)), _diag(0, 0, 1.0), tint="main", collides=False),
            *(
                Part(
                    "cylinder",
                    _rows((0, 0, 0.015), (0, 0, 0.015), (0, 0, 0.5)),
                    _diag(x, 0, 0.5),
                    tint="accent",
                    collides=False,
                )
                for x in (-0.5, 0.5)
            ),
        ),
        (1.6, 0.1, 1.8),
        synonyms=("frame", "stand"),
        materials=("steel", "wood"),
        rooted=True,
    ),
    Asset(
        "seesaw",
        (Part("box", BOX, pattern="planks"),),
        (2.4, 0.5, 0.06),
        synonyms=("see-saw", "teeter-totter", "lever"),
        materials=("wood",),
    ),
    Asset(
        "fulcrum",
        (
            Part("wedge", _diag(0.25, 0.5, 0.5), _diag(-0.25, 0, 0)),
            Part("wedge", _diag(0.25, 0.5, 0.5), _diag(0.25, 0, 0), (0, 0, 0, 1)),
        ),
        (0.4, 0.5, 0.3),
        synonyms=("pivot",),
        materials=("wood", "stone", "steel"),
        rooted=True,
    ),
    Asset(
        # Origin at the ring's centre; size is (ring diameter, ring diameter, height of the ring above ground).
        "hoop",
        (
            Part("torus", _rows((0.5, 0, 0), (0.5, 0, 0), (0.02, 0, 0)), tint=(0.90, 0.30, 0.06), material="steel"),
            Part(
                "box",
                _along(0, 0.03, 2.0, 1.17),
                _along(0, 0.86, 0, 0.66),
                tint=CREAM,
                pattern="backboard",
                material="wood",
            ),
            Part(
                "box", _along(0, 0.14, 0.05, 0.02), _along(0, 0.68, 0, 0), tint=POLE, collides=False, material="steel"
            ),
            Part(
                "cylinder",
                _rows((0.08, 0, 0), (0.08, 0, 0), (0.25, 0, 0.5)),
                _rows((1.2, 0, 0), (0, 0, 0), (0.25, 0, -0.5)),
                tint=POLE,
                collides=False,
                material="steel",
            ),
        ),
        (0.46, 0.46, 3.05),
        synonyms=("basket", "basketball hoop", "net"),
        materials=("steel",),
        rooted=True,
    ),
    Asset(
        "tree",
        (
            Part("cylinder", _diag(0.07, 0.07, 0.2), _diag(0, 0, -0.3), tint=BARK),
            Part("ellipsoid", _diag(0.5, 0.5, 0.32), _diag(0, 0, 0.18), tint=GREEN, pattern="leaves"),
        ),
        (1.8, 1.8, 3.2),
        materials=("wood",),
        rooted=True,
    ),
    Asset(
        "rock", (Part("ellipsoid", BOX, pattern="rock"),), (0.8, 0.6, 0.5), synonyms=("boulder",), materials=("stone",)
    ),
    Asset(
        "house",
        (
            Part("box", _diag(0.5, 0.5, 0.32), _diag(0, 0, -0.18), tint=CREAM),
            Part("wedge", _diag(0.275, 0.55, 0.18), _diag(-0.275, 0, 0.32), tint="main"),
            Part("wedge", _diag(0.275, 0.55, 0.18), _diag(0.275, 0, 0.32), (0, 0, 0, 1), tint="main"),
        ),
        (4.0, 4.0, 3.5),
        synonyms=("cottage", "hut"),
        materials=("stone",),
        rooted=True,
    ),
)

# Every rigid thing.
THINGS: tuple[Asset, ...] = (
    *_ASSETS,
    *(*KITCHEN, *FOOD, *FURNITURE, *BELONGINGS, *MUSIC, *TOOLS, *TREASURE, *VIKINGS),
    *(*TOYS, *GAMES, *BALLS, *SPORT, *PLAYGROUND, *STREET, *VEHICLES, *CARTS, *BOATS, *AIRCRAFT),
    *(*PLANTS, *NATURE, *BUILDINGS, *STRUCTURES),
)
ASSETS: dict[str, Asset] = {asset.name: asset for asset in (*THINGS, *FIGURES)}


# With the pictures, called "noun:" and what they show.
LIBRARY = cutouts.Library(ASSETS)


def find(name: str) -> Asset:
    """Return the asset called ``name``; what is not modelled may be a picture, as "noun:pizza".

    Raises
    ------
    WorldError
        The name is not in the library; the message says where to look.

    >>> find("domino").size
    (0.06, 0.2, 0.4)
    """
    asset = ASSETS.get(name) or cutouts.asset(name)
    if asset is None:
        raise WorldError(f"asset {name!r} is not in the library; find one for a word with sora2lib.world.nouns.find")
    return asset


@cache
def _primitives(name: str, size: Row) -> tuple[Primitive, ...]:
    extents = np.asarray(size)
    return tuple(
        Primitive(
            part.shape,
            np.asarray(part.half) @ extents,
            np.asarray(part.centre) @ extents,
            np.asarray(part.rotation, dtype=np.float64),
            part.tint,
            part.pattern,
            part.collides,
            part.material,
        )
        for part in find(name).parts
    )


def primitives(name: str, size: NDArray[np.floating]) -> tuple[Primitive, ...]:
    """Parts of an asset at ``size`` (3,), in the body frame and in metres."""
    x, y, z = (float(extent) for extent in size)
    return _primitives(name, (x, y, z))
