"""A stage for figures and the things they move: who is cast, what all do together, how that becomes a take.

A *play* is a function of time that returns the motion of every figure and the way of every thing that moves with them,
so that what hangs together (a swing and its child, a board and who leaps from it) is worked out in one place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from sora2lib.world.facts import Thing
from sora2lib.world.figures.library import DENSITY, SKELETONS, figure_of
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.skeleton import Array, Figure
from sora2lib.world.schema import RATE
from sora2lib.world.stage import Body, Contact, Event, Stage, Take
from sora2lib.world.staging import Look, between, near, pick, set_stage
from sora2lib.world.vocabulary import COLOURS, WEATHERS

Way = tuple[Array, Array]  # places (T, 3) and orientations (T, 4) of a thing
WHO = ("man", "woman", "boy", "girl")
TOWARDS = -np.pi / 2  # the heading that faces the camera, to whom the left is the camera's right
REACH = 9.0  # m
CLIP = 4.0  # s, for which the ways are laid out


@dataclass(frozen=True)
class Played:
    """What all did, by the names of the actors; whoever is not named stays where it stands."""

    motions: Mapping[str, Motion]
    ways: Mapping[str, Way] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()


Play = Callable[[Array], Played]
Judge = Callable[[Take], Event | None]


def cast(rng: np.random.Generator, asset: str, colours: Sequence[str] = tuple(COLOURS)) -> Look:
    """Draw a creature: its height within 7 %, its build within 4 %; the colour is that of the shirt or the coat."""
    colour = pick(rng, colours)
    scale = between(rng, 0.93, 1.07) * np.array([between(rng, 0.96, 1.04), between(rng, 0.96, 1.04), 1.0])
    x, y, z = (np.array(SKELETONS[asset].size) * scale).tolist()
    return Look(asset, colour, "", "", near(rng, COLOURS[colour].rgb), (x, y, z), "rubber")


def figure(look: Look) -> Figure:
    """Return the creature of a look."""
    return figure_of(look.asset, np.array(look.extents))


def figure_body(look: Look, name: str = "") -> Body:
    """Make the actor of a creature, called as its kind unless it is given a name."""
    return Body(
        name or look.asset, look.asset, look.stuff, look.extents, look.rgb,
        density=DENSITY, restitution=0.1, friction=0.9, gloss=0.1, position=(0.0, 0.0, look.extents[2] / 2),
    )  # fmt: skip


def perform(bodies: Sequence[Body], play: Play, samples: int) -> Take:
    """Let all play for a number of samples."""
    time_T = np.arange(samples) / RATE
    played = play(time_T)
    ways = {name: (motion.position_T3, motion.turn_T4) for name, motion in played.motions.items()} | dict(played.ways)
    still_TJ = 0 * next(iter(played.motions.values())).angles_TJ
    shown = [ways.get(one.name) or _still(one, samples) for one in bodies]
    poses = [played.motions[one.name].angles_TJ if one.name in played.motions else still_TJ for one in bodies]
    return Take(
        tuple(one.name for one in bodies),
        time_T,
        np.array([place_T3 for place_T3, _ in shown]),
        np.array([turn_T4 for _, turn_T4 in shown]),
        played.contacts,
        np.array(poses),
    )


def past(motion: Motion, *, sign: float, speed: float, y: float = 0.0, ahead: float = 0.0) -> Motion:
    """Lead what goes along +x from one side to the other: half-way through it is ``ahead`` of the stage's middle."""
    return motion.placed(sign * (ahead - speed * CLIP / 2), y, 0.0 if sign > 0 else np.pi)


def _still(one: Body, samples: int) -> Way:
    return np.tile(np.array(one.position), (samples, 1)), np.tile(np.array(one.rotation), (samples, 1))


def scene(
    rng: np.random.Generator,
    family: str,
    *,
    bodies: Sequence[Body],
    things: Sequence[Thing],
    play: Play,
    event: Event | Judge,
    ground: str,
    watch: Sequence[str] = (),
    weather: str = "",
    wind: float = 0.0,
    decor: bool = True,
    reach: float = REACH,
    again: Callable[[np.random.Generator], Stage] | None = None,
) -> Stage:
    """Set a stage on which a play is given.

    Parameters
    ----------
    event : what happens, or who judges that from the take.
    weather : a name of the vocabulary, or "" for any; ``wind`` blows along x, m/s.
    """
    stage = set_stage(
        rng,
        family,
        bodies=bodies,
        things=things,
        ground=ground,
        judge=event if callable(event) else lambda take: event,
        watch=watch,
        reach=reach,
        decor=decor,
        again=again,
        wind=(wind, 0.0, 0.0),
    )
    if weather:
        sky = WEATHERS[weather]
        setting = replace(
            stage.setting, weather=weather, cloud=sky.cloud, fog=sky.fog, rain=sky.rain,
            snow=sky.snow * between(rng, 0.7, 1.5),
        )  # fmt: skip
        stage = replace(stage, setting=setting)
    return replace(stage, perform=partial(perform, stage.bodies, play))


def upright(samples: int) -> Array:
    """Orientations (T, 4) of what is not turned."""
    return np.tile(np.array([1.0, 0.0, 0.0, 0.0]), (samples, 1))
