"""The mix: loudness and peaks against values known from the standard, ducking, and what mastering may do."""

import numpy as np
import pytest
from scipy.signal import lfilter

from sora2lib.sound import Levels, Stems, stems, synthesise
from sora2lib.sound.loudness import SILENCE, lufs, true_peak
from sora2lib.sound.mix import DEEPEST, DUCK, MOST, SPOKEN, TARGET, balance, duck, left_under, master
from sora2lib.world.simulate import simulate

RATE = 48_000
# Filters of ITU-R BS.1770-4, annex 1, tables 1 and 2, for 48 kHz.
SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


def tone(frequency, seconds, *, rate=RATE, level=0.0, ears=(1.0, 1.0)):
    """A sine of a level in dBFS."""
    time = np.arange(round(seconds * rate)) / rate
    return 10 ** (level / 20) * np.sin(2 * np.pi * frequency * time) * np.array(ears)[:, None]


def noise(seconds, level, seed=0):
    return 10 ** (level / 20) * np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))


def stem(*, effects=None, ambience=None, music=None, speech=None):
    silent = np.zeros((2, RATE))
    return Stems(*(silent if it is None else it for it in (effects, ambience, music, speech)), RATE)


@pytest.mark.parametrize("rate", [48_000, 44_100, 22_050])
def test_a_sine_is_as_loud_as_the_standard_says(rate):
    assert lufs(tone(997, 2, rate=rate, ears=(1, 0)), rate) == pytest.approx(-3.01, abs=0.03)
    assert lufs(tone(997, 2, rate=rate, ears=(0, 1)), rate) == pytest.approx(-3.01, abs=0.03)
    assert lufs(tone(997, 2, rate=rate, level=-23), rate) == pytest.approx(-23.0, abs=0.03)


def test_loudness_weighs_frequencies_as_the_tables_say():
    sound = noise(3.0, -20)
    power = np.sum(lfilter(*HIGH_PASS, lfilter(*SHELF, sound)) ** 2, axis=0).mean()
    assert lufs(sound, RATE) == pytest.approx(-0.691 + 10 * np.log10(power), abs=0.02)


def test_pauses_and_soft_passages_do_not_count():
    loud, soft, pause = tone(997, 12, level=-23), tone(997, 2, level=-36), np.zeros((2, 5 * RATE))
    assert lufs(np.concatenate([soft, loud, soft], axis=1), RATE) == pytest.approx(-23, abs=0.15)
    assert lufs(np.concatenate([loud, pause], axis=1), RATE) == pytest.approx(-23, abs=0.15)


def test_silence_has_no_loudness_and_a_short_sound_has_one():
    assert lufs(np.zeros((2, RATE)), RATE) == SILENCE
    assert lufs(tone(997, 0.2), RATE) == pytest.approx(0.0, abs=0.2)


def test_a_peak_between_samples_is_seen():
    between = np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4) * np.ones((2, 1))
    assert np.abs(between).max() == pytest.approx(0.7071, abs=1e-4)
    assert true_peak(between) == pytest.approx(1.0, abs=0.02)
    assert true_peak(tone(997, 0.1, ears=(0.2, 0.5))) == pytest.approx(0.5, rel=0.002)
    assert true_peak(np.zeros((2, 100))) == 0


