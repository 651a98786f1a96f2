"""When bodies struck each other, told from samples that are far apart.

Between two samples a body either glides, and then its motion before predicts the next sample, or it is struck, and
then it does not. In each interval the motion before is carried forward until two surfaces meet; the blow must show in
where the samples after it lie. Its answer by the law of impact leads on to the next blow within the same interval.
The motion after is carried backward in the same way, for blows that the motion before does not tell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import gaps
from sora2lib.world.geometry import Bodies, matrix
from sora2lib.world.motion import Array, Motion, State, rotation_vector, skew, turned
from sora2lib.world.pairs import pair_friction, pair_restitution
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.touches import CLOSED, Gaps
from sora2lib.world.vocabulary import GROUNDS

Mask = NDArray[np.bool_]
LOOKS = 6  # poses at which an interval is looked at
SLOWEST = 0.1  # m/s; slower blows are not heard
NOISE = 7.0  # a blow must exceed the motion's own roughness by this factor
QUIET = 0.2  # share of the intervals that show this roughness and nothing else
DEEPEST = 0.03  # m inside another body that still counts as its surface
APART = 0.010  # s; nearer blows of one pair are one
ROCKING = 0.025  # s; the same for a pair that never parts, whose motion between the samples is hard to tell
LASTS = 0.008  # s from touch to parting
LOSS = 0.5  # share of a blow's energy that a pair which never parts must lose in it
EXCHANGE = 0.35  # share of the closing speed that a blow must take away
ALIKE = 0.4  # share by which two measures of a change may differ and still agree
WELL_KNOWN = 0.35  # share of an interval from which a velocity can be told
MOST_BLOWS = 12  # on the pairs of one interval
HINGED = 0.02  # m; a body that turns and strays less hangs on a hinge
DOWN = np.array([0.0, 0.0, -GRAVITY])
EVEN = 1.5  # m/s^2 by which an acceleration may miss a lawful one
REST = 0.15  # share of the slowest blow by which the velocity of a resting body may change
STEADY, STEADY_SPIN = 4.0, 10.0  # m/s^2 and rad/s^2; smaller rates of change are taken as they are


@dataclass(frozen=True)
class Blow:
    """One impact; ``time`` counts from the first sample, ``other`` may be the ground, the actor after the last."""

    time: float
    actor: int
    other: int
    place: Array
    normal: Array
    impulse: float
    speed: float


@dataclass(frozen=True)
class _Meeting:
    """Two surfaces that meet ``time`` seconds into an interval."""

    time: float
    pair: tuple[int, int]
    place: Array
    normal: Array


def _length(vector: Array) -> Array:
    return np.asarray(np.sqrt(np.sum(vector * vector, axis=-1)))


def _choose(where: Mask, a: Array, b: Array) -> Array:
    return np.where(where[:, None], a, b)


def _settled(rate_A3: Array, again_A3: Array, small: float) -> Mask:
    """Whether a rate of change is small, or was the same an interval further away."""
    size_A = _length(rate_A3)
    return (size_A < small) | (_length(rate_A3 - again_A3) < 2 + 0.3 * size_A)


# A actors, C pairs, T samples, S looks
class Finder:
    """Goes through a world's intervals in order of time and remembers when and where each body was last struck."""

    def __init__(self, world: World, motion: Motion, packed: Bodies, near: Gaps) -> None:
        self.motion, self.packed, self.pairs_C2 = motion, packed, near.pairs_C2
        self.closed_TC = near.gap_TC < CLOSED
        self.columns = {(i, j): c for c, (i, j) in enumerate(near.pairs_C2.tolist())}
        self.free_A = np.append(~world.fixed.values, False)
        ground = GROUNDS[str(world.ground.values)]
        bounce, drag = [*world.restitution.values, ground.restitution], [*world.friction.values, ground.friction]
        self.restitution = {(i, j): pair_restitution(bounce[i], bounce[j]) for i, j in self.columns}
        self.friction = {(i, j): pair_friction(drag[i], drag[j]) for i, j in self.columns}
        strays_A, turns_A = (np.ptp(path, axis=1).max(axis=1) for path in (motion.x_AT3, motion.q_AT4))
        hinged_A = (strays_A < HINGED) & (turns_A > HINGED)
        self.inverse_mass_A = np.where(hinged_A, 0.0, 1 / np.maximum(packed.mass, 1e-9))
        self.inverse_inertia_A33 = np.linalg.inv(packed.inertia + 1e-12 * np.eye(3))
        self.rough_AT, self.slowest = self._roughness()
        actors = len(packed.mass)
        self.struck_A = np.full(actors, -1e9)  # s; when each body was last free of a blow, and where it was then
        self.struck_x_A3, self.struck_q_A4 = np.zeros((actors, 3)), np.zeros((actors, 4))
        self.doubt_A = np.zeros(actors + 1)  # m/s; change of speed that need not be a blow
        self.carried_A3 = np.zeros((actors, 3))  # the acceleration last seen
        self.foreseen: State | None = None  # the last interval's motion, blows and all
        self.last: dict[tuple[int, int], float] = {}
        self.found: list[Blow] = []

    def _roughness(self) -> tuple[Array, float]:
        """How unevenly each actor moves around each interval (A, T - 1), m/s, and the slowest blow to look for."""
        uneven = [
            np.pad(_length(np.diff(rate_AT3, 2, axis=1)), ((0, 0), (1, 1)), mode="edge")
            for rate_AT3 in (self.motion.velocity_AT3, self.motion.spin_AT3)
        ]
        quiet = np.quantile(uneven[0][self.free_A[:-1]], QUIET)
        return uneven[0] + self.packed.reach[:, None] * uneven[1], max(SLOWEST, NOISE * float(quiet))

    def run(self) -> list[Blow]:
        """Find all blows, not quite in order of time."""
        for k in range(self.motion.samples - 1):
            near_A = self.rough_AT[:, max(k - 1, 0) : k + 2].max(axis=1) > 0.25 * self.slowest
            active_C2 = self.pairs_C2[np.append(near_A, False)[self.pairs_C2].any(axis=1)]
            self.foreseen = self._interval(k, active_C2) if len(active_C2) else None
        return self.found

    def _interval(self, k: int, active_C2: NDArray[np.int64]) -> State:
        h = self.motion.step
        early = self._before(k)
        late = self._after(k + 1, early)
        looks_S = np.linspace(0, h, LOOKS)
        meetings = self._meetings(active_C2, early, looks_S)
        blows = 0
        while meetings and blows < MOST_BLOWS:
            first = meetings.pop(0)
            if self._strike(k, first, early, late):
                blows += 1
                early = self._answer(k, first, early)
                shaken = [one for one in first.pair if self.free_A[one]]
                again_C2 = active_C2[np.isin(active_C2, shaken).any(axis=1)]
                fresh = [it for it in self._meetings(again_C2, early, looks_S) if it.time > first.time + 1e-4]
                kept = [it for it in meetings if not set(it.pair) & set(shaken)]
                meetings = sorted(kept + fresh, key=lambda meeting: meeting.time)
        if k < self.motion.samples - 2:
            for parting in self._meetings(active_C2, late, -looks_S):
                touch = _Meeting(h - parting.time - LASTS, parting.pair, parting.place, parting.normal)
                if self._strike(k, touch, early, late, parting=True):
                    for one in parting.pair:
                        self._mark(
                            one, k * h + h - parting.time, *(late.pose(one, -parting.time) if self.free_A[one] else ())
                        )
        return early

    def _meetings(self, pairs_C2: NDArray[np.int64], state: State, looks_S: Array) -> list[_Meeting]:
        """First meeting of each pair while a state lasts, in order of time."""
        x_SA3, turn_SA33 = state.at(looks_S)
        p, step = self.packed, abs(float(looks_S[1]))
        time_C, _, place_C3, normal_C3 = gaps.first_touch(
            pairs_C2, x_SA3, turn_SA33, p.reach, p.parts, p.features, step, self.slowest, DEEPEST
        )
        order = [c for c in np.argsort(time_C) if time_C[c] < gaps.NEVER]
        last = abs(float(looks_S[-1]))
        return [
            _Meeting(min(float(time_C[c]), last), (int(pairs_C2[c, 0]), int(pairs_C2[c, 1])), place_C3[c], normal_C3[c])
            for c in order
        ]

    def _before(self, k: int) -> State:
        """Motion at sample k as the samples up to it tell."""
        m, h, now = self.motion, self.motion.step, k * self.motion.step
        v0, v1, v2, v3 = (m.velocity(k - n) for n in range(4))
        w0, w1, w2, w3 = (m.spin(k - n) for n in range(4))
        # Of the intervals before this one, how many has each body passed without a blow?
        clean1, clean2, clean3 = ((self.struck_A <= now - n * h) & (k >= n) for n in (1, 2, 3))
        a, b = (v1 - v2) / h, (w1 - w2) / h
        known_a = clean2 & _settled(a, _choose(clean3, (v2 - v3) / h, a + 1e3), STEADY)
        known_b = clean2 & _settled(b, _choose(clean3, (w2 - w3) / h, b + 1e3), STEADY_SPIN)
        unexplained_A = np.where(clean2 & ~known_b, _length(w1 - w2) * self.packed.reach, 0.0)
        self.doubt_A = np.append(unexplained_A, 0.0)
        # Since a blow in the last interval but one, the way from its place tells the velocity over a part of it.
        part = np.clip(now - h - self.struck_A, 1e-9, h)[:, None]
        bent = (v1 - (m.x_AT3[:, max(k - 1, 0)] - self.struck_x_A3) / part) / ((h + part) / 2)
        partly = clean1 & ~clean2 & (part[:, 0] > WELL_KNOWN * h) & (self.struck_A >= 0)
        self._carry(clean2, a, EVEN)
        self._carry(partly, bent, GRAVITY / 2)
        self._carry(clean1 & ~clean2 & ~partly, (v0 - v1) / h, EVEN)
        # Since a blow in the last interval the same again; a body that has come to rest does not fall on.
        since = np.clip(now - self.struck_A, 1e-9, h)[:, None]
        way = _choose(clean1, v1, (m.x_AT3[:, k] - self.struck_x_A3) / since)
        uneven_A = np.maximum(_length(v0 - way), _length(m.velocity(k + 1) - v0))
        self._carry(~clean2 & (since[:, 0] > WELL_KNOWN * h) & (uneven_A < REST * self.slowest), (v0 - way) / h, EVEN)
        a = _choose(known_a & (_length(a - DOWN) >= EVEN), a, self.carried_A3)
        b = _choose(known_b, b, np.zeros(3))
        v, w = _choose(clean1, v1 + a * h / 2, v0 - a * h / 2), _choose(clean1, w1 + b * h / 2, w0 - b * h / 2)
        struck = ~clean1 & (self.struck_A >= 0)
        fresh = struck & (since[:, 0] > WELL_KNOWN * h)
        v = _choose(fresh, way + a * since / 2, v)
        w = _choose(fresh, rotation_vector(self.struck_q_A4, m.q_AT4[:, k]) / since, w)
        # Too short ago for that: either the next two intervals agree, or the law of impact must do.
        onward = (m.velocity(k + 1) - v0) / h
        even = (np.minimum(_length(onward - DOWN), _length(onward)) < EVEN) & (_length(m.spin(k + 1) - w0) < 1.0)
        a, v = _choose(struck & ~fresh & even, onward, a), _choose(struck & ~fresh & even, v0 - onward * h / 2, v)
        if self.foreseen is not None:
            v = _choose(struck & ~fresh & ~even, self.foreseen.v_A3 + h * self.foreseen.a_A3, v)
            w = _choose(struck & ~fresh & ~even, self.foreseen.w_A3, w)
        return State(*m.pose(k), v, a, w, b)

    def _carry(self, sure: Mask, guess_A3: Array, slack: float) -> None:
        """Remember which bodies fall freely and which keep their velocity."""
        self.carried_A3 = _choose(sure & (_length(guess_A3 - DOWN) < slack), DOWN, self.carried_A3)
        self.carried_A3 = _choose(sure & (_length(guess_A3) < slack), guess_A3, self.carried_A3)

    def _after(self, k: int, earlier: State) -> State:
        """Motion at sample k as the samples from it on tell."""
        m, h = self.motion, self.motion.step
        v0, v1, v2 = (m.velocity(k + n) for n in range(3))
        w0, w1, w2 = (m.spin(k + n) for n in range(3))
        a, b = (v1 - v0) / h, (w1 - w0) / h
        a = _choose(_length(a - DOWN) < EVEN, DOWN, _choose(_settled(a, (v2 - v1) / h, STEADY), a, earlier.a_A3))
        b = _choose(_settled(b, (w2 - w1) / h, STEADY_SPIN), b, np.zeros(3))
        return State(*m.pose(k), v0 - a * h / 2, a, w0 - b * h / 2, b)

    def _strike(self, k: int, meeting: _Meeting, early: State, late: State, *, parting: bool = False) -> bool:
        """Judge whether a meeting in interval k was a blow, and if so write it down."""
        (i, j), s, h = meeting.pair, meeting.time, self.motion.step
        place, normal, time = meeting.place, meeting.normal, k * h + s
        clings = self._clings(k, i, j)
        if time - self.last.get((i, j), -1.0) < (ROCKING if clings else APART):
            return False
        before = float(normal @ (early.velocity(i, place, s) - early.velocity(j, place, s)))
        after = float(normal @ (late.velocity(i, place, s - h) - late.velocity(j, place, s - h)))
        if (after if parting else -before) < self.slowest:
            return False
        # What is lifted off its bed has not been struck there; a blow may yet pass through a body to the next.
        if parting and -before < self.slowest and not self.free_A[[i, j]].all():
            return False
        # A blow shows twice: in the velocities, and in how far it has led away by the next sample.
        change, rest = after - before, h - s - LASTS / 2
        shift = float(normal @ (self._shift(k, i, meeting, early) - self._shift(k, j, meeting, early)))
        if rest > WELL_KNOWN * h and not parting:
            # The velocities are the finer measure unless the next blow follows at once.
            change = change if abs(shift / rest - change) < ALIKE * abs(change) else shift / rest
        elif shift < 0.4 * change * rest - 0.01 * self.slowest:
            return False
        if change < max(self.slowest, -EXCHANGE * before, self.doubt_A[i], self.doubt_A[j]):
            return False
        impulse = change / self._yielding(meeting, early)
        if clings and not self.free_A[[i, j]].all() and self._lost(k, i, j) < LOSS * impulse * abs(before) / 2:
            return False
        self.found.append(Blow(max(time, 0.0), i, j, place, normal, impulse, max(-before, 0.0)))
        self.last[i, j] = time
        return True

    def _clings(self, k: int, i: int, j: int) -> bool:
        """Whether a pair touches at the samples on both sides of interval k and at the one before."""
        return bool(self.closed_TC[max(k - 1, 0) : k + 2, self.columns[i, j]].all())

    def _lost(self, k: int, i: int, j: int) -> float:
        """Energy in J that the free bodies of a pair have lost from the interval before k to the one after."""
        lost = 0.0
        for one in (i, j):
            if self.free_A[one]:
                for side, sign in ((max(k - 1, 0), 1.0), (min(k + 1, self.motion.samples - 2), -1.0)):
                    x, turn = self.motion.x_AT3[one, side : side + 2], matrix(self.motion.q_AT4[one, side])
                    v, w = self.motion.velocity(side)[one], self.motion.spin(side)[one] @ turn
                    high = GRAVITY * float(x[:, 2].mean())
                    moving = float(v @ v) / 2
                    lost += sign * (
                        self.packed.mass[one] * (moving + high) + float(w @ self.packed.inertia[one] @ w) / 2
                    )
        return lost

    def _shift(self, k: int, i: int, meeting: _Meeting, early: State) -> Array:
        """How far the matter at a place lies at sample k + 1 from where the motion before would have taken it."""
        if i == len(self.packed.mass):
            return np.zeros(3)
        x_SA3, turn_SA33 = early.at(np.array([meeting.time, self.motion.step]))
        local = (meeting.place - x_SA3[0, i]) @ turn_SA33[0, i]
        real = self.motion.x_AT3[i, k + 1] + matrix(self.motion.q_AT4[i, k + 1]) @ local
        return np.asarray(real - x_SA3[1, i] - turn_SA33[1, i] @ local)

    def _levers(self, meeting: _Meeting, state: State) -> dict[int, tuple[Array, Array, Array, Array]]:
        """Of each free body of a pair: position, orientation, arm as a matrix (3, 3) and inverse inertia (3, 3)."""
        levers = {}
        for one in meeting.pair:
            if self.free_A[one]:
                x, q = state.pose(one, meeting.time)
                turn = matrix(q)
                levers[one] = x, q, skew(meeting.place - x), turn @ self.inverse_inertia_A33[one] @ turn.T
        return levers

    def _give(self, meeting: _Meeting, state: State) -> Array:
        """Change (3, 3) of relative velocity at the place of a meeting for a unit impulse."""
        give_33 = 1e-9 * np.eye(3)
        for one, (_, _, arm, inverse) in self._levers(meeting, state).items():
            give_33 += self.inverse_mass_A[one] * np.eye(3) - arm @ inverse @ arm
        return give_33

    def _yielding(self, meeting: _Meeting, state: State) -> float:
        return float(meeting.normal @ self._give(meeting, state) @ meeting.normal)

    def _answer(self, k: int, meeting: _Meeting, state: State) -> State:
        """Motion after a blow by the law of impact: restitution along the normal, Coulomb friction across."""
        (i, j), s, place, normal = meeting.pair, meeting.time, meeting.place, meeting.normal
        give_33, restitution, friction = self._give(meeting, state), self.restitution[i, j], self.friction[i, j]
        slip = state.velocity(i, place, s) - state.velocity(j, place, s)
        closing = float(normal @ slip)
        across = slip - closing * normal
        impulse = np.linalg.solve(give_33, -(1 + restitution) * closing * normal - across)
        push = float(impulse @ normal)
        if _length(impulse - push * normal) > friction * push:
            way = normal - friction * across / max(float(_length(across)), 1e-9)
            impulse = -(1 + restitution) * closing / float(normal @ give_33 @ way) * way
        x, q, v, w, b = (array.copy() for array in (state.x_A3, state.q_A4, state.v_A3, state.w_A3, state.b_A3))
        for one, (there, facing, arm, inverse) in self._levers(meeting, state).items():
            push_one = impulse if one == i else -impulse
            kick, twist, a = push_one * self.inverse_mass_A[one], inverse @ arm @ push_one, state.a_A3[one]
            spin = state.w_A3[one] + s * state.b_A3[one]
            # Seen from afar a blow takes no time; near by the bodies stay together for a little while.
            drift, end = LASTS * (state.v_A3[one] + s * a + kick / 2), s + LASTS
            parted = there + drift - (drift @ normal) * normal
            facing = turned(facing, LASTS * (spin + twist / 2))
            v[one], w[one], b[one] = state.v_A3[one] + kick - LASTS * a, spin + twist, 0.0
            x[one] = parted - end * v[one] - end**2 / 2 * a
            q[one] = turned(facing, -end * w[one])
            self._mark(one, k * self.motion.step + end, parted, facing)
        return State(x, q, v, state.a_A3, w, b)

    def _mark(self, one: int, time: float, *pose: Array) -> None:
        """Remember when and where a body was last free of a blow."""
        if self.free_A[one] and time > self.struck_A[one]:
            self.struck_A[one] = time
            self.struck_x_A3[one], self.struck_q_A4[one] = pose
