"""A bob swings from a gantry, sometimes into something; Newton's cradle."""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.facts import Thing
from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    GRIPPY,
    SOLID,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_piece,
    set_stage,
    side,
    size_word,
    standing,
    thing,
    turned,
)

TARGETS = ("box", "block", "ball", "can", "football", "barrel", "cone")
SLOW, FAST = 1.3, 2.4  # m/s at the lowest point
AIR = 0.002  # metres between the bobs of a cradle, so that blows pass one after the other
HARDENED, SMOOTH = 0.992, 0.05  # restitution and friction of its bobs
SWUNG = 0.5  # share of the raise that the far bobs must reach


def pendulum(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw a swing; action "swing" or "hit", "" leaves it to chance."""
    action = action or pick(rng, ("swing", "hit"), (0.65, 0.35))
    sign, direction = side(rng)
    width = between(rng, 0.16, 0.42)
    height = between(rng, 1.5, 2.6)
    low = width / 2 + (between(rng, 0.03, 0.1) if action == "hit" else between(rng, 0.15, 0.5))
    length = height - low
    angle = math.radians(between(rng, 15, 60))
    look = draw_bob(rng, width, length)
    bob = hung(rng, look, "pendulum", 0.0, height, -sign * angle)
    frame = gantry(rng, 2 * (length * math.sin(angle) + width) + between(rng, 0.2, 0.5), height)
    things = [thing("subject", look, "pendulum")]
    bodies = [bob, frame]
    if action == "hit":
        other = draw_look(rng, pick(rng, TARGETS), sizes=("small", "medium"))
        place = sign * (width / 2 + max(other.extents[:2]) * 0.75 + between(rng, 0.0, 0.15))
        target = body(rng, other, other.asset, position=(place, 0.0, standing(other)))
        bodies.append(target)
        things.append(thing("target", other, target.name))
    fastest = math.sqrt(2 * GRAVITY * length * (1 - math.cos(angle)))
    speed = "slow" if fastest < SLOW else "fast" if fastest > FAST else ""

    def judge(take: Take) -> Event | None:
        return (
            Event(action, "", direction, speed)
            if action == "swing" or take.touched("pendulum", bodies[2].name)
            else None
        )

    return set_stage(
        rng,
        "pendulum",
        bodies=bodies,
        things=[*things, frame_thing(frame)],
        ground=pick(rng, GRIPPY if action == "hit" else SOLID),
        judge=judge,
        watch=[one.name for one in bodies],
        again=partial(pendulum, action=action),
    )


def cradle(rng: np.random.Generator, raised: int = 0) -> Stage:
    """Draw Newton's cradle with 3 to 6 steel bobs, one or two of them raised (0 leaves it to chance)."""
    raised = raised or pick(rng, (1, 2), (0.65, 0.35))
    count = int(rng.integers(3 if raised == 1 else 4, 7))
    sign, direction = side(rng)
    width, height = between(rng, 0.12, 0.24), between(rng, 1.1, 1.9)
    length = height - width / 2 - between(rng, 0.15, 0.4)
    angle = math.radians(between(rng, 18, 48))
    look = replace(draw_bob(rng, width, length), stuff="steel", material="steel")
    names = numbered("pendulum", count)
    # Counted from the raised side on.
    pivots = [sign * (i - (count - 1) / 2) * (width + AIR) for i in range(count)]
    angles = [-sign * angle if i < raised else 0.0 for i in range(count)]
    first = hung(rng, look, names[0], pivots[0], height, angles[0])
    bobs = [
        replace(
            hung(rng, look, name, pivot, height, tilt),
            density=first.density,
            restitution=HARDENED,
            friction=SMOOTH,
        )
        for name, pivot, tilt in zip(names, pivots, angles, strict=True)
    ]
    frame = gantry(rng, count * width + 2 * length * math.sin(angle) + between(rng, 0.2, 0.5), height)

    def judge(take: Take) -> Event | None:
        far = zip(names[-raised:], pivots[-raised:], strict=True)
        swings = [np.abs(take.path(name)[:, 0] - pivot).max() for name, pivot in far]
        passed_on = min(swings) > SWUNG * length * math.sin(angle)
        return Event("swing", "two out" if raised == 2 else "one out", direction) if passed_on else None

    return set_stage(
        rng,
        "cradle",
        bodies=[*bobs, frame],
        things=[thing("subject", look, *names), frame_thing(frame)],
        ground=pick(rng, FIRM),
        judge=judge,
        watch=[*names, frame.name],
        again=partial(cradle, raised=raised),
    )


def draw_bob(rng: np.random.Generator, width: float, length: float) -> Look:
    """Cast a bob of this diameter on a string of this length, metres."""
    return replace(draw_look(rng, "pendulum"), extents=(width, width, length), size=size_word(width))


def hung(rng: np.random.Generator, look: Look, name: str, pivot: float, height: float, angle: float) -> Body:
    """A bob at rest, hung from ``pivot`` along x at ``height`` and raised by ``angle``, positive to the right."""
    length = look.extents[2]
    place = (pivot + length * math.sin(angle), 0.0, height - length * math.cos(angle))
    return body(rng, look, name, position=place, rotation=turned("y", -angle), joint="pivot")


def gantry(rng: np.random.Generator, span: float, height: float) -> Body:
    """Return a frame to hang bobs from, metres."""
    piece = set_piece(rng, "gantry", (span, between(rng, 0.08, 0.14), height))
    return body(rng, piece, "gantry", joint="fixed")


def frame_thing(frame: Body) -> Thing:
    """Return the frame for the facts."""
    return thing("prop", Look("gantry", "", "", "", frame.colour, frame.size, frame.material), "gantry")
