"""Lines of speech: what a world's speakers say, heard from the camera, and how their mouths move with it.

N samples, T samples of the world's time, L sounds of speech of a line.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sora2lib.cameo import library
from sora2lib.sound import voicebox
from sora2lib.sound.imitation import imitate
from sora2lib.sound.obstacles import behind
from sora2lib.sound.saying import Utterance, say
from sora2lib.sound.speakers import SPEAKERS, Speaker, cast, in_manner, tells
from sora2lib.sound.stage import AIR, ROOMS, Ears, gains, reverberate
from sora2lib.world.figures.library import SKELETONS
from sora2lib.world.figures.person import PEOPLE
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.schema import World

Array = NDArray[np.float64]
USUAL = SPEAKERS["woman"]
TALK, FAR = (
    2.0,
    0.5,
)  # m; power of the distance with which speech gets softer, less than in air, so that it is understood
MOUTH, NECK = INDEX["mouth"], INDEX["neck bend"]
WIDE = 0.5  # rad that the jaw opens for the widest sound, loud
NOD = 0.06  # rad
ARM, STILL, HANGS = ("shoulder swing", "shoulder spread", "elbow"), 0.15, 1.0  # rad: it moves less, and hangs lower
TALKERS = frozenset(skeleton.name for skeleton in PEOPLE)
HELD, BEAT, ELBOW, RAISED = 0.4, 0.5, 2.0, 0.25  # rad of a hand that talks, on a stress, most; s in which it comes up
TURN = 0.1  # s in which a mouth goes over from what it did to speech, and back
LOUDEST, FAINT = 0.98, 1e-3  # share of a recording's moments whose level opens a mouth less than widest; silence
OPENING, SHAPING = 0.8, 0.4  # powers of the level and of the width of a sound with which a mouth opens
# How far sounds open the mouth, of the widest; lips that meet are shut whatever the level.
WIDTHS: dict[str, float] = (
    dict.fromkeys("aɑæWI", 1.0) | dict.fromkeys("ɔʌɐɛAOYQ", 0.8) | dict.fromkeys("əᵊɜɚoeɪᵻ", 0.6)
    | dict.fromkeys("iuʊhɡkŋɹjwl", 0.5) | dict.fromkeys("tdnszðθʃʒʧʤTxɾ", 0.4) | dict.fromkeys("fv", 0.15)
    | dict.fromkeys("mbp", 0.0)
)  # fmt: skip


def by_name(names: Sequence[str]) -> dict[str, Speaker]:
    """Return the voice that each name tells; cameos speak at the usual pace.

    The pace of a line is that of its name, so that its length is known before it is known who says it.
    """
    return cast(names) | {name: USUAL for name in names if name.startswith("@")}


def voices(world: World) -> list[Speaker]:
    """Return who says each line of a world, in the manner of the line; cameos in their own voices.

    An actor has one voice, whatever it is called: that of the first of its names that tells one, else of what it is.
    """
    names, bodies = world.line_speaker.values.tolist(), speaking(world)
    assets, acting = world.asset.values.tolist(), world.cameo.values.tolist()
    known: dict[int | str, str] = {}  # what tells the voice of each actor, and of each voice off
    for name, body in zip(names, bodies, strict=True):
        if body is None:
            known[name] = name
        elif body not in known:
            own = [other for other, other_body in zip(names, bodies, strict=True) if other_body == body]
            told = next((other for other in own if tells(other)), assets[body])
            known[body] = told if told not in known.values() else f"{told} {body}"
    given = cast(known.values())
    heard = {key: given[told] for key, told in known.items()}
    for name, body in zip(names, bodies, strict=True):
        if body is not None and acting[body] and (voice := library.get(acting[body]).voice):
            heard[body] = imitate(voice, name)
    paces, manners = by_name(names), world.line_manner.values.tolist()
    return [
        in_manner(replace(heard[name if body is None else body], pace=paces[name].pace), manner)
        for name, body, manner in zip(names, bodies, manners, strict=True)
    ]


def speech(world: World, ears: Ears, *, count: int, rng: np.random.Generator, rate: int) -> Array:
    """Return all lines (2, count) of a world, each from where its speaker stands, or from the middle if nobody does."""
    out_2N = np.zeros((2, count))
    bodies = speaking(world)
    for n, speaker in enumerate(voices(world)):
        start = float(world.line_start.values[n] - world.time.values[0])
        first = round(start * rate)
        sound_N = resampled(say(str(world.line_text.values[n]), speaker).sound, rate)[: max(count - first, 0)]
        if not len(sound_N):
            continue
        time_N = start + np.arange(len(sound_N)) / rate
        side_N, distance_N = np.zeros(len(sound_N)), np.full(len(sound_N), TALK)
        if bodies[n] is not None:
            path_T3, time_T = world.position.values[bodies[n]], world.time.values - world.time.values[0]
            side_T, distance_T = ears.hear(path_T3, time_T)
            sound_N = behind(sound_N, ears.detour(path_T3, time_T), time_T, time_N, rate)
            side_N, distance_N = np.interp(time_N, time_T, side_T), np.interp(time_N, time_T, distance_T)
        sound_N = _through_air(sound_N, float(distance_N.mean()), rate) * (TALK / np.maximum(distance_N, 1.0)) ** FAR
        for ear, level in zip(out_2N, gains(side_N), strict=True):
            ear[first : first + len(sound_N)] += 2**0.5 * level * sound_N
    return reverberate(out_2N, str(world.ambience.values), rng, rate) if str(world.ambience.values) in ROOMS else out_2N


def resampled(sound_N: Array, rate: int) -> Array:
    """A sound at ``voicebox.RATE`` as one at another rate."""
    count = round(len(sound_N) * rate / voicebox.RATE)
    padded = np.pad(sound_N, (0, -len(sound_N) % voicebox.RATE))  # whole seconds, so that any rate is met exactly
    size = len(padded) // voicebox.RATE * rate
    return np.asarray(np.fft.irfft(np.fft.rfft(padded), size)[:count] * (rate / voicebox.RATE)) if count else sound_N


def _through_air(sound_N: Array, distance: float, rate: int) -> Array:
    """What the air leaves of the highs."""
    frequency = np.fft.rfftfreq(len(sound_N), 1 / rate)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound_N) * np.exp(-AIR * frequency**2 * distance), len(sound_N)))


def speaking(world: World) -> list[int | None]:
    """Return which actor says each line; None for a voice off."""
    names = world.actor.values.tolist()
    return [names.index(name) if name else None for name in world.line_actor.values.tolist()]


def _limit(asset: str) -> float:
    """How far a creature's mouth opens, radians; 0 for what has none."""
    return float(SKELETONS[asset].limits_J2[MOUTH, 1]) if asset in SKELETONS else 0.0


