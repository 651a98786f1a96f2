"""Limbs of two links that reach for places, sample by sample; :mod:`sora2lib.world.figures.reach` tells the method."""

import math

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.quaternions import (
    Array,
    Quaternion,
    Vector,
    about_x,
    about_y,
    about_z,
    quaternion,
    times,
    turned,
    turned_back,
    vector,
)

STRETCH = 0.9995  # of a limb's whole length; at 1 the hinge would snap
ROUNDS = 14
TWIST = 0.3  # radians that a limb may turn to point its foot right; with a level thigh that is ill defined
FORWARD, UP = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
Links = tuple[Vector, Vector, Vector]  # upper and lower link and, in the last one, the sole; metres
Bends = tuple[float, float, float, float]  # swing, spread, turn and hinge, radians


@inlined
def limited(value: float, low: float, high: float) -> float:
    """Hold a value within limits."""
    return min(max(value, low), high)


@inlined
def half_turn(angle: float) -> float:
    """Return the same angle within half a turn to both sides."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


@inlined
def wrapped(angle: float) -> float:
    """Return the same angle within half a turn about a quarter turn forwards: arms reach over the head."""
    return (angle + math.pi / 2) % (2 * math.pi) - math.pi / 2


@inlined
def forward_of(v: Vector) -> float:
    """Angle from straight down towards the front."""
    return math.atan2(v[0], -v[2])


@inlined
def heading(q: Quaternion) -> float:
    """Where the x axis points, seen from above, radians from +x."""
    x, y, _ = turned(q, FORWARD)
    return math.atan2(y, x)


@inlined
def lower_link(base: Quaternion, bends: Bends, sign: float, fold: float, turns_first: bool) -> Quaternion:
    """World orientation of the lower link."""
    swing, spread, turn, hinge = bends
    rolled, turning = times(about_y(-swing), about_x(sign * spread)), about_z(-sign * turn)
    ball = times(turning, rolled) if turns_first else times(rolled, turning)
    return times(times(base, ball), about_y(fold * hinge))


@inlined
def levelled(shank: Quaternion, pitch: float) -> float:
    """Angle of the last hinge at which the last link's x axis has a pitch."""
    forward, up = turned(shank, FORWARD)[2], turned(shank, UP)[2]
    most = max(math.hypot(forward, up), 1e-9)
    return half_turn(math.asin(limited(math.sin(pitch) / most, -1.0, 1.0)) - math.atan2(forward, up))


@inlined
def two_links(links: Links, wanted: Vector, turn: float, sign: float, fold: float, turns_first: bool) -> Bends:
    """Bend ball joint and hinge so that the last link's origin is at a place from the ball joint, or towards it."""
    a, b, _ = links
    long, short = math.hypot(a[0], a[2]), math.hypot(b[0], b[2])
    x, y, z = wanted
    length = math.sqrt(x * x + y * y + z * z)
    share = min(1.0, STRETCH * (long + short) / max(length, 1e-9))
    x, y, z = share * x, share * y, share * z
    cosine = (x * x + y * y + z * z - long**2 - short**2) / (2 * long * short)
    hinge = math.acos(limited(cosine, -1.0, 1.0)) + fold * (forward_of(b) - forward_of(a))
    low = turned(about_y(fold * hinge), b)
    bent, turning = (a[0] + low[0], a[1] + low[1], a[2] + low[2]), about_z(-sign * turn)
    if turns_first:
        x, y, z = turned_back(turning, (x, y, z))
    else:
        bent = turned(turning, bent)
    # Spread brings the side offset right, swing the rest.
    across = math.hypot(bent[1], bent[2])
    roll = math.asin(limited(y / across, -1.0, 1.0)) - math.atan2(bent[1], -bent[2])
    down = math.sqrt(max(across**2 - y * y, 0.0))
    swing = forward_of((x, y, z)) - math.atan2(bent[0], down)
    return wrapped(swing), sign * wrapped(roll), turn, hinge


@compiled
def reach_for(
    bends_T5: Array,
    base_T4: Array,
    away_T3: Array,
    pitch_T: Array,
    heading_T: Array,
    links_33: Array,
    limits: tuple[float, float],
    sign: float,
    fold: float,
    turns_first: bool,
    aims: bool,
) -> Array:
    """Swing, spread, turn, hinge and end (T, 5) at which the sole is where it belongs.

    Parameters
    ----------
    bends_T5 : the same five to begin with.
    base_T4 : orientations of what the limb hangs on; ``away_T3`` leads from the ball joint to where the sole shall be.
    pitch_T, heading_T : of the last link's x axis; unless the limb ``aims`` it keeps its turn, whatever the heading.
    links_33 : upper link, lower link and sole.
    limits : of the turn.
    sign : 1 for a left limb, -1 for a right one; ``fold`` is 1 where the hinge folds backwards, else -1.
    """
    made_T5 = np.empty_like(bends_T5)
    a, b, sole = vector(links_33[0]), vector(links_33[1]), vector(links_33[2])
    for k in range(len(bends_T5)):
        base, away, pitch, aim = quaternion(base_T4[k]), vector(away_T3[k]), pitch_T[k], heading_T[k]
        swing, spread, turn, hinge, end = bends_T5[k]
        # A foot that points at the ground has no heading.
        seen, first = limited((math.cos(pitch) - 0.5) / 0.25, 0.0, 1.0), 0.0
        if aims:
            turn = first = -sign * half_turn(aim - heading(base))
        for _ in range(ROUNDS):
            shank = lower_link(base, (swing, spread, turn, hinge), sign, fold, turns_first)
            end = levelled(shank, pitch)
            foot = times(shank, about_y(-end))
            if aims:
                missing = seen * half_turn(aim - heading(foot))
                wanted = limited(turn - 0.6 * sign * missing, first - TWIST, first + TWIST)
                turn = limited(wanted, limits[0], limits[1])
            x, y, z = turned(foot, sole)
            place = turned_back(base, (away[0] - x, away[1] - y, away[2] - z))
            swing, spread, turn, hinge = two_links((a, b, sole), place, turn, sign, fold, turns_first)
        made_T5[k, 0], made_T5[k, 1], made_T5[k, 2], made_T5[k, 3], made_T5[k, 4] = swing, spread, turn, hinge, end
    return made_T5
