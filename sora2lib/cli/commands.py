"""What the commands do. Each checks what it was asked, then loads what it needs."""

import argparse
import itertools
import json
import platform
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from sora2lib import __version__
from sora2lib.cli.showing import check_target, progress, recipe_in, record, wait_passively, watched
from sora2lib.errors import InspectError, RequestError
from sora2lib.request import Request, draw_seed, parse_size
from sora2lib.storyboard import Storyboard


def make(asked: argparse.Namespace) -> None:
    """Make a clip from a sentence."""
    if asked.backdrop and asked.start is None:
        raise RequestError("--backdrop needs a picture; name one with --start FILE")
    request = Request(asked.prompt, seconds=asked.seconds, camera=asked.camera, **_chosen(asked))
    _answer(request if asked.start is None else _begun(request, asked), asked)


def _begun(request: Request, asked: argparse.Namespace) -> Request:
    """The request with what is understood of a picture, which is told."""
    check_target(asked)
    from sora2lib.fitting.fit import fit

    found = fit(asked.start, backdrop=asked.backdrop)
    if not asked.quiet:
        for line in (repr(found), *found.notes):
            print(f"sora2lib: note: {line}", file=sys.stderr)
    return replace(request, start=found.start)


def storyboard(asked: argparse.Namespace) -> None:
    """Make a clip of the cards in a file."""
    text = _text(asked.file)
    board = Storyboard.from_json(text) if asked.file.endswith(".json") else Storyboard.from_text(text)
    _answer(board.request(**_chosen(asked)), asked)


def _chosen(asked: argparse.Namespace) -> dict[str, Any]:
    """What can be chosen of every request."""
    names = ("size", "fps", "model", "style", "physics", "steps", "guidance", "sound")
    return {"seed": draw_seed() if asked.seed is None else asked.seed} | {name: getattr(asked, name) for name in names}


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read ({error}); write one with Storyboard.to_json()") from error


def _answer(request: Request, asked: argparse.Namespace) -> None:
    wait_passively()
    from sora2lib import pipeline

    check_target(asked)
    last = watched(pipeline.plan(request), asked)
    record(pipeline.finish(last, request), asked, size=request.size, told=f", seed {request.seed}")


def simulate(asked: argparse.Namespace) -> None:
    """Make a clip of a simulated scene."""
    from sora2lib import film

    parse_size(asked.size)
    check_target(asked)
    seed = draw_seed() if asked.seed is None else asked.seed
    recipe = film.scene(asked.family, seed=seed, seconds=asked.seconds, fps=asked.fps, sound=asked.sound)
    record(recipe, asked, size=asked.size, told=f", seed {seed}")


def train(asked: argparse.Namespace) -> None:
    """Simulate worlds, train a model of them, and teach it its lessons."""
    from sora2lib.train import loop
    from sora2lib.train.course import CourseConfig, course
    from sora2lib.train.data import make_shard

    with progress("worlds", quiet=asked.quiet, total=asked.shards) as bar:
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
    with progress("train", quiet=asked.quiet, total=asked.steps) as bar:
        for done in loop.train(config):
            bar.n = done.step
            bar.set_postfix({name: float(loss) for name, loss in done.losses.items()})
    taught = course(CourseConfig(asked.data, asked.run, asked.seed, asked.lessons)) if asked.lessons else iter(())
    for name, steps in itertools.groupby(taught, key=lambda step: step.lesson):
        first = next(steps)
        with progress(name, quiet=asked.quiet, total=first.steps) as bar:
            for step in itertools.chain([first], steps):
                bar.n = step.step
                bar.set_postfix(step.losses)
    if not asked.quiet:
        print(f'{asked.run / "weights.safetensors"}: try it with sora2lib make "..." --model FILE')


def inspect(asked: argparse.Namespace) -> None:
    """Hold a film against physics, or several, each by a line and all by a table."""
    from sora2lib import media
    from sora2lib.physics import inspector

    if len(asked.file) > 1:
        compared(asked)
        return
    if asked.html is not None:
        media.target(asked.html, suffixes=(".html",), force=asked.force)
    (file,) = asked.file
    report = inspector.inspect(file, by=asked.by, scale=asked.scale, diameter=asked.diameter, shapes=asked.shapes)
    print(report.verdict)
    told = [f"{it.law}, {it.what}, {it.time:.2f} s: {it.why}".replace(", nan s", "") for it in report.violations]
    for line in (*told, *(f"{name}: {value}" for name, value in report.numbers.items()), *report.notes):
        print(f"  {line}")
    if asked.html is not None:
        print(report.save(asked.html, force=asked.force))


def compared(asked: argparse.Namespace) -> None:
    """Hold films beside each other, those of one folder together."""
    from sora2lib.physics.compare import ALL, compare

    for name, usual in (("html", None), ("scale", None), ("diameter", None), ("shapes", "balls")):
        if getattr(asked, name) != usual:
            raise InspectError(f"--{name} is for one film, and there are {len(asked.file)}; leave it out, or give one")
    folders: dict[str, list[str]] = {}
    for file in asked.file:
        folders.setdefault(Path(file).resolve().parent.name or "/", []).append(file)
    print(compare(folders, by=asked.by, family=lambda _: ALL, each=lambda it: print(f"{it.title}: {it.verdict}")))


def info(asked: argparse.Namespace) -> None:
    """Tell about a file, or about this installation."""
    if asked.file is None:
        from sora2lib.model import weights

        print(f"sora2lib {__version__}, Python {platform.python_version()}, {platform.platform()}")
        for name in weights.names():
            print(json.dumps({"model": name} | weights.load(name).card, indent=2))
        return
    told = recipe_in(asked.file)
    if asked.json:
        print(told.request.to_json() if told.request else "null")
        return
    about = (
        vars(told.request) | {"camera": _moves(told.request), "start": _begins(told.request)} if told.request else {}
    )
    length = f"{told.frames / told.fps:g} s, {told.frames} frames at {told.fps:g} fps"
    rows = {"length": length, **about, "made by": f"{told.maker}, sora2lib {told.version}"}
    if told.world is not None:
        rows["world"] = ", ".join(map(str, told.world.actor.values))
    if not told.soundtrack.plain:
        rows["sound"] = "silent" if told.soundtrack.silent else repr(told.soundtrack)
    rows["from"] = "; ".join(f"{it.verb} of {it.request.prompt if it.request else it.maker}" for it in told.parents)
    rows |= {"note": "; ".join(told.remarks)}
    for name, value in rows.items():
        if value not in (None, ""):
            # A file from a stranger must not steer the terminal.
            print(f"{name:<9} {''.join(c if c.isprintable() else ' ' for c in str(value))}")


def _begins(request: Request) -> str:
    starts = request.start if isinstance(request.start, tuple) else (request.start,)
    told = [
        (it.ground, it.light, it.weather, f"{len(it.things)} things", "a backdrop" if it.backdrop else "")
        for it in starts
        if it
    ]
    return " | ".join(", ".join(filter(None, it)) for it in told)


def _moves(request: Request) -> str:
    cameras = request.camera if isinstance(request.camera, tuple) else (request.camera,)
    told = [camera.words() or ", ".join(move.kind for move in camera.moves) if camera else "" for camera in cameras]
    return " | ".join(told) if any(told) else ""
