"""How a creature's mass lies: shares of its links, centre of mass, inertia, angular momentum.

A link weighs as much as its parts' volumes, times its ``weight``, at the skeleton's own size; these shares are kept at
every size, as tables of the human body do (de Leva, J. Biomech. 29, 1996: shares of mass that hold for all statures).
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from sora2lib.world.figures.skeleton import Array, Figure, Frames, Link, Skeleton
from sora2lib.world.parts import Part, centroid, rotate, volume
from sora2lib.world.turns import axes, vector_between


# L links, P parts, T samples
@dataclass(frozen=True)
class Masses:
    """How mass lies in the links: share of the whole (L,), centre (L, 3) and mean outer square (L, 3, 3) about it.

    Both are in the frame of the link, in metres and square metres.
    """

    share_L: Array
    centre_L3: Array
    spread_L33: Array


@cache
def masses(figure: Figure) -> Masses:
    """Work out how the mass of a creature lies."""
    skeleton = figure.skeleton
    centre_L3 = centres(skeleton) @ figure.extents
    spread_L33 = [
        np.einsum("p,pij->ij", _shares(skeleton, link), [_spread(part, figure.extents, centre) for part in link.parts])
        for link, centre in zip(skeleton.links, centre_L3, strict=True)
    ]
    return Masses(shares(skeleton), centre_L3, np.array(spread_L33))


@cache
def shares(skeleton: Skeleton) -> Array:
    """Share of the whole mass that each link has (L,)."""
    own = np.asarray(skeleton.size)
    weight_L = np.array([sum(_weights(link, own)) for link in skeleton.links])
    return np.asarray(weight_L / weight_L.sum())


@cache
def centres(skeleton: Skeleton) -> Array:
    """Centres of mass of the links, each (3, 3) times the size is a place in the link's frame: (L, 3, 3)."""
    return np.array(
        [
            np.einsum("p,pij->ij", _shares(skeleton, link), [_middle(part) for part in link.parts])
            for link in skeleton.links
        ]
    )


def _weights(link: Link, size: Array) -> list[float]:
    return [link.weight * volume(part.shape, np.asarray(part.half) @ size) for part in link.parts]


def _shares(skeleton: Skeleton, link: Link) -> Array:
    weight_P = np.array(_weights(link, np.asarray(skeleton.size)))
    return np.asarray(weight_P / weight_P.sum())


def _middle(part: Part) -> Array:
    """Centre of a part's volume, (3, 3) times the size."""
    inner = centroid(part.shape, np.asarray(part.half).T).T
    return np.asarray(part.centre) + axes(np.asarray(part.rotation)) @ inner


def _spread(part: Part, size: Array, centre: Array) -> Array:
    """Mean outer square (3, 3) of a part's places about a centre."""
    half = np.asarray(part.half) @ size
    inner, turn = centroid(part.shape, half), axes(np.asarray(part.rotation))
    away = _middle(part) @ size - centre
    squares = turn @ np.diag(mean_squares(part.shape, half) - inner**2) @ turn.T
    return np.asarray(squares + np.outer(away, away))


def mean_squares(shape: str, half: Array) -> Array:
    """Mean squares (3,) of x, y and z over a solid, about the origin of its shape, m^2."""
    if shape == "capsule":
        radius, length = half[0], half[2]
        rod, ball = 2 * math.pi * radius**2 * length, 4 / 3 * math.pi * radius**3
        across = (rod * radius**2 / 4 + ball * radius**2 / 5) / (rod + ball)
        cap = radius**2 / 5 + length**2 + 3 / 4 * radius * length
        return np.array([across, across, (rod * length**2 / 3 + ball * cap) / (rod + ball)])
    if shape == "torus":
        across = half[0] ** 2 / 2 + half[2] ** 2 * 3 / 8
        return np.array([across, across, half[2] ** 2 / 4])
    table = {"box": (1 / 3, 1 / 3, 1 / 3), "cylinder": (1 / 4, 1 / 4, 1 / 3), "cone": (3 / 20, 3 / 20, 2 / 5)}
    return np.array(table.get(shape, (1 / 5, 1 / 5, 1 / 5))) * half**2


def mass(figure: Figure, density: float) -> float:
    """Mass of the whole creature, kg."""
    return density * sum(sum(_weights(link, figure.extents)) for link in figure.skeleton.links)


def centre_of_mass(figure: Figure, frames: Frames) -> Array:
    """Centre of mass (T, 3) in the root link's frame, metres."""
    its = masses(figure)
    place_TL3 = frames.place_TL3 + rotate(frames.turn_TL4, its.centre_L3)
    return np.asarray(np.einsum("l,tlk->tk", its.share_L, place_TL3))


def inertia(figure: Figure, frames: Frames) -> Array:
    """Inertia (T, 3, 3) about the centre of mass in the root link's axes, per kg of the creature: m^2.

    Steiner's theorem over the links: sum of m (|r|^2 E - r r^T) and of each link's own.
    """
    its = masses(figure)
    place_TL3 = frames.place_TL3 + rotate(frames.turn_TL4, its.centre_L3)
    place_TL3 = place_TL3 - np.einsum("l,tlk->tk", its.share_L, place_TL3)[:, None]
    turn_TL33 = axes(frames.turn_TL4)
    square_TL33 = turn_TL33 @ its.spread_L33 @ np.swapaxes(turn_TL33, -1, -2)
    square_TL33 = square_TL33 + place_TL3[..., :, None] * place_TL3[..., None, :]
    square_T33 = np.einsum("l,tlij->tij", its.share_L, square_TL33)
    return np.asarray(np.trace(square_T33, axis1=-2, axis2=-1)[:, None, None] * np.eye(3) - square_T33)


def inner_momentum(figure: Figure, before: Frames, after: Frames, step: float) -> Array:
    """Angular momentum (T, 3) about the centre of mass that the links' own motion has, per kg: m^2/s.

    In the root link's axes, as if the root did not turn; the sum over links of m r x v + I w, with velocities as
    differences of two poses that lie ``step`` seconds apart.
    """
    its = masses(figure)
    place_STL3 = [one.place_TL3 + rotate(one.turn_TL4, its.centre_L3) for one in (before, after)]
    place_STL3 = [it - np.einsum("l,tlk->tk", its.share_L, it)[:, None] for it in place_STL3]
    middle_TL3, velocity_TL3 = sum(place_STL3) / 2, (place_STL3[1] - place_STL3[0]) / step
    spin_TL3 = vector_between(before.turn_TL4, after.turn_TL4) / step
    turn_TL33 = axes(before.turn_TL4)
    square_TL33 = turn_TL33 @ its.spread_L33 @ np.swapaxes(turn_TL33, -1, -2)
    own_TL33 = np.trace(square_TL33, axis1=-2, axis2=-1)[..., None, None] * np.eye(3) - square_TL33
    momentum_TL3 = np.cross(middle_TL3, velocity_TL3) + np.einsum("tlij,tlj->tli", own_TL33, spin_TL3)
    return np.asarray(np.einsum("l,tlk->tk", its.share_L, momentum_TL3))
