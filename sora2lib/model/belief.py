"""What the network says of a clean channel: a belief, weighed against the noisy channel by Bayes' rule.

Worlds are full of exact values. In free flight every acceleration is minus g, at rest it is zero; a static camera
does not move, what lies on the ground has no clearance. A belief is therefore a mixture of *atoms*, values of the
channel that are the same for all worlds and learned as parameters, and of one free Gaussian for everything else
("spike and slab", Mitchell & Beauchamp 1988). The network says how likely each is, and where the Gaussian lies:
which atom it is needs no precise arithmetic, and an atom is as exact as a parameter. Where several channels are
one decision - which of eight samples is struck - they are one mixture over its outcomes: apart, each would be right to
say "rather not me". What the context leaves open is read off the noisy channel, so that nothing need pass through the
trunk unless it matters there. Where a whole row is foretold, whether it comes so is one decision, too: channel by
channel a row would be half the forecast and half something else, as no body moves. Predicting the clean signal is
argued for by Li & He (2025); weighing it by a learned precision generalises the preconditioning of Karras et al.
(2022).

Shapes: C channels, J atoms of each, O outcomes of one decision, D width.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.blocks import Perceptron

ATOMS = 3
SHARPEST, VAGUEST = -5.0, 1.0  # logarithms of the deviation that a component may have
UNLIKELY = -2.0  # logit of an atom, beside 0 of the Gaussian, before training
LOUD = 5.0  # of the channel of the outcome that is true, beside unit noise: decisions are taken before the details
DOUBT = -2.0  # logit of a guess, beside 0 of the Gaussian, before training
HINTS = 2  # at a decision
NEVER = -30.0  # logit of a guess that there is not
WEIGHING = 256  # width of what weighs a forecast
SNAP, BESIDE = 3.0, 0.01  # nats by which an atom is likelier than a forecast at it, and how near that must be, about
SPREAD = -3.0  # logarithm of an atom's deviation before training


@dataclass(frozen=True)
class Foreseen:
    """What is said of a row from outside, before the trunk has read it."""

    onward: Tensor  # (..., C - O): the row if all goes on as before
    hints: Tensor  # (..., HINTS, O - 1) lean towards outcomes of the decision; the last one has none
    forecast: Tensor  # (..., C): the row as the interaction network foresees it, decision included
    follows: Tensor  # (...,) bool: rows of which there is a forecast


@dataclass(frozen=True)
class Whole:
    """A row as foretold: what its channels then are, which outcome its decision has, and how likely it is."""

    means: Tensor  # (1 + J, ..., C): the forecast, and the atoms
    logits: Tensor  # likewise; an atom counts where the forecast is so near that it is meant
    outcome: Tensor  # (..., O), of which one is 1
    likely: Tensor  # (...) by how many nats it is likelier that it comes so than that it does not

    @classmethod
    def of(cls, forecast: Tensor, likely: Tensor, atoms: Tensor) -> "Whole":
        """Of a forecast (..., C + O) and atoms (J, C)."""
        single, outcome = forecast[..., : atoms.shape[-1]], forecast[..., atoms.shape[-1] :] / LOUD
        means = torch.stack([single, *(atom.expand_as(single) for atom in atoms)])
        logits = SNAP - ((means - single) / BESIDE) ** 2 / 2
        logits[0] = 0.0
        return cls(means, logits, outcome, likely)

    def velocity(self, noisy: Tensor, level: Tensor) -> Tensor:
        """Expect ``data - noise`` (..., C + O) if it comes exactly so."""
        channels = self.means.shape[-1]
        exact = torch.full_like(self.means, SHARPEST)
        single = velocity(self.means, exact, self.logits, noisy[..., :channels], level)
        return torch.cat([single, (LOUD * self.outcome - noisy[..., channels:]) / _rest(level)], dim=-1)


@dataclass(frozen=True)
class Parts:
    """What is believed of a row: of each channel (:meth:`Belief.mixture`), of its decision, of the row as a whole."""

    mixture: tuple[Tensor, Tensor, Tensor]
    leaning: Tensor | None
    whole: Whole | None

    def velocity(self, noisy: Tensor, level: Tensor) -> Tensor:
        """Expect ``data - noise`` (..., C + O): the row as foretold where that is likelier, else channel by channel."""
        channels = self.mixture[0].shape[-1]
        apart = velocity(*self.mixture, noisy[..., :channels], level)
        if self.leaning is not None:
            apart = torch.cat([apart, decision(self.leaning, noisy[..., channels:], level)], dim=-1)
        if self.whole is None:
            return apart
        return torch.where(self.whole.likely[..., None] > 0, self.whole.velocity(noisy, level), apart)


class Belief(nn.Module):
    """The last layer of one kind of row: what leaves the trunk and the noisy row -> the row's velocity.

    The last ``outcomes`` channels of a row are one decision: ``LOUD`` where it falls, zero elsewhere. If ``foreseen``,
    there are two guesses at the others from outside, two more components: the network says how likely and how exact.
    Of the decision there are hints from outside: the network says how much each counts.
    """

    def __init__(self, width: int, channels: int, outcomes: int = 0, *, foreseen: bool = False) -> None:
        super().__init__()
        row, channels = channels, channels - outcomes
        self.decide = nn.Linear(width, outcomes) if outcomes else None
        self.heed = nn.Linear(width, HINTS) if outcomes else None
        self.trust = nn.Linear(width, 2 * channels) if foreseen else None
        # Whether a forecast holds is seen by what the trunk thinks and by how it fits the noisy row.
        self.weigh = Perceptron(width + 2 * row + 1, WEIGHING, 2 * channels + 1) if foreseen else None
        self.follow = Perceptron(width + 2 * row + 1, WEIGHING, 1) if foreseen else None
        self.read = nn.Linear(width, (2 + ATOMS) * channels)
        self.atoms = nn.Parameter(torch.linspace(-1, 1, ATOMS)[:, None].repeat(1, channels))  # (J, C)
        self.spreads = nn.Parameter(torch.full((ATOMS, channels), SPREAD))
        nn.init.zeros_(self.read.weight)
        nn.init.zeros_(self.read.bias)
        if self.heed is not None:
            nn.init.zeros_(self.heed.weight)
            nn.init.zeros_(self.heed.bias)
        with torch.no_grad():
            doubt = torch.tensor([DOUBT, SPREAD]).repeat_interleave(channels)
            if self.trust is not None and self.weigh is not None:
                nn.init.zeros_(self.trust.weight)
                self.trust.bias.copy_(doubt)
                self.weigh.leave.bias[:-1].copy_(doubt)
            if self.follow is not None:
                self.follow.leave.bias.fill_(DOUBT)
            self.read.bias[2 * channels :] = UNLIKELY

    def forward(self, x: Tensor, noisy: Tensor, level: Tensor, foreseen: Foreseen | None = None) -> Tensor:
        """Estimate ``data - noise`` (..., C) from (..., D), the noisy row (..., C), its level (...), and guesses."""
        return self.parts(x, noisy, level, foreseen).velocity(noisy, level)

    def parts(self, x: Tensor, noisy: Tensor, level: Tensor, foreseen: Foreseen | None = None) -> "Parts":
        """Say what is believed of each channel and of the decision, and of the row as a whole."""
        weighed = self.weighed(x, noisy, level, foreseen)
        leaning = None if self.decide is None else self.leaning(x, foreseen, weighed)
        return Parts(self.mixture(x, foreseen, weighed), leaning, self._whole(x, noisy, level, foreseen))

    def _whole(self, x: Tensor, noisy: Tensor, level: Tensor, foreseen: Foreseen | None) -> "Whole | None":
        if self.follow is None or foreseen is None:
            return None
        said: Tensor = self.follow(torch.cat([x, foreseen.forecast, noisy, level[..., None]], dim=-1))[..., 0]
        return Whole.of(foreseen.forecast, said.masked_fill(~foreseen.follows, NEVER), self.atoms)

    def weighed(self, x: Tensor, noisy: Tensor, level: Tensor, foreseen: Foreseen | None) -> Tensor | None:
        """How likely and how exact the forecast of each channel is, how much its decision counts, (..., 2 C + 1)."""
        if self.weigh is None or foreseen is None:
            return None
        said: Tensor = self.weigh(torch.cat([x, foreseen.forecast, noisy, level[..., None]], dim=-1))
        likely, exact, heed = said.tensor_split([self.atoms.shape[1], -1], dim=-1)
        there = foreseen.follows[..., None]
        return torch.cat([likely.masked_fill(~there, NEVER), exact, heed * there], dim=-1)

    def leaning(self, x: Tensor, foreseen: Foreseen | None = None, weighed: Tensor | None = None) -> Tensor:
        """Logits (..., O) of the decision, before the noisy channels are seen."""
        if self.decide is None or self.heed is None:
            raise ValueError("this belief has no decision; give it outcomes")
        logits: Tensor = self.decide(x)
        if foreseen is None:
            return logits
        logits = logits + F.pad((self.heed(x)[..., None, :] @ foreseen.hints).squeeze(-2), (0, 1))
        outcomes = foreseen.forecast[..., self.atoms.shape[1] :] / LOUD
        return logits if weighed is None else logits + weighed[..., -1:] * outcomes

    def mixture(
        self, x: Tensor, foreseen: Foreseen | None = None, weighed: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Means, logarithms of deviations and logits of what a row (..., D) is believed to be, each (1 + J, ..., C).

        With guesses there are two components more.
        """
        mean, spread, *logits = self.read(x).chunk(2 + ATOMS, dim=-1)
        means = [mean, *(atom.expand_as(mean) for atom in self.atoms)]
        spreads = [spread, *(it.expand_as(mean) for it in self.spreads)]
        logits = [torch.zeros_like(mean), *logits]
        if self.trust is not None and foreseen is not None and weighed is not None:
            forecast = foreseen.forecast[..., : self.atoms.shape[1]]
            for guess, said in ((foreseen.onward, self.trust(x)), (forecast, weighed[..., :-1])):
                likely, exact = said.chunk(2, dim=-1)  # (..., C) each
                means.append(guess)
                spreads.append(exact)
                logits.append(likely)
        return torch.stack(means), torch.stack(spreads), torch.stack(logits)

    @torch.no_grad()
    def settle(self, channels: Tensor) -> None:
        """Put the atoms on the commonest values of the channels, given many clean rows (N, C)."""
        for c, column in enumerate(channels.T[: self.atoms.shape[1]] if len(channels) else ()):
            self.atoms[:, c] = commonest(column, ATOMS)


