"""A football is shot at a goal: it goes in, or wide, or over the bar."""

from functools import partial

import numpy as np

from sora2lib.world.assets import primitives
from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Event, Stage, Take, Wind
from sora2lib.world.staging import LEAST, between, body, draw_look, pick, set_piece, set_stage, side, standing, thing

GOAL = "goal"
GROUNDS = ("grass", "grass", "sand", "concrete", "snow")
NET, AIR = 2.0, 0.8  # 1/m: how a net stops a ball, and the grass behind it
SHOTS = ("goal", "wide", "over")


def goal(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a shot away from the camera at a goal 2.4 to 3 m wide; ``outcome`` "" leaves to chance where it goes."""
    outcome = outcome or pick(rng, SHOTS, (0.5, 0.3, 0.2))
    sign, _ = side(rng)
    look = draw_look(rng, pick(rng, ("football", "football", "ball")), sizes=("medium",), materials=("rubber",))
    radius = look.extents[0] / 2
    span, height = between(rng, 2.4, 3.0), between(rng, 1.1, 1.4)
    frame = set_piece(rng, GOAL, (span, span * 0.38, height))
    away, pace = between(rng, 2.0, 3.0), between(rng, 3.5, 6.5)
    start = (-sign * between(rng, 0.2, 0.9), -away / 2, standing(look))
    across = span / 2 - radius
    aim = sign * (between(rng, -0.2, 0.85) * across if outcome != "wide" else span / 2 + between(rng, 0.25, 0.7))
    flight = away / pace
    over = height + between(rng, 0.25, 0.6)
    top = over if outcome == "over" else between(rng, 0.05, 0.75) * (height - radius)
    climb = max((top - start[2]) / flight + GRAVITY * flight / 2, 0.0)
    velocity = ((aim - start[0]) / flight, pace, climb)
    ball = body(rng, look, look.asset, position=start, velocity=velocity, spin=tuple(rng.normal(0, 3, 3).tolist()))
    posts = primitives(GOAL, np.asarray(frame.extents))[0].centre
    bars = body(rng, frame, GOAL, position=(0.0, away / 2 - float(posts[1]), standing(frame)), joint="fixed")

    def judge(take: Take) -> Event | None:
        return Event("shoot", outcome) if _where(take, look.asset, away / 2, span, height) == outcome else None

    return set_stage(
        rng,
        "goal",
        bodies=[ball, bars],
        things=[thing("subject", look, look.asset), thing("prop", frame, GOAL)],
        ground=pick(rng, GROUNDS),
        judge=judge,
        watch=(look.asset, GOAL),
        reach=30.0,
        again=partial(goal, outcome=outcome),
        forces=[Wind(look.asset, (0.0, 0.0, 0.0), NET if outcome == "goal" else AIR, start=flight + 0.08)],
        least=LEAST,
    )


def _where(take: Take, ball: str, line: float, span: float, height: float) -> str:
    """Name where a ball crosses the goal line; "" if it does not."""
    path = take.path(ball)
    after = int(np.argmax(path[:, 1] > line))
    if not after:
        return ""
    share = (line - path[after - 1, 1]) / (path[after, 1] - path[after - 1, 1])
    x, _, z = path[after - 1] + share * (path[after] - path[after - 1])
    return "wide" if abs(x) > span / 2 else "over" if z > height else "goal"
