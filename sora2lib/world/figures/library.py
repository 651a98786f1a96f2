"""Every creature by name, as assets that the rest of the package knows, and where their parts are in a pose."""

from dataclasses import replace
from functools import cache

import numpy as np

from sora2lib.world.figures.animals import BEASTS
from sora2lib.world.figures.flyers import BIRD, FISH
from sora2lib.world.figures.mass import centre_of_mass, centres, shares
from sora2lib.world.figures.person import PEOPLE
from sora2lib.world.figures.skeleton import Array, Figure, Skeleton, pose
from sora2lib.world.parts import Asset, as_matrix, rotate
from sora2lib.world.turns import product

DENSITY = 985.0  # kg/m^3, of a person and most animals
SKELETONS: dict[str, Skeleton] = {skeleton.name: skeleton for skeleton in (*PEOPLE, *BEASTS, BIRD, FISH)}
# What else people call them, a plural that is not the word and an s after a stroke; and the plurals of the names.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "man": ("person/people", "guy", "gentleman/gentlemen"),
    "woman": ("person/people", "lady/ladies"),
    "boy": ("child/children", "kid"),
    "girl": ("child/children", "kid"),
    "dog": ("puppy/puppies", "hound"),
    "cat": ("kitten", "kitty/kitties"),
    "bird": ("songbird", "sparrow"),
    "fish": ("goldfish/goldfish",),
    "horse": ("pony/ponies", "stallion"),
}
PLURALS = {"man": "men", "woman": "women", "fish": "fish"}


def _asset(skeleton: Skeleton) -> Asset:
    """A creature with all joints at 0 as one rigid thing, its centre of mass at the origin."""
    place_L33: list[Array] = []
    for link in skeleton.links:
        parent = place_L33[skeleton.link(link.parent)] if link.parent else np.zeros((3, 3))
        place_L33.append(parent + np.asarray(link.offset))
    middle = np.einsum("l,lij->ij", shares(skeleton), np.array(place_L33) + centres(skeleton))
    parts = (
        replace(part, centre=as_matrix(np.asarray(part.centre) + place - middle))
        for link, place in zip(skeleton.links, place_L33, strict=True)
        for part in link.parts
    )
    name = skeleton.name
    return Asset(name, tuple(parts), skeleton.size, SYNONYMS[name], PLURALS.get(name, ""), materials=("rubber",))


FIGURES: tuple[Asset, ...] = tuple(_asset(skeleton) for skeleton in SKELETONS.values())


@cache
def _layout(skeleton: Skeleton) -> tuple[Array, Array, Array]:
    """Link (P,), centre matrix (P, 3, 3) and rotation (P, 4) of each part."""
    rows = [(index, part) for index, link in enumerate(skeleton.links) for part in link.parts]
    return (
        np.array([index for index, _ in rows]),
        np.array([part.centre for _, part in rows]),
        np.array([part.rotation for _, part in rows]),
    )


def figure_of(asset: str, size: Array) -> Figure:
    """Return the creature that an asset of some size (3,) is."""
    x, y, z = (float(extent) for extent in size)
    return Figure(SKELETONS[asset], (x, y, z))


def posed_parts(asset: str, size: Array, angles_TJ: Array) -> Array:
    """Centre and rotation (T, P, 7) of each part of an asset in its body frame, in the order of its parts.

    >>> posed_parts("man", np.array([0.36, 0.56, 1.78]), np.zeros((1, len(JOINTS)))).shape  # doctest: +SKIP
    """
    figure = figure_of(asset, size)
    frames = pose(figure, angles_TJ)
    link_P, centre_P33, rotation_P4 = _layout(figure.skeleton)
    turn_TP4 = frames.turn_TL4[:, link_P]
    centre_TP3 = frames.place_TL3[:, link_P] + rotate(turn_TP4, centre_P33 @ figure.extents)
    centre_TP3 = centre_TP3 - centre_of_mass(figure, frames)[:, None]
    return np.concatenate([centre_TP3, product(turn_TP4, rotation_P4)], axis=-1)
