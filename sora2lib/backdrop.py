"""What lies behind a world: a picture that hangs in the distance, kept in the world's attributes.

The picture is a small JPEG, so that a world brings it along wherever it goes: into JSON, netCDF and the files of clips.
It hangs as far away as the sky, where it was seen from the first camera: only directions count.
"""

import base64
import binascii
import math
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

from sora2lib.errors import RequestError

if TYPE_CHECKING:
    from sora2lib.world.schema import World

ATTRIBUTE = "backdrop"
LONGEST_SIDE = 1024  # pixels
LARGEST = 400_000  # bytes, so that the file of a clip still holds its world
JPEG = b"\xff\xd8\xff"
DAY = math.radians(40)  # elevation of the sun in a picture that is not known to be of another hour
LOW = math.radians(12)  # below which the sun changes how bright and of what colour all is
_RANGES = {
    "yaw": (-math.tau, math.tau),
    "pitch": (-math.pi / 2, math.pi / 2),
    "fov": (0.05, 2.5),
    "sun": (-math.pi / 2, math.pi / 2),
}


@dataclass(frozen=True)
class Backdrop:
    """A picture and where it hangs; angles in radians.

    Parameters
    ----------
    picture : JPEG, at most ``LARGEST`` bytes and ``LONGEST_SIDE`` pixels along a side.
    yaw : of its middle, from +x towards +y.
    pitch : by which the camera looked down that saw it.
    fov : from its top to its bottom.
    sun : elevation of the sun when it was taken.

    Raises
    ------
    RequestError
        A value breaks its rule.
    """

    picture: bytes
    yaw: float
    pitch: float
    fov: float
    sun: float = DAY

    def __post_init__(self) -> None:
        check_picture(self.picture)
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not isinstance(value, Real) or isinstance(value, bool) or not low <= float(value) <= high:
                raise RequestError(f"the backdrop's {name} is {value!r:.60}; give radians from {low:.3g} to {high:.3g}")

    def to_plain(self) -> dict[str, Any]:
        """What JSON can hold of it; :meth:`from_plain` undoes it."""
        return Told({name: getattr(self, name) for name in _RANGES} | {"picture": packed(self.picture)})

    @classmethod
    def from_plain(cls, plain: Any) -> "Backdrop":
        """Read what :meth:`to_plain` made, checked like any backdrop."""
        if not isinstance(plain, dict) or set(plain) != {"picture", *_RANGES}:
            raise RequestError(f"{plain!r:.60} is no backdrop; give an object of picture, {', '.join(_RANGES)}")
        return cls(unpacked(plain["picture"]), **{name: plain[name] for name in _RANGES})


class Told(dict[str, Any]):
    """A backdrop among the attributes of a world, which shows itself without all its bytes."""

    def __repr__(self) -> str:
        return f"a picture of {len(self['picture']) * 3 // 4} bytes"


def check_picture(picture: Any) -> None:
    """Say so if something is no picture that may hang behind a world."""
    if not isinstance(picture, bytes) or not picture.startswith(JPEG) or len(picture) > LARGEST:
        what = f"{len(picture)} bytes" if isinstance(picture, bytes) else f"{picture!r:.40}"
        raise RequestError(
            f"the picture of the backdrop is {what}; give a JPEG of {LARGEST} bytes at most, as "
            "sora2lib.fit(picture, backdrop=True) makes one"
        )


def packed(picture: bytes) -> str:
    """A picture as a text."""
    return base64.b64encode(picture).decode()


def unpacked(text: Any) -> bytes:
    """Undo :func:`packed`."""
    if not isinstance(text, str) or len(text) > 2 * LARGEST:
        raise RequestError(f"{text!r:.40} is no picture of a backdrop; give the text that was written")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(f"the picture of the backdrop was changed since it was written ({error})") from error


def behind(world: "World") -> Backdrop | None:
    """What hangs behind a world, checked; None where nothing does."""
    plain = world.attrs.get(ATTRIBUTE)
    return None if plain is None else Backdrop.from_plain(plain)


def hung(world: "World", picture: bytes, *, pitch: float, fov: float, timed: bool) -> "World":
    """The world before a picture, which hangs where its first camera looks.

    Parameters
    ----------
    pitch : by which the camera of the picture looked down, radians.
    fov : of the picture from top to bottom, radians.
    timed : whether the world has the hour of the picture; else a low sun is the world's alone, the picture of a day.
    """
    x, y = (world.camera_target.values[0] - world.camera_eye.values[0])[:2].tolist()
    sun = float(world.sun_elevation)
    drop = Backdrop(picture, math.atan2(y, x), pitch, fov, sun if timed or sun > LOW else DAY)
    return world.assign_attrs({ATTRIBUTE: drop.to_plain()})


def kept(world: "World", before: "World") -> "World":
    """The world with what hangs behind another."""
    return world.assign_attrs({name: it for name, it in before.attrs.items() if name == ATTRIBUTE})
