"""How a cast is set going: how fast, which way, with what spin, once everybody stands.

What a ball hits, and whether it goes in, hangs on its first speed to some percent. Here the start of each body that
moves is decided number by number (:mod:`sora2lib.model.inturn`), from mixtures that hold, beside free Gaussians and
atoms, what kinematics suggests: the spin of what rolls, the way of the one before, and of *every* other body the way to
it and the climb with which a throw meets it. Which of them is meant the network says by pointing (Vinyals et al. 2015).

Shapes: B worlds, S slots, C = CHANNELS numbers, R = REFERENCES, K components. Metres, seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.called import WHAT
from sora2lib.model.inturn import Call, InTurn, Sizes
from sora2lib.model.likeness import absent, sooner, tabled
from sora2lib.model.mixture import NEVER, Mixture, chance
from sora2lib.model.placed import TURN, Placed, placed
from sora2lib.model.rollout import ACCELERATIONS, RATES, SPEED, Tracks, squashed, stretch, usual
from sora2lib.model.tokens import ACCELERATION_KNEE, ASSET_CODE, MATERIAL_CODE, TURN_KNEE
from sora2lib.model.tracks import STRIDE
from sora2lib.model.vectors import near

PULL, PACE, WAY, CLIMB, SPIN = slice(0, 3), 3, 4, 5, slice(6, 9)
CHANNELS = 9  # acceleration, level speed, its direction in rad, vertical speed, rate of turning
REFERENCES = 7  # values that a number may be; of most there are fewer
POINTED = range(PACE, CLIMB + 1)  # numbers that may be about another body
SPEED_KNEE = 0.3  # m/s
STILL = 0.02  # m/s: below it there is no way
WIDTH, DEPTH = 192, 4
KEY, AT = 32, 9  # width of a key, features of a body that may be meant
FREE, ATOMS = 3, 2
EXACT, LOOSE, WIDE = -6.0, -3.0, 1.5  # logarithms of deviations: the least of a reference, of others, the most
KNOWN = 1 + ASSET_CODE + 3 + MATERIAL_CODE + 16 + 3 + 1 + 3 + 4
SEEN = 3 * (CHANNELS + 1)
FASTEST = 60.0  # m/s


@dataclass(frozen=True)
class Start:
    """How bodies are set going: numbers (..., CHANNELS)."""

    numbers: Tensor

    @property
    def pull(self) -> Tensor:
        """Acceleration (..., 3) in m/s^2."""
        return stretch(self.numbers[..., PULL], ACCELERATION_KNEE)

    @property
    def pace(self) -> Tensor:
        """Level speed (..., 1) in m/s."""
        return stretch(self.numbers[..., PACE : PACE + 1], SPEED_KNEE).clamp(0, FASTEST)

    @property
    def way(self) -> Tensor:
        """Level direction (..., 2), of length one."""
        angle = self.numbers[..., WAY]
        return torch.stack([angle.cos(), angle.sin()], dim=-1)

    @property
    def speed(self) -> Tensor:
        """Speed (..., 3) in m/s."""
        climb = stretch(self.numbers[..., CLIMB : CLIMB + 1], SPEED_KNEE).clamp(-FASTEST, FASTEST)
        return torch.cat([self.pace * self.way, climb], dim=-1)

    def at(self, which: Tensor) -> "Start":
        """Those in the slots (B, S) of bodies (B, S', ...)."""
        return Start(self.numbers.take_along_dim(which[..., None], dim=1))


def started(rows: Tensor) -> Start:
    """Read the first of motion rows (..., K, C) in natural scale."""
    first = rows[..., :1, :]
    tracks = Tracks.of(first)
    pull, spin = usual(tracks.accelerations)[..., 0, :], tracks.rates[..., 0, 0, :]
    speed = first[..., 0, SPEED]
    pace = speed[..., :2].norm(dim=-1, keepdim=True)
    way = heading(speed[..., :2])[..., None] * (pace > STILL)
    parts = [
        *(squashed(pull, ACCELERATION_KNEE), squashed(pace, SPEED_KNEE), way),
        *(squashed(speed[..., 2:], SPEED_KNEE), squashed(spin, TURN_KNEE)),
    ]
    return Start(torch.cat(parts, dim=-1))


def begun(first: Tensor, start: Start) -> Tensor:
    """Motion rows (..., 1, C) in natural scale that begin as said; undoes :func:`started`."""
    again = first.clone()
    again[..., SPEED] = start.speed[..., None, :]
    again[..., ACCELERATIONS] = _throughout(start.numbers[..., PULL])
    again[..., RATES] = _throughout(start.numbers[..., SPIN])
    return again


def _throughout(vector: Tensor) -> Tensor:
    """Vectors (..., 3) that last for all samples of a row, (..., 1, 3 STRIDE)."""
    return vector.repeat(*[1] * (vector.dim() - 1), STRIDE)[..., None, :]


def heading(level: Tensor) -> Tensor:
    """Direction (...) of level vectors (..., 2) in rad, 0 along x, from -pi / 2: left and right lie well inside."""
    angle = torch.atan2(level[..., 1], level[..., 0])
    return torch.where(angle < -torch.pi / 2, angle + 2 * torch.pi, angle)


def opposite(way: Tensor) -> Tensor:
    """The other way (...), as :func:`heading` counts."""
    return torch.where(way < torch.pi / 2, way + torch.pi, way - torch.pi)


@dataclass(frozen=True)
class Sooner:
    """To what the start of each body is compared, (B, S, ...): the body before it, the last like it, the first."""

    before: Start
    like: Start
    first: Start

    @classmethod
    def of(cls, them: Start, cast: Tensor) -> "Sooner":
        """Compare bodies (B, S, ...), whose cast rows are (B, S, CAST_WIDTH), to those before each."""
        return cls(*(them.at(it) for it in sooner(cast)))

    def slot(self, number: int) -> "Sooner":
        """The same of one slot, (B, ...)."""
        return Sooner(*(Start(it.numbers[:, number]) for it in vars(self).values()))


@dataclass(frozen=True)
class Standing:
    """Bodies that may be meant, as seen from each: from all slots (B, S, S, ...) or from one (B, S, ...)."""

    offset: Tensor  # (..., S, 3) from the body to them
    size: Tensor  # (..., S, 1) of both together, on average
    there: Tensor  # (..., S) bool: others that exist

    @classmethod
    def of(cls, call: Call) -> "Standing":
        """Read all of a cast."""
        them = placed(call.cast)
        place, half = them.place, them.half.mean(dim=-1, keepdim=True)
        own = torch.eye(place.shape[1], dtype=torch.bool, device=place.device)
        return cls(place[:, None] - place[:, :, None], half[:, None] + half[:, :, None], call.mask[:, None] & ~own)

    def slot(self, number: int) -> "Standing":
        """The same of one slot, (B, S, ...)."""
        return Standing(*(it[:, number] for it in vars(self).values()))


class Aiming(InTurn):
    """Says of each body in turn how it may be set going."""

    def __init__(self, text_width: int) -> None:
        said = 3 * (FREE + ATOMS + REFERENCES) + 2 + KEY
        super().__init__(Sizes(KNOWN, SEEN, CHANNELS, 2 * REFERENCES, said, WIDTH, DEPTH), text_width)
        components = FREE + ATOMS + REFERENCES
        self.key = nn.Linear(WIDTH, CHANNELS * KEY)
        self.meant = nn.Parameter(torch.randn(CHANNELS, AT, KEY) * AT**-0.5)
        self.points = nn.Parameter(torch.zeros(CHANNELS, KEY))
        self.bias = nn.Parameter(torch.zeros(CHANNELS, said))
        self.atoms = nn.Parameter(torch.zeros(CHANNELS, ATOMS))
        with torch.no_grad():
            self.bias[:, :FREE] = torch.linspace(-1, 1, FREE)
            self.bias[:, components + FREE : 2 * components] = LOOSE
            self.atoms[2, 1] = -2.98  # as fast as things fall
            self.atoms[WAY, 1] = torch.pi  # right and left

    def forward(self, call: Call, them: Start) -> Mixture:
        """How each body may be set going, given those before it and its own numbers before each (B, S, C, K)."""
        compared = Sooner.of(them, call.cast)
        who, thought = self.thoughts(call, compared)
        first = (torch.arange(call.cast.shape[1], device=thought.device) == 0).expand(call.mask.shape)
        return self.believe(thought, who, them, compared, placed(call.cast), Standing.of(call), first)

    def thoughts(self, call: Call, compared: Sooner) -> tuple[Tensor, Tensor]:
        """What is thought of each body as it stands, and before its own numbers are known, (B, S, WIDTH) each."""
        seen = [torch.cat([it.numbers, near(it.speed[..., :1])], dim=-1) for it in vars(compared).values()]
        return self.read_all(call, _known(call), torch.cat(seen, dim=-1))

    def believe(
        self,
        thought: Tensor,
        who: Tensor,
        own: Start,
        compared: Sooner,
        stands: Placed,
        others: Standing,
        first: Tensor,
        channels: range = range(CHANNELS),
    ) -> Mixture:
        """How bodies (...,) may be set going; ``first`` (...,) have no earlier ones, ``who`` (B, S, WIDTH) are all."""
        values, source = references(own, compared, stands, channels)
        missing = absent(source, first)
        values = values.masked_fill(missing, 0.0)
        hidden = self.hidden(thought, own.numbers, torch.cat([values, near(values)], dim=-1), channels)
        part = slice(channels.start, channels.stop)
        said = self.say(hidden, channels) + self.bias[part]
        plain = FREE + ATOMS + REFERENCES
        parts = torch.split(said, [plain, plain, plain, 1, 1, KEY], dim=-1)
        mean, spread, logit, shift, vague, query = parts
        atoms = self.atoms[part].expand(*values.shape[:-1], ATOMS)
        wide, exact = spread[..., :FREE].clamp(LOOSE, WIDE), spread[..., FREE:].clamp(EXACT, WIDE)
        logits = torch.cat([logit[..., : FREE + ATOMS], logit[..., FREE + ATOMS :].masked_fill(missing, NEVER)], dim=-1)
        pointed, likely = self._point(query, who, own, others, channels)  # (..., C, S)
        return Mixture(
            torch.cat([mean[..., :FREE], atoms, values, pointed + shift], dim=-1),
            torch.cat([wide, exact, vague.clamp(EXACT, WIDE).expand_as(pointed)], dim=-1),
            torch.cat([logits, likely], dim=-1),
        )

    def _point(
        self, query: Tensor, who: Tensor, own: Start, others: Standing, channels: range
    ) -> tuple[Tensor, Tensor]:
        """What numbers are about each of the other bodies, and how likely they are (..., C, S)."""
        part = slice(channels.start, channels.stop)
        keys = self.key(who).unflatten(-1, (CHANNELS, KEY))[..., part, :]  # (B, S, C, KEY)
        if query.dim() == 4:  # all slots at once
            keys = keys[:, None]
        values, features = targets(own, others, channels)  # (..., S, C), (..., S, C, AT)
        at = torch.einsum("...sca,cak->...sck", features, self.meant[part])
        score = ((query[..., None, :, :] + self.points[part]) * F.silu(keys + at)).sum(dim=-1)
        pointing = torch.tensor([channel in POINTED for channel in channels], device=score.device)
        score = score.masked_fill(~(others.there[..., None] & pointing), NEVER)
        return values.transpose(-1, -2), score.transpose(-1, -2)


def references(
    own: Start, compared: Sooner, stands: Placed, channels: Sequence[int] = range(CHANNELS)
) -> tuple[Tensor, Tensor]:
    """Values (..., C, R) that numbers may be; and (C, R): 1 worked out from the body alone, 2 from others, 0 none.

    Of a start only the numbers before each in ``own`` are looked at.
    """
    return tabled([(_alone(own, stands, it), _of_others(compared, it)) for it in channels], REFERENCES)


def _of_others(compared: Sooner, channel: int) -> list[Tensor]:
    """Values (...,) of the bodies before; a way may also be the opposite one."""
    values = [it.numbers[..., channel] for it in vars(compared).values()]
    return [*values, *map(opposite, values)] if channel == WAY else values


def _alone(own: Start, stands: Placed, channel: int) -> list[Tensor]:
    """Values (...,) worked out from the body itself."""
    if channel == WAY:  # along its own first axis
        return [heading(stands.numbers[..., TURN][..., :2])]
    if channel == CLIMB:  # down a slope
        level = own.pull[..., :2].norm(dim=-1).clamp(min=0.05)
        return [squashed(own.pace[..., 0] * own.pull[..., 2] / level, SPEED_KNEE)]
    if channel in (SPIN.start, SPIN.start + 1):  # of what rolls
        across = (-own.way[..., 1], own.way[..., 0])[channel - SPIN.start]  # up x way
        radius = stands.depth[..., 0].clamp(min=0.01)
        speeds = own.speed.norm(dim=-1), own.pace[..., 0]
        return [squashed(sign * across * it / radius, TURN_KNEE) for it in speeds for sign in (1, -1)]
    return []


def targets(own: Start, others: Standing, channels: Sequence[int] = range(CHANNELS)) -> tuple[Tensor, Tensor]:
    """What numbers are about each other body (..., S, C), and how it lies (..., S, C, AT), told by earlier numbers.

    The level speed is about how far it is, the way leads to it, and with the climb a throw goes through its origin
    under the acceleration that is drawn already.
    """
    level, rise = others.offset[..., :2], others.offset[..., 2]
    far = level.norm(dim=-1).clamp(min=0.01)  # (..., S)
    towards = level / far[..., None]
    time = far / own.pace.clamp(min=0.05)
    climb = squashed(rise / time - own.pull[..., 2:] * time / 2, SPEED_KNEE)
    ahead = (towards * own.way[..., None, :]).sum(dim=-1)
    aside = towards[..., 0] * own.way[..., None, 1] - towards[..., 1] * own.way[..., None, 0]
    lies = [near(far), near(rise), *near(level).unbind(dim=-1), near(others.size[..., 0])]
    values, features = [], []
    for channel in channels:
        known = channel > WAY
        told = [ahead, aside, near(aside * far), near(time)] if known else [torch.zeros_like(far)] * 4
        features.append(torch.stack([*lies, *told], dim=-1))
        about = {PACE: squashed(far, SPEED_KNEE), WAY: heading(level), CLIMB: climb}
        values.append(about.get(channel, torch.zeros_like(far)))
    return torch.stack(values, dim=-1), torch.stack(features, dim=-2)


def _known(call: Call) -> Tensor:
    """What is known of each body at once, (B, S, KNOWN)."""
    them = placed(call.cast)
    moves, what, rest = call.cast[..., 1:2], call.cast[..., WHAT], call.cast[..., WHAT.stop + 3 :]
    lies = [them.place, them.top, them.half, near(them.place), near(them.top)]
    return torch.cat([moves, what, rest[..., : 3 + MATERIAL_CODE], them.numbers, *lies], dim=-1)


def set_going(network: Aiming, call: Call, moves: Tensor, generators: list[torch.Generator]) -> Start:
    """Draw how bodies are set going, (B, S, C), one after the other; of those that do not move (B, S), nothing is."""
    count, slots = call.mask.shape
    chances, noises = chance(generators, slots, CHANNELS)
    numbers, stands, others = torch.zeros(count, slots, CHANNELS), placed(call.cast), Standing.of(call)
    for slot in range(int(moves.sum(dim=1).max())):
        compared = Sooner.of(Start(numbers), call.cast)
        who, thought = network.thoughts(call, compared)
        first, own = torch.full((count,), slot == 0), Start(numbers[:, slot].clone())
        here = Placed(stands.numbers[:, slot], stands.depth[:, slot])
        earlier, around = compared.slot(slot), others.slot(slot)
        for channel in range(CHANNELS):
            one = range(channel, channel + 1)
            belief = network.believe(thought[:, slot], who, own, earlier, here, around, first, one)
            drawn = own.numbers.clone()
            drawn[:, one] = belief.draw(chances[:, slot, one], noises[:, slot, one])
            own = Start(drawn)
        numbers[:, slot] = own.numbers
    return Start(numbers)
