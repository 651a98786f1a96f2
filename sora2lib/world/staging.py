"""Helpers that set a stage: who plays, how they look, where, in what light; every draw is the given generator's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from sora2lib.world.assets import find
from sora2lib.world.facts import Thing
from sora2lib.world.stage import Body, Event, Force, Setting, Shot, Stage, Take, Vector
from sora2lib.world.support import depth_below
from sora2lib.world.vocabulary import (
    CAMERA_MOVES,
    COLOURS,
    FRAMINGS,
    GROUNDS,
    INDOORS,
    LIGHTS,
    MATERIALS,
    SIZES,
    WEATHERS,
)

T = TypeVar("T")

COLOUR_JITTER = 0.04
# Share of its outer volume that is stuff: what is hollow weighs less than its material says.
FILL = {
    "basketball": 0.12,
    "football": 0.11,
    "tennis ball": 0.08,
    "beach ball": 0.02,
    "box": 0.4,
    "barrel": 0.4,
    "can": 0.3,
    "house": 0.3,
}
SET_COLOURS = {  # set pieces look like what they are made of, and captions do not name their colour
    "wood": (0.52, 0.34, 0.19),
    "stone": (0.52, 0.50, 0.47),
    "steel": (0.50, 0.52, 0.55),
    "plastic": (0.75, 0.75, 0.75),
}
BALLS = ("ball", "basketball", "football", "tennis ball", "beach ball", "bowling ball", "marble")
BALL_ODDS = (0.58, 0.07, 0.08, 0.07, 0.08, 0.07, 0.05)
BLOCKS = ("box", "block", "brick", "book", "barrel", "cylinder", "can", "cone", "egg")
SOLID = tuple(name for name, ground in GROUNDS.items() if not ground.depth)
GRIPPY = tuple(name for name in SOLID if GROUNDS[name].friction > 0)
FIRM = ("concrete", "wood floor", "tiles", "metal")
LIGHT_ODDS = {"noon": 0.22, "afternoon": 0.32, "sunset": 0.24, "dusk": 0.10, "night": 0.12}
WEATHER_ODDS = {"clear": 0.76, "overcast": 0.14, "fog": 0.10}
FALL_ODDS = {"": 0.86, "rain": 0.08, "snowfall": 0.06}  # of rain or snow instead, under the open sky
UNTIED = tuple(it for it in CAMERA_MOVES if it != "follow")  # moves of which it does not matter what is filmed
FRAMING_ODDS = {"wide": 0.25, "medium": 0.4, "close-up": 0.35}
SLOW, FAST = 1.1, 2.0  # m/s along the ground; what is between has no word
LEAST = 0.07  # share of the picture's height that a subject fills at least
DECOR = ("tree", "rock", "house")
DECOR_ODDS = 0.25


@dataclass(frozen=True)
class Look:
    """An asset as it was cast: words for captions ("" where the asset fixes them) and the numbers drawn for them."""

    asset: str
    colour: str
    size: str
    material: str
    rgb: Vector
    extents: Vector
    stuff: str


def pick(rng: np.random.Generator, options: Sequence[T], odds: Sequence[float] | None = None) -> T:
    """Draw one of the options."""
    return options[int(rng.choice(len(options), p=None if odds is None else np.asarray(odds) / np.sum(odds)))]


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a number evenly from a range."""
    return float(rng.uniform(low, high))


def side(rng: np.random.Generator) -> tuple[float, str]:
    """Draw a direction: its sign along x and its name as the camera sees it at the start."""
    return pick(rng, ((1.0, "right"), (-1.0, "left")))


def size_word(extent: float) -> str:
    """Return the word for a largest extent in metres, or "" between the words."""
    return next((word for word, (low, high) in SIZES.items() if low <= extent <= high), "")


def draw_look(
    rng: np.random.Generator,
    asset: str,
    *,
    sizes: Sequence[str] = tuple(SIZES),
    materials: Sequence[str] = (),
    colour: str = "",
) -> Look:
    """Cast an asset: a size word, a colour and a material, each drawn from what the asset allows."""
    known = find(asset)
    colour = colour or pick(rng, known.colours or tuple(COLOURS))
    stuff = pick(rng, [name for name in known.materials if name in materials] or known.materials)
    own_size = asset in BALLS and asset != "ball"
    word = "" if own_size else pick(rng, sizes)
    largest = max(known.size) * between(rng, 0.95, 1.05) if own_size else between(rng, *SIZES[word])
    return Look(
        asset=asset,
        colour="" if len(known.colours) == 1 else colour,
        size=word,
        material="" if len(known.materials) == 1 else stuff,
        rgb=near(rng, COLOURS[colour].rgb),
        extents=_extents(rng, asset, largest),
        stuff=stuff,
    )