def test_music_gives_way_at_once_and_comes_back_slowly():
    key = np.zeros((2, 3 * RATE))
    key[:, RATE : RATE + RATE // 2] = noise(0.5, -10)
    gain = duck(key, RATE)
    assert gain[: RATE - 1000].min() == pytest.approx(1.0)
    assert gain[RATE + RATE // 4] == pytest.approx(DUCK, abs=0.02)
    assert gain[RATE * 3 // 2 + RATE // 4] < 0.8
    assert gain[-1] > 0.9


@pytest.mark.parametrize(("softer", "left"), [(-6.0, DUCK), (6.0, DUCK / 2), (30.0, DEEPEST)])
def test_all_gives_way_the_more_the_softer_it_is_spoken(softer, left):
    others = noise(2.0, -25)
    under = left_under(noise(2.0, -25 - softer, seed=1), others, RATE)
    assert len(under) == 200
    np.testing.assert_allclose(under[25:-25], left, rtol=0.03)


def test_what_is_louder_than_a_whisper_lies_below_it_while_it_lasts():
    speech = np.zeros((2, 3 * RATE))
    speech[:, RATE : 2 * RATE] = noise(1.0, -37)
    others = noise(3.0, -31, seed=1)
    gain = duck(speech, RATE, loud=SPOKEN, left=left_under(speech, others, RATE))
    during = slice(RATE + RATE // 4, 2 * RATE - RATE // 4)
    assert np.sqrt(np.mean((gain * others)[:, during] ** 2)) < 0.6 * np.sqrt(np.mean(speech[:, during] ** 2))
    assert gain[: RATE // 2].min() == pytest.approx(1.0)


def test_ducked_music_is_softer_in_the_mix_only_under_effects():
    effects, music = np.zeros((2, RATE)), tone(440, 1, level=-40)
    effects[0, : RATE // 2] = noise(0.5, -15)[0]
    alone, under = (stem(music=music, effects=it).mix() for it in (None, effects))
    # The right ear hears music alone; the loud effects leave the whole no room to be raised.
    raised = np.abs(alone[1]).max() / np.abs(music[1]).max()
    assert raised == pytest.approx(10 ** (MOST / 20), rel=0.01)
    assert np.abs(under[1, RATE // 4 : RATE // 2]).max() < 0.6 * np.abs(under[1, -RATE // 50 :]).max()


@pytest.mark.parametrize("level", [-50, -30, -12, 0, 12])
def test_no_master_peaks_above_the_limit(level):
    sound = noise(1.0, level)
    sound[:, 20_000:20_005] *= 30
    assert true_peak(master(sound, RATE).astype(np.float64)) <= 10 ** (-1 / 20) + 1e-6


def test_the_busier_the_closer_to_the_aim_and_the_louder_stays_louder():
    levels = (-60, -40, -30, -25, -20, -10, 0)
    before = [lufs(noise(2.0, level), RATE) for level in levels]
    after = [lufs(master(noise(2.0, level), RATE).astype(np.float64), RATE) for level in levels]
    assert after[0] == pytest.approx(before[0] + MOST, abs=0.1)
    assert after[-1] == pytest.approx(TARGET, abs=0.3)
    assert (np.diff(after[:-1]) > 0.1).all()
    assert max(after) < TARGET + 0.1


def test_silence_stays_silence():
    assert not master(np.zeros((2, RATE)), RATE).any()
    assert not balance(np.zeros((2, RATE)), RATE).any()
    assert not stem().mix().any()


def test_balance_brings_levels_together_and_keeps_their_order():
    clicks = [np.zeros((2, RATE)) for _ in range(3)]
    for click, level in zip(clicks, (0.01, 0.3, 10.0), strict=True):
        click[:, 1000] = level
    for sounds in (clicks, [noise(1.0, level) for level in (-50, -25, 0)]):
        soft, middle, hard = (np.abs(balance(sound, RATE)).max() for sound in sounds)
        assert soft < middle < hard
        assert hard / soft < (np.abs(sounds[2]).max() / np.abs(sounds[0]).max()) ** 0.6


def test_levels_are_gains_of_the_stems():
    parts = stem(effects=tone(300, 1, level=-50), ambience=tone(500, 1, level=-50), music=tone(700, 1, level=-50))

    def heard(levels):
        spectrum = np.abs(np.fft.rfft(parts.mix(levels)[0]))
        return spectrum[[300, 500, 700]] / (RATE / 2)

    raised = 10 ** ((MOST - 50) / 20)
    np.testing.assert_allclose(heard(None), raised, rtol=0.05)
    np.testing.assert_allclose(
        heard(Levels(effects=0.5, ambience=0.25, music=0)), [raised / 2, raised / 4, 0], atol=5e-5
    )
    assert not parts.mix(Levels(0, 0, 0)).any()


def test_stems_are_apart_and_add_up():
    world = simulate("drop", 3).assign(music="calm", ambience_level=0.5)
    parts = stems(world, seconds=2.0)
    assert parts.effects.shape == parts.ambience.shape == parts.music.shape == (2, 2 * RATE)
    np.testing.assert_array_equal(parts.mix(), synthesise(world, seconds=2.0))
    np.testing.assert_array_equal(parts.effects, stems(world.assign(music=""), seconds=2.0).effects)
    assert not stems(world.assign(music=""), seconds=2.0).music.any()
    assert repr(parts) == "Stems(2 s, 48000 Hz, effects, ambience, music, speech)"


def test_nothing_happens_in_the_effects_of_a_still_world():
    world = simulate("tower", 2)
    still = world.assign(
        position=world.position * 0 + world.position.isel(time=0),
        rotation=world.rotation * 0 + world.rotation.isel(time=0),
    )
    parts = stems(still.assign(ambience_level=0.6, ambience="birds"))
    assert np.abs(parts.effects).max() < 1e-6
    assert np.sqrt(np.mean(parts.ambience**2)) > 1e-3
