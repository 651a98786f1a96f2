"""What the commands do that make a clip of others. Each checks what it was asked, then loads what it needs."""

import argparse
from typing import Any

from sora2lib.cli.showing import (
    check_target,
    counted,
    progress,
    recipe_in,
    record,
    size_of,
    wait_passively,
    watched,
    write,
)
from sora2lib.request import Edit


def refilm(asked: argparse.Namespace) -> None:
    """Film the world in a file again."""
    from sora2lib import film

    check_target(asked)
    recipe = recipe_in(asked.file)
    size = size_of(recipe, asked)
    again = film.refilmed(recipe, asked.camera, style=asked.style, size=size, fps=asked.fps)
    record(again, asked, size=size)


def extend(asked: argparse.Namespace) -> None:
    """Go on from the end of the clip in a file."""
    wait_passively()
    from sora2lib import editing

    check_target(asked)
    recipe = recipe_in(asked.file)
    request = editing.next_request(
        recipe,
        asked.prompt,
        seconds=asked.seconds,
        size=size_of(recipe, asked),
        camera=asked.camera,
        **_chosen(asked),
    )
    last = watched(editing.onward(recipe, request), asked)
    longer = editing.extended(last, recipe, request)
    record(longer, asked, size=request.size, told=f", seed {request.seed}")


def _chosen(asked: argparse.Namespace) -> dict[str, Any]:
    """What can be chosen wherever something is planned."""
    return {name: getattr(asked, name) for name in ("seed", "model", "steps", "guidance")}


def remix(asked: argparse.Namespace) -> None:
    """Change what words name in the clip in a file."""
    edit = Edit(asked.strength, asked.keep, asked.change)
    wait_passively()
    from sora2lib import editing, recast

    check_target(asked)
    recipe = recipe_in(asked.file)
    request = editing.next_request(
        recipe,
        asked.prompt,
        seconds=recipe.frames / recipe.fps,
        size=size_of(recipe, asked),
        seed=asked.seed,
        model=asked.model,
        guidance=asked.guidance,
    )
    with progress("casting", quiet=asked.quiet, total=2 * recast.STEPS) as bar:
        changed = editing.remixed(recipe, request, edit, watch=lambda steps: counted(steps, bar))
    record(changed, asked, size=request.size, told=f", seed {request.seed}")


def retake(asked: argparse.Namespace) -> None:
    """Plan some seconds of the clip in a file anew."""
    wait_passively()
    from sora2lib import retaking

    check_target(asked)
    recipe = recipe_in(asked.file)
    part = retaking.Part.of(recipe, asked.start, asked.end, asked.actor)
    request = retaking.retake_request(recipe, part, asked.prompt, size=size_of(recipe, asked), **_chosen(asked))
    last = watched(retaking.anew(recipe, request, part), asked)
    again = retaking.retaken(last, recipe, request, part, spoken=asked.prompt is not None)
    record(again, asked, size=request.size, told=f", seed {request.seed}")


def loop(asked: argparse.Namespace) -> None:
    """Let the end of the clip in a file meet its start."""
    wait_passively()
    from sora2lib import film, looping

    check_target(asked)
    recipe = recipe_in(asked.file)
    ring = looping.Ring.of(recipe, asked.seconds)
    request = ring.request(asked.prompt, size=size_of(recipe, asked), **_chosen(asked))
    last = watched(ring.steps(request), asked)
    twice = film.develop(ring.twice(last, recipe, request), size=request.size)
    write(ring.closed(twice), asked, told=f", seed {request.seed}")


def speed(asked: argparse.Namespace) -> None:
    """Play the world in a file faster or slower."""
    from sora2lib import cutting

    check_target(asked)
    recipe = recipe_in(asked.file)
    record(cutting.sped(recipe, asked.times), asked, size=size_of(recipe, asked))


def stitch(asked: argparse.Namespace) -> None:
    """Show the clips in files one behind the other."""
    from sora2lib import clip, cutting

    check_target(asked)
    write(cutting.stitch([clip.load(file) for file in asked.files]), asked)


def blend(asked: argparse.Namespace) -> None:
    """Let the clip in a file dissolve into that in another."""
    from sora2lib import clip, cutting

    check_target(asked)
    write(cutting.blend(clip.load(asked.file), clip.load(asked.other), asked.seconds), asked)


def dub(asked: argparse.Namespace) -> None:
    """Let another sound be heard with the clip in a file."""
    from sora2lib import clip, dubbing

    check_target(asked)
    how: dict[str, Any] = {name: getattr(asked, name) for name in ("mix", "start", "levels")}
    if asked.actor is None and not asked.beats:
        write(dubbing.dub(clip.load(asked.file), asked.track, **how), asked)
        return
    recipe = recipe_in(asked.file)
    led = dubbing.following(dubbing.redubbed(recipe, asked.track, **how), actor=asked.actor, beats=asked.beats)
    record(led, asked, size=size_of(recipe, asked))
