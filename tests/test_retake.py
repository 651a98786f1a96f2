"""Another take of a part: what is held stays to the last bit, and nothing jumps where the part begins and ends."""

import dataclasses

import numpy as np
import pytest

import sora2lib
from sora2lib.errors import RequestError
from sora2lib.given import Held
from sora2lib.model import weights
from sora2lib.model.tokens import encode
from sora2lib.planner import OVERLAP, SPAN, Ask, _stretches, plan_many
from sora2lib.recipe import Recipe, fingerprint
from sora2lib.request import Request
from sora2lib.retaking import BODIES, LENSES, Part, missed, put, retake_request
from sora2lib.seam import LED_ON, led
from sora2lib.world.schema import VARIABLES
from sora2lib.world.simulate import simulate

SMALL = {"size": "64x64", "fps": 6}
TIMED = [name for name, (dims, _) in VARIABLES.items() if "time" in dims]


@pytest.fixture(scope="module")
def thrown():
    return sora2lib.simulate("throw", seed=3, seconds=3, **SMALL)


@pytest.fixture(scope="module")
def taken(thrown, untrained):
    return thrown.retake(0.5, 1.9, "it rolls left", seed=4, model=untrained, steps=4)


@pytest.fixture(scope="module")
def struck():
    """Two pucks that move."""
    return simulate("collide", 2)


def along_time(world, name):
    return np.moveaxis(world[name].values, world[name].dims.index("time"), 0)


def recipe(world):
    return Recipe(round(world.seconds * 24), 24, world, request=Request("a puck slides", seed=1))


def test_what_is_held_stays_to_the_last_bit(thrown, taken):
    for name in VARIABLES:
        if name not in TIMED:
            assert np.array_equal(taken.world[name], thrown.world[name])
    for name in TIMED:
        before, after = along_time(thrown.world, name), along_time(taken.world, name)
        assert np.array_equal(after[:13], before[:13]), name  # half a second
        assert np.array_equal(after[44:], before[44:]), name  # four thirds of a second later
    for name in ("position", "rotation", "camera_eye", "camera_target"):
        before, after = along_time(thrown.world, name), along_time(taken.world, name)
        assert (before != after)[13:44].any(axis=tuple(range(1, before.ndim))).all(), name
    assert np.array_equal(taken.frames[:3], thrown.frames[:3])
    assert np.array_equal(taken.frames[12:], thrown.frames[12:])
    assert "facts" not in taken.world.attrs


def test_nothing_jumps_where_the_part_begins_and_ends(taken):
    # A network that has learned nothing plans things metres away; what leads them over is a pull, no jump.
    for name in ("position", "camera_eye", "camera_target"):
        bend = np.linalg.norm(np.diff(along_time(taken.world, name), 2, axis=0), axis=-1)  # m from sample to sample
        assert max(bend[11].max(), bend[43].max()) < 0.06, name


def test_it_tells_what_was_asked_and_what_it_was_made_from(thrown, taken, untrained, tmp_path):
    assert taken.notices[0] == "planned anew: 0.5 to 1.83 s"
    assert any(notice.endswith("m to where it goes on") for notice in taken.notices)
    assert (taken.request.prompt, taken.request.seed, taken.maker) == ("it rolls left", 4, "untrained 0")
    assert taken.request.seconds == pytest.approx(4 / 3)
    again = taken.retake(1, seed=5, steps=3)
    assert again.request.prompt == "it rolls left"  # no other words, the same model
    assert again.request.model == untrained
    assert [parent.verb for parent in again.parents] == ["retake", "retake"]
    assert again.parents[1].world == fingerprint(thrown.world)
    assert sora2lib.load(again.save(tmp_path / "a.mp4")).parents == again.parents
    same = thrown.retake(0.5, 1.9, "it rolls left", seed=4, model=untrained, steps=4)
    assert same.world.identical(taken.world)


def test_a_part_reaches_to_the_end_of_the_world_where_nothing_comes_after(thrown, untrained):
    end = thrown.retake(1.25, prompt="it rolls left", seed=4, model=untrained, steps=3)
    assert end.notices[0] == "planned anew: 1.25 to 3 s"
    assert np.array_equal(end.world.position[:, :31], thrown.world.position[:, :31])
    assert (end.world.position[0, 31:] != thrown.world.position[0, 31:]).any("xyz").all()
    start = thrown.retake(0, 0.7, "it rolls left", seed=4, model=untrained, steps=3)
    assert np.array_equal(start.world.position[:, 0], thrown.world.position[:, 0])
    assert np.array_equal(start.world.position[:, 16:], thrown.world.position[:, 16:])
    assert not np.array_equal(start.world.position[:, 1:16], thrown.world.position[:, 1:16])


def test_a_slice_is_retaken_where_it_lies(thrown, untrained):
    part = thrown[0.5:2].retake(0.5, prompt="it rolls left", seed=4, model=untrained, steps=3)
    assert (part.start, part.seconds) == (0.5, 1.5)
    assert np.array_equal(part.world.position[:, :25], thrown.world.position[:, :25])
    assert np.array_equal(part.world.position[:, 48:], thrown.world.position[:, 48:])


