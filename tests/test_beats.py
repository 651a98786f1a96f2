"""A given sound drives the picture: what meets falls on its onsets, at a pace that stays within its limits."""

import dataclasses
from itertools import combinations

import numpy as np
import pytest

import sora2lib
from sora2lib.beats import FASTEST, IDLE, SLOWEST, Marks, actions, beats_of, between, driven, matched, price
from sora2lib.cli import main
from sora2lib.errors import RequestError
from sora2lib.film import scene
from sora2lib.media import RATE
from sora2lib.pace import Pace, paced
from sora2lib.recipe import Recipe, fingerprint
from sora2lib.soundtrack import Soundtrack
from sora2lib.world.contacts import contacts
from sora2lib.world.schema import VARIABLES

SMALL = {"size": "64x64", "fps": 6}
BOUNCES = np.array([0.4, 1.04, 1.552])  # s: a ball that falls for 0.4 s and keeps 0.8 of its speed


def ticks(moments, seconds=2.0):
    """A track (2, samples) of clicks."""
    sound, one = np.zeros((2, round(seconds * RATE)), np.float32), np.arange(1440) / RATE
    for moment in moments:
        first = round(moment * RATE)
        sound[:, first : first + 1440] += (0.8 * np.exp(-one / 0.004) * np.sin(2 * np.pi * 1800 * one)).astype("f")
    return sound


@pytest.fixture
def bouncing(world):
    """The ball of ``world``, bouncing."""
    time, edges = world.time.values, np.array([-0.4, *BOUNCES, 1.552 + 0.4096, 3.0])
    k = np.searchsorted(edges, time, side="right") - 1
    since, span = time - edges[k], np.diff(edges)[k]
    place = world.position.values.copy()
    place[0, :, 2] = 0.15 + 0.5 * 9.81 * since * (span - since)
    return world.assign(position=(world.position.dims, place))


@pytest.fixture
def ball(bouncing):
    return sora2lib.draw(bouncing, seconds=2, **SMALL)


# How time goes


def test_what_is_shown_is_the_integral_of_the_pace():
    pace = Pace(np.array([1.0, 2.0, 4.0]), np.array([1.0, 0.6, 1.4]))
    assert pace.shown(np.array([0.0, 0.5, 1.0, 2.0, 4.0, 5.0])) == pytest.approx([0, 0.5, 1, 1.8, 3.8, 5.2])
    time = np.linspace(0, 5, 5001)
    speed = np.interp(time, pace.time_K, pace.speed_K)
    np.testing.assert_allclose(np.gradient(pace.shown(time), time)[1:-1], speed[1:-1], atol=1e-3)
    assert Pace.even(0.25).shown(np.array([0.0, 4.0])).tolist() == [0.0, 1.0]


def test_pairs_meet_and_the_pace_is_continuous_and_within_its_limits():
    rng = np.random.default_rng(3)
    for _ in range(30):
        gaps = rng.uniform(0.06, 0.9, rng.integers(1, 9))
        at = np.cumsum([rng.uniform(0, 2), *gaps])
        shown = np.cumsum([at[0], *gaps * rng.uniform(0.7, 1.4, len(gaps))])
        pace = between(shown, at)
        np.testing.assert_allclose(pace.shown(at), shown, atol=1e-5)
        assert pace.speed_K.min() >= SLOWEST
        assert pace.speed_K.max() <= FASTEST
        assert (pace.speed_K[0], pace.speed_K[-1]) == (1.0, 1.0)
        assert (np.diff(pace.time_K) > 0).all()  # straight between the knots: no jump


def test_at_the_ends_of_a_world_the_pace_is_free():
    pace = between(np.array([0.0, 1.0]), np.array([0.0, 1.25]), (False, False))
    np.testing.assert_allclose(pace.speed_K, 0.8, atol=1e-6)


def test_where_nothing_needs_to_move_nothing_does_to_the_last_bit(bouncing):
    ends = np.array([0.0, *BOUNCES, 2.0])
    pace = between(ends, ends)
    np.testing.assert_array_equal(pace.speed_K, 1.0)
    turns = np.random.default_rng(0).normal(size=bouncing.rotation.shape)
    turns /= np.linalg.norm(turns, axis=-1, keepdims=True)
    turning = bouncing.assign(rotation=(bouncing.rotation.dims, turns))
    assert fingerprint(paced(turning, pace)) == fingerprint(turning)


