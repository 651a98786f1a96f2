"""Swords and shields: fists stay at grips, edges lead, a stopped cut touches the shield and never enters it."""

import json

import numpy as np
import pytest
from test_exercises import ALONE
from test_figures import FINE, GIRL, MAN, SLIP, slip, within_limits

from sora2lib.train.clauses import ACTIONS
from sora2lib.train.evaluate import obeys
from sora2lib.world.assets import primitives
from sora2lib.world.contacts import contacts
from sora2lib.world.facts import Facts
from sora2lib.world.families.swords import Bout
from sora2lib.world.families.swords_sayings import SAYINGS
from sora2lib.world.figures.acts import act
from sora2lib.world.figures.swordplay import (
    CUT,
    CUTS,
    GRIP,
    PALM,
    RAISE,
    REBOUND,
    STRAP,
    blade,
    clearance,
    in_fist,
    on_arm,
    raise_shield,
    stopped,
)
from sora2lib.world.naming import Clause
from sora2lib.world.parts import rotate
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import back

SWORD, SHIELD = np.array([1.0, 0.18, 0.042]), np.array([0.7, 0.7, 0.078])
ASKED = [Clause("action", "subject", name) for name in ACTIONS if name.split("/")[0] in ALONE | {"swords"}]
people = pytest.mark.parametrize("figure", [MAN, GIRL], ids=["man", "girl"])


@pytest.fixture(scope="module")
def scenes():
    """One simulated world of each action."""
    worlds = {}
    for seed in range(40):
        if len(worlds) == len(SAYINGS):
            break
        world = simulate("swords", seed)
        worlds.setdefault(Facts.from_json(world.attrs["facts"]).action, world)
    return worlds


@pytest.fixture(scope="module")
def bout():
    return Bout((MAN, MAN), "overhead cut", SWORD, SHIELD, 0.3, (1, 2))


@people
@pytest.mark.parametrize("name", [*CUTS, "raise shield"])
def test_the_grip_stays_in_the_fist_and_the_shield_on_the_arm(figure, name):
    kind = CUTS[name](2) if name in CUTS else raise_shield()
    motion = act(figure, np.arange(241) / 60, kind=kind, start=0.2, seed=3)
    high = figure.size[2]
    place_T3, turn_T4 = in_fist(motion, SWORD)
    grip_T3 = place_T3 + rotate(turn_T4, primitives("sword", SWORD)[GRIP].centre)
    assert grip_T3 == pytest.approx(motion.point("right hand", high * np.array(PALM)))
    strap_T3, _ = on_arm(motion)
    assert strap_T3 == pytest.approx(motion.point("left forearm", high * np.array(STRAP) * [1, -1, 1]))
    fastest, farthest = slip(motion)
    assert fastest < SLIP
    assert farthest < 0.002
    assert within_limits(motion)
    assert blade((place_T3, turn_T4), SWORD)[..., 2].min() > 0.05  # no blade is in the ground


@pytest.mark.parametrize("name", CUTS)
def test_the_edge_leads_and_not_the_flat(name):
    time_T = np.arange(RAISE + 0.3 * CUT, RAISE + 0.7 * CUT, FINE)
    way = in_fist(act(MAN, time_T, kind=CUTS[name](1), seed=3), SWORD)
    velocity_V3 = np.diff(blade(way, SWORD)[-1], axis=0) / FINE
    local_V3 = back(way[1][:-1], velocity_V3)
    assert np.linalg.norm(velocity_V3, axis=1).min() > 4.0  # m/s
    assert (np.abs(local_V3[:, 2]) < 0.5 * np.abs(local_V3[:, 1])).all()


def test_a_raised_shield_is_before_the_chest_and_faces_ahead():
    place_T3, turn_T4 = on_arm(act(MAN, np.array([0.0, 1.5]), kind=raise_shield(), seed=3))
    ahead_T3 = rotate(turn_T4, np.array([0.0, 0.0, 1.0]))
    assert place_T3[1, 2] - place_T3[0, 2] > 0.1 * MAN.size[2]
    assert ahead_T3[:, 0] == pytest.approx([0.4, 0.85], abs=0.25)


def test_blade_and_shield_touch_at_the_blow_and_never_cross(bout):
    time_T = np.arange(0.0, 4.0, 1 / 240)
    attacker, blocker = bout.fought(time_T, 1.5)
    gap_T = clearance(blade(in_fist(attacker, SWORD), SWORD), on_arm(blocker), SHIELD)
    assert gap_T.min() > -0.006
    first, second = bout.meetings(1.5)
    assert second == first + 1.5
    for time in (first, second):
        assert gap_T[np.abs(time_T - time) < 0.01].min() < 0.03
    near_T = gap_T < 0.03
    assert np.abs(time_T[near_T][:, None] - [first, second]).min(axis=1).max() < 0.1


def test_a_blow_throws_the_sword_back_as_told(bout):
    around = np.array([bout.hit - 2e-3, bout.hit - 1e-3, bout.hit + 1e-3, bout.hit + 2e-3])
    attacker, blocker = bout.fought(around, None)
    a, b, c, d = clearance(blade(in_fist(attacker, SWORD), SWORD), on_arm(blocker), SHIELD)
    assert (a - b) / 1e-3 == pytest.approx(bout.speed, rel=0.1)
    assert (d - c) / 1e-3 == pytest.approx(REBOUND * bout.speed, rel=0.1)


def test_a_stopped_cut_goes_back_and_comes_again():
    told_T = stopped(np.array([0.5, 0.8, 2.0, 2.2, 3.5]), 0.8, 0.6, again=2.0)
    assert told_T == pytest.approx([0.5, 0.8, 0.6, 0.8, 0.6], abs=1e-6)


def test_swords_that_miss_meet_nothing():
    high_up = Bout((MAN, GIRL), "side cut", SWORD, 0.5 * SHIELD, 0.3, (1, 2))
    assert not high_up.touches
    assert high_up.meetings(1.5) == []


def test_blows_are_heard_when_they_fall(scenes):
    world = scenes["spar"]
    blows = json.loads(world.attrs["events"])
    names = world.actor.values.tolist()
    pair = {names.index("sword"), names.index("shield")}
    found = contacts(world)
    heard = [time for time, *both in zip(found.time, found.actor, found.other, strict=True) if set(both) == pair]
    assert heard[0] == pytest.approx(blows[0]["time"], abs=1 / world.rate)
    assert {blows[0]["a"], blows[0]["b"]} == {"sword", "shield"}
    assert blows[0]["impulse"] > 0.2


def test_each_is_told_from_all_that_people_do(scenes):
    for action, world in scenes.items():
        granted = {it.value for it, answer in obeys(world, ASKED).items() if answer}
        assert granted == {f"swords/{action}"}, action


def test_without_sword_or_shield_in_hand_it_is_none(scenes):
    for action, world in scenes.items():
        told, apart = Clause("action", "subject", f"swords/{action}"), world.copy(deep=True)
        apart.position.values[[name in ("sword", "shield") for name in world.asset.values], :, 1] += 1.0
        assert not obeys(apart, [told])[told], action


def test_all_are_said_and_asked_for():
    asked = {name for name in ACTIONS if name.startswith("swords/")}
    assert asked == {f"swords/{action}" for _, action, _ in SAYINGS}
