"""The interaction network turns with the world, sees both of a pair, and learns what a law is from what follows."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from sora2lib.model import frames, tokens
from sora2lib.model.conditions import motion_batch
from sora2lib.model.foresight import foresee
from sora2lib.model.interaction import BACK, Interaction
from sora2lib.model.pairs import FALL, meet
from sora2lib.model.rollout import Tracks, blows, moments, onsets
from sora2lib.model.states import WHAT, Bodies, Moment, bodies, hook, step
from sora2lib.model.tokens import BLOW, DT, SCENE_WIDTH, SIZE, encode
from sora2lib.model.tracks import STRIDE
from sora2lib.model.tracks import blows as numpy_blows
from sora2lib.model.weights import Scales
from sora2lib.train import data, forces
from sora2lib.train.data import scales, stacks
from sora2lib.train.library import Library
from sora2lib.world.assets import primitives
from sora2lib.world.simulate import simulate
from sora2lib.world.support import rotate


def stirred(seed=0):
    """An interaction network whose last layers say something."""
    torch.manual_seed(seed)
    network = Interaction().double()
    for part in network.children():
        torch.nn.init.normal_(part.leave.weight, std=0.2)
    return network


def scene(count=3, worlds=4, seed=1):
    """Random bodies, all of which move, and how they stand."""
    torch.manual_seed(seed)
    half = torch.rand(worlds, count, 3, dtype=torch.float64) * 0.2 + 0.1
    what = torch.randn(worlds, count, WHAT, dtype=torch.float64)
    what[..., -2], what[..., -1] = 0.0, 1.0
    mask = torch.ones(worlds, count, dtype=torch.bool)
    draw = [torch.randn(worlds, count, 3, dtype=torch.float64) for _ in range(6)]
    turn = torch.linalg.qr(torch.randn(worlds, count, 3, 3, dtype=torch.float64)).Q
    columns = torch.cat([turn[..., 0], turn[..., 1]], dim=-1)
    gap = draw[0][..., 2:].abs()
    string = torch.tensor([1.2, 0.0, 0.8], dtype=torch.float64)[:count, None].expand(worlds, -1, -1)
    pivot = draw[0] + hook(columns, string) + 0.02 * draw[5]
    around = torch.randn(worlds, SCENE_WIDTH, dtype=torch.float64)
    them = Bodies(half, what, mask, around, string, pivot, 0 * string, draw[0], columns)
    return Moment(*draw[:3], columns, *draw[3:5], gap), them


def seen(world):
    """The rows of a world's cast as a batch of one, and its bodies."""
    cast = torch.as_tensor(encode(world).cast)[None]
    return cast, bodies(cast, torch.zeros(1, SCENE_WIDTH).double(), torch.ones(cast.shape[:2], dtype=torch.bool))


def test_what_is_turned_about_the_vertical_is_answered_turned():
    network, (now, them) = stirred(), scene()
    angle = torch.tensor(1.1, dtype=torch.float64)
    yaw = torch.eye(3, dtype=torch.float64)
    yaw[0, 0] = yaw[1, 1] = angle.cos()
    yaw[1, 0], yaw[0, 1] = angle.sin(), -angle.sin()
    there = {name: it @ yaw.T for name, it in vars(now).items() if name not in ("columns", "gap")}
    columns = torch.cat([part @ yaw.T for part in now.columns.chunk(2, dim=-1)], dim=-1)
    turned = Moment(**there, columns=columns, gap=now.gap)
    there_too = replace(them, pivot=them.pivot @ yaw.T)
    for one, other in zip(network(now, them, 3), network(turned, there_too, 3), strict=True):
        assert one.abs().max() > 0.1
        torch.testing.assert_close(one @ yaw.T, other, rtol=1e-3, atol=1e-3)


def test_the_order_of_the_bodies_does_not_matter():
    network, (now, them) = stirred(), scene()
    order = torch.tensor([2, 0, 1])
    swapped = Moment(**{name: it[:, order] for name, it in vars(now).items()})
    others = replace(them, **{name: getattr(them, name)[:, order] for name in ("half", "what", "string", "pivot")})
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


def test_a_bob_is_a_sphere_and_the_top_of_its_string_stays():
    world = simulate("pendulum", 2)
    rows, (_, them) = encode(world), seen(world)
    motion = torch.as_tensor(rows.motion)[None]
    now = moments(motion, them, Tracks.of(motion))
    width, length = 0.3 * np.exp(rows.cast[0, SIZE][1:])
    assert float(them.string[0, 0]) == pytest.approx(length)
    assert (them.string[0, 1:] == 0).all()
    assert (them.even[0, 0] == 1) & (them.half[0, 0] == width / 2).all()
    top = now.place + hook(now.columns, them.string)
    assert (now.place[:, 0] - now.place[0, 0]).norm(dim=-1).max() > 0.2
    torch.testing.assert_close(top[:, 0], them.pivot[:, 0].expand(len(top), -1), rtol=0, atol=1e-3)


