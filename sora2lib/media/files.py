"""Writing files so that nothing is ever half there, and saying in plain words why one cannot be written."""

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sora2lib.errors import MediaError

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space or name another disk",
    errno.EDQUOT: "the disk quota is used up; free some space or name another disk",
    errno.EFBIG: "the file grew past the largest size allowed here; ask for a smaller clip",
    errno.EROFS: "the disk is read-only; name a folder that you may write",
    errno.EACCES: "the folder is read-only; name one that you may write",
    errno.EPERM: "the folder is read-only; name one that you may write",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


def target(path: str | Path, *, suffixes: Iterable[str], force: bool = False) -> Path:
    """Return ``path`` if a file may be written there, else say why not.

    Raises
    ------
    MediaError
        The suffix is unknown, the folder is missing or read-only, or the file exists and ``force`` is off.
    """
    path = Path(path)
    with _plain_words(path):
        if path.suffix.lower() not in suffixes:
            raise MediaError(f"{path} ends in {path.suffix!r}; use one of {', '.join(suffixes)}")
        if not path.parent.is_dir():
            raise MediaError(f"the folder {path.parent} does not exist; make it first, or name another")
        if not os.access(path.parent, os.W_OK):
            raise MediaError(f"the folder {path.parent} is read-only; name one that you may write")
        if path.is_dir():
            raise MediaError(f"{path} is a folder; name a file in it")
        if path.exists() and not force:
            raise MediaError(f"{path} exists and is kept; name another, or overwrite it with force (--force)")
    return path


@contextmanager
def _plain_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, str(error))
        raise MediaError(f"{path} could not be written: {reason} (nothing was left behind)") from error


@contextmanager
def replacing(path: str | Path, *, suffixes: Iterable[str], force: bool = False) -> Iterator[Path]:
    """Give a temporary path beside ``path`` and move it there when all went well; else leave no trace.

    >>> with replacing("note.wav", suffixes=[".wav"]) as temporary:  # doctest: +SKIP
    ...     temporary.write_bytes(b"...")
    """
    path = target(path, suffixes=suffixes, force=force)
    temporary = path.with_name(f".{path.stem[:40]}.{secrets.token_hex(4)}{path.suffix}")
    with _plain_words(path):
        temporary.touch(exist_ok=False)
        try:
            yield temporary
            target(path, suffixes=suffixes, force=force)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
