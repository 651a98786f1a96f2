"""Pendulums by geometry: whether a bob swings about its pivot, and whether a cradle passes its blow on."""

import numpy as np

from sora2lib.train.measure import Array, Cast, Scene

SWUNG = np.radians(8)
PIVOT = 0.06  # metres that the top of a string may stray
PASSED_ON = 0.45  # of the raise


def _hangs(scene: Scene, i: int) -> bool:
    return scene.asset[i] == "pendulum" and scene.pivot_drift(i) < PIVOT


def _angle(scene: Scene, i: int) -> Array:
    """Angle of a bob from where it would hang, along the way it swings."""
    aside_T2 = scene.position_AT3[i, :, :2] - np.median(scene.position_AT3[i, :, :2], axis=0)
    return np.asarray(np.linalg.norm(aside_T2, axis=-1) / scene.size_A3[i, 2])


def swung(scene: Scene, cast: Cast) -> bool:
    """A bob swings about a pivot that stays."""
    return all(_hangs(scene, i) and np.ptp(_angle(scene, i)) > SWUNG for i in cast["subject"])


def _swings(scene: Scene, cast: Cast) -> tuple[Array, Array] | None:
    """Sideways way of each bob of a cradle from under its pivot, (B, T), in order of place, and where it starts."""
    bobs = [i for i in range(len(scene.asset)) if scene.asset[i] == "pendulum"]
    if len(bobs) < 3 or not set(cast["subject"]) <= set(bobs) or not all(_hangs(scene, i) for i in bobs):
        return None
    tops = np.array([np.median(scene.string_top(i), axis=0) for i in bobs])
    line = np.linalg.svd(tops - tops.mean(axis=0))[2][0]
    order = np.argsort(tops @ line)
    aside = np.array([(scene.position_AT3[i] - top) @ line for i, top in zip(bobs, tops, strict=True)])[order]
    return aside, aside[:, 0]


def clicks(scene: Scene, cast: Cast) -> bool:
    """Newton's cradle: what was raised on one side swings out on the other."""
    return any(_passed_on(scene, cast, count) for count in (1, 2, 3))


def _passed_on(scene: Scene, cast: Cast, count: int) -> bool:
    found = _swings(scene, cast)
    if found is None:
        return False
    aside, start = found
    raised = np.abs(start) > 0.5 * np.abs(start).max()
    sign = np.sign(start[np.argmax(np.abs(start))])
    far = aside[-count:] if raised[0] else aside[:count]
    return bool(raised.sum() == count and ((-sign * far).max(axis=1) > PASSED_ON * np.abs(start).max()).all())


def one_out(scene: Scene, cast: Cast) -> bool:
    """One bob in, one out."""
    return _passed_on(scene, cast, 1)


def two_out(scene: Scene, cast: Cast) -> bool:
    """Two bobs in, two out."""
    return _passed_on(scene, cast, 2)
