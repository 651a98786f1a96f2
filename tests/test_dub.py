"""Sounds of the user's own: what is taken of them, how they are mixed, and that they stay with the clip."""

import dataclasses
import struct

import av
import numpy as np
import pytest

import sora2lib
from sora2lib import media
from sora2lib.dubbing import MUTED
from sora2lib.errors import MediaError, RequestError
from sora2lib.levels import Levels
from sora2lib.media import audio, foreign
from sora2lib.recipe import Recipe
from sora2lib.sound.mix import crossfaded
from sora2lib.sound.taken import LONGEST, taken
from sora2lib.soundtrack import OWN, Soundtrack
from sora2lib.world.figures.skeleton import INDEX

RATE = media.RATE
SMALL = {"size": "64x64", "fps": 6}


def tone(seconds, *, rate=RATE, frequency=440.0, level=0.25, channels=2):
    time = np.arange(round(seconds * rate)) / rate
    return np.tile(level * np.sin(2 * np.pi * frequency * time), (channels, 1)).astype(np.float32)


def wav(path, sound, rate):
    """A file of 32 bit floats with as many channels as there are, by hand."""
    count, data = len(sound), sound.T.astype("<f4").tobytes()
    head = struct.pack("<HHIIHH", 3, count, rate, 4 * count * rate, 4 * count, 32)
    body = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.fixture(scope="module")
def dropped():
    return sora2lib.simulate("drop", seed=3, seconds=2, **SMALL)


# What is taken


def test_samples_at_the_rate_are_taken_as_they_are():
    sound = tone(1)
    given, told = taken((sound, RATE))
    assert np.array_equal(given, sound)
    assert told == ()


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
def test_another_rate_keeps_pitch_level_and_length(rate):
    given, told = taken((tone(1, rate=rate), rate))
    assert told == (f"the given sound has {rate} samples a second, brought to 48000",)
    assert given.shape == (2, RATE)
    inner = slice(4_800, -4_800)
    np.testing.assert_allclose(given[:, inner], tone(1)[:, inner], atol=2e-3)


def test_each_channel_goes_to_its_ears():
    one = tone(0.5, channels=1)[0] * 0.4
    assert np.array_equal(taken((one, RATE))[0], np.stack([one, one]))
    heard = {"front left": (1, 0), "front right": (0, 1), "middle": (1, 1), "rumble": (0, 0)}
    heard |= {"back left": (1, 0), "back right": (0, 1), "side left": (1, 0), "side right": (0, 1)}
    for number, (name, ears) in enumerate(heard.items()):
        sound = np.zeros((8, len(one)), np.float32)
        sound[number] = one
        given, told = taken((sound, RATE))
        assert tuple((np.abs(given).max(axis=1) > 0).astype(int)) == ears, name
        assert "the given sound has 8 channels, mixed down to 2" in told


@pytest.mark.parametrize(("kind", "full"), [(np.int16, 2**15), (np.int32, 2**31)])
def test_whole_numbers_are_of_full_scale(kind, full):
    given, _ = taken(((tone(0.2) * full).astype(kind), RATE))
    np.testing.assert_allclose(given, tone(0.2), atol=1e-4)


def test_too_loud_is_made_softer_and_clipped_is_told():
    given, told = taken((4 * tone(0.5, level=0.5), RATE))
    assert np.abs(given).max() == pytest.approx(1)
    assert told == ("the given sound peaks at 2 of full scale and is made softer by that",)
    clipped = np.clip(4 * tone(0.5, level=0.5), -1, 1)
    given, told = taken((clipped, RATE))
    assert np.array_equal(given, clipped)
    assert told[0].startswith("the given sound is clipped: up to ")


def test_two_minutes_are_kept_and_silence_is_told():
    given, told = taken((np.zeros((1, (130 * 8_000))), 8_000))
    assert given.shape[1] == LONGEST * RATE
    assert "the given sound lasts 130 s, of which the first 120 are kept" in told
    assert "the given sound is silence" in told
    assert "the given sound is mono; both ears hear it" in told


