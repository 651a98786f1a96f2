"""Shots at a hoop: what came of them beside what was said, and pushes out of nothing."""

import numpy as np
import pytest

from sora2lib.physics.laws import checks
from sora2lib.physics.outcome import said, shots
from sora2lib.physics.study import Study
from sora2lib.physics.tracks import of_world
from sora2lib.world.simulate import simulate


@pytest.fixture(scope="module")
def missed():
    return simulate("basketball", 21_000_012)


def held(world, prompt=""):
    found = checks(Study(of_world(world), shots=shots(world, prompt)))
    return [it.holds for it in found if it.law == "outcome"]


def test_a_miss_is_no_score(missed):
    (shot,) = shots(missed)
    assert not shot.inside
    assert shot.pushed < 1e-3
    assert held(missed) == [True]
    assert held(missed, "A basketball bounces off the rim.") == [True]
    assert held(missed, "A basketball swishes through the hoop.") == [False]


def test_a_score_is_no_miss():
    world = simulate("basketball", 21_000_023)
    assert shots(world)[0].inside
    assert held(world, "the ball goes in") == [True]
    assert held(world, "the ball misses") == [False]


def test_what_is_carried_to_the_hoop_is_found_out(missed):
    world = missed.copy(deep=True)
    ball = world.asset.values.tolist().index("basketball")
    hoop = world.asset.values.tolist().index("hoop")
    away = np.linalg.norm(world.position.values[ball] - world.position.values[hoop], axis=-1)
    turn = int(np.flatnonzero(away < 1.5)[0])
    step = float(world.time[1] - world.time[0])
    world.position[ball, turn:, 1] += 0.2 * step * np.arange(len(world.time) - turn)  # 0.2 m/s more to one side
    (shot,) = shots(world)
    assert shot.pushed == pytest.approx(0.2, rel=0.05)
    assert shot.time == pytest.approx(turn * step, abs=1.5 * step)
    assert held(world) == [False]


def test_without_a_hoop_nothing_is_told():
    assert held(simulate("drop", 3)) == [None]


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("The ball goes in off the backboard", "in"),
        ("a player shoots and misses, the ball rebounds off the backboard", "miss"),
        ("it rims out", "miss"),
        ("a red ball falls into the water", ""),
        ("one goes in, one misses", ""),
    ],
)
def test_what_a_prompt_says_of_a_shot(prompt, told):
    assert said(prompt) == told
