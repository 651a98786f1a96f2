"""Impacts and touches, derived from motion alone: the one account that renderer, sound and inspector share.

Between two samples a body either glides, and then its motion before predicts the next sample, or is struck, and then
it does not. In each interval the motion before is carried forward and the motion after backward; the moment at which
two surfaces meet under the one, or part under the other, is the moment of the blow, far finer than the samples.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import gaps
from sora2lib.world.geometry import Array, Bodies, Indices, bodies, matrix
from sora2lib.world.pairs import pair_friction, pair_restitution
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.vocabulary import GROUNDS

GROUND = -1
LOOKS = 9  # poses at which an interval is looked at
SLOWEST = 0.1  # m/s; slower blows are not heard
NOISE = 3.0  # a blow must exceed the motion's own roughness by this factor
DEEPEST = 0.03  # m inside another body that still counts as its surface
APART = 0.010  # s; nearer blows of one pair are one
LASTS = 0.008  # s; from touch to parting in the simulator
MOST_BLOWS = 12  # on the pairs of one interval
EXCHANGE = 0.35  # share of the closing speed that a blow must take away
WELL_KNOWN = 0.35  # share of an interval from which a velocity can be told
TOUCHING = 0.004  # m
HINGED = 0.02  # m; a body that turns and strays less hangs on a hinge
DOWN = np.array([0.0, 0.0, -GRAVITY])


# N impacts
@dataclass(frozen=True)
class Contacts:
    """Everything that touched, in order of time.

    Parameters
    ----------
    time : (N,) seconds, finer than the world's samples.
    actor, other : (N,) indices of the two bodies; ``other`` is -1 for the ground.
    place : (N, 3) metres.
    normal : (N, 3) unit vector that points from ``other`` to ``actor``.
    impulse : (N,) N s along the normal.
    speed : (N,) closing speed along the normal before the blow, m/s.
    materials : (N, 2) names of the vocabulary; the ground's is its own name.
    touches : lasting contacts, see :class:`Touch`.
    """

    time: Array
    actor: Indices
    other: Indices
    place: Array
    normal: Array
    impulse: Array
    speed: Array
    materials: NDArray[np.str_]
    touches: "tuple[Touch, ...]"

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"Contacts({len(self)} impacts, {len(self.touches)} touches)"


# M samples
@dataclass(frozen=True)
class Touch:
    """A contact that lasts: rolling, sliding or resting.

    ``slide`` (M,) is the speed of one surface over the other, ``roll`` (M,) that at which the place of contact
    wanders, both m/s; ``place`` (M, 3) metres, ``time`` (M,) the world's own samples in seconds.
    """

    actor: int
    other: int
    time: Array
    place: Array
    slide: Array
    roll: Array

    @property
    def start(self) -> float:
        """First moment, seconds."""
        return float(self.time[0])

    @property
    def end(self) -> float:
        """Last moment, seconds."""
        return float(self.time[-1])


def contacts(world: World) -> Contacts:
    """Find the impacts and lasting touches of a world from its motion.

    Velocities before and after come from the samples on either side, with the acceleration that these show (that of
    gravity in flight); impulse is the change of relative speed times the mass that the blow feels at that place.

    >>> contacts(world).time  # doctest: +SKIP
    """
    motion = _Motion.of(world)
    packed = bodies(world)
    pairs = _pairs(world)
    found = _Finder(world, motion, packed, pairs).run() if len(pairs) and motion.samples > 3 else []
    found.sort(key=lambda blow: blow.time)
    names = np.array([*world.material.values.tolist(), str(world.ground.values)])
    actor = np.array([blow.actor for blow in found], dtype=np.int64)
    other = np.array([blow.other for blow in found], dtype=np.int64)
    return Contacts(
        np.array([blow.time for blow in found]) + motion.start,
        actor,
        np.where(other == len(packed.mass), GROUND, other),
        np.array([blow.place for blow in found]).reshape(-1, 3),
        np.array([blow.normal for blow in found]).reshape(-1, 3),
        np.array([blow.impulse for blow in found]),
        np.array([blow.speed for blow in found]),
        np.stack([names[actor], names[other]], axis=1),
        _touches(motion, packed, pairs),
    )


def _pairs(world: World) -> Indices:
    """Indices (C, 2) of all that may meet; the ground is the actor after the last."""
    fixed = world.fixed.values
    count = len(fixed)
    meet = [(i, j) for i in range(count) for j in range(i + 1, count) if not (fixed[i] and fixed[j])]
    return np.array(meet + [(i, count) for i in range(count) if not fixed[i]], dtype=np.int64).reshape(-1, 2)


# A actors, T samples
@dataclass(frozen=True)
class _Motion:
    """Poses at the samples, and velocity and spin over the intervals between."""

    start: float
    step: float
    x_AT3: Array
    q_AT4: Array
    velocity_AT3: Array
    spin_AT3: Array

    @classmethod
    def of(cls, world: World) -> Self:
        x_AT3, q_AT4 = world.position.values, world.rotation.values
        q_AT4 = q_AT4 / np.linalg.norm(q_AT4, axis=-1, keepdims=True)
        step = 1 / world.rate
        return cls(
            float(world.time[0]),
            step,
            x_AT3,
            q_AT4,
            np.diff(x_AT3, axis=1) / step,
            _rotation_vector(q_AT4[:, :-1], q_AT4[:, 1:]) / step,
        )

    @property
    def samples(self) -> int:
        return self.x_AT3.shape[1]


def _product(p: Array, q: Array) -> Array:
    """Product of quaternions (..., 4)."""
    w = p[..., :1] * q[..., :1] - np.sum(p[..., 1:] * q[..., 1:], axis=-1, keepdims=True)
    v = p[..., :1] * q[..., 1:] + q[..., :1] * p[..., 1:] + np.cross(p[..., 1:], q[..., 1:])
    return np.concatenate([w, v], axis=-1)


def _rotation_vector(a: Array, b: Array) -> Array:
    """Turn (..., 3) in radians that leads from orientation a to b, in the world frame."""
    q = _product(b, a * np.array([1.0, -1.0, -1.0, -1.0]))
    q = np.where(q[..., :1] < 0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., :1])
    return q[..., 1:] * np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 2.0)


def _turned(q: Array, turn: Array) -> Array:
    """Orientation (..., 4) after a turn (..., 3) in radians."""
    angle = np.linalg.norm(turn, axis=-1, keepdims=True)
    axis = turn * (np.sinc(angle / (2 * np.pi)) / 2)
    return _product(np.concatenate([np.cos(angle / 2), axis], axis=-1), q)


# A actors, S moments
@dataclass(frozen=True)
class _State:
    """How every actor moves about a sample: pose, velocity, spin, and the rates at which these two change."""

    x_A3: Array
    q_A4: Array
    v_A3: Array
    a_A3: Array
    w_A3: Array
    b_A3: Array
    known_A: NDArray[np.bool_]  # whether the samples on this side really tell

    def at(self, time_S: Array) -> tuple[Array, Array]:
        """Positions (S, A, 3) and orientations (S, A, 4) at times relative to the sample."""
        s = time_S[:, None, None]
        x_SA3 = self.x_A3 + s * self.v_A3 + s**2 / 2 * self.a_A3
        return x_SA3, _turned(np.broadcast_to(self.q_A4, (*x_SA3.shape[:2], 4)), s * self.w_A3 + s**2 / 2 * self.b_A3)

    def velocity(self, i: int, place: Array, time: float) -> Array:
        """Velocity (3,) of the matter of an actor at a place; still for the ground."""
        if i == len(self.x_A3):
            return np.zeros(3)
        x = self.x_A3[i] + time * self.v_A3[i] + time**2 / 2 * self.a_A3[i]
        return np.asarray(self.v_A3[i] + time * self.a_A3[i] + np.cross(self.w_A3[i] + time * self.b_A3[i], place - x))


@dataclass(frozen=True)
class _Blow:
    time: float  # s from the first sample
    actor: int
    other: int
    place: Array
    normal: Array
    impulse: float
    speed: float


def _settled(rate_A3: Array, again_A3: Array, small: float) -> NDArray[np.bool_]:
    """Whether a rate of change is small, or was the same an interval further away."""
    size_A = np.linalg.norm(rate_A3, axis=-1)
    return (size_A < small) | (np.linalg.norm(rate_A3 - again_A3, axis=-1) < 2 + 0.3 * size_A)


class _Finder:
    """Goes through a world's intervals in order of time and remembers when each body was last struck."""

    def __init__(self, world: World, motion: _Motion, packed: Bodies, pairs: Indices) -> None:
        self.motion, self.packed, self.pairs = motion, packed, pairs
        actors = len(packed.mass)
        self.fixed_A = world.fixed.values
        bounce_A = [*world.restitution.values.tolist(), GROUNDS[str(world.ground.values)].restitution]
        drag_A = [*world.friction.values.tolist(), GROUNDS[str(world.ground.values)].friction]
        self.friction_C = {(i, j): pair_friction(drag_A[i], drag_A[j]) for i, j in pairs.tolist()}
        hinged_A = (np.ptp(motion.x_AT3, axis=1).max(axis=1) < HINGED) & (
            np.ptp(motion.q_AT4, axis=1).max(axis=1) > HINGED
        )
        self.inverse_mass = np.where(self.fixed_A | hinged_A, 0.0, 1 / packed.mass)
        self.inverse_inertia = np.linalg.inv(packed.inertia)
        self.restitution_C = {(i, j): pair_restitution(bounce_A[i], bounce_A[j]) for i, j in pairs.tolist()}
        self.struck_A = np.full(actors, -np.inf)
        self.struck_x_A3, self.struck_q_A4 = np.zeros((actors, 3)), np.zeros((actors, 4))
        self.carried_A3 = np.zeros((actors, 3))  # the acceleration last seen
        self.last_C: dict[tuple[int, int], float] = {}
        rough_AT = _roughness(motion, packed)
        moving = rough_AT[~self.fixed_A]
        self.slowest = max(SLOWEST, NOISE * float(np.median(moving)))
        self.rough_AT = rough_AT
        self.found: list[_Blow] = []
        self.latest: _State | None = None

    def run(self) -> list[_Blow]:
        for k in range(self.motion.samples - 1):
            near = self.rough_AT[:, max(k - 1, 0) : k + 2].max(axis=1) > 0.25 * self.slowest
            near = np.append(near, False)
            active = self.pairs[near[self.pairs[:, 0]] | near[self.pairs[:, 1]]]
            if len(active):
                self._interval(k, active)
            else:
                self.latest = None
        return self.found

    def _chord(self, rates_AT3: Array, k: int) -> Array:
        return np.asarray(rates_AT3[:, min(max(k, 0), self.motion.samples - 2)])

    def before(self, k: int) -> _State:
        """Motion at sample k as the samples up to it tell."""
        m, h = self.motion, self.motion.step
        now = k * h
        clean1 = (self.struck_A <= now - h) & (k >= 1)
        clean2 = (self.struck_A <= now - 2 * h) & (k >= 2)
        clean3 = (self.struck_A <= now - 3 * h) & (k >= 3)
        v0, v1, v2, v3 = (self._chord(m.velocity_AT3, k - n) for n in range(4))
        w0, w1, w2, w3 = (self._chord(m.spin_AT3, k - n) for n in range(4))
        a = (v1 - v2) / h
        usable = clean2 & _settled(a, np.where(clean3[:, None], (v2 - v3) / h, a + 1e3), 4.0)
        ahead = (v0 - v1) / h
        for sure, guess in ((clean2, a), (clean1, ahead)):
            falling = np.linalg.norm(guess - DOWN, axis=-1) < 1.5
            still = np.linalg.norm(guess, axis=-1) < 1.5
            self.carried_A3 = np.where((sure & falling)[:, None], DOWN, self.carried_A3)
            self.carried_A3 = np.where((sure & still)[:, None], guess, self.carried_A3)
        falling = np.linalg.norm(a - DOWN, axis=-1) < 1.5
        a = np.where((usable & ~falling)[:, None], a, self.carried_A3)
        b = (w1 - w2) / h
        b_usable = clean2 & _settled(b, np.where(clean3[:, None], (w2 - w3) / h, b + 1e3), 10.0)
        b = np.where(b_usable[:, None], b, 0.0)
        # Since a blow within the last interval the body has gone straight from its place then to that of the sample.
        since = np.clip(now - self.struck_A, 1e-9, h)[:, None]
        fresh_v = (m.x_AT3[:, k] - self.struck_x_A3) / since + a * since / 2
        fresh_w = _rotation_vector(self.struck_q_A4, m.q_AT4[:, k]) / since
        struck = ~clean1 & np.isfinite(self.struck_A)
        fresh = struck & (since[:, 0] > WELL_KNOWN * h)
        foreseen = struck & ~fresh
        v = np.where(fresh[:, None], fresh_v, np.where(clean1[:, None], v1 + a * h / 2, v0 - a * h / 2))
        w = np.where(fresh[:, None], fresh_w, np.where(clean1[:, None], w1 + b * h / 2, w0 - b * h / 2))
        if self.latest is not None:
            v = np.where(foreseen[:, None], self.latest.v_A3 + h * self.latest.a_A3, v)
            w = np.where(foreseen[:, None], self.latest.w_A3, w)
        return _State(m.x_AT3[:, k], m.q_AT4[:, k], v, a, w, b, clean1 | struck)

    def after(self, k: int, earlier: _State) -> _State:
        """Motion at sample k as the samples from it on tell."""
        m, h = self.motion, self.motion.step
        v0, v1, v2 = (self._chord(m.velocity_AT3, k + n) for n in range(3))
        w0, w1, w2 = (self._chord(m.spin_AT3, k + n) for n in range(3))
        a, b = (v1 - v0) / h, (w1 - w0) / h
        falling = np.linalg.norm(a - DOWN, axis=-1) < 1.5
        usable = _settled(a, (v2 - v1) / h, 4.0)
        a = np.where(falling[:, None], DOWN, np.where(usable[:, None], a, earlier.a_A3))
        b = np.where(_settled(b, (w2 - w1) / h, 10.0)[:, None], b, 0.0)
        known = np.full(len(v0), k < m.samples - 1)
        return _State(m.x_AT3[:, k], m.q_AT4[:, k], v0 - a * h / 2, a, w0 - b * h / 2, b, known)

    def _interval(self, k: int, active: Indices) -> None:
        h = self.motion.step
        early = self.before(k)
        late = self.after(k + 1, early)
        looks_S = np.linspace(0, h, LOOKS)
        pairs, since, hits = active, 0.0, 0
        touch = self._first_touch(active, early, looks_S)
        time_C = touch[0].copy()
        while hits < MOST_BLOWS and not np.isnan(time_C).all():
            c = int(np.nanargmin(time_C))
            s = min(float(time_C[c]), h)
            i, j = (int(one) for one in active[c])
            if not self._strike(k, s, (i, j), touch[2][c], touch[3][c], early, late):
                time_C[c] = np.nan
                continue
            hits += 1
            early = self._answer(early, s, (i, j), touch[2][c], touch[3][c])
            again = [
                n for n, pair in enumerate(active.tolist()) if any(self._free(one) and one in pair for one in (i, j))
            ]
            fresh = self._first_touch(active[again], early, looks_S)
            for old, new in zip(touch, fresh, strict=True):
                old[again] = new
            time_C[again] = np.where(fresh[0] > s + 1e-4, fresh[0], np.nan)
        self.latest = early
        if late.known_A.any():
            parting = self._first_touch(active, late, -looks_S)
            for c in np.argsort(parting[0]):
                if np.isnan(parting[0][c]):
                    break
                i, j = active[c]
                self._strike(
                    k, h - float(parting[0][c]) - LASTS, (i, j), parting[2][c], parting[3][c], early, late, True
                )

    def _free(self, one: int) -> bool:
        return one < len(self.fixed_A) and not self.fixed_A[one]

    def _answer(self, state: _State, s: float, pair: tuple[int, int], place: Array, normal: Array) -> _State:
        """Motion after a blow at time s by the law of impact: restitution along the normal, Coulomb friction across."""
        x_SA3, q_SA4 = state.at(np.array([s]))
        give_33 = np.zeros((3, 3))
        arms, inverse = {}, {}
        for one in pair:
            if self._free(one):
                turn = matrix(q_SA4[0, one])
                inverse[one] = turn @ self.inverse_inertia[one] @ turn.T
                r = place - x_SA3[0, one]
                arms[one] = np.array([[0, -r[2], r[1]], [r[2], 0, -r[0]], [-r[1], r[0], 0]])
                give_33 += self.inverse_mass[one] * np.eye(3) - arms[one] @ inverse[one] @ arms[one]
        i, j = pair
        slip = state.velocity(i, place, s) - state.velocity(j, place, s)
        closing = float(normal @ slip)
        across = slip - closing * normal
        impulse = np.linalg.solve(give_33, -(1 + self.restitution_C[i, j]) * closing * normal - across)
        push = float(impulse @ normal)
        if np.linalg.norm(impulse - push * normal) > self.friction_C[i, j] * push:
            way = normal - self.friction_C[i, j] * across / max(float(np.linalg.norm(across)), 1e-9)
            impulse = -(1 + self.restitution_C[i, j]) * closing / float(normal @ give_33 @ way) * way
        x, q, v, w, b = (array.copy() for array in (state.x_A3, state.q_A4, state.v_A3, state.w_A3, state.b_A3))
        for one, sign in zip(pair, (1.0, -1.0), strict=True):
            if self._free(one):
                a = state.a_A3[one]
                v[one] = state.v_A3[one] + sign * impulse * self.inverse_mass[one]
                x[one] = x_SA3[0, one] - s * v[one] - s**2 / 2 * a
                spin = state.w_A3[one] + s * state.b_A3[one] + sign * inverse[one] @ arms[one] @ impulse
                w[one], b[one] = spin, 0.0
                q[one] = _turned(q_SA4[0, one], -s * spin)
        return _State(x, q, v, state.a_A3, w, b, state.known_A)

    def _first_touch(self, active: Indices, state: _State, looks_S: Array) -> tuple[Array, Array, Array, Array]:
        x_SA3, q_SA4 = state.at(looks_S)
        p = self.packed
        step = abs(float(looks_S[1]))
        result: tuple[Array, Array, Array, Array] = gaps.first_touch(
            active, x_SA3, matrix(q_SA4), p.reach, p.parts, p.features, step, self.slowest, DEEPEST
        )
        return result

    def _strike(
        self,
        k: int,
        s: float,
        pair: tuple[int, int],
        place: Array,
        normal: Array,
        early: _State,
        late: _State,
        parting: bool = False,
    ) -> bool:
        """Judge whether a meeting ``s`` seconds into interval k was a blow, and if so write it down."""
        i, j = int(pair[0]), int(pair[1])
        h, time = self.motion.step, k * self.motion.step + s
        if time - self.last_C.get((i, j), -np.inf) < APART:
            return False
        before = float(normal @ (early.velocity(i, place, s) - early.velocity(j, place, s)))
        after = float(normal @ (late.velocity(i, place, s - h) - late.velocity(j, place, s - h)))
        change, rest = after - before, h - s - LASTS / 2
        shift = float(normal @ (self._shift(k, i, place, s, early) - self._shift(k, j, place, s, early)))
        if rest > WELL_KNOWN * h and not parting:
            change = shift / rest
        elif shift < 0.4 * change * rest - 0.01 * self.slowest:
            return False
        if parting and after < self.slowest:
            return False
        if not parting and before > -self.slowest:
            return False
        if change < max(self.slowest, EXCHANGE * abs(before)):
            return False
        speed = max(-before, 0.0)
        impulse = change * self._mass(i, j, place, normal, early, s)
        self.found.append(_Blow(time, i, j, place.copy(), normal.copy(), impulse, speed))
        self.last_C[i, j] = time
        x_SA3, q_SA4 = late.at(np.array([s - h])) if parting else early.at(np.array([s]))
        for one in (i, j):
            if one < len(self.fixed_A) and not self.fixed_A[one] and time > self.struck_A[one]:
                self.struck_A[one] = time
                self.struck_x_A3[one], self.struck_q_A4[one] = x_SA3[0, one], q_SA4[0, one]
        return True

    def _shift(self, k: int, i: int, place: Array, s: float, early: _State) -> Array:
        """How far the matter at a place lies at sample k + 1 from where the motion before would have taken it."""
        if i == len(self.fixed_A):
            return np.zeros(3)
        h = self.motion.step
        x_SA3, q_SA4 = early.at(np.array([s, h]))
        then, foreseen = matrix(q_SA4[0, i]), matrix(q_SA4[1, i])
        local = then.T @ (place - x_SA3[0, i])
        real = self.motion.x_AT3[i, k + 1] + matrix(self.motion.q_AT4[i, k + 1]) @ local
        return np.asarray(real - x_SA3[1, i] - foreseen @ local)

    def _mass(self, i: int, j: int, place: Array, normal: Array, state: _State, s: float) -> float:
        """Mass that a blow at a place feels, kg: the inverse of what a unit impulse does to the relative speed."""
        yielding = 0.0
        for one in (i, j):
            if self._free(one):
                x_SA3, q_SA4 = state.at(np.array([s]))
                turn = matrix(q_SA4[0, one])
                arm = np.cross(place - x_SA3[0, one], normal) @ turn
                yielding += self.inverse_mass[one] + float(arm @ self.inverse_inertia[one] @ arm)
        return 1 / yielding


