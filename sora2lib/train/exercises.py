"""Whether someone exercises or makes a sign: knees, fists, hands and heads, in heights of the person."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.bodies import Creature
from sora2lib.train.actions import Test
from sora2lib.train.people import (
    SIDES,
    STANDS,
    everyone,
    flight,
    held,
    hips,
    kneels,
    nods,
    quiet,
    raises_both,
    reaches_down,
    shakes_head,
    stays,
    swings,
    tilts,
    turned,
    upended,
)

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
ON_KNEE = (0.20, 0.36)  # heights of the hips of someone on one knee
SQUATS = 0.08  # heights, by which the hips of a squat go down and up
HIGH, STRAIGHT = 0.36, 0.8  # heights of the sole and radians of a knee or elbow, of what is stretched out
DOWN = 0.03  # heights under a foot that bears
JABS, LEVEL = 1.2, 0.14  # radians of an elbow; heights between fist and shoulder
APART, BENT = 0.48, 1.1  # heights between the hands and radians of the elbows, of a shrug
BROW = 0.16  # heights from the middle of the forehead to a saluting hand
FULL = 5.5  # radians, of a pirouette


def _tips(it: Creature, side: str) -> Array:
    """The finger tips (T, 3) of a side."""
    return it.soles[f"{side} hand"][0]


def _kneels(it: Creature) -> bool:
    """Goes down from standing onto one knee and stays there."""
    high_T = hips(it)
    return bool(high_T[0] > STANDS and ON_KNEE[0] < high_T[-12:].mean() < ON_KNEE[1] and kneels(it))


def _squats(it: Creature) -> bool:
    """The hips go down between planted feet and up again, twice at least."""
    planted = max(float(_sole(it, side).max()) for side in SIDES) < DOWN
    return stays(it) and planted and swings(hips(it), SQUATS) >= 4


def _sole(it: Creature, side: str) -> Array:
    """Height (T,) of the lower end of a sole, in heights."""
    return np.asarray(it.soles[f"{side} foot"][..., 2].min(axis=0) / it.height)


def _kicks(it: Creature) -> bool:
    """One straight leg goes up to the front and down again; the other one bears."""
    return stays(it) and any(_swung_up(it, side) and _sole(it, other).max() < DOWN for side, other in _BOTH)


def _swung_up(it: Creature, side: str) -> bool:
    ahead_T = ((it.point(f"{side} foot") - it.root_T3) * it.axis("hips", 0)).sum(axis=1)
    up_T = (_sole(it, side) > HIGH) & (it.angle(f"{side} knee") < STRAIGHT) & (ahead_T > 0)
    return bool(up_T.any() and _sole(it, side)[[0, -1]].max() < DOWN)


def _punches(it: Creature) -> bool:
    """Both fists go out level with the shoulders and back, again and again."""
    return stays(it) and hips(it).min() > STANDS and all(_jabs(it, side) for side in SIDES)


def _jabs(it: Creature, side: str) -> bool:
    elbow_T = it.angle(f"{side} elbow")
    level_T = np.abs(it.point(f"{side} hand")[:, 2] - it.point(f"{side} upper arm")[:, 2]) < LEVEL * it.height
    out_T = (elbow_T < STRAIGHT) & level_T
    return swings(elbow_T, JABS) >= 4 and int((out_T[1:] & ~out_T[:-1]).sum()) >= 2


def _nods(it: Creature) -> bool:
    """Stands, and the head goes up and down."""
    return quiet(it) and nods(it) and not shakes_head(it)


def _shakes_head(it: Creature) -> bool:
    """Stands, and the head goes from side to side."""
    return quiet(it) and shakes_head(it) and not nods(it)


def _shrugs(it: Creature) -> bool:
    """Hanging hands go out to the sides at the height of the waist, palms away, and are held there."""
    hands = [it.point(f"{side} hand") for side in SIDES]
    wide_T = np.linalg.norm(hands[0] - hands[1], axis=1) > APART * it.height
    low_T = np.all([hand[:, 2] < it.point("neck")[:, 2] for hand in hands], axis=0)
    bent_T = np.all([it.angle(f"{side} elbow") > BENT for side in SIDES], axis=0)
    hung = max(float(it.angle(f"{side} elbow")[0]) for side in SIDES) < BENT
    return hung and stays(it) and hips(it).min() > STANDS and held(it, wide_T & low_T & bent_T)


def _salutes(it: Creature) -> bool:
    """One hand comes up to the brow and stays; the other one hangs."""
    near = [_at_brow(it, side) for side in SIDES]
    return stays(it) and any(
        held(it, near[k]) and not near[k][0] and not near[1 - k].any() and _hangs(it, SIDES[1 - k]) for k in (0, 1)
    )


def _at_brow(it: Creature, side: str) -> Flags:
    brow_T3 = it.point("head", (0.06 * it.height, 0.0, 0.12 * it.height))
    near_T = np.linalg.norm(_tips(it, side) - brow_T3, axis=1) < BROW * it.height
    return np.asarray(near_T & (it.angle(f"{side} elbow") > BENT))


def _hangs(it: Creature, side: str) -> bool:
    return bool((it.point(f"{side} hand")[:, 2] < it.point("chest")[:, 2]).all())


def _stretches(it: Creature) -> bool:
    """Both arms are up, and the trunk leans to one side and to the other."""
    return stays(it) and raises_both(it) and tilts(it)


def _touches_toes(it: Creature) -> bool:
    """The hands come down to the toes over straight legs; then it stands again."""
    upright = it.axis("chest", 2)[[0, -1], 2].min() > 0.9
    return bool(upright and hips(it).min() > STANDS and reaches_down(it) and flight(it) == 0 and not upended(it))


def _pirouettes(it: Creature) -> bool:
    """Turns right round on one foot."""
    lifted = max(float(_sole(it, side).max()) for side in SIDES) > 2 * DOWN
    return bool(stays(it) and lifted and abs(turned(it, "z")) > FULL and flight(it) == 0 and hips(it).min() > STANDS)


_BOTH = (SIDES, SIDES[::-1])
ACTIONS: dict[str, Test] = {
    "exercise/kneel": everyone(_kneels),
    "exercise/squat": everyone(_squats),
    "exercise/kick": everyone(_kicks),
    "exercise/punch": everyone(_punches),
    "exercise/nod": everyone(_nods),
    "exercise/shake head": everyone(_shakes_head),
    "exercise/shrug": everyone(_shrugs),
    "exercise/salute": everyone(_salutes),
    "exercise/stretch": everyone(_stretches),
    "exercise/touch toes": everyone(_touches_toes),
    "exercise/pirouette": everyone(_pirouettes),
}
OUTCOMES: dict[str, Test] = {}
