"""Where a cast stands, and how large exactly: one body after the other, each seen beside those before it.

Casting decides who is there all at once, and leaves every number a few percent off. Here the numbers of each body are
drawn anew, in order, from a belief of the same kind as all others (:mod:`sora2lib.model.belief`): a mixture of free
Gaussians, of atoms that are the same for all worlds, and of values that the bodies before it suggest
(:mod:`sora2lib.model.likeness`). A network of the kind of
:mod:`sora2lib.model.inturn` reads who is there, the words of the prompt and what stands already.

Shapes: B worlds, S slots, L rows of text, C = CHANNELS numbers of a body, R = REFERENCES, K components, D width.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from sora2lib.model.called import WHAT
from sora2lib.model.inturn import Call, InTurn, Sizes
from sora2lib.model.likeness import REFERENCES, Earlier, absent, references
from sora2lib.model.mixture import NEVER, Mixture, chance
from sora2lib.model.pairs import sunk
from sora2lib.model.placed import ACROSS, CHANNELS, HEIGHT, TURN, Placed, placed, reach, square
from sora2lib.model.resting import in_order, setting_order
from sora2lib.model.tokens import ASSET_CODE, MATERIAL_CODE

WIDTH, DEPTH = 256, 4
# Components of a number: Gaussians anywhere (of a place, all but one in lengths of the body), Gaussians that go on from
# the body before, from the last like it and from what carries it, and values common to all worlds.
FREE, ONWARD, ATOMS = 3, 3, 2
COMPONENTS = FREE + ONWARD + ATOMS + REFERENCES
NARROW, BROAD = 0.01, 3.0  # metres: the least and the largest unit of a place
# Logarithms of deviations: the least of a value that is exact, of others, the most.
EXACT, LOOSE, WIDE = -7.0, -3.5, 2.0
TRIES = 6  # draws of a body that would stand in another
# Of the least half side: so deep in another no body that moves begins in any simulation of 49 families.
DEEPEST = 0.35
KNOWN = 1 + ASSET_CODE + 3 + MATERIAL_CODE + CHANNELS  # of a cast row, before it is set out
SEEN = CHANNELS + 4 + 3 + 3 + 5  # of a body that stands


class Placing(InTurn):
    """Says of each body in turn what its numbers may be; of each, casting's word is a hint."""

    def __init__(self, text_width: int) -> None:
        super().__init__(Sizes(KNOWN, 4 * SEEN, CHANNELS, 2 * REFERENCES, 3 * COMPONENTS, WIDTH, DEPTH), text_width)
        self.bias = nn.Parameter(torch.zeros(CHANNELS, 3, COMPONENTS))
        self.atoms = nn.Parameter(torch.linspace(0, 1, ATOMS).repeat(CHANNELS, 1))
        with torch.no_grad():
            self.atoms[TURN.start, 0] = -1.0  # what faces the other way does so exactly
            self.bias[:, 0, :FREE] = torch.linspace(-1, 1, FREE)
            self.bias[:, 1, FREE + ONWARD :] = LOOSE

    def forward(self, call: Call, them: Placed) -> Mixture:
        """What each body's numbers may be, given those of the bodies before it and its own before each (B, S, C, K).

        Bodies are decided in the order of :func:`sora2lib.model.resting.setting_order`, and told as in the call.
        """
        order = setting_order(call.cast, call.mask)
        call, them = in_order(call, order), them.at(order)
        earlier = Earlier.of(them, call.cast)
        thought = self.thoughts(call, them, earlier)
        first = torch.arange(call.cast.shape[1], device=thought.device) == 0
        belief = self.believe(thought, them, earlier, hinted(call), first.expand(call.mask.shape))
        return belief.at(order.argsort(dim=1))

    def thoughts(self, call: Call, them: Placed, earlier: Earlier) -> Tensor:
        """What is thought of each body before its own numbers are known, (B, S, WIDTH)."""
        seen = torch.cat([_seen(it) for it in (earlier.before, earlier.like, earlier.first, earlier.carrier)], dim=-1)
        return self.read_all(call, _known(call), seen)[1]

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
        missing = absent(source, first)
        values = values.masked_fill(missing, 0.0)
        told = torch.cat([values, _near(values)], dim=-1)
        said = self.say(self.hidden(thought, own.numbers, told, channels), channels)
        said = said + self.bias[channels.start : channels.stop].flatten(1)
        mean, spread, logit = said.chunk(3, dim=-1)
        frames = _frames(own, earlier, first, channels)
        return self._mixture(mean, spread, logit, values, missing, channels, frames)

    def _mixture(
        self,
        mean: Tensor,
        spread: Tensor,
        logit: Tensor,
        values: Tensor,
        missing: Tensor,
        channels: range,
        frames: tuple[Tensor, Tensor],
    ) -> Mixture:
        centre, unit = frames  # (..., C, FREE + ONWARD) each
        moved = FREE + ONWARD
        wide, exact = spread[..., :moved].clamp(LOOSE, WIDE), spread[..., moved:].clamp(EXACT, WIDE)
        atoms = self.atoms[channels.start : channels.stop].expand(*values.shape[:-1], ATOMS)
        alone = missing[..., :1].new_zeros(*values.shape[:-1], COMPONENTS - REFERENCES)
        logits = logit.masked_fill(torch.cat([alone, missing], dim=-1), NEVER)
        means = torch.cat([centre + mean[..., :moved] * unit, atoms, values], dim=-1)
        return Mixture(means, torch.cat([wide + unit.abs().log(), exact], dim=-1), logits)


