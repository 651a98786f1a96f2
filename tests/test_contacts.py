"""Contacts from motion: worlds with a formula, then the simulator's own account."""

import json

import numpy as np
import pytest

from sora2lib.kernels import gaps
from sora2lib.world import schema
from sora2lib.world.contacts import GROUND, contacts
from sora2lib.world.geometry import bodies, matrix
from sora2lib.world.motion import State, turned
from sora2lib.world.parts import SHAPES
from sora2lib.world.schema import GRAVITY
from sora2lib.world.simulate import simulate
from sora2lib.world.vocabulary import MATERIALS

TIME = np.arange(97) / 24


def world(assets, positions, *, rotations=None, sizes=None, materials=None, fixed=None, ground="tiles"):
    count = len(assets)
    materials = materials or ["rubber"] * count
    still = np.zeros((count, len(TIME), 4)) + np.array([1.0, 0, 0, 0])
    return schema.build(
        actors=[f"actor {i}" for i in range(count)],
        time=TIME,
        asset=assets,
        material=materials,
        size=sizes or [primitive_size(asset) for asset in assets],
        colour=np.full((count, 3), 0.5),
        density=[MATERIALS[m].density for m in materials],
        restitution=[MATERIALS[m].restitution for m in materials],
        friction=[MATERIALS[m].friction for m in materials],
        gloss=np.zeros(count),
        fixed=fixed or [False] * count,
        position=np.array(positions),
        rotation=still if rotations is None else np.array(rotations),
        camera_eye=np.tile([0.0, -4.0, 1.0], (len(TIME), 1)),
        camera_target=np.tile([0.0, 0.0, 0.5], (len(TIME), 1)),
        camera_fov=np.full(len(TIME), 0.8),
        camera_cut=np.zeros(len(TIME), dtype=bool),
        ground=ground,
        sun_azimuth=0.5,
        sun_elevation=0.7,
        cloud=0.1,
        fog=0.0,
        ambience="room",
        ambience_level=0.3,
    )


def primitive_size(asset):
    return {"ball": (0.2, 0.2, 0.2), "box": (0.3, 0.3, 0.3), "wall": (0.15, 2.0, 1.2)}[asset]


def bouncing(height, restitution, radius=0.1, time=TIME):
    """Height over time and the moments and speeds of the bounces, by formula."""
    path = np.full(len(time), radius)
    start, up, z = 0.0, 0.0, height
    hits = []
    while start < time[-1]:
        flight = (up + np.sqrt(up**2 + 2 * GRAVITY * (z - radius))) / GRAVITY
        inside = (time >= start) & (time < start + flight)
        since = time[inside] - start
        path[inside] = z + up * since - GRAVITY / 2 * since**2
        start, speed = start + flight, GRAVITY * flight - up
        if speed < 0.05:
            break
        hits.append((start, speed))
        up, z = restitution * speed, radius
    return path, [hit for hit in hits if hit[0] < time[-1]]


def along(z, x=0.0, y=0.0):
    return np.stack(np.broadcast_arrays(x, y, z), axis=-1) + np.zeros((len(TIME), 3))


def test_each_bounce_of_a_ball_is_found_to_the_millisecond():
    for height, restitution in [(1.0, 0.8), (1.7, 0.6), (0.6, 0.9), (2.3, 0.7)]:
        z, hits = bouncing(height, restitution)
        found = contacts(world(["ball"], [along(z)]))
        for time, speed in hits:
            if speed > 0.6:
                nearest = np.argmin(np.abs(found.time - time))
                assert abs(found.time[nearest] - time) < 1.5e-3
                assert found.speed[nearest] == pytest.approx(speed, rel=0.05)
        assert (found.other == GROUND).all()
        np.testing.assert_allclose(found.normal, [[0, 0, 1]] * len(found), atol=1e-9)
        assert len(found) <= len(hits)


def test_impulse_of_a_bounce_is_mass_times_change_of_speed():
    z, hits = bouncing(1.0, 0.8)
    found = contacts(world(["ball"], [along(z)]))
    mass = MATERIALS["rubber"].density * 4 / 3 * np.pi * 0.1**3
    assert found.impulse[0] == pytest.approx(mass * 1.8 * hits[0][1], rel=0.1)
    assert found.materials[0].tolist() == ["rubber", "tiles"]


