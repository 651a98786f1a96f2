"""Water, wind, streets and rockets by geometry: whether things float or sink, drift, take off, drive, overtake."""

import numpy as np

from sora2lib.train.actions import Test, touched
from sora2lib.train.measure import NEAR, Cast, Scene
from sora2lib.world.vocabulary import GROUNDS

NUDGED = 0.04  # metres
WAY = 0.25  # metres: what went less far did not travel
AT_REST = 0.12  # m/s
LIFTED, HIGH, BACK = 0.4, 1.5, 0.5  # metres; share of the highest point
WHEELS_DOWN = 0.85  # height of a car's own z axis


def _on_water(scene: Scene) -> bool:
    return GROUNDS[str(scene.world.ground.values)].depth > 0


def _tall(scene: Scene, i: int) -> float:
    return float(scene.size_A3[i].max())


def fell_in(scene: Scene, cast: Cast) -> bool:
    """All start above the water, fall and go through its surface."""
    return _on_water(scene) and all(
        scene.clearance_AT[i, 0] > NEAR and scene.clearance_AT[i].min() < -NEAR and scene.velocity_AV3[i, 2, 2] < 0
        for i in cast["subject"]
    )


def floats(scene: Scene, cast: Cast) -> bool:
    """All are at the surface in the last half second."""
    half = round(0.5 / scene.step)
    return _on_water(scene) and all(
        scene.clearance_AT[i, -half:].min() < 0.25 * _tall(scene, i)
        and scene.position_AT3[i, -half:, 2].min() > -0.45 * _tall(scene, i)
        for i in cast["subject"]
    )


def sinks(scene: Scene, cast: Cast) -> bool:
    """All are under water in the end."""
    return _on_water(scene) and all(scene.position_AT3[i, -1, 2] < -0.55 * _tall(scene, i) for i in cast["subject"])


def drifted(scene: Scene, cast: Cast) -> bool:
    """All travel on the water, afloat all the time."""
    return _on_water(scene) and all(
        scene.clearance_AT[i].max() < NEAR
        and np.abs(scene.position_AT3[i, :, 2]).max() < 0.6 * _tall(scene, i)
        and _way(scene, i) > WAY
        for i in cast["subject"]
    )


def _way(scene: Scene, i: int) -> float:
    return float(np.linalg.norm(scene.position_AT3[i, -1, :2] - scene.position_AT3[i, 0, :2]))


def bumped(scene: Scene, cast: Cast) -> bool | None:
    """The subject drifts on the water into something afloat, and sets it in motion."""
    if "target" not in cast:
        return None
    i, j = cast["subject"][0], cast["target"][0]
    met_T = scene.gap(i, j)[0] < 2 * NEAR
    if not met_T.any() or not drifted(scene, {"subject": (i, j)} if scene.travel(j) > WAY else {"subject": (i,)}):
        return False
    before = np.linalg.norm(scene.position_AT3[j, int(met_T.argmax()), :2] - scene.position_AT3[j, 0, :2])
    return bool(scene.travel(j) > before + NUDGED)


def lifted_off(scene: Scene, cast: Cast) -> bool:
    """It stands on the ground, then rises faster and faster and nothing has thrown it up."""
    i = cast["subject"][0]
    rise_T = scene.clearance_AT[i] - scene.clearance_AT[i, 0]
    speed_V = scene.velocity_AV3[i, :, 2]
    fastest = int(speed_V.argmax())
    # A thrust takes its time: a thing that is thrown has its speed at once.
    gradual = fastest > 4 and speed_V[max(fastest - 6, 0) : fastest + 1].min() < 0.95 * speed_V[fastest]
    return bool(scene.clearance_AT[i, 0] < NEAR and rise_T.max() > LIFTED and gradual)


def flew_away(scene: Scene, cast: Cast) -> bool:
    """It is highest in the end, and high."""
    height_T = scene.clearance_AT[cast["subject"][0]]
    return bool(height_T[-1] > HIGH and height_T[-1] > 0.98 * height_T.max())


def fell_back(scene: Scene, cast: Cast) -> bool:
    """It rises and is low again in the end."""
    height_T = scene.clearance_AT[cast["subject"][0]]
    return bool(height_T.max() > LIFTED and height_T[-1] < BACK * height_T.max())


def _drives(scene: Scene, i: int) -> bool:
    low = scene.clearance_AT[i].max() < 0.1 + NEAR
    return bool(low and scene.up_AT[i].min() > WHEELS_DOWN and scene.travel(i) > WAY)


def drove(scene: Scene, cast: Cast) -> bool:
    """All travel along the ground, upright."""
    return not _on_water(scene) and all(_drives(scene, i) for i in cast["subject"])


def overtook(scene: Scene, cast: Cast) -> bool | None:
    """The subject, at first behind one that goes the same way, is ahead of it in the end."""
    if "target" not in cast:
        return None
    i, j = cast["subject"][0], cast["target"][0]
    ahead_3 = scene.velocity_AV3[i, :3].mean(axis=0)
    ahead_3 = ahead_3 / max(float(np.linalg.norm(ahead_3)), 1e-9)
    lead_T = (scene.position_AT3[i] - scene.position_AT3[j]) @ ahead_3
    same_way = float((scene.position_AT3[j, -1] - scene.position_AT3[j, 0]) @ ahead_3) > 0
    return drove(scene, cast) and same_way and bool(lead_T[0] < 0 < lead_T[-1])


def braked(scene: Scene, cast: Cast) -> bool:
    """All drive, and stand in the end with nothing in the way."""
    last = [float(np.linalg.norm(scene.velocity_AV3[i, -2:], axis=-1).mean()) for i in cast["subject"]]
    first = [scene.speed(i) for i in cast["subject"]]
    return drove(scene, cast) and max(last) < AT_REST < min(first)


def crashed(scene: Scene, cast: Cast) -> bool | None:
    """The subject drives into another."""
    return touched(scene, cast) and _drives(scene, cast["subject"][0])


def rose(scene: Scene, cast: Cast) -> bool:
    """All rise, and go on rising to the end, which nothing that was thrown does."""
    return all(
        scene.clearance_AT[i, -1] - scene.clearance_AT[i, 0] > 3 * WAY
        and scene.velocity_AV3[i, -6:, 2].mean() > 0.1
        and scene.velocity_AV3[i, 0, 2] < 1.0
        for i in cast["subject"]
    )


def blown(scene: Scene, cast: Cast) -> bool:
    """All start at rest and gather speed along the ground, though nothing pushes them."""
    others = [j for j, still in enumerate(scene.fixed) if not still and j not in cast["subject"]]
    return all(
        scene.speed(i) < AT_REST
        and scene.travel(i) > 2 * WAY
        and scene.clearance_AT[i].max() < _tall(scene, i)
        and not any(scene.touched(i, j) for j in others)
        for i in cast["subject"]
    )


ACTIONS: dict[str, Test] = {
    "float/fall in": fell_in,
    "boat/drift": drifted,
    "boat/bump": bumped,
    "rocket/launch": lifted_off,
    "cars/drive": drove,
    "cars/overtake": overtook,
    "cars/brake": braked,
    "cars/crash": crashed,
    "wind/rise": rose,
    "wind/blow along": blown,
}
OUTCOMES: dict[str, Test] = {
    "floats": floats,
    "sinks": sinks,
    "flies away": flew_away,
    "falls back": fell_back,
}
