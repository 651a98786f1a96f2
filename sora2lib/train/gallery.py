"""A gallery: a page of clips, each with its prompt, its seed and its scores, to look at all that a model makes.

.. code-block:: sh

    python -m sora2lib.train.gallery gallery

makes the clips of :mod:`sora2lib.train.showcase` in a folder, and ``index.html`` beside them. The page is whole after
every clip; stopped, the same command goes on with the clips that are not there yet.
"""

import argparse
import html
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import sora2lib
from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import Sora2Error
from sora2lib.physics.inspector import inspect
from sora2lib.train.evaluate import obeys
from sora2lib.train.showcase import Piece, programme
from sora2lib.world.naming import Clause

SIZE, FPS, SECONDS = "640x360", 24, 4.0
STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:90rem;margin:2rem auto;padding:0 1rem}
ol{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1.6rem 1.2rem}
video{width:100%;height:auto;background:#000;display:block}h2{font-size:1rem;margin:.4rem 0 .1rem}p{margin:.2rem 0}
.prompt{white-space:pre-line}.small{font-size:.85rem}.no{text-decoration:line-through}ul{margin:.2rem 0;padding:0}
ul li{display:inline-block;font-size:.82rem;
border:1px solid #8886;border-radius:.7em;padding:0 .5em;margin:0 .3em .3em 0}
"""


@dataclass(frozen=True)
class Shown:
    """A clip of a gallery and how it did: which clauses are true, what physics says, what was remarked."""

    number: int
    piece: Piece
    told: dict[str, bool]  # by clause in words
    physics: str
    lawful: bool | None  # None where nothing could be measured
    notices: tuple[str, ...]
    model: str

    @property
    def true(self) -> bool:
        """Whether all is as it must be."""
        return all(self.told.values())


def make(
    folder: Path, pieces: Sequence[Piece], *, model: str = "small", size: str = SIZE, fps: int = FPS
) -> Iterator[Shown]:
    """Make the clips of a gallery that are not there yet, and the page; yields each when it is shown.

    Parameters
    ----------
    folder : where clips and page are written; it may hold some of them.
    model : a name or a file of weights. A clip of another model, or of other words, is made anew.

    Raises
    ------
    Sora2Error
        The folder cannot be written to, the model is missing, or a value breaks its rule.

    >>> [shown.true for shown in make(Path("gallery"), programme()[:3])]  # doctest: +SKIP
    [True, False, True]
    """
    folder.mkdir(parents=True, exist_ok=True)
    done: list[Shown] = []
    for number, piece in enumerate(pieces, start=1):
        shown = _known(folder, number, piece, model) or _made(folder, number, piece, model, size, fps)
        done.append(shown)
        with media.replacing(folder / "index.html", suffixes=(".html",), force=True) as temporary:
            temporary.write_text(page(done, len(pieces)), encoding="utf-8")
        yield shown


def _made(folder: Path, number: int, piece: Piece, model: str, size: str, fps: int) -> Shown:
    clip = sora2lib.generate(
        piece.prompt, seed=piece.seed, style=piece.style, model=model, size=size, fps=fps, seconds=SECONDS
    )
    clip.save(folder / f"{number:02}.mp4", force=True)
    (folder / f"{number:02}.jpg").write_bytes(media.jpeg(clip.frame(0.4 * clip.seconds)))
    report = inspect(clip)
    shown = Shown(number, piece, _told(clip, piece), report.verdict, report.passed, clip.notices, clip.maker)
    noted = {name: value for name, value in vars(shown).items() if name not in ("number", "piece")}
    # Last, and whole: what has notes has a clip and a picture.
    with media.replacing(_notes(folder, number), suffixes=(".json",), force=True) as temporary:
        temporary.write_text(json.dumps({"piece": _plain(piece), "asked": model} | noted, indent=1), encoding="utf-8")
    return shown


def _known(folder: Path, number: int, piece: Piece, model: str) -> Shown | None:
    """What was made before of the same piece by the same model, if it is still there."""
    path = _notes(folder, number)
    if not path.exists():
        return None
    it = json.loads(path.read_text(encoding="utf-8"))
    if it["piece"] != _plain(piece) or it["asked"] != model:
        return None
    return Shown(number, piece, it["told"], it["physics"], it["lawful"], tuple(it["notices"]), it["model"])


def _notes(folder: Path, number: int) -> Path:
    return folder / f"{number:02}.json"


def _plain(piece: Piece) -> dict[str, object]:
    return asdict(piece) | {"clauses": sorted(map(words, piece.clauses))}


def _told(clip: Clip, piece: Piece) -> dict[str, bool]:
    assert clip.world is not None  # it was generated
    answers = obeys(clip.world, piece.clauses)
    return {words(clause): answers[clause] is True for clause in sorted(answers, key=words)}


def words(clause: Clause) -> str:
    """Return a clause as it is read on the page.

    >>> words(Clause("colour", "subject", "red"))
    'colour: red'
    """
    role = "" if clause.role in ("subject", "scene") else f"{clause.role} "
    return f"{role}{clause.kind}: {clause.value}"


def page(shown: Sequence[Shown], count: int) -> str:
    """Return the whole page."""
    true, held = sum(it.true for it in shown), sum(it.lawful is True for it in shown)
    rest = "" if len(shown) == count else f" {count - len(shown)} more are being made."
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>sora2lib: a gallery</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><h1>A gallery</h1>'
        f"<p>{len(shown)} clips by {html.escape(shown[0].model)}, from one sentence each, as they came: no seed was "
        f"chosen. All that was asked is true in {true} of them; physics has nothing against {held}.{rest} What is "
        f"struck through is not as asked.</p><ol>{''.join(map(_entry, shown))}</ol></body></html>"
    )


def _entry(it: Shown) -> str:
    told = "".join(
        f"<li{'' if true else ' class=no'}>{html.escape(clause)}{'' if true else ' (not so)'}</li>"
        for clause, true in it.told.items()
    )
    notices = "".join(f'<p class="small">{html.escape(notice)}</p>' for notice in it.notices)
    prompt, family = html.escape(it.piece.prompt), html.escape(it.piece.family)
    return (
        f'<li id="clip-{it.number}"><video controls loop playsinline preload="none" poster="{it.number:02}.jpg" '
        f'src="{it.number:02}.mp4" aria-label="{family}"></video><h2>{it.number}. {family}</h2>'
        f'<p class="prompt">{prompt}</p><p class="small">seed {it.piece.seed}, {it.piece.style}. Physics: '
        f"{html.escape(it.physics)}</p><ul>{told}</ul>{notices}</li>"
    )


def main() -> None:
    """Make a gallery, with a line for each clip and the time left."""
    parser = argparse.ArgumentParser(prog="python -m sora2lib.train.gallery", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="small", help="a name or a file of weights (%(default)s)")
    parser.add_argument("--size", default=SIZE, help="%(default)s")
    parser.add_argument("--fps", type=int, default=FPS, help="%(default)s")
    parser.add_argument("--clips", type=int, help="so many of them (all)")
    parser.add_argument("--seed", type=int, default=7, help="%(default)s")
    asked = parser.parse_args()
    pieces, begun = programme(asked.seed)[: asked.clips], time.monotonic()
    try:
        for it in make(asked.folder, pieces, model=asked.model, size=asked.size, fps=asked.fps):
            left = (time.monotonic() - begun) / it.number * (len(pieces) - it.number)
            print(
                f"{it.number:3} of {len(pieces)}  {sum(it.told.values())} of {len(it.told)} true  {it.piece.family}  "
                f"({left / 60:.0f} min left)",
                flush=True,
            )
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on")
    except Sora2Error as error:
        sys.exit(f"sora2lib: {error}")
    print(asked.folder / "index.html")


if __name__ == "__main__":
    main()
