"""Batches drawn on a device are those that are made of worlds one by one."""

import numpy as np
import pytest
import torch

from sora2lib.errors import ModelError
from sora2lib.model import frames, rotations
from sora2lib.model.conditions import casting_batch, motion_batch, words_of
from sora2lib.model.tokens import encode
from sora2lib.model.transformer import SLOTS
from sora2lib.model.weights import KINDS, Scales
from sora2lib.model.windows import crop
from sora2lib.train import data, library
from sora2lib.train.library import Library
from sora2lib.train.reading import Reader, pieces
from sora2lib.world.captions import caption
from sora2lib.world.facts import Facts
from sora2lib.world.simulate import simulate

NAMES = ("collide", "basketball", "collide", "walk", "collide", "drop")


@pytest.fixture(scope="module")
def shard(tmp_path_factory):
    """A shard of a few worlds, without mirror images."""
    folder = tmp_path_factory.mktemp("worlds")
    worlds = [simulate(name, seed) for seed, name in enumerate(NAMES)]
    examples = [data.Example(encode(world), Facts.from_json(world.attrs["facts"])) for world in worlds]
    patch = pytest.MonkeyPatch()
    patch.setattr(data, "_examples", lambda seed, *_: examples[seed : seed + 1])
    patch.setattr(data, "SHARD", len(examples))
    data.make_shard(folder, 0)
    patch.undo()
    return folder, examples


@pytest.fixture(scope="module")
def scales(shard):
    return Scales.from_arrays(data.scales(data.stacks([example.rows for example in shard[1]])))


def of_kind(examples, movers, figures):
    return [it.rows for it in examples if (len(it.rows.motion), len(it.rows.pose)) == (movers, figures)]


@pytest.mark.parametrize("first", [0, 5])
def test_a_batch_holds_the_rows_of_its_worlds(shard, scales, first):
    held, examples = Library().refresh(shard[0]), shard[1]
    assert len(held) == len(NAMES)
    for seed in range(12):
        drawn = held.draw(np.random.default_rng(seed), 400, scales, first=first)
        movers, figures = drawn.motion.motion.shape[1], drawn.motion.pose.shape[1]
        worlds = of_kind(examples, movers, figures)
        late = motion_batch([crop(world, first) for world in worlds], scales, slots=drawn.motion.cast.shape[1])
        whole = casting_batch(worlds, scales)
        for index in range(len(drawn.mask)):
            own = (whole.scene - drawn.casting.scene[index]).abs().amax(dim=1).argmin()
            torch.testing.assert_close(drawn.casting.cast[index], whole.cast[own])
            rows = worlds[int(own)]
            assert held.facts(drawn)[index] == next(it.facts for it in examples if it.rows is rows)
            assert drawn.casting.cast.shape[1] == SLOTS
            for kind in KINDS:
                got, want = getattr(drawn.motion, kind)[index], getattr(late, kind)[own]
                torch.testing.assert_close(got, want, atol=1e-4, rtol=1e-4)
            assert (drawn.motion.cast_mask[index] == late.cast_mask[own]).all()


def test_worlds_with_people_can_be_drawn_apart(shard, scales):
    held, rng = Library().refresh(shard[0]), np.random.default_rng(0)
    for lively in (True, False):
        assert all(bool(held.draw(rng, 400, scales, lively=lively).motion.pose.shape[1]) == lively for _ in range(8))
    things = Library()
    things._parts = {key: parts for key, parts in held._parts.items() if not key[1]}
    with pytest.raises(ModelError, match="no such worlds"):
        things.draw(rng, 400, scales, lively=True)


def test_captions_of_a_batch_are_of_like_length_and_none_is_left_out(shard, scales):
    held, rng = Library().refresh(shard[0]), np.random.default_rng(0)
    lengths = [held.draw(rng, 4000, scales).mask.sum(dim=1) for _ in range(30)]
    every = torch.cat(lengths)
    assert torch.stack([(it.max() - it.min()).float() for it in lengths]).median() < 0.5 * every.max()
    silent = float((every == 0).float().mean())
    assert silent == pytest.approx(library.PROMPT_DROPOUT, abs=0.05)


def test_pieces_are_read_as_prompts_are(shard):
    rng = np.random.default_rng(1)
    prompts = [caption(example.facts, rng).text for example in shard[1]]
    prompts += ["a pizza plummets past an emerald teapot", ""]
    words, mask = words_of(prompts)
    padded = torch.zeros(*mask.shape, 3, dtype=torch.int32)
    for index, prompt in enumerate(prompts):
        found = pieces(prompt)
        padded[index, : len(found)] = torch.as_tensor(found.astype(np.int32))
    torch.testing.assert_close(Reader("cpu")(padded, mask), words)
    assert words[-2, :, -16:].any()
    assert words[-2, :, 128:-16].any()


def test_turns_in_torch_are_those_in_numpy():
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=(2, 7, 6))
    for name in ("after", "since"):
        torch.testing.assert_close(
            getattr(frames, name)(torch.as_tensor(one), torch.as_tensor(other)),
            torch.as_tensor(getattr(rotations, name)(one, other)),
        )
