"""Sound alone: files of others, decoded by a program of its own; other rates; and sound packed into a text.

C channels, N samples.
"""

import base64
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import MediaError

Sound = NDArray[np.float32]
# FFmpeg's name of the format by suffix.
FORMATS = {
    **{".wav": "wav", ".mp3": "mp3", ".flac": "flac", ".ogg": "ogg", ".opus": "ogg", ".aac": "aac"},
    **dict.fromkeys((".m4a", ".mp4", ".m4v", ".mov"), "mov"),
    **dict.fromkeys((".webm", ".mkv"), "matroska"),
    ".avi": "avi",
}
PATIENCE = 90  # s that a file may take
_PROGRAM = Path(__file__).with_name("decoding.py")
_PACKED = 750_000  # bytes that a given sound may take in a file, a million characters
_FINEST = 128_000  # bits a second


@dataclass(frozen=True, eq=False)
class Heard:
    """The sound of a file.

    Parameters
    ----------
    sound : (C, N) float32 at the rate that was asked for.
    rate : samples a second in the file.
    seconds : that the file lasts, of which no more were read than asked.
    """

    sound: Sound
    rate: int
    seconds: float


def read_sound(path: str | Path, *, rate: int, seconds: float) -> Heard:
    """Return what is heard in the first seconds of a file, at a rate of samples a second.

    The file is decoded by another process with limits of its own on memory and time.

    Raises
    ------
    MediaError
        The file is missing, damaged, of another kind, holds no sound, or takes too much to decode.
    """
    path = Path(path)
    if not path.is_file():
        raise MediaError(f"there is no file {path}; check the name and the folder")
    if path.suffix.lower() not in FORMATS:
        raise MediaError(f"{path} ends in {path.suffix!r}; use one of {', '.join(FORMATS)}")
    told, samples = _decoded(path, rate=rate, seconds=seconds)
    if "error" in told:
        raise MediaError(f"{path} {told['error']}")
    sound = np.frombuffer(samples, dtype="<f4").reshape(told["channels"], -1)
    if not sound.size:
        raise MediaError(f"{path} holds no whole sample; make it again")
    return Heard(sound, told["rate"], told["seconds"])


def _decoded(path: Path, *, rate: int, seconds: float) -> tuple[dict[str, Any], bytes]:
    command = [sys.executable, "-P", str(_PROGRAM), str(path.resolve()), FORMATS[path.suffix.lower()]]
    # It finds what this process does, and does not start a thread for each core.
    around = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [*command, str(seconds), str(rate)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=True, env=around,
        )  # fmt: skip
        head, _, samples = done.stdout.partition(b"\n")
        return json.loads(head), samples
    except (subprocess.SubprocessError, ValueError) as error:
        raise MediaError(f"{path} takes too much memory or time to decode; cut it shorter, or make it again") from error


def resampled(sound: Sound, rate: int, *, to: int) -> Sound:
    """Return a sound (C, N) at another rate, as long as it was."""
    if rate == to:
        return sound
    # One channel after the other, which so need no names.
    ears = [_one_resampled(ear, rate, to) for ear in sound]
    count = round(sound.shape[1] * to / rate)
    return np.stack([np.pad(ear, (0, max(0, count - len(ear))))[:count] for ear in ears])


def _one_resampled(ear: Sound, rate: int, to: int) -> Sound:
    resampler = av.AudioResampler(format="fltp", rate=to)
    frames = (_frame(ear[None], rate, "mono"), None)
    return np.concatenate([part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)])


def packed_sound(sound: Sound, rate: int) -> str:
    """Return a stereo sound (2, N) as a text of a million characters at most: Opus in base 64."""
    bits = min(_FINEST, int(0.85 * _PACKED * 8 * rate / sound.shape[1]))
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ogg") as output:
        stream: Any = output.add_stream("libopus", rate=rate, layout="stereo")
        stream.bit_rate = bits
        output.mux(stream.encode(_frame(sound, rate, "stereo")))
        output.mux(stream.encode(None))
    return base64.b64encode(buffer.getvalue()).decode()


def unpacked_sound(text: str, *, samples: int) -> Sound:
    """Undo :func:`packed_sound`, up to a number of samples."""
    resampler = av.AudioResampler(format="fltp", layout="stereo")
    parts: list[Any] = [np.zeros((2, 0))]
    count = 0
    try:
        with av.open(io.BytesIO(base64.b64decode(text, validate=True)), "r", format="ogg") as source:
            for frame in source.decode(audio=0):
                parts += [part.to_ndarray() for part in resampler.resample(frame)]
                count += frame.samples
                if count >= samples:
                    break
    except (av.error.FFmpegError, IndexError) as error:
        raise MediaError(f"the sound that was given is damaged in the file ({error}); copy it again") from error
    return np.concatenate(parts, axis=1)[:, :samples].astype(np.float32)


def _frame(sound: Sound, rate: int, layout: str) -> Any:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, dtype=np.float32), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    return frame
