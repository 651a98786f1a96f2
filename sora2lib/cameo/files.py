"""Cameos as files: numbers in safetensors' format, and what they mean as JSON in its header. Nothing is executed.

A ``.cameo`` file is a safetensors file with one tensor, ``frames`` (T, H, W, 4) uint8: red, green, blue and opacity.
Its metadata hold ``sora2lib.cameo``, JSON with ``format`` 1, ``name``, ``noun``, ``kind``, ``fps``, ``head``,
``colour`` and ``voice`` (as :class:`sora2lib.cameo.Cameo` says); and ``sora2lib.grant``, the signed consent as JSON,
without which no cameo is read.
"""

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from sora2lib.errors import CameoError

SUFFIX = ".cameo"
FORMAT = 1
LARGEST = 32_000_000  # bytes
MOST = (64, 160, 160)  # frames, pixels down and across


def pack(told: dict[str, Any], frames: NDArray[np.uint8], grant: str) -> bytes:
    """Return the bytes of a file."""
    notes = {"sora2lib.cameo": json.dumps(told, sort_keys=True), "sora2lib.grant": grant}
    return save({"frames": np.ascontiguousarray(frames)}, notes)


def unpack(path: Path) -> tuple[dict[str, Any], NDArray[np.uint8], str]:
    """Return what a file tells, its frames and its grant as JSON, not yet believed.

    Raises
    ------
    CameoError
        The file is missing, too large, damaged or of another kind.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise CameoError(f"{path} has {size / 1e6:.3g} MB; a cameo has {LARGEST / 1e6:g} at most")
        content = path.read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        notes = json.loads(content[8 : 8 + length])["__metadata__"]
        told, grant = json.loads(notes["sora2lib.cameo"]), str(notes["sora2lib.grant"])
        frames = load(content)["frames"]
    except OSError as error:
        raise CameoError(f"{path} cannot be read ({error.strerror}); check the name and the folder") from error
    except (SafetensorError, struct.error, ValueError, KeyError, TypeError) as error:
        raise CameoError(f"{path} is damaged, or no cameo ({error}); copy it again") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise CameoError(f"{path} is not of format {FORMAT}; record the cameo again")
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 4 or not frames.size:
        raise CameoError(f"{path} holds frames {frames.dtype} {frames.shape}; a cameo has uint8 (T, H, W, 4)")
    if any(side > most for side, most in zip(frames.shape, MOST, strict=False)):
        raise CameoError(f"{path} holds {frames.shape} values; {MOST} are the most frames, rows and columns")
    return told, frames, grant


def likeness(told: dict[str, Any], frames: NDArray[np.uint8]) -> str:
    """Return the SHA-256 (hex) of all that makes a cameo what it is."""
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    digest.update(repr(frames.shape).encode() + np.ascontiguousarray(frames).tobytes())
    return digest.hexdigest()
