"""What a plan is given: the words, whom they may be cast from, a past to go on from, what is held, and cameras."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sora2lib.camera import Camera, Pose
from sora2lib.camera.paths import first_pose
from sora2lib.model import rotations, tokens, windows
from sora2lib.model.camera import CAMERA_WIDTH, encode_camera
from sora2lib.model.tokens import COLUMNS, DT, MOTION_WIDTH, SPEED, START, Array, Rows
from sora2lib.model.tracks import STRIDE
from sora2lib.prompt import shots
from sora2lib.request import Cameras
from sora2lib.seam import eased
from sora2lib.sighted import Seating, framed, held, scene_held, seat
from sora2lib.start import Start, Starts
from sora2lib.world.assets import ASSETS
from sora2lib.world.filming import LOWEST_EYE
from sora2lib.world.nouns import mentions
from sora2lib.world.schema import RATE, World

UNKNOWN = Start()  # of which nothing is known
SEEN_BY = ("camera_eye", "camera_target", "camera_roll", "camera_fov", "camera_cut")


@dataclass(frozen=True)
class Held:
    """What is known of the time that is planned, and of what comes after it.

    Parameters
    ----------
    world : from the first sample of the past on; it fills whole rows.
    actors : names of those that are planned anew; the others go on as they do in the world.
    camera : whether it is planned anew.
    """

    world: World
    actors: tuple[str, ...]
    camera: bool


@dataclass(frozen=True)
class Ask:
    """What the planner needs of a request; :func:`sora2lib.prompt.shots` says how the seconds are shared out.

    With a ``past`` the plan goes on from the end of that world, with its cast; the seconds are those that are added.
    A ``camera`` films what is planned; of several, each films its shot. What else is known of the time from the past on
    is ``held``. A plan without a past begins as its ``start`` tells; of several, each
    tells from where its shot is seen at first.
    """

    prompt: str
    seed: int
    seconds: float = 4.0
    past: World | None = None
    camera: Cameras = None
    held: Held | None = None
    start: Starts = None


@dataclass(frozen=True)
class Take:
    """A camera that is given, and what of a world it films.

    Parameters
    ----------
    camera : how it films.
    start, stop : samples that it films, ``stop`` exclusive.
    origin : sample at which its time begins; the one before ``start`` if it leads on from a past.
    """

    camera: Camera
    start: int
    stop: int
    origin: int

    @property
    def anew(self) -> bool:
        """Whether it begins with a cut."""
        return 0 < self.start == self.origin

    def placed(self, world: World) -> "Take":
        """The same, the camera's moves beginning where the camera of the world is."""
        pose = first_pose(world.isel(time=slice(self.origin, self.origin + 1)))
        return replace(self, camera=Camera.static(pose) + self.camera)

    def film(self, world: World) -> World:
        """The world with this camera in what it films; before and after all is as it was, to the last bit."""
        seen = slice(self.start, min(self.stop, world.sizes["time"]))
        if seen.start >= seen.stop:
            return world
        # What a camera does takes all of its time, whether the world is planned so far or not.
        shot = self.camera.film(lengthened(world, self.stop).isel(time=slice(self.origin, None)))
        filmed = {}
        for name in SEEN_BY:
            track = world[name].values.copy()
            track[seen] = shot[name].values[seen.start - self.origin : seen.stop - self.origin]
            filmed[name] = (world[name].dims, track)
        filmed["camera_cut"][1][self.start] |= self.anew
        again = world.assign(filmed)
        again.attrs = shot.attrs  # what was told of the scene tells of the old camera too
        return again

    def views(self, world: World, stop: int) -> Array:
        """Camera rows (stop, CAMERA_WIDTH), as if it had stood and went on standing where it begins and ends."""
        long = stop * STRIDE + 1
        samples = np.arange(long).clip(self.start if self.anew else 0, self.stop - 1)
        return encode_camera(self.film(lengthened(world, long)).isel(time=samples))


@dataclass(frozen=True)
class Opening:
    """What a shot after the first shows when it begins, with a time row; it ends with a sample (exclusive)."""

    start: Start
    row: int
    stop: int


def takes(camera: Cameras, ends: Sequence[int], samples: int, past: World | None = None) -> tuple[Take, ...]:
    """What each camera films of a world of some samples, the shots of which end with the time rows ``ends``.

    One camera films all that is planned. Where it goes on from a past, moves lead on from the camera of the past, and
    a camera that has a pose of its own begins with a cut.
    """
    begin, several = 0 if past is None else past.sizes["time"], isinstance(camera, tuple)
    cuts = [row * STRIDE for row in ends[:-1]] if several else []
    spans = zip(camera if isinstance(camera, tuple) else [camera], [begin, *cuts], [*cuts, samples], strict=True)
    found = [Take(it, start, stop, start) for it, start, stop in spans if it]
    if past is not None and found and found[0].start == begin and not found[0].camera.absolute:
        found[0] = replace(found[0], origin=begin - 1).placed(past)
    return tuple(found)


