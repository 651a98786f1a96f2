"""What two surfaces make of each other: the one place that combines restitution and friction of a pair."""

import math

import numpy as np

HARD_ROLLING = 0.006  # rolling resistance on a perfectly hard floor, resisting force over weight
SOFT_ROLLING = 0.03  # what is added on one that gives back half of the speed of a bounce


def pair_restitution(a: float, b: float) -> float:
    """Return speed after over speed before when two surfaces meet; the losses of both add up.

    ``1/e - 1 = (1/a - 1) + (1/b - 1)``, Hamacher's product: on a perfectly hard partner (1) a body keeps its own
    value, two elastic bodies stay elastic, and soft sand takes nearly all, whatever falls on it.

    Parameters
    ----------
    a, b : restitution of each surface, 0..1.

    >>> round(pair_restitution(0.8, 1.0), 9)
    0.8
    """
    return 0.0 if min(a, b) <= 0 else a * b / (a + b - a * b)


def pair_friction(a: float, b: float) -> float:
    """Return the Coulomb coefficient of a pair, the geometric mean: ice (0) stays frictionless.

    >>> pair_friction(0.9, 0.4)
    0.6
    """
    return math.sqrt(a * b)


def rolling_resistance(restitution: float) -> float:
    """Return the rolling coefficient (resisting force over weight) on a floor of this restitution.

    What swallows a bounce swallows a roll: 0.01 on tiles, 0.03 on grass, above 0.1 on sand.
    """
    return HARD_ROLLING + SOFT_ROLLING * (1 / max(restitution, 0.05) - 1)


def _damping_table() -> tuple[np.ndarray, np.ndarray]:
    # T. Schwager and T. Poeschel, Granular Matter 9 (2007) 465: a damped spring that pushes but never pulls.
    under, over = np.linspace(0.0, 0.999, 1000), np.geomspace(1.001, 30.0, 400)
    e_under = np.exp(-under / np.sqrt(1 - under**2) * (np.pi - 2 * np.arcsin(under)))
    e_over = np.exp(-over / np.sqrt(over**2 - 1) * 2 * np.arccosh(over))
    return np.concatenate([e_under, e_over])[::-1], np.concatenate([under, over])[::-1]


_RESTITUTION, _RATIO = _damping_table()


def damping_ratio(restitution: float) -> float:
    """Return the damping (1 is critical) with which a spring that only pushes gives this restitution.

    >>> damping_ratio(1.0)
    0.0
    """
    return float(np.interp(restitution, _RESTITUTION, _RATIO))
