"""A draft of a storyboard: cards are written, moved, taken away and had back; read and written; planned, drawn."""

import inspect
import io
import re

import imageio.v3 as imageio
import numpy as np
import panel as pn
import pytest

import sora2lib as sora
from sora2lib.widgets import BoardPane, Draft, PlayerPane, StoryboardDesk
from sora2lib.widgets import draft as draft_module
from sora2lib.widgets.board import HELD, obey

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def draft():
    return Draft(sora.Storyboard(["one", "two", sora.Card("three", 2, sora.Camera.zoom(2))], "At night."))


def words(draft):
    return [entry.text for entry in draft.entries]


def numbers(draft):
    return [entry.number for entry in draft.entries]


@pytest.mark.parametrize(
    ("card", "place", "order"),
    [
        (0, 1, "two one three"),
        (0, 2, "two three one"),
        (2, 0, "three one two"),
        (0, -5, "one two three"),
        (0, 9, "two three one"),
    ],
)
def test_cards_move(draft, card, place, order):
    draft.move(numbers(draft)[card], place)
    assert " ".join(words(draft)) == order


def test_every_change_is_taken_back_in_turn(draft):
    one, two, _ = numbers(draft)
    states = [draft.board]
    draft.edit(two, text="2", seconds=3.0)
    states.append(draft.board)
    draft.move(one, 2)
    states.append(draft.board)
    draft.remove(two)
    states.append(draft.board)
    draft.setting = "By day."
    states.append(draft.board)
    draft.add("four")
    for board in reversed(states):
        assert draft.undoable
        draft.undo()
        assert draft.board == board
    assert not draft.undoable
    draft.undo()
    assert draft.board == states[0]


def test_it_is_written_out_as_it_stands(draft):
    assert sora.Storyboard.from_json(draft.as_json) == sora.Storyboard.from_text(draft.as_text) == draft.board
    assert draft.message == "3 cards, 10 s"
    draft.edit(numbers(draft)[2], camera="")
    assert draft.board[2].camera is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"text": " "}, "card 2: a card's text"),
        ({"seconds": 0.0}, "card 2: a card's seconds"),
        ({"camera": HOSTILE}, "card 2: "),
    ],
)
def test_what_is_wrong_is_told_with_its_card_and_nothing_is_lost(draft, values, told):
    draft.edit(numbers(draft)[1], **values)
    assert draft.message.startswith(told)
    assert (draft.as_json, draft.as_text) == ("", "")
    draft.make()
    assert draft.message.startswith(told)
    assert not draft.running
    assert len(draft.entries) == 3
    draft.undo()
    assert draft.as_json


def test_a_camera_that_words_cannot_tell_stays_until_there_are_words():
    camera = sora.Camera.static(sora.Pose((0, -6, 1), (0, 0, 1)))
    draft = Draft(sora.Storyboard([sora.Card("a ball", 2, camera)]))
    (entry,) = draft.entries
    assert (entry.camera, draft.as_text) == ("", "")
    assert sora.Storyboard.from_json(draft.as_json)[0].camera == camera
    assert BoardPane.of(draft).cards[0]["note"] == HELD
    draft.edit(entry.number, camera="zoom in 2")
    assert draft.board[0].camera == sora.Camera.zoom(2)


