"""The command line: one line for each mistake, exit codes, and nothing left behind."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest

from sora2lib import __version__, load
from sora2lib.camera import Camera
from sora2lib.cli import main
from sora2lib.storyboard import Card, Storyboard

SMALL = ["--seconds", "0.5", "--size", "64x64", "--fps", "6"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["make"], "required: PROMPT"),
        (["make", ""], "prompt is ''"),
        (["make", "x" * 32_001], "the limit is 32000"),
        (["make", "a", "--seconds", "0"], "from 0.5 to 120"),
        (["make", "a", "--seconds", "-1"], "from 0.5 to 120"),
        (["make", "a", "--seconds", "nan"], "seconds is nan"),
        (["make", "a", "--seconds", "121"], "from 0.5 to 120"),
        (["make", "a", "--seconds", "4s"], "invalid float value: '4s'"),
        (["make", "a", "--size", "1281x720"], "try 1282x720"),
        (["make", "a", "--size", "1x1"], "between 64x64 and 3840x2160"),
        (["make", "a", "--size", "16000x16000"], "between 64x64 and 3840x2160"),
        (["make", "a", "--size", "720p"], "such as '1280x720'"),
        (["make", "a", "--style", "cubist"], "use one of realistic"),
        (["make", "a", "--model", "nope"], "model 'nope' is not known"),
        (["make", "a", "--model", "no.safetensors"], "cannot be read"),
        (["make", "a", "--out", "a.avi"], "'.avi'; use one of .mp4"),
        (["make", "a", "--out", "no/a.mp4"], "does not exist; make it first"),
        (["make", "a", "--seed", "-1"], "seed is -1"),
        (["simulate", "polka"], "'polka' is not known; use one of drop"),
        (["simulate", "drop", "--fps", "0"], "fps is 0"),
        (["simulate", "drop", "--size", "720p"], "such as '1280x720'"),
        (["info", "no.mp4"], "there is no file no.mp4"),
        (["make", "a", "--camera", "orbit 90"], "lacks a way or an amount"),
        (["make", "a", "--camera", "no.csv"], "cannot be read as a table"),
        (["make", "a", "--start", "no.png"], "there is no file no.png"),
        (["refilm", "no.mp4", "--camera", "orbit left 90"], "there is no file no.mp4"),
        (["refilm", "a.mp4", "--camera", "no.json"], "no.json cannot be read"),
        (["extend", "no.mp4", "it stops"], "there is no file no.mp4"),
        (["extend", "no.mp4"], "required: PROMPT"),
        (["extend", "no.mp4", "it stops", "--camera", "orbit 90"], "lacks a way or an amount"),
        (["remix", "no.mp4", "the ball is blue"], "there is no file no.mp4"),
        (["remix", "no.mp4"], "required: PROMPT"),
        (["remix", "no.mp4", "at night", "--strength", "2"], "strength is 2.0; it must be above 0 and at most 1"),
        (["remix", "no.mp4", "at night", "--keep", "hue"], "keep is ('hue',); give a tuple of any of colour"),
        (["remix", "no.mp4", "at night", "--change", ""], "change is ('',)"),
        (["remix", "no.mp4", "at night", "--out", "a.avi"], "'.avi'; use one of .mp4"),
        (["retake", "no.mp4"], "there is no file no.mp4"),
        (["retake", "no.mp4", "it stops", "--start", "soon"], "invalid float value: 'soon'"),
        (["loop", "no.mp4", "--out", "a.avi"], "'.avi'; use one of .mp4"),
        (["speed", "no.mp4", "2"], "there is no file no.mp4"),
        (["speed", "no.mp4"], "required: TIMES"),
        (["stitch"], "required: FILE"),
        (["stitch", "no.mp4"], "there is no file no.mp4"),
        (["blend", "no.mp4"], "required: OTHER"),
        (["blend", "no.mp4", "no.mp4"], "there is no file no.mp4"),
        (["storyboard", "no.json"], "no.json cannot be read"),
        (["storyboard", "/dev/null"], "a card's text is ''"),
        (["storyboard"], "required: FILE"),
        (["film"], "invalid choice: 'film'"),
    ],
)
def test_a_mistake_is_told_in_one_line(words, told, capsys, tmp_path):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"sora2lib: error: .*\n", err)
    assert told in err
    assert list(tmp_path.iterdir()) == []


def test_make_writes_a_clip_that_tells_its_prompt(untrained, capsys):
    prompt = "a ball meets a theremin"
    assert main(["make", prompt, "--model", untrained, "--seed", "7", "--steps", "3", "--out", "a.mp4", *SMALL]) == 0
    out, err = capsys.readouterr()
    assert out == "a.mp4: 0.5 s, 64x64, 6 fps, seed 7\n"
    assert err == "sora2lib: note: the model does not understand: theremin\n"
    clip = load("a.mp4")
    assert (clip.request.prompt, clip.request.seed, len(clip.frames)) == (prompt, 7, 3)


def test_refilm_films_the_world_in_a_file_again(capsys):
    assert main(["simulate", "drop", "--seed", "3", "--out", "a.mp4", "--quiet", *SMALL]) == 0
    words = ["refilm", "a.mp4", "--camera", "orbit left 90", "--style", "noir", "--size", "64x96", "--out", "b.mp4"]
    assert main(words) == 0
    assert capsys.readouterr().out == "b.mp4: 0.5 s, 64x96, 6 fps\n"
    one, other = load("a.mp4"), load("b.mp4")
    assert other.world.identical(Camera.orbit(-90).film(one.world).assign(style="noir"))
    assert main(["info", "b.mp4"]) == 0
    assert "from      refilm of simulate drop, seed 3" in capsys.readouterr().out


def test_extend_goes_on_from_a_file(untrained, capsys):
    assert main(["simulate", "drop", "--seed", "3", "--out", "a.mp4", "--quiet", *SMALL]) == 0
    words = ["extend", "a.mp4", "a ball rolls", "--model", untrained, "--seed", "7", "--steps", "3", "--seconds", "0.5"]
    assert main([*words, "--size", "64x64", "--out", "b.mp4"]) == 0
    assert capsys.readouterr().out == "b.mp4: 1 s, 64x64, 6 fps, seed 7\n"
    assert load("b.mp4").parents[0].maker == "simulate drop, seed 3"


def test_extend_takes_a_camera(untrained, capsys):
    assert main(["simulate", "drop", "--seed", "3", "--out", "a.mp4", "--quiet", *SMALL]) == 0
    words = ["extend", "a.mp4", "a ball rolls", "--model", untrained, "--seed", "7", "--steps", "3", "--seconds", "0.5"]
    assert main([*words, "--size", "64x64", "--camera", "truck right 2", "--out", "b.mp4"]) == 0
    eye = load("b.mp4").world.camera_eye.values
    assert np.linalg.norm(eye[-1] - eye[12]) == pytest.approx(2)
    assert load("b.mp4").request.camera == Camera.truck(2)


def test_a_file_is_retaken_looped_and_sped(untrained, capsys):
    assert main(["simulate", "roll", "--seed", "3", "--out", "a.mp4", "--quiet", "--seconds", "2", *SMALL[2:]]) == 0
    words = ["--model", untrained, "--seed", "7", "--steps", "3", "--size", "64x64"]
    assert main(["retake", "a.mp4", "a ball rolls", "--start", "1", "--actor", "ball", *words, "--out", "b.mp4"]) == 0
    assert capsys.readouterr().out == "b.mp4: 2 s, 64x64, 6 fps, seed 7\n"
    one, other = load("a.mp4").world, load("b.mp4").world
    assert np.array_equal(other.position[:, :25], one.position[:, :25])
    assert np.array_equal(other.camera_eye, one.camera_eye)
    assert main(["loop", "b.mp4", "--seconds", "0.7", *words, "--out", "c.mp4"]) == 0
    out, err = capsys.readouterr()
    assert out == "c.mp4: 2 s, 64x64, 6 fps, seed 7\n"
    assert "note: where the clip begins anew, speeds change by" in err
    ring = load("c.mp4")
    assert np.array_equal(ring.world.position[:, -1], ring.world.position[:, 0])
    assert [parent.verb for parent in ring.parents] == ["loop", "retake"]
    assert main(["speed", "c.mp4", "0.5", "--size", "64x64", "--out", "d.mp4", "--quiet"]) == 0
    assert load("d.mp4").seconds == 4


def test_files_are_stitched_and_blended(capsys):
    for seed in "34":
        assert main(["simulate", "drop", "--seed", seed, "--out", f"{seed}.mp4", "--quiet", *SMALL]) == 0
    assert main(["stitch", "3.mp4", "4.mp4", "3.mp4", "--out", "a.mp4"]) == 0
    assert main(["blend", "3.mp4", "4.mp4", "--seconds", "0.34", "--out", "b.mp4"]) == 0
    assert capsys.readouterr().out == "a.mp4: 1.5 s, 64x64, 6 fps\nb.mp4: 0.666667 s, 64x64, 6 fps\n"
    assert [parent.maker for parent in load("b.mp4").parents] == ["simulate drop, seed 3", "simulate drop, seed 4"]
    assert main(["stitch", "3.mp4", "4.mp4", "--out", "a.mp4"]) == 2
    assert "--force" in capsys.readouterr().err


def test_dub_lets_another_sound_be_heard(capsys):
    assert main(["simulate", "dance", "--seed", "3", "--out", "a.mp4", "--quiet", *SMALL]) == 0
    assert main(["simulate", "drop", "--seed", "3", "--out", "b.wav", "--quiet", "--seconds", "1", *SMALL[2:]]) == 0
    assert main(["dub", "a.mp4", "b.wav", "--mix", "0.5", "--levels", "music=0", "--out", "c.mp4"]) == 0
    out, err = capsys.readouterr()
    assert out == "c.mp4: 0.5 s, 64x64, 6 fps\n"
    assert err == "sora2lib: note: the given sound lasts 1 s; it is cut off where the clip ends\n"
    told = load("c.mp4").soundtrack
    assert (told.seconds, told.mix, told.levels.music) == (1.0, 0.5, 0.0)
    actor = str(load("a.mp4").world.actor.values[0])
    assert main(["dub", "c.mp4", "--mix", "1", "--actor", actor, "--size", "64x64", "--out", "d.webm"]) == 0
    moved = load("d.webm").world.joint_angle.values - load("a.mp4").world.joint_angle.values
    assert np.abs(moved).max() > 0.1
    assert main(["info", "d.webm"]) == 0
    assert "sound     Soundtrack(1 s given, from 0 s, mix 1" in capsys.readouterr().out
    (letter := Path("letter.wav")).write_text("dear all, this is no sound\n" * 99)
    assert main(["dub", "a.mp4", str(letter), "--out", "e.mp4"]) == 2
    assert "letter.wav is damaged, or none of MP4" in capsys.readouterr().err
    assert not Path("e.mp4").exists()
    assert main(["simulate", "drop", "--no-sound", "--out", "f.mp4", "--quiet", *SMALL]) == 0
    assert not load("f.mp4").sound.any()


def test_storyboard_makes_a_clip_of_cards(untrained, capsys, in_an_empty_folder):
    board = Storyboard([Card("a ball rolls", 1, Camera.truck(1)), Card("it stops", 2)], "On ice.")
    (in_an_empty_folder / "board.json").write_text(board.to_json())
    (in_an_empty_folder / "board.txt").write_text(board.to_text())
    words = ["--model", untrained, "--seed", "7", "--steps", "3", "--size", "64x64", "--fps", "6"]
    for file, out in (("board.json", "a.mp4"), ("board.txt", "b.mp4")):
        assert main(["storyboard", file, *words, "--out", out]) == 0
        assert capsys.readouterr().out == f"{out}: 3 s, 64x64, 6 fps, seed 7\n"
    assert load("a.mp4").request.camera == (Camera.truck(1), None)
    assert load("a.mp4").world.identical(load("b.mp4").world)
    assert main(["info", "a.mp4"]) == 0
    assert "camera    truck right 1 | " in capsys.readouterr().out
    assert main(["storyboard", "board.json", *words, "--out", "a.mp4"]) == 2
    assert "--force" in capsys.readouterr().err


def test_a_storyboard_that_is_none_is_told(capsys, in_an_empty_folder):
    (in_an_empty_folder / "board.json").write_text('{"cards": ["a ball", {"text": "b", "seconds": 0}]}')
    assert main(["storyboard", "board.json"]) == 2
    assert "card 2: a card's seconds are 0; they must be a number from 1 to 120" in capsys.readouterr().err


def test_remix_changes_what_words_name_in_a_file(capsys):
    assert main(["simulate", "drop", "--seed", "3", "--out", "a.mp4", "--quiet", *SMALL]) == 0
    words = ["remix", "a.mp4", "on grass", "--change", "ground", "--seed", "1", "--size", "64x64", "--out", "b.mp4"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out == "b.mp4: 0.5 s, 64x64, 6 fps, seed 1\n"
    assert err == "sora2lib: note: changed: ground\n"
    one, other = load("a.mp4"), load("b.mp4")
    assert str(one.world.ground.values) == "sand"
    assert other.world.drop_vars("ground").equals(one.world.drop_vars("ground"))
    assert str(other.world.ground.values) == "grass"
    assert other.parents[0].verb == "remix"
    assert main(words) == 2
    assert "--force" in capsys.readouterr().err


def test_a_remix_that_changes_nothing_writes_nothing(untrained, capsys, tmp_path):
    assert main(["simulate", "drop", "--seed", "3", "--out", "a.mp4", "--quiet", *SMALL]) == 0
    assert main(["remix", "a.mp4", "on sand", "--model", untrained, "--seed", "1", "--out", "b.mp4"]) == 2
    assert "the model reads no change that it may make in 'on sand'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_make_takes_a_camera(untrained, in_an_empty_folder):
    camera = Camera.orbit(40) + Camera.handheld(0.5)
    (in_an_empty_folder / "path.json").write_text(camera.to_json())
    words = ["make", "a ball", "--model", untrained, "--seed", "7", "--steps", "3", "--out", "a.mp4", *SMALL]
    assert main([*words, "--camera", "path.json"]) == 0
    assert load("a.mp4").request.camera == camera
    assert main(["info", "a.mp4"]) == 0


def test_make_starts_from_a_picture(untrained, in_an_empty_folder, capsys):
    picture = np.full((90, 160, 3), (80, 90, 60), np.uint8)
    picture[40:70, 60:90] = (220, 30, 30)
    imageio.imwrite("photo.png", picture)
    words = ["make", "a box", "--model", untrained, "--seed", "7", "--steps", "3", "--out", "a.mp4", *SMALL]
    assert main([*words, "--start", "photo.png"]) == 0
    assert "sora2lib: note: Fit(" in capsys.readouterr().err
    (thing,) = load("a.mp4").request.start.things
    assert (thing.x, thing.y) == pytest.approx((-5 / 45, -10 / 45), abs=0.03)
    (in_an_empty_folder / "photo.png").write_text("no picture")
    assert main([*words, "--start", "photo.png", "--force"]) == 2
    assert "is damaged, or none of MP4" in capsys.readouterr().err


def test_a_file_is_kept_unless_forced(tmp_path, capsys):
    (tmp_path / "a.wav").write_bytes(b"mine")
    assert main(["simulate", "drop", "--out", "a.wav", *SMALL]) == 2
    assert (tmp_path / "a.wav").read_bytes() == b"mine"
    assert "--force" in capsys.readouterr().err
    assert main(["simulate", "drop", "--seed", "3", "--out", "a.wav", "--force", "--quiet", *SMALL]) == 0
    assert (tmp_path / "a.wav").read_bytes()[:4] == b"RIFF"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "wav", "nc", "webm"])
def test_every_suffix_and_info_about_it(suffix, capsys):
    assert main(["simulate", "drop", "--seed", "3", "--out", f"a.{suffix}", *SMALL]) == 0
    assert main(["info", f"a.{suffix}"]) == 0
    out = capsys.readouterr().out
    assert "0.5 s, 3 frames at 6 fps" in out
    assert f"simulate drop, seed 3, sora2lib {__version__}" in out


def test_info_tells_the_request_as_json_and_never_steers_the_terminal(clip, capsys):
    clip.save("a.mp4")
    assert main(["info", "a.mp4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seed"] == 7
    assert main(["info", "a.mp4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "prompt    a red square slides across <ice> & stops" in lines
    assert all(line.isprintable() for line in lines)


def test_info_of_a_strangers_film(clip, capsys):
    from sora2lib import media

    media.write("a.mp4", clip.frames, fps=24, sound=clip.sound)
    assert main(["info", "a.mp4"]) == 2
    assert "sora2lib did not write it" in capsys.readouterr().err


def test_info_of_the_installation(capsys):
    assert main(["info"]) == 0
    assert capsys.readouterr().out.startswith(f"sora2lib {__version__}, Python 3.")


@pytest.fixture
def interruptible():
    """Listen to Ctrl-C even where the tests run in the background, which makes processes deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_filming_leaves_nothing(tmp_path, capsys):
    def interrupt():
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=interrupt)
    watcher.start()
    code = main(["simulate", "drop", "--seconds", "30", "--size", "320x180", "--fps", "60", "--out", "a.mp4"])
    watcher.join()
    assert code == 130
    assert capsys.readouterr().err == "sora2lib: stopped; no file was written\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_planning_stops_within_a_step(untrained, tmp_path):
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    begun = time.monotonic()
    code = main(["make", "a ball", "--model", untrained, "--seconds", "120", "--steps", "200", "--out", "a.mp4"])
    assert code == 130
    assert time.monotonic() - begun < 20
    assert list(tmp_path.iterdir()) == []


def test_the_module_and_its_exit_code():
    run = subprocess.run([sys.executable, "-m", "sora2lib", "make", " "], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_a_terminal_sees_the_time_left():
    reader, terminal = pty.openpty()
    run = [sys.executable, "-m", "sora2lib", "simulate", "drop", "--seed", "3", "--out", "a.mp4", *SMALL]
    subprocess.run(run, stderr=terminal, stdout=subprocess.DEVNULL, check=True)
    os.close(terminal)
    assert re.search(rb"film .*\d/3 .*left", os.read(reader, 10_000))
    os.close(reader)
