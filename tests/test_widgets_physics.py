"""A physics lesson: what is the same is black, what the laws change is seen, in step, and in numbers."""

import inspect
import re
import threading

import numpy as np
import panel as pn
import pytest

import sora2lib as sora
from sora2lib.clip import Clip
from sora2lib.physics import lab
from sora2lib.physics.laws import Check
from sora2lib.widgets import Experiment, Laboratory, PlayerPane
from sora2lib.widgets import experiment as experiment_module
from sora2lib.widgets.abreast import GAP
from sora2lib.widgets.experiment import described
from sora2lib.widgets.laboratory import _jumps, _page_of
from sora2lib.widgets.parts import above
from sora2lib.widgets.plots import Plots

WIDE = 64


@pytest.fixture(scope="module")
def falling():
    return sora.simulate("drop", seed=3, size="64x64", seconds=1.0)


@pytest.fixture(scope="module")
def on_the_moon(falling):
    experiment = Experiment(width=WIDE, clip=falling, gravity=1.62)
    experiment.make()
    return experiment


def pictures(experiment, tmp_path):
    """Frames of clip, reference and difference, each (T, H, WIDE, 3)."""
    path = tmp_path / "film.mp4"
    path.write_bytes(experiment.reel["video"])
    frames = sora.load(path).frames.astype(int)
    starts = [i * (WIDE + GAP) for i in range(3)]
    return [frames[:, :, start : start + WIDE] for start in starts]


def test_the_same_laws_give_the_same_pictures(falling, tmp_path):
    experiment = Experiment(width=WIDE, clip=falling)
    experiment.make()
    seen, lawful, apart = pictures(experiment, tmp_path)
    assert experiment.titles[1] == "Physics, from the same start"
    assert np.abs(seen[:8] - lawful[:8]).mean() < 4
    assert apart[:8].mean() < 8
    assert experiment.message == experiment.report.verdict


def test_on_the_moon_it_hangs_behind_and_the_difference_shows_it(on_the_moon, tmp_path):
    seen, lawful, apart = pictures(on_the_moon, tmp_path)
    assert on_the_moon.titles[1] == "Physics with gravity 1.62 m/s²"
    strongest = np.abs(seen - lawful).mean(axis=(1, 2, 3))
    assert strongest[10] > 3 * strongest[1]
    assert apart[10].mean() > 3 * apart[1].mean()
    assert on_the_moon.reel["frames"] == len(on_the_moon.clip.frames)


def test_traces_tell_both_motions_in_units(on_the_moon):
    height = on_the_moon.traces["height"]
    time_T = on_the_moon.report.tracks.time_T
    drop = height.lawful_NT[0, 0] - height.lawful_NT[0, 9]
    assert drop == pytest.approx(1.62 * time_T[9] ** 2 / 2, abs=3e-3)
    assert [it.unit for it in on_the_moon.traces.values()] == ["m", "m", "m/s", "J", "N s"]
    energy = on_the_moon.traces["energy"].lawful_NT[0]
    assert np.ptp(energy[2:-2]) < 0.02 * np.nanmax(energy)


def test_a_film_without_a_world_is_shown_beside_what_was_found(tmp_path):
    frames = lab.film(lab.bounce(np.random.default_rng([23, 1])), np.random.default_rng([19, 1]), pixels=96)
    clip = Clip(frames, lab.FPS, np.zeros((2, round(len(frames) / lab.FPS * 48000)), np.float32))
    experiment = Experiment(width=WIDE, clip=clip)
    experiment.make()
    assert experiment.titles == ["The clip", "White: seen. Blue: Physics, from the same start"]
    assert experiment.traces["energy"].unit == "of the most"
    assert np.nanmax(experiment.traces["energy"].seen_NT) == pytest.approx(1.0)
    experiment.param.update(alike=True, restitution=0.2)
    experiment.make()
    assert np.nanmax(np.abs(experiment.traces["height"].lawful_NT - experiment.traces["height"].seen_NT)) > 1


