"""The camera's rows, once it is known what moves: a small transformer of their own.

It looks at nothing but camera rows; the words of the prompt and who is there are further keys. What there is to film is
worked out, not learned: the box that holds all ways, the ways of all actors, and how a camera would go that goes along
with one of the movers that get about most. Of every channel it believes a mixture (:mod:`sora2lib.model.belief`), of
which one component goes along with each of them: a camera that follows keeps its subject where it is in the picture,
however far and fast that goes.

Shapes: B worlds, S cast slots, M movers, K time rows, N knots, C = CAMERA_WIDTH, L rows of text, D width.
"""

import math
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.belief import ATOMS, SPREAD, UNLIKELY, velocity
from sora2lib.model.blocks import Block, additive, rotary, with_neighbours
from sora2lib.model.camera import CAMERA_STRIDE, CAMERA_WIDTH, KNOTS
from sora2lib.model.rollout import PLACE, Tracks
from sora2lib.model.tokens import CAST_WIDTH, DT, SIZE, START
from sora2lib.model.tracks import STRIDE
from sora2lib.world.filming import LAZY

WIDTH, DEPTH, HEADS = 96, 4, 4
LEADS = 2  # movers that a camera may go along with, those that get about most
TOLD = 9 + 9 * LEADS
WAYS = 9  # of an actor: middle and sides of the box that holds all its way, and their logarithms
SMALLEST = 0.01  # metres: smaller sides of a box are not told apart
NOWHERE = 1e3  # metres: beyond everything


@dataclass(frozen=True)
class Sight:
    """What there is to film in B worlds."""

    told: Tensor  # (B, K, TOLD): the box of the action, and where each lead is, how fast, and how large
    along: Tensor  # (B, K, LEADS, C) standardised, but for the mean: a camera that goes along with a lead
    cast: Tensor  # (B, S, CAST_WIDTH + WAYS)
    mask: Tensor  # (B, S) bool

    def times(self, count: int) -> "Sight":
        """The same worlds so many times, (count * B)."""
        return Sight(**{it.name: torch.cat([getattr(self, it.name)] * count) for it in fields(self)})


def sight(standard: Tensor, cast: Tensor, mask: Tensor, motion: Tensor, moving: Tensor, deviation: Tensor) -> Sight:
    """Work out what there is to film.

    Parameters
    ----------
    standard, cast, mask : cast rows (B, S, CAST_WIDTH) standardised and in natural scale, and which there are.
    motion, moving : (B, M, K, MOTION_WIDTH) in natural scale, how the first actors move, and which (B, M) do.
    deviation : (C,) of the camera's channels.
    """
    path = _paths(cast, motion)  # (B, M, T + 1, 3)
    half = torch.exp(cast[..., SIZE].clamp(-4, 5)) * 0.15  # (B, S, 3)
    low, high = _ways(cast, half, path)
    starts, speeds, accelerations, sides = _leads(path, half, moving)
    rows = starts.shape[2]
    them = torch.cat([starts, speeds, sides[:, :, None].expand(-1, -1, rows, -1)], dim=-1)
    them = them.transpose(1, 2).flatten(2)  # (B, K, 9 LEADS)
    told = torch.cat([_action(low, high, mask, moving)[:, None].expand(-1, rows, -1), them], dim=-1)
    along = _along(starts, speeds, accelerations) / deviation
    return Sight(told, along, torch.cat([standard, _box(low, high)], dim=-1), mask)


def _ways(cast: Tensor, half: Tensor, path: Tensor) -> tuple[Tensor, Tensor]:
    """Lowest and highest corners (B, S, 3) of the boxes that hold all ways, however bodies turn."""
    movers = path.shape[1]
    low, high = cast[..., START] - half, cast[..., START] + half
    if movers:
        reach = half[:, :movers].amax(dim=-1, keepdim=True)
        low = torch.cat([path.amin(dim=2) - reach, low[:, movers:]], dim=1)
        high = torch.cat([path.amax(dim=2) + reach, high[:, movers:]], dim=1)
    return low, high


