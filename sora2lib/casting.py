"""The first act of a plan: who is there, on what ground and in what light; then where everybody stands, and goes.

Casting denoises all rows of cast and scene together. Setting out draws sizes and places anew, one body after the other,
so that what belongs together fits (:mod:`sora2lib.model.placing`), and then how fast and which way each is set going
(:mod:`sora2lib.model.aiming`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from sora2lib.model import rotations, tokens, windows
from sora2lib.model.aiming import Start, begun, set_going
from sora2lib.model.called import WHAT
from sora2lib.model.camera import CAMERA_WIDTH
from sora2lib.model.conditions import casting_batch, names_of, padded, words_of
from sora2lib.model.inturn import Call
from sora2lib.model.placed import written
from sora2lib.model.placing import set_down
from sora2lib.model.poses import POSE_WIDTH
from sora2lib.model.settling import settled
from sora2lib.model.tokens import CAST_WIDTH, MOTION_WIDTH, SCENE_WIDTH, Array, Rows
from sora2lib.model.transformer import FORESIGHT, SLOTS, Batch, together
from sora2lib.model.weights import Model
from sora2lib.sampler import State, Velocity, ahead, euler, guided, led
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.support import depth_below

CASTING_STEPS = 30
KINDS = ("cast", "scene")  # of rows, in the order in which they are planned
GUIDANCE = 2.5

Assemble = Callable[[State, State, Tensor, State | None], Batch]  # of noisy rows, levels, words, the last estimate
Hold = Callable[[Array, Array], tuple[Array, Array]]  # what is known of a cast and a scene, NaN where nothing is


def velocities(model: Model, prompts: list[str], assemble: Assemble, guidance: float, keep: slice) -> Velocity:
    """The network as a velocity function, guided; ``keep`` picks the kinds of row that are solved for.

    With the prompt and without, the network is told what it last took the clean rows to be. It runs once for both.
    """
    told, text = told_twice(model, prompts, guidance)
    estimates: list[State | None] = [None] * len(told)

    def velocity(state: State, levels: State) -> State:
        with torch.inference_mode():
            batches = [assemble(state, levels, it, known) for it, known in zip(told, estimates, strict=True)]
            speeds = model.network(together(batches), *text)[keep]
            each: list[State] = list(zip(*(speed.chunk(len(told)) for speed in speeds), strict=True))
            for index, them in enumerate(each):
                estimates[index] = tuple(ahead(x, t, v) for x, t, v in zip(state, levels, them, strict=True))
        return guided(each[0], each[-1], guidance)

    return velocity


def told_twice(model: Model, prompts: list[str], guidance: float) -> tuple[list[Tensor], tuple[Tensor, Tensor]]:
    """Words (B, L, TEXT_WIDTH) of the prompts, then of none; and what the text encoder makes of both, in one batch.

    Without guidance, which is 1, of the prompts alone.
    """
    words, mask = words_of(prompts)
    told = [(words, mask), (torch.zeros_like(words), torch.zeros_like(mask))][: 1 if guidance == 1 else 2]
    with torch.inference_mode():
        text: tuple[Tensor, Tensor] = model.network.text(*(torch.cat(parts) for parts in zip(*told, strict=True)))
    return [it for it, _ in told], text


def noise(generators: list[torch.Generator], *shape: int) -> Tensor:
    """Normal noise (B, *shape), of each world from its own generator."""
    return torch.stack([torch.randn(shape, generator=generator) for generator in generators])


def cast(
    model: Model, prompts: list[str], generators: list[torch.Generator],
    *, steps: int = CASTING_STEPS, guidance: float = GUIDANCE, before: Sequence[Rows] = (), level: float = 0.0,
    holds: Sequence[Hold] = (),
) -> Iterator[State]:  # fmt: skip
    """Plan who is there, where, on what ground and in what light.

    Yields, after each step, standardised rows of cast (B, SLOTS, CAST_WIDTH) and scene (B, SCENE_WIDTH).

    Parameters
    ----------
    before : worlds to cast again, from their rows as they are at a ``level`` of noise: 0 none of them, 1 no noise.
    holds : for each world, what is known of rows (SLOTS, CAST_WIDTH) and (SCENE_WIDTH,) in natural scale, given what
        the plan takes them to be so far. Without any, all is planned.
    """
    count = len(prompts)
    nothing, no_pose = torch.zeros(count, 0, 0, MOTION_WIDTH), torch.zeros(count, 0, 0, POSE_WIDTH)
    nobody = torch.zeros(count, 0, dtype=torch.bool)

    def assemble(state: State, levels: State, words: Tensor, _: State | None) -> Batch:
        return Batch(
            state[0], state[1], torch.zeros(count, 0, CAMERA_WIDTH), nothing, no_pose,
            levels[0], levels[1], torch.zeros(count, 0), nothing[..., 0],
            torch.ones(count, SLOTS, dtype=torch.bool), nobody, nobody, torch.zeros(count, 0, 0, FORESIGHT), nothing,
            nothing[..., 0].bool(), *names_of(words, model.scales),
        )  # fmt: skip

    moments = [torch.tensor(level + (1 - level) * i / steps) for i in range(steps + 1)]
    levels = [(moment.expand(count, SLOTS), moment.expand(count)) for moment in moments]
    state: State = (noise(generators, SLOTS, CAST_WIDTH), noise(generators, SCENE_WIDTH))
    if before:
        clean = casting_batch(list(before), model.scales)
        state = level * clean.cast + (1 - level) * state[0], level * clean.scene + (1 - level) * state[1]
    velocity = velocities(model, prompts, assemble, guidance, slice(0, 2))
    for estimate in euler(led(velocity, partial(_known, model, holds)) if holds else velocity, state, levels):
        yield estimate.guess


def _known(model: Model, holds: Sequence[Hold], guess: State) -> State:
    """What is known of standardised rows, and NaN; the holds speak of natural ones."""
    cast, scene = (model.scales.leave(kind, it).double().numpy() for kind, it in zip(KINDS, guess, strict=True))
    told = zip(*(hold(who, where) for hold, who, where in zip(holds, cast, scene, strict=True)), strict=True)
    known = (torch.as_tensor(np.stack(them), dtype=torch.float32) for them in told)
    return tuple(model.scales.enter(kind, it) for kind, it in zip(KINDS, known, strict=True))


def set_out(model: Model, cast: Tensor, scene: Tensor, assets: tuple[str, ...]) -> Rows:
    """Rows of a world in which nothing has moved yet, from standardised cast (A, CAST_WIDTH) and scene (SCENE_WIDTH,).

    Figures come first, then what else moves.
    """
    actors = model.scales.leave("cast", cast).double().numpy()
    there = tokens.present(actors)
    there[0] |= not there.any()  # a world has at least one actor
    actors = settled(actors[there], assets=assets)
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


def set_down_all(
    model: Model,
    prompts: list[str],
    generators: list[torch.Generator],
    worlds: list[Rows],
    assets: list[tuple[str, ...]],
) -> list[Rows]:
    """Worlds in which nothing has moved yet, their casts' sizes, stuff, turns and places drawn anew.

    Their one motion row says how they are set going.

    Parameters
    ----------
    generators : one for each world, which differs by it.
    worlds : as :func:`set_out` gives them.
    assets : names that each world may be cast from, as for :func:`sora2lib.model.tokens.decode`.
    """
    names = [tokens.asset_names(world.cast, assets=choice) for world, choice in zip(worlds, assets, strict=True)]
    cast, mask = padded([_exact(world.cast, them) for world, them in zip(worlds, names, strict=True)])

    def depth_of(world: int, slot: int, sides: Tensor, columns: Tensor) -> float:
        turn = rotations.from_columns(columns.double().numpy())
        return float(depth_below(names[world][slot], sides.double().numpy(), turn))

    scene = torch.stack([torch.as_tensor(world.scene, dtype=torch.float32) for world in worlds])
    moves = mask & (cast[..., 1] > 0)
    with torch.inference_mode():
        call = Call(cast, mask, model.scales.enter("scene", scene), *model.network.text(*words_of(prompts)))
        stand = set_down(model.network.placing, call, generators, depth_of, moves & ~_bound(names, cast.shape[1]))
        call = replace(call, cast=written(cast, stand))
        starts = set_going(model.network.aiming, call, moves, generators).numbers
    return [_standing(world, *them) for world, *them in zip(worlds, call.cast, starts, strict=True)]


def _bound(names: list[list[str]], slots: int) -> Tensor:
    """Whether bodies are no more than their bounds (B, S): figures, and what hangs on strings that may cross."""
    loose = [[name in SKELETONS or name == "pendulum" for name in them] for them in names]
    return torch.tensor([them + [True] * (slots - len(them)) for them in loose])


def _exact(cast: Array, names: list[str]) -> Array:
    """Cast rows whose codes are those of the things that they are, without error."""
    exact = cast.copy()
    exact[:, WHAT] = [tokens.asset_code(name) for name in names]
    return exact


def _standing(world: Rows, cast: Tensor, starts: Tensor) -> Rows:
    """A world whose cast is that of the first rows (S, CAST_WIDTH), and goes as the first numbers (S, C) say."""
    here, movers = cast[: len(world.cast)].double().numpy(), len(world.motion)
    first = torch.as_tensor(windows.at_rest(here[:movers]), dtype=torch.float32)
    return replace(world, cast=here, motion=begun(first, Start(starts[:movers])).double().numpy())
