"""The teller: puts what happens, where, when and how it is filmed into words."""

from functools import cache

from sora2lib.world import phrases
from sora2lib.world.assets import find
from sora2lib.world.facts import Facts
from sora2lib.world.grammar import Choice, Dice, Key, Saying, choice, saying, with_article
from sora2lib.world.naming import Namer, choices
from sora2lib.world.pairs import pair_restitution
from sora2lib.world.sayings import SAYINGS, TAGS, WIDER
from sora2lib.world.vocabulary import GROUNDS, MATERIALS

OUTCOME_ODDS = 0.7  # of telling how it ends where there is more than one end
WAY_ODDS = 0.85  # of saying which way the camera goes
SPRINGY = 0.35  # restitution from which a drop is a bounce to the eye
CLEAR_ODDS = 0.5  # of saying that the weather is clear, against that it is not
MOVERS = frozenset(  # families whose subject goes somewhere
    {
        "roll",
        "throw",
        "collide",
        "ramp",
        "basketball",
        "boat",
        "ninepins",
        "table",
        "cars",
        "wind",
        "ring toss",
        "curling",
        "slide",
    }
)

PLACES, FLOORS = choices(phrases.PLACES), choices(phrases.FLOORS)
ANY_FLOOR: Choice[str] = choice(phrases.ANY_FLOOR)
TIMES, LIGHTING, HOURS = choices(phrases.TIMES), choices(phrases.LIGHTING), choices(phrases.HOURS)
WEATHERS, WEATHER_TAGS, SKIES = choices(phrases.WEATHERS), choices(phrases.WEATHER_TAGS), choices(phrases.SKIES)
FRAMINGS, CAMERA_TAGS = choices(phrases.FRAMINGS), choices(phrases.CAMERA_TAGS)
CAMERA_VERBS = {name: choice(words, saying) for name, words in phrases.CAMERA_VERBS.items()}
WAYS, TRAVEL, PACES = choices(phrases.WAYS), choices(phrases.TRAVEL), choices(phrases.PACES)
ROLES = {"s": "subject", "n": "subject", "k": "subject", "t": "target", "m": "target", "l": "target", "p": "stage"}
OTHERWISE = {"noun": ("noun", "gerund"), "request": ("request", "finite")}  # where a key lacks a form
NUMERALS = (*phrases.NUMBERS, *"123456789")
PRONOUNS = {"it": ("it", "they"), "obj": ("it", "them"), "theyt": ("it", "they"), "objt": ("it", "them")}


@cache
def _sayings(key: Key, form: str, slots: frozenset[str]) -> Choice[Saying] | None:
    """Sayings of a key that exist in a form and need no slots but these; None where training has none."""
    kind = form if form in ("noun", "request") else "sentence"

    def fits(made: Saying) -> bool:
        return made.kind == kind and made.slots <= slots and (form == "finite" or bool(made.base))

    options = choice([pattern for pattern in SAYINGS.get(key, ()) if fits(saying(pattern))], saying)
    return options if options.train else None


@cache
def _outcome(family: str, outcome: str, asset: str, material: str, ground: str) -> str:
    """How it ends; what is round and springy enough is known to bounce when dropped."""
    if family != "drop" or outcome or not find(asset).rolls:
        return outcome
    stuff = MATERIALS[material or find(asset).materials[0]]
    return "bounces" if pair_restitution(stuff.restitution, GROUNDS[ground].restitution) > SPRINGY else ""


@cache
def _ends(family: str, action: str, outcome: str) -> tuple[Key, ...]:
    """Keys that tell the outcome, narrow and wide."""
    ends = [end for end in (outcome, WIDER.get(outcome, "")) if end]
    return tuple((family, action, end) for end in ends if (family, action, end) in SAYINGS)


@cache
def _tags(family: str, action: str, outcome: str) -> tuple[tuple[Key, Choice[str]], ...]:
    keys = ((family, action, ""), *_ends(family, action, outcome))
    return tuple((key, choice(TAGS[key])) for key in keys if key in TAGS)


