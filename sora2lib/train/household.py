"""Tables, see-saws, marble runs, tops and piles by geometry."""

import numpy as np

from sora2lib.train import swings
from sora2lib.train.actions import Test, struck_pile
from sora2lib.train.measure import NEAR, Array, Cast, Scene

WAY = 0.15  # metres
TIPPED, LEVEL = 0.04, 0.03  # metres
TILTED = 0.995  # height of a board's own z axis below which it slopes
REBOUND = 0.2  # metres that a fast thing may be away from a mat at the samples round its blow
TURNING = 5.0  # rad/s: what turns slower does not spin
LEANED = 0.3  # change in height of the axis
AT_REST = 0.12  # m/s


def _table(scene: Scene, i: int) -> int | None:
    """The table that something lies on at the start."""
    tables = [j for j, name in enumerate(scene.asset) if name == "table"]
    return next(
        (j for j in tables if scene.gap(i, j)[0][0] < 2 * NEAR and scene.position_AT3[i, 0, 2] > _top(scene, j)), None
    )


def _top(scene: Scene, table: int) -> float:
    return float(scene.clearance_AT[table, 0] + scene.size_A3[table, 2])


def _along(scene: Scene, cast: Cast, *, rolling: bool) -> bool:
    i = cast["subject"][0]
    table = _table(scene, i)
    if table is None or scene.travel(i) < WAY:
        return False
    on_it = np.flatnonzero(scene.gap(i, table)[0][:-1] < NEAR)
    moving = on_it[np.linalg.norm(scene.velocity_AV3[i, on_it], axis=-1) > 0.05]
    return len(moving) > 1 and scene.rolls(i, moving, float(scene.size_A3[i, 2]) / 2) == rolling


def slid_along(scene: Scene, cast: Cast) -> bool:
    """The subject slides along a table."""
    return _along(scene, cast, rolling=False)


def rolled_along(scene: Scene, cast: Cast) -> bool:
    """The subject rolls along a table."""
    return _along(scene, cast, rolling=True)


def fell_off(scene: Scene, cast: Cast) -> bool:
    """The subject lies on a table at first and on the ground in the end."""
    table = _table(scene, cast["subject"][0])
    return table is not None and bool(scene.clearance_AT[cast["subject"][0]].min() < 0.1 * _top(scene, table))


def stayed_on(scene: Scene, cast: Cast) -> bool:
    """The subject stays on a table, where it stands still in the end."""
    i = cast["subject"][0]
    table = _table(scene, i)
    still = float(np.linalg.norm(scene.velocity_AV3[i, -3:], axis=-1).mean()) < AT_REST
    return table is not None and still and bool(scene.clearance_AT[i].min() > 0.9 * _top(scene, table))


def _on_plank(scene: Scene, i: int) -> bool:
    planks = [j for j, name in enumerate(scene.asset) if name == "seesaw"]
    return any(
        scene.gap(i, j)[0][0] < 2 * NEAR and scene.position_AT3[i, 0, 2] > scene.position_AT3[j, 0, 2] for j in planks
    )


def outweighs(scene: Scene, cast: Cast) -> bool | None:
    """On a see-saw the subject goes down and the target up."""
    if "target" not in cast:
        return None
    way = {i: scene.position_AT3[i, -1, 2] - scene.position_AT3[i, 0, 2] for role in cast.values() for i in role}
    return (
        all(_on_plank(scene, i) for i in (*cast["subject"], *cast["target"]))
        and max(way[i] for i in cast["subject"]) < -TIPPED
        and min(way[i] for i in cast["target"]) > TIPPED
    )


def balances(scene: Scene, cast: Cast) -> bool:
    """Two or more on a see-saw keep it level."""
    level = all(np.ptp(scene.position_AT3[i, :, 2]) < LEVEL for i in cast["subject"])
    return len(cast["subject"]) > 1 and level and all(_on_plank(scene, i) for i in cast["subject"])


def ran_down(scene: Scene, cast: Cast) -> bool:
    """The subject runs down two sloping boards at least, and turns back in between."""
    i = cast["subject"][0]
    boards = [j for j, still in enumerate(scene.fixed) if still and 0.7 < scene.up_AT[j, 0] < TILTED]
    run = [j for j in boards if (scene.gap(i, j)[0] < NEAR).sum() > 4]
    speed_V = scene.velocity_AV3[i] @ scene.right
    turns = speed_V.max() > AT_REST and speed_V.min() < -AT_REST
    return len(run) >= 2 and bool(turns) and bool(scene.position_AT3[i, -1, 2] < scene.position_AT3[i, 0, 2] - WAY)


