"""The same start, but what follows is simulated: ``physics="exact"``."""

import json
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.world.mechanics import play
from sora2lib.world.schema import RATE, VARIABLES, World, build
from sora2lib.world.stage import Body

JOINTS = {"pendulum": "pivot", "seesaw": "hinge"}
_NUMBERS = ("density", "restitution", "friction", "gloss")
Array = NDArray[np.float64]


def replay(world: World) -> World:
    """Simulate a world again from its own start: its things, their places, turns and velocities at time zero.

    Looks, light, camera and sound settings stay as they are. Bodies that overlap at the start are pushed apart.

    Raises
    ------
    WorldError
        The world is not sampled 24 times a second, or holds a body that the simulator refuses.

    >>> replay(world).position.sel(actor="ball", xyz="z")  # doctest: +SKIP
    """
    if abs(world.rate - RATE) > 1e-6:
        raise WorldError(f"the world has {world.rate:g} samples a second; simulating it again takes {RATE:g}")
    bodies = tuple(_body(world, index) for index in range(world.sizes["actor"]))
    try:
        take = play(bodies, ground=str(world.ground.item()), samples=world.sizes["time"])
    except ValueError as error:  # a body too light or too thin for the simulator
        raise WorldError(f"this world cannot be simulated again ({error}); keep physics='model'") from error
    values = {name: world[name].values for name in VARIABLES}
    values |= {"position": take.position_AT3, "rotation": take.rotation_AT4}
    attrs = world.attrs | {"events": json.dumps([asdict(contact) for contact in take.contacts])}
    return build(actors=world.actor.values.tolist(), time=world.time.values, attrs=attrs, **values)


def _body(world: World, index: int) -> Body:
    one = world.isel(actor=index)
    asset = str(one.asset.item())
    rotation_T4 = one.rotation.values
    return Body(
        name=str(one.actor.item()),
        asset=asset,
        material=str(one.material.item()),
        size=tuple(one["size"].values),
        colour=tuple(one.colour.values),
        **{name: float(one[name]) for name in _NUMBERS},
        position=tuple(one.position.values[0]),
        rotation=tuple(rotation_T4[0]),
        velocity=tuple(_velocity(one.position.values)),
        spin=tuple(_spin(rotation_T4)),
        joint="fixed" if one.fixed else JOINTS.get(asset, "free"),
    )


def _velocity(place_T3: Array) -> Array:
    """Velocity at the first sample (3,), m/s; the three-point formula is exact on a parabola."""
    if len(place_T3) < 3:
        return np.asarray((place_T3[1] - place_T3[0]) * RATE)
    return np.asarray((-1.5 * place_T3[0] + 2 * place_T3[1] - 0.5 * place_T3[2]) * RATE)


def _spin(rotation_T4: Array) -> Array:
    """Angular velocity between the first two samples (3,), rad/s, world frame: the axis and angle of q1 / q0."""
    (w0, *v0), (w1, *v1) = rotation_T4[:2]
    real = w1 * w0 + np.dot(v1, v0)
    axis = w0 * np.asarray(v1) - w1 * np.asarray(v0) - np.cross(v1, v0)
    if real < 0:
        real, axis = -real, -axis
    length = float(np.linalg.norm(axis))
    return np.asarray(axis * (2 * np.arctan2(length, real) * RATE / length if length > 1e-12 else 0.0))
