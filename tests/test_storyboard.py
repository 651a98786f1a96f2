"""Storyboards: values that can be edited, written and read, and one world for all cards."""

import doctest
import json

import numpy as np
import pytest

import sora2lib
from sora2lib import pipeline, storyboard
from sora2lib.camera import Camera, Pose
from sora2lib.dialogue import seen
from sora2lib.errors import RequestError
from sora2lib.prompt import shots
from sora2lib.request import Request
from sora2lib.storyboard import Card, Storyboard

ORBIT = Camera.static(Pose((0, -6, 1.5), (0, 0, 0.5), fov=45)) + Camera.orbit(90)
SMALL = {"size": "64x64", "fps": 6}


@pytest.fixture
def board():
    cards = ["a red ball rolls left", Card("the ball lies still", 2, ORBIT), Card("it\nbounces", 1.25, Camera.zoom(2))]
    return Storyboard(cards, "Style: film noir.\nOn ice at night.")


def test_the_examples_hold():
    assert doctest.testmod(storyboard).failed == 0


def test_the_prompt_is_read_as_the_cards(board):
    read = shots(board.prompt, board.seconds)
    assert [shot.prompt for shot in read] == [f"{board.setting}\n{card.text}" for card in board]
    assert [shot.seconds for shot in read] == pytest.approx([4, 2, 1.25])
    one = Storyboard(["a ball"], "On ice.")
    assert [shot.prompt for shot in shots(one.prompt, 4)] == ["On ice.\na ball"]


def test_a_board_is_one_request(board):
    request = board.request(seed=7, size="64x64")
    assert request == Request(board.prompt, seconds=7.25, seed=7, size="64x64", camera=(None, ORBIT, Camera.zoom(2)))
    assert Storyboard(["a", "b"]).request(seed=1).camera is None


def test_a_board_is_edited_card_by_card(board):
    again = board.changed(-1, text="it stops", camera=None).inserted(1, "a cat comes").without(0)
    assert [card.text for card in again] == ["a cat comes", "the ball lies still", "it stops"]
    assert again.cameras == (None, ORBIT, None)
    assert again.setting == board.setting
    assert len(board) == 3  # the old one is as it was
    assert board.inserted(3, "the end")[3].text == "the end"
    with pytest.raises(AttributeError):
        board.cards = ()


def test_json_brings_a_board_back(board):
    assert Storyboard.from_json(board.to_json()) == board
    assert Storyboard.from_json('{"cards": ["a ball", {"text": "it stops"}]}') == Storyboard(["a ball", "it stops"])


def test_text_brings_a_board_back_whose_cameras_have_words(board):
    told = board.changed(1, camera=Camera.follow("ball 2", seconds=1).then(Camera.pan(-30.5) + Camera.handheld(0.5)))
    assert "4.00-6.00 - (follow ball 2 for 1 s, then pan left 30.5 + handheld 0.5) the ball" in told.to_text()
    assert Storyboard.from_text(told.to_text()) == told
    with pytest.raises(RequestError, match=r"camera of card 2 cannot be told in words; use to_json\(\)"):
        board.to_text()


@pytest.mark.parametrize(
    ("text", "cards", "setting"),
    [
        (
            '0.00-2.40 - "Arrival" (dolly in 1)\nA ball rolls.\n'
            '2.40-4.00 - "Drift" (32 mm, slow dolly left)\nIt stops.',
            [
                Card('"Arrival" A ball rolls.', 2.4, Camera.dolly(1)),
                Card('"Drift" (32 mm, slow dolly left)\nIt stops.', 1.6),
            ],
            "",
        ),
        ("Night.\nShot 1: a ball\nShot 2 (6s): it stops", [Card("a ball", 6), Card("it stops", 6)], "Night."),
        ("a ball rolls. Cut to: it stops", [Card("a ball rolls."), Card("it stops")], ""),
        ("a ball rolls", [Card("a ball rolls")], ""),
    ],
)
def test_shot_lists_are_read(text, cards, setting):
    assert Storyboard.from_text(text) == Storyboard(cards, setting)


