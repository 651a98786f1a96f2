"""Simulated worlds: the training data, the reference to compare with, and the polish a user may ask for."""

import json
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.world import schema
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.filming import CameraPath
from sora2lib.world.mechanics import Laws, play
from sora2lib.world.schema import GRAVITY, RATE, World
from sora2lib.world.shots import film_take
from sora2lib.world.stage import Body, Event, Shot, Stage, Take
from sora2lib.world.staging import draw_shot
from sora2lib.world.support import rotate
from sora2lib.world.vocabulary import GROUNDS

MOST_TAKES = 400
PUSH_SAMPLES = 4  # that tell how fast things were at the start
JOINTS = {"pendulum": "pivot", "seesaw": "hinge"}


def simulate(family: str, rng_or_seed: np.random.Generator | int, *, seconds: float = 4.0) -> World:
    """Draw a scene of a family, simulate and film it; scenes that do not come out as meant are drawn again.

    Parameters
    ----------
    family : one of :data:`sora2lib.world.families.FAMILIES` or :data:`sora2lib.world.families.people.PEOPLE`.
    rng_or_seed : the same seed gives the same world.
    seconds : length, at least 0.5; scenes are laid out for about 4.

    Returns
    -------
    A validated world; ``attrs["facts"]`` holds what is true of it (:class:`~sora2lib.world.facts.Facts`),
    ``attrs["events"]`` the simulator's own contacts as a JSON list, each with time, a, b, impulse and speed.

    Raises
    ------
    WorldError
        The family is not known, or the length is too short.

    >>> simulate("drop", 7).position.shape[1:]
    (97, 3)
    """
    return films(family, rng_or_seed, 1, seconds=seconds)[0]


def films(family: str, rng_or_seed: np.random.Generator | int, count: int, *, seconds: float = 4.0) -> list[World]:
    """Film one simulated scene up to ``count`` times, the first as :func:`simulate` does, the others otherwise.

    Arguments and errors are those of :func:`simulate`.

    >>> len({world.attrs["facts"] for world in films("drop", 7, 3)}) > 1
    True
    """
    families = {**FAMILIES, **PEOPLE}
    if family not in families:
        raise WorldError(f"family {family!r} is not known; use one of {', '.join(families)}")
    if not seconds >= 0.5:
        raise WorldError(f"{seconds} seconds is too short for a scene; ask for 0.5 or more")
    rng = np.random.default_rng(rng_or_seed)
    draw = families[family]
    for _ in range(MOST_TAKES):
        stage = draw(rng)
        if worlds := _filmed(stage, rng, count, seconds):
            return worlds
        draw = stage.again or families[family]
    raise WorldError(
        f"no {family!r} came out as meant in {MOST_TAKES} takes of {seconds} s; use another seed or length"
    )


def shoot(stage: Stage, rng: np.random.Generator, *, seconds: float = 4.0) -> World | None:
    """Simulate and film a stage as it is set; None where it does not come out as meant.

    >>> shoot(lab(rng, "uniform", radius=[1.0], speed=[2.0]), rng)  # doctest: +SKIP
    """
    return next(iter(_filmed(stage, rng, 1, seconds)), None)


def _filmed(stage: Stage, rng: np.random.Generator, count: int, seconds: float) -> list[World]:
    """The same take with up to so many cameras; none where it does not come out as meant or the first sees little."""
    samples = round(seconds * RATE) + 1
    try:
        if stage.perform:
            take = stage.perform(samples)
        else:
            take = play(
                stage.bodies,
                ground=stage.setting.ground,
                samples=samples,
                forces=stage.forces,
                reach=stage.reach,
            )
    except WorldError:
        return []
    event = stage.judge(take) if _sane(stage, take) else None
    film = event and film_take(rng, stage, take)
    if not event or not film:
        return []
    others = (film_take(rng, replace(stage, shot=draw_shot(rng)), take) for _ in range(count - 1))
    return [_world(stage, take, event, *it) for it in (film, *others) if it]


def _sane(stage: Stage, take: Take) -> bool:
    """Whether everything that moves stays on the stage and above the ground, or the bed of the water."""
    moving = [i for i, one in enumerate(stage.bodies) if not one.fixed]
    path, bed = take.position_AT3[moving], -GROUNDS[stage.setting.ground].depth
    return bool(np.isfinite(path).all() and np.abs(path[..., :2]).max() < stage.reach and path[..., 2].min() > bed)


def _world(stage: Stage, take: Take, event: Event, shot: Shot, path: CameraPath) -> World:
    setting = stage.setting
    facts = Facts(
        family=stage.family,
        things=stage.things,
        ground=setting.ground,
        light=setting.light,
        weather=setting.weather,
        camera=shot.move,
        camera_direction=shot.direction,
        framing=shot.framing,
        **asdict(event),
    )
    return schema.build(
        actors=list(take.names),
        time=take.time_T,
        attrs={
            "facts": facts.to_json(),
            "events": json.dumps([asdict(contact) for contact in take.contacts]),
        },
        **{
            name: [getattr(one, name) for one in stage.bodies]
            for name in ("asset", "material", "size", "colour", "density", "restitution", "friction", "gloss", "fixed")
        },
        position=take.position_AT3,
        rotation=take.rotation_AT4,
        **({} if take.joint_angle_ATJ is None else {"joint_angle": take.joint_angle_ATJ}),
        camera_eye=path.eye,
        camera_target=path.target,
        camera_roll=path.roll,
        camera_fov=path.fov,
        ground=setting.ground,
        sun_azimuth=setting.sun_azimuth,
        sun_elevation=setting.sun_elevation,
        cloud=setting.cloud,
        fog=setting.fog,
        rain=setting.rain,
        snow=setting.snow,
        wind=setting.wind,
        ambience=GROUNDS[setting.ground].ambience,
        ambience_level=setting.ambience_level,
    )


