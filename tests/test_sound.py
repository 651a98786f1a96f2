"""Sound: onsets at the contacts, louder, higher and to the side as physics has it; kernels against NumPy twins."""

import json

import numpy as np
import pytest

from sora2lib.kernels import sound as kernels
from sora2lib.sound import stage, synthesise, voices
from sora2lib.sound.ambience import ambience
from sora2lib.sound.impacts import Struck, blow
from sora2lib.train.hearing import found_late, heard_late, onsets
from sora2lib.world import schema
from sora2lib.world.contacts import contacts
from sora2lib.world.schema import GRAVITY
from sora2lib.world.simulate import simulate
from sora2lib.world.vocabulary import AMBIENCES, GROUNDS, MATERIALS

RATE = 48_000
TIME = np.arange(97) / 24


def bounce(*, material="wood", ground="tiles", size=0.2, height=1.0, x=0.0, level=0.0, moving=True, fixed_at=None):
    """A ball that falls once and stays, seen from 4 m."""
    rise = np.maximum(height - GRAVITY / 2 * TIME**2, 0.0) if moving else np.full(len(TIME), height)
    path = np.stack([np.full(len(TIME), x), np.zeros(len(TIME)), size / 2 + rise], axis=-1)
    return schema.build(
        actors=["ball"],
        time=TIME,
        asset=["ball"],
        material=[material],
        size=[(size,) * 3],
        colour=[(0.5, 0.5, 0.5)],
        density=[MATERIALS[material].density],
        restitution=[MATERIALS[material].restitution],
        friction=[MATERIALS[material].friction],
        gloss=[0.1],
        fixed=[False],
        position=path[None],
        camera_eye=np.tile([0.0, -4.0, 1.0], (len(TIME), 1)),
        camera_target=np.tile([0.0, 0.0, 0.5], (len(TIME), 1)),
        camera_fov=np.full(len(TIME), 0.8),
        camera_cut=np.zeros(len(TIME), dtype=bool),
        ground=ground,
        sun_azimuth=0.5,
        sun_elevation=0.7,
        cloud=0.1,
        fog=0.0,
        ambience="city",
        ambience_level=level,
    )


def one_blow(material, *, size=0.2, impulse=1.0, speed=3.0, seed=0):
    body, rng = Struck(voices.MATERIALS[material], size), np.random.default_rng(seed)
    sound, _ = blow((body, body), time=0.0, impulse=impulse, speed=speed, distance=3.0, rng=rng, rate=RATE)
    return sound


def centroid(sound):
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float((np.fft.rfftfreq(len(sound), 1 / RATE) * power).sum() / power.sum())


@pytest.mark.parametrize("family", ["basketball", "throw", "collide"])
def test_what_is_heard_begins_when_it_touches(family):
    right = total = 0
    for seed in range(4):
        late = heard_late(simulate(family, seed))
        total += len(late)
        right += (late < 5e-3).sum()
    assert total >= 4
    assert right / total >= 0.99


def test_onsets_are_found_where_clicks_are_and_a_hum_has_none():
    hum = 0.01 * np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)
    click = np.zeros(RATE)
    click[[12_000, 30_000]] = 1.0
    found = onsets(np.stack([hum + click, hum]))
    np.testing.assert_allclose(found[found > 0.01], [0.25, 0.625], atol=5e-4)


def test_a_contact_that_the_simulator_puts_elsewhere_is_late():
    world = simulate("drop", 7)
    assert np.median(found_late(world)) < 2e-3
    world.attrs["events"] = json.dumps([it | {"time": it["time"] + 0.1} for it in json.loads(world.attrs["events"])])
    assert np.isinf(found_late(world)[0])


@pytest.mark.parametrize("material", MATERIALS)
@pytest.mark.parametrize("ground", ["tiles", "grass", "snow", "metal"])
def test_a_blow_starts_within_a_millisecond(material, ground):
    world = bounce(material=material, ground=ground)
    (time,) = contacts(world).time
    sound = np.abs(synthesise(world, seconds=1.0)).max(axis=0)
    loud = sound > 0.03 * sound.max()
    assert np.argmax(loud) / RATE == pytest.approx(time, abs=1e-3)


def test_no_contact_no_sound():
    assert np.abs(synthesise(bounce(moving=False))).max() < 1e-6


def test_a_harder_blow_is_louder():
    peaks = [np.abs(one_blow("wood", impulse=impulse)).max() for impulse in (0.1, 1.0, 10.0)]
    assert peaks[1] > 3 * peaks[0]
    assert peaks[2] > 2 * peaks[1]  # a crash leaves room for what is softer
    soft, hard = (synthesise(bounce(height=height)) for height in (0.05, 2.0))
    assert np.abs(hard).max() > 1.2 * np.abs(soft).max()


