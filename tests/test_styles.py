"""Styles: what each promises, on small pictures."""

import itertools

import numpy as np
import pytest
from test_render import ball, busy_world, falling, make_world

from sora2lib.kernels.layout import CEL, FORWARD
from sora2lib.render import darkroom, frames, handling, passes, render
from sora2lib.render.materials import poster
from sora2lib.render.scene import scene_at, set_stage
from sora2lib.render.styles import LOOKS
from sora2lib.world.vocabulary import STYLES

SIZE = {"width": 160, "height": 90}


def draw(world, count=1, **more):
    return list(itertools.islice(render(world, fps=24, **(SIZE | more)), count))


@pytest.fixture(scope="module")
def plain():
    return draw(busy_world())[0]


def test_every_name_has_a_look():
    assert tuple(LOOKS) == STYLES


def test_realistic_is_what_the_canvas_draws(plain):
    stage = set_stage(busy_world())
    canvas = frames.Canvas(160, 90, len(stage.looks))
    assert np.array_equal(plain, canvas.draw(scene_at(stage, 0.0, 160, 90)))


@pytest.mark.parametrize("name", STYLES[1:])
def test_a_style_is_another_picture_and_always_the_same(name, plain):
    first, second = (draw(busy_world(style=name), 2) for _ in range(2))
    assert first[0].shape == plain.shape
    assert first[0].dtype == np.uint8
    assert np.array_equal(first, second)
    assert np.abs(first[0].astype(int) - plain).mean() > 1
    assert first[0].std() > 20


@pytest.mark.parametrize("size", [(64, 64), (66, 128), (1, 1), (7, 3)])
@pytest.mark.parametrize("name", STYLES)
def test_any_size_can_be_developed(name, size):
    width, height = size
    assert draw(make_world([ball()], style=name), width=width, height=height)[0].shape == (height, width, 3)


def test_a_night_sky_and_an_empty_world_can_be_developed():
    for name in STYLES:
        assert draw(make_world([], style=name, sun_elevation=-0.5), width=64, height=36)[0].max() > 0


def test_the_sky_stays_as_bright_in_soft_focus():
    world = make_world([ball()], target=(0, 5, 2.5))
    sky = passes(world, 0.0, **SIZE)["segmentation"][:20] == -1
    clay = draw(make_world([ball()], target=(0, 5, 2.5), style="clay"))[0][:20][sky]
    assert sky.all()
    assert clay.mean() > 60


def test_noir_has_no_colour():
    frame = draw(busy_world(style="noir"))[0].astype(int)
    assert np.ptp(frame, axis=-1).max() <= 1


def test_cinema_has_bars_of_its_format():
    frame = draw(busy_world(style="cinematic"), width=478, height=300)[0]
    rows = frame.max((1, 2)) > 0
    assert rows.sum() == 200
    assert rows[50:250].all()


def test_grain_changes_from_frame_to_frame_but_not_from_run_to_run():
    first, second = draw(make_world([ball()], style="noir", samples=9), 2)
    again = draw(make_world([ball()], style="noir", samples=9), 2)[1]
    assert not np.array_equal(first, second)
    assert np.array_equal(second, again)


def test_clay_moves_twelve_times_a_second():
    world = make_world([ball(0, 0, 1)], samples=6, paths={0: falling()}, style="clay")
    moved = [np.abs(a.astype(int) - b).max() for a, b in itertools.pairwise(draw(world, 5))]
    assert [step > 8 for step in moved] == [False, True, False, True]


def test_clay_is_matte_and_lets_nothing_through():
    looks = set_stage(busy_world(style="clay")).looks
    assert looks[:, 24].max() == 0  # metal
    assert looks[:, 27].max() == 0  # clear
    assert looks[:, 23].max() <= 0.35 + 1e-6  # gloss


def test_anime_paints_a_ball_in_few_tones_with_a_dark_outline():
    size = {"width": 320, "height": 180}
    things = [("egg", "stone", (1.2,) * 3, (0.2, 0.4, 0.8), (0, 0, 0.8))]
    seen = passes(make_world(things), 0.0, **size)
    inside = (seen["edges"] == 0) & (seen["segmentation"] == 0)
    flat, real = (draw(make_world(things, style=s), **size)[0].astype(float) for s in ("anime", "realistic"))
    counts = [np.unique(np.round(f[inside].mean(1) / 8), return_counts=True)[1] for f in (flat, real)]
    top = [np.sort(c)[::-1][:3].sum() / c.sum() for c in counts]
    assert top[0] > 0.88 > top[1]
    rim = (seen["edges"] == 1) & (seen["segmentation"] == 0)
    assert flat[rim].mean() < 0.75 * real[rim].mean()
    assert set_stage(make_world(things, style="anime")).setting.air[CEL] == 1


def test_curves_run_from_black_to_white_and_never_back():
    for style in (darkroom.Stock(contrast=1.7, gamma=1.4), darkroom.Stock((30, 20, 10), (250, 240, 230), 1.2)):
        curves = darkroom.curves_of(style)
        assert (np.diff(curves) >= 0).all()
        assert curves[:, 0] == pytest.approx(style.black)
        assert curves[:, -1] == pytest.approx(style.white)


def test_a_hand_is_never_still_and_never_jumps():
    camera = (np.array([0.0, -5, 1.5]), np.zeros(3), 0.0, 0.7)
    held = [handling.handheld_camera(camera, t) for t in np.arange(0, 4, 1 / 24)]
    eyes = np.array([eye for eye, *_ in held])
    aims = np.array([(target - eye) / np.linalg.norm(target - eye) for eye, target, *_ in held])
    turns = np.degrees(np.arccos(np.clip((aims[1:] * aims[:-1]).sum(1), -1, 1)))
    assert turns.min() > 0
    assert turns.max() < 0.4
    assert np.linalg.norm(eyes - camera[0], axis=1).max() < 0.1
    low = (np.array([0.0, -5, 0.06]), np.zeros(3), 0.0, 0.7)
    assert min(handling.handheld_camera(low, t)[0][2] for t in np.arange(0, 4, 0.1)) >= 0.05 - 1e-9


def test_an_arms_length_camera_keeps_the_size_of_its_subject():
    world = make_world([ball(0, 0, 0.5)])
    selfie = make_world([ball(0, 0, 0.5)], style="selfie")
    wide, plain = ((passes(w, 0.0, width=320, height=180)["segmentation"] == 0).sum() for w in (selfie, world))
    assert wide == pytest.approx(plain, rel=0.12)


def test_the_passes_look_through_the_camera_of_the_style():
    shaken = set_stage(make_world([ball()], style="handheld"))
    still = set_stage(make_world([ball()]))
    first, second = (scene_at(s, 0.1, 64, 36).camera[FORWARD : FORWARD + 3] for s in (shaken, still))
    assert not np.allclose(first, second)


def test_a_painted_picture_has_few_tones_and_keeps_its_light():
    y, x = np.indices((64, 64)) / 64
    picture = np.repeat((0.1 + 0.8 * (0.5 + 0.5 * np.sin(2 * np.pi * x) * np.cos(2 * np.pi * y)))[..., None], 3, 2)
    picture = picture.astype(np.float32)
    out = poster(picture, 3, wander=0.0)
    assert out.mean() == pytest.approx(picture.mean(), rel=0.1)
    counts = [np.sort(np.unique(np.round(p[..., 0], 2), return_counts=True)[1])[::-1] for p in (out, picture)]
    assert counts[0][:8].sum() > 1.5 * counts[1][:8].sum()
    assert np.isfinite(poster(np.zeros((16, 16, 3), np.float32), 5, wander=0.3)).all()
