"""The files of the model that ship inside the package: weights, word vectors, words."""

from pathlib import Path

from sora2lib import packaged
from sora2lib.packaged import MANIFEST

__all__ = ["DATA", "MANIFEST", "read", "write"]

DATA = Path(__file__).parent / "data"


def read(name: str, *, folder: Path = DATA) -> bytes:
    """Return the content of a packaged file that is whole and unchanged; see :func:`sora2lib.packaged.read`.

    Examples
    --------
    >>> len(read("words.json")) > 0
    True
    """
    return packaged.read(name, folder=folder)


def write(name: str, content: bytes, *, folder: Path = DATA) -> None:
    """Store a file and its manifest entry; a reader never meets half of either."""
    packaged.write(name, content, folder=folder)
