"""What a player is given: every byte once, and as bytes; times in seconds of the clip. What a studio goes through."""

import base64
import inspect
import json
import re
from dataclasses import replace

import numpy as np
import panel as pn
import pytest
from ipywidgets.widgets.widget import _remove_buffers

from sora2lib import media, widgets
from sora2lib.clip import Clip, load
from sora2lib.errors import MediaError
from sora2lib.media import pictures
from sora2lib.widgets import Player, PlayerPane, Reel, Session, Studio
from sora2lib.widgets import reel as reel_module
from sora2lib.widgets import session as session_module
from sora2lib.widgets.abreast import GAP, in_step
from sora2lib.widgets.parts import status
from sora2lib.widgets.player import still
from sora2lib.widgets.reel import COLUMNS, PICTURES, SCRIPT, STYLE, film_strip, loudness, marks
from sora2lib.widgets.session import GLIMPSE, MOMENTS
from sora2lib.widgets.work import TURN
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


def test_a_player_shows_what_is_said(clip):
    said = {"line_speaker": ["Ann"], "line_text": ["Look at that!"], "line_start": [0.5], "line_manner": [""]}
    said["line_actor"] = [""]
    world = clip.world.assign({name: ("line", values) for name, values in said.items()})
    (line,) = Reel.of(replace(clip, world=world)).lines
    assert (line.start, line.text) == (0.5, "Ann: Look at that!")
    assert Reel.of(clip).lines == ()


def test_the_words_say_what_is_seen(clip):
    assert Reel.of(clip).label == clip.request.prompt
    assert Reel.of(clip).fields()["notices"] == ["a note"]


def test_bytes_travel_once_and_as_bytes(clip):
    player = Player.of(clip)
    state, paths, buffers = _remove_buffers(player.get_state())
    assert sorted(path[-1] for path in paths) == ["poster", "strip", "video", "wave"]
    assert sum(map(len, buffers)) == sum(len(player.reel[path[-1]]) for path in paths)
    del state["_esm"], state["_css"]
    assert len(json.dumps(state)) < 3000


def test_showing_a_player_repeats_none_of_its_bytes(clip):
    player = Player.of(clip)
    assert repr(player) == "Player(48 frames, 256x72)"
    assert len(repr(player._repr_mimebundle_())) < 1000
    assert len(repr(Reel.of(clip))) < 200


def test_a_player_leaves_a_still_picture_and_its_words(clip):
    text = still(Player.of(clip).reel)
    assert text.count("a red square slides\nacross &lt;ice&gt; &amp; stops") == 2
    assert text.count(base64.b64encode(media.poster(clip.frame(0))).decode()) == 1


def test_clips_beside_each_other_are_one_film(clip, tmp_path):
    dark = replace(clip, frames=clip.frames // 2, request=None, maker="dark")
    reel = in_step(clip, dark)
    assert reel.label == f"{clip.request.prompt}; dark"
    assert reel.size == f"{2 * 256 + GAP}x72"
    again = Player.of(clip, dark).reel
    assert {**again, "video": b""} == {**reel.fields(), "video": b""}  # x264 repeats itself but for some sizes
    (tmp_path / "film.mp4").write_bytes(reel.video)
    film = media.read(tmp_path / "film.mp4").frames.astype(int)
    assert np.abs(film[:, :, :256] - clip.frames).mean() < 3
    assert np.abs(film[:, :, 256 + GAP :] - dark.frames).mean() < 3


def test_clips_that_cannot_run_in_step_say_why(clip):
    with pytest.raises(MediaError, match=r"Clip\(1 s, .* cannot go beside Clip\(2 s, .*clip\[0:2\]"):
        in_step(clip, clip[:1.0])


def test_both_players_run_the_same_script(clip):
    pane = PlayerPane.of(clip)
    assert pane.reel.keys() == Player.of(clip).reel.keys()
    assert str(Player._esm) == SCRIPT.read_text()
    assert PlayerPane._esm == SCRIPT
    assert str(Player._css) == STYLE.read_text()


@pytest.fixture
def session(untrained):
    return Session(prompt="a ball", model=untrained, steps=4, seconds=0.5, size="128x72")


def follow(session, *names):
    """Every value that the session takes from now on, in order."""
    seen = []
    session.param.watch(lambda *events: seen.extend((event.name, event.new) for event in events), list(names))
    return seen


def test_a_session_goes_from_words_to_a_clip_that_remembers_them(session, tmp_path):
    seen = follow(session, "message", "fraction", "glimpse")
    session.make()
    phases = [value.split(":")[0] for name, value in seen if name == "message"]
    order = [
        "Waiting for another clip",
        "Loading the model",
        "Casting",
        "Motion",
        "Filming",
        "Sound",
        "Drawing",
        "Done",
    ]
    assert list(dict.fromkeys(phases)) == order
    fractions = [value for name, value in seen if name == "fraction"]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    glimpses = [value for name, value in seen if name == "glimpse" and value is not None]
    assert len(glimpses) == 3
    assert {picture.shape for picture in glimpses} == {(GLIMPSE[1], MOMENTS * GLIMPSE[0], 3)}
    (tmp_path / "clip.mp4").write_bytes(session.file)
    assert load(tmp_path / "clip.mp4").request == session.clip.request == session.request()
    assert session.reel["video"] == session.file
    assert not session.running


@pytest.mark.parametrize("moment", ["Casting", "Drawing"])
def test_cancel_stops_the_work_and_the_next_try_is_free(session, moment):
    seen = follow(session, "message")
    watcher = session.param.watch(lambda event: event.new.startswith(moment) and session.cancel(), "message")
    session.make()
    assert seen[-1] == ("message", "Cancelled")
    assert sum(value.startswith(moment) for _, value in seen) == 1
    assert (session.clip, session.running) == (None, False)
    session.param.unwatch(watcher)
    session.make()
    assert session.message == "Done"


def test_what_cannot_be_asked_for_is_said_before_any_work(session):
    session.size = "7"
    session.start()
    assert session.message.startswith("size is '7'; write width x height")
    assert not session.running


def test_what_goes_wrong_on_the_way_is_said(session):
    session.model = "nothing"
    session.make()
    assert "nothing" in session.message
    assert not session.running


def test_one_clip_at_a_time_and_waiting_can_be_cancelled(session):
    with TURN:
        session.start()
        assert (session.message, session.running) == ("Waiting for another clip", True)
        session.start()
        session.cancel()
        while session.running:
            pass
    assert session.message == "Cancelled"


@pytest.mark.parametrize("module", [session_module, reel_module])
def test_what_is_known_is_apart_from_how_it_is_shown(module):
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget)", inspect.getsource(module), re.M)


def test_the_studio_offers_what_can_be_done(session):
    buttons = {button.label: button for button in Studio(session).__panel__().select(pn.widgets.Button)}
    assert (buttons["Make"].disabled, buttons["Cancel"].disabled) == (False, True)
    session.running = True
    assert (buttons["Make"].disabled, buttons["Cancel"].disabled) == (True, False)


def test_the_studio_shows_the_clip_when_there_is_one(session, clip):
    (player,) = Studio(session).__panel__().select(PlayerPane)
    assert not player.visible
    session.reel = Reel.of(clip).fields()
    assert player.visible
    assert player.reel["label"] == clip.request.prompt


def test_words_of_strangers_are_no_markup():
    assert "<script>" not in status("size is '<script>'", 0, False)
