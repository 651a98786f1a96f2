"""Intervals that hold the true value in 95 of 100 repetitions: of a share, and of a mean."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

NORMAL_95 = 1.959964  # deviations of a normal distribution between which 95 % lie


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Interval of a share (E. B. Wilson, JASA 22 (1927) 209); 0 to 1 where nothing was tried.

    >>> tuple(round(it, 3) for it in wilson(8, 10))
    (0.49, 0.943)
    """
    if not trials:
        return 0.0, 1.0
    share, room = successes / trials, NORMAL_95**2 / trials
    middle = (share + room / 2) / (1 + room)
    half = math.sqrt(share * (1 - share) * room + room**2 / 4) / (1 + room)
    return 0.0 if not successes else middle - half, 1.0 if successes == trials else middle + half


def share(marks: Sequence[bool]) -> list[float]:
    """Share of true, its interval by :func:`wilson`, and the number of trials.

    >>> share([])
    [0.0, 0.0, 1.0, 0]
    """
    return [sum(marks) / max(1, len(marks)), *wilson(sum(marks), len(marks)), len(marks)]


def bootstrap(values: ArrayLike, *, draws: int = 2000, seed: int = 0) -> tuple[float, float]:
    """Interval of a mean, by drawing the values again with replacement; NaN where there are none.

    >>> bootstrap([1.0, 1.0, 1.0])
    (1.0, 1.0)
    """
    sample = np.asarray(values, dtype=np.float64).ravel()
    if not len(sample):
        return math.nan, math.nan
    picks = np.random.default_rng(seed).integers(len(sample), size=(draws, len(sample)))
    low, high = np.quantile(sample[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
