"""Planning: stretches that cover the shots, and a world that is one across its cuts."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from sora2lib import acts, planner
from sora2lib.acts import Stretch
from sora2lib.camera import Camera, Pose
from sora2lib.errors import RequestError
from sora2lib.given import Ask, Take, shot_ends
from sora2lib.model import weights
from sora2lib.model.tokens import encode, order
from sora2lib.planner import OVERLAP, SPAN
from sora2lib.world.schema import VARIABLES
from sora2lib.world.simulate import simulate

TIMED = [name for name, (dims, _) in VARIABLES.items() if "time" in dims]
SHOTS = "Shot 1: a red ball rolls left\nShot 2: the ball lies still"


def last(model, prompt, seconds=4.0, seed=7):
    *_, step = planner.plan(model, Ask(prompt, seed, seconds), steps=3)
    return step.world()


def test_one_short_shot_is_one_stretch():
    assert planner._stretches([5]) == [Stretch(0, 5)]


@pytest.mark.parametrize("ends", [[12], [30], [6, 12], [3, 40, 41], [1, 2, 3]])
def test_stretches_cover_every_row_once_and_know_what_came_before(ends):
    stretches = planner._stretches(ends)
    done = 0
    for it in stretches:
        assert it.start + it.given == done
        assert it.given == min(OVERLAP, done)
        assert it.stop - it.start <= SPAN
        assert it.stop <= ends[it.shot]
        done = it.stop
    assert done == ends[-1]
    assert [it.start + it.given for it in stretches if it.cut] == ends[:-1]


def test_ends_are_whole_rows_and_the_last_is_filled_up():
    assert shot_ends("Shot 1 (1 s): a\nShot 2 (1.1 s): b\nShot 3 (1.2 s): c", 3.3) == [3, 6, 10]


def test_a_shot_goes_on_in_the_same_world_with_a_camera_of_its_own(untrained):
    model = weights.load(untrained)
    world = last(model, SHOTS)
    assert np.flatnonzero(world.camera_cut.values).tolist() == [48]
    assert world.sizes["time"] == 97
    step = np.linalg.norm(np.diff(world.camera_eye.values, axis=0), axis=-1)
    assert step[47] > 4 * np.median(step)  # the camera jumps
    alone = last(model, "a red ball rolls left", 2.0)
    np.testing.assert_allclose(world.colour, alone.colour, atol=1e-5)
    np.testing.assert_allclose(world.camera_eye[:48], alone.camera_eye[:48], atol=1e-4)


def test_across_a_cut_what_was_stays_and_the_camera_begins_anew(untrained):
    rows = encode(simulate("drop", 2))
    stretch = Stretch(2, 12, given=4, shot=1, cut=True)
    model, generators = weights.load(untrained), [torch.Generator().manual_seed(0)]
    *_, moving = acts.motion(model, [""], generators, [rows], stretch, steps=3)
    *_, (planned,) = acts.film(model, [""], generators, moving, stretch, steps=3)
    np.testing.assert_allclose(planned.motion[:, :6], rows.motion[:, :6], atol=1e-4)
    assert np.array_equal(planned.camera[:6], rows.camera[:6])
    assert np.abs(planned.camera[6:] - rows.camera[6:]).max() > 0.1


def test_a_world_of_one_shot_has_no_cut(untrained):
    assert not last(weights.load(untrained), "a red ball rolls left").camera_cut.any()


def test_a_plan_goes_on_from_a_past(untrained):
    """What was stays to the last bit, and nothing jumps where the new begins."""
    past = simulate("throw", 3, seconds=2.0)
    model = weights.load(untrained)
    steps = list(planner.plan(model, Ask("it rolls left", 1, 1.0, past), steps=12))
    world = steps[-1].world()
    assert [step.phase for step in steps] == ["motion"] * 12 + ["filming"] * 4
    assert world.seconds == pytest.approx(3.0)
    there, were = world.isel(time=slice(0, 49)), past.isel(actor=order(past))
    assert all(np.array_equal(there[name].values, were[name].values) for name in VARIABLES)
    assert "events" not in world.attrs
    path = world.position.values[~world.fixed.values]
    across = np.linalg.norm(np.diff(path, axis=1)[:, 48], axis=-1)
    assert across.max() < 0.5  # what moves at 9 m/s goes 0.4 m in a sample
    *_, other = planner.plan(model, Ask("it rolls left", 2, 1.0, past), steps=12)
    assert np.abs(other.world().position[:, 56:] - world.position[:, 56:]).max() > 0.01


def planned(model, camera, prompt="a red ball rolls left", seconds=2.0):
    return list(planner.plan(model, Ask(prompt, 7, seconds, camera=camera), steps=3))


def test_a_given_camera_is_held_exactly(untrained):
    camera = Camera.static(Pose((0, -6, 1.5), (0, 0, 0.5), fov=45)) + Camera.orbit(90)
    steps = planned(weights.load(untrained), camera)
    world = steps[-1].world()
    assert {step.phase for step in steps} == {"casting", "motion"}
    assert camera.film(world).identical(world)
    assert world.camera_eye.values[-1] == pytest.approx([6, 0, 1.5])
    *_, other = planned(weights.load(untrained), None)
    assert np.array_equal(other.world().colour, world.colour)  # the cast knows nothing of the camera


def test_moves_begin_where_the_model_puts_the_camera(untrained):
    steps = planned(weights.load(untrained), Camera.orbit(90))
    assert [step.phase for step in steps] == ["casting"] * 4 + ["motion"] * 3 + ["filming"] * 4
    assert [step.index for step in steps] == list(range(1, steps[0].total + 1))
    last, alone = steps[-1].world(), planned(weights.load(untrained), None)[-1].world()
    assert Camera.orbit(90).film(last).identical(last)
    assert last.camera_eye.values[0] == pytest.approx(alone.camera_eye.values[0])
    assert np.array_equal(last.position, alone.position)


def test_what_moves_knows_nothing_of_the_camera_that_films_it_later(untrained):
    steps = planned(weights.load(untrained), None)
    moved, filmed = steps[-5].world(), steps[-1].world()
    assert (steps[-5].phase, steps[-1].phase) == ("motion", "filming")
    assert np.array_equal(moved.position, filmed.position)
    assert np.abs(moved.camera_eye.values - filmed.camera_eye.values).max() > 0.01


def test_the_network_sees_the_given_camera(untrained):
    rows = encode(simulate("drop", 2))
    views = encode(simulate("drop", 3)).camera
    model = weights.load(untrained)
    generators = [torch.Generator().manual_seed(0)]
    *_, (planned,) = acts.motion(model, [""], generators, [rows], Stretch(2, 12, given=4), [views], steps=3)
    np.testing.assert_allclose(planned.camera[6:], views[6:], atol=1e-4)


def test_a_move_may_begin_after_the_first_stretch(untrained):
    camera = Camera.static(seconds=5).then(Camera.truck(1))
    world = planned(weights.load(untrained), camera, seconds=6.1)[-1].world()
    eye = world.camera_eye.values
    assert np.array_equal(eye[:121], np.repeat(eye[:1], 121, axis=0))
    assert np.linalg.norm(eye[-1] - eye[0]) == pytest.approx(1)
    assert world.sizes["time"] == 148  # 6.1 s and no more


def test_a_camera_that_follows_sees_what_is_planned(untrained):
    model = weights.load(untrained)
    name = str(planned(model, None)[-1].world().actor.values[0])
    world = planned(model, Camera.look_at(name))[-1].world()
    assert np.array_equal(world.camera_target, world.position.sel(actor=name))
    with pytest.raises(RequestError, match="name one of them"):
        planned(model, Camera.look_at("nobody"))


def test_a_given_camera_is_not_cut_where_the_prompt_is(untrained):
    world = planned(weights.load(untrained), Camera.truck(1), SHOTS, seconds=4.0)[-1].world()
    assert not world.camera_cut.any()
    assert np.ptp(np.linalg.norm(np.diff(world.camera_eye.values, axis=0), axis=-1)) < 1e-9


def test_each_shot_is_filmed_by_its_own_camera(untrained):
    first = Camera.static(Pose((0, -6, 1.5), (0, 0, 0.5), fov=45)) + Camera.orbit(90)
    second = Camera.dolly(-1)  # back, for what an untrained camera looks at may be nearer than a metre
    steps = planned(weights.load(untrained), (first, second), SHOTS, seconds=4.0)
    world = steps[-1].world()
    assert [step.phase for step in steps] == ["casting"] * 4 + ["motion"] * 6 + ["filming"] * 4
    assert [step.index for step in steps] == list(range(1, steps[0].total + 1))
    assert np.flatnonzero(world.camera_cut.values).tolist() == [48]
    shots = world.isel(time=slice(0, 48)), world.isel(time=slice(48, None))
    for camera, shot in zip((first, second), shots, strict=True):
        path, there = camera.path(shot), shot.camera_eye.values
        assert np.array_equal(path.eye, there)
        assert np.array_equal(path.target, shot.camera_target.values)
    assert shots[0].camera_eye.values[-1] == pytest.approx([6, 0, 1.5])  # all of a shot's time, and no more
    assert np.linalg.norm(np.ptp(shots[1].camera_eye.values, axis=0)) == pytest.approx(1)


def test_a_shot_without_a_camera_is_the_models(untrained):
    model = weights.load(untrained)
    pose = Camera.static(Pose((0, -6, 1.5), (0, 0, 0.5)))
    world = planned(model, (None, pose), SHOTS, seconds=4.0)[-1].world()
    alone = planned(model, None, SHOTS, seconds=4.0)[-1].world()
    np.testing.assert_allclose(world.camera_eye[:48], alone.camera_eye[:48], atol=1e-4)
    assert np.array_equal(world.camera_eye[48:], np.tile([0, -6, 1.5], (49, 1)))
    np.testing.assert_allclose(world.colour, alone.colour, atol=1e-5)


def test_the_network_sees_the_camera_of_a_shot_stand_before_its_cut(untrained):
    """At a cut the rows before it are of another camera; the new one is told as if it had always stood there."""
    still = Camera.static(Pose((0, -6, 1.5), (0, 0, 0.5), fov=45))
    take = Take(still + Camera.truck(1), 48, 97, 48)
    filmed = take.views(simulate("drop", 2), 12)
    expected = encode((still + Camera.truck(1, seconds=2)).film(simulate("drop", 2))).camera
    np.testing.assert_allclose(filmed[6:, :8], expected[:6, :8], atol=1e-9)
    np.testing.assert_allclose(filmed[:5, :8], expected[:1, :8].repeat(5, axis=0), atol=1e-9)
    np.testing.assert_allclose(filmed[:5, 8:], 0, atol=1e-9)


def test_a_camera_leads_on_from_a_past_or_cuts_to_a_pose(untrained):
    model, past = weights.load(untrained), simulate("throw", 3, seconds=2.0)
    *_, last = planner.plan(model, Ask("it rolls left", 1, 1.0, past, Camera.truck(2)), steps=3)
    world, were = last.world(), past.isel(actor=order(past))
    assert all(np.array_equal(world[name].isel(time=slice(0, 49)), were[name]) for name in TIMED)
    eye = world.camera_eye.values
    step = np.linalg.norm(np.diff(eye[48:], axis=0), axis=-1)
    assert step == pytest.approx(np.full(24, 2 / 24))  # from the last of the past on, evenly
    assert not world.camera_cut.values[49:].any()
    posed = Camera.static(Pose((0, -9, 2), (0, 0, 0.5)))
    *_, last = planner.plan(model, Ask("it rolls left", 1, 1.0, past, posed), steps=3)
    world = last.world()
    assert all(np.array_equal(world[name].isel(time=slice(0, 49)), were[name]) for name in TIMED)
    assert np.array_equal(world.camera_eye[49:], np.tile([0, -9, 2], (24, 1)))
    assert np.flatnonzero(world.camera_cut.values).tolist() == [49]


def test_a_later_shot_is_planned_as_if_things_had_gone_nowhere(untrained):
    """What has rolled away is where the new camera is looked for; told in the world it is as far away as that."""
    model, rows, way = weights.load(untrained), encode(simulate("roll", 3)), np.array([30.0, -20.0])
    stretch = Stretch(2, 12, given=4, shot=1, cut=True)

    def shot(world):
        (*_, moving) = acts.motion(model, [""], [torch.Generator().manual_seed(0)], [world], stretch, steps=3)
        (*_, (planned,)) = acts.film(model, [""], [torch.Generator().manual_seed(0)], moving, stretch, steps=3)
        return planned

    far = replace(rows, motion=rows.motion.copy())
    far.motion[:, 1:, :2] += way  # it leaps, before the window begins
    near, away = shot(rows), shot(far)
    np.testing.assert_allclose(away.camera[6:, 0:2], near.camera[6:, 0:2] + way, atol=1e-3)
    np.testing.assert_allclose(away.camera[6:, 3:5], near.camera[6:, 3:5] + way, atol=1e-3)
    np.testing.assert_allclose(away.camera[6:, 5:], near.camera[6:, 5:], atol=1e-3)
    np.testing.assert_allclose(away.motion[:, 6:, :2], near.motion[:, 6:, :2] + way, atol=1e-3)


def test_rows_wait_until_the_one_before_is_done():
    moments = torch.stack(acts._moments(4, 48, acts.LAG))  # (steps + 1, rows)
    assert ((moments > 0) & (moments < 1)).sum(dim=-1).max() == 1
    assert (moments[-1] == 1).all()


@pytest.mark.parametrize(("lag", "steps", "wide"), [(1.0, 12, 1), (1.0, 4, 1), (1.0, 2, 2), (0.0, 4, 4), (0.5, 10, 2)])
def test_a_step_changes_no_more_rows_than_are_forecast(lag, steps, wide):
    levels = [it[None, None] for it in acts._moments(4, steps, lag)]
    assert acts._front(levels) == wide
    for now, after in itertools.pairwise(levels):
        changed = (after > now).flatten().nonzero()
        begin = acts._undone(now)
        assert all(begin <= int(row) < begin + wide for row in changed)
