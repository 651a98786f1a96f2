"""A cameo: a person, an animal or a thing, as it looks and sounds in a recording, with the consent to show it.

>>> rex = Cameo.record("rex.mp4", "rex", "dog", consent=Consent("Rex, by his owner Ann"))  # doctest: +SKIP
>>> sora2lib.generate("@rex runs on grass", seed=7)                                        # doctest: +SKIP

T frames, H height, W width.
"""

import html
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sora2lib import media
from sora2lib.consent import Consent, Grant

if TYPE_CHECKING:
    from sora2lib.cameo.voice import Voice
    from sora2lib.clip import Clip
    from sora2lib.consent.ledger import Entry

Watch = Callable[[Iterable[str]], Iterable[str]]
STAGES = ("reading", "cutting out", "listening", "signing")


@dataclass(frozen=True, eq=False, repr=False)
class Cameo:
    """A likeness and a voice by the name under which they are cast, ``@name`` in a prompt; up to four in a scene.

    Made by :meth:`record`, :meth:`from_image` or :meth:`from_clip`, kept in the user's own library, and usable for as
    long as its consent holds.

    Parameters
    ----------
    name : 1 to 32 small letters, digits or _.
    noun : what it is in a word that prompts know, such as "woman" or "teddy bear"; the model reads it for the name.
    kind : "person", "animal" or "thing".
    frames : (T, H, W, 4) uint8, the cut-out as it moves: red, green, blue and opacity.
    fps : frames a second; 0 of a picture.
    head : whether it shows the head of a person alone, which is worn on the body of a figure.
    colour : sRGB 0..1, of the clothes.
    voice : how it sounds; None is silent.
    grant : the signed consent.
    """

    name: str
    noun: str
    kind: str
    frames: NDArray[np.uint8]
    fps: float
    head: bool
    colour: tuple[float, float, float]
    voice: "Voice | None"
    grant: Grant

    @property
    def handle(self) -> str:
        """By which worlds and files tell whom they show: name and number of the grant."""
        return self.grant.handle

    @classmethod
    def record(
        cls,
        path: str | Path,
        name: str,
        noun: str,
        *,
        consent: Consent | None = None,
        spoken: str | Path | None = None,
        watch: Watch = iter,
    ) -> "Cameo":
        """Make a cameo of a film of 2 to 10 s: one subject, in the middle, before a calm background.

        The film is decoded in a process of its own, with limits. What is kept is the cut-out, at most 160 pixels large,
        and what the voice is like; not the film.

        Parameters
        ----------
        path : .mp4, .mov, .webm or .mkv.
        name, noun : as above.
        consent : what its subject, or who may speak for it, agrees to; signed with the user's key.
        spoken : a sound or film of 1 to 60 s in which they say so, best as ``consent.sentence(day)`` puts it. The grant
            names it by its SHA-256; the sound is not kept, and its words are not understood.
        watch : is given the names of the stages and returns them, to show how far it is.

        Raises
        ------
        ConsentError
            There is no consent, it has ended, or nobody speaks where it is spoken.
        CameoError
            There is no subject, or two; it is too dark, or the camera shakes; the noun is not known.
        MediaError
            The file is missing, damaged, too long, too short, too large or of another kind.
        """
        from sora2lib.cameo import recording

        return recording.of_film(path, name, noun, consent, spoken, watch)

    @classmethod
    def from_image(
        cls,
        path: str | Path,
        name: str,
        noun: str,
        *,
        voice: str | Path | None = None,
        consent: Consent | None = None,
        spoken: str | Path | None = None,
        watch: Watch = iter,
    ) -> "Cameo":
        """Make a cameo of a picture (.png, .jpg, .webp) and a sound or film of 1 to 60 s in which it is heard.

        A picture that is cut out already, by its opacity, is taken as it is. Errors are those of :meth:`record`.
        """
        from sora2lib.cameo import recording

        return recording.of_image(path, name, noun, voice, consent, spoken, watch)

    @classmethod
    def from_clip(
        cls,
        clip: "Clip",
        name: str,
        noun: str,
        *,
        consent: Consent | None = None,
        spoken: str | Path | None = None,
        watch: Watch = iter,
    ) -> "Cameo":
        """Make a cameo of a clip in memory; errors are those of :meth:`record`."""
        from sora2lib.cameo import recording

        return recording.of_clip(clip, name, noun, consent, spoken, watch)

    @classmethod
    def find(cls, name: str) -> "Cameo":
        """Return the cameo of that name from the user's library, the newest that was not revoked.

        Raises
        ------
        CameoError
            There is none of that name.
        ConsentError
            Its consent does not hold any more.
        """
        from sora2lib.cameo import library

        return library.find(name)

    @classmethod
    def load(cls, path: str | Path, *, trust: str = "") -> "Cameo":
        """Take a ``.cameo`` file that somebody gave you into your library.

        Parameters
        ----------
        trust : the public key, hex, of who signed the consent, as they told you; not needed for your own.

        Raises
        ------
        ConsentError
            The consent is forged, is not for this likeness, or signed with a key that you do not know.
        CameoError
            The file is missing, damaged or no cameo.
        """
        from sora2lib.cameo import library

        return library.load(Path(path), trust=trust)

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write a ``.cameo`` file for somebody whom the consent names, and return the path."""
        from sora2lib.cameo import library

        return library.save(self, path, force=force)

    def revoke(self) -> None:
        """Take the consent back, for good, and delete the likeness.

        From now on no clip with it is drawn, loaded, changed or saved by sora2lib here. Files that others have stay
        where they are.
        """
        from sora2lib.cameo import library

        library.revoke(self.handle)

    def clips(self) -> "list[Entry]":
        """Return all clips in which it has been shown here, drafts included, the newest last."""
        from sora2lib.consent import ledger

        return ledger.clips(self.handle)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The first picture of the cut-out (H, W, 4)."""
        picture: NDArray[np.uint8] = self.frames[0]
        return picture

    def __repr__(self) -> str:
        length = f"{len(self.frames) / self.fps:.3g} s" if self.fps else "a picture"
        heard = f", voice at {self.voice.pitch:.0f} Hz" if self.voice else ", silent"
        return f"Cameo(@{self.name}, {self.noun}, {length}{heard})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        picture = b64encode(media.cutout_file(self.picture)).decode()
        label = html.escape(f"@{self.name}, {self.noun}, cut out of its background")
        shown = (
            f'<figure style="margin:0;color:inherit"><img alt="{label}" src="data:image/webp;base64,{picture}">'
            f"<figcaption>{html.escape(repr(self))}</figcaption></figure>"
        )
        return {"text/plain": repr(self), "text/html": shown}
