"""A shoot: what the camera sees follows the hand, the code makes the same camera, and the film is of the same event."""

import inspect
import math
import re

import holoviews as hv
import numpy as np
import panel as pn
import pytest

import sora2lib as sora
from sora2lib import media
from sora2lib.widgets import CameraDesk, Shoot
from sora2lib.widgets import shoot as shoot_module
from sora2lib.widgets.camera_desk import _code, _dragged, _view
from sora2lib.widgets.shoot import MOVES, SIDES


@pytest.fixture(scope="module")
def dropped():
    return sora.simulate("drop", seed=30, size="64x64", seconds=0.5)


@pytest.fixture
def shoot(dropped):
    return Shoot(clip=dropped)


def test_it_begins_where_the_clip_was_filmed_from(shoot, dropped):
    assert shoot.eye == pytest.approx(dropped.world.camera_eye.values[0])
    assert shoot.target == pytest.approx(dropped.world.camera_target.values[0])
    first = media.shrink(shoot.still, width=64, height=64).astype(int)
    assert np.abs(first - dropped.frames[0]).mean() < 6


def test_the_picture_follows_the_hand(shoot):
    before = shoot.still.copy()
    shoot.eye = (shoot.eye[0] + 3, shoot.eye[1], shoot.eye[2])
    assert np.abs(shoot.still.astype(int) - before).mean() > 5


@pytest.mark.parametrize("side", SIDES)
def test_sides_keep_the_distance_and_stay_above_the_ground(shoot, side):
    far = math.dist(shoot.eye, shoot.target)
    shoot.stand(side)
    assert math.dist(shoot.eye, shoot.target) == pytest.approx(far, rel=1e-6)
    assert shoot.eye[2] > 0


@pytest.mark.parametrize("words", [*MOVES.values(), "orbit left 45 for 0.3 s, then zoom in 2"])
def test_the_code_makes_the_same_camera(shoot, words):
    shoot.param.update(moves=words, eye=(1.0, -5.0, 2.0), target=(0.0, 0.0, 0.5), fov=50.0)
    made = {}
    exec(shoot.code.splitlines()[0], {"sora": sora}, made)
    assert made["camera"] == shoot.camera


def test_words_that_are_not_understood_are_told_and_the_picture_stays(shoot):
    before = shoot.still
    shoot.moves = "<script>alert(1)</script>"
    assert "is not understood" in shoot.message
    assert shoot.still is before
    shoot.make()
    assert "is not understood" in shoot.message
    assert "<script>" not in _code(shoot)
    shoot.moves = ""
    assert shoot.message == ""


def test_what_is_filmed_is_the_same_event(shoot, dropped):
    shoot.moves = MOVES["Go round"]
    shoot.make()
    assert shoot.message == "Done"
    assert shoot.filmed.world.position.identical(dropped.world.position)
    assert not shoot.filmed.world.camera_eye.identical(dropped.world.camera_eye)
    assert shoot.reel["frames"] == len(dropped.frames)


def test_dragging_sets_what_is_seen_from_that_side(shoot):
    shoot.param.update(eye=(0.0, -5.0, 2.0), target=(0.0, 0.0, 0.5))
    dims = [hv.Dimension(name, unit="m") for name in "xz"]
    _dragged(shoot, {"x": [1.0, 0.5], "z": [-3.0, 1.0]}, dims, (0, 2))
    assert shoot.eye == (1.0, -5.0, 0.05)
    assert shoot.target == (0.5, 0.0, 1.0)


def test_the_views_show_the_world_and_follow(shoot):
    hv.extension("bokeh")
    view = _view(shoot, "from above")
    assert [str(dim) for dim in view[()].kdims + view[()].get(0).kdims][-2:] == ["x", "y"]
    shoot.eye = (2.0, -4.0, 1.0)
    points = [it for it in view[()].values() if isinstance(it, hv.Points)][-1]
    assert points.array()[0, :2].astype(float).tolist() == [2.0, -4.0]


def test_the_desk_offers_sides_moves_and_numbers(shoot):
    page = CameraDesk(shoot).__panel__()
    buttons = {it.label: it for it in page.select(pn.widgets.Button)}
    assert {*SIDES, *MOVES, "Film it", "Cancel"} <= set(buttons)
    buttons["Above"].clicks += 1
    sliders = {it.label: it for it in page.select(pn.widgets.FloatSlider)}
    assert sliders["Camera z, m"].value == pytest.approx(shoot.eye[2])
    sliders["Looks at x, m"].value = 1.5
    assert shoot.target[0] == 1.5
    buttons["Rise"].clicks += 1
    assert shoot.moves == MOVES["Rise"]


def test_without_a_clip_it_says_so():
    shoot = Shoot()
    shoot.make()
    assert shoot.message == "there is no clip yet; choose one"


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget|holoviews)", inspect.getsource(shoot_module), re.M)
