"""What people do with a ball or in the snow: throw and catch, shoot at a hoop, trek and shout."""

from collections.abc import Callable

import numpy as np

from sora2lib.physics.bodies import Creature
from sora2lib.train import hoops, people
from sora2lib.train.actions import Test
from sora2lib.train.measure import Array, Cast, Scene
from sora2lib.train.meetings import faces, pair
from sora2lib.train.people import SIDES, is_person
from sora2lib.world.hoops import HOOP, NEAR_RING
from sora2lib.world.schema import GRAVITY

HELD = 0.3  # metres from the nearer hand to the middle of what it holds
FREE = 0.25  # of g: how far a flight may be from free fall
FLOWN = 6  # samples
TOGETHER = 4.0  # metres
CALLS = 0.25  # radians, by which a mouth is open
CALLED = 0.3  # s


def _from_hands(it: Creature, path_T3: Array) -> Array:
    """Distance (T,) of a thing from the nearer hand, metres."""
    return np.asarray(np.min([np.linalg.norm(path_T3 - it.point(f"{side} hand"), axis=1) for side in SIDES], axis=0))


def caught(scene: Scene, cast: Cast) -> bool | None:
    """A thing leaves the hands of the subject, flies freely and ends in those of the target."""
    if "target" not in cast:
        return None
    both = pair(scene, cast)
    if both is None or not all(is_person(it) for it in both):
        return False
    things = [i for i, still in enumerate(scene.fixed) if not still and scene.creature(i) is None]
    return any(_passed(scene, i, *both) for i in things)


def _passed(scene: Scene, thing: int, first: Creature, second: Creature) -> bool:
    path_T3 = scene.position_AT3[thing]
    far_2T = np.array([_from_hands(it, path_T3) for it in (first, second)])
    flying_T = far_2T.min(axis=0) > HELD
    if far_2T[0, 0] > HELD or far_2T[1, -1] > HELD or flying_T.sum() < FLOWN:
        return False
    fall_T = np.diff(path_T3[flying_T, 2], 2) / scene.step**2
    return bool(abs(np.median(fall_T) + GRAVITY) < FREE * GRAVITY)


def _ball(scene: Scene) -> int | None:
    return next((i for i, asset in enumerate(scene.asset) if asset == "basketball"), None)


def shot(scene: Scene, cast: Cast) -> bool | None:
    """The subject, a person, lets a basketball go from the hands at a hoop."""
    it, ball = scene.creature(cast["subject"][0]), _ball(scene)
    if it is None or not is_person(it) or ball is None or HOOP not in scene.asset:
        return False
    path_T3, ring_3 = scene.position_AT3[ball], scene.position_AT3[scene.asset.index(HOOP), 0]
    far_T = _from_hands(it, path_T3)
    near = float(np.linalg.norm(path_T3 - ring_3, axis=1).min()) < NEAR_RING
    return bool(far_T[0] < HELD and far_T.max() > 2 * HELD and near)


def _of_ball(test: Test) -> Test:
    """Ask of the ball what is said of the player who shot it."""

    def asked(scene: Scene, cast: Cast) -> bool | None:
        ball = _ball(scene)
        if scene.creature(cast["subject"][0]) is None or ball is None:
            return test(scene, cast)
        return test(scene, {"subject": (ball,)})

    return asked


def _both(test: Callable[[Creature, Creature], bool]) -> Test:
    def asked(scene: Scene, cast: Cast) -> bool | None:
        if "target" not in cast:
            return None
        both = pair(scene, cast)
        snowy = str(scene.world.ground.values) == "snow"
        return snowy and both is not None and all(is_person(it) for it in both) and test(*both)

    return asked


def _trek(first: Creature, second: Creature) -> bool:
    """Both walk, near each other."""
    apart_T = np.linalg.norm(first.centre_T3 - second.centre_T3, axis=1)
    return people.walks(first) and people.walks(second) and float(apart_T.max()) < TOGETHER


def _shout(first: Creature, second: Creature) -> bool:
    """Both open their mouths wide, first one and then the other, and look at each other."""
    open_2T = [it.angle("mouth") > CALLS for it in (first, second)]
    loud = all(float(flags.sum()) * first.step > CALLED for flags in open_2T)
    return loud and int(np.argmax(open_2T[0])) < int(np.argmax(open_2T[1])) and faces(first, second)


ACTIONS: dict[str, Test] = {
    "catch/catch": caught,
    "player/shoot": shot,
    "explorers/trek": _both(_trek),
    "explorers/shout": _both(_shout),
}
PAIRS = frozenset({"catch/catch", "explorers/trek", "explorers/shout"})
OUTCOMES: dict[str, Test] = {
    "scores": _of_ball(hoops.scores),
    "in": _of_ball(hoops.in_clean),
    "in off the board": _of_ball(hoops.in_off_board),
    "miss": _of_ball(hoops.missed),
    "rim": _of_ball(hoops.off_rim),
    "board": _of_ball(hoops.off_board),
}
