"""Which words the generator may be expected to understand: those of its captions, and WordNet's relatives of them.

The words that captions are told in otherwise (:mod:`sora2lib.train.rewording`) count as well, where they stand alone:
of "tulip pink" nobody learns what a tulip is.

Run after the captions or the word vectors have changed::

    from sora2lib.train import words
    words.record("wordnet/usr/share/wordnet", without=["acrobatics", "swords"])

with the folder of WordNet's data as in :mod:`sora2lib.train.distil_text`. The files' format is wndb(5WN).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sora2lib.model import files, text
from sora2lib.train.rewording import Reworded, reworded
from sora2lib.train.telling import training_facts
from sora2lib.world.captions import caption
from sora2lib.world.grammar import gerund, past, third

PARTS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}
ENDINGS = {  # what a form may end in and what its base form ends in then: morphy(7WN)
    "noun": (("s", ""), ("ses", "s"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y")),
    "verb": (("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")),
    "adj": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "adv": (),
}
SIMILAR, NARROWER = frozenset("&^"), frozenset("~")
SENSES, NARROW_SENSES = 3, 2  # how many of a word's senses, the most frequent first, lend it synonyms and kinds
LINK = 0.15  # least cosine of a relative: the generator sees vectors, not WordNet


@dataclass(frozen=True)
class WordNet:
    """WordNet's synsets: ``senses`` by part and word, most frequent first; ``synsets`` their words and pointers."""

    senses: dict[tuple[str, str], list[str]]
    synsets: dict[tuple[str, str], tuple[list[str], list[tuple[str, tuple[str, str]]]]]
    irregular: dict[tuple[str, str], list[str]]

    def bases(self, word: str) -> Iterator[tuple[str, str]]:
        """Yield (part, base form) of what may be an inflected form."""
        for part, endings in ENDINGS.items():
            forms = {word[: len(word) - len(end)] + base for end, base in endings if word.endswith(end)}
            for form in sorted(forms | {word, *self.irregular.get((part, word), ())}):
                if (part, form) in self.senses:
                    yield part, form

    def relatives(self, word: str) -> Iterator[str]:
        """Yield synonyms, similar adjectives and kinds of a word's frequent senses."""
        for part, base in self.bases(word):
            for rank, offset in enumerate(self.senses[part, base][:SENSES]):
                words, pointers = self.synsets[part, offset]
                kinds = SIMILAR | NARROWER if rank < NARROW_SENSES else SIMILAR
                yield from words
                for _, target in (it for it in pointers if it[0] in kinds):
                    yield from self.synsets[target][0]


def read_wordnet(folder: Path) -> WordNet:
    """Read WordNet's index, data and exception files."""
    net = WordNet({}, {}, {})
    for part in ("noun", "verb", "adj", "adv"):
        for fields in _lines(folder / f"index.{part}"):
            net.senses[part, fields[0]] = fields[-int(fields[2]) :]
        for fields in _lines(folder / f"data.{part}"):
            words = [it.partition("(")[0].lower() for it in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
            rest = fields[4 + 2 * len(words) :]
            signs, offsets, parts = rest[1::4], rest[2::4], rest[3::4]
            count = int(rest[0])
            targets = [(PARTS[p], offset) for p, offset in zip(parts[:count], offsets[:count], strict=True)]
            net.synsets[part, fields[0]] = words, list(zip(signs[:count], targets, strict=True))
        net.irregular.update({(part, form): bases for form, *bases in _lines(folder / f"{part}.exc")})
    return net


def _lines(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):  # the licence
            yield line.partition("|")[0].split()


def record(
    wordnet: str | Path, *, captions: int = 30_000, without: Collection[str] = (), folder: Path = files.DATA
) -> None:
    """Store the words of training captions and their relatives, so that users are told what means nothing.

    ``without`` names families that the weights have not learned yet.
    """
    told = [caption(facts, its).text for facts, its in training_facts(captions, without=without)]
    seen, rng = _content(told), np.random.default_rng(1)
    retold = _alone(reworded(it, rng) for it in told)
    related = sorted({*relatives(seen, read_wordnet(Path(wordnet))), *retold} - {*seen})
    content = json.dumps({"captions": captions, "words": seen, "related": related}, indent=0, ensure_ascii=False)
    files.write(text.WORDS, content.encode(), folder=folder)


def _content(texts: Iterable[str]) -> list[str]:
    return sorted({word for it in texts for word in text.content_words(it)})


def _alone(retold: Iterable[Reworded]) -> list[str]:
    """Words that stand for something in captions all by themselves."""
    spans = (it.text[span.new_start : span.new_stop] for it in retold for span in it.spans)
    return sorted({found[0] for it in spans if len(found := text.content_words(it)) == 1})


def relatives(seen: Iterable[str], net: WordNet) -> list[str]:
    """Return inflected and plain words that WordNet relates to one of those seen, and the vectors a little too."""
    kin: dict[str, set[str]] = defaultdict(set)  # base form -> words seen
    for word in seen:
        for relative in net.relatives(word):
            kin[relative].add(word)
    candidates = {
        form
        for base in kin
        if len(base) > 1 and base.isalpha()
        for form in (base, third(base), gerund(base), past(base))
    }
    vectors = {word: text.sentence_vector(word) for word in seen}
    kept = []
    for word in sorted(candidates - vectors.keys()):
        relations = {it for _, base in net.bases(word) for it in kin.get(base, ())}
        if relations and (np.stack([vectors[it] for it in relations]) @ text.sentence_vector(word)).max() >= LINK:
            kept.append(word)
    return kept
