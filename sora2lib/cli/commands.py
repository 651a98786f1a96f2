"""What the commands do. Each checks what it was asked, then loads what it needs."""

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora2lib import __version__
from sora2lib.errors import MediaError, RequestError
from sora2lib.request import Edit, Request, draw_seed, parse_size
from sora2lib.storyboard import Storyboard

if TYPE_CHECKING:
    from sora2lib.planner import Step
    from sora2lib.recipe import Recipe


def make(asked: argparse.Namespace) -> None:
    """Make a clip from a sentence."""
    request = Request(asked.prompt, seconds=asked.seconds, camera=asked.camera, **_chosen(asked))
    _answer(request, asked)


def storyboard(asked: argparse.Namespace) -> None:
    """Make a clip of the cards in a file."""
    text = _text(asked.file)
    board = Storyboard.from_json(text) if asked.file.endswith(".json") else Storyboard.from_text(text)
    _answer(board.request(**_chosen(asked)), asked)


def _chosen(asked: argparse.Namespace) -> dict[str, Any]:
    """What can be chosen of every request."""
    names = ("size", "fps", "model", "style", "physics", "steps", "guidance")
    return {"seed": draw_seed() if asked.seed is None else asked.seed} | {name: getattr(asked, name) for name in names}


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read ({error}); write one with Storyboard.to_json()") from error


def _answer(request: Request, asked: argparse.Namespace) -> None:
    _wait_passively()
    from sora2lib import media, pipeline
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    last = _watch(pipeline.plan(request), asked)
    _record(pipeline.finish(last, request), asked, size=request.size, told=f", seed {request.seed}")


def refilm(asked: argparse.Namespace) -> None:
    """Film the world in a file again."""
    from sora2lib import film, media
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    recipe = _read(asked.file)
    size = _size(recipe, asked)
    again = film.refilmed(recipe, asked.camera, style=asked.style, size=size, fps=asked.fps)
    _record(again, asked, size=size)


def extend(asked: argparse.Namespace) -> None:
    """Go on from the end of the clip in a file."""
    _wait_passively()
    from sora2lib import editing, media
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    recipe = _read(asked.file)
    request = editing.next_request(
        recipe,
        asked.prompt,
        seconds=asked.seconds,
        size=_size(recipe, asked),
        seed=asked.seed,
        model=asked.model,
        steps=asked.steps,
        guidance=asked.guidance,
        camera=asked.camera,
    )
    last = _watch(editing.onward(recipe, request), asked)
    longer = editing.extended(last, recipe, request)
    _record(longer, asked, size=request.size, told=f", seed {request.seed}")


def remix(asked: argparse.Namespace) -> None:
    """Change what words name in the clip in a file."""
    edit = Edit(asked.strength, asked.keep, asked.change)
    _wait_passively()
    from sora2lib import editing, media, recast
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    recipe = _read(asked.file)
    request = editing.next_request(
        recipe,
        asked.prompt,
        seconds=recipe.frames / recipe.fps,
        size=_size(recipe, asked),
        seed=asked.seed,
        model=asked.model,
        guidance=asked.guidance,
    )
    with _bar("casting", quiet=asked.quiet, total=2 * recast.STEPS) as bar:
        changed = editing.remixed(recipe, request, edit, watch=lambda steps: _counted(steps, bar))
    _record(changed, asked, size=request.size, told=f", seed {request.seed}")


def _counted(steps: Iterable[Any], bar: Any) -> Iterator[Any]:
    for step in steps:
        yield step
        bar.update()


def _wait_passively() -> None:
    # Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _read(path: str) -> "Recipe":
    from sora2lib import recipe

    told = recipe.read(path)
    if told is None:
        raise MediaError(f"{path} does not tell how it was made; sora2lib did not write it")
    return told


def _size(recipe: "Recipe", asked: argparse.Namespace) -> str:
    known = recipe.request.size if recipe.request else Request.size
    size: str = known if asked.size is None else asked.size
    parse_size(size)
    return size


def _watch(steps: "Iterator[Step]", asked: argparse.Namespace) -> "Step":
    """Show how far a plan is, and return its last step."""
    with _bar("plan", quiet=asked.quiet) as bar:
        for step in steps:
            bar.total, bar.n = step.total, step.index
            bar.set_description_str(step.phase)
    return step


def simulate(asked: argparse.Namespace) -> None:
    """Make a clip of a simulated scene."""
    from sora2lib import film, media
    from sora2lib.recipe import SUFFIXES

    parse_size(asked.size)
    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    seed = draw_seed() if asked.seed is None else asked.seed
    recipe = film.scene(asked.family, seed=seed, seconds=asked.seconds, fps=asked.fps)
    _record(recipe, asked, size=asked.size, told=f", seed {seed}")


