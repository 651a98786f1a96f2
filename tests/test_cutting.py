"""Clips one behind the other, one dissolving into another, faster and slower."""

import dataclasses

import numpy as np
import pytest

import sora2lib
from sora2lib.cutting import dissolved
from sora2lib.errors import RequestError
from sora2lib.recipe import fingerprint
from sora2lib.world.contacts import contacts
from sora2lib.world.schema import VARIABLES

SMALL = {"size": "64x64", "fps": 6}


@pytest.fixture
def dropped():
    return sora2lib.simulate("drop", seed=3, seconds=2, **SMALL)


def test_parts_become_the_whole_that_they_were_cut_from(dropped):
    whole = sora2lib.stitch([dropped[:0.5], dropped[0.5:1.5], dropped[1.5:]])
    assert np.array_equal(whole.frames, dropped.frames)
    assert np.array_equal(whole.sound, dropped.sound)
    assert whole.world is dropped.world
    assert (whole.start, whole.maker, whole.request) == (0.0, dropped.maker, dropped.request)


def test_what_does_not_lead_on_has_no_world_and_no_click(clip, tmp_path):
    rising = np.tile(np.linspace(0, 0.9, clip.sound.shape[1], dtype=np.float32), (2, 1))
    loud = dataclasses.replace(clip, sound=rising)
    both = sora2lib.stitch([loud[1:], loud[:1]])
    assert np.array_equal(both.frames, np.concatenate([clip.frames[24:], clip.frames[:24]]))
    assert (both.world, both.request, both.seconds) == (None, None, 2.0)
    assert np.abs(np.diff(both.sound)).max() < 0.01  # it would have leapt by 0.9
    untouched = slice(0, 48000 - 480)
    assert np.array_equal(both.sound[:, untouched], rising[:, 48000:][:, untouched])
    assert [parent.world for parent in both.parents] == [fingerprint(clip.world)]
    assert both.parents[0].verb == "stitch"
    assert sora2lib.load(both.save(tmp_path / "a.mp4")).parents == both.parents


def test_sound_stays_with_its_pictures_over_many_joints(clip):
    odd = dataclasses.replace(clip, fps=7.0, frames=clip.frames[:14])[:1]
    many = sora2lib.stitch([odd] * 9)
    assert many.sound.shape[1] == 9 * 48000
    with pytest.raises(RequestError, match="are not alike; draw one as the other"):
        sora2lib.stitch([odd, clip])


def test_a_clip_dissolves_into_another_in_linear_light(clip, tmp_path):
    grey = [np.full((48, 8, 8, 3), value, np.uint8) for value in (0, 188)]
    noise = np.random.default_rng(0).normal(0, 0.1, (2, 2, 96000)).astype(np.float32)
    dark, bright = (dataclasses.replace(clip, frames=f, sound=s) for f, s in zip(grey, noise, strict=True))
    both = sora2lib.blend(dark, bright, 0.5)
    assert (len(both.frames), both.seconds, both.sound.shape[1]) == (84, 3.5, 168000)
    assert np.array_equal(both.frames[:36], dark.frames[:36])
    assert np.array_equal(both.frames[48:], bright.frames[12:])
    shown = both.frames[36:48, 0, 0, 0].astype(int)
    assert (np.diff([0, *shown, 188]) > 0).all()
    half = dissolved(dark.frames[0], bright.frames[0], 0.5)[0, 0, 0]
    assert half == 137  # 188 is half of the light of 255, and 137 a quarter
    assert np.array_equal(both.sound[:, :72000], dark.sound[:, :72000])
    assert np.array_equal(both.sound[:, 96000:], bright.sound[:, 24000:])
    level = np.sqrt((both.sound[:, 72000:96000].reshape(2, 10, 2400) ** 2).mean(axis=(0, 2)))
    assert level == pytest.approx(np.full(10, 0.1), rel=0.1)  # as loud amidst as before and after
    assert (both.world, both.request) == (None, None)
    assert [parent.verb for parent in both.parents] == ["blend"]
    assert sora2lib.load(both.save(tmp_path / "a.mp4")).parents == both.parents


def test_what_is_alike_crosses_as_it_was(dropped):
    both = sora2lib.blend(dropped, dropped, 2)
    assert np.array_equal(both.frames, dropped.frames)
    np.testing.assert_allclose(both.sound, dropped.sound, atol=1e-6)
    every = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    assert np.array_equal(dissolved(every, every, 0.3), every)


def test_slow_motion_has_all_of_its_frames(dropped):
    slow = dropped.speed(0.5)
    assert (slow.seconds, slow.world.seconds) == (4.0, 4.0)
    assert np.array_equal(slow.frames[::2], dropped.frames)  # a frame at every moment there was one
    assert not np.array_equal(slow.frames[1], slow.frames[0])
    for name in VARIABLES:
        assert np.array_equal(slow.world[name].values, dropped.world[name].values)
    assert slow.notices[-1] == "plays at 0.5 times the speed of its world"
    assert slow.parents[0].verb == "speed"
    before, after = contacts(dropped.world).time, contacts(slow.world).time
    assert after[0] == pytest.approx(2 * before[0], abs=0.05)
    assert "events" not in slow.world.attrs


def test_a_part_is_sped_up_where_it_lies(dropped):
    fast = dropped[0.5:1.5].speed(2)
    assert (fast.start, fast.seconds, len(fast.frames)) == (0.25, 0.5, 3)
    assert np.array_equal(fast.frames, dropped.frames[3:9:2])


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda clip: sora2lib.stitch([]), "is no list of clips; give one or more"),
        (lambda clip: sora2lib.stitch(clip), "is no list of clips"),
        (lambda clip: sora2lib.stitch([clip, "a.mp4"]), "is no list of clips"),
        (
            lambda clip: sora2lib.blend(clip, clip, 2.1),
            "seconds is 2.1; the clips can be seen together for more than 0 and",
        ),
        (lambda clip: sora2lib.blend(clip, clip, 0), "seconds is 0; the clips"),
        (lambda clip: sora2lib.blend(clip, clip, float("nan")), "seconds is nan"),
        (lambda clip: sora2lib.blend(clip, "a.mp4"), "is no list of clips"),
        (lambda clip: sora2lib.blend(clip, clip[:1].refilm(fps=12, size="64x64")), "are not alike"),
        (lambda clip: clip.speed(0), "times is 0; it must be a number from 0.1 to 10"),
        (lambda clip: clip.speed(float("nan")), "times is nan"),
        (lambda clip: clip.speed("fast"), "times is 'fast'"),
        (lambda clip: dataclasses.replace(clip, world=None).speed(2), "there is no world to draw"),
    ],
)
def test_what_cannot_be_cut_is_told(clip, make, told):
    with pytest.raises(RequestError, match=told):
        make(clip)


def test_what_is_said_is_neither_fast_nor_slow(world):
    said = {"line_speaker": ["man"], "line_text": ["look"], "line_start": [0.3], "line_manner": [""]}
    said["line_actor"] = [""]
    spoken = world.drop_vars(said).assign({name: ("line", np.array(values)) for name, values in said.items()})
    clip = sora2lib.draw(spoken, seconds=0.5, **SMALL)
    with pytest.raises(RequestError, match="somebody speaks"):
        clip.speed(2)
    assert "no longer shown in captions" in sora2lib.stitch([clip, clip]).notices[-1]
