"""The world transformer: one stream over cast, scene, camera and motion rows; flow matching.

It casts all worlds and moves those of things. Camera rows only enter: filming has a network of its own
(:mod:`sora2lib.model.filming`), and so have people and animals (:mod:`sora2lib.model.acting`), which are part of this
one as modules.

Ideas and sources
- Flow matching with a velocity target (Lipman et al. 2023; Liu et al. 2023): ``x_t = (1 - t) noise + t data``.
- A noise level per row (diffusion forcing, Chen et al. 2024): given rows are simply held at t = 1.
- Rotary positions (Su et al. 2021) in float seconds and in cast slots, QK-norm (Henry et al. 2020), SwiGLU (Shazeer
  2020).
- Text enters as keys and values of every block, without queries of its own.
- A motion row also sees the noisy rows before and after it, and where going on as before would lead
  (:mod:`sora2lib.model.foresight`): what happens next is mostly local.
- What leaves is a belief about each clean channel (:mod:`sora2lib.model.belief`).

Shapes: B worlds, S cast slots, M movers, F figures, K time rows, N rows in all, L text tokens, D width, H heads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.acting import Acting
from sora2lib.model.aiming import Aiming
from sora2lib.model.belief import Belief, Foreseen, velocity
from sora2lib.model.blocks import Block, Clock, additive, rotary, with_neighbours
from sora2lib.model.called import WHAT, Called
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.filming import Filming
from sora2lib.model.interaction import Interaction
from sora2lib.model.meanings import PLAIN
from sora2lib.model.placing import Placing
from sora2lib.model.text import WIDTH
from sora2lib.model.tokens import ASSET_CODE, CAST_WIDTH, MOTION_WIDTH, SCENE_WIDTH
from sora2lib.model.tracks import STRIDE

SLOTS = 16  # actors a world can hold
LEFT = ("cast", "scene", "motion")  # kinds of row that leave the transformer
FORESEEN = MOTION_WIDTH - STRIDE - 1  # channels of which foresight has a guess: all but which sample is struck
FORESIGHT = FORESEEN + 4 * STRIDE + 13 + SLOTS
# Of foresight: how a blow by the ground, and by another body, would be shared between the samples.
GROUND_SHARES = slice(FORESEEN + STRIDE, FORESEEN + 2 * STRIDE)
BODY_SHARES = slice(FORESEEN + 3 * STRIDE + 1, FORESEEN + 4 * STRIDE + 1)
TEXT_WIDTH = WIDTH + PLAIN + ASSET_CODE  # a static word vector, what it means in plain words, the code of what it names


@dataclass(frozen=True)
class Shape:
    """Size of the network; one dial each."""

    width: int = 384
    depth: int = 8
    heads: int = 6
    text_depth: int = 2


@dataclass(frozen=True)
class Batch:
    """Noisy rows of B worlds and their noise levels (1 is clean); camera and motion may be absent (K = 0)."""

    cast: Tensor  # (B, S, CAST_WIDTH)
    scene: Tensor  # (B, SCENE_WIDTH)
    camera: Tensor  # (B, K, CAMERA_WIDTH)
    motion: Tensor  # (B, M, K, MOTION_WIDTH); mover m is cast slot m
    pose: Tensor  # (B, F, K, POSE_WIDTH); figure f is mover f
    cast_level: Tensor  # (B, S)
    scene_level: Tensor  # (B,)
    camera_level: Tensor  # (B, K)
    motion_level: Tensor  # (B, M, K)
    cast_mask: Tensor  # (B, S) bool: rows that exist
    motion_mask: Tensor  # (B, M) bool
    pose_mask: Tensor  # (B, F) bool
    foresight: Tensor  # (B, M, K, FORESIGHT), see sora2lib.model.foresight
    forecast: Tensor  # (B, M, K, MOTION_WIDTH), likewise
    follows: Tensor  # (B, M, K) bool: rows of which there is a forecast
    names: Tensor  # (B, L, ASSET_CODE) codes of what the words of the prompt name; L = 0 where the cast is given
    names_mask: Tensor  # (B, L) bool: words that name a thing


def together(batches: Sequence[Batch]) -> Batch:
    """Batches of worlds of the same shape as one."""
    return Batch(**{it.name: torch.cat([getattr(one, it.name) for one in batches]) for it in fields(Batch)})


class TextEncoder(nn.Module):
    """Word vectors, meanings and names (B, L, TEXT_WIDTH) -> contextual rows (B, L, D): where word order is learned."""

    frequencies: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.enter = nn.Linear(TEXT_WIDTH, shape.width)
        self.blocks = nn.ModuleList(Block(shape.width, shape.heads, text=False) for _ in range(shape.text_depth))
        self.norm = nn.LayerNorm(shape.width, bias=False)
        self.nothing = nn.Parameter(torch.randn(shape.width) * 0.02)  # stands for "no prompt"
        self.register_buffer("frequencies", 2 * torch.pi / torch.logspace(0.5, 7, 8, base=2), persistent=False)

    @property
    def trunk(self) -> torch.dtype:
        """Number format of the blocks; what enters and leaves them stays float32."""
        return self.norm.weight.dtype

    def forward(self, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return rows (B, 1 + L, D) and their mask (B, 1 + L); the first row is always there."""
        x = self.enter(words)
        x = torch.cat([self.nothing.expand(len(x), 1, -1), x], dim=1).to(self.trunk)
        mask = F.pad(mask, (1, 0), value=True)
        position = torch.arange(x.shape[1], device=x.device, dtype=torch.float32).expand(len(x), -1)
        turn = rotary(position, self.frequencies)
        for block in self.blocks:
            x = block(x, turn, additive(mask, x.dtype))
        return self.norm(x), mask


