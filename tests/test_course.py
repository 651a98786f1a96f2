"""A course of lessons: all in their order, each kept when it is done, none had twice."""

import itertools
import shutil

import pytest
import torch

from sora2lib.errors import ModelError
from sora2lib.model import weights
from sora2lib.train import data
from sora2lib.train.course import PARTS, CourseConfig, course


@pytest.fixture
def run(untrained, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "SHARD", 8)
    data.make_shard(tmp_path / "worlds", 0, (*data.TURNS[:7], "walk"))
    (tmp_path / "run").mkdir()
    shutil.copy(untrained, tmp_path / "run" / "weights.safetensors")
    return CourseConfig(tmp_path / "worlds", tmp_path / "run", share=1e-6)


def test_lessons_are_taught_in_their_order_and_none_twice(run):
    before = weights.read(str(run.run / "weights.safetensors"))
    steps = course(run)
    begun = list(itertools.islice(steps, 3))  # of the third lesson one step, and no more
    steps.close()
    assert [it.lesson for it in begun] == ["forces", "blows", "places"]
    stopped = weights.read(str(run.run / "weights.safetensors"))
    assert stopped.card["lessons"] == ["forces", "blows"]
    assert {name.partition(".")[0] for name in moved(before, stopped)} == {"interaction", "leave_motion"}
    rest = list(course(run))
    assert [it.lesson for it in rest] == list(PARTS)[2:]
    assert all((it.step, it.steps) == (1, 1) for it in rest)
    taught = weights.read(str(run.run / "weights.safetensors"))
    assert taught.card["lessons"] == list(PARTS)
    assert {"placing", "aiming", "text", "acting"} <= {name.partition(".")[0] for name in moved(stopped, taught)}
    assert not list(course(run))
    assert [it.name for it in run.run.iterdir()] == ["weights.safetensors"]


def moved(one, other):
    states = one.network.state_dict(), other.network.state_dict()
    return [name for name, value in states[0].items() if not torch.equal(value, states[1][name])]


def test_a_run_without_weights_is_told_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="train the transformer first"):
        next(course(CourseConfig(tmp_path, tmp_path)))
