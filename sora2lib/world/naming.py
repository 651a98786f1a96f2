"""Names of things with some of what they look like, and the memory of what a caption has stated."""

from typing import NamedTuple

from sora2lib.world import adjectives, phrases
from sora2lib.world.assets import ASSETS, find
from sora2lib.world.cutouts import PREFIX, plural
from sora2lib.world.facts import Facts, Thing
from sora2lib.world.grammar import Choice, Dice, choice, listed, with_article

STAGE_PROPS = frozenset({"ramp", "stairs", "seesaw", "gantry", "table", "goal", "trampoline", "slide"})
DECOR = frozenset({"tree", "rock", "house"})
NAMED_ODDS = 0.97  # of calling the subject by its name
ODDS = {  # of a detail at full density; other details have 1
    "weather": 0.6,
    "framing": 0.6,
    "decor": 0.8,
    "speed": 0.8,
    "direction": 0.8,
    "subject material": 0.8,
    "target material": 0.7,
    "target size": 0.8,
}


class Clause(NamedTuple):
    """One thing that a caption states.

    ``kind`` is action, outcome, count, colour, size, material, asset, ground, light, weather, camera, framing,
    direction or speed; ``role`` is subject, target, both, stage (ramp, stairs, see-saw, frame), decor (with a number
    from the second on) or scene; ``value`` is a name of the vocabulary, a number, or "family/action". A word that may
    stand for several assets states no more than that: "kid" is "boy|girl".
    """

    kind: str
    role: str
    value: str


def choices(table: dict[str, tuple[str, ...]]) -> dict[str, Choice[str]]:
    """Split every row of a table of phrases."""
    return {name: choice(words) for name, words in table.items()}


def one_and_several(noun: str) -> tuple[str, str]:
    """Return both numbers of a noun as tables have it: "domino/dominoes", or with an s."""
    one, _, many = noun.partition("/")
    return one, many or one + "s"


COLOURS, SIZES = choices(adjectives.COLOURS), choices(adjectives.SIZES)
MATERIALS, STUFFS = choices(adjectives.MATERIALS), choices(adjectives.STUFFS)
ADJECTIVES = {"size": SIZES, "colour": COLOURS, "material": MATERIALS}


class _Words(dict[str, Choice[tuple[str, str]]]):
    """What assets are called, one and several; those of pictures are made when they are asked for."""

    def __missing__(self, asset: str) -> Choice[tuple[str, str]]:
        it = find(asset)
        names = (it.name.removeprefix(PREFIX), *it.synonyms)
        self[asset] = choice([f"{name}/{plural(name)}" for name in names], one_and_several)
        return self[asset]


NOUNS = _Words(
    (
        name,
        choice(
            phrases.ASSETS.get(name) or (f"{name}/{it.plural}" if it.plural else name, *it.synonyms), one_and_several
        ),
    )
    for name, it in ASSETS.items()
)
BEARERS: dict[str, list[str]] = {}  # assets that share a word, by the word
for _asset, _words in NOUNS.items():
    for _one, _ in {*_words.train, *_words.held}:
        BEARERS.setdefault(_one, []).append(_asset)
CRADLE_BOBS = choice(phrases.CRADLE_BOBS, one_and_several)
GROUPS: dict[int, Choice[str]] = {count: choice(words) for count, words in phrases.GROUPS.items()}


def cast(things: tuple[Thing, ...]) -> dict[str, Thing]:
    """Return who is who in a caption; of two that meet, the second is called the target."""
    roles: dict[str, Thing] = {}
    for thing in things:
        if thing.role != "prop":
            roles["target" if thing.role == "target" or "subject" in roles else "subject"] = thing
        elif thing.asset in STAGE_PROPS:
            roles.setdefault("stage", thing)
        elif thing.asset in DECOR:
            seen = sum(role.startswith("decor") for role in roles)
            roles[f"decor {seen + 1}" if seen else "decor"] = thing
    return roles


