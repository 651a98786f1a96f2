"""Films of discs whose motion is known in closed form, with and without a fault: what the inspector is measured by.

A square picture shows 2.4 m; nothing is drawn but discs of known radius on a still background, with exact soft edges.
Faults are those that generated films have: things jump, vanish, appear, fall wrongly, gain energy or momentum from
nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.schema import GRAVITY

Array = NDArray[np.float64]
Frames = NDArray[np.uint8]
VIEW = 2.4  # metres that the picture shows
FPS, SECONDS = 24.0, 2.0
RADII = (0.10, 0.16)  # metres
LEAST_CONTRAST = 0.28  # between a disc and what lies behind it
FAULTS = ("teleport", "gravity", "energy", "vanish", "momentum", "birth")


# N discs, T frames, H height, W width
@dataclass(frozen=True, eq=False)
class Scene:
    """Discs and where they are.

    Parameters
    ----------
    kind : which of :data:`KINDS`.
    place_NT2 : right and up, metres from the lower left corner of the picture.
    radius_N : metres.
    seen_NT : whether a disc is drawn.
    truth : what the inspector should find, such as "restitution" and "contact", in SI units.
    fault : what is wrong, one of :data:`FAULTS`, or "".
    """

    kind: str
    place_NT2: Array
    radius_N: Array
    seen_NT: NDArray[np.bool_]
    truth: dict[str, float]
    fault: str = ""


def times() -> Array:
    """Seconds (T,) at which the pictures of a scene are taken."""
    return np.arange(round(FPS * SECONDS)) / FPS


def bounce(rng: np.random.Generator, *, gravity: float = GRAVITY, gain: float = 0.0) -> Scene:
    """Let a ball fall and bounce; ``gain`` is the share of energy that its blows add beyond a lossless one."""
    radius, high = rng.uniform(*RADII), rng.uniform(1.3, 1.9)
    e = math.sqrt(1 + gain) if gain else rng.uniform(0.7, 1.0)
    across = rng.uniform(0.25, 0.8) * rng.choice([-1, 1])
    start = rng.uniform(0.25, 0.4) if across > 0 else VIEW - rng.uniform(0.25, 0.4)
    floor = rng.uniform(0.1, 0.3)
    time_T, high_T = times(), np.empty(round(FPS * SECONDS))
    begin, speed, level = 0.0, 0.0, high
    contacts: list[float] = []
    for k, time in enumerate(time_T):
        while True:
            landing = begin + (speed + math.sqrt(speed**2 + 2 * gravity * max(level - radius, 0))) / gravity
            if time < landing or len(contacts) > 20:
                break
            speed, level, begin = e * (gravity * (landing - begin) - speed), radius, landing
            contacts.append(landing)
        high_T[k] = level + speed * (time - begin) - gravity / 2 * (time - begin) ** 2
    place_T2 = np.stack([start + across * time_T, high_T + floor], axis=-1)
    truth = {"gravity": gravity, "restitution": e, "contact": contacts[0]}
    return _scene("bounce", [place_T2], [radius], truth)


def throw(rng: np.random.Generator, *, gravity: float = GRAVITY) -> Scene:
    """Throw a ball up through the picture."""
    radius, time_T = rng.uniform(*RADII), times()
    speed, up = rng.uniform(0.6, 1.4), rng.uniform(4.2, 5.6)
    place_T2 = np.stack([0.3 + speed * time_T, 0.3 + up * time_T - gravity / 2 * time_T**2], axis=-1)
    if rng.random() < 0.5:
        place_T2[:, 0] = VIEW - place_T2[:, 0]
    return _scene("throw", [place_T2], [radius], {"gravity": gravity})


def collide(rng: np.random.Generator, *, gain: float = 0.0) -> Scene:
    """Let two balls meet on ice, seen from above; ``gain`` is the share of all momentum that comes from nothing."""
    radius_2 = rng.uniform(*RADII, 2)
    mass_2, reach, e = radius_2**2, radius_2.sum(), rng.uniform(0.7, 1.0)
    when, middle = rng.uniform(0.7, 1.1), np.array([VIEW / 2, VIEW / 2 + rng.uniform(-0.4, 0.4)])
    aslant = rng.uniform(-0.5, 0.5)  # between the line of centres and the way
    normal = np.array([math.cos(aslant), math.sin(aslant)])
    velocity_22 = np.array([[rng.uniform(0.5, 1.0), 0.0], [-rng.uniform(0.0, 0.9), 0.0]])
    at_22 = np.array([middle - normal * reach / 2, middle + normal * reach / 2])
    closing = (velocity_22[0] - velocity_22[1]) @ normal
    push = (1 + e) * closing / (1 / mass_2).sum()
    after_22 = velocity_22 + np.array([[-push / mass_2[0]], [push / mass_2[1]]]) * normal
    total = float(mass_2 @ np.linalg.norm(velocity_22, axis=1))
    after_22[1] += gain * total / mass_2[1] * after_22[1] / np.linalg.norm(after_22[1])
    since_T1 = (times() - when)[:, None]
    paths = [at_22[i] + since_T1 * np.where(since_T1 < 0, velocity_22[i], after_22[i]) for i in range(2)]
    return _scene("collide", paths, radius_2.tolist(), {"restitution": e, "contact": when})


def swing(rng: np.random.Generator, *, gravity: float = GRAVITY) -> Scene:
    """Let a pendulum swing, without its rod being seen."""
    radius, length, widest = rng.uniform(*RADII), rng.uniform(0.7, 1.4), rng.uniform(0.25, 0.7)
    fine, angle, rate = 40, widest * rng.choice([-1, 1]), 0.0
    angles = []
    for k in range(round(FPS * SECONDS) * fine):
        if k % fine == 0:
            angles.append(angle)
        step = 1 / FPS / fine
        rate -= step / 2 * gravity / length * math.sin(angle)
        angle += step * rate
        rate -= step / 2 * gravity / length * math.sin(angle)
    top = np.array([VIEW / 2, 1.9 + 0.2 * rng.random()])
    place_T2 = top + length * np.stack([np.sin(angles), -np.cos(angles)], axis=-1)
    return _scene("swing", [place_T2], [radius], {"gravity": gravity, "length": length})


def slide(rng: np.random.Generator) -> Scene:
    """Let a ball slow down evenly."""
    radius, speed, brake = rng.uniform(*RADII), rng.uniform(0.8, 1.4), rng.uniform(0.1, 0.6)
    since_T = np.minimum(times(), speed / brake)
    across_T = 0.3 + speed * since_T - brake / 2 * since_T**2
    place_T2 = np.stack([across_T, np.full_like(across_T, 0.5 + rng.random())], axis=-1)
    return _scene("slide", [place_T2], [radius], {"brake": brake})


KINDS: dict[str, Callable[[np.random.Generator], Scene]] = {
    "bounce": bounce,
    "throw": throw,
    "collide": collide,
    "swing": swing,
    "slide": slide,
}


def _scene(kind: str, paths: list[Array], radii: list[float], truth: dict[str, float]) -> Scene:
    place_NT2 = np.array(paths)
    return Scene(kind, place_NT2, np.array(radii), np.ones(place_NT2.shape[:2], dtype=np.bool_), truth)


def broken(rng: np.random.Generator, fault: str, *, pixels: int) -> Scene:
    """Make a scene with one fault of the smallest size that the inspector must find.

    ``teleport`` two pixels, ``gravity`` 3 % too weak, ``energy`` 1 % more after each blow, ``vanish`` for one picture,
    ``momentum`` 5 % more of it after a collision, ``birth`` of a disc in the middle of the picture.

    >>> broken(np.random.default_rng(0), "vanish", pixels=96).seen_NT.sum()
    np.int64(47)
    """
    if fault == "gravity":
        return _marked(throw(rng, gravity=0.97 * GRAVITY), fault)
    if fault == "energy":
        return _marked(bounce(rng, gain=0.01), fault)
    if fault == "momentum":
        return _marked(collide(rng, gain=0.05), fault)
    scene = [bounce, throw, slide][int(rng.integers(3))](rng)
    when = int(rng.integers(8, 20))
    if fault == "vanish":
        scene.seen_NT[0, when] = False
    elif fault == "birth":
        scene.seen_NT[0, :when] = False
    else:
        angle = rng.uniform(0, math.tau)
        scene.place_NT2[0, when:] += 2 * VIEW / pixels * np.array([math.cos(angle), math.sin(angle)])
    return _marked(scene, fault)


def _marked(scene: Scene, fault: str) -> Scene:
    return Scene(scene.kind, scene.place_NT2, scene.radius_N, scene.seen_NT, scene.truth, fault)


def film(scene: Scene, rng: np.random.Generator, *, pixels: int = 96) -> Frames:
    """Draw a scene in ``pixels`` by ``pixels``: (T, H, W, 3). The generator draws colours and background."""
    ground_HW3, colours = _paint(rng, pixels, len(scene.radius_N))
    column, row = np.meshgrid(np.arange(pixels), np.arange(pixels))
    frames = np.empty((scene.place_NT2.shape[1], pixels, pixels, 3), np.uint8)
    for k, picture in enumerate(frames):
        shown = ground_HW3.copy()
        for place_T2, radius, seen_T, colour in zip(
            scene.place_NT2, scene.radius_N, scene.seen_NT, colours, strict=True
        ):
            x, y = place_T2[k] * pixels / VIEW
            away_HW = np.hypot(column + 0.5 - x, row + 0.5 - (pixels - y))
            cover_HW1 = np.clip(radius * pixels / VIEW + 0.5 - away_HW, 0, 1)[..., None] * seen_T[k]
            shown = shown * (1 - cover_HW1) + colour * cover_HW1
        picture[:] = np.round(shown * 255)
    return frames


def _paint(rng: np.random.Generator, pixels: int, discs: int) -> tuple[Array, list[Array]]:
    """A still background (H, W, 3), flat, graded or rough, and colours that stand out from it and from each other."""
    base = rng.uniform(0.0, 0.35, 3) + 0.5 * rng.integers(2)
    ramp = np.linspace(-0.08, 0.08, pixels)[:, None, None] * rng.integers(2)
    rough = rng.normal(0, 0.03, (pixels // 4, pixels // 4, 3)).repeat(4, axis=0).repeat(4, axis=1) * rng.integers(2)
    ground_HW3 = np.clip(base + ramp + rough, 0, 1)
    while True:
        colours = list(rng.uniform(0, 1, (discs, 3)))
        lumas = np.sort([float(_LUMA @ it) for it in (base, *colours)])
        if np.diff(lumas).min(initial=1.0) > LEAST_CONTRAST:
            break
    return ground_HW3, colours


_LUMA = np.array([0.299, 0.587, 0.114])
