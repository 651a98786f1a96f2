"""Captions whose event and camera are told otherwise: nothing that is held out, and everything else as it was."""

import re

import numpy as np
import pytest
from test_rewording import words, words_kept_back

from sora2lib.train import retelling
from sora2lib.train.rewording import reworded
from sora2lib.train.telling import training_captions
from sora2lib.world import phrases
from sora2lib.world.grammar import is_held_out, saying
from sora2lib.world.sayings import SAYINGS, TAGS

MOVES = {*phrases.CAMERA_VERBS, *(f"{move} {way}" for move in ("tilt", "zoom") for way in phrases.WAYS)}


@pytest.fixture(scope="module")
def told():
    return [(it.text, changes) for it, changes in retelling.retellings(310, np.random.default_rng(4))]


def test_sayings_have_nothing_that_is_held_out():
    kept_back = words_kept_back()
    for event, pattern in retelling.rows():
        made = saying(pattern)
        forms = [pattern[1:]] if pattern[0] == "#" else [made.singular, made.plural, made.gerund, made.base]
        assert event in SAYINGS or (event[0] == "camera" and event[1] in MOVES)
        assert not words(pattern) & kept_back, pattern
        assert not any(is_held_out(form) for form in forms), pattern


def test_sayings_are_new_and_each_is_there_once():
    rows = list(retelling.rows())
    assert len(set(rows)) == len(rows)
    for event, pattern in rows:
        assert pattern not in SAYINGS.get(event, ())
        assert pattern[1:] not in TAGS.get(event, ())
        if event[0] == "camera":
            move = event[1].split()[0]
            assert pattern[1:] not in phrases.CAMERA_TAGS[move]
            assert pattern.removeprefix("the camera ") not in phrases.CAMERA_VERBS.get(event[1], ())


def test_captions_are_what_they_are_in_training(told):
    rng = np.random.default_rng(4)
    assert [text for text, _ in told] == list(training_captions(310, rng))


def test_most_events_can_be_told_otherwise(told):
    assert np.mean([bool(changes) for _, changes in told]) > 0.7


def test_what_stands_beside_stays(told):
    """Nothing of a slot or a verb is left open, and what stands beside is as it was."""
    for text, changes in told:
        for start, stop, others in changes:
            assert not re.search(r"[\[\]{}]", "".join(others))
            again = reworded(text, np.random.default_rng(0), share=0.0, told=[(start, stop, others)])
            assert again.text[:start] == text[:start]
            assert again.text.endswith(text[stop:])


def test_verbs_agree_with_who_leads_and_slots_are_those_of_the_saying(told):
    others = {other for _, changes in told for _, _, others in changes for other in others}
    said = retelling._sayings(("drop", "drop", ""))[0]
    heights = next(it for it in said if it.singular == "{s} comes down from a height")
    assert (heights.plural, heights.gerund) == ("{s} come down from a height", "{s} coming down from a height")
    assert any(re.fullmatch(r".+ (come|comes|coming) down from a height", it) for it in others)


def test_the_camera_is_told_otherwise_and_its_way_stays(told):
    """Where a caption says where the camera turns, what may stand for it says so too."""
    texts = [text[start:stop] for text, changes in told for start, stop, _ in changes]
    others = {other for _, changes in told for _, _, others in changes for other in others}
    assert sum(text.startswith(("the camera", "The camera")) for text in texts) > 30
    assert any(re.fullmatch(r"the (lens|view|frame|shot) \w+ .*\b(left|right).*", it) for it in others)
