import numpy as np
import pytest

from sora2lib.world.forces import floats_on
from sora2lib.world.mechanics import play
from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Body, Brake, Push, Wind

TIME = np.arange(97) / 24


def one(asset="ball", size=(0.3, 0.3, 0.3), density=500.0, **more) -> Body:
    return Body(asset, asset, "wood", size, (0.5, 0.5, 0.5), density, 0.5, 0.0, 0.2, **more)


def path(body, *forces, ground="ice", samples=97):
    return play((body,), ground=ground, samples=samples, forces=forces).path(body.name)


def test_a_push_lifts_by_the_formula():
    height = path(one(position=(0, 0, 0.15)), Push("ball", (0.0, 0.0, GRAVITY + 2.0), start=1.0))[:, 2] - 0.15
    assert height == pytest.approx(np.maximum(TIME - 1, 0) ** 2, abs=0.03)


def test_a_push_along_the_body_turns_with_it():
    lying = one("cylinder", (0.2, 0.2, 0.6), position=(0, 0, 0.1), rotation=(2**-0.5, 0.0, 2**-0.5, 0.0))
    way = path(lying, Push("cylinder", (0.0, 0.0, 1.0), end=2.0, along="body"), samples=49)
    assert way[-1] == pytest.approx([2.0, 0.0, 0.1], abs=0.03)


def test_a_brake_stops_where_the_formula_says_and_stays():
    way = path(one(position=(0, 0, 0.15), velocity=(2.0, 0.0, 0.0)), Brake("ball", 1.0, start=0.5))[:, 0]
    assert way[-1] == pytest.approx(1.0 + 2.0, abs=0.03)
    assert np.ptp(way[-20:]) < 1e-3


def test_wind_brings_a_body_to_its_own_speed():
    air, drag = 3.0, 0.8
    way = path(one(position=(0, 0, 0.15)), Wind("ball", (air, 0.0, 0.0), drag))[:, 0]
    exact = air * TIME - np.log1p(drag * air * TIME) / drag  # of dv/dt = drag (air - v)^2
    assert way == pytest.approx(exact, abs=0.05)


@pytest.mark.parametrize("density", [200.0, 500.0, 800.0])
def test_a_box_floats_as_deep_as_it_is_dense(density):
    raft = one("box", (0.8, 0.8, 0.3), density=density, position=(0, 0, 0.15 - density / 1000 * 0.3 + 0.02))
    height = path(raft, ground="water", samples=193)[-1, 2]
    assert height == pytest.approx(0.15 - density / 1000 * 0.3, abs=0.035)


def test_what_is_denser_than_water_sinks_to_the_bed():
    height = path(one(density=2600.0, position=(0, 0, 0.5)), ground="water")[:, 2]
    assert height[-1] == pytest.approx(-1.2 + 0.15, abs=0.02)
    assert np.diff(height[12:])[0] > np.diff(height[8:])[0] - 0.5 / 24  # water holds the fall up


def test_a_tilted_raft_rights_itself():
    raft = one("box", (0.8, 0.8, 0.15), density=400.0, rotation=(np.cos(0.2), np.sin(0.2), 0.0, 0.0))
    take = play((raft,), ground="water", samples=193)
    assert take.up("box")[0] < 0.93
    assert take.up("box")[-1] > 0.995


def test_points_that_stand_for_a_body_lie_in_it():
    points, radii = floats_on("ball", (0.4, 0.4, 0.4))
    assert np.linalg.norm(points, axis=1).max() <= 0.2
    assert points.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-12)
    assert (radii > 0).all()
