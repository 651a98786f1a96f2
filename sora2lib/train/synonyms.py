"""The lesson in synonyms: that captions mean the same in other words.

The text encoder learns to make of them what it made of the captions before (:mod:`sora2lib.train.rewording`); what
reads it need not learn anything. That says nothing of which differences matter. Probes of the encoder as it was
(:mod:`sora2lib.train.probing`), which are at rest, do: they are to read off it what the captions say.

Shapes: B captions, L pieces, D width.
"""

from collections.abc import Sequence
from copy import deepcopy
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from sora2lib.model.conditions import words_of
from sora2lib.model.transformer import WorldTransformer
from sora2lib.model.weights import Model, Scales
from sora2lib.train.agreement import Telling, disagreements
from sora2lib.train.lessons import Lesson
from sora2lib.train.library import Library
from sora2lib.train.objective import blurred
from sora2lib.train.probing import Probe, surprise
from sora2lib.train.retelling import retelling, retellings
from sora2lib.train.rewording import Change, Reworded, reworded

ROWS_OF_CAPTION = 80  # rows of a world, about: a step reads as many captions as one that also plays
AS_BEFORE = 0.3  # of the captions, those that stay as they are
RETOLD = 0.6  # of the others, those whose event is told otherwise
HIDDEN, STRANGE = 0.25, 0.15  # of the words: how many lose their vector, or have another
PROBED = 1.0  # weight of a nat a kind of clause, beside squared errors of rows whose mean square is about 1
HEARD = {
    "casting": 4.0,
    "places": 0.5,
    "starts": 1.0,
    "camera": 4.0,
    "acting": 4.0,
}  # weights of the readers' disagreements


def synonyms(model: Model, probes: Sequence[Probe]) -> Lesson:
    """Return the lesson in synonyms: a model's text encoder, as it is now, is the teacher of itself.

    Parameters
    ----------
    probes : what has learned to read it, by :func:`sora2lib.train.probing.learn_probe`, from different seeds.
    """
    teacher = deepcopy(model.network).to_bfloat16().text
    return Lesson(lambda network: network.text, partial(_synonyms, teacher, probes), 3e-4)


def _synonyms(
    teacher: nn.Module, probes: Sequence[Probe],
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int,
) -> dict[str, Tensor]:  # fmt: skip
    """Squared errors of the text as a whole, of what is said in other words, and of the words beside it; surprise of
    the probes; disagreement of the readers."""
    drawn = library.draw(rng, rows, scales)
    told = [retelling(facts, rng) for facts in library.facts(drawn)]
    worlds = len(told)
    told += retellings(rows // ROWS_OF_CAPTION, rng)
    said = [_otherwise(it.text, changes, rng) for it, changes in told]
    was = words_of([it.origin for it in said])
    with torch.no_grad():
        before, there_was = teacher(*was)  # (B, 1 + L, D)
    words, mask = words_of([it.text for it in said])
    stands, others, fresh = _stands(said, words.shape[1], before.shape[1])
    # Words that stay are read as they are: blurred, "left" would have to mean half of "right".
    moved, _ = blurred(words, mask, hidden=HIDDEN, strange=STRANGE)
    read, there_is = network.text(torch.where(fresh[..., None], moved, words), mask)
    error = (read.float() - stands @ before.float()).square().mean(dim=-1)
    there = stands.sum(dim=-1) > 0
    beside = there & ~others
    beside[:, 0] = False
    surprised = [surprise(probe, (read, there_is), probe.answers(it.clauses for it, _ in told)) for probe in probes]
    old = Telling(was[0][:worlds], (before[:worlds].to(read.dtype), there_was[:worlds]))
    new = Telling(words[:worlds], (read[:worlds], there_is[:worlds]))
    apart = disagreements(network, drawn, scales, old, new)
    return {
        "all": error[:, 0].mean(),
        "others": 2 * error[there & others].mean(),
        "beside": error[beside].mean(),
        "probes": PROBED * torch.stack(surprised).mean(),
        **{name: HEARD[name] * it for name, it in apart.items()},
    }


def _stands(said: Sequence[Reworded], new: int, old: int) -> tuple[Tensor, Tensor, Tensor]:
    """What each row of the text stands for, (B, 1 + new, 1 + old); which belong to other words; which words are new."""
    stands = torch.zeros(len(said), 1 + new, old)
    stands[:, 0, 0] = 1.0  # what is said as a whole
    others, fresh = torch.zeros(stands.shape[:2], dtype=torch.bool), torch.zeros(len(said), new, dtype=torch.bool)
    for i, it in enumerate(said):
        alignment = torch.from_numpy(it.alignment())
        stands[i, 1 : 1 + len(alignment), 1 : 1 + alignment.shape[1]] = alignment
        others[i, 1 : 1 + len(alignment)] = torch.from_numpy(it.replaced())
        fresh[i, : len(alignment)] = torch.from_numpy(it.fresh())
    return stands, others, fresh


def _otherwise(told: str, changes: tuple[Change, ...], rng: np.random.Generator) -> Reworded:
    """A caption as it is, in other words, or also with its event told otherwise."""
    if rng.random() < AS_BEFORE:
        return reworded(told, rng, 0.0)
    return reworded(told, rng, 0.5, changes if rng.random() < RETOLD else ())
