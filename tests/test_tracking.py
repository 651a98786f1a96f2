"""Tracking: kernels beside NumPy twins, places beside films whose answer is known."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from sora2lib.kernels import pieces as kernel
from sora2lib.kernels import steady as camera
from sora2lib.kernels import tracking as pixels
from sora2lib.physics import lab
from sora2lib.physics.background import behind
from sora2lib.physics.blobs import APART, Background, find, without_holes
from sora2lib.physics.laws import checks
from sora2lib.physics.steady import homography, shift, steadied, stillness, unturned
from sora2lib.physics.study import Study
from sora2lib.physics.tracking import _mark_held, track

PIXELS = 96


def rng(*seed):
    return np.random.default_rng([7, *seed])


def rms(found_T2, true_T2):
    """Deviation of places from their mean error, pixels: where in a pixel its middle lies is a convention."""
    off = (found_T2 - true_T2)[np.isfinite(found_T2[:, 0])]
    return float(np.sqrt(((off - off.mean(axis=0)) ** 2).mean()))


def noise(*shape):
    return rng(*shape).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("count", [5, 6])
def test_median_is_numpys(count):
    frames, chosen = noise(9, 7, 80, 3), np.sort(rng(count).permutation(9)[:count])
    np.testing.assert_allclose(pixels.median(frames, chosen), np.median(frames[chosen], axis=0))


@pytest.mark.parametrize("most", [255, 40, 4])
def test_standing_out_is_its_numpy_twin(most):
    background = noise(10, 77, 3).astype(np.float32) + np.float32(0.25)
    frame = np.clip(np.rint(background + rng(most).integers(-most, most + 1, (10, 77, 3))), 0, 255).astype(np.uint8)
    over = np.pad(np.sqrt((((frame - background) @ APART.T) ** 2).sum(-1)) > 12, ((0, 2), (0, 3)))
    twin = over.reshape(3, 4, 20, 4).sum(axis=(1, 3))
    rounded = Background(background, 12.0).rounded
    np.testing.assert_array_equal(pixels.standing_out(frame, background, rounded, 12.0, 4), twin)


def test_unsettled_is_its_numpy_twin():
    frames = np.where(rng(1).random((9, 6, 70, 1)) < 0.2, 200, 20).astype(np.uint8).repeat(3, axis=-1)
    chosen = np.delete(np.arange(9), 4)
    picture = pixels.median(frames, chosen)
    off = np.sqrt((((frames[chosen] - picture) @ APART.T) ** 2).sum(-1))
    twin = (off <= 12).sum(axis=0) * 10 < 9 * 8
    assert twin.any()
    np.testing.assert_array_equal(pixels.unsettled(frames, chosen, picture, 12.0), twin)


def test_block_means_are_numpys():
    frames = noise(2, 18, 33, 3)
    twin = frames[:, ::2, ::2][:, :8, :16].reshape(2, 2, 4, 4, 4, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(pixels.block_means(frames, 4), np.moveaxis(twin, -1, 1), rtol=1e-6)


def test_cover_is_its_numpy_twin():
    frame, background, colour = noise(6, 7, 3), noise(7, 6, 3)[:6].repeat(2, axis=1)[:, :7], np.array([250.0, 9, 80])
    background = background.astype(np.float32)
    offset, contrast = (frame - background) @ APART.T, (colour - background) @ APART.T
    np.testing.assert_allclose(pixels.apart(frame, background), offset, atol=1e-3)
    twin = np.clip((offset * contrast).sum(-1) / np.maximum((contrast**2).sum(-1), 1), -0.3, 1.3)
    np.testing.assert_allclose(pixels.covered(offset, colour, background, np.float32(0.3)), twin, atol=1e-4)


def test_what_is_dimmed_evenly_is_a_shadow():
    background = np.full((1, 4, 3), 200, np.float32)
    frame = np.array([[[100, 100, 100], [100, 100, 60], [199, 199, 199], [20, 20, 20]]], np.uint8)
    assert pixels.dimmed(frame, background, 0.25, 0.97, 0.07).tolist() == [[True, False, False, False]]


def test_masks_grow_shrink_and_open_as_scipys():
    mask, square = rng(4).random((20, 23)) < 0.6, np.ones((3, 3), bool)
    grown = ndimage.binary_dilation(mask, structure=square, iterations=2)
    shrunk = ndimage.binary_erosion(mask, structure=square, iterations=1)
    np.testing.assert_array_equal(pixels.grown(mask, 2, False), grown)
    np.testing.assert_array_equal(~pixels.grown(~mask, 1, True), shrunk)
    np.testing.assert_array_equal(pixels.opened(mask), ndimage.binary_opening(mask, np.ones((2, 2), bool)))


def test_a_hole_is_filled_and_a_bay_is_not():
    mask = np.zeros((9, 9), dtype=bool)
    mask[1:8, 1:8] = True
    mask[3:5, 3:5] = False
    mask[6, 5:] = False
    filled = without_holes(mask)
    assert filled[3:5, 3:5].all()
    assert not filled[6, 5:].any()


def cheapest_cut(time, place, noise, piece, outlier):
    """The least cost over all ways to cut a path, tried one by one."""
    count = len(time)

    def left(first, last):
        design = np.vander(time[first:last], 3)
        found = np.linalg.lstsq(design, place[first:last], rcond=None)[0]
        return float((((place[first:last] - design @ found) / noise) ** 2).sum())

    best = np.inf
    for outside in itertools.chain.from_iterable(itertools.combinations(range(count), n) for n in range(3)):
        inside = np.setdiff1d(np.arange(count), outside)
        runs = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1)
        for cut in range(len(inside) + 1):
            parts = [
                part
                for run in runs
                for part in np.split(run, np.searchsorted(run, [inside[cut]] if cut < len(inside) else []))
            ]
            parts = [part for part in parts if len(part)]
            if all(len(part) >= kernel.LEAST for part in parts):
                cost = sum(left(part[0], part[-1] + 1) + piece for part in parts) + outlier * len(outside)
                best = min(best, cost)
    return best


def test_a_path_is_cut_where_it_costs_least():
    time = np.arange(12.0)
    place = np.stack([time, np.abs(time - 5.4)], axis=1) + rng(3).normal(0, 0.01, (12, 2))
    names = kernel.cut(time, place, 0.01, 30.0, 20.0)
    assert names.tolist() == [0] * 6 + [1] * 6
    cost = sum(
        30
        + float(
            (
                (
                    (
                        place[names == n]
                        - np.vander(time[names == n], 3)
                        @ np.linalg.lstsq(np.vander(time[names == n], 3), place[names == n], rcond=None)[0]
                    )
                    / 0.01
                )
                ** 2
            ).sum()
        )
        for n in (0, 1)
    )
    assert cost == pytest.approx(cheapest_cut(time, place, 0.01, 30.0, 20.0))


def test_a_sample_that_is_off_belongs_to_no_piece():
    time = np.arange(14.0)
    place = (time**2)[:, None] * 0.1
    place[6] += 1.0
    assert kernel.cut(time, place, 0.01, 30.0, 20.0).tolist() == [0] * 6 + [-1] + [1] * 7


@pytest.mark.parametrize("kind", lab.KINDS)
def test_places_are_good_to_a_fiftieth_of_a_pixel(kind):
    scene = lab.KINDS[kind](rng(4))
    tracks = track(lab.film(scene, rng(5), pixels=PIXELS), lab.times(), power=2)
    assert len(tracks) == len(scene.radius_N)
    for true_T2 in scene.place_NT2 * PIXELS / lab.VIEW:
        assert min(rms(found_T2, true_T2) for found_T2 in tracks.place_NTD) < 0.02
    np.testing.assert_allclose(np.sort(tracks.radius_N), np.sort(scene.radius_N) * PIXELS / lab.VIEW, rtol=0.005)


def test_what_rests_for_most_of_a_film_is_seen_all_the_time():
    scene = lab.slide(rng(6))
    still = np.repeat(scene.place_NT2[:, :1], 40, axis=1)
    path = np.concatenate([still, scene.place_NT2[:, :20]], axis=1)
    scene = lab.Scene("slide", path, scene.radius_N, np.ones((1, 60), dtype=bool), {})
    tracks = track(lab.film(scene, rng(7), pixels=PIXELS), np.arange(60) / 24)
    assert len(tracks) == 1
    assert rms(tracks.place_NTD[0], path[0] * PIXELS / lab.VIEW) < 0.05
    assert np.isfinite(tracks.place_NTD).all()


@pytest.mark.parametrize("rests", [10, 18])  # of 48 pictures
def test_what_lies_behind_is_found_whatever_is_painted_there(rests):
    row, column = np.mgrid[:72, :128] + 0.5
    tiles = np.where((row // 9 + column // 9) % 2, 150, 90)
    ground = np.stack([tiles, tiles, tiles - 30], axis=-1)
    film = np.tile(ground, (48, 1, 1, 1))
    for k, picture in enumerate(film):
        picture[np.hypot(column - 30 - 3 * max(0, k - rests), row - 36) < 10] = (210, 40, 40)
    found = behind(film.astype(np.uint8)).picture
    np.testing.assert_allclose(found, ground, atol=1e-3)


@pytest.mark.parametrize(("swept", "swings"), [(0.7, False), (1.2, True)])
def test_what_is_not_seen_at_both_ends_of_its_way_is_no_pendulum(swept, swings):
    angle_T = 0.3 * np.cos(np.pi * swept * np.linspace(0, 1, 48))
    path = np.array([1.0, 2.0]) + 1.2 * np.stack([np.sin(angle_T), -np.cos(angle_T)], axis=-1)
    scene = lab.Scene("swing", path[None], lab.swing(rng(22)).radius_N, np.ones((1, 48), dtype=bool), {})
    found = Study(track(lab.film(scene, rng(23), pixels=PIXELS), lab.times(), power=2)).swings
    assert bool(found) is swings


def test_what_goes_behind_something_is_nowhere_and_comes_back_as_itself():
    scene = lab.slide(rng(8))
    frames = lab.film(scene, rng(9), pixels=PIXELS)
    frames[:, :, 40:56] = 90
    tracks = track(frames, lab.times())
    assert len(tracks) == 1
    hidden = np.isnan(tracks.place_NTD[0, :, 0])
    assert hidden.sum() > 3
    assert not (tracks.cover_NT == 0).any()
    assert rms(tracks.place_NTD[0], scene.place_NT2[0] * PIXELS / lab.VIEW) < 0.15


def test_what_vanishes_in_the_open_has_no_cover():
    scene = lab.broken(rng(10), "vanish", pixels=PIXELS)
    tracks = track(lab.film(scene, rng(11), pixels=PIXELS), lab.times())
    gone = np.flatnonzero(~scene.seen_NT[0])
    np.testing.assert_array_equal(np.flatnonzero(tracks.cover_NT[0] == 0), gone)
    assert np.isnan(tracks.place_NTD[0, gone]).all()


def test_a_shadow_is_no_part_of_a_thing_and_no_thing():
    scene = lab.slide(rng(12))
    scene = lab.Scene("slide", scene.place_NT2, scene.radius_N, scene.seen_NT, {})
    ground = np.full((48, PIXELS, PIXELS, 3), (150, 140, 120), np.uint8)
    column, row = np.meshgrid(np.arange(PIXELS) + 0.5, np.arange(PIXELS) + 0.5)
    for k, picture in enumerate(ground):
        x, z = scene.place_NT2[0, k] * PIXELS / lab.VIEW
        picture[np.hypot(column - x - 5, (row - (PIXELS - z) - 5) * 2) < 7] = (105, 98, 84)
        picture[np.hypot(column - x, row - (PIXELS - z)) < 6] = (200, 30, 30)
    tracks = track(ground, lab.times())
    assert len(tracks) == 1
    assert rms(tracks.place_NTD[0], scene.place_NT2[0] * PIXELS / lab.VIEW) < 0.12


def rough(height, width):
    small = rng(13).integers(40, 220, (height // 8 + 1, width // 8 + 1, 3)).astype(np.uint8)
    return small.repeat(8, axis=0).repeat(8, axis=1)[:height, :width]


def test_warping_moves_a_picture_and_tells_where_it_did_not_look():
    frame = rough(40, 60)
    out, seen = np.zeros_like(frame), np.zeros(frame.shape[:2], dtype=bool)
    camera.warp(frame, np.array([[1.0, 0, 5], [0, 1, -3], [0, 0, 1]]), out, seen)
    np.testing.assert_array_equal(out[3:, :54][1:], frame[:-3, 5:59][1:])
    assert seen[3:, :54].all()
    assert not seen[:3].any()
    assert not seen[:, 55:].any()


def test_a_homography_is_found_from_what_it_does():
    way = np.array([[1.02, 0.03, 4], [-0.02, 0.99, -7], [1e-4, -5e-5, 1]])
    points = rng(14).uniform(0, 300, (20, 2))
    there = np.concatenate([points, np.ones((20, 1))], axis=1) @ way.T
    np.testing.assert_allclose(homography(points, there[:, :2] / there[:, 2:]), way, atol=1e-9)


def test_the_cameras_motion_is_taken_out():
    wide, scene = rough(200, 400).astype(np.float64), lab.slide(rng(15))
    frames, where = np.empty((40, 160, 240, 3), np.uint8), []
    for k, picture in enumerate(frames):
        pan = 1.7 * k
        left = int(pan)
        crop = (1 - (pan - left)) * wide[20:180, left : left + 240] + (pan - left) * wide[20:180, left + 1 : left + 241]
        x, z = scene.place_NT2[0, k] * 60 + [20, 10]
        column, row = np.meshgrid(np.arange(240) + 0.5, np.arange(160) + 0.5)
        cover = np.clip(9 + 0.5 - np.hypot(column - x + pan, row - (160 - z)), 0, 1)[..., None]
        picture[:] = crop * (1 - cover) + np.array([250, 250, 250]) * cover
        where.append((x, z))
    still = steadied(frames)
    assert "moves by up to 6" in still.notes[0]
    tracks = track(still.frames, np.arange(40) / 24)
    assert rms(tracks.place_NTD[0], np.array(where)) < 0.7
    back = still.back(tracks.place_NTD)[0]
    assert rms(back, np.array(where) - 1.7 * np.arange(40)[:, None] * [1, 0]) < 0.7


CORNERS = np.array([[0.0, 0], [320, 0], [0, 240], [320, 240], [160, 120]])


def lens(focus):
    return np.array([[focus, 0, 160.0], [0, focus, 120], [0, 0, 1]])


def turn(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def test_a_turning_and_zooming_camera_is_told_from_one_that_travels():
    turned = [lens(260 + 40 * t) @ turn(0.3 * t) @ np.linalg.inv(lens(260)) for t in np.linspace(0, 1, 5)]
    assert unturned(np.array(turned), (320, 240), CORNERS) < 0.3
    # Over a level ground 1.5 m below, half a metre to the side: I + t n / d.
    beside = [
        lens(260) @ (np.eye(3) + np.outer([0.5 * t, 0, 0], [0, 1, 0]) / 1.5) @ np.linalg.inv(lens(260))
        for t in np.linspace(0, 1, 5)
    ]
    assert unturned(np.array(beside), (320, 240), CORNERS) > 10


def test_a_camera_over_a_level_ground_that_travels_is_lost():
    wide = rough(400, 900)
    frames = np.empty((12, 160, 240, 3), np.uint8)
    for k, picture in enumerate(frames):
        way = np.array([[1.0, 0.02 * k, 100 + 3 * k], [0, 1, 100], [0, 0, 1]])
        camera.warp(wide, way, picture, np.zeros((160, 240), dtype=bool))
    still = steadied(frames)
    assert still.camera == "lost"
    assert "travels" in still.notes[0]


def test_a_shift_is_read_off_the_phases():
    wide = rough(120, 200).mean(axis=-1).astype(np.float32)
    np.testing.assert_allclose(shift(wide[10:100, 20:160], wide[13:103, 15:155])[:2, 2], [5, -3])


def test_texture_that_stays_tells_a_still_camera():
    still = np.repeat(rough(120, 160)[None], 10, axis=0)
    still[:, 40:60, 30:60] = np.arange(10, dtype=np.uint8)[:, None, None, None] * 20
    assert stillness(still, 1) > 0.8
    moving = np.stack([rough(120, 200)[:, 4 * k : 4 * k + 160] for k in range(10)])
    assert stillness(moving, 1) < 0.1
    assert stillness(np.full((10, 120, 160, 3), 90, np.uint8), 1) is None


def test_a_still_camera_changes_nothing():
    frames = np.repeat(rough(120, 160)[None], 10, axis=0)
    assert steadied(frames).frames is frames
    assert steadied(frames).camera == "still"


def test_a_film_of_light_alone_has_no_things():
    background = behind(np.full((9, 32, 32, 3), 80, np.uint8))
    assert find(np.full((32, 32, 3), 140, np.uint8), background) == []


def test_a_leap_just_before_a_blow_is_told_from_it():
    scene = lab.bounce(rng(20))
    at = int(scene.truth["contact"] * lab.FPS) - 2  # three pictures between the leap and the blow
    leapt = scene.place_NT2.copy()
    leapt[0, at:] += 2 * lab.VIEW / PIXELS * np.array([0.6, 0.8])
    for path, found in ((scene.place_NT2, True), (leapt, False)):
        tracks = track(lab.film(replace(scene, place_NT2=path), rng(21), pixels=PIXELS), lab.times(), power=2)
        study = Study(tracks)
        (check,) = {it.holds for it in checks(study) if it.law == "continuity"} - ({True} if not found else set())
        assert check is found
        assert any(it.time == pytest.approx(scene.truth["contact"], abs=0.01) for it in study.kicks)


def drawn(place_NT2, radius_NT, colours, side=(72, 128), beneath=(60, 80, 70)):
    """Discs at places (N, T, 2), right and down, on an even ground."""
    row, column = np.mgrid[: side[0], : side[1]] + 0.5
    frames = np.full((place_NT2.shape[1], *side, 3), beneath, np.float64)
    for place_T2, radius_T, colour in zip(place_NT2, radius_NT, colours, strict=True):
        for picture, (x, y), radius in zip(frames, place_T2, radius_T, strict=True):
            cover = np.clip(radius + 0.5 - np.hypot(column - x, row - y), 0, 1)[..., None]
            picture[:] = picture * (1 - cover) + np.array(colour) * cover
    return np.rint(frames).astype(np.uint8)


def test_flakes_of_snow_are_no_things():
    dice, time_T = rng(11), np.arange(24.0)
    start_N2, fall_N = dice.uniform((0, -200), (128, 60), (30, 2)), dice.uniform(14, 18, 30)
    flakes = np.stack([start_N2 + [0, fall] * time_T[:, None] for start_N2, fall in zip(start_N2, fall_N, strict=True)])
    ball = np.stack([20 + 3 * time_T, 8 + 0.05 * time_T**2], axis=-1)[None]
    radius_NT = np.repeat([[7.0], *[[2.0]] * 30], 24, axis=1)
    frames = drawn(np.concatenate([ball, flakes]), radius_NT, [(200, 30, 30), *[(240, 240, 240)] * 30], side=(144, 128))
    assert track(frames, time_T / 24).names == ("red",)


@pytest.mark.parametrize(
    ("colours", "things"), [([(220, 40, 40)] * 3, 4), ([(220, 40, 40), (40, 60, 220), (240, 240, 240)], 3)]
)
def test_one_of_several_alike_does_not_leap(colours, things):
    time_T = np.arange(24.0)
    places = np.array([np.stack([15 + 2 * time_T, np.full(24, y)], axis=-1) for y in (12.0, 36.0, 60.0)])
    places[0, 12:] += np.array([50.0, 0.0])
    found = track(drawn(places, np.full((3, 24), 6.0), colours), time_T / 24)
    assert len(found) == things


def test_what_is_not_seen_beside_another_is_part_of_it_not_gone():
    time_T = np.arange(30.0)
    centre_T2 = np.stack([20 + time_T, np.full(30, 30.0)], axis=-1)
    held = np.array([centre_T2, centre_T2 + np.array([12, 0])])
    held[1, 10:15] = np.nan
    together_NT = np.zeros((2, 30), dtype=bool)
    _mark_held(held, np.array([5.0, 5.0]), together_NT)
    assert together_NT.sum(axis=0).tolist() == [0] * 10 + [2] * 5 + [0] * 15
    apart = np.zeros_like(together_NT)
    _mark_held(held, np.array([3.0, 3.0]), apart)
    assert not apart.any()


@pytest.mark.parametrize(("grows", "holds"), [("at once", False), ("nearer", True), ("aside", None)])
def test_size_may_change_with_distance_not_at_once(grows, holds):
    time_T = np.arange(40.0)
    place_T2 = np.stack([20 + 2 * time_T, np.full(40, 36.0)], axis=-1)
    sizes = {"at once": np.where(time_T < 20, 8, 9.2), "nearer": 6 + 4 * time_T / 39, "aside": np.full(40, 8.0)}
    places, radii, colours = [place_T2], [sizes[grows]], [(220, 200, 60)]
    if grows == "aside":  # its reflection joins it
        places.append(np.where((time_T < 20)[:, None], -50, place_T2 + np.array([0, 12])))
        radii.append(np.full(40, 5.0))
        colours.append((220, 200, 60))
    found = checks(Study(track(drawn(np.array(places), np.array(radii), colours), time_T / 24)))
    assert next(it.holds for it in found if it.law == "immutability") is holds


def test_flights_of_what_comes_nearer_are_allowed_for():
    time_T = np.arange(48) / 24
    fall_T2 = np.stack([20 + 30 * time_T, 10 + 40 * time_T**2], axis=-1)
    near_T = 1 / (1 - 0.12 * time_T)  # the camera sees it grow
    seen_T2 = np.array([64, 10]) + (fall_T2 - [64, 10]) * near_T[:, None]
    tracks = track(drawn(seen_T2[None], 6.0 * near_T[None], [(220, 200, 60)], side=(250, 128)), time_T)
    study = Study(tracks)
    seen = np.flatnonzero(np.isfinite(tracks.place_NTD[0, :, 0]))
    assert study.approach_N[0] == pytest.approx(np.log(near_T[seen[-1]] / near_T[seen[0]]), rel=0.1)
    assert not any(it.holds is False for it in checks(study))
    even = track(drawn(fall_T2[None], np.full((1, 48), 6.0), [(220, 200, 60)], side=(250, 128)), time_T)
    assert Study(even).approach_N.tolist() == [0.0]
