"""People and animals on the move: they walk, run, jump, wave, tumble, skate, dance, trot and fly.

These are not left to the simulator: their motions are worked out (:mod:`sora2lib.world.figures`), so that planted feet
stay and flights keep their momentum.

==========  ============================================  ==============  ================
family      action                                        outcome         direction, speed
==========  ============================================  ==============  ================
walk        walk, march, sneak, trudge                    ""              both
run         run, jog                                      ""              both
jump        jump, long jump                               ""              direction if long
gesture     wave, point, clap, cheer, bow, sit, stand     ""              "", ""
fall        fall, get up                                  ""              "", ""
gymnastics  back flip, front flip                         lands, falls    "", ""
axel        single axel, double axel, triple axel         ""              direction
dance       dance, disco                                  ""              "", ""
animals     walk, trot (dog, cat, horse), fly, glide      ""              both
==========  ============================================  ==============  ================
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.families.solos import SOLOS
from sora2lib.world.families.troupe import TOWARDS, WHO, Played, cast, figure, figure_body, scene
from sora2lib.world.figures.acts import act
from sora2lib.world.figures.beasts import fly, prowl
from sora2lib.world.figures.gaits import walk as stride
from sora2lib.world.figures.leaps import leap
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.routines import LEAPS, failed
from sora2lib.world.figures.skeleton import Array, Figure
from sora2lib.world.stage import Body, Event, Stage
from sora2lib.world.staging import (
    GRIPPY,
    Look,
    between,
    body,
    pick,
    set_piece,
    side,
    thing,
    turned,
)
from sora2lib.world.vocabulary import COLOURS

Mover = Callable[[Figure, Array], Motion]
CLIP = 4.0  # s, for which the ways are laid out
PACES = {"walk": {"slow": (0.7, 0.95), "": (1.1, 1.4), "fast": (1.6, 1.9)},
         "march": {"": (1.1, 1.5)}, "sneak": {"": (0.6, 0.9)}, "trudge": {"slow": (0.6, 0.85)},
         "jog": {"": (1.9, 2.3)}, "run": {"": (2.4, 2.9), "fast": (3.1, 3.6)}}  # fmt: skip
STYLE = {"trudge": "tired"}
GESTURES = ("wave", "point", "clap", "cheer", "bow", "sit", "stand")
FLIPS = ("back flip", "front flip")
FALL_ODDS = 0.25
FUR = ("brown", "black", "white", "grey", "orange")
TROTS = {"dog": {"walk": (0.8, 1.1), "trot": (1.5, 2.1)}, "cat": {"walk": (0.5, 0.75), "trot": (0.9, 1.2)},
         "horse": {"walk": (1.3, 1.7), "trot": (2.6, 3.2)}}  # fmt: skip


def _scene(
    rng: np.random.Generator,
    family: str,
    look: Look,
    move: Mover,
    event: Event,
    ground: str,
    seats: Sequence[tuple[Body, Look]] = (),
) -> Stage:
    """A stage for one creature and what it sits on."""
    things = [thing("subject", look, look.asset), *(thing("prop", it, seat.name) for seat, it in seats)]
    return scene(
        rng, family, bodies=[figure_body(look), *(seat for seat, _ in seats)], things=things, ground=ground,
        event=event, watch=(look.asset,), play=lambda time_T: Played({look.asset: move(figure(look), time_T)}),
    )  # fmt: skip


def _facing(rng: np.random.Generator) -> float:
    """Heading of someone who does something for the camera."""
    return TOWARDS + between(rng, -0.6, 0.6)


def _along(sign: float, speed: float, y: float, make: Callable[[Figure, Array], Motion]) -> Mover:
    """Go from one side to the other, past the middle of the stage half-way through."""

    def move(figure: Figure, time_T: Array) -> Motion:
        return make(figure, time_T).placed(-sign * speed * CLIP / 2, y, 0.0 if sign > 0 else np.pi)

    return move


def walk(rng: np.random.Generator) -> Stage:
    """Draw someone who walks, marches, sneaks or trudges past."""
    return _gait(rng, "walk", pick(rng, ("walk", "march", "sneak", "trudge"), (0.55, 0.15, 0.15, 0.15)))


def run(rng: np.random.Generator) -> Stage:
    """Draw someone who runs or jogs past."""
    return _gait(rng, "run", pick(rng, ("run", "jog"), (0.65, 0.35)))


def _gait(rng: np.random.Generator, family: str, action: str) -> Stage:
    look, (sign, direction) = cast(rng, pick(rng, WHO)), side(rng)
    word = pick(rng, tuple(PACES[action]))
    speed = between(rng, *PACES[action][word]) * (look.extents[2] / 1.75) ** 0.5
    make = partial(stride, speed=speed, style=STYLE.get(action, action), seed=int(rng.integers(2**31)))
    move = _along(sign, speed, between(rng, -0.3, 0.3), make)
    return _scene(rng, family, look, move, Event(action, "", direction, word), pick(rng, GRIPPY))


def jump(rng: np.random.Generator) -> Stage:
    """Draw someone who jumps up, or far."""
    look, (sign, direction) = cast(rng, pick(rng, WHO)), side(rng)
    action = pick(rng, ("jump", "long jump"))
    heading = _facing(rng) if action == "jump" else (0.0 if sign > 0 else np.pi)
    return _leap(rng, "jump", look, action, heading, Event(action, "", direction if action == "long jump" else ""))


def _leap(
    rng: np.random.Generator, family: str, look: Look, kind: str, heading: float, event: Event, missing: float = 0.0
) -> Stage:
    routine = LEAPS[kind]
    routine = replace(routine, rise=routine.rise * between(rng, 0.96, 1.05), dip=routine.dip * between(rng, 0.9, 1.1))
    routine = failed(routine, missing) if missing else routine
    start = between(rng, 0.3, 0.9)

    def move(figure: Figure, time_T: Array) -> Motion:
        return leap(figure, time_T, kind=routine, start=start).placed(0.0, 0.0, heading)

    return _scene(rng, family, look, move, event, pick(rng, GRIPPY))


def gymnastics(rng: np.random.Generator) -> Stage:
    """Draw a flip on the floor; some lack turn and end in a fall."""
    look, (sign, _) = cast(rng, pick(rng, WHO)), side(rng)
    heading = (0.0 if sign > 0 else np.pi) + between(rng, -0.5, 0.2) * sign
    action, falls = pick(rng, FLIPS), rng.random() < FALL_ODDS
    missing = between(rng, 0.75, 1.0) if falls else 0.0
    return _leap(rng, "gymnastics", look, action, heading, Event(action, "falls" if falls else "lands"), missing)


def axel(rng: np.random.Generator) -> Stage:
    """Draw a skater who glides past and jumps with one and a half to three and a half turns."""
    look, (sign, direction) = cast(rng, pick(rng, ("man", "woman"))), side(rng)
    action = pick(rng, ("single axel", "double axel", "triple axel"))
    pace, start = between(rng, 0.7, 1.3), between(rng, 0.5, 0.8)

    def glide(figure: Figure, time_T: Array) -> Motion:
        # Laws of motion are the same on a moving floor, so the leap is made on the spot and then carried along.
        motion = leap(figure, time_T, kind=action, start=start)
        shift_T3 = pace * time_T[:, None] * np.array([1.0, 0.0, 0.0])
        return replace(motion, root_T3=motion.root_T3 + shift_T3)

    move = _along(sign, pace, 0.0, glide)
    return _scene(rng, "axel", look, move, Event(action, "", direction), "ice")


def gesture(rng: np.random.Generator) -> Stage:
    """Draw someone who stands and does something with hands or head."""
    return _act(rng, "gesture", pick(rng, GESTURES))


def fall(rng: np.random.Generator) -> Stage:
    """Draw someone who slips and falls, or gets up."""
    return _act(rng, "fall", pick(rng, ("fall", "get up")))


def dance(rng: np.random.Generator) -> Stage:
    """Draw a dancer."""
    return _act(rng, "dance", pick(rng, ("dance", "disco")))


def _act(rng: np.random.Generator, family: str, action: str) -> Stage:
    look, heading = cast(rng, pick(rng, WHO)), _facing(rng)
    start, seed = between(rng, 0.1, 0.5), int(rng.integers(2**31))

    def move(figure: Figure, time_T: Array) -> Motion:
        return act(figure, time_T, kind=action, start=start, seed=seed).placed(0.0, 0.0, heading)

    seats = [_seat(rng, look, heading)] if action == "sit" else []
    return _scene(rng, family, look, move, Event(action), pick(rng, GRIPPY), seats)


def _seat(rng: np.random.Generator, look: Look, heading: float) -> tuple[Body, Look]:
    """A box behind someone who is going to sit down, as high as the knees."""
    high = look.extents[2]
    sides = (0.30 * high, 0.30 * high, 0.235 * high)
    back = -0.27 * high
    box = set_piece(rng, "box", sides)
    place = (back * float(np.cos(heading)), back * float(np.sin(heading)), sides[2] / 2)
    return body(rng, box, "box", position=place, rotation=turned("z", heading), joint="fixed"), box


def animals(rng: np.random.Generator) -> Stage:
    """Draw a dog, cat or horse that walks or trots past, or a bird that flies over."""
    asset, (sign, direction) = pick(rng, ("dog", "cat", "horse", "bird"), (0.3, 0.25, 0.2, 0.25)), side(rng)
    look, seed = cast(rng, asset, tuple(COLOURS) if asset == "bird" else FUR), int(rng.integers(2**31))
    if asset == "bird":
        action, speed = pick(rng, ("fly", "glide")), between(rng, 1.6, 2.6)
        style = {"fly": pick(rng, ("flap", "both")), "glide": "glide"}[action]
        make: Mover = partial(fly, speed=speed, height=between(rng, 1.2, 2.2), style=style, seed=seed)
    else:
        action = pick(rng, ("walk", "trot"))
        speed = between(rng, *TROTS[asset][action])
        make = partial(prowl, speed=speed, gait=action, seed=seed)
    move = _along(sign, speed, between(rng, -0.2, 0.2), make)
    return _scene(rng, "animals", look, move, Event(action, "", direction), pick(rng, GRIPPY))


PEOPLE: dict[str, Callable[[np.random.Generator], Stage]] = {
    "walk": walk,
    "run": run,
    "jump": jump,
    "gesture": gesture,
    "fall": fall,
    "gymnastics": gymnastics,
    "axel": axel,
    "dance": dance,
    "animals": animals,
    **SOLOS,
}
