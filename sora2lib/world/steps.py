"""Creatures touch the ground: feet, paws and hooves that land, and whatever else comes down in a fall.

A creature bends, so that its contacts are those of its links, each by the lowest of its parts in its pose. Creatures
walk at will, which no law of impact tells: a landing shows in that what came down stays down.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.assets import primitives
from sora2lib.world.figures.library import SKELETONS, figure_of, posed_parts
from sora2lib.world.figures.mass import mass, masses
from sora2lib.world.parts import rotate
from sora2lib.world.schema import World
from sora2lib.world.surface import part_floors
from sora2lib.world.vocabulary import GROUNDS

Array = NDArray[np.float64]
# In heights of the creature:
LOW = 0.012  # over the ground at which a link stands on it
LIFT = 0.012  # that it must have been higher within ``BACK`` before, or it never left
BACK = 0.17  # s
BROKEN = 0.3  # share of its fastest fall below which a link has been stopped
STEPPING = 6  # samples in which a step turns the body upwards again
AGAIN = 0.12  # s; sooner the same link does not land again
SPEED = 0.25  # m/s at which a foot that is set down gently lands


@dataclass(frozen=True)
class Landing:
    """A link of a creature that comes down on the ground.

    Parameters
    ----------
    time : seconds.
    actor : index of the creature; ``link`` the name of what lands, such as "left foot".
    place : (3,) metres.
    impulse : N s beyond the weight.
    speed : m/s at which it came down.
    material : what its sole is made of, a name of the vocabulary.
    """

    time: float
    actor: int
    link: str
    place: Array
    impulse: float
    speed: float
    material: str


def landings(world: World) -> tuple[Landing, ...]:
    """Find when links of creatures come down on dry ground, in order of time.

    The impulse of a step is that which turns the way of the whole body's centre of mass upwards again (J. Donelan,
    R. Kram and A. Kuo, J. Exp. Biol. 205, 2002), and at least that which stops the link itself.

    >>> [it.link for it in landings(world)]  # doctest: +SKIP
    ['left foot', 'right foot']
    """
    if GROUNDS[str(world.ground.values)].depth or not world.sizes["joint"]:
        return ()
    creatures = [i for i, asset in enumerate(world.asset.values.tolist()) if asset in SKELETONS]
    return tuple(sorted((one for i in creatures for one in _of(world, i)), key=lambda one: one.time))


# T samples, S looks, P parts, L links
def _of(world: World, actor: int) -> list[Landing]:
    asset, size = str(world.asset.values[actor]), world["size"].values[actor]
    skeleton, centre_T3 = SKELETONS[asset], world.position.values[actor]
    figure, step = figure_of(asset, size), 1 / world.rate
    weight = mass(figure, float(world.density.values[actor]))
    owner_P, floor_TP = _owners(asset), centre_T3[:, 2:] + part_floors(world, actor)
    posed_TP7 = posed_parts(asset, size, world.joint_angle.values[actor])
    up_T = np.gradient(centre_T3[:, 2], step)
    found = []
    for index, link in enumerate(skeleton.links):
        own = np.flatnonzero(owner_P == index)
        height_T = floor_TP[:, own].min(axis=1)
        if height_T.min() > LOW * size[2]:
            continue
        share = float(masses(figure).share_L[index])
        for time, speed in _touchdowns(height_T / size[2], step):
            speed = max(speed * float(size[2]), SPEED)
            k = min(round(time / step), len(height_T) - 1)
            turn = float(up_T[k : k + STEPPING].max() - up_T[max(k - 3, 0) : k + 2].min())
            sole = int(own[np.argmin(floor_TP[k, own])])
            local = posed_TP7[k, sole, :3]
            place = centre_T3[k] + rotate(world.rotation.values[actor, k], local)
            place = np.array([place[0], place[1], 0.0])
            impulse = weight * max(share * speed, turn * _carried(link.name))
            material = primitives(asset, size)[sole].material or str(world.material.values[actor])
            found.append(Landing(float(world.time[0]) + time, actor, link.name, place, impulse, speed, material))
    return found


def _carried(link: str) -> float:
    """Share of the body's weight that comes down with a link: feet and forefeet carry it, other links their own."""
    return 0.5 if link.endswith(("foot", "hand")) else 0.25


@cache
def _owners(asset: str) -> NDArray[np.int64]:
    """Link (P,) of each part."""
    links = SKELETONS[asset].links
    return np.repeat(np.arange(len(links)), [len(link.parts) for link in links])


def _touchdowns(height_T: Array, step: float) -> list[tuple[float, float]]:
    """Moments in s from the first sample at which a link comes down, and how fast it came, in heights a second."""
    back, fall_T = round(BACK / step), -np.diff(height_T, prepend=height_T[0])
    found: list[tuple[float, float]] = []
    for k in np.flatnonzero((height_T[:-1] >= LOW) & (height_T[1:] < LOW)):
        if height_T[max(k - back, 0) : k + 1].max() < LOW + LIFT:
            continue
        # It lands where the fall breaks off; up to there it goes on as it came.
        fast = float(fall_T[k : k + 2].max())
        while k + 2 < len(height_T) and fall_T[k + 1] > BROKEN * fast:
            k += 1
        time = (k + min(max(float(fall_T[k + 1] / max(fall_T[k], 1e-9)), 0.0), 1.0)) * step
        if not found or time - found[-1][0] > AGAIN:
            found.append((float(time), fast / step))
    return found
