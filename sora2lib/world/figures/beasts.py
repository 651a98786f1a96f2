"""How animals move: cat, dog and horse walk, trot and gallop, the bird flaps and glides, the fish swims.

Which foot follows which, and for how much of a stride each stands, is Hildebrand's table (Science 150, 1965).
"""

from dataclasses import dataclass, replace
from math import pi, sqrt

import numpy as np

from sora2lib.world.figures.animals import BUILDS
from sora2lib.world.figures.curves import eased, keyed
from sora2lib.world.figures.motion import Motion, Target, rooted
from sora2lib.world.figures.reach import Limb
from sora2lib.world.figures.skeleton import INDEX, JOINTS, Array, Figure
from sora2lib.world.turns import about, product


@dataclass(frozen=True)
class Gait:
    """Start of each foot's stance as a share of the stride (left hind, left fore, right hind, right fore).

    ``duty`` is the share that a foot stands, ``stride`` its length at 1 m/s in leg lengths to the power of a half,
    ``lift`` how high feet swing in leg lengths, ``bob``, ``rock`` and ``arch`` how the trunk rises (heights), pitches
    and bends (radians), ``nod`` how the neck answers.
    """

    starts: tuple[float, float, float, float]
    duty: float
    stride: float
    lift: float
    bob: float
    beats: int
    rock: float = 0.0
    arch: float = 0.0
    nod: float = 0.06


GAITS: dict[str, Gait] = {
    "walk": Gait((0.0, 0.25, 0.5, 0.75), 0.66, 1.05, 0.12, 0.008, 2),
    "trot": Gait((0.0, 0.5, 0.5, 0.0), 0.46, 1.15, 0.17, 0.018, 2),
    "gallop": Gait((0.0, 0.50, 0.12, 0.38), 0.28, 1.55, 0.20, 0.030, 1, rock=0.09, arch=0.16, nod=0.22),
}
CROUCH = 0.09  # of a leg's length: bent legs reach further
TIPPED = 0.42  # radians that the last link leans at the ends of its stance
FEET = (("left", "hip"), ("left", "shoulder"), ("right", "hip"), ("right", "shoulder"))


def limb(figure: Figure, side: str, ball: str) -> Limb:
    """A leg of a four-legged animal."""
    build, front = BUILDS[figure.skeleton.name], ball == "shoulder"
    wrist, sole = (build.fore if front else build.back)[2:]
    tip = np.array([sole[0] - wrist[0], 0.0, sole[1] - wrist[1]]) * figure.size[2]
    if front:
        return Limb(side, ball, "elbow", "wrist", (f"{side} upper arm", f"{side} forearm", f"{side} hand"), -1.0, tip)
    return Limb(side, ball, "knee", "ankle", (f"{side} thigh", f"{side} shank", f"{side} foot"), 1.0, tip)


def prowl(figure: Figure, time_T: Array, *, speed: float, gait: str, seed: int = 0) -> Motion:
    """Go along +x on four legs, the hips at x = 0 at time 0.

    Parameters
    ----------
    speed : m/s; a dog walks at 1, trots at 2.5 and gallops at 6, a horse at 1.6, 3.5 and 9.
    gait : a name of ``GAITS``.

    >>> prowl(Figure(DOG, DOG.size), np.arange(49) / 24, speed=1.0, gait="walk").root_T3.shape  # doctest: +SKIP
    (49, 3)
    """
    way, build, high = GAITS[gait], BUILDS[figure.skeleton.name], figure.size[2]
    leg = -build.back[3][1] * high
    rng = np.random.default_rng(seed)
    period = min(way.stride * sqrt(leg * speed) * rng.uniform(0.94, 1.06), longest(figure, leg) / way.duty) / speed
    phase_T = time_T / period + rng.uniform()
    wave_T = 2 * pi * phase_T
    angles_TJ = np.zeros((len(time_T), len(JOINTS)))
    rock_T = way.rock * np.sin(wave_T)
    for joint, value_T in {
        "waist bend": -way.arch * np.sin(wave_T + 0.6),
        "waist turn": 0.05 * np.sin(wave_T) if not way.arch else 0.0 * wave_T,
        "neck bend": way.nod * np.sin(way.beats * wave_T + 0.8) - rock_T + 1.2 * way.arch,
        "tail swing": 0.35 * np.sin(1.5 * wave_T),
        "tail lift": -0.15 + 0.12 * np.sin(wave_T) + 1.2 * way.arch,
        "mouth": np.full_like(time_T, 0.12 + way.arch),
    }.items():
        angles_TJ[:, INDEX[joint]] = value_T
    height_T = leg * (1 - CROUCH) + way.bob * high * np.sin(way.beats * wave_T)
    root_T3 = np.stack([speed * time_T, 0 * time_T, height_T], axis=1)
    turn_T4 = product(about("y", rock_T), about("z", 0.02 * np.sin(wave_T)))
    targets, stands = [], {}
    for (side, ball), start in zip(FEET, way.starts, strict=True):
        share_T = (phase_T - start) % 1.0
        it = limb(figure, side, ball)
        targets.append(paw(figure, it, way, speed, period, time_T, share_T))
        stands[it.links[2]] = share_T < way.duty
    return replace(
        rooted(figure, time_T, angles_TJ, root_T3=root_T3, turn_T4=turn_T4, targets=targets), standing=stands
    )


