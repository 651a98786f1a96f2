"""What physics says of what was measured: each law by a number, how certain it is, and whether it is broken.

A score is how many deviations a value lies beyond what the law allows. From what score on a law is broken was set on
films without fault (``data/limits.json`` says how), and a law that cannot be measured says so: it never passes by
default.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from sora2lib.physics.leaps import Row, leaps
from sora2lib.physics.meetings import Meeting
from sora2lib.physics.pieces import Piece
from sora2lib.physics.study import Study
from sora2lib.physics.tracks import Array, Tracks
from sora2lib.world.schema import GRAVITY

LONGEST_KICK = 3.5  # steps between two pieces from which a break is told
FEWEST = 5  # pictures before and after from which a change of size is told
SMALLEST_CHANGE = 0.02  # of the area, by which a mask errs
BENT = 0.08  # of the ratio of its axes: by more an outline changes
LIT = 0.02  # of the radius, by which light and distance move the middle of what is seen
ROUGH = 0.03  # of the sum of the radii, by which a place of contact errs
SIZE_ERROR = 0.4  # of the least error of a place: that of a radius, with which masses go
UNHEARD = 0.25  # seconds round a blow in which nothing is heard of it
RUBBING = 0.05  # of a push: what the ground takes of it in a world, where balls roll
IN_TIME = 0.02  # seconds between what is seen and heard
GAIN_ERROR = 5e-4  # of the energy in a blow


@dataclass(frozen=True)
class Check:
    """One law, asked of one thing or blow.

    Parameters
    ----------
    law : a key of :data:`LAWS`.
    what : of whom, in words.
    time : seconds, NaN where the whole clip is meant.
    value : what was measured, as the law's words say.
    score : in deviations beyond what the law allows; NaN where it could not be measured.
    limit : score from which on the law is broken.
    why : what was measured, or why it could not be.
    """

    law: str
    what: str
    time: float
    value: float
    score: float
    limit: float
    why: str

    @property
    def holds(self) -> bool | None:
        """Whether the law holds; None where it could not be measured."""
        return None if np.isnan(self.score) else bool(self.score <= self.limit)


@cache
def limits() -> dict[str, dict[str, float]]:
    """Scores from which on laws are broken, by the unit of the tracks: "px" or "m"."""
    text = files("sora2lib.physics").joinpath("data/limits.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, float]] = json.loads(text)["limits"]
    return found


def gravity(study: Study) -> Iterator[Row]:
    """M2: everything falls alike, and with 9.81 m/s^2 where the scale is known."""
    found, sd = study.gravity
    if np.isnan(found):
        yield "falling", np.nan, np.nan, np.nan, "nothing falls freely or swings long enough to be measured"
        return
    metres, source = study.metres
    if source == "given":
        nearer = max((study.approach_N[it.thing] for it in study.single), default=0.0)
        value, spread = found * metres / GRAVITY - 1, float(np.hypot(sd * metres / GRAVITY, nearer))
        why = f"{found * metres:.3f} ± {sd * metres:.3f} m/s², off by {value:+.2%}"
        yield "falling", np.nan, value, abs(value) / float(np.hypot(spread, 1e-3)), why
    flights = study.single
    if len(flights) < 2:
        if source != "given":
            why = f"{found:.4g} ± {sd:.2g} {study.tracks.unit}/s²; one fall only, and the scale is not known"
            yield "falling", np.nan, np.nan, np.nan, why
        return
    for one in flights:
        other = -float(one.acceleration_D[-1])
        spread = float(np.hypot(np.hypot(one.acceleration_sd, 1e-3 * found) / found, study.approach_N[one.thing]))
        value = other / found - 1
        why = f"this fall has {other / found:.3f} of the gravity of all"
        yield _name(study, one), one.middle, value, abs(value) / spread, why


def inertia(study: Study) -> Iterator[Row]:
    """M3: what falls freely is not pushed sideways."""
    for one in study.single:
        aside = float(np.linalg.norm(one.acceleration_D[:-1]))
        down = -float(one.acceleration_D[-1])
        nearer = study.approach_N[one.thing] * (down + 2 * float(np.linalg.norm(one.velocity_D)) / _length(study))
        spread = float(np.hypot(np.hypot(one.acceleration_sd, 2e-3 * down), nearer))
        yield _name(study, one), one.middle, aside / down, aside / spread, f"pushed aside with {aside / down:.2%} of g"
    if not study.single:
        yield "flight", np.nan, np.nan, np.nan, "nothing flies freely long enough"


def _length(study: Study) -> float:
    """Seconds of the film."""
    return float(np.ptp(study.tracks.time_T))


def continuity(study: Study) -> Iterator[Row]:
    """M4: nothing jumps from one place to another."""
    if study.tracks.unit == "m":
        yield from leaps(study.tracks)
        return
    if not any(study.pieces):
        yield "motion", np.nan, np.nan, np.nan, "nothing was followed long enough"
    for them in study.pieces:
        if them:
            yield study.tracks.names[them[0].thing], np.nan, 0.0, 0.0, f"{len(them)} smooth pieces"
    for one in (it for it in study.kicks if it.after.first - it.before.last < LONGEST_KICK * study.tracks.step):
        radius = float(study.tracks.radius_N[one.thing])
        missed = one.gap / radius
        score = one.gap / float(np.linalg.norm([one.gap_sd, 2 * study.tracks.grain, LIT * radius]))
        why = f"its path breaks by {one.gap:.3g} {study.tracks.unit}, {missed:.2f} of its radius"
        yield _name(study, one.before), one.time, missed, score, why


def permanence(study: Study) -> Iterator[Row]:
    """M5: nothing vanishes where nothing could hide it."""
    for name, cover_T in zip(study.tracks.names, study.tracks.cover_NT, strict=True):
        gone = np.flatnonzero(cover_T == 0)
        time = float(study.tracks.time_T[gone[0]]) if len(gone) else np.nan
        hidden = int(np.isnan(cover_T).sum())
        why = (
            f"gone in {len(gone)} pictures"
            if len(gone)
            else f"seen, or hidden, or outside in all pictures ({hidden} unseen)"
        )
        yield name, time, float(len(gone)), float(len(gone)), why
    if not len(study.tracks):
        yield "things", np.nan, np.nan, np.nan, "nothing moves that could be followed"


def immutability(study: Study) -> Iterator[Row]:
    """M6: nothing changes its size at once."""
    if study.tracks.unit == "m":
        yield "size", np.nan, np.nan, np.nan, "a world's things have one size"
        return
    asked = False
    for i, name in enumerate(study.tracks.names):
        alone_T = (study.tracks.cover_NT[i] > 0) & ~_together(study.tracks, i)
        cover_T = np.where(alone_T, study.tracks.cover_NT[i], np.nan)
        change = _change(cover_T[~np.isnan(cover_T)])
        if change is not None:
            asked = True
            value, spread, at = change
            moments = np.flatnonzero(~np.isnan(cover_T))
            why, score = f"its area changes by {value:+.1%} at once", abs(value) / spread
            if score > 1 and _bends(study.tracks, i, moments, at):
                why, score = f"{why}, and its outline, too: a shadow or reflection may have joined it", np.nan
            yield name, float(study.tracks.time_T[moments[at]]), value, score, why
    if not asked:
        yield "size", np.nan, np.nan, np.nan, f"nothing is seen whole in {2 * FEWEST} pictures"


def _together(tracks: Tracks, thing: int) -> NDArray[np.bool_]:
    none_T = np.zeros(len(tracks.time_T), dtype=np.bool_)
    return none_T if tracks.together_NT is None else tracks.together_NT[thing]


def _change(cover_n: Array) -> tuple[float, float, int] | None:
    """Largest sudden change of an area (n,): the change, its deviation, where; what grows evenly comes nearer."""
    if len(cover_n) < 2 * FEWEST:
        return None
    share_n = np.linspace(-1, 1, len(cover_n))
    level_n = np.log(np.maximum(cover_n, 1e-3))
    level_n = np.exp(level_n - np.polyval(np.polyfit(share_n, level_n, 2), share_n))
    spread = max(float(1.4826 * np.median(np.abs(np.diff(level_n)))) / np.sqrt(2), SMALLEST_CHANGE)
    best = (0.0, spread, FEWEST)
    for k in range(FEWEST, len(level_n) - FEWEST + 1):
        value = float(np.median(level_n[k : k + FEWEST]) / np.median(level_n[k - FEWEST : k]) - 1)
        if abs(value) > abs(best[0]):
            best = (value, spread, min(k, len(level_n) - 1))
    return best


def _bends(tracks: Tracks, thing: int, moments: NDArray[np.intp], at: int) -> bool:
    """Whether the outline of a thing changes with its size: what grows or shrinks alone stays as round as it was."""
    if tracks.oblong_NT is None:
        return False
    before, after = (tracks.oblong_NT[thing, it] for it in (moments[at - FEWEST : at], moments[at : at + FEWEST]))
    return bool(abs(np.log(np.median(after) / np.median(before))) > BENT)


def energy(study: Study) -> Iterator[Row]:
    """M7: no blow gives more energy than it takes, and no swing grows."""
    asked = False
    single = [it for it in study.meetings if len(it.things) == 1 and it.restitution > 0]
    single = [it for it in single if study.tracks.balls(it.things)]
    for one in single:
        if one.gain_sd < 0.2:
            asked = True
            score = one.gain / float(np.hypot(one.gain_sd, GAIN_ERROR))
            yield study.tracks.names[one.things[0]], one.time, one.gain, max(score, 0.0), _told_gain(one)
    for thing in sorted({it.things[0] for it in single}):
        row = _pooled(study, [it for it in single if it.things[0] == thing and it.gain_sd < 0.2])
        if row:
            yield row
    for i, swing in study.swings.items():
        asked = True
        score = max(-swing.damping / float(np.hypot(swing.damping_sd, 2e-3)), 0.0)
        why = f"its swing changes by {-swing.damping:+.2%} a second"
        yield study.tracks.names[i], np.nan, -swing.damping, score, why
    if not asked:
        yield "blows", np.nan, np.nan, np.nan, "no blow against something fixed, and no swing, was seen clearly"


def _told_gain(one: Meeting) -> str:
    return f"energy {one.gain:+.2%} ± {one.gain_sd:.2%}, restitution {one.restitution:.4f} ± {one.restitution_sd:.4f}"


def _pooled(study: Study, them: list[Meeting]) -> Row | None:
    """All blows of a thing that bounces upright together: a small gain in each is a certain one in sum."""
    upright = [it for it in them if abs(it.normal_D[-1]) == 1.0 and it.restitution_sd < 0.1]
    if len(upright) < 2:
        return None
    weights = np.array([1 / np.hypot(it.restitution_sd, GAIN_ERROR) ** 2 for it in upright])
    mean = float(weights @ [it.restitution for it in upright] / weights.sum())
    score = max((mean - 1) * float(np.sqrt(weights.sum())), 0.0)
    why = f"restitution {mean:.4f} over {len(upright)} blows"
    return study.tracks.names[upright[0].things[0]], upright[0].time, mean**2 - 1, score, why


def solidity(study: Study) -> Iterator[Row]:
    """M8: things push each other where they touch, neither from afar nor from within."""
    pairs = _pairs(study)
    for one in pairs:
        reach = float(study.tracks.radius_N[list(one.things)].sum())
        spread = np.hypot(np.hypot(*one.before_sd_K) * one.time_sd, one.gap_sd + ROUGH * reach)
        way = "too far apart" if one.apart > 0 else "too deep in each other"
        why = f"they meet {abs(one.apart) / reach:.1%} of their size {way}"
        yield _names(study, one), one.time, one.apart / reach, abs(one.apart) / float(spread), why
    if not pairs:
        yield "collisions", np.nan, np.nan, np.nan, "no two balls were seen to push each other"


def momentum(study: Study) -> Iterator[Row]:
    """M9: what one gains, the other loses."""
    pairs = _pairs(study)
    for one in pairs:
        mass_K = study.tracks.mass_N[list(one.things)]
        push_KD = mass_K[:, None] * (one.after_KD - one.before_KD)
        if study.tracks.unit == "m":
            push_KD = push_KD[:, :2]  # what stands on the ground is pushed upwards by it
        total = float((mass_K * np.linalg.norm(one.before_KD, axis=-1)).sum())
        if total <= 0:
            continue
        lost_D, way_D = push_KD.sum(axis=0), push_KD[0] / max(float(np.linalg.norm(push_KD[0])), 1e-12)
        off = float(np.linalg.norm(lost_D)) / total
        spread = float(np.sqrt((mass_K**2 * (one.before_sd_K**2 + one.after_sd_K**2)).sum())) + 1e-12
        along = float(lost_D @ way_D)
        across = float(np.linalg.norm(lost_D - along * way_D))
        # Across the push nothing may be left, whatever the masses are; along it, errors of the masses count.
        score = max(
            across / spread, abs(along) / float(np.hypot(spread, _mass_error(study, one) * np.linalg.norm(push_KD[0])))
        )
        yield _names(study, one), one.time, off, score, f"{off:.2%} of the momentum appeared or vanished"
    if not pairs:
        yield "collisions", np.nan, np.nan, np.nan, "no two balls were seen to push each other"


def _pairs(study: Study) -> list[Meeting]:
    """Blows between two balls; for other shapes the middle does not tell where they touch."""
    return [it for it in study.meetings if len(it.things) == 2 and study.tracks.balls(it.things)]


def _mass_error(study: Study, one: Meeting) -> float:
    """Share by which the masses of two things may be wrong: in pictures they come from sizes."""
    if study.tracks.unit == "m":
        return RUBBING
    return float(2 * np.linalg.norm(SIZE_ERROR * study.tracks.grain / study.tracks.radius_N[list(one.things)]))


def swinging(study: Study) -> Iterator[Row]:
    """M10: a pendulum keeps its length and swings as its length says."""
    for i, it in study.swings.items():
        score = it.residual / it.noise
        why = f"period {it.period:.3f} s; it strays {it.residual:.3g} {study.tracks.unit} from a pendulum's path"
        yield study.tracks.names[i], np.nan, it.residual / it.length, score, why
    if not study.swings:
        yield "pendulums", np.nan, np.nan, np.nan, "nothing swings"


def sounding(study: Study) -> Iterator[Row]:
    """M12: blows are heard when they are seen."""
    if study.sound is None or not len(study.sound):
        yield "blows", np.nan, np.nan, np.nan, "there is no sound of its own that sets in"
        return
    clear = [it for it in study.meetings if it.time_sd < IN_TIME / 2]
    for one in clear:
        late = float(study.sound[np.argmin(np.abs(study.sound - one.time))] - one.time)
        score = abs(late) / float(np.hypot(one.time_sd, IN_TIME / 4)) if abs(late) < UNHEARD else np.nan
        yield _names(study, one), one.time, late, score, f"the nearest sound sets in {1000 * late:+.0f} ms later"
    if not clear:
        yield "blows", np.nan, np.nan, np.nan, "no blow was seen clearly"


LAWS: dict[str, Callable[[Study], Iterator[Row]]] = {
    "gravity": gravity,
    "inertia": inertia,
    "continuity": continuity,
    "permanence": permanence,
    "immutability": immutability,
    "energy": energy,
    "solidity": solidity,
    "momentum": momentum,
    "swinging": swinging,
    "sounding": sounding,
}


def checks(study: Study) -> list[Check]:
    """Ask every law; each gives one check at least, unmeasured if need be.

    >>> [it.law for it in checks(study) if it.holds is False]  # doctest: +SKIP
    ['continuity']
    """
    limit = limits()[study.tracks.unit]
    return [Check(law, *row[:4], limit.get(law, np.inf), row[4]) for law, ask in LAWS.items() for row in ask(study)]


def _name(study: Study, piece: Piece) -> str:
    return study.tracks.names[piece.thing]


def _names(study: Study, one: Meeting) -> str:
    return " and ".join(study.tracks.names[i] for i in one.things)