def shot_ends(prompt: str, seconds: float, past: int = 0) -> list[int]:
    """Time rows (exclusive) with which the shots of a prompt end, after a past of some; the last is filled up."""
    lengths = [shot.seconds for shot in shots(prompt, seconds)]
    ends = np.cumsum(lengths) * RATE / STRIDE
    rows = [*(max(1, round(end)) for end in ends[:-1].tolist()), max(1, int(np.ceil(ends[-1] - 1e-9)))]
    return [past + row for row in rows]


@dataclass(frozen=True)
class Given:
    """What is known of a world before it is planned.

    Parameters
    ----------
    assets : names that it may be cast from.
    past : what was, up to its last whole row, its actors in cast order; or None.
    takes : what is filmed by cameras that are given; the rest is left to the model.
    samples : how many it shall have; rows may hold some more.
    held : what is known from the past on, its actors in cast order; or None.
    start : what is known of its first moment.
    openings : what later shots show first.
    named : assets that the prompt names.
    seating : which of the cast is what in the start, once there is a cast; or None.
    """

    assets: tuple[str, ...]
    past: World | None
    takes: tuple[Take, ...]
    samples: int
    held: Held | None = None
    start: Start = UNKNOWN
    openings: tuple[Opening, ...] = ()
    named: frozenset[str] = frozenset()
    seating: Seating | None = None

    @classmethod
    def of(cls, ask: Ask, ends: Sequence[int]) -> "Given":
        """Take what a plan is given whose shots end with the time rows ``ends``."""
        added = math.ceil(ask.seconds * RATE - 1e-6)
        if ask.past is None:
            shot = takes(ask.camera, ends, added + 1)
            named = frozenset(match.asset for match in mentions(ask.prompt))
            first, *later = ask.start if isinstance(ask.start, tuple) else (ask.start,)
            stops = [*(row * STRIDE for row in ends[1:-1]), added + 1]
            shots_shown = zip(later, ends, stops, strict=False)
            shown = tuple(Opening(it, row, end) for it, row, end in shots_shown if it and it.things)
            return cls(castable(ask.prompt), None, shot, added + 1, None, first or UNKNOWN, shown, named)
        past = ask.past.isel(time=slice(0, whole_rows(ask.past) * STRIDE + 1), actor=tokens.order(ask.past))
        known, samples = map(str, ask.past.asset.values), past.sizes["time"] + added
        assets = tuple(dict.fromkeys((*castable(ask.prompt), *known)))
        held = ask.held and replace(ask.held, world=ask.held.world.isel(actor=tokens.order(ask.held.world)))
        return cls(assets, past, takes(ask.camera, ends, samples, past), samples, held)

    @property
    def known(self) -> World | None:
        """All that is known of the world before it is planned."""
        return self.held.world if self.held else self.past

    def moved(self, movers: int) -> NDArray[np.bool_]:
        """Which of the movers are planned; the others do as they are known to do."""
        if self.held is None:
            return np.ones(movers, dtype=bool)
        return np.isin(self.held.world.actor.values[:movers], self.held.actors)

    def take(self, row: int) -> Take | None:
        """What films a time row."""
        return next((it for it in self.takes if it.start <= row * STRIDE + 1 < it.stop), None)

    def free(self, row: int) -> bool:
        """Whether the camera of a time row is the model's to plan: nobody gave one, or moves that begin somewhere."""
        if (self.held and not self.held.camera) or any(
            it.row * STRIDE <= row * STRIDE < it.stop for it in self.openings
        ):
            return False  # it is known, or begins where a picture was taken
        take = self.take(row)
        if take is None:
            return True
        return take.start == row * STRIDE and not take.camera.absolute and not (row == 0 and self.start.things)

    def hold(self, cast: Array, scene: Array) -> tuple[Array, Array]:
        """What the start tells of rows of a cast (S, CAST_WIDTH) and a scene (SCENE_WIDTH,); NaN where it does not."""
        names = tokens.asset_names(cast, assets=self.assets)
        return held(self.start, cast, names, self.named), scene_held(self.start, len(scene))

    def seated(self, rows: Rows) -> tuple["Given", Rows]:
        """The same, knowing who is what in the start, and the rows with all as it is there."""
        if not self.start.things:
            return self, rows
        names = tokens.asset_names(rows.cast, assets=self.assets)
        known = held(self.start, rows.cast, names, self.named)
        seating = seat(self.start, rows.cast, names, self.named)
        cast, pose = np.where(np.isnan(known), rows.cast, known), Camera.static(seating.pose)
        first = [it for it in self.takes if it.start == 0 and not it.camera.absolute]
        shots = tuple(replace(it, camera=pose + it.camera) if it in first else it for it in self.takes)
        placed = replace(rows, cast=cast, motion=windows.at_rest(cast[: len(rows.motion)]))
        return replace(self, takes=shots, seating=seating), placed

    def pictured(self, rows: Rows, cuts: tuple[int, ...], row: int) -> "Given":
        """The same, what films from a time row on beginning where the picture of that shot was taken."""
        shown, take = next((it for it in self.openings if it.row == row), None), self.take(row)
        if shown is None or (take and take.camera.absolute):
            return self
        now, cast = self.world(rows, cuts).isel(time=row * STRIDE), rows.cast.copy()
        cast[:, START], cast[:, COLUMNS] = now.position.values, rotations.to_columns(now.rotation.values)
        names, ahead = tokens.asset_names(cast, assets=self.assets), (now.camera_target - now.camera_eye).values
        seen_from = Camera.static(framed(shown.start, cast, names, self.named, math.atan2(ahead[0], ahead[1])))
        begin = row * STRIDE
        shot = replace(take, camera=seen_from + take.camera) if take else Take(seen_from, begin, shown.stop, begin)
        return replace(self, takes=(shot, *(it for it in self.takes if it is not take)))

    def begun(self, movers: int) -> tuple[Array, Array]:
        """What is known of the first row of the camera (CAMERA_WIDTH,) and of movers (M, MOTION_WIDTH); else NaN."""
        camera, motion = np.full(CAMERA_WIDTH, np.nan), np.full((movers, MOTION_WIDTH), np.nan)
        if self.seating is None:
            return camera, motion
        pose, moves = self.seating.pose, self.seating.rows < movers
        camera[:8] = *pose.eye, *pose.target, math.radians(pose.roll), math.log(math.radians(pose.fov or 0.0))
        motion[self.seating.rows[moves], SPEED] = self.seating.velocity[moves]
        return camera, motion

    def world(self, rows: Rows, cuts: tuple[int, ...]) -> World:
        """The world that rows tell of so far, filmed as is given; ``cuts`` are rows with which shots begin."""
        rows = windows.until(rows, math.ceil((self.samples - 1) / STRIDE))
        begun = tuple(row for row in cuts if row < len(rows.camera) and not self._within(row))
        world = tokens.decode(rows, assets=self.assets, cuts=begun, past=self.past)
        world = eased(world, self.past.sizes["time"]) if self.past is not None else world
        world = world.isel(time=slice(0, self.samples))
        if self.seating and not self.take(0):
            world = filmed_from(world, self.seating.pose)
        for take in self.takes:
            world = take.film(world)
        return world

    def _within(self, row: int) -> bool:
        """Whether a row is amidst what one camera films."""
        return any(it.start < row * STRIDE < it.stop for it in self.takes)

    def views(self, rows: Rows, cuts: tuple[int, ...], row: int, stop: int) -> Array | None:
        """Camera rows (stop, CAMERA_WIDTH) of what films a time row; what is not in ``rows`` yet stands still."""
        if self.held and not self.held.camera:
            return rows.camera
        take = self.take(row)
        if take is None:
            return None
        # Also of moves that begin later: a camera that follows nobody says so now, not after the motion.
        told = take.views(self.world(rows, cuts), stop)
        return None if self.free(row) else told