def test_two_balls_meet_where_their_surfaces_do():
    meet = 1.313
    a = np.where(meet > TIME, -0.1 + 1.5 * (TIME - meet), -0.1 - 0.2 * (TIME - meet))
    b = np.where(meet > TIME, 0.1, 0.1 + 1.2 * (TIME - meet))
    found = contacts(world(["ball", "ball"], [along(0.1, a), along(0.1, b)], ground="ice"))
    assert len(found) == 1
    assert found.time[0] == pytest.approx(meet, abs=1.5e-3)
    assert {int(found.actor[0]), int(found.other[0])} == {0, 1}
    np.testing.assert_allclose(found.place[0], [0, 0, 0.1], atol=0.01)
    np.testing.assert_allclose(found.normal[0], [-1, 0, 0], atol=0.05)
    assert found.speed[0] == pytest.approx(1.5, rel=0.05)


def test_a_ball_bounces_off_a_wall():
    meet = 0.77
    x = np.where(meet > TIME, 2 * (TIME - meet), -1.4 * (TIME - meet)) - 0.075 - 0.1
    found = contacts(world(["ball", "wall"], [along(0.5, x), along(0.6)], fixed=[False, True]))
    assert found.time.tolist() == pytest.approx([meet], abs=1.5e-3)


def test_a_box_that_lands_flat_is_one_blow():
    fall = np.sqrt(2 * 0.5 / GRAVITY)
    z = np.where(fall > TIME, 0.65 - GRAVITY / 2 * TIME**2, 0.15)
    found = contacts(world(["box"], [along(z)], materials=["wood"], ground="sand"))
    assert found.time.tolist() == pytest.approx([fall], abs=2e-3)


def test_a_box_that_tips_over_strikes_with_its_far_edge():
    # Turns about its lower right edge until the side lies flat.
    flat = 1.37
    angle = np.clip(np.pi / 2 - 3.0 * (flat - TIME), 0.0, np.pi / 2)
    arm = 0.15 * np.sqrt(2)
    start = 3 * np.pi / 4
    x = 0.15 + arm * np.cos(start - angle)
    z = arm * np.sin(start - angle)
    turns = np.stack([np.cos(angle / 2), 0 * angle, np.sin(angle / 2), 0 * angle], axis=-1)
    found = contacts(world(["box"], [along(z, x)], rotations=[turns], materials=["wood"]))
    late = found.time[found.speed > 0.2]
    assert late.tolist() == pytest.approx([flat], abs=5e-3)


@pytest.mark.parametrize("motion", ["resting", "rolling", "sliding", "swinging", "flying"])
def test_smooth_motion_has_no_impacts(motion):
    still = along(0.1)
    angle = TIME * 1.2 / 0.1
    roll = np.stack([np.cos(angle / 2), 0 * angle, np.sin(angle / 2), 0 * angle], axis=-1)
    swing = 0.7 * np.cos(2.6 * TIME)
    scene = {
        "resting": lambda: world(["ball", "box"], [still, along(0.15, 1.0)]),
        "rolling": lambda: world(["ball"], [along(0.1, 1.2 * TIME)], rotations=[roll]),
        "sliding": lambda: world(["box"], [along(0.15, 2 * TIME - 0.25 * TIME**2)]),
        "swinging": lambda: world(["ball"], [along(2 - 1.4 * np.cos(swing), 1.4 * np.sin(swing))]),
        "flying": lambda: world(["ball"], [along(3 + 18 * TIME - GRAVITY / 2 * TIME**2, TIME)]),
    }[motion]()
    assert len(contacts(scene)) == 0


def shaken(positions, size, seed):
    """Low-pass noise of a given deviation, such as a learned motion has."""
    noise = np.random.default_rng(seed).normal(size=positions.shape)
    window = np.hanning(9)
    noise = np.apply_along_axis(np.convolve, 1, noise, window, mode="same")
    return positions + size * noise / noise.std()


def test_a_shaky_bounce_keeps_its_moments():
    errors = []
    for seed in range(6):
        z, hits = bouncing(1.2, 0.75)
        found = contacts(world(["ball"], [*shaken(np.array([along(z)]), 0.002, seed)]))
        errors += [np.abs(found.time - time).min() for time, speed in hits if speed > 1.0]
    assert np.mean(np.array(errors) < 5e-3) > 0.97


@pytest.mark.parametrize("size", [0.002, 0.005])
def test_shaky_rest_makes_no_impacts(size):
    for seed in range(8):
        rest = shaken(np.array([along(0.1), along(0.1, 1.0 + 0.4 * TIME)]), size, seed)
        assert len(contacts(world(["ball", "ball"], [*rest]))) == 0


