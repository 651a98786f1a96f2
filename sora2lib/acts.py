"""The second act of a plan and the third: how worlds move for a stretch of time, and how that is filmed.

In the motion earlier rows lead and later ones follow; the camera's rows are noise until it is known what moves.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.casting import GUIDANCE, noise, told_twice, velocities
from sora2lib.model import windows
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.conditions import motion_batch, seen
from sora2lib.model.foresight import foresee
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.sight import Sight
from sora2lib.model.tokens import MOTION_WIDTH, START, Array, Rows
from sora2lib.model.transformer import Batch
from sora2lib.model.weights import Model
from sora2lib.sampler import State, Velocity, cascade, euler, guided, led

MOTION_STEPS, FILMING_STEPS = 36, 12
LAG = 1.0  # durations of a row that it waits for the one before: that is done, so that what follows from it is known
FIGURES_LAG = 0.5  # of that, in worlds of figures: their rows want more steps each, and no forecast waits for them


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


def motion(
    model: Model, prompts: list[str], generators: list[torch.Generator], worlds: list[Rows], stretch: Stretch,
    filmed: Sequence[Array] = (), moved: Sequence[NDArray[np.bool_]] = (), begun: Sequence[tuple[Array, Array]] = (),
    *, going: bool = False, steps: int = MOTION_STEPS, guidance: float = GUIDANCE, lag: float = LAG,
) -> Iterator[list[Rows]]:  # fmt: skip
    """Plan how a stretch of worlds moves whose cast, and whose rows before, are there.

    ``filmed`` holds the camera rows (K, CAMERA_WIDTH) of worlds whose camera is given, from their first row on; else
    those that are not known stay noise, and what is yielded shows what the network expects of them.
    ``moved`` tells which movers (M,) of each world are planned, without it all. ``begun`` holds what is known of
    the first row of the camera and of the movers, see :meth:`sora2lib.given.Given.begun`. If ``going``, the worlds'
    first rows say how everything is set going.
    Yields whole worlds, from their first row on, after each step.
    """
    clean, gone = _windows(model, worlds, stretch, filmed)
    (count, movers, rows), figures = clean.motion_level.shape, clean.pose.shape[1]
    first = clean.motion[:, :, :1] if going else None
    planned = torch.ones(count, movers, dtype=torch.bool)
    for index, them in enumerate(moved):
        planned[index, : len(them)] = torch.from_numpy(them)
    free = planned[..., None] & ~stretch.known
    seen = _seen(stretch) | bool(filmed)

    def assemble(state: State, levels: State, _: Tensor, estimate: State | None) -> Batch:
        camera, moves, poses = state
        noisy = replace(clean, camera=camera, motion=moves, pose=poses, camera_level=levels[0], motion_level=levels[1])
        begin = _undone(levels[1])
        front, known = slice(begin, begin + wide), estimate[1] if estimate else None
        return foresee(model.network.interaction, noisy, model.scales, known, first, front)

    looks = torch.where(seen[:, None], clean.camera, noise(generators, rows, CAMERA_WIDTH))
    moves = torch.where(free[..., None], noise(generators, movers, rows, MOTION_WIDTH), clean.motion)
    poses = torch.where(free[:, :figures, :, None], noise(generators, figures, rows, POSE_WIDTH), clean.pose)
    still = seen.float().expand(count, -1)
    levels: list[State] = []
    for level in _moments(worlds, stretch.end - stretch.fresh, steps, lag):
        rising = torch.where(free, _filled(level, stretch)[:, None], 1.0)
        levels.append((still, rising, rising[:, :figures]))
    wide = _front([motion for _, motion, _ in levels])
    velocity = velocities(model, prompts, assemble, guidance, slice(2, 5))
    if begun:
        known = _first_known(model, begun, (looks, moves, poses))
        velocity = led(velocity, lambda _: known)
    for estimate in euler(velocity, (looks, moves, poses), levels):
        yield [
            _joined(model, world, stretch, way, *guess)
            for world, way, *guess in zip(worlds, gone, *estimate.guess, strict=True)
        ]


def film(
    model: Model, prompts: list[str], generators: list[torch.Generator], worlds: list[Rows], stretch: Stretch,
    begun: Sequence[tuple[Array, Array]] = (), *, steps: int = FILMING_STEPS, guidance: float = GUIDANCE,
) -> Iterator[list[Rows]]:  # fmt: skip
    """Plan the camera of a stretch of worlds whose motion is there; parameters and what it yields as :func:`motion`."""
    clean, gone = _windows(model, worlds, stretch)
    known, count, network = _seen(stretch), len(worlds), model.network.filming
    there, before = seen(clean, model.scales), model.scales.leave("camera", clean.camera)
    looks = noise(generators, len(known), CAMERA_WIDTH)
    looks = torch.where(known[:, None], network.enter(there, before), looks)
    levels = [(torch.where(known, 1.0, step / steps).expand(count, -1),) for step in range(steps + 1)]
    velocity = _filming(model, prompts, there, guidance)
    if begun:
        first = network.enter(there, _begun(before, [camera for camera, _ in begun]))
        velocity = led(velocity, lambda _: (first,))
    for estimate in euler(velocity, (looks,), levels):
        yield [
            replace(world, camera=_camera(world, stretch, way, look))
            for world, way, look in zip(worlds, gone, network.leave(there, *estimate.guess), strict=True)
        ]


def _filming(model: Model, prompts: list[str], there: Sight, guidance: float) -> Velocity:
    """The network that films as a velocity function of camera rows, guided; it runs once with prompts and without."""
    told, text = told_twice(model, prompts, guidance)
    runs = len(told)

    def velocity(state: State, levels: State) -> State:
        camera, level = (torch.cat([part[0]] * runs) for part in (state, levels))
        with torch.inference_mode():
            each = model.network.filming(there, *text, camera, level).chunk(runs)
        return guided((each[0],), (each[-1],), guidance)

    return velocity


def _windows(
    model: Model, worlds: list[Rows], stretch: Stretch, filmed: Sequence[Array] = ()
) -> tuple[Batch, list[Array]]:
    """Clean rows of a stretch of worlds, and how far what moves in each has come by its beginning.

    A camera is told by its place in the world, and in training it was always near to where things began: there the
    window is put.
    """
    rows = stretch.stop - stretch.start
    window = [windows.pad(windows.crop(world, stretch.start), rows) for world in worlds]
    for index, camera in enumerate(filmed):
        window[index] = replace(window[index], camera=camera[stretch.start : stretch.stop])
    gone = [_gone(world, it) for world, it in zip(worlds, window, strict=True)]
    window = [_shifted(it, -way) for it, way in zip(window, gone, strict=True)]
    return motion_batch(window, model.scales, slots=max(len(world.cast) for world in worlds)), gone


def _seen(stretch: Stretch) -> Tensor:
    """Which camera rows (K,) of a stretch are known; at a cut it begins anew."""
    return stretch.known & (not stretch.cut)


def _first_known(model: Model, begun: Sequence[tuple[Array, Array]], like: State) -> State:
    """Standardised rows like those that are planned, of which what is known of the first is there, and NaN."""
    camera = model.scales.enter("camera", _begun(like[0], [camera for camera, _ in begun]))
    known = camera, *(torch.full_like(it, torch.nan) for it in like[1:])
    for index, (_, moves) in enumerate(begun):
        known[1][index, : len(moves), 0] = model.scales.enter("motion", torch.as_tensor(moves, dtype=torch.float32))
    return known


def _begun(like: Tensor, first: list[Array]) -> Tensor:
    """Camera rows in natural scale, of which what is known of each world's first (CAMERA_WIDTH,) is there, and NaN."""
    known = torch.full_like(like, torch.nan)
    known[:, 0] = torch.as_tensor(np.stack(first), dtype=torch.float32)
    return known


