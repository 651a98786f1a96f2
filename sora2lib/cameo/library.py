"""The user's cameos on disk: a file each in the user's data folder, deleted when the consent is revoked."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.cameo import Cameo
from sora2lib.cameo.files import FORMAT, SUFFIX, likeness, pack, unpack
from sora2lib.cameo.kinds import KINDS
from sora2lib.cameo.voice import BANDS, Voice
from sora2lib.consent import HANDLE, Grant, keys, ledger
from sora2lib.errors import CameoError, ConsentError

__all__ = ["find", "get", "keep", "likeness", "load", "revoke", "save", "told"]


def told(
    name: str, noun: str, kind: str, fps: float, head: bool, colour: tuple[float, ...], voice: Voice | None
) -> dict[str, Any]:
    """Return all of a cameo but its frames and its grant, as JSON holds it."""
    heard = asdict(voice) | {"tone": list(voice.tone)} if voice else None
    return {
        "format": FORMAT, "name": name, "noun": noun, "kind": kind, "fps": fps, "head": head,
        "colour": list(colour), "voice": heard,
    }  # fmt: skip


def _told(cameo: Cameo) -> dict[str, Any]:
    return told(cameo.name, cameo.noun, cameo.kind, cameo.fps, cameo.head, cameo.colour, cameo.voice)


def keep(cameo: Cameo) -> None:
    """Take a cameo and its grant into the library."""
    ledger.add(cameo.grant)
    path = _place(cameo.handle)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    save(cameo, path, force=True)


def save(cameo: Cameo, path: str | Path, *, force: bool = False) -> Path:
    """Write a cameo whose consent holds into a file, all or nothing."""
    ledger.require(cameo.handle, "draw")
    with media.replacing(path, suffixes=(SUFFIX,), force=force) as temporary:
        temporary.write_bytes(pack(_told(cameo), cameo.frames, cameo.grant.to_json()))
    return Path(path)


def load(path: Path, *, trust: str = "") -> Cameo:
    """Take a file of somebody else's into the library; see :meth:`Cameo.load`."""
    cameo = _read(path)
    ledger.add(cameo.grant, trust=trust)
    ledger.require(cameo.handle, "draw")
    keep(cameo)
    return cameo


def find(name: str) -> Cameo:
    """Return the newest cameo of a name; see :meth:`Cameo.find`."""
    known = ledger.handles(name)
    if not known:
        others = ", ".join(dict.fromkeys(f"@{it.rpartition('-')[0]}" for it in ledger.handles())) or "none yet"
        raise CameoError(f"there is no cameo @{name} in your library ({others}); make it with sora2lib.Cameo.record")
    return get(known[-1])


def get(handle: str, use: str = "draw") -> Cameo:
    """Return the cameo of a handle, whose consent was looked up just now."""
    ledger.require(handle, use)
    cameo = _read(_place(handle))
    if cameo.handle != handle:
        raise ConsentError(f"the file of {handle!r} holds another cameo; load it again from where it came")
    return cameo


def revoke(handle: str) -> None:
    """Revoke the consent of a handle and delete its likeness."""
    ledger.revoke(handle)
    _place(handle).unlink(missing_ok=True)


def _place(handle: str) -> Path:
    if not HANDLE.fullmatch(handle):
        raise ConsentError(f"{handle!r:.60} names no cameo; a handle is a name and 16 hexadecimal digits")
    return keys.home() / "cameos" / f"{handle}{SUFFIX}"


def _read(path: Path) -> Cameo:
    """The cameo in a file whose grant is for just this likeness."""
    plain, frames, text = unpack(path)
    grant = Grant.from_json(text)
    if grant.likeness != likeness(plain, frames) or grant.cameo != plain["name"]:
        raise ConsentError(f"the consent in {path} is for another likeness; nobody agreed to this one")
    try:
        return _cameo(plain, frames, grant)
    except (TypeError, ValueError, KeyError) as error:
        raise CameoError(f"{path} is damaged ({error}); copy it again") from error


def _cameo(plain: dict[str, Any], frames: NDArray[np.uint8], grant: Grant) -> Cameo:
    heard = plain["voice"]
    voice = heard and Voice(float(heard["pitch"]), float(heard["spread"]), tuple(map(float, heard["tone"])))
    fps, (red, green, blue) = float(plain["fps"]), map(float, plain["colour"])
    numbers = [red, green, blue, fps / 60, *((voice.pitch / 2000, voice.spread / 24) if voice else ())]
    if not all(0 <= it <= 1 for it in numbers) or plain["kind"] not in KINDS:
        raise ValueError("a value is out of its range")
    if voice and (len(voice.tone) != BANDS or not all(abs(it) < 200 for it in voice.tone) or voice.pitch < 20):
        raise ValueError("the voice is none")
    name, noun, head = str(plain["name"]), str(plain["noun"]), bool(plain["head"])
    return Cameo(name, noun, plain["kind"], frames, fps, head, (red, green, blue), voice, grant)
