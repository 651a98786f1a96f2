"""Who speaks: voices by age, pitch and manner, made from one, and which of them a name in a prompt stands for."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Speaker:
    """A voice, told by how it differs from a woman's of middle age.

    Parameters
    ----------
    name : such as "old man".
    pitch : times as high.
    mouth : times as short as hers, by which all that is tone colour lies higher.
    lively : how much the pitch goes up and down; 0 is a monotone.
    pace : times as fast.
    breath : dB more air.
    bright : dB an octave.
    loud : dB.
    whispers : whether it speaks without voice.
    tone : dB in each of the bands of :mod:`sora2lib.cameo.voice`, or () for none more.

    >>> SPEAKERS["boy"].pitch > SPEAKERS["man"].pitch
    True
    """

    name: str
    pitch: float = 1.0
    mouth: float = 1.0
    lively: float = 1.0
    pace: float = 1.0
    breath: float = 0.0
    bright: float = 0.0
    loud: float = 0.0
    whispers: bool = False
    tone: tuple[float, ...] = field(default=(), repr=False)  # the breath of a speaker, drawn by the rest, stays


_ALL = (
    Speaker("woman"),
    Speaker("man", pitch=0.58, mouth=0.86),
    Speaker("young woman", pitch=1.14, mouth=1.03, pace=1.08, lively=1.2, bright=0.5),
    Speaker("young man", pitch=0.68, mouth=0.91, pace=1.08, lively=1.15, bright=0.5),
    Speaker("old woman", pitch=0.88, mouth=0.97, pace=0.86, lively=1.35, breath=5.0, bright=-0.8),
    Speaker("old man", pitch=0.66, mouth=0.84, pace=0.84, lively=1.4, breath=6.0, bright=-1.0),
    Speaker("girl", pitch=1.48, mouth=1.15, lively=1.15),
    Speaker("boy", pitch=1.28, mouth=1.07, pace=1.04),
    Speaker("small child", pitch=1.65, mouth=1.22, pace=0.95, lively=1.3),
    Speaker("deep man", pitch=0.46, mouth=0.80, pace=0.93),
    Speaker("deep woman", pitch=0.78, mouth=0.94, pace=0.96, lively=0.9),
    Speaker("giant", pitch=0.37, mouth=0.74, pace=0.82, lively=0.9, bright=-0.5),
    Speaker("sprite", pitch=1.9, mouth=1.12, pace=1.1, lively=1.3, breath=3.0, bright=1.0),
    Speaker("robot", pitch=0.62, mouth=0.96, lively=0.0, pace=0.95, bright=1.5),
)
SPEAKERS: dict[str, Speaker] = {speaker.name: speaker for speaker in _ALL}
# Words of a speaker's name that tell age and kind; the first row that fits counts.
_TOLD = (
    ("robot", "robot android machine computer ai drone"),
    ("giant", "giant ogre troll monster dragon titan"),
    ("sprite", "fairy elf sprite pixie mouse squirrel bird"),
    ("small child", "baby toddler kitten puppy"),
    ("old woman", "grandmother grandma granny crone"),
    ("old man", "grandfather grandpa wizard elder hermit"),
    ("girl", "girl daughter princess sister schoolgirl"),
    ("boy", "boy son kid child prince brother schoolboy"),
    ("woman", "woman lady mother mom mum queen she her actress waitress nurse wife girlfriend heroine narrator"),
    ("man", "man gentleman father dad king he him guy sir mr actor waiter viking sailor husband boyfriend hero"),
)
_PRONOUNS = frozenset(("he", "she", "him", "her", "they"))
_AGES = {"old": "old", "elderly": "old", "aged": "old", "young": "young", "teenage": "young", "deep": "deep"}
_GROWN = ("woman", "man", "young woman", "young man", "deep woman", "deep man", "old woman", "old man")


def cast(names: Iterable[str]) -> dict[str, Speaker]:
    """Give each name a voice: one that its words tell, else any grown one; two names get two voices.

    >>> [it.name for it in cast(["Old man", "Girl", "Freya"]).values()][:2]
    ['old man', 'girl']
    """
    given: dict[str, Speaker] = {}
    for name in dict.fromkeys(names):
        wanted = [it for it in (_told(name), *_near(name)) if it]
        taken = {speaker.name for speaker in given.values()}
        given[name] = SPEAKERS[next((one for one in wanted if one not in taken), wanted[0])]
    return given


def tells(name: str) -> bool:
    """Whether a name tells a voice; pronouns do not, they may stand for old and young.

    >>> tells("old man"), tells("he"), tells("Freya")
    (True, False, False)
    """
    return name.lower() not in _PRONOUNS and _told(name) is not None


def _told(name: str) -> str | None:
    words = re.findall(r"[a-z]+", name.lower())
    kind = next((kind for kind, known in _TOLD if set(words) & set(known.split())), None)
    age = next((_AGES[word] for word in words if word in _AGES), None)
    aged = f"{age} {kind}"
    return aged if aged in SPEAKERS else kind


def _near(name: str) -> list[str]:
    """Voices that a name may have, in an order of its own: those of its kind first, then all that are grown."""
    kind = _told(name)
    order = sorted(_GROWN, key=lambda one: hashlib.blake2b(f"{name}/{one}".encode(), digest_size=8).digest())
    alike = [one for one in order if kind and one.split()[-1] == kind.split()[-1]]
    return [*alike, *order]


def in_manner(speaker: Speaker, manner: str) -> Speaker:
    """Return a voice that shouts or whispers: a shout is higher, brighter and louder, a whisper is breath alone.

    It is the whisper of a stage, 6 dB below speech: one as soft as in life, 15 dB or so, is lost under any music.
    """
    if manner == "shout":
        return replace(
            speaker,
            pitch=1.35 * speaker.pitch,
            lively=1.2 * speaker.lively,
            pace=0.95 * speaker.pace,
            bright=speaker.bright + 2.5,
            loud=speaker.loud + 8.0,
        )
    if manner == "whisper":
        return replace(speaker, pace=0.93 * speaker.pace, bright=2.0, loud=speaker.loud - 6.0, whispers=True)
    return speaker
