"""An insight follows step, layer and row; what it says is what was recorded; strangers' words are no markup."""

import inspect
import re

import pytest

import sora2lib as sora
from sora2lib.widgets import AttentionDesk, Insight
from sora2lib.widgets import insight as insight_module
from sora2lib.widgets.attention_desk import _code, _map, _paths, _words

PROMPT = "a <b>red</b> ball"


@pytest.fixture(scope="module")
def planned(untrained):
    insight = Insight(prompt=PROMPT, seconds=0.5, steps=4, model=untrained)
    insight.make()
    return insight


def test_an_insight_is_what_is_recorded_in_a_program(planned, untrained):
    told = re.sub(r"\)$", ", model=untrained)", planned.code.removeprefix("inside = "))
    again = eval(told, {"sora": sora, "untrained": untrained})
    assert again.identical(planned.inside)


def test_step_layer_and_row_choose_what_is_told(planned):
    inside, row = planned.inside, planned.inside.row.values[0]
    planned.param.update(step=2, layer=1, row=row, target="words")
    told = inside.words.sel(step=2, layer=1, row=row)
    assert planned.heard()["red"] == pytest.approx(float(told.sel(word="red")))
    assert planned.told.startswith(f"Casting, step 2 of {inside.sizes['step']}, layer 1: {row} looks most at “")
    assert planned.shares().sel(row=row).values == pytest.approx(told.values)
    planned.param.update(layer=0, target="rows")
    assert set(planned.shares().source.values) == set(planned.shares().row.values)


def test_rows_are_offered_while_they_are_there(planned):
    planned.step = planned.last
    assert "camera 0.0 s" in planned.param.row.objects
    planned.row = "camera 0.0 s"
    planned.step = 1
    assert planned.row in planned.param.row.objects
    assert "camera 0.0 s" not in planned.param.row.objects


def test_what_is_shown_are_words_and_no_markup(planned):
    AttentionDesk(planned)
    assert "<b>" not in _words(planned) + _code(planned)
    assert "&lt;" in _words(planned)
    planned.param.update(target="words")
    cells = _map(planned).data
    assert len(cells) == planned.shares().size
    assert len(_paths(planned).Points.I.data) == planned.shares().sizes["row"]


def test_what_cannot_be_planned_is_said():
    insight = Insight(prompt="A ball. Cut to: a box")
    insight.make()
    assert "tells 2 shots" in insight.message
    assert not insight.running


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|holoviews)", inspect.getsource(insight_module), re.M)
