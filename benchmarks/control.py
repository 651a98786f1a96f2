"""How well a clip obeys who directs it: prints a table and writes it as dated JSON.

python benchmarks/control.py [--model NAME] [--clips N] [--only PART] [--results FOLDER]

All is decided from worlds alone, as in ``benchmarks/quality.py``, but for the camera: that is recovered from the frames
of small red balls at known places, drawn through the camera of a planned world. What cannot be measured counts as a
failure. Intervals are 95 %.
"""

import argparse
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the command line does, before torch is loaded

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import center_of_mass, label
from scipy.optimize import least_squares

from sora2lib import editing, planner
from sora2lib.camera import Camera, Pose
from sora2lib.dialogue import seen
from sora2lib.given import shot_ends
from sora2lib.looping import Ring
from sora2lib.model import weights
from sora2lib.model.tokens import order
from sora2lib.model.tracks import STRIDE
from sora2lib.model.weights import Model
from sora2lib.physics.intervals import share
from sora2lib.recast import apply, changes
from sora2lib.recipe import Recipe
from sora2lib.render import render
from sora2lib.request import Edit, Request
from sora2lib.retaking import Part, anew, put, retake_request
from sora2lib.storyboard import Card, Storyboard
from sora2lib.train.evaluate import obeys
from sora2lib.world.naming import Clause
from sora2lib.world.schema import GRAVITY, RATE, VARIABLES, World, build
from sora2lib.world.simulate import simulate

Array = NDArray[np.float64]
Rows = dict[str, list[float]]
COLOURS, GROUNDS, LIGHTS = ("red", "blue", "green", "yellow"), ("ice", "sand", "grass", "concrete"), ("sunset", "noon")
SETTINGS = [*product(COLOURS, GROUNDS, LIGHTS)]
WAYS = {  # a camera in words, as a value, and as what it counts as
    "the camera is static": (Camera.static(), "static"),
    "the camera trucks right": (Camera.truck(2), "truck right"),
    "the camera orbits left": (Camera.orbit(-45), "orbit left"),
    "the camera zooms in": (Camera.zoom(1.8), "zoom in"),
    "the camera pans right": (Camera.pan(20), "pan right"),
    "the camera moves closer": (Camera.dolly(2), "dolly in"),
}
CARD, ADDED, TIMES = 2.0, 2.0, 10  # seconds of a card and of what is added, and how often
FAMILIES, ACTIONS = ("drop", "roll", "throw"), ("a ball falls", "a ball rolls", "a ball is thrown")
MOVING = 0.1  # m/s, from which a jump counts in shares of the speed
WHEN = ("first shot", "later shots")
SIZE, MARKER = (640, 360), 0.04  # pixels of the drawn pictures, metres across a marker


@dataclass(frozen=True)
class Remix:
    """Words for a change, what they state, and what they may touch."""

    words: str
    clause: Clause
    touches: frozenset[str]


REMIXES = (
    *(Remix(f"the ball is {it}", Clause("colour", "subject", it), frozenset({"colour"})) for it in COLOURS),
    *(
        Remix(
            f"the ball is made of {it}",
            Clause("material", "subject", it),
            frozenset({"material", "density", "restitution", "friction", "gloss"}),
        )
        for it in ("steel", "rubber", "wood")
    ),
    *(
        Remix(f"on {it}", Clause("ground", "scene", it), frozenset({"ground", "ambience", "ambience_level"}))
        for it in ("grass", "sand", "ice")
    ),
    *(
        Remix(f"at {it}", Clause("light", "scene", it), frozenset({"sun_azimuth", "sun_elevation"}))
        for it in ("night", "noon", "sunset")
    ),
)


def middle(values: Sequence[float]) -> list[float]:
    """Median and greatest of values, and how many."""
    return [float(np.median(values)), float(np.max(values)), len(values)]


def planned(model: Model, requests: Sequence[Request], pasts: Sequence[World | None]) -> list[World]:
    """The worlds of requests, planned side by side; they are of one length and of the same cuts."""
    asks = [
        planner.Ask(seen(it.prompt), it.seed, it.seconds, past, it.camera)
        for it, past in zip(requests, pasts, strict=True)
    ]
    *_, last = planner.plan_many(model, asks)
    return last.guess()


def said_of_all(colour: str, ground: str, light: str) -> list[Clause]:
    """What every shot of a storyboard states."""
    return [
        *(Clause("asset", "subject", "ball"), Clause("colour", "subject", colour), Clause("count", "subject", "1")),
        *(Clause("ground", "scene", ground), Clause("light", "scene", light)),
    ]


