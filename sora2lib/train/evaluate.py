"""Whether a world does what was asked: every clause of a caption, decided from geometry, motion and looks alone.

A caption names its things, a world has actors: :func:`obeys` casts actors for the roles so that as many clauses as
possible hold together, and answers each. Nothing here reads what the simulator wrote about a world.
"""

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np

from sora2lib.train import animals, company, looks, meetings, people, swords
from sora2lib.train.clauses import ACTIONS, OUTCOMES
from sora2lib.train.measure import Array, Cast, Scene
from sora2lib.world.naming import Clause
from sora2lib.world.schema import World
from sora2lib.world.vocabulary import ACCOMPANIED, FOLLOWED, FRAMINGS, GROUNDS, MATERIALS, SIZES

LEEWAY = 0.15  # at the borders of what a word means
SPEEDS = {"ground": (1.1, 2.0), "throw": (3.2, 5.0), "pendulum": (1.3, 2.4)}  # below is slow, above is fast, m/s
TRIED = 40  # castings that are tried in full
STAGE = frozenset({"ramp", "stairs", "gantry", "hoop", "table", "goal", "trampoline", "slide"})
WALLS = frozenset({"wall"})
DECOR = frozenset({"tree", "rock", "house"})
LOOKS = frozenset({"asset", "colour", "size", "material"})
TAKE_TWO = frozenset(
    {"hits", "collide/meet", "collide/hit", "collide/chase", "collide/scatter", "dominoes/hit"}
    | {"tower/hit", "pendulum/hit", "seesaw/launch", "boat/bump", "ninepins/bowl", "balance/outweigh", "cars/overtake"}
    | {"cars/crash", "walls/bank", "wrecking/wreck", "tandem/shoot up", "curling/glide"}
    | animals.PAIRS
    | meetings.PAIRS
    | company.PAIRS
    | swords.PAIRS
)


def obeys(world: World, clauses: Iterable[Clause]) -> dict[Clause, bool | None]:
    """Answer each clause; None where the world does not let it be measured.

    >>> obeys(world, [Clause("colour", "subject", "red")])  # doctest: +SKIP
    {Clause(kind='colour', role='subject', value='red'): True}
    """
    clauses = tuple(clauses)
    scene = Scene(world)
    roles = sorted(_roles(clauses), key=_rank)
    options = [_candidates(scene, [it for it in clauses if it.role == role]) for role in roles]
    castings = [dict(zip(roles, them, strict=True)) for them in itertools.product(*options) if _apart(them)]
    quick = [clause for clause in clauses if clause.kind in LOOKS or clause.kind == "count"]
    ranked = sorted(castings, key=lambda cast: -_score(scene, quick, cast))[:TRIED]
    best: dict[Clause, bool | None] = dict.fromkeys(clauses)
    most = (-1.0, -1.0)
    for cast in ranked:
        answers = {clause: _check(scene, clause, cast) for clause in clauses}
        worth = (float(sum(it is True for it in answers.values())), _movement(scene, cast))
        if worth > most:
            best, most = answers, worth
        if worth[0] == len(clauses):
            break
    return best


def check(world: World, clause: Clause, cast: Cast) -> bool | None:
    """Answer one clause with the roles cast: names to indices of actors.

    >>> check(world, Clause("light", "scene", "sunset"), {})  # doctest: +SKIP
    True
    """
    return _check(Scene(world), clause, cast)


def _roles(clauses: tuple[Clause, ...]) -> set[str]:
    """Roles to cast: those named, whom the camera follows, and what is hit where nothing was said of it."""
    roles = {"subject" if clause.value == "follow" else clause.role for clause in clauses} - {"scene", "both"}
    pair = any(clause.role == "both" or clause.value in TAKE_TWO for clause in clauses)
    return roles | {"target"} if pair else roles


def _rank(role: str) -> tuple[int, str]:
    return ("subject", "target", "stage").index(role) if role in ("subject", "target", "stage") else 3, role


