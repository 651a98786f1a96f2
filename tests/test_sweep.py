"""A sweep is a grid of clips, each the one that would be made alone, with the scores that an inspection gives it."""

import numpy as np
import pytest

import sora2lib as sora
from sora2lib.errors import RequestError
from sora2lib.physics.inspector import inspect
from sora2lib.sweeping import SCORES

PROMPTS, SEEDS, GUIDANCE = ["a red ball falls", "a zorbulon"], [3, 4], [1.0, 2.5]


@pytest.fixture(scope="module")
def trials(untrained):
    asked = {"seeds": SEEDS, "guidance": GUIDANCE, "seconds": 0.5, "size": "64x64"}
    return list(sora.sweep(PROMPTS, model=untrained, steps=2, **asked))


def test_every_cell_is_the_clip_that_is_made_alone(trials, untrained):
    alone = sora.generate(PROMPTS[1], seed=3, guidance=2.5, model=untrained, steps=2, seconds=0.5, size="64x64")
    trial = next(it for it in trials if it.clip.request == alone.request)
    assert trial.clip.world.identical(alone.world)
    cell = trial.grid.sel(prompt=PROMPTS[1], seed=3, guidance=2.5)
    assert (cell.still.values == alone.frame(0.25)).all()
    assert str(cell.cast.values) == ", ".join(alone.world.actor.values)


def test_scores_are_those_of_the_inspection(trials):
    grid, clip = trials[-1].grid, trials[-1].clip
    cell, report = grid.isel(prompt=-1, seed=-1, guidance=-1), inspect(clip)
    assert float(cell.broken) == len({it.law for it in report.violations})
    assert float(cell.measured) == report.measured
    assert set(grid.unknown.sel(prompt=PROMPTS[0]).values.ravel()) == {0}
    assert set(grid.unknown.sel(prompt=PROMPTS[1]).values.ravel()) == {1}
    assert grid.sizes["seed"] == 2
    assert all(grid[name].dims == ("prompt", "seed", "guidance") for name in SCORES)


def test_it_works_when_asked_and_keeps_what_is_there(untrained):
    first = next(sora.sweep(PROMPTS, seeds=[3], model=untrained, steps=2, seconds=0.5, size="64x64"))
    assert (first.index, first.total) == (1, 2)
    assert np.isnan(first.grid.broken.values[1:]).all()
    assert np.isfinite(first.grid.broken.values[0]).all()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"prompts": "a ball"}, "prompts is 'a ball'; give a list"),
        ({"seeds": []}, "seeds is '\\[\\]'; give a list with one value or more"),
        ({"seeds": [1, 1]}, "seeds says something twice"),
        ({"seeds": range(1000)}, "1000 clips were asked for; the limit is 400"),
        ({"guidance": [99]}, "guidance is 99"),
        ({"prompts": ["a ball", " "]}, "prompt is ' '"),
    ],
)
def test_what_cannot_be_swept_is_said_before_any_work(wrong, told):
    with pytest.raises(RequestError, match=told):
        sora.sweep(**({"prompts": ["a ball"]} | wrong))
