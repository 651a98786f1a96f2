"""Words that change a world: only what many draws agree on, and nothing beside it."""

import dataclasses

import numpy as np
import pytest

import sora2lib
from sora2lib import editing
from sora2lib.errors import RequestError
from sora2lib.model import weights
from sora2lib.recast import ACTOR_PARTS, DRAWS, SCENE_PARTS, Change, apply, changes, settled
from sora2lib.recipe import Recipe
from sora2lib.request import PARTS, Edit, Request
from sora2lib.world.schema import VARIABLES
from sora2lib.world.simulate import simulate
from sora2lib.world.support import depth_below

SIZE, COLOUR, MATERIAL = ACTOR_PARTS
GROUND = SCENE_PARTS[0]
BLUE = np.tile([[0.0, 0.0, 2.0]], (DRAWS, 1))
MIXED = np.random.default_rng(0).normal(0, 2, (DRAWS, 3))


@pytest.fixture
def source(world):
    """A blue steel ball of half a metre on sand."""
    return world.assign(
        colour=world.colour * 0 + [0.1, 0.2, 0.9],
        material=(("actor",), ["leather"]),
        density=world.density * 7,
        size=world["size"] * 0 + 0.5,
        ground="sand",
    )


def test_words_settle_what_draws_agree_on():
    red = np.array([2.0, 0.0, 0.0])
    assert settled(red, BLUE, MIXED) is not None
    assert settled(red, MIXED, MIXED) is None  # the words leave it open
    assert settled(BLUE[0], BLUE, MIXED) is None  # it is so already
    assert settled(red, BLUE, BLUE) is None  # it comes out so without any words
    assert settled(red, BLUE[: DRAWS // 2], MIXED) is None  # half of the draws have no such thing
    most, some = (np.concatenate([BLUE[:count], 5 + MIXED[count:]]) for count in (12, 5))
    assert settled(red, most, MIXED) is not None  # twelve of sixteen, of themselves hardly any
    assert settled(red, most, some) is None  # of themselves five: seven more are too few


def test_one_part_changes_and_all_else_stays(world, source):
    for change, touched in (
        (Change(COLOUR, source, "ball"), {"colour"}),
        (Change(MATERIAL, source, "ball"), {"material", "density"}),
        (Change(GROUND, source), {"ground"}),
        (Change(SIZE, source, "ball"), {"size", "position"}),
    ):
        again = apply(world, [change])
        assert {name for name in VARIABLES if not np.array_equal(again[name], world[name])} == touched
    assert str(apply(world, [Change(MATERIAL, source, "ball")]).material.values[0]) == "leather"


def test_only_the_actor_that_is_named_changes(source):
    world = simulate("dominoes", 2)
    name = str(world.actor.values[1])
    again = apply(world, [Change(COLOUR, source, name)])
    changed = (again.colour != world.colour).any("rgb").values
    assert world.actor.values[changed].tolist() == [name]
    assert "facts" not in again.attrs


def test_what_grows_keeps_its_gap_to_the_ground(source):
    world = simulate("roll", 3)
    name = str(world.actor.values[0])
    again = apply(world, [Change(SIZE, source, name)])
    gaps = []
    for one in (world, again):
        depth = depth_below(str(one.asset.values[0]), one["size"].values[0], one.rotation.values[0])
        gaps.append(one.position.values[0, :, 2] - depth)
    np.testing.assert_allclose(*gaps, atol=1e-12)
    assert np.array_equal(again.position[..., :2], world.position[..., :2])


def test_a_network_that_has_learned_nothing_changes_nothing(untrained):
    model, world = weights.load(untrained), simulate("drop", 3)
    assert changes(model, world, "the ball is blue", Edit(), seed=1, guidance=2.5) == []
    clip = sora2lib.draw(world, size="64x64", fps=2, seconds=0.5)
    with pytest.raises(RequestError, match="the model reads no change that it may make in 'the ball is blue'"):
        clip.remix("the ball is blue", seed=1, model=untrained)


def test_a_remix_says_what_was_changed_and_what_it_was_made_from(world, source, untrained, monkeypatch):
    found = [Change(COLOUR, source, "ball"), Change(MATERIAL, source, "ball")]
    monkeypatch.setattr(editing, "changes", lambda *_, **__: found)
    recipe = Recipe(4, 2, world, maker="a test")
    again = editing.remixed(recipe, Request("a blue ball", seed=1, model=untrained), Edit())
    assert again.notices == ("changed: ball's colour, ball's material",)
    assert (again.maker, again.parents) == ("untrained 0", recipe.line("remix"))
    assert again.world.identical(apply(world, found))


def test_parts_are_those_that_can_be_asked_for():
    assert {part.name for part in (*ACTOR_PARTS, *SCENE_PARTS)} == set(PARTS)
    assert [part for part in PARTS if Edit(keep=("ground",), change=("ground", "light")).allows(part)] == ["light"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"strength": 0}, "strength is 0; it must be above 0 and at most 1"),
        ({"strength": float("nan")}, "strength is nan"),
        ({"keep": ("hue",)}, r"keep is \('hue',\); give a tuple of any of colour"),
        ({"change": "colour"}, "change is 'colour'; give a tuple"),
    ],
)
def test_what_no_remix_can_do_is_told(clip, asked, words):
    with pytest.raises(RequestError, match=words):
        clip.remix("at night", **asked)


def test_a_world_too_short_is_told(clip, world, untrained):
    short = dataclasses.replace(clip, world=world.isel(time=slice(0, 5)))
    with pytest.raises(RequestError, match="5 samples is too short"):
        short.remix("at night", model=untrained)
