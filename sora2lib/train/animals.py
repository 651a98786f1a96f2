"""What animals do, and people with animals or boards: gaits, wings, races, leaps out of water, a cat on a head."""

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.bodies import Creature
from sora2lib.train import household
from sora2lib.train.actions import Test
from sora2lib.train.measure import Cast, Scene
from sora2lib.train.people import AXELS, FLIPS, flight, flips, is_person, passes, spins, swings
from sora2lib.world.vocabulary import GROUNDS

Array = NDArray[np.float64]
FEET = ("left foot", "right foot", "left hand", "right hand")
WAY = 0.8  # metres: what went less far did not travel
HIGH = 0.5  # metres over the ground: a bird up there flies
TROT = 0.75  # correlation of diagonal legs from which a gait is a trot
WINGBEAT = 0.35  # radians
OUT, IN = 0.10, 0.02  # metres over and under the water
ON_HEAD = 0.35  # metres from the middle of the head to that of the cat


def _each(scene: Scene, group: tuple[int, ...], kinds: frozenset[str]) -> list[Creature] | None:
    """The creatures of a group, or None where it holds others."""
    them = [it for i in group if (it := scene.creature(i)) is not None and it.figure.skeleton.name in kinds]
    return them if len(them) == len(group) else None


QUADRUPEDS, BIRDS, FISH = frozenset({"dog", "cat", "horse"}), frozenset({"bird"}), frozenset({"fish"})


def _way(it: Creature) -> float:
    return float(np.linalg.norm((it.centre_T3[-1] - it.centre_T3[0])[:2]))


def _paired(it: Creature) -> float:
    """How far diagonal legs move together (1) or not (0 and less): correlation of where they are along the body."""
    along = {link: it.point(link) - it.root_T3 for link in FEET}
    front_T3 = it.axis("hips", 0)
    swing = {link: (path_T3 * front_T3).sum(axis=1) for link, path_T3 in along.items()}
    pairs = (("left foot", "right hand"), ("right foot", "left hand"))
    return float(np.mean([np.corrcoef(swing[a], swing[b])[0, 1] for a, b in pairs]))


def _steps(it: Creature) -> bool:
    """Whether the hind feet pass each other."""
    apart_T = (it.point("left foot") - it.point("right foot")) @ np.array([1.0, 0.0, 0.0])
    return passes(apart_T)


def walked(scene: Scene, cast: Cast) -> bool:
    """All go on four legs, each at its own beat."""
    them = _each(scene, cast["subject"], QUADRUPEDS)
    return them is not None and all(_way(it) > WAY and _steps(it) and _paired(it) < TROT for it in them)


def trotted(scene: Scene, cast: Cast) -> bool:
    """All go on four legs, diagonal ones together."""
    them = _each(scene, cast["subject"], QUADRUPEDS)
    return them is not None and all(_way(it) > WAY and _steps(it) and _paired(it) > TROT for it in them)


def _flies(it: Creature) -> bool:
    return _way(it) > WAY and float(it.clearance_T.min()) > HIGH


def flew(scene: Scene, cast: Cast) -> bool:
    """All get on in the air with beats of their wings."""
    them = _each(scene, cast["subject"], BIRDS)
    return them is not None and all(
        _flies(it) and swings(it.angle("left shoulder spread"), WINGBEAT) >= 3 for it in them
    )


def glided(scene: Scene, cast: Cast) -> bool:
    """All get on in the air on still wings."""
    them = _each(scene, cast["subject"], BIRDS)
    return them is not None and all(
        _flies(it) and swings(it.angle("left shoulder spread"), WINGBEAT) < 3 for it in them
    )


def raced(scene: Scene, cast: Cast) -> bool:
    """All gallop: their hind legs swing together, and now and then no hoof is on the ground."""
    them = _each(scene, cast["subject"], QUADRUPEDS)
    return them is not None and all(_gallops(it) for it in them)


def _gallops(it: Creature) -> bool:
    soles_T = np.min([it.soles[link][..., 2].min(axis=0) for link in FEET], axis=0)
    return _way(it) > 3 * WAY and bool((soles_T > 0.008 * it.height).mean() > 0.04) and _paired(it) < TROT


def overtook(scene: Scene, cast: Cast) -> bool | None:
    """The subject gallops from behind the target to in front of it."""
    if "target" not in cast:
        return None
    s, t = cast["subject"][0], cast["target"][0]
    if not raced(scene, cast) or _each(scene, cast["target"], QUADRUPEDS) is None:
        return False
    lead_T3 = scene.position_AT3[s] - scene.position_AT3[t]
    lead_T = lead_T3 @ (scene.position_AT3[s, -1] - scene.position_AT3[s, 0])
    return bool(lead_T[0] < 0 < lead_T[-1])


def _on_water(scene: Scene) -> bool:
    return GROUNDS[str(scene.world.ground.values)].depth > 0


