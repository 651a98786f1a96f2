"""The seam between a past and a plan: continuous in place and speed, and gone after half a second."""

import numpy as np
import pytest

from sora2lib.seam import EASE, LED_ON, eased
from sora2lib.world.schema import VARIABLES
from sora2lib.world.simulate import simulate

PAST = 49


@pytest.fixture
def torn():
    """A dance whose plan, from two seconds on, has lost its place, its turns and its joints by a little."""
    world = simulate("dance", 1)
    values = {}
    for name in LED_ON:
        track = np.moveaxis(world[name].values.copy(), world[name].dims.index("time"), 0)
        track[PAST:] = -track[PAST:] if name == "rotation" else track[PAST:] * 1.01 + 0.02
        values[name] = (world[name].dims, np.moveaxis(track, 0, world[name].dims.index("time")))
    return world, world.assign(values)


def test_it_leads_on_in_place_and_speed(torn):
    whole, world = torn
    mended = eased(world, PAST)
    for name in LED_ON:
        axis = world[name].dims.index("time")
        jerks = [np.abs(np.diff(np.moveaxis(it[name].values, axis, 0), 2, axis=0)) for it in (whole, world, mended)]
        usual, rough, smooth = (jerk[PAST - 3 : PAST + 2].max() for jerk in jerks)
        assert smooth <= usual + 5e-3
        assert rough > smooth


def test_the_past_and_the_plan_stay(torn):
    _, world = torn
    mended = eased(world, PAST).validate()
    for name in VARIABLES:
        if name not in LED_ON:
            assert np.array_equal(mended[name].values, world[name].values)
        elif name != "rotation":
            assert np.array_equal(mended[name].isel(time=slice(PAST)), world[name].isel(time=slice(PAST)))
            late = slice(PAST + EASE, None)
            np.testing.assert_allclose(mended[name].isel(time=late), world[name].isel(time=late), atol=1e-12)


def test_the_sign_of_a_quaternion_is_no_turn(torn):
    whole, world = torn
    assert np.allclose(eased(world, PAST).rotation, whole.rotation, atol=2e-3)


def test_without_a_past_or_a_plan_there_is_nothing_to_do(torn):
    _, world = torn
    assert eased(world, 0) is world
    assert eased(world, world.sizes["time"]) is world
