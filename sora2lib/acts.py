"""The second act of a plan and the third: how worlds move for a stretch of time, and how that is filmed.

Things are moved by the transformer that cast them: earlier rows lead, later ones follow. Worlds with people or animals
are moved by a network that knows nothing else (:mod:`sora2lib.model.acting`), all rows at once. The camera is planned
last, when it is known what moves.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.casting import GUIDANCE, noise, told_twice, velocities
from sora2lib.model import windows
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.conditions import faced, motion_batch, seen
from sora2lib.model.foresight import foresee
from sora2lib.model.tokens import MOTION_WIDTH, START, Array, Rows
from sora2lib.model.transformer import Batch
from sora2lib.model.weights import Model
from sora2lib.sampler import State, Velocity, cascade, euler, guided, led

MOTION_STEPS, FILMING_STEPS = 36, 12
It = TypeVar("It")
LAG = 1.0  # durations of a row that it waits for the one before: that is done, so that what follows from it is known


@dataclass(frozen=True)
class Stretch:
    """Time rows ``start`` to ``stop`` (exclusive) that are planned at once.

    The first ``given`` and the last ``kept`` of them are known; at a cut not the camera's first: it begins anew.
    """

    start: int
    stop: int
    given: int = 0
    shot: int = 0
    cut: bool = False
    kept: int = 0

    @property
    def fresh(self) -> int:
        """The first row that is not known."""
        return self.start + self.given

    @property
    def end(self) -> int:
        """The first row after those that are planned."""
        return self.stop - self.kept

    @property
    def known(self) -> Tensor:
        """Which of its rows are known."""
        rows = torch.arange(self.start, self.stop)
        return (rows < self.fresh) | (rows >= self.end)


@dataclass(frozen=True)
class Setting:
    """A stretch of B worlds before it is planned."""

    worlds: list[Rows]
    stretch: Stretch
    clean: Batch  # the rows of the stretch; those that are not known are zero
    gone: list[Array]  # how far (x, y) what moves in each has come by its beginning
    filmed: bool  # whether the camera is given
    free: Tensor  # (B, M, K) bool: which motion rows are planned

    def after(self, model: Model, motion: Tensor, pose: Tensor) -> list[Rows]:
        """Return the worlds as they are when the stretch goes so, (B, M, K, C) and (B, F, K, C) in natural scale."""
        camera = model.scales.leave("camera", self.clean.camera)
        return [
            _joined(world, self.stretch, *them)
            for world, *them in zip(self.worlds, self.gone, camera, motion, pose, strict=True)
        ]


def motion(
    model: Model, prompts: list[str], generators: list[torch.Generator], worlds: list[Rows], stretch: Stretch,
    filmed: Sequence[Array] = (), moved: Sequence[NDArray[np.bool_]] = (), begun: Sequence[tuple[Array, Array]] = (),
    *, going: bool = False, steps: int = MOTION_STEPS, guidance: float = GUIDANCE, lag: float = LAG,
) -> Iterator[list[Rows]]:  # fmt: skip
    """Plan how a stretch of worlds moves whose cast, and whose rows before, are there.

    ``filmed`` holds the camera rows (K, CAMERA_WIDTH) of worlds whose camera is given, from their first row on; else
    those that are not known are zero until it is planned, see :func:`film`.
    ``moved`` tells which movers (M,) of each world are planned, without it all. ``begun`` holds what is known of
    the first row of the camera and of the movers, see :meth:`sora2lib.given.Given.begun`. If ``going``, the worlds'
    first rows say how everything is set going.
    Yields whole worlds, from their first row on, after each step.
    """
    lively = [len(world.pose) > 0 for world in worlds]
    parts = [[index for index, them in enumerate(lively) if them == figures] for figures in sorted(set(lively))]
    acts = []
    for which in parts:
        told, own = _some(prompts, which), _some(generators, which)
        setting = _set(model, _some(worlds, which), stretch, _some(filmed, which), _some(moved, which))
        first = [moves for _, moves in _some(begun, which)]
        if lively[which[0]]:
            acts.append(_acted(model, told, own, setting, first, steps, guidance))
        else:
            acts.append(_happening(model, told, own, setting, first, steps, guidance, lag, going))
    for them in zip(*acts, strict=True):
        done = dict(zip(itertools.chain(*parts), itertools.chain(*them), strict=True))
        yield [done[index] for index in range(len(worlds))]


def _some(them: Sequence[It], which: list[int]) -> list[It]:
    """Those of so many, if there are any."""
    return [them[index] for index in which] if len(them) else []


def _happening(
    model: Model, prompts: list[str], generators: list[torch.Generator], setting: Setting, begun: list[Array],
    steps: int, guidance: float, lag: float, going: bool,
) -> Iterator[list[Rows]]:  # fmt: skip
    """Plan how things move; the network sees a camera that is given, and noise for one that is not."""
    clean, stretch, free = setting.clean, setting.stretch, setting.free
    count, _, rows = free.shape
    first = clean.motion[:, :, :1] if going else None
    seen = _seen(stretch) | setting.filmed

    def assemble(state: State, levels: State, _: Tensor, estimate: State | None) -> Batch:
        noisy = replace(clean, camera=looks, motion=state[0], camera_level=still, motion_level=levels[0])
        begin = _undone(levels[0])
        front, known = slice(begin, begin + wide), estimate[0] if estimate else None
        return foresee(model.network.interaction, noisy, model.scales, known, first, front)

    looks = torch.where(seen[:, None], clean.camera, noise(generators, rows, CAMERA_WIDTH))
    moves = torch.where(free[..., None], _noise(generators, clean.motion_mask, rows, MOTION_WIDTH), clean.motion)
    still = seen.float().expand(count, -1)
    rising = [torch.where(free, _filled(it, stretch), 1.0) for it in _moments(stretch.end - stretch.fresh, steps, lag)]
    wide = _front(rising)
    velocity = velocities(model, prompts, assemble, guidance, slice(2, 3))
    if begun:
        known = model.scales.enter("motion", _first(model.scales.leave("motion", clean.motion), begun))
        velocity = led(velocity, lambda _: (known,))
    for estimate in euler(velocity, (moves,), [(it,) for it in rising]):
        yield setting.after(model, model.scales.leave("motion", estimate.guess[0]), clean.pose)


def _acted(
    model: Model, prompts: list[str], generators: list[torch.Generator], setting: Setting, begun: list[Array],
    steps: int, guidance: float,
) -> Iterator[list[Rows]]:  # fmt: skip
    """Plan how people and animals move, and what moves with them."""
    network, clean, figures = model.network.acting, setting.clean, setting.clean.pose.shape[1]
    there = faced(clean, model.scales)
    moves, poses = model.scales.leave("motion", clean.motion), model.scales.leave("pose", clean.pose)
    rows = network.enter(there, moves, poses)
    free = setting.free
    rows = torch.where(free[..., None], _noise(generators, clean.motion_mask, *rows.shape[2:]), rows)
    levels = [(torch.where(free, step / steps, 1.0),) for step in range(steps + 1)]
    velocity = _alone(model, prompts, guidance, partial(network, there))
    if begun:
        first = network.enter(there, _first(moves, begun), torch.full_like(poses, torch.nan))
        velocity = led(velocity, lambda _: (first,))
    for estimate in euler(velocity, (rows,), levels):
        yield setting.after(model, *network.leave(there, estimate.guess[0], figures))


def _noise(generators: list[torch.Generator], mask: Tensor, *shape: int) -> Tensor:
    """Normal noise (B, M, *shape) for the movers (B, M) that each world has: beside others as much as alone."""
    drawn = torch.zeros(*mask.shape, *shape)
    for its, there, generator in zip(drawn, mask, generators, strict=True):
        its[there] = torch.randn(int(there.sum()), *shape, generator=generator)
    return drawn


def film(
    model: Model, prompts: list[str], generators: list[torch.Generator], worlds: list[Rows], stretch: Stretch,
    begun: Sequence[tuple[Array, Array]] = (), *, steps: int = FILMING_STEPS, guidance: float = GUIDANCE,
) -> Iterator[list[Rows]]:  # fmt: skip
    """Plan the camera of a stretch of worlds whose motion is there; parameters and what it yields as :func:`motion`."""
    setting = _set(model, worlds, stretch)
    known, count, network = _seen(stretch), len(worlds), model.network.filming
    there, before = seen(setting.clean, model.scales), model.scales.leave("camera", setting.clean.camera)
    looks = noise(generators, len(known), CAMERA_WIDTH)
    looks = torch.where(known[:, None], network.enter(there, before), looks)
    levels = [(torch.where(known, 1.0, step / steps).expand(count, -1),) for step in range(steps + 1)]
    velocity = _alone(model, prompts, guidance, partial(network, there))
    if begun:
        first = network.enter(there, _begun(before, [camera for camera, _ in begun]))
        velocity = led(velocity, lambda _: (first,))
    for estimate in euler(velocity, (looks,), levels):
        yield [
            replace(world, camera=_camera(world, stretch, way, look))
            for world, way, look in zip(worlds, setting.gone, network.leave(there, *estimate.guess), strict=True)
        ]


def _alone(model: Model, prompts: list[str], guidance: float, network: Callable[..., Tensor]) -> Velocity:
    """A network of one kind of row as a velocity function, guided; it runs once with prompts and without.

    ``network`` takes what the text encoder makes of prompts, its mask, rows and levels.
    """
    told, text = told_twice(model, prompts, guidance)
    runs = len(told)

    def velocity(state: State, levels: State) -> State:
        rows, level = (torch.cat([part[0]] * runs) for part in (state, levels))
        with torch.inference_mode():
            each = network(*text, rows, level).chunk(runs)
        return guided((each[0],), (each[-1],), guidance)

    return velocity


def _set(
    model: Model, worlds: list[Rows], stretch: Stretch, filmed: Sequence[Array] = (),
    moved: Sequence[NDArray[np.bool_]] = (),
) -> Setting:  # fmt: skip
    """Prepare a stretch of worlds; parameters as of :func:`motion`.

    A camera is told by its place in the world, and in training it was always near to where things began: there the
    window is put.
    """
    rows = stretch.stop - stretch.start
    window = [windows.pad(windows.crop(world, stretch.start), rows) for world in worlds]
    for index, camera in enumerate(filmed):
        window[index] = replace(window[index], camera=camera[stretch.start : stretch.stop])
    gone = [_gone(world, it) for world, it in zip(worlds, window, strict=True)]
    window = [_shifted(it, -way) for it, way in zip(window, gone, strict=True)]
    clean = motion_batch(window, model.scales, slots=max(len(world.cast) for world in worlds))
    planned = torch.ones(clean.motion_level.shape[:2], dtype=torch.bool)
    for index, them in enumerate(moved):
        planned[index, : len(them)] = torch.from_numpy(them)
    return Setting(worlds, stretch, clean, gone, bool(filmed), planned[..., None] & ~stretch.known)


def _seen(stretch: Stretch) -> Tensor:
    """Which camera rows (K,) of a stretch are known; at a cut it begins anew."""
    return stretch.known & (not stretch.cut)


def _first(like: Tensor, begun: list[Array]) -> Tensor:
    """Motion rows in natural scale, of which what is known of the first (M, MOTION_WIDTH) is there, and NaN."""
    known = torch.full_like(like, torch.nan)
    for index, moves in enumerate(begun):
        known[index, : len(moves), 0] = torch.as_tensor(moves, dtype=torch.float32)
    return known


def _begun(like: Tensor, first: list[Array]) -> Tensor:
    """Camera rows in natural scale, of which what is known of each world's first (CAMERA_WIDTH,) is there, and NaN."""
    known = torch.full_like(like, torch.nan)
    known[:, 0] = torch.as_tensor(np.stack(first), dtype=torch.float32)
    return known


