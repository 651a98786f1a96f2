"""What a plan looks at while it comes out of noise: attention and latents of the world transformer, labelled.

The network is heard by forward hooks; it does not know that it is, and the plan is the same to the last bit.

Shapes: S steps, E layers, N rows of a run, L text tokens, R rows with a label, W words, D width.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray
from torch import Tensor

from sora2lib import pipeline
from sora2lib.casting import GUIDANCE, set_out
from sora2lib.errors import RequestError
from sora2lib.given import castable
from sora2lib.model import text, weights
from sora2lib.model.blocks import ROW_SECONDS, Shares
from sora2lib.model.tokens import COLOUR
from sora2lib.model.transformer import SLOTS, Batch, WorldTransformer
from sora2lib.model.weights import Model
from sora2lib.planner import SPAN, Step
from sora2lib.prompt import shots
from sora2lib.request import MODEL, Request, draw_seed
from sora2lib.sampler import State, ahead, guided
from sora2lib.starring import read
from sora2lib.world.schema import World

Array = NDArray[np.float32]
WHOLE = "(whole prompt)"  # the text's first row, which is there without a prompt, too
EMPTY = "empty slot"  # a place in the cast that nobody took
COMPONENTS = 3


def activations(
    prompt: str,
    *,
    seconds: float = 2.0,
    seed: int | None = None,
    model: str = MODEL,
    steps: int | None = None,
    guidance: float | None = None,
) -> xr.Dataset:
    """Plan a world, and record what every row of the plan attends to, and where in latent space it is.

    Rows are who is there, the scene, and the camera and whatever moves third of a second by third of a second. Each
    step is the run with the prompt; where a step is guided, the run without is left out. People and animals are moved
    by a network of their own, as the camera is: of worlds with figures casting is all that is recorded.

    Parameters
    ----------
    prompt : one shot.
    seconds : 0.5 to 4, which is what the network plans at once.
    seed, model, steps, guidance : as in :func:`sora2lib.generate`.

    Returns
    -------
    A dataset over ``step``, ``layer`` and ``row``, NaN where a row was not yet there, or no more:

    - ``words`` (step, layer, row, word) and ``rows`` (step, layer, row, source): shares of the attention, the mean of
      all heads. Over all words and sources together they add up to 1; ``source`` has the labels of ``row``
    - ``latent`` (step, row, component): what the last layer reads, in its principal components over all steps and all
      rows but empty slots; ``explained`` (component) is the share of the variance that each has
    - ``phase`` (step): casting or motion; ``kind``, ``actor`` and ``time`` (row) in seconds, of its beginning

    Raises
    ------
    RequestError
        A value breaks its rule, the prompt tells several shots, or it is longer than the network plans at once.
    ModelError
        The weights are missing, damaged or of another version.

    >>> inside = activations("a red ball bounces on ice", seed=7)                              # doctest: +SKIP
    >>> inside.words.mean("layer").sel(step=30, row="ball").to_pandas().sort_values()[-3:]     # doctest: +SKIP
    """
    seed = draw_seed() if seed is None else seed
    request = Request(prompt, seconds=seconds, seed=seed, model=model, steps=steps, guidance=guidance)
    with recording(request) as record:
        for step in pipeline.plan(request):
            record.take(step)
    return record.labelled(step.world())


@dataclass(frozen=True)
class Run:
    """One run of the network on one world, with the prompt and, where it is guided, beside it without."""

    batch: Batch  # of one or two
    shares: Array  # (E, N, N + L) with the prompt, the mean of all heads
    latent: Array  # (N, D) with the prompt
    speeds: State  # of one or two


@dataclass(frozen=True)
class Record:
    """What a plan has looked at so far, step by step: its phase and its run."""

    request: Request
    model: Model
    steps: list[tuple[str, Run]] = field(default_factory=list)
    _since: list[Run] = field(default_factory=list, init=False)

    def take(self, step: Step) -> None:
        """File what was run since the last step under this one."""
        if self._since:  # filming has a network of its own, and so have people and animals
            self.steps.append((step.phase, self._since[-1]))
            self._since.clear()

    def labelled(self, world: World) -> xr.Dataset:
        """Give all that was recorded the labels that the finished world gives; see :func:`activations`."""
        return _labelled(self, [str(name) for name in world.actor.values])


def recording(request: Request) -> AbstractContextManager[Record]:
    """Record what this thread's plan of a request looks at; afterwards the network is as it was, whatever happens.

    Raises
    ------
    RequestError
        The request is for several shots, for more than the network plans at once, or has a start.

    >>> with recording(request) as record:        # doctest: +SKIP
    ...     for step in pipeline.plan(request):
    ...         record.take(step)
    >>> inside = record.labelled(step.world())    # doctest: +SKIP
    """
    _check(request)
    return _recorded(request)


@contextmanager
def _recorded(request: Request) -> Iterator[Record]:
    record = Record(request, weights.load(request.model))
    with _heard(record.model.network, record._since.append):
        yield record


def _check(request: Request) -> None:
    if request.seconds > SPAN * ROW_SECONDS:
        raise RequestError(
            f"seconds is {request.seconds:g}; attention is recorded of what the network plans at once: "
            f"give {SPAN * ROW_SECONDS:g} or fewer"
        )
    if (told := len(shots(request.prompt, request.seconds))) > 1:
        raise RequestError(f"the prompt tells {told} shots; attention is recorded of one: give the words of one")
    if request.start is not None:
        raise RequestError("attention is recorded of plans out of noise alone: leave start out")


@contextmanager
def _heard(network: WorldTransformer, tell: Callable[[Run], None]) -> Iterator[None]:
    """Tell of every run of a network by this thread."""
    shares: list[Array] = []
    latent: list[Array] = []
    thread = get_ident()

    def attended(_: Any, __: Any, out: Tensor) -> None:
        if get_ident() == thread:
            share = out[0].float().mean(dim=0)  # with the prompt comes first
            shares.append((share / share.sum(dim=-1, keepdim=True)).numpy())  # in bfloat16 they are rounded

    def left(_: Any, __: Any, out: Tensor) -> None:
        if get_ident() == thread:
            latent.append(out[0].float().numpy())

    def done(_: Any, given: tuple[Any, ...], out: State) -> None:
        if get_ident() == thread:
            tell(Run(given[0], np.stack(shares), latent[-1], out))
            shares.clear()
            latent.clear()

    with ExitStack() as hooks:
        for layer in network.blocks.modules():
            if isinstance(layer, Shares):
                hooks.enter_context(layer.register_forward_hook(attended))
        hooks.enter_context(network.norm.register_forward_hook(left))
        hooks.enter_context(network.register_forward_hook(done))
        yield


def _labelled(record: Record, actors: list[str]) -> xr.Dataset:
    labels, (words, fold_LW) = _labels(actors, record.steps[-1][1].batch), _words(record.request)
    to_words, to_rows, latent = _gathered(record, len(actors), len(labels["row"][1]), fold_LW)
    taken = np.array([kind != EMPTY for kind in labels["kind"][1]])
    components, explained = _principal(latent, taken)
    phases = [phase for phase, *_ in record.steps]
    model, share = record.model, {"long_name": "share of the attention"}
    return xr.Dataset(
        {
            "words": (("step", "layer", "row", "word"), to_words, share),
            "rows": (("step", "layer", "row", "source"), to_rows, share),
            "latent": (("step", "row", "component"), components),
        },
        {
            "step": np.arange(1, len(phases) + 1), "phase": ("step", phases), "layer": np.arange(to_rows.shape[1]) + 1,
            "word": words, "source": labels["row"][1], "explained": ("component", explained), **labels,
        },
        {"prompt": record.request.prompt, "seed": record.request.seed, "model": f"{model.name} {model.version}"},
    )  # fmt: skip


def _gathered(record: Record, actors: int, rows: int, fold_LW: Array) -> tuple[Array, Array, Array]:
    """What was recorded with every row in its place: shares to words and to rows, and latents (S, R, D)."""
    order, first = _order(record), record.steps[0][1]
    shape = len(record.steps), len(first.shares), rows
    to_words, to_rows = (np.full((*shape, it), np.nan, np.float32) for it in (fold_LW.shape[1], rows))
    latent = np.full((shape[0], rows, first.latent.shape[-1]), np.nan, np.float32)
    for step, (phase, run) in enumerate(record.steps):
        # Slots in the order of the actors that they became, then those that stayed empty; later these are not there.
        taken = order if phase == "casting" else list(range(actors))
        own = [*taken, *range(len(taken), len(run.latent))]
        place = [*range(len(taken)), *range(SLOTS, SLOTS + len(own) - len(taken))]
        shares = run.shares[:, own]
        to_words[step][:, place] = shares[..., len(own) :] @ fold_LW
        to_rows[step][np.ix_(range(shape[1]), place, place)] = shares[..., own]
        latent[step, place] = run.latent[own]
    return to_words, to_rows, latent


def _labels(actors: list[str], batch: Batch) -> dict[str, Any]:
    """Coordinates of all rows: actors and empty slots, scene, camera, and who moves, as in the last run's batch."""
    movers, moments = batch.motion.shape[1:3]
    seconds = [round(k * ROW_SECONDS, 3) for k in range(moments)]
    moving = [("motion", name, it) for name in actors[:movers] for it in seconds]
    empty = [(EMPTY, "", np.nan)] * (SLOTS - len(actors))
    cast = [("actor", name, np.nan) for name in actors]
    told = [*cast, *empty, ("scene", "", np.nan), *(("camera", "", it) for it in seconds), *moving]
    kinds, names, times = zip(*told, strict=True)
    labels = [f"{name or kind}" + ("" if np.isnan(time) else f" {time:.1f} s") for kind, name, time in told]
    coordinates = {"row": numbered(labels), "kind": list(kinds), "actor": list(names), "time": list(times)}
    return {name: ("row", values) for name, values in coordinates.items()}


