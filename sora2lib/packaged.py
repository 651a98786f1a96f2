"""Files that ship inside the package: read only after their digest was compared with the manifest.

``manifest.json`` in the files' folder holds, by file name, the SHA-256 and the number of bytes that the file must have.
"""

import hashlib
import json
import os
from pathlib import Path

from sora2lib.errors import ModelError

MANIFEST = "manifest.json"


def read(name: str, *, folder: Path) -> bytes:
    """Return the content of a packaged file that is whole and unchanged.

    Raises
    ------
    ModelError
        The file is missing, cut short, altered, or not in the manifest.

    Examples
    --------
    >>> read("words.json", folder=folder)  # doctest: +SKIP
    """
    path = folder / name
    entry = _manifest(folder).get(name)
    if entry is None:
        raise ModelError(f"{path} is not in {MANIFEST}, so nobody can tell whether it is whole; {_WAY_OUT}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}); {_WAY_OUT}") from error
    if len(content) != entry["bytes"]:
        raise ModelError(f"{path} has {len(content)} bytes, it must have {entry['bytes']}; {_WAY_OUT}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry["sha256"]:
        raise ModelError(f"{path} was changed: its SHA-256 is {digest}, it must be {entry['sha256']}; {_WAY_OUT}")
    return content


def write(name: str, content: bytes, *, folder: Path) -> None:
    """Store a file and its manifest entry; a reader never meets half of either."""
    entry = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    manifest = (_manifest(folder) if (folder / MANIFEST).exists() else {}) | {name: entry}
    _replace(folder / name, content)
    _replace(folder / MANIFEST, (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())


_WAY_OUT = "reinstall it with: pip install --force-reinstall --no-deps sora2lib"


def _manifest(folder: Path) -> dict[str, dict[str, str | int]]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, dict[str, str | int]] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read ({error}); {_WAY_OUT}") from error
    return manifest


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".partial")
    partial.write_bytes(content)
    os.replace(partial, path)
