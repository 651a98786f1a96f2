"""Speech: how words are read, how the voice says them, who says what from where, and how mouths follow."""

import json
from itertools import combinations

import librosa
import numpy as np
import pytest

from sora2lib.errors import ModelError, RequestError, WorldError
from sora2lib.request import Request
from sora2lib.script import Script, heard, script, spoken
from sora2lib.sound import saying, speech, spelling, stems, voicebox
from sora2lib.sound.loudness import lufs
from sora2lib.sound.saying import LEVEL, LOUDNESS, lasting, say
from sora2lib.sound.speakers import SPEAKERS, cast, in_manner
from sora2lib.sound.speech import MOUTH, openings, resampled, voices
from sora2lib.sound.waveform import moved, waveform
from sora2lib.speaking import decided
from sora2lib.world import schema
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.simulate import simulate

RATE = 48_000
TEXT = "We should leave before the storm arrives."


@pytest.fixture(scope="module")
def dance():
    return simulate("dance", 1)


def said(world, *lines):
    """A world with lines (speaker, text, start, manner)."""
    columns = zip(*lines, strict=True)
    names = ("line_speaker", "line_text", "line_start", "line_manner")
    lines = {name: list(values) for name, values in zip(names, columns, strict=True)}
    # Who is not called as an actor is heard as a voice off.
    lines["line_actor"] = [name if name in world.actor.values else "" for name in lines["line_speaker"]]
    return world.assign({name: ("line", values) for name, values in lines.items()}).validate()


def pitch(sound):
    """Median Hz of a voice as a tracker hears it that knows nothing of ours, and the share of time that has a pitch."""
    hertz, voiced, _ = librosa.pyin(sound, fmin=55, fmax=500, sr=voicebox.RATE, frame_length=2048, hop_length=480)
    return (float(np.median(hertz[voiced])) if voiced.any() else 0.0), float(voiced.mean())


def colour(sound):
    """Cepstrum of the mean spectrum, without its level."""
    pieces = np.lib.stride_tricks.sliding_window_view(sound, 1024)[::512]
    power = (np.abs(np.fft.rfft(pieces * np.hanning(1024), axis=1)) ** 2).mean(axis=0)
    bands = np.add.reduceat(power, np.unique(np.geomspace(3, 500, 28).astype(int)))
    return np.fft.irfft(np.log(bands))[1:9]


# Reading


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("Hello there.", "həlˈO ðɛɹ."),
        ("Look at that! It's the 21st boat, and 3.5 metres long.",
         "lˈʊk æt ðæt! ɪts ðə twˈɛnti fˈɜɹst bˈOt, ænd θɹˈi pˈYnt fˈIv mˈiTəɹz lˈɔŋ."),
        ("Freya Thorvaldsdottir watched the boats' shields.", "fɹˈAə θˈɔɹvəldsdˌɑTɪɹ wˈɑʧt ðə bˈOts ʃˈildz."),
        ("To the end; I am in.", "tə ði ˈɛnd; ˌI ɐm ˈɪn."),
        ("running, jumping and stopped", "ɹˈʌnɪŋ, ʤˈʌmpɪŋ ænd stˈɑpt"),
        ("What?!", "wˌʌt?"),
        ("$5 & 7%", "dˈɑləɹz fˈIv ænd sˈɛvən pəɹsˈɛnt"),
        ("", ""),
        ("...", "."),
    ],
)  # fmt: skip
def test_words_are_read_as_the_reference_reads_them(text, sounds):
    assert spelling.pronounce(text) == sounds


@pytest.mark.parametrize(
    ("number", "words"),
    [("0", "zero"), ("1,204", "one thousand two hundred four"), ("30th", "thirtieth"), ("112", "one hundred twelve"),
     ("2.05", "two point zero five"), ("1000000", "one million"), ("1234567890123", "one two three four five six seven "
      "eight nine zero one two three")],
)  # fmt: skip
def test_numbers_are_read_in_words(number, words):
    assert " ".join(spelling.number_words(number)) == words


def test_other_scripts_are_not_read():
    assert spelling.readable("Hello, 12!")
    assert spelling.readable("12")
    assert not spelling.readable("你好")
    assert not spelling.readable("Hello Привет")
    assert not spelling.readable("?!")


# The voice