def set_piece(rng: np.random.Generator, asset: str, extents: Vector | None = None) -> Look:
    """Cast a part of the set, in a colour of its own or its stuff's; ``extents`` in metres, or near the asset's."""
    known = find(asset)
    stuff = pick(rng, known.materials)
    extents = extents or _extents(rng, asset, max(known.size) * between(rng, 0.9, 1.1))
    paint = COLOURS[pick(rng, known.colours)].rgb if known.colours else SET_COLOURS[stuff]
    return Look(asset, "", "", "", near(rng, paint), extents, stuff)


def scaled(look: Look, longest: float) -> Look:
    """A look at another size, its proportions kept; the longest side is in metres, and no word says how large it is."""
    x, y, z = (np.asarray(look.extents) * (longest / max(look.extents))).tolist()
    return replace(look, extents=(x, y, z), size="")


def _extents(rng: np.random.Generator, asset: str, largest: float) -> Vector:
    """Proportions of the asset within 10 %, the largest side as given; what is round stays round."""
    known = find(asset)
    proportions = np.asarray(known.size) * rng.uniform(0.9, 1.1, 3)
    shapes = {part.shape for part in known.parts}
    if known.size[0] == known.size[1] and shapes & {"sphere", "cylinder", "cone", "ellipsoid", "torus"}:
        proportions[1] = proportions[0]
    if shapes == {"sphere"}:
        proportions[:] = 1.0
    x, y, z = (proportions * (largest / proportions.max())).tolist()
    return (x, y, z)


def near(rng: np.random.Generator, rgb: Vector) -> Vector:
    """Draw a colour close to the named one."""
    r, g, b = np.clip(np.asarray(rgb) + rng.uniform(-COLOUR_JITTER, COLOUR_JITTER, 3), 0, 1).tolist()
    return (r, g, b)


def body(rng: np.random.Generator, look: Look, name: str, **start: Any) -> Body:
    """Make an actor of a look; ``start`` are the pose and motion fields of :class:`~sora2lib.world.stage.Body`."""
    stuff = MATERIALS[look.stuff]
    own = {
        "density": stuff.density * FILL.get(look.asset, find(look.asset).fill) * between(rng, 0.92, 1.08),
        "restitution": float(np.clip(stuff.restitution + between(rng, -0.03, 0.03), 0, 1)),
        "friction": stuff.friction * between(rng, 0.94, 1.06),
        "gloss": float(np.clip(stuff.gloss + between(rng, -0.05, 0.05), 0, 1)),
    }
    return Body(name, look.asset, look.stuff, look.extents, look.rgb, **{**own, **start})


def numbered(asset: str, count: int, *, first: int = 1) -> tuple[str, ...]:
    """Return actor names: "ball", "ball 2", "ball 3".

    >>> numbered("box", 2, first=2)
    ('box 2', 'box 3')
    """
    return tuple(asset if i == 1 else f"{asset} {i}" for i in range(first, first + count))


def thing(role: str, look: Look, *names: str) -> Thing:
    """Return the group of like actors for the facts."""
    return Thing(role, look.asset, names, look.colour, look.size, look.material)


def standing(look: Look, rotation: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)) -> float:
    """Height of the origin at which a thing just touches the ground."""
    return float(depth_below(look.asset, np.asarray(look.extents), np.asarray(rotation)))


def turned(axis: str, angle: float) -> tuple[float, float, float, float]:
    """Quaternion of a turn about a world axis, radians."""
    x, y, z = (float(np.sin(angle / 2)) * (axis == name) for name in "xyz")
    return (float(np.cos(angle / 2)), x, y, z)


