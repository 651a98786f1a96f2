"""How those who move in a world with people or animals stand to each other: worked out, not learned.

Each mover's rows are told in a frame of its own: ahead is where it looks at the start. So a step to the left of the
picture and one to the right are the same step, and a bow is one motion whichever way it is made. What has no head of
its own - a ball, a board - shares the frame of the first figure.

Shapes: B worlds, S cast slots, M movers, F figures, K time rows.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model import frames
from sora2lib.model.rollout import squashed, stretch
from sora2lib.model.tokens import (
    ACCELERATION_KNEE,
    CAST_WIDTH,
    COLUMNS,
    SCENE_WIDTH,
    START,
    TURN,
    TURN_KNEE,
)
from sora2lib.model.tracks import STRIDE

NEAR = 5  # slots whose bodies each mover is told of: figures come first, then what else moves, then what does not
SEEN = 7  # of each: whether it is itself or another, where it is, which way it looks
TOLD = NEAR * (CAST_WIDTH + SEEN) + SCENE_WIDTH
FAR = 1.0  # metres: farther places are told by their logarithm
PULLS = slice(8, 8 + 3 * STRIDE)  # of a motion row: accelerations at its samples
RATES = slice(TURN.stop, TURN.stop + 3 * STRIDE)  # and turn rates


@dataclass(frozen=True)
class Bearings:
    """Which way the movers of B worlds look, and what is around each."""

    way: Tensor  # (B, M, 2) cosine and sine of the heading
    told: Tensor  # (B, M, TOLD)
    movers: Tensor  # (B, M) bool: which exist
    figures: Tensor  # (B, M) bool: which have joints

    def enter(self, motion: Tensor) -> Tensor:
        """Motion rows (B, M, K, C) in natural scale -> in the frames of their movers."""
        return _about(motion, _back(self.way))

    def leave(self, motion: Tensor) -> Tensor:
        """Undo :meth:`enter`."""
        return _about(motion, self.way)


def bearings(standard: Tensor, cast: Tensor, mask: Tensor, movers: Tensor, figures: Tensor, scene: Tensor) -> Bearings:
    """Work out the frames of movers.

    Parameters
    ----------
    standard, cast, mask : cast rows (B, S, CAST_WIDTH), standardised and in natural scale, and which exist (B, S).
    movers, figures : which movers (B, M) exist, and which of the first ones (B, F) are figures.
    scene : (B, SCENE_WIDTH), standardised.
    """
    count, least = movers.shape[1], max(NEAR, movers.shape[1])
    lacking = least - cast.shape[1]
    if lacking > 0:
        standard, cast = (F.pad(it, (0, 0, 0, lacking)) for it in (standard, cast))
        mask = F.pad(mask, (0, lacking))
    bends = F.pad(figures, (0, count - figures.shape[1]))
    heading = _heading(cast[:, :least, COLUMNS])  # (B, least, 2)
    way = torch.where(bends[..., None], heading[:, :count], heading[:, :1])
    near = slice(0, NEAR)
    apart = cast[:, None, near, START] - cast[:, :count, None, START]  # (B, M, NEAR, 3)
    back = _back(way)[:, :, None]
    there = squashed(torch.cat([_turned(apart[..., :2], back), apart[..., 2:]], dim=-1), FAR)
    looks = _turned(heading[:, None, near].expand(-1, count, -1, -1), back)
    itself = torch.eye(count, NEAR, device=cast.device).expand(len(cast), -1, -1)[..., None]
    seen = torch.cat([itself, mask[:, None, near, None].expand_as(itself), there, looks], dim=-1)
    who = standard[:, None, near].expand(-1, count, -1, -1)
    around = (torch.cat([who, seen], dim=-1) * mask[:, None, near, None]).flatten(2)
    told = torch.cat([around, scene[:, None].expand(-1, count, -1)], dim=-1)
    return Bearings(way, told, movers, bends & movers)


def _heading(columns: Tensor) -> Tensor:
    """Which way (..., 2) bodies look whose turns have these columns (..., 6); who lies looks where the feet are."""
    ahead, _, up = frames.orthonormal(columns).unbind(dim=-1)
    level = ahead - up * ahead[..., 2:]
    return F.normalize(level[..., :2] + level.new_tensor([1e-6, 0.0]), dim=-1)


def _back(way: Tensor) -> Tensor:
    """Headings (..., 2) that undo others."""
    return way * way.new_tensor([1.0, -1.0])


def _turned(vector: Tensor, way: Tensor) -> Tensor:
    """Level vectors (..., 2), turned by headings (..., 2)."""
    (x, y), (cosine, sine) = vector.unbind(dim=-1), way.unbind(dim=-1)
    return torch.stack([cosine * x - sine * y, sine * x + cosine * y], dim=-1)


def _about(motion: Tensor, way: Tensor) -> Tensor:
    """Motion rows (B, M, K, C), turned about the vertical by headings (B, M, 2)."""
    way, rows = way[:, :, None], motion.clone()
    for first in (0, 5):  # place and speed
        rows[..., first : first + 2] = _turned(motion[..., first : first + 2], way)
    for part, knee in ((PULLS, ACCELERATION_KNEE), (RATES, TURN_KNEE)):
        vectors = motion[..., part].reshape(*motion.shape[:-1], STRIDE, 3).clone()
        level = stretch(vectors[..., :2], knee)
        vectors[..., :2] = squashed(_turned(level, way[..., None, :]), knee)
        rows[..., part] = vectors.flatten(-2)
    rows[..., TURN] = _turn_about(motion[..., TURN], way)
    return rows


def _turn_about(columns: Tensor, way: Tensor) -> Tensor:
    """Columns (..., 6) of turns as seen from a frame turned by headings (..., 2)."""
    cosine, sine = way.unbind(dim=-1)
    zero, one = torch.zeros_like(cosine), torch.ones_like(cosine)
    lines = [cosine, -sine, zero], [sine, cosine, zero], [zero, zero, one]
    frame = torch.stack([torch.stack(line, dim=-1) for line in lines], dim=-2)
    return frames.first_two(frame @ frames.orthonormal(columns) @ frame.transpose(-1, -2))
