"""What there is to film: boxes, leads, and cameras told from them."""

import math

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter1d

from sora2lib.model import tokens, tracks
from sora2lib.model.camera import CAMERA_STRIDE, KNOTS
from sora2lib.model.conditions import motion_batch, seen
from sora2lib.model.sight import LEADS, LEAST, WIDE, Sight
from sora2lib.model.tokens import DT
from sora2lib.model.weights import Scales, load
from sora2lib.world.facts import Facts
from sora2lib.world.filming import LAZY
from sora2lib.world.schema import World
from sora2lib.world.simulate import films, simulate
from sora2lib.world.vocabulary import FOLLOWED, FRAMINGS

SIDES, SIZE, SHIFT = slice(0, 3), slice(6, 7), slice(8, 11)  # of what is told
CARRIED = slice(11, 14)


@pytest.fixture(scope="module")
def scales() -> Scales:
    return load("small").scales


@pytest.fixture(scope="module")
def rolling() -> World:
    return simulate("roll", 3)


def sight_of(worlds: list[World], scales: Scales, slots: int = 4) -> Sight:
    return seen(motion_batch([tokens.encode(it) for it in worlds], scales, slots=slots), scales)


def camera_of(world: World) -> torch.Tensor:
    return torch.tensor(tokens.encode(world).camera[None], dtype=torch.float32)


def test_a_camera_comes_back(rolling, scales):
    there, camera = sight_of([rolling], scales), camera_of(rolling)
    assert torch.allclose(there.leave(there.enter(camera)), camera, atol=1e-4)


def test_a_framing_is_the_same_number_in_every_scene(scales):
    found = 0
    for family in ("drop", "collide", "cars", "basketball"):
        for world in films(family, 10_500_003, 6):
            facts = Facts.from_json(world.attrs["facts"])
            there = sight_of([world], scales, slots=12)
            rows = there.enter(camera_of(world))[0]
            height = float(rows[:, 7].exp().mean())  # of the picture, at what the camera looks at
            if facts.camera == "follow":
                assert float(there.reach[0, 1]) / height == pytest.approx(FOLLOWED[facts.framing], rel=0.02)
            elif facts.camera in ("static", "tilt", "pan", "crane"):
                wide, deep, high = there.told[0, 0, SIDES].tolist()
                away = float((rows[0, 3:6] - rows[0, :3]).norm())
                front = height * (away - deep / 2) / away  # and at the front of the action
                assert max(high, wide / WIDE) / front == pytest.approx(FRAMINGS[facts.framing], rel=0.12)
            else:
                continue
            found += 1
    assert found > 8


def test_a_lead_is_told_as_a_camera_that_goes_along_with_it(rolling, scales):
    there = sight_of([rolling], scales)
    path_T3 = (rolling.position.values[0] - there.middle[0].numpy()) / there.unit[0].numpy()
    smooth = gaussian_filter1d(path_T3[::CAMERA_STRIDE], LAZY / (CAMERA_STRIDE * DT), axis=0, mode="nearest")
    parts = tracks.differences(smooth, CAMERA_STRIDE * DT, KNOTS)
    along = there.along[0, :, 1].numpy()
    groups = along.reshape(len(along), 2 + KNOTS, 8)
    for first in (0, 3):  # eye and target alike
        them = groups[..., first : first + 3]
        assert np.allclose(them[:, 0], parts[0], atol=5e-3)
        assert np.allclose(them[:, 1], parts[1], atol=2e-2)
        assert np.allclose(them[:, 2:], parts[2], atol=0.1)
    assert not groups[..., 6].any()  # roll is its own
    assert np.allclose(groups[:, 0, 7], math.log(float(there.reach[0, 1])))  # pictures are as high as it is large


def test_who_gets_about_most_leads(scales):
    world = simulate("tower", 4)
    there = sight_of([world], scales, slots=12)
    ways = np.ptp(world.position.values[..., :2], axis=1)
    far = np.argsort(-np.hypot(*ways.T))[:LEADS]
    assert far[0] != 0  # what comes first is not what goes far
    starts = there.told[0, 0, 26:].reshape(LEADS, 6)[:, :3] * there.unit[0] + there.middle[0]
    apart = np.linalg.norm(starts.numpy()[:, None] - world.position.values[:, 0], axis=-1)  # evened out, so only about
    assert apart.argmin(axis=1).tolist() == far.tolist()


def test_the_action_is_boxed(rolling, scales):
    there = sight_of([rolling], scales)
    path_T3, half = rolling.position.values[0], rolling["size"].values[0] / 2
    low = np.minimum(np.quantile(path_T3 - half, 0.02, axis=0), path_T3[0] - half)
    high = np.maximum(np.quantile(path_T3 + half, 0.98, axis=0), path_T3[0] + half)
    assert np.allclose(there.middle[0, 0], (low + high) / 2, atol=0.02)
    assert np.allclose(there.told[0, 0, SIDES] * there.unit[0], high - low, atol=0.03)
    sides = high - low
    assert float(there.unit[0]) == pytest.approx(max(sides[2], sides[0] / WIDE, LEAST), rel=0.02)


def test_a_body_is_boxed_as_it_is_turned(scales):
    world = simulate("drop", 5).isel(time=slice(0, 25), actor=slice(0, 1)).copy(deep=True)
    world["size"].values[0] = 0.2, 0.3, 2.0
    world["rotation"].values[0] = math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0  # about x: what stood lies along y
    world["position"].values[0] = 0.0, 0.0, 5.0
    there = sight_of([world], scales)
    assert np.allclose(there.told[0, 0, SIDES] * there.unit[0], [0.2, 2.0, 0.3], atol=0.01)


def test_what_carries_belongs_to_the_action_and_what_stands_apart_does_not(scales):
    world = simulate("table", 10_500_003)
    names = [str(it) for it in world.actor.values]
    table = names.index("table")
    there = sight_of([world], scales, slots=12)
    unit, sides = float(there.unit[0]), there.told[0, 0, CARRIED].numpy()
    least = world["size"].values[table] * [0.9, 0.7, 0.99]  # an ellipsoid reaches less far where it is turned
    assert (sides * unit > least).all()
    apart = world.copy(deep=True)
    apart["position"].values[table] += 50.0
    left = sight_of([apart], scales, slots=12)
    assert torch.allclose(left.told[0, 0, CARRIED], left.told[0, 0, SIDES])
    assert not left.told[0, 0, SHIFT].any()


def test_what_is_under_water_is_not_seen(scales):
    world = simulate("float", 10_500_001)
    there = sight_of([world], scales)
    low = float(there.middle[0, 0, 2] - there.told[0, 0, 2] * there.unit[0] / 2)
    assert world.position.values[..., 2].min() < -0.01
    assert low == pytest.approx(0.0, abs=1e-5)


def test_others_in_a_batch_change_nothing(rolling, scales):
    many = simulate("dominoes", 2)
    alone, beside = sight_of([rolling], scales, slots=12), sight_of([rolling, many], scales, slots=12)
    assert torch.allclose(alone.told[0], beside.told[0], atol=1e-5)
    assert torch.allclose(alone.along[0], beside.along[0], atol=1e-5)
