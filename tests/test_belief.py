import math

import pytest
import torch

from sora2lib.model.belief import (
    ATOMS,
    HINTS,
    LOUD,
    Belief,
    Foreseen,
    Whole,
    commonest,
    decision,
    surprise,
    velocity,
)


def mixture(*components):
    """Means, spreads and logits (1 + J, 1) of (mean, deviation, share) triples."""
    mean, deviation, share = (torch.tensor(it, dtype=torch.float64)[:, None] for it in zip(*components, strict=True))
    return mean, deviation.log(), share.log()


@pytest.mark.parametrize("level", [0.0, 0.3, 0.7, 0.95])
def test_velocity_is_what_bayes_expects(level):
    """Twin: the mean of ``data - noise`` over all data that agree with the noisy value, by quadrature."""
    components, noisy = ((0.7, 0.6, 0.5), (-1.0, 0.05, 0.3), (0.2, 0.02, 0.2)), 0.1
    data = torch.linspace(-8, 8, 400_001, dtype=torch.float64)
    density = sum(share / s * torch.exp(-((data - m) ** 2) / (2 * s**2)) for m, s, share in components)
    noise = (noisy - level * data) / (1 - level)
    weight = density * torch.exp(-(noise**2) / 2)
    expected = ((data - noise) * weight).sum() / weight.sum()
    got = velocity(*mixture(*components), torch.tensor([noisy], dtype=torch.float64), torch.tensor(level))
    assert got.item() == pytest.approx(float(expected), abs=1e-3)


@pytest.mark.parametrize("level", [0.0, 0.3, 0.7])
def test_surprise_is_minus_the_logarithm_of_what_bayes_expects(level):
    means, spreads, logits = mixture((1.0, 0.3, 0.2), (-0.5, 0.8, 0.8))
    grid = torch.linspace(-8, 8, 20_001, dtype=torch.float64)
    noisy, one = torch.tensor([0.2]), torch.tensor(level)
    parts = zip(means.double(), spreads.double(), torch.log_softmax(logits.double(), dim=0), strict=True)
    prior = sum(torch.exp(w - (grid - m) ** 2 / (2 * torch.exp(2 * s)) - s) for m, s, w in parts)
    posterior = prior * torch.exp(-((float(noisy) - level * grid) ** 2) / (2 * (1 - level) ** 2))
    density = posterior / (posterior.sum() * (grid[1] - grid[0]))
    for at in (9_000, 11_000):
        got = surprise(means, spreads, logits, noisy, one, grid[at : at + 1].float())
        assert float(got) + math.log(2 * math.pi) / 2 == pytest.approx(-math.log(density[at]), abs=1e-3)


def test_near_the_end_a_value_beside_an_atom_snaps_onto_it_and_another_stays():
    parts, level = mixture((0.0, 1.0, 0.5), (-2.979, 0.01, 0.5)), torch.tensor(0.95)
    for noisy, expected in ((-2.979 * 0.95 + 0.02, -2.979), (0.95, 1.0)):
        noisy = torch.tensor([noisy], dtype=torch.float64)
        assert (noisy + 0.05 * velocity(*parts, noisy, level)).item() == pytest.approx(expected, abs=5e-3)


def test_before_training_a_belief_is_nearly_a_unit_gaussian():
    belief, noisy = Belief(8, 5), torch.linspace(-2, 2, 5)[None]
    t = 0.5
    got = belief(torch.randn(1, 8), noisy, torch.full((1,), t))
    gaussian = (2 * t - 1) * noisy / (t**2 + (1 - t) ** 2)
    assert (got - gaussian).abs().max() < 0.5
    assert belief.read.weight.abs().max() == 0


def test_commonest_values_are_found_and_not_twice():
    values = torch.cat([torch.full((50,), -2.979), torch.full((30,), 0.001), torch.randn(20) * 3])
    assert commonest(values, 2).tolist() == pytest.approx([-2.979, 0.001], abs=0.011)
    assert len(commonest(torch.ones(4), 3)) == 3  # fewer values than atoms