class Teller(Namer):
    """Tells single facts of a scene, each at most once.

    >>> Teller(facts, Dice(rng, held_out=False), 0.5).event("finite")  # doctest: +SKIP
    'a red ball bounces on the ice'
    """

    def __init__(self, facts: Facts, dice: Dice, density: float) -> None:
        super().__init__(facts, dice, density)
        slots = {"s", "n", "k", "d", "floor", "it", "obj", "end"}
        if self.has("target"):
            slots |= {"t", "m", "l", "objt", "theyt"}
            if self.cast["subject"].asset == self.cast["target"].asset:
                slots.add("both")
        first = self.cast["subject"]
        self._outcome = _outcome(facts.family, facts.outcome, first.asset, first.material, facts.ground)
        self._slots = frozenset(slots | {"p"} if self.has("stage") else slots)

    def event(self, form: str) -> str:
        """Say what happens; ``form`` is "finite", "gerund", "base", "request" or "noun"."""
        family, action, outcome = self.facts.family, self.facts.action, self._outcome
        ends, plain = _ends(family, action, outcome), (family, action, "")
        first = self.dice.pick(ends) if ends and self.dice.chance(OUTCOME_ODDS) else plain
        for key in (first, plain, *ends):
            for shape in OTHERWISE.get(form, (form,)):
                options = _sayings(key, shape, self._slots)
                if options and not (self.dice.held_out and options.held is options.train):
                    return self._tell(key, self.dice.frame(options), shape)
        return f"{self.name('subject')} in motion"

    def beats(self) -> list[str]:
        """Tell what happens in one to three short sentences."""
        family, action, outcome = self.facts.family, self.facts.action, self._outcome
        told = []
        for key in ((family, action, ""), *_ends(family, action, outcome)[:1]):
            options = _sayings(key, "finite", self._slots)
            if options and self.wants(f"beat {key[2]}"):
                told.append(self._tell(key, self.dice.frame(options), "finite"))
        return [*told, *filter(None, [self.motion()])]

    def tag(self) -> str:
        """Name what happens in a word or two."""
        tags = _tags(self.facts.family, self.facts.action, self._outcome)
        if not tags:
            return self.name("subject", article=False)
        key, options = self.dice.pick(tags)
        self._state_event(key)
        return self._label(key, self.dice.frame(options))

    def _label(self, key: Key, label: str) -> str:
        return label

    def motion(self) -> str:
        """Say which way and how fast the subject goes, in a sentence, or nothing."""
        manner = self._manner() if self.facts.family in MOVERS and "both" not in self._told else ""
        return f"{self.reference('subject')} {'move' if self.many('subject') else 'moves'}{manner}" if manner else ""

    def _tell(self, key: Key, made: Saying, form: str) -> str:
        self._state_event(key)
        text = self._form(made, form)
        return self._say(key, made, form, {slot: self._fill(slot) for slot in sorted(made.slots, key=text.find)})

    def _say(self, key: Key, made: Saying, form: str, filled: dict[str, str]) -> str:
        return self._form(made, form).format_map(filled)

    def _form(self, made: Saying, form: str) -> str:
        """The format string of a saying in a form; verbs agree with who leads."""
        many = made.lead == "many" or (made.lead in ROLES and self.many(ROLES[made.lead]))
        return {"finite": made.plural if many else made.singular, "gerund": made.gerund}.get(form, made.base)

    def _state_event(self, key: Key) -> None:
        self.state("action", "subject", f"{key[0]}/{key[1]}")
        if key[2]:
            self.state("outcome", "subject", key[2])

    def _fill(self, slot: str) -> str:
        if slot in ROLES:
            text = self.name(ROLES[slot], article=slot not in "nmkl")
            return f"the {text}" if slot in "kl" and not text.startswith(NUMERALS) else text
        if slot in PRONOUNS:
            return PRONOUNS[slot][self.many("target" if slot in ("theyt", "objt") else "subject")]
        return {"d": self._manner, "both": self.both, "floor": self._floor, "end": self._end}[slot]()

    def _manner(self) -> str:
        """Speed and direction, each with a space in front."""
        parts = []
        if self.facts.speed and self.wants("speed"):
            self.state("speed", "subject", self.facts.speed)
            parts.append(" " + self.dice.word(PACES[self.facts.speed]))
        if self.facts.direction and self.wants("direction"):
            self.state("direction", "subject", self.facts.direction)
            parts.append(" " + self.dice.word(TRAVEL[self.facts.direction]))
        return "".join(parts if self.dice.chance(0.6) else parts[::-1])

    def _floor(self) -> str:
        wanted = self.wants("ground")
        self._told.add("ground")
        if not wanted:
            return self.dice.word(ANY_FLOOR)
        self.state("ground", "scene", self.facts.ground)
        return self.dice.word(FLOORS[self.facts.ground])

    def _end(self) -> str:
        if not self.facts.direction or not self.wants("direction"):
            return "one end"
        self.state("direction", "subject", self.facts.direction)
        return f"the {self.facts.direction} end"

    def place(self) -> str:
        """Say where: "on the ice", or nothing."""
        return self._scene("ground", PLACES)

    def time(self) -> str:
        """Say when: "at sunset", or nothing."""
        return self._scene("light", TIMES)

    def weather(self) -> str:
        """Say under which sky: "in thick fog", or nothing."""
        return self._scene("weather", WEATHERS)

    def lighting(self) -> str:
        """Name the light: "low evening sun"."""
        self.state("light", "scene", self.facts.light)
        return self.dice.word(LIGHTING[self.facts.light])

    def _scene(self, kind: str, table: dict[str, Choice[str]]) -> str:
        value = getattr(self.facts, kind)
        if not self.wants(kind) or (value == "clear" and not self.dice.chance(CLEAR_ODDS)):
            return ""
        self.state(kind, "scene", value)
        return self.dice.word(table[value])

    def behind(self) -> str:
        """Say what stands about: "with a tree in the background", or nothing."""
        decor = self.decor()
        return decor and f"with {decor} in the background"

    def labels(self) -> list[str]:
        """Label the scene and the shot, each label possibly empty."""
        return [
            self._scene("ground", FLOORS).removeprefix("the "),
            self._scene("light", LIGHTING),
            self._scene("weather", WEATHER_TAGS),
            f"moving{manner}" if self.facts.family in MOVERS and (manner := self._manner()) else "",
            self.framing() if self.wants("framing") else "",
            self.camera("label") if self.wants("camera") else "",
            self.decor(),
        ]

    def detail(self, kind: str) -> str:
        """Tell one detail in a sentence of its own, or nothing."""
        facts = self.facts
        if kind in ("subject", "target"):
            return self.look(kind)
        if kind == "motion":
            return self.motion()
        if kind == "ground":
            return (place := self.place()) and self.dice.pick(
                ("it happens {}", "the scene is set {}", "we are {}")
            ).format(place)
        if kind == "light":
            return self._scene("light", HOURS)
        if kind == "weather":
            return self._scene("weather", SKIES)
        if kind == "decor":
            decor = self.decor()
            be = "are" if decor and self.many("decor") else "is"
            return decor and self.dice.pick((f"there {be} {decor} in the background", f"behind it we see {decor}"))
        if not self.wants(kind):
            return ""
        if kind == "camera":
            return self.camera("finite")
        return self.dice.pick(("it is {}", "this is {}")).format(with_article(self.framing())) if facts.framing else ""

    def camera(self, form: str) -> str:
        """Say what the camera does; ``form`` is "finite", "gerund" or "label"."""
        move, way = self.facts.camera, self.facts.camera_direction
        way = way if self.dice.chance(WAY_ODDS) else ""
        full = f"{move} {way}".rstrip()
        self.state("camera", "scene", full)
        return self._film(full, form, f" {self.dice.word(WAYS[way])}" if way else "")

    def _film(self, full: str, form: str, way: str) -> str:
        """Say a move of the camera, ``full`` as vocabulary has it, ``way`` as it is said."""
        move = self.facts.camera
        if form == "label":
            return self.dice.word(CAMERA_TAGS[move]).format(way=way)
        verb = self.dice.word(CAMERA_VERBS[full if full in CAMERA_VERBS else move])
        return f"the camera {verb.singular if form == 'finite' else verb.gerund}".format(way=way)

    def framing(self) -> str:
        """Name how close the camera is: "wide shot"."""
        self.state("framing", "scene", self.facts.framing)
        return self.dice.word(FRAMINGS[self.facts.framing])
