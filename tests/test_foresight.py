"""Foresight: what goes on as before is told to the millimetre, and who is met, when and where."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sora2lib.model.conditions import motion_batch
from sora2lib.model.foresight import CLEARANCE_KNEE, DT, GAPS, PLACE, SPEED, SQUASHED, foresee
from sora2lib.model.tokens import TURN, encode
from sora2lib.model.tracks import STRIDE
from sora2lib.model.transformer import FORESEEN
from sora2lib.model.weights import Scales
from sora2lib.train.data import Example, scales
from sora2lib.world.facts import Facts
from sora2lib.world.schema import GRAVITY, build
from sora2lib.world.simulate import simulate

FACTS = Facts("drop", "drop", (), "ice", "noon", "clear", "static", "", "wide")
SAMPLES = 8 * STRIDE + 1
GUESSED = len(FORESEEN)
TIME = np.arange(SAMPLES) * DT
REST = np.zeros((SAMPLES, 3))


def world(paths, *, sizes, fixed, turn=(1.0, 0.0, 0.0, 0.0), assets=None):
    """Bodies on given paths (A, T, 3)."""
    count = len(paths)
    rotation = np.tile(np.array([1.0, 0, 0, 0]), (count, SAMPLES, 1))
    rotation[-1] = turn
    eye, zero = REST + np.array([0, -8, 2]), 0 * TIME
    return build(
        actors=[f"actor {i}" for i in range(count)], time=TIME, asset=assets or ["ball"] * count,
        material=["rubber"] * count, colour=[(1, 0, 0)] * count, density=[1000] * count, restitution=[0.5] * count,
        friction=[0.5] * count, gloss=[0.1] * count, size=sizes, fixed=fixed, position=paths, rotation=rotation,
        camera_eye=eye, camera_target=REST, camera_roll=zero, camera_fov=zero + 0.8, ground="concrete",
        sun_azimuth=0.0, sun_elevation=1.0, cloud=0.0, fog=0.0, ambience="room", ambience_level=0.0,
    )  # fmt: skip


def told(scene):
    """Foresight of a clean world (M, K, FORESIGHT), and its rows and scales."""
    rows = encode(scene)
    known = Scales.from_arrays(scales([Example(rows, FACTS)]))
    batch = foresee(motion_batch([rows], known, slots=len(rows.cast)), known)
    return batch.foresight[0].double().numpy(), rows, known


def metres(squashed):
    return np.sinh(squashed / SQUASHED) * CLEARANCE_KNEE


def test_a_flight_goes_on_as_it_was():
    path = np.array([0.0, 0, 9]) + np.outer(TIME, [1.5, -0.5, 2.0]) - np.outer(TIME**2, [0, 0, GRAVITY / 2])
    seen, rows, known = told(world([path], sizes=[(0.2,) * 3], fixed=[False]))
    mean, deviation = (it["motion"][list(FORESEEN)].numpy() for it in (known.mean, known.deviation))
    guess = seen[0, 1:, :GUESSED] * deviation + mean
    np.testing.assert_allclose(guess[:, PLACE], rows.motion[0, 1:, PLACE], atol=1e-4)
    np.testing.assert_allclose(guess[:, SPEED], rows.motion[0, 1:, SPEED], atol=1e-3)
    np.testing.assert_allclose(guess[:, GAPS], rows.motion[0, 1:, GAPS], atol=1e-3)


def test_the_ground_is_met_at_the_sample_told():
    seen, *_ = told(simulated := simulate("drop", 2))
    heights = simulated.position.values[0, :, 2] - simulated["size"].values[0, 2] / 2
    first = int(np.argmax(heights < 1e-3))
    row, sample = divmod(first, STRIDE)
    gaps = metres(seen[0, row, GUESSED : GUESSED + STRIDE])
    assert gaps[sample] < 0.02 < gaps[sample - 1] if sample else gaps[0] < 0.02


def test_the_first_row_starts_at_rest_where_the_cast_says():
    path = np.array([0.0, 0, 2]) - np.outer(TIME**2, [0, 0, 0.0])
    seen, *_ = told(world([path], sizes=[(0.2,) * 3], fixed=[False]))
    np.testing.assert_allclose(metres(seen[0, 0, GUESSED : GUESSED + STRIDE]), 1.9, atol=1e-3)


@pytest.mark.parametrize("row", [0, 3])
def test_two_balls_close_in(row):
    left = np.array([-2.0, 0, 0.1]) + np.outer(TIME, [0.5, 0, 0])
    right = np.array([2.0, 0, 0.1]) - np.outer(TIME, [0.3, 0, 0])
    seen, *_ = told(world([left, right], sizes=[(0.2,) * 3] * 2, fixed=[False] * 2))
    distances = metres(seen[0, row, GUESSED + STRIDE : GUESSED + 2 * STRIDE])
    at = np.arange(row * STRIDE, (row + 1) * STRIDE)
    np.testing.assert_allclose(distances, (right - left)[at, 0] - 0.2, atol=2e-3)
    np.testing.assert_allclose(seen[0, row, -5:-1], [1, 0, 0, 0.8], atol=2e-3)
    np.testing.assert_allclose(seen[1, row, -5:-1], [-1, 0, 0, 0.8], atol=2e-3)


def test_a_turned_wall_is_met_at_its_face():
    """A wall 0.2 m thick, turned by 30 degrees about z, two metres ahead of a ball that comes along its normal."""
    angle = np.radians(30)
    normal = np.array([np.cos(angle), np.sin(angle), 0.0])
    ball = np.array([0.0, 0, 0.5]) + np.outer(TIME, 0.4 * normal)
    wall = REST + 2 * normal + [0, 0, 0.5]
    turn = (np.cos(angle / 2), 0, 0, np.sin(angle / 2))
    seen, *_ = told(
        world([ball, wall], sizes=[(0.2,) * 3, (0.2, 3, 2)], fixed=[False, True], turn=turn, assets=["ball", "wall"])
    )
    distances = metres(seen[0, 2, GUESSED + STRIDE : GUESSED + 2 * STRIDE])
    along = 0.4 * TIME[2 * STRIDE : 3 * STRIDE]
    np.testing.assert_allclose(distances, 2 - 0.1 - 0.1 - along, atol=2e-3)
    np.testing.assert_allclose(seen[0, 2, -5:-1], [*normal, 0.4], atol=2e-3)


def test_noise_of_any_strength_gives_finite_channels():
    rows = encode(simulate("basketball", 3))
    known = Scales.from_arrays(scales([Example(rows, FACTS)]))
    clean = motion_batch([rows], known, slots=16)
    torch.manual_seed(0)
    for level in (0.0, 0.02, 0.5, 1.0):
        noisy = replace(
            clean, motion=30 * torch.randn_like(clean.motion), motion_level=torch.full_like(clean.motion_level, level)
        )
        assert torch.isfinite(foresee(noisy, known).foresight).all()


def test_an_estimate_is_trusted_over_the_noisy_rows():
    """Rows taken to be the true ones foretell what the true ones do; only the last channel says how it came about."""
    path = np.array([0.0, 0, 9]) + np.outer(TIME, [1.5, -0.5, 2.0]) - np.outer(TIME**2, [0, 0, GRAVITY / 2])
    seen, rows, known = told(world([path], sizes=[(0.2,) * 3], fixed=[False]))
    clean = motion_batch([rows], known, slots=1)
    noisy = replace(clean, motion=torch.randn_like(clean.motion), motion_level=torch.full_like(clean.motion_level, 0.1))
    informed = foresee(noisy, known, clean.motion).foresight[0].double().numpy()
    np.testing.assert_allclose(informed[..., :-1], seen[..., :-1], atol=1e-5)
    assert (seen[..., -1] == 0).all()
    assert (informed[..., -1] == 1).all()


def test_what_rolls_turns_on_as_its_rates_say():
    rows = encode(simulate("roll", 2))
    known = Scales.from_arrays(scales([Example(rows, FACTS)]))
    seen = foresee(motion_batch([rows], known, slots=len(rows.cast)), known).foresight[0].double().numpy()
    mean, deviation = (it["motion"][TURN].numpy() for it in (known.mean, known.deviation))
    guess = seen[..., GUESSED - 6 : GUESSED] * deviation + mean
    assert np.ptp(rows.motion[..., TURN], axis=1).max() > 0.2
    np.testing.assert_allclose(guess, rows.motion[..., TURN], atol=2e-3)