def storyboards(model: Model, count: int) -> Rows:
    """Boards of six cards: is the cast the same in all, and what each card says true in its shot."""
    rows: Rows = {}
    settings = [SETTINGS[(7 * index) % len(SETTINGS)] for index in range(count)]
    for told, given in (("camera in words", False), ("camera given", True)):
        boards = [board(*it, given=given) for it in settings]
        requests = [it.request(seed=index) for index, it in enumerate(boards)]
        begun = time.perf_counter()
        worlds = planned(model, requests, [None] * count)
        rows[f"storyboard, {told}: seconds to plan a board of 12 s"] = [(time.perf_counter() - begun) / count]
        marks: dict[str, list[bool]] = {"cast identical": [], "every clause of a shot": []}
        for world, setting, it in zip(worlds, settings, requests, strict=True):
            for number, (shot, (_, way)) in enumerate(zip(shots_of(world, it), WAYS.values(), strict=True)):
                clauses = [*said_of_all(*setting), Clause("camera", "scene", way)]
                clauses += [Clause("action", "subject", "roll/roll"), Clause("direction", "subject", "right")]
                answers = obeys(shot, clauses)
                marks["cast identical"].append(same_cast(shot, world))
                marks["every clause of a shot"].append(all(answer is True for answer in answers.values()))
                marks.setdefault(f"subject in the picture, {WHEN[number > 0]}", []).append(in_sight(shot))
                for clause, answer in answers.items():
                    late = f"{clause.kind}, {WHEN[number > 0]}"
                    marks.setdefault(late, []).append(answer is True)
        rows |= {f"storyboard, {told}: {name}": share(values) for name, values in marks.items()}
    return rows


def board(colour: str, ground: str, light: str, *, given: bool) -> Storyboard:
    """Six cards, the camera of each in words or given."""
    what = f"a big {colour} ball rolls right"
    cards = [
        Card(what if given else f"{what}, {words}", CARD, way if given else None) for words, (way, _) in WAYS.items()
    ]
    return Storyboard(cards, f"On {ground} at {light}.")


def in_sight(shot: World) -> bool:
    """Whether the first thing that moves is in the picture half-way through."""
    sample = shot.sizes["time"] // 2
    names = ("camera_eye", "camera_target", "camera_roll", "camera_fov")
    camera = np.concatenate([np.atleast_1d(shot[name].values[sample]) for name in names])
    place = shot.position.values[~shot.fixed.values][:1, sample]
    ahead = ((place - camera[:3]) @ (camera[3:6] - camera[:3]) > 0).all()
    return bool(ahead and (np.abs(projected(camera, place) / SIZE - 0.5) < 0.5).all())


def shots_of(world: World, request: Request) -> Iterator[World]:
    """The shots of a world, each as a world of its own."""
    ends = [row * STRIDE for row in shot_ends(seen(request.prompt), request.seconds)]
    for start, stop in zip([0, *ends], ends, strict=False):
        part = world.isel(time=slice(start, stop))
        yield part.assign_coords(time=np.arange(part.sizes["time"]) / RATE)


def same_cast(one: World, other: World) -> bool:
    """Whether who and what is there is the same to the last bit."""
    still = [name for name, (dims, _) in VARIABLES.items() if "actor" in dims and "time" not in dims]
    return all(np.array_equal(one[name].values, other[name].values) for name in still)


def extensions(model: Model, count: int) -> Rows:
    """Clips gone on from ten times: jumps at the seams, drift of the cast, and what the new prompt says."""
    settings = [SETTINGS[(5 * index) % len(SETTINGS)] for index in range(count)]
    words = [f"a big {colour} ball rolls right on {ground} at {light}" for colour, ground, light in settings]
    worlds = planned(model, [Request(it, seconds=ADDED, seed=i) for i, it in enumerate(words)], [None] * count)
    firsts = worlds
    jumps: list[float] = []
    usual: list[float] = []
    looks: list[float] = []
    kept: list[bool] = []
    obeyed: list[bool] = []
    for turn in range(1, TIMES + 1):
        pasts = worlds
        requests = [Request(it, seconds=ADDED, seed=100 * turn + i) for i, it in enumerate(words)]
        worlds = planned(model, requests, pasts)
        for past, world in zip(pasts, worlds, strict=True):
            seam = past.sizes["time"] - 1
            at_seam, elsewhere = speed_jumps(world, seam)
            jumps, usual = jumps + at_seam, usual + elsewhere
            looks.append(float(np.linalg.norm(np.diff(world.camera_eye.values, 2, axis=0)[seam - 1]) * RATE))
            kept.append(same_past(past.isel(actor=order(past)), world))
            added = world.isel(time=slice(seam, None))
            added = added.assign_coords(time=np.arange(added.sizes["time"]) / RATE)
            clauses = [Clause("action", "subject", "roll/roll"), Clause("direction", "subject", "right")]
            obeyed.append(all(it is True for it in obeys(added, clauses).values()))
    ends = [same_cast(first.isel(actor=order(first)), world) for first, world in zip(firsts, worlds, strict=True)]
    return {
        "extend x10: what was is kept to the last bit": share(kept),
        "extend x10: colours, sizes and materials identical after 22 s": share(ends),
        "extend x10: speed jumps by less than 2 % at a seam": share([it < 0.02 for it in jumps]),
        "extend x10: jump of speed at a seam, median and greatest, of the speed": middle(jumps),
        "extend x10: the same half-way between two seams": middle(usual),
        "extend x10: jump of the camera's speed at a seam, m/s": middle(looks),
        "extend x10: clauses of the new prompt true": share(obeyed),
    }


