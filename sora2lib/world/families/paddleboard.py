"""Someone leaps from a paddleboard on the water, which is pushed down, rocks and drifts off.

===========  ============================  ==================  ================
family       action                        outcome             direction, speed
===========  ============================  ==================  ================
paddleboard  back flip, front flip, jump   lands, falls in     "", ""
===========  ============================  ==================  ================
"""

from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.assets import primitives
from sora2lib.world.families.troupe import WHO, Played, cast, figure, figure_body, scene
from sora2lib.world.figures.afloat import Board, Boarded, aboard, from_board, overboard, softened
from sora2lib.world.figures.library import DENSITY
from sora2lib.world.figures.mass import mass
from sora2lib.world.figures.routines import LEAPS
from sora2lib.world.figures.skeleton import Array
from sora2lib.world.parts import rotate, volume
from sora2lib.world.stage import Event, Stage
from sora2lib.world.staging import Look, between, body, draw_look, pick, scaled, side, thing
from sora2lib.world.turns import about, product

FALL_ODDS = 0.35
# How fast they go along the board, as the board sees it, in m/s: onto it again, or over its end.
PACES = {"back flip": ((-0.6, -0.25), (-2.1, -1.85)), "front flip": ((0.3, 0.65), (1.9, 2.15)),
         "jump": ((-0.15, 0.2), (1.9, 2.2))}  # fmt: skip
LEANS = {"back flip": -0.10, "front flip": 0.16, "jump": 0.04}


def paddleboard(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a leap from a board that "lands" on it again or "falls in"; ``outcome`` "" leaves it to chance."""
    outcome = outcome or ("falls in" if rng.random() < FALL_ODDS else "lands")
    look, action, (sign, _) = cast(rng, pick(rng, WHO)), pick(rng, tuple(PACES), (0.5, 0.3, 0.2)), side(rng)
    plank = scaled(draw_look(rng, "paddleboard", materials=("foam",)), between(rng, 3.0, 3.5))
    plank, weight = replace(plank, material=""), between(rng, 11, 16)
    who = figure(look)
    board = Board(weight, mass(who, DENSITY), *plank.extents)
    lands = outcome == "lands"
    forward = between(rng, *PACES[action][not lands])
    kind = softened(LEAPS[action])
    lean = LEANS[action] + (0.0 if lands else 0.10 * np.sign(forward))
    routine = replace(kind, forward=forward, rise=kind.rise * between(rng, 0.97, 1.05), lean=lean)
    stand = -0.2 * forward if lands else 0.28 * board.long * np.sign(forward)
    flown = Boarded(who, routine, between(rng, 0.3, 0.7), board, stand=float(stand), lands=lands)
    heading, far = (0.0 if sign > 0 else np.pi) + between(rng, -0.35, 0.35), between(rng, -0.3, 0.3)

    def play(time_T: Array) -> Played:
        leap = from_board(flown) if lands else flown
        motion, deck_T3, turn_T4 = (aboard if lands else overboard)(leap, time_T)
        way_T3 = deck_T3 + rotate(turn_T4, np.array([0.0, 0.0, -plank.extents[2] / 2]))
        ways = {"paddleboard": (_placed(way_T3, heading, far), product(_turns(heading, time_T), turn_T4))}
        return Played({look.asset: motion.placed(0.0, far, heading)}, ways)

    floats = body(rng, plank, "paddleboard", density=_density(plank, weight))
    return scene(
        rng, "paddleboard", bodies=[figure_body(look), floats],
        things=[thing("subject", look, look.asset), thing("target", plank, "paddleboard")], play=play,
        event=Event(action, outcome), ground="water", decor=False, again=partial(paddleboard, outcome=outcome),
    )  # fmt: skip


def _density(plank: Look, weight: float) -> float:
    """Density in kg/m^3 at which a thing has a weight in kg."""
    solid = [it for it in primitives(plank.asset, np.array(plank.extents)) if it.collides]
    return weight / sum(volume(it.shape, it.half) for it in solid)


def _turns(heading: float, time_T: Array) -> Array:
    return np.tile(about("z", heading), (len(time_T), 1))


def _placed(place_T3: Array, heading: float, y: float) -> Array:
    return np.asarray(rotate(about("z", heading), place_T3) + np.array([0.0, y, 0.0]))
