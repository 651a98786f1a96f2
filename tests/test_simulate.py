import json
import math
from dataclasses import replace

import numpy as np
import pytest

from sora2lib.errors import WorldError
from sora2lib.world.mechanics import play
from sora2lib.world.pairs import damping_ratio, pair_friction, pair_restitution, rolling_resistance
from sora2lib.world.schema import GRAVITY, RATE
from sora2lib.world.simulate import resimulate, simulate
from sora2lib.world.stage import Body, Take
from sora2lib.world.support import depth_below
from sora2lib.world.vocabulary import GROUNDS

SAMPLES = 97


def actor(name="ball", *, asset="ball", size=(0.28, 0.28, 0.28), above=0.0, **more) -> Body:
    """A thing of medium everything that stands at the origin, ``above`` metres up."""
    height = float(depth_below(asset, np.asarray(size), np.array(more.get("rotation", (1.0, 0.0, 0.0, 0.0)))))
    plain = {
        "density": 800.0,
        "restitution": 0.6,
        "friction": 0.5,
        "gloss": 0.3,
        "position": (0.0, 0.0, height + above),
    }
    return Body(name, asset, "wood", size, (0.5, 0.5, 0.5), **{**plain, **more})


def speeds(take: Take, name: str) -> np.ndarray:
    return np.diff(take.path(name), axis=0) * RATE


def test_free_fall_is_exact():
    take = play((actor(above=40.0, velocity=(1.0, 0.0, 2.0)),), ground="concrete", samples=49)
    second = np.diff(take.path("ball"), n=2, axis=0) * RATE**2
    assert np.abs(second - [0, 0, -GRAVITY]).max() < 1e-3


@pytest.mark.parametrize("restitution", [0.3, 0.45, 0.6, 0.75, 0.9])
def test_a_ball_rebounds_with_the_speed_it_should(restitution):
    # The ground takes its share, so ask for the ball that makes the wanted pair.
    own = 1 / (1 + 1 / restitution - 1 / GROUNDS["concrete"].restitution)
    take = play((actor(above=1.0, restitution=own),), ground="concrete", samples=SAMPLES)
    first, second = [contact.time for contact in take.contacts[:2]]
    rebound = GRAVITY * (second - first) / 2
    assert rebound / math.sqrt(2 * GRAVITY * 1.0) == pytest.approx(restitution, abs=0.03)


def test_energy_is_never_gained():
    for restitution, seed in ((1.0, 0), (0.8, 1), (0.5, 2)):
        push = np.random.default_rng(seed).normal(0, 2, 3)
        ball = actor(above=1.5, restitution=restitution, velocity=(*push[:2].tolist(), 0.0))
        take = play((ball,), ground="concrete", samples=SAMPLES)
        apex = [
            GRAVITY * ((later.time - earlier.time) / 2) ** 2 / 2
            for earlier, later in zip(take.contacts[:-1], take.contacts[1:], strict=True)
        ]
        assert (np.diff([1.5, *apex]) < 1e-3).all()


def test_contacts_know_when_and_how_hard():
    take = play((actor(above=1.0, density=1000.0),), ground="concrete", samples=SAMPLES)
    fall, speed = math.sqrt(2 / GRAVITY), math.sqrt(2 * GRAVITY)
    first = take.contacts[0]
    assert {first.a, first.b} == {"ball", "ground"}
    assert first.time == pytest.approx(fall, abs=1e-3)
    assert first.speed == pytest.approx(speed, rel=0.06)
    mass = 1000 * 4 / 3 * math.pi * 0.14**3
    rebound = pair_restitution(0.6, GROUNDS["concrete"].restitution)
    assert first.impulse == pytest.approx(mass * speed * (1 + rebound), rel=0.12)
    assert np.allclose(first.place, (0, 0, 0), atol=0.02)


def test_elastic_collision_keeps_momentum_and_energy():
    heavy = actor("a", position=(-1.0, 0.0, 0.14), velocity=(1.5, 0.0, 0.0), restitution=1.0, density=2000.0)
    light = actor("b", position=(0.5, 0.0, 0.14), restitution=1.0, density=1000.0)
    take = play((heavy, light), ground="ice", samples=SAMPLES)
    a, b = speeds(take, "a")[-1, 0], speeds(take, "b")[-1, 0]
    assert a == pytest.approx(1.5 * (2 - 1) / 3, rel=0.01)
    assert b == pytest.approx(1.5 * 4 / 3, rel=0.01)
    assert 2 * a + b == pytest.approx(3.0, rel=1e-3)


def test_balls_of_different_size_on_rails_collide_in_one_dimension():
    big = actor(
        "a", size=(1.0,) * 3, position=(-1.5, 0.0, 0.5), velocity=(1.2, 0.0, 0.0), restitution=1.0, joint="rail"
    )
    small = actor(
        "b", size=(0.6,) * 3, position=(1.0, 0.0, 0.3), velocity=(-0.8, 0.0, 0.0), restitution=1.0, joint="rail"
    )
    pair = (replace(big, friction=0.0), replace(small, friction=0.0, density=big.density * 5 / 3))
    take = play(pair, ground="ice", samples=SAMPLES)
    m1, m2 = 0.5**2, 0.3**2
    common = (m1 * 1.2 - m2 * 0.8) / (m1 + m2)
    assert speeds(take, "a")[-1, 0] == pytest.approx(2 * common - 1.2, abs=0.01)
    assert speeds(take, "b")[-1, 0] == pytest.approx(2 * common + 0.8, abs=0.01)
    assert np.ptp(take.path("a")[:, 1:], axis=0).max() == 0


