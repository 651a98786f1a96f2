"""Foresight: what goes on as before is told to the millimetre, and who is met, when and where."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sora2lib.model.conditions import motion_batch
from sora2lib.model.foresight import foresee
from sora2lib.model.interaction import Interaction
from sora2lib.model.meetings import BRISK, HEAVY, SQUASHED, meet_ground
from sora2lib.model.rollout import ACCELERATIONS, GAPS, PLACE, SPEED
from sora2lib.model.tokens import CLEARANCE_KNEE, DT, TURN, encode
from sora2lib.model.tracks import STRIDE
from sora2lib.model.transformer import FORESEEN, SLOTS
from sora2lib.model.weights import Scales
from sora2lib.train.data import scales, stacks
from sora2lib.world.facts import Facts
from sora2lib.world.schema import GRAVITY, build
from sora2lib.world.simulate import simulate

FACTS = Facts("drop", "drop", (), "ice", "noon", "clear", "static", "", "wide")
SAMPLES = 8 * STRIDE + 1
GUESSED = FORESEEN
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
    known = Scales.from_arrays(scales(stacks([rows])))
    batch = foresee(Interaction(), motion_batch([rows], known, slots=len(rows.cast)), known)
    return batch.foresight[0].double().numpy(), rows, known


def metres(squashed):
    return np.sinh(squashed / SQUASHED) * CLEARANCE_KNEE


def test_a_flight_goes_on_as_it_was():
    path = np.array([0.0, 0, 9]) + np.outer(TIME, [1.5, -0.5, 2.0]) - np.outer(TIME**2, [0, 0, GRAVITY / 2])
    seen, rows, known = told(world([path], sizes=[(0.2,) * 3], fixed=[False]))
    mean, deviation = (it["motion"][:FORESEEN].numpy() for it in (known.mean, known.deviation))
    guess = seen[0, 1:, :GUESSED] * deviation + mean
    np.testing.assert_allclose(guess[:, PLACE], rows.motion[0, 1:, PLACE], atol=1e-4)
    np.testing.assert_allclose(guess[:, SPEED], rows.motion[0, 1:, SPEED], atol=1e-3)
    np.testing.assert_allclose(guess[:, GAPS], rows.motion[0, 1:, GAPS], atol=1e-3)
    np.testing.assert_allclose(guess[:, ACCELERATIONS], rows.motion[0, 1:, ACCELERATIONS], atol=1e-3)


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


def speeds(squashed):
    return np.sinh(squashed / BRISK) * DT


@pytest.mark.parametrize("row", [0, 3])
def test_two_balls_close_in(row):
    left = np.array([-2.0, 0, 0.1]) + np.outer(TIME, [0.5, 0, 0])
    right = np.array([2.0, 0, 0.1]) - np.outer(TIME, [0.3, 0, 0])
    seen, *_ = told(world([left, right], sizes=[(0.2,) * 3, (0.4,) * 3], fixed=[False] * 2))
    at = np.arange(row * STRIDE, (row + 1) * STRIDE)
    one, other = bodies(seen[0, row]), bodies(seen[1, row])
    np.testing.assert_allclose(metres(one["gaps"]), (right - left)[at, 0] - 0.3, atol=2e-3)
    np.testing.assert_allclose(one["way"], [1, 0, 0], atol=2e-3)
    np.testing.assert_allclose(other["way"], [-1, 0, 0], atol=2e-3)
    np.testing.assert_allclose(speeds(one["closing"]), 0.8, atol=2e-3)
    np.testing.assert_allclose(speeds(one["relative"]), [0.8, 0, 0], atol=2e-3)
    np.testing.assert_allclose(speeds(other["relative"]), [-0.8, 0, 0], atol=2e-3)
    assert one["heavier"] == pytest.approx(3 * np.log(2) / 4, abs=1e-3)  # twice as wide, as dense
    assert other["heavier"] == pytest.approx(-3 * np.log(2) / 4, abs=1e-3)
    assert one["slot"].argmax() == 1
    assert other["slot"].argmax() == 0
    assert not one["share"].any()


def bodies(channels):
    """Channels of who is met, by name."""
    names = {"gaps": STRIDE, "share": STRIDE, "way": 3, "closing": 1, "relative": 3, "heavier": 1}
    names |= {"stuff": 3, "slot": SLOTS}
    start = GUESSED + 2 * STRIDE + 1
    ends = start + np.cumsum(list(names.values()))
    return {name: channels[end - size : end] for (name, size), end in zip(names.items(), ends, strict=True)}


def test_who_is_struck_first_is_met_not_who_is_nearest():
    """A ball flies at a wall ahead and past another that it does not touch."""
    ball = np.array([0.0, 0, 0.5]) + np.outer(TIME, [3.0, 0, 0])
    beside, wall = REST + np.array([1.0, 0.5, 0.5]), REST + np.array([1.9, 0, 0.5])
    seen, *_ = told(
        world([ball, beside, wall], sizes=[(0.2,) * 3, (0.2,) * 3, (0.2, 3, 2)], fixed=[False, False, True],
              assets=["ball", "ball", "wall"])
    )  # fmt: skip
    met = bodies(seen[0, 1])  # the wall's face is 1.7 m away, touched after 17/30 s: 13.6 samples
    assert met["slot"].argmax() == 2
    np.testing.assert_allclose(met["share"], [0, 0, 0, 0, 0, 0.4, 0.6, 0], atol=1e-3)
    assert met["heavier"] == HEAVY / 4
    assert bodies(seen[0, 0])["slot"].argmax() == 1  # nothing is struck yet, and it passes closer by the other


def test_a_blow_is_shared_between_the_samples_round_it_as_its_accelerations_are():
    """A bounce between two samples: second differences of the true path, beside what foresight makes of its start."""
    height, speed, back = 0.05, -2.0, 0.5
    time = np.arange(-1, STRIDE + 1) * DT
    moment = height / -speed
    path = np.where(time < moment, height + speed * time, -speed * back * (time - moment))
    accelerations = np.diff(path, n=2) / DT**2
    ahead = torch.as_tensor(height + speed * np.arange(STRIDE + 1) * DT)
    channels = meet_ground(ahead[None, None, None])[0, 0, 0].numpy()
    share, closing = channels[STRIDE : 2 * STRIDE], speeds(channels[-1])
    np.testing.assert_allclose(accelerations, share * closing * (1 + back) / DT, atol=1e-9)


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
    met = bodies(seen[0, 2])
    along = 0.4 * TIME[2 * STRIDE : 3 * STRIDE]
    np.testing.assert_allclose(metres(met["gaps"]), 2 - 0.1 - 0.1 - along, atol=2e-3)
    np.testing.assert_allclose(met["way"], normal, atol=2e-3)
    np.testing.assert_allclose(speeds(met["closing"]), 0.4, atol=2e-3)


def test_noise_of_any_strength_gives_finite_channels():
    rows = encode(simulate("basketball", 3))
    known = Scales.from_arrays(scales(stacks([rows])))
    clean = motion_batch([rows], known, slots=16)
    torch.manual_seed(0)
    for level in (0.0, 0.02, 0.5, 1.0):
        noisy = replace(
            clean, motion=30 * torch.randn_like(clean.motion), motion_level=torch.full_like(clean.motion_level, level)
        )
        assert torch.isfinite(foresee(Interaction(), noisy, known).foresight).all()


def test_an_estimate_is_trusted_over_the_noisy_rows():
    """Rows taken to be the true ones foretell what the true ones do; only the last channel says how it came about."""
    path = np.array([0.0, 0, 9]) + np.outer(TIME, [1.5, -0.5, 2.0]) - np.outer(TIME**2, [0, 0, GRAVITY / 2])
    seen, rows, known = told(world([path], sizes=[(0.2,) * 3], fixed=[False]))
    clean = motion_batch([rows], known, slots=1)
    noisy = replace(clean, motion=torch.randn_like(clean.motion), motion_level=torch.full_like(clean.motion_level, 0.1))
    informed = foresee(Interaction(), noisy, known, clean.motion).foresight[0].double().numpy()
    np.testing.assert_allclose(informed[..., :-1], seen[..., :-1], atol=1e-5)
    assert (seen[..., -1] == 0).all()
    assert (informed[..., -1] == 1).all()


def test_what_rolls_turns_on_as_its_rates_say():
    rows = encode(simulate("roll", 2))
    known = Scales.from_arrays(scales(stacks([rows])))
    seen = (
        foresee(Interaction(), motion_batch([rows], known, slots=len(rows.cast)), known).foresight[0].double().numpy()
    )
    mean, deviation = (it["motion"][TURN].numpy() for it in (known.mean, known.deviation))
    guess = seen[..., TURN] * deviation + mean
    assert np.ptp(rows.motion[..., TURN], axis=1).max() > 0.2
    np.testing.assert_allclose(guess, rows.motion[..., TURN], atol=2e-3)


def test_where_it_is_known_how_all_begins_the_first_row_has_a_forecast():
    rows = encode(simulate("drop", 1))
    known = Scales.from_arrays(scales(stacks([rows])))
    clean = motion_batch([rows], known, slots=len(rows.cast))
    noise = replace(clean, motion=torch.randn_like(clean.motion), motion_level=torch.zeros_like(clean.motion_level))
    without = foresee(Interaction(), noise, known)
    told = foresee(Interaction(), noise, known, first=clean.motion[:, :, :1])
    assert not without.follows[:, :, 0].any()
    assert without.follows[:, :, 1:].all()
    assert told.follows.all()
    begins = known.leave("motion", told.forecast)[0, :, 0]
    truth = torch.as_tensor(rows.motion[:, 0], dtype=torch.float32)
    torch.testing.assert_close(begins[:, GAPS.start], truth[:, GAPS.start], atol=2e-3, rtol=0)
    assert (begins[:, SPEED] - truth[:, SPEED]).abs().max() < 0.5  # what an untrained network adds to it
    torch.testing.assert_close(told.forecast[:, :, 1:], without.forecast[:, :, 1:])


def test_rows_are_forecast_as_among_all_and_the_others_are_not():
    rows = encode(simulate("collide", 2))
    known = Scales.from_arrays(scales(stacks([rows])))
    clean = motion_batch([rows], known, slots=len(rows.cast))
    torch.manual_seed(4)
    network, first = Interaction(), clean.motion[:, :, :1]
    every, some = (foresee(network, clean, known, clean.motion, first, rows) for rows in (slice(None), slice(3, 5)))
    torch.testing.assert_close(some.forecast[:, :, 3:5], every.forecast[:, :, 3:5])
    assert every.follows.all()
    assert every.forecast[:, :, :3].any()
    assert not some.forecast[:, :, :3].any()
    assert some.follows.all(dim=0).all(dim=0).nonzero().flatten().tolist() == [3, 4]
    assert not foresee(network, clean, known, clean.motion, rows=slice(0, 0)).follows.any()
    torch.testing.assert_close(some.foresight, every.foresight)


def test_worlds_are_foreseen_beside_others_as_alone():
    """A frame that stands still must not be moved by the rows that its world lacks in a batch of more movers."""
    torch.manual_seed(0)
    network = Interaction()
    for part in (network.pair, network.node):
        torch.nn.init.normal_(part.leave.weight, std=0.05)
    worlds = [encode(simulate("cradle", 3)), encode(simulate("dominoes", 2)), encode(simulate("drop", 2))]
    known = Scales.from_arrays(scales(stacks(worlds)))
    beside = foresee(network, motion_batch(worlds, known, slots=SLOTS), known)
    assert len({len(it.motion) for it in worlds}) == 3
    for i, rows in enumerate(worlds):
        alone, movers = foresee(network, motion_batch([rows], known, slots=SLOTS), known), len(rows.motion)
        for name in ("foresight", "forecast", "follows"):
            them = getattr(beside, name)[i]
            torch.testing.assert_close(them[:movers], getattr(alone, name)[0], atol=1e-4, rtol=1e-4)
            assert not them[movers:].any()
