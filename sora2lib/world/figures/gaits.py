"""People walk and run: feet that stay where they stand, hips that ride over them, arms that swing against the legs.

The length of a step grows with the root of the speed at a fixed ratio of step length to cadence (Sekiya and Nagasaki,
Gait & Posture 8, 1998). A runner's centre of mass falls freely while both feet are off the ground.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from sora2lib.world.figures.curves import eased, keyed
from sora2lib.world.figures.motion import Motion, Target, balanced, rooted
from sora2lib.world.figures.people import SIDES, STRAIGHT, feet_apart, hips_height, leg_length, soles
from sora2lib.world.figures.person import BALL
from sora2lib.world.figures.skeleton import INDEX, JOINTS, Array, Figure
from sora2lib.world.schema import GRAVITY
from sora2lib.world.turns import about, product

WALK_RATIO = 0.0065 * 60  # metres a step over steps a second
ADULT = 1.75  # m


@dataclass(frozen=True)
class Style:
    """How someone walks or runs.

    ``duty`` is the share of a stride that a foot stands; ``arms`` and ``elbow`` the swing and bend of the arms,
    ``lean`` how far the trunk leans forward, ``crouch`` how deep the hips ride, in leg lengths, ``lift`` how high the
    foot swings, in leg lengths, ``nod`` the bend of the neck, all angles in radians; ``step`` scales the step's length.
    """

    duty: float = 0.62
    arms: float = 0.45
    elbow: float = 0.35
    lean: float = 0.03
    crouch: float = 0.0
    lift: float = 0.09
    nod: float = 0.0
    step: float = 1.0


STYLES: dict[str, Style] = {
    "walk": Style(),
    "stroll": Style(arms=0.3, lean=0.0, step=0.95),
    "march": Style(arms=0.85, elbow=0.15, lean=-0.02, lift=0.30),
    "sneak": Style(arms=0.15, elbow=1.5, lean=0.35, crouch=0.14, lift=0.22, duty=0.68, nod=-0.25, step=0.8),
    "tired": Style(arms=0.15, elbow=0.15, lean=0.22, crouch=0.03, lift=0.04, nod=0.35, step=0.8),
    "run": Style(duty=0.36, arms=0.75, elbow=1.55, lean=0.14, crouch=0.065, lift=0.24),
    "jog": Style(duty=0.42, arms=0.5, elbow=1.4, lean=0.08, crouch=0.05, lift=0.19),
}


def walk(figure: Figure, time_T: Array, *, speed: float, style: str = "walk", seed: int = 0) -> Motion:
    """Walk or run along +x, the hips at x = 0 at time 0.

    Parameters
    ----------
    speed : m/s; about 0.6 to 2 for walks, 2 to 7 for runs.
    style : a name of ``STYLES``.
    seed : everyone does it a little differently.

    >>> walk(Figure(MAN, MAN.size), np.arange(49) / 24, speed=1.4).root_T3[-1, 0]  # doctest: +SKIP
    """
    rng = np.random.default_rng(seed)
    way = _varied(STYLES[style], rng)
    gait = _Gait(figure, way, speed, float(rng.uniform(0, 1)))
    turn_T4, angles_TJ = gait.upper_body(time_T)
    targets = [gait.foot(side, time_T) for side, _ in SIDES]
    along_T = speed * time_T
    if way.duty < 0.5:
        centre_T3 = np.stack([along_T, 0 * time_T, gait.flight_height(time_T)], axis=1)
        motion = balanced(figure, time_T, angles_TJ, centre_T3=centre_T3, turn_T4=turn_T4, targets=targets)
    else:
        sway_T = 0.3 * feet_apart(figure) * np.sin(2 * math.pi * (gait.phase(time_T) - way.duty / 2 + 0.25))
        root_T3 = np.stack([along_T, sway_T, gait.walking_height(time_T)], axis=1)
        motion = rooted(figure, time_T, angles_TJ, root_T3=root_T3, turn_T4=turn_T4, targets=targets)
    stands = {f"{side} foot": gait.phase(time_T, side) < way.duty for side, _ in SIDES}
    return replace(motion, standing=stands)


def _varied(style: Style, rng: np.random.Generator) -> Style:
    near = rng.uniform(0.88, 1.12, 4)
    return replace(
        style,
        arms=style.arms * near[0],
        lift=style.lift * near[1],
        elbow=style.elbow * near[2],
        step=style.step * near[3],
    )


@dataclass(frozen=True)
class _Gait:
    figure: Figure
    style: Style
    speed: float
    start: float  # phase of the left foot at time 0

    @property
    def stride(self) -> float:
        """Two steps, metres."""
        scale = (self.figure.size[2] / ADULT) ** 0.75
        return 2 * self.style.step * math.sqrt(WALK_RATIO * self.speed) * scale

    @property
    def period(self) -> float:
        return self.stride / self.speed

    def phase(self, time_T: Array, side: str = "left") -> Array:
        """How far a foot is in its stride, 0..1; it stands from 0 to ``duty``."""
        return np.asarray((time_T / self.period + self.start + (0.0 if side == "left" else 0.5)) % 1.0)

    def foot(self, side: str, time_T: Array) -> Target:
        """Places of the ball (T, 3) and pitch (T,): planted from heel strike to toe-off, then swung forward."""
        duty, phase_T = self.style.duty, self.phase(time_T, side)
        sign = 1.0 if side == "left" else -1.0
        # While it stands, the foot passes below the hips at the middle of its time.
        strike_T = time_T - phase_T * self.period
        planted_T = self.speed * (strike_T + duty * self.period / 2) + 0.35 * BALL[0] * self.figure.size[2]
        swing_T = np.clip((phase_T - duty) / (1 - duty), 0, 1)
        x_T = planted_T + self.stride * eased(swing_T)
        lift = self.style.lift * leg_length(self.figure)
        z_T = lift * np.sin(math.pi * swing_T) ** 2 * (1.35 - 0.7 * swing_T)
        running = duty < 0.5
        strike, push = (0.05, -0.55) if running else (0.30, -0.62)
        hang = -1.1 if running else -0.75
        cycle = [0.0, 0.16 * duty, 0.55 * duty, duty, duty + 0.25 * (1 - duty), duty + 0.75 * (1 - duty), 1.0]
        pitch_T = keyed(phase_T, cycle, np.array([strike, 0.0, 0.0, push, hang, 0.15, strike]))
        y_T = np.full_like(x_T, sign * feet_apart(self.figure, 0.35 if running else 0.75))
        return soles(self.figure, side, np.stack([x_T, y_T, z_T], axis=1), pitch_T)

    def upper_body(self, time_T: Array) -> tuple[Array, Array]:
        """Orientation of the hips (T, 4) and angles (T, J) of all but the legs."""
        style, figure_8 = self.style, 2 * math.pi * (self.phase(time_T) - self.style.duty / 2)
        angles_TJ = np.zeros((len(time_T), len(JOINTS)))
        swing_T = np.cos(figure_8 + 2 * math.pi * self.style.duty / 2)  # 1 when the left foot strikes
        hips_T = -0.09 * swing_T
        bob_T = 0.02 * np.sin(2 * figure_8)
        turn_T4 = product(about("z", hips_T), about("y", 0.35 * style.lean + bob_T))
        turn_T4 = product(turn_T4, about("x", 0.035 * np.sin(figure_8 + math.pi / 2)))
        counter_T = 2.6 * -hips_T
        values = {
            "waist turn": counter_T,
            "waist bend": 0.65 * style.lean + 0.0 * swing_T,
            "waist lean": -0.04 * np.sin(figure_8 + math.pi / 2),
            "neck turn": -(hips_T + counter_T),
            "neck bend": style.nod - 0.7 * style.lean - bob_T,
        }
        for side, sign in SIDES:
            forward_T = -sign * swing_T
            values[f"{side} shoulder swing"] = style.arms * forward_T - 0.08 + 0.25 * style.lean
            values[f"{side} shoulder spread"] = 0.13 + 0.03 * forward_T
            values[f"{side} shoulder turn"] = 0.25 + 0.12 * forward_T
            values[f"{side} elbow"] = np.maximum(style.elbow + 0.28 * style.arms * forward_T, 0.05)
        for joint, value_T in values.items():
            angles_TJ[:, INDEX[joint]] = value_T
        return turn_T4, angles_TJ

    def walking_height(self, time_T: Array) -> Array:
        """Height of the hips: highest over the standing foot, and as high as the legs reach."""
        most = STRAIGHT * (1 - self.style.crouch) * leg_length(self.figure)
        bob = 0.022 * self.figure.size[2] * min(self.stride / 1.4, 1.2)
        grid_T = np.linspace(0, self.period, 64, endpoint=False)
        room = np.inf
        for side, sign in SIDES:
            target, down = self.foot(side, grid_T), self.figure.offset("left thigh")
            ball_T3, pitch_T = target.place_T3, target.pitch_T
            stands = self.phase(grid_T, side) < self.style.duty
            sole = np.array(BALL) * self.figure.size[2]
            ankle_x = ball_T3[:, 0] - np.cos(pitch_T) * sole[0] - np.sin(pitch_T) * -sole[2]
            ankle_z = ball_T3[:, 2] - np.sin(pitch_T) * sole[0] - np.cos(pitch_T) * sole[2]
            reach = most**2 - (ankle_x - self.speed * grid_T) ** 2 - (ball_T3[:, 1] - sign * down[1]) ** 2
            height = ankle_z + np.sqrt(np.maximum(reach, 0)) - down[2]
            room = min(room, float((height - self._bob(grid_T, bob))[stands].min()))
        return np.asarray(room + self._bob(time_T, bob))

    def _bob(self, time_T: Array, size: float) -> Array:
        middle_T = self.phase(time_T) - self.style.duty / 2
        return np.asarray(size * np.cos(4 * math.pi * middle_T))

    def flight_height(self, time_T: Array) -> Array:
        """Height of the centre of mass: free fall while no foot stands, a spring's bow while one does."""
        standing = self.style.duty * self.period
        flying = self.period / 2 - standing
        rise = GRAVITY * flying / 2
        since_T = (self.phase(time_T) % 0.5) * self.period
        bow_T = -rise * standing / math.pi * np.sin(math.pi * np.minimum(since_T / standing, 1))
        fly_T = np.maximum(since_T - standing, 0)
        arc_T = rise * fly_T - GRAVITY * fly_T**2 / 2
        level = hips_height(self.figure) * (1.065 - self.style.crouch)
        return np.asarray(level + bow_T + arc_T)
