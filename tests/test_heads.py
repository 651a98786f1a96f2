"""The last lesson: rows at the front of what is known learn which of their samples is struck."""

from dataclasses import replace

import torch

from sora2lib.model import weights
from sora2lib.model.conditions import motion_batch
from sora2lib.model.tokens import encode
from sora2lib.train import data, heads
from sora2lib.world.simulate import simulate


def test_at_a_front_what_was_is_known_and_what_comes_is_not(untrained):
    rows = [encode(simulate("drop", seed)) for seed in range(6)]
    clean = motion_batch(rows, weights.load(untrained).scales, slots=8)
    torch.manual_seed(0)
    noisy, front = heads.at_a_front(clean)
    assert (front.sum(dim=1) == 1).all()
    for levels, at in zip(noisy.camera_level, front.float().argmax(dim=1).tolist(), strict=True):
        assert (levels[: max(at - 1, 0)] == 1).all()
        assert (levels[at + 1 :] == 0).all()
        assert levels[at] <= heads.LATEST
        assert at == 0 or levels[at - 1] >= 1 - heads.WIDEST
    known = noisy.camera_level == 1
    torch.testing.assert_close(noisy.camera[known], clean.camera[known])


def test_the_heads_learn_and_nothing_else_moves(untrained, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "SHARD", 12)
    monkeypatch.setattr(heads, "ROWS", 400)
    data.make_shard(tmp_path, 0)
    model = weights.load.__wrapped__(untrained)
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    losses = list(heads.learn(replace(model), heads.HeadConfig(tmp_path, steps=12)))
    assert len(losses) == 12
    assert sum(losses[-3:]) < sum(losses[:3])
    moved = {name for name, value in model.network.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {f"leave_motion.{part}.{kind}" for part in ("decide", "heed") for kind in ("weight", "bias")}