def test_atoms_settle_on_what_channels_repeat_and_learn():
    torch.manual_seed(0)
    belief = Belief(8, 2)
    rows = torch.stack([torch.where(torch.rand(500) < 0.5, -0.7, torch.randn(500)), torch.full((500,), 0.3)], dim=-1)
    belief.settle(rows)
    assert belief.atoms.shape == (ATOMS, 2)
    assert belief.atoms[0].tolist() == pytest.approx([-0.7, 0.3], abs=0.02)
    belief(torch.randn(4, 8), torch.randn(4, 2), torch.rand(4)).square().sum().backward()
    assert belief.atoms.grad is not None
    assert math.isfinite(float(belief.spreads.grad.abs().sum()))


@pytest.mark.parametrize("level", [0.0, 0.2, 0.6])
def test_a_decision_is_what_bayes_expects(level):
    """Twin: the likelihood of the noisy channels under each outcome, written out."""
    logits, noisy = torch.tensor([0.3, -1.0, 2.0]), torch.tensor([1.1, 0.4, -0.7])
    outcomes = LOUD * torch.eye(3)
    noise = (noisy - level * outcomes) / (1 - level)  # (3 outcomes, 3 channels)
    share = logits.exp() * torch.exp(-noise.square().sum(dim=-1) / 2)
    expected = ((outcomes - noise) * (share / share.sum())[:, None]).sum(dim=0)
    assert decision(logits, noisy, torch.tensor(level)).tolist() == pytest.approx(expected.tolist(), abs=1e-5)


def test_decisions_fall_and_as_often_as_believed():
    """Twelve Euler steps from noise end at one outcome; each is as frequent as its logit says."""
    torch.manual_seed(0)
    share = torch.tensor([0.1, 0.6, 0.3])
    x, steps = torch.randn(4000, 3), 12
    for i in range(steps):
        x = x + decision(share.log().expand(4000, 3), x, torch.full((4000,), i / steps)) / steps
    assert (x.amax(dim=-1) - LOUD).abs().quantile(0.9) < 0.1
    got = torch.bincount(x.argmax(dim=-1), minlength=3) / 4000
    assert got.tolist() == pytest.approx(share.tolist(), abs=0.05)


def test_the_last_channels_of_a_belief_are_its_decision():
    torch.manual_seed(0)
    belief, x, noisy, level = Belief(8, 7, outcomes=3), torch.randn(2, 8), torch.randn(2, 7), torch.rand(2)
    got = belief(x, noisy, level)
    assert torch.equal(got[:, 4:], decision(belief.decide(x), noisy[:, 4:], level))
    belief.settle(torch.randn(20, 7))
    assert belief.atoms.shape == (ATOMS, 4)


def foreseen(onward=((0.0,) * 3,), hints=((0.0,),), forecast=((0.0,) * 5,)):
    """What is said of one row of three channels and a decision between two outcomes, of which one has hints."""
    hints = torch.tensor(hints).expand(HINTS, -1)[None]
    return Foreseen(torch.tensor(onward), hints, torch.tensor(forecast), torch.ones(1) > 0)


def test_a_trusted_guess_is_taken_as_it_is_and_the_channels_beside_it_stay():
    belief, noisy, level = Belief(8, 5, outcomes=2, foreseen=True), torch.zeros(1, 5), torch.full((1,), 0.3)
    x, guess = torch.randn(1, 8), (1.5, -0.7, 9.0)
    without = belief(x, noisy, level)
    said = torch.tensor([20.0, 20.0, -30.0, -5.0, -5.0, -5.0])  # likely, exact
    with torch.no_grad():
        belief.follow.leave.bias[0] = -40.0  # not as a whole
    for informed, trust in (
        (foreseen(onward=(guess,)), belief.trust.bias),
        (foreseen(forecast=((*guess, 0.0, 0.0),)), belief.weigh.leave.bias[:-1]),
    ):
        with torch.no_grad():
            before = trust.clone()
            trust.copy_(said)
        seen = belief(x, noisy, level, informed)
        torch.testing.assert_close((noisy + 0.7 * seen)[0, :2], torch.tensor(guess[:2]), atol=0.02, rtol=0)
        torch.testing.assert_close(seen[:, 2], without[:, 2], atol=1e-3, rtol=1e-3)
        with torch.no_grad():
            trust.copy_(before)


