"""What scenes sound like: steps, water, engines, what comes near and goes, the place, the music; kernels and speed."""

import time as clock
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from sora2lib.kernels import sound as kernels
from sora2lib.sound import music, soundscape, stems, synthesise
from sora2lib.sound.ambience import ambience
from sora2lib.sound.engines import ENGINES, REVS
from sora2lib.sound.motion import follow, span_of
from sora2lib.sound.obstacles import SOUND
from sora2lib.sound.stage import Ears
from sora2lib.sound.water import splash
from sora2lib.train.hearing import onsets
from sora2lib.world import schema
from sora2lib.world.assets import find
from sora2lib.world.contacts import contacts
from sora2lib.world.figures.gaits import walk
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.figures.skeleton import Figure
from sora2lib.world.simulate import simulate
from sora2lib.world.steps import landings
from sora2lib.world.vocabulary import MOODS

RATE = 48_000
TIME = np.arange(97) / 24


def scene(assets=("ball",), *, path=None, size=None, ground="concrete", eye=(0.0, -6.0, 1.5), **values):
    """Things beside each other; the first goes along ``path`` (T, 3)."""
    count = len(assets)
    position = np.zeros((count, len(TIME), 3)) + np.array([0.0, 0.0, 0.5])
    position[:, :, 0] += 3.0 * np.arange(count)[:, None]
    if path is not None:
        position[0] = path
    given = {
        "colour": np.full((count, 3), 0.5),
        "material": ["wood"] * count,
        "density": np.full(count, 600.0),
        "restitution": np.full(count, 0.5),
        "friction": np.full(count, 0.5),
        "gloss": np.zeros(count),
        "fixed": [path is None] * count,
        "camera_eye": np.tile(eye, (len(TIME), 1)),
        "camera_target": np.tile([0.0, 0.0, 0.5], (len(TIME), 1)),
        "camera_fov": np.full(len(TIME), 0.8),
        "camera_cut": np.zeros(len(TIME), dtype=bool),
        "sun_azimuth": 0.5,
        "sun_elevation": 0.7,
        "cloud": 0.1,
        "fog": 0.0,
        "ambience": "city",
        "ambience_level": 0.5,
    }
    return schema.build(
        actors=[f"thing {n}" for n in range(count)],
        time=TIME,
        asset=list(assets),
        size=[size or find(asset).size for asset in assets],
        position=position,
        ground=ground,
        **given | values,
    )


def walker(ground):
    figure = Figure(SKELETONS["man"], SKELETONS["man"].size)
    motion = walk(figure, TIME, speed=1.3, seed=1)
    world = scene(["man"], path=motion.position_T3, ground=ground, fixed=[False], material=["rubber"], density=[985.0],
                  rotation=motion.turn_T4[None], joint_angle=motion.angles_TJ[None])  # fmt: skip
    return world


@pytest.mark.parametrize("ground", ["concrete", "wood floor", "snow", "grass"])
def test_steps_are_heard_when_the_feet_come_down(ground):
    world = walker(ground)
    falls = np.array([it.time for it in landings(world)])
    found = onsets(stems(world).effects)
    assert len(falls) >= 5
    assert max(np.abs(found - time).min() for time in falls) < 0.010


def test_soft_grounds_crunch_for_longer_than_hard_ones():
    lasting = {}
    for ground in ("concrete", "snow"):
        world = walker(ground)
        sound, first = stems(world).effects, landings(world)[1].time
        power = np.sum(sound[:, round(first * RATE) : round((first + 0.3) * RATE)] ** 2, axis=0)
        lasting[ground] = np.searchsorted(np.cumsum(power), 0.9 * power.sum()) / RATE
    assert lasting["snow"] > 1.5 * lasting["concrete"]


def falling_in():
    height = np.where(TIME < 1.0, 2.0 - 4.905 * TIME**2, np.maximum(-2.9 * (TIME - 0.64), -1.0))
    path = np.stack([0 * TIME, 0 * TIME, height], axis=-1)
    return scene(path=path, size=(0.3, 0.3, 0.3), ground="water", ambience="sea")


