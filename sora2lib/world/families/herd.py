"""Animals together: horses race, fish swim and leap.

========  =========================  ==============  ================
family    action                     outcome         direction, speed
========  =========================  ==============  ================
race      race, overtake (another)   ""              direction
fish      swim, leap (from water)    ""              direction
========  =========================  ==============  ================
"""

from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.families.troupe import Play, Played, cast, figure, figure_body, past, scene
from sora2lib.world.figures.gallop import gallop
from sora2lib.world.figures.shoal import breach, cruise
from sora2lib.world.stage import Event, Stage
from sora2lib.world.staging import GRIPPY, Look, between, numbered, pick, side, thing

COATS = ("brown", "black", "white", "grey", "orange")
SCALES = ("orange", "red", "yellow", "blue", "white", "grey")
COURSE = 12.0  # m to each side
LANE = 1.35  # m
GRASSY = tuple(ground for ground in GRIPPY if ground not in ("wood floor", "tiles", "metal"))
LEAPS = (1.9, 2.7)  # m/s upwards, with which a fish leaves the water


def race(rng: np.random.Generator, action: str = "") -> Stage:
    """Draw two to four horses that "race" at a gallop, or one that will "overtake" another."""
    action = action or pick(rng, ("race", "overtake"), (0.65, 0.35))
    sign, direction = side(rng)
    speed = between(rng, 3.8, 4.4)
    if action == "overtake":
        first, second = rng.permutation(COATS)[:2].tolist()
        looks = [cast(rng, "horse", (colour,)) for colour in (first, second)]
        gains = [between(rng, 0.3, 0.45), -between(rng, 0.3, 0.45)]
        leads = [between(rng, -0.2, 0.2) for _ in looks]
    else:
        coat, count = pick(rng, COATS), pick(rng, (2, 3, 4), (0.4, 0.35, 0.25))
        looks = [cast(rng, "horse", (coat,)) for _ in range(count)]
        gains = [between(rng, -0.12, 0.12) for _ in looks]
        leads = [between(rng, -0.8, 0.8) for _ in looks]
    names, seeds = numbered("horse", len(looks)), rng.integers(2**31, size=len(looks)).tolist()
    lanes = LANE * (rng.permutation(len(looks)) - (len(looks) - 1) / 2)

    def play(time_T: np.ndarray) -> Played:
        return Played(
            {
                name: past(
                    gallop(figure(look), time_T, speed=speed + gain, seed=seed),
                    sign=sign, speed=speed + gain, y=float(lane), ahead=lead,
                )
                for name, look, gain, lead, lane, seed in zip(names, looks, gains, leads, lanes, seeds, strict=True)
            }
        )  # fmt: skip

    told = (
        [thing("subject", looks[0], names[0]), thing("target", looks[1], names[1])]
        if action == "overtake"
        else [thing("subject", looks[0], *names)]
    )
    return scene(
        rng, "race", bodies=[figure_body(look, name) for look, name in zip(looks, names, strict=True)], things=told,
        play=play, event=Event(action, "", direction), ground=pick(rng, GRASSY), reach=COURSE,
        again=partial(race, action=action),
    )  # fmt: skip


def fish(rng: np.random.Generator) -> Stage:
    """Draw one to four fish that "swim" just below the surface, or one or two that "leap" out of the water."""
    action, (sign, direction) = pick(rng, ("swim", "leap"), (0.5, 0.5)), side(rng)
    count = pick(rng, (1, 2, 3, 4), (0.35, 0.3, 0.2, 0.15)) if action == "swim" else pick(rng, (1, 2), (0.7, 0.3))
    colour = pick(rng, SCALES)
    bulk = between(rng, 1.1, 1.8)
    looks, names = [_big(cast(rng, "fish", (colour,)), bulk) for _ in range(count)], numbered("fish", count)
    return scene(
        rng, "fish", bodies=[figure_body(look, name) for look, name in zip(looks, names, strict=True)],
        things=[thing("subject", looks[0], *names)], play=_shoal(rng, action, looks, names, sign),
        event=Event(action, "", direction), ground="water", decor=False,
    )  # fmt: skip


def _big(look: Look, bulk: float) -> Look:
    x, y, z = look.extents
    return replace(look, extents=(bulk * x, bulk * y, bulk * z))


def _shoal(rng: np.random.Generator, action: str, looks: list[Look], names: tuple[str, ...], sign: float) -> Play:
    """Fish side by side, each at a pace of its own."""
    speed = between(rng, 0.5, 1.0)
    paces = [speed * between(rng, 0.94, 1.06) if action == "swim" else between(rng, 0.8, 1.15) for _ in looks]
    lanes = 0.6 * (np.arange(len(looks)) - (len(looks) - 1) / 2)
    leads = [between(rng, -0.5, 0.5) for _ in looks]
    starts, rises = [between(rng, 0.15, 0.6) for _ in looks], [between(rng, *LEAPS) for _ in looks]
    seeds = rng.integers(2**31, size=len(looks)).tolist()

    def play(time_T: np.ndarray) -> Played:
        motions = {}
        for k, (look, name) in enumerate(zip(looks, names, strict=True)):
            if action == "swim":
                made = cruise(figure(look), time_T, speed=paces[k], seed=seeds[k])
            else:
                made = breach(figure(look), time_T, speed=paces[k], rise=rises[k], start=starts[k], seed=seeds[k])
            motions[name] = past(made, sign=sign, speed=paces[k], y=float(lanes[k]), ahead=leads[k])
        return Played(motions)

    return play
