"""What kind of thing a cameo is: a person, an animal, or anything else."""

from sora2lib.errors import CameoError
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.figures.person import PEOPLE
from sora2lib.world.nouns import lookup

KINDS = ("person", "animal", "thing")
_PEOPLE = frozenset(skeleton.name for skeleton in PEOPLE)


def of_asset(asset: str) -> str:
    """Return the kind of an asset.

    >>> of_asset("woman"), of_asset("horse"), of_asset("table")
    ('person', 'animal', 'thing')
    """
    return "person" if asset in _PEOPLE else "animal" if asset in SKELETONS else "thing"


def of_noun(noun: str) -> str:
    """Return the kind of what a noun names.

    >>> of_noun("dog"), of_noun("teddy bear")
    ('animal', 'thing')
    """
    match = lookup(noun) if isinstance(noun, str) else None
    if match is None:
        raise CameoError(f"the noun {noun!r:.60} is not known; say what it is in a word such as 'woman' or 'dog'")
    return of_asset(match.asset)
