"""What training never sees, fixed before the first step.

Three things are kept back. *Combinations*: about one in eight of colour, size, asset and action of the subject, by a
hash that is the same on every machine, while each colour, size, asset and action alone stays common. *Paraphrases*: a
third of the templates and many synonyms (:func:`sora2lib.world.captions.caption` with ``held_out=True``). *Bands*:
PhyWorld's out-of-distribution speeds and sizes (arXiv 2411.02385), which the families do not draw unless asked to
(:func:`sora2lib.world.families.lab.lab`). Seeds are apart as well.
"""

import zlib

from sora2lib.world.facts import Facts

TRAINING_SEEDS = range(0, 10_000_000)
EVALUATION_SEEDS = {
    "validation": range(10_000_000, 11_000_000),  # looked at while training
    "paraphrases": range(11_000_000, 12_000_000),
    "combinations": range(12_000_000, 13_000_000),
    "bands": range(13_000_000, 14_000_000),
}
SHARE = 0.12


def is_held_out(facts: Facts) -> bool:
    """Whether training must not see a scene, because its combination of colour, size, asset and action is kept back.

    Where the asset has no choice of colour (a basketball is orange), there is nothing to combine and nothing is kept.

    >>> is_held_out(facts)  # doctest: +SKIP
    False
    """
    return any(
        combination_is_held_out(it.colour, it.size, it.asset, facts.action)
        for it in facts.things
        if it.role == "subject"
    )


def combination_is_held_out(colour: str, size: str, asset: str, action: str) -> bool:
    """Whether a subject like that, doing that, is kept back.

    >>> combination_is_held_out("", "", "basketball", "shoot")
    False
    """
    return bool(colour) and _draw("|".join((colour, size, asset, action))) < SHARE


def _draw(text: str) -> float:
    """A number from 0 to 1 that depends on the text alone; CRC alone is too regular for texts so alike."""
    mixed = zlib.crc32(text.encode()) * 0x9E3779B1 & 0xFFFFFFFF
    return ((mixed ^ mixed >> 15) * 0x85EBCA77 & 0xFFFFFFFF) / 2**32
