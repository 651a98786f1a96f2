"""Cameras: paths with a known end, values that come back from JSON, and mistakes that are told."""

import json
import math

import numpy as np
import pytest

from sora2lib.camera import Camera, Pose
from sora2lib.camera.paths import film, first_pose
from sora2lib.errors import RequestError
from sora2lib.render.scene import view_of
from sora2lib.world.schema import VARIABLES
from sora2lib.world.simulate import simulate

FRONT = Pose((0, -6, 1.5), (0, 0, 0.5), fov=45)
AWAY = math.hypot(6, 1)  # metres from the eye of the world's own camera to its target

MOVES = {
    "pan": Camera.pan(30),
    "tilt": Camera.tilt(-10),
    "roll": Camera.roll(20),
    "dolly": Camera.dolly(2),
    "truck": Camera.truck(-1.5),
    "crane": Camera.crane(3),
    "orbit": Camera.orbit(90),
    "zoom": Camera.zoom(2),
    "handheld": Camera.handheld(2, seed=3),
    "follow": Camera.follow("ball"),
}
MIXED = Camera.orbit(100) + Camera.roll(300) + Camera.zoom(3) + Camera.tilt(-30)


def angle(one, other):
    return math.degrees(math.acos(one @ other / np.linalg.norm(one) / np.linalg.norm(other)))


@pytest.mark.parametrize("name", MOVES)
def test_moves_begin_at_the_worlds_first_pose_and_then_move(world, name):
    path, before = MOVES[name].path(world), first_pose(world)
    assert path.eye[0].tolist() == list(before.eye)
    assert path.target[0].tolist() == list(before.target)
    assert (path.roll[0], path.fov[0]) == (0.0, 0.8)
    last = np.concatenate([path.eye[-1], path.target[-1], [path.roll[-1], path.fov[-1]]])
    assert np.abs(last - [*before.eye, *before.target, 0.0, 0.8]).max() > 0.01


def test_directions_are_the_cameras_own(world):
    """It stands at -y and looks along +y, so its right is +x."""
    right, up = MOVES["pan"].path(world).target[-1], Camera.tilt(10).path(world).target[-1]
    assert right[0] > 0
    assert up[2] > 0.5
    assert MOVES["truck"].path(world).eye[-1] == pytest.approx([-1.5, -6, 1.5])
    assert MOVES["orbit"].path(world).eye[-1] == pytest.approx([6, 0, 1.5])
    assert MOVES["crane"].path(world).eye[-1] == pytest.approx([0, -6, 4.5])


def test_amounts_are_reached(world):
    own = np.array([0.0, 6.0, -1.0])
    for degrees, camera in ((30, Camera.pan(30)), (10, Camera.tilt(10))):
        path = camera.path(world)
        level = (path.target - path.eye)[-1] * ([1, 1, 0] if degrees == 30 else [1, 1, 1])
        assert angle(level, own * ([1, 1, 0] if degrees == 30 else [1, 1, 1])) == pytest.approx(degrees)
        assert np.linalg.norm(path.target - path.eye, axis=1) == pytest.approx(np.full(49, AWAY))
    assert math.degrees(MOVES["roll"].path(world).roll[-1]) == pytest.approx(20)
    assert math.tan(MOVES["zoom"].path(world).fov[-1] / 2) == pytest.approx(math.tan(0.4) / 2)
    path = MOVES["dolly"].path(world)
    assert np.linalg.norm(path.target[-1] - path.eye[-1]) == pytest.approx(AWAY - 2)
    assert np.linalg.norm(path.eye[-1] - path.eye[0]) == pytest.approx(2)


def test_an_orbit_keeps_its_distance_at_constant_speed(world):
    path = Camera.orbit(-90).path(world)
    assert np.linalg.norm(path.eye - path.target, axis=1) == pytest.approx(np.full(49, AWAY))
    steps = np.linalg.norm(np.diff(path.eye, axis=0), axis=1)
    assert np.ptp(steps) < 1e-9
    eased = np.linalg.norm(np.diff(Camera.orbit(-90, ease=True).path(world).eye, axis=0), axis=1)
    assert eased[0] < 0.2 * eased[24]


