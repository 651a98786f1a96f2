"""Rain and snow: where drops are, and how fast they move."""

import numpy as np
import pytest
from test_render import FOV, make_world

from sora2lib.kernels.sprites import draw_drops
from sora2lib.render.scene import scene_at, set_stage, view_of
from sora2lib.render.weather import RAIN_SPEED, rain, snow

WIDTH, HEIGHT = 160, 90
VIEW = view_of(np.array([0.0, -5, 1.6]), np.array([0.0, 0, 1.6]), 0.0, FOV, WIDTH, HEIGHT)
FAR = np.full((HEIGHT, WIDTH), np.inf, np.float32)
DARK = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def middle(frame):
    y, x = np.nonzero(frame[..., 0] > 40)
    return x.mean() + 0.5, y.mean() + 0.5


def one_drop(shift=(0, 0, 0), *, depth=FAR, streak=(0, 0, 0)):
    frame = DARK.copy()
    drop = np.array([[0.0, 0.0, 0.16, 1.0]], np.float32)
    draw_drops(frame, depth, VIEW, drop, np.float32(shift), 10.0, np.float32(streak), 0.05, np.array([255.0, 255, 255]))
    return frame


def test_a_drop_is_where_it_is_seen():
    assert middle(one_drop()) == pytest.approx((80, 45), abs=0.5)
    scale = 45 / np.tan(FOV / 2) / 5
    assert middle(one_drop((0.4, 0, -0.3))) == pytest.approx((80 + 0.4 * scale, 45 + 0.3 * scale), abs=0.6)


def test_the_air_repeats():
    assert np.array_equal(one_drop((0, 0, 0)), one_drop((10, -20, 30)))


def test_a_drop_behind_something_is_hidden():
    assert one_drop(depth=np.full_like(FAR, 4.9)).max() == 0
    assert one_drop(depth=np.full_like(FAR, 5.1)).max() > 200


def test_a_streak_is_as_long_as_the_way():
    y, _ = np.nonzero(one_drop(streak=(0, 0, -0.5))[..., 0] > 100)
    thick = np.ptp(np.nonzero(one_drop()[..., 0] > 100)[0])
    assert np.ptp(y) - thick == pytest.approx(0.5 * 45 / np.tan(FOV / 2) / 5, abs=1.1)


@pytest.mark.parametrize("fall", [rain, snow])
def test_more_falls_when_more_is_asked_and_nothing_for_nothing(fall):
    frame = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    none, some, much = (fall(frame, FAR, VIEW, amount=a, time=2.0).astype(int).sum() for a in (0, 0.3, 1))
    assert none == frame.sum(dtype=int) < some < much
    assert frame.max() == 60


def test_rain_is_the_same_every_time_and_falls():
    first, again = (rain(DARK, FAR, VIEW, amount=0.5, time=1.0) for _ in range(2))
    assert np.array_equal(first, again)
    # After the time in which it falls through its repeating air, rain looks the same.
    assert np.abs(first.astype(int) - rain(DARK, FAR, VIEW, amount=0.5, time=1.0 + 11.0 / RAIN_SPEED)).max() <= 3


def test_wind_slants_rain():
    frame = rain(DARK, FAR, VIEW, amount=1.0, time=1.0, wind=(6.0, 0.0)).astype(float)[..., 0]
    down_right, down_left = (frame[:-2, :-2] * frame[2:, 2:]).sum(), (frame[:-2, 2:] * frame[2:, :-2]).sum()
    assert down_right > 1.5 * down_left


def test_the_camera_of_a_scene_fits():
    scene = scene_at(set_stage(make_world([])), 0.0, WIDTH, HEIGHT)
    assert snow(DARK, FAR, scene.camera, amount=1.0, time=0.0).max() > 100
