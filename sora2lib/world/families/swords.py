"""Swords and shields: someone cuts with a sword, someone raises a shield, and two spar.

========  =====================================================  =======  ================
family    action                                                 outcome  direction, speed
========  =====================================================  =======  ================
swords    overhead cut, side cut, raise shield                   ""       "", ""
          spar (the first cuts, the second stops it)             ""       "", ""
========  =====================================================  =======  ================

Sword and shield go where the arms go. A cut that is stopped runs as it would in the air until blade and shield touch,
and then bounces: when that is, and how hard, is measured from the two motions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sora2lib.world.assets import primitives
from sora2lib.world.facts import Thing
from sora2lib.world.families.pairs import two
from sora2lib.world.families.troupe import TOWARDS, WHO, Played, cast, figure, figure_body, scene
from sora2lib.world.figures.acts import Act, act
from sora2lib.world.figures.motion import Motion
from sora2lib.world.figures.skeleton import Array, Figure
from sora2lib.world.figures.swordplay import (
    CUT,
    CUTS,
    RAISE,
    REBOUND,
    blade,
    clearance,
    in_fist,
    on_arm,
    raise_shield,
    stopped,
)
from sora2lib.world.parts import volume
from sora2lib.world.schema import RATE
from sora2lib.world.stage import Body, Contact, Event, Stage
from sora2lib.world.staging import GRIPPY, Look, between, body, draw_look, pick, scaled, thing

PARTNERS = (("man", "woman"), ("boy", "girl"))  # a cut of one who is much taller goes over the shield
ASKEW = 0.9  # radians, how far from facing the camera a fighter turns
LENGTHS = {"sword": 0.56, "shield": 0.40}  # heights
BEATS, TWICE = (1.2, 1.7), 0.6  # s from blow to blow, and how often there are two
EARLY = 0.12  # s, by which a shield is up before the sword comes
MEETS = 0.6  # share of the cut after which the blade would be at the middle of the shield
LOOKS, HALVINGS, INSTANT = 61, 8, 1e-3  # looks at a cut; how often the time of a blow is halved; s


def swords(rng: np.random.Generator) -> Stage:
    """Draw a cut, a raised shield, or both at once."""
    action = pick(rng, ("overhead cut", "side cut", "raise shield", "spar"), (0.25, 0.25, 0.2, 0.3))
    return _spar(rng) if action == "spar" else _alone(rng, action)


def _alone(rng: np.random.Generator, action: str) -> Stage:
    look, name = cast(rng, pick(rng, WHO)), "shield" if action == "raise shield" else "sword"
    tool, start, seed = _tool(rng, name, look), between(rng, 0.1, 0.5), int(rng.integers(2**31))
    way = _raised(rng) if name == "shield" else CUTS[action](int(rng.integers(1, 3)))
    heading = TOWARDS + between(rng, -ASKEW, ASKEW)

    def play(time_T: Array) -> Played:
        motion = act(figure(look), time_T, kind=way, start=start, seed=seed).placed(0.0, 0.0, heading)
        held = on_arm(motion) if name == "shield" else in_fist(motion, np.array(tool.extents))
        return Played({look.asset: motion}, {name: held})

    return scene(
        rng, "swords", bodies=[figure_body(look), body(rng, tool, name)],
        things=[thing("subject", look, look.asset), thing("prop", tool, name)], play=play, event=Event(action),
        ground=pick(rng, GRIPPY), watch=(look.asset, name),
    )  # fmt: skip


def _raised(rng: np.random.Generator) -> Act:
    return raise_shield(between(rng, 0.3, 0.5), between(rng, 1.4, 2.4))


def _tool(rng: np.random.Generator, name: str, who: Look) -> Look:
    """A sword or a shield as large as suits someone."""
    return scaled(draw_look(rng, name), LENGTHS[name] * who.extents[2] * between(rng, 0.93, 1.07))


def _spar(rng: np.random.Generator) -> Stage:
    first, second, names = two(rng, among=pick(rng, PARTNERS))
    tools = _tool(rng, "sword", first), _tool(rng, "shield", second)
    bout = Bout(
        (figure(first), figure(second)), pick(rng, tuple(CUTS), (0.65, 0.35)), np.array(tools[0].extents),
        np.array(tools[1].extents), between(rng, 0.15, 0.45), tuple(rng.integers(2**31, size=2).tolist()),
    )  # fmt: skip
    # A blade is fast: blows fall on samples, or the world would show it before and after, and nowhere near the shield.
    bout = replace(bout, start=bout.start + np.ceil(bout.hit * RATE) / RATE - bout.hit)
    beat = np.round(between(rng, *BEATS) * RATE) / RATE if rng.random() < TWICE else None
    sword, shield = (body(rng, tool, tool.asset) for tool in tools)
    middle, turn = bout.apart / 2, between(rng, -0.25, 0.25)
    flipped = rng.random() < 0.5

    def play(time_T: Array) -> Played:
        heading = turn + (np.pi if flipped else 0.0)
        fighters = (it.placed(-middle, 0.0, 0.0).placed(0.0, 0.0, heading) for it in bout.fought(time_T, beat))
        attacker, blocker = fighters
        ways = {sword.name: in_fist(attacker, bout.sword), shield.name: on_arm(blocker)}
        met = tuple(_met(bout, time, sword, shield, heading) for time in bout.meetings(beat) if time < time_T[-1])
        return Played(dict(zip(names, (attacker, blocker), strict=True)), ways, met)

    return scene(
        rng, "swords",
        bodies=[*(figure_body(look, name) for look, name in zip((first, second), names, strict=True)), sword, shield],
        things=_told((first, second), names, tools), play=play,
        event=lambda take: Event("spar") if take.contacts else None, ground=pick(rng, GRIPPY), watch=names, again=_spar,
    )  # fmt: skip


def _told(looks: Sequence[Look], names: Sequence[str], tools: Sequence[Look]) -> list[Thing]:
    roles = zip(("subject", "target"), looks, names, strict=True)
    return [*(thing(*it) for it in roles), *(thing("prop", tool, tool.asset) for tool in tools)]


def _met(bout: "Bout", time: float, sword: Body, shield: Body, heading: float) -> Contact:
    """The blow of a sword on a shield: how fast it came and what it takes to throw it back."""
    solid = [it for it in primitives("sword", bout.sword) if it.collides]
    mass = sword.density * sum(volume(it.shape, it.half) for it in solid)
    x, y, z = bout.place
    c, s = float(np.cos(heading)), float(np.sin(heading))
    x -= bout.apart / 2
    place = (c * x - s * y, s * x + c * y, z)
    return Contact(time, sword.name, shield.name, mass * (1 + REBOUND) * bout.speed, bout.speed, place)


# T samples, N points of the blade
@dataclass(frozen=True, eq=False)
class Bout:
    """One who cuts from x = 0 towards +x, and one who faces him and holds the shield in the way."""

    figures: tuple[Figure, Figure]
    cut: str
    sword: Array
    shield: Array
    start: float
    seeds: tuple[int, ...]

    def _cutting(self, time_T: Array) -> Motion:
        """The attacker, as if nothing were in the way."""
        return act(self.figures[0], time_T, kind=CUTS[self.cut](1), start=self.start, seed=self.seeds[0])

    def _blocking(self, time_T: Array, apart: float, aside: float) -> Motion:
        """The one with the shield, so far away and so far to the side, metres."""
        up = self.start + RAISE - EARLY
        made = act(self.figures[1], time_T, kind=raise_shield(0.45), start=up - 0.45, seed=self.seeds[1])
        return made.placed(apart, aside, np.pi)

    @property
    def lifted(self) -> float:
        """When the sword is over the head, seconds."""
        return self.start + RAISE

    @cached_property
    def _stance(self) -> tuple[float, float]:
        """How far apart they stand, and how far to the side, so that the blade comes down on the shield."""
        time_T = np.array([self.lifted + MEETS * CUT])
        points_N3 = blade(in_fist(self._cutting(time_T), self.sword), self.sword)[:, 0]
        goal = points_N3[int(0.8 * len(points_N3))]
        place = on_arm(self._blocking(time_T, 0.0, 0.0))[0][0]
        return float(goal[0] - place[0]), float(goal[1] - place[1])

    @property
    def apart(self) -> float:
        """Distance between the two along x, metres."""
        return self._stance[0]

    def _gap(self, time_T: Array) -> Array:
        """Distance (T,) of the blade from the shield at some times (T,), metres."""
        points_NT3 = blade(in_fist(self._cutting(time_T), self.sword), self.sword)
        return clearance(points_NT3, on_arm(self._blocking(time_T, *self._stance)), self.shield)

    @cached_property
    def _coarse(self) -> tuple[Array, Array]:
        """Times (T,) of the cut and the distances (T,)."""
        time_T = np.linspace(self.lifted, self.lifted + CUT, LOOKS)
        return time_T, self._gap(time_T)

    @property
    def touches(self) -> bool:
        """Whether the blade comes from outside and reaches the shield."""
        gap_T = self._coarse[1]
        return bool(gap_T[0] > 0 and gap_T.min() <= 0)

    @cached_property
    def hit(self) -> float:
        """When blade and shield touch, or when the cut ends, seconds."""
        time_T, gap_T = self._coarse
        if not self.touches:
            return float(time_T[-1])
        first = int(np.argmax(gap_T <= 0))
        before, after = float(time_T[first - 1]), float(time_T[first])
        for _ in range(HALVINGS):
            middle = (before + after) / 2
            before, after = (middle, after) if self._gap(np.array([middle]))[0] > 0 else (before, middle)
        return before

    @cached_property
    def speed(self) -> float:
        """How fast the blade comes to the shield, m/s."""
        before, after = self._gap(np.array([self.hit - INSTANT, self.hit]))
        return float((before - after) / INSTANT)

    @cached_property
    def place(self) -> Array:
        """Where they touch (3,), metres."""
        now = np.array([self.hit])
        points_N13 = blade(in_fist(self._cutting(now), self.sword), self.sword)
        shield = on_arm(self._blocking(now, *self._stance))
        gap_N = [clearance(one[None], shield, self.shield)[0] for one in points_N13]
        return np.asarray(points_N13[int(np.argmin(gap_N)), 0])

    def meetings(self, beat: float | None) -> list[float]:
        """When they touch, if they do, once or again ``beat`` seconds later."""
        return [self.hit, *([] if beat is None else [self.hit + beat])] if self.touches else []

    def fought(self, time_T: Array, beat: float | None) -> tuple[Motion, Motion]:
        """Both, at some times (T,)."""
        told_T = stopped(time_T, self.hit, self.lifted, None if beat is None else self.lifted + beat)
        return replace(self._cutting(told_T), time_T=time_T), self._blocking(time_T, *self._stance)