def test_a_dolly_never_passes_what_it_looks_at(world):
    path = (Camera.static(Pose((0, -6, 1.5), (0, 0, 1.5))) + Camera.dolly(20)).path(world)
    ahead = path.target - path.eye
    assert path.eye[-1] == pytest.approx([0, 14, 1.5])
    assert (ahead @ ahead[0] > 0).all()
    assert np.linalg.norm(ahead[-1]) == pytest.approx(0.3)


def test_no_move_goes_into_the_ground_or_over_the_top(world):
    assert Camera.crane(-50).path(world).eye[:, 2].min() == 0.2
    path = Camera.tilt(170).path(world)
    assert angle((path.target - path.eye)[-1], np.array([0.0, 0.0, 1.0])) == pytest.approx(1)


def test_following_and_looking_keep_to_the_actor(world):
    ball = world.position.values[0]
    path = Camera.follow("ball").path(world)
    assert path.eye[5] - path.eye[0] == pytest.approx(ball[5] - ball[0])
    assert np.array_equal(Camera.look_at("ball").path(world).target, ball)
    late = Camera.static(seconds=1).then(Camera.look_at("ball")).path(world)
    assert np.array_equal(late.target[:25], np.repeat([[0.0, 0.0, 0.5]], 25, axis=0))
    assert np.array_equal(late.target[36:], ball[36:])


def test_one_follows_the_other_from_where_it_came_to(world):
    path = Camera.orbit(90, seconds=1).then(Camera.truck(1, seconds=0.5)).path(world)
    assert path.eye[24] == pytest.approx([6, 0, 1.5])
    assert path.eye[36] == pytest.approx([6, 1, 1.5])
    assert np.array_equal(path.eye[36:], np.repeat(path.eye[-1:], 13, axis=0))


def test_a_sum_does_both(world):
    both = (Camera.orbit(90) + Camera.zoom(2)).path(world)
    assert np.array_equal(both.eye, Camera.orbit(90).path(world).eye)
    assert np.array_equal(both.fov, Camera.zoom(2).path(world).fov)
    held = (Camera.static(FRONT) + Camera.crane(1)).path(world)
    assert held.eye[-1] == pytest.approx([0, -6, 2.5])
    assert held.fov[0] == pytest.approx(math.radians(45))


def test_key_poses_are_met_and_held(world):
    side = Pose((6, 0, 3), (0, 0, 1), roll=10, fov=60)
    path = Camera.keys({0.5: FRONT, 1.5: side}).path(world)
    for sample in (0, 12):
        assert path.eye[sample] == pytest.approx(FRONT.eye)
    assert path.eye[24] == pytest.approx([3, -3, 2.25])  # two poses make a straight line
    assert path.eye[36:] == pytest.approx(np.repeat([side.eye], 13, axis=0))
    assert np.degrees([path.roll[-1], path.fov[-1]]) == pytest.approx([10, 60])


def test_a_pose_of_its_own_is_a_cut(world):
    camera = Camera.pan(10, seconds=1).then(Camera.static(FRONT))
    filmed = camera.film(world)
    assert np.flatnonzero(filmed.camera_cut.values).tolist() == [24]
    assert not Camera.static(FRONT).film(world).camera_cut.any()
    assert camera.path(world).eye[24] == pytest.approx(FRONT.eye)


def test_filming_leaves_all_else_as_it_is():
    world = simulate("throw", 3)
    filmed = MIXED.film(world)
    changed = {name for name in VARIABLES if not np.array_equal(filmed[name].values, world[name].values)}
    assert changed == {"camera_eye", "camera_target", "camera_roll", "camera_fov"}
    assert "events" in filmed.attrs
    assert "facts" not in filmed.attrs  # they tell of the old camera


def test_filming_again_changes_nothing(world):
    for camera in MOVES.values():
        once = camera.film(world)
        assert camera.film(once).identical(once)


def test_a_world_later_than_zero_is_filmed_from_its_start(world):
    late = world.assign_coords(time=world.time + 5)
    assert MOVES["orbit"].path(late).eye == pytest.approx(MOVES["orbit"].path(world).eye)
    assert Camera.look_at("ball").path(late).target == pytest.approx(world.position.values[0])


