"""The library of things: names, looks and bodies of all of them."""

import re

import numpy as np
import pytest

from sora2lib.kernels.layout import SHAPES
from sora2lib.kernels.patterns import PATTERNS
from sora2lib.world import phrases, vocabulary
from sora2lib.world.assets import THINGS, find, primitives
from sora2lib.world.geometry import matrix
from sora2lib.world.mechanics import play
from sora2lib.world.naming import NOUNS
from sora2lib.world.parts import centroid, reach, volume
from sora2lib.world.stage import Body
from sora2lib.world.support import depth_below
from sora2lib.world.things.shapes import FLIP, bounds, box, cone, mirrored, prow, rod, stack, turned, wedge

UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])
FIRST = 32  # things of the first models: their parts and sizes stay, whatever is below or above the origin
NEW = THINGS[FIRST:]
FLYING = {"balloon", "kite"}  # they hang in the air over a string
named = pytest.mark.parametrize("asset", NEW, ids=lambda asset: asset.name)


def solid(asset, size=None):
    return [it for it in primitives(asset.name, np.array(asset.size if size is None else size)) if it.collides]


def centre_of_mass(parts):
    volumes = np.array([volume(it.shape, it.half) for it in parts])
    places = [it.centre + matrix(it.rotation) @ centroid(it.shape, it.half) for it in parts]
    return volumes @ np.array(places) / volumes.sum()


def foot(asset):
    return -float(depth_below(asset.name, np.array(asset.size), UPRIGHT))


def test_rods_run_from_end_to_end():
    made = rod((1, 2, 3), (1, 0, 2), 0.1)
    assert made.centre + matrix(made.rotation) @ [0, 0, made.half[2]] == pytest.approx([1, 0, 2])
    hanging = rod((0, 0, 1), (0, 0, 0), 0.1, "cone")
    assert matrix(hanging.rotation) @ [0, 0, 1] == pytest.approx([0, 0, -1])


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_mirrors_reflect_every_point(axis):
    (piece,) = turned(("y", 25), *turned(("z", 40), wedge(0.3, 0.2, 0.1, (0.5, 0.4, 0.3))))
    _, image = mirrored(axis, piece)
    flip = np.array([-1.0 if name == axis else 1.0 for name in "xyz"])
    assert image.centre == pytest.approx(flip * piece.centre)
    ways = np.random.default_rng(0).normal(size=(50, 3))
    there = reach("wedge", piece.half, ways @ matrix(piece.rotation))
    assert reach("wedge", image.half, flip * ways @ matrix(image.rotation)) == pytest.approx(there)


def test_a_bow_is_broad_behind_and_pointed_in_front():
    bow = prow(2.0, 1.0, 0.4)
    assert np.array(bounds(bow)) == pytest.approx(np.array([[-1, -0.5, -0.2], [1, 0.5, 0.2]]))
    assert centre_of_mass(bow) == pytest.approx([-1 / 3, 0, 0])  # a third of the length from the base of a triangle


def test_a_stack_stands_one_on_the_other():
    foot, block, tip = stack(box(1, 1, 0.2), box(0.5, 0.5, 0.6, (0, 0, -0.1)), cone(0.5, 0.4, turn=FLIP), base=1.0)
    assert [float(it.centre[2]) for it in (foot, block, tip)] == pytest.approx([1.1, 1.4, 1.9])


def test_what_is_round_stays_round_when_a_thing_is_stretched():
    for part in primitives("car", np.array(find("car").size) * [1.2, 0.9, 1.0]):
        if part.shape == "cylinder":
            assert part.half[0] == part.half[1]


def test_there_are_many_things():
    assert len(THINGS) >= 160
    assert len({asset.name for asset in THINGS}) == len(THINGS)
    assert all(find(asset.name) is asset for asset in THINGS)


def test_no_word_means_two_things():
    owners = {}
    for asset in THINGS:
        said = [asset.name, *asset.synonyms, *(it.removeprefix("~") for it in phrases.ASSETS.get(asset.name, ()))]
        for word in {it.split("/")[0].lower() for it in said}:
            assert owners.setdefault(word, asset.name) == asset.name, (word, owners[word], asset.name)


@named
def test_a_thing_has_words_colours_and_materials(asset):
    assert len(asset.synonyms) >= 3
    assert asset.materials
    assert set(asset.materials) <= set(vocabulary.MATERIALS)
    assert set(asset.colours) <= set(vocabulary.COLOURS)
    for part in asset.parts:
        assert part.shape in SHAPES
        assert part.pattern in ("", *PATTERNS)
        assert part.material in ("", *vocabulary.MATERIALS)
        assert part.tint in ("main", "accent") or (len(part.tint) == 3 and 0 <= min(part.tint) <= max(part.tint) <= 1)


@named
def test_its_words_have_plurals(asset):
    words = NOUNS[asset.name]
    assert words.train
    for one, many in (*words.train, *words.held):
        assert one != many
        assert not re.search(r"([^aeiou]y|x|ch|sh|s|z)s$", many.split(" of ")[0]), many


@named
def test_the_size_is_that_of_the_box_round_it(asset):
    low, high = bounds(primitives(asset.name, np.array(asset.size)))
    if solid(asset):
        low[2] = max(low[2], foot(asset))
    assert high - low == pytest.approx(asset.size, abs=1e-4)


@named
def test_it_stands_on_what_collides(asset):
    low, _ = bounds(primitives(asset.name, np.array(asset.size)))
    assert asset.rooted or asset.name in FLYING or low[2] > foot(asset) - 0.03 * max(asset.size)


@named
def test_the_origin_is_the_centre_of_mass(asset):
    if parts := solid(asset):
        assert centre_of_mass(parts) == pytest.approx(0, abs=1e-3 * max(asset.size))
        double = solid(asset, 2 * np.array(asset.size))
        assert centre_of_mass(double) == pytest.approx(0, abs=2e-3 * max(asset.size))


@named
def test_it_has_few_bodies(asset):
    assert len(solid(asset)) <= 24
    assert asset.rooted or solid(asset)


@pytest.mark.parametrize(
    ("name", "kilograms"), [("mug", 0.5), ("car", 1300), ("longship", 3000), ("sword", 1.3), ("balloon", 0.015)]
)
def test_things_weigh_what_they_weigh(name, kilograms):
    asset = find(name)
    cubic_metres = sum(volume(it.shape, it.half) for it in solid(asset))
    density = asset.fill * vocabulary.MATERIALS[asset.materials[0]].density
    assert cubic_metres * density == pytest.approx(kilograms)


@named
def test_it_settles_on_the_ground(asset):
    if asset.rooted:
        pytest.skip("never moves")
    stuff = vocabulary.MATERIALS[asset.materials[0]]
    size = np.array(asset.size)
    start = float(depth_below(asset.name, size, UPRIGHT)) + 0.01
    body = Body(
        "it", asset.name, asset.materials[0], asset.size, (0.5, 0.5, 0.5), stuff.density * asset.fill,
        stuff.restitution, stuff.friction, stuff.gloss, position=(0.0, 0.0, start),
    )  # fmt: skip
    take = play((body,), ground="wood floor", samples=25)
    path, turns = take.path("it"), take.rotation_AT4[0]
    reach = float(np.linalg.norm(size))
    lowest = path[:, 2] - depth_below(asset.name, size, turns)
    assert np.abs(path[:, :2]).max() < reach  # what is not steady falls over and may roll a little
    assert path[:, 2].max() <= start + 0.05 * reach
    assert lowest.min() > -0.02 * reach - 0.002
    assert take.touched("it", "ground")
