import itertools

import numpy as np

from sora2lib.world.facts import Facts, Thing
from sora2lib.world.holdout import EVALUATION_SEEDS, TRAINING_SEEDS, combination_is_held_out, is_held_out
from sora2lib.world.vocabulary import COLOURS, SIZES

ASSETS = ("ball", "block", "box", "can", "puck", "domino", "pendulum", "cylinder")
ACTIONS = ("drop", "roll", "slide", "throw", "hit", "meet", "swing", "tip")
ALL = list(itertools.product(COLOURS, SIZES, ASSETS, ACTIONS))
FIRST_HELD_OUT = [("red", "tiny", "ball", "throw"), ("red", "tiny", "box", "drop"), ("red", "tiny", "puck", "meet")]
HELD = np.array([combination_is_held_out(*it) for it in ALL])


def facts(*subjects):
    things = tuple(Thing("subject", "ball", ("ball",), colour, "small") for colour in subjects)
    return Facts("drop", "drop", things, "ice", "noon", "clear", "static", "", "wide")


def test_about_one_combination_in_eight_is_held_out():
    assert 0.10 < HELD.mean() < 0.14


def test_each_part_of_a_combination_stays_common_in_training():
    for part in range(4):
        for value in {it[part] for it in ALL}:
            assert HELD[[it[part] == value for it in ALL]].mean() < 0.2, value


def test_pairs_of_parts_are_seen_as_well():
    for a, b in itertools.combinations(range(4), 2):
        pairs = {}
        for it, held in zip(ALL, HELD, strict=True):
            pairs.setdefault((it[a], it[b]), []).append(held)
        assert max(np.mean(held) for held in pairs.values()) < 0.5


def test_the_choice_is_the_same_on_every_machine():
    held = [it for it, kept in zip(ALL, HELD, strict=True) if kept]
    assert held[:3] == FIRST_HELD_OUT


def test_what_has_no_choice_of_colour_is_never_held_out():
    assert not any(combination_is_held_out("", size, "basketball", "shoot") for size in ("", *SIZES))


def test_any_subject_of_a_scene_may_hold_it_out():
    kept = next(c for c in COLOURS if combination_is_held_out(c, "small", "ball", "drop"))
    free = next(c for c in COLOURS if not combination_is_held_out(c, "small", "ball", "drop"))
    assert is_held_out(facts(kept))
    assert is_held_out(facts(free, kept))
    assert not is_held_out(facts(free))


def test_seeds_never_meet():
    spans = [TRAINING_SEEDS, *EVALUATION_SEEDS.values()]
    assert TRAINING_SEEDS.stop <= min(span.start for span in EVALUATION_SEEDS.values())
    assert all(a.stop <= b.start or b.stop <= a.start for a, b in itertools.combinations(spans, 2))
