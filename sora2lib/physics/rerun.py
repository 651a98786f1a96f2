"""The same start, simulated: what physics says should have followed, and what would follow if something were otherwise.

Worlds are simulated again by MuJoCo (:func:`sora2lib.world.simulate.resimulate`). Of a film only what was seen is
known: where things were, how fast, how they fell, which floors and walls sent them back, how strongly. That is enough
for balls, and for pendulums, in the plane of the picture.
"""

from dataclasses import dataclass, field

import numpy as np

from sora2lib.errors import WorldError
from sora2lib.physics.meetings import Meeting
from sora2lib.physics.pieces import Piece
from sora2lib.physics.study import Study
from sora2lib.physics.swings import swung
from sora2lib.physics.tracks import Array
from sora2lib.world.schema import GRAVITY, World
from sora2lib.world.simulate import resimulate
from sora2lib.world.vocabulary import GROUNDS

FINE = 24  # steps of the simulation between two pictures
BREEZE = 0.5  # m/s of wind, which the simulator does not know when it starts again
SLOWEST = 1.0  # of what gravity gives in a step: what comes back slower stays down


@dataclass(frozen=True)
class Change:
    """What is to be otherwise.

    Parameters
    ----------
    gravity : units/s^2, in worlds m/s^2; None leaves it.
    restitution : of every blow, 0 to 1; None leaves each as it was.
    speed : by how much all start faster.
    """

    gravity: float | None = None
    restitution: float | None = None
    speed: float = 1.0


def simulated(world: World, change: Change | None = None) -> World:
    """Simulate a world again from its start, with something changed.

    Raises
    ------
    WorldError
        The simulator starts again without wind and water, and there is some; or the reasons of ``resimulate``.

    >>> moon = simulated(world, Change(gravity=1.62))  # doctest: +SKIP
    """
    if GROUNDS[str(world.ground.values)].depth or float(np.linalg.norm(world.wind.values)) > BREEZE:
        raise WorldError("the simulator starts again without wind and water; choose a clip on land, in still air")
    change = change or Change()
    gravity = GRAVITY if change.gravity is None else change.gravity
    return resimulate(world, gravity=gravity, restitution=change.restitution, speed=change.speed)


@dataclass(eq=False)
class _Ball:
    """A ball under way."""

    place_D: Array
    velocity_D: Array
    pull_D: Array
    begins: float
    planes: list[tuple[Array, float, float]] = field(default_factory=list)  # normal, offset, restitution
    brakes: bool = False


# N things, T moments, D axes
def rerun(study: Study, change: Change | None = None) -> Array:
    """Simulate a film's things from their start: places (N, T, D), NaN before it and where no start is known.

    >>> rerun(study, Change(gravity=0.0))  # doctest: +SKIP
    """
    tracks, change = study.tracks, change or Change()
    out_NTD = np.full_like(tracks.place_NTD, np.nan)
    gravity, _ = study.gravity
    factor = 1.0 if change.gravity is None or not np.isfinite(gravity) else change.gravity / gravity
    for i, it in study.swings.items():
        seen = np.flatnonzero(np.isfinite(tracks.place_NTD[i, :, 0]))
        out_NTD[i, seen[0] :] = swung(it, tracks.time_T[seen[0] :] - tracks.time_T[seen[0]], factor, change.speed)
    balls = {i: _ball(study, i, them, factor, change) for i, them in enumerate(study.pieces) if them}
    if not balls or tracks.place_NTD.shape[-1] != 2:
        return out_NTD
    bouncing = {frozenset(it.things): it.restitution for it in study.meetings if len(it.things) == 2}
    for k, time in enumerate(tracks.time_T):
        for i, one in balls.items():
            if one.begins <= time + 1e-9:
                out_NTD[i, k] = one.place_D
        if k + 1 < len(tracks.time_T):
            step = float(tracks.time_T[k + 1] - time) / FINE
            for _ in range(FINE):
                _advance(study, balls, bouncing, time, step, change)
    return out_NTD


def _ball(study: Study, thing: int, them: list[Piece], factor: float, change: Change) -> _Ball:
    first = them[0]
    falls = study.fall is not None and any(it is first for it in study.fall.flights)
    pull_D = first.acceleration_D * (factor if falls else 1.0)
    met = [it for it in study.meetings if it.things == (thing,) and np.isfinite(it.restitution)]
    start, pace = first.place(first.first), first.velocity(first.first) * change.speed
    return _Ball(start, pace, pull_D, first.first, [_plane(it, change) for it in met], brakes=not falls)


def _plane(met: Meeting, change: Change) -> tuple[Array, float, float]:
    e = met.restitution if change.restitution is None else change.restitution
    return met.normal_D, float(met.normal_D @ met.place_KD[0]), e


def _advance(
    study: Study,
    balls: dict[int, _Ball],
    bouncing: dict[frozenset[int], float],
    time: float,
    step: float,
    change: Change,
) -> None:
    for one in balls.values():
        if one.begins <= time + 1e-9:
            _move(one, step)
    for pair, seen in bouncing.items():
        i, j = sorted(pair)
        if i in balls and j in balls and np.isfinite(seen):
            e = seen if change.restitution is None else change.restitution
            _collide(balls[i], balls[j], study.tracks.mass_N[[i, j]], float(study.tracks.radius_N[[i, j]].sum()), e)


def _move(one: _Ball, step: float) -> None:
    after_D = one.velocity_D + one.pull_D * step
    if one.brakes and float(after_D @ one.velocity_D) < 0:  # what is braked stands still in the end
        after_D = np.zeros_like(after_D)
    one.place_D = one.place_D + (one.velocity_D + after_D) / 2 * step
    one.velocity_D = after_D
    for normal_D, offset, e in one.planes:
        deep, pace = float(normal_D @ one.place_D) - offset, float(normal_D @ one.velocity_D)
        if deep < 0 and pace < 0:
            # The blow fell a moment ago, and the fall went on since.
            late, pull = min(deep / pace, step), float(normal_D @ one.pull_D)
            back = -e * (pace - pull * late)
            back = back if back > SLOWEST * abs(pull) * step else 0.0
            rise = max(back * late + pull * late**2 / 2, 0.0)
            one.place_D = one.place_D + normal_D * (rise - deep)
            one.velocity_D = one.velocity_D + (back + (pull * late if back else 0.0) - pace) * normal_D


def _collide(one: _Ball, other: _Ball, mass_2: Array, reach: float, e: float) -> None:
    between_D = one.place_D - other.place_D
    distance = float(np.linalg.norm(between_D))
    normal_D = between_D / max(distance, 1e-12)
    closing = float((one.velocity_D - other.velocity_D) @ normal_D)
    if distance < reach and closing < 0:
        push = -(1 + e) * closing / float((1 / mass_2).sum())
        one.velocity_D = one.velocity_D + push / mass_2[0] * normal_D
        other.velocity_D = other.velocity_D - push / mass_2[1] * normal_D


def horizons(study: Study, reference_NTD: Array) -> Array:
    """Seconds (N,) from which on each thing is half its radius off the reference; infinite where it never is.

    NaN where there is no reference.
    """
    found = []
    for i, radius in enumerate(study.tracks.radius_N):
        off_T = np.linalg.norm(study.tracks.place_NTD[i] - reference_NTD[i], axis=-1)
        beyond = np.flatnonzero(off_T > radius / 2)
        known = bool(np.isfinite(off_T).any())
        found.append(float(study.tracks.time_T[beyond[0]]) if len(beyond) else np.inf if known else np.nan)
    return np.array(found)
