"""What can be read off a world: who moves how, and what touches what. Geometry and motion alone."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import gaps
from sora2lib.physics.bodies import Creature, creatures
from sora2lib.train.looks import nearest_colour
from sora2lib.world.geometry import Bodies, bodies, matrix
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.support import depth_below, rotate
from sora2lib.world.turns import CONJUGATE, product

Array = NDArray[np.float64]
Cast = dict[str, tuple[int, ...]]  # who plays which role: indices of actors
NEAR = 0.03  # metres: surfaces this close touch
KICK = 0.1  # m/s: smaller changes of speed are no blow
KICK_SHARE = 0.1  # of the speed
REACH = 0.6  # metres: farther bodies are not looked at


# A actors, T samples, V = T - 1 intervals
@dataclass(frozen=True)
class Scene:
    """A world as plain arrays, with what follows from them.

    >>> Scene(world).travel(0)  # doctest: +SKIP
    """

    world: World

    @cached_property
    def asset(self) -> list[str]:
        """Asset of each actor."""
        return [str(name) for name in self.world.asset.values]

    @cached_property
    def material(self) -> list[str]:
        """Material of each actor."""
        return [str(name) for name in self.world.material.values]

    @cached_property
    def colour(self) -> list[str]:
        """Name of the nearest colour of each actor."""
        return [nearest_colour(rgb) for rgb in self.world.colour.values]

    @cached_property
    def size_A3(self) -> Array:
        """Extents in metres."""
        return np.asarray(self.world["size"].values)

    @cached_property
    def position_AT3(self) -> Array:
        """Places in metres."""
        return np.asarray(self.world.position.values)

    @cached_property
    def rotation_AT4(self) -> Array:
        """Unit quaternions."""
        q = np.asarray(self.world.rotation.values)
        return np.asarray(q / np.linalg.norm(q, axis=-1, keepdims=True))

    @cached_property
    def velocity_AV3(self) -> Array:
        """Mean velocity over each interval, m/s."""
        return np.asarray(np.diff(self.position_AT3, axis=1) / self.step)

    @cached_property
    def step(self) -> float:
        """Seconds between samples."""
        return 1 / self.world.rate

    @cached_property
    def fixed(self) -> list[bool]:
        """Whether each actor is bolted to the world."""
        return [bool(it) for it in self.world.fixed.values]

    @cached_property
    def clearance_AT(self) -> Array:
        """Height of each actor's lowest point above the ground."""
        below = [
            depth_below(asset, size, q_T4)
            for asset, size, q_T4 in zip(self.asset, self.size_A3, self.rotation_AT4, strict=True)
        ]
        return np.asarray(self.position_AT3[..., 2] - np.array(below).reshape(self.position_AT3.shape[:2]))

    @cached_property
    def up_AT(self) -> Array:
        """Height of each body's own z axis: 1 upright, 0 lying."""
        _, x, y, _ = np.moveaxis(self.rotation_AT4, -1, 0)
        return np.asarray(1 - 2 * (x**2 + y**2))

    @cached_property
    def _creatures(self) -> dict[int, Creature]:
        return {i: Creature.of(self.world, i) for i in creatures(self.world)}

    def creature(self, actor: int) -> Creature | None:
        """Body of an actor that is a person or an animal, joints and all; None for things."""
        return self._creatures.get(actor)

    @cached_property
    def _packed(self) -> Bodies:
        return bodies(self.world)

    @cached_property
    def _gaps(self) -> dict[tuple[int, int], tuple[Array, Array]]:
        return {}

    @cached_property
    def _place_TA3(self) -> Array:
        return np.ascontiguousarray(self.position_AT3.swapaxes(0, 1))

    @cached_property
    def _turn_TA33(self) -> Array:
        return np.ascontiguousarray(matrix(self.rotation_AT4.swapaxes(0, 1)))

    @cached_property
    def right(self) -> Array:
        """Horizontal unit vector (3,) to the right of the first picture."""
        forward = (self.world.camera_target.values - self.world.camera_eye.values)[0]
        right = np.array([forward[1], -forward[0], 0.0])
        return np.asarray(right / max(float(np.linalg.norm(right)), 1e-9))

    def travel(self, actor: int) -> float:
        """Farthest way of an actor from its start, metres."""
        path_T3 = self.position_AT3[actor]
        return float(np.linalg.norm(path_T3 - path_T3[0], axis=-1).max())

    def speed(self, actor: int) -> float:
        """Speed at the start, m/s; in flight that of the release."""
        first = self.velocity_AV3[actor, :2].mean(axis=0)
        if self.in_flight(actor):
            first = self.velocity_AV3[actor, 0] + np.array([0, 0, GRAVITY * self.step / 2])
        return float(np.linalg.norm(first))

    def in_flight(self, actor: int) -> bool:
        """Whether it starts in the air, falling freely."""
        v_V3 = self.velocity_AV3[actor, :4]
        return (
            bool(self.clearance_AT[actor, :3].min() > NEAR)
            and abs(float(np.diff(v_V3[:, 2]).mean()) / self.step + GRAVITY) < 0.4 * GRAVITY
        )

    def gap(self, a: int, b: int) -> tuple[Array, Array]:
        """Return the distance between two bodies (T,), infinite beyond 0.6 m, and the normal (T, 3) from b to a."""
        if (a, b) not in self._gaps:
            self._gaps[a, b] = self._measured_gap(a, b)
        return self._gaps[a, b]

    def _measured_gap(self, a: int, b: int) -> tuple[Array, Array]:
        pair = np.array([[a, b]], dtype=np.int64)
        it = self._packed
        gap_TC, _, normal_TC3 = gaps.nearest(
            pair, self._place_TA3, self._turn_TA33, it.reach, it.parts, it.features, REACH
        )
        return gap_TC[:, 0], normal_TC3[:, 0]

    def blows(self, actor: int, gap_T: Array, normal_T3: Array, other: int | None = None) -> Array:
        """Intervals at whose end a body was pushed along a normal while it was near enough to have touched.

        Between two samples a fast body may touch and part again, so "near" grows with its speed.
        """
        v_V3 = self.velocity_AV3[actor]
        relative_V3 = v_V3 - (0 if other is None else self.velocity_AV3[other])
        fall = np.array([0, 0, GRAVITY * self.step])
        pace = np.linalg.norm(relative_V3, axis=-1)
        found = []
        for k in range(len(v_V3) - 1):
            last = min(k + 2, len(v_V3) - 1)
            # The blow lies in the interval k+1 or at its ends: compare the motion before with that after.
            kick = v_V3[last] - v_V3[k]
            fastest = max(pace[k], pace[last])
            near = gap_T[k : last + 2]
            nearest = k + int(np.argmin(near))
            along = float(min(kick @ normal_T3[nearest], (kick + (last - k) * fall) @ normal_T3[nearest]))
            if near.min() < NEAR + fastest * self.step and along > max(KICK, KICK_SHARE * fastest):
                found.append(k)
        return np.array(found, dtype=np.int64)

    def fine_path(self, actor: int, looks: int = 9) -> Array:
        """Places (V, looks, 3) within each interval: the flight before carried on, then the one after carried back.

        The two are joined where they come closest, which is where a blow fell, if one did.
        """
        x_T3, v_V3, half_fall = self.position_AT3[actor], self.velocity_AV3[actor], np.array([0, 0, GRAVITY / 2])
        s_L1 = np.linspace(0, self.step, looks)[:, None]
        before_V3 = np.concatenate([v_V3[:1], v_V3[:-1] - half_fall * self.step])  # velocity as the interval begins
        after_V3 = np.concatenate([v_V3[1:] + half_fall * self.step, v_V3[-1:]])
        forth = x_T3[:-1, None] + s_L1 * before_V3[:, None] - s_L1**2 * half_fall
        left_L1 = self.step - s_L1
        back = x_T3[1:, None] - left_L1 * after_V3[:, None] - left_L1**2 * half_fall
        join_V = np.argmin(np.linalg.norm(forth - back, axis=-1), axis=1)
        return np.where((np.arange(looks)[None] <= join_V[:, None])[..., None], forth, back)

    def landings(self, actor: int) -> Array:
        """Intervals in which it hits the ground."""
        up_T3 = np.zeros((self.position_AT3.shape[1], 3))
        up_T3[:, 2] = 1
        return self.blows(actor, self.clearance_AT[actor], up_T3)

    def touched(self, a: int, b: int) -> bool:
        """Whether two bodies met and one pushed the other."""
        gap_T, normal_T3 = self.gap(a, b)
        if np.isinf(gap_T).all():
            return False
        pushed = not self.fixed[a] and len(self.blows(a, gap_T, normal_T3, b)) > 0
        return pushed or (not self.fixed[b] and len(self.blows(b, gap_T, -normal_T3, a)) > 0)

    def rolls(self, actor: int, samples: NDArray[np.intp], radius: float) -> bool:
        """Whether a round body turns as it moves on, rather than keeping its orientation, in those intervals."""
        v_V3 = self.velocity_AV3[actor, samples]
        angle_V = np.linalg.norm(v_V3, axis=-1) * self.step / radius
        axis_V3 = np.stack([-v_V3[:, 1], v_V3[:, 0], 0 * v_V3[:, 0]], axis=-1)
        axis_V3 /= np.maximum(np.linalg.norm(axis_V3, axis=-1, keepdims=True), 1e-9)
        rolled_V4 = np.concatenate([np.cos(angle_V / 2)[:, None], axis_V3 * np.sin(angle_V / 2)[:, None]], axis=1)
        q_T4 = self.rotation_AT4[actor]
        turn_V4 = product(q_T4[samples + 1], q_T4[samples] * CONJUGATE)
        telling = (angle_V > 0.03) & (np.abs(angle_V % (2 * math.pi) - math.pi) < math.pi - 0.03)
        like_roll, like_rest = np.abs((turn_V4 * rolled_V4).sum(axis=-1)), np.abs(turn_V4[:, 0])
        return bool(telling.any() and np.median(like_roll[telling] - like_rest[telling]) > 0)

    def string_top(self, actor: int) -> Array:
        """Path (T, 3) of the top of a pendulum's string."""
        length = float(self.size_A3[actor, 2])
        return np.asarray(self.position_AT3[actor] + rotate(self.rotation_AT4[actor], np.array([0, 0, length])))

    def pivot_drift(self, actor: int) -> float:
        """How far the top of a pendulum's string strays, metres."""
        top_T3 = self.string_top(actor)
        return float(np.linalg.norm(top_T3 - np.median(top_T3, axis=0), axis=-1).max())

    def starts(self, actor: int) -> int:
        """Sample at which it has moved by more than a centimetre."""
        moved_T = np.linalg.norm(self.position_AT3[actor] - self.position_AT3[actor, 0], axis=-1) > 0.01
        return int(np.argmax(moved_T)) if moved_T.any() else len(moved_T)

    def first_way(self, actor: int) -> float:
        """First motion to the right, metres: over the time in which it does a tenth of all its way sideways."""
        across_T = (self.position_AT3[actor] - self.position_AT3[actor, 0]) @ self.right
        early = np.flatnonzero(np.abs(across_T) > max(0.1 * np.abs(across_T).max(), 0.005))
        return float(across_T[early[0]]) if len(early) else 0.0


def longest(flags_T: NDArray[np.bool_]) -> int:
    """Most samples in a row that are true."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], flags_T.astype(int), [0]])))
    return int((ends[1::2] - ends[::2]).max(initial=0))
