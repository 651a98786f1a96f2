"""What people do with swords and shields: whether one is held, how its tip goes, whether blade and shield meet."""

import numpy as np

from sora2lib.physics.bodies import Creature
from sora2lib.train.actions import Test
from sora2lib.train.measure import Array, Cast, Scene
from sora2lib.train.meetings import faces, pair
from sora2lib.train.people import is_person
from sora2lib.world.parts import rotate

HELD = 0.10  # heights between hand and grip, or forearm and shield
GRIP, TIP = -0.27, 0.60  # lengths of a sword, from its middle
SWUNG = 0.45  # s, in which a cut is done
DROP, SWEEP = 0.55, 0.60  # heights that a tip goes down, or across
OVER = 1.05  # heights of a tip over the head
RISES, GUARDS = 0.10, 0.55  # heights by which a shield is raised, and of its middle then
FRONT = 0.5  # cosine between the front of a shield and where one looks
STAYS = 0.6  # s, for which a shield is held up
MEET = 0.08  # metres between blade and shield in the sample next to a blow


def _path(scene: Scene, thing: int, along: float) -> Array:
    """Path (T, 3) of a point along the x axis of a thing, so many lengths from its middle."""
    local = np.array([along * scene.size_A3[thing, 0], 0.0, 0.0])
    return np.asarray(scene.position_AT3[thing] + rotate(scene.rotation_AT4[thing], local))


def _only(scene: Scene, name: str) -> int | None:
    return scene.asset.index(name) if name in scene.asset else None


def _sword(scene: Scene, it: Creature | None) -> int | None:
    """The sword that someone holds in the right hand or the left one all the time."""
    sword = _only(scene, "sword")
    if it is None or not is_person(it) or sword is None:
        return None
    grip_T3 = _path(scene, sword, GRIP)
    far = (np.linalg.norm(grip_T3 - it.point(f"{side} hand"), axis=1).max() for side in ("left", "right"))
    return sword if min(far) < HELD * it.height else None


def _shield(scene: Scene, it: Creature | None) -> int | None:
    """The shield that someone has on an arm all the time."""
    shield = _only(scene, "shield")
    if it is None or not is_person(it) or shield is None:
        return None
    place_T3 = scene.position_AT3[shield]
    far = (np.linalg.norm(place_T3 - it.point(f"{side} forearm"), axis=1).max() for side in ("left", "right"))
    return shield if min(far) < 1.5 * HELD * it.height else None


def _strokes(scene: Scene, it: Creature, sword: int) -> tuple[Array, Array, Array]:
    """Over each time of a cut, in heights: how far the tip goes to the left and up (K,), and how high it was (K,)."""
    tip_T3, span = _path(scene, sword, TIP) / it.height, round(SWUNG / scene.step)
    ways_K3 = np.concatenate([tip_T3[lag:][: len(tip_T3) - span] - tip_T3[:-span] for lag in range(2, span + 1)])
    left_T3 = np.tile(it.axis("hips", 1)[:-span], (span - 1, 1))
    return (ways_K3 * left_T3).sum(axis=1), ways_K3[:, 2], np.tile(tip_T3[:-span, 2], span - 1)


def _cuts_down(scene: Scene, cast: Cast) -> bool:
    """The tip comes down from over the head, straight rather than across."""
    it = scene.creature(cast["subject"][0])
    sword = _sword(scene, it)
    if it is None or sword is None or "shield" in scene.asset:
        return False
    left_K, up_K, from_K = _strokes(scene, it, sword)
    return bool(((up_K < -DROP) & (np.abs(left_K) < -up_K) & (from_K > OVER)).any())


def _cuts_across(scene: Scene, cast: Cast) -> bool:
    """The tip sweeps from side to side, across rather than down, and never comes down from over the head."""
    it = scene.creature(cast["subject"][0])
    sword = _sword(scene, it)
    if it is None or sword is None or "shield" in scene.asset or _cuts_down(scene, cast):
        return False
    left_K, up_K, _ = _strokes(scene, it, sword)
    return bool(((np.abs(left_K) > SWEEP) & (np.abs(up_K) < 0.5 * np.abs(left_K))).any())


def _shields(scene: Scene, cast: Cast) -> bool:
    """A shield comes up before chest and face and is held there."""
    it = scene.creature(cast["subject"][0])
    return it is not None and "sword" not in scene.asset and _guarded(scene, it)


def _guarded(scene: Scene, it: Creature) -> bool:
    shield = _shield(scene, it)
    if shield is None:
        return False
    high_T = scene.position_AT3[shield, :, 2] / it.height
    front_T3 = rotate(scene.rotation_AT4[shield], np.array([0.0, 0.0, 1.0]))
    up_T = (high_T > GUARDS) & ((front_T3 * it.axis("hips", 0)).sum(axis=1) > FRONT)
    return bool(high_T.max() - high_T[0] > RISES and up_T.sum() * scene.step > STAYS and not up_T[0])


def _spars(scene: Scene, cast: Cast) -> bool | None:
    """The sword of the one meets the shield that the other has raised."""
    if "target" not in cast:
        return None
    both = pair(scene, cast)
    if both is None or not faces(*both) or not faces(*both[::-1]):
        return False
    sword, shield = _sword(scene, both[0]), _shield(scene, both[1])
    if sword is None or shield is None or not _guarded(scene, both[1]):
        return False
    return bool(scene.gap(sword, shield)[0].min() < MEET)


ACTIONS: dict[str, Test] = {
    "swords/overhead cut": _cuts_down,
    "swords/side cut": _cuts_across,
    "swords/raise shield": _shields,
    "swords/spar": _spars,
}
PAIRS = frozenset({"swords/spar"})
OUTCOMES: dict[str, Test] = {}
