import numpy as np
import pytest

from sora2lib.model import rotations

DT = 1 / 24


def random_quaternions(*shape):
    q = np.random.default_rng(0).normal(size=(*shape, 4))
    return q / np.linalg.norm(q, axis=-1, keepdims=True)


def same(a, b):
    return np.abs(np.abs((a * b).sum(axis=-1)) - 1).max() < 1e-9


def test_quarter_turn_about_z_takes_x_to_y():
    q = rotations.exponential(np.array([0, 0, np.pi / 2]))
    np.testing.assert_allclose(rotations.to_matrix(q) @ [1, 0, 0], [0, 1, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (rotations.to_matrix, rotations.from_matrix),
        (rotations.to_columns, rotations.from_columns),
        (rotations.logarithm, rotations.exponential),
    ],
)
def test_forms_are_inverse(there, back):
    q = random_quaternions(50)
    assert same(back(there(q)), q)


def test_product_is_matrix_product():
    a, b = random_quaternions(20), random_quaternions(20)[::-1]
    np.testing.assert_allclose(
        rotations.to_matrix(rotations.multiply(a, b)), rotations.to_matrix(a) @ rotations.to_matrix(b), atol=1e-12
    )


def test_integrate_inverts_turns():
    rates = np.random.default_rng(1).normal(size=(2, 96, 3)) * 5
    path = [np.tile([1.0, 0, 0, 0], (2, 1))]
    for i in range(96):
        path.append(rotations.multiply(rotations.exponential(rates[:, i] * DT), path[-1]))
    track = np.stack(path, axis=1)
    assert same(rotations.integrate(*rotations.turns(track, DT), DT), track)


def test_a_gap_between_rows_is_spread_over_the_row():
    starts = np.stack([np.array([1.0, 0, 0, 0]), rotations.exponential(np.array([0, 0, 0.4]))])
    track = rotations.integrate(starts, np.zeros((2, 8, 3)), DT)
    angles = rotations.logarithm(track)[:, 2]
    np.testing.assert_allclose(np.diff(angles[:9]), 0.05, atol=1e-9)


def test_since_and_after_are_inverse_and_turn_in_the_world_frame():
    start, turn = rotations.to_columns(random_quaternions(20)), random_quaternions(20)[::-1]
    end = rotations.after(rotations.to_columns(turn), start)
    assert same(rotations.from_columns(end), rotations.multiply(turn, rotations.from_columns(start)))
    np.testing.assert_allclose(rotations.since(end, start), rotations.to_columns(turn), atol=1e-9)
