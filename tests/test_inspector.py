"""The inspector: numbers beside formulas, faults that must be found, films that cannot be measured."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

import sora2lib as sora
from sora2lib import media
from sora2lib.cli import main
from sora2lib.clip import Clip
from sora2lib.errors import InspectError, MediaError, WorldError
from sora2lib.physics import lab
from sora2lib.physics.inspector import inspect
from sora2lib.physics.laws import LAWS, Check
from sora2lib.physics.meetings import kick
from sora2lib.physics.pieces import fit, pieces
from sora2lib.physics.study import Study
from sora2lib.physics.tracks import of_world
from sora2lib.world.schema import GRAVITY

PIXELS = 96
SCALE = lab.VIEW / PIXELS
GUARD = {
    "teleport": "continuity",
    "gravity": "gravity",
    "energy": "energy",
    "vanish": "permanence",
    "momentum": "momentum",
    "birth": "birth",
}


def rng(*seed):
    return np.random.default_rng([11, *seed])


def silent(frames, fps=lab.FPS):
    return Clip(frames, fps, np.zeros((2, round(len(frames) / fps * media.RATE)), np.float32))


def filmed(scene, *seed, pixels=PIXELS):
    return silent(lab.film(scene, rng(*seed), pixels=pixels))


@pytest.fixture(scope="module")
def bounce():
    scene = lab.bounce(rng(1))
    return scene, inspect(filmed(scene, 2), scale=SCALE, shapes="discs")


def test_a_bounce_is_measured_better_than_by_eye(bounce):
    scene, report = bounce
    gravity, sd = report.study.gravity
    assert gravity * SCALE == pytest.approx(GRAVITY, rel=1e-3)
    assert abs(gravity * SCALE - GRAVITY) < 4 * sd * SCALE
    first = report.study.meetings[0]
    assert first.time == pytest.approx(scene.truth["contact"], abs=1e-4)
    assert first.restitution == pytest.approx(scene.truth["restitution"], abs=1e-3)
    assert report.passed
    assert np.isinf(report.horizon_N).all()


def test_a_pendulum_tells_gravity_and_length():
    scene = lab.swing(rng(3))
    report = inspect(filmed(scene, 4), scale=SCALE)
    swing = report.study.swings[0]
    assert swing.length * SCALE == pytest.approx(scene.truth["length"], rel=5e-3)
    assert swing.gravity * SCALE == pytest.approx(GRAVITY, rel=5e-3)
    assert swing.period == pytest.approx(math.tau * math.sqrt(scene.truth["length"] / GRAVITY), rel=3e-3)


def test_two_balls_keep_their_momentum():
    scene = lab.collide(rng(5))
    report = inspect(filmed(scene, 6), shapes="discs")
    (met,) = (it for it in report.study.meetings if len(it.things) == 2)
    assert met.time == pytest.approx(scene.truth["contact"], abs=2e-3)
    assert met.restitution == pytest.approx(scene.truth["restitution"], abs=5e-3)
    (check,) = (it for it in report.checks if it.law == "momentum")
    assert check.holds
    assert check.value < 5e-3


@pytest.mark.parametrize("fault", lab.FAULTS)
def test_each_fault_breaks_its_law(fault):
    scene = lab.broken(rng(7), fault, pixels=PIXELS)
    report = inspect(filmed(scene, 8), scale=SCALE, shapes="discs")
    assert GUARD[fault] in {it.law for it in report.violations}
    assert report.passed is False


@pytest.mark.parametrize("kind", lab.KINDS)
def test_a_film_without_fault_breaks_none(kind):
    report = inspect(filmed(lab.KINDS[kind](rng(9)), 10), scale=SCALE, shapes="discs")
    assert report.violations == ()
    assert {it.law for it in report.checks} == set(LAWS)


def test_scale_comes_from_gravity_where_it_is_not_given(bounce):
    scene, _ = bounce
    metres, source = inspect(filmed(scene, 2)).study.metres
    assert source == "gravity"
    assert metres == pytest.approx(SCALE, rel=2e-3)


def test_scale_comes_from_a_known_size(bounce):
    scene, _ = bounce
    report = inspect(filmed(scene, 2), diameter=2 * float(scene.radius_N[0]))
    assert report.study.gravity[0] * report.study.metres[0] == pytest.approx(GRAVITY, rel=0.01)


def test_paths_of_which_the_blow_is_known_meet_there(world):
    tracks = of_world(world)
    first, second = (fit(tracks, 0, np.arange(*span), 1e-4) for span in ((0, 10), (10, 20)))
    met = kick(first, second, tracks.step)
    assert met.gap == pytest.approx(0, abs=1e-9)
    assert len(pieces(tracks, 0)) == 1
    assert Study(tracks).gravity[0] == pytest.approx(GRAVITY)


def test_a_check_that_was_not_measured_does_not_hold():
    assert Check("energy", "it", np.nan, np.nan, np.nan, 3.0, "").holds is None
    assert Check("energy", "it", 0.0, 0.0, 3.1, 3.0, "").holds is False
    assert Check("energy", "it", 0.0, 0.0, 2.9, 3.0, "").holds is True


def test_a_world_is_read_and_held_against_the_simulator():
    clip = sora.simulate("drop", seed=3, size="64x64", seconds=2)
    report = inspect(clip)
    assert report.source == "world"
    assert report.study.gravity[0] == pytest.approx(GRAVITY, rel=1e-3)
    assert report.passed
    assert np.isinf(report.horizon_N).all()
    jump = clip.world.copy(deep=True)
    jump.position[0, 30:, 0] += 1.0
    broken = inspect(Clip(clip.frames, clip.fps, clip.sound, clip.rate, jump))
    assert "continuity" in {it.law for it in broken.violations}
    assert np.isfinite(broken.horizon_N[0])


STILL = np.full((20, 48, 64, 3), 90, np.uint8)


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        (STILL, "Nothing moves"),
        (STILL * 0, "black"),
        (STILL[:1], "There is 1 picture;"),
        (STILL[:3], "There are 3 pictures;"),
        (np.concatenate([STILL, STILL + 100]), "cut once"),
    ],
)
def test_what_cannot_be_measured_is_told(frames, told):
    report = inspect(silent(frames))
    assert report.passed is None
    assert any(told in note for note in report.notes)
    assert len(report.tracks) == 0
    assert "Nothing could be measured" in report._repr_html_()


def test_a_crowd_is_followed():
    frames = np.full((12, 160, 160, 3), 40, np.uint8)
    for k, picture in enumerate(frames):
        for n in range(100):
            y, x = 16 * (n // 10), 16 * (n % 10) + (k // 2 if n % 3 == 0 else 3)
            picture[y + 3 : y + 9, x : x + 6] = (220, 200, 60 + n)
    assert 25 <= len(inspect(silent(frames)).tracks) <= 40


def test_wrong_files_and_values_are_told(tmp_path):
    (tmp_path / "a.txt").write_text("no film")
    (tmp_path / "a.mp4").write_text("no film")
    with pytest.raises(MediaError, match=r"ends in '\.txt'"):
        inspect(tmp_path / "a.txt")
    with pytest.raises(MediaError, match="damaged"):
        inspect(tmp_path / "a.mp4")
    with pytest.raises(InspectError, match="no way to inspect"):
        inspect(silent(STILL), by="ear")
    with pytest.raises(InspectError, match="no world"):
        inspect(silent(STILL), by="world")
    with pytest.raises(InspectError, match="give one of them"):
        inspect(silent(STILL), scale=1.0, diameter=1.0)
    with pytest.raises(InspectError, match="no length"):
        inspect(silent(STILL), scale=-1.0)


def test_a_report_is_a_page_a_table_and_arrays(bounce, tmp_path):
    _, report = bounce
    html = report._repr_html_()
    assert "<svg" in html
    assert "restitution" in html
    arrays = report.to_xarray()
    assert arrays.place.dims == ("thing", "time", "axis")
    assert arrays.attrs["scale_from"] == "given"
    table = report.to_pandas()
    assert set(table.law) == set(LAWS)
    path = report.save(tmp_path / "a.html")
    assert path.read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(MediaError, match="exists"):
        report.save(path)
    seen = report.annotated()
    assert seen.frames.shape == report.clip.frames.shape
    assert (seen.frames != report.clip.frames).any()


def test_text_of_strangers_is_escaped():
    frames = STILL.copy()
    clip = Clip(frames, 24, np.zeros((2, 40000), np.float32), maker="<script>alert(1)</script>")
    report = inspect(clip)
    assert "<script>alert" not in report._repr_html_()
    from sora2lib.physics.page import page

    assert "<script>alert" not in page(report)


def test_on_the_moon_things_fall_slower(bounce):
    _, report = bounce
    runs = report.what_if(gravity=1.62).place.isel(thing=0)
    drop = runs.sel(axis="z").isel(time=0) - runs.sel(axis="z").isel(time=10)
    ratio = float(drop.sel(run="what if") / drop.sel(run="seen"))
    assert ratio == pytest.approx(1.62 / GRAVITY, rel=0.01)
    assert np.abs(runs.sel(run="reference") - runs.sel(run="seen")).max() < 0.5
    with pytest.raises(InspectError, match="needs a scale"):
        inspect(filmed(lab.slide(rng(12)), 13)).what_if(gravity=1.62)


def test_a_world_is_simulated_again_on_the_moon():
    clip = sora.simulate("drop", seed=3, size="64x64", seconds=2)
    runs = inspect(clip[0.25:]).what_if(gravity=1.62).place
    falls = runs.isel(thing=0).sel(axis="z")
    drop = falls.isel(time=0) - falls.isel(time=4)
    start = float(drop.sel(run="reference")) - GRAVITY * float(falls.time[4]) ** 2 / 2  # it is under way already
    assert float(drop.sel(run="what if")) == pytest.approx(start + 1.62 * float(falls.time[4]) ** 2 / 2, abs=1e-3)
    assert np.abs(runs.sel(run="reference") - runs.sel(run="seen")).isel(time=slice(8)).max() < 0.01
    with pytest.raises(WorldError, match="gravity is -1"):
        inspect(clip).what_if(gravity=-1)


def test_what_is_seen_too_briefly_to_be_cut_into_pieces_is_asked_nothing(bounce):
    _, report = bounce
    both = np.stack([report.tracks.place_NTD[0], np.full_like(report.tracks.place_NTD[0], np.nan)])
    both[1, :3] = 5.0
    two = {name: np.repeat(getattr(report.tracks, name), 2, axis=0) for name in ("cover_NT", "radius_N", "mass_N")}
    tracks = replace(
        report.tracks, names=("ball", "glint"), place_NTD=both, together_NT=None, round_N=None, doubts=(), **two
    )
    found = Study(tracks)
    assert [len(them) > 0 for them in found.pieces] == [True, False]
    assert found.gravity[0] == pytest.approx(report.study.gravity[0])


def test_the_command_line_inspects(bounce, tmp_path, capsys):
    _, report = bounce
    film, page = tmp_path / "a.mp4", tmp_path / "a.html"
    report.clip.save(film)
    assert main(["inspect", str(film), "--html", str(page), "--scale", str(SCALE)]) == 0
    assert "No law is broken" in capsys.readouterr().out
    assert page.exists()
    assert main(["inspect", str(film), "--html", str(page)]) == 2
    assert "exists" in capsys.readouterr().err


def test_the_command_line_compares_films_by_folder(bounce, tmp_path, capsys):
    _, report = bounce
    films = [tmp_path / folder / name for folder, name in (("ours", "a.mp4"), ("ours", "b.mp4"), ("theirs", "a.mp4"))]
    for film in films:
        film.parent.mkdir(exist_ok=True)
        report.clip.save(film)
    assert main(["inspect", *map(str, films)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"a.mp4: {inspect(films[0]).verdict}"
    rows = {(cells[0], cells[2]): cells for cells in (re.split(r" {2,}", line) for line in told[3:])}
    assert rows["model", "law"][3:5] == ["clips", "measured"]
    assert rows["ours", "gravity"][3] == "2"
    assert rows["theirs", "continuity"][3:6] == ["1", "1", "100% [21%, 100%]"]
    assert main(["inspect", *map(str, films), "--scale", "0.1"]) == 2
    assert "--scale is for one film, and there are 3" in capsys.readouterr().err
