"""What is true of a scene, in the words of the vocabulary: the bridge between worlds, captions and scores.

A family states the facts while it sets the stage; captions mention some of them; the evaluation checks
those that were mentioned against the world that came out.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Thing:
    """A group of like actors that a caption can name.

    ``role`` is "subject" (it acts), "target" (it is acted upon) or "prop" (it stands there).
    ``colour``, ``size`` and ``material`` are names of the vocabulary, or "" where the asset fixes them.
    """

    role: str
    asset: str
    actors: tuple[str, ...]
    colour: str = ""
    size: str = ""
    material: str = ""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.actors)


@dataclass(frozen=True)
class Facts:
    """Everything a caption may say.

    ``action`` and ``outcome`` are names that the family defines; ``direction`` is "left", "right" or "" as seen by
    the camera at the start; ``speed`` is "slow", "fast" or "" in between.
    """

    family: str
    action: str
    things: tuple[Thing, ...]
    ground: str
    light: str
    weather: str
    camera: str
    camera_direction: str
    framing: str
    outcome: str = ""
    direction: str = ""
    speed: str = ""

    def to_json(self) -> str:
        """Return JSON text, as kept in ``world.attrs["facts"]``."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        """Read :meth:`to_json` text."""
        plain: dict[str, Any] = json.loads(text)
        things = tuple(Thing(**{**thing, "actors": tuple(thing["actors"])}) for thing in plain.pop("things"))
        return cls(things=things, **plain)