def speed_jumps(world: World, seam: int) -> tuple[list[float], list[float]]:
    """Change of velocity from one sample to the next, as a share of the speed, at a seam and a second later."""
    found: tuple[list[float], list[float]] = ([], [])
    velocity = np.diff(world.position.values[~world.fixed.values], axis=1) * RATE
    for marks, sample in zip(found, (seam, seam + round(RATE * ADDED / 2)), strict=True):
        before, after = velocity[:, sample - 1], velocity[:, sample]
        speed = np.linalg.norm(before, axis=-1)
        moving = speed > MOVING
        marks += (np.linalg.norm(after - before, axis=-1)[moving] / speed[moving]).tolist()
    return found


def same_past(past: World, world: World) -> bool:
    """Whether a world begins with another, to the last bit."""
    span = slice(0, past.sizes["time"])
    there = ((world[name].isel(time=span) if "time" in dims else world[name]) for name, (dims, _) in VARIABLES.items())
    return all(np.array_equal(it.values, past[it.name].values) for it in there)


def remixes(model: Model, count: int) -> Rows:
    """One thing changed by words: is the change there, and all else as it was, to the last bit."""
    there: dict[str, list[bool]] = {}
    rest: list[bool] = []
    for world, remix in _asked(count):
        found = changes(model, world, remix.words, Edit(), seed=1, guidance=editing.FOLLOWED)
        again = apply(world, found)
        kind = remix.clause.kind
        there.setdefault(kind, []).append(obeys(again, [remix.clause])[remix.clause] is True)
        touched = {it for it in VARIABLES if not np.array_equal(world[it].values, again[it].values)}
        rest.append(touched <= remix.touches)
    rows = {"remix: named change present": share([mark for marks in there.values() for mark in marks])}
    rows |= {f"remix: named change present, {kind}": share(marks) for kind, marks in there.items()}
    return rows | {"remix: all else identical": share(rest)}


def _asked(count: int) -> Iterator[tuple[World, Remix]]:
    """Simulated worlds of one ball and a change that is none yet."""
    for index, (world, _) in enumerate(_balls(count)):
        fresh = [it for it in REMIXES if obeys(world, [it.clause])[it.clause] is False]
        yield world, fresh[(5 * index) % len(fresh)]


def _balls(count: int) -> Iterator[tuple[World, str]]:
    """Simulated worlds of one ball, and what it does."""
    worlds = ((simulate(FAMILIES[seed % 3], seed), ACTIONS[seed % 3]) for seed in range(1000, 10_000))
    balls = (it for it in worlds if it[0].asset.values.tolist() == ["ball"])
    yield from itertools.islice(balls, count)


def retakes(model: Model, count: int) -> Rows:
    """Two seconds amidst simulated worlds planned anew: is all else held, and does the new meet what comes after."""
    held: list[bool] = []
    moved: list[float] = []
    ways: list[float] = []
    jumps: list[float] = []
    looks: list[float] = []
    begun = time.perf_counter()
    for seed, (world, words) in enumerate(_balls(count)):
        recipe = Recipe(round(world.seconds * RATE), RATE, world)
        part = Part.of(recipe, 1, 3, None)
        *_, last = anew(recipe, retake_request(recipe, part, words, size="64x64", seed=seed), part)
        again, planned_to = put(world, last.world(), part), last.world().position.values[0, -1]
        outside = np.r_[: part.start + 1, part.stop : world.sizes["time"]]
        held.append(bool(again.isel(time=outside).equals(world.isel(time=outside))))
        moved.append(float(np.linalg.norm(again.position.values - world.position.values, axis=-1).max()))
        ways.append(float(np.linalg.norm(planned_to - world.position.values[0, part.stop])))
        jumps += [_beyond_weight(again.position.values[0], seam) for seam in (part.start, part.stop)]
        bends = np.linalg.norm(np.diff(again.camera_eye.values, 2, axis=0), axis=-1) * RATE
        looks += [float(bends[seam - 1]) for seam in (part.start, part.stop)]
    return {
        "retake, 1 to 3 of 4 s: all else is kept to the last bit": share(held),
        "retake: how far the ball gets from its first take, m": middle(moved),
        "retake: how far from where it goes on it is planned to be, m": middle(ways),
        "retake: jump of speed at a seam but for gravity, m/s": middle(jumps),
        "retake: jump of the camera's speed at a seam, m/s": middle(looks),
        "retake: seconds to plan one": [(time.perf_counter() - begun) / count],
    }


