"""What the commands do that are about cameos: record one, list them and their clips, revoke."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sora2lib.consent import Consent
from sora2lib.errors import ConsentError

if TYPE_CHECKING:
    from sora2lib.cameo import Watch


def record(asked: argparse.Namespace) -> None:
    """Make a cameo of a film, or of a picture and a voice."""
    from sora2lib.cameo import Cameo

    told: dict[str, Any] = {
        "consent": Consent(asked.subject, asked.uses, until=asked.until),
        "spoken": asked.spoken,
        "watch": _stages(asked.quiet),
    }
    if asked.file.lower().endswith((".png", ".jpg", ".jpeg", ".webp")):
        made = Cameo.from_image(asked.file, asked.name, asked.noun, voice=asked.voice, **told)
    else:
        made = Cameo.record(asked.file, asked.name, asked.noun, **told)
    if not asked.quiet:
        print(f"{made!r}\nuse it: sora2lib make '@{made.name} ...'; take it back: sora2lib revoke {made.name}")


def _stages(quiet: bool) -> "Watch":
    """Tell the stages as they begin."""

    def watch(stages: Iterable[str]) -> Iterator[str]:
        for stage in stages:
            if not quiet:
                print(f"{stage} ...", file=sys.stderr, flush=True)
            yield stage

    return watch


def cameos(asked: argparse.Namespace) -> None:
    """List all cameos, or every clip with one of them."""
    from sora2lib.cameo import library
    from sora2lib.consent import ledger

    if asked.name is None:
        for handle in ledger.handles():
            name = handle.rpartition("-")[0]
            try:
                told = repr(library.get(handle))
            except ConsentError as error:  # such as one that has ended: the others are listed all the same
                told = str(error)
            print(f"@{name:<16} {told}")
        return
    for entry in ledger.clips(library.find(asked.name).handle):
        line = f"{entry.at[:19]}  {entry.what:<6} {entry.place or 'a draft'}  {entry.title}"
        print("".join(one if one.isprintable() else " " for one in line))


def revoke(asked: argparse.Namespace) -> None:
    """Take the consent of a cameo back."""
    from sora2lib.cameo import library
    from sora2lib.consent import ledger

    cameo = library.find(asked.name)
    shown = [entry for entry in ledger.clips(cameo.handle) if entry.place]
    cameo.revoke()
    print(f"@{cameo.name} is revoked; its likeness is deleted, and no clip with it is drawn, loaded or saved any more")
    for place in dict.fromkeys(entry.place for entry in shown):
        print(f"  was saved as {place}")
