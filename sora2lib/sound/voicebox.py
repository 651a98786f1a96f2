"""The network that speaks: from the sounds of a sentence to how long each lasts, how high, and what spectrum it has.

A ConvNeXt with shared attention, distilled from Kokoro-82M by hibari (NOTICE says by whom); run in NumPy at some forty
times the speed of speech. It has one voice, which :mod:`sora2lib.sound.speakers` turns into many.

L sounds of speech, F frames of a hop each, B bands of the spectrum, C channels.
"""

import io
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora2lib import packaged
from sora2lib.sound.layers import Array, Weights, attend, block, convolve, gelu, linear, norm

DATA = Path(__file__).with_name("data")
WEIGHTS = "voice.npz"
RATE, HOP, BANDS = 24_000, 300, 601  # samples a second and a frame; from 0 to half the rate
BEAT = 2  # frames that a sound lasts a whole number of
ROUNDS = {"m": 4, "pn": 6}  # times that the one layer of attention is gone through
SPREADS = (1, 2, 4, 8, 1, 2)
DECODER = 8  # blocks
HEADS = 2
STILL, ENDING = 4, 10  # frames that are left of the silence before and after a sentence, and of its full stop
EASIEST, HARDEST = 0.78, 1.25  # times the trained pitch for which the voice can make a spectrum
MARKS = 16  # numbers up to this one are pauses and marks of punctuation


@dataclass(frozen=True, eq=False)
class Spoken:
    """A sentence as spectra.

    Parameters
    ----------
    frames : (L,) how many frames each sound of speech lasts.
    pitch : (F,) Hz; below 40 there is no voice.
    harmonic, turn : (B, F) logarithm of what the voice's harmonics are multiplied by, and the phase in half turns
        before a tanh.
    breath : (B, F) logarithm of the level of noise.
    rest, phase : (B, F) logarithm and phase of what is left.
    """

    frames: NDArray[np.int64]
    pitch: Array
    harmonic: Array
    turn: Array
    breath: Array
    rest: Array
    phase: Array


@cache
def weights() -> Weights:
    """Return the packaged weights as float32, read once."""
    with np.load(io.BytesIO(packaged.read(WEIGHTS, folder=DATA))) as packed:
        held = {name: packed[name] for name in packed.files if name != "told"}
    names = [name for name in held if not name.endswith(".scale")]
    plain = {name: held[name].astype(np.float32) * held.get(f"{name}.scale", np.float32(1)) for name in names}
    return {
        name.replace("in_proj_bias", "in_proj.bias"): np.ascontiguousarray(it, np.float32) for name, it in plain.items()
    }


@cache
def told() -> dict[str, dict[str, int] | str]:
    """Return the alphabets: number of each sound of speech, letters and sounds of the reader of unknown words."""
    with np.load(io.BytesIO(packaged.read(WEIGHTS, folder=DATA))) as packed:
        alphabets: dict[str, dict[str, int] | str] = json.loads(packed["told"].tobytes())
    return alphabets


def kept(sounds: str) -> str:
    """Return sounds of speech without what the voice does not know."""
    return "".join(one for one in sounds if one in told()["alphabet"])


def numbers(sounds: str) -> NDArray[np.int64]:
    """Return the numbers (L,) of sounds of speech, with a pause before and after."""
    alphabet = told()["alphabet"]
    assert isinstance(alphabet, dict)
    return np.array([0, *(alphabet[one] for one in kept(sounds)), 0], dtype=np.int64)


def lengths(sounds: str, *, pace: float = 1.0) -> NDArray[np.int64]:
    """Return the frames (L,) that each sound lasts, a short pause before and after; ``pace`` 2 is twice as fast."""
    ids = numbers(sounds)
    return _shortened(_lengths(_read("pn", ids), pace), ids)


def speak(sounds: str, *, pace: float = 1.0, high: float = 1.0) -> Spoken:
    """Speak the sounds of a sentence, at most 400.

    Parameters
    ----------
    sounds : in the alphabet of misaki, such as "həlˈO ðˈɛɹ."
    pace : 1 is the usual one.
    high : times as high as ``pitch`` that the spectrum is made for.
    """
    held, ids = weights(), numbers(sounds)
    sense_LC = _read("pn", ids)
    frames_L = _lengths(sense_LC, pace)
    pitch_F, effort_F = _melody(np.repeat(sense_LC, frames_L // BEAT, axis=0))
    given = [np.log1p(np.maximum(np.float32(high) * pitch_F, 0))[:, None] / 5, effort_F[:, None] / 5]
    x_FC = np.concatenate([np.repeat(_read("m", ids), frames_L, axis=0), *given], axis=1)
    x_FC = convolve(x_FC, held, "m.dec_in")
    for n in range(DECODER):
        x_FC = block(x_FC, held, f"m.dec.{n}")
    parts_PBF = linear(norm(x_FC, held, "m.dec_norm"), held, "m.head").T.reshape(5, BANDS, -1)
    short_L = _shortened(frames_L, ids)
    heard = slice(int(frames_L[0] - short_L[0]), int(frames_L[0] - short_L[0] + short_L.sum()))
    return Spoken(short_L, pitch_F[heard], *parts_PBF[..., heard])


def within_reach(pitch: float) -> float:
    """Return the ``high`` that :func:`speak` is best asked for by a speaker of some pitch."""
    return min(max(pitch, EASIEST), HARDEST)


def _read(part: str, ids: NDArray[np.int64]) -> Array:
    """What each sound means among its neighbours (L, C)."""
    held = weights()
    x_LC = held[f"{part}.text.emb.weight"][ids]
    for n in range(2):
        x_LC = block(x_LC, held, f"{part}.text.convs.{n}")
    for _ in range(ROUNDS[part]):
        x_LC = attend(x_LC, held, f"{part}.text.attn", heads=HEADS)
    return norm(x_LC, held, f"{part}.text.norm")


def _lengths(sense_LC: Array, pace: float) -> NDArray[np.int64]:
    inner = gelu(convolve(sense_LC, weights(), "pn.dur.0"))
    beats = (np.exp(convolve(inner, weights(), "pn.dur.2")[:, 0]) - 1) / pace
    return BEAT * np.maximum(np.round(beats), 1).astype(np.int64)


def _shortened(frames_L: NDArray[np.int64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Frames with short pauses before and after; those that the voice makes take a third of a second each."""
    short_L = frames_L.copy()
    short_L[[0, -1]] = np.minimum(short_L[[0, -1]], STILL)
    if len(ids) > 2 and ids[-2] <= MARKS:
        short_L[-2] = min(short_L[-2], ENDING)
    return short_L


def _melody(sense_KC: Array) -> tuple[Array, Array]:
    """Pitch in Hz and effort of each frame, two a beat."""
    held = weights()
    x_KC = convolve(sense_KC, held, "pn.pro_in")
    for n, spread in enumerate(SPREADS):
        x_KC = block(x_KC, held, f"pn.pro.{n}", spread=spread)
    pitch_F, effort_F = convolve(x_KC, held, "pn.pro_out").reshape(-1, 2, BEAT).swapaxes(0, 1).reshape(2, -1)
    return 100 * pitch_F, 5 * effort_F
