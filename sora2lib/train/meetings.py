"""What two do with each other: whether one runs or walks after another, whether they face each other and greet."""

import numpy as np

from sora2lib.physics.bodies import Creature
from sora2lib.train import animals, people
from sora2lib.train.actions import Test
from sora2lib.train.measure import Cast, Scene
from sora2lib.train.people import OneTest, is_person

FAR = 4.0  # metres: whoever is farther away does not follow
FACING = 0.6  # cosine of the angle between where one looks and where the other is


def pair(scene: Scene, cast: Cast) -> tuple[Creature, Creature] | None:
    """The subject and the target, where both are creatures."""
    first, second = (scene.creature(cast[role][0]) for role in ("subject", "target"))
    return None if first is None or second is None else (first, second)


def _after(on_two: OneTest, on_four: Test) -> Test:
    """One goes behind another, each in the way asked for."""

    def test(scene: Scene, cast: Cast) -> bool | None:
        if "target" not in cast:
            return None
        both = pair(scene, cast)
        if both is None:
            return False
        going = all(
            on_two(it) if is_person(it) else bool(on_four(scene, {"subject": cast[role][:1]}))
            for role, it in zip(("subject", "target"), both, strict=True)
        )
        return going and _behind(*both)

    return test


def _behind(first: Creature, second: Creature) -> bool:
    """Whether the first is behind the second nearly all the time, and both go the same way."""
    lead_T3, way_3 = second.centre_T3 - first.centre_T3, first.centre_T3[-1] - first.centre_T3[0]
    same = float((second.centre_T3[-1] - second.centre_T3[0]) @ way_3) > 0
    return same and bool((lead_T3 @ way_3 > 0).mean() > 0.9) and float(np.linalg.norm(lead_T3, axis=1).max()) < FAR


def faces(one: Creature, other: Creature) -> bool:
    """Whether one looks at the other at the start."""
    way_3 = (other.centre_T3[0] - one.centre_T3[0]) * [1, 1, 0]
    return float(one.axis("hips", 0)[0] @ way_3) > FACING * float(np.linalg.norm(way_3))


def _mutual(test: OneTest) -> Test:
    """Both look at each other and do something."""

    def did(scene: Scene, cast: Cast) -> bool | None:
        if "target" not in cast:
            return None
        both = pair(scene, cast)
        if both is None or not all(is_person(it) for it in both):
            return False
        return all(test(it) for it in both) and faces(*both) and faces(*both[::-1])

    return did


ACTIONS: dict[str, Test] = {
    "chase/chase": _after(people.runs, animals.raced),
    "chase/follow": _after(people.walks, animals.walked),
    "greet/wave": _mutual(people.waves),
    "greet/bow": _mutual(people.bows),
}
PAIRS = frozenset(ACTIONS)
OUTCOMES: dict[str, Test] = {}