def test_bodies_that_pass_through_each_other_do_not_strike():
    a, b = along(0.1, 1.5 * (TIME - 2)), along(0.1, -0.3 * (TIME - 2))
    assert len(contacts(world(["ball", "ball"], [a, b]))) == 0


def test_rolling_does_not_slide_and_sliding_does_not_roll():
    angle = TIME * 1.2 / 0.1
    roll = np.stack([np.cos(angle / 2), 0 * angle, np.sin(angle / 2), 0 * angle], axis=-1)
    still = np.zeros((97, 4)) + np.array([1.0, 0, 0, 0])
    scene = world(["ball", "box"], [along(0.1, 1.2 * TIME), along(0.15, 0.8 * TIME, 2.0)], rotations=[roll, still])
    ball, box = sorted(contacts(scene).touches, key=lambda touch: touch.actor)
    assert ball.other == box.other == GROUND
    assert (ball.start, ball.end) == (0.0, 4.0)
    np.testing.assert_allclose(ball.roll, 1.2, rtol=0.01)
    np.testing.assert_allclose(ball.slide, 0, atol=0.05)
    np.testing.assert_allclose(box.slide, 0.8, rtol=0.01)


def test_the_rim_is_steel_and_the_board_is_wood():
    heard = [contacts(simulate("basketball", seed)) for seed in range(8)]
    materials = {str(m) for one in heard for m, other in zip(one.materials[:, 1], one.other, strict=True) if other >= 0}
    assert materials == {"steel", "wood"}


def heard_by(events, slowest=0.3, around=0.04, share=0.25):
    """Leave out what is slower than 0.3 m/s or drowned by a blow four times as strong at about the same moment."""
    return [
        one
        for one in events
        if one[1] > slowest and one[2] >= share * max(it[2] for it in events if abs(it[0] - one[0]) < around)
    ]


@pytest.mark.parametrize(
    ("family", "seeds", "share"), [("basketball", 6, 0.99), ("collide", 6, 0.99), ("throw", 6, 0.9)]
)
def test_the_simulator_agrees(family, seeds, share):
    right = total = 0
    for seed in range(seeds):
        scene = simulate(family, seed)
        events = [(e["time"], e["speed"], e["impulse"]) for e in json.loads(scene.attrs["events"])]
        found = contacts(scene).time
        for time, *_ in heard_by(events):
            total += 1
            right += bool(len(found)) and np.abs(found - time).min() < 5e-3
    assert right / total >= share


def test_turning_and_moving_the_whole_scene_changes_nothing_but_the_place():
    meet = 1.313
    a = np.where(meet > TIME, -0.1 + 1.5 * (TIME - meet), -0.1 - 0.2 * (TIME - meet))
    b = np.where(meet > TIME, 0.1, 0.1 + 1.2 * (TIME - meet))
    one = contacts(world(["ball", "ball"], [along(0.1, a), along(0.1, b)]))
    two = contacts(world(["ball", "ball"], [along(0.1, 1.0, a), along(0.1, 1.0, b)]))
    np.testing.assert_allclose(one.time, two.time, atol=1e-6)
    np.testing.assert_allclose(one.place[:, 0], two.place[:, 1], atol=1e-6)


def test_nothing_in_the_world_is_no_contact():
    empty = contacts(world([], np.zeros((0, 97, 3)), rotations=np.zeros((0, 97, 4)), sizes=np.zeros((0, 3)).tolist()))
    assert len(empty) == 0
    assert empty.touches == ()


def surface(shape, rng):
    """Points (N, 3) on a shape's skin, by formula, for half extents (0.3, 0.3 or 0.2, 0.4)."""
    u, v = rng.uniform(0, 2 * np.pi, 200), rng.uniform(-1, 1, 200)
    ring = np.sqrt(1 - v**2)
    ball = np.stack([ring * np.cos(u), ring * np.sin(u), v], axis=1)
    circle = np.stack([np.cos(u), np.sin(u), 0 * u], axis=1)
    return {
        "sphere": (np.array([0.3, 0.3, 0.3]), 0.3 * ball),
        "ellipsoid": (np.array([0.3, 0.2, 0.4]), ball * [0.3, 0.2, 0.4]),
        "box": (np.array([0.3, 0.2, 0.4]), ball / np.abs(ball).max(axis=1, keepdims=True) * [0.3, 0.2, 0.4]),
        "cylinder": (np.array([0.3, 0.3, 0.4]), 0.3 * circle + np.outer(v, [0, 0, 0.4])),
        "capsule": (np.array([0.3, 0.3, 0.4]), 0.3 * ball + np.outer(np.sign(v), [0, 0, 0.4])),
        "cone": (np.array([0.3, 0.3, 0.4]), 0.3 * circle * (1 - v[:, None]) / 2 + np.outer(v, [0, 0, 0.4])),
        "torus": (
            np.array([0.5, 0.5, 0.1]),
            0.5 * circle + 0.1 * (np.cos(np.pi * v)[:, None] * circle + np.outer(np.sin(np.pi * v), [0, 0, 1])),
        ),
        "wedge": (np.array([0.3, 0.2, 0.4]), np.stack([0.3 * v, 0.2 * np.cos(u), 0.4 * v], axis=1)),
    }[shape]


