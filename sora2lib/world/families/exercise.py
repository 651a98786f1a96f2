"""Exercises and signs on the spot: one person squats, kicks, boxes, nods, salutes or turns a pirouette.

========  =======================================================  =======  ================
family    action                                                   outcome  direction, speed
========  =======================================================  =======  ================
exercise  kneel, squat, kick, punch, nod, shake head, shrug,       ""       "", ""
          salute, stretch, touch toes, pirouette
========  =======================================================  =======  ================
"""

import numpy as np

from sora2lib.world.families.troupe import TOWARDS, WHO, Played, cast, figure, figure_body, scene
from sora2lib.world.figures.acts import act
from sora2lib.world.figures.exercises import EXERCISES
from sora2lib.world.stage import Event, Stage
from sora2lib.world.staging import GRIPPY, between, pick, thing

SPREAD = 0.6  # radians, by which someone may look past it


def exercise(rng: np.random.Generator) -> Stage:
    """Draw someone who exercises or makes a sign, in a way of their own, with one side or the other."""
    look, heading = cast(rng, pick(rng, WHO)), TOWARDS + between(rng, -SPREAD, SPREAD)
    action = pick(rng, tuple(EXERCISES))
    start, seed, swapped = between(rng, 0.1, 0.4), int(rng.integers(2**31)), rng.random() < 0.5
    way = EXERCISES[action](rng)

    def play(time_T: np.ndarray) -> Played:
        motion = act(figure(look), time_T, kind=way, start=start, seed=seed)
        return Played({look.asset: (motion.mirror_image if swapped else motion).placed(0.0, 0.0, heading)})

    return scene(
        rng, "exercise", bodies=[figure_body(look)], things=[thing("subject", look, look.asset)], play=play,
        event=Event(action), ground=pick(rng, GRIPPY), watch=(look.asset,),
    )  # fmt: skip