def swam(scene: Scene, cast: Cast) -> bool:
    """All get on in the water and stay in it."""
    them = _each(scene, cast["subject"], FISH)
    return (
        _on_water(scene)
        and them is not None
        and all(_way(it) > WAY and float(it.centre_T3[:, 2].max()) < OUT for it in them)
    )


def leapt(scene: Scene, cast: Cast) -> bool:
    """All come out of the water and fall back into it."""
    them = _each(scene, cast["subject"], FISH)
    return _on_water(scene) and them is not None and all(_breaches(it.centre_T3[:, 2]) for it in them)


def _breaches(height_T: Array) -> bool:
    top = int(np.argmax(height_T))
    return bool(height_T[top] > OUT and height_T[: top + 1].min() < -IN and height_T[top:].min() < -IN)


def _person(scene: Scene, cast: Cast) -> Creature | None:
    it = scene.creature(cast["subject"][0])
    return it if it is not None and is_person(it) else None


def _over(scene: Scene, it: Creature, board: int, k: int) -> bool:
    """Whether a person is over a board at a sample."""
    away_2 = (it.centre_T3[k] - scene.position_AT3[board, k])[:2]
    return float(np.linalg.norm(away_2)) < 0.55 * float(scene.size_A3[board].max())


def _from_board(kind: str) -> Test:
    def did(scene: Scene, cast: Cast) -> bool | None:
        it = _person(scene, cast)
        if "target" not in cast or it is None:
            return None if it is not None else False
        board = cast["target"][0]
        starts = scene.asset[board] == "paddleboard" and _over(scene, it, board, 0)
        deed = flips(it, FLIPS[kind]) if kind in FLIPS else not any(flips(it, way) for way in FLIPS.values())
        return starts and _on_water(scene) and flight(it) > 0.2 and deed

    return did


def landed(scene: Scene, cast: Cast) -> bool | None:
    """On its feet in the end: over the board, where it leapt from one, over the ground elsewhere."""
    it = _person(scene, cast)
    if it is None:
        return False
    boards = [t for t in cast.get("target", ()) if scene.asset[t] == "paddleboard"]
    stands = float(it.root_T3[-6:, 2].min()) > 0.32 * it.height and float(it.axis("hips", 2)[-6:, 2].min()) > 0.75
    return stands and all(_over(scene, it, board, -1) for board in boards)


def fell_in(scene: Scene, cast: Cast) -> bool:
    """In the water in the end."""
    it = _person(scene, cast)
    return it is not None and _on_water(scene) and float(it.root_T3[-1, 2]) < 0.25 * it.height


def _axel_with_cat(turns: float) -> Test:
    def did(scene: Scene, cast: Cast) -> bool | None:
        it = _person(scene, cast)
        if "target" not in cast or it is None:
            return None if it is not None else False
        return spins(it, turns) and bool(_from_head(scene, it, cast)[0] < ON_HEAD)

    return did


def _from_head(scene: Scene, it: Creature, cast: Cast) -> Array:
    """Distance (T,) of the target from the subject's head, metres."""
    crown_T3 = it.point("head", (0.0, 0.0, 0.1 * it.height))
    return np.asarray(np.linalg.norm(scene.position_AT3[cast["target"][0]] - crown_T3, axis=1))


def stayed_on(scene: Scene, cast: Cast) -> bool | None:
    """The cat is on the head all the time, or a thing on its table."""
    it = _person(scene, cast)
    if it is None:
        return household.stayed_on(scene, cast)
    return bool(_from_head(scene, it, cast).max() < ON_HEAD) if "target" in cast else None


def fell_off(scene: Scene, cast: Cast) -> bool | None:
    """The cat was on the head and is on the ground in the end, or a thing fell off its table."""
    it = _person(scene, cast)
    if it is None:
        return household.fell_off(scene, cast)
    if "target" not in cast:
        return None
    far_T = _from_head(scene, it, cast)
    return bool(far_T[0] < ON_HEAD and far_T[-1] > 2 * ON_HEAD and scene.position_AT3[cast["target"][0], -1, 2] < 0.5)


ACTIONS: dict[str, Test] = {
    "animals/walk": walked,
    "animals/trot": trotted,
    "animals/fly": flew,
    "animals/glide": glided,
    "race/race": raced,
    "race/overtake": overtook,
    "fish/swim": swam,
    "fish/leap": leapt,
    **{f"paddleboard/{kind}": _from_board(kind) for kind in ("back flip", "front flip", "jump")},
    **{f"skater/{kind}": _axel_with_cat(turns) for kind, turns in AXELS.items()},
}
# What is said of one and done with another, who is then looked for.
PAIRS = frozenset(name for name in ACTIONS if name.startswith(("paddleboard/", "skater/"))) | {"race/overtake"}
OUTCOMES: dict[str, Test] = {"lands": landed, "falls in": fell_in, "stays on": stayed_on, "falls off": fell_off}
