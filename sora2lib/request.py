"""A request: everything that is asked of a model, checked once, here."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from numbers import Integral, Real
from typing import Any

from sora2lib.camera import Camera
from sora2lib.dialogue import seen
from sora2lib.errors import RequestError
from sora2lib.prompt import shots
from sora2lib.start import Start, Starts
from sora2lib.world.vocabulary import STYLES

PROMPT_LIMIT = 32_000  # characters
WIDTH = (64, 3840)  # pixels
HEIGHT = (64, 2160)
SEEDS = 2**32
PHYSICS = ("model", "exact")
MODEL = "small"
Cameras = Camera | tuple[Camera | None, ...] | None  # one for all, or one for each shot; None is the model's own
PARTS = ("colour", "material", "size", "ground", "light", "weather", "ambience")  # that a remix may change


@dataclass(frozen=True)
class _Rule:
    low: float
    high: float
    advice: str
    whole: bool = False
    optional: bool = False


_NUMBERS = {
    "seconds": _Rule(0.5, 120, "try 4"),
    "fps": _Rule(1, 60, "try 24"),
    "seed": _Rule(0, SEEDS - 1, "try 7, or leave it out to draw one", whole=True),
    "steps": _Rule(1, 200, "leave it out to take the model's own", whole=True, optional=True),
    "guidance": _Rule(0, 20, "leave it out to take the model's own", optional=True),
    "mix": _Rule(0, 1, "try 0.5"),
    **dict.fromkeys(("effects", "ambience", "music", "speech"), _Rule(0, 10, "1 leaves a stem as it is")),
}


@dataclass(frozen=True)
class Edit:
    """How freely a remix may change a world.

    Parameters
    ----------
    strength : 0 to 1, how little what is counts against what is said; 1 lets the words alone decide.
    keep : names of ``PARTS`` that stay whatever is said.
    change : names of ``PARTS``, the only ones that may change; None for all.

    Raises
    ------
    RequestError
        A value breaks its rule.

    >>> Edit(keep=("ground",)).allows("ground")
    False
    """

    strength: float = 0.8
    keep: tuple[str, ...] = ()
    change: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.strength, Real) or isinstance(self.strength, bool) or not 0 < float(self.strength) <= 1:
            raise RequestError(f"strength is {_short(self.strength)}; it must be above 0 and at most 1; try 0.8")
        for name in ("keep", "change"):
            parts = getattr(self, name)
            if parts is not None and (isinstance(parts, str) or not set(parts) <= set(PARTS)):
                raise RequestError(f"{name} is {_short(parts)}; give a tuple of any of {', '.join(PARTS)}")

    def allows(self, part: str) -> bool:
        """Whether a part may change."""
        return part not in self.keep and (self.change is None or part in self.change)


def draw_seed() -> int:
    """Return a new seed, as good as any other."""
    return secrets.randbelow(SEEDS)


@dataclass(frozen=True)
class Request:
    """What is asked for. Equal requests give equal worlds on one machine.

    Parameters
    ----------
    prompt : what shall be seen and heard, 1 to 32,000 characters.
    seconds : length, 0.5 to 120; rounded to whole frames, see :attr:`notices`.
    size : "WIDTHxHEIGHT" in pixels, both even, 64x64 to 3840x2160.
    fps : frames a second, 1 to 60.
    seed : 0 to 4294967295; drawn when left out, so that the request always holds one.
    model : name of the weights, or the path of a .safetensors file.
    style : a name of ``sora2lib.world.vocabulary.STYLES``.
    physics : "model" keeps the motion that the model made; "exact" simulates it again from the model's start.
    steps : denoising steps, 1 to 200; None leaves it to the model.
    guidance : how strongly to follow the prompt, 0 to 20; None leaves it to the model.
    camera : how it is filmed; None leaves it to the model. A tuple has a camera or None for each shot of the prompt.
    sound : whether the clip is heard.
    start : what its first moment shows, see :func:`sora2lib.fit`; None leaves it to the model. A tuple has one or
        None for each shot of the prompt; a later shot takes from it only where the camera stands.

    Raises
    ------
    RequestError
        A value breaks its rule; the message says which, and what to do.

    >>> Request("a red ball bounces", seed=7).size
    '1280x720'
    """

    prompt: str
    seconds: float = 4.0
    size: str = "1280x720"
    fps: float = 24
    seed: int = field(default_factory=draw_seed)
    model: str = MODEL
    style: str = "realistic"
    physics: str = "model"
    steps: int | None = None
    guidance: float | None = None
    camera: Cameras = None
    sound: bool = True
    start: Starts = None

    def __post_init__(self) -> None:
        _check_prompt(self.prompt)
        parse_size(self.size)
        check_style(self.style)
        _check_name("physics", self.physics, PHYSICS)
        if not (isinstance(self.model, str) and self.model):
            raise RequestError(f"model is {self.model!r}; name one, such as {MODEL!r}, or a .safetensors file")
        if not isinstance(self.sound, bool):
            raise RequestError(f"sound is {_short(self.sound)}; give True, or False for a silent clip")
        for name in ("seconds", "fps", "seed", "steps", "guidance"):
            # Plain numbers, so that numpy's are equal to ours in hash and JSON.
            object.__setattr__(self, name, check(name, getattr(self, name)))
        self._check_each("camera", check_camera)
        self._check_each("start", check_start)

    def _check_each(self, name: str, check: Callable[[Any], Any]) -> None:
        """Check what is given for all, or for each shot."""
        given = getattr(self, name)
        if not isinstance(given, list | tuple):
            check(given)
            return
        object.__setattr__(self, name, tuple(map(check, given)))
        told = len(shots(seen(self.prompt), self.seconds))
        if len(given) != told:
            raise RequestError(
                f"{len(given)} {name}s are given and the prompt has {told} shots in {self.seconds:g} s; give one "
                "for each shot, None where it is left to the model"
            )

    @property
    def width(self) -> int:
        """Pixels across."""
        return parse_size(self.size)[0]

    @property
    def height(self) -> int:
        """Pixels down."""
        return parse_size(self.size)[1]

    @property
    def frames(self) -> int:
        """How many frames are drawn: the seconds in whole frames, at least one."""
        return count_frames(self.seconds, self.fps)

    @property
    def notices(self) -> tuple[str, ...]:
        """Which values were rounded, one sentence each."""
        return rounded(self.seconds, self.fps)

    def to_json(self) -> str:
        """Return JSON text; :meth:`from_json` brings the request back."""
        plain = asdict(self) | {"camera": _plain(self.camera), "start": _plain(self.start)}
        if self.start is None:
            del plain["start"]  # as earlier versions wrote it
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> "Request":
        """Read :meth:`to_json` text, checked like any request."""
        try:
            plain: Any = json.loads(text)
        except ValueError as error:
            raise RequestError(f"the text is not JSON ({error}); write it with Request.to_json()") from error
        known = [known.name for known in fields(cls)]
        if not isinstance(plain, dict) or "prompt" not in plain or set(plain) - set(known):
            raise RequestError(f"{_short(text)} is no request; give prompt and any other of {', '.join(known)}")
        return cls(**plain | {"camera": _cameras(plain.get("camera")), "start": _starts(plain.get("start"))})


def _plain(given: Cameras | Starts) -> Any:
    """What JSON can hold of cameras, a list of moves or a list of such lists, and of starts, an object or a list."""
    if isinstance(given, tuple):
        return [it and it.to_plain() for it in given]
    return None if given is None else given.to_plain()


def _cameras(plain: Any) -> Cameras:
    """Undo :func:`_plain`."""
    if isinstance(plain, list) and all(it is None or isinstance(it, list) for it in plain):
        return tuple(None if it is None else Camera.from_plain(it) for it in plain)
    return None if plain is None else Camera.from_plain(plain)


def _starts(plain: Any) -> Starts:
    """Undo :func:`_plain`."""
    if isinstance(plain, list):
        return tuple(None if it is None else Start.from_plain(it) for it in plain)
    return None if plain is None else Start.from_plain(plain)


def check(name: str, value: Any) -> Any:
    """Return seconds, fps, seed, mix or the like as a plain number if it keeps its rule, else say why not.

    >>> check("fps", 24)
    24.0
    """
    rule = _NUMBERS[name]
    if value is None and rule.optional:
        return None
    kind: Any = Integral if rule.whole else Real
    # NaN compares false with everything.
    if not isinstance(value, kind) or isinstance(value, bool) or not rule.low <= value <= rule.high:
        noun = "whole number" if rule.whole else "number"
        span = f"{rule.low:.10g} to {rule.high:.10g}"
        raise RequestError(f"{name} is {_short(value)}; it must be a {noun} from {span}; {rule.advice}")
    return int(value) if rule.whole else float(value)


def check_length(seconds: float) -> None:
    """Say so if a clip that is gone on with gets too long."""
    longest = _NUMBERS["seconds"].high
    if seconds > longest + 1e-6:
        raise RequestError(f"the whole clip would last {seconds:g} s; the limit is {longest:g}; ask for fewer seconds")


def count_frames(seconds: float, fps: float) -> int:
    """Return how many frames a length takes: the nearest whole number, at least one.

    >>> count_frames(4, 24)
    96
    """
    return max(1, round(seconds * fps))


def rounded(seconds: float, fps: float) -> tuple[str, ...]:
    """Say so if the seconds do not make whole frames.

    >>> rounded(1.3, 24)
    ('1.3 seconds are 31.2 frames at 24 fps; the clip has 31 and lasts 1.29167 s',)
    """
    asked, made = seconds * fps, count_frames(seconds, fps)
    if abs(asked - made) < 1e-6:
        return ()
    return (f"{seconds:g} seconds are {asked:g} frames at {fps:g} fps; the clip has {made} and lasts {made / fps:g} s",)


def parse_size(size: str) -> tuple[int, int]:
    """Return width and height of "WIDTHxHEIGHT", or raise a :class:`~sora2lib.errors.RequestError`.

    >>> parse_size("1280x720")
    (1280, 720)
    """
    match = re.fullmatch(r"([0-9]{1,9})x([0-9]{1,9})", size) if isinstance(size, str) else None
    if not match:
        raise RequestError(f"size is {_short(size)}; write width x height in pixels, such as '1280x720'")
    width, height = int(match[1]), int(match[2])
    if not (WIDTH[0] <= width <= WIDTH[1] and HEIGHT[0] <= height <= HEIGHT[1]):
        raise RequestError(
            f"size is {size}; it must lie between {WIDTH[0]}x{HEIGHT[0]} and {WIDTH[1]}x{HEIGHT[1]}; try 1280x720"
        )
    if width % 2 or height % 2:
        raise RequestError(f"size is {size}; both sides must be even; try {width + width % 2}x{height + height % 2}")
    return width, height


def _check_prompt(prompt: str) -> None:
    if not isinstance(prompt, str):
        raise RequestError(f"prompt is {_short(prompt)}; it must be text, such as 'a red ball bounces on ice'")
    if not prompt.strip():
        raise RequestError(f"prompt is {_short(prompt)}; say what shall be seen, such as 'a red ball bounces on ice'")
    if len(prompt) > PROMPT_LIMIT:
        raise RequestError(f"prompt has {len(prompt)} characters; the limit is {PROMPT_LIMIT}; shorten it")
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        raise RequestError(f"prompt is {_short(prompt)}, which is no valid text ({error.reason}); retype it") from error


def check_style(style: str) -> str:
    """Return the name of a style, or raise a :class:`~sora2lib.errors.RequestError` that lists them."""
    _check_name("style", style, STYLES)
    return style


def check_camera(camera: Camera | None) -> Camera | None:
    """Return a camera, or raise a :class:`~sora2lib.errors.RequestError` if it is something else."""
    if camera is not None and not isinstance(camera, Camera):
        raise RequestError(f"camera is {_short(camera)}; give a Camera, such as sora2lib.Camera.orbit(90)")
    return camera


def check_start(start: Start | None) -> Start | None:
    """Return a start, or raise a :class:`~sora2lib.errors.RequestError` if it is something else."""
    if start is not None and not isinstance(start, Start):
        raise RequestError(f"start is {_short(start)}; give what sora2lib.fit(picture).start is")
    return start


def _check_name(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise RequestError(f"{name} is {_short(value)}; use one of {', '.join(known)}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