@pytest.mark.parametrize("asset", ["ball", "puck", "box"])
def test_motion_on_ice_is_uniform(asset):
    size = {"ball": (0.3,) * 3, "puck": (0.3, 0.3, 0.08), "box": (0.3,) * 3}[asset]
    thing = actor(asset, asset=asset, size=size, velocity=(1.3, 0.0, 0.0))
    take = play((thing,), ground="ice", samples=SAMPLES)
    assert np.abs(speeds(take, asset)[:, 0] - 1.3).max() < 1.3e-3


def test_sliding_is_braked_by_coulomb_friction():
    brick = actor("brick", asset="brick", size=(0.24, 0.11, 0.08), velocity=(3.0, 0.0, 0.0), friction=0.6)
    take = play((brick,), ground="concrete", samples=SAMPLES)
    braking = pair_friction(0.6, GROUNDS["concrete"].friction) * GRAVITY
    assert np.diff(speeds(take, "brick")[:6, 0]) * RATE == pytest.approx(-braking, rel=0.03)
    assert np.ptp(take.path("brick")[:, 2]) < 1e-3
    assert np.abs(speeds(take, "brick")[-10:]).max() < 1e-3


@pytest.mark.parametrize("ground", ["tiles", "sand"])
def test_rolling_slows_by_the_grounds_resistance(ground):
    ball = actor(velocity=(1.0, 0.0, 0.0), spin=(0.0, 1.0 / 0.14, 0.0))
    take = play((ball,), ground=ground, samples=25)
    braking = rolling_resistance(GROUNDS[ground].restitution) * GRAVITY * 5 / 7
    assert np.diff(speeds(take, "ball")[4:, 0]).mean() * RATE == pytest.approx(-braking, rel=0.05)


@pytest.mark.parametrize("asset", ["block", "can", "domino", "puck", "cone"])
def test_resting_things_rest(asset):
    size = {"block": (0.2,) * 3, "can": (0.1, 0.1, 0.18), "domino": (0.05, 0.16, 0.33), "puck": (0.3, 0.3, 0.08)}
    take = play((actor(asset, asset=asset, size=size.get(asset, (0.3, 0.3, 0.45))),), ground="tiles", samples=49)
    assert np.abs(speeds(take, asset)).max() < 1e-3


def test_a_tower_stands():
    blocks = tuple(actor(f"block {i}", asset="block", size=(0.2,) * 3, above=0.2 * i) for i in range(5))
    take = play(blocks, ground="wood floor", samples=SAMPLES)
    assert np.abs(take.position_AT3 - take.position_AT3[:, :1]).max() < 2e-3
    assert np.abs(np.diff(take.position_AT3[:, -24:], axis=1)).max() * RATE < 1e-3


def test_newtons_cradle_sends_one_out_for_one_in():
    width, length, angle, gap = 0.16, 1.0, 0.5, 0.002
    bobs = tuple(
        actor(
            f"bob {i}",
            asset="pendulum",
            size=(width, width, length),
            position=((i - 2) * (width + gap) - length * math.sin(tilt), 0.0, 1.5 - length * math.cos(tilt)),
            rotation=(math.cos(tilt / 2), 0.0, math.sin(tilt / 2), 0.0),
            joint="pivot",
            density=7800.0,
            restitution=0.992,
            friction=0.05,
        )
        for i, tilt in enumerate((angle, 0.0, 0.0, 0.0, 0.0))
    )
    take = play(bobs, ground="tiles", samples=SAMPLES)
    quarter, half = round(0.75 * RATE), round(1.03 * RATE)
    outward = np.array([take.path(bob.name)[:, 0] - (i - 2) * (width + gap) for i, bob in enumerate(bobs)])
    assert outward[-1, : 2 * quarter].max() > 0.9 * length * math.sin(angle)
    assert np.abs(outward[:-1, half]).max() < 0.1 * length * math.sin(angle)
    pivots = take.path("bob 4")
    assert np.hypot(pivots[:, 0] - 2 * (width + gap), pivots[:, 2] - 1.5) == pytest.approx(length, abs=1e-6)


def test_nothing_tunnels():
    wall = actor("wall", asset="wall", size=(0.08, 2.0, 1.2), joint="fixed")
    ball = actor(size=(0.1,) * 3, position=(-2.0, 0.0, 0.5), velocity=(12.0, 0.0, 0.5))
    take = play((ball, wall), ground="tiles", samples=49)
    assert take.touched("ball", "wall")
    assert take.path("ball")[:, 0].max() < 0.0


