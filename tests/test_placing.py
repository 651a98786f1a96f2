"""A cast is set out one body after the other: nothing foretells itself, and what is drawn is what was believed."""

import math

import numpy as np
import pytest
import torch

from sora2lib.casting import set_down_all, set_out
from sora2lib.model import tokens, weights
from sora2lib.model.inturn import Call
from sora2lib.model.mixture import Mixture
from sora2lib.model.pairs import sunk
from sora2lib.model.placed import CHANNELS, TURN, Placed, placed
from sora2lib.model.placing import COMPONENTS, DEEPEST, TRIES, Placing, set_down
from sora2lib.model.tokens import SCENE_WIDTH, encode
from sora2lib.world.simulate import simulate

TEXT = 32


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(2)
    network = Placing(TEXT)
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.02)
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def call():
    casts = [torch.as_tensor(encode(simulate(*it)).cast, dtype=torch.float32) for it in (("tower", 5), ("drop", 1))]
    slots = max(map(len, casts))
    cast = torch.stack([torch.cat([it, torch.zeros(slots - len(it), it.shape[1])]) for it in casts])
    mask = torch.arange(slots) < torch.tensor([len(it) for it in casts])[:, None]
    torch.manual_seed(3)
    return Call(cast, mask, torch.randn(2, SCENE_WIDTH), torch.randn(2, 4, TEXT), torch.ones(2, 4, dtype=torch.bool))


def test_surprise_is_minus_the_logarithm_of_a_density():
    torch.manual_seed(0)
    mixture = Mixture(*(0.5 * torch.randn(1, COMPONENTS) for _ in range(3)))
    grid = torch.linspace(-12, 12, 40_001)
    density = torch.stack([torch.exp(-mixture.surprise(at[None])) for at in grid])[:, 0] / math.sqrt(2 * math.pi)
    assert float(density.sum() * (grid[1] - grid[0])) == pytest.approx(1, abs=1e-3)


def test_numbers_are_drawn_more_often_the_likelier_they_are_and_rare_ones_never():
    means, spreads = (
        it.expand(4_000, 1, -1) for it in (torch.linspace(0, 50, COMPONENTS), torch.full((COMPONENTS,), -3.0))
    )
    logits = torch.full((4_000, 1, COMPONENTS), -1e4)
    logits[..., 2], logits[..., 5], logits[..., 7] = math.log(0.29), math.log(0.68), math.log(0.03)
    torch.manual_seed(1)
    drawn = Mixture(means, spreads, logits).draw(torch.rand(4_000, 1), torch.randn(4_000, 1))
    near, rare = ((drawn - means[0, 0, which]).abs() < 0.5 for which in (2, 7))
    assert float(near.float().mean()) == pytest.approx(0.29**1.5 / (0.29**1.5 + 0.68**1.5), abs=0.02)
    assert not rare.any()
    assert float(drawn[near].std()) == pytest.approx(0.7 * math.exp(-3), rel=0.1)


def test_a_body_is_believed_from_those_before_it_alone(network, call):
    them = placed(call.cast)
    then = network(call, them)
    slot, channel = 2, 14
    numbers = them.numbers.clone()
    numbers[:, slot, channel:] += 0.5
    numbers[:, slot + 1 :] -= 0.5
    now = network(call, Placed(numbers, them.depth))
    for part in ("means", "spreads", "logits"):
        before, after = getattr(then, part), getattr(now, part)
        torch.testing.assert_close(after[:, :slot], before[:, :slot])
        torch.testing.assert_close(after[:, slot, : channel + 1], before[:, slot, : channel + 1])
    assert not torch.allclose(now.means[0, slot + 1], then.means[0, slot + 1], atol=1e-3)


def test_what_is_set_down_is_what_is_believed_of_it(network, call):
    """Twin: the whole cast at once, given itself, believes the same as one number after the other."""
    generators = [torch.Generator().manual_seed(seed) for seed in (5, 6)]
    got = set_down(network, call, generators, lambda world, slot, sides, turn: float(sides[2]) / 2)
    again = [torch.Generator().manual_seed(seed) for seed in (5, 6)]
    slots = call.mask.shape[1]
    chances = torch.stack([torch.rand(TRIES, slots, CHANNELS, generator=it) for it in again])[:, 0]
    noises = torch.stack([torch.randn(TRIES, slots, CHANNELS, generator=it) for it in again])[:, 0]
    told = network(call, got).draw(chances, noises)
    left = [channel for channel in range(CHANNELS) if channel not in range(TURN.start, TURN.stop)]  # turns are squared
    torch.testing.assert_close(told[0][:, left], got.numbers[0][:, left], atol=2e-3, rtol=1e-3)
    columns = got.numbers[0, :, TURN]
    torch.testing.assert_close(columns[:, :3].norm(dim=-1), torch.ones(slots))
    torch.testing.assert_close((columns[:, :3] * columns[:, 3:]).sum(dim=-1), torch.zeros(slots), atol=1e-5, rtol=0)