@pytest.mark.parametrize("shape", SHAPES)
def test_distance_is_zero_on_the_skin_and_grows_at_unit_rate(shape):
    rng = np.random.default_rng(0)
    half, skin = surface(shape, rng)
    distance = np.array([gaps.signed_distance(SHAPES.index(shape), half, *point) for point in skin])
    np.testing.assert_allclose(distance, 0, atol=1e-9)
    assert gaps.signed_distance(SHAPES.index(shape), half, 9.0, 0.0, 0.0) > 8
    if shape != "ellipsoid":
        near = rng.uniform(-0.7, 0.7, (100, 3))
        brute = np.array([np.linalg.norm(surface_dense(shape) - point, axis=1).min() for point in near])
        exact = np.array([abs(gaps.signed_distance(SHAPES.index(shape), half, *point)) for point in near])
        # The nearest of many points on the skin is never nearer than the skin.
        assert (brute > exact - 1e-9).all()


def surface_dense(shape):
    return np.concatenate([surface(shape, np.random.default_rng(seed))[1] for seed in range(8)])


def test_glide_is_its_numpy_twin():
    rng = np.random.default_rng(1)
    x, v, a, w, b = rng.normal(size=(5, 3, 3))
    q = rng.normal(size=(3, 4))
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    times = np.linspace(-0.04, 0.04, 5)
    state = State(x, q, v, a, w, b)
    places, rotations = state.at(times)
    for s, t in enumerate(times):
        np.testing.assert_allclose(places[s], x + t * v + t**2 / 2 * a, atol=1e-12)
        np.testing.assert_allclose(rotations[s], matrix(turned(q, t * w + t**2 / 2 * b)), atol=1e-9)


def test_gaps_of_pairs_are_those_of_formulas():
    scene = world(["ball", "ball", "box"], [along(0.5), along(0.5, 0.7), along(0.9, 0.0, 0.0)])
    packed = bodies(scene)
    positions, pairs = scene.position.values[:, :1].swapaxes(0, 1).copy(), np.array([[0, 1], [0, 2], [0, 3], [2, 3]])
    eye = np.tile(np.eye(3), (1, 3, 1, 1))
    gap, place, normal = gaps.nearest(pairs, positions, eye, packed.reach, packed.parts, packed.features, 9.0)
    np.testing.assert_allclose(gap[0], [0.5, 0.15, 0.4, 0.75], atol=1e-6)
    np.testing.assert_allclose(normal[0, :3], [[-1, 0, 0], [0, 0, -1], [0, 0, 1]], atol=1e-4)
    np.testing.assert_allclose(place[0, 2], [0, 0, 0.4], atol=1e-9)


def test_mass_and_inertia_are_those_of_formulas():
    packed = bodies(world(["ball", "box"], [along(0.1), along(0.15)], materials=["steel", "wood"]))
    ball, box = 7800 * 4 / 3 * np.pi * 0.1**3, 600 * 0.3**3
    np.testing.assert_allclose(packed.mass, [ball, box])
    np.testing.assert_allclose(packed.inertia[0], 0.4 * ball * 0.1**2 * np.eye(3), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(packed.inertia[1], box * 0.3**2 / 6 * np.eye(3), rtol=1e-9, atol=1e-12)


def test_contacts_are_remembered_by_what_the_world_holds_and_cannot_be_written_over():
    world = simulate("drop", 3)
    first = contacts(world)
    assert contacts(world.copy(deep=True)) is first  # another object, the same bodies
    assert contacts(world.assign(cloud=world.cloud + 0.1)) is first  # which clouds do not strike
    with pytest.raises(ValueError, match="read-only"):
        first.time[0] = 1.0
    world.position[:] = world.position.values + np.array([0.0, 0.0, 5.0])
    assert not len(contacts(world))  # raised from the floor in place, and seen so