def _apart(groups: Sequence[tuple[int, ...]]) -> bool:
    everyone = [i for group in groups for i in group]
    return len(set(everyone)) == len(everyone)


def _candidates(scene: Scene, clauses: list[Clause]) -> list[tuple[int, ...]]:
    """Groups of actors that may play a role, likely ones first: all of a look, or one."""
    wanted = {clause.kind: clause.value for clause in clauses}
    actors = range(len(scene.asset))
    named = [i for i in actors if scene.asset[i] in wanted.get("asset", "").split("|")]
    # What was not named may be anything but scenery.
    pool = named or [i for i in actors if scene.asset[i] not in STAGE | DECOR | {"fulcrum", "seesaw"}] or list(actors)
    coloured = [i for i in pool if scene.colour[i] == wanted.get("colour")]
    groups: list[tuple[int, ...]] = [(i,) for i in sorted(pool, key=lambda i: -scene.travel(i))]
    crowds = [tuple(it) for it in (coloured, named, *_by_asset(scene, pool)) if len(it) > 1]
    single = wanted.get("count", "") == "1"
    return list(dict.fromkeys(groups + crowds if single else crowds + groups))


def _by_asset(scene: Scene, pool: list[int]) -> list[list[int]]:
    """Groups of one asset, and the same less each one of them that stands apart in colour."""
    kinds = [[i for i in pool if scene.asset[i] == name] for name in dict.fromkeys(scene.asset[i] for i in pool)]
    shades = [
        [i for i in kind if scene.colour[i] == shade] for kind in kinds for shade in {scene.colour[i] for i in kind}
    ]
    rest = [[i for i in kind if i != one] for kind in kinds if len(kind) > 2 for one in kind]
    return [*kinds, *shades, *rest]


def _score(scene: Scene, clauses: list[Clause], cast: Cast) -> int:
    return sum(_check(scene, clause, cast) is True for clause in clauses)


def _movement(scene: Scene, cast: Cast) -> float:
    return max((float(scene.speed(i)) for i in cast.get("subject", ())), default=0.0)


def _check(scene: Scene, clause: Clause, cast: Cast) -> bool | None:
    kind, role, value = clause
    if role == "both" and kind == "count":
        them = (*cast.get("subject", ()), *cast.get("target", ()))
        return _count(scene, them) == int(value) if them else None
    if role == "scene":
        return _check_scene(scene, kind, value, cast)
    if not cast.get(role):
        return None
    if kind == "count":
        others = {i for name, group in cast.items() if name != role for i in group}
        return len(cast[role]) == int(value) and _count(scene, cast[role], others) == int(value)
    if kind in LOOKS:
        return all(_looks(scene, i, kind, value) for i in cast[role])
    test = {"action": ACTIONS, "outcome": OUTCOMES}.get(kind, {}).get(value)
    if test:
        answer = test(scene, cast)
        return None if answer is None else bool(answer)
    return (
        {"direction": _heads, "speed": _paces}[kind](scene, cast[role], value)
        if kind in ("direction", "speed")
        else None
    )


def _count(scene: Scene, group: tuple[int, ...], others: Iterable[int] = ()) -> int:
    """How many there are like those of a group, not counting others that are cast."""
    alike = {scene.asset[i] for i in group}
    return sum(name in alike and i not in others for i, name in enumerate(scene.asset))


def _looks(scene: Scene, i: int, kind: str, value: str) -> bool:
    if kind == "asset":
        return scene.asset[i] in value.split("|")
    if kind == "colour":
        return scene.colour[i] == value
    if kind == "material":
        return scene.material[i] == value and value in MATERIALS
    low, high = SIZES[value]
    # A pendulum is called after its bob; its third extent is the string.
    extent = float(scene.size_A3[i, :2].max() if scene.asset[i] == "pendulum" else scene.size_A3[i].max())
    return low * (1 - LEEWAY) <= extent <= high * (1 + LEEWAY)


