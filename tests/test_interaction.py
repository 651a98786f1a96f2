"""The interaction network turns with the world, sees both of a pair, and learns what a law is from what follows."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sora2lib.model import frames
from sora2lib.model.conditions import motion_batch
from sora2lib.model.foresight import foresee
from sora2lib.model.interaction import WHAT, Bodies, Interaction, Moment, step
from sora2lib.model.rollout import Tracks, blows, moments, onsets
from sora2lib.model.tokens import BLOW, DT, SCENE_WIDTH, encode
from sora2lib.model.tracks import STRIDE
from sora2lib.model.tracks import blows as numpy_blows
from sora2lib.model.weights import Scales
from sora2lib.train import data, forces
from sora2lib.train.data import scales, stacks
from sora2lib.train.library import Library
from sora2lib.world.simulate import simulate


def stirred(seed=0):
    """An interaction network whose last layers say something."""
    torch.manual_seed(seed)
    network = Interaction().double()
    for part in (network.pair, network.node):
        torch.nn.init.normal_(part.leave.weight, std=0.2)
    return network


def scene(count=3, worlds=4, seed=1):
    """Random bodies, all of which move, and how they stand."""
    torch.manual_seed(seed)
    half = torch.rand(worlds, count, 3, dtype=torch.float64) * 0.2 + 0.1
    what = torch.randn(worlds, count, WHAT, dtype=torch.float64)
    what[..., -2], what[..., -1] = 0.0, 1.0
    mask = torch.ones(worlds, count, dtype=torch.bool)
    them = Bodies(half, what, mask, torch.randn(worlds, SCENE_WIDTH, dtype=torch.float64))
    draw = [torch.randn(worlds, count, 3, dtype=torch.float64) for _ in range(5)]
    turn = torch.linalg.qr(torch.randn(worlds, count, 3, 3, dtype=torch.float64)).Q
    columns = torch.cat([turn[..., 0], turn[..., 1]], dim=-1)
    gap = draw[0][..., 2:].abs()
    return Moment(draw[0], draw[1], draw[2], columns, draw[3], draw[4], gap), them


def test_what_is_turned_about_the_vertical_is_answered_turned():
    network, (now, them) = stirred(), scene()
    angle = torch.tensor(1.1, dtype=torch.float64)
    yaw = torch.eye(3, dtype=torch.float64)
    yaw[0, 0] = yaw[1, 1] = angle.cos()
    yaw[1, 0], yaw[0, 1] = angle.sin(), -angle.sin()
    there = {name: it @ yaw.T for name, it in vars(now).items() if name not in ("columns", "gap")}
    columns = torch.cat([part @ yaw.T for part in now.columns.chunk(2, dim=-1)], dim=-1)
    turned = Moment(**there, columns=columns, gap=now.gap)
    for one, other in zip(network(now, them, 3), network(turned, them, 3), strict=True):
        assert one.abs().max() > 0.1
        torch.testing.assert_close(one @ yaw.T, other, rtol=1e-3, atol=1e-3)


def test_the_order_of_the_bodies_does_not_matter():
    network, (now, them) = stirred(), scene()
    order = torch.tensor([2, 0, 1])
    swapped = Moment(**{name: it[:, order] for name, it in vars(now).items()})
    others = replace(them, half=them.half[:, order], what=them.what[:, order])
    for one, other in zip(network(now, them, 3), network(swapped, others, 3), strict=True):
        torch.testing.assert_close(one[:, order], other)


def test_who_is_not_there_pushes_nobody():
    network, (now, them) = stirred(), scene()
    absent = them.mask.clone()
    absent[:, 2] = False
    moved = replace(now, place=now.place + torch.tensor([0.0, 0.0, 0.3]) * (torch.arange(3) == 2)[:, None])
    before, after = (network(it, replace(them, mask=absent), 2)[0] for it in (now, moved))
    torch.testing.assert_close(before, after)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(network(now, them, 2)[0], network(moved, them, 2)[0])


def test_a_step_is_a_sample_of_kinematics():
    now, _ = scene()
    gain, change = torch.ones(4, 2, 3, dtype=torch.float64), torch.full((4, 2, 3), 0.1, dtype=torch.float64)
    then = step(now, gain, change)
    speed = now.speed[:, :2] + DT
    torch.testing.assert_close(then.speed[:, :2], speed)
    torch.testing.assert_close(then.place[:, :2], now.place[:, :2] + speed * DT)
    torch.testing.assert_close(then.gap[:, :2], now.gap[:, :2] + speed[..., 2:] * DT)
    torch.testing.assert_close(then.speed[:, 2], now.speed[:, 2])
    turn = frames.orthonormal(then.columns) @ frames.orthonormal(now.columns).transpose(-1, -2)
    angle = torch.arccos((turn.diagonal(dim1=-2, dim2=-1).sum(-1) - 1) / 2)
    torch.testing.assert_close(angle[:, :2], (now.rate[:, :2] + 0.1).norm(dim=-1) * DT)


@pytest.mark.parametrize("family", ["drop", "collide", "dominoes", "tower"])
def test_moments_of_a_world_are_where_the_simulator_had_it(family):
    world = simulate(family, 4)
    rows = encode(world)
    cast, motion = (torch.as_tensor(it)[None] for it in (rows.cast, rows.motion))
    tracks = Tracks.of(motion)
    now = moments(motion, cast, tracks)
    order = np.argsort(world.fixed.values, kind="stable")
    place = world.position.values[order][:, :-1].swapaxes(0, 1)  # (T, A, 3)
    np.testing.assert_allclose(now.place, place, atol=1e-6)
    movers = len(rows.motion)
    speed = np.diff(place[:, :movers], axis=0) / DT
    np.testing.assert_allclose(now.speed[1:, :movers], speed, atol=1e-5)
    begun = onsets(motion, cast, tracks)
    np.testing.assert_allclose(begun.speed[0, :, 1:], now.speed[STRIDE::STRIDE, :movers].transpose(0, 1), atol=1e-5)
    np.testing.assert_allclose(begun.rate[0, :, 1:], now.rate[STRIDE::STRIDE, :movers].transpose(0, 1), atol=1e-5)
    gap, later_gap = begun.gap[0, :, 1:], now.gap[STRIDE::STRIDE, :movers].transpose(0, 1)
    upright = tracks.rates[0, :, :-1].norm(dim=-1).amax(dim=-1) < 1e-2  # what tumbles has its gap told anew
    np.testing.assert_allclose(gap[upright], later_gap[upright], atol=5e-3)


def test_blows_are_those_of_the_twin():
    accelerations = np.random.default_rng(0).normal(size=(50, STRIDE, 3)) * 4
    np.testing.assert_array_equal(blows(torch.as_tensor(accelerations)), numpy_blows(accelerations))


class Law(Interaction):
    """Stands for a network that has learned that everything falls, and nothing else."""

    def forward(self, now, them, movers):
        fall = torch.zeros_like(now.speed[:, :movers])
        fall[..., 2] = -9.81
        return fall, torch.zeros_like(fall)


def test_a_forecast_is_the_row_that_the_network_goes_through():
    world = simulate("throw", 3)
    rows = encode(world)
    known = Scales.from_arrays(scales(stacks([rows])))
    clean = motion_batch([rows], known, slots=len(rows.cast))
    told = known.leave("motion", foresee(Law(), clean, known).forecast)[0, 0].double().numpy()
    true = rows.motion[0]
    flying = (true[:, BLOW][:, -1] == 1) & np.isclose(true[:, 10], np.arcsinh(-9.81), atol=1e-3)
    assert flying[1:].any()
    np.testing.assert_allclose(
        told[1:, : 8 + 3 * STRIDE][flying[1:]], true[1:, : 8 + 3 * STRIDE][flying[1:]], atol=2e-2
    )
    assert (told[1:, BLOW].argmax(axis=-1) == STRIDE).all()


def test_the_lesson_teaches_what_follows(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "SHARD", 12)
    monkeypatch.setattr(data, "family_of", lambda seed: "drop")
    monkeypatch.setattr(forces, "QUIET", 5.0)  # falling is learned sooner than blows
    data.make_shard(tmp_path, 0)
    torch.manual_seed(0)
    network, rows = Interaction(pair=32, node=32), encode(simulate("drop", 0))
    known = Scales.from_arrays(scales(stacks([rows])))
    (group,) = (it for it in Library().refresh(tmp_path).groups() if it.motion.shape[1] == 1)
    store = forces.Store.of(group, known)

    def surprise():
        torch.manual_seed(1)
        return float(forces._a_sample(network, store, 300).detach())

    before = surprise()
    losses = list(forces.learn(network, known, forces.ForceConfig(tmp_path, steps=200, pairs=800)))
    assert len(losses) == 200
    assert surprise() < 0.9 * before


def test_a_row_is_learned_as_the_network_goes_through_it():
    """What falls freely through a row surprises a network that knows falling least, and one that knows nothing most."""
    time = np.arange(2 * STRIDE + 1) * DT
    height = torch.as_tensor(40 - 9.81 * time**2 / 2)
    accelerations = torch.zeros(1, 2 * STRIDE, 1, 3, dtype=torch.float64)
    accelerations[..., 2] = -9.81
    zero = torch.zeros(2 * STRIDE, 1, 3, dtype=torch.float64)
    place, speed = zero.clone(), zero.clone()
    place[:, 0, 2] = height[:-1]
    speed[1:, 0, 2] = height.diff()[:-1] / DT
    upright = torch.tensor([1.0, 0, 0, 0, 1, 0], dtype=torch.float64).expand(2 * STRIDE, 1, 6)
    now = Moment(place, speed, accelerations[0], upright, zero, zero, place[..., 2:])
    half, what = torch.full((1, 1, 3), 0.1, dtype=torch.float64), torch.zeros(1, 1, WHAT, dtype=torch.float64)
    them = Bodies(half, what, torch.ones(1, 1, dtype=torch.bool), torch.zeros(1, SCENE_WIDTH, dtype=torch.float64))
    odds = torch.tensor([0.0, 1.0], dtype=torch.float64)  # of the two rows only the second is drawn
    store = forces.Store(now, them, accelerations, accelerations * 0, odds, odds)
    with torch.no_grad():
        lawful, ignorant = (float(forces._a_row(it.double(), store, 8)) for it in (Law(), Interaction()))
    assert lawful < 1e-6
    assert ignorant > 2
