"""Films as people have them: each is made here, sent through the inspector, and must be measured or told why not."""

import math
import re
from fractions import Fraction

import av
import imageio.v3 as imageio
import numpy as np
import pytest

from sora2lib.errors import MediaError
from sora2lib.physics.inspector import inspect
from sora2lib.world.schema import GRAVITY

TICKS = 600  # a second, of films
FILMED = (96, 128)  # rows and columns of the films here


def rng(*seed):
    return np.random.default_rng([29, *seed])


def write(path, frames, time_T, *, sound=False):
    """Write a film (T, H, W, 3) whose pictures are shown at given seconds."""
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=24, options={"crf": "12", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = frames.shape[2], frames.shape[1], "yuv420p"
        video.codec_context.time_base = Fraction(1, TICKS)
        audio = output.add_stream("aac", rate=48000, layout="stereo") if sound else None
        for picture, time in zip(frames, time_T, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = round(time * TICKS), Fraction(1, TICKS)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        if audio is not None:
            quiet = av.AudioFrame.from_ndarray(np.zeros((2, 48000), np.float32), format="fltp", layout="stereo")
            quiet.sample_rate, quiet.pts, quiet.time_base = 48000, 0, Fraction(1, 48000)
            output.mux(audio.encode(quiet))
            output.mux(audio.encode(None))
    return path


def turned(path, quarters):
    """Note in a film that its pictures are to be turned, as phones do: by the matrix in the head of its track."""
    content = bytearray(path.read_bytes())
    at = content.index(b"tkhd") + 4 + 40  # version 0: the matrix follows 40 bytes of times, numbers, layer and volume
    cosine, sine = round(math.cos(quarters * math.pi / 2)), round(math.sin(quarters * math.pi / 2))
    matrix = (cosine, sine, 0, -sine, cosine, 0, 0, 0, 1)
    for k, value in enumerate(matrix):
        content[at + 4 * k : at + 4 * k + 4] = (value << (30 if k % 3 == 2 else 16)).to_bytes(4, "big", signed=True)
    path.write_bytes(content)
    return path


def flight(time_T, *, side=FILMED, radius=7.0, gravity=300.0):
    """A ball that is thrown up from the left, and where it is (T, 2): right and up, pixels."""
    height, width = side
    scale = height / FILMED[0]
    place_T2 = scale * np.stack([15 + 45 * time_T, 20 + 160 * time_T - gravity / 2 * time_T**2], axis=-1)
    frames = np.full((len(time_T), height, width, 3), (60, 80, 70), np.uint8)
    for picture, (x, z) in zip(frames, place_T2, strict=True):
        left, top, room = int(x), int(height - z), int(radius * scale) + 3
        at = np.s_[np.clip(top - room, 0, height) : np.clip(top + room, 0, height), max(left - room, 0) : left + room]
        row, column = (0.5 + it for it in np.mgrid[at])
        cover = np.clip(radius * scale + 0.5 - np.hypot(column - x, row - (height - z)), 0, 1)[..., None]
        picture[at] = picture[at] * (1 - cover) + np.array([240, 200, 40]) * cover
    return frames, place_T2


EVEN = np.arange(24) / 24


def test_a_phones_film_is_turned_upright(tmp_path):
    frames, place_T2 = flight(EVEN)
    lying = np.ascontiguousarray(np.rot90(frames, 1, axes=(1, 2)))
    film = turned(write(tmp_path / "phone.mp4", lying, EVEN), 1)
    report = inspect(film)
    assert report.clip.frames.shape == frames.shape
    np.testing.assert_allclose(report.tracks.place_NTD[0], place_T2, atol=0.5)
    assert report.study.gravity[0] == pytest.approx(300, rel=0.02)


def test_a_film_of_variable_rate_is_measured_by_its_own_clock(tmp_path):
    time_T = np.cumsum(np.tile([1 / 30, 1 / 24, 1 / 15], 9)) - 1 / 30
    frames, _ = flight(time_T)
    report = inspect(write(tmp_path / "uneven.mp4", frames, time_T))
    assert report.study.gravity[0] == pytest.approx(300, rel=0.02)
    assert any("variable rate, 15 to 30" in note for note in report.notes)


@pytest.mark.slow
def test_four_thousand_pixels_are_measured(tmp_path):
    time_T = np.arange(12) / 12
    frames, place_T2 = flight(time_T, side=(2160, 3840))
    report = inspect(write(tmp_path / "large.mp4", frames, time_T))
    assert len(report.tracks) == 1
    np.testing.assert_allclose(report.tracks.place_NTD[0], place_T2, atol=0.5)
    assert report.study.gravity[0] == pytest.approx(300 * 2160 / 96, rel=5e-3)


@pytest.mark.parametrize("sound", [False, True])
def test_a_film_without_sound_is_asked_nothing_of_it(tmp_path, sound):
    frames, _ = flight(EVEN)
    report = inspect(write(tmp_path / "mute.mp4", frames, EVEN, sound=sound))
    assert next(it for it in report.checks if it.law == "sounding").holds is None
    assert any("there is no sound" in note for note in report.notes)
    assert report.violations == ()


def test_a_picture_is_no_film(tmp_path):
    path = tmp_path / "still.png"
    imageio.imwrite(path, flight(EVEN[:1])[0][0])
    report = inspect(path)
    assert report.passed is None
    assert any("There is 1 picture;" in note for note in report.notes)


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        (np.repeat(flight(EVEN[:1])[0], 24, axis=0), "Nothing that could be followed moves|Nothing moves"),
        (np.zeros((24, *FILMED, 3), np.uint8), "black"),
        (flight(EVEN[:1])[0], "There is 1 picture;"),
        (rng(1).integers(0, 256, (24, *FILMED, 3)).astype(np.uint8), "could be followed|cut|to be followed"),
    ],
    ids=["still", "black", "one picture", "noise"],
)
def test_what_cannot_be_measured_says_why(tmp_path, frames, told):
    report = inspect(write(tmp_path / "film.mp4", frames, EVEN[: len(frames)]))
    assert report.passed is None
    assert report.violations == ()
    assert len(report.tracks) == 0
    assert "could be measured" in report.verdict.lower() or "could not be measured" in report.verdict.lower()
    assert any(re.search(told, note) for note in report.notes)


