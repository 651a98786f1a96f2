"""Muon (Jordan et al. 2024) as torch has it, with all matrices of one shape orthogonalised together.

Sixty small matrices, one after the other, are two thousand launches a step: on a GPU they took as long as the network's
own passes.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

WEIGHTS = 3.4445, -4.7750, 2.0315  # of the quintic iteration, as in torch.optim.Muon
ITERATIONS = 5


class Muon(torch.optim.Muon):
    """The same steps as ``torch.optim.Muon(..., adjust_lr_fn="match_rms_adamw")``, up to rounding.

    >>> matrix = torch.nn.Parameter(torch.eye(2)); matrix.grad = torch.ones(2, 2)
    >>> Muon([matrix], lr=0.1).step()
    """

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Take one step; there is no closure."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[Tensor]] = {}
            for matrix in group["params"]:
                if matrix.grad is not None:
                    alike.setdefault(matrix.shape, []).append(matrix)
            for matrices in alike.values():
                self._move(matrices, group)

    def _move(self, matrices: list[Tensor], group: dict[str, Any]) -> None:
        gradients = [matrix.grad for matrix in matrices if matrix.grad is not None]
        kept = [self.state[it].setdefault("momentum_buffer", torch.zeros_like(it)) for it in matrices]
        torch._foreach_lerp_(kept, gradients, 1 - group["momentum"])
        moves = orthogonal(torch.stack(torch._foreach_lerp(gradients, kept, group["momentum"])))
        torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
        rate = group["lr"] * 0.2 * max(matrices[0].shape) ** 0.5
        torch._foreach_add_(matrices, list(moves.to(matrices[0].dtype).unbind()), alpha=-rate)


def orthogonal(matrices: Tensor) -> Tensor:
    """Nearly orthogonal matrices (N, A, B), in bfloat16, with the singular vectors of those given (Newton-Schulz)."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.mT if tall else matrices).bfloat16()
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    a, b, c = WEIGHTS
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x
