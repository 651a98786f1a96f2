"""Whether cameos look and sound like their recordings: prints a table and writes it as dated JSON.

python benchmarks/cameo.py [--subjects N] [--voices N] [--results FOLDER]

Subjects are named pictures, filmed before a mottled wall: they sway, the film has noise and is written as MP4. Each is
recorded, shown as a ball that rolls or is thrown, and every frame in which at least 150 pixels of it are seen is
compared with the pictures that were filmed and with those of 20 others: turned upright by how the cut-out is known to
lean, then the colours in a grid of 3 by 3, by the distance of histograms. A frame counts when its own subject is the
nearest; the worst frame counts for the subject. The cut-out itself is compared with the picture that was filmed
(intersection over union).

Voices are speakers with a pitch, a mouth and a colour of their own, drawn at random, who say three sentences; each is
measured, imitated, and says two others, which are compared with the recordings of all by the symmetric
Kullback-Leibler divergence of Gaussians over 19 cepstra.
"""

import argparse
import json
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.ndimage import rotate, zoom
from speed import machine, versions

from sora2lib import Cameo, CameoError, Consent, media
from sora2lib.cameo.voice import measure, triangles
from sora2lib.consent.keys import HOME
from sora2lib.render import passes, render
from sora2lib.render.cameos import facing
from sora2lib.sound.imitation import imitate
from sora2lib.sound.speakers import Speaker
from sora2lib.sound.speech import say
from sora2lib.starring import starring
from sora2lib.world import cutouts
from sora2lib.world.schema import World
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import axes

