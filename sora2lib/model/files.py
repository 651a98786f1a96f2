"""The files of the model that ship inside the package: weights, word vectors, words."""

from pathlib import Path

from sora2lib import packaged
from sora2lib.packaged import MANIFEST

__all__ = ["DATA", "MANIFEST", "names", "read", "write"]

DATA = Path(__file__).parent / "data"
PART = 15 * 2**20  # bytes; a longer file is kept in parts, name.0, name.1 and so on, that any host of code takes


def names(suffix: str, *, folder: Path = DATA) -> tuple[str, ...]:
    """Return the names of the packaged files with a suffix, without it; one in parts counts once.

    Examples
    --------
    >>> "text" in names(".safetensors")
    True
    """
    return tuple(sorted({path.name.partition(suffix)[0] for path in folder.glob(f"*{suffix}*")}))


def read(name: str, *, folder: Path = DATA) -> bytes:
    """Return the content of a packaged file that is whole and unchanged; see :func:`sora2lib.packaged.read`.

    Examples
    --------
    >>> len(read("words.json")) > 0
    True
    """
    parts = sorted(folder.glob(f"{name}.[0-9]"))
    return b"".join(packaged.read(part, folder=folder) for part in [it.name for it in parts] or [name])


def write(name: str, content: bytes, *, folder: Path = DATA) -> None:
    """Store a file, in parts if it is long, and its manifest entries; a reader never meets half of any."""
    parts = [content[start : start + PART] for start in range(0, len(content), PART)]
    if len(parts) < 2:
        packaged.write(name, content, folder=folder)
        return
    for number, part in enumerate(parts):
        packaged.write(f"{name}.{number}", part, folder=folder)
