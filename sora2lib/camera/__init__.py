"""The camera: a frozen value over seconds, made of moves that add up and follow one another.

The value is plain Python; numpy is loaded when a path is asked for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora2lib.camera.moves import Move, Pose, delayed, duration, from_plain, number, through, to_plain
from sora2lib.camera.reading import in_words, read_csv, read_words
from sora2lib.errors import RequestError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from sora2lib.camera.paths import Array
    from sora2lib.world.filming import CameraPath
    from sora2lib.world.schema import World

__all__ = ["Camera", "Move", "Pose"]


@dataclass(frozen=True)
class Camera:
    """How a world is filmed. Make one with the methods below; ``a + b`` does both at once, ``a.then(b)`` one by one.

    Moves start from where the world's own camera starts, unless the first of them is :meth:`static` with a pose,
    :meth:`keys`, :meth:`from_matrices` or :meth:`from_csv`. Directions are the camera's own: positive is to its right,
    up and in. Each move takes its ``seconds``, or lasts to the end; afterwards the camera stays where it came to.

    Parameters
    ----------
    moves : what it does; in a sum, later ones act on what earlier ones make.

    >>> camera = Camera.orbit(-90, seconds=3).then(Camera.zoom(2)) + Camera.handheld(0.5)
    >>> Camera.from_json(camera.to_json()) == camera
    True
    """

    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        if not (isinstance(self.moves, tuple) and self.moves and all(isinstance(it, Move) for it in self.moves)):
            raise RequestError("a camera is made of moves; start with one, such as Camera.orbit(90)")

    @classmethod
    def static(cls, pose: Pose | None = None, *, seconds: float | None = None) -> "Camera":
        """Stand still, at a pose or where the world's own camera starts."""
        if pose is None:
            return cls((Move("static", seconds=seconds),))
        return cls((Move("poses", seconds=seconds, poses=(pose,), times=(0.0,)),))

    @classmethod
    def pan(cls, degrees: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Turn to the right, or with negative degrees to the left."""
        return cls((Move("pan", degrees, seconds=seconds, ease=ease),))

    @classmethod
    def tilt(cls, degrees: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Turn upwards, at most to the zenith; with negative degrees downwards."""
        return cls((Move("tilt", degrees, seconds=seconds, ease=ease),))

    @classmethod
    def roll(cls, degrees: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Turn the picture clockwise about its middle."""
        return cls((Move("roll", degrees, seconds=seconds, ease=ease),))

    @classmethod
    def dolly(cls, metres: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Move towards what it looks at, or with negative metres away from it."""
        return cls((Move("dolly", metres, seconds=seconds, ease=ease),))

    @classmethod
    def truck(cls, metres: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Move to the right, looking the same way."""
        return cls((Move("truck", metres, seconds=seconds, ease=ease),))

    @classmethod
    def crane(cls, metres: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Rise, looking at the same place; with negative metres sink, but never into the ground."""
        return cls((Move("crane", metres, seconds=seconds, ease=ease),))

    @classmethod
    def orbit(cls, degrees: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Go round what it looks at, towards its right: seen from above anticlockwise."""
        return cls((Move("orbit", degrees, seconds=seconds, ease=ease),))

    @classmethod
    def zoom(cls, times: float, *, seconds: float | None = None, ease: bool = False) -> "Camera":
        """Show what is in the middle some times as large, by the lens alone; below 1 smaller."""
        return cls((Move("zoom", times, seconds=seconds, ease=ease),))

    @classmethod
    def handheld(cls, strength: float = 1.0, *, seed: int = 0) -> "Camera":
        """Hold it in a hand: it wanders by some ``strength`` centimetres and half as many degrees, to the end."""
        return cls((Move("handheld", strength, seed=seed),))

    @classmethod
    def follow(cls, actor: str, *, seconds: float | None = None) -> "Camera":
        """Go along with an actor, keeping distance and direction."""
        return cls((Move("follow", actor=actor, seconds=seconds),))

    @classmethod
    def look_at(cls, actor: str, *, seconds: float | None = None) -> "Camera":
        """Keep an actor in the middle of the picture; later than at the start, it turns there within half a second."""
        return cls((Move("look_at", actor=actor, seconds=seconds),))

    @classmethod
    def keys(cls, poses: Mapping[float, Pose]) -> "Camera":
        """Go smoothly through poses, each at its second; it waits in the first and the last.

        >>> Camera.keys({0: Pose((0, -6, 1.5), (0, 0, 0.5)), 4: Pose((6, 0, 3), (0, 0, 0.5))}).seconds
        4.0
        """
        return cls((through(poses),))

    @classmethod
    def parse(cls, text: str) -> "Camera":
        """Read a camera from words: moves joined by "+" and "then", each with a direction, an amount and a length.

        Raises
        ------
        RequestError
            A move is not understood.

        >>> Camera.parse("orbit left 90 for 3 s, then zoom in 2") == Camera.orbit(-90, seconds=3).then(Camera.zoom(2))
        True
        """
        return cls(read_words(text))

    def words(self) -> str:
        """Return the words that :meth:`parse` reads it from; "" if words cannot tell all of it, as of key poses.

        >>> (Camera.orbit(-90, seconds=3).then(Camera.zoom(0.5)) + Camera.handheld(0.5)).words()
        'orbit left 90 for 3 s + handheld 0.5, then zoom out 2'
        """
        return in_words(self.moves)

    @classmethod
    def from_csv(cls, path: str | Path) -> "Camera":
        """Read key poses from a table with the columns time, eye_x, eye_y, eye_z, target_x, target_y and target_z.

        Seconds and metres; roll and fov, in degrees, may be columns too.

        Raises
        ------
        RequestError
            The file cannot be read, or a row is not as it should be.

        >>> Camera.from_csv("path.csv")  # doctest: +SKIP
        """
        return cls((through(read_csv(path)),))

    @classmethod
    def from_matrices(
        cls,
        matrices: "ArrayLike",
        intrinsics: "ArrayLike",
        *,
        width: int = 1280,
        height: int = 720,
        fps: float = 24,
        distance: float = 5.0,
        axes: str = "opencv",
    ) -> "Camera":
        """Film as a tracker or another program did.

        Parameters
        ----------
        matrices : (N, 4, 4) camera to world, metres, z up; two at least.
        intrinsics : (3, 3) or (N, 3, 3), pixels; the middle of the picture must be its principal point.
        width, height : pixels of the picture that the intrinsics are of.
        fps : matrices a second.
        distance : metres to what it looks at: there pictures are sharp, and round there an orbit would go.
        axes : "opencv", where x is right, y down and z forward, or "opengl", where x is right, y up and z backward.

        Raises
        ------
        RequestError
            A shape, a rotation or the intrinsics are not as they should be.

        >>> same = Camera.from_matrices(*camera.matrices(world))  # doctest: +SKIP
        """
        from sora2lib.camera.matrices import Lens, poses_of

        fps, distance = number("fps", fps, 0.01, 1000), number("distance", distance, 0.01, 1000)
        poses = poses_of(matrices, intrinsics, Lens(width, height, axes), distance)
        return cls((through({index / fps: pose for index, pose in enumerate(poses)}),))

    @property
    def seconds(self) -> float | None:
        """How long it takes, or None if only the end of the world ends it."""
        return duration(self.moves)

    @property
    def absolute(self) -> bool:
        """Whether it stands at a place of its own from the start on, and not where the world's camera starts."""
        return any(move.absolute and move.start == 0 for move in self.moves)

    def __add__(self, other: "Camera") -> "Camera":
        """Do both at once."""
        if other.absolute:
            raise RequestError("the second camera of a sum has a pose of its own, which undoes the first; swap them")
        return Camera(self.moves + other.moves)

    def then(self, other: "Camera") -> "Camera":
        """Do the other after this one, from where this one ends; to a pose of its own it cuts."""
        if not self.seconds:
            raise RequestError("a camera that is followed by another needs an end; say seconds=2 in one of its moves")
        return Camera(self.moves + delayed(other.moves, self.seconds))

    def path(self, world: "World") -> "CameraPath":
        """Return eye (T, 3), target (T, 3), roll (T,) and vertical field of view (T,) at the samples of a world.

        Metres and radians, as worlds have them.

        Raises
        ------
        RequestError
            An actor is not in the world, a move has no time left, or the camera would look at its own place.

        >>> Camera.orbit(90).path(world).eye[-1]  # doctest: +SKIP
        """
        from sora2lib.camera.paths import path

        return path(self.moves, world)

    def matrices(
        self, world: "World", *, width: int = 1280, height: int = 720, axes: str = "opencv"
    ) -> "tuple[Array, Array]":
        """Return camera to world (T, 4, 4) and intrinsics (T, 3, 3) at a world's samples; see :meth:`from_matrices`."""
        from sora2lib.camera.matrices import Lens, matrices_of

        return matrices_of(self.path(world), Lens(width, height, axes))

    def film(self, world: "World") -> "World":
        """Return the same world with this camera in it; all else is as it was, to the last bit."""
        from sora2lib.camera.paths import film

        return film(self.moves, world)

    def to_json(self) -> str:
        """Return JSON text; :meth:`from_json` brings the camera back."""
        return json.dumps(self.to_plain())

    def to_plain(self) -> list[dict[str, Any]]:
        """What JSON can hold of it: a list of moves."""
        return [to_plain(move) for move in self.moves]

    @classmethod
    def from_json(cls, text: str) -> "Camera":
        """Read :meth:`to_json` text, checked like any camera."""
        try:
            plain = json.loads(text)
        except ValueError as error:
            raise RequestError(f"the text is not JSON ({error}); write it with Camera.to_json()") from error
        return cls.from_plain(plain)

    @classmethod
    def from_plain(cls, plain: Any) -> "Camera":
        """Undo :meth:`to_plain`."""
        if not isinstance(plain, list):
            raise RequestError(f"{str(plain)[:60]!r} is no list of camera moves; write it with Camera.to_json()")
        return cls(tuple(map(from_plain, plain)))
