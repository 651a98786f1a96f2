"""Many clips at once: every prompt with every seed at every guidance, side by side in one Dataset with scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from sora2lib import pipeline
from sora2lib.casting import GUIDANCE
from sora2lib.clip import Clip
from sora2lib.errors import RequestError
from sora2lib.model.text import unknown_words
from sora2lib.physics.inspector import inspect
from sora2lib.request import Request, parse_size

MOST = 400  # clips of one sweep: an hour or two of two cores
DIMS = ("prompt", "seed", "guidance")
SCORES = {
    "broken": "laws of physics that are broken",
    "measured": "share of the laws that could be measured",
    "faithful": "seconds until something is half its radius off a simulation from the same start",
    "gravity": "m/s² with which things fall",
    "unknown": "words of the prompt that the model does not understand",
}


@dataclass(frozen=True, eq=False)
class Trial:
    """One clip of a sweep, and the grid so far.

    Parameters
    ----------
    index, total : which clip of how many, from 1.
    clip : the clip; its request says prompt, seed and guidance.
    grid : over prompt, seed and guidance: the scores, NaN where no clip is yet or nothing could be measured; ``cast``,
        who is there; ``still``, the middle picture (y, x, rgb). Every trial of a sweep has the same one, which fills.
    """

    index: int
    total: int
    clip: Clip
    grid: xr.Dataset


def sweep(
    prompts: Sequence[str],
    *,
    seeds: Sequence[int] = (0, 1, 2),
    guidance: Sequence[float] = (GUIDANCE,),
    seconds: float = 2.0,
    size: str = "320x180",
    **more: Any,
) -> Iterator[Trial]:
    """Make a clip of every prompt with every seed at every guidance, and hold each against physics.

    Stop asking, and the work stops; the grid keeps what is there.

    Parameters
    ----------
    prompts, seeds, guidance : the axes; 400 clips at most in all.
    seconds, size, more : as in :func:`generate`, the same for all.

    Raises
    ------
    RequestError
        An axis is empty, says something twice, or is no list; there are too many clips; a value breaks its rule.
    ModelError
        The weights are missing, damaged or of another version.

    >>> for trial in sweep(["a ball falls", "a ball bounces"], seeds=range(3)):  # doctest: +SKIP
    ...     print(trial.index, trial.total)
    >>> trial.grid.gravity.mean("seed")                                         # doctest: +SKIP
    """
    axes = {"prompt": _axis("prompts", prompts), "seed": _axis("seeds", seeds), "guidance": _axis("guidance", guidance)}
    total = int(np.prod([len(it) for it in axes.values()]))
    if total > MOST:
        raise RequestError(f"{total} clips were asked for; the limit is {MOST}; give fewer prompts, seeds or guidances")
    asked = [
        Request(**dict(zip(DIMS, at, strict=True)), seconds=seconds, size=size, **more)
        for at in product(*axes.values())
    ]
    return _trials(asked, _empty(axes, size))


def _axis(name: str, values: Any) -> list[Any]:
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray) or not len(values):
        raise RequestError(f"{name} is {str(values)[:60]!r}; give a list with one value or more")
    plain = list(values)
    if len(set(plain)) < len(plain):
        raise RequestError(f"{name} says something twice: {str(plain)[:60]}; give each value once")
    return plain


def _empty(axes: dict[str, list[Any]], size: str) -> xr.Dataset:
    width, height = parse_size(size)
    shape = tuple(len(it) for it in axes.values())
    grid: dict[str, Any] = {name: (DIMS, np.full(shape, np.nan), {"long_name": told}) for name, told in SCORES.items()}
    grid["cast"] = (DIMS, np.full(shape, "", dtype=object), {"long_name": "who is there"})
    grid["still"] = ((*DIMS, "y", "x", "rgb"), np.zeros((*shape, height, width, 3), np.uint8))
    return xr.Dataset(grid, axes, {"size": size})


def _trials(asked: list[Request], grid: xr.Dataset) -> Iterator[Trial]:
    for index, request in enumerate(asked, start=1):
        clip = pipeline.make(request)
        at = np.unravel_index(index - 1, [grid.sizes[dim] for dim in DIMS])
        for name, value in _scores(clip).items():
            grid[name].values[at] = value
        yield Trial(index, len(asked), clip, grid)


def _scores(clip: Clip) -> dict[str, Any]:
    report = inspect(clip)
    return {
        "broken": len({it.law for it in report.violations}),
        "measured": report.measured,
        "faithful": float(np.minimum(report.horizon_N, clip.seconds).min()) if len(report.tracks) else np.nan,
        "gravity": report.study.gravity[0],
        "unknown": len(unknown_words(clip.request.prompt)) if clip.request else np.nan,
        "cast": ", ".join(report.world.actor.values.tolist()) if report.world else "",
        "still": clip.frame(clip.seconds / 2),
    }
