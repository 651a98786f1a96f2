"""Who says what in a prompt, what of it is to be seen, and when each line begins."""

from dataclasses import replace

import pytest

from sora2lib.dialogue import SHORTEST, Line, lines, seen, timed
from sora2lib.errors import RequestError


def told(prompt, seconds=4):
    return [(line.speaker, line.text, line.manner) for line in lines(prompt, seconds)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ('The old man whispers "come closer"', [("old man", "come closer", "whisper")]),
        ('"Run!" shouts the girl', [("girl", "Run!", "shout")]),
        ("“Bonjour,” she says softly.", [("she", "Bonjour", "whisper")]),
        ('Freya yells "Row!" and Bjorn answers "Aye!"', [("Freya", "Row!", "shout"), ("Bjorn", "Aye!", "")]),
        ('the man says to the old woman: "Go."', [("man", "Go.", "")]),
        ('<dialogue>Detective: "You are late." Ann: "I know."</dialogue>',
         [("Detective", "You are late.", ""), ("Ann", "I know.", "")]),
        ("<dialogue>\nDetective: You are late.\nAnn (whispers): I know.\n</dialogue> in a cafe",
         [("Detective", "You are late.", ""), ("Ann", "I know.", "whisper")]),
        ('A ridge.\n\nDialogue:\n- Explorer A (shouting): "A top!"\n- Explorer B: "Not yet!"\n\nSound:\nWind: hard',
         [("Explorer A", "A top!", "shout"), ("Explorer B", "Not yet!", "")]),
        ('Actions:\n- Woman (laughing): "Stop it!"\n- She walks off', [("Woman", "Stop it!", "")]),
    ],
)  # fmt: skip
def test_lines_are_read_in_all_the_ways_people_write_them(prompt, expected):
    assert told(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "a red ball bounces",
        "A man says hello",
        'A sign says "EXIT"',
        'a close-up of "Big Ben" at night',
        'The man calls the dog "Rex"',
        'Title: "The end"\nCamera: "slow" dolly in',
    ],
)
def test_what_nobody_says_is_no_line(prompt):
    assert told(prompt) == []
    assert seen(prompt) == prompt


def test_times_come_from_the_prompt():
    said = lines("Dialogue:\n[1.5s] Ann: Look!\n0:03 Ben: Where?\n- Ann: There.", 8)
    assert [line.start for line in said] == [1.5, 3.0, None]
    (line,) = lines('The ball rolls. After 2 seconds the man says "Got it"', 4)
    assert line.start == 2.0


def test_a_line_waits_for_its_shot_and_is_said_once():
    prompt = 'Ben says "Hello."\nShot 1: a dog runs\nShot 2: a cat sits. Ann says "What now?"'
    assert [(line.text, line.earliest) for line in lines(prompt, 6)] == [("Hello.", 0.0), ("What now?", 3.0)]


def test_what_is_heard_is_not_to_be_seen():
    assert seen('A red ball rolls. The man says "look at that boat"') == "A red ball rolls. The man"
    assert "boat" not in seen("<dialogue>\nAnn: a boat!\n</dialogue> in a cafe")
    assert seen('<dialogue>Ann: "a boat!"</dialogue>') == "Ann"


def test_lines_follow_each_other_and_leave_room():
    said, took = [Line("a", "x"), Line("b", "y")], [1.0, 0.5]
    assert [line.start for line in timed(said, took, [0.3, 0.4], 4.0)] == [0.3, 0.3 + 1.0 + 0.4]
    # Where time is short, a share of what pauses are longer than the shortest is kept: here a quarter, here nothing.
    assert [line.start for line in timed(said, took, [0.3, 0.5], 2.0)] == pytest.approx([0.15, 0.15 + 1.0 + 0.2])
    assert [line.start for line in timed(said, took, [0.3, 0.5], 1.8)] == pytest.approx([SHORTEST, 1.0 + 2 * SHORTEST])
    assert [line.start for line in timed(said, took, [0.02, 0.5], 1.8)] == pytest.approx([0.02, 1.02 + SHORTEST])


def test_a_line_that_is_told_when_begins_then_and_those_before_end_in_time():
    said = [Line("a", "x"), Line("b", "y", start=2.0), Line("a", "z", earliest=3.0)]
    placed = timed(said, [1.0, 0.5, 0.5], [0.3, 9.0, 0.2], 6.0)
    assert [line.start for line in placed] == [0.3, 2.0, 3.2]
    early = timed(said, [1.0, 0.5, 0.5], [1.5, 9.0, 0.2], 6.0)
    assert early[0].start == pytest.approx(SHORTEST + 0.5 * (1.5 - SHORTEST))
    assert early[1].start == 2.0


def test_two_speak_at_once_where_the_prompt_says_so_and_one_never_does():
    both = [Line("a", "x", start=1.0), Line("b", "y", start=1.2)]
    assert [line.start for line in timed(both, [1.0, 1.0], [0.3, 0.3], 4.0)] == [1.0, 1.2]
    for one in ([Line("a", "x", start=1.0), Line("a", "y", start=1.2)], [replace(it, actor="man") for it in both]):
        assert timed(one, [1.0, 1.0], [0.3, 0.3], 4.0)[1].start == pytest.approx(2.0 + SHORTEST)


def test_too_much_for_the_clip_says_how_many_seconds_it_needs():
    with pytest.raises(RequestError, match=r"takes 6\.2 s and the clip lasts 4; 'y' .* seconds=6\.5"):
        timed([Line("a", "x"), Line("b", "y")], [3.0, 2.9], [0.5, 0.5], 4.0)


def test_a_long_prompt_is_read_in_no_time():
    assert len(lines('a man says "go" ' * 1500, 4)) == 1
    assert lines("- Ann: " * 4000, 4) == ()
    assert lines('"' * 9000 + "says" * 2000, 4) == ()
