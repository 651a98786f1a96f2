"""What a cameo desk knows: recordings, what is agreed to and said aloud, what was cut out, whom the library holds."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import param

from sora2lib import media
from sora2lib.cameo import STAGES, Cameo, library
from sora2lib.cameo.kinds import of_noun
from sora2lib.consent import USES, Consent, check_name, ledger
from sora2lib.errors import CameoError, ConsentError, MediaError, Sora2Error
from sora2lib.widgets.uploads import LARGEST
from sora2lib.widgets.work import Task, Work

FILMS = (".mp4", ".mov", ".webm", ".mkv")
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
SOUNDS = (".wav", ".mp3", ".m4a", ".ogg", ".flac", *FILMS)
STRIP = 6  # pictures of a cut-out that are shown
LISTED = 60  # cameos at once; the command line lists all


@dataclass(frozen=True)
class Recording:
    """A file as it was filmed on a page or uploaded to it; of its name only the suffix is used."""

    name: str
    content: bytes

    @property
    def suffix(self) -> str:
        """The end of the name, in small letters."""
        return Path(self.name).suffix.lower()

    def written(self, folder: str, stem: str) -> Path:
        """Write it into a folder and return the path."""
        path = Path(folder) / f"{stem}{self.suffix}"
        path.write_bytes(self.content)
        return path


@dataclass(frozen=True)
class Known:
    """A cameo of the library as it is listed.

    Parameters
    ----------
    handle : by which it is revoked.
    words : who it is, what for and until when, or why it cannot be used.
    clips : how many clips it was noted in.
    picture : of the cut-out, as WebP; b"" where it cannot be used.
    """

    handle: str
    words: str
    clips: int
    picture: bytes

    @property
    def called(self) -> str:
        """The name by which it is cast."""
        return f"@{self.handle.rpartition('-')[0]}"


class Cast(Work):
    """Make a cameo of a recording once its subject has agreed, and take consent back.

    >>> cast = Cast(called="rex", noun="dog", subject="Rex, by his owner Ann", agreed=True)  # doctest: +SKIP
    >>> cast.film("rex.mp4", Path("rex.mp4").read_bytes())                                  # doctest: +SKIP
    >>> cast.make()                                                                         # doctest: +SKIP
    >>> cast.ask(cast.cameos[0].handle); cast.revoke()                                      # doctest: +SKIP
    """

    called = param.String("", doc="Small letters, digits or _, such as rex; prompts say @rex.")
    noun = param.String("", doc="What it is in a word that prompts know, such as woman or dog.")
    subject = param.String("", doc="Who is shown, and who says so for them.")
    uses: Any = param.ListSelector(default=list(USES), objects=list(USES), doc="What clips with them may be used for.")
    until: Any = param.CalendarDate(None, doc="The day from which it no longer holds; none has no end.")
    agreed = param.Boolean(False, doc="Whether the subject, or who may speak for them, agrees to all this.")

    message = param.String("Record or open a film of 2 to 10 s, then say who agrees to what.", doc="Where the work is.")
    sentence = param.String("", doc='What whoever agrees says aloud; "" while it is not known who that is.')
    filmed: Any = param.ClassSelector(class_=Recording, doc="Whom it shall show.")
    said: Any = param.ClassSelector(class_=Recording, doc="The sentence, spoken.")
    made: Any = param.ClassSelector(class_=Cameo, doc="The cameo that was made last.")
    cut = param.Bytes(b"", doc="What was cut out for it: pictures side by side with an opacity, as WebP.")
    cameos = param.List([], item_type=Known, doc="The cameos of the library that are not revoked, the newest first.")
    revoking: Any = param.ClassSelector(class_=Known, doc="The one that is to be revoked, once that is confirmed.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.sentence = self._sentence()
        self.refresh()

    def film(self, name: str, content: bytes) -> None:
        """Take a film or a picture of the subject; what is wrong with it is told in :attr:`message`."""
        if it := self._taken(name, content, FILMS + PICTURES):
            self.param.update(filmed=it, message="Say who agrees to what, then sign.")

    def hear(self, name: str, content: bytes) -> None:
        """Take a recording of the sentence; what is wrong with it is told in :attr:`message`."""
        if it := self._taken(name, content, SOUNDS):
            self.param.update(said=it, message="The sentence is recorded; sign, or say it again.")

    def _taken(self, name: str, content: bytes, suffixes: tuple[str, ...]) -> Recording | None:
        it = Recording(name, content)
        if it.suffix in suffixes and 0 < len(content) <= LARGEST:
            return it
        known, size = ", ".join(suffixes), f"{LARGEST / 1e6:g} MB at most"
        self.message = f"{name[-60:]!r} with {len(content)} bytes is no recording; give one of {known} with {size}"
        return None

    def consent(self) -> Consent:
        """Return what is agreed to, checked."""
        return Consent(self.subject, tuple(self.uses), until=self.until and self.until.isoformat())

    @param.depends("subject", "uses", "until", watch=True)
    def _follow(self) -> None:
        """Put into words what is agreed to; what was said of other terms is not for these."""
        sentence = self._sentence()
        if sentence != self.sentence:
            again = {"message": "The terms are others now; say the sentence again."} if self.said else {}
            self.param.update(sentence=sentence, said=None, agreed=False, **again)

    def _sentence(self) -> str:
        try:
            return self.consent().sentence(date.today())
        except ConsentError:  # nobody is named yet
            return ""

    def task(self) -> Task:
        """Check what was agreed to; the work cuts the subject out, signs the consent and keeps both."""
        filmed, said, noun = self.filmed, self.said, self.noun
        if filmed is None:
            raise CameoError("there is no recording yet; film one or open a file")
        person = of_noun(noun) == "person"
        consent, called = ledger.lasting(self.consent()), check_name(self.called)
        if person and said is None:
            raise ConsentError("a person agrees in their own voice; record the sentence, or open a sound of it")
        if not self.agreed:
            raise ConsentError("nobody has agreed yet; tick that the subject, or who may speak for them, agrees")

        def work() -> str:
            with TemporaryDirectory() as folder:
                spoken = said and said.written(folder, "sentence")
                voice = spoken if person else None  # who agrees for others speaks with another voice
                given: dict[str, Any] = {"consent": consent, "spoken": spoken, "watch": self._watch}
                path = filmed.written(folder, "recording")
                try:
                    if filmed.suffix in FILMS:
                        made = Cameo.record(path, called, noun, **given)
                    else:
                        made = Cameo.from_image(path, called, noun, voice=voice, **given)
                except MediaError as error:  # which names a place that nobody knows
                    raise MediaError(str(error).replace(f"{folder}{os.sep}", "")) from error
            self.param.update(made=made, cut=strip(made), filmed=None, agreed=False)
            self.refresh()
            return f"{made!r} is signed and kept; recordings are not"

        return work

    def _watch(self, stages: Iterable[str]) -> Iterator[str]:
        for index, stage in enumerate(stages):
            self.tell(stage.capitalize(), index / len(STAGES))
            yield stage

    def ask(self, handle: str) -> None:
        """Ask whether a cameo shall be revoked; without effect where there is none of that handle."""
        self.revoking = next((it for it in self.cameos if it.handle == handle), None)

    def keep(self) -> None:
        """Revoke nothing."""
        self.revoking = None

    def revoke(self) -> None:
        """Revoke the cameo that was asked about, for good; what is wrong is told in :attr:`message`."""
        known = self.revoking
        if known is None:
            return
        try:
            library.revoke(known.handle)
            self.message = f"{known.called} is revoked; no clip with it is drawn, loaded or saved any more"
        except Sora2Error as error:
            self.message = str(error)
        self.revoking = None
        self.refresh()

    def look(self) -> None:
        """Look whether others than those listed are in the library now, as another page may have changed it."""
        try:
            listed = ledger.handles()[-LISTED:][::-1]
        except Sora2Error as error:
            self.message = str(error)
            return
        if listed != [it.handle for it in self.cameos]:
            self.refresh()

    def refresh(self) -> None:
        """Look again whom the library holds, and show nobody else."""
        try:
            cameos = [_known(handle) for handle in ledger.handles()[-LISTED:][::-1]]
        except Sora2Error as error:
            self.message = str(error)
            return
        handles = {it.handle for it in cameos}
        gone: dict[str, Any] = {} if self.made is None or self.made.handle in handles else {"made": None, "cut": b""}
        asked = next((it for it in cameos if self.revoking and it.handle == self.revoking.handle), None)
        self.param.update(cameos=cameos, revoking=asked, **gone)


def strip(cameo: Cameo) -> bytes:
    """Return pictures of a cut-out, evenly spread over it, side by side with their opacity, as WebP."""
    chosen = np.unique(np.linspace(0, len(cameo.frames) - 1, STRIP).round().astype(int))
    return media.cutout_file(np.hstack(cameo.frames[chosen]))


def _known(handle: str) -> Known:
    clips = len({entry.world or entry.at for entry in ledger.clips(handle)})
    try:
        cameo = library.get(handle)
    except Sora2Error as error:  # it can still be revoked
        return Known(handle, str(error), clips, b"")
    consent = cameo.grant.consent
    until = f"until {consent.until[:10]}" if consent.until else "without end"
    known = cameo.grant.evidence.partition(" ")[0]
    words = f"{cameo.noun}: {consent.subject}, for {', '.join(consent.uses) or 'nothing'}, {until}, {known}"
    return Known(handle, words, clips, media.cutout_file(cameo.picture))