def _record(recipe: "Recipe", asked: argparse.Namespace, *, size: str, told: str = "") -> None:
    from sora2lib import film

    def watch(frames: Iterable[Any]) -> Iterator[Any]:
        with _bar("film", quiet=asked.quiet, total=recipe.frames) as bar:
            yield from _counted(frames, bar)

    path = film.record(recipe, asked.out, size=size, force=asked.force, watch=watch)
    if not asked.quiet:
        for notice in recipe.notices:
            print(f"sora2lib: note: {notice}", file=sys.stderr)
        print(f"{path}: {recipe.frames / recipe.fps:g} s, {size}, {recipe.fps:g} fps{told}")


def train(asked: argparse.Namespace) -> None:
    """Simulate worlds and train a model of them."""
    from sora2lib.train import loop
    from sora2lib.train.data import make_shard

    with _bar("worlds", quiet=asked.quiet, total=asked.shards) as bar:
        for index in range(asked.shards):
            make_shard(asked.data, index)
            bar.update()
    config = loop.TrainConfig(
        *(asked.data, asked.run),
        steps=asked.steps,
        seed=asked.seed,
        motion_rows=asked.rows,
        rate=asked.rate,
        device=asked.device,
    )
    with _bar("train", quiet=asked.quiet, total=asked.steps) as bar:
        for progress in loop.train(config):
            bar.n = progress.step
            bar.set_postfix({name: float(loss) for name, loss in progress.losses.items()})
    if not asked.quiet:
        print(f'{asked.run / "weights.safetensors"}: try it with sora2lib make "..." --model FILE')


def _bar(label: str, *, quiet: bool, total: int | None = None) -> Any:
    from tqdm import tqdm

    shape = "{desc:<8}{percentage:4.0f}% {bar} {n_fmt}/{total_fmt}  {elapsed}, {remaining} left{postfix}"
    # Some terminals claim to have no rows and no columns; without a terminal there is nobody to watch (None).
    room = {"ncols": min(shutil.get_terminal_size().columns - 1, 99), "nrows": 20}
    return tqdm(desc=label, total=total, disable=quiet or None, leave=False, bar_format=shape, file=sys.stderr, **room)


def inspect(asked: argparse.Namespace) -> None:
    """Hold a film against physics."""
    from sora2lib import media
    from sora2lib.physics import inspector

    if asked.html is not None:
        media.target(asked.html, suffixes=(".html",), force=asked.force)
    report = inspector.inspect(asked.file, by=asked.by, scale=asked.scale, diameter=asked.diameter, shapes=asked.shapes)
    print(report.verdict)
    told = [f"{it.law}, {it.what}, {it.time:.2f} s: {it.why}".replace(", nan s", "") for it in report.violations]
    for line in (*told, *(f"{name}: {value}" for name, value in report.numbers.items()), *report.notes):
        print(f"  {line}")
    if asked.html is not None:
        print(report.save(asked.html, force=asked.force))


def info(asked: argparse.Namespace) -> None:
    """Tell about a file, or about this installation."""
    if asked.file is None:
        from sora2lib.model import weights

        print(f"sora2lib {__version__}, Python {platform.python_version()}, {platform.platform()}")
        for name in weights.names():
            print(json.dumps({"model": name} | weights.load(name).card, indent=2))
        return
    told = _read(asked.file)
    if asked.json:
        print(told.request.to_json() if told.request else "null")
        return
    about = vars(told.request) | {"camera": _moves(told.request)} if told.request else {}
    length = f"{told.frames / told.fps:g} s, {told.frames} frames at {told.fps:g} fps"
    rows = {"length": length, **about, "made by": f"{told.maker}, sora2lib {told.version}"}
    if told.world is not None:
        rows["world"] = ", ".join(map(str, told.world.actor.values))
    rows["from"] = "; ".join(f"{it.verb} of {it.request.prompt if it.request else it.maker}" for it in told.parents)
    rows |= {"note": "; ".join(told.notices)}
    for name, value in rows.items():
        if value not in (None, ""):
            # A file from a stranger must not steer the terminal.
            print(f"{name:<9} {''.join(c if c.isprintable() else ' ' for c in str(value))}")


def _moves(request: Request) -> str:
    cameras = request.camera if isinstance(request.camera, tuple) else (request.camera,)
    told = [camera.words() or ", ".join(move.kind for move in camera.moves) if camera else "" for camera in cameras]
    return " | ".join(told) if any(told) else ""