def test_all_that_has_a_time_goes_along_and_cuts_stay_cuts(bouncing):
    time = bouncing.time.values
    cut = time == time[24]
    eye = np.stack([time, -6 - 2 * cut.cumsum(), 0 * time], axis=1)
    turn = np.stack([np.cos(time), np.sin(time), 0 * time, 0 * time], axis=1)[None]
    turning = bouncing.assign(
        camera_eye=(("time", "xyz"), eye),
        camera_roll=("time", time / 10),
        camera_cut=("time", cut),
        rotation=(bouncing.rotation.dims, turn),
    )
    pace = between(np.array([0, 1.2, 2]), np.array([0, 1.0, 2]))
    again, shown = paced(turning, pace), pace.shown(time)
    np.testing.assert_allclose(2 * np.arctan2(again.rotation[0, :, 1], again.rotation[0, :, 0]), 2 * shown, atol=1e-6)
    begins = int(np.flatnonzero(again.camera_cut.values).item())
    assert shown[begins - 1] < 1 <= shown[begins]
    np.testing.assert_allclose(again.camera_eye.values[:, 1], np.where(shown < 1, -6, -8), atol=1e-9)
    away = np.abs(shown - 1) > 0.1  # no curve runs across the cut
    np.testing.assert_allclose(again.camera_eye.values[away, 0], shown[away], atol=1e-6)
    np.testing.assert_allclose(again.camera_roll.values[away], shown[away] / 10, atol=1e-6)
    assert set(again.data_vars) == set(VARIABLES)


# Which meet


def marks(time, weight):
    return Marks(np.array(time), np.array(weight), ("it",) * len(time))


@pytest.mark.parametrize(
    ("acts", "beats", "pairs"),
    [
        (marks([1.0, 2.0], [1, 1]), marks([1.1, 2.1], [1, 1]), [[0, 0], [1, 1]]),
        (marks([0.9, 1.1], [0.3, 1]), marks([1.0], [1]), [[1, 0]]),  # the stronger action
        (marks([1.0], [1]), marks([0.9, 1.1], [0.3, 1]), [[0, 1]]),  # the stronger onset
        (marks([1.0, 1.01], [1, 1]), marks([1.2, 1.21], [1, 1]), [[1, 0]]),  # too near to each other for both
        (marks([0.5], [1]), marks([1.1], [1]), []),  # time would have to run at half its pace
        (marks([2.0], [1]), marks([2.74], [1]), [[0, 0]]),
        (marks([2.0], [1]), marks([2.76], [1]), []),  # not farther than it may be moved
    ],
)
def test_the_strong_meet_and_time_changes_little(acts, beats, pairs):
    assert matched(acts, beats, 0.0, 6.0).tolist() == pairs


@pytest.mark.parametrize("seed", [3, 19, 30])
def test_the_cheapest_of_all_ways_is_found(seed):
    rng = np.random.default_rng(seed)
    acts, beats = (marks(np.sort(rng.uniform(0.1, 1.9, 4)), rng.uniform(0.1, 1, 4)) for _ in range(2))

    def worth(ns, os):
        shown, at = (np.array([0, *it[list(some)], 2.0]) for it, some in ((acts.time, ns), (beats.time, os)))
        met = sum(acts.weight[n] + IDLE * beats.weight[o] for n, o in zip(ns, os, strict=True))
        return met - price(np.diff(shown), np.diff(at)).sum()

    ways = [(ns, os) for k in range(5) for ns in combinations(range(4), k) for os in combinations(range(4), k)]
    best = max(ways, key=lambda way: worth(*way))
    assert len(best[0]) > 1
    assert matched(acts, beats, 0.0, 2.0).tolist() == [list(it) for it in zip(*best, strict=True)]


def test_onsets_have_their_strengths():
    loud = ticks([0.5, 1.5]) + 0.3 * ticks([1.0])
    found = beats_of(loud)
    assert found.time == pytest.approx([0.5, 1.0, 1.5], abs=1e-3)
    assert found.weight[1] < 0.9 * found.weight[0]
    assert found.weight.max() == 1.0


# The clip


def test_bounces_fall_on_clicks(ball):
    clicks = np.array([0.5, 1.0, 1.5])
    led = ball.dub((ticks(clicks), RATE), beats=True)
    found = contacts(led.world).time
    np.testing.assert_allclose(found[:3], clicks, atol=0.005)
    assert (led.seconds, led.world.seconds, led.world.rate) == (2.0, 2.0, ball.world.rate)
    assert np.array_equal(led.sound, ticks(clicks))
    assert not np.array_equal(led.frames, ball.frames)
    put, told = led.notices[-2:]
    assert put.startswith("put on onsets of the given sound: ball meets the ground at 0.50 s (was 0.40), ball meets")
    assert put.endswith("; 1 of 4 actions fall on none")
    slowest, fastest = (float(it) for it in told.split()[3:6:2])
    assert SLOWEST <= slowest < 1 < fastest <= FASTEST
    assert "no longer moves as physics says" in told
    assert "facts" not in led.world.attrs
    assert led.parents[0].verb == "dub"
    assert led.parents[0].world == fingerprint(ball.world)


def test_onsets_that_lie_on_contacts_leave_the_world_as_it_was(ball):
    led = ball.dub((ticks(contacts(ball.world).time[:3]), RATE), beats=True)
    assert np.abs(led.world.position - ball.world.position).max() < 0.01
    again = led.dub(beats=True)  # by the track that was given before
    np.testing.assert_allclose(contacts(again.world).time[:3], BOUNCES, atol=0.005)


