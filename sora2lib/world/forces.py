"""What moves bodies besides gravity and contact: thrust, wind, brakes, and water that carries and resists.

Water pushes on points spread through a body (Archimedes at each), so that what floats finds its own trim and rocks. Its
resistance is linear and quadratic in speed, larger across a long hull than along it. What a body drags along of the
water weighs as half of what it displaces (the added mass of a sphere; H. Lamb, Hydrodynamics, section 92).
"""

from collections.abc import Sequence
from functools import cache

import mujoco
import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.distance import signed_distance
from sora2lib.world.assets import primitives
from sora2lib.world.parts import SHAPES, Row
from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Body, Force, Push, Wind

Array = NDArray[np.float64]
WATER = 1000.0  # kg/m^3
ADDED_MASS = 0.5  # of the displaced water
LINEAR, QUADRATIC = 2.0, 0.45  # resistance over the mass of displaced water: 1/s, and times speed over length
ALONG = np.linspace(-1, 1, 7)[1::2]  # where the points lie, as shares of the half extents


@cache
def floats_on(asset: str, size: Row) -> tuple[Array, Array]:
    """Points (P, 3) that stand for a body in water, in its own frame, and the radius (P,) of what each stands for."""
    points, radii = [], []
    for part in primitives(asset, np.asarray(size)):
        if not part.collides:
            continue
        grid_P3 = np.stack(np.meshgrid(ALONG, ALONG, ALONG), axis=-1).reshape(-1, 3) * _box(part.shape, part.half)
        inside = [signed_distance(SHAPES.index(part.shape), part.half, *point) <= 0 for point in grid_P3]
        grid_P3 = grid_P3[inside]
        turn_9 = np.zeros(9)
        mujoco.mju_quat2Mat(turn_9, part.rotation)
        points.append(grid_P3 @ turn_9.reshape(3, 3).T + part.centre)
        radii.append(np.full(len(grid_P3), float(np.prod(_box(part.shape, part.half) / len(ALONG))) ** (1 / 3)))
    return np.concatenate(points), np.concatenate(radii)


def _box(shape: str, half: Array) -> Array:
    """Half extents of the box round a part."""
    x, y, z = half
    return np.array({"torus": (x + z, y + z, z), "capsule": (x, x, z + x)}.get(shape, (x, y, z)))


