"""From the spectra of a sentence to its sound: pulses of the throat through the shape of the mouth, and breath.

    spectrum = exp(harmonic) exp(i pi tanh(turn)) pulses + exp(breath) noise + exp(rest) exp(i phase)

as the voice was trained (hibari, see NOTICE). Who speaks, and how, shows in what is done to the parts before they are
added: the pitch moved, the spectrum stretched with the size of the mouth, pulses exchanged for breath.

F frames, B bands, W samples of a window, N samples.
"""

import numpy as np
from numpy.typing import NDArray

from sora2lib.cameo.voice import centres
from sora2lib.sound.speakers import Speaker
from sora2lib.sound.voicebox import BANDS, HOP, RATE, Spoken

Array = NDArray[np.float64]
WIDE = 2 * (BANDS - 1)  # samples of a window
WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WIDE) / WIDE)
VOICED = 40.0  # Hz below which there is no voice
HIGHEST = 11_000.0  # Hz; harmonics end here
LOUDEST = 7.0  # logarithm beyond which a band is not believed
BETWEEN = 4  # bands, 160 Hz in all, over which a whisper's spectrum is smoothed
LOWS = 500.0  # Hz below which a whisper gets softer
SLOPE_FROM = 500.0  # Hz from which a voice is brighter or duller than another


def waveform(spoken: Spoken, speaker: Speaker, rng: np.random.Generator) -> Array:
    """Return the sound (N,) of a sentence as one speaker says it, ``RATE`` samples a second.

    The pitch of ``spoken`` is that of the voice as it was trained; that of the speaker lies as many times higher.
    """
    pitch_F = moved(spoken.pitch.astype(np.float64), speaker)
    bands = _stretch(speaker.mouth)
    bright_B1 = np.exp(_slope(speaker.bright) + _tone(speaker.tone))[:, None]
    harmonic_BF, breath_BF, rest_BF = (
        np.minimum(_read(it, bands), LOUDEST) for it in (spoken.harmonic, spoken.breath, spoken.rest)
    )
    if speaker.whispers:
        harmonic_BF = _smoothed(harmonic_BF)
    harmonic_BF, breath_BF, rest_BF = (np.exp(it) * bright_B1 for it in (harmonic_BF, breath_BF, rest_BF))
    noise_BF = rng.standard_normal(harmonic_BF.shape) + 1j * rng.standard_normal(harmonic_BF.shape)
    source_BF = _frames(_pulses(pitch_F), pitch_F.size).T * np.exp(1j * np.pi * np.tanh(_read(spoken.turn, bands)))
    if speaker.whispers:
        # Air alone goes through the mouth; in a pulse train's place noise of its power, less the lows that an open
        # throat swallows.
        source_BF = noise_BF * (np.abs(source_BF).mean(axis=0) * 2**-0.5) * _hoarse()[:, None]
    airy = 10 ** (speaker.breath / 20)
    spectrum_BF = harmonic_BF * source_BF + airy * breath_BF * noise_BF
    spectrum_BF += rest_BF * np.exp(1j * _read(spoken.phase, bands)) * (not speaker.whispers)
    return _joined(spectrum_BF.T)


def moved(pitch_F: Array, speaker: Speaker) -> Array:
    """Pitch (F,) of a speaker from that of the voice: moved as a whole, its ups and downs made more or less."""
    voiced_F = pitch_F > VOICED
    if not voiced_F.any():
        return pitch_F
    middle = float(np.median(pitch_F[voiced_F]))
    own_F = speaker.pitch * middle * (np.maximum(pitch_F, VOICED) / middle) ** speaker.lively
    return np.where(voiced_F, own_F, 0.0)


def _stretch(mouth: float) -> Array:
    """Where each band (B,) is read in the spectrum of a mouth that is that many times as short."""
    return np.minimum(np.arange(BANDS) / mouth, BANDS - 1)


