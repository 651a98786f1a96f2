"""Simulated worlds: the training data, the reference to compare with, and the polish a user may ask for."""

import json
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.world import schema
from sora2lib.world.assets import primitives
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.filming import CameraPath, camera_path
from sora2lib.world.mechanics import play
from sora2lib.world.schema import RATE, World
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.support import rotate
from sora2lib.world.vocabulary import GROUNDS

MOST_TAKES = 400
MOST_SHOTS = 30
SEEN = 0.7  # share of the clip in which the subject must be in the picture
EDGES = (0.02, 0.98)  # a last far roll does not widen the picture


def simulate(family: str, rng_or_seed: np.random.Generator | int, *, seconds: float = 4.0) -> World:
    """Draw a scene of a family, simulate and film it; scenes that do not come out as meant are drawn again.

    Parameters
    ----------
    family : one of :data:`sora2lib.world.families.FAMILIES`.
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
    if family not in FAMILIES:
        raise WorldError(f"family {family!r} is not known; use one of {', '.join(FAMILIES)}")
    if not seconds >= 0.5:
        raise WorldError(f"{seconds} seconds is too short for a scene; ask for 0.5 or more")
    rng = np.random.default_rng(rng_or_seed)
    draw = FAMILIES[family]
    for _ in range(MOST_TAKES):
        stage = draw(rng)
        take = play(stage.bodies, ground=stage.setting.ground, samples=round(seconds * RATE) + 1)
        event = stage.judge(take) if _sane(stage, take) else None
        path = event and _film(rng, stage, take)
        if event and path:
            return _world(stage, take, event, path)
        draw = stage.again or FAMILIES[family]
    raise WorldError(
        f"no {family!r} came out as meant in {MOST_TAKES} takes of {seconds} s; use another seed or length"
    )


def _sane(stage: Stage, take: Take) -> bool:
    """Whether everything that moves stays on the stage and above the ground."""
    moving = [i for i, one in enumerate(stage.bodies) if not one.fixed]
    path = take.position_AT3[moving]
    return bool(np.isfinite(path).all() and np.abs(path[..., :2]).max() < stage.reach and path[..., 2].min() > 0)


def _bounds(body: Body, take: Take) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest corner (T, 3) of the box round a body's parts."""
    position_T3, rotation_T4 = take.path(body.name), take.rotation_AT4[take.names.index(body.name)]
    lows, highs = [], []
    for part in primitives(body.asset, np.asarray(body.size)):
        centre_T3 = position_T3 + rotate(rotation_T4, part.centre)
        sides_T33 = np.stack([rotate(rotation_T4, axis) for axis in np.diag(part.half)], axis=-1)
        half_T3 = part.half if part.shape == "sphere" else np.abs(sides_T33).sum(axis=-1)
        lows.append(centre_T3 - half_T3)
        highs.append(centre_T3 + half_T3)
    return np.min(lows, axis=0), np.max(highs, axis=0)


def _film(rng: np.random.Generator, stage: Stage, take: Take) -> CameraPath | None:
    """Choose a camera path that keeps the subject in the picture; None if none was found."""
    boxes = [_bounds(one, take) for one in stage.bodies if one.name in stage.watch]
    low = np.min([np.minimum(low[0], np.quantile(low, EDGES[0], axis=0)) for low, _ in boxes], axis=0)
    high = np.max([np.maximum(high[0], np.quantile(high, EDGES[1], axis=0)) for _, high in boxes], axis=0)
    subject = take.path(next(it for it in stage.things if it.role == "subject").actors[0])
    for _ in range(MOST_SHOTS):
        path = camera_path(
            rng,
            move=stage.shot.move,
            direction=stage.shot.direction,
            framing=stage.shot.framing,
            centre=(low + high) / 2,
            extent=high - low,
            time=take.time_T,
        )
        seen = path.sees(subject)
        if seen[0] and seen.mean() > SEEN:
            return path
    return None


def _world(stage: Stage, take: Take, event: Event, path: CameraPath) -> World:
    setting, shot = stage.setting, stage.shot
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
        camera_eye=path.eye,
        camera_target=path.target,
        camera_roll=path.roll,
        camera_fov=path.fov,
        ground=setting.ground,
        sun_azimuth=setting.sun_azimuth,
        sun_elevation=setting.sun_elevation,
        cloud=setting.cloud,
        fog=setting.fog,
        ambience=GROUNDS[setting.ground].ambience,
        ambience_level=setting.ambience_level,
    )