def _frames(own: Placed, earlier: Earlier, first: Tensor, channels: range) -> tuple[Tensor, Tensor]:
    """From where Gaussians are told, and in what unit (..., C, FREE + ONWARD): 0 and 1 where nothing else is said.

    A row goes on in its own steps, and on what carries it something lies so far towards where that rises.
    """
    before, like, carrier = earlier.before, earlier.like, earlier.carrier
    one, centres, units = torch.ones_like(own.depth[..., 0]), [], []
    length = own.sides.amax(dim=-1).clamp(NARROW, BROAD) / 2
    for channel in channels:
        onward = [it.numbers[..., channel].masked_fill(first, 0.0) for it in (before, like, carrier)]
        centres.append(torch.stack([*[0 * one] * FREE, *onward], dim=-1))
        axis, unit = channel - ACROSS.start, [one] * (FREE + ONWARD)
        if axis in (0, 1):
            steps = reach(own, before, axis), reach(own, like, axis), carrier.half[..., axis]
            beside, likewise, along = (torch.where(first, one, it.clamp(NARROW, BROAD)) for it in steps)
            step = like.place[..., axis] - earlier.older.place[..., axis]
            step = torch.where(step < 0, -1.0, 1.0) * step.abs().clamp(NARROW, BROAD)
            likewise = torch.where(earlier.done > 1, step, likewise)
            unit = [one, *[length] * (FREE - 1), beside, likewise, along * earlier.rises[..., axis]]
        units.append(torch.stack(unit, dim=-1))
    return torch.stack(centres, dim=-2), torch.stack(units, dim=-2)


def hinted(call: Call) -> Tensor:
    """What a cast's numbers are about, (B, S, C): each may be right, together they are not."""
    return placed(call.cast).numbers


def _known(call: Call) -> Tensor:
    """What is known of each body at once, (B, S, KNOWN)."""
    moves, what, rest = call.cast[..., 1:2], call.cast[..., WHAT], call.cast[..., WHAT.stop + 3 :]
    return torch.cat([moves, what, rest[..., : 3 + MATERIAL_CODE], hinted(call)], dim=-1)


def _seen(it: Placed) -> Tensor:
    """How a body that stands is seen, (..., SEEN)."""
    place, hook = it.place, it.hook
    near = _near(torch.cat([place, hook[..., 1:]], dim=-1))
    return torch.cat([it.numbers, place, it.top, hook, it.half, near], dim=-1)


