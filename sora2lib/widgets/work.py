"""Work that a page waits for: in a thread of its own, one at a time, with progress, and stopped when asked."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Timer
from time import monotonic
from typing import Any

import param

from sora2lib import film
from sora2lib.errors import Sora2Error, Stopped
from sora2lib.film import Frame
from sora2lib.recipe import Recipe

TURN = Lock()  # two clips at once would take twice as long each
Task = Callable[[], str]


class Work(param.Parameterized):
    """State with work behind it: :meth:`start` works in a thread of its own, :meth:`make` in the caller's.

    A subclass says in :meth:`task` what there is to do; whatever is wrong with what is asked is found there.
    """

    running = param.Boolean(False, doc="Whether there is work to wait for.")
    fraction = param.Number(0.0, bounds=(0, 1), doc="How much of the work is done.")
    message = param.String("", doc="Where the work is, or why it ended.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)  # type: ignore[no-untyped-call]
        self._stop = Event()

    def task(self) -> Task:
        """Check what is asked and return what does it, and then says how it went."""
        raise NotImplementedError

    def start(self) -> None:
        """Work in a thread; without effect while there is other work."""
        if not self.running and (task := self._accepted()):
            # A page is still busy with the click that led here; what a thread tells it meanwhile may get lost.
            thread = Timer(0.1, self._do, [task])
            thread.daemon = True
            thread.start()

    def make(self) -> None:
        """Work, and return when it is done, or when :attr:`message` says why not."""
        if task := self._accepted():
            self._do(task)

    def cancel(self) -> None:
        """Stop the work at the next step or frame; what was there stays."""
        self._stop.set()

    def tell(self, message: str, fraction: float) -> None:
        """Say how far the work is; where it was cancelled meanwhile, it ends here."""
        self._check()
        self.param.update(message=message, fraction=fraction)

    def record(self, recipe: Recipe, path: Path, *, size: str, begun: float = 0.0) -> Path:
        """Draw a recipe into a file as :func:`sora2lib.film.record` does, told frame by frame.

        Parameters
        ----------
        begun : how much of the whole work is done already, 0 to 1.
        """
        self.tell("Sound", begun)

        def watch(frames: Iterable[Frame]) -> Iterator[Frame]:
            began = monotonic()
            for index, frame in enumerate(frames, start=1):
                yield frame
                place = f"frame {index} of {recipe.frames}, {remaining(began, index, recipe.frames)}"
                self.tell(f"Drawing: {place}", begun + index / recipe.frames * (1 - begun))

        return film.record(recipe, path, size=size, watch=watch)

    def _accepted(self) -> Task | None:
        try:
            task = self.task()
        except Sora2Error as error:
            self.message = str(error)
            return None
        self._stop.clear()
        self.param.update(running=True, fraction=0.0, message="Waiting for another clip")
        return task

    def _do(self, task: Task) -> None:
        message = "Something went wrong; the log says what"
        try:
            with self._turn():
                message = task()
        except Sora2Error as error:
            message = str(error)
        except KeyboardInterrupt:
            message = "Cancelled"
            raise
        finally:
            self.param.update(running=False, message=message)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        while not TURN.acquire(timeout=0.1):
            self._check()
        try:
            yield
        finally:
            TURN.release()

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped("Cancelled")


def remaining(began: float, done: int, total: int) -> str:
    """Say how long the rest takes at the pace so far, in words.

    >>> remaining(monotonic() - 10, 5, 10)
    '10 s left'
    """
    return f"{(monotonic() - began) / done * (total - done):.0f} s left"
