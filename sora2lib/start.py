"""What a clip starts from: what a picture shows, in plain numbers and words.

Lengths in the picture are in halves of its height, from its middle, to the right and up; so a thing at (0, 1) lies on
the upper border whatever the size. A picture tells no metres: how large things are is left to the model.
"""

import math
from dataclasses import asdict, dataclass, field, fields
from numbers import Real
from typing import Any

from sora2lib.backdrop import check_picture, packed, unpacked
from sora2lib.errors import RequestError
from sora2lib.world.vocabulary import GROUNDS, LIGHTS, WEATHERS

MOST_THINGS = 8
FAR = 10.0  # halves of the picture's height beyond which nothing can be seen
FASTEST = 50.0  # of those, a second
FOV = (5.0, 120.0)  # degrees


@dataclass(frozen=True)
class Seen:
    """One thing that is seen.

    Parameters
    ----------
    colour : red, green and blue, 0 to 1, as it would look in plain daylight.
    x, y : its middle.
    width, height : of the box round it.
    speed : (right, up) of its middle, a second; None where a single picture cannot tell.

    Raises
    ------
    RequestError
        A number breaks its rule.

    >>> Seen((0.8, 0.1, 0.1), x=0.2, y=-0.3, width=0.3, height=0.3).speed is None
    True
    """

    colour: tuple[float, float, float]
    x: float
    y: float
    width: float
    height: float
    speed: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "colour", _numbers("colour", self.colour, 3, 0.0, 1.0))
        for name, low in (("x", -FAR), ("y", -FAR), ("width", 1e-3), ("height", 1e-3)):
            object.__setattr__(self, name, _numbers(name, (getattr(self, name),), 1, low, FAR)[0])
        if self.speed is not None:
            object.__setattr__(self, "speed", _numbers("speed", self.speed, 2, -FASTEST, FASTEST))


@dataclass(frozen=True)
class Start:
    """What is known of the first moment of a clip; the rest is the model's choice.

    Parameters
    ----------
    things : what stands out, the plainest first, at most ``MOST_THINGS``.
    horizon : how high it lies in the picture.
    fov : vertical field of view in degrees.
    ground, light, weather : names of the vocabulary; None where they are not known.
    backdrop : the picture itself as a small JPEG, which then hangs behind the world, see :func:`sora2lib.fit`; None
        leaves sky and distance to the model.

    Raises
    ------
    RequestError
        A value breaks its rule.

    >>> Start((Seen((1, 0, 0), 0, 0, 0.2, 0.2),), horizon=0.3, fov=40, ground="ice").light is None
    True
    """

    things: tuple[Seen, ...] = ()
    horizon: float = 0.6
    fov: float = 40.0
    ground: str | None = None
    light: str | None = None
    weather: str | None = None
    backdrop: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.things, tuple) or not all(isinstance(it, Seen) for it in self.things):
            raise RequestError("the things of a start must be a tuple of Seen")
        if len(self.things) > MOST_THINGS:
            raise RequestError(
                f"a start has {len(self.things)} things; the limit is {MOST_THINGS}; leave out the least"
            )
        object.__setattr__(self, "horizon", _numbers("horizon", (self.horizon,), 1, -FAR, FAR)[0])
        object.__setattr__(self, "fov", _numbers("fov", (self.fov,), 1, *FOV)[0])
        if self.backdrop is not None:
            check_picture(self.backdrop)
        for name, known in (("ground", GROUNDS), ("light", LIGHTS), ("weather", WEATHERS)):
            value = getattr(self, name)
            if value is not None and value not in known:
                raise RequestError(f"the start's {name} is {value!r:.60}; use one of {', '.join(known)}, or None")

    @property
    def pitch(self) -> float:
        """By how many radians the camera looks down."""
        return math.atan(self.horizon * math.tan(math.radians(self.fov) / 2))

    def to_plain(self) -> dict[str, Any]:
        """What JSON can hold of it; :meth:`from_plain` undoes it."""
        plain = asdict(self)
        picture = plain.pop("backdrop")  # left out where there is none, as earlier versions wrote it
        return plain if picture is None else plain | {"backdrop": packed(picture)}

    @classmethod
    def from_plain(cls, plain: Any) -> "Start":
        """Read what :meth:`to_plain` made, checked like any start."""
        values = _known(cls, plain)
        things = values.get("things", ())
        if not isinstance(things, list | tuple):
            raise RequestError("the things of a start must be a list of objects")
        seen = tuple(Seen(**_known(Seen, it)) for it in things)
        picture = values.get("backdrop")
        return cls(**values | {"things": seen, "backdrop": None if picture is None else unpacked(picture)})


Starts = Start | tuple[Start | None, ...] | None  # of the first shot, or of each; None is left to the model


def _known(kind: Any, plain: Any) -> dict[str, Any]:
    """The values of an object of JSON, if all of them are fields of a kind and none that it needs is missing."""
    names = {it.name for it in fields(kind)}
    needed = {"colour", "x", "y", "width", "height"} & names
    if not isinstance(plain, dict) or not needed <= set(plain) <= names:
        raise RequestError(f"{plain!r:.60} is no {kind.__name__.lower()}; give an object of {', '.join(sorted(names))}")
    return plain


def _numbers(name: str, values: Any, count: int, low: float, high: float) -> tuple[Any, ...]:
    """Plain numbers if they keep their rule."""
    listed = tuple(values) if isinstance(values, list | tuple) else ()
    fit = [isinstance(it, Real) and not isinstance(it, bool) and low <= float(it) <= high for it in listed]
    if len(listed) != count or not all(fit):
        raise RequestError(f"the start's {name} is {values!r:.60}; give numbers from {low:g} to {high:g}")
    return tuple(float(it) for it in listed)