@pytest.mark.parametrize(
    ("track", "told"),
    [
        ((np.full((2, 100), np.nan), 48_000), r"200 samples that are no numbers, from 0 s on; put others"),
        ((np.array([[0.0, 1.0, np.inf]]), 1), "the rate of the track is '1'; give samples a second, 4000 to 384000"),
        ((np.array([[0.0] * 9_000 + [np.inf]]), 8_000), "1 samples that are no numbers, from 1.12 s"),
        ((tone(1).T, RATE), r"the track is \(48000, 2\); give \(channels, samples\)"),
        ((np.zeros((2, 0)), RATE), r"the track is \(2, 0\)"),
        ((tone(1, channels=3), RATE), "has 3 channels; give 1, 2, 6"),
        ((tone(1).astype(complex), RATE), "holds complex128; give floats"),
        ((tone(1).astype(np.uint8), RATE), "holds uint8; give floats"),
        ((tone(1), "fast"), "the rate of the track is 'fast'"),
        (tone(1), "is no track; give a file, a clip, or"),
        (7, "is no track"),
    ],
)
def test_samples_that_are_none_are_refused(track, told):
    with pytest.raises(RequestError, match=told):
        taken(track)


# Files


@pytest.mark.parametrize("count", [1, 2, 6, 8])
def test_a_wav_file_is_what_it_holds(tmp_path, count):
    sound = np.random.default_rng(count).uniform(-0.1, 0.1, (count, 20_000)).astype(np.float32)
    from_file, told = taken(wav(tmp_path / "a.wav", sound, RATE))
    from_samples, the_same = taken((sound, RATE))
    np.testing.assert_allclose(from_file, from_samples, atol=1e-6)
    assert told == the_same


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp3", "libmp3lame"), (".flac", "flac"), (".m4a", "aac"), (".opus", "libopus")]
)
def test_other_files_of_sound_are_read(tmp_path, suffix, codec):
    sound = np.zeros((2, RATE), np.float32)
    sound[:, 20_000:30_000] = tone(1)[:, :10_000]
    with av.open(str(tmp_path / f"a{suffix}"), "w") as output:
        stream = output.add_stream(codec, rate=RATE, layout="stereo")
        resampler = av.AudioResampler(format=stream.format.name, layout="stereo", rate=RATE)
        for frame in resampler.resample(audio._frame(sound, RATE, "stereo")):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    given, _ = taken(tmp_path / f"a{suffix}")
    assert np.abs(given[:, :19_000]).max() < 0.03
    lag = np.correlate(given[0, 15_000:35_000], sound[0, 20_000:30_000], "valid").argmax() - 5_000
    assert abs(lag) <= 1 or suffix == ".mp3"


def test_a_long_file_is_read_no_further_than_it_is_kept(tmp_path, monkeypatch):
    path = wav(tmp_path / "a.wav", np.zeros((1, 3_600 * 4_000), np.float32), 4_000)
    monkeypatch.setitem(foreign._ASK, "room", 4 * (LONGEST + 1) * RATE)
    given, told = taken(path)
    assert given.shape == (2, LONGEST * RATE)
    assert "the given sound lasts 3600 s, of which the first 120 are kept" in told
    assert "the given sound has 4000 samples a second, brought to 48000" in told


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.wav", b"this is a letter, and no sound\n" * 50, "is damaged, or none of MP4"),
        ("a.mp3", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "is damaged, or none of MP4"),
        ("a.ogg", b"", "is damaged, or none of MP4"),
        ("a.txt", b"x", r"is damaged, or none of MP4, .* WAV, MP3"),
    ],
)
def test_a_file_that_is_no_sound_is_refused(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MediaError, match=told):
        taken(tmp_path / name)


def test_a_file_without_sound_or_that_is_not_there_is_refused(tmp_path, clip):
    with pytest.raises(MediaError, match="there is no file"):
        taken(tmp_path / "a.wav")
    with pytest.raises(MediaError, match=r"there is no file .*; check the name"):
        taken(tmp_path)
    with av.open(str(tmp_path / "a.mp4"), "w") as output:
        stream = output.add_stream("libx264", rate=24)
        stream.width = stream.height = 64
        output.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        output.mux(stream.encode(None))
    with pytest.raises(MediaError, match="holds no sound; give a file that does"):
        taken(tmp_path / "a.mp4")


