"""Whether someone turns cartwheels, or jumps and turns once in the air."""

import numpy as np

from sora2lib.physics.bodies import Creature
from sora2lib.train.actions import Test
from sora2lib.train.measure import longest
from sora2lib.train.people import OFF_GROUND, SIDES, everyone, flight, off, turned, upended

ONE = (0.7, 1.5)  # turns, of a single cartwheel
ROUND = (0.6, 1.04)  # turns in the air, of a jump with a full turn; an axel has half a turn more
PRESSED = 0.05  # heights of the tips of a hand that bears
FREE = 0.2  # s: who flies for longer does not turn a cartwheel but an aerial


def _wheels(it: Creature) -> float:
    """How often it turns sideways over both hands; 0 where a hand stays away from the ground, or all of it flies."""
    tips_2T = np.array([it.soles[f"{side} hand"][0, :, 2] for side in SIDES]) / it.height
    flown = longest(it.clearance_T > OFF_GROUND * it.height) * it.step
    over = upended(it) and tips_2T.min(axis=1).max() < PRESSED and flown < FREE
    return over * abs(turned(it, "x")) / (2 * np.pi)


def _spins_once(it: Creature) -> bool:
    """Turns right round in the air, upright."""
    turns = abs(turned(it, "z", off(it))) / (2 * np.pi)
    return flight(it) > 0.25 and ROUND[0] < turns < ROUND[1] and not upended(it)


ACTIONS: dict[str, Test] = {
    "acrobatics/cartwheel": everyone(lambda it: ONE[0] < _wheels(it) < ONE[1]),
    "acrobatics/cartwheels": everyone(lambda it: _wheels(it) > ONE[1]),
    "acrobatics/spin jump": everyone(_spins_once),
}
OUTCOMES: dict[str, Test] = {}