def filmed_from(world: World, pose: Pose) -> World:
    """The world with the camera's first shot moved, as a whole, to begin at a pose with a field of view."""
    now, first = first_pose(world), ~np.maximum.accumulate(world.camera_cut.values)
    moved = {
        name: world[name].values + np.multiply.outer(first, np.subtract(new, old))
        for name, new, old in (
            ("camera_eye", pose.eye, now.eye),
            ("camera_target", pose.target, now.target),
            ("camera_roll", math.radians(pose.roll), math.radians(now.roll)),
        )
    }
    moved["camera_fov"] = world.camera_fov.values * np.where(first, (pose.fov or 1.0) / (now.fov or 1.0), 1.0)
    moved["camera_eye"][:, 2] = np.maximum(
        moved["camera_eye"][:, 2], np.minimum(LOWEST_EYE, world.camera_eye.values[:, 2])
    )
    return world.assign({name: (world[name].dims, track) for name, track in moved.items()})


def lengthened(world: World, samples: int) -> World:
    """The world with so many samples, the last of it held."""
    there = np.arange(samples).clip(max=world.sizes["time"] - 1)
    return world.isel(time=there).assign_coords(time=np.arange(samples) * DT)


def whole_rows(world: World | None) -> int:
    """How many rows a world fills; no world fills none."""
    return 0 if world is None else (world.sizes["time"] - 1) // STRIDE


def castable(prompt: str) -> tuple[str, ...]:
    """Assets that a world may be cast from: all modelled things, and the pictures that the prompt names."""
    return tuple(dict.fromkeys((*ASSETS, *(match.asset for match in mentions(prompt)))))
