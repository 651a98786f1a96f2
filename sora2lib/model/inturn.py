"""Bodies that are decided in turn: what each is like hangs on those before it, and each number on the numbers before.

A small transformer reads who is there, the scene and the words of the prompt, and for each body what was decided of
those before it; an autoregressive layer then says each number, given those before it (Bishop 1994; Uria et al. 2013).
What the numbers are is for the networks that are built on it to say: where bodies stand
(:mod:`sora2lib.model.placing`), and how they are set going (:mod:`sora2lib.model.aiming`).

Shapes: B worlds, S slots, L rows of text, C numbers of a body, R references, D width.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.blocks import Block, rotary
from sora2lib.model.mixture import NEVER
from sora2lib.model.tokens import SCENE_WIDTH

HEADS, HIDDEN = 4, 64


@dataclass(frozen=True)
class Call:
    """A cast of which something is to be decided: its rows, the scene, what the text encoder made of the prompts."""

    cast: Tensor  # (B, S, CAST_WIDTH) in natural scale
    mask: Tensor  # (B, S) bool: slots that are taken, the first ones
    scene: Tensor  # (B, SCENE_WIDTH) standardised
    text: Tensor  # (B, L, width of the text)
    text_mask: Tensor  # (B, L) bool


@dataclass(frozen=True)
class Sizes:
    """How much such a network reads of a body, says of it, and how large it is."""

    known: int  # of each body at once
    seen: int  # of those before it
    channels: int  # numbers that are decided
    told: int  # values worked out for each number
    said: int  # parameters of each number's mixture
    width: int
    depth: int


class InTurn(nn.Module):
    """What is thought of each body in turn, and an autoregressive layer that says numbers."""

    sooner: Tensor
    frequencies: Tensor

    def __init__(self, sizes: Sizes, text_width: int) -> None:
        super().__init__()
        width, channels = sizes.width, sizes.channels
        self.enter_known = nn.Linear(sizes.known, width)
        self.enter_scene = nn.Linear(SCENE_WIDTH, width)
        self.enter_seen = nn.Linear(sizes.seen, width)
        self.enter_text = nn.Linear(text_width, width)
        self.kind = nn.Embedding(3, width)  # who, scene, body in its turn
        self.blocks = nn.ModuleList(Block(width, HEADS) for _ in range(sizes.depth))
        self.norm = nn.LayerNorm(width, bias=False)
        self.read = nn.Linear(width, channels * HIDDEN)
        self.drawn = nn.Parameter(torch.randn(channels, channels, HIDDEN) * channels**-0.5)
        self.suggested = nn.Parameter(torch.randn(channels, sizes.told, HIDDEN) * sizes.told**-0.5)
        self.within = nn.Parameter(torch.randn(channels, HIDDEN, HIDDEN) * HIDDEN**-0.5)
        self.leave = nn.Parameter(torch.zeros(channels, HIDDEN, sizes.said))
        self.register_buffer("sooner", torch.ones(channels, channels).tril(-1), persistent=False)
        self.register_buffer("frequencies", 2 * torch.pi / torch.logspace(1, 5, 4, base=2), persistent=False)

    def read_all(self, call: Call, known: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """What is thought of each body as it is (B, S, D), and before its own numbers are known (B, S, D).

        Parameters
        ----------
        known : (B, S, known) of each body at once; ``seen`` (B, S, seen) of those before it, nothing of the first.
        """
        who = self.enter_known(known) + self.kind.weight[0]
        scene = self.enter_scene(call.scene)[:, None] + self.kind.weight[1]
        slots = torch.arange(who.shape[1], device=who.device)
        there = (slots > 0).to(who.dtype)[:, None]
        body = who + self.enter_seen(seen * there) + self.kind.weight[2]
        x = torch.cat([who, scene, body], dim=1).to(self.norm.weight.dtype)
        number = torch.cat([slots, slots[:1] - 1, slots]).to(torch.float32).expand(len(x), -1)
        turn, mask = rotary(number, self.frequencies), self._mask(call).to(x.dtype)
        text = self.enter_text(call.text.float()).to(x.dtype)
        for block in self.blocks:
            x = block(x, turn, mask, text)
        x = self.norm(x).float()
        return x[:, : len(slots)], x[:, -len(slots) :]

    def _mask(self, call: Call) -> Tensor:
        """Scores to add, (B, 1, N, N + L): who and scene see each other, a body those too and the bodies before it."""
        slots = call.mask.shape[1]
        ahead = call.mask.new_ones(2 * slots + 1, 2 * slots + 1).tril()
        ahead[: slots + 1, : slots + 1] = True
        there = torch.cat([call.mask, torch.ones_like(call.mask[:, :1]), call.mask], dim=1)
        seen = torch.cat([ahead & there[:, None], call.text_mask[:, None].expand(-1, 2 * slots + 1, -1)], dim=-1)
        return torch.zeros_like(seen, dtype=torch.float32).masked_fill(~seen, NEVER)[:, None]

    def hidden(self, thought: Tensor, numbers: Tensor, told: Tensor, channels: range) -> Tensor:
        """An autoregressive layer of its own for each number, (..., C, HIDDEN).

        Parameters
        ----------
        thought : (..., D). numbers : (..., all channels), of which each reads those before it. told : (..., C, told).
        """
        part = slice(channels.start, channels.stop)
        weight, bias = self.read.weight.view(-1, HIDDEN, thought.shape[-1]), self.read.bias.view(-1, HIDDEN)
        hidden = torch.einsum("...d,chd->...ch", thought, weight[part]) + bias[part]
        hidden = hidden + torch.einsum("...d,cdh->...ch", numbers, self.drawn[part] * self.sooner[part, :, None])
        hidden = F.silu(hidden + torch.einsum("...cr,crh->...ch", told, self.suggested[part]))
        within: Tensor = F.silu(torch.einsum("...ch,chg->...cg", hidden, self.within[part]) + hidden)
        return within

    def say(self, hidden: Tensor, channels: range) -> Tensor:
        """Parameters (..., C, said) of the mixtures of some channels, but for what is said of every body alike."""
        return torch.einsum("...ch,chk->...ck", hidden, self.leave[channels.start : channels.stop])
