"""What a camera may do, as plain values: poses, and moves over time."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from numbers import Real
from typing import Any

from sora2lib.errors import RequestError

Point = tuple[float, float, float]
FARTHEST = 10_000.0  # metres from the middle of the world
LONGEST = 3600.0  # seconds
FOV = (1.0, 172.0)  # vertical, degrees; all that a world may hold
# What a move's amount counts, its least and its greatest value.
AMOUNTS: dict[str, tuple[str, float, float]] = {
    "pan": ("degrees", -3600, 3600),
    "tilt": ("degrees", -180, 180),
    "roll": ("degrees", -3600, 3600),
    "orbit": ("degrees", -3600, 3600),
    "dolly": ("metres", -1000, 1000),
    "truck": ("metres", -1000, 1000),
    "crane": ("metres", -1000, 1000),
    "zoom": ("times", 0.02, 50),
    "handheld": ("times", 0, 20),
}
TRACKING = ("follow", "look_at")
KINDS = ("static", "poses", *AMOUNTS, *TRACKING)


@dataclass(frozen=True)
class Pose:
    """Where a camera stands and where it looks.

    Parameters
    ----------
    eye, target : (x, y, z) in metres, z up; what the target stands at is in focus.
    roll : degrees; positive turns the picture clockwise.
    fov : vertical field of view, 1 to 172 degrees; None keeps what the camera has.

    Raises
    ------
    RequestError
        A number is none or too far out, or the eye is where it looks.

    >>> Pose(eye=(0, -6, 1.5), target=(0, 0, 0.5), fov=45).roll
    0.0
    """

    eye: Point
    target: Point
    roll: float = 0.0
    fov: float | None = None

    def __post_init__(self) -> None:
        for name in ("eye", "target"):
            object.__setattr__(self, name, _point(name, getattr(self, name)))
        object.__setattr__(self, "roll", number("roll", self.roll, -3600, 3600))
        if self.fov is not None:
            object.__setattr__(self, "fov", number("fov", self.fov, *FOV))
        if math.dist(self.eye, self.target) < 1e-6:
            raise RequestError(f"the camera's eye and target are both {self.eye}; move one, so that it looks somewhere")


@dataclass(frozen=True)
class Move:
    """One thing that a camera does.

    Parameters
    ----------
    kind : one of ``KINDS``.
    amount : how far in all; degrees, metres or times, as ``AMOUNTS`` says.
    start : second at which it begins.
    seconds : how long it takes; None lasts to the end.
    ease : whether it starts and stops gently.
    actor : whom it follows or looks at.
    seed : of a hand's shake.
    poses, times : where the camera is, and at which seconds since the start.
    """

    kind: str
    amount: float = 0.0
    start: float = 0.0
    seconds: float | None = None
    ease: bool = False
    actor: str = ""
    seed: int = 0
    poses: tuple[Pose, ...] = ()
    times: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RequestError(f"a camera cannot {self.kind!r}; it can {', '.join(KINDS)}")
        if self.kind in AMOUNTS:
            unit, low, high = AMOUNTS[self.kind]
            object.__setattr__(self, "amount", number(f"{self.kind}'s {unit}", self.amount, low, high))
        object.__setattr__(self, "start", number("start", self.start, 0, LONGEST))
        if self.seconds is not None:
            object.__setattr__(self, "seconds", number("seconds", self.seconds, 0, LONGEST))
        if self.kind in TRACKING and not (isinstance(self.actor, str) and self.actor):
            raise RequestError(f"{self.kind} is given {self.actor!r}; name an actor of the world, such as 'ball'")
        if not isinstance(self.seed, int) or self.seed < 0:
            raise RequestError(f"the shake's seed is {self.seed!r}; it must be a whole number from 0; try 7")
        if self.kind == "poses":
            self._check_poses()

    def _check_poses(self) -> None:
        if not self.poses or len(self.poses) != len(self.times):
            raise RequestError(f"{len(self.poses)} poses come with {len(self.times)} times; give each pose its second")
        times = tuple(number("pose's time", time, 0, LONGEST) for time in self.times)
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise RequestError("the poses' times do not rise; give every pose a later second than the one before")
        object.__setattr__(self, "times", times)

    @property
    def absolute(self) -> bool:
        """Whether it places the camera, whatever was before."""
        return self.kind == "poses"

    @property
    def end(self) -> float | None:
        """Second at which it is done, or None if only the end of the world ends it."""
        return None if self.seconds is None else self.start + self.seconds


def number(name: str, value: Any, low: float, high: float) -> float:
    """Return a plain number if it lies within the limits, else say why not."""
    # NaN compares false with everything.
    kind: Any = Real
    if not isinstance(value, kind) or isinstance(value, bool) or not low <= value <= high:
        raise RequestError(f"the camera's {name} is {value!r}; it must be a number from {low:g} to {high:g}")
    return float(value)


def _point(name: str, value: Any) -> Point:
    try:
        x, y, z = (number(f"{name} {axis}", it, -FARTHEST, FARTHEST) for axis, it in zip("xyz", value, strict=True))
    except (TypeError, ValueError) as error:
        raise RequestError(f"the camera's {name} is {value!r}; give (x, y, z) in metres") from error
    return x, y, z


def through(poses: Mapping[float, Pose]) -> Move:
    """Return the move through poses at seconds.

    Raises
    ------
    RequestError
        There are fewer than two.
    """
    if len(poses) < 2:
        raise RequestError(f"{len(poses)} key poses make no path; give two or more, or Camera.static(pose)")
    times = tuple(sorted(number("pose's time", time, 0, LONGEST) for time in poses))
    return Move("poses", seconds=times[-1], poses=tuple(poses[time] for time in times), times=times)


def duration(moves: tuple[Move, ...]) -> float | None:
    """Seconds until all moves that end have ended; None if none does."""
    return max((move.end for move in moves if move.end is not None), default=None)


def delayed(moves: tuple[Move, ...], seconds: float) -> tuple[Move, ...]:
    """The same moves, some seconds later."""
    return tuple(replace(move, start=move.start + seconds) for move in moves)


def to_plain(move: Move) -> dict[str, Any]:
    """What JSON can hold of a move: all that is not as it would be anyway."""
    plain = asdict(move)
    return {it.name: plain[it.name] for it in fields(move) if it.name == "kind" or plain[it.name] != it.default}


def from_plain(plain: Any) -> Move:
    """Undo :func:`to_plain`."""
    try:
        poses = tuple(Pose(**{**pose, "eye": tuple(pose["eye"])}) for pose in plain.get("poses", ()))
        return Move(**{**plain, "poses": poses, "times": tuple(plain.get("times", ()))})
    except (TypeError, KeyError, AttributeError) as error:
        raise RequestError(f"{str(plain)[:60]!r} is no camera move ({error}); use Camera.to_json()") from error
