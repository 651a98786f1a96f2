"""Who may say a line, and what happens meanwhile: what :mod:`sora2lib.model.turns` reads of a world and its lines.

Speakers are called by what can be seen ("the taller one", "the girl in red"), by what the prompt called them before
("the wizard"), by the order in which they come up ("the other") or by names that tell nothing; so all of that is read.

Shapes: P players, M moments, N pieces of a phrase.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sora2lib.model import text
from sora2lib.model.meanings import PLAIN, meanings
from sora2lib.world.contacts import contacts
from sora2lib.world.nouns import DETERMINERS, lookup, mentions
from sora2lib.world.schema import World
from sora2lib.world.vocabulary import COLOURS

Array = NDArray[np.float32]
PLAYERS, MOMENTS = 8, 4  # that are read, at most
APART, LOUD = 0.3, 0.5  # s between two moments; share of the strongest blow that another must have to be one
OFTEN = 6  # blows that are alike are steps, or a rattle: nobody is startled by them
ROOM = 0.2  # s that must be left after a line that answers a moment
WORDS = text.WIDTH
PHRASE = 2 * WORDS + PLAIN  # numbers that tell a phrase
PAIR, LOOKS, LINE = 17, 8, 15  # numbers that tell how a phrase fits a player, what a player looks like, what a line is


@dataclass(frozen=True)
class Player:
    """One of a cast.

    Parameters
    ----------
    name : of the actor.
    asset : what it is.
    called : what the prompt calls it, without article; "" if it names nobody of this kind.
    colour : a name of the vocabulary.
    height : metres.
    across : how far to the right of the middle of the picture, as a share of the distance.
    mouth : whether it can move one.
    """

    name: str
    asset: str
    called: str
    colour: str
    height: float
    across: float
    mouth: bool


@dataclass(frozen=True)
class Company:
    """A cast, and what happens to it.

    Parameters
    ----------
    players : in the order of the cast, those with mouths first.
    moments : seconds at which something lands or hits.
    seconds : how long there is to speak.
    """

    players: tuple[Player, ...]
    moments: tuple[float, ...]
    seconds: float


@dataclass(frozen=True)
class Turn:
    """A line that is to be said.

    Parameters
    ----------
    speaker, text, manner, start, earliest : as of :class:`sora2lib.dialogue.Line`.
    lasting : seconds.
    """

    speaker: str
    text: str
    manner: str = ""
    lasting: float = 1.0
    start: float | None = None
    earliest: float = 0.0


@dataclass(frozen=True)
class Reading:
    """What the network reads for one line; of lines in a batch with one axis more in front."""

    phrase: Array  # (PHRASE,)
    said: Array  # (2, WORDS) its words, and those of the line before
    line: Array  # (LINE,)
    names: Array  # (P, 3, WORDS) what a player is, what it is called, its colour
    looks: Array  # (P, LOOKS)
    pair: Array  # (P, PAIR)
    moments: Array  # (M,) seconds after the end of the line before
    there: NDArray[np.bool_]  # (P + M,) whether there is such a player, such a moment


def company(world: World, prompt: str, mouths: Sequence[str], *, after: float = 0.0) -> Company:
    """Read a planned world as those see it who speak in it.

    Parameters
    ----------
    prompt : what the model read, without what is said.
    mouths : names of the actors that can move a mouth.
    after : second of the world from which on is spoken.
    """
    called, at = _called(prompt, world.asset.values.tolist()), int(np.searchsorted(_since(world), after - 1e-6))
    eye, target = (world[f"camera_{name}"].values[at] for name in ("eye", "target"))
    right = np.cross(target - eye, [0.0, 0.0, 1.0])
    off = world.position.values[:, at] - eye
    across = off @ (right / max(float(np.linalg.norm(right)), 1e-9)) / np.maximum(np.linalg.norm(off, axis=-1), 1e-9)
    players = [
        Player(
            name, asset, name if handle else called[i], _colour(world.colour.values[i]),
            float(world.size.values[i, 2]), float(across[i]), name in mouths,
        )
        for i, (name, asset, handle) in enumerate(_cast(world))
    ]  # fmt: skip
    ordered = sorted(players, key=lambda it: not it.mouth)
    return Company(tuple(ordered[:PLAYERS]), tuple(_moments(world, after)), world.seconds - after)


def _cast(world: World) -> Iterator[tuple[str, str, str]]:
    return zip(*(world[name].values.tolist() for name in ("actor", "asset", "cameo")), strict=True)


def _since(world: World) -> NDArray[np.float64]:
    return np.asarray(world.time.values - world.time.values[0])


def _colour(rgb: NDArray[np.float64]) -> str:
    return min(COLOURS, key=lambda name: float(np.square(np.asarray(COLOURS[name].rgb) - rgb).sum()))


def _called(prompt: str, assets: list[str]) -> list[str]:
    """What a prompt calls each of a cast: of those that are alike the first is the one that is named first."""
    found = [""] * len(assets)
    for match in mentions(prompt):
        name = " ".join([*_before(prompt[: match.start]), match.word])
        again = re.search(r"\bthe (?:\w+ )?$", prompt[: match.start].lower()) and name in found
        free = [i for i, asset in enumerate(assets) if asset == match.asset and not found[i]]
        if free and not again:
            found[free[0]] = name
    return found


def _before(words: str) -> list[str]:
    """The adjectives with which a text ends, two at most."""
    kept: list[str] = []
    for word in reversed(re.findall(r"[\w'-]+(?=\s)(?!\s*[,.;:])", words.lower())[-2:]):
        if word in DETERMINERS or word in text.FUNCTION_WORDS:
            break
        kept.insert(0, word)
    return kept


def _moments(world: World, after: float) -> list[float]:
    """When something lands or hits hardest, in seconds after ``after``."""
    found = contacts(world)
    hard = found.impulse >= LOUD * found.impulse.max(initial=0.0)
    times: list[float] = []
    for time in found.time[hard] - float(world.time.values[0]) - after:
        if time > 0 and (not times or time - times[-1] > APART):
            times.append(float(time))
    return times if len(times) < OFTEN else []


def reading(them: Company, turns: Sequence[Turn], who: Sequence[int | None], free: float) -> Reading:
    """What the network reads for the next of some lines.

    Parameters
    ----------
    turns : the lines; those before the next one are decided.
    who : which player said each of those before, or None for a voice off.
    free : second at which the last of them ends.
    """
    turn, last = turns[len(who)], turns[len(who) - 1] if who else None
    count = len(them.players)
    looks, pair = np.zeros((PLAYERS, LOOKS), np.float32), np.zeros((PLAYERS, PAIR), np.float32)
    names = np.zeros((PLAYERS, 3, WORDS), np.float32)
    looks[:count], pair[:count] = _looks(them.players), _pair(them.players, turns, who)
    for i, it in enumerate(them.players):
        names[i] = [_meaning(name) for name in _named(it)]
    later = [time - free for time in them.moments if time - free >= 0 and time + turn.lasting + ROOM <= them.seconds]
    moments = np.zeros(MOMENTS, np.float32)
    moments[: len(later)] = later[:MOMENTS]
    there = np.r_[np.arange(PLAYERS) < count, np.arange(MOMENTS) < len(later)]
    said = np.stack([_meaning(turn.text), _meaning(last.text if last else "")])
    line = _line(turn, last, who, them)
    return Reading(_phrase(turn.speaker), said, line, names, looks, pair, moments, there)


@lru_cache(maxsize=20_000)
def _meaning(words: str) -> Array:
    return text.sentence_vector(words)


def _named(player: Player) -> tuple[str, str, str]:
    return player.asset.removeprefix("noun:"), player.called, player.colour


def _line(turn: Turn, last: Turn | None, who: Sequence[int | None], them: Company) -> Array:
    before = "" if last is None else last.text.rstrip()
    here = turn.text.rstrip()
    able = sum(it.mouth for it in them.players)
    numbers = [
        turn.lasting / 3, here.endswith("?"), here.endswith("!"), turn.manner == "shout", turn.manner == "whisper",
        not who, turn.start is not None, turn.speaker[:1].isupper(), len(here.split()) / 10, before.endswith("?"),
        before.endswith("!"), bool(who) and who[-1] is None, able == 1, able == 2, able > 2,
    ]  # fmt: skip
    return np.array(numbers, dtype=np.float32)


def _looks(players: Sequence[Player]) -> Array:
    """What each looks like beside the others, (P, LOOKS)."""
    able = [it for it in players if it.mouth] or list(players)
    rows = []
    for i, it in enumerate(players):
        lower, left = (sum(other < own for other in them) / max(len(able) - 1, 1) for own, them in
                       ((it.height, [o.height for o in able]), (it.across, [o.across for o in able])))  # fmt: skip
        alike = [other for other in players if other.asset == it.asset]
        rows.append([
            it.height, lower, it.across, left, it.mouth, i / 2, len(alike) == 1,
            alike.index(it) / max(len(alike) - 1, 1),
        ])  # fmt: skip
    return np.array(rows, dtype=np.float32).reshape(-1, LOOKS)


def _pair(players: Sequence[Player], turns: Sequence[Turn], who: Sequence[int | None]) -> Array:
    """How the phrase of the next line fits each player, in itself and beside the others, and who spoke, (P, PAIR)."""
    phrase = turns[len(who)].speaker.lower().lstrip("@")
    fits = np.array([_fits(phrase, it.asset, it.called, it.colour, it.name) for it in players]).reshape(-1, 6)
    beside = fits - np.max(fits, axis=0, initial=0.0)
    rows = []
    for i in range(len(players)):
        own = [n for n, one in enumerate(who) if one == i]
        same = [n for n in own if turns[n].speaker.lower().lstrip("@") == phrase]
        newest = max((n for n, one in enumerate(who) if one is not None), default=-1)
        rows.append([
            bool(same), bool(own) and own[-1] == len(who) - 1, bool(own), 1 / (1 + len(who) - own[-1]) if own else 0,
            bool(own) and own[-1] == newest,
        ])  # fmt: skip
    return np.concatenate([fits, beside, np.array(rows).reshape(-1, 5)], axis=1).astype(np.float32)


@lru_cache(maxsize=20_000)
def _fits(phrase: str, asset: str, called: str, colour: str, name: str) -> tuple[float, ...]:
    """How near a phrase is to what a player is, is called and wears; how many of its words are the same."""
    own = f"{asset.removeprefix('noun:')} {called} {name}".lower().split()
    words = phrase.split()
    match = lookup(phrase) if words else None
    return (
        _near(phrase, asset.removeprefix("noun:")), _near(phrase, called), _near(phrase, colour),
        float(match is not None and match.asset == asset), sum(it in own for it in words) / max(len(words), 1),
        float(phrase in (called, name.lower())),
    )  # fmt: skip


def _near(phrase: str, other: str) -> float:
    """The greatest cosine of a piece of a phrase and one of another."""
    a, b = (text.encode(it)[1] / WORDS**0.5 for it in (phrase, other))
    return float((a @ b.T).max()) if len(a) and len(b) else 0.0


@lru_cache(maxsize=20_000)
def _phrase(speaker: str) -> Array:
    """A phrase (PHRASE,): the mean of its pieces, small words and all, its last piece, and what its words mean."""
    phrase = speaker.lower().lstrip("@")
    plain = meanings(phrase)
    last = text.encode(phrase)[1][-1:] / WORDS**0.5
    return np.concatenate([_mean(phrase), last.sum(axis=0), plain.max(axis=0, initial=0.0)]).astype(np.float32)


def _mean(phrase: str) -> Array:
    rows = text.encode(phrase)[1]
    total = rows.sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)