def _moments(rows: int, steps: int, lag: float) -> list[Tensor]:
    """Levels (rows,) of the rows that are planned, for each moment of the plan."""
    return cascade(rows, steps, lag * (rows - 1))


def _filled(level: Tensor, stretch: Stretch) -> Tensor:
    """Levels (K,) of all rows of a stretch, of which those that are planned have ``level`` (rows,)."""
    return torch.cat([torch.ones(stretch.given), level, torch.ones(stretch.kept)])


def _undone(level: Tensor) -> int:
    """The first time row of which not all levels (B, M, K) are 1."""
    return int((level < 1).any(dim=0).any(dim=0).int().argmax())


def _front(levels: list[Tensor]) -> int:
    """How many rows, from the first that is not done, a step may change at most, of levels (B, M, K) at each moment."""
    changes = [(after > now).any(dim=0).any(dim=0).nonzero() for now, after in itertools.pairwise(levels)]
    return max(
        int(them.max()) + 1 - _undone(now) if len(them) else 0 for them, now in zip(changes, levels, strict=False)
    )


def _gone(world: Rows, window: Rows) -> Array:
    """How far (x, y) what moves has come, on average, up to a window."""
    movers = len(world.motion)
    return (window.cast[:movers, START] - world.cast[:movers, START])[:, :2].mean(axis=0) if movers else np.zeros(2)


