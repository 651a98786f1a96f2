"""An exploration fills its grid clip by clip; cells are buttons, each of which plays its own clip."""

import inspect
import re

import panel as pn
import pytest

from sora2lib.widgets import Exploration, Explorer, PlayerPane
from sora2lib.widgets import exploration as exploration_module
from sora2lib.widgets.explorer import table


@pytest.fixture(scope="module")
def explored(untrained):
    asked = {"seconds": 0.5, "steps": 2, "size": "64x64", "seeds": 2, "guidance": [1.0, 5.0]}
    exploration = Exploration(prompts="a ball\n\n  <b>a box</b>\n", model=untrained, **asked)
    done = []
    exploration.param.watch(lambda event: done.append(event.new), "done")
    exploration.make()
    assert done == [1, 2, 3, 4, 5, 6, 7, 8]
    return exploration


def buttons(exploration):
    return [it for it in Explorer(exploration).__panel__().select(pn.widgets.Button) if it.label.startswith("seed")]


def test_each_cell_plays_its_own_clip(explored):
    assert explored.message == "8 clips; choose one"
    for p, prompt in enumerate(["a ball", "<b>a box</b>"]):
        for s in range(2):
            for g, strength in enumerate([1.0, 5.0]):
                explored.choose((p, s, g))
                request = explored.clip.request
                assert (request.prompt, request.seed, request.guidance) == (prompt, s, strength)
    assert explored.reel["label"] == "<b>a box</b>"


def test_cells_are_buttons_with_their_score(explored):
    explored.score = "measured"
    cells = buttons(explored)
    assert len(cells) == 8
    cells[2].clicks += 1  # the second guidance of the first prompt
    assert explored.chosen == (0, 0, 1)
    value = float(explored.grid.measured[0, 0, 1])
    assert cells[2].label == f"seed 0, measured {value:.3g}"
    (player,) = Explorer(explored).__panel__().select(PlayerPane)
    assert player.reel["label"] == "a ball"


def test_what_is_stopped_keeps_what_is_there(explored, untrained):
    asked = {"seconds": 0.5, "steps": 2, "size": "64x64", "seeds": 3, "guidance": [1.0]}
    exploration = Exploration(prompts="a ball", model=untrained, **asked)
    exploration.param.watch(lambda event: event.new == 1 and exploration.cancel(), "done")
    exploration.make()
    assert (exploration.message, exploration.done) == ("Cancelled", 1)
    assert [it.disabled for it in buttons(exploration)] == [False, True, True]
    exploration.choose((0, 2, 0))
    assert exploration.chosen is None


@pytest.mark.parametrize(("wrong", "told"), [({"prompts": " \n "}, "prompts is"), ({"guidance": []}, "guidance is")])
def test_what_cannot_be_asked_for_is_said(wrong, told):
    exploration = Exploration(**wrong)
    exploration.make()
    assert exploration.message.startswith(told)
    assert exploration.grid is None


def test_numbers_can_be_taken_home(explored):
    lines = table(explored).splitlines()
    assert lines[0].startswith("prompt,seed,guidance,broken")
    assert len(lines) == 9


def test_words_of_strangers_are_no_markup(explored):
    page = Explorer(explored).__panel__()
    assert not [it for it in page.select(pn.pane.HTML) if "<b>a box</b>" in str(it.object)]


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget)", inspect.getsource(exploration_module), re.M)
