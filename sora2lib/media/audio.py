"""Sound alone: other rates, and sound packed into a text.

C channels, N samples.
"""

import base64
import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from sora2lib.media import foreign

Sound = NDArray[np.float32]
_PACKED = 750_000  # bytes that a given sound may take in a file, a million characters
_FINEST = 128_000  # bits a second


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


def unpacked_sound(text: str, *, rate: int, seconds: float) -> Sound:
    """Undo :func:`packed_sound`, up to a number of seconds."""
    heard = foreign.heard(base64.b64decode(text, validate=True), rate=rate, first=seconds)
    return heard.sound[:, : round(seconds * rate)]


def _frame(sound: Sound, rate: int, layout: str) -> Any:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, dtype=np.float32), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    return frame
