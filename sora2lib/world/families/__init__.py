"""Kinds of scenes. A family draws a stage from a random generator; what happened is judged from the take.

Words that the facts of each family use (direction is that of the first motion along x, "" for none):

==========  ====================================  ===========================================  ================
family      action                                outcome                                      direction, speed
==========  ====================================  ===========================================  ================
drop        drop                                  ""                                           "", ""
roll        roll, slide                           "", stops                                    both
throw       throw                                 "", hits (the target)                        both
collide     meet, hit, chase, scatter             ""                                           both
ramp        roll down, slide down (a ramp),       ""                                           direction
            bounce down (the stairs)
dominoes    tip, hit (by a ball)                  all fall, stops (a gap ends the fall)        direction
tower       hit (by a ball), stand                topples, stands                              direction if hit
pendulum    swing, hit (the target)               ""                                           both
cradle      swing                                 one out, two out (as many as were raised)    direction
seesaw      launch                                ""                                           side of the fall
basketball  shoot                                 in, in off the board, rim, board             direction
==========  ====================================  ===========================================  ================
"""

from collections.abc import Callable

import numpy as np

from sora2lib.world.families.basketball import basketball
from sora2lib.world.families.collide import collide
from sora2lib.world.families.dominoes import dominoes
from sora2lib.world.families.drop import drop
from sora2lib.world.families.pendulum import cradle, pendulum
from sora2lib.world.families.ramp import ramp
from sora2lib.world.families.roll import roll
from sora2lib.world.families.seesaw import seesaw
from sora2lib.world.families.throw import throw
from sora2lib.world.families.tower import tower
from sora2lib.world.stage import Stage

FAMILIES: dict[str, Callable[[np.random.Generator], Stage]] = {
    "drop": drop,
    "roll": roll,
    "throw": throw,
    "collide": collide,
    "ramp": ramp,
    "dominoes": dominoes,
    "tower": tower,
    "pendulum": pendulum,
    "cradle": cradle,
    "seesaw": seesaw,
    "basketball": basketball,
}