def longest(figure: Figure, leg: float) -> float:
    """How far a paw may travel below the body while it stands, metres: as far as the legs reach."""
    reaches = []
    for ball in ("hip", "shoulder"):
        it = limb(figure, "left", ball)
        upper, lower = (figure.offset(name) for name in it.links[1:])
        length = np.hypot(upper[0], upper[2]) + np.hypot(lower[0], lower[2])
        drop = -(upper[2] + lower[2]) - (CROUCH + 0.03) * leg
        reaches.append(sqrt(max(length**2 - drop**2, 0.0)) + np.sin(TIPPED) * float(np.linalg.norm(it.sole)))
    return float(1.5 * min(reaches))


def paw(figure: Figure, it: Limb, way: Gait, speed: float, period: float, time_T: Array, share_T: Array) -> Target:
    """A paw stays where it was put for its share of the stride, then swings to the next place."""
    build, high = BUILDS[figure.skeleton.name], figure.size[2]
    below = (build.fore if it.ball == "shoulder" else build.back)[3]
    sign = 1.0 if it.side == "left" else -1.0
    put_T = speed * (time_T - share_T * period + way.duty * period / 2) + below[0] * high
    swing_T = np.clip((share_T - way.duty) / (1 - way.duty), 0, 1)
    lift = way.lift * -build.back[3][1] * high
    x_T = put_T + speed * period * eased(swing_T)
    y_T = np.full_like(x_T, sign * build.apart * high * 0.85)
    z_T = lift * np.sin(pi * swing_T) ** 2
    d = way.duty
    cycle = [0.0, 0.5 * d, d, d + 0.35 * (1 - d), d + 0.8 * (1 - d), 1.0]
    pitch_T = keyed(share_T, cycle, np.array([TIPPED, 0.0, -TIPPED, -0.9, 0.6, TIPPED]))
    return Target(it, np.stack([x_T, y_T, z_T], axis=1), pitch_T)


def fly(figure: Figure, time_T: Array, *, speed: float, height: float, style: str = "flap", seed: int = 0) -> Motion:
    """Fly along +x at a height, in metres: "flap", "glide" with still wings, or "both" in turn."""
    rng = np.random.default_rng(seed)
    rate = 2.6 * rng.uniform(0.9, 1.1)
    beat_T = 2 * pi * (rate * time_T + rng.uniform())
    slow_T = 0.5 - 0.5 * np.cos(2 * pi * time_T / 2.6 + rng.uniform(0, pi))
    still_T = np.full_like(time_T, 0.04)
    power_T = {"flap": still_T / 0.04, "glide": still_T, "both": eased(slow_T * 2 - 0.6)}[style]
    angles_TJ = np.zeros((len(time_T), len(JOINTS)))
    folded_T = power_T * np.maximum(np.cos(beat_T), 0.0)  # on the way up
    values = {"neck bend": 0.05 * np.sin(beat_T), "tail lift": -0.08 * power_T * np.sin(beat_T), "mouth": 0 * beat_T}
    for side in ("left", "right"):
        values |= {
            f"{side} shoulder spread": 0.14 + 0.62 * power_T * np.sin(beat_T),
            f"{side} shoulder turn": -0.22 * power_T * np.cos(beat_T),
            f"{side} shoulder swing": 0.10 - 0.18 * folded_T,
            f"{side} elbow": 0.10 + 0.55 * folded_T,
            f"{side} wrist": 0.18 + 0.75 * folded_T,
            f"{side} hip swing": np.full_like(beat_T, -1.25),
            f"{side} knee": np.full_like(beat_T, 0.5),
        }
    for joint, value_T in values.items():
        angles_TJ[:, INDEX[joint]] = value_T
    drift_T = 0.05 * np.sin(2 * pi * (0.23 * time_T + rng.uniform()))
    up_T = height - 0.018 * power_T * np.sin(beat_T - 0.5) + 3 * drift_T
    root_T3 = np.stack([speed * time_T, 2 * drift_T, up_T], axis=1)
    turn_T4 = product(about("y", -0.06 - 0.8 * drift_T), about("x", 1.5 * drift_T))
    return Motion(figure, time_T, root_T3, turn_T4, angles_TJ, {})


def swim(figure: Figure, time_T: Array, *, speed: float, height: float, seed: int = 0) -> Motion:
    """Swim along +x at a height, in metres, with a wave that runs down the body."""
    rng = np.random.default_rng(seed)
    beat_T = 2 * pi * ((0.9 + 1.6 * speed) * time_T + rng.uniform())
    angles_TJ = np.zeros((len(time_T), len(JOINTS)))
    for joint, value_T in {
        "waist turn": 0.38 * np.sin(beat_T),
        "tail swing": 0.55 * np.sin(beat_T - 1.9),
        "mouth": 0.15 + 0.15 * np.sin(0.4 * beat_T),
        "left shoulder spread": 0.7 + 0.25 * np.sin(0.5 * beat_T),
        "right shoulder spread": 0.7 + 0.25 * np.sin(0.5 * beat_T),
        "left shoulder swing": -0.3 + 0.3 * np.sin(0.5 * beat_T + 1),
        "right shoulder swing": -0.3 + 0.3 * np.sin(0.5 * beat_T + 1),
    }.items():
        angles_TJ[:, INDEX[joint]] = value_T
    drift_T = np.sin(2 * pi * (0.2 * time_T + rng.uniform()))
    root_T3 = np.stack([speed * time_T, 0.02 * np.sin(beat_T), height + 0.05 * drift_T], axis=1)
    turn_T4 = about("z", 0.10 * np.sin(beat_T + 2.4))
    return Motion(figure, time_T, root_T3, turn_T4, angles_TJ, {})