@pytest.mark.slow
def test_of_two_hundred_things_the_most_conspicuous_are_followed(tmp_path):
    wall = rng(2).integers(30, 60, (80, 100, 3)).repeat(4, axis=0).repeat(4, axis=1)
    frames = np.repeat(wall[None], 16, axis=0).astype(np.uint8)
    for k, picture in enumerate(frames):
        for n in range(200):
            y, x = 32 * (n // 20) + 4, 20 * (n % 20) + (k // 2 if n % 2 else 8 - k // 2)
            picture[y : y + 8, x : x + 8] = (200, 60 + n % 190, 90)
    report = inspect(write(tmp_path / "crowd.mp4", frames, np.arange(16) / 24))
    assert 30 <= len(report.tracks) <= 40
    told = next(it for it in (re.search(r"(\d+) things move; only the 40", note) for note in report.notes) if it)
    assert int(told[1]) >= 100


def test_a_cut_in_the_middle_is_told_and_the_longer_shot_measured(tmp_path):
    first, place_T2 = flight(EVEN)
    other = np.full((12, *FILMED, 3), (200, 160, 150), np.uint8)
    other[:, 40:60, 40:60] = (10, 40, 90)
    film = write(tmp_path / "cut.mp4", np.concatenate([first, other]), np.arange(36) / 24)
    report = inspect(film)
    assert len(report.clip.frames) == 24
    assert any("cut once" in note and "pictures 0 to 23" in note for note in report.notes)
    np.testing.assert_allclose(report.tracks.place_NTD[0], place_T2, atol=0.5)
    assert report.violations == ()


@pytest.mark.parametrize("name", ["words.txt", "words.mp4", "words.png", "nothing.mp4"])
def test_what_is_no_film_is_refused(tmp_path, name):
    path = tmp_path / name
    if name.startswith("words"):
        path.write_text("a ball falls")
    with pytest.raises(MediaError, match=r"use one of|damaged|there is no file"):
        inspect(path)


def over_texture(frames, step):
    """The film before a rough wall along which the camera pans, ``step`` pixels a picture."""
    small = rng(3).integers(40, 160, (FILMED[0] // 8, 60, 3)).astype(np.uint8)
    wall = small.repeat(8, axis=0).repeat(8, axis=1)
    out = frames.copy()
    for k, picture in enumerate(out):
        seen = wall[:, int(step * k) : int(step * k) + FILMED[1]]
        picture[:] = np.where((frames[0, 0, 0] == frames[k]).all(axis=-1, keepdims=True), seen, frames[k])
    return out


def test_a_camera_that_leaps_about_is_never_a_verdict(tmp_path):
    frames, _ = flight(EVEN)
    leaps = over_texture(frames, 1.0)
    for k in range(1, 24, 2):
        leaps[k] = np.rot90(leaps[k][:, :96], k % 4)[..., ::-1, :][:, np.arange(128) % 96]
    report = inspect(write(tmp_path / "leaps.mp4", leaps, EVEN))
    assert report.passed is None
    assert report.verdict.startswith("Could not be measured") or "cut" in report.notes[0]


def test_the_verdict_before_a_plain_wall_says_what_it_takes_for_granted(tmp_path):
    frames, _ = flight(EVEN)
    plain = inspect(write(tmp_path / "plain.mp4", frames, EVEN))
    assert plain.camera == "plain"
    assert plain.passed
    assert "if the camera stands still" in plain.verdict
    rough = inspect(write(tmp_path / "rough.mp4", over_texture(frames, 0.0), EVEN))
    assert rough.camera == "still"
    assert "if the camera" not in rough.verdict


def test_a_metre_is_known_from_the_size_of_the_ball(tmp_path):
    frames, _ = flight(EVEN, gravity=300.0)
    report = inspect(write(tmp_path / "known.mp4", frames, EVEN), diameter=14 * GRAVITY / 300)
    metres, source = report.study.metres
    assert source == "given"
    assert metres == pytest.approx(GRAVITY / 300, rel=0.01)
    assert not any(it.law == "gravity" and it.holds is False for it in report.checks)