def _read(spectrum_BF: NDArray[np.float32], bands_B: Array) -> Array:
    low_B = np.minimum(bands_B.astype(np.int64), BANDS - 2)
    share_B1 = (bands_B - low_B)[:, None]
    return np.asarray((1 - share_B1) * spectrum_BF[low_B] + share_B1 * spectrum_BF[low_B + 1])


def _smoothed(spectrum_BF: Array) -> Array:
    """A spectrum without what stands between harmonics, where the voice never learned what it lets pass."""
    padded_BF = np.pad(spectrum_BF, ((BETWEEN, BETWEEN), (0, 0)), mode="edge")
    weights = np.hanning(2 * BETWEEN + 3)[1:-1]
    return np.asarray(
        sum(share * padded_BF[k : k + BANDS] for k, share in enumerate(weights / weights.sum())), dtype=np.float64
    )


def _hoarse() -> Array:
    """Gain (B,) that falls by 12 dB an octave below the lows of a whisper."""
    return np.asarray(1 / (1 + (LOWS / np.maximum(np.arange(BANDS) * RATE / WIDE, 1.0)) ** 2))


def _slope(bright: float) -> Array:
    """Logarithm (B,) of a gain that rises by ``bright`` dB an octave."""
    octaves = np.log2(np.maximum(np.arange(BANDS) * RATE / WIDE / SLOPE_FROM, 1.0))
    return np.asarray(np.minimum(octaves, 4.0) * bright * np.log(10) / 20)


def _tone(tone: tuple[float, ...]) -> Array | float:
    """Logarithm (B,) of the gains of a speaker's bands, from one to the next without a step."""
    if not tone:
        return 0.0
    return np.asarray(np.interp(np.arange(BANDS) * RATE / WIDE, centres(), tone) * np.log(10) / 20)


def _pulses(pitch_F: Array) -> Array:
    """Sound (N,) of all harmonics of a pitch below the highest, each of amplitude 1; none where there is no voice."""
    at_N = np.clip((np.arange(pitch_F.size * HOP) + 0.5) / HOP - 0.5, 0, pitch_F.size - 1)
    pitch_N = np.interp(at_N, np.arange(pitch_F.size), pitch_F)
    voiced_N, pitch_N = pitch_N > VOICED, np.maximum(pitch_N, VOICED)
    phase_N = 2 * np.pi * (np.cumsum(pitch_N) / RATE % 1.0)
    count_N = np.floor(HIGHEST / pitch_N) + 0.5
    half_N = 2 * np.sin(phase_N / 2)
    at_peak_N = np.abs(half_N) <= 2e-3
    sum_N = np.where(at_peak_N, count_N, np.sin(count_N * phase_N) / np.where(at_peak_N, 1.0, half_N)) - 0.5
    return np.asarray(sum_N * voiced_N)


def _frames(sound_N: Array, count: int) -> NDArray[np.complex128]:
    """Spectra (F, B) round each frame's middle."""
    padded = np.pad(sound_N, WIDE // 2, mode="reflect" if len(sound_N) > WIDE // 2 else "constant")
    pieces_FW = np.lib.stride_tricks.sliding_window_view(padded, WIDE)[::HOP][:count]
    return np.asarray(np.fft.rfft(pieces_FW * (WINDOW / (WIDE / 4)), axis=1))


def _joined(spectrum_FB: NDArray[np.complex128]) -> Array:
    """Sound (N,) whose spectra come nearest to those given: windows overlapped and added."""
    pieces_FW = np.fft.irfft(spectrum_FB, WIDE, axis=1) * WINDOW
    count, steps = len(pieces_FW), WIDE // HOP
    sound, weight = np.zeros((count + steps - 1, HOP)), np.zeros((count + steps - 1, HOP))
    for k in range(steps):
        part = slice(k * HOP, (k + 1) * HOP)
        sound[k : k + count] += pieces_FW[:, part]
        weight[k : k + count] += WINDOW[part] ** 2
    whole = (sound / np.maximum(weight, 1e-11)).ravel()
    return whole[WIDE // 2 : WIDE // 2 + count * HOP]
