"""Games by geometry: ninepins, ring toss, shots at a goal, stones on ice, balls off walls, stacked balls."""

import numpy as np

from sora2lib.train.actions import FALLEN, UPRIGHT, Test
from sora2lib.train.measure import NEAR, Array, Cast, Scene
from sora2lib.world.assets import primitives
from sora2lib.world.support import rotate

STILL = 0.1  # m/s
SHOVED = 0.1  # metres
SLIPPED = 0.05  # m/s by which a stone on ice must slow down
SLENDER = 3.0  # a post is so many times taller than it is wide
HIGHER = 1.1  # times
GOALS = ("goal", "gantry")


def _pins(scene: Scene, cast: Cast) -> tuple[int, ...]:
    pins = cast.get("target", ())
    return pins if len(pins) > 1 and scene.up_AT[list(pins), 0].min() > UPRIGHT else ()


def _fallen(scene: Scene, cast: Cast) -> float | None:
    """Share of the pins that lie in the end."""
    pins = _pins(scene, cast)
    return float((scene.up_AT[list(pins), -1] < FALLEN + 0.05).mean()) if pins else None


def bowled(scene: Scene, cast: Cast) -> bool | None:
    """The subject rolls at upright pins."""
    pins = _pins(scene, cast)
    if not pins:
        return None
    i = cast["subject"][0]
    towards = scene.position_AT3[list(pins), 0].mean(axis=0) - scene.position_AT3[i, 0]
    heads = float(scene.velocity_AV3[i, :3].mean(axis=0) @ towards) > 0
    return heads and scene.speed(i) > STILL and bool(scene.clearance_AT[i, :6].max() < NEAR)


def strike(scene: Scene, cast: Cast) -> bool | None:
    """All pins lie in the end."""
    fallen = _fallen(scene, cast)
    return None if fallen is None else fallen == 1.0


def some_fell(scene: Scene, cast: Cast) -> bool | None:
    """Some pins lie in the end, others stand."""
    fallen = _fallen(scene, cast)
    return None if fallen is None else 0.0 < fallen < 1.0


def missed_pins(scene: Scene, cast: Cast) -> bool | None:
    """The subject goes past and no pin has fallen."""
    fallen = _fallen(scene, cast)
    return None if fallen is None else fallen == 0.0 and scene.travel(cast["subject"][0]) > 1.0


def _posts(scene: Scene) -> list[int]:
    return [
        j
        for j, size in enumerate(scene.size_A3)
        if scene.fixed[j] and size[2] > SLENDER * max(size[:2]) and scene.clearance_AT[j, 0] < NEAR
    ]


def tossed(scene: Scene, cast: Cast) -> bool:
    """A ring flies at a post."""
    i = cast["subject"][0]
    return bool(_posts(scene)) and scene.asset[i] == "ring" and scene.in_flight(i)


def _on_post(scene: Scene, cast: Cast) -> bool:
    i = cast["subject"][0]
    end = scene.position_AT3[i, -1]
    return any(
        np.hypot(*(end - scene.position_AT3[j, 0])[:2]) < scene.size_A3[i, 0] / 2
        and end[2] < scene.position_AT3[j, 0, 2] + scene.size_A3[j, 2] / 2
        for j in _posts(scene)
    )


def on_post(scene: Scene, cast: Cast) -> bool:
    """The ring lies round the post in the end."""
    return tossed(scene, cast) and _on_post(scene, cast)


def off_post(scene: Scene, cast: Cast) -> bool:
    """The ring came down beside the post."""
    came_down = scene.clearance_AT[cast["subject"][0], -1] < scene.clearance_AT[cast["subject"][0], 0] / 2
    return tossed(scene, cast) and bool(came_down) and not _on_post(scene, cast)


def _crossing(scene: Scene, cast: Cast) -> tuple[Array, Array] | None:
    """Where the ball crosses the plane of a goal, in its frame (3,), and half its width and its height (2,)."""
    goal = next((j for j, name in enumerate(scene.asset) if name in GOALS), None)
    if goal is None:
        return None
    back_T4 = scene.rotation_AT4[goal] * np.array([1, -1, -1, -1])
    path_T3 = rotate(back_T4, scene.position_AT3[cast["subject"][0]] - scene.position_AT3[goal])
    posts = [it for it in primitives(scene.asset[goal], scene.size_A3[goal]) if it.shape == "cylinder"][:2]
    path_T3 = path_T3 - np.array([0.0, posts[0].centre[1], 0.0])
    frame = np.array([abs(posts[0].centre[0]), posts[0].centre[2] + posts[0].half[2]])
    crossed = np.flatnonzero(path_T3[:-1, 1] * path_T3[1:, 1] < 0)
    if not len(crossed):
        return None
    before, after = path_T3[crossed[0]], path_T3[crossed[0] + 1]
    return before + before[1] / (before[1] - after[1]) * (after - before), frame


