"""Filming again: the same world to the last bit, seen and heard from elsewhere, and what it was made from."""

import dataclasses

import numpy as np
import pytest

import sora2lib
from sora2lib import film
from sora2lib.camera import Camera
from sora2lib.errors import RequestError
from sora2lib.recipe import Parent, Recipe, fingerprint
from sora2lib.request import Request
from sora2lib.world.schema import VARIABLES, from_json

SMALL = {"size": "64x64", "fps": 6}
ORBIT = Camera.orbit(90)


@pytest.fixture
def short(world):
    """Half a second of a falling ball."""
    return dataclasses.replace(sora2lib.draw(world, seconds=0.5, **SMALL), maker="a test")


def test_the_same_world_is_filmed_by_another_camera(short, world):
    again = short.refilm(ORBIT)
    assert again.world.identical(ORBIT.film(world))
    changed = {name for name in VARIABLES if not np.array_equal(again.world[name], world[name])}
    assert changed == {"camera_eye"}
    assert (again.seconds, again.size, again.fps) == (short.seconds, short.size, short.fps)
    assert not np.array_equal(again.frames[-1], short.frames[-1])
    assert np.array_equal(again.frames, sora2lib.draw(ORBIT.film(world), seconds=0.5, **SMALL).frames)


def test_style_size_and_rate_alone_leave_the_camera(short, world):
    again = short.refilm(style="noir", size="96x64", fps=12)
    assert again.world.identical(world.assign(style="noir"))
    assert (again.size, again.fps, len(again.frames)) == ("96x64", 12, 6)


def test_nothing_new_is_the_same_film(short):
    again = short.refilm()
    assert np.array_equal(again.frames, short.frames)
    assert np.array_equal(again.sound, short.sound)


def test_a_slice_is_filmed_as_a_slice(world):
    whole = sora2lib.draw(world, seconds=2, **SMALL)
    again = whole[1.0:1.5].refilm(ORBIT)
    assert again.start == 1.0
    assert np.array_equal(again.frames, whole.refilm(ORBIT)[1.0:1.5].frames)
    assert again.sound.shape == whole[1.0:1.5].sound.shape


def test_a_simulated_clip_is_filmed_again_and_says_what_it_was(tmp_path):
    clip = sora2lib.simulate("drop", seed=3, seconds=0.5, **SMALL)
    again = clip.refilm(ORBIT).refilm(style="noir")
    assert again.maker == "simulate drop, seed 3"
    assert [parent.verb for parent in again.parents] == ["refilm", "refilm"]
    assert again.parents[-1] == Parent("refilm", None, clip.maker, fingerprint(clip.world))
    back = sora2lib.load(again.save(tmp_path / "a.mp4"))
    assert back.parents == again.parents
    assert back.world.identical(again.world)


def test_the_request_says_how_it_was_filmed(short):
    asked = dataclasses.replace(short, request=Request("a ball", seed=1, size="64x64", fps=6))
    again = asked.refilm(ORBIT, style="anime")
    assert again.request == dataclasses.replace(asked.request, camera=ORBIT, style="anime")
    assert again.refilm(size="96x96").request.camera == ORBIT
    assert again.parents[0].request == asked.request


def test_what_cannot_be_filmed_again_is_told(short):
    with pytest.raises(RequestError, match="no world to draw"):
        dataclasses.replace(short, world=None).refilm(ORBIT)
    with pytest.raises(RequestError, match="give a Camera, such as"):
        short.refilm("orbit left")
    with pytest.raises(RequestError, match="style is 'oil'"):
        short.refilm(style="oil")
    with pytest.raises(RequestError, match="the world has ball"):
        short.refilm(Camera.follow("cat"))


def test_a_fingerprint_is_of_the_world_alone(world):
    assert fingerprint(from_json(world.to_json())) == fingerprint(world)
    assert fingerprint(ORBIT.film(world)) != fingerprint(world)
    assert len(fingerprint(world)) == 16


def test_a_recipe_with_parents_comes_back(world):
    told = film.refilmed(Recipe(3, 6, world, maker="a test"), ORBIT, size="64x64")
    again = Recipe.from_json(told.to_json())
    assert again.parents == told.parents == (Parent("refilm", None, "a test", fingerprint(world)),)