def test_a_row_that_follows_none_has_no_forecast():
    belief = Belief(8, 5, outcomes=2, foreseen=True)
    x, noisy, level = torch.randn(1, 8), torch.zeros(1, 5), torch.ones(1) / 2
    with torch.no_grad():
        belief.weigh.leave.bias.fill_(9.0)
    said = foreseen(forecast=((2.0, 2.0, 2.0, LOUD, 0.0),))
    first = Foreseen(said.onward, said.hints, said.forecast, ~said.follows)
    told, untold = belief(x, noisy, level, said), belief(x, noisy, level, first)
    elsewhere = belief(x, noisy, level, Foreseen(said.onward, said.hints, -said.forecast, ~said.follows))
    torch.testing.assert_close(untold, elsewhere)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(told, untold)


def test_before_training_guesses_from_outside_count_little():
    torch.manual_seed(0)
    belief, x, noisy, level = (
        Belief(8, 5, outcomes=2, foreseen=True),
        torch.randn(4, 8),
        torch.randn(4, 5),
        torch.rand(4),
    )
    with torch.no_grad():
        belief.follow.leave.bias[0] = -40.0  # as a whole it is taken or not by what it is
    wild = foreseen(((9.0,) * 3,), forecast=((-9.0, -9.0, -9.0, LOUD, 0.0),))
    told = Foreseen(*(part.expand(4, *part.shape[1:]) for part in vars(wild).values()))
    torch.testing.assert_close(belief(x, noisy, level, told)[:, 3:], belief(x, noisy, level)[:, 3:])


def test_hints_and_forecasts_lean_a_decision_as_far_as_they_are_heeded():
    belief, x = Belief(8, 7, outcomes=4, foreseen=True), torch.randn(2, 8)
    hints = torch.tensor([[1.0, 0, 0], [0, 0.4, 0.6]]).expand(2, 2, 3)
    forecast = torch.zeros(2, 7)
    forecast[:, -1] = LOUD  # the last outcome: none is struck
    said = Foreseen(torch.zeros(2, 3), hints, forecast, torch.ones(2) > 0)
    torch.testing.assert_close(belief.leaning(x, said), belief.leaning(x))  # nothing is heeded before training
    with torch.no_grad():
        belief.heed.bias.copy_(torch.tensor([2.0, 10.0]))
    weighed = torch.zeros(2, 7)
    weighed[:, -1] = 3.0
    leant = belief.leaning(x, said, weighed) - belief.leaning(x)
    torch.testing.assert_close(leant, torch.tensor([[2.0, 4.0, 6.0, 3.0]]).expand(2, 4))


def test_a_row_that_comes_as_foretold_comes_so_as_a_whole():
    torch.manual_seed(0)
    belief, x, level = Belief(8, 5, outcomes=2, foreseen=True), torch.randn(1, 8), torch.full((1,), 0.3)
    noisy = 0.7 * torch.randn(1, 5)
    said = foreseen(forecast=((1.5, -0.7, 0.2, 0.0, LOUD),))
    with torch.no_grad():
        belief.follow.leave.bias.fill_(40.0)
        clean = noisy + 0.7 * belief(x, noisy, level, said)
        torch.testing.assert_close(clean, said.forecast, atol=0.02, rtol=0)
        belief.follow.leave.bias[0] = -40.0
        apart = belief(x, noisy, level, said)
        belief.follow.leave.bias[0] = 25.0  # not where there is no forecast
        none = Foreseen(said.onward, said.hints, said.forecast, ~said.follows)
        assert (noisy + 0.7 * belief(x, noisy, level, none) - said.forecast).abs().max() > 0.3
    assert (noisy + 0.7 * apart - said.forecast).abs().max() > 0.3


def test_a_forecast_beside_an_atom_means_the_atom():
    atoms = torch.tensor([[-2.979], [0.0]])
    for forecast, meant in ((-2.973, -2.979), (0.006, 0.0), (-2.9, -2.9), (0.5, 0.5)):
        row = torch.tensor([[forecast, LOUD, 0.0]])
        whole = Whole.of(row, torch.zeros(1), atoms)
        noisy, level = 0.9 * row + 0.05, torch.full((1,), 0.9)
        assert float((noisy + 0.1 * whole.velocity(noisy, level))[0, 0]) == pytest.approx(meant, abs=0.006)