# Mixing


def test_a_share_is_at_equal_power_and_its_ends_are_exact():
    rng = np.random.default_rng(0)
    own, given = rng.normal(0, 0.05, (2, 2, RATE)).astype(np.float32)
    assert crossfaded(own, given, 0, RATE) is own
    assert crossfaded(own, given, 1, RATE) is given
    for share in (0.25, 0.5, 0.8):
        both = crossfaded(own, given, share, RATE)
        assert np.sqrt(np.mean(both**2)) == pytest.approx(0.05, rel=0.01)
        assert np.vdot(both, given) / np.vdot(given, given) == pytest.approx(np.sin(share * np.pi / 2), abs=0.02)
    assert np.abs(crossfaded(own * 0 + 0.9, given * 0 + 0.9, 0.5, RATE)).max() < 0.9


def test_a_given_sound_replaces_and_mixes(dropped):
    alone = dropped.dub((tone(2), RATE))
    assert np.array_equal(alone.sound, tone(2))
    assert alone.notices == dropped.notices
    assert alone.parents[0].verb == "dub"
    assert np.array_equal(alone.dub(mix=0).sound, dropped.sound)
    both = dropped.dub((tone(2), RATE), mix=0.5)
    wanted = crossfaded(dropped.sound, tone(2), 0.5, RATE)
    assert np.array_equal(both.sound, wanted)
    assert np.array_equal(alone.dub(mix=0.5).sound, wanted)
    assert not dropped.dub(mix=1).sound.any()
    assert np.array_equal(dropped.dub(both, mix=1).sound, wanted)


def test_levels_are_of_its_own_sound(dropped):
    softer = dropped.dub(levels=Levels(effects=0))
    assert np.array_equal(softer.sound, dropped.stems().mix(Levels(effects=0)))
    assert np.array_equal(softer.dub(levels=Levels()).sound, dropped.sound)
    assert softer.soundtrack.levels == Levels(effects=0)