def _turning(scene: Scene, i: int) -> Array:
    """How fast it turns in each interval (V,), rad/s; up to half a turn an interval can be told."""
    q_T4 = scene.rotation_AT4[i]
    cosine = np.abs((q_T4[1:] * q_T4[:-1]).sum(axis=-1)).clip(0, 1)
    return np.asarray(2 * np.arccos(cosine) / scene.step)


def spun(scene: Scene, cast: Cast) -> bool:
    """All turn fast on the spot."""
    return all(
        _turning(scene, i)[:8].mean() > TURNING
        and np.hypot(*(scene.position_AT3[i, 12] - scene.position_AT3[i, 0])[:2]) < 1.5 * scene.size_A3[i].max()
        and scene.clearance_AT[i, :8].max() < NEAR
        for i in cast["subject"]
    )


def kept_spinning(scene: Scene, cast: Cast) -> bool:
    """All turn fast to the end and their axis stays up."""
    return all(
        _turning(scene, i)[-8:].mean() > TURNING and np.abs(np.diff(scene.up_AT[i, [0, -1]])) < LEANED
        for i in cast["subject"]
    )


def spun_and_fell(scene: Scene, cast: Cast) -> bool:
    """All turn at first, and in the end their axis has fallen."""
    return all(np.abs(scene.up_AT[i] - scene.up_AT[i, 0]).max() > LEANED for i in cast["subject"])


def bounced_on(scene: Scene, cast: Cast) -> bool:
    """All hit a trampoline and come up from it, twice at least."""
    mats = [j for j, name in enumerate(scene.asset) if name == "trampoline"]
    return bool(mats) and all(_rebounds(scene, i, mats[0]) >= 2 for i in cast["subject"])


def _rebounds(scene: Scene, i: int, mat: int) -> int:
    """How often it comes down near a mat and goes up again."""
    up_V, gap_T = scene.velocity_AV3[i, :, 2], scene.gap(i, mat)[0]
    moving = np.flatnonzero(np.abs(up_V) > AT_REST)
    turns = moving[1:][(up_V[moving[:-1]] < 0) & (up_V[moving[1:]] > 0)]
    return sum(bool(gap_T[max(k - 2, 0) : k + 2].min() < REBOUND) for k in turns)


def rode_down(scene: Scene, cast: Cast) -> bool:
    """All start high on a slide and come down along it."""
    chutes = [j for j, name in enumerate(scene.asset) if name == "slide"]
    return bool(chutes) and all(_rides(scene, i, chutes[0]) for i in cast["subject"])


def _rides(scene: Scene, i: int, chute: int) -> bool:
    high, start = float(scene.size_A3[chute, 2]), float(scene.clearance_AT[i, 0])
    on_it = (scene.gap(i, chute)[0] < 2 * NEAR).sum() > 4
    return bool(on_it and start > 0.5 * high and scene.clearance_AT[i].min() < 0.2 * high)


def piled_up(scene: Scene, cast: Cast) -> bool:
    """Three at least fall from different heights onto one place and each other."""
    them = list(cast["subject"])
    if len(them) < 3:
        return False
    start_N, end_N = scene.clearance_AT[them, 0], scene.clearance_AT[them].min(axis=1)
    fell = (start_N - end_N > 0).all() and np.ptp(start_N) > 0.5 * scene.size_A3[them[0]].max()
    reach = 12 * float(scene.size_A3[them].max())
    together = np.ptp(scene.position_AT3[them, -1, :2], axis=0).max() < reach
    met = any((scene.gap(a, b)[0] < NEAR).any() for k, a in enumerate(them) for b in them[:k])
    return bool(fell and together and met and scene.position_AT3[them, :, 2].min() > 0)


def wrecked(scene: Scene, cast: Cast) -> bool | None:
    """A bob swings into a pile."""
    hit = struck_pile(scene, cast)
    return None if hit is None else swings.swung(scene, cast) and hit


ACTIONS: dict[str, Test] = {
    "table/slide": slid_along,
    "table/roll": rolled_along,
    "balance/outweigh": outweighs,
    "balance/balance": balances,
    "marble run/run down": ran_down,
    "spin/spin": spun,
    "trampoline/bounce on": bounced_on,
    "slide/ride down": rode_down,
    "pile/pile up": piled_up,
    "wrecking/wreck": wrecked,
}
OUTCOMES: dict[str, Test] = {
    "falls off": fell_off,
    "stays on": stayed_on,
    "keeps spinning": kept_spinning,
    "falls over": spun_and_fell,
}
