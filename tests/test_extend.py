"""Going on from a clip: what was stays to the last bit, and nothing jumps where the new begins."""

import dataclasses

import numpy as np
import pytest

import sora2lib
from sora2lib.errors import RequestError
from sora2lib.model.tokens import order
from sora2lib.recipe import fingerprint
from sora2lib.world.schema import VARIABLES

SMALL = {"size": "64x64", "fps": 6}
TIMED = [name for name, (dims, _) in VARIABLES.items() if "time" in dims]


@pytest.fixture
def thrown():
    """A ball in flight for 1.25 s: three rows and six samples."""
    return sora2lib.simulate("throw", seed=3, seconds=1.25, size="64x64", fps=8)


def test_the_past_stays_to_the_last_bit(thrown, untrained):
    longer = thrown.extend("it rolls left", seconds=1, seed=4, model=untrained, steps=4)
    past = thrown.world.isel(actor=order(thrown.world))
    there = longer.world.isel(time=slice(0, 31))
    for name in VARIABLES:
        assert np.array_equal(there[name].values, past[name].values)
    assert longer.seconds == longer.world.seconds == 2.25
    assert np.allclose(longer.world.time, np.arange(55) / 24)
    assert np.array_equal(longer.frames[:9], thrown.frames[:9])


def test_nothing_jumps_where_the_new_begins(thrown, untrained):
    world = thrown.extend("it rolls left", seconds=1, seed=4, model=untrained, steps=4).world
    step = np.linalg.norm(np.diff(world.position.values[0], axis=0), axis=-1)
    assert step[30] == pytest.approx(step[29], abs=0.1)
    for name in ("camera_eye", "camera_target"):
        bend = np.abs(np.diff(world[name].values, 2, axis=0)).max(axis=1)
        assert bend[29] < 1e-3  # m from one sample to the next


def test_the_result_says_what_was_asked_and_what_it_goes_on_from(thrown, untrained, tmp_path):
    longer = thrown.extend("a ball meets a theremin", seconds=0.5, seed=4, model=untrained, steps=3)
    assert (longer.request.prompt, longer.request.seed, longer.request.seconds) == ("a ball meets a theremin", 4, 0.5)
    assert longer.maker == "untrained 0"
    assert longer.notices == ("the model does not understand: theremin",)
    again = longer.extend("it stops", seconds=0.5, seed=5, steps=3)
    assert again.request.model == untrained
    assert [parent.verb for parent in again.parents] == ["extend", "extend"]
    assert again.parents[0].request == longer.request
    assert again.parents[1].world == fingerprint(thrown.world)
    assert sora2lib.load(again.save(tmp_path / "a.mp4")).parents == again.parents


def test_a_slice_goes_on_from_where_it_ends(thrown, untrained):
    part = thrown[0.25:1.0]
    longer = part.extend("it rolls left", seconds=0.5, seed=4, model=untrained, steps=3)
    assert (longer.start, longer.seconds) == (0.25, 1.25)
    assert longer.world.seconds == 1.5
    past = thrown.world.isel(actor=order(thrown.world), time=slice(0, 25))
    assert np.array_equal(longer.world.position[:, :25], past.position)


def test_the_same_seed_goes_on_the_same_way(thrown, untrained):
    def onward(seed):
        return thrown.extend("it rolls", seconds=0.5, seed=seed, model=untrained, steps=3).world

    assert onward(1).identical(onward(1))
    assert not onward(1).identical(onward(2))


def test_it_is_filmed_again_as_any_clip(thrown, untrained):
    longer = thrown.extend("it rolls left", seconds=0.5, seed=4, model=untrained, steps=3)
    again = longer.refilm(sora2lib.Camera.orbit(30))
    assert np.array_equal(again.world.position, longer.world.position)
    assert [parent.verb for parent in again.parents] == ["refilm", "extend"]


def test_what_cannot_be_gone_on_from_is_told(thrown, untrained, world):
    with pytest.raises(RequestError, match=r"would last 121\.25 s; the limit is 120; ask for fewer"):
        thrown.extend("it rolls", seconds=120, model=untrained)
    with pytest.raises(RequestError, match="no world to draw"):
        dataclasses.replace(thrown, world=None).extend("it rolls", model=untrained)
    with pytest.raises(RequestError, match="cannot be gone on from"):
        thrown[:0.25].extend("it rolls", model=untrained)
    slow = sora2lib.draw(world.assign_coords(time=world.time * 2), **SMALL)
    with pytest.raises(RequestError, match="12 samples a second"):
        slow.extend("it rolls", model=untrained)
    with pytest.raises(RequestError, match="say what shall be seen"):
        thrown.extend("", model=untrained)


def test_chained_extends_with_cameras_keep_cast_and_past(thrown, untrained):
    camera = sora2lib.Camera.truck(1) + sora2lib.Camera.zoom(1.5)
    clip, done = thrown, [thrown.world.isel(actor=order(thrown.world))]
    for seed in range(3):
        clip = clip.extend("it rolls left", seconds=0.75, seed=seed, model=untrained, steps=3, camera=camera)
        done.append(clip.world)
    for name in VARIABLES:
        for before in done:
            there = clip.world[name].isel(time=slice(0, before.sizes["time"])) if name in TIMED else clip.world[name]
            assert np.array_equal(there.values, before[name].values), name
    eye = clip.world.camera_eye.values
    assert [np.linalg.norm(eye[end] - eye[end - 18]) for end in (48, 66, 84)] == pytest.approx([1, 1, 1])
    assert np.linalg.norm(np.diff(eye[30:], axis=0), axis=-1) == pytest.approx(np.full(54, 1 / 18))
    assert clip.request.camera == camera


def test_a_camera_with_a_pose_of_its_own_cuts(thrown, untrained):
    pose = sora2lib.Pose((0, -9, 2), (0, 0, 0.5))
    asked = {"seconds": 0.5, "seed": 4, "model": untrained, "steps": 3}
    world = thrown.extend("it rolls left", camera=sora2lib.Camera.static(pose), **asked).world
    assert np.flatnonzero(world.camera_cut.values).tolist() == [31]
    assert np.array_equal(world.camera_eye[31:], np.tile([0, -9, 2], (12, 1)))
    with pytest.raises(RequestError, match="camera is 'left'; give a Camera"):
        thrown.extend("it rolls left", camera="left", **asked)
