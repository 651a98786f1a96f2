import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sora2lib import planner
from sora2lib.errors import ModelError
from sora2lib.model import weights
from sora2lib.model.transformer import Shape
from sora2lib.train import data, loop, objective
from sora2lib.train.loop import TrainConfig, train
from sora2lib.train.mirror import mirrored
from sora2lib.world.holdout import is_held_out

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


def test_shard_holds_the_worlds_that_are_not_held_out(shards):
    examples = data.read_shard(shards / "worlds-00000.npz")
    library = data.Library().refresh(shards)
    assert len(examples) >= 20
    kept = [example for example in examples if not is_held_out(example.facts)]
    seen_again = [example for example in kept if mirrored(example.rows) is not None]
    assert len(library.examples) == len(kept) + len(seen_again)
    assert len(seen_again) > 0.8 * len(kept)
    assert all(example.rows.motion.dtype == np.float32 for example in library.examples)
    assert not list(shards.glob("*.partial"))


def test_a_batch_has_equally_many_movers(shards):
    library = data.Library().refresh(shards)
    for seed in range(5):
        drawn = library.draw(np.random.default_rng(seed), 200)
        assert len({len(example.rows.motion) for example in drawn}) == 1


def test_captions_of_a_batch_are_of_like_length_and_none_is_left_out(shards):
    library = data.Library().refresh(shards)
    rng = np.random.default_rng(0)
    spreads, lengths = [], []
    for _ in range(30):
        examples, prompts = loop._draw(library, rng, 200)
        assert len(examples) == len(prompts) >= 8
        lengths += [len(prompt) for prompt in prompts]
        spreads.append(np.ptp(lengths[-len(prompts) :]))
    assert np.median(spreads) < 0.5 * np.ptp(lengths)
    assert min(lengths) == 0  # now and then no prompt at all


def test_blur_moves_words_each_prompt_by_its_own_strength():
    torch.manual_seed(0)
    words, mask = torch.zeros(400, 8, 128), torch.ones(400, 8, dtype=torch.bool)
    moved, same = objective.blurred(words, mask)
    assert same is mask
    strength = moved.std(dim=(1, 2))
    assert strength.max() <= objective.BLUR * 1.1
    assert float(strength.mean()) == pytest.approx(objective.BLUR / 2, rel=0.1)


def test_scales_make_unit_variance(shards):
    examples = data.Library().refresh(shards).examples
    channel = weights.Scales.from_arrays(data.scales(examples))
    camera = channel.enter("camera", torch.as_tensor(np.concatenate([e.rows.camera for e in examples])))
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
    assert set(steps[0].losses) == {"casting cast", "casting scene", "camera", "motion", "pose"}
    # A network that starts at zero believes in unit Gaussians, whose error is 1 / (t^2 + (1 - t)^2): one to two.
    assert 0.9 < steps[0].losses["camera"] < 2.5
    assert [json.loads(line)["step"] for line in (run / "losses.jsonl").read_text().splitlines()] == [1, 2, 3, 4]


def test_resuming_gives_the_same_weights(shards, trained, tmp_path):
    for progress in train(config(shards, tmp_path)):
        if progress.step == 3:  # two are saved, the third is lost
            break
    list(train(config(shards, tmp_path)))
    again, once = (load_file(run / "weights.safetensors") for run in (tmp_path, trained[1]))
    for name, value in once.items():
        torch.testing.assert_close(again[name], value, atol=2e-3, rtol=1e-2)


def test_a_run_may_begin_with_the_weights_of_another(shards, trained, tmp_path):
    """One step at rate zero leaves the weights it began with, up to the rounding of the file."""
    start = trained[1] / "weights.safetensors"
    list(train(config(shards, tmp_path, start=start, steps=1, rate=0.0)))
    again, once = load_file(tmp_path / "weights.safetensors"), load_file(start)
    for name, value in once.items():
        torch.testing.assert_close(again[name], value, atol=1e-3, rtol=1e-3)


def test_trained_weights_plan_a_valid_world_and_the_same_seed_the_same(trained):
    model = weights.load(str(trained[1] / "weights.safetensors"))
    ask = planner.Ask("a red ball bounces", seed=7)
    steps = list(planner.plan(model, ask, steps=6))
    assert [step.index for step in steps] == list(range(1, steps[0].total + 1))
    assert {step.phase for step in steps} == {"casting", "motion"}
    world = steps[-1].world()
    assert world.seconds == pytest.approx(4)
    *_, again = planner.plan(model, ask, steps=6)
    assert again.world().identical(world)
    *_, other = planner.plan(model, planner.Ask("a red ball bounces", seed=8), steps=6)
    assert not other.world().identical(world)


@pytest.mark.parametrize(("seconds", "samples"), [(1.0, 25), (4.0, 97), (7.0, 169)])
def test_length_is_as_asked(trained, seconds, samples):
    model = weights.load(str(trained[1] / "weights.safetensors"))
    *_, last = planner.plan(model, planner.Ask("a ball", 1, seconds), steps=4)
    assert last.world().sizes["time"] == samples


def test_given_rows_are_kept(trained, shards):
    model = weights.load(str(trained[1] / "weights.safetensors"))
    rows = data.read_shard(shards / "worlds-00000.npz")[0].rows
    *_, last = planner.motion(
        model, [""], [torch.Generator().manual_seed(0)], [rows], planner.Stretch(0, 12, given=2), steps=4
    )
    np.testing.assert_allclose(last[0].motion[:, :2], rows.motion[:, :2], atol=1e-4)
    assert np.abs(last[0].motion[:, 2:] - rows.motion[:, 2:]).max() > 0.1


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
