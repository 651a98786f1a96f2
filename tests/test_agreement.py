"""Those that read the text encoder agree where a prompt means the same, and each says so for itself."""

import numpy as np
import pytest
import torch

from sora2lib.model import weights
from sora2lib.model.conditions import words_of
from sora2lib.train import data
from sora2lib.train.agreement import Telling, disagreements
from sora2lib.train.library import Library

READERS = ("casting", "places", "starts", "camera", "acting")


@pytest.fixture(scope="module")
def model(untrained):
    """An untrained model in which every part has a say: many begin with zeros."""
    model = weights.read(untrained)
    torch.manual_seed(3)
    for parameter in model.network.requires_grad_(False).parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)
    return model


@pytest.fixture(scope="module")
def drawn(model, tmp_path_factory):
    """People who walk."""
    folder = tmp_path_factory.mktemp("worlds")
    patch = pytest.MonkeyPatch()
    patch.setattr(data, "SHARD", 4)
    data.make_shard(folder, 0, ("walk",))
    patch.undo()
    return Library().refresh(folder).draw(np.random.default_rng(0), 400, model.scales)


def told(model, drawn, prompt):
    words, mask = words_of([prompt] * len(drawn.mask))
    return Telling(words, model.network.text(words, mask))


def apart(model, drawn, new):
    torch.manual_seed(1)
    return disagreements(model.network, drawn, model.scales, told(model, drawn, "a man walks"), new)


def test_told_the_same_all_say_the_same(model, drawn):
    same = apart(model, drawn, told(model, drawn, "a man walks"))
    assert set(same) == set(READERS)
    assert all(float(it) == 0 for it in same.values())


def test_told_something_else_each_says_something_else(model, drawn):
    others = apart(model, drawn, told(model, drawn, "two red balls collide on ice at night"))
    assert all(float(it) > 1e-6 for it in others.values())


@pytest.mark.parametrize("kind", READERS)
def test_the_text_learns_from_what_each_reader_says(model, drawn, kind):
    new = told(model, drawn, "a chap strolls")
    rows = new.text[0].detach().requires_grad_(True)
    loss = apart(model, drawn, Telling(new.words, (rows, new.text[1])))[kind]
    loss.backward()
    assert float(rows.grad.abs().max()) > 0


def test_what_a_word_names_is_told_with_it(model, drawn):
    """The same rows of text, but of words one of which brings the name of a thing along."""
    old = told(model, drawn, "a man walks")
    names = words_of(["a robot walks"] * len(drawn.mask))[0]
    found = apart(model, drawn, Telling(names, old.text))
    assert float(found.pop("casting")) > 0
    assert all(float(it) == 0 for it in found.values())
