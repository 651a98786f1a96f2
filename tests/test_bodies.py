"""Laws of bodies that bend: the simulator's people keep them, and worlds that were tampered with do not."""

import numpy as np
import pytest

from sora2lib.physics import bodies
from sora2lib.physics.bodies import Creature, Finding
from sora2lib.world.schema import GRAVITY
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import of_vector, product, vector_between


@pytest.fixture(scope="module")
def flip():
    return simulate("gymnastics", 20_000_001)


@pytest.fixture(scope="module")
def walk():
    return simulate("walk", 20_000_000)


def flight(world):
    (run,) = bodies.flights(world, 0, Creature.of(world, 0))
    return run


def moved(world, shift_T3):
    return world.assign(position=world.position + shift_T3[None])


def test_simulated_people_keep_the_laws(flip, walk):
    fly, go = bodies.findings(flip), bodies.findings(walk)
    assert {name: it.holds for name, it in fly.items()} == dict.fromkeys(("fall", "spin", "slip", "bend"), True)
    assert {name: it.holds for name, it in go.items()} == {"fall": None, "spin": None, "slip": True, "bend": True}
    assert fly["fall"].value < 1e-3
    assert fly["spin"].value < 0.02
    assert go["slip"].value < 2e-3


@pytest.mark.parametrize(("factor", "holds"), [(0.9, False), (0.98, True), (1.1, False)])
def test_another_gravity_is_told(flip, factor, holds):
    run, since = flight(flip), np.zeros(flip.sizes["time"])
    since[run] = (run - run[0]) / 24
    lifted = moved(flip, np.outer((1 - factor) * GRAVITY * since**2 / 2, [0, 0, 1]))
    found = bodies.fall(lifted, 0)
    assert found.holds is holds
    assert found.value == pytest.approx(abs(1 - factor), abs=2e-3)


def test_a_push_to_the_side_in_flight_is_told(flip):
    run, since = flight(flip), np.zeros(flip.sizes["time"])
    since[run] = (run - run[0]) / 24
    assert bodies.fall(moved(flip, np.outer(since**2 / 2, [1.0, 0, 0])), 0).value == pytest.approx(
        1 / GRAVITY, abs=0.01
    )


def test_a_spin_that_slows_in_mid_flight_is_told(flip):
    run, turn_T4 = flight(flip), flip.rotation.values[0].copy()
    middle = run[len(run) // 2]
    for k in range(middle, run[-1]):  # from here on it turns at 0.7 of its rate
        step = 0.7 * vector_between(flip.rotation.values[0, k], flip.rotation.values[0, k + 1])
        turn_T4[k + 1] = product(of_vector(step), turn_T4[k])
    slowed = flip.assign(rotation=(flip.rotation.dims, turn_T4[None]))
    assert bodies.spin(flip, 0).holds is True
    assert bodies.spin(slowed, 0).holds is False


def test_momentum_of_a_stiff_body_is_inertia_times_rate():
    world = simulate("walk", 20_000_000).isel(time=slice(0, 12))
    rate, time = np.array([0.0, 3.0, 0.0]), np.arange(12) / 24
    stiff = world.assign(joint_angle=0 * world.joint_angle, rotation=world.rotation)
    stiff.rotation.values[0] = of_vector(time[:, None] * rate)
    creature = Creature.of(stiff, 0)
    momentum = creature.momentum_V3
    # A body of that height turns about its own cross axis, which it keeps.
    assert np.abs(momentum - momentum.mean(axis=0)).max() < 1e-6
    assert 0.02 < momentum[0, 1] / 3.0 / creature.height**2 < 0.08  # a person's k^2 / h^2 is about 0.05


def test_skating_feet_are_told(walk):
    along = np.outer(np.arange(walk.sizes["time"]) / 24, [0.05, 0, 0])
    found = bodies.slip(moved(walk, along), 0)
    assert found.holds is False
    assert found.value == pytest.approx(0.05, abs=0.01)
    assert bodies.slip(walk.assign(ground="ice"), 0).holds is None


def test_floating_feet_cannot_be_measured(walk):
    assert bodies.slip(moved(walk, np.array([[0.0, 0, 0.3]])), 0).holds is None


def test_joints_that_bend_the_wrong_way_are_told(walk):
    bent = walk.copy(deep=True)
    bent.joint_angle.loc[{"joint": "left knee"}] = -0.4
    assert bodies.bend(bent, 0).value == pytest.approx(0.4)
    assert bodies.bend(bent, 0).holds is False


def test_nothing_to_measure_is_never_a_pass(walk):
    assert Finding(float("nan"), 1.0).holds is None
    assert bodies.fall(walk, 0).holds is None
    assert bodies.findings(walk.isel(actor=slice(0, 0))) == {}
    assert bodies.creatures(simulate("drop", 3)) == []