class WorldTransformer(nn.Module):
    """Predicts the velocity of every row from noisy rows, their noise levels and the text.

    All rows are in standardised channels (zero mean, unit variance over the training data).
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.shape = shape
        self.text = TextEncoder(shape)
        self.enter_cast = nn.Linear(CAST_WIDTH, width)
        self.enter_scene = nn.Linear(SCENE_WIDTH, width)
        self.enter_camera = nn.Linear(3 * (CAMERA_WIDTH + 1), width)
        self.enter_motion = nn.Linear(3 * (MOTION_WIDTH + 1), width)
        self.cast_of_motion = nn.Linear(CAST_WIDTH, width, bias=False)
        self.enter_foresight = nn.Linear(FORESIGHT, width, bias=False)
        self.slot = nn.Embedding(SLOTS, width)
        self.kind = nn.Embedding(5, 64)  # cast, scene, camera, motion; and cast when planned with motion absent
        self.level = nn.Sequential(nn.Linear(32, 64), nn.SiLU(), nn.Linear(64, 64))
        self.enter_level = nn.Linear(64, width)
        self.enter_text = nn.Linear(width, width)
        self.enter_time = nn.Linear(16, width, bias=False)
        self.blocks = nn.ModuleList(Block(width, shape.heads) for _ in range(shape.depth))
        self.norm = nn.LayerNorm(width, bias=False)
        self.leave_cast = Belief(width, CAST_WIDTH)
        self.called = Called(width)
        self.leave_scene = Belief(width, SCENE_WIDTH)
        self.leave_motion = Belief(width, MOTION_WIDTH, outcomes=STRIDE + 1, foreseen=True)
        self.interaction = Interaction()
        self.placing = Placing(width)
        self.aiming = Aiming(width)
        self.filming = Filming(width, SLOTS)
        self.acting = Acting(width, SLOTS)
        self.clock = Clock()

    def forward(self, batch: Batch, text: Tensor, text_mask: Tensor) -> tuple[Tensor, ...]:
        """Return velocities of cast, scene and motion rows (``LEFT``), shaped as in the batch.

        Parameters
        ----------
        text, text_mask : what :class:`TextEncoder` (``self.text``) makes of the prompts, once for all steps.
        """
        return self._leave(self._through(batch, text, text_mask), batch, text[:, 1:].float())

    def thoughts(self, batch: Batch, text: Tensor, text_mask: Tensor) -> Tensor:
        """Return what the last layer reads of the motion rows, (B, M, K, D)."""
        return self._split(self._through(batch, text, text_mask), batch)[2]

    def _through(self, batch: Batch, text: Tensor, text_mask: Tensor) -> Tensor:
        x = self._enter(batch, text[:, 0]).to(self.text.trunk)
        turn = self._turn(batch)
        mask = additive(torch.cat([self._mask(batch), text_mask], dim=1), x.dtype)  # (B, 1, 1, N + L)
        for block in self.blocks:
            x = block(x, turn, mask, text)
        return self.norm(x).float()

    def to_bfloat16(self) -> "WorldTransformer":
        """Run the blocks in bfloat16 from now on; rows enter and leave in float32, where millimetres matter."""
        for part in (self, self.text, self.placing, self.aiming, self.filming, self.acting):
            part.blocks.bfloat16()
            part.norm.bfloat16()
        return self

    def settle(self, rows: dict[str, Tensor]) -> None:
        """Put the atoms of the beliefs on what is common in standardised rows (N, C) of each kind, before training."""
        for kind in LEFT:
            belief: Belief = getattr(self, f"leave_{kind}")
            belief.settle(rows[kind])

    def _level(self, level: Tensor, kind: int) -> Tensor:
        """Embed noise levels (...) of one kind of row -> (..., 64)."""
        embedded: Tensor = self.level(self.clock.noise(level))
        return embedded + self.kind.weight[kind]

    def _enter(self, batch: Batch, summary: Tensor) -> Tensor:
        slots, movers, rows = batch.cast.shape[1], batch.motion.shape[1], batch.camera.shape[1]
        cast = self.enter_cast(batch.cast) + self.slot.weight[:slots]
        scene = self.enter_scene(batch.scene)[:, None]
        moment = self.enter_time(torch.cat(self.clock.moments(self.clock.seconds(rows)), dim=-1))  # (K, D)
        camera = self.enter_camera(with_neighbours(batch.camera, batch.camera_level)) + moment
        motion = self.enter_motion(with_neighbours(batch.motion, batch.motion_level)) + moment
        motion = motion + self.enter_foresight(batch.foresight)
        motion = motion + (self.cast_of_motion(batch.cast[:, :movers]) + self.slot.weight[:movers])[:, :, None]
        condition = torch.cat(
            [
                self._level(batch.cast_level, 0 if rows else 4),
                self._level(batch.scene_level, 1)[:, None],
                self._level(batch.camera_level, 2),
                self._level(batch.motion_level, 3).flatten(1, 2),
            ],
            dim=1,
        )
        x = torch.cat([cast, scene, camera, motion.flatten(1, 2)], dim=1)
        entered: Tensor = x + self.enter_level(condition) + self.enter_text(summary.float())[:, None]
        return entered

    def _turn(self, batch: Batch) -> tuple[Tensor, Tensor]:
        slots, movers, rows = batch.cast.shape[1], batch.motion.shape[1], batch.camera.shape[1]
        device = batch.cast.device
        seconds = self.clock.seconds(rows)
        number = torch.arange(slots, device=device, dtype=torch.float32)
        time = torch.cat([torch.zeros(slots + 1, device=device), seconds, seconds.repeat(movers)])
        slot = torch.cat(
            [number, torch.full((1 + rows,), -1.0, device=device), number[:movers].repeat_interleave(rows)]
        )
        return self.clock.turns(time, slot)

    def _mask(self, batch: Batch) -> Tensor:
        rows = batch.camera.shape[1]
        one = torch.ones(len(batch.cast), 1 + rows, dtype=torch.bool, device=batch.cast.device)
        return torch.cat([batch.cast_mask, one, batch.motion_mask.repeat_interleave(rows, dim=1)], dim=1)

    def _split(self, x: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Cast, scene and motion rows (B, M, K, D) of the stream."""
        slots, movers, rows = batch.cast.shape[1], batch.motion.shape[1], batch.camera.shape[1]
        cast, scene, _, motion = torch.split(x, [slots, 1, rows, movers * rows], dim=1)
        return cast, scene, motion.reshape(len(x), movers, rows, x.shape[-1])

    def _leave(self, x: Tensor, batch: Batch, words: Tensor) -> tuple[Tensor, ...]:
        cast, scene, motion = self._split(x, batch)
        return (
            self._leave_cast(cast, batch, words),
            self.leave_scene(scene[:, 0], batch.scene, batch.scene_level),
            self.leave_motion(motion, batch.motion, batch.motion_level, self.foreseen(batch)),
        )

    def foreseen(self, batch: Batch) -> Foreseen:
        """Return what is said of the motion rows before the trunk has read them."""
        hints = torch.stack([batch.foresight[..., GROUND_SHARES], batch.foresight[..., BODY_SHARES]], dim=-2)
        return Foreseen(batch.foresight[..., :FORESEEN], hints, batch.forecast, batch.follows)

    def _leave_cast(self, x: Tensor, batch: Batch, words: Tensor) -> Tensor:
        """Velocities of the cast rows; what a row is may be one of the things that the prompt names."""
        belief = self.leave_cast.mixture(x)
        speed = velocity(*belief, batch.cast, batch.cast_level)
        if not batch.names.shape[1]:
            return speed
        means, spreads, logits = (part[..., WHAT] for part in belief)
        noisy, own = batch.cast[..., WHAT], (means, spreads, logits)
        what = self.called(x, words, batch.names, batch.names_mask, own, noisy, batch.cast_level)
        return torch.cat([speed[..., : WHAT.start], what, speed[..., WHAT.stop :]], dim=-1)
