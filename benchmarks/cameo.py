"""Whether cameos look and sound like their recordings: prints a table and writes it as dated JSON.

python benchmarks/cameo.py [--subjects N] [--voices N] [--results FOLDER]

Subjects are named pictures, filmed before a mottled wall: they sway, the film has noise and is written as MP4. Each is
recorded, shown as a ball that rolls, larger than the picture, at sunset, or is thrown, 20 pixels large, at night. In
every frame in which at least 150 pixels of it are seen it is compared with the pictures that were filmed and with those
of 20 others, and the nearest counts. The worst frame counts for the subject. Two measures:

- as it looks: the frame is taken back to the plane of the cut-out, by where camera and ball are known to be, and each
  colour is correlated with each picture (mean of three correlations, each about the mean of what is solid, and what is
  not solid counts as the mean). So neither the light's strength nor its colour counts, but outline and drawing do.
- by colours alone: turned upright, the distance of histograms of hue in a grid of 3 by 3.

The same is measured with the filmed pictures themselves as cut-outs: what is then missed is missed by light, size or
measure, and not by cutting out. The cut-out itself is compared with the picture filmed (intersection over union).

Voices are speakers with a pitch, a mouth and a colour of their own, drawn at random, who say three sentences; each is
measured, imitated, and says two others, which are compared with the recordings of all by the symmetric
Kullback-Leibler divergence of Gaussians over 19 cepstra.
"""

import argparse
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dct
from scipy.ndimage import map_coordinates, rotate, zoom
from speed import machine, versions

from sora2lib import Cameo, CameoError, Consent, media
from sora2lib.cameo.voice import measure, triangles
from sora2lib.consent.keys import HOME
from sora2lib.render import passes, render
from sora2lib.render.cameos import facing, wear
from sora2lib.sound.imitation import imitate
from sora2lib.sound.saying import say
from sora2lib.sound.speakers import Speaker
from sora2lib.starring import starring
from sora2lib.world import cutouts
from sora2lib.world.schema import World
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import axes

Array = NDArray[np.float64]
YES = Consent("a named picture")
SIDE, FILM = 240, (360, 640)  # pixels of a subject, and of the film
VIEW, LENS, GRID = (
    (256, 144),
    0.5,
    48,
)  # pixels of a frame, rad from its top to its bottom; pixels of a cut-out compared
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
    known = [cutouts.picture(name) for name in names]
    cameos, perfect, overlap, seconds, refused = [], [], [], [], []
    for seed, name in enumerate(names[:count]):
        Image.fromarray(known[seed]).save(folder / f"{seed}.png")
        perfect.append((seed, Cameo.from_image(folder / f"{seed}.png", f"t{seed}", "ball", consent=YES)))
        path, truth = filmed(name, seed, folder)
        begun = _cpu()
        try:
            cameos.append((seed, Cameo.record(path, f"s{seed}", "ball", consent=YES)))
        except CameoError as error:
            refused.append(f"{name}: {error}")
            continue
        seconds.append(_cpu() - begun)
        overlap.append(_overlap(cameos[-1][1].frames[0, ..., 3] > 127, truth))
    return {
        "subjects": len(cameos),
        "films in which no subject was found": f"{len(refused)} of {len(refused) + len(cameos)}",
        "cut-out against the picture filmed, median IoU": round(float(np.median(overlap)), 3),
        "the same, worst": round(min(overlap), 3),
        "CPU seconds from a film of 2.5 s, 640x360, to a cameo, median": round(float(np.median(seconds)), 2),
        **_recognised("", cameos, known),
        **_recognised(", cut out perfectly", perfect, known),
    }


def _recognised(how: str, cameos: list[tuple[int, Cameo]], known: list[NDArray[np.uint8]]) -> dict[str, Any]:
    """How often cameos, told by the numbers of their pictures, are found among the known pictures."""
    worlds = [simulate(family, seed, seconds=2.0) for family, seed in WALKS]
    found = [[it for world in worlds for it in _views(cameo, world)] for _, cameo in cameos]
    alike = [np.array([_alike(view, known) for view in views]) for views in found]
    colours = [_colours(picture[..., :3], picture[..., 3] > 127) for picture in known]
    hues = [[int(np.argmin([_away(view.colours, it) for it in colours])) for view in views] for views in found]
    right = [scores.argmax(axis=1) == index for (index, _), scores in zip(cameos, alike, strict=True)]
    own = np.concatenate([scores[:, index] for (index, _), scores in zip(cameos, alike, strict=True)])
    others = np.concatenate([np.delete(it, index, 1).max(axis=1) for (index, _), it in zip(cameos, alike, strict=True)])
    by_hue = sum(it.count(index) for (index, _), it in zip(cameos, hues, strict=True))
    return {
        f"frames: its own picture nearest of {len(known)}, as it looks{how}": f"{sum(map(sum, right))} of {len(own)}",
        f"subjects: in every frame, the worst too{how}": f"{sum(map(all, right))} of {len(cameos)}",
        f"correlation with its own picture, median, and worst in 20{how}": np.percentile(own, (50, 5))
        .round(3)
        .tolist(),
        f"the same, over the next picture's{how}": np.percentile(own - others, (50, 5)).round(3).tolist(),
        f"frames: its own picture nearest of {len(known)}, by colours alone{how}": f"{by_hue} of {len(own)}",
    }


