"""From a film, a picture or a clip to a cameo: read, cut out, listened to, signed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import consent as consents
from sora2lib.cameo import STAGES, Cameo, Watch, library
from sora2lib.cameo.cutting import FRAMES, Cut, cut
from sora2lib.cameo.kinds import of_noun
from sora2lib.cameo.voice import Voice, measure, silent
from sora2lib.consent import Consent, check_name, ledger
from sora2lib.errors import CameoError, ConsentError
from sora2lib.media import foreign

if TYPE_CHECKING:
    from sora2lib.clip import Clip

SECONDS, HEARD = (2.0, 10.0), (1.0, 60.0)  # of a film, and of a sound beside it
LONGEST, FPS = 512, 12.0  # pixels and frames a second in which a subject is looked for
RATE = 24_000  # samples a second in which a voice is measured


def of_film(
    path: str | Path, name: str, noun: str, consent: Consent | None, spoken: str | Path | None, watch: Watch
) -> Cameo:
    """As :meth:`Cameo.record`."""
    stages = _begun(name, consent, watch)
    kind, evidence = of_noun(noun), _evidence(spoken)
    film = foreign.film(path, seconds=SECONDS, longest=LONGEST, fps=FPS, rate=RATE)
    next(stages, None)
    seen, fps = cut(film.frames, kind), _rate(film.frames, film.fps)
    next(stages, None)
    voice = _heard(film.sound.mean(axis=0), film.rate)
    next(stages, None)
    return _made(name, noun, kind, seen, fps, voice, consent, evidence, film.digest, stages)


def of_image(
    path: str | Path,
    name: str,
    noun: str,
    sound: str | Path | None,
    consent: Consent | None,
    spoken: str | Path | None,
    watch: Watch,
) -> Cameo:
    """As :meth:`Cameo.from_image`."""
    stages = _begun(name, consent, watch)
    kind, evidence = of_noun(noun), _evidence(spoken)
    image = foreign.picture(path, longest=LONGEST)
    heard = None if sound is None else foreign.sound(sound, seconds=HEARD, rate=RATE, layout="stereo")
    next(stages, None)
    seen = cut(image.frames, kind)
    next(stages, None)
    voice = measure(heard.sound.mean(axis=0), heard.rate) if heard else None
    digest = hashlib.sha256((image.digest + (heard.digest if heard else "")).encode()).hexdigest()
    next(stages, None)
    return _made(name, noun, kind, seen, 0.0, voice, consent, evidence, digest, stages)


def of_clip(
    clip: "Clip", name: str, noun: str, consent: Consent | None, spoken: str | Path | None, watch: Watch
) -> Cameo:
    """As :meth:`Cameo.from_clip`."""
    stages = _begun(name, consent, watch)
    kind, evidence = of_noun(noun), _evidence(spoken)
    consents.check(clip.cameos, "remix")
    if not SECONDS[0] - 0.1 <= clip.seconds <= SECONDS[1] + 0.5:
        raise CameoError(
            f"the clip lasts {clip.seconds:.4g} s; give {SECONDS[0]:g} to {SECONDS[1]:g} s of it: clip[0:5]"
        )
    step = max(1, round(clip.fps / FPS))
    thin = max(1, -(-max(clip.frames.shape[1:3]) // LONGEST))
    frames = np.ascontiguousarray(clip.frames[::step, ::thin, ::thin])
    next(stages, None)
    seen, fps = cut(frames, kind), _rate(frames, clip.fps / step)
    next(stages, None)
    voice = _heard(clip.sound.mean(axis=0), clip.rate)
    digest = hashlib.sha256(clip.frames.tobytes() + clip.sound.tobytes()).hexdigest()
    next(stages, None)
    return _made(name, noun, kind, seen, fps, voice, consent, evidence, digest, stages)


def _begun(name: str, consent: Consent | None, watch: Watch) -> Iterator[str]:
    """The stages, the first of them begun; nothing is read before there is consent."""
    check_name(name)
    ledger.lasting(consent)
    stages = iter(watch(STAGES))
    next(stages, None)
    return stages


def _evidence(spoken: str | Path | None) -> str:
    """How consent is known. Whether the words in a recording are the right ones, who listens to it can tell."""
    if spoken is None:
        return ledger.ATTESTED
    said = foreign.sound(spoken, seconds=HEARD, rate=RATE, layout="stereo")
    try:
        measure(said.sound.mean(axis=0), said.rate)
    except CameoError as error:
        raise ConsentError(f"nobody is heard to agree: {error}") from error
    return f"spoken {said.digest}"


def _rate(frames: NDArray[np.uint8], fps: float) -> float:
    """Frames a second of a cut-out, which has fewer than the film."""
    return round(fps * min(1.0, (FRAMES - 1) / max(len(frames) - 1, 1)), 3)


def _heard(sound: NDArray[np.floating], rate: int) -> Voice | None:
    """The voice in a film; one in which nobody speaks has none."""
    if silent(sound):
        return None
    try:
        return measure(sound, rate)
    except CameoError:
        return None


def _made(
    name: str, noun: str, kind: str, seen: Cut, fps: float, voice: Voice | None, consent: Any, evidence: str,
    digest: str, stages: Iterator[str],
) -> Cameo:  # fmt: skip
    told = library.told(name, noun, kind, fps, seen.head, seen.colour, voice)
    likeness = library.likeness(told, seen.frames)
    grant = ledger.sign(name, consent, recording=digest, likeness=likeness, evidence=evidence)
    cameo = Cameo(name, noun, kind, seen.frames, fps, seen.head, seen.colour, voice, grant)
    library.keep(cameo)
    next(stages, None)
    return cameo
