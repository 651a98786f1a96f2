"""How worlds stand at a sample, and what their bodies are: what the interaction network reads, in natural units.

Shapes: N moments of worlds, S bodies, the movers M first. Metres, m/s, rad/s.
"""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from sora2lib.model import frames
from sora2lib.model.assemblies import Parts, taken_apart
from sora2lib.model.tokens import ASSET_CODE, COLUMNS, DT, SIZE, START, STUFF, asset_code

ROUND = 0.03  # relative spread of the sides of what is taken for a sphere
WHAT = ASSET_CODE + 3 + 3 + 2  # of a body: code, logarithms of its half sides, density, touch, round?, moves?
FASTEST = 200.0  # m/s and rad/s
SURE = 1.4  # distance of codes within which a name is read: half as far as the nearest other


@dataclass(frozen=True)
class Bodies:
    """What does not change: what the bodies of N moments are, and from where they hang."""

    half: Tensor  # (N, S, 3) half sides; of what hangs on a string, those of its bob
    what: Tensor  # (N, S, WHAT)
    mask: Tensor  # (N, S) bool: who is there
    scene: Tensor  # (N, SCENE_WIDTH) standardised
    string: Tensor  # (N, S, 1) length, along the body's own z; 0 for what has none
    pivot: Tensor  # (N, S, 3) where the string's top was at the start; without a string, the middle
    ring: Tensor  # (N, S, 1): 1 for a wire bent to a ring of half sides (its radius, the same, the wire's)
    place: Tensor  # (N, S, 3) at the start
    columns: Tensor  # (N, S, 6) of the rotation at the start, body to world

    @property
    def radius(self) -> Tensor:
        """As large as they are on average, (N, S, 1)."""
        return self.half.mean(dim=-1, keepdim=True)

    @property
    def even(self) -> Tensor:
        """1 for what is taken for a sphere, (N, S, 1)."""
        return self.what[..., -2:-1]


@dataclass(frozen=True)
class Moment:
    """How N worlds stand at a sample, and how they came there; all (N, S, 3) but for the columns (N, S, 6)."""

    place: Tensor
    speed: Tensor  # over the sample before
    gain: Tensor  # acceleration into that speed
    columns: Tensor  # of the rotation, body to world
    rate: Tensor  # of turning over the sample before
    turned: Tensor  # by how much that rate is another than the one before
    gap: Tensor  # (N, S, 1) to the ground


def bodies(cast: Tensor, scene: Tensor, mask: Tensor) -> Bodies:
    """Read cast rows (N, S, C) in natural scale; ``scene`` (N, SCENE_WIDTH) is standardised.

    Where something fixed is made of parts (:mod:`sora2lib.model.assemblies`), these come last and stand for it.
    """
    code, stuff = cast[..., 2 : 2 + ASSET_CODE], cast[..., STUFF][..., :3].clamp(-8, 8)
    sides = torch.exp(cast[..., SIZE].clamp(-4, 5)) * 0.15
    hangs = (code - code.new_tensor(asset_code("pendulum"))).norm(dim=-1, keepdim=True) < SURE
    half = torch.where(hangs, sides[..., [0, 1, 0]], sides)  # its third extent is its string's
    even = rounded(half).to(half.dtype)
    what = torch.cat([code, sides.log(), stuff, even, cast[..., 1:2].clamp(-1, 1)], dim=-1)
    string = 2 * sides[..., 2:] * hangs
    place, columns = cast[..., START], cast[..., COLUMNS]
    whole = Bodies(half, what, mask, scene, string, place + hook(columns, string), 0 * string, place, columns)
    parts = taken_apart(code, mask & (cast[..., 1] <= 0), place, columns, half, SURE)
    return whole if parts is None else _with_parts(whole, parts)


def rounded(half: Tensor) -> Tensor:
    """Whether bodies with such half sides (..., 3) are taken for spheres, (..., 1) bool."""
    spread = half.amax(dim=-1, keepdim=True) - half.amin(dim=-1, keepdim=True)
    return spread < ROUND * half.mean(dim=-1, keepdim=True)


def _with_parts(whole: Bodies, parts: Parts) -> Bodies:
    """Bodies (N, S + P, ...): an assembly is there as its parts, made of what it is made of."""
    worlds, count = parts.there.shape
    owner = torch.arange(worlds, device=parts.slot.device), parts.slot
    what = whole.what[owner][:, None].expand(-1, count, -1).clone()
    what[..., ASSET_CODE : ASSET_CODE + 3] = parts.half.log()
    what[..., -2] = 0.0
    mask = whole.mask.clone()
    mask[owner] &= ~parts.there.any(dim=1)
    end = {
        "half": parts.half,
        "what": what,
        "string": torch.zeros_like(parts.ring),
        "pivot": parts.place,
        "ring": parts.ring,
        "place": parts.place,
        "columns": parts.columns,
    }
    joined = {name: torch.cat([getattr(whole, name), it], dim=1) for name, it in end.items()}
    return replace(whole, mask=torch.cat([mask, parts.there], dim=1), **joined)


def hook(columns: Tensor, string: Tensor) -> Tensor:
    """Ways (..., 3) from bodies to the tops of their strings."""
    return frames.orthonormal(columns)[..., 2] * string


def step(now: Moment, gain: Tensor, change: Tensor) -> Moment:
    """One sample later, of movers' accelerations (N, M, 3) and changes of turn rate (N, M, 3)."""
    still = now.place.shape[1] - gain.shape[1]
    gain, change = (F.pad(x, (0, 0, 0, still)) for x in (gain, change))
    speed = (now.speed + gain * DT).clamp(-FASTEST, FASTEST)
    rate = (now.rate + change).clamp(-FASTEST, FASTEST)
    moved = speed * DT
    return replace(
        now, place=now.place + moved, speed=speed, gain=gain, rate=rate, turned=change,
        columns=frames.turned(now.columns, rate[..., None, :] * DT), gap=now.gap + moved[..., 2:],
    )  # fmt: skip