@dataclass(frozen=True)
class View:
    """A cameo in a frame: on its cut-out's plane (GRID, GRID, 4), what of that is in the frame, and its colours."""

    flat: Array
    inside: NDArray[np.bool_]
    colours: Array


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


def _views(cameo: Cameo, world: World) -> list[View]:
    """A cameo in each frame in which it can be told; the ball is followed."""
    world = starring(world.isel(actor=[0]), [cameo])
    place, turn = world.position.values[0], world.rotation.values[0]
    eye = place + np.array(BESIDE)
    views = {"camera_eye": eye, "camera_target": place, "camera_fov": np.full(len(place), LENS)}
    world = world.assign({name: (world[name].dims, values) for name, values in views.items()})
    board = wear(cameo.handle, "ball", world.size.values[0]).board
    found = []
    for number, frame in enumerate(render(world, width=VIEW[0], height=VIEW[1], fps=FPS, seconds=2.0)):
        mask = passes(world, number / FPS, width=VIEW[0], height=VIEW[1])["segmentation"] == 0
        if mask.sum() >= LEAST:
            at = round(number / FPS * world.rate)
            picture = np.dstack([frame, 255 * mask.astype(np.uint8)])
            tilted = rotate(picture, _tilt(turn[at], place[at], eye[at]), order=1)
            board_at = axes(facing(axes(turn[at])[:, 2], place[at], eye[at]))
            flat, inside = _flat(picture, place[at] - eye[at], board_at, max(board.half))
            found.append(View(flat, inside, _colours(tilted[..., :3], tilted[..., 3] > 127)))
    return found


def _flat(picture: NDArray[np.uint8], ahead: Array, turn: Array, half: float) -> tuple[Array, NDArray[np.bool_]]:
    """A picture (H, W, 4) taken back to a square on a board amidst it, and what of the square it shows."""
    height, width = picture.shape[:2]
    u, v = np.meshgrid(*[half * ((np.arange(GRID) + 0.5) / GRID * 2 - 1)] * 2)
    away = ahead + u[..., None] * turn[:, 0] - v[..., None] * turn[:, 2]
    forward = ahead / np.linalg.norm(ahead)
    right = np.cross(forward, [0, 0, 1]) / np.linalg.norm(np.cross(forward, [0, 0, 1]))
    scale = height / 2 / np.tan(LENS / 2) / (away @ forward)
    row = height / 2 - scale * (away @ np.cross(right, forward)) - 0.5
    column = width / 2 + scale * (away @ right) - 0.5
    planes = [
        map_coordinates(it.astype(float), [row, column], order=1, mode="nearest") for it in picture.T.swapaxes(1, 2)
    ]
    inside = (row > 0) & (row < height - 1) & (column > 0) & (column < width - 1)
    return np.stack(planes, axis=-1), inside


def _alike(view: View, known: list[NDArray[np.uint8]]) -> list[float]:
    """Mean correlation of the colours of what is seen with those of each picture (H, W, 4)."""
    seen = _levelled(view.flat, view.inside)
    return [float((seen * _levelled(_square(it), view.inside)).sum() / 3) for it in known]


def _levelled(picture: Array, inside: NDArray[np.bool_]) -> Array:
    """Colours of what is solid (GRID, GRID, 3) about their mean, each of length one; nothing elsewhere."""
    solid = (picture[..., 3] > 127) & inside
    if not solid.any():
        return np.zeros((*solid.shape, 3))
    level = np.where(solid[..., None], picture[..., :3] - picture[solid][:, :3].mean(axis=0), 0)
    return np.asarray(level / np.maximum(np.linalg.norm(level, axis=(0, 1)), 1e-9))


def _square(picture: NDArray[np.uint8]) -> Array:
    """A picture (H, W, 4), cropped, amidst a square (GRID, GRID, 4)."""
    cropped = _cropped(picture.astype(float), picture[..., 3] > 127)
    share = GRID / max(cropped.shape[:2])
    small = zoom(cropped, (share, share, 1), order=1, grid_mode=True, mode="nearest")[:GRID, :GRID]
    top, left = ((GRID - size) // 2 for size in small.shape[:2])
    room = ((top, GRID - small.shape[0] - top), (left, GRID - small.shape[1] - left), (0, 0))
    return np.pad(small, room)


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
