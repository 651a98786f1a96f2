import pytest
import torch

from sora2lib import sampler


def one(value):
    return (torch.tensor(value),)


def test_euler_is_exact_for_constant_velocity():
    levels = [one([i / 4]) for i in range(5)]
    *_, last = sampler.euler(lambda state, now: one([3.0]), one([1.0]), levels)
    assert last.state[0].item() == pytest.approx(4.0)
    assert (last.index, last.total) == (4, 4)


def test_every_guess_of_a_straight_path_is_its_end():
    levels = [one([i / 4]) for i in range(5)]
    for estimate in sampler.euler(lambda state, now: one([2.0]), one([0.0]), levels):
        assert estimate.guess[0].item() == pytest.approx(2.0)


def test_rows_held_at_one_are_left_alone():
    levels = [(torch.tensor([1.0, i / 3]),) for i in range(4)]
    start = (torch.tensor([[7.0], [0.0]]),)
    *_, last = sampler.euler(lambda state, now: (torch.ones(2, 1) * 5,), start, levels)
    torch.testing.assert_close(last.state[0], torch.tensor([[7.0], [5.0]]))


def test_cascade_starts_with_noise_ends_clean_and_earlier_rows_lead():
    levels = torch.stack(sampler.cascade(6, 20, 3.0))
    assert levels[0].eq(0).all()
    assert levels[-1].eq(1).all()
    assert (levels.diff(dim=0) >= 0).all()
    assert (levels.diff(dim=1) <= 0).all()


def test_cascade_without_lag_is_one_level():
    for level in sampler.cascade(5, 10, 0.0):
        assert level.unique().numel() == 1


def test_guidance_one_is_the_plain_velocity_and_two_doubles_what_the_prompt_adds():
    with_prompt, without = one([3.0]), one([1.0])
    assert sampler.guided(with_prompt, without, 1)[0].item() == 3.0
    assert sampler.guided(with_prompt, without, 2)[0].item() == 5.0


def test_what_is_known_goes_straight_to_what_it_is_and_leaves_the_rest():
    levels = [one([i / 4]) for i in range(5)]
    known = torch.tensor([[2.0, torch.nan]])
    velocity = sampler.led(lambda state, now: one([[3.0, 3.0]]), lambda guess: (known,))
    for estimate in sampler.euler(velocity, one([[1.0, 1.0]]), levels):
        share = estimate.index / 4
        torch.testing.assert_close(estimate.state[0], torch.tensor([[1 + share, 1 + 3 * share]]))


def test_rows_held_at_one_are_left_alone_whatever_is_known():
    levels = [one([1.0]), one([1.0])]
    velocity = sampler.led(lambda state, now: one([[3.0]]), lambda guess: (torch.tensor([[5.0]]),))
    *_, last = sampler.euler(velocity, one([[7.0]]), levels)
    assert last.state[0].item() == 7.0
