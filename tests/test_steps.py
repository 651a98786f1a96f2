"""Footfalls told from poses: as many as the gait makes, when its feet stand, as heavy as the creature."""

import numpy as np
import pytest

from sora2lib.world import schema
from sora2lib.world.contacts import contacts
from sora2lib.world.figures.beasts import prowl
from sora2lib.world.figures.gaits import walk
from sora2lib.world.figures.gallop import gallop
from sora2lib.world.figures.leaps import leap
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.figures.skeleton import Figure
from sora2lib.world.steps import landings

TIME = np.arange(97) / 24
FINE = np.arange(97 * 20) / 480
LATE = 0.04  # s; a gentle foot has no sharper moment


def figure(name):
    return Figure(SKELETONS[name], SKELETONS[name].size)


MAN, GIRL, DOG, CAT, HORSE = (figure(name) for name in ("man", "girl", "dog", "cat", "horse"))
GAITS = {
    "walk": lambda time: walk(MAN, time, speed=1.3, seed=1),
    "march": lambda time: walk(MAN, time, speed=1.3, style="march", seed=2),
    "run": lambda time: walk(GIRL, time, speed=2.8, style="run", seed=3),
    "trot": lambda time: prowl(DOG, time, speed=1.8, gait="trot", seed=3),
    "cat": lambda time: prowl(CAT, time, speed=0.6, gait="walk", seed=3),
    "gallop": lambda time: gallop(HORSE, time, speed=6.0, seed=3),
}


def world(motion, ground="concrete"):
    count, name = len(motion.time_T), motion.figure.skeleton.name
    return schema.build(
        actors=[name],
        time=motion.time_T,
        asset=[name],
        material=["rubber"],
        size=[motion.figure.size],
        colour=[(0.5,) * 3],
        density=[985.0],
        restitution=[0.1],
        friction=[0.9],
        gloss=[0.1],
        fixed=[False],
        position=motion.position_T3[None],
        rotation=motion.turn_T4[None],
        joint_angle=motion.angles_TJ[None],
        camera_eye=np.tile([0.0, -5.0, 1.2], (count, 1)),
        camera_target=np.tile([0.0, 0.0, 0.9], (count, 1)),
        camera_fov=np.full(count, 0.8),
        ground=ground,
        sun_azimuth=0.5,
        sun_elevation=0.7,
        cloud=0.1,
        fog=0.0,
        ambience="city",
        ambience_level=0.3,
    )


@pytest.mark.parametrize("gait", GAITS)
def test_every_footfall_is_found_when_the_foot_comes_to_stand(gait):
    found = [(one.time, one.link) for one in landings(world(GAITS[gait](TIME)))]
    stands = GAITS[gait](FINE).standing.items()
    true = [(FINE[k + 1], link) for link, stand in stands for k in np.flatnonzero(stand[1:] & ~stand[:-1])]
    true = [(time, link) for time, link in true if 0.1 < time < 3.9]
    late = [min((abs(time - it) for it, foot in found if foot == link), default=np.inf) for time, link in true]
    assert len(true) > 4
    assert np.mean(np.array(late) < LATE) > 0.97
    assert len(found) <= len(true) + 4


def test_a_standing_creature_makes_no_step_and_water_has_none():
    motion = GAITS["walk"](TIME)
    still = world(motion).isel(time=np.zeros(97, dtype=int)).assign_coords(time=TIME)
    assert landings(still) == ()
    assert landings(world(motion, ground="water")) == ()


def test_a_leap_lands_harder_than_a_walk_and_a_man_harder_than_a_cat():
    down = max(one.impulse for one in landings(world(leap(MAN, TIME, kind="back flip", start=0.6))))
    tread = np.median([one.impulse for one in landings(world(GAITS["walk"](TIME)))])
    paw = np.median([one.impulse for one in landings(world(GAITS["cat"](TIME)))])
    assert down > 3 * tread
    assert tread > 30 * paw


def test_steps_are_contacts_with_the_ground_at_the_feet():
    scene = world(GAITS["run"](TIME), ground="snow")
    found = contacts(scene)
    assert found.step.all()
    assert len(found) == len(landings(scene)) > 10
    assert set(found.materials[:, 1]) == {"snow"}
    assert np.abs(found.place[:, 2]).max() == 0
    x = np.interp(found.time, TIME, scene.position.values[0, :, 0])
    assert np.abs(found.place[:, 0] - x).max() < 0.6
    assert (np.diff(found.time) >= 0).all()
