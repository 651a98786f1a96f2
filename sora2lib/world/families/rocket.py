"""A rocket takes off: it flies away, or its engine fails and it falls back."""

from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.schema import GRAVITY
from sora2lib.world.stage import Event, Push, Stage, Take
from sora2lib.world.staging import LEAST, between, body, draw_look, pick, set_stage, standing, thing, turned

ROCKET = "rocket"
GROUNDS = ("concrete", "metal", "sand", "grass")
HIGHEST, BACK = 1.8, 0.5  # metres: what flies away gets higher, what falls back ends lower


def rocket(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a rocket of 1.5 to 2.3 m; ``outcome`` "" leaves to chance how the flight ends."""
    outcome = outcome or pick(rng, ("flies away", "falls back"), (0.65, 0.35))
    tall = between(rng, 1.5, 2.3)
    look = replace(draw_look(rng, ROCKET), extents=(tall * 0.37, tall * 0.37, tall), size="")
    ignition = between(rng, 0.3, 0.9)
    lift = between(rng, 0.6, 1.3) if outcome == "flies away" else between(rng, 2.5, 4.5)
    burn = 10.0 if outcome == "flies away" else between(rng, 0.5, 0.75)
    # A free body cannot steer: it stands straight, and falls as it leans when the engine stops.
    lean = 0.0 if outcome == "flies away" else between(rng, 0.02, 0.06) * pick(rng, (-1.0, 1.0))
    one = body(rng, look, ROCKET, position=(0.0, 0.0, standing(look)), rotation=turned("z", between(rng, -3, 3)))
    thrust = Push(ROCKET, (lean * GRAVITY, 0.0, GRAVITY + lift), start=ignition, end=ignition + burn)

    def judge(take: Take) -> Event | None:
        rise = take.path(ROCKET)[:, 2] - take.path(ROCKET)[0, 2]
        away = rise[-1] > HIGHEST
        back = rise.max() > BACK > rise[-1]
        came = away if outcome == "flies away" else back
        return Event("launch", outcome) if came else None

    return set_stage(
        rng,
        "rocket",
        bodies=[one],
        things=[thing("subject", look, ROCKET)],
        ground=pick(rng, GROUNDS),
        judge=judge,
        again=partial(rocket, outcome=outcome),
        forces=(thrust,),
        least=LEAST,
    )
