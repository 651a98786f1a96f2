"""What a clip starts from: plain values, seats in a cast, rows that are held, worlds that begin so."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sora2lib import pipeline, planner
from sora2lib.camera import Camera
from sora2lib.errors import RequestError
from sora2lib.given import Ask
from sora2lib.model import weights
from sora2lib.model.tokens import COLOUR, GAP, SIZE, START, encode
from sora2lib.pipeline import notices
from sora2lib.request import Request
from sora2lib.sighted import framed, held, scene_held, seat
from sora2lib.start import MOST_THINGS, Seen, Start
from sora2lib.storyboard import Card, Storyboard
from sora2lib.world.filming import CameraPath

RED, BLUE = (0.8, 0.1, 0.1), (0.1, 0.2, 0.8)
NOBODY = frozenset()
EYE, PITCH, FOV = 1.5, math.radians(12), 40.0


def picture_of(place, radius, colour, speed=None):
    """A ball as a camera at (0, -6, EYE) that looks along y, PITCH down, sees it."""
    forward = np.array([0, math.cos(PITCH), -math.sin(PITCH)])
    eye = np.array([0, -6, EYE])
    path = CameraPath(*(np.array([it]) for it in (eye, eye + forward)), np.zeros(1), np.full(1, math.radians(FOV)))
    (x, y), away = path.picture(np.array([place]))[0], (np.array(place) - eye) @ forward
    side = 2 * radius / away / math.tan(math.radians(FOV) / 2)
    return Seen(colour, x, y, side, side, speed)


def start_of(*things, **known):
    horizon = math.tan(PITCH) / math.tan(math.radians(FOV) / 2)
    return Start(tuple(things), horizon=horizon, fov=FOV, **known)


def balls(world, *many):
    """A cast of balls, (place, size, colour) each."""
    row = encode(world.isel(time=slice(0, 9))).cast
    cast = np.repeat(row, len(many), axis=0)
    for one, (place, size, colour) in zip(cast, many, strict=True):
        one[START], one[SIZE], one[COLOUR] = place, math.log(size / 0.3), 2 * np.array(colour) - 1
        one[GAP] = np.arcsinh((place[2] - size / 2) / 0.05)
    return cast


def test_a_start_is_the_same_after_json():
    start = start_of(picture_of((0, 0, 0.3), 0.3, RED, speed=(1.0, 0.0)), ground="ice", light="night")
    request = Request("a ball rolls", seed=3, start=start)
    assert Request.from_json(request.to_json()) == request
    assert "start" not in Request("a ball rolls", seed=3).to_json()


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({"ground": "lava"}, "ground is 'lava'"),
        ({"fov": 300}, "fov is"),
        ({"horizon": math.nan}, "horizon is"),
        ({"things": [{"colour": [0, 0, 0]}]}, "is no seen"),
        ({"things": 3}, "list of objects"),
        ({"nothing": 1}, "is no start"),
        ({"things": [{"colour": [0, 0, 2], "x": 0, "y": 0, "width": 1, "height": 1}]}, "colour is"),
        ({"things": [{"colour": [0, 0, 1], "x": 0, "y": 0, "width": 0, "height": 1}]}, "width is"),
        ({"things": [{"colour": [0, 0, 1], "x": 0, "y": 0, "width": 1, "height": 1}] * (MOST_THINGS + 1)}, "limit"),
    ],
)
def test_a_start_that_breaks_a_rule_says_so(plain, told):
    with pytest.raises(RequestError, match=told):
        Start.from_plain(plain)


def test_a_request_takes_nothing_else_for_a_start():
    with pytest.raises(RequestError, match="start is"):
        Request("a ball", start="photo.png")


@pytest.mark.parametrize("size", [0.6, 1.2])
def test_what_stands_is_placed_where_its_ray_meets_the_ground(world, size):
    start = start_of(picture_of((1, 2, 0.3), 0.3, RED))
    them = seat(start, balls(world, ((1, 2, size / 2), size, RED)), ["ball"], NOBODY)
    times = size / 0.6  # a picture tells no scale: the cast does
    np.testing.assert_allclose(them.size, size, rtol=1e-6)
    np.testing.assert_allclose(them.place[0], [1, 2, size / 2], atol=1e-6)
    np.testing.assert_allclose(them.pose.eye, [1 - times, 2 - 8 * times, EYE * times], atol=1e-6)
    assert them.gap[0] == pytest.approx(0, abs=1e-9)


def test_what_flies_is_as_far_away_as_its_size_tells(world):
    start = start_of(picture_of((0, 0, 0.25), 0.25, RED), picture_of((1, 1, 2.0), 0.25, BLUE))
    cast = balls(world, ((0, 0, 0.25), 0.5, RED), ((1, 1, 1.7), 0.5, BLUE))
    them = seat(start, cast, ["ball", "ball"], NOBODY)
    assert them.pose.eye[2] == pytest.approx(EYE)
    np.testing.assert_allclose(np.diff(them.place, axis=0)[0], [1, 1, 1.75], atol=1e-6)


def test_the_same_thing_is_seen_by_the_camera_that_is_found(world):
    start = start_of(picture_of((-1, 1, 0.2), 0.2, RED), picture_of((1.5, 3, 0.5), 0.5, BLUE))
    cast = balls(world, ((3, 0, 0.3), 0.7, BLUE), ((-2, 0, 0.3), 0.5, RED))
    them = seat(start, cast, ["ball", "ball"], NOBODY)
    assert them.rows.tolist() == [1, 0]  # by their colours
    pose = them.pose
    path = CameraPath(np.array([pose.eye]), np.array([pose.target]), np.zeros(1), np.full(1, math.radians(FOV)))
    for it, place in zip(start.things, them.place, strict=True):
        np.testing.assert_allclose(path.picture(place[None])[0], [it.x, it.y], atol=1e-6)


def test_speeds_along_the_ground_stay_on_it(world):
    before, after = ((0, 0, 0.3), (0.01, 0.02, 0.3))
    seen, then = (picture_of(place, 0.3, RED) for place in (before, after))
    moving = replace(seen, speed=((then.x - seen.x) * 100, (then.y - seen.y) * 100))
    them = seat(start_of(moving), balls(world, (before, 0.6, RED)), ["ball"], NOBODY)
    np.testing.assert_allclose(them.velocity[0], [1, 2, 0], atol=0.02)
    assert np.isnan(seat(start_of(seen), balls(world, (before, 0.6, RED)), ["ball"], NOBODY).velocity).all()


def test_scenery_that_nobody_named_and_nobody_sees_is_not_there(world):
    start, cast = (
        start_of(picture_of((0, 0, 0.3), 0.3, RED)),
        balls(world, ((0, 0, 0.3), 0.6, RED), ((3, 3, 1), 2, BLUE)),
    )
    known = held(start, cast, ["ball", "house"], NOBODY)
    assert known[:, 0].tolist() == [1, -1]
    assert np.isnan(held(start, cast, ["ball", "house"], frozenset({"house"}))[1]).all()
    assert np.isnan(known[0, 2:18]).all()  # what it is the picture does not tell


def test_a_scene_is_held_as_far_as_it_is_known():
    known = scene_held(Start(ground="ice", weather="snowfall"), 24)
    assert np.isfinite(known[:8]).all()
    assert np.isnan(known[8:11]).all()  # the sun
    assert np.isnan(scene_held(Start(), 24)).all()


def test_a_plan_begins_as_the_picture_shows(untrained):
    model = weights.load(untrained)
    start = start_of(picture_of((-1, 1, 0.2), 0.2, RED), picture_of((1.5, 3, 0.5), 0.5, BLUE), ground="snow")
    *_, step = planner.plan(model, Ask("two balls roll, the camera orbits left", 5, 1.0, start=start), steps=3)
    world = step.world()
    assert str(world.ground.values) == "snow"
    for it in start.things:
        mark = int(np.abs(world.colour.values - np.array(it.colour)).sum(axis=-1).argmin())
        np.testing.assert_allclose(world.colour.values[mark], it.colour, atol=1e-4)
    assert world.camera_fov.values[0] == pytest.approx(math.radians(FOV), rel=1e-6)
    ahead = world.camera_target.values[0] - world.camera_eye.values[0]
    assert math.atan2(-ahead[2], math.hypot(*ahead[:2])) == pytest.approx(PITCH, abs=1e-6)
    assert world.camera_eye.values[0] != pytest.approx(world.camera_eye.values[-1])  # then it is the model's


def test_a_camera_that_is_given_leads_on_from_the_picture(untrained):
    model, start = weights.load(untrained), start_of(picture_of((0, 0, 0.3), 0.3, RED))
    *_, step = planner.plan(model, Ask("a ball", 5, 1.0, camera=Camera.truck(1), start=start), steps=3)
    eye = step.world().camera_eye.values
    np.testing.assert_allclose(eye[-1] - eye[0], [1, 0, 0], atol=1e-6)


def test_a_clip_says_what_of_its_picture_was_not_understood():
    told = notices(Request("a red ball rolls", seed=1, start=Start(ground="ice")))
    assert "not understood in the picture, and left to the model: light, weather" in told
    assert any("nothing stands out" in it for it in told)


def test_a_later_picture_is_taken_from_where_the_cast_looks_like_it(world):
    far, near = ((-1, 1, 0.2), 0.4, RED), ((1.5, 3, 0.5), 1.0, BLUE)
    start = start_of(picture_of(*(far[0], 0.2, RED)), picture_of(*(near[0], 0.5, BLUE)))
    turn = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]])  # the same two, seen from the side
    cast = balls(world, *((tuple(turn @ np.array(place)), size, colour) for place, size, colour in (far, near)))
    pose = framed(start, cast, ["ball", "ball"], NOBODY, yaw=0.0)
    np.testing.assert_allclose(pose.eye, turn @ [0, -6, EYE], atol=0.02)
    alone = framed(start_of(start.things[0]), cast, ["ball", "ball"], NOBODY, yaw=math.pi / 2)
    np.testing.assert_allclose(alone.eye, turn @ [0, -6, EYE], atol=1e-6)


def test_a_card_is_filmed_from_where_its_image_was_taken(untrained):
    first, later = (start_of(picture_of((x, 0, 0.3), 0.3, RED)) for x in (0, 1))
    board = Storyboard([Card("a red ball lies there", 1, image=first), Card("it still lies there", 1, image=later)])
    assert Storyboard.from_json(board.to_json()) == board
    request = board.request(model=str(untrained), seed=3, steps=3)
    *_, step = pipeline.plan(Request.from_json(request.to_json()))
    world = step.world()
    cut = int(np.flatnonzero(world.camera_cut.values)[0])
    path = CameraPath(*(world[f"camera_{it}"].values[[0, cut]] for it in ("eye", "target", "roll", "fov")))
    mark = int(np.abs(world.colour.values - np.array(RED)).sum(axis=-1).argmin())
    assert cut == 24
    np.testing.assert_allclose(path.picture(world.position.values[mark, [0, cut]])[1, 0], later.things[0].x, atol=0.05)
    with pytest.raises(RequestError, match="image of card 1"):
        board.to_text()


def test_every_shot_has_a_start_or_none():
    with pytest.raises(RequestError, match="2 starts are given and the prompt has 1 shots"):
        Request("a ball", start=(Start(), None))
    with pytest.raises(RequestError, match="a card's image"):
        Card("a ball", image=3)