def test_overlapping_things_are_not_thrown_apart():
    take = play((actor(position=(0.0, 0.0, 0.12)),), ground="tiles", samples=25)
    assert np.abs(speeds(take, "ball")).max() < 1e-3


def test_pair_rules():
    assert pair_restitution(0.7, 1.0) == pytest.approx(0.7)
    assert pair_restitution(1.0, 1.0) == 1.0
    assert pair_restitution(0.5, 0.0) == 0.0
    assert pair_restitution(0.8, 0.3) == pair_restitution(0.3, 0.8) < 0.3
    assert pair_friction(0.5, GROUNDS["ice"].friction) == 0
    # Critical damping of a one-sided spring gives e^-2 (the limit of the formula).
    assert damping_ratio(math.exp(-2)) == pytest.approx(1.0, abs=2e-3)


def test_a_seed_fixes_the_world():
    assert simulate("collide", 11).identical(simulate("collide", 11))
    assert not simulate("collide", 11).identical(simulate("collide", 12))
    assert simulate("drop", np.random.default_rng(3)).identical(simulate("drop", 3))


def test_seconds_set_the_number_of_samples():
    world = simulate("roll", 2, seconds=1.5)
    assert world.sizes["time"] == 37
    assert world.seconds == pytest.approx(1.5)


def test_bad_requests_name_the_way_out():
    with pytest.raises(WorldError, match="'fly' is not known; use one of drop"):
        simulate("fly", 0)
    for seconds in (0.1, float("nan"), -3.0):
        with pytest.raises(WorldError, match="too short"):
            simulate("drop", 0, seconds=seconds)


@pytest.mark.parametrize(
    ("family", "seed"), [("roll", 0), ("throw", 1), ("pendulum", 0), ("basketball", 0), ("drop", 2)]
)
def test_resimulation_of_a_simulation_is_that_simulation(family, seed):
    world = simulate(family, seed)
    again = resimulate(world)
    assert np.abs(again.position.values - world.position.values)[:, :13].max() < 0.01
    assert len(json.loads(again.attrs["events"])) > 0 or family in ("roll", "pendulum")
    assert again.camera_eye.identical(world.camera_eye)


def test_resimulation_restores_what_a_model_got_wrong():
    world = simulate("throw", 4)
    floating = world.copy(deep=True)
    floating.position.values[0, 12:, 2] = floating.position.values[0, 12, 2]
    again = resimulate(floating)
    assert np.abs(again.position.values - world.position.values)[:, :18].max() < 0.05


def falling(height, *, restitution=0.6, aside=0.0):
    """A ball that falls on tiles, 4 s long, as a world that can be simulated again."""
    world = simulate("drop", 3).isel(actor=[0])
    ball = actor(above=height, velocity=(aside, 0.0, 0.0), restitution=restitution)
    take = play((ball,), ground="tiles", samples=SAMPLES)
    again = world.assign(
        position=(world.position.dims, take.position_AT3), ground="tiles", restitution=("actor", [restitution])
    )
    return again.assign(
        {"size": (("actor", "xyz"), [[0.28] * 3]), "rotation": (world.rotation.dims, take.rotation_AT4)}
    )


def test_on_the_moon_it_falls_by_the_moons_law():
    height_T = resimulate(falling(1.0), gravity=1.62).position.values[0, :, 2]
    assert np.diff(height_T[:25], 2) * RATE**2 == pytest.approx(-1.62, rel=1e-3)


def test_a_restitution_of_ones_own_holds_for_every_blow():
    height_T = resimulate(falling(1.0), restitution=0.5).position.values[0, :, 2] - 0.14
    bounces = [float(height_T[k]) for k in range(1, 96) if height_T[k - 1] < height_T[k] >= height_T[k + 1]]
    assert bounces[:2] == pytest.approx([0.25, 0.0625], abs=0.02)


def test_twice_the_speed_goes_twice_as_far_before_it_lands():
    world = falling(1.0, aside=1.5)
    ways = [
        resimulate(world, speed=times).position.values[0, 8, 0] - world.position.values[0, 0, 0] for times in (1, 2)
    ]
    assert ways[1] == pytest.approx(2 * ways[0], rel=1e-3)


@pytest.mark.parametrize(
    ("value", "most"), [({"gravity": -1}, 100), ({"restitution": 1.1}, 1), ({"speed": float("nan")}, 10)]
)
def test_what_no_world_has_cannot_be_simulated(value, most):
    with pytest.raises(WorldError, match=f"{next(iter(value))} is .*; give a number from 0 to {most}"):
        resimulate(falling(1.0), **value)


def test_resimulation_needs_the_simulators_rate():
    with pytest.raises(WorldError, match="12 Hz"):
        resimulate(simulate("drop", 0).isel(time=slice(None, None, 2)))


def test_an_unstable_simulation_is_an_error_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = simulate("drop", 2)
    flung = world.position.values.copy()
    flung[:, 1:] += np.linspace(0, 1e13, flung.shape[1] - 1)[None, :, None]
    with pytest.raises(WorldError, match="unstable"):
        resimulate(world.assign(position=(world.position.dims, flung)))
    assert not list(tmp_path.iterdir())
