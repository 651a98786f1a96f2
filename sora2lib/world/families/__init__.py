"""Kinds of scenes. A family draws a stage from a random generator; what happened is judged from the take.

==============  ====================================  ==============================  =================
family          action                                outcome                         direction, speed
==============  ====================================  ==============================  =================
drop            drop
roll            roll, slide                                                           both
throw           throw                                 "", hits (the target)           both
collide         meet, hit, chase, scatter                                             both
==============  ====================================  ==============================  =================
"""

from collections.abc import Callable

import numpy as np

from sora2lib.world.families.collide import collide
from sora2lib.world.families.drop import drop
from sora2lib.world.families.roll import roll
from sora2lib.world.families.throw import throw
from sora2lib.world.stage import Stage

FAMILIES: dict[str, Callable[[np.random.Generator], Stage]] = {
    "drop": drop,
    "roll": roll,
    "throw": throw,
    "collide": collide,
}
