"""World in, pictures out: frames for the eye, passes for other programs."""

import math
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import RequestError
from sora2lib.kernels.layout import PITCH, ROWS, Scene, Scratch
from sora2lib.kernels.passes import outlines, survey
from sora2lib.kernels.sprites import add_stars
from sora2lib.kernels.tiles import TALL, TILE, paint, touched
from sora2lib.render.darkroom import FPS, Plate
from sora2lib.render.scene import Stage, focus_at, scene_at, set_stage
from sora2lib.render.sky import star_field
from sora2lib.render.weather import fallen
from sora2lib.world.schema import World

Frame = NDArray[np.uint8]
_AHEAD = 2
_LARGEST = 16384


# H height, W width
@dataclass
class Canvas:
    """What one thread paints on; it remembers its last picture and repaints only what changed."""

    width: int
    height: int
    bodies: int
    frame: Frame = field(init=False)  # (H, W, 3)
    features: NDArray[np.int32] = field(init=False)  # (H, W)
    boxes: NDArray[np.float32] = field(init=False)  # (tiles, 13)
    scratch: Scratch = field(init=False)
    last: Scene | None = None

    def __post_init__(self) -> None:
        tiles = math.ceil(self.width / TILE) * math.ceil(self.height / TALL)
        self.frame = np.zeros((self.height, self.width, 3), np.uint8)
        self.features = np.zeros((self.height, self.width), np.int32)
        self.boxes = np.zeros((tiles, 13), np.float32)
        names = np.zeros((3, self.bodies), np.int64)
        names[2] = np.arange(self.bodies)
        self.scratch = Scratch(
            block=np.zeros(ROWS * PITCH, np.float32),
            other=np.zeros(ROWS * PITCH, np.float32),
            box=np.zeros(12, np.float32),
            other_box=np.zeros(12, np.float32),
            names=names,
            near=np.zeros(self.bodies, np.int64),
            places=np.zeros((TILE * TALL, 2), np.int64),
        )

    def draw(self, scene: Scene) -> Frame:
        """Return the picture of a scene (H, W, 3); a copy, without stars."""
        tiles = np.arange(len(self.boxes))
        if self.last is not None and np.array_equal(self.last.camera, scene.camera):
            changed = np.flatnonzero((self.last.body != scene.body).any(axis=1))
            tiles = touched(self.boxes, self.last, scene, changed, self.width, self.height)
        for fine in (False, True):
            paint(tiles, fine, scene, self.scratch, self.frame, self.features, self.boxes)
        self.last = scene
        return self.frame.copy()


def _check_size(width: int, height: int) -> None:
    if not (1 <= width <= _LARGEST and 1 <= height <= _LARGEST):
        raise RequestError(f"size {width}x{height} cannot be drawn; keep both sides within 1 and {_LARGEST}")


def _check_rate(fps: float) -> None:
    if not (math.isfinite(fps) and fps > 0):
        raise RequestError(f"fps {fps} is not a frame rate; use a number above 0, such as 24")


def render(
    world: World, *, width: int, height: int, fps: float, start: float = 0.0, seconds: float | None = None
) -> Iterator[Frame]:
    """Draw a world in its style as frames at t = start + i / fps, one after the other.

    Parameters
    ----------
    width, height : pixels.
    fps : frames a second, above 0.
    start : seconds from the world's first sample.
    seconds : length; without it up to the world's end.

    Yields
    ------
    (height, width, 3) uint8 sRGB.

    Raises
    ------
    RequestError
        A size, rate or length that cannot be drawn.

    >>> frames = list(render(world, width=320, height=180, fps=12))  # doctest: +SKIP
    """
    _check_size(width, height)
    seconds = world.seconds - start if seconds is None else seconds
    _check_rate(fps)
    if not (math.isfinite(start) and math.isfinite(seconds) and start >= 0 and seconds >= 0):
        raise RequestError(f"start {start} and seconds {seconds} must be 0 or more; leave them out for the whole world")
    count = math.ceil(seconds * fps - 1e-6)
    first = float(world.time[0]) + start
    return _frames(set_stage(world), [first + i / fps for i in range(count)], width, height)


def _frames(stage: Stage, times: list[float], width: int, height: int) -> Iterator[Frame]:
    workers = os.cpu_count() or 1
    free: SimpleQueue[Canvas] = SimpleQueue()
    for _ in range(workers):
        free.put(Canvas(width, height, len(stage.looks)))
    stars, style = star_field(), stage.style

    def paint(time: float) -> Frame:
        canvas = free.get()
        try:
            shown = held(time, style.hold)
            scene = scene_at(stage, shown, width, height)
            frame = canvas.draw(scene)
            if stage.setting.sky.stars > 0:
                add_stars(frame, canvas.features, stars, scene.camera, np.float32(stage.setting.sky.stars))
            if style.develop is None and not stage.fall:
                return frame
            seen = _survey(stage, shown, 1 / FPS, width, height, canvas.scratch)
            frame = fallen(frame, stage.fall, seen[0], scene.camera, shown)
            if style.develop is None:
                return frame
            return style.develop(Plate(frame, *seen, focus_at(stage, shown), time, stage.seed))
        finally:
            free.put(canvas)

    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Frame]] = deque()
        for time in times:
            waiting.append(pool.submit(paint, time))
            if len(waiting) >= workers + _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def held(time: float, hold: float) -> float:
    """Return the moment that is shown at ``time`` when every pose stands for ``hold`` seconds.

    >>> held(0.99, 0.25)
    0.75
    """
    return math.floor(time / hold + 1e-6) * hold if hold else time


def _survey(
    stage: Stage, time: float, step: float, width: int, height: int, scratch: Scratch
) -> tuple[NDArray[np.float32], NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]]:
    """Depth, actors, normals and the flow within ``step`` seconds."""
    depth = np.empty((height, width), np.float32)
    actors = np.empty((height, width), np.int16)
    normals = np.empty((height, width, 3), np.float32)
    flow = np.empty((height, width, 2), np.float32)
    now, then = (scene_at(stage, moment, width, height) for moment in (time, time + step))
    survey(now, then, scratch, depth, actors, normals, flow)
    return depth, actors, normals, flow


def passes(world: World, time: float, *, width: int, height: int, fps: float = FPS) -> dict[str, NDArray[Any]]:
    """Draw what each pixel shows at ``time``, at pixel centres, through the camera of the world's style.

    Parameters
    ----------
    time : seconds. width, height : pixels.
    fps : frames a second, above 0; the flow leads to the next frame.

    Returns
    -------
    depth : (height, width) float32, metres along the camera's axis, infinite in the sky.
    segmentation : (height, width) int16, the actor's index, -1 sky, -2 ground.
    normals : (height, width, 3) float32, outward in the world's frame, 0 in the sky.
    flow : (height, width, 2) float32, pixels to the right and down that the point moves until the next frame; the
        sky moves with the camera alone; 0 past the world's end and for what is then behind the camera.
    edges : (height, width) float32, 0..1, outlines of actors and folds of their surfaces.

    Raises
    ------
    RequestError
        A size or rate that cannot be drawn.

    >>> passes(world, 0.0, width=64, height=36)["depth"].min()  # doctest: +SKIP
    """
    _check_size(width, height)
    _check_rate(fps)
    stage = set_stage(world)
    canvas = Canvas(1, 1, len(stage.looks))
    depth, actors, normals, flow = _survey(stage, time, 1 / fps, width, height, canvas.scratch)
    edges = outlines(depth, actors, normals)
    return {"depth": depth, "segmentation": actors, "normals": normals, "flow": flow, "edges": edges}
