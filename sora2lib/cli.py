"""The command line: ``sora2lib make | simulate | refilm | extend | inspect | train | info``.

What a command needs is imported inside it, so that ``--help`` and a mistyped option answer at once.
"""

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from sora2lib import __version__
from sora2lib.camera import Camera
from sora2lib.errors import MediaError, RequestError, Sora2Error
from sora2lib.request import MODEL, PHYSICS, Request, draw_seed, parse_size
from sora2lib.world.vocabulary import STYLES

if TYPE_CHECKING:
    from sora2lib.planner import Step
    from sora2lib.recipe import Recipe

USER_ERROR, INTERRUPTED = 2, 130
CAMERA = "such as 'orbit left 90 for 3 s, then zoom in 2', or a .csv or .json file (the model's own, or as it is)"


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
    make.add_argument("--camera", type=_camera, metavar="MOVES", help=CAMERA)
    _add_model_options(make)
    make.set_defaults(command=_make)

    simulate = commands.add_parser("simulate", help="make a clip of a simulated scene, without a model")
    simulate.add_argument("family", metavar="FAMILY", help="a kind of scene, such as drop or basketball")
    _add_film_options(simulate)
    simulate.set_defaults(command=_simulate)

    refilm = commands.add_parser("refilm", help="film the world in a file again")
    refilm.add_argument("file", metavar="FILE", help="a file that sora2lib wrote")
    refilm.add_argument("--camera", type=_camera, metavar="MOVES", help=CAMERA)
    refilm.add_argument("--style", help=f"one of {', '.join(STYLES)} (as it is)")
    refilm.add_argument("--size", metavar="WxH", help="pixels (as was asked, or 1280x720)")
    refilm.add_argument("--fps", type=float, metavar="N", help="frames a second, 1 to 60 (as it is)")
    _add_output_options(refilm)
    refilm.set_defaults(command=_refilm)

    extend = commands.add_parser("extend", help="go on from the end of the clip in a file")
    extend.add_argument("file", metavar="FILE", help="a file that sora2lib wrote")
    extend.add_argument("prompt", metavar="PROMPT", help='what shall happen next, such as "it rolls off a table"')
    extend.add_argument("--seed", type=int, metavar="N", help="the same seed goes on the same way (drawn)")
    extend.add_argument("--seconds", type=float, default=4.0, metavar="S", help="how much is added (%(default)s)")
    extend.add_argument("--size", metavar="WxH", help="pixels (as was asked, or 1280x720)")
    extend.add_argument("--model", help="name of the weights, or a .safetensors file (the one that made the clip)")
    _add_model_options(extend)
    _add_output_options(extend)
    extend.set_defaults(command=_extend)

    train = commands.add_parser("train", help="train a model from nothing but a seed; stop and go on at will")
    train.add_argument("--run", type=Path, default="runs/small", metavar="DIR", help="what is learned (%(default)s)")
    train.add_argument("--data", type=Path, default="data/worlds", metavar="DIR", help="simulated (%(default)s)")
    train.add_argument("--shards", type=int, default=200, metavar="N", help="of 256 worlds each (%(default)s)")
    train.add_argument("--steps", type=int, default=20_000, metavar="N", help="of gradient descent (%(default)s)")
    train.add_argument("--rows", type=int, default=3_000, metavar="N", help="a step; 40000 on a GPU (%(default)s)")
    train.add_argument("--rate", type=float, default=1e-3, metavar="R", help="of learning; 2e-3 on a GPU (%(default)s)")
    train.add_argument("--device", default="cpu", help="cpu or cuda (%(default)s)")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="(%(default)s)")
    train.add_argument("--quiet", action="store_true", help="print errors only")
    train.set_defaults(command=_train)

    look = commands.add_parser("inspect", help="hold a film against physics: what moves, how, what is wrong")
    look.add_argument("file", metavar="FILE", help="a film, ours or anyone's")
    look.add_argument("--html", metavar="FILE", help="write the report as a page")
    look.add_argument("--by", help="world or pixels (the world, where the file tells it)")
    look.add_argument("--scale", type=float, metavar="M", help="metres that a pixel is (from how things fall)")
    look.add_argument("--diameter", type=float, metavar="M", help="metres across the thing that is seen first")
    look.add_argument("--shapes", default="balls", help="balls or discs, for their masses (%(default)s)")
    look.add_argument("--force", action="store_true", help="overwrite the page")
    look.set_defaults(command=_inspect)

    info = commands.add_parser("info", help="tell about a file, or about this installation")
    info.add_argument("file", metavar="FILE", nargs="?", help="a file that sora2lib wrote")
    info.add_argument("--json", action="store_true", help="print the request in the file as JSON")
    info.set_defaults(command=_info)
    return top


