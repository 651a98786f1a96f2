"""From a prompt to a world, one denoising step at a time.

Two acts. *Casting* decides who is there and where. *Motion* then moves the cast and the camera, with the cast
held clean; earlier moments lead, later ones follow, so that what happens is a consequence of what happened.
Clips longer than the network's span are continued window by window, the last second and a third held clean. A prompt
of several shots is one world: each shot goes on from the one before in its own words, seen by a camera of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from sora2lib.model import tokens, windows
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.conditions import motion_batch, names_of, words_of
from sora2lib.model.foresight import foresee
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.tokens import CAST_WIDTH, MOTION_WIDTH, SCENE_WIDTH, Rows
from sora2lib.model.tracks import STRIDE
from sora2lib.model.transformer import FORESIGHT, SLOTS, Batch
from sora2lib.model.weights import Model
from sora2lib.prompt import shots
from sora2lib.sampler import State, Velocity, cascade, euler, guided
from sora2lib.world.assets import ASSETS
from sora2lib.world.nouns import mentions
from sora2lib.world.schema import RATE, World

SPAN = 12  # time rows that the network plans together: four seconds
OVERLAP = 4  # rows of the past that a continuation is given
CASTING_STEPS, MOTION_STEPS = 12, 36
LAG = 2.0  # see sora2lib.sampler.cascade
GUIDANCE = 2.5


@dataclass(frozen=True)
class Step:
    """One denoising step: how far the plan is, and what the world looks like so far."""

    index: int  # from 1
    total: int
    phase: str  # "casting" or "motion"
    guess: Callable[[], World]

    def world(self) -> World:
        """The clean world that this step points to; decoding takes some 30 ms, so it is done when asked for."""
        return self.guess()


@dataclass(frozen=True)
class Ask:
    """What the planner needs of a request; :func:`sora2lib.prompt.shots` says how the seconds are shared out.

    With a ``past`` the plan goes on from the end of that world, with its cast; the seconds are those that are added.
    """

    prompt: str
    seed: int
    seconds: float = 4.0
    past: World | None = None


def plan(
    model: Model, ask: Ask, *, steps: int = MOTION_STEPS, guidance: float = GUIDANCE, lag: float = LAG
) -> Iterator[Step]:
    """Plan one world, yielding every step; the last step's world is the result.

    Parameters
    ----------
    steps : denoising steps of the motion; casting takes a third as many more.
    guidance : how strongly to follow the prompt; 1 is the plain model.
    lag : how far later moments wait for earlier ones, see :func:`sora2lib.sampler.cascade`.
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
    """Plan worlds side by side, all with a past of the same length or none, and shots of the same lengths.

    Each is what it would be alone, up to rounding.
    """
    generators = [torch.Generator().manual_seed(ask.seed) for ask in asks]
    told = [shots(ask.prompt, ask.seconds) for ask in asks]
    pasts = [None if ask.past is None else _whole_rows(ask.past) for ask in asks]
    worlds = [tokens.encode(past) for past in pasts if past is not None]
    done_rows = len(worlds[0].camera) if worlds else 0
    ends = [done_rows + end for end in _ends([shot.seconds for shot in told[0]])]
    stretches = _stretches(ends, done_rows)
    casting = 0 if worlds else max(4, steps * CASTING_STEPS // MOTION_STEPS)
    total = casting + steps * len(stretches)
    assets = [_palette(ask) for ask in asks]
    first = [one[0].prompt for one in told]
    if not worlds:
        for index, worlds in enumerate(_cast(model, first, assets, generators, casting, guidance), start=1):
            yield ManyStep(index, total, "casting", partial(_decode_all, worlds, assets, pasts, ()))
    done, index = worlds, casting
    for stretch in stretches:
        prompts = [one[stretch.shot].prompt for one in told]
        cuts, current = tuple(ends[: stretch.shot]), done
        for current in motion(model, prompts, generators, done, stretch, steps=steps, guidance=guidance, lag=lag):
            index += 1
            yield ManyStep(index, total, "motion", partial(_decode_all, current, assets, pasts, cuts))
        done = current


def _decode_all(
    worlds: list[Rows], assets: list[tuple[str, ...]], pasts: list[World | None], cuts: tuple[int, ...]
) -> list[World]:
    return [
        tokens.decode(rows, assets=names, cuts=cuts, past=past)
        for rows, names, past in zip(worlds, assets, pasts, strict=True)
    ]


def _whole_rows(world: World) -> World:
    """A world up to its last whole row, its actors in cast order."""
    rows = (world.sizes["time"] - 1) // STRIDE
    return world.isel(time=slice(0, rows * STRIDE + 1), actor=tokens.order(world))


def _palette(ask: Ask) -> tuple[str, ...]:
    known = () if ask.past is None else tuple(map(str, ask.past.asset.values))
    return tuple(dict.fromkeys((*castable(ask.prompt), *known)))


def castable(prompt: str) -> tuple[str, ...]:
    """Assets that a world may be cast from: all modelled things, and the pictures that the prompt names."""
    return tuple(dict.fromkeys((*ASSETS, *(match.asset for match in mentions(prompt)))))


@dataclass(frozen=True)
class Stretch:
    """Time rows ``start`` to ``stop`` (exclusive) that are planned at once, the first ``given`` of them known.

    At a cut the camera's are not: what it does begins anew.
    """

    start: int
    stop: int
    given: int = 0
    shot: int = 0
    cut: bool = False


def _ends(seconds: Sequence[float]) -> list[int]:
    """Time rows (exclusive) with which shots of these lengths end; the last is filled up."""
    ends = np.cumsum(seconds) * RATE / STRIDE
    return [*(max(1, round(end)) for end in ends[:-1].tolist()), max(1, int(np.ceil(ends[-1] - 1e-9)))]


def _stretches(ends: Sequence[int], past: int = 0) -> list[Stretch]:
    """Stretches that plan shots which end at these time rows, one after the other, after a past of some rows."""
    stretches: list[Stretch] = []
    for shot, end in enumerate(ends):
        done, cut = stretches[-1].stop if stretches else past, shot > 0
        while done < end:
            start = max(0, done - OVERLAP)
            stretches.append(Stretch(start, min(end, start + SPAN), done - start, shot, cut))
            done, cut = stretches[-1].stop, False
    return stretches


def _noise(generators: list[torch.Generator], *shape: int) -> Tensor:
    return torch.stack([torch.randn(shape, generator=generator) for generator in generators])


def _velocities(
    model: Model, prompts: list[str], assemble: Callable[[State, State, Tensor], Batch], guidance: float, keep: slice
) -> Velocity:
    """The network as a velocity function, guided; ``keep`` picks the kinds of row that are solved for."""

    def told(words: Tensor, mask: Tensor) -> Velocity:
        with torch.inference_mode():
            text, text_mask = model.network.text(words, mask)

        def velocity(state: State, levels: State) -> State:
            with torch.inference_mode():
                speeds: State = model.network(assemble(state, levels, words), text, text_mask)
                return speeds[keep]

        return velocity

    words, mask = words_of(prompts)
    return guided(told(words, mask), told(words[:, :0], mask[:, :0]), guidance)


def _cast(
    model: Model,
    prompts: list[str],
    assets: list[tuple[str, ...]],
    generators: list[torch.Generator],
    steps: int,
    guidance: float,
) -> Iterator[list[Rows]]:
    count = len(prompts)
    nothing, no_pose = torch.zeros(count, 0, 0, MOTION_WIDTH), torch.zeros(count, 0, 0, POSE_WIDTH)
    nobody = torch.zeros(count, 0, dtype=torch.bool)

    def assemble(state: State, levels: State, words: Tensor) -> Batch:
        return Batch(
            state[0], state[1], torch.zeros(count, 0, CAMERA_WIDTH), nothing, no_pose,
            levels[0], levels[1], torch.zeros(count, 0), nothing[..., 0],
            torch.ones(count, SLOTS, dtype=torch.bool), nobody, nobody, torch.zeros(count, 0, 0, FORESIGHT),
            *names_of(words, model.scales),
        )  # fmt: skip

    moments = [torch.tensor(i / steps) for i in range(steps + 1)]
    levels = [(moment.expand(count, SLOTS), moment.expand(count)) for moment in moments]
    state = (_noise(generators, SLOTS, CAST_WIDTH), _noise(generators, SCENE_WIDTH))
    for estimate in euler(_velocities(model, prompts, assemble, guidance, slice(0, 2)), state, levels):
        yield [_set_out(model, *one) for one in zip(*estimate.guess, assets, strict=True)]


def _set_out(model: Model, cast: Tensor, scene: Tensor, assets: tuple[str, ...]) -> Rows:
    """Rows of a world in which nothing has moved yet: figures come first, then what else moves."""
    actors = model.scales.leave("cast", cast).double().numpy()
    there = tokens.present(actors)
    there[0] |= not there.any()  # a world has at least one actor
    actors = actors[there]
    moves, bends = tokens.moving(actors), tokens.figures(actors, assets=assets)
    actors = actors[np.lexsort([~bends, ~moves])]
    camera = model.scales.mean["camera"].double().numpy()
    return Rows(
        actors,
        model.scales.leave("scene", scene).double().numpy(),
        np.repeat(camera[None], 1, axis=0),
        windows.at_rest(actors[: moves.sum()]),
        np.repeat(model.scales.mean["pose"].double().numpy()[None, None], bends.sum(), axis=0),
    )


def motion(
    model: Model, prompts: list[str], generators: list[torch.Generator], worlds: list[Rows], stretch: Stretch,
    *, steps: int = MOTION_STEPS, guidance: float = GUIDANCE, lag: float = LAG,
) -> Iterator[list[Rows]]:  # fmt: skip
    """Plan a stretch of worlds whose cast, and whose rows before, are there.

    Yields whole worlds, from their first row on, after each step.
    """
    count, rows, given = len(worlds), stretch.stop - stretch.start, stretch.given
    window = [windows.pad(windows.crop(world, stretch.start), rows) for world in worlds]
    clean = motion_batch(window, model.scales, slots=max(len(world.cast) for world in worlds))
    movers, figures = clean.motion.shape[1], clean.pose.shape[1]
    known = torch.arange(rows) < given
    filmed = known & (not stretch.cut)

    def assemble(state: State, levels: State, _: Tensor) -> Batch:
        camera, moves, poses = state
        noisy = replace(clean, camera=camera, motion=moves, pose=poses, camera_level=levels[0], motion_level=levels[1])
        return foresee(noisy, model.scales)

    camera = torch.where(filmed[:, None], clean.camera, _noise(generators, rows, CAMERA_WIDTH))
    moves = torch.where(known[:, None], clean.motion, _noise(generators, movers, rows, MOTION_WIDTH))
    poses = torch.where(known[:, None], clean.pose, _noise(generators, figures, rows, POSE_WIDTH))
    levels = [
        _levels(level, given, stretch.cut, (count, movers, figures)) for level in cascade(rows - given, steps, lag)
    ]
    velocity = _velocities(model, prompts, assemble, guidance, slice(2, 5))
    for estimate in euler(velocity, (camera, moves, poses), levels):
        yield [_joined(model, world, stretch, *guess) for world, *guess in zip(worlds, *estimate.guess, strict=True)]


def _levels(level: Tensor, given: int, cut: bool, counts: tuple[int, int, int]) -> State:
    """Levels of camera, motion and pose rows; known ones are clean, a camera that begins anew goes with the first."""
    count, movers, figures = counts
    moves = torch.cat([torch.ones(given), level])
    camera = torch.cat([level[:1].expand(given), level]) if cut else moves
    return camera.expand(count, -1), moves.expand(count, movers, -1), moves.expand(count, figures, -1)


def _joined(model: Model, world: Rows, stretch: Stretch, camera: Tensor, motion: Tensor, pose: Tensor) -> Rows:
    start = stretch.start
    new_camera = model.scales.leave("camera", camera).double().numpy()
    new_camera[: stretch.given] = world.camera[start : start + stretch.given]
    new_motion = model.scales.leave("motion", motion[: len(world.motion)]).double().numpy()
    new_pose = model.scales.leave("pose", pose[: len(world.pose)]).double().numpy()
    return windows.join(world, start, new_camera, new_motion, new_pose)