def test_a_faster_blow_is_brighter():
    for material in ("steel", "wood", "glass"):
        assert centroid(one_blow(material, speed=8.0)) > 1.1 * centroid(one_blow(material, speed=0.5))


def test_stiff_and_small_bodies_sound_higher():
    steel, wood, rubber = (centroid(one_blow(material)) for material in ("steel", "wood", "rubber"))
    assert steel > 1.5 * wood
    assert wood > 1.5 * rubber
    assert centroid(one_blow("wood", size=0.1)) > 1.4 * centroid(one_blow("wood", size=0.4))


def decay(sound):
    """Seconds in which the energy that is still to come falls by 60 dB, from its fall by 30."""
    left = np.cumsum(sound[::-1] ** 2)[::-1]
    return 2 * np.argmax(left < 1e-3 * left[0]) / RATE


def test_metal_rings_and_rubber_does_not():
    assert decay(one_blow("steel")) > 0.3
    assert decay(one_blow("glass")) > 0.1
    assert decay(one_blow("rubber")) < 0.2
    assert decay(one_blow("foam")) < 0.2


def test_the_side_is_heard():
    for x in (-2.0, 2.0):
        left, right = np.sqrt(np.mean(synthesise(bounce(x=x)) ** 2, axis=1))
        assert (right > 1.5 * left) == (x > 0)
        assert (left > 1.5 * right) == (x < 0)
    left, right = np.sqrt(np.mean(synthesise(bounce()) ** 2, axis=1))
    assert left == pytest.approx(right, rel=0.05)  # the walls of the street answer each ear a little differently


def test_the_far_ear_hears_later():
    out = np.zeros((2, 1000))
    stage.place(out, np.ones(10), 100, 1.0, RATE)
    assert np.argmax(out[1] > 0) == 100
    assert 0 < np.argmax(out[0] > 0) - 100 < 0.001 * RATE


@pytest.mark.parametrize("family", ["drop", "roll", "collide", "dominoes", "pendulum", "basketball"])
def test_every_clip_is_finite_and_below_full_scale(family):
    world = simulate(family, 1)
    sound = synthesise(world)
    assert sound.shape == (2, 4 * RATE)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.001 < np.abs(sound).max() <= 10 ** (-1 / 20)
    np.testing.assert_array_equal(sound, synthesise(world))


def test_length_and_rate_are_those_asked_for():
    assert synthesise(bounce(), rate=22_050, seconds=1.5).shape == (2, 33_075)
    assert synthesise(bounce(), seconds=6.0).shape == (2, 6 * RATE)


def test_rolling_is_heard_and_grows_with_speed():
    levels = []
    for speed in (0.0, 0.5, 2.0):
        angle = TIME * speed / 0.1
        still = bounce(moving=False, height=0.0)
        still["position"][0, :, 0] = speed * TIME - 1.0
        still["rotation"][0] = np.stack([np.cos(angle / 2), 0 * angle, np.sin(angle / 2), 0 * angle], axis=-1)
        levels.append(np.abs(synthesise(still)).mean())
    assert levels[0] < 1e-6
    assert levels[2] > 1.5 * levels[1] > 0


def test_each_place_has_its_own_sound():
    bands = {}
    for name in AMBIENCES:
        sound = ambience(name, level=1.0, sun=0.5, count=4 * RATE, rng=np.random.default_rng(3), rate=RATE)
        assert np.sqrt(np.mean(sound**2)) == pytest.approx(stage_level(), rel=0.05)
        power = np.abs(np.fft.rfft(sound[0])) ** 2
        edges = np.searchsorted(np.fft.rfftfreq(4 * RATE, 1 / RATE), [20, 100, 300, 1000, 3000, 6000, 20_000])
        bands[name] = np.log10(np.add.reduceat(power, edges[:-1]) + 1e-9)
    for a in AMBIENCES:
        for b in AMBIENCES:
            assert a == b or np.abs(bands[a] - bands[b]).max() > 0.3


def stage_level():
    return 10 ** (-30 / 20)


def test_a_fall_through_the_ring_swishes():
    heard = {}
    for seed in range(40):
        world = simulate("basketball", seed)
        outcome = '"outcome": "in"' in world.attrs["facts"]
        heard.setdefault(outcome, world)
        if len(heard) == 2:
            break
    world = heard[True]
    centre, radius = world.position.values[1, 0], world["size"].values[1, 0] / 2
    path = world.position.values[0] - centre
    k = next(k for k in range(96) if path[k, 2] > 0 >= path[k + 1, 2] and np.hypot(*path[k, :2]) < radius)
    out = {}
    for asset in ("hoop", "wall"):
        scene = world.copy()
        scene["ambience_level"] = 0.0
        scene["asset"][1] = asset
        scene["size"][1] = scene["size"][1] if asset == "hoop" else [0.001, 0.001, 0.001]
        out[asset] = np.abs(synthesise(scene)[:, int((k / 24 + 0.05) * RATE) : int((k / 24 + 0.25) * RATE)]).mean()
    assert out["hoop"] > 2 * out["wall"]


