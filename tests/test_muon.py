"""Our Muon takes the steps that torch's takes."""

from copy import deepcopy

import pytest
import torch

from sora2lib.train.muon import Muon, orthogonal


def test_steps_are_those_of_torch():
    torch.manual_seed(0)
    ours = [torch.nn.Parameter(torch.randn(shape)) for shape in ((24, 8), (8, 24), (24, 8), (16, 16))]
    theirs = deepcopy(ours)
    twin = torch.optim.Muon(theirs, lr=0.02, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
    own = Muon(ours, lr=0.02, weight_decay=0.01)
    for _ in range(4):
        for mine, other in zip(ours, theirs, strict=True):
            mine.grad = torch.randn_like(mine)
            other.grad = mine.grad.clone()
        own.step()
        twin.step()
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, atol=2e-3, rtol=0)


@pytest.mark.parametrize("shape", [(3, 20, 6), (2, 6, 20)])
def test_moves_are_nearly_orthogonal(shape):
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape)).float())
    assert values.min() > 0.4
    assert values.max() < 1.4


def test_a_matrix_without_gradient_stays():
    matrix = torch.nn.Parameter(torch.ones(2, 2))
    Muon([matrix], lr=1.0).step()
    assert (matrix == 1).all()
