"""What is believed of a number before it is drawn: a mixture of Gaussians, some as narrow as a parameter is exact."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

NEVER = -1e4  # logit of a component that there is not
# How a number is drawn: components by this power of how likely they are, none that is so much rarer than the likeliest;
# and so much of its deviation. A world is many numbers in turn, and one from the tails spoils it.
POWER, RARE, CALM = 1.5, 0.05, 0.7


@dataclass(frozen=True)
class Mixture:
    """What is believed of each number, (..., C, K)."""

    means: Tensor
    spreads: Tensor  # logarithms of deviations
    logits: Tensor

    def at(self, which: Tensor) -> "Mixture":
        """Those of slots (B, S) of bodies (B, S', C, K)."""
        parts = (it.take_along_dim(which[..., None, None], dim=1) for it in (self.means, self.spreads, self.logits))
        return Mixture(*parts)

    def surprise(self, numbers: Tensor) -> Tensor:
        """How unlikely numbers (..., C) are, in nats but for a constant, each by itself (..., C)."""
        off = (numbers[..., None] - self.means) * torch.exp(-self.spreads)
        return -torch.logsumexp(torch.log_softmax(self.logits, dim=-1) - off**2 / 2 - self.spreads, dim=-1)

    def draw(self, chance: Tensor, noise: Tensor) -> Tensor:
        """Draw numbers (..., C), somewhat likelier ones than they are believed.

        Parameters
        ----------
        chance : (..., C) in [0, 1), picks components. noise : (..., C) normal, what they vary by.
        """
        logits = POWER * self.logits
        rare = logits < logits.amax(dim=-1, keepdim=True) + math.log(RARE)
        likely = torch.softmax(logits.masked_fill(rare, NEVER), dim=-1).cumsum(dim=-1)
        last = self.logits.shape[-1] - 1
        which = (likely < chance[..., None] * likely[..., -1:]).sum(dim=-1, keepdim=True).clamp(max=last)
        mean, spread = (it.gather(-1, which)[..., 0] for it in (self.means, self.spreads))
        return mean + CALM * spread.exp() * noise


def chance(generators: list[torch.Generator], *shape: int) -> tuple[Tensor, Tensor]:
    """Uniform and normal numbers (B, *shape) each for :meth:`Mixture.draw`, of each world from its own generator."""
    uniform = torch.stack([torch.rand(shape, generator=generator) for generator in generators])
    return uniform, torch.stack([torch.randn(shape, generator=generator) for generator in generators])
