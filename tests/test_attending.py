"""Recording changes nothing and leaves nothing behind; shares add up; every row is called what it is."""

import threading

import numpy as np
import pytest
import torch

import sora2lib as sora
from sora2lib import pipeline
from sora2lib.attending import EMPTY, _order, _principal, _words, numbered, recording
from sora2lib.errors import RequestError, Stopped
from sora2lib.model import weights
from sora2lib.model.blocks import Attention, additive, rotary
from sora2lib.model.conditions import words_of
from sora2lib.model.tokens import COLOUR
from sora2lib.request import Request

PROMPT = "a red ball meets a ball"


@pytest.fixture(scope="module")
def request_of(untrained):
    return Request(PROMPT, seconds=1, seed=5, model=untrained, steps=4)


@pytest.fixture(scope="module")
def recorded(request_of):
    """A record, what it says, and the world that was planned."""
    with recording(request_of) as record:
        for step in pipeline.plan(request_of):
            record.take(step)
    return record, record.labelled(step.world()), step.world()


def hooks(model):
    return [it for module in model.network.modules() for it in module._forward_hooks]


def test_a_recorded_plan_is_the_plan_to_the_last_bit(recorded, request_of):
    *_, last = pipeline.plan(request_of)
    assert recorded[2].identical(last.world())


def test_the_network_is_as_it_was_even_where_a_plan_was_stopped(request_of):
    model = weights.load(request_of.model)

    def begun_and_stopped():
        with recording(request_of):
            next(iter(pipeline.plan(request_of)))
            assert hooks(model)
            raise Stopped("enough")

    with pytest.raises(Stopped):
        begun_and_stopped()
    assert not hooks(model)


def test_only_this_threads_plans_are_recorded(request_of):
    with recording(request_of) as record:
        other = threading.Thread(target=lambda: next(iter(pipeline.plan(request_of))))
        other.start()
        other.join()
        assert not record._since


def test_what_a_hook_sees_is_what_attention_uses():
    torch.manual_seed(0)
    layer = Attention(32, 2, text=True)
    torch.nn.init.normal_(layer.out.weight)
    x, words = torch.randn(1, 5, 32), torch.randn(1, 3, 32)
    seen = []
    with layer.shares.register_forward_hook(lambda _, __, out: seen.append(out)), torch.no_grad():
        turn = rotary(torch.arange(5.0)[None], torch.tensor([1.0, 0.1]))
        out = layer(x, turn, additive(torch.ones(1, 8, dtype=torch.bool), x.dtype), words)
        value = torch.cat([layer.qkv(x)[..., 64:], layer.text_kv(words)[..., 32:]], dim=1)  # (1, 8, 32)
        heads = [seen[0][:, head] @ value[..., 16 * head : 16 * head + 16] for head in (0, 1)]
    torch.testing.assert_close(out, layer.out(torch.cat(heads, dim=-1)))


def test_shares_add_up_where_a_row_is_and_only_there(recorded):
    _, inside, world = recorded
    total = (inside.words.sum("word", min_count=1) + inside.rows.sum("source", min_count=1)).mean("layer")
    there = np.isfinite(total)
    assert total.values[there.values] == pytest.approx(1.0, abs=1e-5)
    casting = inside.phase == "casting"
    assert set(inside.kind.values[there[casting].any("step").values]) == {"actor", EMPTY, "scene"}
    later = set(inside.kind.values[there[~casting].any("step").values])
    assert later == {"actor", "scene", "camera", *(["motion"] if (~world.fixed).any() else [])}
    assert inside.sizes["step"] == len(recorded[0].steps)


def test_slots_are_called_what_they_became(recorded):
    record, inside, world = recorded
    slots, actors = _order(record), world.sizes["actor"]
    assert actors > 1
    assert inside.row.values[:actors].tolist() == world.actor.values.tolist()
    cast = [run for phase, run in record.steps if phase == "casting"][-1].batch.cast[0]
    became = record.steps[-1][1].batch.cast[0]
    # Before its last step a cast is noise for a fifth or less: each is nearest to what it became.
    apart = torch.cdist(cast[:, COLOUR], became[:, COLOUR])
    assert apart.argmin(dim=0).tolist() == slots[:actors]
    assert sorted(slots) == list(range(16))


def test_words_are_whole_and_told_apart(untrained):
    prompt = "a ball hits a pogostick"
    labels, fold = _words(Request(prompt, model=untrained))
    assert labels == ["(whole prompt)", "a", "ball", "hits", "a (2)", "pogostick"]
    assert fold.shape == (1 + words_of([prompt])[0].shape[1], 6)
    assert fold.sum(axis=1).tolist() == [1] * len(fold)
    assert fold[:, 5].sum() > 1  # a rare word has several pieces
    assert numbered(["x", "x", "x"]) == ["x", "x (2)", "x (3)"]


def test_latents_on_a_line_have_one_component():
    rows = np.linspace(-1, 1, 12)[:, None] * np.array([[3.0, 0, 4, 0]]) + 1
    latent = rows.reshape(3, 4, 4).astype(np.float32)
    latent[0, 1] = np.nan
    latent[:, 3] = 100  # counts for nothing
    found, explained = _principal(latent, np.array([True, True, True, False]))
    assert explained == pytest.approx([1, 0, 0], abs=1e-6)
    assert np.isnan(found[0, 1]).all()
    steps = np.diff(found[1:, :3, 0], axis=1)
    assert steps == pytest.approx(np.full((2, 2), 5 * 2 / 11), abs=1e-5)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"seconds": 5}, "give 4 or fewer"),
        ({"prompt": "A ball. Cut to: a box"}, "tells 2 shots"),
        ({"steps": 0}, "steps"),
    ],
)
def test_what_cannot_be_recorded_is_said(wrong, told):
    with pytest.raises(RequestError, match=told):
        sora.activations(**{"prompt": "a ball", **wrong})


def test_of_people_casting_is_what_is_recorded():
    inside = sora.activations("a man waves", seconds=0.5, seed=1, steps=4)
    assert set(inside.phase.values) == {"casting"}
    assert set(inside.kind.values) <= {"actor", "scene", EMPTY}
    assert "man" in inside.row.values
    shares = inside.words.sum("word") + inside.rows.sum("source")
    np.testing.assert_allclose(shares, 1, atol=1e-3)
