"""Two who have to do with each other: one runs after another, two greet.

========  ==========================================  ==============  ================
family    action                                      outcome         direction, speed
========  ==========================================  ==============  ================
chase     chase (both run), follow (both walk)        ""              direction
greet     wave, bow (each to the other)               ""              "", ""
========  ==========================================  ==============  ================
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from sora2lib.world.families.troupe import WHO, Played, cast, figure, figure_body, past, scene
from sora2lib.world.figures.acts import act
from sora2lib.world.figures.beasts import prowl
from sora2lib.world.figures.gaits import walk
from sora2lib.world.figures.gallop import gallop
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.skeleton import Array
from sora2lib.world.stage import Event, Stage
from sora2lib.world.staging import GRIPPY, Look, between, pick, side, thing
from sora2lib.world.vocabulary import COLOURS

DOG_ODDS = 0.25
COATS = ("brown", "black", "white", "grey", "orange")
PACES = {"chase": (2.6, 3.3), "follow": (0.85, 1.1)}
GAPS = {"chase": (1.3, 2.2), "follow": (1.0, 1.7)}
COURSE = 10.0  # m to each side
TO_CAMERA = 0.35  # radians by which two who greet turn to the camera, so that their faces are seen


def two(rng: np.random.Generator, first: str = "", among: Sequence[str] = WHO) -> tuple[Look, Look, tuple[str, str]]:
    """Cast two in different colours, the first one as told or both among some kinds: their looks and names."""
    kinds = (first or pick(rng, among), pick(rng, among))
    colours = rng.permutation(list(COLOURS)).tolist()
    coat = (pick(rng, COATS),) if kinds[0] == "dog" else (colours[0],)
    looks = cast(rng, kinds[0], coat), cast(rng, kinds[1], (colours[1],))
    return *looks, (kinds[0], kinds[1] if kinds[0] != kinds[1] else f"{kinds[1]} 2")


def chase(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw a person or a dog that will "chase" someone, or "follow" at a walk."""
    action = action or pick(rng, ("chase", "follow"), (0.65, 0.35))
    first, second, names = two(rng, "dog" if rng.random() < DOG_ODDS else "")
    (sign, direction), seeds = side(rng), rng.integers(2**31, size=2).tolist()
    speed, gap = between(rng, *PACES[action]), between(rng, *GAPS[action])
    leads, gain = (-gap / 2, gap / 2), between(rng, -0.05, 0.1)

    def play(time_T: Array) -> Played:
        paces = (speed + gain, speed)
        rows = zip(names, (first, second), paces, leads, seeds, strict=True)
        return Played(
            {
                name: past(_going(look, time_T, action, pace, seed), sign=sign, speed=pace, ahead=lead)
                for name, look, pace, lead, seed in rows
            }
        )

    return scene(
        rng, "chase", bodies=[figure_body(look, name) for look, name in zip((first, second), names, strict=True)],
        things=[thing("subject", first, names[0]), thing("target", second, names[1])], play=play,
        event=Event(action, "", direction), ground=pick(rng, GRIPPY), reach=COURSE, again=partial(chase, action=action),
    )  # fmt: skip


def _going(look: Look, time_T: Array, action: str, speed: float, seed: int) -> Motion:
    """Run or walk, on as many legs as there are."""
    if look.asset != "dog":
        return walk(figure(look), time_T, speed=speed, style={"chase": "run", "follow": "walk"}[action], seed=seed)
    if action == "chase":
        return gallop(figure(look), time_T, speed=speed, seed=seed)
    return prowl(figure(look), time_T, speed=speed, gait="walk", seed=seed)


def greet(rng: np.random.Generator) -> Stage:
    """Draw two who "wave" or "bow" to each other, the second a little later."""
    action = pick(rng, ("wave", "bow"), (0.7, 0.3))
    first, second, names = two(rng)
    apart = between(rng, 1.3, 2.0) if action == "wave" else between(rng, 1.9, 2.4)
    start, seeds = between(rng, 0.05, 0.25), rng.integers(2**31, size=2).tolist()
    starts, turn = (start, start + between(rng, 0.15, 0.5)), between(rng, 0.6, 1.2) * TO_CAMERA
    places, headings = ((-apart / 2, 0.0), (apart / 2, 0.0)), (-turn, np.pi + turn)
    order = rng.permutation(2).tolist()

    def play(time_T: Array) -> Played:
        motions = {}
        for k, (name, look) in enumerate(zip(names, (first, second), strict=True)):
            made = act(figure(look), time_T, kind=action, start=starts[k], seed=seeds[k])
            motions[name] = made.placed(*places[order[k]], headings[order[k]])
        return Played(motions)

    return scene(
        rng, "greet", bodies=[figure_body(look, name) for look, name in zip((first, second), names, strict=True)],
        things=[thing("subject", first, names[0]), thing("target", second, names[1])], play=play,
        event=Event(action), ground=pick(rng, GRIPPY),
    )  # fmt: skip
