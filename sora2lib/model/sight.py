"""What there is to film in a world whose motion is known: worked out, not learned.

A camera is told by where it stands beside the action, in lengths that fit the action, and by how high its picture is
there. So a medium shot is the same numbers whether a thimble drops or a car drives by: the framing itself, the height
of the action beside that of the picture. It would take a small network most of its strength to multiply that out.

Beside the action there are other things that a camera may be meant for: the action with what carries it, and the movers
that get about most, with which it may go along.

Shapes: B worlds, S cast slots, M movers, K time rows, T = STRIDE * K + 1 samples, C = CAMERA_WIDTH.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model import frames
from sora2lib.model.camera import CAMERA_STRIDE, KNOTS
from sora2lib.model.rollout import PLACE, Tracks
from sora2lib.model.tokens import COLUMNS, DT, SIZE, START, TURN
from sora2lib.model.tracks import STRIDE
from sora2lib.world.filming import ACROSS, ASPECT, EDGES, LAZY

LEADS = 2  # movers that a camera may go along with, those that get about most
OTHERS = 1 + LEADS  # what a camera may be meant for but the action: that and what carries it, and each lead
WAYS = 9  # of an actor: middle and sides of the box that holds all its way, and their logarithms
TOLD = 8 + 10 + 10 * LEADS
WIDE = ACROSS * ASPECT  # a picture that is all filled across is filled so many heights; see picture_height
LEAST, LEAST_LEAD = 0.5, 0.1  # metres: of smaller things a camera keeps as far away as of such
SMALLEST = 0.01  # metres: smaller sides of a box are not told apart
NOWHERE = 1e3  # metres: beyond everything
BESIDE = 0.1  # lengths of the action within which what stands still belongs to it
VIEW = 7  # channel of a start: logarithm of the field of view, or of the height of the picture
PARTS = 8 * torch.arange(2 + KNOTS)[:, None]  # starts, speeds and accelerations, of eight channels each
PLACES = (PARTS + torch.arange(6)).flatten()  # channels of eye and target


@dataclass(frozen=True)
class Sight:
    """What there is to film in B worlds, in lengths of the action and from its middle on."""

    told: Tensor  # (B, K, TOLD): the boxes of the action, and where each lead is, how fast, and how large
    along: Tensor  # (B, K, OTHERS, C): what to add to a camera that is meant for something else than the action
    reach: Tensor  # (B, OTHERS): how large that is beside the action
    cast: Tensor  # (B, S, CAST_WIDTH + WAYS)
    mask: Tensor  # (B, S) bool
    middle: Tensor  # (B, 1, 3) metres
    unit: Tensor  # (B, 1, 1) metres

    def enter(self, camera: Tensor) -> Tensor:
        """Camera rows (B, K, C) in metres -> from the middle of the action, in its lengths."""
        rows = camera.clone()
        rows[..., PLACES] = self._places(rows, -self.middle) / self.unit
        away = (rows[..., 3:6] - rows[..., :3]).norm(dim=-1)
        rows[..., VIEW] = (2 * torch.tan(rows[..., VIEW].exp() / 2) * away).log()
        return rows

    def leave(self, camera: Tensor) -> Tensor:
        """Undo :meth:`enter`."""
        rows = camera.clone()
        away = (rows[..., 3:6] - rows[..., :3]).norm(dim=-1).clamp(min=SMALLEST)
        rows[..., VIEW] = (2 * torch.atan(rows[..., VIEW].exp() / away / 2)).log()
        rows[..., PLACES] = rows[..., PLACES] * self.unit
        rows[..., PLACES] = self._places(rows, self.middle)
        return rows

    @staticmethod
    def _places(rows: Tensor, shift: Tensor) -> Tensor:
        """Channels of eye and target (B, K, 6 (2 + KNOTS)), all of it shifted by (B, 1, 3)."""
        return rows[..., PLACES] + F.pad(torch.cat([shift, shift], dim=-1), (0, 6 * (1 + KNOTS)))


@dataclass(frozen=True)
class _Box:
    low: Tensor  # (B, 3) metres
    high: Tensor

    @property
    def middle(self) -> Tensor:
        return (self.low + self.high) / 2

    @property
    def sides(self) -> Tensor:
        return (self.high - self.low).clamp(SMALLEST, NOWHERE)

    @property
    def unit(self) -> Tensor:
        """Height (B,) of a picture that it fills, or that is as wide as it is; metres."""
        return torch.maximum(self.sides[:, 2], self.sides[:, 0] / WIDE).clamp(min=LEAST)


@dataclass(frozen=True)
class _Leads:
    path: Tensor  # (B, LEADS, N, 3) metres, evened out, at every camera knot and at the end
    sides: Tensor  # (B, LEADS, 3) metres, at first


def sight(standard: Tensor, cast: Tensor, mask: Tensor, motion: Tensor, moving: Tensor, wet: Tensor) -> Sight:
    """Work out what there is to film.

    Parameters
    ----------
    standard, cast, mask : cast rows (B, S, CAST_WIDTH) standardised and in natural scale, and which there are.
    motion, moving : (B, M, K, MOTION_WIDTH) in natural scale, how the first actors move, and which (B, M) do.
    wet : (B,) bool, where the ground is water: what is beneath it is not seen.
    """
    path, half = _paths(cast, motion), _turned(cast, motion)  # (B, M, T, 3) and (B, S, K, 3)
    low, high = _ways(cast, path, half)
    low[..., 2] = torch.where(wet[:, None], low[..., 2].clamp(min=0.0), low[..., 2])
    action, carried = _boxes(low, high, mask, moving)
    middle, unit = action.middle[:, None], action.unit[:, None, None]
    leads = _leads(path, 2 * half[:, : path.shape[1], 0], moving, middle)
    tracks = _differences((leads.path - middle[:, None]) / unit[:, None])
    reach = torch.cat([carried.unit[:, None], leads.sides.amax(dim=-1).clamp(min=LEAST_LEAD)], dim=1) / unit[..., 0]
    shift = (carried.middle - action.middle) / action.unit[:, None]
    still = torch.cat([_told(action, carried, shift), (leads.sides / unit).flatten(1), reach[:, 1:].log()], dim=-1)
    moved = torch.cat(tracks[:2], dim=-1).transpose(1, 2).flatten(2)  # (B, K, 6 LEADS)
    told = torch.cat([still[:, None].expand(-1, moved.shape[1], -1), moved], dim=-1)
    ways = _Box((low - middle) / unit, (high - middle) / unit)
    who = torch.cat([standard, ways.middle, ways.sides, ways.sides.log()], dim=-1)
    return Sight(told, _along(shift, *tracks, reach), reach, who, mask, middle, unit)


def _boxes(low: Tensor, high: Tensor, mask: Tensor, moving: Tensor) -> tuple[_Box, _Box]:
    """The box of all that moves, or of all that there is where nothing does; and with what it touches, too."""
    acting = F.pad(moving, (0, mask.shape[1] - moving.shape[1]))
    acting = torch.where(acting.any(dim=1, keepdim=True), acting, mask)
    action = _box(low, high, acting)
    return action, _box(low, high, mask & (acting | _beside(low, high, action)))


def _told(action: _Box, carried: _Box, shift: Tensor) -> Tensor:
    """What is the same at all times (B, 18): both boxes, in lengths of the action, and those lengths themselves."""
    unit = action.unit[:, None]
    sides, whole = action.sides / unit, carried.sides / unit
    high = action.middle[:, 2:] / unit
    return torch.cat(
        [sides, sides.log(), unit.log(), high, shift, whole, whole.log(), (carried.unit[:, None] / unit).log()], dim=-1
    )


def _paths(cast: Tensor, motion: Tensor) -> Tensor:
    """Ways (B, M, T, 3) of what moves, at every sample and at the end."""
    moved = Tracks.of(motion).moved  # (B, M, K, STRIDE, 3)
    began = F.pad(moved[..., :-1, :], (0, 0, 1, 0))
    place = cast[:, : motion.shape[1], None, None, START] + motion[..., None, PLACE]
    return torch.cat([(place + began).flatten(2, 3), (place + moved)[:, :, -1, -1:]], dim=2)


def _turned(cast: Tensor, motion: Tensor) -> Tensor:
    """How far bodies reach along the axes of the world as each row begins, (B, S, K, 3), as if they were ellipsoids."""
    half = torch.exp(cast[..., SIZE].clamp(-4, 5)) * 0.15  # (B, S, 3)
    movers, rows = motion.shape[1:3]
    turns = frames.orthonormal(cast[:, :, None, COLUMNS]).expand(-1, -1, rows, -1, -1)
    if movers:
        moving = frames.orthonormal(motion[..., TURN]) @ turns[:, :movers]
        turns = torch.cat([moving, turns[:, movers:]], dim=1)
    return ((turns * half[:, :, None, None]) ** 2).sum(dim=-1).sqrt()


def _ways(cast: Tensor, path: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
    """Lowest and highest corners (B, S, 3) of the boxes that hold the ways of all actors."""
    movers = path.shape[1]
    low, high = cast[..., START] - half[:, :, 0], cast[..., START] + half[:, :, 0]
    if not movers:
        return low, high
    reach = half[:, :movers].repeat_interleave(STRIDE, dim=2)
    reach = torch.cat([reach, reach[:, :, -1:]], dim=2)  # (B, M, T, 3)
    ends = path.new_tensor(EDGES)
    lowest = torch.minimum((path - reach).quantile(ends[0], dim=2), low[:, :movers])
    highest = torch.maximum((path + reach).quantile(ends[1], dim=2), high[:, :movers])
    return torch.cat([lowest, low[:, movers:]], dim=1), torch.cat([highest, high[:, movers:]], dim=1)


def _box(low: Tensor, high: Tensor, them: Tensor) -> _Box:
    """The box round those (B, S) of boxes (B, S, 3)."""
    them = them[..., None]
    return _Box(low.masked_fill(~them, NOWHERE).amin(dim=1), high.masked_fill(~them, -NOWHERE).amax(dim=1))


def _beside(low: Tensor, high: Tensor, action: _Box) -> Tensor:
    """Which boxes (B, S, 3) the action touches, about."""
    near = BESIDE * action.unit[:, None]
    return ((low < (action.high + near)[:, None]) & (high > (action.low - near)[:, None])).all(dim=-1)


def _leads(path: Tensor, sides: Tensor, moving: Tensor, middle: Tensor) -> _Leads:
    """Those of the movers that get about most on the ground; what lacks stays in the middle and has no size."""
    way = (path.amax(dim=2) - path.amin(dim=2))[..., :2].norm(dim=-1).masked_fill(~moving, -1.0)
    order = way.argsort(dim=1, descending=True, stable=True)[:, :LEADS]
    path = torch.where(moving[..., None, None], path, middle[:, None]).take_along_dim(order[..., None, None], dim=1)
    sides = sides.masked_fill(~moving[..., None], 0.0).take_along_dim(order[..., None], dim=1)
    lack = LEADS - order.shape[1]
    path = torch.cat([path, middle[:, None].expand(-1, lack, path.shape[2], -1)], dim=1)
    return _Leads(_evened(path[:, :, ::CAMERA_STRIDE]), F.pad(sides, (0, 0, 0, lack)))


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


def _along(shift: Tensor, starts: Tensor, speeds: Tensor, accelerations: Tensor, reach: Tensor) -> Tensor:
    """Rows (B, K, OTHERS, C) that lead from the action to others: eye and target are elsewhere, and pictures as high.

    Parameters
    ----------
    shift : (B, 3), to the action with what carries it; the others as the tracks of leads. reach : (B, OTHERS).
    """
    still = starts.new_zeros(len(shift), 1, starts.shape[2], 2 + KNOTS, 3)
    still[..., 0, :] = shift[:, None, None]
    parts = torch.cat([starts[..., None, :], speeds[..., None, :], accelerations], dim=-2)
    parts = torch.cat([still, parts], dim=1)  # (B, OTHERS, K, 2 + KNOTS, 3)
    along = F.pad(torch.cat([parts, parts], dim=-1), (0, 2)).flatten(3)
    along[..., VIEW] = reach[..., None].log()
    return along.transpose(1, 2)