def _words(request: Request) -> tuple[list[str], Array]:
    """Labels (W,) of what the network reads, and which of its tokens (L, W) belong to each."""
    prompt = read(request.prompt)
    found, starts = text.words(prompt), text.starts(prompt)
    begins = [begin for _, begin, _ in found]
    own = np.concatenate([[0], np.searchsorted(begins, starts, side="right")])
    labels = [WHOLE, *(word for word, _, _ in found)]
    return numbered(labels), np.eye(len(labels), dtype=np.float32)[own]


def numbered(labels: list[str]) -> list[str]:
    """Tell equal labels apart.

    >>> numbered(["a", "ball", "and", "a", "box"])
    ['a', 'ball', 'and', 'a (2)', 'box']
    """
    before = [labels[:index].count(label) for index, label in enumerate(labels)]
    return [f"{label} ({count + 1})" if count else label for label, count in zip(labels, before, strict=True)]


def _order(record: Record) -> list[int]:
    """Which slot each actor was cast in, then the slots that stayed empty."""
    _, run = [it for it in record.steps if it[0] == "casting"][-1]
    guidance = GUIDANCE if record.request.guidance is None else record.request.guidance
    with_prompt, without = (tuple(speed[one] for speed in run.speeds[:2]) for one in (slice(1), slice(-1, None)))
    speeds = guided(with_prompt, without, guidance)
    state, levels = (run.batch.cast, run.batch.scene), (run.batch.cast_level, run.batch.scene_level)
    cast, scene = (ahead(x[:1], t[:1], v)[0].clone() for x, t, v in zip(state, levels, speeds, strict=True))
    # The cast is sorted as the plan sorts it; colours, which do not matter there, carry the slots' numbers.
    cast[:, COLOUR] = torch.arange(SLOTS, dtype=cast.dtype)[:, None]
    rows = set_out(record.model, cast, scene, castable(read(record.request.prompt)))
    carried = record.model.scales.enter("cast", torch.as_tensor(rows.cast, dtype=torch.float32))[:, COLOUR.start]
    taken = [int(it) for it in carried.round()]
    return [*taken, *(slot for slot in range(SLOTS) if slot not in taken)]


def _principal(latent: Array, taken: NDArray[np.bool_]) -> tuple[Array, NDArray[np.float64]]:
    """Latents (S, R, D) in the main axes of those rows that are taken (R,), and the variance's share along each."""
    there = np.isfinite(latent[..., 0])
    rows, known = latent[there].astype(np.float64), (there & taken)[there]
    rows -= rows[known].mean(axis=0)
    variance, axes = np.linalg.eigh(rows[known].T @ rows[known])
    main = axes[:, ::-1][:, :COMPONENTS]
    main *= np.sign(main[np.abs(main).argmax(axis=0), range(COMPONENTS)])  # eigenvectors have no sign of their own
    found = np.full((*there.shape, COMPONENTS), np.nan, np.float32)
    found[there] = rows @ main
    return found, variance[::-1][:COMPONENTS] / variance.sum()
