import numpy as np
import pytest

from sora2lib.model import tokens, windows
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.settling import settled
from sora2lib.world.families import FAMILIES
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.simulate import simulate


@pytest.fixture(scope="module", params=[*FAMILIES, *PEOPLE])
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
    np.testing.assert_allclose(again.joint_angle, world.joint_angle, atol=1e-6)
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
    short = tokens.Rows(*(part.astype(np.float32) for part in vars(rows).values()))
    np.testing.assert_allclose(tokens.decode(short).position, ordered(world).position, atol=1e-4)


def test_crop_is_the_world_from_then_on(world):
    rows = tokens.encode(world)
    late = tokens.decode(windows.crop(rows, 3))
    start = 3 * tokens.STRIDE
    moved = ordered(world).position.values[:, start:]
    np.testing.assert_allclose(late.position, moved, atol=1e-6)
    turned = ordered(world).rotation.values[:, start:]
    np.testing.assert_allclose(np.abs((late.rotation.values * turned).sum(axis=-1)), 1, atol=1e-9)
    again = windows.crop(rows, 3)
    movers = len(rows.motion)
    np.testing.assert_allclose(again.cast[:movers, -10:-7], moved[:movers, 0], atol=1e-6)


def test_join_undoes_crop(world):
    rows = tokens.encode(world)
    late = windows.crop(rows, 4)
    again = windows.join(rows, 4, late.camera, late.motion, late.pose)
    np.testing.assert_allclose(again.motion, rows.motion, atol=1e-12)
    np.testing.assert_array_equal(again.camera, rows.camera)
    np.testing.assert_array_equal(again.pose, rows.pose)


def test_a_stretch_amidst_a_world_is_put_back_where_it_lay(world):
    rows = tokens.encode(world)
    late = windows.crop(rows, 4)
    again = windows.join(rows, 4, late.camera[:3] + 1, late.motion[:, :3], late.pose[:, :3] + 1)
    np.testing.assert_allclose(again.motion, rows.motion, atol=1e-12)
    for name, shifted in (("camera", 0), ("pose", 1)):
        before, after = (np.moveaxis(getattr(it, name), shifted, 0) for it in (rows, again))
        np.testing.assert_array_equal(after[:4], before[:4])
        np.testing.assert_array_equal(after[4:7], before[4:7] + 1)
        np.testing.assert_array_equal(after[7:], before[7:])
    short = windows.until(rows, 5)
    np.testing.assert_array_equal(short.motion, rows.motion[:, :5])
    assert (len(short.camera), short.pose.shape[1]) == (5, 5)


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
    assert len(windows.pad(rows, 15).camera) == 15
    assert not windows.pad(rows, 15).motion[:, 12:].any()
    np.testing.assert_array_equal(windows.pad(rows, 5).motion, rows.motion[:, :5])


def test_figures_come_first_and_own_the_poses():
    world = simulate("gesture", 3)
    assert world.asset.values.tolist() == ["man", "box"]
    rows = tokens.encode(world.isel(actor=[1, 0]))
    assert tokens.figures(rows.cast).tolist() == [True, False]
    assert rows.pose.shape == (1, 12, POSE_WIDTH)
    np.testing.assert_allclose(tokens.decode(rows).joint_angle[0], world.joint_angle[0], atol=1e-6)


def test_a_world_without_figures_has_no_poses():
    assert tokens.encode(simulate("drop", 1)).pose.shape == (0, 12, POSE_WIDTH)


def test_settling_leaves_a_true_cast_alone_and_brings_a_wrong_height_to_what_the_gap_says():
    cast = tokens.encode(simulate("drop", 3)).cast
    np.testing.assert_allclose(settled(cast), cast, atol=1e-9)
    resting = tokens.encode(simulate("roll", 2)).cast
    gap, lifted = resting[:, -7].copy(), resting.copy()
    lifted[:, -8] += 0.08
    put = settled(lifted)
    near = np.abs(gap) < 0.5
    assert near.any()
    np.testing.assert_allclose(put[near, -8], resting[near, -8], atol=0.005)
    np.testing.assert_allclose(settled(put), put, atol=1e-9)  # height and gap agree
