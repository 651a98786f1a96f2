"""What is to be heard in a clip, in the terms of the field, as an xarray.Dataset: spectra, loudness, onsets, voices.

F moments of the spectrum, B bands.
"""

import math
from typing import Any

import librosa
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.physics.onsets import onsets
from sora2lib.sound.loudness import lufs, momentary, true_peak
from sora2lib.sound.saying import lasting
from sora2lib.sound.speech import voices
from sora2lib.world.contacts import contacts
from sora2lib.world.schema import World

Array = NDArray[np.float64]
HOP, WINDOW, BANDS = 480, 2048, 96  # samples from one moment to the next, and of each; bands of the mel scale
FAINTEST = -120.0  # dB
NEAR = 0.02  # s within which an onset belongs to a contact


def listen(clip: Clip) -> xr.Dataset:
    """Measure what is to be heard in a clip.

    Parameters
    ----------
    clip : any; of one with a world, contacts and lines are told as well.

    Returns
    -------
    A dataset over ``time``, 100 a second, in seconds of the clip:

    - ``mel`` (band, time): power in bands of the mel scale, dB below a sine at full scale, both ears; ``frequency``
      (band) is the middle of each in Hz
    - ``level`` (ear, time): root mean square, dB below full scale; ``loudness`` (time): momentary, LUFS (ITU-R BS.1770)
    - ``centroid``, ``bandwidth``, ``rolloff`` (time): of the spectrum, Hz; ``flatness`` (time): 0 a tone, 1 noise
    - ``onset_strength`` (time): librosa's; ``onset_time`` (onset): seconds at which a sound sets in
    - ``contact_time``, ``impulse`` in N s, ``actor``, ``other`` (contact): what meets in the world, and ``heard``: the
      seconds from there to the onset within 20 ms, NaN where none is
    - ``line_start``, ``line_stop``, ``line_text``, ``line_speaker`` (line), and ``speaking`` (speaker, time): who
      speaks when; none where the clip's own sound is not heard

    Its attributes hold the integrated loudness in LUFS, the true peak in dBTP, and how much of the sound was given.

    >>> heard = listen(clip)                             # doctest: +SKIP
    >>> heard.loudness.max(), heard.attrs["loudness"]    # doctest: +SKIP
    >>> heard.mel.to_pandas()                            # doctest: +SKIP
    """
    sound_2N = media.resampled(clip.sound, clip.rate)
    told = xr.Dataset(_spectra(sound_2N), coords=_axes(sound_2N.shape[1]))
    told = told.assign_coords(onset_time=("onset", onsets(sound_2N)))
    told["loudness"] = ("time", momentary(sound_2N.astype(np.float64), media.RATE, told.time.values))
    if clip.world is not None:
        told = told.assign(_contacts(clip.world, clip, told.onset_time.values))
        told = told.assign(_lines(clip.world, clip, told.time.values))
    told.attrs = {
        "loudness": lufs(sound_2N.astype(np.float64), media.RATE),
        "true_peak": _decibels(true_peak(sound_2N.astype(np.float64))),
        "given": clip.soundtrack.mix,
    }
    return told


def _axes(samples: int) -> dict[str, Any]:
    moments = np.arange(1 + samples // HOP) * HOP / media.RATE
    frequency = librosa.mel_frequencies(BANDS + 2, fmin=0, fmax=media.RATE / 2)[1:-1]
    return {"time": moments, "ear": ["left", "right"], "frequency": ("band", frequency)}


def _spectra(sound_2N: NDArray[np.float32]) -> dict[str, Any]:
    size_2KF = np.abs(librosa.stft(sound_2N, n_fft=WINDOW, hop_length=HOP))
    # A sine at full scale in both ears is 1.
    power_KF = (size_2KF**2).mean(axis=0) * (4 / WINDOW) ** 2
    mel_BF = librosa.feature.melspectrogram(S=power_KF, sr=media.RATE, n_mels=BANDS, norm=None)
    mel_BF = np.maximum(librosa.power_to_db(mel_BF, amin=1e-12, top_db=None), FAINTEST)
    level_2F = librosa.feature.rms(y=sound_2N, frame_length=WINDOW, hop_length=HOP)[:, 0]
    size_KF, rate = np.sqrt(power_KF), media.RATE
    return {
        "mel": (("band", "time"), mel_BF),
        "level": (("ear", "time"), np.maximum(librosa.amplitude_to_db(level_2F, amin=1e-6, top_db=None), FAINTEST)),
        "centroid": ("time", librosa.feature.spectral_centroid(S=size_KF, sr=rate)[0]),
        "bandwidth": ("time", librosa.feature.spectral_bandwidth(S=size_KF, sr=rate)[0]),
        "rolloff": ("time", librosa.feature.spectral_rolloff(S=size_KF, sr=rate)[0]),
        "flatness": ("time", librosa.feature.spectral_flatness(S=size_KF)[0]),
        "onset_strength": ("time", librosa.onset.onset_strength(S=mel_BF, sr=rate, hop_length=HOP)),
    }


def _contacts(world: World, clip: Clip, onset_O: Array) -> dict[str, Any]:
    """What meets in the part of a world that a clip shows, and how far off it is heard."""
    found = contacts(world)
    time_N = found.time - clip.start
    shown = (time_N >= 0) & (time_N < clip.seconds)
    names = np.array([*world.actor.values.tolist(), "ground"])
    off_NO = onset_O - time_N[shown][:, None]
    nearest_N = np.take_along_axis(off_NO, np.abs(off_NO).argmin(axis=1)[:, None], 1)[:, 0] if len(onset_O) else np.nan
    return {
        "contact_time": ("contact", time_N[shown]),
        "impulse": ("contact", found.impulse[shown]),
        "actor": ("contact", names[found.actor[shown]]),
        "other": ("contact", names[found.other[shown]]),
        "heard": ("contact", np.where(np.abs(nearest_N) < NEAR, nearest_N, np.nan) + np.zeros(int(shown.sum()))),
    }


def _lines(world: World, clip: Clip, time_F: Array) -> dict[str, Any]:
    """Who speaks when in a clip."""
    if clip.soundtrack.mix == 1:
        world = world.isel(line=slice(0))
    starts = world.line_start.values - float(world.time.values[0]) - clip.start
    took = [lasting(str(text), voice) for text, voice in zip(world.line_text.values, voices(world), strict=True)]
    stops = starts + np.array(took, dtype=float)
    speakers = list(dict.fromkeys(world.line_speaker.values.tolist()))
    talks_LF = (time_F >= starts[:, None]) & (time_F < stops[:, None])
    own_SL = np.array(speakers, dtype=str)[:, None] == world.line_speaker.values
    return {
        "line_start": ("line", starts),
        "line_stop": ("line", stops),
        "line_text": ("line", world.line_text.values),
        "line_speaker": ("line", world.line_speaker.values),
        "speaker": ("speaker", np.array(speakers, dtype=str)),
        "speaking": (("speaker", "time"), (own_SL[:, :, None] & talks_LF).any(axis=1)),
    }


def _decibels(peak: float) -> float:
    return max(20 * math.log10(max(peak, 1e-9)), FAINTEST)