def test_the_voice_is_the_one_that_it_was_exported_from():
    # Beats of each sound and median pitch that onnxruntime gives for the same sounds with the wheel's own network.
    beats = [14, 2, 3, 2, 3, 2, 2, 2, 3, 3, 3, 2, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 2, 4, 4, 12, 6, 1]
    words = voicebox.speak("həlˈO ðˈɛɹ, lˈʊk æt ðə bˈOt.")
    np.testing.assert_array_equal(words.frames[1:-2], 2 * np.array(beats)[1:-2])
    assert words.frames[0] == voicebox.STILL
    assert words.harmonic.shape == words.phase.shape == (voicebox.BANDS, words.frames.sum())
    assert np.median(words.pitch[words.pitch > 40]) == pytest.approx(200, abs=3)


def test_pace_and_manner_change_how_long_it_takes():
    usual = voicebox.lengths(spelling.pronounce(TEXT)).sum()
    assert voicebox.lengths(spelling.pronounce(TEXT), pace=1.5).sum() < 0.75 * usual
    utterance = say(TEXT, SPEAKERS["man"])
    assert utterance.seconds == pytest.approx(lasting(TEXT, SPEAKERS["man"]), abs=1e-9)
    assert utterance.times[-1] == pytest.approx(utterance.seconds, abs=1e-9)
    assert len(utterance.times) == len(utterance.sounds) + 1
    assert (np.diff(utterance.times) > 0).all()


def test_the_same_words_sound_the_same():
    spoken_twice = [saying._own.__wrapped__(TEXT, SPEAKERS["boy"]).sound for _ in range(2)]
    np.testing.assert_array_equal(*spoken_twice)


@pytest.mark.parametrize("name", ["woman", "man", "girl", "old man"])
def test_each_voice_has_the_pitch_that_its_row_says(name):
    speaker = SPEAKERS[name]
    words = voicebox.speak(spelling.pronounce(TEXT))
    sound = waveform(words, speaker, np.random.default_rng(0))
    hertz, voiced, _ = librosa.pyin(sound, fmin=55, fmax=500, sr=voicebox.RATE, frame_length=2048, hop_length=600)
    told = moved(words.pitch.astype(float), speaker)[::2][: len(hertz)]
    both = voiced[: len(told)] & (told > 0)
    assert both.sum() > 30
    assert np.median(np.abs(np.log(hertz[: len(told)][both] / told[both]))) < 0.06
    middle = np.median(words.pitch[words.pitch > 40])
    assert np.median(told[told > 0]) == pytest.approx(speaker.pitch * middle, rel=0.02)


def test_at_least_twelve_voices_are_told_apart():
    words = voicebox.speak(spelling.pronounce("Where is the cat?"))
    own = {name: moved(words.pitch.astype(float), speaker) for name, speaker in SPEAKERS.items()}
    high = {name: np.log2(np.median(it[it > 0])) for name, it in own.items()}
    tone = {name: colour(waveform(words, it, np.random.default_rng(0))) for name, it in SPEAKERS.items()}
    for a, b in combinations(SPEAKERS, 2):  # by two semitones, or by the colour of the voice
        assert abs(high[a] - high[b]) > 2 / 12 or np.linalg.norm(tone[a] - tone[b]) > 0.25, (a, b)
    assert len(SPEAKERS) >= 12


def test_a_shout_is_higher_and_louder_and_a_whisper_has_no_voice():
    usual, shout, whisper = (say(TEXT, in_manner(SPEAKERS["man"], manner)).sound for manner in ("", "shout", "whisper"))
    level = [lufs(np.stack([sound, sound]), voicebox.RATE) for sound in (usual, shout, whisper)]
    assert level == pytest.approx([LOUDNESS, LOUDNESS + 8, LOUDNESS - 6], abs=0.01)
    assert pitch(shout)[0] > 1.1 * pitch(usual)[0]
    assert pitch(usual)[1] > 0.4 > 0.15 > pitch(whisper)[1]


