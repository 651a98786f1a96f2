"""A boat drifts past, or into another one."""

from functools import partial

import numpy as np

from sora2lib.world.stage import Body, Event, Push, Stage, Take
from sora2lib.world.staging import (
    LEAST,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pace_word,
    pick,
    scaled,
    set_stage,
    side,
    thing,
    turned,
)

VESSELS = ("canoe", "raft", "sailing boat", "motorboat", "rowing boat")
DENSITY = (280.0, 420.0)  # kg/m^3 of the hull, which is drawn solid
DRIFTED = 0.4  # metres


def boat(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw a vessel that "drift" past or "bump" into another; action "" leaves it to chance."""
    action = action or pick(rng, ("drift", "bump"), (0.6, 0.4))
    sign, direction = side(rng)
    asset = pick(rng, VESSELS)
    look = _vessel(rng, asset)
    length, pace = look.extents[0], between(rng, 0.6, 1.5) if action == "drift" else between(rng, 0.9, 1.7)
    way = 1.2 * pace
    first = _afloat(rng, look, asset, -sign * (way if action == "drift" else way / 2 + length / 2), sign * pace)
    bodies, things = [first], [thing("subject", look, asset)]
    if action == "bump":
        other = _vessel(rng, pick(rng, VESSELS))
        name = numbered(other.asset, 1, first=2 if other.asset == asset else 1)[0]
        bodies.append(_afloat(rng, other, name, sign * (other.extents[0] / 2 + between(rng, 0.0, 0.2)), 0.0))
        things.append(thing("target", other, name))

    def judge(take: Take) -> Event | None:
        moved = (take.path(asset)[-1, 0] - take.path(asset)[0, 0]) * sign > DRIFTED
        afloat = take.position_AT3[:, :, 2].min() > -0.3
        met = action == "drift" or take.touched(asset, bodies[-1].name)
        return Event(action, "", direction, pace_word(pace)) if moved and afloat and met else None

    return set_stage(
        rng,
        "boat",
        bodies=bodies,
        things=things,
        ground="water",
        judge=judge,
        decor=False,
        again=partial(boat, action=action),
        forces=[Push(asset, (sign * between(rng, 0.3, 0.5) * pace, 0.0, 0.0))],
        least=LEAST,
    )


def _vessel(rng: np.random.Generator, asset: str) -> Look:
    return scaled(draw_look(rng, asset), between(rng, 1.6, 2.2))


def _afloat(rng: np.random.Generator, look: Look, name: str, x: float, velocity: float) -> Body:
    """A vessel near its trim that rocks a little."""
    heading = turned("z", 0.0 if velocity >= 0 else np.pi)
    return body(
        rng,
        look,
        name,
        position=(x, between(rng, -0.1, 0.1), between(rng, -0.01, 0.03)),
        rotation=heading,
        spin=(between(rng, -0.3, 0.3), between(rng, -0.15, 0.15), 0.0),
        velocity=(velocity, between(rng, -0.05, 0.05), 0.0),
        density=between(rng, *DENSITY),
    )
