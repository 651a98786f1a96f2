"""Whether something happened in a world: one test a family, action and outcome, from geometry and motion alone.

Each takes the scene and who plays which role (indices of actors), and answers True or False, or None where the roles it
needs are not cast.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sora2lib.train import hoops, swings
from sora2lib.train.measure import KICK, NEAR, Cast, Scene

Test = Callable[[Scene, Cast], bool | None]

AT_REST = 0.12  # m/s
WAY = 0.2  # metres: what went less far did not travel
ALONG = 0.3  # m/s: a slower flight is a fall
BOUNCED = 0.04  # metres
SHOVED = 0.045  # metres
IN_TURN = 0.6  # share of neighbours that fall in turn, a sample early or late counting as well
FALLEN, UPRIGHT = 0.7, 0.95  # height of a domino's z axis
TOPPLED = 0.45  # of its own height
LAUNCHED = 0.25  # metres


def _speed(scene: Scene, actor: int) -> float:
    return float(np.linalg.norm(scene.velocity_AV3[actor, :2].mean(axis=0)))


def touched(scene: Scene, cast: Cast) -> bool | None:
    """The subject and the target meet; None where nobody plays the target."""
    if "target" not in cast:
        return None
    return any(scene.touched(s, t) for s in cast["subject"] for t in cast["target"])


def dropped(scene: Scene, cast: Cast) -> bool:
    """All fall from rest and reach the ground."""
    return all(_drops(scene, i) for i in cast["subject"])


def _drops(scene: Scene, i: int) -> bool:
    v_V3 = scene.velocity_AV3[i]
    level = float(np.hypot(*v_V3[:3, :2].mean(axis=0)))
    fell = scene.clearance_AT[i, 0] - scene.clearance_AT[i].min() > WAY
    return bool(level < ALONG and v_V3[0, 2] < KICK and fell and len(scene.landings(i)))


def bounces(scene: Scene, cast: Cast) -> bool:
    """All rise again after they have hit the ground."""
    return all(_bounces(scene, i) for i in cast["subject"])


def _bounces(scene: Scene, i: int) -> bool:
    landings, height_T = scene.landings(i), scene.clearance_AT[i]
    if not len(landings):
        return False
    rising = np.flatnonzero((height_T[1:] > BOUNCED) & (np.diff(height_T) > 0)) + 1
    return bool((rising > landings[0] + 1).any())


def _travels(scene: Scene, i: int) -> bool:
    path_T2 = scene.position_AT3[i, :, :2]
    low = scene.clearance_AT[i] < NEAR + 0.1 * float(scene.size_A3[i].max())
    return bool(np.linalg.norm(path_T2 - path_T2[0], axis=-1).max() > WAY and low.mean() > 0.8)


def _on_ground(scene: Scene, i: int) -> NDArray[np.intp]:
    return np.flatnonzero(np.linalg.norm(scene.velocity_AV3[i], axis=-1) > 0.1)


def rolled(scene: Scene, cast: Cast) -> bool:
    """All travel along the ground and turn as they go."""
    return all(
        _travels(scene, i) and scene.rolls(i, _on_ground(scene, i), float(scene.position_AT3[i, 0, 2]))
        for i in cast["subject"]
    )


def slid(scene: Scene, cast: Cast) -> bool:
    """All travel along the ground without turning over."""
    return all(
        _travels(scene, i) and not scene.rolls(i, _on_ground(scene, i), float(scene.position_AT3[i, 0, 2]))
        for i in cast["subject"]
    )


def stops(scene: Scene, cast: Cast) -> bool:
    """All stand still in the end, having moved; of dominoes, some lie and others stand."""
    if _row(scene, cast):
        return _broke_off(scene, cast)
    last = [np.linalg.norm(scene.velocity_AV3[i, -3:], axis=-1).mean() for i in cast["subject"]]
    return bool(max(last) < AT_REST and all(scene.travel(i) > WAY for i in cast["subject"]))


def thrown(scene: Scene, cast: Cast) -> bool:
    """All start in free flight and go somewhere."""
    return all(
        scene.in_flight(i) and np.hypot(*scene.velocity_AV3[i, :3, :2].mean(axis=0)) > ALONG for i in cast["subject"]
    )


def met(scene: Scene, cast: Cast) -> bool | None:
    """Two run towards each other and collide."""
    pair = (*cast["subject"], *cast.get("target", ()))
    if len(pair) != 2:
        return None
    a, b = pair
    towards = scene.position_AT3[b, 0] - scene.position_AT3[a, 0]
    closing = [float(scene.velocity_AV3[i, :2].mean(axis=0) @ towards) for i in pair]
    return closing[0] > 0 > closing[1] and min(_speed(scene, a), _speed(scene, b)) > 0.1 and scene.touched(a, b)


def hit(scene: Scene, cast: Cast) -> bool | None:
    """The subject runs into something at rest."""
    if "target" not in cast:
        return None
    still = max(_speed(scene, t) for t in cast["target"]) < AT_REST
    return still and max(_speed(scene, s) for s in cast["subject"]) > AT_REST and touched(scene, cast)


def chased(scene: Scene, cast: Cast) -> bool | None:
    """The subject runs into something that runs away from it."""
    if "target" not in cast:
        return None
    (s, t) = cast["subject"][0], cast["target"][0]
    away = scene.position_AT3[t, 0] - scene.position_AT3[s, 0]
    runs = float(scene.velocity_AV3[t, :2].mean(axis=0) @ away) / float(np.linalg.norm(away))
    return runs > 0.1 and scene.touched(s, t)


def scattered(scene: Scene, cast: Cast) -> bool | None:
    """The subject runs into a group at rest, and two of it at least are shoved."""
    if "target" not in cast:
        return None
    shoved = sum(scene.travel(t) > SHOVED for t in cast["target"])
    still = max(_speed(scene, t) for t in cast["target"]) < AT_REST
    return bool(shoved >= 2 and still and touched(scene, cast))


def _descends(scene: Scene, i: int, asset: str) -> int | None:
    """Index of the ramp or stairs that it comes down, starting on it; None if it does not."""
    for piece in (j for j, name in enumerate(scene.asset) if name == asset):
        height = float(scene.size_A3[piece, 2])
        way_down = scene.clearance_AT[i, 0] - scene.clearance_AT[i].min()
        over = scene.clearance_AT[i, 0] > 0.4 * height
        if over and way_down > 0.4 * height and np.nanmin(scene.gap(i, piece)[0][:12]) < 2 * NEAR:
            return piece
    return None


def _down_ramp(scene: Scene, i: int, *, rolling: bool) -> bool:
    piece = _descends(scene, i, "ramp")
    if piece is None:
        return False
    on_it = np.flatnonzero(scene.gap(i, piece)[0][:-1] < NEAR)
    moving = on_it[np.linalg.norm(scene.velocity_AV3[i, on_it], axis=-1) > 0.05]
    return len(moving) > 1 and scene.rolls(i, moving, float(scene.size_A3[i, 2]) / 2) == rolling


def rolled_down(scene: Scene, cast: Cast) -> bool:
    """All roll down a ramp."""
    return all(_down_ramp(scene, i, rolling=True) for i in cast["subject"])


def slid_down(scene: Scene, cast: Cast) -> bool:
    """All slide down a ramp."""
    return all(_down_ramp(scene, i, rolling=False) for i in cast["subject"])


def bounced_down(scene: Scene, cast: Cast) -> bool:
    """All come down stairs."""
    return all(_descends(scene, i, "stairs") is not None for i in cast["subject"])


def _row(scene: Scene, cast: Cast) -> tuple[int, ...]:
    return next((them for them in cast.values() if len(them) > 1 and scene.asset[them[0]] == "domino"), ())


def tipped(scene: Scene, cast: Cast) -> bool:
    """The first of a row falls, and no other thing set it off."""
    row = _row(scene, cast)
    others = [i for i, still in enumerate(scene.fixed) if not still and i not in row and scene.asset[i] != "domino"]
    return bool(row) and _begins(scene, row) and not any(scene.travel(i) > WAY for i in others)


def _begins(scene: Scene, row: tuple[int, ...]) -> bool:
    ends = scene.position_AT3[list(row), 0]
    along = ends @ np.linalg.svd(ends - ends.mean(axis=0))[2][0]
    tips = [row[int(np.argmin(along))], row[int(np.argmax(along))]]
    return bool(min(scene.up_AT[i].min() for i in tips) < FALLEN and scene.up_AT[list(row), 0].min() > UPRIGHT - 0.1)


def struck_row(scene: Scene, cast: Cast) -> bool | None:
    """The subject hits a row of dominoes, and the first falls."""
    row = _row(scene, cast)
    if not row or row == cast["subject"]:
        return None
    return _begins(scene, row) and any(scene.touched(s, t) for s in cast["subject"] for t in row)


def all_fell(scene: Scene, cast: Cast) -> bool:
    """All dominoes lie in the end, having passed 45 degrees one after the other along the row."""
    row = _row(scene, cast)
    if not row or not (scene.up_AT[list(row), -1] < FALLEN + 0.05).all():
        return False
    times = [int(np.argmax(scene.up_AT[i] < FALLEN)) for i in row]
    ends = scene.position_AT3[list(row), 0]
    order = np.argsort(ends @ np.linalg.svd(ends - ends.mean(axis=0))[2][0])
    steps = np.diff(np.array(times)[order])
    return bool(max((steps >= -1).mean(), (steps <= 1).mean()) > IN_TURN)


def _broke_off(scene: Scene, cast: Cast) -> bool:
    up = scene.up_AT[list(_row(scene, cast)), -1]
    return bool(up.min() < FALLEN and up.max() > UPRIGHT)


def _pile(scene: Scene, cast: Cast, role: str) -> tuple[int, ...]:
    them = cast.get(role, ())
    heights = scene.position_AT3[list(them), 0, 2]
    return them if len(them) > 1 and np.ptp(heights) > 0.5 * scene.size_A3[them[0], 2] else ()


def _fell(scene: Scene, pile: tuple[int, ...]) -> bool:
    sunk = [(scene.position_AT3[i, 0, 2] - scene.position_AT3[i, -1, 2]) / scene.size_A3[i, 2] for i in pile]
    return max(sunk) > TOPPLED


def stood(scene: Scene, cast: Cast) -> bool:
    """A pile stands to the end and nothing hits it."""
    pile = _pile(scene, cast, "subject")
    others = [i for i, still in enumerate(scene.fixed) if not still and i not in pile]
    return bool(pile) and not _fell(scene, pile) and not any(scene.travel(i) > WAY for i in others)


def struck_pile(scene: Scene, cast: Cast) -> bool | None:
    """The subject hits a pile."""
    pile = _pile(scene, cast, "target")
    return bool(touched(scene, {**cast, "target": pile})) if pile else None


def topples(scene: Scene, cast: Cast) -> bool:
    """Some of the pile fell."""
    pile = _pile(scene, cast, "target") or _pile(scene, cast, "subject")
    return bool(pile) and _fell(scene, pile)


def stands(scene: Scene, cast: Cast) -> bool:
    """None of the pile fell."""
    pile = _pile(scene, cast, "target") or _pile(scene, cast, "subject")
    return bool(pile) and not _fell(scene, pile)


def swung_into(scene: Scene, cast: Cast) -> bool | None:
    """A bob swings into something."""
    return None if "target" not in cast else swings.swung(scene, cast) and bool(touched(scene, cast))


def launched(scene: Scene, cast: Cast) -> bool | None:
    """The subject falls on a see-saw, whose other end throws the target up."""
    planks = [j for j, name in enumerate(scene.asset) if name == "seesaw"]
    if "target" not in cast or not planks:
        return None if planks else False
    rises = [scene.position_AT3[t, :, 2].max() - scene.position_AT3[t, 0, 2] for t in cast["target"]]
    sinks = [scene.position_AT3[s, 0, 2] - scene.position_AT3[s, :, 2].min() for s in cast["subject"]]
    lands = any(scene.touched(s, plank) for s in cast["subject"] for plank in planks)
    return min(rises) > LAUNCHED and min(sinks) > LAUNCHED and lands


ACTIONS: dict[str, Test] = {
    "drop/drop": dropped,
    "roll/roll": rolled,
    "roll/slide": slid,
    "throw/throw": thrown,
    "collide/meet": met,
    "collide/hit": hit,
    "collide/chase": chased,
    "collide/scatter": scattered,
    "ramp/roll down": rolled_down,
    "ramp/slide down": slid_down,
    "ramp/bounce down": bounced_down,
    "dominoes/tip": tipped,
    "dominoes/hit": struck_row,
    "tower/stand": stood,
    "tower/hit": struck_pile,
    "pendulum/swing": swings.swung,
    "pendulum/hit": swung_into,
    "cradle/swing": swings.clicks,
    "seesaw/launch": launched,
    "basketball/shoot": hoops.shot,
}
OUTCOMES: dict[str, Test] = {
    "bounces": bounces,
    "stops": stops,
    "hits": touched,
    "all fall": all_fell,
    "topples": topples,
    "stands": stands,
    "one out": swings.one_out,
    "two out": swings.two_out,
    "scores": hoops.scores,
    "in": hoops.in_clean,
    "in off the board": hoops.in_off_board,
    "miss": hoops.missed,
    "rim": hoops.off_rim,
    "board": hoops.off_board,
}
