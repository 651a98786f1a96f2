"""Captions whose event is told otherwise: nothing that is held out, and everything else as it was."""

import re

import numpy as np
import pytest
from test_rewording import words, words_kept_back

from sora2lib.train import retelling
from sora2lib.train.rewording import reworded
from sora2lib.train.telling import training_captions
from sora2lib.world.grammar import is_held_out, saying
from sora2lib.world.sayings import SAYINGS, TAGS


@pytest.fixture(scope="module")
def told():
    return list(retelling.retellings(310, np.random.default_rng(4)))


def test_sayings_have_nothing_that_is_held_out():
    kept_back = words_kept_back()
    for event, pattern in retelling.rows():
        made = saying(pattern)
        forms = [pattern[1:]] if pattern[0] == "#" else [made.singular, made.plural, made.gerund, made.base]
        assert event in SAYINGS
        assert not words(pattern) & kept_back, pattern
        assert not any(is_held_out(form) for form in forms), pattern


def test_sayings_are_new_and_each_is_there_once():
    rows = list(retelling.rows())
    assert len(set(rows)) == len(rows)
    for event, pattern in rows:
        assert pattern not in SAYINGS[event]
        assert pattern[1:] not in TAGS.get(event, ())


def test_captions_are_what_they_are_in_training(told):
    rng = np.random.default_rng(4)
    assert [text for text, _ in told] == list(training_captions(310, rng))


def test_most_events_can_be_told_otherwise(told):
    assert np.mean([bool(changes) for _, changes in told]) > 0.7


def test_who_it_is_about_stays(told):
    """Numbers, names and what else fills the slots are in every other telling as they were."""
    for text, changes in told:
        for start, stop, others in changes:
            assert not re.search(r"[\[\]{}]", "".join(others))
            again = reworded(text, np.random.default_rng(0), share=0.0, told=[(start, stop, others)])
            assert again.text.lower().replace(again.text[start : stop + len(again.text) - len(text)].lower(), "") == (
                text.lower().replace(text[start:stop].lower(), "")
            )


def test_verbs_agree_with_who_leads_and_slots_are_those_of_the_saying(told):
    others = {other for _, changes in told for _, _, others in changes for other in others}
    said = retelling._sayings(("drop", "drop", ""))[0]
    heights = next(it for it in said if it.singular == "{s} comes down from a height")
    assert (heights.plural, heights.gerund) == ("{s} come down from a height", "{s} coming down from a height")
    assert any(re.fullmatch(r".+ (come|comes|coming) down from a height", it) for it in others)
