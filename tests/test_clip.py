"""Clips: values on one clock, which files bring back whole."""

import base64
import dataclasses
import json
import re

import numpy as np
import pytest

from sora2lib import __version__, media, recipe
from sora2lib.clip import Clip, load
from sora2lib.errors import MediaError, WorldError
from sora2lib.recipe import Recipe
from sora2lib.world.schema import load_world


def test_repr_is_one_line(clip):
    assert repr(clip) == "Clip(2 s, 256x72, 24 fps, 48000 Hz, 'a red square slides across <ice> & stops')"
    assert repr(dataclasses.replace(clip, request=None)) == "Clip(2 s, 256x72, 24 fps, 48000 Hz)"


def test_a_clip_is_frozen(clip):
    with pytest.raises(dataclasses.FrozenInstanceError):
        clip.fps = 25
    for array in (clip.frames, clip.sound):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"frames": np.zeros((48, 72, 256, 3))}, "float64"),
        ({"frames": np.zeros((48, 72, 256), np.uint8)}, r"\(48, 72, 256\)"),
        ({"frames": np.zeros((0, 72, 256, 3), np.uint8)}, "one at least"),
        ({"sound": np.zeros(96000, np.float32)}, r"give float32 \(2, samples\)"),
        ({"sound": np.zeros((2, 96000))}, "float64"),
        ({"sound": np.zeros((2, 90000), np.float32)}, "cut or pad the sound"),
    ],
)
def test_parts_that_do_not_fit_are_refused(clip, change, words):
    with pytest.raises(MediaError, match=words):
        dataclasses.replace(clip, **change)


def test_slices_are_seconds_of_picture_and_sound(clip):
    part = clip[1.0:1.5]
    assert np.array_equal(part.frames, clip.frames[24:36])
    assert np.array_equal(part.sound, clip.sound[:, 48000:72000])
    assert (part.start, part.seconds) == (1.0, 0.5)
    assert part[0.25:].start == 1.25
    assert np.array_equal(clip[-0.5:].frames, clip.frames[36:])
    assert np.array_equal(clip[:].frames, clip.frames)
    assert clip[1:99].seconds == 1.0


@pytest.mark.parametrize("span", [slice(1, 1), slice(1.5, 1), slice(3, 4), slice(0, 1, 2), 1.0, slice("a", None)])
def test_spans_without_a_frame_are_refused(clip, span):
    with pytest.raises(MediaError):
        clip[span]
    with pytest.raises(MediaError):
        clip[float("nan") :]


def test_every_slice_fits_its_sound(clip):
    odd = Clip(clip.frames[:37], 23.976, np.zeros((2, round(37 / 23.976 * 44100)), np.float32), 44100)
    for first in range(36):
        part = odd[first / 23.976 : (first + 1) / 23.976]
        assert np.array_equal(part.frames, odd.frames[first : first + 1])


def test_frame_is_the_one_on_screen(clip):
    for index in range(48):
        assert np.array_equal(clip.frame(index / 24), clip.frames[index])
        assert np.array_equal(clip.frame((index + 0.9) / 24), clip.frames[index])
    assert np.array_equal(clip.frame(-5), clip.frames[0])
    assert np.array_equal(clip.frame(99), clip.frames[-1])


