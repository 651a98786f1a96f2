"""How a cast is set going: kinematics is told to the percent, and nothing foretells itself."""

import math

import numpy as np
import pytest
import torch

from sora2lib.model import windows
from sora2lib.model.aiming import (
    CHANNELS,
    CLIMB,
    PACE,
    PULL,
    SPIN,
    WAY,
    Aiming,
    Sooner,
    Standing,
    Start,
    begun,
    heading,
    opposite,
    references,
    set_going,
    started,
    targets,
)
from sora2lib.model.inturn import Call
from sora2lib.model.placed import placed
from sora2lib.model.rollout import Tracks, onsets, stretch
from sora2lib.model.tokens import SCENE_WIDTH, TURN_KNEE, encode
from sora2lib.world.schema import GRAVITY
from sora2lib.world.simulate import simulate

TEXT = 32


def rows_of(family, seed):
    """Cast (1, S, C) and motion rows (1, S, K, C) of a simulated world, those of what stands still zero."""
    rows = encode(simulate(family, seed))
    motion = np.zeros((len(rows.cast), *rows.motion.shape[1:]))
    motion[: len(rows.motion)] = rows.motion
    return torch.as_tensor(rows.cast[None], dtype=torch.float32), torch.as_tensor(motion[None], dtype=torch.float32)


def called(cast):
    torch.manual_seed(3)
    count, slots = cast.shape[:2]
    mask = torch.ones(count, slots, dtype=torch.bool)
    return Call(cast, mask, torch.randn(count, SCENE_WIDTH), torch.randn(count, 4, TEXT), torch.ones(count, 4) > 0)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(2)
    network = Aiming(TEXT)
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.02)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize("family", ["roll", "throw", "collide", "cradle"])
def test_what_is_set_going_begins_as_it_began(family):
    cast, motion = rows_of(family, 3)
    movers = len(encode(simulate(family, 3)).motion)
    rest = torch.as_tensor(windows.at_rest(cast[0, :movers].double().numpy()), dtype=torch.float32)
    again = begun(rest, started(motion[0, :movers]))[None]
    truth = motion[:, :movers]
    told, true = (onsets(truth, cast, Tracks.of(truth), first) for first in (again, None))
    for name in ("speed", "gain", "rate", "gap"):
        torch.testing.assert_close(getattr(told, name), getattr(true, name), atol=2e-3, rtol=1e-3)


def test_what_swings_begins_with_its_first_rate():
    """A third of a second later a pendulum turns several times as fast: angles of the strings, a sample apart."""
    world = simulate("pendulum", 3)
    bob = world.asset.values.tolist().index("pendulum")
    half_A = 2 * np.arctan2(world.rotation.values[bob, :, 2], world.rotation.values[bob, :, 0])
    rate_T = np.diff(half_A) * world.rate
    spin = stretch(started(rows_of("pendulum", 3)[1]).numbers[..., SPIN], TURN_KNEE)[0, :, 1]
    assert spin.abs().max() == pytest.approx(abs(rate_T[0]), rel=0.1)
    assert abs(rate_T[4]) > 1.5 * abs(rate_T[0])


