"""A clip that comes round: its end meets its start, and what cannot come back is told."""

import dataclasses

import numpy as np
import pytest

import sora2lib
from sora2lib import film, looping
from sora2lib.errors import RequestError
from sora2lib.looping import BEGINNING, Ring, jump
from sora2lib.recipe import Recipe, fingerprint
from sora2lib.world.schema import VARIABLES
from sora2lib.world.simulate import simulate

SMALL = {"size": "64x64", "fps": 6}
MOVES = ("position", "rotation", "camera_eye", "camera_target", "camera_roll", "camera_fov")


@pytest.fixture(scope="module")
def rolled():
    return sora2lib.simulate("roll", seed=1, seconds=3, **SMALL)


@pytest.fixture(scope="module")
def ring(rolled, untrained):
    return rolled.loop(1.2, "a ball rolls", seed=4, model=untrained, steps=3)


def along_time(world, name):
    return np.moveaxis(world[name].values, world[name].dims.index("time"), 0)


def test_the_end_is_the_start(rolled, ring):
    assert (ring.seconds, ring.start, ring.world.seconds) == (3, 0, 3)
    for name in MOVES:
        before, after = along_time(rolled.world, name), along_time(ring.world, name)
        assert np.array_equal(after[:49], before[:49]), name  # a second, in whole thirds, is planned
        assert np.array_equal(after[-1], after[0]), name
        assert (after[49:-1] != before[49:-1]).any(), name
    assert np.array_equal(ring.frames[:12], rolled.frames[:12])


def test_what_takes_two_windows_is_planned_between_both_ends(untrained):
    world = simulate("roll", 1, seconds=4)
    ring = Ring.of(Recipe(24, 6, world), 2)
    *_, last = ring.steps(ring.request("a ball rolls", size="64x64", model=untrained, seed=1, steps=3))
    planned, held = last.world(), film.world_of(ring.recipe)
    assert planned.sizes["time"] == ring.part.stop + 1
    for name in ("position", "camera_eye"):
        before, after = along_time(held, name), along_time(planned, name)
        assert np.abs(after[:48] - before[:48]).max() < 0.05, name
        assert (after[52:90] != before[52:90]).any(), name


def test_nothing_jumps_where_it_begins_anew(ring):
    for name in ("position", "camera_eye", "camera_target"):
        track = along_time(ring.world, name)
        bend = np.concatenate([track[-2:], track[1:2]])  # before, at and after the moment that is first and last
        assert np.linalg.norm(np.diff(bend, 2, axis=0)) < 0.02, name  # m from one sample to the next
    told = float(ring.notices[-1].split(" by ")[1].split()[0])
    assert told < 0.5
    assert ring.notices[-1].startswith("where the clip begins anew, speeds change by")


def test_it_is_heard_on_into_its_beginning(rolled, ring, monkeypatch):
    drawn = []

    def develop(recipe, *, size):
        drawn.append(film.develop(recipe, size=size))
        return drawn[-1]

    monkeypatch.setattr(looping, "develop", develop)
    again = rolled.loop(1.2, "a ball rolls", seed=4, model=ring.request.model, steps=3)
    end = 3 * 48000
    assert np.array_equal(again.sound, ring.sound)
    assert ring.sound.shape[1] == end
    assert np.array_equal(ring.sound[:, 0], drawn[0].sound[:, end])
    assert np.array_equal(ring.sound[:, 12000:], drawn[0].sound[:, 12000:end])
    assert len(drawn[0].frames) == 20


def test_what_does_not_come_back_is_told(ring):
    assert ring.notices[0].startswith("ball does not come back by itself and is led ")


def test_lineage_is_kept(rolled, ring, tmp_path):
    assert [(it.verb, it.world) for it in ring.parents] == [("loop", fingerprint(rolled.world))]
    assert (ring.request.prompt, ring.request.seed, ring.maker) == ("a ball rolls", 4, "untrained 0")
    again = sora2lib.load(ring.save(tmp_path / "a.mp4"))
    assert again.parents == ring.parents
    assert again.world.identical(ring.world)
    assert "facts" not in ring.world.attrs


def test_a_slice_comes_round_by_itself(rolled, untrained):
    ring = rolled[0.5:2].loop(0.7, "a ball rolls", seed=4, model=untrained, steps=3)
    assert (ring.start, ring.seconds, ring.world.seconds) == (0, 1.5, 1.5)
    assert np.array_equal(ring.world.position[:, :20], rolled.world.position[:, 12:32])
    assert np.array_equal(ring.world.position[:, -1], rolled.world.position[:, 12])


def test_a_clip_of_several_shots_cuts_where_it_begins_anew(rolled, untrained):
    cut = rolled.world.camera_cut.values.copy()
    cut[30] = True
    board = dataclasses.replace(rolled, world=rolled.world.assign(camera_cut=("time", cut)))
    ring = board.loop(1, "a ball rolls", seed=4, model=untrained, steps=3)
    assert "the camera cuts where the clip begins anew" in ring.notices
    assert np.array_equal(ring.world.camera_eye[:72], rolled.world.camera_eye[:72])
    assert np.flatnonzero(ring.world.camera_cut.values).tolist() == [30, 72]


def test_what_lies_behind_the_end_is_the_beginning():
    world = simulate("dance", 1)
    ring = Ring.of(Recipe(96, 24, world), 1)
    assert (ring.part.start, ring.part.stop, ring.part.camera) == (72, 96, True)
    twice = ring.recipe.world
    for name, (dims, _) in VARIABLES.items():
        if "time" in dims:
            first = along_time(world, name)[:96]
            assert np.array_equal(along_time(twice, name), np.concatenate([first, first[:BEGINNING]])), name


def test_a_jump_of_speed_is_measured_where_it_begins_anew():
    ring = Ring.of(Recipe(96, 24, simulate("roll", 1)), 1)
    twice = ring.recipe.world
    place = np.repeat(twice.position.values[:, :1], twice.sizes["time"], axis=1)
    place[0, 97:, 0] += 0.5  # all of a sudden 12 m/s
    part = dataclasses.replace(ring.part, camera=False)
    assert jump(twice.assign(position=(twice.position.dims, place)), part) == pytest.approx(12)


def test_what_cannot_come_round_is_told(rolled, untrained):
    with pytest.raises(RequestError, match=r"a clip of 3 s .* cannot come round in 3 s; give one that is longer"):
        rolled.loop(3, "a ball rolls", model=untrained)
    with pytest.raises(RequestError, match=r"seconds is 0\.1"):
        rolled.loop(0.1, "a ball rolls")
    with pytest.raises(RequestError, match="nothing was asked for this clip"):
        rolled.loop()
    with pytest.raises(RequestError, match="no world to draw"):
        dataclasses.replace(rolled, world=None).loop(prompt="a ball rolls")