def _moments(worlds: list[Rows], rows: int, steps: int, lag: float) -> list[Tensor]:
    """Levels (B, rows) of the rows that are planned, for each moment of the plan."""
    lags = [lag * (FIGURES_LAG if len(world.pose) else 1.0) * (rows - 1) for world in worlds]
    return [torch.stack(them) for them in zip(*(cascade(rows, steps, it) for it in lags), strict=True)]


def _filled(level: Tensor, stretch: Stretch) -> Tensor:
    """Levels (B, K) of all rows of a stretch, of which those that are planned have ``level`` (B, rows)."""
    before, after = torch.ones(len(level), stretch.given), torch.ones(len(level), stretch.kept)
    return torch.cat([before, level, after], dim=1)


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


def _joined(
    model: Model, world: Rows, stretch: Stretch, gone: Array, camera: Tensor, motion: Tensor, pose: Tensor
) -> Rows:
    new_camera = _camera(world, stretch, gone, model.scales.leave("camera", camera))[stretch.start : stretch.stop]
    new_motion = model.scales.leave("motion", motion[: len(world.motion)]).double().numpy()
    new_pose = model.scales.leave("pose", pose[: len(world.pose)]).double().numpy()
    return windows.join(world, stretch.start, new_camera, new_motion, new_pose)


def _camera(world: Rows, stretch: Stretch, gone: Array, planned: Tensor) -> Array:
    """Camera rows (K, CAMERA_WIDTH) of a world, in natural scale; in a stretch planned but for those that are known."""
    start, known = stretch.start, stretch.known[: len(world.camera) - stretch.start].nonzero().flatten().numpy()
    rows = planned.double().numpy()
    for first in (0, 3):  # eye and target
        rows[:, first : first + 2] += gone
    rows[known] = world.camera[start + known]
    return np.concatenate([world.camera[:start], rows, world.camera[stretch.stop :]])
