"""What people do, read off their bodies: how they go, what arms and trunk do, how often they turn over.

Lengths are in heights of the person, so that children and adults are held to the same.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.bodies import HUMANS, Creature
from sora2lib.train.actions import Test
from sora2lib.train.measure import Cast, Scene, longest
from sora2lib.world.turns import vector_between

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
OneTest = Callable[[Creature], bool]
SIDES = ("left", "right")
ADULT = 1.75  # m: speeds grow with the root of the height
GOES = 0.6  # heights
STAYS = 0.3  # heights
APART = 0.05  # heights, a third of a foot, by which one foot is in front of the other
OFF_GROUND = 0.012  # heights, under the soles
WALKS, JOGS = 1.95, 2.35  # m/s, of an adult: whoever is faster jogs, or runs
LEEWAY = 0.1
ARMS = 0.8  # radians, by which a runner's elbows are bent
PACES = {"walk": (1.02, 1.5), "run": (1.95, 3.0)}  # m/s of an adult: below is slow, above is fast
HOLDS = 0.6  # s, for which an arm is held
SEATED, LOW = (0.14, 0.42), 0.2  # heights of the hips
STANDS = 0.42  # height of the hips
BOBS = 0.08  # heights, by which hips that do not stay come up again
HANGING = 0.8  # radians of the elbow of an arm that hangs
MEET = 0.15  # heights between the wrists of hands that clap
NODS, SHAKES = 0.3, 0.6  # radians of the neck, to and fro
TILTS = 0.25  # sine of the trunk's lean over the hips, to a side
ON_KNEE, OFF_KNEE = 0.09, 0.18  # heights of a knee that is on the ground, and of one that is not
TOES = 0.13  # heights of hands that reach for the toes
FLIP = 4.5  # radians


def everyone(test: OneTest) -> Test:
    """Ask something of all who play the subject; who is no person does not do it."""

    def asked(scene: Scene, cast: Cast) -> bool:
        them = [scene.creature(i) for i in cast["subject"]]
        return all(it is not None and is_person(it) and bool(test(it)) for it in them)

    return asked


def is_person(it: Creature) -> bool:
    """Whether it is a person."""
    return it.figure.skeleton.name in HUMANS


def pace(it: Creature) -> float:
    """Mean speed over the ground of an adult who goes as this creature does, m/s."""
    way = float(np.linalg.norm(it.centre_T3[-1, :2] - it.centre_T3[0, :2]))
    return way / (it.step * (len(it.centre_T3) - 1)) * float(np.sqrt(ADULT / it.height))


def upended(it: Creature) -> bool:
    """Whether its hips are ever upside down."""
    return bool(it.axis("hips", 2)[:, 2].min() < 0)


def _goes(it: Creature) -> bool:
    """Whether it gets on with steps, upright: now one foot is in front, now the other."""
    way_3 = it.centre_T3[-1] - it.centre_T3[0]
    far = float(np.hypot(*way_3[:2]))
    ahead_T = (it.point("left foot") - it.point("right foot")) @ (way_3 * [1, 1, 0] / max(far, 1e-9))
    return far > GOES * it.height and passes(ahead_T, APART * it.height) and not upended(it)


def passes(ahead_T: Array, least: float = 0.0) -> bool:
    """Whether one foot passes the other twice, given its lead (T,); a lead of up to ``least`` counts for nothing."""
    in_front_T = np.sign(ahead_T[np.abs(ahead_T) > least])
    return bool((np.diff(in_front_T) != 0).sum() >= 2)


def paced(it: Creature, word: str) -> bool:
    """Whether it goes "slow" or "fast" for a walker, or for a runner."""
    speed = pace(it)
    slow, fast = PACES["run" if speed > WALKS else "walk"]
    return speed < slow * (1 + LEEWAY) if word == "slow" else speed > fast * (1 - LEEWAY)


def stays(it: Creature) -> bool:
    """Whether its hips stay over one place."""
    drift_T = np.linalg.norm((it.root_T3 - it.root_T3[0])[:, :2], axis=1)
    return bool(drift_T.max() < STAYS * it.height)


def under(it: Creature) -> Array:
    """Height (T,) of the lower sole, in heights."""
    return np.asarray(np.min([it.soles[f"{side} foot"][..., 2].min(axis=0) for side in SIDES], axis=0) / it.height)


def off(it: Creature) -> Flags:
    """When (T,) no foot is on the ground."""
    return np.asarray(under(it) > OFF_GROUND)


def hips(it: Creature) -> Array:
    """Height (T,) of the hips, in heights."""
    return np.asarray(it.root_T3[:, 2] / it.height)


def walks(it: Creature) -> bool:
    """Whether it goes at a walk."""
    return _goes(it) and pace(it) < WALKS * (1 + LEEWAY)


def runs(it: Creature) -> bool:
    """Whether it goes faster than a walk, with bent arms."""
    folded = min(float(it.angle(f"{side} elbow").mean()) for side in SIDES) > ARMS
    return _goes(it) and pace(it) > WALKS * (1 - LEEWAY) and folded


def _marches(it: Creature) -> bool:
    """Walks with knees up or arms swinging far."""
    lift = max(float(np.ptp(it.angle(f"{side} knee"))) for side in SIDES)
    swing = max(float(np.ptp(it.angle(f"{side} shoulder swing"))) for side in SIDES)
    return walks(it) and lift > 0.9 and swing > 1.0


def _sneaks(it: Creature) -> bool:
    """Walks bent, elbows folded."""
    folded = min(float(it.angle(f"{side} elbow").mean()) for side in SIDES)
    return walks(it) and folded > 0.9 and float(it.angle("waist bend").mean()) > 0.15


def _trudges(it: Creature) -> bool:
    """Walks with a hanging head."""
    return walks(it) and float(it.axis("head", 2)[:, 2].mean()) < 0.97 and float(it.angle("neck bend").mean()) > 0.1


def flight(it: Creature) -> float:
    """Longest time in the air, seconds."""
    return longest(off(it)) * it.step


def turned(it: Creature, axis: str, where_T: Flags | None = None) -> float:
    """Radians turned about its front ("x"), its left ("y") or the upward axis ("z"), at some samples or all."""
    turns_V3 = vector_between(it.turn_T4[:-1], it.turn_T4[1:])
    about_V3 = np.array([[0.0, 0.0, 1.0]]) if axis == "z" else it.axis("hips", "xy".index(axis))[:-1]
    share_V = np.ones(len(turns_V3)) if where_T is None else (where_T[1:] | where_T[:-1]).astype(float)
    return float((share_V * (turns_V3 * about_V3).sum(axis=1)).sum())


def _jumps(it: Creature) -> bool:
    far = float(np.linalg.norm((it.centre_T3[-1] - it.centre_T3[0])[:2])) / it.height
    return flight(it) > 0.25 and far < 0.3 and abs(turned(it, "z")) < 2.0 and not upended(it)


def _jumps_far(it: Creature) -> bool:
    far = float(np.linalg.norm((it.centre_T3[-1] - it.centre_T3[0])[:2])) / it.height
    return flight(it) > 0.2 and far > 0.3 and not upended(it) and not _goes(it)


def held(it: Creature, where_T: Flags) -> bool:
    """Whether something lasts, given when (T,) it holds."""
    return float(where_T.sum() * it.step) > HOLDS


def _above(it: Creature, link: str, side: str) -> Flags:
    """When (T,) the hand of a side is higher than a link."""
    return np.asarray(it.point(f"{side} hand")[:, 2] > it.point(link)[:, 2])


def swings(values_T: Array, least: float) -> int:
    """How often a curve turns back after a way of ``least``."""
    turns, low, high, rising = 0, values_T[0], values_T[0], 0
    for value in values_T.tolist():
        low, high = min(low, value), max(high, value)
        if rising <= 0 and value - low > least:
            turns, rising, high = turns + 1, 1, value
        elif rising >= 0 and high - value > least:
            turns, rising, low = turns + 1, -1, value
    return turns


def waves(it: Creature) -> bool:
    """One hand is up and goes to and fro; the other is down."""
    up = [_above(it, "neck", side) for side in SIDES]
    to_and_fro = [
        swings(it.angle(f"{side} elbow")[it_T], 0.3) if it_T.any() else 0 for side, it_T in zip(SIDES, up, strict=True)
    ]
    raised = int(np.argmax([flags.sum() for flags in up]))
    return held(it, up[raised]) and not held(it, up[1 - raised]) and to_and_fro[raised] >= 4


def _points(it: Creature) -> bool:
    """One arm is stretched out level, the other hangs."""
    one = any(_stretched(it, side) and not _stretched(it, other) for side, other in (SIDES, SIDES[::-1]))
    return one and not upended(it)


def _stretched(it: Creature, side: str) -> bool:
    arm_T3 = it.point(f"{side} hand") - it.point(f"{side} upper arm")
    level_T = np.abs(arm_T3[:, 2]) < 0.35 * np.linalg.norm(arm_T3, axis=1)
    return held(it, level_T & (it.angle(f"{side} elbow") < 0.5))


def _claps(it: Creature) -> bool:
    """The hands meet in front of the chest again and again."""
    apart_T = np.linalg.norm(it.point("left hand") - it.point("right hand"), axis=1) / it.height
    front = [it.angle(f"{side} shoulder swing").max() > 0.4 for side in SIDES]
    claps = all(front) and apart_T.min() < MEET and swings(apart_T, 0.02) >= 6
    return claps and not any(held(it, _above(it, "head", side)) for side in SIDES)


def _cheers(it: Creature) -> bool:
    return raises_both(it) and not tilts(it) and not upended(it)


def raises_both(it: Creature) -> bool:
    """Whether both hands are held over the head."""
    return held(it, _above(it, "head", "left") & _above(it, "head", "right"))


def tilts(it: Creature) -> bool:
    """Whether the trunk leans over to one side and to the other."""
    lean_T = (it.axis("chest", 2) * it.axis("hips", 1)).sum(axis=1)
    return bool(lean_T.max() > TILTS and lean_T.min() < -TILTS)


def reaches_down(it: Creature) -> bool:
    """Whether both hands come down to the toes."""
    tips = (it.soles[f"{side} hand"][0, :, 2] for side in SIDES)
    return bool(max(float(tip_T.min()) for tip_T in tips) < TOES * it.height)


def kneels(it: Creature) -> bool:
    """Whether it ends with one knee on the ground and the other up."""
    low, high = sorted(float(it.point(f"{side} shank")[-12:, 2].mean()) / it.height for side in SIDES)
    return low < ON_KNEE and high > OFF_KNEE


def bows(it: Creature) -> bool:
    """The trunk bends deeply and comes up again, over straight legs."""
    up_T, high_T = it.axis("chest", 2)[:, 2], hips(it)
    bent = up_T.min() < 0.72 and up_T[-1] > 0.9 and high_T.min() > STANDS and not reaches_down(it)
    return bool(bent and flight(it) == 0)


def _sits(it: Creature) -> bool:
    """The hips go down to a seat and stay there."""
    high_T = hips(it)
    seated = high_T[0] > STANDS and SEATED[0] < high_T[-12:].mean() < SEATED[1]
    return bool(seated and swings(high_T, BOBS) < 3 and not kneels(it))


def _stands(it: Creature) -> bool:
    """Stays upright, and neither arms nor hips nor head do anything."""
    return quiet(it) and not nods(it) and not shakes_head(it)


def quiet(it: Creature) -> bool:
    """Whether it stays upright, and neither arms nor hips do anything."""
    still = np.ptp(it.root_T3, axis=0).max() < 0.06 * it.height
    hang = max(float(it.angle(f"{side} shoulder {way}").max()) for side in SIDES for way in ("swing", "spread")) < 0.5
    hang &= max(float(it.angle(f"{side} elbow").max()) for side in SIDES) < HANGING
    return bool(still and hang and hips(it).min() > STANDS and it.axis("chest", 2)[:, 2].min() > 0.9)


def nods(it: Creature) -> bool:
    """Whether the head goes up and down."""
    return swings(it.angle("neck bend"), NODS) >= 4


def shakes_head(it: Creature) -> bool:
    """Whether the head goes from side to side."""
    return swings(it.angle("neck turn"), SHAKES) >= 4


def _falls(it: Creature) -> bool:
    """Stood and then sits or lies on the ground."""
    high_T = hips(it)
    return bool(high_T[0] > STANDS and high_T[-6:].max() < LOW and flight(it) < 0.4 and not upended(it))


def _gets_up(it: Creature) -> bool:
    high_T = hips(it)
    return bool(high_T[0] < LOW and high_T[-1] > STANDS)


def flips(it: Creature, way: float) -> bool:
    """Whether it turns over in the air, forwards (1) or backwards (-1)."""
    return way * turned(it, "y") > FLIP and abs(turned(it, "y")) < 2 * np.pi + 2.6 and flight(it) > 0.25


def spins(it: Creature, turns: float) -> bool:
    """Whether it turns so often about the vertical in a flight."""
    return flight(it) > 0.25 and abs(abs(turned(it, "z", off(it))) / (2 * np.pi) - turns) < 0.45


def _upright(it: Creature) -> bool:
    return bool(hips(it)[-6:].min() > STANDS - 0.1 and it.axis("hips", 2)[-6:, 2].min() > 0.75)


def _toppled(it: Creature) -> bool:
    return not _upright(it)


def _dances(it: Creature) -> bool:
    """Arms and feet keep going on the spot."""
    arms = min(swings(it.angle(f"{side} shoulder swing"), 0.3) for side in SIDES)
    return stays(it) and arms >= 4 and _treads(it) and not _discos(it)


def _discos(it: Creature) -> bool:
    """One hand goes up and down across the body again and again."""
    most = max(swings(it.point(f"{side} hand")[:, 2] / it.height, 0.25) for side in SIDES)
    return stays(it) and most >= 4 and _treads(it)


def _treads(it: Creature) -> bool:
    return sum(swings(it.point(f"{side} foot")[:, 2] / it.height, 0.02) for side in SIDES) >= 4


AXELS = {"single axel": 1.5, "double axel": 2.5, "triple axel": 3.5}
FLIPS = {"back flip": -1.0, "front flip": 1.0}

ACTIONS: dict[str, Test] = {
    "walk/walk": everyone(walks),
    "walk/march": everyone(_marches),
    "walk/sneak": everyone(_sneaks),
    "walk/trudge": everyone(_trudges),
    "run/run": everyone(lambda it: runs(it) and pace(it) > JOGS * (1 - LEEWAY)),
    "run/jog": everyone(lambda it: runs(it) and pace(it) < JOGS * (1 + LEEWAY)),
    "jump/jump": everyone(_jumps),
    "jump/long jump": everyone(_jumps_far),
    "gesture/wave": everyone(waves),
    "gesture/point": everyone(_points),
    "gesture/clap": everyone(_claps),
    "gesture/cheer": everyone(_cheers),
    "gesture/bow": everyone(bows),
    "gesture/sit": everyone(_sits),
    "gesture/stand": everyone(_stands),
    "fall/fall": everyone(_falls),
    "fall/get up": everyone(_gets_up),
    "dance/dance": everyone(_dances),
    "dance/disco": everyone(_discos),
    **{f"gymnastics/{name}": everyone(lambda it, way=way: flips(it, way)) for name, way in FLIPS.items()},  # type: ignore[misc]
    **{f"axel/{name}": everyone(lambda it, turns=turns: spins(it, turns)) for name, turns in AXELS.items()},  # type: ignore[misc]
}
OUTCOMES: dict[str, Test] = {"lands": everyone(_upright), "falls": everyone(_toppled)}
