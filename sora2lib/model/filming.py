"""The camera's rows, once it is known what moves: a small transformer of their own.

It looks at nothing but camera rows; the words of the prompt and who is there are further keys. Rows are told from what
there is to film (:mod:`sora2lib.model.sight`). Of every channel it believes a mixture
(:mod:`sora2lib.model.belief`), of which one component is meant for the action, one for the action with what carries it,
and one goes along with each lead: a camera that follows keeps its subject where it is in the picture, however far and
fast that goes.

Shapes: B worlds, S cast slots, K time rows, C = CAMERA_WIDTH, L rows of text, D width.
"""

import torch
from torch import Tensor, nn

from sora2lib.model.belief import ATOMS, SPREAD, UNLIKELY, commonest, velocity
from sora2lib.model.blocks import Block, Clock, additive, repeated, with_neighbours
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.sight import LEADS, OTHERS, PLACES, TOLD, WAYS, Sight
from sora2lib.model.tokens import CAST_WIDTH

WIDTH, DEPTH, HEADS = 96, 4, 4
LEAST_DEVIATION = 0.01  # of a channel


class Filming(nn.Module):
    """Estimates ``data - noise`` of camera rows."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, text_width: int, slots: int) -> None:
        super().__init__()
        self.enter_text = nn.Linear(text_width, WIDTH)
        self.enter_cast = nn.Linear(CAST_WIDTH + WAYS, WIDTH)
        self.slot = nn.Embedding(slots, WIDTH)
        self.key_norm = nn.LayerNorm(WIDTH, bias=False)
        self.enter_rows = nn.Linear(3 * (CAMERA_WIDTH + 1) + TOLD, WIDTH)
        self.enter_along = nn.Linear(LEADS * CAMERA_WIDTH, WIDTH, bias=False)
        self.enter_level = nn.Linear(32, WIDTH, bias=False)
        self.enter_time = nn.Linear(16, WIDTH, bias=False)
        self.blocks = nn.ModuleList(Block(WIDTH, HEADS) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        # A mean for each thing that a camera may be meant for, and one deviation of them all; atoms and others are
        # likelier than the first by so many nats.
        self.read = nn.Linear(WIDTH, (1 + OTHERS + 1 + OTHERS + ATOMS) * CAMERA_WIDTH)
        self.atoms = nn.Parameter(torch.linspace(-1, 1, ATOMS)[:, None].repeat(1, CAMERA_WIDTH))
        self.spreads = nn.Parameter(torch.full((ATOMS, CAMERA_WIDTH), SPREAD))
        nn.init.zeros_(self.read.weight)
        nn.init.zeros_(self.read.bias)
        with torch.no_grad():
            self.read.bias[(2 + OTHERS) * CAMERA_WIDTH :] = UNLIKELY
        self.register_buffer("mean", torch.zeros(CAMERA_WIDTH))
        self.register_buffer("deviation", torch.ones(CAMERA_WIDTH))
        self.clock = Clock()

    @torch.no_grad()
    def settle(self, rows: Tensor) -> None:
        """Take scales and atoms from many clean rows (N, C) as :meth:`Sight.enter` makes them, before training."""
        self.mean.copy_(rows.mean(dim=0))
        self.deviation.copy_(rows.std(dim=0).clamp(min=LEAST_DEVIATION))
        for c, column in enumerate(((rows - self.mean) / self.deviation).T):
            self.atoms[:, c] = commonest(column, ATOMS)

    def enter(self, seen: Sight, camera: Tensor) -> Tensor:
        """Camera rows (B, K, C) in metres -> standardised ones, told from what there is to film."""
        return (seen.enter(camera) - self.mean) / self.deviation

    def leave(self, seen: Sight, camera: Tensor) -> Tensor:
        """Undo :meth:`enter`."""
        return seen.leave(camera * self.deviation + self.mean)

    def forward(self, seen: Sight, text: Tensor, text_mask: Tensor, camera: Tensor, level: Tensor) -> Tensor:
        """Return velocities (N, K, C) of standardised camera rows at their levels (N, K).

        Parameters
        ----------
        text, text_mask : (T, L, D) and (T, L), what the text encoder makes of prompts for the B worlds of ``seen``, one
            or several times over: T is a multiple of B.
        camera, level : of the same, one or several times over: N is a multiple of T.
        """
        told, along, reach = (repeated(it, len(camera)) for it in (seen.told, self._others(seen), seen.reach))
        keys, there = self._keys(seen, text, text_mask)
        there = torch.cat([torch.ones_like(level, dtype=torch.bool), repeated(there, len(camera))], dim=1)
        mask, turn = additive(there, keys.dtype), self.clock.moments(self.clock.seconds(level.shape[1])[None])
        x = self._enter(told, along, camera, level, turn).to(keys.dtype)
        for block in self.blocks:
            x = block(x, turn, mask, keys)
        return self._leave(self.norm(x).float(), along, reach, camera, level)

    def _keys(self, seen: Sight, text: Tensor, text_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Who is there and the words, (T, S + L, WIDTH), and which of them exist."""
        cast = repeated(self.enter_cast(seen.cast) + self.slot.weight[: seen.cast.shape[1]], len(text))
        keys = torch.cat([cast, self.enter_text(text.float())], dim=1)
        there = torch.cat([repeated(seen.mask, len(text)), text_mask], dim=1)
        return self.key_norm(keys.to(self.norm.weight.dtype)), there

    def _enter(
        self, told: Tensor, along: Tensor, camera: Tensor, level: Tensor, turn: tuple[Tensor, Tensor]
    ) -> Tensor:  # fmt: skip
        x = self.enter_rows(torch.cat([with_neighbours(camera, level), told], dim=-1))
        x = x + self.enter_along(along[:, :, -LEADS:].flatten(2)) + self.enter_time(torch.cat(turn, dim=-1))
        entered: Tensor = x + self.enter_level(self.clock.noise(level))
        return entered

    def _others(self, seen: Sight) -> Tensor:
        """What to add to standardised rows that are meant for something else than the action, (B, K, OTHERS, C)."""
        return (seen.along + (self._grown(seen.reach) - 1)[:, None] * self.mean) / self.deviation

    def _grown(self, reach: Tensor) -> Tensor:
        """By how much channels (..., C) grow with what they are meant for: places do, angles do not."""
        grown = torch.ones(*reach.shape, CAMERA_WIDTH, device=reach.device)
        grown[..., PLACES] = reach[..., None]
        return grown

    def _leave(self, x: Tensor, others: Tensor, reach: Tensor, camera: Tensor, level: Tensor) -> Tensor:
        parts = torch.stack(self.read(x).chunk(2 + 2 * OTHERS + ATOMS, dim=-1))  # (..., N, K, C)
        first, means, spread, logits = torch.split(parts, [1, OTHERS, 1, OTHERS + ATOMS])
        grown = self._grown(reach).transpose(0, 1)[:, :, None]  # (OTHERS, N, 1, C)
        atoms, exact = (it[:, None, None].expand(-1, *x.shape[:2], -1) for it in (self.atoms, self.spreads))
        return velocity(
            torch.cat([first, means * grown + others.movedim(2, 0), atoms]),
            torch.cat([spread, spread + grown.log(), exact]),
            torch.cat([torch.zeros_like(first), logits]),
            camera,
            level,
        )
