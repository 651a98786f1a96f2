"""Where a cast stands, and how large exactly: one body after the other, each seen beside those before it.

Casting decides who is there all at once, and leaves every number a few percent off. Here the numbers of each body are
drawn anew, in order, from a belief of the same kind as all others (:mod:`sora2lib.model.belief`): a mixture of free
Gaussians, of atoms that are the same for all worlds, and of values that the bodies before it suggest
(:mod:`sora2lib.model.likeness`). A small transformer reads who is there, the words of the prompt and what stands
already; an autoregressive layer then says each number, given those before it (Bishop 1994; Uria et al. 2013).

Shapes: B worlds, S slots, L rows of text, C = CHANNELS numbers of a body, R = REFERENCES, K components, D width.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.blocks import Block, rotary
from sora2lib.model.called import WHAT
from sora2lib.model.likeness import (
    ACROSS,
    CHANNELS,
    HEIGHT,
    REFERENCES,
    TURN,
    Earlier,
    Placed,
    placed,
    reach,
    references,
    square,
)
from sora2lib.model.tokens import ASSET_CODE, MATERIAL_CODE, SCENE_WIDTH

WIDTH, DEPTH, HEADS, HIDDEN = 256, 4, 4, 64
FREE, ATOMS = 3, 2  # components of a number that are Gaussians anywhere, and values common to all worlds
COMPONENTS = FREE + 2 + ATOMS + REFERENCES  # two more go on from the body before, and from the last like it
EXACT, LOOSE, WIDE = (
    -7.0,
    -3.5,
    2.0,
)  # logarithms of deviations: the least of a value that is exact, of others, the most
KNOWN = 1 + ASSET_CODE + 3 + MATERIAL_CODE + CHANNELS  # of a cast row, before it is set out
SEEN = CHANNELS + 4 + 3 + 3 + 5  # of a body that stands
NEVER = -1e4


@dataclass(frozen=True)
class Call:
    """A cast that is to be set out: its rows, the scene, and what the text encoder made of the prompts."""

    cast: Tensor  # (B, S, CAST_WIDTH) in natural scale
    mask: Tensor  # (B, S) bool: slots that are taken, the first ones
    scene: Tensor  # (B, SCENE_WIDTH) standardised
    text: Tensor  # (B, L, width of the text)
    text_mask: Tensor  # (B, L) bool

    @property
    def hint(self) -> Tensor:
        """What their numbers are about, (B, S, C): each may be right, together they are not."""
        return placed(self.cast).numbers


@dataclass(frozen=True)
class Mixture:
    """What is believed of each number, (..., C, K)."""

    means: Tensor
    spreads: Tensor  # logarithms of deviations
    logits: Tensor

    def surprise(self, numbers: Tensor) -> Tensor:
        """How unlikely numbers (..., C) are, in nats but for a constant, each by itself (..., C)."""
        off = (numbers[..., None] - self.means) * torch.exp(-self.spreads)
        return -torch.logsumexp(torch.log_softmax(self.logits, dim=-1) - off**2 / 2 - self.spreads, dim=-1)

    def draw(self, chance: Tensor, noise: Tensor) -> Tensor:
        """Draw numbers (..., C): components by ``chance`` (..., C) in [0, 1), values by normal ``noise`` (..., C)."""
        likely = torch.softmax(self.logits, dim=-1).cumsum(dim=-1)
        which = (likely < chance[..., None] * likely[..., -1:]).sum(dim=-1, keepdim=True).clamp(max=COMPONENTS - 1)
        mean, spread = (it.gather(-1, which)[..., 0] for it in (self.means, self.spreads))
        return mean + spread.exp() * noise


class Placing(nn.Module):
    """Says of each body in turn what its numbers may be."""

    sooner: Tensor
    frequencies: Tensor

    def __init__(self, text_width: int) -> None:
        super().__init__()
        self.enter_known = nn.Linear(KNOWN, WIDTH)
        self.enter_scene = nn.Linear(SCENE_WIDTH, WIDTH)
        self.enter_seen = nn.Linear(3 * SEEN, WIDTH)
        self.enter_text = nn.Linear(text_width, WIDTH)
        self.kind = nn.Embedding(3, WIDTH)  # who, scene, body to be placed
        self.blocks = nn.ModuleList(Block(WIDTH, HEADS) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        self.read = nn.Linear(WIDTH, CHANNELS * HIDDEN)
        self.drawn = nn.Parameter(torch.randn(CHANNELS, CHANNELS, HIDDEN) * CHANNELS**-0.5)
        self.suggested = nn.Parameter(torch.randn(CHANNELS, 2 * REFERENCES, HIDDEN) * (2 * REFERENCES) ** -0.5)
        self.within = nn.Parameter(torch.randn(CHANNELS, HIDDEN, HIDDEN) * HIDDEN**-0.5)
        self.leave = nn.Parameter(torch.zeros(CHANNELS, HIDDEN, 3 * COMPONENTS))
        self.bias = nn.Parameter(torch.zeros(CHANNELS, 3, COMPONENTS))
        self.atoms = nn.Parameter(torch.linspace(0, 1, ATOMS).repeat(CHANNELS, 1))
        with torch.no_grad():
            self.bias[:, 0, :FREE] = torch.linspace(-1, 1, FREE)
            self.bias[:, 1, FREE + 2 :] = LOOSE
        self.register_buffer("sooner", torch.ones(CHANNELS, CHANNELS).tril(-1), persistent=False)
        self.register_buffer("frequencies", 2 * torch.pi / torch.logspace(1, 5, 4, base=2), persistent=False)

    def forward(self, call: Call, them: Placed) -> Mixture:
        """What each body's numbers may be, given those of the bodies before it and its own before each (B, S, C, K)."""
        earlier = Earlier.of(them, call.cast)
        thought = self.thoughts(call, them, earlier)
        first = torch.arange(call.cast.shape[1], device=thought.device) == 0
        return self.believe(thought, them, earlier, call.hint, first.expand(call.mask.shape))

    def thoughts(self, call: Call, them: Placed, earlier: Earlier) -> Tensor:
        """What is thought of each body before its own numbers are known, (B, S, WIDTH)."""
        who = self.enter_known(_known(call)) + self.kind.weight[0]
        scene = self.enter_scene(call.scene)[:, None] + self.kind.weight[1]
        seen = [_seen(it) for it in (earlier.before, earlier.like, earlier.first)]
        slots = torch.arange(who.shape[1], device=who.device)
        there = (slots > 0).to(who.dtype)[:, None]
        body = who + self.enter_seen(torch.cat(seen, dim=-1) * there) + self.kind.weight[2]
        x = torch.cat([who, scene, body], dim=1).to(self.norm.weight.dtype)
        number = torch.cat([slots, slots[:1] - 1, slots]).to(torch.float32).expand(len(x), -1)
        turn, mask = rotary(number, self.frequencies), self._mask(call).to(x.dtype)
        text = self.enter_text(call.text.float()).to(x.dtype)
        for block in self.blocks:
            x = block(x, turn, mask, text)
        thought: Tensor = self.norm(x[:, -len(slots) :])
        return thought.float()

    def _mask(self, call: Call) -> Tensor:
        """Scores to add, (B, 1, N, N + L): who and scene see each other, a body those too and the bodies before it."""
        slots = call.mask.shape[1]
        ahead = call.mask.new_ones(2 * slots + 1, 2 * slots + 1).tril()
        ahead[: slots + 1, : slots + 1] = True
        there = torch.cat([call.mask, torch.ones_like(call.mask[:, :1]), call.mask], dim=1)
        seen = torch.cat([ahead & there[:, None], call.text_mask[:, None].expand(-1, 2 * slots + 1, -1)], dim=-1)
        return torch.zeros_like(seen, dtype=torch.float32).masked_fill(~seen, NEVER)[:, None]

    def believe(
        self,
        thought: Tensor,
        own: Placed,
        earlier: Earlier,
        hint: Tensor,
        first: Tensor,
        channels: range = range(CHANNELS),
    ) -> Mixture:
        """What numbers of bodies (...,) may be, each given those before it; ``first`` (...,) have no earlier ones."""
        values, source = references(own, earlier, hint, channels)  # (..., C, R), (C, R)
        absent = (source == 0) | ((source == 2) & first[..., None, None])
        values = values.masked_fill(absent, 0.0)
        told = torch.cat([values, _near(values)], dim=-1)
        mean, spread, logit = self._say(thought, own.numbers, told, channels).chunk(3, dim=-1)
        return self._mixture(mean, spread, logit, values, absent, channels, _anchors(own, earlier, first, channels))

    def _say(self, thought: Tensor, numbers: Tensor, told: Tensor, channels: range) -> Tensor:
        """An autoregressive layer of its own for each number (..., C, 3 K)."""
        part = slice(channels.start, channels.stop)
        weight, bias = self.read.weight.view(CHANNELS, HIDDEN, -1), self.read.bias.view(CHANNELS, HIDDEN)
        hidden = torch.einsum("...d,chd->...ch", thought, weight[part]) + bias[part]
        hidden = hidden + torch.einsum("...d,cdh->...ch", numbers, self.drawn[part] * self.sooner[part, :, None])
        hidden = F.silu(hidden + torch.einsum("...cr,crh->...ch", told, self.suggested[part]))
        hidden = F.silu(torch.einsum("...ch,chg->...cg", hidden, self.within[part]) + hidden)
        return torch.einsum("...ch,chk->...ck", hidden, self.leave[part]) + self.bias[part].flatten(1)

    def _mixture(
        self,
        mean: Tensor,
        spread: Tensor,
        logit: Tensor,
        values: Tensor,
        absent: Tensor,
        channels: range,
        anchors: tuple[Tensor, Tensor],
    ) -> Mixture:
        centre, unit = anchors  # (..., C, 2) each
        wide, exact = spread[..., : FREE + 2].clamp(LOOSE, WIDE), spread[..., FREE + 2 :].clamp(EXACT, WIDE)
        onward = centre + mean[..., FREE : FREE + 2] * unit
        atoms = self.atoms[channels.start : channels.stop].expand(*values.shape[:-1], ATOMS)
        spreads = torch.cat([wide[..., :FREE], wide[..., FREE:] + unit.log(), exact], dim=-1)
        alone = absent[..., :1].new_zeros(*values.shape[:-1], COMPONENTS - REFERENCES)
        logits = logit.masked_fill(torch.cat([alone, absent], dim=-1), NEVER)
        return Mixture(torch.cat([mean[..., :FREE], onward, atoms, values], dim=-1), spreads, logits)


