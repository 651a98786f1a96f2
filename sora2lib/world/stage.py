"""A stage before the play and what was recorded when it played: values shared by families and simulator."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.facts import Thing

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
JOINTS = ("free", "fixed", "pivot", "hinge", "rail")


@dataclass(frozen=True)
class Body:
    """One actor at the start of the play.

    ``joint`` says how it hangs on to the world: "free"; "fixed"; "pivot", a point at the top of a pendulum's string;
    "hinge", the y axis of the body through its origin; "rail", a groove along x in which it slides without turning.
    ``velocity`` is that of the origin in m/s, ``spin`` the angular velocity in rad/s, both in the world frame.
    """

    name: str
    asset: str
    material: str
    size: Vector
    colour: Vector
    density: float
    restitution: float
    friction: float
    gloss: float
    position: Vector = (0.0, 0.0, 0.0)
    rotation: Quaternion = (1.0, 0.0, 0.0, 0.0)
    velocity: Vector = (0.0, 0.0, 0.0)
    spin: Vector = (0.0, 0.0, 0.0)
    joint: str = "free"

    @property
    def fixed(self) -> bool:
        """Whether it is bolted to the world."""
        return self.joint == "fixed"


# Forces count per unit of mass, so that a family need not weigh its bodies.
@dataclass(frozen=True)
class Push:
    """A thrust in m/s^2 between two moments in s; ``along`` the body's own axes or the world's.

    >>> Push("rocket", (0.0, 0.0, 12.0), start=0.5, along="body")
    Push(actor='rocket', thrust=(0.0, 0.0, 12.0), start=0.5, end=inf, along='body')
    """

    actor: str
    thrust: Vector
    start: float = 0.0
    end: float = math.inf
    along: str = "world"


@dataclass(frozen=True)
class Wind:
    """Air at ``air`` m/s that pulls an actor along by ``drag`` (1/m) times the square of how much faster it is."""

    actor: str
    air: Vector
    drag: float
    start: float = 0.0
    end: float = math.inf


@dataclass(frozen=True)
class Brake:
    """What slows an actor down evenly, in m/s^2, until it stands: a foot on the brake, a stone on rough ice."""

    actor: str
    slowing: float
    start: float = 0.0
    end: float = math.inf


Force = Push | Wind | Brake


@dataclass(frozen=True)
class Contact:
    """The moment two bodies began to touch: seconds, names, impulse in N s, closing speed in m/s, where in metres."""

    time: float
    a: str
    b: str
    impulse: float
    speed: float
    place: Vector


# A actors, T samples
@dataclass(frozen=True)
class Take:
    """What was recorded: poses at the exact sample times and the contacts in between.

    ``joint_angle_ATJ`` is there where creatures play, in the order of ``figures.skeleton.JOINTS``.
    """

    names: tuple[str, ...]
    time_T: NDArray[np.float64]
    position_AT3: NDArray[np.float64]
    rotation_AT4: NDArray[np.float64]
    contacts: tuple[Contact, ...]
    joint_angle_ATJ: NDArray[np.float64] | None = None

    def path(self, name: str) -> NDArray[np.float64]:
        """Positions (T, 3) of one actor."""
        path_T3: NDArray[np.float64] = self.position_AT3[self.names.index(name)]
        return path_T3

    def up(self, name: str) -> NDArray[np.float64]:
        """Height of the body's own z axis (T,): 1 upright, 0 lying, -1 upside down."""
        _, x, y, _ = np.moveaxis(self.rotation_AT4[self.names.index(name)], -1, 0)
        return np.asarray(1 - 2 * (x**2 + y**2))

    def touched(self, a: str, b: str) -> bool:
        """Whether the two met at more than a crawl."""
        return any({a, b} == {contact.a, contact.b} for contact in self.contacts)


@dataclass(frozen=True)
class Event:
    """What really happened in a take, in the words of the family's facts."""

    action: str
    outcome: str = ""
    direction: str = ""
    speed: str = ""


@dataclass(frozen=True)
class Setting:
    """Ground and light: names of the vocabulary, and the numbers drawn for them."""

    ground: str
    light: str
    weather: str
    sun_azimuth: float
    sun_elevation: float
    cloud: float
    fog: float
    ambience_level: float
    rain: float = 0.0
    snow: float = 0.0
    wind: Vector = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Shot:
    """How the camera shall film: names of the vocabulary."""

    move: str
    direction: str
    framing: str


@dataclass(frozen=True)
class Stage:
    """All that is decided before the simulator runs.

    ``judge`` looks at the take and says what happened, or None when this is not the scene that was wanted.
    ``watch`` are the actors that the camera frames; ``reach`` is how far from the middle, in metres along x and y,
    anything may get; ``again`` draws another stage with the same intent when a take failed, so that what is hard to
    get is as frequent as what is easy; ``least`` is the share of the picture's height that the subject shall fill, for
    which the camera comes closer than it was told.
    """

    family: str
    bodies: tuple[Body, ...]
    setting: Setting
    shot: Shot
    things: tuple[Thing, ...]
    watch: tuple[str, ...]
    judge: Callable[[Take], Event | None]
    reach: float
    again: Callable[[np.random.Generator], "Stage"] | None = None
    perform: Callable[[int], Take] | None = None
    forces: tuple[Force, ...] = ()
    least: float = 0.0