def test_it_splashes_when_the_water_is_struck():
    world = falling_in()
    (crossing,) = contacts(world).crossings
    out = np.zeros((2, 4 * RATE))
    splash(out, world, contacts(world), Ears.of(world), np.random.default_rng(0), RATE)
    begins = round(crossing.time * RATE)
    assert not out[:, : begins - 1].any()
    assert np.abs(out[:, begins : begins + RATE // 100]).max() > 0.1 * np.abs(out).max()
    assert np.abs(onsets(out) - crossing.time).min() < 0.002


def test_a_faster_plunge_splashes_louder():
    level = {}
    for speed in (1.0, 4.0):
        world = falling_in()
        heard = contacts(world)
        heard = replace(heard, crossings=tuple(replace(one, speed=-speed) for one in heard.crossings))
        out = np.zeros((2, 4 * RATE))
        splash(out, world, heard, Ears.of(world), np.random.default_rng(0), RATE)
        level[speed] = np.sqrt(np.mean(out**2))
    assert level[4.0] > 2 * level[1.0]


def driving(speed, asset="car"):
    path = np.stack([speed * (TIME - 2), 0 * TIME, 0 * TIME + 0.6], axis=-1)
    return scene([asset], path=path, eye=(0.0, -40.0, 1.5), material=["steel"])


def pitch(sound, low, high):
    """Frequency of the strongest partial between two frequencies."""
    spectrum, frequency = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))), np.fft.rfftfreq(len(sound), 1 / RATE)
    band = (frequency > low) & (frequency < high)
    return float(frequency[band][np.argmax(spectrum[band])])


def test_an_engine_turns_faster_the_faster_it_goes_and_is_off_when_it_stands():
    for speed in (1.0, 3.0, 6.0):
        idle = ENGINES["car"][0]
        wanted = idle * (1 + REVS * speed)
        sound = stems(driving(speed)).effects[0, RATE : 3 * RATE]
        assert pitch(sound, 0.75 * wanted, 1.25 * wanted) == pytest.approx(wanted, rel=0.03)
    assert np.abs(stems(driving(0.0)).effects).max() < 1e-6


def passing(speed, *, cut=False):
    """A tone of 1 kHz that comes straight on for two seconds and then goes; or is suddenly elsewhere."""
    along = speed * np.abs(TIME - 2) if speed else np.where(TIME < 2, 5.0, 25.0)
    path = np.stack([0 * TIME, along, 0 * TIME + 1.5], axis=-1)
    cuts = (TIME == 2.0) if cut else np.zeros(len(TIME), dtype=bool)
    ears = Ears.of(scene(eye=(0.0, -1.0, 1.5), camera_cut=cuts))
    out, (time, span) = np.zeros((2, 4 * RATE)), span_of(TIME, 4 * RATE, RATE)
    follow(out, np.sin(2 * np.pi * 1000 * time), span, TIME, path, time, ears, RATE)
    return out[0] / np.maximum(np.abs(out[0]).max(), 1e-9)