def _action(low: Tensor, high: Tensor, mask: Tensor, moving: Tensor) -> Tensor:
    """The box (B, 9) of all that moves, or of all that there is where nothing does."""
    acting = F.pad(moving, (0, mask.shape[1] - moving.shape[1]))
    acting = torch.where(acting.any(dim=1, keepdim=True), acting, mask)[..., None]
    return _box(low.masked_fill(~acting, NOWHERE).amin(dim=1), high.masked_fill(~acting, -NOWHERE).amax(dim=1))


def _leads(path: Tensor, half: Tensor, moving: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Evened ways of the leads as :func:`_differences`, and their half sides (B, LEADS, 3); zero where none is."""
    order = _farthest(path, moving)
    leads = path.masked_fill(~moving[..., None, None], 0.0).take_along_dim(order[..., None, None], dim=1)
    sides = half[:, : path.shape[1]].masked_fill(~moving[..., None], 0.0).take_along_dim(order[..., None], dim=1)
    lack = LEADS - order.shape[1]
    leads, sides = F.pad(leads, (0, 0, 0, 0, 0, lack)), F.pad(sides, (0, 0, 0, lack))
    return *_differences(_evened(leads[:, :, ::CAMERA_STRIDE])), sides


def _farthest(path: Tensor, moving: Tensor) -> Tensor:
    """Numbers (B, at most LEADS) of the movers that get about most on the ground."""
    way = (path.amax(dim=2) - path.amin(dim=2))[..., :2].norm(dim=-1).masked_fill(~moving, -1.0)
    return way.argsort(dim=1, descending=True, stable=True)[:, :LEADS]


def _paths(cast: Tensor, motion: Tensor) -> Tensor:
    """Ways (B, M, K * STRIDE + 1, 3) of what moves, at every sample and at the end."""
    moved = Tracks.of(motion).moved  # (B, M, K, STRIDE, 3)
    began = F.pad(moved[..., :-1, :], (0, 0, 1, 0))
    place = cast[:, : motion.shape[1], None, None, START] + motion[..., None, PLACE]
    return torch.cat([(place + began).flatten(2, 3), (place + moved)[:, :, -1, -1:]], dim=2)


def _box(low: Tensor, high: Tensor) -> Tensor:
    """Middle and sides (..., 9) of boxes, and the logarithms of the sides."""
    sides = (high - low).clamp(SMALLEST, NOWHERE)
    return torch.cat([(low + high) / 2, sides, sides.log()], dim=-1)


def _evened(knots: Tensor) -> Tensor:
    """Even out tracks (B, LEADS, N, 3) over time, as their first and last places going on."""
    width = LAZY / (DT * CAMERA_STRIDE)
    reach = math.ceil(4 * width)
    kernel = torch.exp(-((torch.arange(-reach, reach + 1, device=knots.device) / width) ** 2) / 2)
    flat = F.pad(knots.transpose(2, 3).flatten(0, 2)[:, None], (reach, reach), mode="replicate")
    smooth = F.conv1d(flat, (kernel / kernel.sum())[None, None])[:, 0]
    return smooth.reshape(*knots.shape[:2], 3, -1).transpose(2, 3)


def _differences(knots: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Starts, speeds (..., K, 3) and accelerations (..., K, KNOTS, 3) of tracks (..., N, 3).

    The twin of :func:`sora2lib.model.tracks.differences`.
    """
    dt = DT * CAMERA_STRIDE
    steps = knots.diff(dim=-2) / dt
    gained = steps.diff(dim=-2) / dt
    gained = torch.cat([gained[..., :1, :], gained], dim=-2)
    first = steps[..., :1, :] - gained[..., :1, :] * dt / 2
    speeds = torch.cat([first, (steps[..., 1:, :] + steps[..., :-1, :]) / 2], dim=-2)
    return knots[..., :-1:KNOTS, :], speeds[..., ::KNOTS, :], gained.reshape(*gained.shape[:-2], -1, KNOTS, 3)


def _along(starts: Tensor, speeds: Tensor, accelerations: Tensor) -> Tensor:
    """Camera rows (B, K, LEADS, C) whose eye and target both go as a lead does; roll and view are zero."""
    parts = torch.cat([starts[..., None, :], speeds[..., None, :], accelerations], dim=-2)
    both = F.pad(torch.cat([parts, parts], dim=-1), (0, 2))  # (B, LEADS, K, 2 + KNOTS, 8)
    return both.flatten(3).transpose(1, 2)


class Filming(nn.Module):
    """Estimates ``data - noise`` of camera rows."""

    time_frequencies: Tensor
    level_frequencies: Tensor

    def __init__(self, text_width: int, slots: int) -> None:
        super().__init__()
        self.enter_text = nn.Linear(text_width, WIDTH)
        self.enter_cast = nn.Linear(CAST_WIDTH + WAYS, WIDTH)
        self.slot = nn.Embedding(slots, WIDTH)
        self.key_norm = nn.LayerNorm(WIDTH, bias=False)
        self.enter = nn.Linear(3 * (CAMERA_WIDTH + 1) + TOLD, WIDTH)
        self.enter_along = nn.Linear(LEADS * CAMERA_WIDTH, WIDTH, bias=False)
        self.enter_level = nn.Linear(32, WIDTH, bias=False)
        self.enter_time = nn.Linear(16, WIDTH, bias=False)
        self.blocks = nn.ModuleList(Block(WIDTH, HEADS) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        self.read = nn.Linear(WIDTH, (2 * (1 + LEADS) + LEADS + ATOMS) * CAMERA_WIDTH)
        self.atoms = nn.Parameter(torch.linspace(-1, 1, ATOMS)[:, None].repeat(1, CAMERA_WIDTH))
        self.spreads = nn.Parameter(torch.full((ATOMS, CAMERA_WIDTH), SPREAD))
        nn.init.zeros_(self.read.weight)
        nn.init.zeros_(self.read.bias)
        with torch.no_grad():
            self.read.bias[2 * (1 + LEADS) * CAMERA_WIDTH :] = UNLIKELY
        self.register_buffer("time_frequencies", 2 * torch.pi / torch.logspace(-0.6, 6, 8, base=2), persistent=False)
        self.register_buffer("level_frequencies", torch.logspace(0, 8, 16, base=2), persistent=False)

    def forward(self, seen: Sight, text: Tensor, text_mask: Tensor, camera: Tensor, level: Tensor) -> Tensor:
        """Return velocities (B, K, C) of camera rows at their levels (B, K), all standardised.

        Parameters
        ----------
        text, text_mask : (B, L, D) and (B, L), what the text encoder makes of the prompts.
        """
        keys = torch.cat(
            [self.enter_cast(seen.cast) + self.slot.weight[: seen.cast.shape[1]], self.enter_text(text.float())], dim=1
        )
        keys = self.key_norm(keys.to(self.norm.weight.dtype))
        rows = torch.cat([with_neighbours(camera, level), seen.told], dim=-1)
        seconds = (torch.arange(camera.shape[1], device=camera.device) + 0.5) * STRIDE * DT
        turn = rotary(seconds[None], self.time_frequencies)
        x = self.enter(rows) + self.enter_along(seen.along.flatten(2)) + self.enter_time(torch.cat(turn, dim=-1))
        angle = level[..., None] * self.level_frequencies
        x = (x + self.enter_level(torch.cat([angle.sin(), angle.cos()], dim=-1))).to(keys.dtype)
        mask = additive(torch.cat([torch.ones_like(level, dtype=torch.bool), seen.mask, text_mask], dim=1), x.dtype)
        for block in self.blocks:
            x = block(x, turn, mask, keys)
        return self._leave(self.norm(x).float(), seen.along, camera, level)

    def _leave(self, x: Tensor, along: Tensor, camera: Tensor, level: Tensor) -> Tensor:
        parts = torch.stack(self.read(x).chunk(2 * (1 + LEADS) + LEADS + ATOMS, dim=-1))  # (..., B, K, C)
        means, spreads, logits = torch.split(parts, [1 + LEADS, 1 + LEADS, LEADS + ATOMS])
        ridden = means[1:] + along.movedim(2, 0)
        atoms, exact = (it[:, None, None].expand(-1, *x.shape[:2], -1) for it in (self.atoms, self.spreads))
        return velocity(
            torch.cat([means[:1], ridden, atoms]),
            torch.cat([spreads, exact]),
            torch.cat([torch.zeros_like(means[:1]), logits]),
            camera,
            level,
        )
