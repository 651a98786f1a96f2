"""What a storyboard desk knows: cards as they are written down, right or not yet; their plan, pictures and film."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import param

from sora2lib import media
from sora2lib.camera import Camera
from sora2lib.clip import Clip
from sora2lib.errors import RequestError, Sora2Error
from sora2lib.film import world_of
from sora2lib.recipe import Recipe
from sora2lib.render import render
from sora2lib.request import MODEL, SEEDS, Request, parse_size
from sora2lib.start import Start
from sora2lib.storyboard import USUAL, Card, Storyboard
from sora2lib.widgets.planning import planned
from sora2lib.widgets.reel import Reel
from sora2lib.widgets.work import Task, Work
from sora2lib.world.vocabulary import STYLES

PICTURE = 320  # pixels that a card's picture is wide
PLANNING = 0.4  # of the whole work, so that one bar serves both acts
LARGEST = 1_000_000  # bytes of a storyboard that is read
MOST_STEPS = 200  # that can be taken back
BEGUN = (Card("a red rubber ball rolls right", 2), Card("the ball bounces", 2, Camera.orbit(-60)))


@dataclass(frozen=True)
class Entry:
    """A card as it is written down.

    Parameters
    ----------
    number : by which it is known wherever it lies.
    text, seconds : as of a Card, but not checked yet.
    camera : how it is filmed, in words.
    held : a camera that words cannot tell, which stays while there are none.
    image : as of a Card.
    """

    number: int
    text: str
    seconds: float = USUAL
    camera: str = ""
    held: Camera | None = None
    image: str | Start | None = None

    def card(self) -> Card:
        """Return the card that is meant, checked."""
        camera = Camera.parse(self.camera) if self.camera.strip() else self.held
        return Card(self.text, self.seconds, camera, self.image)


State = tuple[list[Entry], str]  # cards and setting


class Draft(Work):
    """Write a storyboard card by card, see a picture of each once it is planned, have it drawn.

    Every change can be taken back. :meth:`plan` and :meth:`draw` work in a thread, :meth:`make` in the caller's.

    >>> draft = Draft()
    >>> draft.add("it stops")
    >>> draft.move(draft.entries[-1].number, 0)
    >>> [entry.text for entry in draft.entries]
    ['it stops', 'a red rubber ball rolls right', 'the ball bounces']
    >>> draft.undo()
    >>> draft.board.seconds
    6.0
    """

    entries = param.List([], item_type=Entry, doc="The cards in their order.")
    setting = param.String("On ice at sunset.", doc="What is said of all cards, such as the place.")
    seed = param.Integer(3, bounds=(0, SEEDS - 1), doc="The same seed gives the same world.")
    style: Any = param.Selector(default=STYLES[0], objects=list(STYLES), doc="How it is drawn.")
    size = param.String("640x360", doc="Width and height in pixels.")
    steps = param.Integer(36, bounds=(1, 200), doc="Denoising steps of the motion.")
    model = param.String(MODEL, doc="Name of the weights, or the path of a .safetensors file.")
    drawn = param.Boolean(True, doc="Whether the plan is drawn, too.")

    message = param.String("Write cards, plan them, then draw them.", doc="Where the work is, or what is wrong.")
    undoable = param.Boolean(False, doc="Whether there is something to take back.")
    as_text = param.String("", doc='The storyboard as a shot list; "" where it cannot be told in words yet.')
    as_json = param.String("", doc='The same as JSON; "" while something is wrong with it.')
    pictures = param.Dict({}, doc="What each card shows, by its number, as JPEG.")
    clip: Any = param.ClassSelector(class_=Clip, doc="The film.")
    file = param.Bytes(b"", doc="The same as MP4, which remembers how it was made.")
    reel = param.Dict({}, doc="The same as a player needs it.")

    def __init__(self, board: Storyboard | None = None, **values: Any) -> None:
        super().__init__(**values)
        self._numbers = count(1)
        self._past: list[State] = []
        self._planned: tuple[Request, Recipe, dict[int, bytes]] | None = None
        self._now: State = ([], "")
        self._take(board or Storyboard(BEGUN, self.setting))
        self._past, self.undoable = [], False

    @property
    def board(self) -> Storyboard:
        """The storyboard that is meant.

        Raises
        ------
        RequestError
            A card breaks a rule; the message says which.
        """
        return Storyboard([_checked(place, it) for place, it in enumerate(self.entries, start=1)], self.setting)

    def add(self, text: str = "") -> None:
        """Write one more card at the end, as long as the one before."""
        seconds = self.entries[-1].seconds if self.entries else USUAL
        self.entries = [*self.entries, Entry(next(self._numbers), text, seconds)]

    def edit(self, number: int, **values: Any) -> None:
        """Change text, seconds or camera of a card; without effect where there is none of that number."""
        self.entries = [replace(it, **values) if it.number == number else it for it in self.entries]

    def remove(self, number: int) -> None:
        """Take a card away; :meth:`undo` brings it back."""
        self.entries = [it for it in self.entries if it.number != number]

    def move(self, number: int, place: int) -> None:
        """Put a card to a place, counted from 0; beyond the ends is at the end."""
        rest = [it for it in self.entries if it.number != number]
        place = min(max(place, 0), len(rest))
        self.entries = [*rest[:place], *(it for it in self.entries if it.number == number), *rest[place:]]

    def undo(self) -> None:
        """Take the last change back; without effect where there is none."""
        if self._past:
            self._now, before = self._past.pop(), self._past
            self.param.update(entries=self._now[0], setting=self._now[1])
            self._past, self.undoable = before, bool(before)

    def read(self, name: str, content: bytes) -> None:
        """Take a storyboard as it was uploaded, JSON or a shot list; what is wrong is told in :attr:`message`."""
        try:
            self._take(_uploaded(name, content))
        except Sora2Error as error:
            self.message = str(error)

    def read_text(self, text: str) -> None:
        """Take a shot list; what is wrong with it is told in :attr:`message`."""
        try:
            self._take(Storyboard.from_text(text))
        except Sora2Error as error:
            self.message = str(error)

    def _take(self, board: Storyboard) -> None:
        self.param.update(entries=self._entries(board), setting=board.setting)

    def _entries(self, board: Storyboard) -> list[Entry]:
        return [_written(next(self._numbers), card) for card in board]

    def plan(self) -> None:
        """Plan the world in a thread, and show a picture of each card."""
        self.drawn = False
        self.start()

    def draw(self) -> None:
        """Draw the film in a thread, of the plan that is there or of a new one."""
        self.drawn = True
        self.start()

    def request(self) -> Request:
        """Return what is asked for, checked."""
        asked = ("seed", "style", "size", "steps", "model")
        return self.board.request(**{name: getattr(self, name) for name in asked})

    def task(self) -> Task:
        """Check the cards; the work plans them, unless that is done, and draws them if asked to."""
        request, entries, drawn = self.request(), self.entries, self.drawn

        def work() -> str:
            if self._planned is None or self._planned[0] != request:
                recipe = planned(self, request, share=PLANNING if drawn else 1.0)
                self._planned = request, recipe, stills(recipe, entries, request.size)
                self._follow()
            recipe = self._planned[1]
            if drawn:
                self._draw(recipe, request)
            return "; ".join(("Done" if drawn else "Planned", *recipe.notices))

        return work

    def _draw(self, recipe: Recipe, request: Request) -> None:
        with TemporaryDirectory() as folder:
            path = self.record(recipe, Path(folder) / "clip.mp4", size=request.size, begun=PLANNING)
            clip, content = Clip.load(path), path.read_bytes()
        self.param.update(clip=clip, file=content, reel=Reel.of(clip, video=content).fields())

    @param.depends("entries", "setting", watch=True)
    def _remember(self) -> None:
        """Keep what was, so that it can be had back."""
        now = (self.entries, self.setting)
        if now != self._now:
            self._past = [*self._past, self._now][-MOST_STEPS:]
            self._now = now
        self.undoable = bool(self._past)

    @param.depends("entries", "setting", "seed", "style", "size", "steps", "model", watch=True)
    def _follow(self) -> None:
        """Say what is wrong, write the storyboard out, and show pictures of this very plan only."""
        try:
            board, request = self.board, self.request()
        except Sora2Error as error:
            self.param.update(message=str(error), as_text="", as_json="", pictures={})
            return
        seen = self._planned[2] if self._planned and self._planned[0] == request else {}
        told = {} if self.running else {"message": f"{len(board)} cards, {board.seconds:g} s"}
        self.param.update(as_text=_listed(board), as_json=board.to_json(), pictures=seen, **told)


def stills(recipe: Recipe, entries: Sequence[Entry], size: str) -> dict[int, bytes]:
    """Draw the middle of each card as a small JPEG, by its number."""
    width, height = parse_size(size)
    small = {"width": PICTURE, "height": round(PICTURE * height / width / 2) * 2}
    ends = accumulate(it.seconds for it in entries)
    middles = ((it.number, end - it.seconds / 2) for it, end in zip(entries, ends, strict=True))
    world = world_of(recipe)
    drawn = ((number, render(world, **small, fps=24, start=at, seconds=1 / 24)) for number, at in middles)
    return {number: media.jpeg(next(iter(pictures))) for number, pictures in drawn}


def _checked(place: int, entry: Entry) -> Card:
    try:
        return entry.card()
    except RequestError as error:
        raise RequestError(f"card {place}: {error}") from error


def _written(number: int, card: Card) -> Entry:
    words = card.camera.words() if card.camera else ""
    return Entry(number, card.text, card.seconds, words, None if words else card.camera, card.image)


def _listed(board: Storyboard) -> str:
    try:
        return board.to_text()
    except RequestError:  # a camera or a picture that words cannot tell
        return ""


def _uploaded(name: str, content: bytes) -> Storyboard:
    """The storyboard in a file that somebody brings; it may not name files of this machine."""
    if len(content) > LARGEST:
        raise RequestError(f"the file has {len(content)} bytes; a storyboard has {LARGEST} at most")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise RequestError(f"the file is no text ({error.reason}); give a shot list or JSON, in UTF-8") from error
    board = Storyboard.from_json(text) if name.lower().endswith(".json") else Storyboard.from_text(text)
    for place, card in enumerate(board, start=1):
        if isinstance(card.image, str):
            raise RequestError(f"card {place} names a picture by its path; give what sora2lib.fit(path).start tells")
    return board
