"""The network that films: what it makes of what there is to film."""

from dataclasses import replace

import pytest
import torch

from sora2lib.model import tokens
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.conditions import motion_batch, seen
from sora2lib.model.filming import Filming
from sora2lib.model.sight import OTHERS, PLACES, Sight
from sora2lib.model.weights import load
from sora2lib.world.simulate import simulate


@pytest.fixture(scope="module")
def there() -> Sight:
    scales = load("small").scales
    return seen(motion_batch([tokens.encode(simulate("roll", 3))], scales, slots=4), scales)


@pytest.fixture
def network() -> Filming:
    torch.manual_seed(0)
    network = Filming(8, 4).eval()
    torch.nn.init.normal_(network.read.weight)
    for block in network.blocks:
        torch.nn.init.normal_(block.attention.out.weight, std=0.1)
    network.mean.copy_(torch.randn(CAMERA_WIDTH))
    network.deviation.copy_(torch.rand(CAMERA_WIDTH) + 0.5)
    return network


def test_rows_come_back(network, there):
    rows = there.told.shape[1]
    camera = torch.randn(1, rows, CAMERA_WIDTH) * 0.1 + torch.tensor([0.0, -3, 1, 0, 0, 0, 0, -0.4, *[0.0] * 40])
    assert torch.allclose(network.leave(there, network.enter(there, camera)), camera, atol=1e-4)


def test_a_camera_can_go_exactly_along(network, there):
    """What is meant for a lead is as an offset from it is, so many times as large as the lead is beside the action."""
    offset = torch.randn(CAMERA_WIDTH)
    with torch.no_grad():
        network.read.weight.zero_()
        values = network.read.bias.zero_().view(-1, CAMERA_WIDTH)
        values[2] = (offset - network.mean) / network.deviation
        values[1 + OTHERS] = -5.0  # every component is exact
        values[3 + OTHERS] = 20.0  # and the first lead's is the likeliest
    grown = torch.ones(CAMERA_WIDTH)
    grown[PLACES] = there.reach[0, 1]
    clean = (there.along[:, :, 1] + grown * offset - network.mean) / network.deviation
    noise = torch.randn_like(clean)
    text = torch.zeros(1, 1, 8), torch.ones(1, 1, dtype=torch.bool)
    speed = network(there, *text, (clean + noise) / 2, torch.full(clean.shape[:2], 0.5))
    assert torch.allclose(speed, clean - noise, atol=0.05)


def test_what_is_masked_is_not_read(network, there):
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


def test_worlds_several_times_over_are_as_each_time_alone(network, there):
    rows = there.told.shape[1]
    text, mask = torch.randn(2, 3, 8), torch.ones(2, 3, dtype=torch.bool)
    camera, level = torch.randn(6, rows, CAMERA_WIDTH), torch.rand(6, rows)
    with torch.no_grad():
        at_once = network(there, text, mask, camera, level)
        alone = [network(there, text, mask, *(it[i : i + 2] for it in (camera, level))) for i in (0, 2, 4)]
    assert torch.allclose(at_once, torch.cat(alone), atol=1e-5)


def test_scales_and_atoms_are_those_of_the_rows(network):
    rows = torch.randn(4_000, CAMERA_WIDTH) * 2 + 1
    rows[:2_000, 5] = 3.0  # what is commonest
    network.settle(rows)
    standard = (rows - network.mean) / network.deviation
    assert torch.allclose(standard.mean(dim=0), torch.zeros(CAMERA_WIDTH), atol=1e-4)
    assert torch.allclose(standard.std(dim=0), torch.ones(CAMERA_WIDTH), atol=1e-3)
    assert float(network.atoms[0, 5].detach()) == pytest.approx(float(standard[0, 5]), abs=0.02)
