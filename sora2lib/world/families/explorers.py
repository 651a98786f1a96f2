"""Two explorers in the snow and the wind: they trek in file, or stand and shout to each other in turn.

=========  =======================  ==============  ================
family     action                   outcome         direction, speed
=========  =======================  ==============  ================
explorers  trek, shout (in turn)    ""              direction of trek
=========  =======================  ==============  ================
"""

from functools import partial

import numpy as np

from sora2lib.world.facts import Thing
from sora2lib.world.families.pairs import two
from sora2lib.world.families.troupe import Played, figure, figure_body, past, scene
from sora2lib.world.figures.acts import act
from sora2lib.world.figures.gaits import walk
from sora2lib.world.figures.skeleton import Array
from sora2lib.world.stage import Body, Event, Stage
from sora2lib.world.staging import between, body, numbered, pick, set_piece, side, standing, thing, turned

GUSTS = (6.0, 13.0)  # m/s
TURN = 1.45  # s, after which it is the other's turn to shout
CRAGS = 3


def explorers(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw two who "trek" through the snow, or "shout" in turn."""
    action = action or pick(rng, ("trek", "shout"), (0.6, 0.4))
    first, second, names = two(rng)
    (sign, direction), seeds = side(rng), rng.integers(2**31, size=2).tolist()
    speed, gap = between(rng, 0.65, 0.95), between(rng, 1.0, 1.8)
    looks, wind = (first, second), pick(rng, (-1.0, 1.0)) * between(rng, *GUSTS)
    starts, turn = (between(rng, 0.0, 0.2), TURN + between(rng, 0.0, 0.3)), between(rng, 0.3, 0.7)
    crags, told = _crags(rng)

    def trek(time_T: Array) -> Played:
        return Played(
            {
                name: past(
                    walk(figure(look), time_T, speed=speed, style="tired", seed=seed),
                    sign=sign, speed=speed, ahead=lead,
                )
                for name, look, seed, lead in zip(names, looks, seeds, (gap / 2, -gap / 2), strict=True)
            }
        )  # fmt: skip

    def shout(time_T: Array) -> Played:
        motions = {}
        for k, (name, look) in enumerate(zip(names, looks, strict=True)):
            made = act(figure(look), time_T, kind="shout", start=starts[k], seed=seeds[k])
            motions[name] = made.placed((k - 0.5) * (gap + 0.8), 0.0, -turn if k == 0 else np.pi + turn)
        return Played(motions)

    return scene(
        rng, "explorers",
        bodies=[*(figure_body(look, name) for look, name in zip(looks, names, strict=True)), *crags],
        things=[thing("subject", first, names[0]), thing("target", second, names[1]), told],
        play=trek if action == "trek" else shout, event=Event(action, "", direction if action == "trek" else ""),
        ground="snow", weather="snowfall", wind=wind, watch=names, decor=False,
        again=partial(explorers, action=action),
    )  # fmt: skip


def _crags(rng: np.random.Generator) -> tuple[list[Body], Thing]:
    """Rocks of the ridge behind the way."""
    names, bodies = numbered("rock", CRAGS), []
    for k, name in enumerate(names):
        look = set_piece(
            rng, "rock", tuple((between(rng, 1.2, 2.2) * np.array([1.3, 1.0, between(rng, 0.7, 1.1)])).tolist())
        )
        rotation = turned("z", between(rng, -np.pi, np.pi))
        place = (3.2 * (k - 1) + between(rng, -0.9, 0.9), between(rng, 2.6, 5.0), 0.8 * standing(look))
        bodies.append(body(rng, look, name, position=place, rotation=rotation, joint="fixed"))
    return bodies, thing("prop", look, *names)
