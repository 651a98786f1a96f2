"""The lesson in taking turns: who says a line, and when, from dialogues among players of simulated scenes.

:func:`teach` makes the packaged weights of :mod:`sora2lib.model.turns` again, in some minutes of one core.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model import files
from sora2lib.model.players import reading
from sora2lib.model.turns import FILE, OFF, Readings, TurnTaking, packed
from sora2lib.train.exchanges import Exchange, exchanges, scenes

SEEDS = tuple(range(8))  # of the simulated scenes to learn from
SHAKEN = 0.12  # deviation of what is added to the numbers of phrases: unknown words lie beside known ones
DECAY = 0.1


@dataclass(frozen=True)
class TurnsConfig:
    """Dialogues to learn from, steps, lines of a step, rate, seed."""

    dialogues: int = 12_000
    steps: int = 1_600
    lines: int = 128
    rate: float = 2e-3
    seed: int = 0


@dataclass(frozen=True)
class Truths:
    """What is read for lines, who says each (B,), and the seconds before it (B,)."""

    asked: Readings
    who: Tensor
    pause: Tensor

    @classmethod
    def of(cls, them: Sequence[Exchange]) -> "Truths":
        """Take all lines of some dialogues, those before each being known."""
        rows = [reading(it.them, it.turns, it.who[:n], _free(it, n)) for it in them for n in range(len(it.turns))]
        who = [OFF if one is None else one for it in them for one in it.who]
        return cls(Readings.of(rows), torch.tensor(who), torch.tensor([one for it in them for one in it.pauses]))

    def at(self, which: Tensor) -> "Truths":
        """Those of some lines."""
        return Truths(self.asked.at(which), self.who[which], self.pause[which])


def _free(it: Exchange, number: int) -> float:
    """When the lines before one have ended."""
    return sum(it.pauses[:number]) + sum(turn.lasting for turn in it.turns[:number])


def losses(network: TurnTaking, truths: Truths) -> dict[str, Tensor]:
    """Surprise, in nats, at who speaks, and at when, the speaker being known."""
    who, thought = network(truths.asked)
    belief = network.pause(truths.asked, thought, truths.who)
    return {
        "who": F.cross_entropy(who, truths.who),
        "when": belief.surprise(truths.pause[:, None]).mean(),
    }


def learn_turns(network: TurnTaking, truths: Truths, config: TurnsConfig) -> Iterator[dict[str, float]]:
    """Train a network in place; yields each step's losses."""
    torch.manual_seed(config.seed)
    optimiser = torch.optim.AdamW(network.train().parameters(), config.rate, weight_decay=DECAY)
    falling = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.rate, config.steps, pct_start=0.1)
    for _ in range(config.steps):
        batch = truths.at(torch.randint(len(truths.who), (config.lines,)))
        batch.asked.phrase.add_(SHAKEN * torch.randn_like(batch.asked.phrase))  # a copy of the lines that were drawn
        found = losses(network, batch)
        optimiser.zero_grad()
        torch.stack(list(found.values())).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        falling.step()
        yield {name: float(loss.detach()) for name, loss in found.items()}
    network.eval()


def teach(folder: Path, config: TurnsConfig | None = None) -> Iterator[dict[str, float]]:
    """Make the weights anew: draw dialogues, learn from them, and write the file; yields each step's losses."""
    config = TurnsConfig() if config is None else config
    truths = Truths.of(list(islice(exchanges(scenes(SEEDS), config.seed), config.dialogues)))
    torch.manual_seed(config.seed)
    network = TurnTaking()
    yield from learn_turns(network, truths, config)
    files.write(FILE, packed(network), folder=folder)
