"""Water is no floor: bodies cross its surface when physics says, and meet its bed."""

import numpy as np
import pytest

from sora2lib.world import schema
from sora2lib.world.contacts import GROUND, contacts
from sora2lib.world.schema import GRAVITY
from sora2lib.world.simulate import simulate
from sora2lib.world.surface import crossings

TIME = np.arange(49) / 24


def ball(height, ground="water"):
    """A ball of 20 cm whose middle is at a height (T,)."""
    return schema.build(
        actors=["ball"],
        time=TIME,
        asset=["ball"],
        material=["wood"],
        size=[(0.2,) * 3],
        colour=[(0.5,) * 3],
        density=[600.0],
        restitution=[0.4],
        friction=[0.5],
        gloss=[0.1],
        fixed=[False],
        position=np.stack([0 * TIME + 0.3, 0 * TIME, height], axis=-1)[None],
        camera_eye=np.tile([0.0, -4.0, 1.0], (len(TIME), 1)),
        camera_target=np.tile([0.0, 0.0, 0.5], (len(TIME), 1)),
        camera_fov=np.full(len(TIME), 0.8),
        ground=ground,
        sun_azimuth=0.5,
        sun_elevation=0.7,
        cloud=0.1,
        fog=0.0,
        ambience="sea",
        ambience_level=0.3,
    )


def fall(height):
    """A fall from a height over the surface that goes on below as if there were no water, down to the bed."""
    return np.maximum(0.1 + height - GRAVITY / 2 * TIME**2, -1.1)


@pytest.mark.parametrize("height", [0.2, 0.5, 1.1])
def test_a_ball_strikes_the_water_when_and_as_fast_as_it_falls(height):
    (one,) = crossings(ball(fall(height)))
    assert one.time == pytest.approx(np.sqrt(2 * height / GRAVITY), abs=2e-3)
    assert one.speed == pytest.approx(-np.sqrt(2 * GRAVITY * height), rel=0.03)
    assert one.place == pytest.approx([0.3, 0, 0])


def test_what_leaps_out_leaves_and_comes_back():
    rise = 4.0
    height = np.where(TIME < 0.5, -0.5, -0.5 + rise * (TIME - 0.5) - GRAVITY / 2 * (TIME - 0.5) ** 2)
    out, back = crossings(ball(np.maximum(height + 0.1, -0.5)))
    assert out.speed > 0 > back.speed
    root = np.sqrt(rise**2 - 2 * GRAVITY * 0.5)
    assert out.time == pytest.approx(0.5 + (rise - root) / GRAVITY, abs=0.01)
    assert back.time == pytest.approx(0.5 + (rise + root) / GRAVITY, abs=0.01)


def test_what_floats_or_falls_on_land_crosses_nothing():
    assert crossings(ball(0.02 * np.sin(3 * TIME))) == ()
    assert crossings(ball(fall(0.5), ground="grass")) == ()


def test_the_surface_is_no_floor_and_the_bed_is_one():
    found = contacts(ball(fall(0.4)))
    assert len(found.crossings) == 1
    assert found.other.tolist() == [GROUND]
    assert found.time[0] == pytest.approx(np.sqrt(2 * 1.6 / GRAVITY), abs=5e-3)
    assert found.materials.tolist() == [["wood", "sand"]]
    assert found.place[0, 2] == pytest.approx(-1.2, abs=0.03)
    floats = contacts(simulate("boat", 2))
    assert len(floats) == len(floats.touches) == 0


def test_a_sinking_body_meets_the_bed_as_the_simulator_says():
    world = simulate("float", 4)
    found = contacts(world)
    assert "bowling ball" in world.asset.values
    assert found.time[0] == pytest.approx(float(world.attrs["events"].split('"time": ')[1].split(",")[0]), abs=5e-3)