def _add_film_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same clip (drawn)")
    command.add_argument("--seconds", type=float, default=4.0, metavar="S", help="length, 0.5 to 120 (%(default)s)")
    command.add_argument("--size", default="1280x720", metavar="WxH", help="pixels (%(default)s)")
    command.add_argument("--fps", type=float, default=24, metavar="N", help="frames a second, 1 to 60 (%(default)s)")
    _add_output_options(command)


def _add_model_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--steps", type=int, metavar="N", help="denoising steps (the model's own)")
    command.add_argument("--guidance", type=float, metavar="X", help="how strongly to follow the prompt (the model's)")


def _add_output_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", default="clip.mp4", metavar="FILE", help="mp4, webm, gif, webp, png, wav or nc")
    command.add_argument("--force", action="store_true", help="overwrite FILE")
    command.add_argument("--quiet", action="store_true", help="print errors only")


def _camera(text: str) -> Camera:
    """Read what stands behind --camera: a file, or words."""
    if text.endswith(".csv"):
        return Camera.from_csv(text)
    if text.endswith(".json"):
        try:
            return Camera.from_json(Path(text).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError(f"{text} cannot be read ({error}); write one with Camera.to_json()") from error
    return Camera.parse(text)


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
        camera=asked.camera,
    )
    _wait_passively()
    from sora2lib import media, pipeline
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    last = _watch(pipeline.plan(request), asked)
    _record(pipeline.finish(last, request), asked, size=request.size, told=f", seed {request.seed}")


def _refilm(asked: argparse.Namespace) -> None:
    from sora2lib import film, media
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    recipe = _read(asked.file)
    size = _size(recipe, asked)
    again = film.retake(recipe, asked.camera, style=asked.style, size=size, fps=asked.fps)
    _record(again, asked, size=size)


def _extend(asked: argparse.Namespace) -> None:
    _wait_passively()
    from sora2lib import media, pipeline
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)
    recipe = _read(asked.file)
    request = pipeline.next_request(
        recipe,
        asked.prompt,
        seconds=asked.seconds,
        size=_size(recipe, asked),
        seed=asked.seed,
        model=asked.model,
        steps=asked.steps,
        guidance=asked.guidance,
    )
    last = _watch(pipeline.onward(recipe, request), asked)
    longer = pipeline.extended(last, recipe, request)
    _record(longer, asked, size=request.size, told=f", seed {request.seed}")


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


def _simulate(asked: argparse.Namespace) -> None:
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
            for frame in frames:
                yield frame
                bar.update()

    path = film.record(recipe, asked.out, size=size, force=asked.force, watch=watch)
    if not asked.quiet:
        for notice in recipe.notices:
            print(f"sora2lib: note: {notice}", file=sys.stderr)
        print(f"{path}: {recipe.frames / recipe.fps:g} s, {size}, {recipe.fps:g} fps{told}")


def _train(asked: argparse.Namespace) -> None:
    from sora2lib.train.data import make_shard
    from sora2lib.train.loop import TrainConfig, train

    with _bar("worlds", quiet=asked.quiet, total=asked.shards) as bar:
        for index in range(asked.shards):
            make_shard(asked.data, index)
            bar.update()
    config = TrainConfig(
        *(asked.data, asked.run),
        steps=asked.steps,
        seed=asked.seed,
        motion_rows=asked.rows,
        rate=asked.rate,
        device=asked.device,
    )
    with _bar("train", quiet=asked.quiet, total=asked.steps) as bar:
        for progress in train(config):
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


def _inspect(asked: argparse.Namespace) -> None:
    from sora2lib import media
    from sora2lib.physics.inspector import inspect

    if asked.html is not None:
        media.target(asked.html, suffixes=(".html",), force=asked.force)
    report = inspect(asked.file, by=asked.by, scale=asked.scale, diameter=asked.diameter, shapes=asked.shapes)
    print(report.verdict)
    told = [f"{it.law}, {it.what}, {it.time:.2f} s: {it.why}".replace(", nan s", "") for it in report.violations]
    for line in (*told, *(f"{name}: {value}" for name, value in report.numbers.items()), *report.notes):
        print(f"  {line}")
    if asked.html is not None:
        print(report.save(asked.html, force=asked.force))


def _info(asked: argparse.Namespace) -> None:
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
    return ", ".join(move.kind for move in request.camera.moves) if request.camera else ""