def _anchors(own: Placed, earlier: Earlier, first: Tensor, channels: range) -> tuple[Tensor, Tensor]:
    """From where numbers go on from the body before and from the last like it, and in what unit (..., C, 2)."""
    centres, units = [], []
    for other in (earlier.before, earlier.like):
        centre = other.numbers[..., channels.start : channels.stop]
        unit = torch.ones_like(centre)
        for axis in (0, 1):
            if (channel := ACROSS.start + axis) in channels:
                unit[..., channels.index(channel)] = reach(own, other, axis).clamp(0.01, 3)
        centres.append(centre.masked_fill(first[..., None], 0.0))
        units.append(unit.masked_fill(first[..., None], 1.0))
    return torch.stack(centres, dim=-1), torch.stack(units, dim=-1)


def _known(call: Call) -> Tensor:
    """What is known of each body at once, (B, S, KNOWN)."""
    moves, what, rest = call.cast[..., 1:2], call.cast[..., WHAT], call.cast[..., WHAT.stop + 3 :]
    return torch.cat([moves, what, rest[..., : 3 + MATERIAL_CODE], call.hint], dim=-1)


def _seen(it: Placed) -> Tensor:
    """How a body that stands is seen, (..., SEEN)."""
    place, hook = it.place, it.hook
    near = _near(torch.cat([place, hook[..., 1:]], dim=-1))
    return torch.cat([it.numbers, place, it.top, hook, it.half, near], dim=-1)