def holding(seed=0):
    """An interaction network that takes everything to be held."""
    network = stirred(seed)
    with torch.no_grad():
        for part in (network.pair, network.node, network.swing):
            part.leave.weight *= 0.01  # so that nothing becomes too fast
        network.hold.leave.bias += 40.0
    return network


def test_what_is_held_turns_about_its_fixed_point_and_what_strays_comes_back():
    network, (now, them) = holding(), scene()
    strayed = [now.place + hook(now.columns, them.string) - them.pivot]
    for _ in range(3):
        now = step(now, *network(now, them, 3))
        strayed.append(now.place + hook(now.columns, them.string) - them.pivot)
        assert now.rate.abs().max() > 0.1
    for before, after in itertools.pairwise(strayed):
        torch.testing.assert_close(after, before * (1 - DT / BACK), rtol=0, atol=1e-9)


def test_a_bob_swings_in_the_time_that_its_string_gives():
    """Numbers that a lesson finds for a small heavy bob make it swing as the formula says, for ten swings."""
    network = Interaction().double()
    with torch.no_grad():
        network.hold.leave.bias += 40.0
        network.swing.leave.bias += torch.tensor([-9.81 * DT / FALL, 1.0, 0.0])
    length, angle = 0.994, 0.05  # a seconds pendulum
    bob = torch.tensor([[[length * np.sin(angle), 0, -length * np.cos(angle)]]])
    columns = torch.tensor([[[np.cos(angle), 0, np.sin(angle), 0, 1.0, 0]]])
    zero = torch.zeros_like(bob)
    there, around = torch.ones(1, 1, dtype=torch.bool), torch.zeros(1, SCENE_WIDTH).double()
    string, what = zero[..., :1] + length, torch.zeros(1, 1, WHAT).double()
    them = Bodies(zero + 0.05, what, there, around, string, zero, zero[..., :1], bob, columns)
    now, path = Moment(bob, zero, zero, columns, zero, zero, zero[..., :1]), []
    with torch.no_grad():
        for _ in range(20 * 24):
            now = step(now, *network(now, them, 1))
            path.append(now.place[0, 0])
    x, _, z = torch.stack(path).T.numpy()
    np.testing.assert_allclose(np.hypot(x, z), length, atol=1e-9)
    falls = np.flatnonzero((x[:-1] > 0) & (x[1:] <= 0))
    assert np.diff(falls).mean() * DT == pytest.approx(2 * np.pi * np.sqrt(length / 9.81), rel=2e-3)
    assert x[-48:].max() == pytest.approx(x[:48].max(), rel=1e-2)


def row_of_balls(count=6):
    """Balls side by side, at rest, nothing between them."""
    place = torch.zeros(1, count, 3, dtype=torch.float64)
    place[0, :, 0] = 0.2 * torch.arange(count)
    still, what = torch.zeros_like(place), torch.zeros(1, count, WHAT, dtype=torch.float64)
    what[..., -2:] = 1.0
    upright = torch.tensor([1.0, 0, 0, 0, 1, 0], dtype=torch.float64).expand(1, count, 6)
    around, mask = torch.zeros(1, SCENE_WIDTH, dtype=torch.float64), torch.ones(1, count, dtype=torch.bool)
    them = Bodies(still + 0.1, what, mask, around, still[..., :1], place, still[..., :1], place, upright)
    return Moment(place, still, still, upright, still, still, still[..., :1] + 1), them


def test_a_blow_goes_through_a_row_of_bodies_within_a_sample():
    network, (now, them) = stirred(), row_of_balls()
    torch.nn.init.constant_(network.hold.leave.bias, -40.0)  # they are free
    struck = replace(now, speed=now.speed.clone())
    struck.speed[0, 0, 0] = 1.5
    assert 0 not in meet(now, them, 6).who[0, 5]
    before, after = (network(it, them, 6)[0] for it in (now, struck))
    assert (before - after)[0, 5].abs().max() > 1e-6
    torch.nn.init.zeros_(network.blow.leave.weight)
    before, after = (network(it, them, 6)[0] for it in (now, struck))
    torch.testing.assert_close(before[0, 5], after[0, 5])


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
    motion, tracks = torch.as_tensor(rows.motion)[None], Tracks.of(torch.as_tensor(rows.motion)[None])
    cast, them = seen(world)
    now = moments(motion, them, tracks)
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
    monkeypatch.setattr(forces, "QUIET", 5.0)  # falling is learned sooner than blows
    data.make_shard(tmp_path, 0, turns=["drop"])
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
    around, free = torch.zeros(1, SCENE_WIDTH, dtype=torch.float64), torch.zeros(1, 1, 3, dtype=torch.float64)
    there = torch.ones(1, 1, dtype=torch.bool)
    them = Bodies(half, what, there, around, free[..., :1], free, free[..., :1], free, upright[:1])
    odds = torch.tensor([0.0, 1.0], dtype=torch.float64)  # of the two rows only the second is drawn
    store = forces.Store(now, them, accelerations, accelerations * 0, free[..., :1], odds, odds)
    with torch.no_grad():
        lawful, ignorant = (float(forces._some_rows(it.double(), store, 8, rows=1)) for it in (Law(), Interaction()))
    assert lawful < 1e-6
    assert ignorant > 2


