"""People with a ball: one throws it and another catches it, one shoots at the hoop.

========  ==========================================  ====================================  ================
family    action                                      outcome                               direction, speed
========  ==========================================  ====================================  ================
catch     catch (the first throws, the second does)   ""                                    ""
player    shoot (at a hoop)                           in, in off the board, rim, board      ""
========  ==========================================  ====================================  ================

In the hands the ball goes where they go; in the air it falls freely; what it does at the hoop, the simulator says.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from sora2lib.world.families.basketball import GROUNDS, OUTCOMES, aim, what_happened
from sora2lib.world.families.pairs import two
from sora2lib.world.families.troupe import WHO, Played, cast, figure, figure_body, scene, upright
from sora2lib.world.figures.acts import act
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.person import HAND
from sora2lib.world.figures.skeleton import Array
from sora2lib.world.mechanics import play as simulated
from sora2lib.world.schema import GRAVITY, RATE
from sora2lib.world.stage import Body, Event, Stage, Take
from sora2lib.world.staging import GRIPPY, between, body, draw_look, pick, set_piece, side, thing, turned

BALLS = ("ball", "tennis ball")
THROWN, CAUGHT = 0.90, 0.62  # s after the beginning of the act
SHOT = 23  # samples after the beginning of the act
GRIP = 0.8  # of the way from wrist to finger tips, where a ball is held


def catch(rng: np.random.Generator) -> Stage:
    """Draw two who face each other: the first throws a ball and the second will "catch" it."""
    first, second, names = two(rng)
    (sign, _), apart = side(rng), between(rng, 2.2, 3.6)
    toy = draw_look(rng, pick(rng, BALLS), sizes=("small",), materials=("rubber",))
    radius, start, flown = toy.extents[0] / 2, between(rng, 0.1, 0.6), between(rng, 0.55, 0.8)
    seeds, heading = rng.integers(2**31, size=2).tolist(), 0.0 if sign > 0 else np.pi
    leave, meet = start + THROWN, start + THROWN + flown

    def motions(time_T: Array) -> tuple[Motion, Motion]:
        thrower = act(figure(first), time_T, kind="throw", start=start, seed=seeds[0])
        catcher = act(figure(second), time_T, kind="catch", start=meet - CAUGHT, seed=seeds[1])
        return thrower.placed(-sign * apart / 2, 0.0, heading), catcher.placed(sign * apart / 2, 0.0, np.pi - heading)

    def play(time_T: Array) -> Played:
        thrower, catcher = motions(time_T)
        ends = motions(np.array([leave, meet]))
        begin, end = in_hand(ends[0], radius)[0], in_hands(ends[1], radius)[1]
        since_T = np.clip(time_T - leave, 0.0, flown)[:, None]
        fall = np.array([0.0, 0.0, -GRAVITY / 2])
        flight_T3 = begin + since_T * ((end - begin) / flown - fall * flown) + since_T**2 * fall
        phase_T = (time_T >= leave).astype(int) + (time_T >= meet)
        held = (in_hand(thrower, radius), flight_T3, in_hands(catcher, radius))
        way_T3 = np.choose(phase_T[:, None], held)
        return Played(dict(zip(names, (thrower, catcher), strict=True)), {toy.asset: (way_T3, upright(len(time_T)))})

    looks = zip((first, second), names, strict=True)
    return scene(
        rng, "catch", bodies=[*(figure_body(look, name) for look, name in looks), body(rng, toy, toy.asset)],
        things=[thing("subject", first, names[0]), thing("target", second, names[1]), thing("prop", toy, toy.asset)],
        play=play, event=Event("catch"), ground=pick(rng, GRIPPY), watch=names,
    )  # fmt: skip


def in_hand(motion: Motion, radius: float) -> Array:
    """Where a ball is that the right hand holds (T, 3)."""
    high = motion.figure.size[2]
    return motion.point("right hand", np.array(HAND) * high * GRIP + np.array([0.0, 0.0, -0.7 * radius]))


def in_hands(motion: Motion, radius: float) -> Array:
    """Where a ball is that both hands hold (T, 3): between them, a little beyond."""
    high = motion.figure.size[2]
    left, right = (motion.point(f"{side} hand", np.array(HAND) * high * GRIP) for side in ("left", "right"))
    wrists = (motion.point("left hand", np.zeros(3)) + motion.point("right hand", np.zeros(3))) / 2
    ahead_T3 = (left + right) / 2 - wrists
    return np.asarray((left + right) / 2 + 0.5 * radius * ahead_T3 / np.linalg.norm(ahead_T3, axis=1, keepdims=True))


def player(rng: np.random.Generator, outcome: str = "") -> Stage:
    """Draw a player whose shot is meant to end in ``outcome`` ("" leaves it to chance)."""
    outcome = outcome or pick(rng, OUTCOMES)
    look, (sign, _) = cast(rng, pick(rng, WHO)), side(rng)
    ball_look, ring = draw_look(rng, "basketball"), between(rng, 0.45, 0.48)
    hoop_look = set_piece(rng, "hoop", (ring, ring, between(rng, 2.6, 3.0)))
    away, ground = between(rng, 1.8, 4.2), pick(rng, GROUNDS)
    place, heading = sign * away / 2, 0.0 if sign > 0 else np.pi
    hoop = body(
        rng, hoop_look, "hoop", position=(place, 0.0, hoop_look.extents[2]), rotation=turned("z", heading),
        joint="fixed",
    )  # fmt: skip
    ball = body(rng, ball_look, "basketball", position=(0.0, 0.0, 2.0))
    first, seed, radius = int(rng.integers(3, 12)), int(rng.integers(2**31)), ball_look.extents[0] / 2
    aimed = rng.spawn(1)[0]

    def moved(time_T: Array) -> Motion:
        made = act(figure(look), time_T, kind="shoot", start=first / RATE, seed=seed)
        return made.placed(place - sign * away, 0.0, heading)

    def play(time_T: Array) -> Played:
        motion, leave = moved(time_T), first + SHOT
        held_T3 = in_hands(motion, radius)
        shot = _released(aimed, replace(ball, position=tuple(held_T3[leave].tolist())), hoop, outcome, sign)
        flown = simulated((shot, hoop), ground=ground, samples=len(time_T) - leave)
        way_T3 = np.concatenate([held_T3[:leave], flown.path(ball.name)])
        turn_T4 = np.concatenate([np.tile(flown.rotation_AT4[0, 0], (leave, 1)), flown.rotation_AT4[0]])
        contacts = tuple(replace(hit, time=hit.time + leave / RATE) for hit in flown.contacts)
        return Played({look.asset: motion}, {ball.name: (way_T3, turn_T4)}, contacts)

    def judge(take: Take) -> Event | None:
        return Event("shoot", outcome) if what_happened(take, ball, hoop) == outcome else None

    return scene(
        rng, "player", bodies=[figure_body(look), ball, hoop],
        things=[thing("subject", look, look.asset), thing("target", ball_look, ball.name),
                thing("prop", hoop_look, hoop.name)],
        play=play, event=judge, ground=ground, watch=(look.asset, ball.name, hoop.name),
        again=partial(player, outcome=outcome),
    )  # fmt: skip


def _released(rng: np.random.Generator, ball: Body, hoop: Body, outcome: str, sign: float) -> Body:
    """The ball as it leaves the hands, on its way to the hoop, with backspin."""
    away = sign * (hoop.position[0] - ball.position[0])
    along, up, across = aim(rng, outcome, away, hoop.position[2] - ball.position[2], hoop, ball.size[0] / 2)
    across -= ball.position[1] * along / away
    return replace(ball, velocity=(sign * along, across, up), spin=(0.0, -sign * between(rng, 2.0, 9.0), 0.0))