def _near(length: Tensor) -> Tensor:
    return torch.asinh(length / 0.1) / 2


DepthOf = Callable[[int, int, Tensor, Tensor], float]  # world, slot, sides (3,), columns (6,): reach below the origin


def set_down(
    network: Placing, call: Call, generators: list[torch.Generator], depth_of: DepthOf, solid: Tensor | None = None
) -> Placed:
    """Draw the numbers of all bodies, (B, S, C), one after the other; slots that are not taken are zero.

    Of what is ``solid`` (B, S), none stands in another: a body that would is drawn again, up to ``TRIES`` times in all.
    """
    order = setting_order(call.cast, call.mask)
    back, call = order.argsort(dim=1), in_order(call, order)
    solid = None if solid is None else solid.take_along_dim(order, dim=1)
    count, slots = call.mask.shape
    chances, noises = chance(generators, TRIES, slots, CHANNELS)
    numbers, depths = torch.zeros(count, slots, CHANNELS), torch.zeros(count, slots, 1)
    numbers[..., TURN.start] = numbers[..., TURN.start + 4] = 1.0
    for slot in range(int(call.mask.sum(dim=1).max())):
        believe = _belief(network, call, Placed(numbers, depths), slot)
        deep = partial(_depths, slots=order[:, slot].tolist(), there=call.mask[:, slot], depth_of=depth_of)
        again = call.mask[:, slot]
        for attempt in range(TRIES):
            own = _drawn(believe, deep, chances[:, attempt, slot], noises[:, attempt, slot])
            numbers[again, slot], depths[again, slot] = own.numbers[again], own.depth[again]
            if solid is None or slot == 0:
                break
            again = again & _stands_in_another(Placed(numbers[:, : slot + 1], depths[:, : slot + 1]), solid)
            if not again.any():
                break
    return Placed(numbers, depths).at(back)


Believe = Callable[[Placed, range], Mixture]  # of bodies' numbers so far, some of those that come


def _belief(network: Placing, call: Call, them: Placed, slot: int) -> Believe:
    """What is believed of the bodies of a slot, beside those before it."""
    compared = Earlier.of(them, call.cast)
    thought = network.thoughts(call, them, compared)[:, slot]
    earlier, hint, first = compared.slot(slot), hinted(call)[:, slot], torch.full((len(thought),), slot == 0)
    return lambda own, channels: network.believe(thought, own, earlier, hint, first, channels)


def _drawn(believe: Believe, depth_of: Callable[[Placed], Tensor], chances: Tensor, noises: Tensor) -> Placed:
    """Draw the numbers (B, C) of a body, one after the other."""
    numbers = torch.zeros_like(noises)
    numbers[:, TURN.start] = numbers[:, TURN.start + 4] = 1.0
    own = Placed(numbers, torch.zeros_like(noises[:, :1]))
    for channel in range(CHANNELS):
        if channel == ACROSS.start:
            own = square(own)
        if channel == HEIGHT:
            own = replace(own, depth=depth_of(own))
        one = range(channel, channel + 1)
        drawn = own.numbers.clone()
        drawn[:, one] = believe(own, one).draw(chances[:, one], noises[:, one])
        own = replace(own, numbers=drawn)
    return own


def _stands_in_another(them: Placed, solid: Tensor) -> Tensor:
    """Whether the last of bodies (B, S, ...) does, (B,) bool."""
    last = them.numbers.shape[1] - 1
    deep = sunk(them.place, them.numbers[..., TURN], them.sides / 2) > DEEPEST
    return (deep & solid[:, :last] & solid[:, last : last + 1]).any(dim=1)


def _depths(own: Placed, *, slots: list[int], there: Tensor, depth_of: DepthOf) -> Tensor:
    turns = own.numbers[..., TURN]
    found = [
        depth_of(world, slot, sides, turn) if taken else 0.0
        for world, (slot, sides, turn, taken) in enumerate(zip(slots, own.sides, turns, there, strict=True))
    ]
    return own.depth.new_tensor(found)[:, None]
