"""Gymnastics that turn sideways or about the long axis: cartwheels, which may fail, and a jump with a full turn.

==========  ============================================  ==============  ================
family      action                                        outcome         direction, speed
==========  ============================================  ==============  ================
acrobatics  cartwheel, cartwheels (two or three)          lands, falls    direction
            spin jump (one turn in the air)               ""              "", ""
==========  ============================================  ==============  ================
"""

from dataclasses import replace

import numpy as np

from sora2lib.world.families.troupe import TOWARDS, WHO, Played, cast, figure, figure_body, scene
from sora2lib.world.figures.cartwheels import STRIDE, cartwheel
from sora2lib.world.figures.leaps import leap
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.routines import LEAPS
from sora2lib.world.figures.skeleton import Array, Figure
from sora2lib.world.stage import Event, Stage
from sora2lib.world.staging import GRIPPY, between, pick, side, thing

FALL_ODDS = 0.25
PACES = {1: (1.15, 1.5), 2: (1.0, 1.15), 3: (0.86, 0.96)}  # s for each of so many cartwheels


def acrobatics(rng: np.random.Generator) -> Stage:
    """Draw someone who turns cartwheels past the camera, or jumps up and turns once in the air."""
    look, (sign, direction) = cast(rng, pick(rng, WHO)), side(rng)
    action = pick(rng, ("cartwheel", "cartwheels", "spin jump"), (0.4, 0.3, 0.3))
    turns = 1 if action == "cartwheel" else int(rng.integers(2, 4))
    pace, start, far = between(rng, *PACES[turns]), between(rng, 0.05, 0.25), between(rng, -0.3, 0.3)
    falls, heading = rng.random() < FALL_ODDS, TOWARDS + between(rng, -0.25, 0.25)
    kind = LEAPS["spin jump"]
    kind = replace(kind, rise=kind.rise * between(rng, 0.97, 1.05), dip=kind.dip * between(rng, 0.9, 1.1))

    def move(who: Figure, time_T: Array) -> Motion:
        if action == "spin jump":
            return leap(who, time_T, kind=kind, start=start + 0.3)
        made = cartwheel(who, time_T, turns=turns, pace=pace, start=start, falls=falls)
        middle = STRIDE * turns / 2 * who.size[2]
        return replace(made, root_T3=made.root_T3 - np.array([0.0, middle, 0.0]))

    def play(time_T: Array) -> Played:
        made = move(figure(look), time_T)
        return Played({look.asset: (made if sign > 0 else made.mirror_image).placed(0.0, far, heading)})

    event = Event(action) if action == "spin jump" else Event(action, "falls" if falls else "lands", direction)
    return scene(
        rng, "acrobatics", bodies=[figure_body(look)], things=[thing("subject", look, look.asset)], play=play,
        event=event, ground=pick(rng, GRIPPY), watch=(look.asset,),
    )  # fmt: skip
