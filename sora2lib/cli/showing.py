"""What commands share: files that are read and written, and how far the work is."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sora2lib.errors import MediaError
from sora2lib.request import Request, parse_size

if TYPE_CHECKING:
    from sora2lib.clip import Clip
    from sora2lib.planner import Step
    from sora2lib.recipe import Recipe


def wait_passively() -> None:
    """Let torch's threads sleep while they wait; to be called before torch is loaded."""
    # They spin, which on a busy machine takes longer than the work.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def check_target(asked: argparse.Namespace) -> None:
    """Say why the file that is asked for cannot be written before any work is done."""
    from sora2lib import media
    from sora2lib.recipe import SUFFIXES

    media.target(asked.out, suffixes=SUFFIXES, force=asked.force)


def recipe_in(path: str) -> "Recipe":
    """Return what a file of ours tells of how it was made."""
    from sora2lib import recipe

    told = recipe.read(path)
    if told is None:
        raise MediaError(f"{path} does not tell how it was made; sora2lib did not write it")
    return told


def size_of(recipe: "Recipe", asked: argparse.Namespace) -> str:
    """Return the size that is asked for, or that was."""
    known = recipe.request.size if recipe.request else Request.size
    size: str = known if asked.size is None else asked.size
    parse_size(size)
    return size


def watched(steps: "Iterator[Step]", asked: argparse.Namespace) -> "Step":
    """Show how far a plan is, and return its last step."""
    with progress("plan", quiet=asked.quiet) as bar:
        for step in steps:
            bar.total, bar.n = step.total, step.index
            bar.set_description_str(step.phase)
    return step


def record(recipe: "Recipe", asked: argparse.Namespace, *, size: str, told: str = "") -> None:
    """Draw a world into the file that is asked for, and tell of it."""
    from sora2lib import film

    def watch(frames: Iterable[Any]) -> Iterator[Any]:
        with progress("film", quiet=asked.quiet, total=recipe.frames) as bar:
            yield from counted(frames, bar)

    film.record(recipe, asked.out, size=size, force=asked.force, watch=watch)
    _tell(recipe, asked, size=size, told=told)


def write(clip: "Clip", asked: argparse.Namespace, *, told: str = "") -> None:
    """Write a clip into the file that is asked for, and tell of it."""
    from sora2lib.clip import recipe_of

    clip.save(asked.out, force=asked.force)
    _tell(recipe_of(clip), asked, size=clip.size, told=told)


def _tell(recipe: "Recipe", asked: argparse.Namespace, *, size: str, told: str) -> None:
    if not asked.quiet:
        for notice in recipe.remarks:
            print(f"sora2lib: note: {notice}", file=sys.stderr)
        print(f"{asked.out}: {recipe.frames / recipe.fps:g} s, {size}, {recipe.fps:g} fps{told}")


def counted(steps: Iterable[Any], bar: Any) -> Iterator[Any]:
    """Move a bar on with every step."""
    for step in steps:
        yield step
        bar.update()


def progress(label: str, *, quiet: bool, total: int | None = None) -> Any:
    """Return a bar that shows how much of a total is done, and the time left."""
    from tqdm import tqdm

    shape = "{desc:<8}{percentage:4.0f}% {bar} {n_fmt}/{total_fmt}  {elapsed}, {remaining} left{postfix}"
    # Some terminals claim to have no rows and no columns; without a terminal there is nobody to watch (None).
    room = {"ncols": min(shutil.get_terminal_size().columns - 1, 99), "nrows": 20}
    return tqdm(desc=label, total=total, disable=quiet or None, leave=False, bar_format=shape, file=sys.stderr, **room)
