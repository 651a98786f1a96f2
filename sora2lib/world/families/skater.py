"""A figure skater jumps an axel with a cat on the head.

======  ======================================  ====================  ================
family  action                                  outcome               direction, speed
======  ======================================  ====================  ================
skater  single axel, double axel, triple axel   stays on, falls off   direction
        (subject the skater, target the cat)
======  ======================================  ====================  ================
"""

from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.families.troupe import Played, cast, figure, figure_body, past, scene
from sora2lib.world.figures.leaps import Flown
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.rider import carried, dropped
from sora2lib.world.figures.routines import LEAPS
from sora2lib.world.figures.skeleton import Array
from sora2lib.world.stage import Event, Stage
from sora2lib.world.staging import between, pick, side, thing

AXELS = ("single axel", "double axel", "triple axel")
COATS = ("orange", "black", "white", "grey", "brown")
FALL_ODDS = 0.5
HOLD = (0.35, 0.8)  # shares of the flight between which a cat may lose hold
INSTANT = 1e-3  # s


def skater(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw an axel on which the cat "stays on" or "falls off"; ``outcome`` "" leaves it to chance."""
    outcome = outcome or ("falls off" if rng.random() < FALL_ODDS else "stays on")
    look, cat = cast(rng, pick(rng, ("man", "woman"))), cast(rng, "cat", COATS)
    (sign, direction), action = side(rng), pick(rng, AXELS)
    pace, flown = between(rng, 0.5, 0.9), Flown(figure(look), LEAPS[action], between(rng, 0.4, 0.7))
    share = between(rng, *HOLD)

    def gliding(time_T: Array) -> Motion:
        motion = flown.at(time_T)
        return replace(motion, root_T3=motion.root_T3 + pace * time_T[:, None] * np.array([1.0, 0.0, 0.0]))

    def play(time_T: Array) -> Played:
        wearer, rider = gliding(time_T), figure(cat)
        if outcome == "falls off":
            time = flown.leave + share * (flown.meet - flown.leave)
            second = dropped(wearer, rider, gliding(np.array([time, time + INSTANT])))
        else:
            second = carried(wearer, rider)
        ways = {look.asset: wearer, "cat": second}
        return Played({name: past(motion, sign=sign, speed=pace) for name, motion in ways.items()})

    return scene(
        rng, "skater", bodies=[figure_body(look), figure_body(cat)],
        things=[thing("subject", look, look.asset), thing("target", cat, "cat")], play=play,
        event=Event(action, outcome, direction), ground="ice", again=partial(skater, outcome=outcome),
    )  # fmt: skip
