import numpy as np
import pytest

from sora2lib.model import tokens
from sora2lib.world.families import FAMILIES
from sora2lib.world.simulate import simulate


@pytest.fixture(scope="module", params=list(FAMILIES))
def world(request):
    return simulate(request.param, 5)


def ordered(world):
    return world.isel(actor=tokens.order(world))


def test_decode_undoes_encode(world):
    """The stated tolerance of the rows: a micrometre for bodies, two centimetres for the camera's path."""
    again, world = tokens.decode(tokens.encode(world)), ordered(world)
    np.testing.assert_allclose(again.position, world.position, atol=1e-6)
    agreement = np.abs((again.rotation.values * world.rotation.values).sum(axis=-1))
    np.testing.assert_allclose(agreement, 1, atol=1e-9)
    for name in ("camera_eye", "camera_target", "camera_roll", "camera_fov"):
        np.testing.assert_allclose(again[name], world[name], atol=0.02)


def test_what_things_are_survives(world):
    again, world = tokens.decode(tokens.encode(world)), ordered(world)
    for name in ("asset", "material", "fixed", "ground", "ambience"):
        np.testing.assert_array_equal(again[name], world[name])
    for name in ("size", "colour", "density", "restitution", "friction", "gloss", "cloud", "fog", "sun_elevation"):
        np.testing.assert_allclose(again[name], world[name], atol=1e-6)


def test_single_precision_costs_less_than_a_tenth_of_a_millimetre(world):
    rows = tokens.encode(world)
    short = tokens.Rows(*(part.astype(np.float32) for part in (rows.cast, rows.scene, rows.camera, rows.motion)))
    np.testing.assert_allclose(tokens.decode(short).position, ordered(world).position, atol=1e-4)


def test_crop_is_the_world_from_then_on(world):
    rows = tokens.encode(world)
    late = tokens.decode(tokens.crop(rows, 3))
    start = 3 * tokens.STRIDE
    moved = ordered(world).position.values[:, start:]
    np.testing.assert_allclose(late.position, moved, atol=1e-6)
    turned = ordered(world).rotation.values[:, start:]
    np.testing.assert_allclose(np.abs((late.rotation.values * turned).sum(axis=-1)), 1, atol=1e-9)
    again = tokens.crop(rows, 3)
    movers = len(rows.motion)
    np.testing.assert_allclose(again.cast[:movers, -10:-7], moved[:movers, 0], atol=1e-6)


def test_join_undoes_crop(world):
    rows = tokens.encode(world)
    late = tokens.crop(rows, 4)
    again = tokens.join(rows, 4, late.camera, late.motion)
    np.testing.assert_allclose(again.motion, rows.motion, atol=1e-12)
    np.testing.assert_array_equal(again.camera, rows.camera)


def test_places_and_turns_are_relative_to_the_start(world):
    first = tokens.encode(world).motion[:, 0]
    assert not first[:, :3].any()
    np.testing.assert_allclose(first[:, tokens.TURN], np.tile([1.0, 0, 0, 0, 1, 0], (len(first), 1)), atol=1e-9)


def test_movers_come_first_and_say_so():
    rows = tokens.encode(simulate("basketball", 2))
    assert tokens.moving(rows.cast).tolist() == [True] + [False] * (len(rows.cast) - 1)
    assert tokens.present(rows.cast).all()


def test_codes_depend_on_their_own_name_alone():
    few = tokens.codes("asset", ("ball", "box"), 16)
    more = tokens.codes("asset", ("tower", "box", "ball"), 16)
    np.testing.assert_array_equal(few, more[[2, 1]])


def test_pad_cuts_and_fills():
    rows = tokens.encode(simulate("drop", 1))
    assert len(tokens.pad(rows, 15).camera) == 15
    assert not tokens.pad(rows, 15).motion[:, 12:].any()
    np.testing.assert_array_equal(tokens.pad(rows, 5).motion, rows.motion[:, :5])