def test_a_length_may_be_given_for_all():
    assert [card.seconds for card in Storyboard.from_text("0-2 - a\n2-6 - b", seconds=3)] == [1, 2]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Storyboard([]), "0 cards last 0 s; a storyboard has one or more, and 120 s at most"),
        (lambda: Storyboard(["a ball"] * 500), "500 cards last 2000 s"),
        (lambda: Storyboard("a ball"), "the cards are 'a ball'; give a list"),
        (lambda: Storyboard(["a", 3]), "a card's text is 3; say what is seen"),
        (lambda: Storyboard(["a", " "]), "a card's text is ' '"),
        (lambda: Storyboard(["a"], 3), "the setting is 3; it must be text"),
        (lambda: Card("a", 0.5), "a card's seconds are 0.5; they must be a number from 1 to 120; try 4"),
        (lambda: Card("a", float("nan")), "seconds are nan"),
        (lambda: Card("a", "4"), "seconds are '4'"),
        (lambda: Card("a", True), "seconds are True"),
        (lambda: Card("a", 4, "left"), "camera is 'left'; give a Camera"),
        (
            lambda: Card("a", 2, Camera.pan(9, seconds=3).then(Camera.zoom(2))),
            "zoom begins at 3 s and",
        ),
        (lambda: Storyboard(["a", "b\nShot 2: c\nShot 3: d"]), "card 2, .*, holds what begins a shot"),
        (lambda: Storyboard(["a", "1-2 - b\n2-4 - c"]), "holds what begins a shot"),
        (lambda: Storyboard(["a ball. Cut to: a cat"]), "card 1, .*, holds what begins a shot, such as 'Cut to'"),
        (lambda: Storyboard(["a", "b"], "Shot 1: a\nShot 2: b"), "the setting holds what begins a shot"),
        (lambda: Storyboard(["a", 'Dialogue:\n- Man: "hi"']), "card 2 says only what is heard"),
        (lambda: Storyboard(["a"])[1], "there is no card 1; the storyboard has 1, counted from 0"),
        (lambda: Storyboard(["a"]).changed(0, hue=3), "a card has no hue; change its text, seconds, camera or image"),
        (lambda: Storyboard.from_json("{"), "the text is not JSON"),
        (lambda: Storyboard.from_json("[]"), "is no storyboard; give an object of cards"),
        (lambda: Storyboard.from_json('{"cards": ["a"], "seed": 1}'), "is no storyboard"),
        (lambda: Storyboard.from_json('{"cards": "a"}'), "the cards are 'a'; give a list"),
        (
            lambda: Storyboard.from_json('{"cards": ["a", {"txt": "b"}]}'),
            "card 2: .* is no card; give an object",
        ),
        (lambda: Storyboard.from_json('{"cards": [{"text": "b", "camera": 3}]}'), "card 1: '3' is no list of camera"),
        (
            lambda: Storyboard.from_json('{"cards": [{"text": "b", "seconds": null}]}'),
            "card 1: .* seconds are None",
        ),
        (lambda: Storyboard.from_text("0-0.2 - a\n0.2-4 - b"), "seconds are 0.2"),
        (lambda: Storyboard.from_text(""), "a card's text is ''"),
        (lambda: Storyboard.from_text(b"a"), "it must be text"),
        (lambda: Storyboard.from_text("a", seconds=0), "seconds is 0"),
    ],
)
def test_what_no_storyboard_can_be_is_told(make, told):
    with pytest.raises(RequestError, match=told):
        make()


def test_what_is_said_belongs_to_its_card(board):
    said = board.changed(0, text='A man waits.\nDialogue:\n- Man: "Hello there"').request(seed=1)
    assert len(shots(seen(said.prompt), said.seconds)) == 3
    assert "Hello" not in seen(said.prompt)


def test_a_clip_of_a_board_is_one_world_filmed_card_by_card(board, untrained):
    asked = {"seed": 7, "model": untrained, "steps": 3}
    clip = board.generate(**asked, **SMALL)
    assert clip.request == board.request(**asked, **SMALL)
    world = clip.world
    # The third card begins at 6 s, the second at 4 s.
    assert np.flatnonzero(world.camera_cut.values).tolist() == [96, 144]
    for camera, span in ((ORBIT, slice(96, 144)), (Camera.zoom(2), slice(144, None))):
        shot = world.isel(time=span)
        path = camera.path(shot)
        assert np.array_equal(path.eye, shot.camera_eye)
        assert np.array_equal(path.fov, shot.camera_fov)
    step = np.linalg.norm(np.diff(world.position.values, axis=1), axis=-1)
    assert step[:, [95, 143]].max() < 0.5  # things go on across the cuts
    *_, last = board.steps(**asked)
    assert last.world().identical(world)
    assert Storyboard.from_text(clip.request.prompt) == Storyboard(
        [Card(it.text, it.seconds) for it in board], board.setting
    )
    snowy = sora2lib.draw(last.world().assign(snow=0.8), seconds=1, **SMALL)
    assert float(snowy.world.snow) == 0.8


def test_a_plan_that_is_drawn_by_hand_is_heard_as_the_clip_of_its_board(untrained):
    board = Storyboard([Card('a ball rolls. A man says "look"', 2), Card('it stops. The man shouts "at last!"', 2)])
    asked = {"seed": 3, "model": untrained, "style": "noir", "steps": 3}
    clip = board.generate(**asked, **SMALL)
    *_, last = board.steps(**asked)
    plan = last.world()
    assert plan.line_text.values.tolist() == ["look", "at last!"]
    assert plan.identical(clip.world)
    drawn = sora2lib.draw(plan, seconds=4, **SMALL)
    assert np.array_equal(drawn.sound, clip.sound)
    assert np.array_equal(drawn.frames, clip.frames)
    later = plan.line_start.values + 0.25
    assert not np.array_equal(
        sora2lib.draw(plan.assign(line_start=("line", later)), seconds=4, **SMALL).sound, clip.sound
    )


def test_the_exact_simulation_is_filmed_card_by_card(untrained):
    world = sora2lib.simulate("roll", seed=3, seconds=8, **SMALL).world
    name = str(world.actor.values[0])
    board = Storyboard(["a ball rolls", Card("it stops", 4, Camera.look_at(name))])
    request = board.request(seed=1, model=untrained, physics="exact", **SMALL)
    told = pipeline.finish(pipeline.Step(1, 1, "motion", lambda: world), request).world
    assert np.array_equal(told.camera_target[96:], told.position.sel(actor=name)[96:])
    assert np.array_equal(told.camera_target[:96], world.camera_target[:96])


def test_who_comes_too_late_and_cuts_that_were_moved_are_told(untrained):
    board = Storyboard([Card("a red ball rolls", 1.5), "a dog chases the ball on ice, the camera orbits left"])
    told = pipeline.notices(board.request(seed=1, model=untrained))
    assert "the cast is planned from the first shot, which does not name: dog; name them there" in told
    assert "shot 2 begins at 1.33 s instead of 1.5; cuts lie on thirds of a second" in told
    named = Storyboard(board.cards, "A dog and a ball.")
    assert not any("cast is planned" in it for it in pipeline.notices(named.request(seed=1, model=untrained)))


def test_the_written_form_is_plain(board):
    plain = json.loads(board.to_json())
    assert list(plain) == ["setting", "cards"]
    assert plain["cards"][0] == {"text": "a red ball rolls left", "seconds": 4.0}