def test_broken_laws_are_pinned_where_they_happen(falling):
    leaping = falling.world.copy(deep=True)
    leaping.position.values[:, 8:, 0] += 0.5
    experiment = Experiment(width=WIDE, clip=Clip(falling.frames, falling.fps, falling.sound, world=leaping))
    experiment.make()
    broken = [it for it in experiment.reel["marks"] if "broken" in it["text"]]
    assert any(it["time"] == pytest.approx(7.5 / 24, abs=1 / 24) and it["strength"] == 1.0 for it in broken)
    buttons = _jumps(experiment).select(pn.widgets.Button)
    assert buttons[0].label.startswith(f"{experiment.report.violations[0].time:.2f} s: ")
    buttons[0].clicks = 1
    assert experiment.frame == pytest.approx(8, abs=1)


def test_what_is_asked_meanwhile_is_done_next(falling):
    experiment, done = Experiment(width=WIDE, clip=falling), threading.Event()
    experiment.param.watch(lambda event: event.new and event.new[1].endswith("3.71 m/s²") and done.set(), "titles")
    experiment.start()
    experiment.gravity = 3.71
    experiment.start()
    assert done.wait(120)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("<img src=x>.exe", b"", "no film; choose one of .mp4"),
        ("clip.mp4", b"not a film", "clip.mp4"),
        ("../../etc/passwd.mp4", b"", "clip.mp4"),
    ],
)
def test_what_is_no_film_is_told_and_nothing_is_lost(falling, name, content, told):
    experiment = Experiment(width=WIDE, clip=falling)
    experiment.open(name, content)
    assert told in experiment.message
    assert experiment.clip is falling


def test_a_film_of_ones_own_can_be_opened(falling, tmp_path):
    experiment = Experiment()
    experiment.open("A.MP4", falling.save(tmp_path / "a.mp4").read_bytes())
    assert experiment.clip.world.identical(falling.world)


def test_without_a_clip_it_says_so():
    experiment = Experiment()
    experiment.make()
    assert experiment.message == "there is no clip yet; choose one"


def test_moments_outside_lead_to_the_ends(falling):
    experiment = Experiment(width=WIDE, clip=falling)
    for seconds, frame in [(-1, 0), (0.5, 12), (99, 23)]:
        experiment.go_to(seconds)
        assert experiment.frame == frame


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget)", inspect.getsource(experiment_module), re.M)


def test_plots_hold_the_traces_and_follow_the_player(on_the_moon):
    plots = Plots(on_the_moon)
    player = PlayerPane()
    plots.follow(player)
    seen, lawful = plots._sources["speed"]
    np.testing.assert_array_equal(seen.data["y"], on_the_moon.traces["speed"].seen_NT)
    np.testing.assert_array_equal(lawful.data["y"], on_the_moon.traces["speed"].lawful_NT)
    assert plots._figures["speed"].yaxis[0].axis_label == "speed, m/s"


def test_the_page_offers_laws_and_takes_the_players_frame(on_the_moon):
    page = Laboratory(on_the_moon).__panel__()
    (player,) = page.select(PlayerPane)
    player.frame = 5
    assert on_the_moon.frame == 5
    on_the_moon.go_to(0.5)
    assert player.frame == 12
    labels = [button.label for button in page.select(pn.widgets.Button)]
    assert labels[:5] == ["Earth", "Moon", "Mars", "Jupiter", "Nowhere"]


def test_the_report_can_be_taken_home(on_the_moon):
    assert _page_of(on_the_moon.report).startswith(b"<!DOCTYPE html>")


def test_words_of_strangers_are_no_markup():
    assert "<script>" not in above(["<script>alert(1)</script>"])
    check = Check("<script>", "x", 0.5, 1.0, 9.0, 1.0, "<script>")
    assert not check.holds
    assert "2 times the speed" in described(experiment_module.Change(speed=2.0))
