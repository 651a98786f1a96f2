"""What a player is given: every byte once, and as bytes; times in seconds of the clip."""

import json
from dataclasses import replace

import numpy as np
import pytest
from ipywidgets.widgets.widget import _remove_buffers

from sora2lib import media, widgets
from sora2lib.clip import Clip
from sora2lib.media import pictures
from sora2lib.widgets import Player, PlayerPane, Reel
from sora2lib.widgets.reel import COLUMNS, PICTURES, SCRIPT, STYLE, film_strip, lines, loudness, marks
from sora2lib.world.contacts import contacts
from sora2lib.world.simulate import simulate


@pytest.fixture(scope="module")
def bouncing():
    """Four seconds of a thing that falls; its pictures do not matter."""
    world = simulate("drop", 3)
    return Clip(np.zeros((96, 36, 64, 3), np.uint8), 24, np.zeros((2, 4 * 48000), np.float32), world=world)


def test_every_name_resolves():
    assert dir(widgets) == sorted(widgets.__all__)
    assert all(getattr(widgets, name).__name__ == name for name in widgets.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Plyer'"):
        _ = widgets.Plyer


def test_the_video_is_the_clip(clip, tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(Reel.of(clip).video)
    film = media.read(path)
    assert film.frames.shape == clip.frames.shape
    assert np.abs(film.frames.astype(int) - clip.frames).mean() < 3
    assert np.abs(film.sound).argmax() == pytest.approx(np.abs(clip.sound).argmax(), abs=100)


def test_a_video_that_is_there_is_not_made_again(clip):
    assert Reel.of(clip, video=b"film").video == b"film"


def test_the_strip_shows_the_square_move_right(clip):
    strip = film_strip(clip)
    width = strip.shape[1] // PICTURES
    red = [strip[:, i * width : (i + 1) * width, 0] > 150 for i in range(PICTURES)]
    places = [np.nonzero(picture)[1].mean() for picture in red]
    assert np.all(np.diff(places) > 0)
    assert pictures.jpeg(strip) == Reel.of(clip).strip


def test_the_wave_shows_the_click_in_the_left_ear(clip):
    left, right = loudness(clip.sound)
    assert left.argmax() == pytest.approx(1.25 / 2 * COLUMNS, abs=1)
    assert left.max() == 255
    assert not right.any()


def test_silence_is_flat():
    assert not loudness(np.zeros((2, 4800), np.float32)).any()


def test_marks_are_the_contacts(bouncing):
    found, shown = contacts(bouncing.world), marks(bouncing)
    assert [mark.time for mark in shown] == pytest.approx(found.time, abs=1e-3)
    assert max(shown, key=lambda mark: mark.strength).time == pytest.approx(
        found.time[found.impulse.argmax()], abs=1e-3
    )
    ground = str(bouncing.world.ground.values)
    assert shown[0].text == f"{bouncing.world.actor.values[found.actor[0]]} meets {ground}"


def test_marks_of_a_part_count_from_its_start(bouncing):
    first = marks(bouncing)[0].time
    part = bouncing[first - 0.25 : first + 0.25]
    assert marks(part)[0].time == pytest.approx(0.25, abs=0.5 / bouncing.fps)
    assert all(mark.time < part.seconds for mark in marks(part))
    assert marks(replace(bouncing, world=None)) == ()


def test_lines_stay_until_they_are_read_or_the_next_one_comes(clip):
    said = {"line_speaker": ["Ann", "Bo"], "line_text": ["Look at that!", "Where?"], "line_start": [0.5, 1.0]}
    world = clip.world.assign({name: ("line", values) for name, values in said.items()})
    first, second = lines(replace(clip, world=world))
    assert (first.start, first.stop, first.text) == (0.5, 1.0, "Ann: Look at that!")
    assert second.stop > 2
    assert lines(clip) == ()


def test_the_words_say_what_is_seen(clip):
    assert Reel.of(clip).label == clip.request.prompt
    assert Reel.of(clip).fields()["notices"] == ["a note"]


def test_bytes_travel_once_and_as_bytes(clip):
    player = Player.of(clip)
    state, paths, buffers = _remove_buffers(player.get_state())
    assert sorted(path[-1] for path in paths) == ["strip", "video", "wave"]
    assert sum(map(len, buffers)) == sum(len(player.reel[name]) for name in ("strip", "video", "wave"))
    del state["_esm"], state["_css"]
    assert len(json.dumps(state)) < 3000


def test_showing_a_player_repeats_none_of_its_bytes(clip):
    player = Player.of(clip)
    assert repr(player) == "Player(48 frames, 256x72)"
    assert len(repr(player._repr_mimebundle_())) < 1000
    assert len(repr(Reel.of(clip))) < 200


def test_both_players_run_the_same_script(clip):
    pane = PlayerPane.of(clip)
    assert pane.reel.keys() == Player.of(clip).reel.keys()
    assert str(Player._esm) == SCRIPT.read_text()
    assert PlayerPane._esm == SCRIPT
    assert str(Player._css) == STYLE.read_text()