def test_directions_are_told_from_right_over_away_to_left_and_turned_round():
    level = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.01], [-1.0, -0.01], [0.01, -1.0]])
    way = heading(level)
    assert way.tolist() == pytest.approx(
        [0, math.pi / 2, math.pi - 0.01, math.pi + 0.01, -math.pi / 2 + 0.01], abs=1e-4
    )
    back = opposite(way)
    torch.testing.assert_close(heading(-level), back, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", [4, 6])  # a barrel, a marble
def test_what_rolls_spins_as_fast_as_it_goes(seed):
    cast, motion = rows_of("roll", seed)
    own, slot = started(motion), 0
    values, source = references(own, Sooner.of(own, cast), placed(cast))
    off = (values - own.numbers[..., None]).abs().masked_fill(source != 1, torch.inf).amin(dim=-1)[0, slot]
    assert off[SPIN][:2].max() < 0.02


@pytest.mark.parametrize("seed", range(4))
def test_a_throw_at_a_point_meets_it(seed):
    """Twin: the parabola, written out."""
    rng = np.random.default_rng(seed)
    pace, pull = rng.uniform(2, 8), -GRAVITY
    offset = torch.tensor(rng.uniform(-3, 3, (1, 2, 3)), dtype=torch.float32)
    numbers = torch.zeros(1, CHANNELS)
    numbers[0, PACE], numbers[0, 2] = math.asinh(pace / 0.3), math.asinh(pull)
    others = Standing(offset, torch.ones(1, 2, 1), torch.ones(1, 2, dtype=torch.bool))
    values, _ = targets(Start(numbers), others)
    for body in range(2):
        way, climb = float(values[0, body, WAY]), 0.3 * math.sinh(float(values[0, body, CLIMB]))
        time = float(offset[0, body, :2].norm()) / pace
        there = [pace * math.cos(way) * time, pace * math.sin(way) * time, climb * time + pull * time**2 / 2]
        assert there == pytest.approx(offset[0, body].tolist(), abs=0.01)


def test_a_shot_that_goes_in_is_about_the_hoop():
    for seed in range(12):
        world = simulate("basketball", seed)
        if '"outcome": "in"' not in world.attrs["facts"]:
            continue
        cast, motion = rows_of("basketball", seed)
        own = started(motion)
        values, _ = targets(Start(own.numbers[:, 0]), Standing.of(called(cast)).slot(0))
        off = (values[0, 1] - own.numbers[0, 0]).abs()
        assert off[WAY] < 0.06
        assert off[CLIMB] < 0.1


def test_a_start_is_believed_from_those_before_it_alone(network):
    cast, motion = rows_of("collide", 3)
    call, them = called(cast), started(motion)
    then = network(call, them)
    slot, channel = 1, WAY
    numbers = them.numbers.clone()
    numbers[:, slot, channel:] += 0.5
    now = network(call, Start(numbers))
    for part in ("means", "spreads", "logits"):
        before, after = getattr(then, part), getattr(now, part)
        torch.testing.assert_close(after[:, :slot], before[:, :slot])
        torch.testing.assert_close(after[:, slot, : channel + 1], before[:, slot, : channel + 1])
        assert not torch.allclose(after[:, slot, channel + 1 :], before[:, slot, channel + 1 :])


def test_nobody_means_himself_nor_who_is_not_there(network):
    cast, motion = rows_of("collide", 3)
    slots = cast.shape[1]
    call = called(torch.cat([cast, torch.zeros_like(cast[:, :1])], dim=1))
    call.mask[:, slots:] = False
    them = Start(torch.cat([started(motion).numbers, torch.zeros(1, 1, CHANNELS)], dim=1))
    pointed = network(call, them).logits[0, :, :, -(slots + 1) :].softmax(dim=-1)  # (S, C, S)
    for slot in range(slots):
        assert pointed[slot, PACE : CLIMB + 1, slot].max() < 1e-6
        assert pointed[slot, PACE : CLIMB + 1, slots].max() < 1e-6
    assert network(call, them).logits[0, 0, PULL, -(slots + 1) :].max() <= -1e3


def test_what_is_drawn_is_what_is_believed(network):
    """Twin: all at once, given itself, believes the same as one number after the other."""
    cast, motion = rows_of("collide", 3)
    call, slots = called(cast), cast.shape[1]
    got = set_going(network, call, torch.ones(1, slots, dtype=torch.bool), [torch.Generator().manual_seed(5)])
    again = torch.Generator().manual_seed(5)
    chance, noise = torch.rand(1, slots, CHANNELS, generator=again), torch.randn(1, slots, CHANNELS, generator=again)
    told = network(call, got).draw(chance, noise)
    torch.testing.assert_close(told, got.numbers, atol=2e-3, rtol=1e-3)
    assert motion.shape[1] == slots
