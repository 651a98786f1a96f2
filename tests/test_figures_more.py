"""Plays of figures: galloping horses, leaping fish and who else leaves the ground, against mechanics."""

from dataclasses import replace

import numpy as np
import pytest
from test_figures import FINE, momentum, within_limits

from sora2lib.world.families import herd_sayings, skater_sayings, water_sayings
from sora2lib.world.families.solos import SOLOS
from sora2lib.world.figures.afloat import Board, Boarded, aboard, from_board, overboard, softened
from sora2lib.world.figures.beasts import FEET, limb
from sora2lib.world.figures.gallop import gallop
from sora2lib.world.figures.library import DENSITY, SKELETONS, figure_of
from sora2lib.world.figures.mass import mass
from sora2lib.world.figures.people import leg
from sora2lib.world.figures.routines import LEAPS
from sora2lib.world.figures.shoal import breach
from sora2lib.world.schema import GRAVITY
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import back

SLIP = 0.02  # m/s
FALL = np.array([0.0, 0.0, -GRAVITY])


def creature(name):
    return figure_of(name, np.array(SKELETONS[name].size))


def stretches(flying):
    """The runs of samples in which a body flies, but for their first and last."""
    where = np.flatnonzero(flying)
    runs = np.split(where, np.flatnonzero(np.diff(where) > 1) + 1)
    return [run[1:-1] for run in runs if len(run) > 5]


def falls_freely(motion, flying, least=1.0):
    """Check a flight: the parabola within 1 %, angular momentum within 3 % of itself or of a slow roll's."""
    bend = np.diff(motion.position_T3, 2, axis=0) / (motion.time_T[1] - motion.time_T[0]) ** 2
    kept = momentum(motion)
    flights = stretches(flying)
    assert flights
    for run in flights:
        assert bend[run[:-2]] == pytest.approx(np.tile(FALL, (len(run) - 2, 1)), abs=0.01 * GRAVITY)
        held = kept[run[:-1]]
        assert np.ptp(held, axis=0).max() < 0.03 * max(np.linalg.norm(held.mean(0)), 0.2 * least)


@pytest.mark.parametrize(("name", "speed"), [("horse", 4.1), ("horse", 6.0), ("dog", 3.5), ("cat", 2.5)])
def test_gallopers_beat_four_times_and_then_fly(name, speed):
    motion = gallop(creature(name), np.arange(0, 1.1, FINE), speed=speed, seed=3)
    standing = np.array(list(motion.standing.values()))
    assert 0.08 < (~standing.any(axis=0)).mean() < 0.25
    beats = [np.flatnonzero(np.diff(one.astype(int)) == 1)[0] for one in standing]
    assert len(set(beats)) == 4
    falls_freely(motion, ~standing.any(axis=0), least=creature(name).size[2] ** 2 / 4)
    assert within_limits(motion)
    for side, ball in FEET:
        it = limb(motion.figure, side, ball)
        sole_T3, on = motion.point(it.links[2], it.sole), motion.standing[it.links[2]]
        speeds = np.linalg.norm(np.diff(sole_T3, axis=0), axis=1) / FINE
        assert speeds[on[1:] & on[:-1]].max() < SLIP
        assert sole_T3[:, 2].min() > -0.002


def test_fish_fly_freely_out_of_the_water():
    motion = breach(creature("fish"), np.arange(0, 3, FINE), speed=1.1, rise=2.3, start=0.5, seed=1)
    height = motion.position_T3[:, 2]
    assert (np.diff(np.sign(height)) > 0).sum() >= 2
    assert height.max() == pytest.approx(2.3**2 / (2 * GRAVITY), rel=0.01)
    falls_freely(motion, height > 0.01, least=0.05)
    assert within_limits(motion)


def on_board(kind, forward, stand, *, lands=True):
    who = creature("man")
    board = Board(14.0, mass(who, DENSITY), 3.3, 0.76, 0.127)
    flown = Boarded(who, replace(softened(LEAPS[kind]), forward=forward), 0.4, board, stand=stand, lands=lands)
    return from_board(flown) if lands else flown