def _shifted(rows: Rows, way: Array) -> Rows:
    """The same world elsewhere on its ground."""
    cast, camera = rows.cast.copy(), rows.camera.copy()
    cast[:, START.start : START.start + 2] += way
    for first in (0, 3):  # eye and target
        camera[:, first : first + 2] += way
    return replace(rows, cast=cast, camera=camera)


def _joined(world: Rows, stretch: Stretch, gone: Array, camera: Tensor, motion: Tensor, pose: Tensor) -> Rows:
    new_camera = _camera(world, stretch, gone, camera)[stretch.start : stretch.stop]
    new_motion, new_pose = motion[: len(world.motion)].double().numpy(), pose[: len(world.pose)].double().numpy()
    return windows.join(world, stretch.start, new_camera, new_motion, new_pose)


def _camera(world: Rows, stretch: Stretch, gone: Array, planned: Tensor) -> Array:
    """Camera rows (K, CAMERA_WIDTH) of a world, in natural scale; in a stretch planned but for those that are known."""
    start, known = stretch.start, stretch.known[: len(world.camera) - stretch.start].nonzero().flatten().numpy()
    rows = planned.double().numpy()
    for first in (0, 3):  # eye and target
        rows[:, first : first + 2] += gone
    rows[known] = world.camera[start + known]
    return np.concatenate([world.camera[:start], rows, world.camera[stretch.stop :]])