def test_sheet_shows_frames_in_reading_order(clip):
    sheet = clip.sheet(2, rows=3, width=260)
    assert sheet.shape == (3 * 36 + 2 * 4, 260, 3)
    middle = [np.argmax(sheet[18 + 40 * (i // 2), 132 * (i % 2) : 132 * (i % 2) + 128, 0] > 150) for i in range(6)]
    assert middle == pytest.approx([2 * int((i + 0.5) / 6 * 48) for i in range(6)], abs=1)


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".webp", ".png"])
def test_a_file_brings_request_and_world_along(tmp_path, clip, suffix):
    part = clip[0.5:]
    path = part.save(tmp_path / f"a{suffix}")
    back = load(path)
    assert (back.request, back.maker, back.notices) == (clip.request, "small 0.1", ("a note",))
    assert (back.fps, back.start) == (24, 0.5)
    assert back.world.identical(clip.world)
    if suffix != ".png":
        assert back.frames.shape == part.frames.shape


@pytest.mark.parametrize("suffix", [".mp4", ".wav", ".nc"])
def test_the_recipe_is_read_without_the_film(tmp_path, clip, suffix):
    told = recipe.read(clip.save(tmp_path / f"a{suffix}"))
    assert (told.request, told.version, told.frames) == (clip.request, __version__, 48)
    assert np.array_equal(told.world.position, clip.world.position)


def test_the_note_is_json_that_others_can_read(tmp_path, clip):
    clip.save(tmp_path / "a.mp4")
    note = json.loads(media.read_note(tmp_path / "a.mp4"))
    assert note["request"]["seed"] == 7
    assert note["sora2lib"] == __version__
    assert note["maker"] == "small 0.1"


def test_netcdf_holds_the_world(tmp_path, clip):
    clip.save(tmp_path / "a.nc")
    assert np.array_equal(load_world(tmp_path / "a.nc").position, clip.world.position)
    with pytest.raises(MediaError, match=r"sora2lib\.draw"):
        load(tmp_path / "a.nc")
    with pytest.raises(MediaError, match="this clip has none"):
        dataclasses.replace(clip, world=None).save(tmp_path / "b.nc")
    with pytest.raises(WorldError):
        recipe.read(tmp_path / "missing.nc")
    assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]


def test_a_film_of_others_loads_without_a_request(tmp_path, clip):
    media.write(tmp_path / "a.mp4", clip.frames, fps=24, sound=clip.sound, note='{"workflow": []}')
    back = load(tmp_path / "a.mp4")
    assert (back.request, back.world, back.seconds) == (None, None, 2.0)


def test_a_film_cut_short_is_refused(tmp_path, clip):
    note = Recipe(60, 24).to_json()
    media.write(tmp_path / "a.mp4", clip.frames, fps=24, sound=clip.sound, note=note)
    with pytest.raises(MediaError, match="cut short: 48 of 60 frames"):
        load(tmp_path / "a.mp4")
    whole = clip.save(tmp_path / "b.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(MediaError):
        load(tmp_path / "b.mp4")


def test_a_note_changed_by_hand_is_refused(clip):
    plain = json.loads(Recipe(48, 24, clip.world, request=clip.request).to_json())
    for change in ({"request": {"prompt": ""}}, {"frames": "many"}, {"world": "AAAA"}, {"world": plain["world"][:400]}):
        with pytest.raises(MediaError, match="changed since"):
            Recipe.from_json(json.dumps(plain | change))
    del plain["fps"]
    with pytest.raises(MediaError, match="changed since"):
        Recipe.from_json(json.dumps(plain))


def test_a_world_that_unpacks_to_too_much_is_refused(clip, monkeypatch):
    note = Recipe(48, 24, clip.world).to_json()
    monkeypatch.setattr(recipe, "_UNPACKED_LIMIT", 500)
    with pytest.raises(MediaError, match="changed since"):
        Recipe.from_json(note)


def test_a_world_too_large_for_a_note_stays_out(clip, monkeypatch):
    monkeypatch.setattr(recipe, "WORLD_LIMIT", 100)
    assert Recipe.from_json(Recipe(48, 24, clip.world).to_json()).world is None


def test_a_notebook_gets_a_film_with_words(clip):
    bundle = clip._repr_mimebundle_()
    assert bundle["text/plain"] == repr(clip)
    page = bundle["text/html"]
    assert 'aria-label="a red square slides\nacross &lt;ice&gt; &amp; stops"' in page
    assert "<ice>" not in page
    assert base64.b64decode(bundle["image/jpeg"])[:2] == b"\xff\xd8"
    film = base64.b64decode(re.search(r'src="data:video/mp4;base64,([^"]+)"', page)[1])
    assert film[4:8] == b"ftyp"
    assert "http" not in page


def test_the_film_in_a_notebook_plays_with_sound(tmp_path, clip):
    (tmp_path / "a.mp4").write_bytes(media.mp4(clip.frames, fps=24, sound=clip.sound))
    film = media.read(tmp_path / "a.mp4")
    assert len(film.frames) == 48
    assert np.abs(film.sound - clip.sound).max() < 2e-4  # lossless but for 16 bits