@pytest.mark.parametrize(("family", "held"), [("drop", {0.0}), ("pendulum", {1.0}), ("seesaw", {0.0, 1.0})])
def test_what_turns_about_a_point_that_stays_is_told_from_what_does_not(family, held, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "SHARD", 2)
    data.make_shard(tmp_path, 0, turns=[family])
    known = Scales.from_arrays(scales(stacks([encode(simulate("drop", 0))])))
    group = Library().refresh(tmp_path).groups()[0]
    assert set(forces.Store.of(group, known).held.flatten().tolist()) == held


def test_what_hangs_is_put_out_of_place_and_told_to_come_back():
    now, them = scene(worlds=64)
    there, back = forces._astray(now, them, 3)
    off = there.place - now.place
    strayed = off.norm(dim=-1) > 0
    assert not strayed[:, 1].any()  # it has no string
    assert 0.3 < strayed[:, [0, 2]].double().mean() < 0.7
    torch.testing.assert_close(there.gap - now.gap, off[..., 2:])
    torch.testing.assert_close(back, now.speed - there.speed - off / BACK)


@pytest.mark.parametrize(
    ("family", "seed", "asset"), [("basketball", 3, "hoop"), ("ramp", 5, "stairs"), ("slide", 1, "slide")]
)
def test_what_is_made_of_parts_is_met_as_they_stand(family, seed, asset):
    world = simulate(family, seed)
    cast, them = seen(world)
    number = world.asset.values.tolist().index(asset)
    place, turn = world.position.values[number, 0], world.rotation.values[number, 0]
    solid = [it for it in primitives(asset, world["size"].values[number]) if it.collides]
    first = cast.shape[1]
    whole = tokens.asset_names(cast[0].numpy()).index(asset)
    assert not them.mask[0, whole]
    assert them.mask[0, first:].sum() == len(solid)
    for at, part in enumerate(solid, start=first):
        np.testing.assert_allclose(them.place[0, at], place + rotate(turn, part.centre), atol=2e-3)
        np.testing.assert_allclose(them.half[0, at], part.half, rtol=1e-3)
        axis = frames.orthonormal(them.columns[0, at])[:, 2]
        np.testing.assert_allclose(axis, rotate(turn, rotate(part.rotation, np.array([0, 0, 1.0]))), atol=2e-3)
        assert bool(them.ring[0, at]) == (part.shape == "torus")


def test_what_is_whole_stays_so():
    cast, them = seen(simulate("collide", 1))
    assert them.half.shape[1] == cast.shape[1]
    assert not them.ring.any()


@pytest.mark.parametrize(("aside", "height"), [(0.0, 0.0), (0.4, 0.0), (0.2, 0.3), (0.9, -0.1)])
def test_a_ring_is_met_at_its_wire_and_its_middle_is_free(aside, height):
    """A ball of 0.1 m beside a level ring of radius 0.4 m, its wire 0.02 m thick, told by the formula of the torus."""
    place = torch.tensor([[[aside, 0.0, height], [0.0, 0.0, 0.0]]], dtype=torch.float64)
    still = torch.zeros_like(place)
    half = torch.tensor([[[0.1, 0.1, 0.1], [0.4, 0.4, 0.02]]], dtype=torch.float64)
    what = torch.zeros(1, 2, WHAT, dtype=torch.float64)
    what[0, 0, -2:] = 1.0  # round, and it moves
    upright = torch.tensor([1.0, 0, 0, 0, 1, 0], dtype=torch.float64).expand(1, 2, 6)
    around, ring = torch.zeros(1, SCENE_WIDTH).double(), torch.tensor([[[0.0], [1.0]]]).double()
    them = Bodies(half, what, torch.ones(1, 2, dtype=torch.bool), around, 0 * ring, place, ring, place, upright)
    met = meet(Moment(place, still, still, upright, still, still, place[..., 2:] + 3), them, 1)
    other = met.who[0, 0].tolist().index(1)
    wire = np.hypot(aside - 0.4, height)
    assert float(met.gap[0, 0, other]) == pytest.approx(wire - 0.1 - 0.02)
    if wire:
        towards = np.array([0.4 - aside, 0, -height]) / wire
        if aside:
            np.testing.assert_allclose(met.way[0, 0, other], towards, atol=1e-9)
