"""From a prompt to a world, one denoising step at a time.

Three acts. *Casting* decides who is there, where, and how all is set going. *Motion* then moves the cast, which is held
clean; earlier moments lead, later ones follow, so that what happens is a consequence of what happened. *Filming* plans
the camera last, once it is known what there is to see.
Clips longer than the network's span are continued window by window, the last second and a third held clean. A prompt
of several shots is one world: each shot goes on from the one before in its own words, seen by a camera of its own.
A camera that is given, to the whole or to a shot, is held clean. Where its moves begin is the model's choice: then the
filming is the model's, and the moves begin where it does.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.casting import CASTING_STEPS, GUIDANCE, cast, noise, set_down_all, set_out, velocities
from sora2lib.given import Ask, Given, shot_ends, whole_rows
from sora2lib.model import tokens, windows
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.conditions import motion_batch
from sora2lib.model.foresight import foresee
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.tokens import MOTION_WIDTH, START, Array, Rows
from sora2lib.model.transformer import Batch
from sora2lib.model.weights import Model
from sora2lib.prompt import shots
from sora2lib.sampler import State, cascade, euler, led
from sora2lib.world.schema import World

SPAN = 12  # time rows that the network plans together: four seconds
OVERLAP = 4  # rows of the past that a continuation is given
MOTION_STEPS, FILMING_STEPS = 36, 12
LAG = 1.0  # durations of a row that it waits for the one before: that is done, so that what follows from it is known
FIGURES_LAG = 0.5  # of that, in worlds of figures: their rows want more steps each, and no forecast waits for them
PLAIN = 1.0  # guidance of a first motion: what a cast that follows the prompt does, it does by itself


@dataclass(frozen=True)
class Step:
    """One denoising step: how far the plan is, and what the world looks like so far."""

    index: int  # from 1
    total: int
    phase: str  # "casting", "motion" or "filming"
    guess: Callable[[], World]

    def world(self) -> World:
        """The clean world that this step points to; decoding takes some 30 ms, so it is done when asked for."""
        return self.guess()


def plan(
    model: Model, ask: Ask, *, steps: int = MOTION_STEPS, guidance: float = GUIDANCE, lag: float = LAG
) -> Iterator[Step]:
    """Plan one world, yielding every step; the last step's world is the result.

    Parameters
    ----------
    steps : denoising steps of the motion; casting takes five sixths as many more, filming a third.
    guidance : how strongly to follow the prompt in casting and filming, and in motion that goes on from a past; 1 is
        without.
    lag : how long each time row waits for the one before, in durations of a row.
    """
    for step in plan_many(model, [ask], steps=steps, guidance=guidance, lag=lag):
        yield Step(step.index, step.total, step.phase, partial(_first, step.guess))


def _first(guess: Callable[[], list[World]]) -> World:
    return guess()[0]


@dataclass(frozen=True)
class ManyStep:
    """As :class:`Step`, for several worlds planned together."""

    index: int
    total: int
    phase: str
    guess: Callable[[], list[World]]


def plan_many(
    model: Model, asks: Sequence[Ask], *, steps: int = MOTION_STEPS, guidance: float = GUIDANCE, lag: float = LAG
) -> Iterator[ManyStep]:
    """Plan worlds side by side, each what it would be alone, up to rounding.

    All have a past of the same length or none, shots of the same lengths, and cameras for the same shots.
    """
    generators = [torch.Generator().manual_seed(ask.seed) for ask in asks]
    told, done = [shots(ask.prompt, ask.seconds) for ask in asks], whole_rows(asks[0].past)
    ends = shot_ends(asks[0].prompt, asks[0].seconds, done)
    given = [Given.of(ask, ends) for ask in asks]
    worlds = [tokens.encode(it.known) for it in given if it.known is not None]
    stretches = _stretches(ends, done, whole_rows(given[0].known))
    start, look = (max(4, steps * part // MOTION_STEPS) for part in (CASTING_STEPS, FILMING_STEPS))
    casting, filming = 0 if worlds else start, [it for it in stretches if any(one.free(it.fresh) for one in given)]
    count, total = itertools.count(1), casting + steps * len(stretches) + look * len(filming)
    opening, unfilmed = [one[0].prompt for one in told], [replace(it, takes=()) for it in given]
    if casting:
        holds = [it.hold for it in given] if any(ask.start for ask in asks) else []
        for rows in cast(model, opening, generators, steps=casting, guidance=guidance, holds=holds):
            yield ManyStep(next(count), total, "casting", partial(_decode_casts, model, rows, unfilmed))
        assets = [it.assets for it in given]
        worlds = set_down_all(model, opening, generators, _set_out_all(model, rows, given), assets)
        given, worlds = map(list, zip(*map(Given.seated, given, worlds), strict=True))
    for stretch in stretches:
        prompts, cuts = [one[stretch.shot].prompt for one in told], tuple(ends[: stretch.shot])
        going, before = bool(casting) and stretch.start == 0, worlds
        given = [it.pictured(world, cuts, stretch.fresh) for it, world in zip(given, before, strict=True)]
        views = [it.views(world, cuts, stretch.fresh, ends[-1]) for it, world in zip(given, before, strict=True)]
        filmed = [it for it in views if it is not None]
        moved = [it.moved(len(world.motion)) for it, world in zip(given, before, strict=True)]
        first = not stretch.fresh and any(it.seating for it in given)
        begun = [it.begun(len(world.motion)) for it, world in zip(given, before, strict=True)] if first else []
        for worlds in motion(
            model, prompts, generators, before, stretch, filmed, moved, begun,
            going=going, steps=steps, guidance=guidance if stretch.given else PLAIN, lag=lag,
        ):  # fmt: skip
            yield ManyStep(next(count), total, "motion", partial(_decode_all, worlds, given, cuts))
        if stretch in filming:
            moving = worlds
            for worlds in film(model, prompts, generators, moving, stretch, begun, steps=look, guidance=guidance):
                yield ManyStep(next(count), total, "filming", partial(_decode_all, worlds, given, cuts))


def _set_out_all(model: Model, rows: State, given: list[Given]) -> list[Rows]:
    return [set_out(model, who, where, it.assets) for who, where, it in zip(*rows, given, strict=True)]


def _decode_casts(model: Model, rows: State, given: list[Given]) -> list[World]:
    return _decode_all(_set_out_all(model, rows, given), given, ())


def _decode_all(worlds: list[Rows], given: list[Given], cuts: tuple[int, ...]) -> list[World]:
    return [it.world(rows, cuts) for it, rows in zip(given, worlds, strict=True)]


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


def _stretches(ends: Sequence[int], past: int = 0, known: int = 0) -> list[Stretch]:
    """Stretches that plan shots which end at these time rows, one after the other, after a past of some rows.

    Of what is ``known`` after the last shot, up to some row, the stretch that leads to it is told.
    """
    stretches: list[Stretch] = []
    for shot, end in enumerate(ends):
        done, cut = stretches[-1].end if stretches else past, shot > 0
        after = max(0, known - end) if end == ends[-1] else 0
        while done < end:
            start = max(0, done - OVERLAP)
            most, seen = start + SPAN, min(OVERLAP, after)
            # Rather a short last stretch than one that does not see what it leads to.
            until = end if end + seen <= most else min(most, end - seen)
            kept = min(most - until, after) if until == end else 0
            stretches.append(Stretch(start, until + kept, done - start, shot, cut, kept))
            done, cut = until, False
    return stretches


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
    told = foresee(model.network.interaction, clean, model.scales, clean.motion, rows=slice(0, 0))
    seen, count = _seen(stretch), len(worlds)

    def assemble(state: State, levels: State, _: Tensor, estimate: State | None) -> Batch:
        return replace(told, camera=state[0], camera_level=levels[0])

    looks = torch.where(seen[:, None], clean.camera, noise(generators, len(seen), CAMERA_WIDTH))
    levels = [(torch.where(seen, 1.0, step / steps).expand(count, -1),) for step in range(steps + 1)]
    velocity = velocities(model, prompts, assemble, guidance, slice(2, 3))
    if begun:
        known = _first_known(model, begun, (looks, clean.motion, clean.pose))[:1]
        velocity = led(velocity, lambda _: known)
    for estimate in euler(velocity, (looks,), levels):
        yield [
            replace(world, camera=_camera(model, world, stretch, way, look))
            for world, way, look in zip(worlds, gone, *estimate.guess, strict=True)
        ]


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
    known = tuple(torch.full_like(it, torch.nan) for it in like)
    for index, (camera, moves) in enumerate(begun):
        known[0][index, 0] = model.scales.enter("camera", torch.as_tensor(camera, dtype=torch.float32))
        known[1][index, : len(moves), 0] = model.scales.enter("motion", torch.as_tensor(moves, dtype=torch.float32))
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
    new_camera = _camera(model, world, stretch, gone, camera)[stretch.start :]
    new_motion = model.scales.leave("motion", motion[: len(world.motion)]).double().numpy()
    new_pose = model.scales.leave("pose", pose[: len(world.pose)]).double().numpy()
    return windows.join(world, stretch.start, new_camera, new_motion, new_pose)


def _camera(model: Model, world: Rows, stretch: Stretch, gone: Array, planned: Tensor) -> Array:
    """Camera rows (K, CAMERA_WIDTH) of a world up to the end of a stretch, planned but for those that are known."""
    start, known = stretch.start, stretch.known[: len(world.camera) - stretch.start].nonzero().flatten().numpy()
    rows = model.scales.leave("camera", planned).double().numpy()
    for first in (0, 3):  # eye and target
        rows[:, first : first + 2] += gone
    rows[known] = world.camera[start + known]
    return np.concatenate([world.camera[:start], rows, world.camera[stretch.stop :]])
