import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.torch import load as parse

from sora2lib import acts, planner
from sora2lib.errors import ModelError
from sora2lib.model import weights
from sora2lib.model.text import WIDTH
from sora2lib.model.tokens import encode
from sora2lib.model.transformer import TEXT_WIDTH, Shape, WorldTransformer
from sora2lib.train import data, objective
from sora2lib.train.library import Library
from sora2lib.train.loop import TrainConfig, train
from sora2lib.train.mirror import swapped
from sora2lib.world.facts import Facts
from sora2lib.world.holdout import is_held_out
from sora2lib.world.simulate import simulate

TINY = Shape(width=64, depth=2, heads=2, text_depth=1)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    original = data.SHARD
    data.SHARD = 24
    data.make_shard(folder, 0)
    data.SHARD = original
    return folder


def config(shards, run, **changes):
    return TrainConfig(
        shards, run, **({"steps": 4, "shape": TINY, "motion_rows": 200, "warm_up": 2, "save_every": 2} | changes)
    )


@pytest.fixture(scope="module")
def trained(shards, tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    return list(train(config(shards, run))), run


def test_shard_holds_the_worlds_that_are_not_held_out_and_their_mirror_images(shards):
    with np.load(shards / "worlds-00000.npz") as shard:
        facts = [Facts.from_json(str(it)) for it in shard["facts"]]
        assert shard["motion"].dtype == np.float32
        assert shard["lengths"].shape == (len(facts), data.CAPTIONS)
        assert shard["lengths"].sum() == len(shard["pieces"])
    assert len(facts) > 35
    assert not any(is_held_out(it) for it in facts)
    images = [swapped(one) == other for one, other in pairwise(facts)]
    assert sum(images) > 0.4 * len(facts)
    assert not list(shards.glob("*.partial"))


def test_blur_moves_words_each_prompt_by_its_own_strength():
    torch.manual_seed(0)
    words, mask = torch.zeros(400, 8, 128), torch.ones(400, 8, dtype=torch.bool)
    moved, same = objective.blurred(words, mask)
    assert same is mask
    strength = moved.std(dim=(1, 2))
    assert strength.max() <= objective.BLUR * 1.1
    assert float(strength.mean()) == pytest.approx(objective.BLUR / 2, rel=0.1)


def test_strange_and_lost_vectors_leave_meanings_alone():
    torch.manual_seed(0)
    words = torch.ones(400, 8, TEXT_WIDTH)
    words[..., :WIDTH] = 100.0
    moved, _ = objective.blurred(words, torch.ones(400, 8, dtype=torch.bool))
    assert (moved[..., WIDTH:] == 1).all()
    lost, strange = (moved[..., 0] == 0).float().mean(), (moved[..., 0].abs() < 50).float().mean()
    assert float(lost) == pytest.approx(objective.HIDDEN, abs=0.02)
    assert float(strange - lost) == pytest.approx(objective.STRANGE, abs=0.02)


def test_scales_make_unit_variance(shards):
    stacks = Library().refresh(shards).stacks()
    channel = weights.Scales.from_arrays(data.scales({kind: stack.numpy() for kind, stack in stacks.items()}))
    camera = channel.enter("camera", stacks["camera"])
    torch.testing.assert_close(camera.mean(dim=0), torch.zeros(camera.shape[1]), atol=1e-3, rtol=0)
    wide = camera.std(dim=0)[channel.deviation["camera"] > 1e-2]
    torch.testing.assert_close(wide, torch.ones(len(wide)), atol=0.02, rtol=0)


def test_levels_cover_noise_to_clean_and_earlier_rows_lead_in_most_worlds():
    torch.manual_seed(0)
    camera, motion = objective.motion_levels(400, 3, 12)
    assert motion.min() >= 0
    assert motion.max() <= 1
    assert (motion == 1).any()
    ordered = (motion.diff(dim=2) <= 1e-6).all(dim=2).all(dim=1)
    assert 0.75 < ordered.float().mean() < 0.95
    assert camera.shape == (400, 12)


def test_training_moves_the_weights_and_logs(trained):
    steps, run = trained
    assert [progress.step for progress in steps] == [1, 2, 3, 4]
    assert set(steps[0].losses) == {"casting cast", "casting scene", "motion"}
    # A network that starts at zero believes in unit Gaussians, whose error is 1 / (t^2 + (1 - t)^2): one to two.
    assert 0.9 < steps[0].losses["motion"] < 2.5
    assert [json.loads(line)["step"] for line in (run / "losses.jsonl").read_text().splitlines()] == [1, 2, 3, 4]


def test_resuming_gives_the_same_weights(shards, trained, tmp_path):
    for progress in train(config(shards, tmp_path)):
        if progress.step == 3:  # two are saved, the third is lost
            break
    list(train(config(shards, tmp_path)))
    again, once = (states(run) for run in (tmp_path, trained[1]))
    for name, value in once.items():
        torch.testing.assert_close(again[name], value, atol=2e-3, rtol=1e-2)


def states(run):
    return weights.read(str(run / "weights.safetensors")).network.state_dict()


def test_a_run_may_begin_with_the_weights_of_another(shards, trained, tmp_path):
    """One step at rate zero leaves the weights it began with, up to the rounding of the file."""
    start = trained[1] / "weights.safetensors"
    list(train(config(shards, tmp_path, start=start, steps=1, rate=0.0)))
    again, once = states(tmp_path), states(trained[1])
    for name, value in once.items():
        torch.testing.assert_close(again[name], value, atol=1e-3, rtol=1e-3)


def test_trained_weights_plan_a_valid_world_and_the_same_seed_the_same(trained):
    model = weights.load(str(trained[1] / "weights.safetensors"))
    ask = planner.Ask("a red ball bounces", seed=7)
    steps = list(planner.plan(model, ask, steps=6))
    assert [step.index for step in steps] == list(range(1, steps[0].total + 1))
    assert {step.phase for step in steps} == {"casting", "motion", "filming"}
    world = steps[-1].world()
    assert world.seconds == pytest.approx(4)
    *_, again = planner.plan(model, ask, steps=6)
    assert again.world().identical(world)
    *_, other = planner.plan(model, planner.Ask("a red ball bounces", seed=8), steps=6)
    assert not other.world().identical(world)


def test_a_model_to_use_is_as_fast_as_the_processor_allows_and_one_to_learn_on_is_exact(trained, monkeypatch):
    path = str(trained[1] / "weights.safetensors")
    for fast, number in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(weights, "multiplies_bfloat16", lambda fast=fast: fast)
        weights.load.cache_clear()
        assert weights.load(path).network.text.trunk == number
        assert weights.read(path).network.text.trunk == torch.float32
    weights.load.cache_clear()


@pytest.mark.parametrize(("seconds", "samples"), [(1.0, 25), (4.0, 97), (7.0, 169)])
def test_length_is_as_asked(trained, seconds, samples):
    model = weights.load(str(trained[1] / "weights.safetensors"))
    *_, last = planner.plan(model, planner.Ask("a ball", 1, seconds), steps=4)
    assert last.world().sizes["time"] == samples


def test_given_rows_are_kept(trained):
    model = weights.load(str(trained[1] / "weights.safetensors"))
    rows = encode(simulate("drop", 0))
    *_, last = acts.motion(
        model, [""], [torch.Generator().manual_seed(0)], [rows], acts.Stretch(0, 12, given=2), steps=4
    )
    np.testing.assert_allclose(last[0].motion[:, :2], rows.motion[:, :2], atol=1e-4)
    assert np.abs(last[0].motion[:, 2:] - rows.motion[:, 2:]).max() > 0.1


def test_packed_matrices_are_off_by_half_a_step_at_most(trained):
    """A step is the largest of 64 neighbours over 127; packed again, nothing changes any more."""
    network = WorldTransformer(Shape(64, 2, 2, 1))
    torch.manual_seed(0)
    for matrix in (p for name, p in network.named_parameters() if name.startswith("blocks.") and p.ndim == 2):
        torch.nn.init.normal_(matrix, std=0.1)
    plain = network.blocks[0].attention.qkv.weight.detach().clone()
    plain[0] = 0.0
    network.blocks[0].attention.qkv.weight.data.copy_(plain)
    tensors = parse(weights.save(network, weights.load(str(trained[1] / "weights.safetensors")).scales, {}))
    again = weights._weights(tensors)["blocks.0.attention.qkv.weight"]
    assert tensors["whole.blocks.0.attention.qkv.weight"].dtype == torch.int8
    step = plain.reshape(len(plain), -1, weights.GROUP).abs().amax(dim=-1) / 127
    assert ((again - plain).reshape(len(plain), -1, weights.GROUP).abs().amax(dim=-1) <= 0.51 * step + 1e-8).all()
    whole, scale = weights._whole(again)
    torch.testing.assert_close(whole.float() * scale.float().repeat_interleave(weights.GROUP, dim=1), again)


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    with pytest.raises(ModelError, match="holds no worlds"):
        next(train(config(tmp_path, tmp_path / "run")))


def test_damaged_weights_say_so(trained, tmp_path):
    content = (trained[1] / "weights.safetensors").read_bytes()
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="does not hold weights"):
        weights.load(str(broken))
    with pytest.raises(ModelError, match="not known; use one of"):
        weights.load("nobody")
    with pytest.raises(ModelError, match="cannot be read"):
        weights.load(str(tmp_path / "missing.safetensors"))
