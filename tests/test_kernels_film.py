"""Kernels of film, paper, lens and shutter against plain NumPy twins or formulas."""

import numpy as np
import pytest

from sora2lib.kernels import film, lens, passes
from sora2lib.kernels.film import FINE, GRAIN

H, W = 23, 34


@pytest.fixture
def frame():
    return np.random.default_rng(3).integers(0, 256, (H, W, 3), dtype=np.uint8)


def shifted(picture, down, right):
    """The neighbour of every pixel; the border repeats."""
    rows = np.clip(np.arange(len(picture)) + down, 0, len(picture) - 1)
    columns = np.clip(np.arange(picture.shape[1]) + right, 0, picture.shape[1] - 1)
    return picture[rows][:, columns]


def straight():
    return np.repeat(np.linspace(0, 255, 255 * FINE + 1, dtype=np.float32)[None], 3, 0)


def test_a_straight_curve_changes_nothing(frame):
    out = film.grade(frame, straight(), 1.0, 0.0, np.zeros((GRAIN, GRAIN), np.float32), 0.0, (0, 0))
    assert np.array_equal(out, frame)


def test_grading_equals_its_twin(frame):
    rng = np.random.default_rng(4)
    curves = np.sort(rng.uniform(0, 255, (3, 255 * FINE + 1)), axis=1).astype(np.float32)
    grain = rng.standard_normal((GRAIN, GRAIN)).astype(np.float32)
    out = film.grade(frame, curves, 0.6, 0.5, grain, 4.0, (7, 250))
    colour = frame.astype(float)
    grey = colour @ [0.2126, 0.7152, 0.0722]
    value = np.clip(grey[..., None] + 0.6 * (colour - grey[..., None]), 0, 255)
    value = np.stack([curves[c][np.floor(value[..., c] * FINE + 0.5).astype(int)] for c in range(3)], -1)
    y, x = (2 * np.arange(H) + 1 - H) / H, (2 * np.arange(W) + 1 - W) / W
    light = 1 - 0.5 * (0.5 * (y[:, None] ** 2 + x[None] ** 2)) ** 2
    noise = grain[(np.arange(H) + 250) % GRAIN][:, (np.arange(W) + 7) % GRAIN]
    noise = noise * 4 * (0.35 + 2.6 * grey / 255 * (1 - grey / 255))
    want = np.clip(value * light[..., None] + noise[..., None], 0, 255)
    assert np.quantile(np.abs(out - want), 0.99) <= 1
    assert np.abs(out - want).mean() < 0.5


def test_lines_are_soft_and_as_dark_as_told(frame):
    edges = np.zeros((H, W), np.float32)
    edges[:, 10] = 1
    out = film.draw_lines(frame, edges, np.zeros(3), 1.0).astype(float)
    left = out / np.maximum(frame, 1)
    assert np.array_equal(out[:, 20:], frame[:, 20:])
    assert left[2:-2, 10][frame[2:-2, 10] > 50].max() < 0.2
    side = left[2:-2, 9][frame[2:-2, 9] > 50]
    assert ((side > 0.5) & (side < 0.8)).all()