def mouths(world: World) -> World:
    """Let those who speak move their mouths with it, and nod and beat with an idle hand where they stress.

    The mouth opens with the level of the voice as far as the sound asks; lips meet for m, b and p.
    """
    if not world.sizes["line"] or not world.sizes["joint"]:
        return world
    angle_ATJ, time_T = world.joint_angle.values.copy(), world.time.values
    for n, (actor, speaker) in enumerate(zip(speaking(world), voices(world), strict=True)):
        limit = 0.0 if actor is None else _limit(str(world.asset.values[actor]))
        said = say(str(world.line_text.values[n]), speaker)
        if actor is None or not limit or not said.sounds:
            continue
        since_T = time_T - float(world.line_start.values[n])
        talks_T = (since_T >= 0) & (since_T <= said.seconds)
        since_T = since_T[talks_T]
        opened_T = min(WIDE, limit) * openings(said, since_T, 1 / world.rate)
        angle_T = angle_ATJ[actor, talks_T, MOUTH]
        angle_ATJ[actor, talks_T, MOUTH] = _taken_over(angle_T, opened_T, since_T, said.seconds)
        low, high = SKELETONS[str(world.asset.values[actor])].limits_J2[NECK]
        bent_T = angle_ATJ[actor, talks_T, NECK] + NOD * _stresses(said, since_T)
        angle_ATJ[actor, talks_T, NECK] = np.clip(bent_T, low, high)
        if (arm := _idle_arm(str(world.asset.values[actor]), angle_ATJ[actor, talks_T])) is not None:
            raised_T = np.clip(np.minimum(since_T, said.seconds - since_T) / RAISED, 0, 1)
            beat_T = raised_T * (HELD + BEAT * _stresses(said, since_T))
            angle_ATJ[actor, talks_T, arm] = np.minimum(angle_ATJ[actor, talks_T, arm] + beat_T, ELBOW)
    return world.assign(joint_angle=(world.joint_angle.dims, angle_ATJ))


