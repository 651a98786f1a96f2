"""Worlds in a mirror: rows against a world that was mirrored by hand, and captions that stay true."""

import numpy as np
import pytest

from sora2lib.model import rotations
from sora2lib.model.tokens import decode, encode
from sora2lib.train.evaluate import obeys
from sora2lib.train.mirror import mirrored, swapped
from sora2lib.world.captions import caption
from sora2lib.world.facts import Facts
from sora2lib.world.simulate import simulate
from sora2lib.world.symmetry import MIRRORS, mirror_axis

FLIP = np.diag([-1.0, 1.0, 1.0])


def by_hand(world):
    """The world with x turned round, worked out on its own variables."""
    signs = np.diagonal(FLIP)
    body = np.stack([np.diag(MIRRORS[mirror_axis(str(name))]) for name in world.asset.values])
    turned = rotations.from_matrix(FLIP @ rotations.to_matrix(world.rotation.values) @ body[:, None])
    return world.assign(
        position=world.position * signs,
        rotation=(world.rotation.dims, turned),
        camera_eye=world.camera_eye * signs,
        camera_target=world.camera_target * signs,
        camera_roll=-world.camera_roll,
        sun_azimuth=np.pi - world.sun_azimuth,
        wind=world.wind * signs,
    )


@pytest.mark.parametrize("family", ["drop", "throw", "ramp", "basketball", "seesaw", "cars", "wind"])
def test_rows_in_a_mirror_are_those_of_the_mirrored_world(family):
    world = simulate(family, 5)
    seen, expected = mirrored(encode(world)), encode(by_hand(world))
    for name in ("cast", "scene", "camera", "motion"):
        np.testing.assert_allclose(getattr(seen, name), getattr(expected, name), atol=1e-6, err_msg=name)


@pytest.mark.parametrize("family", ["roll", "throw", "collide", "basketball", "seesaw"])
def test_what_is_said_of_the_mirrored_world_is_true(family):
    for seed in range(3):
        world = simulate(family, seed)
        facts = swapped(Facts.from_json(world.attrs["facts"]))
        told = caption(facts, np.random.default_rng(seed))
        answers = obeys(decode(mirrored(encode(world))), told.clauses)
        assert all(answer is True for answer in answers.values()), (told.text, answers)


def test_left_and_right_change_places():
    facts = Facts.from_json(simulate("roll", 0).attrs["facts"])
    other = swapped(facts)
    assert {facts.direction, other.direction} == {"left", "right"}
    assert swapped(other) == facts


def test_what_has_a_handle_on_one_side_has_no_mirror_image():
    assert mirror_axis("ball") == "x"
    assert mirror_axis("ramp") == "y"
    assert mirror_axis("fridge") == ""


def test_somebody_who_bends_is_left_out():
    assert mirrored(encode(simulate("gesture", 0))) is None