def test_halving_takes_means(frame):
    want = frame[: H // 2 * 2].reshape(H // 2, 2, W // 2, 2, 3).mean((1, 3))
    assert film.halve(frame) == pytest.approx(want, abs=1e-3)


def test_flattening_keeps_a_border_and_calms_both_sides():
    rng = np.random.default_rng(5)
    picture = np.where(np.arange(40)[None, :, None] < 20, 60.0, 190.0) + rng.normal(0, 6, (30, 40, 3))
    out = film.flatten(picture.astype(np.float32), 3)
    assert out[:, 19].mean() < 70
    assert out[:, 20].mean() > 180
    assert out[:, :18].std() < 0.6 * picture[:, :18].std()


def test_a_flat_picture_stays_flat():
    picture = np.full((12, 15, 3), 77.0, np.float32)
    assert film.flatten(picture, 2) == pytest.approx(picture, abs=1e-3)


def test_watercolour_darkens_outlines_and_leaves_a_margin():
    picture = np.full((40, 60, 3), 140.0, np.float32)
    edges = np.zeros((80, 120), np.float32)
    edges[:, 60] = 1
    none = np.zeros((GRAIN, GRAIN), np.float32)
    out = film.wash(picture, edges, none, none, 0.0, 8.0).astype(float)
    assert out[0].mean() > 240
    assert out[40, 60].mean() < out[40, 40].mean() - 20
    colour = 0.10 + 0.90 * 140 / 255
    assert out[40, 40] == pytest.approx(255 * colour, abs=1)
    assert out[40, 60] == pytest.approx(255 * colour * (1 - (1 - colour) * 0.70), abs=1)


def test_sharpening_equals_its_twin(frame):
    around = sum(shifted(frame.astype(float), *way) for way in ((0, 1), (0, -1), (1, 0), (-1, 0))) / 4
    want = np.clip(frame + 0.5 * (frame - around), 0, 255)
    assert np.abs(film.sharpen(frame, 0.5) - want).max() <= 0.51


def test_sliding_by_whole_pixels_copies_and_by_half_a_pixel_averages(frame):
    assert np.array_equal(lens.slide(frame, 3, -2), shifted(frame, 2, -3))
    want = (frame + shifted(frame.astype(float), 0, -1)) / 2
    assert np.abs(lens.slide(frame, 0.5, 0) - want).max() <= 0.51


def test_confusion_is_that_of_a_thin_lens():
    depth = np.array([[1.0, 2, 4, 8, np.inf]], np.float32)
    assert lens.confusion(depth, 4.0, 10.0)[0] == pytest.approx([-10, -10, 0, 5, 10], abs=1e-4)


def test_what_is_in_focus_stays_sharp_and_the_rest_keeps_its_light(frame):
    radius = np.zeros((H, W), np.float32)
    blurred = lens.spread(lens.halve_for_blur(frame, radius), np.float32(3))
    assert np.array_equal(lens.focus(frame, radius, blurred), frame)
    even = np.full((40, 60, 3), 90, np.uint8)
    far = np.full((40, 60), 6, np.float32)
    out = lens.focus(even, far, lens.spread(lens.halve_for_blur(even, far), np.float32(3)))
    assert np.abs(out.astype(int) - 90).max() <= 1


def test_a_far_point_becomes_a_disc_of_its_radius():
    picture = np.zeros((80, 80, 3), np.uint8)
    picture[40:42, 40:42] = 255
    far = np.full((80, 80), 8.0, np.float32)
    out = lens.focus(picture, far, lens.spread(lens.halve_for_blur(picture, far), np.float32(4)))[..., 0]
    y, x = np.nonzero(out > 12)
    reach = np.hypot(y - 40.5, x - 40.5)
    assert 6 < reach.max() < 11


def test_the_fastest_way_reaches_the_next_tiles():
    flow = np.zeros((64, 80, 2), np.float32)
    flow[20, 37] = (5, -3)
    most = lens.fastest(flow)
    assert most.shape == (4, 5, 2)
    assert (np.abs(most).sum(-1) > 0).nonzero()[0].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert most[2, 3].tolist() == [5, -3]


def test_an_edge_that_moves_is_as_wide_as_its_way_while_the_shutter_is_open():
    picture = np.zeros((48, 96, 3), np.uint8)
    picture[:, 48:] = 200
    depth, flow = np.full((48, 96), 3, np.float32), np.zeros((48, 96, 2), np.float32)
    assert np.array_equal(lens.smear(picture, depth, flow, lens.fastest(flow), 0.5), picture)
    flow[..., 0] = 24
    row = lens.smear(picture, depth, flow, lens.fastest(flow), 0.5)[20:28, :, 0].mean(0)
    partly = np.flatnonzero((row > 5) & (row < 195))
    assert 9 <= np.ptp(partly) + 1 <= 14
    assert 46 <= partly.mean() <= 49


def test_planes_have_no_outline_inside_and_folds_do():
    y, x = np.indices((40, 60))
    depth = (1 / (0.2 + 0.002 * y + 0.001 * x)).astype(np.float32)  # a plane
    actors = np.zeros((40, 60), np.int16)
    normals = np.zeros((40, 60, 3), np.float32)
    normals[..., 1] = -1
    assert passes.outlines(depth, actors, normals).max() == 0
    normals[:, 30:] = (1, 0, 0)
    edges = passes.outlines(depth, actors, normals)
    assert (edges[:, 29] == 1).all()
    assert edges.sum() == 40
    actors[10:20, 10:20] = 3
    assert passes.outlines(depth, actors, normals)[15, 10] == 1


def test_ground_and_sky_have_no_lines_of_their_own():
    rough = np.random.default_rng(6).standard_normal((20, 30, 3)).astype(np.float32)
    assert passes.outlines(np.ones((20, 30), np.float32), np.full((20, 30), -2, np.int16), rough).max() == 0
