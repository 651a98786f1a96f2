"""Captions: what people may type for a scene, and what of it they have then asked for.

Captions run from one word to several sentences and to the structured form of Sora's prompting guide (prose, then
"Cinematography:" and "Actions:" blocks). Each states some of the :class:`~sora2lib.world.facts.Facts`; the clauses say
which, so that a generated world can be held against them. Wherever a held-out caption needs a template, it takes one
that training never saw, and half of its words are synonyms that training never saw.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sora2lib.world import phrases
from sora2lib.world.facts import Facts
from sora2lib.world.grammar import Choice, Dice, choice, with_article
from sora2lib.world.naming import Clause
from sora2lib.world.wording import Teller

OPENERS: Choice[str] = choice(phrases.OPENERS)
LEADS: Choice[str] = choice(phrases.LEADS)
WATCH: Choice[str] = choice(phrases.WATCH)
STYLES: Choice[str] = choice(phrases.STYLES)
MOODS: Choice[str] = choice(phrases.MOODS)
DETAILS = ("subject", "target", "motion", "ground", "light", "weather", "camera", "framing", "decor")
FORMS = (  # of a sentence, and how often each is drawn
    *("finite",) * 9,
    *("opener",) * 6,
    *("noun",) * 3,
    *("fragment",) * 3,
    *("lead",) * 2,
    *("request",) * 3,
    "watch",
)
Telling = Callable[[Facts, Dice, float], Teller]
CAMERA_JOINS = (", {c}", ", {c}", " while {c}", " as {c}", ". {c}", ", {l}", " with {g}")


@dataclass(frozen=True)
class Caption:
    """A text and the clauses that it states."""

    text: str
    clauses: frozenset[Clause]


def caption(facts: Facts, rng: np.random.Generator, *, held_out: bool = False, telling: Telling = Teller) -> Caption:
    """Draw a caption for a scene; ``held_out`` takes the paraphrases that training never sees.

    ``telling`` makes the one who tells single facts.

    >>> caption(facts, np.random.default_rng(3)).text  # doctest: +SKIP
    'Two small red balls bounce on the ice at sunset while the camera orbits left.'
    """
    dice = Dice(rng, held_out=held_out)
    write, density = _style(dice)
    teller = telling(facts, dice, density)
    text = _surface(write(teller), dice)
    return Caption(text, teller.clauses())


def _style(dice: Dice) -> tuple[Callable[[Teller], str], float]:
    """Draw how to write and how many of the details to mention."""
    roll = dice.roll()
    if roll < 0.06:
        return _few_words, 0.2
    if roll < 0.16:
        return _tags, 0.2 + 0.8 * dice.roll()
    if roll < 0.62:
        return _sentence, dice.roll()
    if roll < 0.90:
        return _story, 0.3 + 0.7 * dice.roll()
    return _structured, 0.6 + 0.4 * dice.roll()


def _surface(text: str, dice: Dice) -> str:
    """Write it neatly, or as people do in a hurry."""
    roll = dice.roll()
    if "\n" in text or roll < 0.6:
        return text if text.endswith((".", ":")) or "\n" in text else text + "."
    if roll < 0.75:
        return text
    text = text.lower().replace(".", ",") if roll < 0.97 else text.upper()
    return text.replace(",", "") if roll > 0.88 else text


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _few_words(teller: Teller) -> str:
    dice = teller.dice
    if dice.chance(0.5):
        return teller.tag()
    return teller.name("subject", article=False) + (" " + teller.tag() if dice.chance(0.5) else "")


def _tags(teller: Teller) -> str:
    dice = teller.dice
    tags = [teller.name("subject", article=False), teller.tag()]
    if teller.has("target") and dice.chance(0.6):
        tags.append(teller.name("target", article=False))
    tags += [label for label in teller.labels() if label]
    if dice.chance(0.3):
        tags = tags[1:] + tags[:1]
    if dice.chance(0.2):
        tags.append(dice.frame(STYLES))
    return ", ".join(tags)


def _sentence(teller: Teller) -> str:
    return _capital(_main(teller, camera=True))


def _main(teller: Teller, *, camera: bool) -> str:
    """One sentence with what happens and, of the scene, what fits in."""
    dice = teller.dice
    form = dice.pick(FORMS)
    text = _event(teller, form)
    adverbs = [adverb for adverb in (teller.place(), teller.time(), teller.weather(), teller.behind()) if adverb]
    if len(adverbs) > 1 and dice.chance(0.2):
        adverbs.reverse()
    if adverbs and form == "finite" and dice.chance(0.2):
        form, text = "fronted", f"{adverbs.pop()}, {text}"
    text = " ".join([text, *adverbs])
    if not camera:
        return text
    return _framed(teller, _filmed(teller, text, form), form)


def _event(teller: Teller, form: str) -> str:
    dice = teller.dice
    if form == "opener":
        return f"{dice.frame(OPENERS)} {teller.event('gerund')}"
    if form == "noun":
        text = teller.event("noun")
        return f"{dice.frame(OPENERS)} {text}" if dice.chance(0.5) else text
    if form == "lead":
        return f"{dice.frame(LEADS)} {teller.event('finite')}"
    if form == "watch":
        return f"{dice.frame(WATCH)} {teller.event('base')}"
    return teller.event({"fragment": "gerund"}.get(form, form))


def _filmed(teller: Teller, text: str, form: str) -> str:
    """Add what the camera does."""
    if not teller.wants("camera"):
        return text
    dice = teller.dice
    if form == "finite" and dice.chance(0.12):
        return f"{teller.camera('finite')} {dice.pick(('as', 'while'))} {text}"
    join = dice.pick(CAMERA_JOINS)
    if "{l}" in join:
        return text + join.format(l=teller.camera("label"))
    if "{g}" in join:
        return text + join.format(g=teller.camera("gerund"))
    clause = teller.camera("finite")
    return text + join.format(c=_capital(clause) if join[0] == "." else clause)


def _framed(teller: Teller, text: str, form: str) -> str:
    """Add how close the camera is."""
    if not teller.wants("framing"):
        return text
    dice, framing = teller.dice, teller.framing()
    if form in ("fragment", "noun") and dice.chance(0.5):
        return f"{framing if dice.chance(0.6) else with_article(framing)} of {text}"
    if dice.chance(0.3):
        return f"{framing}{dice.pick((': ', ', '))}{text}"
    return text + dice.pick((f", {framing}", f" in {with_article(framing)}", f". {_capital(framing)}"))


def _story(teller: Teller) -> str:
    """The event and then one to three sentences on what it looks like."""
    first = _capital(_main(teller, camera=teller.dice.chance(0.3)))
    return ". ".join([first, *_details(teller, 1 + int(3 * teller.dice.roll()))])


def _details(teller: Teller, most: int) -> list[str]:
    """Sentences on what has not been told yet."""
    rank = [teller.dice.roll() for _ in DETAILS]
    sentences: list[str] = []
    for _, kind in sorted(zip(rank, DETAILS, strict=True)):
        sentence = teller.detail(kind) if len(sentences) < most else ""
        if sentence:
            sentences.append(_capital(sentence))
    return sentences


def _structured(teller: Teller) -> str:
    """Sora's own form: prose, "Cinematography:", "Actions:"."""
    dice = teller.dice
    style = f"Style: {dice.frame(STYLES)}." if dice.chance(0.3) else ""
    prose = ". ".join([_capital(_main(teller, camera=False)), *_details(teller, int(3 * dice.roll()))]) + "."
    shot = [
        f"Camera shot: {teller.framing()}{dice.pick(('', ', eye level'))}" if teller.wants("framing") else "",
        f"Camera: {teller.camera(dice.pick(('label', 'finite')))}" if teller.wants("camera") else "",
        f"Lighting: {teller.lighting()}" if teller.wants("light") else "",
        f"Mood: {dice.frame(MOODS)}" if dice.chance(0.4) else "",
    ]
    beats = [f"- {_capital(beat)}." for beat in teller.beats()]
    return "\n\n".join(filter(None, [style, prose, _block("Cinematography:", shot), _block("Actions:", beats)]))


def _block(title: str, lines: list[str]) -> str:
    lines = [line for line in lines if line]
    return "\n".join([title, *lines]) if lines else ""
