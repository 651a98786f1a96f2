"""Probes: what a text encoder makes of captions is read off it, and of nothing else."""

import numpy as np
import pytest
import torch

from sora2lib.model import weights
from sora2lib.train import probing
from sora2lib.world.captions import Caption
from sora2lib.world.naming import Clause


@pytest.fixture(scope="module")
def encoder(untrained):
    return weights.read(untrained).network.text


@pytest.fixture(scope="module")
def probe(encoder):
    return probing.learn_probe(encoder, captions=400, steps=250)


@pytest.fixture(scope="module")
def fresh():
    return probing.captions_to_read(200, np.random.default_rng(99))


def test_a_probe_reads_captions_that_it_has_not_learned_from(probe, encoder, fresh):
    marks = probing.understood(probe, encoder, fresh)
    moved = [Caption(fresh[i - 1].text, it.clauses) for i, it in enumerate(fresh)]
    others = probing.understood(probe, encoder, moved)
    for kind in ("scene light", "scene camera", "subject colour"):
        assert np.mean(marks[kind]) > np.mean(others[kind]) + 0.2


def test_every_clause_is_right_where_each_is(probe, encoder, fresh):
    for it in fresh[:40]:
        marks = probing.understood(probe, encoder, [it])
        every = marks.pop("every clause")
        assert every == [all(right for them in marks.values() for right in them)]
        known = {kind: set(values) for kind, values in probe.values.items()}
        asked = [it for it in it.clauses if str(it.value) in known.get((it.role, it.kind), ())]
        assert sum(map(len, marks.values())) == len(asked)


def test_answers_are_numbers_of_values_and_nothing_where_nothing_is_said(probe):
    colour = probe.values["subject", "colour"][2]
    told = [
        frozenset(
            {Clause(kind="colour", role="subject", value=colour), Clause(kind="light", role="scene", value="no light")}
        ),
        frozenset(),
    ]
    answers = probe.answers(told)
    kinds = [*probe.values]
    assert answers[0, kinds.index(("subject", "colour"))] == 3
    assert answers.sum() == 3


def test_surprise_is_small_where_a_probe_is_right(probe, encoder, fresh):
    read = probing.read_by(encoder, [it.text for it in fresh])
    answers = probe.answers(it.clauses for it in fresh)
    assert probing.surprise(probe, read, answers) < 0.8 * probing.surprise(probe, read, answers.roll(1, dims=0))


def test_the_encoder_learns_nothing_from_a_probe_that_learns(encoder):
    before = [it.clone() for it in encoder.parameters()]
    probe = probing.learn_probe(encoder, captions=64, steps=2)
    assert not any(it.requires_grad for it in probe.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, encoder.parameters(), strict=True))
