"""Grants, revocations and the clips in which each subject is, in one SQLite file in the user's data folder.

SQLite writes whole transactions or none, and lets several processes take turns. Every record that gives or takes a
right is signed, so that one which was changed by hand gives nothing.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sora2lib.consent import EVERYONE, ME, Consent, Grant, check_name, keys, now
from sora2lib.errors import ConsentError

FILE = "consent.sqlite"
ATTESTED = "attested"  # whoever signs says so
_PATIENCE = 30.0  # s that one process waits for another
_TABLES = """
CREATE TABLE IF NOT EXISTS grants (handle TEXT PRIMARY KEY, cameo TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS revocations (handle TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS trusted (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS clips (
    number INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL,
    title TEXT NOT NULL, place TEXT NOT NULL, world TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS clips_by_handle ON clips (handle);
PRAGMA user_version = 1;
"""


@dataclass(frozen=True)
class Entry:
    """That a clip with a cameo in it was made.

    Parameters
    ----------
    at : when, ISO text in UTC.
    what : "drawn", which may be a draft that nobody kept, "saved" or "loaded".
    title : the prompt, or what else made it.
    place : the file, where there is one.
    world : fingerprint of its world, which is the same for all files of one clip.
    """

    at: str
    what: str
    title: str
    place: str
    world: str


@contextmanager
def _open() -> Iterator[sqlite3.Connection]:
    path = keys.home() / FILE
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
            if not database.execute("PRAGMA user_version").fetchone()[0]:
                database.executescript(_TABLES)
            with database:
                yield database
    except sqlite3.Error as error:
        raise ConsentError(f"{path} cannot be read or written ({error}); bring it back from a backup") from error


def sign(cameo: str, consent: Consent, *, recording: str, likeness: str, evidence: str = ATTESTED) -> Grant:
    """Return a grant signed by the user, after checking that it would hold.

    >>> sign("rex", Consent("Rex, by his owner Ann"), recording="0" * 64, likeness="0" * 64)  # doctest: +SKIP
    """
    agreed, granted = lasting(consent), now()
    bare = Grant(check_name(cameo), agreed, recording, likeness, evidence, granted, keys.own())
    return Grant(**vars(bare) | {"signature": keys.sign(bare.signed)})


def lasting(consent: Consent | None) -> Consent:
    """Return a consent that may be signed, or say why there is none."""
    if not isinstance(consent, Consent):
        raise ConsentError(
            "without consent nobody becomes a cameo; give consent=sora2lib.Consent('who is shown, and who says so')"
        )
    if consent.until is not None and consent.until <= now():
        raise ConsentError(f"the consent ended on {consent.until}; give a day to come as until, or None")
    return consent


def add(grant: Grant, *, trust: str = "") -> str:
    """Take a grant into the library and return its handle.

    Parameters
    ----------
    trust : public key (hex) of somebody whose grants are to be believed, from now on.

    Raises
    ------
    ConsentError
        Its signature is not that of the key, or the key is neither the user's own nor trusted.
    """
    _verify(grant)
    with _open() as database:
        if trust:
            database.execute("INSERT OR IGNORE INTO trusted VALUES (?)", (trust,))
        _believe(database, grant)
        row = (grant.handle, grant.cameo, grant.to_json())
        database.execute("INSERT OR IGNORE INTO grants VALUES (?, ?, ?)", row)
    return grant.handle


def revoke(handle: str) -> None:
    """Take a grant back, for good; who signed it can.

    Raises
    ------
    ConsentError
        There is no such grant, or somebody else signed it.
    """
    with _open() as database:
        grant = _grant(database, handle)
        if grant.key != keys.own():
            raise ConsentError(f"{handle} was granted by another key; its owner alone can revoke it")
        text = json.dumps({"revoked": handle, "at": now()})
        record = json.dumps({"text": text, "signature": keys.sign(text.encode())})
        database.execute("INSERT OR IGNORE INTO revocations VALUES (?, ?)", (handle, record))


def require(handle: str, use: str) -> Grant:
    """Return a handle's grant if it is whole, believed, not revoked, not expired, and is for this user and this use.

    Raises
    ------
    ConsentError
        It is not; the message says why.
    """
    with _open() as database:
        grant = _grant(database, handle)
        _verify(grant)
        _believe(database, grant)
        # Any entry counts, whoever wrote it: when in doubt nobody is shown.
        if database.execute("SELECT 1 FROM revocations WHERE handle = ?", (handle,)).fetchone():
            raise ConsentError(f"@{grant.cameo} has revoked their consent; make the clip without them")
    consent = grant.consent
    if consent.until is not None and consent.until <= now():
        raise ConsentError(f"the consent of @{grant.cameo} ended on {consent.until}; ask for it again, or do without")
    if use not in consent.uses:
        agreed = ", ".join(consent.uses) or "nothing"
        raise ConsentError(f"@{grant.cameo} has not agreed to {use!r}, but to: {agreed}; ask for it, or do without")
    may = {*consent.audience, *([grant.key] if ME in consent.audience else [])}
    if not may & {EVERYONE, keys.own()}:
        raise ConsentError(f"@{grant.cameo} has not agreed to be shown by you; ask for it with your key {keys.own()}")
    return grant


def handles(cameo: str = "") -> list[str]:
    """Return the handles of all grants that are not revoked, of one name or of all, the newest last."""
    with _open() as database:
        rows = database.execute(
            "SELECT handle FROM grants WHERE (cameo = ? OR ? = '') AND handle NOT IN (SELECT handle FROM revocations) "
            "ORDER BY rowid",
            (cameo, cameo),
        )
        return [handle for (handle,) in rows]


def note(handle: str, what: str, *, title: str, place: str, world: str) -> None:
    """Add to the list of clips that contain a subject."""
    with _open() as database:
        row = (handle, now(), what, title, place, world)
        database.execute("INSERT INTO clips (handle, at, what, title, place, world) VALUES (?, ?, ?, ?, ?, ?)", row)


def clips(handle: str) -> list[Entry]:
    """Return all that was noted of a subject, the newest last."""
    with _open() as database:
        rows = database.execute(
            "SELECT at, what, title, place, world FROM clips WHERE handle = ? ORDER BY number", (handle,)
        )
        return [Entry(*row) for row in rows]


def _grant(database: sqlite3.Connection, handle: str) -> Grant:
    row = database.execute("SELECT record FROM grants WHERE handle = ?", (handle,)).fetchone()
    if row is None:
        raise ConsentError(f"there is no consent for {handle!r} in your library; record the cameo, or load its file")
    grant = Grant.from_json(row[0])
    if grant.handle != handle:
        raise ConsentError(f"the consent for {handle!r} was changed since it was signed; record the cameo again")
    return grant


def _verify(grant: Grant) -> None:
    if not keys.verifies(grant.signed, grant.signature, grant.key):
        raise ConsentError(f"the consent of @{grant.cameo} is forged, or was changed since; record the cameo again")


def _believe(database: sqlite3.Connection, grant: Grant) -> None:
    if grant.key != keys.own() and not database.execute("SELECT 1 FROM trusted WHERE key = ?", (grant.key,)).fetchone():
        raise ConsentError(
            f"the consent of @{grant.cameo} is signed with a key that you do not know, {grant.key}; if it is that of "
            f"the one it should be, load the cameo's file with trust={grant.key[:8]!r}..., the whole key"
        )
