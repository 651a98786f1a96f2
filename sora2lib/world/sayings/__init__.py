"""What people say happens: sayings for each (family, action, outcome); :mod:`sora2lib.world.grammar` has the notation.

Sayings under the outcome "" state the action alone and hold whatever came of it. An outcome may have a wider one
(``WIDER``): a ball off the rim or off the board is a miss. ("drop", "drop", "bounces") is the outcome of no take: the
teller says it of what is round and springy (:mod:`sora2lib.world.wording`).
"""

from sora2lib.world.families import (
    acrobatics_sayings,
    company_sayings,
    exercise_sayings,
    herd_sayings,
    pairs_sayings,
    people_sayings,
    skater_sayings,
    swords_sayings,
    water_sayings,
)
from sora2lib.world.grammar import Key
from sora2lib.world.sayings import basics, games, household, outdoors

WIDER = {"in": "scores", "in off the board": "scores", "rim": "miss", "board": "miss"}
TOPICS = (
    basics,
    games,
    household,
    outdoors,
    people_sayings,
    herd_sayings,
    water_sayings,
    skater_sayings,
    pairs_sayings,
    company_sayings,
    exercise_sayings,
    acrobatics_sayings,
    swords_sayings,
)
SAYINGS: dict[Key, tuple[str, ...]] = {key: patterns for topic in TOPICS for key, patterns in topic.SAYINGS.items()}
# A word or two, as typed in a hurry or in a list of tags.
TAGS: dict[Key, tuple[str, ...]] = {key: tags for topic in TOPICS for key, tags in topic.TAGS.items()}