def any_turn(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Draw an orientation, all alike probable."""
    w, x, y, z = (lambda q: q / np.linalg.norm(q))(rng.normal(size=4)).tolist()
    return (w, x, y, z)


def rolling(velocity: Vector, radius: float) -> Vector:
    """Spin of a round thing that rolls on the ground without slipping."""
    return (-velocity[1] / radius, velocity[0] / radius, 0.0)


def pace_word(speed: float) -> str:
    """Return "slow", "fast" or, in between, "" for a speed along the ground in m/s."""
    return "slow" if speed < SLOW else "fast" if speed > FAST else ""


def draw_setting(rng: np.random.Generator, ground: str) -> Setting:
    """Draw the light and the weather; the sun stands at the camera's side or back, at sunset low at a side."""
    light = pick(rng, tuple(LIGHT_ODDS), tuple(LIGHT_ODDS.values()))
    weather = pick(rng, tuple(WEATHER_ODDS), tuple(WEATHER_ODDS.values()))
    air = rng.spawn(1)[0]  # draws of its own: what was drawn before there was rain is drawn as before
    fall = pick(air, tuple(FALL_ODDS), tuple(FALL_ODDS.values()))
    dry = GROUNDS[ground].ambience in INDOORS or (ground == "sand" and fall == "snowfall")
    weather = weather if dry or not fall else fall
    sky = WEATHERS[weather]
    from_right = between(rng, -25, 40) if light == "sunset" else between(rng, -80, 10)
    azimuth = pick(rng, (from_right, 180 - from_right))
    return Setting(
        ground,
        light,
        weather,
        sun_azimuth=float(np.radians((azimuth + 180) % 360 - 180)),
        sun_elevation=float(np.radians(between(rng, *LIGHTS[light].elevation))),
        cloud=float(np.clip(sky.cloud + between(rng, -0.05, 0.05), 0, 1)),
        fog=sky.fog * between(rng, 0.8, 1.2),
        ambience_level=between(rng, 0.2, 0.6),
        rain=sky.rain * between(air, 0.6, 1.6),
        snow=sky.snow * between(air, 0.6, 1.6),
    )


def draw_shot(rng: np.random.Generator) -> Shot:
    """Draw what the camera does and how close it is."""
    move = pick(rng, UNTIED)
    return Shot(move, pick(rng, CAMERA_MOVES[move]), pick(rng, tuple(FRAMINGS), [FRAMING_ODDS[f] for f in FRAMINGS]))


def draw_decor(rng: np.random.Generator) -> list[tuple[Body, Thing]]:
    """Now and then, put a few trees, rocks or a house well behind the action."""
    if rng.random() > DECOR_ODDS:
        return []
    places = rng.permutation([-5.0, -2.5, 0.0, 2.5, 5.0])[: int(rng.integers(1, 4))]
    decor = []
    seen: dict[str, int] = {}
    for place in places:
        asset = pick(rng, DECOR if "house" not in seen else DECOR[:2])
        seen[asset] = seen.get(asset, 0) + 1
        (name,) = numbered(asset, 1, first=seen[asset])
        look = replace(
            set_piece(rng, asset), rgb=near(rng, (0.55, 0.25, 0.2) if asset == "house" else (0.48, 0.45, 0.42))
        )
        rotation = turned("z", between(rng, -np.pi, np.pi))
        position = (float(place) + between(rng, -0.8, 0.8), between(rng, 5.5, 9.0), standing(look))
        decor.append(
            (body(rng, look, name, position=position, rotation=rotation, joint="fixed"), thing("prop", look, name))
        )
    return decor


def set_stage(
    rng: np.random.Generator,
    family: str,
    *,
    bodies: Sequence[Body],
    things: Sequence[Thing],
    ground: str,
    judge: Callable[[Take], Event | None],
    watch: Sequence[str] = (),
    decor: bool = True,
    reach: float = 6.0,
    again: Callable[[np.random.Generator], Stage] | None = None,
    forces: Sequence[Force] = (),
    least: float = 0.0,
    wind: Vector = (0.0, 0.0, 0.0),
) -> Stage:
    """Complete a stage with light, weather, camera and, now and then, decor; ``watch`` is who the camera frames."""
    props = draw_decor(rng) if decor else []
    watch = tuple(watch) or tuple(one.name for one in bodies if not one.fixed)
    return Stage(
        family,
        (*bodies, *(one for one, _ in props)),
        replace(draw_setting(rng, ground), wind=wind),
        draw_shot(rng),
        (*things, *_grouped([it for _, it in props])),
        watch,
        judge,
        reach,
        again,
        forces=tuple(forces),
        least=least,
    )


def _grouped(things: Sequence[Thing]) -> list[Thing]:
    """Merge props of one asset into one group."""
    groups: dict[str, Thing] = {}
    for it in things:
        before = groups[it.asset].actors if it.asset in groups else ()
        groups[it.asset] = replace(it, actors=(*before, *it.actors))
    return list(groups.values())