def test_a_whisper_is_as_loud_whatever_noise_is_drawn():
    """By the mean power of a line and by that of its loudest tenth, which single bursts would move."""
    speaker = in_manner(SPEAKERS["woman"], "whisper")
    words = voicebox.speak(spelling.pronounce(TEXT), pace=speaker.pace)
    drawn = [waveform(words, speaker, np.random.default_rng(seed)) for seed in range(4)]
    power = [np.sort(np.square(saying._levelled(it, 0)).reshape(-1, 300).mean(axis=1)) for it in drawn]
    assert np.ptp([10 * np.log10(it.mean()) for it in power]) < 1
    assert np.ptp([10 * np.log10(it[-len(it) // 10 :].mean()) for it in power]) < 1


def test_a_monotone_keeps_its_pitch():
    spoken_words = voicebox.speak(spelling.pronounce(TEXT))
    flat, lively = (waveform(spoken_words, SPEAKERS[name], np.random.default_rng(0)) for name in ("robot", "old man"))
    halves = [[pitch(half)[0] for half in np.array_split(sound, 2)] for sound in (flat, lively)]
    assert abs(np.log(np.divide(*halves[0]))) < 0.02 < abs(np.log(np.divide(*halves[1])))


def test_a_sound_keeps_its_tones_at_another_rate():
    tone = np.sin(2 * np.pi * 1000 * np.arange(12_000) / voicebox.RATE)
    for rate in (48_000, 44_100):
        twin = np.sin(2 * np.pi * 1000 * np.arange(rate // 2) / rate)
        np.testing.assert_allclose(resampled(tone, rate)[200:-200], twin[200:-200], atol=0.02)


# Who


def test_names_tell_who_speaks_and_two_never_sound_alike():
    given = cast(["Old man", "girl", "the Queen", "Robot 7", "Grandma"])
    assert [it.name for it in given.values()] == ["old man", "girl", "woman", "robot", "old woman"]
    names = ["Ann", "Ben", "Cat", "Dan", "Eve"]
    assert len({it.name for it in cast(names).values()}) == 5
    assert cast(["Freya"]) == cast(["Freya"])
    two = cast(["man", "another man"])
    assert two["man"].name != two["another man"].name


def test_a_line_is_said_in_its_manner(dance):
    world = said(dance, ("man", "Go!", 0.5, ""), ("man", "Go!", 1.5, "shout"))
    plain, loud = voices(world)
    assert loud == in_manner(plain, "shout")


# In a world


def test_speech_begins_when_the_plan_says(dance):
    world = said(dance, ("boy", "Go!", 0.5, ""), ("Ann", "Try it again.", 1.7, ""))
    heard = stems(world, rate=RATE).speech
    loud = np.sqrt(np.convolve((heard**2).mean(axis=0), np.ones(480) / 480, "same")) > 0.08 * LEVEL
    assert not loud[: round(0.45 * RATE)].any()
    for start in (0.5, 1.7):
        after = np.flatnonzero(loud[round((start - 0.2) * RATE) :])[0] / RATE - 0.2
        assert 0 <= after < 0.1  # a stop such as "g" is silent before it bursts


def test_it_is_heard_from_where_the_speaker_stands(dance):
    right = dance.camera_target.values - dance.camera_eye.values
    right = np.cross(right, [0, 0, 1])
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    beside = dance.assign(position=dance.position + 2.5 * right)
    far = dance.assign(camera_eye=dance.camera_target + 4 * (dance.camera_eye - dance.camera_target))
    level = []
    for world in (dance, beside, far):
        heard = stems(said(world, ("boy", "Look over here!", 0.3, ""))).speech
        level.append(np.sqrt((heard**2).mean(axis=1)))
    assert level[1][1] > 1.3 * level[1][0]
    assert level[2].sum() < 0.7 * level[0].sum()


@pytest.mark.parametrize("manner", ["", "whisper"])
def test_all_else_gives_way_to_speech(dance, manner):
    world = said(dance.assign(music="epic"), ("boy", "Look over here, all of you, and do not go away!", 1.0, manner))
    parts = stems(world)
    from_music = parts.mix().astype(float) - type(parts)(*[0 * parts.music] * 3, parts.speech, parts.rate).mix()
    before, under = (np.sqrt(np.mean(from_music[:, a:b] ** 2)) for a, b in ((20_000, 45_000), (70_000, 110_000)))
    assert under < 0.6 * before


def test_mouths_follow_the_voice_and_nothing_else_moves(dance):
    words = "My big boat is coming, mother!"
    world = said(dance, ("boy", words, 0.5, ""))
    moved = speech.mouths(world)
    mouth, rest = moved.joint_angle.values[0, :, MOUTH], world.joint_angle.values[0, :, MOUTH]
    utterance = say(words, voices(world)[0])
    time = world.time.values - 0.5
    talks = (time >= 0) & (time <= utterance.seconds)
    np.testing.assert_array_equal(mouth[~talks], rest[~talks])
    assert mouth[talks].max() > 0.2
    for name in ("position", "rotation", "camera_eye"):
        np.testing.assert_array_equal(moved[name], world[name])
    fine = np.arange(0, utterance.seconds, 0.01)
    opened = openings(utterance, fine, 0.01)
    lips = np.array(list(utterance.sounds))[np.searchsorted(utterance.times, fine, side="right") - 1]
    assert np.median(opened[np.isin(lips, ["m", "b"])]) < 0.1 * opened[np.isin(lips, ["ɪ", "O", "I"])].mean()


def test_an_idle_hand_beats_where_the_voice_stresses(dance):
    words, (left, right) = "We waited very long for this morning!", (INDEX["left elbow"], INDEX["right elbow"])
    still = dance.assign(joint_angle=dance.joint_angle * 0.0)
    moved = speech.mouths(said(still, ("boy", words, 0.5, ""))).joint_angle.values[0]
    utterance = say(words, voices(said(still, ("boy", words, 0.5, "")))[0])
    since = still.time.values - 0.5
    stressed = [utterance.times[n + 1] for n, one in enumerate(utterance.sounds) if one == "ˈ"]
    assert moved[:, left].max() == 0
    assert moved[(since < 0) | (since > utterance.seconds), right].max() == 0
    inside = (since > 0.3) & (since < utterance.seconds - 0.3)
    near = np.abs(since[:, None] - np.array(stressed) - 0.05).min(axis=1) < 0.05
    assert moved[inside & near, right].mean() > moved[inside & ~near, right].mean() + 0.1
    assert np.abs(np.diff(moved[:, right])).max() < 0.45  # no jump


def test_a_hand_that_does_something_goes_on_with_it(dance):
    waving = dance.assign(joint_angle=dance.joint_angle * 0.0)
    waving.joint_angle[0, :, INDEX["right shoulder swing"]] = np.sin(np.arange(waving.sizes["time"]) / 3)
    moved = speech.mouths(said(waving, ("boy", "We waited very long!", 0.5, ""))).joint_angle.values[0]
    assert moved[:, INDEX["right elbow"]].max() == 0
    assert moved[:, INDEX["left elbow"]].max() > 0.4
    waving.joint_angle[0, :, INDEX["left elbow"]] = 1.5
    held = speech.mouths(said(waving, ("boy", "We waited very long!", 0.5, ""))).joint_angle.values[0]
    assert held[:, INDEX["left elbow"]].max() == 1.5


def test_a_mouth_goes_over_to_speech_and_back_without_a_jump(dance):
    smiling = dance.assign(joint_angle=dance.joint_angle + 0.0)
    smiling.joint_angle[0, :, MOUTH] = 0.3
    world = speech.mouths(said(smiling, ("boy", "Go on!", 1.0, "")))
    mouth, time = world.joint_angle.values[0, :, MOUTH], world.time.values
    end = 1.0 + say("Go on!", voices(world)[0]).seconds
    assert mouth[time < 1.0].min() == mouth[time > end].min() == 0.3
    last = np.flatnonzero(time <= end)[-1]
    assert abs(mouth[last] - 0.3) < 0.15


def test_what_is_said_begins_and_ends_in_silence():
    sound = say("Go on! Now.", SPEAKERS["man"]).sound
    assert abs(sound[0]) < 1e-6 > abs(sound[-1])


def test_a_mouth_opens_with_the_level_of_its_voice():
    utterance = say(TEXT, SPEAKERS["woman"])
    time = np.arange(1 / 48, utterance.seconds - 1 / 48, 1 / 24)
    level = [utterance.sound[round((t - 1 / 48) * voicebox.RATE) : round((t + 1 / 48) * voicebox.RATE)] for t in time]
    envelope = np.array([np.sqrt(np.mean(one**2)) for one in level])
    lags = range(-3, 4)
    opened = openings(utterance, time, 1 / 24)
    alike = [np.corrcoef(np.roll(opened, lag)[3:-3], envelope[3:-3])[0, 1] for lag in lags]
    assert lags[int(np.argmax(alike))] == 0
    assert max(alike) > 0.85


# From a prompt


def planned(world, prompt, *, seconds=4.0, seed=1, after=0.0):
    """A world in which a prompt is said, and what is to be told of it."""
    told = script(prompt, seconds)
    request = Request(prompt, seconds=seconds, seed=seed)
    world = spoken(world, decided(world, told, request, after=after), after=after)
    return world, heard(world, told, after=after)


def test_a_script_says_what_and_a_world_who_and_when(dance):
    prompt = 'The boy says "Look at that!" A narrator whispers "Where?"'
    world, notices = planned(dance, prompt)
    assert world.line_text.values.tolist() == ["Look at that!", "Where?"]
    assert world.line_manner.values.tolist() == ["", "whisper"]
    assert world.line_actor.values.tolist() == ["boy", ""]
    assert world.line_start.values[1] > world.line_start.values[0] + 0.5
    assert notices == ("narrator is not to be seen and is heard as a voice off",)
    later, _ = planned(world, 'He says "There!"', seconds=1.5, after=2.5)
    assert later.line_text.values.tolist() == ["Look at that!", "Where?", "There!"]
    assert later.line_actor.values.tolist() == ["boy", "", "boy"]
    assert later.line_start.values[2] > 2.5
    assert schema.from_json(later.to_json()).line_manner.values.tolist() == ["", "whisper", ""]
    assert spoken(dance, Script()) is dance


def test_who_has_spoken_speaks_again_under_that_name():
    world = simulate("greet", 3)
    first, second = world.actor.values
    for order in ((first, second), (second, first)):
        lines = {"line_speaker": ["Ben", "Tom"], "line_text": ["Hello.", "Hi."], "line_start": [0.2, 1.0]}
        lines |= {"line_manner": ["", ""], "line_actor": list(order)}
        talk = world.assign({name: ("line", values) for name, values in lines.items()})
        again, _ = planned(talk, 'Ben says "Bye." Tom says "Bye."', seconds=2.0, after=2.0)
        assert again.line_actor.values.tolist()[2:] == list(order)


def test_times_that_are_told_are_held_and_pauses_are_drawn_by_the_seed(dance):
    prompt = 'Dialogue:\nBoy: "Go on."\n[1.5s] Boy: "Look!"\nBoy: "There."'
    first, same, other = (planned(dance, prompt, seed=seed)[0].line_start.values for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert first[1] == other[1] == 1.5
    assert first[0] != other[0]
    assert first[2] != other[2]


def test_one_who_cannot_say_two_lines_at_once_is_told(dance):
    world, notices = planned(dance, 'Dialogue:\n[0.5s] Boy: "Look over there!"\n[0.6s] He: "No."')
    assert world.line_actor.values.tolist() == ["boy", "boy"]
    assert world.line_start.values[1] > 1.0
    assert notices == (f"He cannot say two lines at once; 'No.' begins at {world.line_start.values[1]:.2f} s",)


def test_what_fits_with_short_pauses_fits_whatever_pauses_are_drawn(dance):
    prompt = 'The boy says "Go on!" He says "Look at that." He asks "Where?"'
    took = sum(script(prompt, 9.0).lasting)
    seconds = np.ceil((took + 0.41) * 100) / 100
    for seed in range(4):
        world, _ = planned(dance, prompt, seconds=float(seconds), seed=seed)
        assert world.line_start.values[2] + script(prompt, 9.0).lasting[2] < seconds
    with pytest.raises(RequestError, match="shorten the lines"):
        script(prompt, took + 0.3)


def test_one_has_one_voice_whatever_they_are_called(dance):
    lines = {"line_speaker": ["old man", "he", "boy"], "line_text": ["Go."] * 3, "line_start": [0.0, 1.0, 2.0]}
    lines |= {"line_manner": [""] * 3, "line_actor": ["boy", "boy", ""]}
    old, he, other = voices(dance.assign({name: ("line", values) for name, values in lines.items()}))
    assert (old.name, he.name, other.name) == ("old man", "old man", "boy")
    # How long a line takes is known before it is known who says it, so its pace is that of its name.
    assert he.pace == SPEAKERS["man"].pace != old.pace


def test_lines_of_older_files_are_said_by_who_is_called_so(dance):
    plain = json.loads(said(dance, ("Boy", "Go!", 0.5, ""), ("Ann", "No.", 1.5, "")).to_json())
    del plain["variables"]["line_actor"]
    assert schema.from_json(json.dumps(plain)).line_actor.values.tolist() == ["boy", ""]


def test_a_line_is_said_by_somebody_who_is_there_or_by_nobody(dance):
    with pytest.raises(WorldError, match=r"line_actor \['girl'\] is not in the world; name one of boy, or ''"):
        said(dance, ("boy", "Go!", 0.5, "")).assign(line_actor=("line", ["girl"])).validate()


def test_what_is_too_long_is_told_before_anything_is_made():
    with pytest.raises(RequestError, match=r"the clip lasts 4; .* give seconds=\d+(\.5)? or shorten"):
        script(f'Ann says "{"word " * 500}"', 4.0)


def test_what_cannot_be_said_is_told_and_shown():
    told = script('The man says "你好"', 4.0)
    assert "cannot be said" in told.notices[0]
    assert [line.text for line in told.lines] == ["你好"]
    assert say("你好", SPEAKERS["man"]).seconds == 0.0


def test_a_missing_voice_is_an_error_and_never_silence(monkeypatch, tmp_path):
    monkeypatch.setattr(voicebox, "DATA", tmp_path)
    voicebox.weights.cache_clear()
    voicebox.told.cache_clear()
    with pytest.raises(ModelError, match=r"manifest\.json cannot be read .* reinstall"):
        script('The man says "hello"', 4.0)
    assert script("a red ball bounces", 4.0) == Script()  # nothing is said, nothing is missed
