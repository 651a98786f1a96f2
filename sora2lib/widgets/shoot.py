"""What a director knows: a clip, where the camera stands and looks, how it moves, and what that looks like."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import param

from sora2lib.camera import Camera, Pose
from sora2lib.clip import Clip, recipe_of
from sora2lib.errors import RequestError, Sora2Error
from sora2lib.film import refilmed, world_of
from sora2lib.render import render
from sora2lib.widgets.reel import Reel
from sora2lib.widgets.work import Task, Work

STILL = 384  # pixels that the picture is wide which follows the hand
SIDES = {
    "Front": (0, -1, 0.25),
    "Left": (-1, 0, 0.25),
    "Right": (1, 0, 0.25),
    "Behind": (0, 1, 0.25),
    "Above": (0, -0.05, 1),
}
MOVES = {
    "Stand still": "",
    "Go round": "orbit left 90",
    "Come closer": "dolly in 2",
    "Rise": "crane up 2",
    "Zoom in": "zoom in 2",
    "By hand": "handheld 1",
}
LOWEST = 0.05  # metres above the ground


class Shoot(Work):
    """Place a camera in the world of a clip; a small picture follows at once, :meth:`start` films the clip again.

    >>> shoot = Shoot(clip=sora.simulate("drop", seed=30))  # doctest: +SKIP
    >>> shoot.stand("Above")                                # doctest: +SKIP
    >>> print(shoot.code)                                   # doctest: +SKIP
    """

    clip: Any = param.ClassSelector(class_=Clip, doc="What is filmed again.")
    eye: Any = param.NumericTuple((0.0, -6.0, 1.5), length=3, doc="Where the camera stands: x, y, z in metres.")
    target: Any = param.NumericTuple((0.0, 0.0, 0.5), length=3, doc="Where it looks: x, y, z in metres.")
    fov = param.Number(45.0, bounds=(10, 100), doc="Vertical field of view, degrees.")
    moves = param.String("", doc="How it moves, in words such as: orbit left 90 for 2 s, then zoom in 2.")
    time = param.Number(0.0, bounds=(0, None), doc="The moment of the small picture, seconds.")

    message = param.String("Drag the camera, then film it.", doc="Where the work is, or what is wrong.")
    still = param.Array(None, doc="What the camera sees at that moment, (h, w, 3).")
    filmed = param.ClassSelector(class_=Clip, doc="The clip, filmed again.")
    reel = param.Dict({}, doc="The same as a player needs it.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        if self.clip is not None and "eye" not in values:
            self._take_over()
        self._look()

    @property
    def camera(self) -> Camera:
        """The camera as it stands and moves.

        Raises
        ------
        RequestError
            Eye and target are one, or the words are not understood.
        """
        camera = Camera.static(Pose(self.eye, self.target, fov=self.fov))
        return camera + Camera.parse(self.moves) if self.moves.strip() else camera

    @property
    def code(self) -> str:
        """What makes this camera in a program."""
        eye, target = (tuple(round(it, 2) for it in place) for place in (self.eye, self.target))
        pose = f"sora.Pose(eye={eye}, target={target}, fov={self.fov:g})"
        moves = f" + sora.Camera.parse({self.moves.strip()!r})" if self.moves.strip() else ""
        return f"camera = sora.Camera.static({pose}){moves}\nclip.refilm(camera)"

    def stand(self, side: str) -> None:
        """Stand on a side of what is looked at, as far away as now."""
        way = np.array(SIDES[side], dtype=float)
        place = np.array(self.target) + way / np.linalg.norm(way) * math.dist(self.eye, self.target)
        self.eye = tuple(float(it) for it in np.maximum(place, [-np.inf, -np.inf, LOWEST]))

    def task(self) -> Task:
        """Check the camera; the work films the clip with it."""
        clip, camera = self.clip, self.camera
        if clip is None:
            raise RequestError("there is no clip yet; choose one")
        recipe = refilmed(recipe_of(clip), camera, size=clip.size)

        def work() -> str:
            with TemporaryDirectory() as folder:
                path = self.record(recipe, Path(folder) / "clip.mp4", size=clip.size)
                filmed, content = Clip.load(path), path.read_bytes()
            self.param.update(filmed=filmed, reel=Reel.of(filmed, video=content).fields())
            return "Done"

        return work

    @param.depends("clip", watch=True)
    def _take_over(self) -> None:
        """Begin where the clip's own camera begins."""
        world = self.clip.world
        if world is not None:
            eye, target = (tuple(world[name].values[0].tolist()) for name in ("camera_eye", "camera_target"))
            fov = min(max(math.degrees(float(world.camera_fov[0])), 10.0), 100.0)
            self.param.update(eye=eye, target=target, fov=round(fov, 1), reel={})

    @param.depends("clip", "eye", "target", "fov", "moves", "time", watch=True)
    def _look(self) -> None:
        """Draw what the camera sees, small; where that cannot be, say why and keep the picture."""
        if self.clip is None:
            return
        try:
            recipe = refilmed(recipe_of(self.clip), self.camera, size=self.clip.size)
        except Sora2Error as error:
            self.message = str(error)
            return
        height, width = self.clip.frames.shape[1:3]
        small = {"width": STILL, "height": round(STILL * height / width)}
        moment = min(self.time, self.clip.seconds - 1 / self.clip.fps)
        (picture,) = render(world_of(recipe), **small, fps=24, start=self.clip.start + moment, seconds=1 / 24)
        self.param.update(still=picture, message="" if not self.running else self.message)
