"""A basketball is shot at the hoop: in, in off the board, off the rim, or off the board."""

import itertools
import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.assets import primitives
from sora2lib.world.schema import GRAVITY, RATE
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import between, body, draw_look, pick, set_piece, set_stage, side, thing, turned

OUTCOMES = ("in", "in off the board", "rim", "board")
GROUNDS = ("wood floor", "wood floor", "concrete", "tiles", "grass", "metal")
BOARD_RESTITUTION = 0.5  # a first guess for aiming; the take decides


def basketball(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a shot from 1.5 to 5 m away that is meant to end in ``outcome`` ("" leaves it to chance)."""
    outcome = outcome or pick(rng, OUTCOMES)
    sign, direction = side(rng)
    ball_look = draw_look(rng, "basketball")
    ring = between(rng, 0.45, 0.48)
    hoop_look = set_piece(rng, "hoop", (ring, ring, between(rng, 2.7, 3.1)))
    away = between(rng, 1.5, 5.0)
    place = sign * (away / 2 - (between(rng, 0.4, 1.2) if outcome == "in" else between(rng, -0.4, 0.4)))
    hoop = body(
        rng,
        hoop_look,
        "hoop",
        position=(place, 0.0, hoop_look.extents[2]),
        rotation=turned("z", 0.0 if sign > 0 else math.pi),
        joint="fixed",
    )
    height = between(rng, 1.8, 2.2)
    along, up, across = aim(rng, outcome, away, hoop_look.extents[2] - height, hoop, ball_look.extents[0] / 2)
    ball = body(
        rng,
        ball_look,
        "basketball",
        position=(place - sign * away, 0.0, height),
        velocity=(sign * along, across, up),
        spin=(0.0, -sign * between(rng, 2.0, 9.0), 0.0),
    )

    def judge(take: Take) -> Event | None:
        return Event("shoot", outcome, direction) if what_happened(take, ball, hoop) == outcome else None

    return set_stage(
        rng,
        "basketball",
        bodies=[ball, hoop],
        things=[thing("subject", ball_look, "basketball"), thing("target", hoop_look, "hoop")],
        ground=pick(rng, GROUNDS),
        judge=judge,
        watch=("basketball", "hoop"),
        reach=7.0,
        again=partial(basketball, outcome=outcome),
    )


def aim(
    rng: np.random.Generator, outcome: str, away: float, rise: float, hoop: Body, radius: float
) -> tuple[float, float, float]:
    """Choose the velocity: towards the hoop, up and across."""
    ring = hoop.size[0] / 2
    # There is no net to catch what goes in, so such a shot comes steeply.
    angle = math.radians(between(rng, 56, 68) if outcome == "in" else between(rng, 48, 64))
    wide = rng.random() < 0.4
    across = between(rng, -0.05, 0.05)
    if outcome == "in":
        reach, climb = away + between(rng, -1, 1) * (ring - radius) * 0.6, rise
    elif outcome == "rim":
        off = pick(rng, (-1.0, 1.0)) * (ring + between(rng, -0.09, 0.08))
        reach, climb = (away, rise) if wide else (away + off, rise)
        across = off if wide else across
    else:
        board = next(part for part in primitives(hoop.asset, np.asarray(hoop.size)) if part.shape == "box")
        reach = away + float(board.centre[0] - board.half[0]) - radius
        if outcome == "board":
            across = pick(rng, (-1.0, 1.0)) * between(rng, 0.2, 0.6) if wide else across
            climb = rise + (between(rng, 0.05, 0.8) if wide else between(rng, 0.55, 0.9))
        else:
            climb = rise + _bank(angle, reach, rise, away) + between(rng, -0.06, 0.06)
    along, up = _launch(angle, reach, climb)
    return along, up, across * along / away


def _launch(angle: float, reach: float, climb: float) -> tuple[float, float]:
    """Speeds along and up of a throw at ``angle`` through the point ``reach`` away and ``climb`` higher."""
    slope = math.tan(angle)
    angle = angle if reach * slope > climb + 0.1 else math.atan2(climb + 0.6 * reach, reach)
    time = math.sqrt(2 * (reach * math.tan(angle) - climb) / GRAVITY)
    return reach / time, reach * math.tan(angle) / time


def _bank(angle: float, reach: float, rise: float, away: float) -> float:
    """Height above the ring at which to hit the board so that the ball falls back into its middle."""
    heights = np.linspace(0.05, 0.9, 60)
    misses = []
    for height in heights:
        along, up = _launch(angle, reach, rise + height)
        back = (reach - away) / (BOARD_RESTITUTION * along)
        vertical = up - GRAVITY * reach / along
        misses.append(abs(height + vertical * back - GRAVITY * back**2 / 2))
    return float(heights[int(np.argmin(misses))])


def what_happened(take: Take, ball: Body, hoop: Body) -> str:
    """Name the outcome of a shot; "" when the ball touched neither ring nor board, or never came down."""
    diameter = hoop.size[0]
    away = {hit.place for hit in take.contacts if {hit.a, hit.b} == {ball.name, hoop.name}}
    # The board is the part of the hoop that lies well outside the ring.
    board = any(math.dist(place[:2], hoop.position[:2]) > 0.65 * diameter for place in away)
    if not take.touched(ball.name, "ground"):
        return ""
    if passes(take.path(ball.name) - np.asarray(hoop.position), diameter / 2):
        return "in off the board" if board else "in"
    return "board" if board else "rim" if away else ""


def passes(path_T3: NDArray[np.float64], ring: float) -> bool:
    """Whether a path, seen from the ring's centre, crosses its plane from above inside it and stays below."""
    fall = 0.5 * GRAVITY / RATE**2
    for before, after in itertools.pairwise(path_T3):
        if before[2] >= 0 > after[2]:
            # Between two samples z = before + s (after - before) + s (1 - s) fall: find the s in 0..1 where it is 0.
            roots = np.roots([-fall, after[2] - before[2] + fall, before[2]])
            share = float(roots[(roots >= 0) & (roots <= 1)][0])
            x, y, _ = before + share * (after - before)
            if math.hypot(x, y) < ring:
                return bool(path_T3[-1, 2] < 0)
    return False