@pytest.mark.parametrize("camera", [*MOVES.values(), Camera.keys({0: FRONT, 1.5: Pose((1, 1, 1), (0, 0, 0))})])
def test_json_brings_the_same_camera_back(camera):
    again = Camera.from_json(camera.to_json())
    assert again == camera
    assert hash(again) == hash(camera)
    assert len(json.loads(camera.to_json())) == 1


@pytest.mark.parametrize("axes", ["opencv", "opengl"])
def test_matrices_bring_the_same_path_back(world, axes):
    path = MIXED.path(world)
    matrices, intrinsics = MIXED.matrices(world, width=640, height=360, axes=axes)
    again = Camera.from_matrices(matrices, intrinsics, width=640, height=360, distance=AWAY, axes=axes).path(world)
    for name in ("eye", "target", "fov"):
        assert getattr(again, name) == pytest.approx(getattr(path, name), abs=1e-9)
    assert np.cos(again.roll - path.roll) == pytest.approx(np.ones(49))


def test_matrices_are_what_the_renderer_uses(world):
    path = MIXED.path(world)
    matrices, intrinsics = MIXED.matrices(world, width=64, height=36)
    view = view_of(path.eye[-1], path.target[-1], path.roll[-1], path.fov[-1], 64, 36)
    right, down, forward = matrices[-1, :3, :3].T
    tangent = math.tan(path.fov[-1] / 2)
    assert intrinsics[-1, 1, 1] == pytest.approx(18 / tangent)
    packed = [*path.eye[-1], *forward, *(right * tangent * 64 / 36), *(-down * tangent)]
    for vector in np.reshape(packed, (4, 3)):
        assert any(np.allclose(view[i : i + 3], vector, atol=1e-6) for i in range(len(view) - 2))


def test_a_table_is_read(tmp_path, world):
    (tmp_path / "a.csv").write_text(
        "time,eye_x,eye_y,eye_z,target_x,target_y,target_z,fov\n2,1,-6,2,0,0,1,\n0,0,-6,2,0,0,1,40\n"
    )
    path = Camera.from_csv(tmp_path / "a.csv").path(world)
    assert path.eye[24] == pytest.approx([0.5, -6, 2])
    assert np.degrees(path.fov[0]) == pytest.approx(40)


