"""People and animals: frames of their own, the network that moves them, and what it is taught by."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sora2lib import acts, planner
from sora2lib.given import Ask
from sora2lib.model import tokens, weights
from sora2lib.model.acting import ROW, Acting
from sora2lib.model.bearings import PULLS, RATES, Bearings
from sora2lib.model.conditions import faced, motion_batch
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.tokens import BLOW, TURN
from sora2lib.train import acting
from sora2lib.world.simulate import simulate


@pytest.fixture(scope="module")
def walkers() -> dict[str, tokens.Rows]:
    """One who walks to the right, and the same world turned by a quarter and moved."""
    world = simulate("walk", 3)
    cosine = sine = np.sqrt(0.5)
    turned = world.copy(deep=True)
    for name in ("position", "camera_eye", "camera_target"):
        x, y, z = np.moveaxis(world[name].values, -1, 0)
        turned[name].values[...] = np.stack([5 - y, x - 2, z], axis=-1)
    w, x, y, z = np.moveaxis(world.rotation.values, -1, 0)  # a quarter turn about z, then what it was
    quarter = [cosine * w - sine * z, cosine * x - sine * y, cosine * y + sine * x, cosine * z + sine * w]
    turned.rotation.values[...] = np.stack(quarter, axis=-1)
    return {"as it was": tokens.encode(world), "turned": tokens.encode(turned)}


@pytest.fixture(scope="module")
def scales() -> weights.Scales:
    return weights.load("small").scales


def bearings_of(rows: tokens.Rows, scales: weights.Scales) -> tuple[Bearings, torch.Tensor, torch.Tensor]:
    batch = motion_batch([rows], scales, slots=len(rows.cast))
    return faced(batch, scales), scales.leave("motion", batch.motion), scales.leave("pose", batch.pose)


@pytest.fixture
def network() -> Acting:
    torch.manual_seed(0)
    network = Acting(8, 4).eval()
    for name, matrix in network.named_parameters():
        if matrix.ndim == 2 and "atoms" not in name and "spreads" not in name:
            torch.nn.init.normal_(matrix, std=0.5 * matrix.shape[1] ** -0.5)
    network.mean.copy_(torch.randn(ROW) * 0.1)
    network.deviation.copy_(torch.rand(ROW) + 0.5)
    return network


def test_a_walk_is_the_same_whichever_way_it_leads(walkers, scales):
    told = {}
    for name, rows in walkers.items():
        there, motion, _ = bearings_of(rows, scales)
        told[name] = there.enter(motion), there.told[..., -scales.mean["scene"].shape[0] :]
        assert (there.enter(motion)[0, 0, 1:, 0] > 0).all()  # it gets on ahead
    assert not np.allclose(walkers["turned"].motion, walkers["as it was"].motion, atol=0.1)
    torch.testing.assert_close(told["turned"][0], told["as it was"][0], atol=2e-3, rtol=1e-3)


def test_what_is_around_is_told_from_where_one_stands(scales):
    """Two who greet each other each see the other ahead, as far away as that one sees them."""
    there, *_ = bearings_of(tokens.encode(simulate("greet", 2)), scales)
    width = there.told.shape[-1] - scales.mean["scene"].shape[0]
    near = there.told[0, :, :width].unflatten(-1, (5, -1))[..., -7:]  # itself, there, x, y, z, and how it looks
    first, second = near[0, 1], near[1, 0]
    assert first[0] == second[0] == 0 < near[0, 0, 0]
    assert first[2] > 0.3 < second[2]
    assert torch.hypot(*torch.sinh(first[2:4])) == pytest.approx(float(torch.hypot(*torch.sinh(second[2:4]))), rel=1e-4)
    assert first[5] < -0.5 > second[5]  # they look at each other


def test_rows_come_back(walkers, scales, network):
    there, motion, pose = bearings_of(walkers["turned"], scales)
    again, bent = network.leave(there, network.enter(there, motion, pose), 1)
    torch.testing.assert_close(bent, pose, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(again, motion, atol=1e-3, rtol=1e-3)
    for part in (PULLS, RATES, TURN, BLOW):
        assert again[..., part].abs().max() > 0


def test_who_lies_looks_where_the_feet_are(scales):
    rows = tokens.encode(next(it for it in (simulate("fall", s) for s in range(40)) if "get up" in it.attrs["facts"]))
    there, motion, _ = bearings_of(rows, scales)
    up = there.enter(motion)[0, 0]
    assert torch.isfinite(up).all()
    assert there.way.norm(dim=-1) == pytest.approx(1)


def test_what_is_masked_is_not_read(walkers, scales, network):
    there, motion, pose = bearings_of(walkers["as it was"], scales)
    rows = network.enter(there, motion, pose)
    level = torch.full(rows.shape[:3], 0.3)
    text, mask = torch.randn(1, 3, 8), torch.tensor([[True, True, False]])
    nobody = replace(
        there,
        **{
            name: torch.cat([getattr(there, name), torch.zeros_like(getattr(there, name))], dim=1)
            for name in vars(there)
        },
    )
    with torch.no_grad():
        before = network(there, text, mask, rows, level)
        more = network(nobody, text, mask, rows.repeat(1, 2, 1, 1), level.repeat(1, 2, 1))
        torch.testing.assert_close(more[:, :1], before, atol=1e-4, rtol=1e-4)
        unheard = network(there, text + torch.tensor([0.0, 0.0, 5.0])[:, None], mask, rows, level)
        torch.testing.assert_close(unheard, before, atol=1e-5, rtol=1e-5)
        heard = network(there, text + torch.tensor([0.0, 5.0, 0.0])[:, None], mask, rows, level)
        assert not torch.allclose(heard, before, atol=1e-3)


def test_scales_are_those_of_who_has_them(network):
    rows, figures = torch.randn(3_000, ROW) * 2 + 1, torch.arange(3_000) < 2_000
    rows[2_000:, :POSE_WIDTH] = 0.0  # what has no joints
    rows[:1_000, 5] = 3.0
    network.settle(rows, figures)
    standard = (rows - network.mean) / network.deviation
    assert torch.allclose(standard[:2_000, 6:POSE_WIDTH].std(dim=0), torch.ones(POSE_WIDTH - 6), atol=1e-3)
    assert torch.allclose(standard[:, POSE_WIDTH : BLOW.start].std(dim=0), torch.ones(62), atol=1e-3)
    assert float(network.leave_rows.atoms[0, 5].detach()) == pytest.approx(float(standard[0, 5]), abs=0.02)


def test_known_rows_are_kept_and_others_planned():
    model, rows = weights.load("small"), tokens.encode(simulate("walk", 3))
    generator = torch.Generator().manual_seed(0)
    *_, (planned,) = acts.motion(model, ["a man walks"], [generator], [rows], acts.Stretch(2, 12, given=4), steps=3)
    np.testing.assert_allclose(planned.motion[:, :6], rows.motion[:, :6], atol=1e-3)
    np.testing.assert_allclose(planned.pose[:, :6], rows.pose[:, :6], atol=1e-3)
    assert np.abs(planned.pose[:, 6:] - rows.pose[:, 6:]).max() > 0.01
    assert np.array_equal(planned.cast, rows.cast)


def test_people_and_things_planned_together_are_what_they_are_alone():
    model = weights.read("small")  # in bfloat16 a batch rounds otherwise than one
    rows = [tokens.encode(simulate(family, 3)) for family in ("walk", "roll", "greet")]
    prompts = ["a man walks", "a ball rolls", "they wave"]

    def moved(which):
        generators = [torch.Generator().manual_seed(index) for index in which]
        told, worlds = [prompts[index] for index in which], [rows[index] for index in which]
        *_, last = acts.motion(model, told, generators, worlds, acts.Stretch(0, 6), steps=3)
        return last

    for index, world in enumerate(moved(range(3))):
        (alone,) = moved([index])
        np.testing.assert_allclose(world.motion, alone.motion, atol=2e-3)
        np.testing.assert_allclose(world.pose, alone.pose, atol=2e-3)


def test_a_plan_on_its_way_is_seen_as_it_will_be_filmed():
    *steps, last = planner.plan(weights.load("small"), Ask("a man waves", 1, 2.0), steps=6)
    moving = [it for it in steps if it.phase == "motion"][-1].world()
    filmed = last.world()
    apart = np.linalg.norm(moving.camera_eye.values - filmed.camera_eye.values, axis=-1)
    away = np.linalg.norm(filmed.camera_eye.values - filmed.camera_target.values, axis=-1)
    assert (apart < 0.5 * away).all()


@pytest.mark.parametrize("times", [5, 12])
def test_of_every_world_something_is_asked(times):
    torch.manual_seed(0)
    known = acting._known(500, 2, times)
    assert not known.flatten(1).all(dim=1).any()
    assert known[:, :, 0].all(dim=1).any()  # first rows
    assert known[:, :, -1].all(dim=1).any()  # last ones
    assert (known[:, 0].all(dim=1) & ~known[:, 1].any(dim=1)).any()  # all of one
    assert not known.flatten(1).any(dim=1).all()