def resimulate(
    world: World,
    *,
    rails: bool = False,
    gravity: float = GRAVITY,
    restitution: float | None = None,
    speed: float = 1.0,
) -> World:
    """Simulate a world again from its start: the same things, pushed off as they were, moved by the simulator.

    Places and turns are those of the first sample, speeds are fitted to the first four. Pendulums hang from the
    top of their string, see-saws turn on their hinge.

    Parameters
    ----------
    world : at 24 samples a second.
    rails : whether what is free slides along x only, as in the lab's collisions (:mod:`sora2lib.world.families.lab`).
    gravity : m/s^2, 0 to 100; 1.62 is the moon's.
    restitution : of every blow, 0 to 1; None leaves it to what meets.
    speed : how much faster everything starts and turns, 0 to 10.

    Returns
    -------
    The world with new ``position`` and ``rotation`` and the simulator's contacts in ``attrs["events"]``.

    Raises
    ------
    WorldError
        The world has another rate or fewer than four samples, holds a body that the simulator refuses, or a value
        breaks its rule.

    >>> exact = resimulate(simulate("throw", 1))
    >>> moon = resimulate(exact, gravity=1.62)
    """
    for name, value, most in (("gravity", gravity, 100), ("restitution", restitution or 0.0, 1), ("speed", speed, 10)):
        if not 0 <= value <= most:
            raise WorldError(f"{name} is {value:g}; give a number from 0 to {most}")
    if abs(world.rate - RATE) > 1e-6 or world.sizes["time"] < PUSH_SAMPLES:
        raise WorldError(
            f"a world of {world.sizes['time']} samples at {world.rate:.4g} Hz cannot be simulated again; "
            f"give {PUSH_SAMPLES} or more at {RATE:g} Hz"
        )
    bodies = tuple(_body(world, i, rails, speed) for i in range(world.sizes["actor"]))
    try:
        laws = Laws(gravity, restitution)
        take = play(bodies, ground=str(world.ground.values), samples=world.sizes["time"], laws=laws)
    except ValueError as error:  # a body too light or too thin for the simulator
        raise WorldError(f"this world cannot be simulated again ({error}); keep physics='model'") from error
    again = world.assign(
        position=(world.position.dims, take.position_AT3), rotation=(world.rotation.dims, take.rotation_AT4)
    )
    again.attrs = world.attrs | {"events": json.dumps([asdict(contact) for contact in take.contacts])}
    return again.validate()


def _body(world: World, index: int, rails: bool, speed: float) -> Body:
    """The actor as it was at the first sample, with ``speed`` times the push it had."""
    one = world.isel(actor=index)
    asset = str(one.asset.values)
    joint = "fixed" if one.fixed else JOINTS.get(asset, "rail" if rails else "free")
    path_T3 = one.position.values[:PUSH_SAMPLES]
    turn_T4 = one.rotation.values[:PUSH_SAMPLES]
    # A parabola through the places, a line through the turns between them; both are read off at the start.
    time = np.arange(PUSH_SAMPLES) / RATE
    velocity = np.polynomial.polynomial.polyfit(time, path_T3, 2)[1]
    spin = np.polynomial.polynomial.polyfit(time[:-1] + 0.5 / RATE, _turning(turn_T4), 1)[0]
    if joint == "pivot":
        arm = -rotate(turn_T4[0], np.array([0.0, 0.0, float(one["size"][2])]))
        spin = np.cross(arm, velocity) / (arm @ arm)
    return Body(
        name=str(one.actor.values),
        asset=asset,
        material=str(one.material.values),
        size=tuple(one["size"].values.tolist()),
        colour=tuple(one.colour.values.tolist()),
        **{name: float(one[name]) for name in ("density", "restitution", "friction", "gloss")},
        position=tuple(path_T3[0].tolist()),
        rotation=tuple(turn_T4[0].tolist()),
        velocity=tuple((speed * velocity).tolist()),
        spin=tuple((speed * spin).tolist()),
        joint=joint,
    )


def _turning(turn_T4: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angular velocity between samples (T - 1, 3), rad/s in the world frame, from quaternions (T, 4)."""
    w, v = turn_T4[:, :1], turn_T4[:, 1:]
    # The turn from one sample to the next, as the product of the later quaternion and the earlier one's inverse.
    cosine = (turn_T4[1:] * turn_T4[:-1]).sum(axis=1, keepdims=True)
    sine_axis = w[:-1] * v[1:] - w[1:] * v[:-1] - np.cross(v[1:], v[:-1])
    sine = np.linalg.norm(sine_axis, axis=1, keepdims=True)
    angle = 2 * np.arctan2(sine, np.abs(cosine)) * np.sign(cosine)
    return np.asarray(sine_axis / np.maximum(sine, 1e-12) * angle * RATE)