def test_rooms_answer_in_the_open_little_and_late_does_and_the_sea_not_at_all():
    click = np.zeros((2, 2 * RATE))
    click[:, 100] = 1.0
    power = {}
    for name in AMBIENCES:
        answer = stage.reverberate(click, name, np.random.default_rng(0), RATE) - click
        assert np.abs(answer[:, : 100 + int(0.006 * RATE)]).max() < 1e-6
        power[name] = np.sum(answer**2)
    assert power["sea"] < 1e-12
    assert min(power["room"], power["hall"]) > 10 * max(power["city"], power["birds"], power["wind"]) > 0


def test_ring_is_a_sum_of_damped_sines():
    out = np.zeros(4000)
    frequency, fade, amplitude = np.array([440.0, 3000.0]), np.array([30.0, 90.0]), np.array([1.0, -0.4])
    kernels.ring(out, 100.3, frequency, fade, amplitude, float(RATE))
    since = (np.arange(4000) - 100.3) / RATE
    twin = sum(
        a * np.exp(-d * since) * np.sin(2 * np.pi * f * since)
        for f, d, a in zip(frequency, fade, amplitude, strict=True)
    )
    np.testing.assert_allclose(out[101:], twin[101:], atol=1e-9)
    assert (out[:101] == 0).all()


def test_sweep_passes_its_centre_and_little_else():
    time = np.arange(RATE) / RATE
    for frequency, low, high in ((1000, 0.95, 1.05), (100, 0.0, 0.2), (10_000, 0.0, 0.2)):
        out = kernels.sweep(np.sin(2 * np.pi * frequency * time), np.full(RATE, 1000.0), 1.0, float(RATE))
        assert low <= np.abs(out[RATE // 2 :]).max() <= high


def test_sweep_is_the_filter_of_its_tangents():
    rng, damping = np.random.default_rng(3), 1 / 0.7
    noise, centre = rng.standard_normal(3000), np.linspace(20, 30_000, 3000)  # up to where it is held back
    low, band, twin = 0.0, 0.0, np.empty(3000)
    for n, g in enumerate(np.tan(np.pi * np.minimum(centre / RATE, 0.45))):
        high = (noise[n] - (damping + g) * band - low) / (1 + g * (g + damping))
        middle, level = g * high + band, low
        low, band, twin[n] = level + 2 * g * middle, middle + g * high, damping * middle
    np.testing.assert_allclose(kernels.sweep(noise, centre, 0.7, float(RATE)), twin, atol=1e-6)


def test_a_sound_swells_and_fades_without_a_click():
    n = np.arange(2000)
    np.testing.assert_allclose(stage.swell(2000, 480.0), np.minimum(1, np.minimum(n, 1999 - n) / 480))
    np.testing.assert_allclose(stage.swell(300, 480.0), np.minimum(n, 299 - n)[:300] / 480)
    assert stage.swell(0, 480.0).shape == (0,)


def limit_twin(sound, ceiling, ahead, release):
    need = np.minimum(1.0, ceiling / np.maximum(np.abs(sound).max(axis=0), 1e-12))
    slopes = np.arange(int(ahead) + 1) / ahead
    ramped = np.array(
        [
            min(need[n + m] + (1 - need[n + m]) * slopes[m] for m in range(min(len(slopes), len(need) - n)))
            for n in range(len(need))
        ]
    )
    gain, out = 1.0, np.empty(len(need))
    for n in range(len(need)):
        gain = min(ramped[n], gain + release * (1 - gain))
        out[n] = gain
    return out * sound


def test_limit_keeps_peaks_below_the_ceiling_and_leaves_the_rest_alone():
    rng = np.random.default_rng(5)
    sound = 0.2 * rng.standard_normal((2, 3000))
    sound[:, 1500:1510] *= 12
    out = kernels.limit(sound, 0.8, 72.0, 0.001)
    np.testing.assert_allclose(out, limit_twin(sound, 0.8, 72.0, 0.001), atol=1e-9)
    assert np.abs(out).max() <= 0.8 + 1e-9
    np.testing.assert_allclose(out[:, :1200], sound[:, :1200] * (out[:, :1200] / sound[:, :1200]))
    quiet = sound[:, :1000]
    np.testing.assert_allclose(kernels.limit(quiet / 4, 0.8, 72.0, 0.001), quiet / 4)


def test_every_material_and_ground_has_a_voice():
    assert set(voices.MATERIALS) == set(MATERIALS)
    assert set(voices.GROUNDS) == set(GROUNDS)
