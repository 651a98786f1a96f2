"""Last lessons: parts of the network learn on, the rest is at rest.

*Blows*: what to make of the forecasts, and when a row is struck. A plan decides a blow while the row is noise and the
rows before it are all but clean. Batches in which everything has its own noise level seldom show that moment, and the
squared error of the velocity hardly asks for it. Here every world shows it once, and the decision is learned as what it
is, by the likelihood of the sample that was struck; so is which component of a belief explains each channel. The last
layer of the motion rows learns.

*Follows*: whether the forecast of a row is right.

*Places*: how large a cast is exactly, and where it stands. The network that sets it out learns, by the likelihood of
true casts.

*Starts*: how a cast is set going, likewise.

*Filming*: the camera's rows, everything else being known. Their network learns, from worlds filmed in several ways.

*Words*: whom a prompt casts. The text encoder learns, by what the casting loses, and what reads it to set out.

Two more lessons have modules of their own: :mod:`sora2lib.train.synonyms` and :mod:`sora2lib.train.acting`.

Shapes: B worlds, M movers, K time rows.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sora2lib.model.aiming import CLIMB, PACE, PULL, SPIN, STILL, WAY, Start, started
from sora2lib.model.belief import Foreseen, decided, surprise
from sora2lib.model.conditions import seen
from sora2lib.model.foresight import foresee
from sora2lib.model.inturn import Call
from sora2lib.model.placed import placed
from sora2lib.model.tokens import BLOW, COLOUR, COLUMNS, GAP, SIZE, START, STUFF
from sora2lib.model.transformer import Batch, WorldTransformer
from sora2lib.model.weights import Model, Scales
from sora2lib.train.library import Drawn, Library
from sora2lib.train.muon import Muon
from sora2lib.train.objective import blurred, casting_losses, informed, mixed, noise_like, noised

LATEST = 0.8  # the most that the row in question is known
# The most that casting is off, of the first body and of the later ones: logarithms of sides, colour, stuff, place in
# metres, gap as rows hold it, turn. Where one stands alone casting knows; where they stand together it hardly does.
OFF = (
    (SIZE, 0.1, 0.1),
    (COLOUR, 0.1, 0.1),
    (STUFF, 0.2, 0.2),
    (START, 1.0, 3.0),
    (GAP, 0.7, 2.0),
    (COLUMNS, 0.3, 0.9),
)
RIGHT = 0.15  # standard deviations that the channels of a row are off, on average, if its forecast is right
NOISES = 4  # that are put on each world in the lesson in filming: to read its caption takes longest
MEASURED = 100  # batches by which scales are taken
GOES_ON = 0.2  # of the worlds in the lesson in filming, those whose first camera rows are known
KEEP = 0.99  # of the moving average, a step


@dataclass(frozen=True)
class Lesson:
    """What learns, how fast, and by what; parts whose names begin with ``fresh`` learn ``FRESH`` times as fast.

    What learns from ``scratch`` learns the matrices of its blocks as the transformer did, by Muon.
    """

    part: Callable[[WorldTransformer], nn.Module]
    losses: Callable[[WorldTransformer, Library, Scales, np.random.Generator, int], dict[str, Tensor]]
    rate: float
    fresh: tuple[str, ...] = ()
    scratch: bool = False


FRESH = 7.0


@dataclass(frozen=True)
class LessonConfig:
    """Worlds to learn from, steps, rows of a step, seed."""

    data: Path
    steps: int = 1_000
    rows: int = 3_000
    seed: int = 0


def learn(model: Model, lesson: Lesson, config: LessonConfig) -> Iterator[dict[str, float]]:
    """Train a part of the model's network in place; yields each step's losses. It ends with the average of the part."""
    library = Library().refresh(config.data)
    part = lesson.part(model.network.requires_grad_(False)).requires_grad_(True)
    average = deepcopy(part).requires_grad_(False)
    optimisers = _optimisers(part, lesson)
    falling = [torch.optim.lr_scheduler.LinearLR(it, 1.0, 0.0, config.steps) for it in optimisers]
    # The passes run in bfloat16, five times as fast on a CPU; the weights that they copy stay float32.
    working = deepcopy(model.network).to_bfloat16()
    pairs = [*zip(lesson.part(working).requires_grad_(True).parameters(), part.parameters(), strict=True)]
    for step in range(config.steps):
        rng = np.random.default_rng([config.seed, step])
        torch.manual_seed(int(rng.integers(2**62)))
        losses = lesson.losses(working, library, model.scales, rng, config.rows)
        working.zero_grad()
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        for copy, master in pairs:
            master.grad = None if copy.grad is None else copy.grad.float()
        nn.utils.clip_grad_norm_(part.parameters(), 1.0)
        for optimiser, rate in zip(optimisers, falling, strict=True):
            optimiser.step()
            rate.step()
        with torch.no_grad():
            torch._foreach_copy_([copy for copy, _ in pairs], [*part.parameters()])
            torch._foreach_lerp_([*average.parameters()], [*part.parameters()], 1 - min(KEEP, step / (step + 20)))
        yield {name: float(loss.detach()) for name, loss in losses.items()}
    part.requires_grad_(False).load_state_dict(average.state_dict())


def _optimisers(part: nn.Module, lesson: Lesson) -> list[torch.optim.Optimizer]:
    named = dict(part.named_parameters())
    matrices = [name for name, p in named.items() if lesson.scratch and "blocks." in name and p.ndim == 2]
    fast = [name for name in named if lesson.fresh and name.startswith(lesson.fresh)]
    rest = [p for name, p in named.items() if name not in {*matrices, *fast}]
    groups = [{"params": rest, "lr": lesson.rate}, {"params": [named[it] for it in fast], "lr": lesson.rate * FRESH}]
    adam = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0)
    return [adam, *([Muon([named[it] for it in matrices], lr=lesson.rate, weight_decay=0.0)] if matrices else [])]


def _words(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int
) -> dict[str, Tensor]:
    drawn = library.draw(rng, rows, scales)
    text = network.text(*blurred(drawn.words, drawn.mask))
    return casting_losses(network, drawn.casting, text, scales) | _set_out(network, drawn.casting, text, scales)


def told_worlds(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int,
    *, first: int = 0, lively: bool | None = None,
) -> tuple[Drawn, tuple[Tensor, Tensor]]:  # fmt: skip
    """Draw worlds as :meth:`Library.draw` does, and what the text encoder, at rest, makes of their captions."""
    drawn = library.draw(rng, rows, scales, first=first, lively=lively)
    with torch.no_grad():
        text: tuple[Tensor, Tensor] = network.text(*blurred(drawn.words, drawn.mask))
    return drawn, text


@dataclass(frozen=True)
class Front:
    """A batch in each of whose worlds one row is decided: what the last layer is given there, and what is true."""

    thought: Tensor  # (B, M, K, D)
    noisy: Tensor
    level: Tensor
    foreseen: Foreseen
    clean: Tensor
    noise: Tensor
    asked: Tensor  # (B, M, K) bool: the rows that are decided


def _front(network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int) -> Front:
    drawn, text = told_worlds(network, library, scales, rng, rows, lively=False)
    with torch.no_grad():
        batch, noise, front = at_a_front(drawn.motion)
        first = drawn.motion.motion[:, :, :1]
        batch = informed(network, foresee(network.interaction, batch, scales, first=first), text, scales, first)
        thought = network.thoughts(batch, *text)
    asked = front[:, None] & batch.motion_mask[..., None]
    foreseen = network.foreseen(batch)
    return Front(thought, batch.motion, batch.motion_level, foreseen, drawn.motion.motion, noise, asked)


def _blows(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int
) -> dict[str, Tensor]:
    """At the fronts of a batch: squared error of the velocity, surprise in nats at the channels and at the blow."""
    it = _front(network, library, scales, rng, rows)
    parts = network.leave_motion.parts(it.thought, it.noisy, it.level, it.foreseen)
    single = slice(0, parts.mixture[0].shape[-1])
    told = surprise(*parts.mixture, it.noisy[..., single], it.level, it.clean[..., single]).mean(dim=-1)
    error = ((parts.velocity(it.noisy, it.level) - (it.clean - it.noise)) ** 2).mean(dim=-1)
    assert parts.leaning is not None
    likely = decided(parts.leaning, it.noisy[..., BLOW], it.level)
    struck = it.clean[..., BLOW].argmax(dim=-1)  # (B, M, K)
    return {
        "motion": error[it.asked].mean(),
        "channels": told[it.asked].mean(),
        "blow": F.cross_entropy(likely[it.asked], struck[it.asked]),
    }


def _follow(network: WorldTransformer) -> nn.Module:
    assert network.leave_motion.follow is not None  # of motion rows there are forecasts
    return network.leave_motion.follow


def _follows(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int
) -> dict[str, Tensor]:
    """At the fronts of a batch: surprise, in nats, at whether the forecast of the row is right."""
    it = _front(network, library, scales, rng, rows)
    parts = network.leave_motion.parts(it.thought, it.noisy, it.level, it.foreseen)
    assert parts.whole is not None
    off = (it.foreseen.forecast - it.clean)[..., : BLOW.start].abs().mean(dim=-1)
    right = (off < RIGHT).to(off.dtype)
    return {"right": F.binary_cross_entropy_with_logits(parts.whole.likely[it.asked], right[it.asked])}


def at_a_front(clean: Batch) -> tuple[Batch, Tensor, Tensor]:
    """Put noise on a clean batch: in each world one row is decided, those before are known, those after are not.

    Also returns the noise of the motion rows, and which row it is, (B, K) bool.
    """
    count, movers, rows = clean.motion_level.shape
    number, front = torch.arange(rows), torch.randint(rows, (count, 1))
    level = (number < front).float()
    level = torch.where(number == front, LATEST * torch.rand(count, 1) ** 2, level)
    levels = level[:, None].expand(count, movers, rows)
    noise = noise_like(clean)
    noisy = noised(replace(clean, camera_level=level, motion_level=levels), noise)
    return noisy, noise["motion"], number == front


@torch.no_grad()
def encourage(network: WorldTransformer, *, likely: float = 3.5, heed: float = 2.0, follow: float = 0.0) -> None:
    """Raise the trust in forecasts by so many nats, found on validation worlds, after a lesson too short to find it.

    Parameters
    ----------
    likely, heed : at each channel, and at the decision which sample is struck.
    follow : in the row as a whole.
    """
    layer = network.leave_motion
    assert layer.weigh is not None  # of motion rows there are forecasts
    assert layer.follow is not None
    layer.follow.leave.bias.add_(follow)
    layer.weigh.leave.bias[: layer.atoms.shape[1]] += likely
    layer.weigh.leave.bias[-1] += heed


def _places(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int
) -> dict[str, Tensor]:
    drawn, text = told_worlds(network, library, scales, rng, rows)
    return _set_out(network, drawn.casting, text, scales)


def _starts(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int
) -> dict[str, Tensor]:
    """How unlikely it is, in nats, that casts are set going as they were; what stands still has no way."""
    drawn, text = told_worlds(network, library, scales, rng, rows)
    cast, start = set_going(drawn.motion, scales)
    movers = drawn.motion.motion.shape[1]
    belief = network.aiming(Call(cast, drawn.motion.cast_mask, drawn.casting.scene, *text), start)
    told = belief.surprise(start.numbers)[:, :movers]
    told[..., WAY] *= start.pace[:, :movers, 0] > STILL
    names = {"pull": PULL, "pace": [PACE], "way": [WAY], "climb": [CLIMB], "spin": SPIN}
    asked = drawn.motion.motion_mask
    return {name: told[..., them].mean(dim=-1)[asked].mean() for name, them in names.items()}


def set_going(clean: Batch, scales: Scales) -> tuple[Tensor, Start]:
    """Return casts (B, S, CAST_WIDTH) of clean worlds in natural scale, and how they are set going."""
    motion = scales.leave("motion", clean.motion)
    rest = clean.cast.shape[1] - motion.shape[1]
    return scales.leave("cast", clean.cast), started(F.pad(motion, (0, 0, 0, 0, 0, rest)))


def to_measure(data: Path, scales: Scales, *, lively: bool | None = None) -> Iterator[Batch]:
    """Yield batches that scales are taken from, the same ones every time; ``lively`` as of :meth:`Library.draw`."""
    library, rng = Library().refresh(data), np.random.default_rng(0)
    for _ in range(MEASURED):
        yield library.draw(rng, LessonConfig.rows, scales, lively=lively).motion


def measure(model: Model, data: Path) -> None:
    """Take the scales of camera rows from many worlds, before the first lesson in filming."""
    found = [
        seen(batch, model.scales).enter(model.scales.leave("camera", batch.camera)).flatten(0, 1)
        for batch in to_measure(data, model.scales)
    ]
    model.network.filming.settle(torch.cat(found))


def _filming(
    network: WorldTransformer, library: Library, scales: Scales, rng: np.random.Generator, rows: int
) -> dict[str, Tensor]:
    """Squared error of the velocity of camera rows; now and then the first ones are known."""
    drawn, text = told_worlds(network, library, scales, rng, rows)
    there = seen(drawn.motion, scales)
    clean = network.filming.enter(there, scales.leave("camera", drawn.motion.camera)).repeat(NOISES, 1, 1)
    count, times = clean.shape[:2]
    known = torch.randint(1, times, (count, 1)) * (torch.rand(count, 1) < GOES_ON)
    level = torch.where(torch.arange(times) < known, 1.0, torch.rand(count, 1))
    noise = torch.randn_like(clean)
    noisy = mixed(clean, noise, level)
    speed = network.filming(there, *text, noisy, level)
    error = ((speed - (clean - noise)) ** 2).mean(dim=-1)
    return {"camera": error[level < 1].mean()}


def _set_out(network: WorldTransformer, clean: Batch, text: tuple[Tensor, Tensor], scales: Scales) -> dict[str, Tensor]:
    """How unlikely the numbers of casts are, in nats, casting having been about as far off as it is."""
    cast, taken = standing(clean, scales)
    belief = network.placing(Call(about(cast), taken, clean.scene, *text), placed(cast))
    return {"places": belief.surprise(placed(cast).numbers)[taken].mean()}


def standing(clean: Batch, scales: Scales) -> tuple[Tensor, Tensor]:
    """Return casts (B, S, CAST_WIDTH) of clean worlds in natural scale, without slots that nobody takes, and who is."""
    taken = clean.cast[..., 0] > 0
    slots = int(taken.sum(dim=1).max())
    return scales.leave("cast", clean.cast[:, :slots]), taken[:, :slots]


def about(cast: Tensor) -> Tensor:
    """Cast rows (B, S, CAST_WIDTH) in natural scale, each body by itself as far off as casting's may be."""
    noisy = cast.clone()
    for part, first, later in OFF:
        most = torch.full((cast.shape[1], 1), later)
        most[0] = first
        off = most * (1 + torch.rand(len(cast), 1, 1)) / 2  # (B, S, 1)
        noisy[..., part] += off * torch.randn_like(cast[..., part])
    return noisy


FOLLOWS = Lesson(_follow, _follows, 1e-3)
BLOWS = Lesson(lambda network: network.leave_motion, _blows, 3e-4, ("weigh", "heed"))
WORDS = Lesson(lambda network: nn.ModuleList([network.text, network.placing]), _words, 3e-4)
PLACES = Lesson(lambda network: network.placing, _places, 1e-3)
FILMING = Lesson(lambda network: network.filming, _filming, 2e-3)
STARTS = Lesson(lambda network: network.aiming, _starts, 1e-3)
