"""Who speaks when: a small network that says of each line in turn which of the cast says it, and when it begins.

A transformer reads the line, everybody who is there and what lands or hits later on (:mod:`sora2lib.model.players`).
The speaker is one of those who are there or nobody, a voice off. The pause is a mixture of Gaussians about the end of
the line before and about each later moment, so that a line may answer what happens; one is drawn of it.

Shapes: B lines, P players, M moments, D width, K components.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as parse
from safetensors.torch import save as pack
from torch import Tensor, nn

from sora2lib.errors import ModelError
from sora2lib.model import files
from sora2lib.model.mixture import NEVER, Mixture, chance
from sora2lib.model.players import (
    LINE,
    LOOKS,
    PAIR,
    PHRASE,
    PLAYERS,
    WORDS,
    Company,
    Reading,
    Turn,
    reading,
)

FILE, FORMAT = "turns.safetensors", "1"
WIDTH, HEADS, DEPTH, COMPONENTS = 64, 4, 2, 4
OFF = PLAYERS  # the speaker that is nobody
FASTEST, SLOWEST = 0.03, 2.0  # s, deviations of pauses


@dataclass(frozen=True)
class Readings:
    """What is read for lines (B, ...); the fields are those of :class:`~sora2lib.model.players.Reading`."""

    phrase: Tensor
    said: Tensor
    line: Tensor
    names: Tensor
    looks: Tensor
    pair: Tensor
    moments: Tensor
    there: Tensor

    @classmethod
    def of(cls, them: Sequence[Reading]) -> "Readings":
        """Put readings of single lines into one batch."""
        return cls(*(torch.as_tensor(np.stack([getattr(it, part.name) for it in them])) for part in fields(cls)))

    def at(self, which: Tensor) -> "Readings":
        """Those of some lines."""
        return Readings(*(getattr(self, part.name)[which] for part in fields(self)))


class TurnTaking(nn.Module):
    """The network: who says a line, (B, P + 1) logits, and given that the belief of its pause."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.enter_line = nn.Linear(PHRASE + 2 * WORDS + LINE, width)
        self.enter_player = nn.Linear(3 * WORDS + LOOKS + PAIR, width)
        self.sought, self.found = nn.Linear(PHRASE, width, bias=False), nn.Linear(3 * WORDS + LOOKS, width, bias=False)
        self.enter_moment = nn.Linear(2, width)
        layer = nn.TransformerEncoderLayer(
            width, HEADS, 2 * width, dropout=0.1, activation="gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(layer, DEPTH, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.who_off, self.who = nn.Linear(width, 1), nn.Linear(width, 1)
        self.given = nn.Linear(3, width)
        self.when = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 3 * COMPONENTS))

    def forward(self, them: Readings) -> tuple[Tensor, Tensor]:
        """Who says each line, (B, P + 1) logits with a voice off last, and what is thought of the line and moments,
        (B, 1 + M, D), from which :meth:`pause` tells when."""
        seen = torch.cat([them.names.flatten(2), them.looks], dim=-1)
        line = self.enter_line(torch.cat([them.phrase, them.said.flatten(1), them.line], dim=-1))[:, None]
        player = self.enter_player(torch.cat([seen, them.pair], dim=-1))
        player = player + self.sought(them.phrase)[:, None] * self.found(seen)
        moment = self.enter_moment(torch.stack([them.moments, torch.exp(-them.moments)], dim=-1)) + line
        there = torch.cat([torch.ones_like(them.there[:, :1]), them.there], dim=1)
        x = self.norm(self.blocks(torch.cat([line, player, moment], dim=1), src_key_padding_mask=~there))
        who = self.who(x[:, 1 : 1 + PLAYERS])[..., 0].masked_fill(~them.there[:, :PLAYERS], NEVER)
        return torch.cat([who, self.who_off(x[:, 0])], dim=-1), torch.cat([x[:, :1], x[:, 1 + PLAYERS :]], dim=1)

    def pause(self, them: Readings, thought: Tensor, who: Tensor) -> Mixture:
        """What is believed of the seconds (B, 1) from the end of the line before to each line, its speaker being known.

        Parameters
        ----------
        thought : of :meth:`forward`. who : (B,) numbers of players, ``OFF`` for a voice off.
        """
        asked = them.pair[torch.arange(len(who)), who.clamp(max=PLAYERS - 1)] * (who < OFF)[:, None]
        given = torch.stack([asked[:, -4], (who == OFF).float(), asked[:, -3]], dim=-1)  # just spoke; off; has spoken
        told = self.when(thought + self.given(given)[:, None]).unflatten(-1, (3, COMPONENTS))
        means, spreads, logits = told.unbind(dim=-2)
        since = torch.cat([torch.zeros_like(them.moments[:, :1]), them.moments], dim=1)[..., None]
        there = torch.cat([torch.ones_like(them.there[:, :1]), them.there[:, PLAYERS:]], dim=1)[..., None]
        low, high = np.log(FASTEST), np.log(SLOWEST)
        return Mixture(
            (since + means).flatten(1)[:, None],
            (low + (high - low) * torch.sigmoid(spreads)).flatten(1)[:, None],
            logits.masked_fill(~there, NEVER).flatten(1)[:, None],
        )


