"""Plays of figures: galloping horses, leaping fish and who else leaves the ground, against mechanics."""

import numpy as np
import pytest
from test_figures import FINE, momentum, within_limits

from sora2lib.world.families import herd_sayings
from sora2lib.world.families.solos import SOLOS
from sora2lib.world.figures.beasts import FEET, limb
from sora2lib.world.figures.gallop import gallop
from sora2lib.world.figures.library import SKELETONS, figure_of
from sora2lib.world.figures.shoal import breach
from sora2lib.world.schema import GRAVITY
from sora2lib.world.simulate import simulate

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


@pytest.mark.parametrize("topic", [herd_sayings], ids=lambda topic: topic.__name__.rpartition(".")[2])
def test_every_action_is_told_in_many_ways(topic):
    for key, patterns in topic.SAYINGS.items():
        seen = [it for it in patterns if not it.startswith("~")]
        if key[2] == "":
            assert len(seen) >= 10, key
            assert len(patterns) - len(seen) >= 5, key
        assert any(it.startswith("=") for it in seen), key
        assert len(topic.TAGS[key]) >= 2, key