def test_what_comes_sounds_higher_and_what_goes_lower():
    sound = passing(20.0)
    assert pitch(sound[RATE // 2 : 3 * RATE // 2], 800, 1200) == pytest.approx(1000 * (1 + 20 / SOUND), abs=3)
    assert pitch(sound[5 * RATE // 2 : 7 * RATE // 2], 800, 1200) == pytest.approx(1000 * (1 - 20 / SOUND), abs=3)


def test_a_cut_is_not_heard_as_motion():
    around = slice(2 * RATE - 2000, 2 * RATE)
    jumped, cut = (passing(0.0, cut=it)[around] for it in (False, True))
    assert abs(pitch(cut, 500, 2000) - 1000) < 30
    assert abs(pitch(jumped, 100, 2000) - 1000) > 100


LAYERS = {
    "thunder": ({}, {"rain": 1.0}),
    "gusts": ({}, {"wind": np.array([8.0, 0.0, 0.0])}),
    "forest": ({"assets": ("birch", "fir tree")}, {}),
    "owl": ({}, {"sun_elevation": -0.5}),
    "fire": ({"assets": ("campfire",)}, {}),
    "crowd": ({"assets": ("hoop",)}, {}),
}
NONE = {
    "nothing": ({}, {}),
    "one tree": ({"assets": ("birch",)}, {}),
    "a shower": ({}, {"rain": 0.5}),
    "a breeze": ({}, {"wind": np.array([2.0, 0.0, 0.0])}),
    "a storm outside": ({}, {"rain": 1.0, "wind": np.array([12.0, 0.0, 0.0]), "ambience": "room"}),
    "night indoors": ({}, {"sun_elevation": -0.5, "ambience": "hall"}),
}


def layers(kind, values):
    """What lies over the sound of the place alone."""
    world = scene(**kind, **values)
    whole = soundscape.soundscape(world, (), count=4 * RATE, rng=np.random.default_rng(1), rate=RATE)
    place = ambience(str(world.ambience.values), level=0.5, sun=float(world.sun_elevation), count=4 * RATE,
                     rng=np.random.default_rng(1), rate=RATE, rain=float(world.rain))  # fmt: skip
    return whole - place


@pytest.mark.parametrize("name", LAYERS)
def test_layers_of_a_place_are_there_when_the_world_has_them(name):
    assert np.sqrt(np.mean(layers(*LAYERS[name]) ** 2)) > 1e-4


@pytest.mark.parametrize("name", NONE)
def test_layers_of_a_place_are_not_there_otherwise(name):
    assert not layers(*NONE[name]).any()


def test_thunder_is_low_and_fire_crackles():
    for make, low, high in ((soundscape.thunder, 20, 200), (soundscape.fire, 20, 24_000)):
        sound = make(4 * RATE, np.random.default_rng(2), RATE)[0]
        power, frequency = np.abs(np.fft.rfft(sound)) ** 2, np.fft.rfftfreq(4 * RATE, 1 / RATE)
        assert power[(frequency > low) & (frequency < high)].sum() > 0.9 * power.sum()
    crackle = np.diff(soundscape.fire(4 * RATE, np.random.default_rng(2), RATE)[0])
    assert np.mean(crackle**4) / np.mean(crackle**2) ** 2 > 10


def test_a_crowd_rises_to_what_happens():
    moment = soundscape.Moment(2.0, 1.0)
    calm, roused = (soundscape.crowd(it, 4 * RATE, np.random.default_rng(3), RATE) for it in ((), (moment,)))
    before, after = slice(0, 2 * RATE), slice(round(2.4 * RATE), 3 * RATE)
    assert np.std(roused[:, after]) > 3 * np.std(calm[:, after])
    assert np.std(roused[:, before]) == pytest.approx(np.std(calm[:, before]), rel=0.1)


def test_every_mood_has_its_own_music_and_none_is_silence():
    assert set(music.STYLES) == set(MOODS)
    beds = {mood: music.bed(mood, count=4 * RATE, rng=np.random.default_rng(5), rate=RATE) for mood in MOODS}
    for mood, sound in beds.items():
        assert np.sqrt(np.mean(sound**2)) == pytest.approx(music.LEVEL, rel=0.01)
        assert np.abs(sound[:, [0, -1]]).max() < 1e-3
        assert all(np.abs(sound - other).max() > 1e-2 for name, other in beds.items() if name != mood)
    assert not music.bed("", count=RATE, rng=np.random.default_rng(5), rate=RATE).any()


def test_a_scale_is_tuned_by_equal_semitones():
    bar = music.Bar(music.STYLES["calm"], 0, 0, 0.5, RATE)
    assert bar.pitch(0) == pytest.approx(261.63, abs=0.01)  # middle C
    assert bar.pitch(7) == pytest.approx(2 * bar.pitch(0))
    assert bar.pitch(4) / bar.pitch(0) == pytest.approx(2 ** (7 / 12))
    assert bar.pitch(-1) == pytest.approx(bar.pitch(6) / 2)


def test_a_chord_is_heard_in_its_key():
    style = music.STYLES["sad"]
    (_, _, root), *_ = music._chord(music.Bar(style, 0, 0, 1.0, RATE))
    assert pitch(root, 50, 1000) == pytest.approx(261.63 / 2, rel=0.01)


def test_the_world_says_which_music_plays():
    assert stems(scene(music="epic"), seconds=1.0).music.any()
    assert not stems(scene(), seconds=1.0).music.any()


def test_bubble_is_a_damped_sine_that_rises():
    out = np.zeros(5000)
    onset, frequency, rise, decay, level = np.array([100.0, 4990.0]), np.array([800.0, 2000.0]), 30.0, 60.0, 0.7
    kernels.bubble(out, onset, frequency, np.full(2, rise), np.full(2, decay), np.full(2, level), float(RATE))
    since = np.arange(4890) / RATE
    steps = 2 * np.pi * frequency[0] / RATE * (1 + rise * since)
    twin = level * np.exp(-decay * since) * np.sin(np.concatenate([[0.0], np.cumsum(steps[:-1])]))
    np.testing.assert_allclose(out[100:4990], twin, atol=1e-6)
    assert not out[:100].any()


def test_warp_reads_between_samples_and_mirrors_at_the_ends():
    sound = np.random.default_rng(0).standard_normal(400)
    delay = np.linspace(-12.3, 17.8, 400)
    at = np.abs(np.arange(400) - delay)
    at = np.round(np.minimum(at, 2 * 399 - at) * kernels.PHASES) / kernels.PHASES
    away = np.arange(-16, 416) - at[:, None]
    weights = np.sinc(away) * np.cos(np.pi * away / (kernels.TAPS + 1)) ** 2
    weights *= (np.floor(away) >= -kernels.TAPS // 2) & (away <= kernels.TAPS // 2)
    around = sound[np.abs(399 - np.abs(399 - np.abs(np.arange(-16, 416))))]
    twin = weights @ around / weights.sum(axis=1)
    np.testing.assert_allclose(kernels.warp(sound, delay), twin, atol=2e-3)
    np.testing.assert_allclose(kernels.warp(sound, np.zeros(400)), sound, atol=1e-6)
    np.testing.assert_allclose(kernels.warp(sound, np.full(400, 5.0))[5:], sound[:-5], atol=1e-6)
    assert kernels.warp(np.zeros(0), np.zeros(0)).shape == (0,)


def test_warp_is_as_bright_between_samples_as_on_them():
    tone = np.sin(2 * np.pi * 15_000 * np.arange(4800) / RATE)
    moved = kernels.warp(tone, np.linspace(0, 4, 4800))
    levels = np.sqrt(np.mean(moved[400:-400].reshape(-1, 100) ** 2, axis=1))
    assert levels.min() > 0.97 * levels.max()


def test_biquad_is_the_filter_of_its_coefficients():
    sound = np.random.default_rng(0).standard_normal(2000)
    b, a = (0.3, -0.2, 0.1), (-1.2, 0.5)
    np.testing.assert_allclose(kernels.biquad(sound, (*b, *a)), lfilter(b, (1.0, *a), sound), atol=1e-9)


def test_weighed_is_the_power_behind_two_filters():
    sound = np.random.default_rng(0).standard_normal((2, 1000))
    b, a, c, d = (0.3, -0.2, 0.1), (-1.2, 0.5), (1.0, -2.0, 1.0), (-0.4, 0.2)
    power = np.sum(lfilter(c, (1.0, *d), lfilter(b, (1.0, *a), sound)) ** 2, axis=0)
    sums = kernels.weighed(sound, (*b, *a), (*c, *d))
    np.testing.assert_allclose(sums, np.concatenate([[0.0], np.cumsum(power)]), rtol=1e-9)


@pytest.mark.parametrize("count", [5, 512, 1300])
def test_peak_is_the_highest_of_a_convolution(count):
    rng = np.random.default_rng(count)
    sound, taps = rng.standard_normal(count), 0.1 * rng.standard_normal(12)
    sound[-1], taps[5] = 9.0, 1.0  # the highest is the very last
    twin = np.abs(np.convolve(sound, taps)[5 : 5 + count]).max()
    assert kernels.peak(sound, taps) == pytest.approx(twin, rel=1e-9)


def test_line_reads_between_points_and_stays_beyond_them():
    at, points, values = np.arange(200) / 10, np.array([3.0, 3.05, 7.3, 15.0]), np.array([1.0, -4.0, 2.0, 0.5])
    np.testing.assert_allclose(kernels.line(at, points, values), np.interp(at, points, values), atol=1e-9)
    np.testing.assert_allclose(kernels.line(at[50:60], points, values), np.interp(at[50:60], points, values), atol=1e-9)


def test_a_busy_clip_takes_little_time():
    world = simulate("dominoes", 1).assign(music="epic", rain=1.0)
    synthesise(world)
    begun = clock.process_time()
    synthesise(world)
    assert clock.process_time() - begun < 2.0
