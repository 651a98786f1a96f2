"""What a remix bench knows: a clip, what words shall change in it, what came of it, and what differs."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from sora2lib.clip import Clip, recipe_of
from sora2lib.editing import next_request, remixed
from sora2lib.errors import RequestError, Sora2Error
from sora2lib.film import world_of
from sora2lib.recast import STEPS
from sora2lib.recipe import Recipe
from sora2lib.request import PARTS, SEEDS, Edit, Request
from sora2lib.sampler import State
from sora2lib.widgets.abreast import abreast, heard_as, marked_as
from sora2lib.widgets.reel import Reel
from sora2lib.widgets.uploads import opened
from sora2lib.widgets.work import Task, Work
from sora2lib.world.difference import Difference, diff

Frames = NDArray[np.uint8]
CASTING = 0.4  # of the whole work, so that one bar serves both acts
TITLES = ("The original", "The remix")
SIDES = ("the remix", "the original")  # which of the two is heard


class Revision(Work):
    """Change in a clip what words name, and hold the result beside it.

    >>> revision = Revision(clip=sora.load("ball.mp4"), words="the ball is blue", keep=["ground"])  # doctest: +SKIP
    >>> revision.make()                                                                            # doctest: +SKIP
    >>> [str(it) for it in revision.differences]                                                   # doctest: +SKIP
    """

    clip: Any = param.ClassSelector(class_=Clip, doc="What is changed.")
    words = param.String("the ball is blue and made of steel", doc="What shall be otherwise.")
    strength = param.Number(0.8, bounds=(0, 1), inclusive_bounds=(False, True), doc="How little counts what was.")
    keep: Any = param.ListSelector(default=[], objects=list(PARTS), doc="What stays whatever is said.")
    change: Any = param.ListSelector(default=[], objects=list(PARTS), doc="All that may change; none chosen is all.")
    seed = param.Integer(1, bounds=(0, SEEDS - 1), doc="Draws the new values.")
    model = param.String("", doc='Name or path of the weights; "" takes those that made the clip.')
    heard: Any = param.Selector(default=SIDES[0], objects=list(SIDES), doc="Whose sound is heard.")
    width = param.Integer(480, bounds=(64, 1280), step=2, doc="Pixels that each of the pictures side by side is wide.")

    message = param.String("Choose a clip and say what shall be otherwise.", doc="Where the work is, or why it ended.")
    made: Any = param.ClassSelector(class_=Clip, doc="The remix.")
    file = param.Bytes(b"", doc="The same as MP4, which remembers how it was made.")
    differences = param.List([], item_type=Difference, doc="What differs between the two worlds.")
    titles = param.List([], item_type=str, doc="What the pictures of the film are, from left to right.")
    reel = param.Dict({}, doc="The clip, and the remix beside it in one film, as a player needs it.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._pictures: Frames = np.zeros((0, 2, 2, 3), np.uint8)
        self._begin()

    def open(self, name: str, content: bytes) -> None:
        """Take a film as it was uploaded; what is wrong with it is told in :attr:`message`."""
        self.take(lambda: opened(name, content))

    def take(self, load: Callable[[], Clip]) -> None:
        """Take the clip that a function loads; what is wrong with it is told in :attr:`message`."""
        try:
            self.clip = load()
        except Sora2Error as error:
            self.message = str(error)

    def go_on(self) -> None:
        """Change the remix next; without effect while there is none."""
        if self.made is not None:
            self.clip = self.made

    @property
    def lineage(self) -> list[str]:
        """What the newest clip was made from, step by step, the oldest first."""
        newest = self.made or self.clip
        if newest is None:
            return []
        # A parent tells by which verb what follows it was made.
        verbs = [*(it.verb for it in newest.parents), "made"]
        steps = zip(verbs, (newest, *newest.parents), strict=True)
        return [_step(verb, it.request, it.maker) for verb, it in reversed(list(steps))]

    def task(self) -> Task:
        """Check what is asked; the work casts the clip again under the words and draws it."""
        clip = self.clip
        if clip is None:
            raise RequestError("there is no clip yet; choose one")
        edit = Edit(self.strength, tuple(self.keep), tuple(self.change) or None)
        recipe = recipe_of(clip)
        asked: dict[str, Any] = {"seconds": clip.seconds, "seed": self.seed, "model": self.model or None}
        request = next_request(recipe, self.words, size=clip.size, **asked)

        def work() -> str:
            again = self._remixed(recipe, request, edit)
            with TemporaryDirectory() as folder:
                path = self.record(again, Path(folder) / "clip.mp4", size=clip.size, begun=CASTING)
                made, content = Clip.load(path), path.read_bytes()
            self._pictures, found = abreast((clip, made), self.width), diff(world_of(recipe), world_of(again))
            reel = self._reel(clip, made)
            self.param.update(made=made, file=content, differences=list(found), titles=list(TITLES), reel=reel)
            return again.notices[-1].capitalize()

        return work

    def _remixed(self, recipe: Recipe, request: Request, edit: Edit) -> Recipe:
        self.tell("Loading the model", 0.0)
        done = 0

        def watch(steps: Iterable[State]) -> Iterator[State]:
            nonlocal done
            for step in steps:
                done += 1
                self.tell(f"Casting: step {done} of {2 * STEPS}", done / (2 * STEPS) * CASTING)
                yield step

        return remixed(recipe, request, edit, watch=watch)

    def _reel(self, clip: Clip, made: Clip) -> dict[str, Any]:
        """Both beside each other, with the sound, impacts and captions of one."""
        heard = made if self.heard == SIDES[0] else clip
        film = heard_as(self._pictures, heard)
        label = f"{self.words}; from left to right: {'; '.join(TITLES)}"
        return marked_as(film, heard, label).fields()

    @param.depends("heard", watch=True)
    def _hear(self) -> None:
        if self.made is not None:
            self.reel = self._reel(self.clip, self.made)

    @param.depends("clip", watch=True)
    def _begin(self) -> None:
        """Show a new clip alone, until there is a remix of it."""
        if self.clip is not None:
            told = {} if self.running else {"message": "Say what shall be otherwise."}
            reel = Reel.of(self.clip).fields()
            self.param.update(made=None, file=b"", differences=[], titles=[], reel=reel, **told)


def _step(verb: str, request: Request | None, maker: str) -> str:
    asked = f"“{request.prompt}”, seed {request.seed}, " if request else ""
    return f"{verb}: {asked}{maker or 'a film'}"