def test_a_world_alone_is_set_down_as_among_others(network, call):
    def down(which):
        one = Call(*(getattr(call, name)[which] for name in ("cast", "mask", "scene", "text", "text_mask")))
        seeds = torch.arange(5, 7)[which].tolist()
        return set_down(network, one, [torch.Generator().manual_seed(it) for it in seeds], lambda *_: 0.1)

    both, alone = down(slice(0, 2)), down(slice(0, 1))
    torch.testing.assert_close(alone.numbers[0], both.numbers[0], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("offset", "deep"),
    [
        ((0.4, 0, 0), 0.0),  # side by side
        ((0.3, 0.15, 0), 0.5),  # 0.1 m of 0.2
        ((0, 0, 0.59), 0.05),
        ((2.0, 0, 0), -8.0),
    ],
)
def test_how_deep_a_box_stands_in_another(offset, deep):
    place = torch.tensor([[(1.0, 2.0, 3.0), (1.0, 2.0, 3.0)]])
    place[0, 1] += torch.tensor(offset)
    half, columns = torch.tensor([[(0.2, 0.3, 0.3), (0.2, 0.3, 0.3)]]), torch.tensor([1.0, 0, 0, 0, 1, 0])
    torch.testing.assert_close(sunk(place, columns.expand(1, 2, 6), half), torch.tensor([[deep]]))
    quarter = torch.tensor([0.0, 1, 0, -1, 0, 0])  # both turned, and the way between them
    place[0, 1] = place[0, 0] + torch.tensor(offset) @ torch.tensor([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    torch.testing.assert_close(sunk(place, quarter.expand(1, 2, 6), half), torch.tensor([[deep]]), atol=1e-5, rtol=0)


def test_balls_stand_in_each_other_as_far_as_their_radii_lap():
    place, half = torch.tensor([[(0.0, 0, 0), (0.3, 0.4, 0)]]), torch.tensor([[[0.4] * 3, [0.2] * 3]])
    columns = torch.tensor([1.0, 0, 0, 0, 1, 0]).expand(1, 2, 6)
    torch.testing.assert_close(sunk(place, columns, half), torch.tensor([[0.5]]))


def test_what_is_solid_is_drawn_again_where_it_would_stand_in_another(network, call):
    many = Call(*(getattr(call, name)[:1].expand(40, *it.shape[1:]) for name, it in vars(call).items()))

    def down(solid):
        generators = [torch.Generator().manual_seed(seed) for seed in range(40)]
        return set_down(network, many, generators, lambda *_: 0.1, solid)

    def inside(them, slots):
        place, columns, half = them.place[:, :slots], them.numbers[:, :slots, TURN], them.sides[:, :slots] / 2
        return (sunk(place, columns, half) > DEEPEST).any(dim=1)

    once, again = down(None), down(many.mask)
    second = inside(once, 2)
    assert 4 < int(second.sum()) < 36
    assert int(inside(again, 2).sum()) <= int(second.sum()) // 4
    torch.testing.assert_close(again.numbers[~second, :2], once.numbers[~second, :2])
    torch.testing.assert_close(down(~many.mask).numbers, once.numbers)  # what is not solid may


def test_the_cast_stays_who_it_is_and_stands_where_it_was_put(untrained):
    model = weights.load(untrained)
    rows = encode(simulate("tower", 5))
    cast = model.scales.enter("cast", torch.as_tensor(rows.cast, dtype=torch.float32))
    scene = model.scales.enter("scene", torch.as_tensor(rows.scene, dtype=torch.float32))
    world = set_out(model, cast, scene, ())
    (after,) = set_down_all(model, ["a tower"], [torch.Generator().manual_seed(1)], [world], [()])
    assert tokens.asset_names(after.cast) == tokens.asset_names(world.cast)
    assert np.allclose(after.cast[:, tokens.COLOUR], world.cast[:, tokens.COLOUR], atol=1e-5)
    assert not np.allclose(after.cast[:, tokens.START], world.cast[:, tokens.START], atol=1e-2)
    gaps = after.motion[:, 0, 3]
    assert np.allclose(gaps, after.cast[: len(after.motion), tokens.GAP][:, 0])
    decoded = tokens.decode(after)
    assert np.isfinite(decoded.position.values).all()
