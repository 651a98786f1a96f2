"""Requests: each rule breaks loudly, and JSON brings the same request back."""

import dataclasses
import json

import numpy as np
import pytest

from sora2lib.camera import Camera, Pose
from sora2lib.errors import RequestError
from sora2lib.request import Request, count_frames, parse_size, rounded


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("prompt", "", "say what shall be seen"),
        ("prompt", " \n\t", "say what shall be seen"),
        ("prompt", None, "must be text"),
        ("prompt", "x" * 32_001, "32001 characters; the limit is 32000; shorten"),
        ("prompt", "\ud800", "no valid text"),
        ("seconds", 0, "seconds is 0; it must be a number from 0.5 to 120; try 4"),
        ("seconds", -1, "from 0.5 to 120"),
        ("seconds", float("nan"), "seconds is nan"),
        ("seconds", float("inf"), "seconds is inf"),
        ("seconds", 121, "seconds is 121"),
        ("seconds", "4", "seconds is '4'"),
        ("seconds", True, "seconds is True"),
        ("seconds", None, "seconds is None"),
        ("size", "720p", "size is '720p'; write width x height"),
        ("size", "1281x720", "both sides must be even; try 1282x720"),
        ("size", "1280x721", "try 1280x722"),
        ("size", "1x1", "between 64x64 and 3840x2160"),
        ("size", "16000x16000", "between 64x64 and 3840x2160"),
        ("size", "-64x64", "write width x height"),
        ("size", "٦٤x64", "write width x height"),
        ("size", (1280, 720), "write width x height"),
        ("fps", 0, "fps is 0"),
        ("fps", 61, "from 1 to 60"),
        ("seed", -1, "seed is -1"),
        ("seed", 2**32, "0 to 4294967295"),
        ("seed", 1.5, "whole number"),
        ("model", "", "name one"),
        ("style", "cubist", "style is 'cubist'; use one of realistic"),
        ("physics", "magic", "use one of model, exact"),
        ("steps", 0, "from 1 to 200"),
        ("guidance", 21, "from 0 to 20"),
        ("camera", "orbit left 90", "camera is 'orbit left 90'; give a Camera, such as sora2lib.Camera.orbit(90)"),
    ],
)
def test_a_broken_rule_names_value_rule_and_way_out(field, value, words):
    with pytest.raises(RequestError) as caught:
        Request(**{"prompt": "a ball", field: value})
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300


def test_limits_themselves_are_allowed():
    Request("x" * 32_000, seconds=0.5, size="64x64", fps=1, seed=0, steps=1, guidance=0)
    Request("x", seconds=120, size="3840x2160", fps=60, seed=2**32 - 1, steps=200, guidance=20)


def test_json_brings_the_same_request_back():
    request = Request(
        '"quoted" ⛄', seconds=2.5, size="64x96", fps=29.97, seed=5, steps=6, guidance=1.5, physics="exact"
    )
    camera = Camera.static(Pose((0, -6, 1), (0, 0, 1))) + Camera.orbit(90)
    for asked in (request, dataclasses.replace(request, camera=camera)):
        assert Request.from_json(asked.to_json()) == asked
        assert hash(Request.from_json(asked.to_json())) == hash(asked)


SHOTS = "Shot 1: a ball rolls\nShot 2: the ball stops"


def test_each_shot_may_have_a_camera():
    request = Request(SHOTS, camera=[Camera.orbit(90), None], seed=1)
    assert request.camera == (Camera.orbit(90), None)
    assert Request.from_json(request.to_json()) == request
    assert hash(request) == hash(Request.from_json(request.to_json()))
    with pytest.raises(RequestError, match="1 cameras are given and the prompt has 2 shots in 4 s; give one for each"):
        Request(SHOTS, camera=(None,))
    with pytest.raises(RequestError, match="3 cameras are given and the prompt has 1 shots"):
        Request("a ball", camera=(None, None, None))
    with pytest.raises(RequestError, match="camera is 'left'; give a Camera"):
        Request(SHOTS, camera=(None, "left"))


def test_shots_that_only_speak_are_not_filmed():
    said = "Shot 1: a man waits\nShot 2:\nDialogue:\n- Man: Hello there"
    with pytest.raises(RequestError, match="2 cameras are given and the prompt has 1 shots"):
        Request(said, camera=(None, None))


def test_a_request_without_a_camera_is_read():
    plain = json.loads(Request("a", seed=1).to_json())
    del plain["camera"]
    assert Request.from_json(json.dumps(plain)) == Request("a", seed=1)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"prompt": "a", "sise": "64x64"}', "3", '{"prompt": ""}', '{"prompt": "a", "camera": 3}']
)
def test_wrong_json_is_refused(text):
    with pytest.raises(RequestError):
        Request.from_json(text)


def test_numbers_of_numpy_are_like_ours():
    ours, theirs = Request("a", seconds=2, seed=3), Request("a", seconds=np.float32(2), seed=np.int64(3))
    assert ours == theirs
    assert json.loads(theirs.to_json())["seed"] == 3


def test_a_seed_is_drawn_and_kept():
    first, second = Request("a"), Request("a")
    assert first.seed != second.seed
    assert Request.from_json(first.to_json()).seed == first.seed


def test_frames_are_whole_and_rounding_is_told():
    assert count_frames(4, 24) == 96
    assert count_frames(0.5, 1) == 1
    assert Request("a", seconds=4).notices == ()
    assert Request("a", seconds=1.3).notices == rounded(1.3, 24)
    assert "31.2 frames" in rounded(1.3, 24)[0]
    assert "1.29167 s" in rounded(1.3, 24)[0]


def test_size_in_pixels():
    request = Request("a", size="1920x1080")
    assert (request.width, request.height) == parse_size("1920x1080") == (1920, 1080)