def test_the_same_again_and_through_a_file(tmp_path, ball):
    given = (ticks([0.5, 1.0, 1.5]), RATE)
    led = ball.dub(given, beats=True, mix=0.5)
    assert fingerprint(ball.dub(given, beats=True, mix=0.5).world) == fingerprint(led.world)
    loaded = sora2lib.load(led.save(tmp_path / "a.mp4"))
    assert fingerprint(loaded.world) == fingerprint(led.world)
    assert (loaded.notices, loaded.parents) == (led.notices, led.parents)
    own = sora2lib.draw(led.world, seconds=2, **SMALL).sound
    np.testing.assert_allclose(led.dub(mix=0).sound, own, atol=1e-6)


def test_the_command_line_asks_for_the_same(tmp_path, ball):
    given = sora2lib.Clip(np.zeros((48, 64, 64, 3), np.uint8), 24, ticks([0.5, 1.0, 1.5])).save(tmp_path / "t.wav")
    shot, out = ball.save(tmp_path / "shot.mp4"), tmp_path / "out.mp4"
    asked = ["dub", str(shot), str(given), "--beats", "--size", "64x64", "--out", str(out), "--quiet"]
    assert main(asked) == 0
    assert fingerprint(sora2lib.load(out).world) == fingerprint(sora2lib.load(shot).dub(given, beats=True).world)


def test_in_a_part_the_rest_of_the_world_stays_and_a_start_is_kept(ball):
    part = ball[0.5:1.5].dub((ticks([0.25]), RATE), start=0.25, beats=True)
    before, after = ball.world.position.values[0], part.world.position.values[0]
    outside = (ball.world.time.values <= 0.5) | (ball.world.time.values >= 1.5)
    assert np.array_equal(after[outside], before[outside])
    assert not np.array_equal(after, before)
    assert np.abs(contacts(part.world).time - 1.0).min() < 0.005
    assert (part.start, part.seconds) == (0.5, 1.0)


def test_dancers_step_on_the_beat():
    plain = scene("dance", seed=1, seconds=3)
    clicks = np.array([0.65, 1.2, 1.75, 2.3])
    given = Soundtrack(ticks(clicks, 3), mix=1.0)
    led = driven(dataclasses.replace(plain, soundtrack=given))
    steps, before = actions(led.world), actions(plain.world)
    off = np.abs(steps.time[:, None] - clicks).min(axis=0)
    assert np.abs(before.time[:, None] - clicks).min(axis=0).max() > 0.05
    assert off.max() < 0.01
    # Samples as far apart as those of a world tell a step less well.
    assert np.abs(contacts(led.world).time[:, None] - clicks).min(axis=0).max() < 0.022
    assert "steps at 1.20 s" in led.notices[-2]


def test_a_splash_is_an_action():
    world = scene("float", seed=15_500_002, seconds=2).world
    assert actions(world).name == ("barrel meets the water",)
    assert actions(world).time == pytest.approx([contacts(world).crossings[0].time])


SILENCE, LATE = np.zeros((2, RATE), np.float32), ticks([1.9])
HUM = np.tile(np.sin(np.arange(2 * RATE) * 0.01).astype("f") * np.linspace(0, 1, 2 * RATE, dtype="f"), (2, 1))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "no sound was given whose beats could be followed; give a track"),
        ({"track": (SILENCE, RATE)}, "nothing sets in while the given sound is heard in this clip"),
        ({"track": (HUM, RATE)}, "nothing sets in while"),
        ({"track": (ticks([0.5]), RATE), "start": 2.5}, "is heard from 2.5 to 4.5 s and the clip from 0 to 2 s"),
        ({"track": (ticks([0.5]), RATE), "start": -2}, "is heard from -2 to 0 s and the clip"),
        ({"track": (ticks([0.05]), RATE)}, "ball meets the ground at 0.4 s, and neither that nor what follows can"),
    ],
)
def test_what_cannot_be_followed_is_told(bouncing, asked, told):
    clip = sora2lib.draw(bouncing, seconds=2, size="64x64", fps=1)
    with pytest.raises(RequestError, match=told):
        clip.dub(**asked, beats=True)


def test_a_clip_in_which_nothing_meets_or_somebody_speaks_or_without_a_world(clip, bouncing):
    given = (ticks([0.5, 1.0]), RATE)
    with pytest.raises(RequestError, match="nothing strikes, lands or steps in this clip that could fall on a beat"):
        clip.dub(given, beats=True)
    with pytest.raises(RequestError, match="there is no world"):
        dataclasses.replace(clip, world=None).dub(given, beats=True)
    lines = {"line_speaker": ["man"], "line_text": ["Go!"], "line_start": [0.2], "line_manner": [""]}
    speaking = bouncing.drop_dims("line").assign({name: ("line", values) for name, values in lines.items()})
    with pytest.raises(RequestError, match="somebody speaks in this clip"):
        driven(Recipe(48, 24, speaking, soundtrack=Soundtrack(given[0], mix=1.0)))
