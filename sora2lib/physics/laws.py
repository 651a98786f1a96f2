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

from sora2lib.physics.lasting import birth, immutability, permanence
from sora2lib.physics.leaps import Row, leaps
from sora2lib.physics.meetings import Meeting
from sora2lib.physics.pieces import FLIGHT, Piece
from sora2lib.physics.study import Study
from sora2lib.world.schema import GRAVITY

LONGEST_KICK = 3.5  # steps between two pieces from which a break is told
LIT = 0.02  # of the radius, by which light and distance move the middle of what is seen
SIDES = 2.0  # radii for each share of an area that an outline wavers by: what one side loses the other may gain
LEAN = 0.01  # of g aside: nobody holds a camera more upright than to half a degree
ROUGH = 0.03  # of the sum of the radii, by which a place of contact errs
SIZE_ERROR = 0.4  # of the least error of a place: that of a radius, with which masses go
UNSURE = 2.0  # times its deviation: what so few samples tell of the end of a path that may bend on
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
        spread = float(np.hypot(np.hypot(one.acceleration_sd, 1e-3 * found) / found, study.vague_N[one.thing]))
        value = other / found - 1
        why = f"this fall has {other / found:.3f} of the gravity of all"
        yield _name(study, one), one.middle, value, abs(value) / spread, why


def inertia(study: Study) -> Iterator[Row]:
    """M3: what falls freely is not pushed sideways."""
    for one in study.single:
        aside = float(np.linalg.norm(one.acceleration_D[:-1]))
        down = -float(one.acceleration_D[-1])
        spread = float(np.hypot(np.hypot(one.acceleration_sd, 2e-3 * down), _seen_aside(study, one, down)))
        yield _name(study, one), one.middle, aside / down, aside / spread, f"pushed aside with {aside / down:.2%} of g"
    if not study.single:
        yield "flight", np.nan, np.nan, np.nan, "nothing is seen clearly to fly freely for long enough"


def _seen_aside(study: Study, one: Piece, down: float) -> float:
    """By how much a camera that leans, or that a thing comes nearer to, makes a fall look pushed aside, units/s^2.

    What falls before a camera that looks down comes nearer or goes away, and beside the middle of the picture its fall
    is as much aslant as it grows on its height.
    """
    tracks, nearer = study.tracks, study.vague_N[one.thing]
    if not tracks.sides:
        return 0.0
    place_n2 = tracks.place_NTD[one.thing, one.samples]
    beside = float(np.abs(place_n2[:, 0] - tracks.sides[0] / 2).max()) / max(float(np.ptp(place_n2[:, 1])), 1.0)
    towards = nearer * (down * max(beside, 1.0) + 2 * float(np.linalg.norm(one.velocity_D)) / _length(study))
    return float(np.hypot(towards, LEAN * down))


def _length(study: Study) -> float:
    """Seconds of the film."""
    return float(np.ptp(study.tracks.time_T))


def continuity(study: Study) -> Iterator[Row]:
    """M4: nothing jumps from one place to another."""
    if study.tracks.unit == "m":
        yield from leaps(study.tracks)
        return
    clear = [them for them in study.pieces if them and study.tracks.followed(them[0].thing)]
    if not clear:
        yield "motion", np.nan, np.nan, np.nan, "nothing was seen clearly and followed long enough"
    for them in clear:
        yield study.tracks.names[them[0].thing], np.nan, 0.0, 0.0, f"{len(them)} smooth pieces"
    kicks = [it for it in study.kicks if study.tracks.followed(it.thing)]
    for one in (it for it in kicks if it.after.first - it.before.last < LONGEST_KICK * study.tracks.step):
        radius = float(study.tracks.radius_N[one.thing])
        missed = one.gap / radius
        lit = radius * float(np.fmax(LIT, SIDES * study.wavering_N[one.thing]) + study.unsteady_N[one.thing])
        sure = 1.0 if _known(study, one.before, one.after) else UNSURE
        score = one.gap / float(np.linalg.norm([sure * one.gap_sd, 2 * study.tracks.grain, lit]))
        why = f"its path breaks by {one.gap:.3g} {study.tracks.unit}, {missed:.2f} of its radius"
        yield _name(study, one.before), one.time, missed, score, why


def _known(study: Study, *them: Piece) -> bool:
    """Whether pieces tell where they end: long ones do, short ones where they fall as all else; others may bend on."""
    falls = study.fall.acceleration_D if study.fall else None
    return all(
        len(it.samples) >= FLIGHT or (falls is not None and np.array_equal(it.acceleration_D, falls)) for it in them
    )


def energy(study: Study) -> Iterator[Row]:
    """M7: no blow gives more energy than it takes, and no swing grows."""
    asked = False
    single = [it for it in study.meetings if len(it.things) == 1 and it.restitution > 0]
    single = [it for it in single if study.tracks.balls(it.things) and study.tracks.clear(it.things)]
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
    them = [it for it in study.meetings if len(it.things) == 2]
    return [it for it in them if study.tracks.balls(it.things) and study.tracks.clear(it.things)]


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


def outcome(study: Study) -> Iterator[Row]:
    """M11: a shot ends as it was said to, by flight and blows alone."""
    for it in study.shots:
        yield it.what, it.time, float(it.inside), it.score, it.why
    if not study.shots:
        yield "shots", np.nan, np.nan, np.nan, "no shot at a hoop whose place is known"


def sounding(study: Study) -> Iterator[Row]:
    """M12: blows are heard when they are seen."""
    if study.sound is None or not len(study.sound):
        yield "blows", np.nan, np.nan, np.nan, "there is no sound of its own that sets in"
        return
    clear = [it for it in study.meetings if it.time_sd < IN_TIME / 2 and study.tracks.clear(it.things)]
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
    "birth": birth,
    "immutability": immutability,
    "energy": energy,
    "solidity": solidity,
    "momentum": momentum,
    "swinging": swinging,
    "outcome": outcome,
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
