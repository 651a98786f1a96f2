"""Films that somebody uploads to a page: bytes, and a name that is not to be trusted."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import MediaError

LARGEST = 20_000_000  # bytes, which a page's socket takes at once


def opened(name: str, content: bytes) -> Clip:
    """Return the clip in the bytes of a file; of its name only the suffix is used.

    Raises
    ------
    MediaError
        The file is no film, or a damaged one.

    >>> opened("ball.mp4", Path("ball.mp4").read_bytes())  # doctest: +SKIP
    """
    suffix = Path(name).suffix.lower()
    if suffix not in media.READABLE:
        known = ", ".join(media.READABLE)
        raise MediaError(f"a file that ends in {suffix[:20]!r} is no film; choose one of {known}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"clip{suffix}"
        path.write_bytes(content)
        return Clip.load(path)
