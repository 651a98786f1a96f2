"""Files from outside, decoded in a child process with limits on time, memory, formats, lengths and sizes.

A decoder that a hostile file breaks, breaks there: the child answers with plain arrays or with a reason, and the parent
goes on. See :mod:`sora2lib.media.child` for what is allowed.
"""

import hashlib
import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import MediaError

CHILD = Path(__file__).with_name("child.py")
LARGEST_FILE = 1_000_000_000  # bytes
MEMORY, CPU, PATIENCE = 1_500_000_000, 30, 60.0  # bytes, seconds of the processor, seconds
_REFUSED = 3


@dataclass(frozen=True, eq=False)
class Foreign:
    """What a file from outside holds.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8, or (1, H, W, 4) where a picture has an opacity of its own; none of a sound.
    fps : frames a second; 0 of a picture.
    sound : (samples,) float32, mono; none where there is no sound.
    rate : samples a second.
    digest : SHA-256 of the file, hex.
    """

    frames: NDArray[np.uint8]
    fps: float
    sound: NDArray[np.float32]
    rate: int
    digest: str


def film(path: str | Path, *, seconds: tuple[float, float], longest: int, fps: float) -> Foreign:
    """Decode a film of so many seconds, at least and at most, to ``longest`` pixels and ``fps`` frames a second.

    Raises
    ------
    MediaError
        The file is missing, of another kind, damaged, too long or too large, or breaks its decoder.

    >>> film("rex.mp4", seconds=(2, 10), longest=640, fps=12).frames.shape  # doctest: +SKIP
    (60, 360, 640, 3)
    """
    return _decoded(path, {"film": True, "pictures": False, "seconds": seconds, "longest": longest, "fps": fps})


def picture(path: str | Path, *, longest: int) -> Foreign:
    """Decode a picture, PNG, JPEG or WebP, to at most ``longest`` pixels; errors as :func:`film`."""
    return _decoded(path, {"film": True, "pictures": True, "seconds": (0, 0), "longest": longest, "fps": 1})


def sound(path: str | Path, *, seconds: tuple[float, float]) -> Foreign:
    """Decode the sound of a file; errors as :func:`film`."""
    return _decoded(path, {"film": False, "pictures": False, "seconds": seconds, "longest": 16, "fps": 1})


def _decoded(path: str | Path, ask: dict[str, Any]) -> Foreign:
    path = Path(path)
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST_FILE:
                raise MediaError(f"{path} has {size / 1e9:.3g} GB; give a file of {LARGEST_FILE / 1e9:g} GB at most")
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            answer = _asked(path, file.fileno(), ask | {"memory": MEMORY, "cpu": CPU})
    except OSError as error:
        raise MediaError(f"{path} cannot be read ({error.strerror}); check the name and the folder") from error
    head, _, body = answer.partition(b"\n")
    told = json.loads(head)
    count = math.prod(told["shape"])
    frames = np.frombuffer(body, np.uint8, count).reshape(told["shape"])
    heard = np.frombuffer(body[count:], np.float32, told["samples"])
    return Foreign(frames, told["fps"], heard, told["rate"], digest)


def _asked(path: Path, file: int, ask: dict[str, Any]) -> bytes:
    # Not isolated from the user's own packages, of which the codecs may be; its environment is empty.
    command = [sys.executable, "-EP", str(CHILD), json.dumps(ask)]
    keep = {name: os.environ[name] for name in ("SYSTEMROOT", "HOME") if name in os.environ}
    alone = keep | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=alone) as child:
        try:
            answer, _ = child.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise MediaError(f"{path} takes more than {PATIENCE:g} s to decode; give a smaller film") from error
        finally:
            child.kill()
    if child.returncode == _REFUSED:
        raise MediaError(f"{path} {json.loads(answer)['refused']}")
    if child.returncode:
        raise MediaError(f"{path} broke its decoder, which was stopped (code {child.returncode}); film it anew")
    return answer
