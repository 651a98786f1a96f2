"""From noise to rows: schedules and a solver, functions that know nothing of worlds.

A state is a tuple of tensors; its levels are a tuple of tensors of the leading shapes, 0 noise, 1 clean. The
velocity function returns, for a state and its levels, the estimate of ``data - noise``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

State = tuple[Tensor, ...]
Velocity = Callable[[State, State], State]


@dataclass(frozen=True)
class Estimate:
    """What is known after one solver step: the noisy state, and the clean one it points to."""

    index: int  # from 1
    total: int
    state: State
    guess: State


def cascade(rows: int, steps: int, lag: float) -> list[Tensor]:
    """Levels of time rows (rows,) for each of ``steps + 1`` moments: earlier rows lead, later ones follow.

    ``lag`` is how many times its own duration the last row waits for the first: 0 denoises all together, large
    values one after the other, so that each row sees an almost finished past.

    >>> [level.tolist() for level in cascade(2, 2, 1.0)]
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    """
    wait = torch.linspace(0, lag, rows) if rows > 1 else torch.zeros(rows)
    return [((1 + lag) * i / steps - wait).clamp(0, 1) for i in range(steps + 1)]


def euler(velocity: Velocity, state: State, levels: Sequence[State]) -> Iterator[Estimate]:
    """Solve from ``levels[0]`` to ``levels[-1]`` in Euler steps, one :class:`Estimate` a step.

    Levels are per row: a row whose level does not change is left alone, so given rows are rows held at 1.
    """
    total = len(levels) - 1
    for index, (now, after) in enumerate(pairwise(levels), start=1):
        speed = velocity(state, now)
        guess = tuple(ahead(x, t, v) for x, t, v in zip(state, now, speed, strict=True))
        state = tuple(x + _expand(s - t, x) * v for x, t, s, v in zip(state, now, after, speed, strict=True))
        yield Estimate(index, total, state, guess)


def ahead(x: Tensor, level: Tensor, velocity: Tensor) -> Tensor:
    """Clean rows to which noisy ones at their levels point."""
    return x + _expand(1 - level, x) * velocity


def led(velocity: Velocity, known: Callable[[State], State]) -> Velocity:
    """Lead what is known to what it is known to be, and leave the rest to the velocity.

    ``known`` returns, for the clean state to which the velocity points, the same with the channels that are known as
    they are, and NaN in all others. A known channel goes straight there, so that at every step it is its known value at
    the row's level of noise, and the network sees it as it saw data in training.

    >>> speed = led(lambda x, t: (0 * x[0],), lambda guess: (torch.tensor([2.0, torch.nan]),))
    >>> speed((torch.zeros(2),), (torch.tensor(0.5),))
    (tensor([4., 0.]),)
    """

    def straight(state: State, levels: State) -> State:
        speed = velocity(state, levels)
        clean = known(tuple(ahead(x, t, v) for x, t, v in zip(state, levels, speed, strict=True)))
        # A row without noise does not move; whatever its speed, it counts for nothing.
        return tuple(
            torch.where(c.isnan(), v, (c - x) / _expand(1 - t, x).clamp(min=1e-6))
            for x, t, v, c in zip(state, levels, speed, clean, strict=True)
        )

    return straight


def guided(with_prompt: State, without: State, guidance: float) -> State:
    """Classifier-free guidance (Ho & Salimans 2022): exaggerate what the condition changes; 1 is without."""
    return tuple(b + guidance * (a - b) for a, b in zip(with_prompt, without, strict=True))


def _expand(level: Tensor, like: Tensor) -> Tensor:
    return level.reshape(*level.shape, *([1] * (like.ndim - level.ndim)))
