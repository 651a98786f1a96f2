"""A storyboard: cards, each a shot with its words, its length, its camera and its image, in one world.

It is asked for as one request: the cards are the shots of one prompt, whose cast and place carry over.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import sora2lib
from sora2lib.camera import Camera
from sora2lib.dialogue import seen
from sora2lib.errors import RequestError
from sora2lib.prompt import SHORTEST, laid_out, shots
from sora2lib.request import Cameras, Request, check, check_camera
from sora2lib.start import Start

if TYPE_CHECKING:
    from sora2lib.clip import Clip
    from sora2lib.planner import Step

LONGEST = 120.0  # seconds of all cards together
USUAL = 4.0  # seconds of a card of which nothing is told
# How a shot list tells of a camera: behind the title of a shot, in brackets.
_CAMERA = re.compile(r'^((?:"[^"\n]{1,200}"|“[^”\n]{1,200}”)?)\s{0,9}\(([^()\n]{1,400})\)[ \t]{0,9}[:\-–—]?\s{0,9}')
_PLACEHOLDER = "Here."


@dataclass(frozen=True)
class Card:
    """One shot.

    Parameters
    ----------
    text : what is seen and heard in it.
    seconds : how long it lasts, 1 to 120, kept to the millisecond; cuts lie on thirds of a second.
    camera : how it is filmed, exactly; None leaves it to the model. Its time begins with the shot.
    image : path of a picture, or its ``Start``. The first card's shows who is there, a later one's whence it is filmed.

    Raises
    ------
    RequestError
        A value breaks its rule, or the camera has moves that would begin after the shot.

    >>> Card("the ball lies still", 2, Camera.dolly(1)).seconds
    2.0
    """

    text: str
    seconds: float = USUAL
    camera: Camera | None = None
    image: str | Start | None = None

    def __post_init__(self) -> None:
        if self.image is not None and (not isinstance(self.image, str | Start) or not self.image):
            raise RequestError(
                f"a card's image is {_short(self.image)}; give the path of a picture, or fit(path).start"
            )
        if not isinstance(self.text, str) or not self.text.strip():
            raise RequestError(f"a card's text is {_short(self.text)}; say what is seen, such as 'a red ball bounces'")
        object.__setattr__(self, "text", self.text.strip())
        if not isinstance(self.seconds, Real) or isinstance(self.seconds, bool) or not self._lasts():
            raise RequestError(
                f"a card's seconds are {_short(self.seconds)}; they must be a number from {SHORTEST:g} to {LONGEST:g}; "
                f"try {USUAL:g}"
            )
        object.__setattr__(self, "seconds", round(float(self.seconds), 3))
        camera = check_camera(self.camera)
        late = [it for it in camera.moves if it.start >= self.seconds] if camera else []
        if late:
            raise RequestError(
                f"the camera's {late[0].kind} begins at {late[0].start:g} s and its card lasts {self.seconds:g}; give "
                "the moves before it fewer seconds, or the card more"
            )

    def _lasts(self) -> bool:
        return SHORTEST <= float(self.seconds) <= LONGEST  # NaN compares false with everything


@dataclass(frozen=True)
class Storyboard:
    """Cards one after the other, of one world: who and what is cast in the first stays in all.

    Parameters
    ----------
    cards : 1 to 120 of them, 120 s at most together; a string is a card of four seconds.
    setting : what is said of all cards, such as the place and the style.

    Raises
    ------
    RequestError
        There are none or too many, or the words of a card would begin a shot of their own.

    >>> board = Storyboard(["a red ball rolls on ice", Card("the ball lies still", 2, Camera.dolly(1))])
    >>> board.seconds
    6.0
    >>> board.changed(0, seconds=3).prompt
    '0.00-3.00 - a red ball rolls on ice\\n\\n3.00-5.00 - the ball lies still'
    >>> Storyboard.from_json(board.to_json()) == board
    True
    """

    cards: tuple[Card, ...]
    setting: str = ""

    def __init__(self, cards: Sequence[Card | str], setting: str = "") -> None:
        if isinstance(cards, str) or not isinstance(cards, Sequence):
            raise RequestError(f"the cards are {_short(cards)}; give a list of texts or Cards")
        if not isinstance(setting, str):
            raise RequestError(f"the setting is {_short(setting)}; it must be text, such as 'On a beach at sunset.'")
        made = tuple(it if isinstance(it, Card) else Card(it) for it in cards)
        object.__setattr__(self, "cards", made)
        object.__setattr__(self, "setting", setting.strip())
        self._check()

    def _check(self) -> None:
        if not self.cards or self.seconds > LONGEST:
            raise RequestError(
                f"{len(self.cards)} cards last {self.seconds:g} s; a storyboard has one or more, and {LONGEST:g} s at "
                "most; give fewer or shorter cards"
            )
        for number, card in enumerate(self.cards, start=1):
            if seen(f"{_PLACEHOLDER}\n{card.text}") == _PLACEHOLDER:
                raise RequestError(f"card {number} says only what is heard; say what is seen, too")
        if [shot.prompt for shot in shots(self.prompt, self.seconds)] != self._texts():
            named = (f"card {n}, {_short(it.text)}," for n, it in enumerate(self.cards, start=1) if _parted(it.text))
            raise RequestError(
                f"{next(named, 'the setting')} holds what begins a shot, such as 'Cut to', 'Shot 2:' or '0-2 -'; make "
                "what follows a card of its own"
            )

    def _texts(self) -> list[str]:
        """What the model is told of each card."""
        return [f"{self.setting}\n{card.text}" if self.setting else card.text for card in self.cards]

    def __len__(self) -> int:
        return len(self.cards)

    def __getitem__(self, index: int) -> Card:
        return self.cards[self._index(index)]

    def __iter__(self) -> Iterator[Card]:
        return iter(self.cards)

    def _index(self, index: int) -> int:
        if not isinstance(index, int) or not -len(self.cards) <= index < len(self.cards):
            raise RequestError(f"there is no card {index!r}; the storyboard has {len(self.cards)}, counted from 0")
        return index % len(self.cards)

    @property
    def seconds(self) -> float:
        """Length of all cards."""
        return round(sum(card.seconds for card in self.cards), 3)

    @property
    def prompt(self) -> str:
        """The cards as a shot list, which is what a model is asked."""
        if len(self.cards) == 1:
            return self._texts()[0]
        return self._listed([card.text for card in self.cards])

    def _listed(self, texts: Sequence[str]) -> str:
        begun, blocks = 0.0, [self.setting] if self.setting else []
        for card, text in zip(self.cards, texts, strict=True):
            ends = round(begun + card.seconds, 3)
            blocks.append(f"{_clock(begun)}-{_clock(ends)} - {text}")
            begun = ends
        return "\n\n".join(blocks)

    @property
    def cameras(self) -> Cameras:
        """The camera of each card; None where no card has one."""
        told = tuple(card.camera for card in self.cards)
        return told if any(told) else None

    @property
    def _asked(self) -> dict[str, Any]:
        shown = tuple(sora2lib.fit(it.image).start if isinstance(it.image, str) else it.image for it in self.cards)
        return {"seconds": self.seconds, "camera": self.cameras, "start": shown if any(shown) else None}

    def changed(self, index: int, **values: Any) -> "Storyboard":
        """Return the storyboard with other values of one card, counted from 0: its text, seconds, camera or image.

        >>> Storyboard(["a ball rolls", "it stops"]).changed(1, text="it bounces")[1].text
        'it bounces'
        """
        unknown = set(values) - {it.name for it in fields(Card)}
        if unknown:
            raise RequestError(f"a card has no {', '.join(sorted(unknown))}; change its text, seconds, camera or image")
        return self._with(self._index(index), 1, [replace(self[index], **values)])

    def inserted(self, index: int, card: Card | str) -> "Storyboard":
        """Return the storyboard with one more card before another; before ``len(board)`` is the end."""
        return self._with(index if index == len(self) else self._index(index), 0, [card])

    def without(self, index: int) -> "Storyboard":
        """Return the storyboard without one of its cards."""
        return self._with(self._index(index), 1, [])

    def _with(self, index: int, gone: int, cards: list[Card | str]) -> "Storyboard":
        return Storyboard([*self.cards[:index], *cards, *self.cards[index + gone :]], self.setting)

    def request(self, **asked: Any) -> Request:
        """Return the request for a clip of it; values other than prompt, seconds and camera are those of a request.

        >>> Storyboard(["a ball rolls", "it stops"]).request(seed=7).seconds
        8.0
        """
        return Request(self.prompt, **self._asked, **asked)

    def generate(self, **asked: Any) -> "Clip":
        """Make a clip of it; size, fps, seed, model, style, physics, steps and guidance are those of ``generate``.

        >>> board.generate(seed=1, size="640x360").save("board.mp4")  # doctest: +SKIP
        """
        return sora2lib.generate(self.prompt, **self._asked, **asked)

    def steps(self, **asked: Any) -> "Iterator[Step]":
        """Watch its world come out of noise; seed, model, style, steps and guidance are those of ``sora2lib.steps``.

        The last step's world is the plan, with its style and what is said: change it, and draw it.

        >>> *_, last = board.steps(seed=1)                                              # doctest: +SKIP
        >>> sora2lib.draw(last.world().assign(snow=0.8), seconds=board.seconds)         # doctest: +SKIP
        """
        return sora2lib.steps(self.prompt, **self._asked, **asked)

    def to_json(self) -> str:
        """Return JSON text; :meth:`from_json` brings the storyboard back."""
        cards = [_plain(card) for card in self.cards]
        return json.dumps({"setting": self.setting, "cards": cards}, indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Storyboard":
        """Read :meth:`to_json` text, checked like any storyboard.

        Raises
        ------
        RequestError
            It is no JSON, or a value is unknown or breaks its rule; the message says in which card.
        """
        try:
            plain: Any = json.loads(text)
        except ValueError as error:
            raise RequestError(f"the text is not JSON ({error}); write it with Storyboard.to_json()") from error
        if not isinstance(plain, dict) or not {"cards"} <= set(plain) <= {"setting", "cards"}:
            raise RequestError(f"{_short(plain)} is no storyboard; give an object of cards and, if need be, setting")
        if not isinstance(plain["cards"], list):
            raise RequestError(f"the cards are {_short(plain['cards'])}; give a list of texts or of objects")
        cards = [_card(number, it) for number, it in enumerate(plain["cards"], start=1)]
        return cls(cards, plain.get("setting", ""))

    def to_text(self) -> str:
        """Return the shot list, each camera in words before the text of its card; :meth:`from_text` reads it.

        Raises
        ------
        RequestError
            A camera has what words cannot tell, such as key poses, or a card has an image.

        >>> print(Storyboard([Card("a ball rolls", 3, Camera.orbit(90)), "it stops"], "At night.").to_text())
        At night.
        <BLANKLINE>
        0.00-3.00 - (orbit right 90) a ball rolls
        <BLANKLINE>
        3.00-7.00 - it stops
        """
        told = []
        for number, card in enumerate(self.cards, start=1):
            words = card.camera.words() if card.camera else ""
            if card.image or (card.camera and not words):
                what = "image" if card.image else "camera"
                raise RequestError(f"the {what} of card {number} cannot be told in words; use to_json()")
            told.append(f"({words}) {card.text}" if words else card.text)
        return self._listed(told)

    @classmethod
    def from_text(cls, text: str, *, seconds: float | None = None) -> "Storyboard":
        """Read a storyboard from text, in any of the forms in which a prompt tells several shots.

        A shot begins at a range of seconds such as ``0.00-2.40 - ``, at ``Shot 2 (3 s):`` or at ``Cut to``. What stands
        before the first is the setting. Behind it, and behind a title in quotation marks, brackets may tell the camera:
        ``0.00-2.40 - "Arrival" (dolly in 1)``. Brackets that :meth:`Camera.parse` does not read stay in the text.

        Parameters
        ----------
        text : the shots.
        seconds : length of all; None takes what is told of each shot, and 4 s where nothing is told of any.

        >>> board = Storyboard.from_text("On ice.\\n\\nShot 1 (2 s): a ball rolls\\nShot 2 (3 s): (zoom in 2) it stops")
        >>> board.setting, board.seconds, board[1].camera == Camera.zoom(2)
        ('On ice.', 5.0, True)
        """
        if not isinstance(text, str):
            raise RequestError(f"the storyboard is {_short(text)}; it must be text")
        setting, told = laid_out(text)
        known = [share for _, share in told if share]
        usual = sum(known) / len(known) if known else USUAL
        lengths = [share or usual for _, share in told]
        scale = 1.0 if seconds is None else check("seconds", seconds) / sum(lengths)
        return cls([_read(words, length * scale) for (words, _), length in zip(told, lengths, strict=True)], setting)


def _parted(text: str) -> bool:
    """Whether words begin a shot, behind others that begin one."""
    return any(len(laid_out(f"{lead}{text}")[1]) > 1 for lead in ("", "Shot 1: a\n", "0-1 - a\n"))


def _read(words: str, seconds: float) -> Card:
    """A card of a shot list."""
    match = _CAMERA.match(words)
    try:
        camera = Camera.parse(match[2]) if match else None
    except RequestError:
        camera = None
    rest = f"{match[1]} {words[match.end() :]}".strip() if match and camera else words
    return Card(rest or words, seconds, camera)


def _plain(card: Card) -> dict[str, Any]:
    camera = {"camera": card.camera.to_plain()} if card.camera else {}
    shown = card.image.to_plain() if isinstance(card.image, Start) else card.image
    return {"text": card.text, "seconds": card.seconds} | camera | ({"image": shown} if shown else {})


def _card(number: int, plain: Any) -> Card:
    """A card of JSON: an object, or its text alone."""
    try:
        if isinstance(plain, str):
            return Card(plain)
        if not isinstance(plain, dict) or not {"text"} <= set(plain) <= {"text", "seconds", "camera", "image"}:
            raise RequestError(f"{_short(plain)} is no card; give an object of text, seconds, camera and image")
        camera, image = plain.get("camera"), plain.get("image")
        read = {"image": Start.from_plain(image)} if isinstance(image, dict) else {}
        return Card(**plain | {"camera": None if camera is None else Camera.from_plain(camera)} | read)
    except RequestError as error:
        raise RequestError(f"card {number}: {error}") from error


def _clock(seconds: float) -> str:
    """Seconds with two decimals, or three where they are needed."""
    return f"{seconds:.3f}".removesuffix("0")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
