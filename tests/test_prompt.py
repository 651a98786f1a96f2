"""Prompts: where shots begin, how long they last, and what no words can bring about."""

import doctest
import time

import pytest

from sora2lib import prompt
from sora2lib.prompt import Shot, remarks, shots


def test_the_examples_hold():
    assert doctest.testmod(prompt).failed == 0


@pytest.mark.parametrize(
    "text",
    [
        "A red ball rolls left.",
        "The shot shows a ball. Cut grass lies about, 2 balls roll.",
        "Shot 1: only one",
        "a ball\n- rolls\n- bounces",
        "Actions:\n- 2 balls fall",
    ],
)
def test_most_prompts_are_one_shot(text):
    assert len(shots(text, 4)) == 1
    assert shots(text, 4)[0].seconds == 4


def test_headings_begin_shots_and_what_comes_before_is_said_of_all():
    text = "Style: film noir.\n\nShot 1 (2s): a ball falls\nShot 2 (6s): the ball\nrolls away"
    assert shots(text, 4) == (
        Shot("Style: film noir.\na ball falls", 1.0),
        Shot("Style: film noir.\nthe ball\nrolls away", 3.0),
    )


def test_ranges_of_seconds_begin_shots():
    text = '0.00-2.40 - "Arrival" (slow dolly left)\n2.40-4.00 - "Impact"\nPurpose: surprise'
    first, second = shots(text, 4)
    assert (first.seconds, second.seconds) == pytest.approx((2.4, 1.6))
    assert first.prompt == '"Arrival" (slow dolly left)'
    assert second.prompt == '"Impact"\nPurpose: surprise'
    assert [shot.seconds for shot in shots("[0:00-0:10]: a\n[0:10-0:20]: b", 8)] == [4, 4]


def test_what_does_not_fit_is_left_out_and_said():
    text = "\n".join(f"Shot {i}: a ball falls" for i in range(1, 101))
    assert len(shots(text, 4)) == 4
    assert sum(shot.seconds for shot in shots(text, 4)) == pytest.approx(4)
    assert remarks(text, 4) == ("100 shots were asked for; in 4 s there is room for 4, the others are left out",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a 10 second video of a ball", "give seconds=10"),
        ("a ball. Duration: 1 minute", "give seconds=60"),
        ("a ball rolls, 4k", "'4k' does not set the picture's size"),
        ("50 dogs run", "'50 dogs run' is more than a world holds: 16"),
        ("hundreds of balls fall", "more than a world holds"),
        ("a red blue ball", "'red blue' says two things of one"),
        ("a tiny huge box", "'tiny huge' says two things of one"),
        ("a static camera. the camera pans left", "exclude each other"),
        ("<b>a ball</b>", "markup is read as plain words: <b>, </b>"),
        ("a ball 🎉 rolls 🚀", "signs are not read: 🎉 🚀"),
        ("красный мяч катится", "the model reads English"),
    ],
)
def test_what_cannot_be_is_said(text, told):
    (remark,) = remarks(text, 4)
    assert told in remark


@pytest.mark.parametrize(
    "text",
    [
        "a 4 second clip of a ball",
        "ten seconds later the ball stops after 20 seconds",
        "a 35 mm lens, 24 fps, 90 degrees",
        "a dark red rubber ball and a blue box",
        "at noon a ball falls, then the day turns: at night it lies still",
        "two big balls, 16 small boxes",
        "<dialogue>\n- Man: hello\n</dialogue>",
        "a café façade",
    ],
)
def test_what_can_be_is_not_remarked_on(text):
    assert remarks(text, 4) == ()


@pytest.mark.parametrize("piece", ["\n", " ", "shot 1", "Shot 1: ", "a. ", "1-", "red ", "<a", "9", "cut to "])
def test_no_prompt_takes_long(piece):
    text = piece * (32_000 // len(piece))
    started = time.perf_counter()
    shots(text, 120)
    remarks(text, 120)
    assert time.perf_counter() - started < 5
