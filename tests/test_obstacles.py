"""What stands between a sound and the ears: ways round, what is left of a sound, and scenes with a wall."""

import math

import numpy as np
import pytest
from test_sound_scene import RATE, TIME, scene

from sora2lib.sound import stems
from sora2lib.sound.obstacles import MOST, SOUND, Obstacles, behind, left, muffled
from sora2lib.sound.stage import Ears

WALL = (4.0, 0.4, 2.0)


def walled(*, ball=(0.0, 2.0, 0.3), wall=(0.0, 0.0, 1.0), asset="wall", size=WALL):
    """A ball at or along (x, y, z), a body that stands where ``wall`` says, and ears six metres before the middle."""
    paths = np.stack([np.broadcast_to(it, (len(TIME), 3)) for it in (ball, wall)])
    world = scene(["ball", asset], path=paths[0], material=["wood", "stone"], fixed=[False, True])
    world.position.values[:] = paths
    world["size"].values[:] = [(0.3, 0.3, 0.3), size]
    return world


def detour(world, place):
    return float(Ears.of(world).detour(np.array(place), np.array(1.0)))


def test_the_way_round_a_wall_is_over_its_nearest_edge():
    """Ears at (0, -6, 1.5); a place 2 m behind a wall 2 m high, 4 m wide: the straight way passes it at y = 0."""
    here, eye = np.array([0.0, 2.0, 0.3]), np.array([0.0, -6.0, 1.5])
    top = np.array([0.0, 0.0, 2.0 - 0.05])
    over = math.dist(here, top) + math.dist(top, eye) - math.dist(here, eye)
    assert detour(walled(), here) == pytest.approx(over, rel=1e-6)


@pytest.mark.parametrize("place", [(0.0, -2.0, 0.3), (3.5, 2.0, 0.3), (0.0, 2.0, 5.0), (0.0, -0.2, 1.0)])
def test_what_is_before_beside_above_or_on_a_wall_is_not_behind_it(place):
    assert detour(walled(), place) == 0


def test_nothing_goes_round_underneath_and_nothing_hides_itself():
    low = detour(walled(wall=(0.0, 0.0, 0.9), size=(40.0, 0.4, 1.8)), (0.0, 0.5, 0.05))
    assert low > 0.3  # over the top, though the ground is 5 cm away
    assert detour(walled(), (0.0, 0.0, 1.0)) == 0


def test_a_turned_wall_hides_what_is_behind_it_as_it_stands():
    edge_on = walled()
    edge_on.rotation.values[1] = np.array([0.5**0.5, 0.0, 0.0, 0.5**0.5])
    place = (1.0, 2.0, 0.3)
    assert detour(walled(), place) > 0
    assert detour(edge_on, place) == 0


@pytest.mark.parametrize(("asset", "size"), [("ball", (0.3, 0.3, 0.3)), ("table", (4.0, 0.4, 2.0))])
def test_what_is_small_or_hollow_hides_nothing(asset, size):
    assert not len(Obstacles.of(walled(asset=asset, size=size)).half_B3)
    assert detour(walled(asset=asset, size=size), (0.0, 2.0, 0.3)) == 0


def test_of_a_high_sound_less_is_left_and_never_less_than_the_least():
    """Maekawa's curve, 20 N under the root: at N = 1 a fraction of one over the root of 21."""
    frequency = SOUND / 2  # of which a detour of a metre is one Fresnel number
    assert left(np.array([frequency]), 1.0)[0] == pytest.approx(21**-0.5)
    assert left(np.array([20_000.0]), 100.0)[0] == pytest.approx(10 ** (-MOST / 20))
    assert left(np.array([20_000.0]), 0.0)[0] == 1


@pytest.mark.parametrize("pitch", [200, 4_000])
def test_a_tone_is_muffled_as_its_pitch_is(pitch):
    tone = np.sin(2 * np.pi * pitch * np.arange(RATE) / RATE)
    heard = muffled(tone, 0.5, RATE)
    assert np.std(heard) / np.std(tone) == pytest.approx(left(np.array([pitch]), 0.5)[0], rel=0.02)
    assert muffled(tone, 0.0, RATE) is tone


def test_a_blow_behind_a_wall_is_heard_no_sooner_than_it_falls():
    click = np.zeros(4_000)
    click[1_000] = 1.0
    heard = muffled(click, 0.7, RATE)
    assert np.abs(heard[:1_000]).max() < 1e-3 * np.abs(heard).max()
    assert np.argmax(np.abs(heard)) == 1_000


def test_what_comes_out_from_behind_is_heard_as_it_is():
    tone = np.sin(2 * np.pi * 2_000 * np.arange(2 * RATE) / RATE)
    time = np.arange(2 * RATE) / RATE
    heard = behind(tone, np.array([0.6, 0.6, 0.0, 0.0]), np.array([0.0, 0.9, 1.1, 2.0]), time, RATE)
    hidden, open_ = (np.std(heard[part]) / np.std(tone) for part in (slice(0, RATE // 2), slice(3 * RATE // 2, None)))
    assert hidden == pytest.approx(left(np.array([2_000.0]), 0.6)[0], rel=0.05)
    assert open_ == pytest.approx(1, rel=1e-6)


def test_a_ball_that_bounces_behind_a_wall_is_heard_less_and_duller():
    """The same bounces, the wall before the ball or behind it."""
    height = np.abs(np.sin(np.pi * TIME)) * 0.8 + 0.15
    ball = np.stack([np.zeros_like(TIME), np.full_like(TIME, 2.0), height], axis=1)
    hidden = stems(walled(ball=ball)).effects.sum(axis=0)
    free = stems(walled(ball=ball, wall=(0.0, 4.0, 1.0))).effects.sum(axis=0)
    level = [np.sqrt(np.mean(sound**2)) for sound in (hidden, free)]
    assert level[0] < 0.6 * level[1]
    frequency = np.fft.rfftfreq(len(free), 1 / RATE)
    bright = [np.sum(frequency * np.abs(np.fft.rfft(it)) ** 2) / np.sum(np.abs(np.fft.rfft(it)) ** 2)
              for it in (hidden, free)]  # fmt: skip
    assert bright[0] < 0.9 * bright[1]
