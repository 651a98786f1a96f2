"""Cartwheels and jumps with a turn: limbs that bear stay, halves mirror each other, flights keep what they should."""

from dataclasses import replace

import numpy as np
import pytest
from test_exercises import granted, shown, stage  # noqa: F401
from test_figures import FINE, GIRL, MAN, SLIP, momentum, slip, within_limits

from sora2lib.train.clauses import ACTIONS
from sora2lib.train.evaluate import obeys
from sora2lib.world.families.acrobatics_sayings import SAYINGS
from sora2lib.world.figures.cartwheels import STRIDE, Wheel, cartwheel
from sora2lib.world.figures.leaps import Flown, leap
from sora2lib.world.figures.person import BALL, HAND
from sora2lib.world.figures.routines import LEAPS
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.naming import Clause
from sora2lib.world.schema import GRAVITY
from sora2lib.world.turns import vector_between

people = pytest.mark.parametrize("figure", [MAN, GIRL], ids=["man", "girl"])
SPOTS = {"foot": BALL, "hand": HAND}
CLIP = np.arange(97) / 24


def made(name, figure=MAN, time_T=CLIP, falls=False):
    if name == "spin jump":
        return leap(figure, time_T, kind="spin jump", start=0.4)
    return cartwheel(figure, time_T, turns=1 if name == "cartwheel" else 2, pace=1.15, start=0.1, falls=falls)


each = pytest.mark.parametrize("name", ["cartwheel", "cartwheels", "spin jump"])


@people
@pytest.mark.parametrize("turns", [1, 3])
def test_hands_and_feet_stay_where_they_bear_and_something_always_does(figure, turns):
    motion = cartwheel(figure, np.arange(241) / 60, turns=turns, pace=0.95)
    high = figure.size[2]
    for link, on_T in motion.standing.items():
        spot_T3 = motion.point(link, np.array(SPOTS[link.split()[1]]) * high)
        stays_V = on_T[1:] & on_T[:-1]
        slow_V = np.linalg.norm(np.diff(spot_T3[:, :2], axis=0), axis=1)[stays_V] * 60
        assert slow_V.max() < 0.05, link  # a foot rolls over its edge
        assert np.abs(motion.floor(link)[on_T]).max() < 0.012 * high, link
    assert np.any(list(motion.standing.values()), axis=0).all()
    assert min(motion.floor(link.name).min() for link in figure.skeleton.links) > -0.004
    assert within_limits(motion)


def test_each_limb_bears_where_the_wheel_says():
    high = MAN.size[2]
    motion = Wheel(MAN, 1).at(np.arange(0, 2.4, FINE), 1.2, 0.0)
    for side, end in (("left", "foot"), ("right", "foot"), ("left", "hand"), ("right", "hand")):
        on_T = motion.standing[f"{side} {end}"]
        first = motion.point(f"{side} {end}", np.array(SPOTS[end]) * high)[on_T][0, 1]
        assert first == pytest.approx(Wheel(MAN, 1).holds(side, end)[0].place * high, abs=0.01)


def test_the_second_half_is_the_mirror_image_of_the_first_one_backwards():
    wheel, phase_T = Wheel(MAN, 2), np.linspace(0.0, 2.0, 21)
    trunk = wheel.trunk(phase_T)
    along_T = trunk.root_T3[:, 1] / MAN.size[2]
    assert along_T + along_T[::-1] == pytest.approx(np.full(21, along_T[0] + along_T[-1]))
    assert along_T[-1] - along_T[0] == pytest.approx(2 * STRIDE)
    assert trunk.root_T3[:, 2] == pytest.approx(trunk.root_T3[::-1, 2])
    assert trunk.angles_TJ[:, INDEX["waist lean"]] == pytest.approx(-trunk.angles_TJ[::-1, INDEX["waist lean"]])


@people
def test_a_cartwheel_turns_once_to_its_left_and_stands_again(figure):
    motion = made("cartwheel", figure)
    turns_V3 = vector_between(motion.turn_T4[:-1], motion.turn_T4[1:])
    assert turns_V3.sum(axis=0) == pytest.approx([-2 * np.pi, 0, 0], abs=1e-6)
    assert motion.root_T3[-1] - motion.root_T3[0] == pytest.approx([0, STRIDE * figure.size[2], 0], abs=1e-6)


@people
def test_one_that_fails_sits_on_the_ground(stage, figure):  # noqa: F811
    motion = made("cartwheel", figure, falls=True)
    assert motion.root_T3[-1, 2] < 0.1 * figure.size[2]
    ends = [Clause("outcome", "subject", name) for name in ("falls", "lands")]
    assert list(obeys(shown(stage, motion), ends).values()) == [True, False]
    assert list(obeys(shown(stage, made("cartwheel", figure)), ends).values()) == [False, True]
    assert granted(stage, motion) == {"acrobatics/cartwheel"}


@people
def test_a_spin_jump_keeps_gravity_and_momentum_and_lands_where_it_looked(figure):
    flown = Flown(figure, LEAPS["spin jump"], 0.2)
    motion = flown.at(np.arange(flown.leave, flown.meet, FINE))
    bend = np.diff(motion.position_T3, 2, axis=0) / FINE**2
    assert bend == pytest.approx(np.tile([0, 0, -GRAVITY], (len(bend), 1)), abs=0.005 * GRAVITY)
    kept = momentum(motion)
    assert np.ptp(kept, axis=0).max() < 0.01 * np.linalg.norm(kept.mean(0))
    turned = vector_between(motion.turn_T4[:-1], motion.turn_T4[1:])[:, 2].sum()
    assert turned == pytest.approx(2 * np.pi, rel=0.12)


@people
def test_the_feet_of_a_spin_jump_grip_the_floor(figure):
    motion = made("spin jump", figure, np.arange(481) / 120)
    fastest, farthest = slip(motion)
    assert fastest < SLIP
    assert farthest < 0.006
    assert within_limits(motion)


@people
@each
def test_each_is_told_from_all_that_people_do(stage, figure, name):  # noqa: F811
    motion = made(name, figure)
    assert granted(stage, motion) == {f"acrobatics/{name}"}
    assert granted(stage, motion.mirror_image) == {f"acrobatics/{name}"}


@each
def test_without_what_makes_it_one_it_is_none(stage, name):  # noqa: F811
    motion = made(name)
    still = replace(motion, turn_T4=0 * motion.turn_T4 + motion.turn_T4[0])
    assert f"acrobatics/{name}" not in granted(stage, still)
    if name != "spin jump":
        motion.angles_TJ[:, INDEX["left shoulder swing"]] = 0.0  # a hand that hangs does not bear
        assert f"acrobatics/{name}" not in granted(stage, motion)


def test_all_are_said_and_asked_for():
    asked = {name for name in ACTIONS if name.startswith("acrobatics/")}
    assert asked == {f"acrobatics/{action}" for _, action, _ in SAYINGS}