def test_one_actor_moves_otherwise_and_no_other(struck, untrained):
    clip = sora2lib.draw(struck, **SMALL)
    one, other = struck.actor.values[~struck.fixed.values][:2]
    again = clip.retake(actor=str(other), prompt="it slides left", seed=4, model=untrained, steps=3).world
    changed = {
        (name, actor)
        for name in BODIES
        for actor in struck.actor.values
        if not np.array_equal(again[name].sel(actor=actor), struck[name].sel(actor=actor))
    }
    assert changed == {("position", other), ("rotation", other)}
    assert all(np.array_equal(again[name], struck[name]) for name in (*LENSES, "camera_cut"))
    assert one != other


def test_the_network_knows_what_is_held_and_what_comes_after(struck, untrained):
    """Held rows come back as they were, whatever the network makes of the others."""
    rows, name = encode(struck), str(struck.actor.values[~struck.fixed.values][0])
    past = struck.isel(time=slice(0, 33))
    ask = Ask("a puck", 1, 4 / 3, past, held=Held(struck, (name,), camera=False))
    *_, last = plan_many(weights.load(untrained), [ask], steps=3)
    worlds, given = last.guess.args[0], last.guess.args[1]
    found, moved = worlds[0], given[0].moved(len(rows.motion))
    assert moved.sum() == 1
    np.testing.assert_allclose(found.camera, rows.camera, atol=1e-4)
    np.testing.assert_allclose(found.motion[~moved], rows.motion[~moved], atol=1e-3)
    np.testing.assert_allclose(found.motion[moved][:, [0, 3, 8, 11]], rows.motion[moved][:, [0, 3, 8, 11]], atol=1e-3)
    assert np.abs(found.motion[moved][:, 4:8] - rows.motion[moved][:, 4:8]).max() > 0.1


@pytest.mark.parametrize(("first", "end", "known"), [(3, 9, 12), (0, 5, 12), (4, 14, 40), (10, 31, 40), (2, 10, 12)])
def test_every_row_is_planned_once_and_the_last_stretch_sees_what_it_leads_to(first, end, known):
    stretches = _stretches([end], first, known)
    planned = [row for it in stretches for row in range(it.fresh, it.end)]
    assert planned == list(range(first, end))
    assert all(it.stop - it.start <= SPAN for it in stretches)
    assert all(it.kept == 0 for it in stretches[:-1])
    assert stretches[-1].kept >= min(OVERLAP, known - end)


def test_without_anything_after_stretches_are_as_long_as_can_be():
    assert [(it.start, it.stop, it.given, it.kept) for it in _stretches([17], 3)] == [(0, 12, 3, 0), (8, 17, 4, 0)]


def test_a_plan_is_led_to_what_comes_after():
    """The place, the turn, the joints and the lens of a dance that has lost its way a little."""
    whole = simulate("dance", 1)
    torn = {}
    for name in (*LED_ON, "position"):
        lost = whole[name].values * 1.02 + 0.03
        lost = lost / np.linalg.norm(lost, axis=-1, keepdims=True) if name == "rotation" else lost
        torn[name] = (whole[name].dims, lost)
    end, begin = 72, 24
    plan = whole.assign(torn).isel(time=slice(0, end + 1))
    mended = led(plan, begin, whole.isel(time=slice(end, None)))
    for name in (*LED_ON, "position"):
        track, true, planned = (along_time(it, name) for it in (mended, whole, plan))
        np.testing.assert_allclose(track[-1], true[end], atol=1e-9)
        # It bends no more at the seam than the dance itself does nearby.
        bend = track[-2] - 2 * track[-1] + true[end + 1]
        assert np.abs(bend).max() <= np.abs(np.diff(true[end - 10 : end + 3], 2, axis=0)).max() + 1e-4, name
        assert np.array_equal(track[:begin], planned[:begin])


def test_what_turns_is_led_the_short_way(world):
    half = np.pi - 0.05
    turning = np.stack([np.cos(np.arange(49) * 0.1), np.sin(np.arange(49) * 0.1), *np.zeros((2, 49))], axis=-1)
    plan = world.assign(rotation=(("actor", "time", "wxyz"), turning[None]))
    shift = np.array([np.cos(half / 2), np.sin(half / 2), 0.0, 0.0])
    there = turning.copy()
    there[:, 0], there[:, 1] = (
        turning[:, 0] * shift[0] - turning[:, 1] * shift[1],
        turning[:, 0] * shift[1] + turning[:, 1] * shift[0],
    )
    after = world.assign(rotation=(("actor", "time", "wxyz"), there[None])).isel(time=slice(40, None))
    mended = led(plan.isel(time=slice(0, 41)), 8, after).rotation.values[0]
    angle = np.unwrap(2 * np.arctan2(mended[:, 1], mended[:, 0]))
    assert angle[-1] - 8.0 == pytest.approx(half, abs=1e-6)
    assert angle[-1] - angle[-2] == pytest.approx(0.2, abs=1e-6)
    assert np.diff(angle).max() < 0.4


