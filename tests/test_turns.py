"""Who speaks when: what is read of a cast, what the packaged network makes of it, and how it learns."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from sora2lib.errors import ModelError
from sora2lib.model import files, turns
from sora2lib.model.players import Company, Player, Turn, company
from sora2lib.model.turns import TurnTaking, packed, take_turns, unpack
from sora2lib.sound.speech import mouths_of
from sora2lib.train.calling import Heard, callings, roles, table
from sora2lib.train.exchanges import exchanges, lines, scenes
from sora2lib.train.turns import Truths, TurnsConfig, learn_turns, losses
from sora2lib.world.simulate import simulate

MAN = Player("man", "man", "man", "blue", 1.85, -0.2, True)
WOMAN = Player("woman", "woman", "woman", "red", 1.65, 0.2, True)
BALL = Player("ball", "ball", "ball", "green", 0.2, 0.0, False)
PAIR = Company((MAN, WOMAN, BALL), (), 8.0)


def said(them, *names, text="Come with me.", seed=0, **told):
    """Who says lines, and after what pauses."""
    return take_turns(them, [Turn(name, text, **told) for name in names], [], seed=seed)


@pytest.fixture(scope="module")
def pool():
    return scenes([3])


# What is read


def test_a_cast_is_seen_from_the_camera_and_called_as_the_prompt_does():
    world = simulate("greet", 3)
    them = company(world, "A tall wizard greets another man", mouths_of(world))
    left, right = sorted(them.players, key=lambda it: it.across)
    to_right = np.cross(world.camera_target.values[0] - world.camera_eye.values[0], [0, 0, 1])
    places = {name: world.position.values[i, 0] @ to_right for i, name in enumerate(world.actor.values)}
    assert places[left.name] < places[right.name]
    assert [it.called for it in them.players] == ["tall wizard", "man"]
    assert [it.height for it in them.players] == pytest.approx(world.size.values[:2, 2])
    assert all(it.mouth for it in them.players)


def test_moments_are_blows_and_no_steps():
    dropped, runner = simulate("drop", 3), simulate("chase", 3)
    (first, *_) = company(dropped, "", ()).moments
    assert first == pytest.approx(0.51, abs=0.02)
    assert company(dropped, "", (), after=0.4).moments[0] == pytest.approx(first - 0.4)
    assert company(runner, "", ()).moments == ()


# What the packaged network makes of it


@pytest.mark.parametrize(
    ("names", "who"),
    [
        (["man", "woman"], (0, 1)),
        (["he", "she"], (0, 1)),
        (["she", "the other"], (1, 0)),
        (["man", "other"], (0, 1)),
        (["taller one", "shorter one"], (0, 1)),
        (["one on the right", "one on the left"], (1, 0)),
        (["woman in red", "man in blue"], (1, 0)),
        (["first", "second"], (0, 1)),
        (["gentleman", "lady"], (0, 1)),
        (["narrator", "man"], (None, 0)),
        (["Mary", "Tom", "Mary"], (1, 0, 1)),
    ],
)
def test_the_packaged_network_knows_who_is_meant(names, who):
    found, pauses = said(PAIR, *names)
    assert found == who
    assert all(pause >= 0 for pause in pauses)


def test_who_said_what_before_is_heeded():
    them = Company((MAN, replace(MAN, name="man 2", across=0.3)), (), 8.0)
    lines = [Turn("Ben", "Where are you?"), Turn("Tom", "Here."), Turn("Ben", "Come here.")]
    assert take_turns(them, lines, [1, 0], seed=0)[0] == (1,)
    assert take_turns(them, lines, [0, 1], seed=0)[0] == (0,)


def test_pauses_are_drawn_by_the_seed_and_speakers_are_not():
    (who, first), (again, same), (others, other) = (said(PAIR, "man", "she", "he", seed=seed) for seed in (1, 1, 2))
    assert first == same != other
    assert who == again == others == (0, 1, 0)


def test_turns_are_taken_as_people_do():
    def middle(*names, text="I have been waiting here.", **told):
        return np.median([said(PAIR, *names, text=text, seed=seed, **told)[1][-1] for seed in range(30)])

    assert 0.1 < middle("man", "woman") < 0.45
    assert middle("man", "man") > 1.3 * middle("man", "woman")


def test_who_exclaims_waits_for_what_happens():
    struck = replace(PAIR, moments=(1.5,))
    waits = np.array([said(struck, "man", text="Wow!", seed=seed)[1][0] for seed in range(30)])
    assert np.median(waits) == pytest.approx(1.9, abs=0.25)
    calm = np.array([said(struck, "man", text="My brother lost his hat.", seed=seed)[1][0] for seed in range(30)])
    assert np.median(calm) < 1.0


def test_what_has_happened_by_the_end_of_a_line_that_is_told_when_is_not_waited_for():
    struck = replace(PAIR, moments=(2.5,))
    for start, soonest, latest in ((0.2, 1.0, 2.5), (2.2, 0.0, 0.8)):
        first = Turn("woman", "I never liked this place.", "", 1.0, start)
        waits = [take_turns(struck, [first, Turn("man", "Wow!", "", 0.5)], [], seed=seed)[1][1] for seed in range(20)]
        assert soonest < np.median(waits) < latest


def test_a_damaged_file_is_told():
    network = TurnTaking(16).eval()
    content = packed(network)
    again = unpack(content)
    for mine, kept in zip(network.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(mine, kept, atol=1e-3, rtol=1e-3)
    with pytest.raises(ModelError, match=r"turns\.safetensors is no network"):
        unpack(content[:-9])
    with pytest.raises(ModelError, match="has format 2"):
        unpack(content.replace(b'"format":"1"', b'"format":"2"'))
    assert len(files.read(turns.FILE)) < 2e6


# Learning


def test_held_out_ways_are_never_trained(pool):
    for rows in (table(), roles(), lines()):
        for row in rows.values():
            assert not set(row.train) & set(row.held)
            assert 4 * len(row.held) >= len(row.train)
    rng = np.random.default_rng(0)
    drawn = {it.phrase for _ in range(200) for it in callings(PAIR, 1, Heard((0,)), rng)}
    assert {"she", "other", "lady"} <= drawn
    held = {phrase for row in table().values() for phrase in row.held if "{" not in phrase}
    assert not drawn & held


def test_ways_of_calling_are_true():
    rng = np.random.default_rng(0)
    kinds = [{it.kind for it in callings(PAIR, who, Heard((0,)), rng)} for who in (0, 1)]
    assert {"tall", "left", "first", "he", "same", "asset"} <= kinds[0]
    assert {"short", "right", "second", "she", "other", "colour"} <= kinds[1]
    assert not kinds[0] & {"short", "right", "second", "she", "other", "last"}


def test_pauses_of_dialogues_are_those_that_were_measured(pool):
    them = list(islice(exchanges(pool, 0), 200))
    assert them[7] == list(islice(exchanges(pool, 0), 8))[7]
    pairs = [(it.who[n - 1], it.who[n], it.pauses[n], it.turns[n].text) for it in them for n in range(1, len(it.who))]
    plain = [it for it in pairs if None not in it[:2] and not it[3].endswith("!")]
    between, within = ([pause for a, b, pause, _ in plain if (a == b) == same] for same in (False, True))
    assert 0.2 < np.median(between) < 0.45 < np.median(within) < 0.7


def test_a_small_network_learns(pool):
    them = list(islice(exchanges(pool, 0), 80))
    truths = Truths.of(them)
    torch.manual_seed(0)
    network = TurnTaking(16)
    before = {name: it.item() for name, it in losses(network.eval(), truths).items()}
    *_, last = learn_turns(network, truths, TurnsConfig(steps=60, lines=64, rate=1e-2))
    after = {name: it.item() for name, it in losses(network, truths).items()}
    assert after["who"] < 0.6 * before["who"]
    assert after["when"] < before["when"] - 0.3
    assert np.isfinite(list(last.values())).all()
    # Whose answers are mixed up is no better than who guesses.
    mixed = replace(truths, who=truths.who.roll(1))
    assert losses(network, mixed)["who"].item() > 2 * after["who"]
