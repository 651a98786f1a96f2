"""A music bed: chords, a bass and a melody in a mood, played by instruments that are worked out note by note."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound.stage import place

Array = NDArray[np.float64]
LEVEL = 10 ** (-27 / 20)  # root mean square
A4, SEMITONE = 440.0, 2 ** (1 / 12)
MAJOR, MINOR, DORIAN, PHRYGIAN = (
    (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10), (0, 1, 3, 5, 7, 8, 10),
)  # fmt: skip
FADE = 0.25  # s at both ends


@dataclass(frozen=True)
class Style:
    """What a mood sounds like.

    ``tempo`` in beats a minute, ``scale`` in semitones, ``chords`` as steps of the scale, a bar each; ``melody`` is
    how many of the half beats have a note, ``drum`` the level of the drum, ``bright`` how many partials are strong.
    """

    tempo: tuple[float, float]
    scale: tuple[int, ...]
    chords: tuple[int, ...]
    melody: float
    drum: float = 0.0
    bright: float = 1.0
    pad: float = 1.0


STYLES: dict[str, Style] = {
    "calm": Style((66, 76), MAJOR, (0, 5, 3, 4), 0.35, bright=0.7),
    "happy": Style((112, 126), MAJOR, (0, 3, 4, 0), 0.7, drum=0.5, bright=1.3, pad=0.5),
    "sad": Style((58, 66), MINOR, (0, 5, 3, 4), 0.3, bright=0.6),
    "tense": Style((92, 104), PHRYGIAN, (0, 1, 0, 1), 0.25, drum=0.7, bright=0.9),
    "epic": Style((84, 96), MINOR, (0, 5, 2, 6), 0.4, drum=1.0, bright=1.2, pad=1.4),
    "mysterious": Style((70, 80), DORIAN, (0, 3, 0, 6), 0.3, bright=0.8),
    "playful": Style((104, 116), MAJOR, (0, 4, 5, 3), 0.6, drum=0.3, bright=1.1, pad=0.3),
}


@dataclass(frozen=True)
class Bar:
    """Four beats over one chord: ``root`` is a step of the scale, ``key`` in semitones, ``beat`` in seconds."""

    style: Style
    key: int
    root: int
    beat: float
    rate: int

    def pitch(self, step: int) -> float:
        """Frequency of a step of the scale around the middle of the piano, Hz."""
        octave, degree = divmod(step, len(self.style.scale))
        return float(A4 / 2 * SEMITONE ** (self.key + 3 + self.style.scale[degree] + 12 * octave))


# Seconds into the bar, side from -1 to 1, sound (N,).
Note = tuple[float, float, Array]


def bed(mood: str, *, count: int, rng: np.random.Generator, rate: int) -> Array:
    """Return music (2, count) in a mood of :data:`sora2lib.world.vocabulary.MOODS`; silence for "".

    Key and tempo are drawn within the mood; a bar has four beats.

    >>> bed("calm", count=96_000, rng=np.random.default_rng(0), rate=48_000).shape
    (2, 96000)
    """
    out_2N = np.zeros((2, count))
    if not mood:
        return out_2N
    style, key = STYLES[mood], int(rng.integers(-5, 7))
    beat = 60 / float(rng.uniform(*style.tempo))
    for n in range(math.ceil(count / rate / (4 * beat))):
        bar = Bar(style, key, style.chords[n % len(style.chords)], beat, rate)
        for since, side, sound_N in (*_chord(bar), *_bass(bar, rng), *_melody(bar, rng), *_drums(bar, rng)):
            place(out_2N, sound_N, round((4 * n * beat + since) * rate), side, rate)
    n_N = np.arange(count)
    out_2N *= np.minimum(1.0, np.minimum(n_N + 1, count - n_N) / (FADE * rate))
    return out_2N * (LEVEL / max(float(np.sqrt(np.mean(out_2N**2))), 1e-9))


def _chord(bar: Bar) -> Iterator[Note]:
    """Three voices, from left to right, that lap over into the next bar."""
    for side, step in ((-0.5, 0), (0.0, 2), (0.5, 4)):
        pitch = bar.pitch(bar.root + step - 7)
        yield 0.0, side, bar.style.pad * _pad(pitch, 4 * bar.beat + 0.3, bar.style.bright, bar.rate)


def _bass(bar: Bar, rng: np.random.Generator) -> Iterator[Note]:
    """The root, two octaves down, on the first and the third beat."""
    for since in (0.0, 2 * bar.beat):
        yield since, 0.0, _pluck(bar.pitch(bar.root - 14), 1.2, 0.9, rng, bar.rate)


def _melody(bar: Bar, rng: np.random.Generator) -> Iterator[Note]:
    """Notes on some of the half beats that wander by step and skip, from a note of the chord."""
    step = int(rng.choice((0, 2, 4)))
    for half in range(8):
        if rng.random() < bar.style.melody:
            step = int(np.clip(step + rng.choice((-2, -1, 1, 2)), -3, 9))
            # The strong beats belong to the chord, the others to the key.
            pitch = bar.pitch(step + (bar.root if half % 4 == 0 else 0))
            yield half * bar.beat / 2, 0.25, 0.5 * _pluck(pitch, 0.9, bar.style.bright, rng, bar.rate)


def _drums(bar: Bar, rng: np.random.Generator) -> Iterator[Note]:
    """A low drum and a snare in turn, where the mood has any."""
    for quarter in range(4 if bar.style.drum else 0):
        yield quarter * bar.beat, 0.0, bar.style.drum * (_snare(rng, bar.rate) if quarter % 2 else _boom(bar.rate))


def _pad(pitch: float, seconds: float, bright: float, rate: int) -> Array:
    """Strings that swell: a few partials, each a little out of tune with itself."""
    time_N = np.arange(round(seconds * rate)) / rate
    swell_N = np.minimum(1.0, time_N / 0.4) * np.minimum(1.0, (seconds - time_N) / 0.4)
    # Powers of one turning number are the partials.
    first_N, out_N = np.exp(2j * np.pi * pitch * time_N), np.zeros(len(time_N))
    partial_N = np.ones(len(time_N), dtype=np.complex128)
    beat_N = 1 + 0.3 * np.cos(2 * np.pi * 0.006 * pitch * time_N)
    for n in range(1, 5):
        partial_N = partial_N * first_N
        out_N += bright ** (n - 1) / n**1.6 * partial_N.imag
    return 0.10 * swell_N * beat_N * out_N


def _pluck(pitch: float, seconds: float, bright: float, rng: np.random.Generator, rate: int) -> Array:
    """A string that is plucked and rings."""
    out_N, n = np.zeros(round(seconds * rate)), np.arange(1, 9)
    frequency = pitch * n * np.sqrt(1 + 2e-4 * n**2)
    heard = frequency < 0.45 * rate
    level = 0.35 * bright ** (n - 1.0) / n**1.2 * rng.uniform(0.8, 1.0, len(n))
    kernels.ring(out_N, 0.0, frequency[heard], (2.5 + 0.9 * n)[heard], level[heard], float(rate))
    tail = round(0.05 * rate)
    out_N[-tail:] *= np.linspace(1, 0, tail)
    out_N[: round(0.002 * rate)] *= np.linspace(0, 1, round(0.002 * rate))
    return out_N


def _snare(rng: np.random.Generator, rate: int) -> Array:
    time_N = np.arange(round(0.25 * rate)) / rate
    noise_N = kernels.sweep(rng.standard_normal(len(time_N)), np.full(len(time_N), 1900.0), 0.5, float(rate))
    return np.asarray(0.25 * noise_N * np.exp(-time_N / 0.05))


def _boom(rate: int) -> Array:
    """A drum whose skin is tight when struck: its pitch falls to 50 Hz."""
    time_N = np.arange(round(0.25 * rate)) / rate
    turn_N = 50 * time_N + 3.0 * (1 - np.exp(-time_N / 0.03))
    return np.asarray(0.6 * np.sin(2 * np.pi * turn_N) * np.exp(-time_N / 0.08))
