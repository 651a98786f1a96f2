"""The network that films: what it is told, and what it makes of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter1d

from sora2lib.model import tokens, tracks
from sora2lib.model.camera import CAMERA_STRIDE, CAMERA_WIDTH, KNOTS
from sora2lib.model.conditions import motion_batch, seen
from sora2lib.model.filming import LEADS, Filming
from sora2lib.model.tokens import DT
from sora2lib.model.weights import Scales, load
from sora2lib.world.filming import LAZY
from sora2lib.world.simulate import simulate

SECONDS = 4.0


@pytest.fixture(scope="module")
def scales() -> Scales:
    return load("small").scales


@pytest.fixture(scope="module")
def rolling():
    return simulate("roll", 3, seconds=SECONDS)


def sight_of(worlds, scales, slots=4):
    return seen(motion_batch([tokens.encode(it) for it in worlds], scales, slots=slots), scales)


def test_a_lead_is_told_as_a_camera_that_goes_along_with_it(rolling, scales):
    path_T3 = rolling.position.values[0]
    smooth = gaussian_filter1d(path_T3[::CAMERA_STRIDE], LAZY / (CAMERA_STRIDE * DT), axis=0, mode="nearest")
    parts = tracks.differences(smooth, CAMERA_STRIDE * DT, KNOTS)
    along = (sight_of([rolling], scales).along[0, :, 0] * scales.deviation["camera"]).numpy()
    groups = along.reshape(len(along), 2 + KNOTS, 8)
    for first in (0, 3):  # eye and target alike
        them = groups[..., first : first + 3]
        assert np.allclose(them[:, 0], parts[0], atol=5e-3)
        assert np.allclose(them[:, 1], parts[1], atol=2e-2)
        assert np.allclose(them[:, 2:], parts[2], atol=0.1)
    assert not groups[..., 6:].any()  # roll and view are its own


def test_who_gets_about_most_leads(scales):
    world = simulate("tower", 4, seconds=SECONDS)
    sight = sight_of([world], scales, slots=12)
    ways = np.ptp(world.position.values[..., :2], axis=1)
    far = np.argsort(-np.hypot(*ways.T))[:LEADS]
    assert far[0] != 0  # what comes first is not what goes far
    assert np.allclose(sight.told[0, 0, 9:].numpy().reshape(LEADS, 9)[:, 6:] * 2, world["size"].values[far], rtol=1e-4)


def test_the_action_is_boxed(rolling, scales):
    told = sight_of([rolling], scales).told[0, 0].numpy()
    path_T3, half = rolling.position.values[0], rolling["size"].values[0] / 2
    low, high = path_T3.min(axis=0) - half.max(), path_T3.max(axis=0) + half.max()
    assert np.allclose(told[:3], (low + high) / 2, atol=0.01)
    assert np.allclose(told[3:6], high - low, atol=0.02)


def test_others_in_a_batch_change_nothing(rolling, scales):
    many = simulate("dominoes", 2, seconds=SECONDS)
    alone, beside = sight_of([rolling], scales, slots=12), sight_of([rolling, many], scales, slots=12)
    assert torch.allclose(alone.told[0], beside.told[0])
    assert torch.allclose(alone.along[0], beside.along[0])


def test_a_camera_can_go_exactly_along(rolling, scales):
    torch.manual_seed(0)
    network, there = Filming(8, 4).eval(), sight_of([rolling], scales)
    with torch.no_grad():
        network.read.bias.zero_()
        values = network.read.bias.view(-1, CAMERA_WIDTH)
        values[1 + LEADS :][: 1 + LEADS] = -5.0  # every component is exact
        values[2 * (1 + LEADS)] = 20.0  # and the first lead's is the likeliest
    level = torch.full((1, there.told.shape[1]), 0.5)
    clean = there.along[:, :, 0]
    noise = torch.randn_like(clean)
    text = torch.zeros(1, 1, 8), torch.ones(1, 1, dtype=torch.bool)
    speed = network(there, *text, (clean + noise) / 2, level)
    assert torch.allclose(speed, clean - noise, atol=0.05)


def test_what_is_masked_is_not_read(rolling, scales):
    torch.manual_seed(0)
    network, there = Filming(8, 4).eval(), sight_of([rolling], scales)
    torch.nn.init.normal_(network.read.weight)
    for block in network.blocks:
        torch.nn.init.normal_(block.attention.out.weight, std=0.1)
    rows = there.told.shape[1]
    camera, level = torch.randn(1, rows, CAMERA_WIDTH), torch.full((1, rows), 0.3)
    text, mask = torch.randn(1, 3, 8), torch.tensor([[True, True, False]])
    with torch.no_grad():
        before = network(there, text, mask, camera, level)
        other = replace(there, cast=torch.where(there.mask[..., None], there.cast, there.cast + 5))
        changed = text + torch.tensor([0.0, 0.0, 5.0])[:, None]
        assert torch.allclose(network(other, changed, mask, camera, level), before, atol=1e-5)
        heard = text + torch.tensor([0.0, 5.0, 0.0])[:, None]
        assert not torch.allclose(network(there, heard, mask, camera, level), before, atol=1e-3)
