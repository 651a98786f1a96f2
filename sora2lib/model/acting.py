"""How people and animals move, and what moves with them: a transformer of its own.

A row is a mover's motion row with its pose beside it, told as the mover itself would tell it
(:mod:`sora2lib.model.bearings`). Rows of all movers look at each other; the words of the prompt are further keys. Of
every channel it believes a mixture (:class:`sora2lib.model.belief.Belief`). All rows that are not known are equally
noisy: what somebody does is one thing, from beginning to end.

Shapes: B worlds, M movers, F figures, K time rows, C = ROW channels, L rows of text, D width.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.bearings import TOLD, Bearings
from sora2lib.model.belief import LOUD, Belief
from sora2lib.model.blocks import Block, Clock, additive, repeated, with_neighbours
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.tokens import BLOW, MOTION_WIDTH
from sora2lib.model.tracks import STRIDE

WIDTH, DEPTH, HEADS = 192, 6, 4
ROW = POSE_WIDTH + MOTION_WIDTH  # the pose first: the last channels are one decision, which sample is struck
LEAST_DEVIATION = 0.01  # of a channel


class Acting(nn.Module):
    """Estimates ``data - noise`` of rows (N, M, K, C)."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, text_width: int, slots: int) -> None:
        super().__init__()
        self.enter_text = nn.Linear(text_width, WIDTH)
        self.key_norm = nn.LayerNorm(WIDTH, bias=False)
        self.enter_rows = nn.Linear(3 * (ROW + 1), WIDTH)
        self.enter_told = nn.Linear(TOLD, WIDTH, bias=False)
        self.slot = nn.Embedding(slots, WIDTH)
        self.enter_level = nn.Linear(32, WIDTH, bias=False)
        self.enter_time = nn.Linear(16, WIDTH, bias=False)
        self.blocks = nn.ModuleList(Block(WIDTH, HEADS) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        self.leave_rows = Belief(WIDTH, ROW, outcomes=STRIDE + 1)
        self.register_buffer("mean", torch.zeros(ROW))
        self.register_buffer("deviation", torch.ones(ROW))
        self.clock = Clock()

    @torch.no_grad()
    def settle(self, rows: Tensor, figures: Tensor) -> None:
        """Take scales and atoms from many clean rows (N, C) of training; ``figures`` (N,) says which have poses."""
        pose = rows[figures, :POSE_WIDTH]
        parts = ((slice(0, POSE_WIDTH), pose), (slice(POSE_WIDTH, ROW), rows[:, POSE_WIDTH:]))
        for where, them in parts:
            self.mean[where] = them.mean(dim=0)
            self.deviation[where] = them.std(dim=0).clamp(min=LEAST_DEVIATION)
        self.mean[BLOW], self.deviation[BLOW] = 0.0, 1 / LOUD
        self.leave_rows.settle((rows[figures] - self.mean) / self.deviation)

    def enter(self, there: Bearings, motion: Tensor, pose: Tensor) -> Tensor:
        """Motion (B, M, K, MOTION_WIDTH) and pose rows (B, F, K, POSE_WIDTH) in natural scale -> standardised rows."""
        pose = F.pad(pose, (0, 0, 0, 0, 0, motion.shape[1] - pose.shape[1]))
        rows = (torch.cat([pose, there.enter(motion)], dim=-1) - self.mean) / self.deviation
        rows[..., :POSE_WIDTH] *= there.figures[..., None, None]
        return rows * there.movers[..., None, None]

    def leave(self, there: Bearings, rows: Tensor, figures: int) -> tuple[Tensor, Tensor]:
        """Undo :meth:`enter`: motion rows, and pose rows of the first movers, which are figures."""
        rows = rows * self.deviation + self.mean
        return there.leave(rows[..., POSE_WIDTH:]), rows[:, :figures, :, :POSE_WIDTH]

    def forward(self, there: Bearings, text: Tensor, text_mask: Tensor, rows: Tensor, level: Tensor) -> Tensor:
        """Return velocities (N, M, K, C) of standardised rows at their levels (N, M, K).

        Parameters
        ----------
        text, text_mask : (T, L, D) and (T, L), what the text encoder makes of prompts for the B worlds of ``there``,
            one or several times over: T is a multiple of B.
        rows, level : of the same, one or several times over: N is a multiple of T.
        """
        count, movers, times = level.shape
        keys = self.key_norm(self.enter_text(text.float()).to(self.norm.weight.dtype))
        exist = repeated(there.movers, count).repeat_interleave(times, dim=1)
        mask = additive(torch.cat([exist, repeated(text_mask, count)], dim=1), keys.dtype)
        seconds = self.clock.seconds(times)
        slot = torch.arange(movers, device=seconds.device, dtype=torch.float32)
        turn = self.clock.turns(seconds.repeat(movers), slot.repeat_interleave(times))
        x = self._enter(there, rows, level).flatten(1, 2).to(keys.dtype)
        for block in self.blocks:
            x = block(x, turn, mask, keys)
        out: Tensor = self.leave_rows(self.norm(x).float().unflatten(1, (movers, times)), rows, level)
        return out

    def _enter(self, there: Bearings, rows: Tensor, level: Tensor) -> Tensor:
        movers, times = level.shape[1:]
        who = repeated(self.enter_told(there.told) + self.slot.weight[:movers], len(level))  # (N, M, D)
        when = self.enter_time(torch.cat(self.clock.moments(self.clock.seconds(times)), dim=-1))  # (K, D)
        x = self.enter_rows(with_neighbours(rows, level)) + self.enter_level(self.clock.noise(level))
        entered: Tensor = x + who[:, :, None] + when
        return entered
