"""Consent: who agrees to be shown, by whom, for what and until when; signed, checked at every door, and revocable.

A *consent* says what somebody agrees to. A *grant* is a consent signed for one recording and what was cut out of it.
A clip carries the grants of all who are in it, as *handles* such as ``rex-1f0c93d2a4b5e687``: the name of the cameo
and the number of its grant. Wherever such a clip is drawn, loaded, changed or saved, :func:`check` looks the grants up
on disk, each time anew, so that what is revoked is revoked at once.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sora2lib.errors import ConsentError

USES = ("draw", "remix", "save")
_SAID = {"draw": "drawn", "remix": "remixed", "save": "saved"}
ME, EVERYONE = "me", "everyone"
HANDLE = re.compile(r"[a-z][a-z0-9_]{0,31}-[0-9a-f]{16}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KEY = re.compile(r"[0-9a-f]{64}")


def now() -> str:
    """Return the time as ISO text in UTC, such as "2026-03-01T12:00:00.000000+00:00"."""
    # So fine that a consent given again is another one.
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Consent:
    """What somebody agrees to.

    Parameters
    ----------
    subject : who is to be seen and heard, and who says so for them, such as "Rex, by his owner Ann".
    uses : what for, any of "draw" (clips may be made, and seen), "remix" (changed, gone on with) and "save" (into
        files).
    audience : who may: "me" is whoever signs, "everyone" is everyone, others are told by their public keys.
    until : day or moment from which it no longer holds, as in "2027-06-01"; UTC where no zone is told. None has no end.

    Raises
    ------
    ConsentError
        A value breaks its rule.

    >>> Consent("Rex, by his owner Ann", until="2030-06-01").until
    '2030-06-01T00:00:00.000000+00:00'
    """

    subject: str
    uses: tuple[str, ...] = USES
    audience: tuple[str, ...] = (ME,)
    until: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.subject, str) or not 0 < len(self.subject.strip()) <= 200:
            raise ConsentError(f"the subject is {_short(self.subject)}; say in 1 to 200 characters who is shown")
        for name in ("uses", "audience"):
            value = getattr(self, name)
            if isinstance(value, str) or not isinstance(value, Iterable):
                raise ConsentError(f"{name} is {_short(value)}; give a tuple, such as {getattr(Consent, name)}")
            object.__setattr__(self, name, tuple(value))
        if not set(self.uses) <= set(USES):
            raise ConsentError(f"uses are {_short(self.uses)}; give any of {', '.join(USES)}")
        if not all(it in (ME, EVERYONE) or (isinstance(it, str) and _KEY.fullmatch(it)) for it in self.audience):
            raise ConsentError(f"the audience is {_short(self.audience)}; give 'me', 'everyone' or public keys in hex")
        if self.until is not None:
            object.__setattr__(self, "until", _moment(self.until))

    def sentence(self, day: date) -> str:
        """Return what whoever agrees says aloud, on a day.

        >>> Consent("Rex, by his owner Ann", ("draw", "save"), until="2030-06-01").sentence(date(2026, 11, 28))
        'Rex, by his owner Ann, 28 November 2026. This likeness may be drawn and saved, until 1 June 2030. I agree.'
        """
        *others, last = [_SAID[use] for use in self.uses] or ["kept, and no more"]
        uses = f"{', '.join(others)} and {last}" if others else last
        ends = f", until {_told(datetime.fromisoformat(self.until))}" if self.until else ""
        return f"{self.subject.strip()}, {_told(day)}. This likeness may be {uses}{ends}. I agree."


@dataclass(frozen=True)
class Grant:
    """A consent signed for one recording.

    Parameters
    ----------
    cameo : the name under which its subject is cast.
    consent : what was agreed to.
    recording : SHA-256 of the file or the pictures and sound from which the cameo was made.
    likeness : SHA-256 of the cut-out pictures and the voice.
    evidence : how it is known: "attested" by whoever signed, and no more; or "spoken" and the SHA-256 of the sound in
        which it is said.
    granted : when.
    key : public key of who signed, hex.
    signature : Ed25519, hex, over all other values.
    """

    cameo: str
    consent: Consent
    recording: str
    likeness: str
    evidence: str
    granted: str
    key: str
    signature: str = field(default="", repr=False)

    @property
    def signed(self) -> bytes:
        """What the signature is for."""
        plain = asdict(self)
        del plain["signature"]
        return b"sora2lib grant\n" + json.dumps(plain, sort_keys=True).encode()

    @property
    def handle(self) -> str:
        """Name of the cameo and number of the grant, such as "rex-1f0c93d2a4b5e687"."""
        return f"{self.cameo}-{hashlib.sha256(self.signed).hexdigest()[:16]}"

    def to_json(self) -> str:
        """Return JSON text; :meth:`from_json` brings the grant back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Grant":
        """Read :meth:`to_json` text; whether the signature is good is another question."""
        try:
            plain: Any = json.loads(text)
            grant = cls(**plain | {"consent": Consent(**plain["consent"])})
        except (ValueError, TypeError, KeyError) as error:
            raise ConsentError(f"{_short(text)} is no grant of consent ({error}); record the cameo again") from error
        if not all(isinstance(getattr(grant, name), str) for name in _TEXTS) or not _NAME.fullmatch(grant.cameo):
            raise ConsentError(f"{_short(text)} is no grant of consent; record the cameo again")
        return grant


_TEXTS = ("cameo", "recording", "likeness", "evidence", "granted", "key", "signature")


def check(handles: Iterable[str], use: str = "draw") -> None:
    """Raise a :class:`ConsentError` unless every handle's grant is valid, for this user and this use, right now.

    >>> check(())
    """
    for handle in handles:
        # Signing costs a tenth of a second to import, and most clips show nobody.
        from sora2lib.consent import ledger

        ledger.require(handle, use)


def note(handles: Iterable[str], what: str, *, title: str = "", place: str = "", world: str = "") -> None:
    """Write into the ledger that a clip with these cameos was made: what happened, its prompt, file and world.

    >>> note((), "drawn")
    """
    for handle in handles:
        from sora2lib.consent import ledger

        ledger.note(handle, what, title=title, place=place, world=world)


def check_name(name: str) -> str:
    """Return a cameo's name if it can stand in a prompt as ``@name``."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConsentError(f"a cameo's name is {_short(name)}; give up to 32 small letters, digits or _, such as 'rex'")
    return name


def _moment(text: Any) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ConsentError(f"until is {_short(text)}; give a day, such as '2027-06-01', or None") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def _told(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
