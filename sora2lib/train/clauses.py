"""All that can be asked of a world: one test a family and action, and one an outcome."""

from sora2lib.train import (
    acrobatics,
    actions,
    animals,
    company,
    exercises,
    games,
    household,
    meetings,
    outdoors,
    people,
    swords,
)
from sora2lib.train.actions import Test

TOPICS = (actions, games, household, outdoors, people, animals, meetings, company, exercises, acrobatics, swords)
ACTIONS: dict[str, Test] = {name: test for topic in TOPICS for name, test in topic.ACTIONS.items()}
OUTCOMES: dict[str, Test] = {name: test for topic in TOPICS for name, test in topic.OUTCOMES.items()}