class Namer:
    """Names the things of a scene; ``stated`` are the clauses told so far.

    Parameters
    ----------
    density : share of the details that it mentions, 0..1.
    """

    def __init__(self, facts: Facts, dice: Dice, density: float) -> None:
        self.facts, self.dice, self.density = facts, dice, density
        self.stated: set[Clause] = set()
        self.cast = cast(facts.things)
        self._bare = dice.chance(0.08)  # no articles, as in a headline
        self._known: dict[str, str] = {}
        self._told: set[str] = set()

    def clauses(self) -> frozenset[Clause]:
        """Return what was stated; "a box" says nothing of how many there are when it is thrown at one not mentioned."""
        first, second = self.cast["subject"], self.cast.get("target")
        unmentioned = (
            second is not None and second.asset == first.asset and not any(it.role == "target" for it in self.stated)
        )
        return frozenset(it for it in self.stated if not (unmentioned and it.kind == "count" and it.role == "subject"))

    def has(self, role: str) -> bool:
        """Whether a thing of that role is there."""
        return role in self.cast

    def wants(self, detail: str) -> bool:
        """Draw whether to mention a detail; what was mentioned is not wanted again."""
        if detail in self._told or not self.dice.chance(self.density * ODDS.get(detail, 1.0)):
            return False
        self._told.add(detail)
        return True

    def state(self, kind: str, role: str, value: str) -> None:
        """Note that the caption states something."""
        self.stated.add(Clause(kind, role, value))

    def many(self, role: str) -> bool:
        """Whether the thing is more than one."""
        return self.cast[role].count > 1

    def name(self, role: str, *, article: bool = True) -> str:
        """Name a thing: "two small red balls made of rubber"; the second time it is "the balls"."""
        if article and role in self._known:
            return f"the {self._known[role]}"
        noun = self._noun(role)
        adjectives, after = self._adjectives(role)
        text = " ".join([*adjectives, noun])
        taken = [known for other, known in self._known.items() if other != role]
        self._known.setdefault(role, next((it for it in (noun, text) if it not in taken), f"other {noun}"))
        if noun in phrases.UNNAMED:
            return noun + after if not adjectives else f"{with_article(text.replace(noun, 'object'))}{after}"
        if self.many(role):
            return self._count(role, alone=not article) + text + after
        if not article or (self._bare and role in ("subject", "target")):
            return text + after
        return self._article(role, text, repeats=text in taken) + after

    def both(self) -> str:
        """Name subject and target in one: "two red balls"."""
        first, second = self.cast["subject"], self.cast["target"]
        words = []
        for kind, table in ADJECTIVES.items():
            value = getattr(first, kind)
            if value and value == getattr(second, kind) and self.wants(f"subject {kind}"):
                words.append(self.dice.word(table[value]))
                self.state(kind, "subject", value)
                self.state(kind, "target", value)
        self.state("count", "both", "2")
        self._told |= {f"{role} {kind}" for role in ("subject", "target") for kind in ADJECTIVES}
        noun, nouns = self.dice.word(NOUNS[first.asset])
        self._state_asset("subject", noun)
        self._state_asset("target", noun)
        self._known |= {"subject": f"first {noun}", "target": f"other {noun}"}
        number = self.dice.pick(("two", "2", "two", "a pair of"))
        return " ".join([number, *words, nouns])

    def look(self, role: str) -> str:
        """Tell in a sentence of its own what a known thing looks like, or nothing."""
        if role not in self._known:
            return ""
        told = []
        for kind, table in ADJECTIVES.items():
            value = getattr(self.cast[role], kind)
            if value and self.wants(f"{role} {kind}"):
                self.state(kind, role, value)
                stuff = kind == "material" and self.dice.chance(0.6)
                told.append(f"made of {self.dice.word(STUFFS[value])}" if stuff else self.dice.word(table[value]))
        be = "are" if self.many(role) else "is"
        return f"{self.reference(role)} {be} {listed(told)}" if told else ""

    def reference(self, role: str) -> str:
        """Point back to a thing: "it", "they" or "the ball"."""
        alone = "target" not in self.cast
        return ("they" if self.many(role) else "it") if alone and self.dice.chance(0.4) else self.name(role)

    def decor(self) -> str:
        """List what stands about: "a tree and two rocks", or nothing."""
        roles = [role for role in self.cast if role.startswith("decor")]
        return listed([self.name(role) for role in roles]) if roles and self.wants("decor") else ""

    def _noun(self, role: str) -> str:
        thing = self.cast[role]
        if role == "subject" and thing.count == 1 and not self.dice.chance(NAMED_ODDS):
            return self.dice.pick(phrases.UNNAMED)
        options = CRADLE_BOBS if thing.asset == "pendulum" and self.facts.family == "cradle" else NOUNS[thing.asset]
        noun = self.dice.word(options)
        self._state_asset(role, noun[0])
        return noun[thing.count > 1]

    def _state_asset(self, role: str, noun: str) -> None:
        """Note what a thing was called; a word that it shares with others leaves open which it is."""
        asset = self.cast[role].asset
        bearers = BEARERS.get(noun, [])
        self.state("asset", role, "|".join(bearers) if asset in bearers else asset)

    def _adjectives(self, role: str) -> tuple[list[str], str]:
        thing, dice, words, after = self.cast[role], self.dice, [], ""
        for kind, table in ADJECTIVES.items():
            value = getattr(thing, kind)
            if not value or not self.wants(f"{role} {kind}"):
                continue
            self.state(kind, role, value)
            if kind == "material" and dice.chance(0.15):
                after = f" made of {dice.word(STUFFS[value])}"
            else:
                words.append(dice.word(table[value]))
        if len(words) > 1 and dice.chance(0.1):
            words[0], words[1] = words[1], words[0]
        return words, after

    def _article(self, role: str, noun: str, *, repeats: bool) -> str:
        roll = self.dice.roll()
        self.state("count", role, "1")
        if repeats:
            return f"another {noun}"
        if roll < 0.78 or role.startswith("decor"):
            return with_article(noun)
        return f"the {noun}" if roll < 0.96 or role != "subject" else f"one {noun}"

    def _count(self, role: str, *, alone: bool) -> str:
        """Say how many, or not; ``alone`` comes after "a row of"."""
        count, roll = self.cast[role].count, self.dice.roll()
        if roll < (0.4 if alone else 0.12):
            return ""
        self.state("count", role, str(count))
        if count in GROUPS and not alone and roll > 0.85:
            return self.dice.word(GROUPS[count]) + " "
        return f"{count} " if roll > 0.65 else f"{phrases.NUMBERS[count]} "
