"""A program of its own that decodes the sound of one file, so that what a stranger's file does to a decoder stays here.

``python decoding.py FILE FORMAT SECONDS RATE`` writes a line of JSON, then the samples (channels, samples) float32, at
most so many seconds. Memory, processor time and what it may write are limited.
"""

import json
import os
import sys
from itertools import chain
from typing import Any

import av
import numpy as np

MEMORY, PROCESSOR = 2 * 1024**3, 60  # bytes of address space; s
MOST_CHANNELS = 8


def main() -> None:
    """Answer one request."""
    path, form, seconds, rate = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    with os.fdopen(os.dup(1), "wb") as output, open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # what a codec prints is no answer
        told, sound = _answer(path, form, seconds, rate)
        output.write(json.dumps(told).encode() + b"\n")
        output.write(np.ascontiguousarray(sound, dtype="<f4").tobytes())


def _answer(path: str, form: str, seconds: float, rate: int) -> tuple[dict[str, Any], Any]:
    try:
        _limit()
        return _decoded(path, form, seconds, rate)
    except (av.error.FFmpegError, OSError, ValueError, EOFError, MemoryError) as error:
        return {"error": f"is damaged, or no sound or film of its kind ({_plain(error)}); make it again"}, np.zeros(
            (0, 0)
        )


def _limit() -> None:
    if sys.platform != "win32":  # which has no such limits; the parent's on time is left
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _decoded(path: str, form: str, seconds: float, rate: int) -> tuple[dict[str, Any], Any]:
    # The format is that of the suffix: guessing may find a list of other files, or of addresses.
    with av.open(path, format=form, options={"protocol_whitelist": "file"}) as source:
        audio = next(iter(source.streams.audio), None)
        if audio is None:
            return {"error": "holds no sound; give a file that does"}, np.zeros((0, 0))
        channels = audio.codec_context.channels
        if not 1 <= channels <= MOST_CHANNELS:
            return {"error": f"holds {channels} channels; give 1, 2, 6 or 8"}, np.zeros((0, 0))
        resampler = av.AudioResampler(format="flt", rate=rate)  # PyAV's planes end at the seventh channel
        parts: list[Any] = [np.zeros((channels, 0))]
        count, wanted = 0, round(seconds * rate)
        for frame in chain(source.decode(audio), (None,)):
            fresh = [part.to_ndarray().reshape(-1, channels).T for part in resampler.resample(frame)]
            parts += fresh
            count += sum(part.shape[1] for part in fresh)
            if count >= wanted:
                break
        sound = np.concatenate(parts, axis=1)[:, :wanted]
        whole = float(source.duration or 0) / 1e6
        return {"channels": channels, "rate": audio.rate, "seconds": max(whole, sound.shape[1] / rate)}, sound


def _plain(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


if __name__ == "__main__":
    main()
