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
float       fall in (to water)                    floats, sinks                                ""
boat        drift, bump (into another)            ""                                           both
ninepins    bowl                                  strike, some fall, misses                    both
marble run  run down                              ""                                           direction
table       slide, roll (on a table)              falls off, stays on                          both
balance     outweigh, balance (on a see-saw)      ""                                           side of the heavier
rocket      launch                                flies away, falls back                       "", ""
cars        drive, overtake, brake, crash         ""                                           both
walls       bounce between, bank (off one wall    ""                                           both
            into the target)
wind        rise, blow along                      ""                                           direction
pile        pile up                               ""                                           "", ""
wrecking    wreck (a bob hits a pile)             topples, stands                              direction
ring toss   toss                                  lands on the post, misses the post           direction
goal        shoot                                 goal, wide, over                             "", ""
tandem      shoot up (off a ball fallen on)       ""                                           "", ""
curling     glide                                 knocks away, stops short                     both
spin        spin                                  keeps spinning, falls over                   "", ""
trampoline  bounce on                             ""                                           "", ""
slide       ride down (a playground slide)        ""                                           direction
anything    as drop, throw, roll, ramp or collide     of that family, by any thing or picture      of that family
==========  ====================================  ===========================================  ================
"""

from collections.abc import Callable

import numpy as np

from sora2lib.world.families.anything import anything
from sora2lib.world.families.balance import balance
from sora2lib.world.families.basketball import basketball
from sora2lib.world.families.boat import boat
from sora2lib.world.families.cars import cars
from sora2lib.world.families.collide import collide
from sora2lib.world.families.curling import curling
from sora2lib.world.families.dominoes import dominoes
from sora2lib.world.families.drop import drop
from sora2lib.world.families.goal import goal
from sora2lib.world.families.marble_run import marble_run
from sora2lib.world.families.ninepins import ninepins
from sora2lib.world.families.pendulum import cradle, pendulum
from sora2lib.world.families.pile import pile
from sora2lib.world.families.ramp import ramp
from sora2lib.world.families.rocket import rocket
from sora2lib.world.families.roll import roll
from sora2lib.world.families.seesaw import seesaw
from sora2lib.world.families.slide import slide
from sora2lib.world.families.spin import spin
from sora2lib.world.families.table import table
from sora2lib.world.families.tandem import tandem
from sora2lib.world.families.throw import throw
from sora2lib.world.families.toss import toss
from sora2lib.world.families.tower import tower
from sora2lib.world.families.trampoline import trampoline
from sora2lib.world.families.walls import walls
from sora2lib.world.families.water import afloat
from sora2lib.world.families.wind import wind
from sora2lib.world.families.wrecking import wrecking
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
    "float": afloat,
    "boat": boat,
    "ninepins": ninepins,
    "marble run": marble_run,
    "table": table,
    "balance": balance,
    "rocket": rocket,
    "cars": cars,
    "walls": walls,
    "wind": wind,
    "pile": pile,
    "wrecking": wrecking,
    "ring toss": toss,
    "goal": goal,
    "tandem": tandem,
    "curling": curling,
    "spin": spin,
    "trampoline": trampoline,
    "slide": slide,
    "anything": anything,
}