def _roughness(motion: _Motion, packed: Bodies) -> Array:
    """How unevenly each actor moves around each interval (A, T - 1), m/s at its surface."""

    def third(rate_AT3: Array) -> Array:
        bend = np.linalg.norm(np.diff(rate_AT3, 2, axis=1), axis=-1)
        return np.pad(bend, ((0, 0), (1, 1)), mode="edge")

    return third(motion.velocity_AT3) + packed.reach[:, None] * third(motion.spin_AT3)


def _touches(motion: _Motion, packed: Bodies, pairs: Indices) -> tuple[Touch, ...]:
    """Stretches of at least three samples in which a pair's gap stays closed."""
    if not len(pairs):
        return ()
    turn_TA33 = matrix(motion.q_AT4.swapaxes(0, 1))
    x_TA3 = np.ascontiguousarray(motion.x_AT3.swapaxes(0, 1))
    gap_TC, place_TC3, normal_TC3 = gaps.nearest(
        pairs, x_TA3, np.ascontiguousarray(turn_TA33), packed.reach, packed.parts, packed.features, 2 * TOUCHING
    )
    velocity_AT3, spin_AT3 = _centred(motion.velocity_AT3), _centred(motion.spin_AT3)
    time_T = motion.start + motion.step * np.arange(motion.samples)
    found = []
    for c, (i, j) in enumerate(pairs.tolist()):
        closed = np.concatenate([[False], gap_TC[:, c] < TOUCHING, [False]])
        edges = np.flatnonzero(closed[1:] != closed[:-1])
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if last - first >= 3:
                span = slice(first, last)
                place_M3, normal_M3 = place_TC3[span, c], normal_TC3[span, c]
                slip_M3 = _matter(motion, velocity_AT3, spin_AT3, i, span, place_M3)
                wander_M3 = velocity_AT3[i, span]
                if j < len(packed.mass):
                    slip_M3 = slip_M3 - _matter(motion, velocity_AT3, spin_AT3, j, span, place_M3)
                    wander_M3 = wander_M3 - velocity_AT3[j, span]
                other = j if j < len(packed.mass) else GROUND
                slide, roll = _across(slip_M3, normal_M3), _across(wander_M3, normal_M3)
                found.append(Touch(i, other, time_T[span], place_M3, slide, roll))
    return tuple(found)


def _centred(rate_AT3: Array) -> Array:
    """Rates at the samples from rates over the intervals."""
    padded = np.concatenate([rate_AT3[:, :1], rate_AT3, rate_AT3[:, -1:]], axis=1)
    return np.asarray((padded[:, 1:] + padded[:, :-1]) / 2)


def _matter(motion: _Motion, velocity_AT3: Array, spin_AT3: Array, i: int, span: slice, place_M3: Array) -> Array:
    return np.asarray(velocity_AT3[i, span] + np.cross(spin_AT3[i, span], place_M3 - motion.x_AT3[i, span]))


def _across(vector_M3: Array, normal_M3: Array) -> Array:
    """Length of the part that is square to the normal."""
    along = np.sum(vector_M3 * normal_M3, axis=-1, keepdims=True) * normal_M3
    return np.asarray(np.linalg.norm(vector_M3 - along, axis=-1))