def test_stems_are_those_of_the_part(dropped):
    parts, whole = dropped[0.5:].stems(), dropped.stems()
    assert np.array_equal(whole.mix(), dropped.sound)
    for name in ("effects", "ambience", "music", "speech"):
        assert np.array_equal(getattr(parts, name), getattr(whole, name)[:, RATE // 2 :])


def test_a_start_lies_where_it_says(dropped):
    late = dropped.dub((tone(1), RATE), start=0.75)
    assert not late.sound[:, : RATE * 3 // 4].any()
    assert np.array_equal(late.sound[:, RATE * 3 // 4 : RATE * 7 // 4], tone(1))
    assert not late.sound[:, RATE * 7 // 4 :].any()
    assert late.notices[-1] == "the given sound lasts 1 s; then the clip goes on in silence"
    early = dropped.dub((tone(3), RATE), start=-0.5)
    assert np.array_equal(early.sound, tone(3)[:, RATE // 2 : RATE * 5 // 2])
    assert early.notices[-1] == "the given sound lasts 3 s; it is cut off where the clip ends"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"mix": 1.5}, "mix is 1.5; it must be a number from 0 to 1; try 0.5"),
        ({"mix": float("nan")}, "mix is nan"),
        ({"start": float("inf")}, "start is 'inf'; give a second of the clip"),
        ({"start": "soon"}, "start is 'soon'"),
        ({"actor": "ann"}, "'ann' has no mouth that moves; nobody here has"),
    ],
)
def test_what_breaks_a_rule_is_told(dropped, asked, told):
    with pytest.raises(RequestError, match=told):
        dropped.dub((tone(1), RATE), **asked)


def test_levels_keep_their_rule():
    with pytest.raises(RequestError, match="music is -1; it must be a number from 0 to 10; 1 leaves"):
        Levels(music=-1)
    with pytest.raises(
        RequestError, match="'music' are no levels; write some of effects, ambience, music, speech, as in"
    ):
        Levels.parse("music")
    with pytest.raises(RequestError, match="'drums=1' are no levels"):
        Levels.parse("drums=1")


# It stays with the clip


def test_it_stays_when_cut_and_drawn_again(dropped):
    dubbed = dropped.dub((tone(3), RATE), mix=0.5)
    part = dubbed[0.5:1.5]
    again = part.refilm(sora2lib.Camera.orbit(30))
    own = dropped[0.5:1.5].refilm(sora2lib.Camera.orbit(30))
    inner = tone(3)[:, RATE // 2 : 3 * RATE // 2]
    assert np.array_equal(again.sound, crossfaded(own.sound, inner, 0.5, RATE))
    whole = sora2lib.stitch([dubbed[:1], dubbed[1:]])
    assert whole.soundtrack.alike(dubbed.soundtrack)
    assert np.array_equal(whole.sound, dubbed.sound)
    mixed = sora2lib.stitch([dropped[:1], dubbed[1:]])
    assert (mixed.world, mixed.soundtrack) == (None, OWN)
    assert np.array_equal(mixed.sound[:, RATE + 480 :], dubbed.sound[:, RATE + 480 :])


def test_it_keeps_its_pace_when_the_world_is_slowed(dropped):
    slow = dropped.dub((tone(3), RATE))[0.5:1.5].speed(0.5)
    assert np.array_equal(slow.sound, tone(3)[:, RATE // 2 : RATE * 5 // 2])


def test_it_goes_on_and_is_there_in_what_is_planned(dropped, untrained):
    dubbed = dropped.dub((tone(3), RATE))
    longer = dubbed.extend("it bounces", seconds=2, seed=1, model=untrained, steps=1)
    assert np.array_equal(longer.sound[:, : 3 * RATE], tone(3))
    assert not longer.sound[:, 3 * RATE :].any()
    assert "the given sound lasts 3 s; then the clip goes on in silence" in longer.notices
    other = dubbed.retake(0.5, 1.5, "it bounces", seed=2, model=untrained, steps=1)
    assert np.array_equal(other.sound, dubbed.sound)
    silent = dropped.dub(mix=1).extend("it bounces", seconds=1, seed=1, model=untrained, steps=1)
    assert not silent.sound.any()
    assert not silent.request.sound


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".webp", ".gif", ".png"])
def test_a_file_keeps_the_given_sound_apart(tmp_path, dropped, suffix):
    dubbed = dropped.dub((tone(3), RATE), mix=0.5, levels=Levels(music=0.5))
    loaded = sora2lib.load(dubbed.save(tmp_path / f"a{suffix}"))
    assert loaded.soundtrack.track.shape == (2, 3 * RATE)
    assert (loaded.soundtrack.mix, loaded.soundtrack.levels) == (0.5, Levels(music=0.5))
    again = loaded.dub(mix=1)
    off = again.sound[:, 4_800:] - tone(3)[:, 4_800 : again.sound.shape[1]]
    assert np.sqrt(np.mean(off**2)) < 0.01
    assert loaded.notices[-1] == dubbed.notices[-1]


def test_netcdf_keeps_it(tmp_path, dropped):
    told = sora2lib.recipe.read(dropped.dub((tone(1), RATE)).save(tmp_path / "a.nc"))
    assert told.soundtrack.track.shape == (2, RATE)


def test_two_minutes_fit_into_a_film(tmp_path, dropped):
    noise = np.random.default_rng(0).normal(0, 0.1, (2, round(LONGEST * RATE))).astype(np.float32)
    path = dropped.dub((noise, RATE)).save(tmp_path / "a.mp4")
    assert len(media.read_note(path)) < 1_200_000
    assert sora2lib.load(path).soundtrack.seconds == LONGEST


def test_a_note_with_a_changed_sound_is_refused(dropped):
    text = sora2lib.clip.recipe_of(dropped.dub((tone(1), RATE))).to_json()
    for old, new in (('"mix": 1.0', '"mix": 7'), ('"track": "', '"track": "!'), ('"track": "T2dn', '"track": "AAAA')):
        assert old in text
        with pytest.raises(MediaError, match=r"was changed since"):
            Recipe.from_json(text.replace(old, new))


def test_a_strangers_film_is_dubbed(tmp_path, clip):
    strange = dataclasses.replace(clip, world=None, request=None)
    dubbed = strange.dub((tone(2), RATE))
    assert np.array_equal(dubbed.sound, tone(2))
    assert dubbed.soundtrack is OWN
    with pytest.raises(RequestError, match="there is no world"):
        strange.dub(levels=Levels(music=0))
    with pytest.raises(RequestError, match="there is no world"):
        strange.stems()


def test_silent_from_the_start(untrained):
    made = sora2lib.generate("a ball", seconds=0.5, seed=1, model=untrained, steps=1, sound=False, **SMALL)
    assert not made.sound.any()
    assert not sora2lib.simulate("drop", seed=3, seconds=1, sound=False, **SMALL).sound.any()
    assert not sora2lib.draw(made.world, seconds=0.5, sound=False, **SMALL).sound.any()
    with pytest.raises(RequestError, match="sound is 'no'; give True, or False"):
        sora2lib.Request("a ball", sound="no")


@pytest.mark.parametrize("how", [{"track": (tone(2), RATE)}, {"mix": 1}, {"levels": Levels(effects=0)}])
def test_another_sound_is_not_held_against_the_contacts(dropped, how):
    report = sora2lib.inspect(dropped.dub(**how))
    (sounding,) = [it for it in report.checks if it.law == "sounding"]
    assert sounding.holds is None


def test_lines_that_are_no_longer_heard_are_told(clip):
    lines = {"line_speaker": ["man"], "line_text": ["Go!"], "line_start": [0.2], "line_manner": [""]}
    lines["line_actor"] = [""]
    world = clip.world.drop_dims("line").assign({name: ("line", values) for name, values in lines.items()})
    talks = dataclasses.replace(clip, world=world)
    assert MUTED in talks.dub((tone(2), RATE)).notices
    assert MUTED not in talks.dub((tone(2), RATE), mix=0.9).notices


# Mouths


@pytest.fixture(scope="module")
def dance():
    return sora2lib.simulate("dance", seed=1, seconds=2, **SMALL)


def test_a_mouth_opens_with_the_given_speech_and_nothing_else_moves(dance):
    name = str(dance.world.actor.values[0])
    said = np.zeros((2, 2 * RATE), np.float32)
    for start, stop, level in ((0.5, 0.8, 1.0), (1.2, 1.6, 0.4)):
        said[:, round(start * RATE) : round(stop * RATE)] = tone(stop - start, level=level)
    talks = dance.dub((said, RATE), actor=name)
    assert np.array_equal(talks.sound, said)
    mouth = talks.world.joint_angle.values[0, :, INDEX["mouth"]]
    time = talks.world.time.values
    assert mouth[(time > 0.6) & (time < 0.7)].min() == pytest.approx(mouth.max(), rel=0.01)
    assert mouth[(time > 0.9) & (time < 1.1)].max() < 0.01
    softer = mouth[(time > 1.25) & (time < 1.55)]
    assert softer.mean() == pytest.approx(mouth.max() * 0.4**0.8, rel=0.02)
    rest = talks.world.joint_angle.values.copy()
    rest[0, :, INDEX["mouth"]] = dance.world.joint_angle.values[0, :, INDEX["mouth"]]
    assert np.array_equal(rest, dance.world.joint_angle.values)
    with pytest.raises(RequestError, match=f"'nobody' has no mouth that moves; name one of {name}"):
        dance.dub((said, RATE), actor="nobody")
    with pytest.raises(RequestError, match="no sound was given that"):
        dance.dub(actor=name)


def test_a_soundtrack_is_told_in_one_line():
    assert repr(Soundtrack(tone(2), start=0.5, mix=0.5)) == "Soundtrack(2 s given, from 0.5 s, mix 0.5)"
    assert repr(Soundtrack(levels=Levels(music=0))).startswith("Soundtrack(mix 0, Levels(effects=1.0")
