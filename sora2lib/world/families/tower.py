"""A stack or a pyramid stands, or is hit by a ball and topples or not."""

import numpy as np

from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import (
    FIRM,
    Look,
    between,
    body,
    draw_look,
    numbered,
    pick,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

BRICKS = ("block", "block", "block", "box", "box", "can", "cylinder", "barrel", "brick")
HARD, SOFT = ("ball", "ball", "bowling ball"), ("ball", "football", "basketball", "tennis ball", "beach ball")
HEAVY, LIGHT = ("steel", "stone", "rubber", "glass"), ("foam", "plastic", "wood", "rubber")
ROWS = {3: (2, 1), 5: (3, 2), 6: (3, 2, 1), 7: (4, 3)}  # of a pyramid
FELL = 0.5  # of its own height: what sank further has fallen


def tower(rng: np.random.Generator) -> Stage:
    """Draw 3 to 7 pieces, and most of the time a ball that hits them hard or softly."""
    action = pick(rng, ("stand", "hit"), (0.15, 0.85))
    hard = rng.random() < 0.75
    sign, direction = side(rng)
    look = draw_look(rng, pick(rng, BRICKS), sizes=("small", "medium", "big"))
    count = int(rng.integers(3, 8))
    rows = ROWS[count] if count in ROWS and rng.random() < 0.5 else (1,) * min(count, 5)
    pieces = pile(rng, look, rows)
    names = [one.name for one in pieces]
    things = [thing("subject" if action == "stand" else "target", look, *names)]
    bodies = list(pieces)
    if action == "hit":
        ball, ball_look = _striker(rng, pieces, sign, hard=hard)
        bodies.append(ball)
        things.insert(0, thing("subject", ball_look, ball.name))

    def judge(take: Take) -> Event | None:
        paths = np.stack([take.path(name)[:, 2] for name in names])
        happened = "topples" if (paths[:, 0] - paths[:, -1]).max() > FELL * look.extents[2] else "stands"
        touched = action == "stand" or any(take.touched(bodies[-1].name, name) for name in names)
        meant = touched and (action == "hit" or happened == "stands")
        return Event(action, happened, direction if action == "hit" else "") if meant else None

    return set_stage(rng, "tower", bodies=bodies, things=things, ground=pick(rng, FIRM), judge=judge)


def pile(rng: np.random.Generator, look: Look, rows: tuple[int, ...]) -> list[Body]:
    """Pieces in rows from the ground up, each row centred on the one below, not quite neatly."""
    wide, _, high = look.extents
    names = iter(numbered(look.asset, sum(rows)))
    gap = between(rng, 1.02, 1.15)
    sloppy = 0.04 * wide
    return [
        body(
            rng,
            look,
            next(names),
            position=(
                (i - (in_row - 1) / 2) * wide * gap + between(rng, -sloppy, sloppy),
                between(rng, -sloppy, sloppy),
                level * high + standing(look),
            ),
            rotation=turned("z", between(rng, -0.06, 0.06)),
        )
        for level, in_row in enumerate(rows)
        for i in range(in_row)
    ]


def _striker(rng: np.random.Generator, pieces: list[Body], sign: float, *, hard: bool) -> tuple[Body, Look]:
    """A ball that flies at the pile: hard and high to topple it, or soft and low."""
    look = draw_look(
        rng,
        pick(rng, HARD if hard else SOFT),
        sizes=("medium", "big") if hard else ("tiny", "small"),
        materials=HEAVY if hard else LIGHT,
    )
    top = max(one.position[2] for one in pieces) + pieces[0].size[2] / 2
    radius = look.extents[0] / 2
    aim = max(top * (between(rng, 0.5, 0.9) if hard else between(rng, 0.1, 0.5)), radius * 1.05)
    face = min(sign * one.position[0] for one in pieces) - pieces[0].size[0] / 2 - radius
    away, pace = between(rng, 1.0, 2.4), between(rng, 3.0, 6.5) if hard else between(rng, 1.2, 3.0)
    flight = away / pace
    height = max(between(rng, 0.3, 1.5), radius * 1.1)
    climb = (aim - height) / flight + GRAVITY * flight / 2
    name = numbered(look.asset, 1)[0]
    start = (sign * (face - away), between(rng, -0.03, 0.03), height)
    spin = (0.0, float(rng.normal(0, 2)), 0.0)
    return body(rng, look, name, position=start, velocity=(sign * pace, 0.0, climb), spin=spin), look
