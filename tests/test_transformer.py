from dataclasses import replace

import pytest
import torch

from sora2lib.model.conditions import casting_batch, motion_batch, words_of
from sora2lib.model.tokens import encode
from sora2lib.model.transformer import LEFT, Shape, WorldTransformer, together
from sora2lib.model.weights import Scales
from sora2lib.train.data import scales, stacks
from sora2lib.world.simulate import simulate

TINY = Shape(width=64, depth=2, heads=2, text_depth=1)


@pytest.fixture(scope="module")
def worlds():
    return [encode(simulate("drop", seed)) for seed in (2, 3)]


@pytest.fixture(scope="module")
def channel_scales(worlds):
    return Scales.from_arrays(scales(stacks(worlds)))


@pytest.fixture
def network():
    torch.manual_seed(0)
    network = WorldTransformer(TINY)
    for matrix in (parameter for parameter in network.parameters() if parameter.ndim == 2):
        torch.nn.init.normal_(matrix, std=2 * matrix.shape[1] ** -0.5)  # layers that start at zero would hide paths
    return network.eval()


def half_noisy(batch):
    levels = {name: torch.full_like(getattr(batch, name), 0.5) for name in vars(batch) if name.endswith("_level")}
    return replace(batch, **levels)


PROMPTS = ("a red ball falls", "")


def run(network, batch, prompts=PROMPTS):
    """Velocities with every row half noise: of a clean row the network is not asked."""
    with torch.no_grad():
        return network(half_noisy(batch), *network.text(*words_of(list(prompts))))


def test_velocities_have_the_shape_of_the_rows(network, worlds, channel_scales):
    batch = motion_batch(worlds, channel_scales, slots=6)
    for speed, kind in zip(run(network, batch), LEFT, strict=True):
        assert speed.shape == getattr(batch, kind).shape


def test_casting_sees_no_motion(network, worlds, channel_scales):
    batch = casting_batch(worlds, channel_scales)
    cast, _, motion = run(network, batch)
    assert cast.shape[1] == 16
    assert motion.numel() == 0


def test_rows_that_do_not_exist_do_not_matter(network, worlds, channel_scales):
    few = motion_batch(worlds[:1], channel_scales, slots=4)
    many = motion_batch(worlds[:1], channel_scales, slots=8)
    filled = replace(many, cast=torch.where(many.cast_mask[..., None], many.cast, torch.tensor(9.0)))
    a, b = run(network, few, ["red"]), run(network, filled, ["red"])
    torch.testing.assert_close(a[2], b[2], atol=1e-5, rtol=1e-4)


def test_a_world_is_what_it_would_be_alone(network, worlds, channel_scales):
    both = run(network, motion_batch(worlds, channel_scales, slots=6), ["a ball", "three blue boxes on the sand"])
    alone = run(network, motion_batch(worlds[:1], channel_scales, slots=6), ["a ball"])
    movers = len(worlds[0].motion)
    torch.testing.assert_close(both[2][:1, :movers], alone[2], atol=1e-5, rtol=1e-4)


def test_batches_together_are_what_they_are_one_by_one(network, worlds, channel_scales):
    one = motion_batch(worlds[:1], channel_scales, slots=6)
    told, untold = (run(network, one, [prompt]) for prompt in PROMPTS)
    for joined, *each in zip(run(network, together([one, one])), told, untold, strict=True):
        torch.testing.assert_close(joined, torch.cat(each), atol=1e-5, rtol=1e-4)


def test_word_order_matters(network, worlds, channel_scales):
    batch = motion_batch(worlds[:1], channel_scales, slots=6)
    a, b = run(network, batch, ["the cat chases the dog"]), run(network, batch, ["the dog chases the cat"])
    assert (a[2] - b[2]).abs().max() > 1e-4


def test_every_row_knows_its_noise_level_and_its_place(network, worlds, channel_scales):
    batch = motion_batch(worlds[:1], channel_scales, slots=6)
    beliefs = []
    network.leave_motion.read.register_forward_hook(lambda layer, inputs, belief: beliefs.append(belief))
    with torch.no_grad():
        for level in (0.5, 0.6):
            noisy = replace(batch, motion_level=torch.full_like(batch.motion_level, level))
            network(noisy, *network.text(*words_of(["a"])))
    assert (beliefs[0] - beliefs[1]).abs().max() > 1e-4
    same = replace(batch, motion=batch.motion[:, :, :1].expand(-1, -1, batch.motion.shape[2], -1))
    velocity = run(network, same, ["a"])[2]
    assert (velocity[:, :, 2] - velocity[:, :, 5]).abs().max() > 1e-4


def test_bfloat16_blocks_agree_with_float32(network, worlds, channel_scales):
    batch = motion_batch(worlds, channel_scales, slots=6)
    exact = run(network, batch)[2]
    rough = run(network.to_bfloat16(), batch)[2]
    assert (exact - rough).std() < 0.05 * exact.std()
