"""Probes: small networks that read clauses off what a text encoder makes of captions.

A plan can obey no more of a prompt than the encoder has understood. A probe learns to read clauses from captions in
training's words; what it then reads off captions in other words tells in a minute what whole plans tell in an hour. It
is also what tells the lesson in synonyms which differences matter (:mod:`sora2lib.train.synonyms`).

Shapes: B captions, L pieces of which the first stands for the whole, D width, K kinds of clause.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.conditions import words_of
from sora2lib.train.rewording import reworded
from sora2lib.train.telling import training_facts
from sora2lib.world.captions import Caption, caption
from sora2lib.world.naming import Clause

KINDS = (
    *(("scene", kind) for kind in ("camera", "framing", "light", "weather", "ground")),
    *(("subject", kind) for kind in ("action", "outcome", "asset", "colour", "size", "material", "count")),
    *(("subject", kind) for kind in ("speed", "direction")),
    *(("target", kind) for kind in ("asset", "colour", "size", "material", "count")),
)
WIDTH, HEADS = 256, 4
CAPTIONS, STEPS = 9_000, 1_800  # that a probe learns from, and how long
ROWS = 96  # captions of a step
REWORDED = 0.3  # of the captions that it learns from
RATE, BLUR = 1e-3, 0.05  # of learning; standard deviation of the noise on what it reads

Values = dict[tuple[str, str], list[str]]
Read = tuple[Tensor, Tensor]  # what an encoder makes of captions, (B, L, D), and which pieces there are, (B, L)


class Probe(nn.Module):
    """One question for each kind of clause, which looks at the pieces of a caption; 0 answers that nothing is said."""

    def __init__(self, width: int, values: Values) -> None:
        super().__init__()
        self.values = values
        self.enter = nn.Sequential(nn.Linear(width, WIDTH), nn.LayerNorm(WIDTH))
        self.questions = nn.Parameter(0.1 * torch.randn(len(values), WIDTH))
        self.look = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.answer = nn.ModuleList(nn.Linear(WIDTH, 1 + len(them)) for them in values.values())

    def forward(self, rows: Tensor, mask: Tensor) -> list[Tensor]:
        """Return for each kind how likely, in nats, each answer is, (B, values + 1)."""
        x = self.enter(rows)
        seen, _ = self.look(self.questions.expand(len(x), -1, -1), x, x, key_padding_mask=~mask)
        return [answer(seen[:, k]).log_softmax(dim=-1) for k, answer in enumerate(self.answer)]

    def answers(self, told: Iterable[frozenset[Clause]]) -> Tensor:
        """Return what is said in captions, (B, K): the number of a value from 1, 0 for nothing that the probe knows."""
        said = [{(it.role, it.kind): str(it.value) for it in clauses} for clauses in told]
        numbers = {kind: {value: n for n, value in enumerate(them, start=1)} for kind, them in self.values.items()}
        return torch.tensor([[of.get(it.get(kind, ""), 0) for kind, of in numbers.items()] for it in said])


def surprise(probe: Probe, read: Read, answers: Tensor) -> Tensor:
    """Return how unlikely a probe takes the right answers to be, in nats a kind."""
    likely = probe(read[0].float(), read[1])
    return torch.stack([F.nll_loss(it, answers[:, k]) for k, it in enumerate(likely)]).mean()


def read_by(encoder: nn.Module, texts: Sequence[str]) -> Read:
    """Return what a text encoder makes of texts."""
    rows, mask = encoder(*words_of([*texts]))
    return rows, mask


def captions_to_read(count: int, rng: np.random.Generator) -> list[Caption]:
    """Return captions of training, some of them in words of the thesaurus, and what they say."""
    told = [caption(facts, its) for facts, its in training_facts(count, rng)]
    return [Caption(reworded(it.text, rng).text, it.clauses) if rng.random() < REWORDED else it for it in told]


def learn_probe(encoder: nn.Module, *, captions: int = CAPTIONS, steps: int = STEPS, seed: int = 0) -> Probe:
    """Return a probe that has learned from what a text encoder makes of captions; the encoder stays as it is.

    >>> probe = learn_probe(model.network.text)  # doctest: +SKIP
    """
    rng = np.random.default_rng([seed, captions])
    torch.manual_seed(seed)
    told = captions_to_read(captions, rng)
    rows, mask = _read_all(encoder, [it.text for it in told])
    probe = Probe(rows.shape[-1], _values(told))
    answers = probe.answers(it.clauses for it in told)
    adam = torch.optim.AdamW(probe.parameters(), RATE)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, total_steps=steps)
    for _ in range(steps):
        some = torch.from_numpy(rng.integers(len(told), size=ROWS))
        longest = int(mask[some].sum(dim=1).max())
        x = rows[some, :longest].float()
        adam.zero_grad()
        loss = surprise(probe, (x + BLUR * torch.randn_like(x), mask[some, :longest]), answers[some])
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        rate.step()
    return probe.eval().requires_grad_(False)


def _values(told: Sequence[Caption]) -> Values:
    said: dict[tuple[str, str], set[str]] = {kind: set() for kind in KINDS}
    for it in told:
        for clause in it.clauses:
            said.get((clause.role, clause.kind), set()).add(str(clause.value))
    return {kind: sorted(them) for kind, them in said.items()}


@torch.no_grad()
def _read_all(encoder: nn.Module, texts: Sequence[str]) -> Read:
    """What an encoder makes of many texts, in half the bytes."""
    parts = [read_by(encoder, texts[start : start + ROWS]) for start in range(0, len(texts), ROWS)]
    longest = max(mask.shape[1] for _, mask in parts)
    rows = [F.pad(them, (0, 0, 0, longest - them.shape[1])).half() for them, _ in parts]
    return torch.cat(rows), torch.cat([F.pad(mask, (0, longest - mask.shape[1])) for _, mask in parts])


@torch.no_grad()
def understood(probe: Probe, encoder: nn.Module, told: Sequence[Caption]) -> dict[str, list[bool]]:
    """By kind of clause, and "every clause": whether a probe reads what captions say off what an encoder makes of them.

    Examples
    --------
    >>> marks = understood(probe, model.network.text, captions)  # doctest: +SKIP
    """
    answers, (rows, mask) = probe.answers(it.clauses for it in told), _read_all(encoder, [it.text for it in told])
    found = [
        torch.stack(
            [it.argmax(dim=-1) for it in probe(rows[start : start + ROWS].float(), mask[start : start + ROWS])], dim=1
        )
        for start in range(0, len(told), ROWS)
    ]
    right, said = torch.cat(found) == answers, answers > 0
    marks = {f"{role} {kind}": right[said[:, k], k].tolist() for k, (role, kind) in enumerate(probe.values)}
    return {"every clause": (right | ~said).all(dim=1).tolist(), **marks}