def _near(length: Tensor) -> Tensor:
    return torch.asinh(length / 0.1) / 2


DepthOf = Callable[[int, int, Tensor, Tensor], float]  # world, slot, sides (3,), columns (6,): reach below the origin


def set_down(network: Placing, call: Call, generators: list[torch.Generator], depth_of: DepthOf) -> Placed:
    """Draw the numbers of all bodies, (B, S, C), one after the other; slots that are not taken are zero."""
    count, slots = call.mask.shape
    chances = torch.stack([torch.rand(slots, CHANNELS, generator=it) for it in generators])
    noises = torch.stack([torch.randn(slots, CHANNELS, generator=it) for it in generators])
    numbers, depths = torch.zeros(count, slots, CHANNELS), torch.zeros(count, slots, 1)
    numbers[..., TURN.start] = numbers[..., TURN.start + 4] = 1.0
    for slot in range(int(call.mask.sum(dim=1).max())):
        them = Placed(numbers, depths)
        compared = Earlier.of(them, call.cast)
        thought = network.thoughts(call, them, compared)[:, slot]
        earlier, first = compared.slot(slot), torch.full((count,), slot == 0)
        own = Placed(numbers[:, slot].clone(), depths[:, slot].clone())
        for channel in range(CHANNELS):
            if channel == ACROSS.start:
                own = square(own)
            if channel == HEIGHT:
                own = replace(own, depth=_depths(own, slot, call.mask, depth_of))
            one = range(channel, channel + 1)
            belief = network.believe(thought, own, earlier, call.hint[:, slot], first, one)
            drawn = own.numbers.clone()
            drawn[:, one] = belief.draw(chances[:, slot, one], noises[:, slot, one])
            own = replace(own, numbers=drawn)
        numbers[:, slot], depths[:, slot] = own.numbers, own.depth
    return Placed(numbers, depths)


def _depths(own: Placed, slot: int, mask: Tensor, depth_of: DepthOf) -> Tensor:
    turns = own.numbers[..., TURN]
    found = [
        depth_of(world, slot, sides, turn) if there else 0.0
        for world, (sides, turn, there) in enumerate(zip(own.sides, turns, mask[:, slot], strict=True))
    ]
    return own.depth.new_tensor(found)[:, None]