def shot_at_goal(scene: Scene, cast: Cast) -> bool:
    """The ball goes at a goal and crosses its plane not far from it."""
    found = _crossing(scene, cast)
    return found is not None and abs(found[0][0]) < 2 * found[1][0]


def goal(scene: Scene, cast: Cast) -> bool:
    """The ball crosses the plane between the posts and under the bar."""
    found = _crossing(scene, cast)
    return found is not None and bool(abs(found[0][0]) < found[1][0] and found[0][2] < found[1][1])


def wide(scene: Scene, cast: Cast) -> bool:
    """The ball goes past a post."""
    found = _crossing(scene, cast)
    return found is not None and bool(abs(found[0][0]) > found[1][0])


def over(scene: Scene, cast: Cast) -> bool:
    """The ball goes over the bar."""
    found = _crossing(scene, cast)
    return found is not None and bool(abs(found[0][0]) < found[1][0] and found[0][2] > found[1][1])


def glided(scene: Scene, cast: Cast) -> bool:
    """The subject slides over ice, slower and slower, without turning over."""
    i = cast["subject"][0]
    pace_V = np.linalg.norm(scene.velocity_AV3[i], axis=-1)
    upright = scene.up_AT[i].min() > UPRIGHT and scene.clearance_AT[i].max() < NEAR
    slows = pace_V[:3].mean() - pace_V[-3:].mean() > SLIPPED
    return bool(str(scene.world.ground.values) == "ice" and upright and slows and scene.travel(i) > SHOVED)


def knocked_away(scene: Scene, cast: Cast) -> bool | None:
    """The subject gets to the target, which moves."""
    if "target" not in cast:
        return None
    i, j = cast["subject"][0], cast["target"][0]
    return bool(scene.gap(i, j)[0].min() < 2 * NEAR) and scene.travel(j) > SHOVED


def stopped_short(scene: Scene, cast: Cast) -> bool | None:
    """The subject slows down on its way to the target and has not touched it in the end."""
    if "target" not in cast:
        return None
    i, j = cast["subject"][0], cast["target"][0]
    last = float(np.linalg.norm(scene.velocity_AV3[i, -3:], axis=-1).mean())
    return scene.travel(i) > SHOVED and last < STILL + 0.1 and not scene.touched(i, j) and scene.travel(j) < NEAR


def _first_touch(scene: Scene, i: int, j: int) -> int | None:
    """Interval of the first blow between two, told from the motion of either."""
    gap_T, normal_T3 = scene.gap(i, j)
    if np.isinf(gap_T).all():
        return None
    blows = [*scene.blows(i, gap_T, normal_T3, j), *([] if scene.fixed[j] else scene.blows(j, gap_T, -normal_T3, i))]
    return int(min(blows)) if blows else None


def _walls(scene: Scene) -> list[int]:
    return [j for j, name in enumerate(scene.asset) if name == "wall" and scene.fixed[j]]


def between_walls(scene: Scene, cast: Cast) -> bool:
    """The subject hits two walls."""
    struck = [_first_touch(scene, cast["subject"][0], j) for j in _walls(scene)]
    return sum(it is not None for it in struck) >= 2


def banked(scene: Scene, cast: Cast) -> bool | None:
    """The subject hits a wall first and then the target."""
    if "target" not in cast:
        return None
    i = cast["subject"][0]
    walls = [it for j in _walls(scene) if (it := _first_touch(scene, i, j)) is not None]
    target = _first_touch(scene, i, cast["target"][0])
    return target is not None and bool(walls) and min(walls) <= target


def shot_up(scene: Scene, cast: Cast) -> bool | None:
    """The subject falls on top of the target and gets higher than it was."""
    if "target" not in cast:
        return None
    i, j = cast["subject"][0], cast["target"][0]
    place_T3 = scene.position_AT3[i] - scene.position_AT3[j]
    above = place_T3[0, 2] > 0 and np.hypot(*place_T3[0, :2]) < scene.size_A3[j, 0] / 2
    lowest = int(np.argmax(scene.velocity_AV3[i, :, 2] > 0))
    fell = scene.clearance_AT[i, 0] - scene.clearance_AT[i, lowest] > SHOVED
    return bool(above and fell and scene.position_AT3[i, lowest:, 2].max() > HIGHER * scene.position_AT3[i, 0, 2])


ACTIONS: dict[str, Test] = {
    "ninepins/bowl": bowled,
    "ring toss/toss": tossed,
    "goal/shoot": shot_at_goal,
    "curling/glide": glided,
    "walls/bounce between": between_walls,
    "walls/bank": banked,
    "tandem/shoot up": shot_up,
}
OUTCOMES: dict[str, Test] = {
    "strike": strike,
    "some fall": some_fell,
    "misses": missed_pins,
    "lands on the post": on_post,
    "misses the post": off_post,
    "goal": goal,
    "wide": wide,
    "over": over,
    "knocks away": knocked_away,
    "stops short": stopped_short,
}
