"""A process that decodes one file from outside, and what it answers, of which nothing is believed unchecked.

T pictures, H height, W width, K channels of colour, C channels of sound, N samples.
"""

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import MediaError

CHILD = Path(__file__).with_name("child.py")
PATIENCE = 60.0  # s in which a child must say something
_PIPE = 2**20  # bytes that lie ready for the parent
_LINE = 10_000  # bytes that a message may have before its content
_SIDE, _SPARE = 2**14, 4096  # most pixels of a side; bytes at the end of a row that hold none
_PASSED_ON = ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # what it may take to find the codecs


@dataclass(frozen=True, eq=False)
class Foreign:
    """What a file from outside holds.

    Parameters
    ----------
    frames : (T, H, W, K) uint8, upright; K is 4 where an opacity was asked for and is there; none of a sound.
    time_T : (T,) seconds at which each is shown, from the first one on, NaN where the file does not say.
    fps : frames a second that the file says; 0 of pictures and where it says nothing.
    sound : (C, N) float32; none where there is no sound.
    rate : samples a second of ``sound``.
    source_rate : the same in the file.
    seconds : that the file says it lasts, or that was decoded of it where that is more.
    digest : SHA-256 of the file, hex.
    """

    frames: NDArray[np.uint8]
    time_T: NDArray[np.float64]
    fps: float
    sound: NDArray[np.float32]
    rate: int
    source_rate: int
    seconds: float
    digest: str = ""


def decoded(name: str, file: IO[bytes], ask: dict[str, Any]) -> Foreign:
    """Let a child decode an open file as it is asked to; errors call the file ``name``.

    Raises
    ------
    MediaError
        The child refuses the file, breaks, hangs, takes more than it may, or answers nonsense.
    """
    got = _Gathered(ask["room"])
    with _started(file, ask) as child, _Watch(child) as watch:
        assert child.stdout is not None
        with suppress(ValueError, KeyError, TypeError, OverflowError):
            for told in _messages(child.stdout):
                watch.heard.set()
                got.take(told, child.stdout)
        if not got.whole:
            with suppress(subprocess.TimeoutExpired):
                child.wait(1)
    if got.refused:
        raise MediaError(f"{name} {got.refused}")
    if not got.whole:
        raise MediaError(f"{name} {_why(watch.late, child.returncode, ask)}")
    return got.foreign()


def _started(file: IO[bytes], ask: dict[str, Any]) -> subprocess.Popen[bytes]:
    # It finds the packages that this process does, and is told nothing else of its environment.
    around = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    around |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", "-P", str(CHILD), json.dumps(ask)]
    return subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=around, pipesize=_PIPE
    )


def _why(late: bool, code: int, ask: dict[str, Any]) -> str:
    """Why there is no whole answer."""
    if late:
        return f"takes more than {PATIENCE:g} s of decoding without a picture or a sound; give a smaller one"
    if code == -getattr(signal, "SIGXCPU", sys.maxsize):
        return f"takes more than {ask['processor']} s of the processor to decode; give a part of it"
    return f"broke its decoder, which was stopped (code {code}); copy it again, or make it anew"


class _Watch(Thread):
    """Kills a child that has not been ``heard`` of for long, and at the end."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True, name="sora2lib-decoder")
        self.child, self.heard, self.late, self.over = child, Event(), False, False

    def run(self) -> None:
        while self.heard.wait(PATIENCE):
            self.heard.clear()
            if self.over:
                return
        self.late = True
        self.child.kill()

    def __enter__(self) -> "_Watch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        self.heard.set()
        self.child.kill()
        self.join()


def _messages(pipe: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Messages until the child ends, or breaks off amidst one."""
    while (line := pipe.readline(_LINE)).endswith(b"\n"):
        yield json.loads(line)


class _Gathered:
    """What has come in so far, never more than ``room`` bytes."""

    def __init__(self, room: int) -> None:
        self.room, self.about, self.refused, self.whole = room, dict[str, Any](), "", False
        self.frames, self.count, self.turn = np.zeros((0, 1, 1, 3), np.uint8), 0, 0
        self.times, self.lasts, self.sounds = list[float](), 0.0, list[NDArray[np.float32]]()
        self.rate = 0

    def take(self, told: dict[str, Any], pipe: IO[bytes]) -> None:
        """Take a message and what lies behind it in the pipe."""
        if "picture" in told:
            self._picture(told, pipe)
            return
        content = pipe.read(self._room(told["bytes"]))
        if "sound" in told:
            self.rate = int(told["rate"])
            self.sounds.append(np.frombuffer(content, np.float32).reshape(-1, told["sound"]).T)
        elif "refused" in told:
            # Words from outside, without what would steer a terminal.
            self.refused = "".join(it if it.isprintable() else " " for it in str(told["refused"]))[:300]
        else:
            self.about |= told
            self.whole = "end" in told

    def _room(self, count: int) -> int:
        if not 0 <= count <= self.room:
            raise ValueError(f"{count} bytes")
        self.room -= count
        return count

    def _picture(self, told: dict[str, Any], pipe: IO[bytes]) -> None:
        width, height, channels, row = (int(told["picture"][key]) for key in ("width", "height", "channels", "row"))
        spare = row - channels * width
        if not (0 < width <= _SIDE and 0 < height <= _SIDE and channels in (3, 4) and 0 <= spare <= _SPARE):
            raise ValueError(f"a picture of {width}x{height}")
        size = (height, width, channels)
        if self.count == len(self.frames):
            self._grow(size)
        if self.frames.shape[1:] != size or told["bytes"] != row * height:
            raise ValueError("pictures of two sizes")
        self._room(told["bytes"])
        target = self.frames[self.count]
        rows = np.empty((height, row), np.uint8) if spare else target
        if pipe.readinto(rows.data.cast("B")) != row * height:  # type: ignore[attr-defined]
            raise ValueError("a picture that breaks off")
        if spare:
            target[...] = rows[:, : channels * width].reshape(size)
        self.count, self.turn = self.count + 1, int(told["turn"])
        self.times.append(self.lasts if "lasts" in told else float("nan" if told["time"] is None else told["time"]))
        self.lasts += float(told.get("lasts", 0))

    def _grow(self, size: tuple[int, int, int]) -> None:
        """Make place for as many pictures as the file says it has, or half as many again as there are."""
        more = max(int(self.about.get("pictures", 1)), 1) if not self.count else self.count // 2 + 1
        fresh = np.empty((min(more, self.room // math.prod(size) + 1), *size), np.uint8)
        self.frames = np.concatenate([self.frames, fresh]) if self.count else fresh

    def foreign(self) -> Foreign:
        """All that came."""
        upright = np.rot90(self.frames[: self.count], self.turn % 4, axes=(1, 2))
        sound = np.concatenate(self.sounds, axis=1) if self.sounds else np.zeros((1, 0), np.float32)
        time_T = np.array(self.times)
        seconds = max(float(self.about.get("seconds", 0)), self.lasts, sound.shape[1] / max(self.rate, 1))
        return Foreign(
            np.ascontiguousarray(upright),
            time_T - time_T[:1],
            float(self.about.get("fps", 0)),
            sound,
            self.rate,
            int(self.about.get("rate", 0)),
            seconds,
        )
