"""The command line: ``sora2lib make | simulate | train | info``.

What a command needs is imported inside it, so that ``--help`` and a mistyped option answer at once.
"""

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from sora2lib import __version__
from sora2lib.errors import MediaError, RequestError, Sora2Error
from sora2lib.request import MODEL, PHYSICS, Request, draw_seed, parse_size
from sora2lib.world.vocabulary import STYLES

if TYPE_CHECKING:
    from sora2lib.recipe import Recipe

USER_ERROR, INTERRUPTED = 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 2 after a user's error, 130 after Ctrl-C."""
    try:
        asked = parser().parse_args(arguments)
        asked.command(asked)
    except Sora2Error as error:
        print(f"sora2lib: error: {' '.join(str(error).split())}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print("sora2lib: stopped; no file was written", file=sys.stderr)
        return INTERRUPTED
    return 0


class Parser(argparse.ArgumentParser):
    """Tells of a mistake in one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise RequestError(f"{message}; see {self.prog} --help")


def parser() -> Parser:
    """Return the parser of all commands."""
    top = Parser(prog="sora2lib", description="A sentence becomes a clip with picture and sound.")
    top.add_argument("--version", action="version", version=f"sora2lib {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    make = commands.add_parser("make", help="make a clip from a sentence")
    make.add_argument("prompt", metavar="PROMPT", help='what shall be seen and heard, such as "a red ball bounces"')
    _add_film_options(make)
    make.add_argument("--model", default=MODEL, help="name of the weights, or a .safetensors file (%(default)s)")
    make.add_argument("--style", default=STYLES[0], help=f"one of {', '.join(STYLES)} (%(default)s)")
    make.add_argument("--physics", default=PHYSICS[0], help="model, or exact to simulate from its start (%(default)s)")
    make.add_argument("--steps", type=int, metavar="N", help="denoising steps (the model's own)")
    make.add_argument("--guidance", type=float, metavar="X", help="how strongly to follow the prompt (the model's own)")
    make.set_defaults(command=_make)

    simulate = commands.add_parser("simulate", help="make a clip of a simulated scene, without a model")
    simulate.add_argument("family", metavar="FAMILY", help="a kind of scene, such as drop or basketball")
    _add_film_options(simulate)
    simulate.set_defaults(command=_simulate)

    train = commands.add_parser("train", help="train a model from nothing but a seed; stop and go on at will")
    train.add_argument("--run", type=Path, default="runs/small", metavar="DIR", help="what is learned (%(default)s)")
    train.add_argument("--data", type=Path, default="data/worlds", metavar="DIR", help="simulated (%(default)s)")
    train.add_argument("--shards", type=int, default=200, metavar="N", help="of 256 worlds each (%(default)s)")
    train.add_argument("--steps", type=int, default=20_000, metavar="N", help="of gradient descent (%(default)s)")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="(%(default)s)")
    train.add_argument("--quiet", action="store_true", help="print errors only")
    train.set_defaults(command=_train)

    info = commands.add_parser("info", help="tell about a file, or about this installation")
    info.add_argument("file", metavar="FILE", nargs="?", help="a file that sora2lib wrote")
    info.add_argument("--json", action="store_true", help="print the request in the file as JSON")
    info.set_defaults(command=_info)
    return top


def _add_film_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", default="clip.mp4", metavar="FILE", help="mp4, webm, gif, webp, png, wav or nc")
    command.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same clip (drawn)")
    command.add_argument("--seconds", type=float, default=4.0, metavar="S", help="length, 0.5 to 120 (%(default)s)")
    command.add_argument("--size", default="1280x720", metavar="WxH", help="pixels (%(default)s)")
    command.add_argument("--fps", type=float, default=24, metavar="N", help="frames a second, 1 to 60 (%(default)s)")
    command.add_argument("--force", action="store_true", help="overwrite FILE")
    command.add_argument("--quiet", action="store_true", help="print errors only")


def _make(asked: argparse.Namespace) -> None:
    request = Request(
        prompt=asked.prompt,
        seconds=asked.seconds,
        size=asked.size,
        fps=asked.fps,
        seed=draw_seed() if asked.seed is None else asked.seed,
        model=asked.model,
        style=asked.style,
        physics=asked.physics,
        steps=asked.steps,
        guidance=asked.guidance,
    )
    # Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from sora2lib import media, pipeline
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    with _bar("plan", quiet=asked.quiet) as bar:
        for step in pipeline.plan(request):
            bar.total, bar.n = step.total, step.index
            bar.set_description_str(step.phase)
    _record(pipeline.finish(step, request), asked, seed=request.seed)


def _simulate(asked: argparse.Namespace) -> None:
    from sora2lib import film, media
    from sora2lib.recipe import SUFFIXES

    parse_size(asked.size)
    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    seed = draw_seed() if asked.seed is None else asked.seed
    recipe = film.scene(asked.family, seed=seed, seconds=asked.seconds, fps=asked.fps)
    _record(recipe, asked, seed=seed)


def _record(recipe: "Recipe", asked: argparse.Namespace, *, seed: int) -> None:
    from sora2lib import film

    def watch(frames: Iterable[Any]) -> Iterator[Any]:
        with _bar("film", quiet=asked.quiet, total=recipe.frames) as bar:
            for frame in frames:
                yield frame
                bar.update()

    path = film.record(recipe, asked.out, size=asked.size, force=asked.force, watch=watch)
    if not asked.quiet:
        for notice in recipe.notices:
            print(f"sora2lib: note: {notice}", file=sys.stderr)
        print(f"{path}: {recipe.frames / recipe.fps:g} s, {asked.size}, {recipe.fps:g} fps, seed {seed}")


def _train(asked: argparse.Namespace) -> None:
    from sora2lib.train.data import make_shard
    from sora2lib.train.loop import TrainConfig, train

    with _bar("worlds", quiet=asked.quiet, total=asked.shards) as bar:
        for index in range(asked.shards):
            make_shard(asked.data, index)
            bar.update()
    with _bar("train", quiet=asked.quiet, total=asked.steps) as bar:
        for progress in train(TrainConfig(asked.data, asked.run, steps=asked.steps, seed=asked.seed)):
            bar.n = progress.step
            bar.set_postfix(progress.losses)
    if not asked.quiet:
        print(f'{asked.run / "weights.safetensors"}: try it with sora2lib make "..." --model FILE')


def _bar(label: str, *, quiet: bool, total: int | None = None) -> Any:
    from tqdm import tqdm

    shape = "{desc:<8}{percentage:4.0f}% {bar} {n_fmt}/{total_fmt}  {elapsed}, {remaining} left{postfix}"
    # Some terminals claim to have no rows and no columns; without a terminal there is nobody to watch (None).
    room = {"ncols": min(shutil.get_terminal_size().columns - 1, 99), "nrows": 20}
    return tqdm(desc=label, total=total, disable=quiet or None, leave=False, bar_format=shape, file=sys.stderr, **room)


def _info(asked: argparse.Namespace) -> None:
    if asked.file is None:
        from sora2lib.model import weights

        print(f"sora2lib {__version__}, Python {platform.python_version()}, {platform.platform()}")
        for name in weights.names():
            print(json.dumps({"model": name} | weights.load(name).card, indent=2))
        return
    from sora2lib import recipe

    told = recipe.read(asked.file)
    if told is None:
        raise MediaError(f"{asked.file} does not tell how it was made; sora2lib did not write it")
    if asked.json:
        print(told.request.to_json() if told.request else "null")
        return
    about = asdict(told.request) if told.request else {}
    length = f"{told.frames / told.fps:g} s, {told.frames} frames at {told.fps:g} fps"
    rows = {"length": length, **about, "made by": f"{told.maker}, sora2lib {told.version}"}
    if told.world is not None:
        rows["world"] = ", ".join(map(str, told.world.actor.values))
    rows |= {"note": "; ".join(told.notices)}
    for name, value in rows.items():
        if value not in (None, ""):
            # A file from a stranger must not steer the terminal.
            print(f"{name:<9} {''.join(c if c.isprintable() else ' ' for c in str(value))}")