@pytest.mark.parametrize(
    ("text", "camera"),
    [
        ("orbit left 90", Camera.orbit(-90)),
        ("Zoom out 2 for 1.5 s + handheld 0.5", Camera.zoom(0.5, seconds=1.5) + Camera.handheld(0.5)),
        ("dolly in 1.5 m over 2 s, then pan right 30 degrees", Camera.dolly(1.5, seconds=2).then(Camera.pan(30))),
        ("static for 1 s then look at ball 2", Camera.static(seconds=1).then(Camera.look_at("ball 2"))),
        ("follow Rex + roll -10", Camera.follow("Rex") + Camera.roll(-10)),
    ],
)
def test_words_make_a_camera(text, camera):
    assert Camera.parse(text) == camera


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not understood"),
        ("jump left 3", "not understood"),
        ("orbit 90", "lacks a way or an amount"),
        ("orbit left", "lacks a way or an amount"),
        ("orbit up 90", "lacks a way"),
        ("orbit left 90 then zoom in 2", "has no end; add one"),
        ("orbit left 99999", "from -3600 to 3600"),
        ("zoom in 0", "from 0.02 to 50"),
    ],
)
def test_words_that_make_none_are_told(text, words):
    with pytest.raises(RequestError, match=words):
        Camera.parse(text)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Camera.pan(float("nan")), "degrees is nan; it must be a number from -3600 to 3600"),
        (lambda: Camera.pan("30"), "degrees is '30'"),
        (lambda: Camera.truck(1, seconds=-1), "seconds is -1"),
        (lambda: Camera.zoom(0), "from 0.02 to 50"),
        (lambda: Camera.follow(""), "name an actor"),
        (lambda: Camera.handheld(seed=-1), "whole number from 0"),
        (lambda: Camera.keys({0: FRONT}), "1 key poses make no path"),
        (lambda: Camera.keys({-1: FRONT, 1: FRONT}), "time is -1"),
        (lambda: Pose((0, 0), (0, 0, 0)), r"give \(x, y, z\)"),
        (lambda: Pose((0, 0, math.nan), (0, 0, 0)), "eye z is nan"),
        (lambda: Pose((0, 0, 1), (0, 0, 1)), "so that it looks somewhere"),
        (lambda: Pose((0, 0, 1), (0, 0, 0), fov=0), "from 1 to 172"),
        (lambda: Camera(()), "made of moves"),
        (lambda: Camera.zoom(2) + Camera.static(FRONT), "swap them"),
        (lambda: Camera.orbit(90).then(Camera.zoom(2)), "needs an end; say seconds=2"),
        (lambda: Camera.from_json("{"), "not JSON"),
        (lambda: Camera.from_json("{}"), "no list of camera moves"),
        (lambda: Camera.from_json('[{"kind": "fly"}]'), "cannot 'fly'"),
        (lambda: Camera.from_json('[{"kind": "pan", "much": 3}]'), "no camera move"),
        (lambda: Camera.from_json('[{"kind": "poses", "poses": [{}]}]'), "no camera move"),
        (lambda: Camera.from_json("[3]"), "no camera move"),
        (lambda: Camera.from_csv("missing.csv"), "cannot be read as a table"),
        (lambda: Camera.from_matrices([np.eye(4)], np.eye(3)), "principal point"),
        (lambda: Camera.from_matrices(2 * np.eye(4)[None], np.eye(3)), "orthonormal"),
        (lambda: Camera.from_matrices(np.eye(3), np.eye(3)), "give \\(N, 4, 4\\)"),
        (lambda: Camera.from_matrices([np.eye(4) * math.nan], np.eye(3)), "not finite"),
        (lambda: Camera.from_matrices([np.eye(4)], np.eye(3), axes="blender"), "use one of opencv, opengl"),
    ],
)
def test_what_is_no_camera_is_told(make, words):
    with pytest.raises(RequestError, match=words) as caught:
        make()
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("row", ["0,0,0,0,1,0", "x,0,0,0,1,0,0", "nan,0,0,0,1,0,0", "0,0,0,0,0,0,0"])
def test_a_wrong_table_is_told_with_its_line(tmp_path, row):
    head = "time,eye_x,eye_y,eye_z,target_x,target_y,target_z\n"
    (tmp_path / "a.csv").write_text(f"{head}1,0,0,0,1,0,0\n{row}\n")
    with pytest.raises(RequestError, match=r"line 3|pose's time is nan"):
        Camera.from_csv(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("t,x\n1,2\n")
    with pytest.raises(RequestError, match="lacks time, eye_x"):
        Camera.from_csv(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        (Camera.follow("bal"), "follow 'bal'; the world has ball; name one of them"),
        (Camera.orbit(90, seconds=2).then(Camera.zoom(2)), "zoom begins at 2 s and the world lasts 2 s"),
        (Camera.static(Pose((0, 0, 20), (0, 0, 0))) + Camera.look_at("ball"), "look at its own place"),
    ],
)
def test_what_does_not_fit_a_world_is_told(world, camera, words):
    with pytest.raises(RequestError, match=words):
        camera.path(world)


def test_filming_is_a_function_too(world):
    assert film(MOVES["pan"].moves, world).identical(MOVES["pan"].film(world))


@pytest.mark.parametrize(
    "text",
    [
        "orbit left 90 for 3 s, then zoom in 2",
        "zoom out 4 + handheld 0.5",
        "static for 2 s, then roll -20 + tilt down 12.25 for 1.5 s",
        "follow ball 2 for 1 s, then look at ball 2",
        "crane up 3",
        "dolly out 1.5 + truck left 2 for 1 s, then pan right 30",
    ],
)
def test_words_tell_a_camera(text):
    assert Camera.parse(text).words() == text


@pytest.mark.parametrize(
    "camera",
    [
        Camera.static(Pose((0, -6, 1), (0, 0, 1))),
        Camera.orbit(90, ease=True),
        Camera.handheld(seed=3),
        Camera.follow("a + b"),
        Camera.zoom(0.7),
        Camera.pan(1e-7),
    ],
)
def test_what_words_cannot_tell_has_none(camera):
    assert camera.words() == ""
