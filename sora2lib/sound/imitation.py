"""A speaker who sounds like a voice that was measured: as high, as lively, its sound spread over the same bands.

The voice of :mod:`sora2lib.sound.voicebox` says a sentence, is measured in the same way, and its bands are raised and
lowered by what is lacking; then again, since a moved pitch fills the bands otherwise.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from sora2lib.cameo.voice import Voice, measure
from sora2lib.sound import voicebox
from sora2lib.sound.speakers import Speaker
from sora2lib.sound.spelling import pronounce
from sora2lib.sound.waveform import waveform

SENTENCE = "The old boat sailed past the quiet harbour, before we could ask her for your name. Nine grey birds flew up."
ROUNDS = 4
MOUTH = 0.25  # power of the pitch with which a mouth is shorter
PITCHES, MOUTHS, LIVELY, GAIN = (0.3, 3.0), (0.8, 1.22), (0.3, 1.8), 30.0  # ranges; dB


@lru_cache(maxsize=16)
def imitate(voice: Voice, name: str) -> Speaker:
    """Return a speaker who sounds like a voice.

    >>> imitate(measured, "@rex").pitch  # doctest: +SKIP
    0.61
    """
    plain = _plain()
    pitch = float(np.clip(voice.pitch / plain.pitch, *PITCHES))
    lively = float(np.clip(voice.spread / max(plain.spread, 0.1), *LIVELY))
    speaker = Speaker(name, pitch=pitch, mouth=float(np.clip(pitch**MOUTH, *MOUTHS)), lively=lively)
    tone_B = np.zeros(len(voice.tone))
    for _ in range(ROUNDS):
        heard = _measured(speaker)
        tone_B = np.clip(tone_B + np.array(voice.tone) - np.array(heard.tone), -GAIN, GAIN)
        pitch = float(np.clip(speaker.pitch * voice.pitch / heard.pitch, *PITCHES))
        speaker = replace(speaker, pitch=pitch, tone=tuple(np.round(tone_B, 2).tolist()))
    return speaker


@lru_cache(maxsize=1)
def _plain() -> Voice:
    return _measured(Speaker("plain"))


def _measured(speaker: Speaker) -> Voice:
    spoken = voicebox.speak(pronounce(SENTENCE), high=voicebox.within_reach(speaker.pitch))
    return measure(waveform(spoken, speaker, np.random.default_rng(0)), voicebox.RATE)
