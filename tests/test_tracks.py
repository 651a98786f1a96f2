import numpy as np
import pytest

from sora2lib.model import tracks

DT = 1 / 24
SAMPLES = 97


def free_fall(seconds=SAMPLES * DT):
    t = np.arange(SAMPLES) * DT
    return np.stack([1.5 * t, 0 * t, 30 - 0.5 * 9.81 * t**2], axis=-1)


def errors(accelerations):
    return {"start_error": 0.03, "speed_error": 0.05, "acceleration_error": 0.03 * np.hypot(accelerations, 1.0)}


def test_accelerations_of_free_fall_are_exactly_g_in_every_row():
    _, speeds, accelerations = tracks.differences(free_fall(), DT)
    np.testing.assert_allclose(accelerations[..., 2], -9.81, atol=1e-8)
    np.testing.assert_allclose(accelerations[..., :2], 0, atol=1e-9)
    np.testing.assert_allclose(speeds[:, 2], -9.81 * 8 * DT * np.arange(12), atol=1e-9)


def test_reconstruct_inverts_differences():
    track = np.cumsum(np.random.default_rng(0).normal(size=(3, SAMPLES, 2)), axis=1)
    parts = tracks.differences(track, DT)
    again = tracks.reconstruct(*parts, dt=DT, **errors(parts[2]))
    np.testing.assert_allclose(again, track, atol=1e-8)


def test_reconstruct_keeps_free_fall_under_independent_errors():
    """Channel errors as large as the weights assume must leave g within two per cent (one standard deviation)."""
    rng = np.random.default_rng(1)
    starts, speeds, accelerations = tracks.differences(free_fall(), DT)
    fitted = []
    for _ in range(100):
        noisy = tracks.stretch(
            tracks.squash(accelerations, 1.0) + rng.normal(scale=0.03, size=accelerations.shape), 1.0
        )
        track = tracks.reconstruct(
            starts + rng.normal(scale=0.03, size=starts.shape),
            speeds + rng.normal(scale=0.05, size=speeds.shape),
            noisy,
            dt=DT,
            **errors(noisy),
        )
        fitted.append(2 * np.polyfit(np.arange(14) * DT, track[:14, 2], 2)[0])
    assert np.mean(fitted) == pytest.approx(-9.81, rel=0.01)
    assert np.std(fitted) < 0.02 * 9.81


def test_extra_readings_pull_the_track():
    still = np.zeros((SAMPLES, 1))
    starts, speeds, accelerations = tracks.differences(still, DT)
    everywhere = np.arange(SAMPLES)
    raised = tracks.reconstruct(
        starts,
        speeds,
        accelerations,
        dt=DT,
        **errors(accelerations),
        extra=(everywhere, np.ones((SAMPLES, 1)), np.full((SAMPLES, 1), 1e-4)),
    )
    np.testing.assert_allclose(raised, 1.0, atol=1e-3)


@pytest.mark.parametrize("value", [-300.0, -9.81, 0.0, 1e-3, 42.0])
def test_stretch_undoes_squash(value):
    assert tracks.stretch(tracks.squash(np.array(value), 1.0), 1.0) == pytest.approx(value)


def test_two_minutes_are_solved_in_linear_time():
    """A dense solution would take gigabytes and minutes."""
    track = np.cumsum(np.random.default_rng(0).normal(size=(2, 120 * 24 + 1, 3)), axis=1)
    parts = tracks.differences(track, DT)
    np.testing.assert_allclose(tracks.reconstruct(*parts, dt=DT, **errors(parts[2])), track, atol=1e-5)


def test_the_hardest_blow_of_a_row_is_named_and_flight_rest_and_rolling_have_none():
    height = 1.0
    t = np.arange(SAMPLES) * DT
    fall = np.sqrt(2 * height / 9.81)  # 0.45 s: between samples 10 and 11
    up = np.sqrt(2 * 9.81 * height) * 0.8
    after = (t - fall) * up - 0.5 * 9.81 * (t - fall) ** 2
    z = np.where(t < fall, height - 0.5 * 9.81 * t**2, after)
    path = np.stack([np.cumsum(np.full(SAMPLES, 0.02)) - 0.05 * t**2, 0 * t, z], axis=-1)
    *_, accelerations = tracks.differences(path, DT)
    rows = tracks.blows(accelerations)
    assert rows.shape == (12, tracks.STRIDE + 1)
    assert rows[0].argmax() == tracks.STRIDE
    assert rows[1].argmax() + tracks.STRIDE in (10, 11)
    assert np.all(rows[2:, -1] == 1)
    np.testing.assert_array_equal(rows.sum(axis=-1), 1)