def test_files_are_read_and_can_be_taken_back(draft):
    board = sora.Storyboard([sora.Card("a ball", 2), "it stops"], "On ice.")
    before = draft.board
    for name, text in (("a.json", board.to_json()), ("a.txt", board.to_text())):
        draft.read(name, text.encode())
        assert draft.board == board
        draft.undo()
        assert draft.board == before
    draft.read_text(board.to_text())
    assert draft.board == board


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b"{broken", "is not JSON"),
        ("a.json", b'{"cards": [{"text": "a", "image": "/etc/passwd"}]}', "card 1 names a picture by its path"),
        ("a.txt", b"\xff\xfe\x00", "is no text"),
        ("a.txt", b"a" * 1_000_001, "1000001 bytes"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_cards_stay(draft, name, content, told):
    before = draft.board
    draft.read(name, content)
    assert told in draft.message
    assert draft.board == before
    assert not draft.undoable


@pytest.fixture(scope="module")
def filmed(untrained):
    """Two shots, the first from afar, planned and drawn."""
    cards = [sora.Card("a ball", 1), sora.Card("it stops", 1, sora.Camera.static(sora.Pose((0, -3, 9), (0, 0, 0))))]
    draft = Draft(sora.Storyboard(cards), model=untrained, steps=2, size="64x64")
    seen = []
    draft.param.watch(lambda event: seen.append(event.new.split(":")[0]), "message")
    draft.drawn = False
    draft.make()
    assert draft.message.startswith("Planned")
    assert draft.clip is None
    pictures = draft.pictures
    draft.drawn = True
    draft.make()
    assert seen.count("Loading the model") == 1  # the plan that is there is drawn
    return draft, pictures


def test_each_card_shows_its_part_of_the_plan(filmed):
    draft, pictures = filmed
    assert list(pictures) == numbers(draft)
    seen = [imageio.imread(io.BytesIO(it)).astype(int) for it in pictures.values()]
    assert {it.shape for it in seen} == {(320, 320, 3)}
    for number, at in enumerate((0.5, 1.5)):
        small = seen[number].reshape(64, 5, 64, 5, 3).mean(axis=(1, 3))
        right, wrong = (np.abs(small - draft.clip.frame(it)).mean() for it in (at, 2 - at))
        assert right < wrong
    assert draft.reel["video"] == draft.file
    assert draft.clip.request == draft.request()


def test_pictures_are_of_this_plan_only(filmed):
    draft, pictures = filmed
    first = numbers(draft)[0]
    draft.edit(first, text="a box")
    assert draft.pictures == {}
    draft.undo()
    assert draft.pictures == pictures
    draft.seed += 1
    assert draft.pictures == {}
    draft.seed -= 1


def test_cancel_stops_it_and_the_cards_stay(filmed):
    draft = Draft(filmed[0].board, model=filmed[0].model, steps=2, size="64x64")
    draft.param.watch(lambda event: event.new.startswith("Motion") and draft.cancel(), "message")
    draft.make()
    assert (draft.message, draft.clip, draft.pictures) == ("Cancelled", None, {})
    assert words(draft) == ["a ball", "it stops"]


def test_the_desk_shows_cards_and_obeys_them(draft):
    page = StoryboardDesk(draft).__panel__()
    (board,) = page.select(BoardPane)
    assert [it["text"] for it in board.cards] == ["one", "two", "three"]
    one, two, _ = numbers(draft)
    move, write = {"act": "move", "number": one, "place": 2, "turn": 1}, {"act": "edit", "number": two}
    board.asked = [move, write | {"values": {"text": HOSTILE}, "turn": 2}]
    board.asked = [*board.asked, write | {"values": {"seconds": 3}, "turn": 3}]  # what was obeyed is not obeyed again
    assert [(it["text"], it["seconds"]) for it in board.cards] == [(HOSTILE, 3), ("three", 2), ("one", 4)]
    buttons = {it.label: it for it in page.select(pn.widgets.Button)}
    buttons["Undo"].clicks += 1
    assert board.cards[0]["seconds"] == 4
    buttons["Add a card"].clicks += 1
    assert [it["text"] for it in board.cards] == [HOSTILE, "three", "one", ""]
    assert not page.select(PlayerPane)[0].visible
    assert not [it for it in page.select(pn.pane.HTML) if HOSTILE in str(it.object)]


@pytest.mark.parametrize(
    "asked",
    [
        {"act": "edit", "values": {"image": "/etc/passwd"}},
        {"act": "edit", "values": {"held": "x"}},
        {"act": "edit", "values": {"seconds": "2"}},
        {"act": "edit", "values": "text"},
        {"act": "move", "place": "0"},
        {"act": "__init__"},
        {"act": "remove", "number": "1"},
        {"act": "remove", "number": 999},
        {},
    ],
)
def test_a_page_may_ask_for_nothing_else(draft, asked):
    before = list(draft.entries)
    obey(draft, {"number": numbers(draft)[0]} | asked)
    assert draft.entries == before


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget)", inspect.getsource(draft_module), re.M)
