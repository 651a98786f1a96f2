"""How loud the parts of a sound are in their mix."""

from dataclasses import asdict, dataclass, fields

from sora2lib.errors import RequestError
from sora2lib.request import check


@dataclass(frozen=True)
class Levels:
    """Gain of each stem in a mix, 0 to 10; 1 leaves it as it is, 0 silences it.

    Raises
    ------
    RequestError
        A gain is no number from 0 to 10.

    >>> Levels(music=0.5)
    Levels(effects=1.0, ambience=1.0, music=0.5, speech=1.0)
    """

    effects: float = 1.0
    ambience: float = 1.0
    music: float = 1.0
    speech: float = 1.0

    def __post_init__(self) -> None:
        for name in asdict(self):
            object.__setattr__(self, name, check(name, getattr(self, name)))

    @classmethod
    def parse(cls, text: str) -> "Levels":
        """Read levels as the command line gives them.

        >>> Levels.parse("music=0, speech=1.5")
        Levels(effects=1.0, ambience=1.0, music=0.0, speech=1.5)
        """
        try:
            pairs = [part.split("=") for part in text.split(",")]
            return cls(**{name.strip(): float(value) for name, value in pairs})
        except (TypeError, ValueError) as error:
            known = ", ".join(it.name for it in fields(cls))
            told = f"{text[:60]!r} are no levels; write some of {known}, as in 'music=0,speech=1.5'"
            raise RequestError(told) from error
