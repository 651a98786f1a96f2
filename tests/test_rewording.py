"""Captions in other words: nothing that is held out, and what stands for what."""

import itertools
import re

import numpy as np
import pytest

from sora2lib.model import text
from sora2lib.train.rewording import Reworded, Span, reworded, thesaurus
from sora2lib.train.telling import training_captions
from sora2lib.world import adjectives, phrases
from sora2lib.world.grammar import gerund, is_held_out, past, third
from sora2lib.world.sayings import SAYINGS, TAGS

FORMS = (str, third, gerund, past)


def captions():
    """Everything that captions are put together from."""
    tables = [it for module in (adjectives, phrases) for it in vars(module).values() if isinstance(it, dict)]
    rows = [row for table in [*tables, SAYINGS, TAGS] for row in table.values() if isinstance(row, tuple)]
    return [*itertools.chain.from_iterable(rows), *phrases.OPENERS, *phrases.LEADS, *phrases.STYLES, *phrases.MOODS]


def words(phrase):
    """The content words of a phrase; its verbs, in brackets, in all their forms."""
    verbs = [form(verb) for verb in re.findall(r"\[([a-z]+)\]", phrase) for form in FORMS]
    return set(text.content_words(re.sub(r"\{\w+\}", "", phrase))) | set(verbs)


def words_kept_back():
    """Content words that only held-out captions have."""
    told = [it for it in captions() if isinstance(it, str)]
    held_out, seen = (set().union(*(words(it) for it in told if is_held_out(it) == held)) for held in (True, False))
    return held_out - seen


def test_the_thesaurus_has_nothing_that_is_held_out():
    kept_back = words_kept_back()
    assert {"plummet", "tangerine", "moonlight"} <= kept_back
    for topic, _, others in thesaurus():
        for it in others:
            forms = {it, *(form(it) for form in FORMS)} if "verbs" in topic else {it}
            assert not any(is_held_out(form) for form in forms), it
            assert not words(it) & kept_back, it


def test_captions_give_every_topic_a_say():
    rng = np.random.default_rng(0)
    plain = {topic for topic, *_ in thesaurus() if "verbs" not in topic}
    topic_of = {other.partition("/")[0]: topic for topic, _, others in thesaurus() for other in others}
    said = {
        topic_of.get(again.text[span.new_start : span.new_stop].lower())
        for again in (reworded(told, rng, share=1.0) for told in training_captions(150))
        for span in again.spans
    }
    assert plain <= said


@pytest.mark.parametrize(
    ("told", "pattern"),
    [
        (
            "two boxes fall",
            r"(.+) (?:case|container|packet|hamper|toolbox|packing case|shoebox)(?:e?s) [a-z]+(?<!s)\b.*",
        ),
        ("it is falling", r"it is [a-z-]+ing\b.*"),
        ("THE ICE", r"THE (?:[A-Z ]+)"),
        ("the camera pans", r"the camera [a-z]+s\b.*"),
    ],
)
def test_words_keep_their_form(told, pattern):
    for seed in range(20):
        new = reworded(told, np.random.default_rng(seed), share=1.0).text
        assert re.fullmatch(pattern, new), new
        assert new != told


def test_none_and_all_of_a_caption_is_reworded():
    told = "a small red ball rolls on ice at sunset"
    assert reworded(told, np.random.default_rng(0), share=0.0) == Reworded(told, told, ())
    assert len(reworded(told, np.random.default_rng(0), share=1.0).spans) == 6


def test_each_piece_stands_for_what_it_replaces_or_for_itself():
    told = Reworded("a red ball rolls", "a fire-engine red ball tumbles", (Span(2, 5, 2, 17), Span(11, 16, 23, 30)))
    # a fire - engine red ball tumble ##s, for: a red ball rolls
    stands = told.alignment()
    assert stands.shape == (len(text.starts(told.text)), 4)
    assert stands.argmax(axis=1).tolist() == [0, 1, 1, 1, 1, 2, *[3] * (len(stands) - 6)]
    np.testing.assert_allclose(stands.sum(axis=1), 1)
    assert told.replaced().tolist() == [False, True, True, True, True, False, *[True] * (len(stands) - 6)]


def test_a_piece_that_was_there_stands_for_itself_and_function_words_for_function_words():
    told = Reworded("it rolls to the left", "it rolls over to the left side", (Span(9, 20, 9, 30),))
    stands = told.alignment()  # it rolls over to the left side, for: it rolls to the left
    assert [row.nonzero()[0].tolist() for row in stands] == [[0], [1], [2, 3], [2], [3], [4], [4]]
    np.testing.assert_allclose(stands.sum(axis=1), 1)
    assert told.fresh().tolist() == [False, False, True, False, False, False, True]  # over, side


def test_beside_what_is_replaced_the_same_words_stand_for_each_other():
    rng = np.random.default_rng(3)
    for told in training_captions(60):
        again = reworded(told, rng)
        old, new = text.encode(told)[0], text.encode(again.text)[0]
        beside = ~again.replaced()
        stands = again.alignment()[beside]
        full = stands.sum(axis=1) > 0
        assert (old[stands.argmax(axis=1)[full]] == new[beside][full]).all()
        assert full.mean() > 0.9


def test_what_is_said_otherwise_twice_stands_for_what_was_said_first():
    once = Reworded("a red ball falls", "a red ball drops down", (Span(11, 16, 11, 21),))
    twice = Reworded(once, "a ruby orb drops down", (Span(2, 5, 2, 6), Span(6, 10, 7, 10)))
    assert twice.origin == "a red ball falls"
    assert twice.alignment().argmax(axis=1).tolist() == [0, 1, 2, 3, 3]
    np.testing.assert_allclose(twice.alignment().sum(axis=1), 1)
    assert twice.replaced().tolist() == [False, True, True, True, True]
    assert twice.fresh().tolist() == [False, True, True, True, True]
