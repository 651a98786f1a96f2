"""A sound of the user's own, from a file or an array, as a stereo sound at one rate; what was changed of it is told.

C channels, N samples.
"""

from collections.abc import Iterator
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.errors import RequestError
from sora2lib.media import foreign
from sora2lib.soundtrack import LONGEST

Sound = NDArray[np.float32]
Track = str | Path | tuple[NDArray[Any], float]
RATES = (4_000, 384_000)  # samples a second of an array
_HALF = 0.5**0.5  # of the middle and of the speakers behind, in stereo: ITU-R BS.775
# What each channel gives to the left and to the right ear, 5.1 and 7.1 in the order of WAV files, whose fourth is the
# rumble, which stereo leaves out.
_EARS = np.array([[1, 0, _HALF, 0, _HALF, 0, _HALF, 0], [0, 1, _HALF, 0, 0, _HALF, 0, _HALF]], np.float32)
EARS = {1: np.ones((2, 1), np.float32)} | {count: _EARS[:, :count] for count in (2, 6, 8)}
WHOLE = {"int16": 2.0**15, "int32": 2.0**31}  # full scale of samples that are whole numbers
FULL, RUN = 0.999, 4  # of full scale; samples in a row at it, from which a sound was clipped before it came here
SILENT = 1e-4  # a peak below it is silence


def taken(track: Track) -> tuple[Sound, tuple[str, ...]]:
    """Return a sound (2, N) at ``media.RATE`` within -1..1, at most ``LONGEST`` long, and what the user should know.

    Parameters
    ----------
    track : a file of sound or film, or samples (C, N) or (N,) and their rate; floats in -1..1, or 16 or 32 bit whole.

    Raises
    ------
    MediaError
        The file is missing, damaged, no sound, or takes too much to decode.
    RequestError
        The samples or their rate break a rule.

    >>> taken((np.zeros(48_000), 48_000))[1]
    ('the given sound is mono; both ears hear it', 'the given sound is silence')
    """
    if isinstance(track, str | Path):
        heard = foreign.sound(track, rate=media.RATE, first=LONGEST)
        sound_CN, rate, seconds = heard.sound[:, : round(LONGEST * media.RATE)], float(heard.source_rate), heard.seconds
        _check_finite(sound_CN, media.RATE)
    else:
        sound_CN, rate = _checked(track)
        _check_finite(sound_CN, rate)
        seconds = sound_CN.shape[1] / rate
        sound_CN = media.resampled(sound_CN[:, : round(LONGEST * rate)], round(rate))
    if len(sound_CN) not in EARS:
        raise RequestError(f"the given sound has {len(sound_CN)} channels; give 1, 2, 6 (5.1) or 8 (7.1)")
    sound_2N = EARS[len(sound_CN)] @ sound_CN
    peak = float(np.abs(sound_2N).max())
    told = (*_of_file(len(sound_CN), rate, seconds), *_of_samples(sound_CN, peak))
    return np.ascontiguousarray(sound_2N / max(peak, 1.0), dtype=np.float32), tuple(told)


def _checked(track: Any) -> tuple[Sound, float]:
    """Samples (C, N) and their rate, or why they are none."""
    if not isinstance(track, tuple) or len(track) != 2:
        raise RequestError(f"{str(track)[:60]!r} is no track; give a file, a clip, or (samples, rate)")
    array, rate = np.atleast_2d(np.asarray(track[0])), track[1]
    if not isinstance(rate, Real) or isinstance(rate, bool) or not RATES[0] <= float(rate) <= RATES[1]:
        raise RequestError(
            f"the rate of the track is {str(rate)[:60]!r}; give samples a second, {RATES[0]} to {RATES[1]}"
        )
    if array.ndim != 2 or not array.size or array.shape[0] > array.shape[1]:
        raise RequestError(
            f"the track is {array.shape}; give (channels, samples), such as track.T, one sample at least"
        )
    if str(array.dtype) not in WHOLE and array.dtype.kind != "f":
        raise RequestError(f"the track holds {array.dtype}; give floats in -1..1, int16 or int32")
    return (array / WHOLE.get(str(array.dtype), 1.0)).astype(np.float32), float(rate)


def _check_finite(sound_CN: Sound, rate: float) -> None:
    wrong = ~np.isfinite(sound_CN)
    if wrong.any():
        first = int(np.argmax(wrong.any(axis=0))) / rate
        raise RequestError(
            f"the given sound holds {int(wrong.sum())} samples that are no numbers, from {first:.3g} s on; put others "
            "in their place, as numpy.nan_to_num does"
        )


def _of_file(channels: int, rate: float, seconds: float) -> Iterator[str]:
    if channels == 1:
        yield "the given sound is mono; both ears hear it"
    if channels > 2:
        yield f"the given sound has {channels} channels, mixed down to 2"
    if rate != media.RATE:
        yield f"the given sound has {rate:g} samples a second, brought to {media.RATE}"
    if seconds > LONGEST + 1e-3:
        yield f"the given sound lasts {seconds:.6g} s, of which the first {LONGEST:g} are kept"


def _of_samples(sound_CN: Sound, peak: float) -> Iterator[str]:
    if peak < SILENT:
        yield "the given sound is silence"
    flat = max(map(_longest_run, np.abs(sound_CN) >= FULL))
    if peak > 1 + 1e-6:
        yield f"the given sound peaks at {peak:.3g} of full scale and is made softer by that"
    elif flat >= RUN:
        yield f"the given sound is clipped: up to {flat} samples in a row stand at full scale"


def _longest_run(true_N: NDArray[np.bool_]) -> int:
    """How many in a row are true, at most."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true_N, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))