def _idle_arm(asset: str, angle_TJ: Array) -> int | None:
    """The elbow of an arm with which a person does nothing meanwhile, (T, J), the right one rather than the left."""
    for side in ("right", "left") if asset in TALKERS else ():
        arm_TJ = angle_TJ[:, [INDEX[f"{side} {joint}"] for joint in ARM]]
        if len(arm_TJ) and float(np.ptp(arm_TJ, axis=0).max()) < STILL and float(np.abs(arm_TJ).max()) < HANGS:
            return INDEX[f"{side} elbow"]
    return None


def _taken_over(angle_T: Array, opened_T: Array, since_T: Array, seconds: float) -> Array:
    """Angles of a mouth (T,) that goes over to speech, and back where that ends."""
    own_T = np.clip(np.minimum(since_T, seconds - since_T) / TURN, 0, 1)
    return np.asarray(angle_T + own_T * (opened_T - angle_T))


def mouths_of(world: World) -> tuple[str, ...]:
    """Return the names of the actors that can move a mouth."""
    if not world.sizes["joint"]:
        return ()
    pairs = zip(world.actor.values.tolist(), world.asset.values.tolist(), strict=True)
    return tuple(name for name, asset in pairs if _limit(asset) > 0)


def mouthed(world: World, actor: str, sound_N: Array, rate: int, *, start: float) -> World:
    """Let the mouth of an actor open with the level of a sound that begins at a second of the world.

    Nothing else moves; of the sounds of speech a recording tells nothing, so that lips do not meet for m, b and p.
    """
    index = world.actor.values.tolist().index(actor)
    angle_ATJ, seconds = world.joint_angle.values.copy(), len(sound_N) / rate
    since_T = world.time.values - float(world.time.values[0]) - start
    talks_T = (since_T >= 0) & (since_T <= seconds)
    level_T = _levels(sound_N, rate, since_T[talks_T], 1 / world.rate)
    loudest = max(float(np.quantile(level_T, LOUDEST)) if len(level_T) else 0.0, FAINT)
    opened_T = min(WIDE, _limit(str(world.asset.values[index]))) * np.minimum(level_T / loudest, 1) ** OPENING
    angle_T = angle_ATJ[index, talks_T, MOUTH]
    angle_ATJ[index, talks_T, MOUTH] = _taken_over(angle_T, opened_T, since_T[talks_T], seconds)
    return world.assign(joint_angle=(world.joint_angle.dims, angle_ATJ))


def _levels(sound_N: Array, rate: int, since_T: Array, step: float) -> Array:
    """Root mean square (T,) of a sound at seconds since it began; each stands for ``step`` seconds round it."""
    edges = np.stack([since_T - step / 2, since_T + step / 2])
    power = np.concatenate([[0.0], np.cumsum(np.square(sound_N, dtype=np.float64))]) / rate
    at = np.arange(len(power)) / rate
    return np.asarray(np.sqrt(np.maximum(np.diff(np.interp(edges, at, power), axis=0)[0], 0.0) / step))


def openings(said: Utterance, since_T: Array, step: float) -> Array:
    """How far a mouth is open (T,), 0..1, at seconds since a line began; each stands for ``step`` seconds round it."""
    edges = np.stack([since_T - step / 2, since_T + step / 2])
    level_T = _levels(said.sound, voicebox.RATE, since_T, step)
    loudest = max(float(level_T.max(initial=0.0)), 1e-9)
    width_L = np.array([WIDTHS.get(one, 0.5) for one in said.sounds])
    wide = np.concatenate([[0.0], np.cumsum(width_L * np.diff(said.times))])
    width_T = np.diff(np.interp(edges, said.times, wide), axis=0)[0] / step
    return np.asarray((level_T / loudest) ** OPENING * width_T**SHAPING)


def _stresses(said: Utterance, since_T: Array) -> Array:
    """A hump (T,) of height 1 on each stressed vowel."""
    stressed = [said.times[n + 1] for n, one in enumerate(said.sounds) if one == "ˈ"]
    humps = [np.exp(-(((since_T - moment - 0.05) / 0.07) ** 2)) for moment in stressed]
    return np.minimum(np.sum(humps, axis=0), 1.0) if humps else np.zeros(len(since_T))