@torch.inference_mode()
def take_turns(
    them: Company, turns: Sequence[Turn], who: Sequence[int | None], *, seed: int, network: TurnTaking | None = None
) -> tuple[tuple[int | None, ...], tuple[float, ...]]:
    """Decide who says each of some lines, and how long is waited before it.

    Parameters
    ----------
    turns : the lines; of the first ones it is known ``who`` said them.
    seed : the same seed gives the same pauses. Speakers are the likeliest ones.
    network : None takes the packaged one.

    Returns
    -------
    Of the lines that were not known, the number of the player or None for a voice off; and seconds, 0 or more, from
    when it may begin, which is when the lines before have ended and its shot has begun.
    """
    network = load() if network is None else network
    said, pauses, free = list(who), [], 0.0
    for number in range(len(who), len(turns)):
        turn, free = turns[number], max(free, turns[number].earliest)
        asked = Readings.of([reading(them, turns, said, free)])
        logits, thought = network(asked)
        best = logits.argmax(dim=-1)
        generator = torch.Generator().manual_seed(int(np.random.default_rng([seed, number]).integers(2**62)))
        pauses.append(max(0.0, float(network.pause(asked, thought, best).draw(*chance([generator], 1)))))
        said.append(None if int(best) == OFF else int(best))
        start = free + pauses[-1] if turn.start is None else turn.start
        free = max(free, start + turn.lasting)
    return tuple(said[len(who) :]), tuple(pauses)


@cache
def load() -> TurnTaking:
    """Return the packaged network.

    Raises
    ------
    ModelError
        Its file is missing, damaged or of another format.
    """
    return unpack(files.read(FILE))


def unpack(content: bytes) -> TurnTaking:
    """Read what :func:`packed` wrote; raise :class:`ModelError` when it is none of this format."""
    try:
        size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + size])["__metadata__"]
        network = TurnTaking(int(metadata["width"]))
        network.load_state_dict({name: it.float() for name, it in parse(content).items()})
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"{FILE} is no network that takes turns ({error}); reinstall sora2lib") from error
    if metadata.get("format") != FORMAT:
        raise ModelError(f"{FILE} has format {metadata.get('format')}, this version reads {FORMAT}; reinstall sora2lib")
    return network.eval().requires_grad_(False)


def packed(network: TurnTaking) -> bytes:
    """Return the bytes of a file that holds a network in half precision."""
    tensors = {name: it.detach().half().contiguous() for name, it in network.state_dict().items()}
    return pack(tensors, {"format": FORMAT, "width": str(network.norm.normalized_shape[0])})