Array = NDArray[np.float64]
YES = Consent("a named picture")
SIDE, FILM = 240, (360, 640)  # pixels of a subject, and of the film
BESIDE, FPS = (0.4, -1.6, 0.5), 2  # metres from the cameo to the camera; frames a second that are compared
OTHERS = 20  # pictures, at least, that it might be taken for
LEAST = 150  # pixels of a cameo that can be told
WALKS = (("roll", 3), ("throw", 5))
RECORDED = (
    "A cold wind came down from the hills that night.",
    "My brother keeps nine grey pigeons behind the garden wall.",
    "You should never cross a river when the water is brown.",
)
SAID = ("Please wait for me at the corner of the street.", "We have seen the last of the summer, I think.")
RATE = 24_000


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, default=21)
    parser.add_argument("--voices", type=int, default=20)
    parser.add_argument("--results", type=Path, default=Path(__file__).with_name("results"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME] = folder
        told = looks(asked.subjects, Path(folder)) | heard(asked.voices)
    for name, value in told.items():
        print(f"{name:60} {value}")
    asked.results.mkdir(exist_ok=True)
    made = {"date": date.today().isoformat(), "machine": machine(), "versions": versions(), "rows": told}
    (asked.results / f"cameo-{date.today()}.json").write_text(json.dumps(made, indent=1) + "\n")


# T frames, H height, W width


def filmed(name: str, seed: int, folder: Path) -> tuple[Path, NDArray[np.bool_]]:
    """A film of a named picture, and where it is in the first frame."""
    rng, (height, width) = np.random.default_rng(seed), FILM
    picture = cutouts.picture(name)
    share = SIDE / max(picture.shape[:2])
    big = zoom(picture.astype(float), (share, share, 1), order=1).clip(0, 255)
    wall = zoom(rng.uniform(60, 200, 3) + rng.normal(0, 14, (9, 16, 3)), (height / 9, width / 16, 1), order=1)
    frames = []
    for index in range(60):
        top = height - big.shape[0] - 30
        left = (width - big.shape[1]) // 2 + round(15 * np.sin(index / 9))
        frame = wall + rng.normal(0, 3, wall.shape)
        part, solid = frame[top : top + big.shape[0], left : left + big.shape[1]], big[..., 3:] / 255
        part[:] = solid * big[..., :3] + (1 - solid) * part
        frames.append(frame.clip(0, 255).astype(np.uint8))
    path = folder / f"{seed}.mp4"
    media.write(path, frames, fps=24, sound=np.zeros((2, round(2.5 * media.RATE)), np.float32), force=True)
    return path, big[..., 3] > 127


def looks(count: int, folder: Path) -> dict[str, Any]:
    """Films cut out, and found again in clips."""
    names = list(cutouts.catalogue())[:: len(cutouts.catalogue()) // max(count, OTHERS + 1)]
    known = [_colours(picture[..., :3], picture[..., 3] > 127) for picture in map(cutouts.picture, names)]
    cameos, overlap, seconds, refused = [], [], [], []
    for seed, name in enumerate(names[:count]):
        path, truth = filmed(name, seed, folder)
        begun = _cpu()
        try:
            cameos.append((seed, Cameo.record(path, f"s{seed}", "ball", consent=YES)))
        except CameoError as error:
            refused.append(f"{name}: {error}")
            continue
        seconds.append(_cpu() - begun)
        overlap.append(_overlap(cameos[-1][1].frames[0, ..., 3] > 127, truth))
    right, frames, whole = 0, 0, 0
    for index, cameo in cameos:
        worlds = [simulate(family, seed, seconds=2.0) for family, seed in WALKS]
        ranks = [rank for world in worlds for rank in _ranks(cameo, index, known, world)]
        right, frames, whole = right + sum(ranks), frames + len(ranks), whole + (bool(ranks) and all(ranks))
    return {
        "subjects": len(cameos),
        "films in which no subject was found": f"{len(refused)} of {len(refused) + len(cameos)}",
        "cut-out against the picture filmed, median IoU": round(float(np.median(overlap)), 3),
        "the same, worst": round(min(overlap), 3),
        "CPU seconds from a film of 2.5 s, 640x360, to a cameo, median": round(float(np.median(seconds)), 2),
        f"frames: its own picture nearest of {len(known)}": f"{right} of {frames}",
        "subjects: in every frame, the worst too": f"{whole} of {len(cameos)}",
    }


def _cpu() -> float:
    """CPU seconds of this process and of those that it has started and that have ended."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def _overlap(cut: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Intersection over union of a cut-out and a picture, each cropped to what it shows."""
    one, other = (_cropped(mask, mask) for mask in (cut, truth))
    other = zoom(other.astype(float), np.array(one.shape) / other.shape, order=1) > 0.5
    return float((one & other).sum() / (one | other).sum())


def _cropped(values: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[Any]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _colours(picture: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Array:
    """Shares of colours, whatever the light, in each field of a grid of 3 by 3 (9, 36); empty fields are even."""
    picture, mask = _cropped(picture, mask), _cropped(mask, mask)
    light = picture.astype(float).sum(axis=-1) + 30
    red, green = ((picture[..., channel] + 10.0) / light for channel in (0, 1))
    code = (red * 9).astype(int).clip(0, 5) * 6 + (green * 9).astype(int).clip(0, 5)
    rows, columns = (np.linspace(0, size, 4).astype(int) for size in mask.shape)
    fields = []
    for i in range(3):
        for j in range(3):
            here = slice(rows[i], max(rows[i + 1], rows[i] + 1)), slice(columns[j], max(columns[j + 1], columns[j] + 1))
            fields.append(np.bincount(code[here][mask[here]], minlength=36) + 0.3)
    return np.stack([field / field.sum() for field in fields])


def _ranks(cameo: Cameo, index: int, known: list[Array], world: World) -> list[bool]:
    """Of each frame in which a cameo is seen, whether its own recording is the nearest; the ball is followed."""
    world = starring(world.isel(actor=[0]), [cameo])
    place, turn = world.position.values[0], world.rotation.values[0]
    eye = place + np.array(BESIDE)
    views = {"camera_eye": eye, "camera_target": place, "camera_fov": np.full(len(place), 0.5)}
    world = world.assign({name: (world[name].dims, values) for name, values in views.items()})
    found = []
    for number, frame in enumerate(render(world, width=256, height=144, fps=FPS, seconds=2.0)):
        mask = passes(world, number / FPS, width=256, height=144)["segmentation"] == 0
        if mask.sum() >= LEAST:
            sample = round(number / FPS * world.rate)
            tilt = _tilt(turn[sample], place[sample], eye[sample])
            seen = rotate(np.dstack([frame, 255 * mask.astype(np.uint8)]), tilt, order=1)
            colours = _colours(seen[..., :3], seen[..., 3] > 127)
            found.append(int(np.argmin([_away(colours, one) for one in known])) == index)
    return found


def _tilt(turn: Array, place: Array, eye: Array) -> float:
    """By how many degrees a cut-out leans to the right in the picture."""
    up = axes(facing(axes(turn)[:, 2], place, eye))[:, 2]
    right, upright, _ = axes(facing(np.array([0.0, 0, 1]), place, eye)).T[[0, 2, 1]]
    return float(np.degrees(np.arctan2(up @ right, up @ upright)))


def _away(one: Array, other: Array) -> float:
    return float(np.abs(np.sqrt(one) - np.sqrt(other)).sum())


# Voices


def heard(count: int) -> dict[str, Any]:
    """Voices imitated, and told apart."""
    rng = np.random.default_rng(0)
    recorded = [_spoken(_stranger(rng, number), RECORDED) for number in range(count)]
    known = [cepstra(sound) for sound in recorded]
    right, pitches, begun = 0, [], _cpu()
    measured = [measure(sound, RATE) for sound in recorded]
    speakers = [imitate(voice, f"@{number}") for number, voice in enumerate(measured)]
    took = (_cpu() - begun) / count
    for number, speaker in enumerate(speakers):
        again = _spoken(speaker, SAID)
        right += int(np.argmin([divergence(cepstra(again), one) for one in known])) == number
        pitches.append(abs(measure(again, RATE).pitch / measured[number].pitch - 1))
    return {
        f"voices: nearest to its own recording of {count}": f"{right} of {count}",
        "pitch of what is said, from that of the recording, median": f"{np.median(pitches):.1%}",
        "CPU seconds to measure and imitate a voice": round(took, 2),
    }


def _stranger(rng: np.random.Generator, number: int) -> Speaker:
    return Speaker(
        f"stranger {number}",
        pitch=float(np.exp(rng.uniform(np.log(0.5), np.log(1.6)))),
        mouth=float(rng.uniform(0.82, 1.18)),
        lively=float(rng.uniform(0.5, 1.5)),
        breath=float(rng.uniform(0, 5)),
        bright=float(rng.uniform(-2, 2)),
        tone=tuple(np.cumsum(rng.normal(0, 1.5, 24)).tolist()),
    )


def _spoken(speaker: Speaker, texts: tuple[str, ...]) -> Array:
    return np.concatenate([say(text, speaker).sound for text in texts])


def cepstra(sound: Array) -> Array:
    """Return 19 cepstra of each frame that is not a pause."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, RATE // 25)[:: RATE // 100]
    power = np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1)) ** 2
    loud = power.sum(axis=1)
    bands = power[loud > 0.02 * np.percentile(loud, 95)] @ triangles(power.shape[1], RATE)
    return np.asarray(dct(np.log(bands + 1e-9), axis=1, norm="ortho")[:, 1:20])


def divergence(one: Array, other: Array) -> float:
    """Symmetric Kullback-Leibler divergence of Gaussians."""
    away = one.mean(axis=0) - other.mean(axis=0)
    first, second = (np.cov(it.T) + 1e-3 * np.eye(it.shape[1]) for it in (one, other))
    back, forth = np.linalg.inv(first), np.linalg.inv(second)
    return float(np.trace(forth @ first + back @ second) / 2 - len(away) + away @ (back + forth) @ away / 2)


if __name__ == "__main__":
    main()
