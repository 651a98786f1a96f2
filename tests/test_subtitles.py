"""Captions: when they show, how their files read, and that they travel in films and beside them."""

import av
import numpy as np
import pytest

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import MediaError
from sora2lib.subtitles import Caption, captions, subrip, webvtt
from sora2lib.world.simulate import simulate

SAID = {
    "line_speaker": ["Bo", "Ann"],
    "line_text": ["Where?", "Look at that!"],
    "line_start": [1.0, 0.5],
    "line_manner": ["", ""],
    "line_actor": ["", ""],
}


@pytest.fixture(scope="module")
def world():
    scene = simulate("drop", 3)
    return scene.assign({name: ("line", values) for name, values in SAID.items()}).validate()


def test_a_caption_stays_until_it_is_read_or_the_next_one_comes(world):
    first, second = captions(world, start=0.0, seconds=4.0)
    assert (first.start, first.stop, first.text) == (0.5, 1.0, "Ann: Look at that!")
    assert second.stop > 2
    assert captions(None, start=0.0, seconds=4.0) == ()


def test_captions_of_a_part_count_from_its_start_and_end_with_it(world):
    (only,) = captions(world, start=0.9, seconds=0.5)[1:]
    assert (only.start, only.stop) == (pytest.approx(0.1), 0.5)
    assert captions(world, start=3.5, seconds=0.5) == ()


def test_the_files_are_what_players_read():
    rows = [Caption(0.5, 2.0, "Ann: Look!"), Caption(3661.25, 3662.0, "Bo: a < b & c")]
    assert subrip(rows).splitlines()[:3] == ["1", "00:00:00,500 --> 00:00:02,000", "Ann: Look!"]
    told = webvtt(rows).splitlines()
    assert told[0] == "WEBVTT"
    assert "01:01:01.250 --> 01:01:02.000" in told
    assert told[-1] == "Bo: a &lt; b &amp; c"


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_captions_are_a_stream_of_the_film_and_files_beside_it(world, tmp_path, suffix):
    silence = np.zeros((2, 2 * media.RATE), np.float32)
    clip = Clip(np.zeros((48, 64, 64, 3), np.uint8), 24, silence, world=world)
    path = clip.save(tmp_path / f"talk{suffix}")
    with av.open(str(path)) as film:
        words = [(p.pts * p.time_base, bytes(p)) for p in film.demux(subtitles=0) if len(bytes(p)) > 2]
        assert film.streams.subtitles[0].metadata["language"] == "eng"
    assert [float(time) for time, _ in words] == [0.5, 1.0]
    assert words[0][1].endswith(b"Ann: Look at that!")
    assert (tmp_path / "talk.srt").read_text() == subrip(captions(world, start=0.0, seconds=2.0))
    assert (tmp_path / "talk.vtt").read_text().startswith("WEBVTT")
    assert len(Clip.load(path).frames) == 48
    with pytest.raises(MediaError, match=r"exists and is kept"):
        clip.save(path)
    clip.save(path, force=True)


def test_files_beside_are_kept_unless_told(world, tmp_path):
    (tmp_path / "talk.srt").write_text("mine")
    clip = Clip(np.zeros((24, 64, 64, 3), np.uint8), 24, np.zeros((2, 48_000), np.float32), world=world)
    with pytest.raises(MediaError, match=r"talk\.srt exists and is kept"):
        clip.save(tmp_path / "talk.mp4")
    assert [file.name for file in tmp_path.iterdir()] == ["talk.srt"]


def test_where_nothing_is_said_there_are_no_captions(tmp_path):
    clip = Clip(np.zeros((8, 64, 64, 3), np.uint8), 24, np.zeros((2, 16_000), np.float32), world=simulate("drop", 3))
    clip.save(tmp_path / "still.mp4")
    assert [file.name for file in tmp_path.iterdir()] == ["still.mp4"]
