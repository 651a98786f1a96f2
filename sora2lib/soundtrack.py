"""What is heard of a clip: the sound of its world, at which levels, and how much of a sound that was given."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.levels import Levels
from sora2lib.request import check

Sound = NDArray[np.float32]
LONGEST = 120.0  # s of a given sound that are kept: no clip is longer
NOTICED = 0.05  # s that a given sound is shorter or longer than a clip, from which that is told


@dataclass(frozen=True, eq=False, repr=False)
class Soundtrack:
    """What is heard of a clip, wherever and however often it is drawn again.

    Parameters
    ----------
    track : (2, samples) float32 at 48 kHz, -1..1, made read-only: a sound that was given; None for none.
    start : second of the world at which the given sound begins.
    mix : share of the given sound, 0 to 1: 0 lets the clip's own sound be heard alone, 1 the given one alone, which
        without a track is silence.
    levels : of the clip's own sound.

    >>> Soundtrack(np.zeros((2, 96_000), np.float32), mix=0.5)
    Soundtrack(2 s given, from 0 s, mix 0.5)
    """

    track: Sound | None = None
    start: float = 0.0
    mix: float = 0.0
    levels: Levels = field(default_factory=Levels)

    def __post_init__(self) -> None:
        if self.track is not None:
            view = self.track.view()
            view.flags.writeable = False
            object.__setattr__(self, "track", view)

    @property
    def seconds(self) -> float:
        """How long the given sound is."""
        return 0.0 if self.track is None else self.track.shape[1] / media.RATE

    @property
    def plain(self) -> bool:
        """Whether the sound of the world is heard as it is."""
        return self.mix == 0 and self.levels == Levels()

    @property
    def silent(self) -> bool:
        """Whether nothing is heard at all."""
        return self.mix == 1 and self.track is None

    def given(self, start: float, samples: int) -> Sound:
        """What is heard of the given sound (2, samples) from a second of the world on, with silence around it."""
        out = np.zeros((2, samples), np.float32)
        if self.track is not None:
            first = round((self.start - start) * media.RATE)
            heard = self.track[:, max(0, -first) : max(0, samples - first)]
            out[:, max(0, first) : max(0, first) + heard.shape[1]] = heard
        return out

    def alike(self, other: "Soundtrack") -> bool:
        """Whether the same is heard."""
        if (self.start, self.mix, self.levels) != (other.start, other.mix, other.levels):
            return False
        if self.track is None or other.track is None:
            return self.track is other.track
        return np.array_equal(self.track, other.track)

    def remarks(self, start: float, seconds: float) -> tuple[str, ...]:
        """Say so if a given sound is shorter or longer than a clip that begins at a second of the world."""
        if self.track is None or not self.mix:
            return ()
        late = self.start + self.seconds - start - seconds
        if abs(late) < NOTICED:
            return ()
        rest = "in silence" if self.mix == 1 else "with its own sound alone"
        after = "it is cut off where the clip ends" if late > 0 else f"then the clip goes on {rest}"
        return (f"the given sound lasts {self.seconds:.3g} s; {after}",)

    def to_plain(self) -> dict[str, Any]:
        """What JSON can hold of it; the given sound as Opus, in a text."""
        packed = "" if self.track is None else media.packed_sound(self.track)
        return {"track": packed, "start": self.start, "mix": self.mix, "levels": asdict(self.levels)}

    @classmethod
    def from_plain(cls, plain: Any) -> "Soundtrack":
        """Undo :meth:`to_plain`.

        Raises
        ------
        ValueError, KeyError, TypeError, RequestError, MediaError
            It was changed since.
        """
        track = media.unpacked_sound(str(plain["track"]), seconds=LONGEST) if plain["track"] else None
        start, mix = float(plain["start"]), check("mix", float(plain["mix"]))
        if not np.isfinite(start):
            raise ValueError(f"a sound that starts at {start}")
        return cls(track, start, mix, Levels(**plain["levels"]))

    def __repr__(self) -> str:
        given = f"{self.seconds:.3g} s given, from {self.start:.3g} s, " if self.track is not None else ""
        levels = "" if self.levels == Levels() else f", {self.levels}"
        return f"Soundtrack({given}mix {self.mix:g}{levels})"


OWN = Soundtrack()
SILENT = Soundtrack(mix=1.0)