# P points of all bodies one after the other, W bodies in the water
class Water:
    """The push of still water whose surface is at z = 0."""

    def __init__(self, model: mujoco.MjModel, bodies: Sequence[Body]) -> None:
        wet = [i for i, body in enumerate(bodies) if not body.fixed]
        self._rows_W = np.array([i + 1 for i in wet])
        spread = [floats_on(bodies[i].asset, bodies[i].size) for i in wet]
        counts = [len(points) for points, _ in spread]
        self._owner_P = np.repeat(np.arange(len(wet)), counts)
        self._first_W = np.cumsum([0, *counts[:-1]])
        self._point_P3 = np.concatenate([points for points, _ in spread])
        self._radius_P = np.concatenate([radii for _, radii in spread])
        self._mass_W = model.body_mass[self._rows_W]
        displaced_W = WATER * self._mass_W / np.array([bodies[i].density for i in wet])
        cell_P = self._radius_P**3
        self._water_P = cell_P * (displaced_W / np.add.reduceat(cell_P, self._first_W))[self._owner_P]
        extent_W3 = np.array([bodies[i].size for i in wet])
        length_W = np.cbrt(extent_W3.prod(axis=1))
        self._shape_P3 = np.clip((length_W[:, None] / extent_W3) ** 2, 0.1, 4.0)[self._owner_P]
        self._length_P = length_W[self._owner_P]

    def push(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        """Add the water's forces and torques to those applied to the bodies."""
        rows, owner_P = self._rows_W, self._owner_P
        turn_P33 = data.xmat[rows].reshape(-1, 3, 3)[owner_P]
        arm_P3 = np.einsum("pij,pj->pi", turn_P33, self._point_P3)
        height_P = arm_P3[:, 2] + data.xpos[rows, 2][owner_P]
        wet_P = self._water_P * np.clip(0.5 - height_P / (2 * self._radius_P), 0, 1)
        if not wet_P.any():
            return
        spin_W3, speed_W3 = np.array([_velocity(model, data, row) for row in rows]).transpose(1, 0, 2)
        arm_P3 += (data.xpos[rows] - data.xipos[rows])[owner_P]
        slip_P3 = np.einsum("pji,pj->pi", turn_P33, speed_W3[owner_P] + np.cross(spin_W3[owner_P], arm_P3))
        pace_P = np.sqrt((slip_P3 * slip_P3).sum(axis=1))
        drag_P3 = (-wet_P * (LINEAR + QUADRATIC * pace_P / self._length_P))[:, None] * self._shape_P3 * slip_P3
        force_P3 = np.einsum("pij,pj->pi", turn_P33, drag_P3)
        force_P3[:, 2] += GRAVITY * wet_P
        total_W3 = np.add.reduceat(force_P3, self._first_W)
        twist_W3 = np.add.reduceat(np.cross(arm_P3, force_P3), self._first_W)
        # The water that moves along is set in motion by the same force, and gravity does not pull on it.
        share_W1 = (self._mass_W / (self._mass_W + ADDED_MASS * np.add.reduceat(wet_P, self._first_W)))[:, None]
        weight_W3 = self._mass_W[:, None] * np.array([0, 0, GRAVITY])
        data.xfrc_applied[rows, :3] += share_W1 * (total_W3 - weight_W3) + weight_W3
        data.xfrc_applied[rows, 3:] += share_W1 * twist_W3


def _velocity(model: mujoco.MjModel, data: mujoco.MjData, row: int) -> Array:
    """Angular velocity and velocity of the centre of mass (2, 3) in the world frame."""
    both_6 = np.zeros(6)
    mujoco.mj_objectVelocity(model, data, mujoco.mjtObj.mjOBJ_BODY, row, both_6, 0)
    return both_6.reshape(2, 3)


class Forces:
    """All that pushes on the bodies of a simulation; each push is held for ``hold`` seconds."""

    def __init__(
        self, model: mujoco.MjModel, bodies: Sequence[Body], forces: Sequence[Force], *, wet: bool, hold: float
    ) -> None:
        names = [body.name for body in bodies]
        self._forces = [(names.index(force.actor) + 1, force) for force in forces]
        self._water = Water(model, bodies) if wet else None
        self._model, self._hold = model, hold

    def __bool__(self) -> bool:
        return bool(self._forces) or self._water is not None

    def apply(self, data: mujoco.MjData) -> None:
        """Set the forces of this moment."""
        data.xfrc_applied[:] = 0.0
        now = data.time + self._model.opt.timestep / 2  # time adds up steps, and may fall short by a hair
        for row, force in self._forces:
            if force.start <= now < force.end:
                data.xfrc_applied[row, :3] += self._force(data, row, force)
        if self._water:
            self._water.push(self._model, data)

    def _force(self, data: mujoco.MjData, row: int, force: Force) -> Array:
        mass = float(self._model.body_mass[row])
        if isinstance(force, Push):
            thrust_3 = mass * np.asarray(force.thrust)
            return np.asarray(data.xmat[row].reshape(3, 3) @ thrust_3 if force.along == "body" else thrust_3)
        speed_3 = _velocity(self._model, data, row)[1]
        # Never more than would end the difference in speed before the next look.
        if isinstance(force, Wind):
            past_3 = np.asarray(force.air) - speed_3
            return np.asarray(mass * min(force.drag * float(np.linalg.norm(past_3)), 1 / self._hold) * past_3)
        pace = float(np.linalg.norm(speed_3))
        return np.asarray(-mass * min(force.slowing, pace / self._hold) / max(pace, 1e-9) * speed_3)