def _check_scene(scene: Scene, kind: str, value: str, cast: Cast) -> bool | None:
    world = scene.world
    if kind == "ground":
        return str(world.ground.values) == value
    if kind == "light":
        return looks.light_of(world) == value
    if kind == "weather":
        return looks.weather_of(world) == value
    if kind == "camera" and value == "follow":
        return any(looks.follows(world, i) for i in cast.get("subject", ()))
    if kind == "camera":
        move, way = looks.camera_of(world)
        return value in (move, f"{move} {way}")
    return _framed(scene, value, cast) if kind == "framing" else None


def _framed(scene: Scene, value: str, cast: Cast) -> bool | None:
    """Whether the action, with the set or without, or the subject alone fills its share of the picture.

    Where the camera goes along with the subject, that alone counts, as it is at any moment.
    """
    movers = [i for i, still in enumerate(scene.fixed) if not still]
    stage = [i for i, name in enumerate(scene.asset) if name in STAGE | WALLS]
    regions = [them for them in (movers, movers + stage, list(cast.get("subject", ()))) if them]
    if not regions:
        return None
    if any(looks.follows(scene.world, i) for i in cast.get("subject", ())):
        followed = [looks.followed_share(scene.world, i) for i in cast["subject"]]
        classes = FOLLOWED if scene.creature(cast["subject"][0]) is None else ACCOMPANIED
        return any(_in_class(share, value, classes) for share in followed)
    shares = [looks.share_of(scene.world, *_seen(scene, *looks.bounds(scene.world, them))) for them in regions]
    return any(_in_class(share, value, FRAMINGS) for share in shares)


def _in_class(share: float, name: str, classes: dict[str, float]) -> bool:
    """Whether a share is nearer to the class of that name than to the next ones, with some leeway."""
    borders = [0.0, *(math.sqrt(a * b) for a, b in itertools.pairwise(classes.values())), math.inf]
    index = list(classes).index(name)
    return borders[index] * (1 - LEEWAY) <= share <= borders[index + 1] * (1 + LEEWAY)


def _seen(scene: Scene, low: Array, high: Array) -> tuple[Array, Array]:
    """Cut off what lies under water."""
    return (np.array([*low[:2], 0.0]), high) if GROUNDS[str(scene.world.ground.values)].depth else (low, high)


def _heads(scene: Scene, group: tuple[int, ...], value: str) -> bool | None:
    """Which way it first goes; of a see-saw, on which side it falls."""
    if scene.creature(group[0]) is not None:
        way = float((scene.position_AT3[group[0], -1] - scene.position_AT3[group[0], 0]) @ scene.right)
    elif "seesaw" in scene.asset:
        plank = scene.position_AT3[scene.asset.index("seesaw"), 0]
        way = float((scene.position_AT3[group[0], 0] - plank) @ scene.right)
    else:
        earliest = min(group, key=scene.starts)
        way = scene.first_way(earliest)
    return None if abs(way) < 1e-3 else (way > 0) == (value == "right")


def _paces(scene: Scene, group: tuple[int, ...], value: str) -> bool | None:
    i = group[0]
    if (creature := scene.creature(i)) is not None:
        return people.paced(creature, value)
    if scene.asset[i] == "pendulum":
        way, speed = "pendulum", float(np.linalg.norm(scene.velocity_AV3[i], axis=-1).max())
    else:
        way, speed = "throw" if scene.in_flight(i) else "ground", scene.speed(i)
    slow, fast = SPEEDS[way]
    return speed < slow * (1 + LEEWAY) if value == "slow" else speed > fast * (1 - LEEWAY)


def frozen(world: World) -> World:
    """Hold the first sample of everything, camera included: the benchmark's row that knows no motion."""
    still = world.copy(deep=True)
    for name, variable in world.data_vars.items():
        if "time" in variable.dims:
            still[name] = variable.isel(time=[0] * world.sizes["time"]).assign_coords(time=world.time)
    return still
