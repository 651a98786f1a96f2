"""Pictures and films from strangers: decoded in a child process with limits on time, memory and formats.

Decoders are large programs in C that read what anybody may have written. Here none of them runs in the user's process:
:mod:`sora2lib.media.decoder` does the work, sees nothing but the open file, and hands back pixels.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import MediaError

_DECODER = Path(__file__).with_name("decoder.py")
_HEADER = 10_000  # bytes that the first line may have
# More threads would only reserve memory.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True)
class Limits:
    """What a file from outside may cost.

    Parameters
    ----------
    file_bytes : of the file.
    pixels : of one picture, as it is in the file.
    seconds : that a film may last.
    taken : seconds of it that are decoded, from its start.
    side : pixels of the longer side, to which larger pictures are made smaller.
    memory : bytes of the child process.
    cpu_seconds, wall_seconds : that it may take.
    """

    file_bytes: int = 500_000_000
    pixels: int = 50_000_000
    seconds: float = 60.0
    taken: float = 2.0
    side: int = 640
    memory: int = 1_500_000_000
    cpu_seconds: int = 20
    wall_seconds: float = 60.0


def decode(path: str | Path, limits: Limits | None = None) -> tuple[NDArray[np.uint8], float]:
    """Decode a picture or a film that nobody vouches for.

    What the file is, its first bytes say, not its name.

    Parameters
    ----------
    path : PNG, JPEG, WebP or GIF (its first picture); MP4, MOV or WebM.
    limits : what it may cost; None for the usual ones.

    Returns
    -------
    frames : (T, H, W, 3) uint8, upright; one for a picture.
    fps : frames a second; 0 for a picture.

    Raises
    ------
    MediaError
        The file is missing, too large or too long, damaged, or of a format that is not read.

    >>> frames, fps = decode("photo.png")  # doctest: +SKIP
    """
    path, limits = Path(path), limits or Limits()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > limits.file_bytes:
                raise MediaError(
                    f"{path} has {size / 1e6:.0f} MB; the limit is {limits.file_bytes / 1e6:.0f}; make it smaller"
                )
            told, pixels = _child(file, limits)
    except OSError as error:
        raise MediaError(f"{path} cannot be read ({error.strerror or error}); check the name and the folder") from error
    if "refused" in told:
        raise MediaError(f"{path} {_plain(told['refused'])}")
    try:
        frames = np.frombuffer(pixels, np.uint8).reshape(told["shape"])
        fps = float(told["fps"])
        if frames.ndim != 4 or frames.shape[-1] != 3 or not frames.size or not 0 <= fps <= 240:
            raise ValueError(f"pixels {frames.shape}")
    except (KeyError, TypeError, ValueError) as error:
        raise MediaError(f"{path} took more time or memory than it may; make it smaller") from error
    return frames, fps


def _child(file: Any, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """What the decoder says of an open file, and the pixels that it hands back."""
    # -P keeps the decoder's own folder off its path, where modules have names such as files and video.
    command = [sys.executable, "-P", str(_DECODER), json.dumps(vars(limits))]
    most = int(limits.side**2 * 3 * max(1.0, limits.taken * 240))
    child = subprocess.Popen(
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | _ENVIRONMENT,
    )
    timer = Timer(limits.wall_seconds, child.kill)
    timer.start()
    try:
        assert child.stdout is not None
        header = child.stdout.readline(_HEADER)
        pixels = child.stdout.read(most)
        told = json.loads(header) if header else {}
    except ValueError:
        told, pixels = {}, b""
    finally:
        timer.cancel()
        child.kill()
        child.communicate()
    return told if isinstance(told, dict) else {}, pixels


def _plain(text: Any) -> str:
    """Words from outside, without what would steer a terminal."""
    return "".join(it if it.isprintable() else " " for it in str(text))[:300]
