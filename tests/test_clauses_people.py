"""What the checker says of people and animals, from worlds alone."""

import numpy as np
import pytest
from test_clauses import asked, goes_the_other_way_in_a_mirror, happened, share_of_others_granted

from sora2lib.train.clauses import ACTIONS, OUTCOMES
from sora2lib.train.evaluate import frozen, obeys
from sora2lib.world.facts import Facts
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.naming import Clause
from sora2lib.world.sayings import SAYINGS
from sora2lib.world.simulate import simulate

SEEDS = range(20_000_000, 20_000_003)
STILL = {"gesture/stand", "sway/stand"}  # happens by nothing happening


@pytest.fixture(scope="module")
def scenes():
    worlds = [simulate(family, seed) for family in PEOPLE for seed in SEEDS]
    return [(world, Facts.from_json(world.attrs.pop("facts"))) for world in worlds]


def test_people_do_what_their_captions_say(scenes):
    refused = [
        (happened(facts), facts.outcome, [it for it, answer in obeys(world, asked(facts)).items() if not answer])
        for world, facts in scenes
    ]
    assert [it for it in refused if it[2]] == []


def test_frozen_people_do_nothing(scenes):
    for world, facts in scenes:
        if happened(facts) not in STILL:
            answers = obeys(frozen(world), asked(facts, "action", "outcome", "asset"))
            done = [answer for clause, answer in answers.items() if clause.kind in ("action", "outcome")]
            assert not all(done), happened(facts)


def test_feet_that_tremble_beside_each_other_make_no_steps(scenes):
    far = next(world for world, facts in scenes if happened(facts) == "jump/long jump").copy(deep=True)
    swing = [INDEX[f"{side} hip swing"] for side in ("left", "right")]
    tremor = 0.004 * np.random.default_rng(0).standard_normal((far.sizes["time"], 2))
    far.joint_angle.values[0][:, swing] += tremor
    told = Clause("action", "subject", "jump/long jump")
    assert obeys(far, [told]) == {told: True}


def test_people_in_a_mirror_go_the_other_way(scenes):
    goes_the_other_way_in_a_mirror(scenes, "asset", "colour")


def test_what_one_does_is_not_taken_for_what_another_does(scenes):
    assert share_of_others_granted(scenes) < 0.12


def test_every_saying_about_people_can_be_checked():
    for family, action, outcome in SAYINGS:
        if family in PEOPLE:
            assert f"{family}/{action}" in ACTIONS
            assert not outcome or outcome in OUTCOMES
