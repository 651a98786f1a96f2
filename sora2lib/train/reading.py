"""Captions as whole numbers: small on disk and on a device, where three tables turn them into what the network reads.

A piece of a caption is a number of the vocabulary, the row of what its word means, and the thing that it names.
"""

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.model import meanings, text
from sora2lib.model.tokens import ASSET_CODE, asset_code
from sora2lib.world.assets import LIBRARY
from sora2lib.world.nouns import mentions

Pieces = NDArray[np.uint16]


def pieces(prompt: str) -> Pieces:
    """Pieces (N, 3) of a prompt: number in the vocabulary, row of :func:`meanings.table`, thing named from 1 or 0.

    >>> pieces("a red ball")[:, 2] > 0
    array([False, False,  True])
    """
    ids, starts = text.tokens(prompt)
    found = np.zeros((len(ids), 3), dtype=np.uint16)
    found[:, 0] = ids
    for word, start, stop in text.words(prompt):
        found[(start <= starts) & (starts < stop), 1] = meanings.number(word)
    for match in mentions(prompt):
        found[(match.start <= starts) & (starts < match.stop), 2] = _things()[match.asset]
    return found


@cache
def _things() -> dict[str, int]:
    return {name: number for number, name in enumerate(LIBRARY, start=1)}


class Reader:
    """Three tables on a device."""

    def __init__(self, device: str) -> None:
        codes = [np.zeros(ASSET_CODE), *map(asset_code, LIBRARY)]
        tables = text.vectors(np.arange(text.SIZE, dtype=np.int32)), meanings.table(), np.stack(codes)
        self._tables = [torch.as_tensor(table, dtype=torch.float32, device=device) for table in tables]

    def __call__(self, found: Tensor, mask: Tensor) -> Tensor:
        """Pieces (B, L, 3) -> what the text encoder reads, (B, L, TEXT_WIDTH); zero where ``mask`` (B, L) is not."""
        parts = [table[found[..., i]] for i, table in enumerate(self._tables)]
        return torch.cat(parts, dim=-1) * mask[..., None]
