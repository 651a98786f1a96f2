"""What a row of the cast is called in the prompt: codes of things are copied from its words, not recalled.

A thing that training never met has a code of its own, which the network could not know; but the prompt's words bring
the codes of what they name along. A row's code is therefore one of those, or none of them and believed as any other
channel: a pointer network (Vinyals et al. 2015) whose choice is weighed against the noisy code by Bayes' rule.

Shapes: B worlds, S cast rows, L words, C channels of a code, D width.
"""

import torch
from torch import Tensor, nn

from sora2lib.model.belief import SHARPEST, evidence, velocity
from sora2lib.model.tokens import ASSET_CODE

WHAT = slice(2, 2 + ASSET_CODE)  # of a cast row: the code of its asset
KEY = 32
UNSURE = -3.0  # logit of a word, beside 0 for none of them, before training
SHARP = 2 * (SHARPEST + 1)  # logarithm of the variance of a code that is copied

Mixture = tuple[Tensor, Tensor, Tensor]


class Called(nn.Module):
    """Chooses among the named things for each cast row."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.ask = nn.Linear(width, KEY)
        self.answer = nn.Linear(width, KEY, bias=False)
        nn.init.zeros_(self.ask.weight)
        nn.init.zeros_(self.ask.bias)

    def forward(
        self, x: Tensor, text: Tensor, codes: Tensor, mask: Tensor, own: Mixture, noisy: Tensor, level: Tensor
    ) -> Tensor:
        """Estimate ``data - noise`` of the codes, (B, S, C).

        Parameters
        ----------
        x : what leaves the trunk (B, S, D). text : rows of the words (B, L, D).
        codes : of what each word names (B, L, C), in standardised channels. mask : words that name something (B, L).
        own : belief about the channels for a row that is none of them. noisy : (B, S, C). level : (B, S).
        """
        logits = self.ask(x) @ self.answer(text).transpose(-1, -2) * KEY**-0.5 + UNSURE  # (B, S, L)
        logits = logits.masked_fill(~mask[:, None], -torch.inf)
        t = level[..., None]
        variance = torch.exp(torch.tensor(SHARP))
        total = t * t * variance + (1 - t) ** 2  # (B, S, 1)
        across = (2 * t * noisy) @ codes.transpose(-1, -2)
        away = (noisy**2).sum(dim=-1, keepdim=True) - across + t**2 * (codes**2).sum(dim=-1)[:, None]  # squared
        said = logits - away / (2 * total) - codes.shape[-1] / 2 * total.log()
        none = evidence(*own, noisy, level).sum(dim=-1, keepdim=True)
        likely = torch.softmax(torch.cat([none, said], dim=-1), dim=-1)
        copied = likely[..., 1:] @ codes  # (B, S, C), not normalised
        known = 1 - likely[..., :1]
        expected = ((1 - t) * copied + known * (t * variance - (1 - t)) * noisy) / total
        return likely[..., :1] * velocity(*own, noisy, level) + expected
