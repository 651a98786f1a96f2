"""What the checker says of the families of games, water, wind and streets, from worlds alone."""

import numpy as np
import pytest

from sora2lib.train.evaluate import frozen, obeys
from sora2lib.world.captions import caption
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.naming import Clause
from sora2lib.world.sayings import SAYINGS
from sora2lib.world.simulate import simulate

FIRST = ("drop", "roll", "throw", "collide", "ramp", "dominoes", "tower", "pendulum", "cradle", "seesaw", "basketball")
PEOPLED = ("people",)
SCENES = [name for name in FAMILIES if name not in FIRST and not name.startswith(PEOPLED)]
STILL = {"balance/balance"}  # happens by nothing happening
SEEDS = range(20_000_000, 20_000_003)


@pytest.fixture(scope="module")
def scenes():
    worlds = [simulate(family, seed) for family in SCENES for seed in SEEDS]
    return [(world, Facts.from_json(world.attrs.pop("facts"))) for world in worlds]


def asked(facts: Facts, *kinds: str) -> list[Clause]:
    """The clauses of a few captions of a scene and its action and outcome."""
    rng = np.random.default_rng(0)
    told = {clause for _ in range(3) for clause in caption(facts, rng).clauses}
    told |= {Clause("asset", "subject", facts.things[0].asset), Clause("action", "subject", happened(facts))}
    if facts.outcome:
        told.add(Clause("outcome", "subject", facts.outcome))
    return sorted(it for it in told if not kinds or it.kind in kinds)


def happened(facts: Facts) -> str:
    return f"{facts.family}/{facts.action}"


def test_simulated_worlds_do_what_their_captions_say(scenes):
    refused = [
        (
            happened(facts),
            facts.outcome,
            [clause for clause, answer in obeys(world, asked(facts)).items() if not answer],
        )
        for world, facts in scenes
    ]
    assert [it for it in refused if it[2]] == []


def test_frozen_worlds_do_nothing(scenes):
    kinds = ("action", "outcome", "asset")
    for world, facts in scenes:
        if happened(facts) not in STILL:
            answers = obeys(frozen(world), asked(facts, *kinds))
            done = [answer for clause, answer in answers.items() if clause.kind in ("action", "outcome")]
            assert not all(done), happened(facts)


def goes_the_other_way_in_a_mirror(scenes, *kinds):
    """A world heads as its facts say, and its mirror image does not; ``kinds`` of clauses tell who is meant."""
    for world, facts in scenes:
        if facts.direction:
            way = Clause("direction", "subject", facts.direction)
            clauses = [way, *asked(facts, *kinds)]
            mirrored = world.assign(position=world.position * [-1, 1, 1])
            assert obeys(world, clauses)[way] is True, happened(facts)
            assert obeys(mirrored, clauses)[way] is False, happened(facts)


def share_of_others_granted(scenes):
    """Of the actions of all other families, how many a world is granted."""
    others = sorted({happened(facts) for _, facts in scenes})
    granted = [
        obeys(world, [Clause("action", "subject", other)]).popitem()[1] is True
        for world, facts in scenes[::3]
        for other in others
        if other.split("/")[0] != facts.family
    ]
    return np.mean(granted)


def test_mirrored_worlds_go_the_other_way(scenes):
    goes_the_other_way_in_a_mirror(scenes, "action", "asset", "colour", "size", "material")


def test_one_action_is_not_taken_for_another(scenes):
    assert share_of_others_granted(scenes) < 0.12


def test_every_action_and_outcome_has_sayings_seen_and_held_out(scenes):
    for facts in (facts for _, facts in scenes if facts.family not in FIRST):
        for outcome in {"", facts.outcome}:
            patterns = SAYINGS[facts.family, facts.action, outcome]
            assert sum(not it.startswith("~") for it in patterns) >= 12, (happened(facts), outcome)
            assert sum(it.startswith("~") for it in patterns) >= 5, (happened(facts), outcome)