def _beyond_weight(path: Array, sample: int) -> float:
    """Change of velocity about a sample of a path (T, 3), in m/s; of what falls, without what gravity does."""
    change = np.diff(path[sample - 1 : sample + 2], 2, axis=0)[0] * RATE
    return float(min(np.linalg.norm(change), np.linalg.norm(change + np.array([0, 0, GRAVITY / RATE]))))


def loops(model: Model, count: int) -> Rows:
    """Simulated worlds whose last two seconds lead back to their start: how far each must be led, and the seam."""
    rows: dict[str, list[float]] = {}
    jumps: list[float] = []
    same: list[bool] = []
    for seed, (world, words) in enumerate(_balls(count)):
        recipe = Recipe(round(world.seconds * RATE), RATE, world)
        ring = Ring.of(recipe, 2)
        request = ring.request(words, size="64x64", seed=seed)
        *_, last = ring.steps(request)
        again = ring.twice(last, recipe, request).world
        path, camera = again.position.values[0], again.camera_eye.values
        end = ring.part.stop
        same.append(np.array_equal(path[end], path[0]) and np.array_equal(camera[end], camera[0]))
        jumps.append(_beyond_weight(path, end))
        rows.setdefault(words, []).append(float(np.linalg.norm(last.world().position.values[0, -1] - path[0])))
    told = {f"loop: how far from its start {words} to, m": middle(ways) for words, ways in rows.items()}
    return {
        "loop of 4 s, 2 planned: the end is the start to the last bit": share(same),
        "loop: jump of speed where it begins anew, m/s": middle(jumps),
    } | told


def cameras(model: Model, count: int) -> Rows:
    """Cameras that were given, held against the world's and recovered from frames."""
    given = [
        Camera.static(Pose((1, -6, 2), (0, 0, 0.5), fov=45)) + move
        for move in (Camera.orbit(60), Camera.truck(1.5), Camera.pan(15), Camera.zoom(1.5), Camera.crane(1))
    ]
    held: list[bool] = []
    errors: list[tuple[float, float]] = []
    for index, camera in zip(range(count), given * count, strict=False):
        request = Request("a red ball rolls right on grass", seconds=ADDED, seed=index, camera=camera)
        (world,) = planned(model, [request], [None])
        held.append(camera.film(world).identical(world))
        errors += recovered(world, camera)
    turns, ways = zip(*errors, strict=True)
    return {
        "camera given: held to the last bit": share(held),
        "camera given, recovered from frames: rotation, degrees": middle(turns),
        "camera given, recovered from frames: position, cm": middle([100 * way for way in ways]),
    }


def recovered(world: World, camera: Camera) -> list[tuple[float, float]]:
    """Errors in degrees and metres of the camera that frames of a world show, against the given one."""
    stage = marked(world)
    path = camera.path(stage)
    pictures = list(render(stage, width=SIZE[0], height=SIZE[1], fps=4, seconds=ADDED))
    places = stage.position.values[:, 0]
    found = []
    for index, picture in enumerate(pictures):
        sample = round(index * RATE / 4)
        truth = np.array([*path.eye[sample], *path.target[sample], path.roll[sample], path.fov[sample]])
        spots = spots_of(picture)
        expected = projected(truth, places)
        gaps = np.linalg.norm(expected[:, None] - spots[None], axis=-1)
        pairs = [(i, int(row.argmin())) for i, row in enumerate(gaps) if row.min() < 6]
        if len(pairs) >= 6:
            found.append(_error(truth, places[[i for i, _ in pairs]], spots[[j for _, j in pairs]]))
    return found