@pytest.mark.parametrize(("kind", "forward"), [("back flip", -0.5), ("front flip", 0.5), ("jump", 0.1)])
def test_a_board_answers_a_leap_with_equal_momentum(kind, forward):
    flown, time_T = on_board(kind, forward, 0.1), np.arange(0, 3.6, FINE)
    motion, board_T3, turn_T4 = aboard(flown, time_T)
    speeds = [np.diff(it[:, 0]) / FINE for it in (motion.position_T3, board_T3)]
    person, plank = flown.board.load * speeds[0], flown.board.mass * speeds[1]
    assert np.abs(person + plank).max() < 0.01 * np.abs(person).max()
    flying = (time_T > flown.leave) & (time_T < flown.meet)
    falls_freely(motion, flying)
    assert within_limits(motion)
    heave = board_T3[:, 2] - flown.board.deck
    assert -0.127 < heave.min() < -0.02  # pushed down
    assert heave[-1] == pytest.approx(0, abs=0.02)  # and back where the displaced water carries both
    seen_T3 = back(turn_T4, motion.point("left foot", leg(motion.figure, "left").sole) - board_T3)
    slips = np.linalg.norm(np.diff(seen_T3, axis=0), axis=1) / FINE
    assert slips[time_T[1:] < flown.start].max() < SLIP
    # After a front flip the knees are so deep that the heels turn about the balls of the feet for a while.
    assert slips[time_T[1:] > flown.meet + 0.4].max() < (0.4 if kind == "front flip" else SLIP)
    assert seen_T3[:, 2].min() > -0.02


def test_a_floating_board_obeys_archimedes():
    board = Board(14.0, 85.0, 3.3, 0.76, 0.127)
    assert 1000.0 * board.area * (board.thick - board.deck) == pytest.approx(99.0)
    still, _ = board.ride(np.full(4800, 85.0 * GRAVITY), np.zeros(4800))
    assert np.abs(still).max() < 1e-9
    empty, _ = board.ride(np.zeros(4800), np.zeros(4800))
    assert empty[-1] == pytest.approx(85.0 / (1000.0 * board.area), abs=1e-3)
    _, tipped = board.ride(np.full(4800, 85.0 * GRAVITY), np.full(4800, 0.3))
    assert tipped[-1] > 0  # nose down under a load at the nose


def test_who_misses_the_board_ends_in_the_water():
    flown, time_T = on_board("back flip", -2.0, -0.9, lands=False), np.arange(97) / 24
    motion, board_T3, _ = overboard(flown, time_T)
    assert motion.position_T3[-1, 2] < 0.1
    assert motion.position_T3[-1, 0] < board_T3[-1, 0] - 1.7
    assert board_T3[-1, 0] > 0.5  # shot out from under the feet
    assert within_limits(motion)
    assert np.linalg.norm(np.diff(motion.position_T3, axis=0), axis=1).max() * 24 < 7


@pytest.mark.parametrize("family", SOLOS)
def test_what_is_told_is_seen(family):
    for seed in (3, 8):
        world = simulate(family, seed)
        assert not np.isnan(world.position.values).any()
        for name, asset in zip(world.actor.values, world.asset.values, strict=True):
            if str(asset) in SKELETONS:
                low, high = SKELETONS[str(asset)].limits_J2.T
                bent = world.joint_angle.sel(actor=name).values
                assert ((bent >= low - 1e-6) & (bent <= high + 1e-6)).all()


@pytest.mark.parametrize(
    "topic", [herd_sayings, water_sayings, skater_sayings], ids=lambda topic: topic.__name__.rpartition(".")[2]
)
def test_every_action_is_told_in_many_ways(topic):
    for key, patterns in topic.SAYINGS.items():
        seen = [it for it in patterns if not it.startswith("~")]
        if key[2] == "":
            assert len(seen) >= 10, key
            assert len(patterns) - len(seen) >= 5, key
        assert any(it.startswith("=") for it in seen), key
        assert len(topic.TAGS[key]) >= 2, key
