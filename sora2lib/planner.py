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

import torch

from sora2lib.acts import FILMING_STEPS, LAG, MOTION_STEPS, Stretch, film, motion
from sora2lib.casting import CASTING_STEPS, GUIDANCE, cast, set_down_all, set_out
from sora2lib.given import Ask, Given, shot_ends, whole_rows
from sora2lib.model import tokens
from sora2lib.model.tokens import Array, Rows
from sora2lib.model.weights import Model
from sora2lib.prompt import shots
from sora2lib.sampler import State
from sora2lib.world.schema import World

SPAN = 12  # time rows that the network plans together: four seconds
OVERLAP = 4  # rows of the past that a continuation is given
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
            show = partial(_decode_all, worlds, given, cuts)
            if stretch in filming:
                show = partial(_decode_filmed, partial(film, model, prompts), worlds, stretch, begun, given, cuts)
            yield ManyStep(next(count), total, "motion", show)
        if stretch in filming:
            moving = worlds
            for worlds in film(model, prompts, generators, moving, stretch, begun, steps=look, guidance=guidance):
                yield ManyStep(next(count), total, "filming", partial(_decode_all, worlds, given, cuts))


def _set_out_all(model: Model, rows: State, given: list[Given]) -> list[Rows]:
    return [set_out(model, who, where, it.assets) for who, where, it in zip(*rows, given, strict=True)]


def _decode_casts(model: Model, rows: State, given: list[Given]) -> list[World]:
    return _decode_all(_set_out_all(model, rows, given), given, ())


def _decode_filmed(
    film: Callable[..., Iterator[list[Rows]]], worlds: list[Rows], stretch: Stretch, begun: list[tuple[Array, Array]],
    given: list[Given], cuts: tuple[int, ...],
) -> list[World]:  # fmt: skip
    """Worlds on their way, filmed as is to be expected: in its first step filming says that, whatever the noise."""
    generators = [torch.Generator().manual_seed(0) for _ in worlds]
    (filmed,) = film(generators, worlds, stretch, begun, steps=1, guidance=PLAIN)
    return _decode_all(filmed, given, cuts)


def _decode_all(worlds: list[Rows], given: list[Given], cuts: tuple[int, ...]) -> list[World]:
    return [it.world(rows, cuts) for it, rows in zip(given, worlds, strict=True)]


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