def _error(truth: Array, places: Array, spots: Array) -> tuple[float, float]:
    """How far off, degrees and metres, the camera is that explains the spots (N, 2) of places (N, 3) best."""
    begin = truth + np.array([0.1, 0.1, -0.1, 0.05, 0.05, 0.05, 0.02, 0.02])
    fit = least_squares(lambda it: (projected(it, places) - spots).ravel(), begin, x_scale=0.1).x
    aims = [(it[3:6] - it[:3]) / np.linalg.norm(it[3:6] - it[:3]) for it in (truth, fit)]
    turn = np.arctan2(np.linalg.norm(np.cross(*aims)), aims[0] @ aims[1])
    return float(np.degrees(np.hypot(turn, fit[6] - truth[6]))), float(np.linalg.norm(fit[:3] - truth[:3]))


def marked(world: World) -> World:
    """Small red balls at known places instead of a cast, in plain light, seen by a world's camera."""
    places = np.array([[x, y, z] for x in (-1.2, 0, 1.2) for y in (-0.8, 0.4) for z in (0.2, 0.9, 1.5)])
    count, samples = len(places), world.sizes["time"]
    names = ("camera_eye", "camera_target", "camera_roll", "camera_fov")
    return build(
        actors=[f"ball {i}" for i in range(count)],
        time=world.time.values,
        asset=["ball"] * count,
        material=["rubber"] * count,
        size=np.full((count, 3), MARKER),
        colour=np.tile([0.9, 0.02, 0.02], (count, 1)),
        density=[1000.0] * count,
        restitution=[0.5] * count,
        friction=[0.5] * count,
        gloss=[0.0] * count,
        fixed=np.ones(count, dtype=bool),
        position=np.repeat(places[:, None], samples, axis=1),
        **{name: world[name].values for name in names},
        ground="grass",
        sun_azimuth=0.5,
        sun_elevation=1.2,
        cloud=1.0,
        fog=0.0,
        ambience="wind",
        ambience_level=0.0,
    )


def spots_of(picture: NDArray[np.uint8]) -> Array:
    """Middles (N, 2) of the red spots of a picture, in pixels from its left upper corner."""
    red, green, blue = picture.astype(float).transpose(2, 0, 1)
    excess = np.clip(red - np.maximum(green, blue) - 20, 0, None)
    spots, count = label(excess > 0)
    middles = center_of_mass(np.minimum(excess, 60), spots, range(1, count + 1))
    return np.array(middles).reshape(-1, 2)[:, ::-1] + 0.5


def projected(camera: Array, places: Array) -> Array:
    """Where places (N, 3) are in the picture (N, 2) of a camera: eye, target, roll and vertical field of view."""
    ahead = camera[3:6] - camera[:3]
    forward = ahead / np.linalg.norm(ahead)
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    cosine, sine = np.cos(camera[6]), np.sin(camera[6])
    right, up = cosine * right + sine * up, cosine * up - sine * right
    away = places - camera[:3]
    scale = SIZE[1] / 2 / np.tan(camera[7] / 2) / (away @ forward)
    return np.stack([SIZE[0] / 2 + scale * (away @ right), SIZE[1] / 2 - scale * (away @ up)], axis=-1)


ROWS: dict[str, Callable[[Model, int], Rows]] = {
    "camera": cameras,
    "remix": remixes,
    "extend": extensions,
    "storyboard": storyboards,
    "retake": retakes,
    "loop": loops,
}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="small")
    parser.add_argument("--clips", type=int, default=16, help="of each kind (%(default)s)")
    parser.add_argument("--only", choices=ROWS, help="measure this alone; rows of the same day and model are kept")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    model = weights.load(asked.model)
    path = asked.results / f"control-{date.today().isoformat()}.json"
    for name, measure in ROWS.items():
        if asked.only in (None, name):
            rows = measure(model, asked.clips)
            for row, values in rows.items():
                print(f"{row:<72} {told(values)}", flush=True)
            write(path, f"{model.name} {model.version}", rows)
    print(f"\n{path}")


def write(path: Path, model: str, rows: Rows) -> None:
    """Put rows into a file, beside those that are there of the same model."""
    known = json.loads(path.read_text()) if path.exists() else {}
    before = known["rows"] if known.get("model") == model else {}
    report = {"date": date.today().isoformat(), "model": model, "load": os.getloadavg()[0], "rows": before | rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")


def told(values: list[float]) -> str:
    """A share with its interval, a median with the greatest, or a number."""
    if len(values) == 4:
        return f"{100 * values[0]:6.1f} %  [{100 * values[1]:5.1f}, {100 * values[2]:5.1f}]  n={values[3]:.0f}"
    return f"{values[0]:8.4f}   greatest {values[1]:.4f}  n={values[2]}" if len(values) == 3 else f"{values[0]:8.2f}"


if __name__ == "__main__":
    main()
