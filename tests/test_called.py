"""Copying codes of things from the prompt: Bayes' rule over the words, against the same worked out one by one."""

import math

import pytest
import torch

from sora2lib.model.belief import velocity
from sora2lib.model.called import SHARP, UNSURE, Called
from sora2lib.model.tokens import ASSET_CODE

BATCH, SLOTS, WORDS, WIDTH = 2, 3, 4, 8


@pytest.fixture
def case():
    torch.manual_seed(0)
    called = Called(WIDTH)
    torch.nn.init.normal_(called.ask.weight)
    own = (torch.randn(2, BATCH, SLOTS, ASSET_CODE), -torch.rand(2, BATCH, SLOTS, ASSET_CODE), torch.zeros(2, 1, 1, 1))
    return called, {
        "x": torch.randn(BATCH, SLOTS, WIDTH),
        "text": torch.randn(BATCH, WORDS, WIDTH),
        "codes": torch.randn(BATCH, WORDS, ASSET_CODE),
        "mask": torch.ones(BATCH, WORDS, dtype=torch.bool),
        "own": own,
        "noisy": torch.randn(BATCH, SLOTS, ASSET_CODE),
        "level": torch.full((BATCH, SLOTS), 0.3),
    }


def normal(x, mean, variance):
    return torch.exp(-((x - mean) ** 2) / (2 * variance)) / torch.sqrt(2 * math.pi * variance)


def test_it_is_bayes_rule_over_the_words(case):
    called, given = case
    found = called(**given)
    for b in range(BATCH):
        for s in range(SLOTS):
            torch.testing.assert_close(found[b, s], one_by_one(called, given, b, s), atol=1e-4, rtol=1e-3)


def one_by_one(called, given, b, s, t=0.3):
    """Velocity of one row's code, each word's probability worked out from densities."""
    x, key = given["noisy"][b, s], called.ask(given["x"][b, s])
    means, spreads = (part[:, b, s] for part in given["own"][:2])
    densities = normal(x, t * means, t**2 * torch.exp(2 * spreads) + (1 - t) ** 2)
    odds = [densities.mean(dim=0).prod()]
    speeds = [velocity(means, spreads, torch.zeros(2, 1), x, torch.tensor(t))]
    total = torch.tensor(t**2 * math.exp(SHARP) + (1 - t) ** 2)
    for word in range(WORDS):
        code, said = given["codes"][b, word], called.answer(given["text"][b, word])
        prior = torch.exp(key @ said / math.sqrt(len(key)) + UNSURE)
        odds.append(prior * normal(x, t * code, total).prod())
        speeds.append(((1 - t) * code + (t * math.exp(SHARP) - (1 - t)) * x) / total)
    return sum(p * v for p, v in zip(odds, speeds, strict=True)) / sum(odds)


def test_without_names_a_row_is_what_it_was_believed_to_be(case):
    called, given = case
    given["mask"] = torch.zeros(BATCH, WORDS, dtype=torch.bool)
    torch.testing.assert_close(called(**given), velocity(*given["own"], given["noisy"], given["level"]))


def test_a_nearly_clean_code_is_copied_to_the_last_digit(case):
    """However little the prompt is trusted, a code that is almost there is that code."""
    called, given = case
    level = torch.full((BATCH, SLOTS), 0.95)
    code = given["codes"][:, :1].expand(-1, SLOTS, -1)
    noise = torch.randn(BATCH, SLOTS, ASSET_CODE)
    speed = called(**given | {"level": level, "noisy": 0.95 * code + 0.05 * noise})
    torch.testing.assert_close(0.95 * code + 0.05 * noise + 0.05 * speed, code, atol=0.03, rtol=0)