def velocity(means: Tensor, spreads: Tensor, logits: Tensor, noisy: Tensor, level: Tensor) -> Tensor:
    """Expect ``data - noise`` under a mixture, given ``x = t data + (1 - t) noise``.

    Component j believes that the data are N(m, s^2), hence x N(t m, t^2 s^2 + (1 - t)^2), which says how likely it is,
    and expects the velocity ``((1 - t) m + (t s^2 - (1 - t)) x) / (t^2 s^2 + (1 - t)^2)``.

    Parameters
    ----------
    means, spreads, logits : (1 + J, ..., C); spreads are logarithms of deviations.
    noisy : (..., C). level : (...), 0 noise to 1 clean.
    """
    scores, expected = _weighed(means, spreads, logits, noisy, level)
    return (torch.softmax(scores, dim=0) * expected).sum(dim=0)


def evidence(means: Tensor, spreads: Tensor, logits: Tensor, noisy: Tensor, level: Tensor) -> Tensor:
    """Logarithm of how likely a mixture makes the noisy channels (..., C), but for a constant; as :func:`velocity`."""
    scores, _ = _weighed(means, spreads, torch.log_softmax(logits, dim=0), noisy, level)
    return torch.logsumexp(scores, dim=0)


def _weighed(means: Tensor, spreads: Tensor, logits: Tensor, noisy: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
    """How much speaks for each component (1 + J, ..., C), and the velocity that it expects."""
    t = level[..., None]
    variance = torch.exp(2 * spreads.clamp(SHARPEST, VAGUEST))
    total = t * t * variance + (1 - t) ** 2
    scores = logits - (noisy - t * means) ** 2 / (2 * total) - total.log() / 2
    return scores, ((1 - t) * means + (t * variance - (1 - t)) * noisy) / total


def surprise(
    means: Tensor, spreads: Tensor, logits: Tensor, noisy: Tensor, level: Tensor, data: Tensor
) -> Tensor:  # fmt: skip
    """How unlikely, in nats but for a constant, a mixture holds clean channels (..., C) once it sees the noisy ones.

    Component j holds the data for N(m, s^2) and sees ``x = t data + (1 - t) noise``, so that its precision becomes
    ``1 / s^2 + t^2 / (1 - t)^2`` and its mean moves towards ``x / t``. Other arguments as of :func:`velocity`.
    """
    scores, _ = _weighed(means, spreads, logits, noisy, level)
    t, rest = level[..., None], _rest(level)
    precision = torch.exp(-2 * spreads.clamp(SHARPEST, VAGUEST))
    seen = precision + (t / rest) ** 2
    mean = (precision * means + t * noisy / rest**2) / seen
    fit = seen.log() / 2 - seen * (data - mean) ** 2 / 2
    return -torch.logsumexp(torch.log_softmax(scores, dim=0) + fit, dim=0)


def decision(logits: Tensor, noisy: Tensor, level: Tensor) -> Tensor:
    """Expect ``data - noise`` of channels (..., O) of which one is ``LOUD`` and the others zero, by Bayes' rule.

    All outcomes are equally far from zero, so that ``-|x - t d|^2 / 2 (1 - t)^2`` differs by ``t LOUD x / (1 - t)^2``.

    Parameters
    ----------
    logits : (..., O), before the noisy channels were seen. noisy : (..., O). level : (...), 0 noise to 1 clean.
    """
    likely = torch.softmax(decided(logits, noisy, level), dim=-1)
    return (LOUD * likely - noisy) / _rest(level)


def decided(logits: Tensor, noisy: Tensor, level: Tensor) -> Tensor:
    """Logits (..., O) of the outcomes once the noisy channels are seen; arguments as of :func:`decision`."""
    return logits + level[..., None] * LOUD * noisy / _rest(level) ** 2


def _rest(level: Tensor) -> Tensor:
    return (1 - level[..., None]).clamp(min=math.exp(SHARPEST))


def commonest(values: Tensor, count: int, *, width: float = 0.02) -> Tensor:
    """Return the centres of the fullest bins (count,), none beside another, of values (N,).

    >>> commonest(torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 5.0]), 2).tolist()
    [0.0, 1.0]
    """
    bins, members = torch.unique((values / width).round(), return_inverse=True)
    filling = torch.bincount(members).float()
    found: list[Tensor] = []
    for _ in range(count):
        best = int(filling.argmax())
        found.append(values[members == best].mean() if filling[best] > 0 else values.mean())
        filling[(bins - bins[best]).abs() <= 2] = 0
    return torch.stack(found)