def test_nothing_is_led_into_the_ground(world):
    rests = world.position.values * 0 + [0, 0, 0.15]
    rises = rests.copy()
    rises[0, 30:41, 2] += np.linspace(0, 0.5, 11)
    plan, after = (world.assign(position=(world.position.dims, place)) for place in (rises, rests))
    height = led(plan.isel(time=slice(0, 41)), 8, after.isel(time=slice(40, None))).position.values[0, :, 2]
    assert height.min() == pytest.approx(0.15)
    assert height[-1] == pytest.approx(0.15)


def test_what_misses_its_place_is_told(struck):
    part = Part.of(recipe(struck), 1, 2.4, None)
    plan = struck.isel(time=slice(0, 57))
    assert missed(struck, plan, part) == {}
    off = plan.position.values.copy()
    off[list(struck.actor.values).index(part.actors[1]), -1, 0] += 0.5
    assert missed(struck, plan.assign(position=(plan.position.dims, off)), part) == {part.actors[1]: pytest.approx(0.5)}


def test_a_cut_amidst_the_seconds_keeps_the_camera(struck):
    cut = struck.camera_cut.values.copy()
    cut[40] = True
    board = struck.assign(camera_cut=("time", cut))
    assert not Part.of(recipe(board), 1, 3, None).camera
    assert Part.of(recipe(board), 2, 3, None).camera
    assert not Part.of(recipe(board), 0.99, 1.67, None).camera  # the part ends with the cut
    put(board, struck.isel(time=slice(0, 73)), Part.of(recipe(board), 1, 3, None)).validate()


def test_words_are_those_of_the_shot_that_is_retaken(struck):
    board = dataclasses.replace(recipe(struck), request=Request("a puck slides. Cut to: it stops", seed=1))
    part = Part.of(board, 2.5, 3.5, None)
    assert retake_request(board, part, None, size="64x64").prompt == "it stops"
    assert retake_request(board, Part.of(board, 1.5, 2.5, None), None, size="64x64").prompt == "a puck slides."


def test_lines_in_a_part_are_replaced_by_those_of_a_new_prompt(untrained):
    world = simulate("dance", 1)
    who = str(world.actor.values[0])
    said = {"line_speaker": [who] * 2, "line_text": ["hello", "bye"], "line_start": [0.1, 2.0], "line_manner": ["", ""]}
    said["line_actor"] = [who] * 2
    spoken = world.drop_vars(said).assign({name: ("line", np.array(values)) for name, values in said.items()})
    clip = sora2lib.draw(spoken, size="64x64", fps=2)
    again = clip.retake(1, 3.5, f'the {who} says "oh"', seed=1, model=untrained, steps=3)
    assert again.world.line_text.values.tolist() == ["hello", "oh"]
    assert 1 <= float(again.world.line_start[1]) < 3.5
    assert again.world.line_actor.values.tolist() == [who] * 2
    silent = clip.retake(1, 3.5, "a dance", seed=1, model=untrained, steps=3)
    assert silent.world.line_text.values.tolist() == ["hello"]
    assert np.array_equal(again.world.joint_angle[:, :25], world.joint_angle[:, :25])
    from sora2lib.sound.speech import MOUTH

    open_wide = [float(it.world.joint_angle[0, 25:, MOUTH].max()) for it in (again, silent)]
    assert open_wide[0] > open_wide[1]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((2, 1), "nothing lies between 2 and 1 s"),
        ((-1, 1), "-1 is no second of the clip; give one from 0 to 3"),
        ((0, 4), "4 is no second of the clip"),
        ((float("nan"),), "nan is no second"),
        (("1",), "1 is no second of the clip"),
        ((0, 0.3), "seconds is 0.3; it must be a number from 0.5"),
    ],
)
def test_seconds_that_cannot_be_retaken_are_told(thrown, asked, told):
    with pytest.raises(RequestError, match=told):
        thrown.retake(*asked, prompt="it rolls")


def test_what_else_cannot_be_retaken_is_told(thrown, struck, untrained):
    with pytest.raises(RequestError, match="nothing was asked for this clip; give a prompt"):
        thrown.retake(1, 2)
    with pytest.raises(RequestError, match="'cat' is not there; name one of"):
        thrown.retake(1, 2, "it rolls", actor="cat")
    bolted = dataclasses.replace(thrown, world=thrown.world.assign(fixed=("actor", [True])))
    with pytest.raises(RequestError, match="never moves; name one of none"):
        bolted.retake(1, 2, "it rolls", actor=str(thrown.world.actor.values[0]))
    with pytest.raises(RequestError, match="several shots, and a retake is of one"):
        thrown.retake(0, 2, "it rolls. Cut to: it stops", model=untrained)
    with pytest.raises(RequestError, match="no world to draw"):
        dataclasses.replace(thrown, world=None).retake(1, 2, "it rolls")
    slow = sora2lib.draw(struck.assign_coords(time=struck.time * 2), **SMALL)
    with pytest.raises(RequestError, match="12 samples a second cannot be retaken"):
        slow.retake(1, 2, "it rolls")
