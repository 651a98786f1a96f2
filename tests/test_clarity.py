"""What is seen too unclearly to be judged, what vanishes, what comes from nothing: drawings whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from sora2lib.physics.background import behind
from sora2lib.physics.clarity import unsteady
from sora2lib.physics.laws import checks
from sora2lib.physics.presence import Sight
from sora2lib.physics.study import Study
from sora2lib.physics.tracking import track

SIDE = (72, 128)
TIME = np.arange(32.0)
GROUND, RED = np.array([150.0, 140, 120]), np.array([210.0, 40, 40])
PATH = np.stack([20 + 2.5 * TIME, np.full(32, 30.0)], axis=-1)


def disc(frames, place_T2, radius_T, colour):
    """Draw a disc at places (T, 2), right and down; NaN for none. A colour of one number dims what lies behind."""
    row, column = np.mgrid[: SIDE[0], : SIDE[1]] + 0.5
    for picture, (x, y), radius in zip(frames, place_T2, radius_T, strict=True):
        if np.isfinite(x):
            cover = np.clip(radius + 0.5 - np.hypot(column - x, row - y), 0, 1)[..., None]
            picture[:] = picture * (1 - cover) + (picture * colour if np.ndim(colour) == 0 else colour) * cover


def empty():
    return np.tile(GROUND, (32, *SIDE, 1))


def asked(frames):
    study = Study(track(np.rint(frames).astype(np.uint8), TIME / 24))
    return study.tracks, {it.law: [one.holds for one in checks(study) if one.law == it.law] for it in checks(study)}


FLICKERS = 7 + 0.25 * (-1) ** TIME


@pytest.mark.parametrize(("radius_T", "sizes"), [(np.full(32, 7.0), True), (FLICKERS, None), (6 + 0.1 * TIME, True)])
def test_what_flickers_is_asked_where_it_is_and_not_how_large(radius_T, sizes):
    frames = empty()
    disc(frames, PATH, radius_T, RED)
    tracks, told = asked(frames)
    assert len(tracks) == 1
    assert tracks.clear([0]) is (sizes is True)
    for law in ("permanence", "birth", "continuity"):
        assert told[law] == [True]
    assert told["immutability"] == [sizes]


def test_what_flickers_may_neither_vanish_nor_leap():
    gone, leapt = PATH.copy(), PATH.copy()
    gone[15] = np.nan
    leapt[15:] += [0, 14]
    for law, path in (("permanence", gone), ("continuity", leapt)):
        frames = empty()
        disc(frames, path, FLICKERS, RED)
        assert False in asked(frames)[1][law]


def test_ends_that_come_and_go_are_told_from_a_length_that_changes_evenly():
    frames = empty()
    disc(frames, PATH, np.full(32, 7.0), RED)
    tracks = asked(frames)[0]
    for spread, found in ((0.0, 0.0), (0.2, 0.2)):
        half_T = np.linspace(1.2, 1.8, 32) + spread * np.random.default_rng(5).normal(size=32)
        rod = replace(tracks, oblong_NT=(half_T**2 / tracks.cover_NT[0])[None])
        assert unsteady(rod, 0) == pytest.approx(found, abs=0.05)
    assert unsteady(replace(tracks, oblong_NT=None), 0) == 0


def test_a_shadow_is_no_thing_where_something_casts_it():
    frames = empty()
    disc(frames, PATH + np.array([0, 28]), np.full(32, 5.0), 0.6)
    (alone,) = asked(frames)[0].names
    disc(frames, PATH, np.full(32, 7.0), RED)
    assert alone != "red"
    assert asked(frames)[0].names == ("red",)


def test_the_dark_side_of_a_ball_is_a_part_of_it():
    frames = empty()
    disc(frames, PATH, np.full(32, 7.0), RED)
    row, column = np.mgrid[: SIDE[0], : SIDE[1]] + 0.5
    for picture, (x, y) in zip(frames, PATH, strict=True):
        picture[(np.hypot(column - x, row - y) < 7) & (column > x + 1)] = 0.6 * GROUND
    assert asked(frames)[0].radius_N == pytest.approx([7.0], rel=0.05)


def come(way):
    """A film in which a disc is seen from the tenth picture on."""
    frames, place_T2 = empty(), PATH.copy()
    if way == "at rest":
        place_T2[:10] = place_T2[10]
    elif way == "border":
        place_T2[:, 0] -= 60
    elif way == "nothing":
        place_T2[:10] = np.nan
    disc(frames, place_T2, np.full(32, 7.0), RED)
    if way == "behind":
        frames[:, :, 10:60] = [60, 80, 160]
    return frames


@pytest.mark.parametrize(
    ("way", "holds"), [("nothing", False), ("behind", True), ("border", True), ("at rest", True), ("start", True)]
)
def test_what_comes_from_nothing_is_told_from_what_was_hidden(way, holds):
    tracks, told = asked(come(way))
    assert len(tracks) == 1
    assert told["birth"] == [holds]


def test_what_has_the_colour_of_what_lies_behind_is_not_gone():
    frames = empty()
    frames[:, :, 60:] = RED + 12
    disc(frames, PATH, np.full(32, 7.0), RED)
    tracks, told = asked(frames)
    assert not (tracks.cover_NT == 0).any()
    assert False not in told["permanence"]


def test_bare_is_where_a_thing_would_be_seen_and_is_not():
    frames = empty()
    frames[:, :, 100:] = RED
    disc(frames, PATH, np.full(32, 7.0), RED)
    film = np.rint(frames).astype(np.uint8)
    sight = Sight(film, behind(film), [RED], np.array([7.0]))
    height = SIDE[0]
    assert sight.bare(0, 4, np.array([70.0, height - 30]))
    assert not sight.bare(0, 20, np.array([70.0, height - 30]))  # it is there
    assert not sight.bare(0, 4, np.array([115.0, height - 30]))  # it would not stand out
    assert not sight.bare(0, 4, np.array([-20.0, height - 30]))


@pytest.mark.parametrize(("degrees", "holds"), [(0.0, True), (1.0, True), (5.0, False)])
def test_a_camera_may_lean_a_little(degrees, holds):
    since = TIME / 24
    fall = np.stack([30 + 40 * since, 10 + 36 * since**2], axis=-1)
    lean = np.radians(degrees)
    turned = fall @ np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    frames = empty()
    disc(frames, turned, np.full(32, 6.0), RED)
    assert asked(frames)[1]["inertia"] == [holds]


def test_what_grows_out_of_sight_does_not_change_at_once():
    frames = empty()
    disc(frames, PATH, 6 + 1.5 * (TIME > 15), RED)
    assert asked(frames)[1]["immutability"] == [False]
    frames[12:20] = GROUND
    assert asked(frames)[1]["immutability"] == [True]


def test_a_box_that_turns_does_not_change_its_size():
    row, column = np.mgrid[: SIDE[0], : SIDE[1]] + 0.5
    frames = empty()
    for k, picture in enumerate(frames):
        wide = 8 if k < 16 else 12
        picture[(np.abs(column - 20 - 2 * k) < wide) & (np.abs(row - 30) < wide * 0.6)] = RED
    assert asked(frames)[1]["immutability"] == [None]
